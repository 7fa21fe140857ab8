package deploy

import (
	"strconv"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// securityGroup is the body of a network security group with the rules that were set on it.
func securityGroup(g *estate.SecurityGroup) *arm.SecurityGroup {
	body := &arm.SecurityGroup{Rules: make([]arm.SecurityRule, len(g.Rules))}
	for i := range g.Rules {
		rule := &g.Rules[i]
		priority, _ := strconv.Atoi(rule.Priority.Value) // an ARM estate holds no others
		body.Rules[i] = arm.SecurityRule{
			Name: rule.Name.Value, Direction: rule.Direction.Value, Priority: priority, Access: rule.Access.Value, Protocol: rule.Protocol.Value,
			Source: rule.Source.Value, SourcePort: rule.SourcePort.Value, Destination: rule.Destination.Value, DestinationPort: rule.DestinationPort.Value,
		}
	}
	return body
}

// routeTable is the body of a route table. Classic tables never kept the routes of gateways from their
// subnets. Source: docs/sources.md#route-tables.
func routeTable(t *estate.RouteTable) *arm.RouteTable {
	body := &arm.RouteTable{DisableGatewayRoutes: t.NoPropagation, Routes: make([]arm.Route, len(t.Routes))}
	for i := range t.Routes {
		route := &t.Routes[i]
		body.Routes[i] = arm.Route{Name: route.Name.Value, AddressPrefix: route.Prefix.Prefix.String(), NextHop: route.NextHop.Value}
		if route.Address.IsValid() {
			body.Routes[i].NextHopAddress = route.Address.Addr.String()
		}
	}
	return body
}

func (r *renderer) securityGroup(g *estate.SecurityGroup) {
	r.add(arm.Resource{Type: arm.TypeSecurityGroup, Name: g.ID.Name, Location: r.location(g.Region, g.Refs), Properties: securityGroup(g)})
}

func (r *renderer) routeTable(t *estate.RouteTable) {
	r.add(arm.Resource{Type: arm.TypeRouteTable, Name: t.ID.Name, Location: r.location(t.Region, t.Refs), Properties: routeTable(t)})
}
