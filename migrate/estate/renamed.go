package estate

import (
	"reflect"
	"strings"
)

// Renamed is the estate with other IDs: those of the mapping, and, for an object that it does not name, the
// subscription that the VNets of its own subscription moved to, where that is one. Nothing is shared with the
// estate but what does not change.
func (e *Estate) Renamed(m []Mapping) *Estate {
	r := renamer{to: make(map[Key]ID, len(m)), home: map[string]ID{}}
	for _, x := range m {
		r.to[x.From.Key()] = x.To
	}
	for i := range e.VNets {
		from := e.VNets[i].ID
		to, ok := r.to[from.Key()]
		if !ok {
			to = from
		}
		key, home := scopeOf(from), ID{Cloud: to.Cloud, Tenant: to.Tenant, Subscription: to.Subscription, Group: to.Group}
		if had, seen := r.home[key]; seen && had != home {
			home = ID{Cloud: from.Cloud, Tenant: from.Tenant, Subscription: from.Subscription, Group: from.Group}
		}
		r.home[key] = home
	}
	out := *e
	r.rename(reflect.ValueOf(&out).Elem())
	for i := range out.Listings {
		if home, ok := r.subscription(e, out.Listings[i].Subscription); ok {
			out.Listings[i].Subscription = home
		}
	}
	return &out
}

// scopeOf is what an ID says of where its object is, folded.
func scopeOf(id ID) string {
	return strings.ToLower(strings.Join([]string{id.Cloud, id.Tenant, id.Subscription, id.Group}, "\x00"))
}

type renamer struct {
	to   map[Key]ID
	home map[string]ID // where the VNets of a place went
}

// subscription is the name of a subscription after the renaming, where all its VNets agree.
func (r *renamer) subscription(e *Estate, name string) (string, bool) {
	to := ""
	for i := range e.VNets {
		id := e.VNets[i].ID
		if !strings.EqualFold(id.Subscription, name) {
			continue
		}
		home := r.home[scopeOf(id)].Subscription
		if to != "" && to != home {
			return "", false
		}
		to = home
	}
	return to, to != ""
}

func (r *renamer) id(id ID) ID {
	if to, ok := r.to[id.Key()]; ok {
		return to
	}
	if home, ok := r.home[scopeOf(id)]; ok && !id.IsZero() {
		id.Cloud, id.Tenant, id.Subscription, id.Group = home.Cloud, home.Tenant, home.Subscription, home.Group
	}
	return id
}

// rename replaces every ID below v; slices and pointers on the way are copied first. A walk over the types
// cannot forget a field.
func (r *renamer) rename(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if id, ok := v.Interface().(ID); ok {
			v.Set(reflect.ValueOf(r.id(id)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && holdsIDs(v.Type().Field(i).Type) {
				r.rename(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() {
			return
		}
		fresh := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(fresh, v)
		v.Set(fresh)
		for i := range v.Len() {
			r.rename(v.Index(i))
		}
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		fresh := reflect.New(v.Type().Elem())
		fresh.Elem().Set(v.Elem())
		v.Set(fresh)
		r.rename(v.Elem())
	}
}

// holdsIDs reports whether a type has an ID in it, or is a listing, whose subscription is renamed as well.
func holdsIDs(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Slice, reflect.Pointer:
		return holdsIDs(t.Elem())
	case reflect.Struct:
		if t == reflect.TypeFor[ID]() || t == reflect.TypeFor[Listing]() {
			return true
		}
		for i := range t.NumField() {
			if holdsIDs(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}
