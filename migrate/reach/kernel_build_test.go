//go:build linux

package reach_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// lab is an estate as namespaces, with the wires between them and the routes in them. It is written from
// the estate and from docs/reach.md, route by route, and knows no packet: which of the routes wins, and
// where it ends, is the kernel's answer.
//
// Every VNet is a namespace with the hosts that have no route table, and one more for each set of its subnets
// with the same table. Every VPN gateway, firewall and appliance is one, every on-premises network, the
// clients of every gateway, and the Internet. A wire is a veth pair for one manner of coming from one namespace to
// another, used in this direction only; so "how the packet came", which the definition lets a node decide by, is
// an interface here, and a rule with "iif".
//
// Azure's choice is a pair of tables, asked one after the other: see namespace.choose.
type lab struct {
	e     *estate.Estate
	nodes []*namespace
	wires []*wire
	todo  []*wire // that nothing yet receives from

	index   map[wireKey]*wire
	vnets   map[estate.Key]int
	spots   []*spot
	classes [][]subnetClass // by VNet
	of      [][]*namespace  // by VNet and class; the first is the VNet's own
	gates   map[estate.Key]*namespace
	nets    map[string]*namespace // on-premises, by folded name
	users   map[int]*namespace    // clients, by VNet
	outside *namespace            // the Internet

	bgp   map[estate.Key][]bgpRoute
	round uint32
}

// spot is a location with those of its addresses that are probed.
type spot struct {
	reach.Location
	hosts []netip.Addr
	at    map[netip.Addr]*namespace
}

// labRole is what a namespace stands for.
type labRole uint8

const (
	hostsRole   labRole = iota // hosts of a VNet
	gatewayRole                // a VPN gateway
	deviceRole                 // a firewall or an appliance
	netRole                    // an on-premises network
	clientsRole
	internetRole
)

type namespace struct {
	name  string
	role  labRole
	vnet  int // hosts, gateway, device
	class int // hosts, device: the subnets whose routes it has
	g     *estate.Gateway
	spot  *spot // of the hosts
	hosts []netip.Addr

	commands []string
	chosen   map[entrance][]int // tables written, in the order in which they are asked
	tables   int

	ns, sock, tap int
	mark          int           // what the socket has
	byIndex       map[int]*wire // the wires that end here
}

// passes reports whether the namespace stands for a stateful device.
func (n *namespace) passes() bool { return n.role == deviceRole }

// entrance is how a packet came to a namespace.
type entrance struct {
	how     arrival
	who     string // the spoke, the half of a connection, or the half of a peering
	foreign bool   // a firewall or appliance passed it on, or passes it on now, and it started in another VNet
}

type arrival uint8

const (
	sent      arrival = iota // by a host of this namespace
	delivered                // to a host of this VNet
	partly                   // the same over a partial peering
	handed                   // to a firewall or an appliance, as the next hop of a user route
	inside                   // to a gateway by a gateway route, from its VNet
	steeredIn                // the same by a user route
	spokeSent                // to a gateway by a gateway route, from a VNet that uses it
	steeredFromSpoke
	tunnelled
	dialled // to a gateway by its clients
)

type wire struct {
	name     string
	from, to *namespace
	entrance
	back *wire // of a wire to an on-premises network: the wire by which it answers
	mark int   // of a wire from an on-premises network: what chooses it
}

type wireKey struct {
	from, to *namespace
	entrance
}

// end is the name of the interface that packets come in by.
func (w *wire) end() string { return w.name + "i" }

func (w *wire) mac() string {
	var i int
	fmt.Sscanf(w.name, "w%d", &i)
	return fmt.Sprintf("02:00:00:00:%02x:%02x", i>>8, i&255)
}

// errNotModelled is for estates that the lab cannot be built from.
var errNotModelled = errors.New("not modelled")

