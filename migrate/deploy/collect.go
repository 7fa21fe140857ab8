package deploy

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/template"

	"github.com/netmigrate/netmigrate/arm"
)

// Shell is a language that a script is written in.
type Shell string

// The shells. A script for Bash calls az, one for PowerShell the module Az.Accounts.
const (
	Bash       Shell = "bash"
	PowerShell Shell = "powershell"
)

// Collection is what a script is to list: the networks of some subscriptions.
type Collection struct {
	Subscriptions []string // ids or names; none: all that the login sees
	Groups        []string // names of resource groups; none: all. See azure.IsGroupName
	Folder        string   // that the script makes
	Tool          string   // the program and its version
}

// ListingFormat names the shape of listing.json, which says what the files beside it list.
const ListingFormat = "netmigrate.listing/v1"

// groupsVersion is the version of the calls that are about subscriptions and not about networks.
// Source: docs/sources.md#collect.
const groupsVersion = "2021-04-01"

// listed is a type of resource, and how the resources of that type are listed. A child type is listed
// of each parent.
type listed struct {
	typ      string // without its provider: "virtualHubs/bgpConnections"
	perGroup bool   // the service lists it of one resource group, and not of a subscription
	each     bool   // the list leaves members out, so that each resource is read by itself
	keep     members
}

// file is where the resources of the type are written.
func (l listed) file() string { return strings.ReplaceAll(l.typ, "/", ".") + ".json" }

// Parts of answers that several types have.
const (
	keptHead    = "id name type location "
	keptSpace   = "{addressPrefixes}"
	keptPolicy  = "[saLifeTimeSeconds saDataSizeKilobytes ipsecEncryption ipsecIntegrity ikeEncryption ikeIntegrity dhGroup pfsGroup]"
	keptBGP     = "bgpSettings{asn bgpPeeringAddress peerWeight bgpPeeringAddresses[ipconfigurationId defaultBgpIpAddresses customBgpIpAddresses tunnelIpAddresses]}"
	keptMapping = "[addressSpace portRange]"
	keptFront   = "[id name properties{privateIPAddress subnet{id} publicIPAddress{id}}]"
	keptSubnet  = `[id name properties{provisioningState addressPrefix addressPrefixes defaultOutboundAccess sharingScope purpose
		networkSecurityGroup{id} routeTable{id} natGateway{id} serviceEndpoints[service locations] delegations[name properties{serviceName}]
		privateEndpointNetworkPolicies privateLinkServiceNetworkPolicies ipConfigurations[id] ipConfigurationProfiles[id] privateEndpoints[id]
		applicationGatewayIPConfigurations[id] serviceAssociationLinks[id properties{linkedResourceType link}]
		resourceNavigationLinks[id properties{linkedResourceType link}]}]`
	keptPeering = `[id name properties{provisioningState peeringState peeringSyncLevel remoteVirtualNetwork{id}
		allowVirtualNetworkAccess allowForwardedTraffic allowGatewayTransit useRemoteGateways doNotVerifyRemoteGateways
		peerCompleteVnets enableOnlyIPv6Peering localSubnetNames remoteSubnetNames
		localAddressSpace` + keptSpace + ` localVirtualNetworkAddressSpace` + keptSpace + `
		remoteAddressSpace` + keptSpace + ` remoteVirtualNetworkAddressSpace` + keptSpace + `}]`
	keptClients = `{vpnClientAddressPool` + keptSpace + ` vpnClientProtocols vpnAuthenticationTypes
		vpnClientRootCertificates[id name properties{publicCertData}] vpnClientRevokedCertificates[id name properties{thumbprint}]
		vpnClientIpsecPolicies` + keptPolicy + ` aadTenant aadAudience aadIssuer radiusServerAddress radiusServers[radiusServerAddress radiusServerScore]
		vngClientConnectionConfigurations[id name properties{vpnClientAddressPool` + keptSpace + `}]}`
)

