package reach_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// packet is what nodes know of a packet: where it goes, where it started, and how it came.
type packet struct {
	dst     netip.Addr
	start   *estate.VNet // nil when it started in none
	passer  *estate.VNet // where the appliance stands that passed it on last, with no gateway since
	seen    []string     // nodes, each with the manner
	hops    []string     // firewalls and appliances
	tunnels int
	doubt   bool
}

// stand is a subnet, or what a VNet has outside its subnets.
type stand struct {
	v *estate.VNet
	s *estate.Subnet
}

// enter notes that the packet comes to a node in a manner; false when that is a loop.
func (p packet) enter(node string) (packet, bool) {
	if slices.Contains(p.seen, node) {
		return p, false
	}
	p.seen = append(slices.Clip(p.seen), node)
	return p, true
}

func (p packet) arrives(at place) []way {
	return []way{{end: at, doubt: p.doubt, hops: both(strings.Join(p.hops, " "), "")}}
}

func drop() []way { return []way{{end: gone}} }

// private are the ranges that the Internet does not deliver.
var private = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
}

// internet delivers public addresses only.
func (p packet) internet() []way {
	if slices.ContainsFunc(private, func(r netip.Prefix) bool { return r.Contains(p.dst) }) {
		return drop()
	}
	return p.arrives(place{kind: internet})
}

// subnet is what a subnet does with a packet that starts there, or that an appliance there passes on.
func (d *definition) subnet(p packet, at stand) []way {
	p.doubt = p.doubt || d.unlisted(at)
	winners, none := choose(d.subnetRoutes(at), p.dst)
	var out []way
	if none {
		out = drop()
	}
	for _, r := range winners {
		out = append(out, d.bySubnet(p, at, r)...)
	}
	return out
}

func (d *definition) bySubnet(p packet, at stand, r *route) []way {
	p.doubt = p.doubt || r.doubt && r.gateway == nil
	switch {
	case r.rank == byItself:
		return p.arrives(place{reach.VNet, at.v.Name})
	case r.rank == byNeighbour:
		return d.neighbour(p, at, r)
	case r.rank == byUser:
		return d.user(p, at, r.userRoute)
	case r.rank == byGateway && r.gateway.Kind.Forwards():
		return d.pass(p, at, r.gateway)
	case r.rank == byGateway:
		return d.toGateway(p, at, r.gateway, false)
	}
	return p.internet()
}

// neighbour delivers to a peer or to a member of a group that has the address. Of an address that two
// members have, nothing is delivered.
func (d *definition) neighbour(p packet, at stand, r *route) []way {
	if !has(r.to, p.dst) || r.group != nil && d.owners(r.group, p.dst) > 1 {
		return drop()
	}
	if r.half != nil {
		var ok bool
		if p, ok = d.cross(p, at, stand{r.to, subnetOf(r.to, p.dst)}); !ok {
			return drop()
		}
	}
	return p.arrives(place{reach.VNet, r.to.Name})
}

func (d *definition) owners(g *estate.NetworkGroup, a netip.Addr) int {
	n := 0
	for _, m := range d.members(g) {
		if has(m, a) {
			n++
		}
	}
	return n
}

// cross takes a packet over a peering. A partial peering carries between the named subnets only. What
// is off leaves a doubt: allowVirtualNetworkAccess of either half (ASM-VNET-ACCESS), and
// allowForwardedTraffic of the half of the VNet that it arrives in, when an appliance passed it on and
// it did not start where that stands (ASM-FORWARDED).
func (d *definition) cross(p packet, from, into stand) (packet, bool) {
	half, back := d.half(from.v, into.v), d.half(into.v, from.v)
	if half.Partial && !(named(half.LocalSubnets, from.s) && named(half.RemoteSubnets, into.s)) {
		return p, false
	}
	if back.Partial && !(named(back.RemoteSubnets, from.s) && named(back.LocalSubnets, into.s)) {
		return p, false
	}
	if !half.AllowVirtualNetworkAccess || !back.AllowVirtualNetworkAccess {
		p.doubt = true
	}
	if p.passer != nil && p.passer != p.start && !back.AllowForwardedTraffic {
		p.doubt = true
	}
	return p, true
}

