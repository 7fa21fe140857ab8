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
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// served plans a network with appliances that a Route Server tells of.
func served(t *testing.T, asks string, change func(e *estate.Estate), lines ...string) *plan.Plan {
	t.Helper()
	n := spelt("auto", lines...)
	n.forbidden = strings.Fields(asks)
	for i, pair := range n.forbidden {
		a, b, _ := strings.Cut(pair, "-")
		n.forbidden[i] = "{between: '" + a + "', and: '" + b + "', reason: r}"
	}
	e, opts := n.read(t, 0)
	e, _, _ = estate.ToARM(e)
	if change != nil {
		change(e)
	}
	opts.Transit = options.TransitRouteServer
	p, _, err := plan.Make(e, *opts)
	if err != nil || len(p.Violations) > 0 {
		t.Fatal(err, p.Violations)
	}
	return p
}

// announcedIn is what the appliances of a network announce, by session.
func announcedIn(e *estate.Estate) []string {
	var out []string
	for i := range e.Gateways {
		for _, p := range e.Gateways[i].RoutePeers {
			text := p.Name + " " + p.Address.String() + " AS " + p.ASN.Value + ":"
			for _, prefix := range p.Learned {
				text += " " + prefix.String()
			}
			out = append(out, text)
		}
	}
	return out
}

// office is two VNets with a tunnel, of which one reaches an office.
var office = []string{"v1 10.2.0.0/16", "v2 10.4.0.0/16", "v1 > v2 10.4.0.0/16", "v2 > v1 10.2.0.0/16", "v1 > office 192.168.2.0/24"}

// TestRouteServer: two VNets use the Route Server of a new hub, and reach each other through its appliances by what these
// announce. There are no route tables, the Route Server comes before the gateway, and both move in one window.
func TestRouteServer(t *testing.T) {
	p := served(t, "", nil, office...)
	if got := p.Components[0].Hub; got.Kind != plan.NewHub || got.Passage != plan.RouteServerPassage {
		t.Errorf("hub %+v", got)
	}
	if diff := cmp.Diff([]string{"appliance-1 10.0.1.69 AS 64512: 10.2.0.0/15 10.4.0.0/15", "appliance-2 10.0.1.70 AS 64512: 10.2.0.0/15 10.4.0.0/15"}, announcedIn(p.Target)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	var judged bool
	for ends, s := range p.After.Pairs() {
		if ends[0].Name == "v1" && ends[1].Name == "v2" {
			judged = true
			passes := func(way []reach.Hop) bool {
				return slices.ContainsFunc(way, func(h reach.Hop) bool {
					return h.Type == reach.ApplianceHop && h.Element.Type == estate.TypeLoadBalancer
				})
			}
			if s.Value != reach.Yes || !passes(s.Path) || !passes(s.Back) {
				t.Errorf("%s, %v and back %v", s.Value, s.Path, s.Back)
			}
		}
	}
	if !judged {
		t.Error("v1 and v2 are no pair of the target")
	}
	at := func(a plan.Action) int {
		return slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == a })
	}
	if server, gateway := at(plan.CreateRouteServer), at(plan.CreateGateway); server < 0 || gateway < 0 || !slices.Contains(p.Steps[gateway].Needs, p.Steps[server].ID) {
		t.Errorf("the gateway is step %d, the Route Server %d", gateway, server)
	}
	if len(p.Target.RouteTables) > 0 || at(plan.AssociateRoutes) >= 0 {
		t.Errorf("route tables %v", p.Target.RouteTables)
	}
	if len(p.Windows) != 1 || p.Windows[0].Cause != "U1" || !slices.Contains(p.Windows[0].Pairs, [2]string{"VNet v1", "VNet v2"}) {
		t.Errorf("windows %+v", p.Windows)
	}
	if led := plan.LedThrough(p, p.Steps[at(plan.CreateAppliances)].Object); len(led) != 1 || led[0][0].Name != "v1" || led[0][1].Name != "v2" {
		t.Errorf("rules %v", led)
	}
	if !slices.ContainsFunc(p.Assumptions, func(a estate.Assumption) bool { return a.ID == estate.AsmServed && len(a.Subjects) == 1 }) {
		t.Errorf("%s is not assumed", estate.AsmServed)
	}
	again, _, err := plan.Make(p.Target, options.Options{Mode: options.AsIfLive, Transit: options.TransitRouteServer})
	if err != nil || len(again.Steps) > 0 {
		t.Errorf("planned again: %v\n%s", err, outline(again))
	}
}

