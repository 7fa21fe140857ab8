package report

import "net/netip"

// WireEstate is a network as meant: what exists in one state. What had to be assumed of it stands with the plan.
type WireEstate struct {
	VNets       []WireVNet       `json:"virtualNetworks,omitempty"`
	DNSServers  []WireDNSServer  `json:"dnsServers,omitempty"`
	Sites       []WireSite       `json:"sites,omitempty"`
	Gateways    []WireGateway    `json:"gateways,omitempty"`
	Connections []WireConnection `json:"connections,omitempty"`
	Peerings    []WirePeering    `json:"peerings,omitempty"`
	Mapping     []WireMapping    `json:"mapping,omitempty"` // which classic object is which of these

	NetworkGroups  []WireNetworkGroup   `json:"networkGroups,omitempty"`
	Managers       []WireNetworkManager `json:"networkManagers,omitempty"`
	SecurityGroups []WireSecurityGroup  `json:"networkSecurityGroups,omitempty"`
	RouteTables    []WireRouteTable     `json:"routeTables,omitempty"`
	Circuits       []WireCircuit        `json:"expressRouteCircuits,omitempty"`
	Subscriptions  []WireSubscription   `json:"subscriptions,omitempty"`
	Listings       []WireListing        `json:"listings,omitempty"` // what the live listings cover
}

// WireFact is a value that an input states, and what was written when that differs.
type WireFact struct {
	Value   string `json:"value"`
	Written string `json:"written,omitempty"`
}

// WireVNet is a virtual network.
type WireVNet struct {
	ID          WireID       `json:"id"`
	WrittenName string       `json:"writtenName"`
	Model       string       `json:"model" jsonschema:"enum=classic,enum=arm"`
	Region      WireRegion   `json:"region"`
	Space       []WirePrefix `json:"addressSpace"`
	Subnets     []WireSubnet `json:"subnets,omitempty"`
	DNS         []WireDNSRef `json:"dns,omitempty"`
	Encryption  bool         `json:"encryption,omitempty"`
	GUID        *WireFact    `json:"guid,omitempty"`
	State       *WireFact    `json:"provisioningState,omitempty"`
	At          WirePos      `json:"at"`
}

// WireRegion is where something lives; the name is empty when it is not known.
type WireRegion struct {
	Name          string `json:"name,omitempty"`
	Written       string `json:"written,omitempty"`
	AffinityGroup string `json:"affinityGroup,omitempty"`
}

// WirePrefix is a prefix, and what was written when that differs.
type WirePrefix struct {
	Prefix  netip.Prefix `json:"prefix"`
	Written string       `json:"written,omitempty"`
}

// WireSubnet is a subnet of a virtual network.
type WireSubnet struct {
	Name        string     `json:"name"`
	WrittenName string     `json:"writtenName,omitempty"`
	Prefix      WirePrefix `json:"prefix"`

	MorePrefixes     []WirePrefix          `json:"morePrefixes,omitempty"`
	SecurityGroup    *WireID               `json:"networkSecurityGroup,omitempty"`
	RouteTable       *WireID               `json:"routeTable,omitempty"`
	NATGateway       *WireID               `json:"natGateway,omitempty"`
	ServiceEndpoints []WireServiceEndpoint `json:"serviceEndpoints,omitempty"`
	Delegations      []WireFact            `json:"delegations,omitempty"`
	InUse            int                   `json:"addressesInUse,omitempty"`
}

// WireServiceEndpoint is the platform's own route to a service.
type WireServiceEndpoint struct {
	Service  string       `json:"service"`
	Prefixes []WirePrefix `json:"prefixes,omitempty"`
}

// WireDNSServer is a name server.
type WireDNSServer struct {
	ID      WireID      `json:"id"`
	Name    string      `json:"name"`
	Address WireAddress `json:"address"`
}

// WireDNSRef is an entry of a virtual network's server list.
type WireDNSRef struct {
	Server  WireID `json:"server"`
	Name    string `json:"name,omitempty"`
	Address string `json:"address,omitempty"`
}

// WireAddress is an address; it is empty when none was written.
type WireAddress struct {
	Address     string `json:"address,omitempty"`
	Written     string `json:"written,omitempty"`
	Placeholder string `json:"placeholder,omitempty"` // why it cannot be a device's
}

