package diag

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Severity says how much a finding matters. Its zero value is no severity at all.
type Severity uint8

// The severities, lowest first. What does not work, is refused, or is lost or opened is an Error;
// what asks for a look is a Warning; what informs is a Note.
const (
	Note Severity = iota + 1
	Warning
	Error
)

// String is the word printed in findings and taken by flags.
func (s Severity) String() string {
	switch s {
	case Note:
		return "note"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return "none"
}

// ParseSeverity reads the word that String prints, or reports false.
func ParseSeverity(word string) (Severity, bool) {
	for _, s := range []Severity{Note, Warning, Error} {
		if s.String() == word {
			return s, true
		}
	}
	return 0, false
}

// Related is a second place that belongs to a finding.
type Related struct {
	Pos     Pos
	Message string
}

// Finding is one thing noticed. Rule is an id of the catalogue; Severity is taken from there by
// New. Message carries the values themselves, lower case and without a full stop.
type Finding struct {
	Rule     string
	Severity Severity
	Pos      Pos
	Message  string
	Related  []Related
	Hint     string // what to do here; empty means the rule's own remedy
}

// New makes a finding of a catalogued rule with the rule's severity and remedy. It panics when
// the rule is not in the catalogue: that is a mistake in this program, not in its input.
func New(rule string, pos Pos, format string, args ...any) Finding {
	r, ok := Lookup(rule)
	if !ok {
		panic("diag: rule " + rule + " is not in the catalogue")
	}
	return Finding{Rule: rule, Severity: r.Severity, Pos: pos, Message: fmt.Sprintf(format, args...), Hint: r.Fix}
}

// See returns the finding with a further place.
func (f Finding) See(pos Pos, format string, args ...any) Finding {
	f.Related = append(slices.Clip(f.Related), Related{pos, fmt.Sprintf(format, args...)})
	return f
}

// WithHint returns the finding with its own advice in place of the rule's.
func (f Finding) WithHint(format string, args ...any) Finding {
	f.Hint = fmt.Sprintf(format, args...)
	return f
}

// Compare orders findings by position, then rule, then message.
func (f Finding) Compare(g Finding) int {
	return cmp.Or(f.Pos.Compare(g.Pos), cmp.Compare(f.Rule, g.Rule), cmp.Compare(f.Message, g.Message))
}

// Error makes a Finding usable as an error: its first line.
func (f Finding) Error() string {
	return fmt.Sprintf("%s: %s %s: %s", f.Pos, f.Severity, f.Rule, f.Message)
}

// List is what a stage noticed. Stages return it in any order; Sort before printing.
type List []Finding

// Sort orders the list by position, rule and message, and drops exact repetitions.
func (l *List) Sort() {
	slices.SortStableFunc(*l, Finding.Compare)
	*l = slices.CompactFunc(*l, func(a, b Finding) bool { return a.Compare(b) == 0 })
}

// Add appends a finding of a catalogued rule.
func (l *List) Add(rule string, pos Pos, format string, args ...any) {
	*l = append(*l, New(rule, pos, format, args...))
}

// Worst is the highest severity in the list; 0 for an empty list.
func (l List) Worst() Severity {
	var worst Severity
	for _, f := range l {
		worst = max(worst, f.Severity)
	}
	return worst
}

// Count returns how many findings have the severity.
func (l List) Count(s Severity) int {
	n := 0
	for _, f := range l {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Print writes the findings as text, one or more lines each: position, severity, rule and
// message, then the related places and the hint, indented. Values from the input are made
// harmless for a terminal with Plain.
func (l List) Print(w io.Writer) error {
	var b strings.Builder
	for _, f := range l {
		fmt.Fprintf(&b, "%s: %s %s: %s\n", Plain(f.Pos.String()), f.Severity, f.Rule, Plain(f.Message))
		for _, r := range f.Related {
			fmt.Fprintf(&b, "\t%s: %s\n", Plain(r.Pos.String()), Plain(r.Message))
		}
		if f.Hint != "" {
			fmt.Fprintf(&b, "\thint: %s\n", Plain(f.Hint))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// Plain returns s with every control character, line end, invisible or bidirectional control and
// invalid byte written as an escape, so that a name from a file can neither move a terminal's
// cursor nor start a line of its own.
func Plain(s string) string {
	if utf8.ValidString(s) && !strings.ContainsFunc(s, harmful) {
		return s
	}
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == utf8.RuneError && size == 1: // an invalid byte, not the character U+FFFD itself
			fmt.Fprintf(&b, `\x%02x`, s[0])
		case harmful(r) && r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		case harmful(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	return b.String()
}

// harmful covers control, format (marks without width, bidirectional controls, tags), line and
// paragraph separator characters.
func harmful(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }
