package plan_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// relaying is a mesh of three, of which two reach an office by their own gateways; h has one too and serves them.
var relaying = []string{"h 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16", "v3 10.4.0.0/16",
	"h > v1 10.2.0.0/16", "v1 > h 10.1.0.0/16", "h > v2 10.3.0.0/16", "v2 > h 10.1.0.0/16", "v1 > v2 10.3.0.0/16", "v2 > v1 10.2.0.0/16",
	"v2 > v3 10.4.0.0/16", "v3 > v2 10.3.0.0/16",
	"h > office 192.168.2.0/24", "v1 > office 192.168.2.0/24", "v2 > office 192.168.2.0/24"}

// gatewayed plans it with the gateway of a hub as a router.
func gatewayed(t *testing.T, hub string, change func(e *estate.Estate)) *plan.Plan {
	t.Helper()
	e, opts := spelt(hub, relaying...).read(t, 0)
	e, _, _ = estate.ToARM(e)
	if change != nil {
		change(e)
	}
	opts.Transit = options.TransitGateway
	p, _, err := plan.Make(e, *opts)
	if err != nil || len(p.Violations) > 0 {
		t.Fatal(err, p.Violations)
	}
	return p
}

// TestGatewayAsRouter: two users of a hub's gateway have no peering, and reach each other through it by routes that came
// to their subnets before anything was taken away.
func TestGatewayAsRouter(t *testing.T) {
	for _, hub := range []string{"h", "new"} {
		t.Run(hub, func(t *testing.T) {
			p := gatewayed(t, hub, nil)
			if got := p.Components[0].Hub; got.Passage != plan.GatewayPassage {
				t.Errorf("hub %+v", got)
			}
			between := func(r *reach.Relation, a, b string) reach.Session {
				for ends, s := range r.Pairs() {
					if ends[0].Name == a && ends[1].Name == b {
						return s
					}
				}
				return reach.Session{}
			}
			passes := func(way []reach.Hop) bool {
				return slices.ContainsFunc(way, func(h reach.Hop) bool { return h.Type == reach.GatewayTransit })
			}
			if s := between(p.After, "v1", "v2"); s.Value != reach.Yes || !passes(s.Path) || !passes(s.Back) {
				t.Errorf("v1 and v2: %s, %v and back %v", s.Value, s.Path, s.Back)
			}
			if s := between(p.After, "v2", "v3"); s.Value != reach.Yes || passes(s.Path) {
				t.Errorf("v3 has no network and is peered: %s, %v", s.Value, s.Path)
			}
			if s := between(p.After, "v1", "v3"); s.Value != reach.No {
				t.Errorf("v1 and v3 are joined: %s", s.Value)
			}
			window := ""
			for i := range p.Steps {
				switch s := &p.Steps[i]; {
				case s.Action == plan.AssociateRoutes && (s.Impact.Class != plan.Live || window != ""):
					t.Errorf("%s: %+v, after the window was opened: %q", s.ID, s.Impact, window)
				case s.Impact.Window != "":
					window = s.Impact.Window
				}
			}
			if len(p.Windows) == 0 || p.Windows[0].Cause != "U1" || !slices.Contains(p.Windows[0].Pairs, [2]string{"VNet v1", "VNet v2"}) {
				t.Errorf("windows %+v", p.Windows)
			}
			x := estate.NewIndex(p.Target)
			for i := range p.Target.VNets {
				v := &p.Target.VNets[i]
				for _, s := range v.Subnets {
					table := x.RouteTable(s.RouteTable)
					if want := !s.OfGateways() && slices.Contains([]string{"v1", "v2"}, v.Name) || hub == "new" && v.Name == "h" && !s.OfGateways(); (table != nil) != want {
						t.Errorf("%s of %s has a table: %v", s.Name, v.Name, table != nil)
					}
				}
			}
			again, _, err := plan.Make(p.Target, options.Options{Mode: options.AsIfLive, Transit: options.TransitGateway})
			if err != nil || len(again.Steps) > 0 {
				t.Errorf("at the target: %d steps, %v", len(again.Steps), err)
			}
		})
	}
}

// Pairs that no gateway can pass on are peered, and the hub says why where there are no others.
func TestNotRelayed(t *testing.T) {
	own := func(e *estate.Estate) {
		id := e.VNets[1].ID
		id.Type, id.Name = estate.TypeRouteTable, "own"
		e.RouteTables = []estate.RouteTable{{ID: id, RoutesKnown: true}}
		for i := range e.VNets[1].Subnets {
			if s := &e.VNets[1].Subnets[i]; !s.OfGateways() {
				s.RouteTable = id
			}
		}
	}
	circuit := func(e *estate.Estate) {
		g := e.Gateways[0]
		g.ID.Name, g.Kind, g.PublicIP = "h-express", estate.ExpressRouteGateway, estate.ID{}
		e.Gateways = append(e.Gateways, g)
	}
	six := func(e *estate.Estate) {
		p := netip.MustParsePrefix("fd00::/48")
		e.VNets[2].Space = append(slices.Clone(e.VNets[2].Space), estate.Prefix{Prefix: p, Raw: p.String()})
	}
	for _, c := range []struct {
		name, hub string
		change    func(e *estate.Estate)
		want      string
	}{
		{"no hub", "none", nil, "would use the gateway of a hub"},
		{"a table of its own", "h", own, "has a route table of its own"},
		{"ExpressRoute beside it", "h", circuit, `"h" has an ExpressRoute gateway`},
		{"IPv6", "h", six, "IPv4 alone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := gatewayed(t, c.hub, c.change)
			hub := p.Components[0].Hub
			if hub.Passage != plan.NoPassage || !strings.Contains(hub.Because, c.want) {
				t.Errorf("hub %s, %q: want %q", hub.Passage, hub.Because, c.want)
			}
			if len(p.Components[0].Kept) > 0 {
				t.Errorf("kept %v", p.Components[0].Kept)
			}
		})
	}
}

// A connection of the hub's gateway leads to a part of a user's range: its route would bring packets to the gateway, of
// which nobody knows whether it passes them on, so that the route table has the part as well.
func TestLongerPrefixesAreRelayed(t *testing.T) {
	e, opts := spelt("auto", "v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16", "v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/16 192.168.3.0/24",
		"v0 > v2 10.3.0.0/18 192.168.3.0/24", "v2 > v0 10.216.0.0/16", "v1 > v2 10.3.0.0/16", "v2 > v1 10.2.0.0/16").read(t, 0)
	opts.Transit = options.TransitGateway
	p, _, err := plan.Make(e, *opts)
	if err != nil || len(p.Violations) > 0 {
		t.Fatal(err, p.Violations)
	}
	if got := routesOf(p.Target, "v1"); !slices.ContainsFunc(got, func(r string) bool { return strings.Contains(r, "10.3.0.0/18 ") }) {
		t.Errorf("%q\n%s", got, outline(p))
	}
}
