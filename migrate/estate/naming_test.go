package estate_test

import (
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Objects of one name are told apart by as much as it takes.
func TestNames(t *testing.T) {
	tests := []struct{ vnets, want string }{ // SUBSCRIPTION/GROUP/NAME; a classic one has no group
		{"s/a/x s/a/y", "x;y"},
		{"s/a/x s/b/X s/b/y", "x (a);X (b);y"},
		{"s//x t//x s//y", "x (s);x (t);y"},
		{"s/a/x t/a/x", "x (s);x (t)"},
		{"s/a/x t/a/x t/b/x", "x (s/a);x (t/a);x (t/b)"},
	}
	for _, test := range tests {
		e := &estate.Estate{}
		for path := range strings.FieldsSeq(test.vnets) {
			p := strings.Split(path, "/")
			e.VNets = append(e.VNets, estate.VNet{ID: estate.ID{Subscription: p[0], Group: p[1], Type: estate.TypeVNet, Name: p[2]}, Name: p[2]})
		}
		names := estate.NewNames(e)
		var got []string
		for i := range e.VNets {
			got = append(got, names.VNet(&e.VNets[i]))
		}
		if strings.Join(got, ";") != test.want {
			t.Errorf("%s: %q, want %q", test.vnets, strings.Join(got, ";"), test.want)
		}
	}
}
