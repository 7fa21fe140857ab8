package deploy_test

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/arm/armtest"
	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// allowed are the rules of the firewall policies of stages: "name: sources > destinations".
func allowed(stages []deploy.Stage) []string {
	var out []string
	for _, s := range stages {
		for _, r := range s.Template.Resources {
			group, ok := r.Properties.(*arm.RuleCollectionGroup)
			if !ok {
				continue
			}
			for _, c := range group.Collections {
				for _, rule := range c.Rules {
					out = append(out, fmt.Sprintf("%s: %s > %s", rule.Name, strings.Join(rule.Sources, " "), strings.Join(rule.Destinations, " ")))
				}
			}
		}
	}
	return out
}

// routed are the pairs that a plan's target leads through its firewalls, reckoned anew: source space, prefix. What comes
// from on-premises is what answers, by reach.
func routed(p *plan.Plan) map[[2]string]bool {
	target := p.Target
	x, out := estate.NewIndex(target), map[[2]string]bool{}
	for _, v := range target.VNets {
		for _, s := range v.Subnets {
			t := x.RouteTable(s.RouteTable)
			if t == nil || s.OfGateways() {
				continue
			}
			for _, r := range t.Routes {
				for _, g := range target.Gateways {
					if g.Kind == estate.Firewall && len(g.Refs) == 0 && g.PrivateIPs[0].Addr == r.Address.Addr {
						for _, p := range v.Space {
							out[[2]string{p.Prefix.String(), r.Prefix.Prefix.String()}] = true
						}
					}
				}
			}
		}
	}
	for ends, s := range p.After.Pairs() {
		passes := slices.ContainsFunc(s.Back, func(h reach.Hop) bool { return h.Type == reach.FirewallHop && len(x.Gateway(h.Element).Refs) == 0 })
		if v := x.VNet(ends[0].ID); v != nil && passes && ends[1].Kind == reach.OnPremises && p.Before.Session(ends[0], ends[1]).Value == reach.Yes {
			for _, from := range s.ToPrefixes {
				for _, to := range v.Space {
					out[[2]string{from.String(), to.Prefix.String()}] = true
				}
			}
		}
	}
	return out
}

// passagePlans are the plans of all networks of fixtures through a firewall or appliances, in every mode.
func passagePlans(t *testing.T, transit options.Transit) map[string]*plan.Plan {
	t.Helper()
	plans := map[string]*plan.Plan{}
	add := func(name string, e *estate.Estate, modes ...options.Mode) {
		for _, mode := range modes {
			if p := planOf(t, e, options.Options{Mode: mode, Transit: transit}); p != nil {
				plans[strings.TrimSpace(name+" "+string(mode))] = p
			}
			if transit == options.TransitRouteServer {
				continue // it inspects nothing else
			}
			if p := planOf(t, e, options.Options{Mode: mode, Transit: transit, Inspect: options.InspectAll}); p != nil {
				plans[strings.TrimSpace(name+" "+string(mode)+", inspected")] = p
			}
		}
	}
	paths, err := filepath.Glob("../../fixtures/*/network.netcfg")
	if err != nil || len(paths) < 10 {
		t.Fatal(paths, err)
	}
	for _, path := range paths {
		name := filepath.Base(filepath.Dir(path))
		_, e, _ := meaning(t, name+".netcfg", fixture(t, name))
		add(name, e, options.AsIfLive, options.Rebuild, options.ClassicLive)
	}
	for _, name := range fixtures.Live() {
		e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments(name))...)
		add("live "+name, e, "")
	}
	return plans
}

// The templates of every plan through a firewall please all judges, allow what its routes lead there and nothing
// else, and write no VNet that exists.
func TestFirewallsOfFixtures(t *testing.T) {
	firewalls := 0
	for name, p := range passagePlans(t, options.TransitFirewall) {
		stages, found := deploy.AdditionStages(p, deploy.Options{})
		pairs := map[[2]string]bool{}
		for _, s := range stages {
			template, parameters := encoded(t, s.Deployment)
			armtest.Judge(t, name+" "+s.Name, template)
			judgeParameters(t, template, parameters)
			firewalls += strings.Count(string(template), `"Microsoft.Network/azureFirewalls"`)
		}
		for _, rule := range allowed(stages) {
			_, addresses, _ := strings.Cut(rule, ": ")
			from, to, _ := strings.Cut(addresses, " > ")
			for _, a := range strings.Fields(from) {
				for _, b := range strings.Fields(to) {
					pairs[[2]string{a, b}] = true
				}
			}
		}
		if diff := cmp.Diff(routed(p), pairs); diff != "" {
			t.Errorf("%s: allowed (-routes +rules):\n%s", name, diff)
		}
		if p.Mode != options.Rebuild {
			for _, v := range p.Base.VNets {
				for _, s := range stages {
					if slices.ContainsFunc(s.Template.Resources, func(r arm.Resource) bool { return r.Type == arm.TypeVirtualNetwork && r.Name == v.ID.Name }) {
						t.Errorf("%s: VNet %s exists, and is written", name, v.ID.Name)
					}
				}
			}
		}
		if slices.ContainsFunc(found, func(f diag.Finding) bool {
			return f.Rule == "ARM-001" || f.Rule == "ARM-005" && strings.Contains(f.Message, "-firewall")
		}) {
			t.Errorf("%s: %v", name, found)
		}
	}
	if firewalls < 15 {
		t.Errorf("only %d firewalls", firewalls)
	}
}

