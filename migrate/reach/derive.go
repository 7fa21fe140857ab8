package reach

import (
	"cmp"
	"slices"
)

// addClientFlows appends what the clients of each gateway can send, if there is one: to their own
// VNet surely; to VNets peered with it surely when those use its gateway, because only then is
// there a route back; through tunnels perhaps.
func (r *Relation) addClientFlows() {
	n := r.net
	for v := range n.vnets {
		node := &n.vnets[v]
		if node.clients < 0 {
			continue
		}
		r.sender = r.sender[:0]
		dial := pathNode{hop: PointToSite, element: int32(v)}
		r.deliver(int32(v), node.space, node.dialled(), r.addPath(noPath, dial))
		for _, f := range r.row(int32(v)) {
			if f.to < int32(len(n.vnets)+n.networks) {
				r.relay(f, int32(v), dial)
			}
		}
		r.closeRow(node.clients)
	}
}

// relay gives a VNet's flow to the clients of its gateway.
func (r *Relation) relay(f flow, v int32, dial pathNode) {
	n := r.net
	hops := r.hops(f.path)
	switch hops[0].hop {
	case Peering, GlobalPeering:
		i, _ := slices.BinarySearchFunc(n.vnets[v].peers, f.to, func(p peer, to int32) int { return cmp.Compare(p.vnet, to) })
		if n.vnets[v].peers[i].uses {
			hops = []pathNode{{hop: GatewayTransit, element: v}}
		} else {
			f.trust = f.unless(true, byClientRoutes)
		}
	case CircuitEdge:
		return // no transit between clients and a circuit without a Route Server
	default:
		f.trust = f.unless(true, byClientRoutes)
	}
	r.deliver(f.to, f.set.in(r.spans), f.and(n.vnets[v].dialled()), r.addPath(r.addPath(noPath, dial), hops...))
}

// addOnPremFlows appends what on-premises networks can send. Their routing is not in the input, so
// it is taken from the other direction: what reaches the network through a tunnel is answered
// through that tunnel, as far as the gateway there can deliver (ASM-ONPREM). A network reaching
// another one is not claimed.
func (r *Relation) addOnPremFlows() {
	n := r.net
	first := int32(len(n.vnets))
	last := first + int32(n.networks)
	answers := make([][]answer, n.networks)
	for _, x := range r.senders() {
		for _, f := range r.row(x) {
			if f.to >= first && f.to < last {
				answers[f.to-first] = addAnswer(answers[f.to-first], answer{x, r.paths[f.path].element, f.trust})
			}
		}
	}
	for i, known := range answers {
		r.sender = r.sender[:0]
		for _, a := range known {
			r.answer(a)
		}
		r.closeRow(first + int32(i))
	}
}

// senders are the locations whose flows are traced: VNets and clients.
func (r *Relation) senders() []int32 {
	out := make([]int32, 0, len(r.rows))
	for x := range r.rows {
		if r.net.locations[x].Kind != OnPremises {
			out = append(out, int32(x))
		}
	}
	return out
}

// answer is a location that reaches an on-premises network through a tunnel, and how surely.
type answer struct {
	from, tunnel int32
	trust
}

// addAnswer notes an answer once per location and tunnel, at its surest. Those of one location
// come in a row.
func addAnswer(to []answer, a answer) []answer {
	for i := len(to) - 1; i >= 0 && to[i].from == a.from; i-- {
		if to[i].tunnel == a.tunnel {
			if a.value > to[i].value {
				to[i] = a
			}
			return to
		}
	}
	return append(to, a)
}

// answer appends what comes back to a location through the tunnel.
func (r *Relation) answer(a answer) {
	n := r.net
	t := &n.tunnels[a.tunnel]
	gateway := t.near
	path := r.addPath(noPath, pathNode{hop: t.hop(), element: a.tunnel})
	if a.from == gateway {
		r.deliver(a.from, n.vnets[gateway].space, a.trust, path)
		return
	}
	for _, f := range r.routed(gateway, a.from) {
		hops := r.hops(f.path)
		switch {
		case hops[0].hop == Peering || hops[0].hop == GlobalPeering:
			if a.from < int32(len(n.vnets)) && n.vnets[a.from].hub == gateway {
				to := r.addPath(path, pathNode{hop: GatewayTransit, element: gateway})
				r.deliver(a.from, f.set.in(r.spans), f.and(a.trust), to)
			}
		case hops[0].hop == PointToSite:
			r.deliver(a.from, f.set.in(r.spans), f.and(a.trust), r.addPath(path, hops...))
		case t.end != toOnPrem || n.vnets[gateway].arm && n.tunnels[hops[0].element].vnet2vnet:
			// a gateway passes nothing between a circuit and a tunnel, nor into Vnet2Vnet
		default:
			to := r.addPath(r.addPath(path, pathNode{hop: GatewayForward, element: gateway}), hops...)
			r.deliver(a.from, f.set.in(r.spans), f.and(a.trust), to)
		}
	}
}