// WireSite is a local network site or local network gateway.
type WireSite struct {
	ID          WireID       `json:"id"`
	WrittenName string       `json:"writtenName"`
	Region      WireRegion   `json:"region"`
	Prefixes    []WirePrefix `json:"prefixes"`
	Address     WireAddress  `json:"address"`
	AddressOf   *WireID      `json:"addressOf,omitempty"` // the gateway whose public address it takes
	Class       string       `json:"class" jsonschema:"enum=unreferenced,enum=on-premises,enum=VNet,enum=transit,enum=unresolved"`
	Endpoint    *WireID      `json:"endpoint,omitempty"` // the virtual network whose gateway the device is
	Network     string       `json:"network,omitempty"`  // the on-premises network
	At          WirePos      `json:"at"`

	FQDN           *WireFact        `json:"fqdn,omitempty"`
	Unlisted       bool             `json:"unlisted,omitempty" jsonschema_description:"something names it and no input lists it"`
	BGP            *WireBGP         `json:"bgp,omitempty"`
	Announced      []WirePrefix     `json:"announced,omitempty"`      // by BGP,
	AnnouncedKnown bool             `json:"announcedKnown,omitempty"` // where an input lists it
	Declared       *WireDeclaration `json:"declared,omitempty"`
}

// WireDeclaration is what the options file says a site is.
type WireDeclaration struct {
	Kind string  `json:"kind" jsonschema:"enum=vnet,enum=on-premises,enum=other-subscription,enum=gone"`
	VNet *WireID `json:"virtualNetwork,omitempty"`
}

// WireBGP is what a gateway or the device of a site announces with.
type WireBGP struct {
	ASN            *WireFact `json:"asn,omitempty"`
	PeeringAddress *WireFact `json:"bgpPeeringAddress,omitempty"`
	PeerWeight     *WireFact `json:"peerWeight,omitempty"`
}

// WireGateway is a virtual network gateway, or another thing of a virtual network that forwards packets or
// announces routes.
type WireGateway struct {
	ID          WireID       `json:"id"`
	VNet        WireID       `json:"virtualNetwork"`
	Kind        string       `json:"kind" jsonschema:"enum=Vpn,enum=ExpressRoute,enum=RouteServer,enum=AzureFirewall,enum=NetworkVirtualAppliance"`
	SKU         string       `json:"sku,omitempty"`
	PublicIP    *WireID      `json:"publicIPAddress,omitempty"`
	ClientPools []WirePrefix `json:"clientPools,omitempty"`
	Region      WireRegion   `json:"region"`
	At          WirePos      `json:"at"`

	State          *WireFact         `json:"state,omitempty"`
	Routing        *WireFact         `json:"vpnType,omitempty"`
	Size           *WireFact         `json:"classicSize,omitempty"`
	Generation     *WireFact         `json:"generation,omitempty"`
	Beside         *WireFact         `json:"secondGateway,omitempty"` // classic: of the second generation, beside ExpressRoute
	Address        *WireAddress      `json:"address,omitempty"`
	MoreAddresses  []WireAddress     `json:"moreAddresses,omitempty"` // of further instances
	BasicIP        bool              `json:"basicPublicAddress,omitempty"`
	DefaultSite    *WireID           `json:"defaultSite,omitempty"` // that the default route leads to
	Certificates   []WireCertificate `json:"rootCertificates,omitempty"`
	BGP            *WireBGP          `json:"bgp,omitempty"`
	CustomRoutes   []WirePrefix      `json:"customRoutes,omitempty"`
	ActiveActive   bool              `json:"activeActive,omitempty"`
	ZoneRedundant  bool              `json:"zoneRedundant,omitempty"`
	RemoteVNets    string            `json:"allowRemoteVnetTraffic,omitempty" jsonschema:"enum=on,enum=off"` // unknown without
	Subnet         string            `json:"subnet,omitempty"`
	PrivateIPs     []WireAddress     `json:"privateAddresses,omitempty"`
	NoForwarding   bool              `json:"withoutIPForwarding,omitempty"`
	BranchToBranch bool              `json:"allowBranchToBranchTraffic,omitempty"`
	RoutePeers     []WireRoutePeer   `json:"routePeers,omitempty"`
}

// WireCertificate is a root certificate that the clients of a gateway are trusted by.
type WireCertificate struct {
	Subject    *WireFact `json:"subject,omitempty"`
	Thumbprint *WireFact `json:"thumbprint,omitempty"`
}

