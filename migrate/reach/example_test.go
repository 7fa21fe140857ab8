package reach_test

import (
	"fmt"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Three VNets in a chain whose sites list more than the next VNet: the middle gateway passes
// packets on.
func ExampleCompute() {
	r := reach.Compute(&chainMulti().Estate)
	for pair, s := range r.Pairs() {
		fmt.Println(pair[0], "and", pair[1], s.Value, hops(s.Path))
	}
	// Output:
	// VNet A and VNet B yes ipsecV2V
	// VNet A and VNet C yes ipsecV2V-vpnGwForward-ipsecV2V
	// VNet B and VNet C yes ipsecV2V
}

// The same chain after a conversion that keeps only each neighbour's own range.
func ExampleCompare() {
	before := reach.Compute(&chainMulti().Estate)
	after := reach.Compute(&chainSingle().Estate)
	for v := range reach.Compare(before, after, nil) {
		if v.Compromises() {
			fmt.Println(v.Class, v.From, v.FromPrefixes, v.To, v.ToPrefixes)
			fmt.Println("try", v.WitnessFrom, "to", v.WitnessTo)
		}
	}
	// Output:
	// lost VNet A [10.1.0.0/16] VNet C [10.3.0.0/16]
	// try 10.1.0.4 to 10.3.0.4
}
