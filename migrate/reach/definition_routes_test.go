package reach_test

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// rank orders routes of equal length: the first wins.
type rank uint8

const (
	byUser      rank = iota // of the subnet's table
	byGateway               // of a gateway, or of a Route Server
	byItself                // a range of the VNet
	byNeighbour             // a range of a peer or of a group's member
	byDefault               // 0.0.0.0/0
	byService               // of a service endpoint: beats all
)

// route is a route of a subnet or of a gateway, and what it leads to: one of the last fields, or what
// its rank says.
type route struct {
	prefix netip.Prefix
	rank   rank
	er     bool   // learned from a circuit
	bgp    bool   // learned by BGP, with this many ASNs in its path
	path   int    //
	maybe  string // not "": it may be there; those with one text stand and fall together
	doubt  bool   // whether what it leads to is reached is unknown

	to        *estate.VNet         // of byNeighbour
	half      *estate.Peering      // by which it leads there,
	group     *estate.NetworkGroup // or this
	gateway   *estate.Gateway      // a gateway, an appliance that a Route Server told of, or across the edge
	c         *estate.Connection   // at its gateway
	forced    bool                 // at its gateway: to the default site
	pool      bool                 // at its gateway: to the clients
	userRoute *estate.Route
}

// over makes routes of one sort.
func over(list []estate.Prefix, r route) []route {
	var out []route
	for _, p := range list {
		r.prefix = p.Prefix
		out = append(out, r)
	}
	return out
}

// subnetRoutes are all routes of a subnet.
func (d *definition) subnetRoutes(at stand) []route {
	key := at.v.Name + "/" + subnetName(at.s)
	if all, ok := d.tables[key]; ok {
		return all
	}
	all := d.systemRoutes(at)
	if at.s != nil {
		for _, se := range at.s.ServiceEndpoints {
			all = append(all, over(se.Prefixes, route{rank: byService})...)
		}
	}
	if !d.unpropagated(at) {
		all = append(all, d.gatewayRoutes(at.v)...)
		all = append(all, d.routeServerRoutes(at.v)...)
	}
	all = append(all, route{rank: byDefault, prefix: netip.MustParsePrefix("0.0.0.0/0")})
	d.tables[key] = all
	return all
}

// systemRoutes are the local, peering, group and user routes of a subnet.
func (d *definition) systemRoutes(at stand) []route {
	all := over(at.v.Space, route{rank: byItself})
	all = append(all, d.peeringRoutes(at.v)...)
	all = append(all, d.groupRoutes(at.v)...)
	return append(all, d.userRoutes(at)...)
}

// peeringRoutes: the ranges of each peer as the half last took them over, or the remote subnets of a
// partial peering.
func (d *definition) peeringRoutes(v *estate.VNet) []route {
	var all []route
	for _, half := range d.halves(v) {
		remote := d.vnet(half.Remote)
		r := route{rank: byNeighbour, to: remote, half: half}
		switch {
		case half.Partial:
			for i := range remote.Subnets {
				if s := &remote.Subnets[i]; named(half.RemoteSubnets, s) {
					all = append(all, over([]estate.Prefix{s.Prefix}, r)...)
				}
			}
		case half.RemoteSpace != nil:
			all = append(all, over(half.RemoteSpace, r)...)
		default:
			all = append(all, over(remote.Space, r)...)
		}
	}
	return all
}

// groupRoutes: the ranges of every other member of a connected group, and of its hub.
func (d *definition) groupRoutes(v *estate.VNet) []route {
	var all []route
	for i := range d.e.Groups {
		group := &d.e.Groups[i]
		members := d.members(group)
		if !slices.Contains(members, v) {
			continue
		}
		for _, m := range members {
			if m != v {
				all = append(all, over(m.Space, route{rank: byNeighbour, to: m, group: group})...)
			}
		}
	}
	return all
}

// userRoutes are those of the subnet's table; on GatewaySubnet 0.0.0.0/0 does not count.
func (d *definition) userRoutes(at stand) []route {
	t := d.table(at.s)
	if t == nil {
		return nil
	}
	var all []route
	for i := range t.Routes {
		r := &t.Routes[i]
		if r.Prefix.Bits() == 0 && at.s.Name == estate.GatewaySubnet {
			continue
		}
		all = append(all, route{rank: byUser, prefix: r.Prefix.Prefix, userRoute: r})
	}
	return all
}

// unpropagated: a table may hide all gateway and Route Server routes, but not on GatewaySubnet.
func (d *definition) unpropagated(at stand) bool {
	t := d.table(at.s)
	return t != nil && t.NoPropagation && at.s.Name != estate.GatewaySubnet
}

