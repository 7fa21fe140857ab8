package plan

import (
	"cmp"
	"maps"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// newHubIndex stands for a hub VNet that does not exist yet. Where several are made, the others have the indexes below.
const newHubIndex = -2

// noHubIndex stands for no hub.
const noHubIndex = -1

// isNew reports whether a hub is one that does not exist yet.
func isNew(hub int) bool { return hub <= newHubIndex }

// hubbing says which VNets of a component are hubs: none, one for all, one for each of some regions, or several that the
// VNets are divided among.
type hubbing struct {
	hubs    []int
	regions []string    // of the users of each; nil where there is one for all
	of      map[int]int // by VNet: its hub, where they are divided
}

// oneHub is a single hub for all, or none.
func oneHub(hub int) hubbing {
	if hub == noHubIndex {
		return hubbing{}
	}
	return hubbing{hubs: []int{hub}}
}

func (h hubbing) isHub(v int) bool { return slices.Contains(h.hubs, v) }

// regional reports whether each hub serves the VNets of a region.
func (h hubbing) regional() bool { return h.regions != nil }

// split reports whether the VNets are divided among several hubs.
func (h hubbing) split() bool { return h.of != nil }

// several reports whether there is more than one hub.
func (h hubbing) several() bool { return len(h.hubs) > 1 }

// add adds a hub. Several new ones have an index each. It returns the hub's.
func (h *hubbing) add(hub int) int {
	for isNew(hub) && slices.Contains(h.hubs, hub) {
		hub--
	}
	h.hubs = append(h.hubs, hub)
	return hub
}

// only are some of the hubs. Who had another one has none.
func (h hubbing) only(stays func(hub int) bool) hubbing {
	var left hubbing
	for i, hub := range h.hubs {
		if !stays(hub) {
			continue
		}
		left.hubs = append(left.hubs, hub)
		if h.regional() {
			left.regions = append(left.regions, h.regions[i])
		}
	}
	if h.split() {
		left.of = make(map[int]int, len(h.of))
		for v, hub := range h.of {
			left.of[v] = noHubIndex
			if slices.Contains(left.hubs, hub) {
				left.of[v] = hub
			}
		}
	}
	return left
}

// hubOf is the hub of a VNet, a hub's own being itself; noHubIndex where there is none for it.
func (l *layout) hubOf(v int) int {
	switch {
	case len(l.hubs) == 0:
		return noHubIndex
	case l.split():
		if l.isHub(v) {
			return v
		}
		return l.of[v]
	case !l.regional():
		return l.hubs[0]
	}
	if i := slices.Index(l.regions, l.g.e.VNets[v].Region.String()); i >= 0 {
		return l.hubs[i]
	}
	return noHubIndex
}

// viaHub reports whether one of two VNets is the hub of the other.
func (l *layout) viaHub(a, b int) bool { return l.hubOf(b) == a || l.hubOf(a) == b }

// users are the members that use the gateway of a hub.
func (l *layout) users(hub int) []int {
	return slices.DeleteFunc(slices.Clone(l.members), func(v int) bool { return !l.remote[v] || l.hubOf(v) != hub })
}

// spokes are the members that a hub is for: of its region, or all.
func (l *layout) spokes(hub int) []int {
	return slices.DeleteFunc(slices.Clone(l.members), func(v int) bool { return l.hubOf(v) != hub })
}

// needyFirst are the members, of a new hub first those that would use it: of several that share addresses one is its spoke.
func (l *layout) needyFirst() []int {
	if !slices.ContainsFunc(l.hubs, isNew) || l.demand.plain {
		return l.members
	}
	needy := map[int]bool{}
	for _, p := range l.demand.pairs {
		if l.passage.isDevice() && (len(p.path) > 0 || p.asked) && !l.g.between(Encrypted, p.a, p.b) && !l.isLed(&p) && !l.existing[[2]int{p.a, p.b}] {
			needy[p.a], needy[p.b] = true, true
		}
	}
	out := slices.Clone(l.members)
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(l.urgency(a, needy), l.urgency(b, needy)) })
	return out
}

// urgency is least for a VNet whose packets would pass what the hub is for, and less for one that would use its gateway than
// for any other.
func (l *layout) urgency(v int, needy map[int]bool) int {
	switch {
	case needy[v]:
		return 0
	case l.remote[v]:
		return 1
	}
	return 2
}

// leaves reports whether a guest of a hub keeps a gateway of its own after all.
func (l *layout) leaves() bool {
	return slices.ContainsFunc(l.guests, func(v int) bool { return !l.remote[v] })
}

// leave notes the guests of hubs that keep gateways of their own after all. It reports whether there were any.
func (l *layout) leave() (news bool) {
	for _, v := range l.guests {
		if !l.remote[v] {
			l.stays[v], news = true, true
		}
	}
	return news
}

