package estate

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// VNet is a virtual network.
type VNet struct {
	ID      ID
	Name    string // as written
	Model   Model
	Region  Region
	Space   []Prefix // the address space
	Subnets []Subnet
	DNS     []DNSServerRef // in the order of resolution
	GUID    Fact           // classic: the id that the service gave

	Encryption bool // ARM: VNet encryption is on, so that VMs whose size supports it encrypt between each other
	State      Fact // ARM: its provisioningState

	Refs []diag.Ref // the element, its name, and what holds its lists
}

// Subnet is a subnet of a VNet.
type Subnet struct {
	Name   string // in an ARM estate a legal name; GatewaySubnet in exactly this spelling
	Raw    string // as written
	Prefix Prefix
	Refs   []diag.Ref

	SecurityGroup, RouteTable         ID         // zero when there is none, or nothing tells
	SecurityGroupRefs, RouteTableRefs []diag.Ref // of the bindings

	// ARM only.
	ServiceEndpoints []ServiceEndpoint
	MorePrefixes     []Prefix // beside Prefix: a subnet may have several
	NATGateway       ID
	Delegations      []Fact // the services that the subnet is given over to
	InUse            int    // interfaces and other things with an address in it, where an input lists them
}

// ServiceEndpoint lets a subnet reach a service of the platform by its own route.
type ServiceEndpoint struct {
	Service  string   // Microsoft.Storage and so on
	Prefixes []Prefix // of the service, where an input lists them
}

// GatewaySubnet is the subnet that holds gateways; its name must be spelled like this.
// Source: docs/sources.md#gateway-subnet.
const GatewaySubnet = "GatewaySubnet"

// OfGateways reports whether a subnet is the one that holds gateways.
func (s *Subnet) OfGateways() bool { return strings.EqualFold(s.Name, GatewaySubnet) }

// FirstFree is the first address of a subnet that the platform gives away.
func FirstFree(subnet netip.Prefix) netip.Addr {
	a := subnet.Masked().Addr()
	for range azure.ReservedPerSubnet - 1 {
		a = a.Next()
	}
	return a
}

// DNSServer is a name server that VNets refer to.
type DNSServer struct {
	ID      ID
	Name    string
	Address Address
	Refs    []diag.Ref // the element and its name
}

// DNSServerRef is an entry of a VNet's server list.
type DNSServerRef struct {
	Server  ID
	Name    string
	Address netip.Addr
	Refs    []diag.Ref
}

// PeeringState is the state of a peering half.
type PeeringState uint8

// The states of a peering.
const (
	PeeringConnected PeeringState = iota
	PeeringInitiated
	PeeringDisconnected
)

// Peering is one directed half of a peering.
type Peering struct {
	ID                        ID // Name is the VNet, Child the peering
	VNet, Remote              ID
	AllowVirtualNetworkAccess bool
	AllowForwardedTraffic     bool
	AllowGatewayTransit       bool
	UseRemoteGateways         bool
	State                     PeeringState

	Sync     Fact // peeringSyncLevel: FullyInSync, LocalNotInSync, RemoteNotInSync, LocalAndRemoteNotInSync
	Unstated bool // a listing says nothing of its state, which then counts as Connected
	Managed  bool // a network manager made it, and would make it again
	Refs     []diag.Ref

	// RemoteSpace is the remote's address space as this half last took it over; nil when an input
	// does not say, and then it is what the remote has.
	RemoteSpace []Prefix
	// Partial limits the peering to the named subnets of either side (peerCompleteVnets is false).
	Partial                     bool
	LocalSubnets, RemoteSubnets []string
}

// NetworkGroup is a connected group of a network manager: its members reach each other directly.
type NetworkGroup struct {
	ID      ID
	Members []ID // VNets
	Hub     ID   // joins them where the group has a hub and direct connectivity; else zero
	Refs    []diag.Ref
}

// All are the VNets that the group joins each with each: its members, and its hub.
func (g *NetworkGroup) All() []ID {
	if g.Hub.IsZero() {
		return g.Members
	}
	return append(slices.Clone(g.Members), g.Hub)
}

// Manager is the network manager that deploys the group.
func (g *NetworkGroup) Manager() ID {
	id := g.ID
	id.Type, id.Child = TypeNetworkManager, ""
	return id
}

// NetworkManager is an Azure Virtual Network Manager: it owns the peerings that its configurations
// make.
type NetworkManager struct {
	ID    ID
	Scope []string // resource ids of the subscriptions and management groups that it manages

	Region Region
	Refs   []diag.Ref
}
