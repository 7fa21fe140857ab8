package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/plan"
)

// What a plan does opens nothing that a better plan could use: planned again, its target needs no steps. Each of these
// did once.
func TestTargetsAllowNoBetterPlan(t *testing.T) {
	both := func(a, rangeOfA, b, rangeOfB string) []string {
		return []string{a + " > " + b + " " + rangeOfB, b + " > " + a + " " + rangeOfA}
	}
	lines := func(parts ...[]string) (out []string) {
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	for _, c := range []struct {
		name, hub, asks string
		lines           []string
		joined          string // peerings of the target
		stay            string // gateways
	}{
		{name: "a connected group takes room for addresses as peerings do", hub: "auto", asks: "transit: group\nrequired: [{between: vd, and: vb}]\n",
			lines: lines([]string{"va 10.1.0.0/16", "vb 10.1.128.0/17", "vc 10.3.0.0/16", "vd 10.4.0.0/16"},
				both("va", "10.1.0.0/16", "vc", "10.3.0.0/16"), both("va", "10.1.0.0/16", "vd", "10.4.0.0/16"), both("vc", "10.3.0.0/16", "vd", "10.4.0.0/16"))},
		{name: "who keeps a gateway is not peered with the hub for its gateway", hub: "vh",
			lines: lines([]string{"vh 10.1.0.0/16", "va 10.2.0.0/16", "vb 10.3.0.0/16", "vc 10.2.128.0/17"},
				both("vh", "10.1.0.0/16", "va", "10.2.0.0/16"), both("va", "10.2.0.0/17", "vb", "10.3.0.0/16"), both("vb", "10.3.0.0/16", "vc", "10.2.128.0/17"),
				[]string{"vh > office 192.168.1.0/24", "vb > office 192.168.1.0/24"}),
			joined: "va-vh vb-vc", stay: "va vb vh"},
		{name: "a pair that the hub's gateway leads to each other over a tunnel that stays is not peered", hub: "auto",
			lines: lines([]string{"vh 10.1.0.0/16", "va 10.2.0.0/16", "vb 10.3.0.0/16, clients 172.20.3.0/24"}, both("vh", "10.1.0.0/16", "va", "10.2.0.0/16"),
				[]string{"vh > vb 10.3.0.0/16", "vb > vh 10.1.0.0/16 192.168.1.0/24 10.2.0.0/16", "vh > office 192.168.1.0/24", "va > office 192.168.1.0/24"}),
			joined: "va-vh", stay: "vb vh"},
		{name: "a tunnel that goes is not in the way of a hub's connection", hub: "auto",
			lines: lines([]string{"va 10.1.0.0/16", "vb 10.3.0.0/16", "vh 10.4.0.0/16"},
				[]string{"va > vh 10.4.0.0/16", "vh > va 10.1.0.0/16 192.168.2.0/24", "vb > vh 10.4.0.0/16 192.168.3.0/24", "vh > vb 10.3.0.0/16", "vb > plant 192.168.2.0/24", "vh > office 192.168.3.0/24"}),
			joined: "va-vh vb-vh", stay: "vh"},
		{name: "a tunnel that goes offers nothing to a circuit", hub: "vh",
			lines: lines([]string{"vh 10.1.0.0/16", "va 10.2.0.0/16", "vb 10.3.0.0/16"}, both("vh", "10.1.0.0/16", "va", "10.2.0.0/16"), both("va", "10.2.0.0/16 10.99.0.0/16", "vb", "10.3.0.0/16"),
				[]string{"vh > office 192.168.1.0/24", "va > office 192.168.1.0/24", "vh > c0 172.23.0.0/16 by ExpressRoute", "vb > c2 172.23.0.0/16 by ExpressRoute"}),
			joined: "va-vb va-vh", stay: "vb vh vh"},
		{name: "a hub in use in another region is no reason for a second one", hub: "auto", asks: "required: [{between: va, and: vh, require: encryption}]\n",
			lines: lines([]string{"vh 10.1.0.0/16 in North Europe", "va 10.2.0.0/16", "vb 10.3.0.0/16", "vx 10.2.0.0/16", "vy 10.3.0.0/16", "vm 10.7.0.0/16"},
				both("vh", "10.1.0.0/16", "va", "10.2.0.0/16"), both("vh", "10.1.0.0/16", "vb", "10.3.0.0/16"), both("vh", "10.1.0.0/18", "vm", "10.7.0.0/16"), both("vx", "10.2.0.0/16", "vm", "10.7.0.0/16"), both("vy", "10.3.0.0/16", "vm", "10.7.0.0/16"),
				[]string{"vh > office 192.168.1.0/24", "vb > office 192.168.1.0/24", "vx > plant 192.168.2.0/24", "vy > plant 192.168.2.0/24"}),
			joined: "vb-vh vh-vm vm-vx vm-vy", stay: "va vh vx vy"},
		{name: "what a VNet that uses the hub must not reach stays apart", hub: "vh", asks: "required: [{between: va, and: vm, require: encryption}]\nforbidden: [{between: va, and: on-premises vx-to-plant, reason: r}]\n",
			lines: lines([]string{"vh 10.1.0.0/16", "va 10.3.0.0/16", "vx 10.2.0.0/16", "vm 10.6.0.0/16"}, both("vh", "10.1.0.0/16", "vm", "10.6.0.0/16"), both("vx", "10.2.0.0/16", "vm", "10.6.0.0/16"),
				[]string{"vh > office 192.168.1.0/24", "va > office 192.168.1.0/24", "vx > plant 192.168.2.0/24"}),
			joined: "va-vh vh-vm vm-vx", stay: "vh vx"},
		{name: "a forbidden VNet takes no room for addresses", hub: "vh", asks: "forbidden: [{between: va, and: vh, reason: r}]\n",
			lines: lines([]string{"vh 10.1.0.0/16", "va 10.2.0.0/16", "vb 10.2.0.0/16", "vm 10.7.0.0/16"}, both("vh", "10.1.0.0/16", "va", "10.2.0.0/16"), both("vh", "10.1.0.0/16", "vm", "10.7.0.0/16"), both("vb", "10.2.0.0/16", "vm", "10.7.0.0/16"),
				[]string{"vh > office 192.168.1.0/24", "vb > office 192.168.1.0/24"}),
			joined: "vb-vh vb-vm vh-vm", stay: "vh"},
		{name: "several hubs that were asked for are found whichever comes first", hub: "several",
			asks: "required: [{between: v3, and: v5, require: encryption}, {between: v2, and: on-premises v0-to-office, require: encryption}, {between: v3, and: v6, require: encryption}]\n",
			lines: lines([]string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16", "v3 10.4.0.0/16", "v4 10.2.0.0/16", "v5 10.3.0.0/16", "v6 10.7.0.0/16"}, both("v4", "10.2.0.0/16", "v6", "10.7.0.0/16"),
				[]string{"v0 > office 192.168.1.0/24", "v1 > office 192.168.1.0/24", "v2 > office 192.168.1.0/24", "v3 > office 192.168.1.0/24", "v4 > plant 192.168.2.0/24", "v5 > plant 192.168.2.0/24"}),
			joined: "hub-westeurope-v4 hub-westeurope-v5 v0-v2 v1-v2 v2-v3 v4-v6", stay: "v2 hub-westeurope"},
		{name: "a connection that others leave to a forbidden pair goes after them", hub: "new", asks: "forbidden: [{between: on-premises vb-to-office, and: vb, reason: r}]\n",
			lines:  []string{"va 10.1.0.0/16", "vb 10.4.0.0/16", "va > vb 10.4.0.0/16 192.168.3.0/24", "vb > va 10.1.0.0/16", "vb > office 192.168.3.0/24"},
			joined: "hub-westeurope-va hub-westeurope-vb va-vb", stay: "hub-westeurope"},
		{name: "a hub's site for a network may stand for a VNet to another VNet", hub: "auto",
			lines:  lines([]string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16", "v3 10.4.0.0/16", "v0 > v1 10.2.0.0/16 172.20.5.0/24", "v1 > v0 10.1.0.0/16", "v1 > v2 10.3.0.0/16 172.20.5.0/24", "v3 > v1-to-v2", "v2 > v3 10.4.0.0/16"}),
			joined: "v0-v1 v2-v3", stay: "v1"},
		{name: "a hub that other regions alone use is none of its region", hub: "regional", asks: "required: [{between: v3, and: v1, require: encryption}]\n",
			lines: lines([]string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16", "v3 10.3.0.0/16 in North Europe", "v4 10.6.0.0/16"}, both("v0", "10.1.0.0/16", "v2", "10.3.0.0/16"), both("v0", "10.1.0.0/16", "v4", "10.6.0.0/16"),
				[]string{"v3 > v4 10.6.0.0/16", "v4 > v3 10.3.0.0/16 192.168.2.0/24", "v0 > office 192.168.1.0/24", "v2 > office 192.168.1.0/24", "v3 > plant 192.168.2.0/24"}),
			joined: "v0-v2 v0-v4 v3-v4", stay: "v0 v2 v3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := spelt(c.hub, c.lines...)
			n.passage = c.asks
			e, opts := n.read(t, 0)
			p, found, err := plan.Make(e, *opts)
			if err != nil {
				t.Fatalf("%v\n%v", err, found)
			}
			for _, v := range p.Violations {
				if v.Rule != "PLAN-017" { // what some of these ask for is in the way of what they are about
					t.Errorf("%s: %s %s", v.When(), v.Rule, v.Text)
				}
			}
			nothingLeft(t, "the target", p, p.Target, *opts)
			if c.joined != "" {
				var stay []string
				for i := range p.Target.Gateways {
					stay = append(stay, p.Target.Gateways[i].VNet.Name)
				}
				if diff := cmp.Diff([]string{c.joined, c.stay}, []string{strings.Join(joins(p), " "), strings.Join(stay, " ")}); diff != "" {
					t.Errorf("peerings, gateways (-want +got)\n%s", diff)
				}
			}
			if t.Failed() {
				t.Log(outline(p))
			}
		})
	}
}

// Drawn networks of which the target once had steps left: appliances for one of two VNets that share addresses, a new hub for
// nobody, and hubs by region of which the first served nobody.
func TestTargetsOfDrawnNetworks(t *testing.T) {
	for _, i := range []int{13903, 17279, 19983} {
		n := rapid.Custom(drawNetwork).Example(i)
		p, _, opts := n.planned(t, 0)
		opts.Mode = ""
		nothingLeft(t, fmt.Sprintf("the target of network %d", i), p, p.Target, *opts)
	}
}
