package risk

import (
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// live is a network of Resource Manager with what the rules over its own facts look up: peerings, route
// tables, appliances, BGP.
type live struct {
	*network
	today   options.Date
	peered  map[*estate.VNet][]joined
	steered []steered
	hops    map[netip.Addr][]*estate.Gateway // firewalls and appliances, by private address
}

// steered is a subnet with the routes of its table.
type steered struct {
	vnet   *estate.VNet
	subnet *estate.Subnet
	table  *estate.RouteTable
}

func newLive(e *estate.Estate, today options.Date) *live {
	l := &live{network: newNetwork(e), today: today, peered: map[*estate.VNet][]joined{}, hops: map[netip.Addr][]*estate.Gateway{}}
	for i := range l.VNets {
		v := &l.VNets[i]
		l.peered[v] = l.findPeers(v)
		for j := range v.Subnets {
			s := &v.Subnets[j]
			if t := l.x.RouteTable(s.RouteTable); t != nil && t.RoutesKnown {
				l.steered = append(l.steered, steered{v, s, t})
			}
		}
	}
	for i := range l.Gateways {
		if g := &l.Gateways[i]; g.Kind.Forwards() && !g.Absent() {
			for _, a := range g.PrivateIPs {
				l.hops[a.Addr] = append(l.hops[a.Addr], g)
			}
		}
	}
	return l
}

// joined is a VNet that a peering half leads to. Both halves are there and connected.
type joined struct {
	*estate.VNet
	half *estate.Peering
	back *estate.Peering
}

// space is the address space of the VNet as the half last took it over.
func (p joined) space() []estate.Prefix {
	if p.half.RemoteSpace != nil {
		return p.half.RemoteSpace
	}
	return p.Space
}

// peers are the VNets that a VNet is joined to by a peering that carries packets.
func (l *live) peers(v *estate.VNet) []joined { return l.peered[v] }

func (l *live) findPeers(v *estate.VNet) []joined {
	var out []joined
	for _, half := range l.x.PeeringsOf(v.ID) {
		r, back := l.x.VNet(half.Remote), l.back(half)
		if r != nil && back != nil && half.State == estate.PeeringConnected && back.State == estate.PeeringConnected {
			out = append(out, joined{r, half, back})
		}
	}
	return out
}

// back is the other half of a peering, or nil.
func (l *live) back(half *estate.Peering) *estate.Peering {
	for _, p := range l.x.PeeringsOf(half.Remote) {
		if p.Remote.Same(half.VNet) {
			return p
		}
	}
	return nil
}

// users are the VNets that use a VNet's gateway.
func (l *live) users(hub *estate.VNet) []*estate.VNet {
	var out []*estate.VNet
	for _, p := range l.peers(hub) {
		if p.back.UseRemoteGateways && p.half.AllowGatewayTransit {
			out = append(out, p.VNet)
		}
	}
	return out
}

// gatewayVNet is the VNet whose virtual network gateways a VNet has the routes of: itself, or the one
// whose gateway it uses. It is nil where there is none.
func (l *live) gatewayVNet(v *estate.VNet) *estate.VNet {
	if len(l.gateways(v)) > 0 {
		return v
	}
	for _, p := range l.peers(v) {
		if p.half.UseRemoteGateways && p.back.AllowGatewayTransit && len(l.gateways(p.VNet)) > 0 {
			return p.VNet
		}
	}
	return nil
}

// gateways are the virtual network gateways of a VNet that exist.
func (l *live) gateways(v *estate.VNet) []*estate.Gateway {
	return slices.DeleteFunc(l.x.GatewaysOf(v.ID), (*estate.Gateway).Absent)
}

// premisesOf lists what the gateways of a VNet lead to on-premises; whole is false where a device or a
// circuit tells by BGP what no input lists.
func (l *live) premisesOf(hub *estate.VNet) (prefixes []estate.Prefix, whole bool) {
	whole = true
	for _, g := range l.gateways(hub) {
		for _, c := range l.x.ConnectionsOf(g.ID) {
			switch s, circuit := l.x.Site(c.Site), l.x.Circuit(c.Circuit); {
			case c.Kind == estate.ExpressRoute && circuit != nil:
				prefixes = append(prefixes, circuit.Learned...)
				whole = whole && circuit.LearnedKnown
			case c.Kind == estate.ExpressRoute:
				whole = false
			case c.Kind == estate.IPsec && c.Pairing.Confidence == estate.NotPaired && s != nil:
				prefixes = append(append(prefixes, s.Prefixes...), s.Announced...)
				whole = whole && (!c.EnableBGP.Known() || s.AnnouncedKnown)
			}
		}
	}
	return prefixes, whole
}

// toAppliance reports whether a route leads to an appliance or a firewall.
func toAppliance(r estate.Route) bool {
	return r.NextHop.Value == estate.HopAppliance && r.Address.IsValid() && r.Prefix.IsValid()
}

// applianceRoutes are the routes of a table that lead to appliances.
func applianceRoutes(t *estate.RouteTable) []estate.Route {
	return slices.DeleteFunc(slices.Clone(t.Routes), func(r estate.Route) bool { return !toAppliance(r) })
}

// exactly reports whether routes of the length of q or longer hold all of q: a shorter one loses to the
// system route for q.
func exactly(q estate.Prefix, routes []estate.Route) bool {
	var inside []estate.Prefix
	for _, r := range routes {
		if contains(q.Prefix, r.Prefix.Prefix) {
			inside = append(inside, r.Prefix)
		}
	}
	return len(inside) > 0 && len(without([]estate.Prefix{q}, inside)) == 0
}

// sameFamily reports whether two prefixes are of one version of IP.
func sameFamily(p, q netip.Prefix) bool { return p.Addr().Is4() == q.Addr().Is4() }

// wider reports whether p contains all of q and more.
func wider(p, q netip.Prefix) bool { return p.Bits() < q.Bits() && contains(p, q) }

// standing finds the firewall or appliance with a private address that a route of a VNet can lead to: in
// the VNet itself, or else in a peer or a member of its groups. It is nil where no input describes one.
func (l *live) standing(v *estate.VNet, a netip.Addr) *estate.Gateway {
	var near *estate.Gateway
	for _, g := range l.hops[a] {
		if g.VNet.Same(v.ID) {
			return g
		}
		if near == nil && l.direct(v, g.VNet) {
			near = g
		}
	}
	return near
}

// nextHop is what a route to an appliance leads to: the VNet that it stands in, and its name. Where no input
// describes it (it may be the address of a load balancer) it goes by its address.
type nextHop struct {
	*estate.VNet
	gateway *estate.Gateway // nil where no input describes it
	name    string
}

// nextHop finds where a route of a VNet leads; false where the address lies in no VNet that it reaches
// directly.
func (l *live) nextHop(v *estate.VNet, a netip.Addr) (nextHop, bool) {
	if g := l.standing(v, a); g != nil {
		return nextHop{l.x.VNet(g.VNet), g, applianceName(g)}, true
	}
	if holds(v.Space, a) {
		return nextHop{v, nil, a.String()}, true
	}
	for _, half := range l.x.PeeringsOf(v.ID) {
		if r := l.x.VNet(half.Remote); r != nil && holds(r.Space, a) {
			return nextHop{r, nil, a.String()}, true
		}
	}
	for m := range l.groups.others(v) {
		if holds(m.Space, a) {
			return nextHop{m, nil, a.String()}, true
		}
	}
	return nextHop{}, false
}

// direct reports whether a VNet is peered with another or in a group with it.
func (l *live) direct(v *estate.VNet, other estate.ID) bool {
	return slices.ContainsFunc(l.x.PeeringsOf(v.ID), func(p *estate.Peering) bool { return p.Remote.Same(other) }) ||
		l.groups.together(v, l.x.VNet(other))
}

// plainPrefixes are prefixes without what was written.
func plainPrefixes(all []estate.Prefix) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, p := range all {
		out[i] = p.Prefix
	}
	return out
}
