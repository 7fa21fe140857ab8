package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// review builds the review of a plan in the order in which a person needs it: what must hold before
// anything is done, whether the plan is sound, what was found, what is planned, how, and what it
// costs in reach and risk.
func review(p *plan.Plan, found diag.List, d *Diff) []block {
	if p.Base == nil || p.Target == nil {
		q := *p
		q.Base, q.Target = orNew(p.Base), orNew(p.Target)
		p = &q
	}
	r := &reviewer{p: p, found: found, diff: d, as: p.Base, base: estate.NewIndex(p.Base)}
	if d != nil && d.classic != nil {
		r.as = d.classic
	}
	r.scan()
	r.title()
	r.verdict()
	r.mode()
	r.check()
	r.what()
	r.components()
	r.decisions()
	r.target()
	r.steps()
	r.windows()
	r.reach()
	r.cost()
	r.changes()
	r.coverage()
	r.findings()
	r.assumptions()
	return r.out
}

func orNew(e *estate.Estate) *estate.Estate {
	if e == nil {
		return &estate.Estate{}
	}
	return e
}

type reviewer struct {
	p     *plan.Plan
	found diag.List
	diff  *Diff
	as    *estate.Estate // as read: the classic estate where it is known
	base  *estate.Index
	owners
	required int                       // pairs that talk before
	accepted func(*reach.Verdict) bool // somebody accepted or required all its pairs
	closed   func(*reach.Verdict) bool // security groups keep all its pairs apart

	before, after *cost.Bill // once asked for; see bills
	out           []block
}

func (r *reviewer) add(blocks ...block)            { r.out = append(r.out, blocks...) }
func (r *reviewer) section(title string)           { r.add(heading{2, say("%s", title)}) }
func (r *reviewer) para(p phrase)                  { r.add(para{p}) }
func (r *reviewer) say(format string, args ...any) { r.para(say(format, args...)) }

func (r *reviewer) scan() {
	r.required = requiredPairs(r.p)
	r.owners = newOwners(r.p.Base)
	r.accepted, r.closed = r.p.Accepting(), r.p.Closing()
}

func waveCount(p *plan.Plan) int {
	if len(p.Steps) == 0 {
		return 0
	}
	return p.Steps[len(p.Steps)-1].Wave
}

// name is an object's name and its owner.
func (r *reviewer) name(id estate.ID) phrase {
	if owner := r.ownerOf(id); owner != "" {
		return named(id.Name).say(" in ").and(named(owner))
	}
	if id.Type == estate.TypeNetworkGroup { // a manager may have several
		return named(id.Child)
	}
	return named(id.Name)
}

func (r *reviewer) names(ids []estate.ID, most int) phrase {
	return moreThan(joined(each(ids[:min(len(ids), most)], r.name)), len(ids)-most)
}

func (r *reviewer) title() {
	p := r.p
	r.add(heading{1, say("Plan: %s, %s in %s", plural(len(p.Base.VNets), "VNet"), plural(len(p.Steps), "step"), plural(waveCount(p), "wave"))})
}

var modeWords = map[options.Mode]string{
	options.AsIfLive:    "The files describe the past. The plan assumes that the network they describe runs today in its ARM form.",
	options.Rebuild:     "Nothing of the network described is taken to run. The target is built anew, next to nothing.",
	options.ClassicLive: "Historic: the classic network itself runs, and the platform's own migration comes first.",
	options.ARMLive:     "The plan was made from a listing of the live network.",
}

func (r *reviewer) mode() {
	r.section("Mode: " + string(r.p.Mode))
	r.say("%s", modeWords[r.p.Mode])
	if r.p.Mode != options.AsIfLive {
		return
	}
	r.para(toned(bad, "Do nothing of this plan before a listing of the live network has been verified against it."))
	for _, a := range r.p.Assumptions {
		if a.ID == estate.AsmLive {
			r.say("%s: %s. Settled by: %s.", a.ID, a.Assumed, a.Settle)
		}
	}
}

