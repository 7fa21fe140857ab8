package plan

import (
	"fmt"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// The bounds of what is priced: drawing a candidate takes a time that grows with the square of its VNets, and in a
// network of thousands nobody compares the candidates of every component.
const (
	mostPriced      = 3   // candidates of a component, the best ones
	mostPricedVNets = 200 // of a component; a larger one has no prices
	mostPricedTotal = 600 // VNets of all components that have prices, the first ones
)

// Monthly is what the VNets of a component would cost a month with a candidate, traffic included where it is known.
type Monthly struct {
	Known   cost.Amount
	Unknown int // things and flows that have no price
}

// String is the amount, and what is not in it: "157 and 2 unknown".
func (m *Monthly) String() string {
	switch {
	case m == nil:
		return "not priced"
	case m.Unknown == 0:
		return m.Known.String()
	}
	return fmt.Sprintf("%s and %d unknown", m.Known, m.Unknown)
}

// laidOut is a component with the layouts of its best candidates, best first.
type laidOut struct {
	component *Component
	members   []int
	layouts   []*layout
	drawn     *draft // of the first layout
}

// price says what the best candidates of each component would cost.
func (m *maker) price() {
	if len(m.choices) == 0 {
		return
	}
	p := &pricing{g: m.g, parts: partsOf(m.g), spare: m.spare}
	p.share(m.p.Traffic)
	for _, c := range m.choices {
		p.component(c)
	}
}

// pricing prices candidates, each as an estate of its component alone.
type pricing struct {
	g     *graph
	parts []part // by VNet
	spare netip.Prefix
	flows []cost.Flow
	of    map[int][]int // the flows of a VNet, by its number
}

// part is what stands in a VNet beside what the graph has of it.
type part struct {
	gateways []*estate.Gateway // of every kind
	peerings []*estate.Peering
}

func partsOf(g *graph) []part {
	parts := make([]part, len(g.e.VNets))
	for i := range g.e.Gateways {
		if v, ok := g.index[g.e.Gateways[i].VNet.Key()]; ok {
			parts[v].gateways = append(parts[v].gateways, &g.e.Gateways[i])
		}
	}
	for i := range g.e.Peerings {
		if v, ok := g.index[g.e.Peerings[i].VNet.Key()]; ok {
			parts[v].peerings = append(parts[v].peerings, &g.e.Peerings[i])
		}
	}
	return parts
}

// share gives each flow to the VNets that it ends in.
func (p *pricing) share(flows []cost.Flow) {
	p.flows, p.of = flows, map[int][]int{}
	for i, f := range flows {
		for _, v := range p.ends(f) {
			p.of[v] = append(p.of[v], i)
		}
	}
}

// ends are the VNets that a flow ends in, or whose clients it is of; each once.
func (p *pricing) ends(f cost.Flow) []int {
	var out []int
	for _, l := range []reach.Location{f.From, f.To} {
		if v, ok := p.g.index[vnetKey(l)]; ok && l.Kind != reach.OnPremises && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func vnetKey(l reach.Location) estate.Key {
	id := l.ID
	id.Type = estate.TypeVNet
	return id.Key()
}

// component prices the candidates of a component.
func (p *pricing) component(c laidOut) {
	before := p.alone(c.members)
	flows, elsewhere := p.within(c.members)
	for i, l := range c.layouts {
		candidate := &c.component.Hub.Candidates[i]
		if candidate.Refused != "" {
			continue
		}
		d, ok := c.drawn, true
		if i > 0 {
			d, ok = sketch(l, &Component{}, namesOf(before), oneBlock(p.spare))
		}
		if !ok {
			continue
		}
		change := []Effect{d.changes()}
		known, unknown := cost.Monthly(after(before, change, change), nil, flows).Total()
		candidate.Monthly = &Monthly{known, unknown + elsewhere}
	}
}

// within are the flows of a component, and how many of its VNets lead to another component: over premises that both
// have, or not at all.
func (p *pricing) within(members []int) (flows []cost.Flow, elsewhere int) {
	if len(p.flows) == 0 {
		return nil, 0
	}
	var all []int
	for _, v := range members {
		all = append(all, p.of[v]...)
	}
	slices.Sort(all)
	for _, i := range slices.Compact(all) {
		if slices.ContainsFunc(p.ends(p.flows[i]), func(v int) bool { _, here := slices.BinarySearch(members, v); return !here }) {
			elsewhere++
			continue
		}
		flows = append(flows, p.flows[i])
	}
	return flows, elsewhere
}

// alone is the estate before with the VNets of a component and what belongs to them.
func (p *pricing) alone(members []int) *estate.Estate {
	e := *p.g.e
	e.VNets, e.Sites, e.Gateways, e.Connections, e.Peerings, e.Groups, e.Circuits = nil, nil, nil, nil, nil, nil, nil
	seen := map[estate.Key]bool{}
	for _, v := range members {
		e.VNets = append(e.VNets, p.g.e.VNets[v])
		for _, gw := range p.parts[v].gateways {
			e.Gateways = append(e.Gateways, *gw)
		}
		for _, half := range p.parts[v].peerings {
			e.Peerings = append(e.Peerings, *half)
		}
		for _, c := range p.g.connections[v] {
			e.Connections = append(e.Connections, *c)
			if s := p.g.x.Site(c.Site); s != nil && !seen[s.ID.Key()] {
				seen[s.ID.Key()] = true
				e.Sites = append(e.Sites, *s)
			}
			if o := p.g.x.Circuit(c.Circuit); o != nil && !seen[o.ID.Key()] {
				seen[o.ID.Key()] = true
				e.Circuits = append(e.Circuits, *o)
			}
		}
	}
	for i := range p.g.e.Groups {
		if slices.ContainsFunc(p.g.e.Groups[i].Members, func(id estate.ID) bool {
			v, ok := p.g.index[id.Key()]
			_, here := slices.BinarySearch(members, v)
			return ok && here
		}) {
			e.Groups = append(e.Groups, p.g.e.Groups[i])
		}
	}
	return &e
}

// oneBlock is an address plan with a single block, or with none.
func oneBlock(block netip.Prefix) *addressPlan {
	var b netipx.IPSetBuilder
	if block.IsValid() {
		b.AddPrefix(block)
	}
	free, _ := b.IPSet()
	return &addressPlan{free}
}

// next is the block that take would give, which stays free.
func (a *addressPlan) next() netip.Prefix {
	p, _ := (&addressPlan{a.free}).take(azure.HubBits)
	return p
}
