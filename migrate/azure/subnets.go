package azure

import "net/netip"

// GatewaySubnet is the one name a subnet for gateways may have; the platform compares names
// without regard to case but the portal and the documents write it so.
// Source: docs/sources.md#gateway-subnet.
const GatewaySubnet = "GatewaySubnet"

// FirewallSubnet is the one name of the subnet that an Azure Firewall stands in. Source: docs/sources.md#hub-plan.
const FirewallSubnet = "AzureFirewallSubnet"

// ApplianceSubnet is the subnet that appliances have their inner side in. Source: docs/sources.md#hub-plan.
const ApplianceSubnet = "nva-trust"

// RouteServerSubnet is the one name of the subnet that a Route Server stands in. Source: docs/sources.md#hub-plan.
const RouteServerSubnet = "RouteServerSubnet"

// Prefix lengths of a gateway subnet. Source: docs/sources.md#gateway-subnet.
const (
	// MinGatewaySubnetBits is the smallest that takes one simple VPN gateway.
	MinGatewaySubnetBits = 29
	// RecommendedGatewaySubnetBits is the smallest that takes a VPN and an ExpressRoute gateway
	// side by side, and room to grow.
	RecommendedGatewaySubnetBits = 27
)

// Prefix lengths of a new hub. Source: docs/sources.md#hub-plan.
const (
	// HubBits is that of its address space: it takes all of HubSubnets and leaves a third free.
	HubBits = 22
	// HubGatewaySubnetBits is that of its gateway subnet.
	HubGatewaySubnetBits = 26
)

// HubSubnet is a subnet that a hub has, or keeps room for.
type HubSubnet struct {
	Name    string // exact where the platform asks for a name; our own choice otherwise
	Fixed   bool   // the platform asks for this very name
	MinBits int    // the longest prefix, that is the smallest subnet, that works
	Bits    int    // what a new hub gets
	NoNSG   bool   // network security groups are refused or break the service
	NoRoute bool   // a route table is refused, or may not hold 0.0.0.0/0
}

// hubSubnets is ordered by importance: what stands late is what a small block goes without.
var hubSubnets = []HubSubnet{
	{Name: GatewaySubnet, Fixed: true, MinBits: MinGatewaySubnetBits, Bits: HubGatewaySubnetBits, NoNSG: true, NoRoute: true},
	{Name: FirewallSubnet, Fixed: true, MinBits: 26, Bits: 26, NoNSG: true},
	{Name: "AzureFirewallManagementSubnet", Fixed: true, MinBits: 26, Bits: 26, NoNSG: true},
	{Name: RouteServerSubnet, Fixed: true, MinBits: 27, Bits: 26, NoNSG: true, NoRoute: true},
	{Name: "AzureBastionSubnet", Fixed: true, MinBits: 26, Bits: 26, NoRoute: true},
	{Name: ApplianceSubnet, MinBits: 28, Bits: 27},
	{Name: "nva-untrust", MinBits: 28, Bits: 27},
	{Name: "dns-inbound", MinBits: 28, Bits: 28},
	{Name: "dns-outbound", MinBits: 28, Bits: 28},
	{Name: "shared", MinBits: SmallestSubnetBits, Bits: 25},
}

// HubSubnets is the plan of a hub's subnets, the most important first.
// Source: docs/sources.md#hub-plan.
func HubSubnets() []HubSubnet { return append([]HubSubnet(nil), hubSubnets...) }

// PlannedSubnet is a hub's subnet with its place.
type PlannedSubnet struct {
	HubSubnet
	Prefix netip.Prefix
}

// PlanHub places the subnets of HubSubnets in an IPv4 block, each at the lowest aligned place
// after the one before. Subnets that do not fit any more are left out; a block of HubBits
// takes all of them. The result is empty for a block that is not canonical IPv4.
func PlanHub(block netip.Prefix) []PlannedSubnet {
	if !block.IsValid() || !block.Addr().Is4() || block.Masked() != block {
		return nil
	}
	var plan []PlannedSubnet
	size := uint64(1) << (32 - block.Bits())
	base, used := uint64(toUint32(block.Addr())), uint64(0)
	for _, s := range hubSubnets {
		need := uint64(1) << (32 - s.Bits)
		start := (used + need - 1) / need * need
		if start+need > size {
			continue
		}
		plan = append(plan, PlannedSubnet{s, netip.PrefixFrom(fromUint32(uint32(base+start)), s.Bits)})
		used = start + need
	}
	return plan
}

func toUint32(a netip.Addr) uint32 {
	o := a.As4()
	return uint32(o[0])<<24 | uint32(o[1])<<16 | uint32(o[2])<<8 | uint32(o[3])
}

func fromUint32(n uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}
