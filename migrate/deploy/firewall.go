package deploy

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// What a new firewall passes on follows from the routes: the subnets of a VNet use a table, and its routes lead
// to the firewall for some prefixes. From that VNet to those prefixes is allowed, from those behind the hub's gateway to the
// VNets that its GatewaySubnet has routes to as well, and nothing else; the policy of
// a firewall denies what no rule allows. Source: docs/sources.md#firewall-rules.

// The types of what belongs to a firewall and is no object of an estate.
const (
	typePolicy = "firewallPolicies"
	typeRules  = "firewallPolicies/ruleCollectionGroups"
)

// What its policy is called inside.
const (
	rulesName      = "spoke-to-spoke" // of the first group
	collectionName = "allow"
	rulesPriority  = 200 // of the first group; the others follow
	allowPriority  = 100 // of the collection in each
	threatIntel    = "Alert"
)

// groupSize bounds the text of one group of rules in bytes: a resource of a template may have four times that, and on
// one line it is short enough for a word of a command.
const groupSize = arm.MaxResourceSize / 4

// builder tells which gateways are ours to build.
type builder struct{ found *estate.Index } // the network as it was found

// ownFirewall reports whether a firewall is one of ours. What one that was found does with packets no estate knows.
func (b builder) ownFirewall(g *estate.Gateway) bool {
	return g.Kind == estate.Firewall && b.found.Gateway(g.ID) == nil
}

// built reports whether templates write a gateway.
func (b builder) built(g *estate.Gateway) bool {
	return g.Kind.Virtual() || b.ownFirewall(g) || b.ownServer(g) || b.ownBalancer(g)
}

// policyOf is the id of a firewall's policy.
func policyOf(firewall estate.ID) estate.ID {
	id := firewall
	id.Type, id.Name = typePolicy, azure.LegalName(typePolicy, firewall.Name+"-policy")
	return id
}

// rulesOf is the id of the n-th group of rules of a firewall's policy.
func rulesOf(firewall estate.ID, n int) estate.ID {
	id := policyOf(firewall)
	id.Type, id.Child = typeRules, rulesName
	if n > 0 {
		id.Child += "-" + itoa(n+1)
	}
	return id
}

// ruleGroup is one resource of a firewall's policy.
type ruleGroup struct {
	firewall *estate.Gateway
	n        int // its number, from 0
	last     bool
	rules    []arm.NetworkRule
}

func (g *ruleGroup) id() estate.ID { return rulesOf(g.firewall.ID, g.n) }

func (g *ruleGroup) body() *arm.RuleCollectionGroup {
	body := &arm.RuleCollectionGroup{Priority: rulesPriority + g.n}
	if len(g.rules) > 0 { // a collection without rules is refused
		body.Collections = []arm.FilterCollection{{Name: collectionName, Priority: allowPriority, Action: "Allow", Rules: g.rules}}
	}
	return body
}

// allowance is what may go through a firewall or appliances: from a VNet to others and to on-premises networks, or from
// these to a VNet.
type allowance struct {
	vnet                  *estate.VNet
	inward                bool
	sources, destinations []string
}

// name tells an allowance from the others of its VNet.
func (a *allowance) name() string {
	if a.inward {
		return "to-" + a.vnet.ID.Name
	}
	return "from-" + a.vnet.ID.Name
}

// ends are the two sides of an allowance for people.
func (a *allowance) ends() (from, to string) {
	from, to = strings.Join(a.sources, ", "), strings.Join(a.destinations, ", ")
	if a.inward {
		return from, a.vnet.ID.Name + " (" + to + ")"
	}
	return a.vnet.ID.Name + " (" + from + ")", to
}

