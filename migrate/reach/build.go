package reach

import (
	"net/netip"
	"slices"

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
	privateRanges = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"),
		netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16")}
	everything = netip.MustParsePrefix("0.0.0.0/0")
	public     = subtract(nil, []span{spanOf(everything)}, setOf(privateRanges))
)

func (b *builder) build() {
	b.exchange()
	b.addEdges()
	for v := range b.n.vnets {
		b.offer(int32(v))
	}
	for c := range b.n.classes {
		at := &b.n.classes[c]
		at.table = b.n.flatten(b.classRoutes(at))
	}
	for v := range b.n.vnets {
		if b.n.vnets[v].routes() {
			b.n.vnets[v].table = b.n.flatten(b.gatewayRoutes(int32(v)))
		}
	}
}

// routes reports whether a gateway of the VNet forwards packets.
func (v *vnetNode) routes() bool {
	return !v.vpn.IsZero() || !v.circuit.IsZero() || v.lastTunnel > v.firstTunnel
}

// classRoutes are the routes of a subnet. Source: docs/sources.md#routing.
func (b *builder) classRoutes(c *class) []route {
	n := b.n
	node := &n.vnets[c.vnet]
	out := make([]route, 0, len(node.raw)+len(node.peers)+len(node.offers)+4)
	out = append(out, route{prefix: everything, rank: rankDefault, act: act{kind: actInternet}})
	out = b.neighbours(out, c.vnet)
	for _, s := range c.subnets {
		for _, end := range s.ServiceEndpoints {
			for _, p := range validPrefixes(end.Prefixes) {
				out = append(out, route{prefix: p, rank: rankService, act: act{kind: actService}})
			}
		}
	}
	suppressed := false
	if c.routes >= 0 {
		out = b.userRoutes(out, c.vnet, c.routes, false)
		suppressed = b.e.RouteTables[c.routes].NoPropagation
	}
	if !suppressed {
		out = b.offered(out, c.vnet, c.vnet)
		if node.hub >= 0 {
			out = b.offered(out, c.vnet, node.hub)
		}
	}
	return out
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
	for i, m := range node.grouped {
		for _, p := range n.vnets[m.vnet].raw {
			out = append(out, route{prefix: p, rank: rankPeer, act: act{actGroup, int32(i)}})
		}
	}
	return out
}

// userRoutes adds the routes of a route table as a subnet of VNet v has them, or its GatewaySubnet.
func (b *builder) userRoutes(out []route, v, table int32, gateway bool) []route {
	for i := range b.e.RouteTables[table].Routes {
		r := &b.e.RouteTables[table].Routes[i]
		if !r.Prefix.IsValid() || gateway && r.Prefix.Bits() == 0 {
			continue
		}
		out = append(out, route{prefix: r.Prefix.Masked(), rank: rankUser, act: b.userAct(r, v, table, gateway)})
	}
	return out
}

// Why a user route drops packets: targets of actDrop.
const (
	dropNone int32 = iota
	dropNoGateway
	dropCoexistence
	dropFar
	dropNoForwarding
	dropSameTable
	dropLoop
	dropLearnedFar
)

// dropWords say so.
var dropWords = [...]string{
	dropNone:         "the route drops packets",
	dropNoGateway:    "the route leads to a VPN gateway, and there is none",
	dropCoexistence:  "a route may not lead to a VPN gateway that stands beside an ExpressRoute gateway",
	dropFar:          "the appliance's address lies neither in the VNet nor in one that is directly peered",
	dropNoForwarding: "the appliance's interface does not forward",
	dropSameTable:    "the appliance stands in a subnet with this very route table: a loop",
	dropLoop:         "the route leads the gateway to itself: a loop",
	dropLearnedFar:   "the appliance that announced the route is not in a VNet that is directly peered",
}

func (b *builder) userAct(r *estate.Route, v, table int32, gateway bool) act {
	switch r.NextHop.Value {
	case nextHopVNet:
		return act{kind: actInVNet}
	case nextHopInternet:
		return act{kind: actInternet}
	case nextHopGateway:
		if gateway {
			return act{actDrop, dropLoop}
		}
		at := v
		if b.n.vnets[v].vpn.IsZero() && b.n.vnets[v].hub >= 0 {
			at = b.n.vnets[v].hub
		}
		switch {
		case b.n.vnets[at].vpn.IsZero():
			return act{actDrop, dropNoGateway}
		case !b.n.vnets[at].circuit.IsZero():
			return act{actDrop, dropCoexistence}
		}
		return act{actRouter, at}
	case nextHopAppliance:
		return b.applianceAct(r.Address.Addr, v, table)
	}
	return act{actDrop, dropNone}
}

// The next hops of user routes, in ARM's words.
const (
	nextHopVNet      = "VnetLocal"
	nextHopInternet  = "Internet"
	nextHopGateway   = "VirtualNetworkGateway"
	nextHopAppliance = "VirtualAppliance"
)

// applianceAct is what a user route to an appliance does.
func (b *builder) applianceAct(a netip.Addr, v, table int32) act {
	n := b.n
	found := int32(-1)
	for d := range n.devices {
		if slices.Contains(n.devices[d].address, a) && n.beside(v, n.devices[d].vnet) &&
			(found < 0 || n.devices[found].vnet != v && n.devices[d].vnet == v) {
			found = int32(d)
		}
	}
	switch {
	case found < 0 && b.near(v, a):
		return act{kind: actUnknown}
	case found < 0:
		return act{actDrop, dropFar}
	case !n.devices[found].forwards:
		return act{actDrop, dropNoForwarding}
	case n.classes[n.devices[found].class].routes == table:
		return act{actDrop, dropSameTable}
	}
	return act{actDevice, found}
}

