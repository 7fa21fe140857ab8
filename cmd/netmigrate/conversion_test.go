package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// conversionPage is the matrix of what every element and attribute becomes.
const conversionPage = "../../docs/conversion.md"

// conversionDocuments are what the matrix is made of: a document with everything that the schema has, so
// that nothing is left out; documents with what is corrected or refused; and all networks of fixtures,
// each converted alone.
func conversionDocuments(t *testing.T) [][]document {
	t.Helper()
	root := filepath.Join(packageDir, "..", "..")
	paths := []string{filepath.Join(root, "netcfg", "testdata", "everything.netcfg")}
	for _, pattern := range []string{filepath.Join(packageDir, "testdata", "conversion", "*.netcfg"), filepath.Join(root, "fixtures", "*", "*.netcfg")} {
		more, err := filepath.Glob(pattern)
		if err != nil || len(more) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		paths = append(paths, more...)
	}
	var out [][]document
	for _, path := range paths {
		out = append(out, []document{{name: filepath.Base(path), src: must(os.ReadFile(path))(t)}})
	}
	return out
}

// answerDocuments are an archive with what the service answered, and one with BGP, which few had.
func answerDocuments(t *testing.T) [][]document {
	t.Helper()
	all := allFixtures(t)
	archive := all[slices.IndexFunc(all, func(f fixture) bool { return f.name == "archive" })].documents(t)
	var bgp []document
	for _, f := range must(txtar.ParseFile(filepath.Join(packageDir, "testdata", "script", "bgp.txtar")))(t).Files {
		bgp = append(bgp, document{name: f.Name, src: f.Data})
	}
	return [][]document{archive, bgp}
}

// outcomes are what the leaves of one path became, with the documents' own names and numbers taken
// out.
type outcomes struct {
	path string
	rows []conversionRow
}

type conversionRow struct{ fate, target, why string }

// conversionMatrix converts every document and gathers the fates by path below within, in the order of the
// paths in the first document. A text or a name that ends as its element does is left out.
func conversionMatrix(t *testing.T, documents [][]document, within string) []*outcomes {
	t.Helper()
	var order []*outcomes
	known := map[string]*outcomes{}
	for _, docs := range documents {
		in := parse(docs, netcfg.DefaultBounds())
		out, err := convert(in.sources, &options.Options{}, deploy.Options{})
		if err != nil || in.broken {
			t.Fatalf("%s: %v %v", docs[0].name, err, in.found)
		}
		for _, e := range ledgerOf(in.sources, out.fates) {
			path := strings.TrimPrefix(e.Path, within)
			if known[path] == nil {
				known[path] = &outcomes{path: path}
				order = append(order, known[path])
			}
			known[path].add(e)
		}
	}
	for _, o := range order {
		slices.SortFunc(o.rows, func(x, y conversionRow) int {
			return cmp.Or(strings.Compare(x.fate, y.fate), strings.Compare(x.why, y.why), strings.Compare(x.target, y.target))
		})
	}
	return slices.DeleteFunc(order, func(o *outcomes) bool {
		element := known[o.path[:max(0, strings.LastIndexByte(o.path, '/'))]]
		return element != nil && o.ofElement() && slices.Equal(element.rows, o.rows)
	})
}

// ofElement reports whether the path is a text or a name: they mostly end as their element does.
func (o *outcomes) ofElement() bool {
	return strings.HasSuffix(o.path, "/text()") || strings.HasSuffix(o.path, "/@name")
}

func (o *outcomes) add(e report.LedgerEntry) {
	targets := []string{""}
	if len(e.Targets) > 0 {
		targets = nil
	}
	for _, target := range e.Targets {
		targets = append(targets, targetPattern(target))
	}
	for _, target := range targets {
		row := conversionRow{e.Kind.String(), target, e.Why}
		if !slices.Contains(o.rows, row) {
			o.rows = append(o.rows, row)
		}
	}
}

var index = regexp.MustCompile(`\[\d+\]`)

// targetPattern is a target without the name of its resource and without numbers:
// "virtualNetworks/hub properties.subnets[0].name" is "virtualNetworks: properties.subnets[].name".
func targetPattern(target string) string {
	resource, property, _ := strings.Cut(target, " ")
	kind, _, _ := strings.Cut(resource, "/")
	if property == "" {
		return kind
	}
	return kind + ": " + index.ReplaceAllString(property, "[]")
}

func conversionMarkdown(matrix []*outcomes) string {
	var b strings.Builder
	b.WriteString("# What every part of a network configuration becomes\n\n" +
		"<!-- generated; go test ./cmd/netmigrate -run TestConversionPage -update writes it -->\n\n" +
		"This page is gathered from conversions: of a document with every element and attribute of the schema, of one with values that\n" +
		"are corrected or refused, and of all networks of `fixtures`. An element, attribute or text has one line for each way it\n" +
		"can end. `netmigrate convert --ledger` says the same of one file, place by place.\n\n" +
		"Paths begin inside `NetworkConfiguration/VirtualNetworkConfiguration`; `@` is an attribute, `text()` the text of an element. What\n" +
		"the schema does not know needs a person ([XML-007](rules.md#xml-007)). What a property is called is Resource Manager's\n" +
		"own name of it, below the type of the resource that holds it. A text or a name without a line of its own ends as its element\n" +
		"does.\n")
	for _, group := range []struct{ title, prefix string }{
		{"The document", ""}, {"DNS servers", "Dns/"}, {"Local network sites", "LocalNetworkSites/"}, {"Virtual networks", "VirtualNetworkSites/"},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n| path | becomes | fate | because |\n|---|---|---|---|\n", group.title)
		for _, o := range matrix {
			if at := strings.IndexByte(o.path, '/'); strings.HasPrefix(o.path, group.prefix) && (group.prefix != "" || at < 0 || strings.HasPrefix(o.path, "NetworkConfiguration")) {
				o.write(&b, strings.TrimSuffix(group.prefix, "/"))
			}
		}
	}
	return b.String()
}

