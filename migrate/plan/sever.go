package plan

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// A pair that is forbidden may talk today over a connection of a VNet's own gateway to a device. Where nothing else needs
// the connection, it is deleted. One that others reach the network by goes once all of them use a hub's gateway instead;
// until then, or if they do not, Check says that the pair talks (PLAN-015).

// sever finds the connections that carry forbidden pairs alone, and takes those pairs out of what is kept.
func (g *graph) sever(all []demand) {
	if len(g.asks) == 0 {
		return
	}
	need := map[estate.Key]int{} // connection → how many ways lead over it
	unsure := map[estate.Key]int{}
	count := func(need map[estate.Key]int, w way) {
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
		for _, p := range d.pairs {
			count(need, p.way)
		}
		for _, p := range d.open {
			count(need, p.way)
			count(unsure, p.way)
		}
		for _, networks := range d.networks {
			for _, n := range networks {
				count(need, n.way)
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
				own := g.severable(v, n, unsure)
				if slices.ContainsFunc(own, func(c *estate.Connection) bool { return need[c.ID.Key()] > 1 }) {
					return false
				}
				for _, c := range own {
					g.severed[c.ID.Key()] = true
				}
				return len(own) > 0
			})
			for i, n := range d.networks[v] {
				if g.asks.has(Forbidden, g.locationOf(v), n.network) {
					d.networks[v][i].spare = g.severable(v, n, unsure)
				}
			}
		}
	}
}

// severable are the connections of a VNet to a forbidden network, where each may be deleted if it carries nothing else;
// or none.
func (g *graph) severable(v int, n netReach, unsure map[estate.Key]int) []*estate.Connection {
	if n.network.Kind != reach.OnPremises {
		return nil
	}
	var own []*estate.Connection
	for _, id := range n.path {
		c := g.x.Connection(id)
		switch {
		case c == nil, g.vnetOf(c) != v, !c.Pairing.Partner.IsZero(), c.Kind != estate.IPsec, c.Pairing.Suspect != "", unsure[id.Key()] > 0:
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

// spend finds the connections that carry forbidden pairs alone once others use the gateways of hubs.
func (l *layout) spend() {
	l.spent = map[estate.Key]bool{}
	for _, v := range l.members {
		if l.remote[v] || l.isHub(v) {
			continue
		}
		for _, n := range l.demand.networks[v] {
			if !slices.ContainsFunc(n.spare, func(c *estate.Connection) bool { return l.keep[c.ID.Key()] }) {
				for _, c := range n.spare {
					l.spent[c.ID.Key()] = true
				}
			}
		}
	}
}

// severs reports whether a connection is deleted because it carries forbidden pairs alone.
func (l *layout) severs(c *estate.Connection) bool {
	return l.g.severed[c.ID.Key()] || l.spent[c.ID.Key()]
}

// cut makes the steps that delete connections which carry forbidden pairs alone: from the beginning, or late, when others
// use them no more.
func (s *sequence) cut(d *draft, gate []string, cleared map[estate.Key][]string, late bool) {
	for _, c := range d.severed {
		if d.spent[c.ID.Key()] != late {
			continue
		}
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
