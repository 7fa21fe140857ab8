package arm_test

import (
	"fmt"

	"github.com/netmigrate/netmigrate/arm"
)

// mesh is a template of n virtual networks in a ring, each with a gateway and degree connections:
// the shape and about the size that a converted mesh has.
func mesh(n, degree int) *arm.Template {
	t := &arm.Template{Parameters: []arm.Parameter{{Name: "location", Type: arm.ParamString}, {Name: "key", Type: arm.ParamSecureString}}}
	location := arm.ParameterRef("location")
	name := func(i int) string { return fmt.Sprintf("network-%05d", i%n) }
	for i := range n {
		vnet, gw, pip := name(i), name(i)+"-gw", name(i)+"-gw-pip"
		third, fourth := i/256%256, i%256
		t.Resources = append(t.Resources,
			arm.Resource{Type: arm.TypeVirtualNetwork, Name: vnet, Location: location, Properties: &arm.VirtualNetwork{
				AddressPrefixes: []string{fmt.Sprintf("10.%d.%d.0/24", third, fourth)},
				DNSServers:      []string{"10.0.0.4", "10.0.0.5"},
				Subnets: []arm.Subnet{
					{Name: "app", AddressPrefix: fmt.Sprintf("10.%d.%d.0/25", third, fourth), DefaultOutboundAccess: true},
					{Name: "GatewaySubnet", AddressPrefix: fmt.Sprintf("10.%d.%d.224/27", third, fourth)},
				},
			}},
			arm.Resource{Type: arm.TypePublicIPAddress, Name: pip, Location: location, SKU: &arm.SKU{Name: "Standard", Tier: "Regional"},
				Zones: []string{"1", "2", "3"}, Properties: &arm.PublicIPAddress{AllocationMethod: "Static"}},
			arm.Resource{Type: arm.TypeVirtualNetworkGateway, Name: gw, Location: location,
				DependsOn: []string{arm.ResourceID(arm.TypeVirtualNetwork, vnet), arm.ResourceID(arm.TypePublicIPAddress, pip)},
				Properties: &arm.VirtualNetworkGateway{GatewayType: arm.GatewayVPN, VPNType: "RouteBased", Generation: "Generation1", SKU: "VpnGw1AZ",
					IPConfigurations: []arm.GatewayIPConfiguration{{Name: "default",
						Subnet: arm.ResourceID(arm.TypeSubnet, vnet, "GatewaySubnet"), PublicIPAddress: arm.ResourceID(arm.TypePublicIPAddress, pip)}}}},
		)
	}
	for i := range n {
		for d := 1; d <= degree; d++ {
			near, far := arm.ResourceID(arm.TypeVirtualNetworkGateway, name(i)+"-gw"), arm.ResourceID(arm.TypeVirtualNetworkGateway, name(i+d)+"-gw")
			t.Resources = append(t.Resources, arm.Resource{Type: arm.TypeConnection, Name: name(i) + "-to-" + name(i+d), Location: location,
				DependsOn:  []string{near, far},
				Properties: &arm.Connection{ConnectionType: arm.ConnectionVnet2Vnet, Protocol: "IKEv2", SharedKeyParameter: "key", Gateway1: near, Gateway2: far}})
		}
	}
	return t
}

// hub is a template of one hub with a gateway and n spokes that use it, its peerings in one line.
func hub(n int) *arm.Template {
	t := mesh(1, 0)
	t.Parameters = t.Parameters[:1]
	hub, gw := "network-00000", arm.ResourceID(arm.TypeVirtualNetworkGateway, "network-00000-gw")
	hubID := arm.ResourceID(arm.TypeVirtualNetwork, hub)
	previous := gw
	for i := range n {
		spoke := fmt.Sprintf("spoke-%05d", i)
		spokeID := arm.ResourceID(arm.TypeVirtualNetwork, spoke)
		out, back := hub+"/to-"+spoke, spoke+"/to-"+hub
		outID := arm.ResourceID(arm.TypePeering, hub, "to-"+spoke)
		t.Resources = append(t.Resources,
			arm.Resource{Type: arm.TypeVirtualNetwork, Name: spoke, Location: arm.ParameterRef("location"),
				Properties: &arm.VirtualNetwork{AddressPrefixes: []string{fmt.Sprintf("172.16.%d.0/24", i%256)}}},
			arm.Resource{Type: arm.TypePeering, Name: out, DependsOn: []string{hubID, spokeID, previous},
				Properties: &arm.Peering{RemoteVirtualNetwork: spokeID, AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true, AllowGatewayTransit: true}},
			arm.Resource{Type: arm.TypePeering, Name: back, DependsOn: []string{hubID, spokeID, outID, gw},
				Properties: &arm.Peering{RemoteVirtualNetwork: hubID, AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true, UseRemoteGateways: true}},
		)
		previous = arm.ResourceID(arm.TypePeering, spoke, "to-"+hub)
	}
	return t
}
