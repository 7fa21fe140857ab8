package reach

import (
	"cmp"
	"slices"
)

// ingress is how a packet came to the node that routes it.
type ingress uint8

const (
	fromInside  ingress = iota // from the VNet itself
	fromSpoke                  // from a VNet that uses this VNet's gateway
	fromTunnel                 // out of an IPsec tunnel
	fromVnet2VN                // out of a Vnet2Vnet tunnel
)

// packets are all packets of one source that one gateway holds and treats alike.
type packets struct {
	at   int32 // the VNet of the gateway
	by   ingress
	set  extent // in walker.sets
	path int32
	hops int
	trust
}

// trust is how sure something is, and what that rests on.
type trust struct {
	value Value
	why   reasons
}

func (t trust) and(u trust) trust { return trust{min(t.value, u.value), t.why | u.why} }

var certain = trust{value: Yes}

// unless is t when ok, else unknown for the reason.
func (t trust) unless(doubt bool, why reasons) trust {
	if doubt {
		return trust{Unknown, t.why | why}
	}
	return t
}

// extent is a set of addresses in an arena of spans.
type extent struct{ from, to int32 }

func (x extent) in(arena []span) []span { return arena[x.from:x.to:x.to] }

// piece is a part of a set with one route.
type piece struct {
	span
	winner
	layer layer
	doubt reasons // why it may not be the one taken
}

// walker follows all packets of one source at once. While the way is certain, each address is in
// one place, so the work is that of the routes met. Where routes compete the packet goes every way, and
// each gateway handles an address once, which also ends loops.
type walker struct {
	r      *Relation
	sets   []span
	pieces []piece
	runs   []extent
	queue  []packets
	seen   map[seenAt][]span
}

type seenAt struct {
	at int32
	by ingress
}

// from appends the flows of VNet v to the relation.
func (w *walker) from(v int32) {
	n := w.r.net
	node := &n.vnets[v]
	w.sets, w.queue = w.sets[:0], w.queue[:0]
	clear(w.seen)

	w.pieces = w.pieces[:0]
	for _, s := range node.table {
		if s.layer != localRoute {
			w.expand(s.span, s.best, fromInside)
		}
	}
	w.send(packets{at: v, by: fromInside, path: noPath, trust: certain})
	if node.hub >= 0 {
		w.intoHub(v, node)
	}
	for i := 0; i < len(w.queue); i++ {
		w.route(w.queue[i])
	}
}

// intoHub sends what v has no nearer route for to the gateway it uses.
func (w *walker) intoHub(v int32, node *vnetNode) {
	w.pieces = w.pieces[:0]
	var rest [8]span
	for _, s := range w.r.net.vnets[node.hub].onward {
		for _, part := range minusTable(rest[:0], s.span, node.table) {
			w.expand(part, s.best, fromSpoke)
		}
	}
	path := w.r.addPath(noPath, pathNode{hop: GatewayTransit, element: node.hub})
	w.send(packets{at: node.hub, by: fromSpoke, path: path, trust: certain.unless(!node.hubOpen, byNetworkAccess)})
}

// minusTable appends the part of s that no segment of the table holds.
func minusTable(dst []span, s span, table []segment) []span {
	for i := firstSegment(table, s.lo); i < len(table) && table[i].lo.Compare(s.hi) <= 0; i++ {
		if s.lo.Less(table[i].lo) {
			dst = append(dst, span{s.lo, table[i].lo.Prev()})
		}
		if s.hi.Compare(table[i].hi) <= 0 {
			return dst
		}
		s.lo = table[i].hi.Next()
	}
	return append(dst, s)
}

// route applies a gateway's table to packets that arrived.
func (w *walker) route(p packets) {
	if p.hops > maxHops {
		return
	}
	if p.value != Yes && !w.firstVisit(&p) {
		return
	}
	table := w.r.net.vnets[p.at].table
	w.pieces = w.pieces[:0]
	for k := p.set.from; k < p.set.to; k++ {
		s := w.sets[k]
		for i := firstSegment(table, s.lo); i < len(table); i++ {
			part, ok := s.overlap(table[i].span)
			if !ok {
				break
			}
			w.expand(part, table[i].best, p.by)
		}
	}
	w.send(p)
}

// firstVisit takes from uncertain packets those that were here before, and reports whether any are left.
func (w *walker) firstVisit(p *packets) bool {
	if w.seen == nil {
		w.seen = map[seenAt][]span{}
	}
	at := seenAt{p.at, p.by}
	before := w.seen[at]
	from := int32(len(w.sets))
	set := p.set.in(w.sets)
	w.sets = subtract(w.sets, set, before)
	p.set = extent{from, int32(len(w.sets))}
	if p.set.from == p.set.to {
		return false
	}
	w.seen[at] = tidy(append(slices.Clone(before), p.set.in(w.sets)...))
	return true
}

// expand lists the routes of a part of the packets. A VPN gateway passes nothing from a tunnel to
// a circuit, so there the circuit's routes do not count.
func (w *walker) expand(part span, b best, by ingress) {
	if b.target >= 0 {
		w.pieces = append(w.pieces, piece{span: part, winner: winner{target: b.target}, layer: b.layer})
		return
	}
	group := w.r.net.groups[^b.target]
	doubt := w.r.net.doubt(group, b.layer, by)
	for _, win := range group {
		if w.r.net.usable(b.layer, win, by) {
			w.pieces = append(w.pieces, piece{part, win, b.layer, doubt})
		}
	}
}

