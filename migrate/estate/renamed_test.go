package estate_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// TestRenamed moves an estate in which every field has a value into another subscription: every ID follows,
// and the estate itself stays as it was.
func TestRenamed(t *testing.T) {
	e := full()
	each := func(e *estate.Estate, do func(*estate.ID)) { eachID(reflect.ValueOf(e).Elem(), do) }
	each(e, func(id *estate.ID) { id.Cloud, id.Tenant, id.Group, id.Subscription = "", "", "", "Old" })
	e.Listings = []estate.Listing{{Subscription: "old", Types: []string{estate.TypeVNet}}}
	before := full()
	each(before, func(id *estate.ID) { id.Cloud, id.Tenant, id.Group, id.Subscription = "", "", "", "Old" })
	before.Listings = []estate.Listing{{Subscription: "old", Types: []string{estate.TypeVNet}}}

	site := e.Sites[0].ID
	named := site
	named.Subscription, named.Name = "new", "by-name"
	home := e.VNets[0].ID
	home.Subscription = "new"
	got := e.Renamed([]estate.Mapping{{From: e.VNets[0].ID, To: home}, {From: site, To: named}})
	if got.Sites[0].ID != named {
		t.Errorf("the site is %v, want %v", got.Sites[0].ID, named)
	}
	n := 0
	each(got, func(id *estate.ID) {
		if n++; id.Subscription != "new" && !id.IsZero() {
			t.Errorf("%v stays where it was", *id)
		}
	})
	if n < 30 {
		t.Errorf("only %d IDs", n)
	}
	if !strings.EqualFold(got.Listings[0].Subscription, "new") {
		t.Errorf("the listing is that of %q", got.Listings[0].Subscription)
	}
	if !reflect.DeepEqual(before, e) {
		t.Error("the estate itself changes")
	}
}

func eachID(v reflect.Value, do func(*estate.ID)) {
	if id, ok := v.Addr().Interface().(*estate.ID); ok {
		if !id.IsZero() {
			do(id)
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				eachID(v.Field(i), do)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachID(v.Index(i), do)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			eachID(v.Elem(), do)
		}
	}
}
