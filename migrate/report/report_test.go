package report

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// views are all formats of everything, by the name of their golden file.
func views(s sample) map[string]func(io.Writer) error {
	return map[string]func(io.Writer) error{
		"plan.txt":           func(w io.Writer) error { return Plan(w, s.plan, s.found, s.diff, Style{}) },
		"plan.ansi":          func(w io.Writer) error { return Plan(w, s.plan, s.found, s.diff, Style{Color: true, Width: 80}) },
		"plan.md":            func(w io.Writer) error { return PlanMarkdown(w, s.plan, s.found, s.diff) },
		"runbook.md":         func(w io.Writer) error { return Runbook(w, s.plan, deploy.CommandsOf(s.plan, deploy.Options{})) },
		"plan.json":          func(w io.Writer) error { return PlanJSON(w, s.plan, s.found, s.diff) },
		"diff.txt":           func(w io.Writer) error { return s.diff.Unified(w, Style{}) },
		"diff.ansi":          func(w io.Writer) error { return s.diff.Unified(w, Style{Color: true}) },
		"convert.txt":        func(w io.Writer) error { return Convert(w, s.fates, Style{}) },
		"convert.ansi":       func(w io.Writer) error { return Convert(w, s.fates, Style{Color: true}) },
		"findings.txt":       func(w io.Writer) error { return Findings(w, s.found, Text, Style{}) },
		"findings.ansi":      func(w io.Writer) error { return Findings(w, s.found, Text, Style{Color: true}) },
		"findings.json":      func(w io.Writer) error { return Findings(w, s.found, JSON, Style{}) },
		"findings.sarif":     func(w io.Writer) error { return Findings(w, s.found, SARIF, Style{}) },
		"findings.github":    func(w io.Writer) error { return Findings(w, s.found, GitHub, Style{}) },
		"graph.svg":          func(w io.Writer) error { return NewGraph(s.plan.Base).Write(w, SVG) },
		"graph.dot":          func(w io.Writer) error { return NewGraph(s.plan.Base).Write(w, DOT) },
		"graph.mmd":          func(w io.Writer) error { return NewGraph(s.plan.Base).Write(w, Mermaid) },
		"graph.drawio":       func(w io.Writer) error { return NewGraph(s.plan.Base).Write(w, DrawIO) },
		"findings.junit.xml": func(w io.Writer) error { return FindingsJUnit(w, s.found, []string{doc}, diag.Error) },
	}
}

func print(t testing.TB, view func(io.Writer) error) string {
	t.Helper()
	var b bytes.Buffer
	if err := view(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for name, view := range views(makeSample(t, asIs)) {
		got := print(t, view)
		golden(t, "testdata/"+name, got)
		for i, line := range strings.Split(got, "\n") {
			if strings.HasSuffix(line, " ") {
				t.Errorf("%s:%d: a blank at the end of %q", name, i+1, line)
			}
		}
	}
}

func TestSameBytes(t *testing.T) {
	again := views(makeSample(t, asIs))
	for name, view := range views(makeSample(t, asIs)) {
		if diff := cmp.Diff(print(t, view), print(t, again[name])); diff != "" {
			t.Errorf("%s differs between runs\n%s", name, diff)
		}
	}
}

func TestViolationsComeFirst(t *testing.T) {
	s := makeSample(t, asIs)
	s.plan.Violations = []plan.Violation{{After: "wave 3", Rule: "PLAN-001", Text: "VNet app no longer reaches VNet hub (lost)"}}
	got := print(t, views(s)["plan.txt"])
	if !strings.Contains(got, "NOT SOUND: 1 violation. Do not carry this plan out.\n  - after wave 3: PLAN-001: VNet app no longer reaches VNet hub (lost)\n") {
		t.Errorf("no violation in\n%s", got)
	}
	if strings.Contains(got, "Sound:") {
		t.Error("a plan with a violation is called sound")
	}
}

// TestOrder holds the order of the review: what a person must know first comes first.
func TestOrder(t *testing.T) {
	s := makeSample(t, asIs)
	want := []string{"Plan: ", "Mode: as-if-live", "Do nothing of this plan", "Check", "Found", "Components and hubs", "Target", "Steps", "Declared windows",
		"Reach, before against after", "Newly reachable", "Diff", "Findings: ", "Assumptions"}
	for _, view := range []string{"plan.txt", "plan.md"} {
		got := print(t, views(s)[view])
		at := 0
		for _, w := range want {
			i := strings.Index(got[at:], w)
			if i < 0 {
				t.Fatalf("%s: %q is missing or stands too early", view, w)
			}
			at += i
		}
	}
}

func TestNothingToDo(t *testing.T) {
	p := &plan.Plan{Mode: options.Rebuild}
	var text, md, js bytes.Buffer
	if err := errors.Join(Plan(&text, p, nil, nil, Style{}), PlanMarkdown(&md, p, nil, nil), PlanJSON(&js, p, nil, nil)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"No state was checked", "Nothing to do.", "No peerings.", "None: no required pair is interrupted.", "no findings"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is missing in\n%s", want, text.String())
		}
	}
	if _, err := DecodePlan(&js); err != nil {
		t.Error(err)
	}
}

