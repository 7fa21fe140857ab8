package report

import (
	"fmt"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// wan shows a Virtual WAN beside the target of a component.
func (r *reviewer) wan(w *plan.WAN) {
	if w == nil {
		return
	}
	r.para(toned(strong, "Compared with a Virtual WAN").say(", which is not planned:"))
	g := grid{head: []string{"", "today", "target", "Virtual WAN"}}
	row := func(what string, cells ...phrase) {
		g.rows = append(g.rows, append([]phrase{say("%s", what)}, cells...))
	}
	row("USD a month", monthly(&w.Today.Monthly), monthly(&w.Target.Monthly), monthly(&w.Instead.Monthly))
	for _, t := range []struct {
		what string
		of   func(*plan.WANSide) plan.Talking
	}{
		{"pairs of VNets that reach each other", func(s *plan.WANSide) plan.Talking { return s.VNets }},
		{"pairs of a VNet and a network on-premises, or clients", func(s *plan.WANSide) plan.Talking { return s.Branches }},
		{"pairs of such networks and clients", func(s *plan.WANSide) plan.Talking { return s.Between }},
	} {
		was, is, would := t.of(&w.Today), t.of(&w.Target), t.of(&w.Instead)
		if most := would.Sure + was.Sure + was.Perhaps; most > 0 {
			row(t.what, talkingWords(was, was), talkingWords(is, was), talkingWords(would, was))
		}
	}
	if w.Encrypted > 0 {
		row("pairs to be encrypted that are", ofWords(w.Today.Encrypted, w.Encrypted, w.Encrypted), ofWords(w.Target.Encrypted, w.Encrypted, w.Encrypted), ofWords(0, w.Encrypted, w.Encrypted))
	}
	if w.Forbidden > 0 {
		row("pairs that must not reach each other and do", ofWords(w.Today.Forbidden, w.Forbidden, 0), ofWords(w.Target.Forbidden, w.Forbidden, 0), ofWords(w.Instead.Forbidden, w.Forbidden, 0))
	}
	r.add(g)
	f := facts{{"would need", r.wanHubs(w.Hubs)}}
	if len(w.Parts) > 0 {
		f = append(f, fact{"by the hour", say("%s", strings.Join(each(w.Parts, wanPartWords), ", "))})
	}
	r.add(f)
	r.add(list{each(w.Points, func(p plan.WANPoint) phrase { return say("%s [%s]", p.Says, p.Mark) })})
}

// talkingWords are how many pairs reach each other, in another tone where they are more than today.
func talkingWords(t, today plan.Talking) phrase {
	p := say("%d", t.Sure)
	if t.Sure > today.Sure+today.Perhaps {
		p = toned(warn, "%d", t.Sure)
	}
	if t.Perhaps > 0 {
		p = p.say(", perhaps %d more", t.Perhaps)
	}
	return p
}

func ofWords(n, all, right int) phrase {
	if n == right {
		return say("%d of %d", n, all)
	}
	return toned(bad, "%d of %d", n, all)
}

// wanHubs says which hubs there would be.
func (r *reviewer) wanHubs(all []cost.WANHub) phrase {
	const few = 6
	shown := each(all[:min(few, len(all))], func(h cost.WANHub) phrase {
		p := named(h.Region).say(" for %s", plural(len(h.VNets), "VNet"))
		for _, also := range []struct {
			n    int
			what string
		}{{h.Devices, "device"}, {h.Circuits, "circuit"}} {
			if also.n > 0 {
				p = p.say(" and %s", plural(also.n, also.what))
			}
		}
		if n := len(h.Clients); n > 0 {
			p = p.say(" and the clients of %s", plural(n, "gateway"))
		}
		return p
	})
	return say("%s: ", plural(len(all), "hub")).and(moreThan(apartBy("; ", shown), len(all)-few))
}

func wanPartWords(p plan.WANPart) string {
	what := plural(p.Count, strings.TrimPrefix(p.What, "Virtual WAN "))
	if p.Unknown != "" {
		return fmt.Sprintf("unknown for %s (%s)", what, p.Unknown)
	}
	return fmt.Sprintf("%s for %s", p.Amount, what)
}

// wanBasis says once what every comparison rests on.
func (r *reviewer) wanBasis() {
	machines, _ := azure.LookupPrice("vwan-routing-unit")
	micros, _ := machines.Micros()
	processed, _ := azure.LookupPrice("vwan-gb")
	r.add(heading{3, say("What the comparison with a Virtual WAN rests on")}, list{[]phrase{
		say("it has the routes that it has by itself, where all reach each other; route tables, labels or a firewall in each hub open less, and cost work or money [D]"),
		say("between VNets each hub on the way adds %s USD a GB to what a peering within a region costs [D]", processed.USD),
		say("a hub serves %s machines, and each 1,000 more cost %s USD a month: no input tells how many there are [D]", cost.Grouped(azure.WANMachines), cost.Amount(micros*cost.Hours)),
		say("one scale unit is enough for each gateway of a hub [K]"),
		say("each region has it, and the devices take two tunnels [V]"),
	}})
	r.say("[D] is documented, [E] follows from that, [K] is general knowledge, [V] has to be verified: docs/sources.md#virtual-wan.")
}