func (r *reviewer) check() {
	r.section("Check")
	switch {
	case len(r.p.Violations) > 0:
		r.violations()
	case len(r.p.Checked) == 0:
		r.para(toned(warn, "No state was checked.").say(" The plan changes nothing, or nothing that carries traffic."))
	default:
		r.para(r.sound())
	}
	shown, more := cut(r.p.Opened, longest)
	for _, v := range shown {
		r.para(toned(warn, "%s", v.Rule).say(", %s: %s.", v.When(), v.Text))
	}
	r.add(more...)
	if len(r.p.Checked) > 0 {
		states, more := cut(r.p.Checked, longest)
		r.say("Checked: the state %s.", strings.Join(states, "; "))
		r.add(more...)
	}
	for _, f := range r.found {
		if f.Rule == "PLAN-006" {
			r.para(toned(warn, "%s", f.Rule).say(": %s.", f.Message))
		}
	}
}

func (r *reviewer) sound() phrase {
	return toned(good, "Sound: every checked state keeps %s%s.", r.allPairs(), r.outsideWindows())
}

func (r *reviewer) notSound() phrase {
	return toned(bad, "NOT SOUND: %s. Do not carry this plan out.", plural(len(r.p.Violations), "violation"))
}

func (r *reviewer) violations() {
	r.para(r.notSound())
	shown, more := cut(r.p.Violations, longest)
	r.add(list{each(shown, func(v plan.Violation) phrase {
		return toned(bad, "%s: %s", v.When(), v.Rule).say(": %s", v.Text)
	})})
	r.add(more...)
}

func (r *reviewer) allPairs() string {
	switch r.required {
	case 0:
		return "all required pairs"
	case 1:
		return "the one required pair"
	}
	return fmt.Sprintf("all %d required pairs", r.required)
}

func (r *reviewer) outsideWindows() string {
	switch len(r.p.Windows) {
	case 0:
		return ""
	case 1:
		return ", outside window " + r.p.Windows[0].ID
	}
	return fmt.Sprintf(", outside the %d windows %s to %s", len(r.p.Windows), r.p.Windows[0].ID, r.p.Windows[len(r.p.Windows)-1].ID)
}

// assumptions closes the review: what the input could not say.
func (r *reviewer) assumptions() {
	if len(r.p.Assumptions) == 0 {
		return
	}
	r.section("Assumptions: what the input cannot say")
	for _, a := range r.p.Assumptions {
		r.add(heading{3, say("%s", a.ID)})
		f := facts{{"assumed", say("%s", a.Assumed)}, {"because", say("%s", a.Because)}, {"settled by", say("%s", a.Settle)}}
		if n := len(a.Subjects); n > 0 {
			const few = 6
			f = append(f, fact{"about", say("%d: ", n).and(cutNames(a.Subjects, few))})
		}
		r.add(f)
	}
}

// findings lists what was found by severity and rule, the remedy once where it is the same.
func (r *reviewer) findings() {
	r.section("Findings: " + countWords(r.found))
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Note} {
		of := slices.DeleteFunc(slices.Clone(r.found), func(f diag.Finding) bool { return f.Severity != s })
		slices.SortStableFunc(of, func(a, b diag.Finding) int { return strings.Compare(a.Rule, b.Rule) })
		shown, more := cut(of, longest)
		for i := 0; i < len(shown); {
			end := i + 1
			for end < len(shown) && shown[end].Rule == shown[i].Rule {
				end++
			}
			r.rule(s, shown[i:end])
			i = end
		}
		r.add(more...)
	}
}

func (r *reviewer) rule(s diag.Severity, of diag.List) {
	known, _ := diag.Lookup(of[0].Rule)
	r.add(heading{3, toned(severityTone(s), "%s %s", s, of[0].Rule).say(": %s", known.Title)})
	common := of[0].Hint
	for _, f := range of {
		if f.Hint != common {
			common = ""
		}
	}
	r.add(list{each(of, func(f diag.Finding) phrase {
		var p phrase
		if f.Pos != (diag.Pos{}) {
			p = named(f.Pos.String()).say(": ")
		}
		p = p.say("%s", f.Message)
		for _, also := range f.Related {
			p = p.say("; ").and(named(also.Pos.String())).say(": %s", also.Message)
		}
		if common == "" && f.Hint != "" {
			p = p.say(". To do: %s", f.Hint)
		}
		return p
	})})
	f := facts{}
	if known.Why != "" {
		f = append(f, fact{"why", say("%s", known.Why)})
	}
	if common != "" {
		f = append(f, fact{"to do", say("%s", common)})
	}
	if known.Source != "" {
		f = append(f, fact{"source", say("%s", known.Source)})
	}
	r.add(f)
}
