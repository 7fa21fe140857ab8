package plan

import (
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// standsIn reports whether a VNet that uses the hub's gateway reaches there what it reaches of on-premises networks by
// its own: the sites that lead from the hub to a network list all of it, and neither the hub, its clients nor a peer of
// it has any of it, because the gateway prefers them to every site. Peers that are guests count if that is asked for.
func (l *layout) standsIn(v int, guests bool) bool {
	hub := l.hubOf(v)
	for _, n := range l.premises(v) {
		if !l.lists(hub, n) || slices.ContainsFunc(n.prefixes, func(p netip.Prefix) bool { return l.taken(hub, p, v, guests) || l.offered(hub, p, n.network) }) {
			return false
		}
	}
	return !l.announced(v) && !l.told(v)
}

// told reports whether the hub's gateway would tell another VNet, over a tunnel that stays, of a range of a VNet that
// uses it, and the other one reaches a network with these addresses by a site of its own, in no longer prefix: nobody
// knows that its own route counts.
func (l *layout) told(v int) bool {
	hub := l.hubOf(v)
	if hub < 0 || len(l.keep) == 0 {
		return false
	}
	return slices.ContainsFunc(l.g.connections[hub], func(c *estate.Connection) bool {
		far := l.g.endOf(c)
		if far == nil || !l.keep[c.ID.Key()] {
			return false
		}
		w, known := l.g.index[far.ID.Key()]
		return known && w != v && slices.ContainsFunc(l.g.connections[w], func(own *estate.Connection) bool {
			return l.listsUser(own, v) && slices.ContainsFunc(l.g.x.Site(own.Site).Prefixes, func(p estate.Prefix) bool {
				return slices.ContainsFunc(l.g.e.VNets[v].Space, func(s estate.Prefix) bool { return p.Bits() <= s.Bits() && p.Overlaps(s.Prefix) })
			})
		})
	})
}

// listsUser reports whether a connection of a VNet lists addresses of another one that will use a hub's gateway, and is
// no tunnel to that one, which gives those up.
func (l *layout) listsUser(c *estate.Connection, v int) bool {
	s, partner := l.g.x.Site(c.Site), l.g.x.Connection(c.Pairing.Partner)
	return s != nil && c.Kind == estate.IPsec && estate.Overlap(s.Prefixes, l.g.e.VNets[v].Space) && !(partner != nil && l.g.vnetOf(partner) == v)
}

// announced reports whether the ExpressRoute gateway of the hub would offer ranges of a VNet that uses it to another
// VNet, which reaches a network with these addresses by a site of its own: of two ways the circuit comes first.
// Tunnels that go before that do not count.
func (l *layout) announced(v int) bool {
	return slices.ContainsFunc(l.announcers(v), func(c *estate.Connection) bool {
		if !slices.Contains(l.members, l.g.vnetOf(c)) {
			return !l.g.gone[c.ID.Key()]
		}
		return !l.goesEarly(c)
	})
}

// announcers are the connections of such VNets with such sites, but for tunnels to the user itself, which it gives up.
func (l *layout) announcers(v int) []*estate.Connection {
	hub := l.hubOf(v)
	if hub < 0 || len(l.g.circuitsOf(hub)) == 0 {
		return nil
	}
	var out []*estate.Connection
	for w := range l.g.e.VNets {
		if w == hub || w == v || len(l.g.circuitsOf(w)) == 0 {
			continue
		}
		for _, c := range l.g.connections[w] {
			if l.listsUser(c, v) {
				out = append(out, c)
			}
		}
	}
	return out
}

// taken reports whether the hub, its clients or a peer of it, but for one, have addresses of a range. Peers that are
// guests count if that is asked for.
func (l *layout) taken(hub int, p netip.Prefix, but int, guests bool) bool {
	if hub >= 0 && slices.ContainsFunc(l.pools(hub), func(s estate.Prefix) bool { return s.Overlaps(p) }) {
		return true
	}
	if l.demand.plain {
		return false
	}
	has := func(v int) bool {
		return v >= 0 && v != but && (guests || !slices.Contains(l.guests, v)) && slices.ContainsFunc(l.g.e.VNets[v].Space, func(s estate.Prefix) bool { return s.Overlaps(p) })
	}
	return has(hub) || slices.ContainsFunc(l.peers[hub], has) || hub >= 0 && l.g.mate(hub, []estate.Prefix{{Prefix: p}}, but) >= 0
}

// offered reports whether the ExpressRoute gateway of the hub may know a way to addresses of a range, which it offers
// to whoever uses the hub's gateways: to other VNets of its circuits, or to networks behind them, but for one.
func (l *layout) offered(hub int, p netip.Prefix, but reach.Location) bool {
	if hub < 0 {
		return false
	}
	overlaps := func(s estate.Prefix) bool { return s.Overlaps(p) }
	circuits := l.g.circuitsOf(hub)
	for _, c := range circuits {
		if s := l.g.x.Site(c.Site); s != nil && !strings.EqualFold(s.Behind(), but.Name) && slices.ContainsFunc(s.Prefixes, overlaps) {
			return true
		}
	}
	if len(circuits) == 0 {
		return false
	}
	for v := range l.g.e.VNets {
		if v != hub && len(l.g.circuitsOf(v)) > 0 && slices.ContainsFunc(l.g.e.VNets[v].Space, overlaps) {
			return true
		}
	}
	return false
}

// circuitsOf are the connections of a VNet to circuits.
func (g *graph) circuitsOf(v int) []*estate.Connection {
	var out []*estate.Connection
	for _, gw := range g.gateways[v] {
		for _, c := range g.x.ConnectionsOf(gw.ID) {
			if c.Kind == estate.ExpressRoute {
				out = append(out, c)
			}
		}
	}
	return out
}

// pools are the ranges of the clients of a VNet.
func (l *layout) pools(v int) []estate.Prefix {
	var out []estate.Prefix
	for _, g := range l.g.gateways[v] {
		out = append(out, g.ClientPools...)
	}
	return out
}

// lists reports whether the sites by which the hub serves a network have what a VNet reaches of it.
func (l *layout) lists(hub int, n netReach) bool {
	var b netipx.IPSetBuilder
	for _, s := range l.sitesOf(hub, n.network) {
		for _, p := range s.Prefixes {
			if p.IsValid() {
				b.AddPrefix(p.Prefix)
			}
		}
	}
	listed, err := b.IPSet()
	return err == nil && !slices.ContainsFunc(n.prefixes, func(p netip.Prefix) bool { return !listed.ContainsPrefix(p) })
}

// sitesOf are the sites by which the hub serves a network: of its own connections, or of the one that is copied.
func (l *layout) sitesOf(hub int, network reach.Location) []*estate.Site {
	var out []*estate.Site
	if hub >= 0 && slices.ContainsFunc(l.direct(hub), network.Same) {
		for _, c := range l.g.connections[hub] {
			if s := l.g.x.Site(c.Site); s != nil && c.Pairing.Partner.IsZero() && strings.EqualFold(s.Behind(), network.Name) {
				out = append(out, s)
			}
		}
		return out
	}
	if c := l.connectionTo(network); c != nil {
		out = append(out, l.g.x.Site(c.Site))
	}
	return out
}

// endOf is the VNet whose gateway a connection names, or nil.
func (g *graph) endOf(c *estate.Connection) *estate.VNet {
	if far := g.x.Gateway(c.RemoteGateway); far != nil {
		return g.x.VNet(far.VNet)
	}
	return nil
}
