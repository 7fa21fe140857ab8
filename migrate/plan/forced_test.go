package plan_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// forced draws what answers of the service may add to a network: default sites, routes of subnets that
// lead to the gateway, and gateways that do not exist.
func forced(t *rapid.T, e *estate.Estate) {
	used := map[estate.Key][]estate.ID{} // sites by gateway
	for _, c := range e.Connections {
		used[c.Gateway.Key()] = append(used[c.Gateway.Key()], c.Site)
	}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		if sites := used[g.ID.Key()]; len(sites) > 0 && rapid.IntRange(0, 4).Draw(t, "default") == 0 {
			g.DefaultSite = rapid.SampledFrom(sites).Draw(t, "site")
		}
		if rapid.IntRange(0, 9).Draw(t, "absent") == 0 {
			g.State = estate.Fact{Value: estate.GatewayNotProvisioned}
		}
	}
	for i := range e.VNets {
		if rapid.IntRange(0, 5).Draw(t, "routes") == 0 {
			route := rapid.SampledFrom([]string{"0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.2.4.0/24", "192.168.1.0/24"}).Draw(t, "route")
			steer(e, i, route)
		}
	}
	estate.Connect(e)
}

// steer gives a VNet a subnet whose route table sends a prefix to the gateway.
func steer(e *estate.Estate, vnet int, route string) {
	v := &e.VNets[vnet]
	table := estate.ID{Subscription: v.ID.Subscription, Type: estate.TypeRouteTable, Name: "routes-of-" + v.Name}
	e.RouteTables = append(e.RouteTables, estate.RouteTable{ID: table, Name: table.Name, RoutesKnown: true, Routes: []estate.Route{
		{Name: estate.Fact{Value: "r", Raw: "r"}, Prefix: estate.Prefix{Prefix: netip.MustParsePrefix(route), Raw: route}, NextHop: estate.Fact{Value: estate.HopGateway, Raw: "VPNGateway"}}}})
	space := v.Space[0].Addr().As4()
	sub := netip.PrefixFrom(netip.AddrFrom4([4]byte{space[0], space[1], space[2] | 1, 0}), 24)
	v.Subnets = append(v.Subnets, estate.Subnet{Name: "work", Raw: "work", Prefix: estate.Prefix{Prefix: sub, Raw: sub.String()}, RouteTable: table})
}

// Whatever people's routes lead to stays: the gateway, the connection to its default site, and those
// of gateways that do not exist. The plan is as sound as any.
func TestWrittenRoutesKeepTheirGateways(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := read(t, drawWorld(t).netcfg(1))
		forced(t, e)
		mode := rapid.SampledFrom([]options.Mode{options.AsIfLive, options.Rebuild, options.ClassicLive}).Draw(t, "mode")
		p, found, err := plan.Make(e, options.Options{Mode: mode})
		if err != nil {
			t.Fatalf("%v\n%v", err, found)
		}
		for _, v := range p.Violations {
			t.Errorf("after %s: %s %s", v.After, v.Rule, v.Text)
		}
		base, target := estate.NewIndex(p.Base), estate.NewIndex(p.Target)
		for i := range p.Base.Gateways {
			g := &p.Base.Gateways[i]
			steered := slices.ContainsFunc(base.VNet(g.VNet).Subnets, func(s estate.Subnet) bool { return !s.RouteTable.IsZero() })
			if (steered || !g.DefaultSite.IsZero() || g.Absent()) && target.Gateway(g.ID) == nil {
				t.Errorf("gateway %s is gone: steered %t, default site %q, state %q", g.ID.Name, steered, g.DefaultSite.Name, g.State.Value)
			}
			for _, c := range base.ConnectionsOf(g.ID) {
				if (g.Absent() || !g.DefaultSite.IsZero() && c.Site.Same(g.DefaultSite)) && target.Connection(c.ID) == nil {
					t.Errorf("connection %s is gone: default site %q, state %q", c.ID.Name, g.DefaultSite.Name, g.State.Value)
				}
			}
		}
		if t.Failed() {
			t.Log(outline(p))
		}
	})
}

// triangle is three VNets in full mesh; v0 and v1 have an office each.
func triangle(t *testing.T) *estate.Estate {
	w := &world{spaces: []string{"10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16"}, pools: []string{"", "", ""}, regions: []string{"West Europe", "West Europe", "West Europe"},
		tunnels: [][2]int{{0, 1}, {0, 2}, {1, 2}}, devices: [][2]int{{0, 1}, {1, 2}}, extra: map[[2]int][]string{}}
	return read(t, w.netcfg(1))
}

