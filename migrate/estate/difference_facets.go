package estate

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// What of each kind of object is compared. Names of properties are those of ARM where it has them.

// flagged is a property that is on or off.
func flagged(property string, told, on bool) facet {
	word := "off"
	if on {
		word = "on"
	}
	return facet{property: property, told: told, quiet: told && !on, values: []facetValue{{key: word, text: word}}}
}

// stated is a property that an input may leave unsaid.
func stated(property string, f Fact) facet {
	out := facet{property: property, told: f.Known()}
	if f.Known() {
		out.values = []facetValue{{strings.ToLower(f.Value), f.Value, f.Refs}}
	}
	return out
}

// worded is a property that is one word; an empty word says nothing.
func worded(property, word string, refs []diag.Ref) facet {
	out := facet{property: property, told: word != ""}
	if word != "" {
		out.values = []facetValue{{strings.ToLower(word), word, refs}}
	}
	return out
}

// ranges is a set of prefixes.
func ranges(property string, told bool, in []Prefix) facet {
	out := facet{property: property, told: told}
	for _, p := range in {
		text := p.Raw
		if p.IsValid() {
			text = p.Prefix.String()
		}
		if text != "" {
			out.values = append(out.values, facetValue{text, text, p.Refs})
		}
	}
	return out
}

// addresses is a set of addresses; without any nothing is told.
func addresses(property string, in ...Address) facet {
	out := facet{property: property}
	for _, a := range in {
		if a.IsValid() {
			out.told = true
			out.values = append(out.values, facetValue{a.Addr.String(), a.Addr.String(), a.Refs})
		}
	}
	return out
}

// phrases is a set of words.
func phrases(property string, told bool, in []string) facet {
	out := facet{property: property, told: told}
	for _, word := range in {
		out.values = append(out.values, facetValue{key: strings.ToLower(word), text: word})
	}
	return out
}

// facts is a set of words that an input states.
func facts(property string, told bool, in []Fact) facet {
	out := facet{property: property, told: told}
	for _, f := range in {
		out.values = append(out.values, facetValue{strings.ToLower(f.Value), f.Value, f.Refs})
	}
	return out
}

// refersTo is a property that names other objects. Those of both estates are compared as the mapping
// has them.
func (c *comparison) refersTo(s *side, property string, told bool, refs []diag.Ref, ids ...ID) facet {
	out := facet{property: property, told: told}
	for _, id := range ids {
		if !id.IsZero() {
			out.values = append(out.values, facetValue{c.key(s, id), nameOf(id), refs})
		}
	}
	return out
}

// key is what a reference is compared by.
func (c *comparison) key(s *side, id ID) string {
	if s == c.a {
		if to := c.to[id.Key()]; len(to) > 0 {
			return c.from[to[0].Key()].Key().String()
		}
		return id.Key().String()
	}
	if from, ok := c.from[id.Key()]; ok {
		return from.Key().String()
	}
	return id.Key().String()
}

// nameOf names an object in a value. Gateways of a classic network have no name of their own.
func nameOf(id ID) string {
	if id.Type == TypeGateway && id.Child != "" {
		return "the " + id.Child + " gateway of " + id.Name
	}
	if id.Child != "" {
		return id.Name + "/" + id.Child
	}
	return id.Name
}

func asState(f facet) facet { f.aspect = State; return f }
func inBrief(f facet) facet { f.brief = true; return f }

// renamed is the name of an object that has one of its own: an object that only the mapping joins may have
// two.
func renamed(id ID) facet {
	f := worded("name", id.Name, nil)
	f.quiet = true
	return f
}

// where is the region, and for a classic network the affinity group that may hide it.
func where(r Region) []facet {
	return []facet{inBrief(worded("region", r.Name, r.Refs)), worded("affinity group", r.AffinityGroup, r.Refs)}
}

func (c *comparison) vnet(s *side, v *VNet) (ID, thing) {
	arm := v.Model == ARM
	t := thing{refs: v.Refs, facets: []facet{renamed(v.ID)}}
	t.facets = append(t.facets, where(v.Region)...)
	dns := facet{property: "DNS servers", told: true, list: true}
	for _, d := range v.DNS {
		value := facetValue{strings.ToLower(d.Name), d.Name, d.Refs}
		if d.Address.IsValid() {
			value.key, value.text = d.Address.String(), d.Address.String()
		}
		dns.values = append(dns.values, value)
	}
	t.facets = append(t.facets, inBrief(ranges("addressSpace", true, v.Space)), dns, flagged("encryption", arm, v.Encryption),
		asState(stated("GUID", v.GUID)), asState(stated("provisioningState", v.State)))
	for i := range v.Subnets {
		t.parts = append(t.parts, c.subnet(s, v, &v.Subnets[i]))
	}
	return v.ID, t
}

