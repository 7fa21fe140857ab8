package report

import (
	"cmp"
	"math"
	"slices"
)

// box is where a node is drawn, by its middle.
type box struct{ x, y, w, h float64 }

// The measures of a picture, in pixels of a text of 12.
const (
	charWidth  = 7.0
	lineHeight = 16.0
	boxPadding = 10.0
	widestText = 44 // characters
	ringGap    = 36.0
	leafGap    = 90.0
	partGap    = 60.0
)

// layout places the nodes: a network whose places all hang on one has that in the middle of a ring, a chain is a
// line, and everything else is a ring. What only one place leads to stands outside of it. Parts that nothing
// joins stand side by side, the largest first.
func (g *Graph) layout() (boxes []box, width, height float64) {
	boxes = make([]box, len(g.nodes))
	for i := range g.nodes {
		boxes[i].w, boxes[i].h = g.size(i)
	}
	l := &arranger{g: g, boxes: boxes, near: make([][]int, len(g.nodes))}
	for i := range g.edges {
		e := &g.edges[i]
		l.near[e.from], l.near[e.to] = append(l.near[e.from], e.to), append(l.near[e.to], e.from)
	}
	for i := range l.near {
		slices.Sort(l.near[i])
		l.near[i] = slices.Compact(l.near[i])
	}
	parts := l.parts()
	frames := make([]frame, len(parts))
	area := 0.0
	for i, part := range parts {
		l.part(part)
		frames[i] = l.frame(part)
		area += (frames[i].w() + partGap) * (frames[i].h() + partGap)
	}
	widest := math.Sqrt(area) * 1.3
	x, y, row := partGap, partGap, 0.0
	for i, part := range parts {
		f := frames[i]
		if x > partGap && x+f.w() > widest {
			x, y, row = partGap, y+row+partGap, 0
		}
		for _, n := range part {
			boxes[n].x += x - f.left
			boxes[n].y += y - f.top
		}
		x += f.w() + partGap
		width, row = max(width, x), max(row, f.h())
	}
	return boxes, width, y + row + partGap
}

// size is the room that a node needs.
func (g *Graph) size(i int) (w, h float64) {
	longest := 0
	text := g.cutText(i)
	for _, line := range text {
		longest = max(longest, len([]rune(line)))
	}
	return float64(longest)*charWidth + 2*boxPadding, float64(len(text))*lineHeight + 2*boxPadding - 4
}

// text is what stands in a node, a line each.
func (g *Graph) text(i int) []string {
	n := &g.nodes[i]
	lines := []string{n.name}
	if n.region != "" {
		lines = append(lines, n.region)
	}
	if n.kind != vnetNode {
		lines = append(lines, nodeWords[n.kind])
	}
	return append(lines, n.lines...)
}

// cutText is text where long lines have a gap in the middle: names mostly differ at an end.
func (g *Graph) cutText(i int) []string {
	lines := g.text(i)
	for j, line := range lines {
		if r := []rune(line); len(r) > widestText {
			lines[j] = string(r[:widestText/2]) + "…" + string(r[len(r)-(widestText-widestText/2-1):])
		}
	}
	return lines
}

type frame struct{ left, top, right, bottom float64 }

func (f frame) w() float64 { return f.right - f.left }
func (f frame) h() float64 { return f.bottom - f.top }

// arranger places the nodes of a graph.
type arranger struct {
	g     *Graph
	boxes []box
	near  [][]int
}

// parts are the nodes by what is joined, the largest part first.
func (l *arranger) parts() [][]int {
	seen := make([]bool, len(l.near))
	var parts [][]int
	for i := range l.near {
		if seen[i] {
			continue
		}
		seen[i] = true
		part := []int{i}
		for at := 0; at < len(part); at++ {
			for _, n := range l.near[part[at]] {
				if !seen[n] {
					seen[n] = true
					part = append(part, n)
				}
			}
		}
		parts = append(parts, part)
	}
	slices.SortStableFunc(parts, func(a, b []int) int { return cmp.Compare(len(b), len(a)) })
	return parts
}

