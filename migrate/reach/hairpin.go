package reach

import (
	"cmp"
	"iter"
	"net/netip"
	"slices"
)

// hairpin is a place where packets of many locations could turn around to many others: an
// on-premises network whose site lists the VNets' own ranges, or a hub's gateway when a supernet draws the spokes'
// packets for each other to it. Whether they do is unknown, and pairs are not stored: a
// site 10.0.0.0/8 shared by ten thousand VNets would be a hundred million of them.
type hairpin struct {
	via  int32 // an on-premises network, or the VNet of the gateway
	why  reasons
	turn pathNode
	in   []hairpinEnd // by location
	out  []hairpinEnd
}

// hairpinEnd is what one location can send to the turn (in), or get from it (out).
type hairpinEnd struct {
	hairpin int32
	at      int32
	set     []span
	path    int32
}

func (r *Relation) addHairpins() {
	r.addOnPremHairpins()
	for v := range r.net.vnets {
		if len(r.net.vnets[v].spokes) > 1 && len(r.net.vnets[v].covered) > 0 {
			r.addSpokeHairpin(int32(v))
		}
	}
	r.hairpinsFrom = make([][]hairpinEnd, len(r.rows))
	for i := range r.hairpins {
		for _, e := range r.hairpins[i].in {
			e.hairpin = int32(i)
			r.hairpinsFrom[e.at] = append(r.hairpinsFrom[e.at], e)
		}
	}
}

// addOnPremHairpins finds the networks whose site lists ranges that the network can reach elsewhere.
func (r *Relation) addOnPremHairpins() {
	first := len(r.net.vnets)
	handed := make([][]span, r.net.networks)
	found := make([]hairpin, r.net.networks)
	for i := range found {
		o := int32(first + i)
		h := hairpin{via: o, why: byOnPrem | byOnPremTransit, turn: pathNode{hop: OnPremTransit, element: o}}
		for _, f := range r.row(o) {
			if f.to < int32(first) && r.firstHop(f.path).hop == IPsecS2S {
				h.out = append(h.out, hairpinEnd{at: f.to, set: f.set.in(r.spans), path: f.path})
				handed[i] = append(handed[i], h.out[len(h.out)-1].set...)
			}
		}
		handed[i], found[i] = tidy(handed[i]), h
	}
	for v := range int32(first) {
		for _, f := range r.row(v) {
			if int(f.to) < first || int(f.to) >= first+len(found) || r.paths[f.path].hop != IPsecS2S {
				continue
			}
			if set := f.set.in(r.spans); overlaps(set, handed[int(f.to)-first]) {
				h := &found[int(f.to)-first]
				h.in = append(h.in, hairpinEnd{at: v, set: set, path: f.path})
			}
		}
	}
	for _, h := range found {
		if len(h.in) > 0 {
			r.hairpins = append(r.hairpins, h)
		}
	}
}

// addSpokeHairpin finds what the spokes of a hub send to its gateway for each other.
func (r *Relation) addSpokeHairpin(hub int32) {
	node := &r.net.vnets[hub]
	gateway := pathNode{hop: GatewayTransit, element: hub}
	h := hairpin{via: hub, why: bySpokeHairpin, turn: pathNode{hop: GatewayForward, element: hub}}
	for _, p := range node.peers {
		if !p.uses {
			continue
		}
		path := r.addPath(noPath, gateway)
		var sent, owned []span
		for _, c := range node.covered {
			sent = minusTable(sent, c, r.net.vnets[p.vnet].table)
		}
		if len(sent) > 0 {
			h.in = append(h.in, hairpinEnd{at: p.vnet, set: sent, path: path})
		}
		for _, f := range r.routed(hub, p.vnet) {
			if at := r.firstHop(f.path); at.hop == Peering || at.hop == GlobalPeering {
				owned = intersect(owned, f.set.in(r.spans), node.covered)
			}
		}
		if len(owned) > 0 {
			h.out = append(h.out, hairpinEnd{at: p.vnet, set: tidy(owned), path: path})
		}
	}
	if len(h.in) > 0 && len(h.out) > 0 {
		r.hairpins = append(r.hairpins, h)
	}
}

// found is a flow on its way out of the relation: a routed one, or one that turns at a hairpin.
type found struct {
	set  []span
	path int32
	turn *pathNode // the hairpin's, or nil
	rest int32     // the path from there
	trust
}

// between lists the flows from one location to another, hairpins last.
func (r *Relation) between(from, to int32) []found {
	routed := r.routed(from, to)
	var out []found
	if len(routed) > 0 {
		out = make([]found, len(routed))
		for i, f := range routed {
			out[i] = found{set: f.set.in(r.spans), path: f.path, trust: f.trust}
		}
	}
	for _, in := range r.hairpinsFrom[from] {
		h := &r.hairpins[in.hairpin]
		i, _ := slices.BinarySearchFunc(h.out, to, func(e hairpinEnd, to int32) int { return cmp.Compare(e.at, to) })
		for ; i < len(h.out) && h.out[i].at == to && from != to; i++ {
			if set := intersect(nil, in.set, h.out[i].set); len(set) > 0 {
				out = append(out, found{set, in.path, &h.turn, h.out[i].path, trust{Unknown, h.why}})
			}
		}
	}
	return out
}

// hopsOf is the path of a flow.
func (r *Relation) hopsOf(f found) []pathNode {
	hops := r.hops(f.path)
	if f.turn != nil {
		hops = append(append(hops, *f.turn), r.hops(f.rest)...)
	}
	return hops
}

// receivers yields the locations that one can send to, each once, sorted.
func (r *Relation) receivers(from int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		var all []int32
		for _, f := range r.row(from) {
			all = append(all, f.to)
		}
		for _, in := range r.hairpinsFrom[from] {
			for _, out := range r.hairpins[in.hairpin].out {
				if out.at != from {
					all = append(all, out.at)
				}
			}
		}
		slices.Sort(all)
		for _, to := range slices.Compact(all) {
			if !yield(to) {
				return
			}
		}
	}
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
		for i := range r.hairpins {
			h := &r.hairpins[i]
			var handed []span
			for _, e := range h.out {
				handed = append(handed, e.set...)
			}
			public := Hairpin{Via: r.net.locations[h.via], Senders: r.ends(h.in), Receivers: r.ends(h.out),
				Prefixes: prefixesOf(tidy(handed)), Assumptions: h.why.ids()}
			if !yield(public) {
				return
			}
		}
	}
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

func (r *Relation) public(to int32, f found) Flow {
	return Flow{To: r.net.locations[to], Prefixes: prefixesOf(f.set), Value: f.value,
		Path: r.net.publicPath(r.hopsOf(f)), Assumptions: f.why.ids()}
}

func bestOf(flows []found) Value {
	v := No
	for _, f := range flows {
		v = max(v, f.value)
	}
	return v
}

// setWhere is the set of addresses reached with at least the value.
func setWhere(flows []found, least Value) []span {
	var out []span
	n := 0
	for _, f := range flows {
		if f.value >= least {
			if n++; n == 1 {
				out = f.set
				continue
			}
			out = tidy(append(slices.Clone(out), f.set...))
		}
	}
	return out
}
