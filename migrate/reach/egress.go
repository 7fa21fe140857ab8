package reach

import (
	"net/netip"
	"slices"
)

// judgeEgress gives the verdicts of what a place sends to the Internet, where that changes. What
// was sent there and now reaches another place is that place's gain, not a loss.
func (c *comparison) judgeEgress(p pair, before, after []found) []Verdict {
	var out []Verdict
	for _, x := range c.atoms(p.a) {
		for _, cell := range c.overlay(x.of(before, false, nil), x.of(after, true, nil)) {
			v := Verdict{From: c.places[p.a].Location, To: c.places[p.b].Location,
				NewLocation: c.places[p.a].before < 0, FromPrefixes: prefixesOf(c.addresses(p.a, x))}
			set := cell.set
			switch {
			case cell.before.value == Unknown:
				v.Class = UnknownBefore
				if cell.after == cell.before && sameHopTypes(cell.hopsBefore, cell.hopsAfter) {
					continue
				}
			case cell.before.value == Yes && cell.after.value == Yes:
				if sameHopTypes(cell.hopsBefore, cell.hopsAfter) {
					continue
				}
				v.Class = PathChanged
				v.Flags = c.flagsOf(p, [2][]pathNode{cell.hopsBefore, nil}, [2][]pathNode{cell.hopsAfter, nil})
			case cell.before.value == Yes && cell.after.value == Unknown:
				v.Class = AtRisk
			case cell.before.value == Yes:
				v.Class = Lost
				if stray, _ := c.strays(p.a, p.b, set); len(stray) > 0 {
					set = subtract(nil, set, stray)
				}
			case c.places[p.a].before < 0:
				continue // a new place has the way out that every new place has
			default:
				v.Class, v.Grade = Gained, NewEgress
			}
			if len(set) == 0 || c.places[p.a].after < 0 {
				continue
			}
			v.ToPrefixes = prefixesOf(set)
			v.WitnessTo = witness(intersect(nil, set, routable))
			if a := v.FromPrefixes; len(a) > 0 {
				v.WitnessFrom = witness([]span{spanOf(a[0])})
			}
			v.Before = Side{cell.before.value, cell.before.value, cell.before.value, c.before.net.publicPath(cell.hopsBefore), nil, cell.before.why.ids()}
			v.After = Side{cell.after.value, cell.after.value, cell.after.value, c.after.net.publicPath(cell.hopsAfter), nil, cell.after.why.ids()}
			out = append(out, v)
		}
	}
	return mergeVerdicts(out)
}

// routable leaves out 0.0.0.0/8, where nothing is.
var routable = []span{{netip.AddrFrom4([4]byte{1}), netip.AddrFrom4([4]byte{255, 255, 255, 255})}}

// addresses are those of an atom.
func (c *comparison) addresses(at int32, x atom) []span {
	if x.set != nil {
		return x.set
	}
	if i := c.places[at].after; i >= 0 {
		return c.after.space(i)
	}
	return c.before.space(c.places[at].before)
}

// mergeVerdicts joins verdicts of one pair that differ in one side's addresses only.
func mergeVerdicts(all []Verdict) []Verdict {
	for range 2 {
		var out []Verdict
	next:
		for _, v := range all {
			for i := range out {
				w := &out[i]
				if !alike(w, &v) {
					continue
				}
				if slices.Equal(v.ToPrefixes, w.ToPrefixes) {
					w.FromPrefixes = join(w.FromPrefixes, v.FromPrefixes)
					continue next
				}
				if slices.Equal(v.FromPrefixes, w.FromPrefixes) {
					w.ToPrefixes = join(w.ToPrefixes, v.ToPrefixes)
					continue next
				}
			}
			out = append(out, v)
		}
		all = out
	}
	return all
}

func join(a, b []netip.Prefix) []netip.Prefix { return prefixesOf(setOf(slices.Concat(a, b))) }

func alike(v, w *Verdict) bool {
	return v.Class == w.Class && v.Flags == w.Flags && v.Grade == w.Grade && v.DeliveredTo == w.DeliveredTo &&
		v.Before.alike(&w.Before) && v.After.alike(&w.After)
}

func (s *Side) alike(t *Side) bool {
	sameTypes := func(a, b Hop) bool { return a.Type == b.Type }
	return s.Value == t.Value && s.There == t.There && s.Back == t.Back && slices.EqualFunc(s.Path, t.Path, sameTypes) &&
		slices.EqualFunc(s.Return, t.Return, sameTypes) && slices.Equal(s.Assumptions, t.Assumptions)
}
