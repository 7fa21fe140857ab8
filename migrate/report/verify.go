package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Verification is where a live network stands in a plan.
type Verification struct {
	Name     string   // of the plan
	Listings []string // what the live network was read from
	Plan     *plan.Plan
	Live     *estate.Estate // its objects are called as the plan calls them
	*plan.Standing
}

// NewVerification gathers what is told of a standing.
func NewVerification(name string, listings []string, p *plan.Plan, live *estate.Estate, s *plan.Standing) *Verification {
	return &Verification{name, listings, p, live, s}
}

// StateAfter writes what a network is right after a step of its plan: what is there, what may run next, and what a
// window leaves open. s is where that state stands in the plan.
func StateAfter(w io.Writer, step string, p *plan.Plan, e *estate.Estate, s *plan.Standing, format Format, style Style) error {
	v := NewVerification("the plan, after "+step, nil, p, e, s)
	if format == JSON {
		wire, there := v.wire(), wireEstate(e)
		wire.Network = &there
		return writeJSON(w, wire)
	}
	r := &reviewer{p: p, as: e, base: estate.NewIndex(p.Base)}
	r.scan()
	r.add(v.blocks()...)
	r.section("What is there then")
	r.there(e)
	r.peerings(e.Peerings)
	if format == Markdown {
		return writeMarkdown(w, r.out)
	}
	if format != Text {
		return ErrFormat
	}
	return writeText(w, r.out, style)
}

// Findings are what is wrong with where the network stands.
func (v *Verification) Findings() diag.List {
	var found diag.List
	at := diag.Pos{File: v.Name}
	for i := range v.Drift {
		d := &v.Drift[i]
		place := firstPlace(v.Live, d.NewRefs)
		if place == (diag.Pos{}) {
			place = firstPlace(v.Plan.Base, d.OldRefs)
		}
		if place == (diag.Pos{}) {
			place = at
		}
		found.Add("PLAN-008", place, "%s", driftWords(d))
	}
	if len(v.Drift) > 0 {
		found.Add("PLAN-009", at, "the live network is no state of the plan: the nearest one is %s, from which it has %s", v.place(), plural(len(v.Drift), "difference"))
	}
	for _, o := range v.OutOfOrder {
		found.Add("PLAN-009", at, "the live network is no state of the plan: %s", o)
	}
	for i := range v.Steps {
		s := &v.Steps[i]
		for _, why := range s.Blocked {
			found.Add("PLAN-010", at, "step %s (%s) may not run yet: %s", s.ID, stepWords(s.Step), why)
		}
		if s.Progress == plan.HalfDone {
			found.Add("PLAN-012", at, "step %s (%s) is half done%s", s.ID, stepWords(s.Step), halfWordsOf(s))
		}
	}
	for i := range v.Lost {
		x := &v.Lost[i]
		found.Add("PLAN-011", at, "%s and %s talked before the plan, and the pair is %s now", x.From, x.To, x.Class)
	}
	return found
}

// driftWords says what was changed outside the plan.
func driftWords(d *estate.Difference) string {
	text := kindOf(d.Object()) + " " + quoted(nameIn(d.Object()))
	if d.Part != "" {
		text += ": " + d.Part + " " + quoted(d.PartName)
	}
	old, now := strings.Join(d.Old, ", "), strings.Join(d.New, ", ")
	switch {
	case d.Property == "" && d.Presence == estate.OnlyAfter:
		return text + " is not in the plan"
	case d.Property == "":
		return text + " is gone, and no step that has run removes it"
	case old == "":
		return fmt.Sprintf("%s: %s has %s, which is not in the plan", text, d.Property, now)
	case now == "":
		return fmt.Sprintf("%s: %s lacks %s, which the plan has", text, d.Property, old)
	}
	return fmt.Sprintf("%s: %s is %s, and in the plan %s", text, d.Property, now, old)
}

func quoted(name string) string { return fmt.Sprintf("%q", name) }

// stepWords names a step: "delete gateway hub-gateway".
func stepWords(s *plan.Step) string {
	if s.Object.IsZero() {
		return string(s.Action)
	}
	return string(s.Action) + " " + nameIn(s.Object)
}

func halfWordsOf(s *plan.StepStanding) string {
	say := func(in []estate.ID) string { return strings.Join(each(in, nameIn), ", ") }
	switch {
	case len(s.There) == 0:
		return ": " + say(s.Missing) + " is on its way"
	case len(s.Missing) == 0:
		return ""
	}
	return fmt.Sprintf(": %s as it should be, %s not", say(s.There), say(s.Missing))
}

