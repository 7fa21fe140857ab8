package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// what says what was found: VNets, sites and connections as read.
func (r *reviewer) what() {
	r.section("Found")
	r.there(r.as)
}

// there lists what an estate has.
func (r *reviewer) there(e *estate.Estate) {
	r.say("%s, %s, %s, %s.", plural(len(e.VNets), "VNet"), plural(len(e.Gateways), "gateway"),
		plural(len(e.Connections), "connection"), plural(len(e.Sites), "local network site"))
	r.vnets(e)
	r.sites(e)
	r.connections(e)
}

func (r *reviewer) vnets(e *estate.Estate) {
	x := estate.NewIndex(e)
	shown, more := cut(e.VNets, longest)
	g := grid{head: []string{"VNet", "region", "address space", "gateways"}}
	for i := range shown {
		v := &shown[i]
		var kinds []string
		for _, gw := range x.StandingIn(v.ID) {
			kind := gw.Kind.String()
			if len(gw.ClientPools) > 0 {
				kind += ", point-to-site pool " + prefixWords(gw.ClientPools)
			}
			kinds = append(kinds, kind)
		}
		g.rows = append(g.rows, []phrase{r.name(v.ID), say("%s", v.Region), say("%s", prefixWords(v.Space)), say("%s", orDash(strings.Join(kinds, "; ")))})
	}
	r.table(g, more)
}

// table adds a table unless it is empty.
func (r *reviewer) table(g grid, more []block) {
	if len(g.rows) > 0 {
		r.add(g)
		r.add(more...)
	}
}

func (r *reviewer) sites(e *estate.Estate) {
	shown, more := cut(e.Sites, longest)
	g := grid{head: []string{"site", "class", "stands for", "device address", "prefixes"}}
	for i := range shown {
		s := &shown[i]
		stands := say("-")
		switch {
		case !s.Endpoint.IsZero():
			stands = say("VNet ").and(r.name(s.Endpoint))
		case s.Network != "":
			stands = say("network ").and(named(s.Network))
		}
		address := orDash(s.Address.Raw)
		if s.Address.Raw != "" && s.Address.Placeholder != "" {
			address += " (" + s.Address.Placeholder + ")"
		}
		g.rows = append(g.rows, []phrase{r.name(s.ID), say("%s", s.Class), stands, say("%s", address), say("%s", prefixWords(s.Prefixes))})
	}
	r.table(g, more)
}

// connections shows each tunnel once, with how sure its two halves belong together and why, and
// every half without a partner.
func (r *reviewer) connections(e *estate.Estate) {
	x, names := estate.NewIndex(e), estate.NewNames(e)
	g := grid{head: []string{"connection", "kind", "pairing", "because"}}
	left := 0
	for i := range e.Connections {
		c := &e.Connections[i]
		partner := x.Connection(c.Pairing.Partner)
		if partner != nil && partner.ID.Compare(c.ID) < 0 {
			continue // shown with its partner
		}
		if len(g.rows) == longest {
			left++
			continue
		}
		g.rows = append(g.rows, r.connection(x, names, c, partner))
	}
	r.table(g, leftOut(left, planFile))
}

func (r *reviewer) connection(x *estate.Index, names *estate.Names, c, partner *estate.Connection) []phrase {
	sure := confidenceTones[c.Pairing.Confidence]
	if c.Pairing.Suspect != "" {
		sure = bad
	}
	of := r.vnetOf(x, c)
	if partner != nil {
		because := sitesWords(x, names, c, partner) + sharedWords(c, partner)
		return []phrase{of.say(" <-> ").and(r.vnetOf(x, partner)), say("%s", c.Kind), toned(sure, "%s", c.Pairing.Confidence), say("%s", because)}
	}
	to := r.name(c.Site)
	if c.Site.IsZero() {
		to = r.name(c.RemoteGateway)
	}
	pairing, because := toned(sure, "%s", c.Pairing.Confidence), pairingWords(&c.Pairing)
	if c.Pairing.Confidence == estate.NotPaired {
		pairing = say("outside")
		because = strings.TrimSuffix("the site matches no VNet of the files; "+because, "; ")
	}
	return []phrase{of.say(" -> ").and(to), say("%s", c.Kind), pairing, say("%s", because)}
}

var confidenceTones = map[estate.Confidence]tone{estate.Certain: good, estate.Ambiguous: warn, estate.OneSided: bad}

func (r *reviewer) vnetOf(x *estate.Index, c *estate.Connection) phrase {
	if gw := x.Gateway(c.Gateway); gw != nil {
		return r.name(gw.VNet)
	}
	return named(c.ID.Name)
}

