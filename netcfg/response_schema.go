package netcfg

import (
	"cmp"
	"iter"
	"slices"
	"strings"
)

// Element says what an element of a response means. Drop, where it is set, is the reason why it is
// never carried on. Secret elements hold a key, or an address with a signature, and have no Text.
type Element struct {
	Role   string
	Drop   string
	Secret bool
}

// Meaning is an element of the table of responses, with the way to the elements inside it. The zero
// Meaning is that of an element that the service's documentation does not know.
type Meaning struct {
	of   *element
	drop string // why it is not carried on, because of what it stands in
}

// MeaningOf is what the root element of a kind of response means.
func MeaningOf(kind string) Meaning {
	k := kindOf(kind)
	if k == nil {
		return Meaning{}
	}
	return Meaning{&k.root, k.drop()}
}

// Inside is what an element of that name means inside this one.
func (m Meaning) Inside(name string) Meaning {
	if m.of == nil {
		return Meaning{}
	}
	inside := Meaning{m.of.child(name), m.drop}
	if inside.drop == "" {
		inside.drop = m.of.Drop
	}
	return inside
}

// Element is what the table says. It reports false for what the service's documentation does not know.
func (m Meaning) Element() (Element, bool) {
	if m.of == nil {
		return Element{}, false
	}
	found := m.of.Element
	if m.drop != "" {
		found.Drop = m.drop
	}
	return found, true
}

// Known is what an element means: that of the kind's root for an empty path, and otherwise that at the
// path of element names below it. It reports false for what the service's documentation does not know.
func Known(kind string, path []string) (Element, bool) {
	m := MeaningOf(kind)
	for _, name := range path {
		m = m.Inside(name)
	}
	return m.Element()
}

// Elements are the paths below the root of a kind with what they mean, the root first, in the order of
// the table.
func Elements(kind string) iter.Seq2[string, Element] {
	return func(yield func(string, Element) bool) {
		if k := kindOf(kind); k != nil {
			k.root.walk("", k.drop(), yield)
		}
	}
}

// walk visits an element and what it may hold; drop is why the element around it is not carried on.
func (e *element) walk(path, drop string, yield func(string, Element) bool) bool {
	own := e.Element
	if own.Drop = cmp.Or(drop, own.Drop); !yield(path, own) {
		return false
	}
	for i := range e.parts {
		if !e.parts[i].walk(strings.TrimPrefix(path+"/"+e.parts[i].name, "/"), own.Drop, yield) {
			return false
		}
	}
	return true
}

// Kinds are the root elements that are known, in the order of the table.
func Kinds() []string {
	names := make([]string, len(kinds))
	for i := range kinds {
		names[i] = kinds[i].root.name
	}
	return names
}

// element is an element of a response with what it may hold.
type element struct {
	name string
	Element
	parts []element
}

func (e *element) child(name string) *element {
	for i := range e.parts {
		if e.parts[i].name == name {
			return &e.parts[i]
		}
	}
	return nil
}

// holdsText reports whether the element may hold text.
func (e *element) holdsText() bool { return len(e.parts) == 0 || e.Secret }

// kind is one kind of response, by its root element.
type kind struct {
	root    element
	calls   []Call // that it answers
	request bool   // it is what a client sends, and says what somebody wanted
}

// fits reports whether a response of this kind answers the call. Errors and long operations are
// answers to any.
func (k *kind) fits(c Call) bool {
	return k.request || k.root.name == errorKind || k.root.Drop == operation || slices.Contains(k.calls, c)
}

func (k *kind) drop() string {
	if k.request {
		return "a request says what somebody wanted, not what there is"
	}
	return ""
}

func kindOf(name string) *kind { return kindsByName[name] }

// kindsByName is the table by root element: every question about a response begins with its kind.
var kindsByName = byRoot(kinds)

func byRoot(all []kind) map[string]*kind {
	of := make(map[string]*kind, len(all))
	for i := range all {
		of[all[i].root.name] = &all[i]
	}
	return of
}

// isResponseRoot reports whether an element of that name is the root of a response that is known.
// Old dumps have no namespace at all.
func isResponseRoot(local, namespace string) bool {
	return kindOf(local) != nil && (namespace == "" || strings.HasPrefix(folded(namespace), folded(serviceNamespace)))
}

// serviceNamespace is that of the responses.
// Source: docs/sources.md#service-management.
const serviceNamespace = "http://schemas.microsoft.com/windowsazure"

// errorKind is the root of what stands in place of an answer. It has a meaning at every call.
const errorKind = "Error"

// Reasons why an element is never carried on.
const (
	history   = "what happened last is history and no configuration"
	counters  = "a counter says what happened, not what is configured"
	timestamp = "when something happened is no configuration"
	forPeople = "a text for people, which the target has no field for"
	compute   = "it says nothing of networks"
	account   = "it says nothing of networks, only of the account"
	ceiling   = "a limit of the classic platform, which the target does not have"
	operation = "the result of an operation that is over"
	diagnosis = "a diagnostic session is no configuration"
	platform  = "it belongs to the old platform alone"
	inventory = "it belongs to cloud services, not to networks"
	effective = "what a machine saw follows from the configuration and is none"
)

func el(name, role string, parts ...element) element {
	return element{name, Element{Role: role}, parts}
}

func drop(name, role, why string, parts ...element) element {
	return element{name, Element{Role: role, Drop: why}, parts}
}

func secret(name, role string, parts ...element) element {
	return element{name, Element{Role: role, Secret: true}, parts}
}

// drops are elements with one role and one reason.
func drops(why, role string, names ...string) []element {
	all := make([]element, len(names))
	for i, name := range names {
		all[i] = drop(name, role, why)
	}
	return all
}

func answers(root element, calls ...Call) kind { return kind{root: root, calls: calls} }

func request(name, role string, parts ...element) kind {
	return kind{root: el(name, role, parts...), request: true}
}

// named parts that several kinds share

func addressSpace(name, role string) element {
	return el(name, role, el("AddressPrefixes", "its list", el("AddressPrefix", "a range of addresses")))
}

func lastEvent() element {
	return drop("LastEvent", "what happened last", history,
		el("Id", "kind of event"), el("Message", "what happened"), el("Timestamp", "when"), el("Data", "details"))
}

func stringList(name, role, each string) element { return el(name, role, el("string", each)) }

func bgpSettings() element {
	return el("BgpSettings", "BGP of the gateway",
		el("Asn", "autonomous system number"),
		el("BgpPeeringAddress", "address of the BGP speaker"),
		el("PeerWeight", "weight of routes learned"))
}

func gateway1(name string) element {
	return el(name, "the VPN or ExpressRoute gateway of a virtual network",
		el("GatewayType", "routing type: StaticRouting is policy-based, DynamicRouting route-based; only true while provisioned"),
		lastEvent(),
		el("State", "whether the gateway exists: NotProvisioned, Provisioning, Provisioned, Deprovisioning"),
		el("VIPAddress", "public address; stale unless provisioned"),
		stringList("DefaultSites", "where traffic to the internet is forced", "a local network site"),
		el("GatewaySize", "size, which the cmdlets call SKU: Default, Standard, HighPerformance, UltraPerformance, None"),
		el("GatewayId", "id; that of the virtual network"))
}

func gateway2() element {
	return el("VirtualNetworkGateway", "a gateway of the second generation",
		el("GatewayId", "id that connections refer to"),
		el("GatewayName", "name"),
		el("GatewaySize", "size: Default, Standard, HighPerformance, UltraPerformance, None"),
		el("GatewayType", "routing type: StaticRouting or DynamicRouting; only true while provisioned"),
		lastEvent(),
		el("State", "whether the gateway exists; deleted ones are listed, too"),
		el("VIPAddress", "public address; stale unless provisioned"),
		stringList("DefaultSites", "where traffic to the internet is forced", "a local network site"),
		el("EnableBgp", "whether the gateway speaks BGP"),
		el("Location", "region"),
		el("SubnetId", "its subnet"),
		el("VnetId", "id of its virtual network"),
		bgpSettings())
}

