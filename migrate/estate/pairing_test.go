package estate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
)

var pairingTests = []struct{ name, sketch, want string }{
	{"two that name each other", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA`, `
		A/toB = B/toA certain`},
	{"placeholder addresses make it likely", `
		site toA 10.1.0.0/16 @1.1.1.1
		site toB 10.2.0.0/16 @1.1.1.1
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA`, `
		A/toB = B/toA likely`},
	{"one real address is not enough to be certain", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @2.0.0.2
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA`, `
		A/toB = B/toA likely`},
	{"no address at all", `
		site toA 10.1.0.0/16
		site toB 10.2.0.0/16
		vnet A 10.1.0.0/16 -> toB?
		vnet B 10.2.0.0/16 -> toA?`, `
		A/toB = B/toA likely`},
	{"a mesh on one real address that cannot be everybody's", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.68.10.20
		site toC 10.3.0.0/16 @40.68.10.20
		vnet A 10.1.0.0/16 -> toB toC
		vnet B 10.2.0.0/16 -> toA toC
		vnet C 10.3.0.0/16 -> toA toB`, `
		A/toB = B/toA likely
		A/toC = C/toA likely
		B/toC = C/toB likely`},
	{"multi-hop chain with placeholders", `
		site a-b 10.2.0.0/16 10.3.0.0/16 10.4.0.0/16 @1.1.1.1
		site b-a 10.1.0.0/16 @1.1.1.1
		site b-c 10.3.0.0/16 10.4.0.0/16 @1.1.1.1
		site c-b 10.2.0.0/16 10.1.0.0/16 @1.1.1.1
		site c-d 10.4.0.0/16 @1.1.1.1
		site d-c 10.3.0.0/16 10.2.0.0/16 10.1.0.0/16 @1.1.1.1
		vnet A 10.1.0.0/16 -> a-b
		vnet B 10.2.0.0/16 -> b-a b-c
		vnet C 10.3.0.0/16 -> c-b c-d
		vnet D 10.4.0.0/16 -> d-c`, `
		A/a-b = B/b-a likely
		B/b-c = C/c-b likely
		C/c-d = D/d-c likely`},
	{"multi-hop hub with one spoke's ranges behind the other", `
		site for-a 10.0.0.0/16 192.168.0.0/16 10.2.0.0/16 @40.68.10.20
		site for-b 10.0.0.0/16 192.168.0.0/16 10.1.0.0/16 @40.68.10.20
		site a 10.1.0.0/16 @40.69.30.41
		site b 10.2.0.0/16 @40.69.77.12
		site office 192.168.0.0/16 @81.2.69.160
		vnet H 10.0.0.0/16 -> a b office
		vnet A 10.1.0.0/16 -> for-a
		vnet B 10.2.0.0/16 -> for-b`, `
		A/for-a = H/a certain
		B/for-b = H/b certain
		H/office: office`},
	{"equal spaces, two tunnels and two halves, nothing tells them apart", `
		site s1 10.2.0.0/16 @100.100.100.100
		site s2 10.2.0.0/16 @100.100.100.100
		site t1 10.1.0.0/16 @100.100.100.100
		site t2 10.1.0.0/16 @100.100.100.100
		vnet n1 10.1.0.0/16 -> s1
		vnet n2 10.1.0.0/16 -> s2
		vnet n3 10.1.0.0/16
		vnet n4 10.1.0.0/16
		vnet n5 10.1.0.0/16
		vnet m1 10.2.0.0/16 -> t1
		vnet m2 10.2.0.0/16 -> t2
		vnet m3 10.2.0.0/16
		vnet m4 10.2.0.0/16`, `
		n1/s1 ? m1/t1 m2/t2 ambiguous
		n2/s2 ? m1/t1 m2/t2 ambiguous
		m1/t1 ? n1/s1 n2/s2 ambiguous
		m2/t2 ? n1/s1 n2/s2 ambiguous`},
	{"equal spaces, told apart by names", `
		site harbour-local 10.2.0.0/16 @100.100.100.100
		site airport-local 10.2.0.0/16 @100.100.100.100
		site north-local 10.1.0.0/16 @100.100.100.100
		site south-local 10.1.0.0/16 @100.100.100.100
		vnet north 10.1.0.0/16 -> harbour-local
		vnet south 10.1.0.0/16 -> airport-local
		vnet harbour 10.2.0.0/16 -> north-local
		vnet airport 10.2.0.0/16 -> south-local`, `
		harbour/north-local = north/harbour-local likely
		airport/south-local = south/airport-local likely`},
	{"a name does not outweigh prefixes", `
		site B 10.3.0.0/16 @1.1.1.1
		site C 10.2.0.0/16 @1.1.1.1
		site a 10.1.0.0/16 @1.1.1.1
		vnet A 10.1.0.0/16 -> B C
		vnet B 10.2.0.0/16 -> a
		vnet C 10.3.0.0/16 -> a`, `
		A/B = C/a likely
		A/C = B/a likely`},
	{"one site for all its neighbours", `
		site A 10.1.0.0/16 @40.68.10.20
		site B 10.2.0.0/16 @40.69.30.41
		site C 10.3.0.0/16 @40.69.77.12
		vnet A 10.1.0.0/16 -> B C
		vnet B 10.2.0.0/16 -> A C
		vnet C 10.3.0.0/16 -> A B`, `
		A/B = B/A certain
		A/C = C/A certain
		B/C = C/B certain`},
	{"a supernet is an office, not the VNet inside it", `
		site office 10.0.0.0/8 @81.2.69.160
		site toA 172.16.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		vnet A 172.16.0.0/16 -> office toB
		vnet B 10.2.0.0/16 -> toA`, `
		A/office: office
		A/toB = B/toA likely`},
	{"a supernet site of one VNet alone", `
		site office 10.0.0.0/8 @81.2.69.160
		vnet A 172.16.0.0/16 -> office
		vnet B 10.2.0.0/16`, `
		A/office: office`},
	{"one-sided, and half of a mesh", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		vnet C 10.3.0.0/16 -> toA toB`, `
		A/toB = B/toA certain
		C/toA > A one-sided
		C/toB > B one-sided`},
	{"a site of a part of the other space", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.4.0/24 @40.69.30.41
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA`, `
		A/toB = B/toA likely`},
	{"three swapped round: nothing tells who is right", `
		site a-b 10.2.0.0/16 @40.69.77.12
		site a-c 10.3.0.0/16 @40.69.30.41
		site d-b 10.2.0.0/16 @40.69.30.41
		site d-c 10.3.0.0/16 @40.69.77.12
		site a 10.1.0.0/16 @40.68.10.20
		site d 10.4.0.0/16 @40.70.91.7
		vnet A 10.1.0.0/16 -> a-b a-c
		vnet B 10.2.0.0/16 -> a d
		vnet C 10.3.0.0/16 -> a d
		vnet D 10.4.0.0/16 -> d-b d-c`, `
		A/a-b = B/a likely SITE-001
		A/a-c = C/a likely SITE-001
		B/d = D/d-b likely SITE-001
		C/d = D/d-c likely SITE-001`},
	{"a VNet that is its own neighbour", `
		site self 10.1.0.0/16 @40.68.10.20
		vnet A 10.1.0.0/16 -> self`, `
		A/self: self`},
	{"mesh, first stage: every address is a dummy", stages("1.1.1.1", "1.1.1.1", "1.1.1.1"), `
		V1/1to2 = V2/2to1 likely
		V1/1to3 = V3/3to1 likely
		V2/2to3 = V3/3to2 likely`},
	{"mesh, second stage: one gateway's address is known", stages("40.68.10.20", "1.1.1.1", "1.1.1.1"), `
		V1/1to2 = V2/2to1 likely
		V1/1to3 = V3/3to1 likely
		V2/2to3 = V3/3to2 likely`},
	{"mesh, last stage: every address is real", stages("40.68.10.20", "40.69.30.41", "40.69.77.12"), `
		V1/1to2 = V2/2to1 certain
		V1/1to3 = V3/3to1 certain
		V2/2to3 = V3/3to2 certain`},
	{"a gateway's own address proves what a site means, whatever its prefixes", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.9.0.0/16 @40.69.30.41
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		gateway A 40.68.10.20
		gateway B 40.69.30.41`, `
		A/toB = B/toA certain`},
	{"one of two gateways is known, and the other inferred", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @1.1.1.1
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		gateway A 40.68.10.20`, `
		A/toB = B/toA certain`},
	{"a gateway may have an address that looks made up", `
		site toA 10.1.0.0/16 @23.1.1.1
		site toB 10.2.0.0/16 @23.2.2.2
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		gateway A 23.1.1.1
		gateway B 23.2.2.2`, `
		A/toB = B/toA certain`},
	{"the address of a deleted gateway proves nothing", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		vnet C 10.3.0.0/16 pool:172.16.0.0/24
		gateway C 40.68.10.20 NotProvisioned`, `
		A/toB = B/toA certain`},
	{"proof tells copies apart", `
		site toX 10.2.0.0/16 @40.69.30.41
		site toY 10.2.0.0/16 @40.69.77.12
		site toA 10.1.0.0/16 @1.1.1.1
		vnet A1 10.1.0.0/16 -> toX
		vnet A2 10.1.0.0/16 -> toY
		vnet X 10.2.0.0/16 -> toA
		vnet Y 10.2.0.0/16 -> toA
		gateway X 40.69.30.41
		gateway Y 40.69.77.12`, `
		A1/toX = X/toA certain
		A2/toY = Y/toA certain`},
	{"keys tell copies apart", `
		site toX 10.2.0.0/16 @1.1.1.1
		site toA 10.1.0.0/16 @1.1.1.1
		vnet A1 10.1.0.0/16 -> toX
		vnet A2 10.1.0.0/16 -> toX
		vnet X 10.2.0.0/16 -> toA
		vnet Y 10.2.0.0/16 -> toA
		key A1/toX one
		key Y/toA one`, `
		A1/toX = Y/toA certain
		A2/toX = X/toA likely`},
	{"a key that everybody has tells nothing", `
		site toX 10.2.0.0/16 @1.1.1.1
		site toA 10.1.0.0/16 @1.1.1.1
		vnet A1 10.1.0.0/16 -> toX
		vnet A2 10.1.0.0/16 -> toX
		vnet X 10.2.0.0/16 -> toA
		vnet Y 10.2.0.0/16 -> toA
		key A1/toX one
		key A2/toX one
		key X/toA one
		key Y/toA one`, `
		A1/toX ? X/toA Y/toA ambiguous
		A2/toX ? X/toA Y/toA ambiguous
		X/toA ? A1/toX A2/toX ambiguous
		Y/toA ? A1/toX A2/toX ambiguous`},
	{"two with each their own address: swapped", `
		site toA 10.1.0.0/16 @40.69.30.41
		site toB 10.2.0.0/16 @40.68.10.20
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		gateway A 40.68.10.20
		gateway B 40.69.30.41`, `
		A/toB = B/toA likely SITE-001`},
	{"swapped, and one gateway is known", `
		site toA 10.1.0.0/16 @40.69.30.41
		site toB 10.2.0.0/16 @40.68.10.20
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		gateway A 40.68.10.20`, `
		A/toB = B/toA likely SITE-001`},
	{"crosswise at one VNet, and the gateways are known", `
		site a-b 10.2.0.0/16 @40.69.77.12
		site a-c 10.3.0.0/16 @40.69.30.41
		site a 10.1.0.0/16 @40.68.10.20
		vnet A 10.1.0.0/16 -> a-b a-c
		vnet B 10.2.0.0/16 -> a
		vnet C 10.3.0.0/16 -> a
		gateway B 40.69.30.41
		gateway C 40.69.77.12`, `
		A/a-b = B/a likely SITE-001
		A/a-c = C/a likely SITE-001`},
	{"an address that the gateway had before", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		gateway A 40.68.10.20
		gateway B 40.70.91.7`, `
		A/toB = B/toA likely SITE-011`},
	{"an address that the gateway had before, of a tunnel that was up", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		gateway B 40.70.91.7
		state A/toB Connected`, `
		A/toB = B/toA certain`},
	{"keys that differ", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		key A/toB one
		key B/toA two`, `
		A/toB = B/toA certain LINK-008`},
	{"not connected", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		site office 192.168.0.0/16 @81.2.69.160
		vnet A 10.1.0.0/16 -> toB office
		vnet B 10.2.0.0/16 -> toA
		state B/toA NotConnected
		state A/office Connecting`, `
		A/toB = B/toA certain LINK-002
		A/office: office LINK-002`},
	{"no gateway", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		site toC 10.3.0.0/16 @40.69.30.42
		site office 192.168.0.0/16 @81.2.69.160
		vnet A 10.1.0.0/16 -> toB office
		vnet B 10.2.0.0/16 -> toA
		vnet C 10.3.0.0/16 -> toA
		gateway A 40.68.10.20 NotProvisioned
		state B/toA NotConnected
		state A/office NotConnected`, `
		A/office: office GW-012
		A/toB = B/toA certain GW-012
		C/toA > A one-sided`},
	{"no gateway, whatever a connection says", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		gateway B 40.69.30.41 Deprovisioning
		state A/toB Connected`, `
		A/toB = B/toA certain GW-012`},
	{"a gateway that is being made", `
		site toA 10.1.0.0/16 @40.68.10.20
		site toB 10.2.0.0/16 @40.69.30.41
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA
		gateway B 40.69.30.41 Provisioning`, `
		A/toB = B/toA certain`},
	{"what is up and has no way back ends elsewhere", `
		site toB 10.2.0.0/16 @40.69.30.41
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16
		state A/toB Connected`, `
		A/toB: toB`},
	{"declared", `
		site s1 10.2.0.0/16 @100.100.100.100
		site t1 10.1.0.0/16 @100.100.100.100
		vnet n1 10.1.0.0/16 -> s1
		vnet m1 10.2.0.0/16 -> t1
		vnet m2 10.2.0.0/16 -> t1
		declare s1 vnet m2`, `
		m2/t1 = n1/s1 certain
		m1/t1 > n1 one-sided`},
	{"declared to be nothing of this estate", `
		site toA 10.1.0.0/16 @1.1.1.1
		site toB 10.2.0.0/16 @1.1.1.1
		site toC 10.3.0.0/16 @1.1.1.1
		vnet A 10.1.0.0/16 -> toB toC
		vnet B 10.2.0.0/16 -> toA
		vnet C 10.3.0.0/16
		declare toB other-subscription
		declare toA on-premises
		declare toC gone`, `
		A/toB: toB
		A/toC >  one-sided
		B/toA: toA`},
	{"sites of one device, of which one has no usable prefix", `
		site for-a 10.0.0.0/16 10.2.0.0/16 @40.68.10.20
		site for-b 10.0.0.0/16 10.1.0.0/16 @40.68.10.20
		site for-c 999.0.0.0/16 @40.68.10.20
		site a 10.1.0.0/16 @40.69.30.41
		site b 10.2.0.0/16 @40.69.77.12
		site c 10.3.0.0/16 @40.70.91.7
		vnet H 10.0.0.0/16 -> a b c
		vnet A 10.1.0.0/16 -> for-a
		vnet B 10.2.0.0/16 -> for-b
		vnet C 10.3.0.0/16 -> for-c`, `
		A/for-a = H/a certain
		B/for-b = H/b certain
		C/for-c = H/c likely`},
	{"hub sites that share another VNet's range, too", `
		site for-a 10.0.0.0/16 10.9.0.0/16 @40.68.10.20
		site for-b 10.0.0.0/16 10.9.0.0/16 @40.68.10.20
		site a 10.1.0.0/16 @40.69.30.41
		site b 10.2.0.0/16 @40.69.77.12
		vnet H 10.0.0.0/16 -> a b
		vnet A 10.1.0.0/16 -> for-a
		vnet B 10.2.0.0/16 -> for-b
		vnet X 10.9.0.0/16`, `
		A/for-a = H/a certain
		B/for-b = H/b certain`},
	{"odd circles with one way out", `
		site sa 10.2.0.0/16 10.3.0.0/16 @1.1.1.1
		site sb 10.1.0.0/16 10.3.0.0/16 @1.1.1.1
		site sc 10.1.0.0/16 10.2.0.0/16 10.4.0.0/16 @1.1.1.1
		site sd 10.3.0.0/16 10.5.0.0/16 10.6.0.0/16 @1.1.1.1
		site se 10.4.0.0/16 10.6.0.0/16 @1.1.1.1
		site sf 10.4.0.0/16 10.5.0.0/16 @1.1.1.1
		vnet A 10.1.0.0/16 -> sa
		vnet B 10.2.0.0/16 -> sb
		vnet C 10.3.0.0/16 -> sc
		vnet D 10.4.0.0/16 -> sd
		vnet E 10.5.0.0/16 -> se
		vnet F 10.6.0.0/16 -> sf`, `
		A/sa = B/sb likely
		C/sc = D/sd likely
		E/se = F/sf likely`},
	{"ExpressRoute is never half of a tunnel", `
		site toA 10.1.0.0/16
		site toB 10.2.0.0/16
		vnet A 10.1.0.0/16 -> toB!
		vnet B 10.2.0.0/16 -> toA`, `
		B/toA > A one-sided`},
}

