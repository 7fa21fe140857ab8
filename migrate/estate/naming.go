package estate

import "strings"

// Names knows which names several subscriptions have, so that messages can say whose object is meant.
type Names struct{ shared map[typedName]bool }

// typedName is a name as the objects of one type bear it, folded.
type typedName struct{ typ, name string }

// NewNames looks at the VNets and the local network sites of an estate, by their names as written.
func NewNames(e *Estate) *Names {
	if oneOwner(e) {
		return &Names{}
	}
	first := make(map[typedName]*ID, len(e.VNets)+len(e.Sites)) // who has it first
	n := &Names{map[typedName]bool{}}
	add := func(id *ID, name string) {
		key := typedName{id.Type, strings.ToLower(name)}
		switch by, ok := first[key]; {
		case !ok:
			first[key] = id
		case by.Subscription != id.Subscription || by.Tenant != id.Tenant:
			n.shared[key] = true
		}
	}
	for i := range e.VNets {
		add(&e.VNets[i].ID, e.VNets[i].Name)
	}
	for i := range e.Sites {
		add(&e.Sites[i].ID, e.Sites[i].Name)
	}
	return n
}

// oneOwner reports whether all VNets and local network sites are of one subscription.
func oneOwner(e *Estate) bool {
	var first *ID
	same := func(id *ID) bool {
		if first == nil {
			first = id
		}
		return id.Subscription == first.Subscription && id.Tenant == first.Tenant
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

// VNet is the name of a VNet as written, with the subscription where several have one of that name.
func (n *Names) VNet(v *VNet) string { return v.Name + n.Whose(TypeVNet, v.ID, v.Name) }

// Shared reports whether objects of a type in several subscriptions have a name.
func (n *Names) Shared(typ, name string) bool {
	return len(n.shared) > 0 && n.shared[typedName{typ, strings.ToLower(name)}]
}

// Whose is what tells an object from those of the same name, or "" when there is no other: the
// subscription, in brackets and after a space.
func (n *Names) Whose(typ string, id ID, name string) string {
	if !n.Shared(typ, name) {
		return ""
	}
	return " (" + id.Subscription + ")"
}
