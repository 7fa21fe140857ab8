package plan

import (
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// tunnels are the paired connections of an estate: one entry per link, each half once.
type tunnel struct{ a, b *estate.Connection }

// graph is the estate seen as VNets and tunnels between them.
type graph struct {
	e           *estate.Estate
	x           *estate.Index
	index       map[estate.Key]int                  // VNet key → index
	links       [][]link                            // by VNet
	clouds      []string                            // by VNet, empty when unknown
	gateways    [][]*estate.Gateway                 // by VNet
	connections [][]*estate.Connection              // by VNet, of all its gateways
	users       map[estate.Key][]*estate.Connection // by site
	routes      [][]netip.Prefix                    // by VNet: what its subnets send to its gateway
	names       *estate.Names
	// by gateway: a connection of another one that names it and stays, as nothing shows whether it works
	named map[estate.Key]*estate.Connection

	gone    map[estate.Key]bool // connections of components that go before others move
	severed map[estate.Key]bool // connections that are deleted because they carry forbidden pairs alone

	inspect options.Inspect // what passes a firewall or appliances

	decided *decided // what people decided about the plan; empty unless it is made again

	asks     asks
	secluded map[int]bool // VNets that must not reach another one
	wanted   [][]int      // by VNet: those that it is to be joined to

	peered map[[2]int]peered // by two VNets, lesser first
	near   [][]int           // by VNet: those that a peering joins to it
	mates  [][][]int         // by VNet: the members of each connected group that it is in, itself among them
	// by VNet: what its peers have that no input lists, and whether it lets one of them use its gateway
	foreign [][]estate.Prefix
	serves  []bool
}

type link struct {
	vnet   int // the other end
	tunnel tunnel
}

func newGraph(e *estate.Estate) *graph {
	g := &graph{e: e, decided: &decided{}, severed: map[estate.Key]bool{}, x: estate.NewIndex(e), index: make(map[estate.Key]int, len(e.VNets)), links: make([][]link, len(e.VNets)),
		gateways: make([][]*estate.Gateway, len(e.VNets)), connections: make([][]*estate.Connection, len(e.VNets)), users: map[estate.Key][]*estate.Connection{}, names: estate.NewNames(e), named: map[estate.Key]*estate.Connection{}}
	for i := range e.VNets {
		g.index[e.VNets[i].ID.Key()] = i
		region, _ := azure.LookupRegion(e.VNets[i].Region.Name)
		g.clouds = append(g.clouds, region.Cloud)
	}
	for i := range e.Gateways {
		v, ok := g.index[e.Gateways[i].VNet.Key()]
		if !ok || !e.Gateways[i].Kind.Virtual() {
			continue // it stands in a VNet that no input lists, or is a firewall, an appliance or a Route Server
		}
		g.gateways[v] = append(g.gateways[v], &e.Gateways[i])
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		own := g.vnetOf(c)
		g.connections[own] = append(g.connections[own], c)
		if !c.Site.IsZero() {
			g.users[c.Site.Key()] = append(g.users[c.Site.Key()], c)
		}
		partner := g.x.Connection(c.Pairing.Partner)
		if partner == nil || c.Pairing.Suspect != "" {
			if c.Kind == estate.Vnet2Vnet && partner == nil && g.x.Gateway(c.RemoteGateway) != nil {
				g.named[c.RemoteGateway.Key()] = c
			}
			continue
		}
		a, b := own, g.vnetOf(partner)
		t := tunnel{c, partner}
		if b < a {
			t = tunnel{partner, c}
		}
		g.links[a] = append(g.links[a], link{b, t})
	}
	g.near, g.foreign, g.serves = make([][]int, len(e.VNets)), make([][]estate.Prefix, len(e.VNets)), make([]bool, len(e.VNets))
	g.findPeered()
	g.findGroups()
	g.routes = g.gatewayRoutes()
	return g
}

// name is the name of a VNet for people, as the relation has it.
func (g *graph) name(v int) string { return g.names.VNet(&g.e.VNets[v]) }

func (g *graph) vnetOf(c *estate.Connection) int {
	return g.index[g.x.Gateway(c.Gateway).VNet.Key()]
}

// components returns the sets of VNets that tunnels, peerings and connected groups join, each in order, ordered by
// their first VNet.
func (g *graph) components() [][]int {
	seen := make([]bool, len(g.links))
	var out [][]int
	for i := range g.links {
		if seen[i] {
			continue
		}
		seen[i] = true
		members := []int{i}
		for at := 0; at < len(members); at++ {
			meet := func(v int) {
				if !seen[v] {
					seen[v] = true
					members = append(members, v)
				}
			}
			for _, l := range g.links[members[at]] {
				meet(l.vnet)
			}
			for _, v := range g.near[members[at]] {
				meet(v)
			}
			for _, group := range g.mates[members[at]] {
				for _, v := range group {
					meet(v)
				}
			}
			if len(g.wanted) > 0 {
				for _, v := range g.wanted[members[at]] {
					meet(v)
				}
			}
		}
		slices.Sort(members)
		out = append(out, members)
	}
	return out
}

// tunnelsOf returns the tunnels among the members, each once.
func (g *graph) tunnelsOf(members []int) []tunnel {
	var out []tunnel
	for _, v := range members {
		for _, l := range g.links[v] {
			if v < l.vnet {
				out = append(out, l.tunnel)
			}
		}
	}
	return out
}

// classify names the shape of a component.
func (g *graph) classify(members []int) Class {
	n, ends, center, m := len(members), 0, 0, 0
	for _, v := range members {
		degree := len(g.links[v])
		m += degree
		if degree == 1 {
			ends++
		}
		if degree == n-1 {
			center++
		}
	}
	m /= 2
	switch {
	case n == 1:
		return Single
	case m == 0:
		return Peered
	case n == 2:
		return Pair
	case m == n*(n-1)/2:
		return FullMesh
	case m == n-1 && center == 1 && n > 3:
		return Star
	case m == n-1 && ends == 2:
		return Chain
	}
	return Mixed
}

// connectionsOf returns the connections that use a site.
func (g *graph) connectionsOf(site estate.ID) []*estate.Connection { return g.users[site.Key()] }
