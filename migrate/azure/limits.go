package azure

import "strings"

// Limits of Resource Manager networks, per region and subscription unless said.
// Source: docs/sources.md#limits.
const (
	// MaxVNetsPerSubscription is how many virtual networks a subscription holds in one region.
	MaxVNetsPerSubscription = 1000
	// MaxSubnetsPerVNet is how many subnets one virtual network holds.
	MaxSubnetsPerVNet = 3000
	// MaxPeeringsPerVNet is how many peerings one virtual network holds: the spokes of one hub.
	MaxPeeringsPerVNet = 500
	// MaxDNSServersPerVNet is how many DNS servers one virtual network names.
	MaxDNSServersPerVNet = 20
	// MaxIPsPerVNet is how many private addresses may be in use in one virtual network.
	MaxIPsPerVNet = 65536
	// MaxIPsPerPeeredGroup is the same for a virtual network together with all its peers.
	MaxIPsPerPeeredGroup = 128000
	// MaxRouteTables is how many route tables there are.
	MaxRouteTables = 200
	// MaxRoutesPerTable is how many routes one table holds.
	MaxRoutesPerTable = 400
	// MinRulePriority and MaxRulePriority bound the priority of a security rule, which is unique per
	// direction.
	MinRulePriority, MaxRulePriority = 100, 4096
	// MaxSecurityRules is how many rules a network security group holds.
	MaxSecurityRules = 1000
	// MaxConnectedGroup is how many virtual networks a connected group has, unless support raised it.
	MaxConnectedGroup = 250
	// MaxGroupsPerVNet is how many connected groups a virtual network is in.
	MaxGroupsPerVNet = 2
	// MaxSubnetsPerPeering is how many subnets a subnet peering names on both sides together.
	MaxSubnetsPerPeering = 200
)

// Limits of the policy of an Azure Firewall. Source: docs/sources.md#firewall-rules.
const (
	// MaxFirewallRules is how many sources and destinations network rules hold: of each rule, every source
	// with every destination.
	MaxFirewallRules = 20_000
	// MaxRuleGroups is how many groups of rules a policy holds.
	MaxRuleGroups = 60
)

// Limits of gateways. Tunnels and clients depend on the SKU: see VPNGatewaySKUs.
// Source: docs/sources.md#limits.
const (
	// MaxVPNGatewaysPerVNet is one; an ExpressRoute gateway may stand beside it.
	MaxVPNGatewaysPerVNet = 1
	// MaxGatewayPrefixes is how many address prefixes of virtual networks one VPN gateway serves.
	MaxGatewayPrefixes = 600
	// MaxLocalNetworkGatewayPrefixes is how many prefixes one local network gateway lists.
	MaxLocalNetworkGatewayPrefixes = 1000
	// MaxBGPRoutes is how many routes a VPN gateway learns by BGP; beyond, the session drops.
	MaxBGPRoutes = 4000
	// MaxRoutesPerPeer is how many routes a Route Server takes from one that it has a session with; beyond, the session drops.
	MaxRoutesPerPeer = 4000
	// MaxRootCertificates and MaxRevokedCertificates bound the point-to-site certificates of a
	// gateway.
	MaxRootCertificates    = 20
	MaxRevokedCertificates = 300
	// MaxExpressRoutePrefixes is how many IPv4 prefixes a hub and the spokes that use its gateway
	// advertise to one circuit.
	MaxExpressRoutePrefixes = 1000
	// MaxTunnelMbps is the planning ceiling for one tunnel, in megabits per second.
	MaxTunnelMbps = 1250
)

// Limits of classic networks, per subscription unless said. Source: docs/sources.md#limits.
const (
	// MaxClassicVNets is how many classic virtual networks there are.
	MaxClassicVNets = 100
	// MaxClassicLocalNetworkSites is how many local network sites a subscription could be raised
	// to; DefaultClassicLocalNetworkSites is what it had without asking.
	MaxClassicLocalNetworkSites     = 50
	DefaultClassicLocalNetworkSites = 20
	// MaxClassicDNSServersPerVNet is how many DNS servers one classic virtual network names.
	MaxClassicDNSServersPerVNet = 20
	// MaxClassicIPsPerVNet is how many private addresses one classic virtual network holds.
	MaxClassicIPsPerVNet = 4096
	// MaxClassicTunnels is how many tunnels a dynamic gateway of the Default or Standard size
	// holds; MaxClassicTunnelsHighPerformance is the same for HighPerformance.
	MaxClassicTunnels                = 10
	MaxClassicTunnelsHighPerformance = 30
	// MaxClassicClients is how many point-to-site clients a classic gateway serves at once.
	MaxClassicClients = 128
	// ClassicGatewayMbps and ClassicHighPerformanceMbps are the aggregate rates of classic
	// gateways, in megabits per second, for all tunnels together.
	ClassicGatewayMbps         = 100
	ClassicHighPerformanceMbps = 200
)

// MaxDeploymentNameLength is the length of a deployment's name. Source: docs/sources.md#names.
const MaxDeploymentNameLength = 64

// MaxCircuitLinks is how many networks one circuit links: ten, and with Premium by its bandwidth in
// megabits per second. Source: docs/sources.md#limits.
func MaxCircuitLinks(tier string, mbps int) int {
	if !strings.EqualFold(tier, "Premium") {
		return 10
	}
	for _, step := range []struct{ mbps, links int }{{50, 20}, {100, 25}, {200, 25}, {500, 40}, {1000, 50}, {2000, 60}, {5000, 75}} {
		if mbps <= step.mbps {
			return step.links
		}
	}
	return 100
}

// Limits of a hub of Virtual WAN. Source: docs/sources.md#virtual-wan.
const (
	// MaxWANConnections is how many virtual networks connect to one hub, less the number of hubs.
	MaxWANConnections = 500
	// MaxWANDevices is how many site-to-site connections a hub has.
	MaxWANDevices = 1000
	// MaxWANCircuits is how many ExpressRoute circuits connect to a hub.
	MaxWANCircuits = 8
	// WANMachines is how many machines the virtual networks of a hub may have before it needs more routing units.
	WANMachines = 2000
	// WANHubBits is the length of the prefix that is recommended for a hub.
	WANHubBits = 23
)
