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
		out.before, out.hopsBefore = before.trust, c.before.hopsOf(*before)
	}
	if after != nil {
		out.after, out.hopsAfter = after.trust, c.after.hopsOf(*after)
	}
	return out
}

// disjoint cuts flows so that no address is in two, the surest first.
func disjoint(flows []found) []found {
	if len(flows) < 2 {
		return flows
	}
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
			if x.before == y.before && x.after == y.after && sameHopTypes(x.hopsBefore, y.hopsBefore) && sameHopTypes(x.hopsAfter, y.hopsAfter) {
				y.set = tidy(append(slices.Clone(y.set), x.set...))
				continue next
			}
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b cell) int { return a.set[0].lo.Compare(b.set[0].lo) })
	return out
}
