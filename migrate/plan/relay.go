package plan

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// The gateway of a hub as a router (transit gateway): VNets that use it and reach each other have no peering between them;
// routes of their subnets lead to a gateway what goes from one to the other. While a VNet has a gateway of its own that is
// the one, and its tunnels carry the packets as ever, so that the routes come before the window and change nothing. In the
// window the tunnels go, the VNet uses the hub's gateway, and that one is it. Both ends have to have moved for a pair to
// talk again, so that VNets which reach each other move together.
// Source: docs/decisions/0031-the-gateway-as-a-router.md.

// relays reports whether the gateway of a hub can pass on the packets of two VNets, and notes why not.
func (l *layout) relays(a, b int) bool {
	why := l.unpassed(a, b)
	if l.unrouted == "" || l.unrouted == noTwoUsers && why != "" {
		l.unrouted = why
	}
	return why == ""
}

// noTwoUsers is why there is nobody to pass packets on for.
const noTwoUsers = "no two VNets that reach each other would use the gateway of a hub"

// unpassed says why the gateway of a hub cannot pass on the packets of two VNets, or "".
func (l *layout) unpassed(a, b int) string {
	hub := l.hubOf(a)
	switch {
	case !l.remote[a] || !l.remote[b] || l.hubOf(b) != hub || l.unrelayed[[2]int{a, b}]:
		return noTwoUsers
	case l.g.between(Encrypted, a, b):
		return fmt.Sprintf("the options file wants %q and %q encrypted, and between a hub and its spokes nothing is", l.g.name(a), l.g.name(b))
	case hub >= 0 && slices.ContainsFunc(l.g.gateways[hub], func(gw *estate.Gateway) bool { return gw.Kind == estate.ExpressRouteGateway }):
		return fmt.Sprintf("%q has an ExpressRoute gateway, beside which the platform takes no routes to a VPN gateway", l.g.name(hub))
	}
	for _, v := range [2]int{a, b} {
		if why := l.unboundSubnets(v); why != "" {
			return why
		}
	}
	return ""
}

// unrelay notes the pairs of which one does not use the hub's gateway after all. It reports whether there were any.
func (l *layout) unrelay() (news bool) {
	if !l.passage.moves() {
		return false
	}
	for _, p := range l.through {
		if !l.attached(p[0]) || !l.attached(p[1]) {
			l.unrelayed[p], news = true, true
		}
	}
	return news
}

// relayed are the pairs that the gateways of hubs pass on, to each other or to their users, or that learn from a Route
// Server: they talk again once their ends use them.
func (l *layout) relayed() [][2]int {
	if !l.passage.moves() {
		return nil
	}
	return l.through
}

// relay associates the route tables that lead to a gateway, whichever a VNet uses: for now its own, which has the tunnels.
func (s *sequence) relay(d *draft, needs []string) []string {
	if len(d.routed) == 0 {
		return needs
	}
	var done []string
	for i := range d.routed {
		v := d.bound(i)
		done = append(done, s.add(Step{
			Action: AssociateRoutes, Object: v.ID, Also: []estate.ID{d.tables[i].ID}, Needs: needs,
			Because: fmt.Sprintf("the subnets of %q send to a gateway what goes to the VNets that it reaches by one: to its own for now, whose tunnels carry it as before, and to the hub's once it uses that", s.g.name(d.routed[i])),
			Effect:  Effect{Add: &estate.Estate{VNets: []estate.VNet{v}}},
			Impact:  Impact{Class: Live, Minutes: minutesRoutes},
			Verify:  "effective routes of its subnets show VirtualNetworkGateway for every prefix of the table, and the VNets answer as before; a subnet that is made later needs the table as well", Undo: "take the route table off the subnets: the routes of the gateway lead where it leads",
		}))
	}
	return done
}
