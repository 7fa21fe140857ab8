package estate

import "github.com/netmigrate/netmigrate/netcfg/diag"

// SecurityGroup is a network security group. The rules that every group has are not among Rules.
type SecurityGroup struct {
	ID         ID
	Name       string // as written
	Region     Region
	Rules      []SecurityRule // in the order of direction and priority
	RulesKnown bool           // the input lists them; without them the group is a name
	Refs       []diag.Ref
}

// SecurityRule is a rule of a network security group. Prefixes are CIDR, an address, "*" or a tag in
// ARM's spelling; ports are numbers, ranges or "*".
type SecurityRule struct {
	Name                         Fact
	Direction                    Fact // Inbound, Outbound
	Priority                     Fact // 100 to 4096
	Access                       Fact // Allow, Deny
	Protocol                     Fact // Tcp, Udp, *
	Source, SourcePort           Fact
	Destination, DestinationPort Fact
	Refs                         []diag.Ref
}

// RouteTable is a table of user-defined routes.
type RouteTable struct {
	ID          ID
	Name        string // as written
	Region      Region
	Routes      []Route
	RoutesKnown bool
	// NoPropagation keeps the routes of gateways from the table's subnets
	// (disableBgpRoutePropagation).
	NoPropagation bool
	Refs          []diag.Ref
}

// Route is a user-defined route.
type Route struct {
	Name    Fact
	Prefix  Prefix
	NextHop Fact    // VirtualNetworkGateway, VnetLocal, Internet, VirtualAppliance, None: ARM's words
	Address Address // of the appliance
	Refs    []diag.Ref
}
