package report

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// matrix has a letter for each pair. A row's number is that of its column.
func (v *reacher) matrix() block {
	cells := make([][]phrase, len(v.at))
	for i := range cells {
		cells[i] = make([]phrase, len(v.at))
		for j := range cells[i] {
			cells[i][j] = toned(hows[nothing].tone, "%s", hows[nothing].letter)
		}
		cells[i][i] = toned(faint, "-")
	}
	for i := range v.pairs {
		p := &v.pairs[i]
		h := hows[p.how]
		there, backwards := h.letter, h.letter
		if p.how == oneWay {
			backwards = back
			if p.Value == reach.Unknown {
				there, backwards = there+doubt, backwards+doubt
			}
		}
		cells[p.a][p.b], cells[p.b][p.a] = toned(h.tone, "%s", there), toned(h.tone, "%s", backwards)
	}
	g := grid{head: []string{"", ""}}
	for i, l := range v.at {
		g.head = append(g.head, fmt.Sprint(i+1))
		g.rows = append(g.rows, append([]phrase{say("%d", i+1), v.bare(l)}, cells[i]...))
	}
	return g
}

// legend explains the letters that the matrix has.
func (v *reacher) legend() block {
	n := v.counts()
	var parts []phrase
	for h := whole; int(h) < len(hows); h++ {
		switch {
		case n[h] == 0:
		case h == oneWay:
			parts = append(parts, v.arrows()...)
		default:
			parts = append(parts, toned(hows[h].tone, "%s", hows[h].letter).say(" %s", hows[h].meaning))
		}
	}
	if n[nothing] > 0 {
		parts = append(parts, toned(faint, "%s", hows[nothing].letter).say(" %s", hows[nothing].meaning))
	}
	return para{joined(parts)}
}

// arrows explains the letters of pairs that are one way, surely and perhaps.
func (v *reacher) arrows() []phrase {
	var parts []phrase
	for _, sort := range []struct {
		value      reach.Value
		mark, word string
	}{{reach.Yes, "", ""}, {reach.Unknown, doubt, "perhaps "}} {
		if slices.ContainsFunc(v.pairs, func(p linked) bool { return p.how == oneWay && p.Value == sort.value }) {
			h := &hows[oneWay]
			parts = append(parts, toned(h.tone, "%s%s", h.letter, sort.mark).say(" %s%s", sort.word, h.meaning),
				toned(h.tone, "%s%s", back, sort.mark).say(" %spackets from the column to the row only", sort.word))
		}
	}
	return parts
}
