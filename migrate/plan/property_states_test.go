package plan_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// planned plans a network. A hub that was asked for may be refused; then the planner chooses one.
func (n *network) planned(t failer, seed uint64) (*plan.Plan, diag.List, *options.Options) {
	e, opts := n.read(t, seed)
	p, found, err := plan.Make(e, *opts)
	if err != nil && n.hub+n.passage != "auto" && strings.Contains(err.Error(), "cannot be used") {
		n.hub, opts.Hub = "auto", options.HubAuto
		n.passage, opts.Transit, opts.Inspect = "", options.TransitAuto, ""
		p, found, err = plan.Make(e, *opts)
	}
	if err != nil {
		t.Fatalf("%v\n%v\n%s", err, found, n)
	}
	return p, found, opts
}

// Property (a): whatever the network, every pair that surely works before works in every state of the plan, but for
// those of the windows that are open then; no state is one that the platform refuses; and what is asked of pairs is
// kept or reported. Each state is computed anew and compared with the one before as a whole.
func TestPropertyStatesKeepWhatWorks(t *testing.T) {
	seen := newTally(t, "steps", "windows", "kept pairs", "states of Check", "states by steps", "excused losses")
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		p, _, _ := n.planned(t, 0)
		seen.network(n)
		seen.plan(p)
		newJudge(t, p, seen).all(rapid.Uint64().Draw(t, "order"))
		if t.Failed() {
			t.Logf("%s%s", n, outline(p))
		}
	})
}

// judge holds single states of a plan against the one before the first step.
type judge struct {
	t      interface{ Errorf(string, ...any) }
	p      *plan.Plan
	before *reach.Relation
	legal  map[string]bool // what the platform refuses already before
	told   []string        // what is reported of asks
	seen   *tally
}

func newJudge(t interface{ Errorf(string, ...any) }, p *plan.Plan, seen *tally) *judge {
	j := &judge{t: t, p: p, before: reach.Compute(p.Base), legal: map[string]bool{}, seen: seen}
	for _, f := range estate.Validate(p.Base) {
		j.legal[f.Rule+f.Message] = true
	}
	return j
}

// all looks at the states that Check looks at, and at those of one more order of the steps.
func (j *judge) all(order uint64) {
	for _, v := range j.p.Violations {
		if v.Rule == "PLAN-015" || v.Rule == "PLAN-016" || v.Rule == "PLAN-017" {
			j.told = append(j.told, v.Text)
			j.seen.add("told of asks", 1)
			continue
		}
		j.t.Errorf("%s: %s %s", v.When(), v.Rule, v.Text)
	}
	for _, m := range plan.Moments(j.p) {
		j.seen.add("states of Check", 1)
		j.state(m.Estate, "after "+m.Name, j.inWave(m.Wave, m.End), m.Last)
	}
	j.stepByStep(order)
}

// state wants of a state what every one has to keep. Pairs of open windows may be down.
func (j *judge) state(e *estate.Estate, when string, open []*plan.Window, last bool) {
	for _, f := range estate.Validate(e) {
		if f.Severity == diag.Error && !j.legal[f.Rule+f.Message] {
			j.t.Errorf("%s: %s %s", when, f.Rule, f.Message)
		}
	}
	if j.p.Mode == options.Rebuild && !last {
		return // nothing carries traffic yet
	}
	now := reach.Compute(e)
	for v := range reach.Compare(j.before, now, nil) {
		if !v.Compromises() || v.Froms == nil && (j.deserted(v.From, v.FromPrefixes) || j.deserted(v.To, v.ToPrefixes)) {
			continue
		}
		for a, b := range v.Pairs() {
			if !j.excused(open, a, b) {
				j.t.Errorf("%s: %s and %s: %s %v %v there %v %v back %v %v", when, a, b, v.Class, v.FromPrefixes, v.ToPrefixes, v.After.There, v.After.Path, v.After.Back, v.After.Return)
			}
		}
	}
	for _, a := range j.p.Asks {
		wrong := ""
		was, is := j.before.Session(a.A, a.B), now.Session(a.A, a.B)
		switch {
		case a.Want == plan.Forbidden && is.Value != reach.No && (last || was.Value == reach.No):
			wrong = "talk"
		case last && (a.Want == plan.Required || a.Want == plan.Encrypted) && is.Value != reach.Yes:
			wrong = "do not talk"
		case last && a.Want == plan.Encrypted && (reach.EncryptionOf(is.Path) != reach.IPsecWhole || reach.EncryptionOf(is.Back) != reach.IPsecWhole):
			wrong = "talk in clear"
		}
		if wrong != "" && !slices.ContainsFunc(j.told, func(s string) bool { return strings.HasPrefix(s, a.String()+" ") }) {
			j.t.Errorf("%s: %s are %s and %s", when, a, a.Want, wrong)
		}
	}
}