func localGateway2() element {
	return el("LocalNetworkGateway", "a remote network of the second generation",
		stringList("AddressSpace", "what lies behind it", "a range of addresses"),
		el("GatewayName", "name"),
		el("Id", "id that connections refer to"),
		el("IpAddress", "public address of the device"),
		el("Location", "region"),
		bgpSettings())
}

func connection2() element {
	return el("GatewayConnection", "a connection of a gateway of the second generation",
		el("ConnectedEntityId", "what it leads to: a local gateway, a gateway or a circuit"),
		el("GatewayConnectionName", "name"),
		el("GatewayConnectionType", "IPsec, Vnet2Vnet, Dedicated or VPNClient"),
		el("VirtualNetworkGatewayId", "the gateway it belongs to"),
		el("RoutingWeight", "its weight among connections"),
		secret("SharedKey", "the key of the tunnel, in clear text"),
		el("EnableBgp", "whether routes are exchanged by BGP"))
}

func affinityGroup() element {
	service := func(name, each string) element {
		return drop(name, "what runs in the group", compute, el(each, "one of them",
			el("Url", "address"), el("ServiceName", "name"), el("ExtendedProperties", "further values")))
	}
	return el("AffinityGroup", "a place in a region, which stands for the region in a network configuration",
		el("Name", "name that virtual networks refer to"),
		drop("Label", "label, in base64", forPeople),
		drop("Description", "description", forPeople),
		el("Location", "the region that the group stands for"),
		service("HostedServices", "HostedService"),
		service("StorageServices", "StorageService"),
		drop("Capabilities", "what machines may be made", compute, el("Capability", "one of them")),
		drop("CreatedTime", "when it was made", timestamp),
		drop("ComputeCapabilities", "sizes of machines", compute,
			el("WebWorkerRoleSizes", "of roles", el("RoleSize", "a size")),
			el("VirtualMachinesRoleSizes", "of virtual machines", el("RoleSize", "a size"))))
}

func vnet() element {
	return el("VirtualNetworkSite", "a virtual network",
		el("Name", "name"),
		drop("Label", "label", forPeople),
		el("Id", "id that gateways of the second generation refer to"),
		el("AffinityGroup", "affinity group that stands for its region"),
		el("Location", "region"),
		el("State", "Created, Creating, Updating, Deleting or Unavailable"),
		el("InUse", "whether something is deployed in it"),
		addressSpace("AddressSpace", "its ranges"),
		el("Subnets", "its subnets", el("Subnet", "a subnet",
			el("Name", "name"),
			el("AddressPrefix", "its range"),
			el("NetworkSecurityGroup", "security group bound to it"),
			el("RouteTableName", "route table bound to it"))),
		el("Dns", "its name servers", el("DnsServers", "their list", el("DnsServer", "a name server",
			el("Name", "name"), el("Address", "address")))),
		el("Gateway", "what the network configuration says of its gateway",
			drop("Profile", "always Small", platform),
			el("Sites", "local network sites it connects to, as copies", el("LocalNetworkSite", "a local network site",
				el("Name", "name"),
				addressSpace("AddressSpace", "ranges behind it"),
				el("VpnGatewayAddress", "public address of the device"),
				el("Connections", "how it is connected", el("Connection", "a connection", el("Type", "IPsec or Dedicated"))))),
			addressSpace("VPNClientAddressPool", "addresses of point-to-site clients"),
			drop("VnetNames", "always empty", platform, el("string", "a name"))),
		el("MigrationState", "how far a migration by the platform got"))
}

func circuit(name, of string, more ...element) element {
	return el(name, of, append([]element{
		el("Bandwidth", "in Mbps"),
		el("BillingType", "metered or not"),
		el("CircuitName", "name"),
		el("Location", "peering location"),
		el("ServiceKey", "identifier of the circuit; people treat it as confidential, because the provider takes orders by it"),
		el("ServiceProviderName", "provider"),
		el("ServiceProviderProvisioningState", "whether the provider has done its part"),
		el("Sku", "Standard or Premium"),
		el("Status", "Enabled, Enabling, Disabled or Disabling"),
	}, more...)...)
}