// step takes a packet from one subnet into another of the same VNet, of a peer or of a VNet in the
// same group.
func (d *definition) step(p packet, from, into stand) (packet, bool) {
	switch {
	case from.v == into.v:
		return p, true
	case d.peered(from.v, into.v):
		return d.cross(p, from, into)
	}
	return p, d.grouped(from.v, into.v)
}

func (d *definition) peered(a, b *estate.VNet) bool {
	return d.half(a, b) != nil && d.half(b, a) != nil
}

// user follows a user route.
func (d *definition) user(p packet, at stand, r *estate.Route) []way {
	switch r.NextHop.Value {
	case "VnetLocal":
		if has(at.v, p.dst) {
			return p.arrives(place{reach.VNet, at.v.Name})
		}
	case "Internet":
		return p.internet()
	case "VirtualAppliance":
		return d.towards(p, at, r.Address.Addr)
	case "VirtualNetworkGateway":
		if g := d.vpnFor(at.v); g != nil {
			return d.toGateway(p, at, g, true)
		}
	}
	return drop()
}

// vpnFor is what the next hop VirtualNetworkGateway means: the VPN gateway of the VNet or of the one
// whose gateway it uses. Beside an ExpressRoute gateway it is not allowed.
func (d *definition) vpnFor(v *estate.VNet) *estate.Gateway {
	if hub := d.used(v); hub != nil {
		v = hub
	}
	if d.gatewayOf(v, estate.ExpressRouteGateway) != nil {
		return nil
	}
	return d.gatewayOf(v, estate.VPNGateway)
}

