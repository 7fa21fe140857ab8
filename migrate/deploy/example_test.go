package deploy_test

import (
	"fmt"
	"log"
	"os"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Two VNets with a tunnel; affinity groups hide their regions.
func ExampleConvert() {
	src, err := os.ReadFile("../../fixtures/pair/network.netcfg")
	if err != nil {
		log.Fatal(err)
	}
	file, _, err := netcfg.Parse("network.netcfg", src)
	if err != nil {
		log.Fatal(err)
	}
	classic, fates, _ := estate.FromNetcfg(file)
	stages, more, found := deploy.Convert(classic, deploy.Options{})
	d := stages[0]
	for _, p := range d.Template.Parameters {
		fmt.Println("parameter", p.Name)
	}
	for _, r := range d.Template.Resources {
		fmt.Println(r.Type, r.Name)
	}
	fmt.Printf("%+v\n", diag.Count(diag.MergeFates(append(fates, more...))))
	fmt.Println(found.Count(diag.Error), "errors")
	// Output:
	// parameter location_AG_Amsterdam
	// parameter location_AG_Dublin
	// parameter sharedKey_VNet_Amsterdam_to_VNet_Dublin
	// Microsoft.Network/virtualNetworks VNet-Amsterdam
	// Microsoft.Network/virtualNetworks VNet-Dublin
	// Microsoft.Network/publicIPAddresses VNet-Amsterdam-gateway-ip
	// Microsoft.Network/publicIPAddresses VNet-Dublin-gateway-ip
	// Microsoft.Network/virtualNetworkGateways VNet-Amsterdam-gateway
	// Microsoft.Network/virtualNetworkGateways VNet-Dublin-gateway
	// Microsoft.Network/connections VNet-Amsterdam-to-VNet-Dublin
	// Microsoft.Network/connections VNet-Dublin-to-VNet-Amsterdam
	// {Converted:79 Changed:20 Dropped:16 NeedsPerson:2}
	// 2 errors
}

const single = `<NetworkConfiguration xmlns="http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration">
  <VirtualNetworkConfiguration>
    <VirtualNetworkSites>
      <VirtualNetworkSite name="apps" Location="West Europe">
        <AddressSpace><AddressPrefix>10.1.0.0/16</AddressPrefix></AddressSpace>
      </VirtualNetworkSite>
    </VirtualNetworkSites>
  </VirtualNetworkConfiguration>
</NetworkConfiguration>
`

// The text of a template comes from arm.Encode.
func ExampleConvert_encode() {
	file, _, err := netcfg.Parse("single.netcfg", []byte(single))
	if err != nil {
		log.Fatal(err)
	}
	classic, _, _ := estate.FromNetcfg(file)
	stages, _, _ := deploy.Convert(classic, deploy.Options{})
	d := stages[0]
	if err := arm.Encode(os.Stdout, d.Template); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {
	//   "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
	//   "contentVersion": "1.0.0.0",
	//   "parameters": {
	//     "location_westeurope": {
	//       "type": "string",
	//       "defaultValue": "westeurope",
	//       "metadata": {
	//         "description": "Region of what was in West Europe."
	//       }
	//     }
	//   },
	//   "resources": [
	//     {
	//       "type": "Microsoft.Network/virtualNetworks",
	//       "apiVersion": "2025-05-01",
	//       "name": "apps",
	//       "location": "[parameters('location_westeurope')]",
	//       "properties": {
	//         "addressSpace": {
	//           "addressPrefixes": [
	//             "10.1.0.0/16"
	//           ]
	//         }
	//       }
	//     }
	//   ]
	// }
}
