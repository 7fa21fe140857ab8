package reach

import (
	"cmp"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// circuits are the circuits of an estate by number: those that it lists first, as they come there, then those that
// connections only name.
type circuits struct {
	*registry
	behind []string // the names of the networks behind them
}

func circuitsOf(e *estate.Estate) circuits {
	listed := len(e.Circuits)
	out := circuits{registry: newRegistry(listed)}
	ids := make([]estate.ID, 0, listed)
	first := map[estate.Key]int{}
	add := func(id estate.ID) {
		i, known := first[id.Key()]
		if !known || len(ids) < listed {
			ids = append(ids, id)
		}
		if !known {
			i = len(ids) - 1
			first[id.Key()] = i
		}
		if i >= listed && compareSpelling(id, ids[i]) < 0 {
			ids[i] = id
		}
		out.add(id, int32(i))
	}
	for i := range e.Circuits {
		add(e.Circuits[i].ID)
	}
	for i := range e.Connections {
		if id := e.Connections[i].Circuit; !id.IsZero() {
			add(id)
		}
	}
	out.behind = circuitNames(ids)
	return out
}

// compareSpelling orders the spellings of one ID.
func compareSpelling(a, b estate.ID) int {
	return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Group, b.Group), strings.Compare(a.Subscription, b.Subscription))
}

// circuitNames are the names of the networks behind circuits: those of the circuits, with the resource group, and
// with the subscription, where others have the same.
func circuitNames(ids []estate.ID) []string {
	owners := map[string]map[estate.Key]bool{}
	for _, id := range ids {
		for _, name := range circuitForms(id) {
			key := strings.ToLower(name)
			if owners[key] == nil {
				owners[key] = map[estate.Key]bool{}
			}
			owners[key][id.Key()] = true
		}
	}
	out := make([]string, len(ids))
	for i, id := range ids {
		for _, out[i] = range circuitForms(id) {
			if len(owners[strings.ToLower(out[i])]) == 1 {
				break
			}
		}
	}
	return out
}

// circuitForms are the names that the network behind a circuit may have, shortest first. Only classic circuits are
// in no resource group.
func circuitForms(id estate.ID) [3]string {
	in := func(place string) string { return id.Name + " (" + place + ")" }
	if id.Group == "" {
		return [3]string{id.Name, in(id.Subscription), in(id.Subscription)}
	}
	return [3]string{id.Name, in(id.Group), in(id.Subscription + "/" + id.Group)}
}
