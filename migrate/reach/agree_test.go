package reach_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// endpoint is a point as the engine has it.
func endpoint(p point) reach.Endpoint {
	e := reach.Endpoint{Address: p.addr}
	switch p.kind {
	case reach.OnPremises:
		e.Location = onPrem(p.name)
	case reach.Clients:
		e.Location = clients(p.name)
	case internet:
		e.Location = reach.Location{Kind: internet}
	default:
		e.Location = vnet(p.name)
	}
	return e
}

// TestEngineMatchesDefinition compares, pair by pair of addresses, what the engine computes for ranges
// with what the definition says of single packets.
func TestEngineMatchesDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		d := newDefinition(&w.Estate)
		r := reach.Compute(&w.Estate)
		all := points(d)
		for _, from := range all {
			for _, to := range all {
				if want, got := d.fwd(from, to), r.Fwd(endpoint(from), endpoint(to)); got != want {
					t.Fatalf("fwd from %s to %s: engine %s, definition %s\n%s", from, to, got, want, describe(w))
				}
				if !d.settled(from, to) {
					continue // it depends on which of several ways is called the first
				}
				if want, got := d.sess(from, to), r.Sess(endpoint(from), endpoint(to)); got != want {
					t.Fatalf("sess between %s and %s: engine %s, definition %s\n%s", from, to, got, want, describe(w))
				}
			}
		}
	})
}

// TestEngineOnWorkedExamples asks the engine what TestDefinitionOnWorkedExamples asks the definition.
func TestEngineOnWorkedExamples(t *testing.T) {
	for _, tt := range examples {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.world()
			r := reach.Compute(&w.Estate)
			for _, c := range tt.checks {
				if got := r.Fwd(endpoint(c.from), endpoint(c.to)); got != c.fwd {
					t.Errorf("fwd from %s to %s: %s, want %s", c.from, c.to, got, c.fwd)
				}
				if got := r.Sess(endpoint(c.from), endpoint(c.to)); got != c.sess {
					t.Errorf("sess between %s and %s: %s, want %s", c.from, c.to, got, c.sess)
				}
			}
		})
	}
}
