package risk

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// bypassedByPeering finds routes that lead to a firewall or appliance and hold the space of a VNet that is
// joined directly: the system route for it is longer and wins (RTE-001). That the VNet of the firewall
// itself is reached directly is HUB-001's. One finding for each table and VNet.
func bypassedByPeering(l *live) diag.List {
	var hits []hit
	l.eachTable(func(s steered) {
		routes := applianceRoutes(s.table)
		var names []string
		var first estate.Route
		look := func(w *estate.VNet, space []estate.Prefix) {
			for _, q := range space {
				i := slices.IndexFunc(routes, func(r estate.Route) bool { return wider(r.Prefix.Prefix, q.Prefix) })
				if i >= 0 && !exactly(q, routes) {
					if len(names) == 0 {
						first = routes[i]
					}
					names = append(names, l.vnet(w)+" ("+q.Prefix.String()+")")
					return
				}
			}
		}
		if len(routes) == 0 {
			return
		}
		for _, p := range l.peers(s.vnet) {
			if !p.half.Partial && !l.standsIn(p.VNet, routes) {
				look(p.VNet, p.space())
			}
		}
		for m := range l.groups.others(s.vnet) {
			if !l.standsIn(m, routes) {
				look(m, m.Space)
			}
		}
		if len(names) > 0 {
			hits = append(hits, hit{l.vnet(s.vnet), diag.New("RTE-001", l.at(first.Refs), "%s leads to %s, but VNet %s is joined directly to %s: what goes there passes no firewall",
				routeName(s.table, first), first.Address.Addr, l.vnet(s.vnet), few(names))})
		}
	})
	return told(hits, "direct peerings pass by the firewall that routes lead to in %d tables: of VNets %s")
}

// eachTable visits each route table once for each VNet that it is bound in.
func (l *live) eachTable(visit func(steered)) {
	type bound struct {
		vnet  *estate.VNet
		table *estate.RouteTable
	}
	done := map[bound]bool{}
	for _, s := range l.steered {
		if b := (bound{s.vnet, s.table}); !done[b] {
			done[b] = true
			visit(s)
		}
	}
}

// standsIn reports whether one of the routes leads to an address of a VNet.
func (l *live) standsIn(v *estate.VNet, routes []estate.Route) bool {
	return slices.ContainsFunc(routes, func(r estate.Route) bool { return holds(v.Space, r.Address.Addr) })
}

func holds(space []estate.Prefix, a netip.Addr) bool {
	return estate.Within(netip.PrefixFrom(a, a.BitLen()), space)
}

// inspected is a spoke whose packets to on-premises pass a firewall or appliance in the hub.
type inspected struct {
	*estate.VNet
	by    string
	table *estate.RouteTable
	route estate.Route
}

// inspected lists the spokes of a hub whose tables send what goes on-premises through something in the hub.
func (l *live) inspected(hub *estate.VNet) []inspected {
	prefixes, whole := l.premisesOf(hub)
	users := l.users(hub)
	seen := map[*estate.VNet]bool{}
	var out []inspected
	for _, s := range l.steered {
		if seen[s.vnet] || !slices.Contains(users, s.vnet) {
			continue
		}
		for _, r := range applianceRoutes(s.table) {
			h, ok := l.nextHop(s.vnet, r.Address.Addr)
			if ok && h.VNet == hub && takes(s.table, r, prefixes, whole) {
				seen[s.vnet] = true
				out = append(out, inspected{s.vnet, h.name, s.table, r})
				break
			}
		}
	}
	return out
}

// takes reports whether a route wins over the gateway's routes for some of the premises. Where not all of
// these are known, a default route without propagation surely does.
func takes(t *estate.RouteTable, r estate.Route, premises []estate.Prefix, whole bool) bool {
	if !whole && t.NoPropagation && r.Prefix.Bits() == 0 {
		return true
	}
	return slices.ContainsFunc(premises, func(p estate.Prefix) bool {
		return r.Prefix.Overlaps(p.Prefix) && (t.NoPropagation || r.Prefix.Bits() >= p.Bits())
	})
}

