package diag

import "slices"

// Rule is one entry of the catalogue: an id that is never reused, and what a person needs to
// know about it.
type Rule struct {
	ID       string
	Name     string // short, hyphenated, for people who search
	Severity Severity
	Since    string
	Title    string // what is wrong, in a line
	Why      string // what follows from it
	Fix      string // what to do
	Source   string // where the fact comes from: a section of docs/sources.md, as "docs/sources.md#peering"
}

// Lookup finds a rule by its id.
func Lookup(id string) (Rule, bool) {
	i, ok := slices.BinarySearchFunc(catalogue, id, func(r Rule, id string) int {
		switch {
		case r.ID < id:
			return -1
		case r.ID > id:
			return 1
		}
		return 0
	})
	if !ok {
		return Rule{}, false
	}
	return catalogue[i], true
}

// Rules returns the catalogue, ordered by id.
func Rules() []Rule { return slices.Clone(catalogue) }
