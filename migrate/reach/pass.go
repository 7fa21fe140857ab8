package reach

// This file has how subnets, gateways and devices pass packets on, by docs/reach.md.

// subnet is the class that packets leave by.
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
		to := &n.vnets[c.vnet].peers[a.target]
		p.path = w.out.addPath(p.path, pathNode{hop: to.hop(), element: to.half})
		w.intoPeer(p, c, to)
	case actGroup:
		w.intoGroup(p, a.target)
	case actService:
		p.path = w.out.addPath(p.path, pathNode{hop: ServiceEndpoint})
		w.deliver(w.keep(p, public, dropPrivate), n.internet)
	case actInternet:
		w.intoInternet(p)
	case actGateway, actRouter, actCircuitGateway:
		w.intoGateway(p, c, a)
	case actDevice:
		w.intoDevice(p, c.vnet, c, a.target)
	default:
		w.drop(p, dropWords[a.target])
	}
}

// dropNotHere is why a packet ends in a VNet that does not have its address.
const dropNotHere = "nothing there has the address"

// intoInternet sends packets out, where private addresses lead nowhere.
func (w *walker) intoInternet(p packets) {
	p.path = w.out.addPath(p.path, pathNode{hop: InternetHop})
	w.deliver(w.keep(p, public, dropPrivate), w.n.internet)
}

const dropPrivate = "only the way to the Internet holds the address, and it is private"

// intoPeer delivers to a peered VNet. c is the subnet that packets leave, or nil.
func (w *walker) intoPeer(p packets, c *class, to *peer) {
	p, ok := w.cross(p, c, to)
	if !ok {
		return
	}
	switch {
	case !to.everywhere:
		p = w.keep(p, to.remote, dropPartial)
	case to.stale: // what it took over may be out of date
		p = w.keep(p, w.n.vnets[to.vnet].space, dropNotHere)
	}
	w.deliver(p, to.vnet)
}

// cross takes packets over a peering, if that is not limited to other subnets. What only forwarded
// packets need is asked of packets that a device passes on and that did not start in its VNet.
func (w *walker) cross(p packets, c *class, to *peer) (packets, bool) {
	if !c.within(to) {
		w.drop(p, dropPartial)
		return p, false
	}
	p.trust = p.unless(!to.open, byNetworkAccess)
	if p.kind == atDevice && p.origin != w.n.devices[p.at].vnet {
		p.trust = p.unless(!to.forwards, byForwarded)
	}
	return p, true
}

// dropPartial is why a packet does not pass a peering that is limited to subnets.
const dropPartial = "the peering is limited to other subnets"

// intoGateway sends packets to a gateway: of their VNet, or of the one that it uses.
func (w *walker) intoGateway(p packets, c *class, a act) {
	n := w.n
	m := manner{by: fromInside}
	if a.kind == actRouter {
		m.by = fromInsideByUser
	}
	if a.target != c.vnet {
		m.by += fromSpoke - fromInside
		to := n.peerOf(c.vnet, a.target)
		if !to.everywhere && !to.reaches(n.gatewaySubnet(a.target)) {
			w.drop(p, dropPartial)
			return
		}
		var ok bool
		if p, ok = w.cross(p, c, to); !ok {
			return
		}
		p.path = w.out.addPath(p.path, pathNode{hop: GatewayTransit, element: a.target})
	}
	at := node{atGateway, a.target}
	if a.kind == actCircuitGateway {
		at.kind = atCircuit
	}
	if p = w.hand(p, at, m); p.set.from < p.set.to {
		w.arrive(p, at, m)
	}
}

// overCircuit sends packets from an ExpressRoute gateway over a circuit.
func (w *walker) overCircuit(p packets, a act) {
	n := w.n
	if p.by == fromClients || p.by == fromCircuit {
		w.drop(p, "nothing passes between clients and a circuit, or from one circuit into another")
		return
	}
	if a.kind == actEdge {
		e := &n.edges[a.target]
		p.path = w.out.addPath(p.path, pathNode{hop: CircuitEdge, element: e.tunnel})
		p.trust = p.and(e.trust)
		w.arrive(p, node{atCircuit, e.far}, manner{by: fromCircuit})
		return
	}
	t := &n.tunnels[a.target]
	p.trust = p.and(trust{t.value, t.why})
	p.path = w.out.addPath(p.path, pathNode{hop: CircuitEdge, element: a.target})
	if t.end == nowhere {
		w.drop(p, t.dropped)
		return
	}
	w.deliver(p, t.far)
}

