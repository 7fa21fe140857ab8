package reach_test

import (
	"fmt"
	"iter"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// takings take something out of an estate, as the steps of a plan do.
var takings = []feature{
	{"connection out", func(t *rapid.T, w *world) {
		if c := one(t, "connection", w.Connections); c != nil {
			gone := []estate.ID{c.ID}
			if rapid.Bool().Draw(t, "both halves") {
				gone = append(gone, c.Pairing.Partner)
			}
			w.Connections = slices.DeleteFunc(w.Connections, func(c estate.Connection) bool { return slices.Contains(gone, c.ID) })
		}
	}},
	{"peering out", func(t *rapid.T, w *world) {
		if p := one(t, "half", w.Peerings); p != nil {
			a, b := p.VNet, p.Remote
			w.Peerings = slices.DeleteFunc(w.Peerings, func(p estate.Peering) bool {
				return p.VNet == a && p.Remote == b || p.VNet == b && p.Remote == a
			})
		}
	}},
	{"gateway out", func(t *rapid.T, w *world) {
		if g := one(t, "gateway", w.Gateways); g != nil {
			gone := g.ID
			w.Connections = slices.DeleteFunc(w.Connections, func(c estate.Connection) bool { return c.Gateway == gone })
			w.Gateways = slices.DeleteFunc(w.Gateways, func(g estate.Gateway) bool { return g.ID == gone })
		}
	}},
	{"site out", func(t *rapid.T, w *world) {
		if s := one(t, "site", w.Sites); s != nil {
			i := slices.IndexFunc(w.Sites, func(o estate.Site) bool { return o.ID == s.ID })
			w.Sites = slices.Delete(w.Sites, i, i+1)
		}
	}},
	{"remote gateway", func(t *rapid.T, w *world) {
		if p := one(t, "half", w.Peerings); p != nil {
			p.UseRemoteGateways = !p.UseRemoteGateways
			if back := w.peering(p.Remote.Name, p.VNet.Name); back != nil {
				back.AllowGatewayTransit = p.UseRemoteGateways
			}
		}
	}},
	{"gateway in", func(t *rapid.T, w *world) { w.gateway(drawName(t, w)) }},
}

// drawStep changes a few things of an estate. Like the states of a plan, the two estates share what no
// change touched, or at least some of it.
func drawStep(t *rapid.T, w *world) *world {
	x := copied(w)
	all := slices.Concat(takings, takings, takings, features, twists)
	for range number(t, "changes", 1, 3) {
		pick(t, "change", all...).draw(t, x)
	}
	onePeering(x)
	if rapid.Bool().Draw(t, "shared") {
		share(&w.VNets, &x.VNets)
		share(&w.Sites, &x.Sites)
		share(&w.Gateways, &x.Gateways)
		share(&w.Connections, &x.Connections)
		share(&w.Peerings, &x.Peerings)
		share(&w.RouteTables, &x.RouteTables)
	}
	return x
}

func share[T any](from, to *[]T) {
	if reflect.DeepEqual(*from, *to) {
		*to = *from
	}
}

// relationOf is all that a relation says.
func relationOf(r *reach.Relation) map[string]any {
	out := map[string]any{"locations": r.Locations(), "assumptions": r.Assumptions(), "hairpins": slices.Collect(r.Hairpins())}
	for _, a := range r.Locations() {
		out["from "+a.String()] = slices.Collect(r.From(a))
		for _, b := range r.Locations() {
			out[a.String()+" with "+b.String()] = r.Sessions(a, b)
			if way, ok := r.Attributes(a, b); ok {
				out["way from "+a.String()+" to "+b.String()] = way
			}
		}
	}
	return out
}

// sameRelation wants an overlay to say what Compute says, by itself and beside the base.
func sameRelation(t *rapid.T, base, got, want *reach.Relation, say func() string) {
	t.Helper()
	same := func(what string, want, got any) {
		if !reflect.DeepEqual(want, got) {
			t.Fatalf("%s (-computed +overlaid)\n%s\n%s", what, cmp.Diff(want, got, cmpopts.EquateComparable(netip.Prefix{}, netip.Addr{})), say())
		}
	}
	same("relation", relationOf(want), relationOf(got))
	verdicts := slices.Collect(reach.Compare(base, want, nil))
	same("verdicts", verdicts, slices.Collect(reach.Compare(base, got, nil)))
	same("losses", only(reach.Verdict.Compromises, slices.Values(verdicts)), slices.Collect(reach.Losses(base, got)))
	same("changes", only(func(v reach.Verdict) bool { return v.Compromises() || v.Opens() && v.Via == nil }, slices.Values(verdicts)), slices.Collect(reach.Changes(base, got)))
}

func only(of func(reach.Verdict) bool, all iter.Seq[reach.Verdict]) []reach.Verdict {
	var out []reach.Verdict
	for v := range all {
		if of(v) {
			out = append(out, v)
		}
	}
	return out
}

// TestOverlaySaysWhatComputeSays follows random steps, each from the state before, and wants of every state what
// Compute says of its estate.
func TestOverlaySaysWhatComputeSays(t *testing.T) {
	states, overlaid := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		base := reach.Compute(&w.Estate)
		r, from := base, w
		for range number(t, "steps", 1, 4) {
			x := drawStep(t, w)
			next := r.After(&x.Estate)
			states++
			if reach.Overlaid(next) {
				overlaid++
			}
			say := func() string {
				return "base:\n" + describe(from) + "\nbefore the step:\n" + describe(w) + "\nafter it:\n" + describe(x)
			}
			sameRelation(t, base, next, reach.Compute(&x.Estate), say)
			if oneIn(t, 4, "another branch") {
				y := drawStep(t, w)
				sameRelation(t, base, r.After(&y.Estate), reach.Compute(&y.Estate), func() string { return "a branch:\n" + describe(w) + "\nafter:\n" + describe(y) })
				sameRelation(t, base, next, reach.Compute(&x.Estate), say)
			}
			r, w = next, x
		}
	})
	t.Logf("%d of %d states are overlays", overlaid, states)
	if overlaid == 0 {
		t.Error("no overlay was looked at")
	}
}

