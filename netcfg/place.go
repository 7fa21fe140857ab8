package netcfg

// Place says what a response is about, as far as its URL, or the path of a file that repeats the
// URL, tells. The zero Place says nothing.
// Source: docs/sources.md#service-management.
type Place struct {
	Subscription string // its id, when the URL has one
	Call         Call
	VNet         string // name; "virtual network" of the URL
	Site         string // local network site
	Subnet       string
	Name         string // of an affinity group, security group, route table, reserved address
	Gateway      string // id of a second-generation gateway
	Entity       string // id of what it is connected to
	Key          string // service key of a circuit
	Thumbprint   string // of a root certificate
}

// Call is a call of the Service Management API: what it answers.
type Call uint8

// The calls, by what they answer. NoCall is the zero value.
const (
	NoCall Call = iota
	CallAffinityGroups
	CallAffinityGroup
	CallConfiguration // networking/media: the netcfg itself
	CallVNets
	CallGateway
	CallConnections
	CallSharedKey
	CallIPsecParameters
	CallRootCertificates
	CallRootCertificate
	CallGateways2 // second generation
	CallGateway2
	CallLocalGateways2
	CallConnections2
	CallConnection2
	CallCircuits
	CallCircuitLinks
	CallCircuitPeering
	CallAuthorizedCircuits
	CallSecurityGroups
	CallSecurityGroup
	CallSubnetSecurityGroup
	CallRouteTables
	CallRouteTable
	CallSubnetRouteTable
	CallReservedIPs
	CallOther // a call that says nothing of networks that is used: diagnostics, operations
)
