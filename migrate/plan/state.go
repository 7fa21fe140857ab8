package plan

import (
	"fmt"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// after returns the estate after the effects: everything they remove is gone, everything they add
// is there, in place of what had its ID. The given estate is not changed.
func after(e *estate.Estate, removals, additions []Effect) *estate.Estate {
	drop := map[estate.Key]bool{}
	for _, f := range removals {
		for _, id := range f.Remove {
			drop[id.Key()] = true
		}
	}
	var add estate.Estate
	for _, f := range additions {
		if f.Add == nil {
			continue
		}
		add.VNets = append(add.VNets, f.Add.VNets...)
		add.Sites = append(add.Sites, f.Add.Sites...)
		add.Gateways = append(add.Gateways, f.Add.Gateways...)
		add.Connections = append(add.Connections, f.Add.Connections...)
		add.Peerings = append(add.Peerings, f.Add.Peerings...)
	}
	n := *e
	n.VNets = merge(e.VNets, add.VNets, drop, func(v *estate.VNet) estate.ID { return v.ID })
	n.Sites = merge(e.Sites, add.Sites, drop, func(s *estate.Site) estate.ID { return s.ID })
	n.Gateways = merge(e.Gateways, add.Gateways, drop, func(g *estate.Gateway) estate.ID { return g.ID })
	n.Connections = merge(e.Connections, add.Connections, drop, func(c *estate.Connection) estate.ID { return c.ID })
	n.Peerings = merge(e.Peerings, add.Peerings, drop, func(p *estate.Peering) estate.ID { return p.ID })
	return &n
}

func merge[T any](have, add []T, drop map[estate.Key]bool, id func(*T) estate.ID) []T {
	last := make(map[estate.Key]int, len(add)) // a later addition of the same object wins
	for i := range add {
		last[id(&add[i]).Key()] = i
	}
	out := make([]T, 0, len(have)+len(add))
	for i := range have {
		key := id(&have[i]).Key()
		j, replaced := last[key]
		switch {
		case replaced:
			out = append(out, add[j])
			delete(last, key)
		case !drop[key]:
			out = append(out, have[i])
		}
	}
	for i := range add {
		if j, ok := last[id(&add[i]).Key()]; ok && i == j {
			out = append(out, add[i])
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

// schedule gives every step the wave after the last of its needs, and orders the steps by wave.
// Ids are given anew in that order, so that they read as one counts.
func schedule(steps []Step, windows []Window) []Step {
	wave := make(map[string]int, len(steps))
	most := 0
	for i := range steps { // needs stand before the steps that need them
		w := 1
		for _, id := range steps[i].Needs {
			w = max(w, wave[id]+1)
		}
		steps[i].Wave, wave[steps[i].ID] = w, w
		most = max(most, w)
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

// Apply returns the estate after all the steps, wave by wave.
func Apply(e *estate.Estate, steps []Step) *estate.Estate {
	for _, wave := range waves(steps) {
		effects := make([]Effect, len(wave))
		for i, s := range wave {
			effects[i] = s.Effect
		}
		e = after(e, effects, effects)
	}
	return e
}
