package deploy

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// A connected group is a network manager, a group with its members, and a configuration that connects them. Templates
// write all of these; that the configuration is deployed is an action, which no template has and the commands of the step
// do. What a network manager that was found has to do no estate knows, and it is not written.
// Source: docs/sources.md#network-manager.

// The types of what belongs to a connected group and is no object of an estate.
const (
	typeMember = estate.TypeNetworkGroup + "/staticMembers"
	typeMesh   = estate.TypeNetworkManager + "/connectivityConfigurations"
)

// formed reports whether a connected group is one of ours.
func (b builder) formed(g *estate.NetworkGroup) bool { return b.found.NetworkGroup(g.ID) == nil }

// managed reports whether a network manager is one of ours.
func (b builder) managed(m *estate.NetworkManager) bool { return b.found.NetworkManager(m.ID) == nil }

// meshOf is the configuration that connects the members of a group.
func meshOf(group estate.ID) estate.ID {
	group.Type, group.Child = typeMesh, azure.LegalName(typeMesh, group.Child+"-connectivity")
	return group
}

// membersOf are the members of a group as resources, in its order: what they are called in it, and the VNets.
func membersOf(g *estate.NetworkGroup) (names []string, vnets []estate.ID) {
	taken := azure.NewNamer()
	for _, id := range g.Members {
		names = append(names, taken.Unique(typeMember, azure.LegalName(typeMember, id.Name)))
	}
	return names, g.Members
}

// isGlobal reports whether the members of a group are in several regions.
func isGlobal(g *estate.NetworkGroup, find func(estate.ID) *estate.VNet) bool {
	regions := map[string]bool{}
	for _, id := range g.Members {
		if v := find(id); v != nil {
			regions[v.Region.String()] = true
		}
	}
	return len(regions) > 1
}

func (r *renderer) networkManager(m *estate.NetworkManager) {
	body := &arm.NetworkManager{}
	for _, scope := range m.Scope {
		if id := r.subscriptionID(strings.TrimPrefix(scope, scopePrefix), m.ID); !slices.Contains(body.Subscriptions, id) {
			body.Subscriptions = append(body.Subscriptions, id)
		}
	}
	r.add(arm.Resource{Type: arm.TypeNetworkManager, Name: m.ID.Name, Location: r.location(m.Region, m.Refs), Properties: body})
}

// scopePrefix stands before a subscription among those that a network manager manages.
const scopePrefix = "/subscriptions/"

// subscriptionID is the resource id of a subscription. What no input tells is that of the deployment where everything is in
// one place, or where the network manager is; of another one a parameter asks for it.
func (r *renderer) subscriptionID(name string, manager estate.ID) string {
	id, _ := r.destinations.of(estate.ID{Subscription: name})
	switch {
	case arm.IsGUID(id):
		return scopePrefix + id
	case r.scope == scope{} || strings.EqualFold(name, manager.Subscription):
		return "[subscription().id]"
	}
	expr, parameter, isNew := r.parameter("subscription "+strings.ToLower(name), "subscription_"+name, arm.Parameter{
		Type: arm.ParamString, Description: arm.Literal("Resource id of the subscription that " + name + " describes: /subscriptions/ and its id.")})
	if isNew {
		r.found.Add("ARM-028", diag.Pos{}, "the network manager %q is to manage the subscription that %q describes, of which the input does not tell the id; parameter %q asks for it", manager.Name, name, parameter)
	}
	return expr
}

// networkGroup writes a group, its members and the configuration that connects them.
func (r *renderer) networkGroup(g *estate.NetworkGroup) {
	_, manager := r.id(g.Manager())
	self, _ := r.id(g.ID)
	r.add(arm.Resource{Type: arm.TypeNetworkGroup, Name: g.ID.Name + "/" + g.ID.Child, DependsOn: depend(manager), Properties: &arm.NetworkGroup{}})
	names, vnets := membersOf(g)
	var members []string
	for i, id := range vnets {
		vnet, wait := r.id(id)
		r.add(arm.Resource{Type: arm.TypeStaticMember, Name: g.ID.Name + "/" + g.ID.Child + "/" + names[i], DependsOn: depend(self, wait), Properties: &arm.StaticMember{VirtualNetwork: vnet}})
		members = append(members, arm.ResourceID(arm.TypeStaticMember, g.ID.Name, g.ID.Child, names[i]))
	}
	mesh := meshOf(g.ID)
	r.add(arm.Resource{Type: arm.TypeConnectivity, Name: mesh.Name + "/" + mesh.Child, DependsOn: depend(append([]string{manager, self}, members...)...),
		Properties: &arm.Mesh{NetworkGroup: self, Global: isGlobal(g, r.vnetNamed)}})
	r.found.Add("ARM-032", diag.Pos{}, "connectivity configuration %q connects %s, and does nothing until it is deployed", mesh.Child, count(len(vnets), "VNet"))
}

// vnetNamed is a VNet of the estate or of the one before.
func (r *renderer) vnetNamed(id estate.ID) *estate.VNet {
	if v := r.x.VNet(id); v != nil {
		return v
	}
	return r.old.VNet(id)
}