func (l *arranger) frame(part []int) frame {
	f := frame{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, n := range part {
		b := l.boxes[n]
		f.left, f.right = min(f.left, b.x-b.w/2), max(f.right, b.x+b.w/2)
		f.top, f.bottom = min(f.top, b.y-b.h/2), max(f.bottom, b.y+b.h/2)
	}
	return f
}

// part places what is joined, around the origin.
func (l *arranger) part(part []int) {
	leaves := map[int][]int{} // what stands outside, by what leads to it
	var core []int
	for _, n := range part {
		if l.g.nodes[n].kind != vnetNode && l.g.nodes[n].kind != groupNode && len(l.near[n]) == 1 && len(part) > 2 {
			leaves[l.near[n][0]] = append(leaves[l.near[n][0]], n)
		} else {
			core = append(core, n)
		}
	}
	switch hub, ring := l.hub(core, leaves); {
	case hub >= 0:
		l.boxes[hub].x, l.boxes[hub].y = 0, 0
		l.ring(ring, leaves, hub)
	case fewEach(core, leaves) && l.chain(core):
		l.line(core, leaves)
	default:
		l.ring(core, leaves, -1)
	}
}

// hub finds the node that everything else of a part hangs on, and what stands around it: its leaves, too.
func (l *arranger) hub(core []int, leaves map[int][]int) (hub int, ring []int) {
	inside := map[int]bool{}
	for _, n := range core {
		inside[n] = true
	}
	degree := func(n int) int {
		count := 0
		for _, m := range l.near[n] {
			if inside[m] {
				count++
			}
		}
		return count
	}
	edges, best, most := 0, -1, 0
	for _, n := range core {
		d := degree(n)
		edges += d
		if d > most {
			best, most = n, d
		}
	}
	if best < 0 {
		best = core[0]
	}
	around := len(core) - 1 + len(leaves[best])
	if around < 4 || most < len(core)-1 || edges/2 > 2*(len(core)-1) || len(core) < 4 && len(leaves[best]) < 4 {
		return -1, nil
	}
	for _, n := range core {
		if n != best {
			ring = append(ring, n)
		}
	}
	ring = append(ring, leaves[best]...)
	delete(leaves, best)
	return best, ring
}

// fewEach reports whether no node has more leaves than fit below it.
func fewEach(core []int, leaves map[int][]int) bool {
	return !slices.ContainsFunc(core, func(n int) bool { return len(leaves[n]) > 3 })
}

// chain reports whether nodes make a line, and puts them into its order.
func (l *arranger) chain(core []int) bool {
	inside := map[int]bool{}
	for _, n := range core {
		inside[n] = true
	}
	ends, first := 0, core[0]
	for _, n := range core {
		d := 0
		for _, m := range l.near[n] {
			if inside[m] {
				d++
			}
		}
		switch {
		case d > 2:
			return false
		case d <= 1:
			ends++
			if ends == 1 {
				first = n
			}
		}
	}
	if ends == 0 {
		return false
	}
	order, at, before := []int{}, first, -1
	for at >= 0 {
		order = append(order, at)
		next := -1
		for _, m := range l.near[at] {
			if inside[m] && m != before {
				next = m
			}
		}
		before, at = at, next
	}
	copy(core, order)
	return true
}

// line places nodes from left to right, with what they alone lead to side by side below them.
func (l *arranger) line(core []int, leaves map[int][]int) {
	x := 0.0
	for _, n := range core {
		b := &l.boxes[n]
		below := -ringGap
		for _, leaf := range leaves[n] {
			below += l.boxes[leaf].w + ringGap
		}
		w := max(b.w, below)
		b.x = x + w/2
		at := b.x - below/2
		for _, leaf := range leaves[n] {
			o := &l.boxes[leaf]
			o.x, o.y = at+o.w/2, b.h/2+leafGap*0.6+o.h/2
			at += o.w + ringGap
		}
		x += w + leafGap
	}
}

// ring places nodes around the origin, with what they alone lead to further out. The ring is as large as its
// boxes and the one in its middle need.
func (l *arranger) ring(ring []int, leaves map[int][]int, middle int) {
	around := 0.0
	widest := 0.0
	room := func(n int) float64 {
		w := math.Hypot(l.boxes[n].w, l.boxes[n].h)
		out := 0.0
		for _, leaf := range leaves[n] {
			out += math.Hypot(l.boxes[leaf].w, l.boxes[leaf].h) + ringGap/2
		}
		return max(w, out*0.6) + ringGap
	}
	for _, n := range ring {
		around += room(n)
		widest = max(widest, room(n))
	}
	radius := max(around/(2*math.Pi), widest/1.6)
	if middle < 0 && len(ring) > 3 {
		radius *= 1.25 // the edges across need to be seen
	}
	if middle >= 0 {
		radius = max(radius, math.Hypot(l.boxes[middle].w, l.boxes[middle].h)/2+widest/2+ringGap)
	}
	if len(ring) == 1 {
		radius = 0
	}
	angle := -math.Pi / 2
	for i, n := range ring {
		half := room(n) / around * math.Pi
		if i > 0 {
			angle += half
		}
		l.boxes[n].x, l.boxes[n].y = radius*math.Cos(angle), radius*math.Sin(angle)
		l.outside(n, leaves[n], radius, angle, half)
		angle += half
	}
}

// outside places leaves beyond a node of a ring, side by side.
func (l *arranger) outside(n int, leaves []int, radius, angle, half float64) {
	if len(leaves) == 0 {
		return
	}
	size := func(i int) float64 { return math.Hypot(l.boxes[i].w, l.boxes[i].h) }
	widest := 0.0
	for _, leaf := range leaves {
		widest = max(widest, size(leaf))
	}
	far := radius + size(n)/2 + widest/2 + leafGap/2
	total := 0.0
	for _, leaf := range leaves {
		total += (size(leaf) + ringGap/2) / far
	}
	at := angle - total/2
	for _, leaf := range leaves {
		step := (size(leaf) + ringGap/2) / far
		at += step / 2
		l.boxes[leaf].x, l.boxes[leaf].y = far*math.Cos(at), far*math.Sin(at)
		at += step / 2
	}
}
