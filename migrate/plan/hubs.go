package plan

import (
	"cmp"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
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

// newLayout is a layout in which nothing is laid out yet.
func newLayout(g *graph, members []int, d *demand, hubs hubbing, firewall bool, blocked map[[2]int]string) *layout {
	return &layout{g: g, members: members, demand: d, hubbing: hubs, firewall: firewall, peers: map[int][]int{}, remote: map[int]bool{}, behindHub: map[int]served{}, keep: map[estate.Key]bool{},
		existing: map[[2]int]bool{}, blocked: blocked, apart: map[[2]int]string{}, grouped: map[[2]int]bool{}, noted: map[*estate.ID]bool{}}
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

// hasVPN reports whether a VNet has a VPN gateway.
func (g *graph) hasVPN(v int) bool {
	return slices.ContainsFunc(g.gateways[v], func(gw *estate.Gateway) bool { return gw.Kind == estate.VPNGateway })
}

// served are the on-premises networks behind a hub's gateway.
type served struct {
	networks []reach.Location
	added    []reach.Location // those that it did not serve before
}

// layRegional lays a component out with a hub for each region where one has users; nil where there are no two such
// regions.
func layRegional(g *graph, members []int, d *demand) *layout {
	used := g.hubsInUse(members)
	for hubs := regionalHubs(g, members, d, used); hubs.regional(); {
		l := lay(g, members, d, hubs, false)
		var left hubbing
		for i, hub := range hubs.hubs {
			if len(l.users(hub)) > 0 || slices.Contains(used, hub) {
				left.hubs, left.regions = append(left.hubs, hub), append(left.regions, hubs.regions[i])
			}
		}
		switch {
		case len(left.hubs) == len(hubs.hubs):
			return l
		case len(left.hubs) < 2:
			return nil
		}
		hubs = left // the others carry nothing
	}
	return nil
}

// regionalHubs is a hub for each region with VNets that reach networks behind gateways: one whose gateway others use
// already, or else the one that has the most of these networks itself and then the most tunnels, or else a new one.
// Without two such regions it has none.
func regionalHubs(g *graph, members []int, d *demand, used []int) hubbing {
	type choice struct{ hub, networks, tunnels int }
	var out hubbing
	at := map[string]choice{}
	probe := &layout{g: g, members: members, demand: d}
	for _, v := range members {
		region := g.e.VNets[v].Region.String()
		if region == "" || len(d.networks[v]) == 0 && !slices.Contains(used, v) {
			continue
		}
		best, known := at[region]
		if !known {
			best = choice{hub: newHubIndex}
			out.regions = append(out.regions, region)
		}
		one := choice{v, len(probe.direct(v)), len(g.links[v])}
		switch more := cmp.Or(cmp.Compare(one.networks, best.networks), cmp.Compare(one.tunnels, best.tunnels)); {
		case slices.Contains(used, best.hub):
		case slices.Contains(used, v):
			best = one
		case one.networks > 0 && more > 0 && g.hasVPN(v):
			best = one
		}
		at[region] = best
	}
	if len(out.regions) < 2 {
		return hubbing{}
	}
	slices.Sort(out.regions)
	next := newHubIndex
	for _, region := range out.regions {
		hub := at[region].hub
		if isNew(hub) {
			hub = next
			next--
		}
		out.hubs = append(out.hubs, hub)
	}
	return out
}
