package estate_test

import (
	"testing"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// A network beside itself, in whatever forms: each VNet is itself, what is said to be of a network is there, and
// nothing is lost.
func TestCounterparts(t *testing.T) {
	classic := fixture(t, "star")
	arm, _, _ := estate.ToARM(classic)
	live, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments("star"))...)
	type sides = [2]*estate.Estate
	tests := []struct {
		name        string
		written, as sides
	}{
		{"classic files", sides{classic, classic}, sides{classic, classic}},
		{"their ARM forms", sides{classic, classic}, sides{arm, arm}},
		{"a conversion", sides{classic, classic}, sides{classic, estate.Deployed(arm)}},
		{"classic files and a listing", sides{classic, live}, sides{classic, live}},
		{"the ARM form and a listing", sides{classic, live}, sides{arm, live}},
		{"a listing and the ARM form", sides{live, classic}, sides{live, arm}},
		{"listings", sides{live, live}, sides{live, estate.Deployed(live)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			objects, vnets, lost := estate.Counterparts(test.written, test.as)
			if n := len(test.as[0].VNets); countVNets(objects) != n || countVNets(vnets) != n || len(lost) > 0 {
				t.Errorf("of %d VNets, %d and %d have a counterpart; lost: %v", n, countVNets(objects), countVNets(vnets), lost)
			}
			before, after := keysOf(test.as[0]), keysOf(test.as[1])
			for _, m := range append(objects, vnets...) {
				if !before[m.From.Key()] || !after[m.To.Key()] {
					t.Errorf("%v became %v, and one of them is not there", m.From, m.To)
				}
			}
		})
	}
}

func countVNets(in []estate.Mapping) int {
	n := 0
	for _, m := range in {
		if m.From.Type == estate.TypeVNet {
			n++
		}
	}
	return n
}

func keysOf(e *estate.Estate) map[estate.Key]bool {
	keys := map[estate.Key]bool{}
	for id := range e.Objects() {
		keys[id.Key()] = true
	}
	return keys
}
