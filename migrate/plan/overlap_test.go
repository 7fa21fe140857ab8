package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// TestOverlaps is the insurer that bought shops whose addresses it has already.
func TestOverlaps(t *testing.T) {
	p, _ := asking(t, "overlap", "")
	o := p.Components[0].Overlaps
	var got []string
	for _, b := range o.Between {
		got = append(got, fmt.Sprintf("%s and %s keep %d", b.A.Name, b.B.Name, len(b.Keeps)))
	}
	for _, m := range o.Remedies {
		got = append(got, fmt.Sprintf("%s %t", m.Name, m.Refused == ""))
		for _, r := range m.Renumber {
			got = append(got, fmt.Sprintf("%s from %v to %v, %d subnets", r.VNet.Name, r.From, r.To, r.Subnets))
		}
	}
	want := []string{"bought-shops and shops keep 1", "renumber true", "bought-shops from [10.1.128.0/17] to [10.3.0.0/17], 3 subnets",
		"peer subnets true", "keep VPN true", "second hub false", "NAT on the gateway false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("overlaps (-want +got)\n%s", diff)
	}
	if p, _ := asking(t, "star", ""); p.Components[0].Overlaps != nil {
		t.Errorf("nothing overlaps in the star: %+v", p.Components[0].Overlaps)
	}
}

// TestRemedies tells which ways out of an overlap there are.
func TestRemedies(t *testing.T) {
	for _, c := range []struct {
		name, hub string
		lines     []string
		want      []string // remedies that are refused, with the reason, and what keeping them costs
	}{
		{"two that reach each other", "none", []string{"v0 10.1.0.0/16", "v1 10.1.128.0/17 10.9.0.0/16", "v0 > v1 10.9.0.0/16", "v1 > v0 10.1.0.0/17"}, []string{
			`second hub: "v0" and "v1" share addresses and reach each other: no peering joins them, whatever their hubs`,
			"keep VPN: 2 VNets keep a gateway"}},
		{"somebody needs both", "none", []string{"v0 10.1.0.0/16", "v1 10.3.0.0/16", "v2 10.3.128.0/17", "v0 > v1 10.3.0.0/17", "v1 > v0 10.1.0.0/16", "v0 > v2 10.3.128.0/17", "v2 > v0 10.1.0.0/16"}, []string{
			`second hub: "v0" reaches both "v1" and "v2", and can be peered with one of them only`,
			"keep VPN: 2 VNets keep a gateway"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, opts := spelt(c.hub, c.lines...).read(t, 0)
			p, found, err := plan.Make(e, *opts)
			if err != nil || p.Components[0].Overlaps == nil {
				t.Fatalf("%v %v %+v", err, found, p.Components[0])
			}
			var got []string
			for _, m := range p.Components[0].Overlaps.Remedies {
				switch {
				case m.Name == "keep VPN":
					costs, _, _ := strings.Cut(m.Consequence, ",")
					got = append(got, m.Name+": "+costs)
				case m.Refused != "" && m.Name != "NAT on the gateway":
					got = append(got, m.Name+": "+m.Refused)
				}
			}
			slices.Sort(got)
			slices.Sort(c.want)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// drawBought is a network whose center has tunnels to pairs of VNets that share addresses; of the first of each it
// reaches what the second does not have.
func drawBought(t *rapid.T) *world {
	w := &world{spaces: []string{"10.1.0.0/16"}, pools: []string{""}, regions: []string{"West Europe"}, extra: map[[2]int][]string{}, part: map[[2]int]string{}}
	for k := range rapid.IntRange(1, 3).Draw(t, "shops") {
		first := len(w.spaces)
		w.spaces = append(w.spaces, fmt.Sprintf("10.%d.0.0/16", k+2), fmt.Sprintf("10.%d.128.0/17", k+2))
		w.pools, w.regions = append(w.pools, "", ""), append(w.regions, "West Europe", "North Europe")
		w.tunnels = append(w.tunnels, [2]int{0, first})
		w.part[[2]int{0, first}] = fmt.Sprintf("10.%d.0.0/17", k+2)
		if rapid.IntRange(0, 3).Draw(t, "both") > 0 {
			w.tunnels = append(w.tunnels, [2]int{0, first + 1})
		}
	}
	return w
}

// New addresses are nobody's, and end the overlaps that they are for.
func TestRenumberedNetworksAreFree(t *testing.T) {
	renumbered := 0
	rapid.Check(t, func(t *rapid.T) {
		p, _, err := plan.Make(read(t, drawBought(t).netcfg(1)), wanting(t, ""))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range p.Components {
			if c.Overlaps == nil {
				continue
			}
			moved := map[string]bool{}
			for _, m := range c.Overlaps.Remedies {
				for _, r := range m.Renumber {
					moved[r.VNet.Name] = true
					renumbered++
					for _, to := range r.To {
						for i := range p.Target.VNets {
							if slices.ContainsFunc(p.Target.VNets[i].Space, func(s estate.Prefix) bool { return s.Overlaps(to) }) {
								t.Errorf("%s is an address of %s", to, p.Target.VNets[i].Name)
							}
						}
						for i := range p.Base.Sites {
							if slices.ContainsFunc(p.Base.Sites[i].Prefixes, func(s estate.Prefix) bool { return s.Overlaps(to) }) {
								t.Errorf("%s is an address behind %s", to, p.Base.Sites[i].Name)
							}
						}
					}
				}
			}
			for _, b := range c.Overlaps.Between {
				if !moved[b.A.Name] && !moved[b.B.Name] {
					t.Errorf("%s and %s still overlap", b.A.Name, b.B.Name)
				}
			}
		}
	})
	if renumbered == 0 {
		t.Error("no network was renumbered")
	}
}
