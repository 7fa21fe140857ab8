package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/cost"
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
	g := grid{head: []string{"what", "today", "", "target", ""}}
	for _, l := range lines {
		g.rows = append(g.rows, []phrase{say("%s", l.what), say("%d", l.before.Count), amountOf(l.before), say("%d", l.after.Count), amountOf(l.after)})
	}
	was, unknownWas := before.Total()
	is, unknownIs := after.Total()
	g.rows = append(g.rows, []phrase{toned(strong, "all that is known"), {}, toned(strong, "%s", was), {}, toned(strong, "%s", is)})
	r.add(g)
	for _, l := range lines {
		if why := cmp.Or(l.before.Unknown, l.after.Unknown); why != "" {
			r.say("%s: unknown, because %s.", capital(l.what), why)
		}
	}
	if unknownWas+unknownIs > 0 && unknownWas != unknownIs {
		r.para(toned(warn, "What is unknown is not the same before and after: the difference is not known either."))
	}
	if was+is > 0 {
		r.say("Prices of %s: for comparing, not for a bill.", priceDates(lines))
	}
	r.traffic(was, is)
}

// traffic says from which traffic on the target costs more: a tunnel within a region carries it free of charge, a
// peering does not.
func (r *reviewer) traffic(was, is cost.Amount) {
	out, _ := azure.LookupPrice("peering-intra-egress")
	in, _ := azure.LookupPrice("peering-intra-ingress")
	a, _ := out.Micros()
	b, _ := in.Micros()
	if len(r.p.Target.Peerings) <= len(r.p.Base.Peerings) || a+b == 0 || was <= is {
		return
	}
	r.say("Traffic is not in it. A peering costs %s a GB at each end within a region, and more between regions; a tunnel within a region carries it free of charge. From %s GB a month of it over the new peerings on, the target costs more than today.",
		out.USD, grouped(int64(was-is)/(a+b)))
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

func grouped(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

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
