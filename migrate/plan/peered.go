package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// peered is what joins two VNets by peering before the plan: the half of the first, by index, and the
// half of the other. Either may be missing.
type peered struct{ near, far *estate.Peering }

// complete reports whether a peering needs nothing done to carry everything between its VNets: both halves
// are connected, whole, open, and know what the other VNet has today.
func (p peered) complete() bool {
	for _, half := range [2]*estate.Peering{p.near, p.far} {
		if half == nil || half.State != estate.PeeringConnected || half.Unstated || half.Partial || !half.AllowVirtualNetworkAccess || half.RemoteSpace != nil {
			return false
		}
	}
	return true
}

// halves are those that are there.
func (p peered) halves() []*estate.Peering {
	return slices.DeleteFunc([]*estate.Peering{p.near, p.far}, func(half *estate.Peering) bool { return half == nil })
}

// findPeered notes the peerings of an estate by their two VNets.
func (g *graph) findPeered() {
	g.peered = map[[2]int]peered{}
	for i := range g.e.Peerings {
		p := &g.e.Peerings[i]
		a, here := g.index[p.VNet.Key()]
		b, there := g.index[p.Remote.Key()]
		if here && !there {
			g.foreign[a] = append(g.foreign[a], p.RemoteSpace...)
			g.serves[a] = g.serves[a] || p.AllowGatewayTransit
		}
		if !here || !there || a == b {
			continue
		}
		pair := [2]int{min(a, b), max(a, b)}
		joined := g.peered[pair]
		if a < b {
			joined.near = p
		} else {
			joined.far = p
		}
		if g.peered[pair] == (peered{}) {
			g.near[a], g.near[b] = append(g.near[a], b), append(g.near[b], a)
		}
		g.peered[pair] = joined
	}
}

// joined is what joins two VNets, the half of a first.
func (g *graph) joined(a, b int) peered {
	p := g.peered[[2]int{min(a, b), max(a, b)}]
	if a > b {
		p.near, p.far = p.far, p.near
	}
	return p
}

// usesGatewayOf reports whether a VNet uses another's gateway already.
func (g *graph) usesGatewayOf(v, hub int) bool {
	if hub < 0 {
		return false
	}
	p := g.joined(v, hub)
	return p.complete() && p.near.UseRemoteGateways && p.far.AllowGatewayTransit
}

// usesGateway reports whether a VNet uses a gateway of another already. It can use no second one, and what it
// reaches by the first, behind a circuit perhaps, nobody but that can stand in for.
func (g *graph) usesGateway(v int) bool {
	return slices.ContainsFunc(g.near[v], func(hub int) bool {
		half := g.joined(v, hub).near
		return half != nil && half.UseRemoteGateways
	})
}

// hubsInUse are the members whose gateway others use already.
func (g *graph) hubsInUse(members []int) []int {
	return slices.DeleteFunc(slices.Clone(members), func(hub int) bool {
		return !slices.ContainsFunc(g.near[hub], func(v int) bool { return g.usesGatewayOf(v, hub) })
	})
}

// abroadInUse reports whether the gateway of one of some hubs is used from another region.
func (g *graph) abroadInUse(hubs []int) bool {
	return slices.ContainsFunc(hubs, func(hub int) bool {
		return slices.ContainsFunc(g.near[hub], func(v int) bool {
			return g.usesGatewayOf(v, hub) && g.e.VNets[v].Region.String() != g.e.VNets[hub].Region.String()
		})
	})
}

// servesOwn reports whether VNets of a hub's own region use its gateway.
func (g *graph) servesOwn(hub int) bool {
	return slices.ContainsFunc(g.near[hub], func(v int) bool {
		return g.usesGatewayOf(v, hub) && g.e.VNets[v].Region.String() == g.e.VNets[hub].Region.String()
	})
}

// half is one half of a peering as the plan wants it: a new one, or the one that is there, brought into
// order. Its name is not taken by a peering with another VNet.
func (d *draft) half(from, to estate.ID) estate.Peering {
	a, known := d.g.index[from.Key()]
	b, also := d.g.index[to.Key()]
	if known && also {
		if old := d.g.joined(a, b).near; old != nil {
			p := *old
			p.AllowVirtualNetworkAccess, p.State, p.Sync, p.RemoteSpace = true, estate.PeeringConnected, estate.Fact{}, nil
			p.Unstated = false
			return p
		}
	}
	id := from
	id.Type = estate.TypePeering
	want := azure.LegalName(estate.TypePeering, "to-"+to.Name)
	id.Child = want
	for n := 2; d.halves[id.Key()] || d.nameTaken(from, id.Child); n++ {
		id.Child = want + "-" + strconv.Itoa(n)
	}
	d.halves[id.Key()] = true
	return estate.Peering{ID: id, VNet: from, Remote: to, AllowVirtualNetworkAccess: true}
}

func (d *draft) nameTaken(vnet estate.ID, name string) bool {
	return slices.ContainsFunc(d.g.x.PeeringsOf(vnet), func(p *estate.Peering) bool { return strings.EqualFold(p.ID.Child, name) })
}

// mends reports whether a step about a peering completes one of which something is there already.
func (g *graph) mends(pair [2]estate.Peering) bool {
	return g.x.Peering(pair[0].ID) != nil || g.x.Peering(pair[1].ID) != nil
}

// beside is where a new object goes that belongs to another: into its subscription and resource group.
func beside(id estate.ID, typ, name string) estate.ID {
	id.Type, id.Name, id.Child = typ, name, ""
	return id
}
