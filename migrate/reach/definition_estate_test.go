package reach_test

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// The look-ups of the definition: plain searches in the estate's slices.

func (d *definition) vnet(at estate.ID) *estate.VNet {
	if v, ok := d.vnets[at]; ok {
		return v
	}
	for i := range d.e.VNets {
		if d.e.VNets[i].ID.Same(at) {
			d.vnets[at] = &d.e.VNets[i]
			return d.vnets[at]
		}
	}
	return nil
}

func (d *definition) named(vnet string) *estate.VNet {
	for i := range d.e.VNets {
		if d.e.VNets[i].Name == vnet {
			return &d.e.VNets[i]
		}
	}
	return nil
}

func (d *definition) gatewayAt(at estate.ID) *estate.Gateway {
	for i := range d.e.Gateways {
		if d.e.Gateways[i].ID.Same(at) {
			return &d.e.Gateways[i]
		}
	}
	return nil
}

// gatewayOf is the gateway of a kind that a VNet has.
func (d *definition) gatewayOf(v *estate.VNet, kind estate.GatewayKind) *estate.Gateway {
	for i := range d.e.Gateways {
		if g := &d.e.Gateways[i]; g.Kind == kind && d.vnet(g.VNet) == v {
			return g
		}
	}
	return nil
}

// hasGateway reports whether a VNet has a VPN or an ExpressRoute gateway.
func (d *definition) hasGateway(v *estate.VNet) bool {
	return d.gatewayOf(v, estate.VPNGateway) != nil || d.gatewayOf(v, estate.ExpressRouteGateway) != nil
}

// used is the VNet whose gateway a VNet uses, or nil.
func (d *definition) used(v *estate.VNet) *estate.VNet {
	if hub, ok := d.uses[v]; ok {
		return hub
	}
	var best *estate.VNet
	if d.hasGateway(v) {
		return nil
	}
	for _, half := range d.halves(v) {
		hub := d.vnet(half.Remote)
		offers := d.hasGateway(hub) || d.gatewayOf(hub, estate.RouteServer) != nil
		if half.UseRemoteGateways && d.half(hub, v).AllowGatewayTransit && offers && (best == nil || hub.Name < best.Name) {
			best = hub
		}
	}
	d.uses[v] = best
	return best
}

// half is the connected half of a peering that one VNet has with another.
func (d *definition) half(from, to *estate.VNet) *estate.Peering {
	for i := range d.e.Peerings {
		p := &d.e.Peerings[i]
		if p.State == estate.PeeringConnected && d.vnet(p.VNet) == from && d.vnet(p.Remote) == to {
			return p
		}
	}
	return nil
}

// halves are a VNet's halves of the peerings of which both halves exist and are connected.
func (d *definition) halves(v *estate.VNet) []*estate.Peering {
	var out []*estate.Peering
	for i := range d.e.VNets {
		remote := &d.e.VNets[i]
		if half := d.half(v, remote); half != nil && remote != v && d.half(remote, v) != nil {
			out = append(out, half)
		}
	}
	return out
}

