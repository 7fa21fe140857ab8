package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
)

// paint is how a kind of node or edge looks.
type paint struct{ fill, stroke, dash string }

var nodePaints = [...]paint{
	vnetNode:      {"#e8f1fb", "#2b6cb0", ""},
	premisesNode:  {"#f3efe6", "#7a6a45", ""},
	circuitNode:   {"#f0e8f7", "#6b4a9c", ""},
	groupNode:     {"#e7f5ec", "#2f855a", ""},
	elsewhereNode: {"#f4f4f4", "#777777", "4 3"},
}

var edgePaints = [...]paint{
	tunnelEdge:       {"", "#2b6cb0", ""},
	peeringEdge:      {"", "#2f855a", ""},
	expressRouteEdge: {"", "#6b4a9c", ""},
	memberEdge:       {"", "#2f855a", "2 3"},
}

// paintOf is how an edge looks: what is odd about it counts more than what it is.
func paintOf(e *edge) paint {
	p := edgePaints[e.kind]
	switch e.mark {
	case unsure:
		p.dash = "2 4"
	case halfOnly:
		p.stroke, p.dash = "#b7791f", "7 4"
	case broken:
		p.stroke, p.dash = "#c53030", "7 4"
	}
	return p
}

// safe is text in XML.
func safe(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
	return b.String()
}

func px(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10, 'f', -1, 64) }

func (g *Graph) svg(w io.Writer) error {
	boxes, width, height := g.layout()
	legend := g.legend()
	bends := make([]point, len(g.edges))
	page := frame{0, 0, max(width, 420), height}
	for i, lane := range g.lanes() { // a line may bend out of the page
		e := &g.edges[i]
		bends[i] = g.bend(e, boxes, lane)
		out := bends[i].at(boxes[e.from], boxes[e.to], 0.5)
		page.left, page.right = min(page.left, out.x-boxPadding), max(page.right, out.x+boxPadding)
		page.top, page.bottom = min(page.top, out.y-boxPadding), max(page.bottom, out.y+boxPadding)
	}
	y := page.bottom + lineHeight
	page.bottom = y + float64(len(legend))*lineHeight
	out := &printer{w: w}
	out.say(`<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="%s %s %s %s" font-family="Segoe UI, Helvetica, Arial, sans-serif" font-size="12">`+"\n",
		px(page.w()), px(page.h()), px(page.left), px(page.top), px(page.w()), px(page.h()))
	out.say("<title>%s</title>\n", safe(g.title()))
	out.say(`<rect x="%s" y="%s" width="100%%" height="100%%" fill="#ffffff"/>`+"\n", px(page.left), px(page.top))
	for i := range g.edges {
		g.svgEdge(out, &g.edges[i], boxes, bends[i])
	}
	for i := range g.nodes {
		g.svgNode(out, i, boxes[i])
	}
	for _, l := range legend {
		p := paintOf(&l.e)
		out.say(`<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-width="2"%s/><text x="%s" y="%s">%s</text>`+"\n",
			px(page.left+20), px(y-4), px(page.left+60), px(y-4), p.stroke, dashed(p), px(page.left+70), px(y), safe(l.text))
		y += lineHeight
	}
	out.say("</svg>\n")
	return out.err
}

func (g *Graph) title() string {
	counts := map[nodeKind]int{}
	for i := range g.nodes {
		counts[g.nodes[i].kind]++
	}
	return fmt.Sprintf("%d %s, %d %s", counts[vnetNode], pluralOf(counts[vnetNode], "VNet", "VNets"), len(g.edges), pluralOf(len(g.edges), "line", "lines"))
}

