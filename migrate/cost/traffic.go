package cost

import (
	"cmp"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Flow is what passes from one place to another in a month.
type Flow struct {
	From, To reach.Location
	Volume   options.Volume
}

// Charge is one price that a flow pays on its way.
type Charge struct {
	Price  azure.Price // of a GB
	Amount Amount
}

// Passage is what a flow costs in one network.
type Passage struct {
	Flow
	Apart   bool     // nothing of it arrives: the two do not reach each other, and it costs nothing
	Charges []Charge // in the order of the way; none where it is free
	Amount  Amount   // of all charges; 0 when one is unknown
	Unknown string   // why no amount is known, or ""

	ways []reach.Flow // where no amount is known
}

// Comparable reports whether it is known how much more a flow costs in one network than in another: the two amounts
// are, or it takes the same ways. One reason for two unknown amounts does not make them equal.
func (p *Passage) Comparable(q *Passage) bool {
	if p.Unknown == "" && q.Unknown == "" {
		return true
	}
	same := func(a, b reach.Flow) bool { return a.Value == b.Value && slices.Equal(a.Path, b.Path) }
	return p.Unknown != "" && q.Unknown != "" && slices.EqualFunc(p.ways, q.ways, same)
}

// Monthly is the bill of an estate in ARM form with what passes in it, by its relation; nil computes that.
func Monthly(e *estate.Estate, r *reach.Relation, flows []Flow) *Bill {
	b := Of(e)
	if len(flows) == 0 {
		return b
	}
	if r == nil {
		r = reach.Compute(e)
	}
	b.Traffic = Traffic(e, r, flows)
	return b
}

// Traffic is what each flow costs on the way that it takes. Where it may take several, they have to cost the same.
func Traffic(e *estate.Estate, r *reach.Relation, flows []Flow) []Passage {
	m := &meter{x: estate.NewIndex(e)}
	out := make([]Passage, len(flows))
	for i, f := range flows {
		ways := r.Forward(f.From, f.To)
		if out[i] = m.passage(f, ways); out[i].Unknown != "" {
			out[i].ways = ways
		}
	}
	return out
}

// passage prices a flow by its ways.
func (m *meter) passage(f Flow, ways []reach.Flow) Passage {
	p := Passage{Flow: f, Apart: len(ways) == 0}
	if p.Apart || f.Volume == 0 {
		return p
	}
	if !slices.ContainsFunc(ways, func(w reach.Flow) bool { return w.Value == reach.Yes }) {
		p.Unknown = "nothing shows whether it arrives"
		return p
	}
	for i, w := range ways {
		charges, unknown := m.way(f, w.Path)
		q := Passage{Flow: f, Charges: charges, Unknown: unknown}
		for _, c := range charges {
			q.Amount += c.Amount
		}
		if unknown != "" {
			q.Charges, q.Amount = nil, 0
		}
		switch {
		case i == 0:
			p = q
		case q.Unknown != p.Unknown || q.Amount != p.Amount:
			return Passage{Flow: f, Unknown: "it takes several ways, and they do not cost the same"}
		}
	}
	return p
}

// of is what a volume costs at a price of a GB. Prices have three decimals and volumes, too: nothing is rounded. The
// GB and their fraction are priced apart, as the product of the most of both is over 64 bits.
func of(v options.Volume, p azure.Price) Amount {
	micros, _ := p.Micros()
	return Amount(int64(v)/1000*micros + int64(v)%1000*micros/1000)
}

// Carried is the sum of what is known of the traffic of a bill, and how many flows are not.
func (b *Bill) Carried() (known Amount, unknown int) {
	for i := range b.Traffic {
		known += b.Traffic[i].Amount
		if b.Traffic[i].Unknown != "" {
			unknown++
		}
	}
	return known, unknown
}

// Merge puts flows of the same two places together, in order.
func Merge(flows []Flow) []Flow {
	out := slices.Clone(flows)
	slices.SortStableFunc(out, func(a, b Flow) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	n := 0
	for _, f := range out {
		if n > 0 && out[n-1].From.Same(f.From) && out[n-1].To.Same(f.To) {
			out[n-1].Volume += f.Volume
			continue
		}
		out[n] = f
		n++
	}
	return out[:n]
}
