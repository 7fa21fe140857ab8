package reach

import (
	"cmp"
	"slices"
)

// cell is a set of addresses of one location that another sends to alike, before and after. The
// zero trust (value No) stands for "not at all".
type cell struct {
	set                   []span
	before, after         trust
	hopsBefore, hopsAfter []pathNode
	// The firewalls and appliances that the packets pass.
	passedBefore, passedAfter []int32
}

// atom is a set of addresses of one place that route alike before and after: the numbers of their
// rows, or -1 where they do not exist. A nil set stands for all addresses.
type atom struct {
	set           []span
	before, after int32
}

// atoms divides a place as finely as either state does.
func (c *comparison) atoms(at int32) []atom {
	p := &c.places[at]
	first, last := rowsIn(c.before, p.before)
	firstAfter, lastAfter := rowsIn(c.after, p.after)
	if last-first <= 1 && lastAfter-firstAfter <= 1 {
		return []atom{{nil, first, firstAfter}}
	}
	var out []atom
	rest := map[int32][]span{}
	for j := firstAfter; j < lastAfter; j++ {
		rest[j] = c.after.net.classes[j].set
	}
	for i := first; i < last; i++ {
		left := c.before.net.classes[i].set
		for j := firstAfter; j < lastAfter; j++ {
			if shared := intersect(nil, left, rest[j]); len(shared) > 0 {
				out = append(out, atom{shared, i, j})
				left, rest[j] = subtract(nil, left, shared), subtract(nil, rest[j], shared)
			}
		}
		if len(left) > 0 {
			out = append(out, atom{left, i, -1})
		}
	}
	for j := firstAfter; j < lastAfter; j++ {
		if len(rest[j]) > 0 {
			out = append(out, atom{rest[j], -1, j})
		}
	}
	return out
}

func rowsIn(r *Relation, at int32) (from, to int32) {
	if at < 0 {
		return -1, -1
	}
	return r.rowsOf(at)
}

// of is what the addresses of an atom send to a set, before or after.
func (a *atom) of(flows []found, after bool, to []span) []found {
	source := a.before
	if after {
		source = a.after
	}
	if a.set == nil && to == nil {
		return flows
	}
	var out []found
	for _, f := range flows {
		if a.set != nil && f.source != source {
			continue
		}
		if to != nil {
			if f.set = intersect(nil, f.set, to); len(f.set) == 0 {
				continue
			}
		}
		out = append(out, f)
	}
	return out
}

// overlay cuts what is reached before and what is reached after into cells. Where several flows
// reach an address, the surest counts.
func (c *comparison) overlay(before, after []found) []cell {
	old, now := disjoint(before), disjoint(after)
	if len(old) == 1 && len(now) == 1 && slices.Equal(old[0].set, now[0].set) {
		return []cell{c.cell(old[0].set, &old[0], &now[0])}
	}
	var out []cell
	for i := range old {
		rest := old[i].set
		for j := range now {
			if shared := intersect(nil, rest, now[j].set); len(shared) > 0 {
				out = append(out, c.cell(shared, &old[i], &now[j]))
				rest = subtract(nil, rest, shared)
			}
		}
		if len(rest) > 0 {
			out = append(out, c.cell(rest, &old[i], nil))
		}
	}
	for j := range now {
		rest := now[j].set
		for i := range old {
			rest = subtract(nil, rest, old[i].set)
		}
		if len(rest) > 0 {
			out = append(out, c.cell(rest, nil, &now[j]))
		}
	}
	return mergeCells(out)
}

func (c *comparison) cell(set []span, before, after *found) cell {
	out := cell{set: set}
	if before != nil {
		out.before, out.hopsBefore, out.passedBefore = before.trust, c.before.hopsOf(*before), c.before.stateful(before)
	}
	if after != nil {
		out.after, out.hopsAfter, out.passedAfter = after.trust, c.after.hopsOf(*after), c.after.stateful(after)
	}
	return out
}

// disjoint cuts flows so that no address is in two, the surest first.
func disjoint(flows []found) []found {
	if len(flows) < 2 {
		return flows
	}
	flows = slices.Clone(flows)
	slices.SortStableFunc(flows, func(a, b found) int { return cmp.Compare(b.value, a.value) })
	out := flows[:0]
	var taken []span
	for _, f := range flows {
		f.set = subtract(nil, f.set, taken)
		if len(f.set) > 0 {
			taken = tidy(append(slices.Clone(taken), f.set...))
			out = append(out, f)
		}
	}
	return out
}

// mergeCells joins cells that differ in nothing a person would see: verdicts name the largest
// ranges. The first one's path stands for all.
func mergeCells(cells []cell) []cell {
	var out []cell
next:
	for _, x := range cells {
		for i := range out {
			y := &out[i]
			if x.alike(y) {
				y.set = tidy(append(slices.Clone(y.set), x.set...))
				continue next
			}
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b cell) int { return a.set[0].lo.Compare(b.set[0].lo) })
	return out
}

// alike reports whether two cells differ in nothing a person would see, but for their addresses.
func (x *cell) alike(y *cell) bool {
	return x.before == y.before && x.after == y.after && sameHopTypes(x.hopsBefore, y.hopsBefore) && sameHopTypes(x.hopsAfter, y.hopsAfter) &&
		slices.Equal(x.passedBefore, y.passedBefore) && slices.Equal(x.passedAfter, y.passedAfter)
}