// returnPaths finds the spokes whose packets to on-premises pass a firewall and whose answers do not:
// GatewaySubnet has no route for their range that leads to an appliance, or a shorter one only. It gives the
// ranges to one of two rules, RTE-002 or RTE-003.
func returnPaths(l *live, told func(s inspected, hub *estate.VNet, q estate.Prefix, shorter *estate.Route)) {
	for i := range l.VNets {
		hub := &l.VNets[i]
		sub, ok := hub.GatewaySubnet()
		if !ok || len(l.gateways(hub)) == 0 {
			continue
		}
		var routes []estate.Route
		if !sub.RouteTable.IsZero() {
			t := l.x.RouteTable(sub.RouteTable)
			if t == nil || !t.RoutesKnown {
				continue
			}
			routes = applianceRoutes(t)
		}
		for _, s := range l.inspected(hub) {
			for _, q := range s.Space {
				if !sameFamily(q.Prefix, s.route.Prefix.Prefix) || exactly(q, routes) {
					continue
				}
				var shorter *estate.Route
				for i := range routes {
					if r := &routes[i]; wider(r.Prefix.Prefix, q.Prefix) && r.Prefix.Bits() > 0 {
						shorter = r
					}
				}
				told(s, hub, q, shorter)
			}
		}
	}
}

// missingReturns finds inspected spokes without a route in GatewaySubnet (RTE-002).
func missingReturns(l *live) diag.List {
	var hits []hit
	returnPaths(l, func(s inspected, hub *estate.VNet, q estate.Prefix, shorter *estate.Route) {
		if shorter == nil {
			hits = append(hits, hit{l.vnet(s.VNet), l.returnFinding("RTE-002", s, hub, "GatewaySubnet of %s has no route for %s of %s, which sends what goes on-premises to %s: the answers pass it by",
				l.vnet(hub), q.Prefix, l.vnet(s.VNet), s.by)})
		}
	})
	return told(hits, "GatewaySubnet has no route for %d ranges of VNets that send what goes on-premises to a firewall: of %s")
}

// supernetReturns finds inspected spokes whose route in GatewaySubnet is shorter than their range
// (RTE-003).
func supernetReturns(l *live) diag.List {
	var hits []hit
	returnPaths(l, func(s inspected, hub *estate.VNet, q estate.Prefix, shorter *estate.Route) {
		if shorter != nil {
			hits = append(hits, hit{l.vnet(s.VNet), l.returnFinding("RTE-003", s, hub, "GatewaySubnet of %s has a route for %s only, and the peering's for %s of %s is longer: what comes from on-premises passes %s by",
				l.vnet(hub), shorter.Prefix.Prefix, q.Prefix, l.vnet(s.VNet), s.by)})
		}
	})
	return told(hits, "GatewaySubnet has only shorter routes than the peerings' for %d ranges of VNets that send what goes on-premises to a firewall: of %s")
}

func (l *live) returnFinding(rule string, s inspected, hub *estate.VNet, format string, args ...any) diag.Finding {
	sub, _ := hub.GatewaySubnet()
	return diag.New(rule, l.at(firstRefs(sub.RouteTableRefs, sub.Refs)), format, args...).
		See(l.at(s.route.Refs), "%s is here", routeName(s.table, s.route))
}

