package report

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// owners know what tells the objects of an estate from others of their name.
type owners struct {
	names   *estate.Names
	several bool // VNets are of more than one subscription: names alone do not say which
}

func newOwners(e *estate.Estate) owners {
	several := slices.ContainsFunc(e.VNets, func(v estate.VNet) bool { return v.ID.Subscription != e.VNets[0].ID.Subscription })
	return owners{estate.NewNames(e), several}
}

// ownerOf is an object's subscription where there are several, and what else tells it from others of its name; "" when
// its name is enough.
func (o owners) ownerOf(id estate.ID) string {
	owner := o.names.Owner(id.Type, id, id.Name)
	if !o.several || id.Subscription == "" || strings.HasPrefix(owner+"/", id.Subscription+"/") {
		return owner
	}
	return strings.TrimSuffix(id.Subscription+"/"+owner, "/")
}
