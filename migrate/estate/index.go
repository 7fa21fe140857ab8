package estate

import "sync"

// Index finds the objects of one estate by ID. It is valid until the estate's slices change, and
// may be used by several goroutines. Each look-up is prepared when it is first asked for, because
// most users ask for a few kinds only.
type Index struct {
	estate                                   *Estate
	vnet, site, gateway, connection, peering func() map[Key]int
	securityGroup, routeTable, circuit       func() map[Key]int
	networkGroup, networkManager             func() map[Key]int
	gatewaysOf, standingIn, peeringsOf       func() map[Key][]int
	connectionsOf, connectionsTo             func() map[Key][]int
}

// NewIndex indexes an estate.
func NewIndex(e *Estate) *Index {
	return &Index{
		estate:     e,
		vnet:       byID(e.VNets, func(v *VNet) ID { return v.ID }),
		site:       byID(e.Sites, func(s *Site) ID { return s.ID }),
		gateway:    byID(e.Gateways, func(g *Gateway) ID { return g.ID }),
		connection: byID(e.Connections, func(c *Connection) ID { return c.ID }),
		peering:    byID(e.Peerings, func(p *Peering) ID { return p.ID }),

		securityGroup: byID(e.SecurityGroups, func(g *SecurityGroup) ID { return g.ID }),
		routeTable:    byID(e.RouteTables, func(t *RouteTable) ID { return t.ID }),
		circuit:       byID(e.Circuits, func(c *Circuit) ID { return c.ID }),

		networkGroup:   byID(e.Groups, func(g *NetworkGroup) ID { return g.ID }),
		networkManager: byID(e.Managers, func(n *NetworkManager) ID { return n.ID }),

		gatewaysOf: byOwner(e.Gateways, func(g *Gateway) ID {
			if !g.Kind.Virtual() {
				return ID{}
			}
			return g.VNet
		}),
		standingIn:    byOwner(e.Gateways, func(g *Gateway) ID { return g.VNet }),
		connectionsOf: byOwner(e.Connections, func(c *Connection) ID { return c.Gateway }),
		connectionsTo: byOwner(e.Connections, func(c *Connection) ID { return c.Site }, func(c *Connection) ID { return c.RemoteGateway }),
		peeringsOf:    byOwner(e.Peerings, func(p *Peering) ID { return p.VNet }),
	}
}

func byID[T any](in []T, id func(*T) ID) func() map[Key]int {
	return sync.OnceValue(func() map[Key]int {
		at := make(map[Key]int, len(in))
		for i := range in {
			at[id(&in[i]).Key()] = i
		}
		return at
	})
}

func byOwner[T any](in []T, owners ...func(*T) ID) func() map[Key][]int {
	return sync.OnceValue(func() map[Key][]int {
		of := map[Key][]int{}
		for i := range in {
			for _, owner := range owners {
				if id := owner(&in[i]); !id.IsZero() {
					key := id.Key()
					of[key] = append(of[key], i)
				}
			}
		}
		return of
	})
}

func find[T any](in []T, at map[Key]int, id ID) *T {
	if i, ok := at[id.Key()]; ok {
		return &in[i]
	}
	return nil
}

func all[T any](in []T, at []int) []*T {
	out := make([]*T, len(at))
	for i, j := range at {
		out[i] = &in[j]
	}
	return out
}

// VNet finds a VNet, or nil.
func (x *Index) VNet(id ID) *VNet { return find(x.estate.VNets, x.vnet(), id) }

// Site finds a site, or nil.
func (x *Index) Site(id ID) *Site { return find(x.estate.Sites, x.site(), id) }

// Gateway finds a gateway, or nil.
func (x *Index) Gateway(id ID) *Gateway { return find(x.estate.Gateways, x.gateway(), id) }

// Connection finds a connection, or nil.
func (x *Index) Connection(id ID) *Connection {
	return find(x.estate.Connections, x.connection(), id)
}

// Peering finds a peering, or nil.
func (x *Index) Peering(id ID) *Peering { return find(x.estate.Peerings, x.peering(), id) }

// SecurityGroup finds a network security group, or nil.
func (x *Index) SecurityGroup(id ID) *SecurityGroup {
	return find(x.estate.SecurityGroups, x.securityGroup(), id)
}

// RouteTable finds a route table, or nil.
func (x *Index) RouteTable(id ID) *RouteTable {
	return find(x.estate.RouteTables, x.routeTable(), id)
}

// NetworkGroup finds a connected group, or nil.
func (x *Index) NetworkGroup(id ID) *NetworkGroup {
	return find(x.estate.Groups, x.networkGroup(), id)
}

// NetworkManager finds a network manager, or nil.
func (x *Index) NetworkManager(id ID) *NetworkManager {
	return find(x.estate.Managers, x.networkManager(), id)
}

// Circuit finds a circuit, or nil.
func (x *Index) Circuit(id ID) *Circuit { return find(x.estate.Circuits, x.circuit(), id) }

// StandingIn returns all that forwards packets or announces routes in a VNet: its virtual network
// gateways, firewalls, appliances and Route Servers.
func (x *Index) StandingIn(vnet ID) []*Gateway {
	return all(x.estate.Gateways, x.standingIn()[vnet.Key()])
}

// GatewaysOf returns the virtual network gateways of a VNet.
func (x *Index) GatewaysOf(vnet ID) []*Gateway {
	return all(x.estate.Gateways, x.gatewaysOf()[vnet.Key()])
}

// ConnectionsOf returns the connections of a gateway.
func (x *Index) ConnectionsOf(gateway ID) []*Connection {
	return all(x.estate.Connections, x.connectionsOf()[gateway.Key()])
}

// ConnectionsTo returns the connections that lead to a site, or name a gateway as the other end.
func (x *Index) ConnectionsTo(end ID) []*Connection {
	return all(x.estate.Connections, x.connectionsTo()[end.Key()])
}

// PeeringsOf returns the peering halves of a VNet.
func (x *Index) PeeringsOf(vnet ID) []*Peering {
	return all(x.estate.Peerings, x.peeringsOf()[vnet.Key()])
}
