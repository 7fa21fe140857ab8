package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// spelt is a network of one subscription. A line is a VNet with its space, or a connection: "v0 10.1.0.0/16, clients
// 172.20.1.0/24 in North Europe", "v0 > v1 10.2.0.0/16" to the gateway of v1, "v0 > office 192.168.1.0/24" to a device, each with what its site lists, and with "by ExpressRoute" to a circuit.
func spelt(hub string, lines ...string) *network {
	n := &network{docs: 1, mode: options.AsIfLive, hub: hub}
	for _, line := range lines {
		line, dedicated := strings.CutSuffix(line, " by ExpressRoute")
		line, region, elsewhere := strings.Cut(line, " in ")
		name, rest, connection := strings.Cut(line, " > ")
		at := slices.IndexFunc(n.vnets, func(v *drawnVNet) bool { return v.name == name })
		if !connection {
			name, ranges, _ := strings.Cut(line, " ")
			space, pool, clients := strings.Cut(ranges, ", clients ")
			v := &drawnVNet{name: name, region: "West Europe", space: prefixesOf(space)}
			if elsewhere {
				v.region = region
			}
			if clients {
				v.pool = prefixesOf(pool)[0]
			}
			n.vnets = append(n.vnets, v)
			continue
		}
		to, ranges, _ := strings.Cut(rest, " ")
		if i := slices.IndexFunc(n.sites, func(s *drawnSite) bool { return s.name == to }); i >= 0 { // by the site of another
			n.vnets[at].refs = append(n.vnets[at].refs, drawnRef{n.sites[i], dedicated})
			continue
		}
		s := &drawnSite{name: name + "-to-" + to, address: fmt.Sprintf("40.90.17.%d", to[len(to)-1]), prefixes: prefixesOf(ranges)}
		n.sites = append(n.sites, s)
		if dedicated {
			s.address = ""
		}
		n.vnets[at].refs = append(n.vnets[at].refs, drawnRef{s, dedicated})
	}
	return n
}

// The hub's gateway stands in for that of a VNet only where all that the VNet reaches is reached there.
func TestHubStandsIn(t *testing.T) {
	pair := []string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/16"}
	withClients := append([]string{"v0 10.1.0.0/16, clients 172.20.1.0/24"}, pair[1:]...)
	circuit := []string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16", "v0 > v1 10.2.0.0/16", "v0 > c0 172.23.0.0/16 by ExpressRoute", "v2 > c2 172.23.0.0/16 by ExpressRoute"}
	for _, c := range []struct {
		name, hub string
		lines     []string
		gone      string // gateways
	}{
		{"what the hub's site lists", "v0", append(pair[:4:4], "v0 > office 192.168.1.0/24", "v1 > office 192.168.1.0/24"), "v1-gateway"},
		{"less than that", "v0", append(pair[:4:4], "v0 > office 192.168.0.0/16", "v1 > office 192.168.1.0/24"), "v1-gateway"},
		{"two halves of it", "v0", append(pair[:4:4], "v0 > office 192.168.1.0/24", "v1 > office 192.168.1.0/25 192.168.1.128/25"), "v1-gateway"},
		{"more than the hub's site lists", "v0", append(pair[:4:4], "v0 > office 192.168.1.0/24", "v1 > office 192.168.1.0/24 192.168.2.0/24"), ""},
		{"a new hub", "new", append(pair[:4:4], "v1 > office 192.168.1.0/24"), "v0-gateway v1-gateway"},
		{"what clients of the hub have", "v0", append(withClients[:4:4], "v0 > office 192.168.1.0/24", "v1 > branch 192.168.2.0/24 172.20.1.0/25"), ""},
		{"what clients of others have", "v0", append(withClients[:4:4], "v0 > office 192.168.1.0/24", "v1 > branch 192.168.2.0/24 172.20.2.0/25"), "v1-gateway"},
		{"what a peer of the hub has", "new", append(pair[:4:4], "v2 10.3.0.0/16", "v0 > v2 10.3.0.0/16", "v2 > v0 10.1.0.0/16", "v1 > office 192.168.1.0/24 10.3.4.0/24"), "v0-gateway v2-gateway"},
		{"what another VNet of the hub's circuit has", "v0", append(circuit[:6:6], "v0 > office 192.168.1.0/24 10.3.0.0/16", "v1 > v0 10.1.0.0/16 10.3.0.0/16"), ""},
		{"addresses that another VNet of the hub's circuit reaches elsewhere", "v0", append(circuit[:6:6], "v0 > office 192.168.1.0/24", "v1 > v0 10.1.0.0/16 192.168.1.0/24", "v2 > lab 192.168.9.0/24 10.2.4.0/24"), ""},
		{"what no VNet of the hub's circuit has", "v0", append(circuit[:6:6], "v0 > office 192.168.1.0/24 10.4.0.0/16", "v1 > v0 10.1.0.0/16 10.4.0.0/16"), "v1-gateway"},
		{"what holds a peer of the hub", "new", append(pair[:4:4], "v2 10.3.0.0/16", "v0 > v2 10.3.0.0/16", "v2 > v0 10.1.0.0/16", "v1 > office 192.168.1.0/24 10.3.0.0/15"), "v0-gateway v2-gateway"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, opts := spelt(c.hub, c.lines...).read(t, 0)
			p, found, err := plan.Make(e, *opts)
			if err != nil || len(p.Violations) > 0 {
				t.Fatalf("%v %v", err, found)
			}
			var gone []string
			target := estate.NewIndex(p.Target)
			for i := range p.Base.Gateways {
				if g := &p.Base.Gateways[i]; target.Gateway(g.ID) == nil {
					gone = append(gone, g.ID.Name)
				}
			}
			if got := strings.Join(gone, " "); got != c.gone {
				t.Errorf("the target does without %q, want %q\n%s", got, c.gone, outline(p))
			}
		})
	}
}

