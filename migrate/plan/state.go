package plan

import (
	"fmt"
	"iter"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// after returns the estate after the effects: everything they remove is gone, everything they add
// is there, in place of what had its ID. The given estate is not changed; what no effect touches
// is shared with it.
func after(e *estate.Estate, removals, additions []Effect) *estate.Estate {
	drop := map[string]map[estate.Key]bool{} // by type
	for _, f := range removals {
		for _, id := range f.Remove {
			if drop[id.Type] == nil {
				drop[id.Type] = map[estate.Key]bool{}
			}
			drop[id.Type][id.Key()] = true
		}
	}
	for key := range drop[estate.TypeFirewall] {
		if drop[estate.TypeGateway] == nil {
			drop[estate.TypeGateway] = map[estate.Key]bool{}
		}
		drop[estate.TypeGateway][key] = true
	}
	n := *e
	n.VNets = merge(e.VNets, additions, drop[estate.TypeVNet], func(a *estate.Estate) []estate.VNet { return a.VNets }, func(v *estate.VNet) estate.ID { return v.ID })
	n.Sites = merge(e.Sites, additions, drop[estate.TypeSite], func(a *estate.Estate) []estate.Site { return a.Sites }, func(s *estate.Site) estate.ID { return s.ID })
	n.Gateways = merge(e.Gateways, additions, drop[estate.TypeGateway], func(a *estate.Estate) []estate.Gateway { return a.Gateways }, func(g *estate.Gateway) estate.ID { return g.ID })
	n.Connections = merge(e.Connections, additions, drop[estate.TypeConnection], func(a *estate.Estate) []estate.Connection { return a.Connections }, func(c *estate.Connection) estate.ID { return c.ID })
	n.Peerings = merge(e.Peerings, additions, drop[estate.TypePeering], func(a *estate.Estate) []estate.Peering { return a.Peerings }, func(p *estate.Peering) estate.ID { return p.ID })
	n.SecurityGroups = merge(e.SecurityGroups, additions, drop[estate.TypeNSG], func(a *estate.Estate) []estate.SecurityGroup { return a.SecurityGroups }, func(g *estate.SecurityGroup) estate.ID { return g.ID })
	n.RouteTables = merge(e.RouteTables, additions, drop[estate.TypeRouteTable], func(a *estate.Estate) []estate.RouteTable { return a.RouteTables }, func(t *estate.RouteTable) estate.ID { return t.ID })
	n.Groups = merge(e.Groups, additions, drop[estate.TypeNetworkGroup], func(a *estate.Estate) []estate.NetworkGroup { return a.Groups }, func(g *estate.NetworkGroup) estate.ID { return g.ID })
	n.Managers = merge(e.Managers, additions, drop[estate.TypeNetworkManager], func(a *estate.Estate) []estate.NetworkManager { return a.Managers }, func(m *estate.NetworkManager) estate.ID { return m.ID })
	return &n
}

// merge leaves out what is dropped, replaces what is added anew, and appends the rest of what is
// added. Of several additions of one object the last wins.
func merge[T any](have []T, effects []Effect, drop map[estate.Key]bool, list func(*estate.Estate) []T, id func(*T) estate.ID) []T {
	count := 0
	for _, f := range effects {
		if f.Add != nil {
			count += len(list(f.Add))
		}
	}
	if count == 0 && len(drop) == 0 {
		return have
	}
	add := make([]*T, 0, count)
	last := make(map[estate.Key]*T, count)
	for _, f := range effects {
		if f.Add == nil {
			continue
		}
		in := list(f.Add)
		for i := range in {
			add = append(add, &in[i])
			last[id(&in[i]).Key()] = &in[i]
		}
	}
	out := make([]T, 0, max(0, len(have)+count-len(drop)))
	for i := range have {
		key := id(&have[i]).Key()
		n, replaced := last[key]
		switch {
		case replaced:
			out = append(out, *n)
			delete(last, key)
		case !drop[key]:
			out = append(out, have[i])
		}
	}
	for _, n := range add {
		if last[id(n).Key()] == n {
			out = append(out, *n)
		}
	}
	return out
}

// waves groups the steps of a plan by wave, in order.
func waves(steps []Step) [][]*Step {
	var out [][]*Step
	for i := range steps {
		for len(out) < steps[i].Wave {
			out = append(out, nil)
		}
		out[steps[i].Wave-1] = append(out[steps[i].Wave-1], &steps[i])
	}
	return out
}

// schedule gives every step the wave after the last of its needs, none before its floor, and orders the steps by
// wave. Ids are given anew in that order, so that they read as one counts.
func schedule(steps []Step, windows []Window, floor map[string]int) []Step {
	wave := wavesOf(steps, floor)
	for i := range steps {
		steps[i].Wave = wave[steps[i].ID]
	}
	ordered := make([]Step, 0, len(steps))
	for _, group := range waves(steps) {
		for _, s := range group {
			ordered = append(ordered, *s)
		}
	}
	renumber(ordered, windows)
	return ordered
}

func renumber(steps []Step, windows []Window) {
	name := make(map[string]string, len(steps))
	for i := range steps {
		name[steps[i].ID] = stepID(i)
	}
	for i := range steps {
		steps[i].ID = name[steps[i].ID]
		for j, need := range steps[i].Needs {
			steps[i].Needs[j] = name[need]
		}
	}
	for i := range windows {
		for j, id := range windows[i].Steps {
			windows[i].Steps[j] = name[id]
		}
	}
}

// stepID names the i-th step.
func stepID(i int) string { return fmt.Sprintf("S%03d", i+1) }

// synchronised tells of every half that a step wrote what it has taken over from the other end by then.
func synchronised(e *estate.Estate) *estate.Estate {
	x := estate.NewIndex(e)
	n := *e
	n.Peerings = slices.Clone(e.Peerings)
	for i := range n.Peerings {
		half := &n.Peerings[i]
		if remote := x.VNet(half.Remote); remote != nil && half.RemoteSpace == nil && !half.Partial {
			half.RemoteSpace = remote.Space
		}
	}
	return &n
}

// startOf is the network before the first step. Of a rebuild nothing is there but what no step builds.
func startOf(p *Plan) *estate.Estate {
	if p.Mode != options.Rebuild {
		return p.Base
	}
	b := p.Base
	return &estate.Estate{Docs: b.Docs, DNSServers: b.DNSServers, Circuits: b.Circuits, Groups: b.Groups, Managers: b.Managers, Subscriptions: b.Subscriptions}
}

// Apply returns the estate after all the steps, wave by wave.
func Apply(e *estate.Estate, steps []Step) *estate.Estate {
	for _, wave := range waves(steps) {
		effects := effectsOf(wave)
		e = after(e, effects, effects)
	}
	return e
}

func effectsOf(steps []*Step) []Effect {
	effects := make([]Effect, len(steps))
	for i, s := range steps {
		effects[i] = s.Effect
	}
	return effects
}

// held is an object of a network at some moment.
type held struct {
	id     estate.ID
	object any // a pointer to it
}

// holdings yields what a network holds, of the kinds that steps change.
func holdings(e *estate.Estate) iter.Seq[held] {
	return func(yield func(held) bool) {
		_ = e == nil ||
			hold(e.VNets, func(v *estate.VNet) estate.ID { return v.ID }, yield) &&
				hold(e.Sites, func(s *estate.Site) estate.ID { return s.ID }, yield) &&
				hold(e.Gateways, func(g *estate.Gateway) estate.ID { return g.ID }, yield) &&
				hold(e.Connections, func(c *estate.Connection) estate.ID { return c.ID }, yield) &&
				hold(e.Peerings, func(p *estate.Peering) estate.ID { return p.ID }, yield) &&
				hold(e.SecurityGroups, func(g *estate.SecurityGroup) estate.ID { return g.ID }, yield) &&
				hold(e.RouteTables, func(t *estate.RouteTable) estate.ID { return t.ID }, yield) &&
				hold(e.Groups, func(g *estate.NetworkGroup) estate.ID { return g.ID }, yield) &&
				hold(e.Managers, func(m *estate.NetworkManager) estate.ID { return m.ID }, yield)
	}
}

func hold[T any](in []T, id func(*T) estate.ID, yield func(held) bool) bool {
	for i := range in {
		if !yield(held{id(&in[i]), &in[i]}) {
			return false
		}
	}
	return true
}

// moment is what a network holds while steps are done one after the other.
type moment struct {
	start   *estate.Index
	changed map[estate.Key]any // since the start: the object that is there, or nil
}

func newMoment(start *estate.Index) *moment { return &moment{start, map[estate.Key]any{}} }

func (m *moment) set(key estate.Key, object any) { m.changed[key] = object }

// object is a pointer to the object that is there now, or nil.
func (m *moment) object(id estate.ID, key estate.Key) any {
	if object, changed := m.changed[key]; changed {
		return object
	}
	switch id.Type {
	case estate.TypeVNet:
		return orNone(m.start.VNet(id))
	case estate.TypeSite:
		return orNone(m.start.Site(id))
	case estate.TypeConnection:
		return orNone(m.start.Connection(id))
	case estate.TypePeering:
		return orNone(m.start.Peering(id))
	case estate.TypeNSG:
		return orNone(m.start.SecurityGroup(id))
	case estate.TypeRouteTable:
		return orNone(m.start.RouteTable(id))
	case estate.TypeNetworkGroup:
		return orNone(m.start.NetworkGroup(id))
	case estate.TypeNetworkManager:
		return orNone(m.start.NetworkManager(id))
	}
	return orNone(m.start.Gateway(id))
}

// orNone is a pointer as a value that is nil when the pointer is.
func orNone[T any](p *T) any {
	if p == nil {
		return nil
	}
	return p
}
