package deploy

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// createFirewall makes a firewall with its public address, its policy and its rules, which come first: each group
// of rules would update the firewall.
func (w *bookWriter) createFirewall(g *estate.Gateway) []Command {
	out := []Command{{Note: "what az has for firewalls is in the extension azure-firewall: this installs it, once for each machine", Posix: "az extension add --name=azure-firewall"}}
	if !g.PublicIP.IsZero() && w.now.addressOf[g.PublicIP.Key()].IsZero() {
		out = append(out, w.createAddress(g))
	}
	out = append(out, w.createPolicy(g))
	groups := ruleGroups(w.p.Target, g)
	for i := range groups {
		out = append(out, w.createRules(&groups[i])...)
	}
	return append(out, w.firewallAlone(g))
}

// unlessThere is what keeps either shell from writing a resource that exists: a test for a POSIX shell, and for
// PowerShell the name.
func (w *bookWriter) unlessThere(id estate.ID, typ string) (test, name string) {
	exists := strings.Join(w.az("resource list", id).named("name", id.Name).add("--resource-type="+typ, "--query='length(@)'", "--output=tsv").words, " ")
	return "[ \"$(" + exists + ")\" = 0 ] &&\n",
		"(Absent (Context " + w.subscription(id).powershell() + ") " + w.group(id).powershell() + " " + w.name(id.Name).powershell() + " " + typ + ")"
}

func (w *bookWriter) createPolicy(g *estate.Gateway) Command {
	id := policyOf(g.ID)
	test, absent := w.unlessThere(id, arm.TypeFirewallPolicy)
	az := w.az("network firewall policy create", id).named("name", id.Name).opt("location", w.region(g.Region)).opt("sku", w.text(g.SKU)).
		add("--threat-intel-mode="+threatIntel, "--output=none")
	ps := w.ps("New-AzFirewallPolicy", id).add("-Name "+absent).opt("Location", w.region(g.Region)).opt("SkuTier", w.text(g.SKU)).add("-ThreatIntelMode " + threatIntel)
	return w.command(test+az.String(), ps.String()+" |\n  Select-Object Name, ProvisioningState", "policy %s of the firewall; nothing is done when there is one already: stop then, it is somebody else's", id.Name)
}

// createRules makes a group of rules. PowerShell makes it with all of them; az makes a collection with the first
// one, and adds the others.
func (w *bookWriter) createRules(g *ruleGroup) []Command {
	id := g.id()
	az := w.az("network firewall policy rule-collection-group create", id).named("policy-name", id.Name).named("name", id.Child).add("--priority="+itoa(rulesPriority+g.n), "--output=none")
	ps := w.ps("New-AzFirewallPolicyRuleCollectionGroup", id).named("FirewallPolicyName", id.Name).named("Name", id.Child).add("-Priority " + itoa(rulesPriority+g.n))
	var rules []string
	var more []Command
	for i := range g.rules {
		r := &g.rules[i]
		rules = append(rules, strings.Join((&line{w: w, shell: PowerShell, words: []string{"New-AzFirewallPolicyNetworkRule"}}).named("Name", r.Name).list("Protocol", r.Protocols).
			list("SourceAddress", r.Sources).list("DestinationAddress", r.Destinations).list("DestinationPort", r.DestinationPorts).words, " "))
		more = append(more, w.addRule(id, r, i == 0))
	}
	if len(rules) > 0 {
		ps.add("-RuleCollection (New-AzFirewallPolicyFilterRuleCollection -Name " + collectionName + " -Priority " + itoa(allowPriority) + " -ActionType Allow -Rule @(\n    " + strings.Join(rules, "\n    ") + "\n  ))")
	}
	return append([]Command{w.command(az.String(), ps.String()+" |\n  Select-Object Name", "rules %s of policy %s", id.Child, id.Name)}, more...)
}

func (w *bookWriter) addRule(group estate.ID, r *arm.NetworkRule, first bool) Command {
	verb, collection, rule := "rule add", "collection-name", "name"
	if first {
		verb, collection, rule = "add-filter-collection", "name", "rule-name"
	}
	az := w.az("network firewall policy rule-collection-group collection "+verb, group).named("policy-name", group.Name).named("rule-collection-group-name", group.Child).
		add("--"+collection+"="+collectionName).when(first, "--collection-priority="+itoa(allowPriority), "--action=Allow").
		named(rule, r.Name).add("--rule-type=NetworkRule").list("ip-protocols", r.Protocols).
		list("source-addresses", r.Sources).list("destination-addresses", r.Destinations).add("--destination-ports '*'", "--output=none")
	return w.command(az.String(), "", "rule %s; in PowerShell it was made with the group", r.Name)
}