func circuitLink() element {
	return el("DedicatedCircuitLink", "a circuit's link to a virtual network",
		el("State", "whether it is up"),
		el("VnetName", "the virtual network"))
}

func securityGroup() element {
	return el("NetworkSecurityGroup", "a network security group",
		el("Name", "name"),
		drop("Label", "label", forPeople),
		el("Location", "region"),
		el("State", "whether it is in force"),
		el("Rules", "its rules", el("Rule", "a rule",
			el("Name", "name"),
			el("Type", "Inbound or Outbound"),
			el("Priority", "order, lowest first"),
			el("Action", "Allow or Deny"),
			el("SourceAddressPrefix", "from where"),
			el("SourcePortRange", "from which ports"),
			el("DestinationAddressPrefix", "to where"),
			el("DestinationPortRange", "to which ports"),
			el("Protocol", "TCP, UDP or any"),
			drop("State", "state of the rule", history),
			el("IsDefault", "whether every group has it"))))
}

func routeTable() element {
	return el("RouteTable", "a route table",
		el("Name", "name"),
		drop("Label", "label", forPeople),
		el("Location", "region"),
		drop("RouteTableState", "state of the table", history),
		el("RouteList", "its routes", el("Route", "a route",
			el("Name", "name"),
			el("AddressPrefix", "destination"),
			el("NextHopType", "next hop", el("Type", "kind of next hop"), el("IpAddress", "address of an appliance")),
			drop("Metric", "metric, which the platform sets", platform),
			drop("RouteState", "state of the route", history))))
}

func reservedIP() element {
	return drop("ReservedIP", "a reserved public address", inventory,
		el("Name", "name"), el("Address", "address"), el("Id", "id"), el("Label", "label"), el("State", "state"),
		el("InUse", "whether it is used"), el("ServiceName", "cloud service"), el("DeploymentName", "deployment"),
		el("Location", "region"), el("VirtualIPName", "name of the address there"))
}

func certificate() element {
	return el("ClientRootCertificate", "a root certificate of point-to-site clients",
		drop("ExpirationTime", "when it ends, which the certificate itself says", timestamp),
		el("Subject", "whose it is; CN=WebsitesCertificate… means that an App Service is joined"),
		el("Thumbprint", "its thumbprint"))
}

func subscription() element {
	return el("Subscription", "a subscription", slices.Concat(
		[]element{el("SubscriptionID", "id"), drop("SubscriptionName", "name", account), drop("AADTenantID", "its directory", account)},
		drops(account, "of the account", "SubscriptionStatus", "AccountAdminLiveEmailId", "ServiceAdminLiveEmailId", "OfferCategories"),
		drops(timestamp, "when it was made", "CreatedTime"),
		drops(ceiling, "a limit", "MaxCoreCount", "MaxStorageAccounts", "MaxHostedServices", "MaxVirtualNetworkSites", "MaxLocalNetworkSites",
			"MaxDnsServers", "MaxExtraVIPCount", "MaxReservedIPs", "MaxPublicIPCount"),
		drops(counters, "what is used", "CurrentCoreCount", "CurrentHostedServices", "CurrentStorageAccounts", "CurrentVirtualNetworkSites",
			"CurrentLocalNetworkSites", "CurrentDnsServers"))...)
}

func ipsecParts() []element {
	return []element{
		el("EncryptionType", "NoEncryption, DES3, AES128, AES256 or RequireEncryption"),
		el("PfsGroup", "None or PFS1"),
		el("SADataSizeKilobytes", "when a security association is renewed, in kilobytes"),
		el("SALifeTimeSeconds", "when a security association is renewed, in seconds"),
		el("HashAlgorithm", "hash"),
	}
}

func gatewayOperation() element {
	return drop("GatewayOperation", "a long operation", operation, append(
		drops(operation, "of the operation", "ID", "Status", "HttpStatusCode", "OperationName", "OperationStartedTime", "OperationCompletedTime", "Data"),
		el("Error", "why it failed", el("Code", "code"), el("Message", "message")))...)
}

