package plan_test

import (
	"fmt"
	"log"
	"os"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg"
)

// A hub, four spokes, and a datacenter that two of them reach through the hub.
func Example() {
	src, err := os.ReadFile("../../fixtures/star/network.netcfg")
	if err != nil {
		log.Fatal(err)
	}
	file, _, err := netcfg.Parse("network.netcfg", src)
	if err != nil {
		log.Fatal(err)
	}
	classic, _, _ := estate.FromNetcfg(file)
	p, _, err := plan.Make(classic, options.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range p.Components {
		fmt.Printf("%s of %d VNets, hub %s: %s\n", c.Class, len(c.VNets), c.Hub.VNet.Name, c.Hub.Because)
	}
	for _, w := range p.Windows {
		fmt.Println(w.ID, w.Cause, "interrupts", w.Pairs)
	}
	fmt.Println(len(p.Violations), "violations")
	// Output:
	// star of 5 VNets, hub hub-west: its gateway serves 1 on-premises network, and 2 other VNets can use it for that
	// W01 U1 interrupts [[VNet claims on-premises Zurich-DC]]
	// W02 U1 interrupts [[VNet policies on-premises Zurich-DC]]
	// 0 violations
}
