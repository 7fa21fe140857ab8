package estate

// Index finds the objects of one estate by ID. It is valid until the estate's slices change.
type Index struct {
	estate                                   *Estate
	vnet, site, gateway, connection, peering map[Key]int
	gatewaysOf, connectionsOf, peeringsOf    map[Key][]int
}

// NewIndex indexes an estate.
func NewIndex(e *Estate) *Index {
	x := &Index{
		estate:        e,
		vnet:          make(map[Key]int, len(e.VNets)),
		site:          make(map[Key]int, len(e.Sites)),
		gateway:       make(map[Key]int, len(e.Gateways)),
		connection:    make(map[Key]int, len(e.Connections)),
		peering:       make(map[Key]int, len(e.Peerings)),
		gatewaysOf:    make(map[Key][]int, len(e.VNets)),
		connectionsOf: make(map[Key][]int, len(e.Gateways)),
		peeringsOf:    make(map[Key][]int, len(e.VNets)),
	}
	for i := range e.VNets {
		x.vnet[e.VNets[i].ID.Key()] = i
	}
	for i := range e.Sites {
		x.site[e.Sites[i].ID.Key()] = i
	}
	for i := range e.Gateways {
		x.gateway[e.Gateways[i].ID.Key()] = i
		of := e.Gateways[i].VNet.Key()
		x.gatewaysOf[of] = append(x.gatewaysOf[of], i)
	}
	for i := range e.Connections {
		x.connection[e.Connections[i].ID.Key()] = i
		of := e.Connections[i].Gateway.Key()
		x.connectionsOf[of] = append(x.connectionsOf[of], i)
	}
	for i := range e.Peerings {
		x.peering[e.Peerings[i].ID.Key()] = i
		of := e.Peerings[i].VNet.Key()
		x.peeringsOf[of] = append(x.peeringsOf[of], i)
	}
	return x
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
func (x *Index) VNet(id ID) *VNet { return find(x.estate.VNets, x.vnet, id) }

// Site finds a site, or nil.
func (x *Index) Site(id ID) *Site { return find(x.estate.Sites, x.site, id) }

// Gateway finds a gateway, or nil.
func (x *Index) Gateway(id ID) *Gateway { return find(x.estate.Gateways, x.gateway, id) }

// Connection finds a connection, or nil.
func (x *Index) Connection(id ID) *Connection {
	return find(x.estate.Connections, x.connection, id)
}

// Peering finds a peering, or nil.
func (x *Index) Peering(id ID) *Peering { return find(x.estate.Peerings, x.peering, id) }

// GatewaysOf returns the gateways of a VNet.
func (x *Index) GatewaysOf(vnet ID) []*Gateway {
	return all(x.estate.Gateways, x.gatewaysOf[vnet.Key()])
}

// ConnectionsOf returns the connections of a gateway.
func (x *Index) ConnectionsOf(gateway ID) []*Connection {
	return all(x.estate.Connections, x.connectionsOf[gateway.Key()])
}

// PeeringsOf returns the peering halves of a VNet.
func (x *Index) PeeringsOf(vnet ID) []*Peering {
	return all(x.estate.Peerings, x.peeringsOf[vnet.Key()])
}
