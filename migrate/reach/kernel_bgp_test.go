//go:build linux

package reach_test

import (
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// bgpRoute is a route as a gateway learned it.
type bgpRoute struct {
	prefix netip.Prefix
	path   []string           // the ASNs that it came through, the nearest first
	by     *estate.Connection // the half of the gateway that learned it
}

// learned are the routes that the gateways learn, those with the shortest paths, once nothing changes any more.
func (l *lab) learned() map[estate.Key][]bgpRoute {
	if l.bgp != nil {
		return l.bgp
	}
	l.bgp = map[estate.Key][]bgpRoute{}
	for range len(l.e.Gateways) + 2 {
		next := map[estate.Key][]bgpRoute{}
		for i := range l.e.Connections {
			c := &l.e.Connections[i]
			n := l.gates[c.Gateway.Key()]
			if n == nil || !l.session(c) {
				continue
			}
			for _, r := range l.heard(c) {
				space := l.e.VNets[n.vnet].Space
				if !estate.Within(r.prefix, space) && !slices.Contains(r.path, labASN(n.g)) {
					r.by = c
					next[n.g.ID.Key()] = append(next[n.g.ID.Key()], r)
				}
			}
		}
		for g, all := range next {
			next[g] = slices.DeleteFunc(slices.Clone(all), func(r bgpRoute) bool {
				return slices.ContainsFunc(all, func(o bgpRoute) bool { return o.prefix == r.prefix && len(o.path) < len(r.path) })
			})
		}
		l.bgp = next
	}
	return l.bgp
}

// heard is what the other end of a connection announces.
func (l *lab) heard(c *estate.Connection) []bgpRoute {
	if p := l.partner(c); p != nil {
		return l.tells(l.gates[p.Gateway.Key()], p)
	}
	s := l.site(c)
	if !s.AnnouncedKnown {
		return nil // the private ranges, perhaps
	}
	device := "device " + s.Network
	if s.BGP != nil && s.BGP.ASN.Known() {
		device = s.BGP.ASN.Value
	}
	var out []bgpRoute
	for _, p := range bare(s.Announced) {
		out = append(out, bgpRoute{p, []string{device}, nil})
	}
	return out
}

// tells is what a gateway announces over one of its connections.
func (l *lab) tells(n *namespace, over *estate.Connection) []bgpRoute {
	var out []bgpRoute
	own := l.e.VNets[n.vnet].Space
	for _, p := range bare(own) {
		out = append(out, bgpRoute{p, []string{labASN(n.g)}, nil})
	}
	add := func(p netip.Prefix, path []string) {
		if p.Bits() > 0 && !slices.ContainsFunc(own, func(o estate.Prefix) bool { return o.Overlaps(p) }) {
			out = append(out, bgpRoute{p, append([]string{labASN(n.g)}, path...), nil})
		}
	}
	for v := range l.e.VNets {
		if l.used(v) == n.vnet {
			for _, p := range bare(l.e.VNets[v].Space) {
				add(p, nil)
			}
		}
	}
	for _, c := range l.connections(n.g) {
		if c != over && c.Kind != estate.Vnet2Vnet {
			for _, p := range l.routed(c) {
				add(p, nil)
			}
		}
	}
	for _, r := range l.bgp[n.g.ID.Key()] {
		if r.by != over {
			add(r.prefix, r.path)
		}
	}
	return out
}

// announced are the prefixes that a gateway tells a device.
func (l *lab) announced(g *estate.Gateway, c *estate.Connection) []netip.Prefix {
	l.learned()
	var out []netip.Prefix
	for _, r := range l.tells(l.gates[g.ID.Key()], c) {
		out = append(out, r.prefix)
	}
	slices.SortFunc(out, netip.Prefix.Compare)
	return slices.Compact(out)
}
