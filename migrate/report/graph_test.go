package report

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// drawGraph draws any graph, with names that mean something in the languages of pictures.
func drawGraph(t *rapid.T) *Graph {
	word := rapid.SampledFrom([]string{"hub", "<script>alert(1)</script>", `"]; n0 -- n1 [label="`, "end", "`**x**`", "#quot;", "]]>", "&lt;", `\N\"`, "$(rm)", "naïve €", "n0-->n1", "%%{init: {}}%%", strings.Repeat("long", 20)})
	g := &Graph{}
	for range rapid.IntRange(1, 40).Draw(t, "nodes") {
		n := node{kind: nodeKind(rapid.IntRange(0, len(nodeWords)-1).Draw(t, "kind")), name: word.Draw(t, "name")}
		if n.kind == vnetNode {
			n.region = rapid.SampledFrom([]string{"", "westeurope", "e\"ast"}).Draw(t, "region")
		}
		for range rapid.IntRange(0, 3).Draw(t, "lines") {
			n.lines = append(n.lines, word.Draw(t, "line"))
		}
		g.nodes = append(g.nodes, n)
	}
	for range rapid.IntRange(0, 60).Draw(t, "edges") {
		e := edge{from: rapid.IntRange(0, len(g.nodes)-1).Draw(t, "from"), to: rapid.IntRange(0, len(g.nodes)-1).Draw(t, "to"),
			kind: edgeKind(rapid.IntRange(0, len(edgeWords)-1).Draw(t, "edge")), mark: edgeMark(rapid.IntRange(0, len(markWords)-1).Draw(t, "mark")),
			arrow: rapid.Bool().Draw(t, "arrow"), label: rapid.SampledFrom([]string{"", "IPsec", "uses the gateway"}).Draw(t, "label")}
		e.about = append(e.about, word.Draw(t, "about"))
		g.edges = append(g.edges, e)
	}
	return g
}

// Boxes do not cover each other, whatever is joined to what.
func TestGraphLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		boxes, width, height := g.layout()
		for i, a := range boxes {
			if math.IsNaN(a.x+a.y) || a.x-a.w/2 < 0 || a.y-a.h/2 < 0 || a.x+a.w/2 > width || a.y+a.h/2 > height {
				t.Errorf("box %d stands outside: %+v of %.0f x %.0f", i, a, width, height)
			}
			for j, b := range boxes[:i] {
				if math.Abs(a.x-b.x) < (a.w+b.w)/2 && math.Abs(a.y-b.y) < (a.h+b.h)/2 {
					t.Errorf("boxes %d and %d cover each other: %+v, %+v", j, i, a, b)
				}
			}
		}
	})
}

var (
	textDOT     = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
	lineDOT     = regexp.MustCompile(`^ *(graph network \{|\}|(node|edge|n\d+|n\d+ -- n\d+) \[( ?[a-z]+=(T|box|dashed|dotted|forward|\d+))*\]|overlap=false|subgraph cluster_\d+ \{|label=T)$`)
	lineMermaid = regexp.MustCompile(`^ *(flowchart LR|subgraph r\d+\[T\]|end|n\d+(\[|\[/|\{\{|\(\[|>)T(\]|/\]|\}\}|\]\))|n\d+ (---|-\.->|-\.-|-->|===)(\|T\|)? n\d+|linkStyle \d+ stroke:#[0-9a-f]{6})$`)
	textMermaid = regexp.MustCompile(`"(?:[^"#;<>&\x60]|#\d+;|<br/>)*"`)
)

// Names are data in every format: what stands outside of texts is what the format has, and the texts are the
// names.
func TestGraphFormats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		text := func(f Format) string {
			var b bytes.Buffer
			if err := g.Write(&b, f); err != nil {
				t.Fatal(err)
			}
			return b.String()
		}
		for f, is := range map[Format][2]*regexp.Regexp{DOT: {textDOT, lineDOT}, Mermaid: {textMermaid, lineMermaid}} {
			for line := range strings.Lines(text(f)) {
				if bare := is[0].ReplaceAllString(strings.TrimSuffix(line, "\n"), "T"); !is[1].MatchString(bare) {
					t.Errorf("%s: %q", f, line)
				}
			}
		}
		for _, f := range []Format{SVG, DrawIO} {
			boxes, lines := 0, 0
			d := xml.NewDecoder(strings.NewReader(text(f)))
			for {
				token, err := d.Token()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(f, err)
				}
				start, ok := token.(xml.StartElement)
				if !ok {
					continue
				}
				switch start.Name.Local {
				case "script":
					t.Errorf("%s: a name became an element", f)
				case "g":
					lines++
				case "mxCell":
					for _, a := range start.Attr {
						switch a.Name.Local {
						case "vertex":
							boxes++
						case "edge":
							lines++
						}
					}
				}
			}
			if boxes+lines != len(g.nodes)+len(g.edges) {
				t.Errorf("%s shows %d of %d things", f, boxes+lines, len(g.nodes)+len(g.edges))
			}
		}
	})
}

func TestGraphHasNoOtherFormat(t *testing.T) {
	if err := NewGraph(&estate.Estate{}).Write(io.Discard, JSON); !errors.Is(err, ErrFormat) {
		t.Error(err)
	}
	for _, f := range []Format{SVG, DOT, Mermaid, DrawIO} {
		if err := NewGraph(&estate.Estate{}).Write(failing{}, f); err == nil {
			t.Errorf("%s: the error of the writer is lost", f)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, fmt.Errorf("full") }