// gatewayRoutes: what the VNet's own gateways offer, or, where it has none, those of the VNet whose
// gateway it uses.
func (d *definition) gatewayRoutes(v *estate.VNet) []route {
	if !d.hasGateway(v) {
		if v = d.used(v); v == nil {
			return nil
		}
	}
	var all []route
	for _, kind := range []estate.GatewayKind{estate.ExpressRouteGateway, estate.VPNGateway} {
		if g := d.gatewayOf(v, kind); g != nil {
			all = append(all, d.offers(g)...)
		}
	}
	return all
}

// routeServerRoutes: what appliances announce to the Route Server of the VNet, or, where it has none,
// to that of the VNet whose gateway it uses.
func (d *definition) routeServerRoutes(v *estate.VNet) []route {
	server := d.gatewayOf(v, estate.RouteServer)
	if hub := d.used(v); server == nil && hub != nil {
		server = d.gatewayOf(hub, estate.RouteServer)
	}
	if server == nil {
		return nil
	}
	var all []route
	for _, p := range server.RoutePeers {
		a := d.gatewayAt(p.Appliance)
		if a == nil || !a.Kind.Forwards() {
			continue
		}
		r := route{rank: byGateway, bgp: true, path: 1, gateway: a}
		announced := over(p.Learned, r)
		if !p.LearnedKnown {
			announced, r.maybe = nil, "announced by "+a.ID.Name
			for _, r.prefix = range private {
				announced = append(announced, r)
			}
		}
		for _, r := range announced {
			if !d.covered(server, r.prefix) && !slices.ContainsFunc(all, func(o route) bool { return o.prefix == r.prefix && o.gateway == a && o.maybe == r.maybe }) {
				all = append(all, r)
			}
		}
	}
	return all
}

// covered: a Route Server makes no route of what equals or lies inside a range of its VNet, or of one that uses it.
func (d *definition) covered(server *estate.Gateway, p netip.Prefix) bool {
	home := d.vnet(server.VNet)
	for i := range d.e.VNets {
		v := &d.e.VNets[i]
		if v == home || d.used(v) == home {
			for _, s := range v.Space {
				if s.Bits() <= p.Bits() && s.Contains(p.Addr()) {
					return true
				}
			}
		}
	}
	return false
}

// offers are the routes by which a gateway draws packets of its VNet and of spokes: all that it has
// but the way to a classic default site.
func (d *definition) offers(g *estate.Gateway) []route {
	var all []route
	for _, r := range d.ownRoutes(g) {
		if r.forced && d.vnet(g.VNet).Model == estate.Classic {
			continue
		}
		r.gateway, r.c, r.pool = g, nil, false
		all = append(all, r)
	}
	return all
}

// ownRoutes are the routes that a gateway has of its own.
func (d *definition) ownRoutes(g *estate.Gateway) []route {
	if g.Kind == estate.ExpressRouteGateway {
		return append(d.circuitRoutes(g), d.edgeRoutes(g)...)
	}
	all := over(g.ClientPools, route{rank: byGateway, pool: true})
	for _, c := range d.connections(g) {
		all = append(all, d.staticRoutes(c)...)
		for _, a := range d.heard[c] {
			all = append(all, route{rank: byGateway, prefix: a.prefix, c: c, bgp: true, path: len(a.path), maybe: a.maybe})
		}
		if !g.DefaultSite.IsZero() && c.Site.Same(g.DefaultSite) {
			all = append(all, route{rank: byGateway, prefix: netip.MustParsePrefix("0.0.0.0/0"), c: c, forced: true})
		}
	}
	return all
}

// staticRoutes: the prefixes of the connection's site; of a Vnet2Vnet connection the ranges of the
// remote VNet, and maybe those of the spokes that use its gateway (ASM-V2V-SPOKES).
func (d *definition) staticRoutes(c *estate.Connection) []route {
	if c.Kind != estate.Vnet2Vnet {
		if s := d.site(c.Site); s != nil {
			return over(s.Prefixes, route{rank: byGateway, c: c})
		}
		return nil
	}
	far := d.gatewayAt(c.RemoteGateway)
	if far == nil {
		return nil
	}
	remote := d.vnet(far.VNet)
	all := over(remote.Space, route{rank: byGateway, c: c})
	for i := range d.e.VNets {
		if s := &d.e.VNets[i]; d.used(s) == remote {
			all = append(all, over(s.Space, route{rank: byGateway, c: c, maybe: "spokes over " + c.ID.Name})...)
		}
	}
	return all
}

// circuitRoutes: what the circuit learned where an input lists it, else maybe the prefixes of the
// site, and without one maybe the private ranges; then what they lead to is unknown (ASM-CIRCUIT).
func (d *definition) circuitRoutes(g *estate.Gateway) []route {
	var all []route
	for _, c := range d.connections(g) {
		circuit := d.circuit(c.Circuit)
		site := d.site(c.Site)
		perhaps := route{rank: byGateway, er: true, c: c, maybe: "circuit of " + c.ID.Name, doubt: true}
		switch {
		case circuit != nil && circuit.LearnedKnown:
			all = append(all, over(circuit.Learned, route{rank: byGateway, er: true, c: c})...)
		case site != nil:
			all = append(all, over(site.Prefixes, perhaps)...)
		case !c.Circuit.IsZero():
			for _, perhaps.prefix = range private {
				all = append(all, perhaps)
			}
		}
	}
	return all
}

