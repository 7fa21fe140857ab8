package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/sergi/go-diff/diffmatchpatch"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// contextLines is how many equal lines stand around a change, as in diff -u.
const contextLines = 3

// Unified writes the text diff of the two ARM forms, resource by resource; equal resources are
// left out. A resource that only one side has is shown whole, against /dev/null.
func (d *Diff) Unified(w io.Writer, s Style) error {
	if d.live != nil {
		return d.live.Write(w, Text, s)
	}
	out := bufio.NewWriterSize(w, 1<<16)
	for i := range d.Resources {
		edits, err := d.Resources[i].edits()
		if err != nil {
			return err
		}
		for _, e := range edits {
			line := e.line
			if s.Color {
				line = painted(line, markTone(e.mark))
			}
			out.WriteString(line) // an error stays until Flush
			out.WriteByte('\n')
		}
	}
	return out.Flush()
}

// edits is the diff of one resource: headers ('='), hunk heads ('@') and lines, each with the text
// that is printed.
func (c *ResourceChange) edits() ([]edit, error) {
	before, err := resourceLines(c.before)
	if err != nil {
		return nil, err
	}
	after, err := resourceLines(c.after)
	if err != nil {
		return nil, err
	}
	out := []edit{{'=', "--- " + side("before", c.Name, c.Before)}, {'=', "+++ " + side("after", c.Name, c.After)}}
	for _, h := range hunks(compareLines(before, after)) {
		out = append(out, edit{'@', fmt.Sprintf("@@ -%s +%s @@", lineRange(h.before, h.removed), lineRange(h.after, h.added))})
		for _, e := range h.edits {
			out = append(out, edit{e.mark, string(e.mark) + e.line})
		}
	}
	return out, nil
}

func side(word, name string, exists bool) string {
	if !exists {
		return "/dev/null"
	}
	return word + " " + diag.Plain(name)
}

// lineRange is a range in a hunk's header: the start alone for one line, and the line before it
// for none, as POSIX wants.
func lineRange(start, count int) string {
	switch count {
	case 0:
		return fmt.Sprintf("%d,0", start-1)
	case 1:
		return fmt.Sprint(start)
	}
	return fmt.Sprintf("%d,%d", start, count)
}

// resourceLines is the text of a resource; none has no lines. JSON escapes control characters,
// and Plain the invisible ones that it leaves.
func resourceLines(r *arm.Resource) ([]string, error) {
	if r == nil {
		return nil, nil
	}
	text, err := arm.EncodeResource(r)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if isPlainASCII(text) {
		return lines, nil
	}
	for i := range lines {
		lines[i] = diag.Plain(lines[i])
	}
	return lines, nil
}

// isPlainASCII reports whether encoded JSON, which escapes every control character below the
// space, has nothing that Plain would touch.
func isPlainASCII(text []byte) bool {
	for _, c := range text {
		if c >= 0x7f {
			return false
		}
	}
	return true
}

// edit is a line with what becomes of it: ' ', '-' or '+'.
type edit struct {
	mark byte
	line string
}

// compareLines finds the fewest changes that make after of before. The library compares runes, so
// every distinct line becomes one.
func compareLines(before, after []string) []edit {
	var edits []edit
	all := func(mark byte, lines []string) {
		for _, l := range lines {
			edits = append(edits, edit{mark, l})
		}
	}
	if len(before) == 0 || len(after) == 0 {
		all('-', before)
		all('+', after)
		return edits
	}
	table := lineTable{runes: map[string]rune{}, lines: map[rune]string{}}
	d := diffmatchpatch.New()
	d.DiffTimeout = 0 // the default gives up after a second, and then the result depends on the machine
	marks := map[diffmatchpatch.Operation]byte{diffmatchpatch.DiffDelete: '-', diffmatchpatch.DiffInsert: '+', diffmatchpatch.DiffEqual: ' '}
	for _, part := range d.DiffMainRunes(table.encode(before), table.encode(after), false) {
		for _, r := range part.Text {
			edits = append(edits, edit{marks[part.Type], table.lines[r]})
		}
	}
	return edits
}

// lineTable gives every distinct line a rune.
type lineTable struct {
	runes map[string]rune
	lines map[rune]string
}

func (t *lineTable) encode(lines []string) []rune {
	out := make([]rune, len(lines))
	for i, l := range lines {
		r, ok := t.runes[l]
		if !ok {
			r = rune(len(t.runes) + 1)
			if r >= 0xD800 { // surrogates are no runes
				r += 0x800
			}
			if r >= 0xFFFD { // U+FFFD stands for what is broken
				r++
			}
			t.runes[l], t.lines[r] = r, l
		}
		out[i] = r
	}
	return out
}

// hunk is a stretch of changes with its context; lines count from 1.
type hunk struct {
	before, removed int // first line and count before
	after, added    int // and after
	edits           []edit
}

// hunks groups edits whose contexts touch.
func hunks(edits []edit) []hunk {
	var out []hunk
	b, a := 1, 1 // the next line on each side
	for at := 0; ; {
		from := at
		for from < len(edits) && edits[from].mark == ' ' {
			from++
		}
		if from == len(edits) {
			return out
		}
		last := from
		for i := from; i < len(edits) && i-last <= 2*contextLines+1; i++ {
			if edits[i].mark != ' ' {
				last = i
			}
		}
		start, end := max(from-contextLines, at), min(last+contextLines+1, len(edits))
		b, a = b+start-at, a+start-at
		h := hunk{before: b, after: a, edits: edits[start:end]}
		h.count()
		out = append(out, h)
		b, a, at = b+h.removed, a+h.added, end
	}
}

func (h *hunk) count() {
	for _, e := range h.edits {
		if e.mark != '+' {
			h.removed++
		}
		if e.mark != '-' {
			h.added++
		}
	}
}
