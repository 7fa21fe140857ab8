package reach

import (
	"slices"

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

// regular reports whether every object of the estate has an ID of its own and every on-premises network one spelling,
// and every reference from a connection to its gateway leads somewhere. An overlay of another network would have to
// ask which of several counts. Nor does it follow what many VNets share or no object stands for: the tables of connected groups, the
// ways over circuits where too many VNets may meet, and appliances that no input describes.
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
		next.choices = slices.Clip(n.choices)
		next.chosen = numbersOf(n.choices) // who continues the arenas writes into n.chosen, perhaps right now
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
