package estate

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// resolve follows the references of every VNet: DNS servers, local network sites. A VNet that
// several documents state has several parts, the one that counts most first.
func (b *builder) resolve() {
	gateways, connections := 0, 0
	for _, p := range b.pending {
		if p.from != nil {
			gateways, connections = gateways+1, connections+len(p.from.Connections)
		}
	}
	b.e.Gateways, b.e.Connections = make([]Gateway, 0, gateways), make([]Connection, 0, connections)
	for rest := b.pending; len(rest) > 0; {
		n := 1
		for n < len(rest) && rest[n].vnet == rest[0].vnet {
			n++
		}
		parts := rest[:n]
		rest = rest[n:]
		v := &b.e.VNets[b.vnets[parts[0].vnet.Key()]]
		b.sub = v.ID.Subscription
		b.dnsRefs(v, parts)
		b.gateway(v, parts)
	}
}

// part turns to the document of a part.
func (b *builder) part(p *pendingGateway) {
	b.doc, b.name, b.beside = p.doc, b.e.Docs[p.doc], b.besides[p.doc]
}

// dnsRefs reads the server list of a VNet. A later document that has another list is contradicted.
func (b *builder) dnsRefs(v *VNet, parts []pendingGateway) {
	for i := range parts {
		b.part(&parts[i])
		seen := make(map[Key]bool, len(parts[i].dns))
		for _, ref := range parts[i].dns {
			b.dnsRef(v, ref, seen, i > 0)
		}
	}
}

func (b *builder) dnsRef(v *VNet, ref netcfg.NameRef, seen map[Key]bool, again bool) {
	id := b.id(TypeDNSServer, ref.Name.Value, "")
	i, ok := b.dns[id.Key()]
	if !ok {
		at := ref.Name.Ref
		if at.IsZero() {
			at = ref.Ref
		}
		b.found.Add("XML-019", b.pos(at), "VNet %q refers to DNS server %q, which no network configuration here defines", v.Name, ref.Name.Value)
		b.fateAll([]diag.Ref{ref.Ref, ref.Name.Ref}, diag.NeedsPerson, "XML-019")
		return
	}
	server := &b.e.DNSServers[i]
	b.letterCase(ref.Name, server.Name, "DNS server")
	if seen[id.Key()] {
		b.found.Add("XML-036", b.pos(ref.Ref), "VNet %q refers to DNS server %q twice", v.Name, ref.Name.Value)
		b.fateAll([]diag.Ref{ref.Ref, ref.Name.Ref}, diag.Dropped, "the same DNS server stands in this list before")
		return
	}
	seen[id.Key()] = true
	if !again {
		v.DNS = append(v.DNS, DNSServerRef{
			Server: server.ID, Name: server.Name, Address: server.Address.Addr, Refs: b.refs(ref.Ref, ref.Name.Ref)})
		return
	}
	if at := slices.IndexFunc(v.DNS, func(d DNSServerRef) bool { return d.Server.Same(server.ID) }); at >= 0 {
		v.DNS[at].Refs = append(v.DNS[at].Refs, b.refs(ref.Ref, ref.Name.Ref)...)
		return
	}
	b.contradicts(ref.Ref, v.Refs, "VNet %q uses DNS server %q here and not there", v.Name, server.Name)
	b.fateAll([]diag.Ref{ref.Ref, ref.Name.Ref}, diag.NeedsPerson, contradiction)
}

func (b *builder) letterCase(written netcfg.Attr, defined, what string) {
	if written.Value != defined {
		b.found.Add("XML-020", b.pos(written.Ref), "reference to %s %q differs from its definition %q in letter case only", what, written.Value, defined)
	}
}

