package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// shownElsewhere are the rules that no network configuration alone can fire: they need a faulty
// plan, a large network or an odd file. The value is the file and the name of the test that shows
// the rule; the file must name both.
var shownElsewhere = map[string][2]string{
	"ADDR-001": {"migrate/estate/validate_test.go", "TestValidate"},
	"ADDR-002": {"migrate/estate/validate_test.go", "TestValidate"},
	"ADDR-005": {"migrate/risk/plan_test.go", "TestPlanRules"},
	"ARM-001":  {"cmd/netmigrate/golden_test.go", "TestTemplateOverLimit"},
	"ARM-019":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"ARM-020":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"ARM-021":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"ARM-022":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"ARM-023":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"ARM-024":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"ARM-026":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"ARM-027":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"ARM-032":  {"migrate/deploy/group_test.go", "TestGroupTemplates"},
	"ARM-033":  {"migrate/deploy/balancer_test.go", "TestBalancerTemplate"},
	"BGP-002":  {"migrate/risk/live_test.go", "TestLiveRules"},
	"BGP-004":  {"migrate/risk/live_test.go", "TestLiveRules"},
	"CST-001":  {"cmd/netmigrate/testdata/script/traffic.txtar", "a pair that costs more than its gateways"},
	"ER-003":   {"migrate/risk/live_test.go", "TestLiveRules"},
	"GW-001":   {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"GW-011":   {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"GW-012":   {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"HUB-002":  {"migrate/estate/validate_test.go", "TestValidate"},
	"LST-013":  {"cmd/netmigrate/testdata/script/listing-became.txtar", "netmigrate lint"},
	"LIM-002":  {"migrate/risk/estate_test.go", "TestEstateRules"},
	"LIM-003":  {"migrate/risk/estate_test.go", "TestEstateRules"},
	"LINK-007": {"migrate/risk/estate_test.go", "TestPathThroughPremises"},
	"LINK-008": {"migrate/risk/estate_test.go", "TestEstateRules"},
	"OPT-007":  {"cmd/netmigrate/testdata/script/options.txtar", "several are a finding"},
	"OPT-014":  {"cmd/netmigrate/testdata/script/traffic.txtar", "is no usage file"},
	"OPT-015":  {"cmd/netmigrate/testdata/script/traffic.txtar", "a bad row"},
	"P2S-001":  {"migrate/risk/plan_test.go", "TestPlanRules"},
	"P2S-005":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"PEER-009": {"migrate/estate/validate_test.go", "TestValidate"},
	"PLAN-001": {"cmd/netmigrate/rules_test.go", "TestLostPair"},
	"PLAN-008": {"cmd/netmigrate/testdata/script/verify.txtar", "changed outside the plan"},
	"PLAN-009": {"cmd/netmigrate/testdata/script/verify.txtar", "changed outside the plan"},
	"PLAN-010": {"cmd/netmigrate/testdata/script/verify.txtar", "changed outside the plan"},
	"PLAN-011": {"cmd/netmigrate/testdata/script/verify.txtar", "a tunnel is gone too early"},
	"PLAN-012": {"migrate/report/verify_test.go", "TestVerifyFindings"},
	"PLAN-013": {"cmd/netmigrate/testdata/script/check.txtar", "the tunnel still deleted"},
	"PLAN-014": {"cmd/netmigrate/testdata/script/check.txtar", "together with its connections"},
	"PLAN-015": {"cmd/netmigrate/testdata/script/pairs.txtar", "what is forbidden is kept apart"},
	"PLAN-016": {"migrate/plan/asks_test.go", "TestCheckAsks"},
	"PLAN-017": {"migrate/plan/asks_test.go", "TestAsks"},
	"PLAN-018": {"migrate/plan/asks_test.go", "TestOpenedOnTheWay"},
	"PLAN-019": {"migrate/plan/decisions_test.go", "TestDecisionsRefused"},
	"PLAN-020": {"migrate/plan/decisions_test.go", "TestRemakeOfAnotherNetwork"},
	"PLAN-021": {"migrate/plan/decisions_test.go", "TestDecisions"},
	"PLAN-022": {"migrate/plan/decisions_test.go", "TestDecisions"},
	"PLAN-023": {"migrate/plan/undo_test.go", "TestCheckOfUndo"},
	"PLAN-024": {"migrate/plan/mutation_test.go", "a window is too short"},
	"PLAN-025": {"migrate/plan/guard_test.go", "TestNotClosed"},
	"PLAN-026": {"migrate/plan/guard_test.go", "TestClosedPairsAreChecked"},
	"PLAN-027": {"migrate/plan/guard_test.go", "TestClosedPairsAreChecked"},
	"PLAN-028": {"migrate/plan/inspect_test.go", "TestUninspected"},
	"SITE-011": {"migrate/risk/estate_test.go", "TestEstateRules"},
	"SITE-012": {"migrate/risk/estate_test.go", "TestEstateRules"},
	"RTE-005":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"RTE-008":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"RTE-012":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"SEC-009":  {"migrate/deploy/dumped_test.go", "TestRulesOfDumps"},
	"TRN-001":  {"migrate/risk/plan_test.go", "TestPlanRules"},
	"XML-006":  {"cmd/netmigrate/testdata/script/wrong-files.txtar", "big.netcfg"},
	"XML-017":  {"cmd/netmigrate/testdata/script/wrong-files.txtar", "missing.netcfg"},
	"XML-029":  {"netcfg/response_test.go", "TestResponses"},
	"XML-030":  {"netcfg/response_test.go", "TestResponses"},
	"XML-031":  {"netcfg/response_test.go", "TestResponses"},
	"XML-032":  {"netcfg/formatlist_test.go", "TestLists"},
	"XML-033":  {"netcfg/formatlist_test.go", "TestLists"},
	"XML-034":  {"netcfg/formatlist_test.go", "TestLists"},
	"XML-028":  {"netcfg/hostile_test.go", "TestBounds"},
}

// ruleFile is the name of a case: the id of its rule, and perhaps what is special about it.
var ruleFile = regexp.MustCompile(`^([A-Z][A-Z0-9]*-\d{3})(-[a-z0-9-]+)?\.txtar$`)

func ruleFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/rules/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("testdata/rules holds no cases (%v)", err)
	}
	return files
}

// TestRules runs the cases of testdata/rules. A case is named for its rule and holds what makes it
// fire (fires.netcfg, fires.json, or files in fires/), a near miss that does not (silent and so on),
// the lines that are printed of that rule (want), and the command with its flags when it is not
// lint (command).
func TestRules(t *testing.T) {
	for _, path := range ruleFiles(t) {
		name := filepath.Base(path)
		t.Run(strings.TrimSuffix(name, ".txtar"), func(t *testing.T) {
			match := ruleFile.FindStringSubmatch(name)
			if match == nil {
				t.Fatalf("%s is not named for a rule", name)
			}
			c := readRuleCase(t, path, match[1])
			got := c.lines(t, "fires")
			if *update {
				c.rewrite(t, path, got)
			} else if diff := cmp.Diff(c.part("want"), got); diff != "" {
				t.Errorf("findings of %s (-want +got)\n%s", c.rule, diff)
			}
			if got == "" {
				t.Errorf("%s does not fire", c.rule)
			}
			if silent := c.lines(t, "silent"); silent != "" {
				t.Errorf("%s fires in the near miss:\n%s", c.rule, silent)
			}
		})
	}
}

type ruleCase struct {
	rule    string
	archive *txtar.Archive
	dir     string
}

func readRuleCase(t *testing.T, path, rule string) *ruleCase {
	t.Helper()
	if _, known := diag.Lookup(rule); !known {
		t.Fatalf("rule %s is not in the catalogue", rule)
	}
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(bytes.TrimSpace(archive.Comment)) == 0 {
		t.Errorf("%s has no comment that says what it shows", path)
	}
	c := &ruleCase{rule, archive, t.TempDir()}
	for _, f := range archive.Files {
		at := filepath.Join(c.dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, f.Data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c *ruleCase) part(name string) string {
	for _, f := range c.archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// lines are the findings of the rule when the command runs on one side of the case. A near miss
// must run to its end: a file that is refused is silent for another reason.
func (c *ruleCase) lines(t *testing.T, side string) string {
	t.Helper()
	input := side
	for _, name := range []string{side + ".netcfg", side + ".json"} {
		if _, err := os.Stat(filepath.Join(c.dir, name)); err == nil {
			input = name
		}
	}
	args := strings.Fields(c.part("command"))
	if len(args) == 0 {
		args = []string{"lint"}
	}
	o := invoke(t, c.dir, append(args, input)...)
	if side == "silent" && o.code == exitNot {
		t.Errorf("the near miss does not run:\n%s%s", o.stdout, o.stderr)
	}
	if args[0] == "lint" && !slices.Contains(args, "--fix") {
		return linesOf(o.stdout, c.rule)
	}
	return linesOf(o.stderr, c.rule)
}

// linesOf are the first lines of the findings of one rule.
func linesOf(text, rule string) string {
	first := regexp.MustCompile(`(?m)^[^\t].*: (error|warning|note) ` + rule + `: .*\n`)
	return strings.Join(first.FindAllString(text, -1), "")
}

func (c *ruleCase) rewrite(t *testing.T, path, want string) {
	t.Helper()
	files := c.archive.Files[:0]
	for _, f := range c.archive.Files {
		if f.Name != "want" {
			files = append(files, f)
		}
	}
	c.archive.Files = append(files, txtar.File{Name: "want", Data: []byte(want)})
	if err := os.WriteFile(path, txtar.Format(c.archive), 0o666); err != nil {
		t.Fatal(err)
	}
}

// packageDir is the folder of this package, which is where tests start.
var packageDir = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	return dir
}()

// TestEveryRuleIsShown finds a case for every rule of the catalogue, or the test that shows it.
func TestEveryRuleIsShown(t *testing.T) {
	shown := map[string]bool{}
	for _, path := range ruleFiles(t) {
		if match := ruleFile.FindStringSubmatch(filepath.Base(path)); match != nil {
			shown[match[1]] = true
		}
	}
	for id, where := range shownElsewhere {
		if shown[id] {
			t.Errorf("%s has a case in testdata/rules; take it off the list", id)
		}
		if err := names(where[0], where[1], id); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		shown[id] = true
	}
	for _, r := range diag.Rules() {
		if !shown[r.ID] {
			t.Errorf("no case in testdata/rules and no other test shows %s (%s)", r.ID, r.Title)
		}
		delete(shown, r.ID)
	}
	for id := range shown {
		t.Errorf("%s is not in the catalogue", id)
	}
}

// names reports whether the file, a path from the root, has all the words.
func names(path string, words ...string) error {
	src, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(path)))
	if err != nil {
		return err
	}
	for _, w := range words {
		if !bytes.Contains(src, []byte(w)) {
			return fmt.Errorf("%s does not name %s", path, w)
		}
	}
	return nil
}

// TestTransitMattersWhileClassicRuns checks in which modes a plan says that the platform's own
// migration cuts multi-hop traffic (CLS-006).
func TestTransitMattersWhileClassicRuns(t *testing.T) {
	src := must(os.ReadFile(filepath.Join("..", "..", "fixtures", "chain-multihop", "network.netcfg")))(t)
	files := parse([]document{{name: "network.netcfg", src: src}}, netcfg.DefaultBounds()).sources
	for _, mode := range []options.Mode{options.AsIfLive, options.Rebuild, options.ClassicLive} {
		p, err := makePlan(files, options.Options{Mode: mode}, deploy.Options{})
		if err != nil {
			t.Fatal(err)
		}
		told := slices.ContainsFunc(p.found, func(f diag.Finding) bool { return f.Rule == "CLS-006" })
		if want := mode == options.ClassicLive; told != want {
			t.Errorf("mode %s: CLS-006 told %t, want %t", mode, told, want)
		}
	}
}

// TestLostPair takes the peerings out of a plan, so that its steps cut what they should keep: the
// checker says PLAN-001 of it, and of the plan as it was nothing.
func TestLostPair(t *testing.T) {
	src := must(os.ReadFile(filepath.Join("..", "..", "fixtures", "pair", "network.netcfg")))(t)
	p, err := makePlan(parse([]document{{name: "network.netcfg", src: src}}, netcfg.DefaultBounds()).sources, options.Options{}, deploy.Options{})
	if err != nil {
		t.Fatal(err)
	}
	lost := func() bool {
		violations := plan.Check(p.plan).Violations
		return slices.ContainsFunc(violations, func(v plan.Violation) bool { return v.Rule == "PLAN-001" })
	}
	if lost() {
		t.Error("the plan as made loses a pair")
	}
	for i := range p.plan.Steps {
		if p.plan.Steps[i].Action == plan.CreatePeering {
			p.plan.Steps[i].Effect = plan.Effect{}
		}
	}
	if !lost() {
		t.Error("a plan without its peerings loses no pair")
	}
}
