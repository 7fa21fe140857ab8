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

// tunnelled reports whether packets came out of a tunnel between gateways.
func (i ingress) tunnelled() bool { return i == fromTunnel || i == fromClosed }

// node is where packets are routed.
type node struct {
	kind nodeKind
	at   int32 // a class, a VNet or a device
}

type nodeKind uint8

const (
	atSubnet nodeKind = iota
	atGateway
	atDevice
)

// visit is a node that packets came to, and the one before.
type visit struct {
	node
	by     ingress
	before int32
}

// packets are all packets of one source that one node holds and treats alike.
type packets struct {
	node
	by      ingress
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

// piece is a part of a set with one act.
type piece struct {
	span
	act
	why reasons // there are others, because of this
}

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
	watch  *watcher
}

// ended is where packets that went several ways came to. to is -1 where they were dropped.
type ended struct {
	to, path int32
	set      []span
	split    reasons
	trust
}

// maxForks bounds how many steps are followed where packets go several ways. Past it their value
// is unknown.
const maxForks = 4096

func (w *walker) reset(self int32) {
	w.sets, w.queue, w.visits, w.ends, w.forks, w.self = w.sets[:0], w.queue[:0], w.visits[:0], w.ends[:0], 0, self
}

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
	w.pieces = w.pieces[:0]
	for _, s := range at.table {
		if s.kind != actLocal && s.kind != actDrop {
			w.expand(s.span, s.act)
		}
	}
	w.send(packets{node: node{atSubnet, c}, origin: w.n.originOf(at.vnet), path: noPath, visits: -1, trust: certain})
	w.run()
}

// fromNode follows all addresses from a gateway or a device on.
func (w *walker) fromNode(at node, by ingress, origin int32, self int32) {
	w.reset(self)
	table := w.table(at)
	p := packets{node: at, by: by, origin: origin, path: noPath, visits: -1, trust: certain}
	if len(table) > 0 {
		from := int32(len(w.sets))
		for _, s := range table {
			w.sets = appendSpan(w.sets, int(from), s.span)
		}
		p.set = extent{from, int32(len(w.sets))}
		w.queue = append(w.queue, p)
	}
	w.run()
}

func (w *walker) run() {
	for i := 0; i < len(w.queue); i++ {
		w.route(w.queue[i])
	}
	w.settle()
}

func (w *walker) table(at node) []segment {
	switch at.kind {
	case atGateway:
		return w.n.vnets[at.at].table
	case atDevice:
		return w.n.classes[w.n.devices[at.at].class].table
	}
	return w.n.classes[at.at].table
}

// arrive queues packets at a node, unless they were there before.
func (w *walker) arrive(p packets, at node, by ingress) {
	for i := p.visits; i >= 0; i = w.visits[i].before {
		if v := &w.visits[i]; v.node == at && v.by == by {
			p.node, p.by = at, by
			w.drop(p, "it was here before in the same manner: a loop")
			return
		}
	}
	if p.split != 0 {
		if w.forks++; w.forks > maxForks {
			w.drop(p, "there are more ways than are followed")
			return
		}
	}
	w.visits = append(w.visits, visit{at, by, p.visits})
	p.node, p.by, p.visits = at, by, int32(len(w.visits)-1)
	w.queue = append(w.queue, p)
}

