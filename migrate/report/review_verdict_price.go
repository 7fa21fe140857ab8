package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// askedFor says whether what people ask of pairs holds.
func (r *reviewer) askedFor() phrase {
	var c headcount
	for _, a := range r.p.Asks {
		if a.Want != plan.Accepted { // nothing to hold
			c.add(string(a.Want), 1)
		}
	}
	if len(c.order) == 0 {
		return nil
	}
	words := each(c.order, func(w string) string { return fmt.Sprintf("%d %s", c.of[w], w) })
	out := say("pairs: %s; ", strings.Join(words, ", "))
	broken := map[string]bool{}
	for _, v := range r.p.Violations {
		if slices.Contains([]string{"PLAN-015", "PLAN-016", "PLAN-017"}, v.Rule) {
			broken[v.Rule] = true
		}
	}
	if len(broken) == 0 {
		return out.and(toned(good, "%s", pluralOf(len(c.order), "it holds in every checked state", "all hold in every checked state")))
	}
	return out.and(toned(bad, "NOT HELD: %s", strings.Join(slices.Sorted(maps.Keys(broken)), ", ")))
}

// people says what nobody else does: devices, profiles, answers, findings.
func (r *reviewer) people() phrase {
	var parts []phrase
	var networks []phrase
	for i := range r.p.Steps {
		if s := &r.p.Steps[i]; s.Action == plan.CreateConnection && s.Effect.Add != nil && len(s.Effect.Add.Connections) > 0 {
			networks = append(networks, r.name(s.Effect.Add.Connections[0].Site))
		}
	}
	if n := len(networks); n > 0 {
		parts = append(parts, say("a tunnel to set up on the device of ").and(moreThan(joined(networks[:min(n, namedFew)]), n-namedFew)))
	}
	if ids := r.stepsOf(plan.ChangeDevice); len(ids) > 0 {
		parts = append(parts, say("routes to add on %s%s", plural(len(ids), "device"), inBrackets(ids)))
	}
	if n := r.pairsWhere(func(v *reach.Verdict) bool { return v.Class == reach.UnknownBefore }); n > 0 {
		parts = append(parts, toned(warn, "%s to find out about: nobody can say whether %s today", plural(n, "pair"), pluralOf(n, "it talks", "they talk")))
	}
	open := 0
	for _, a := range r.p.Assumptions {
		if a.ID != estate.AsmLive {
			open++
		}
	}
	if open > 0 {
		parts = append(parts, say("%s to settle", plural(open, "assumption")))
	}
	for _, s := range []diag.Severity{diag.Error, diag.Warning} {
		if n := r.found.Count(s); n > 0 {
			text := plural(n, s.String())
			if s == diag.Error {
				text += fmt.Sprintf(" to look at (%s)", strings.Join(r.rulesOf(s), ", "))
			}
			parts = append(parts, toned(severityTone(s), "%s", text))
		}
	}
	return joined(parts)
}

// rulesOf are the rules of the findings of a severity.
func (r *reviewer) rulesOf(s diag.Severity) []string {
	var out []string
	for _, f := range r.found {
		if f.Severity == s {
			out = append(out, f.Rule)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

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
func (r *reviewer) undoing() phrase {
	var quick, slow, never []*plan.Step
	for i := range r.p.Steps {
		switch s := &r.p.Steps[i]; {
		case s.Back.IsZero():
		case s.Impact.NoReturn:
			never = append(never, s)
		case s.Back.Builds():
			slow = append(slow, s)
		case len(slow) == 0:
			quick = append(quick, s)
		}
	}
	if len(quick)+len(slow)+len(never) == 0 {
		return nil
	}
	var parts []phrase
	if n := len(quick); n > 0 {
		var sum [2]int
		for _, s := range quick {
			sum[0], sum[1] = sum[0]+s.Back.Minutes[0], sum[1]+s.Back.Minutes[1]
		}
		from := ""
		if len(never) > 0 && never[0].Wave < quick[0].Wave {
			from = "from " + quick[0].ID + " on, "
		}
		parts = append(parts, toned(good, "%sup to %s", from, quick[n-1].ID).say(" everything in %s", minuteWords(sum)))
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
