package reach_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// world builds an estate by hand.
type world struct {
	estate.Estate
	sites int
}

func id(typ, name string) estate.ID { return estate.ID{Subscription: "s", Type: typ, Name: name} }

func prefixes(list string) []estate.Prefix {
	var out []estate.Prefix
	for _, text := range strings.Fields(list) {
		out = append(out, estate.Prefix{Prefix: netip.MustParsePrefix(text), Raw: text})
	}
	return out
}

func (w *world) vnet(model estate.Model, name, space string) {
	w.VNets = append(w.VNets, estate.VNet{ID: id(estate.TypeVNet, name), Name: name, Model: model, Space: prefixes(space)})
}

// gateway is the VPN gateway of a VNet, made on first use.
func (w *world) gateway(vnet string) *estate.Gateway {
	for i := range w.Gateways {
		if w.Gateways[i].VNet.Name == vnet && w.Gateways[i].Kind == estate.VPNGateway {
			return &w.Gateways[i]
		}
	}
	w.Gateways = append(w.Gateways, estate.Gateway{ID: id(estate.TypeGateway, "g"+vnet), VNet: id(estate.TypeVNet, vnet)})
	return &w.Gateways[len(w.Gateways)-1]
}

func (w *world) clients(vnet, pool string) { w.gateway(vnet).ClientPools = prefixes(pool) }

// absent lets the service say that a VNet's gateway does not exist.
func (w *world) absent(vnet string) { w.gateway(vnet).State.Value = estate.GatewayNotProvisioned }

// half adds one connection from a VNet's gateway to a new site.
func (w *world) half(vnet, space string, site estate.Site, p estate.Pairing) *estate.Connection {
	w.sites++
	site.Name = fmt.Sprintf("site%04d", w.sites)
	site.ID, site.Prefixes = id(estate.TypeSite, site.Name), prefixes(space)
	w.Sites = append(w.Sites, site)
	w.Connections = append(w.Connections, estate.Connection{
		ID:      estate.ID{Subscription: "s", Type: estate.TypeConnection, Name: vnet + "-" + site.Name},
		Gateway: w.gateway(vnet).ID, Site: site.ID, Pairing: p,
	})
	return &w.Connections[len(w.Connections)-1]
}

// link joins two VNets by a pair of halves; a's site lists aList, b's site bList.
func (w *world) link(a, aList, b, bList string) {
	w.half(a, aList, estate.Site{Endpoint: id(estate.TypeVNet, b)}, estate.Pairing{Confidence: estate.Certain})
	w.half(b, bList, estate.Site{Endpoint: id(estate.TypeVNet, a)}, estate.Pairing{Confidence: estate.Certain})
	n := len(w.Connections)
	w.Connections[n-2].Pairing.Partner = w.Connections[n-1].ID
	w.Connections[n-1].Pairing.Partner = w.Connections[n-2].ID
}

// vnet2vnet joins two ARM VNets by a pair of Vnet2Vnet connections.
func (w *world) vnet2vnet(a, b string) {
	w.link(a, "", b, "")
	n := len(w.Connections)
	for i, remote := range []string{b, a} {
		c := &w.Connections[n-2+i]
		c.Kind, c.Site, c.RemoteGateway = estate.Vnet2Vnet, estate.ID{}, w.gateway(remote).ID
	}
}

func (w *world) onPrem(vnet, space, network string) *estate.Connection {
	return w.half(vnet, space, estate.Site{Network: network, Class: estate.SiteOnPremises}, estate.Pairing{})
}

// circuit is a Dedicated connection.
func (w *world) circuit(vnet, space, network string) {
	c := w.onPrem(vnet, space, network)
	c.Kind = estate.ExpressRoute
	for i := range w.Gateways {
		if g := &w.Gateways[i]; g.ID == c.Gateway && g.Kind == estate.VPNGateway && len(w.connectionsOf(g.ID)) == 1 {
			g.Kind = estate.ExpressRouteGateway
			return
		}
	}
	at := id(estate.TypeGateway, "x"+vnet)
	w.Gateways = append(w.Gateways, estate.Gateway{ID: at, VNet: id(estate.TypeVNet, vnet), Kind: estate.ExpressRouteGateway})
	c.Gateway = at
}