// deserted reports whether the addresses are those of no subnet, in a VNet whose subnets the plan gives route tables:
// nothing can be there, and no route table holds for it.
func (j *judge) deserted(l reach.Location, addresses []netip.Prefix) bool {
	before, after := estate.NewIndex(j.p.Base).VNet(l.ID), estate.NewIndex(j.p.Target).VNet(l.ID)
	if l.Kind != reach.VNet || before == nil || after == nil || len(addresses) == 0 {
		return false
	}
	led := false
	for i := range after.Subnets {
		if !after.Subnets[i].RouteTable.IsZero() && before.Subnets[i].RouteTable.IsZero() {
			led = true
		}
		if !after.Subnets[i].OfGateways() && slices.ContainsFunc(addresses, after.Subnets[i].Prefix.Overlaps) {
			return false
		}
	}
	return led
}

// excused reports whether a pair may be down: in a window, or because it is forbidden.
func (j *judge) excused(open []*plan.Window, a, b reach.Location) bool {
	pair, turned := [2]string{a.String(), b.String()}, [2]string{b.String(), a.String()}
	for _, w := range open {
		if slices.Contains(w.Pairs, pair) || slices.Contains(w.Pairs, turned) {
			j.seen.add("excused losses", 1)
			return true
		}
	}
	return slices.ContainsFunc(j.p.Asks, func(k plan.Ask) bool {
		return k.Want == plan.Forbidden && (k.A.Same(a) && k.B.Same(b) || k.A.Same(b) && k.B.Same(a))
	})
}

// inWave are the windows that are open inside of a wave, or at its end.
func (j *judge) inWave(wave int, end bool) []*plan.Window {
	var out []*plan.Window
	for i := range j.p.Windows {
		first, last := 0, 0
		for _, s := range j.p.Steps {
			if slices.Contains(j.p.Windows[i].Steps, s.ID) {
				if first == 0 {
					first = s.Wave
				}
				last = s.Wave
			}
		}
		if first <= wave && (wave < last || wave == last && !end) {
			out = append(out, &j.p.Windows[i])
		}
	}
	return out
}

// stepByStep does one step after the other, in an order that their needs allow and seed decides, whatever their waves.
// A window is open from the start of the first of its steps to the end of the last. Of a step first the removals are
// seen, then its end.
func (j *judge) stepByStep(seed uint64) {
	r := rand.New(rand.NewPCG(seed, 3))
	e := j.p.Base
	if j.p.Mode == options.Rebuild {
		e = &estate.Estate{Docs: e.Docs, DNSServers: e.DNSServers, Circuits: e.Circuits, Groups: e.Groups, Managers: e.Managers, Subscriptions: e.Subscriptions}
	}
	begun, done := map[string]bool{}, map[string]bool{}
	for range j.p.Steps {
		var may []*plan.Step
		for i := range j.p.Steps {
			s := &j.p.Steps[i]
			if !done[s.ID] && !slices.ContainsFunc(s.Needs, func(id string) bool { return !done[id] }) {
				may = append(may, s)
			}
		}
		s := may[r.IntN(len(may))]
		begun[s.ID] = true
		if len(s.Effect.Remove) > 0 {
			e = plan.Apply(e, []plan.Step{{Wave: 1, Effect: plan.Effect{Remove: s.Effect.Remove}}})
			j.seen.add("states by steps", 1)
			j.state(e, "in "+s.ID, j.between(begun, done), len(done) == len(j.p.Steps)-1 && s.Effect.Add == nil)
		}
		done[s.ID] = true
		if s.Effect.Add != nil {
			e = plan.Apply(e, []plan.Step{{Wave: 1, Effect: plan.Effect{Add: s.Effect.Add}}})
			j.seen.add("states by steps", 1)
			j.state(e, "after "+s.ID, j.between(begun, done), len(done) == len(j.p.Steps))
		}
	}
}

// between are the windows of which a step has begun and not every one is done.
func (j *judge) between(begun, done map[string]bool) []*plan.Window {
	var out []*plan.Window
	for i := range j.p.Windows {
		w := &j.p.Windows[i]
		if slices.ContainsFunc(w.Steps, func(id string) bool { return begun[id] }) && slices.ContainsFunc(w.Steps, func(id string) bool { return !done[id] }) {
			out = append(out, w)
		}
	}
	return out
}
