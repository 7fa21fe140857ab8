package report

import (
	"iter"
	"net/netip"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// reach says what the target changes in who can talk to whom.
func (r *reviewer) reach() {
	r.section("Reach, before against after")
	r.counts()
	r.verdicts("Newly reachable: each needs a yes", true, func(v *reach.Verdict) bool { return v.Opens() && !r.accepted(v) && !r.closed(v) })
	r.verdicts("Newly reachable by routes, and kept apart by security groups", true, func(v *reach.Verdict) bool { return v.Opens() && r.closed(v) })
	r.verdicts("Newly reachable, and accepted or required", true, func(v *reach.Verdict) bool { return v.Opens() && r.accepted(v) && !r.closed(v) })
	r.verdicts("Lost or at risk", true, func(v *reach.Verdict) bool { return v.Compromises() })
	r.verdicts("Unknown before: a person decides", true, func(v *reach.Verdict) bool { return v.Class == reach.UnknownBefore })
	r.verdicts("By another path", false, func(v *reach.Verdict) bool { return v.Class == reach.PathChanged })
}

// counts gives the number of pairs for each class of verdict. A pair with verdicts of several
// classes, for several of its prefixes, counts in each.
func (r *reviewer) counts() {
	var pairs pairCount[reach.Class]
	var flags pairCount[string]
	var touched pairCount[bool]
	for v := range toldVerdicts(r.p) {
		pairs.add(v.Class, v)
		if v.Class == reach.PathChanged || v.Compromises() {
			touched.add(true, v)
		}
		for _, f := range v.Flags.Names() {
			flags.add(f, v)
		}
	}
	g := grid{head: []string{"verdict", "pairs", "meaning"}}
	row := func(t tone, word string, n int, meaning string) {
		if n > 0 {
			g.rows = append(g.rows, []phrase{toned(t, "%s", word), say("%d", n), say("%s", meaning)})
		}
	}
	row(good, "preserved", r.required-touched.of(true), "talk before and after, by the same kinds of hop")
	for _, c := range classes {
		row(c.tone, c.class.String(), pairs.of(c.class), c.meaning)
	}
	if len(g.rows) == 0 {
		r.say("No pair talks before or after.")
		return
	}
	r.add(g)
	var marks []phrase
	for _, f := range flagMeanings {
		if n := flags.of(f.name); n > 0 {
			marks = append(marks, toned(f.tone, "%s", f.name).say(" (%s): %s", f.meaning, plural(n, "pair")))
		}
	}
	if len(marks) > 0 {
		r.add(list{marks})
	}
}

var classes = []struct {
	class   reach.Class
	tone    tone
	meaning string
}{
	{reach.Preserved, good, "talk before and after, by the same kinds of hop"},
	{reach.PathChanged, plain, "talk before and after, by another path"},
	{reach.Lost, bad, "talk before, not after"},
	{reach.AtRisk, bad, "talk before; after, nobody can say"},
	{reach.Misdelivered, bad, "packets go to another place with the same addresses"},
	{reach.Gained, warn, "do not talk before; can after"},
	{reach.HalfOpen, warn, "after, packets arrive in one direction only"},
	{reach.HalfFixed, warn, "before, packets arrived in one direction only; after, in both"},
	{reach.UnknownBefore, warn, "nobody can say whether they talk today"},
}

var flagMeanings = []struct {
	name    string
	tone    tone
	meaning string
}{
	{"ENC_LOST", warn, "less of the path is inside IPsec: peering does not encrypt"},
	{"ENC_GAINED", good, "more of the path is inside IPsec"},
	{"CAP_UP", good, "the least capacity on the path is larger, or nothing limits it any more"},
	{"CAP_DOWN", warn, "the least capacity on the path is smaller"},
	{"SPOF_ADDED", warn, "passes a gateway, firewall or appliance that it did not pass"},
	{"SPOF_REMOVED", good, "no longer passes a gateway, firewall or appliance that it did"},
	{"DETOUR_ADDED", warn, "now leaves the regions of its ends"},
	{"DETOUR_REMOVED", good, "no longer leaves the regions of its ends"},
	{"INSPECT_ADDED", note, "passes a firewall or appliance, and passed none"},
	{"INSPECT_REMOVED", warn, "no longer passes a firewall or appliance"},
	{"TRUST_CHANGED", warn, "crosses other networks on-premises than before"},
}

// toldVerdicts yields the verdicts of a plan without the pairs that are half open before and after:
// nothing changes for them.
func toldVerdicts(p *plan.Plan) iter.Seq[*reach.Verdict] {
	return func(yield func(*reach.Verdict) bool) {
		for i := range p.Verdicts {
			v := &p.Verdicts[i]
			if (v.Class != reach.HalfOpen || v.Opens()) && !yield(v) {
				return
			}
		}
	}
}

// verdicts lists the pairs of one sort.
func (r *reviewer) verdicts(title string, prefixes bool, of func(*reach.Verdict) bool) {
	var all []*reach.Verdict
	for i := range r.p.Verdicts {
		if of(&r.p.Verdicts[i]) {
			all = append(all, &r.p.Verdicts[i])
		}
	}
	if len(all) == 0 {
		return
	}
	r.add(heading{3, say("%s (%d)", title, pairsOf(all))})
	shown := all[:min(len(all), longest)]
	more := leftOut(len(all)-len(shown), planFile)
	g := grid{head: []string{"between", "and", "how", "path"}}
	if prefixes {
		g.head = []string{"between", "and", "how", "addresses", "one flow to try"}
	}
	for _, v := range shown {
		how := v.Class.String()
		if v.Grade != 0 {
			how += ", " + v.Grade.String()
		}
		from, to := endsOf(v, r.place)
		row := []phrase{from, to.and(viaWords(v)), say("%s", how)}
		if prefixes {
			row = append(row, say("%s with %s", addressWords(v.FromPrefixes), addressWords(v.ToPrefixes)), say("%s", witnessWords(v)))
		} else {
			row[2] = say("%s", orDash(v.Flags.String()))
			row = append(row, say("%s, was %s", pathWords(v.After.Path), pathWords(v.Before.Path)))
		}
		g.rows = append(g.rows, row)
	}
	r.table(g, more)
}

func (r *reviewer) place(l reach.Location) phrase {
	switch l.Kind {
	case reach.OnPremises:
		return say("on-premises ").and(named(l.Name))
	case reach.Clients:
		return say("clients of ").and(r.vnetAt(l))
	case reach.Internet:
		return say("the Internet")
	}
	return r.vnetAt(l)
}

// vnetAt is the VNet of a location, as written, with its subscription where there are several.
func (r *reviewer) vnetAt(l reach.Location) phrase {
	if v := r.base.VNet(l.ID); v != nil && r.several {
		return named(v.Name).say(" in ").and(named(l.ID.Subscription))
	}
	return named(l.Name)
}

func viaWords(v *reach.Verdict) phrase {
	var out phrase
	if v.Froms != nil {
		out = say(" (%s; one is ", plural(v.Count(), "pair")).and(named(v.From.Name)).say(" and ").and(named(v.To.Name)).say(")")
	}
	switch {
	case v.Via != nil:
		return out.say(", like all %d that meet at ", len(v.Members)).and(named(v.Via.Name))
	case v.DeliveredTo != nil:
		return out.say(", delivered to ").and(named(v.DeliveredTo.Name))
	}
	return out
}

func addressWords(in []netip.Prefix) string {
	if len(in) == 0 {
		return "any address"
	}
	const few = 4
	return firstWords(in, few, netip.Prefix.String)
}

func witnessWords(v *reach.Verdict) string {
	if !v.WitnessFrom.IsValid() || !v.WitnessTo.IsValid() {
		return "-"
	}
	return v.WitnessFrom.String() + " -> " + v.WitnessTo.String()
}

var hopWords = map[reach.HopType]string{
	reach.Peering: "peering", reach.GlobalPeering: "global peering", reach.GatewayTransit: "gateway transit", reach.IPsecV2V: "tunnel",
	reach.IPsecS2S: "site-to-site tunnel", reach.GatewayForward: "gateway", reach.CircuitEdge: "ExpressRoute", reach.OnPremTransit: "on-premises", reach.PointToSite: "point-to-site",
	reach.ConnectedGroup: "connected group", reach.FirewallHop: "firewall", reach.ApplianceHop: "appliance", reach.ServiceEndpoint: "service endpoint", reach.InternetHop: "Internet",
}

func pathWords(path []reach.Hop) string {
	var words []string
	for _, h := range path {
		if h.Type != reach.GatewayForward {
			words = append(words, hopWords[h.Type])
		}
	}
	return orDash(strings.Join(words, " + "))
}

// changes is the diff: what became of every classic element, then the ARM forms, with resources
// that only one side has by name alone.
func (r *reviewer) changes() {
	d := r.diff
	if d == nil {
		return
	}
	r.section("Diff")
	if d.live != nil {
		r.add(newConfigDiffer(d.live).changes()...)
		return
	}
	r.elements(d)
	gone, made, changed := d.counts()
	r.add(heading{3, say("ARM form before against after: %s equal, %d changed, %d removed, %d added", plural(d.same, "resource"), changed, gone, made)})
	lines := d.brief()
	if shown := lines[:min(len(lines), mostDiff)]; len(shown) > 0 {
		r.add(verbatim{shown})
	}
	r.add(leftOut(len(lines)-mostDiff, diffFile)...)
}

// mostDiff is how many lines of the diff a person is shown in the review.
const mostDiff = 120

func (r *reviewer) elements(d *Diff) {
	r.add(heading{3, say("What each classic element became")})
	shown, more := cut(d.Elements, longest)
	name := r.elementNames(d.Elements)
	g := grid{head: []string{"element", "name", "became", "then", "because"}}
	for i := range shown {
		e := &shown[i]
		if len(e.Became) == 0 {
			g.rows = append(g.rows, []phrase{say("%s", e.Kind), name(e), toned(warn, "nothing of its own"), say("-"), say("%s", reasonWords(e.Without))})
		}
		for _, b := range e.Became {
			because := b.Because
			if b.Rule != "" {
				because = strings.TrimPrefix(because+"; "+reasonWords(b.Rule), "; ")
			}
			g.rows = append(g.rows, []phrase{say("%s", e.Kind), name(e), r.name(b.Object), toned(whatTones[b.What], "%s", orDash(string(b.What))), say("%s", orDash(because))})
		}
	}
	r.table(g, more)
}

// elementNames names classic elements, with the document where several documents have one of a kind and
// name.
func (r *reviewer) elementNames(all []Element) func(*Element) phrase {
	type key struct{ kind, name string }
	files, shared := map[key]string{}, map[key]bool{}
	for i := range all {
		k := key{all[i].Kind, strings.ToLower(all[i].Name)}
		file, ok := files[k]
		shared[k] = shared[k] || r.several && ok && file != all[i].Pos.File
		files[k] = all[i].Pos.File
	}
	return func(e *Element) phrase {
		if shared[key{e.Kind, strings.ToLower(e.Name)}] {
			return named(e.Name).say(" (").and(named(e.Pos.File)).say(")")
		}
		return named(e.Name)
	}
}

func (d *Diff) counts() (gone, made, changed int) {
	for _, c := range d.Resources {
		switch {
		case !c.After:
			gone++
		case !c.Before:
			made++
		default:
			changed++
		}
	}
	return gone, made, changed
}

// brief is the unified diff with a line in place of a resource that only one side has.
func (d *Diff) brief() []edit {
	var out []edit
	for i := range d.Resources {
		c := &d.Resources[i]
		switch {
		case !c.After:
			out = append(out, edit{'-', "- " + c.Name})
		case !c.Before:
			out = append(out, edit{'+', "+ " + c.Name})
		default:
			edits, _ := c.edits() // both have been encoded once already, by compare
			out = append(out, edits...)
		}
	}
	return out
}

// reasonWords is a reason with the title of its rule, when it is one.
func reasonWords(why string) string {
	if rule, ok := diag.Lookup(why); ok {
		return why + ": " + rule.Title
	}
	if a, ok := estate.AssumptionText(why); ok {
		return why + ": " + a.Because
	}
	return orDash(why)
}
