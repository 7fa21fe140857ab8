package estate_test

import (
	"math/rand/v2"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Sites, VNets, servers and references in another order mean the same.
func TestOrderDoesNotMatter(t *testing.T) {
	for _, name := range fixtureNames(t) {
		wantOrderless(t, fixtureSource(t, name), 1)
		wantOrderless(t, fixtureSource(t, name), 2)
	}
	for _, tt := range pairingTests {
		wantOrderless(t, sketch(t, tt.sketch), 1)
		wantOrderless(t, sketch(t, tt.sketch), 2)
	}
	rapid.Check(t, func(t *rapid.T) {
		wantOrderless(t, sketch(t, drawTangle(t)), rapid.Uint64().Draw(t, "order"))
	})
}

// wantOrderless reads a network as it stands and in the order that the seed gives.
func wantOrderless(t failer, src []byte, seed uint64) {
	t.Helper()
	want, _, _ := estate.FromNetcfg(parse(t, "net", src))
	other := parse(t, "net", src)
	order := rand.New(rand.NewPCG(seed, 0))
	shuffle(order, other.DNSServers)
	shuffle(order, other.LocalNetworkSites)
	shuffle(order, other.VirtualNetworkSites)
	for i := range other.VirtualNetworkSites {
		if g := other.VirtualNetworkSites[i].Gateway; g != nil {
			shuffle(order, g.Connections)
		}
	}
	got, _, _ := estate.FromNetcfg(other)
	if diff := cmp.Diff(want, got, sameMeaning); diff != "" {
		t.Fatalf("the estate depends on the order of its input (-want +got):\n%s\n%s", diff, src)
	}
}

func shuffle[T any](order *rand.Rand, in []T) {
	order.Shuffle(len(in), func(i, j int) { in[i], in[j] = in[j], in[i] })
}

// sameMeaning compares estates as values: what they hold, not where it stood.
var sameMeaning = cmp.Options{
	cmpopts.EquateEmpty(),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.Comparer(func(a, b diag.Ref) bool { return true }),
}