// Without networks behind gateways the hub has none.
func TestRouteServerAlone(t *testing.T) {
	p := served(t, "", nil, office[:4]...)
	kinds := map[estate.GatewayKind]int{}
	for i := range p.Target.Gateways {
		kinds[p.Target.Gateways[i].Kind]++
	}
	if kinds[estate.VPNGateway] > 0 || kinds[estate.RouteServer] != 1 || kinds[estate.Appliance] != 1 {
		t.Errorf("gateways %v", kinds)
	}
	subnets := estate.NewIndex(p.Target).VNet(p.Components[0].Hub.VNet).Subnets
	if len(subnets) != 2 || subnets[0].Name != "nva-trust" || subnets[1].Name != "RouteServerSubnet" || subnets[1].Prefix.String() != "10.0.0.192/26" {
		t.Errorf("subnets %v", subnets)
	}
}

// TestUnlearned: what a Route Server cannot tell stays on VPN, and says why.
func TestUnlearned(t *testing.T) {
	for _, c := range []struct {
		name   string
		lines  []string
		forbid string
		change func(e *estate.Estate)
		want   string
	}{
		{"forbidden", append(slices.Clone(office), "v3 10.6.0.0/16", "v2 > v3 10.6.0.0/16", "v3 > v2 10.4.0.0/16"), "v1-v3", nil, `"v1" reaches another VNet, and a Route Server tells all VNets the same`},
		{"a whole block", []string{"v1 10.0.0.0/8", "v2 172.16.0.0/16", "v1 > v2 172.16.0.0/16", "v2 > v1 10.0.0.0/8"}, "", nil, `what is announced for 10.0.0.0/8 of "v1" is twice as large`},
		{"a public range", []string{"v1 20.1.0.0/16", "v2 10.4.0.0/16", "v1 > v2 10.4.0.0/16", "v2 > v1 20.1.0.0/16"}, "", nil, "addresses that are not private"},
		{"a network beside a range", append(slices.Clone(office[:4]), "v1 > office 10.4.0.0/15"), "", nil, `10.4.0.0/15 is announced for "v2", and "v1" reaches "v1-to-office" by 10.4.0.0/15`},
		{"a gateway that stays", office, "", func(e *estate.Estate) {
			e.Gateways[0].ClientPools = []estate.Prefix{{Prefix: netip.MustParsePrefix("172.20.0.0/24"), Raw: "172.20.0.0/24"}}
		}, `"v1" keeps a gateway of its own, beside which`},
		{"a table of its own", office, "", func(e *estate.Estate) {
			own := e.VNets[0].ID
			own.Type, own.Name = estate.TypeRouteTable, "own"
			e.RouteTables = []estate.RouteTable{{ID: own, RoutesKnown: true}}
			e.VNets[0].Subnets[slices.IndexFunc(e.VNets[0].Subnets, func(s estate.Subnet) bool { return !s.OfGateways() })].RouteTable = own
		}, "has a route table of its own"},
		{"IPv6", office, "", func(e *estate.Estate) {
			e.VNets[0].Space = append(slices.Clone(e.VNets[0].Space), estate.Prefix{Prefix: netip.MustParsePrefix("fd00:1::/48"), Raw: "fd00:1::/48"})
		}, "a Route Server has IPv4 alone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := served(t, c.forbid, c.change, c.lines...)
			var all []string
			for _, k := range p.Components[0].Kept {
				all = append(all, k.Because)
			}
			for _, o := range p.Components[0].Transits { // where no pair is left, the reason stands there
				all = append(all, o.Against)
			}
			if len(p.Components[0].Kept) == 0 || !strings.Contains(strings.Join(all, "\n"), c.want) {
				t.Errorf("kept %q, want %q", all, c.want)
			}
		})
	}
}

// A number that somebody has is nobody else's.
func TestFreeASN(t *testing.T) {
	p := served(t, "", func(e *estate.Estate) { e.Gateways[0].BGP = &estate.BGP{ASN: estate.Fact{Value: "64512"}} }, office...)
	if got := announcedIn(p.Target); len(got) != 2 || !strings.Contains(got[0], "AS 64513:") {
		t.Errorf("%q", got)
	}
}

