package estate

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// resolve follows the references of every VNet: DNS servers, local network sites.
func (b *builder) resolve() {
	vnets := make(map[Key]int, len(b.e.VNets))
	for i := range b.e.VNets {
		vnets[b.e.VNets[i].ID.Key()] = i
	}
	gateways, connections := 0, 0
	for _, p := range b.pending {
		if p.from != nil {
			gateways, connections = gateways+1, connections+len(p.from.Connections)
		}
	}
	b.e.Gateways, b.e.Connections = make([]Gateway, 0, gateways), make([]Connection, 0, connections)
	for _, p := range b.pending {
		b.doc, b.name = p.doc, b.e.Docs[p.doc]
		v := &b.e.VNets[vnets[p.vnet.Key()]]
		seen := make(map[Key]bool, len(p.dns))
		for _, ref := range p.dns {
			b.dnsRef(v, ref, seen)
		}
		if p.from != nil {
			b.gateway(v, p.from)
		}
	}
}

func (b *builder) dnsRef(v *VNet, ref netcfg.NameRef, seen map[Key]bool) {
	id := b.id(TypeDNSServer, ref.Name.Value, "")
	i, ok := b.dns[id.Key()]
	if !ok {
		at := ref.Name.Ref
		if at.IsZero() {
			at = ref.Ref
		}
		b.found.Add("XML-019", b.pos(at), "VNet %q refers to DNS server %q, which the file does not define", v.Name, ref.Name.Value)
		b.fateAll([]diag.Ref{ref.Ref, ref.Name.Ref}, diag.NeedsPerson, "XML-019")
		return
	}
	server := &b.e.DNSServers[i]
	b.letterCase(ref.Name, server.Name, "DNS server")
	if seen[id.Key()] {
		b.fateAll([]diag.Ref{ref.Ref, ref.Name.Ref}, diag.Dropped, "the same DNS server stands in this list before")
		return
	}
	seen[id.Key()] = true
	v.DNS = append(v.DNS, DNSServerRef{
		Server: server.ID, Name: server.Name, Address: server.Address.Addr, Refs: b.refs(ref.Ref, ref.Name.Ref)})
}

func (b *builder) letterCase(written netcfg.Attr, defined, what string) {
	if written.Value != defined {
		b.found.Add("XML-020", b.pos(written.Ref), "reference to %s %q differs from its definition %q in letter case only", what, written.Value, defined)
	}
}

// gateway reads a Gateway element: a VPN gateway for IPsec connections and a client pool, an
// ExpressRoute gateway for dedicated ones, both when both are there.
func (b *builder) gateway(v *VNet, g *netcfg.Gateway) {
	b.fate(g.Profile.Ref, diag.Dropped, "the gateway profile was always Small and has no counterpart in ARM")
	first := len(b.e.Connections)
	b.connections(v, g)
	connections := b.e.Connections[first:]
	vpn := Gateway{ID: b.id(TypeGateway, v.Name, VPNGateway.String()), VNet: v.ID, Kind: VPNGateway}
	er := Gateway{ID: b.id(TypeGateway, v.Name, ExpressRouteGateway.String()), VNet: v.ID, Kind: ExpressRouteGateway}
	shared := b.refs(g.Ref, g.ConnectionsRef)
	if pool := g.VPNClientAddressPool; pool != nil {
		vpn.Refs = b.refs(pool.Ref)
		vpn.ClientPools = b.prefixes(nil, pool.Prefixes, "point-to-site pool of VNet", v.Name)
	}
	hasVPN := len(vpn.ClientPools) > 0 || slices.ContainsFunc(connections, func(c Connection) bool { return c.Kind == IPsec })
	hasER := slices.ContainsFunc(connections, func(c Connection) bool { return c.Kind == ExpressRoute })
	switch {
	case hasVPN:
		vpn.Refs = append(shared, vpn.Refs...)
	case hasER:
		er.Refs = shared
		b.fateAll(vpn.Refs, diag.NeedsPerson, "ARM-007") // a pool without a usable prefix
	default:
		b.fateAll(shared, diag.Dropped, "the Gateway has neither a connection nor a client pool")
		b.fateAll(vpn.Refs, diag.NeedsPerson, "ARM-007")
	}
	if hasVPN {
		b.e.Gateways = append(b.e.Gateways, vpn)
	}
	if hasER {
		b.e.Gateways = append(b.e.Gateways, er)
	}
}

// connections reads the references of one gateway, in the order of their names.
func (b *builder) connections(v *VNet, g *netcfg.Gateway) {
	refs := make([]*netcfg.LocalNetworkSiteRef, len(g.Connections))
	for i := range refs {
		refs[i] = &g.Connections[i]
	}
	slices.SortStableFunc(refs, func(x, y *netcfg.LocalNetworkSiteRef) int { return compareFold(x.Name.Value, y.Name.Value) })
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
	b.found.Add("SITE-008", b.pos(at), "VNet %q connects to local network site %q, which the file does not define", v.Name, ref.Name.Value)
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