// TestHalfOpen checks that a pair that becomes half open is counted and listed with a flow to try,
// and that one that was half open before is neither.
func TestHalfOpen(t *testing.T) {
	s := makeSample(t, asIs)
	half := s.plan.Verdicts[1]
	half.Class, half.FromPrefixes, half.After.Back, half.After.Value = reach.HalfOpen, nil, reach.No, reach.No
	unchanged := half
	unchanged.Before.There, unchanged.Grade = reach.Yes, 0
	review := func() string {
		var b bytes.Buffer
		if err := PlanMarkdown(&b, s.plan, nil, nil); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	s.plan.Verdicts = []reach.Verdict{unchanged}
	if got := review(); strings.Contains(got, "half open") || wireSummary(s.plan, nil).Verdicts["half open"] != 0 {
		t.Errorf("an unchanged half-open pair is told:\n%s", got)
	}
	s.plan.Verdicts = []reach.Verdict{unchanged, half}
	got := review()
	for _, want := range []string{"| half open | 1 |", "half open, new exposure | any address with 192.168.0.0/24 | 10.1.0.4 -> 192.168.0.4"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
	if n := wireSummary(s.plan, nil).Verdicts["half open"]; n != 1 {
		t.Errorf("the summary counts %d half-open verdicts, want 1", n)
	}
}

// TestUnknownAction checks that a step with an action that the views know nothing of is printed.
func TestUnknownAction(t *testing.T) {
	s := makeSample(t, asIs)
	s.plan.Steps[2].Action = "change device"
	var text, md, js bytes.Buffer
	if err := errors.Join(Plan(&text, s.plan, nil, nil, Style{}), PlanMarkdown(&md, s.plan, nil, nil), PlanJSON(&js, s.plan, nil, nil)); err != nil {
		t.Fatal(err)
	}
	for view, got := range map[string]string{"text": text.String(), "Markdown": md.String(), "JSON": js.String()} {
		if !strings.Contains(got, "change device") {
			t.Errorf("%s: the action is missing", view)
		}
	}
	if _, err := DecodePlan(&js); err != nil {
		t.Error(err)
	}
}

func TestLongListsSayWhatIsLeftOut(t *testing.T) {
	s := makeSample(t, asIs)
	for range 60 {
		s.plan.Base.VNets = append(s.plan.Base.VNets, s.plan.Base.VNets[0])
		s.plan.Verdicts = append(s.plan.Verdicts, s.plan.Verdicts[1])
	}
	for _, view := range []string{"plan.txt", "plan.md"} {
		got := print(t, func(w io.Writer) error {
			if view == "plan.md" {
				return PlanMarkdown(w, s.plan, s.found, nil)
			}
			return Plan(w, s.plan, s.found, nil, Style{})
		})
		for _, want := range []string{"and 23 more, see plan.json", "and 21 more, see plan.json"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: %q is missing", view, want)
			}
		}
	}
}

// evil is a name that tries everything at once.
const evil = "x\n- y\r\x1b[31m\u202e\u009b31m|<script>alert(1)</script>`[x](javascript:a) ![i](http://evil.example) **b** _u_ @team #1 &lt; www.evil.example\n# h\n```\x00\xff"

func hostile(s string) string { return s + evil }

var ours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func TestHostileNamesInText(t *testing.T) {
	all := views(makeSample(t, hostile))
	for _, name := range []string{"plan.txt", "plan.ansi", "diff.txt", "diff.ansi", "convert.txt", "findings.txt", "findings.ansi"} {
		got := print(t, all[name])
		if strings.HasSuffix(name, ".ansi") {
			got = ours.ReplaceAllString(got, "")
		}
		rest := strings.ReplaceAll(got, "\n", "")
		if strings.HasPrefix(name, "findings") {
			rest = strings.ReplaceAll(rest, "\t", "") // diag.List.Print indents by tabs
		}
		if i := strings.IndexFunc(rest, func(r rune) bool {
			return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == unicode.ReplacementChar
		}); i >= 0 {
			t.Errorf("%s: %q gets through", name, rest[max(0, i-20):min(len(rest), i+20)])
		}
	}
}

// acting is what of a line of Markdown can act: without its code spans, escapes and our comments.
func acting(line string) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		switch {
		case line[i] == '\\':
			i += 2
		case strings.HasPrefix(line[i:], "<!-- -->"):
			b.WriteString("\x00") // it parts the characters around it
			i += len("<!-- -->")
		case line[i] == '`':
			run := 0
			for i+run < len(line) && line[i+run] == '`' {
				run++
			}
			end := closing(line[i+run:], run)
			if end < 0 {
				return b.String() + "an open code span"
			}
			i += run + end + run
		default:
			b.WriteByte(line[i])
			i++
		}
	}
	return b.String()
}

