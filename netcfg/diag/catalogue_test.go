package diag

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write docs/rules.md instead of comparing with it")

func TestCatalogueIsSortedAndUnique(t *testing.T) {
	rules := Rules()
	if len(rules) == 0 {
		t.Fatal("the catalogue is empty")
	}
	names := map[string]string{}
	for i, r := range rules {
		if i > 0 && rules[i-1].ID >= r.ID {
			t.Errorf("%s stands after %s", r.ID, rules[i-1].ID)
		}
		if other, taken := names[r.Name]; taken {
			t.Errorf("%s and %s are both named %s", other, r.ID, r.Name)
		}
		names[r.Name] = r.ID
		if found, ok := Lookup(r.ID); !ok || found != r {
			t.Errorf("Lookup(%q) = %v, %t", r.ID, found, ok)
		}
	}
}

var (
	idShape     = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,4}-\d{3}$`)
	nameShape   = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)
	sinceShape  = regexp.MustCompile(`^\d+\.\d+$`)
	sourceShape = regexp.MustCompile(`^docs/sources\.md#[a-z][a-z0-9-]*$`)
)

func TestRulesAreComplete(t *testing.T) {
	for _, r := range Rules() {
		for _, field := range []struct {
			name, text string
			shape      *regexp.Regexp
		}{
			{"id", r.ID, idShape}, {"name", r.Name, nameShape},
			{"since", r.Since, sinceShape}, {"source", r.Source, sourceShape},
		} {
			if !field.shape.MatchString(field.text) {
				t.Errorf("%s: %s %q does not match %s", r.ID, field.name, field.text, field.shape)
			}
		}
		if _, ok := ParseSeverity(r.Severity.String()); !ok {
			t.Errorf("%s has no severity", r.ID)
		}
		for name, text := range map[string]string{"title": r.Title, "why": r.Why, "fix": r.Fix} {
			if fault := faultOf(text); fault != "" {
				t.Errorf("%s: %s %s: %q", r.ID, name, fault, text)
			}
		}
		if r.Title == r.Why || r.Why == r.Fix {
			t.Errorf("%s repeats itself", r.ID)
		}
	}
}

// faultOf says what is wrong with the form of a text of the catalogue, or nothing. A text may
// begin with a property name such as useRemoteGateways, so only the first letter counts.
func faultOf(text string) string {
	first, _ := utf8.DecodeRuneInString(text)
	switch {
	case len(text) < 20:
		return "is too short to act on"
	case unicode.IsUpper(first):
		return "starts with a capital"
	case strings.HasSuffix(text, "."):
		return "ends with a full stop"
	case Plain(text) != text || strings.TrimSpace(text) != text:
		return "has stray characters"
	}
	return ""
}

func TestFaultOf(t *testing.T) {
	for _, text := range []string{"short", "Starts with a capital letter", "ends with a full stop, sadly.", "has a line end\nin its middle"} {
		if faultOf(text) == "" {
			t.Errorf("faultOf(%q) finds nothing", text)
		}
	}
}

// TestSourcesExist ties every rule to a heading of docs/sources.md, as the page's own links
// resolve: lower case, without punctuation, spaces as hyphens.
func TestSourcesExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	anchors := headingAnchors(string(page))
	if len(anchors) == 0 {
		t.Fatal("docs/sources.md has no headings")
	}
	for _, r := range Rules() {
		_, anchor, _ := strings.Cut(r.Source, "#")
		if !slices.Contains(anchors, anchor) {
			t.Errorf("%s: docs/sources.md has no heading %q", r.ID, anchor)
		}
	}
}

func headingAnchors(page string) []string {
	var anchors []string
	for line := range strings.Lines(page) {
		title := strings.TrimLeft(line, "#")
		if title == line || !strings.HasPrefix(title, " ") {
			continue
		}
		anchors = append(anchors, strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(title)))
	}
	return anchors
}

func TestHeadingAnchors(t *testing.T) {
	page := "# Sources\ntext #no\n## Gateway subnet\n#not one\n### Point-to-site (P2S)\n"
	want := []string{"sources", "gateway-subnet", "point-to-site-p2s"}
	if diff := cmp.Diff(want, headingAnchors(page)); diff != "" {
		t.Errorf("anchors (-want +got)\n%s", diff)
	}
}

func TestEveryFamilyIsOnThePage(t *testing.T) {
	for _, f := range families {
		if len(ofFamily(f.name)) == 0 {
			t.Errorf("family %s has no rules", f.name)
		}
	}
	for _, r := range Rules() {
		family, _, _ := strings.Cut(r.ID, "-")
		if !slices.ContainsFunc(families, func(f struct{ name, about string }) bool { return f.name == family }) {
			t.Errorf("%s: family %s is not on the page", r.ID, family)
		}
	}
}

// TestRulesPage compares docs/rules.md with the catalogue; with -update it writes the page.
func TestRulesPage(t *testing.T) {
	const path = "../../docs/rules.md"
	if *update {
		if err := os.WriteFile(path, []byte(Markdown()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; go test ./netcfg/diag -update writes it", err)
	}
	if diff := cmp.Diff(Markdown(), string(page)); diff != "" {
		t.Errorf("docs/rules.md is not what the catalogue says (-want +got); go test ./netcfg/diag -update writes it\n%s", diff)
	}
}

func TestExplain(t *testing.T) {
	got, ok := Explain("addr-001")
	if !ok {
		t.Fatal("ADDR-001 is unknown")
	}
	want := `ADDR-001 peers-overlap (error, since 0.1)

what    networks to be peered share addresses
why     the platform refuses a peering between virtual networks whose address
        spaces overlap, so the planned peering cannot be created
to do   renumber one side, place the two under different hubs, or keep their VPN
        connection with address translation
source  docs/sources.md#peering
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Explain (-want +got)\n%s", diff)
	}
	for _, id := range []string{"", "ADDR", "ADDR-999", "addr-001 "} {
		if text, ok := Explain(id); ok || text != "" {
			t.Errorf("Explain(%q) = %q, %t", id, text, ok)
		}
	}
	for _, r := range Rules() {
		text, _ := Explain(r.ID)
		for line := range strings.Lines(text) {
			if len(line) > 100 {
				t.Errorf("%s: line of %d characters", r.ID, len(line))
			}
		}
	}
}
