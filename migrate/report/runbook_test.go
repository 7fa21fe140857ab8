package report

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

func runbookOf(t *testing.T, p *plan.Plan) string {
	t.Helper()
	return print(t, func(w io.Writer) error { return Runbook(w, p, deploy.CommandsOf(p, deploy.Options{})) })
}

// parts splits Markdown into what is outside of fences and what is inside.
func parts(t *testing.T, text string) (outside, inside []string) {
	t.Helper()
	fence := ""
	opens := regexp.MustCompile("^(`{3,})[a-z]*$")
	for _, line := range strings.Split(text, "\n") {
		switch m := opens.FindStringSubmatch(line); {
		case fence == "" && m != nil:
			fence = m[1]
		case fence != "" && line == fence:
			fence = ""
		case fence != "":
			inside = append(inside, line)
		default:
			outside = append(outside, line)
		}
	}
	if fence != "" {
		t.Error("a fence is left open")
	}
	return outside, inside
}

// The first thing that a runbook says is what must hold before anything of it is run.
func TestRunbookBegins(t *testing.T) {
	for mode, want := range map[options.Mode]string{
		options.AsIfLive:    "**RUN NOTHING OF THIS before a listing of the live network has been verified against this plan: netmigrate verify.**",
		options.ARMLive:     "**Run nothing of this before a new listing of the live network has been verified against this plan: netmigrate verify.**",
		options.Rebuild:     "**Run nothing of this where any of these networks exists.**",
		options.ClassicLive: "**HISTORIC: the platform has shut classic networks down",
	} {
		p := makeSample(t, asIs).plan
		p.Mode = mode
		lines := strings.Split(runbookOf(t, p), "\n")
		if lines[0] != "# Runbook: 6 steps in 6 waves" || !strings.HasPrefix(lines[2], want) {
			t.Errorf("%s begins with\n%s", mode, strings.Join(lines[:3], "\n"))
		}
	}
	p := makeSample(t, asIs).plan
	p.Violations = []plan.Violation{{After: "wave 3", Rule: "PLAN-002", Text: "a pair is lost"}}
	if text := runbookOf(t, p); !strings.Contains(text, "**NOT SOUND: 1 violation, see report.md. Do not carry this plan out.**") {
		t.Error("the runbook of a plan that is not sound does not say so")
	}
	p = makeSample(t, asIs).plan
	p.Steps, p.Windows = nil, nil
	if text := runbookOf(t, p); !strings.HasSuffix(text, "\nNothing to do.\n") {
		t.Errorf("without steps it ends in %q", text[max(0, len(text)-40):])
	}
}

// Windows are marked where they begin and end, and what cannot be taken back is.
func TestRunbookMarks(t *testing.T) {
	text := runbookOf(t, makeSample(t, asIs).plan)
	order := []string{
		"### S002 create peering", "**WINDOW W01 BEGINS**: 15 to 45 minutes, steps S003 to S005.", "cut until it ends: `VNet app` with `on-premises HQ`",
		"### S003 delete tunnel", "#### Before", "#### Do", "#### Verify: the pair answers", "#### Undo: create both again",
		"### S004 delete gateway", "SLOW TO UNDO", "### S005 use remote gateway", "**WINDOW W01 ENDS** when step S005 is verified.", "### S006 clean up", "**POINT OF NO RETURN",
	}
	rest := text
	for _, want := range order {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("%q is missing, or not in its place", want)
		}
		rest = after
	}
	if n := strings.Count(text, "POINT OF NO RETURN"); n != 1 {
		t.Errorf("%d points of no return, want 1", n)
	}
}

// Names that no command can be given are in no command, and act nowhere else.
func TestHostileNamesInRunbook(t *testing.T) {
	outside, inside := parts(t, runbookOf(t, makeSample(t, hostile).plan))
	for _, line := range outside {
		left := acting(line)
		for _, act := range []string{"<", "](", "://", "www.", "@team", "#1", "&lt;", "_u_", "**b**", "an open code span"} {
			if strings.Contains(left, act) {
				t.Errorf("%q can act in %q", act, left)
			}
		}
	}
	for _, line := range inside {
		if strings.Contains(line, "team") {
			t.Errorf("a command has %q", line)
		}
	}
}

// Names that shells and Markdown would make something of stay inside of their quotes, and the quotes inside of
// their fences. No command has a comment.
func TestQuotedNamesInRunbook(t *testing.T) {
	odd := func(s string) string { return s + " '```` $(id); #" }
	_, inside := parts(t, runbookOf(t, makeSample(t, odd).plan))
	quiet, _ := parts(t, runbookOf(t, makeSample(t, asIs).plan))
	loud, _ := parts(t, runbookOf(t, makeSample(t, odd).plan))
	headings := func(lines []string) (n int) {
		for _, line := range lines {
			if strings.HasPrefix(line, "#") {
				n++
			}
		}
		return n
	}
	if headings(quiet) != headings(loud) {
		t.Errorf("%d headings with odd names, %d without", headings(loud), headings(quiet))
	}
	for _, line := range inside {
		left := strings.ReplaceAll(line, `'\''`, "")
		left = strings.ReplaceAll(left, "''", "")
		left = regexp.MustCompile("'[^']*'").ReplaceAllString(left, "")
		if strings.Contains(left, "$(id)") || strings.Contains(left, "````") {
			t.Errorf("a name stands outside of quotes: %q", line)
		}
		if strings.HasPrefix(strings.TrimSpace(line), "#") && !strings.Contains(deploy.PowerShellPreamble, line) {
			t.Errorf("a command has the comment %q", line)
		}
	}
}