// edgeRoutes: the ranges of the other VNets on the circuit, and of the spokes that use their gateways.
func (d *definition) edgeRoutes(g *estate.Gateway) []route {
	var all []route
	for i := range d.e.VNets {
		v := &d.e.VNets[i]
		far := d.gatewayOf(v, estate.ExpressRouteGateway)
		if far == nil || far == g {
			continue
		}
		r := route{rank: byGateway, er: true, gateway: far}
		switch d.joined(g, far) {
		case estate.Off:
			continue
		case estate.Unstated:
			r.maybe, r.doubt = "edge to "+v.Name, true
		}
		all = append(all, over(v.Space, r)...)
		for j := range d.e.VNets {
			if s := &d.e.VNets[j]; d.used(s) == v {
				all = append(all, over(s.Space, r)...)
			}
		}
	}
	return all
}

// joined: two VNets meet at the edge when both are known to be on one circuit and both gateways take
// in remote VNets; not when the circuits are known to differ or a gateway is known not to.
func (d *definition) joined(a, b *estate.Gateway) estate.Toggle {
	one, maybe := false, false
	for _, c := range d.connections(a) {
		for _, f := range d.connections(b) {
			switch {
			case c.Circuit.IsZero() || f.Circuit.IsZero():
				maybe = true
			case c.Circuit.Same(f.Circuit):
				one = true
			}
		}
	}
	switch {
	case !one && !maybe || a.RemoteVNets == estate.Off || b.RemoteVNets == estate.Off:
		return estate.Off
	case one && a.RemoteVNets == estate.On && b.RemoteVNets == estate.On:
		return estate.On
	}
	return estate.Unstated
}

// choose is the choice among all routes of a subnet or gateway: the winners, and whether there may be
// none. A route that may be there wins, and so does what would win without it.
func choose(all []route, dst netip.Addr) (winners []*route, none bool) {
	var rest []*route
	for i := range all {
		if all[i].prefix.Contains(dst) {
			rest = append(rest, &all[i])
		}
	}
	if ranked(rest, byItself) || ranked(rest, byNeighbour) || ranked(rest, byService) {
		rest = without(rest, func(r *route) bool { return r.rank == byGateway })
	}
	if ranked(rest, byService) {
		rest = without(rest, func(r *route) bool { return r.rank != byService })
	}
	for {
		best := first(rest)
		if len(best) == 0 {
			return winners, true
		}
		var maybe []string
		for _, r := range best {
			if !slices.Contains(winners, r) {
				winners = append(winners, r)
			}
			if r.maybe != "" {
				maybe = append(maybe, r.maybe)
			}
		}
		if len(maybe) == 0 {
			return winners, false
		}
		rest = without(rest, func(r *route) bool { return slices.Contains(maybe, r.maybe) })
	}
}

// first are the routes that win: by length, by rank, of gateway routes by the circuit, of those
// learned by BGP by the path.
func first(rest []*route) []*route {
	if len(rest) == 0 {
		return nil
	}
	longest := slices.MaxFunc(rest, func(a, b *route) int { return a.prefix.Bits() - b.prefix.Bits() }).prefix.Bits()
	rest = without(rest, func(r *route) bool { return r.prefix.Bits() < longest })
	least := slices.MinFunc(rest, func(a, b *route) int { return int(a.rank) - int(b.rank) }).rank
	rest = without(rest, func(r *route) bool { return r.rank > least })
	if least != byGateway {
		return rest
	}
	if slices.ContainsFunc(rest, func(r *route) bool { return r.er }) {
		return without(rest, func(r *route) bool { return !r.er })
	}
	shortest := 1 << 20
	for _, r := range rest {
		if r.bgp {
			shortest = min(shortest, r.path)
		}
	}
	return without(rest, func(r *route) bool { return r.bgp && r.path > shortest })
}

func ranked(list []*route, k rank) bool {
	return slices.ContainsFunc(list, func(r *route) bool { return r.rank == k })
}

func without(list []*route, bad func(*route) bool) []*route {
	return slices.DeleteFunc(slices.Clone(list), bad)
}

func subnetName(s *estate.Subnet) string {
	if s == nil {
		return ""
	}
	return s.Name
}

// named reports whether a partial peering names a subnet.
func named(list []string, s *estate.Subnet) bool {
	return s != nil && slices.ContainsFunc(list, func(n string) bool { return strings.EqualFold(n, s.Name) })
}
