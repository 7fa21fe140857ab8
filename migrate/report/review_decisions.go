package report

import "github.com/netmigrate/netmigrate/migrate/plan"

// decisions says what the plan keeps of what people decided.
func (r *reviewer) decisions() {
	if len(r.p.Decisions) == 0 {
		return
	}
	r.section("Decisions kept")
	shown, more := cut(r.p.Decisions, longest)
	r.add(list{each(shown, func(d plan.Decision) phrase { return say("%s", d) })})
	r.add(more...)
}