// allowances are what routes lead to a firewall or to a load balancer before appliances, in the order of the VNets. The
// target is the network once every route table is at its subnets.
func allowances(target *estate.Estate, to *estate.Gateway) []allowance {
	x := estate.NewIndex(target)
	behind := behindGateways(x, to.VNet)
	inward := led(x, x.VNet(to.VNet), to, (*estate.Subnet).OfGateways)
	var all []allowance
	for i := range target.VNets {
		v := &target.VNets[i]
		out := led(x, v, to, func(s *estate.Subnet) bool { return !s.OfGateways() })
		if len(out) > 0 {
			all = append(all, allowance{vnet: v, sources: sources(v), destinations: prefixes(out)})
		}
		back := allowance{vnet: v, inward: true}
		for _, p := range out {
			if slices.ContainsFunc(behind, p.Overlaps) {
				back.sources = append(back.sources, p.Prefix.String())
			}
		}
		for _, p := range inward {
			if slices.ContainsFunc(v.Space, func(s estate.Prefix) bool { return s.Prefix == p.Prefix }) {
				back.destinations = append(back.destinations, p.Prefix.String())
			}
		}
		if len(back.sources) > 0 && len(back.destinations) > 0 {
			all = append(all, back)
		}
	}
	return all
}

// led are the ranges that the route tables of some subnets of a VNet lead to a firewall or a load balancer, each once.
func led(x *estate.Index, v *estate.VNet, to *estate.Gateway, of func(*estate.Subnet) bool) []estate.Prefix {
	if v == nil {
		return nil
	}
	var out []estate.Prefix
	seen := map[estate.Key]bool{}
	known := map[netip.Prefix]bool{}
	for i := range v.Subnets {
		t := x.RouteTable(v.Subnets[i].RouteTable)
		if t == nil || seen[t.ID.Key()] || !of(&v.Subnets[i]) {
			continue
		}
		seen[t.ID.Key()] = true
		for r := range t.Routes {
			if route := &t.Routes[r]; leadsTo(route, to) && !known[route.Prefix.Prefix] {
				known[route.Prefix.Prefix] = true
				out = append(out, route.Prefix)
			}
		}
	}
	return out
}

// behindGateways are the ranges that the connections of a VNet's gateways lead to.
func behindGateways(x *estate.Index, vnet estate.ID) []netip.Prefix {
	var out []netip.Prefix
	for _, g := range x.GatewaysOf(vnet) {
		for _, c := range x.ConnectionsOf(g.ID) {
			if s := x.Site(c.Site); s != nil {
				for _, p := range s.Prefixes {
					if p.IsValid() {
						out = append(out, p.Prefix)
					}
				}
			}
		}
	}
	return out
}

// leadsTo reports whether a route has a firewall or a load balancer for its next hop. They have IPv4 addresses alone.
func leadsTo(r *estate.Route, to *estate.Gateway) bool {
	return r.NextHop.Value == estate.HopAppliance && r.Prefix.Addr().Is4() &&
		slices.ContainsFunc(to.PrivateIPs, func(a estate.Address) bool { return a.IsValid() && a.Addr == r.Address.Addr })
}

// sources are the addresses of a VNet that a firewall can name.
func sources(v *estate.VNet) []string {
	return prefixes(slices.DeleteFunc(slices.Clone(v.Space), func(p estate.Prefix) bool { return !p.Addr().Is4() }))
}

// ruleGroups are the rules of a firewall, one for each VNet and direction, in as few resources as hold them. There is always
// one, so that a policy can be looked at.
func ruleGroups(target *estate.Estate, firewall *estate.Gateway) []ruleGroup {
	names := azure.NewNamer()
	groups, size := []ruleGroup{{firewall: firewall}}, 0
	for _, p := range allowances(target, firewall) {
		rule := arm.NetworkRule{Name: names.Unique("rules", azure.LegalName("rules", p.name())), Protocols: []string{"Any"},
			Sources: p.sources, Destinations: p.destinations, DestinationPorts: []string{"*"}}
		if n := ruleSize(&rule); size > 0 && size+n > groupSize {
			groups, size = append(groups, ruleGroup{firewall: firewall, n: len(groups)}), n
		} else {
			size += n
		}
		last := &groups[len(groups)-1]
		last.rules = append(last.rules, rule)
	}
	groups[len(groups)-1].last = true
	return groups
}

