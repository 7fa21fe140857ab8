package arm_test

import (
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/arm/armtest"
)

// served is a hub with a Route Server that has sessions with two machines.
func served() *arm.Template {
	hub, server := arm.ResourceID(arm.TypeVirtualNetwork, "hub"), arm.ResourceID(arm.TypeRouteServer, "rs")
	configuration := arm.ResourceID(arm.TypeRouteServerConfiguration, "rs", "default")
	location := arm.ParameterRef("location")
	return &arm.Template{
		Parameters: []arm.Parameter{{Name: "location", Type: arm.ParamString}},
		Resources: []arm.Resource{
			{Type: arm.TypeVirtualNetwork, Name: "hub", Location: location, Properties: &arm.VirtualNetwork{AddressPrefixes: []string{"10.0.0.0/22"},
				Subnets: []arm.Subnet{{Name: "RouteServerSubnet", AddressPrefix: "10.0.0.192/26"}}}},
			{Type: arm.TypePublicIPAddress, Name: "rs-ip", Location: location, SKU: &arm.SKU{Name: "Standard", Tier: "Regional"}, Properties: &arm.PublicIPAddress{AllocationMethod: "Static"}},
			{Type: arm.TypeRouteServer, Name: "rs", Location: location, Properties: &arm.RouteServer{}},
			{Type: arm.TypeRouteServerConfiguration, Name: "rs/default", DependsOn: []string{server, hub, arm.ResourceID(arm.TypePublicIPAddress, "rs-ip")},
				Properties: &arm.RouteServerConfiguration{Subnet: arm.ResourceID(arm.TypeSubnet, "hub", "RouteServerSubnet"), PublicIPAddress: arm.ResourceID(arm.TypePublicIPAddress, "rs-ip")}},
			{Type: arm.TypeRouteServerPeer, Name: "rs/one", DependsOn: []string{configuration}, Properties: &arm.RouteServerPeer{ASN: 64512, Address: "10.0.1.69"}},
			{Type: arm.TypeRouteServerPeer, Name: "rs/two", DependsOn: []string{configuration, arm.ResourceID(arm.TypeRouteServerPeer, "rs", "one")}, Properties: &arm.RouteServerPeer{ASN: 64512, Address: "10.0.1.70"}},
		},
	}
}

// TestJudgeServed shows the Route Server to all judges.
func TestJudgeServed(t *testing.T) {
	armtest.Judge(t, "served", []byte(encode(t, served())))
}

func TestResolveRouteServer(t *testing.T) {
	if found := arm.Resolve(served()); len(found) > 0 {
		t.Error(found)
	}
	for without, want := range map[int]string{0: "virtualHubs/rs", 1: "virtualNetworks/hub", 2: "publicIPAddresses/rs-ip"} {
		template := served()
		needs := template.Resources[3].DependsOn
		template.Resources[3].DependsOn = append(append([]string(nil), needs[:without]...), needs[without+1:]...)
		if found := arm.Resolve(template); len(found) == 0 || !strings.Contains(found[0].Message, want) {
			t.Errorf("a configuration that does not wait for %s: %v", want, found)
		}
	}
}

// A peering that uses a Route Server waits for it; one in another subnet is none.
func TestResolveRouteServerUsed(t *testing.T) {
	template := served()
	hub, spoke := arm.ResourceID(arm.TypeVirtualNetwork, "hub"), arm.ResourceID(arm.TypeVirtualNetwork, "spoke")
	there := arm.ResourceID(arm.TypePeering, "hub", "to-spoke")
	waits := []string{arm.ResourceID(arm.TypeRouteServerPeer, "rs", "two")}
	template.Resources = append(template.Resources,
		arm.Resource{Type: arm.TypeVirtualNetwork, Name: "spoke", Location: arm.ParameterRef("location"), Properties: &arm.VirtualNetwork{AddressPrefixes: []string{"10.1.0.0/16"}}},
		arm.Resource{Type: arm.TypePeering, Name: "hub/to-spoke", DependsOn: append([]string{hub, spoke}, waits...), Properties: &arm.Peering{RemoteVirtualNetwork: spoke, AllowVirtualNetworkAccess: true, AllowGatewayTransit: true}},
		arm.Resource{Type: arm.TypePeering, Name: "spoke/to-hub", DependsOn: []string{hub, spoke, there}, Properties: &arm.Peering{RemoteVirtualNetwork: hub, AllowVirtualNetworkAccess: true, UseRemoteGateways: true}})
	if found := arm.Resolve(template); len(found) > 0 {
		t.Error(found)
	}
	template.Resources[7].DependsOn = []string{hub, spoke}
	if found := arm.Resolve(template); len(found) == 0 || !strings.Contains(found[0].Message, "does not wait for virtualHubs/ipConfigurations/rs/default") {
		t.Errorf("a peering that does not wait: %v", found)
	}
	template = served()
	template.Resources[3].Properties.(*arm.RouteServerConfiguration).Subnet = arm.ResourceID(arm.TypeSubnet, "hub", "GatewaySubnet")
	if found := arm.Resolve(template); len(found) != 2 || !strings.Contains(found[1].Message, "a Route Server stands in RouteServerSubnet") {
		t.Errorf("another subnet: %v", found)
	}
}
