package arm

// NetworkManager is the body of an Azure Virtual Network Manager that may connect networks.
type NetworkManager struct {
	Subscriptions []string // resource ids
}

// NetworkGroup is the body of a group of virtual networks. Its members are resources of their own.
type NetworkGroup struct{}

// StaticMember is the body of a member of a network group.
type StaticMember struct {
	VirtualNetwork string // resource id
}

// Mesh is the body of a connectivity configuration that connects the members of one group, each with each. It does
// nothing until it is committed, which no template does.
type Mesh struct {
	NetworkGroup string // resource id
	Global       bool   // its members are in several regions
}

func (m *NetworkManager) emit(e emitter) {
	e.open('{')
	e.key("networkManagerScopes")
	e.open('{')
	e.list("subscriptions", m.Subscriptions)
	e.close('}')
	e.list("networkManagerScopeAccesses", []string{"Connectivity"})
	e.close('}')
}

func (*NetworkGroup) emit(e emitter) {
	e.open('{')
	e.text("memberType", "VirtualNetwork")
	e.close('}')
}

func (m *StaticMember) emit(e emitter) {
	e.open('{')
	e.text("resourceId", m.VirtualNetwork)
	e.close('}')
}

func (m *Mesh) emit(e emitter) {
	global := "False" // the service takes words
	if m.Global {
		global = "True"
	}
	e.open('{')
	e.text("connectivityTopology", "Mesh")
	e.text("isGlobal", global)
	e.text("deleteExistingPeering", "False")
	e.key("appliesToGroups")
	e.open('[')
	e.open('{')
	e.text("networkGroupId", m.NetworkGroup)
	e.text("groupConnectivity", "DirectlyConnected")
	e.text("isGlobal", global)
	e.text("useHubGateway", "False")
	e.close('}')
	e.close(']')
	e.close('}')
}