// answersMarkdown is the matrix of what the service answered: every element that is known, with what it
// means, and what it became in the archive of fixtures where that has it.
func answersMarkdown(matrix []*outcomes) string {
	seen := map[string]*outcomes{}
	for _, o := range matrix {
		seen[o.path] = o
	}
	lists := map[string]string{} // kinds that stand in another one
	for _, kind := range netcfg.Kinds() {
		for path := range netcfg.Elements(kind) {
			if path != "" && slices.Contains(netcfg.Kinds(), path) {
				lists[path] = kind
			}
		}
	}
	var b strings.Builder
	b.WriteString("\n# What every part of an answer of the service becomes\n\n" +
		"Gathered from `fixtures/archive` and from the table of what is known of the answers (`netcfg/response_schema.go`). An element\n" +
		"that the archive does not have shows its reason when it is never carried on, and otherwise only what it means. A list and one\n" +
		"of its elements may each be an answer; they end alike.\n")
	for _, kind := range netcfg.Kinds() {
		if list, ok := lists[kind]; ok {
			fmt.Fprintf(&b, "\n## `%s`\n\nEnds as `%s` in [`%s`](#%s).\n", kind, kind, list, strings.ToLower(list))
			continue
		}
		fmt.Fprintf(&b, "\n## `%s`\n\n| path | means | becomes | fate | because |\n|---|---|---|---|---|\n", kind)
		for path, element := range netcfg.Elements(kind) {
			at := strings.TrimSuffix(kind+"/"+path, "/")
			if seen[at] == nil && path != "" { // the archive has it as an answer of its own
				at = path
			}
			writeAnswer(&b, path, element, seen[at], seen[at+"/text()"])
		}
	}
	return b.String()
}

// writeAnswer writes an element with what it, or the text in it, became.
func writeAnswer(b *strings.Builder, path string, e netcfg.Element, of, text *outcomes) {
	if text != nil {
		of = text
	}
	rows := []conversionRow{{why: e.Drop}}
	if e.Drop != "" {
		rows[0].fate = diag.Dropped.String()
	}
	if of != nil {
		rows = of.rows
	}
	first := fmt.Sprintf("`%s` | %s", cmp.Or(path, "."), e.Role)
	for _, r := range rows {
		becomes := "-"
		if r.target != "" {
			becomes = "`" + r.target + "`"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", first, becomes, r.fate, whyWords(r.why))
		first = " | "
	}
}

func (o *outcomes) write(b *strings.Builder, above string) {
	path := "`" + strings.TrimPrefix(strings.TrimPrefix(o.path, above), "/") + "`"
	for _, r := range o.rows {
		becomes := "-"
		if r.target != "" {
			becomes = "`" + r.target + "`"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", path, becomes, r.fate, whyWords(r.why))
		path = ""
	}
}

// whyWords is a reason: a rule as a link, an assumption with its words.
func whyWords(why string) string {
	if r, ok := diag.Lookup(why); ok {
		return fmt.Sprintf("[%s](rules.md#%s): %s", r.ID, strings.ToLower(r.ID), r.Title)
	}
	if a, ok := estate.AssumptionText(why); ok {
		return why + ": " + a.Because
	}
	return why
}

// TestConversionPage compares docs/conversion.md with what conversions do; with -update it writes it.
// No leaf of any of the documents may be without a fate.
func TestConversionPage(t *testing.T) {
	matrix := conversionMatrix(t, conversionDocuments(t), "NetworkConfiguration/VirtualNetworkConfiguration/")
	answers := conversionMatrix(t, answerDocuments(t), "")
	for _, o := range slices.Concat(matrix, answers) {
		for _, r := range o.rows {
			if r.fate == diag.FateKind(0).String() {
				t.Errorf("%s has no fate", o.path)
			}
		}
	}
	got := conversionMarkdown(matrix) + answersMarkdown(answers)
	for _, o := range matrix { // the answers are written from their own table
		if last := o.path[strings.LastIndexByte(o.path, '/')+1:]; !strings.Contains(got, last+"`") {
			t.Errorf("the page lacks %s", o.path)
		}
	}
	if *update {
		if err := os.WriteFile(conversionPage, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(conversionPage)
	if err != nil {
		t.Fatal(err)
	}
	if d := diff.Diff(string(want), got); d != "" {
		t.Errorf("docs/conversion.md is not what conversions do (-want +got)\n%s", d)
	}
}
