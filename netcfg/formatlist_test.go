package netcfg_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/netcfg"
)

var listCases = []struct {
	name, src string
	want      string
	findings  string
}{
	{"gateways of a ticket", "\ufeff# The gateways\r\n\r\n```\r\nPS C:\\> Get-AzureVNetGateway -VNetName \"Group rg hub\" | Format-List\r\n\r\n\r\n" +
		"LastEventData        :\r\n" +
		"LastEventTimeStamp   : 10/4/2014 12:01:02 PM\r\n" +
		"LastEventMessage     : Successfully created a gateway for the following virtual\r\n" +
		"                       network: hub\r\n" +
		"LastEventID          : 23002\r\n" +
		"State                : Provisioned\r\n" +
		"VIPAddress           : 40.9.8.7\r\n" +
		"DefaultSite          :\r\n" +
		"GatewaySKU           : Default\r\n" +
		"OperationDescription : Get-AzureVNetGateway\r\n" +
		"OperationId          : 5e5e\r\n" +
		"OperationStatus      : Succeeded\r\n\r\n" +
		"PS C:\\> Get-AzureVNetConnection hub2\r\n\r\n" +
		"ConnectivityState         : Connected\r\n" +
		"EgressBytesTransferred    : 661664\r\n" +
		"IngressBytesTransferred   : 519207\r\n" +
		"LastConnectionEstablished : 5/2/2014 2:51:40 PM\r\n" +
		"LocalNetworkSiteName      : office\r\n\r\n" +
		"ConnectivityState         : NotConnected\r\n" +
		"LocalNetworkSiteName      : plant\r\n```\r\n", `
[networking/Group%20rg%20hub/gateway]
Gateway
  LastEvent
    Data
    Timestamp: 10/4/2014 12:01:02 PM
    Message: Successfully created a gateway for the following virtual network: hub
    Id: 23002
  State: Provisioned
  VIPAddress: 40.9.8.7
  DefaultSites
  GatewaySize: Default
[networking/hub2/gateway/connections]
Connections
  Connection
    ConnectivityState: Connected
    EgressBytesTransferred: 661664
    IngressBytesTransferred: 519207
    LastConnectionEstablished: 5/2/2014 2:51:40 PM
    LocalNetworkSiteName: office
  Connection
    ConnectivityState: NotConnected
    LocalNetworkSiteName: plant
`, "1:1: note XML-033: text around the output of cmdlets is not read: lines here and below, 1 in all\n"},
	{"no prompt", `State       : Provisioned
VIPAddress  : 40.9.x.x
DefaultSite : {office, plant}
Colour      : red

ConnectivityState    : Connected
LocalNetworkSiteName : office
`, `
[]
Gateway
  State: Provisioned
  VIPAddress (nil)
  DefaultSites
    string: office
    string: plant
[]
Connections
  Connection
    ConnectivityState: Connected
    LocalNetworkSiteName: office
`, `
1:1: warning XML-032: the output of Get-AzureVNetGateway does not say of which virtual network it is
2:15: note XML-034: the value of VIPAddress is masked, so it is not known
6:1: warning XML-032: the output of Get-AzureVNetConnection does not say of which virtual network it is
`},
	{"second generation", `GatewayId   : g
GatewayName : gw
State       : Provisioned
VIPAddress  : 40.1.1.1
EnableBgp   : True
VnetId      : v

GatewayId    : l
GatewayName  : lg
IpAddress    : 40.1.1.2
AddressSpace : {10.1.0.0/16, 10.2.0.0/16}

ConnectedEntityId       : l
GatewayConnectionName   : c
GatewayConnectionType   : IPsec
VirtualNetworkGatewayId : g
RoutingWeight           : 10
SharedKey               : TOPSECRET1
EnableBgp               : False
`, `
[networking/virtualnetworkgateways]
VirtualNetworkGateways
  VirtualNetworkGateway
    GatewayId: g
    GatewayName: gw
    State: Provisioned
    VIPAddress: 40.1.1.1
    EnableBgp: true
    VnetId: v
[networking/localnetworkgateways]
LocalNetworkGateways
  LocalNetworkGateway
    Id: l
    GatewayName: lg
    IpAddress: 40.1.1.2
    AddressSpace
      string: 10.1.0.0/16
      string: 10.2.0.0/16
[networking/gatewayconnections]
GatewayConnections
  GatewayConnection
    ConnectedEntityId: l
    GatewayConnectionName: c
    GatewayConnectionType: IPsec
    VirtualNetworkGatewayId: g
    RoutingWeight: 10
    SharedKey: (not shown)
    EnableBgp: false
`, ""},
	{"keys", `PS> Get-AzureVNetGatewayKey -VNetName:hub -LocalNetworkSiteName office

Value : TOPSECRET2
        TOPSECRET3

PS> Get-AzureVNetGatewayKey -VNetName $vnet -LocalNetworkSiteName 'the plant'
Value                : ********
OperationDescription : Get-AzureVNetGatewayKey
`, `
[networking/hub/gateway/connection/office/sharedkey]
SharedKey
  Value: (not shown)
[]
SharedKey
  Value (nil)
`, `
7:1: warning XML-032: the output of Get-AzureVNetGatewayKey does not say of which virtual network it is
7:24: note XML-034: the value of Value is masked, so it is not known
`},
	{"sites", `    PS> Get-AzureVNetSite | fl

    AddressSpacePrefixes : {10.0.0.0/16}
    Location             : West Europe
    DnsServers           : {}
    GatewayProfile       : Small
    GatewaySites         : {office}
    Id                   : x
    InUse                : True
    Name                 : hub
    Subnets              : {apps, GatewaySubnet}

    AddressSpacePrefixes : {10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16...}
    DnsServers           : {Microsoft.WindowsAzure.Commands.DnsServer}
    Name                 : spoke
`, `
[networking/virtualnetwork]
VirtualNetworkSites
  VirtualNetworkSite
    AddressSpace
      AddressPrefixes
        AddressPrefix: 10.0.0.0/16
    Location: West Europe
    Dns
      DnsServers
    Gateway
      Profile: Small
      Sites
        LocalNetworkSite
          Name: office
    Id: x
    InUse: true
    Name: hub
    Subnets
      Subnet
        Name: apps
      Subnet
        Name: GatewaySubnet
  VirtualNetworkSite
    AddressSpace (nil)
    Dns (nil)
    Name: spoke
`, `
13:28: note XML-034: the value of AddressSpacePrefixes is cut off, so it is not known
14:28: note XML-034: the value of DnsServers is the name of a type, so it is not known
`},
	{"affinity group", `Name                    : west
Label                   : l
Location                : West Europe
HostedServices          : {}
Capabilities            : {PersistentVMRole, HighMemory}
WebWorkerRoleSizes      : {A1, A2, A3, A4...}
CreatedTime             : 5/2/2014
`, `
[affinitygroups/west]
AffinityGroup
  Name: west
  Label: l
  Location: West Europe
  HostedServices
  Capabilities: {PersistentVMRole, HighMemory}
  ComputeCapabilities
    WebWorkerRoleSizes: {A1, A2, A3, A4...}
  CreatedTime: 5/2/2014
`, ""},
}

