package plan

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Check walks the states of a plan and reports what is wrong with them: a required pair that is
// lost outside a declared window, a state that the platform would refuse, a step that cannot run when
// its turn comes, an undo that does not restore, a window shorter than its steps, and an end that is not the target. It uses the steps' effects, the estate before, and
// the windows; how the plan was made it does not know.
//
// The states are those after the removals of a wave and at its end, and those inside of it, where only some of its
// steps are done: of these as many as a network of its size allows.
func Check(p *Plan) Proof { return check(p).proof }

// Proof is what a check says of a plan.
type Proof struct {
	Violations []Violation // what is wrong; empty when the plan is sound
	Opened     []Violation // PLAN-018: pairs that may talk on the way, and neither before nor at the end
	Checked    []string    // the states that were looked at, in words
	sampled    int         // steps in groups of which not every order was walked
}

func check(p *Plan) *checker {
	c := newChecker(p)
	var found []*judged
	left := 0
	every := c.stride()
	at := c.before
	look := func() {} // at the state before; meanwhile the relation of the next is made
	for s := range c.states() {
		if s.number%every != 0 && !s.last && !s.inside {
			left++
			continue
		}
		if !s.inside {
			c.proof.Checked = append(c.proof.Checked, "after "+s.name)
		}
		together(look, func() {
			if c.carries(s) {
				at = at.After(s.Estate)
				s.reach = at
			}
		})
		result := &judged{state: s}
		found = append(found, result)
		look = func() { result.violations, result.opened = c.judge(s) }
	}
	var missed []Violation
	together(look, func() { missed = misses(p, c.end) }, c.checkBack)
	if c.lastChange() == 0 { // the network stays as it is
		missed = append(missed, c.judgeAsks(state{Estate: p.Base, name: "the start", last: true, reach: c.before})...)
	}
	c.proof.Violations = slices.Concat(c.refused, lasting(found), missed, c.back, c.shortWindows())
	c.proof.Opened = lasting(c.closedAgain(found))
	if words := insideWords(c.inner, c.proof.sampled); words != "" {
		c.proof.Checked = append(c.proof.Checked, words)
	}
	if c.wayBack != "" {
		c.proof.Checked = append(c.proof.Checked, c.wayBack)
	}
	if left > 0 {
		c.proof.Checked = append(c.proof.Checked, fmt.Sprintf("not %d further states: there are too many of this size", left))
	}
	return c
}

// judged is what is wrong with a state.
type judged struct {
	state
	violations []Violation
	opened     []opening // what may talk and did not before
}

// lasting puts the violations of states in order together: one that is still there at the next state is the same, and
// so is one that comes and goes inside of a wave.
func lasting(states []*judged) []Violation {
	type what struct{ rule, text string }
	var out []Violation
	before := map[what]int{} // those that may last, by where they stand in out
	for _, s := range states {
		now := map[what]int{}
		for _, v := range s.violations {
			key := what{v.Rule, v.Text}
			i, still := before[key]
			switch {
			case !still:
				i = len(out)
				out = append(out, v)
			case out[i].After != v.After:
				out[i].Until = v.After
			}
			now[key] = i
		}
		if s.inside {
			maps.Copy(now, before)
		}
		before = now
	}
	return out
}

// checkBudget bounds the work of a check: states times objects in each.
const checkBudget = 4_000_000

// stride is how many states of a plan one is taken of; 1 for all but the largest plans.
func (c *checker) stride() int {
	b := c.p.Base
	size := len(b.VNets) + len(b.Connections) + len(b.Sites) + len(c.p.Steps)
	return 1 + c.waves()*size/checkBudget
}

type checker struct {
	p      *Plan
	before *reach.Relation
	base   *estate.Index
	legal  map[string]bool // what was refused already before the first step

	refused []Violation    // steps that cannot run when their turn comes
	back    []Violation    // steps whose undo does not restore what was before
	wayBack string         // what was looked at of the way back, in words
	inner   int            // states inside of waves
	end     *estate.Estate // after all steps

	opened openings
	closed *closing
	hosts  hosts
	spans  [][2]int       // by window: the waves of its first and of its last step
	next   []int          // by wave: the first after it that changes a state
	waveOf map[string]int // by step

	proof Proof
}

func newChecker(p *Plan) *checker {
	c := &checker{p: p, before: p.Before, base: estate.NewIndex(p.Base), legal: legality(p.Base), opened: openings{number: map[[2]reach.Place]int{}}, closed: newClosing(p), hosts: newHosts(p)}
	c.waveOf = make(map[string]int, len(p.Steps))
	for i := range p.Steps {
		c.waveOf[p.Steps[i].ID] = p.Steps[i].Wave
	}
	if c.before == nil {
		c.before = reach.Compute(p.Base)
	}
	c.spans, c.next = spansOf(p), nextChanges(p)
	return c
}

// spansOf are the waves of the first and of the last step of each window.
func spansOf(p *Plan) [][2]int {
	wave := make(map[string]int, len(p.Steps))
	for i := range p.Steps {
		wave[p.Steps[i].ID] = p.Steps[i].Wave
	}
	out := make([][2]int, len(p.Windows))
	for i, w := range p.Windows {
		for _, id := range w.Steps {
			n, known := wave[id]
			switch {
			case !known:
			case out[i] == [2]int{}:
				out[i] = [2]int{n, n}
			default:
				out[i] = [2]int{min(out[i][0], n), max(out[i][1], n)}
			}
		}
	}
	return out
}

