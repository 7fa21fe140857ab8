package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// cost shows what the network costs a month before and after: what runs by the hour, and what passes over it as far as
// somebody told how much that is. Where nobody did, it says from how much on the target costs more.
func (r *reviewer) cost() {
	if r.p.Base == nil || r.p.Target == nil {
		return
	}
	r.section("Cost a month, at list price, in US dollars")
	before, after := r.bills()
	lines, traffic := costLines(before, after), len(r.p.Traffic) > 0
	if len(lines) == 0 && !traffic {
		r.say("Nothing of this network costs by the hour.")
		return
	}
	g := grid{head: []string{"what", r.today(), "", "target", ""}}
	told := true // what is unknown is the same before and after
	for _, l := range lines {
		told = told && (l.before.Count == l.after.Count || l.before.Unknown == "" && l.after.Unknown == "")
		g.rows = append(g.rows, []phrase{say("%s", l.what), say("%d", l.before.Count), amountOf(l.before), say("%d", l.after.Count), amountOf(l.after)})
	}
	if traffic {
		row, alike := trafficRow(before, after)
		g.rows, told = append(g.rows, row), told && alike
	}
	was, _ := before.Total()
	is, _ := after.Total()
	g.rows = append(g.rows, []phrase{toned(strong, "all that is known"), {}, toned(strong, "%s", was), {}, toned(strong, "%s", is)})
	r.add(g)
	for _, l := range lines {
		if why := cmp.Or(l.before.Unknown, l.after.Unknown); why != "" {
			r.say("%s: unknown, because %s.", upperFirst(l.what), why)
		}
	}
	if !told {
		r.para(toned(warn, "What is unknown is not the same before and after: the difference is not known either."))
	}
	if was+is > 0 {
		r.say("Prices of %s: for comparing, not for a bill.", priceDates(append(hourly(lines), chargesOf(before, after)...)))
	}
	if slices.ContainsFunc(r.p.Assumptions, func(a estate.Assumption) bool { return a.ID == estate.AsmSKU }) {
		r.say("Sizes that no input tells are assumed (%s).", estate.AsmSKU)
	}
	switch {
	case traffic:
		r.bill(before, after, told)
	case told && was > is:
		r.traffic(was - is)
	}
}

// bills are what the network costs a month before and after.
func bills(p *plan.Plan) (before, after *cost.Bill) {
	return cost.Monthly(p.Base, p.Before, p.Traffic), cost.Monthly(p.Target, p.After, p.Traffic)
}

// bills are those of the plan, made once: two parts of the review tell of them.
func (r *reviewer) bills() (before, after *cost.Bill) {
	if r.before == nil {
		r.before, r.after = bills(r.p)
	}
	return r.before, r.after
}

// traffic says from which traffic on the target costs more. A tunnel within a region carries it free of charge, and
// one between regions at a price; a peering costs at both ends.
func (r *reviewer) traffic(saved cost.Amount) {
	within, between, known := r.dearerPeerings()
	all := slices.Concat(within, between)
	if !known || len(all) == 0 {
		return // no number is better than a wrong one
	}
	from := func(more cost.Amount) string { return cost.Grouped(int64(saved / more)) }
	most, least := slices.Max(all), slices.Min(all)
	text := fmt.Sprintf("From %s GB a month over the new peerings on", from(most))
	switch {
	case most == least: // as always within regions
	case len(within) > 0 && slices.Max(between) == slices.Min(between):
		text += fmt.Sprintf(", if all of it passes between regions, and from %s GB if none does", from(least))
	default: // between regions of several zones
		text = fmt.Sprintf("From %s to %s GB a month over the new peerings on, depending on which of them it takes", from(most), from(least))
	}
	r.say("Traffic is not in it: a tunnel within a region carries it free of charge, a peering costs by the GB at both ends. %s, the target costs more.", text)
}

// dearerPeerings is what a GB over each new peering within a region, and between regions, costs more than today. It is
// not known when one of them is not, or costs no more.
func (r *reviewer) dearerPeerings() (within, between []cost.Amount, known bool) {
	had, x := estate.NewIndex(r.p.Base), estate.NewIndex(r.p.Target)
	for i := range r.p.Target.Peerings {
		half := &r.p.Target.Peerings[i]
		if had.Peering(half.ID) != nil {
			continue
		}
		more, global, known := cost.Dearer(x.VNet(half.VNet), x.VNet(half.Remote))
		switch {
		case !known || more <= 0:
			return nil, nil, false
		case global:
			between = append(between, more)
		default:
			within = append(within, more)
		}
	}
	return within, between, true
}

type costLine struct {
	what          string
	before, after cost.Line
}

// costLines puts the lines of two bills side by side, in the order of the first.
func costLines(before, after *cost.Bill) []costLine {
	var out []costLine
	for _, l := range before.Lines {
		out = append(out, costLine{l.What, l, cost.Line{}})
	}
	for _, l := range after.Lines {
		if i := slices.IndexFunc(out, func(o costLine) bool { return o.what == l.What }); i >= 0 {
			out[i].after = l
		} else {
			out = append(out, costLine{l.What, cost.Line{}, l})
		}
	}
	return out
}

func amountOf(l cost.Line) phrase {
	switch {
	case l.Count == 0:
		return say("-")
	case l.Unknown != "":
		return toned(warn, "unknown")
	}
	return say("%s", l.Amount)
}

// hourly are the prices of lines.
func hourly(lines []costLine) []azure.Price {
	var out []azure.Price
	for _, l := range lines {
		out = append(out, l.before.Price, l.after.Price)
	}
	return out
}

// priceDates are for where and when the prices were read.
func priceDates(prices []azure.Price) string {
	var scopes, dates []string
	for _, p := range prices {
		if p.USD == "" {
			continue
		}
		scope, _, _ := strings.Cut(p.Scope, " (") // "Zone 1 (the API lists it per armRegionName)"
		if strings.Contains(scope, "Zone") || scope == "Global" {
			scopes = append(scopes, strings.Split(scope, ", ")...)
		} else {
			scopes = append(scopes, strings.FieldsFunc(scope, func(r rune) bool { return r == '/' || r == ',' || r == ' ' })...)
		}
		dates = append(dates, p.Date)
	}
	for _, list := range []*[]string{&scopes, &dates} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	when := dates[0]
	if last := dates[len(dates)-1]; last != when {
		when += " to " + last
	}
	return strings.Join(scopes, ", ") + ", read " + when
}