// listings are the types of a live listing. What a type keeps is named, so that keys and whatever else
// an answer has are never written: docs/sources.md#collect.
var listings = []listed{
	{typ: "virtualNetworks", keep: keptHead + `properties{provisioningState resourceGuid addressSpace` + keptSpace + ` dhcpOptions{dnsServers}
		encryption{enabled enforcement} enableDdosProtection ddosProtectionPlan{id} flowTimeoutInMinutes
		bgpCommunities{virtualNetworkCommunity regionalCommunity} subnets` + keptSubnet + ` virtualNetworkPeerings` + keptPeering + `}`},
	{typ: "virtualNetworkGateways", perGroup: true, keep: keptHead + `properties{provisioningState gatewayType vpnType vpnGatewayGeneration sku{name tier capacity}
		activeActive adminState enableBgp ` + keptBGP + ` ipConfigurations[id name properties{privateIPAllocationMethod privateIPAddress subnet{id} publicIPAddress{id}}]
		gatewayDefaultSite{id} customRoutes` + keptSpace + ` enablePrivateIpAddress disableIPSecReplayProtection enableDnsForwarding inboundDnsForwardingEndpoint
		autoScaleConfiguration{bounds{min max}} allowRemoteVnetTraffic allowVirtualWanTraffic resiliencyModel virtualNetworkGatewayMigrationStatus{phase state}
		enableBgpRouteTranslationForNat natRules[id name properties{type mode ipConfigurationId internalMappings` + keptMapping + ` externalMappings` + keptMapping + `}]
		vpnClientConfiguration` + keptClients + `}`},
	{typ: "localNetworkGateways", perGroup: true, keep: keptHead + `properties{provisioningState gatewayIpAddress fqdn localNetworkAddressSpace` + keptSpace + ` ` + keptBGP + `}`},
	{typ: "connections", perGroup: true, each: true, keep: keptHead + `properties{provisioningState connectionType connectionProtocol connectionMode authenticationType
		connectionStatus ingressBytesTransferred egressBytesTransferred
		tunnelConnectionStatus[tunnel connectionStatus ingressBytesTransferred egressBytesTransferred lastConnectionEstablishedUtcTime]
		virtualNetworkGateway1{id} virtualNetworkGateway2{id} localNetworkGateway2{id} peer{id} routingWeight enableBgp dpdTimeoutSeconds
		useLocalAzureIpAddress usePolicyBasedTrafficSelectors trafficSelectorPolicies[localAddressRanges remoteAddressRanges] ipsecPolicies` + keptPolicy + `
		ingressNatRules[id] egressNatRules[id] gatewayCustomBgpIpAddresses[ipConfigurationId customBgpIpAddress]
		expressRouteGatewayBypass enablePrivateLinkFastPath}`},
	{typ: "publicIPAddresses", keep: keptHead + `zones sku{name tier} properties{provisioningState ipAddress publicIPAllocationMethod publicIPAddressVersion
		ipConfiguration{id} natGateway{id} publicIPPrefix{id} dnsSettings{domainNameLabel fqdn} migrationPhase}`},
	{typ: "routeTables", keep: keptHead + `properties{provisioningState disableBgpRoutePropagation subnets[id]
		routes[id name properties{provisioningState addressPrefix nextHopType nextHopIpAddress}]}`},
	{typ: "networkSecurityGroups", keep: keptHead + `properties{provisioningState subnets[id] networkInterfaces[id]
		securityRules[id name properties{provisioningState direction priority access protocol
			sourceAddressPrefix sourceAddressPrefixes sourcePortRange sourcePortRanges sourceApplicationSecurityGroups[id]
			destinationAddressPrefix destinationAddressPrefixes destinationPortRange destinationPortRanges destinationApplicationSecurityGroups[id]}]}`},
	{typ: "networkInterfaces", keep: keptHead + `properties{provisioningState enableIPForwarding virtualMachine{id} networkSecurityGroup{id}
		ipConfigurations[name properties{primary privateIPAddress privateIPAddressVersion subnet{id} publicIPAddress{id}
			applicationSecurityGroups[id] loadBalancerBackendAddressPools[id]}]}`},
	{typ: "loadBalancers", keep: keptHead + `sku{name tier} properties{provisioningState frontendIPConfigurations` + keptFront + `
		backendAddressPools[id name properties{backendIPConfigurations[id]}]}`},
	{typ: "expressRouteCircuits", keep: keptHead + `sku{name tier family} properties{provisioningState circuitProvisioningState serviceProviderProvisioningState
		serviceProviderProperties{serviceProviderName peeringLocation bandwidthInMbps} bandwidthInGbps expressRoutePort{id} globalReachEnabled allowClassicOperations
		peerings[id name properties{provisioningState state peeringType azureASN peerASN vlanId primaryPeerAddressPrefix secondaryPeerAddressPrefix
			ipv6PeeringConfig{state primaryPeerAddressPrefix secondaryPeerAddressPrefix}
			connections[id name properties{provisioningState addressPrefix circuitConnectionStatus peerExpressRouteCircuitPeering{id}}]}]}`},
	{typ: "virtualHubs", keep: keptHead + `properties{provisioningState routingState sku addressPrefix virtualWan{id} virtualRouterAsn virtualRouterIps
		allowBranchToBranchTraffic hubRoutingPreference azureFirewall{id} vpnGateway{id} expressRouteGateway{id} p2SVpnGateway{id}}`},
	{typ: "virtualHubs/ipConfigurations", keep: `id name type properties{provisioningState privateIPAddress subnet{id} publicIPAddress{id}}`},
	{typ: "virtualHubs/bgpConnections", keep: `id name type properties{provisioningState connectionState peerAsn peerIp hubVirtualNetworkConnection{id}}`},
	{typ: "azureFirewalls", keep: keptHead + `zones properties{provisioningState sku{name tier} firewallPolicy{id} virtualHub{id} hubIPAddresses{privateIPAddress}
		ipConfigurations` + keptFront + ` managementIpConfiguration{id name properties{privateIPAddress subnet{id} publicIPAddress{id}}}}`},
	{typ: "natGateways", keep: keptHead + `zones sku{name} properties{provisioningState subnets[id] publicIpAddresses[id] publicIpPrefixes[id]}`},
	{typ: "networkManagers", keep: keptHead + `properties{provisioningState networkManagerScopeAccesses
		networkManagerScopes{managementGroups subscriptions crossTenantScopes[tenantId managementGroups subscriptions]}}`},
	{typ: "networkManagers/networkGroups", keep: `id name type properties{provisioningState memberType}`},
	{typ: "networkManagers/networkGroups/staticMembers", keep: `id name type properties{provisioningState resourceId region}`},
	{typ: "networkManagers/connectivityConfigurations", keep: `id name type properties{provisioningState connectivityTopology isGlobal deleteExistingPeering
		hubs[resourceId resourceType] appliesToGroups[networkGroupId groupConnectivity useHubGateway isGlobal]}`},
}

