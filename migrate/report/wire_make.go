package report

import (
	"net/netip"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func wirePlan(p *plan.Plan, found diag.List, d *Diff) *WirePlan {
	w := &WirePlan{
		Format: PlanFormat, Mode: string(p.Mode), Summary: wireSummary(p, found),
		Assumptions: each(p.Assumptions, func(a estate.Assumption) WireAssumption {
			return WireAssumption{a.ID, a.Assumed, a.Because, a.Settle, a.Subjects}
		}),
		Violations: each(p.Violations, func(v plan.Violation) WireViolation { return WireViolation(v) }),
		Opened:     each(p.Opened, func(v plan.Violation) WireViolation { return WireViolation(v) }),
		Checked:    each(p.Checked, func(s string) string { return s }),
		Components: each(p.Components, wireComponent),
		Steps:      each(p.Steps, wireStep),
		Windows: each(p.Windows, func(v plan.Window) WireWindow {
			return WireWindow{v.ID, v.Cause, v.Because, orEmpty(v.Pairs), v.Minutes, orEmpty(v.Steps)}
		}),
		Pairs:        each(p.Asks, wireAsk),
		PlannedPairs: each(p.PlannedAsks, wireAsk),
		Inspect:      string(p.Inspect),
		Exposure:     string(p.Exposure),
		Closed: several(p.Closed, func(c plan.ClosedPair) WireClosed {
			return WireClosed{wireLocation(c.A), wireLocation(c.B), wireID(c.Group)}
		}),
		Decisions: each(p.Decisions, wireDecision),
		Traffic:   each(p.Traffic, wireFlow),
		Outcomes: each(p.Outcomes, func(o plan.Outcome) WireOutcome {
			return WireOutcome{wireID(o.Object), string(o.What), o.Because}
		}),
		Verdicts: each(p.Verdicts, wireVerdict),
		Findings: wireFindings(found),
		Cost:     wireCost(p),
		Base:     wireEstate(p.Base),
		Target:   wireChange(p.Base, p.Target),
	}
	w.Elements = []WireElement{}
	if d != nil {
		w.Elements = each(d.Elements, wireElement)
		w.Coverage = wireCoverage(d.coverage)
	}
	return w
}

func wireSummary(p *plan.Plan, found diag.List) WireSummary {
	s := WireSummary{
		Components: len(p.Components), Steps: len(p.Steps), Waves: waveCount(p), Windows: len(p.Windows),
		RequiredPairs: requiredPairs(p), Verdicts: map[string]int{}, Violations: len(p.Violations),
		Errors: found.Count(diag.Error), Warnings: found.Count(diag.Warning), Notes: found.Count(diag.Note),
	}
	if p.Base != nil {
		s.VNets = len(p.Base.VNets)
	}
	var pairs pairCount[reach.Class]
	for v := range toldVerdicts(p) {
		pairs.add(v.Class, v)
	}
	for class := range pairs {
		s.Verdicts[class.String()] = pairs.of(class)
	}
	return s
}

func wireComponent(c plan.Component) WireComponent {
	h := &c.Hub
	return WireComponent{
		Name: c.Name, Class: string(c.Class), VNets: each(c.VNets, wireID), Tunnels: c.Tunnels,
		Hub: WireHub{
			Kind: string(h.Kind), Passage: string(h.Passage), Grouped: h.Grouped, VNet: wireIDIf(h.VNet), Because: h.Because, Asked: h.Asked, Space: prefixIf(h.Space), Region: h.Region,
			Hubs: each(h.Several, func(r plan.PlacedHub) WirePlacedHub {
				return WirePlacedHub{r.Region, wireID(r.VNet), prefixIf(r.Space)}
			}),
			Candidates: each(h.Candidates, func(c plan.Candidate) WireCandidate {
				return WireCandidate{
					Kind: string(c.Kind), Passage: string(c.Passage), Grouped: c.Grouped, VNet: wireIDIf(c.VNet), Points: c.Points, Refused: c.Refused, Monthly: wireMonthly(c.Monthly),
					Terms: each(c.Terms, func(t plan.Term) WireTerm { return WireTerm(t) }),
				}
			}),
		},
		Overlaps: wireOverlaps(c.Overlaps), VirtualWAN: wireWAN(c.WAN), Transits: several(c.Transits, wireTransit),
		Kept: each(c.Kept, func(k plan.KeptPair) WireKeptPair { return WireKeptPair(k) }),
	}
}

func wireStep(s plan.Step) WireStep {
	w := WireStep{
		ID: s.ID, Wave: s.Wave, Action: string(s.Action), Object: wireID(s.Object), Also: each(s.Also, wireID),
		Because: s.Because, Needs: s.Needs, Verify: s.Verify, Undo: s.Undo,
		Effect: WireEffect{Remove: each(s.Effect.Remove, wireID)},
		Impact: WireImpact{Class: string(s.Impact.Class), Window: s.Impact.Window, NoReturn: s.Impact.NoReturn},
	}
	if s.Effect.Add != nil {
		add := wireEstate(s.Effect.Add)
		w.Effect.Add = &add
	}
	w.Impact.Minutes = minutesIf(s.Impact.Minutes)
	if u := &s.Back; !u.IsZero() {
		w.Back = &WireUndo{Remove: each(u.Remove, wireID), Restore: each(u.Restore, wireID), Minutes: minutesIf(u.Minutes), None: u.None}
	}
	return w
}

func minutesIf(m [2]int) *[2]int {
	if m == [2]int{} {
		return nil
	}
	return &m
}

func wireVerdict(v reach.Verdict) WireVerdict {
	w := WireVerdict{
		Class: v.Class.String(), Flags: v.Flags.Names(), From: wireLocation(v.From), To: wireLocation(v.To),
		FromPrefixes: v.FromPrefixes, ToPrefixes: v.ToPrefixes, Before: wireSide(v.Before), After: wireSide(v.After),
		WitnessFrom: addrIf(v.WitnessFrom), WitnessTo: addrIf(v.WitnessTo), NewLocation: v.NewLocation,
		Members: each(v.Members, wireLocation), Froms: each(v.Froms, wireLocation), Tos: each(v.Tos, wireLocation),
		Except: each(v.Except, func(p [2]reach.Location) [2]WireLocation {
			return [2]WireLocation{wireLocation(p[0]), wireLocation(p[1])}
		}),
	}
	if v.Froms != nil {
		w.Pairs = v.Count()
	}
	if v.Grade != 0 {
		w.Grade = v.Grade.String()
	}
	for _, l := range []struct {
		from *reach.Location
		to   **WireLocation
	}{{v.DeliveredTo, &w.DeliveredTo}, {v.Via, &w.Via}} {
		if l.from != nil {
			at := wireLocation(*l.from)
			*l.to = &at
		}
	}
	return w
}

func wireSide(s reach.Side) WireSide {
	return WireSide{s.Value.String(), s.There.String(), s.Back.String(), each(s.Path, wireHop), each(s.Return, wireHop), s.Assumptions}
}

// locationKinds are the words for the kinds of location, in their order.
var locationKinds = []string{reach.VNet: "virtualNetwork", reach.OnPremises: "onPremises", reach.Clients: "clients", reach.Internet: "internet"}

func wireLocation(l reach.Location) WireLocation {
	return WireLocation{locationKinds[l.Kind], wireIDIf(l.ID), l.Name}
}

func wireElement(e Element) WireElement {
	return WireElement{
		Kind: e.Kind, Name: e.Name, At: wirePos(e.Pos), Without: e.Without,
		Became: each(e.Became, func(b Became) WireBecame { return WireBecame{wireID(b.Object), b.Rule, string(b.What), b.Because} }),
	}
}

func wireID(id estate.ID) WireID { return WireID(id) }

func wireIDIf(id estate.ID) *WireID {
	if id.IsZero() {
		return nil
	}
	w := wireID(id)
	return &w
}

func addrIf(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

func prefixIf(p netip.Prefix) string {
	if !p.IsValid() {
		return ""
	}
	return p.String()
}

func orEmpty[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}
