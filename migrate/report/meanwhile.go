package report

import (
	"slices"

	"github.com/netmigrate/netmigrate/migrate/plan"
)

// meanwhile are the steps that stand between those of a window, change something and can wait until it ends: they are of no
// window, and no step of this one needs them. The length of a window does not count them, so whoever does them in the order
// in which they stand cuts its pairs for longer than was announced.
func meanwhile(p *plan.Plan, w *plan.Window) []*plan.Step {
	of := make(map[string]*plan.Step, len(p.Steps))
	first, last := -1, -1
	for i := range p.Steps {
		of[p.Steps[i].ID] = &p.Steps[i]
		if slices.Contains(w.Steps, p.Steps[i].ID) {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return nil
	}
	needed := map[string]bool{}
	for rest := slices.Clone(w.Steps); len(rest) > 0; rest = rest[1:] {
		if s := of[rest[0]]; s != nil {
			for _, id := range s.Needs {
				if !needed[id] {
					needed[id] = true
					rest = append(rest, id)
				}
			}
		}
	}
	var out []*plan.Step
	for i := first; i < last; i++ {
		s := &p.Steps[i]
		if changes := len(s.Effect.Remove) > 0 || s.Effect.Add != nil; changes && s.Impact.Window == "" && !needed[s.ID] && !slices.Contains(w.Steps, s.ID) {
			out = append(out, s)
		}
	}
	return out
}

// stepIDs are the ids of steps.
func stepIDs(steps []*plan.Step) []string {
	return each(steps, func(s *plan.Step) string { return s.ID })
}

// minutesOf is how long steps take one after the other.
func minutesOf(steps []*plan.Step) (sum [2]int) {
	for _, s := range steps {
		sum[0], sum[1] = sum[0]+s.Impact.Minutes[0], sum[1]+s.Impact.Minutes[1]
	}
	return sum
}
