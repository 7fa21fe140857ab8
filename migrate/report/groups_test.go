package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// groupVerdicts are verdicts that stand for all pairs of two groups, and of one, but one pair.
func groupVerdicts(name func(string) string) []reach.Verdict {
	group := func(of string, n int) []reach.Location {
		var out []reach.Location
		for i := range n {
			out = append(out, location(estate.VNet{ID: estate.ID{Subscription: "s", Type: estate.TypeVNet, Name: name(fmt.Sprint(of, i))}, Name: name(fmt.Sprint(of, i))}))
		}
		return out
	}
	a, b := group("a", 10), group("b", 5)
	lost := reach.Verdict{Class: reach.Lost, From: a[0], To: b[1], Froms: a, Tos: b, Except: [][2]reach.Location{{a[0], b[0]}}, Before: sideOf(reach.Yes, reach.FirewallHop)}
	changed := reach.Verdict{Class: reach.PathChanged, From: a[0], To: a[1], Froms: a, Tos: a, Before: sideOf(reach.Yes, reach.FirewallHop), After: sideOf(reach.Yes, reach.Peering)}
	kept := changed
	kept.Class, kept.From, kept.To, kept.Froms, kept.Tos = reach.Preserved, b[0], b[1], b, b
	return []reach.Verdict{lost, lost, changed, kept, kept}
}

// A verdict about groups counts as its pairs do, and says who they are.
func TestGroupsInADiff(t *testing.T) {
	d := NewReachDiff("old", "new", &estate.Estate{}, &estate.Estate{}, func(yield func(reach.Verdict) bool) {
		for _, v := range groupVerdicts(asIs) {
			if !yield(v) {
				return
			}
		}
	})
	for format, want := range map[Format][]string{
		Text:     {"lost          49", "path changed  45", "preserved     10", "Lost (49)", "49 pairs between a0, a1, a2 and 7 more and b0, b1, b2 and 2 more", "a0, a1, a2 and 7 more  each other"},
		Markdown: {"| **lost** | 49 |"},
		JSON:     {`"lost": 49`, `"preserved": 10`, `"pairs": 49`, `"froms": [`, `"except": [`},
		CSV:      {`,"49","VNet a0; VNet a1; VNet a2; VNet a3; VNet a4; VNet a5; VNet a6; VNet a7; VNet a8; VNet a9","VNet b0; VNet b1; VNet b2; VNet b3; VNet b4","VNet a0 - VNet b0"`},
	} {
		var b bytes.Buffer
		if err := d.Write(&b, format, Style{}); err != nil {
			t.Fatal(err)
		}
		for _, text := range want {
			if !strings.Contains(b.String(), text) {
				t.Errorf("%v: %q is missing in\n%s", format, text, b.String())
			}
		}
		if format == JSON {
			wantSchema(t, compiled(t, reachDiffSchema(t)), b.String())
		}
	}
}

// So it does in a plan.
func TestGroupsInAReview(t *testing.T) {
	s := makeSample(t, asIs)
	s.plan.Verdicts = groupVerdicts(asIs)[:3]
	var text, js bytes.Buffer
	if err := Plan(&text, s.plan, nil, nil, Style{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"lost          49", "path changed  45", "Lost or at risk (49)", "(49 pairs; one is a0 and", "By another path (45)"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is missing in\n%s", want, text.String())
		}
	}
	if err := PlanJSON(&js, s.plan, nil, nil); err != nil {
		t.Fatal(err)
	}
	wantSchema(t, compiled(t, planSchema(t)), js.String())
	if n := wireSummary(s.plan, nil).Verdicts; n["lost"] != 49 || n["path changed"] != 45 {
		t.Errorf("the summary counts %v", n)
	}
}

// A pair that must not talk need not be kept, whatever else is said of it.
func TestRequiredPairs(t *testing.T) {
	p := makeSample(t, asIs).plan
	app, hub := location(p.Base.VNets[0]), location(p.Base.VNets[1])
	all := requiredPairs(p)
	p.Asks = []plan.Ask{{Want: plan.Forbidden, A: hub, B: app}, {Want: plan.Accepted, A: hub, B: app}, {Want: plan.Accepted, A: app, B: hub}}
	if n := requiredPairs(p); n != all-1 {
		t.Errorf("%d of %d", n, all)
	}
}
