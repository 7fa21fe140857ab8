package estate

import (
	"net/netip"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// GatewayKind tells apart what forwards packets or announces routes in a VNet.
type GatewayKind uint8

// The kinds. The first two are virtual network gateways; the rest are ARM only.
const (
	VPNGateway GatewayKind = iota
	ExpressRouteGateway
	RouteServer // exchanges routes and forwards nothing
	Firewall    // Azure Firewall
	Appliance   // a network virtual appliance: an interface with IP forwarding
)

// String names the kind as ARM does.
func (k GatewayKind) String() string {
	return [...]string{"Vpn", "ExpressRoute", "RouteServer", "AzureFirewall", "NetworkVirtualAppliance"}[k]
}

// Virtual reports whether one of this kind is a virtual network gateway, which stands in GatewaySubnet.
func (k GatewayKind) Virtual() bool { return k <= ExpressRouteGateway }

// Forwards reports whether routes may name one of this kind as their next hop.
func (k GatewayKind) Forwards() bool { return k == Firewall || k == Appliance }

// Gateway is a virtual network gateway, or another thing of a VNet that forwards packets or
// announces routes.
type Gateway struct {
	ID          ID
	VNet        ID
	Kind        GatewayKind
	SKU         string   // ARM only; assumed when the input does not say
	PublicIP    ID       // ARM VPN gateways and firewalls only
	ClientPools []Prefix // point-to-site
	Region      Region   // ARM only: its VNet's
	Refs        []diag.Ref

	// What only the service's answers or the options file say. Routing, Size and Address are those
	// of a gateway that exists: a deleted one keeps stale ones, and they are not read.
	State        Fact    // GatewayProvisioned and so on
	Routing      Fact    // RoutingStatic, RoutingDynamic
	Size         Fact    // classic: Default, Standard, HighPerformance, UltraPerformance
	Address      Address // its public address
	DefaultSite  ID      // forced tunnelling: the site that the default route leads to
	DefaultRefs  []diag.Ref
	Certificates []Certificate // root certificates of point-to-site
	BGP          *BGP
	Beside       Fact // classic: the name of a second-generation VPN gateway, kept beside ExpressRoute

	// ARM only.
	Generation     Fact        // Generation1, Generation2
	MoreAddresses  []Address   // public addresses of further instances
	BasicIP        bool        // a public address of the Basic size
	CustomRoutes   []Prefix    // what point-to-site clients are told beside the networks
	ActiveActive   bool        // two instances carry traffic
	ZoneRedundant  bool        // its instances stand in several zones
	RemoteVNets    Toggle      // ExpressRoute: takes in the prefixes of other VNets on its circuit
	Subnet         string      // Firewall, Appliance: the subnet it stands in
	PrivateIPs     []Address   // Firewall, Appliance: what routes name as their next hop
	NoForwarding   bool        // Appliance: its interface has no IP forwarding
	BranchToBranch bool        // RouteServer: gateways and appliances learn each other's routes
	RoutePeers     []RoutePeer // RouteServer
}

// RoutePeer is an appliance that a Route Server learns routes from.
type RoutePeer struct {
	Name      string  // of the BGP connection
	Address   Address // of the machine that the session is with
	Appliance ID      // that packets are sent to: the machine, or a load balancer before it that it announces
	ASN       Fact
	Refs      []diag.Ref

	// Learned is what it announces, and LearnedKnown that an input lists it.
	Learned      []Prefix
	LearnedKnown bool
}

// The states of a gateway, in the words of the classic service; what Resource Manager says is
// translated, and Raw has its word. Source: docs/sources.md#service-management.
const (
	GatewayProvisioned    = "Provisioned"
	GatewayNotProvisioned = "NotProvisioned"
	GatewayProvisioning   = "Provisioning"
	GatewayDeprovisioning = "Deprovisioning"
)

// The routing types of a classic gateway.
const (
	RoutingStatic  = "StaticRouting"
	RoutingDynamic = "DynamicRouting"
)

// KnownAddress is the public address of a gateway that exists: a deleted one keeps a stale address,
// which proves nothing. Source: docs/sources.md#pairing.
func (g *Gateway) KnownAddress() (netip.Addr, bool) {
	exists := !g.State.Known() || g.State.Value == GatewayProvisioned
	return g.Address.Addr, exists && g.Kind == VPNGateway && g.Address.IsValid()
}

// Certificate is a root certificate that the clients of a gateway are trusted by.
type Certificate struct {
	Subject, Thumbprint Fact
	Data                Fact // base64 without line breaks; often not supplied
	Refs                []diag.Ref
}

// AppService reports whether a root certificate is the one by which the platform joined an App
// Service to the network. Source: docs/sources.md#point-to-site.
func (c *Certificate) AppService() bool {
	const mark = "CN=WebsitesCertificate"
	return len(c.Subject.Value) >= len(mark) && strings.EqualFold(c.Subject.Value[:len(mark)], mark)
}

// BGP is what a gateway or the device of a site announces with.
type BGP struct {
	ASN, PeeringAddress, PeerWeight Fact
	Refs                            []diag.Ref
}