// compile writes the lab of an estate. The locations are those that are asked about.
func compile(e *estate.Estate, locations []reach.Location) (*lab, error) {
	l := &lab{e: e, index: map[wireKey]*wire{}, vnets: map[estate.Key]int{}, gates: map[estate.Key]*namespace{}, nets: map[string]*namespace{}, users: map[int]*namespace{}}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		switch {
		case g.Kind == estate.RouteServer:
			return nil, fmt.Errorf("%w: a Route Server", errNotModelled)
		case g.Kind == estate.ExpressRouteGateway && g.RemoteVNets == estate.On:
			return nil, fmt.Errorf("%w: VNets that meet at a circuit", errNotModelled)
		}
	}
	for _, c := range e.Circuits {
		if c.LearnedKnown {
			return nil, fmt.Errorf("%w: what a circuit announces", errNotModelled)
		}
	}
	for i := range e.VNets {
		l.vnets[e.VNets[i].ID.Key()] = i
	}
	l.outside = l.add(&namespace{name: "Internet", role: internetRole})
	for v := range e.VNets {
		l.classes = append(l.classes, l.classesOf(v))
		var of []*namespace
		for c := range l.classes[v] {
			name := "VNet " + e.VNets[v].Name
			if names := l.classes[v][c].subnets; c > 0 {
				name += " subnets " + strings.Join(names, ", ")
			}
			of = append(of, l.add(&namespace{name: name, role: hostsRole, vnet: v, class: c}))
		}
		l.of = append(l.of, of)
	}
	for i := range e.Gateways {
		switch g := &e.Gateways[i]; {
		case l.vnet(g.VNet) < 0:
		case g.Kind == estate.VPNGateway:
			l.gates[g.ID.Key()] = l.add(&namespace{name: "gateway of " + g.VNet.Name, role: gatewayRole, vnet: l.vnet(g.VNet), g: g})
		case g.Kind.Forwards():
			l.gates[g.ID.Key()] = l.add(&namespace{name: strings.ToLower(g.Kind.String()) + " " + g.ID.Name, role: deviceRole, vnet: l.vnet(g.VNet), class: l.standsIn(g), g: g})
		}
	}
	if err := l.settle(locations); err != nil {
		return nil, err
	}
	l.route()
	return l, nil
}

func (l *lab) add(n *namespace) *namespace {
	n.chosen = map[entrance][]int{}
	l.nodes = append(l.nodes, n)
	return n
}

func (l *lab) vnet(id estate.ID) int {
	if v, ok := l.vnets[id.Key()]; ok {
		return v
	}
	return -1
}

// subnetClass is the subnets of a VNet that have the same routes; the first of a VNet is what has no table.
type subnetClass struct {
	subnets []string
	ranges  []netip.Prefix
	table   *estate.RouteTable // or nil
	service []netip.Prefix     // by service endpoints
}

func (l *lab) classesOf(v int) []subnetClass {
	out := []subnetClass{{}}
	keys := map[string]int{"": 0}
	for _, s := range l.e.VNets[v].Subnets {
		c := subnetClass{table: l.table(s.RouteTable)}
		key := ""
		if c.table != nil {
			key = c.table.ID.Key().String()
		}
		for _, end := range s.ServiceEndpoints {
			for _, p := range end.Prefixes {
				c.service = append(c.service, p.Masked())
				key += " " + p.String()
			}
		}
		for i := range l.e.Peerings {
			if p := &l.e.Peerings[i]; p.Partial && l.vnet(p.VNet) == v && slices.Contains(p.LocalSubnets, s.Name) {
				key += " " + p.ID.Child
			}
		}
		i, ok := keys[key]
		if !ok {
			i = len(out)
			keys[key], out = i, append(out, c)
		}
		out[i].subnets, out[i].ranges = append(out[i].subnets, s.Name), append(out[i].ranges, s.Prefix.Masked())
	}
	return out
}

