package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// meetings are the VNets that perhaps meet at the edge of a circuit, by circuit.
type meetings struct {
	at    []estate.ID
	vnets map[estate.Key]map[int]bool
}

// add notes a pair of VNets, by index.
func (t *meetings) add(circuit estate.ID, a, b int) {
	key := circuit.Key()
	if t.vnets[key] == nil {
		if t.vnets == nil {
			t.vnets = map[estate.Key]map[int]bool{}
		}
		t.at, t.vnets[key] = append(t.at, circuit), map[int]bool{}
	}
	t.vnets[key][a], t.vnets[key][b] = true, true
}

// unknown reports the pairs of VNets of which nothing shows whether they work today. Those that would meet at
// the edge of a circuit are as many as its VNets squared: meetings reports them together.
func (m *maker) unknown(d *demand) {
	for _, p := range d.open {
		if circuit, ok := m.oneCircuit(p.path); ok {
			m.meeting.add(circuit, p.a, p.b)
			continue
		}
		m.found.Add("PLAN-004", m.at(m.p.Base.VNets[p.a].ID), "whether VNet %q and VNet %q reach each other today is unknown; the plan neither keeps nor builds it", m.g.name(p.a), m.g.name(p.b))
	}
}

// oneCircuit is the circuit that all of the connections lead to, or the site that stands for it.
func (m *maker) oneCircuit(connections []estate.ID) (circuit estate.ID, ok bool) {
	for _, id := range connections {
		c := m.g.x.Connection(id)
		at := circuitOf(c)
		if c.Kind != estate.ExpressRoute || at.IsZero() || !circuit.IsZero() && !at.Same(circuit) {
			return estate.ID{}, false
		}
		circuit = at
	}
	return circuit, !circuit.IsZero()
}

// circuitOf is what a connection to a circuit names it by: the site, else the circuit itself.
func circuitOf(c *estate.Connection) estate.ID {
	if !c.Site.IsZero() {
		return c.Site
	}
	return c.Circuit
}

// meetings reports the VNets that share a circuit: whether they meet at its edge depends on the circuit and on
// the gateways.
func (m *maker) meetings() {
	for _, circuit := range m.meeting.at {
		var vnets []int
		for v := range m.meeting.vnets[circuit.Key()] {
			vnets = append(vnets, v)
		}
		slices.Sort(vnets)
		direct := slices.DeleteFunc(slices.Clone(vnets), func(v int) bool { return !m.linked(v, circuit) })
		var names []string
		for _, v := range direct {
			names = append(names, strconv.Quote(m.g.name(v)))
		}
		who := strings.Join(names, ", ")
		if len(direct) < len(vnets) {
			who += " and those that use their gateways"
		}
		m.found.Add("PLAN-004", m.at(m.p.Base.VNets[vnets[0]].ID), "whether VNets %s reach each other at the edge of circuit %q is unknown; the plan neither keeps nor builds it", who, circuit.Name)
	}
}

// linked reports whether a VNet has a connection of its own to a circuit.
func (m *maker) linked(v int, circuit estate.ID) bool {
	return slices.ContainsFunc(m.g.gateways[v], func(g *estate.Gateway) bool {
		return slices.ContainsFunc(m.g.x.ConnectionsOf(g.ID), func(c *estate.Connection) bool {
			return c.Kind == estate.ExpressRoute && circuitOf(c).Same(circuit)
		})
	})
}
