package report

import "github.com/netmigrate/netmigrate/migrate/plan"

// aMonth says what the network costs by the hour and by what passes in it, as far as that is told and known.
func (r *reviewer) aMonth() phrase {
	before, after := r.bills()
	was, unknown := before.Total()
	is, still := after.Total()
	if len(before.Lines)+len(after.Lines)+len(r.p.Traffic) == 0 || len(r.p.Steps) == 0 {
		return nil
	}
	traffic := "without traffic"
	if len(r.p.Traffic) > 0 {
		traffic = "with the traffic that is told"
	}
	out := say("%s US dollars %s, %s in the target, at list price and %s", was, r.today(), is, traffic)
	if unknown+still > 0 {
		out = out.and(toned(warn, "; not in it is what has no known price: %d %s, %d in the target", unknown, r.today(), still))
	}
	return out
}

// undoing says how far the way back takes minutes, from where it needs a gateway built, and what does not come back.
// The minutes are those of the most steps in a row that are undone with nothing lost and nothing built before them.
func (r *reviewer) undoing() phrase {
	var run, quick, slow, never []*plan.Step
	built, from := false, ""
	for i := range r.p.Steps {
		s := &r.p.Steps[i]
		switch {
		case s.Back.IsZero():
			continue
		case s.Impact.NoReturn:
			run, never = nil, append(never, s)
		case s.Back.Builds():
			slow = append(slow, s)
		case !built:
			if run = append(run, s); len(run) > len(quick) {
				quick, from = run, ""
				if len(never) > 0 {
					from = "from " + run[0].ID + " on, "
				}
			}
		}
		built = built || s.Back.Builds()
	}
	if len(quick)+len(slow)+len(never) == 0 {
		return nil
	}
	var parts []phrase
	if len(quick) > 0 {
		var sum [2]int
		for _, s := range quick {
			sum[0], sum[1] = sum[0]+s.Back.Minutes[0], sum[1]+s.Back.Minutes[1]
		}
		parts = append(parts, toned(good, "%sup to %s", from, quick[len(quick)-1].ID).say(" everything in %s", minuteWords(sum)))
	}
	if n := len(slow); n > 0 {
		parts = append(parts, toned(warn, "from %s on", slow[0].ID).say(" by building again what was deleted: %s, %s%s", plural(n, "gateway"), minuteWords(slow[0].Back.Minutes), pluralOf(n, "", " each")))
	}
	return apartBy("; ", append(parts, noReturn(never)))
}

// noReturn names the points of no return with what does not come back, those with the same reason together.
func noReturn(steps []*plan.Step) phrase {
	if len(steps) == 0 {
		return say("no point of no return")
	}
	var why []string
	ids, actions := map[string][]string{}, map[string]plan.Action{}
	for _, s := range steps {
		if ids[s.Back.None] == nil {
			why = append(why, s.Back.None)
		}
		ids[s.Back.None], actions[s.Back.None] = append(ids[s.Back.None], s.ID), s.Action
	}
	list := each(why, func(text string) phrase {
		return toned(bad, "%s", rangeWords(ids[text])).say(" (%s), because %s", actions[text], text)
	})
	return say("%s of no return: ", plural(len(steps), "point")).and(apartBy("; ", list))
}
