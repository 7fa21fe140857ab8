package arm_test

import (
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/arm/armtest"
)

// resources of firewalled(), by place.
const (
	firewallHub = iota
	firewallAddress
	firewallPolicy
	firstRules
	moreRules
	hubFirewall
	hubGateway
)

// firewalled is a hub with a firewall, two groups of rules, and a gateway beside it.
func firewalled() *arm.Template {
	location := arm.ParameterRef("location")
	hub, address := arm.ResourceID(arm.TypeVirtualNetwork, "hub"), arm.ResourceID(arm.TypePublicIPAddress, "fw-ip")
	policy, firewall := arm.ResourceID(arm.TypeFirewallPolicy, "fw-policy"), arm.ResourceID(arm.TypeFirewall, "fw")
	first, more := arm.ResourceID(arm.TypeRuleCollectionGroup, "fw-policy", "rules"), arm.ResourceID(arm.TypeRuleCollectionGroup, "fw-policy", "rules-2")
	rules := func(priority int, names ...string) *arm.RuleCollectionGroup {
		c := arm.FilterCollection{Name: "allow", Priority: 100, Action: "Allow"}
		for _, name := range names {
			c.Rules = append(c.Rules, arm.NetworkRule{Name: name, Protocols: []string{"Any"}, Sources: []string{"10.1.0.0/16"},
				Destinations: []string{"10.2.0.0/16", "10.3.0.0/16"}, DestinationPorts: []string{"*"}})
		}
		return &arm.RuleCollectionGroup{Priority: priority, Collections: []arm.FilterCollection{c}}
	}
	return &arm.Template{
		Parameters: []arm.Parameter{{Name: "location", Type: arm.ParamString}},
		Resources: []arm.Resource{
			{Type: arm.TypeVirtualNetwork, Name: "hub", Location: location, Properties: &arm.VirtualNetwork{AddressPrefixes: []string{"10.0.0.0/22"},
				Subnets: []arm.Subnet{{Name: "GatewaySubnet", AddressPrefix: "10.0.0.0/26"}, {Name: "AzureFirewallSubnet", AddressPrefix: "10.0.0.64/26"}}}},
			{Type: arm.TypePublicIPAddress, Name: "fw-ip", Location: location, SKU: &arm.SKU{Name: "Standard", Tier: "Regional"}, Zones: []string{"1", "2", "3"},
				Properties: &arm.PublicIPAddress{AllocationMethod: "Static"}},
			{Type: arm.TypeFirewallPolicy, Name: "fw-policy", Location: location, Properties: &arm.FirewallPolicy{Tier: "Standard", ThreatIntel: "Alert"}},
			{Type: arm.TypeRuleCollectionGroup, Name: "fw-policy/rules", DependsOn: []string{policy}, Properties: rules(200, "a-to-b", "a-to-c")},
			{Type: arm.TypeRuleCollectionGroup, Name: "fw-policy/rules-2", DependsOn: []string{policy, first}, Properties: rules(201, "b-to-a")},
			{Type: arm.TypeFirewall, Name: "fw", Location: location, Zones: []string{"1", "2", "3"}, DependsOn: []string{hub, address, policy, more},
				Properties: &arm.Firewall{Tier: "Standard", Policy: policy, IPConfigurations: []arm.FirewallIPConfiguration{
					{Name: "default", Subnet: arm.ResourceID(arm.TypeSubnet, "hub", "AzureFirewallSubnet"), PublicIPAddress: address}}}},
			{Type: arm.TypeVirtualNetworkGateway, Name: "gw", Location: location, DependsOn: []string{hub, firewall},
				Properties: &arm.VirtualNetworkGateway{GatewayType: arm.GatewayExpressRoute, SKU: "ErGw1AZ",
					IPConfigurations: []arm.GatewayIPConfiguration{{Name: "default", Subnet: arm.ResourceID(arm.TypeSubnet, "hub", "GatewaySubnet")}}}},
		},
	}
}

// TestJudgeFirewalled shows the firewall, its policy and its rules to all judges.
func TestJudgeFirewalled(t *testing.T) {
	armtest.Judge(t, "firewalled", []byte(encode(t, firewalled())))
}

func TestResolveFirewall(t *testing.T) {
	policy := arm.ResourceID(arm.TypeFirewallPolicy, "fw-policy")
	without := func(r *arm.Resource, n int) { r.DependsOn = append(r.DependsOn[:n:n], r.DependsOn[n+1:]...) }
	for _, test := range []struct {
		name   string
		change func(r []arm.Resource)
		want   []string
	}{
		{"nothing", func([]arm.Resource) {}, nil},
		{"rules without their policy", func(r []arm.Resource) { r[firstRules].DependsOn = nil },
			[]string{"dependency resources[3].name: refers to firewallPolicies/fw-policy without"}},
		{"two groups at the same time", func(r []arm.Resource) {
			r[moreRules].DependsOn = []string{policy}
			r[hubFirewall].DependsOn = append(r[hubFirewall].DependsOn, arm.ResourceID(arm.TypeRuleCollectionGroup, "fw-policy", "rules"))
		}, []string{"order resources[4].dependsOn: firewallPolicies/ruleCollectionGroups/fw-policy/rules and this one change firewallPolicies/fw-policy"}},
		{"a firewall before its rules", func(r []arm.Resource) { without(&r[hubFirewall], 3) },
			[]string{"order resources[4].dependsOn: azureFirewalls/fw and this one change", "order resources[5].dependsOn: firewallPolicies/ruleCollectionGroups/fw-policy/rules and this one change"}},
		{"a firewall beside a gateway", func(r []arm.Resource) { without(&r[hubGateway], 1) },
			[]string{"order resources[5].dependsOn: virtualNetworkGateways/gw and this one change virtualNetworks/hub"}},
		{"a firewall in another subnet", func(r []arm.Resource) {
			r[hubFirewall].Properties.(*arm.Firewall).IPConfigurations[0].Subnet = arm.ResourceID(arm.TypeSubnet, "hub", "GatewaySubnet")
		}, []string{"reference resources[5].properties.ipConfigurations[0].properties.subnet.id: a firewall stands in AzureFirewallSubnet"}},
		{"a name that is too long", func(r []arm.Resource) {
			r[hubFirewall].Name += "-that-has-more-than-the-fifty-six-characters-which-are-allowed"
			r[hubGateway].DependsOn[1] = arm.ResourceID(arm.TypeFirewall, r[hubFirewall].Name)
		}, []string{"name resources[5].name: "}},
		{"a firewall is no gateway to use", func(r []arm.Resource) {
			r[hubGateway] = arm.Resource{Type: arm.TypePeering, Name: "hub/to-itself", DependsOn: []string{arm.ResourceID(arm.TypeVirtualNetwork, "hub"), arm.ResourceID(arm.TypeFirewall, "fw")},
				Properties: &arm.Peering{RemoteVirtualNetwork: arm.ResourceID(arm.TypeVirtualNetwork, "hub"), AllowGatewayTransit: true, UseRemoteGateways: true}}
		}, []string{"transit resources[6].properties.useRemoteGateways: does not wait", "transit resources[6].properties.useRemoteGateways: virtualNetworks/hub has no gateway and no Route Server"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			template := firewalled()
			test.change(template.Resources)
			compareProblems(t, test.want, arm.Resolve(template))
		})
	}
}
