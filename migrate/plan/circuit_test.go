package plan_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// live is a network as a listing describes it, built by hand.
type live struct{ estate.Estate }

func liveID(of, name string) estate.ID {
	return estate.ID{Subscription: "s", Group: "g", Type: of, Name: name}
}

// newLive has n VNets, v0, v1 and so on.
func newLive(n int) *live {
	w := &live{}
	w.Listings = []estate.Listing{{Subscription: "s", Types: []string{estate.TypeConnection, estate.TypeSite, estate.TypeGateway, estate.TypeVNet, estate.TypePeering, estate.TypeCircuit}}}
	for i := range n {
		name := fmt.Sprintf("v%d", i)
		space := func(form string) estate.Prefix {
			raw := fmt.Sprintf(form, i+1)
			return estate.Prefix{Prefix: netip.MustParsePrefix(raw), Raw: raw}
		}
		w.VNets = append(w.VNets, estate.VNet{ID: liveID(estate.TypeVNet, name), Name: name, Model: estate.ARM, Region: estate.Region{Name: "westeurope"},
			Space: []estate.Prefix{space("10.%d.0.0/16")}, Subnets: []estate.Subnet{{Name: estate.GatewaySubnet, Raw: estate.GatewaySubnet, Prefix: space("10.%d.255.0/24")}}})
	}
	return w
}

// gateway is the gateway of a kind that a VNet has, made on first use.
func (w *live) gateway(v int, kind estate.GatewayKind) estate.ID {
	at := liveID(estate.TypeGateway, fmt.Sprintf("%s-of-v%d", strings.ToLower(kind.String()), v))
	for _, g := range w.Gateways {
		if g.ID == at {
			return at
		}
	}
	w.Gateways = append(w.Gateways, estate.Gateway{ID: at, VNet: w.VNets[v].ID, Kind: kind, SKU: "VpnGw1AZ", Region: w.VNets[v].Region, RemoteVNets: estate.Off})
	return at
}

func (w *live) connect(c estate.Connection) {
	c.ID = liveID(estate.TypeConnection, fmt.Sprintf("c%02d", len(w.Connections)))
	w.Connections = append(w.Connections, c)
}

// circuit links a VNet to a circuit.
func (w *live) circuit(v int, name string) {
	w.connect(estate.Connection{Gateway: w.gateway(v, estate.ExpressRouteGateway), Kind: estate.ExpressRoute, Circuit: liveID(estate.TypeCircuit, name)})
}

// tunnel joins two VNets.
func (w *live) tunnel(a, b int) {
	n := len(w.Connections)
	ga, gb := w.gateway(a, estate.VPNGateway), w.gateway(b, estate.VPNGateway)
	w.connect(estate.Connection{Gateway: ga, Kind: estate.Vnet2Vnet, RemoteGateway: gb})
	w.connect(estate.Connection{Gateway: gb, Kind: estate.Vnet2Vnet, RemoteGateway: ga})
	w.Connections[n].Pairing = estate.Pairing{Confidence: estate.Certain, Partner: w.Connections[n+1].ID}
	w.Connections[n+1].Pairing = estate.Pairing{Confidence: estate.Certain, Partner: w.Connections[n].ID}
}

// office leads from a VNet to an on-premises network by VPN.
func (w *live) office(v int) {
	name := fmt.Sprintf("office%d", v)
	raw := fmt.Sprintf("192.168.%d.0/24", v)
	site := estate.Site{ID: liveID(estate.TypeSite, name), Name: name, Network: name, Class: estate.SiteOnPremises,
		Prefixes: []estate.Prefix{{Prefix: netip.MustParsePrefix(raw), Raw: raw}},
		Address:  estate.Address{Addr: netip.MustParseAddr(fmt.Sprintf("81.2.3.%d", v+1))}}
	w.Sites = append(w.Sites, site)
	w.connect(estate.Connection{Gateway: w.gateway(v, estate.VPNGateway), Kind: estate.IPsec, Site: site.ID})
}