// closing finds the run of exactly n backticks that ends a code span.
func closing(s string, n int) int {
	for i := 0; i < len(s); {
		run := 0
		for i+run < len(s) && s[i+run] == '`' {
			run++
		}
		if run == n {
			return i
		}
		i += max(run, 1)
	}
	return -1
}

func TestHostileNamesInMarkdown(t *testing.T) {
	quiet, loud := print(t, views(makeSample(t, asIs))["plan.md"]), print(t, views(makeSample(t, hostile))["plan.md"])
	loudLines := strings.Split(loud, "\n")
	if q := strings.Count(quiet, "\n"); q != len(loudLines)-1 {
		t.Errorf("%d lines with hostile names, %d without", len(loudLines)-1, q)
	}
	fenced := false
	for i, line := range loudLines {
		if line == "```diff" || line == "```" {
			fenced = !fenced
			continue
		}
		if fenced {
			continue
		}
		left := acting(line)
		for _, act := range []string{"<", "](", "://", "www.", "@team", "#1", "&lt;", "_u_", "**b**", "an open code span"} {
			if strings.Contains(left, act) {
				t.Errorf("plan.md:%d: %q can act in %q", i+1, act, left)
			}
		}
		if strings.HasPrefix(line, "|") {
			quietLine := strings.Split(quiet, "\n")[min(i, strings.Count(quiet, "\n"))]
			pipes := func(s string) int { return strings.Count(strings.ReplaceAll(s, `\|`, ""), "|") }
			if pipes(line) != pipes(quietLine) {
				t.Errorf("plan.md:%d: a pipe makes a cell in %q", i+1, line)
			}
		}
	}
	if fenced {
		t.Error("a fence is left open")
	}
}

func TestHostileNamesInJSON(t *testing.T) {
	all := views(makeSample(t, hostile))
	for _, name := range []string{"plan.json", "findings.json"} {
		got := print(t, all[name])
		if i := strings.IndexFunc(strings.ReplaceAll(got, "\n", ""), func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }); i >= 0 {
			t.Errorf("%s: a control character at %d", name, i)
		}
	}
	p, err := DecodePlan(strings.NewReader(print(t, all["plan.json"])))
	if err != nil {
		t.Fatal(err)
	}
	want := strings.ToValidUTF8(hostile("hub"), "\ufffd")
	if !slices.ContainsFunc(p.Base.VNets, func(v WireVNet) bool { return v.ID.Name == want }) {
		t.Error("the name does not come back as it was")
	}
}

