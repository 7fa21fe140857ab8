package risk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// gatewayName names a virtual network gateway with its VNet.
func (c *network) gatewayName(g *estate.Gateway) string {
	return "gateway " + quote(g.ID.Name) + " of VNet " + c.vnetID(g.VNet)
}

// eachGateway visits the virtual network gateways that exist.
func (l *live) eachGateway(visit func(*estate.Gateway)) {
	for i := range l.Gateways {
		if g := &l.Gateways[i]; g.Kind.Virtual() && !g.Absent() && l.x.VNet(g.VNet) != nil {
			visit(g)
		}
	}
}

// basicGateways finds gateways of the Basic size (GW-005).
func basicGateways(l *live) diag.List {
	var hits []hit
	l.eachGateway(func(g *estate.Gateway) {
		if strings.EqualFold(g.SKU, "Basic") {
			hits = append(hits, hit{quote(g.ID.Name), diag.New("GW-005", l.at(g.Refs), "%s has the size Basic", l.gatewayName(g))})
		}
	})
	return told(hits, "%d gateways have the size Basic: %s")
}

// smallCircuitGateways finds ExpressRoute gateways that carry less than the circuits linked to them were
// ordered for (GW-006). Of tunnels no listing says what they have to carry, so of VPN gateways it says
// nothing.
func smallCircuitGateways(l *live) diag.List {
	var hits []hit
	l.eachGateway(func(g *estate.Gateway) {
		sku, ok := azure.LookupExpressRouteGatewaySKU(g.SKU)
		if g.Kind != estate.ExpressRouteGateway || !ok || sku.Mbps == 0 {
			return
		}
		sum, names := 0, []string(nil)
		for _, c := range l.x.ConnectionsOf(g.ID) {
			circuit := l.x.Circuit(c.Circuit)
			if circuit == nil {
				continue
			}
			mbps, err := strconv.Atoi(circuit.Bandwidth.Value)
			if err != nil {
				continue
			}
			sum += mbps
			names = append(names, quote(circuit.ID.Name))
		}
		if sum > sku.Mbps {
			hits = append(hits, hit{quote(g.ID.Name), diag.New("GW-006", l.at(g.Refs), "%s has the size %s, which carries %d Mbps, and %s %s %s %d Mbps",
				l.gatewayName(g), sku.Name, sku.Mbps, plural(len(names), "circuit", "circuits"), few(names), plural(len(names), "has", "together have"), sum)})
		}
	})
	return told(hits, "%d ExpressRoute gateways carry less than their circuits: %s")
}

// standbyHubs finds VPN gateways with one instance at work that other VNets use, too (GW-007).
func standbyHubs(l *live) diag.List {
	var hits []hit
	l.eachGateway(func(g *estate.Gateway) {
		users := l.users(l.x.VNet(g.VNet))
		if g.Kind != estate.VPNGateway || g.ActiveActive || len(users) == 0 {
			return
		}
		names := make([]string, len(users))
		for i, v := range users {
			names[i] = l.vnet(v)
		}
		hits = append(hits, hit{quote(g.ID.Name), diag.New("GW-007", l.at(g.Refs), "%s is active-standby, and %s %s it: %s", l.gatewayName(g), count(len(users), "other VNet"), plural(len(users), "uses", "use"), few(names))})
	})
	return told(hits, "%d gateways that other VNets use are active-standby: %s")
}

// retiringGateways finds gateways whose size, or the size of whose address, ends or has ended (GW-008).
func retiringGateways(l *live) diag.List {
	var hits []hit
	l.eachGateway(func(g *estate.Gateway) {
		retirement, ends := azure.VPNGatewayRetirement(g.SKU)
		if g.Kind == estate.ExpressRouteGateway {
			retirement, ends = azure.ExpressRouteGatewayRetirement(g.SKU)
		}
		var why []string
		if ends {
			why = append(why, "has the size "+g.SKU+", "+l.when(retirement))
		}
		if g.BasicIP && g.Kind == estate.VPNGateway && !strings.EqualFold(g.SKU, "Basic") {
			why = append(why, "has a public address of the size Basic, "+l.when(azure.BasicAddressRetirement))
		}
		if len(why) > 0 {
			hits = append(hits, hit{quote(g.ID.Name), diag.New("GW-008", l.at(g.Refs), "%s %s", l.gatewayName(g), strings.Join(why, ", and "))})
		}
	})
	return told(hits, "%d gateways have a size, or an address of a size, that ends: %s")
}

