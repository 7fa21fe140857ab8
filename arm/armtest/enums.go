package armtest

import (
	"reflect"

	sdk "github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/network/armnetwork/v9"
)

// enumValues is one string type of the SDK with the values it knows.
type enumValues struct {
	typ    reflect.Type
	values []string
}

func enum[T ~string](possible func() []T) enumValues {
	e := enumValues{typ: reflect.TypeFor[T]()}
	for _, value := range possible() {
		e.values = append(e.values, string(value))
	}
	return e
}

// enums are the values of the string types that templates and answers use. A type that is met and not listed is
// a complaint of its own, so the list cannot fall behind.
var enums = byType(
	enum(sdk.PossibleAdminStateValues),
	enum(sdk.PossibleAuthenticationMethodValues),
	enum(sdk.PossibleAutoLearnPrivateRangesModeValues),
	enum(sdk.PossibleAzureFirewallSKUNameValues),
	enum(sdk.PossibleAzureFirewallSKUTierValues),
	enum(sdk.PossibleAzureFirewallThreatIntelModeValues),
	enum(sdk.PossibleConfigurationTypeValues),
	enum(sdk.PossibleConnectedGroupAddressOverlapValues),
	enum(sdk.PossibleConnectedGroupPrivateEndpointsScaleValues),
	enum(sdk.PossibleConnectionAuthenticationTypeValues),
	enum(sdk.PossibleConnectivityTopologyValues),
	enum(sdk.PossibleCreatedByTypeValues),
	enum(sdk.PossibleDdosSettingsProtectionModeValues),
	enum(sdk.PossibleDeleteExistingPeeringValues),
	enum(sdk.PossibleDhGroupValues),
	enum(sdk.PossibleExpressRouteCircuitSKUFamilyValues),
	enum(sdk.PossibleExpressRouteCircuitSKUTierValues),
	enum(sdk.PossibleExpressRoutePeeringStateValues),
	enum(sdk.PossibleExpressRoutePeeringTypeValues),
	enum(sdk.PossibleFirewallPolicyFilterRuleCollectionActionTypeValues),
	enum(sdk.PossibleFirewallPolicyRuleCollectionTypeValues),
	enum(sdk.PossibleFirewallPolicyRuleNetworkProtocolValues),
	enum(sdk.PossibleFirewallPolicyRuleTypeValues),
	enum(sdk.PossibleFirewallPolicySKUTierValues),
	enum(sdk.PossibleGroupConnectivityValues),
	enum(sdk.PossibleGroupMemberTypeValues),
	enum(sdk.PossibleHubBgpConnectionStatusValues),
	enum(sdk.PossibleHubRoutingPreferenceValues),
	enum(sdk.PossibleIPAllocationMethodValues),
	enum(sdk.PossibleIPSecEncryptionValues),
	enum(sdk.PossibleIPSecIntegrityValues),
	enum(sdk.PossibleIPVersionValues),
	enum(sdk.PossibleIkeEncryptionValues),
	enum(sdk.PossibleIkeIntegrityValues),
	enum(sdk.PossibleIsGlobalValues),
	enum(sdk.PossibleLoadBalancerSKUNameValues),
	enum(sdk.PossibleLoadBalancerSKUTierValues),
	enum(sdk.PossibleLoadDistributionValues),
	enum(sdk.PossibleNatGatewaySKUNameValues),
	enum(sdk.PossibleNetworkInterfaceAuxiliaryModeValues),
	enum(sdk.PossibleNetworkInterfaceAuxiliarySKUValues),
	enum(sdk.PossibleNetworkInterfaceNicTypeValues),
	enum(sdk.PossiblePeeringEnforcementValues),
	enum(sdk.PossiblePfsGroupValues),
	enum(sdk.PossiblePrivateEndpointVNetPoliciesValues),
	enum(sdk.PossibleProbeProtocolValues),
	enum(sdk.PossibleProvisioningStateValues),
	enum(sdk.PossiblePublicIPAddressSKUNameValues),
	enum(sdk.PossiblePublicIPAddressSKUTierValues),
	enum(sdk.PossibleResiliencyModelValues),
	enum(sdk.PossibleRouteNextHopTypeValues),
	enum(sdk.PossibleRoutingStateValues),
	enum(sdk.PossibleSecurityRuleAccessValues),
	enum(sdk.PossibleSecurityRuleDirectionValues),
	enum(sdk.PossibleSecurityRuleProtocolValues),
	enum(sdk.PossibleServiceProviderProvisioningStateValues),
	enum(sdk.PossibleSharingScopeValues),
	enum(sdk.PossibleTransportProtocolValues),
	enum(sdk.PossibleUseHubGatewayValues),
	enum(sdk.PossibleVPNAuthenticationTypeValues),
	enum(sdk.PossibleVPNClientProtocolValues),
	enum(sdk.PossibleVPNGatewayGenerationValues),
	enum(sdk.PossibleVPNNatRuleModeValues),
	enum(sdk.PossibleVPNNatRuleTypeValues),
	enum(sdk.PossibleVPNTypeValues),
	enum(sdk.PossibleVirtualNetworkEncryptionEnforcementValues),
	enum(sdk.PossibleVirtualNetworkGatewayConnectionModeValues),
	enum(sdk.PossibleVirtualNetworkGatewayConnectionProtocolValues),
	enum(sdk.PossibleVirtualNetworkGatewayConnectionStatusValues),
	enum(sdk.PossibleVirtualNetworkGatewayConnectionTypeValues),
	enum(sdk.PossibleVirtualNetworkGatewaySKUNameValues),
	enum(sdk.PossibleVirtualNetworkGatewaySKUTierValues),
	enum(sdk.PossibleVirtualNetworkGatewayTypeValues),
	enum(sdk.PossibleVirtualNetworkPeeringLevelValues),
	enum(sdk.PossibleVirtualNetworkPeeringStateValues),
	enum(sdk.PossibleVirtualNetworkPrivateEndpointNetworkPoliciesValues),
	enum(sdk.PossibleVirtualNetworkPrivateLinkServiceNetworkPoliciesValues),
)

func byType(list ...enumValues) map[reflect.Type][]string {
	table := map[reflect.Type][]string{}
	for _, e := range list {
		table[e.typ] = e.values
	}
	return table
}
