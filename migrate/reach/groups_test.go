package reach_test

import (
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// byPair lists what verdicts say of each pair, without addresses and paths. Verdicts about different
// groups are about different pairs.
func byPair(t *rapid.T, all []reach.Verdict) map[string][]string {
	out, of := map[string][]string{}, map[string]string{}
	for _, v := range all {
		if v.Via != nil {
			continue
		}
		n := 0
		for a, b := range v.Pairs() {
			n++
			key, way := a.String()+" - "+b.String(), ""
			if b.Compare(a) < 0 {
				key = b.String() + " - " + a.String()
			}
			if v.Class == reach.HalfOpen {
				way = a.String()
			}
			groups := fmt.Sprint(v.Froms, v.Tos)
			if v.Class == reach.HalfOpen && v.To.Compare(v.From) < 0 {
				groups = fmt.Sprint(v.Tos, v.Froms)
			}
			if other, ok := of[key]; ok && other != groups {
				t.Fatalf("%s is among %s and among %s", key, other, groups)
			}
			of[key] = groups
			out[key] = append(out[key], fmt.Sprint(v.Class, v.Flags, v.Grade, v.Before.Value, v.After.Value, v.Before.Assumptions, v.After.Assumptions, way))
		}
		if v.Count() != n {
			t.Fatalf("%s: %d pairs are counted, %d are there: %v %v but %v", v.Class, v.Count(), n, v.Froms, v.Tos, v.Except)
		}
	}
	for key, list := range out {
		slices.Sort(list)
		out[key] = slices.Compact(list)
	}
	return out
}

// Verdicts about groups say of every pair what verdicts about pairs say.
func TestGroupsFareAsTheirPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		x := drawEstate(t)
		if rapid.Bool().Draw(t, "related") {
			x = drawChange(t, w)
		}
		before, after := reach.Compute(&w.Estate), reach.Compute(&x.Estate)
		one, all := slices.Collect(reach.Compare(before, after, nil)), slices.Collect(reach.CompareInGroups(before, after, nil))
		if diff := cmp.Diff(byPair(t, one), byPair(t, all)); diff != "" {
			t.Fatalf("(-pairs +groups)\n%s\nbefore:\n%s\nafter:\n%s", diff, describe(w), describe(x))
		}
	})
}

// Two hubs with firewalls and three hundred spokes are a few kinds of pairs.
func TestSpokesOfAHubAreAGroup(t *testing.T) {
	w := firewalls(300)
	r := reach.Compute(&w.Estate)
	all := slices.Collect(reach.CompareInGroups(r, r, nil))
	pairs := 0
	for _, v := range all {
		if v.Class != reach.Preserved {
			t.Errorf("%s %s %s", v.Class, v.From, v.To)
		}
		pairs += v.Count()
	}
	if len(all) > 1000 || pairs < 40_000 {
		t.Errorf("%d verdicts about %d pairs", len(all), pairs)
	}
}

// Where the route to the firewall is for some of the spokes only, groups count as many pairs as there
// are when pairs are judged one by one.
func TestGroupsCountTheirPairs(t *testing.T) {
	w := firewalls(40)
	for i := range w.RouteTables {
		for j := range w.RouteTables[i].Routes {
			w.RouteTables[i].Routes[j].Prefix = prefixes("10.0.0.0/20")[0]
		}
	}
	r := reach.Compute(&w.Estate)
	count := func(all iter.Seq[reach.Verdict]) map[string]int {
		n := map[string]int{}
		for v := range all {
			if v.From.Name != "h000" && v.To.Name != "h000" {
				n[v.Class.String()] += v.Count()
			}
		}
		return n
	}
	want := map[string]int{"preserved": 15 * 14 / 2, "half open": 24 * 15}
	if got := count(reach.Compare(r, r, nil)); !cmp.Equal(want, got) {
		t.Errorf("one by one: %v, not %v", got, want)
	}
	if got := count(reach.CompareInGroups(r, r, nil)); !cmp.Equal(want, got) {
		t.Errorf("in groups: %v, not %v", got, want)
	}
}
