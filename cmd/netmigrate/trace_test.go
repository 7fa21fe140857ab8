package main

import (
	"testing"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg"
)

// TestTraceAgreesWithMatrix follows a packet between any two places of every network of fixtures, in both
// forms: its way says what the relation says, and each place is found by its exact name.
func TestTraceAgreesWithMatrix(t *testing.T) {
	traced := 0
	for _, f := range allFixtures(t) {
		in := parse(f.documents(t), netcfg.DefaultBounds())
		in.options = &options.Options{}
		for _, form := range []string{formClassic, formARM} {
			_, e, _ := in.formed(form)
			r := reach.Compute(e)
			g := newGazetteer(e, r.Locations(), in.options)
			for _, from := range r.Locations() {
				a, err := g.sender(written(g, from))
				if err != nil || !a.Same(from) {
					t.Fatalf("%s: %s is found as %s, %v", f.name, from, a.Location, err)
				}
				for _, to := range append(r.Locations(), reach.Location{Kind: reach.Internet}) {
					b := place{}
					if to.Kind == reach.Internet {
						b, err = g.receiver(internetWord)
					} else {
						b, err = g.receiver(written(g, to))
					}
					if err != nil || !b.Same(to) {
						t.Fatalf("%s: %s is found as %s, %v", f.name, to, b.Location, err)
					}
					if from.Kind != reach.VNet && from.Same(to) {
						continue // refused
					}
					traced++
					got := g.traced(e, r, a, b)
					if want := r.Fwd(a.Endpoint, b.Endpoint); got.There.Value != want {
						t.Errorf("%s, %s: from %s %s to %s %s: the trace says %s, the relation %s", f.name, form, from, a.Address, to, b.Address, got.There.Value, want)
					}
					if to.Kind != reach.Internet && got.Back.Value != r.Fwd(b.Endpoint, a.Endpoint) {
						t.Errorf("%s, %s: back from %s to %s: the trace says %s, the relation %s", f.name, form, to, from, got.Back.Value, r.Fwd(b.Endpoint, a.Endpoint))
					}
				}
			}
		}
	}
	if traced < 500 {
		t.Errorf("only %d traces", traced)
	}
}

// written is the exact name of a location, with an address where nothing says which are there.
func written(g *gazetteer, at reach.Location) string {
	if len(g.addresses(at)) == 0 {
		return g.exact(at) + "/172.31.0.4"
	}
	return g.exact(at)
}
