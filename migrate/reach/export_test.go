package reach

import (
	"iter"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// CompareInGroups is Compare as it works on estates of any-to-any hubs: pairs that meet at relays are
// judged in groups, however few they are.
func CompareInGroups(before, after *Relation, m []estate.Mapping) iter.Seq[Verdict] {
	return compare(before, after, m, 0)
}

// Overlaid reports whether a relation is an overlay over another.
func Overlaid(r *Relation) bool { return r.generation > 0 }

// SessionIn is how remedies ask whether a change helps.
func SessionIn(e *estate.Estate, a, b Endpoint) Value {
	v, _ := sessionIn(e, a, b)
	return v
}
