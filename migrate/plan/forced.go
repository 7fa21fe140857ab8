package plan

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Routes that people wrote decide over packets as well: the default site of a gateway (forced
// tunnelling), and the routes of subnets that lead to the gateway. Somebody meant them, and a plan does
// not change them. The layout leaves them what they rest on: the gateway, the connection to the
// default site, and the connections that such a route leads into.
// Source: docs/sources.md#forced-tunnelling.

// gatewayRoutes are, by VNet, the prefixes that route tables of its subnets send to its gateway. A
// VNet without a gateway has none: that is RTE-008.
func (g *graph) gatewayRoutes() [][]netip.Prefix {
	out := make([][]netip.Prefix, len(g.e.VNets))
	if len(g.e.RouteTables) == 0 {
		return out
	}
	for i := range g.e.VNets {
		v := &g.e.VNets[i]
		if len(g.gateways[i]) == 0 {
			continue
		}
		for j := range v.Subnets {
			t := g.x.RouteTable(v.Subnets[j].RouteTable)
			if t == nil {
				continue
			}
			for _, r := range t.Routes {
				if r.NextHop.Value == estate.HopGateway && r.Prefix.IsValid() && !slices.Contains(out[i], r.Prefix.Prefix) {
					out[i] = append(out[i], r.Prefix.Prefix)
				}
			}
		}
	}
	return out
}

// defaultOf is the connection of a gateway to its default site, or nil.
func (g *graph) defaultOf(gw *estate.Gateway) *estate.Connection {
	if gw.DefaultSite.IsZero() {
		return nil
	}
	for _, c := range g.x.ConnectionsOf(gw.ID) {
		if c.Site.Same(gw.DefaultSite) {
			return c
		}
	}
	return nil
}

// keepForced keeps what routes that people wrote rest on.
func (l *layout) keepForced() {
	for _, v := range l.members {
		for _, gw := range l.g.gateways[v] {
			if c := l.g.defaultOf(gw); c != nil {
				l.keepDefault(v, c)
			}
		}
		if len(l.g.routes[v]) == 0 {
			continue
		}
		for _, c := range l.g.connections[v] {
			if l.g.routedInto(v, c) {
				l.keepWay(way{path: []estate.ID{c.ID}})
			}
		}
	}
}

// keepDefault keeps the connection that the default route of a VNet's gateway leads into. Where it
// ends at another VNet, a peering of the two would take its traffic.
func (l *layout) keepDefault(v int, c *estate.Connection) {
	l.keepWay(way{path: []estate.ID{c.ID}})
	l.keepThrough(v)
	name, site := l.g.name(v), l.g.x.Site(c.Site)
	because := fmt.Sprintf("the default route of the gateway of %q leads to site %q (forced tunnelling)", name, site.Name)
	if partner := l.g.x.Connection(c.Pairing.Partner); partner != nil {
		w := l.g.vnetOf(partner)
		l.blocked[[2]int{min(v, w), max(v, w)}] = because
		return
	}
	l.kept = append(l.kept, KeptPair{name, site.Name, because})
}

// keepThrough keeps the ways of other VNets to networks that pass a VNet's gateway: what they send
// there may go on by its default route, which no other gateway offers them.
func (l *layout) keepThrough(v int) {
	for _, u := range l.members {
		for _, n := range l.demand.networks[u] {
			if u != v && slices.ContainsFunc(n.relays, func(r relay) bool { return r.via == v }) {
				l.keepWay(n.way)
			}
		}
	}
}

// routedInto reports whether a route of a VNet's subnets leads into a connection: it lies within what the
// connection carries. A wider route loses to a peering; a default route's connection is the default site's.
func (g *graph) routedInto(v int, c *estate.Connection) bool {
	var carried []estate.Prefix
	if site := g.x.Site(c.Site); site != nil {
		carried = site.Prefixes
	} else if far := g.x.Gateway(c.RemoteGateway); far != nil {
		carried = g.x.VNet(far.VNet).Space
	}
	return slices.ContainsFunc(g.routes[v], func(r netip.Prefix) bool { return estate.Within(r, carried) })
}

// steered says which route of a's subnets would send traffic for b to the gateway although the two are
// peered: a written route wins over a peering's when it is as long or longer.
func (g *graph) steered(a, b int) (netip.Prefix, bool) {
	for _, r := range g.routes[a] {
		if estate.Within(r, g.e.VNets[b].Space) {
			return r, true
		}
	}
	return netip.Prefix{}, false
}
