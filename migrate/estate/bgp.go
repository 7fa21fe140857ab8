package estate

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// BGP of the second generation: the number of a gateway, that and the address of a device, and the
// connections that exchange routes. Source: docs/sources.md#bgp.

// bgpLost is the rule for routes that were exchanged and are to be written.
const bgpLost = "ARM-029"

// Number is the autonomous system that is announced; false when there is none, or no such number.
func (b *BGP) Number() (int, bool) {
	if b == nil {
		return 0, false
	}
	n, err := strconv.ParseUint(b.ASN.Value, 10, 32)
	return int(n), err == nil && n > 0
}

// Peer is the address that the other end of the session talks to.
func (b *BGP) Peer() (netip.Addr, bool) {
	if b == nil {
		return netip.Addr{}, false
	}
	addr, err := parseAddr(b.PeeringAddress.Value)
	return addr, err == nil
}

// Weight is the preference of what is learned here; 0 is the platform's own.
func (b *BGP) Weight() int {
	n, ok := plainNumber(b.PeerWeight.Value, 100)
	if !ok {
		return 0
	}
	return n
}

// Announces reports whether a device outside the estate is known well enough for a session with it.
// The gateway behind a site of another VNet is built anew, and gets another address.
func (s *Site) Announces() bool {
	_, number := s.BGP.Number()
	_, peer := s.BGP.Peer()
	return number && peer && s.AddressOf.IsZero() && s.Endpoint.IsZero()
}

// Exchanges reports whether a connection exchanges routes by BGP with a device in an ARM estate: it
// did, and both ends are known well enough.
func Exchanges(c *Connection, g *Gateway, s *Site) bool {
	return c.EnableBGP.Known() && whyNotExchanged(c, g, s) == ""
}

func whyNotExchanged(c *Connection, g *Gateway, s *Site) string {
	if c.Kind != IPsec || s == nil || !s.AddressOf.IsZero() || !s.Endpoint.IsZero() {
		return "its other end is a gateway that is built anew"
	}
	here, ok := g.BGP.Number()
	if !ok {
		return "no number of its gateway is known"
	}
	there, ok := s.BGP.Number()
	_, peer := s.BGP.Peer()
	switch {
	case !ok:
		return "no number of the device is known"
	case !peer:
		return "the device has no usable address for it"
	case here == there:
		return "both ends have the number " + strconv.Itoa(here)
	case c.PolicyBased:
		return "its selectors are policy-based"
	}
	return ""
}

// settings reads what an end announces with.
func (b *builder) settings(to *BGP, settings *netcfg.Node, whose string) {
	b.setFact(&to.ASN, b.fact(settings.Child("Asn")), "the ASN of %s", whose)
	b.setFact(&to.PeeringAddress, b.fact(settings.Child("BgpPeeringAddress")), "the BGP address of %s", whose)
	b.setFact(&to.PeerWeight, b.fact(settings.Child("PeerWeight")), "the BGP weight of %s", whose)
	to.Refs = append(to.Refs, b.of(settings)...)
}

// bgp reads what a gateway announces with. Without EnableBgp the settings mean nothing.
func (b *builder) bgp(v *VNet, g *Gateway, n *netcfg.Node) {
	settings := n.Child("BgpSettings")
	if settings == nil || !strings.EqualFold(n.Value("EnableBgp"), "true") {
		b.dropTree(settings, "BGP is not enabled")
		return
	}
	if g.BGP == nil {
		g.BGP = &BGP{}
	}
	b.settings(g.BGP, settings, "the gateway of VNet "+strconv.Quote(v.Name))
	g.BGP.Refs = append(g.BGP.Refs, b.of(n.Child("EnableBgp"))...)
}

// siteBGP reads what the device of a site announces with.
func (b *builder) siteBGP(s *Site, settings *netcfg.Node) {
	if n := settings.Value("Asn"); n == "" || n == "0" {
		b.dropTree(settings, "the device has no number, and speaks no BGP")
		return
	}
	s.BGP = &BGP{}
	b.settings(s.BGP, settings, "the local network gateway "+strconv.Quote(s.Name))
}

// exchange carries the exchange of routes over where both ends are known, and says where it is not.
func (m *migration) exchange() {
	x := NewIndex(m.to)
	for i := range m.ends {
		e := &m.ends[i]
		if e.made < 0 || !e.EnableBGP.Known() {
			continue
		}
		c := &m.to.Connections[e.made]
		if why := whyNotExchanged(c, e.arm, x.Site(c.Site)); why != "" {
			m.found.Add(bgpLost, m.at(e.EnableBGP.Refs), "connection %q exchanged routes by BGP, and is built with the prefixes of %q alone: %s", c.ID.Name, e.Site.Name, why)
			m.fate(e.EnableBGP.Refs, diag.NeedsPerson, bgpLost)
			c.EnableBGP = Fact{}
			continue
		}
		m.found.Add("ARM-030", m.at(e.EnableBGP.Refs), "connection %q exchanges routes by BGP; its gateway gets an address of its own for it, and the device of %q has to follow", c.ID.Name, e.Site.Name)
	}
}

func bgpRefs(b *BGP) []diag.Ref {
	if b == nil {
		return nil
	}
	return slices.Concat(b.Refs, b.ASN.Refs, b.PeeringAddress.Refs, b.PeerWeight.Refs)
}
