package deploy

import (
	"strconv"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// securityGroup writes a network security group with the rules that were set on it.
func (r *renderer) securityGroup(g *estate.SecurityGroup) {
	body := &arm.SecurityGroup{Rules: make([]arm.SecurityRule, len(g.Rules))}
	for i := range g.Rules {
		rule := &g.Rules[i]
		priority, _ := strconv.Atoi(rule.Priority.Value) // an ARM estate holds no others
		body.Rules[i] = arm.SecurityRule{
			Name: rule.Name.Value, Direction: rule.Direction.Value, Priority: priority, Access: rule.Access.Value, Protocol: rule.Protocol.Value,
			Source: rule.Source.Value, SourcePort: rule.SourcePort.Value, Destination: rule.Destination.Value, DestinationPort: rule.DestinationPort.Value,
		}
	}
	r.add(arm.Resource{Type: arm.TypeSecurityGroup, Name: g.ID.Name, Location: r.location(g.Region, g.Refs), Properties: body})
}

// routeTable writes a route table. Classic tables never kept the routes of gateways from their
// subnets, and neither do these. Source: docs/sources.md#route-tables.
func (r *renderer) routeTable(t *estate.RouteTable) {
	body := &arm.RouteTable{Routes: make([]arm.Route, len(t.Routes))}
	for i := range t.Routes {
		route := &t.Routes[i]
		body.Routes[i] = arm.Route{Name: route.Name.Value, AddressPrefix: route.Prefix.Prefix.String(), NextHop: route.NextHop.Value}
		if route.Address.IsValid() {
			body.Routes[i].NextHopAddress = route.Address.Addr.String()
		}
	}
	r.add(arm.Resource{Type: arm.TypeRouteTable, Name: t.ID.Name, Location: r.location(t.Region, t.Refs), Properties: body})
}
