package risk

import (
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// naming names VNets and local network sites in messages: in quotes, and with the document that
// defines it where several documents define one of the same name.
type naming struct{ *estate.Names }

func newNaming(e *estate.Estate) naming { return naming{estate.NewNames(e)} }

func (n naming) of(typ string, id estate.ID, name string) string {
	if n.Shared(typ, name) {
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
