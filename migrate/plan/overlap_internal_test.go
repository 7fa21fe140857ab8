package plan

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestCovers(t *testing.T) {
	covers := func(set []int, edges [][2]int) bool {
		return !slices.ContainsFunc(edges, func(e [2]int) bool { return !slices.Contains(set, e[0]) && !slices.Contains(set, e[1]) })
	}
	work := func(v int) int { return v % 3 }
	rapid.Check(t, func(t *rapid.T) {
		var edges [][2]int
		n := rapid.IntRange(2, 8).Draw(t, "vertices")
		for range rapid.IntRange(1, 12).Draw(t, "edges") {
			a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b")
			if a != b {
				edges = append(edges, [2]int{min(a, b), max(a, b)})
			}
		}
		least, exact := smallestCover(edges, work)
		greedy := greedyCover(edges, work)
		switch {
		case !exact || !covers(least, edges) || !covers(greedy, edges):
			t.Errorf("%v: %v (exact %v) and %v", edges, least, exact, greedy)
		case len(least) > len(greedy):
			t.Errorf("%v: %v is no smallest one, %v is smaller", edges, least, greedy)
		}
		for drop := range least { // none of the smallest set can be left out
			if rest := slices.Delete(slices.Clone(least), drop, drop+1); covers(rest, edges) {
				t.Errorf("%v: %v does as well as %v", edges, rest, least)
			}
		}
	})
	var long [][2]int
	for i := range mostExact + 1 {
		long = append(long, [2]int{i, i + 1})
	}
	if set, exact := smallestCover(long, work); exact || !covers(set, long) {
		t.Errorf("%v, exact %v", set, exact)
	}
}