// when says of an end when it is or was, as a relative clause.
func (l *live) when(r azure.Retirement) string {
	var text string
	switch {
	case r.Day == "":
		text = "which takes no new gateways"
	case l.today != "" && string(l.today) > r.Day:
		text = "which ended on " + r.Day
	default:
		text = "which ends on " + r.Day
	}
	if r.Moving {
		text += " (the platform moves it to one with AZ)"
	}
	return text
}

// azureResolver answers names of the platform, and is what a gateway asks.
const azureResolver = "168.63.129.16"

// ownResolvers finds VNets with a gateway that have DNS servers of their own (GW-009). Whether these ask
// the platform's resolver no listing says, except of a firewall, which does.
func ownResolvers(l *live) diag.List {
	var names []string
	var pos diag.Pos
	for i := range l.VNets {
		v := &l.VNets[i]
		if len(l.gateways(v)) == 0 || len(v.DNS) == 0 || slices.ContainsFunc(v.DNS, func(d estate.DNSServerRef) bool {
			return d.Address.String() == azureResolver || slices.ContainsFunc(l.hops[d.Address], func(g *estate.Gateway) bool { return g.Kind == estate.Firewall })
		}) {
			continue
		}
		if len(names) == 0 {
			pos = l.at(firstRefs(v.DNS[0].Refs, v.Refs))
		}
		names = append(names, l.vnet(v))
	}
	if len(names) == 0 {
		return nil
	}
	return diag.List{diag.New("GW-009", pos, "%s with a gateway %s DNS servers of %s own, and nothing says that they ask %s: %s", count(len(names), "VNet"), plural(len(names), "has", "have"), plural(len(names), "its", "their"), azureResolver, few(names))}
}

// guardedSubnets finds gateway subnets with a security group, with a default route, or that take over no
// routes of gateways (GW-010).
func guardedSubnets(l *live) diag.List {
	var hits []hit
	for i := range l.VNets {
		v := &l.VNets[i]
		for j := range v.Subnets {
			s := &v.Subnets[j]
			if !isGatewaySubnet(s) {
				continue
			}
			add := func(refs []diag.Ref, format string, args ...any) {
				hits = append(hits, hit{l.vnet(v), diag.New("GW-010", l.at(firstRefs(refs, s.Refs)), "%s of VNet %s %s", s.Name, l.vnet(v), fmt.Sprintf(format, args...))})
			}
			if !s.SecurityGroup.IsZero() {
				add(s.SecurityGroupRefs, "has security group %q", s.SecurityGroup.Name)
			}
			t := l.x.RouteTable(s.RouteTable)
			if t == nil || !t.RoutesKnown {
				continue
			}
			if slices.ContainsFunc(t.Routes, func(r estate.Route) bool { return r.Prefix.IsValid() && r.Prefix.Bits() == 0 }) {
				add(s.RouteTableRefs, "has route table %q with a default route", t.Name)
			}
			if t.NoPropagation {
				add(s.RouteTableRefs, "has route table %q, which takes over no routes of gateways", t.Name)
			}
		}
	}
	return told(hits, "the gateway subnets of %d VNets have a security group, a default route, or no routes of gateways: %s")
}

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
			if partner.ID.Key().String() < c.ID.Key().String() && partner.EnableBGP.Known() {
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

// siteName names a local network gateway.
func (c *network) siteName(s *estate.Site) string { return "local network gateway " + c.site(s) }