// bypassedByPropagation finds tables whose routes to a firewall lose to longer ones that a gateway tells
// (RTE-004).
func bypassedByPropagation(l *live) diag.List {
	var hits []hit
	l.eachTable(func(s steered) {
		from := l.gatewayVNet(s.vnet)
		routes := applianceRoutes(s.table)
		if from == nil || s.table.NoPropagation || len(routes) == 0 || s.subnet.OfGateways() {
			return
		}
		known, _ := l.premisesOf(from)
		var lost []netip.Prefix
		var first estate.Route
		for _, o := range known {
			i := slices.IndexFunc(routes, func(r estate.Route) bool { return wider(r.Prefix.Prefix, o.Prefix) })
			if i >= 0 && !exactly(o, routes) && !slices.Contains(lost, o.Prefix) {
				if len(lost) == 0 {
					first = routes[i]
				}
				lost = append(lost, o.Prefix)
			}
		}
		if len(lost) > 0 {
			hits = append(hits, hit{l.vnet(s.vnet), diag.New("RTE-004", l.at(first.Refs), "%s is shorter than what the gateway of VNet %s tells, and the table takes that over: %s of on-premises is reached past %s",
				routeName(s.table, first), l.vnet(from), listed(lost), first.Address.Addr)})
		}
	})
	return told(hits, "longer routes of gateways win over those to a firewall in %d tables: of VNets %s")
}

// longTables finds tables with more routes than the platform takes (RTE-005).
func longTables(l *live) diag.List {
	var hits []hit
	for i := range l.RouteTables {
		t := &l.RouteTables[i]
		if n := len(t.Routes); n > azure.MaxRoutesPerTable {
			hits = append(hits, hit{quote(t.Name), diag.New("RTE-005", l.at(t.Refs), "route table %q has %d routes; a table takes %d", t.Name, n, azure.MaxRoutesPerTable)})
		}
	}
	return told(hits, "%d route tables have more routes than a table takes: %s")
}

// deadHops finds routes to appliances that cannot be reached or do not pass packets on (RTE-006).
func deadHops(l *live) diag.List {
	type known struct {
		table *estate.RouteTable
		name  string
		why   string
	}
	done := map[known]bool{}
	var hits []hit
	for _, s := range l.steered {
		for _, r := range applianceRoutes(s.table) {
			why := l.deadHop(s, r)
			k := known{s.table, r.Name.Value, why}
			if why == "" || done[k] {
				continue
			}
			done[k] = true
			hits = append(hits, hit{quote(s.table.Name), diag.New("RTE-006", l.at(firstRefs(r.Address.Refs, r.Refs)), "%s leads to %s, %s", routeName(s.table, r), r.Address.Addr, why).
				See(l.at(firstRefs(s.subnet.RouteTableRefs, s.subnet.Refs)), "subnet %q of %s is bound to it", s.subnet.Name, l.vnet(s.vnet))})
		}
	}
	return told(hits, "%d routes lead to appliances that cannot be reached or pass nothing on: in tables %s")
}

// deadHop says what is wrong with the next hop of a route of a subnet, or nothing.
func (l *live) deadHop(s steered, r estate.Route) string {
	a := r.Address.Addr
	if holds(append([]estate.Prefix{s.subnet.Prefix}, s.subnet.MorePrefixes...), a) {
		return "which stands in subnet " + quote(s.subnet.Name) + " of " + l.vnet(s.vnet) + " itself: what it passes on comes back to it"
	}
	near, sure := l.withinReach(s.vnet, a)
	if !near && sure {
		return "which lies neither in VNet " + l.vnet(s.vnet) + " nor in one that it is peered with"
	}
	if g := l.standing(s.vnet, a); g != nil && g.NoForwarding {
		return "and interface " + quote(g.ID.Name) + " there has no IP forwarding"
	}
	return ""
}

// withinReach reports whether an address lies in a VNet or in one that is directly joined; sure is false
// where the space of a peer is not known.
func (l *live) withinReach(v *estate.VNet, a netip.Addr) (near, sure bool) {
	if holds(v.Space, a) {
		return true, true
	}
	sure = true
	for _, p := range l.x.PeeringsOf(v.ID) {
		space := p.RemoteSpace
		if r := l.x.VNet(p.Remote); r != nil {
			space = slices.Concat(space, r.Space)
		}
		if holds(space, a) {
			return true, true
		}
		sure = sure && len(space) > 0
	}
	return l.groupHas(v, func(m *estate.VNet) bool { return holds(m.Space, a) }), sure
}

