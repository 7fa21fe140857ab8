package plan

import (
	"cmp"
	"fmt"
	"math/bits"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Overlap is that of two VNets which keeps pairs on VPN: both would have to be peered with the same VNet, or with
// each other.
type Overlap struct {
	A, B  estate.ID
	Keeps [][2]estate.ID // the pairs that stay on VPN because of it
}

// Renumbering gives a VNet other addresses.
type Renumbering struct {
	VNet     estate.ID
	From, To []netip.Prefix // To is free in the whole estate; one for each of From
	Subnets  int            // to empty and make anew
}

// Remedy is one way to live with the overlaps of a component, or to end them.
type Remedy struct {
	Name        string
	Does        string
	Consequence string
	Refused     string // why it is not possible here, or ""
	Renumber    []Renumbering
}

// Overlaps are the overlaps that keep pairs of a component on VPN, and what can be done, the best first.
type Overlaps struct {
	Between  []Overlap
	Exact    bool // no smaller set of VNets to renumber would do
	Remedies []Remedy
}

// overlaps finds what stands behind the pairs that a layout keeps on VPN because of their addresses.
func (l *layout) overlaps(addresses *addressPlan) *Overlaps {
	found := map[[2]int][][2]int{}
	for _, p := range l.crowded {
		for _, o := range l.between(p[0], p[1]) {
			if !slices.Contains(found[o], p) {
				found[o] = append(found[o], p)
			}
		}
	}
	if len(found) == 0 {
		return nil
	}
	edges := make([][2]int, 0, len(found))
	for o := range found {
		edges = append(edges, o)
	}
	slices.SortFunc(edges, func(x, y [2]int) int { return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) })
	out := &Overlaps{}
	for _, o := range edges {
		one := Overlap{A: l.g.e.VNets[o[0]].ID, B: l.g.e.VNets[o[1]].ID}
		for _, p := range found[o] {
			one.Keeps = append(one.Keeps, [2]estate.ID{l.g.e.VNets[p[0]].ID, l.g.e.VNets[p[1]].ID})
		}
		out.Between = append(out.Between, one)
	}
	var cover []int
	cover, out.Exact = smallestCover(edges, func(v int) int { return len(l.g.e.VNets[v].Subnets) })
	out.Remedies = []Remedy{l.renumber(cover, edges, addresses, out.Exact), l.peerSubnets(edges, found), l.secondHub(edges, found), l.translate(), l.stay(found)}
	slices.SortStableFunc(out.Remedies, func(a, b Remedy) int { return cmp.Compare(min(len(a.Refused), 1), min(len(b.Refused), 1)) })
	return out
}

// between are the pairs of VNets whose addresses are in the way of a peering, the lesser first.
func (l *layout) between(a, b int) (out [][2]int) {
	add := func(x, y int) {
		if x != y && estate.Overlap(l.g.e.VNets[x].Space, l.g.e.VNets[y].Space) {
			out = append(out, [2]int{min(x, y), max(x, y)})
		}
	}
	add(a, b)
	for _, ends := range [2][2]int{{a, b}, {b, a}} {
		for _, peer := range l.peers[ends[0]] {
			if peer >= 0 {
				add(peer, ends[1])
			}
		}
		for _, r := range l.demand.reached[ends[0]] {
			if r.vnet >= 0 {
				add(r.vnet, ends[1])
			}
		}
	}
	slices.SortFunc(out, func(x, y [2]int) int { return cmp.Or(cmp.Compare(x[0], y[0]), cmp.Compare(x[1], y[1])) })
	return slices.Compact(out)
}

// mostExact is how many VNets a smallest set is looked for among; of more, one that is small enough is taken.
const mostExact = 20

