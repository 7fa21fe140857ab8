package reach_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// What leaves a subnet whose table is known by name only is unknown; what comes to it, and what the
// rest of its VNet sends, is not.
func TestRoutesThatNoInputLists(t *testing.T) {
	w := arm("A", "B").with(peer("A", "B"))
	w.subnet("A", "s1", "10.1.1.0/24")
	w.table("named", "A/s1")
	w.RouteTables[0].RoutesKnown = false
	r := reach.Compute(&w.Estate)
	at := func(v, a string) reach.Endpoint {
		return reach.Endpoint{Location: vnet(v), Address: netip.MustParseAddr(a)}
	}
	inside, beside, far := at("A", "10.1.1.4"), at("A", "10.1.2.4"), at("B", "10.2.0.4")
	web := reach.Endpoint{Location: reach.Location{Kind: reach.Internet}, Address: netip.MustParseAddr("52.1.1.1")}
	for _, c := range []struct {
		from, to reach.Endpoint
		fwd      reach.Value
	}{{inside, far, reach.Unknown}, {far, inside, reach.Yes}, {beside, far, reach.Yes}, {inside, beside, reach.Unknown}, {beside, inside, reach.Yes}, {inside, web, reach.Unknown}, {beside, web, reach.Yes}} {
		if got := r.Fwd(c.from, c.to); got != c.fwd {
			t.Errorf("%s to %s: %s, not %s", c.from.Address, c.to.Address, got, c.fwd)
		}
	}
	answer := reach.Trace(&w.Estate, inside, far)
	if answer.Value != reach.Unknown || !slices.Contains(answer.Paths[0].Assumptions, reach.AssumeRoutes) {
		t.Errorf("the trace says %+v", answer)
	}
	w.RouteTables[0].RoutesKnown = true
	if got := reach.Compute(&w.Estate).Fwd(inside, far); got != reach.Yes {
		t.Errorf("a table that has no routes: %s", got)
	}
}

// So is what the gateway passes on where the table is GatewaySubnet's.
func TestGatewayRoutesThatNoInputLists(t *testing.T) {
	w := arm("H", "A").with(spoke("H", "A"), prem("H", rangeO, "HQ"))
	w.subnet("H", "GatewaySubnet", "10.0.255.0/27")
	w.table("named", "H/GatewaySubnet")
	w.RouteTables[0].RoutesKnown = false
	flows := reach.Compute(&w.Estate).Forward(vnet("A"), onPrem("HQ"))
	if len(flows) != 1 || flows[0].Value != reach.Unknown || !slices.Contains(flows[0].Assumptions, reach.AssumeRoutes) {
		t.Errorf("%+v", flows)
	}
}