// doubt is why it is unknown which route of a group is taken; none when only one counts.
func (n *network) doubt(group []winner, l layer, by ingress) reasons {
	var usable int
	var why reasons
	for _, win := range group {
		if !n.usable(l, win, by) {
			continue
		}
		usable++
		switch {
		case !win.maybe:
		case n.tunnels[win.target].end == toCircuit:
			why |= byCircuit
		default:
			why |= bySpokeRanges
		}
	}
	switch {
	case usable < 2:
		return why
	case why == 0:
		return byEqualPrefix
	}
	return why
}

func (n *network) usable(l layer, win winner, by ingress) bool {
	return l != tunnelRoute || by == fromInside || by == fromSpoke || n.tunnels[win.target].end != toCircuit
}

// send groups the pieces by route and passes each group on. Groups go in the order of their first
// address, so that nothing depends on the order of the input.
func (w *walker) send(p packets) {
	if len(w.pieces) == 0 {
		return
	}
	slices.SortFunc(w.pieces, func(a, b piece) int {
		return cmp.Or(cmp.Compare(a.layer, b.layer), cmp.Compare(a.target, b.target), cmp.Compare(a.doubt, b.doubt), a.lo.Compare(b.lo))
	})
	w.runs = w.runs[:0]
	for i := 0; i < len(w.pieces); {
		j := i + 1
		for j < len(w.pieces) && sameRoute(w.pieces[i], w.pieces[j]) {
			j++
		}
		w.runs = append(w.runs, extent{int32(i), int32(j)})
		i = j
	}
	slices.SortStableFunc(w.runs, func(a, b extent) int { return w.pieces[a.from].lo.Compare(w.pieces[b.from].lo) })
	for _, run := range w.runs {
		from := len(w.sets)
		for _, piece := range w.pieces[run.from:run.to] {
			w.sets = appendSpan(w.sets, from, piece.span)
		}
		q := p
		q.set = extent{int32(from), int32(len(w.sets))}
		w.pass(q, w.pieces[run.from])
	}
}

func sameRoute(a, b piece) bool {
	return a.layer == b.layer && a.target == b.target && a.doubt == b.doubt
}

// pass sends packets the way of one route.
func (w *walker) pass(p packets, via piece) {
	n := w.r.net
	p.trust = p.unless(via.doubt != 0, via.doubt)
	switch via.layer {
	case localRoute:
		w.r.deliver(p.at, p.set.in(w.sets), p.trust, p.path)
	case peerRoute:
		w.passPeer(p, n.vnets[p.at].peers[via.target])
	case poolRoute:
		path := w.r.addPath(p.path, pathNode{hop: PointToSite, element: p.at})
		w.r.deliver(n.vnets[p.at].clients, p.set.in(w.sets), p.and(n.vnets[p.at].dialled()), path)
	case tunnelRoute:
		w.passTunnel(p, via)
	}
}

// passPeer delivers to a peered VNet: from inside always, out of a tunnel only when that VNet uses
// this gateway, because otherwise it has no route back.
func (w *walker) passPeer(p packets, to peer) {
	hop := pathNode{hop: w.r.net.peeringHop(to), element: to.half}
	if p.by != fromInside {
		if !to.uses {
			return
		}
		hop = pathNode{hop: GatewayTransit, element: p.at}
	}
	path := w.r.addPath(p.path, hop)
	w.r.deliver(to.vnet, p.set.in(w.sets), p.unless(!to.open, byNetworkAccess), path)
}

func (w *walker) passTunnel(p packets, via piece) {
	n := w.r.net
	t := &n.tunnels[via.target]
	fromGateway := p.by == fromTunnel || p.by == fromVnet2VN
	if fromGateway && n.vnets[p.at].arm && (t.vnet2vnet || p.by == fromVnet2VN) || t.end == nowhere {
		return // without BGP an ARM gateway passes nothing into or out of a Vnet2Vnet connection
	}
	if fromGateway && t.end == toCircuit {
		return
	}
	if fromGateway {
		p.path = w.r.addPath(p.path, pathNode{hop: GatewayForward, element: p.at})
	}
	p.trust = p.and(trust{t.value, t.why})
	p.path = w.r.addPath(p.path, pathNode{hop: t.hop(), element: via.target})
	switch t.end {
	case toOnPrem, toCircuit:
		w.r.deliver(t.far, p.set.in(w.sets), p.trust, p.path)
	case toGateway:
		p.at, p.by, p.hops = t.far, fromTunnel, p.hops+1
		if t.vnet2vnet {
			p.by = fromVnet2VN
		}
		w.queue = append(w.queue, p)
	case toSeveral:
		for _, c := range t.candidates {
			from := len(w.sets)
			w.sets = intersect(w.sets, p.set.in(w.sets), n.vnets[c].space)
			w.r.deliver(c, w.sets[from:], p.trust, p.path)
		}
	}
}
