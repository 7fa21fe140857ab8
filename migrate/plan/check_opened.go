package plan

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// openings numbers the pairs that some state lets talk although they do not before the plan.
type openings struct {
	pairs  [][2]reach.Location
	number map[[2]reach.Place]int
}

// mostOpened is how many pairs of one verdict are looked at one by one. Verdicts about more are about groups of the
// largest networks; of those the one that stands for all counts.
const mostOpened = 1 << 14

// add appends the numbers of the pairs that a verdict opens.
func (o *openings) add(to []int, v reach.Verdict) []int {
	if v.Count() > mostOpened {
		v.Froms, v.Tos = nil, nil
	}
	for a, b := range v.Pairs() {
		if b.Compare(a) < 0 {
			a, b = b, a
		}
		key := [2]reach.Place{a.Place(), b.Place()}
		n, known := o.number[key]
		if !known {
			n = len(o.pairs)
			o.number[key], o.pairs = n, append(o.pairs, [2]reach.Location{a, b})
		}
		to = append(to, n)
	}
	return to
}

// closedAgain finds states that let a pair talk that talks neither before nor at the end (PLAN-018): nobody would
// look for that. What is open at the end is told of the target.
func (c *checker) closedAgain(states []*judged) []*judged {
	if len(states) == 0 || !states[len(states)-1].last {
		return nil
	}
	open := make([]bool, len(c.opened.pairs))
	for _, n := range states[len(states)-1].opened {
		open[n] = true
	}
	wanted := newAsks(c.p.Asks)
	for n, p := range c.opened.pairs {
		open[n] = open[n] || wanted.has(Accepted, p[0], p[1]) || wanted.has(Required, p[0], p[1]) || wanted.has(Encrypted, p[0], p[1])
	}
	var out []*judged
	for _, s := range states {
		slices.Sort(s.opened)
		var pairs [][2]reach.Location
		for _, n := range slices.Compact(s.opened) {
			if !open[n] {
				pairs = append(pairs, c.opened.pairs[n])
			}
		}
		o := &judged{state: s.state}
		for _, p := range pairs[:min(len(pairs), mostOpenedNamed)] {
			o.violations = append(o.violations, Violation{After: s.name, Rule: "PLAN-018", Text: openedWords(p)})
		}
		if more := len(pairs) - mostOpenedNamed; more > 0 {
			o.violations = append(o.violations, Violation{After: s.name, Rule: "PLAN-018", Text: plural(more, "more pair") + " may talk, and do so neither before nor at the end"})
		}
		out = append(out, o)
	}
	return out
}

// mostOpenedNamed is how many pairs that a state opens for a while are named one by one.
const mostOpenedNamed = 200

func openedWords(pair [2]reach.Location) string {
	return fmt.Sprintf("packets may pass between %s and %s, and do so neither before nor at the end", pair[0], pair[1])
}
