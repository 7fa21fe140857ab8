package deploy

import (
	"cmp"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// destinations says where the resources of each subscription are deployed, as far as the input
// tells. IDs name a subscription as the document or folder that described it, because positions and
// findings do; its GUID and resource group stand beside them. The key is the folded name.
type destinations map[string]estate.Subscription

func destinationsOf(e *estate.Estate) destinations {
	d := make(destinations, len(e.Subscriptions))
	for _, s := range e.Subscriptions {
		d[strings.ToLower(s.Name)] = s
	}
	return d
}

// of is the subscription and the resource group that an object is deployed into: the subscription's
// GUID or, where that is not known, its name; the group is empty where it is not known.
func (d destinations) of(id estate.ID) (subscription, group string) {
	known := d[strings.ToLower(id.Subscription)]
	return cmp.Or(known.ID, id.Subscription), cmp.Or(id.Group, known.ResourceGroup)
}
