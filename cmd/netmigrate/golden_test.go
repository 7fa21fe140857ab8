package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/netmigrate/netmigrate/arm/armtest"
	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// fixture is one network of the folder fixtures.
type fixture struct {
	name, dir string
	inputs    []string // its files in dir, or the folder "input" there
}

// documents are its files as a command reads them.
func (f fixture) documents(t *testing.T) []document {
	t.Helper()
	var docs []document
	for _, input := range f.inputs {
		err := filepath.WalkDir(filepath.Join(f.dir, input), func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || isConfig(name) {
				return err
			}
			src, err := os.ReadFile(name)
			inside, _ := filepath.Rel(f.dir, name)
			docs = append(docs, document{name: filepath.ToSlash(inside), src: src, named: inside == input})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return docs
}

func allFixtures(t *testing.T) []fixture {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(packageDir, "..", "..", "fixtures", "*", "*.netcfg"))
	if err != nil {
		t.Fatal(err)
	}
	var found []fixture
	for _, p := range paths {
		dir, name := filepath.Dir(p), filepath.Base(p)
		if n := len(found); n > 0 && found[n-1].dir == dir {
			found[n-1].inputs = append(found[n-1].inputs, name)
			continue
		}
		found = append(found, fixture{filepath.Base(dir), dir, []string{name}})
	}
	archives, err := filepath.Glob(filepath.Join(packageDir, "..", "..", "fixtures", "*", "input"))
	if err != nil {
		t.Fatal(err)
	}
	for _, input := range archives {
		dir := filepath.Dir(input)
		found = append(found, fixture{filepath.Base(dir), dir, []string{"input"}})
	}
	if len(found) < 10 {
		t.Fatalf("only %d networks in fixtures", len(found))
	}
	return found
}

// outcome is what one run of the command gave.
type outcome struct {
	code           int
	stdout, stderr string
}

// invoke runs the command in this process, with dir as its working directory. The test itself stays
// in its folder, where the judges find their data.
func invoke(t *testing.T, dir string, args ...string) outcome {
	t.Helper()
	if err := os.Chdir(dir); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.Chdir(packageDir); err != nil {
			t.Fatal(err)
		}
	}()
	var stdout, stderr bytes.Buffer
	code := run(append([]string{program}, args...), strings.NewReader(""), &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

// judge has all judges look at a template. Those whose data is outside of the repository may be
// absent together with it, but not otherwise.
func judge(t *testing.T, name string, template []byte) {
	t.Helper()
	complaints, skipped := armtest.Verdict(template)
	for _, c := range complaints {
		t.Errorf("%s: %s", name, c)
	}
	for _, s := range skipped {
		if _, err := os.Stat(shared("schemas")); err == nil {
			t.Errorf("%s: %s", name, s)
		}
		t.Logf("%s: %s", name, s)
	}
}

// shared is a folder of the data outside of the repository, in ../shared seen from its root.
func shared(name string) string {
	return filepath.Join(packageDir, "..", "..", "..", "shared", name)
}

// TestGolden compares what convert and plan make of every network of fixtures with the files
// beside it; with -update it writes them. All judges look at every template.
func TestGolden(t *testing.T) {
	for _, f := range allFixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			got := f.produce(t)
			for _, one := range got {
				f.compare(t, one)
			}
			if t.Failed() {
				t.Log("if the new output is right: go test ./cmd/netmigrate -update, and read the diff as code")
			}
		})
	}
}

// produce runs every command that has a golden.
func (f fixture) produce(t *testing.T) []file {
	t.Helper()
	kit := filepath.Join(t.TempDir(), "kit")
	with := func(args ...string) []string { return append(args, f.inputs...) }
	inFolder := func(name string) []byte { return must(os.ReadFile(filepath.Join(kit, name)))(t) }

	converted := f.invoke(t, with("convert")...)
	f.invoke(t, with("convert", "-q", "-o", kit)...)
	template, parameters := inFolder("template.json"), inFolder("parameters.json")
	if string(template) != converted.stdout {
		t.Error("convert writes another template into a folder than on standard output")
	}
	judge(t, "template.json", template)
	judgeParameters(t, "parameters.json", template, parameters)

	connections := f.invoke(t, with("connections", "-q")...)
	talk := f.invoke(t, with("reach", "-q")...)
	picture := f.invoke(t, with("graph", "-q")...)
	review := f.invoke(t, with("plan")...)
	wire := f.invoke(t, with("plan", "--format", "json")...)
	f.readsBack(t, wire.stdout)
	f.invoke(t, with("plan", "-q", "-o", kit)...)
	if string(inFolder("plan.json")) != wire.stdout {
		t.Error("plan writes another plan into a folder than on standard output")
	}
	additions := inFolder("template.json")
	judge(t, "plan.template.json", additions)
	judgeParameters(t, "plan parameters", additions, inFolder("parameters.json"))

	out := []file{
		{"template.json", template}, {"parameters.json", parameters}, {"convert.txt", []byte(converted.stderr)},
		{"connections.txt", []byte(connections.stdout)}, {"reach.txt", []byte(talk.stdout)}, {"graph.svg", []byte(picture.stdout)},
		{"plan.txt", []byte(review.stdout)}, {"plan.json", []byte(wire.stdout)},
		{"plan.template.json", additions}, {"runbook.md", inFolder("runbook.md")}, {"diff.txt", inFolder("diff.txt")},
	}
	if f.name != "star" {
		return out
	}
	f.invoke(t, with("plan", "-q", "--transit", "firewall", "-o", kit)...)
	through := inFolder("template.json")
	judge(t, "firewall.template.json", through)
	judgeParameters(t, "firewall parameters", through, inFolder("parameters.json"))
	return append(out, file{"firewall.template.json", through})
}

