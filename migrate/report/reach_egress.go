package report

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// outside stands for the public addresses: it is one that documents use and nobody has.
var outside = netip.MustParseAddr("203.0.113.4")

// leaving is how some addresses of a VNet get to the Internet, where that is not simply direct.
type leaving struct {
	from        int
	sources     []netip.Prefix // nil for all
	to          *reach.Location
	value       reach.Value
	prefixes    []netip.Prefix // nil for all public ones
	path        []reach.Hop
	assumptions []string
}

// leavings lists what VNets send to the Internet and how. A VNet that sends everything that it has no
// nearer way for straight out is not among them.
func (v *reacher) leavings() []leaving {
	var out []leaving
	for i, l := range v.at {
		if l.Kind == reach.VNet {
			out = append(out, v.leavingsOf(i)...)
		}
	}
	return out
}

func (v *reacher) leavingsOf(at int) []leaving {
	flows := v.r.Forward(v.at[at], reach.Location{Kind: reach.Internet})
	direct := true
	var covered []netip.Prefix
	for _, f := range flows {
		direct = direct && f.Value == reach.Yes && len(f.Path) == 1 && f.Path[0].Type == reach.InternetHop
		if f.Sources == nil {
			covered = v.has[at]
		}
		covered = append(slices.Clip(covered), f.Sources...)
	}
	rest := reach.Without(v.has[at], covered)
	if direct && len(rest) == 0 {
		return nil
	}
	var out []leaving
	for _, f := range flows {
		var prefixes []netip.Prefix
		if slices.ContainsFunc(flows, func(g reach.Flow) bool {
			return slices.Equal(g.Sources, f.Sources) && !slices.Equal(g.Prefixes, f.Prefixes)
		}) {
			prefixes = f.Prefixes
		}
		out = append(out, leaving{at, f.Sources, &reach.Location{Kind: reach.Internet}, f.Value, prefixes, f.Path, f.Assumptions})
	}
	if len(rest) > 0 {
		out = append(out, v.diverted(at, rest)...)
	}
	return out
}

// diverted is where a VNet's packets for public addresses go that do not leave to the Internet.
func (v *reacher) diverted(at int, sources []netip.Prefix) []leaving {
	if len(reach.Without(v.has[at], sources)) == 0 {
		sources = nil
	}
	var out []leaving
	for f := range v.r.From(v.at[at]) {
		if f.To.Kind == reach.Internet || !slices.ContainsFunc(f.Prefixes, func(p netip.Prefix) bool { return p.Contains(outside) }) {
			continue
		}
		if f.Sources != nil && sources != nil && len(reach.Without(f.Sources, sources)) > 0 {
			continue
		}
		to := f.To
		from := sources
		if f.Sources != nil {
			from = f.Sources
		}
		out = append(out, leaving{at, from, &to, f.Value, nil, f.Path, f.Assumptions})
	}
	if len(out) == 0 {
		out = append(out, leaving{from: at, sources: sources})
	}
	return out
}

// egress says what VNets send to the Internet and how.
func (v *reacher) egress() []block {
	all := v.leavings()
	if len(all) == 0 {
		return nil
	}
	g := grid{head: []string{"VNet", "from", "public addresses", "go", "rests on"}}
	for i := range all[:min(len(all), longest)] {
		l := &all[i]
		from, prefixes := say("all"), "all"
		if l.sources != nil {
			from = v.addresses(v.at[l.from], l.sources)
		}
		if l.prefixes != nil {
			prefixes = addressWords(l.prefixes)
		}
		g.rows = append(g.rows, []phrase{v.bare(v.at[l.from]), from, say("%s", prefixes), v.goes(l), say("%s", orDash(strings.Join(l.assumptions, ", ")))})
	}
	out := []block{heading{2, say("To the Internet")}, para{say("VNets that are not in this table send straight out what they have no nearer way for.")}, g}
	return append(out, restOf(max(0, len(all)-longest))...)
}

func (v *reacher) goes(l *leaving) phrase {
	if l.to == nil {
		out := toned(bad, "nowhere: they are dropped")
		if len(v.at) > mostInMatrix {
			return out
		}
		from := l.sources
		if from == nil {
			from = v.has[l.from]
		}
		why := v.reason(reach.Endpoint{Location: v.at[l.from], Address: reach.Witness(from)}, reach.Endpoint{Location: reach.Location{Kind: reach.Internet}, Address: outside})
		if why != "" {
			return out.say(" (%s)", why)
		}
		return out
	}
	out := say("to ").and(v.bare(*l.to))
	if l.value == reach.Unknown {
		out = toned(warn, "perhaps ").and(out)
	}
	if len(l.path) == 1 && l.path[0].Type == reach.InternetHop {
		return out.say(", straight")
	}
	return out.say(" by ").and(v.path(l.path))
}
