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
	if len(broken) > 0 {
		return out.and(toned(bad, "NOT HELD: %s", strings.Join(slices.Sorted(maps.Keys(broken)), ", ")))
	}
	return out.and(toned(good, "%s", r.heldWords()))
}

// heldWords say from when on what is asked of pairs is so: a pair that a step opens is not there before it, and one that
// must not talk may talk until a step cuts it.
func (r *reviewer) heldWords() string {
	all, stand, windows := 0, 0, ""
	for _, a := range r.p.Asks {
		if a.Want == plan.Accepted {
			continue
		}
		all++
		if r.p.Stands(a) {
			stand++
			if a.Want != plan.Forbidden {
				windows = r.outsideWindows()
			}
		}
	}
	switch {
	case !r.changesAnything():
		return pluralOf(all, "it holds", "all hold")
	case stand == all:
		return pluralOf(all, "it holds", "all hold") + " in every checked state" + windows
	case stand == 0:
		return pluralOf(all, "it holds at the end, and does not before the plan", "all hold at the end, and none before the plan")
	}
	return fmt.Sprintf("all hold at the end, and %d of them in every checked state%s", stand, windows)
}

// people says what nobody else does: devices, profiles, answers, findings.
func (r *reviewer) people() phrase {
	var parts []phrase
	var networks []phrase
	seen := map[estate.Key]bool{}
	for i := range r.p.Steps {
		s := &r.p.Steps[i]
		if s.Action != plan.CreateConnection || s.Effect.Add == nil {
			continue
		}
		for _, c := range s.Effect.Add.Connections { // one between VNets has nobody's device
			if !c.Site.IsZero() && c.Pairing.Partner.IsZero() && !seen[c.Site.Key()] {
				seen[c.Site.Key()] = true
				networks = append(networks, r.name(c.Site))
			}
		}
	}
	if n := len(networks); n > 0 {
		parts = append(parts, say("%s to set up on the %s of ", pluralOf(n, "a tunnel", "tunnels"), pluralOf(n, "device", "devices")).and(moreThan(joined(networks[:min(n, namedFew)]), n-namedFew)))
	}
	var prepared, switched []string
	for i := range r.p.Steps {
		switch s := &r.p.Steps[i]; {
		case s.Action != plan.ChangeDevice:
		case s.Impact.Window == "":
			prepared = append(prepared, s.ID)
		default:
			switched = append(switched, s.ID)
		}
	}
	if n := len(prepared); n > 0 {
		parts = append(parts, say("routes to add on %s%s", plural(n, "device"), inBrackets(prepared)))
	}
	if n := len(switched); n > 0 {
		parts = append(parts, say("%s to switch to the hub's tunnel in the window%s", plural(n, "device"), inBrackets(switched)))
	}
	if ids := r.stepsOf(plan.CreateAppliances); len(ids) > 0 {
		what := ""
		if len(r.stepsOf(plan.CreateRouteServer)) > 0 {
			what = ", announcements to set up on them"
		}
		parts = append(parts, say("appliances to place behind %s%s%s", plural(len(ids), "load balancer"), inBrackets(ids), what))
	}
	if n := r.pairsWhere(func(v *reach.Verdict) bool { return v.Class == reach.UnknownBefore }); n > 0 {
		parts = append(parts, toned(warn, "%s to find out about: nobody can say whether %s today", plural(n, "pair"), pluralOf(n, "it talks", "they talk")))
	}
	if open := len(r.p.Assumptions); open > 0 {
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