// spokes is a plan that joins n VNets to a firewall, each with every other one.
func spokes(n int, name func(int) string) *plan.Plan {
	w := newWorld(func(s string) string { return s })
	at := netip.MustParseAddr("10.9.0.68")
	hub := w.hub
	hub.Subnets = []estate.Subnet{{Name: "AzureFirewallSubnet", Prefix: prefixesOf("10.9.0.64/26")[0]}}
	g := estate.Gateway{ID: id(firstSubscription, "rg-hub", estate.TypeFirewall, "fw", ""), VNet: hub.ID, Kind: estate.Firewall, SKU: "Standard", Subnet: "AzureFirewallSubnet",
		PublicIP: id(firstSubscription, "rg-hub", estate.TypePublicIP, "fw-ip", ""), Region: hub.Region, PrivateIPs: []estate.Address{{Addr: at, Raw: at.String()}}}
	e := &estate.Estate{VNets: []estate.VNet{hub}, Gateways: []estate.Gateway{g}}
	space := func(i int) string { return fmt.Sprintf("172.%d.%d.0/24", 16+i/256, i%256) }
	for i := range n {
		v := estate.VNet{ID: id(secondSubscription, "rg-spoke", estate.TypeVNet, name(i), ""), Name: name(i), Model: estate.ARM, Region: hub.Region, Space: prefixesOf(space(i))}
		table := estate.RouteTable{ID: id(secondSubscription, "rg-spoke", estate.TypeRouteTable, fmt.Sprint("routes-", i), ""), Region: hub.Region}
		for k := range n {
			if k != i {
				table.Routes = append(table.Routes, estate.Route{Name: estate.Fact{Value: fmt.Sprint("to-", k)}, Prefix: prefixesOf(space(k))[0],
					NextHop: estate.Fact{Value: estate.HopAppliance}, Address: g.PrivateIPs[0]})
			}
		}
		table.Routes = append(table.Routes, estate.Route{Name: estate.Fact{Value: "out"}, Prefix: prefixesOf("0.0.0.0/0")[0], NextHop: estate.Fact{Value: estate.HopInternet}})
		v.Subnets = []estate.Subnet{{Name: "app", Prefix: v.Space[0], RouteTable: table.ID}, {Name: "more", Prefix: v.Space[0], RouteTable: table.ID}}
		e.VNets, e.RouteTables = append(e.VNets, v), append(e.RouteTables, table)
		half := func(from, to estate.ID) estate.Peering {
			p := from
			p.Type, p.Child = estate.TypePeering, "to-"+to.Name
			return estate.Peering{ID: p, VNet: from, Remote: to, AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true}
		}
		e.Peerings = append(e.Peerings, half(hub.ID, v.ID), half(v.ID, hub.ID))
	}
	base := &estate.Estate{VNets: slices.Clone(e.VNets), Listings: []estate.Listing{{Subscription: firstSubscription}, {Subscription: secondSubscription}}}
	for i := range base.VNets {
		base.VNets[i].Subnets = slices.Clone(base.VNets[i].Subnets)
		for k := range base.VNets[i].Subnets {
			base.VNets[i].Subnets[k].RouteTable = estate.ID{}
		}
	}
	return &plan.Plan{Mode: options.ARMLive, Base: base, Target: e, Steps: []plan.Step{
		{ID: "S001", Wave: 1, Action: plan.CreateFirewall, Object: g.ID, Effect: plan.Effect{Add: &estate.Estate{Gateways: e.Gateways}}},
		{ID: "S002", Wave: 1, Action: plan.CreateRoutes, Effect: plan.Effect{Add: &estate.Estate{RouteTables: e.RouteTables}}},
		{ID: "S003", Wave: 2, Action: plan.CreatePeering, Effect: plan.Effect{Add: &estate.Estate{Peerings: e.Peerings}}},
		{ID: "S004", Wave: 3, Action: plan.AssociateRoutes, Effect: plan.Effect{Add: &estate.Estate{VNets: e.VNets[1:]}}},
	}}
}

