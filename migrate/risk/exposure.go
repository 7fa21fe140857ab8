package risk

import (
	"slices"

	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// lostEncryption lists the pairs of which less of the path is inside IPsec afterwards (SEC-001).
// Nothing says yet which pairs must be encrypted, so this is one warning to think about and not
// an error for each.
func lostEncryption(t *target) diag.List {
	var names []string
	more := 0 // of groups
	var worst reach.Encryption
	var pos diag.Pos
	seen := map[[2]string]bool{}
	for _, v := range t.Verdicts {
		pair := [2]string{v.From.String(), v.To.String()}
		if v.Flags&reach.EncLost == 0 || seen[pair] {
			continue
		}
		seen[pair] = true
		if len(names) == 0 {
			worst, pos = reach.EncryptionOf(v.After.Path), t.place(v.From)
		}
		worst = min(worst, reach.EncryptionOf(v.After.Path))
		names = append(names, t.location(v.From)+" with "+t.location(v.To))
		more += v.Count() - 1
	}
	if len(names) == 0 {
		return nil
	}
	after, n := "all or part of their path", len(names)+more
	if n == 1 {
		after = "part of its path"
		if worst < reach.IPsecInPart {
			after = "all of its path"
		}
	}
	f := diag.New("SEC-001", pos, "%s %s IPsec encryption on %s: %s", count(n, "pair"), plural(n, "loses", "lose"), after, fewOf(names, more))
	f.Severity = diag.Warning
	return diag.List{f}
}

// gainedReach lists what the target lets talk that could not before (SEC-003). A hub that does not
// exist yet has nothing in it to be reached. Clients are P2S-002.
func gainedReach(t *target) diag.List {
	hits, more := t.gains(func(v *reach.Verdict) bool {
		return v.From.Kind != reach.Clients && v.To.Kind != reach.Clients && !v.NewLocation
	}, "SEC-003")
	return toldOf(hits, more, "%d pairs reach each other, or more of each other, in the target and not today: %s")
}

// gainedClientReach lists what point-to-site clients reach in the target and not today (P2S-002).
func gainedClientReach(t *target) diag.List {
	hits, more := t.gains(func(v *reach.Verdict) bool {
		return v.From.Kind == reach.Clients || v.To.Kind == reach.Clients
	}, "P2S-002")
	return toldOf(hits, more, "clients reach more in the target than today, in %d pairs: %s")
}

// gains makes a hit of each verdict that opens something, and counts the pairs of groups beside those
// that the hits name.
func (t *target) gains(of func(*reach.Verdict) bool, rule string) (hits []hit, more int) {
	accepted, closed := t.Accepting(), t.Closing()
	for i := range t.Verdicts {
		v := &t.Verdicts[i]
		if !v.Opens() || !of(v) || accepted(v) || closed(v) {
			continue
		}
		may := "can"
		if v.After.Value == reach.Unknown || v.Class == reach.HalfOpen && v.After.There == reach.Unknown {
			may = "may"
		}
		pos := t.place(v.From)
		if pos.Line == 0 {
			pos = t.place(v.To)
		}
		a, b := t.location(v.From), t.location(v.To)
		since := "in the target"
		if step := t.openedBy(v); step != "" {
			since = "from step " + step + " on"
		}
		var f diag.Finding
		switch {
		case v.Via != nil:
			f = diag.New(rule, pos, "%s and other VNets %s reach each other through %s %s and not today: %s sends to %s", a, may, t.location(*v.Via), since, a, b)
		case v.Class == reach.HalfOpen:
			f = diag.New(rule, pos, "%s %s send to %s (%s) %s and not today; nothing comes back", a, may, b, listed(v.ToPrefixes), since)
		case v.Grade == reach.Wider:
			f = diag.New(rule, pos, "%s and %s %s reach more of each other %s than today: %s with %s", a, b, may, since, listed(v.FromPrefixes), listed(v.ToPrefixes))
		default:
			f = diag.New(rule, pos, "%s (%s) and %s (%s) %s reach each other %s and not today", a, listed(v.FromPrefixes), b, listed(v.ToPrefixes), may, since)
		}
		if others := v.Count() - 1; others > 0 {
			more += others
			f.Message += "; " + plural(others, "so does ", "so do ") + count(others, "pair") + " like them: " + t.group(v)
		}
		hits = append(hits, hit{a + " with " + b, f})
	}
	return hits, more
}

// group names the locations of a verdict about groups.
func (t *target) group(v *reach.Verdict) string {
	names := func(all []reach.Location) string {
		var out []string
		for _, l := range all {
			out = append(out, t.location(l))
		}
		return few(out)
	}
	if v.Together() {
		return "among " + names(v.Froms)
	}
	return names(v.Froms) + " with " + names(v.Tos)
}

// removedClientGateways finds gateways with a client pool that the target does without (P2S-001).
// The planner keeps them; a plan that a person edited may not.
func removedClientGateways(t *target) diag.List {
	var hits []hit
	for i := range t.Base.Gateways {
		g := &t.Base.Gateways[i]
		if len(g.ClientPools) == 0 || t.x.Gateway(g.ID) != nil {
			continue
		}
		hits = append(hits, hit{quote(g.ID.Name), diag.New("P2S-001", first(t.Base, slices.Concat(g.ClientPools[0].Refs, g.Refs)), "gateway %q of VNet %s goes, and clients of pool %s with it",
			g.ID.Name, t.nameOf(g.VNet), g.ClientPools[0].Prefix)})
	}
	return told(hits, "%d gateways with clients are to be deleted: %s")
}
