package report

import (
	"io"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// writeMarkdown prints blocks as GitHub's Markdown.
func writeMarkdown(w io.Writer, blocks []block) error {
	m := &markdownWriter{}
	for _, b := range blocks {
		m.block(b)
	}
	_, err := io.WriteString(w, m.out.String())
	return err
}

type markdownWriter struct{ out strings.Builder }

func (m *markdownWriter) block(b block) {
	if m.out.Len() > 0 {
		m.out.WriteByte('\n')
	}
	switch b := b.(type) {
	case heading:
		m.out.WriteString(strings.Repeat("#", b.level) + " " + m.phrase(b.text) + "\n")
	case para:
		m.out.WriteString(atLineStart(m.phrase(b.phrase)) + "\n")
	case list:
		for _, item := range b.items {
			m.out.WriteString("- " + atLineStart(m.phrase(item)) + "\n")
		}
	case facts:
		for _, f := range b {
			m.out.WriteString("- **" + escaped(f.label) + "**: " + m.phrase(f.text) + "\n")
		}
	case grid:
		m.table(b)
	case verbatim:
		m.out.WriteString("```diff\n")
		for _, e := range b.lines {
			m.out.WriteString(diag.Plain(e.line) + "\n")
		}
		m.out.WriteString("```\n")
	case code:
		m.code(b)
	}
}

// code puts commands between fences that are longer than any row of backticks in them.
func (m *markdownWriter) code(c code) {
	fence := "```"
	for _, line := range c.lines {
		for strings.Contains(line, fence) {
			fence += "`"
		}
	}
	m.out.WriteString(fence + c.language + "\n")
	for _, line := range c.lines {
		m.out.WriteString(diag.Plain(line) + "\n")
	}
	m.out.WriteString(fence + "\n")
}

// table needs a head in Markdown; where there is none it is empty.
func (m *markdownWriter) table(g grid) {
	columns := len(g.head)
	for _, row := range g.rows {
		columns = max(columns, len(row))
	}
	m.out.WriteByte('|')
	for i := range columns {
		if i < len(g.head) {
			m.out.WriteString(" " + escaped(g.head[i]))
		}
		m.out.WriteString(" |")
	}
	m.out.WriteString("\n|" + strings.Repeat("---|", columns) + "\n")
	for _, row := range g.rows {
		m.out.WriteByte('|')
		for _, cell := range row {
			m.out.WriteString(" " + m.cell(cell) + " |")
		}
		m.out.WriteByte('\n')
	}
}

// cell is a phrase in a table: rows are split at pipes before code spans are seen, so those in
// code need a backslash there, and only there.
func (m *markdownWriter) cell(p phrase) string {
	quoted := p.and()
	for i := range quoted {
		if quoted[i].name {
			quoted[i].text = strings.ReplaceAll(quoted[i].text, "|", `\|`)
		}
	}
	return m.phrase(quoted)
}

func (m *markdownWriter) phrase(p phrase) string {
	var b strings.Builder
	for _, s := range p {
		switch {
		case s.name:
			b.WriteString(codeSpan(s.text))
		case s.tone == strong || s.tone == bad:
			b.WriteString(emphasised(s.text))
		default:
			b.WriteString(escaped(s.text))
		}
	}
	return strings.TrimSpace(b.String())
}

// emphasised keeps the spaces outside the marks, where Markdown wants them.
func emphasised(s string) string {
	inner := strings.Trim(s, " ")
	if inner == "" {
		return s
	}
	at := strings.Index(s, inner)
	return s[:at] + "**" + escaped(inner) + "**" + s[at+len(inner):]
}

// codeSpan quotes a name between more backticks than it has in a row.
func codeSpan(name string) string {
	name = diag.Plain(name)
	if strings.TrimSpace(name) == "" {
		return "(blank)"
	}
	longest, run := 0, 0
	for _, c := range name {
		if c != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 || name[0] == ' ' || name[len(name)-1] == ' ' {
		name = " " + name + " "
	}
	return fence + name + fence
}

// escaped makes text show as it is: no markup, no HTML, no entity, no link, and no mention or issue
// reference, which a backslash does not stop.
func escaped(s string) string {
	s = diag.Plain(s)
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch c {
		case '\\', '`', '*', '[', ']', '<', '|', '~', '&', '$':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '_':
			if !between(s, i) {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		case '@', '#':
			b.WriteByte(c)
			if i+1 < len(s) && isWord(s[i+1]) {
				b.WriteString("<!-- -->")
			}
		case ':':
			if strings.HasPrefix(s[i:], "://") || endsIn(s[:i], "mailto") || endsIn(s[:i], "xmpp") {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		case '.':
			if endsIn(s[:i], "www") {
				b.WriteByte('\\')
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// between reports whether the byte stands between two letters or digits.
func between(s string, i int) bool { return i > 0 && i+1 < len(s) && isWord(s[i-1]) && isWord(s[i+1]) }

func endsIn(s, end string) bool {
	return len(s) >= len(end) && strings.EqualFold(s[len(s)-len(end):], end)
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// atLineStart escapes what would start a list, a quote, a heading or a rule at the beginning of a
// line.
func atLineStart(s string) string {
	if s == "" {
		return s
	}
	switch s[0] {
	case '-', '+', '#', '=', '>':
		return `\` + s
	}
	digits := 0
	for digits < len(s) && s[digits] >= '0' && s[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') && (digits+1 == len(s) || s[digits+1] == ' ') {
		return s[:digits] + `\` + s[digits:]
	}
	return s
}