// spoke peers a VNet with a hub, whose gateways it uses or not.
func (w *live) spoke(hub, v int, uses bool) {
	half := func(from, to int) estate.Peering {
		at := liveID(estate.TypePeering, w.VNets[from].Name)
		at.Child = "with-" + w.VNets[to].Name
		return estate.Peering{ID: at, VNet: w.VNets[from].ID, Remote: w.VNets[to].ID, AllowVirtualNetworkAccess: true}
	}
	near, far := half(hub, v), half(v, hub)
	near.AllowGatewayTransit, far.UseRemoteGateways = uses, uses
	w.Peerings = append(w.Peerings, near, far)
}

// made plans a network and holds the plan to what every plan must keep.
func made(t interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}, w *live, hub options.Hub) (*plan.Plan, diag.List) {
	t.Helper()
	p, found, err := plan.Make(&w.Estate, options.Options{Hub: hub})
	if err != nil {
		t.Fatalf("%v\n%v", err, found)
	}
	for _, v := range p.Violations {
		t.Errorf("after %s: %s %s", v.After, v.Rule, v.Text)
	}
	return p, found
}

// keepsCircuits wants of every state of a plan that whoever may reach the network behind a circuit today still may,
// and that gateways and connections of ExpressRoute stay.
func keepsCircuits(t interface{ Errorf(string, ...any) }, p *plan.Plan) {
	target := estate.NewIndex(p.Target)
	for i := range p.Base.Connections {
		if c := &p.Base.Connections[i]; c.Kind == estate.ExpressRoute && (target.Connection(c.ID) == nil || target.Gateway(c.Gateway) == nil) {
			t.Errorf("connection %s or its gateway is gone", c.ID.Name)
		}
	}
	for ends, s := range p.Before.Pairs() {
		behind := ends[1].Kind == reach.OnPremises && strings.HasPrefix(ends[1].Name, "circuit")
		if behind && s.Value == reach.Unknown && p.After.Session(ends[0], ends[1]).Value == reach.No {
			t.Errorf("%s and %s may reach each other today, and will not in the target", ends[0], ends[1])
		}
	}
}

// TestPlansKeepCircuits draws live networks with circuits at hubs and elsewhere.
func TestPlansKeepCircuits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 7).Draw(t, "VNets")
		w := newLive(n)
		uses := make([]bool, n)
		w.circuit(0, "circuit-a")
		for v := 1; v < n; v++ {
			switch rapid.IntRange(0, 5).Draw(t, "what") {
			case 0, 1:
				uses[v] = true
				w.spoke(0, v, true)
			case 2:
				w.spoke(0, v, false)
			case 3:
				w.circuit(v, rapid.SampledFrom([]string{"circuit-a", "circuit-b"}).Draw(t, "circuit"))
			}
		}
		for a := range n {
			for b := a + 1; b < n; b++ {
				if !uses[a] && !uses[b] && rapid.IntRange(0, 2).Draw(t, "tunnel") == 0 {
					w.tunnel(a, b)
				}
			}
			if !uses[a] && rapid.IntRange(0, 2).Draw(t, "office") == 0 {
				w.office(a)
			}
		}
		hub := options.Hub(rapid.SampledFrom([]string{"", "none", "new", "v0", "v1"}).Draw(t, "hub"))
		if _, _, err := plan.Make(&w.Estate, options.Options{Hub: hub}); err != nil && strings.Contains(err.Error(), "no tunnel joins it") {
			hub = ""
		}
		p, _ := made(t, w, hub)
		keepsCircuits(t, p)
	})
}

// What may be behind a circuit is no reason for a finding as long as it stays: one for all the VNets that meet there.
func TestCircuitsAreReportedOnce(t *testing.T) {
	w := newLive(14)
	for v := range 6 {
		w.circuit(v, "circuit-a")
		w.spoke(v, v+6, true)
	}
	for i := range w.Gateways {
		w.Gateways[i].RemoteVNets = estate.Unstated
	}
	w.tunnel(12, 13)
	p, found := made(t, w, "")
	keepsCircuits(t, p)
	var got []string
	for _, f := range found {
		if f.Rule == "PLAN-004" {
			got = append(got, f.Message)
		}
	}
	want := `whether VNets "v0", "v1", "v2", "v3", "v4", "v5" and those that use their gateways reach each other at the edge of circuit "circuit-a" is unknown; the plan neither keeps nor builds it`
	if len(got) != 1 || got[0] != want {
		t.Errorf("%d findings, want %s\ngot  %s", len(got), want, strings.Join(got, "\n"))
	}
}
