package reach

import (
	"encoding/binary"
	"slices"
	"sync"
)

// Where many places send to the same relays, pairs are not judged one by one: forty hubs with two
// hundred and fifty spokes each, any to any, are fifty million pairs and eight hundred kinds of them.
// Places that hand the same to the same relays, and get the same from them, before and after, are one
// group; one pair of two groups is judged for all.

// maxListed is how many pairs that meet at relays are still judged one by one.
const maxListed = 100_000

// relayed counts the pairs of a relation that meet at relays surely, up to more than most.
func (r *Relation) relayed(most int) int {
	receivers := map[int32]int{}
	n := 0
	for from := range r.net.internet {
		first, last := r.rowsOf(from)
		for source := first; source < last; source++ {
			for _, h := range r.handsOf(source) {
				if h.why&turns != 0 {
					continue
				}
				count, ok := receivers[h.relay]
				if !ok {
					for i, f := range r.flowsOf(h.relay) {
						if f.why&turns == 0 && (i == 0 || r.flowsOf(h.relay)[i-1].to != f.to) {
							count++
						}
					}
					receivers[h.relay] = count
				}
				if n += count; n > most {
					return n
				}
			}
		}
	}
	return n
}

// kin is one state's part in telling groups apart.
type kin struct {
	r      *Relation
	places []int32          // by location
	covers map[int32][]span // by relay: all that it delivers,
	clash  map[int32][]span // and what of that it delivers to several locations
	in     [][]byte         // by location: what relays deliver there
	odd    []bool           // by location: it is like no other
}

func newKin(r *Relation, places []int32) *kin {
	k := &kin{r: r, places: places, covers: map[int32][]span{}, clash: map[int32][]span{},
		in: make([][]byte, len(r.net.locations)), odd: make([]bool, len(r.net.locations))}
	var all, sorted []span // by turns for all relays
	for i := range r.relays.keys {
		relay := r.firstRelay() + int32(i)
		all = all[:0]
		flows := r.flowsOf(relay)
		for a := 0; a < len(flows); {
			b := a + 1
			for b < len(flows) && flows[b].to == flows[a].to {
				b++
			}
			all = k.receives(all, relay, flows[a:b])
			a = b
		}
		sorted = append(sorted[:0], all...)
		k.clash[relay] = twice(sorted)
		k.covers[relay] = slices.Clone(tidy(all))
	}
	return k
}

// twice is what several of the spans hold. It sorts and changes them.
func twice(sorted []span) []span {
	slices.SortFunc(sorted, func(a, b span) int { return a.lo.Compare(b.lo) })
	var out []span
	for i := 1; i < len(sorted); i++ {
		if both, ok := sorted[i-1].overlap(sorted[i]); ok {
			out = append(out, both)
		}
		if sorted[i].hi.Less(sorted[i-1].hi) {
			sorted[i].hi = sorted[i-1].hi
		}
	}
	return tidy(out)
}

// receives notes what a relay delivers to one location.
func (k *kin) receives(all []span, relay int32, flows []flow) []span {
	to := flows[0].to
	if k.in[to] == nil {
		k.in[to] = make([]byte, 0, min(16*len(k.r.relays.keys), 1024))
	}
	mark := binary.AppendVarint(k.in[to], int64(relay))
	from := len(all)
	for _, f := range flows {
		all = append(all, f.set.in(k.r.spans)...)
		mark = binary.AppendUvarint(mark, uint64(f.value)<<32|uint64(f.why))
		mark = k.path(mark, f.path)
	}
	k.in[to] = mark
	all = all[:from+len(tidy(all[from:]))]
	if own := k.r.space(to); len(flows) > 1 || own != nil && !within(own, all[from:]) {
		k.odd[to] = true
	}
	return all
}

