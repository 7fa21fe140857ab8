package reach_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// The ranges of the worked examples.
const (
	rangeA = "10.1.0.0/16"
	rangeB = "10.2.0.0/16"
	rangeC = "10.3.0.0/16"
	rangeD = "10.4.0.0/16"
	rangeE = "10.5.0.0/16"
	rangeH = "10.0.0.0/16"
	rangeO = "192.168.0.0/16"
)

var ranges = map[string]string{"A": rangeA, "B": rangeB, "C": rangeC, "D": rangeD, "E": rangeE, "H": rangeH}

func classic(names ...string) *world { return worldOf(estate.Classic, names) }
func arm(names ...string) *world     { return worldOf(estate.ARM, names) }

func worldOf(model estate.Model, names []string) *world {
	w := &world{}
	for _, n := range names {
		w.vnet(model, n, ranges[n])
	}
	return w
}

// with lets a table build a world in one expression.
func (w *world) with(steps ...func(*world)) *world {
	for _, s := range steps {
		s(w)
	}
	return w
}

func link(a, aList, b, bList string) func(*world) {
	return func(w *world) { w.link(a, aList, b, bList) }
}
func direct(a, b string) func(*world)        { return link(a, ranges[b], b, ranges[a]) }
func peer(a, b string) func(*world)          { return func(w *world) { w.peer(a, b, "") } }
func spoke(hub, s string) func(*world)       { return func(w *world) { w.peer(hub, s, s) } }
func prem(v, list, name string) func(*world) { return func(w *world) { w.onPrem(v, list, name) } }

// mesh joins all VNets with each other.
func mesh(join func(a, b string) func(*world), names ...string) func(*world) {
	return func(w *world) {
		for i, a := range names {
			for _, b := range names[i+1:] {
				join(a, b)(w)
			}
		}
	}
}

func pair() *world     { return classic("A", "B").with(direct("A", "B")) }
func triangle() *world { return classic("A", "B", "C").with(mesh(direct, "A", "B", "C")) }

// Daisy chains, with sites that name the next VNet only and with sites that name all beyond it.
func chainSingle() *world { return classic("A", "B", "C").with(direct("A", "B"), direct("B", "C")) }
func chainMulti() *world {
	return classic("A", "B", "C").with(link("A", rangeB+" "+rangeC, "B", rangeA), link("B", rangeC, "C", rangeB+" "+rangeA))
}
func chainLopsided() *world {
	return classic("A", "B", "C").with(link("A", rangeB+" "+rangeC, "B", rangeA), link("B", rangeC, "C", rangeB))
}
func chainPartial() *world {
	return classic("A", "B", "C").with(link("A", rangeB+" 10.3.4.0/24", "B", rangeA), link("B", rangeC, "C", rangeB+" "+rangeA))
}

func hubOnPrem() *world {
	return classic("H", "A", "B").with(direct("H", "A"), direct("H", "B"), prem("H", rangeO, "HQ"))
}
func hubOnPremRouted() *world {
	return classic("H", "A", "B").with(link("H", rangeA, "A", rangeH+" "+rangeO), direct("H", "B"), prem("H", rangeO, "HQ"))
}

// hairpinOfThree has A and B meet on-premises, and C there too with the given list.
func hairpinOfThree(list string) *world {
	return classic("A", "B", "C").with(prem("A", rangeO+" "+rangeB+" "+rangeC, "HQ"), prem("B", rangeO+" "+rangeA, "HQ"), prem("C", list, "HQ"))
}
func overlapping() *world {
	w := classic("A", "B").with(direct("A", "B"))
	w.vnet(estate.Classic, "A2", "10.1.128.0/17")
	w.vnet(estate.Classic, "B2", "10.9.0.0/16")
	return w.with(link("A2", "10.9.0.0/16", "B2", "10.1.128.0/17"))
}