// smallestCover is a set of vertices that has an end of every edge: of the fewest there are, with the least work.
func smallestCover(edges [][2]int, work func(int) int) (cover []int, exact bool) {
	var at []int
	for _, e := range edges {
		at = append(at, e[0], e[1])
	}
	slices.Sort(at)
	at = slices.Compact(at)
	if len(at) > mostExact {
		return greedyCover(edges, work), false
	}
	index := func(v int) int { i, _ := slices.BinarySearch(at, v); return i }
	best, least := uint(0), -1
	for set := range uint(1) << len(at) {
		if slices.ContainsFunc(edges, func(e [2]int) bool { return set>>index(e[0])&1 == 0 && set>>index(e[1])&1 == 0 }) {
			continue
		}
		cost := bits.OnesCount(set) << 32
		for i, v := range at {
			if set>>i&1 == 1 {
				cost += work(v)
			}
		}
		if least < 0 || cost < least {
			best, least = set, cost
		}
	}
	for i, v := range at {
		if best>>i&1 == 1 {
			cover = append(cover, v)
		}
	}
	return cover, true
}

// greedyCover takes the vertex with the most edges left, again and again.
func greedyCover(edges [][2]int, work func(int) int) (cover []int) {
	left := slices.Clone(edges)
	for len(left) > 0 {
		degree := map[int]int{}
		for _, e := range left {
			degree[e[0]]++
			degree[e[1]]++
		}
		best := left[0][0]
		for v, n := range degree {
			if c := cmp.Or(cmp.Compare(n, degree[best]), cmp.Compare(work(best), work(v)), cmp.Compare(best, v)); c > 0 {
				best = v
			}
		}
		cover = append(cover, best)
		left = slices.DeleteFunc(left, func(e [2]int) bool { return e[0] == best || e[1] == best })
	}
	slices.Sort(cover)
	return cover
}

// renumber gives the fewest VNets other addresses.
func (l *layout) renumber(cover []int, edges [][2]int, addresses *addressPlan, exact bool) Remedy {
	r := Remedy{Name: "renumber", Consequence: "their subnets are emptied and made anew, and their machines move: an outage for what runs there (U9), once; then every pair can be peered, and plan again"}
	var names []string
	for _, v := range cover {
		vnet := &l.g.e.VNets[v]
		one := Renumbering{VNet: vnet.ID}
		for _, p := range vnet.Space {
			if !slices.ContainsFunc(edges, func(e [2]int) bool {
				other := -1
				switch v {
				case e[0]:
					other = e[1]
				case e[1]:
					other = e[0]
				}
				return other >= 0 && slices.ContainsFunc(l.g.e.VNets[other].Space, func(q estate.Prefix) bool { return q.Overlaps(p.Prefix) })
			}) {
				continue
			}
			to, ok := addresses.take(p.Bits())
			if !ok {
				r.Refused = fmt.Sprintf("no block of /%d is free for %q", p.Bits(), l.g.name(v))
				return r
			}
			one.From, one.To = append(one.From, p.Prefix), append(one.To, to)
			for i := range vnet.Subnets {
				if s := &vnet.Subnets[i]; s.Prefix.IsValid() && p.Overlaps(s.Prefix.Prefix) {
					one.Subnets++
				}
			}
		}
		r.Renumber = append(r.Renumber, one)
		names = append(names, fmt.Sprintf("%q", l.g.name(v)))
	}
	least := "a small set"
	if exact {
		least = "the smallest set"
	}
	r.Does = fmt.Sprintf("other addresses for %s, %s that ends the overlaps", strings.Join(names, ", "), least)
	return r
}

// peerSubnets peers subnets instead of VNets, where what a pair needs of both does not overlap anything.
func (l *layout) peerSubnets(edges [][2]int, keeps map[[2]int][][2]int) Remedy {
	r := Remedy{Name: "peer subnets", Does: "peerings of chosen subnets, which may leave out those that overlap",
		Consequence: "the pairs keep what they need and open nothing else; the subscriptions have to be enabled for it, a peering of VNets cannot become one of subnets later, and addresses that are added are not in it"}
	for _, o := range edges {
		for _, p := range keeps[o] {
			if why := l.needsOverlapping(o, p); why != "" {
				r.Refused = why
				return r
			}
		}
	}
	return r
}

