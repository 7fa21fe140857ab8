package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// The verdict is the page for a meeting: what changes, what breaks and for how long, what is newly open, what undoing
// costs. The sections after it say how and why. A line that has nothing to say is left out, except where that there is nothing is
// the answer.

// namedFew is how many names a line of the verdict gives before it says how many more there are.
const namedFew = 4

func (r *reviewer) verdict() {
	r.section("Verdict")
	var f facts
	line := func(label string, p phrase) {
		if len(p) > 0 {
			f = append(f, fact{label, p})
		}
	}
	line("plan", r.soundness())
	if r.changesAnything() {
		line("start", r.mayStart())
		line("hub", r.hubs())
		line("comes", r.comes())
		line("goes", r.goes())
	}
	line("stays", r.stays())
	if r.changesAnything() {
		line("interrupted", r.interrupted())
		line("rerouted", r.moved())
	}
	line("given up", r.givenUp())
	if r.changesAnything() {
		line("newly open", r.newlyOpen())
	}
	line("asked for", r.askedFor())
	line("people", r.people())
	line("a month", r.aMonth())
	line("to undo", r.undoing())
	r.add(f)
}

// changesAnything reports whether the plan has a step that does something to the network.
func (r *reviewer) changesAnything() bool {
	return slices.ContainsFunc(r.p.Steps, func(s plan.Step) bool { return len(s.Effect.Remove) > 0 || s.Effect.Add != nil })
}

// soundness says whether the plan may be carried out at all.
func (r *reviewer) soundness() phrase {
	switch {
	case len(r.p.Violations) > 0:
		return r.notSound()
	case len(r.p.Steps) == 0:
		return say("There is nothing to do.")
	case !r.changesAnything():
		return say("It changes nothing.")
	case len(r.p.Checked) == 0:
		return toned(warn, "No state was checked.")
	}
	return r.sound()
}

// mayStart says what has to be seen before the first change.
func (r *reviewer) mayStart() phrase {
	switch {
	case len(r.p.Violations) > 0:
		return toned(bad, "Not at all, as it is.")
	case r.p.Mode == options.AsIfLive:
		p := toned(bad, "Not yet.").say(" The files describe the past: verify a listing of the live network first")
		return p.say("%s.", inBrackets(r.stepsOf(plan.VerifyListing)))
	case r.p.Mode == options.Rebuild:
		return say("At any time: it is built anew, next to nothing, and touches nothing that runs.")
	case r.p.Mode == options.ClassicLive:
		return say("Historic: while the classic network itself runs. The platform's own migration comes first.")
	}
	return say("With %s, which keeps what does not come back. The plan is for the network as it was listed: verify a new listing on the day.", orDash(rangeWords(r.stepsOf(plan.Export))))
}

// stepsOf are the ids of the steps of an action.
func (r *reviewer) stepsOf(a plan.Action) []string {
	var out []string
	for i := range r.p.Steps {
		if r.p.Steps[i].Action == a {
			out = append(out, r.p.Steps[i].ID)
		}
	}
	return out
}

func inBrackets(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return " (" + rangeWords(ids) + ")"
}

// hubs names the hub of each component that has one to choose, and why.
func (r *reviewer) hubs() phrase {
	var chosen []*plan.Component
	for i := range r.p.Components {
		if c := &r.p.Components[i]; c.Class != plan.Single && c.Class != plan.Peered {
			chosen = append(chosen, c)
		}
	}
	if len(chosen) == 0 {
		return nil
	}
	if len(chosen) == 1 {
		return hubWords(&chosen[0].Hub).say(": %s", chosen[0].Hub.Because)
	}
	list := each(chosen[:min(len(chosen), namedFew)], func(c *plan.Component) phrase {
		return hubWords(&c.Hub).say(" for the %s of %s at ", c.Class, plural(len(c.VNets), "VNet")).and(named(c.Name))
	})
	return moreThan(joined(list), len(chosen)-namedFew)
}

// headcount holds numbers of things in the order in which they were first met.
type headcount struct {
	order []string
	of    map[string]int
}

func (c *headcount) add(word string, n int) {
	if c.of == nil {
		c.of = map[string]int{}
	}
	if _, known := c.of[word]; !known {
		c.order = append(c.order, word)
	}
	c.of[word] += n
}

