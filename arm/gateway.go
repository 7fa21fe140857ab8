package arm

// The gateway types.
const (
	GatewayVPN          = "Vpn"
	GatewayExpressRoute = "ExpressRoute"
)

// VirtualNetworkGateway is the body of a VPN or ExpressRoute gateway. An ExpressRoute gateway has
// no public IP address of ours and generation "None".
type VirtualNetworkGateway struct {
	GatewayType      string // GatewayVPN or GatewayExpressRoute
	VPNType          string // "RouteBased" or "PolicyBased"
	Generation       string // "None", "Generation1" or "Generation2"
	SKU              string // written as name and tier alike
	EnableBGP        bool
	ActiveActive     bool
	IPConfigurations []GatewayIPConfiguration
	BGP              *BGPSettings
	VPNClient        *VPNClientConfiguration
	CustomRoutes     []string // prefixes pushed to point-to-site clients
	DefaultSite      string   // resource id of a local network gateway: forced tunnelling
	ScaleUnits       [2]int   // ErGwScale only: fewest and most
}

// GatewayIPConfiguration ties a gateway to its subnet, which must be called GatewaySubnet.
type GatewayIPConfiguration struct {
	Name            string
	Subnet          string // resource id
	PublicIPAddress string // resource id; empty for ExpressRoute
}

// BGPSettings are those of a gateway or of a local network gateway. PeeringAddress stays empty on
// a gateway, where the service allocates it.
type BGPSettings struct {
	ASN            int
	PeeringAddress string
	PeerWeight     int
}

// VPNClientConfiguration is the point-to-site side of a gateway.
type VPNClientConfiguration struct {
	AddressPrefixes     []string // the pools
	Protocols           []string // "OpenVPN", "IkeV2", "SSTP"
	AuthenticationTypes []string // "Certificate", "Radius", "AAD"
	RootCertificates    []RootCertificate
	RevokedCertificates []RevokedCertificate
}

// RootCertificate is a certificate that signs client certificates. PublicCertData is base64
// without armour, or a parameter.
type RootCertificate struct{ Name, PublicCertData string }

// RevokedCertificate is a client certificate that is refused.
type RevokedCertificate struct{ Name, Thumbprint string }

// LocalNetworkGateway is the body of a far end: its address, and the prefixes behind it. Exactly
// one of GatewayIPAddress and FQDN is given.
type LocalNetworkGateway struct {
	GatewayIPAddress string
	FQDN             string
	AddressPrefixes  []string
	BGP              *BGPSettings
}

// The connection types, in the service's own letter case.
const (
	ConnectionIPsec        = "IPsec"
	ConnectionVnet2Vnet    = "Vnet2Vnet"
	ConnectionExpressRoute = "ExpressRoute"
)

// Connection is the body of one connection. Which far end it has follows from its type:
// Gateway2 for Vnet2Vnet, LocalGateway2 for IPsec, Circuit for ExpressRoute. Secrets are named by
// the secure parameter that brings them; a key itself cannot be written.
type Connection struct {
	ConnectionType            string
	Protocol                  string // "IKEv2", "IKEv1" or empty
	SharedKeyParameter        string
	AuthorizationKeyParameter string
	EnableBGP                 bool
	PolicyBasedSelectors      bool
	Gateway1                  string // resource ids from here on
	Gateway2                  string
	LocalGateway2             string
	Circuit                   string
	RoutingWeight             int // ExpressRoute only
	DPDTimeout                int // seconds; 0: the service's 45
	IPsecPolicies             []IPsecPolicy
}

// IPsecPolicy is a complete custom policy; the service takes no partial one. Lifetimes are in
// seconds and kilobytes.
type IPsecPolicy struct {
	SALifeTimeSeconds, SADataSizeKilobytes                                          int
	IPsecEncryption, IPsecIntegrity, IKEEncryption, IKEIntegrity, DHGroup, PFSGroup string
}

func (g *VirtualNetworkGateway) emit(e emitter) {
	e.open('{')
	e.text("gatewayType", g.GatewayType)
	e.textIf("vpnType", g.VPNType)
	e.textIf("vpnGatewayGeneration", g.Generation)
	e.key("sku")
	e.open('{')
	e.text("name", g.SKU)
	e.text("tier", g.SKU)
	e.close('}')
	if g.GatewayType != GatewayExpressRoute {
		e.flag("enableBgp", g.EnableBGP)
		e.flag("activeActive", g.ActiveActive)
	}
	e.key("ipConfigurations")
	e.open('[')
	for i := range g.IPConfigurations {
		g.IPConfigurations[i].emit(e)
	}
	e.close(']')
	g.BGP.emit(e)
	if g.VPNClient != nil {
		g.VPNClient.emit(e)
	}
	if len(g.CustomRoutes) > 0 {
		e.prefixes("customRoutes", g.CustomRoutes)
	}
	e.ref("gatewayDefaultSite", g.DefaultSite)
	if g.ScaleUnits != [2]int{} {
		e.object("autoScaleConfiguration", Object{{"bounds", Object{{"min", g.ScaleUnits[0]}, {"max", g.ScaleUnits[1]}}}})
	}
	e.close('}')
}

