package report

import (
	"cmp"
	"io"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Reach writes who can talk to whom in an estate, whose relation r is: text and Markdown for people,
// JSON in the format ReachFormat, CSV with a row for each ordered pair. An error comes from w, or is
// ErrFormat.
func Reach(w io.Writer, e *estate.Estate, r *reach.Relation, format Format, s Style) error {
	if !slices.Contains([]Format{Text, Markdown, JSON, CSV}, format) {
		return ErrFormat
	}
	v := newReacher(e, r)
	switch format {
	case Markdown:
		return writeMarkdown(w, v.blocks())
	case JSON:
		relation := v.wire()
		return writeJSON(w, WireReach{Format: ReachFormat, Relation: &relation})
	case CSV:
		return v.csv(w)
	}
	return writeText(w, v.blocks(), s)
}

// how is what there is between two locations.
type how uint8

const (
	nothing how = iota
	whole       // sessions between all addresses of both
	inPart      // sessions, but not between all
	perhaps     // sessions are unknown
	oneWay      // packets from the first to the second, and none back
	split       // packets both ways, but a stateful device sees one direction only
)

// hows is how each of them is called, its letter in the matrix, and what it means.
var hows = [...]struct {
	word, letter, meaning string
	tone                  tone
}{
	nothing: {"no", ".", "no session", faint},
	whole:   {"yes", "y", "session", good},
	inPart:  {"in part", "p", "session in part: some prefixes, or not all subnets", warn},
	perhaps: {"unknown", "?", "unknown", warn},
	oneWay:  {"one way", ">", "packets from the row to the column only", bad},
	split:   {"split", "x", "packets both ways, but a firewall or appliance sees one direction only", bad},
}

// Beside the letter of a pair that is one way: back is that of a way from the column to the row, and what
// only may arrive has doubt behind it.
const (
	back  = "<"
	doubt = "?"
)

// mostInMatrix is how many locations a matrix may have: more are not legible.
const mostInMatrix = 24

// mostTurned is how many pairs are looked at that could only meet where packets may turn around.
const mostTurned = 250_000

// reacher lists the pairs of a relation with what a view says of them.
type reacher struct {
	placer
	e     *estate.Estate
	r     *reach.Relation
	at    []reach.Location // sorted
	has   [][]netip.Prefix // the addresses of each
	pairs []linked         // sorted; a one-way pair with its sender first
	turns []reach.Hairpin
	left  int // at most so many pairs could only meet where packets may turn around, and are not among the pairs
}

// linked is a pair of locations, by number, and what is between them.
type linked struct {
	a, b int
	how  how
	reach.Session
}

func newReacher(e *estate.Estate, r *reach.Relation) *reacher {
	v := &reacher{placer: newPlacer(e), e: e, r: r, at: r.Locations()}
	book := reach.NewBook(e)
	for _, l := range v.at {
		v.has = append(v.has, book.Of(l))
	}
	known := map[[2]int]bool{}
	add := func(a, b int, h how, s reach.Session) {
		known[[2]int{min(a, b), max(a, b)}] = true
		v.pairs = append(v.pairs, linked{a, b, h, s})
	}
	for pair, s := range r.Pairs() {
		a, b := v.number(pair[0]), v.number(pair[1])
		add(a, b, v.judge(a, b, &s), s)
	}
	for from, to := range r.OneWay() {
		a, b := v.number(from), v.number(to)
		add(a, b, oneWay, v.delivery(from, to))
	}
	for h := range r.Hairpins() {
		v.turns = append(v.turns, h)
	}
	for _, p := range v.others(known) {
		switch s := r.Session(v.at[p[0]], v.at[p[1]]); {
		case s.Value > reach.No:
			add(p[0], p[1], v.judge(p[0], p[1], &s), s)
		case len(r.Forward(v.at[p[0]], v.at[p[1]])) > 0 && len(r.Forward(v.at[p[1]], v.at[p[0]])) > 0:
			add(p[0], p[1], split, v.delivery(v.at[p[0]], v.at[p[1]]))
		}
	}
	slices.SortFunc(v.pairs, func(p, q linked) int {
		return cmp.Or(cmp.Compare(min(p.a, p.b), min(q.a, q.b)), cmp.Compare(max(p.a, p.b), max(q.a, q.b)), cmp.Compare(p.a, q.a))
	})
	return v
}

// number is that of a location of the relation.
func (v *reacher) number(l reach.Location) int {
	i, _ := slices.BinarySearchFunc(v.at, l, reach.Location.Compare)
	return i
}

// judge tells a whole session from one in part.
func (v *reacher) judge(a, b int, s *reach.Session) how {
	switch {
	case s.Value == reach.Unknown:
		return perhaps
	case v.all(a, b, s):
		return whole
	}
	return inPart
}

// all reports whether a session is between all addresses of both locations.
func (v *reacher) all(a, b int, s *reach.Session) bool {
	return s.Product && len(reach.Without(v.has[a], s.FromPrefixes)) == 0 && len(reach.Without(v.has[b], s.ToPrefixes)) == 0
}

// delivery is what arrives from one location at another, as a session without a way back.
func (v *reacher) delivery(from, to reach.Location) reach.Session {
	var s reach.Session
	for i, f := range v.r.Forward(from, to) {
		s.ToPrefixes = append(s.ToPrefixes, f.Prefixes...)
		s.Value = max(s.Value, f.Value)
		if i == 0 {
			s.Path, s.Assumptions = f.Path, f.Assumptions
		}
	}
	s.ToPrefixes = reach.Without(s.ToPrefixes, nil)
	s.Product = true
	return s
}

// others lists the pairs that neither Pairs nor OneWay has and that may have something between them:
// where packets may turn around, and where a firewall or an appliance may see one direction only. The
// first are left out, and counted, when there are too many.
func (v *reacher) others(known map[[2]int]bool) [][2]int {
	var out [][2]int
	add := func(from, to reach.Location) {
		a, b := v.number(from), v.number(to)
		if pair := [2]int{min(a, b), max(a, b)}; a != b && to.Kind != reach.Internet && !known[pair] {
			known[pair] = true
			out = append(out, pair)
		}
	}
	budget := mostTurned
	for _, h := range v.turns {
		n := len(h.Senders) * len(h.Receivers)
		if n > budget {
			v.left += pairsAt(&h)
			continue
		}
		budget -= n
		for _, from := range h.Senders {
			for _, to := range h.Receivers {
				add(from, to)
			}
		}
	}
	if slices.ContainsFunc(v.e.Gateways, func(g estate.Gateway) bool { return g.Kind.Forwards() }) {
		for _, from := range v.at {
			for f := range v.r.From(from) {
				add(from, f.To)
			}
		}
	}
	return out
}

// pairsAt is how many pairs may meet at a place where packets may turn around.
func pairsAt(h *reach.Hairpin) int {
	both := 0
	for _, l := range h.Senders {
		if _, ok := slices.BinarySearchFunc(h.Receivers, l, reach.Location.Compare); ok {
			both++
		}
	}
	return len(h.Senders)*len(h.Receivers) - both - both*(both-1)/2
}

// paths says by which ways the addresses of a pair talk: there, and back where that is not the same
// backwards.
func (v *reacher) paths(p *linked) phrase {
	if !p.Several {
		return v.bothWays(p.Path, p.Back)
	}
	var all []phrase
	for _, part := range v.parts(p) {
		way := v.bothWays(part.Path, part.Back)
		if !slices.ContainsFunc(all, func(q phrase) bool { return slices.Equal(q, way) }) {
			all = append(all, way)
		}
	}
	return either(all)
}

// mostWays is how many ways of one pair are named.
const mostWays = 3

func either(all []phrase) phrase {
	var out phrase
	for i, p := range all[:min(len(all), mostWays)] {
		if i > 0 {
			out = out.say("; or ")
		}
		out = out.and(p)
	}
	if more := len(all) - mostWays; more > 0 {
		out = out.say("; or %d more ways", more)
	}
	return out
}

func (v *reacher) bothWays(there, back []reach.Hop) phrase {
	out := v.path(there)
	if back == nil {
		return out
	}
	same := len(there) == len(back)
	for i := range there {
		same = same && there[i].Type == back[len(back)-1-i].Type
	}
	if same {
		return out
	}
	return out.say("; back ").and(v.path(back))
}

// parts are the sessions of a pair of at least its value.
func (v *reacher) parts(p *linked) []reach.Session {
	return slices.DeleteFunc(v.r.Sessions(v.at[p.a], v.at[p.b]), func(s reach.Session) bool { return s.Value < p.Value })
}

// blocks is the view for people.
func (v *reacher) blocks() []block {
	out := []block{heading{1, say("Who can talk to whom: %s", v.census())}}
	if len(v.at) == 0 {
		return append(out, para{say("The files describe no VNet.")})
	}
	out = append(out, para{v.summary()}, para{say("This is about routes: network security groups and the rules of firewalls are not reckoned with.")})
	if v.beyond() > 1 {
		out = append(out, para{say("What on-premises networks say to each other is not known here.")})
	}
	switch {
	case len(v.at) == 1:
	case len(v.at) <= mostInMatrix:
		out = append(out, heading{2, say("Matrix")}, v.matrix(), v.legend())
		out = append(out, v.listed()...)
	default:
		out = append(out, v.byLocation()...)
	}
	for _, section := range [][]block{v.exceptions(), v.wayOut(), v.splits(), v.hairpins(), v.egress(), assumptionBlocks(v.assumptions())} {
		out = append(out, section...)
	}
	return out
}

func (v *reacher) census() string {
	n := map[reach.Kind]int{}
	for _, l := range v.at {
		n[l.Kind]++
	}
	out := plural(n[reach.VNet], "VNet")
	if n[reach.OnPremises] > 0 {
		out += ", " + plural(n[reach.OnPremises], "on-premises network")
	}
	if n[reach.Clients] > 0 {
		out += ", " + plural(n[reach.Clients], "client pool")
	}
	return out
}

// beyond is how many on-premises networks there are.
func (v *reacher) beyond() int {
	n := 0
	for _, l := range v.at {
		if l.Kind == reach.OnPremises {
			n++
		}
	}
	return n
}

// counts is how many pairs there are of each sort.
func (v *reacher) counts() [len(hows)]int {
	var n [len(hows)]int
	pairs := map[[2]int]bool{}
	for i := range v.pairs {
		p := &v.pairs[i]
		n[p.how]++
		pairs[[2]int{min(p.a, p.b), max(p.a, p.b)}] = true
	}
	n[nothing] = max(0, len(v.at)*(len(v.at)-1)/2-len(pairs)-v.left)
	return n
}

func (v *reacher) summary() phrase {
	n := v.counts()
	all := plural(len(v.at)*(len(v.at)-1)/2, "pair")
	words := map[how]string{whole: "with a session", inPart: "with a session in part", perhaps: "unknown", oneWay: "one way only", split: "split by a firewall", nothing: "without"}
	var parts []phrase
	for _, h := range []how{whole, inPart, perhaps, oneWay, split, nothing} {
		if n[h] > 0 && (h != nothing || v.left == 0) {
			parts = append(parts, toned(hows[h].tone, "%d %s", n[h], words[h]))
		}
	}
	if v.left > 0 {
		parts = append(parts, toned(warn, "up to %d more that could only meet where packets may turn around", v.left), say("the rest without"))
	}
	if len(parts) == 0 {
		return say("%s", all)
	}
	return say("%s: ", all).and(joined(parts))
}

// listed is a table of the pairs with sessions. Those of one location that are alike share a row.
func (v *reacher) listed() []block {
	g := grid{head: []string{"between", "and", "session", "path", "rests on"}}
	last, with := -1, 0
	for i := range v.pairs {
		p := &v.pairs[i]
		if p.how == oneWay || p.how == split {
			continue
		}
		row := []phrase{v.bare(v.at[p.a]), v.bare(v.at[p.b]), wordOf(p.how), v.paths(p), say("%s", orDash(strings.Join(p.Assumptions, ", ")))}
		if n := len(g.rows) - 1; n >= 0 && p.a == last && with < mostInRow && slices.EqualFunc(row[2:], g.rows[n][2:], slices.Equal[phrase]) {
			g.rows[n][1] = g.rows[n][1].say(", ").and(row[1])
			with++
			continue
		}
		g.rows = append(g.rows, row)
		last, with = p.a, 1
	}
	if len(g.rows) == 0 {
		return nil
	}
	return []block{heading{2, say("Sessions")}, g}
}

func wordOf(h how) phrase { return toned(hows[h].tone, "%s", hows[h].word) }

// restOf says how many entries are not shown, and where they are.
func restOf(n int) []block {
	if n == 0 {
		return nil
	}
	return []block{para{toned(note, "and %d more; --format csv and json have all", n)}}
}

func wordOfValue(x reach.Value) phrase {
	return toned(map[reach.Value]tone{reach.Yes: good, reach.Unknown: warn, reach.No: bad}[x], "%s", x)
}

// assumptions are what the view rests on, and what is open about single connections.
func (v *reacher) assumptions() []estate.Assumption {
	used := map[string]bool{}
	add := func(ids []string) {
		for _, id := range ids {
			used[id] = true
		}
	}
	for i := range v.pairs {
		add(v.pairs[i].Assumptions)
	}
	for i := range v.turns {
		add(v.turns[i].Assumptions)
	}
	for _, l := range v.leavings() {
		add(l.assumptions)
	}
	return slices.DeleteFunc(v.r.Assumptions(), func(a estate.Assumption) bool { return !used[a.ID] && len(a.Subjects) == 0 })
}

// assumptionBlocks say what a view rests on.
func assumptionBlocks(all []estate.Assumption) []block {
	if len(all) == 0 {
		return nil
	}
	out := []block{heading{2, say("Assumptions")}}
	for _, a := range all {
		f := facts{{"assumed", say("%s", a.Assumed)}, {"because", say("%s", a.Because)}, {"settled by", say("%s", a.Settle)}}
		if n := len(a.Subjects); n > 0 {
			const few = 6
			f = append(f, fact{"about", say("%d: ", n).and(cutNames(a.Subjects, few))})
		}
		out = append(out, heading{3, say("%s", a.ID)}, f)
	}
	return out
}
