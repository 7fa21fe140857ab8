package estate_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// BenchmarkFromNetcfg reads the meaning of large networks, of which pairing is the main part: with
// addresses of their own, with one placeholder for all, and a hub that every other VNet is joined to.
func BenchmarkFromNetcfg(b *testing.B) {
	address := regexp.MustCompile(`<VPNGatewayAddress>[^<]*<`)
	for _, bench := range []struct {
		name string
		src  []byte
	}{
		{"meshes of 6", fixtures.Mesh(10_000, 5)},
		{"meshes of 6 on one placeholder", address.ReplaceAll(fixtures.Mesh(10_000, 5), []byte("<VPNGatewayAddress>1.1.1.1<"))},
		{"hub of 5,000", sketch(b, bigHub(5_000))},
		{"600 copies", sketch(b, copies(600))},
	} {
		b.Run(bench.name, func(b *testing.B) {
			f := parse(b, "net", bench.src)
			b.ResetTimer()
			for range b.N {
				estate.FromNetcfg(f)
			}
		})
	}
}

// bigHub is a hub with n spokes, all on one placeholder.
func bigHub(n int) string {
	var b, refs strings.Builder
	b.WriteString("site hub 172.16.0.0/16 @1.1.1.1\n")
	for i := range n {
		space := fmt.Sprintf("10.%d.%d.0/24", i/256, i%256)
		fmt.Fprintf(&b, "site s%d %s @1.1.1.1\nvnet v%d %s -> hub\n", i, space, i, space)
		fmt.Fprintf(&refs, " s%d", i)
	}
	return b.String() + "vnet H 172.16.0.0/16 ->" + refs.String() + "\n"
}

// copies is n pairs of VNets with the same two spaces, which nothing tells apart.
func copies(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "site a%d 10.1.0.0/16 @1.1.1.1\nsite b%d 10.2.0.0/16 @1.1.1.1\n", i, i)
		fmt.Fprintf(&b, "vnet x%d 10.1.0.0/16 -> b%d\nvnet y%d 10.2.0.0/16 -> a%d\n", i, i, i, i)
	}
	return b.String()
}
