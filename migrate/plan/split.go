package plan

import (
	"cmp"
	"slices"

	"github.com/gaissmai/bart"

	"github.com/netmigrate/netmigrate/migrate/azure"
)

// Several hubs in the place of one: VNets that share addresses cannot be peered with one hub, and a hub has only so many
// peerings. The users of a gateway are divided so that none shares addresses with another of its hub: a colouring of
// their overlaps, as few colours as a greedy one takes. Source: docs/decisions/0026-hubs-by-colour.md.

// leastSplit is how many users a further hub is for: one alone keeps its own gateway as well.
const leastSplit = 2

// laySplit lays a component out with several hubs; nil where one is enough for all users of a gateway, or where a
// further one would serve a single VNet.
func laySplit(g *graph, members []int, d *demand) *layout {
	for hubs := splitHubs(g, members, d); hubs.split(); {
		l := lay(g, members, d, hubs, false)
		left := hubbing{of: map[int]int{}}
		for i, hub := range hubs.hubs {
			if n := len(l.users(hub)); i > 0 && n < leastSplit || n == 0 {
				continue // the users that it was for stay as they are
			}
			left.hubs = append(left.hubs, hub)
		}
		for v, hub := range hubs.of {
			left.of[v] = noHubIndex
			if slices.Contains(left.hubs, hub) {
				left.of[v] = hub
			}
		}
		switch {
		case len(left.hubs) == len(hubs.hubs):
			return l
		case len(left.hubs) < 2:
			return nil
		}
		hubs = left
	}
	return nil
}

// color is the users of one hub.
type color struct {
	hub   int
	taken *bart.Lite // their addresses, and those of the hub
	room  int        // for further peerings
	users []int
}

// splitHubs divides the users of a gateway among hubs: the one that has most of their networks itself, or a new one, and
// new ones beside it. Without two it has none.
func splitHubs(g *graph, members []int, d *demand) hubbing {
	users := possibleUsers(g, members, d)
	if len(users) < leastSplit+1 {
		return hubbing{}
	}
	first := mostServing(g, members, d)
	users = slices.DeleteFunc(users, func(v int) bool { return v == first })
	colors := colored(g, d, first, users)
	out := hubbing{of: make(map[int]int, len(members))}
	for _, v := range members {
		out.of[v] = noHubIndex
		if !isNew(first) {
			out.of[v] = first // what is no user is joined to it where a pair needs that
		}
	}
	next := newHubIndex
	for i, c := range colors {
		if i > 0 && len(c.users) < leastSplit {
			for _, v := range c.users {
				out.of[v] = noHubIndex
			}
			continue
		}
		hub := c.hub
		if isNew(hub) {
			hub = next
			next--
		}
		out.hubs = append(out.hubs, hub)
		for _, v := range c.users {
			out.of[v] = hub
		}
	}
	if len(out.hubs) < 2 {
		return hubbing{}
	}
	return out
}

// possibleUsers are the members that could use the gateway of a new hub, those that share addresses with most of the
// others first.
func possibleUsers(g *graph, members []int, d *demand) []int {
	probe := newLayout(g, members, d, oneHub(newHubIndex), false, map[[2]int]string{})
	probe.keepUncertain()
	probe.keepForced()
	probe.keepDecided()
	probe.gatewayUsers()
	users := slices.DeleteFunc(slices.Clone(members), func(v int) bool { return !probe.remote[v] || probe.keepsTunnel(v) })
	clashes := make(map[int]int, len(users))
	if !d.plain {
		var all bart.Table[[]int]
		for _, v := range users {
			for _, p := range g.e.VNets[v].Space {
				with, _ := all.Get(p.Prefix)
				all.Insert(p.Prefix, append(with, v))
			}
		}
		for _, v := range users {
			for _, p := range g.e.VNets[v].Space {
				for _, with := range all.Subnets(p.Prefix) {
					clashes[v] += len(with) - 1
				}
				for _, with := range all.Supernets(p.Prefix) {
					clashes[v] += len(with) - 1
				}
			}
		}
	}
	slices.SortStableFunc(users, func(a, b int) int {
		return cmp.Or(cmp.Compare(clashes[b], clashes[a]), g.e.VNets[a].ID.Compare(g.e.VNets[b].ID))
	})
	return users
}

// mostServing is the member with a VPN gateway that others use, or else has most networks behind it and then most
// tunnels; a new hub where there is none.
func mostServing(g *graph, members []int, d *demand) int {
	if used := g.hubsInUse(members); len(used) > 0 {
		return used[0]
	}
	probe := &layout{g: g, members: members, demand: d}
	best, networks, tunnels := newHubIndex, 0, 0
	for _, v := range members {
		n := len(probe.direct(v))
		if n > 0 && g.hasVPN(v) && cmp.Or(cmp.Compare(n, networks), cmp.Compare(len(g.links[v]), tunnels)) > 0 {
			best, networks, tunnels = v, n, len(g.links[v])
		}
	}
	return best
}

// colored gives each user the first hub that has room for it and that it shares no addresses with.
func colored(g *graph, d *demand, first int, users []int) []*color {
	begin := func(hub int) *color { return &color{hub: hub, taken: &bart.Lite{}, room: azure.MaxPeeringsPerVNet} }
	one := begin(first)
	if !isNew(first) {
		l := &layout{g: g, demand: d}
		l.disjoint(first, one.taken)
		for _, p := range d.pairs { // who is joined to it for other reasons
			if other, joined := p.with(first); joined && !slices.Contains(users, other) {
				l.disjoint(other, one.taken)
				one.room--
			}
		}
	}
	colors := []*color{one}
	l := &layout{g: g, demand: d}
	for _, v := range users {
		i := slices.IndexFunc(colors, func(c *color) bool { return c.room > 0 && l.disjoint(v, c.taken) })
		if i < 0 {
			c := begin(newHubIndex)
			l.disjoint(v, c.taken)
			colors, i = append(colors, c), len(colors)
		}
		colors[i].users, colors[i].room = append(colors[i].users, v), colors[i].room-1
	}
	return colors
}

// with is the other VNet of a pair.
func (p vnetPair) with(v int) (other int, of bool) {
	switch v {
	case p.a:
		return p.b, true
	case p.b:
		return p.a, true
	}
	return 0, false
}
