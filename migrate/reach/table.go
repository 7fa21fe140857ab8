package reach

import (
	"cmp"
	"net/netip"
	"slices"
)

// layer is a class of route. A higher layer beats a lower one whatever the prefix lengths (the
// system preference; source: docs/sources.md#routing); within a layer the longest prefix wins.
type layer uint8

const (
	tunnelRoute layer = iota // a connection's prefix; target: a tunnel
	poolRoute                // the client pool of the VNet's own gateway; no target
	peerRoute                // a peer's address space; target: position in peers
	localRoute               // the VNet's own address space; no target
)

// entry is one route before the choice.
type entry struct {
	span
	bits   int
	layer  layer
	target int32
	maybe  bool // not authoritative: it may be there, so it hides nothing
}

// segment is a range of addresses that one node treats alike. A negative target is the complement
// of a number in network.groups: several routes compete.
type segment struct {
	span
	best
}

type best struct {
	layer  layer
	target int32
}

type winner struct {
	target int32
	maybe  bool
}

// build makes every node's table.
func (n *network) build() {
	for v := range n.vnets {
		n.buildTable(int32(v))
	}
}

// buildTable makes the table of one VNet, and for hubs what the gateway offers to spokes.
func (n *network) buildTable(v int32) {
	node := &n.vnets[v]
	entries := make([]entry, 0, len(node.raw)+len(node.pools)+len(node.peers)+int(node.last-node.first)*2)
	add := func(prefixes []netip.Prefix, l layer, target int32) {
		for _, p := range prefixes {
			entries = append(entries, entry{spanOf(p), p.Bits(), l, target, false})
		}
	}
	add(node.raw, localRoute, 0)
	for i, p := range node.peers {
		add(n.vnets[p.vnet].raw, peerRoute, int32(i))
	}
	add(node.pools, poolRoute, 0)
	tunnelsFrom := len(entries)
	for t := node.first; t < node.last; t++ {
		n.links.routesOf(&n.tunnels[t], func(p netip.Prefix, maybe bool) {
			entries = append(entries, entry{spanOf(p), p.Bits(), tunnelRoute, t, maybe})
		})
	}
	if len(node.spokes) > 0 {
		for _, e := range entries[tunnelsFrom:] {
			node.covered = append(node.covered, e.span)
		}
		node.covered = tidy(node.covered)
	}
	node.table = n.flatten(entries)
	for _, s := range node.table {
		if len(node.spokes) > 0 && (s.layer == tunnelRoute || s.layer == poolRoute) {
			node.onward = append(node.onward, s)
		}
	}
}

// flatten chooses the best route for every address. Prefixes are nested or disjoint, so one sweep
// with a stack of the open ones suffices.
func (n *network) flatten(entries []entry) []segment {
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(a.lo.Compare(b.lo), cmp.Compare(a.bits, b.bits), cmp.Compare(b.layer, a.layer), cmp.Compare(a.target, b.target))
	})
	f := flattener{out: make([]segment, 0, len(entries)+len(entries)/2)}
	for i := 0; i < len(entries); {
		j := i + 1
		for j < len(entries) && entries[j].lo == entries[i].lo && entries[j].bits == entries[i].bits {
			j++
		}
		f.closeBefore(entries[i].lo)
		chosen := n.choose(entries[i:j], f.open)
		f.open = append(f.open, segment{entries[i].span, chosen})
		f.at = entries[i].lo
		i = j
	}
	f.closeBefore(netip.Addr{})
	return f.out
}

// flattener is the state of the sweep: everything before at is settled.
type flattener struct {
	at   netip.Addr
	open []segment // nested, outermost first
	out  []segment
}

// closeBefore settles all addresses before lo; with the zero address all there are.
func (f *flattener) closeBefore(lo netip.Addr) {
	for len(f.open) > 0 {
		top := f.open[len(f.open)-1]
		if lo.IsValid() && top.contains(lo) {
			if f.at.Less(lo) {
				f.emit(lo.Prev(), top.best)
			}
			return
		}
		f.emit(top.hi, top.best)
		f.open = f.open[:len(f.open)-1]
	}
}

func (f *flattener) emit(hi netip.Addr, b best) {
	if !f.at.IsValid() || hi.Less(f.at) {
		return // past the last address of the family, or nothing left of this one
	}
	if last := len(f.out) - 1; last >= 0 && f.out[last].best == b && f.out[last].hi.Next() == f.at {
		f.out[last].hi = hi
	} else {
		f.out = append(f.out, segment{span{f.at, hi}, b})
	}
	f.at = hi.Next()
}

// choose is the best of routes with one prefix, given the prefixes around it. The routes are
// sorted by layer, highest first, then by target.
func (n *network) choose(same []entry, around []segment) best {
	top := same[0].layer
	if len(around) > 0 && around[len(around)-1].layer > top {
		return around[len(around)-1].best
	}
	if len(same) == 1 && !same[0].maybe {
		return best{top, same[0].target}
	}
	if top == localRoute || top == poolRoute {
		return best{layer: top}
	}
	var winners []winner
	authoritative := false
	for _, e := range same {
		if e.layer != top {
			break
		}
		authoritative = authoritative || !e.maybe
		winners = addWinner(winners, winner{e.target, e.maybe})
	}
	if !authoritative && len(around) > 0 && around[len(around)-1].layer == top {
		for _, w := range n.winners(around[len(around)-1].best) {
			winners = addWinner(winners, w)
		}
	}
	if len(winners) == 1 && !winners[0].maybe {
		return best{top, winners[0].target}
	}
	slices.SortFunc(winners, func(a, b winner) int { return cmp.Compare(a.target, b.target) })
	n.groups = append(n.groups, winners)
	return best{top, ^int32(len(n.groups) - 1)}
}

// addWinner adds a route; one that is there both surely and maybe is there.
func addWinner(to []winner, w winner) []winner {
	for i := range to {
		if to[i].target == w.target {
			to[i].maybe = to[i].maybe && w.maybe
			return to
		}
	}
	return append(to, w)
}

// winners lists the routes that compete in a segment.
func (n *network) winners(b best) []winner {
	if b.target < 0 {
		return n.groups[^b.target]
	}
	return []winner{{target: b.target}}
}

// lookup is the segment of a table that holds the address, or false.
func lookup(table []segment, a netip.Addr) (segment, bool) {
	i := firstSegment(table, a)
	if i < len(table) && table[i].contains(a) {
		return table[i], true
	}
	return segment{}, false
}

// firstSegment is the index of the first segment that ends at or after a.
func firstSegment(table []segment, a netip.Addr) int {
	lo, hi := 0, len(table)
	for lo < hi {
		if mid := (lo + hi) / 2; table[mid].hi.Less(a) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