func (g *Graph) svgNode(out *printer, i int, b box) {
	n := &g.nodes[i]
	p := nodePaints[n.kind]
	out.say(`<g><title>%s</title><rect x="%s" y="%s" width="%s" height="%s" rx="6" fill="%s" stroke="%s" stroke-width="1.5"%s/>`, safe(g.about(i)),
		px(b.x-b.w/2), px(b.y-b.h/2), px(b.w), px(b.h), p.fill, p.stroke, dashed(p))
	y := b.y - b.h/2 + boxPadding + 9
	for j, line := range g.cutText(i) {
		style := ` fill="#444444"`
		if j == 0 {
			style = ` font-weight="bold"`
		}
		out.say(`<text x="%s" y="%s" text-anchor="middle"%s>%s</text>`, px(b.x), px(y), style, safe(line))
		y += lineHeight
	}
	out.say("</g>\n")
}

// about is all that is known of a node, in one line.
func (g *Graph) about(i int) string {
	n := &g.nodes[i]
	text := nodeWords[n.kind] + " " + n.name
	if n.region != "" {
		text += ", " + n.region
	}
	for _, line := range n.lines {
		text += ", " + line
	}
	return text
}

func (g *Graph) svgEdge(out *printer, e *edge, boxes []box, bend point) {
	from, to := boxes[e.from], boxes[e.to]
	p := paintOf(e)
	out.say(`<g><title>%s</title>`, safe(g.nodes[e.from].name+" to "+g.nodes[e.to].name+": "+e.words()))
	out.say(`<path d="M%s %sQ%s %s %s %s" fill="none" stroke="%s" stroke-width="2"%s/>`, px(from.x), px(from.y), px(bend.x), px(bend.y), px(to.x), px(to.y), p.stroke, dashed(p))
	first, last := bend.seen(from, to)
	if e.arrow {
		tip, before := bend.at(from, to, last), bend.at(from, to, max(0, last-0.05))
		length := max(math.Hypot(tip.x-before.x, tip.y-before.y), 0.001)
		ux, uy := (tip.x-before.x)/length, (tip.y-before.y)/length
		out.say(`<path d="M%s %sL%s %sL%s %sZ" fill="%s"/>`, px(tip.x), px(tip.y), px(tip.x-10*ux+5*uy), px(tip.y-10*uy-5*ux), px(tip.x-10*ux-5*uy), px(tip.y-10*uy+5*ux), p.stroke)
	}
	if text := e.shown(); text != "" && len(g.edges) <= mostLabels {
		middle := bend.at(from, to, (first+last)/2) // of what is seen
		out.say(`<text x="%s" y="%s" text-anchor="middle" font-size="10" fill="%s" stroke="#ffffff" stroke-width="3" paint-order="stroke">%s</text>`,
			px(middle.x), px(middle.y+3), p.stroke, safe(text))
	}
	out.say("</g>\n")
}

// point is the point that a line between two boxes bends towards.
type point struct{ x, y float64 }

// at is a point of the line, from 0 at the one end to 1 at the other.
func (b point) at(from, to box, t float64) point {
	u := 1 - t
	return point{u*u*from.x + 2*u*t*b.x + t*t*to.x, u*u*from.y + 2*u*t*b.y + t*t*to.y}
}

// lineSteps is in how many places a line is looked at.
const lineSteps = 48

// seen is the part of a line that neither of its boxes covers.
func (b point) seen(from, to box) (first, last float64) {
	first, last = 0, 1
	for i := range lineSteps {
		if t := float64(i) / lineSteps; from.holds(b.at(from, to, t), 0) {
			first = t
		}
		if t := 1 - float64(i)/lineSteps; to.holds(b.at(from, to, t), 0) {
			last = t
		}
	}
	if first > last {
		return 0.5, 0.5
	}
	return first, last
}

func (b box) holds(p point, margin float64) bool {
	return math.Abs(p.x-b.x) < b.w/2+margin && math.Abs(p.y-b.y) < b.h/2+margin
}

// mostBends bounds the work of leading lines around boxes: edges times boxes.
const mostBends = 200_000

