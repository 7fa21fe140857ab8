package estate

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// matchings lists every way to join the vertices from v on, by trying all.
func matchings(near [][]int, optional []bool, v int, mate []int, out *[][]int) {
	for v < len(near) && mate[v] != -1 {
		v++
	}
	if v == len(near) {
		*out = append(*out, slices.Clone(mate))
		return
	}
	if optional[v] {
		mate[v] = -2
		matchings(near, optional, v+1, mate, out)
		mate[v] = -1
	}
	for _, w := range near[v] {
		if mate[w] == -1 && w > v {
			mate[v], mate[w] = w, v
			matchings(near, optional, v+1, mate, out)
			mate[v], mate[w] = -1, -1
		}
	}
}

// The answer is that of trying everything.
func TestUniqueMatching(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "vertices")
		near, optional, alone := make([][]int, n), make([]bool, n), make([]int, n)
		dense := rapid.IntRange(1, 6).Draw(t, "one edge in")
		for v := range n {
			alone[v] = -1
			optional[v] = rapid.IntRange(0, 3).Draw(t, "optional") == 0
			for w := range v {
				if rapid.IntRange(0, dense).Draw(t, "edge") == 0 {
					near[v], near[w] = append(near[v], w), append(near[w], v)
				}
			}
		}
		var all [][]int
		matchings(near, optional, 0, slices.Clone(alone), &all)
		mate, ok := uniqueMatching(near, optional)
		if ok != (len(all) == 1) {
			t.Fatalf("unique %t, but there are %d ways: %v %v", ok, len(all), near, optional)
		}
		if !ok {
			return
		}
		for v := range all[0] {
			all[0][v] = max(all[0][v], -1)
		}
		if diff := cmp.Diff(all[0], mate); diff != "" {
			t.Fatalf("matching (-want +got):\n%s", diff)
		}
	})
}

// Where nobody has a single neighbour there can be one way all the same: two triangles that an
// edge joins.
func TestUniqueMatchingOfTriangles(t *testing.T) {
	near := [][]int{{1, 2}, {0, 2}, {0, 1, 3}, {2, 4, 5}, {3, 5}, {3, 4}}
	mate, ok := uniqueMatching(near, make([]bool, 6))
	if diff := cmp.Diff([]int{1, 0, 3, 2, 5, 4}, mate); diff != "" || !ok {
		t.Errorf("unique %t, matching (-want +got):\n%s", ok, diff)
	}
}
