package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// mostWaves bounds the waves of a plan that is read: each of its waves is walked.
const mostWaves = 1 << 20

// ReadPlan reads a plan that PlanJSON wrote, or that a person edited: the network before, the steps with their
// effects, and the decisions. Relations and verdicts are not in it, because they follow from the networks, and
// neither are shared keys; of a place only that of an object is. An error means that the text is no plan, or
// that its steps do not hang together.
func ReadPlan(r io.Reader) (*plan.Plan, error) {
	p, err := ReadEdited(r)
	if err != nil {
		return nil, err
	}
	if err := cmp.Or(soundSteps(p), soundDecisions(p)); err != nil {
		return nil, fmt.Errorf("read plan: %w", err)
	}
	return p, nil
}

// ReadEdited reads a plan as ReadPlan does, of which a person may have left steps out or moved them without putting the
// rest in order: the steps stand as they are written, and need not hang together. What was decided is for plan.Decided to
// refuse, which knows the network.
func ReadEdited(r io.Reader) (*plan.Plan, error) {
	w, err := DecodePlan(r)
	if err != nil {
		return nil, err
	}
	d := &unwirer{}
	p := d.plan(w)
	if d.err != nil {
		return nil, fmt.Errorf("read plan: %w", d.err)
	}
	return p, nil
}

// soundSteps refuses steps that cannot be walked, and lengths that nothing has.
func soundSteps(p *plan.Plan) error {
	known, last := map[string]int{}, 1
	for i := range p.Steps {
		s := &p.Steps[i]
		_, twice := known[s.ID]
		switch m, back := s.Impact.Minutes, s.Back.Minutes; {
		case m[0] < 0 || m[1] < m[0]:
			return fmt.Errorf("step %s takes %d to %d minutes", s.ID, m[0], m[1])
		case back[0] < 0 || back[1] < back[0]:
			return fmt.Errorf("undoing step %s takes %d to %d minutes", s.ID, back[0], back[1])
		case s.ID == "" || twice:
			return fmt.Errorf("step %d: the id %q is missing or taken", i+1, s.ID)
		case s.Wave < last || s.Wave > mostWaves:
			return fmt.Errorf("step %s: wave %d after wave %d; steps stand in the order of waves, which count from 1", s.ID, s.Wave, last)
		}
		for _, need := range s.Needs {
			if wave, ok := known[need]; !ok || wave >= s.Wave {
				return fmt.Errorf("step %s needs %q, which is no step of an earlier wave", s.ID, need)
			}
		}
		known[s.ID], last = s.Wave, s.Wave
	}
	for _, w := range p.Windows {
		if m := w.Minutes; m[0] < 0 || m[1] < m[0] {
			return fmt.Errorf("window %s takes %d to %d minutes", w.ID, m[0], m[1])
		}
		for _, id := range w.Steps {
			if _, ok := known[id]; !ok {
				return fmt.Errorf("window %s has step %q, which there is not", w.ID, id)
			}
		}
	}
	return nil
}

// soundDecisions refuses hubs and decisions of no kind.
func soundDecisions(p *plan.Plan) error {
	d := &unwirer{}
	for i := range p.Components {
		oneOf(d, "kind of hub", string(p.Components[i].Hub.Kind), plan.HubKinds)
	}
	for _, one := range p.Decisions {
		oneOf(d, "kind of decision", string(one.Kind), plan.Decidings)
		if one.Kind == plan.ChooseHub {
			oneOf(d, "kind of hub", string(one.Hub), plan.HubKinds)
		}
		if one.Action != "" {
			oneOf(d, "kind of step", string(one.Action), plan.Actions)
		}
	}
	return d.err
}

// unwirer makes values of wire types. It keeps the first error.
type unwirer struct {
	docs []string // documents that places name
	refs int32    // refs made so far
	err  error

	carried options.Volume // of all flows so far
}

func (d *unwirer) plan(w *WirePlan) *plan.Plan {
	p := &plan.Plan{
		Mode: oneOf(d, "mode", w.Mode, options.Modes), Base: d.estate(&w.Base), Checked: w.Checked,
		Assumptions: each(w.Assumptions, func(a WireAssumption) estate.Assumption {
			return estate.Assumption{ID: a.ID, Assumed: a.Assumed, Because: a.Because, Settle: a.Settle, Subjects: a.Subjects}
		}),
		Violations: each(w.Violations, func(v WireViolation) plan.Violation { return plan.Violation(v) }),
		Opened:     each(w.Opened, func(v WireViolation) plan.Violation { return plan.Violation(v) }),
		Components: each(w.Components, d.component),
		Outcomes: each(w.Outcomes, func(o WireOutcome) plan.Outcome {
			return plan.Outcome{Object: unwiredID(o.Object), What: oneOf(d, "outcome", o.What, plan.Whats), Because: o.Because}
		}),
		Steps:   each(w.Steps, d.step),
		Windows: each(w.Windows, func(w WireWindow) plan.Window { return plan.Window(w) }),
		Asks:    each(w.Pairs, d.ask), PlannedAsks: several(w.PlannedPairs, d.ask),
		Inspect: orNone(d, "what is inspected", w.Inspect, options.Inspects), Exposure: orNone(d, "exposure", w.Exposure, options.Exposures), Closed: several(w.Closed, d.closed),
		Decisions: several(w.Decisions, d.decision),
		Traffic:   each(w.Traffic, d.flow),
	}
	for _, a := range p.Assumptions {
		if a.ID != estate.AsmLive { // of the mode, not of the network
			p.Base.Assumptions = append(p.Base.Assumptions, a)
		}
	}
	target := d.effect(&w.Target)
	p.Base.Docs = d.docs
	p.Target = plan.Apply(p.Base, []plan.Step{{Wave: 1, Effect: target}})
	for i := range p.Steps {
		if add := p.Steps[i].Effect.Add; add != nil {
			add.Docs = d.docs
		}
	}
	return p
}