func (w *world) connectionsOf(gateway estate.ID) []*estate.Connection {
	var out []*estate.Connection
	for i := range w.Connections {
		if w.Connections[i].Gateway == gateway {
			out = append(out, &w.Connections[i])
		}
	}
	return out
}

func (w *world) oneSided(vnet, space, towards string) {
	w.half(vnet, space, estate.Site{Endpoint: id(estate.TypeVNet, towards)}, estate.Pairing{Confidence: estate.OneSided})
}

// peer adds both halves; spokes whose name stands in uses take the other's gateway.
func (w *world) peer(a, b, uses string) {
	for _, ends := range [][2]string{{a, b}, {b, a}} {
		w.Peerings = append(w.Peerings, estate.Peering{
			ID:   estate.ID{Subscription: "s", Type: estate.TypePeering, Name: ends[0], Child: "to-" + ends[1]},
			VNet: id(estate.TypeVNet, ends[0]), Remote: id(estate.TypeVNet, ends[1]), AllowVirtualNetworkAccess: true,
			UseRemoteGateways: ends[0] == uses, AllowGatewayTransit: ends[1] == uses,
		})
	}
}

func vnet(name string) reach.Location {
	return reach.Location{Kind: reach.VNet, ID: id(estate.TypeVNet, name), Name: name}
}

func onPrem(name string) reach.Location { return reach.Location{Kind: reach.OnPremises, Name: name} }

func clients(name string) reach.Location {
	return reach.Location{Kind: reach.Clients, ID: id(estate.TypeVNet, name), Name: name}
}

// sessions prints all pairs of a relation, one per line.
func sessions(r *reach.Relation) string {
	var b strings.Builder
	for p, s := range r.Pairs() {
		fmt.Fprintf(&b, "%s %s ↔ %s %s: %s via %s%s\n", p[0], s.FromPrefixes, p[1], s.ToPrefixes, s.Value, hops(s.Path), because(s.Assumptions))
	}
	for a, c := range r.OneWay() {
		fmt.Fprintf(&b, "%s → %s only\n", a, c)
	}
	for h := range r.Hairpins() {
		fmt.Fprintf(&b, "hairpin at %s from %s to %s: %s%s\n", h.Via, h.Senders, h.Receivers, h.Prefixes, because(h.Assumptions))
	}
	return b.String()
}

func because(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return " (" + strings.Join(ids, " ") + ")"
}

func hops(path []reach.Hop) string {
	var out []string
	for _, h := range path {
		out = append(out, h.Type.String())
	}
	return strings.Join(out, "-")
}