// gatewayRoutes finds routes to the VPN gateway of a VNet that has ExpressRoute (RTE-007).
func gatewayRoutes(l *live) diag.List {
	var hits []hit
	l.eachTable(func(s steered) {
		at := slices.IndexFunc(s.table.Routes, func(r estate.Route) bool { return r.NextHop.Value == estate.HopGateway && r.Prefix.IsValid() })
		from := l.gatewayVNet(s.vnet)
		if at < 0 || from == nil || !slices.ContainsFunc(l.gateways(from), func(g *estate.Gateway) bool { return g.Kind == estate.ExpressRouteGateway }) {
			return
		}
		r := s.table.Routes[at]
		whose := "VNet " + l.vnet(from)
		if from != s.vnet {
			whose += ", which VNet " + l.vnet(s.vnet) + " uses and"
		} else {
			whose += ","
		}
		hits = append(hits, hit{l.vnet(s.vnet), diag.New("RTE-007", l.at(r.Refs), "%s leads to the gateway of %s which has ExpressRoute", routeName(s.table, r), whose)})
	})
	return told(hits, "%d route tables lead to the gateway of a VNet that has ExpressRoute: of VNets %s")
}

// drawnDefaults finds firewalls that learn a default route from on-premises and have no route of their own
// to the Internet (RTE-009). One with a management subnet is made for that.
func drawnDefaults(l *live) diag.List {
	var hits []hit
	for i := range l.Gateways {
		f := &l.Gateways[i]
		v := l.x.VNet(f.VNet)
		if f.Kind != estate.Firewall || v == nil || l.hasManagement(v) {
			continue
		}
		from := l.gatewayVNet(v)
		if from == nil {
			continue
		}
		why := l.drawsDefault(from)
		s := subnetOf(v, f.Subnet)
		if why == "" || s == nil || l.leavesDirectly(s) {
			continue
		}
		hits = append(hits, hit{quote(f.ID.Name), diag.New("RTE-009", l.at(firstRefs(s.RouteTableRefs, s.Refs)), "subnet %q of firewall %q has no route 0.0.0.0/0 to the Internet, and %s draws it to on-premises", s.Name, f.ID.Name, why)})
	}
	return told(hits, "on-premises draws the default route of %d firewalls: %s")
}

// managementSubnet is where a firewall has its own way to the Internet.
const managementSubnet = "AzureFirewallManagementSubnet"

func (l *live) hasManagement(v *estate.VNet) bool {
	return slices.ContainsFunc(v.Subnets, func(s estate.Subnet) bool { return strings.EqualFold(s.Name, managementSubnet) })
}

func subnetOf(v *estate.VNet, name string) *estate.Subnet {
	i := slices.IndexFunc(v.Subnets, func(s estate.Subnet) bool { return strings.EqualFold(s.Name, name) })
	if i < 0 {
		return nil
	}
	return &v.Subnets[i]
}

// drawsDefault says what tells a VNet a default route, or nothing.
func (l *live) drawsDefault(from *estate.VNet) string {
	for _, g := range l.gateways(from) {
		if !g.DefaultSite.IsZero() {
			return "the default site " + quote(g.DefaultSite.Name) + " of gateway " + quote(g.ID.Name)
		}
	}
	known, _ := l.premisesOf(from)
	if slices.ContainsFunc(known, func(p estate.Prefix) bool { return p.Bits() == 0 }) {
		return "what the gateway of VNet " + l.vnet(from) + " learns"
	}
	return ""
}

// leavesDirectly reports whether a subnet has its own default route to the Internet, takes over no routes
// of gateways, or has a table of which nothing is known.
func (l *live) leavesDirectly(s *estate.Subnet) bool {
	t := l.x.RouteTable(s.RouteTable)
	if t == nil {
		return false
	}
	return !t.RoutesKnown || t.NoPropagation || slices.ContainsFunc(t.Routes, func(r estate.Route) bool {
		return r.Prefix.IsValid() && r.Prefix.Bits() == 0 && r.NextHop.Value == estate.HopInternet
	})
}

