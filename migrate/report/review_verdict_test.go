package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// verdictOf is the first section of a review.
func verdictOf(t *testing.T, review string) string {
	t.Helper()
	_, rest, found := strings.Cut(review, "\nVerdict\n")
	text, _, ends := strings.Cut(rest, "\n\nMode: ")
	if !found || !ends {
		t.Fatal("the review does not begin with a verdict")
	}
	return text
}

// TestVerdictFitsAPage holds that the verdict of every shipped network is short.
func TestVerdictFitsAPage(t *testing.T) {
	const most = 25
	var files []string
	for _, pattern := range []string{"*", "*/*"} {
		some, err := filepath.Glob(filepath.Join("..", "..", "fixtures", pattern, "plan.txt"))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, some...)
	}
	if len(files) < 20 {
		t.Fatalf("only %d reviews", len(files))
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := 1 + strings.Count(verdictOf(t, string(src)), "\n"); n > most {
			t.Errorf("%s: the verdict has %d lines", file, n)
		}
	}
}

// TestVerdict changes the sample in what the verdict is about.
func TestVerdict(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(p *plan.Plan)
		want   []string
	}{
		{"a plan that is not sound", func(p *plan.Plan) {
			p.Violations = []plan.Violation{{After: "wave 3", Rule: "PLAN-001", Text: "app no longer reaches hub"}}
		}, []string{"plan NOT SOUND: 1 violation. Do not carry this plan out.", "start Not at all, as it is.", "interrupted more than is declared, see the violations; declared: 1 window: W01"}},
		{"no windows", func(p *plan.Plan) { p.Windows = nil }, []string{"interrupted nothing: each tunnel goes only once its peering carries the traffic"}},
		{"a step that is brief", func(p *plan.Plan) {
			p.Windows = nil
			p.Steps[1].Impact.Class = plan.Brief
		}, []string{"interrupted For seconds to a minute: S002. Nothing else is interrupted."}},
		{"a rebuild", func(p *plan.Plan) { p.Mode = options.Rebuild }, []string{"start At any time", "interrupted nothing that runs", "US dollars as described"}},
		{"a live network", func(p *plan.Plan) { p.Mode = options.ARMLive }, []string{"verify a new listing on the day"}},
		{"a pair that is open on the way", func(p *plan.Plan) {
			p.Verdicts = nil
			p.Opened = []plan.Violation{{After: "wave 2", Until: "wave 3", Rule: "PLAN-018", Text: "packets may pass between a and b"}}
		}, []string{"newly open nothing at the end; on the way (PLAN-018), after wave 2, until after wave 3, packets may pass between a and b"}},
		{"a pair that is accepted, and one that is required", func(p *plan.Plan) {
			v := p.Verdicts[1]
			p.Asks = []plan.Ask{{Want: plan.Accepted, A: v.From, B: v.To}, {Want: plan.Required, A: v.From, B: reach.Location{Kind: reach.VNet, Name: "hub"}}}
		}, []string{"newly open 1 pair, accepted or required: app with on-premises HQ", "asked for pairs: 1 required; it holds in every checked state"}},
		{"a pair that is forbidden, and joined", func(p *plan.Plan) {
			v := p.Verdicts[1]
			p.Asks = []plan.Ask{{Want: plan.Forbidden, A: v.From, B: v.To}}
			p.Violations = []plan.Violation{{After: "wave 3", Rule: "PLAN-015", Text: "joined"}}
		}, []string{"asked for pairs: 1 forbidden; NOT HELD: PLAN-015"}},
		{"a window inside another", func(p *plan.Plan) {
			p.Windows = append(p.Windows, plan.Window{ID: "W02", Cause: "U11", Minutes: [2]int{1, 2}, Steps: []string{"S003"}, Pairs: [][2]string{{"VNet a", "VNet b"}}},
				plan.Window{ID: "W03", Cause: "U1", Minutes: [2]int{20, 40}, Steps: []string{"S006"}, Pairs: [][2]string{{"VNet c", "VNet d"}}})
		}, []string{"3 windows: W01 VNet app with on-premises HQ, 15 to 45 minutes; W02 VNet a with VNet b, 1 to 2 minutes; W03 VNet c with VNet d, 20 to 40 minutes; one after the other 35 to 85 minutes"}},
		{"nothing to do", func(p *plan.Plan) { p.Steps, p.Windows = nil, nil }, []string{"plan There is nothing to do."}},
		{"no undo known", func(p *plan.Plan) {
			for i := range p.Steps {
				p.Steps[i].Back = plan.Undo{}
			}
		}, []string{"!to undo"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := makeSample(t, asIs)
			c.change(s.plan)
			var b bytes.Buffer
			if err := Plan(&b, s.plan, s.found, nil, Style{}); err != nil {
				t.Fatal(err)
			}
			got := strings.Join(strings.Fields(verdictOf(t, b.String())), " ")
			for _, want := range c.want {
				if not, absent := strings.CutPrefix(want, "!"); absent == strings.Contains(got, strings.TrimPrefix(not, "!")) {
					t.Errorf("%q in\n%s", want, got)
				}
			}
		})
	}
}
