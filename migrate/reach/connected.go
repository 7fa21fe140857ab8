package reach

import (
	"cmp"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// A connected group joins thousands of VNets, each with each. So its routes are made once and lead to the group, and
// who of it has an address is asked when packets come there.

// group is a connected group.
type group struct {
	members []int32  // sorted
	own     [][]span // by member: its addresses that no other member has
	owners  *spanIndex
	routes  []route // the ranges of all members, in the order of flatten
}

func (n *network) addGroups(e *estate.Estate) {
	for i := range e.Groups {
		var g group
		for _, id := range e.Groups[i].All() {
			if v := n.byVNet.find(id); v >= 0 {
				g.members = append(g.members, v)
			}
		}
		slices.Sort(g.members)
		g.members = slices.Compact(g.members)
		n.addGroup(&g)
	}
}

func (n *network) addGroup(g *group) {
	number := int32(len(n.groups))
	var all []span
	for _, v := range g.members {
		node := &n.vnets[v]
		node.groups = append(node.groups, number)
		all = append(all, node.space...)
		for _, p := range node.raw {
			g.routes = append(g.routes, route{prefix: p, rank: rankPeer, act: act{actGroup, number}, member: v})
		}
	}
	clash := twice(all)
	var owned []ownedSpan
	for _, v := range g.members {
		own := subtract(nil, n.vnets[v].space, clash)
		g.own = append(g.own, own)
		for _, s := range own {
			owned = append(owned, ownedSpan{s, v})
		}
	}
	g.owners = newSpanIndex(owned)
	slices.SortStableFunc(g.routes, func(a, b route) int { return comparePrefixes(a.prefix, b.prefix) })
	n.groups = append(n.groups, *g)
}

// has reports whether a VNet is a member.
func (g *group) has(v int32) bool {
	_, ok := slices.BinarySearch(g.members, v)
	return ok
}

// groupedWith reports whether a connected group joins two VNets.
func (n *network) groupedWith(v, w int32) bool {
	return v != w && slices.ContainsFunc(n.vnets[v].groups, func(g int32) bool { return n.groups[g].has(w) })
}

// intoGroup delivers to the members of a connected group. What several of them have is dropped.
func (w *walker) intoGroup(p packets, number int32) {
	at := node{atGroup, number}
	if p = w.hand(p, at, manner{}); p.set.from == p.set.to {
		return
	}
	w.eachOwner(p, number, func(q packets, member int32) {
		q.path = w.out.addPath(q.path, pathNode{hop: ConnectedGroup, element: member})
		w.deliver(q, member)
	})
}

// gatewayToGroup delivers what a gateway has for the members of a group: those that use it, because the
// others have no way back through it.
func (w *walker) gatewayToGroup(p packets, number int32) {
	w.eachOwner(p, number, func(q packets, member int32) {
		if to := w.n.peerOf(q.at, member); to == nil || !to.uses {
			w.drop(q, dropNoReturn)
			return
		}
		q.trust = q.unless(q.by == fromSpoke, bySpokeHairpin)
		q.path = w.out.addPath(q.path, pathNode{hop: ConnectedGroup, element: member})
		w.deliver(q, member)
	})
}

// eachOwner divides packets by the member of a group that has their addresses, and drops the rest.
func (w *walker) eachOwner(p packets, number int32, give func(q packets, member int32)) {
	set := slices.Clone(p.set.in(w.sets))
	var parts []ownedSpan
	for _, s := range set {
		w.n.groups[number].owners.overlapping(s, func(o ownedSpan) bool {
			part, _ := s.overlap(o.span)
			parts = append(parts, ownedSpan{part, o.owner})
			return true
		})
	}
	slices.SortFunc(parts, func(a, b ownedSpan) int { return cmp.Or(cmp.Compare(a.owner, b.owner), a.lo.Compare(b.lo)) })
	var given []span
	for i := 0; i < len(parts); {
		q, member := p, parts[i].owner
		from := len(w.sets)
		for ; i < len(parts) && parts[i].owner == member; i++ {
			w.sets = appendSpan(w.sets, from, parts[i].span)
			given = append(given, parts[i].span)
		}
		q.set = extent{int32(from), int32(len(w.sets))}
		give(q, member)
	}
	if p.split != 0 || w.watch != nil {
		w.dropSet(p, subtract(nil, set, tidy(given)), "two members of the connected group have the address")
	}
}

// followGroup is what becomes of packets at a group: the members have them.
func (w *walker) followGroup(number int32) {
	g := &w.n.groups[number]
	for i, v := range g.members {
		w.out.deliver(v, g.own[i], certain, w.out.addPath(noPath, pathNode{hop: ConnectedGroup, element: v}))
	}
}
