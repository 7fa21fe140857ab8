package report

import "net/netip"

// WireEstate is a network as meant: what exists in one state.
type WireEstate struct {
	VNets       []WireVNet       `json:"virtualNetworks,omitempty"`
	DNSServers  []WireDNSServer  `json:"dnsServers,omitempty"`
	Sites       []WireSite       `json:"sites,omitempty"`
	Gateways    []WireGateway    `json:"gateways,omitempty"`
	Connections []WireConnection `json:"connections,omitempty"`
	Peerings    []WirePeering    `json:"peerings,omitempty"`
	Mapping     []WireMapping    `json:"mapping,omitempty"` // which classic object is which of these
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
	Class       string       `json:"class" jsonschema:"enum=unreferenced,enum=on-premises,enum=VNet,enum=transit"`
	Endpoint    *WireID      `json:"endpoint,omitempty"` // the virtual network whose gateway the device is
	Network     string       `json:"network,omitempty"`  // the on-premises network
	At          WirePos      `json:"at"`
}

// WireGateway is a virtual network gateway.
type WireGateway struct {
	ID          WireID       `json:"id"`
	VNet        WireID       `json:"virtualNetwork"`
	Kind        string       `json:"kind" jsonschema:"enum=Vpn,enum=ExpressRoute"`
	SKU         string       `json:"sku,omitempty"`
	PublicIP    *WireID      `json:"publicIPAddress,omitempty"`
	ClientPools []WirePrefix `json:"clientPools,omitempty"`
	Region      WireRegion   `json:"region"`
	At          WirePos      `json:"at"`
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
}

// WirePairing says which half is the other end, how sure that is, and why.
type WirePairing struct {
	Confidence string         `json:"confidence" jsonschema:"enum=not paired,enum=one-sided,enum=ambiguous,enum=likely,enum=certain"`
	Partner    *WireID        `json:"partner,omitempty"`
	Candidates []WireID       `json:"candidates,omitempty"`
	Toward     *WireID        `json:"toward,omitempty"`
	Suspect    string         `json:"suspect,omitempty"` // rule that says the tunnel cannot have been up
	Evidence   []WireEvidence `json:"evidence,omitempty"`
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
}

// WireMapping says which classic object became which ARM object, and under which rule when its
// name or meaning had to change.
type WireMapping struct {
	From WireID `json:"from"`
	To   WireID `json:"to"`
	Rule string `json:"rule,omitempty"`
}
