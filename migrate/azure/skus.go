package azure

import "strings"

// VPNGatewaySKU is one size of a VPN gateway. Source: docs/sources.md#skus.
type VPNGatewaySKU struct {
	Name          string
	Generation    int // 1 or 2; 0 for a size from before the generations
	Tunnels       int // site-to-site and between virtual networks together
	SSTPClients   int // point-to-site over SSTP; see docs/sources.md#point-to-site for its end
	Clients       int // point-to-site over IKEv2 and OpenVPN; 0 when unsupported
	Mbps          int // aggregate megabits per second of all tunnels
	BGP           bool
	ZoneRedundant bool
	Creatable     bool // new gateways of this size are accepted
	Behind        int  // machines, private endpoints and appliances behind it, in hub and spokes; 0 when unpublished
}

// vpnGatewaySKUs is ordered from small to large within a group: what can be created, then what
// cannot any more.
var vpnGatewaySKUs = []VPNGatewaySKU{
	{Name: "Basic", Generation: 1, Tunnels: 10, SSTPClients: 128, Mbps: 100, Creatable: true, Behind: 200},
	{Name: "VpnGw1AZ", Generation: 1, Tunnels: 30, SSTPClients: 128, Clients: 250, Mbps: 650, BGP: true, ZoneRedundant: true, Creatable: true, Behind: 1000},
	{Name: "VpnGw2AZ", Generation: 1, Tunnels: 30, SSTPClients: 128, Clients: 500, Mbps: 1000, BGP: true, ZoneRedundant: true, Creatable: true, Behind: 2000},
	{Name: "VpnGw3AZ", Generation: 1, Tunnels: 30, SSTPClients: 128, Clients: 1000, Mbps: 1250, BGP: true, ZoneRedundant: true, Creatable: true, Behind: 5000},
	{Name: "VpnGw2AZ", Generation: 2, Tunnels: 30, SSTPClients: 128, Clients: 500, Mbps: 1250, BGP: true, ZoneRedundant: true, Creatable: true, Behind: 2000},
	{Name: "VpnGw3AZ", Generation: 2, Tunnels: 30, SSTPClients: 128, Clients: 1000, Mbps: 2500, BGP: true, ZoneRedundant: true, Creatable: true, Behind: 3300},
	{Name: "VpnGw4AZ", Generation: 2, Tunnels: 100, SSTPClients: 128, Clients: 5000, Mbps: 5000, BGP: true, ZoneRedundant: true, Creatable: true, Behind: 4400},
	{Name: "VpnGw5AZ", Generation: 2, Tunnels: 100, SSTPClients: 128, Clients: 10000, Mbps: 10000, BGP: true, ZoneRedundant: true, Creatable: true, Behind: 9000},
	{Name: "VpnGw1", Generation: 1, Tunnels: 30, SSTPClients: 128, Clients: 250, Mbps: 650, BGP: true, Behind: 450},
	{Name: "VpnGw2", Generation: 1, Tunnels: 30, SSTPClients: 128, Clients: 500, Mbps: 1000, BGP: true, Behind: 1300},
	{Name: "VpnGw3", Generation: 1, Tunnels: 30, SSTPClients: 128, Clients: 1000, Mbps: 1250, BGP: true, Behind: 4000},
	{Name: "VpnGw2", Generation: 2, Tunnels: 30, SSTPClients: 128, Clients: 500, Mbps: 1250, BGP: true, Behind: 685},
	{Name: "VpnGw3", Generation: 2, Tunnels: 30, SSTPClients: 128, Clients: 1000, Mbps: 2500, BGP: true, Behind: 2240},
	{Name: "VpnGw4", Generation: 2, Tunnels: 100, SSTPClients: 128, Clients: 5000, Mbps: 5000, BGP: true, Behind: 5300},
	{Name: "VpnGw5", Generation: 2, Tunnels: 100, SSTPClients: 128, Clients: 10000, Mbps: 10000, BGP: true, Behind: 6700},
	{Name: "Standard", Tunnels: 10, SSTPClients: 128, Mbps: 100, BGP: true},
	{Name: "HighPerformance", Tunnels: 30, SSTPClients: 128, Mbps: 200, BGP: true},
}

// VPNGatewaySKUs is the table of VPN gateway sizes, from small to large: first those that can be
// created, then those that only exist.
func VPNGatewaySKUs() []VPNGatewaySKU { return append([]VPNGatewaySKU(nil), vpnGatewaySKUs...) }

// LookupVPNGatewaySKU finds a size by name, whatever the letter case. Of two generations it
// returns the first, which is what the platform makes when a template does not say.
func LookupVPNGatewaySKU(name string) (VPNGatewaySKU, bool) {
	for _, s := range vpnGatewaySKUs {
		if strings.EqualFold(s.Name, name) {
			return s, true
		}
	}
	return VPNGatewaySKU{}, false
}

