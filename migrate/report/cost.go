package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// cost shows what the network costs a month before and after. What runs by the hour is priced; traffic is not.
func (r *reviewer) cost() {
	if r.p.Base == nil || r.p.Target == nil {
		return
	}
	r.section("Cost a month, at list price, in US dollars")
	before, after := cost.Of(r.p.Base), cost.Of(r.p.Target)
	lines := costLines(before, after)
	if len(lines) == 0 {
		r.say("Nothing of this network costs by the hour.")
		return
	}
	today := "before"
	if r.p.Mode == options.Rebuild {
		today = "as described"
	}
	g := grid{head: []string{"what", today, "", "target", ""}}
	told := true // what is unknown is the same before and after
	for _, l := range lines {
		told = told && (l.before.Count == l.after.Count || l.before.Unknown == "" && l.after.Unknown == "")
		g.rows = append(g.rows, []phrase{say("%s", l.what), say("%d", l.before.Count), amountOf(l.before), say("%d", l.after.Count), amountOf(l.after)})
	}
	was, _ := before.Total()
	is, _ := after.Total()
	g.rows = append(g.rows, []phrase{toned(strong, "all that is known"), {}, toned(strong, "%s", was), {}, toned(strong, "%s", is)})
	r.add(g)
	for _, l := range lines {
		if why := cmp.Or(l.before.Unknown, l.after.Unknown); why != "" {
			r.say("%s: unknown, because %s.", capital(l.what), why)
		}
	}
	if !told {
		r.para(toned(warn, "What is unknown is not the same before and after: the difference is not known either."))
	}
	if was+is > 0 {
		r.say("Prices of %s: for comparing, not for a bill.", priceDates(lines))
	}
	if slices.ContainsFunc(r.p.Assumptions, func(a estate.Assumption) bool { return a.ID == estate.AsmSKU }) {
		r.say("Sizes that no input tells are assumed (%s).", estate.AsmSKU)
	}
	if told && was > is {
		r.traffic(was - is)
	}
}

// traffic says from which traffic on the target costs more. A tunnel within a region carries it free of charge, and
// one between regions at a price; a peering costs at both ends.
func (r *reviewer) traffic(saved cost.Amount) {
	within, between, known := r.dearerPeerings()
	all := slices.Concat(within, between)
	if !known || len(all) == 0 {
		return // no number is better than a wrong one
	}
	from := func(more int64) string { return cost.Grouped(int64(saved) / more) }
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

// dearerPeerings is what a GB over each new peering within a region, and between regions, costs more than today, in
// millionths of a dollar. It is not known when one of them is not, or costs no more.
func (r *reviewer) dearerPeerings() (within, between []int64, known bool) {
	had, x := estate.NewIndex(r.p.Base), estate.NewIndex(r.p.Target)
	for i := range r.p.Target.Peerings {
		half := &r.p.Target.Peerings[i]
		if had.Peering(half.ID) != nil {
			continue
		}
		more, global, known := dearer(x.VNet(half.VNet), x.VNet(half.Remote))
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

// dearer is what a GB from one VNet to the other costs more over a peering than over a tunnel of their gateways, and
// whether it passes between regions.
func dearer(from, to *estate.VNet) (more int64, global, known bool) {
	if from == nil || to == nil {
		return 0, false, false
	}
	price := func(id string) (int64, bool) {
		p, _ := azure.LookupPrice(id)
		return p.Micros()
	}
	a, knownA := azure.LookupRegion(from.Region.Name)
	b, knownB := azure.LookupRegion(to.Region.Name)
	switch {
	case !knownA || !knownB:
		return 0, false, false
	case a.Name == b.Name:
		out, ok := price("peering-intra-egress")
		in, ok2 := price("peering-intra-ingress")
		return out + in, false, ok && ok2
	}
	out, ok := price("peering-global-" + a.BillingZone + "-egress")
	in, ok2 := price("peering-global-" + b.BillingZone + "-ingress")
	tunnel, ok3 := price("vpn-inter-vnet-" + a.BillingZone)
	return out + in - tunnel, true, ok && ok2 && ok3
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

// priceDates are for where and when the prices were read.
func priceDates(lines []costLine) string {
	var scopes, dates []string
	for _, l := range lines {
		for _, p := range []azure.Price{l.before.Price, l.after.Price} {
			if p.USD == "" {
				continue
			}
			scopes = append(scopes, strings.FieldsFunc(p.Scope, func(r rune) bool { return r == '/' || r == ',' || r == ' ' })...)
			dates = append(dates, p.Date)
		}
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

// WireCost is what the network of a plan costs a month at list price, before and after.
type WireCost struct {
	Currency string   `json:"currency" jsonschema:"enum=USD"`
	Hours    int      `json:"hoursAMonth"`
	Before   WireBill `json:"before"`
	After    WireBill `json:"after"`
}

// WireBill is a bill, by kind of thing.
type WireBill struct {
	Known   string         `json:"known"`   // the sum of what is known, a decimal
	Unknown int            `json:"unknown"` // things whose price is not
	Lines   []WireBillLine `json:"lines"`
}

// WireBillLine is what things of one kind cost together.
type WireBillLine struct {
	What    string   `json:"what"`
	Objects []WireID `json:"objects"`
	Count   int      `json:"count"`            // of what is paid for
	Price   string   `json:"price,omitempty"`  // of an hour of one, a decimal
	Scope   string   `json:"scope,omitempty"`  // the region or zone that the price was read for
	Date    string   `json:"date,omitempty"`   // when
	Amount  string   `json:"amount,omitempty"` // a decimal
	Unknown string   `json:"unknown,omitempty"`
}

func wireCost(p *plan.Plan) *WireCost {
	if p.Base == nil || p.Target == nil {
		return nil
	}
	return &WireCost{Currency: "USD", Hours: cost.Hours, Before: wireBill(cost.Of(p.Base)), After: wireBill(cost.Of(p.Target))}
}

func wireBill(b *cost.Bill) WireBill {
	known, unknown := b.Total()
	return WireBill{Known: decimal(known), Unknown: unknown, Lines: each(b.Lines, func(l cost.Line) WireBillLine {
		w := WireBillLine{What: l.What, Objects: each(l.Objects, wireID), Count: l.Count, Price: l.Price.USD, Scope: l.Price.Scope, Date: l.Price.Date, Unknown: l.Unknown}
		if l.Unknown == "" {
			w.Amount = decimal(l.Amount)
		}
		return w
	})}
}

func decimal(a cost.Amount) string { return fmt.Sprintf("%d.%02d", a/1_000_000, a%1_000_000/10_000) }