// nextChanges is, by wave, the first one after it that changes a state; beyond all of them where none does.
func nextChanges(p *Plan) []int {
	last := 0
	changes := map[int]bool{}
	for i := range p.Steps {
		last = max(last, p.Steps[i].Wave)
		changes[p.Steps[i].Wave] = changes[p.Steps[i].Wave] || p.Steps[i].changes()
	}
	out := make([]int, last+1)
	next := math.MaxInt
	for wave := last; wave >= 0; wave-- {
		out[wave] = next
		if changes[wave] {
			next = wave
		}
	}
	return out
}

func legality(e *estate.Estate) map[string]bool {
	known := map[string]bool{}
	for _, f := range estate.Validate(e) {
		known[f.Rule+f.Message] = true
	}
	return known
}

// state is the estate at one moment of the plan: after the removals of a wave, or at its end.
type state struct {
	*estate.Estate
	name string
	wave int
	end  bool

	reach *reach.Relation // of states that carry traffic

	number int  // of those that are not inside, counted from 0
	last   bool // the state that the plan ends in
	inside bool // not all steps of the wave are done
}

// states yields the states that a wave changes, in order; each is made from the one before.
func (c *checker) states() iter.Seq[state] {
	return func(yield func(state) bool) {
		n, last := 0, c.lastChange()
		give := func(s state) bool {
			if !s.inside {
				s.number, n = n, n+1
			}
			s.last = s.end && s.wave == last
			return yield(s)
		}
		c.walk(give)
	}
}

// changes reports whether a step changes a state.
func (s *Step) changes() bool {
	return s.Effect.Add != nil || slices.ContainsFunc(s.Effect.Remove, inEstate)
}

// lastChange is the last wave that changes a state.
func (c *checker) lastChange() int {
	last := 0
	for i := range c.p.Steps {
		if s := &c.p.Steps[i]; s.changes() {
			last = s.Wave
		}
	}
	return last
}

func (c *checker) walk(yield func(state) bool) {
	e := startOf(c.p)
	most := innerMost(c.p.Base, c.waves())
	for i, steps := range waves(c.p.Steps) {
		c.refuse(e, i+1, steps)
		effects := effectsOf(steps)
		removes, adds := false, false
		for _, f := range effects {
			removes = removes || slices.ContainsFunc(f.Remove, inEstate)
			adds = adds || f.Add != nil
		}
		name := fmt.Sprintf("wave %d", i+1)
		going := true
		c.proof.sampled += inside(e, steps, most, func(inner *estate.Estate) bool {
			c.inner++
			going = yield(state{Estate: inner, name: "some steps of " + name, wave: i + 1, inside: true})
			return going
		})
		if !going {
			return
		}
		if removes {
			e = after(e, effects, nil)
			if adds {
				if !yield(state{Estate: e, name: "the removals of " + name, wave: i + 1}) {
					return
				}
			}
		}
		if adds {
			e = after(e, nil, effects)
		}
		if removes || adds {
			if !yield(state{Estate: e, name: name, wave: i + 1, end: true}) {
				return
			}
		}
	}
	c.end = e
}

// inEstate reports whether an estate holds such an object by itself; a public address is a part of
// its gateway, and removing one that is left over changes no state.
func inEstate(id estate.ID) bool { return id.Type != estate.TypePublicIP }

// carries reports whether traffic has to pass in a state: nothing of a rebuild carries any before it is
// complete.
func (c *checker) carries(s state) bool { return c.p.Mode != options.Rebuild || s.last }

// judge says what is wrong with a state, and which pairs it opens.
func (c *checker) judge(s state) (out []Violation, opened []opening) {
	for _, f := range estate.Validate(s.Estate) {
		if f.Severity == diag.Error && !c.legal[f.Rule+f.Message] {
			out = append(out, Violation{After: s.name, Rule: f.Rule, Text: f.Message})
		}
	}
	if s.reach == nil {
		return out, nil
	}
	excused := c.windows(s.wave, s.end)
	excused.forbid(c.p.Asks)
	for v := range reach.Changes(c.before, s.reach) {
		if lost := excused.lost(v); lost != "" {
			out = append(out, Violation{After: s.name, Rule: "PLAN-001", Text: lost})
		}
		if v.Opens() {
			opened = c.opened.add(opened, v)
		}
	}
	out = append(append(out, c.leaks(s, opened)...), c.cuts(s)...)
	return append(out, c.judgeAsks(s)...), opened
}

// waves counts those with steps: a step that is held back may leave waves without any before it.
func (c *checker) waves() int {
	n, last := 0, 0
	for i := range c.p.Steps {
		if w := c.p.Steps[i].Wave; w != last {
			n, last = n+1, w
		}
	}
	return n
}

// windows lists the pairs that may be down in a state: those of the windows that have begun and
// whose last step has not ended. The state at the end of a wave lasts until the next that changes anything: a window
// that closes before that excuses nothing.
func (c *checker) windows(wave int, end bool) *excuses {
	excused := &excuses{hosts: c.hosts}
	for i := range c.p.Windows {
		first, last := c.spans[i][0], c.spans[i][1]
		if first <= wave && (!end && wave <= last || end && c.next[wave] <= last) {
			excused.excuse(&c.p.Windows[i])
		}
	}
	return excused
}
