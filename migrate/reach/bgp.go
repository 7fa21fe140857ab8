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
	length int // of the AS path
	maybe  bool
}

// arrival is a route that is offered to a gateway over one of its tunnels.
type arrival struct {
	vnet, tunnel int32
	asns         []string
}

// origin is where a prefix starts.
type origin struct {
	vnet int32
	over int32 // the tunnel whose site has it, and over which it is not announced; or -1
}

// exchange lets the gateways tell each other what they know by BGP: who is nearer in autonomous
// systems wins, and several that are equally near all count.
func (b *builder) exchange() {
	n := b.n
	spoken := false
	for i := range n.tunnels {
		spoken = spoken || n.tunnels[i].bgp
	}
	if !spoken {
		return
	}
	type key struct {
		prefix netip.Prefix
		maybe  bool
	}
	starts := map[key][]origin{}
	devices := map[key][]int32{} // tunnels over which devices announce it
	add := func(k key, o origin) { starts[k] = append(starts[k], o) }
	for v := range n.vnets {
		node := &n.vnets[v]
		if !b.speaks(int32(v)) {
			continue
		}
		for _, p := range node.raw {
			add(key{p, false}, origin{int32(v), -1})
		}
		for _, s := range node.spokes {
			for _, p := range n.vnets[s].raw {
				if !b.own(int32(v), p) {
					add(key{p, false}, origin{int32(v), -1})
				}
			}
		}
		for t := node.firstTunnel; t < node.lastTunnel; t++ {
			site := b.c.site(b.e.Connections[n.tunnels[t].at].Site)
			if n.tunnels[t].kind != estate.IPsec || site == nil {
				continue
			}
			for _, p := range validPrefixes(site.Prefixes) {
				if p.Bits() > 0 && !b.own(int32(v), p) {
					add(key{p, false}, origin{int32(v), t})
				}
			}
			if n.tunnels[t].end != toOnPrem || !n.tunnels[t].bgp {
				continue
			}
			for _, p := range validPrefixes(site.Announced) {
				if site.AnnouncedKnown {
					devices[key{p, false}] = append(devices[key{p, false}], t)
				}
			}
			if !site.AnnouncedKnown {
				for _, p := range privateRanges {
					devices[key{p, true}] = append(devices[key{p, true}], t)
				}
			}
		}
		if node.branch {
			for _, l := range node.learned {
				if l.prefix.Bits() > 0 && !b.own(int32(v), l.prefix) {
					add(key{l.prefix, false}, origin{int32(v), -1})
				}
			}
		}
	}
	var order []key
	for k := range starts {
		order = append(order, k)
	}
	for k := range devices {
		if _, ok := starts[k]; !ok {
			order = append(order, k)
		}
	}
	slices.SortFunc(order, func(a, b key) int {
		if c := comparePrefixes(a.prefix, b.prefix); c != 0 || a.maybe == b.maybe {
			return c
		}
		if b.maybe {
			return -1
		}
		return 1
	})
	for _, k := range order {
		b.spread(k.prefix, k.maybe, starts[k], devices[k])
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

// spread passes one prefix on, an autonomous system at a time: whoever gets it first, passes it on.
func (b *builder) spread(p netip.Prefix, maybe bool, starts []origin, devices []int32) {
	chosen := map[int32][]string{} // by gateway: the path of its best route, without its own number
	best := map[int32]int{}        // the length of the shortest route that it learned
	var wave []int32
	for _, o := range starts {
		if _, ok := chosen[o.vnet]; !ok {
			chosen[o.vnet] = nil
			wave = append(wave, o.vnet)
		}
	}
	var arrived []arrival
	for _, t := range devices {
		arrived = append(arrived, arrival{b.n.tunnels[t].near, t, []string{b.deviceASN(t)}})
	}
	for length := 1; len(wave) > 0 || len(arrived) > 0; length++ {
		for _, u := range wave {
			arrived = b.tell(arrived, u, p, maybe, starts, chosen[u])
		}
		slices.SortFunc(arrived, func(a, b arrival) int { return cmp.Or(cmp.Compare(a.vnet, b.vnet), cmp.Compare(a.tunnel, b.tunnel)) })
		wave = wave[:0]
		for _, a := range arrived {
			if slices.Contains(a.asns, b.n.vnets[a.vnet].asn) || !b.takes(a.vnet, p) || best[a.vnet] > 0 && best[a.vnet] < length {
				continue
			}
			best[a.vnet] = length
			b.n.vnets[a.vnet].bgp = append(b.n.vnets[a.vnet].bgp, bgpPath{p, a.tunnel, length, maybe})
			if _, ok := chosen[a.vnet]; !ok {
				chosen[a.vnet] = a.asns
				wave = append(wave, a.vnet)
			}
		}
		arrived = arrived[:0]
	}
}

// tell announces a prefix from gateway u to its neighbours. What it learned it passes on, unless
// it is a default route or overlaps the ranges of its VNet.
func (b *builder) tell(to []arrival, u int32, p netip.Prefix, maybe bool, starts []origin, path []string) []arrival {
	n := b.n
	node := &n.vnets[u]
	if path != nil && (p.Bits() == 0 || b.own(u, p)) {
		return to
	}
	for t := node.firstTunnel; t < node.lastTunnel; t++ {
		out := &n.tunnels[t]
		if !out.bgp || path == nil && onlyOver(starts, u, t) {
			continue
		}
		if out.end == toOnPrem {
			if !maybe && (path == nil || path[0] != b.deviceASN(t)) {
				out.told = tidy(append(out.told, spanOf(p)))
			}
			continue
		}
		to = append(to, arrival{out.far, out.partner, append([]string{node.asn}, path...)})
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
	if s := b.c.site(b.e.Connections[b.n.tunnels[t].at].Site); s != nil && s.BGP != nil {
		if s.BGP.ASN.Known() {
			return s.BGP.ASN.Value
		}
	}
	return "device " + b.n.tunnelIDs[t].String()
}
