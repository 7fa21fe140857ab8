package reach

// judgeHairpins gives the verdicts about pairs that only a hairpin joins: one verdict for all
// pairs of one place.
func (c *comparison) judgeHairpins(yield func(Verdict) bool) {
	for i := range c.before.hairpins() {
		h := &c.before.hairpins()[i]
		if v, ok := c.turnedBefore(h); ok && !yield(c.about(v, c.before, h)) {
			return
		}
	}
	for i := range c.after.hairpins() {
		h := &c.after.hairpins()[i]
		if v, ok := c.turnedAfter(h); ok && !yield(c.about(v, c.after, h)) {
			return
		}
	}
}

// about makes a verdict of one pair one about the whole hairpin.
func (c *comparison) about(v Verdict, r *Relation, h *hairpin) Verdict {
	at := r.via(h)
	v.Via, v.Members = &at, r.ends(h.in)
	return v
}

// turnedBefore finds a pair that may have met at the hairpin before, and nowhere else.
func (c *comparison) turnedBefore(h *hairpin) (v Verdict, ok bool) {
	receivers := h.receivers(nil)
	for _, in := range h.in {
		a := c.ofBefore[in.at]
		meet := func(o ownedSpan) bool {
			b := c.ofBefore[o.owner]
			if a != b && !c.listed(pair{a, b}) && len(c.before.between(o.owner, in.at)) > 0 {
				v, ok = c.pairVerdict(pair{min(a, b), max(a, b)}, UnknownBefore)
			}
			return !ok
		}
		if !overlappingAny(receivers, in.set, meet) {
			return v, ok
		}
	}
	return v, ok
}

// turnedAfter finds a pair that may meet at the hairpin after and did not surely or perhaps meet
// before. Two members that can do no more than before at the same place are passed over, so that
// an unchanged supernet costs nothing.
func (c *comparison) turnedAfter(h *hairpin) (v Verdict, ok bool) {
	known := c.sameHairpin(h)
	all, changed := h.receivers(nil), h.receivers(known)
	for _, in := range h.in {
		a := c.ofAfter[in.at]
		meet := func(o ownedSpan) bool {
			b := c.ofAfter[o.owner]
			if a == b || c.listed(pair{a, b}) || len(c.after.between(o.owner, in.at)) == 0 {
				return true
			}
			if len(c.between(c.before, a, b)) == 0 || len(c.between(c.before, b, a)) == 0 {
				v, ok = c.pairVerdict(pair{min(a, b), max(a, b)}, Gained)
			}
			return !ok
		}
		receivers := all
		if known[in.at] {
			receivers = changed
		}
		if !overlappingAny(receivers, in.set, meet) {
			return v, ok
		}
	}
	return v, ok
}

// pairVerdict is the verdict of that class among those of a pair, or the first.
func (c *comparison) pairVerdict(p pair, class Class) (Verdict, bool) {
	all := c.judge(nil, p)
	for _, v := range all {
		if v.Class == class {
			return v, true
		}
	}
	if len(all) > 0 {
		return all[0], true
	}
	return Verdict{}, false
}

// sameHairpin tells, by number in the after state, which members could do before, at the same
// place, all that they can after. Two such members are no gain.
func (c *comparison) sameHairpin(h *hairpin) map[int32]bool {
	var old *hairpin
	for i := range c.before.hairpins() {
		o := &c.before.hairpins()[i]
		if o.why == h.why && (o.via < 0) == (h.via < 0) && (h.via < 0 || c.ofBefore[o.via] == c.ofAfter[h.via]) {
			old = o
		}
	}
	if old == nil {
		return nil
	}
	known := map[int32]bool{}
	in, out := c.endsByPlace(old.in), c.endsByPlace(old.out)
	for _, e := range h.in {
		known[e.at] = true
	}
	for _, e := range h.in {
		known[e.at] = known[e.at] && within(e.set, in[c.ofAfter[e.at]])
	}
	for _, e := range h.out {
		known[e.at] = known[e.at] && within(e.set, out[c.ofAfter[e.at]])
	}
	return known
}

func (c *comparison) endsByPlace(ends []hairpinEnd) map[int32][]span {
	out := make(map[int32][]span, len(ends))
	for _, e := range ends {
		at := c.ofBefore[e.at]
		out[at] = tidy(append(out[at], e.set...))
	}
	return out
}

// receivers indexes what the hairpin hands on, to all but the members named.
func (h *hairpin) receivers(except map[int32]bool) *spanIndex {
	var all []ownedSpan
	for _, e := range h.out {
		if except[e.at] {
			continue
		}
		for _, s := range e.set {
			all = append(all, ownedSpan{s, e.at})
		}
	}
	return newSpanIndex(all)
}

func overlappingAny(x *spanIndex, set []span, found func(ownedSpan) bool) bool {
	for _, s := range set {
		if !x.overlapping(s, found) {
			return false
		}
	}
	return true
}
