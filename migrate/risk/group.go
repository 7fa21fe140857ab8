package risk

import (
	"iter"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// groups are the network groups of a network, by the VNets that each joins with each other.
type groups struct {
	members [][]*estate.VNet       // of each group, its hub among them
	of      map[*estate.VNet][]int // the groups that a VNet is in
}

func newGroups(e *estate.Estate, x *estate.Index) groups {
	g := groups{members: make([][]*estate.VNet, len(e.Groups)), of: map[*estate.VNet][]int{}}
	for i := range e.Groups {
		for _, id := range e.Groups[i].All() {
			if v := x.VNet(id); v != nil && !slices.Contains(g.of[v], i) {
				g.members[i], g.of[v] = append(g.members[i], v), append(g.of[v], i)
			}
		}
	}
	return g
}

// together reports whether a group joins two VNets.
func (g groups) together(a, b *estate.VNet) bool {
	return a != b && slices.ContainsFunc(g.of[a], func(i int) bool { return slices.Contains(g.of[b], i) })
}

// others are the VNets that groups join to a VNet, each once.
func (g groups) others(v *estate.VNet) iter.Seq[*estate.VNet] {
	return func(yield func(*estate.VNet) bool) {
		for n, i := range g.of[v] {
			seen := func(m *estate.VNet) bool {
				return slices.ContainsFunc(g.of[v][:n], func(earlier int) bool { return slices.Contains(g.of[m], earlier) })
			}
			for _, m := range g.members[i] {
				if m != v && !seen(m) && !yield(m) {
					return
				}
			}
		}
	}
}

// joinedTo reports whether a peering or a network group joins a VNet to another of which something holds.
func (c *network) joinedTo(v *estate.VNet, has func(*estate.VNet) bool) bool {
	for _, p := range c.x.PeeringsOf(v.ID) {
		if r := c.x.VNet(p.Remote); r != nil && p.State == estate.PeeringConnected && has(r) {
			return true
		}
	}
	return c.groupHas(v, has)
}

// groupHas reports whether something holds of a VNet that a network group joins to another.
func (c *network) groupHas(v *estate.VNet, has func(*estate.VNet) bool) bool {
	for m := range c.groups.others(v) {
		if has(m) {
			return true
		}
	}
	return false
}
