package risk

import (
	"slices"
	"strconv"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// bgpEnd is one end of a BGP session.
type bgpEnd struct {
	name string
	asn  string
	refs []diag.Ref
}

// asnOf is the BGP number of a gateway.
func asnOf(g *estate.Gateway) string {
	if g.BGP != nil && g.BGP.ASN.Known() {
		return g.BGP.ASN.Value
	}
	return strconv.Itoa(azure.DefaultGatewayASN)
}

// session is a connection with BGP, with both ends.
type session struct {
	conn      *estate.Connection
	near, far *estate.Gateway // far is nil for a device
	site      *estate.Site
	a, b      bgpEnd
}

// sessions visits the connections with BGP whose other end is known, each pair of halves once.
func (l *live) sessions(visit func(session)) {
	for i := range l.Connections {
		c := &l.Connections[i]
		near := l.x.Gateway(c.Gateway)
		if near == nil || !c.EnableBGP.Known() || c.Kind == estate.ExpressRoute {
			continue
		}
		s := session{conn: c, near: near, site: l.x.Site(c.Site), a: bgpEnd{l.gatewayName(near), asnOf(near), near.Refs}}
		switch partner := l.x.Connection(c.Pairing.Partner); {
		case partner != nil:
			if partner.ID.Compare(c.ID) < 0 && partner.EnableBGP.Known() {
				continue // told by the other half
			}
			s.far = l.x.Gateway(partner.Gateway)
		case c.Kind == estate.Vnet2Vnet:
			s.far = l.x.Gateway(c.RemoteGateway)
		}
		switch {
		case s.far != nil:
			s.b = bgpEnd{l.gatewayName(s.far), asnOf(s.far), s.far.Refs}
		case s.site != nil && s.site.BGP != nil && s.site.BGP.ASN.Known():
			s.b = bgpEnd{l.siteName(s.site), s.site.BGP.ASN.Value, s.site.BGP.Refs}
		default:
			continue
		}
		visit(s)
	}
}

// sameNumbers finds BGP sessions whose two ends have one number (BGP-001), and numbers that nobody may
// have.
func sameNumbers(l *live) diag.List {
	var hits []hit
	l.sessions(func(s session) {
		if _, reserved := reservedNumber(s.b.asn); reserved && s.far == nil {
			return // told of the device
		}
		if s.a.asn == s.b.asn && !l.bound(s.near) && (s.far == nil || !l.bound(s.far)) { // else it is BGP-003
			hits = append(hits, hit{quote(s.conn.ID.Name), diag.New("BGP-001", l.at(s.conn.Refs), "both ends of connection %q have the BGP number %s: %s and %s", s.conn.ID.Name, s.a.asn, s.a.name, s.b.name).
				See(l.at(s.b.refs), "the other end is here")})
		}
	})
	for i := range l.Gateways {
		g := &l.Gateways[i]
		if g.BGP == nil || g.BGP.ASN.Value == strconv.Itoa(azure.DefaultGatewayASN) {
			continue
		}
		if by, reserved := reservedNumber(g.BGP.ASN.Value); reserved {
			hits = append(hits, hit{quote(g.ID.Name), diag.New("BGP-001", l.at(g.BGP.ASN.Refs), "%s has the BGP number %s, which %s keeps", l.gatewayName(g), g.BGP.ASN.Value, by)})
		}
	}
	for i := range l.Sites {
		s := &l.Sites[i]
		if s.BGP == nil || !s.Endpoint.IsZero() {
			continue
		}
		if by, reserved := reservedNumber(s.BGP.ASN.Value); reserved {
			hits = append(hits, hit{l.site(s), diag.New("BGP-001", l.at(s.BGP.ASN.Refs), "%s has the BGP number %s, which %s keeps", l.siteName(s), s.BGP.ASN.Value, by)})
		}
	}
	return told(hits, "%d BGP numbers are those of the other end, or reserved: of %s")
}

func reservedNumber(asn string) (by string, reserved bool) {
	n, err := strconv.ParseUint(asn, 10, 32)
	if err != nil {
		return "", false
	}
	return azure.ReservedASN(uint32(n))
}

// bound reports whether a gateway may have no other BGP number than 65515, because a Route Server beside it
// exchanges routes with it.
func (l *live) bound(g *estate.Gateway) bool {
	return slices.ContainsFunc(l.x.StandingIn(g.VNet), func(o *estate.Gateway) bool { return o.Kind == estate.RouteServer && o.BranchToBranch })
}

// boundNumbers finds BGP sessions between gateways that both have 65515, of which the one beside a Route
// Server cannot have another (BGP-003).
func boundNumbers(l *live) diag.List {
	var hits []hit
	l.sessions(func(s session) {
		if s.far == nil || s.a.asn != s.b.asn {
			return
		}
		at := s.near
		if !l.bound(at) {
			at = s.far
		}
		if l.bound(at) {
			hits = append(hits, hit{quote(s.conn.ID.Name), diag.New("BGP-003", l.at(s.conn.Refs), "both ends of connection %q have the BGP number %s, and %s needs it for the Route Server beside it", s.conn.ID.Name, s.a.asn, l.gatewayName(at)).
				See(l.at(at.Refs), "%s is here", quote(at.ID.Name))})
		}
	})
	return told(hits, "%d BGP sessions join gateways of one number that a Route Server needs: connections %s")
}

// manyAnnounced finds devices that announce more than a gateway takes (BGP-002).
func manyAnnounced(l *live) diag.List {
	var hits []hit
	for i := range l.Sites {
		s := &l.Sites[i]
		if n := len(s.Announced); n > azure.MaxBGPRoutes {
			hits = append(hits, hit{l.site(s), diag.New("BGP-002", l.at(s.Refs), "the device of %s announces %d prefixes; a session drops at more than %d", l.siteName(s), n, azure.MaxBGPRoutes)})
		}
	}
	return told(hits, "%d devices announce more prefixes than a gateway takes: of %s")
}

// filteredAnnouncements finds prefixes that a device announces and the gateway does not take, because its
// VNet, or one that uses it, has them (BGP-004).
func filteredAnnouncements(l *live) diag.List {
	var hits []hit
	for i := range l.Connections {
		c := &l.Connections[i]
		g, s := l.x.Gateway(c.Gateway), l.x.Site(c.Site)
		if g == nil || s == nil || !c.EnableBGP.Known() {
			continue
		}
		v := l.x.VNet(g.VNet)
		if v == nil {
			continue
		}
		for _, w := range append([]*estate.VNet{v}, l.users(v)...) {
			at := slices.IndexFunc(s.Announced, func(p estate.Prefix) bool { return estate.Within(p.Prefix, w.Space) })
			if at >= 0 {
				hits = append(hits, hit{l.site(s), diag.New("BGP-004", l.at(firstRefs(s.Announced[at].Refs, s.Refs)), "the device of %s announces %s, which VNet %s has: %s does not take it", l.siteName(s), s.Announced[at].Prefix, l.vnet(w), l.gatewayName(g)).
					See(l.at(w.Refs), "%s is here", l.vnet(w))})
			}
		}
	}
	return told(hits, "%d announced prefixes are those of VNets, and are not taken: by the devices of %s")
}

// equalPaths finds gateways with BGP sessions to several devices of one on-premises network: packets take
// any of them (RTE-011).
func equalPaths(l *live) diag.List {
	var hits []hit
	l.eachGateway(func(g *estate.Gateway) {
		devices := map[string][]string{} // by BGP number
		var order []string
		refs := map[string][]diag.Ref{}
		for _, c := range l.x.ConnectionsOf(g.ID) {
			s := l.x.Site(c.Site)
			if c.Kind != estate.IPsec || s == nil || s.BGP == nil || !c.EnableBGP.Known() || c.Pairing.Confidence != estate.NotPaired {
				continue
			}
			asn := s.BGP.ASN.Value
			if len(devices[asn]) == 0 {
				order, refs[asn] = append(order, asn), c.Refs
			}
			devices[asn] = append(devices[asn], l.site(s))
		}
		for _, asn := range order {
			if names := devices[asn]; len(names) > 1 {
				hits = append(hits, hit{quote(g.ID.Name), diag.New("RTE-011", l.at(refs[asn]), "%s has BGP sessions with %s of the number %s: packets take any of them (%s)", l.gatewayName(g), count(len(names), "device"), asn, few(names))})
			}
		}
	})
	return told(hits, "%d gateways have BGP sessions with several devices of one network: %s")
}