// needsOverlapping says that a pair needs addresses that two VNets have, or "".
func (l *layout) needsOverlapping(o, p [2]int) string {
	for _, end := range [2][2]int{{p[0], p[1]}, {p[1], p[0]}} {
		needed, other := end[1], o[0]
		switch needed {
		case o[0]:
			other = o[1]
		case o[1]:
		default:
			continue
		}
		if name := l.shared(end[0], needed, other); name != "" {
			return fmt.Sprintf("%q needs subnet %q of %q, whose addresses %q has as well", l.g.name(end[0]), name, l.g.name(needed), l.g.name(other))
		}
	}
	return ""
}

// shared is a subnet that one VNet reaches in another and that overlaps a subnet of a third, or "". Addresses in no
// subnet are nobody's.
func (l *layout) shared(from, in, other int) string {
	for i := range l.g.e.VNets[in].Subnets {
		s := &l.g.e.VNets[in].Subnets[i]
		if s.OfGateways() || !s.Prefix.IsValid() || !slices.ContainsFunc(l.demand.reached[from], func(r reached) bool {
			return r.vnet == in && slices.ContainsFunc(r.prefixes, s.Prefix.Overlaps)
		}) {
			continue
		}
		if slices.ContainsFunc(l.g.e.VNets[other].Subnets, func(o estate.Subnet) bool { return o.Prefix.IsValid() && o.Prefix.Overlaps(s.Prefix.Prefix) }) {
			return s.Name
		}
	}
	return ""
}

// secondHub puts VNets that overlap behind different hubs, where nobody needs both.
func (l *layout) secondHub(edges [][2]int, keeps map[[2]int][][2]int) Remedy {
	r := Remedy{Name: "second hub", Does: "a hub for each of the VNets that overlap, with no route from one to the other",
		Consequence: "a gateway more, every month, where they need networks behind one; a device on-premises reaches only one of two networks with the same addresses"}
	for _, o := range edges {
		for _, p := range keeps[o] {
			if p == o {
				r.Refused = fmt.Sprintf("%q and %q share addresses and reach each other: no peering joins them, whatever their hubs", l.g.name(p[0]), l.g.name(p[1]))
				return r
			}
			shared := p[0]
			if p[0] == o[0] || p[0] == o[1] {
				shared = p[1]
			}
			if !l.required(shared, o[0]) || !l.required(shared, o[1]) {
				continue
			}
			r.Refused = fmt.Sprintf("%q reaches both %q and %q, and can be peered with one of them only", l.g.name(shared), l.g.name(o[0]), l.g.name(o[1]))
			return r
		}
	}
	return r
}

// translate has a gateway translate addresses. The platform does so for connections to devices only.
// Source: docs/sources.md#nat.
func (l *layout) translate() Remedy {
	return Remedy{Name: "NAT on the gateway", Does: "one of two networks gets other addresses in the eyes of the other",
		Consequence: "names and firewalls have to follow; a gateway of VpnGw2AZ or more",
		Refused:     "the platform translates on connections to devices on-premises, not between VNets"}
}

// stay is what the plan does.
func (l *layout) stay(keeps map[[2]int][][2]int) Remedy {
	gateways := map[int]bool{}
	for _, pairs := range keeps {
		for _, p := range pairs {
			gateways[p[0]], gateways[p[1]] = true, true
			if i, ok := slices.BinarySearchFunc(l.demand.pairs, vnetPair{a: p[0], b: p[1]}, comparePairs); ok {
				_, along := l.alongPath(l.demand.pairs[i].path)
				for _, v := range along { // those that pass it on as well
					gateways[v] = true
				}
			}
		}
	}
	return Remedy{Name: "keep VPN", Does: "what this plan does: the pairs keep their tunnels, and VNets their gateways for them",
		Consequence: plural(len(gateways), "VNet") + " keep a gateway, every month, with its capacity; nothing has to move"}
}
