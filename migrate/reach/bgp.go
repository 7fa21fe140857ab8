package reach

import (
	"cmp"
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// defaultASN is what a VPN gateway has where an input does not say. Source: docs/sources.md#bgp.
const defaultASN = "65515"

// bgpPath is a route that a gateway learned.
type bgpPath struct {
	prefix netip.Prefix
	tunnel int32
	length int   // of the AS path
	device int32 // which perhaps announced it: its tunnel; or -1 when it surely is announced
}

// origin is where a prefix starts.
type origin struct {
	vnet int32
	over int32 // the tunnel whose site has it, and over which it is not announced; or -1
}

// speaker is a gateway while a prefix spreads.
type speaker struct {
	origin bool
	best   int // the length of the shortest path that it learned, or 0
	paths  []heard
}

// heard is a path by which a gateway learned a prefix.
type heard struct {
	tunnel int32
	asns   []string
}

// arrival is a path that is offered to a gateway.
type arrival struct {
	vnet int32
	heard
}

// news is a prefix on its way through the gateways.
type news struct {
	prefix   netip.Prefix
	device   int32 // as in bgpPath
	starts   []origin
	devices  []int32 // tunnels over which devices announce it
	speakers map[int32]*speaker
}

// exchange lets the gateways tell each other what they know by BGP: who is nearer in autonomous
// systems wins, and several that are equally near all count.
func (b *builder) exchange() {
	n := b.n
	spoken := false
	n.eachTunnel(func(_ int32, t *tunnel) { spoken = spoken || t.bgp })
	if !spoken {
		return
	}
	all := map[netip.Prefix]*news{}
	var order, perhaps []*news
	of := func(p netip.Prefix) *news {
		if all[p] == nil {
			all[p] = &news{prefix: p, device: -1}
			order = append(order, all[p])
		}
		return all[p]
	}
	for v := range n.vnets {
		if !b.speaks(int32(v)) {
			continue
		}
		node := &n.vnets[v]
		b.begins(int32(v), func(p netip.Prefix, over int32) { of(p).starts = append(of(p).starts, origin{int32(v), over}) })
		for t := node.firstTunnel; t < node.lastTunnel; t++ {
			if n.tunnels[t].end != toOnPrem || !n.tunnels[t].bgp {
				continue
			}
			if site := n.tunnels[t].site; site.AnnouncedKnown {
				for _, p := range validPrefixes(site.Announced) {
					of(p).devices = append(of(p).devices, t)
				}
				continue
			}
			for _, p := range privateRanges {
				perhaps = append(perhaps, &news{prefix: p, device: t, devices: []int32{t}})
			}
		}
	}
	slices.SortFunc(order, func(a, b *news) int { return comparePrefixes(a.prefix, b.prefix) })
	for _, x := range append(order, perhaps...) {
		b.spread(x, all[x.prefix])
	}
}

// begins calls add for what a gateway announces of its own: its VNet's ranges, those of the spokes
// that use it, and the prefixes of its connections' sites; of these no default route and nothing
// that overlaps the VNet.
func (b *builder) begins(v int32, add func(p netip.Prefix, over int32)) {
	node := &b.n.vnets[v]
	for _, p := range node.raw {
		add(p, -1)
	}
	for _, s := range node.spokes {
		for _, p := range b.n.vnets[s].raw {
			if !b.own(v, p) {
				add(p, -1)
			}
		}
	}
	for t := node.firstTunnel; t < node.lastTunnel; t++ {
		site := b.n.tunnels[t].site
		if b.n.tunnels[t].kind != estate.IPsec || site == nil {
			continue
		}
		for _, p := range validPrefixes(site.Prefixes) {
			if p.Bits() > 0 && !b.own(v, p) {
				add(p, t)
			}
		}
	}
}

func comparePrefixes(a, b netip.Prefix) int {
	if c := a.Addr().Compare(b.Addr()); c != 0 {
		return c
	}
	return a.Bits() - b.Bits()
}

// speaks reports whether a VNet's gateway has a session that is up.
func (b *builder) speaks(v int32) bool {
	node := &b.n.vnets[v]
	for t := node.firstTunnel; t < node.lastTunnel; t++ {
		if b.n.tunnels[t].bgp {
			return true
		}
	}
	return false
}

// own reports whether a prefix overlaps the ranges of a VNet.
func (b *builder) own(v int32, p netip.Prefix) bool {
	return overlaps([]span{spanOf(p)}, b.n.vnets[v].space)
}

// takes reports whether a gateway takes a prefix in: nothing that equals or lies inside a range of
// its VNet.
func (b *builder) takes(v int32, p netip.Prefix) bool {
	for _, own := range b.n.vnets[v].raw {
		if own.Bits() <= p.Bits() && own.Contains(p.Addr()) {
			return false
		}
	}
	return true
}

// spread passes a prefix on, an autonomous system at a time: whoever hears of it first, tells it on.
// sure is the same prefix as it was surely announced.
func (b *builder) spread(x, sure *news) {
	x.speakers = map[int32]*speaker{}
	at := func(v int32) *speaker {
		if x.speakers[v] == nil {
			x.speakers[v] = &speaker{}
		}
		return x.speakers[v]
	}
	var wave []int32
	for _, o := range x.starts {
		if s := at(o.vnet); !s.origin {
			s.origin = true
			wave = append(wave, o.vnet)
		}
	}
	var arrived []arrival
	for _, t := range x.devices {
		arrived = append(arrived, arrival{b.n.tunnels[t].near, heard{t, []string{b.deviceASN(t)}}})
	}
	for length := 1; len(wave) > 0 || len(arrived) > 0; length++ {
		for _, u := range wave {
			arrived = b.tell(arrived, x, sure, u, length)
		}
		slices.SortStableFunc(arrived, func(a, b arrival) int { return cmp.Or(cmp.Compare(a.vnet, b.vnet), cmp.Compare(a.tunnel, b.tunnel)) })
		wave = wave[:0]
		for i, a := range arrived {
			s := at(a.vnet)
			if slices.Contains(a.asns, b.n.vnets[a.vnet].asn) || !b.takes(a.vnet, x.prefix) || s.best > 0 && s.best < length {
				continue
			}
			if s.best == 0 {
				wave = append(wave, a.vnet)
			}
			s.best = length
			s.paths = append(s.paths, a.heard)
			if known := b.n.vnets[a.vnet].bgp; i == 0 || len(known) == 0 || known[len(known)-1] != (bgpPath{x.prefix, a.tunnel, length, x.device}) {
				b.n.vnets[a.vnet].bgp = append(known, bgpPath{x.prefix, a.tunnel, length, x.device})
			}
		}
		arrived = arrived[:0]
	}
}

// tell announces a prefix from gateway u to its neighbours, by paths of a length: its own has 1. What
// it learned it tells on, unless that is a default route or overlaps its VNet.
func (b *builder) tell(to []arrival, x, sure *news, u int32, length int) []arrival {
	n := b.n
	node := &n.vnets[u]
	s := x.speakers[u]
	if length > 1 && (x.prefix.Bits() == 0 || b.own(u, x.prefix)) {
		return to
	}
	for t := node.firstTunnel; t < node.lastTunnel; t++ {
		if !n.tunnels[t].bgp {
			continue
		}
		own := s.origin && !onlyOver(x.starts, u, t)
		switch {
		case own && length == 1:
			to = b.announce(to, x, t, []string{node.asn})
		case !own && length > 1 && !b.hidden(x, sure, u, t, length):
			for _, h := range s.paths {
				if h.tunnel != t {
					to = b.announce(to, x, t, append([]string{node.asn}, h.asns...))
				}
			}
		}
	}
	return to
}

// hidden reports whether a gateway tells a shorter sure path than one that there perhaps is.
func (b *builder) hidden(x, sure *news, u, t int32, length int) bool {
	if x.device < 0 || sure == nil {
		return false
	}
	s := sure.speakers[u]
	return s != nil && (s.origin && !onlyOver(sure.starts, u, t) || s.best > 0 && s.best+1 < length)
}

func (b *builder) announce(to []arrival, x *news, t int32, path []string) []arrival {
	out := &b.n.tunnels[t]
	switch {
	case out.end != toOnPrem:
		return append(to, arrival{out.far, heard{out.partner, path}})
	case x.device < 0:
		out.told = tidy(append(out.told, spanOf(x.prefix)))
	default:
		out.perhapsTold = tidy(append(out.perhapsTold, spanOf(x.prefix)))
	}
	return to
}

// onlyOver reports whether a gateway has a prefix only from the site at the far end of the tunnel.
func onlyOver(starts []origin, u, t int32) bool {
	for _, o := range starts {
		if o.vnet == u && o.over != t {
			return false
		}
	}
	return true
}

// deviceASN is the number of the device at the far end of a tunnel, or what tells it apart where
// no input says.
func (b *builder) deviceASN(t int32) string {
	if s := b.n.tunnels[t].site; s != nil && s.BGP != nil {
		if s.BGP.ASN.Known() {
			return s.BGP.ASN.Value
		}
	}
	return "device " + b.n.tunnelIDs[t].String()
}
