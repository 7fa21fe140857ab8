package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// dot writes the picture for Graphviz; a region is a cluster.
func (g *Graph) dot(w io.Writer) error {
	out := &printer{w: w}
	out.say("graph network {\n  node [shape=box style=\"rounded,filled\" fontname=\"Helvetica\" fontsize=11]\n  edge [fontname=\"Helvetica\" fontsize=9]\n  overlap=false\n")
	for i, region := range g.regions() {
		indent := "  "
		if region != "" {
			out.say("  subgraph cluster_%d {\n    label=%s\n", i, quotedDOT(region))
			indent = "    "
		}
		for j := range g.nodes {
			if g.nodes[j].region != region {
				continue
			}
			n := &g.nodes[j]
			p := nodePaints[n.kind]
			lines := g.text(j)
			if region != "" {
				lines = slices.Delete(lines, 1, 2)
			}
			out.say("%sn%d [label=%s tooltip=%s fillcolor=%q color=%q]\n", indent, j, quotedDOT(strings.Join(lines, "\n")), quotedDOT(g.about(j)), p.fill, p.stroke)
		}
		if region != "" {
			out.say("  }\n")
		}
	}
	for i := range g.edges {
		e := &g.edges[i]
		p := paintOf(e)
		out.say("  n%d -- n%d [color=%q", e.from, e.to, p.stroke)
		if text := e.shown(); text != "" && (e.mark != sound || len(g.edges) <= mostLabels) {
			out.say(" label=%s", quotedDOT(text))
		}
		out.say(" tooltip=%s", quotedDOT(e.words()))
		if style := lineStyle(e); style != "" {
			out.say(" style=%s", style)
		}
		if e.arrow {
			out.say(" dir=forward")
		}
		out.say("]\n")
	}
	out.say("}\n")
	return out.err
}

// lineStyle is the look of an edge in the words of Graphviz.
func lineStyle(e *edge) string {
	switch {
	case e.mark == unsure || e.kind == memberEdge && e.mark == sound:
		return "dotted"
	case e.mark != sound:
		return "dashed"
	}
	return ""
}

// regions are the regions of nodes, in order; "" is first where a node has none.
func (g *Graph) regions() []string {
	var all []string
	for i := range g.nodes {
		all = append(all, g.nodes[i].region)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// quotedDOT is a string of the DOT language: a backslash begins an escape there, so that it is doubled.
func quotedDOT(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// mermaid writes the picture for pages that draw Mermaid.
func (g *Graph) mermaid(w io.Writer) error {
	out := &printer{w: w}
	out.say("flowchart LR\n")
	shapes := [...][2]string{vnetNode: {"[", "]"}, premisesNode: {"[/", "/]"}, circuitNode: {"{{", "}}"}, groupNode: {"([", "])"}, elsewhereNode: {">", "]"}}
	for i, region := range g.regions() {
		indent := "  "
		if region != "" {
			out.say("  subgraph r%d[%s]\n", i, quotedMermaid(region))
			indent = "    "
		}
		for j := range g.nodes {
			n := &g.nodes[j]
			if n.region != region {
				continue
			}
			lines := g.text(j)
			if region != "" {
				lines = slices.Delete(lines, 1, 2)
			}
			for k := range lines {
				lines[k] = entities(lines[k])
			}
			shape := shapes[n.kind]
			out.say("%sn%d%s\"%s\"%s\n", indent, j, shape[0], strings.Join(lines, "<br/>"), shape[1])
		}
		if region != "" {
			out.say("  end\n")
		}
	}
	for i := range g.edges {
		e := &g.edges[i]
		line := "---"
		switch {
		case e.mark != sound && e.arrow:
			line = "-.->"
		case e.mark != sound || e.kind == memberEdge:
			line = "-.-"
		case e.arrow:
			line = "-->"
		case e.kind == peeringEdge:
			line = "==="
		}
		text := ""
		if shown := e.shown(); shown != "" {
			text = "|" + quotedMermaid(shown) + "|"
		}
		out.say("  n%d %s%s n%d\n", e.from, line, text, e.to)
	}
	for i := range g.edges {
		if p := paintOf(&g.edges[i]); p.stroke != "" {
			out.say("  linkStyle %d stroke:%s\n", i, p.stroke)
		}
	}
	return out.err
}

func quotedMermaid(s string) string { return `"` + entities(s) + `"` }

// entities is text in a label of Mermaid, where nearly everything but letters and digits may mean something.
func entities(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == ' ' || r == '-' || r == '_' || r == '.' || r == ',' || r == '/' || r == ':' || r == '(' || r == ')',
			r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r > 0x7f:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}