// stages is a mesh of three VNets as the documented procedure leaves it: sites with the addresses
// of the gateways of V1, V2 and V3.
func stages(one, two, three string) string {
	return fmt.Sprintf(`
		site 1to2 10.1.0.0/16 @%[2]s
		site 1to3 10.2.0.0/16 @%[3]s
		site 2to1 10.0.0.0/16 @%[1]s
		site 2to3 10.2.0.0/16 @%[3]s
		site 3to1 10.0.0.0/16 @%[1]s
		site 3to2 10.1.0.0/16 @%[2]s
		vnet V1 10.0.0.0/16 -> 1to2 1to3
		vnet V2 10.1.0.0/16 -> 2to1 2to3
		vnet V3 10.2.0.0/16 -> 3to1 3to2`, one, two, three)
}

func TestPairing(t *testing.T) {
	for _, tt := range pairingTests {
		t.Run(tt.name, func(t *testing.T) {
			e, _ := meaning(t, tt.sketch)
			wantLines(t, "links", tt.want, links(e))
		})
	}
}

// The evidence is that of the half that carries it, strongest first.
func TestPairingEvidence(t *testing.T) {
	e, _ := meaning(t, `
		site for-a 10.0.0.0/16 10.2.0.0/16 @40.68.10.20
		site for-b 10.0.0.0/16 10.1.0.0/16 @40.68.10.20
		site A 10.1.0.0/16 @40.69.30.41
		site b 10.2.0.0/17 @1.1.1.1
		vnet H 10.0.0.0/16 -> A b
		vnet A 10.1.0.0/16 -> for-a
		vnet B 10.2.0.0/16 -> for-b`)
	want := map[string][]estate.Evidence{
		"A/for-a": {{Kind: estate.SameAddress, Value: "40.68.10.20"}, {Kind: estate.CoversSpace, Value: "H"}, {Kind: estate.Reciprocal, Value: "A"}, {Kind: estate.OnlyCandidate, Value: "H"}},
		"H/A":     {{Kind: estate.OwnSpace, Value: "A"}, {Kind: estate.Reciprocal, Value: "for-a"}, {Kind: estate.OnlyCandidate, Value: "A"}, {Kind: estate.SiteName, Value: "A"}},
		"B/for-b": {{Kind: estate.SameAddress, Value: "40.68.10.20"}, {Kind: estate.CoversSpace, Value: "H"}, {Kind: estate.Reciprocal, Value: "b"}, {Kind: estate.OnlyCandidate, Value: "H"}},
		"H/b": {{Kind: estate.PartOfSpace, Value: "B"}, {Kind: estate.Reciprocal, Value: "for-b"}, {Kind: estate.OnlyCandidate, Value: "B"},
			{Kind: estate.SiteName, Value: "b"}, {Kind: estate.PlaceholderAddress, Value: "1.1.1.1"}},
	}
	got := map[string][]estate.Evidence{}
	for i := range e.Connections {
		got[half(e.Connections[i].ID)] = e.Connections[i].Pairing.Evidence
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
}

// What is not certain says what would make it so.
func TestDecide(t *testing.T) {
	for _, tt := range []struct {
		name, sketch string
		want         map[string][]string
	}{
		{"addresses are missing", stages("40.68.10.20", "1.1.1.1", "40.69.77.12"), map[string][]string{
			"V1/1to2": {`the real device address of local network site "1to2"`, `the public address of the gateway of VNet "V2"`, `the public address of the gateway of VNet "V1"`},
			"V1/1to3": nil,
			"V2/2to1": {`the public address of the gateway of VNet "V1"`, `the real device address of local network site "1to2"`, `the public address of the gateway of VNet "V2"`},
			"V2/2to3": {`the public address of the gateway of VNet "V3"`, `the real device address of local network site "3to2"`, `the public address of the gateway of VNet "V2"`},
			"V3/3to1": nil,
			"V3/3to2": {`the real device address of local network site "3to2"`, `the public address of the gateway of VNet "V2"`, `the public address of the gateway of VNet "V3"`},
		}},
		{"copies", `
			site far 10.2.0.0/16 @1.1.1.1
			site near 10.1.0.0/16 @40.68.10.20
			vnet A 10.1.0.0/16 -> far
			vnet X 10.2.0.0/16 -> near
			vnet Y 10.2.0.0/16 -> near
			gateway A 40.68.10.20
			gateway Y 40.69.30.41
			key A/far one`, map[string][]string{
			"A/far": {`the real device address of local network site "far"`, `the public address of the gateway of VNet "X"`,
				`the shared keys of this connection and of its candidates`, `a word of the options file: what local network site "far" is`},
			"X/near": {`the shared keys of this connection and of its candidates`, `a word of the options file: what local network site "near" is`},
			"Y/near": {`the shared keys of this connection and of its candidates`, `a word of the options file: what local network site "near" is`},
		}},
	} {
		e, _ := meaning(t, tt.sketch)
		got := map[string][]string{}
		for i := range e.Connections {
			got[half(e.Connections[i].ID)] = e.Connections[i].Pairing.Decide
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: what would decide (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Inferring again from the same facts changes nothing, and a fact that is taken back leaves no trace.
func TestConnectAgain(t *testing.T) {
	for _, tt := range pairingTests {
		e, _ := meaning(t, tt.sketch)
		before := links(e)
		estate.Connect(e)
		wantLines(t, tt.name, strings.Join(before, "\n"), links(e))
	}
	const plain = `
		site toA 10.1.0.0/16 @40.69.30.41
		site toB 10.2.0.0/16 @40.68.10.20
		vnet A 10.1.0.0/16 -> toB
		vnet B 10.2.0.0/16 -> toA`
	want, _ := meaning(t, plain)
	got, _ := meaning(t, plain+"\ngateway A 40.68.10.20\ndeclare toB gone\nkey A/toB one")
	gatewayOf(got, "A").Address, gatewayOf(got, "A").State = estate.Address{}, estate.Fact{}
	got.Sites[slices.IndexFunc(got.Sites, func(s estate.Site) bool { return s.Name == "toB" })].Declared = estate.Declaration{}
	connectionOf(got, "A/toB").Key = netcfg.Secret{}
	estate.Connect(got)
	if diff := cmp.Diff(want, got, sameMeaning, cmp.Comparer(netcfg.Secret.Equal)); diff != "" {
		t.Errorf("a fact that was taken back has left traces (-want +got):\n%s", diff)
	}
}

// Evidence names kinds and values, and never a key.
func TestKeysAreNotEvidence(t *testing.T) {
	for _, keys := range [][2]string{{"TOPSECRET", "TOPSECRET"}, {"TOPSECRET1", "TOPSECRET2"}} {
		e, _ := meaning(t, stages("1.1.1.1", "1.1.1.1", "1.1.1.1")+"\nkey V1/1to2 "+keys[0]+"\nkey V2/2to1 "+keys[1])
		if text := fmt.Sprintf("%v %+v %#v", e, e.Connections, e.Connections); strings.Contains(text, "TOPSECRET") {
			t.Errorf("shown: %s", text)
		}
	}
}