// gateway reads the Gateway elements of a VNet: a VPN gateway for IPsec connections and a client
// pool, an ExpressRoute gateway for dedicated ones, both when both are there.
func (b *builder) gateway(v *VNet, parts []pendingGateway) {
	first := len(b.e.Connections)
	vpn := Gateway{ID: b.id(TypeGateway, v.Name, VPNGateway.String()), VNet: v.ID, Kind: VPNGateway}
	er := Gateway{ID: b.id(TypeGateway, v.Name, ExpressRouteGateway.String()), VNet: v.ID, Kind: ExpressRouteGateway}
	var shared []diag.Ref
	earlier := 0 // parts before that have a Gateway
	for i := range parts {
		g := parts[i].from
		if g == nil {
			continue
		}
		b.part(&parts[i])
		b.fate(g.Profile.Ref, diag.Dropped, "the gateway profile was always Small and has no counterpart in ARM")
		b.connections(v, g, first, standing{again: i > 0, gateways: earlier})
		shared = append(shared, b.refs(g.Ref, g.ConnectionsRef)...)
		b.clientPool(v, &vpn, g, i > 0)
		earlier++
	}
	if earlier == 0 {
		return
	}
	slices.SortStableFunc(b.e.Connections[first:], func(x, y Connection) int { return compareFold(x.Site.Name, y.Site.Name) })
	connections := b.e.Connections[first:]
	hasVPN := len(vpn.ClientPools) > 0 || slices.ContainsFunc(connections, func(c Connection) bool { return c.Kind == IPsec })
	hasER := slices.ContainsFunc(connections, func(c Connection) bool { return c.Kind == ExpressRoute })
	switch {
	case hasVPN:
		vpn.Refs = append(shared, vpn.Refs...)
	case hasER:
		er.Refs = shared
		b.ended(vpn.Refs, diag.NeedsPerson, "ARM-007") // a pool without a usable prefix
	default:
		b.ended(shared, diag.Dropped, "the Gateway has neither a connection nor a client pool")
		b.ended(vpn.Refs, diag.NeedsPerson, "ARM-007")
	}
	if hasVPN {
		b.e.Gateways = append(b.e.Gateways, vpn)
	}
	if hasER {
		b.e.Gateways = append(b.e.Gateways, er)
	}
}

// ended gives a fate to Refs that name their document already.
func (b *builder) ended(refs []diag.Ref, kind diag.FateKind, why string) {
	for _, r := range refs {
		b.fates = append(b.fates, diag.Fate{Ref: r, Kind: kind, Why: why})
	}
}

func (b *builder) clientPool(v *VNet, vpn *Gateway, g *netcfg.Gateway, again bool) {
	pool := g.VPNClientAddressPool
	if pool == nil {
		return
	}
	vpn.Refs = append(vpn.Refs, b.refs(pool.Ref)...)
	const what = "point-to-site pool of VNet"
	if !again || len(vpn.ClientPools) == 0 {
		vpn.ClientPools = b.prefixes(nil, pool.Prefixes, what, v.Name)
		return
	}
	b.samePrefixes(vpn.ClientPools, pool.Prefixes, pool.Ref, what, v.Name)
}

// standing says which part of a VNet's statements a connection stands in.
type standing struct {
	again    bool // another document stated the VNet before
	gateways int  // how many of those gave it a Gateway
}

// connections reads the references of one gateway, in the order of their names.
func (b *builder) connections(v *VNet, g *netcfg.Gateway, first int, where standing) {
	refs := make([]*netcfg.LocalNetworkSiteRef, len(g.Connections))
	for i := range refs {
		refs[i] = &g.Connections[i]
	}
	slices.SortStableFunc(refs, func(x, y *netcfg.LocalNetworkSiteRef) int { return compareFold(x.Name.Value, y.Name.Value) })
	before := len(b.e.Connections)
	for i, ref := range refs {
		site, dedicated, ok := b.siteOf(v, ref)
		if !ok {
			continue
		}
		if i > 0 && strings.EqualFold(refs[i-1].Name.Value, ref.Name.Value) {
			b.found.Add("LINK-004", b.pos(ref.Ref), "VNet %q refers to local network site %q twice", v.Name, ref.Name.Value)
			b.fateAll(connectionRefs(ref), diag.Dropped, "LINK-004")
			continue
		}
		if where.again && b.sameConnection(ref, site, b.e.Connections[first:before]) {
			continue
		}
		if where.again {
			b.newConnection(v, ref, site, where)
		}
		b.halves(v, ref, site, dedicated)
	}
}

// siteOf finds the site of a reference. A dedicated connection may name a site that the file does
// not define: ExpressRoute takes its prefixes from BGP.
func (b *builder) siteOf(v *VNet, ref *netcfg.LocalNetworkSiteRef) (site ID, dedicated, ok bool) {
	id := b.id(TypeSite, ref.Name.Value, "")
	if i, ok := b.sites[id.Key()]; ok {
		b.letterCase(ref.Name, b.e.Sites[i].Name, "local network site")
		return b.e.Sites[i].ID, false, true
	}
	if slices.ContainsFunc(ref.Connections, func(c netcfg.Connection) bool { return c.Type.Value == "Dedicated" }) {
		return id, true, true
	}
	at := ref.Name.Ref
	if at.IsZero() {
		at = ref.Ref
	}
	b.found.Add("SITE-008", b.pos(at), "VNet %q connects to local network site %q, which no network configuration here defines", v.Name, ref.Name.Value)
	b.fateAll(connectionRefs(ref), diag.NeedsPerson, "SITE-008")
	return ID{}, false, false
}