// path writes what matters of a path to other places.
func (k *kin) path(mark []byte, path int32) []byte {
	for ; path != noPath; path = k.r.paths[path].before {
		h := &k.r.paths[path]
		mark = append(mark, byte(h.hop))
		if h.hop == FirewallHop || h.hop == ApplianceHop {
			mark = binary.AppendVarint(mark, int64(h.element))
		}
	}
	return append(mark, 0)
}

// mark tells a location of this state apart from those that others may not be judged for.
func (k *kin) mark(out []byte, at int32) []byte {
	if at < 0 {
		return append(out, 0)
	}
	r := k.r
	first, last := r.rowsOf(at)
	odd := k.odd[at] || last-first > 1 && k.classes(first, last) > 1 || int(at) >= len(r.net.vnets) && at != r.net.internet
	for source := first; source < last; source++ {
		for _, h := range r.handsOf(source) {
			out = binary.AppendVarint(append(out, 1), int64(h.relay))
			out = binary.AppendUvarint(out, uint64(h.value)<<32|uint64(h.why))
			out = k.path(out, h.path)
			for _, m := range k.missing(at, source, h) {
				out = append(append(out, m.lo.AsSlice()...), m.hi.AsSlice()...)
			}
		}
	}
	out = append(append(out, 2), k.in[at]...)
	if node := int(at); node < len(r.net.vnets) {
		out = append(append(out, 3), r.net.vnets[node].region...)
	}
	if odd {
		out = binary.AppendVarint(append(out, 4), int64(k.places[at]))
	}
	return append(out, 5)
}

// classes counts the classes that have addresses.
func (k *kin) classes(first, last int32) int {
	n := 0
	for c := first; c < last; c++ {
		if int(c) < len(k.r.net.classes) && len(k.r.net.classes[c].set) > 0 {
			n++
		}
	}
	return n
}

// missing is what a relay delivers to other locations and a row does not hand it. A location's own
// addresses do not count, unless another has them as well.
func (k *kin) missing(at, source int32, h handoff) []span {
	r := k.r
	rest := slices.Clone(h.set.in(r.spans))
	if own := r.space(at); own != nil {
		var back []span
		for _, f := range r.flowsTo(h.relay, at) {
			back = append(back, f.set.in(r.spans)...)
		}
		rest = append(rest, subtract(nil, intersect(nil, own, tidy(back)), k.clash[h.relay])...)
	}
	return intersect(nil, complement(tidy(rest)), k.covers[h.relay])
}

// gaps are what a location's rows do not hand to relays, one set for each that has any.
func (k *kin) gaps(at int32) [][]span {
	var out [][]span
	if at < 0 {
		return nil
	}
	first, last := k.r.rowsOf(at)
	for source := first; source < last; source++ {
		for _, h := range k.r.handsOf(source) {
			if m := k.missing(at, source, h); len(m) > 0 {
				out = append(out, m)
			}
		}
	}
	return out
}

// complement is all IPv4 addresses that a set does not have.
func complement(set []span) []span { return subtract(nil, []span{spanOf(everything)}, set) }

// bundle is a group of places that fare alike.
type bundle struct {
	members []int32
	gaps    [2][][]span // before and after: what its members do not hand to relays
	spaces  [2][]span   // of all members; made when first needed
}

// judgeGroups gives the verdicts of pairs that meet at relays only, a kind of pair at a time.
func (c *comparison) judgeGroups(yield func(Verdict) bool) bool {
	var before, after *kin
	var wait sync.WaitGroup
	wait.Go(func() { before = newKin(c.before, c.ofBefore) })
	wait.Go(func() { after = newKin(c.after, c.ofAfter) })
	wait.Wait()
	of := make([]int32, len(c.places))
	var bundles []bundle
	number := map[string]int32{}
	for i, p := range c.places {
		mark := after.mark(before.mark(nil, p.before), p.after)
		g, ok := number[string(mark)]
		if !ok {
			g = int32(len(bundles))
			number[string(mark)] = g
			bundles = append(bundles, bundle{gaps: [2][][]span{before.gaps(p.before), after.gaps(p.after)}})
		}
		of[i] = g
		bundles[g].members = append(bundles[g].members, int32(i))
	}
	told := c.listedOf(of)
	for _, p := range c.groupPairs(before, after, of) {
		a, b := &bundles[p.a], &bundles[p.b]
		from, same := c.parts(a, b), p.a == p.b
		to := from
		if !same {
			to = c.parts(b, a)
		}
		for i, x := range from {
			for j, y := range to {
				if same && i > j {
					continue // the other way round
				}
				if !c.judgeBundles(x, y, told[p], yield) {
					return false
				}
			}
		}
	}
	return true
}

