package estate

import (
	"slices"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// close makes sure that what other stages rely on is there: every gateway stands in a VNet of the
// estate, every connection begins at a gateway of it, and every local network gateway, route table and
// security group that something names exists, if only as a name of which nothing is known. What cannot
// be completed is left out; that no input lists what it refers to is said by outside.
func (r *armReader) close() {
	e := r.e
	e.Gateways = slices.DeleteFunc(e.Gateways, func(g Gateway) bool {
		_, ok := r.vnets[g.VNet.Key()]
		return !ok
	})
	gateways := map[Key]bool{}
	for i := range e.Gateways {
		gateways[e.Gateways[i].ID.Key()] = true
	}
	e.Connections = slices.DeleteFunc(e.Connections, func(c Connection) bool { return !gateways[c.Gateway.Key()] })
	r.nameSites()
	r.nameFilters()
}

// nameSites adds the local network gateways that are referred to and not listed. A connection to one
// leads somewhere, so it stays, and so does its gateway.
func (r *armReader) nameSites() {
	known := map[Key]bool{}
	for i := range r.e.Sites {
		known[r.e.Sites[i].ID.Key()] = true
	}
	add := func(id ID) {
		if key := id.Key(); !id.IsZero() && !known[key] {
			known[key] = true
			r.e.Sites = append(r.e.Sites, Site{ID: id, Name: id.Name, Unlisted: true, Refs: []diag.Ref{r.unseen[id.Key()].ref}})
		}
	}
	for i := range r.e.Connections {
		add(r.e.Connections[i].Site)
	}
	for i := range r.e.Gateways {
		add(r.e.Gateways[i].DefaultSite)
	}
}

// nameFilters adds the route tables and security groups that subnets are bound to and no input lists.
func (r *armReader) nameFilters() {
	known := map[Key]bool{}
	for i := range r.e.RouteTables {
		known[r.e.RouteTables[i].ID.Key()] = true
	}
	for i := range r.e.SecurityGroups {
		known[r.e.SecurityGroups[i].ID.Key()] = true
	}
	for i := range r.e.VNets {
		for j := range r.e.VNets[i].Subnets {
			s := &r.e.VNets[i].Subnets[j]
			if key := s.RouteTable.Key(); !s.RouteTable.IsZero() && !known[key] {
				known[key] = true
				r.e.RouteTables = append(r.e.RouteTables, RouteTable{ID: s.RouteTable, Name: s.RouteTable.Name, Refs: s.RouteTableRefs})
			}
			if key := s.SecurityGroup.Key(); !s.SecurityGroup.IsZero() && !known[key] {
				known[key] = true
				r.e.SecurityGroups = append(r.e.SecurityGroups, SecurityGroup{ID: s.SecurityGroup, Name: s.SecurityGroup.Name, Refs: s.SecurityGroupRefs})
			}
		}
	}
}