func (c *headcount) words() string {
	var out []string
	for _, word := range c.order {
		if n := c.of[word]; n > 0 {
			out = append(out, nounWords(n, word))
		}
	}
	return strings.Join(out, ", ")
}

// nounWords counts things whose name may have more to it than a noun.
func nounWords(n int, noun string) string {
	if head, rest, more := strings.Cut(noun, " to "); more {
		return plural(n, head) + " to " + rest
	}
	if n > 1 && strings.HasSuffix(noun, "address") {
		return plural(n, noun+"e")
	}
	return plural(n, noun)
}

// comes counts what the plan makes.
func (r *reviewer) comes() phrase {
	var c headcount
	completed, guards := 0, map[estate.Key]bool{}
	for _, one := range r.p.Closed {
		guards[one.Group.Key()] = true
	}
	for i := range r.p.Steps {
		if add := r.p.Steps[i].Effect.Add; add != nil {
			for k := range add.SecurityGroups {
				if key := add.SecurityGroups[k].ID.Key(); guards[key] {
					guards[key] = false
					c.add(kinds[estate.TypeNSG], 1)
				}
			}
		}
		if s := &r.p.Steps[i]; s.Action == plan.CreateVNet {
			c.add(kinds[estate.TypeRouteTable], len(s.Effect.Add.RouteTables))
		}
		switch s := &r.p.Steps[i]; {
		case s.Action == plan.CreatePeering && len(s.Back.Restore) > 0:
			completed++
		case s.Action == plan.CreateGroups:
			c.add(kindOf(s.Object), len(s.Effect.Add.Groups))
			c.add(kinds[estate.TypeNetworkManager], 1)
		case s.Action == plan.CreateRoutes:
			c.add(kindOf(s.Object), 1+len(s.Also))
		case s.Action == plan.CreateConnection && len(s.Also) > 0:
			c.add("tunnel", 1)
		case slices.Contains([]plan.Action{plan.CreateVNet, plan.CreateGateway, plan.CreateFirewall, plan.CreateRouteServer, plan.CreateAppliances, plan.CreateConnection, plan.CreatePeering}, s.Action):
			c.add(kindOf(s.Object), 1)
		}
	}
	text := cmp.Or(c.words(), "nothing")
	if completed > 0 {
		text += fmt.Sprintf("; %s there in part %s completed", plural(completed, "peering"), pluralOf(completed, "is", "are"))
	}
	if n := len(r.stepsOf(plan.UseRemoteGateway)); n > 0 {
		what := "gateway"
		if len(r.stepsOf(plan.CreateRouteServer)) > 0 {
			what = "gateway or Route Server"
		}
		text += fmt.Sprintf("; %s from then on", pluralOf(n, "1 VNet uses the "+what+" of its hub", fmt.Sprintf("%d VNets use the %s of their hub", n, what)))
	}
	if n := len(r.stepsOf(plan.AssociateRoutes)); n > 0 {
		text += fmt.Sprintf("; the subnets of %s send by a route table from then on", plural(n, "VNet"))
	}
	for _, a := range r.p.Assumptions {
		if n := len(a.Subjects); a.ID == estate.AsmInspect && n > 0 {
			text += fmt.Sprintf("; what %s to on-premises networks, and %s from there, passes the hub as well", pluralOf(n, "one of them sends", fmt.Sprintf("%d of them send", n)), pluralOf(n, "gets", "get"))
		}
	}
	return say("%s", text)
}

// goes counts what the plan takes away.
func (r *reviewer) goes() phrase {
	var c headcount
	for i := range r.p.Steps {
		s := &r.p.Steps[i]
		switch {
		case s.Action == plan.DeleteTunnel && len(s.Also) > 0:
			c.add("tunnel", 1)
		case s.Action == plan.DeleteTunnel:
			c.add("connection to on-premises", 1)
		case s.Action == plan.DeleteGateway, s.Action == plan.CleanUp:
			for _, id := range append([]estate.ID{s.Object}, s.Also...) {
				c.add(kindOf(id), 1)
			}
		}
	}
	return say("%s", cmp.Or(c.words(), "nothing"))
}

