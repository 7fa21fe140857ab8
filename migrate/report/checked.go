package report

import (
	"io"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Checked writes what [plan.Check] has said of a plan of some name, as text, Markdown or JSON.
func Checked(w io.Writer, name string, p *plan.Plan, format Format, s Style) error {
	r := &reviewer{p: p}
	r.required = requiredPairs(p)
	switch format {
	case Text, Markdown:
		r.add(heading{1, say("Check of ").and(named(name)).say(": %s, %s in %s", plural(len(p.Base.VNets), "VNet"), plural(len(p.Steps), "step"), plural(waveCount(p), "wave"))})
		r.check()
		r.windows()
		if format == Markdown {
			return writeMarkdown(w, r.out)
		}
		return writeText(w, r.out, s)
	case JSON:
		return writeJSON(w, WireCheck{Format: CheckFormat, Plan: name, Sound: len(p.Violations) == 0,
			Violations: each(p.Violations, func(v plan.Violation) WireViolation { return WireViolation(v) }),
			Opened:     each(p.Opened, func(v plan.Violation) WireViolation { return WireViolation(v) }),
			Checked:    orEmpty(p.Checked), Windows: each(p.Windows, func(w plan.Window) WireWindow { return WireWindow(w) })})
	}
	return ErrFormat
}

// CheckFindings are the violations of a plan of some name as findings, and what it opens for a while.
func CheckFindings(name string, p *plan.Plan) diag.List {
	var found diag.List
	for _, v := range slices.Concat(p.Violations, p.Opened) {
		found = append(found, v.Finding(diag.Pos{File: name}))
	}
	return found
}
