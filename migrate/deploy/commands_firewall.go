package deploy

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// extension installs what az has for firewalls.
func (w *bookWriter) extension() Command {
	return Command{Note: "what az has for firewalls is in the extension azure-firewall: this installs it, once for each machine", Posix: "az extension add --name=azure-firewall"}
}

// createPolicy makes the policy of a firewall with its rules, before the firewall: each group of rules would update it.
func (w *bookWriter) createPolicy(g *estate.Gateway) Command {
	id := policyOf(g.ID)
	az := w.az("network firewall policy create", id).named("name", id.Name).opt("location", w.region(g.Region)).opt("sku", w.text(g.SKU)).
		add("--threat-intel-mode="+threatIntel, "--output=none").String()
	ps := w.ps("New-AzFirewallPolicy", id).opt("Location", w.region(g.Region)).opt("SkuTier", w.text(g.SKU)).add("-ThreatIntelMode " + threatIntel)
	var groups []string
	n := 0
	for _, group := range ruleGroups(w.p.Target, g) {
		az += " &&\n" + w.put(group.id(), nil, nil, group.body())
		groups = append(groups, w.rulesForPowerShell(&group))
		n += len(group.rules)
	}
	show := "ForEach-Object { $_ | Select-Object Name, ProvisioningState\n    " + strings.Join(groups, "\n    ") + " }"
	return w.create(id, az, ps, show, "policy %s of the firewall, with %s", id.Name, count(n, "rule"))
}

// rulesForPowerShell makes a group of rules, which PowerShell does not take as the body of a template.
func (w *bookWriter) rulesForPowerShell(g *ruleGroup) string {
	id := g.id()
	ps := w.ps("New-AzFirewallPolicyRuleCollectionGroup", id).named("FirewallPolicyName", id.Name).named("Name", id.Child).add("-Priority " + itoa(rulesPriority+g.n))
	var rules []string
	for i := range g.rules {
		r := &g.rules[i]
		rules = append(rules, strings.Join((&line{w: w, shell: PowerShell, words: []string{"New-AzFirewallPolicyNetworkRule"}}).named("Name", r.Name).list("Protocol", r.Protocols).
			list("SourceAddress", r.Sources).list("DestinationAddress", r.Destinations).list("DestinationPort", r.DestinationPorts).words, " "))
	}
	if len(rules) > 0 {
		ps.add("-RuleCollection (New-AzFirewallPolicyFilterRuleCollection -Name " + collectionName + " -Priority " + itoa(allowPriority) + " -ActionType Allow -Rule @(\n      " + strings.Join(rules, "\n      ") + "\n    ))")
	}
	return ps.String() + " | Select-Object Name"
}

func (w *bookWriter) createFirewall(g *estate.Gateway) Command {
	policy := w.resourceID(policyOf(g.ID))
	az := w.az("network firewall create", g.ID).named("name", g.ID.Name).opt("location", w.region(g.Region)).add("--sku=AZFW_VNet").opt("tier", w.text(g.SKU)).
		opt("firewall-policy", policy).named("vnet-name", g.VNet.Name).add("--conf-name=default").opt("public-ip", w.resourceID(g.PublicIP))
	ps := w.ps("New-AzFirewall", g.ID).opt("Location", w.region(g.Region)).add("-SkuName AZFW_VNet").opt("SkuTier", w.text(g.SKU)).
		opt("FirewallPolicyId", policy).add("-VirtualNetwork "+w.got("Get-AzVirtualNetwork", g.VNet), "-PublicIpAddress "+w.got("Get-AzPublicIpAddress", g.PublicIP))
	if spread := zones(g.Region); len(spread) > 0 {
		az.add("--zones " + strings.Join(spread, " "))
		ps.add("-Zone " + strings.Join(spread, ", "))
	}
	posix, note := az.add("--output=none").String(), "firewall %s: 5 to 15 minutes, or more"
	if scopeOf(g.ID) != scopeOf(g.VNet) {
		posix, note = "", note+". az makes a firewall in the resource group of its VNet only"
	}
	return w.create(g.ID, posix, ps, "Select-Object Name, ProvisioningState", note, g.ID.Name)
}

// showFirewall shows whether a firewall is ready, and the address that every route has to name.
func (w *bookWriter) showFirewall(g *estate.Gateway) Command {
	az := w.az("network firewall show", g.ID).named("name", g.ID.Name).add("--query='[provisioningState, ipConfigurations[].privateIPAddress]'", "--output=json")
	ps := w.ps("Get-AzFirewall", g.ID).named("Name", g.ID.Name).String() + " |\n  ForEach-Object { $_.ProvisioningState; $_.IpConfigurations.PrivateIPAddress }"
	return w.command(az.String(), ps, "firewall %s: Succeeded, and its private address is %s; with another one, stop: every route names this one", g.ID.Name, addressesOf(g))
}

func addressesOf(g *estate.Gateway) string {
	var out []string
	for _, a := range g.PrivateIPs {
		out = append(out, a.Addr.String())
	}
	return strings.Join(out, ", ")
}

// showRules shows what a firewall allows.
func (w *bookWriter) showRules(g *estate.Gateway) []Command {
	groups := ruleGroups(w.p.Target, g)
	out := make([]Command, len(groups))
	for i := range groups {
		id := groups[i].id()
		az := w.az("network firewall policy rule-collection-group show", id).named("policy-name", id.Name).named("name", id.Child).
			add("--query='ruleCollections[].rules[].[name, sourceAddresses, destinationAddresses]'", "--output=json")
		ps := w.ps("Get-AzFirewallPolicyRuleCollectionGroup", id).named("AzureFirewallPolicyName", id.Name).named("Name", id.Child).String() +
			" |\n  ForEach-Object { $_.Properties.RuleCollection.Rules } | Select-Object Name, SourceAddresses, DestinationAddresses"
		out[i] = w.command(az.String(), ps, "rules %s: %d, each from one VNet to those that it reaches, and no others", id.Child, len(groups[i].rules))
	}
	return out
}

// beforeRouting looks at the firewalls and load balancers that the steps behind a look at the pairs lead packets to.
func (w *bookWriter) beforeRouting(c *Commands, s *plan.Step) {
	var seen []*estate.Gateway
	for i := range w.p.Steps {
		next := &w.p.Steps[i]
		if next.Action != plan.AssociateRoutes || !slices.Contains(next.Needs, s.ID) {
			continue
		}
		for _, id := range next.Also {
			if g := w.ledTo(id); g != nil && !slices.Contains(seen, g) {
				seen = append(seen, g)
				if w.ownBalancer(g) {
					c.Do = append(c.Do, w.showBalancer(g), w.probed(g),
						people("the owner of the appliances shows for every rule of their step that a session of it would pass, in both directions; or one test subnet at each end gets its route table first. From the next step on the pairs rest on that"))
					continue
				}
				c.Do = append(append(c.Do, w.showFirewall(g)), w.showRules(g)...)
			}
		}
	}
}

// ledTo is the planned firewall or load balancer that a route table leads to, or nil.
func (w *bookWriter) ledTo(table estate.ID) *estate.Gateway {
	t := w.target.RouteTable(table)
	if t == nil {
		return nil
	}
	for i := range w.p.Target.Gateways {
		g := &w.p.Target.Gateways[i]
		if w.built(g) && slices.ContainsFunc(t.Routes, func(r estate.Route) bool { return leadsTo(&r, g) }) {
			return g
		}
	}
	return nil
}
