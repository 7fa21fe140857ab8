package reach_test

import (
	"slices"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Whether VNets on circuits that nothing tells apart meet is unknown, for a few and for very many.
func TestVNetsOnUnknownCircuits(t *testing.T) {
	for _, n := range []int{10, 1000} {
		w := &world{}
		for i := range n {
			w.vnet(estate.Classic, name(i), space(i))
			w.Gateways = append(w.Gateways, estate.Gateway{ID: id(estate.TypeGateway, "g"+name(i)), VNet: id(estate.TypeVNet, name(i)), Kind: estate.ExpressRouteGateway})
			w.tunnelTo(i, "192.168.0.0/16", estate.Site{Network: "exchange"}, estate.Pairing{}).Kind = estate.ExpressRoute
		}
		r := reach.Compute(&w.Estate)
		a, b := at(vnet(name(2)), "10.0.2.4"), at(vnet(name(7)), "10.0.7.4")
		if fwd, sess := r.Fwd(a, b), r.Sess(a, b); fwd != reach.Unknown || sess != reach.Unknown {
			t.Errorf("%d VNets: can send %s, session %s", n, fwd, sess)
		}
		if v := r.Sess(a, at(onPrem("exchange"), "192.168.1.4")); v != reach.Unknown {
			t.Errorf("%d VNets: on-premises %s", n, v)
		}
		pairs, places := 0, len(slices.Collect(r.Hairpins()))
		for range r.Pairs() {
			pairs++
		}
		if want := n * (n + 1) / 2; n == 10 && (pairs != want || places != 0) {
			t.Errorf("%d pairs and %d places, want %d and none", pairs, places, want)
		}
		if n > 10 && (pairs != n || places != 1) {
			t.Errorf("%d pairs and %d places, want %d and 1", pairs, places, n)
		}
		for _, f := range r.Forward(a.Location, b.Location) {
			if !slices.Equal(f.Assumptions, []string{"ASM-CIRCUIT"}) || hops(f.Path) != "erEdge" {
				t.Errorf("%v by %s", f.Assumptions, hops(f.Path))
			}
		}
		verdicts := 0
		for v := range reach.Compare(r, r, nil) {
			if verdicts++; v.Class != reach.UnknownBefore {
				t.Errorf("%s %s %s", v.Class, v.From, v.To)
			}
		}
		if verdicts > 1001 {
			t.Errorf("%d verdicts", verdicts)
		}
	}
}