// towards follows the next hop VirtualAppliance: to the firewall or appliance with that address in
// this VNet, else in one that is peered or in the same group; where nothing describes what has the
// address, on in doubt (ASM-APPLIANCE).
func (d *definition) towards(p packet, at stand, hop netip.Addr) []way {
	var near []*estate.VNet
	for i := range d.e.VNets {
		if v := &d.e.VNets[i]; v != at.v && (d.peered(at.v, v) || d.grouped(at.v, v)) {
			near = append(near, v)
		}
	}
	for _, all := range [][]*estate.VNet{{at.v}, near} {
		var out []way
		for i := range d.e.Gateways {
			if a := &d.e.Gateways[i]; a.Kind.Forwards() && listens(a, hop) && slices.Contains(all, d.vnet(a.VNet)) {
				if t := d.table(at.s); t != nil && t == d.table(d.standOf(a).s) {
					out = append(out, drop()...) // it stands in a subnet with the very table
					continue
				}
				out = append(out, d.pass(p, at, a)...)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	for _, all := range [][]*estate.VNet{{at.v}, near} {
		var out []way
		for _, v := range all {
			if has(v, hop) {
				out = append(out, d.undescribed(p, at, stand{v, subnetOf(v, hop)}, hop)...)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return drop()
}

func listens(a *estate.Gateway, hop netip.Addr) bool {
	return slices.ContainsFunc(a.PrivateIPs, func(ip estate.Address) bool { return ip.Addr == hop })
}

func (d *definition) standOf(a *estate.Gateway) stand {
	v := d.vnet(a.VNet)
	return stand{v, subnetNamed(v, a.Subnet)}
}

// pass gives the packet to a firewall or appliance, which routes as the subnet it stands in. Without
// IP forwarding it drops. What comes back to one that it passed is a loop.
func (d *definition) pass(p packet, at stand, a *estate.Gateway) []way {
	if a.NoForwarding {
		return drop()
	}
	into := d.standOf(a)
	p, ok := d.step(p, at, into)
	if !ok {
		return drop()
	}
	if p, ok = p.enter("appliance " + a.ID.Name); !ok {
		return drop()
	}
	p.hops = append(slices.Clip(p.hops), a.ID.Name)
	p.passer = into.v
	return d.subnet(p, into)
}

// undescribed gives the packet to whatever has an address: in doubt, as if an appliance stood there.
func (d *definition) undescribed(p packet, at, into stand, hop netip.Addr) []way {
	if t := d.table(at.s); t != nil && t == d.table(into.s) {
		return drop()
	}
	p, ok := d.step(p, at, into)
	if !ok {
		return drop()
	}
	if p, ok = p.enter(fmt.Sprint("undescribed ", into.v.Name, hop)); !ok {
		return drop()
	}
	p.doubt, p.passer = true, into.v
	return d.subnet(p, into)
}

// by is how a packet comes to a gateway.
type by uint8

const (
	fromInside  by = iota // from its VNet
	fromSpoke             // from a VNet that uses it
	fromTunnel            // through a connection
	fromCircuit           // from the edge
	fromPool              // from its clients
)

// manner is how a packet comes to a gateway, as far as it matters there.
type manner struct {
	by     by
	user   bool               // a user route sent it
	c      *estate.Connection // the tunnel's half at this gateway
	handed bool               // from the other gateway of the VNet
}

func (m manner) String() string {
	s := fmt.Sprint(m.by, m.user, m.handed)
	if m.c != nil {
		s += m.c.Kind.String() + fmt.Sprint(m.c.EnableBGP.Known())
	}
	return s
}

// toGateway takes a packet from a subnet to the gateway of its VNet or of the one it uses.
func (d *definition) toGateway(p packet, at stand, g *estate.Gateway, user bool) []way {
	v := d.vnet(g.VNet)
	m := manner{by: fromInside, user: user}
	if v != at.v {
		m.by = fromSpoke
	}
	p, ok := d.step(p, at, d.gatewayStand(v))
	if !ok {
		return drop()
	}
	return d.gateway(p, g, m)
}

func (d *definition) gatewayStand(v *estate.VNet) stand {
	return stand{v, subnetNamed(v, estate.GatewaySubnet)}
}

// gateway is what a gateway does: it chooses as a subnet does, among the local, peering, group and
// user routes of GatewaySubnet and its own.
func (d *definition) gateway(p packet, g *estate.Gateway, m manner) []way {
	p, ok := p.enter("gateway " + g.ID.Name + " " + m.String())
	if !ok {
		return drop()
	}
	p.passer = nil // packets of gateways need no allowForwardedTraffic
	at := d.gatewayStand(d.vnet(g.VNet))
	p.doubt = p.doubt || d.unlisted(at)
	winners, none := choose(d.atGateway(g, at, m), p.dst)
	var out []way
	if none {
		out = drop()
	}
	for _, r := range winners {
		out = append(out, d.byGateway(p, g, at, m, r)...)
	}
	return out
}

// atGateway are the routes of a gateway. What comes from a tunnel or from the circuit also has the
// routes of the other gateway of the VNet where a Route Server there has branch-to-branch.
func (d *definition) atGateway(g *estate.Gateway, at stand, m manner) []route {
	key := g.ID.Name + " "
	branches := (m.by == fromTunnel || m.by == fromCircuit) && !m.handed
	if branches {
		key += "branches"
	}
	if all, ok := d.tables[key]; ok {
		return all
	}
	all := append(d.systemRoutes(at), d.ownRoutes(g)...)
	if server := d.gatewayOf(at.v, estate.RouteServer); branches && server != nil && server.BranchToBranch {
		kind := estate.VPNGateway
		if g.Kind == estate.VPNGateway {
			kind = estate.ExpressRouteGateway
		}
		if other := d.gatewayOf(at.v, kind); other != nil {
			all = append(all, d.offers(other)...)
		}
	}
	d.tables[key] = all
	return all
}

func (d *definition) byGateway(p packet, g *estate.Gateway, at stand, m manner, r *route) []way {
	switch {
	case r.rank == byItself, r.rank == byUser && r.userRoute.NextHop.Value == "VnetLocal" && has(at.v, p.dst):
		return d.home(p, at, m)
	case r.rank == byNeighbour:
		return d.hairpin(p, at, m, r)
	case r.rank == byUser && r.userRoute.NextHop.Value == "VirtualNetworkGateway":
		return drop() // itself
	case r.rank == byUser:
		return d.user(p, at, r.userRoute)
	case r.pool:
		return d.toClients(p, g, m)
	case r.c != nil && r.er, r.gateway != nil && d.vnet(r.gateway.VNet) != at.v:
		return d.intoCircuit(p, m, r)
	case r.c != nil:
		return d.intoTunnel(p, g, m, r.c)
	}
	m.handed = true
	return d.gateway(p, r.gateway, m)
}

// home: the VNet's own address is delivered, unless a gateway route of a spoke drew it here.
func (d *definition) home(p packet, at stand, m manner) []way {
	if m.by == fromSpoke && !m.user {
		return drop()
	}
	return p.arrives(place{reach.VNet, at.v.Name})
}

// hairpin: an address of a peer, or of a member of a group, is delivered when that uses this gateway.
// Clients may reach another peer. A user route may lead from inside the VNet to any peer, and from one
// spoke to another; a gateway route that does the latter is in doubt (ASM-SPOKE-HAIRPIN).
func (d *definition) hairpin(p packet, at stand, m manner, r *route) []way {
	uses := d.used(r.to) == at.v
	peer := r.half != nil
	switch {
	case peer && m.by == fromInside && m.user, peer && m.by == fromPool:
	case !uses:
		return drop()
	case m.by == fromSpoke && !m.user:
		p.doubt = true
	}
	return d.neighbour(p, at, r)
}

// toClients: a pool is delivered, but not from a circuit; of a gateway that does not exist in doubt
// (ASM-NO-GATEWAY).
func (d *definition) toClients(p packet, g *estate.Gateway, m manner) []way {
	if m.by == fromCircuit {
		return drop()
	}
	p.doubt = p.doubt || g.Absent()
	return p.arrives(place{reach.Clients, d.vnet(g.VNet).Name})
}

// intoCircuit: to the on-premises network, or across the edge to another VNet's gateway. Clients do not
// come here, and nothing goes back into the circuit.
func (d *definition) intoCircuit(p packet, m manner, r *route) []way {
	p.doubt = p.doubt || r.doubt
	if m.by == fromPool || m.by == fromCircuit {
		return drop()
	}
	if r.gateway != nil {
		return d.gateway(p, r.gateway, manner{by: fromCircuit})
	}
	return d.onPremises(p, r.c)
}

func (d *definition) onPremises(p packet, c *estate.Connection) []way {
	at, ok := d.behind(c)
	if !ok {
		return drop()
	}
	p.doubt = p.doubt || c.Pairing.Suspect != ""
	out := p.arrives(at)
	out[0].last = c
	return out
}

// intoTunnel follows a connection, by what is known of its other end.
func (d *definition) intoTunnel(p packet, g *estate.Gateway, m manner, c *estate.Connection) []way {
	if !d.passesOn(g, m, c) {
		return drop()
	}
	if p.tunnels++; p.tunnels > 32 {
		return drop()
	}
	p.doubt = p.doubt || c.Pairing.Suspect != ""
	switch c.Pairing.Confidence {
	case estate.NotPaired:
		return d.onPremises(p, c)
	case estate.Ambiguous:
		return d.oneOf(p, c)
	case estate.OneSided:
		return drop()
	}
	far := d.partner(c)
	if far == nil {
		return drop()
	}
	p.doubt = p.doubt || far.Pairing.Suspect != ""
	return d.gateway(p, d.gatewayAt(far.Gateway), manner{by: fromTunnel, c: far})
}

// oneOf: an ambiguous connection delivers to those of its candidates that have the address, in doubt
// (ASM-PAIRING).
func (d *definition) oneOf(p packet, c *estate.Connection) []way {
	p.doubt = true
	out := drop()
	for _, id := range c.Pairing.Candidates {
		if half := d.connection(id); half != nil {
			if v := d.vnet(d.gatewayAt(half.Gateway).VNet); has(v, p.dst) {
				out = append(out, p.arrives(place{reach.VNet, v.Name})...)
			}
		}
	}
	return out
}

// passesOn: from one tunnel into another a classic gateway passes always; an ARM gateway only when a
// Vnet2Vnet connection at either side has its BGP session up.
func (d *definition) passesOn(g *estate.Gateway, m manner, c *estate.Connection) bool {
	if m.by != fromTunnel && m.by != fromCircuit || d.vnet(g.VNet).Model == estate.Classic {
		return true
	}
	for _, side := range []*estate.Connection{m.c, c} {
		if side != nil && side.Kind == estate.Vnet2Vnet && !d.sessionUp(side) {
			return false
		}
	}
	return true
}
