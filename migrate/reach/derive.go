package reach

import (
	"cmp"
	"slices"
)

// derived is what on-premises networks send, by what it was computed from.
type derived struct {
	answered [][]answer             // by network, by location
	behind   map[relayKey]*Relation // by the gateway that a network answers through: a single row
	handedOn [][]span               // by network: what it could hand on to VNets
}

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
		r.finish(source)
	}
}

// fromClients follows what the clients of a VNet's gateway can send. What is neither that VNet nor
// uses its gateway depends on the clients' own routes.
func (w *walker) fromClients(v int32) {
	vnet := &w.n.vnets[v]
	w.reset(vnet.clients)
	w.everything(packets{node: node{atGateway, v}, manner: manner{by: fromClients}, origin: -1, trust: vnet.dialled(),
		path: w.out.addPath(noPath, pathNode{hop: PointToSite, element: v})})
	w.run()
	for i := range w.out.sender {
		f := &w.out.sender[i]
		f.trust = f.unless(!w.n.nearClients(v, f.to), byClientRoutes)
	}
}

// nearClients reports whether a location is the VNet that clients dial, or one that uses its
// gateway.
func (n *network) nearClients(v, at int32) bool {
	return at == v || int(at) < len(n.vnets) && n.vnets[at].hub == v
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
	r.answered = r.allAnswers()
	r.behind = map[relayKey]*Relation{}
	r.followBehind(r.arrivals())
	for i, known := range r.answered {
		for _, a := range known {
			r.answer(a)
		}
		source, _ := r.rowsOf(int32(len(r.net.vnets) + i))
		r.finish(source)
	}
}

// allAnswers lists, by on-premises network, who reaches it through which tunnels, by location.
func (r *Relation) allAnswers() [][]answer {
	n := r.net
	answers := make([][]answer, n.networks)
	if n.networks == 0 {
		return answers
	}
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
	return answers
}

// flowsToNetworks are the flows of a row to on-premises networks, relays apart.
func (r *Relation) flowsToNetworks(source int32) []flow {
	all := r.flowsOf(source)
	from, to := int32(len(r.net.vnets)), int32(len(r.net.vnets)+r.net.networks)
	if from == to || len(all) == 0 || all[len(all)-1].to < from {
		return nil
	}
	before := func(f flow, to int32) int { return cmp.Compare(f.to, to) }
	i, _ := slices.BinarySearchFunc(all, from, before)
	j, _ := slices.BinarySearchFunc(all[i:], to, before)
	return all[i : i+j]
}

// answers notes which networks a row reaches, and through which tunnels.
func (r *Relation) answers(to [][]answer, at, source int32, limit []span, depth int, so trust) {
	first := int32(len(r.net.vnets))
	for _, f := range r.flowsToNetworks(source) {
		if i := f.to - first; depth == 0 || overlaps(f.set.in(r.spans), limit) {
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
		r.answers(to, at, h.relay, set, depth+1, h.and(so))
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

// arrivals are the gateways that networks answer through, each once.
func (r *Relation) arrivals() []relayKey {
	var keys []relayKey
	known := map[relayKey]bool{}
	for _, answers := range r.answered {
		for _, a := range answers {
			if k := r.arrival(a.tunnel); !known[k] {
				known[k] = true
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// followBehind computes what gateways that networks answer through can deliver beyond their own VNet.
func (r *Relation) followBehind(keys []relayKey) {
	part := &Relation{net: r.net, at: make([]row, len(keys))}
	part.follow(len(keys), func(w *walker, i int) {
		w.fromNode(keys[i].node, keys[i].by, -1, -1)
		w.out.close(int32(i))
	})
	for i, k := range keys {
		r.behind[k] = &Relation{rows: part.rows, net: r.net, at: part.at[i : i+1]}
	}
}

// arrival is the gateway where a connection from a network ends, and how packets come to it.
func (r *Relation) arrival(tunnel int32) relayKey {
	t := &r.net.tunnels[tunnel]
	if t.end == toCircuit {
		return relayKey{node{atCircuit, t.near}, fromCircuit}
	}
	return relayKey{node{atGateway, t.near}, fromTunnel}
}

// answer appends what comes back to a location through the tunnel, as far as the network was told of
// the addresses.
func (r *Relation) answer(a answer) {
	t := &r.net.tunnels[a.tunnel]
	path := r.addPath(noPath, pathNode{hop: t.hop(), element: a.tunnel})
	part := r.behind[r.arrival(a.tunnel)]
	for _, f := range part.flowsTo(0, a.from) {
		set, trust := f.set.in(part.spans), f.and(a.trust)
		path := r.addPath(path, part.hops(f.path)...)
		switch {
		case t.end == toCircuit && !r.net.vnets[t.near].branch:
			set = intersect(nil, set, r.net.vnets[t.near].told)
		case t.bgp:
			r.rows.deliver(a.from, subtract(nil, intersect(nil, set, t.perhapsTold), t.told), trust.unless(true, byAnnounced), path)
			set = intersect(nil, set, t.told)
		}
		r.rows.deliver(a.from, set, trust, path)
	}
}
