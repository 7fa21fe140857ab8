package reach

import "github.com/netmigrate/netmigrate/migrate/estate"

// Value is a truth of the relation. Its order is meant: the value of a path is the least of its
// parts. For "must reach" read Unknown as No, for "may be exposed" read it as Yes.
type Value uint8

// The values.
const (
	No Value = iota
	Unknown
	Yes
)

// String is the word printed in reports.
func (v Value) String() string {
	switch v {
	case Yes:
		return "yes"
	case Unknown:
		return "unknown"
	}
	return "no"
}

// HopType is a sort of step between locations.
type HopType uint8

// The hop types.
const (
	Peering         HopType = iota + 1 // element: the sender's peering half
	GlobalPeering                      // the same, between regions
	GatewayTransit                     // over a peering between a VNet and the gateway it uses; element: the gateway
	IPsecV2V                           // a tunnel between two VNet gateways; element: the sender's connection
	IPsecS2S                           // a tunnel to or from an on-premises device; element: the VNet's connection
	GatewayForward                     // a VPN gateway passes a packet on; element: the gateway
	CircuitEdge                        // over an ExpressRoute circuit; element: the connection
	OnPremTransit                      // an on-premises network would have to pass the packet on; no element
	PointToSite                        // between a gateway and its clients; element: the gateway
	ConnectedGroup                     // between members of a network manager's group; no element
	FirewallHop                        // through a firewall; element: the firewall
	ApplianceHop                       // through an appliance; element: its interface, or zero when no input describes it
	ServiceEndpoint                    // to a service of the platform; no element
	InternetHop                        // out; no element
)

// String is the name of the hop type in reports and JSON.
func (t HopType) String() string {
	switch t {
	case Peering:
		return "peering"
	case GlobalPeering:
		return "globalPeering"
	case GatewayTransit:
		return "gwTransit"
	case IPsecV2V:
		return "ipsecV2V"
	case IPsecS2S:
		return "ipsecS2S"
	case GatewayForward:
		return "vpnGwForward"
	case CircuitEdge:
		return "erEdge"
	case OnPremTransit:
		return "onPremTransit"
	case PointToSite:
		return "p2s"
	case ConnectedGroup:
		return "connectedGroup"
	case FirewallHop:
		return "azfw"
	case ApplianceHop:
		return "nva"
	case ServiceEndpoint:
		return "serviceEndpoint"
	case InternetHop:
		return "internet"
	}
	return "none"
}

// Hop is one step of a path: how, and by which element.
type Hop struct {
	Type    HopType
	Element estate.ID
}

// Encryption says how a path is protected between locations. Traffic inside one VNet does not
// count.
type Encryption uint8

// The degrees of encryption, least first.
const (
	Clear         Encryption = iota // some of the path is outside the platform, or on a circuit, and not encrypted
	Platform                        // by the platform, between its data centres only
	VNetEncrypted                   // VNet encryption on every segment, for machines that support it
	IPsecInPart                     // some segments are inside IPsec
	IPsecWhole                      // every segment is
)

// String is the degree in words.
func (e Encryption) String() string {
	switch e {
	case IPsecWhole:
		return "IPsec on the whole path"
	case IPsecInPart:
		return "IPsec on part of the path"
	case VNetEncrypted:
		return "VNet encryption"
	case Platform:
		return "the platform's own encryption between data centres"
	}
	return "not encrypted"
}

// EncryptionOf is the encryption of a path, VNet encryption apart.
func EncryptionOf(path []Hop) Encryption {
	var platform, clear, secret bool
	for _, h := range path {
		switch h.Type {
		case IPsecV2V, IPsecS2S, PointToSite:
			secret = true
		case Peering, GlobalPeering, GatewayTransit, ConnectedGroup:
			platform = true
		case CircuitEdge, ServiceEndpoint, InternetHop:
			clear = true
		}
	}
	switch {
	case secret && !clear && !platform:
		return IPsecWhole
	case secret:
		return IPsecInPart
	case clear || !platform:
		return Clear
	}
	return Platform
}