func (l *lab) table(id estate.ID) *estate.RouteTable {
	for i := range l.e.RouteTables {
		if !id.IsZero() && l.e.RouteTables[i].ID.Same(id) {
			return &l.e.RouteTables[i]
		}
	}
	return nil
}

func (l *lab) classNamed(v int, subnet string) int {
	for c := range l.classes[v] {
		if slices.Contains(l.classes[v][c].subnets, subnet) {
			return c
		}
	}
	return 0
}

// standsIn is the class whose routes a firewall or an appliance has.
func (l *lab) standsIn(g *estate.Gateway) int {
	v := l.vnet(g.VNet)
	if g.Subnet == "" && len(g.PrivateIPs) > 0 {
		return l.classAt(v, g.PrivateIPs[0].Addr)
	}
	return l.classNamed(v, g.Subnet)
}

func (l *lab) classAt(v int, a netip.Addr) int {
	for _, s := range l.e.VNets[v].Subnets {
		if s.Prefix.Contains(a) {
			return l.classNamed(v, s.Name)
		}
	}
	return 0
}

// settle gives every location its hosts: one for each piece of its ranges that no prefix of the estate cuts. No
// host stands in GatewaySubnet.
func (l *lab) settle(locations []reach.Location) error {
	missing := map[int]bool{}
	for v := range l.e.VNets {
		missing[v] = true
	}
	for _, at := range locations {
		s := &spot{Location: at, at: map[netip.Addr]*namespace{}}
		var space []netip.Prefix
		var node func(netip.Addr) *namespace
		switch at.Kind {
		case reach.VNet:
			v := l.vnet(at.ID)
			if v < 0 {
				return fmt.Errorf("location %s is not in the estate", at)
			}
			delete(missing, v)
			space = bare(l.e.VNets[v].Space)
			node = func(a netip.Addr) *namespace { return l.of[v][l.classAt(v, a)] }
			for _, n := range l.of[v] {
				n.spot = s
			}
		case reach.OnPremises:
			space = l.networkSpace(at.Name)
			n := l.add(&namespace{name: at.String(), role: netRole, spot: s})
			l.nets[strings.ToLower(at.Name)] = n
			node = func(netip.Addr) *namespace { return n }
		case reach.Clients:
			v := l.vnet(at.ID)
			if v < 0 {
				return fmt.Errorf("location %s is not in the estate", at)
			}
			n := l.add(&namespace{name: at.String(), role: clientsRole, vnet: v, spot: s})
			l.users[v] = n
			node = func(netip.Addr) *namespace { return n }
			for _, g := range l.gateways(v) {
				space = append(space, bare(g.ClientPools)...)
			}
		default: // the Internet
			l.outside.spot = s
			node = func(netip.Addr) *namespace { return l.outside }
			space = l.public()
		}
		taken := map[netip.Addr]bool{}
		for i := range l.e.Gateways {
			for _, a := range l.e.Gateways[i].PrivateIPs {
				taken[a.Addr] = true
			}
		}
		for _, a := range l.pieces(space) {
			for taken[a] {
				a = a.Next()
			}
			if at.Kind == reach.VNet && l.inGatewaySubnet(l.vnet(at.ID), a) {
				continue
			}
			n := node(a)
			s.hosts, s.at[a] = append(s.hosts, a), n
			n.hosts = append(n.hosts, a)
		}
		l.spots = append(l.spots, s)
	}
	for v := range missing {
		return fmt.Errorf("VNet %s is no location", l.e.VNets[v].Name)
	}
	return nil
}

// public is what stands for the Internet: an address that nothing of the estate has, and the public ranges that it
// writes of.
func (l *lab) public() []netip.Prefix {
	out := []netip.Prefix{netip.MustParsePrefix("8.8.8.8/32")}
	add := func(list []estate.Prefix) {
		for _, p := range bare(list) {
			if p.Bits() >= 8 && !p.Addr().IsPrivate() && !netip.MustParsePrefix("100.64.0.0/10").Contains(p.Addr()) {
				out = append(out, p)
			}
		}
	}
	for i := range l.e.Sites {
		add(l.e.Sites[i].Prefixes)
	}
	for i := range l.e.VNets {
		for _, s := range l.e.VNets[i].Subnets {
			for _, end := range s.ServiceEndpoints {
				add(end.Prefixes)
			}
		}
	}
	return out
}