// verdicts prints a comparison, one verdict per line.
func verdicts(before, after *world) string {
	var b strings.Builder
	for v := range reach.Compare(reach.Compute(&before.Estate), reach.Compute(&after.Estate), nil) {
		fmt.Fprintf(&b, "%s %s %s ↔ %s %s", v.Class, v.From, v.FromPrefixes, v.To, v.ToPrefixes)
		if v.Class == reach.PathChanged {
			fmt.Fprintf(&b, ": %s → %s", hops(v.Before.Path), hops(v.After.Path))
		}
		if v.Flags != 0 {
			fmt.Fprintf(&b, " [%s]", v.Flags)
		}
		if v.Grade != 0 {
			fmt.Fprintf(&b, " {%s}", v.Grade)
		}
		if v.NewLocation {
			b.WriteString(" new location")
		}
		if v.DeliveredTo != nil {
			fmt.Fprintf(&b, " delivered to %s", v.DeliveredTo)
		}
		if v.Via != nil {
			fmt.Fprintf(&b, " and all that meet at %s", v.Via)
		}
		if v.Before.Value == reach.Unknown || v.After.Value == reach.Unknown {
			fmt.Fprintf(&b, " %s→%s%s", v.Before.Value, v.After.Value, because(slices.Concat(v.Before.Assumptions, v.After.Assumptions)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func lines(s string) string {
	var b strings.Builder
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}

// at is a VNet to be changed.
func (w *world) at(vnet string) *estate.VNet {
	for i := range w.VNets {
		if w.VNets[i].Name == vnet {
			return &w.VNets[i]
		}
	}
	return nil
}

func (w *world) subnet(vnet, name, prefix string) *estate.Subnet {
	v := w.at(vnet)
	v.Subnets = append(v.Subnets, estate.Subnet{Name: name, Prefix: prefixes(prefix)[0]})
	return &v.Subnets[len(v.Subnets)-1]
}

// table binds a table of routes to subnets ("A/s1"); a route is a prefix and a next hop, or the address
// of an appliance. A "!" among the routes turns propagation off.
func (w *world) table(name, subnets string, routes ...string) {
	t := estate.RouteTable{ID: id(estate.TypeRouteTable, name), Name: name, RoutesKnown: true}
	for _, text := range routes {
		if text == "!" {
			t.NoPropagation = true
			continue
		}
		t.Routes = append(t.Routes, userRoute(text))
	}
	w.RouteTables = append(w.RouteTables, t)
	for _, s := range strings.Fields(subnets) {
		vnet, subnet, _ := strings.Cut(s, "/")
		for i := range w.at(vnet).Subnets {
			if s := &w.at(vnet).Subnets[i]; s.Name == subnet {
				s.RouteTable = t.ID
			}
		}
	}
}

// userRoute reads a prefix and a next hop, or the address of an appliance.
func userRoute(text string) estate.Route {
	prefix, hop, _ := strings.Cut(text, " ")
	r := estate.Route{Prefix: prefixes(prefix)[0], NextHop: estate.Fact{Value: hop}}
	if a, err := netip.ParseAddr(hop); err == nil {
		r.NextHop.Value, r.Address = "VirtualAppliance", estate.Address{Addr: a, Raw: hop}
	}
	return r
}

// box puts a firewall or an appliance with private addresses into a subnet.
func (w *world) box(kind estate.GatewayKind, name, vnet, subnet, addresses string) *estate.Gateway {
	typ := estate.TypeFirewall
	if kind == estate.Appliance {
		typ = estate.TypeInterface
	}
	g := estate.Gateway{ID: id(typ, name), VNet: id(estate.TypeVNet, vnet), Kind: kind, Subnet: subnet}
	for _, text := range strings.Fields(addresses) {
		g.PrivateIPs = append(g.PrivateIPs, estate.Address{Addr: netip.MustParseAddr(text), Raw: text})
	}
	w.Gateways = append(w.Gateways, g)
	return &w.Gateways[len(w.Gateways)-1]
}

func (w *world) routeServer(vnet string, branchToBranch bool) *estate.Gateway {
	w.Gateways = append(w.Gateways, estate.Gateway{
		ID: id(estate.TypeRouteServer, "rs"+vnet), VNet: id(estate.TypeVNet, vnet), Kind: estate.RouteServer, BranchToBranch: branchToBranch,
	})
	return &w.Gateways[len(w.Gateways)-1]
}

// exchanges lets an appliance announce prefixes to a Route Server.
func (w *world) exchanges(server *estate.Gateway, appliance estate.ID, announced string) {
	server.RoutePeers = append(server.RoutePeers, estate.RoutePeer{Appliance: appliance, ASN: estate.Fact{Value: "65100"}, Learned: prefixes(announced), LearnedKnown: true})
}

// expressRoute is the ExpressRoute gateway of a VNet, made on first use.
func (w *world) expressRoute(vnet string) *estate.Gateway {
	for i := range w.Gateways {
		if w.Gateways[i].VNet.Name == vnet && w.Gateways[i].Kind == estate.ExpressRouteGateway {
			return &w.Gateways[i]
		}
	}
	w.Gateways = append(w.Gateways, estate.Gateway{
		ID: id(estate.TypeGateway, "er"+vnet), VNet: id(estate.TypeVNet, vnet), Kind: estate.ExpressRouteGateway,
	})
	return &w.Gateways[len(w.Gateways)-1]
}

// edge connects the ExpressRoute gateway of a VNet to a network; circuit is its circuit, or "".
func (w *world) edge(vnet, space, network, circuit string) *estate.Connection {
	gateway := w.expressRoute(vnet).ID
	before := len(w.Gateways)
	c := w.onPrem(vnet, space, network)
	if len(w.Gateways) > before { // onPrem made a VPN gateway, which is not meant
		w.Gateways = w.Gateways[:before]
	}
	c.Kind, c.Gateway = estate.ExpressRoute, gateway
	if circuit != "" {
		c.Circuit = id(estate.TypeCircuit, circuit)
	}
	return c
}

// linked connects the ExpressRoute gateway of a VNet to a circuit, as a listing says it: without a site.
func (w *world) linked(vnet string, circuit estate.ID) *estate.Connection {
	c := w.edge(vnet, "", "", "")
	w.Sites = w.Sites[:len(w.Sites)-1]
	c.Site, c.Circuit = estate.ID{}, circuit
	return c
}

// circuitOf is a circuit of a resource group.
func circuitOf(subscription, group, name string) estate.ID {
	return estate.ID{Subscription: subscription, Group: group, Type: estate.TypeCircuit, Name: name}
}

// learned adds a circuit that an input lists the prefixes of.
func (w *world) learned(circuit, space string) {
	w.Circuits = append(w.Circuits, estate.Circuit{ID: id(estate.TypeCircuit, circuit), Learned: prefixes(space), LearnedKnown: true})
}

// group joins VNets in a connected group, by a hub or "".
func (w *world) group(name, hub string, members ...string) {
	g := estate.NetworkGroup{ID: id(estate.TypeNetworkGroup, name)}
	for _, m := range members {
		g.Members = append(g.Members, id(estate.TypeVNet, m))
	}
	if hub != "" {
		g.Hub = id(estate.TypeVNet, hub)
	}
	w.Groups = append(w.Groups, g)
}

// asn gives the VPN gateway of a VNet an ASN of its own.
func (w *world) asn(vnet, number string) {
	w.gateway(vnet).BGP = &estate.BGP{ASN: estate.Fact{Value: number}}
}

// bgp lets the last n connections exchange routes.
func (w *world) bgp(n int) {
	for i := range n {
		w.Connections[len(w.Connections)-1-i].EnableBGP = exchanging
	}
}

// speaker is an on-premises device that speaks BGP; "?" stands for announcements that nothing lists.
func (w *world) speaker(vnet, network, number, announced string) *estate.Connection {
	c := w.onPrem(vnet, "", network)
	c.EnableBGP = exchanging
	s := &w.Sites[len(w.Sites)-1]
	s.BGP = &estate.BGP{ASN: estate.Fact{Value: number}}
	if s.AnnouncedKnown = announced != "?"; s.AnnouncedKnown {
		s.Announced = prefixes(announced)
	}
	return c
}

// defaultSite sends 0.0.0.0/0 at a VNet's gateway to the site of a connection.
func (w *world) defaultSite(vnet string, c *estate.Connection) { w.gateway(vnet).DefaultSite = c.Site }

// half of a peering, to be changed.
func (w *world) peering(from, to string) *estate.Peering {
	for i := range w.Peerings {
		if p := &w.Peerings[i]; p.VNet.Name == from && p.Remote.Name == to {
			return p
		}
	}
	return nil
}

// forwarded allows forwarded traffic in the halves of VNets towards a hub.
func (w *world) forwarded(hub string, vnets ...string) {
	for _, v := range vnets {
		w.peering(v, hub).AllowForwardedTraffic = true
	}
}

// exchanging says that a connection exchanges routes.
var exchanging = estate.Fact{Value: "true"}