func TestRelationOfExamples(t *testing.T) {
	tests := []struct {
		name  string
		world *world
		want  string
	}{
		{"pair", pair(), `VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via ipsecV2V`},
		{"triangle", triangle(), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via ipsecV2V
			VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via ipsecV2V
			VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via ipsecV2V`},
		{"peerings are not transitive", arm("A", "B", "C").with(peer("A", "B"), peer("A", "C")), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via peering
			VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via peering`},
		{"single-hop chain", chainSingle(), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via ipsecV2V
			VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via ipsecV2V`},
		{"multi-hop chain", chainMulti(), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via ipsecV2V
			VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via ipsecV2V-vpnGwForward-ipsecV2V
			VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via ipsecV2V`},
		{"lopsided chain", chainLopsided(), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via ipsecV2V
			VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via ipsecV2V
			VNet A → VNet C only`},
		{"partial chain", chainPartial(), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via ipsecV2V
			VNet A [10.1.0.0/16] ↔ VNet C [10.3.4.0/24]: yes via ipsecV2V-vpnGwForward-ipsecV2V
			VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via ipsecV2V`},
		{"hub with on-premises", hubOnPrem(), `
			VNet A [10.1.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via ipsecV2V
			VNet B [10.2.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via ipsecV2V
			VNet H [10.0.0.0/16] ↔ on-premises HQ [192.168.0.0/16]: yes via ipsecS2S (ASM-ONPREM)`},
		{"hub with on-premises that a spoke lists", hubOnPremRouted(), `
			VNet A [10.1.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via ipsecV2V
			VNet A [10.1.0.0/16] ↔ on-premises HQ [192.168.0.0/16]: yes via ipsecV2V-vpnGwForward-ipsecS2S (ASM-ONPREM)
			VNet B [10.2.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via ipsecV2V
			VNet H [10.0.0.0/16] ↔ on-premises HQ [192.168.0.0/16]: yes via ipsecS2S (ASM-ONPREM)`},
		{"gateway transit", arm("H", "A", "B").with(spoke("H", "A"), peer("H", "B"), prem("H", rangeO, "HQ")), `
			VNet A [10.1.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via peering
			VNet A [10.1.0.0/16] ↔ on-premises HQ [192.168.0.0/16]: yes via gwTransit-ipsecS2S (ASM-ONPREM)
			VNet B [10.2.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via peering
			VNet H [10.0.0.0/16] ↔ on-premises HQ [192.168.0.0/16]: yes via ipsecS2S (ASM-ONPREM)`},
		{"overlap", overlapping(), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via ipsecV2V
			VNet A2 [10.1.128.0/17] ↔ VNet B2 [10.9.0.0/16]: yes via ipsecV2V`},
		{"one-sided", classic("A", "B").with(func(w *world) { w.oneSided("A", rangeB, "B") }), ``},
		{"circuit", classic("H", "A").with(func(w *world) {
			w.circuit("H", rangeO, "X")
			w.circuit("A", rangeO, "X")
			w.onPrem("H", "172.16.0.0/16", "branch")
		}), `
			VNet A [10.1.0.0/16] ↔ VNet H [10.0.0.0/16]: unknown via erEdge (ASM-CIRCUIT)
			VNet A [10.1.0.0/16] ↔ on-premises X [192.168.0.0/16]: unknown via erEdge (ASM-CIRCUIT)
			VNet H [10.0.0.0/16] ↔ on-premises branch [172.16.0.0/16]: yes via ipsecS2S (ASM-ONPREM)
			VNet H [10.0.0.0/16] ↔ on-premises X [192.168.0.0/16]: unknown via erEdge (ASM-CIRCUIT)`},
		{"clients", classic("A").with(func(w *world) { w.clients("A", "172.16.0.0/24") }), `
			VNet A [10.1.0.0/16] ↔ clients of A [172.16.0.0/24]: yes via p2s`},
		{"clients of a gateway that does not exist", arm("A", "B", "C").with(
			func(w *world) { w.clients("A", "172.16.0.0/24"); w.absent("A") }, spoke("A", "B"), peer("A", "C")), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via peering
			VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via peering
			VNet A [10.1.0.0/16] ↔ clients of A [172.16.0.0/24]: unknown via p2s (ASM-NO-GATEWAY)
			VNet B [10.2.0.0/16] ↔ clients of A [172.16.0.0/24]: unknown via gwTransit-p2s (ASM-NO-GATEWAY)
			clients of A → VNet C only`},
		{"tunnels of a gateway that does not exist", classic("A", "B").with(link("A", rangeB, "B", rangeA), prem("A", rangeO, "HQ"), func(w *world) {
			for i := range w.Connections {
				w.Connections[i].Pairing.Suspect = "GW-012"
			}
		}), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: unknown via ipsecV2V (ASM-NO-GATEWAY)
			VNet A [10.1.0.0/16] ↔ on-premises HQ [192.168.0.0/16]: unknown via ipsecS2S (ASM-ONPREM ASM-NO-GATEWAY)`},
		{"clients beyond their VNet", arm("A", "B", "C", "D").with(
			func(w *world) { w.clients("A", "172.16.0.0/24") }, spoke("A", "B"), peer("A", "C"),
			link("A", rangeD, "D", rangeA+" 172.16.0.0/24")), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via peering
			VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via peering
			VNet A [10.1.0.0/16] ↔ VNet D [10.4.0.0/16]: yes via ipsecV2V
			VNet A [10.1.0.0/16] ↔ clients of A [172.16.0.0/24]: yes via p2s
			VNet B [10.2.0.0/16] ↔ clients of A [172.16.0.0/24]: yes via gwTransit-p2s
			VNet D [10.4.0.0/16] ↔ clients of A [172.16.0.0/24]: unknown via ipsecV2V-p2s (ASM-CLIENT-ROUTES)
			VNet B → VNet D only
			clients of A → VNet C only`},
		{"supernet at the hub", arm("H", "A", "B").with(spoke("H", "A"), spoke("H", "B"), prem("H", "10.0.0.0/8", "HQ")), `
			VNet A [10.1.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via peering
			VNet A [10.1.0.0/16] ↔ on-premises HQ [10.3.0.0/16 10.4.0.0/14 10.8.0.0/13 10.16.0.0/12 10.32.0.0/11 10.64.0.0/10 10.128.0.0/9]: yes via gwTransit-ipsecS2S (ASM-ONPREM)
			VNet B [10.2.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via peering
			VNet B [10.2.0.0/16] ↔ on-premises HQ [10.3.0.0/16 10.4.0.0/14 10.8.0.0/13 10.16.0.0/12 10.32.0.0/11 10.64.0.0/10 10.128.0.0/9]: yes via gwTransit-ipsecS2S (ASM-ONPREM)
			VNet H [10.0.0.0/16] ↔ on-premises HQ [10.3.0.0/16 10.4.0.0/14 10.8.0.0/13 10.16.0.0/12 10.32.0.0/11 10.64.0.0/10 10.128.0.0/9]: yes via ipsecS2S (ASM-ONPREM)
			hairpin at VNet H from [VNet A VNet B] to [VNet A VNet B]: [10.1.0.0/16 10.2.0.0/16] (ASM-SPOKE-HAIRPIN)`},
		{"on-premises hairpin", classic("A", "B").with(prem("A", rangeO+" "+rangeB, "HQ"), prem("B", rangeO+" "+rangeA, "hq")), `
			VNet A [10.1.0.0/16] ↔ on-premises HQ [10.2.0.0/16 192.168.0.0/16]: yes via ipsecS2S (ASM-ONPREM)
			VNet B [10.2.0.0/16] ↔ on-premises HQ [10.1.0.0/16 192.168.0.0/16]: yes via ipsecS2S (ASM-ONPREM)
			hairpin at on-premises HQ from [VNet A VNet B] to [VNet A VNet B]: [10.1.0.0/16 10.2.0.0/16] (ASM-ONPREM ASM-ONPREM-TRANSIT)`},
		{"2.5 no transit over Vnet2Vnet", arm("A", "B", "C").with(func(w *world) { w.vnet2vnet("A", "B") }, link("B", rangeC, "C", rangeB+" "+rangeA)), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via ipsecV2V
			VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via ipsecV2V`},
		{"2.5 static transit over IPsec", arm("A", "B", "C").with(link("A", rangeB+" "+rangeC, "B", rangeA), link("B", rangeC, "C", rangeB+" "+rangeA)), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via ipsecV2V
			VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via ipsecV2V-vpnGwForward-ipsecV2V
			VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]: yes via ipsecV2V`},
		{"2.5 spokes behind Vnet2Vnet", arm("H", "A", "B").with(func(w *world) { w.vnet2vnet("H", "B") }, spoke("H", "A")), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: unknown via gwTransit-ipsecV2V (ASM-V2V-SPOKES)
			VNet A [10.1.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via peering
			VNet B [10.2.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via ipsecV2V`},
		{"2.5 spokes behind Vnet2Vnet and a covering route", arm("H", "A", "B").with(
			func(w *world) { w.vnet2vnet("H", "B") }, spoke("H", "A"), func(w *world) { w.vnet(estate.ARM, "A2", rangeA) },
			link("B", "10.0.0.0/15", "A2", rangeB)), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: unknown via gwTransit-ipsecV2V (ASM-V2V-SPOKES)
			VNet A [10.1.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via peering
			VNet A2 [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: unknown via ipsecV2V (ASM-V2V-SPOKES)
			VNet B [10.2.0.0/16] ↔ VNet H [10.0.0.0/16]: yes via ipsecV2V`},
		{"2.5 on-premises does not come back into Vnet2Vnet", arm("A", "B").with(prem("B", rangeO, "HQ"),
			link("A", rangeO, "B", "10.99.0.0/16"), func(w *world) { w.vnet2vnet("A", "B") }), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via ipsecV2V
			VNet B [10.2.0.0/16] ↔ on-premises HQ [192.168.0.0/16]: yes via ipsecS2S (ASM-ONPREM)
			VNet A → on-premises HQ only`},
		{"equal prefixes on two connections", classic("A", "B", "C").with(
			link("A", rangeB+" "+rangeC, "B", rangeA+" "+rangeC), link("A", rangeC, "B", rangeC),
			link("A", rangeC, "C", rangeA), link("B", rangeC, "C", "10.99.0.0/16")), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via ipsecV2V
			VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16]: unknown via ipsecV2V (ASM-EQUAL-PREFIX)
			VNet B → VNet C only`},
		{"2.3 peering beats a longer gateway route", arm("A", "B", "C").with(peer("A", "B"), link("A", "10.2.7.0/24", "C", rangeA)), `
			VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: yes via peering
			VNet C → VNet A only`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(lines(tt.want), sessions(reach.Compute(&tt.world.Estate))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestFullMeshOfFive(t *testing.T) {
	names := []string{"A", "B", "C", "D", "E"}
	before := classic(names...).with(mesh(direct, names...))
	if n := len(before.Connections); n != 20 {
		t.Fatalf("half-links: %d, want 20", n)
	}
	hubs := func(hub string, spokes ...string) *world {
		w := arm(names...)
		if hub == "H" {
			w.vnet(estate.ARM, "H", rangeH)
		}
		for _, s := range spokes {
			w.peer(hub, s, "")
		}
		return w
	}
	count := func(after *world) map[reach.Class]int {
		out := map[reach.Class]int{}
		for v := range reach.Compare(reach.Compute(&before.Estate), reach.Compute(&after.Estate), nil) {
			out[v.Class]++
			if v.NewLocation != (v.Class == reach.Gained) {
				t.Errorf("%s %s ↔ %s: new location %t", v.Class, v.From, v.To, v.NewLocation)
			}
		}
		return out
	}
	for _, tt := range []struct {
		name  string
		after *world
		want  map[reach.Class]int
	}{
		{"new hub without transit", hubs("H", names...), map[reach.Class]int{reach.Lost: 10, reach.Gained: 5}},
		{"one of the five as hub", hubs("A", "B", "C", "D", "E"), map[reach.Class]int{reach.Lost: 6, reach.PathChanged: 4}},
		{"direct mesh", arm(names...).with(mesh(peer, names...)), map[reach.Class]int{reach.PathChanged: 10}},
	} {
		if diff := cmp.Diff(tt.want, count(tt.after)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", tt.name, diff)
		}
	}
}

func TestVerdictsOfExamples(t *testing.T) {
	tests := []struct {
		name          string
		before, after *world
		want          string
	}{
		{"pair to peering", pair(), arm("A", "B").with(peer("A", "B")), `
			path changed VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]`},
		{"pair to its ARM form", pair(), arm("A", "B").with(func(w *world) { w.vnet2vnet("A", "B") }), `
			preserved VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]`},
		{"hub only", triangle(), arm("A", "B", "C").with(peer("A", "B"), peer("A", "C")), `
			path changed VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			path changed VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			lost VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]`},
		{"hub with gateway transit alone", chainSingle(), arm("A", "B", "C").with(spoke("B", "A"), spoke("B", "C"), func(w *world) { w.gateway("B") }), `
			path changed VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			path changed VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]`},
		{"platform migration", chainMulti(), arm("A", "B", "C").with(func(w *world) { w.vnet2vnet("A", "B"); w.vnet2vnet("B", "C") }), `
			preserved VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]
			lost VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16]
			preserved VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]`},
		{"peering A–C", chainMulti(), arm("A", "B", "C").with(mesh(peer, "A", "B", "C")), `
			path changed VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			path changed VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16]: ipsecV2V-vpnGwForward-ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			path changed VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]`},
		{"lopsided stays", chainLopsided(), chainLopsided(), `
			preserved VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]
			half open VNet A [] ↔ VNet C [10.3.0.0/16]
			preserved VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]`},
		{"lopsided fixed", chainLopsided(), chainMulti(), `
			preserved VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]
			half fixed VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16] {new pair}
			preserved VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]`},
		{"partial becomes whole", chainPartial(), arm("A", "B", "C").with(mesh(peer, "A", "B", "C")), `
			path changed VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			path changed VNet A [10.1.0.0/16] ↔ VNet C [10.3.4.0/24]: ipsecV2V-vpnGwForward-ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			gained VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/22 10.3.5.0/24 10.3.6.0/23 10.3.8.0/21 10.3.16.0/20 10.3.32.0/19 10.3.64.0/18 10.3.128.0/17] {wider}
			path changed VNet B [10.2.0.0/16] ↔ VNet C [10.3.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]`},
		{"spokes gain on-premises", hubOnPrem(), arm("H", "A", "B").with(spoke("H", "A"), peer("H", "B"), prem("H", rangeO, "HQ")), `
			path changed VNet A [10.1.0.0/16] ↔ VNet H [10.0.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			gained VNet A [10.1.0.0/16] ↔ on-premises HQ [192.168.0.0/16] {new exposure}
			path changed VNet B [10.2.0.0/16] ↔ VNet H [10.0.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			preserved VNet H [10.0.0.0/16] ↔ on-premises HQ [192.168.0.0/16]`},
		{"a spoke that lists on-premises keeps it", hubOnPremRouted(), arm("H", "A", "B").with(spoke("H", "A"), peer("H", "B"), prem("H", rangeO, "HQ")), `
			path changed VNet A [10.1.0.0/16] ↔ VNet H [10.0.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			path changed VNet A [10.1.0.0/16] ↔ on-premises HQ [192.168.0.0/16]: ipsecV2V-vpnGwForward-ipsecS2S → gwTransit-ipsecS2S [ENC_LOST SPOF_REMOVED]
			path changed VNet B [10.2.0.0/16] ↔ VNet H [10.0.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			preserved VNet H [10.0.0.0/16] ↔ on-premises HQ [192.168.0.0/16]`},
		{"the other owner of the addresses", overlapping(), func() *world {
			w := arm("A", "B")
			w.vnet(estate.ARM, "A2", "10.1.128.0/17")
			w.vnet(estate.ARM, "B2", "10.9.0.0/16")
			return w.with(peer("A", "B"), peer("A", "B2"))
		}(), `
			path changed VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]: ipsecV2V → peering [ENC_LOST CAP_UP SPOF_REMOVED]
			gained VNet A [10.1.0.0/16] ↔ VNet B2 [10.9.0.0/16] {new pair}
			misdelivered VNet A2 [10.1.128.0/17] ↔ VNet B2 [10.9.0.0/16] delivered to VNet A`},
		{"one-sided becomes a peering", classic("A", "B").with(func(w *world) { w.oneSided("A", rangeB, "B") }), arm("A", "B").with(peer("A", "B")), `
			gained VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16] {new pair}`},
		{"behind a circuit", classic("A").with(func(w *world) { w.circuit("A", rangeO, "X") }), arm("A"), `
			unknown before VNet A [10.1.0.0/16] ↔ on-premises X [192.168.0.0/16] unknown→no (ASM-CIRCUIT)`},
		{"the pool moves to the hub", arm("A", "B").with(func(w *world) { w.clients("B", "172.16.0.0/24") }, peer("A", "B")),
			arm("A", "B").with(func(w *world) { w.clients("A", "172.16.0.0/24") }, spoke("A", "B")), `
			preserved VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16]
			gained VNet A [10.1.0.0/16] ↔ clients of A [172.16.0.0/24] {new exposure} new location
			gained VNet B [10.2.0.0/16] ↔ clients of A [172.16.0.0/24] {new exposure} new location
			misdelivered VNet B [10.2.0.0/16] ↔ clients of B [172.16.0.0/24] delivered to clients of A`},
		{"supernet draws spokes to the gateway", arm("H", "A", "B").with(spoke("H", "A"), spoke("H", "B"), prem("H", "10.128.0.0/9", "HQ")),
			arm("H", "A", "B").with(spoke("H", "A"), spoke("H", "B"), prem("H", "10.128.0.0/9 10.0.0.0/14", "HQ")), `
			preserved VNet A [10.1.0.0/16] ↔ VNet H [10.0.0.0/16]
			preserved VNet A [10.1.0.0/16] ↔ on-premises HQ [10.128.0.0/9]
			gained VNet A [10.1.0.0/16] ↔ on-premises HQ [10.3.0.0/16] {wider}
			preserved VNet B [10.2.0.0/16] ↔ VNet H [10.0.0.0/16]
			preserved VNet B [10.2.0.0/16] ↔ on-premises HQ [10.128.0.0/9]
			gained VNet B [10.2.0.0/16] ↔ on-premises HQ [10.3.0.0/16] {wider}
			preserved VNet H [10.0.0.0/16] ↔ on-premises HQ [10.128.0.0/9]
			gained VNet H [10.0.0.0/16] ↔ on-premises HQ [10.3.0.0/16] {wider}
			gained VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16] {new pair} and all that meet at VNet H no→unknown (ASM-SPOKE-HAIRPIN)`},
		{"one more at an on-premises hairpin", hairpinOfThree(rangeO), hairpinOfThree(rangeO + " " + rangeA), `
			preserved VNet A [10.1.0.0/16] ↔ on-premises HQ [10.2.0.0/15 192.168.0.0/16]
			preserved VNet B [10.2.0.0/16] ↔ on-premises HQ [10.1.0.0/16 192.168.0.0/16]
			preserved VNet C [10.3.0.0/16] ↔ on-premises HQ [192.168.0.0/16]
			gained VNet C [10.3.0.0/16] ↔ on-premises HQ [10.1.0.0/16] {wider}
			unknown before VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16] and all that meet at on-premises HQ unknown→unknown (ASM-ONPREM ASM-ONPREM-TRANSIT ASM-ONPREM ASM-ONPREM-TRANSIT)
			half fixed VNet A [10.1.0.0/16] ↔ VNet C [10.3.0.0/16] {new pair} and all that meet at on-premises HQ no→unknown (ASM-ONPREM ASM-ONPREM-TRANSIT ASM-ONPREM ASM-ONPREM-TRANSIT)`},
		{"an on-premises hairpin ends", classic("A", "B").with(prem("A", rangeO+" "+rangeB, "HQ"), prem("B", rangeO+" "+rangeA, "HQ")),
			arm("A", "B").with(prem("A", rangeO, "HQ"), spoke("A", "B")), `
			unknown before VNet A [10.1.0.0/16] ↔ VNet B [10.2.0.0/16] unknown→yes (ASM-ONPREM ASM-ONPREM-TRANSIT)
			preserved VNet A [10.1.0.0/16] ↔ on-premises HQ [192.168.0.0/16]
			path changed VNet B [10.2.0.0/16] ↔ on-premises HQ [192.168.0.0/16]: ipsecS2S → gwTransit-ipsecS2S [ENC_LOST SPOF_ADDED SPOF_REMOVED]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(lines(tt.want), verdicts(tt.before, tt.after)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestVerdictNamesClassicAndARM follows a VNet through its mapping and checks the witness.
func TestVerdictNamesClassicAndARM(t *testing.T) {
	before, after := pair(), &world{}
	after.vnet(estate.ARM, "a-net", rangeA)
	after.vnet(estate.ARM, "b-net", rangeB)
	after.peer("a-net", "b-net", "")
	m := []estate.Mapping{{From: id(estate.TypeVNet, "a"), To: id(estate.TypeVNet, "A-net")}, {From: id(estate.TypeVNet, "B"), To: id(estate.TypeVNet, "b-net")}}
	var all []reach.Verdict
	for v := range reach.Compare(reach.Compute(&before.Estate), reach.Compute(&after.Estate), m) {
		all = append(all, v)
	}
	if len(all) != 1 || all[0].Class != reach.PathChanged || all[0].From != vnet("A") || all[0].NewLocation {
		t.Fatalf("verdicts %+v", all)
	}
	if got := [2]netip.Addr{all[0].WitnessFrom, all[0].WitnessTo}; got != [2]netip.Addr{netip.MustParseAddr("10.1.0.4"), netip.MustParseAddr("10.2.0.4")} {
		t.Errorf("witness %v", got)
	}
	if got := hops(all[0].After.Return); got != "peering" {
		t.Errorf("way back: %s", got)
	}
}
