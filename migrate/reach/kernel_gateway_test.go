//go:build linux

package reach_test

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// gateways are the virtual network gateways of a VNet.
func (l *lab) gateways(v int) []*estate.Gateway {
	var out []*estate.Gateway
	for i := range l.e.Gateways {
		if g := &l.e.Gateways[i]; l.vnet(g.VNet) == v && (g.Kind == estate.VPNGateway || g.Kind == estate.ExpressRouteGateway) {
			out = append(out, g)
		}
	}
	return out
}

// gate is the VPN gateway of a VNet, or nil.
func (l *lab) gate(v int) *namespace {
	for _, g := range l.gateways(v) {
		if g.Kind == estate.VPNGateway {
			return l.gates[g.ID.Key()]
		}
	}
	return nil
}

// circuit reports whether an ExpressRoute gateway stands in a VNet.
func (l *lab) circuit(v int) bool {
	for i := range l.e.Connections {
		if c := &l.e.Connections[i]; c.Kind == estate.ExpressRoute {
			if g := slices.IndexFunc(l.e.Gateways, func(g estate.Gateway) bool { return g.ID.Same(c.Gateway) }); g >= 0 && l.vnet(l.e.Gateways[g].VNet) == v {
				return true
			}
		}
	}
	return slices.ContainsFunc(l.gateways(v), func(g *estate.Gateway) bool { return g.Kind == estate.ExpressRouteGateway })
}

// exists reports whether nothing says that a gateway does not exist.
func exists(g *estate.Gateway) bool {
	return !g.State.Known() || g.State.Value == estate.GatewayProvisioned
}

// used is the VNet whose gateway a VNet uses, or -1.
func (l *lab) used(v int) int {
	if len(l.gateways(v)) > 0 {
		return -1
	}
	out := -1
	for _, p := range l.halves(v) {
		w := l.vnet(p.Remote)
		if p.UseRemoteGateways && l.otherHalf(p).AllowGatewayTransit && len(l.gateways(w)) > 0 &&
			(out < 0 || strings.ToLower(l.e.VNets[w].Name) < strings.ToLower(l.e.VNets[out].Name)) {
			out = w
		}
	}
	return out
}

// usedGate is the VPN gateway that a VNet's subnets have routes to: its own or the one that it uses.
func (l *lab) usedGate(v int) *namespace {
	if len(l.gateways(v)) > 0 {
		return l.gate(v)
	}
	if w := l.used(v); w >= 0 {
		return l.gate(w)
	}
	return nil
}

// gatewayRoutes are the routes of a VPN gateway: those of GatewaySubnet, and its own.
func (l *lab) gatewayRoutes(n *namespace, m entrance) []labRoute {
	v := n.vnet
	var out []labRoute
	add := func(p netip.Prefix, r routeRank, to *wire) { out = append(out, labRoute{p, r, to}) }
	for _, p := range bare(l.e.VNets[v].Space) {
		var to *wire
		if m.how != spokeSent { // a spoke has a nearer way
			to = l.wire(n, l.of[v][0], entrance{how: delivered})
		}
		add(p, localRank, to)
	}
	for _, p := range l.halves(v) {
		for _, r := range l.peeringSpace(p) {
			add(r, peeringRank, l.toPeer(n, m, p))
		}
	}
	out = append(out, l.groupRoutes(v, func(w int) *wire {
		if p := l.half(v, w); p != nil {
			return l.toPeer(n, m, p)
		}
		return nil
	})...)
	if table := l.classes[v][l.classNamed(v, estate.GatewaySubnet)].table; table != nil {
		for i := range table.Routes {
			if r := &table.Routes[i]; r.Prefix.Bits() > 0 {
				add(r.Prefix.Masked(), userRank, l.userHop(n, m, table, r))
			}
		}
	}
	for _, o := range l.own(n.g) {
		add(o.prefix, gatewayRank, l.through(n, m, o.c))
	}
	return out
}

// toPeer is the way from a gateway to the hosts of a peer.
func (l *lab) toPeer(n *namespace, m entrance, p *estate.Peering) *wire {
	w := l.vnet(p.Remote)
	uses := l.used(w) == n.vnet
	switch m.how {
	case steeredIn:
		uses = true
	case spokeSent:
		uses = false
	case steeredFromSpoke:
		uses = uses && !l.circuit(n.vnet)
	}
	if !uses {
		return nil
	}
	return l.into(n, m, p)
}

// ownRoute is a route that a gateway has by itself.
type ownRoute struct {
	prefix netip.Prefix
	c      *estate.Connection // nil: the clients
}

