package plan

import (
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// draft is one component on its way to the target: what is added and removed, as objects.
type draft struct {
	*layout
	component *Component
	later     bool // its VNets move after others have given up tunnels
	names     *azure.Namer

	drawn      map[int]*drawnHub   // by hub
	guarded    map[int]*guard      // VNets that keep out what the target joins anew
	device     *estate.Gateway     // the new passage
	server     *estate.Gateway     // the new Route Server that tells of it, or nil
	tables     []estate.RouteTable // of the spokes that send through it
	routed     []int               // those spokes, in the same order
	hubLinks   []hubLink
	manager    *estate.NetworkManager
	groups     []estate.NetworkGroup
	peerings   [][2]estate.Peering  // hub's half first where there is a hub
	tunnels    []tunnel             // removed
	onPremises []*estate.Connection // removed
	severed    []*estate.Connection // removed, as they carry forbidden pairs alone
	gateways   []*estate.Gateway    // removed
	windows    *windows
	halves     map[estate.Key]bool // names of new peerings
}

// drawnHub is a hub as objects.
type drawnHub struct {
	id      estate.ID
	vnet    *estate.VNet       // a new one
	gateway *estate.Gateway    // a new one
	gw      estate.ID          // its gateway, or zero
	table   *estate.RouteTable // of its GatewaySubnet, or nil
	conns   []estate.Connection
	late    []estate.ID      // those of them that wait for tunnels to go
	waits   []reach.Location // what they are for
}

// waitsFor reports whether the connection to a network is one that waits.
func (h *drawnHub) waitsFor(network reach.Location) bool {
	return slices.ContainsFunc(h.waits, network.Same)
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
	d := &draft{layout: l, component: c, names: names, halves: map[estate.Key]bool{}, drawn: map[int]*drawnHub{}}
	for _, hub := range l.hubs {
		h := &drawnHub{}
		d.drawn[hub] = h
		space := netip.Prefix{}
		if isNew(hub) {
			var ok bool
			if space, ok = d.newHub(hub, h, addresses); !ok {
				return nil, false
			}
		} else {
			h.id = l.g.e.VNets[hub].ID
			d.existingHub(hub, h)
		}
		if l.several() {
			c.Hub.Several = append(c.Hub.Several, PlacedHub{l.regionOf(hub).String(), h.id, space})
		}
		d.connect(hub, h)
	}
	d.group()
	d.peer()
	d.route()
	d.inward()
	d.linkUp()
	d.retire()
	return d, true
}

// newHub makes a hub VNet with the subnets that the target needs, and no others.
func (d *draft) newHub(hub int, h *drawnHub, addresses *addressPlan) (netip.Prefix, bool) {
	space, ok := d.spaceOf(addresses)
	if !ok {
		return space, false
	}
	region := d.regionOf(hub)
	v := estate.VNet{Model: estate.ARM, Region: region, Space: []estate.Prefix{{Prefix: space, Raw: space.String()}}}
	v.ID = beside(d.g.e.VNets[d.spokes(hub)[0]].ID, estate.TypeVNet, d.names.Unique(estate.TypeVNet, azure.LegalName(estate.TypeVNet, "hub-"+region.String())))
	v.Name = v.ID.Name
	if d.hubGateway(hub) {
		sub := azure.PlanHub(space)[0].Prefix // GatewaySubnet comes first
		v.Subnets = []estate.Subnet{{Name: estate.GatewaySubnet, Raw: estate.GatewaySubnet, Prefix: estate.Prefix{Prefix: sub, Raw: sub.String()}}}
		d.gatewayFor(&v, h)
	}
	if d.passage.isDevice() {
		d.deviceFor(&v, space)
	}
	h.vnet, h.id = &v, v.ID
	if !d.several() {
		d.component.Hub.VNet, d.component.Hub.Space, d.component.Hub.Region = v.ID, space, region.String()
	}
	return space, true
}

func (d *draft) gatewayFor(v *estate.VNet, h *drawnHub) {
	id := func(typ, suffix string) estate.ID {
		return beside(v.ID, typ, d.names.Unique(typ, azure.LegalName(typ, v.ID.Name+suffix)))
	}
	h.gateway = &estate.Gateway{
		ID: id(estate.TypeGateway, "-gateway"), VNet: v.ID, Kind: estate.VPNGateway, SKU: azure.DefaultVPNGatewaySKU,
		PublicIP: id(estate.TypePublicIP, "-gateway-ip"), Region: v.Region,
	}
	h.gw = h.gateway.ID
}

func (d *draft) existingHub(hub int, h *drawnHub) {
	if !d.hubGateway(hub) {
		return
	}
	for _, gw := range d.g.gateways[hub] {
		if gw.Kind == estate.VPNGateway {
			h.gw = gw.ID
			return
		}
	}
	if len(d.behindHub[hub].networks) > 0 {
		d.gatewayFor(&d.g.e.VNets[hub], h)
	}
}

// connect gives a hub's gateway a connection to every network that it has to serve and does
// not yet.
func (d *draft) connect(hub int, h *drawnHub) {
	if h.gw.IsZero() {
		return
	}
	for _, n := range d.behindHub[hub].added {
		c := d.connectionTo(n)
		if c == nil {
			continue
		}
		made := *c
		made.ID = beside(h.id, estate.TypeConnection, d.names.Unique(estate.TypeConnection, azure.LegalName(estate.TypeConnection, h.id.Name+"-to-"+c.Site.Name)))
		made.Gateway, made.KeyName, made.Refs = h.gw, made.ID.Name, nil
		h.conns = append(h.conns, made)
		if d.late(hub, c) {
			h.late, h.waits = append(h.late, made.ID), append(h.waits, n)
		}
	}
}

// ordered are the hubs as objects, in their order.
func (d *draft) ordered() []*drawnHub {
	var out []*drawnHub
	for _, hub := range d.hubs {
		out = append(out, d.drawn[hub])
	}
	return out
}

// isNewHub reports whether a VNet is a hub that the plan makes.
func (d *draft) isNewHub(id estate.ID) bool {
	return slices.ContainsFunc(d.ordered(), func(h *drawnHub) bool { return h.vnet != nil && h.id.Same(id) })
}

// hubFor is the hub of a VNet as objects, or nil.
func (d *draft) hubFor(v int) *drawnHub { return d.drawn[d.hubOf(v)] }

// peer makes both halves of every peering, with every flag stated. Remote gateways stay off:
// they are turned on by a step of their own, after the spoke's gateway is gone.
func (d *draft) peer() {
	for _, hub := range d.hubs {
		for _, v := range d.members {
			if d.hubOf(v) == hub && slices.Contains(d.peers[hub], v) && !d.stands(hub, v) {
				d.link(d.drawn[hub].id, d.g.e.VNets[v].ID, d.remote[v])
			}
		}
	}
	for _, v := range d.members {
		for _, w := range slices.Sorted(slices.Values(d.peers[v])) {
			if w > v && !d.viaHub(v, w) && !d.stands(v, w) && !d.grouped[[2]int{v, w}] {
				d.link(d.g.e.VNets[v].ID, d.g.e.VNets[w].ID, false)
			}
		}
	}
}

func (d *draft) link(a, b estate.ID, transit bool) {
	pair := [2]estate.Peering{d.half(a, b), d.half(b, a)}
	if d.passage.isDevice() {
		pair[1].AllowForwardedTraffic = true // what is passed on comes from other spokes
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
	if d.hubOf(a) == b {
		spoke = a
	}
	return !d.viaHub(a, b) || !d.remote[spoke]
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
			for _, c := range d.g.x.ConnectionsOf(gw.ID) {
				switch {
				case d.severs(c):
					d.severed = append(d.severed, c)
				case d.remote[v] && c.Pairing.Partner.IsZero() && c.Kind == estate.IPsec:
					d.onPremises = append(d.onPremises, c)
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
	if gw.Kind == estate.ExpressRouteGateway || len(gw.ClientPools) > 0 || len(connections) == 0 || slices.ContainsFunc(d.ordered(), func(h *drawnHub) bool { return h.gw.Same(gw.ID) }) || len(d.g.routes[v]) > 0 {
		return false
	}
	return !slices.ContainsFunc(connections, func(c *estate.Connection) bool {
		return d.keep[c.ID.Key()] || c.Pairing.Partner.IsZero() && (!d.remote[v] || c.Kind != estate.IPsec) && !d.severs(c)
	})
}

// superfluous lists the sites that no connection uses any more, and the public addresses of the
// deleted gateways.
func (d *draft) superfluous() []estate.ID {
	removed := map[estate.Key]bool{}
	for _, t := range d.tunnels {
		removed[t.a.ID.Key()], removed[t.b.ID.Key()] = true, true
	}
	for _, c := range slices.Concat(d.onPremises, d.severed) {
		removed[c.ID.Key()] = true
	}
	used := map[estate.Key]bool{}
	for _, h := range d.ordered() {
		for _, c := range h.conns {
			used[c.Site.Key()] = true
		}
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
	for _, c := range slices.Concat(d.onPremises, d.severed) {
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
