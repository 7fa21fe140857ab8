package reach_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

func at(l reach.Location, address string) reach.Endpoint {
	return reach.Endpoint{Location: l, Address: netip.MustParseAddr(address)}
}

func TestRemedies(t *testing.T) {
	a, c := at(vnet("A"), "10.1.0.4"), at(vnet("C"), "10.3.0.4")
	transit := func(forwarded bool) *world {
		w := arm("A", "B", "C").with(peer("A", "B"), peer("B", "C"), func(w *world) {
			w.Gateways = append(w.Gateways, estate.Gateway{ID: id(estate.TypeFirewall, "fw"), VNet: id(estate.TypeVNet, "B"), Kind: estate.Firewall,
				PrivateIPs: []estate.Address{{Addr: netip.MustParseAddr("10.2.0.4")}}})
		})
		for i := range w.Peerings {
			w.Peerings[i].AllowForwardedTraffic = forwarded
		}
		return w
	}
	tests := []struct {
		name     string
		world    *world
		from, to reach.Endpoint
		want     string
	}{
		{"they talk", triangle(), a, c, ``},
		{"a chain of tunnels", chainSingle(), a, c, `
			yes list 10.3.0.0/16 in site "site0001" of "gA", 10.1.0.0/16 in site "site0004" of "gC"
			yes peer "A" and "C", in both directions, once both are in Resource Manager: classic VNets cannot be peered with each other`},
		{"one direction of it", chainLopsided(), a, c, `
			yes list 10.1.0.0/16 in site "site0004" of "gC"
			yes peer "A" and "C", in both directions, once both are in Resource Manager: classic VNets cannot be peered with each other`},
		{"a one-sided connection", classic("A", "C").with(func(w *world) {
			w.gateway("C")
			w.half("A", rangeC, estate.Site{Endpoint: id(estate.TypeVNet, "C")}, estate.Pairing{Confidence: estate.OneSided, Toward: id(estate.TypeVNet, "C")})
		}), a, c, `
			yes give "C" a connection back to "A", with a local network site that lists 10.1.0.0/16
			yes peer "A" and "C", in both directions, once both are in Resource Manager: classic VNets cannot be peered with each other`},
		{"two spokes of a firewall", transit(false), a, c, `
			yes peer "A" and "C", in both directions
			yes route 10.3.0.0/16 from "A" and 10.1.0.0/16 from "C" to "fw" (10.2.0.4), with allowForwardedTraffic in both VNets' peerings with "B", and a rule there`},
		{"a route in the way", arm("A", "C").with(peer("A", "C"), func(w *world) {
			w.subnet("A", "s", rangeA)
			w.table("t", "A/s", rangeC+" None")
		}), a, c, `
			yes take the route 10.3.0.0/16 to None out of route table "t", which subnet "s" of "A" has; what it steers today then goes another way`},
		{"half a peering", arm("A", "C").with(peer("A", "C"), func(w *world) { w.Peerings = w.Peerings[:1] }), a, c, `
			yes create the other half of the peering of "A" and "C", at "C"`},
		{"a spoke and on-premises", arm("H", "A").with(peer("H", "A"), prem("H", rangeO, "HQ")), a, at(onPrem("HQ"), "192.168.0.4"), `
			yes let "A" use the gateway of "H": allowGatewayTransit at "H", then useRemoteGateways at "A"`},
		{"overlap", overlapping(), at(vnet("A"), "10.1.0.4"), at(vnet("A2"), "10.1.128.4"), ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := fmt.Sprintf("%+v", tt.world.Estate)
			var got strings.Builder
			for _, r := range reach.Remedies(&tt.world.Estate, tt.from, tt.to) {
				fmt.Fprintf(&got, "%s %s\n", r.Value, r.Change)
			}
			if diff := cmp.Diff(lines(tt.want), got.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if fmt.Sprintf("%+v", tt.world.Estate) != before {
				t.Error("the estate was changed")
			}
		})
	}
}

// What remedies ask without the whole relation is what the relation says, but for what an on-premises
// network might hand on; the estate stays as it was.
func TestRemediesAskLikeTheRelation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		r := reach.Compute(&w.Estate)
		all := points(newDefinition(&w.Estate))
		for range 8 {
			a, b := endpoint(rapid.SampledFrom(all).Draw(t, "from")), endpoint(rapid.SampledFrom(all).Draw(t, "to"))
			got, want := reach.SessionIn(&w.Estate, a, b), r.Sess(a, b)
			handedOn := got == reach.No && want == reach.Unknown && a.Kind == reach.VNet && b.Kind == reach.VNet
			if got != want && !handedOn && a.Kind != reach.Internet && b.Kind != reach.Internet {
				t.Fatalf("%s %s and %s %s: %s, want %s\n%s", a.Location, a.Address, b.Location, b.Address, got, want, describe(w))
			}
		}
		before := describe(w)
		reach.Remedies(&w.Estate, endpoint(all[0]), endpoint(all[len(all)-1]))
		if describe(w) != before {
			t.Fatalf("the estate was changed:\n%s", describe(w))
		}
	})
}
