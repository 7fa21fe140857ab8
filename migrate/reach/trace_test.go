package reach_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// story prints the paths of a packet, one decision per line.
func story(a reach.Answer) string {
	var b strings.Builder
	for _, p := range a.Paths {
		for _, s := range p.Steps {
			at := s.At.String()
			if s.Gateway {
				at = "gateway of " + at
			}
			fmt.Fprintf(&b, "%s: %s", at, s.Why)
			if s.Route.IsValid() {
				fmt.Fprintf(&b, " %s", s.Route)
			}
			for _, h := range s.Hops {
				fmt.Fprintf(&b, " → %s %s", h.Type, h.Element.Name)
			}
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s%s %s\n", p.Value, because(p.Assumptions), p.Reason)
	}
	return b.String()
}

func TestTrace(t *testing.T) {
	tests := []struct {
		name  string
		world *world
		from  reach.Location
		to    reach.Location
		addr  string
		want  string
	}{
		{"multi-hop", chainMulti(), vnet("A"), vnet("C"), "10.3.0.4", `
			VNet A: the longest prefix 10.3.0.0/16
			gateway of VNet A: the longest prefix 10.3.0.0/16 → ipsecV2V A-site0001
			gateway of VNet B: the longest prefix 10.3.0.0/16 → vpnGwForward gB → ipsecV2V B-site0003
			gateway of VNet C: the longest prefix 10.3.0.0/16
			yes `},
		{"no route", chainSingle(), vnet("A"), vnet("C"), "10.3.0.4", `
			VNet A: no longer prefix holds the address 0.0.0.0/0 → internet
			VNet A: only the way to the Internet holds the address, and it is private
			no VNet A: only the way to the Internet holds the address, and it is private`},
		{"the way back ends at the middle", chainLopsided(), vnet("C"), vnet("A"), "10.1.0.4", `
			VNet C: no longer prefix holds the address 0.0.0.0/0 → internet
			VNet C: only the way to the Internet holds the address, and it is private
			no VNet C: only the way to the Internet holds the address, and it is private`},
		{"one-sided", classic("A", "B").with(func(w *world) { w.oneSided("A", rangeB, "B") }), vnet("A"), vnet("B"), "10.2.0.4", `
			VNet A: the longest prefix 10.2.0.0/16
			gateway of VNet A: the longest prefix 10.2.0.0/16
			gateway of VNet A: the connection is one-sided: the other end has none back
			no the gateway of VNet A: the connection is one-sided: the other end has none back`},
		{"gateway transit", arm("H", "A").with(spoke("H", "A"), prem("H", rangeO, "HQ")), vnet("A"), onPrem("HQ"), "192.168.0.4", `
			VNet A: the longest prefix 192.168.0.0/16 → gwTransit gH
			gateway of VNet H: the longest prefix 192.168.0.0/16 → ipsecS2S H-site0001
			yes (ASM-ONPREM) `},
		{"from on-premises to a spoke", arm("H", "A").with(spoke("H", "A"), prem("H", rangeO, "HQ")), onPrem("HQ"), vnet("A"), "10.1.0.4", `
			on-premises HQ: it answers through the connection by which it is reached → ipsecS2S H-site0001 → gwTransit gH
			yes (ASM-ONPREM) `},
		{"a loop", classic("A", "B", "C").with(link("A", rangeC, "B", rangeC)), vnet("A"), vnet("C"), "10.3.0.4", `
			VNet A: the longest prefix 10.3.0.0/16
			gateway of VNet A: the longest prefix 10.3.0.0/16 → ipsecV2V A-site0001
			gateway of VNet B: the longest prefix 10.3.0.0/16 → vpnGwForward gB → ipsecV2V B-site0002
			gateway of VNet A: the longest prefix 10.3.0.0/16 → vpnGwForward gA → ipsecV2V A-site0001
			gateway of VNet B: it was here before in the same manner: a loop
			no the gateway of VNet B: it was here before in the same manner: a loop`},
		{"overlap", overlapping(), vnet("A"), vnet("A2"), "10.1.128.4", `
			VNet A: the longest prefix 10.1.0.0/16
			no delivered to VNet A, which is routed for the same address`},
		{"not peered with the spoke's hub gateway", arm("H", "A", "B").with(spoke("H", "A"), peer("H", "B"), prem("H", "10.0.0.0/8", "HQ")), vnet("A"), vnet("B"), "10.2.0.4", `
			VNet A: the longest prefix 10.0.0.0/8 → gwTransit gH
			gateway of VNet H: the longest prefix 10.2.0.0/16
			gateway of VNet H: the VNet does not use this gateway, so it has no route back
			no the gateway of VNet H: the VNet does not use this gateway, so it has no route back`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			to := reach.Endpoint{Location: tt.to, Address: netip.MustParseAddr(tt.addr)}
			got := story(reach.Trace(&tt.world.Estate, reach.Endpoint{Location: tt.from}, to))
			if diff := cmp.Diff(lines(tt.want), lines(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Where an input does not say whether a circuit joins two VNets, their route to each other is there or is
// not, at the VNet and at its gateway alike.
func TestTraceHasNoWayThatCannotBe(t *testing.T) {
	w := arm("A", "B")
	w.edge("A", rangeO, "WAN", "")
	w.edge("B", rangeO, "WAN", "")
	got := story(reach.Trace(&w.Estate, reach.Endpoint{Location: vnet("A")}, reach.Endpoint{Location: vnet("B"), Address: netip.MustParseAddr("10.2.0.4")}))
	want := `
		VNet A: one of several: ASM-CIRCUIT 0.0.0.0/0 → internet
		VNet A: only the way to the Internet holds the address, and it is private
		no (ASM-CIRCUIT) VNet A: only the way to the Internet holds the address, and it is private
		VNet A: one of several: ASM-CIRCUIT 10.2.0.0/16
		gateway of VNet A: one of several: ASM-CIRCUIT 10.2.0.0/16 → erEdge A-site0001
		gateway of VNet B: the longest prefix 10.2.0.0/16
		unknown (ASM-CIRCUIT)`
	if diff := cmp.Diff(lines(want), lines(got)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestTraceCountsWhatItDoesNotList(t *testing.T) {
	w := arm("A")
	for i := range 70 {
		prem("A", rangeO, fmt.Sprint("HQ", i))(w)
	}
	a := reach.Trace(&w.Estate, reach.Endpoint{Location: vnet("A")}, reach.Endpoint{Location: onPrem("HQ69"), Address: netip.MustParseAddr("192.168.0.4")})
	if a.Value != reach.Unknown || len(a.Paths) != 64 || a.More != 6 {
		t.Errorf("%s by %d ways and %d more", a.Value, len(a.Paths), a.More)
	}
}