func TestEscaped(t *testing.T) {
	for in, want := range map[string]string{
		"":                        "",
		"West Europe, 10.0.0.0/8": "West Europe, 10.0.0.0/8",
		"a_b":                     "a_b",
		"_a_":                     `\_a\_`,
		"<b>":                     `\<b>`,
		"a|b":                     `a\|b`,
		"[x](y)":                  `\[x\](y)`,
		"http://a":                `http\://a`,
		"mailto:a":                `mailto\:a`,
		"www.a.b":                 `www\.a.b`,
		"@team":                   "@<!-- -->team",
		"#12":                     "#<!-- -->12",
		"a@ b":                    "a@ b",
		"&lt;":                    `\&lt;`,
		`\`:                       `\\`,
		"a\nb":                    `a\\u000ab`,
	} {
		if got := escaped(in); got != want {
			t.Errorf("escaped(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestAtLineStart(t *testing.T) {
	for in, want := range map[string]string{
		"- a": `\- a`, "+ a": `\+ a`, "# a": `\# a`, "> a": `\> a`, "1. a": `1\. a`, "12) a": `12\) a`, "10.0.0.0/8": "10.0.0.0/8", "a": "a", "": "", "7": "7", "7.": `7\.`,
	} {
		if got := atLineStart(in); got != want {
			t.Errorf("atLineStart(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCodeSpan(t *testing.T) {
	for in, want := range map[string]string{
		"hub": "`hub`", "a`b": "`` a`b ``", "``": "``` `` ```", " a": "`  a `", "": "(blank)", "  ": "(blank)", "<b>": "`<b>`",
	} {
		if got := codeSpan(in); got != want {
			t.Errorf("codeSpan(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestEveryEvidenceHasWords(t *testing.T) {
	for k := estate.SameAddress; k <= estate.PlaceholderAddress; k++ {
		words := evidenceWords(estate.Evidence{Kind: k, Value: "thing"})
		if evidenceKind(k) == "" || words == "" || strings.Contains(words, "%!") {
			t.Errorf("evidence %d: kind %q, words %q", k, evidenceKind(k), words)
		}
	}
}

func TestRangeWords(t *testing.T) {
	for want, ids := range map[string][]string{
		"": nil, "S001": {"S001"}, "S001, S002": {"S001", "S002"}, "S001 to S003, S009": {"S009", "S001", "S002", "S003"}, "S999 to S1001": {"S1000", "S1001", "S999"}, "x, y": {"x", "y"},
	} {
		if got := rangeWords(ids); got != want {
			t.Errorf("rangeWords(%v) = %q, want %q", ids, got, want)
		}
	}
}

func TestFindings(t *testing.T) {
	var list diag.List
	if got := print(t, func(w io.Writer) error { return Findings(w, list, Text, Style{}) }); got != "" {
		t.Errorf("nothing found prints %q", got)
	}
	list.Add("SITE-002", diag.Pos{}, "a")
	list.Add("SITE-002", diag.Pos{}, "b")
	list.Add("ADDR-010", diag.Pos{}, "c")
	got := print(t, func(w io.Writer) error { return Findings(w, list, Text, Style{}) })
	if !strings.HasSuffix(got, "\n2 errors, 1 note\n") {
		t.Errorf("closing line of\n%s", got)
	}
	colour := print(t, func(w io.Writer) error { return Findings(w, list, Text, Style{Color: true}) })
	if ours.ReplaceAllString(colour, "") != got {
		t.Errorf("colours change the text:\n%s", colour)
	}
	if err := Findings(io.Discard, list, Markdown, Style{}); !errors.Is(err, ErrFormat) {
		t.Errorf("Markdown findings = %v, want %v", err, ErrFormat)
	}
}

type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestViewsReportTheWriter(t *testing.T) {
	for name, view := range views(makeSample(t, asIs)) {
		if err := view(fullDisk{}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v, want %v", name, err, errFull)
		}
	}
}