// halves makes one connection per type named: none means IPsec.
func (b *builder) halves(v *VNet, ref *netcfg.LocalNetworkSiteRef, site ID, undefined bool) {
	own := b.refs(ref.Ref, ref.Name.Ref)
	first := len(b.e.Connections)
	for _, c := range ref.Connections {
		kind, ok := connectionKind(c.Type.Value)
		switch {
		case !ok, undefined && kind != ExpressRoute:
			b.fateAll([]diag.Ref{c.Ref, c.Type.Ref}, diag.NeedsPerson, "XML-011")
		case slices.ContainsFunc(b.e.Connections[first:], func(h Connection) bool { return h.Kind == kind }):
			b.fateAll([]diag.Ref{c.Ref, c.Type.Ref}, diag.Dropped, "LINK-004")
		default:
			b.e.Connections = append(b.e.Connections, b.half(v, site, kind, append(own, b.refs(c.Ref, c.Type.Ref)...)))
			own = nil
		}
	}
	switch {
	case len(b.e.Connections) > first:
	case len(ref.Connections) == 0:
		b.e.Connections = append(b.e.Connections, b.half(v, site, IPsec, own))
	default:
		b.fateAll(own, diag.NeedsPerson, "XML-011")
	}
}

func (b *builder) half(v *VNet, site ID, kind ConnectionKind, refs []diag.Ref) Connection {
	gateway := VPNGateway
	child := site.Name
	if kind == ExpressRoute {
		gateway = ExpressRouteGateway
		child += " (ExpressRoute)"
	}
	return Connection{
		ID: b.id(TypeConnection, v.Name, child), Gateway: b.id(TypeGateway, v.Name, gateway.String()),
		Kind: kind, Site: site, Refs: refs,
	}
}

func connectionKind(word string) (ConnectionKind, bool) {
	switch word {
	case "IPsec":
		return IPsec, true
	case "Dedicated":
		return ExpressRoute, true
	}
	return 0, false
}

// The functions below list every leaf of an object that is not carried on.

func dnsRefs(d *netcfg.DNSServer) []diag.Ref {
	return []diag.Ref{d.Ref, d.Name.Ref, d.IPAddress.Ref}
}

func textRefs(texts []netcfg.Text) []diag.Ref {
	var refs []diag.Ref
	for _, t := range texts {
		refs = append(refs, t.Ref, t.TextRef)
	}
	return refs
}

func spaceRefs(spaces []netcfg.AddressSpace) []diag.Ref {
	var refs []diag.Ref
	for _, s := range spaces {
		refs = append(append(refs, s.Ref), textRefs(s.Prefixes)...)
	}
	return refs
}

func siteRefs(l *netcfg.LocalNetworkSite) []diag.Ref {
	refs := []diag.Ref{l.Ref, l.Name.Ref, l.VPNGatewayAddress.Ref, l.VPNGatewayAddress.TextRef}
	return append(refs, spaceRefs(l.AddressSpaces)...)
}

func connectionRefs(ref *netcfg.LocalNetworkSiteRef) []diag.Ref {
	refs := []diag.Ref{ref.Ref, ref.Name.Ref}
	for _, c := range ref.Connections {
		refs = append(refs, c.Ref, c.Type.Ref)
	}
	return refs
}

func vnetRefs(v *netcfg.VirtualNetworkSite) []diag.Ref {
	refs := []diag.Ref{v.Ref, v.Name.Ref, v.AffinityGroup.Ref, v.Location.Ref, v.Label.Ref, v.Label.TextRef, v.SubnetsRef, v.DNSServersRefRef}
	refs = append(refs, spaceRefs(v.AddressSpaces)...)
	for _, s := range v.Subnets {
		refs = append(append(refs, s.Ref, s.Name.Ref), textRefs(s.Prefixes)...)
	}
	for _, d := range v.DNSServers {
		refs = append(refs, d.Ref, d.Name.Ref)
	}
	if n := v.InternetGatewayNetwork; n != nil {
		refs = append(refs, n.Ref, n.Name.Ref)
	}
	if g := v.Gateway; g != nil {
		refs = append(refs, g.Ref, g.Profile.Ref, g.ConnectionsRef)
		if g.VPNClientAddressPool != nil {
			refs = append(refs, spaceRefs([]netcfg.AddressSpace{*g.VPNClientAddressPool})...)
		}
		for i := range g.Connections {
			refs = append(refs, connectionRefs(&g.Connections[i])...)
		}
	}
	return refs
}