// readsBack wants a plan that is read to be written as it was, apart from what is made of other things than the
// plan.
func (f fixture) readsBack(t *testing.T, text string) {
	t.Helper()
	p, err := report.ReadPlan(strings.NewReader(text))
	if err != nil {
		t.Fatalf("plan.json does not read back: %v", err)
	}
	var again bytes.Buffer
	if err := report.PlanJSON(&again, p, nil, nil); err != nil {
		t.Fatal(err)
	}
	first, second := must(report.DecodePlan(strings.NewReader(text)))(t), must(report.DecodePlan(&again))(t)
	for _, w := range []*report.WirePlan{first, second} {
		w.Elements, w.Coverage, w.Findings, w.Summary, w.Verdicts = nil, nil, nil, report.WireSummary{}, nil
	}
	if diff := cmp.Diff(first, second, cmpopts.EquateComparable(netip.Prefix{})); diff != "" {
		t.Errorf("plan.json reads back as another plan (-want +got)\n%s", diff)
	}
	if violations := plan.Check(p).Violations; len(violations) != len(p.Violations) {
		t.Errorf("plan.json reads back as a plan with %d violations, not %d", len(violations), len(p.Violations))
	}
}

func (f fixture) invoke(t *testing.T, args ...string) outcome {
	t.Helper()
	o := invoke(t, f.dir, args...)
	if o.code == exitNot {
		t.Fatalf("%s: exit code 2\n%s", strings.Join(args, " "), o.stderr)
	}
	return o
}

