package plan

import "fmt"

// shortWindows finds windows that are declared shorter than their steps take (PLAN-024). Steps of a wave may be done at
// once; waves come one after the other.
func (c *checker) shortWindows() []Violation {
	var out []Violation
	for i := range c.p.Windows {
		w := &c.p.Windows[i]
		var takes [2]int
		for _, n := range c.byWave(w) {
			takes[0], takes[1] = takes[0]+n[0], takes[1]+n[1]
		}
		if w.Minutes[0] < takes[0] || w.Minutes[1] < takes[1] {
			out = append(out, Violation{After: fmt.Sprintf("wave %d", max(0, c.spans[i][0]-1)), Rule: "PLAN-024",
				Text: fmt.Sprintf("window %s is declared to last %d to %d minutes, and its steps take %d to %d", w.ID, w.Minutes[0], w.Minutes[1], takes[0], takes[1])})
		}
	}
	return out
}

// byWave is the longest that the steps of a window take in each wave.
func (c *checker) byWave(w *Window) map[int][2]int {
	own := map[string]bool{}
	for _, id := range w.Steps {
		own[id] = true
	}
	out := map[int][2]int{}
	for i := range c.p.Steps {
		if s := &c.p.Steps[i]; own[s.ID] {
			n := out[s.Wave]
			out[s.Wave] = [2]int{max(n[0], s.Impact.Minutes[0]), max(n[1], s.Impact.Minutes[1])}
		}
	}
	return out
}