func (c *comparison) subnet(s *side, v *VNet, n *Subnet) thing {
	arm, lists := v.Model == ARM, s.estate.Lists(v.ID.Subscription, TypeVNet)
	space := n.MorePrefixes
	if n.Prefix.IsValid() || n.Prefix.Raw != "" {
		space = append([]Prefix{n.Prefix}, space...)
	}
	endpoints := facet{property: "serviceEndpoints", told: arm}
	for _, e := range n.ServiceEndpoints {
		endpoints.values = append(endpoints.values, facetValue{key: strings.ToLower(e.Service), text: e.Service})
	}
	// Without any group in the estate nobody has said which subnet is bound to one.
	groups, tables := lists || len(s.estate.SecurityGroups) > 0, lists || len(s.estate.RouteTables) > 0
	return thing{part: "subnet", name: n.Name, raw: n.Raw, refs: n.Refs, facets: []facet{
		worded("name", n.Name, n.Refs),
		inBrief(ranges("addressPrefixes", true, space)),
		c.refersTo(s, "networkSecurityGroup", groups || !n.SecurityGroup.IsZero(), n.SecurityGroupRefs, n.SecurityGroup),
		c.refersTo(s, "routeTable", tables || !n.RouteTable.IsZero(), n.RouteTableRefs, n.RouteTable),
		c.refersTo(s, "natGateway", arm, nil, n.NATGateway),
		endpoints, facts("delegations", arm, n.Delegations),
	}}
}

func (c *comparison) dnsServer(_ *side, d *DNSServer) (ID, thing) {
	return d.ID, thing{refs: d.Refs, facets: []facet{renamed(d.ID), inBrief(addresses("address", d.Address))}}
}

func (c *comparison) site(s *side, n *Site) (ID, thing) {
	lists := s.estate.Lists(n.ID.Subscription, TypeSite)
	fqdn := stated("fqdn", n.FQDN)
	fqdn.told = fqdn.told || lists
	t := thing{refs: n.Refs, facets: []facet{renamed(n.ID), worded("region", n.Region.Name, n.Region.Refs),
		inBrief(ranges("addressPrefixes", true, n.Prefixes)), inBrief(c.siteAddress(s, n)), inBrief(fqdn)}}
	t.facets = append(t.facets, announcing(n.BGP, lists)...)
	t.facets = append(t.facets, asState(ranges("announced prefixes", n.AnnouncedKnown, n.Announced)))
	return n.ID, t
}

// siteAddress is the address of a site's device. That of a gateway is compared by the address that either
// estate knows the gateway by; when neither does, an address that is written in two live networks is not
// comparable with it, and one of a classic file is another thing.
func (c *comparison) siteAddress(s *side, n *Site) facet {
	if n.AddressOf.IsZero() {
		return addresses("gatewayIpAddress", n.Address)
	}
	text := "the address of " + nameOf(n.AddressOf)
	out := facet{property: "gatewayIpAddress", values: []facetValue{{key: text, text: text, refs: n.Address.Refs}}}
	if a, ok := c.addressOf(s, n.AddressOf); ok {
		out.told, out.values[0].key = true, a.String()
		return out
	}
	out.told = c.a.classic != c.b.classic
	return out
}

func (c *comparison) addressOf(s *side, gateway ID) (netip.Addr, bool) {
	other, there := c.b, c.name(gateway)
	if s == c.b {
		other, there = c.a, cmp.Or(c.from[gateway.Key()], gateway)
	}
	for _, g := range []*Gateway{s.Gateway(gateway), other.Gateway(there)} {
		if g != nil {
			if a, ok := g.KnownAddress(); ok {
				return a, true
			}
		}
	}
	return netip.Addr{}, false
}

