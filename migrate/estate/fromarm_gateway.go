package estate

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// publicIP is what is known of a public address resource.
type publicIP struct {
	Address
	basic bool
	zones int
}

// publicAddresses reads the public addresses, which gateways refer to.
func (r *armReader) publicAddresses() {
	for _, it := range r.of(TypePublicIP) {
		p := publicIP{basic: strings.EqualFold(it.Body.Properties("sku", "name").Text(), "Basic"), zones: it.Body.Member("zones").Len()}
		p.Address, _ = r.address(it, it.Body.Property("ipAddress"))
		r.addresses[it.id.Key()] = p
	}
}

// gateways reads the virtual network gateways.
func (r *armReader) gateways() {
	r.publicAddresses()
	for _, it := range r.of(TypeGateway) {
		if g, ok := r.gateway(it); ok {
			r.e.Gateways = append(r.e.Gateways, g)
		}
	}
}

func (r *armReader) gateway(it *armItem) (Gateway, bool) {
	b := it.Body
	g := Gateway{ID: it.id, Region: r.region(it), SKU: b.Properties("sku", "name").Text(), State: r.gatewayState(it),
		Generation: r.fact(it, b.Property("vpnGatewayGeneration")), Refs: r.refs(it, b, b.Member("name"))}
	if g.Generation.Value == "None" {
		g.Generation = Fact{}
	}
	switch kind := b.Property("gatewayType"); {
	case strings.EqualFold(kind.Text(), "Vpn"):
	case strings.EqualFold(kind.Text(), "ExpressRoute"):
		g.Kind = ExpressRouteGateway
	case strings.EqualFold(kind.Text(), "LocalGateway"):
		return g, false // a gateway of an edge zone
	default:
		r.bad(it, kind, "it is no type of gateway that is known here")
		return g, false
	}
	zones := 0
	for c := range b.Property("ipConfigurations").Items() {
		if vnet, _ := r.vnetOf(it, c.Property("subnet")); g.VNet.IsZero() {
			g.VNet = vnet
		}
		address := r.reference(it, c.Property("publicIPAddress"), TypePublicIP)
		if address.IsZero() {
			continue
		}
		if g.PublicIP.IsZero() && g.Kind == VPNGateway {
			g.PublicIP = address
		}
		r.addressOf[address.Key()] = g.ID
		p := r.addresses[address.Key()]
		g.BasicIP = g.BasicIP || p.basic
		zones = max(zones, p.zones)
		r.hasAddress(&g, p.Address)
	}
	if g.VNet.IsZero() {
		r.bad(it, b, "nothing says in which VNet it stands")
		return g, false
	}
	r.gatewaySwitches(it, &g, zones)
	if g.Kind == VPNGateway {
		r.vpn(it, &g)
	}
	return g, true
}

// hasAddress notes a public address of an instance.
func (r *armReader) hasAddress(g *Gateway, a Address) {
	switch {
	case !a.IsValid() || g.Kind != VPNGateway:
	case !g.Address.IsValid():
		g.Address = a
	case g.Address.Addr != a.Addr && !slices.ContainsFunc(g.MoreAddresses, func(o Address) bool { return o.Addr == a.Addr }):
		g.MoreAddresses = append(g.MoreAddresses, a)
	}
}

// gatewayState translates what the service says of a gateway. One that is being updated, or whose last
// change failed, exists and may carry traffic. Source: docs/sources.md#listings.
func (r *armReader) gatewayState(it *armItem) Fact {
	f := r.state(it)
	if !r.live {
		return Fact{}
	}
	switch {
	case !f.Known():
	case strings.EqualFold(f.Raw, "Deleting"):
		f.Value = GatewayDeprovisioning
	default:
		f.Value = GatewayProvisioned
	}
	return f
}

func (r *armReader) gatewaySwitches(it *armItem, g *Gateway, zones int) {
	b := it.Body
	active := b.Property("activeActive")
	if !active.Given() {
		active = b.Property("active") // what older command lines print
	}
	g.ActiveActive = active.True()
	g.ZoneRedundant = strings.HasSuffix(strings.ToUpper(g.SKU), "AZ") && (zones > 1 || g.Kind == ExpressRouteGateway && zones == 0)
	if remote := b.Property("allowRemoteVnetTraffic"); g.Kind == ExpressRouteGateway && remote.Given() {
		g.RemoteVNets = Off
		if remote.True() {
			g.RemoteVNets = On
		}
	}
}