func TestLists(t *testing.T) {
	for _, c := range listCases {
		t.Run(c.name, func(t *testing.T) {
			d, found := read(t, "ticket.md", c.src)
			if got := cmp.Diff(strings.TrimPrefix(c.want, "\n"), summary(d)); got != "" {
				t.Errorf("(-want +got):\n%s", got)
			}
			if got := cmp.Diff(strings.TrimPrefix(c.findings, "\n"), lines(found)); got != "" {
				t.Errorf("findings (-want +got):\n%s", got)
			}
			if d.Form != netcfg.FormList {
				t.Errorf("form %v", d.Form)
			}
			checkSecrets(t, d, found, nil)
		})
	}
}

func TestConfigurationInList(t *testing.T) {
	whole := "PS> Get-AzureVNetConfig | fl\n\nXMLConfiguration     : " + strings.ReplaceAll(strings.TrimSpace(in("<Dns/>\n<Tag/>")), "\n", "\n                       ") +
		"\nOperationDescription : Get-AzureVNetConfig\n"
	d, found := read(t, "x.txt", whole)
	if d.File == nil || d.File.Structure[0].Ref.Line != 3 || d.File.Structure[0].Ref.Col != 24 {
		t.Errorf("%+v", d.File)
	}
	if diff := cmp.Diff("6:24: warning XML-007: <Tag> is not known inside <VirtualNetworkConfiguration>\n", lines(found)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, src := range map[string]string{
		"in a name": strings.Replace(whole, "ServiceHosting", "Service\n                       Hosting", 1),
		"in a text": strings.Replace(whole, "<Tag/>", "<Tag>a\nb</Tag>", 1),
		"cut off":   strings.Replace(whole, "</NetworkConfiguration>", "", 1),
	} {
		d, found := read(t, "x.txt", src)
		if d.File != nil || lines(found) != "3:24: note XML-034: the network configuration is cut off or broken over lines, so it is not read\n" {
			t.Errorf("%s: %+v\n%s", name, d.File, lines(found))
		}
	}
}

// What no cmdlet printed is no list.
func TestNoList(t *testing.T) {
	for _, src := range []string{"Value : 5", "Name : x\nLocation : y\n", "State: Provisioned\nVIPAddress: 1.2.3.4\n", "<Gateway/>", "text", ""} {
		if d, _, err := netcfg.Read("x.txt", []byte(src)); err == nil && d.Form == netcfg.FormList {
			t.Errorf("%q is a list", src)
		}
	}
}
