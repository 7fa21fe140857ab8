package reach_test

import (
	"math/rand"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// points are all the endpoints of a drawn estate that may send; those that may not are left out.
func points(d *definition) []point {
	var out []point
	for _, x := range d.places() {
		for _, a := range addresses {
			if d.owns(x, a) {
				out = append(out, point{x.kind, x.name, a})
			}
		}
	}
	return out
}

// TestDrawnEstatesAreInteresting holds the generator to what it is for: every feature of the
// definition matters in some of the estates.
func TestDrawnEstatesAreInteresting(t *testing.T) {
	values := map[reach.Value]int{}
	inspected, asymmetric, transit, public, unsettled := 0, 0, 0, 0, 0
	gen := rapid.Custom(drawEstate)
	for seed := range 400 {
		w := gen.Example(seed)
		d := newDefinition(&w.Estate)
		all := points(d)
		dice := rand.New(rand.NewSource(int64(seed)))
		for range 1000 {
			from, to := all[dice.Intn(len(all))], all[dice.Intn(len(all))]
			f, s := d.ask(from, to), d.sess(from, to)
			values[s]++
			switch {
			case f.value > reach.No && !d.settled(from, to):
				unsettled++
			case s == reach.Yes && f.hops[0] != "":
				inspected++
			case s == reach.No && f.value > reach.No && d.fwd(to, from) > reach.No:
				asymmetric++
			case s == reach.Unknown && to.kind == reach.VNet && from.kind == reach.VNet:
				transit++
			case s == reach.Yes && to.kind == internet:
				public++
			}
		}
	}
	t.Logf("%v, inspected %d, asymmetric %d, unknown between VNets %d, public %d, unsettled %d", values, inspected, asymmetric, transit, public, unsettled)
	for _, n := range []int{values[reach.Yes], values[reach.Unknown], values[reach.No], inspected, asymmetric, transit, public} {
		if n < 20 {
			t.Errorf("too few of one kind: %d", n)
		}
	}
}
