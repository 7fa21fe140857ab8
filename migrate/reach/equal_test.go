package reach_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// equals is a mesh whose sites all list the same further prefixes, which nobody has.
func equals(n, prefixes int) *world {
	var list strings.Builder
	for i := range prefixes {
		fmt.Fprintf(&list, " 172.16.%d.0/24", 2*i)
	}
	return fleet(estate.Classic, n, n, func(w *world, a, b int) {
		w.tunnelTo(a, space(b)+list.String(), estate.Site{Endpoint: id(estate.TypeVNet, name(b))}, estate.Pairing{Confidence: estate.Certain})
		w.tunnelTo(b, space(a)+list.String(), estate.Site{Endpoint: id(estate.TypeVNet, name(a))}, estate.Pairing{Confidence: estate.Certain})
		k := len(w.Connections)
		w.Connections[k-2].Pairing.Partner, w.Connections[k-1].Pairing.Partner = w.Connections[k-1].ID, w.Connections[k-2].ID
	})
}

// A hundred prefixes that every gateway could send to every other end in no hang.
func TestEqualPrefixesEverywhere(t *testing.T) {
	w := equals(25, 100)
	start := time.Now()
	r := reach.Compute(&w.Estate)
	t.Logf("computed in %s", time.Since(start))
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %s", took)
	}
	if v := r.Sess(at(vnet(name(1)), "10.0.1.4"), at(vnet(name(2)), "10.0.2.4")); v != reach.Yes {
		t.Errorf("neighbours: %s", v)
	}
}
