package report

import (
	"io"
	"strings"
)

// drawIO writes the picture as a file of diagrams.net: boxes and lines that can be moved. Labels are plain text
// there (html=0).
func (g *Graph) drawIO(w io.Writer) error {
	boxes, _, _ := g.layout()
	out := &printer{w: w}
	out.say("<mxfile host=\"netmigrate\">\n  <diagram name=\"network\">\n    <mxGraphModel><root>\n")
	out.say("      <mxCell id=\"0\"/><mxCell id=\"1\" parent=\"0\"/>\n")
	for i := range g.nodes {
		b, p := boxes[i], nodePaints[g.nodes[i].kind]
		style := "rounded=1;html=0;whiteSpace=wrap;fillColor=" + p.fill + ";strokeColor=" + p.stroke + ";"
		if p.dash != "" {
			style += "dashed=1;"
		}
		out.say("      <mxCell id=\"n%d\" vertex=\"1\" parent=\"1\" style=%q value=\"%s\"><mxGeometry x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" as=\"geometry\"/></mxCell>\n",
			i, style, safe(strings.Join(g.text(i), "\n")), px(b.x-b.w/2), px(b.y-b.h/2), px(b.w), px(b.h))
	}
	for i := range g.edges {
		e := &g.edges[i]
		p := paintOf(e)
		style := "html=0;strokeWidth=2;strokeColor=" + p.stroke + ";endArrow="
		if e.arrow {
			style += "classic;"
		} else {
			style += "none;"
		}
		if p.dash != "" {
			style += "dashed=1;"
		}
		out.say("      <mxCell id=\"e%d\" edge=\"1\" parent=\"1\" source=\"n%d\" target=\"n%d\" style=%q value=\"%s\"><mxGeometry relative=\"1\" as=\"geometry\"/></mxCell>\n",
			i, e.from, e.to, style, safe(e.shown()))
	}
	out.say("    </root></mxGraphModel>\n  </diagram>\n</mxfile>\n")
	return out.err
}
