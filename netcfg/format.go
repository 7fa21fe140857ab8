package netcfg

import (
	"strings"
	"unicode/utf8"
)

// Format prints a File as the service writes it: byte order mark, XML declaration, CRLF, two
// spaces of indent, the service's order of elements and attributes, no line end after the root.
//
// It prints what the schema knows: Structure, Unknown and remarks are left out, and so are empty
// attributes that the service takes for absent ones. Parsing the result gives the same model but for
// Refs, and formatting that gives the same bytes. Characters that XML does not allow become U+FFFD.
func Format(f *File) []byte {
	p := &printer{}
	p.raw("\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>")
	p.line()
	p.raw(`<NetworkConfiguration xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="` + Namespace + `">`)
	p.depth++
	p.element("VirtualNetworkConfiguration", func() { p.configuration(f) })
	p.depth--
	p.line()
	p.raw("</NetworkConfiguration>")
	return p.out
}

// printer writes elements, each on a line of its own.
type printer struct {
	out   []byte
	depth int
}

// printed is one element alone.
func printed(print func(*printer)) []byte {
	p := &printer{}
	print(p)
	return p.out
}

func (p *printer) raw(s string) { p.out = append(p.out, s...) }

func (p *printer) line() {
	p.raw("\r\n")
	for range p.depth {
		p.raw("  ")
	}
}

// element prints a start tag, what body prints, and the end tag; without content it is one tag.
func (p *printer) element(name string, body func(), attrs ...string) {
	p.line()
	p.tag(name, attrs)
	mark := len(p.out)
	p.raw(">")
	p.depth++
	if body != nil {
		body()
	}
	p.depth--
	if len(p.out) == mark+1 {
		p.out = p.out[:mark]
		p.raw(" />")
		return
	}
	p.line()
	p.raw("</" + name + ">")
}

// tag prints the beginning of a start tag. The attributes are names and values in turn.
func (p *printer) tag(name string, attrs []string) {
	p.raw("<" + name)
	for i := 0; i < len(attrs); i += 2 {
		p.raw(" " + attrs[i] + `="`)
		p.escape(attrs[i+1], true)
		p.raw(`"`)
	}
}

func (p *printer) text(name string, t Text) {
	p.line()
	p.raw("<" + name)
	if t.Value == "" {
		p.raw(" />")
		return
	}
	p.raw(">")
	p.escape(t.Value, false)
	p.raw("</" + name + ">")
}

// escape writes a value the way the service does: quotes only where they would end it, and line
// ends that a reader would not keep as character references.
func (p *printer) escape(value string, attribute bool) {
	for i, r := range value {
		switch {
		case r == '<':
			p.raw("&lt;")
		case r == '>':
			p.raw("&gt;")
		case r == '&':
			p.raw("&amp;")
		case r == '"' && attribute:
			p.raw("&quot;")
		case r == '\r':
			p.raw("&#xD;")
		case r == '\n' && attribute:
			p.raw("&#xA;")
		case r == '\t' && attribute:
			p.raw("&#x9;")
		case !inXML(r), r == utf8.RuneError && !strings.HasPrefix(value[i:], "\ufffd"):
			p.raw("\ufffd")
		default:
			p.out = utf8.AppendRune(p.out, r)
		}
	}
}

func (p *printer) configuration(f *File) {
	if len(f.DNSServers)+len(f.LocalNetworkSites)+len(f.VirtualNetworkSites) == 0 {
		return
	}
	p.element("Dns", func() {
		if len(f.DNSServers) > 0 {
			p.element("DnsServers", func() { each(p, f.DNSServers, (*printer).dnsServer) })
		}
	})
	if len(f.LocalNetworkSites) > 0 {
		p.element("LocalNetworkSites", func() { each(p, f.LocalNetworkSites, (*printer).site) })
	}
	if len(f.VirtualNetworkSites) > 0 {
		p.element("VirtualNetworkSites", func() { each(p, f.VirtualNetworkSites, (*printer).vnet) })
	}
}

func each[T any](p *printer, items []T, print func(*printer, *T)) {
	for i := range items {
		print(p, &items[i])
	}
}

func (p *printer) dnsServer(d *DNSServer) {
	p.element("DnsServer", nil, "name", d.Name.Value, "IPAddress", d.IPAddress.Value)
}

func (p *printer) site(l *LocalNetworkSite) {
	p.element("LocalNetworkSite", func() {
		each(p, l.AddressSpaces, (*printer).addressSpace)
		if l.VPNGatewayAddress.Present() || l.VPNGatewayAddress.Value != "" {
			p.text("VPNGatewayAddress", l.VPNGatewayAddress)
		}
	}, "name", l.Name.Value)
}

func (p *printer) addressSpace(a *AddressSpace) {
	p.element("AddressSpace", func() { p.prefixes(a.Prefixes) })
}

func (p *printer) prefixes(texts []Text) {
	for _, t := range texts {
		p.text("AddressPrefix", t)
	}
}

func (p *printer) vnet(v *VirtualNetworkSite) {
	attrs := []string{"name", v.Name.Value}
	if v.AffinityGroup.Value != "" {
		attrs = append(attrs, "AffinityGroup", v.AffinityGroup.Value)
	}
	if v.Location.Value != "" {
		attrs = append(attrs, "Location", v.Location.Value)
	}
	p.element("VirtualNetworkSite", func() { p.vnetParts(v) }, attrs...)
}

func (p *printer) vnetParts(v *VirtualNetworkSite) {
	if v.Label.Present() || v.Label.Value != "" {
		p.text("Label", v.Label)
	}
	each(p, v.AddressSpaces, (*printer).addressSpace)
	if len(v.Subnets) > 0 || !v.SubnetsRef.IsZero() {
		p.element("Subnets", func() { each(p, v.Subnets, (*printer).subnet) })
	}
	if len(v.DNSServers) > 0 || !v.DNSServersRefRef.IsZero() {
		p.element("DnsServersRef", func() {
			for _, r := range v.DNSServers {
				p.element("DnsServerRef", nil, "name", r.Name.Value)
			}
		})
	}
	if v.Gateway != nil {
		p.gateway(v.Gateway)
	}
	if v.InternetGatewayNetwork != nil {
		p.element("InternetGatewayNetwork", nil, "name", v.InternetGatewayNetwork.Name.Value)
	}
}

func (p *printer) subnet(s *Subnet) {
	p.element("Subnet", func() { p.prefixes(s.Prefixes) }, "name", s.Name.Value)
}

func (p *printer) gateway(g *Gateway) {
	var attrs []string
	if g.Profile.Value != "" {
		attrs = []string{"profile", g.Profile.Value}
	}
	p.element("Gateway", func() {
		if g.VPNClientAddressPool != nil {
			p.element("VPNClientAddressPool", func() { p.prefixes(g.VPNClientAddressPool.Prefixes) })
		}
		if len(g.Connections) > 0 || !g.ConnectionsRef.IsZero() {
			p.element("ConnectionsToLocalNetwork", func() { each(p, g.Connections, (*printer).siteReference) })
		}
	}, attrs...)
}

func (p *printer) siteReference(r *LocalNetworkSiteRef) {
	p.element("LocalNetworkSiteRef", func() {
		for _, c := range r.Connections {
			p.element("Connection", nil, "type", c.Type.Value)
		}
	}, "name", r.Name.Value)
}
