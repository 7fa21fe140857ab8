package report

import (
	"fmt"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// coverage is what became of the leaves of the input, counted.
type coverage struct {
	diag.Tally
	silent int      // leaves that have no fate; none, or there is a mistake
	person []reason // why leaves need a person, the most frequent first
}

func coverageOf(fates []diag.Fate) coverage {
	c := coverage{Tally: diag.Count(fates), person: reasons(fates, diag.NeedsPerson)}
	c.silent = len(fates) - c.Total()
	return c
}

// coverageBlocks say how much of the input is carried over, and what most of the rest waits for.
func coverageBlocks(c coverage) []block {
	all := c.Total() + c.silent
	share := shares(c.Converted+c.Changed, c.Dropped, c.NeedsPerson, c.silent)
	blocks := []block{para{
		say("Of %s ", counted(all, "element, attribute or text", "elements, attributes and texts")).
			and(toned(good, "%s are carried over", share[0])).
			say(" (%d as they were, %d changed), %s dropped on purpose, ", c.Converted, c.Changed, share[1]).
			and(toned(personTone(c.Tally), "%s need a person", share[2])).say(".")}}
	if c.silent > 0 {
		blocks = append(blocks, para{toned(bad, "%d have no fate: this is a mistake in the program.", c.silent)})
	}
	const top = 3
	var points []phrase
	for _, r := range c.person[:min(len(c.person), top)] {
		points = append(points, say("%d for %s", r.count, reasonWords(r.why)))
	}
	if more := len(c.person) - top; more > 0 {
		points = append(points, say("and for %s more", plural(more, "reason")))
	}
	if len(points) > 0 {
		blocks = append(blocks, list{points})
	}
	return blocks
}

// shares are the parts of a whole in percent with one decimal, and sum to 100. More than nothing is
// never 0%, and so less than all never 100%: what rounding takes or gives is the largest part's.
func shares(parts ...int) []string {
	all, largest := 0, 0
	for i, n := range parts {
		all += n
		if n > parts[largest] {
			largest = i
		}
	}
	tenths, left := make([]int, len(parts)), 1000
	for i, n := range parts {
		if i != largest && n > 0 {
			tenths[i] = max((1000*n+all/2)/all, 1)
			left -= tenths[i]
		}
	}
	if all > 0 {
		tenths[largest] = left
	}
	out := make([]string, len(parts))
	for i, t := range tenths {
		switch t {
		case 0, 1000:
			out[i] = fmt.Sprintf("%d%%", t/10)
		default:
			out[i] = fmt.Sprintf("%d.%d%%", t/10, t%10)
		}
	}
	return out
}

// coverage is the section of a review that says how much of the input the plan speaks for.
func (r *reviewer) coverage() {
	if r.diff == nil || r.diff.coverage.Total() == 0 {
		return
	}
	r.section("Coverage of the input")
	r.add(coverageBlocks(r.diff.coverage)...)
}
