package diag

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func ExampleList_Print() {
	var found List
	found = append(found, New("ADDR-001", Pos{"corp.netcfg", 41, 9},
		"prefix %s of %q overlaps %s of %q", "10.1.0.0/16", "spoke-eu", "10.1.0.0/20", "hub").
		See(Pos{"corp.netcfg", 12, 9}, "%q is here", "hub").
		WithHint("renumber one side, or keep its VPN connection"))
	found.Sort()
	found.Print(os.Stdout)
	// Output:
	// corp.netcfg:41:9: error ADDR-001: prefix 10.1.0.0/16 of "spoke-eu" overlaps 10.1.0.0/20 of "hub"
	// 	corp.netcfg:12:9: "hub" is here
	// 	hint: renumber one side, or keep its VPN connection
}

func ExamplePlain() {
	fmt.Println(Plain("spoke\x1b[2J\u202egro.liv\nerror: all is well\xff"))
	// Output: spoke\u001b[2J\u202egro.liv\u000aerror: all is well\xff
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"":                   "",
		"West Europe":        "West Europe",
		"Zürich-東京-🙂":        "Zürich-東京-🙂",
		"a\nb":               `a\u000ab`,
		"a\r\n\tb":           `a\u000d\u000a\u0009b`,
		"\x1b[31mred\x1b[0m": `\u001b[31mred\u001b[0m`,
		"\u009b31m":          `\u009b31m`,
		"del\x7f":            `del\u007f`,
		"\u202eabc\u202c":    `\u202eabc\u202c`,
		"\u2066x\u2069":      `\u2066x\u2069`,
		"zero\u200bwidth":    `zero\u200bwidth`,
		"\ufeffbom":          `\ufeffbom`,
		"mark\u061c":         `mark\u061c`,
		"line\u2028sep":      `line\u2028sep`,
		"tag\U000e0041":      `tag\U000e0041`,
		"bad\xff\xfebytes":   `bad\xff\xfebytes`,
		"\xe2\x80":           `\xe2\x80`,
		"the \ufffd itself":  "the \ufffd itself",
		"cut \xef":           `cut \xef`,
	} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzPlain(f *testing.F) {
	for _, seed := range []string{"hub", "a\x1b]0;title\x07b", "\u202e", "\xff\xef\xbf", "\ufffd\xef"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Plain(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Plain(%q) = %q is not UTF-8", s, got)
		}
		if strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("Plain(%q) = %q keeps a control character", s, got)
		}
		if again := Plain(got); again != got {
			t.Fatalf("Plain is not idempotent: %q, %q", got, again)
		}
	})
}

func TestPrintKeepsOneLinePerPlace(t *testing.T) {
	evil := "x\n/etc/passwd:1:1: error XML-001: owned\x1b[2J"
	list := List{New("SITE-007", Pos{evil, 1, 2}, "site %s", evil).See(Pos{evil, 3, 4}, "%s", evil).WithHint("%s", evil)}
	var b strings.Builder
	if err := list.Print(&b); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(b.String(), "\n"); got != 3 {
		t.Errorf("%d lines, want 3:\n%s", got, b.String())
	}
	if strings.Contains(b.String(), "\x1b") {
		t.Errorf("an escape got through:\n%q", b.String())
	}
}

type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestPrintReportsTheWriter(t *testing.T) {
	list := List{New("XML-001", Pos{}, "here")}
	if err := list.Print(fullDisk{}); !errors.Is(err, errFull) {
		t.Errorf("Print = %v, want %v", err, errFull)
	}
}

func TestSort(t *testing.T) {
	at := func(file string, line, col int) Pos { return Pos{file, line, col} }
	list := List{
		New("XML-001", at("b", 1, 1), "m"),
		New("XML-002", at("a", 10, 1), "m"),
		New("XML-001", at("a", 10, 1), "n"),
		New("XML-001", at("a", 10, 1), "m"),
		New("XML-001", at("a", 9, 7), "m"),
		New("XML-001", at("a", 10, 1), "m"),
		New("XML-001", Pos{}, "m"),
	}
	list.Sort()
	var got []string
	for _, f := range list {
		got = append(got, f.Error())
	}
	want := []string{
		"-: error XML-001: m",
		"a:9:7: error XML-001: m",
		"a:10:1: error XML-001: m",
		"a:10:1: error XML-001: n",
		"a:10:1: error XML-002: m",
		"b:1:1: error XML-001: m",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Sort (-want +got)\n%s", diff)
	}
}

func TestSeeDoesNotShare(t *testing.T) {
	base := New("ADDR-001", Pos{}, "m").See(Pos{"a", 1, 1}, "first")
	left, right := base.See(Pos{"b", 1, 1}, "left"), base.See(Pos{"c", 1, 1}, "right")
	if left.Related[1].Message != "left" || right.Related[1].Message != "right" || len(base.Related) != 1 {
		t.Errorf("places are shared: %v %v %v", base.Related, left.Related, right.Related)
	}
}

func TestNewTakesTheRule(t *testing.T) {
	rule, _ := Lookup("SITE-007")
	f := New("SITE-007", Pos{}, "site %d", 7)
	if f.Severity != rule.Severity || f.Hint != rule.Fix || f.Message != "site 7" {
		t.Errorf("New = %+v", f)
	}
	defer func() {
		if recover() == nil {
			t.Error("New of an unknown rule does not panic")
		}
	}()
	New("NONE-001", Pos{}, "m")
}

func TestCounts(t *testing.T) {
	var list List
	if list.Worst() != 0 {
		t.Errorf("worst of nothing is %s", list.Worst())
	}
	list.Add("ADDR-010", Pos{}, "a note")
	list.Add("SITE-007", Pos{}, "a warning")
	list.Add("SITE-007", Pos{}, "another")
	if list.Worst() != Warning || list.Count(Warning) != 2 || list.Count(Note) != 1 || list.Count(Error) != 0 {
		t.Errorf("worst %s, %d warnings, %d notes, %d errors", list.Worst(), list.Count(Warning), list.Count(Note), list.Count(Error))
	}
}

func TestSeverityWords(t *testing.T) {
	for _, s := range []Severity{Note, Warning, Error} {
		if back, ok := ParseSeverity(s.String()); !ok || back != s {
			t.Errorf("ParseSeverity(%q) = %v, %t", s, back, ok)
		}
	}
	for _, word := range []string{"", "none", "Error", "fatal"} {
		if s, ok := ParseSeverity(word); ok || s != 0 {
			t.Errorf("ParseSeverity(%q) = %v, %t", word, s, ok)
		}
	}
}
