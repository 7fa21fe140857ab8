package deploy

import (
	"slices"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// New appliances are machines that somebody places: their images, licences and rules are in no input. What stands before
// them is written: a load balancer with the address that routes name, which leads every session to one of the machines of
// its pool. Source: docs/sources.md#appliances.

const (
	appliancePool = "appliances"
	probePort     = 22
)

// ownBalancer reports whether a load balancer before appliances is one of ours.
func (b builder) ownBalancer(g *estate.Gateway) bool {
	return g.Kind == estate.Appliance && g.ID.Type == estate.TypeLoadBalancer && b.found.Gateway(g.ID) == nil
}

// balancer writes a load balancer before appliances, in a line with what else writes its VNet.
func (r *renderer) balancer(g *estate.Gateway) {
	_, vnet := r.id(g.VNet)
	if vnet == "" {
		r.external[arm.Existing(arm.TypeSubnet, g.VNet.Name, g.Subnet)] = true
	}
	body := balancerBody(g)
	body.Subnet = arm.ResourceID(arm.TypeSubnet, g.VNet.Name, g.Subnet)
	r.add(arm.Resource{Type: arm.TypeLoadBalancer, Name: g.ID.Name, Location: r.location(g.Region, g.Refs), SKU: balancerSize,
		DependsOn: depend(append([]string{vnet}, r.writes[g.VNet.Key()]...)...), Properties: body})
	self, _ := r.id(g.ID)
	r.writes[g.VNet.Key()] = []string{self}
	r.found.Add("ARM-033", diag.Pos{}, "load balancer %q leads to whoever is in its pool %q, and a template puts nobody there; it probes TCP port %d", g.ID.Name, appliancePool, probePort)
}

var balancerSize = &arm.SKU{Name: "Standard", Tier: "Regional"}

// balancerBody is what template and command say alike.
func balancerBody(g *estate.Gateway) *arm.LoadBalancer {
	return &arm.LoadBalancer{Name: g.ID.Name, PrivateAddress: g.PrivateIPs[0].Addr.String(), Zones: slices.Clone(zones(g.Region)), Pool: appliancePool, ProbePort: probePort}
}
