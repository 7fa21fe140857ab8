package plan

import (
	"cmp"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// floors are the waves before which steps are not done, by the id of the step.
func (m *maker) floors(s *sequence) map[string]int {
	holds := m.g.decided.holds
	if len(holds) == 0 {
		return nil
	}
	held, keys := map[string]int{}, m.g.keysOf(s.steps)
	for _, one := range holds {
		any := false
		for i := range s.steps {
			if step := &s.steps[i]; m.g.concerns(one, step, keys[i]) {
				held[step.ID], any = max(held[step.ID], one.Wave), true
			}
		}
		if !any {
			m.found.Add("PLAN-020", diag.Pos{File: m.kept.name}, "%s: there is no such step any more: %s", one.At, one)
			continue
		}
		m.p.Decisions = append(m.p.Decisions, one)
	}
	return floorsOf(s.steps, s.windows, held)
}

// floorsOf are the floors of steps of which some are held back. The steps of a window go together: nobody is cut off
// for longer because one of them waits.
func floorsOf(steps []Step, windows []Window, held map[string]int) map[string]int {
	floor := map[string]int{}
	for id, wave := range held {
		floor[id] = wave
	}
	for _, ids := range togetherIn(windows) {
		depth, start := map[string]int{}, 0
		for i := range steps {
			s := &steps[i]
			if !ids[s.ID] {
				continue
			}
			deep := 0
			for _, need := range s.Needs {
				if ids[need] {
					deep = max(deep, depth[need]+1)
				}
			}
			depth[s.ID] = deep
			if wave := held[s.ID]; wave > 0 {
				start = max(start, wave-deep)
			}
		}
		for id, deep := range depth {
			if start > 0 {
				floor[id] = max(floor[id], start+deep)
			}
		}
	}
	return floor
}

// togetherIn are the steps of windows; those of windows that share steps are put together.
func togetherIn(windows []Window) []map[string]bool {
	var out []map[string]bool
	for _, w := range windows {
		ids := map[string]bool{}
		for _, id := range w.Steps {
			ids[id] = true
		}
		out = slices.DeleteFunc(out, func(other map[string]bool) bool {
			if !slices.ContainsFunc(w.Steps, func(id string) bool { return other[id] }) {
				return false
			}
			for id := range other {
				ids[id] = true
			}
			return true
		})
		out = append(out, ids)
	}
	return out
}

// wavesOf are the waves of steps, by id: after those of what they need, and none before its floor.
func wavesOf(steps []Step, floor map[string]int) map[string]int {
	wave := make(map[string]int, len(steps))
	for i := range steps { // needs stand before the steps that need them
		w := max(1, floor[steps[i].ID])
		for _, id := range steps[i].Needs {
			w = max(w, wave[id]+1)
		}
		wave[steps[i].ID] = w
	}
	return wave
}

// windowOrder is the order in which the groups of gateway users go: those that are held back go last.
func (s *sequence) windowOrder(d *draft) []int {
	order := make([]int, len(d.windows.groups))
	held := make([]int, len(order))
	for i, users := range d.windows.groups {
		order[i] = i
		for _, v := range users {
			held[i] = max(held[i], s.g.heldTo(v))
		}
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(held[i], held[j]) })
	return order
}

// heldTo is the last wave that a step of a VNet is held back to, or 0.
func (g *graph) heldTo(v int) int {
	wave, vnet := 0, g.e.VNets[v].ID
	for _, one := range g.decided.holds {
		names := slices.ContainsFunc(one.VNets, vnet.Same) || one.Object.Same(vnet)
		if gw := g.x.Gateway(one.Object); gw != nil {
			names = names || gw.VNet.Same(vnet)
		}
		for _, id := range append([]estate.ID{one.Object}, one.Also...) {
			if c := g.x.Connection(id); c != nil {
				names = names || g.vnetOf(c) == v
			}
		}
		if names && one.Action != VerifyReach {
			wave = max(wave, one.Wave)
		}
	}
	return wave
}