// announcing is what a gateway or device has of BGP; none and a listing is none.
func announcing(b *BGP, lists bool) []facet {
	var none BGP
	if b == nil {
		b = &none
	}
	out := []facet{stated("BGP asn", b.ASN), stated("BGP peering address", b.PeeringAddress), stated("BGP peerWeight", b.PeerWeight)}
	for i := range out {
		out[i].told = out[i].told || lists && b == &none
	}
	return out
}

func (c *comparison) gateway(s *side, g *Gateway) (ID, thing) {
	arm := !s.classic
	if v := s.VNet(g.VNet); v != nil {
		arm = v.Model == ARM
	}
	lists := s.estate.Lists(g.ID.Subscription, g.ID.Type)
	name := renamed(g.ID)
	name.told = arm
	size := worded("sku", g.SKU, nil)
	size.told = size.told && arm
	remote := facet{property: "allowRemoteVnetTraffic", told: g.RemoteVNets != Unstated}
	if remote.told {
		remote = flagged(remote.property, true, g.RemoteVNets == On)
	}
	pool := ranges("vpnClientAddressPool", true, g.ClientPools)
	t := thing{refs: g.Refs, facets: []facet{
		name, inBrief(c.refersTo(s, "virtualNetwork", true, g.Refs, g.VNet)), inBrief(worded("gatewayType", g.Kind.String(), g.Refs)),
		inBrief(size), stated("gatewaySize", g.Size), stated("vpnType", g.Routing), stated("vpnGatewayGeneration", g.Generation),
		addresses("public address", slices.Concat([]Address{g.Address}, g.MoreAddresses)...), c.refersTo(s, "publicIPAddress", arm && !g.PublicIP.IsZero(), nil, g.PublicIP),
		pool, ranges("customRoutes", arm, g.CustomRoutes),
		c.refersTo(s, "gatewayDefaultSite", lists || !g.DefaultSite.IsZero(), g.DefaultRefs, g.DefaultSite),
		certificates(g.Certificates, lists),
		flagged("activeActive", arm && !g.Kind.Forwards(), g.ActiveActive), flagged("zone redundant", arm && g.State.Known(), g.ZoneRedundant), flagged("Basic public address", arm && g.State.Known(), g.BasicIP), remote,
		worded("subnet", g.Subnet, nil), addresses("private address", g.PrivateIPs...), flagged("enableIPForwarding", arm && g.Kind == Appliance, !g.NoForwarding),
		flagged("allowBranchToBranchTraffic", arm && g.Kind == RouteServer, g.BranchToBranch), stated("second gateway", g.Beside),
	}}
	t.facets = append(t.facets, announcing(g.BGP, lists)...)
	t.facets = append(t.facets, asState(stated("state", g.State)))
	for _, p := range g.RoutePeers {
		t.parts = append(t.parts, thing{part: "BGP peer", name: cmp.Or(p.Name, nameOf(p.Appliance)), refs: p.Refs, facets: []facet{
			inBrief(stated("peerAsn", p.ASN)), addresses("peerIp", p.Address), asState(ranges("learned prefixes", p.LearnedKnown, p.Learned)),
			asState(c.refersTo(s, "next hop", p.LearnedKnown, p.Refs, p.Appliance))}})
	}
	return g.ID, t
}

// certificates are root certificates, by what tells them apart.
func certificates(in []Certificate, lists bool) facet {
	out := facet{property: "vpnClientRootCertificates", told: lists || len(in) > 0}
	for i := range in {
		x := &in[i]
		id := cmp.Or(x.Thumbprint.Value, x.Subject.Value, x.Data.Value)
		out.values = append(out.values, facetValue{strings.ToLower(id), cmp.Or(x.Subject.Value, x.Thumbprint.Value, "without a name"), x.Refs})
	}
	return out
}

