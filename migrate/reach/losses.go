package reach

import (
	"iter"
	"slices"
)

// Losses yields those verdicts of Compare, without a mapping, that compromise equivalence. Where one
// relation was made from the other by After, or both from a third, it looks only at pairs for which
// something changed; such pairs get verdicts of their own where Compare would give one to many at once.
func Losses(before, after *Relation) iter.Seq[Verdict] {
	return verdictsOf(before, after, false, Verdict.Compromises)
}

// Changes yields those verdicts of Compare, without a mapping, that compromise equivalence or open something, but for
// what could only meet where packets may turn around. It looks at as much as Losses does.
func Changes(before, after *Relation) iter.Seq[Verdict] {
	return verdictsOf(before, after, true, func(v Verdict) bool { return v.Compromises() || v.Opens() && v.Via == nil })
}

func verdictsOf(before, after *Relation, openings bool, of func(Verdict) bool) iter.Seq[Verdict] {
	return func(yield func(Verdict) bool) {
		verdicts := Compare(before, after, nil)
		if c, ok := changedPairs(before, after, openings); ok {
			verdicts = func(yield func(Verdict) bool) { c.judgePairs(yield) }
		}
		for v := range verdicts {
			if of(v) && !yield(v) {
				return
			}
		}
	}
}

// changedPairs lists the pairs that surely talked before and of which a row changed, and where openings are asked for
// those that perhaps talk after. It is false where the two relations do not share rows, or where very many changed.
func changedPairs(before, after *Relation, openings bool) (*comparison, bool) {
	if before.lineage == nil || before.lineage != after.lineage {
		return nil, false
	}
	c := newComparison(before, after)
	c.place(nil)
	relays := changedRelays(before, after, openings)
	changed := func(h handoff) bool {
		return relays[h.relay-before.firstRelay()] && (openings || before.counts(h))
	}
	for at := range before.net.internet {
		first, last := before.rowsOf(at)
		var differ []span // where what the location sends changed
		for source := first; source < last; source++ {
			if slices.ContainsFunc(before.handsOf(source), changed) {
				differ = []span{spanOf(everything)}
			} else if before.at[source].made != after.at[source].made {
				differ = append(differ, differing(before, after, source)...)
			}
		}
		if len(differ) == 0 {
			continue
		}
		differ = tidy(differ)
		// Who surely talked got answers, so the row of either has the pair.
		for _, to := range before.listed(at, true) {
			if space := before.space(to); space == nil || overlaps(space, differ) {
				c.pairs = append(c.pairs, pair{min(at, to), max(at, to)})
			}
		}
		if openings {
			for _, to := range after.listed(at, true) {
				if space := after.space(to); space == nil || overlaps(space, differ) {
					c.pairs = append(c.pairs, pair{min(at, to), max(at, to)})
				}
			}
		}
		if len(c.pairs) > maxListed {
			return nil, false
		}
	}
	slices.SortFunc(c.pairs, comparePairs)
	c.pairs = slices.Compact(c.pairs)
	return c, true
}

// counts reports whether a pair may lose its session by what is handed over. What networks perhaps hand on makes no
// session sure, and ends none where no firewall or appliance has to see both directions.
func (r *Relation) counts(h handoff) bool { return h.why&turns == 0 || r.net.hasDevices() }

// changedRelays tells, by position in keys, which relays send something else than before, or hand to one that does.
func changedRelays(before, after *Relation, openings bool) []bool {
	out := make([]bool, len(before.relays.keys))
	first := before.firstRelay()
	for i := range out {
		out[i] = i >= len(after.relays.keys) || before.at[first+int32(i)].made != after.at[first+int32(i)].made
	}
	for i := range out {
		out[i] = out[i] || slices.ContainsFunc(before.handsOf(first+int32(i)), func(h handoff) bool {
			return out[h.relay-first] && (openings || before.counts(h))
		})
	}
	return out
}

// differing are the addresses that a row perhaps sends to in another way than before.
func differing(before, after *Relation, source int32) []span {
	var out []span
	was, is := before.flowsOf(source), after.flowsOf(source)
	for len(was) > 0 || len(is) > 0 {
		var old, now []flow
		switch {
		case len(is) == 0 || len(was) > 0 && was[0].to < is[0].to:
			old, was = ofReceiver(was, was[0].to)
		case len(was) == 0 || is[0].to < was[0].to:
			now, is = ofReceiver(is, is[0].to)
		default:
			now, is = ofReceiver(is, was[0].to)
			old, was = ofReceiver(was, was[0].to)
		}
		if !slices.EqualFunc(old, now, func(f, g flow) bool {
			return f.trust == g.trust && samePart(before, after, f.set, g.set, f.path, g.path)
		}) {
			for _, f := range old {
				out = append(out, f.set.in(before.spans)...)
			}
			for _, f := range now {
				out = append(out, f.set.in(after.spans)...)
			}
		}
	}
	return differingHands(out, before, after, source)
}

// differingHands appends the addresses that a row hands over in another way.
func differingHands(out []span, before, after *Relation, source int32) []span {
	now := slices.Clone(after.handsOf(source))
	for _, h := range before.handsOf(source) {
		set := h.set.in(before.spans)
		i := slices.IndexFunc(now, func(g handoff) bool {
			return g.relay == h.relay && g.trust == h.trust && samePaths(before, after, h.path, g.path)
		})
		if i < 0 {
			out = append(out, set...)
			continue
		}
		other := now[i].set.in(after.spans)
		out = subtract(subtract(out, set, other), other, set)
		now = slices.Delete(now, i, i+1)
	}
	for _, g := range now {
		out = append(out, g.set.in(after.spans)...)
	}
	return out
}

// samePart reports whether two relations have one set of addresses and one path in two places.
func samePart(before, after *Relation, a, b extent, p, q int32) bool {
	// What the base has is in the same place of the arenas of all overlays.
	if a == b && p == q && a.to <= before.lineage.spans {
		return true
	}
	return slices.Equal(a.in(before.spans), b.in(after.spans)) && samePaths(before, after, p, q)
}

// samePaths reports whether paths of two relations of one lineage have the same hops.
func samePaths(before, after *Relation, a, b int32) bool {
	for a != noPath && b != noPath {
		x, y := &before.paths[a], &after.paths[b]
		if x.hop != y.hop || x.element != y.element {
			return false
		}
		a, b = x.before, y.before
	}
	return a == b
}
