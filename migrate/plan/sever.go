package plan

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// A pair that is forbidden may talk today over a connection of a VNet's own gateway to a device. Where nothing else needs
// the connection, it is deleted. One that others reach the network by stays, and Check says that the pair talks (PLAN-015).

// sever finds the connections that carry forbidden pairs alone, and takes those pairs out of what is kept.
func (g *graph) sever(all []demand) {
	if len(g.asks) == 0 {
		return
	}
	need := map[estate.Key]int{} // connection → how many ways lead over it
	count := func(w way) {
		seen := map[estate.Key]bool{}
		for _, id := range w.path {
			if key := id.Key(); !seen[key] {
				seen[key] = true
				need[key]++
			}
		}
	}
	for i := range all {
		d := &all[i]
		for _, pairs := range [][]vnetPair{d.pairs, d.open} {
			for _, p := range pairs {
				count(p.way)
			}
		}
		for _, networks := range d.networks {
			for _, n := range networks {
				count(n.way)
			}
		}
	}
	for i := range all {
		d := &all[i]
		for v, networks := range d.networks {
			d.networks[v] = slices.DeleteFunc(networks, func(n netReach) bool {
				if !g.asks.has(Forbidden, g.locationOf(v), n.network) {
					return false
				}
				own := g.severable(v, n, need)
				for _, c := range own {
					g.severed[c.ID.Key()] = true
				}
				return len(own) > 0
			})
		}
	}
}

// severable are the connections of a VNet to a forbidden network, where each carries nothing else; or none.
func (g *graph) severable(v int, n netReach, need map[estate.Key]int) []*estate.Connection {
	if n.network.Kind != reach.OnPremises {
		return nil
	}
	var own []*estate.Connection
	for _, id := range n.path {
		c := g.x.Connection(id)
		switch {
		case c == nil, g.vnetOf(c) != v, !c.Pairing.Partner.IsZero(), c.Kind != estate.IPsec, c.Pairing.Suspect != "", need[id.Key()] > 1:
			return nil
		case g.decided.keep[id.Key()], g.defaultOf(g.x.Gateway(c.Gateway)) == c, g.routedInto(v, c):
			return nil
		}
		if !slices.Contains(own, c) {
			own = append(own, c)
		}
	}
	return own
}

// cut makes the steps that delete connections which carry forbidden pairs alone.
func (s *sequence) cut(d *draft, gate []string, cleared map[estate.Key][]string) {
	for _, c := range d.severed {
		v, site := s.g.name(s.g.vnetOf(c)), c.Site.Name
		id := s.add(Step{
			Action: DeleteTunnel, Object: c.ID, Needs: gate,
			Because: fmt.Sprintf("the options file forbids that %q reaches %q, and nothing else needs this connection", v, site),
			Effect:  Effect{Remove: []estate.ID{c.ID}}, Impact: Impact{Class: Live, Minutes: minutesTunnelGone},
			Verify: fmt.Sprintf("the connection is not listed any more, and %q does not answer from %q", site, v), Undo: "create the connection again with the kept key; the gateway must still exist",
		})
		cleared[c.Gateway.Key()] = append(cleared[c.Gateway.Key()], id)
	}
}