// place says which state of the plan the done steps make.
func (v *Verification) place() string {
	done := 0
	for i := range v.Steps {
		if v.Steps[i].Progress == plan.Done {
			done++
		}
	}
	if done == 0 {
		return "that before the first step"
	}
	beyond := 0
	for i := range v.Steps {
		if v.Steps[i].Progress == plan.Done && v.Steps[i].Wave > v.LastWave {
			beyond++
		}
	}
	switch {
	case v.Complete():
		return "that after the last step"
	case beyond == 0:
		return fmt.Sprintf("that after wave %d", v.LastWave)
	case v.LastWave == 0:
		return fmt.Sprintf("that after %s of the first waves", plural(beyond, "step"))
	}
	return fmt.Sprintf("that after wave %d and %s of later ones", v.LastWave, plural(beyond, "step"))
}

// fromListing reports whether any of the network is from a live listing.
func (v *Verification) fromListing() bool { return len(v.Live.Listings) > 0 }

// Write writes where the network stands: text and Markdown for people, JSON in the format VerifyFormat. An
// error comes from w, or is ErrFormat.
func (v *Verification) Write(w io.Writer, format Format, s Style) error {
	return writeView(w, format, s, v.blocks, v.wire)
}

func (v *Verification) blocks() []block {
	out := []block{heading{1, say("Where the network stands in ").and(named(v.Name))}}
	if len(v.Listings) > 0 && !v.fromListing() {
		out = append(out, para{toned(warn, "Held against the plan are files that describe the past, not a listing.").say(" What runs today may stand elsewhere, and no step is confirmed by this.")})
	}
	n := map[plan.Progress]int{}
	for i := range v.Steps {
		n[v.Steps[i].Progress]++
	}
	count := say(" %d of %s done", n[plan.Done], plural(len(v.Steps), "step"))
	if n[plan.Unseen] > 0 {
		count = count.say("; %d leave no trace", n[plan.Unseen])
	}
	switch {
	case len(v.Drift)+len(v.OutOfOrder) > 0:
		out = append(out, para{toned(bad, "It is no state of the plan.").say(" The nearest state is %s:", v.place()).and(count).say(".")})
	case n[plan.HalfDone] > 0:
		out = append(out, para{toned(warn, "%s half done.", plural(n[plan.HalfDone], "step")).say(" The state is %s:", v.place()).and(count).say(".")})
	default:
		out = append(out, para{toned(good, "It is a state of the plan:").say(" %s,", v.place()).and(count).say(".")})
	}
	if pairs := lostPairs(v.Lost); pairs > 0 {
		out = append(out, para{toned(bad, "Lost, at risk or misdelivered: %s that must stay connected.", plural(pairs, "pair"))})
	} else if len(v.Open) == 0 {
		out = append(out, para{toned(good, "No required pair is lost.")})
	} else {
		out = append(out, para{toned(good, "No required pair is lost").say(" but those that an open window declares.")})
	}
	if v.Complete() && v.AtState() {
		out = append(out, para{say("Every step that can be seen is done.")})
	}
	out = append(out, v.nextSteps()...)
	out = append(out, v.blocked()...)
	out = append(out, v.halfDone()...)
	out = append(out, v.outOfOrder()...)
	out = append(out, v.drifted()...)
	out = append(out, v.pairs("Required pairs that are lost", v.Lost)...)
	out = append(out, v.windows()...)
	return append(out, v.all()...)
}

// lostPairs is how many pairs some verdicts are about, each once.
func lostPairs(in []reach.Verdict) int {
	var lost pairCount[bool]
	for i := range in {
		lost.add(true, &in[i])
	}
	return lost.of(true)
}

// step names a step in a table: id, wave, action, object.
func stepCells(s *plan.Step) []phrase {
	object := say("-")
	if !s.Object.IsZero() {
		object = named(nameIn(s.Object))
	}
	return []phrase{toned(strong, "%s", s.ID), say("%d", s.Wave), say("%s", s.Action), object}
}

var stepHead = []string{"step", "wave", "action", "object"}

func (v *Verification) nextSteps() []block {
	g := grid{head: slices.Concat(stepHead, []string{"window", "confirm first"})}
	for i := range v.Steps {
		if s := &v.Steps[i]; s.May {
			g.rows = append(g.rows, append(stepCells(s.Step), say("%s", orDash(s.Impact.Window)), say("%s", orDash(strings.Join(s.Confirm, ", ")))))
		}
	}
	if len(g.rows) == 0 {
		return nil
	}
	out := []block{heading{2, say("What may run next (%d)", len(g.rows))}}
	if slices.ContainsFunc(v.Steps, func(s plan.StepStanding) bool { return s.May && len(s.Confirm) > 0 }) {
		out = append(out, para{say("Steps to confirm leave no trace in the network: whoever runs the plan knows whether they are done.")})
	}
	all := len(g.rows)
	g.rows = g.rows[:min(all, longest)]
	return append(append(out, g), leftOut(all-longest, "--format json")...)
}

