package netcfg_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg"
)

const pair = `<NetworkConfiguration xmlns="http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration">
  <VirtualNetworkConfiguration>
    <LocalNetworkSites>
      <LocalNetworkSite name="office">
        <VPNGatewayAddress>198.51.100.7</VPNGatewayAddress>
        <AddressSpace><AddressPrefix>192.168.0.0/24</AddressPrefix></AddressSpace>
      </LocalNetworkSite>
    </LocalNetworkSites>
    <VirtualNetworkSites>
      <VirtualNetworkSite name="apps">
        <AddressSpace><AddressPrefix>10.1.0.0/16</AddressPrefix></AddressSpace>
        <Gateway><ConnectionsToLocalNetwork><LocalNetworkSiteRef name="office"/></ConnectionsToLocalNetwork></Gateway>
      </VirtualNetworkSite>
    </VirtualNetworkSites>
  </VirtualNetworkConfiguration>
</NetworkConfiguration>
`

func ExampleParse() {
	file, found, err := netcfg.Parse("pair.netcfg", []byte(pair))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, v := range file.VirtualNetworkSites {
		fmt.Printf("%s at %v has %s\n", v.Name.Value, v.Ref.Pos(file.Name), v.AddressSpaces[0].Prefixes[0].Value)
	}
	_ = found.Print(os.Stdout)
	// Output:
	// apps at pair.netcfg:10:7 has 10.1.0.0/16
	// pair.netcfg:10:7: error XML-009: virtual network "apps" has neither Location nor AffinityGroup
	// 	hint: add Location with the name of the region
}

func ExampleParse_error() {
	_, found, err := netcfg.Parse("cut.netcfg", []byte(pair[:strings.Index(pair, "</AddressSpace>")]))
	fmt.Println(err)
	fmt.Println(len(found[0].Related), "elements are open")
	// Output:
	// cut.netcfg:6:67: error XML-001: the document ends inside <AddressSpace>
	// 5 elements are open
}

func ExampleFormat() {
	file, _, err := netcfg.Parse("pair.netcfg", []byte(pair))
	if err != nil {
		fmt.Println(err)
		return
	}
	file.VirtualNetworkSites[0].Location.Value = "West Europe"
	text := strings.TrimPrefix(string(netcfg.Format(file)), "\ufeff")
	fmt.Println(strings.ReplaceAll(text, "\r\n", "\n"))
	// Output:
	// <?xml version="1.0" encoding="utf-8"?>
	// <NetworkConfiguration xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration">
	//   <VirtualNetworkConfiguration>
	//     <Dns />
	//     <LocalNetworkSites>
	//       <LocalNetworkSite name="office">
	//         <AddressSpace>
	//           <AddressPrefix>192.168.0.0/24</AddressPrefix>
	//         </AddressSpace>
	//         <VPNGatewayAddress>198.51.100.7</VPNGatewayAddress>
	//       </LocalNetworkSite>
	//     </LocalNetworkSites>
	//     <VirtualNetworkSites>
	//       <VirtualNetworkSite name="apps" Location="West Europe">
	//         <AddressSpace>
	//           <AddressPrefix>10.1.0.0/16</AddressPrefix>
	//         </AddressSpace>
	//         <Gateway>
	//           <ConnectionsToLocalNetwork>
	//             <LocalNetworkSiteRef name="office" />
	//           </ConnectionsToLocalNetwork>
	//         </Gateway>
	//       </VirtualNetworkSite>
	//     </VirtualNetworkSites>
	//   </VirtualNetworkConfiguration>
	// </NetworkConfiguration>
}

// What the service answered about one gateway: the path of the file says which.
func ExampleRead() {
	src := []byte(`<Gateway><GatewayType>DynamicRouting</GatewayType><State>Provisioned</State>
<VIPAddress>40.9.8.7</VIPAddress><GatewaySize>Default</GatewaySize></Gateway>`)
	d, _, err := netcfg.Read("dump/networking/hub/gateway.xml", src)
	if err != nil {
		fmt.Println(err)
		return
	}
	gateway := d.Responses[0]
	vip := gateway.Root.Child("VIPAddress")
	fmt.Println(d.Form, "about", gateway.Place.VNet)
	fmt.Println(gateway.Root.Value("State"), vip.Text, "at", vip.TextRef.Pos(d.Name))
	event, _ := netcfg.Known("Gateway", []string{"LastEvent", "Message"})
	fmt.Println("LastEvent:", event.Drop)
	// Output:
	// response of the classic API about hub
	// Provisioned 40.9.8.7 at dump/networking/hub/gateway.xml:2:13
	// LastEvent: what happened last is history and no configuration
}
