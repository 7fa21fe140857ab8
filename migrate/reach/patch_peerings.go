package reach

import (
	"maps"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// laidHalf is a peering half of an overlay; p is nil where there is none any more.
type laidHalf struct {
	p      *estate.Peering
	number int32
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
