package report

import (
	"fmt"
	"strings"
)

// A review is built once, as blocks, and printed by one writer per format. Names and sentences stay
// as they are in the blocks; each writer makes them harmless in its own way.

// tone says how a piece of text is meant; a terminal shows it as a colour.
type tone uint8

const (
	plain tone = iota
	strong
	faint
	good
	warn
	bad
	note
)

// span is a piece of text of one tone. A name is data of the input that stands for itself.
type span struct {
	text string
	tone tone
	name bool
}

// phrase is text in a row.
type phrase []span

func say(format string, args ...any) phrase { return phrase{{text: fmt.Sprintf(format, args...)}} }

func toned(t tone, format string, args ...any) phrase {
	return phrase{{text: fmt.Sprintf(format, args...), tone: t}}
}

func named(name string) phrase { return phrase{{text: name, name: true}} }

// and joins phrases without a space.
func (p phrase) and(more ...phrase) phrase {
	out := append(phrase(nil), p...)
	for _, m := range more {
		out = append(out, m...)
	}
	return out
}

func (p phrase) say(format string, args ...any) phrase { return p.and(say(format, args...)) }

// joined puts phrases in a row with commas.
func joined(list []phrase) phrase { return apartBy(", ", list) }

// apartBy puts phrases in a row.
func apartBy(between string, list []phrase) phrase {
	var out phrase
	for i, p := range list {
		if i > 0 {
			out = out.say("%s", between)
		}
		out = out.and(p)
	}
	return out
}

// moreThan says how many things are not named.
func moreThan(p phrase, left int) phrase {
	if left > 0 {
		return p.say(" and %d more", left)
	}
	return p
}

// textOf is a phrase without its tones and marks.
func textOf(p phrase) string {
	var b strings.Builder
	for _, s := range p {
		b.WriteString(s.text)
	}
	return b.String()
}

// firstWords are the first of some words in a row, and how many more there are.
func firstWords[T any](in []T, most int, word func(T) string) string {
	out := each(in[:min(len(in), most)], word)
	if more := len(in) - most; more > 0 {
		out = append(out, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(out, ", ")
}

// block is one part of a review.
type block interface{ isBlock() }

// heading starts a section (level 2) or a part of one (level 3); level 1 is the review's own.
type heading struct {
	level int
	text  phrase
}

// para is a paragraph.
type para struct{ phrase }

// list is a list of points.
type list struct{ items []phrase }

// grid is rows under a head; without a head it is only aligned.
type grid struct {
	head []string
	rows [][]phrase
}

// facts are labelled phrases: "undo: delete both halves".
type facts []fact

type fact struct {
	label string
	text  phrase
}

// verbatim is a diff.
type verbatim struct{ lines []edit }

// code is commands of a shell, to be copied as they are.
type code struct {
	language string
	lines    []string
}

func (heading) isBlock()  {}
func (para) isBlock()     {}
func (list) isBlock()     {}
func (grid) isBlock()     {}
func (facts) isBlock()    {}
func (verbatim) isBlock() {}
func (code) isBlock()     {}

// longest is how many entries of a list a person is shown; plan.json has all of them.
const longest = 40

// The files of the kit that hold what a review leaves out.
const (
	planFile = "plan.json"
	diffFile = "diff.txt"
)

// cut shortens a long list and says by how many entries; the note is nil when nothing is cut.
func cut[T any](in []T, most int) ([]T, []block) {
	if len(in) <= most {
		return in, nil
	}
	return in[:most], leftOut(len(in)-most, planFile)
}

// leftOut says how many entries are not shown; nothing when none.
func leftOut(n int, where string) []block {
	if n <= 0 {
		return nil
	}
	return []block{para{toned(note, "and %d more, see %s", n, where)}}
}

// cutNames is a row of names, shortened.
func cutNames(names []string, most int) phrase {
	var list []phrase
	for _, n := range names[:min(len(names), most)] {
		list = append(list, named(n))
	}
	return moreThan(joined(list), len(names)-most)
}