// A connection that a hub's gateway would get for others must not take what goes to its clients, or to VNets by tunnels
// that stay. One that waits until a tunnel is gone takes nothing.
func TestCopiedConnectionBesideTunnels(t *testing.T) {
	star := []string{"v1 10.2.0.0/16", "v2 10.3.0.0/16", "v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/17", "v0 > v2 10.3.0.0/16", "v2 > v0 10.1.0.0/16"}
	for _, c := range []struct{ hub, office, sealed, taken string }{
		{"v0 10.1.0.0/16", "v1 > office 192.168.1.0/24 10.3.4.0/24", "v2", "v2"},
		{"v0 10.1.0.0/16", "v1 > office 192.168.1.0/24 10.3.4.0/24", "", ""},
		{"v0 10.1.0.0/16, clients 172.20.1.0/24", "v1 > office 192.168.1.0/24 172.20.1.0/24", "", "clients"},
		{"v0 10.1.0.0/16", "v1 > office 192.168.1.0/24 10.1.128.0/18", "", "v0"},
	} {
		n := spelt("v0", slices.Concat([]string{c.hub}, star, []string{c.office})...)
		n.required = []string{"{between: v2, and: v1-to-office}"}
		if c.sealed != "" {
			n.required = []string{"{between: v1, and: v1-to-office}", fmt.Sprintf("{between: v0, and: %s, require: encryption}", c.sealed)}
		}
		e, opts := n.read(t, 0)
		p, _, err := plan.Make(e, *opts)
		if c.taken == "" && err == nil && len(p.Violations) == 0 {
			continue
		}
		if err == nil || !strings.Contains(err.Error(), "its gateway would route the same prefixes to") || !strings.Contains(err.Error(), fmt.Sprintf("%q", c.taken)) {
			t.Errorf("%v, want one that names %q", err, c.taken)
		}
	}
}

// A gateway of which no connection is understood stays, so its VNet uses no other.
func TestGatewayThatNobodyUnderstandsStays(t *testing.T) {
	n := spelt("new", "v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16", "v0 > v1 10.201.0.0/16", "v1 > v0 10.1.0.0/16", "v0 > v2 10.3.0.0/16", "v2 > v0 10.1.0.0/16", "v0 > office 192.168.1.0/24")
	n.required = []string{"{between: v1, and: v0-to-office}"}
	e, opts := n.read(t, 0)
	p, _, err := plan.Make(e, *opts)
	if err != nil {
		t.Fatal(err)
	}
	gateway := slices.IndexFunc(p.Base.Gateways, func(g estate.Gateway) bool { return g.ID.Name == "v1-gateway" })
	if gateway < 0 || len(estate.NewIndex(p.Base).ConnectionsOf(p.Base.Gateways[gateway].ID)) > 0 {
		t.Fatalf("the gateway of v1 is at %d, and is understood", gateway)
	}
	for _, v := range p.Violations {
		if v.Rule != "PLAN-017" {
			t.Errorf("%s: %s %s", v.When(), v.Rule, v.Text)
		}
	}
}

