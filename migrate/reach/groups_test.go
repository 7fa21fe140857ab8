package reach_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// byPair lists what verdicts say of each pair, without addresses and paths.
func byPair(all []reach.Verdict) map[string][]string {
	out, own := map[string][]string{}, map[string]bool{}
	say := func(v *reach.Verdict, a, b reach.Location) {
		key := a.String() + " - " + b.String()
		if b.Compare(a) < 0 {
			key = b.String() + " - " + a.String()
		}
		if v.Froms != nil && own[key] {
			return
		}
		way := ""
		if v.Class == reach.HalfOpen {
			way = a.String()
		}
		out[key] = append(out[key], fmt.Sprint(v.Class, v.Flags, v.Grade, v.Before.Value, v.After.Value, v.Before.Assumptions, v.After.Assumptions, way))
	}
	for i := range all {
		if v := &all[i]; v.Via == nil && v.Froms == nil {
			say(v, v.From, v.To)
		}
	}
	for key := range out {
		own[key] = true
	}
	for i := range all {
		v := &all[i]
		for x, a := range v.Froms {
			for y, b := range v.Tos {
				if slices.EqualFunc(v.Froms, v.Tos, reach.Location.Same) && (x == y || x > y && v.Class != reach.HalfOpen) || a.Same(b) {
					continue
				}
				say(v, a, b)
			}
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
		if diff := cmp.Diff(byPair(one), byPair(all)); diff != "" {
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
		pairs += max(1, len(v.Froms)*len(v.Tos))
	}
	if len(all) > 1000 || pairs < 40_000 {
		t.Errorf("%d verdicts about %d pairs", len(all), pairs)
	}
}
