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
// then on-premises networks, then the clients of gateways that have a pool.
type network struct {
	locations []Location
	vnets     []vnetNode
	networks  int // on-premises networks: locations[len(vnets):][:networks]
	tunnels   []tunnel
	tunnelIDs []estate.ID
	peerings  []estate.ID
	groups    [][]winner // several routes that share a prefix; see table.go

	byVNet    *registry
	byNetwork map[string]int32
	links     *connector // what tables are built from
}

// vnetNode is a VNet, its gateways taken as one router.
type vnetNode struct {
	name    string
	arm     bool
	region  string
	raw     []netip.Prefix
	space   []span
	gateway estate.ID // the VPN gateway if there is one, else the ExpressRoute gateway; zero if none
	pools   []netip.Prefix
	pool    []span
	clients int32 // location of its clients, or -1
	absent  bool  // the service said that the gateway of its clients does not exist

	first, last int32  // its tunnels are tunnels[first:last]
	peers       []peer // by VNet number; only those where both halves exist and are connected
	hub         int32  // the VNet whose gateway it uses, or -1
	hubOpen     bool   // and neither half withdraws network access
	spokes      []int32

	table   []segment // where the node sends each address; sorted
	onward  []segment // the part of table that its gateway offers to spokes
	covered []span    // what its connections route, for hubs
}

// peer is a peering as one side sees it.
type peer struct {
	vnet   int32
	half   int32 // number in peerings
	open   bool  // neither half withdraws network access
	uses   bool  // the remote uses this VNet's gateway
	global bool
}

// end is what a tunnel leads to.
type end uint8

const (
	nowhere   end = iota // packets are dropped at the gateway
	toGateway            // the gateway of VNet far
	toOnPrem             // the device of network far
	toCircuit            // an ExpressRoute circuit, on to network far
	toSeveral            // one of several VNets
)

// tunnel is one connection as its gateway sees it.
type tunnel struct {
	end        end
	vnet2vnet  bool
	value      Value
	why        reasons
	near       int32 // the VNet of its gateway
	far        int32 // a VNet for toGateway, a location for toOnPrem and toCircuit
	candidates []int32
	at         int32  // number in estate.Connections
	dropped    string // for nowhere: why, for Trace
}

// compile resolves an estate. Tables are built afterwards, by build.
func compile(e *estate.Estate) *network {
	n := &network{}
	n.addVNets(e)
	gateways := n.addGateways(e)
	n.addPeerings(e)
	n.links = &connector{n: n, e: e, gateways: gateways}
	n.links.connect()
	n.addClients()
	n.findHubs()
	return n
}

func (n *network) addVNets(e *estate.Estate) {
	order := make([]*estate.VNet, len(e.VNets))
	for i := range e.VNets {
		order[i] = &e.VNets[i]
	}
	byID := func(a, b *estate.VNet) int { return compareIDs(a.ID, b.ID) }
	slices.SortStableFunc(order, byID)
	order = slices.CompactFunc(order, func(a, b *estate.VNet) bool { return byID(a, b) == 0 })
	n.byVNet = newRegistry(len(order))
	n.vnets = make([]vnetNode, len(order))
	n.locations = make([]Location, len(order), len(order)+len(order)/4+8)
	names := estate.NewNames(e)
	for i, v := range order {
		node := vnetNode{name: names.VNet(v), arm: v.Model == estate.ARM, region: v.Region.Name, clients: -1, hub: -1}
		node.raw = validPrefixes(v.Space)
		node.space = setOf(node.raw)
		n.vnets[i] = node
		n.locations[i] = Location{Kind: VNet, ID: v.ID, Name: names.VNet(v)}
		n.byVNet.add(v.ID, int32(i))
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

// addGateways gives the gateways to their VNets and numbers them by position in the estate.
func (n *network) addGateways(e *estate.Estate) *registry {
	gateways := newRegistry(len(e.Gateways))
	chosen := make([]*estate.Gateway, len(n.vnets))
	for i := range e.Gateways {
		g := &e.Gateways[i]
		gateways.add(g.ID, int32(i))
		v := n.byVNet.find(g.VNet)
		if v < 0 {
			continue
		}
		node := &n.vnets[v]
		if g.Kind == estate.VPNGateway {
			node.pools = append(node.pools, validPrefixes(g.ClientPools)...)
			node.absent = node.absent || g.Absent()
		}
		if c := chosen[v]; c == nil || g.Kind < c.Kind || g.Kind == c.Kind && compareIDs(g.ID, c.ID) < 0 {
			chosen[v] = g
			node.gateway = g.ID
		}
	}
	for i := range n.vnets {
		n.vnets[i].pool = setOf(n.vnets[i].pools)
	}
	return gateways
}

// addPeerings joins halves to peerings. A peering forwards when both halves exist and are connected.
func (n *network) addPeerings(e *estate.Estate) {
	type half struct {
		from, to int32
		p        *estate.Peering
	}
	halves := make([]half, 0, len(e.Peerings))
	for i := range e.Peerings {
		p := &e.Peerings[i]
		from, to := n.byVNet.find(p.VNet), n.byVNet.find(p.Remote)
		if from >= 0 && to >= 0 && from != to && p.State == estate.PeeringConnected {
			halves = append(halves, half{from, to, p})
		}
	}
	slices.SortFunc(halves, func(a, b half) int {
		if c := cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)); c != 0 {
			return c // most are told apart without their IDs
		}
		return compareIDs(a.p.ID, b.p.ID)
	})
	halves = slices.CompactFunc(halves, func(a, b half) bool { return a.from == b.from && a.to == b.to })
	for i, h := range halves {
		j, ok := slices.BinarySearchFunc(halves, half{h.to, h.from, nil}, func(a, b half) int {
			return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
		})
		n.peerings = append(n.peerings, h.p.ID)
		if !ok {
			continue
		}
		back := halves[j].p
		near, far := &n.vnets[h.from], &n.vnets[h.to]
		near.peers = append(near.peers, peer{
			vnet: h.to, half: int32(i),
			open:   h.p.AllowVirtualNetworkAccess && back.AllowVirtualNetworkAccess,
			uses:   h.p.AllowGatewayTransit && back.UseRemoteGateways && !near.gateway.IsZero() && far.gateway.IsZero(),
			global: near.region != "" && far.region != "" && near.region != far.region,
		})
	}
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

// find is the number of a location, or -1.
func (n *network) find(l Location) int32 {
	if l.Kind == OnPremises {
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
