package plan_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// TestLocateThroughFirewall is a plan whose spokes reach each other through a firewall, on its way.
func TestLocateThroughFirewall(t *testing.T) {
	p := through(t, "star", "")
	first := func(a plan.Action) string {
		return p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == a })].ID
	}
	firewall := func(e *estate.Estate) *estate.Gateway {
		return &e.Gateways[slices.IndexFunc(e.Gateways, func(g estate.Gateway) bool { return g.Kind == estate.Firewall })]
	}
	for name, c := range map[string]struct {
		until  string // the first step that has not run
		change func(e *estate.Estate)
		want   string
	}{
		"the firewall can be made": {first(plan.CreateFirewall), func(*estate.Estate) {}, `
wave 5
S006 create firewall hub-westeurope-firewall may run
S007 create route tables analytics-routes may run
`},
		"the firewall has no subnet": {first(plan.CreateFirewall), func(e *estate.Estate) {
			i := slices.IndexFunc(e.VNets, func(v estate.VNet) bool {
				return len(v.Subnets) > 0 && strings.Contains(v.Name, "hub-") && v.Name != "hub-west"
			})
			e.VNets[i].Subnets = e.VNets[i].Subnets[:1]
		}, `
wave 5
S006 create firewall hub-westeurope-firewall blocked: VNet "hub-westeurope" has no AzureFirewallSubnet
S007 create route tables analytics-routes may run
drift only before virtualNetworks/hub-westeurope subnetAzureFirewallSubnet
`},
		"the routes can be associated": {first(plan.AssociateRoutes), func(*estate.Estate) {}, `
wave 8
S014 verify reach analytics may run
S015 associate route table analytics may run after S014
S016 associate route table claims may run after S014
S017 associate route table hub-west may run after S014
S018 associate route table policies may run after S014
S019 associate route table website may run after S014
`},
		"one subnet has its table": {first(plan.AssociateRoutes), func(e *estate.Estate) {
			i := slices.IndexFunc(e.VNets, func(v estate.VNet) bool { return v.Name == "website" })
			j := slices.IndexFunc(e.VNets[i].Subnets, func(s estate.Subnet) bool { return !s.OfGateways() })
			e.VNets[i].Subnets = slices.Clone(e.VNets[i].Subnets)
			e.VNets[i].Subnets[j].RouteTable = e.RouteTables[slices.IndexFunc(e.RouteTables, func(r estate.RouteTable) bool { return strings.HasPrefix(r.Name, "website") })].ID
		}, `
wave 9
S015 associate route table analytics may run
S016 associate route table claims may run
S017 associate route table hub-west may run
S018 associate route table policies may run
S019 associate route table website half done may run
open [W01] 1
`},
		"the firewall has another address": {first(plan.AssociateRoutes), func(e *estate.Estate) {
			firewall(e).PrivateIPs = []estate.Address{{Addr: netip.MustParseAddr("10.0.0.70")}}
		}, `
wave 8
S014 verify reach analytics may run
S015 associate route table analytics blocked: no firewall, appliance or load balancer has the address 10.0.0.68, to which route table "analytics-routes" leads
S016 associate route table claims blocked: no firewall, appliance or load balancer has the address 10.0.0.68, to which route table "claims-routes" leads
S017 associate route table hub-west blocked: no firewall, appliance or load balancer has the address 10.0.0.68, to which route table "hub-west-routes" leads
S018 associate route table policies blocked: no firewall, appliance or load balancer has the address 10.0.0.68, to which route table "policies-routes" leads
S019 associate route table website blocked: no firewall, appliance or load balancer has the address 10.0.0.68, to which route table "website-routes" leads
drift changed azureFirewalls/hub-westeurope-firewall private address
`},
		"a table is gone": {first(plan.AssociateRoutes), func(e *estate.Estate) { e.RouteTables = e.RouteTables[1:] }, `
wave 5
S007 create route tables analytics-routes half done may run
order S009 (create peering) is done before S007 (create route tables)
order S010 (create peering) is done before S007 (create route tables)
order S011 (create peering) is done before S007 (create route tables)
order S012 (create peering) is done before S007 (create route tables)
order S013 (create peering) is done before S007 (create route tables)
`},
		"all routes are associated": {first(plan.DeleteTunnel), func(*estate.Estate) {}, `
wave 10
S020 verify reach analytics may run
S021 verify reach analytics may run after S020
S022 delete tunnel analytics-to-hub-west may run after S020 S021
S023 delete tunnel hub-west-to-website may run after S020 S021
`},
	} {
		t.Run(name, func(t *testing.T) {
			live := after(p, upTo(p, c.until))
			own := *live // what is changed below is not shared with the plan
			own.Gateways, own.VNets, own.RouteTables = slices.Clone(live.Gateways), slices.Clone(live.VNets), slices.Clone(live.RouteTables)
			c.change(&own)
			if diff := cmp.Diff(strings.TrimLeft(c.want, "\n"), standing(plan.Locate(p, &own))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestLocateAppliances is a plan whose spokes reach each other through appliances: whatever machines somebody has placed
// behind the load balancer are no drift, and without any the load balancer is not there yet.
func TestLocateAppliances(t *testing.T) {
	e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments("star"))...)
	p, _, err := plan.Make(e, options.Options{Transit: options.TransitNVA})
	if err != nil {
		t.Fatal(err)
	}
	made := p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.CreateAppliances })]
	next := p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.CreatePeering })]
	live, _ := estate.FromARM(nil, listing.Sources(listing.Documents(after(p, upTo(p, next.ID)), listing.Options{}))...)
	of := func(s *plan.Standing) plan.Progress {
		return s.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.ID == made.ID })].Progress
	}
	s := plan.Locate(p, live)
	if machines := len(live.Gateways) - len(after(p, upTo(p, next.ID)).Gateways); machines != 2 || of(s) != plan.Done || len(s.Drift) > 0 {
		t.Errorf("%d machines: %s, drift %v", machines, of(s), s.Drift)
	}
	// What their owner adds around them is none either; another address of the load balancer is.
	hub := slices.IndexFunc(live.VNets, func(v estate.VNet) bool { return v.ID.Same(made.Effect.Add.Gateways[0].VNet) })
	changed := func(change func(e *estate.Estate, v *estate.VNet)) *plan.Standing {
		own := *live
		own.VNets, own.Gateways = slices.Clone(live.VNets), slices.Clone(live.Gateways)
		own.VNets[hub].Subnets = slices.Clone(live.VNets[hub].Subnets)
		change(&own, &own.VNets[hub])
		return plan.Locate(p, &own)
	}
	group := live.VNets[hub].ID
	group.Type, group.Name = estate.TypeNSG, "nva"
	for name, c := range map[string]struct {
		drift  int
		change func(e *estate.Estate, v *estate.VNet)
	}{
		"an outer subnet with the other interface": {0, func(e *estate.Estate, v *estate.VNet) {
			v.Subnets = append(v.Subnets, estate.Subnet{Name: "nva-untrust", Prefix: estate.Prefix{Prefix: netip.MustParsePrefix("10.0.3.0/27")}})
			outer := live.VNets[hub].ID
			outer.Type, outer.Name = estate.TypeInterface, "outer"
			e.Gateways = append(e.Gateways, estate.Gateway{ID: outer, VNet: v.ID, Kind: estate.Appliance, Subnet: "nva-untrust"})
		}},
		"a group at their subnet": {0, func(e *estate.Estate, v *estate.VNet) {
			e.SecurityGroups = append(slices.Clone(e.SecurityGroups), estate.SecurityGroup{ID: group})
			for i := range v.Subnets {
				if v.Subnets[i].Name == "nva-trust" {
					v.Subnets[i].SecurityGroup = group
				}
			}
		}},
		"one machine": {0, func(e *estate.Estate, _ *estate.VNet) {
			for i := range e.Gateways {
				e.Gateways[i].ActiveActive = false
			}
		}},
		"another range of their subnet": {1, func(_ *estate.Estate, v *estate.VNet) {
			for i := range v.Subnets {
				if v.Subnets[i].Name == "nva-trust" {
					v.Subnets[i].Prefix.Prefix = netip.MustParsePrefix("10.0.2.0/27")
				}
			}
		}},
		"another address": {1, func(e *estate.Estate, _ *estate.VNet) {
			for i := range e.Gateways {
				if e.Gateways[i].ID.Type == estate.TypeLoadBalancer {
					e.Gateways[i].PrivateIPs = []estate.Address{{Addr: netip.MustParseAddr("10.0.1.90")}}
				}
			}
		}},
	} {
		if s := changed(c.change); len(s.Drift) != c.drift {
			t.Errorf("%s: drift %v", name, s.Drift)
		}
	}
	live.Gateways = slices.DeleteFunc(slices.Clone(live.Gateways), func(g estate.Gateway) bool { return g.Kind == estate.Appliance })
	if s := plan.Locate(p, live); of(s) == plan.Done {
		t.Errorf("without machines it is %s", of(s))
	}
}
