package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// breakout tries to break out of every format at once.
const breakout = "a,b:c%0A::error::x\r\n::set-output name=x::y\x1b[2J\u202e]]><x a=\"'&amp;[click](http://breakout){0}\uffff\xff"

func evilFindings() diag.List {
	var found diag.List
	found = append(found, diag.New("SITE-007", diag.Pos{File: breakout, Line: 3, Col: 7}, "no VNet refers to %s", breakout).
		See(diag.Pos{File: breakout, Line: 9, Col: 1}, "%s", breakout).WithHint("do %s", breakout))
	found.Add("XML-017", diag.Pos{File: "C:/nets/a b#1?.netcfg"}, "cannot be read")
	found.Add("ARM-001", diag.Pos{}, "%s", breakout)
	found.Sort()
	return found
}

// sarifSchemaOf takes the published schema out of the source of the library that has it.
func sarifSchemaOf(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif").Output()
	if err != nil {
		t.Fatal("the SARIF schema comes from the sources of go-sarif: ", err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			text, _ = strconv.Unquote(l.Value)
		}
		return true
	})
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("sarif.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("sarif.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestSARIFMatchesItsSchema(t *testing.T) {
	schema := sarifSchemaOf(t)
	everyRule := diag.List{}
	for _, r := range diag.Rules() {
		everyRule.Add(r.ID, diag.Pos{File: "net.netcfg", Line: 2, Col: 3}, "said of %s", r.ID)
	}
	for name, found := range map[string]diag.List{"nothing": nil, "sample": makeSample(t, asIs).found, "hostile": evilFindings(), "every rule": everyRule} {
		var left []options.Suppressed
		if name == "every rule" {
			for _, f := range found {
				left = append(left, options.Suppressed{Finding: f, Reason: "looked at [it](http://x) {0}"})
			}
			found = found[:3]
		}
		text := print(t, func(w io.Writer) error { return FindingsSARIF(w, found, left, "v1.2.3") })
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		value.(map[string]any)["surprise"] = true
		if schema.Validate(value) == nil {
			t.Error("the schema lets an unknown member pass")
		}
		log, err := sarif.FromString(text, sarif.WithStrictValidation())
		if err != nil {
			t.Fatal(err)
		}
		if got := len(log.Runs[0].Results); got != len(found)+len(left) {
			t.Errorf("%s: %d results, want %d", name, got, len(found)+len(left))
		}
		for _, r := range log.Runs[0].Results {
			if rule := log.Runs[0].Tool.Driver.Rules[r.RuleIndex]; *rule.ID != *r.RuleID {
				t.Errorf("%s: index of %s leads to %s", name, *r.RuleID, *rule.ID)
			}
		}
	}
}

func TestFileURI(t *testing.T) {
	for in, want := range map[string]string{
		"corp.netcfg":          "corp.netcfg",
		"nets/a b#1?.netcfg":   "nets/a%20b%231%3F.netcfg",
		"../up.netcfg":         "../up.netcfg",
		"a:b.netcfg":           "./a:b.netcfg",
		"/abs/x.netcfg":        "file:///abs/x.netcfg",
		"C:/nets/x.netcfg":     "file:///C:/nets/x.netcfg",
		"100%.netcfg":          "100%25.netcfg",
		"<stdin>":              "%3Cstdin%3E",
		"javascript:alert(1)":  "./javascript:alert%281%29",
		"line\nend\xff.netcfg": "line%0Aend%FF.netcfg",
	} {
		if got := fileURI(in); got != want {
			t.Errorf("fileURI(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestSARIFText holds that no name makes a link or a placeholder.
func TestSARIFText(t *testing.T) {
	for in, want := range map[string]string{
		"plain":          "plain",
		"[x](http://e)":  `[x\](http://e)`,
		"{0} and {name}": "{{0}} and {{name}}",
		"[a] (b)":        "[a] (b)",
	} {
		if got := sarifMessage(in).Text; got != want {
			t.Errorf("sarifMessage(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestGitHubLines holds that every finding is one command, whatever its names are, and that a reader
// gets back what was said.
func TestGitHubLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.String(), rapid.Just(breakout))
		f := diag.New("SITE-007", diag.Pos{File: "x" + word.Draw(t, "file"), Line: 1, Col: 2}, "%s", word.Draw(t, "message")).WithHint("")
		var b bytes.Buffer
		if err := writeGitHub(&b, diag.List{f}); err != nil {
			t.Fatal(err)
		}
		line, rest, _ := strings.Cut(b.String(), "\n")
		if rest != "" || strings.ContainsFunc(line, unicode.IsControl) {
			t.Fatalf("more than one plain line: %q", b.String())
		}
		properties, message, _ := strings.Cut(strings.TrimPrefix(line, "::warning "), "::")
		var values []string
		for property := range strings.SplitSeq(properties, ",") {
			_, value, _ := strings.Cut(property, "=")
			values = append(values, value)
		}
		if len(values) != 4 || values[1] != "1" || values[2] != "2" || values[3] != "SITE-007" {
			t.Fatalf("properties of %q: %q", line, values)
		}
		back := strings.NewReplacer("%25", "%", "%0A", "\n", "%0D", "\r", "%3A", ":", "%2C", ",")
		if got := back.Replace(message); got != diag.Plain(f.Message) {
			t.Fatalf("message %q, want %q", got, diag.Plain(f.Message))
		}
		if got := back.Replace(values[0]); got != diag.Plain(f.Pos.File) {
			t.Fatalf("file %q, want %q", got, diag.Plain(f.Pos.File))
		}
	})
}

// TestJUnit holds that the document is well-formed, counts right, and fails what the exit code fails.
func TestJUnit(t *testing.T) {
	for _, c := range []struct {
		failOn diag.Severity
		want   int
	}{{0, 0}, {diag.Error, 2}, {diag.Warning, 3}, {diag.Note, 3}} {
		var b bytes.Buffer
		if err := FindingsJUnit(&b, evilFindings(), []string{"clean.netcfg"}, c.failOn); err != nil {
			t.Fatal(err)
		}
		var back junitSuites
		if err := xml.Unmarshal(b.Bytes(), &back); err != nil {
			t.Fatalf("%v\n%s", err, b.String())
		}
		if back.Tests != 4 || back.Failures != c.want || len(back.Suites) != 4 {
			t.Errorf("from %s on: %d cases, %d failures in %d suites; want 4, %d, 4\n%s", c.failOn, back.Tests, back.Failures, len(back.Suites), c.want, b.String())
		}
		if strings.ContainsAny(b.String(), "\x1b\u202e\uffff") {
			t.Errorf("a character got through that XML or a terminal does not take:\n%q", b.String())
		}
		if clean := back.Suites[len(back.Suites)-1]; clean.Name != "clean.netcfg" && back.Suites[2].Name != "clean.netcfg" {
			t.Errorf("no suite for the clean file: %v", back.Suites)
		}
	}
}

// TestJUnitGroups holds that findings of one rule and place are one case.
func TestJUnitGroups(t *testing.T) {
	at := diag.Pos{File: "a", Line: 1, Col: 1}
	found := diag.List{diag.New("ADDR-007", at, "one"), diag.New("ADDR-007", at, "two"), diag.New("SITE-007", at, "three")}
	var b bytes.Buffer
	if err := FindingsJUnit(&b, found, nil, diag.Error); err != nil {
		t.Fatal(err)
	}
	if strings.Count(b.String(), "<testcase") != 2 || !strings.Contains(b.String(), "two") {
		t.Errorf("want 2 cases:\n%s", b.String())
	}
}

// TestFormatsAreJSON holds that a log is JSON without raw controls, and that formats for other
// things are refused.
func TestFormatsAreJSON(t *testing.T) {
	text := print(t, func(w io.Writer) error { return Findings(w, evilFindings(), SARIF, Style{}) })
	if !json.Valid([]byte(text)) || strings.ContainsAny(text, "\x1b\u202e") {
		t.Errorf("no plain JSON:\n%q", text)
	}
	for _, format := range []Format{Markdown, CSV, JUnit} {
		if err := Findings(io.Discard, nil, format, Style{}); !errors.Is(err, ErrFormat) {
			t.Errorf("findings as %s: %v", format, err)
		}
	}
}
