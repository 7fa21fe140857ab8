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
func (n *network) addClasses(e *estate.Estate, vnets []*estate.VNet) *registry {
	tables := newRegistry(len(e.RouteTables))
	for i := range e.RouteTables {
		tables.add(e.RouteTables[i].ID, int32(i))
	}
	n.classes = make([]class, 0, len(n.vnets))
	for v := range n.vnets {
		n.addClassesOf(e, tables, int32(v), vnets[v])
	}
	for v := range n.vnets {
		n.limitPeers(int32(v))
	}
	return tables
}

// addClassesOf puts the subnets of a VNet into classes. An address that lies in several subnets is
// in the smallest.
func (n *network) addClassesOf(e *estate.Estate, tables *registry, v int32, vnet *estate.VNet) {
	node := &n.vnets[v]
	node.firstClass = int32(len(n.classes))
	n.classes = append(n.classes, class{vnet: v, routes: -1, set: node.space})
	seen := map[string]int32{"": node.firstClass}
	single := true
	for _, s := range subnetsInOrder(vnet) {
		routes := int32(-1)
		if !s.RouteTable.IsZero() {
			if t := tables.find(s.RouteTable); t >= 0 && saysSomething(&e.RouteTables[t]) {
				routes = t
			}
		}
		key := n.classKey(node, s, routes)
		c, ok := seen[key]
		if !ok {
			c, single = int32(len(n.classes)), false
			seen[key] = c
			vague := routes >= 0 && !e.RouteTables[routes].RoutesKnown
			n.classes = append(n.classes, class{vnet: v, routes: routes, gateway: s.OfGateways(), vague: vague})
		}
		n.classes[c].subnets = append(n.classes[c].subnets, s)
		if s.OfGateways() {
			node.gatewayClass = c
		}
	}
	node.lastClass = int32(len(n.classes))
	if !single {
		n.claim(node, vnet)
	}
}

// saysSomething reports whether subnets with a route table route otherwise than those without, surely or
// perhaps.
func saysSomething(t *estate.RouteTable) bool {
	return len(t.Routes) > 0 || t.NoPropagation || !t.RoutesKnown
}

// subnetsInOrder are a VNet's subnets by address, then name, whatever order they were written in.
func subnetsInOrder(vnet *estate.VNet) []*estate.Subnet {
	out := make([]*estate.Subnet, len(vnet.Subnets))
	for i := range vnet.Subnets {
		out[i] = &vnet.Subnets[i]
	}
	slices.SortStableFunc(out, func(a, b *estate.Subnet) int {
		if c := comparePrefixes(a.Prefix.Prefix, b.Prefix.Prefix); c != 0 {
			return c
		}
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	return out
}

// claim gives each class the addresses of its subnets, and the first one those of none as well.
func (n *network) claim(node *vnetNode, vnet *estate.VNet) {
	at := map[*estate.Subnet]int32{}
	for c := node.firstClass; c < node.lastClass; c++ {
		for _, s := range n.classes[c].subnets {
			at[s] = c
		}
	}
	var claimed []span
	for _, s := range smallestFirst(vnet) {
		own := subtract(nil, intersect(nil, []span{spanOf(s.Prefix.Prefix)}, node.space), claimed)
		claimed = tidy(append(claimed, own...))
		if c := at[s]; c != node.firstClass {
			n.classes[c].set = tidy(append(slices.Clone(n.classes[c].set), own...))
			n.classes[node.firstClass].set = subtract(nil, n.classes[node.firstClass].set, own)
		}
	}
}

// smallestFirst are the subnets of a VNet that have a prefix.
func smallestFirst(vnet *estate.VNet) []*estate.Subnet {
	out := slices.DeleteFunc(subnetsInOrder(vnet), func(s *estate.Subnet) bool { return !s.Prefix.IsValid() })
	slices.SortStableFunc(out, func(a, b *estate.Subnet) int { return b.Prefix.Bits() - a.Prefix.Bits() })
	return out
}

// classKey tells subnets apart that route differently; "" is a subnet with nothing of its own.
func (n *network) classKey(node *vnetNode, s *estate.Subnet, routes int32) string {
	var b strings.Builder
	if routes >= 0 {
		fmt.Fprintf(&b, "r%d", routes)
		if s.OfGateways() {
			b.WriteByte('g')
		}
	}
	for i := range node.peers {
		if p := &node.peers[i]; !p.everywhere {
			fmt.Fprintf(&b, "p%d%t", i, p.names(s.Name))
		}
	}
	for _, end := range s.ServiceEndpoints {
		for _, p := range end.Prefixes {
			fmt.Fprintf(&b, "s%s", p.Prefix)
		}
	}
	return b.String()
}

// limitPeers settles what the peerings that are limited to subnets deliver.
func (n *network) limitPeers(v int32) {
	for i := range n.vnets[v].peers {
		p := &n.vnets[v].peers[i]
		if p.everywhere {
			continue
		}
		far := &n.vnets[p.vnet]
		for c := far.firstClass; c < far.lastClass; c++ {
			if at := &n.classes[c]; len(at.subnets) > 0 && p.reaches(at.subnets[0].Name) {
				p.remote = append(p.remote, at.set...)
			}
		}
		p.remote = tidy(p.remote)
	}
}

func named(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

// within reports whether the class belongs to the subnets that a peering is limited to.
func (c *class) within(p *peer) bool {
	return p.everywhere || c != nil && len(c.subnets) > 0 && p.names(c.subnets[0].Name)
}

// classOf is the class of the subnet with that name, or the one without anything of its own.
func (n *network) classOf(v int32, subnet string) int32 {
	node := &n.vnets[v]
	for c := node.firstClass; c < node.lastClass; c++ {
		for _, s := range n.classes[c].subnets {
			if strings.EqualFold(s.Name, subnet) {
				return c
			}
		}
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

// subnetAt is the name of the subnet that holds an address of a VNet, or "".
func (n *network) subnetAt(v int32, a netip.Addr) string {
	name, most := "", -1
	node := &n.vnets[v]
	for c := node.firstClass; c < node.lastClass; c++ {
		for _, s := range n.classes[c].subnets {
			if s.Prefix.IsValid() && s.Prefix.Contains(a) && s.Prefix.Bits() > most {
				name, most = s.Name, s.Prefix.Bits()
			}
		}
	}
	return name
}

// gatewayClassOf is the class of a VNet's GatewaySubnet, or nil.
func (n *network) gatewayClassOf(v int32) *class {
	if c := n.vnets[v].gatewayClass; c >= 0 {
		return &n.classes[c]
	}
	return nil
}

// gatewaySubnet is the name of a VNet's GatewaySubnet, or "" when it has none.
func (n *network) gatewaySubnet(v int32) string {
	if n.vnets[v].gatewayClass < 0 {
		return ""
	}
	return estate.GatewaySubnet
}
