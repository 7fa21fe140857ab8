package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// addClasses divides every VNet by what its subnets have of their own: a route table that says
// something, a service endpoint, a place in a partial peering. Most VNets are one class. It
// returns the route tables by ID.
func (n *network) addClasses(e *estate.Estate) *registry {
	tables := newRegistry(len(e.RouteTables))
	for i := range e.RouteTables {
		tables.add(e.RouteTables[i].ID, int32(i))
	}
	n.classes = make([]class, 0, len(n.vnets))
	done := make([]bool, len(n.vnets))
	byVNet := make([]*estate.VNet, len(n.vnets))
	for i := range e.VNets {
		if v := n.byVNet.find(e.VNets[i].ID); v >= 0 && !done[v] {
			byVNet[v], done[v] = &e.VNets[i], true
		}
	}
	for v := range n.vnets {
		n.addClassesOf(e, tables, int32(v), byVNet[v])
	}
	return tables
}

func (n *network) addClassesOf(e *estate.Estate, tables *registry, v int32, vnet *estate.VNet) {
	node := &n.vnets[v]
	node.firstClass = int32(len(n.classes))
	n.classes = append(n.classes, class{vnet: v, routes: -1, set: node.space})
	seen := map[string]int32{"": node.firstClass}
	var claimed []span
	for i := range vnet.Subnets {
		s := &vnet.Subnets[i]
		routes := int32(-1)
		if !s.RouteTable.IsZero() {
			if t := tables.find(s.RouteTable); t >= 0 && (len(e.RouteTables[t].Routes) > 0 || e.RouteTables[t].NoPropagation) {
				routes = t
			}
		}
		if strings.EqualFold(s.Name, estate.GatewaySubnet) {
			node.gatewayTable = routes
		}
		key := n.classKey(node, s, routes)
		c, ok := seen[key]
		if !ok {
			c = int32(len(n.classes))
			seen[key] = c
			n.classes = append(n.classes, class{vnet: v, routes: routes})
		}
		at := &n.classes[c]
		at.subnets = append(at.subnets, s)
		if !s.Prefix.IsValid() {
			continue
		}
		own := intersect(nil, []span{spanOf(s.Prefix.Prefix)}, node.space)
		own = subtract(nil, own, claimed)
		if c != node.firstClass {
			at.set = tidy(append(slices.Clone(at.set), own...))
			base := &n.classes[node.firstClass]
			base.set = subtract(nil, base.set, own)
		}
		claimed = tidy(append(claimed, own...))
	}
	node.lastClass = int32(len(n.classes))
}

// classKey tells subnets apart that route differently; "" is a subnet with nothing of its own.
func (n *network) classKey(node *vnetNode, s *estate.Subnet, routes int32) string {
	var b strings.Builder
	if routes >= 0 {
		fmt.Fprintf(&b, "r%d", routes)
	}
	for _, p := range node.peers {
		if p.partial != nil && named(p.partial.LocalSubnets, s.Name) {
			fmt.Fprintf(&b, "p%d", p.half)
		}
	}
	for _, end := range s.ServiceEndpoints {
		for _, p := range end.Prefixes {
			fmt.Fprintf(&b, "s%s", p.Prefix)
		}
	}
	return b.String()
}

func named(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

// within reports whether the class belongs to the subnets that a partial peering names.
func (c *class) within(p *peer) bool {
	return p.partial == nil || len(c.subnets) > 0 && named(p.partial.LocalSubnets, c.subnets[0].Name)
}

// classOf is the class of the subnet with that name, or else of the first of the addresses.
func (n *network) classOf(v int32, subnet string, addresses []netip.Addr) int32 {
	node := &n.vnets[v]
	for c := node.firstClass; c < node.lastClass; c++ {
		for _, s := range n.classes[c].subnets {
			if subnet != "" && strings.EqualFold(s.Name, subnet) {
				return c
			}
		}
	}
	if len(addresses) > 0 {
		return n.classAt(v, addresses[0])
	}
	return node.firstClass
}

// classAt is the class of an address of a VNet.
func (n *network) classAt(v int32, a netip.Addr) int32 {
	node := &n.vnets[v]
	for c := node.firstClass + 1; c < node.lastClass; c++ {
		if holds(n.classes[c].set, a) {
			return c
		}
	}
	return node.firstClass
}