// unmirrored finds firewalls of two VNets of which one has routes to the other for VNets behind it, and the
// other none back (RTE-010).
func unmirrored(l *live) diag.List {
	var hits []hit
	for i := range l.Gateways {
		a := &l.Gateways[i]
		if v := l.x.VNet(a.VNet); a.Kind.Forwards() && v != nil {
			hits = append(hits, l.unmirroredOf(a, v)...)
		}
	}
	return told(hits, "the routes between firewalls of two VNets are not mirrored in %d cases: of %s")
}

func (l *live) unmirroredOf(a *estate.Gateway, v *estate.VNet) []hit {
	near := l.tableOf(a, v)
	if near == nil {
		return nil
	}
	var hits []hit
	done := map[*estate.Gateway]bool{}
	for _, r := range applianceRoutes(near) {
		b := l.standing(v, r.Address.Addr)
		if b == nil || b == a || b.VNet.Same(v.ID) || done[b] {
			continue
		}
		done[b] = true
		w := l.x.VNet(b.VNet)
		if w == nil {
			continue
		}
		far := l.tableOf(b, w)
		if far == nil && !l.unbound(b, w) {
			continue // nothing tells its routes
		}
		if lacking := l.lacking(a, v, w, far); len(lacking) > 0 {
			hits = append(hits, hit{quote(a.ID.Name), diag.New("RTE-010", l.at(r.Refs), "%s leads from %s to %s, which has no routes back for %s", routeName(near, r), applianceName(a), applianceName(b), few(lacking)).
				See(l.at(b.Refs), "%s is here", quote(b.ID.Name))})
		}
	}
	return hits
}

// tableOf is the route table of the subnet that something stands in, or nil where there is none or its
// routes are not known.
func (l *live) tableOf(g *estate.Gateway, v *estate.VNet) *estate.RouteTable {
	s := subnetOf(v, g.Subnet)
	if s == nil {
		return nil
	}
	if t := l.x.RouteTable(s.RouteTable); t != nil && t.RoutesKnown {
		return t
	}
	return nil
}

// unbound reports whether the subnet that something stands in has no route table.
func (l *live) unbound(g *estate.Gateway, v *estate.VNet) bool {
	s := subnetOf(v, g.Subnet)
	return s != nil && s.RouteTable.IsZero()
}

// lacking lists the VNets behind firewall a, which stands in v, that the routes of another VNet's firewall
// do not lead back to it.
func (l *live) lacking(a *estate.Gateway, v, w *estate.VNet, far *estate.RouteTable) []string {
	var back []estate.Prefix
	if far != nil {
		for _, r := range applianceRoutes(far) {
			if slices.ContainsFunc(a.PrivateIPs, func(p estate.Address) bool { return p.Addr == r.Address.Addr }) {
				back = append(back, r.Prefix)
			}
		}
	}
	var lacking []string
	for _, p := range l.peers(v) {
		space := slices.DeleteFunc(slices.Clone(p.Space), func(q estate.Prefix) bool { return !q.Addr().Is4() }) // next hops are
		if p.VNet != w && !l.direct(w, p.ID) && l.sendsTo(p.VNet, a) && len(without(space, back)) > 0 {
			lacking = append(lacking, l.vnet(p.VNet))
		}
	}
	return lacking
}

// sendsTo reports whether a table of a VNet has a route to a firewall or appliance.
func (l *live) sendsTo(v *estate.VNet, g *estate.Gateway) bool {
	return slices.ContainsFunc(l.steered, func(s steered) bool {
		return s.vnet == v && slices.ContainsFunc(applianceRoutes(s.table), func(r estate.Route) bool { return l.standing(v, r.Address.Addr) == g })
	})
}
