package plan

import (
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Of a group of up to six steps every set is a state, and each step half done; of a larger one each first and last.
func TestChoices(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2 + 4, 3: 6 + 6, 6: 62 + 12, 7: 14 + 14} {
		seen := map[string]bool{}
		for _, c := range choices(n) {
			key := string(rune('0' + c.half))
			done := 0
			for _, d := range c.done {
				key += map[bool]string{true: "x", false: "."}[d]
				if d {
					done++
				}
			}
			seen[key] = true
			if c.half == 0 && (done == 0 || done == n) || c.half > 0 && c.done[c.half-1] {
				t.Errorf("%d steps: %s is no state inside", n, key)
			}
		}
		if len(seen) != want {
			t.Errorf("%d steps: %d states, want %d", n, len(seen), want)
		}
	}
}

// In a network of thousands no state inside of waves is looked at, and the check says so.
func TestInnerMost(t *testing.T) {
	small, large := &estate.Estate{VNets: make([]estate.VNet, 10)}, &estate.Estate{VNets: make([]estate.VNet, 10_000), Connections: make([]estate.Connection, 50_000)}
	if n := innerMost(small, 10); n < 100 {
		t.Errorf("%d states of each wave of a small network", n)
	}
	if n := innerMost(large, 10); n != 0 {
		t.Errorf("%d states of each wave of a large network", n)
	}
	steps := []*Step{{}, {}}
	if sampled := inside(large, steps, 0, func(*estate.Estate) bool { t.Error("a state"); return true }); sampled != 2 {
		t.Errorf("%d steps are left out, want 2", sampled)
	}
	for words, n := range map[string][2]int{"": {}, "3 states inside of waves": {3, 0}, "0 states inside of waves, where of 2 steps not every order was walked": {0, 2}} {
		if got := insideWords(n[0], n[1]); got != words {
			t.Errorf("%q, want %q", got, words)
		}
	}
}
