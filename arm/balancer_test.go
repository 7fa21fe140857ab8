package arm_test

import (
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/arm/armtest"
)

// balanced is a hub with a load balancer for appliances.
func balanced() *arm.Template {
	hub := arm.ResourceID(arm.TypeVirtualNetwork, "hub")
	return &arm.Template{
		Parameters: []arm.Parameter{{Name: "location", Type: arm.ParamString}},
		Resources: []arm.Resource{
			{Type: arm.TypeVirtualNetwork, Name: "hub", Location: arm.ParameterRef("location"), Properties: &arm.VirtualNetwork{AddressPrefixes: []string{"10.0.0.0/22"},
				Subnets: []arm.Subnet{{Name: "nva-trust", AddressPrefix: "10.0.1.64/27"}}}},
			{Type: arm.TypeLoadBalancer, Name: "lb", Location: arm.ParameterRef("location"), SKU: &arm.SKU{Name: "Standard", Tier: "Regional"}, DependsOn: []string{hub},
				Properties: &arm.LoadBalancer{Name: "lb", Subnet: arm.ResourceID(arm.TypeSubnet, "hub", "nva-trust"), PrivateAddress: "10.0.1.68", Zones: []string{"1", "2", "3"}, Pool: "appliances", ProbePort: 22}},
		},
	}
}

// TestJudgeBalanced shows the load balancer to all judges.
func TestJudgeBalanced(t *testing.T) {
	armtest.Judge(t, "balanced", []byte(encode(t, balanced())))
}

func TestResolveBalancer(t *testing.T) {
	if found := arm.Resolve(balanced()); len(found) > 0 {
		t.Error(found)
	}
	without := balanced()
	without.Resources[1].DependsOn = nil
	if found := arm.Resolve(without); len(found) != 1 || !strings.Contains(found[0].Message, "virtualNetworks/hub") {
		t.Errorf("a load balancer that does not wait for its VNet: %v", found)
	}
}