func (v *Verification) blocked() []block {
	g := grid{head: slices.Concat(stepHead, []string{"why not yet"})}
	for i := range v.Steps {
		for j, why := range v.Steps[i].Blocked {
			row := stepCells(v.Steps[i].Step)
			if j > 0 {
				row = []phrase{nil, nil, nil, nil}
			}
			g.rows = append(g.rows, append(row, toned(bad, "%s", why)))
		}
	}
	return sectionOf("Whose turn it is, and what is in the way", g)
}

// sectionOf is a table under a heading with its length; nothing without rows.
func sectionOf(title string, g grid) []block {
	all := len(g.rows)
	if all == 0 {
		return nil
	}
	g.rows = g.rows[:min(all, longest)]
	return append([]block{heading{2, say("%s (%d)", title, all)}, g}, leftOut(all-longest, "--format json")...)
}

func (v *Verification) halfDone() []block {
	g := grid{head: slices.Concat(stepHead, []string{"as it should be", "not yet"})}
	for i := range v.Steps {
		if s := &v.Steps[i]; s.Progress == plan.HalfDone {
			g.rows = append(g.rows, append(stepCells(s.Step), orNothing(each(s.There, nameIn)), orNothing(each(s.Missing, nameIn))))
		}
	}
	return sectionOf("Half done", g)
}

func (v *Verification) outOfOrder() []block {
	if len(v.OutOfOrder) == 0 {
		return nil
	}
	return []block{heading{2, say("Out of order (%d)", len(v.OutOfOrder))}, list{each(v.OutOfOrder, func(s string) phrase { return say("%s", s) })}}
}

func (v *Verification) drifted() []block {
	g := grid{head: []string{"object", "property", "in the plan", "in the network", "place"}}
	for i := range v.Drift {
		d := &v.Drift[i]
		row := []phrase{say("%s ", kindOf(d.Object())).and(named(nameIn(d.Object()))), propertyOf(d), orNothing(d.Old), orNothing(d.New)}
		if d.Property == "" {
			row[2], row[3] = say("there"), say("gone")
			if d.Presence == estate.OnlyAfter {
				row[2], row[3] = say("not there"), say("there")
			}
		}
		place := firstPlace(v.Live, d.NewRefs)
		if place == (diag.Pos{}) {
			row = append(row, say("-"))
		} else {
			row = append(row, named(place.String()))
		}
		g.rows = append(g.rows, row)
	}
	return sectionOf("Changed outside the plan", g)
}

func (v *Verification) pairs(title string, in []reach.Verdict) []block {
	was, is := newPlacer(v.Plan.Base), newPlacer(v.Live)
	g := grid{head: []string{"between", "and", "verdict", "before", "now", "one flow to try"}}
	for i := range in {
		x := &in[i]
		g.rows = append(g.rows, []phrase{was.bare(x.From), was.bare(x.To), toned(bad, "%s", x.Class), was.path(x.Before.Path), sideWords(is, &x.After, false), say("%s", witnessWords(x))})
	}
	return sectionOf(title, g)
}

func (v *Verification) windows() []block {
	var out []block
	for _, w := range v.Plan.Windows {
		if !slices.Contains(v.Open, w.ID) {
			continue
		}
		if len(out) == 0 {
			out = append(out, heading{2, say("Open windows (%d)", len(v.Open))})
		}
		out = append(out, facts{{w.ID, say("%s, %s, %d to %d minutes: %s", w.Cause, plural(len(w.Pairs), "pair"), w.Minutes[0], w.Minutes[1], w.Because)}})
	}
	return append(out, v.pairs("Down as declared", v.Excused)...)
}

// all lists every step with how far it is.
func (v *Verification) all() []block {
	tones := map[plan.Progress]tone{plan.Done: good, plan.HalfDone: warn, plan.Unseen: faint}
	g := grid{head: slices.Concat(stepHead, []string{"how far"})}
	for i := range v.Steps {
		s := &v.Steps[i]
		g.rows = append(g.rows, append(stepCells(s.Step), toned(tones[s.Progress], "%s", s.Progress)))
	}
	return sectionOf("All steps", g)
}
