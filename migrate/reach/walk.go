package reach

import (
	"cmp"
	"slices"
)

// ingress is how packets came to the node that routes them.
type ingress uint8

const (
	fromInside       ingress = iota // from the VNet itself, by a gateway route
	fromInsideByUser                // the same, by a user route
	fromSpoke                       // from a VNet that uses this VNet's gateway, by a gateway route
	fromSpokeByUser                 // the same, by a user route
	fromTunnel                      // out of a tunnel
	fromClosed                      // out of a Vnet2Vnet tunnel without BGP, into which an ARM gateway passes nothing on
	fromClients
	fromCircuit
)

// branch reports whether packets came from outside: out of a tunnel or a circuit.
func (i ingress) branch() bool { return i == fromTunnel || i == fromClosed || i == fromCircuit }

// node is where packets are routed.
type node struct {
	kind nodeKind
	at   int32 // a class, a VNet or a device
}

type nodeKind uint8

const (
	atSubnet  nodeKind = iota
	atGateway          // the VPN gateway of a VNet
	atCircuit          // its ExpressRoute gateway
	atDevice
)

// manner is how packets came to a gateway.
type manner struct {
	by     ingress
	handed bool // from the other gateway of the VNet
}

// visit is a node that packets came to, and the one before.
type visit struct {
	node
	manner
	before int32
}

// packets are all packets of one source that one node holds and treats alike.
type packets struct {
	node
	manner
	origin  int32  // the VNet they started in where that matters: see originOf; or -1
	set     extent // in walker.sets
	path    int32
	visits  int32 // in walker.visits, or -1
	tunnels int
	split   reasons // why they may take several ways; none when there was one way only
	step    int32   // in watcher.steps, when somebody watches
	trust
}

// trust is how sure something is, and what that rests on.
type trust struct {
	value Value
	why   reasons
}

func (t trust) and(u trust) trust { return trust{min(t.value, u.value), t.why | u.why} }

var certain = trust{value: Yes}

// unless is t when not in doubt, else unknown for the reason.
func (t trust) unless(doubt bool, why reasons) trust {
	if doubt {
		return trust{Unknown, t.why | why}
	}
	return t
}

// extent is a range of positions in an arena.
type extent struct{ from, to int32 }

func (x extent) in(arena []span) []span { return arena[x.from:x.to:x.to] }

// piece is a part of a set with one act, or one choice.
type piece = segment

// walker follows all packets of one source at once. While there is one way, each address is in one
// place, so the work is that of the routes met. Where a node may do several things, the packets go
// every way, and settle says afterwards which addresses end at one place on all of them.
type walker struct {
	n      *network
	out    *rows
	relays *relays // places that packets are handed to instead of followed; nil to follow all
	self   int32   // the location of the source, or -1: what is delivered there is no flow
	sets   []span
	pieces []piece
	runs   []extent
	queue  []packets
	visits []visit
	ends   []ended // of packets that went several ways
	forks  int
	stamps []int32 // by place: the last source that came there, counted
	stamp  int32
	watch  *watcher
}

// ended is where packets that went several ways came to. to is -1 where they were dropped.
type ended struct {
	to, path int32
	set      []span
	split    reasons
	trust
}

// maxForks bounds how many steps are followed where packets go several ways; sets of very many ranges
// count for more. Past it their value is unknown.
const maxForks = 4096

// tooManyWays is why a way is not followed further.
const tooManyWays = "there are more ways than are followed"

func (w *walker) reset(self int32) {
	w.sets, w.queue, w.visits, w.ends, w.forks, w.self = w.sets[:0], w.queue[:0], w.visits[:0], w.ends[:0], 0, self
	w.stamp++
}

// sees notes that what the source can send depends on a node.
func (w *walker) sees(at node) {
	if w.stamps == nil {
		w.stamps = make([]int32, 2*len(w.n.vnets))
	}
	place := w.n.placeOf(at)
	if w.stamps[place] != w.stamp {
		w.stamps[place] = w.stamp
		w.out.visited = append(w.out.visited, place)
	}
}

// placeOf is the subnets of a VNet with the devices in them, or its gateways, as a number.
func (n *network) placeOf(at node) int32 {
	switch at.kind {
	case atSubnet:
		return 2 * n.classes[at.at].vnet
	case atDevice:
		return 2 * n.devices[at.at].vnet
	}
	return 2*at.at + 1
}

// fromPlace is the VNet of a place, and whether it is its gateways.
func fromPlace(place int32) (v int32, gateways bool) { return place / 2, place%2 == 1 }

// originOf is the VNet that packets started in, if a firewall or an appliance stands in it. Only
// then can it matter further on: what an appliance sends of its own VNet it does not forward.
func (n *network) originOf(v int32) int32 {
	if n.vnets[v].hosts {
		return v
	}
	return -1
}

