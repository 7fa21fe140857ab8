package armtest

import (
	"bytes"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
)

// everything is a template with every property that package arm can write.
func everything() *arm.Template {
	location := arm.ParameterRef("location")
	id := arm.ResourceID
	hub, spoke := id(arm.TypeVirtualNetwork, "hub"), id(arm.TypeVirtualNetwork, "spoke")
	gw, far := id(arm.TypeVirtualNetworkGateway, "gw"), id(arm.TypeVirtualNetworkGateway, "far-gw")
	site, pip := id(arm.TypeLocalNetworkGateway, "office"), id(arm.TypePublicIPAddress, "pip")
	er := id(arm.TypeVirtualNetworkGateway, "er")
	hubPeering := id(arm.TypePeering, "hub", "to-spoke")
	bgp := &arm.BGPSettings{ASN: 65010, PeerWeight: 5}
	return &arm.Template{
		Metadata: arm.Object{{Name: arm.MetadataExisting, Value: arm.Array{
			"virtualNetworks/far", "virtualNetworks/subnets/far/GatewaySubnet", "virtualNetworks/subnets/hub/shared",
			"routeTables/rt", "networkSecurityGroups/nsg", "natGateways/nat", "publicIPAddresses/far-pip",
		}}},
		Parameters: []arm.Parameter{
			{Name: "location", Type: arm.ParamString, Default: "[resourceGroup().location]", Description: "where"},
			{Name: "key", Type: arm.ParamSecureString}, {Name: "circuit", Type: arm.ParamString}, {Name: "root", Type: arm.ParamString},
		},
		Resources: []arm.Resource{
			{Type: arm.TypeVirtualNetwork, Name: "hub", Location: location, Tags: []arm.Tag{{Name: "owner", Value: "net"}}, Properties: &arm.VirtualNetwork{
				AddressPrefixes: []string{"10.0.0.0/16"}, DNSServers: []string{"10.0.0.4"}, Encryption: "AllowUnencrypted",
				Subnets: []arm.Subnet{{Name: "GatewaySubnet", AddressPrefix: "10.0.0.0/26"}, {Name: "app", AddressPrefixes: []string{"10.0.1.0/24"},
					DefaultOutboundAccess: true, RouteTable: id("Microsoft.Network/routeTables", "rt"), NetworkSecurityGroup: id("Microsoft.Network/networkSecurityGroups", "nsg"),
					NATGateway: id("Microsoft.Network/natGateways", "nat"), ServiceEndpoints: []string{"Microsoft.Storage"}}}}},
			{Type: arm.TypeVirtualNetwork, Name: "spoke", Location: location, Properties: &arm.VirtualNetwork{AddressPrefixes: []string{"10.1.0.0/16"}}},
			{Type: arm.TypePublicIPAddress, Name: "pip", Location: location, SKU: &arm.SKU{Name: "Standard", Tier: "Regional"}, Zones: []string{"1", "2"},
				Properties: &arm.PublicIPAddress{AllocationMethod: "Static", Version: "IPv4", IdleTimeout: 4, DomainNameLabel: "hub-gw"}},
			{Type: arm.TypeLocalNetworkGateway, Name: "office", Location: location,
				Properties: &arm.LocalNetworkGateway{GatewayIPAddress: "203.0.113.9", AddressPrefixes: []string{"192.168.0.0/16"}, BGP: &arm.BGPSettings{ASN: 65020, PeeringAddress: "192.168.0.1"}}},
			{Type: arm.TypeLocalNetworkGateway, Name: "far-end", Location: location, DependsOn: []string{pip},
				Properties: &arm.LocalNetworkGateway{GatewayIPAddress: arm.Reference(arm.TypePublicIPAddress, "pip", "ipAddress"), AddressPrefixes: []string{"10.0.0.0/16"}}},
			{Type: arm.TypeLocalNetworkGateway, Name: "named", Location: location, Properties: &arm.LocalNetworkGateway{FQDN: "vpn.example.com"}},
			{Type: arm.TypeVirtualNetworkGateway, Name: "gw", Location: location, DependsOn: []string{hub, pip, site}, Properties: &arm.VirtualNetworkGateway{
				GatewayType: arm.GatewayVPN, VPNType: "RouteBased", Generation: "Generation2", SKU: "VpnGw2AZ", EnableBGP: true, BGP: bgp, DefaultSite: site, CustomRoutes: []string{"10.1.0.0/16"},
				IPConfigurations: []arm.GatewayIPConfiguration{{Name: "default", Subnet: id(arm.TypeSubnet, "hub", "GatewaySubnet"), PublicIPAddress: pip}},
				VPNClient: &arm.VPNClientConfiguration{AddressPrefixes: []string{"172.16.0.0/24"}, Protocols: []string{"OpenVPN", "IkeV2"}, AuthenticationTypes: []string{"Certificate"},
					RootCertificates:    []arm.RootCertificate{{Name: "root", PublicCertData: arm.ParameterRef("root")}},
					RevokedCertificates: []arm.RevokedCertificate{{Name: "lost", Thumbprint: "AB"}}}}},
			{Type: arm.TypeVirtualNetworkGateway, Name: "er", Location: location, DependsOn: []string{hub, gw}, Properties: &arm.VirtualNetworkGateway{
				GatewayType: arm.GatewayExpressRoute, VPNType: "RouteBased", Generation: "None", SKU: "ErGwScale", ScaleUnits: [2]int{1, 4},
				IPConfigurations: []arm.GatewayIPConfiguration{{Name: "default", Subnet: id(arm.TypeSubnet, "hub", "GatewaySubnet")}}}},
			{Type: arm.TypeVirtualNetworkGateway, Name: "far-gw", Location: location, Properties: &arm.VirtualNetworkGateway{
				GatewayType: arm.GatewayVPN, VPNType: "RouteBased", Generation: "Generation1", SKU: "VpnGw1AZ", ActiveActive: false,
				IPConfigurations: []arm.GatewayIPConfiguration{{Name: "default", Subnet: id(arm.TypeSubnet, "far", "GatewaySubnet"), PublicIPAddress: id(arm.TypePublicIPAddress, "far-pip")}}}},
			{Type: arm.TypePeering, Name: "hub/to-spoke", DependsOn: []string{hub, spoke},
				Properties: &arm.Peering{RemoteVirtualNetwork: spoke, AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true, AllowGatewayTransit: true}},
			{Type: arm.TypePeering, Name: "spoke/to-hub", DependsOn: []string{hub, spoke, hubPeering, er},
				Properties: &arm.Peering{RemoteVirtualNetwork: hub, AllowVirtualNetworkAccess: true, UseRemoteGateways: true, LocalSubnets: []string{"app"}, RemoteSubnets: []string{"app"}}},
			{Type: arm.TypeConnection, Name: "to-office", Location: location, DependsOn: []string{gw, site}, Properties: &arm.Connection{
				ConnectionType: arm.ConnectionIPsec, Protocol: "IKEv2", SharedKeyParameter: "key", EnableBGP: true, PolicyBasedSelectors: true, Gateway1: gw, LocalGateway2: site, DPDTimeout: 45,
				IPsecPolicies: []arm.IPsecPolicy{{SALifeTimeSeconds: 27000, SADataSizeKilobytes: 102400000, IPsecEncryption: "GCMAES256", IPsecIntegrity: "GCMAES256",
					IKEEncryption: "AES256", IKEIntegrity: "SHA384", DHGroup: "DHGroup24", PFSGroup: "PFS24"}}}},
			{Type: arm.TypeConnection, Name: "to-far", Location: location, DependsOn: []string{gw, far},
				Properties: &arm.Connection{ConnectionType: arm.ConnectionVnet2Vnet, SharedKeyParameter: "key", Gateway1: gw, Gateway2: far}},
			{Type: arm.TypeConnection, Name: "to-circuit", Location: location, DependsOn: []string{er}, Properties: &arm.Connection{
				ConnectionType: arm.ConnectionExpressRoute, AuthorizationKeyParameter: "key", Gateway1: er, Circuit: arm.ParameterRef("circuit"), RoutingWeight: 10}},
		},
		Outputs: []arm.Output{{Name: "gateway", Type: arm.ParamString, Value: gw}},
	}
}

