package report

import (
	"fmt"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

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
	Unknown int            `json:"unknown"` // things and flows whose price is not
	Lines   []WireBillLine `json:"lines"`
	Traffic []WirePassage  `json:"traffic,omitempty"`
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
	before, after := bills(p)
	return &WireCost{Currency: "USD", Hours: cost.Hours, Before: wireBill(before), After: wireBill(after)}
}

func wireBill(b *cost.Bill) WireBill {
	known, unknown := b.Total()
	return WireBill{Known: known.Decimal(), Unknown: unknown, Lines: each(b.Lines, func(l cost.Line) WireBillLine {
		w := WireBillLine{What: l.What, Objects: each(l.Objects, wireID), Count: l.Count, Price: l.Price.USD, Scope: l.Price.Scope, Date: l.Price.Date, Unknown: l.Unknown}
		if l.Unknown == "" {
			w.Amount = l.Amount.Decimal()
		}
		return w
	}), Traffic: each(b.Traffic, wirePassage)}
}

func wireMonthly(m *plan.Monthly) *WireMonthly {
	if m == nil {
		return nil
	}
	return &WireMonthly{m.Known.Decimal(), m.Unknown}
}

// monthly reads what a candidate would cost, to the cent.
func (d *unwirer) monthly(w *WireMonthly) *plan.Monthly {
	if w == nil {
		return nil
	}
	known, ok := cost.ParseAmount(w.Known)
	if (!ok || w.Unknown < 0) && d.err == nil {
		d.err = fmt.Errorf("a candidate costs %q a month and %d unknown things, which is no amount", w.Known, w.Unknown)
	}
	return &plan.Monthly{Known: known, Unknown: w.Unknown}
}

// WireFlow is what passes from one place to another in a month.
type WireFlow struct {
	From WireLocation `json:"from"`
	To   WireLocation `json:"to"`
	GB   string       `json:"gb"` // a decimal
}

// WirePassage is what a flow costs in one network.
type WirePassage struct {
	WireFlow
	Unreached bool         `json:"unreached,omitempty"` // nothing of it arrives, and it costs nothing
	Charges   []WireCharge `json:"charges,omitempty"`   // in the order of its way; none where that is free
	Amount    string       `json:"amount,omitempty"`    // of all charges, a decimal
	Unknown   string       `json:"unknown,omitempty"`   // why there is no amount
}

// WireCharge is one price that a flow pays.
type WireCharge struct {
	What   string `json:"what"`
	Price  string `json:"price"` // of a GB, a decimal
	Scope  string `json:"scope"`
	Date   string `json:"date"`
	Amount string `json:"amount"`
}

func wireFlow(f cost.Flow) WireFlow {
	return WireFlow{wireLocation(f.From), wireLocation(f.To), f.Volume.String()}
}

func wirePassage(p cost.Passage) WirePassage {
	w := WirePassage{WireFlow: wireFlow(p.Flow), Unreached: p.Apart, Unknown: p.Unknown}
	if p.Unknown == "" {
		w.Amount = p.Amount.Decimal()
	}
	for _, c := range p.Charges {
		w.Charges = append(w.Charges, WireCharge{c.Price.What, c.Price.USD, c.Price.Scope, c.Price.Date, c.Amount.Decimal()})
	}
	return w
}

// flow reads a flow. One entry of the options has at most options.MaxVolume, and all that a usage file can hold come to
// most; beyond it the bill would no longer fit its numbers.
func (d *unwirer) flow(w WireFlow) cost.Flow {
	const most = options.MaxVolume * 100_000
	v, ok := options.ParseVolume(w.GB)
	switch {
	case d.err != nil:
	case !ok || v > most:
		d.err = fmt.Errorf("traffic of %q GB is no amount from 0 to %s with at most three decimals", w.GB, most)
	case v > most-d.carried:
		d.err = fmt.Errorf("the traffic adds up to more than %s GB", most)
	default:
		d.carried += v
	}
	return cost.Flow{From: d.location(w.From), To: d.location(w.To), Volume: v}
}
