package reach

import (
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// builder makes the tables of a network.
type builder struct {
	n      *network
	e      *estate.Estate
	c      *connector
	routes *registry // route tables
}

// edge is a way over an ExpressRoute circuit from one VNet to another.
type edge struct {
	tunnel int32 // the sender's connection
	far    int32 // the VNet of the other gateway
	trust
}

var (
	privateRanges = azure.PrivateRanges()
	everything    = netip.MustParsePrefix("0.0.0.0/0")
	public        = subtract(nil, []span{spanOf(everything)}, setOf(privateRanges))
)

func (b *builder) build() {
	b.exchange()
	b.addEdges()
	for v := range b.n.vnets {
		b.offer(int32(v))
	}
	for c := range b.n.classes {
		b.n.classes[c].table = b.n.flatten(b.classRoutes(&b.n.classes[c]))
	}
	for v := range b.n.vnets {
		b.gatewayTables(int32(v))
	}
}

// gatewayTables makes the tables of a VNet's gateways.
func (b *builder) gatewayTables(v int32) {
	node := &b.n.vnets[v]
	node.table, node.circuitTable = [2][]segment{}, [2][]segment{}
	for _, branch := range [2]bool{false, true} {
		if node.vpnRoutes() && (!branch || node.branch) {
			node.table[number(branch)] = b.n.flatten(b.gatewayRoutes(v, branch))
		}
		if !node.circuit.IsZero() && (!branch || node.branch) {
			node.circuitTable[number(branch)] = b.n.flatten(b.circuitGatewayRoutes(v, branch))
		}
	}
	if !node.branch {
		node.table[1], node.circuitTable[1] = node.table[0], node.circuitTable[0]
	}
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

// vpnRoutes reports whether the VNet has a VPN gateway, or at least connections of one.
func (v *vnetNode) vpnRoutes() bool { return !v.vpn.IsZero() || v.lastTunnel > v.firstTunnel }

// classRoutes are the routes of a subnet. Source: docs/sources.md#routing.
func (b *builder) classRoutes(c *class) []route {
	n := b.n
	node := &n.vnets[c.vnet]
	out := make([]route, 0, len(node.raw)+len(node.peers)+len(node.offers)+b.groupRoutes(node)+4)
	out = append(out, route{prefix: everything, rank: rankDefault, act: act{kind: actInternet}})
	out = b.neighbours(out, c.vnet)
	for _, s := range c.subnets {
		for _, end := range s.ServiceEndpoints {
			for _, p := range validPrefixes(end.Prefixes) {
				out = append(out, route{prefix: p, rank: rankService, act: act{kind: actService}})
			}
		}
	}
	if c.routes >= 0 {
		out = b.userRoutes(out, c.vnet, c.routes, c.gateway)
		if b.e.RouteTables[c.routes].NoPropagation && !c.gateway {
			return out
		}
	}
	out = append(out, n.vnets[n.hubOf(c.vnet)].offers...)
	return b.served(out, c.vnet)
}

// neighbours adds the ranges of the VNet, of its peers and of its groups.
func (b *builder) neighbours(out []route, v int32) []route {
	n := b.n
	node := &n.vnets[v]
	for _, p := range node.raw {
		out = append(out, route{prefix: p, rank: rankLocal, act: act{kind: actLocal}})
	}
	for i := range node.peers {
		for _, p := range node.peers[i].raw {
			out = append(out, route{prefix: p, rank: rankPeer, act: act{actPeer, int32(i)}})
		}
	}
	for _, g := range node.groups {
		for _, r := range n.groups[g].routes {
			if r.member != v {
				out = append(out, r)
			}
		}
	}
	return out
}

// groupRoutes is how many routes the connected groups of a VNet have.
func (b *builder) groupRoutes(node *vnetNode) int {
	n := 0
	for _, g := range node.groups {
		n += len(b.n.groups[g].routes)
	}
	return n
}

// userRoutes adds the routes of a route table as a subnet of VNet v has them, or its GatewaySubnet,
// where 0.0.0.0/0 does not count.
func (b *builder) userRoutes(out []route, v, table int32, gateway bool) []route {
	for i := range b.e.RouteTables[table].Routes {
		r := &b.e.RouteTables[table].Routes[i]
		if !r.Prefix.IsValid() || gateway && r.Prefix.Bits() == 0 {
			continue
		}
		for _, a := range b.userActs(r, v, table) {
			out = append(out, route{prefix: r.Prefix.Masked(), rank: rankUser, act: a})
		}
	}
	return out
}

// Why a user route drops packets: targets of actDrop.
const (
	dropNone int32 = iota
	dropNothing
	dropNoGateway
	dropCoexistence
	dropFar
	dropNoForwarding
	dropSameTable
	dropLoop
	dropLearnedFar
)

// noRoute is why a packet ends where it ends most often.
const noRoute = "no route holds the address"

// dropWords say so.
var dropWords = [...]string{
	dropNone:         "the route drops packets",
	dropNothing:      noRoute,
	dropNoGateway:    "the route leads to a VPN gateway, and there is none",
	dropCoexistence:  "a route may not lead to a VPN gateway that stands beside an ExpressRoute gateway",
	dropFar:          "the appliance's address lies neither in the VNet nor in one that is directly peered",
	dropNoForwarding: "the appliance's interface does not forward",
	dropSameTable:    "the appliance stands in a subnet with this very route table: a loop",
	dropLoop:         "the route leads the gateway to itself: a loop",
	dropLearnedFar:   "the appliance that announced the route is not in a VNet that is directly peered",
}

func (b *builder) userActs(r *estate.Route, v, table int32) []act {
	switch r.NextHop.Value {
	case nextHopVNet:
		return []act{{kind: actInVNet}}
	case nextHopInternet:
		return []act{{kind: actInternet}}
	case nextHopGateway:
		at := b.n.hubOf(v)
		switch {
		case b.n.vnets[at].vpn.IsZero():
			return []act{{actDrop, dropNoGateway}}
		case !b.n.vnets[at].circuit.IsZero():
			return []act{{actDrop, dropCoexistence}}
		}
		return []act{{actRouter, at}}
	case nextHopAppliance:
		return b.applianceActs(r.Address.Addr, v, table)
	}
	return []act{{actDrop, dropNone}}
}

// The next hops of user routes, in ARM's words.
const (
	nextHopVNet      = "VnetLocal"
	nextHopInternet  = "Internet"
	nextHopGateway   = "VirtualNetworkGateway"
	nextHopAppliance = "VirtualAppliance"
)

// applianceActs are what a user route to an appliance may do: the one with that address in this VNet
// counts, else those in VNets beside it. Where no input describes what has the address, something
// there passes packets on as the subnet does that it lies in, perhaps.
func (b *builder) applianceActs(a netip.Addr, v, table int32) []act {
	n := b.n
	var own, beside []act
	for d := range n.devices {
		dev := &n.devices[d]
		if dev.id.IsZero() || !slices.Contains(dev.address, a) || !n.beside(v, dev.vnet) {
			continue
		}
		does := b.deviceAct(int32(d), table)
		if dev.vnet == v {
			own = append(own, does)
		} else {
			beside = append(beside, does)
		}
	}
	if own != nil {
		return own
	}
	if beside != nil {
		return beside
	}
	if holds(n.vnets[v].space, a) {
		return []act{b.deviceAct(b.undescribed(v, a), table)}
	}
	for w := range n.vnets {
		if w := int32(w); w != v && n.beside(v, w) && holds(n.vnets[w].space, a) {
			beside = append(beside, b.deviceAct(b.undescribed(w, a), table))
		}
	}
	if beside == nil {
		return []act{{actDrop, dropFar}}
	}
	return beside
}

func (b *builder) deviceAct(d, table int32) act {
	switch dev := &b.n.devices[d]; {
	case !dev.forwards:
		return act{actDrop, dropNoForwarding}
	case b.n.classes[dev.class].routes == table:
		return act{actDrop, dropSameTable}
	}
	return act{actDevice, d}
}

// undescribed is a device for an address that no input describes.
func (b *builder) undescribed(v int32, a netip.Addr) int32 {
	n := b.n
	for d := range n.devices {
		if dev := &n.devices[d]; dev.id.IsZero() && dev.vnet == v && dev.address[0] == a {
			return int32(d)
		}
	}
	n.vnets[v].hosts = true
	n.devices = append(n.devices, device{vnet: v, class: n.classAt(v, a), subnet: n.subnetAt(v, a), forwards: true, address: []netip.Addr{a}})
	return int32(len(n.devices) - 1)
}

// beside reports whether a VNet is another, peered with it, or in a connected group with it.
func (n *network) beside(v, w int32) bool {
	return v == w || n.peerOf(v, w) != nil || n.groupedWith(v, w)
}

// peerOf is the peering of a VNet with another, or nil.
func (n *network) peerOf(v, w int32) *peer {
	peers := n.vnets[v].peers
	i, ok := slices.BinarySearchFunc(peers, w, func(p peer, w int32) int { return int(p.vnet) - int(w) })
	if !ok {
		return nil
	}
	return &peers[i]
}

// offer lists what the gateways of a VNet offer to its subnets and to those that use them.
func (b *builder) offer(v int32) {
	node := &b.n.vnets[v]
	b.inject(v)
	if node.vpnRoutes() {
		own := act{actGateway, v}
		b.tunnelRoutes(v, func(r route) {
			r.act = own
			node.offers = append(node.offers, r)
		})
		for _, p := range node.pools {
			node.offers = append(node.offers, route{prefix: p, rank: rankGateway, act: own})
		}
		if node.arm && b.defaultTunnel(v) >= 0 {
			node.offers = append(node.offers, route{prefix: everything, rank: rankGateway, act: own})
		}
	}
	if node.circuit.IsZero() {
		return
	}
	node.told = slices.Clone(node.space)
	for _, s := range node.spokes {
		node.told = append(node.told, b.n.vnets[s].space...)
	}
	node.told = tidy(node.told)
	from := len(node.offers)
	node.offers = b.circuitRoutes(node.offers, v)
	for i := from; i < len(node.offers); i++ {
		node.offers[i].act = act{actCircuitGateway, v}
	}
}

// tunnelRoutes calls add for what the connections of a VNet's VPN gateway route: their sites'
// prefixes, or the remote VNet's address space, and what BGP brought. For Vnet2Vnet the ranges of the spokes
// that use the remote gateway only may be there.
func (b *builder) tunnelRoutes(v int32, add func(route)) {
	n := b.n
	node := &n.vnets[v]
	for t := node.firstTunnel; t < node.lastTunnel; t++ {
		conn := n.tunnels[t].conn
		to := route{rank: rankGateway, act: act{actTunnel, t}}
		switch conn.Kind {
		case estate.IPsec:
			if site := n.tunnels[t].site; site != nil {
				for i := range site.Prefixes {
					if p := site.Prefixes[i].Prefix; p.IsValid() {
						to.prefix = p.Masked()
						add(to)
					}
				}
			}
		case estate.Vnet2Vnet:
			far := b.c.gatewayVNet(conn.RemoteGateway)
			if far < 0 {
				continue
			}
			for _, to.prefix = range n.vnets[far].raw {
				add(to)
			}
			to.maybe, to.fate = bySpokeRanges, 4*t
			for _, s := range n.vnets[far].spokes {
				if s == v {
					continue
				}
				for _, to.prefix = range n.vnets[s].raw {
					add(to)
				}
			}
		}
	}
	for _, p := range node.bgp {
		r := route{prefix: p.prefix, rank: rankGateway, length: p.length, act: act{actTunnel, p.tunnel}}
		if p.device >= 0 {
			r.maybe, r.fate = byAnnounced, 4*p.device+1
		}
		add(r)
	}
}

// defaultTunnel is the connection to a gateway's default site, or -1.
func (b *builder) defaultTunnel(v int32) int32 {
	node := &b.n.vnets[v]
	if node.site.IsZero() {
		return -1
	}
	for t := node.firstTunnel; t < node.lastTunnel; t++ {
		conn := b.n.tunnels[t].conn
		if conn.Kind == estate.IPsec && conn.Site.Same(node.site) {
			return t
		}
	}
	return -1
}

// circuitRoutes adds what an ExpressRoute gateway offers: the prefixes of its circuits, and the
// VNets that other gateways on them announce.
func (b *builder) circuitRoutes(out []route, v int32) []route {
	n := b.n
	node := &n.vnets[v]
	for t := node.firstTunnel; t < node.lastTunnel; t++ {
		tun := &n.tunnels[t]
		if tun.kind != estate.ExpressRoute {
			continue
		}
		r := route{rank: rankCircuit, act: act{actCircuit, t}}
		if !tun.listed {
			r.maybe, r.fate = byCircuit, 4*t+2
		}
		for _, r.prefix = range b.circuitPrefixes(tun) {
			out = append(out, r)
		}
	}
	for i := node.firstEdge; i < node.lastEdge; i++ {
		e := &n.edges[i]
		r := route{rank: rankCircuit, act: act{actEdge, i}}
		if e.value != Yes {
			r.maybe, r.fate = byCircuit, 4*i+3
		}
		for _, r.prefix = range n.vnets[e.far].raw {
			out = append(out, r)
		}
		for _, s := range n.vnets[e.far].spokes {
			if s == v {
				continue
			}
			for _, r.prefix = range n.vnets[s].raw {
				out = append(out, r)
			}
		}
	}
	return out
}

// circuitPrefixes are what lies behind a circuit: what it learned where an input lists that, else perhaps what
// the site of the connection has, and where it has no site, perhaps any private address.
func (b *builder) circuitPrefixes(t *tunnel) []netip.Prefix {
	switch {
	case t.listed:
		return validPrefixes(b.e.Circuits[t.circuit].Learned)
	case t.site != nil:
		return validPrefixes(t.site.Prefixes)
	case t.circuit >= 0:
		return privateRanges
	}
	return nil
}

// maxUnknownEdges is how many pairs of VNets that may meet at a circuit's edge have routes of their own. Past
// it they are one place where packets may turn around: see addClouds.
const maxUnknownEdges = 100_000

// addEdges joins the VNets with ExpressRoute connections: surely where both are known to be on one
// circuit and to take each other in, not at all where something is known against it.
func (b *builder) addEdges() {
	n := b.n
	var linked, unknown []int32
	on := map[int32][]int32{} // VNets by circuit
	for v := range n.vnets {
		circuits, vague := b.circuitsOf(int32(v))
		if len(circuits) == 0 && !vague {
			continue
		}
		linked = append(linked, int32(v))
		if vague {
			unknown = append(unknown, int32(v))
		}
		for _, c := range circuits {
			on[c] = append(on[c], int32(v))
		}
	}
	clouded := len(linked)*len(unknown) > maxUnknownEdges
	if clouded {
		n.cloud = slices.DeleteFunc(slices.Clone(linked), func(v int32) bool { return n.vnets[v].remotes == estate.Off })
	}
	for _, v := range linked {
		node := &n.vnets[v]
		node.firstEdge = int32(len(n.edges))
		circuits, vague := b.circuitsOf(v)
		node.vague = vague
		var others []int32
		for _, c := range circuits {
			others = append(others, on[c]...)
		}
		switch {
		case clouded:
		case vague:
			others = linked
		default:
			others = append(others, unknown...)
		}
		others = slices.Clone(others)
		slices.Sort(others)
		for _, w := range slices.Compact(others) {
			if v == w {
				continue
			}
			if e, ok := b.edgeBetween(v, w); ok && (!clouded || e.value == Yes) {
				n.edges = append(n.edges, e)
			}
		}
		node.lastEdge = int32(len(n.edges))
	}
}

// circuitsOf are the circuits that a VNet is known to be linked to, and whether it is linked to one
// that is not known.
func (b *builder) circuitsOf(v int32) (known []int32, vague bool) {
	node := &b.n.vnets[v]
	for t := node.firstTunnel; t < node.lastTunnel; t++ {
		switch tun := &b.n.tunnels[t]; {
		case tun.kind != estate.ExpressRoute:
		case tun.circuit < 0:
			vague = true
		case !slices.Contains(known, tun.circuit):
			known = append(known, tun.circuit)
		}
	}
	return known, vague
}

// edgeBetween is the surest way from one VNet to another over a circuit.
func (b *builder) edgeBetween(v, w int32) (best edge, ok bool) {
	n := b.n
	near, far := &n.vnets[v], &n.vnets[w]
	if near.remotes == estate.Off || far.remotes == estate.Off {
		return edge{}, false
	}
	for t := near.firstTunnel; t < near.lastTunnel; t++ {
		for u := far.firstTunnel; u < far.lastTunnel; u++ {
			a, z := &n.tunnels[t], &n.tunnels[u]
			if a.kind != estate.ExpressRoute || z.kind != estate.ExpressRoute || a.circuit >= 0 && z.circuit >= 0 && a.circuit != z.circuit {
				continue
			}
			sure := certain.unless(a.circuit < 0 || z.circuit < 0 || near.remotes != estate.On || far.remotes != estate.On, byCircuit)
			if !ok || sure.value > best.value {
				best, ok = edge{t, w, sure}, true
			}
		}
	}
	return best, ok
}

// gatewayRoutes are the routes of a VNet's GatewaySubnet and of the VPN gateway in it; with branch,
// those of the ExpressRoute gateway, too.
func (b *builder) gatewayRoutes(v int32, branch bool) []route {
	node := &b.n.vnets[v]
	out := b.subnetRoutes(v)
	b.tunnelRoutes(v, func(r route) { out = append(out, r) })
	for _, p := range node.pools {
		out = append(out, route{prefix: p, rank: rankGateway, act: act{kind: actPool}})
	}
	if t := b.defaultTunnel(v); t >= 0 {
		out = append(out, route{prefix: everything, rank: rankGateway, act: act{actTunnel, t}})
	}
	if branch {
		out = appendOffers(out, node, actCircuitGateway)
	}
	return out
}

// circuitGatewayRoutes are the same of the ExpressRoute gateway.
func (b *builder) circuitGatewayRoutes(v int32, branch bool) []route {
	out := b.circuitRoutes(b.subnetRoutes(v), v)
	if branch {
		out = appendOffers(out, &b.n.vnets[v], actGateway)
	}
	return out
}

// subnetRoutes are the routes of a GatewaySubnet.
func (b *builder) subnetRoutes(v int32) []route {
	out := b.neighbours(nil, v)
	if c := b.n.gatewayClassOf(v); c != nil && c.routes >= 0 {
		out = b.userRoutes(out, v, c.routes, true)
	}
	return out
}

// appendOffers adds those offers of a VNet that lead to one of its gateways.
func appendOffers(out []route, node *vnetNode, to actKind) []route {
	for _, r := range node.offers {
		if r.act.kind == to {
			out = append(out, r)
		}
	}
	return out
}
