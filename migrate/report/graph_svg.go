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
	width = max(width, 420)
	out := &printer{w: w}
	total := height + float64(len(legend))*lineHeight + boxPadding
	out.say(`<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %s %s" font-family="Segoe UI, Helvetica, Arial, sans-serif" font-size="12">`+"\n", px(width), px(total), px(width), px(total))
	out.say("<title>%s</title>\n", safe(g.title()))
	out.say(`<rect width="100%%" height="100%%" fill="#ffffff"/>` + "\n")
	for i, lane := range g.lanes() {
		g.svgEdge(out, &g.edges[i], boxes, lane)
	}
	for i := range g.nodes {
		g.svgNode(out, i, boxes[i])
	}
	y := height
	for _, l := range legend {
		p := paintOf(&l.e)
		out.say(`<line x1="20" y1="%s" x2="60" y2="%s" stroke="%s" stroke-width="2"%s/><text x="70" y="%s">%s</text>`+"\n", px(y-4), px(y-4), p.stroke, dashed(p), px(y), safe(l.text))
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
	return fmt.Sprintf("%d %s, %d %s", counts[vnetNode], pluralOf(counts[vnetNode], "VNet", "VNets"), len(g.edges), pluralOf(len(g.edges), "connection", "connections"))
}

func (g *Graph) svgNode(out *printer, i int, b box) {
	n := &g.nodes[i]
	p := nodePaints[n.kind]
	out.say(`<g><title>%s</title><rect x="%s" y="%s" width="%s" height="%s" rx="6" fill="%s" stroke="%s" stroke-width="1.5"%s/>`, safe(g.about(i)),
		px(b.x-b.w/2), px(b.y-b.h/2), px(b.w), px(b.h), p.fill, p.stroke, dashed(p))
	y := b.y - b.h/2 + boxPadding + 9
	for j, line := range g.text(i) {
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

func (g *Graph) svgEdge(out *printer, e *edge, boxes []box, lane float64) {
	x1, y1, x2, y2 := boxes[e.from].x, boxes[e.from].y, boxes[e.to].x, boxes[e.to].y
	length := max(math.Hypot(x2-x1, y2-y1), 1)
	dx, dy := -(y2-y1)/length*lane, (x2-x1)/length*lane
	x1, y1, x2, y2 = x1+dx, y1+dy, x2+dx, y2+dy
	p := paintOf(e)
	out.say(`<g><title>%s</title>`, safe(g.nodes[e.from].name+" to "+g.nodes[e.to].name+": "+e.words()))
	out.say(`<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-width="2"%s/>`, px(x1), px(y1), px(x2), px(y2), p.stroke, dashed(p))
	if e.arrow {
		tip := boxes[e.to]
		at := 1 - edgeOf(tip, x2-x1, y2-y1)/length
		ax, ay := x1+(x2-x1)*at, y1+(y2-y1)*at
		ux, uy := (x2-x1)/length, (y2-y1)/length
		out.say(`<path d="M%s %sL%s %sL%s %sZ" fill="%s"/>`, px(ax), px(ay), px(ax-10*ux+5*uy), px(ay-10*uy-5*ux), px(ax-10*ux-5*uy), px(ay-10*uy+5*ux), p.stroke)
	}
	if text := e.shown(); text != "" && len(g.edges) <= mostLabels {
		at := (edgeOf(boxes[e.from], x2-x1, y2-y1)/length + 1 - edgeOf(boxes[e.to], x2-x1, y2-y1)/length) / 2 // the middle of what is seen
		out.say(`<text x="%s" y="%s" text-anchor="middle" font-size="10" fill="%s" stroke="#ffffff" stroke-width="3" paint-order="stroke">%s</text>`,
			px(x1+(x2-x1)*at), px(y1+(y2-y1)*at+3), p.stroke, safe(text))
	}
	out.say("</g>\n")
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

// edgeOf is how far the border of a box is from its middle in a direction.
func edgeOf(b box, dx, dy float64) float64 {
	length := math.Hypot(dx, dy)
	if length == 0 {
		return 0
	}
	tx, ty := math.Inf(1), math.Inf(1)
	if dx != 0 {
		tx = b.w / 2 / math.Abs(dx)
	}
	if dy != 0 {
		ty = b.h / 2 / math.Abs(dy)
	}
	return min(tx, ty) * length
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