// members are the VNets of a group, its hub among them.
func (d *definition) members(g *estate.NetworkGroup) []*estate.VNet {
	var out []*estate.VNet
	for _, m := range append(slices.Clone(g.Members), g.Hub) {
		if v := d.vnet(m); v != nil && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// grouped reports whether two VNets are in one group.
func (d *definition) grouped(a, b *estate.VNet) bool {
	for i := range d.e.Groups {
		if m := d.members(&d.e.Groups[i]); slices.Contains(m, a) && slices.Contains(m, b) {
			return true
		}
	}
	return false
}

func (d *definition) connections(g *estate.Gateway) []*estate.Connection {
	var out []*estate.Connection
	for i := range d.e.Connections {
		if c := &d.e.Connections[i]; c.Gateway.Same(g.ID) {
			out = append(out, c)
		}
	}
	return out
}

func (d *definition) connection(at estate.ID) *estate.Connection {
	for i := range d.e.Connections {
		if d.e.Connections[i].ID.Same(at) {
			return &d.e.Connections[i]
		}
	}
	return nil
}

// partner is the other half of a paired connection.
func (d *definition) partner(c *estate.Connection) *estate.Connection {
	if c.Pairing.Confidence < estate.Likely {
		return nil
	}
	return d.connection(c.Pairing.Partner)
}

func (d *definition) site(at estate.ID) *estate.Site {
	for i := range d.e.Sites {
		if !at.IsZero() && d.e.Sites[i].ID.Same(at) {
			return &d.e.Sites[i]
		}
	}
	return nil
}

// device is the site of a connection that leads to an on-premises network.
func (d *definition) device(c *estate.Connection) *estate.Site {
	if s := d.site(c.Site); c.Pairing.Confidence == estate.NotPaired && s != nil && s.Endpoint.IsZero() {
		return s
	}
	return nil
}

func (d *definition) circuit(at estate.ID) *estate.Circuit {
	for i := range d.e.Circuits {
		if !at.IsZero() && d.e.Circuits[i].ID.Same(at) {
			return &d.e.Circuits[i]
		}
	}
	return nil
}

// behind is the on-premises network that a connection leads to: that of its site, else of its circuit.
func (d *definition) behind(c *estate.Connection) (place, bool) {
	if s := d.device(c); s != nil {
		return network(s.Network), true
	}
	if c.Kind == estate.ExpressRoute && !c.Circuit.IsZero() {
		return network(d.circuitName(c.Circuit)), true
	}
	return place{}, false
}

// circuitName is the shortest of name, name (group) and name (subscription/group) that no other circuit has;
// in no group, name (subscription).
func (d *definition) circuitName(id estate.ID) string {
	shared, sharedInGroup := false, false
	for _, other := range d.circuits() {
		if !other.Same(id) && strings.EqualFold(other.Name, id.Name) {
			shared = true
			sharedInGroup = sharedInGroup || strings.EqualFold(other.Group, id.Group)
		}
	}
	switch {
	case !shared:
		return id.Name
	case id.Group == "":
		return id.Name + " (" + id.Subscription + ")"
	case sharedInGroup:
		return id.Name + " (" + id.Subscription + "/" + id.Group + ")"
	}
	return id.Name + " (" + id.Group + ")"
}

// circuits are the IDs of all circuits that the estate has or that connections name.
func (d *definition) circuits() []estate.ID {
	var out []estate.ID
	for _, c := range d.e.Circuits {
		out = append(out, c.ID)
	}
	for _, c := range d.e.Connections {
		if !c.Circuit.IsZero() {
			out = append(out, c.Circuit)
		}
	}
	return out
}

func (d *definition) table(s *estate.Subnet) *estate.RouteTable {
	for i := range d.e.RouteTables {
		if s != nil && !s.RouteTable.IsZero() && d.e.RouteTables[i].ID.Same(s.RouteTable) {
			return &d.e.RouteTables[i]
		}
	}
	return nil
}

// unlisted reports whether a subnet has a table whose routes no input lists.
func (d *definition) unlisted(at stand) bool {
	t := d.table(at.s)
	return t != nil && !t.RoutesKnown
}

// subnetOf is the subnet that an address lies in, or nil.
func subnetOf(v *estate.VNet, a netip.Addr) *estate.Subnet {
	var best *estate.Subnet
	for i := range v.Subnets {
		if s := &v.Subnets[i]; s.Prefix.Contains(a) && (best == nil || s.Prefix.Bits() > best.Prefix.Bits()) {
			best = s
		}
	}
	return best
}

func subnetNamed(v *estate.VNet, name string) *estate.Subnet {
	for i := range v.Subnets {
		if v.Subnets[i].Name == name {
			return &v.Subnets[i]
		}
	}
	return nil
}

func holds(list []estate.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p estate.Prefix) bool { return p.Contains(a) })
}

func has(v *estate.VNet, a netip.Addr) bool { return holds(v.Space, a) }