// WireRoutePeer is an appliance that a Route Server learns routes from.
type WireRoutePeer struct {
	Name      string       `json:"name,omitempty"`    // of the BGP connection
	Address   *WireAddress `json:"address,omitempty"` // of the machine that the session is with
	Appliance WireID       `json:"appliance"`         // that packets are sent to
	ASN       *WireFact    `json:"asn,omitempty"`
	Learned   []WirePrefix `json:"learned,omitempty"` // what it announces
	Known     bool         `json:"learnedKnown,omitempty"`
}

// WireConnection is one directed half of a connection.
type WireConnection struct {
	ID            WireID      `json:"id"`
	Gateway       WireID      `json:"gateway"`
	Kind          string      `json:"kind" jsonschema:"enum=IPsec,enum=Vnet2Vnet,enum=ExpressRoute"`
	Site          *WireID     `json:"site,omitempty"`
	RemoteGateway *WireID     `json:"remoteGateway,omitempty"`
	KeyName       string      `json:"keyParameter,omitempty"` // the template parameter for the shared key, never a key
	Pairing       WirePairing `json:"pairing"`
	At            WirePos     `json:"at"`

	State        *WireFact        `json:"state,omitempty"`
	Managed      *WireFact        `json:"provisioningState,omitempty"`
	Ingress      *WireFact        `json:"ingressBytes,omitempty"`
	Egress       *WireFact        `json:"egressBytes,omitempty"`
	Policy       *WireIPsecPolicy `json:"ipsecPolicy,omitempty"`
	PolicyBased  bool             `json:"policyBasedSelectors,omitempty"`
	Protocol     *WireFact        `json:"protocol,omitempty"`
	Selectors    []string         `json:"trafficSelectors,omitempty"`
	EnableBGP    *WireFact        `json:"enableBgp,omitempty"`
	Circuit      *WireID          `json:"expressRouteCircuit,omitempty"`
	Bypass       bool             `json:"fastPath,omitempty"`
	NAT          bool             `json:"nat,omitempty"`
	DeclaredDown bool             `json:"declaredDown,omitempty"` // the options file says that it is not connected
}

// WireIPsecPolicy is what is set on a connection.
type WireIPsecPolicy struct {
	Encryption      *WireFact `json:"encryption,omitempty"`
	Hash            *WireFact `json:"integrity,omitempty"`
	PFS             *WireFact `json:"pfsGroup,omitempty"`
	LifetimeSeconds *WireFact `json:"saLifeTimeSeconds,omitempty"`
	Kilobytes       *WireFact `json:"saDataSizeKilobytes,omitempty"`
}

// WirePairing says which half is the other end, how sure that is, and why.
type WirePairing struct {
	Confidence string         `json:"confidence" jsonschema:"enum=not paired,enum=one-sided,enum=ambiguous,enum=likely,enum=certain"`
	Partner    *WireID        `json:"partner,omitempty"`
	Candidates []WireID       `json:"candidates,omitempty"`
	Toward     *WireID        `json:"toward,omitempty"`
	Suspect    string         `json:"suspect,omitempty"` // rule that says the tunnel cannot have been up
	Evidence   []WireEvidence `json:"evidence,omitempty"`
	Decide     []string       `json:"decide,omitempty"` // what would make it certain
}

// WireEvidence is one reason for a pairing.
type WireEvidence struct {
	Kind  string `json:"kind"`
	Value string `json:"value,omitempty"`
}

// WirePeering is one directed half of a peering, with every flag stated.
type WirePeering struct {
	ID                        WireID `json:"id"`
	VNet                      WireID `json:"virtualNetwork"`
	Remote                    WireID `json:"remoteVirtualNetwork"`
	AllowVirtualNetworkAccess bool   `json:"allowVirtualNetworkAccess"`
	AllowForwardedTraffic     bool   `json:"allowForwardedTraffic"`
	AllowGatewayTransit       bool   `json:"allowGatewayTransit"`
	UseRemoteGateways         bool   `json:"useRemoteGateways"`
	State                     string `json:"state" jsonschema:"enum=Connected,enum=Initiated,enum=Disconnected"`

	Sync          *WireFact    `json:"peeringSyncLevel,omitempty"`
	Managed       bool         `json:"madeByNetworkManager,omitempty"`
	Unstated      bool         `json:"stateUnknown,omitempty"`
	RemoteSpace   []WirePrefix `json:"remoteAddressSpace,omitempty"` // as last taken over; without, what the remote has
	Partial       bool         `json:"partial,omitempty"`            // between the named subnets only
	LocalSubnets  []string     `json:"localSubnets,omitempty"`
	RemoteSubnets []string     `json:"remoteSubnets,omitempty"`
	At            *WirePos     `json:"at,omitempty"`
}