// vpn reads what only a VPN gateway has.
func (r *armReader) vpn(it *armItem, g *Gateway) {
	b := it.Body
	switch typ := b.Property("vpnType"); {
	case strings.EqualFold(typ.Text(), "RouteBased"):
		g.Routing = r.fact(it, typ)
		g.Routing.Value = RoutingDynamic
	case strings.EqualFold(typ.Text(), "PolicyBased"):
		g.Routing = r.fact(it, typ)
		g.Routing.Value = RoutingStatic
	}
	settings := b.Property("bgpSettings")
	if on := b.Property("enableBgp"); on.True() || !on.Given() && settings.Member("asn").Given() && !r.live {
		g.BGP = r.bgp(it, settings)
	}
	for peering := range settings.Member("bgpPeeringAddresses").Items() { // the addresses of a gateway whose public IPs are not listed
		for v := range peering.Member("tunnelIpAddresses").Items() {
			if a, ok := r.address(it, v); ok && !azure.IsPrivateAddr(a.Addr) {
				r.hasAddress(g, a)
			}
		}
	}
	if site := b.Property("gatewayDefaultSite"); site.Given() {
		g.DefaultSite = r.reference(it, site, TypeSite)
		g.DefaultRefs = r.refs(it, site.Member("id"))
	}
	g.CustomRoutes = r.prefixes(it, b.Properties("customRoutes", "addressPrefixes"))
	clients := b.Property("vpnClientConfiguration")
	g.ClientPools = r.prefixes(it, clients.Path("vpnClientAddressPool", "addressPrefixes"))
	for c := range clients.Member("vpnClientRootCertificates").Items() {
		g.Certificates = append(g.Certificates, Certificate{Subject: r.fact(it, c.Member("name")), Data: r.fact(it, c.Property("publicCertData")), Refs: r.refs(it, c)})
	}
	r.secret(it, clients.Property("radiusServerSecret"))
	for server := range clients.Member("radiusServers").Items() {
		r.secret(it, server.Member("radiusServerSecret"))
	}
}

// bgp reads what a gateway or a device announces with; nil where nothing does.
func (r *armReader) bgp(it *armItem, b arm.Value) *BGP {
	asn := r.fact(it, b.Member("asn"))
	if !asn.Known() || asn.Value == "0" {
		return nil
	}
	weight := r.fact(it, b.Member("peerWeight"))
	return &BGP{ASN: asn, PeeringAddress: r.fact(it, b.Member("bgpPeeringAddress")), PeerWeight: weight, Refs: r.refs(it, b)}
}

// secret reports a secret that a document carries, and keeps nothing of it.
func (r *armReader) secret(it *armItem, v arm.Value) {
	if v.Is(arm.KindString) && v.Text() != "" {
		r.found = append(r.found, diag.New("SEC-006", r.posIn(it.Doc, v), "the document holds %s of %s in the open", v.Name(), quoteID(it.id)))
	}
}

// connections reads the local network gateways and the connections.
func (r *armReader) connections() {
	for _, it := range r.of(TypeSite) {
		r.e.Sites = append(r.e.Sites, r.localGateway(it))
	}
	for _, it := range r.of(TypeConnection) {
		if c, ok := r.connection(it); ok {
			r.e.Connections = append(r.e.Connections, c)
		}
	}
}

func (r *armReader) localGateway(it *armItem) Site {
	b := it.Body
	s := Site{ID: it.id, Name: it.id.Name, Region: r.region(it), FQDN: r.fact(it, b.Property("fqdn")),
		Prefixes: r.prefixes(it, b.Properties("localNetworkAddressSpace", "addressPrefixes")), BGP: r.bgp(it, b.Property("bgpSettings")),
		Refs: r.refs(it, b, b.Member("name"))}
	address := b.Property("gatewayIpAddress")
	if of, _, ok := address.Refers(); ok { // a template gives it the address of a gateway that it makes
		s.AddressOf = r.addressOf[r.inScope(it, of).Key()]
	} else if a, ok := r.address(it, address); ok {
		a.Placeholder = azure.Placeholder(a.Addr)
		s.Address = a
	}
	return s
}

