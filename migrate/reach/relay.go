package reach

import (
	"cmp"
	"iter"
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// relays are the places whose onward way is computed once for all that send there.
type relays struct {
	keys   []relayKey
	number map[relayKey]int32 // of the row
	// passed is, by row and VNet, the addresses on whose way a firewall or an appliance of the VNet stands.
	passed map[int32]map[int32][]span
	// senders counts the classes that send to a place, a relay or not.
	senders map[relayKey]int32
}

// relayKey is a place and how packets come there. Relays are for packets that start in no VNet whose
// firewalls or appliances they meet on their way: see hand.
type relayKey struct {
	node
	by ingress
}

// The places of relays that are no node of the walk: on-premises networks, which may hand packets on,
const (
	atNetwork nodeKind = 100 + iota
	atCloud            // the edges of circuits that no input tells apart,
	atGroup            // and connected groups
)

// planRelays finds the places that several classes send to. What one class alone sends is followed
// with the rest of its packets.
func (r *Relation) planRelays() {
	r.relays.number, r.relays.senders = map[relayKey]int32{}, map[relayKey]int32{}
	var order, sends []relayKey
	for c := range r.net.classes {
		sends = r.net.classes[c].sendsTo(sends[:0])
		for _, k := range sends {
			if r.relays.senders[k]++; r.relays.senders[k] == 1 {
				order = append(order, k)
			}
		}
	}
	for _, k := range order {
		if r.relays.senders[k] > 1 {
			r.addRelay(k)
		}
	}
}

// sendsTo appends the gateways, firewalls and appliances that a class sends to, each once.
func (at *class) sendsTo(out []relayKey) []relayKey {
	if len(at.set) == 0 {
		return out
	}
	from := len(out)
	var last act
	for _, s := range at.table {
		if s.act == last {
			continue
		}
		last = s.act
		k := relayKey{}
		switch s.kind {
		case actGateway, actCircuitGateway:
			if s.target == at.vnet && s.kind == actGateway {
				continue
			}
			k.node = node{atGateway, s.target}
			if s.kind == actCircuitGateway {
				k.kind = atCircuit
			}
			if s.target != at.vnet {
				k.by = fromSpoke
			}
		case actRouter:
			k.node, k.by = node{atGateway, s.target}, fromInsideByUser
			if s.target != at.vnet {
				k.by = fromSpokeByUser
			}
		case actDevice:
			k.node = node{atDevice, s.target}
		case actGroup:
			k.node = node{atGroup, s.target}
		default:
			continue
		}
		if !slices.Contains(out[from:], k) {
			out = append(out, k)
		}
	}
	return out
}

func (k relayKey) compare(l relayKey) int {
	return cmp.Or(cmp.Compare(k.kind, l.kind), cmp.Compare(k.at, l.at), cmp.Compare(k.by, l.by))
}

// addRelay is the row of a relay.
func (r *Relation) addRelay(k relayKey) int32 {
	i, ok := r.relays.number[k]
	if !ok {
		i = r.firstRelay() + int32(len(r.relays.keys))
		r.relays.keys = append(r.relays.keys, k)
		r.relays.number[k] = i
	}
	return i
}

func (r *Relation) followRelay(w *walker, i int32) {
	switch k := r.relays.keys[i]; {
	case k.kind == atGroup:
		w.followGroup(k.at)
	case k.kind < atNetwork:
		w.fromNode(k.node, k.by, -1, -1)
	}
	w.out.close(r.firstRelay() + i)
}

// notePassed finds whose firewalls and appliances stand on the ways from relays.
func (r *Relation) notePassed() {
	if !r.net.hasDevices() {
		return
	}
	r.relays.passed = map[int32]map[int32][]span{}
	for i, k := range r.relays.keys {
		if k.kind < atNetwork {
			r.relays.passed[r.firstRelay()+int32(i)] = r.passedFrom(int32(i))
		}
	}
}

// passedFrom is, by VNet, the addresses on whose way from the relay with number i its firewalls and appliances
// stand.
func (r *Relation) passedFrom(i int32) map[int32][]span {
	by := map[int32][]span{}
	if k := r.relays.keys[i]; k.kind == atDevice {
		by[r.net.devices[k.at].vnet] = []span{spanOf(everything)}
	}
	for _, f := range r.flowsOf(r.firstRelay() + i) {
		for p := f.path; p != noPath; p = r.paths[p].before {
			if h := &r.paths[p]; h.hop == FirewallHop || h.hop == ApplianceHop {
				v := r.net.devices[h.element].vnet
				by[v] = append(by[v], f.set.in(r.spans)...)
			}
		}
	}
	for v := range by {
		by[v] = tidy(by[v])
	}
	return by
}

// turns are the reasons for which packets only may turn around somewhere. Pairs that meet only so
// are not listed: a supernet on a shared site would make a hundred million of them.
const turns = byOnPremTransit | bySpokeHairpin | byCloud

// hairpin is a place where packets of many locations could turn around to many others: an
// on-premises network whose site lists the VNets' own ranges, a hub's gateway when a supernet draws the spokes'
// packets for each other to it.
type hairpin struct {
	key relayKey
	via int32 // a location, or -1 for the edges of circuits
	why reasons
	in  []hairpinEnd // by location
	out []hairpinEnd
}

// hairpinEnd is what one location can send to the turn (in), or get from it (out).
type hairpinEnd struct {
	at  int32
	set []span
}

// addTransit lets every on-premises network whose sites list the VNets' own ranges hand packets on,
// perhaps.
func (r *Relation) addTransit() {
	rows := int32(len(r.at))
	r.handedOn = make([][]span, r.net.networks)
	r.at = append(r.at, make([]row, r.net.networks)...)
	for i := range r.handedOn {
		r.turnAt(int32(i))
	}
	for source := range rows {
		if r.turns(source) {
			r.handOn(source)
		}
	}
}

// turnAt is the row of an on-premises network as a relay.
func (r *Relation) turnAt(i int32) {
	first := int32(len(r.net.vnets))
	source, _ := r.rowsOf(first + i)
	var handed []span
	for _, f := range r.flowsOf(source) {
		if f.to < first {
			handed = append(handed, f.set.in(r.spans)...)
			r.sender = append(r.sender, flow{f.to, f.path, f.set, f.unless(true, byOnPrem|byOnPremTransit)})
		}
	}
	r.handedOn[i] = tidy(handed)
	r.finish(r.turnOf(i))
}

// turnOf is the relay of an on-premises network.
func (r *Relation) turnOf(i int32) int32 {
	return r.addRelay(relayKey{node: node{atNetwork, int32(len(r.net.vnets)) + i}})
}

// turns reports whether on-premises networks may hand on what a row sends to them: only what VNets
// send.
func (r *Relation) turns(source int32) bool {
	if source < r.firstRelay() {
		return source < int32(len(r.net.classes))
	}
	return r.relays.keys[source-r.firstRelay()].kind < atNetwork
}

// handOn gives what a row sends to on-premises networks to those as relays, where they could hand
// it on.
func (r *Relation) handOn(source int32) {
	var added []handoff
	for _, f := range r.flowsToNetworks(source) {
		i := f.to - int32(len(r.net.vnets))
		if !overlaps(f.set.in(r.spans), r.handedOn[i]) {
			continue
		}
		turn := r.addPath(f.path, pathNode{hop: OnPremTransit, element: f.to})
		added = append(added, handoff{r.turnOf(i), turn, f.set, trust{Unknown, byOnPrem | byOnPremTransit}})
	}
	if len(added) > 0 {
		r.append(source, added...)
		r.at[source].turns = int32(len(added))
	}
}

// finish puts the row of the source at hand in its place.
func (r *Relation) finish(source int32) {
	r.close(source)
	r.at[source] = r.done[len(r.done)-1]
	r.at[source].made = r.generation
	r.done = r.done[:0]
}

// addCloud lets the VNets on circuits that no input tells apart meet, perhaps, where they are too many
// for routes of their own.
func (r *Relation) addCloud() {
	n := r.net
	if len(n.cloud) == 0 {
		return
	}
	relay := r.addRelay(relayKey{node: node{kind: atCloud}})
	unsure := trust{Unknown, byCircuit | byCloud}
	edge := func(v int32) int32 {
		for t := n.vnets[v].firstTunnel; t < n.vnets[v].lastTunnel; t++ {
			if n.tunnels[t].kind == estate.ExpressRoute {
				return t
			}
		}
		return -1
	}
	for _, v := range n.cloud {
		r.deliver(v, n.vnets[v].space, unsure, noPath)
		for _, s := range n.vnets[v].spokes {
			r.deliver(s, n.vnets[s].space, unsure, r.addPath(noPath, pathNode{hop: GatewayTransit, element: v}))
		}
	}
	r.close(relay)
	r.at = append(r.at, r.done[0])
	r.done = nil
	for _, v := range n.cloud {
		for _, at := range append([]int32{v}, n.vnets[v].spokes...) {
			path := noPath
			if at != v {
				path = r.addPath(noPath, pathNode{hop: GatewayTransit, element: v})
			}
			path = r.addPath(path, pathNode{hop: CircuitEdge, element: edge(v)})
			first, last := r.rowsOf(at)
			for source := first; source < last; source++ {
				r.append(source, handoff{relay, path, r.keep(r.unrouted(source)), unsure})
			}
		}
	}
}

// unrouted is what a class has no route of its own VNet, its peers or a service for: gateway routes
// may hold it.
func (r *Relation) unrouted(source int32) []span {
	var near []span
	for _, s := range r.net.classes[source].table {
		if s.kind == actLocal || s.kind == actPeer || s.kind == actGroup || s.kind == actService {
			near = append(near, s.span)
		}
	}
	return subtract(nil, []span{spanOf(everything)}, tidy(near))
}

// append adds to what a row hands over.
func (r *Relation) append(source int32, added ...handoff) {
	from := int32(len(r.hands))
	r.hands = append(append(r.hands, r.handsOf(source)...), added...)
	r.at[source].hands = extent{from, int32(len(r.hands))}
}

// findHairpins lists the places where packets only may turn around.
func (r *Relation) findHairpins() []hairpin {
	n := r.net
	byRelay := map[int32]*hairpin{}
	var order []int32
	for i, k := range r.relays.keys {
		relay := r.firstRelay() + int32(i)
		h := &hairpin{key: k, via: k.at}
		if k.kind == atCloud {
			h.via = -1
		}
		for _, f := range r.flowsOf(relay) {
			if f.why&turns != 0 && f.to != n.internet {
				h.why |= f.why
				h.out = append(h.out, hairpinEnd{f.to, f.set.in(r.spans)})
			}
		}
		if len(h.out) > 0 {
			byRelay[relay] = h
			order = append(order, relay)
		}
	}
	if len(order) == 0 {
		return nil
	}
	for at := range n.vnets {
		first, last := r.rowsOf(int32(at))
		for source := first; source < last; source++ {
			r.addSenders(byRelay, int32(at), source, nil, 0)
		}
	}
	var out []hairpin
	for _, relay := range order {
		if h := byRelay[relay]; len(h.in) > 0 {
			out = append(out, *h)
		}
	}
	slices.SortStableFunc(out, func(a, b hairpin) int {
		return cmp.Or(cmp.Compare(b.why&byOnPremTransit, a.why&byOnPremTransit), cmp.Compare(a.via, b.via), a.key.compare(b.key))
	})
	return out
}

func (r *Relation) addSenders(byRelay map[int32]*hairpin, at, source int32, limit []span, depth int) {
	for _, g := range r.handsOf(source) {
		set := g.set.in(r.spans)
		if depth > 0 {
			set = intersect(nil, set, limit)
		}
		if h := byRelay[g.relay]; h != nil && h.gives(at, set) {
			if last := len(h.in) - 1; last >= 0 && h.in[last].at == at {
				h.in[last].set = tidy(append(slices.Clone(h.in[last].set), set...))
			} else {
				h.in = append(h.in, hairpinEnd{at, set})
			}
		}
		if depth < 1 {
			r.addSenders(byRelay, at, g.relay, set, depth+1)
		}
	}
}

// gives reports whether the place hands on any of the set to another location.
func (h *hairpin) gives(except int32, set []span) bool {
	return slices.ContainsFunc(h.out, func(e hairpinEnd) bool { return e.at != except && overlaps(e.set, set) })
}

// Hairpin is a place where the packets of several VNets could turn around to each other. Whether
// they do is unknown (ASM-ONPREM-TRANSIT, ASM-SPOKE-HAIRPIN).
type Hairpin struct {
	Via         Location       // an on-premises network, or the VNet of the gateway
	Senders     []Location     // whose packets come here, sorted
	Receivers   []Location     // who could be handed them, sorted
	Prefixes    []netip.Prefix // of the receivers
	Assumptions []string
}

// Hairpins yields the places where packets could turn around, by location.
func (r *Relation) Hairpins() iter.Seq[Hairpin] {
	return func(yield func(Hairpin) bool) {
		for _, h := range r.hairpins() {
			var handed []span
			for _, e := range h.out {
				handed = append(handed, e.set...)
			}
			public := Hairpin{Via: r.via(&h), Senders: r.ends(h.in), Receivers: r.ends(h.out),
				Prefixes: prefixesOf(tidy(handed)), Assumptions: h.why.ids()}
			if !yield(public) {
				return
			}
		}
	}
}

// via is where the place of a hairpin is.
func (r *Relation) via(h *hairpin) Location {
	if h.via < 0 {
		return Location{Kind: OnPremises, Name: "the edge of ExpressRoute circuits"}
	}
	return r.net.locations[h.via]
}

func (r *Relation) ends(ends []hairpinEnd) []Location {
	out := make([]Location, 0, len(ends))
	for i, e := range ends {
		if i == 0 || e.at != ends[i-1].at {
			out = append(out, r.net.locations[e.at])
		}
	}
	return out
}
