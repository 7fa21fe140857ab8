package plan

import "testing"

// TestQuickestWindow holds that what is done at once counts once in the shortest length, and each time in the longest.
func TestQuickestWindow(t *testing.T) {
	step := func(id string, wave int, minutes [2]int) Step {
		return Step{ID: id, Wave: wave, Impact: Impact{Minutes: minutes}}
	}
	steps := []Step{step("S001", 1, [2]int{1, 5}), step("S002", 1, [2]int{1, 5}), step("S003", 2, [2]int{10, 30}), step("S004", 2, [2]int{10, 30}), step("S005", 3, [2]int{1, 1})}
	for _, c := range []struct {
		cause string
		of    []string
		want  [2]int
	}{
		{"U1", []string{"S001", "S002", "S003", "S004", "S005"}, [2]int{minutesWindowU1[0], 71}},
		{"U6", []string{"S001", "S002", "S003", "S004", "S005"}, [2]int{12, 71}},
		{"U11", []string{"S001", "S003"}, [2]int{11, 35}},
	} {
		w := Window{Cause: c.cause}
		for _, id := range c.of {
			for i := range steps {
				if steps[i].ID == id {
					w.take(&steps[i])
				}
			}
		}
		all := []Window{w}
		quickest(all, steps)
		if all[0].Minutes != c.want {
			t.Errorf("%s of %v: %v, want %v", c.cause, c.of, all[0].Minutes, c.want)
		}
	}
}
