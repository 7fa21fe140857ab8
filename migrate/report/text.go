package report

import (
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// defaultWidth is how wide text is when nobody says.
const defaultWidth = 100

// leastColumn is how narrow a column may get before a table is wider than asked for.
const leastColumn = 14

// codes are the SGR parameters of the tones.
var codes = [...]string{strong: "1", faint: "2", good: "32", warn: "33", bad: "1;31", note: "36"}

// painted puts text in the colour of a tone.
func painted(text string, t tone) string {
	if t == plain || text == "" {
		return text
	}
	return "\x1b[" + codes[t] + "m" + text + "\x1b[0m"
}

// writeText prints blocks for a terminal or a file. Everything passes diag.Plain, so the only
// control characters are line ends and, when asked for, our own colours.
func writeText(w io.Writer, blocks []block, s Style) error {
	if s.Width <= 0 {
		s.Width = defaultWidth
	}
	t := &textWriter{style: s}
	for i, b := range blocks {
		if i > 0 && apart(blocks[i-1], b) {
			t.out.WriteByte('\n')
		}
		t.block(b)
	}
	_, err := io.WriteString(w, t.out.String())
	return err
}

// apart reports whether an empty line stands between two blocks: it does where something new
// begins below a table, a list or facts. Headings bring their own.
func apart(above, below block) bool {
	switch above.(type) {
	case heading, para:
		return false
	}
	switch b := below.(type) {
	case heading, facts:
		return false
	case para:
		return len(b.phrase) > 0 && b.phrase[0].tone != note // "and 3 more" belongs to what it follows
	}
	return true
}

type textWriter struct {
	out    strings.Builder
	style  Style
	indent int
}

func (t *textWriter) block(b block) {
	switch b := b.(type) {
	case heading:
		t.heading(b)
	case para:
		t.wrapped("", b.phrase)
	case list:
		for _, item := range b.items {
			t.wrapped("- ", item)
		}
	case facts:
		width := 0
		for _, f := range b {
			width = max(width, len(f.label))
		}
		for _, f := range b {
			t.wrapped(f.label+strings.Repeat(" ", width-len(f.label))+"  ", f.text)
		}
	case grid:
		t.table(b)
	case verbatim:
		t.verbatim(b)
	case code:
		for _, line := range b.lines {
			t.line(diag.Plain(line))
		}
	}
}

func (t *textWriter) heading(h heading) {
	if t.out.Len() > 0 {
		t.out.WriteByte('\n')
	}
	t.indent = max(2*h.level-4, 0)
	for i := range h.text {
		h.text[i].tone = max(h.text[i].tone, strong)
	}
	t.wrapped("", h.text)
	t.indent = max(2*h.level-2, 0)
}

// wrapped writes a phrase after a label; its further lines stand under its first.
func (t *textWriter) wrapped(label string, p phrase) {
	lines := t.wrap(p, t.style.Width-t.indent-len(label))
	for i, line := range lines {
		if i > 0 {
			label = strings.Repeat(" ", len(label))
		}
		t.line(label + line)
	}
}

func (t *textWriter) line(s string) {
	if s = strings.TrimRight(s, " "); s != "" {
		t.out.WriteString(strings.Repeat(" ", t.indent) + s)
	}
	t.out.WriteByte('\n')
}

// wrap breaks a phrase at its spaces into lines of the width; a longer word stands alone.
func (t *textWriter) wrap(p phrase, width int) []string {
	var lines []string
	var line strings.Builder
	used, open := 0, false // columns in line; whether the next word follows without a space
	for _, word := range words(p) {
		columns := 0
		for _, s := range word {
			columns += text.StringWidthWithoutEscSequences(s.text)
		}
		switch {
		case !open:
		case used+1+columns > width:
			lines = append(lines, line.String())
			line.Reset()
			used = 0
		default:
			line.WriteByte(' ')
			used++
		}
		for _, s := range word {
			line.WriteString(t.paint(s))
		}
		used, open = used+columns, true
	}
	return append(lines, line.String())
}

func (t *textWriter) paint(s span) string {
	if t.style.Color {
		return painted(s.text, s.tone)
	}
	return s.text
}

// words splits a phrase at spaces; a word may consist of several spans. The result is Plain. A name
// is one word, whatever spaces it has, so that it can be searched for.
func words(p phrase) [][]span {
	var out [][]span
	var word []span
	end := func() {
		if len(word) > 0 {
			out, word = append(out, word), nil
		}
	}
	for _, s := range p {
		safe := diag.Plain(s.text)
		if s.name {
			word = append(word, span{text: safe, tone: s.tone})
			continue
		}
		for i, part := range strings.Split(safe, " ") {
			if i > 0 {
				end()
			}
			if part != "" {
				word = append(word, span{text: part, tone: s.tone})
			}
		}
	}
	end()
	return out
}

func (t *textWriter) verbatim(v verbatim) {
	for _, e := range v.lines {
		t.line(t.paint(span{text: diag.Plain(e.line), tone: markTone(e.mark)}))
	}
}

// markTone is the tone of a line of a diff by its mark.
func markTone(mark byte) tone {
	switch mark {
	case '-':
		return bad
	case '+':
		return good
	case '@':
		return note
	case '=':
		return strong
	}
	return plain
}
