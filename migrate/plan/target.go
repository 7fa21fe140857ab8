package plan

import (
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// draft is one component on its way to the target: what is added and removed, as objects.
type draft struct {
	*layout
	component *Component
	names     *azure.Namer

	hubID       estate.ID
	newVNet     *estate.VNet
	newGateway  *estate.Gateway
	newFirewall *estate.Gateway
	tables      []estate.RouteTable // of the spokes that send through it
	routed      []int               // those spokes, in the same order
	hubGW       estate.ID
	newConns    []estate.Connection
	peerings    [][2]estate.Peering  // hub's half first where there is a hub
	tunnels     []tunnel             // removed
	onPremises  []*estate.Connection // removed
	gateways    []*estate.Gateway    // removed
	windows     *windows
	halves      map[estate.Key]bool // names of new peerings
}

// draw turns a layout into objects, and finds the windows that they need.
func draw(l *layout, c *Component, names *azure.Namer, addresses *addressPlan) (*draft, bool) {
	d, ok := sketch(l, c, names, addresses)
	if ok {
		d.windows = findWindows(l)
	}
	return d, ok
}

// sketch turns a layout into objects; false when there is no block for a new hub.
func sketch(l *layout, c *Component, names *azure.Namer, addresses *addressPlan) (*draft, bool) {
	d := &draft{layout: l, component: c, names: names, halves: map[estate.Key]bool{}}
	switch l.hub {
	case newHubIndex:
		if !d.newHub(addresses) {
			return nil, false
		}
	case noHubIndex:
	default:
		d.hubID = l.g.e.VNets[l.hub].ID
		d.existingHub()
	}
	d.connect()
	d.peer()
	d.route()
	d.retire()
	return d, true
}

// newHub makes the hub VNet with the subnets that the target needs, and no others.
func (d *draft) newHub(addresses *addressPlan) bool {
	space, ok := d.spaceOf(addresses)
	if !ok {
		return false
	}
	region := majorityRegion(d.g, d.members)
	v := estate.VNet{Model: estate.ARM, Region: region, Space: []estate.Prefix{{Prefix: space, Raw: space.String()}}}
	v.ID = beside(d.g.e.VNets[d.members[0]].ID, estate.TypeVNet, d.names.Unique(estate.TypeVNet, azure.LegalName(estate.TypeVNet, "hub-"+region.String())))
	v.Name = v.ID.Name
	if d.hubGateway() {
		sub := azure.PlanHub(space)[0].Prefix // GatewaySubnet comes first
		v.Subnets = []estate.Subnet{{Name: estate.GatewaySubnet, Raw: estate.GatewaySubnet, Prefix: estate.Prefix{Prefix: sub, Raw: sub.String()}}}
		d.gatewayFor(&v)
	}
	if d.firewall {
		d.firewallFor(&v, space)
	}
	d.newVNet, d.hubID = &v, v.ID
	d.component.Hub.VNet, d.component.Hub.Space, d.component.Hub.Region = v.ID, space, region.String()
	return true
}

func (d *draft) gatewayFor(v *estate.VNet) {
	id := func(typ, suffix string) estate.ID {
		return beside(v.ID, typ, d.names.Unique(typ, azure.LegalName(typ, v.ID.Name+suffix)))
	}
	d.newGateway = &estate.Gateway{
		ID: id(estate.TypeGateway, "-gateway"), VNet: v.ID, Kind: estate.VPNGateway, SKU: azure.DefaultVPNGatewaySKU,
		PublicIP: id(estate.TypePublicIP, "-gateway-ip"), Region: v.Region,
	}
	d.hubGW = d.newGateway.ID
}

func (d *draft) existingHub() {
	if !d.hubGateway() {
		return
	}
	for _, gw := range d.g.gateways[d.hub] {
		if gw.Kind == estate.VPNGateway {
			d.hubGW = gw.ID
			return
		}
	}
	if len(d.networks) > 0 {
		d.gatewayFor(&d.g.e.VNets[d.hub])
	}
}

// connect gives the hub's gateway a connection to every network that it has to serve and does
// not yet.
func (d *draft) connect() {
	if d.hub == noHubIndex || d.hubGW.IsZero() {
		return
	}
	for _, n := range d.added {
		c := d.connectionTo(n)
		if c == nil {
			continue
		}
		hub := *c
		hub.ID = beside(d.hubID, estate.TypeConnection, d.names.Unique(estate.TypeConnection, azure.LegalName(estate.TypeConnection, d.hubID.Name+"-to-"+c.Site.Name)))
		hub.Gateway, hub.KeyName, hub.Refs = d.hubGW, hub.ID.Name, nil
		d.newConns = append(d.newConns, hub)
	}
}

// peer makes both halves of every peering, with every flag stated. Remote gateways stay off:
// they are turned on by a step of their own, after the spoke's gateway is gone.
func (d *draft) peer() {
	if d.hub != noHubIndex {
		for _, v := range d.members {
			if slices.Contains(d.peers[d.hub], v) && !d.stands(d.hub, v) {
				d.link(d.hubID, d.g.e.VNets[v].ID, d.remote[v])
			}
		}
	}
	for _, v := range d.members {
		for _, w := range slices.Sorted(slices.Values(d.peers[v])) {
			if w > v && v != d.hub && w != d.hub && !d.stands(v, w) {
				d.link(d.g.e.VNets[v].ID, d.g.e.VNets[w].ID, false)
			}
		}
	}
}

func (d *draft) link(a, b estate.ID, transit bool) {
	pair := [2]estate.Peering{d.half(a, b), d.half(b, a)}
	if d.firewall {
		pair[1].AllowForwardedTraffic = true // what the firewall passes on comes from other spokes
	}
	pair[0].AllowGatewayTransit = pair[0].AllowGatewayTransit || transit
	d.peerings = append(d.peerings, pair)
}

// stands reports whether the peering of two VNets is there already, with all that the target wants of it.
func (d *draft) stands(a, b int) bool {
	if !d.existing[[2]int{min(a, b), max(a, b)}] {
		return false
	}
	spoke := b
	if b == d.hub {
		spoke = a
	}
	return a != d.hub && b != d.hub || !d.remote[spoke]
}

// retire lists what the target does without: the tunnels that peerings replace, the on-premises
// connections of VNets that use the hub's gateway, and the gateways that are left with nothing.
func (d *draft) retire() {
	for _, t := range d.g.tunnelsOf(d.members) {
		if !d.keep[t.a.ID.Key()] && !d.keep[t.b.ID.Key()] {
			d.tunnels = append(d.tunnels, t)
		}
	}
	for _, v := range d.members {
		for _, gw := range d.g.gateways[v] {
			if d.remote[v] {
				for _, c := range d.g.x.ConnectionsOf(gw.ID) {
					if c.Pairing.Partner.IsZero() && c.Kind == estate.IPsec {
						d.onPremises = append(d.onPremises, c)
					}
				}
			}
			if d.unused(v, gw) {
				d.gateways = append(d.gateways, gw)
			}
		}
	}
}

// unused reports whether every connection of a VPN gateway goes, and nothing else leads to it. A
// gateway without any is left alone: what it is for is not known.
func (d *draft) unused(v int, gw *estate.Gateway) bool {
	connections := d.g.x.ConnectionsOf(gw.ID)
	if d.g.serves[v] {
		return false // a VNet that no input lists may use it
	}
	if d.g.named[gw.ID.Key()] != nil || d.g.decided.gateways[gw.ID.Key()] {
		return false
	}
	if gw.Kind == estate.ExpressRouteGateway || len(gw.ClientPools) > 0 || len(connections) == 0 || gw.ID.Same(d.hubGW) || len(d.g.routes[v]) > 0 {
		return false
	}
	return !slices.ContainsFunc(connections, func(c *estate.Connection) bool {
		return d.keep[c.ID.Key()] || c.Pairing.Partner.IsZero() && (!d.remote[v] || c.Kind != estate.IPsec)
	})
}

// superfluous lists the sites that no connection uses any more, and the public addresses of the
// deleted gateways.
func (d *draft) superfluous() []estate.ID {
	removed := map[estate.Key]bool{}
	for _, t := range d.tunnels {
		removed[t.a.ID.Key()], removed[t.b.ID.Key()] = true, true
	}
	for _, c := range d.onPremises {
		removed[c.ID.Key()] = true
	}
	used := map[estate.Key]bool{}
	for _, c := range d.newConns {
		used[c.Site.Key()] = true
	}
	leaving := map[estate.Key]bool{}
	for _, gw := range d.gateways {
		leaving[gw.ID.Key()] = true
	}
	for i := range d.g.e.Gateways { // a default route needs its site, whatever else becomes of it
		if gw := &d.g.e.Gateways[i]; !gw.DefaultSite.IsZero() && !leaving[gw.ID.Key()] {
			used[gw.DefaultSite.Key()] = true
		}
	}
	var touched []estate.ID
	for _, t := range d.tunnels {
		touched = append(touched, t.a.Site, t.b.Site)
	}
	for _, c := range d.onPremises {
		touched = append(touched, c.Site)
	}
	var gone []estate.ID
	for _, id := range touched {
		if key := id.Key(); id.Type == estate.TypeSite && !used[key] {
			used[key] = true
			if !slices.ContainsFunc(d.g.connectionsOf(id), func(c *estate.Connection) bool { return !removed[c.ID.Key()] }) {
				gone = append(gone, id)
			}
		}
	}
	for _, gw := range d.gateways {
		if !gw.PublicIP.IsZero() {
			gone = append(gone, gw.PublicIP)
		}
	}
	return slices.DeleteFunc(gone, func(id estate.ID) bool { return d.g.decided.left[id.Key()] })
}