func TestForcedTunnelling(t *testing.T) {
	site := func(name string) estate.ID {
		return estate.ID{Subscription: "random.netcfg", Type: estate.TypeSite, Name: name}
	}
	tests := []struct {
		name   string
		change func(e *estate.Estate)
		gone   string // gateways that the target does without
		kept   []string
		stays  map[string]string // outcome of a gateway or connection
		found  []string
	}{
		{"nothing", func(*estate.Estate) {}, "v0-gateway v2-gateway", nil, nil, nil},
		{"to an office", func(e *estate.Estate) { e.Gateways[0].DefaultSite = site("office1-of-v0") }, "v2-gateway",
			[]string{`v0 with office1-of-v0: the default route of the gateway of "v0" leads to site "office1-of-v0" (forced tunnelling)`},
			map[string]string{"v0-gateway": `its default route leads to site "office1-of-v0" (forced tunnelling)`, "v0-to-office1-of-v0": "the default route of its gateway leads there (forced tunnelling)"},
			[]string{`PLAN-003: "v0" and "office1-of-v0" stay connected by VPN`}},
		{"to a VNet", func(e *estate.Estate) { e.Gateways[2].DefaultSite = site("v2-to-v1") }, "v0-gateway",
			[]string{`v2 with v1: the default route of the gateway of "v2" leads to site "v2-to-v1" (forced tunnelling)`},
			map[string]string{"v2-gateway": `its default route leads to site "v2-to-v1" (forced tunnelling)`, "v2-to-v1": "the default route of its gateway leads there (forced tunnelling)"}, nil},
		{"a default route without a site", func(e *estate.Estate) { steer(e, 2, "0.0.0.0/0") }, "v0-gateway", nil,
			map[string]string{"v2-gateway": "routes of its VNet's subnets lead to it"}, []string{"RTE-008: the default route of route table"}},
		{"a route for a VNet", func(e *estate.Estate) { steer(e, 2, "10.2.4.0/24") }, "v0-gateway",
			[]string{`v2 with v1: a route table sends 10.2.4.0/24 from "v2" to its gateway, whatever is peered`}, map[string]string{"v2-gateway": "routes of its VNet's subnets lead to it"}, nil},
		{"a wider route", func(e *estate.Estate) { steer(e, 2, "10.0.0.0/8") }, "v0-gateway", nil, map[string]string{"v2-gateway": "routes of its VNet's subnets lead to it"}, nil},
		{"no gateway", func(e *estate.Estate) { e.Gateways[0].State = estate.Fact{Value: estate.GatewayNotProvisioned} }, "", nil,
			map[string]string{"v0-gateway": "whether it exists is unknown: the service said NotProvisioned; a person decides",
				"v0-to-v1": "whether the tunnel works is unknown (GW-012); a person decides", "v0-to-office1-of-v0": "whether the tunnel works is unknown (GW-012); a person decides"},
			[]string{"GW-012: the Vpn gateway of VNet \"v0\" is NotProvisioned", `PLAN-004: whether VNet "v0" and VNet "v1" reach each other today is unknown`, `PLAN-004: whether VNet "v0" and VNet "v2" reach each other today is unknown`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := triangle(t)
			tt.change(e)
			estate.Connect(e)
			p, found, err := plan.Make(e, options.Options{Hub: "v1"})
			if err != nil || len(p.Violations) > 0 {
				t.Fatalf("%v, %v", err, p)
			}
			target := estate.NewIndex(p.Target)
			var gone []string
			for _, g := range p.Base.Gateways {
				if target.Gateway(g.ID) == nil {
					gone = append(gone, g.ID.Name)
				}
			}
			if got := strings.Join(gone, " "); got != tt.gone {
				t.Errorf("the target does without %q, want %q\n%s", got, tt.gone, outline(p))
			}
			var kept []string
			for _, c := range p.Components {
				for _, k := range c.Kept {
					kept = append(kept, fmt.Sprintf("%s with %s: %s", k.A, k.B, k.Because))
				}
			}
			if !slices.Equal(kept, tt.kept) {
				t.Errorf("kept %q, want %q", kept, tt.kept)
			}
			for name, because := range tt.stays {
				if !slices.ContainsFunc(p.Outcomes, func(o plan.Outcome) bool {
					return o.Object.Name == name && o.What == plan.Keep && o.Because == because
				}) {
					t.Errorf("%s is not kept because %q: %v", name, because, p.Outcomes)
				}
			}
			for _, want := range tt.found {
				if !slices.ContainsFunc(found, func(f diag.Finding) bool { return strings.HasPrefix(f.Rule+": "+f.Message, want) }) {
					t.Errorf("no finding %q in %v", want, found)
				}
			}
		})
	}
}
