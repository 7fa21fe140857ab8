package diag

import (
	"slices"
	"strings"
)

// FateKind says what became of one leaf of the input.
type FateKind uint8

// The fates. Every leaf has exactly one.
const (
	Converted   FateKind = iota + 1 // carried over as it was
	Changed                         // carried over, and the rule says how it was changed
	Dropped                         // left out on purpose; the rule or the reason says why
	NeedsPerson                     // cannot be carried over without an answer from a person
)

// String is the fate in the words of the reports.
func (k FateKind) String() string {
	switch k {
	case Converted:
		return "converted"
	case Changed:
		return "changed"
	case Dropped:
		return "dropped"
	case NeedsPerson:
		return "needs a person"
	}
	return "no fate"
}

// Fate is what became of one leaf. Targets are what it turned into, as resource and property
// ("virtualNetworks/hub properties.addressSpace.addressPrefixes[0]"). Why is a rule id, an
// assumption id, or a reason in plain words.
//
// Old and New are the value before and after, where the value changed and is a name, a prefix or an
// address: whoever makes the change states them. No other value of the input is in a Fate, and a shared
// key never is.
type Fate struct {
	Ref      Ref
	Kind     FateKind
	Why      string
	Old, New string
	Targets  []string
}

// Tally counts fates.
type Tally struct{ Converted, Changed, Dropped, NeedsPerson int }

// Total is the number of leaves counted.
func (t Tally) Total() int { return t.Converted + t.Changed + t.Dropped + t.NeedsPerson }

// Count tallies the fates.
func Count(fates []Fate) Tally {
	var t Tally
	for _, f := range fates {
		switch f.Kind {
		case Converted:
			t.Converted++
		case Changed:
			t.Changed++
		case Dropped:
			t.Dropped++
		case NeedsPerson:
			t.NeedsPerson++
		}
	}
	return t
}

// MergeFates orders fates by Ref and joins those of one Ref into one: the targets together, and
// the fate that asks most of the reader.
func MergeFates(fates []Fate) []Fate {
	slices.SortStableFunc(fates, func(a, b Fate) int { return a.Ref.Compare(b.Ref) })
	out := fates[:0]
	own := false // the targets of the last one are its own, and may grow
	for _, f := range fates {
		if n := len(out); n > 0 && out[n-1].Ref == f.Ref {
			if !own {
				out[n-1].Targets = slices.Clip(out[n-1].Targets)
			}
			out[n-1], own = out[n-1].and(f), true
			continue
		}
		out, own = append(out, f), false
	}
	return out
}

// and joins two fates; the targets of f may grow in place.
func (f Fate) and(g Fate) Fate {
	targets := append(f.Targets, g.Targets...)
	if f.Kind == g.Kind && f.New != g.New && f.Old == g.Old {
		f.New = strings.Trim(f.New+", "+g.New, ", ") // one name became several
		f.Targets = targets
		return f
	}
	// What is carried over somewhere is not dropped, whoever else has no use for it.
	if f.Kind == Dropped && g.Kind != Dropped || g.Kind != Dropped && g.Kind > f.Kind {
		f = g
	}
	f.Targets = targets
	return f
}
