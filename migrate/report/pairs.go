package report

import (
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// pairCount counts pairs of places by some sort. A pair with several verdicts of a sort, for several of its prefixes, counts
// once; one with verdicts of several sorts counts in each.
type pairCount[K comparable] map[K]map[[2]reach.Place]int

func (t *pairCount[K]) add(sort K, v *reach.Verdict) {
	if *t == nil {
		*t = pairCount[K]{}
	}
	if (*t)[sort] == nil {
		(*t)[sort] = map[[2]reach.Place]int{}
	}
	of, ends := (*t)[sort], endsAt(v)
	of[ends] = max(of[ends], v.Count())
}

// of is how many pairs there are of a sort.
func (t pairCount[K]) of(sort K) int {
	n := 0
	for _, pairs := range t[sort] {
		n += pairs
	}
	return n
}

// endsAt is the pair of a verdict, or that which stands for the pairs of its two groups.
func endsAt(v *reach.Verdict) [2]reach.Place { return [2]reach.Place{v.From.Place(), v.To.Place()} }

// pairsOf is how many pairs some verdicts are about.
func pairsOf(all []*reach.Verdict) int {
	var t pairCount[bool]
	for _, v := range all {
		t.add(true, v)
	}
	return t.of(true)
}

// requiredPairs counts the pairs of locations that surely talk before, but for those that must not: the plan has to
// keep them.
func requiredPairs(p *plan.Plan) int {
	if p.Before == nil {
		return 0
	}
	forbidden := map[[2]reach.Place]bool{}
	for _, a := range p.Asks {
		if a.Want == plan.Forbidden {
			forbidden[[2]reach.Place{a.A.Place(), a.B.Place()}] = true
			forbidden[[2]reach.Place{a.B.Place(), a.A.Place()}] = true
		}
	}
	n := 0
	for ends, s := range p.Before.Pairs() {
		if s.Value == reach.Yes && !forbidden[[2]reach.Place{ends[0].Place(), ends[1].Place()}] {
			n++
		}
	}
	return n
}