func effectiveRoutes() element {
	return drop("EffectiveRouteTable", "the routes that one machine saw", effective,
		el("EffectiveRouteList", "their list", el("EffectiveRoute", "a route",
			el("Name", "name"), el("Source", "who made it"), el("Status", "whether it is in force"),
			el("AddressPrefixes", "destinations", el("AddressPrefix", "a range")),
			el("EffectiveNextHop", "next hop", el("Type", "kind"), el("IpAddresses", "addresses", el("IpAddress", "an address"))))))
}

// kinds is the table of all responses, in the order of the calls.
// Source: docs/sources.md#service-management.
var kinds = []kind{
	answers(el("AffinityGroups", "the affinity groups of a subscription", affinityGroup()), CallAffinityGroups),
	answers(affinityGroup(), CallAffinityGroup),
	answers(el("VirtualNetworkSites", "the virtual networks of a subscription, with their state", vnet()), CallVNets),
	answers(gateway1("Gateway"), CallGateway),
	answers(el("Connections", "the tunnels of a gateway", el("Connection", "a tunnel",
		drop("AllocatedIPAddresses", "addresses that clients have now", history, el("string", "an address")),
		el("ConnectivityState", "Connected, Connecting, NotConnected or Unknown"),
		drop("EgressBytesTransferred", "bytes sent", counters),
		drop("EgressPacketsTransferred", "packets sent", counters),
		drop("IngressBytesTransferred", "bytes received", counters),
		drop("IngressPacketsTransferred", "packets received", counters),
		drop("LastConnectionEstablished", "when it last came up; 1601 means never", history),
		lastEvent(),
		el("LocalNetworkSiteName", "the site it leads to"))), CallConnections),
	answers(secret("SharedKey", "the key of a tunnel", secret("Value", "the key itself")), CallSharedKey),
	answers(el("IPsecParameters", "the IPsec policy of a tunnel", ipsecParts()...), CallIPsecParameters),
	answers(el("ClientRootCertificates", "root certificates of point-to-site clients", certificate()), CallRootCertificates),
	answers(el("data", "a root certificate of point-to-site clients, in base64"), CallRootCertificate),
	answers(el("VirtualNetworkGateways", "the gateways of the second generation", gateway2()), CallGateways2),
	answers(gateway2(), CallGateway2),
	answers(el("LocalNetworkGateways", "the remote networks of the second generation", localGateway2()), CallLocalGateways2),
	answers(localGateway2(), CallLocalGateways2),
	answers(el("GatewayConnections", "the connections of the second generation", connection2()), CallConnections2),
	answers(connection2(), CallConnection2),
	answers(el("DedicatedCircuits", "the ExpressRoute circuits of a subscription", circuit("DedicatedCircuit", "an ExpressRoute circuit")), CallCircuits),
	answers(circuit("DedicatedCircuit", "an ExpressRoute circuit"), CallCircuits),
	answers(el("DedicatedCircuitLinks", "where a circuit leads", circuitLink()), CallCircuitLinks),
	answers(circuitLink(), CallCircuitLinks),
	answers(el("BgpPeering", "a peering of a circuit",
		el("AzureAsn", "autonomous system of the platform"),
		el("PeerAsn", "autonomous system of the other side"),
		el("CustomerAsn", "autonomous system of the customer"),
		el("PrimaryPeerSubnet", "addresses of the first link"),
		el("SecondaryPeerSubnet", "addresses of the second link"),
		drop("PrimaryAzurePort", "port of the first link", platform),
		drop("SecondaryAzurePort", "port of the second link", platform),
		el("VlanId", "VLAN"),
		el("State", "whether it is on"),
		el("AdvertisedPublicPrefixes", "public ranges that the customer announces"),
		drop("AdvertisedPublicPrefixesState", "whether they are accepted", history),
		el("RoutingRegistryName", "registry that says whose they are")), CallCircuitPeering),
	answers(el("AuthorizedDedicatedCircuits", "circuits of others that this subscription may use",
		circuit("AuthorizedDedicatedCircuit", "such a circuit", authorizedParts()...)), CallAuthorizedCircuits),
	answers(circuit("AuthorizedDedicatedCircuit", "a circuit of another subscription", authorizedParts()...), CallAuthorizedCircuits),
	answers(el("NetworkSecurityGroups", "the security groups of a subscription", securityGroup()), CallSecurityGroups),
	answers(securityGroup(), CallSecurityGroup, CallSubnetSecurityGroup),
	answers(el("RouteTables", "the route tables of a subscription", routeTable()), CallRouteTables),
	answers(routeTable(), CallRouteTable, CallRouteTables),
	answers(el("RouteTableAssociation", "the route table of a subnet", el("RouteTableName", "its name")), CallSubnetRouteTable),
	answers(drop("ReservedIPs", "the reserved public addresses of a subscription", inventory, reservedIP()), CallReservedIPs),
	answers(reservedIP(), CallReservedIPs),
	answers(el("Subscriptions", "subscriptions of an account", subscription()), CallOther),
	answers(subscription(), CallOther),
	answers(gatewayOperation()),
	answers(drop("GatewayOperationAsyncResponse", "a long operation has begun", operation, el("ID", "its id"))),
	answers(drop("GatewayPublicDiagnosticsStatus", "a capture of packets", diagnosis,
		secret("PublicDiagnosticsUrl", "where it can be read, with a signature that lets anybody do so"),
		el("State", "Ready, InProgress or StopInProgress")), CallOther),
	answers(effectiveRoutes(), CallOther),
	answers(el(errorKind, "stands in place of an answer", el("Code", "what is wrong; ResourceNotFound means that there is none"), el("Message", "why"))),
	request("DefaultSiteList", "asks to force traffic to the internet to sites", el("string", "a local network site")),
	request("CreateGatewayParameters", "asks for a gateway",
		el("GatewaySize", "size"), el("gatewayType", "routing type"), el("GatewayType", "routing type")),
	request("UpdateGatewayParameters", "asks to resize or reset a gateway", el("GatewaySize", "size"), el("Operation", "Resize or Reset")),
	request("CreateVirtualNetworkGatewayParameters", "asks for a gateway of the second generation",
		el("GatewayName", "name"), el("GatewaySize", "size"), el("GatewayType", "routing type"), el("Location", "region"), el("VnetId", "virtual network"), bgpSettings()),
	request("CreateLocalNetworkGatewayParameters", "asks for a remote network of the second generation",
		stringList("AddressSpace", "what lies behind it", "a range of addresses"), el("GatewayName", "name"), el("IpAddress", "address of the device"), bgpSettings()),
	request("UpdateLocalNetworkGatewayParameters", "asks to change a remote network of the second generation",
		stringList("AddressSpace", "what lies behind it", "a range of addresses"), bgpSettings()),
	request("CreateGatewayConnectionParameters", "asks for a connection of the second generation", connection2().parts...),
	request("UpdateGatewayConnectionParameters", "asks to change a connection of the second generation", connection2().parts...),
	request("ResetSharedKey", "asks for a new key", el("KeyLength", "its length")),
	request("VpnClientParameters", "asks for a package for point-to-site clients", el("ProcessorArchitecture", "of the client")),
	request("CreateAffinityGroup", "asks for an affinity group",
		el("Name", "name"), el("Label", "label"), el("Description", "description"), el("Location", "region")),
}

func authorizedParts() []element {
	return []element{
		drop("MaximumAllowedLinks", "how many virtual networks may be linked", platform),
		drop("UsedLinks", "how many are linked", counters),
	}
}

// otherRoots are root elements of the service that say nothing of networks.
var otherRoots = []string{
	"Gateways", "HostedServices", "HostedService", "Deployment", "Deployments", "StorageServices", "StorageService", "Locations", "Operation",
	"SupportedDevices", "OperatingSystems", "Images", "OSImages", "Disks", "VMImages", "RoleSizes",
}
