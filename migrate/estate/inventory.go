package estate

import (
	"cmp"
	"slices"
)

// settled puts the objects that answers added into order, and the engineer's own answers on top.
func (b *builder) settled() {
	e := b.e
	slices.SortStableFunc(e.Sites, func(x, y Site) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(e.Gateways, func(x, y Gateway) int {
		return cmp.Or(compareID(x.VNet, y.VNet), cmp.Compare(x.Kind, y.Kind))
	})
	slices.SortStableFunc(e.Connections, func(x, y Connection) int {
		return cmp.Or(cmp.Compare(x.ID.Subscription, y.ID.Subscription), compareFold(x.ID.Name, y.ID.Name), compareFold(x.Site.Name, y.Site.Name))
	})
	slices.SortStableFunc(e.SecurityGroups, func(x, y SecurityGroup) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(e.RouteTables, func(x, y RouteTable) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(e.Circuits, func(x, y Circuit) int { return compareID(x.ID, y.ID) })
	for i := range e.Sites {
		b.sites[e.Sites[i].ID.Key()] = i
	}
}
