package reach

import (
	"slices"
)

// followClients computes what the clients of each gateway can send: they send to their gateway.
func (r *Relation) followClients() {
	w := &walker{n: r.net, out: &r.rows}
	for v := range r.net.vnets {
		node := &r.net.vnets[v]
		if node.clients < 0 {
			continue
		}
		source, _ := r.rowsOf(node.clients)
		w.fromClients(int32(v))
		r.close(source)
		r.at[source] = r.done[len(r.done)-1]
	}
	r.done = nil
}

// fromClients follows what the clients of a VNet's gateway can send.
func (w *walker) fromClients(v int32) {
	vnet := &w.n.vnets[v]
	w.reset(vnet.clients)
	p := packets{origin: -1, visits: -1, trust: vnet.dialled(),
		path: w.out.addPath(noPath, pathNode{hop: PointToSite, element: v})}
	for _, s := range vnet.table {
		w.sets = appendSpan(w.sets, 0, s.span)
	}
	p.set = extent{0, int32(len(w.sets))}
	w.arrive(p, node{atGateway, v}, fromClients)
	w.run()
}

// answer is a location that reaches an on-premises network through a tunnel, and how surely.
type answer struct {
	from, tunnel int32
	trust
}

// answerOnPrem computes what on-premises networks can send. Their routing is not in the input, so
// it is taken from the other direction: what reaches the network through a tunnel is answered
// through that tunnel, as far as the gateway there can deliver (ASM-ONPREM). A network reaching
// another one is not claimed.
func (r *Relation) answerOnPrem() {
	n := r.net
	first := int32(len(n.vnets))
	answers := make([][]answer, n.networks)
	for at := range n.internet {
		if n.locations[at].Kind == OnPremises {
			continue
		}
		from, to := r.rowsOf(at)
		for source := from; source < to; source++ {
			r.answers(answers, at, source, nil, 0, certain)
		}
	}
	for i := range answers {
		slices.SortStableFunc(answers[i], func(a, b answer) int { return int(a.from) - int(b.from) })
	}
	behind := r.behindTunnels(answers)
	for i, known := range answers {
		for _, a := range known {
			r.answer(a, behind)
		}
		source, _ := r.rowsOf(first + int32(i))
		r.close(source)
		r.at[source] = r.done[len(r.done)-1]
	}
	r.done = nil
}

// answers notes which networks a row reaches, and through which tunnels.
func (r *Relation) answers(to [][]answer, at, source int32, limit []span, depth int, so trust) {
	first := int32(len(r.net.vnets))
	for _, f := range r.flowsOf(source) {
		if i := f.to - first; i >= 0 && int(i) < len(to) && (depth == 0 || overlaps(f.set.in(r.spans), limit)) {
			to[i] = addAnswer(to[i], answer{at, r.paths[f.path].element, f.and(so)})
		}
	}
	if depth == 2 {
		return
	}
	for _, h := range r.handsOf(source) {
		set := h.set.in(r.spans)
		if depth > 0 {
			set = intersect(nil, set, limit)
		}
		if h.relay != r.relays.anywhere {
			r.answers(to, at, h.relay, set, depth+1, h.and(so))
		}
	}
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

// behindTunnels computes what the gateways that networks answer through can deliver beyond their
// own VNet.
func (r *Relation) behindTunnels(answers [][]answer) map[relayKey]*Relation {
	var keys []relayKey
	needed := map[relayKey]int{}
	for _, known := range answers {
		for _, a := range known {
			if k := r.arrival(a.tunnel); needed[k] == 0 {
				keys = append(keys, k)
				needed[k] = len(keys)
			}
		}
	}
	part := &Relation{net: r.net, at: make([]row, len(keys))}
	part.follow(len(keys), func(w *walker, i int) {
		w.fromNode(keys[i].node, keys[i].by, -1, -1)
		w.out.close(int32(i))
	})
	out := make(map[relayKey]*Relation, len(keys))
	for i, k := range keys {
		out[k] = &Relation{rows: part.rows, net: r.net, at: part.at[i : i+1]}
	}
	return out
}

// arrival is the gateway where a tunnel from a network ends, and how packets come to it.
func (r *Relation) arrival(tunnel int32) relayKey {
	t := &r.net.tunnels[tunnel]
	by := fromTunnel
	if t.end == toCircuit {
		by = fromCircuit
	}
	return relayKey{node{atGateway, t.near}, by, -1}
}

// answer appends what comes back to a location through the tunnel.
func (r *Relation) answer(a answer, behind map[relayKey]*Relation) {
	t := &r.net.tunnels[a.tunnel]
	path := r.addPath(noPath, pathNode{hop: t.hop(), element: a.tunnel})
	part := behind[r.arrival(a.tunnel)]
	for _, f := range part.flowsTo(0, a.from) {
		set := f.set.in(part.spans)
		if t.bgp {
			set = intersect(nil, set, t.told)
		}
		r.rows.deliver(a.from, set, f.and(a.trust), r.addPath(path, part.hops(f.path)...))
	}
}
