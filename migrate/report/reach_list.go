package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// The most that a list by location shows: locations, and names in a row.
const (
	mostLocations = 400
	mostInRow     = 12
)

// reached is a sort of pair and a way, and the locations that it leads to.
type reached struct {
	label, way string
	order      how
	words      phrase
	to         []int
}

// byLocation is what stands in the place of a matrix that would be too large: for each location what it
// reaches, by the same sort and way together.
func (v *reacher) byLocation() []block {
	out := []block{para{toned(note, "There are too many locations for a matrix: --format csv has a row for each that reaches another.")}, heading{2, say("By location")}}
	of := make([][]reached, len(v.at))
	add := func(at, to int, p *linked, seenBack bool) {
		words := v.paths(p)
		if seenBack && p.Back != nil && !p.Several {
			words = v.bothWays(p.Back, p.Path)
		}
		if len(p.Assumptions) > 0 {
			words = words.say(" (%s)", strings.Join(p.Assumptions, ", "))
		}
		way := textOf(words)
		seenBack = seenBack && p.how == oneWay
		label := rowLabel(p, seenBack)
		i := slices.IndexFunc(of[at], func(r reached) bool { return r.label == label && r.way == way })
		if i < 0 {
			i = len(of[at])
			of[at] = append(of[at], reached{label, way, p.how, words, nil})
		}
		of[at][i].to = append(of[at][i].to, to)
	}
	for i := range v.pairs {
		p := &v.pairs[i]
		for _, end := range [2][2]int{{p.a, p.b}, {p.b, p.a}} {
			if end[0] < mostLocations {
				add(end[0], end[1], p, end[0] == p.b)
			}
		}
	}
	for i := range v.at[:min(len(v.at), mostLocations)] {
		rows := of[i]
		slices.SortStableFunc(rows, func(a, b reached) int { return cmp.Compare(a.order, b.order) })
		f := facts{}
		for _, r := range rows {
			var to phrase
			for k, n := range r.to[:min(len(r.to), mostInRow)] {
				if k > 0 {
					to = to.say(", ")
				}
				to = to.and(v.bare(v.at[n]))
			}
			if more := len(r.to) - mostInRow; more > 0 {
				to = to.say(" and %d more", more)
			}
			f = append(f, fact{r.label, to.say(": ").and(r.words)})
		}
		if len(f) == 0 {
			f = append(f, fact{"reaches", toned(faint, "nobody")})
		}
		out = append(out, heading{3, v.full(v.at[i])}, f)
	}
	return append(out, restOf(max(0, len(v.at)-mostLocations))...)
}

// rowLabel says what a list of locations is of. seenBack is for a one-way pair, seen from its receiver.
func rowLabel(p *linked, seenBack bool) string {
	unsure := p.Value == reach.Unknown
	switch {
	case seenBack && unsure:
		return "is perhaps sent to by"
	case seenBack:
		return "is sent to by"
	case p.how == oneWay && unsure:
		return "perhaps only sends to"
	case p.how == inPart:
		return "in part"
	case p.how == perhaps:
		return "perhaps"
	case p.how == oneWay:
		return "only sends to"
	case p.how == split:
		return "split by a firewall"
	}
	return "reaches"
}