func prefixWords(in []estate.Prefix) string {
	const few = 8
	return orDash(firstWords(in, few, func(p estate.Prefix) string { return p.Prefix.String() }))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// components says for each connected set of VNets what its shape is and which hub it gets. VNets
// without tunnels are only named.
func (r *reviewer) components() {
	r.section("Components and hubs")
	var single []estate.ID
	var joined []*plan.Component
	for i := range r.p.Components {
		if c := &r.p.Components[i]; c.Class == plan.Single {
			single = append(single, c.VNets...)
		} else {
			joined = append(joined, c)
		}
	}
	shown, more := cut(joined, longest)
	for _, c := range shown {
		r.component(c)
	}
	r.add(more...)
	if slices.ContainsFunc(shown, func(c *plan.Component) bool { return c.WAN != nil }) {
		r.wanBasis()
	}
	if len(single) > 0 {
		r.add(heading{3, say("%s without a tunnel to another", plural(len(single), "VNet"))})
		r.para(r.names(single, longest))
	}
}

func (r *reviewer) component(c *plan.Component) {
	r.add(heading{3, say("%s of %s, %s: ", c.Class, plural(len(c.VNets), "VNet"), plural(c.Tunnels, "tunnel")).and(r.names(c.VNets, 8))})
	h := &c.Hub
	f := facts{{"hub", hubWords(h).say(": %s", h.Because)}}
	if h.Space.IsValid() {
		f = append(f, fact{"address space", say("%s in %s, free in the whole estate", h.Space, orDash(h.Region))})
	}
	for _, hub := range h.Several {
		if hub.Space.IsValid() {
			f = append(f, fact{"address space", say("%s for ", hub.Space).and(named(hub.VNet.Name)).say(" in %s, free in the whole estate", hub.Region)})
		}
	}
	if len(h.Candidates) > 1 {
		f = append(f, fact{"runner-up", runnerUp(h.Candidates[0], h.Candidates[1])})
	}
	r.add(f)
	r.candidates(h.Candidates)
	if len(c.Kept) > 0 {
		r.para(toned(warn, "%s on VPN:", keptWords(len(c.Kept))))
		shown, more := cut(c.Kept, longest)
		r.add(list{each(shown, func(k plan.KeptPair) phrase {
			return named(k.A).say(" and ").and(named(k.B)).say(": %s", k.Because)
		})})
		r.add(more...)
		r.overlaps(c.Overlaps)
	}
	r.transits(c.Transits)
	r.wan(c.WAN)
}

func keptWords(n int) string {
	if n == 1 {
		return "1 pair stays"
	}
	return fmt.Sprintf("%d pairs stay", n)
}

func hubWords(h *plan.Hub) phrase {
	switch h.Kind {
	case plan.ExistingHub:
		return named(h.VNet.Name).say(" (existing VNet)")
	case plan.NewHub:
		return named(h.VNet.Name).say(" (new VNet)")
	case plan.RegionalHubs, plan.SeveralHubs:
		return joined(each(h.Several, func(r plan.PlacedHub) phrase {
			kind := "existing VNet"
			if r.Space.IsValid() {
				kind = "new VNet"
			}
			return named(r.VNet.Name).say(" (%s, %s)", kind, r.Region)
		}))
	}
	return say("none")
}

func candidateName(c *plan.Candidate) phrase {
	if c.Kind == plan.ExistingHub {
		return named(c.VNet.Name)
	}
	return say("%s", c.Name())
}

// runnerUp says how far the second is behind, in which terms, and what would turn the choice.
func runnerUp(first, second plan.Candidate) phrase {
	p := candidateName(&second)
	if second.Refused != "" {
		return p.say(" cannot be used: %s", second.Refused)
	}
	behind := second.Points - first.Points
	switch {
	case behind < 0:
		p = p.say(", with %s fewer; the choice was asked for", plural(-behind, "point"))
	case behind == 0:
		p = p.say(", with as many points: an existing hub goes before none, none before hubs by region, those before a new one; one point turns the choice")
	default:
		p = p.say(", %s behind", plural(behind, "point"))
	}
	var differ []string
	for _, t := range termDifferences(first, second) {
		differ = append(differ, fmt.Sprintf("%s %+d", t.name, t.points))
	}
	if len(differ) > 0 {
		p = p.say(" (%s)", strings.Join(differ, ", "))
	}
	if behind > 0 {
		p = p.say("; %s the other way would turn the choice", plural(behind+1, "point"))
	}
	return p
}

type termDifference struct {
	name   string
	points int
}

// termDifferences lists the terms in which second has more or fewer points than first, in the
// order of the terms.
func termDifferences(first, second plan.Candidate) []termDifference {
	var out []termDifference
	points := map[string]int{}
	var names []string
	note := func(terms []plan.Term, sign int) {
		for _, t := range terms {
			if _, ok := points[t.Name]; !ok {
				names = append(names, t.Name)
			}
			points[t.Name] += sign * t.Count * t.Weight
		}
	}
	note(first.Terms, -1)
	note(second.Terms, 1)
	for _, n := range names {
		if points[n] != 0 {
			out = append(out, termDifference{n, points[n]})
		}
	}
	return out
}

func (r *reviewer) candidates(all []plan.Candidate) {
	if len(all) < 2 {
		return
	}
	const few = 6
	shown, more := cut(all, few)
	priced := slices.ContainsFunc(all, func(c plan.Candidate) bool { return c.Monthly != nil })
	g := grid{head: []string{"candidate", "points", "made of (fewer are better)"}}
	if priced {
		g.head = slices.Insert(g.head, 2, "USD a month")
	}
	for i := range shown {
		c := &shown[i]
		var terms []string
		for _, t := range c.Terms {
			terms = append(terms, fmt.Sprintf("%d for %s (%d)", t.Count*t.Weight, t.Name, t.Count))
		}
		made := say("%s", orDash(strings.Join(terms, ", ")))
		if c.Refused != "" {
			made = toned(warn, "cannot be used: %s", c.Refused)
		}
		row := []phrase{candidateName(c), say("%d", c.Points), made}
		if priced {
			row = slices.Insert(row, 2, monthly(c.Monthly))
		}
		g.rows = append(g.rows, row)
	}
	r.table(g, more)
}

// monthly is what a candidate would cost.
func monthly(m *plan.Monthly) phrase {
	switch {
	case m == nil:
		return say("-")
	case m.Unknown > 0 && m.Known == 0:
		return toned(warn, "unknown")
	case m.Unknown > 0:
		return say("%s", m.Known).and(toned(warn, " and %d unknown", m.Unknown))
	}
	return say("%s", m.Known)
}
