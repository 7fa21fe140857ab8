package plan

import (
	"slices"

	"github.com/gaissmai/bart"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Components are laid out one by one. Where a circuit joins VNets of several, a tunnel of one can be in the way of another:
// see announced. If that tunnel goes, it is in the way only until then, and the other component moves after it.

// chosen is a component with its layouts, the best first.
type chosen struct {
	c        *Component
	members  []int
	demand   *demand
	want     wish
	deciding *Decision
	layouts  []*layout
	hub      Hub
	later    bool // it moves after others
}

// lays lays a component out, or keeps what there is with the error.
func (m *maker) lays(one *chosen) (err error) {
	one.layouts, one.hub, err = choose(m.g, one.members, one.demand, one.c.Class, one.want)
	return err
}

// reconsider lays out again what tunnels of other components are in the way of that go.
func (m *maker) reconsider(all []chosen) {
	if !m.g.circuitsApart(all) {
		return
	}
	relied := make([]bool, len(all)) // on, by others
	for i := range all {
		one := &all[i]
		if relied[i] || !m.g.hindered(one.members) {
			continue
		}
		kept := m.g.gone
		m.g.gone = m.goings(all, i, nil)
		again := *one
		if err := m.lays(&again); err != nil || slices.Equal(again.layouts[0].moving(), one.layouts[0].moving()) {
			m.g.gone = kept
			continue
		}
		again.later = true
		for _, c := range again.layouts[0].reliesOn() {
			relied[slices.IndexFunc(all, func(o chosen) bool { return slices.Contains(o.members, m.g.vnetOf(c)) })] = true
		}
		*one, m.g.gone = again, m.goings(all, -1, relied)
	}
}

// goings are the connections between VNets that the layouts of components delete: of all but one and those that move after
// others, or of some.
func (m *maker) goings(all []chosen, but int, some []bool) map[estate.Key]bool {
	out := map[estate.Key]bool{}
	for i := range all {
		if i == but || all[i].later || some != nil && !some[i] {
			continue
		}
		for _, t := range m.g.tunnelsOf(all[i].members) {
			if keep := all[i].layouts[0].keep; !keep[t.a.ID.Key()] && !keep[t.b.ID.Key()] {
				out[t.a.ID.Key()], out[t.b.ID.Key()] = true, true
			}
		}
	}
	return out
}

// circuitsApart reports whether several components have VNets with circuits.
func (g *graph) circuitsApart(all []chosen) bool {
	n := 0
	for i := range all {
		if slices.ContainsFunc(all[i].members, func(v int) bool { return len(g.circuitsOf(v)) > 0 }) {
			n++
		}
	}
	return n > 1
}

// hindered reports whether a VNet with a circuit outside some members has a connection that lists addresses of one of them,
// who have a circuit as well.
func (g *graph) hindered(members []int) bool {
	if !slices.ContainsFunc(members, func(v int) bool { return len(g.circuitsOf(v)) > 0 }) {
		return false
	}
	var taken bart.Lite
	for _, v := range members {
		for _, p := range g.e.VNets[v].Space {
			taken.Insert(p.Prefix)
		}
	}
	for w := range g.e.VNets {
		if len(g.circuitsOf(w)) == 0 || slices.Contains(members, w) {
			continue
		}
		for _, c := range g.connections[w] {
			if s := g.x.Site(c.Site); s != nil && c.Kind == estate.IPsec && slices.ContainsFunc(s.Prefixes, func(p estate.Prefix) bool { return p.IsValid() && taken.OverlapsPrefix(p.Prefix) }) {
				return true
			}
		}
	}
	return false
}

// moving are the members that use a hub's gateway from then on.
func (l *layout) moving() []int {
	return slices.DeleteFunc(slices.Clone(l.members), func(v int) bool { return !l.remote[v] })
}

// reliesOn are the connections of other components that have to go before members use the gateway of their hub.
func (l *layout) reliesOn() []*estate.Connection {
	var out []*estate.Connection
	for _, v := range l.moving() {
		for _, c := range l.announcers(v) {
			if !slices.Contains(l.members, l.g.vnetOf(c)) {
				out = append(out, c)
			}
		}
	}
	return out
}
