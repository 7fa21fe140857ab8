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
			if !s.OfGateways() {
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
