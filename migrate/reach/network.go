package reach

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// network is an estate with its references resolved to numbers, in an order that depends on names
// alone. VNets come first among the locations, so the number of a VNet is that of its location;
// then on-premises networks, then the clients of gateways that have a pool, then the Internet.
type network struct {
	locations []Location
	vnets     []vnetNode
	classes   []class // by VNet
	devices   []device
	networks  int // on-premises networks: locations[len(vnets):][:networks]
	internet  int32
	tunnels   []tunnel
	tunnelIDs []estate.ID
	peerings  []estate.ID
	peeringTo []int32 // by peering half: the VNet it leads to
	groups    []group
	choices   []choice // several routes that compete; see table.go
	chosen    map[string]int32
	edges     []edge
	cloud     []int32 // VNets on circuits, where too many of them may meet to have edges

	byVNet    *registry
	byNetwork map[string]int32

	// What only an overlay asks: see patch.go.
	links   *connector
	halves  []half                // the first of the peerings, sorted
	relaid  map[[2]int32]laidHalf // what became of them, by the VNets that they lead from and to
	twice   bool                  // two halves lead from one VNet to another
	leading []int32               // by on-premises network: the connections that lead there
	spelled bool                  // one of them in two spellings
}

// vnetNode is a VNet and the gateways in it.
type vnetNode struct {
	name    string
	arm     bool
	region  string
	raw     []netip.Prefix
	space   []span
	gateway estate.ID // the VPN gateway, else the ExpressRoute gateway, else the Route Server; zero if none
	vpn     estate.ID // zero if none
	circuit estate.ID // the ExpressRoute gateway; zero if none
	remotes estate.Toggle

	encrypted                   bool // VNet encryption is on
	mbps, circuitMbps           int  // of its gateways; 0 when unknown
	redundant, circuitRedundant bool // the gateway survives the loss of an instance at once

	pools   []netip.Prefix
	pool    []span
	clients int32 // location of its clients, or -1
	absent  bool  // the service said that the gateway of its clients does not exist
	asn     string
	site    estate.ID // default site
	server  bool      // it has a Route Server
	branch  bool      // one with branch-to-branch
	learned []learned // from the appliances that peer with its Route Server
	served  []learned // those of them that its subnets, and those of VNets that use it, get as routes

	firstTunnel, lastTunnel int32 // its connections are tunnels[first:last]
	firstEdge, lastEdge     int32 // its ways over circuits to other VNets are edges[first:last]
	firstClass, lastClass   int32 // classes[firstClass] is the one without anything of its own
	gatewayClass            int32 // the class of GatewaySubnet, or -1
	peers                   []peer
	groups                  []int32 // the connected groups that it is a member of
	hub                     int32   // the VNet whose gateway it uses, or -1
	hubOpen                 bool    // and neither half withdraws network access
	spokes                  []int32
	hosts                   bool // a firewall or an appliance stands in it

	bgp    []bgpPath // what its VPN gateway learned
	offers []route   // what its gateways offer to subnets
	told   []span    // what its ExpressRoute gateway announces to circuits
	vague  bool      // it is linked to a circuit that is not known

	// Where its gateways send each address; sorted. The second of each is for what came out of a
	// tunnel or a circuit, where a Route Server lets the two gateways pass packets to each other.
	table, circuitTable [2][]segment
}

// class is those addresses of a VNet whose subnets route alike.
type class struct {
	vnet    int32
	set     []span
	subnets []*estate.Subnet // none for addresses outside every subnet
	routes  int32            // number of the route table, or -1
	gateway bool             // it is a GatewaySubnet with a route table
	vague   bool             // no input lists the routes of its table
	table   []segment
}

// learned is a route that an appliance announces to a Route Server.
type learned struct {
	prefix netip.Prefix
	device int32
	maybe  bool // no input lists what the appliance announces
}

// device is a firewall or an appliance.
type device struct {
	id        estate.ID // zero where no input describes it
	vnet      int32
	class     int32
	subnet    string // its name, or ""
	firewall  bool
	forwards  bool
	redundant bool // it survives the loss of an instance at once
	address   []netip.Addr
}

