package report

import (
	"net/netip"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// exceptions are the pairs of which not all addresses talk.
func (v *reacher) exceptions() []block {
	g := grid{head: []string{"between", "and", "session", "these addresses", "not"}}
	left := 0
	for i := range v.pairs {
		p := &v.pairs[i]
		if p.how != inPart && (p.how != perhaps || v.all(p.a, p.b, &p.Session)) {
			continue
		}
		if len(g.rows) == longest {
			left++
			continue
		}
		g.rows = append(g.rows, []phrase{v.bare(v.at[p.a]), v.bare(v.at[p.b]), wordOf(p.how), v.talking(p), v.silent(p)})
	}
	if len(g.rows) == 0 {
		return nil
	}
	why := para{say("--from NAME/SUBNET and --to NAME/SUBNET say why.")}
	return append([]block{heading{2, say("Not between all addresses")}, why, g}, restOf(left)...)
}

// talking says which addresses talk with which.
func (v *reacher) talking(p *linked) phrase {
	with := func(s *reach.Session) phrase {
		return v.addresses(v.at[p.a], s.FromPrefixes).say(" with ").and(v.addresses(v.at[p.b], s.ToPrefixes))
	}
	if p.Product {
		return with(&p.Session)
	}
	const few = 4
	all := v.parts(p)
	var out phrase
	for i := range all[:min(len(all), few)] {
		if i > 0 {
			out = out.say("; ")
		}
		out = out.and(with(&all[i]))
	}
	if more := len(all) - few; more > 0 {
		out = out.say("; and %d more", more)
	}
	return out
}

// silent says which addresses of the two do not talk, or only perhaps.
func (v *reacher) silent(p *linked) phrase {
	var parts []phrase
	for _, side := range []struct {
		at          int
		surely, may []netip.Prefix
	}{{p.a, p.FromPrefixes, p.MayFrom}, {p.b, p.ToPrefixes, p.MayTo}} {
		if none := reach.Without(v.has[side.at], side.may); len(none) > 0 {
			parts = append(parts, v.addresses(v.at[side.at], none).say(" of ").and(v.bare(v.at[side.at])))
		}
		if p.Value == reach.Yes {
			if more := reach.Without(side.may, side.surely); len(more) > 0 {
				parts = append(parts, say("unknown: ").and(v.addresses(v.at[side.at], more)).say(" of ").and(v.bare(v.at[side.at])))
			}
		}
	}
	if len(parts) == 0 {
		return say("-")
	}
	return joined(parts)
}

// wayOut are the pairs with one direction only.
func (v *reacher) wayOut() []block {
	return v.halves(oneWay, "One way only", "Packets arrive, and nothing comes back.", " to ")
}

// splits are the pairs whose two directions pass different firewalls.
func (v *reacher) splits() []block {
	return v.halves(split, "Split by a firewall", "Packets arrive in both directions, but a stateful device sees one only: it drops what it has not seen begin.", " and ")
}

func (v *reacher) halves(sort how, title, meaning, between string) []block {
	var out []block
	n := 0
	for i := range v.pairs {
		p := &v.pairs[i]
		if p.how != sort {
			continue
		}
		if n++; n > longest {
			continue
		}
		f := facts{{"arrives", wordOfValue(p.Value).say(", at %s", addressWords(p.ToPrefixes))}, {"path", v.path(p.Path)}}
		if back := v.noWayBack(p); sort == oneWay && back != "" {
			f = append(f, fact{"back", say("%s", back)})
		}
		if sort == split {
			f = append(f, fact{"back", v.path(v.delivery(v.at[p.b], v.at[p.a]).Path)})
		}
		if len(p.Assumptions) > 0 {
			f = append(f, fact{"rests on", say("%s", strings.Join(p.Assumptions, ", "))})
		}
		out = append(out, heading{3, v.full(v.at[p.a]).say("%s", between).and(v.full(v.at[p.b]))}, f)
	}
	if n == 0 {
		return nil
	}
	return append(append([]block{heading{2, say("%s", title)}, para{say("%s", meaning)}}, out...), restOf(max(0, n-longest))...)
}

// noWayBack says where an answer ends. It is looked at one pair at a time, so only in small estates.
func (v *reacher) noWayBack(p *linked) string {
	if len(v.at) > mostInMatrix {
		return ""
	}
	from := reach.Endpoint{Location: v.at[p.b], Address: reach.Witness(p.ToPrefixes)}
	return v.reason(from, reach.Endpoint{Location: v.at[p.a], Address: reach.Witness(v.has[p.a])})
}

// reason is where and why a packet is lost, or "".
func (v *reacher) reason(from, to reach.Endpoint) string {
	if !from.Address.IsValid() || !to.Address.IsValid() {
		return ""
	}
	for _, way := range reach.Trace(v.e, from, to).Paths {
		if way.Value == reach.No {
			return way.Reason
		}
	}
	return ""
}

// hairpins are the places where packets may turn around.
func (v *reacher) hairpins() []block {
	if len(v.turns) == 0 {
		return nil
	}
	out := []block{heading{2, say("Where packets may turn around")}, para{say("Packets of these VNets come to a place that has a way on to others. Whether it takes it is unknown.")}}
	const few = 12
	for i := range v.turns[:min(len(v.turns), longest)] {
		h := &v.turns[i]
		at := v.full(h.Via)
		if h.Via.Kind == reach.VNet {
			at = say("the gateway of ").and(at)
		}
		out = append(out, heading{3, at}, facts{{"packets of", v.each(h.Senders, few)}, {"perhaps to", v.each(h.Receivers, few)},
			{"addresses", say("%s", addressWords(h.Prefixes))}, {"rests on", say("%s", strings.Join(h.Assumptions, ", "))}})
	}
	out = append(out, restOf(max(0, len(v.turns)-longest))...)
	if v.left > 0 {
		out = append(out, para{toned(note, "Up to %d pairs that could only meet at such a place are not listed one by one, in no format.", v.left)})
	}
	return out
}