func (d *unwirer) ask(w WireAsk) plan.Ask {
	a := plan.Ask{Want: oneOf(d, "wish for a pair", w.Want, plan.Wants), A: d.location(w.A), B: d.location(w.B), Reason: w.Reason}
	if day, ok := options.ParseDate(w.Expires); ok {
		a.Expires = day
	} else if w.Expires != "" && d.err == nil {
		d.err = fmt.Errorf("a pair expires on %q, which is no date", w.Expires)
	}
	if a.B.Compare(a.A) < 0 {
		a.A, a.B = a.B, a.A
	}
	return a
}

func (d *unwirer) closed(w WireClosed) plan.ClosedPair {
	c := plan.ClosedPair{A: d.location(w.A), B: d.location(w.B), Group: unwiredID(w.Group)}
	if c.B.Compare(c.A) < 0 {
		c.A, c.B = c.B, c.A
	}
	return c
}

func (d *unwirer) location(w WireLocation) reach.Location {
	kind := slices.Index(locationKinds, oneOf(d, "kind of place", w.Kind, locationKinds))
	return reach.Location{Kind: reach.Kind(max(kind, 0)), ID: idIf(w.ID), Name: w.Name}
}

func (d *unwirer) component(w WireComponent) plan.Component {
	h := &w.Hub
	return plan.Component{Name: w.Name, Class: oneOf(d, "shape of a component", w.Class, plan.Classes), VNets: ids(w.VNets), Tunnels: w.Tunnels,
		Overlaps: unwiredOverlaps(w.Overlaps),
		WAN:      d.wan(w.VirtualWAN),
		Transits: several(w.Transits, d.transit),
		Kept:     each(w.Kept, func(k WireKeptPair) plan.KeptPair { return plan.KeptPair(k) }),
		Hub: plan.Hub{Kind: plan.HubKind(h.Kind), Passage: plan.Passage(h.Passage), Grouped: h.Grouped, VNet: idIf(h.VNet), Because: h.Because, Asked: h.Asked, Space: d.prefixText(h.Space), Region: h.Region,
			Several: each(h.Hubs, func(r WirePlacedHub) plan.PlacedHub {
				return plan.PlacedHub{Region: r.Region, VNet: unwiredID(r.VNet), Space: d.prefixText(r.Space)}
			}),
			Candidates: each(h.Candidates, func(c WireCandidate) plan.Candidate {
				return plan.Candidate{Kind: oneOf(d, "kind of hub", c.Kind, plan.HubKinds), Passage: orNone(d, "passage of a hub", c.Passage, plan.Passages), Grouped: c.Grouped, VNet: idIf(c.VNet), Points: c.Points, Refused: c.Refused, Monthly: d.monthly(c.Monthly),
					Terms: each(c.Terms, func(t WireTerm) plan.Term { return plan.Term(t) })}
			})},
	}
}

// orNone is oneOf for what need not be said.
func orNone[T ~string](d *unwirer, what, w string, all []T) T {
	if w == "" {
		return ""
	}
	return oneOf(d, what, w, all)
}

func (d *unwirer) step(w WireStep) plan.Step {
	s := plan.Step{ID: w.ID, Wave: w.Wave, Action: oneOf(d, "kind of step", w.Action, plan.Actions), Object: unwiredID(w.Object), Also: ids(w.Also), Because: w.Because,
		Needs: w.Needs, Effect: d.effect(&w.Effect), Verify: w.Verify, Undo: w.Undo,
		Impact: plan.Impact{Class: oneOf(d, "impact of a step", w.Impact.Class, plan.ImpactClasses), Window: w.Impact.Window, NoReturn: w.Impact.NoReturn}}
	if m := w.Impact.Minutes; m != nil {
		s.Impact.Minutes = *m
	}
	if u := w.Back; u != nil {
		s.Back = plan.Undo{Remove: ids(u.Remove), Restore: ids(u.Restore), None: u.None}
		if u.Minutes != nil {
			s.Back.Minutes = *u.Minutes
		}
	}
	return s
}

func (d *unwirer) effect(w *WireEffect) plan.Effect {
	f := plan.Effect{Remove: ids(w.Remove)}
	if w.Add != nil {
		f.Add = d.estate(w.Add)
	}
	return f
}