var (
	//go:embed data/collect.sh
	collectBash string
	//go:embed data/collect.ps1
	collectPowerShell string

	collectScripts = map[Shell]*template.Template{
		Bash:       template.Must(template.New("bash").Funcs(template.FuncMap{"quote": quoteBash}).Parse(collectBash)),
		PowerShell: template.Must(template.New("powershell").Funcs(template.FuncMap{"quote": quotePowerShell}).Parse(collectPowerShell)),
	}
)

// Collect writes a script that lists live networks into a folder of JSON files and changes nothing.
// What the collection says is data in it: no name can become a part of the script.
func Collect(w io.Writer, c Collection, shell Shell) error {
	script, known := collectScripts[shell]
	if !known {
		return fmt.Errorf("no script is written for shell %q", shell)
	}
	view := collectView{Collection: c, Format: ListingFormat, Version: arm.APIVersion, GroupsVersion: groupsVersion}
	for _, l := range listings {
		view.Types = append(view.Types, l.typ)
		view.Listings = append(view.Listings, listedView{listed: l})
	}
	// A name that begins with a hyphen would be a flag of the commands that make and move the folder.
	if strings.HasPrefix(view.Folder, "-") {
		view.Folder = "./" + view.Folder
	}
	return script.Execute(w, view)
}

// collectView is what the scripts are made of.
type collectView struct {
	Collection
	Format, Version, GroupsVersion string
	Types                          []string
	Listings                       []listedView
}

// JSON is a value as it stands in listing.json; a list without anything is null there.
func (collectView) JSON(v any) (string, error) {
	if list, ok := v.([]string); ok && len(list) == 0 {
		v = nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}

type listedView struct{ listed }

// File, Segments and so on are what a script says of a type.
func (l listedView) Type() string       { return l.typ }
func (l listedView) File() string       { return l.file() }
func (l listedView) Segments() []string { return strings.Split(l.typ, "/") }
func (l listedView) PerGroup() bool     { return l.perGroup }
func (l listedView) Each() bool         { return l.each }
func (l listedView) Query() string      { return l.keep.query() }
func (l listedView) Table() string      { return l.keep.table() }
