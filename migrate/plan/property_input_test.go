package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Property (b): the target of a plan, read as a network, needs no plan: whatever was asked for, no step is left. A
// listing of it says the same, unless the addresses that it has tell of reach what the files do not. One of
// Resource Graph does not tell which kinds it has none of, and is left out.
func TestPropertyMigratedNetworkNeedsNoSteps(t *testing.T) {
	seen := newTally(t, "steps", "targets listed")
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		p, _, opts := n.planned(t, 0)
		seen.network(n)
		seen.plan(p)
		opts.Mode = ""
		nothingLeft(t, "the target", p, p.Target, *opts)
		if n.docs == 1 && one(t, 3, "listed") {
			form := listing.Form(rapid.IntRange(0, 2).Draw(t, "form"))
			live, _ := estate.FromARM(opts, listing.Sources(listing.Documents(p.Target, listing.Options{Form: form}))...)
			if sameReach(p.After, reach.Compute(live)) {
				nothingLeft(t, "a listing of the target", p, live, *opts)
				seen.add("targets listed", 1)
			}
		}
		if t.Failed() {
			t.Logf("%s%s", n, outline(p))
		}
	})
}

// sameReach reports whether two networks let the same pairs talk, by the same ways.
func sameReach(a, b *reach.Relation) bool {
	for v := range reach.Compare(a, b, nil) {
		if v.Class != reach.Preserved && !(v.Class == reach.UnknownBefore && v.After.Value == reach.Unknown) && !(v.Class == reach.HalfOpen && !v.Opens()) {
			return false
		}
	}
	return true
}

// Property (c): sites, VNets, references, ranges, subnets and documents in another order give the same plan with the
// same verdicts and findings.
func TestPropertyOrderOfInputDoesNotMatter(t *testing.T) {
	seen := newTally(t, "steps", "verdicts")
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		one, foundOne, _ := n.planned(t, 0)
		two, foundTwo, _ := n.planned(t, rapid.Uint64Min(1).Draw(t, "order"))
		seen.network(n)
		seen.plan(one)
		seen.add("verdicts", len(one.Verdicts))
		if diff := cmp.Diff(everything(one, foundOne), everything(two, foundTwo)); diff != "" {
			t.Errorf("(-as drawn +in another order)\n%s\n%s", diff, n)
		}
	})
}

// everything is what a plan says, without places in the input.
func everything(p *plan.Plan, found diag.List) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	out = append(out, strings.Split(outline(p), "\n")...)
	for _, s := range p.Steps {
		say("step %s removes %v; %s; %s", s.ID, s.Effect.Remove, s.Verify, s.Undo)
	}
	for _, w := range p.Windows {
		say("window %v", w)
	}
	for _, o := range p.Outcomes {
		say("outcome %v", o)
	}
	for _, a := range p.Asks {
		say("ask %v", a)
	}
	for _, a := range p.Assumptions {
		say("assumption %v", a)
	}
	for _, v := range slices.Concat(p.Violations, p.Opened) {
		say("violation %v", v)
	}
	say("checked %v", p.Checked)
	for v := range reach.Compare(p.Before, p.After, nil) {
		say("verdict %s", verdictText(&v))
	}
	for _, v := range p.Verdicts {
		say("told %s", verdictText(&v))
	}
	var messages []string
	for _, f := range found {
		messages = append(messages, fmt.Sprintf("finding %s %s", f.Rule, f.Message))
	}
	slices.Sort(messages)
	return append(out, messages...)
}

func verdictText(v *reach.Verdict) string {
	return fmt.Sprintf("%s %s %s %s %s %v %v %v %v %s %s %t %v %v %v", v.Class, v.Flags, v.Grade, v.From, v.To, v.FromPrefixes, v.ToPrefixes, v.Before, v.After, v.WitnessFrom, v.WitnessTo, v.NewLocation, v.DeliveredTo, v.Via, v.Members)
}
