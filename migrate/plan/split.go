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
// further one would serve a single VNet. Where it is asked for, other first hubs are tried as well.
func laySplit(g *graph, members []int, d *demand, asked bool, passage Passage) *layout {
	used := g.hubsInUse(members)
	if asked && len(used) > 1 { // what was asked for is there: who uses which is settled
		return lay(g, members, d, g.hubsStanding(members, used), passage)
	}
	return bestBeside(g, members, d, asked, func(first int) *layout {
		hubs := splitHubs(g, members, d, first)
		return layAmong(g, members, d, hubs, passage, func(l *layout, hub int) bool {
			n := len(l.users(hub))
			return slices.Contains(used, hub) || n >= leastSplit || n > 0 && hub == hubs.hubs[0]
		})
	})
}

// bestBeside is a layout with several hubs, of which the first is the one that serves most. Where several are asked for
// and none is in use, whichever could be the only one is tried as the first: of those that leave fewer gateways than the
// best single hub, the one with the fewest points is taken.
func bestBeside(g *graph, members []int, d *demand, asked bool, layOut func(first int) *layout) *layout {
	most := layOut(mostServing(g, members, d))
	if !asked || len(g.hubsInUse(members)) > 0 {
		return most
	}
	better := func(a, b *Candidate) bool {
		return cmp.Or(cmp.Compare(min(len(a.Refused), 1), min(len(b.Refused), 1)), cmp.Compare(a.Points, b.Points)) < 0
	}
	firsts := hubCandidates(g, members, d)
	var single *Candidate
	for _, hub := range firsts {
		if c := lay(g, members, d, oneHub(hub), NoPassage).candidate(); single == nil || better(&c, single) {
			single = &c
		}
	}
	var best *layout
	var score Candidate
	for _, first := range firsts {
		if first == noHubIndex {
			continue
		}
		l := layOut(first)
		if l == nil {
			continue
		}
		if c := l.candidate(); gatewaysLeft(c) < gatewaysLeft(*single) && (best == nil || better(&c, &score)) {
			best, score = l, c
		}
	}
	if best == nil {
		return most
	}
	return best
}

// hubsStanding are several hubs in use, each of those that use it.
func (g *graph) hubsStanding(members, used []int) hubbing {
	out := hubbing{hubs: used, of: make(map[int]int, len(members))}
	for _, v := range members {
		out.of[v] = noHubIndex
		for _, hub := range used {
			if g.usesGatewayOf(v, hub) {
				out.of[v] = hub
			}
		}
	}
	return out
}

// color is the users of one hub.
type color struct {
	hub   int
	taken *bart.Lite // their addresses, and those of the hub
	room  int        // for further peerings
	users []int
}

// splitHubs divides the users of a gateway among hubs: a first one, and new ones beside it. Without two it has none.
func splitHubs(g *graph, members []int, d *demand, first int) hubbing {
	users := possibleUsers(g, members, d)
	if len(users) < leastSplit {
		return hubbing{}
	}
	users = slices.DeleteFunc(users, func(v int) bool { return v == first })
	colors := colored(g, d, first, users)
	out := hubbing{of: make(map[int]int, len(members))}
	for _, v := range members {
		out.of[v] = noHubIndex
		if !isNew(first) {
			out.of[v] = first // what is no user is joined to it where a pair needs that
		}
	}
	for i, c := range colors {
		hub := noHubIndex // one user alone stays as it is
		if i == 0 || len(c.users) >= leastSplit {
			hub = out.add(c.hub)
		}
		for _, v := range c.users {
			out.of[v] = hub
		}
	}
	return out
}

// possibleUsers are the members that could use the gateway of a new hub, those that share addresses with most of the
// others first.
func possibleUsers(g *graph, members []int, d *demand) []int {
	probe := newLayout(g, members, d, oneHub(newHubIndex), NoPassage, nothingLearned())
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

// colored gives each user the first hub that has room for it and that it shares no addresses with.
func colored(g *graph, d *demand, first int, users []int) []*color {
	begin := func(hub int) *color { return &color{hub: hub, taken: &bart.Lite{}, room: azure.MaxPeeringsPerVNet} }
	one := begin(first)
	if !isNew(first) {
		g.disjoint(first, one.taken)
		joined := map[int]bool{} // to it, for other reasons
		for _, p := range d.pairs {
			if other, is := p.with(first); is {
				joined[other] = true
				if !slices.Contains(users, other) {
					g.disjoint(other, one.taken)
					one.room--
				}
			}
		}
		users = slices.Clone(users)
		slices.SortStableFunc(users, func(a, b int) int { return cmp.Compare(number(joined[b]), number(joined[a])) }) // its peers rather than others
	}
	bars := newLayout(g, nil, d, hubbing{}, NoPassage, nothingLearned())
	bars.barriers()
	colors := []*color{one}
	for _, v := range users {
		i := slices.IndexFunc(colors, func(c *color) bool {
			return c.room > 0 && (isNew(c.hub) || bars.barred(v, c.hub) == "") && g.disjoint(v, c.taken)
		})
		if i < 0 {
			c := begin(newHubIndex)
			g.disjoint(v, c.taken)
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
