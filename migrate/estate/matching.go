package estate

import "slices"

// maxMatching bounds the work of one uniqueMatching, in vertices times edges. A component beyond it
// is taken to have several answers.
const maxMatching = 1 << 26

// uniqueMatching joins the vertices of a graph in pairs of neighbours such that nobody is left over
// but vertices that may be (optional), and reports whether there is exactly one way to do so. near
// lists the neighbours of each vertex, each once and in both directions. mate is -1 for a vertex
// that stays alone.
//
// A graph with only one perfect matching has a bridge (Kotzig 1959). A bridge belongs to every
// perfect matching when it parts its component into two odd halves, and to none when they are
// even; so bridges are settled until nothing is left, or until a component has none. Two-sided
// methods do not serve here: three VNets that list each other are a triangle.
//
// To leave a vertex alone is the same as to join it to its double in a copy of the graph: the two
// together have one perfect matching if and only if the graph has one matching of the wanted kind.
func uniqueMatching(near [][]int, optional []bool) (mate []int, ok bool) {
	n := len(near)
	m := matcher{near: make([][]int, n, 2*n)}
	edges := 0
	for v := range near {
		m.near[v] = slices.Clone(near[v])
		edges += len(near[v])
	}
	if slices.Contains(optional, true) {
		for v := range near {
			double := make([]int, 0, len(near[v])+1)
			for _, w := range near[v] {
				double = append(double, n+w)
			}
			if optional[v] {
				m.near[v] = append(m.near[v], n+v)
				double = append(double, v)
			}
			m.near = append(m.near, double)
		}
	}
	if n*edges > maxMatching || !m.solve() {
		return nil, false
	}
	mate = m.mate[:n]
	for v, w := range mate {
		if w >= n {
			mate[v] = -1
		}
	}
	return mate, true
}

// matcher looks for the only perfect matching of a graph.
type matcher struct {
	near [][]int // of the vertices that are not joined yet
	mate []int   // -1: not joined yet

	// of the search for bridges
	clock       int
	seen, low   []int
	size        []int    // of the subtree
	tree        []int    // vertices of the component
	odd, even   [][2]int // bridges by the size of what they part
	treeBridges [][3]int // bridges of the component, with the size below
}

func (m *matcher) solve() bool {
	m.mate = make([]int, len(m.near))
	for v := range m.mate {
		m.mate[v] = -1
	}
	for {
		m.bridges()
		switch {
		case m.clock == 0:
			return true // all are joined
		case m.tree != nil:
			return false // a component with an odd number, or without a bridge
		}
		for _, b := range m.odd {
			if m.mate[b[0]] >= 0 || m.mate[b[1]] >= 0 {
				return false
			}
			m.mate[b[0]], m.mate[b[1]] = b[1], b[0]
		}
		for _, b := range m.even {
			m.cut(b[0], b[1])
			m.cut(b[1], b[0])
		}
		for v := range m.near {
			m.near[v] = slices.DeleteFunc(m.near[v], func(w int) bool { return m.mate[v] >= 0 || m.mate[w] >= 0 })
		}
	}
}

func (m *matcher) cut(v, w int) {
	m.near[v] = slices.DeleteFunc(m.near[v], func(x int) bool { return x == w })
}

// bridges finds the bridges between the vertices that are not joined yet. It stops at a component
// that cannot have exactly one perfect matching, and leaves that in tree.
func (m *matcher) bridges() {
	n := len(m.near)
	m.clock, m.seen, m.low, m.size = 0, make([]int, n), make([]int, n), make([]int, n)
	m.odd, m.even, m.tree = nil, nil, nil
	for v := range m.near {
		if m.mate[v] >= 0 || m.seen[v] > 0 {
			continue
		}
		m.tree, m.treeBridges = nil, nil
		m.visit(v, -1)
		if len(m.tree)%2 == 1 || len(m.treeBridges) == 0 {
			return
		}
		for _, b := range m.treeBridges {
			if b[2]%2 == 1 {
				m.odd = append(m.odd, [2]int{b[0], b[1]})
			} else {
				m.even = append(m.even, [2]int{b[0], b[1]})
			}
		}
		m.tree = nil
	}
}

// visit is the depth-first search of Hopcroft and Tarjan, by low points.
func (m *matcher) visit(v, from int) {
	m.clock++
	m.seen[v], m.low[v], m.size[v] = m.clock, m.clock, 1
	m.tree = append(m.tree, v)
	for _, w := range m.near[v] {
		switch {
		case w == from:
		case m.seen[w] > 0:
			m.low[v] = min(m.low[v], m.seen[w])
		default:
			m.visit(w, v)
			m.low[v] = min(m.low[v], m.low[w])
			m.size[v] += m.size[w]
			if m.low[w] > m.seen[v] {
				m.treeBridges = append(m.treeBridges, [3]int{v, w, m.size[w]})
			}
		}
	}
}