// route applies a node's table to packets that arrived.
func (w *walker) route(p packets) {
	table := w.table(p.node)
	w.pieces = w.pieces[:0]
	for k := p.set.from; k < p.set.to; k++ {
		s := w.sets[k]
		for i := firstSegment(table, s.lo); i < len(table); i++ {
			part, ok := s.overlap(table[i].span)
			if !ok {
				break
			}
			w.expand(part, table[i].act)
		}
	}
	if p.split != 0 || w.watch != nil {
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
	w.dropSet(p, subtract(nil, p.set.in(w.sets), tidy(routed)), "no route holds the address")
}

func (w *walker) dropSet(p packets, set []span, why string) {
	if len(set) > 0 {
		from := int32(len(w.sets))
		w.sets = append(w.sets, set...)
		p.set = extent{from, int32(len(w.sets))}
		w.drop(p, why)
	}
}

// expand lists what may happen to a part of the packets.
func (w *walker) expand(part span, a act) {
	if a.kind != actSeveral {
		w.pieces = append(w.pieces, piece{span: part, act: a})
		return
	}
	c := &w.n.choices[a.target]
	for _, a := range c.acts {
		w.pieces = append(w.pieces, piece{part, a, c.why})
	}
}

// send groups the pieces by act and passes each group on. Groups go in the order of their first
// address, so that nothing depends on the order of the input.
func (w *walker) send(p packets) {
	if len(w.pieces) == 0 {
		return
	}
	slices.SortFunc(w.pieces, func(a, b piece) int {
		return cmp.Or(compareActs(a.act, b.act), cmp.Compare(a.why, b.why), a.lo.Compare(b.lo))
	})
	w.runs = w.runs[:0]
	for i := 0; i < len(w.pieces); {
		j := i + 1
		for j < len(w.pieces) && w.pieces[i].act == w.pieces[j].act && w.pieces[i].why == w.pieces[j].why {
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
		q.split |= w.pieces[run.from].why
		if w.watch != nil {
			q.step = w.watch.decided(q, w.pieces[run.from])
		}
		if q.kind == atGateway {
			w.passGateway(q, w.pieces[run.from].act)
		} else {
			w.passSubnet(q, w.pieces[run.from].act)
		}
	}
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

// hand gives packets to a relay, if there is one for the node, and reports whether it did.
func (w *walker) hand(p packets, at node, by ingress) bool {
	if w.relays == nil || p.split != 0 || p.kind != atSubnet || p.set.from == p.set.to {
		return false
	}
	i, ok := w.relays.number[relayKey{at, by, p.origin}]
	if ok {
		w.out.hand(i, p.set.in(w.sets), p.trust, p.path)
	}
	return ok
}

// subnet is the class that packets leave by, and the VNet it is in.
func (w *walker) subnet(p packets) *class {
	if p.kind == atDevice {
		return &w.n.classes[w.n.devices[p.at].class]
	}
	return &w.n.classes[p.at]
}

// passSubnet sends packets the way that a subnet's route says: those of its own addresses, or those
// that a device in it passes on.
func (w *walker) passSubnet(p packets, a act) {
	n := w.n
	c := w.subnet(p)
	switch a.kind {
	case actLocal:
		w.deliver(p, c.vnet)
	case actInVNet:
		w.deliver(w.keep(p, n.vnets[c.vnet].space, dropNotHere), c.vnet)
	case actPeer:
		w.intoPeer(p, c, &n.vnets[c.vnet].peers[a.target])
	case actGroup:
		w.intoGroup(p, n.vnets[c.vnet].grouped[a.target])
	case actService:
		p.path = w.out.addPath(p.path, pathNode{hop: ServiceEndpoint})
		w.deliver(p, n.internet)
	case actInternet:
		w.intoInternet(p)
	case actGateway, actRouter:
		w.intoGateway(p, c.vnet, a)
	case actCircuit, actEdge:
		w.intoCircuit(p, c.vnet, a)
	case actDevice:
		w.intoDevice(p, c.vnet, c, a.target)
	case actUnknown:
		w.anywhere(p)
	default:
		w.drop(p, dropWords[a.target])
	}
}

// dropNotHere is why a packet ends in a VNet that does not have its address.
const dropNotHere = "nothing there has the address"

// intoInternet sends packets out, where private addresses lead nowhere.
func (w *walker) intoInternet(p packets) {
	p.path = w.out.addPath(p.path, pathNode{hop: InternetHop})
	w.deliver(w.keep(p, public, "the Internet does not route private addresses"), w.n.internet)
}

// intoPeer delivers to a peered VNet from a subnet.
func (w *walker) intoPeer(p packets, c *class, to *peer) {
	if !c.within(to) {
		w.drop(p, dropPartial)
		return
	}
	p.path = w.out.addPath(p.path, pathNode{hop: to.hop(), element: to.half})
	w.deliver(w.admit(p, c.vnet, to), to.vnet)
}

// admit is what a peer takes in of packets from VNet v.
func (w *walker) admit(p packets, v int32, to *peer) packets {
	p.trust = p.unless(!to.open, byNetworkAccess)
	if p.kind == atDevice && p.origin != v {
		p.trust = p.unless(!to.forwards, byForwarded)
	}
	switch {
	case to.partial != nil:
		return w.keep(p, to.remote, dropPartial)
	case len(to.raw) > 0 && &to.raw[0] != &w.n.vnets[to.vnet].raw[0]: // what it took over may be out of date
		return w.keep(p, w.n.vnets[to.vnet].space, dropNotHere)
	}
	return p
}

// dropPartial is why a packet does not pass a peering that is limited to subnets.
const dropPartial = "the peering is limited to other subnets"

func (w *walker) intoGroup(p packets, m member) {
	p.path = w.out.addPath(p.path, pathNode{hop: ConnectedGroup, element: m.vnet})
	if clash := w.n.groups[m.group].clash; len(clash) > 0 {
		p = w.keep(p, subtract(nil, w.n.vnets[m.vnet].space, clash), "two members of the connected group have the address")
	}
	w.deliver(p, m.vnet)
}

// intoGateway sends packets of VNet v to a VPN gateway: its own, or that of the VNet it uses.
func (w *walker) intoGateway(p packets, v int32, a act) {
	by := fromInside
	if a.kind == actRouter {
		by = fromInsideByUser
	}
	if a.target != v {
		by += fromSpoke - fromInside
		p.path = w.out.addPath(p.path, pathNode{hop: GatewayTransit, element: a.target})
		p.trust = p.unless(!w.n.vnets[v].hubOpen, byNetworkAccess)
	}
	at := node{atGateway, a.target}
	if !w.hand(p, at, by) {
		w.arrive(p, at, by)
	}
}

// intoCircuit sends packets of VNet v over a circuit: by its own gateway, or by that of the VNet it
// uses.
func (w *walker) intoCircuit(p packets, v int32, a act) {
	n := w.n
	t := a.target
	if a.kind == actEdge {
		t = n.edges[a.target].tunnel
	}
	if near := n.tunnels[t].near; near != v {
		p.path = w.out.addPath(p.path, pathNode{hop: GatewayTransit, element: near})
		p.trust = p.unless(!n.vnets[v].hubOpen, byNetworkAccess)
	}
	w.overCircuit(p, a)
}

// overCircuit sends packets over a circuit.
func (w *walker) overCircuit(p packets, a act) {
	n := w.n
	if a.kind == actEdge {
		e := &n.edges[a.target]
		p.path = w.out.addPath(p.path, pathNode{hop: CircuitEdge, element: e.tunnel})
		p.trust = p.and(e.trust)
		w.arrive(p, node{atGateway, e.far}, fromCircuit)
		return
	}
	tun := &n.tunnels[a.target]
	p.trust = p.and(trust{tun.value, tun.why})
	p.path = w.out.addPath(p.path, pathNode{hop: CircuitEdge, element: a.target})
	if tun.end == nowhere {
		w.drop(p, tun.dropped)
		return
	}
	w.deliver(p, tun.far)
}

// intoDevice sends packets from VNet v to a firewall or an appliance. c is the subnet they leave, or
// nil for GatewaySubnet.
func (w *walker) intoDevice(p packets, v int32, c *class, d int32) {
	n := w.n
	dev := &n.devices[d]
	hop := pathNode{hop: ApplianceHop, element: d}
	if dev.firewall {
		hop.hop = FirewallHop
	}
	if dev.vnet != v {
		if to := n.peerOf(v, dev.vnet); to != nil {
			if c != nil && !c.within(to) || to.partial != nil && (len(dev.address) == 0 || !holds(to.remote, dev.address[0])) {
				w.drop(p, dropPartial)
				return
			}
			p.trust = p.unless(!to.open, byNetworkAccess)
			if p.kind == atDevice && p.origin != v {
				p.trust = p.unless(!to.forwards, byForwarded)
			}
			p.path = w.out.addPath(p.path, pathNode{hop: to.hop(), element: to.half})
		} else {
			p.path = w.out.addPath(p.path, pathNode{hop: ConnectedGroup, element: dev.vnet})
		}
	}
	p.path = w.out.addPath(p.path, hop)
	at := node{atDevice, d}
	if !w.hand(p, at, fromInside) {
		w.arrive(p, at, fromInside)
	}
}

// anywhere ends packets at an appliance that no input describes: every place that has the address
// may get them.
func (w *walker) anywhere(p packets) {
	n := w.n
	p.path = w.out.addPath(p.path, pathNode{hop: ApplianceHop, element: -1})
	p.trust = p.unless(true, byAppliance)
	if w.relays != nil && p.kind == atSubnet && p.split == 0 {
		w.out.hand(w.relays.anywhere, p.set.in(w.sets), p.trust, p.path)
		return
	}
	for to, set := range n.anywhere() {
		q := p
		from := int32(len(w.sets))
		w.sets = intersect(w.sets, p.set.in(w.sets), set)
		q.set = extent{from, int32(len(w.sets))}
		w.deliver(q, to)
	}
	if p.split != 0 {
		w.drop(p, "what the appliance does is unknown")
	}
}

// passGateway sends packets the way that a gateway's route says.
func (w *walker) passGateway(p packets, a act) {
	n := w.n
	here := &n.vnets[p.at]
	switch a.kind {
	case actLocal:
		if p.by == fromSpoke {
			w.drop(p, "a gateway route brought it here from a VNet that has a nearer one")
			return
		}
		w.deliver(p, p.at)
	case actInVNet:
		w.deliver(w.keep(p, here.space, dropNotHere), p.at)
	case actPeer:
		w.gatewayToPeer(p, &here.peers[a.target])
	case actGroup:
		if to := n.peerOf(p.at, here.grouped[a.target].vnet); to != nil {
			w.gatewayToPeer(p, to)
			return
		}
		w.drop(p, dropNoReturn)
	case actInternet:
		w.intoInternet(p)
	case actPool:
		if p.by == fromClients || p.by == fromCircuit {
			w.drop(p, "nothing passes between clients, or between clients and a circuit")
			return
		}
		p.path = w.out.addPath(p.path, pathNode{hop: PointToSite, element: p.at})
		p.trust = p.and(here.dialled())
		w.deliver(p, here.clients)
	case actTunnel:
		w.gatewayToTunnel(p, a.target)
	case actCircuit, actEdge:
		if !p.by.tunnelled() {
			w.drop(p, dropTransit) // only with branch-to-branch, and then only between branches
			return
		}
		p.path = w.out.addPath(p.path, pathNode{hop: GatewayForward, element: p.at})
		w.overCircuit(p, a)
	case actDevice:
		w.intoDevice(p, p.at, nil, a.target)
	case actUnknown:
		w.anywhere(p)
	default:
		w.drop(p, dropWords[a.target])
	}
}

const (
	dropNoReturn = "the VNet does not use this gateway, so it has no route back"
	dropTransit  = "a gateway passes nothing between a circuit and a tunnel without a Route Server"
)

// gatewayToPeer delivers to a peered VNet. One that does not use this gateway has no way back.
func (w *walker) gatewayToPeer(p packets, to *peer) {
	n := w.n
	direct := pathNode{hop: to.hop(), element: to.half}
	switch {
	case p.by == fromInside || p.by == fromInsideByUser:
		p.path = w.out.addPath(p.path, pathNode{hop: GatewayForward, element: p.at}, direct)
	case p.by == fromClients && !to.uses:
		p.path = w.out.addPath(p.path, direct)
		p.trust = p.unless(true, byClientRoutes)
	case !to.uses:
		w.drop(p, dropNoReturn)
		return
	case p.by == fromSpoke || p.by == fromSpokeByUser:
		p.path = w.out.addPath(p.path, pathNode{hop: GatewayForward, element: p.at}, pathNode{hop: GatewayTransit, element: p.at})
		p.trust = p.unless(p.by == fromSpoke || !n.vnets[p.at].circuit.IsZero(), bySpokeHairpin)
	default:
		p.path = w.out.addPath(p.path, pathNode{hop: GatewayTransit, element: p.at})
	}
	w.deliver(w.admit(p, p.at, to), to.vnet)
}

// gatewayToTunnel passes packets into a tunnel.
func (w *walker) gatewayToTunnel(p packets, target int32) {
	n := w.n
	t := &n.tunnels[target]
	here := &n.vnets[p.at]
	passing := p.by.tunnelled() || p.by == fromCircuit
	why := ""
	switch {
	case t.end == nowhere:
		why = t.dropped
	case p.by == fromCircuit && !here.branch:
		why = dropTransit
	case p.by.tunnelled() && here.arm && (p.by == fromClosed || !t.passes()):
		why = "it passes nothing into or out of a Vnet2Vnet connection without BGP"
	case p.tunnels == maxTunnels:
		why = "it passed 32 tunnels"
	}
	if why != "" {
		w.drop(p, why)
		return
	}
	if p.by == fromClients {
		p.trust = p.unless(true, byClientRoutes)
	}
	if passing {
		p.path = w.out.addPath(p.path, pathNode{hop: GatewayForward, element: p.at})
	}
	p.tunnels++
	p.trust = p.and(trust{t.value, t.why})
	p.path = w.out.addPath(p.path, pathNode{hop: t.hop(), element: target})
	switch t.end {
	case toOnPrem, toCircuit:
		w.deliver(p, t.far)
	case toGateway:
		by := fromTunnel
		if !t.passes() {
			by = fromClosed
		}
		w.arrive(p, node{atGateway, t.far}, by)
	case toSeveral:
		for _, c := range t.candidates {
			q := p
			from := int32(len(w.sets))
			w.sets = intersect(w.sets, p.set.in(w.sets), n.vnets[c].space)
			q.set = extent{from, int32(len(w.sets))}
			w.deliver(q, c)
		}
		if p.split != 0 || w.watch != nil {
			w.drop(p, "whether the connection leads to a VNet that has the address is unknown")
		}
	}
}

// settle says what packets that went several ways surely reach: what all of them reach.
func (w *walker) settle() {
	if len(w.ends) == 0 {
		return
	}
	all := w.ends
	for i := range all {
		e := &all[i]
		if e.to < 0 || e.to == w.self {
			continue
		}
		var doubtful []span
		var why reasons
		for j := range all {
			if o := &all[j]; o.to != e.to || o.value != Yes {
				doubtful = append(doubtful, o.set...)
				if overlaps(o.set, e.set) {
					why |= o.split | o.why
				}
			}
		}
		doubtful = tidy(doubtful)
		if w.forks > maxForks {
			doubtful = e.set
			why |= e.split
		}
		if sure := subtract(nil, e.set, doubtful); len(sure) > 0 {
			w.out.deliver(e.to, sure, e.trust, e.path)
		}
		if unsure := intersect(nil, e.set, doubtful); len(unsure) > 0 {
			w.out.deliver(e.to, unsure, trust{Unknown, e.why | e.split | why}, e.path)
		}
	}
}