// listedOf gives the pairs that have verdicts of their own, by their groups.
func (c *comparison) listedOf(of []int32) map[pair][]pair {
	out := map[pair][]pair{}
	for _, p := range c.pairs {
		a, b := of[p.a], of[p.b]
		groups := pair{min(a, b), max(a, b)}
		out[groups] = append(out[groups], p)
	}
	return out
}

// parts divides a group by which of its members another group's packets can come to at all.
func (c *comparison) parts(b, from *bundle) []*bundle {
	if len(from.gaps[0]) == 0 && len(from.gaps[1]) == 0 || len(b.members) == 1 {
		return []*bundle{b}
	}
	if c.alike(b, from) {
		return []*bundle{b}
	}
	number := map[string]int{}
	var out []*bundle
	for _, m := range b.members {
		var key []byte
		for i, r := range [2]*Relation{c.before, c.after} {
			at := c.numberIn(r, m)
			for _, gap := range from.gaps[i] {
				switch space := r.spaceOf(at); {
				case within(space, gap):
					key = append(key, 1)
				case overlaps(space, gap):
					key = binary.AppendVarint(append(key, 2), int64(m))
				default:
					key = append(key, 3)
				}
			}
		}
		i, ok := number[string(key)]
		if !ok {
			i = len(out)
			number[string(key)] = i
			out = append(out, &bundle{})
		}
		out[i].members = append(out[i].members, m)
	}
	return out
}

// alike reports whether the packets of a group come to all members of another, or to none, at each of
// its relays.
func (c *comparison) alike(b, from *bundle) bool {
	for i, r := range [2]*Relation{c.before, c.after} {
		if b.spaces[i] == nil {
			for _, m := range b.members {
				b.spaces[i] = append(b.spaces[i], r.spaceOf(c.numberIn(r, m))...)
			}
			b.spaces[i] = tidy(b.spaces[i])
		}
		for _, gap := range from.gaps[i] {
			if overlaps(b.spaces[i], gap) && !within(b.spaces[i], gap) {
				return false
			}
		}
	}
	return true
}

// spaceOf is the space of a location that may not exist.
func (r *Relation) spaceOf(at int32) []span {
	if at < 0 {
		return nil
	}
	return r.space(at)
}

// groupPairs lists the pairs of groups of which members meet at relays, before or after.
func (c *comparison) groupPairs(before, after *kin, of []int32) []pair {
	seen := map[pair]bool{}
	var out []pair
	for _, k := range [2]*kin{before, after} {
		receivers := map[int32][]int32{} // groups by relay
		for relay := range k.covers {
			var all []int32
			for _, f := range k.r.flowsOf(relay) {
				if g := of[k.places[f.to]]; f.why&turns == 0 && (len(all) == 0 || all[len(all)-1] != g) {
					all = append(all, g)
				}
			}
			slices.Sort(all)
			receivers[relay] = slices.Compact(all)
		}
		for at := range k.r.net.internet {
			first, last := k.r.rowsOf(at)
			a := of[k.places[at]]
			for source := first; source < last; source++ {
				for _, h := range k.r.handsOf(source) {
					for _, b := range receivers[h.relay] {
						if p := (pair{min(a, b), max(a, b)}); !seen[p] {
							seen[p] = true
							out = append(out, p)
						}
					}
				}
			}
		}
	}
	slices.SortFunc(out, comparePairs)
	return out
}

