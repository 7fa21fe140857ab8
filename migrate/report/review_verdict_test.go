package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
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

// lively makes no step of a plan interrupt anything.
func lively(p *plan.Plan) {
	p.Windows = nil
	for i := range p.Steps {
		p.Steps[i].Impact.Class, p.Steps[i].Impact.Window = plan.Live, ""
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
		{"no windows", func(p *plan.Plan) { lively(p) }, []string{"interrupted nothing: no step is of a kind that interrupts"}},
		{"what interrupts in no window", func(p *plan.Plan) { p.Windows = nil }, []string{"interrupted by S003, S004, for which no window is declared"}},
		{"a step that is brief", func(p *plan.Plan) {
			lively(p)
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
			p.Asks = []plan.Ask{{Want: plan.Accepted, A: v.From, B: v.To}, {Want: plan.Required, A: v.From, B: location(p.Base.VNets[1])}}
		}, []string{"newly open 1 pair, accepted or required: app with on-premises HQ", "asked for pairs: 1 required; it holds in every checked state, outside window W01"}},
		{"pairs that a step opens", func(p *plan.Plan) {
			app, lab, hq := location(p.Base.VNets[0]), location(p.Base.VNets[2]), reach.Location{Kind: reach.OnPremises, Name: "HQ"}
			p.Asks = []plan.Ask{{Want: plan.Required, A: lab, B: hq}, {Want: plan.Encrypted, A: app, B: lab}, {Want: plan.Accepted, A: app, B: hq}}
		}, []string{"asked for pairs: 1 required, 1 encrypted; all hold at the end, and none before the plan"}},
		{"a pair that a step opens, and one that is apart", func(p *plan.Plan) {
			app, lab, hq := location(p.Base.VNets[0]), location(p.Base.VNets[2]), reach.Location{Kind: reach.OnPremises, Name: "HQ"}
			p.Asks = []plan.Ask{{Want: plan.Required, A: lab, B: hq}, {Want: plan.Forbidden, A: app, B: lab}}
		}, []string{"asked for pairs: 1 required, 1 forbidden; all hold at the end, and 1 of them in every checked state"}},
		{"a forbidden pair that a step cuts", func(p *plan.Plan) {
			p.Asks = []plan.Ask{{Want: plan.Forbidden, A: location(p.Base.VNets[0]), B: location(p.Base.VNets[1])}}
		}, []string{"asked for pairs: 1 forbidden; it holds at the end, and does not before the plan"}},
		{"pairs where nothing changes", func(p *plan.Plan) {
			p.Steps, p.Windows = nil, nil
			p.Asks = []plan.Ask{{Want: plan.Required, A: location(p.Base.VNets[0]), B: location(p.Base.VNets[1])}}
		}, []string{"asked for pairs: 1 required; it holds"}},
		{"a firewall and route tables", func(p *plan.Plan) {
			table := func(n string) estate.ID { return estate.ID{Type: estate.TypeRouteTable, Name: n} }
			p.Steps = append(p.Steps, plan.Step{ID: "S007", Action: plan.CreateFirewall, Object: estate.ID{Type: estate.TypeFirewall, Name: "fw"}},
				plan.Step{ID: "S008", Action: plan.CreateRoutes, Object: table("a"), Also: []estate.ID{table("b")}}, plan.Step{ID: "S009", Action: plan.AssociateRoutes})
		}, []string{"comes 1 peering, 1 firewall, 2 route tables; 1 VNet uses the gateway of its hub from then on; the subnets of 1 VNet send by a route table from then on"}},
		{"a tunnel between VNets that is built", func(p *plan.Plan) {
			p.Mode = options.Rebuild
			for _, site := range []string{"HQ", "hq", ""} {
				c := estate.Connection{}
				if site != "" {
					c.Site = estate.ID{Type: estate.TypeSite, Name: site}
				}
				p.Steps = append(p.Steps, plan.Step{ID: "S007", Action: plan.CreateConnection, Effect: plan.Effect{Add: &estate.Estate{Connections: []estate.Connection{c}}}})
			}
		}, []string{"a tunnel to set up on the device of HQ, 1 pair to find out about"}},
		{"a gateway whose address does not come back", func(p *plan.Plan) {
			p.Steps[3].Impact.NoReturn, p.Steps[3].Back.None = true, "its public address is of the Basic size"
		}, []string{"to undo up to S003 everything in 6 to 11 minutes; 2 points of no return: S004 (delete gateway), because its public address"}},
		{"a first step that does not come back", func(p *plan.Plan) {
			p.Steps[0].Impact.NoReturn, p.Steps[0].Back = true, plan.Undo{None: "the platform takes no VNet back"}
		}, []string{"to undo from S002 on, up to S003 everything in 6 to 11 minutes; from S004 on by building again"}},
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