func (w *bookWriter) firewallAlone(g *estate.Gateway) Command {
	test, absent := w.unlessThere(g.ID, arm.TypeFirewall)
	policy := w.resourceID(policyOf(g.ID))
	az := w.az("network firewall create", g.ID).named("name", g.ID.Name).opt("location", w.region(g.Region)).add("--sku=AZFW_VNet").opt("tier", w.text(g.SKU)).
		opt("firewall-policy", policy).named("vnet-name", g.VNet.Name).add("--conf-name=default").opt("public-ip", w.resourceID(g.PublicIP))
	ps := w.ps("New-AzFirewall", g.ID).add("-Name "+absent).opt("Location", w.region(g.Region)).add("-SkuName AZFW_VNet").opt("SkuTier", w.text(g.SKU)).
		opt("FirewallPolicyId", policy).add("-VirtualNetwork "+w.got("Get-AzVirtualNetwork", g.VNet), "-PublicIpAddress "+w.got("Get-AzPublicIpAddress", g.PublicIP))
	if spread := zones(g.Region); len(spread) > 0 {
		az.add("--zones " + strings.Join(spread, " "))
		ps.add("-Zone " + strings.Join(spread, ", "))
	}
	posix, note := test+az.add("--output=none").String(), "firewall %s: 5 to 15 minutes, or more; nothing is done when there is one already: stop then"
	if scopeOf(g.ID) != scopeOf(g.VNet) {
		posix, note = "", note+". az makes a firewall in the resource group of its VNet only"
	}
	return w.command(posix, ps.String()+" |\n  Select-Object Name, ProvisioningState", note, g.ID.Name)
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
		out[i] = w.command(az.String(), ps, "rules %s: %d, from each VNet to those that it reaches, and no others", id.Child, len(groups[i].rules))
	}
	return out
}

// deleteFirewall takes back a firewall with all that was made for it.
func (w *bookWriter) deleteFirewall(g *estate.Gateway) []Command {
	az := w.az("network firewall delete", g.ID).named("name", g.ID.Name)
	ps := w.ps("Remove-AzFirewall", g.ID).named("Name", g.ID.Name).add("-Force")
	id := policyOf(g.ID)
	azPolicy := w.az("network firewall policy delete", id).named("name", id.Name)
	psPolicy := w.ps("Remove-AzFirewallPolicy", id).named("Name", id.Name).add("-Force")
	out := []Command{w.command(az.String(), ps.String(), "firewall %s", g.ID.Name), w.command(azPolicy.String(), psPolicy.String(), "policy %s, with its rules", id.Name)}
	if !g.PublicIP.IsZero() {
		out = append(out, w.deleteAddress(g.PublicIP))
	}
	return out
}

// addTables makes route tables that no subnet uses yet.
func (w *bookWriter) addTables(c *Commands, add *estate.Estate) {
	for i := range add.RouteTables {
		t := &add.RouteTables[i]
		if w.now.routeTables[t.ID.Key()] != nil {
			c.Do = append(c.Do, people("route table %s exists: a person changes it", t.ID.Name))
			continue
		}
		c.Do = append(c.Do, w.createRouteTable(t)...)
		c.Verify = append(c.Verify, w.showTable(t))
		az := w.az("network route-table delete", t.ID).named("name", t.ID.Name)
		ps := w.ps("Remove-AzRouteTable", t.ID).named("Name", t.ID.Name).add("-Force")
		c.Undo = append(c.Undo, w.command(az.String(), ps.String(), "route table %s", t.ID.Name))
	}
}

// showTable shows the routes of a table, and the subnets that use it.
func (w *bookWriter) showTable(t *estate.RouteTable) Command {
	az := w.az("network route-table show", t.ID).named("name", t.ID.Name).
		add("--query='{routes: routes[].[name, addressPrefix, nextHopType, nextHopIpAddress], subnets: subnets[].id}'", "--output=json")
	ps := w.ps("Get-AzRouteTable", t.ID).named("Name", t.ID.Name).String() +
		" |\n  ForEach-Object { $_.Routes | Select-Object Name, AddressPrefix, NextHopType, NextHopIpAddress; $_.Subnets | Select-Object Id }"
	return w.command(az.String(), ps, "route table %s: %d routes, and no subnet", t.ID.Name, len(t.Routes))
}

