package deploy

import (
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// state is what exists before a step.
type state struct {
	vnets          map[estate.Key]*estate.VNet
	sites          map[estate.Key]*estate.Site
	gateways       map[estate.Key]*estate.Gateway
	connections    map[estate.Key]*estate.Connection
	peerings       map[estate.Key]*estate.Peering
	securityGroups map[estate.Key]*estate.SecurityGroup
	routeTables    map[estate.Key]*estate.RouteTable
	addressOf      map[estate.Key]estate.ID // public address → the gateway it is, or was, of
}

func newState() *state {
	return &state{
		vnets: map[estate.Key]*estate.VNet{}, sites: map[estate.Key]*estate.Site{}, gateways: map[estate.Key]*estate.Gateway{},
		connections: map[estate.Key]*estate.Connection{}, peerings: map[estate.Key]*estate.Peering{},
		securityGroups: map[estate.Key]*estate.SecurityGroup{}, routeTables: map[estate.Key]*estate.RouteTable{}, addressOf: map[estate.Key]estate.ID{},
	}
}

// apply follows a step: what it removes is gone, what it adds is there.
func (s *state) apply(f plan.Effect) {
	for _, id := range f.Remove {
		key := id.Key()
		delete(s.vnets, key)
		delete(s.sites, key)
		delete(s.gateways, key)
		delete(s.connections, key)
		delete(s.peerings, key)
		delete(s.securityGroups, key)
		delete(s.routeTables, key)
	}
	if f.Add == nil {
		return
	}
	put(s.vnets, f.Add.VNets, func(v *estate.VNet) estate.ID { return v.ID })
	put(s.sites, f.Add.Sites, func(v *estate.Site) estate.ID { return v.ID })
	put(s.gateways, f.Add.Gateways, func(v *estate.Gateway) estate.ID { return v.ID })
	put(s.connections, f.Add.Connections, func(v *estate.Connection) estate.ID { return v.ID })
	put(s.peerings, f.Add.Peerings, func(v *estate.Peering) estate.ID { return v.ID })
	put(s.securityGroups, f.Add.SecurityGroups, func(v *estate.SecurityGroup) estate.ID { return v.ID })
	put(s.routeTables, f.Add.RouteTables, func(v *estate.RouteTable) estate.ID { return v.ID })
	for i := range f.Add.Gateways {
		if g := &f.Add.Gateways[i]; !g.PublicIP.IsZero() {
			s.addressOf[g.PublicIP.Key()] = g.ID
		}
	}
}

func put[T any](to map[estate.Key]*T, from []T, id func(*T) estate.ID) {
	for i := range from {
		to[id(&from[i]).Key()] = &from[i]
	}
}
