package risk

import (
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// link is a VNet that is linked to a circuit.
type link struct {
	*estate.VNet
	gateway *estate.Gateway
	conn    *estate.Connection
}

// links lists the VNets that are linked to each circuit, in the order of the circuits' first connections.
func (l *live) links(visit func(circuit estate.ID, of []link)) {
	var order []estate.ID
	of := map[estate.Key][]link{}
	for i := range l.Connections {
		c := &l.Connections[i]
		g := l.x.Gateway(c.Gateway)
		if c.Kind != estate.ExpressRoute || c.Circuit.IsZero() || g == nil || g.Absent() {
			continue
		}
		v := l.x.VNet(g.VNet)
		if v == nil {
			continue
		}
		key := c.Circuit.Key()
		if of[key] == nil {
			order = append(order, c.Circuit)
		}
		of[key] = append(of[key], link{v, g, c})
	}
	for _, id := range order {
		visit(id, of[id.Key()])
	}
}

// edgePaths finds VNets that reach each other over the edge of a circuit and in no other way (ER-002), one
// finding for each circuit. A gateway that is known to take in no other VNet's ranges ends that.
func edgePaths(l *live) diag.List {
	var hits []hit
	l.links(func(circuit estate.ID, of []link) {
		var pairs []string
		sure := true
		for i, a := range of {
			for _, b := range of[i+1:] {
				if a.VNet == b.VNet || a.gateway.RemoteVNets == estate.Off || b.gateway.RemoteVNets == estate.Off ||
					l.reaches(a.VNet, b.VNet) || l.connected(a.VNet, b.VNet) {
					continue
				}
				sure = sure && a.gateway.RemoteVNets == estate.On && b.gateway.RemoteVNets == estate.On
				pairs = append(pairs, l.vnet(a.VNet)+" with "+l.vnet(b.VNet))
			}
		}
		if len(pairs) == 0 {
			return
		}
		may := "reach"
		if !sure {
			may = "may reach"
		}
		hits = append(hits, hit{quote(circuit.Name), diag.New("ER-002", l.at(of[0].conn.Refs), "VNets %s each other over the edge of circuit %q and in no other way: %s", may, circuit.Name, few(pairs))})
	})
	return told(hits, "VNets reach each other over the edges of %d circuits and in no other way: %s")
}

// reaches reports whether a peering or a network group carries packets between two VNets.
func (l *live) reaches(a, b *estate.VNet) bool {
	return slices.ContainsFunc(l.peers(a), func(p joined) bool { return p.VNet == b }) || l.groups.together(a, b)
}

// manyRanges finds circuits to which VNets tell more ranges than a circuit takes (ER-003).
func manyRanges(l *live) diag.List {
	var hits []hit
	l.links(func(circuit estate.ID, of []link) {
		told := map[*estate.VNet]bool{}
		n := 0
		tell := func(v *estate.VNet) {
			if !told[v] {
				told[v] = true
				for _, p := range v.Space {
					if p.Addr().Is4() {
						n++
					}
				}
			}
		}
		for _, k := range of {
			tell(k.VNet)
			for _, u := range l.users(k.VNet) {
				tell(u)
			}
		}
		if n > azure.MaxExpressRoutePrefixes {
			hits = append(hits, hit{quote(circuit.Name), diag.New("ER-003", l.at(of[0].conn.Refs), "%d VNets tell %d ranges to circuit %q; it takes %d", len(told), n, circuit.Name, azure.MaxExpressRoutePrefixes)})
		}
	})
	return told(hits, "%d circuits are told more ranges than they take: %s")
}

// exhaustedCircuits finds circuits with as many links as their kind holds (ER-005).
func exhaustedCircuits(l *live) diag.List {
	var hits []hit
	l.links(func(id estate.ID, of []link) {
		circuit := l.x.Circuit(id)
		if circuit == nil || !circuit.SKU.Known() {
			return
		}
		mbps, err := strconv.Atoi(circuit.Bandwidth.Value)
		if err != nil && strings.EqualFold(circuit.SKU.Value, "Premium") {
			return // of a port of one's own, and how many links Premium holds goes by the bandwidth
		}
		if most := azure.MaxCircuitLinks(circuit.SKU.Value, mbps); len(of) >= most {
			hits = append(hits, hit{quote(id.Name), diag.New("ER-005", l.at(circuit.Refs), "circuit %q has %d links; %s holds %d", id.Name, len(of), circuit.SKU.Value, most)})
		}
	})
	return told(hits, "%d circuits have as many links as they hold: %s")
}
