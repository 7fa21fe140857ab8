package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// openings numbers the pairs that some state lets talk although they do not before the plan.
type openings struct {
	pairs  [][2]reach.Location
	number map[[2]reach.Place]int
}

// opening is what a state opens: a pair, by its number, or some addresses of one that talks otherwise.
type opening struct {
	pair     int
	from, to []netip.Prefix // of the lesser location and of the other; nil where the whole pair counts
}

// covers reports whether what is open at the end is all that the opening opens.
func (o opening) covers(other opening) bool {
	in := func(outer, inner []netip.Prefix) bool {
		return !slices.ContainsFunc(inner, func(p netip.Prefix) bool {
			return !slices.ContainsFunc(outer, func(q netip.Prefix) bool { return q.Bits() <= p.Bits() && q.Overlaps(p) })
		})
	}
	return o.from == nil || other.from == nil || in(o.from, other.from) && in(o.to, other.to)
}

// mostOpened is how many pairs of one verdict are looked at one by one. Verdicts about more are about groups of the
// largest networks; of those the one that stands for all counts.
const mostOpened = 1 << 14

// add appends what a verdict opens.
func (o *openings) add(to []opening, v reach.Verdict) []opening {
	one := v.Froms == nil && v.Via == nil && len(v.FromPrefixes) > 0 && len(v.ToPrefixes) > 0
	if v.Count() > mostOpened {
		v.Froms, v.Tos = nil, nil
	}
	for a, b := range v.Pairs() {
		from, into := v.FromPrefixes, v.ToPrefixes
		if b.Compare(a) < 0 {
			a, b, from, into = b, a, into, from
		}
		key := [2]reach.Place{a.Place(), b.Place()}
		n, known := o.number[key]
		if !known {
			n = len(o.pairs)
			o.number[key], o.pairs = n, append(o.pairs, [2]reach.Location{a, b})
		}
		if one {
			to = append(to, opening{n, from, into})
		} else {
			to = append(to, opening{pair: n})
		}
	}
	return to
}

// words name what is open. Of a pair that talks otherwise the addresses tell which part it is.
func (o *openings) words(one opening, part bool) string {
	a, b := o.pairs[one.pair][0].String(), o.pairs[one.pair][1].String()
	if part {
		a, b = plainPrefixes(one.from)+" of "+a, plainPrefixes(one.to)+" of "+b
	}
	return fmt.Sprintf("packets may pass between %s and %s, and do so neither before nor at the end", a, b)
}

func plainPrefixes(all []netip.Prefix) string {
	var out []string
	for _, p := range all {
		out = append(out, p.String())
	}
	return strings.Join(out, ", ")
}

// closedAgain finds states that let a pair talk that talks neither before nor at the end (PLAN-018), or some of its
// addresses: nobody would look for that. What is open at the end is told of the target.
func (c *checker) closedAgain(states []*judged) []*judged {
	if len(states) == 0 || !states[len(states)-1].last {
		return nil
	}
	end := make([][]opening, len(c.opened.pairs))
	for _, o := range states[len(states)-1].opened {
		end[o.pair] = append(end[o.pair], o)
	}
	wanted, fine := newAsks(c.p.Asks), make([]bool, len(c.opened.pairs))
	for n, p := range c.opened.pairs {
		fine[n] = wanted.admit(p[0], p[1])
	}
	var out []*judged
	for _, s := range states {
		slices.SortStableFunc(s.opened, func(x, y opening) int { return cmp.Compare(x.pair, y.pair) })
		var all []string
		told := map[string]bool{}
		for _, o := range s.opened {
			if fine[o.pair] || slices.ContainsFunc(end[o.pair], func(last opening) bool { return last.covers(o) }) {
				continue
			}
			part := o.from != nil && (len(end[o.pair]) > 0 || talks(c.before, c.opened.pairs[o.pair]))
			if text := c.opened.words(o, part); !told[text] {
				told[text], all = true, append(all, text)
			}
		}
		o := &judged{state: s.state}
		for _, text := range all[:min(len(all), mostOpenedNamed)] {
			o.violations = append(o.violations, Violation{After: s.name, Rule: "PLAN-018", Text: text})
		}
		if more := len(all) - mostOpenedNamed; more > 0 {
			o.violations = append(o.violations, Violation{After: s.name, Rule: "PLAN-018", Text: plural(more, "more pair") + " may talk, and do so neither before nor at the end"})
		}
		out = append(out, o)
	}
	return out
}

// mostOpenedNamed is how many pairs that a state opens for a while are named one by one.
const mostOpenedNamed = 200