// beside reports whether a VNet is another, peered with it, or in a connected group with it.
func (n *network) beside(v, w int32) bool {
	return v == w || n.peerOf(v, w) != nil || n.groupedWith(v, w)
}

func (n *network) groupedWith(v, w int32) bool {
	return slices.ContainsFunc(n.vnets[v].grouped, func(m member) bool { return m.vnet == w })
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

// near reports whether an address lies in a VNet or in one beside it.
func (b *builder) near(v int32, a netip.Addr) bool {
	n := b.n
	if holds(n.vnets[v].space, a) {
		return true
	}
	for _, p := range n.vnets[v].peers {
		if holds(n.vnets[p.vnet].space, a) {
			return true
		}
	}
	return slices.ContainsFunc(n.vnets[v].grouped, func(m member) bool { return holds(n.vnets[m.vnet].space, a) })
}

// offered adds what the gateways of a VNet offer to the subnets of another, or to its own.
func (b *builder) offered(out []route, v, from int32) []route {
	out = append(out, b.n.vnets[from].offers...)
	for _, l := range b.n.vnets[from].learned {
		r := route{prefix: l.prefix, rank: rankGateway, length: 1, act: act{actDevice, l.device}}
		if d := &b.n.devices[l.device]; !b.n.beside(v, d.vnet) {
			r.act = act{actDrop, dropLearnedFar}
		} else if !d.forwards {
			r.act = act{actDrop, dropNoForwarding}
		}
		out = append(out, r)
	}
	return out
}

// offer lists what the gateways of a VNet offer to its subnets and to those that use them.
func (b *builder) offer(v int32) {
	node := &b.n.vnets[v]
	if !node.routes() {
		return
	}
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
	node.offers = b.circuitRoutes(node.offers, v)
}

// tunnelRoutes calls add for what the connections of a VNet's VPN gateway route: their sites'
// prefixes, or the remote VNet's address space, and what BGP brought. For Vnet2Vnet the ranges of the spokes
// that use the remote gateway only may be there.
func (b *builder) tunnelRoutes(v int32, add func(route)) {
	n := b.n
	node := &n.vnets[v]
	for t := node.firstTunnel; t < node.lastTunnel; t++ {
		conn := &b.e.Connections[n.tunnels[t].at]
		to := route{rank: rankGateway, act: act{actTunnel, t}}
		switch conn.Kind {
		case estate.IPsec:
			if site := b.c.site(conn.Site); site != nil {
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
			to.maybe = bySpokeRanges
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
		if p.maybe {
			r.maybe = byAnnounced
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
		conn := &b.e.Connections[b.n.tunnels[t].at]
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
		if tun.listed {
			r.length = 1
			for _, r.prefix = range validPrefixes(b.e.Circuits[tun.circuit].Learned) {
				out = append(out, r)
			}
		} else if site := b.c.site(b.e.Connections[tun.at].Site); site != nil {
			r.maybe = byCircuit
			for _, r.prefix = range validPrefixes(site.Prefixes) {
				out = append(out, r)
			}
		}
	}
	for i := node.firstEdge; i < node.lastEdge; i++ {
		e := &n.edges[i]
		r := route{rank: rankCircuit, length: 1, act: act{actEdge, i}}
		if e.value != Yes {
			r.maybe = byCircuit
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

// addEdges joins the VNets with ExpressRoute connections: surely where both are known to be on one
// circuit and to take each other in, not at all where something is known against it.
func (b *builder) addEdges() {
	n := b.n
	var linked []int32 // the first ExpressRoute connection of each VNet
	for v := range n.vnets {
		node := &n.vnets[v]
		for t := node.firstTunnel; t < node.lastTunnel; t++ {
			if n.tunnels[t].kind == estate.ExpressRoute {
				linked = append(linked, int32(v))
				break
			}
		}
	}
	for _, v := range linked {
		node := &n.vnets[v]
		node.firstEdge = int32(len(n.edges))
		for _, w := range linked {
			if v == w {
				continue
			}
			if e, ok := b.edgeBetween(v, w); ok {
				n.edges = append(n.edges, e)
			}
		}
		node.lastEdge = int32(len(n.edges))
	}
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

// gatewayRoutes are the routes of a VNet's GatewaySubnet and of the gateway in it.
func (b *builder) gatewayRoutes(v int32) []route {
	n := b.n
	node := &n.vnets[v]
	var out []route
	out = b.neighbours(out, v)
	if node.gatewayTable >= 0 {
		out = b.userRoutes(out, v, node.gatewayTable, true)
	}
	b.tunnelRoutes(v, func(r route) { out = append(out, r) })
	for _, p := range node.pools {
		out = append(out, route{prefix: p, rank: rankGateway, act: act{kind: actPool}})
	}
	if t := b.defaultTunnel(v); t >= 0 {
		out = append(out, route{prefix: everything, rank: rankGateway, act: act{actTunnel, t}})
	}
	if node.branch {
		out = b.circuitRoutes(out, v)
		for _, l := range node.learned {
			if d := &n.devices[l.device]; n.beside(v, d.vnet) && d.forwards {
				out = append(out, route{prefix: l.prefix, rank: rankGateway, length: 1, act: act{actDevice, l.device}})
			}
		}
	}
	return out
}