// One rule for each VNet, in their order, with names that are legal and unique.
func TestRulesOfVNets(t *testing.T) {
	odd := []string{"bb", "aa", "aa-to-bb", strings.Repeat("long", 16), strings.Repeat("long", 15) + "LONG"}
	p := spokes(len(odd), func(i int) string { return odd[i] })
	stages, found := deploy.AdditionStages(p, deploy.Options{})
	rules := allowed(stages)
	if len(rules) != len(odd) || len(found) > 0 {
		t.Fatalf("%d rules, %v", len(rules), found)
	}
	if diff := cmp.Diff([]string{"from-bb: 172.16.0.0/24 > 172.16.1.0/24 172.16.2.0/24 172.16.3.0/24 172.16.4.0/24", "from-aa: 172.16.1.0/24 > 172.16.0.0/24 172.16.2.0/24 172.16.3.0/24 172.16.4.0/24"}, rules[:2]); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	seen := map[string]bool{}
	for _, rule := range rules {
		name, _, _ := strings.Cut(rule, ": ")
		if folded := strings.ToLower(name); seen[folded] || len(name) > 80 {
			t.Errorf("rule name %q is too long, or there twice", name)
		} else {
			seen[folded] = true
		}
	}
	var got []string // what each stage writes of the firewall, and the stages that it needs
	for _, s := range stages {
		template, _ := encoded(t, s.Deployment)
		armtest.Judge(t, s.Name, template)
		for _, r := range s.Template.Resources {
			if r.Type != arm.TypePeering {
				got = append(got, fmt.Sprint(s.Name, " ", s.Needs, " ", strings.TrimPrefix(r.Type, arm.Provider), " ", r.Name, " ", len(r.DependsOn)))
			}
		}
	}
	want := []string{
		"rg-hub-aaaaaaaa-networks [] publicIPAddresses fw-ip 0", "rg-hub-aaaaaaaa-networks [] firewallPolicies fw-policy 0",
		"rg-hub-aaaaaaaa-gateways [rg-hub-aaaaaaaa-networks] firewallPolicies/ruleCollectionGroups fw-policy/spoke-to-spoke 0",
		"rg-hub-aaaaaaaa-gateways [rg-hub-aaaaaaaa-networks] azureFirewalls fw 1", // for the rules; the rest is there
	}
	if diff := cmp.Diff(want, slices.DeleteFunc(got, func(s string) bool { return strings.Contains(s, "routeTables") })); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// Rules that one resource cannot hold are several, each of which waits for the one before; what the platform
// does not take is said.
func TestManyRules(t *testing.T) {
	stages, found := deploy.AdditionStages(spokes(90, func(i int) string { return fmt.Sprint("spoke-", i) }), deploy.Options{})
	if len(found) > 0 {
		t.Errorf("found %v", found)
	}
	if n := len(allowed(stages)); n != 90 {
		t.Errorf("%d rules", n)
	}
	groups := 0
	for _, s := range stages {
		template, _ := encoded(t, s.Deployment)
		armtest.Judge(t, s.Name, template)
		if over := arm.Check(s.Template, len(template)); len(over) > 0 {
			t.Errorf("%s: %v", s.Name, over)
		}
		groups += strings.Count(string(template), arm.TypeRuleCollectionGroup+`",`+"\n      \"apiVersion")
	}
	if groups < 3 {
		t.Errorf("%d groups", groups)
	}
	_, found = deploy.AdditionStages(spokes(142, func(i int) string { return fmt.Sprint("spoke-", i) }), deploy.Options{})
	if len(found) != 1 || found[0].Rule != "ARM-001" || !strings.Contains(found[0].Message, "azureFirewalls/fw: 20022, at most 20000") {
		t.Errorf("found %v", found)
	}
}

// A firewall of a listing is never written, nor is its public address.
func TestListedFirewallsAreLeftAlone(t *testing.T) {
	p := spokes(2, func(i int) string { return fmt.Sprint("spoke-", i) })
	e := *p.Target
	e.Gateways = slices.Clone(e.Gateways)
	e.Gateways[0].Refs = []diag.Ref{{}}
	d, _ := deploy.Render(&e, nil, deploy.Options{})
	stages, _ := deploy.Stages(&e, deploy.Options{})
	for _, s := range append(stages, deploy.Stage{Name: "whole", Deployment: d}) {
		for _, r := range s.Template.Resources {
			if strings.Contains(strings.ToLower(r.Type), "firewall") || r.Type == arm.TypePublicIPAddress {
				t.Errorf("%s writes %s %s", s.Name, r.Type, r.Name)
			}
		}
	}
}
