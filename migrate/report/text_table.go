package report

import (
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// ruled is a table without borders: columns two spaces apart, a rule under the head.
func ruled() table.Style {
	return table.Style{
		Box:     table.BoxStyle{MiddleHorizontal: "-", PaddingRight: "  "},
		Format:  table.FormatOptions{Header: text.FormatDefault},
		Options: table.Options{SeparateHeader: true},
	}
}

// table writes rows, with the widest columns wrapped so that they fit.
func (t *textWriter) table(g grid) {
	widths := t.columns(g)
	w := table.NewWriter()
	w.SetStyle(ruled())
	if len(g.head) > 0 {
		head := make(table.Row, len(g.head))
		for i, h := range g.head {
			head[i] = h
		}
		w.AppendHeader(head)
	}
	for _, cells := range g.rows {
		row := make(table.Row, len(cells))
		for i, c := range cells {
			row[i] = strings.Join(t.wrap(c, widths[i]), "\n")
		}
		w.AppendRow(row)
	}
	for _, line := range strings.Split(w.Render(), "\n") {
		t.line(line)
	}
}

// columns chooses the width of every column: what it needs, less where that is too much.
func (t *textWriter) columns(g grid) []int {
	var widths []int
	need := func(i, n int) {
		for len(widths) <= i {
			widths = append(widths, 0)
		}
		widths[i] = max(widths[i], n)
	}
	for i, h := range g.head {
		need(i, len(h))
	}
	for _, row := range g.rows {
		for i, c := range row {
			n := 0
			for _, word := range words(c) {
				for _, s := range word {
					n += text.StringWidthWithoutEscSequences(s.text)
				}
				n++
			}
			need(i, n-1)
		}
	}
	room := t.style.Width - t.indent - 2*(len(widths)-1)
	for {
		sum, widest := 0, 0
		for i, n := range widths {
			sum += n
			if n > widths[widest] {
				widest = i
			}
		}
		if sum <= room || widths[widest] <= leastColumn {
			return widths
		}
		widths[widest]--
	}
}
