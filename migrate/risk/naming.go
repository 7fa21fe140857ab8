package risk

import (
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// naming names VNets and local network sites in messages: in quotes, and with the document that
// defines it where several documents define one of the same name.
type naming struct{ shared map[sharedName]bool }

// sharedName is a name as the objects of one type bear it, folded.
type sharedName struct{ typ, name string }

func newNaming(e *estate.Estate) naming {
	first := make(map[sharedName]string, len(e.VNets)+len(e.Sites)) // who has it first
	n := naming{map[sharedName]bool{}}
	add := func(id estate.ID, name string) {
		key := sharedName{id.Type, strings.ToLower(name)}
		switch by, ok := first[key]; {
		case !ok:
			first[key] = owner(id)
		case by != owner(id):
			n.shared[key] = true
		}
	}
	for i := range e.VNets {
		add(e.VNets[i].ID, e.VNets[i].Name)
	}
	for i := range e.Sites {
		add(e.Sites[i].ID, e.Sites[i].Name)
	}
	return n
}

func (n naming) of(typ string, id estate.ID, name string) string {
	if len(n.shared) > 0 && n.shared[sharedName{typ, strings.ToLower(name)}] {
		return quote(name) + " (" + owner(id) + ")"
	}
	return quote(name)
}

func (n naming) vnet(v *estate.VNet) string { return n.of(estate.TypeVNet, v.ID, v.Name) }

func (n naming) site(s *estate.Site) string { return n.of(estate.TypeSite, s.ID, s.Name) }

// siteID names a site that the document may not define.
func (n naming) siteID(id estate.ID) string { return n.of(estate.TypeSite, id, id.Name) }

// location names a place of the relation.
func (n naming) location(l reach.Location) string {
	switch l.Kind {
	case reach.OnPremises:
		return "on-premises network " + quote(l.Name)
	case reach.Clients:
		return "the clients of " + n.of(estate.TypeVNet, l.ID, l.Name)
	}
	return n.of(estate.TypeVNet, l.ID, l.Name)
}

// owner is the tenant and subscription of an object; for one of a file, the file.
func owner(id estate.ID) string {
	if id.Tenant == "" {
		return id.Subscription
	}
	return id.Tenant + "/" + id.Subscription
}