func (c *comparison) connection(s *side, x *Connection) (ID, thing) {
	arm := !s.classic
	if g := s.Gateway(x.Gateway); g != nil {
		if v := s.VNet(g.VNet); v != nil {
			arm = v.Model == ARM
		}
	}
	lists := s.estate.Lists(x.ID.Subscription, TypeConnection)
	name := renamed(x.ID)
	name.told = arm
	secret := facet{property: "sharedKey", told: x.Key.Known()}
	if secret.told {
		secret.values = []facetValue{{key: c.secret(s, x), text: x.Key.String(), refs: x.KeyRefs}}
	}
	t := thing{refs: x.Refs, facets: []facet{
		name, inBrief(c.refersTo(s, "virtualNetworkGateway", true, x.Refs, x.Gateway)), inBrief(worded("connectionType", x.Kind.String(), x.Refs)),
		inBrief(c.remote(s, x)), c.refersTo(s, "expressRouteCircuit", lists || !x.Circuit.IsZero(), nil, x.Circuit),
		stated("enableBgp", x.EnableBGP), secret, flagged("usePolicyBasedTrafficSelectors", arm, x.PolicyBased),
	}}
	t.facets = append(t.facets, encrypting(x.Policy, lists)...)
	t.facets = append(t.facets, stated("connectionProtocol", x.Protocol), phrases("trafficSelectorPolicies", arm, x.Selectors),
		flagged("expressRouteGatewayBypass", arm && x.Kind == ExpressRoute, x.Bypass),
		flagged("NAT rules", arm, x.NAT),
		asState(stated("connectionStatus", x.State)), asState(stated("ingressBytesTransferred", x.Ingress)), asState(stated("egressBytesTransferred", x.Egress)),
		asState(stated("provisioningState", x.Managed)))
	return x.ID, t
}

// secret is what a shared key is compared by: whether it is that of its counterpart, and never the key.
func (c *comparison) secret(s *side, x *Connection) string {
	if s == c.a {
		return "the same"
	}
	was := c.a.Connection(cmp.Or(c.from[x.ID.Key()], x.ID))
	if was != nil && was.Key.Known() && !was.Key.Equal(x.Key) {
		return "another"
	}
	return "the same"
}

// remote is what a connection leads to. A site that stands for the gateway of a VNet and that gateway
// are the same far end: in the one form the connection names the site, in the other the gateway.
func (c *comparison) remote(s *side, x *Connection) facet {
	out := facet{property: "leads to", told: true}
	far := x.RemoteGateway
	if partner := s.Connection(x.Pairing.Partner); far.IsZero() && partner != nil {
		far = partner.Gateway
	}
	switch {
	case x.Site.IsZero() && x.RemoteGateway.IsZero():
		out.told = x.Kind != ExpressRoute
	case x.Site.IsZero():
		out.values = []facetValue{{"gateway " + c.key(s, far), nameOf(far), x.Refs}}
	default:
		out.values = []facetValue{{"site " + c.key(s, x.Site), "site " + nameOf(x.Site), x.Refs}}
	}
	if !far.IsZero() && c.otherForm(s, x) {
		out.values[0].key = "gateway " + c.key(s, far)
	}
	return out
}

// otherForm reports whether one of the two estates has a site where the other names a gateway.
func (c *comparison) otherForm(s *side, x *Connection) bool {
	other, there := c.b, c.name(x.ID)
	if s == c.b {
		other, there = c.a, cmp.Or(c.from[x.ID.Key()], x.ID)
	}
	y := other.Connection(there)
	return y != nil && y.Site.IsZero() != x.Site.IsZero() && y.Kind != ExpressRoute
}

// encrypting is an IPsec policy in ARM's words; one that says no more than the classic service did by
// itself is none.
func encrypting(p *IPsecPolicy, lists bool) []facet {
	none := p == nil || p.isDefault()
	if none {
		p = &IPsecPolicy{}
	} else {
		p = wholePolicy(p)
	}
	out := []facet{stated("ipsecEncryption", p.Encryption), stated("ipsecIntegrity", p.Hash), stated("pfsGroup", p.PFS),
		stated("saLifeTimeSeconds", p.LifetimeSeconds), stated("saDataSizeKilobytes", p.Kilobytes)}
	for i := range out {
		out[i].told = out[i].told || none && lists
	}
	return out
}

// String is the state in the words of ARM.
func (s PeeringState) String() string {
	return [...]string{"Connected", "Initiated", "Disconnected"}[s]
}