func (l *lab) inGatewaySubnet(v int, a netip.Addr) bool {
	for _, s := range l.e.VNets[v].Subnets {
		if s.Name == estate.GatewaySubnet && s.Prefix.Contains(a) {
			return true
		}
	}
	return false
}

func bare(list []estate.Prefix) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range list {
		out = append(out, p.Masked())
	}
	return out
}

// networkSpace is the addresses of an on-premises network: what the sites of its devices list.
func (l *lab) networkSpace(name string) []netip.Prefix {
	var out []netip.Prefix
	for i := range l.e.Connections {
		c := &l.e.Connections[i]
		if s := l.site(c); s != nil && strings.EqualFold(s.Network, name) {
			out = append(out, bare(s.Prefixes)...)
			if c.EnableBGP.Known() {
				out = append(out, bare(s.Announced)...)
			}
		}
	}
	return out
}

func (l *lab) site(c *estate.Connection) *estate.Site {
	for i := range l.e.Sites {
		if l.e.Sites[i].ID.Same(c.Site) {
			return &l.e.Sites[i]
		}
	}
	return nil
}

// pieces cuts a space at every prefix of the estate and takes an address from the middle of each piece.
func (l *lab) pieces(space []netip.Prefix) []netip.Addr {
	var cuts []netip.Prefix
	for i := range l.e.VNets {
		v := &l.e.VNets[i]
		cuts = append(cuts, bare(v.Space)...)
		for _, s := range v.Subnets {
			cuts = append(cuts, s.Prefix.Masked())
			for _, end := range s.ServiceEndpoints {
				cuts = append(cuts, bare(end.Prefixes)...)
			}
		}
	}
	for i := range l.e.Sites {
		cuts = append(append(cuts, bare(l.e.Sites[i].Prefixes)...), bare(l.e.Sites[i].Announced)...)
	}
	for i := range l.e.Gateways {
		cuts = append(cuts, bare(l.e.Gateways[i].ClientPools)...)
	}
	for i := range l.e.Peerings {
		cuts = append(cuts, bare(l.e.Peerings[i].RemoteSpace)...)
	}
	for i := range l.e.RouteTables {
		for _, r := range l.e.RouteTables[i].Routes {
			cuts = append(cuts, r.Prefix.Masked())
		}
	}
	var at []uint64 // where pieces may begin; one past the last address is 1<<32
	for _, p := range append(cuts, space...) {
		if !p.IsValid() || !p.Addr().Is4() {
			continue
		}
		first := addressNumber(p.Addr())
		at = append(at, first, first+1<<(32-p.Bits()))
	}
	slices.Sort(at)
	at = slices.Compact(at)
	var out []netip.Addr
	for i := 0; i+1 < len(at); i++ {
		a := addressAt((at[i] + at[i+1]) / 2)
		if slices.ContainsFunc(space, func(p netip.Prefix) bool { return p.Contains(a) }) {
			out = append(out, a)
		}
	}
	return out
}

func addressNumber(a netip.Addr) uint64 {
	b := a.As4()
	return uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
}

func addressAt(n uint64) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// wire is the wire for one manner of coming from one namespace to another, laid when it is first asked for.
func (l *lab) wire(from, to *namespace, m entrance) *wire {
	key := wireKey{from, to, m}
	if w := l.index[key]; w != nil {
		return w
	}
	w := &wire{name: fmt.Sprintf("w%d", len(l.wires)+1), from: from, to: to, entrance: m}
	l.index[key], l.wires, l.todo = w, append(l.wires, w), append(l.todo, w)
	return w
}