// crossed is n VNets with so many connections to one network. Every two of a VNet have a prefix that no third has, so
// its gateway has a choice for each two.
func crossed(n, connections int) *world {
	w := fleet(estate.ARM, n, 1, peerings)
	for v := range n {
		for a := range connections {
			var list []string
			for b := range connections {
				if a != b {
					list = append(list, fmt.Sprintf("192.168.%d.%d/32", min(a, b), max(a, b)))
				}
			}
			w.tunnelTo(v, strings.Join(list, " "), estate.Site{Network: "HQ"}, estate.Pairing{})
		}
	}
	return w
}

// TestOverlaysSideBySide takes a step from one state, again and again, while a chain of steps goes on from it. The
// chain continues what the state numbered.
func TestOverlaysSideBySide(t *testing.T) {
	w := crossed(4, 16)
	var states []*estate.Estate // with ever fewer connections
	for i := 1; i < len(w.Connections); i++ {
		x := w.Estate
		x.Connections = w.Connections[i:]
		states = append(states, &x)
	}
	base := reach.Compute(&w.Estate)
	chained := []*reach.Relation{base.After(states[0])}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, e := range states[1:] {
			chained = append(chained, chained[len(chained)-1].After(e))
		}
	}()
	for going := true; going; {
		select {
		case <-done:
			going = false
		default:
			base.After(&w.Estate)
		}
	}
	same := func(how string, r *reach.Relation, e *estate.Estate) {
		if !reach.Overlaid(r) || !reflect.DeepEqual(flowsOf(reach.Compute(e)), flowsOf(r)) {
			t.Errorf("%d connections, %s: no overlay, or another relation than computed", len(e.Connections), how)
		}
	}
	for i, e := range states {
		same("in a chain", chained[i], e)
		same("from the base", base.After(e), e)
	}
}

// flowsOf are the flows from every location.
func flowsOf(r *reach.Relation) [][]reach.Flow {
	var out [][]reach.Flow
	for _, a := range r.Locations() {
		out = append(out, slices.Collect(r.From(a)))
	}
	return out
}