// fromClass follows what the addresses of a class can send.
func (w *walker) fromClass(c int32) {
	at := &w.n.classes[c]
	w.reset(at.vnet)
	w.sees(node{atSubnet, c})
	w.pieces = w.pieces[:0]
	for _, s := range at.table {
		if s.kind != actLocal && s.kind != actDrop {
			w.pieces = append(w.pieces, s)
		}
	}
	w.send(packets{node: node{atSubnet, c}, origin: w.n.originOf(at.vnet), path: noPath, visits: -1, trust: certain})
	w.run()
}

// fromNode follows all addresses from a gateway or a device on.
func (w *walker) fromNode(at node, by ingress, origin int32, self int32) {
	w.reset(self)
	p := packets{node: at, manner: manner{by: by}, origin: origin, path: noPath, visits: -1, trust: certain}
	if by == fromTunnel || by == fromClosed {
		p.tunnels = 1
	}
	w.everything(p)
	w.run()
}

// everything queues packets to all addresses that their node has routes for.
func (w *walker) everything(p packets) {
	from := int32(len(w.sets))
	for _, s := range w.table(p.node, p.manner) {
		w.sets = appendSpan(w.sets, int(from), s.span)
	}
	p.set = extent{from, int32(len(w.sets))}
	w.visits = append(w.visits, visit{p.node, p.manner, -1})
	p.visits = int32(len(w.visits) - 1)
	w.queue = append(w.queue, p)
}

func (w *walker) run() {
	for i := 0; i < len(w.queue); i++ {
		w.route(w.queue[i])
	}
	w.settle()
}

// table is what a node does with packets that came in a manner.
func (w *walker) table(at node, m manner) []segment {
	branch := number(m.by.branch() && !m.handed)
	switch at.kind {
	case atGateway:
		return w.n.vnets[at.at].table[branch]
	case atCircuit:
		return w.n.vnets[at.at].circuitTable[branch]
	case atDevice:
		return w.n.classes[w.n.devices[at.at].class].table
	}
	return w.n.classes[at.at].table
}

// arrive queues packets at a node, unless they were there before.
func (w *walker) arrive(p packets, at node, m manner) {
	for i := p.visits; i >= 0; i = w.visits[i].before {
		if v := &w.visits[i]; v.node == at && v.manner == m {
			p.node, p.manner = at, m
			w.drop(p, "it was here before in the same manner: a loop")
			return
		}
	}
	if p.split != 0 {
		if w.forks++; w.forks > maxForks {
			w.drop(p, tooManyWays)
			return
		}
	}
	w.visits = append(w.visits, visit{at, m, p.visits})
	p.node, p.manner, p.visits = at, m, int32(len(w.visits)-1)
	w.queue = append(w.queue, p)
}

// route applies a node's table to packets that arrived.
func (w *walker) route(p packets) {
	if p.split != 0 && w.forks > maxForks {
		w.drop(p, tooManyWays)
		return
	}
	w.sees(p.node)
	table := w.table(p.node, p.manner)
	w.pieces = w.pieces[:0]
	for k := p.set.from; k < p.set.to; k++ {
		s := w.sets[k]
		for i := firstSegment(table, s.lo); i < len(table); i++ {
			part, ok := s.overlap(table[i].span)
			if !ok {
				break
			}
			w.pieces = append(w.pieces, piece{part, table[i].act})
		}
	}
	if p.split != 0 || w.watch != nil {
		w.forks += len(w.pieces) / 16
		w.dropRest(p)
	}
	w.send(p)
}

// dropRest drops what no piece holds.
func (w *walker) dropRest(p packets) {
	var routed []span
	for _, piece := range w.pieces {
		routed = append(routed, piece.span)
	}
	w.dropSet(p, subtract(nil, p.set.in(w.sets), tidy(routed)), noRoute)
}

func (w *walker) dropSet(p packets, set []span, why string) {
	if len(set) > 0 {
		from := int32(len(w.sets))
		w.sets = append(w.sets, set...)
		p.set = extent{from, int32(len(w.sets))}
		w.drop(p, why)
	}
}

