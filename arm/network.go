package arm

// VirtualNetwork is the body of a virtual network. Subnets stand inline only: as child resources
// their writes and the network's own would overwrite each other. A network that exists already is
// never written by a template, because a PUT removes the subnets that it does not name.
type VirtualNetwork struct {
	AddressPrefixes []string
	DNSServers      []string
	Encryption      string // enforcement, such as "AllowUnencrypted"; empty: encryption is not set
	Subnets         []Subnet
}

// Subnet is one inline subnet. Exactly one of AddressPrefix and AddressPrefixes is given.
// DefaultOutboundAccess is always written, because the service's default depends on the API
// version. Source: docs/sources.md#default-outbound-access.
type Subnet struct {
	Name                  string
	AddressPrefix         string
	AddressPrefixes       []string
	DefaultOutboundAccess bool
	RouteTable            string // resource id
	NetworkSecurityGroup  string // resource id
	NATGateway            string // resource id
	ServiceEndpoints      []string
}

// Peering is the body of one directed half of a peering. Its four switches are always written:
// leaving one out means a different default for each.
type Peering struct {
	RemoteVirtualNetwork      string // resource id
	AllowVirtualNetworkAccess bool
	AllowForwardedTraffic     bool
	AllowGatewayTransit       bool
	UseRemoteGateways         bool
	LocalSubnets              []string // names; with RemoteSubnets they make a subnet peering
	RemoteSubnets             []string
}

// PublicIPAddress is the body of a public IP address. A Standard one must be "Static".
type PublicIPAddress struct {
	AllocationMethod string
	Version          string // "IPv4", "IPv6" or empty for the service's IPv4
	IdleTimeout      int    // minutes; 0: the service's 4
	DomainNameLabel  string
}

func (v *VirtualNetwork) emit(e emitter) {
	e.open('{')
	e.prefixes("addressSpace", v.AddressPrefixes)
	if len(v.DNSServers) > 0 {
		e.key("dhcpOptions")
		e.open('{')
		e.list("dnsServers", v.DNSServers)
		e.close('}')
	}
	if v.Encryption != "" {
		e.key("encryption")
		e.open('{')
		e.flag("enabled", true)
		e.text("enforcement", v.Encryption)
		e.close('}')
	}
	if len(v.Subnets) > 0 {
		e.key("subnets")
		e.open('[')
		for i := range v.Subnets {
			v.Subnets[i].emit(e)
		}
		e.close(']')
	}
	e.close('}')
}

func (s *Subnet) emit(e emitter) {
	e.open('{')
	e.text("name", s.Name)
	e.key("properties")
	e.open('{')
	e.textIf("addressPrefix", s.AddressPrefix)
	e.listIf("addressPrefixes", s.AddressPrefixes)
	e.ref("networkSecurityGroup", s.NetworkSecurityGroup)
	e.ref("routeTable", s.RouteTable)
	e.ref("natGateway", s.NATGateway)
	if len(s.ServiceEndpoints) > 0 {
		e.key("serviceEndpoints")
		e.open('[')
		for _, service := range s.ServiceEndpoints {
			e.open('{')
			e.text("service", service)
			e.close('}')
		}
		e.close(']')
	}
	e.flag("defaultOutboundAccess", s.DefaultOutboundAccess)
	e.close('}')
	e.close('}')
}

func (p *Peering) emit(e emitter) {
	e.open('{')
	e.ref("remoteVirtualNetwork", p.RemoteVirtualNetwork)
	e.flag("allowVirtualNetworkAccess", p.AllowVirtualNetworkAccess)
	e.flag("allowForwardedTraffic", p.AllowForwardedTraffic)
	e.flag("allowGatewayTransit", p.AllowGatewayTransit)
	e.flag("useRemoteGateways", p.UseRemoteGateways)
	if len(p.LocalSubnets)+len(p.RemoteSubnets) > 0 {
		e.flag("peerCompleteVnets", false)
		e.list("localSubnetNames", p.LocalSubnets)
		e.list("remoteSubnetNames", p.RemoteSubnets)
	}
	e.close('}')
}

func (p *PublicIPAddress) emit(e emitter) {
	e.open('{')
	e.text("publicIPAllocationMethod", p.AllocationMethod)
	e.textIf("publicIPAddressVersion", p.Version)
	e.integerIf("idleTimeoutInMinutes", p.IdleTimeout)
	if p.DomainNameLabel != "" {
		e.key("dnsSettings")
		e.open('{')
		e.text("domainNameLabel", p.DomainNameLabel)
		e.close('}')
	}
	e.close('}')
}
