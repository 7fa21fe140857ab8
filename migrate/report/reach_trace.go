package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Traced is what becomes of a packet from one address to another, and of the answer.
type Traced struct {
	From, To             reach.Endpoint // without a location: an address was asked for, and who has it is not known
	FromChosen, ToChosen string         // how the addresses were chosen, where nobody gave them
	Anybody              bool           // an address was asked for, whoever has it
	Several              []reach.Location
	There                reach.Answer
	Back                 *reach.Answer // nil where nothing has to come back, or nobody is known to answer
	Session              reach.Value
	Varies               bool     // other addresses of the two locations fare differently
	Notes                []string // what else there is to say of the two, in sentences
	Remedies             []reach.Remedy
	Permit               *reach.Permission // what network security groups let From begin; nil where they are not asked
}

// ReachTrace writes the way of a packet there and back, decision by decision: text and Markdown for
// people, JSON in the format ReachFormat. An error comes from w, or is ErrFormat.
func ReachTrace(w io.Writer, e *estate.Estate, t Traced, format Format, s Style) error {
	v := &tracer{newPlacer(e), &t}
	return writeView(w, format, s, v.blocks, func() WireReach {
		trace := v.wire()
		return WireReach{Format: ReachFormat, Trace: &trace}
	})
}

type tracer struct {
	placer
	*Traced
}

// mostWaysTraced is how many ways of one packet a person is shown.
const mostWaysTraced = 6

func (v *tracer) blocks() []block {
	out := []block{heading{1, say("From ").and(v.endpoint(v.From)).say(" to ").and(v.endpoint(v.To))}}
	out = append(out, para{say("session ").and(wordOfValue(v.Session)).say(": %s", v.because())})
	for _, sees := range v.oneSided() {
		out = append(out, para{say("%s ", kindOf(sees.device)).and(named(sees.device.Name)).
			and(toned(bad, " sees packets %s only", sees.direction)).say(": it drops what it has not seen begin")})
	}
	for _, text := range v.Notes {
		out = append(out, para{toned(warn, "%s", text)})
	}
	for _, end := range []struct {
		reach.Endpoint
		chosen string
	}{{v.From, v.FromChosen}, {v.To, v.ToChosen}} {
		if end.chosen != "" {
			out = append(out, para{toned(note, "%s was chosen: %s", end.Address, end.chosen)})
		}
	}
	if v.Varies {
		out = append(out, para{toned(note, "Other addresses of the two fare differently: reach without --from and --to says which.")})
	}
	out = append(out, v.answer("There", &v.There)...)
	switch {
	case v.Back != nil:
		out = append(out, v.answer("Back", v.Back)...)
	case v.To.Kind == reach.Internet:
		out = append(out, heading{2, say("Back")}, para{say("The Internet answers whatever reaches it.")})
	case len(v.Several) > 1:
		out = append(out, heading{2, say("Back")}, para{say("Several may answer: ").and(v.each(v.Several, mostInRow)).say(". Ask for one of them by its name.")})
	default:
		out = append(out, heading{2, say("Back")}, para{say("Nothing of the network is known to have the address, so nothing answers.")})
	}
	out = append(out, v.permission()...)
	out = append(out, v.remedies()...)
	return append(out, v.reference()...)
}

// endpoint names an address at a location.
func (v *tracer) endpoint(end reach.Endpoint) phrase {
	if end.Location == (reach.Location{}) {
		return say("%s", end.Address)
	}
	return v.full(end.Location).say(", %s", end.Address)
}

// because says in a sentence where the verdict on the session comes from.
func (v *tracer) because() string {
	there := v.There.Value
	switch {
	case there == reach.No:
		return "the packet does not arrive" + reasonOf(&v.There)
	case v.To.Location == (reach.Location{}):
		return "the packet arrives, and nobody knows who answers"
	case v.To.Kind == reach.Internet && there == reach.Yes:
		return "the packet arrives, and the Internet answers"
	case v.To.Kind == reach.Internet:
		return "whether the packet arrives is unknown" + restsOn(v.There)
	case v.Back.Value == reach.No:
		return "the packet " + arrives(there) + ", and no answer comes back" + reasonOf(v.Back)
	case v.Session == reach.No:
		return "packets arrive both ways, but not by the same firewalls and appliances"
	case v.Session == reach.Yes && len(idsOf(v.There, *v.Back)) > 0:
		return "packets arrive both ways" + restsOn(v.There, *v.Back)
	case v.Session == reach.Yes:
		return "packets arrive both ways"
	case there == reach.Unknown && v.Back.Value == reach.Unknown:
		return "whether packets arrive is unknown both ways" + restsOn(v.There, *v.Back)
	case there == reach.Unknown:
		return "whether the packet arrives is unknown; an answer does" + restsOn(v.There)
	}
	return "the packet arrives; whether an answer does is unknown" + restsOn(*v.Back)
}