// peer is a peering as one side sees it.
type peer struct {
	vnet       int32
	half       int32 // number in peerings
	raw        []netip.Prefix
	open       bool // neither half withdraws network access
	forwards   bool // the remote takes in what this VNet only forwards
	uses       bool // the remote uses this VNet's gateway
	global     bool
	near, far  *estate.Peering // the halves
	stale      bool            // raw is not what the remote has today
	everywhere bool            // neither half is limited to subnets
	remote     []span          // what a limited one delivers
}

// names reports whether a peering that is limited to subnets names a subnet of this side.
func (p *peer) names(subnet string) bool {
	return (!p.near.Partial || named(p.near.LocalSubnets, subnet)) && (!p.far.Partial || named(p.far.RemoteSubnets, subnet))
}

// reaches reports whether it names a subnet of the other side.
func (p *peer) reaches(subnet string) bool {
	return (!p.near.Partial || named(p.near.RemoteSubnets, subnet)) && (!p.far.Partial || named(p.far.LocalSubnets, subnet))
}

// compile resolves an estate. Tables are built afterwards, by build.
func compile(e *estate.Estate) *network {
	n, _ := compileWith(e)
	return n
}

// compileWith also returns what the tables were built from.
func compileWith(e *estate.Estate) (*network, *builder) {
	n := &network{}
	vnets := n.addVNets(e)
	c := &connector{n: n, e: e}
	n.links = c
	c.gateways = n.addGateways(e)
	n.addPeerings(e, vnets)
	n.addGroups(e)
	c.connect()
	n.addClients()
	n.internet = int32(len(n.locations))
	n.locations = append(n.locations, Location{Kind: Internet})
	n.findHubs()
	routes := n.addClasses(e, vnets)
	n.addDevices(e)
	b := &builder{n: n, e: e, c: c, routes: routes}
	b.build()
	return n, b
}

func (n *network) addVNets(e *estate.Estate) []*estate.VNet {
	order := make([]*estate.VNet, len(e.VNets))
	for i := range e.VNets {
		order[i] = &e.VNets[i]
	}
	byID := func(a, b *estate.VNet) int { return a.ID.Compare(b.ID) }
	slices.SortStableFunc(order, byID)
	order = slices.CompactFunc(order, func(a, b *estate.VNet) bool { return byID(a, b) == 0 })
	n.byVNet = newRegistry(len(order))
	n.vnets = make([]vnetNode, len(order))
	n.locations = make([]Location, len(order), len(order)+len(order)/4+8)
	names := estate.NewNames(e)
	for i, v := range order {
		node := vnetNode{name: names.VNet(v), arm: v.Model == estate.ARM, region: v.Region.Name, encrypted: v.Encryption, clients: -1, hub: -1, gatewayClass: -1}
		node.raw = validPrefixes(v.Space)
		node.space = setOf(node.raw)
		n.vnets[i] = node
		n.locations[i] = Location{Kind: VNet, ID: v.ID, Name: names.VNet(v)}
		n.byVNet.add(v.ID, int32(i))
	}
	return order
}

// eachTunnel calls do for every tunnel, by VNet and ID.
func (n *network) eachTunnel(do func(i int32, t *tunnel)) {
	for v := range n.vnets {
		for t := n.vnets[v].firstTunnel; t < n.vnets[v].lastTunnel; t++ {
			do(t, &n.tunnels[t])
		}
	}
}

func validPrefixes(in []estate.Prefix) []netip.Prefix {
	out := make([]netip.Prefix, 0, len(in))
	for _, p := range in {
		if p.IsValid() {
			out = append(out, p.Masked())
		}
	}
	return out
}

// addGateways gives the gateways to their VNets and numbers them by position in the estate. Of
// several of one kind in a VNet the first by ID counts.
func (n *network) addGateways(e *estate.Estate) *registry {
	gateways := newRegistry(len(e.Gateways))
	chosen := map[int32]*estate.Gateway{}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		v := n.byVNet.find(g.VNet)
		if v < 0 {
			gateways.add(g.ID, noVNet)
			continue
		}
		gateways.add(g.ID, v)
		n.vnets[v].addGateway(g, v, chosen)
	}
	for i := range n.vnets {
		n.vnets[i].pool = setOf(n.vnets[i].pools)
	}
	return gateways
}

