package plan

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// demand is what a component's VNets reach before: the pairs that must still work afterwards.
type demand struct {
	pairs    []vnetPair         // required pairs of VNets, each once, in order
	networks map[int][]netReach // by VNet: the networks behind gateways that it reaches
	reached  map[int][]reached  // by VNet: where it reaches what
	open     []vnetPair         // pairs whose reach before is unknown
	plain    bool               // no two of all these networks overlap
}

// way is how the traffic of two ends runs: over which connections, and through which gateways of
// others.
type way struct {
	path   []estate.ID
	relays []relay
}

// relay is a VNet whose gateway passes packets on, and where they go: to a VNet, or to addresses
// behind a gateway.
type relay struct {
	via    int
	to     int            // or -1
	beyond []netip.Prefix // where to is -1
}

// vnetPair is a pair of VNets by index, a before b.
type vnetPair struct {
	a, b int
	way
	asked bool // it does not work today: somebody asks for it
	led   bool // one uses the gateway of another VNet, which leads to the other
}

// reached is a location that a VNet reaches, by which of its addresses.
type reached struct {
	vnet     int // or -1
	prefixes []netip.Prefix
}

// netReach is an on-premises network, or the clients of another VNet.
type netReach struct {
	network  reach.Location
	prefixes []netip.Prefix // of it, that are reached
	way
	spare []*estate.Connection // of a forbidden one: what goes with the last other user
}

// demands splits the relation by component. of says which component a VNet belongs to.
func demands(g *graph, r *reach.Relation, of []int, components int) []demand {
	out := make([]demand, components)
	for i := range out {
		out[i].networks, out[i].reached = map[int][]netReach{}, map[int][]reached{}
	}
	for ends, s := range r.Pairs() {
		a, aVNet := g.vnetAt(ends[0])
		b, bVNet := g.vnetAt(ends[1])
		forbidden := g.asks.has(Forbidden, ends[0], ends[1])
		if s.Value == reach.Yes && aVNet && !forbidden {
			out[of[a]].reached[a] = append(out[of[a]].reached[a], reached{b, s.ToPrefixes})
		}
		if s.Value == reach.Yes && bVNet && !forbidden {
			out[of[b]].reached[b] = append(out[of[b]].reached[b], reached{a, s.FromPrefixes})
		}
		there, back := waysOf(r, ends, s)
		if forbidden && !(aVNet != bVNet && g.leaves(max(a, b), there, back)) {
			continue
		}
		switch {
		case aVNet && bVNet:
			pair := vnetPair{a: min(a, b), b: max(a, b), way: way{connectionsOf(there, back), append(g.relays(there, a, b), g.relays(back, b, a)...)}, led: throughHub(there, back)}
			if d := &out[of[a]]; s.Value == reach.Yes {
				d.pairs = append(d.pairs, pair)
			} else {
				d.open = append(d.open, pair)
			}
		case aVNet && behindGateway(r, ends[0], ends[1], s):
			out[of[a]].networks[a] = append(out[of[a]].networks[a], netReach{network: ends[1], prefixes: s.ToPrefixes, way: g.outward(a, there, back, s.ToPrefixes)})
		case bVNet && behindGateway(r, ends[1], ends[0], s):
			out[of[b]].networks[b] = append(out[of[b]].networks[b], netReach{network: ends[0], prefixes: s.FromPrefixes, way: g.outward(b, back, there, s.FromPrefixes)})
		}
	}
	for i := range out {
		out[i].plain = true
		slices.SortFunc(out[i].pairs, comparePairs)
		slices.SortFunc(out[i].open, comparePairs)
	}
	return out
}

// findOverlaps notes which components have networks that overlap: those need a look at every pair
// of peerings. What a VNet reaches elsewhere counts with the VNets.
func findOverlaps(g *graph, groups [][]int, out []demand) {
	for i, members := range groups {
		var taken bart.Lite
		for _, v := range members {
			for _, p := range g.e.VNets[v].Space {
				if taken.OverlapsPrefix(p.Prefix) {
					out[i].plain = false
				}
				taken.Insert(p.Prefix)
			}
		}
		for _, v := range members {
			for _, r := range out[i].reached[v] {
				if r.vnet >= 0 {
					continue
				}
				for _, p := range r.prefixes {
					out[i].plain = out[i].plain && !taken.OverlapsPrefix(p)
				}
			}
		}
	}
}

// behindGateway reports whether a VNet reaches a network that only gateways lead to: an on-premises
// one, or the clients of another VNet, which its site lists. What the clients can send is not known,
// so surely sending to them counts.
func behindGateway(r *reach.Relation, vnet, network reach.Location, s reach.Session) bool {
	switch network.Kind {
	case reach.OnPremises:
		return s.Value == reach.Yes
	case reach.Clients:
		return !network.ID.Same(vnet.ID) && slices.ContainsFunc(r.Forward(vnet, network), func(f reach.Flow) bool { return f.Value == reach.Yes })
	}
	return false
}

func comparePairs(x, y vnetPair) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) }

func (g *graph) vnetAt(l reach.Location) (int, bool) {
	if l.Kind != reach.VNet {
		return -1, false
	}
	i, ok := g.index[l.ID.Key()]
	return i, ok
}

// waysOf lists the paths of a session, there and back: one each, unless parts of the addresses are
// reached by different ones.
func waysOf(r *reach.Relation, ends [2]reach.Location, s reach.Session) (there, back [][]reach.Hop) {
	if !s.Several {
		return [][]reach.Hop{s.Path}, [][]reach.Hop{s.Back}
	}
	paths := func(from, to reach.Location) (out [][]reach.Hop) {
		for _, f := range r.Forward(from, to) {
			if f.Value >= s.Value {
				out = append(out, f.Path)
			}
		}
		return out
	}
	return paths(ends[0], ends[1]), paths(ends[1], ends[0])
}

// connectionsOf lists the connections that a session's two directions use.
func connectionsOf(directions ...[][]reach.Hop) []estate.ID {
	var ids []estate.ID
	for _, paths := range directions {
		for _, path := range paths {
			for _, hop := range path {
				if hop.Element.Type == estate.TypeConnection {
					ids = append(ids, hop.Element)
				}
			}
		}
	}
	return ids
}

// throughHub reports whether a direction of a session passes the gateway that one of the two uses.
func throughHub(directions ...[][]reach.Hop) bool {
	for _, paths := range directions {
		for _, path := range paths {
			if slices.ContainsFunc(path, func(hop reach.Hop) bool { return hop.Type == reach.GatewayTransit }) {
				return true
			}
		}
	}
	return false
}

// relays lists the VNets, other than the sender and the receiver, whose gateways pass packets on
// along the paths. Either may be -1: a network behind a gateway.
func (g *graph) relays(paths [][]reach.Hop, from, to int) []relay {
	var out []relay
	for _, path := range paths {
		for _, hop := range path {
			if hop.Element.Type != estate.TypeConnection {
				continue
			}
			if via := g.vnetOf(g.x.Connection(hop.Element)); via != from && via != to {
				out = append(out, relay{via: via, to: to})
			}
		}
	}
	return out
}

// outward is the way between a VNet and a network behind a gateway, which it reaches by these
// addresses.
func (g *graph) outward(vnet int, there, back [][]reach.Hop, beyond []netip.Prefix) way {
	relays := g.relays(there, vnet, -1)
	for i := range relays {
		relays[i].beyond = beyond
	}
	return way{connectionsOf(there, back), append(relays, g.relays(back, -1, vnet)...)}
}
