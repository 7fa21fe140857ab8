package reach_test

import (
	"math/rand"
	"reflect"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// These rewrite whole estates, whatever fields they have.

// copied is an estate with slices of its own, at every depth.
func copied(w *world) *world {
	return &world{Estate: deepCopy(reflect.ValueOf(w.Estate)).Interface().(estate.Estate), sites: w.sites}
}

func deepCopy(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(deepCopy(v.Index(i)))
			}
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(deepCopy(v.Elem()))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if out.Field(i).CanSet() {
				out.Field(i).Set(deepCopy(v.Field(i)))
			}
		}
	}
	return out
}

// visit calls f for every value of a type within an estate, to be changed in place.
func visit[T any](w *world, f func(*T)) { visitIn(reflect.ValueOf(&w.Estate), f) }

func visitIn[T any](v reflect.Value, f func(*T)) {
	if v.CanAddr() && v.CanInterface() {
		if x, ok := v.Addr().Interface().(*T); ok {
			f(x)
			return
		}
	}
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			visitIn(v.Index(i), f)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			visitIn(v.Elem(), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			visitIn(v.Field(i), f)
		}
	}
}

// rename gives every object and every reference to it another name.
func rename(w *world, to func(string) string) {
	set := func(names ...*string) {
		for _, n := range names {
			if *n != "" && *n != estate.GatewaySubnet {
				*n = to(*n)
			}
		}
	}
	visit(w, func(x *estate.ID) { set(&x.Name, &x.Child) })
	visit(w, func(x *[]string) {
		for i := range *x {
			set(&(*x)[i]) // of a partial peering
		}
	})
	for i := range w.VNets {
		set(&w.VNets[i].Name)
		for j := range w.VNets[i].Subnets {
			set(&w.VNets[i].Subnets[j].Name)
		}
	}
	for i := range w.Gateways {
		set(&w.Gateways[i].Subnet)
	}
	for i := range w.Sites {
		set(&w.Sites[i].Name, &w.Sites[i].Network)
	}
	for i := range w.RouteTables {
		set(&w.RouteTables[i].Name)
	}
}

// shuffleAll shuffles every slice of an estate, at every depth.
func shuffleAll(dice *rand.Rand, w *world) { shuffleIn(dice, reflect.ValueOf(&w.Estate)) }

func shuffleIn(dice *rand.Rand, v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		for i := range v.Len() {
			shuffleIn(dice, v.Index(i))
		}
		if v.CanInterface() {
			dice.Shuffle(v.Len(), reflect.Swapper(v.Interface()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			shuffleIn(dice, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			shuffleIn(dice, v.Field(i))
		}
	}
}
