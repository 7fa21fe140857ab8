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

// vnetPair is a pair of VNets by index, a before b, with the connections its traffic uses.
type vnetPair struct {
	a, b int
	path []estate.ID
}

// reached is a location that a VNet reaches, by which of its addresses.
type reached struct {
	vnet     int // or -1
	prefixes []netip.Prefix
}

// netReach is an on-premises network, or the clients of another VNet, and the connections that
// traffic to it uses.
type netReach struct {
	network reach.Location
	path    []estate.ID
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
		if s.Value == reach.Yes && aVNet {
			out[of[a]].reached[a] = append(out[of[a]].reached[a], reached{b, s.ToPrefixes})
		}
		if s.Value == reach.Yes && bVNet {
			out[of[b]].reached[b] = append(out[of[b]].reached[b], reached{a, s.FromPrefixes})
		}
		switch {
		case aVNet && bVNet:
			pair := vnetPair{min(a, b), max(a, b), connectionsOf(s)}
			if d := &out[of[a]]; s.Value == reach.Yes {
				d.pairs = append(d.pairs, pair)
			} else {
				d.open = append(d.open, pair)
			}
		case aVNet && behindGateway(r, ends[0], ends[1], s):
			out[of[a]].networks[a] = append(out[of[a]].networks[a], netReach{ends[1], connectionsOf(s)})
		case bVNet && behindGateway(r, ends[1], ends[0], s):
			out[of[b]].networks[b] = append(out[of[b]].networks[b], netReach{ends[0], connectionsOf(s)})
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

// connectionsOf lists the connections that a session's two directions use.
func connectionsOf(s reach.Session) []estate.ID {
	var ids []estate.ID
	for _, path := range [][]reach.Hop{s.Path, s.Back} {
		for _, hop := range path {
			if hop.Element.Type == estate.TypeConnection {
				ids = append(ids, hop.Element)
			}
		}
	}
	return ids
}
