// Package report holds every view of a plan and of a conversion: text for a terminal, Markdown
// for a pull request, JSON for programs, and the diff of what was with what will be. It also prints
// findings, the connections of an estate with their evidence, who can talk to whom, the ledger, and the open
// questions.
//
// A view never decides anything. What it prints comes from the plan, the findings and the
// templates; names are data, and no format lets them act (see text.go and markdown.go). Sources of
// the order of the review: docs/design.md#review.
package report

import (
	"errors"
	"io"

	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Style says how text is printed.
type Style struct {
	Color bool // escape sequences for colours
	Width int  // columns to wrap at; 0 means 100
}

// Format names a view.
type Format string

// The formats.
const (
	Text     Format = "text"
	Markdown Format = "markdown"
	JSON     Format = "json"
	SARIF    Format = "sarif"  // findings only: for code scanning
	JUnit    Format = "junit"  // findings only: for build servers
	GitHub   Format = "github" // findings only: annotations of a workflow run
	CSV      Format = "csv"    // ledger and reach: for spreadsheets
)

// ErrFormat says that something has no view in the format asked for.
var ErrFormat = errors.New("no such format here")

// writeView writes what has blocks for people, as text and Markdown, and a value for programs, as JSON. An error
// comes from w, or is ErrFormat.
func writeView[T any](w io.Writer, format Format, s Style, blocks func() []block, wire func() T) error {
	switch format {
	case Text:
		return writeText(w, blocks(), s)
	case Markdown:
		return writeMarkdown(w, blocks())
	case JSON:
		return writeJSON(w, wire())
	}
	return ErrFormat
}

// Plan writes the review of a plan as text. found is what was noticed on the way, d what changes;
// d may be nil. An error comes from w.
func Plan(w io.Writer, p *plan.Plan, found diag.List, d *Diff, s Style) error {
	return writeText(w, review(p, found, d), s)
}

// PlanMarkdown writes the same review as Markdown.
func PlanMarkdown(w io.Writer, p *plan.Plan, found diag.List, d *Diff) error {
	return writeMarkdown(w, review(p, found, d))
}