// own are the routes of connections, of clients, those learned, and that to the default site.
func (l *lab) own(g *estate.Gateway) []ownRoute {
	var out []ownRoute
	for _, c := range l.connections(g) {
		for _, p := range l.routed(c) {
			out = append(out, ownRoute{p, c})
		}
		if !g.DefaultSite.IsZero() && c.Site.Same(g.DefaultSite) {
			out = append(out, ownRoute{netip.MustParsePrefix("0.0.0.0/0"), c})
		}
	}
	for _, p := range bare(g.ClientPools) {
		out = append(out, ownRoute{p, nil})
	}
	for _, r := range l.learned()[g.ID.Key()] {
		out = append(out, ownRoute{r.prefix, r.by})
	}
	return out
}

// connections are those of a gateway, circuits apart: what a circuit leads to is unknown, and hides nothing.
func (l *lab) connections(g *estate.Gateway) []*estate.Connection {
	var out []*estate.Connection
	for i := range l.e.Connections {
		if c := &l.e.Connections[i]; c.Gateway.Same(g.ID) && c.Kind != estate.ExpressRoute {
			out = append(out, c)
		}
	}
	return out
}

// routed are the prefixes of a connection.
func (l *lab) routed(c *estate.Connection) []netip.Prefix {
	if c.Kind == estate.Vnet2Vnet {
		for i := range l.e.Gateways {
			if g := &l.e.Gateways[i]; g.ID.Same(c.RemoteGateway) && l.vnet(g.VNet) >= 0 {
				return bare(l.e.VNets[l.vnet(g.VNet)].Space)
			}
		}
		return nil
	}
	if s := l.site(c); s != nil {
		return bare(s.Prefixes)
	}
	return nil
}

// offers are the prefixes that a VPN gateway has routes for in its VNet and in spokes.
func (l *lab) offers(n *namespace) []netip.Prefix {
	var out []netip.Prefix
	for _, o := range l.own(n.g) {
		if o.prefix.Bits() > 0 || l.e.VNets[n.vnet].Model == estate.ARM {
			out = append(out, o.prefix)
		}
	}
	return out
}

// dead reports whether a connection carries nothing here: it has no other end, or what is at its other end, or
// whether it is up, is unknown. Its routes are there all the same.
func (l *lab) dead(c *estate.Connection) bool {
	if c.Pairing.Suspect != "" || c.Kind == estate.ExpressRoute {
		return true
	}
	switch c.Pairing.Confidence {
	case estate.Likely, estate.Certain:
		p := l.partner(c)
		return p == nil || p.Pairing.Suspect != ""
	case estate.NotPaired:
		return l.network(c) == nil
	}
	return true
}

func (l *lab) partner(c *estate.Connection) *estate.Connection {
	for i := range l.e.Connections {
		if p := &l.e.Connections[i]; !c.Pairing.Partner.IsZero() && p.ID.Same(c.Pairing.Partner) && l.gates[p.Gateway.Key()] != nil {
			return p
		}
	}
	return nil
}

// network is the on-premises network that a connection leads to, or nil.
func (l *lab) network(c *estate.Connection) *namespace {
	if s := l.site(c); s != nil && s.Endpoint.IsZero() && s.Network != "" && c.Kind != estate.ExpressRoute && c.Pairing.Confidence == estate.NotPaired {
		return l.nets[strings.ToLower(s.Network)]
	}
	return nil
}

// through is the way from a gateway through a connection, or to its clients.
func (l *lab) through(n *namespace, m entrance, c *estate.Connection) *wire {
	if c == nil {
		if to := l.users[n.vnet]; to != nil && exists(n.g) {
			return l.wire(n, to, entrance{how: delivered})
		}
		return nil
	}
	switch {
	case l.dead(c), m.how == dialled:
		return nil
	case m.how == tunnelled && l.e.VNets[n.vnet].Model == estate.ARM && !(l.transit(c) && l.transit(l.connection(m.who))):
		return nil
	}
	if p := l.partner(c); p != nil {
		return l.wire(n, l.gates[p.Gateway.Key()], entrance{how: tunnelled, who: p.ID.Key().String()})
	}
	return l.wire(n, l.network(c), entrance{how: tunnelled, who: c.ID.Key().String()})
}

func (l *lab) connection(key string) *estate.Connection {
	for i := range l.e.Connections {
		if l.e.Connections[i].ID.Key().String() == key {
			return &l.e.Connections[i]
		}
	}
	return nil
}

// transit reports whether an ARM gateway passes packets on between this connection and others.
func (l *lab) transit(c *estate.Connection) bool { return c.Kind != estate.Vnet2Vnet || l.session(c) }

// session reports whether BGP is spoken over a connection.
func (l *lab) session(c *estate.Connection) bool {
	if !c.EnableBGP.Known() || l.dead(c) {
		return false
	}
	p := l.partner(c)
	return p == nil || p.EnableBGP.Known() && labASN(l.gates[c.Gateway.Key()].g) != labASN(l.gates[p.Gateway.Key()].g)
}

func labASN(g *estate.Gateway) string {
	if g.BGP != nil && g.BGP.ASN.Known() {
		return g.BGP.ASN.Value
	}
	return "65515"
}
