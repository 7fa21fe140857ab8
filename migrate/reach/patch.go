package reach

import (
	"maps"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// patch makes the network of an estate out of that of another, from which a step made the estate. Numbers
// stay as they are, so that what was computed with them stays true: a VNet whose connections change has all of
// them numbered anew, behind all others, and so are peering halves. What a number stood for before
// stays where it was, and nothing leads there any more.
type patch struct {
	old, n *network
	e      *estate.Estate
	ch     *changes
	b      *builder

	gateways marks // VNets whose gateways changed
	peered   marks // VNets whose peerings changed
	spokes   marks // VNets of which others began or ceased to use the gateway
	relinked marks // VNets whose tunnels are numbered anew
	rebuilt  marks // VNets whose tables are made anew
	subnets  marks // VNets of which a subnet, or a device in one, may treat a packet in another way than before
	gates    marks // VNets of which a gateway may
	owned    marks // VNets whose list of peers is this network's own
	spoken   bool  // some gateways speak BGP
	circuits bool  // some connections lead to circuits
}

// marks is a set of VNets.
type marks struct {
	is   []bool
	list []int32
}

func (m *marks) add(v int32) {
	if !m.is[v] {
		m.is[v] = true
		m.list = append(m.list, v)
	}
}

// laidHalf is a peering half of an overlay; p is nil where there is none any more.
type laidHalf struct {
	p      *estate.Peering
	number int32
}

// regular reports whether every object of the estate has an ID of its own and every reference from a connection
// to its gateway leads somewhere. An overlay of another network would have to ask which of several counts. Nor
// does it follow the tables of connected groups, which all members share.
func (n *network) regular(e *estate.Estate) bool {
	unique := func(r *registry, all int) bool { return len(r.exact) == all && len(r.byKey()) == all }
	return !n.twice && !n.spelled && n.links.dangling == 0 && len(n.vnets) == len(e.VNets) &&
		unique(n.links.sites, len(e.Sites)) && unique(n.links.gateways, len(e.Gateways)) && unique(n.links.tunnels, len(e.Connections)) &&
		len(n.cloud) == 0 && len(e.Groups) == 0 && !slices.ContainsFunc(n.devices, func(d device) bool { return d.id.IsZero() })
}

// patched is the network with the changes, or false where an overlay cannot follow them. With own, the
// arenas of n are continued in place; else they are copied.
func (n *network) patched(e *estate.Estate, ch *changes, own bool) (*patch, bool) {
	next := *n
	next.vnets, next.classes = slices.Clone(n.vnets), slices.Clone(n.classes)
	links := *n.links
	links.n, links.e, next.links = &next, e, &links
	if !own {
		next.tunnels, next.tunnelIDs, links.listed = slices.Clip(n.tunnels), slices.Clip(n.tunnelIDs), slices.Clip(links.listed)
		next.peerings, next.peeringTo = slices.Clip(n.peerings), slices.Clip(n.peeringTo)
		next.choices, next.chosen = slices.Clip(n.choices), maps.Clone(n.chosen)
		maps.DeleteFunc(next.chosen, func(_ string, i int32) bool { return int(i) >= len(n.choices) }) // of who continued them
	}
	p := &patch{old: n, n: &next, e: e, ch: ch, b: &builder{n: &next, e: e, c: &links}}
	for _, m := range []*marks{&p.gateways, &p.peered, &p.spokes, &p.relinked, &p.rebuilt, &p.subnets, &p.gates, &p.owned} {
		m.is = make([]bool, len(n.vnets))
	}
	ok := p.changeGateways() && p.changePeerings()
	if !ok {
		return nil, false
	}
	p.changeHubs()
	if !p.changeSites() || !p.changeTunnels() {
		return nil, false
	}
	if p.spoken {
		p.b.exchange()
	}
	if p.circuits {
		next.edges = nil
		p.b.addEdges()
	}
	p.changeOffers()
	p.changeTables()
	return p, len(next.cloud) == 0 && len(next.devices) == len(n.devices)
}

// dirty reports whether a node that a row depends on may treat packets in another way.
func (p *patch) dirty(place int32) bool {
	if v, gateway := fromPlace(place); gateway {
		return p.gates.is[v]
	} else {
		return p.subnets.is[v]
	}
}

// touch notes that the gateways of a VNet treat packets in another way; whether its subnets do, their tables tell.
func (p *patch) touch(v int32) {
	p.gates.add(v)
	p.rebuilt.add(v)
}

// lay numbers an object of an overlay; it is false when another has its ID.
func lay(below *registry, laid map[estate.Key]int32, id estate.ID, number int32) bool {
	key := id.Key()
	i, ok := laid[key]
	if !ok {
		i = below.find(id)
	}
	laid[key] = number
	return i == -1
}

// changeGateways follows changes of VPN gateways, as long as no VNet gets its first clients or loses its last.
func (p *patch) changeGateways() bool {
	if len(p.ch.gateways) == 0 {
		return true
	}
	laid := map[estate.Key]int32{}
	place := func(g *estate.Gateway) int32 {
		if g.Kind != estate.VPNGateway {
			return -1
		}
		return p.n.byVNet.find(g.VNet)
	}
	for _, c := range p.ch.gateways {
		if c.before != nil {
			v := place(c.before)
			if v < 0 {
				return false
			}
			laid[c.before.ID.Key()] = -1
			p.gateways.add(v)
		}
	}
	for _, c := range p.ch.gateways {
		if c.after != nil {
			v := place(c.after)
			if v < 0 || !lay(p.old.links.gateways, laid, c.after.ID, v) {
				return false
			}
			p.gateways.add(v)
		}
	}
	p.n.links.gateways = p.old.links.gateways.over(laid)
	for _, v := range p.gateways.list {
		node := &p.n.vnets[v]
		node.gateway, node.vpn, node.site, node.asn = estate.ID{}, estate.ID{}, estate.ID{}, ""
		node.pools, node.absent, node.mbps, node.redundant = nil, false, 0, false
		p.touch(v)
		p.relinked.add(v)
	}
	chosen := map[int32]*estate.Gateway{}
	for i := range p.e.Gateways {
		if v := p.n.byVNet.find(p.e.Gateways[i].VNet); v >= 0 && p.gateways.is[v] {
			p.n.vnets[v].addGateway(&p.e.Gateways[i], v, chosen)
		}
	}
	for _, v := range p.gateways.list {
		node := &p.n.vnets[v]
		node.pool = setOf(node.pools)
		if (len(node.pool) > 0) != (node.clients >= 0) {
			return false
		}
	}
	return true
}

// changePeerings follows changes of peerings that are not limited to subnets.
func (p *patch) changePeerings() bool {
	if len(p.ch.peerings) == 0 {
		return true
	}
	n := p.n
	n.relaid = maps.Clone(n.relaid)
	if n.relaid == nil {
		n.relaid = map[[2]int32]laidHalf{}
	}
	var ends [][2]int32
	for _, c := range p.ch.peerings {
		if at, ok := n.ends(c.before); ok {
			n.relaid[at] = laidHalf{nil, n.halfOf(at).number}
			ends = append(ends, at)
		}
	}
	for _, c := range p.ch.peerings {
		at, ok := n.ends(c.after)
		if !ok {
			continue
		}
		if n.halfOf(at).p != nil {
			return false // two lead there
		}
		p.layHalf(at, c.after)
		ends = append(ends, at)
	}
	for _, at := range ends {
		if !p.join(at[0], at[1]) || !p.join(at[1], at[0]) {
			return false
		}
	}
	return true
}

// ends are the VNets that a half leads from and to; false where it leads nowhere.
func (n *network) ends(half *estate.Peering) (at [2]int32, ok bool) {
	if half == nil || half.State != estate.PeeringConnected {
		return at, false
	}
	at = [2]int32{n.byVNet.find(half.VNet), n.byVNet.find(half.Remote)}
	return at, at[0] >= 0 && at[1] >= 0 && at[0] != at[1]
}

// layHalf numbers a half: as before where it is only changed.
func (p *patch) layHalf(at [2]int32, half *estate.Peering) {
	n := p.n
	number, known := int32(0), false
	if h, ok := n.relaid[at]; ok {
		number, known = h.number, n.peerings[h.number] == half.ID
	}
	if !known {
		number = int32(len(n.peerings))
		n.peerings, n.peeringTo = append(n.peerings, half.ID), append(n.peeringTo, at[1])
	}
	n.relaid[at] = laidHalf{half, number}
}

// halfOf is the peering half from one VNet to another.
func (n *network) halfOf(at [2]int32) laidHalf {
	if h, ok := n.relaid[at]; ok {
		return h
	}
	i, ok := slices.BinarySearchFunc(n.halves, half{from: at[0], to: at[1]}, half.compare)
	if !ok {
		return laidHalf{}
	}
	return laidHalf{n.halves[i].p, int32(i)}
}

// join makes the peering of a VNet with another anew, or takes it away. It is false where the VNet has
// peerings that are limited to subnets, by which it falls into classes.
func (p *patch) join(v, w int32) bool {
	n := p.n
	p.peered.add(v)
	half, back := n.halfOf([2]int32{v, w}), n.halfOf([2]int32{w, v})
	p.ownPeers(v)
	node := &n.vnets[v]
	if slices.ContainsFunc(node.peers, func(q peer) bool { return !q.everywhere }) {
		return false
	}
	i, there := slices.BinarySearchFunc(node.peers, w, func(q peer, w int32) int { return int(q.vnet) - int(w) })
	if half.p == nil || back.p == nil {
		if there {
			node.peers = slices.Delete(node.peers, i, i+1)
			p.peersChange(v)
		}
		return true
	}
	to := newPeer(node, &n.vnets[w], half.p, back.p)
	to.vnet, to.half = w, half.number
	switch {
	case !there:
		node.peers = slices.Insert(node.peers, i, to)
		p.peersChange(v)
	case to.alike(&node.peers[i]):
		to.uses = node.peers[i].uses // changeHubs settles that
		node.peers[i] = to
	default:
		node.peers[i] = to
		p.peersChange(v)
	}
	return to.everywhere
}

// peersChange notes that packets from a VNet to others take another way.
func (p *patch) peersChange(v int32) {
	p.touch(v)
	p.subnets.add(v)
}

// alike reports whether packets pass two peerings in one way, the use of gateways apart.
func (p *peer) alike(o *peer) bool {
	return p.half == o.half && p.open == o.open && p.forwards == o.forwards && p.global == o.global && p.stale == o.stale &&
		p.everywhere == o.everywhere && slices.Equal(p.raw, o.raw)
}

// ownPeers lets the list of a VNet's peers be changed.
func (p *patch) ownPeers(v int32) {
	if !p.owned.is[v] {
		p.owned.add(v)
		p.n.vnets[v].peers = slices.Clone(p.n.vnets[v].peers)
		p.n.vnets[v].spokes = slices.Clone(p.n.vnets[v].spokes)
	}
}

// changeHubs settles anew whose gateway is used where a peering or a gateway changed.
func (p *patch) changeHubs() {
	asked := marks{is: make([]bool, len(p.n.vnets))}
	for _, v := range p.peered.list {
		asked.add(v)
	}
	for _, v := range p.gateways.list {
		asked.add(v)
		for i := range p.n.vnets[v].peers {
			asked.add(p.n.vnets[v].peers[i].vnet)
		}
	}
	for _, v := range asked.list {
		p.changeHub(v)
	}
}

// changeHub settles whose gateway a VNet uses: see findHubs.
func (p *patch) changeHub(v int32) {
	n := p.n
	spoke := &n.vnets[v]
	hub, open := int32(-1), false
	for i := range spoke.peers {
		h := spoke.peers[i].vnet
		if to := n.peerOf(h, v); hub < 0 && to.mayUse(&n.vnets[h], spoke) {
			hub, open = h, to.open
		}
	}
	for i := range spoke.peers {
		h := spoke.peers[i].vnet
		if uses := h == hub; n.peerOf(h, v).uses != uses {
			p.ownPeers(h)
			n.peerOf(h, v).uses = uses
			p.touch(h)
		}
	}
	if hub == spoke.hub {
		spoke.hubOpen = open
		return
	}
	p.touch(v)
	for _, h := range [2]int32{spoke.hub, hub} {
		if h < 0 {
			continue
		}
		p.ownPeers(h)
		p.spokes.add(h)
		p.touch(h)
		list := &n.vnets[h].spokes
		i, found := slices.BinarySearch(*list, v)
		if found {
			*list = slices.Delete(*list, i, i+1)
		} else {
			*list = slices.Insert(*list, i, v)
		}
	}
	spoke.hub, spoke.hubOpen = hub, open
}

// changeSites numbers new sites and finds the connections that changes of sites reach.
func (p *patch) changeSites() bool {
	if len(p.ch.sites) == 0 {
		return true
	}
	links := p.n.links
	laid, named := map[estate.Key]int32{}, map[string]bool{}
	note := func(s *estate.Site) { named[strings.ToLower(s.ID.Name)] = true }
	for _, c := range p.ch.sites {
		if c.before != nil {
			laid[c.before.ID.Key()] = -1
			note(c.before)
		}
	}
	for _, c := range p.ch.sites {
		if c.after != nil {
			if !lay(p.old.links.sites, laid, c.after.ID, int32(len(links.listed))) {
				return false
			}
			links.listed = append(links.listed, c.after)
			note(c.after)
		}
	}
	links.sites = p.old.links.sites.over(laid)
	p.old.eachTunnel(func(_ int32, t *tunnel) {
		if p.relinked.is[t.near] || !named[strings.ToLower(t.conn.Site.Name)] {
			return
		}
		if _, ok := laid[t.conn.Site.Key()]; ok {
			p.relinked.add(t.near)
		}
	})
	return true
}

// changeTunnels numbers the tunnels of some VNets anew: those whose connections, gateways or sites changed,
// those whose tunnels lead elsewhere for it, and all that speak BGP or are linked to a circuit.
func (p *patch) changeTunnels() bool {
	n := p.n
	gone, added := map[estate.Key]bool{}, map[int32][]*estate.Connection{}
	laid := map[estate.Key]int32{}
	far := slices.Clone(p.gateways.is) // tunnels to these may be other ones
	for _, c := range p.ch.connections {
		if c.before != nil {
			v := p.old.links.gatewayVNet(c.before.Gateway)
			if v < 0 || c.before.Kind == estate.ExpressRoute {
				return false
			}
			gone[c.before.ID.Key()], laid[c.before.ID.Key()] = true, -1
			far[v] = true
			p.relinked.add(v)
		}
	}
	for _, c := range p.ch.connections {
		if c.after != nil {
			v := n.links.gatewayVNet(c.after.Gateway)
			if v < 0 || c.after.Kind == estate.ExpressRoute || !lay(p.old.links.tunnels, laid, c.after.ID, 0) {
				return false
			}
			far[v] = true
			added[v] = append(added[v], c.after)
			p.relinked.add(v)
		}
	}
	p.old.eachTunnel(func(_ int32, t *tunnel) {
		if t.bgp || t.kind == estate.ExpressRoute {
			p.relinked.add(t.near)
			p.spoken, p.circuits = p.spoken || t.bgp, p.circuits || t.kind == estate.ExpressRoute
		}
	})
	for _, v := range p.relinked.list {
		if !p.renumber(v, added[v], gone, laid) {
			return false
		}
	}
	n.links.tunnels = p.old.links.tunnels.over(laid)
	more := p.leadElsewhere(far)
	for _, v := range more {
		if !p.renumber(v, nil, gone, laid) {
			return false
		}
	}
	n.links.tunnels = p.old.links.tunnels.over(laid)
	return p.resolve()
}

// renumber gives a VNet's tunnels new numbers, by ID.
func (p *patch) renumber(v int32, added []*estate.Connection, gone map[estate.Key]bool, laid map[estate.Key]int32) bool {
	n := p.n
	node := &n.vnets[v]
	conns := added
	for t := node.firstTunnel; t < node.lastTunnel; t++ {
		if conn := n.tunnels[t].conn; !gone[conn.ID.Key()] {
			conns = append(conns, conn)
		}
	}
	slices.SortFunc(conns, func(a, b *estate.Connection) int { return a.ID.Compare(b.ID) })
	node.firstTunnel, node.lastTunnel, node.bgp = 0, 0, nil
	node.firstEdge, node.lastEdge, node.vague = 0, 0, false
	if len(conns) > 0 {
		node.firstTunnel = int32(len(n.tunnels))
		node.lastTunnel = node.firstTunnel + int32(len(conns))
	}
	for _, conn := range conns {
		if n.links.gatewayVNet(conn.Gateway) != v {
			return false
		}
		laid[conn.ID.Key()] = int32(len(n.tunnels))
		n.tunnels, n.tunnelIDs = append(n.tunnels, newTunnel(v, conn)), append(n.tunnelIDs, conn.ID)
	}
	p.touch(v)
	return true
}

// leadElsewhere finds the VNets, of those not renumbered yet, of which a tunnel now leads elsewhere or in
// another way: one that led to a VNet whose connections or gateway changed, or one that had no sure end.
func (p *patch) leadElsewhere(far []bool) []int32 {
	n := p.n
	var out []int32
	for v := range n.vnets {
		node := &n.vnets[v]
		if p.relinked.is[v] {
			continue
		}
		for i := node.firstTunnel; i < node.lastTunnel; i++ {
			t := &n.tunnels[i]
			if t.end == toGateway && !far[t.far] || t.end == toOnPrem || t.end == toCircuit || t.end == nowhere && t.conn.Pairing.Confidence < estate.Likely {
				continue
			}
			again := newTunnel(t.near, t.conn)
			n.links.resolve(&again)
			if !again.leads(t) {
				p.relinked.add(int32(v))
				out = append(out, int32(v))
				break
			}
		}
	}
	return out
}

// leads reports whether two tunnels lead to one place in one way.
func (t *tunnel) leads(o *tunnel) bool {
	return t.end == o.end && t.bgp == o.bgp && t.value == o.value && t.why == o.why && t.far == o.far && t.dropped == o.dropped &&
		slices.Equal(t.candidates, o.candidates)
}

// resolve settles where the renumbered tunnels lead. It is false where an on-premises network appears, loses its
// last connection, or is spelled in another way.
func (p *patch) resolve() bool {
	n := p.n
	n.leading = slices.Clone(n.leading)
	for _, v := range p.relinked.list {
		was := &p.old.vnets[v]
		for t := was.firstTunnel; t < was.lastTunnel; t++ {
			if name := p.old.links.networkOf(p.old.tunnels[t].conn); name != "" {
				n.leading[n.networkNumber(name)]--
			}
		}
		for t := n.vnets[v].firstTunnel; t < n.vnets[v].lastTunnel; t++ {
			if name := n.links.networkOf(n.tunnels[t].conn); name != "" {
				i := n.networkNumber(name)
				if i < 0 || n.locations[len(n.vnets)+int(i)].Name != name {
					return false
				}
				n.leading[i]++
			}
			n.links.resolve(&n.tunnels[t])
			p.spoken = p.spoken || n.tunnels[t].bgp
		}
	}
	return !slices.Contains(n.leading, 0)
}

// networkNumber counts the on-premises networks from 0; -1 when there is none of the name.
func (n *network) networkNumber(name string) int32 {
	i, ok := n.byNetwork[strings.ToLower(name)]
	if !ok {
		return -1
	}
	return i - int32(len(n.vnets))
}

// changeOffers settles anew what gateways offer, and finds the VNets that hear of it.
func (p *patch) changeOffers() {
	n := p.n
	offering := marks{is: make([]bool, len(n.vnets))}
	for _, m := range []*marks{&p.relinked, &p.gateways, &p.spokes} {
		for _, v := range m.list {
			offering.add(v)
		}
	}
	if len(p.spokes.list)+len(p.gateways.list) > 0 { // a Vnet2Vnet connection has the ranges of the remote's spokes
		n.eachTunnel(func(_ int32, t *tunnel) {
			if t.kind != estate.Vnet2Vnet {
				return
			}
			for _, links := range [2]*connector{p.old.links, n.links} {
				if v := links.gatewayVNet(t.conn.RemoteGateway); v >= 0 && (p.spokes.is[v] || p.gateways.is[v]) {
					offering.add(t.near)
					p.rebuilt.add(t.near)
				}
			}
		})
	}
	for _, v := range offering.list {
		node := &n.vnets[v]
		was := node.offers
		node.offers, node.told = nil, nil
		p.b.offer(v)
		if !p.gateways.is[v] && slices.Equal(was, node.offers) {
			continue
		}
		p.rebuilt.add(v)
		for _, s := range node.spokes {
			p.rebuilt.add(s)
		}
	}
}

// changeTables makes tables anew and notes of which VNets one is another than before.
func (p *patch) changeTables() {
	n := p.n
	for _, v := range p.rebuilt.list {
		node := &n.vnets[v]
		for c := node.firstClass; c < node.lastClass; c++ {
			table := n.flatten(p.b.classRoutes(&n.classes[c]))
			if !slices.Equal(table, n.classes[c].table) {
				n.classes[c].table = table
				p.subnets.add(v)
			}
		}
		p.b.gatewayTables(v)
		was := &p.old.vnets[v]
		for i := range node.table {
			if !slices.Equal(node.table[i], was.table[i]) || !slices.Equal(node.circuitTable[i], was.circuitTable[i]) {
				p.gates.add(v)
			}
		}
	}
}
