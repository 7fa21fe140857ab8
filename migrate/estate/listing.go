package estate

import (
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// listing puts the service's list of VNets into the shape of a network configuration, so that the
// two can be compared. The list copies each site into every VNet that refers to it and leaves out
// sites that nobody refers to; what a configuration has no place for (ids, states, bindings) is read
// by answers. Source: docs/sources.md#service-management.
func (b *builder) listing(root *netcfg.Node) *netcfg.File {
	if b.beside == nil {
		b.beside = map[diag.Ref]diag.Ref{}
		b.besides[b.doc] = b.beside
	}
	b.unsaid = map[diag.Ref]bool{}
	l := &lister{b: b, file: &netcfg.File{Name: b.name}}
	for n := range root.All("VirtualNetworkSite") {
		l.vnet(n)
	}
	return l.file
}

type lister struct {
	b    *builder
	file *netcfg.File
}

// element takes an element that only holds others.
func (l *lister) element(n *netcfg.Node) diag.Ref {
	if n == nil {
		return diag.Ref{}
	}
	l.b.take(n.Ref)
	l.b.unsaid[n.Ref] = n.Nil
	return n.Ref
}

// attr is an element with a text as the attribute that it would be.
func (l *lister) attr(n *netcfg.Node) netcfg.Attr {
	if n == nil {
		return netcfg.Attr{}
	}
	l.b.take(n.Ref, n.TextRef)
	if n.TextRef.IsZero() {
		return netcfg.Attr{Ref: n.Ref, Value: n.Text}
	}
	l.b.beside[n.TextRef] = n.Ref
	return netcfg.Attr{Ref: n.TextRef, Value: n.Text}
}

func (l *lister) text(n *netcfg.Node) netcfg.Text {
	if n == nil {
		return netcfg.Text{}
	}
	l.b.take(n.Ref, n.TextRef)
	return netcfg.Text{Ref: n.Ref, TextRef: n.TextRef, Value: n.Text}
}

func (l *lister) vnet(n *netcfg.Node) {
	v := netcfg.VirtualNetworkSite{
		Ref: l.element(n), Name: l.attr(n.Child("Name")), AffinityGroup: l.attr(n.Child("AffinityGroup")), Location: l.attr(n.Child("Location")),
	}
	if space := n.Child("AddressSpace"); space != nil {
		v.AddressSpaces = append(v.AddressSpaces, l.space(space))
	}
	subnets := n.Child("Subnets")
	v.SubnetsRef = l.element(subnets)
	for s := range subnets.All("Subnet") {
		v.Subnets = append(v.Subnets, l.subnet(s))
	}
	for d := range n.Child("Dns").Child("DnsServers").All("DnsServer") {
		v.DNSServers = append(v.DNSServers, l.server(d))
	}
	if g := n.Child("Gateway"); g != nil {
		v.Gateway = l.gateway(g)
	}
	l.file.VirtualNetworkSites = append(l.file.VirtualNetworkSites, v)
}

// subnet reads a subnet; the output of a cmdlet has only its name.
func (l *lister) subnet(n *netcfg.Node) netcfg.Subnet {
	s := netcfg.Subnet{Ref: l.element(n), Name: l.attr(n.Child("Name"))}
	if prefix := n.Child("AddressPrefix"); prefix != nil {
		s.Prefixes = append(s.Prefixes, l.text(prefix))
	}
	return s
}

// space reads AddressSpace{AddressPrefixes{AddressPrefix*}}; a text may have lost the middle.
func (l *lister) space(n *netcfg.Node) netcfg.AddressSpace {
	a := netcfg.AddressSpace{Ref: l.element(n)}
	within := n
	if middle := n.Child("AddressPrefixes"); middle != nil {
		within = middle
		l.b.unsaid[n.Ref] = n.Nil || middle.Nil
	}
	for p := range within.All("AddressPrefix") {
		a.Prefixes = append(a.Prefixes, l.text(p))
	}
	return a
}

// server reads a DNS server that stands in a VNet: it is definition and reference in one.
func (l *lister) server(n *netcfg.Node) netcfg.NameRef {
	name := l.attr(n.Child("Name"))
	address := l.attr(n.Child("Address"))
	l.element(n)
	l.file.DNSServers = append(l.file.DNSServers, netcfg.DNSServer{Ref: n.Ref, Name: name, IPAddress: address})
	return netcfg.NameRef{Name: netcfg.Attr{Value: name.Value}}
}

func (l *lister) gateway(n *netcfg.Node) *netcfg.Gateway {
	g := &netcfg.Gateway{Ref: l.element(n), Profile: l.attr(n.Child("Profile")), ConnectionsRef: l.element(n.Child("Sites"))}
	if pool := n.Child("VPNClientAddressPool"); pool != nil {
		if space := l.space(pool); len(space.Prefixes) > 0 {
			g.VPNClientAddressPool = &space
		} else {
			l.b.fate(pool.Ref, diag.Dropped, structure)
		}
	}
	for s := range n.Child("Sites").All("LocalNetworkSite") {
		g.Connections = append(g.Connections, l.site(s))
	}
	if g.Profile.Value != "" || len(g.Connections) > 0 || g.VPNClientAddressPool != nil {
		return g
	}
	l.b.fateAll([]diag.Ref{g.Ref, g.Profile.Ref, g.ConnectionsRef}, diag.Dropped, structure)
	return nil
}

// site reads a copy of a local network site in a VNet: it is definition and reference in one.
func (l *lister) site(n *netcfg.Node) netcfg.LocalNetworkSiteRef {
	name := l.attr(n.Child("Name"))
	site := netcfg.LocalNetworkSite{Ref: l.element(n), Name: name, VPNGatewayAddress: l.text(n.Child("VpnGatewayAddress"))}
	if space := n.Child("AddressSpace"); space != nil {
		site.AddressSpaces = append(site.AddressSpaces, l.space(space))
	}
	l.file.LocalNetworkSites = append(l.file.LocalNetworkSites, site)
	ref := netcfg.LocalNetworkSiteRef{Name: netcfg.Attr{Value: name.Value}}
	connections := n.Child("Connections")
	ref.Ref = l.element(connections)
	for c := range connections.All("Connection") {
		ref.Connections = append(ref.Connections, netcfg.Connection{Ref: l.element(c), Type: l.attr(c.Child("Type"))})
	}
	return ref
}
