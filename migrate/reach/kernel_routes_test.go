//go:build linux

package reach_test

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// The priorities of rules.
const (
	beforeLocal = 10 // what even a host's own addresses do not come before
	localHosts  = 100
	choosing    = 200 // and the two after it
	delivering  = 300
)

// route writes the rules and tables of all namespaces: first of those that send, then of whatever a wire leads to.
func (l *lab) route() {
	for _, n := range l.nodes {
		switch n.role {
		case hostsRole, netRole, clientsRole, internetRole:
			n.command("rule add pref %d lookup local", localHosts)
			n.command("rule del pref 0")
		}
		switch n.role {
		case hostsRole:
			l.choose(n, "lo", entrance{how: sent})
			if n.class == 0 {
				l.deliver(n)
			}
		case clientsRole:
			if g := l.gate(n.vnet); g != nil && exists(g.g) {
				n.command("route add default via %s table 1", l.wire(n, g, entrance{how: dialled}).next())
				n.command("rule add pref %d iif lo lookup 1", choosing)
			}
		case netRole:
			l.answers(n)
		}
	}
	for len(l.todo) > 0 {
		w := l.todo[0]
		l.todo = l.todo[1:]
		switch n := w.to; {
		case n.role == gatewayRole || n.role == deviceRole:
			l.choose(n, w.end(), w.entrance)
		case w.how == partly:
			l.deliverPartly(n, w)
		}
	}
}

func (n *namespace) command(format string, args ...any) {
	n.commands = append(n.commands, fmt.Sprintf(format, args...))
}

func (n *namespace) newTable() int {
	n.tables++
	return n.tables
}

// next is a wire as the next hop of a route: the address is anything, so that there is one neighbour for each wire.
func (w *wire) next() string { return "169.254.0.1 dev " + w.name + " onlink" }

// deliver leads what comes into a VNet to the hosts that have a table.
func (l *lab) deliver(n *namespace) {
	t := n.newTable()
	n.command("route add blackhole default metric 9999 table %d", t)
	for c, to := range l.of[n.vnet] {
		for _, p := range l.classes[n.vnet][c].ranges {
			if c > 0 {
				n.command("route add %s via %s table %d", p, l.wire(n, to, entrance{how: delivered}).next(), t)
			}
		}
	}
	n.command("rule add pref %d lookup %d", delivering, t)
}

// deliverPartly lets a partial peering reach the subnets that it names. The names are those of the half of this VNet.
func (l *lab) deliverPartly(n *namespace, w *wire) {
	t := n.newTable()
	n.command("route add blackhole default metric 9999 table %d", t)
	for i := range l.e.Peerings {
		p := &l.e.Peerings[i]
		if p.ID.Key().String() != w.who {
			continue
		}
		for _, s := range l.e.VNets[n.vnet].Subnets {
			if slices.Contains(p.LocalSubnets, s.Name) {
				n.command("route add throw %s table %d", s.Prefix.Masked(), t)
			}
		}
	}
	n.command("rule add pref %d iif %s lookup %d", beforeLocal, w.end(), t)
}

// answers lets an on-premises network send through any of its connections, by mark; which one is for the
// prober to say, who sees by which it was reached.
func (l *lab) answers(n *namespace) {
	for i := range l.e.Connections {
		c := &l.e.Connections[i]
		if l.network(c) != n || l.dead(c) {
			continue
		}
		g := l.gates[c.Gateway.Key()]
		if g == nil {
			continue
		}
		w := l.wire(n, g, entrance{how: tunnelled, who: c.ID.Key().String()})
		w.mark = i + 1
		t := n.newTable()
		n.command("route add blackhole default metric 9999 table %d", t)
		reached := []netip.Prefix{{}}
		if c.EnableBGP.Known() {
			reached = l.announced(g.g, c)
		}
		for _, p := range reached {
			to := "default"
			if p.IsValid() {
				to = p.String()
			}
			n.command("route add %s via %s table %d", to, w.next(), t)
		}
		n.command("rule add pref %d fwmark %d lookup %d", beforeLocal, w.mark, t)
		l.wire(g, n, entrance{how: tunnelled, who: c.ID.Key().String()}).back = w
	}
}