// isLed reports whether a pair needs no peering as long as the tunnels stay by which a gateway leads the two to each
// other.
func (l *layout) isLed(p *vnetPair) bool { return p.led && !l.unled[[2]int{p.a, p.b}] }

// lead keeps clear the ways of pairs that a gateway leads to each other over tunnels which stay for others: a peering
// would take nothing away. It reports whether there are pairs whose tunnels go.
func (l *layout) lead() (news bool) {
	for i := range l.demand.pairs {
		switch p := &l.demand.pairs[i]; {
		case !l.isLed(p):
		case slices.ContainsFunc(p.path, func(id estate.ID) bool { return !l.keep[id.Key()] }):
			l.unled[[2]int{p.a, p.b}], news = true, true
		default:
			l.keepWay(p.way)
		}
	}
	return news
}

// hasVPN reports whether a VNet has a VPN gateway.
func (g *graph) hasVPN(v int) bool {
	return slices.ContainsFunc(g.gateways[v], func(gw *estate.Gateway) bool { return gw.Kind == estate.VPNGateway })
}

// layAmong lays a component out with several hubs, of which those that nothing stays for are left out until no more are;
// nil where fewer than two are left.
func layAmong(g *graph, members []int, d *demand, hubs hubbing, passage Passage, stays func(l *layout, hub int) bool) *layout {
	for hubs.several() {
		l := lay(g, members, d, hubs, passage)
		left := hubs.only(func(hub int) bool { return stays(l, hub) })
		if len(left.hubs) == len(hubs.hubs) {
			return l
		}
		hubs = left
	}
	return nil
}

// among is the layout if all its hubs are among some VNets, or nil.
func (l *layout) among(hubs []int) *layout {
	if l == nil || slices.ContainsFunc(l.hubs, func(hub int) bool { return !slices.Contains(hubs, hub) }) {
		return nil
	}
	return l
}

// layRegional lays a component out with a hub for each region where one has users; nil where there are no two such
// regions. Where it is asked for, other VNets of a region are tried in the place of a hub that has none, and at last a new
// hub for two or more.
func layRegional(g *graph, members []int, d *demand, asked bool, passage Passage) *layout {
	used, without, tried := g.hubsInUse(members), map[int]bool{}, map[string]bool{}
	for round := 0; ; round++ {
		var lost []int
		l := layAmong(g, members, d, regionalHubs(g, members, d, used, without), passage, func(l *layout, hub int) bool {
			least := 1
			if isNew(hub) && tried[l.regions[slices.Index(l.hubs, hub)]] {
				least = leastSplit
			}
			stays := len(l.users(hub)) >= least || slices.Contains(used, hub) && g.servesOwn(hub)
			if !stays && !isNew(hub) && !slices.Contains(used, hub) {
				lost = append(lost, hub)
			}
			return stays
		})
		if l != nil || !asked || len(lost) == 0 || round > maxHubCandidate {
			return l
		}
		for _, hub := range lost {
			without[hub], tried[g.e.VNets[hub].Region.String()] = true, true
		}
		for _, v := range members {
			if round == maxHubCandidate && tried[g.e.VNets[v].Region.String()] {
				without[v] = true
			}
		}
	}
}

// regionalHubs is a hub for each region with VNets that reach networks behind gateways: a new one where none is left but
// those that were tried.
func regionalHubs(g *graph, members []int, d *demand, used []int, without map[int]bool) hubbing {
	in := map[string][]int{}
	for _, v := range members {
		region := g.e.VNets[v].Region.String()
		if region == "" || len(d.networks[v]) == 0 && !slices.Contains(used, v) {
			continue
		}
		left := in[region]
		if !without[v] {
			left = append(left, v)
		}
		in[region] = left
	}
	out := hubbing{regions: slices.Sorted(maps.Keys(in))}
	for _, region := range out.regions {
		out.add(mostServing(g, in[region], d))
	}
	return out
}

// mostServing is the one of some VNets whose gateway others use already, or else the one with a VPN gateway that has most
// of their networks itself and then the most tunnels; a new hub where there is none.
func mostServing(g *graph, among []int, d *demand) int {
	if used := g.hubsInUse(among); len(used) > 0 {
		return used[0]
	}
	probe := &layout{g: g, demand: d}
	best, networks, tunnels := newHubIndex, 0, 0
	for _, v := range among {
		n := len(probe.direct(v))
		if n > 0 && g.hasVPN(v) && cmp.Or(cmp.Compare(n, networks), cmp.Compare(len(g.links[v]), tunnels)) > 0 {
			best, networks, tunnels = v, n, len(g.links[v])
		}
	}
	return best
}