// ruleSize is at least how many bytes a rule takes in a template.
func ruleSize(r *arm.NetworkRule) int {
	const frame, address = 700, 80
	return frame + len(r.Name) + address*(len(r.Sources)+len(r.Destinations))
}

// combinations is how the platform counts rules: every source of a rule with every destination.
func combinations(groups []ruleGroup) int {
	n := 0
	for i := range groups {
		for k := range groups[i].rules {
			n += len(groups[i].rules[k].Sources) * len(groups[i].rules[k].Destinations)
		}
	}
	return n
}

// firewallPolicy writes the policy of a firewall. Its rules are resources of their own.
func (r *renderer) firewallPolicy(g *estate.Gateway) {
	r.add(arm.Resource{Type: arm.TypeFirewallPolicy, Name: policyOf(g.ID).Name, Location: r.location(g.Region, g.Refs),
		Properties: &arm.FirewallPolicy{Tier: g.SKU, ThreatIntel: threatIntel}})
}

// ruleGroup writes rules of a firewall. The groups of one policy are written one after the other.
func (r *renderer) ruleGroup(g *ruleGroup) {
	id := g.id()
	_, policy := r.id(policyOf(g.firewall.ID))
	before := ""
	if g.n > 0 {
		_, before = r.id(rulesOf(g.firewall.ID, g.n-1))
	}
	r.add(arm.Resource{Type: arm.TypeRuleCollectionGroup, Name: id.Name + "/" + id.Child, DependsOn: depend(policy, before), Properties: g.body()})
}

// firewall writes a firewall: after its rules, because each of them would update it, and in a line with what else
// writes its VNet.
func (r *renderer) firewall(g *estate.Gateway) {
	_, vnet := r.id(g.VNet)
	if vnet == "" {
		r.external[arm.Existing(arm.TypeSubnet, g.VNet.Name, g.Subnet)] = true
	}
	address, waitAddress := r.id(g.PublicIP)
	policy, waitPolicy := r.id(policyOf(g.ID))
	depends := []string{vnet, waitAddress, waitPolicy}
	for i := range r.groups {
		if own := &r.groups[i]; own.last && own.firewall.ID.Same(g.ID) {
			_, rules := r.id(own.id())
			depends = append(depends, rules)
		}
	}
	res := arm.Resource{Type: arm.TypeFirewall, Name: g.ID.Name, Location: r.location(g.Region, g.Refs), Zones: zones(g.Region),
		DependsOn: depend(append(depends, r.writes[g.VNet.Key()]...)...),
		Properties: &arm.Firewall{Tier: g.SKU, Policy: policy, IPConfigurations: []arm.FirewallIPConfiguration{
			{Name: "default", Subnet: arm.ResourceID(arm.TypeSubnet, g.VNet.Name, g.Subnet), PublicIPAddress: address}}}}
	self, _ := r.id(g.ID)
	r.writes[g.VNet.Key()] = []string{self}
	r.add(res)
}

// zones are those that an address or a firewall of a region is spread over, or none.
func zones(region estate.Region) []string {
	if known, ok := azure.LookupRegion(region.Name); ok && known.Zones {
		return []string{"1", "2", "3"}
	}
	return nil
}

// tooManyRules reports the firewalls whose rules the platform would not take.
func tooManyRules(groups []ruleGroup) diag.List {
	var found diag.List
	for i := range groups {
		if g := &groups[i]; g.n == 0 {
			own := slices.DeleteFunc(slices.Clone(groups), func(o ruleGroup) bool { return !o.firewall.ID.Same(g.firewall.ID) })
			if n := combinations(own); n > azure.MaxFirewallRules {
				found.Add("ARM-001", diag.Pos{}, "sources and destinations in the rules of azureFirewalls/%s: %d, at most %d", g.firewall.ID.Name, n, azure.MaxFirewallRules)
			}
			if len(own) > azure.MaxRuleGroups {
				found.Add("ARM-001", diag.Pos{}, "groups of rules of azureFirewalls/%s: %d, at most %d", g.firewall.ID.Name, len(own), azure.MaxRuleGroups)
			}
		}
	}
	return found
}