// inScope is the ID of a resource that a template names, in the scope of the resource that names it.
func (r *armReader) inScope(it *armItem, n arm.ResourceName) ID {
	if n.Subscription == "" {
		n.Subscription = it.id.Subscription
		if n.Group == "" {
			n.Group = it.id.Group
		}
	}
	return r.id(n)
}

func (r *armReader) connection(it *armItem) (Connection, bool) {
	b := it.Body
	c := Connection{ID: it.id, Gateway: r.reference(it, b.Property("virtualNetworkGateway1"), TypeGateway), Managed: r.state(it),
		PolicyBased: b.Property("usePolicyBasedTrafficSelectors").True(), Protocol: r.fact(it, b.Property("connectionProtocol")),
		Bypass: b.Property("expressRouteGatewayBypass").True(), Refs: r.refs(it, b, b.Member("name"))}
	kind := b.Property("connectionType")
	switch {
	case strings.EqualFold(kind.Text(), "IPsec"):
		c.Site = r.reference(it, b.Property("localNetworkGateway2"), TypeSite)
	case strings.EqualFold(kind.Text(), "Vnet2Vnet"):
		c.Kind, c.RemoteGateway = Vnet2Vnet, r.reference(it, b.Property("virtualNetworkGateway2"), TypeGateway)
	case strings.EqualFold(kind.Text(), "ExpressRoute"):
		c.Kind, c.Circuit = ExpressRoute, r.reference(it, b.Property("peer"), TypeCircuit)
	case strings.EqualFold(kind.Text(), "VPNClient"):
		return c, false
	default:
		r.bad(it, kind, "it is no type of connection that is known here")
		return c, false
	}
	if c.Gateway.IsZero() {
		r.bad(it, b, "it has no gateway")
		return c, false
	}
	if on := b.Property("enableBgp"); on.True() {
		c.EnableBGP = r.fact(it, on)
	}
	c.NAT = b.Property("ingressNatRules").Len()+b.Property("egressNatRules").Len() > 0
	r.connectionState(it, &c)
	r.connectionPolicy(it, &c)
	if key := b.Property("sharedKey"); key.Is(arm.KindString) && key.Text() != "" {
		c.Key, c.KeyRefs = netcfg.NewSecret(key.Text()), r.refs(it, key)
		r.secret(it, key)
	}
	r.secret(it, b.Property("authorizationKey"))
	return c, true
}

// connectionState reads whether a connection is up, and what it has carried.
func (r *armReader) connectionState(it *armItem, c *Connection) {
	b := it.Body
	if status := b.Property("connectionStatus"); r.live && !strings.EqualFold(status.Text(), "Unknown") {
		c.State = r.word(it, status, StateConnected, StateConnecting, StateNotConnected)
	}
	if r.live {
		c.Ingress, c.Egress = r.fact(it, b.Property("ingressBytesTransferred")), r.fact(it, b.Property("egressBytesTransferred"))
	}
}

func (r *armReader) connectionPolicy(it *armItem, c *Connection) {
	for p := range it.Body.Property("ipsecPolicies").Items() {
		c.Policy = &IPsecPolicy{Encryption: r.fact(it, p.Member("ipsecEncryption")), Hash: r.fact(it, p.Member("ipsecIntegrity")), PFS: r.fact(it, p.Member("pfsGroup")),
			LifetimeSeconds: r.fact(it, p.Member("saLifeTimeSeconds")), Kilobytes: r.fact(it, p.Member("saDataSizeKilobytes")), Refs: r.refs(it, p)}
		break // one policy is all that a connection takes
	}
	for s := range it.Body.Property("trafficSelectorPolicies").Items() {
		for _, local := range s.Member("localAddressRanges").Texts() {
			for _, remote := range s.Member("remoteAddressRanges").Texts() {
				c.Selectors = append(c.Selectors, local+" -> "+remote)
			}
		}
	}
}

// ownAddresses are the public addresses of a gateway that is listed. One that is being deleted has its
// own still, and what leads there leads to no device.
func (g *Gateway) ownAddresses() []netip.Addr {
	var out []netip.Addr
	if g.Kind == VPNGateway && g.Address.IsValid() {
		out = append(out, g.Address.Addr)
	}
	for _, more := range g.MoreAddresses {
		out = append(out, more.Addr)
	}
	return out
}