func (c *GatewayIPConfiguration) emit(e emitter) {
	e.open('{')
	e.text("name", c.Name)
	e.key("properties")
	e.open('{')
	e.text("privateIPAllocationMethod", "Dynamic")
	e.ref("subnet", c.Subnet)
	e.ref("publicIPAddress", c.PublicIPAddress)
	e.close('}')
	e.close('}')
}

func (b *BGPSettings) emit(e emitter) {
	if b == nil {
		return
	}
	e.key("bgpSettings")
	e.open('{')
	e.integer("asn", b.ASN)
	e.textIf("bgpPeeringAddress", b.PeeringAddress)
	e.integerIf("peerWeight", b.PeerWeight)
	e.close('}')
}

func (c *VPNClientConfiguration) emit(e emitter) {
	e.key("vpnClientConfiguration")
	e.open('{')
	e.prefixes("vpnClientAddressPool", c.AddressPrefixes)
	e.listIf("vpnClientProtocols", c.Protocols)
	e.listIf("vpnAuthenticationTypes", c.AuthenticationTypes)
	if len(c.RootCertificates) > 0 {
		e.key("vpnClientRootCertificates")
		e.open('[')
		for _, cert := range c.RootCertificates {
			e.certificate(cert.Name, "publicCertData", cert.PublicCertData)
		}
		e.close(']')
	}
	if len(c.RevokedCertificates) > 0 {
		e.key("vpnClientRevokedCertificates")
		e.open('[')
		for _, cert := range c.RevokedCertificates {
			e.certificate(cert.Name, "thumbprint", cert.Thumbprint)
		}
		e.close(']')
	}
	e.close('}')
}

func (e emitter) certificate(name, key, value string) {
	e.open('{')
	e.text("name", name)
	e.key("properties")
	e.open('{')
	e.text(key, value)
	e.close('}')
	e.close('}')
}

func (l *LocalNetworkGateway) emit(e emitter) {
	e.open('{')
	e.textIf("gatewayIpAddress", l.GatewayIPAddress)
	e.textIf("fqdn", l.FQDN)
	e.prefixes("localNetworkAddressSpace", l.AddressPrefixes)
	l.BGP.emit(e)
	e.close('}')
}

func (c *Connection) emit(e emitter) {
	e.open('{')
	e.text("connectionType", c.ConnectionType)
	e.textIf("connectionProtocol", c.Protocol)
	e.whole("virtualNetworkGateway1", c.Gateway1)
	e.whole("virtualNetworkGateway2", c.Gateway2)
	e.whole("localNetworkGateway2", c.LocalGateway2)
	e.ref("peer", c.Circuit)
	e.secret("sharedKey", c.SharedKeyParameter)
	e.secret("authorizationKey", c.AuthorizationKeyParameter)
	if c.ConnectionType != ConnectionExpressRoute {
		e.flag("enableBgp", c.EnableBGP)
	}
	e.flagIf("usePolicyBasedTrafficSelectors", c.PolicyBasedSelectors)
	e.integerIf("routingWeight", c.RoutingWeight)
	e.integerIf("dpdTimeoutSeconds", c.DPDTimeout)
	if len(c.IPsecPolicies) > 0 {
		e.key("ipsecPolicies")
		e.open('[')
		for i := range c.IPsecPolicies {
			c.IPsecPolicies[i].emit(e)
		}
		e.close(']')
	}
	e.close('}')
}

func (p *IPsecPolicy) emit(e emitter) {
	e.open('{')
	e.integer("saLifeTimeSeconds", p.SALifeTimeSeconds)
	e.integer("saDataSizeKilobytes", p.SADataSizeKilobytes)
	e.text("ipsecEncryption", p.IPsecEncryption)
	e.text("ipsecIntegrity", p.IPsecIntegrity)
	e.text("ikeEncryption", p.IKEEncryption)
	e.text("ikeIntegrity", p.IKEIntegrity)
	e.text("dhGroup", p.DHGroup)
	e.text("pfsGroup", p.PFSGroup)
	e.close('}')
}
