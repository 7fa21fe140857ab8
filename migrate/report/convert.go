package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// mostReasons is how many reasons are named for each fate.
const mostReasons = 6

// Convert writes the closing lines of a conversion: how many leaves of the input ended in which
// fate, under which rules and for which reasons they were changed, dropped or left to a person, and
// what share of them that is. fates are one per leaf, as diag.MergeFates makes them; new names are among the changes.
func Convert(w io.Writer, fates []diag.Fate, s Style) error {
	t := diag.Count(fates)
	blocks := []block{para{
		say("%s: ", counted(t.Total(), "element, attribute or text", "elements, attributes and texts")).
			and(toned(good, "%d converted", t.Converted)).
			say(", %d changed, %d dropped, ", t.Changed, t.Dropped).
			and(toned(personTone(t), "%s", counted(t.NeedsPerson, "needs a person", "need a person")))}}
	for _, kind := range []diag.FateKind{diag.NeedsPerson, diag.Changed, diag.Dropped} {
		blocks = append(blocks, reasonBlocks(kind, fates)...)
	}
	share := shares(t.Converted+t.Changed, t.Dropped, t.NeedsPerson)
	blocks = append(blocks, para{say("%s carried over, %s dropped on purpose, %s left to a person", share[0], share[1], share[2])})
	return writeText(w, blocks, s)
}

func personTone(t diag.Tally) tone {
	if t.NeedsPerson > 0 {
		return warn
	}
	return plain
}

// counted is a count with the singular or the plural.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func reasonBlocks(kind diag.FateKind, fates []diag.Fate) []block {
	why := reasons(fates, kind)
	if len(why) == 0 {
		return nil
	}
	g := grid{rows: each(why[:min(len(why), mostReasons)], func(r reason) []phrase {
		return []phrase{named(fmt.Sprintf("%6d", r.count)), say("%s", reasonWords(r.why))}
	})}
	if more := why[min(len(why), mostReasons):]; len(more) > 0 {
		n := 0
		for _, r := range more {
			n += r.count
		}
		g.rows = append(g.rows, []phrase{named(fmt.Sprintf("%6d", n)), say("for %s more", plural(len(more), "reason"))})
	}
	return []block{para{say("%s:", kind)}, g}
}

// reason is why leaves have a fate, and how many.
type reason struct {
	why   string
	count int
}

// reasons lists why leaves have a fate, the most frequent first.
func reasons(fates []diag.Fate, kind diag.FateKind) []reason {
	count := map[string]int{}
	for i := range fates {
		if fates[i].Kind == kind {
			count[fates[i].Why]++
		}
	}
	out := make([]reason, 0, len(count))
	for why, n := range count {
		out = append(out, reason{why, n})
	}
	slices.SortFunc(out, func(a, b reason) int { return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(a.why, b.why)) })
	return out
}