// noVNet is the place of a gateway whose VNet is not in the estate.
const noVNet = -2

// addGateway notes a gateway of VNet v; chosen is the one of each VNet that counts most so far.
func (node *vnetNode) addGateway(g *estate.Gateway, v int32, chosen map[int32]*estate.Gateway) {
	first := func(have estate.ID) bool { return have.IsZero() || g.ID.Compare(have) < 0 }
	switch g.Kind {
	case estate.VPNGateway:
		node.pools = append(node.pools, validPrefixes(g.ClientPools)...)
		node.absent = node.absent || g.Absent()
		if first(node.vpn) {
			node.vpn, node.site, node.asn = g.ID, g.DefaultSite, defaultASN
			node.size(g)
			if g.BGP != nil && g.BGP.ASN.Known() {
				node.asn = g.BGP.ASN.Value
			}
		}
	case estate.ExpressRouteGateway:
		if first(node.circuit) {
			node.circuit, node.remotes = g.ID, g.RemoteVNets
			node.size(g)
		}
	case estate.RouteServer:
		node.server, node.branch = true, node.branch || g.BranchToBranch
	default:
		return // what forwards is no gateway: see addDevices
	}
	if c := chosen[v]; c == nil || g.Kind < c.Kind || g.Kind == c.Kind && g.ID.Compare(c.ID) < 0 {
		chosen[v] = g
		node.gateway = g.ID
	}
}

// half is one side's part of a peering.
type half struct {
	from, to int32
	p        *estate.Peering
}

func (h half) compare(o half) int {
	return cmp.Or(cmp.Compare(h.from, o.from), cmp.Compare(h.to, o.to))
}

// addPeerings joins halves to peerings. A peering forwards when both halves exist and are connected.
func (n *network) addPeerings(e *estate.Estate, vnets []*estate.VNet) {
	halves := make([]half, 0, len(e.Peerings))
	for i := range e.Peerings {
		p := &e.Peerings[i]
		if at, ok := n.ends(p); ok {
			halves = append(halves, half{at[0], at[1], p})
		}
	}
	slices.SortFunc(halves, func(a, b half) int {
		if c := a.compare(b); c != 0 {
			return c // most are told apart without their IDs
		}
		return a.p.ID.Compare(b.p.ID)
	})
	all := len(halves)
	halves = slices.CompactFunc(halves, func(a, b half) bool { return a.from == b.from && a.to == b.to })
	n.halves, n.twice = halves, len(halves) < all
	n.peerings = make([]estate.ID, 0, len(halves))
	for i, h := range halves {
		j, ok := slices.BinarySearchFunc(halves, half{h.to, h.from, nil}, half.compare)
		n.peerings, n.peeringTo = append(n.peerings, h.p.ID), append(n.peeringTo, h.to)
		if !ok {
			continue
		}
		back := halves[j].p
		near, far := &n.vnets[h.from], &n.vnets[h.to]
		to := newPeer(near, far, h.p, back)
		to.vnet, to.half = h.to, int32(i)
		if h.p.Partial {
			to.raw, to.stale = subnetPrefixes(vnets[h.to], h.p.RemoteSubnets), true
		}
		near.peers = append(near.peers, to)
	}
}

// ends are the VNets that a half leads from and to; false where it leads nowhere.
func (n *network) ends(half *estate.Peering) (at [2]int32, ok bool) {
	if half == nil || half.State != estate.PeeringConnected {
		return at, false
	}
	at = [2]int32{n.byVNet.find(half.VNet), n.byVNet.find(half.Remote)}
	return at, at[0] >= 0 && at[1] >= 0 && at[0] != at[1]
}

// newPeer is a peering of two halves as the VNet near sees it.
func newPeer(near, far *vnetNode, half, back *estate.Peering) peer {
	p := peer{raw: far.raw, near: half, far: back,
		open:       half.AllowVirtualNetworkAccess && back.AllowVirtualNetworkAccess,
		forwards:   back.AllowForwardedTraffic,
		global:     near.region != "" && far.region != "" && near.region != far.region,
		everywhere: !half.Partial && !back.Partial,
	}
	p.uses = p.mayUse(near, far)
	if half.RemoteSpace != nil {
		p.raw, p.stale = validPrefixes(half.RemoteSpace), true
	}
	return p
}