// send groups the pieces by act and passes each group on. Groups go in the order of their first
// address, so that nothing depends on the order of the input.
func (w *walker) send(p packets) {
	if len(w.pieces) == 0 {
		return
	}
	slices.SortFunc(w.pieces, func(a, b piece) int { return cmp.Or(compareActs(a.act, b.act), a.lo.Compare(b.lo)) })
	w.runs = w.runs[:0]
	for i := 0; i < len(w.pieces); {
		j := i + 1
		for j < len(w.pieces) && w.pieces[i].act == w.pieces[j].act {
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
		act := w.pieces[run.from].act
		if act.kind != actSeveral {
			w.take(q, act, 0)
			continue
		}
		c := &w.n.choices[act.target]
		for _, one := range c.acts {
			w.take(q, one, c.why)
		}
	}
}

// take sends packets the way of one act; why says why there are others.
func (w *walker) take(p packets, a act, why reasons) {
	p.split |= why
	p.trust = p.unless(w.vague(p), byRoutes)
	if w.watch != nil {
		p.step = w.watch.decided(p, a, why)
	}
	if p.kind == atGateway || p.kind == atCircuit {
		w.passGateway(p, a)
	} else {
		w.passSubnet(p, a)
	}
}

// vague reports whether packets are routed by a table whose routes no input lists.
func (w *walker) vague(p packets) bool {
	switch p.kind {
	case atGateway, atCircuit:
		c := w.n.gatewayClassOf(p.at)
		return c != nil && c.vague
	}
	return w.subnet(p).vague
}

// keep limits packets to a set and drops the rest.
func (w *walker) keep(p packets, set []span, why string) packets {
	from := int32(len(w.sets))
	w.sets = intersect(w.sets, p.set.in(w.sets), set)
	kept := extent{from, int32(len(w.sets))}
	if p.split != 0 || w.watch != nil {
		w.dropSet(p, subtract(nil, p.set.in(w.sets), kept.in(w.sets)), why)
	}
	p.set = kept
	return p
}

// drop ends packets nowhere, and says why.
func (w *walker) drop(p packets, why string) {
	if w.watch != nil {
		w.watch.dropped(p, why)
	}
	if p.split != 0 {
		w.ends = append(w.ends, ended{to: -1, set: slices.Clone(p.set.in(w.sets)), split: p.split})
	}
}

// deliver ends packets at a location.
func (w *walker) deliver(p packets, to int32) {
	set := p.set.in(w.sets)
	if w.watch != nil && len(set) > 0 {
		w.watch.delivered(p, to)
	}
	switch {
	case len(set) == 0:
	case p.split != 0:
		w.ends = append(w.ends, ended{to, p.path, slices.Clone(set), p.split, p.trust})
	case to != w.self:
		w.out.deliver(to, set, p.trust, p.path)
	}
}

// hand gives packets to a relay, if there is one for the node, and returns the rest. A relay does not
// know where packets start: what meets firewalls or appliances of the VNet where they did is the rest.
func (w *walker) hand(p packets, at node, m manner) packets {
	if w.relays == nil || p.split != 0 || p.kind != atSubnet || p.set.from == p.set.to {
		return p
	}
	i, ok := w.relays.number[relayKey{at, m.by}]
	if !ok {
		return p
	}
	set := p.set.in(w.sets)
	var rest []span
	if p.origin >= 0 {
		rest = intersect(nil, set, w.relays.passed[i][p.origin])
		set = subtract(nil, set, rest)
	}
	if len(set) > 0 {
		w.out.hand(i, set, p.trust, p.path)
	}
	from := int32(len(w.sets))
	w.sets = append(w.sets, rest...)
	p.set = extent{from, int32(len(w.sets))}
	return p
}

// settle says what packets that went several ways surely reach: what all of them reach.
func (w *walker) settle() {
	if len(w.ends) == 0 {
		return
	}
	slices.SortStableFunc(w.ends, func(a, b ended) int { return cmp.Compare(a.to, b.to) })
	for i := 0; i < len(w.ends); {
		j := i + 1
		for j < len(w.ends) && w.ends[j].to == w.ends[i].to {
			j++
		}
		if to := w.ends[i].to; to >= 0 && to != w.self {
			w.settleAt(i, j)
		}
		i = j
	}
}

// settleAt settles the ends [from:to] at one location: in doubt is what ends elsewhere, too, or comes
// there in doubt.
func (w *walker) settleAt(from, to int) {
	var doubtful []span
	var why reasons
	for i := range w.ends {
		if e := &w.ends[i]; i < from || i >= to || e.value != Yes {
			doubtful = append(doubtful, e.set...)
			why |= e.split | e.why
		}
	}
	doubtful = tidy(doubtful)
	for i := from; i < to; i++ {
		e := &w.ends[i]
		if w.forks > maxForks {
			doubtful = e.set
		}
		if sure := subtract(nil, e.set, doubtful); len(sure) > 0 {
			w.out.deliver(e.to, sure, e.trust, e.path)
		}
		if unsure := intersect(nil, e.set, doubtful); len(unsure) > 0 {
			w.out.deliver(e.to, unsure, trust{Unknown, e.why | e.split | why&^turns}, e.path)
		}
	}
}
