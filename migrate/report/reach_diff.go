package report

import (
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// ReachDiff is what becomes of who can talk to whom when one network is replaced by another.
type ReachDiff struct {
	Before, After             string // how the two are called
	EstateBefore, EstateAfter *estate.Estate
	Verdicts                  []reach.Verdict // in the order of reach.Compare; without those that nothing changes for
	Preserved                 int             // pairs that talk before and after by the same kinds of hop
	Unchanged                 int             // pairs that are unknown, or half open, before and after alike
}

// NewReachDiff gathers verdicts, and counts those of pairs that nothing changes for.
func NewReachDiff(before, after string, was, is *estate.Estate, verdicts func(yield func(reach.Verdict) bool)) *ReachDiff {
	d := &ReachDiff{Before: before, After: after, EstateBefore: was, EstateAfter: is}
	preserved, alike := [2]reach.Place{}, [2]reach.Place{}
	for v := range verdicts {
		switch {
		case v.Class == reach.Preserved && v.Flags == 0:
			d.Preserved += countNew(&v, &preserved)
		case unchanged(&v):
			d.Unchanged += countNew(&v, &alike)
		default:
			d.Verdicts = append(d.Verdicts, v)
		}
	}
	return d
}

// countNew is how many pairs a verdict adds to those of the last one, whose pair is noted: the verdicts of
// a pair, or of two groups, stand together.
func countNew(v *reach.Verdict, last *[2]reach.Place) int {
	pair := endsAt(v)
	if pair == *last {
		return 0
	}
	*last = pair
	return v.Count()
}

// unchanged reports whether a verdict is about a pair that was in doubt, or half open, and is so alike.
func unchanged(v *reach.Verdict) bool {
	sameTypes := func(a, b reach.Hop) bool { return a.Type == b.Type }
	switch v.Class {
	case reach.HalfOpen:
		return !v.Opens()
	case reach.UnknownBefore:
		return v.Before.There == v.After.There && v.Before.Back == v.After.Back && slices.EqualFunc(v.Before.Path, v.After.Path, sameTypes) &&
			slices.EqualFunc(v.Before.Return, v.After.Return, sameTypes) && slices.Equal(v.Before.Assumptions, v.After.Assumptions)
	}
	return false
}

// Broken reports whether something is lost, at risk or misdelivered.
func (d *ReachDiff) Broken() bool { return slices.ContainsFunc(d.Verdicts, reach.Verdict.Compromises) }

// Opened reports whether something is newly open.
func (d *ReachDiff) Opened() bool { return slices.ContainsFunc(d.Verdicts, reach.Verdict.Opens) }

// Write writes the difference: text and Markdown for people, JSON in the format ReachDiffFormat, CSV with
// a row for each verdict. An error comes from w, or is ErrFormat.
func (d *ReachDiff) Write(w io.Writer, format Format, s Style) error {
	v := &differ{d, newPlacer(d.EstateBefore), newPlacer(d.EstateAfter)}
	if format == CSV {
		return v.csv(w)
	}
	return writeView(w, format, s, v.blocks, v.wire)
}

type differ struct {
	*ReachDiff
	was, is placer
}

// told are the classes in the order of a person's interest.
var told = []reach.Class{reach.Lost, reach.Misdelivered, reach.AtRisk, reach.Gained, reach.HalfOpen, reach.HalfFixed, reach.UnknownBefore, reach.PathChanged, reach.Preserved}

// place names a location, which may be in one of the two networks only.
func (v *differ) place(l reach.Location, isNew bool) phrase {
	if isNew {
		return v.is.bare(l)
	}
	return v.was.bare(l)
}

// names names addresses of a location.
func (v *differ) names(l reach.Location, isNew bool, set []netip.Prefix) phrase {
	if isNew {
		return v.is.addresses(l, set)
	}
	return v.was.addresses(l, set)
}

// try is one flow to try.
func (v *differ) try(x *reach.Verdict) string {
	if x.To.Kind == reach.Internet && x.WitnessFrom.IsValid() && slices.ContainsFunc(x.ToPrefixes, func(p netip.Prefix) bool { return p.Contains(outside) }) {
		return x.WitnessFrom.String() + " -> any public address"
	}
	return witnessWords(x)
}

func (v *differ) blocks() []block {
	out := []block{heading{1, say("Who can talk to whom: ").and(named(v.Before)).say(" against ").and(named(v.After))}}
	switch {
	case v.Broken() && v.Opened():
		out = append(out, para{toned(bad, "Sessions are lost or at risk").say(", and there is new reach.")})
	case v.Broken():
		out = append(out, para{toned(bad, "Sessions are lost or at risk.")})
	case v.Opened():
		out = append(out, para{toned(warn, "There is new reach.").say(" Nothing is lost.")})
	default:
		out = append(out, para{toned(good, "Nothing is lost, and nothing is newly open.")})
	}
	out = append(out, v.summary()...)
	for _, class := range told {
		out = append(out, v.section(class)...)
	}
	return out
}

// counts gives the number of pairs for each class.
func (v *differ) counts() map[reach.Class]int {
	var t pairCount[reach.Class]
	for i := range v.Verdicts {
		t.add(v.Verdicts[i].Class, &v.Verdicts[i])
	}
	n := map[reach.Class]int{reach.Preserved: v.Preserved}
	for class := range t {
		n[class] += t.of(class)
	}
	return n
}

func (v *differ) summary() []block {
	n := v.counts()
	g := grid{head: []string{"verdict", "pairs", "meaning"}}
	for _, c := range classes {
		if n[c.class] > 0 {
			g.rows = append(g.rows, []phrase{toned(c.tone, "%s", c.class), say("%d", n[c.class]), say("%s", c.meaning)})
		}
	}
	if v.Unchanged > 0 {
		g.rows = append(g.rows, []phrase{say("unchanged"), say("%d", v.Unchanged), say("unknown or half open before, and alike after")})
	}
	if len(g.rows) == 0 {
		return []block{para{say("Nobody talks to anybody, before or after.")}}
	}
	out := []block{heading{2, say("Summary")}, g}
	var marks []phrase
	for _, f := range flagMeanings {
		pairs := 0
		for i := range v.Verdicts {
			if slices.Contains(v.Verdicts[i].Flags.Names(), f.name) {
				pairs++
			}
		}
		if pairs > 0 {
			marks = append(marks, toned(f.tone, "%s", f.name).say(": %s", f.meaning))
		}
	}
	if len(marks) > 0 {
		out = append(out, list{marks})
	}
	return out
}

// section lists the verdicts of a class.
func (v *differ) section(class reach.Class) []block {
	var all []*reach.Verdict
	for i := range v.Verdicts {
		if v.Verdicts[i].Class == class {
			all = append(all, &v.Verdicts[i])
		}
	}
	if len(all) == 0 {
		return nil
	}
	shown := all[:min(len(all), longest)]
	out := []block{heading{2, say("%s (%d)", upperFirst(class.String()), pairsOf(all))}}
	if class == reach.PathChanged || class == reach.Preserved {
		out = append(out, v.changedPaths(shown))
	} else {
		for _, x := range shown {
			out = append(out, v.verdict(x)...)
		}
	}
	return append(out, restOf(len(all)-len(shown))...)
}

func (v *differ) changedPaths(all []*reach.Verdict) block {
	g := grid{head: []string{"between", "and", "flags", "before", "after", "one flow to try"}}
	for _, x := range all {
		place := func(l reach.Location) phrase { return v.place(l, x.NewLocation) }
		from, to := endsOf(x, place)
		g.rows = append(g.rows, []phrase{from, to, say("%s", orDash(x.Flags.String())),
			v.was.path(x.Before.Path), v.is.path(x.After.Path), say("%s", v.try(x))})
	}
	return g
}

// endsOf names the two ends of a verdict: two locations, or some of each of its groups.
func endsOf(x *reach.Verdict, place func(reach.Location) phrase) (from, to phrase) {
	switch {
	case x.Froms == nil:
		return place(x.From), place(x.To)
	case x.Together():
		return someOf(x.Froms, place), say("each other")
	}
	return someOf(x.Froms, place), someOf(x.Tos, place)
}

func (v *differ) verdict(x *reach.Verdict) []block {
	between := " and "
	if x.Class == reach.HalfOpen {
		between = " to "
	}
	title := v.place(x.From, x.NewLocation).say("%s", between).and(v.place(x.To, x.NewLocation))
	if x.Grade != 0 {
		title = title.say(" (%s)", x.Grade)
	}
	f := facts{{"addresses", v.names(x.From, x.NewLocation, x.FromPrefixes).say(" with ").and(v.names(x.To, x.NewLocation, x.ToPrefixes))},
		{"before", sideWords(v.was, &x.Before, x.Class == reach.HalfOpen)}, {"after", sideWords(v.is, &x.After, x.Class == reach.HalfOpen)}}
	if x.DeliveredTo != nil {
		f = append(f, fact{"goes to", v.is.bare(*x.DeliveredTo)})
	}
	if x.Via != nil {
		f = append(f, fact{"stands for", say("all pairs of the %s that could only meet at ", plural(len(x.Members), "location")).and(v.place(*x.Via, x.NewLocation))})
	}
	if x.Froms != nil {
		from, to := endsOf(x, func(l reach.Location) phrase { return v.place(l, x.NewLocation) })
		f = append(f, fact{"stands for", say("%s between ", plural(x.Count(), "pair")).and(from).say(" and ").and(to)})
	}
	if flags := x.Flags.String(); flags != "" {
		f = append(f, fact{"flags", say("%s", flags)})
	}
	if try := v.try(x); try != "-" {
		f = append(f, fact{"try", say("%s", try)})
	}
	return []block{heading{3, title}, f}
}

// sideWords says what a pair is in one of the two networks: "yes by tunnel", "no: there yes, back no".
func sideWords(p placer, s *reach.Side, there bool) phrase {
	if there {
		if s.There == reach.No {
			return wordOfValue(reach.No)
		}
		return withPath(p, say("there ").and(wordOfValue(s.There)), s.Path, s).say(", back ").and(wordOfValue(s.Back))
	}
	out := wordOfValue(s.Value)
	if s.There != s.Back {
		out = out.say(" (there %s, back %s)", s.There, s.Back)
	} else if s.Value == reach.No && s.There > reach.No {
		out = out.say(" (packets both ways, but not by the same firewalls)")
	}
	path := s.Path
	if s.There == reach.No {
		if path = s.Return; len(path) > 0 {
			out = out.say(", back")
		}
	}
	return withPath(p, out, path, s)
}

func withPath(p placer, out phrase, path []reach.Hop, s *reach.Side) phrase {
	if len(path) > 0 {
		out = out.say(" by ").and(p.path(path))
	}
	if len(s.Assumptions) > 0 {
		out = out.say(" (%s)", strings.Join(s.Assumptions, ", "))
	}
	return out
}

func (v *differ) wire() WireReachDiff {
	w := WireReachDiff{Format: ReachDiffFormat, Before: v.Before, After: v.After, Summary: map[string]int{}, Unchanged: v.Unchanged,
		Broken: v.Broken(), Opened: v.Opened(), Verdicts: each(v.Verdicts, wireVerdict)}
	n := v.counts()
	for _, c := range classes {
		w.Summary[c.class.String()] = n[c.class]
	}
	return w
}

// csv writes a head and a row for each verdict.
func (v *differ) csv(w io.Writer) error {
	var b strings.Builder
	csvRow(&b, "class", "grade", "flags", "from", "to", "from prefixes", "to prefixes", "before", "path before", "after", "path after", "try from", "try to", "assumptions",
		"pairs", "among", "and among", "but not between")
	for i := range v.Verdicts {
		x := &v.Verdicts[i]
		grade := ""
		if x.Grade != 0 {
			grade = x.Grade.String()
		}
		names := func(l reach.Location) string {
			if x.NewLocation {
				return v.is.line(l)
			}
			return v.was.line(l)
		}
		pairs := strconv.Itoa(x.Count())
		if x.Via != nil {
			pairs = "" // nobody has counted those that meet there
		}
		but := each(x.Except, func(p [2]reach.Location) string { return names(p[0]) + " - " + names(p[1]) })
		csvRow(&b, x.Class.String(), grade, x.Flags.String(), names(x.From), names(x.To), prefixText(x.FromPrefixes), prefixText(x.ToPrefixes),
			x.Before.Value.String(), textOf(v.was.path(x.Before.Path)), x.After.Value.String(), textOf(v.is.path(x.After.Path)),
			addrIf(x.WitnessFrom), addrIf(x.WitnessTo), strings.Join(slices.Compact(slices.Sorted(slices.Values(slices.Concat(x.Before.Assumptions, x.After.Assumptions)))), " "),
			pairs, strings.Join(each(x.Froms, names), "; "), strings.Join(each(x.Tos, names), "; "), strings.Join(but, "; "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
