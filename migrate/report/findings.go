package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Findings writes a list of findings: as text, each as diag.List.Print has it and a closing line
// with the counts, as JSON in the format FindingsFormat, as a SARIF log, or as commands of a GitHub
// workflow. Nothing found prints nothing as text. It returns ErrFormat for another format, otherwise
// what w returns.
func Findings(w io.Writer, found diag.List, format Format, s Style) error {
	return SuppressedFindings(w, found, 0, format, s)
}

// SuppressedFindings is Findings of a list that some findings have been left out of, because the
// options file suppresses them; JSON says how many.
func SuppressedFindings(w io.Writer, found diag.List, suppressed int, format Format, s Style) error {
	switch format {
	case JSON:
		return writeJSON(w, WireFindings{FindingsFormat, found.Count(diag.Error), found.Count(diag.Warning), found.Count(diag.Note), suppressed, wireFindings(found)})
	case SARIF:
		return writeJSON(w, sarifLog(found, nil, ""))
	case GitHub:
		return writeGitHub(w, found)
	case Text, "":
	default:
		return fmt.Errorf("findings as %q: %w", format, ErrFormat)
	}
	if len(found) == 0 {
		return nil
	}
	var b strings.Builder
	if err := found.Print(&b); err != nil {
		return err
	}
	text := b.String()
	if s.Color {
		text = colourFindings(text, found)
	}
	_, err := io.WriteString(w, text+countWords(found)+"\n")
	return err
}

// colourFindings colours the severity of each finding. The lines of a finding after its first are
// indented by a tab, which no name can bring in.
func colourFindings(text string, found diag.List) string {
	lines := strings.SplitAfter(text, "\n")
	next := 0
	for i, line := range lines {
		if line == "" || line[0] == '\t' {
			continue
		}
		f := &found[next]
		next++
		at := len(diag.Plain(f.Pos.String())) + len(": ")
		word := f.Severity.String() + " " + f.Rule
		lines[i] = line[:at] + painted(word, severityTone(f.Severity)) + line[at+len(word):]
	}
	return strings.Join(lines, "")
}

func severityTone(s diag.Severity) tone {
	switch s {
	case diag.Error:
		return bad
	case diag.Warning:
		return warn
	}
	return faint
}

// countWords is the closing line: "2 errors, 1 warning, 3 notes".
func countWords(found diag.List) string {
	var parts []string
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Note} {
		if n := found.Count(s); n > 0 {
			parts = append(parts, plural(n, s.String()))
		}
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}

// plural is a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
