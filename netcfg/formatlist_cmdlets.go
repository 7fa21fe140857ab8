package netcfg

// cmdlet is what one classic cmdlet prints through Format-List, in the words of the service.
// Source: docs/sources.md#service-management.
type cmdlet struct {
	name       string
	kind       string // root element of the response that it stands for
	item       string // element of the root that one block is; empty when it is the root itself
	call       Call
	first      string   // parameter that an argument without a name is for
	signs      []string // a block with all of these, and of no cmdlet before, is of this one
	properties []property
}

// property is a property and the element that it stands for, by its path below the item.
type property struct {
	name, path string
	shared     string // element below that one, around the parts of a "{a, b}" list
	each       string // element of one part, and perhaps the one in it that holds the text
	address    bool   // people mask it
	flag       bool   // True or False, which the service writes in lower case
}

func eventsAnd(more ...property) []property {
	return append([]property{
		{name: "LastEventData", path: "LastEvent/Data"},
		{name: "LastEventTimeStamp", path: "LastEvent/Timestamp"},
		{name: "LastEventMessage", path: "LastEvent/Message"},
		{name: "LastEventID", path: "LastEvent/Id"},
	}, more...)
}

func gatewayProperties(more ...property) []property {
	return eventsAnd(append([]property{
		{name: "State", path: "State"},
		{name: "VIPAddress", path: "VIPAddress", address: true},
		{name: "DefaultSite", path: "DefaultSites", each: "string"},
		{name: "GatewaySKU", path: "GatewaySize"},
	}, more...)...)
}

// same are properties that are called as their elements.
func same(names ...string) []property {
	all := make([]property, len(names))
	for i, name := range names {
		all[i] = property{name: name, path: name}
	}
	return all
}

// cmdlets are tried in order.
var cmdlets = []cmdlet{
	{name: "Get-AzureVNetConfig", kind: rootName, call: CallConfiguration, signs: []string{configurationProperty}},
	{name: "Get-AzureVirtualNetworkGatewayConnection", kind: "GatewayConnections", item: "GatewayConnection", call: CallConnections2,
		signs: []string{"GatewayConnectionType"},
		properties: append(same("ConnectedEntityId", "GatewayConnectionName", "GatewayConnectionType", "VirtualNetworkGatewayId", "RoutingWeight", "SharedKey"),
			property{name: "EnableBgp", path: "EnableBgp", flag: true})},
	{name: "Get-AzureVirtualNetworkGateway", kind: "VirtualNetworkGateways", item: "VirtualNetworkGateway", call: CallGateways2,
		signs: []string{"GatewayName", "VIPAddress"},
		properties: gatewayProperties(append(same("GatewayId", "GatewayName", "GatewayType", "Location", "VnetId", "SubnetId"),
			property{name: "EnableBgp", path: "EnableBgp", flag: true})...)},
	{name: "Get-AzureLocalNetworkGateway", kind: "LocalNetworkGateways", item: "LocalNetworkGateway", call: CallLocalGateways2,
		signs: []string{"GatewayName", "IpAddress"},
		properties: append(same("GatewayName", "Location"),
			property{name: "GatewayId", path: "Id"},
			property{name: "IpAddress", path: "IpAddress", address: true},
			property{name: "AddressSpace", path: "AddressSpace", each: "string", address: true})},
	{name: "Get-AzureVNetConnection", kind: "Connections", item: "Connection", call: CallConnections, first: "VNetName",
		signs: []string{"ConnectivityState"},
		properties: eventsAnd(same("ConnectivityState", "EgressBytesTransferred", "IngressBytesTransferred", "LastConnectionEstablished",
			"LocalNetworkSiteName")...)},
	{name: "Get-AzureVNetGateway", kind: "Gateway", call: CallGateway, first: "VNetName",
		signs: []string{"VIPAddress", "State"}, properties: gatewayProperties(same("GatewayType")...)},
	{name: "Get-AzureVNetSite", kind: "VirtualNetworkSites", item: "VirtualNetworkSite", call: CallVNets, first: "VNetName",
		signs: []string{"AddressSpacePrefixes"},
		properties: append(same("Name", "Label", "Id", "AffinityGroup", "Location", "State"),
			property{name: "InUse", path: "InUse", flag: true},
			property{name: "AddressSpacePrefixes", path: "AddressSpace", shared: "AddressPrefixes", each: "AddressPrefix", address: true},
			property{name: "Subnets", path: "Subnets", each: "Subnet/Name"},
			property{name: "DnsServers", path: "Dns", shared: "DnsServers", each: "DnsServer/Name"},
			property{name: "GatewayProfile", path: "Gateway/Profile"},
			property{name: "GatewaySites", path: "Gateway/Sites", each: "LocalNetworkSite/Name"})},
	{name: "Get-AzureAffinityGroup", kind: "AffinityGroup", call: CallAffinityGroup, first: "Name",
		signs: []string{"Name", "Location", "HostedServices"},
		properties: append(same("Name", "Label", "Description", "Location", "CreatedTime"),
			property{name: "HostedServices", path: "HostedServices"},
			property{name: "StorageServices", path: "StorageServices"},
			property{name: "Capabilities", path: "Capabilities"},
			property{name: "WebWorkerRoleSizes", path: "ComputeCapabilities/WebWorkerRoleSizes"},
			property{name: "VirtualMachineRoleSizes", path: "ComputeCapabilities/VirtualMachinesRoleSizes"})},
	{name: "Get-AzureVNetGatewayKey", kind: "SharedKey", call: CallSharedKey, first: "VNetName",
		signs: []string{"Value"}, properties: same("Value")},
}

// configurationProperty holds a whole network configuration.
const configurationProperty = "XMLConfiguration"

// operationProperties are what every cmdlet adds about the call itself.
var operationProperties = []string{"OperationDescription", "OperationId", "OperationStatus"}

// cmdletOf is the cmdlet that printed a block, or nil.
func cmdletOf(b *block) *cmdlet {
	for i := range cmdlets {
		if cmdlets[i].printed(b) {
			return &cmdlets[i]
		}
	}
	return nil
}

// printed reports whether a block shows all signs of the cmdlet. That of a key has no sign but
// a word that anybody writes, so it must have something of a cmdlet beside it.
func (c *cmdlet) printed(b *block) bool {
	for _, sign := range c.signs {
		if b.line(sign) == nil {
			return false
		}
	}
	return c.call != CallSharedKey || b.line(operationProperties[0]) != nil || b.prompt.runs(c)
}
