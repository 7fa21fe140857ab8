package plan

import (
	"maps"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// turns is the order in which peerings are made. A gateway prefers its own peering to every tunnel,
// and hands nothing to a peered VNet that does not use it (docs/sources.md#routing). So a peering
// between a VNet whose gateway passes packets on and the VNet they go to hides the way of these
// packets: the pair that they belong to has its turn before.
//
// Peerings are numbered by their place in the list.
type turns struct {
	pairs  [][2]estate.Peering
	first  [][]int // by peering: those whose way it would hide, ascending
	length []int   // by peering: how many VNets the way passes that it replaces, or one that it hides
}

func (s *sequence) turnsOf(d *draft, pairs [][2]estate.Peering) *turns {
	t := &turns{pairs: pairs, first: make([][]int, len(pairs)), length: make([]int, len(pairs))}
	at := make(map[[2]int]int, len(pairs)) // VNets, lesser first → peering
	for i, pair := range pairs {
		if a, b, ok := s.ends(pair); ok {
			at[[2]int{min(a, b), max(a, b)}] = i
		}
	}
	for i, pair := range pairs {
		served := s.replaces(d, pair)
		if served == nil {
			t.length[i] = 2
			continue
		}
		_, nodes := d.alongPath(served.path)
		t.length[i] = max(2, len(nodes))
		for _, r := range served.relays {
			for _, to := range d.hiders(r) {
				if j, ok := at[[2]int{min(r.via, to), max(r.via, to)}]; ok && j != i {
					t.first[j] = append(t.first[j], i)
				}
			}
		}
	}
	for j, first := range t.first {
		t.first[j] = slices.Compact(first)
	}
	t.stretch()
	return t
}

// ends are the two VNets of a peering; false when one of them is new.
func (s *sequence) ends(pair [2]estate.Peering) (a, b int, ok bool) {
	a, aKnown := s.g.index[pair[0].VNet.Key()]
	b, bKnown := s.g.index[pair[1].VNet.Key()]
	return a, b, aKnown && bKnown
}

// replaces is the required pair whose traffic a peering takes over, or nil.
func (s *sequence) replaces(d *draft, pair [2]estate.Peering) *vnetPair {
	a, b, ok := s.ends(pair)
	if !ok {
		return nil
	}
	if i, required := slices.BinarySearchFunc(d.demand.pairs, vnetPair{a: min(a, b), b: max(a, b)}, comparePairs); required {
		return &d.demand.pairs[i]
	}
	return nil
}

// stretch lets every peering count as long as the longest that waits for it, so that the longer
// ones always go first.
func (t *turns) stretch() {
	for changed := true; changed; {
		changed = false
		for j, first := range t.first {
			for _, i := range first {
				if t.length[i] < t.length[j] {
					t.length[i], changed = t.length[j], true
				}
			}
		}
	}
}

// classes groups the peerings by length, longest first.
func (t *turns) classes() [][]int {
	long := map[int][]int{}
	for i, n := range t.length {
		long[n] = append(long[n], i)
	}
	var out [][]int
	for _, n := range slices.Backward(slices.Sorted(maps.Keys(long))) {
		out = append(out, long[n])
	}
	return out
}

// groups splits peerings into groups, each after those that have to go before it. Most hold one
// peering. A group of several is a circle: each hides the way of another one, so that no order
// keeps them all. The claims of the peerings in waived do not count. (The groups are the strongly
// connected components, found as Tarjan does.)
func (t *turns) groups(list []int, waived map[int]bool) [][]int {
	var out [][]int
	var open []int          // seen, and in no group yet
	low := map[int]int{}    // peering → the earliest open one it leads to, counted from 1 as seen
	listed := map[int]int{} // peering → 1 + its place in list
	for k, i := range list {
		listed[i] = k + 1
	}
	seen := 0
	var visit func(j int) int
	visit = func(j int) int {
		seen++
		number, bottom := seen, len(open)
		low[j] = number
		open = append(open, j)
		for _, i := range t.first[j] {
			if listed[i] == 0 || waived[i] {
				continue
			}
			n, known := low[i]
			if !known {
				n = visit(i)
			}
			low[j] = min(low[j], n)
		}
		reached := low[j]
		if reached == number {
			group := slices.Clone(open[bottom:])
			open = open[:bottom]
			for _, i := range group {
				low[i] = len(t.first) + 1 // closed: whoever comes here later is in no circle with it
			}
			out = append(out, group)
		}
		return reached
	}
	for _, j := range list {
		if low[j] == 0 {
			visit(j)
		}
	}
	return out
}

// circle is an order for peerings of which each hides the way of another one. From the step at
// from to the step at to, some of the pairs are apart.
type circle struct {
	order    []int
	from, to int   // in order
	apart    []int // the peerings whose way is hidden before their turn
}

// unwind orders a circle so that few pairs are apart, and not for long.
func (t *turns) unwind(group []int) circle {
	c := circle{order: t.open(group, map[int]bool{})}
	place := make(map[int]int, len(group))
	for k, i := range c.order {
		place[i] = k
	}
	c.from = len(c.order)
	for k, j := range c.order {
		for _, i := range t.first[j] {
			if place[i] > k {
				c.from, c.to = min(c.from, k), max(c.to, place[i])
				c.apart = append(c.apart, i)
			}
		}
	}
	slices.Sort(c.apart)
	c.apart = slices.Compact(c.apart)
	return c
}

// open orders a circle: the claim that most peerings of it would have to wait for is waived, until
// an order is left. The one waived has its turn as soon as the others allow it.
func (t *turns) open(group []int, waived map[int]bool) []int {
	if len(group) == 1 {
		return group
	}
	claims := map[int]int{}
	for _, j := range group {
		for _, i := range t.first[j] {
			claims[i]++
		}
	}
	most := -1
	for _, i := range slices.Sorted(slices.Values(group)) {
		if !waived[i] && (most < 0 || claims[i] > claims[most]) {
			most = i
		}
	}
	waived[most] = true
	rest := slices.DeleteFunc(slices.Sorted(slices.Values(group)), func(i int) bool { return i == most })
	var out []int
	for _, smaller := range t.groups(append([]int{most}, rest...), waived) {
		out = append(out, t.open(smaller, waived)...)
	}
	return out
}
