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

// isGUID reports whether s is the id of a subscription.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !(s[i] >= '0' && s[i] <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}
