package report

import "github.com/netmigrate/netmigrate/migrate/plan"

// overlaps says which addresses keep pairs on VPN, and what can be done about it, the best first.
func (r *reviewer) overlaps(o *plan.Overlaps) {
	if o == nil {
		return
	}
	shown, more := cut(o.Between, longest)
	r.add(list{each(shown, func(b plan.Overlap) phrase {
		return r.name(b.A).say(" and ").and(r.name(b.B)).say(" share addresses")
	})})
	r.add(more...)
	r.say("What can be done, the best first:")
	g := grid{head: []string{"remedy", "does", "what follows"}}
	for i := range o.Remedies {
		m := &o.Remedies[i]
		follows := say("%s", m.Consequence)
		if m.Refused != "" {
			follows = toned(warn, "not here").say(": %s", m.Refused)
		}
		g.rows = append(g.rows, []phrase{say("%s", m.Name), say("%s", m.Does), follows})
	}
	r.add(g)
	for _, m := range o.Remedies {
		if m.Refused == "" {
			r.add(list{each(m.Renumber, func(n plan.Renumbering) phrase {
				return say("new addresses for ").and(r.name(n.VNet)).say(": %s instead of %s, %s to make anew", addressWords(n.To), addressWords(n.From), plural(n.Subnets, "subnet"))
			})})
		}
	}
}
