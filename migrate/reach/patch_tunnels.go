package reach

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

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
		was, served := node.offers, node.served
		node.offers, node.told = nil, nil
		p.b.offer(v)
		if !p.gateways.is[v] && slices.Equal(was, node.offers) && slices.Equal(served, node.served) {
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
