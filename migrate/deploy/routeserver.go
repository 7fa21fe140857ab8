package deploy

import (
	"slices"
	"strconv"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// A new Route Server stands in a hub before its gateway does: one that comes later interrupts it. Its sessions are with
// machines that somebody places at the addresses that the plan names. Source: docs/sources.md#appliances.

// serverConfiguration is what ties a Route Server to its subnet.
const serverConfiguration = "default"

// ownServer reports whether a Route Server is one of ours. What one that was found learns no estate knows.
func (b builder) ownServer(g *estate.Gateway) bool {
	return g.Kind == estate.RouteServer && b.found.Gateway(g.ID) == nil
}

// routeServer writes a Route Server with its place and its sessions, one after the other, in a line with what else writes
// its VNet.
func (r *renderer) routeServer(g *estate.Gateway) {
	_, vnet := r.id(g.VNet)
	if vnet == "" {
		r.external[arm.Existing(arm.TypeSubnet, g.VNet.Name, g.Subnet)] = true
	}
	address, waitAddress := r.id(g.PublicIP)
	self := arm.ResourceID(arm.TypeRouteServer, g.ID.Name)
	r.add(arm.Resource{Type: arm.TypeRouteServer, Name: g.ID.Name, Location: r.location(g.Region, g.Refs), Properties: &arm.RouteServer{BranchToBranch: g.BranchToBranch}})
	r.add(arm.Resource{Type: arm.TypeRouteServerConfiguration, Name: g.ID.Name + "/" + serverConfiguration,
		DependsOn:  depend(append([]string{self, vnet, waitAddress}, r.writes[g.VNet.Key()]...)...),
		Properties: &arm.RouteServerConfiguration{Subnet: arm.ResourceID(arm.TypeSubnet, g.VNet.Name, g.Subnet), PublicIPAddress: address}})
	before := arm.ResourceID(arm.TypeRouteServerConfiguration, g.ID.Name, serverConfiguration)
	for i := range g.RoutePeers {
		p := &g.RoutePeers[i]
		r.add(arm.Resource{Type: arm.TypeRouteServerPeer, Name: g.ID.Name + "/" + p.Name, DependsOn: depend(self, before), Properties: peerBody(p)})
		before = arm.ResourceID(arm.TypeRouteServerPeer, g.ID.Name, p.Name)
	}
	r.writes[g.VNet.Key()] = []string{before}
}

// peerBody is a session as a template has it.
func peerBody(p *estate.RoutePeer) *arm.RouteServerPeer {
	asn, _ := strconv.Atoi(p.ASN.Value)
	return &arm.RouteServerPeer{ASN: asn, Address: p.Address.Addr.String()}
}

// serverBeside is the Route Server that tells of a load balancer before appliances, or nil.
func serverBeside(e *estate.Estate, balancer *estate.Gateway) *estate.Gateway {
	for i := range e.Gateways {
		if g := &e.Gateways[i]; g.Kind == estate.RouteServer && slices.ContainsFunc(g.RoutePeers, func(p estate.RoutePeer) bool { return p.Appliance.Same(balancer.ID) }) {
			return g
		}
	}
	return nil
}
