package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// mostPairs is how many flows the review shows: those that cost most.
const mostPairs = 10

// passages are a flow in both networks.
type passages struct{ before, after cost.Passage }

// passing puts the traffic of two bills side by side, the dearest first.
func passing(before, after *cost.Bill) []passages {
	out := make([]passages, len(before.Traffic))
	for i := range out {
		out[i] = passages{before.Traffic[i], after.Traffic[i]}
	}
	slices.SortStableFunc(out, func(x, y passages) int {
		return cmp.Or(cmp.Compare(max(y.before.Amount, y.after.Amount), max(x.before.Amount, x.after.Amount)), cmp.Compare(y.after.Amount, x.after.Amount))
	})
	return out
}

// trafficRow is the traffic of both networks as a row of the table of costs, and whether the two can be compared.
func trafficRow(before, after *cost.Bill) (row []phrase, told bool) {
	told = true
	for i := range before.Traffic {
		told = told && before.Traffic[i].Comparable(&after.Traffic[i])
	}
	cell := func(b *cost.Bill) []phrase {
		arrives := 0
		for i := range b.Traffic {
			if !b.Traffic[i].Apart {
				arrives++
			}
		}
		known, unknown := b.Carried()
		amount := say("%s", known)
		switch {
		case arrives == 0:
			amount = say("-")
		case unknown == arrives:
			amount = toned(warn, "unknown")
		case unknown > 0:
			amount = amount.and(toned(warn, " and %d unknown", unknown))
		}
		return []phrase{say("%d", arrives), amount}
	}
	return slices.Concat([]phrase{say("traffic from place to place")}, cell(before), cell(after)), told
}

// bill says which network costs more with the traffic, and which pairs make the difference.
func (r *reviewer) bill(before, after *cost.Bill, told bool) {
	was, _ := before.Total()
	is, _ := after.Total()
	switch {
	case !told: // it is said already
	case was > is:
		r.say("With this traffic the target costs %s a month less.", was-is)
	case is > was:
		r.para(toned(warn, "With this traffic the target costs %s a month more.", is-was))
	default:
		r.say("With this traffic the target costs the same.")
	}
	all := passing(before, after)
	r.say("The traffic that costs most:")
	g := grid{head: []string{"from", "to", "GB", r.today(), "target"}}
	shown, more := cut(all, mostPairs)
	for _, p := range shown {
		g.rows = append(g.rows, []phrase{named(p.before.From.String()), named(p.before.To.String()), say("%s", gigabytes(p.before.Volume)), passageCell(&p.before), passageCell(&p.after)})
	}
	r.table(g, more)
	r.unpriced(all)
	if slices.ContainsFunc(chargesOf(before, after), func(p azure.Price) bool { return strings.HasPrefix(p.ID, "egress-") }) {
		r.say("What leaves to premises or clients is priced beyond the 100 GB a month that an account has free of charge.")
	}
}

// today is what the network before the plan is called.
func (r *reviewer) today() string {
	if r.p.Mode == options.Rebuild {
		return "as described"
	}
	return "before"
}

func gigabytes(v options.Volume) string {
	_, fraction, point := strings.Cut(v.String(), ".")
	if !point {
		return cost.Grouped(int64(v / 1000))
	}
	return cost.Grouped(int64(v/1000)) + "." + fraction
}

func passageCell(p *cost.Passage) phrase {
	switch {
	case p.Apart:
		return toned(warn, "does not arrive")
	case p.Unknown != "":
		return toned(warn, "unknown")
	case len(p.Charges) == 0:
		return say("free")
	}
	return say("%s", p.Amount)
}

// unpriced says why amounts are unknown, and what does not arrive and so costs nothing: first of what is so in both
// networks.
func (r *reviewer) unpriced(all []passages) {
	type fault struct{ why, when string }
	var order []fault
	pairs := map[fault][]string{}
	add := func(why, when string, p *passages) {
		f := fault{why, when}
		if pairs[f] == nil {
			order = append(order, f)
		}
		pairs[f] = append(pairs[f], fmt.Sprintf("%s to %s", p.before.From, p.before.To))
	}
	target := "in the target"
	for i := range all {
		p := &all[i]
		switch was, is := unpriced(&p.before), unpriced(&p.after); {
		case was == is && was != "":
			add(was, r.today()+" and "+target, p)
		case was != "" && is != "":
			add(was, r.today(), p)
			add(is, target, p)
		case was != "":
			add(was, r.today(), p)
		case is != "":
			add(is, target, p)
		}
	}
	const few = 3
	slices.SortStableFunc(order, func(a, b fault) int { return cmp.Or(cmp.Compare(a.when, b.when), cmp.Compare(a.why, b.why)) })
	for _, f := range order {
		if f.why == notArriving {
			r.para(toned(warn, "Does not arrive %s, and costs nothing: ", f.when).and(cutNames(pairs[f], few)).say("."))
			continue
		}
		r.para(say("Unknown %s, because %s: ", f.when, f.why).and(cutNames(pairs[f], few)).say("."))
	}
}

const notArriving = "the two do not reach each other"

// unpriced is why a passage has no price, or "".
func unpriced(p *cost.Passage) string {
	if p.Apart {
		return notArriving
	}
	return p.Unknown
}

// chargesOf are the prices that the traffic of bills pays.
func chargesOf(bills ...*cost.Bill) []azure.Price {
	var out []azure.Price
	for _, b := range bills {
		for i := range b.Traffic {
			for _, c := range b.Traffic[i].Charges {
				if !slices.Contains(out, c.Price) {
					out = append(out, c.Price)
				}
			}
		}
	}
	return out
}