func arrives(v reach.Value) string {
	if v == reach.Yes {
		return "arrives"
	}
	return "perhaps arrives"
}

// reasonOf is the place and the reason of the first way that does not arrive, behind a sentence.
func reasonOf(a *reach.Answer) string {
	for _, p := range a.Paths {
		if p.Reason != "" {
			return " (" + p.Reason + ")"
		}
	}
	return ""
}

// restsOn names assumptions behind a sentence.
func restsOn(answers ...reach.Answer) string {
	ids := idsOf(answers...)
	if len(ids) == 0 {
		return ""
	}
	return " (" + strings.Join(ids, ", ") + ")"
}

func idsOf(answers ...reach.Answer) []string {
	var ids []string
	for _, a := range answers {
		for _, p := range a.Paths {
			for _, id := range p.Assumptions {
				if !slices.Contains(ids, id) {
					ids = append(ids, id)
				}
			}
		}
	}
	return ids
}

// oneSided are the firewalls and appliances that see one direction only.
type oneSided struct {
	device    estate.ID
	direction string
}

func (v *tracer) oneSided() []oneSided {
	if v.Back == nil || v.There.Value == reach.No || v.Back.Value == reach.No {
		return nil
	}
	there, back := passed(&v.There), passed(v.Back)
	var out []oneSided
	for _, d := range there {
		if !slices.ContainsFunc(back, d.Same) {
			out = append(out, oneSided{d, "there"})
		}
	}
	for _, d := range back {
		if !slices.ContainsFunc(there, d.Same) {
			out = append(out, oneSided{d, "back"})
		}
	}
	return out
}

// passed lists the firewalls and appliances on the ways that arrive, each once.
func passed(a *reach.Answer) []estate.ID {
	var out []estate.ID
	for _, p := range a.Paths {
		if p.Value == reach.No {
			continue
		}
		for _, s := range p.Steps {
			for _, h := range s.Hops {
				stateful := h.Type == reach.FirewallHop || h.Type == reach.ApplianceHop
				if stateful && !h.Element.IsZero() && !slices.ContainsFunc(out, h.Element.Same) {
					out = append(out, h.Element)
				}
			}
		}
	}
	return out
}

// answer shows one direction.
func (v *tracer) answer(title string, a *reach.Answer) []block {
	out := []block{heading{2, say("%s: ", title).and(wordOfValue(a.Value))}}
	several := len(a.Paths) > 1
	if several {
		out = append(out, para{say("The packet may take %d ways.", len(a.Paths)+a.More)})
	}
	ways := slices.Clone(a.Paths) // those that arrive first
	slices.SortStableFunc(ways, func(p, q reach.Path) int { return cmp.Compare(q.Value, p.Value) })
	for i := range ways[:min(len(ways), mostWaysTraced)] {
		p := &ways[i]
		level := 3
		if several {
			out = append(out, heading{3, say("Way %d: ", i+1).and(wordOfValue(p.Value))})
			level = 4
		}
		out = append(out, v.steps(p, level)...)
	}
	return append(out, furtherWays(a)...)
}

// furtherWays says how many ways are not shown, and where they are.
func furtherWays(a *reach.Answer) []block {
	more := max(0, len(a.Paths)-mostWaysTraced) + a.More
	switch {
	case more == 0:
		return nil
	case a.More > 0:
		return []block{para{toned(note, "and %d more ways; --format json has the first %d", more, len(a.Paths))}}
	}
	return []block{para{toned(note, "and %d more ways; --format json has them", more)}}
}