// intoDevice sends packets from VNet v to a firewall or an appliance. c is the subnet they leave, or
// nil.
func (w *walker) intoDevice(p packets, v int32, c *class, d int32) {
	n := w.n
	dev := &n.devices[d]
	hop := pathNode{hop: ApplianceHop, element: d}
	if dev.firewall {
		hop.hop = FirewallHop
	}
	if dev.vnet != v {
		if to := n.peerOf(v, dev.vnet); to != nil {
			if !to.everywhere && !to.reaches(dev.subnet) {
				w.drop(p, dropPartial)
				return
			}
			var ok bool
			if p, ok = w.cross(p, c, to); !ok {
				return
			}
			p.path = w.out.addPath(p.path, pathNode{hop: to.hop(), element: to.half})
		} else {
			p.path = w.out.addPath(p.path, pathNode{hop: ConnectedGroup, element: dev.vnet})
		}
	}
	p.path = w.out.addPath(p.path, hop)
	p.trust = p.unless(dev.id.IsZero(), byAppliance)
	at := node{atDevice, d}
	if p = w.hand(p, at, manner{}); p.set.from < p.set.to {
		w.arrive(p, at, manner{})
	}
}

// passGateway sends packets the way that a gateway's route says.
func (w *walker) passGateway(p packets, a act) {
	n := w.n
	here := &n.vnets[p.at]
	switch a.kind {
	case actLocal:
		w.home(p)
	case actInVNet:
		w.home(w.keep(p, here.space, dropNotHere))
	case actPeer:
		w.gatewayToPeer(p, &here.peers[a.target])
	case actGroup:
		w.gatewayToGroup(p, a.target)
	case actInternet:
		w.intoInternet(p)
	case actPool:
		switch p.by {
		case fromCircuit:
			w.drop(p, "nothing passes between a circuit and clients")
			return
		case fromClients:
			w.drop(p, "what clients of one gateway say to each other is not claimed")
			return
		}
		p.path = w.out.addPath(p.path, pathNode{hop: PointToSite, element: p.at})
		p.trust = p.and(here.dialled())
		w.deliver(p, here.clients)
	case actTunnel:
		w.gatewayToTunnel(p, a.target)
	case actCircuit, actEdge:
		w.overCircuit(p, a)
	case actGateway: // by branch-to-branch
		p.path = w.out.addPath(p.path, pathNode{hop: GatewayForward, element: p.at})
		w.arrive(p, node{atGateway, p.at}, manner{p.by, true})
	case actCircuitGateway:
		p.path = w.out.addPath(p.path, pathNode{hop: GatewayForward, element: p.at})
		w.arrive(p, node{atCircuit, p.at}, manner{p.by, true})
	case actDevice:
		w.intoDevice(p, p.at, n.gatewayClassOf(p.at), a.target)
	case actRouter:
		w.drop(p, dropWords[dropLoop])
	default:
		w.drop(p, dropWords[a.target])
	}
}

// home delivers to the gateway's own VNet, unless a gateway route of a spoke drew the packets here.
func (w *walker) home(p packets) {
	if p.by == fromSpoke {
		w.drop(p, "a gateway route brought it here from a VNet that has a nearer one")
		return
	}
	w.deliver(p, p.at)
}

const (
	dropNoReturn = "the VNet does not use this gateway, so it has no route back"
)

// gatewayToPeer delivers to a peered VNet. One that does not use this gateway has no way back through
// it: only what a user route sent here from inside the VNet, and clients, do not need one.
func (w *walker) gatewayToPeer(p packets, to *peer) {
	direct := pathNode{hop: to.hop(), element: to.half}
	spoke := pathNode{hop: GatewayTransit, element: p.at}
	forward := pathNode{hop: GatewayForward, element: p.at}
	switch {
	case p.by == fromInsideByUser:
		p.path = w.out.addPath(p.path, forward, direct)
	case !to.uses && p.by == fromClients:
		p.path = w.out.addPath(p.path, direct)
	case !to.uses:
		w.drop(p, dropNoReturn)
		return
	case p.by == fromSpoke || p.by == fromSpokeByUser:
		p.path = w.out.addPath(p.path, forward, spoke)
		p.trust = p.unless(p.by == fromSpoke, bySpokeHairpin)
	default:
		p.path = w.out.addPath(p.path, spoke)
	}
	w.intoPeer(p, w.n.gatewayClassOf(p.at), to)
}

// gatewayToTunnel passes packets into a tunnel.
func (w *walker) gatewayToTunnel(p packets, target int32) {
	n := w.n
	t := &n.tunnels[target]
	passing := p.by.branch()
	why := ""
	switch {
	case t.end == nowhere:
		why = t.dropped
	case passing && n.vnets[p.at].arm && (p.by == fromClosed || !t.passes()):
		why = "it passes nothing into or out of a Vnet2Vnet connection without BGP"
	case p.tunnels == maxTunnels:
		why = "it passed 32 tunnels"
	}
	if why != "" {
		w.drop(p, why)
		return
	}
	if passing && !p.handed {
		p.path = w.out.addPath(p.path, pathNode{hop: GatewayForward, element: p.at})
	}
	p.tunnels++
	p.trust = p.and(trust{t.value, t.why})
	p.path = w.out.addPath(p.path, pathNode{hop: t.hop(), element: target})
	switch t.end {
	case toOnPrem:
		w.deliver(p, t.far)
	case toGateway:
		by := fromTunnel
		if !t.passes() {
			by = fromClosed
		}
		w.arrive(p, node{atGateway, t.far}, manner{by: by})
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