func encoded(t *testing.T, template *arm.Template) []byte {
	t.Helper()
	var text bytes.Buffer
	if err := arm.Encode(&text, template); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

// TestOwnProperties: whatever package arm can write, all judges accept.
func TestOwnProperties(t *testing.T) {
	Judge(t, "everything", encoded(t, everything()))
}

func TestVerdictOnBrokenJSON(t *testing.T) {
	if complaints, _ := Verdict([]byte("{")); len(complaints) != 1 {
		t.Errorf("complaints: %q", complaints)
	}
}

func TestParametersVerdict(t *testing.T) {
	template := encoded(t, everything())
	vault := &arm.KeyVaultReference{VaultID: "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v", SecretName: "key"}
	whole := []arm.ParameterValue{{Name: "key", KeyVault: vault}, {Name: "circuit", Value: "/subscriptions/s/circuit"}, {Name: "root", Value: "MII"}}
	tests := map[string]struct {
		values []arm.ParameterValue
		want   string
	}{
		"whole":      {whole, ""},
		"missing":    {whole[:2], "parameters.root: has no value and no default"},
		"undeclared": {append(whole[:3:3], arm.ParameterValue{Name: "spare", Value: "x"}), "parameters.spare: is not declared"},
		"plain key":  {append(whole[1:3:3], arm.ParameterValue{Name: "key", Value: "x"}), "parameters.key: is secure"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			if err := arm.EncodeParameters(&file, &arm.Parameters{Values: test.values}); err != nil {
				t.Fatal(err)
			}
			complaints, _ := ParametersVerdict(template, file.Bytes())
			if all := strings.Join(complaints, "\n"); test.want == "" && all != "" || !strings.Contains(all, test.want) {
				t.Errorf("want %q, got:\n%s", test.want, all)
			}
		})
	}
}