// labRoute is a route of one namespace, for packets that came in one manner.
type labRoute struct {
	prefix netip.Prefix
	rank   routeRank
	to     *wire // nil: dropped
}

// routeRank orders routes of equal length.
type routeRank int

const (
	userRank routeRank = iota + 1
	gatewayRank
	localRank
	peeringRank
	defaultRank
	serviceRank // comes before all others, whatever the length
)

// near reports whether a route hides gateway routes, however long these are.
func (r labRoute) near() bool { return r.rank == localRank || r.rank == peeringRank }

// choose writes the routes for packets that came in one manner, and the rules that ask them.
//
// The first table decides where a local, peering or group route holds the address: there gateway routes do not
// count. It has these routes, and the user routes inside them. What it does not hold falls to the second, which has
// them all. In both the kernel takes the longest prefix, and of equal ones the lowest metric, which is the rank.
// The routes of service endpoints stand in a table before both.
func (l *lab) choose(n *namespace, iif string, m entrance) {
	if n.chosen[m] == nil {
		var service, near, all []labRoute
		routes := l.routesOf(n, m)
		for _, r := range routes {
			holds := func(o labRoute) bool {
				return o.near() && o.prefix.Bits() <= r.prefix.Bits() && o.prefix.Contains(r.prefix.Addr())
			}
			switch {
			case r.rank == serviceRank:
				service = append(service, r)
				continue
			case r.near() || r.rank == userRank && slices.ContainsFunc(routes, holds):
				near = append(near, r)
			}
			all = append(all, r)
		}
		n.chosen[m] = []int{n.write(service, "throw"), n.write(near, "throw"), n.write(all, "blackhole")}
	}
	for i, t := range n.chosen[m] {
		n.command("rule add pref %d iif %s lookup %d", choosing+i, iif, t)
	}
}

// write makes a table of routes, and of what happens to the rest. Of equal routes that lead to different places the
// first counts: where the definition follows several ways, this is one of them.
func (n *namespace) write(routes []labRoute, rest string) int {
	table := n.newTable()
	n.command("route add %s default metric 9999 table %d", rest, table)
	seen := map[labRoute]bool{}
	times := map[labRoute]int{}
	for _, r := range routes {
		if seen[r] {
			continue
		}
		seen[r] = true
		same := labRoute{prefix: r.prefix, rank: r.rank}
		metric := int(r.rank)*100 + times[same]
		times[same]++
		if r.to == nil {
			n.command("route add blackhole %s metric %d table %d", r.prefix, metric, table)
		} else {
			n.command("route add %s via %s metric %d table %d", r.prefix, r.to.next(), metric, table)
		}
	}
	return table
}

func (l *lab) routesOf(n *namespace, m entrance) []labRoute {
	if n.role == gatewayRole {
		return l.gatewayRoutes(n, m)
	}
	return l.subnetRoutes(n, m)
}

