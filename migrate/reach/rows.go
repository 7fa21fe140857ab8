package reach

import (
	"cmp"
	"slices"
)

// rows hold what sources can send, in arenas: a hundred thousand flows are a few slices. Several
// goroutines fill rows of their own, which are then joined.
type rows struct {
	flows []flow
	hands []handoff
	spans []span
	paths []pathNode
	seen  []int32 // places that the walks came to: see placeOf
	done  []row

	sender  []flow // of the source at hand
	handed  []handoff
	visited []int32
}

// row is what one source can send: by itself, and by handing to relays.
type row struct {
	source       int32
	flows, hands extent
	turns        int32  // how many of the last of hands lead to on-premises networks, which may hand on
	seen         extent // the places that it depends on
	made         int32  // by which overlay it became what it is; 0 for the base
}

// flow is what one source can send to a location by one path.
type flow struct {
	to   int32
	path int32
	set  extent // in spans
	trust
}

// handoff is what one source gives to a relay, which then sends it as its own row says.
type handoff struct {
	relay int32 // a row
	path  int32
	set   extent
	trust
}

// deliver notes that packets of the source at hand arrived.
func (r *rows) deliver(to int32, set []span, t trust, path int32) {
	if len(set) > 0 {
		r.sender = append(r.sender, flow{to, path, r.keep(set), t})
	}
}

// hand notes that packets of the source at hand came to a relay.
func (r *rows) hand(relay int32, set []span, t trust, path int32) {
	r.handed = append(r.handed, handoff{relay, path, r.keep(set), t})
}

func (r *rows) keep(set []span) extent {
	from := int32(len(r.spans))
	r.spans = append(r.spans, set...)
	return extent{from, int32(len(r.spans))}
}

// close sorts what the source at hand sent into a row.
func (r *rows) close(source int32) {
	r.sortSender()
	flows, hands, seen := int32(len(r.flows)), int32(len(r.hands)), int32(len(r.seen))
	r.flows, r.hands, r.seen = append(r.flows, r.sender...), append(r.hands, r.handed...), append(r.seen, r.visited...)
	r.done = append(r.done, row{source: source, flows: extent{flows, int32(len(r.flows))}, hands: extent{hands, int32(len(r.hands))},
		seen: extent{seen, int32(len(r.seen))}})
	r.sender, r.handed, r.visited = r.sender[:0], r.handed[:0], r.visited[:0]
}

// sortSender sorts what the source at hand sent by receiver and first address.
func (r *rows) sortSender() {
	before := func(a, b flow) int {
		return cmp.Or(cmp.Compare(a.to, b.to), r.spans[a.set.from].lo.Compare(r.spans[b.set.from].lo))
	}
	if !slices.IsSortedFunc(r.sender, before) {
		slices.SortStableFunc(r.sender, before)
	}
}

// addPath appends a path made of known hops and returns its end.
func (r *rows) addPath(before int32, hops ...pathNode) int32 {
	for _, h := range hops {
		h.before = before
		before = int32(len(r.paths))
		r.paths = append(r.paths, h)
	}
	return before
}

// join appends other rows. The sources' rows go to their places in at.
func (r *rows) join(o *rows, at []row) {
	flows, hands, spans, paths, seen := int32(len(r.flows)), int32(len(r.hands)), int32(len(r.spans)), int32(len(r.paths)), int32(len(r.seen))
	for _, f := range o.flows {
		if f.path != noPath {
			f.path += paths
		}
		f.set = extent{f.set.from + spans, f.set.to + spans}
		r.flows = append(r.flows, f)
	}
	for _, h := range o.hands {
		if h.path != noPath {
			h.path += paths
		}
		h.set = extent{h.set.from + spans, h.set.to + spans}
		r.hands = append(r.hands, h)
	}
	r.spans, r.seen = append(r.spans, o.spans...), append(r.seen, o.seen...)
	for _, p := range o.paths {
		if p.before != noPath {
			p.before += paths
		}
		r.paths = append(r.paths, p)
	}
	for _, d := range o.done {
		d.flows, d.hands = extent{d.flows.from + flows, d.flows.to + flows}, extent{d.hands.from + hands, d.hands.to + hands}
		d.seen = extent{d.seen.from + seen, d.seen.to + seen}
		at[d.source] = d
	}
}

// hops is the path from its first hop on.
func (r *rows) hops(path int32) []pathNode {
	var out []pathNode
	for ; path != noPath; path = r.paths[path].before {
		out = append(out, r.paths[path])
	}
	slices.Reverse(out)
	return out
}
