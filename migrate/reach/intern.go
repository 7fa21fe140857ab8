package reach

import (
	"maps"
	"sync"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// registry numbers objects by ID. Most references are spelled exactly like what they refer to, so
// the folded form of an ID, which may cost an allocation, is made only once one is not.
//
// A registry may lie over another: it answers for some objects, and asks that one for the rest.
type registry struct {
	exact  map[estate.ID]int32
	fold   sync.Once
	folded map[estate.Key]int32

	below *registry
	laid  map[estate.Key]int32 // -1 for what is no more
}

func newRegistry(size int) *registry { return &registry{exact: make(map[estate.ID]int32, size)} }

// add numbers an object; of two with one spelling the first counts.
func (r *registry) add(id estate.ID, i int32) {
	if _, ok := r.exact[id]; !ok {
		r.exact[id] = i
	}
}

// find is the number of an object, or -1. Nothing may be added after the first call.
func (r *registry) find(id estate.ID) int32 {
	if i, ok := r.exact[id]; ok {
		return i
	}
	if id.IsZero() {
		return -1
	}
	if r.below != nil {
		if i, ok := r.laid[id.Key()]; ok {
			return i
		}
		return r.below.find(id)
	}
	if i, ok := r.byKey()[id.Key()]; ok {
		return i
	}
	return -1
}

// byKey are the objects by the folded forms of their IDs.
func (r *registry) byKey() map[estate.Key]int32 {
	r.fold.Do(func() {
		r.folded = make(map[estate.Key]int32, len(r.exact))
		for known, i := range r.exact {
			key := known.Key()
			if j, ok := r.folded[key]; !ok || i < j {
				r.folded[key] = i
			}
		}
	})
	return r.folded
}

// over is a registry that lies over this one, with numbers of its own for some objects.
func (r *registry) over(laid map[estate.Key]int32) *registry {
	if len(laid) == 0 {
		return r
	}
	out := &registry{below: r, laid: laid}
	if r.below != nil {
		out.below, out.laid = r.below, maps.Clone(r.laid)
		maps.Copy(out.laid, laid)
	}
	return out
}