// WireMapping says which classic object became which ARM object, and under which rule when its
// name or meaning had to change.
type WireMapping struct {
	From WireID `json:"from"`
	To   WireID `json:"to"`
	Rule string `json:"rule,omitempty"`
}

// WireNetworkGroup is a connected group of a network manager.
type WireNetworkGroup struct {
	ID      WireID   `json:"id"`
	Members []WireID `json:"members,omitempty"`
	Hub     *WireID  `json:"hub,omitempty"`
	At      *WirePos `json:"at,omitempty"`
}

// WireNetworkManager is a network manager and what it manages.
type WireNetworkManager struct {
	ID     WireID     `json:"id"`
	Scope  []string   `json:"scope,omitempty"`
	Region WireRegion `json:"region,omitzero"`
	At     *WirePos   `json:"at,omitempty"`
}

// WireSecurityGroup is a network security group, without the rules that every group has.
type WireSecurityGroup struct {
	ID          WireID             `json:"id"`
	WrittenName string             `json:"writtenName"`
	Region      WireRegion         `json:"region"`
	Rules       []WireSecurityRule `json:"rules,omitempty"`
	RulesKnown  bool               `json:"rulesKnown"`
	At          *WirePos           `json:"at,omitempty"`
}

// WireSecurityRule is a rule of a network security group.
type WireSecurityRule struct {
	Name            *WireFact `json:"name,omitempty"`
	Direction       *WireFact `json:"direction,omitempty"`
	Priority        *WireFact `json:"priority,omitempty"`
	Access          *WireFact `json:"access,omitempty"`
	Protocol        *WireFact `json:"protocol,omitempty"`
	Source          *WireFact `json:"source,omitempty"`
	SourcePort      *WireFact `json:"sourcePort,omitempty"`
	Destination     *WireFact `json:"destination,omitempty"`
	DestinationPort *WireFact `json:"destinationPort,omitempty"`
}

// WireRouteTable is a table of user-defined routes.
type WireRouteTable struct {
	ID            WireID           `json:"id"`
	WrittenName   string           `json:"writtenName"`
	Region        WireRegion       `json:"region"`
	Routes        []WireTableRoute `json:"routes,omitempty"`
	RoutesKnown   bool             `json:"routesKnown"`
	NoPropagation bool             `json:"disableBgpRoutePropagation,omitempty"`
	At            *WirePos         `json:"at,omitempty"`
}

// WireTableRoute is a user-defined route.
type WireTableRoute struct {
	Name    *WireFact    `json:"name,omitempty"`
	Prefix  WirePrefix   `json:"prefix"`
	NextHop *WireFact    `json:"nextHop,omitempty"`
	Address *WireAddress `json:"nextHopAddress,omitempty"`
}

// WireCircuit is an ExpressRoute circuit. Its service key is not told.
type WireCircuit struct {
	ID            WireID       `json:"id"`
	Provider      *WireFact    `json:"provider,omitempty"`
	Location      *WireFact    `json:"location,omitempty"`
	Bandwidth     *WireFact    `json:"bandwidth,omitempty"`
	SKU           *WireFact    `json:"sku,omitempty"`
	Status        *WireFact    `json:"status,omitempty"`
	ResourceID    string       `json:"resourceId,omitempty"`
	Authorization bool         `json:"needsAuthorization,omitempty"`
	Links         []WireID     `json:"links,omitempty"` // virtual networks
	Learned       []WirePrefix `json:"learned,omitempty"`
	LearnedKnown  bool         `json:"learnedKnown,omitempty"`
	At            *WirePos     `json:"at,omitempty"`
}

// WireSubscription is what the options file says of a subscription.
type WireSubscription struct {
	Name          string `json:"name"`
	ID            string `json:"id,omitempty"`
	Tenant        string `json:"tenant,omitempty"`
	ResourceGroup string `json:"resourceGroup,omitempty"`
}

// WireListing says which types of objects of a subscription are listed.
type WireListing struct {
	Subscription string    `json:"subscription"`
	Types        []string  `json:"types,omitempty"`
	Taken        *WireFact `json:"taken,omitempty"`
}