// judgeBundles judges one pair of two groups for all but those that are told already.
func (c *comparison) judgeBundles(a, b *bundle, told []pair, yield func(Verdict) bool) bool {
	p, ok := c.unlisted(a, b)
	if !ok || !c.meet(p) {
		return true
	}
	if !a.has(p.a) {
		a, b = b, a
	}
	all := c.judge(nil, p)
	lost := slices.ContainsFunc(all, func(v Verdict) bool { return v.Class == Lost || v.Class == Misdelivered })
	if lost && len(a.members)*len(b.members) <= maxListed {
		return c.judgeEach(a, b, yield) // where the packets go instead may differ
	}
	froms, tos := c.locations(a), c.locations(b)
	there, back := c.among(a, b, told)
	for _, v := range all {
		v.Froms, v.Tos, v.Except = froms, tos, there
		if v.From.Same(c.places[p.b].Location) { // half open, the other way round
			v.Froms, v.Tos, v.Except = tos, froms, back
		}
		if !yield(v) {
			return false
		}
	}
	return true
}

// judgeEach judges the pairs of two groups that have no verdicts of their own, one by one.
func (c *comparison) judgeEach(a, b *bundle, yield func(Verdict) bool) bool {
	for _, x := range a.members {
		for _, y := range b.members {
			if x == y || a == b && x > y || c.listed(pair{x, y}) {
				continue
			}
			for _, v := range c.judge(nil, pair{min(x, y), max(x, y)}) {
				if !yield(v) {
					return false
				}
			}
		}
	}
	return true
}

// unlisted finds a pair of two groups without verdicts of its own.
func (c *comparison) unlisted(a, b *bundle) (pair, bool) {
	for _, x := range a.members {
		for _, y := range b.members {
			if x != y && !c.listed(pair{x, y}) {
				return pair{min(x, y), max(x, y)}, true
			}
		}
	}
	return pair{}, false
}

// meet reports whether a pair surely meets at a relay, in one direction at least, before or after.
func (c *comparison) meet(p pair) bool {
	for _, r := range [2]*Relation{c.before, c.after} {
		a, b := c.numberIn(r, p.a), c.numberIn(r, p.b)
		if a >= 0 && b >= 0 && (r.relaysTo(a, b) || r.relaysTo(b, a)) {
			return true
		}
	}
	return false
}

// relaysTo reports whether packets of one location surely come to another through a relay.
func (r *Relation) relaysTo(from, to int32) bool {
	first, last := r.rowsOf(from)
	for source := first; source < last; source++ {
		for _, h := range r.handsOf(source) {
			if h.why&turns != 0 {
				continue
			}
			for _, f := range r.flowsTo(h.relay, to) {
				if f.why&turns == 0 && overlaps(f.set.in(r.spans), h.set.in(r.spans)) {
					return true
				}
			}
		}
	}
	return false
}

// has reports whether a place is a member; the members are sorted.
func (b *bundle) has(at int32) bool {
	_, ok := slices.BinarySearch(b.members, at)
	return ok
}

// among are those of some pairs that are of one member each of two groups, each way round.
func (c *comparison) among(a, b *bundle, pairs []pair) (there, back [][2]Location) {
	for _, p := range pairs {
		if !a.has(p.a) || !b.has(p.b) {
			p.a, p.b = p.b, p.a
		}
		if a.has(p.a) && b.has(p.b) {
			x, y := c.places[p.a].Location, c.places[p.b].Location
			there, back = append(there, [2]Location{x, y}), append(back, [2]Location{y, x})
		}
	}
	return there, back
}

func (c *comparison) locations(b *bundle) []Location {
	out := make([]Location, len(b.members))
	for i, m := range b.members {
		out[i] = c.places[m].Location
	}
	return out
}