func (c *comparison) peering(s *side, p *Peering) (ID, thing) {
	name := worded("name", p.ID.Child, nil)
	return p.ID, thing{refs: p.Refs, facets: []facet{
		name, inBrief(c.refersTo(s, "remoteVirtualNetwork", true, p.Refs, p.Remote)),
		flagged("allowVirtualNetworkAccess", true, p.AllowVirtualNetworkAccess), flagged("allowForwardedTraffic", true, p.AllowForwardedTraffic),
		flagged("allowGatewayTransit", true, p.AllowGatewayTransit), flagged("useRemoteGateways", true, p.UseRemoteGateways),
		flagged("peerCompleteVnets", true, !p.Partial), phrases("localSubnetNames", true, p.LocalSubnets), phrases("remoteSubnetNames", true, p.RemoteSubnets),
		flagged("made by a network manager", true, p.Managed),
		asState(worded("peeringState", p.State.String(), p.Refs)), asState(flagged("peeringState listed", true, !p.Unstated)), asState(stated("peeringSyncLevel", p.Sync)),
		asState(ranges("remote addressSpace", p.RemoteSpace != nil, p.RemoteSpace)),
	}}
}

func (c *comparison) group(s *side, g *NetworkGroup) (ID, thing) {
	return g.ID, thing{refs: g.Refs, facets: []facet{renamed(g.ID),
		inBrief(c.refersTo(s, "members", true, g.Refs, g.Members...)), c.refersTo(s, "hub", true, g.Refs, g.Hub)}}
}

func (c *comparison) manager(_ *side, n *NetworkManager) (ID, thing) {
	return n.ID, thing{refs: n.Refs, facets: append([]facet{renamed(n.ID), inBrief(phrases("scope", true, n.Scope))}, where(n.Region)...)}
}

func (c *comparison) securityGroup(_ *side, g *SecurityGroup) (ID, thing) {
	t := thing{refs: g.Refs, facets: append([]facet{renamed(g.ID)}, where(g.Region)...)}
	t.facets = append(t.facets, listedParts("securityRules", g.RulesKnown))
	t.sealed = !g.RulesKnown
	for i := range g.Rules {
		r := &g.Rules[i]
		from, to := r.Source, r.Destination
		from.Value, to.Value = canonicalRange(from.Value), canonicalRange(to.Value)
		t.parts = append(t.parts, thing{part: "rule", name: r.Name.Value, raw: r.Name.Raw, refs: r.Refs, facets: []facet{
			stated("name", r.Name), inBrief(stated("direction", r.Direction)), inBrief(stated("priority", r.Priority)), inBrief(stated("access", r.Access)),
			inBrief(stated("protocol", r.Protocol)), inBrief(stated("source", from)), stated("source port", r.SourcePort),
			inBrief(stated("destination", to)), inBrief(stated("destination port", r.DestinationPort)),
		}})
	}
	return g.ID, t
}

func (c *comparison) routeTable(s *side, r *RouteTable) (ID, thing) {
	t := thing{refs: r.Refs, facets: append([]facet{renamed(r.ID)}, where(r.Region)...)}
	t.facets = append(t.facets, flagged("disableBgpRoutePropagation", !s.classic, r.NoPropagation),
		listedParts("routes", r.RoutesKnown))
	t.sealed = !r.RoutesKnown
	for i := range r.Routes {
		x := &r.Routes[i]
		hop := addresses("nextHopIpAddress", x.Address)
		hop.told = true
		t.parts = append(t.parts, thing{part: "route", name: x.Name.Value, raw: x.Name.Raw, refs: x.Refs, facets: []facet{
			stated("name", x.Name), inBrief(ranges("addressPrefix", true, []Prefix{x.Prefix})), inBrief(stated("nextHopType", x.NextHop)), inBrief(hop)}})
	}
	return r.ID, t
}

func (c *comparison) circuit(s *side, x *Circuit) (ID, thing) {
	return x.ID, thing{refs: x.Refs, facets: []facet{
		inBrief(stated("serviceProviderName", x.Provider)), inBrief(stated("peeringLocation", x.Location)), inBrief(stated("bandwidthInMbps", x.Bandwidth)),
		stated("sku", x.SKU), c.refersTo(s, "links", len(x.Links) > 0 || s.estate.Lists(x.ID.Subscription, TypeCircuit), nil, x.Links...),
		asState(stated("circuitProvisioningState", x.Status)), asState(ranges("learned prefixes", x.LearnedKnown, x.Learned)),
	}}
}

// listedParts is whether the parts of an object are listed: where one estate alone does that, nothing of them
// can be compared.
func listedParts(property string, known bool) facet {
	out := facet{property: property, told: known}
	if known {
		out.values = []facetValue{{key: "listed", text: "listed"}}
	}
	return out
}