// subnetRoutes is the table "What routes a subnet has" of docs/reach.md, for the hosts of a class and for a
// firewall or appliance that stands there.
func (l *lab) subnetRoutes(n *namespace, m entrance) []labRoute {
	v := n.vnet
	c := &l.classes[v][n.class]
	var out []labRoute
	add := func(p netip.Prefix, r routeRank, to *wire) { out = append(out, labRoute{p, r, to}) }
	for _, p := range bare(l.e.VNets[v].Space) {
		add(p, localRank, l.wire(n, l.of[v][0], entrance{how: delivered}))
	}
	for _, p := range l.halves(v) {
		for _, r := range l.peeringSpace(p) {
			add(r, peeringRank, l.into(n, m, p))
		}
	}
	out = append(out, l.groupRoutes(v, func(w int) *wire { return l.wire(n, l.of[w][0], entrance{how: delivered}) })...)
	for _, p := range c.service {
		add(p, serviceRank, l.wire(n, l.outside, entrance{how: delivered}))
	}
	if g := l.usedGate(v); g != nil && (c.table == nil || !c.table.NoPropagation) {
		for _, p := range l.offers(g) {
			add(p, gatewayRank, l.toGate(n, m, g, inside, spokeSent))
		}
	}
	if c.table != nil {
		for i := range c.table.Routes {
			r := &c.table.Routes[i]
			add(r.Prefix.Masked(), userRank, l.userHop(n, m, c.table, r))
		}
	}
	add(netip.MustParsePrefix("0.0.0.0/0"), defaultRank, l.wire(n, l.outside, entrance{how: delivered}))
	return out
}

// halves are the halves of a VNet's peerings that are up: both exist and are connected.
func (l *lab) halves(v int) []*estate.Peering {
	var out []*estate.Peering
	for i := range l.e.Peerings {
		p := &l.e.Peerings[i]
		if q := l.otherHalf(p); l.vnet(p.VNet) == v && q != nil && p.State == estate.PeeringConnected && q.State == estate.PeeringConnected {
			out = append(out, p)
		}
	}
	return out
}

func (l *lab) otherHalf(p *estate.Peering) *estate.Peering {
	for i := range l.e.Peerings {
		if q := &l.e.Peerings[i]; q.VNet.Same(p.Remote) && q.Remote.Same(p.VNet) && l.vnet(q.VNet) >= 0 {
			return q
		}
	}
	return nil
}

// half is the half of v towards w, when the peering is up.
func (l *lab) half(v, w int) *estate.Peering {
	for _, p := range l.halves(v) {
		if l.vnet(p.Remote) == w {
			return p
		}
	}
	return nil
}

func (l *lab) peeringSpace(p *estate.Peering) []netip.Prefix {
	remote := &l.e.VNets[l.vnet(p.Remote)]
	if p.Partial {
		var out []netip.Prefix
		for _, s := range remote.Subnets {
			if slices.Contains(p.RemoteSubnets, s.Name) {
				out = append(out, s.Prefix.Masked())
			}
		}
		return out
	}
	if p.RemoteSpace != nil {
		return bare(p.RemoteSpace)
	}
	return bare(remote.Space)
}

// crosses reports whether a packet may go over a peering, towards the remote of the half, from a namespace of the
// half's VNet. What is unknown may not: access that is off, forwarded traffic that is not allowed.
func (l *lab) crosses(n *namespace, foreign bool, p *estate.Peering) bool {
	q := l.otherHalf(p)
	if !p.AllowVirtualNetworkAccess || !q.AllowVirtualNetworkAccess || foreign && !q.AllowForwardedTraffic {
		return false
	}
	if !p.Partial {
		return true
	}
	names := []string{estate.GatewaySubnet}
	if n.role != gatewayRole {
		names = l.classes[n.vnet][n.class].subnets
	}
	return slices.ContainsFunc(names, func(s string) bool { return slices.Contains(p.LocalSubnets, s) })
}

// foreign reports whether what came in this manner is foreign once the namespace passes it on.
func (n *namespace) foreign(m entrance) bool { return n.role == deviceRole && m.foreign }

// into is the way over a peering to the hosts of the remote.
func (l *lab) into(n *namespace, m entrance, p *estate.Peering) *wire {
	if !l.crosses(n, n.foreign(m), p) {
		return nil
	}
	to := entrance{how: delivered}
	if p.Partial {
		to = entrance{how: partly, who: l.otherHalf(p).ID.Key().String()}
	}
	return l.wire(n, l.of[l.vnet(p.Remote)][0], to)
}

