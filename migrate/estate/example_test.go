package estate_test

import (
	"fmt"
	"log"
	"os"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
)

// What two connections mean is inferred: the evidence is kept with them.
func ExampleFromNetcfg() {
	src, err := os.ReadFile("../../fixtures/pair/network.netcfg")
	if err != nil {
		log.Fatal(err)
	}
	file, _, err := netcfg.Parse("network.netcfg", src)
	if err != nil {
		log.Fatal(err)
	}
	e, _, _ := estate.FromNetcfg(file)
	for _, s := range e.Sites {
		fmt.Println("site", s.Name, s.Class)
	}
	for _, c := range e.Connections {
		fmt.Println("connection", c.ID.Name, "to", c.Site.Name, c.Pairing.Confidence)
	}
	for _, a := range e.Assumptions {
		fmt.Println(a.ID, a.Subjects)
	}
	// Output:
	// site Local-Amsterdam VNet
	// site Local-Dublin VNet
	// site Temp-Gateway unreferenced
	// connection VNet-Amsterdam to Local-Dublin certain
	// connection VNet-Dublin to Local-Amsterdam certain
	// ASM-GATEWAY [VNet-Amsterdam VNet-Dublin]
	// ASM-SKU [VNet-Amsterdam VNet-Dublin]
	// ASM-KEY [VNet-Amsterdam to Local-Dublin VNet-Dublin to Local-Amsterdam]
	// ASM-REGION [affinity group AG-Amsterdam affinity group AG-Dublin]
	// ASM-ROUTES [VNet-Amsterdam VNet-Dublin]
	// ASM-DNS [VNet-Amsterdam VNet-Dublin]
}

// A tunnel whose sites are exactly the two address spaces becomes Vnet2Vnet.
func ExampleToARM() {
	src, err := os.ReadFile("../../fixtures/pair/network.netcfg")
	if err != nil {
		log.Fatal(err)
	}
	file, _, err := netcfg.Parse("network.netcfg", src)
	if err != nil {
		log.Fatal(err)
	}
	classic, _, _ := estate.FromNetcfg(file)
	modern, _, _ := estate.ToARM(classic)
	for _, g := range modern.Gateways {
		fmt.Println(g.ID, g.Kind, g.SKU)
	}
	for _, c := range modern.Connections {
		fmt.Println(c.ID, c.Kind, "to", c.RemoteGateway)
	}
	// Output:
	// virtualNetworkGateways/VNet-Amsterdam-gateway Vpn VpnGw1AZ
	// virtualNetworkGateways/VNet-Dublin-gateway Vpn VpnGw1AZ
	// connections/VNet-Amsterdam-to-VNet-Dublin Vnet2Vnet to virtualNetworkGateways/VNet-Dublin-gateway
	// connections/VNet-Dublin-to-VNet-Amsterdam Vnet2Vnet to virtualNetworkGateways/VNet-Amsterdam-gateway
}
