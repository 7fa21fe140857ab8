package reach_test

import (
	"math/rand"
	"slices"
	"strings"
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

// TestDefinitionDoesNotDependOnOrder shuffles what has no order, and changes the case of references.
func TestDefinitionDoesNotDependOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		d := newDefinition(&w.Estate)
		x := &world{Estate: w.Estate}
		dice := drawDice(t)
		x.VNets, x.Sites, x.Gateways = shuffled(dice, w.VNets), shuffled(dice, w.Sites), shuffled(dice, w.Gateways)
		x.Connections, x.Peerings, x.RouteTables = shuffled(dice, w.Connections), shuffled(dice, w.Peerings), shuffled(dice, w.RouteTables)
		x.Groups, x.Circuits = shuffled(dice, w.Groups), shuffled(dice, w.Circuits)
		for i := range x.Connections {
			x.Connections[i].Gateway.Name = strings.ToUpper(x.Connections[i].Gateway.Name)
			x.Connections[i].Site.Name = strings.ToUpper(x.Connections[i].Site.Name)
		}
		other := newDefinition(&x.Estate)
		all := points(d)
		for range 500 {
			from, to := all[dice.Intn(len(all))], all[dice.Intn(len(all))]
			if a, b := d.fwd(from, to), other.fwd(from, to); a != b {
				t.Fatalf("fwd from %s to %s: %s, shuffled %s\n%s", from, to, a, b, describe(w))
			}
			if a, b := d.settled(from, to), other.settled(from, to); a != b {
				t.Fatalf("settled from %s to %s: %t, shuffled %t\n%s", from, to, a, b, describe(w))
			}
			if a, b := d.sess(from, to), other.sess(from, to); a != b && d.settled(from, to) {
				t.Fatalf("sess between %s and %s: %s, shuffled %s\n%s", from, to, a, b, describe(w))
			}
		}
	})
}

func shuffled[T any](dice *rand.Rand, s []T) []T {
	s = slices.Clone(s)
	shuffle(dice, s)
	return s
}
