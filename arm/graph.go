package arm

import "slices"

// graph is who waits for whom: needs[i] are the resources that resource i depends on.
type graph struct {
	needs  [][]int32
	level  []int32 // 1 for a resource that waits for nothing, one more than the highest it waits for; 0 on or behind a cycle
	seen   []int32 // when the last search came past, to save clearing
	search int32
	stack  []int32
}

// rank fills the levels and returns the resources of one dependency cycle, in order, or nil.
func (g *graph) rank() []int32 {
	n := len(g.needs)
	g.level, g.seen = make([]int32, n), make([]int32, n)
	waiting := make([]int32, n) // how many of the needs have no level yet
	dependents := make([][]int32, n)
	var ready []int32
	for i, needs := range g.needs {
		waiting[i] = int32(len(needs))
		if len(needs) == 0 {
			g.level[i] = 1
			ready = append(ready, int32(i))
		}
		for _, need := range needs {
			dependents[need] = append(dependents[need], int32(i))
		}
	}
	for len(ready) > 0 {
		done := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		for _, next := range dependents[done] {
			if waiting[next]--; waiting[next] == 0 {
				for _, need := range g.needs[next] {
					g.level[next] = max(g.level[next], g.level[need]+1)
				}
				ready = append(ready, next)
			}
		}
	}
	return g.cycle()
}

// cycle follows resources without a level until one comes again: each waits for another such.
func (g *graph) cycle() []int32 {
	at := slices.Index(g.level, 0)
	if at < 0 {
		return nil
	}
	var path []int32
	place := map[int32]int{}
	for next := int32(at); ; {
		if first, again := place[next]; again {
			return path[first:]
		}
		place[next] = len(path)
		path = append(path, next)
		for _, need := range g.needs[next] {
			if g.level[need] == 0 {
				next = need
				break
			}
		}
	}
}

// reaches reports whether from waits for to, directly or through others. A search never goes below
// the level of its goal, so a chain is followed and everything beside it is not.
func (g *graph) reaches(from, to int32) bool {
	if slices.Contains(g.needs[from], to) {
		return true
	}
	g.search++
	g.stack = append(g.stack[:0], from)
	for len(g.stack) > 0 {
		at := g.stack[len(g.stack)-1]
		g.stack = g.stack[:len(g.stack)-1]
		for _, need := range g.needs[at] {
			if need == to {
				return true
			}
			if g.seen[need] != g.search && g.level[need] > g.level[to] {
				g.seen[need] = g.search
				g.stack = append(g.stack, need)
			}
		}
	}
	return false
}
