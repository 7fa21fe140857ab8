package estate

import (
	"slices"
	"strings"
)

// AlikeVNets tells which VNet of one estate is which of another: the one of the same name as written, in the
// subscription of the same name, else in the folder or file of the same name, else the only one of the
// name that is left on both sides. The names of subscriptions come from files and mostly differ.
func AlikeVNets(a, b *Estate) []Mapping {
	vnets := func(e *Estate) objectNames {
		all := objectNames{}
		for i := range e.VNets {
			all.add(e.VNets[i].ID, e.VNets[i].Name)
		}
		return all
	}
	return alike(vnets(a), vnets(b))
}

// Alike is AlikeVNets for all objects, each among those of its type and by the name that it has now.
func Alike(a, b *Estate) []Mapping {
	objects := func(e *Estate) objectNames {
		all := objectNames{}
		for id := range e.Objects() {
			all.add(id, id.Name)
		}
		return all
	}
	return alike(objects(a), objects(b))
}

// objectName is what an object is matched by, beside its subscription.
type objectName struct{ typ, name, child string }

// objectNames are objects, by ID, with their names.
type objectNames map[Key]namedObject

type namedObject struct {
	id   ID
	name objectName
}

func (n objectNames) add(id ID, name string) {
	n[id.Key()] = namedObject{id, objectName{id.Type, strings.ToLower(name), strings.ToLower(id.Child)}}
}

func alike(left, right objectNames) []Mapping {
	var out []Mapping
	last := func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
	for _, scope := range []func(ID) string{
		func(id ID) string { return id.Subscription },
		func(id ID) string { return last(id.Subscription) },
		func(ID) string { return "" },
	} {
		there := left.within(scope)
		for key, to := range right.within(scope) {
			if from := there[key]; len(from) == 1 && len(to) == 1 {
				out = append(out, Mapping{From: from[0], To: to[0]})
				delete(left, from[0].Key())
				delete(right, to[0].Key())
			}
		}
	}
	slices.SortFunc(out, func(m, n Mapping) int { return strings.Compare(m.From.Key().String(), n.From.Key().String()) })
	return out
}

// scopedName is the name of an object in a scope.
type scopedName struct {
	scope string
	objectName
}

// within lists the objects by scope and name.
func (n objectNames) within(scope func(ID) string) map[scopedName][]ID {
	all := map[scopedName][]ID{}
	for _, o := range n {
		key := scopedName{strings.ToLower(scope(o.id)), o.name}
		all[key] = append(all[key], o.id)
	}
	return all
}
