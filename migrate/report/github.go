package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// writeGitHub writes findings as workflow commands, a line each: GitHub shows them beside the lines
// of a change. The column counts bytes, which is the character's number wherever the line is ASCII
// before it. Source: docs/sources.md#output-formats.
func writeGitHub(w io.Writer, found diag.List) error {
	var b strings.Builder
	for i := range found {
		f := &found[i]
		b.WriteString("::" + githubLevel(f.Severity) + " ")
		if f.Pos.File != "" {
			b.WriteString("file=" + githubProperty(f.Pos.File) + ",")
		}
		if f.Pos.Line > 0 {
			fmt.Fprintf(&b, "line=%d,col=%d,", f.Pos.Line, f.Pos.Col)
		}
		b.WriteString("title=" + githubProperty(f.Rule) + "::" + githubText(f) + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func githubLevel(s diag.Severity) string {
	if s == diag.Note {
		return "notice"
	}
	return s.String()
}

// githubText is the message of a finding with its related places and hint, each on a line of its own.
func githubText(f *diag.Finding) string {
	lines := []string{f.Message}
	for _, r := range f.Related {
		lines = append(lines, r.Pos.String()+": "+r.Message)
	}
	if f.Hint != "" {
		lines = append(lines, "hint: "+f.Hint)
	}
	for i, line := range lines {
		lines[i] = githubData.Replace(diag.Plain(line))
	}
	return strings.Join(lines, "%0A")
}

// githubData escapes the text of a command, githubProperty the value of one of its properties.
var githubData = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")

func githubProperty(s string) string {
	return githubComma.Replace(githubData.Replace(diag.Plain(s)))
}

var githubComma = strings.NewReplacer(":", "%3A", ",", "%2C")