// steps shows a way: the decisions, each with its routes, and the end.
func (v *tracer) steps(p *reach.Path, level int) []block {
	var out []block
	n := 0
	for i := range p.Steps {
		s := &p.Steps[i]
		if i == 0 || !samePlace(s, &p.Steps[i-1]) {
			n++
			out = append(out, heading{level, say("%d. ", n).and(v.stepPlace(s))})
		}
		if len(s.Candidates) > 0 {
			out = append(out, routes(s.Candidates))
		}
		f := facts{}
		if why := s.Why; why != "" && !slices.ContainsFunc(s.Candidates, func(c reach.Candidate) bool { return c.Won && c.Why == why }) {
			label := "because"
			if i == len(p.Steps)-1 && p.Delivered == nil {
				label = "dropped"
			}
			f = append(f, fact{label, say("%s", why)})
		}
		if len(s.Hops) > 0 {
			f = append(f, fact{"takes", joined(each(s.Hops, v.hop))})
		}
		if i == len(p.Steps)-1 && p.Delivered != nil {
			end := fact{"arrives", say("at ").and(v.full(*p.Delivered))}
			if p.Value == reach.No {
				end.text = toned(bad, "at the wrong place: ").and(v.full(*p.Delivered))
			}
			if len(p.Assumptions) > 0 {
				end.text = end.text.say(" (%s)", strings.Join(p.Assumptions, ", "))
			}
			f = append(f, end)
		}
		if above, ok := out[len(out)-1].(facts); ok && len(f) > 0 {
			out[len(out)-1] = append(above, f...)
		} else if len(f) > 0 {
			out = append(out, f)
		}
	}
	return out
}

func samePlace(a, b *reach.Step) bool {
	return a.At.Same(b.At) && a.Gateway == b.Gateway && a.Device.Same(b.Device)
}

func (v *tracer) stepPlace(s *reach.Step) phrase {
	switch {
	case s.Gateway:
		return say("the gateway of ").and(v.full(s.At))
	case !s.Device.IsZero():
		return say("%s ", kindOf(s.Device)).and(named(s.Device.Name)).say(" in ").and(v.full(s.At))
	}
	return v.full(s.At)
}

// mostRoutes is how many routes of one decision a person is shown.
const mostRoutes = 12

// routes is a table of the routes that hold the address; a star stands at what won.
func routes(all []reach.Candidate) block {
	g := grid{head: []string{"", "route", "source", "next hop", "why"}}
	for _, c := range all[:min(len(all), mostRoutes)] {
		mark, t := "", faint
		if c.Won {
			mark, t = "*", good
		}
		g.rows = append(g.rows, []phrase{toned(t, "%s", mark), toned(t, "%s", c.Prefix), toned(t, "%s", c.Source), say("%s", c.NextHop), say("%s", orDash(c.Why))})
	}
	if more := len(all) - mostRoutes; more > 0 {
		g.rows = append(g.rows, []phrase{nil, toned(note, "and %d more", more)})
	}
	return g
}

// hop says what a packet takes, and by which element.
func (v *tracer) hop(h reach.Hop) phrase {
	switch {
	case h.Type == reach.GatewayForward:
		return say("passed on by the ").and(v.gatewayOf(h.Element))
	case h.Type == reach.GatewayTransit, h.Type == reach.PointToSite:
		return say("%s at the ", hopWords[h.Type]).and(v.gatewayOf(h.Element))
	case h.Element.IsZero():
		return v.path([]reach.Hop{h})
	}
	name := h.Element.Name
	if h.Element.Child != "" {
		name += "/" + h.Element.Child
	}
	return say("%s ", hopWords[h.Type]).and(named(name))
}

// permission says what network security groups let through, if there is a way.
func (v *tracer) permission() []block {
	p := v.Permit
	if p == nil || p.Outbound == nil && p.Inbound == nil {
		return nil
	}
	first := say("let through: ").and(say("%s", p.Value))
	if p.Value == reach.PermitSome {
		first = first.say(" (%s)", p.Ports)
	}
	if p.Doubt != "" {
		first = first.say("; whether also %s is unknown", p.Doubt)
	}
	l := list{items: []phrase{first}}
	for _, side := range []struct {
		*reach.PermitSide
		way string
	}{{p.Outbound, "out of"}, {p.Inbound, "into"}} {
		if side.PermitSide == nil {
			continue
		}
		where := v.full(side.VNet)
		if side.Subnet != "" {
			where = say("subnet ").and(named(side.Subnet)).say(" of ").and(where)
		}
		l.items = append(l.items, say("%s ", side.way).and(where).say(": %s", side.Why))
	}
	if len(p.Assumptions) > 0 {
		l.items = append(l.items, say("rests on %s", strings.Join(p.Assumptions, ", ")))
	}
	return []block{heading{2, say("Network security groups")}, l}
}