// bend is where the line of an edge bends towards. It is straight unless other boxes are in its way; then it goes
// around them on the side that takes less.
func (g *Graph) bend(e *edge, boxes []box, lane float64) point {
	from, to := boxes[e.from], boxes[e.to]
	middle := point{(from.x + to.x) / 2, (from.y + to.y) / 2}
	length := math.Hypot(to.x-from.x, to.y-from.y)
	if length == 0 { // a line from a box to itself: a loop above it
		return point{from.x + from.w, from.y - 2*from.h}
	}
	dx, dy := -(to.y-from.y)/length, (to.x-from.x)/length
	shifted := func(by float64) point { return point{middle.x + dx*by, middle.y + dy*by} }
	straight := shifted(2 * lane)
	if len(g.edges)*len(boxes) > mostBends || !g.blocked(e, boxes, straight) {
		return straight
	}
	for by := 40.0; by < 2*length+400; by += 40 {
		for _, side := range []float64{by, -by} {
			if b := shifted(2*lane + side); !g.blocked(e, boxes, b) {
				return b
			}
		}
	}
	return straight
}

// blocked reports whether another box covers a part of a line.
func (g *Graph) blocked(e *edge, boxes []box, b point) bool {
	from, to := boxes[e.from], boxes[e.to]
	left, right := min(from.x, to.x, b.x), max(from.x, to.x, b.x)
	top, bottom := min(from.y, to.y, b.y), max(from.y, to.y, b.y)
	for i, o := range boxes {
		if i == e.from || i == e.to || o.x+o.w/2 < left || o.x-o.w/2 > right || o.y+o.h/2 < top || o.y-o.h/2 > bottom {
			continue
		}
		for s := 1; s < lineSteps; s++ {
			if o.holds(b.at(from, to, float64(s)/lineSteps), 3) {
				return true
			}
		}
	}
	return false
}

// mostLabels is how many edges a picture may have for each to carry its words.
const mostLabels = 60

// shown are the words beside an edge.
func (e *edge) shown() string {
	switch {
	case e.label != "" && e.mark != sound:
		return e.label + ", " + markWords[e.mark]
	case e.mark != sound:
		return markWords[e.mark]
	}
	return e.label
}

// lanes are how far each edge stands beside the straight line between its ends: several that join two nodes
// run side by side.
func (g *Graph) lanes() []float64 {
	count, seen := map[[2]int]int{}, map[[2]int]int{}
	pair := func(e *edge) [2]int { return [2]int{min(e.from, e.to), max(e.from, e.to)} }
	for i := range g.edges {
		count[pair(&g.edges[i])]++
	}
	lanes := make([]float64, len(g.edges))
	for i := range g.edges {
		at := pair(&g.edges[i])
		lanes[i] = (float64(seen[at]) - float64(count[at]-1)/2) * 10
		if g.edges[i].from > g.edges[i].to { // its other side is on the left
			lanes[i] = -lanes[i]
		}
		seen[at]++
	}
	return lanes
}

type legendLine struct {
	e    edge
	text string
}

// legend has a line for each look of an edge that there is.
func (g *Graph) legend() []legendLine {
	var out []legendLine
	used := map[legendKey]bool{}
	for i := range g.edges {
		used[legendKey{g.edges[i].kind, g.edges[i].mark}] = true
	}
	for kind := range edgeWords {
		for mark := range markWords {
			if !used[legendKey{edgeKind(kind), edgeMark(mark)}] {
				continue
			}
			text := edgeWords[kind]
			if mark > 0 {
				text += ", " + markWords[mark]
			}
			out = append(out, legendLine{edge{kind: edgeKind(kind), mark: edgeMark(mark)}, text})
		}
	}
	return out
}

type legendKey struct {
	kind edgeKind
	mark edgeMark
}

func dashed(p paint) string {
	if p.dash == "" {
		return ""
	}
	return ` stroke-dasharray="` + p.dash + `"`
}

// printer writes until the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) say(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}