// mayUse reports whether the remote, far, may use the gateway of this side, near.
func (p *peer) mayUse(near, far *vnetNode) bool {
	return p.near.AllowGatewayTransit && p.far.UseRemoteGateways && !near.gateway.IsZero() && far.vpn.IsZero() && far.circuit.IsZero()
}

// subnetPrefixes are the prefixes of a VNet's named subnets.
func subnetPrefixes(v *estate.VNet, names []string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range v.Subnets {
		if s.Prefix.IsValid() && named(names, s.Name) {
			out = append(out, s.Prefix.Masked())
		}
	}
	return out
}

// findHubs settles which VNet's gateway each VNet uses. The platform allows one; were there more,
// the first by name counts.
func (n *network) findHubs() {
	for h := range n.vnets {
		for i := range n.vnets[h].peers {
			p := &n.vnets[h].peers[i]
			if !p.uses {
				continue
			}
			spoke := &n.vnets[p.vnet]
			if spoke.hub >= 0 {
				p.uses = false
				continue
			}
			spoke.hub, spoke.hubOpen = int32(h), p.open
			n.vnets[h].spokes = append(n.vnets[h].spokes, p.vnet)
		}
	}
}

// hubOf is the VNet whose gateways one uses: another, or itself.
func (n *network) hubOf(v int32) int32 {
	if hub := n.vnets[v].hub; hub >= 0 {
		return hub
	}
	return v
}

// dialled is how sure it is that the clients of a VNet are connected to its gateway.
func (v *vnetNode) dialled() trust { return certain.unless(v.absent, byNoGateway) }

func (n *network) addClients() {
	for i := range n.vnets {
		if len(n.vnets[i].pool) > 0 {
			n.vnets[i].clients = int32(len(n.locations))
			n.locations = append(n.locations, Location{Kind: Clients, ID: n.locations[i].ID, Name: n.vnets[i].name})
		}
	}
}

// addDevices finds the firewalls and appliances, and what they announce to Route Servers.
func (n *network) addDevices(e *estate.Estate) {
	byID := newRegistry(0)
	var order []*estate.Gateway
	for i := range e.Gateways {
		if g := &e.Gateways[i]; g.Kind.Forwards() && n.byVNet.find(g.VNet) >= 0 {
			order = append(order, g)
		}
	}
	slices.SortStableFunc(order, func(a, b *estate.Gateway) int { return a.ID.Compare(b.ID) })
	for _, g := range order {
		d := device{id: g.ID, vnet: n.byVNet.find(g.VNet), subnet: g.Subnet, firewall: g.Kind == estate.Firewall,
			forwards: !g.NoForwarding, redundant: g.ZoneRedundant || g.ActiveActive}
		for _, a := range g.PrivateIPs {
			if a.IsValid() {
				d.address = append(d.address, a.Addr)
			}
		}
		d.class = n.classOf(d.vnet, g.Subnet)
		n.vnets[d.vnet].hosts = true
		byID.add(g.ID, int32(len(n.devices)))
		n.devices = append(n.devices, d)
	}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		v := n.byVNet.find(g.VNet)
		if g.Kind != estate.RouteServer || v < 0 {
			continue
		}
		for _, p := range g.RoutePeers {
			d := byID.find(p.Appliance)
			if d < 0 {
				continue
			}
			prefixes := validPrefixes(p.Learned)
			if !p.LearnedKnown {
				prefixes = privateRanges
			}
			for _, prefix := range prefixes { // several machines may announce one next hop
				if l := (learned{prefix, d, !p.LearnedKnown}); !slices.Contains(n.vnets[v].learned, l) {
					n.vnets[v].learned = append(n.vnets[v].learned, l)
				}
			}
		}
	}
}

// find is the number of a location, or -1.
func (n *network) find(l Location) int32 {
	switch l.Kind {
	case Internet:
		return n.internet
	case OnPremises:
		if i, ok := n.byNetwork[strings.ToLower(l.Name)]; ok {
			return i
		}
		return -1
	}
	v := n.byVNet.find(l.ID)
	if v >= 0 && l.Kind == Clients {
		return n.vnets[v].clients
	}
	return v
}
