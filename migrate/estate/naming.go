package estate

import "strings"

// Names knows which names several subscriptions or resource groups have, so that messages can say whose
// object is meant.
type Names struct{ shared map[typedName]sharing }

// sharing says what tells objects of one name apart.
type sharing struct{ subscription, group bool }

// typedName is a name as the objects of one type bear it, folded.
type typedName struct{ typ, name string }

// NewNames looks at the VNets, local network sites, gateways, connections and circuits of an estate. VNets and sites
// go by their names as written.
func NewNames(e *Estate) *Names {
	if oneOwner(e) {
		return &Names{}
	}
	type within struct {
		typedName
		subscription, tenant string
	}
	first := make(map[typedName]*ID, len(e.VNets)+len(e.Sites)) // who has it first
	groups := make(map[within]string, len(e.VNets)+len(e.Sites))
	n := &Names{map[typedName]sharing{}}
	add := func(id *ID, name string) {
		key := typedName{id.Type, strings.ToLower(name)}
		how := n.shared[key]
		by, known := first[key]
		if !known {
			first[key] = id
		}
		how.subscription = how.subscription || known && (by.Subscription != id.Subscription || by.Tenant != id.Tenant)
		here := within{key, id.Subscription, id.Tenant}
		group, known := groups[here]
		if !known {
			groups[here] = id.Group
		}
		how.group = how.group || known && !strings.EqualFold(group, id.Group)
		if how != (sharing{}) {
			n.shared[key] = how
		}
	}
	for i := range e.VNets {
		add(&e.VNets[i].ID, e.VNets[i].Name)
	}
	for i := range e.Sites {
		add(&e.Sites[i].ID, e.Sites[i].Name)
	}
	for i := range e.Gateways {
		add(&e.Gateways[i].ID, e.Gateways[i].ID.Name)
	}
	for i := range e.Connections {
		add(&e.Connections[i].ID, e.Connections[i].ID.Name)
	}
	for i := range e.Circuits {
		add(&e.Circuits[i].ID, e.Circuits[i].ID.Name)
	}
	return n
}

// oneOwner reports whether all VNets and local network sites are of one subscription and resource group.
func oneOwner(e *Estate) bool {
	var first *ID
	same := func(id *ID) bool {
		if first == nil {
			first = id
		}
		return id.Subscription == first.Subscription && id.Tenant == first.Tenant && id.Group == first.Group
	}
	for i := range e.VNets {
		if !same(&e.VNets[i].ID) {
			return false
		}
	}
	for i := range e.Sites {
		if !same(&e.Sites[i].ID) {
			return false
		}
	}
	return true
}

// VNet is the name of a VNet as written, with what tells it from others of that name.
func (n *Names) VNet(v *VNet) string { return v.Name + n.Whose(TypeVNet, v.ID, v.Name) }

func (n *Names) sharing(typ, name string) sharing {
	if len(n.shared) == 0 {
		return sharing{}
	}
	return n.shared[typedName{typ, strings.ToLower(name)}]
}

// Owner is what tells an object from those of the same name, or "" when there is no other: the
// subscription, the resource group or both.
func (n *Names) Owner(typ string, id ID, name string) string {
	switch how := n.sharing(typ, name); {
	case how.subscription && how.group:
		return id.Subscription + "/" + id.Group
	case how.subscription:
		return id.Subscription
	case how.group:
		return id.Group
	}
	return ""
}

// Whose is Owner in brackets and after a space.
func (n *Names) Whose(typ string, id ID, name string) string {
	if owner := n.Owner(typ, id, name); owner != "" {
		return " (" + owner + ")"
	}
	return ""
}
