package reach

import "github.com/gaissmai/bart"

// inject finds what the Route Server of a VNet makes routes of: what appliances announce, but for what equals or lies
// inside a range of its VNet or of one that uses it. Source: docs/sources.md#routing.
func (b *builder) inject(v int32) {
	node := &b.n.vnets[v]
	node.served = nil
	if len(node.learned) == 0 {
		return
	}
	var ranges bart.Lite
	for _, w := range append([]int32{v}, node.spokes...) {
		for _, p := range b.n.vnets[w].raw {
			ranges.Insert(p)
		}
	}
	for _, l := range node.learned {
		if !ranges.LookupPrefix(l.prefix) {
			node.served = append(node.served, l)
		}
	}
}

// served adds what appliances announce to the Route Server of a VNet, or where it has none, to that
// of the VNet whose gateway it uses.
func (b *builder) served(out []route, v int32) []route {
	from := v
	if !b.n.vnets[v].server {
		from = b.n.hubOf(v)
	}
	for _, l := range b.n.vnets[from].served {
		r := route{prefix: l.prefix, rank: rankGateway, length: 1, act: act{actDevice, l.device}}
		if l.maybe {
			r.maybe, r.fate = byAnnounced, -2-l.device
		}
		if d := &b.n.devices[l.device]; !b.n.beside(v, d.vnet) {
			r.act = act{actDrop, dropLearnedFar}
		} else if !d.forwards {
			r.act = act{actDrop, dropNoForwarding}
		}
		out = append(out, r)
	}
	return out
}