// changeNetwork gives subnets of a VNet that exists their route tables, one property of one subnet at a time, and
// reports whether there were any. Whatever else is to change is for a person.
func (w *bookWriter) changeNetwork(c *Commands, was, v *estate.VNet) bool {
	var do, back []Command
	var tables []string
	for i := range v.Subnets {
		s := &v.Subnets[i]
		k := slices.IndexFunc(was.Subnets, func(o estate.Subnet) bool { return strings.EqualFold(o.Name, s.Name) })
		if k < 0 || was.Subnets[k].RouteTable.Same(s.RouteTable) {
			continue
		}
		do, back = append(do, w.bind(v.ID, s.Name, s.RouteTable)), append(back, w.bind(v.ID, s.Name, was.Subnets[k].RouteTable))
		if name := s.RouteTable.Name; name != "" && !slices.Contains(tables, name) {
			tables = append(tables, name)
		}
	}
	if len(do) == 0 {
		return false
	}
	c.Before = append(c.Before, w.showSubnets(v.ID, "keep what is printed, to compare"))
	c.Do, c.Undo = append(c.Do, do...), append(c.Undo, back...)
	c.Verify = append(c.Verify, w.showSubnets(v.ID, "the route tables are new, and all the rest is as it was"),
		w.effectiveRoutes(v.ID, "every prefix of "+strings.Join(tables, ", ")+" has the next hop VirtualAppliance"))
	return true
}

// bind gives a subnet a route table, or none. Both tools read the subnet and write it with the one property changed;
// PowerShell has no way to write one subnet, and writes its VNet. Source: docs/sources.md#commands.
func (w *bookWriter) bind(vnet estate.ID, subnet string, table estate.ID) Command {
	az := w.az("network vnet subnet update", vnet).named("vnet-name", vnet.Name).named("name", subnet)
	note, set := "subnet %s of %s has no route table any more", "$null"
	if table.IsZero() {
		az.add("--remove routeTable")
	} else {
		az.opt("route-table", w.resourceID(table))
		note, set = "subnet %s of %s uses route table "+strings.ReplaceAll(table.Name, "%", "%%"), "[Microsoft.Azure.Commands.Network.Models.PSRouteTable] @{ Id = "+w.resourceID(table).powershell()+" }"
	}
	ps := w.ps("Get-AzVirtualNetwork", vnet).named("Name", vnet.Name).add("-ErrorAction Stop").String() +
		" |\n  ForEach-Object { (Given ($_.Subnets | Where-Object Name -EQ " + w.name(subnet).powershell() + ") 'the subnet').RouteTable = " + set + "; $_ } |\n  ForEach-Object { Set-AzVirtualNetwork -VirtualNetwork $_ -DefaultProfile (Context " +
		w.subscription(vnet).powershell() + ") } |\n  Select-Object Name, ProvisioningState"
	return w.command(az.add("--output=none").String(), ps, note+"; PowerShell writes the VNet as it read it, so nobody else changes it meanwhile", subnet, vnet.Name)
}

// showSubnets shows what the subnets of a VNet are bound to.
func (w *bookWriter) showSubnets(vnet estate.ID, want string) Command {
	az := w.az("network vnet show", vnet).named("name", vnet.Name).
		add("--query='subnets[].{name: name, table: routeTable.id, group: networkSecurityGroup.id, gateway: natGateway.id, endpoints: serviceEndpoints[].service, delegations: delegations[].serviceName}'", "--output=json")
	ps := w.ps("Get-AzVirtualNetwork", vnet).named("Name", vnet.Name).String() +
		" |\n  ForEach-Object { $_.Subnets } | Select-Object Name, RouteTable, NetworkSecurityGroup, NatGateway, ServiceEndpoints, Delegations |\n  ConvertTo-Json -Depth 3"
	return w.command(az.String(), ps, "the subnets of %s: %s", vnet.Name, want)
}

// beforeRouting looks at the firewalls that the steps behind a look at the pairs lead packets to.
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
				c.Do = append(append(c.Do, w.showFirewall(g)), w.showRules(g)...)
			}
		}
	}
}

// ledTo is the planned firewall that a route table leads to, or nil.
func (w *bookWriter) ledTo(table estate.ID) *estate.Gateway {
	t := w.target.RouteTable(table)
	if t == nil {
		return nil
	}
	for i := range w.p.Target.Gateways {
		g := &w.p.Target.Gateways[i]
		if planned(g) && slices.ContainsFunc(t.Routes, func(r estate.Route) bool { return leadsTo(&r, g) }) {
			return g
		}
	}
	return nil
}