// groupRoutes are the routes to the members of a VNet's connected groups. Where two members have an address, it is dropped.
func (l *lab) groupRoutes(v int, to func(w int) *wire) []labRoute {
	var out []labRoute
	for i := range l.e.Groups {
		g := &l.e.Groups[i]
		members := append(slices.Clone(g.Members), g.Hub)
		if !slices.ContainsFunc(members, func(id estate.ID) bool { return l.vnet(id) == v }) {
			continue
		}
		for _, id := range members {
			w := l.vnet(id)
			if w < 0 || w == v {
				continue
			}
			for _, p := range bare(l.e.VNets[w].Space) {
				r := labRoute{p, peeringRank, to(w)}
				for _, other := range members {
					if o := l.vnet(other); o >= 0 && o != w && o != v && estate.Within(p, l.e.VNets[o].Space) {
						r.to = nil
					}
				}
				out = append(out, r)
			}
		}
	}
	return out
}

// toGate is the way to a gateway from a subnet or an appliance of its VNet, or of a spoke.
func (l *lab) toGate(n *namespace, m entrance, g *namespace, own, spoke arrival) *wire {
	to := entrance{how: own, foreign: n.foreign(m)}
	if n.vnet != g.vnet {
		p := l.half(n.vnet, g.vnet)
		if p == nil || !l.crosses(n, n.foreign(m), p) {
			return nil
		}
		to.how, to.who = spoke, l.e.VNets[n.vnet].ID.Key().String()
	}
	return l.wire(n, g, to)
}

// userHop is where a user route leads to, from a subnet, an appliance or a gateway.
func (l *lab) userHop(n *namespace, m entrance, table *estate.RouteTable, r *estate.Route) *wire {
	switch r.NextHop.Value {
	case "VnetLocal":
		return l.wire(n, l.of[n.vnet][0], entrance{how: delivered})
	case "Internet":
		return l.wire(n, l.outside, entrance{how: delivered})
	case "VirtualNetworkGateway":
		if n.role == gatewayRole {
			return nil
		}
		g := l.usedGate(n.vnet)
		if g == nil || l.circuit(g.vnet) {
			return nil
		}
		return l.toGate(n, m, g, steeredIn, steeredFromSpoke)
	case "VirtualAppliance":
		return l.toDevice(n, m, table, r.Address.Addr)
	}
	return nil
}

// toDevice is the way to the firewall or appliance with an address.
func (l *lab) toDevice(n *namespace, m entrance, table *estate.RouteTable, a netip.Addr) *wire {
	var all []*estate.Gateway // this VNet's first
	for _, own := range []bool{true, false} {
		for i := range l.e.Gateways {
			if g := &l.e.Gateways[i]; (l.vnet(g.VNet) == n.vnet) == own {
				all = append(all, g)
			}
		}
	}
	for _, g := range all {
		d := l.gates[g.ID.Key()]
		if !g.Kind.Forwards() || d == nil || !slices.ContainsFunc(g.PrivateIPs, func(x estate.Address) bool { return x.Addr == a }) {
			continue
		}
		foreign := n.foreign(m) || d.vnet != n.vnet
		if n.role == gatewayRole {
			// A gateway passes on what came from its VNet or from elsewhere.
			foreign = d.vnet != n.vnet || m.foreign || m.how != inside && m.how != steeredIn
		}
		if d.vnet != n.vnet {
			p := l.half(n.vnet, d.vnet)
			if p == nil && !l.grouped(n.vnet, d.vnet) {
				continue
			}
			if p != nil && !l.crosses(n, n.foreign(m), p) {
				return nil
			}
		}
		if g.NoForwarding || l.classes[d.vnet][d.class].table == table {
			return nil
		}
		return l.wire(n, d, entrance{how: handed, foreign: foreign})
	}
	return nil
}

func (l *lab) grouped(v, w int) bool {
	return slices.ContainsFunc(l.groupRoutes(v, func(x int) *wire { return &wire{to: l.of[x][0]} }),
		func(r labRoute) bool { return r.to != nil && r.to.to.vnet == w })
}