// stays names what no peering replaces: pairs that are kept on VPN, the gateways that are left, and what leads out of them.
func (r *reviewer) stays() phrase {
	var parts, kept []phrase
	for i := range r.p.Components {
		for _, k := range r.p.Components[i].Kept {
			kept = append(kept, named(k.A).say(" with ").and(named(k.B)).say(", because %s", k.Because))
		}
	}
	if n := len(kept); n > 0 {
		parts = append(parts, toned(warn, "on VPN: ").and(moreThan(apartBy("; ", kept[:min(n, namedFew)]), n-namedFew)))
	}
	var gateways []estate.ID
	outside := 0
	for _, o := range r.p.Outcomes {
		if o.What != plan.Keep && o.What != plan.Change {
			continue
		}
		if o.Object.Type == estate.TypeGateway {
			gateways = append(gateways, o.Object)
		} else if c := r.base.Connection(o.Object); c != nil && c.Pairing.Confidence == estate.NotPaired {
			outside++
		}
	}
	if n := len(gateways); n > 0 {
		p := say("%s (", plural(n, "gateway")).and(r.names(gateways, namedFew)).say(")")
		if outside > 0 {
			p = p.say(" with %s out of the VNets", plural(outside, "connection"))
		}
		parts = append(parts, p)
	}
	return apartBy("; ", parts)
}

// interrupted says which pairs are cut and for how long, and that nothing else is.
func (r *reviewer) interrupted() phrase {
	windows := say("%s: ", plural(len(r.p.Windows), "window")).and(r.windowWords())
	switch brief, loose := r.brief(), r.undeclared(); {
	case r.p.Mode == options.Rebuild:
		return toned(good, "nothing that runs")
	case len(r.p.Violations) > 0 && len(r.p.Windows) == 0:
		return toned(bad, "more than is declared, see the violations")
	case len(r.p.Violations) > 0:
		return toned(bad, "more than is declared, see the violations").say("; declared: ").and(windows)
	case len(loose) > 0:
		return toned(bad, "by %s, for which no window is declared", rangeWords(loose))
	case len(r.p.Windows) > 0 && len(brief) > 0:
		return windows.say(". ").and(brief).say(" Nothing else is interrupted.")
	case len(r.p.Windows) > 0:
		return windows.say(". Nothing else is interrupted.")
	case len(brief) > 0:
		return brief.say(" Nothing else is interrupted.")
	}
	return toned(good, "nothing: no step is of a kind that interrupts")
}

// undeclared are the steps that interrupt, in no window of the plan.
func (r *reviewer) undeclared() []string {
	var out []string
	for i := range r.p.Steps {
		s := &r.p.Steps[i]
		if s.Impact.Class == plan.Interrupting && !slices.ContainsFunc(r.p.Windows, func(w plan.Window) bool { return w.ID == s.Impact.Window }) {
			out = append(out, s.ID)
		}
	}
	return out
}

// windowWords give the pairs and minutes of each window, and their sum.
func (r *reviewer) windowWords() phrase {
	var list []phrase
	var sum [2]int
	outer := 0
	for i := range r.p.Windows {
		w := &r.p.Windows[i]
		if i < namedFew {
			pairs := each(w.Pairs[:min(len(w.Pairs), 2)], func(p [2]string) phrase { return named(p[0]).say(" with ").and(named(p[1])) })
			cut := moreThan(joined(pairs), len(w.Pairs)-2)
			if len(w.Pairs) == 0 {
				cut = say("no required pair")
			}
			list = append(list, say("%s ", w.ID).and(cut).say(", %s", minuteWords(w.Minutes)))
		}
		if !r.inner(w) {
			outer++
			sum[0], sum[1] = sum[0]+w.Minutes[0], sum[1]+w.Minutes[1]
		}
	}
	out := moreThan(apartBy("; ", list), len(r.p.Windows)-namedFew)
	if outer > 1 {
		out = out.say("; one after the other %s", minuteWords(sum))
	}
	return out
}

// inner reports whether a window lies inside another one.
func (r *reviewer) inner(w *plan.Window) bool {
	return slices.ContainsFunc(r.p.Windows, func(o plan.Window) bool {
		return o.ID != w.ID && len(o.Steps) > len(w.Steps) && !slices.ContainsFunc(w.Steps, func(id string) bool { return !slices.Contains(o.Steps, id) })
	})
}