// TestLocateRouteServer finds a plan with a Route Server in a listing: what its machines announce is in none, and no drift.
func TestLocateRouteServer(t *testing.T) {
	e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments("star"))...)
	p, _, err := plan.Make(e, options.Options{Transit: options.TransitRouteServer})
	if err != nil || len(p.Violations) > 0 {
		t.Fatal(err, p.Violations)
	}
	made := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.CreateRouteServer })
	next := p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.CreatePeering })]
	live, _ := estate.FromARM(nil, listing.Sources(listing.Documents(after(p, upTo(p, next.ID)), listing.Options{}))...)
	if s := plan.Locate(p, live); s.Steps[made].Progress != plan.Done || len(s.Drift) > 0 {
		t.Errorf("%s, drift %v", s.Steps[made].Progress, s.Drift)
	}
	// Verified at the end no pair is lost, as the plan knows what its machines announce.
	last, _ := estate.FromARM(nil, listing.Sources(listing.Documents(p.Target, listing.Options{}))...)
	if s := plan.Locate(p, last); len(s.Lost) > 0 || len(s.Drift) > 0 {
		t.Errorf("at the end: lost %v, drift %v", s.Lost, s.Drift)
	}
	// Another number in a session is one.
	own := *live
	own.Gateways = slices.Clone(live.Gateways)
	for i := range own.Gateways {
		if peers := slices.Clone(own.Gateways[i].RoutePeers); len(peers) > 0 {
			peers[0].ASN = estate.Fact{Value: "65001"}
			own.Gateways[i].RoutePeers = peers
		}
	}
	if s := plan.Locate(p, &own); len(s.Drift) != 1 {
		t.Errorf("drift %v", s.Drift)
	}
	// The last state needs nothing more, though nobody lists what is announced.
	end, _ := estate.FromARM(nil, listing.Sources(listing.Documents(p.Target, listing.Options{}))...)
	again, _, err := plan.Make(end, options.Options{Transit: options.TransitRouteServer})
	if err != nil || slices.ContainsFunc(again.Steps, func(s plan.Step) bool { return s.Effect.Add != nil || len(s.Effect.Remove) > 0 }) {
		t.Errorf("planned again: %v\n%s", err, outline(again))
	}
}

// A connection of which nobody knows what it carries keeps its VNet's gateway; one that carries forbidden pairs alone goes for
// that reason.
func TestRouteServerTakesNothingUnknown(t *testing.T) {
	speaks := func(e *estate.Estate) {
		for i := range e.Connections {
			if c := &e.Connections[i]; c.Pairing.Partner.IsZero() {
				c.EnableBGP = estate.Fact{Value: "true"}
				e.Sites[slices.IndexFunc(e.Sites, func(s estate.Site) bool { return s.ID.Same(c.Site) })].Prefixes = nil
			}
		}
	}
	p := served(t, "", speaks, office...)
	if len(p.Components[0].Kept) != 1 || !strings.Contains(p.Components[0].Kept[0].Because, `"v1" keeps a gateway of its own`) || len(p.Steps) > 0 {
		t.Errorf("kept %v\n%s", p.Components[0].Kept, outline(p))
	}
}

// In a rebuild the gateway of the hub waits for the Route Server, and the texts are those of appliances beside one.
func TestRouteServerInRebuild(t *testing.T) {
	e, opts := spelt("auto", office...).read(t, 0)
	opts.Transit, opts.Mode = options.TransitRouteServer, options.Rebuild
	p, _, err := plan.Make(e, *opts)
	if err != nil || len(p.Violations) > 0 {
		t.Fatal(err, p)
	}
	of := func(a plan.Action) *plan.Step {
		return &p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == a })]
	}
	if server, gateway := of(plan.CreateRouteServer), of(plan.CreateGateway); !slices.Contains(gateway.Needs, server.ID) {
		t.Errorf("the gateway needs %v", gateway.Needs)
	}
	if made := of(plan.CreateAppliances); !strings.Contains(made.Verify, "every announcement has that as its next hop") {
		t.Errorf("verify %q", made.Verify)
	}
}

// A hub with a firewall is one, whatever stands beside it; and a Route Server that comes beside a gateway interrupts it.
func TestRouteServerBeside(t *testing.T) {
	p, _ := asking(t, "star", "transit: firewall\n")
	hub := p.Components[0].Hub.VNet
	server := estate.Gateway{ID: hub, VNet: hub, Kind: estate.RouteServer, Subnet: "RouteServerSubnet"}
	server.ID.Type, server.ID.Name = estate.TypeRouteServer, "rs"
	there := *p.Target
	there.Gateways = append(slices.Clone(there.Gateways), server)
	again, _, err := plan.Make(&there, options.Options{Mode: options.AsIfLive, Transit: options.TransitFirewall})
	if err != nil || len(again.Steps) > 0 {
		t.Errorf("planned again: %v\n%s", err, outline(again))
	}
	q := served(t, "", nil, office...)
	made := slices.IndexFunc(q.Steps, func(s plan.Step) bool { return s.Action == plan.CreateRouteServer })
	gateway := slices.IndexFunc(q.Steps, func(s plan.Step) bool { return s.Action == plan.CreateGateway })
	q.Steps[made].Wave, q.Steps[gateway].Wave = q.Steps[gateway].Wave, q.Steps[made].Wave
	q.Steps[made].Needs, q.Steps[gateway].Needs = []string{q.Steps[gateway].ID}, q.Steps[made].Needs
	q.Steps[made], q.Steps[gateway] = q.Steps[gateway], q.Steps[made]
	if found := plan.Check(q).Violations; len(found) == 0 || found[0].Rule != "PLAN-014" || !strings.Contains(found[0].Text, "it would interrupt gateway") {
		t.Errorf("a Route Server after the gateway: %v", found)
	}
}
