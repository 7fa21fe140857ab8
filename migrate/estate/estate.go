// Package estate is the model as meant: one neutral value for a classic network, for its ARM
// form, for a target and for every state in between. Every question the tool answers is asked
// of it.
//
// Objects refer to each other by ID; slices are in a defined order (by subscription, then name),
// whatever order the input had. Every field that came from a document keeps its Refs.
package estate

import (
	"net/netip"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// ID names one object. Parts are compared case-folded, but for the type: use Key or Same. In a classic estate Group
// is empty and Subscription is the name of the document that described it.
type ID struct{ Cloud, Tenant, Subscription, Group, Type, Name, Child string }

// The types an ID may have: the ARM type names without their provider.
const (
	TypeVNet       = "virtualNetworks"
	TypeSubnet     = "virtualNetworks/subnets"
	TypePeering    = "virtualNetworks/virtualNetworkPeerings"
	TypeSite       = "localNetworkGateways"
	TypeGateway    = "virtualNetworkGateways"
	TypeConnection = "connections"
	TypePublicIP   = "publicIPAddresses"
	TypeCircuit    = "expressRouteCircuits"
	TypeNSG        = "networkSecurityGroups"
	TypeRouteTable = "routeTables"

	TypeFirewall     = "azureFirewalls"
	TypeInterface    = "networkInterfaces" // of an appliance
	TypeLoadBalancer = "loadBalancers"     // in front of appliances
	TypeRouteServer  = "virtualHubs"
	TypeNetworkGroup = "networkManagers/networkGroups"
	TypeNATGateway   = "natGateways"

	TypeNetworkManager = "networkManagers"

	TypeDNSServer = "dnsServers" // classic only
)

// Key is an ID folded for comparison: equal Keys are equal objects. It is a map key.
type Key struct{ scope, typ, name, child string }

// Key folds the ID. Names that are lower case already are not copied.
func (id ID) Key() Key {
	scope := id.Subscription
	if id.Cloud != "" || id.Tenant != "" || id.Group != "" {
		scope = strings.Join([]string{id.Cloud, id.Tenant, id.Subscription, id.Group}, "\x00")
	}
	return Key{strings.ToLower(scope), id.Type, strings.ToLower(id.Name), strings.ToLower(id.Child)}
}

// String is the key as text: keys order as their texts do.
func (k Key) String() string {
	return k.scope + "\x00" + k.typ + "\x00" + k.name + "\x00" + k.child
}

// Same reports whether two IDs name the same object.
func (id ID) Same(other ID) bool {
	return id.Type == other.Type && strings.EqualFold(id.Name, other.Name) &&
		strings.EqualFold(id.Child, other.Child) && strings.EqualFold(id.Subscription, other.Subscription) &&
		strings.EqualFold(id.Group, other.Group) && strings.EqualFold(id.Tenant, other.Tenant) && strings.EqualFold(id.Cloud, other.Cloud)
}

// sibling is the ID of an object of another type and name in the same place.
func (id ID) sibling(typ, name string) ID {
	id.Type, id.Name, id.Child = typ, name, ""
	return id
}

// IsZero reports whether the ID names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// String is the ID for people: "virtualNetworks/hub".
func (id ID) String() string {
	s := id.Type + "/" + id.Name
	if id.Child != "" {
		s += "/" + id.Child
	}
	return s
}

// Estate is a network as meant.
type Estate struct {
	Docs []string // names of the documents that Refs count

	VNets       []VNet
	DNSServers  []DNSServer
	Sites       []Site
	Gateways    []Gateway
	Connections []Connection
	Peerings    []Peering
	Groups      []NetworkGroup
	Managers    []NetworkManager

	SecurityGroups []SecurityGroup
	RouteTables    []RouteTable
	Circuits       []Circuit
	Subscriptions  []Subscription // those that something is known of
	Listings       []Listing      // ARM: what the live listings cover; nil where no listing is an input

	Mapping     []Mapping
	Assumptions []Assumption
}

// Modern reports whether the estate is of Resource Manager: read from its documents, or made by ToARM.
func (e *Estate) Modern() bool {
	return len(e.Listings) > 0 || len(e.VNets) > 0 && e.VNets[0].Model == ARM
}

// Pos is the place of a Ref in its document.
func (e *Estate) Pos(r diag.Ref) diag.Pos {
	if r.IsZero() || int(r.Doc) >= len(e.Docs) {
		return diag.Pos{}
	}
	return r.Pos(e.Docs[r.Doc])
}

// Prefix is a canonical prefix with the text it was written as.
type Prefix struct {
	netip.Prefix
	Raw  string
	Refs []diag.Ref // the element and its text
}

// Address is an IP address with the text it was written as.
type Address struct {
	netip.Addr
	Raw         string
	Placeholder string // why the address cannot be a device's, or "": see azure.Placeholder
	Refs        []diag.Ref
}

// Fact is a value that an input states, with the text it was written as. The zero Fact is what no
// input says.
type Fact struct {
	Value string // canonical
	Raw   string // as written
	Refs  []diag.Ref
}

// Known reports whether an input says it.
func (f Fact) Known() bool { return f.Value != "" }

// Region is where something lives. Name is canonical ("westeurope") or empty when unknown.
type Region struct {
	Name          string
	Raw           string // Location as written
	AffinityGroup string // classic: the name of the group when no location was written
	Refs          []diag.Ref
}

// String names the region for people: the canonical name, or the affinity group that hides it.
func (r Region) String() string {
	switch {
	case r.Name != "":
		return r.Name
	case r.AffinityGroup != "":
		return "affinity group " + r.AffinityGroup
	case r.Raw != "":
		return r.Raw
	}
	return "unknown region"
}

// Model tells a classic object from an ARM one.
type Model uint8

// The two deployment models.
const (
	Classic Model = iota
	ARM
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

// Subscription is what the options file says of a subscription.
type Subscription struct {
	Name          string // as the IDs of its objects have it
	ID, Tenant    string // GUIDs in lower case, or ""
	ResourceGroup string // of the converted resources, or ""
}

// Listing says which kinds of objects of a subscription an input lists. What is not listed may exist
// all the same.
type Listing struct {
	Subscription string   // as the IDs of its objects have it
	Types        []string // of IDs, sorted
	TakenAt      Fact     // when, in RFC 3339, where a note beside the lists says it
}

// SiteClass says what a local network site is.
type SiteClass uint8

// The classes. A site is a next hop with prefixes behind it, so a site that stands for a VNet may
// also carry what lies behind that VNet: that is Transit.
const (
	SiteUnreferenced SiteClass = iota
	SiteOnPremises             // a network outside this estate
	SiteVNet                   // one VNet of the estate, and nothing else
	SiteUnresolved             // a VNet of the estate, but nothing tells which
	SiteTransit                // a VNet of the estate and ranges behind it, or an on-premises device and VNets behind it
)

// String names the class.
func (c SiteClass) String() string {
	switch c {
	case SiteOnPremises:
		return "on-premises"
	case SiteVNet:
		return "VNet"
	case SiteTransit:
		return "transit"
	case SiteUnresolved:
		return "unresolved"
	}
	return "unreferenced"
}

// Site is a LocalNetworkSite or LocalNetworkGateway: a device and the prefixes reached through it.
type Site struct {
	ID       ID
	Name     string // as written
	Region   Region // ARM only
	Prefixes []Prefix
	Address  Address // invalid when none was written
	// AddressOf is, in an ARM estate, the gateway whose public address this site takes; its own
	// Address is then what the classic file had and is not used.
	AddressOf ID

	FQDN           Fact     // ARM: the name of the device where it has no fixed address
	Unlisted       bool     // ARM: something names it and no input lists it, so nothing else is known of it
	BGP            *BGP     // of the device
	Announced      []Prefix // what the device announces by BGP,
	AnnouncedKnown bool     // where an input lists it

	Declared Declaration // what the options file says it is

	Class SiteClass
	// Endpoint is the VNet whose gateway the device is; zero for a device outside the estate.
	Endpoint ID
	// Network names the on-premises network when Endpoint is zero: sites with the same device
	// address share it.
	Network string
	Refs    []diag.Ref
}

// Declaration is what the engineer says a site is. It is the strongest evidence of all; where the
// service's answers speak against it, that is a finding (SITE-012).
type Declaration struct {
	Kind DeclaredKind
	VNet ID // of DeclaredVNet
}

// DeclaredKind is a word of the options file: what a site is.
type DeclaredKind uint8

// What a site can be declared as.
const (
	Undeclared         DeclaredKind = iota
	DeclaredVNet                    // a VNet of this estate
	DeclaredOnPremises              // a network outside Azure
	DeclaredElsewhere               // a VNet of a subscription that is not part of the input
	DeclaredGone                    // nothing any more
)

// String is the word as the options file has it.
func (k DeclaredKind) String() string {
	switch k {
	case DeclaredVNet:
		return "vnet"
	case DeclaredOnPremises:
		return "on-premises"
	case DeclaredElsewhere:
		return "other-subscription"
	case DeclaredGone:
		return "gone"
	}
	return ""
}

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

// Toggle is a switch that an input may leave unstated.
type Toggle uint8

// The states of a switch.
const (
	Unstated Toggle = iota
	On
	Off
)

// Gateway is a virtual network gateway, or another thing of a VNet that forwards packets or
// announces routes.
type Gateway struct {
	ID          ID
	VNet        ID
	Kind        GatewayKind
	SKU         string   // ARM only; assumed when the input does not say
	PublicIP    ID       // ARM VPN gateways only
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
	Appliance ID
	ASN       Fact
	Learned   []Prefix // what it announces
	Refs      []diag.Ref
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

// ConnectionKind is the type of a connection.
type ConnectionKind uint8

// The kinds of connection.
const (
	IPsec ConnectionKind = iota
	Vnet2Vnet
	ExpressRoute // classic: Dedicated
)

// String names the kind as ARM does.
func (k ConnectionKind) String() string {
	switch k {
	case Vnet2Vnet:
		return "Vnet2Vnet"
	case ExpressRoute:
		return "ExpressRoute"
	}
	return "IPsec"
}

// Connection is one directed half: from a gateway to a remote. What it routes is the prefixes of
// its Site, or, for Vnet2Vnet, the address space of the VNet behind RemoteGateway.
type Connection struct {
	ID            ID
	Gateway       ID
	Kind          ConnectionKind
	Site          ID     // IPsec and classic
	RemoteGateway ID     // Vnet2Vnet
	KeyName       string // ARM: the parameter that holds the shared key; both halves of a link share it
	PolicyBased   bool   // ARM: the device has policy-based selectors, because a static gateway wanted them
	Pairing       Pairing
	Refs          []diag.Ref

	State   Fact          // Connected, Connecting, NotConnected: what the service said when it was asked
	Key     netcfg.Secret // read only to compare both ends
	KeyRefs []diag.Ref
	Vault   Fact         // the name of the secret in the Key Vault, from the options file
	Policy  *IPsecPolicy // what was set on this connection
	// DeclaredDown: the options file says that it is not connected, so that it carries nothing.
	DeclaredDown bool
	// EnableBGP is known where the connection exchanges routes; in an ARM estate both ends then allow it.
	EnableBGP Fact
	Circuit   ID // ExpressRoute: the circuit, when something names it

	// ARM only.
	Ingress, Egress Fact     // bytes since the tunnel came up
	Protocol        Fact     // IKEv2, IKEv1
	Selectors       []string // traffic selectors, "local -> remote" in CIDR
	Bypass          bool     // ExpressRoute: FastPath
	NAT             bool     // NAT rules translate what it carries
	Managed         Fact     // provisioningState
}

// The states of a classic connection. Source: docs/sources.md#pairing.
const (
	StateConnected    = "Connected"
	StateConnecting   = "Connecting"
	StateNotConnected = "NotConnected"
)

// IPsecPolicy is what the classic service let one set on a connection. In an ARM estate every field
// is known, in ARM's words.
// Source: docs/sources.md#ipsec.
type IPsecPolicy struct {
	Encryption, Hash, PFS      Fact // AES256, SHA1, PFS1 and so on
	LifetimeSeconds, Kilobytes Fact // decimal numbers
	Refs                       []diag.Ref
}

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

// Circuit is an ExpressRoute circuit. It is referred to and never created.
type Circuit struct {
	ID         ID // Name is its name, or its service key where it has none
	ServiceKey Fact
	Provider   Fact
	Location   Fact // of the peering
	Bandwidth  Fact // Mbps
	SKU        Fact // Standard, Premium
	Status     Fact
	ResourceID string // in ARM, from the options file
	// Authorization says that a connection needs a key that the owner of the circuit gives out: the
	// circuit is in another subscription. From the options file.
	Authorization bool
	Links         []ID // the VNets linked to it
	// Learned is what the on-premises side announces, and LearnedKnown that an input lists it.
	Learned      []Prefix
	LearnedKnown bool
	Refs         []diag.Ref
}

// Confidence says how sure a pairing is.
type Confidence uint8

// The confidences. NotPaired is for connections to something outside the estate.
const (
	NotPaired Confidence = iota
	OneSided
	Ambiguous
	Likely
	Certain
)

// String is the word printed in reports.
func (c Confidence) String() string {
	switch c {
	case OneSided:
		return "one-sided"
	case Ambiguous:
		return "ambiguous"
	case Likely:
		return "likely"
	case Certain:
		return "certain"
	}
	return "not paired"
}

// Pairing says which half is the other end of this one, how sure that is, and why.
type Pairing struct {
	Confidence Confidence
	Partner    ID     // the other half; zero unless Certain or Likely
	Candidates []ID   // halves it could be, when Ambiguous
	Toward     ID     // the VNet that a OneSided half means; zero when what it means is declared gone
	Suspect    string // rule id of a finding that says the tunnel cannot have been up, or ""
	Evidence   []Evidence
	Decide     []string // facts that would make a Likely or Ambiguous pairing certain, as noun phrases
}

// EvidenceKind is a sort of evidence for a pairing.
type EvidenceKind uint8

// The evidence: first what speaks for a pairing, strongest first, then what speaks against it.
// Source: docs/design.md#pairing.
const (
	Declared      EvidenceKind = iota + 1 // the options file says what the site is
	ProvenAddress                         // the device address is that of the partner's gateway, as the service said
	SameKey                               // both ends, and no other connection, have this shared key
	SameAddress                           // sites with this device address describe one gateway
	OwnSpace                              // the site's prefixes are exactly the partner's address space
	CoversSpace                           // the site's prefixes contain the partner's address space and more
	PartOfSpace                           // the site's prefixes are part of the partner's address space
	Reciprocal                            // the partner has a site that covers this VNet
	OnlyCandidate                         // no other half fits
	OnlyMatching                          // there is one way only to join all the halves that fit each other
	SiteName                              // the site is named like the partner
	SaidConnected                         // the service said that the connection is up, so the far end is real

	NoSpace            // the site's prefixes are none of the partner's address space
	AgainstAddress     // the device address speaks for another gateway
	OwnAddress         // the device address is that of this VNet's own gateway
	StaleAddress       // the device address is not that of the partner's gateway, and of no other
	OtherAddress       // another site gives one of the two gateways another usable device address
	DifferentKey       // the two ends have different shared keys
	SaidNotConnected   // the service said that the connection is not up
	DeclaredDown       // the options file says so
	SaidNoGateway      // the service said that the VNet has no gateway
	NoReciprocal       // no half of the candidate covers this VNet
	PlaceholderAddress // the device address cannot be a device's
)

// Evidence is one reason, with the value it rests on. It never holds a shared key.
type Evidence struct {
	Kind  EvidenceKind
	Value string
}

// Has reports whether there is evidence of a kind.
func (p *Pairing) Has(kind EvidenceKind) bool {
	for i := range p.Evidence {
		if p.Evidence[i].Kind == kind {
			return true
		}
	}
	return false
}

// The rules that a tunnel can be Suspect by for what the service said, not for what is written.
const (
	suspectNotUp     = "LINK-002" // it was not up
	suspectNoGateway = "GW-012"   // one of its ends had no gateway
)

// NoGateway reports whether a tunnel is Suspect because one of its ends had no gateway.
func (p *Pairing) NoGateway() bool { return p.Suspect == suspectNoGateway }

// Doubt says of a Suspect tunnel what is wrong with it, as a predicate.
func (p *Pairing) Doubt() string {
	switch p.Suspect {
	case suspectNotUp:
		return "is not up"
	case suspectNoGateway:
		return "lacked a gateway when the service was asked"
	}
	return "cannot have been up as written"
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

// NetworkManager is an Azure Virtual Network Manager: it owns the peerings that its configurations
// make.
type NetworkManager struct {
	ID    ID
	Scope []string // resource ids of the subscriptions and management groups that it manages
	Refs  []diag.Ref
}

// Mapping says which classic object became which ARM object, and under which rule when the name
// or the meaning had to change.
type Mapping struct {
	From, To ID
	Rule     string // empty: as it was
}

// Assumption is something the input cannot say, what was taken for it, and what would settle it.
type Assumption struct {
	ID       string   // ASM-…
	Assumed  string   // what is taken to be true
	Because  string   // why the input cannot say
	Settle   string   // which answer would settle it
	Subjects []string // the objects it is assumed of, in order
}