// What a hub reaches of a network through the gateway of another VNet stays, beside what it reaches by its own.
func TestHubThatReachesANetworkTwoWays(t *testing.T) {
	n := spelt("v0", "v0 10.1.0.0/16", "v1 10.2.0.0/16", "v0 > v1 10.2.0.0/16 192.168.2.0/24", "v1 > v0 10.1.0.0/16", "v0 > office 192.168.1.0/24", "v1 > office 192.168.2.0/24")
	e, opts := n.read(t, 0)
	p, _, err := plan.Make(e, *opts)
	if err != nil || len(p.Violations) > 0 {
		t.Fatalf("%v %v\n%s", err, p.Violations, outline(p))
	}
}

// Before a VNet uses the hub's gateway, the hub's tunnels that go outside of windows are gone: by needs, not by waves
// alone, so that somebody who goes step by step keeps to it as well.
func TestHubTunnelsGoBeforeItsGatewayIsUsed(t *testing.T) {
	e, opts := spelt("v0", "v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16", "v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/16", "v0 > v2 10.3.0.0/16", "v2 > v0 10.1.0.0/16",
		"v0 > office 192.168.1.0/24", "v1 > office 192.168.1.0/24").read(t, 0)
	p, _, err := plan.Make(e, *opts)
	if err != nil {
		t.Fatal(err)
	}
	used, early := "", ""
	needs := map[string][]string{}
	for _, s := range p.Steps {
		for _, n := range s.Needs {
			needs[s.ID] = append(needs[s.ID], append(needs[n], n)...)
		}
		switch {
		case s.Action == plan.UseRemoteGateway:
			used = s.ID
		case s.Action == plan.DeleteTunnel && s.Impact.Window == "":
			early = s.ID
		}
	}
	if used == "" || early == "" || !slices.Contains(needs[used], early) {
		t.Errorf("step %q uses the gateway before %q is done\n%s", used, early, outline(p))
	}
}

// TestHubTellsNobody holds that no VNet uses the gateway of a hub that would tell of it where the same addresses are
// reached elsewhere: over a tunnel that stays, whether it is up or a person has to find that out.
func TestHubTellsNobody(t *testing.T) {
	for _, c := range []struct {
		name, asks string
		beyond     string // what v1 reaches at its office
		gone       string // gateways
	}{
		{"other addresses", "required: [{between: v0, and: v1, require: encryption}]\n", "192.168.9.0/24", "v2-gateway"},
		{"a part of its addresses, in a longer prefix, which counts", "required: [{between: v0, and: v1, require: encryption}]\n", "192.168.9.0/24 10.3.4.0/24", "v2-gateway"},
		{"its addresses", "required: [{between: v0, and: v1, require: encryption}]\n", "192.168.9.0/24 10.3.0.0/16", ""},
		{"its addresses, perhaps", "connections: [{vnet: v1, site: v1-to-v0, state: not-connected}]\n", "192.168.9.0/24 10.3.0.0/16", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := spelt("v0", "v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16", "v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/16", "v0 > v2 10.3.0.0/16", "v2 > v0 10.1.0.0/16",
				"v0 > office 192.168.1.0/24", "v2 > office 192.168.1.0/24", "v1 > plant "+c.beyond)
			n.passage = c.asks
			e, opts := n.read(t, 0)
			p, found, err := plan.Make(e, *opts)
			if err != nil || len(p.Violations) > 0 {
				t.Fatalf("%v %v", err, found)
			}
			var gone []string
			for _, s := range p.Steps {
				if s.Action == plan.DeleteGateway {
					gone = append(gone, s.Object.Name)
				}
			}
			if got := strings.Join(gone, " "); got != c.gone {
				t.Errorf("gone: %q, want %q\n%s", got, c.gone, outline(p))
			}
		})
	}
}