func (v *tracer) remedies() []block {
	if len(v.Remedies) == 0 {
		return nil
	}
	l := list{}
	for _, r := range v.Remedies {
		l.items = append(l.items, say("%s", r.Change).say(" (then ").and(wordOfValue(r.Value)).say("%s)", resting(r.Assumptions)))
	}
	return []block{heading{2, say("What would make it a yes")}, l}
}

// resting names what a remedy rests on.
func resting(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return ", resting on " + strings.Join(ids, ", ")
}

// assumptions are those that the trace names, without subjects.
func (v *tracer) assumptions() []estate.Assumption {
	ids := idsOf(v.There)
	if v.Back != nil {
		ids = idsOf(v.There, *v.Back)
	}
	if v.Permit != nil {
		ids = append(ids, v.Permit.Assumptions...)
	}
	for _, r := range v.Remedies {
		ids = append(ids, r.Assumptions...)
	}
	return slices.DeleteFunc(reach.AssumptionTexts(), func(a estate.Assumption) bool { return !slices.Contains(ids, a.ID) })
}

func (v *tracer) reference() []block { return assumptionBlocks(v.assumptions()) }

func (v *tracer) wire() WireTrace {
	w := WireTrace{From: wireEndpoint(v.From, v.FromChosen), To: wireEndpoint(v.To, v.ToChosen), Session: v.Session.String(), Because: v.because(), Notes: v.Notes,
		OneSided: each(v.oneSided(), func(o oneSided) WireOneSided { return WireOneSided{wireID(o.device), o.direction} }),
		There:    wireAnswer(&v.There), Reference: each(v.assumptions(), wireAssumption),
		Remedies: each(v.Remedies, func(r reach.Remedy) WireRemedy { return WireRemedy{r.Change, r.Value.String(), r.Assumptions} })}
	if p := v.Permit; p != nil && (p.Outbound != nil || p.Inbound != nil) {
		w.Permit = &WirePermission{Value: p.Value.String(), Ports: p.Ports, Doubt: p.Doubt, Outbound: wirePermitSide(p.Outbound),
			Inbound: wirePermitSide(p.Inbound), Assumptions: p.Assumptions}
	}
	if v.Back != nil {
		back := wireAnswer(v.Back)
		w.Back = &back
	}
	return w
}

func wireEndpoint(end reach.Endpoint, chosen string) WireEndpoint {
	w := WireEndpoint{Address: end.Address.String(), Chosen: chosen}
	if end.Location != (reach.Location{}) {
		at := wireLocation(end.Location)
		w.Location = &at
	}
	return w
}

func wireAnswer(a *reach.Answer) WireAnswer {
	return WireAnswer{Value: a.Value.String(), NotListed: a.More, Ways: each(a.Paths, func(p reach.Path) WireWay {
		w := WireWay{Value: p.Value.String(), Steps: each(p.Steps, wireTraced), Reason: p.Reason, Assumptions: p.Assumptions}
		if p.Delivered != nil {
			at := wireLocation(*p.Delivered)
			w.Delivered = &at
		}
		return w
	})}
}

func wireTraced(s reach.Step) WireTraced {
	w := WireTraced{At: wireLocation(s.At), Gateway: s.Gateway, Device: wireIDIf(s.Device), Because: s.Why, Route: prefixIf(s.Route), Next: each(s.Hops, wireHop),
		Candidates: each(s.Candidates, func(c reach.Candidate) WireRoute {
			return WireRoute{c.Prefix, c.Source, c.NextHop, c.Won, c.Why}
		})}
	return w
}

func wirePermitSide(s *reach.PermitSide) *WirePermitSide {
	if s == nil {
		return nil
	}
	out := &WirePermitSide{VNet: wireLocation(s.VNet), Subnet: s.Subnet, Because: s.Why,
		Rules: each(s.Rules, func(r reach.PermitRule) WirePermitRule {
			return WirePermitRule{r.Name, r.Priority, r.Default, r.Allows, r.Ports, r.Perhaps}
		})}
	if !s.Group.IsZero() {
		group := wireID(s.Group)
		out.Group = &group
	}
	return out
}
