package deploy

import (
	"path"
	"slices"
	"strconv"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

func itoa(n int) string { return strconv.Itoa(n) }

func prefixes(in []estate.Prefix) []string {
	out := make([]string, len(in))
	for i := range in {
		out[i] = in[i].Prefix.String()
	}
	return out
}

// outbound reports whether a subnet has default outbound access: what was in a classic network
// keeps what it had, what is new starts without.
// Source: docs/sources.md#default-outbound-access.
func outbound(s *estate.Subnet) bool { return len(s.Refs) > 0 }

// virtualNetwork writes a VNet with its subnets inline.
func (r *renderer) virtualNetwork(v *estate.VNet) {
	body := &arm.VirtualNetwork{AddressPrefixes: prefixes(v.Space), Subnets: make([]arm.Subnet, len(v.Subnets))}
	for _, d := range v.DNS {
		body.DNSServers = append(body.DNSServers, d.Address.String())
	}
	var depends []string
	bound := func(to estate.ID) string {
		if to.IsZero() {
			return ""
		}
		id, wait := r.id(to)
		depends = append(depends, wait)
		return id
	}
	for i := range v.Subnets {
		s := &v.Subnets[i]
		body.Subnets[i] = arm.Subnet{Name: s.Name, AddressPrefix: s.Prefix.Prefix.String(), DefaultOutboundAccess: outbound(s),
			NetworkSecurityGroup: bound(s.SecurityGroup), RouteTable: bound(s.RouteTable)}
		if len(s.MorePrefixes) > 0 {
			body.Subnets[i].AddressPrefix, body.Subnets[i].AddressPrefixes = "", prefixes(slices.Concat([]estate.Prefix{s.Prefix}, s.MorePrefixes))
		}
	}
	r.add(arm.Resource{Type: arm.TypeVirtualNetwork, Name: v.ID.Name, Location: r.location(v.Region, v.Refs), DependsOn: depend(depends...), Properties: body})
}

func (r *renderer) publicIPAddress(g *estate.Gateway) {
	if g.PublicIP.IsZero() {
		return
	}
	res := arm.Resource{
		Type: arm.TypePublicIPAddress, Name: g.PublicIP.Name, Location: r.location(g.Region, g.Refs),
		SKU: &arm.SKU{Name: "Standard", Tier: "Regional"}, Properties: &arm.PublicIPAddress{AllocationMethod: "Static"},
	}
	res.Zones = zones(g.Region)
	r.add(res)
}

// gateway writes a VPN or ExpressRoute gateway. Two gateways in one VNet are written one after
// the other.
func (r *renderer) gateway(g *estate.Gateway) {
	_, vnet := r.id(g.VNet)
	subnet := arm.ResourceID(arm.TypeSubnet, g.VNet.Name, estate.GatewaySubnet)
	if vnet == "" {
		r.external[arm.Existing(arm.TypeSubnet, g.VNet.Name, estate.GatewaySubnet)] = true
	}
	body := &arm.VirtualNetworkGateway{GatewayType: g.Kind.String(), SKU: g.SKU,
		IPConfigurations: []arm.GatewayIPConfiguration{{Name: "default", Subnet: subnet}}}
	res := arm.Resource{Type: arm.TypeVirtualNetworkGateway, Name: g.ID.Name, Location: r.location(g.Region, g.Refs), Properties: body}
	if g.Kind == estate.ExpressRouteGateway {
		res.DependsOn = depend(append([]string{vnet}, r.writes[g.VNet.Key()]...)...)
	} else {
		body.VPNType, body.Generation = "RouteBased", generation(g.SKU)
		res.DependsOn = append([]string{vnet}, r.writes[g.VNet.Key()]...)
		if !g.PublicIP.IsZero() { // a listing may not tell it
			address, wait := r.id(g.PublicIP)
			body.IPConfigurations[0].PublicIPAddress, res.DependsOn = address, slices.Insert(res.DependsOn, 1, wait)
		}
		if !g.DefaultSite.IsZero() {
			site, wait := r.id(g.DefaultSite)
			body.DefaultSite, res.DependsOn = site, append(res.DependsOn, wait)
		}
		res.DependsOn = depend(res.DependsOn...)
		body.VPNClient = r.clients(g)
		if asn, ok := g.BGP.Number(); ok { // the address of the session is the platform's to choose
			body.EnableBGP, body.BGP = true, &arm.BGPSettings{ASN: asn, PeerWeight: g.BGP.Weight()}
		}
	}
	self, _ := r.id(g.ID)
	r.writes[g.VNet.Key()] = []string{self}
	r.add(res)
}

// generation is that of a VPN gateway size, or empty for a size from before the generations.
func generation(size string) string {
	if s, ok := azure.LookupVPNGatewaySKU(size); ok && s.Generation > 0 {
		return "Generation" + itoa(s.Generation)
	}
	return ""
}

// usedSites are the sites that an IPsec connection ends at, or a default route; a site that only ExpressRoute names
// has no local network gateway.
func usedSites(e *estate.Estate) map[estate.Key]bool {
	used := make(map[estate.Key]bool, len(e.Sites))
	for i := range e.Connections {
		if c := &e.Connections[i]; c.Kind == estate.IPsec {
			used[c.Site.Key()] = true
		}
	}
	for i := range e.Gateways {
		if g := &e.Gateways[i]; !g.DefaultSite.IsZero() {
			used[g.DefaultSite.Key()] = true
		}
	}
	return used
}

func (r *renderer) localNetworkGateway(s *estate.Site) {
	body := &arm.LocalNetworkGateway{AddressPrefixes: prefixes(s.Prefixes)}
	res := arm.Resource{Type: arm.TypeLocalNetworkGateway, Name: s.ID.Name, Location: r.location(s.Region, s.Refs), Properties: body}
	switch {
	case !s.AddressOf.IsZero():
		body.GatewayIPAddress, res.DependsOn = r.addressOf(s.AddressOf)
	case addressKnown(s):
		body.GatewayIPAddress = s.Address.Addr.String()
	default:
		body.GatewayIPAddress = r.askAddress(s)
	}
	if s.Announces() {
		asn, _ := s.BGP.Number()
		peer, _ := s.BGP.Peer()
		body.BGP = &arm.BGPSettings{ASN: asn, PeeringAddress: peer.String(), PeerWeight: s.BGP.Weight()}
	}
	r.add(res)
}

// addressKnown reports whether the written address of a site holds: it can be a device's, and is
// not that of a gateway which is built anew.
func addressKnown(s *estate.Site) bool {
	return s.Endpoint.IsZero() && s.Address.IsValid() && s.Address.Placeholder == ""
}

// addressOf is the public address of another gateway of the estate, taken when it is deployed.
func (r *renderer) addressOf(gateway estate.ID) (expr string, depends []string) {
	g := r.gatewayNamed(gateway)
	id, wait := r.id(g.PublicIP)
	if !r.scope.covers(g.PublicIP) {
		return arm.ReferenceTo(id, "ipAddress"), nil
	}
	return arm.Reference(arm.TypePublicIPAddress, g.PublicIP.Name, "ipAddress"), depend(wait)
}

// askAddress makes a parameter of an address that the file does not tell, or tells of a gateway
// in another cloud that is built anew.
func (r *renderer) askAddress(s *estate.Site) string {
	owner := "the VPN device of " + s.ID.Name
	if !s.Endpoint.IsZero() {
		owner = "the gateway of " + s.Endpoint.Name + ", which is in another cloud"
	}
	expr, name, _ := r.parameter("address "+s.ID.Key().String(), "gatewayAddress_"+s.ID.Name, arm.Parameter{
		Type: arm.ParamString, Description: "Public address of " + owner + "."})
	refs, why := s.Address.Refs, s.Address.Placeholder
	if len(refs) == 0 {
		refs, why = s.Refs, "none is written"
	}
	if !s.Endpoint.IsZero() {
		r.found.Add("ARM-010", r.at(refs), "the gateway of VNet %q is in another cloud and gets a new address, which no template can look up for local network site %q; parameter %q asks for it", s.Endpoint.Name, s.Name, name)
		return expr
	}
	r.found.Add("ARM-010", r.at(refs), "the address %q of local network site %q is not a device's (%s); parameter %q asks for it", s.Address.Raw, s.Name, why, name)
	return expr
}

// protocol is that of the connections that are made.
const protocol = "IKEv2"

func (r *renderer) connection(c *estate.Connection) {
	gateway, dependsGateway := r.id(c.Gateway)
	body := &arm.Connection{ConnectionType: c.Kind.String(), Gateway1: gateway}
	depends := []string{dependsGateway}
	switch c.Kind {
	case estate.ExpressRoute:
		body.Circuit, body.AuthorizationKeyParameter = r.circuit(c)
	case estate.Vnet2Vnet:
		other, dependsOther := r.id(c.RemoteGateway)
		body.Gateway2, depends = other, append(depends, dependsOther)
	default:
		site, dependsSite := r.id(c.Site)
		body.LocalGateway2, body.Protocol, depends = site, protocol, append(depends, dependsSite)
	}
	if c.Kind != estate.ExpressRoute {
		body.SharedKeyParameter = r.sharedKey(c)
		body.PolicyBasedSelectors = c.PolicyBased
		body.EnableBGP = c.EnableBGP.Known() && estate.Exchanges(c, r.gatewayNamed(c.Gateway), r.x.Site(c.Site))
		if c.Policy != nil {
			body.IPsecPolicies = []arm.IPsecPolicy{ipsecPolicy(c.Policy)}
		}
	}
	r.add(arm.Resource{Type: arm.TypeConnection, Name: c.ID.Name, Location: r.location(r.regionOf(c.Gateway), c.Refs), DependsOn: depend(depends...), Properties: body})
}

func (r *renderer) regionOf(gateway estate.ID) estate.Region {
	return r.gatewayNamed(gateway).Region
}

// gatewayNamed is a gateway of the estate or of the one before.
func (r *renderer) gatewayNamed(id estate.ID) *estate.Gateway {
	if g := r.x.Gateway(id); g != nil {
		return g
	}
	return r.old.Gateway(id)
}

// sharedKey is the name of the secure parameter with a link's key, the same for both halves.
func (r *renderer) sharedKey(c *estate.Connection) string {
	_, name, isNew := r.parameter("key "+c.KeyName, "sharedKey_"+c.KeyName, arm.Parameter{
		Type: arm.ParamSecureString, Description: "Shared key of the tunnel " + c.KeyName + "."})
	r.keys[name] = true
	if isNew {
		r.fromVault(name, keySecret(c))
	}
	return name
}

// fromVault lets the parameter file take a secure parameter from the Key Vault, when there is one.
func (r *renderer) fromVault(parameter, secret string) {
	if r.opts.KeyVault != "" {
		r.values.Values = append(r.values.Values, arm.ParameterValue{Name: parameter,
			KeyVault: &arm.KeyVaultReference{VaultID: r.opts.KeyVault, SecretName: secret}})
	}
}

// ipsecPolicy adds to a policy the first phase that classic gateways had.
// Source: docs/sources.md#ipsec.
func ipsecPolicy(p *estate.IPsecPolicy) arm.IPsecPolicy {
	number := func(f estate.Fact) int {
		n, _ := strconv.Atoi(f.Value) // an ARM estate holds no others
		return n
	}
	return arm.IPsecPolicy{
		SALifeTimeSeconds: number(p.LifetimeSeconds), SADataSizeKilobytes: number(p.Kilobytes),
		IPsecEncryption: p.Encryption.Value, IPsecIntegrity: p.Hash.Value, PFSGroup: p.PFS.Value,
		IKEEncryption: azure.ClassicIKEEncryption, IKEIntegrity: azure.ClassicIKEIntegrity, DHGroup: azure.ClassicDHGroup,
	}
}

// circuit refers to the circuit of a connection: connections to one circuit share the parameter of
// its id. A circuit of another subscription also needs a key, one per connection, that its owner
// gives out. Source: docs/sources.md#expressroute.
func (r *renderer) circuit(c *estate.Connection) (id, authorization string) {
	known := r.x.Circuit(c.Circuit)
	if c.Circuit.IsZero() || known == nil {
		expr, name, isNew := r.parameter("circuit "+c.ID.Key().String(), "circuit_"+c.ID.Name, arm.Parameter{
			Type: arm.ParamString, Description: "Resource id of the ExpressRoute circuit of " + c.ID.Name + "."})
		if isNew {
			r.found.Add("ARM-011", r.at(c.Refs), "the circuit of connection %q is not in the input; parameter %q asks for its resource id", c.ID.Name, name)
		}
		return expr, ""
	}
	p := arm.Parameter{Type: arm.ParamString, Description: arm.Literal("Resource id of the ExpressRoute circuit " + known.ID.Name + ".")}
	if known.ResourceID != "" {
		p.Default = arm.Literal(known.ResourceID)
		r.external[arm.Existing(arm.TypeExpressRouteCircuit, path.Base(known.ResourceID))] = true
	}
	expr, name, isNew := r.parameter("circuit "+known.ID.Key().String(), "circuit_"+known.ID.Name, p)
	switch {
	case !isNew:
	case known.ResourceID != "":
		r.values.Values = append(r.values.Values, arm.ParameterValue{Name: name, Value: known.ResourceID})
	default:
		r.found.Add("ARM-011", r.at(known.Refs), "the resource id of circuit %q is not in the input; parameter %q asks for it", known.ID.Name, name)
	}
	if known.Authorization {
		_, authorization, isNew = r.parameter("authorization "+c.ID.Key().String(), "authorizationKey_"+c.ID.Name, arm.Parameter{
			Type: arm.ParamSecureString, Description: "Authorization key for " + c.ID.Name + ", from the owner of the circuit."})
		if isNew {
			r.fromVault(authorization, authorizationSecret(c))
		}
	}
	return expr, authorization
}

// peerings writes the halves one after the other wherever they touch the same VNet, because a
// second write to a VNet fails while one is under way. A half that allows or uses gateway transit
// waits for the gateway; the one that uses it also waits for the one that allows it.
func (r *renderer) peerings() {
	order := make([]*estate.Peering, 0, len(r.e.Peerings))
	for i := range r.e.Peerings {
		if !r.e.Peerings[i].UseRemoteGateways {
			order = append(order, &r.e.Peerings[i])
		}
	}
	for i := range r.e.Peerings {
		if r.e.Peerings[i].UseRemoteGateways {
			order = append(order, &r.e.Peerings[i])
		}
	}
	for _, p := range order {
		r.peering(p)
	}
}

func (r *renderer) peering(p *estate.Peering) {
	_, vnet := r.id(p.VNet)
	remote, remoteDepends := r.id(p.Remote)
	depends := []string{vnet, remoteDepends}
	depends = append(depends, r.writes[p.VNet.Key()]...)
	depends = append(depends, r.writes[p.Remote.Key()]...)
	if p.UseRemoteGateways {
		depends = append(depends, r.gatewaysOf(p.Remote)...)
	}
	if p.AllowGatewayTransit {
		depends = append(depends, r.gatewaysOf(p.VNet)...)
	}
	r.add(arm.Resource{
		Type: arm.TypePeering, Name: p.ID.Name + "/" + p.ID.Child, DependsOn: depend(depends...),
		Properties: &arm.Peering{
			RemoteVirtualNetwork: remote, AllowVirtualNetworkAccess: p.AllowVirtualNetworkAccess, AllowForwardedTraffic: p.AllowForwardedTraffic,
			AllowGatewayTransit: p.AllowGatewayTransit, UseRemoteGateways: p.UseRemoteGateways,
		},
	})
	self, _ := r.id(p.ID)
	r.writes[p.VNet.Key()], r.writes[p.Remote.Key()] = []string{self}, []string{self}
}

// gatewaysOf are what has to be there before a peering allows the use of the gateways, or of the Route Server, of a VNet.
func (r *renderer) gatewaysOf(vnet estate.ID) []string {
	var ids []string
	for _, g := range r.x.GatewaysOf(vnet) {
		_, id := r.id(g.ID)
		ids = append(ids, id)
	}
	for _, g := range r.x.StandingIn(vnet) {
		if _, id := r.id(g.ID); r.ownServer(g) && id != "" {
			ids = append(ids, arm.ResourceID(arm.TypeRouteServerConfiguration, g.ID.Name, serverConfiguration))
		}
	}
	return ids
}