func (f fixture) compare(t *testing.T, got file) {
	t.Helper()
	path := filepath.Join(f.dir, got.name)
	if *update {
		if err := os.WriteFile(path, got.data, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return
	}
	if diff := cmp.Diff(string(want), string(got.data)); diff != "" {
		t.Errorf("%s (-want +got)\n%s", got.name, diff)
	}
}

// judgeParameters asks the judges about a parameter file. What a netcfg cannot say (keys,
// addresses, circuits, certificates) is left for whoever deploys.
func judgeParameters(t *testing.T, name string, template, parameters []byte) {
	t.Helper()
	complaints, _ := armtest.ParametersVerdict(template, parameters)
	for _, c := range complaints {
		if !strings.HasSuffix(c, "has no value and no default") {
			t.Errorf("%s: %s", name, c)
		}
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// TestOrderOfInputDoesNotMatter writes every network of fixtures with its sites, VNets and name
// servers in other orders, and its files in another one, and wants the same template and, apart
// from positions, the same plan.
func TestOrderOfInputDoesNotMatter(t *testing.T) {
	for _, f := range allFixtures(t) {
		t.Run(f.name, func(t *testing.T) {
			docs := f.documents(t)
			template, plan := productsOf(t, docs)
			for seed := range uint64(4) {
				t2, p2 := productsOf(t, shuffled(t, docs, rand.New(rand.NewPCG(seed, 1))))
				if diff := cmp.Diff(template, t2); diff != "" {
					t.Fatalf("template with seed %d (-want +got)\n%s", seed, diff)
				}
				if diff := cmp.Diff(plan, p2); diff != "" {
					t.Fatalf("plan with seed %d (-want +got)\n%s", seed, diff)
				}
			}
		})
	}
}

func shuffled(t *testing.T, docs []document, r *rand.Rand) []document {
	t.Helper()
	out := make([]document, len(docs))
	for i, d := range docs {
		if form, _ := netcfg.Recognise(d.src); form != netcfg.FormConfiguration {
			out[i] = d
			continue
		}
		f, _, err := netcfg.Parse(d.name, d.src)
		if err != nil {
			t.Fatal(err)
		}
		shuffle(r, f.DNSServers)
		shuffle(r, f.LocalNetworkSites)
		shuffle(r, f.VirtualNetworkSites)
		for j := range f.VirtualNetworkSites {
			if g := f.VirtualNetworkSites[j].Gateway; g != nil {
				shuffle(r, g.Connections)
			}
		}
		out[i] = document{name: d.name, src: netcfg.Format(f), named: d.named}
	}
	shuffle(r, out)
	return out
}

func shuffle[T any](r *rand.Rand, s []T) {
	r.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

// productsOf is the template of convert with who can talk to whom, and plan.json without positions: what
// is ordered by position is ordered by its text instead.
func productsOf(t *testing.T, docs []document) (template, plan string) {
	t.Helper()
	in := parse(docs, netcfg.DefaultBounds())
	if in.broken {
		t.Fatalf("broken input: %v", in.found)
	}
	c, err := convert(in.sources, &options.Options{}, deploy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	in.options = &options.Options{}
	p, err := makePlan(in.sources, options.Options{}, deploy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := renderPlan(p, report.JSON, report.Style{})
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		t.Fatal(err)
	}
	flat := must(json.MarshalIndent(withoutPositions(doc), "", " "))(t)
	_, e, _ := in.formed(formClassic)
	template = string(must(render(func(w io.Writer) error { return report.Reach(w, e, reach.Compute(e), report.JSON, report.Style{}) }))(t))
	for _, stage := range c.texts {
		template += string(stage.template)
	}
	return template, string(flat)
}

// withoutPositions takes lines and columns away and orders the findings and elements, which stand
// in the order of their positions, by their text.
func withoutPositions(v any) any {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "line")
		delete(v, "column")
		for key, member := range v {
			v[key] = withoutPositions(member)
			if list, ok := member.([]any); ok && slices.Contains([]string{"findings", "elements", "related"}, key) {
				slices.SortFunc(list, func(a, b any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutPositions(v[i])
		}
	}
	return v
}

// TestTemplateOverLimit writes one template of more than it may hold: ARM-001 says so, and the template
// is there all the same.
func TestTemplateOverLimit(t *testing.T) {
	in := parse([]document{{name: "mesh.netcfg", src: fixtures.Mesh(240, 5)}}, netcfg.DefaultBounds())
	classic, _, _ := estate.FromClassic(nil, in.sources...)
	modern, _, _ := estate.ToARM(classic)
	d, _ := deploy.Render(modern, nil, deploy.Options{})
	text, found, err := encodeTemplate(d.Template)
	if err != nil || len(text) == 0 {
		t.Fatalf("%d bytes, %v", len(text), err)
	}
	if !slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == "ARM-001" && strings.HasPrefix(f.Message, "resources: ") }) {
		t.Errorf("found %v, want ARM-001 about the resources", found)
	}
}

// TestConvertInStages converts more than one template holds: each stage is within every limit, refers
// to earlier stages only, and all of them together are what one template would be.
func TestConvertInStages(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mesh.netcfg"), fixtures.Mesh(240, 5), 0o666); err != nil {
		t.Fatal(err)
	}
	if o := invoke(t, dir, "convert", "mesh.netcfg"); o.code != exitNot || o.stdout != "" || !strings.Contains(o.stderr, "-o DIR writes them") {
		t.Errorf("without a folder: exit code %d, %d bytes, %s", o.code, len(o.stdout), o.stderr)
	}
	o := invoke(t, dir, "convert", "-o", "kit", "--fail-on", "never", "mesh.netcfg")
	if o.code != exitDone || strings.Contains(o.stderr, "ARM-001") {
		t.Errorf("exit code %d:\n%s", o.code, o.stderr)
	}
	var order struct {
		Stages []struct {
			Name, Template, Parameters string
			Needs                      []string
		}
	}
	if err := json.Unmarshal(must(os.ReadFile(filepath.Join(dir, "kit", "stages.json")))(t), &order); err != nil {
		t.Fatal(err)
	}
	before := map[string]bool{}
	for _, s := range order.Stages {
		for _, need := range s.Needs {
			if !before[need] {
				t.Errorf("stage %s needs %s, which does not come first", s.Name, need)
			}
		}
		before[s.Name] = true
		template := must(os.ReadFile(filepath.Join(dir, "kit", s.Template)))(t)
		judge(t, s.Name, template)
		judgeParameters(t, s.Name, template, must(os.ReadFile(filepath.Join(dir, "kit", s.Parameters)))(t))
	}
	if len(order.Stages) < 3 {
		t.Errorf("%d stages", len(order.Stages))
	}
}
