package estate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go4.org/netipx"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// deliveries maps "A to B yes" to what A can send to B. Locations are named as written, so that
// the two forms of an estate can be compared.
func deliveries(r *reach.Relation) map[string]*netipx.IPSet {
	building := map[string]*netipx.IPSetBuilder{}
	for _, from := range r.Locations() {
		for f := range r.From(from) {
			key := fmt.Sprintf("%s to %s %s", from, f.To, f.Value)
			if building[key] == nil {
				building[key] = &netipx.IPSetBuilder{}
			}
			for _, p := range f.Prefixes {
				building[key].AddPrefix(p)
			}
		}
	}
	out := map[string]*netipx.IPSet{}
	for key, set := range building {
		out[key], _ = set.IPSet() // the prefixes come from the relation and are valid
	}
	return out
}

// deliveryLines are the deliveries as text, sorted.
func deliveryLines(r *reach.Relation) []string {
	var out []string
	for key, set := range deliveries(r) {
		out = append(out, fmt.Sprint(key, set.Prefixes()))
	}
	slices.Sort(out)
	return out
}

// sessions maps a pair of locations to what they can hold sessions about.
func sessions(r *reach.Relation) map[[2]reach.Location]string {
	out := map[[2]reach.Location]string{}
	for pair, s := range r.Pairs() {
		out[[2]reach.Location{plain(pair[0]), plain(pair[1])}] = fmt.Sprint(s.Value, s.FromPrefixes, s.ToPrefixes, s.MayFrom, s.MayTo)
	}
	return out
}

// plain is a location as written: without the name that it has in one of the forms.
func plain(l reach.Location) reach.Location { return reach.Location{Kind: l.Kind, Name: l.Name} }

func TestToARMKeepsTheRelationOfFixtures(t *testing.T) {
	for _, name := range fixtureNames(t) {
		t.Run(name, func(t *testing.T) {
			classic := fixture(t, name)
			arm, _, _ := estate.ToARM(classic)
			before, after := reach.Compute(classic), reach.Compute(arm)
			if diff := cmp.Diff(deliveryLines(before), deliveryLines(after)); diff != "" {
				t.Errorf("deliveries (-classic +ARM):\n%s", diff)
			}
			if diff := cmp.Diff(sessions(before), sessions(after), sameMeaning); diff != "" {
				t.Errorf("sessions (-classic +ARM):\n%s", diff)
			}
		})
	}
}

// drawRoutes is a network that the service would have taken, with sites that carry more or less
// than their VNet: no two sites of one VNet overlap, and none overlaps the VNet's own space.
func drawRoutes(t *rapid.T) string {
	n := rapid.IntRange(2, 6).Draw(t, "VNets")
	linked := map[[2]int]bool{}
	taken := map[[2]int]bool{} // VNet, and the number of a space that it or one of its sites has
	for i := range n {
		taken[[2]int{i, i}] = true
		for j := range i {
			if rapid.Bool().Draw(t, "linked") {
				linked[[2]int{j, i}] = true
				taken[[2]int{i, j}], taken[[2]int{j, i}] = true, true
			}
		}
	}
	var sites strings.Builder
	refs := make([]string, n)
	site := func(of int, name, prefixes, address string) {
		if k := rapid.IntRange(0, 2*n).Draw(t, "behind it"); k < n && !taken[[2]int{of, k}] {
			taken[[2]int{of, k}] = true
			prefixes += fmt.Sprintf(" 10.%d.0.0/16", k)
		}
		fmt.Fprintf(&sites, "site %s %s @%s\n", name, prefixes, address)
		refs[of] += " " + name
	}
	own := rapid.SampledFrom([]string{"10.%d.0.0/16", "10.%d.0.0/16", "10.%d.128.0/17", "10.%[1]d.0.0/16 172.31.%[1]d.0/24"})
	for i := range n {
		for j := i + 1; j < n; j++ {
			if linked[[2]int{i, j}] {
				site(i, fmt.Sprintf("s%d-%d", i, j), fmt.Sprintf(own.Draw(t, "site"), j), meshAddress(j))
				site(j, fmt.Sprintf("s%d-%d", j, i), fmt.Sprintf(own.Draw(t, "site"), i), meshAddress(i))
			}
		}
		if rapid.IntRange(0, 2).Draw(t, "office") == 0 {
			site(i, fmt.Sprintf("office-%d", i), fmt.Sprintf("192.168.%d.0/24", i), fmt.Sprintf("81.2.69.%d", 160+i))
		}
	}
	for i := range n {
		fmt.Fprintf(&sites, "vnet V%d 10.%d.0.0/16", i, i)
		if rapid.IntRange(0, 4).Draw(t, "cloud") == 0 {
			sites.WriteString(" in:China_North")
		}
		if rapid.IntRange(0, 4).Draw(t, "pool") == 0 {
			fmt.Fprintf(&sites, " pool:172.31.%d.0/24", i)
		}
		fmt.Fprintf(&sites, " ->%s\n", refs[i])
	}
	return sites.String()
}

// What talks in a classic network talks in its ARM form, and nothing is delivered that was not.
func TestToARMKeepsTheRelation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawRoutes(t)
		classic, _ := meaning(t, text)
		arm, _, found := estate.ToARM(classic)
		if slices.Contains(rules(found), "ARM-005") {
			t.Skip("something is not built")
		}
		before, after := reach.Compute(classic), reach.Compute(arm)
		had, kept := sessions(before), sessions(after)
		for pair, s := range before.Pairs() {
			key := [2]reach.Location{plain(pair[0]), plain(pair[1])}
			got, want := kept[key], had[key]
			if got != want {
				t.Fatalf("%s with %s is %q in ARM, was %q (%v)\n%s", pair[0], pair[1], got, want, s.Path, text)
			}
		}
		delivered := deliveries(before)
		for key, set := range deliveries(after) {
			for _, p := range set.Prefixes() {
				if delivered[key] == nil || !delivered[key].ContainsPrefix(p) {
					t.Fatalf("%s: %s is delivered in ARM only\n%s", key, p, text)
				}
			}
		}
	})
}

// A and C reach each other by different ways, A by B and C by D: each way has one tunnel with two
// exact sites. It stays IPsec all the same, because Vnet2Vnet passes nothing on.
func TestToARMOfRoundTrips(t *testing.T) {
	classic, _ := meaning(t, `
		site ab 10.2.0.0/16 10.3.0.0/16 @40.68.10.2
		site cd 10.4.0.0/16 10.1.0.0/16 @40.68.10.4
		site a 10.1.0.0/16 @40.68.10.1
		site b 10.2.0.0/16 @40.68.10.2
		site c 10.3.0.0/16 @40.68.10.3
		site d 10.4.0.0/16 @40.68.10.4
		vnet VA 10.1.0.0/16 -> ab d
		vnet VB 10.2.0.0/16 -> a c
		vnet VC 10.3.0.0/16 -> b cd
		vnet VD 10.4.0.0/16 -> a c`)
	arm, _, _ := estate.ToARM(classic)
	var lost []string
	after := sessions(reach.Compute(arm))
	for pair := range sessions(reach.Compute(classic)) {
		if after[pair] == "" {
			lost = append(lost, pair[0].Name+" with "+pair[1].Name)
		}
	}
	if len(lost) > 0 {
		t.Errorf("lost sessions: %v", lost)
	}
}