// VPNGatewaySKUFor is the smallest size that can be created and holds the tunnels, clients
// (IKEv2 or OpenVPN) and megabits per second; false when none does. Basic is never chosen: it has
// no BGP and offers no gateway transit.
func VPNGatewaySKUFor(tunnels, clients, mbps int) (VPNGatewaySKU, bool) {
	for _, s := range vpnGatewaySKUs {
		if s.Creatable && s.BGP && s.Tunnels >= tunnels && s.Clients >= clients && s.Mbps >= mbps {
			return s, true
		}
	}
	return VPNGatewaySKU{}, false
}

// ExpressRouteGatewaySKU is one size of an ExpressRoute gateway. Source: docs/sources.md#skus.
type ExpressRouteGatewaySKU struct {
	Name          string
	Circuits      int // circuits of different peering locations it connects
	Mbps          int // megabits per second; 0 when it scales
	ZoneRedundant bool
	Creatable     bool
}

var expressRouteGatewaySKUs = []ExpressRouteGatewaySKU{
	{Name: "ErGw1AZ", Circuits: 4, Mbps: 1000, ZoneRedundant: true, Creatable: true},
	{Name: "ErGw2AZ", Circuits: 8, Mbps: 2000, ZoneRedundant: true, Creatable: true},
	{Name: "ErGw3AZ", Circuits: 16, Mbps: 10000, ZoneRedundant: true, Creatable: true},
	{Name: "ErGwScale", Circuits: 16, ZoneRedundant: true, Creatable: true},
	{Name: "Standard", Circuits: 4, Mbps: 1000},
	{Name: "HighPerformance", Circuits: 8, Mbps: 2000},
	{Name: "UltraPerformance", Circuits: 16, Mbps: 10000},
}

// ExpressRouteGatewaySKUs is the table of ExpressRoute gateway sizes, ordered as VPNGatewaySKUs.
func ExpressRouteGatewaySKUs() []ExpressRouteGatewaySKU {
	return append([]ExpressRouteGatewaySKU(nil), expressRouteGatewaySKUs...)
}

// ClassicGatewaySize is a size of a classic gateway with what takes its place, per kind of gateway.
// Source: docs/sources.md#classic-gateways.
type ClassicGatewaySize struct {
	Name         string // as the service writes it
	VPN          string // the VPN gateway size; empty: there was no VPN gateway of this size
	ExpressRoute string // the ExpressRoute gateway size
}

var classicGatewaySizes = []ClassicGatewaySize{
	{Name: "Default", VPN: "VpnGw1AZ", ExpressRoute: "ErGw1AZ"},
	{Name: "Standard", VPN: "VpnGw1AZ", ExpressRoute: "ErGw1AZ"},
	{Name: "HighPerformance", VPN: "VpnGw2AZ", ExpressRoute: "ErGw2AZ"},
	{Name: "UltraPerformance", ExpressRoute: "ErGw3AZ"},
}

// LookupClassicGatewaySize finds a classic size by name, whatever the letter case. "Basic" is how
// the command line wrote Default.
func LookupClassicGatewaySize(name string) (ClassicGatewaySize, bool) {
	if strings.EqualFold(name, "Basic") {
		name = "Default"
	}
	for _, s := range classicGatewaySizes {
		if strings.EqualFold(s.Name, name) {
			return s, true
		}
	}
	return ClassicGatewaySize{}, false
}

// LookupExpressRouteGatewaySKU finds a size by name, whatever the letter case.
func LookupExpressRouteGatewaySKU(name string) (ExpressRouteGatewaySKU, bool) {
	for _, s := range expressRouteGatewaySKUs {
		if strings.EqualFold(s.Name, name) {
			return s, true
		}
	}
	return ExpressRouteGatewaySKU{}, false
}

// Defaults of a conversion. Sources: docs/sources.md#skus, docs/sources.md#bgp.
const (
	// DefaultVPNGatewaySKU replaces a classic gateway of unknown size: the smallest size that can
	// still be created and offers gateway transit. Classic gateways carried 10 or 30 tunnels and
	// 100 or 200 Mbps; this one carries 30 tunnels and 650 Mbps, so it holds either.
	DefaultVPNGatewaySKU = "VpnGw1AZ"
	// DefaultExpressRouteGatewaySKU replaces a classic ExpressRoute gateway of unknown size: the
	// smallest of the sizes that are not being retired.
	DefaultExpressRouteGatewaySKU = "ErGw1AZ"
	// DefaultGatewayASN is the BGP number that every gateway has unless told otherwise.
	DefaultGatewayASN = 65515
)