// brief names the steps outside of windows that touch traffic for a moment.
func (r *reviewer) brief() phrase {
	var ids []string
	for i := range r.p.Steps {
		if s := &r.p.Steps[i]; s.Impact.Class == plan.Brief && s.Impact.Window == "" {
			ids = append(ids, s.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return say("For seconds to a minute: %s.", rangeWords(ids))
}

// moved says what else changes for the pairs that go on talking.
func (r *reviewer) moved() phrase {
	changed := r.pairsWhere(func(v *reach.Verdict) bool { return v.Class == reach.PathChanged })
	bare := r.pairsWhere(func(v *reach.Verdict) bool {
		return v.Class == reach.PathChanged && slices.Contains(v.Flags.Names(), "ENC_LOST")
	})
	switch out := say("%s", plural(changed, "pair")); {
	case changed == 0:
		return nil
	case bare == 0:
		return out
	case bare == changed:
		return out.and(toned(warn, ", with less IPsec on the way than today"))
	default:
		return out.and(toned(warn, ", %d of them with less IPsec on the way than today", bare))
	}
}

// pairsWhere counts the pairs that some verdict is about, each once.
func (r *reviewer) pairsWhere(is func(*reach.Verdict) bool) int {
	var n pairCount[bool]
	for v := range toldVerdicts(r.p) {
		if is(v) {
			n.add(true, v)
		}
	}
	return n.of(true)
}

// givenUp names the pairs that talk today, or may, and will not.
func (r *reviewer) givenUp() phrase {
	lost := r.pairNames(func(v *reach.Verdict) bool { return v.Compromises() })
	maybe := r.pairNames(func(v *reach.Verdict) bool { return v.Class == reach.UnknownBefore && v.After.Value == reach.No })
	var out phrase
	if len(lost) > 0 {
		out = toned(bad, "lost or at risk: ").and(lost)
	}
	if len(maybe) > 0 {
		if len(out) > 0 {
			out = out.say("; ")
		}
		out = out.and(toned(warn, "may talk today, and will not: ")).and(maybe)
	}
	return out
}

// pairNames names a few of the pairs that some verdict is about, and says how many more there are.
func (r *reviewer) pairNames(is func(*reach.Verdict) bool) phrase {
	var list []phrase
	named, all := 0, r.pairsWhere(is)
	seen := map[string]bool{}
	for v := range toldVerdicts(r.p) {
		if !is(v) || len(list) == namedFew {
			continue
		}
		from, to := endsOf(v, r.place)
		p := from.say(" with ").and(to).and(viaWords(v))
		if text := textOf(p); !seen[text] {
			seen[text] = true
			list = append(list, p)
			named += v.Count()
		}
	}
	return moreThan(joined(list), all-named)
}

// newlyOpen names the pairs that need a yes, and says what is open only on the way.
func (r *reviewer) newlyOpen() phrase {
	opens := func(accepted bool) func(*reach.Verdict) bool {
		return func(v *reach.Verdict) bool { return v.Opens() && !r.closed(v) && r.accepted(v) == accepted }
	}
	open, accepted := r.pairsWhere(opens(false)), r.pairsWhere(opens(true))
	out := toned(good, "nothing")
	switch {
	case open > 0:
		out = toned(warn, "%s, which %s a yes: ", plural(open, "pair"), pluralOf(open, "needs", "need")).and(r.pairNames(opens(false)))
		if r.pairsWhere(func(v *reach.Verdict) bool { return v.NewLocation && opens(false)(v) }) == open {
			out = out.say("; all of them with a VNet that is new")
		}
		if accepted > 0 {
			out = out.say("; %s accepted or required", plural(accepted, "pair"))
		}
	case accepted > 0:
		out = say("%s, accepted or required: ", plural(accepted, "pair")).and(r.pairNames(opens(true)))
	case len(r.p.Opened) > 0:
		out = out.say(" at the end")
	}
	kept := func(v *reach.Verdict) bool { return v.Opens() && r.closed(v) }
	if n := r.pairsWhere(kept); n > 0 {
		out = out.say("; %s that routes join %s kept apart by security groups%s: ", plural(n, "pair"), pluralOf(n, "is", "are"), inBrackets(r.stepsOf(plan.CloseSubnets))).and(r.pairNames(kept))
	}
	if n := len(r.p.Opened); n > 0 {
		v := &r.p.Opened[0]
		out = out.say("; ").and(toned(warn, "on the way")).say(" (%s), %s, %s", v.Rule, v.When(), v.Text)
		out = moreThan(out, n-1)
	}
	return out
}
