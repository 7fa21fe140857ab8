package report

import (
	"io"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/plan"
)

// What stands in a window without being of it waits for its end, unless a step of the window needs it.
func TestStepsThatWaitForAWindow(t *testing.T) {
	const mark, line = "LEAVE IT until window W01 has ended", "S004, until it has ended: it stands between these steps"
	for _, test := range []struct {
		name  string
		edit  func(*plan.Plan)
		waits bool
	}{
		{"all steps are of the window", func(*plan.Plan) {}, false},
		{"nothing needs it", func(p *plan.Plan) {
			p.Steps[3].Impact.Window, p.Windows[0].Steps, p.Steps[4].Needs = "", []string{"S003", "S005"}, []string{"S003"}
		}, true},
		{"the window needs it", func(p *plan.Plan) { p.Steps[3].Impact.Window, p.Windows[0].Steps = "", []string{"S003", "S005"} }, false},
		{"it is of another window", func(p *plan.Plan) {
			p.Steps[3].Impact.Window, p.Windows[0].Steps, p.Steps[4].Needs = "W02", []string{"S003", "S005"}, []string{"S003"}
		}, false},
		{"the window has no steps", func(p *plan.Plan) { p.Windows[0].Steps = nil }, false},
		{"the window has steps that are not there", func(p *plan.Plan) { p.Windows[0].Steps = []string{"S900"} }, false},
	} {
		s := makeSample(t, asIs)
		test.edit(s.plan)
		book := runbookOf(t, s.plan)
		review := print(t, func(w io.Writer) error { return Plan(w, s.plan, nil, s.diff, Style{}) })
		review = strings.Join(strings.Fields(review), " ")
		ends := strings.Contains(book, "From then on what was left may be done: S004.")
		if strings.Contains(book, mark) != test.waits || strings.Contains(review, line) != test.waits || ends != test.waits {
			t.Errorf("%s: the runbook says so: %t, and at the end: %t; the review: %t; want %t", test.name, strings.Contains(book, mark), ends, strings.Contains(review, line), test.waits)
		}
	}
}

// A window that cuts no required pair says so, in every place where its pairs stand.
func TestWindowsWithoutPairs(t *testing.T) {
	s := makeSample(t, asIs)
	s.plan.Windows[0].Pairs = nil
	review := strings.Join(strings.Fields(print(t, func(w io.Writer) error { return Plan(w, s.plan, nil, s.diff, Style{}) })), " ")
	for _, want := range []string{"1 window: W01 no required pair, 15 to 45 minutes", "pairs none that is required"} {
		if !strings.Contains(review, want) {
			t.Errorf("the review lacks %q", want)
		}
	}
	if want := "\n- no required pair is cut; "; !strings.Contains(runbookOf(t, s.plan), want) {
		t.Errorf("the runbook lacks %q", want)
	}
}
