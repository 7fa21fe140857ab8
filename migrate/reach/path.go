package reach

import (
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// pathNode is the last hop of a path and the path before it. Paths of one source share their
// beginnings, so a hundred thousand of them are one slice.
type pathNode struct {
	before  int32 // or noPath
	element int32 // a tunnel, a peering half, the VNet of a gateway, a device or a location: by hop type
	hop     HopType
}

const noPath int32 = -1

// maxTunnels is how many tunnels a packet may pass before it counts as lost.
const maxTunnels = 32

func (p *peer) hop() HopType {
	if p.global {
		return GlobalPeering
	}
	return Peering
}

// tunnelHop is the hop type of a tunnel.
func (t *tunnel) hop() HopType {
	switch t.end {
	case toOnPrem:
		return IPsecS2S
	case toCircuit:
		return CircuitEdge
	}
	return IPsecV2V
}

// publicPath is the path with the IDs of its elements.
func (n *network) publicPath(hops []pathNode) []Hop {
	if len(hops) == 0 {
		return nil
	}
	out := make([]Hop, len(hops))
	for i, h := range hops {
		out[i] = Hop{h.hop, n.elementID(h)}
	}
	return out
}

func (n *network) elementID(h pathNode) estate.ID {
	switch h.hop {
	case IPsecV2V, IPsecS2S, CircuitEdge:
		return n.tunnelIDs[h.element]
	case Peering, GlobalPeering:
		return n.peerings[h.element]
	case FirewallHop, ApplianceHop:
		return n.devices[h.element].id
	case OnPremTransit, ConnectedGroup, ServiceEndpoint, InternetHop:
		return estate.ID{}
	}
	return n.vnets[h.element].gateway
}

func sameHopTypes(a, b []pathNode) bool {
	return slices.EqualFunc(a, b, func(x, y pathNode) bool { return x.hop == y.hop })
}
