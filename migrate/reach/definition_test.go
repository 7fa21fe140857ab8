package reach_test

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// definition answers docs/reach.md literally: one packet to one address at a time, followed every
// way, over the estate's own slices. It has nothing of the engine but its types for values and kinds.
// What it remembers is what it has computed before.
type definition struct {
	e      *estate.Estate
	vnets  map[estate.ID]*estate.VNet
	tables map[string][]route
	sendMe map[point][]way
	lasts  map[place]map[lastHop]reach.Value
	back   map[[2]point]found
	uses   map[*estate.VNet]*estate.VNet
	heard  map[*estate.Connection][]announcement
	probes []netip.Addr
}

func newDefinition(e *estate.Estate) *definition {
	d := &definition{
		e: e, vnets: map[estate.ID]*estate.VNet{}, tables: map[string][]route{},
		sendMe: map[point][]way{}, lasts: map[place]map[lastHop]reach.Value{},
		back: map[[2]point]found{}, uses: map[*estate.VNet]*estate.VNet{},
	}
	d.probes = boundaries(e)
	d.exchange()
	return d
}

// place is a location: a VNet, an on-premises network, the clients of a VNet's gateway, the Internet.
type place struct {
	kind reach.Kind
	name string
}

// point is an endpoint.
type point struct {
	kind reach.Kind
	name string
	addr netip.Addr
}

// place folds the names of networks: case does not tell two of them apart.
func (p point) place() place {
	if p.kind == reach.OnPremises {
		return network(p.name)
	}
	return place{p.kind, p.name}
}

func network(name string) place { return place{reach.OnPremises, strings.ToLower(name)} }

// gone is where a dropped packet ends.
var gone = place{kind: 255}

// way is one way that a packet may take.
type way struct {
	end   place
	doubt bool               // something on it is unknown
	hops  string             // the firewalls and appliances that it passes, sorted
	last  *estate.Connection // by which it comes to an on-premises network
}

// found is what is known of a pair in one direction: the value, and the firewalls and appliances of
// the ways that arrive, first way first.
type found struct {
	value reach.Value
	hops  []string
}

// fwd is docs/reach.md's fwd.
func (d *definition) fwd(from, to point) reach.Value { return d.ask(from, to).value }

// sess is docs/reach.md's sess: both directions, and the first ways pass the same stateful devices.
func (d *definition) sess(from, to point) reach.Value {
	there, back := d.ask(from, to), d.ask(to, from)
	switch {
	case back.value > reach.No && from.place().kind == reach.OnPremises:
		there = d.answers(from.place(), to, back.hops[0])
	case there.value > reach.No && to.place().kind == reach.OnPremises:
		back = d.answers(to.place(), from, there.hops[0])
	}
	v := min(there.value, back.value)
	if v > reach.No && there.hops[0] != back.hops[0] {
		return reach.No
	}
	return v
}

// settled reports whether sess is the same whichever way counts as the first.
func (d *definition) settled(from, to point) bool {
	one := func(f found) bool {
		return !slices.ContainsFunc(f.hops, func(hops string) bool { return hops != f.hops[0] })
	}
	settled := func(from, to point) bool {
		if k := to.place().kind; from.place().kind != reach.OnPremises || k == reach.OnPremises || k == internet {
			return one(d.ask(from, to))
		}
		return !slices.ContainsFunc(d.byConnection(from.place(), to), func(f found) bool { return !one(f) })
	}
	return settled(from, to) && settled(to, from)
}

func (d *definition) ask(from, to point) found {
	a, b := from.place(), to.place()
	switch {
	case a == b && a.kind != reach.VNet: // nothing is claimed of what stays in such a location
		return found{}
	case a.kind == internet: // it answers what reaches it
		return d.ask(to, from)
	case a.kind == reach.OnPremises && (b.kind == reach.OnPremises || b.kind == internet): // not claimed to talk
		return found{}
	case a.kind == reach.OnPremises:
		return d.answered(a, to)
	}
	f := arriving(d.sent(from, to.addr), b)
	if a.kind == reach.VNet && b.kind == reach.VNet && a != b {
		f = d.handedOn(f, d.sent(from, to.addr), to)
	}
	return f
}

// arriving is yes when every way ends there and nothing is in doubt, no when none ends there.
func arriving(ways []way, at place) found {
	f := found{value: reach.Yes}
	for _, w := range ways {
		if w.end == at {
			f.hops = append(f.hops, w.hops)
		}
		if w.end != at || w.doubt {
			f.value = reach.Unknown
		}
	}
	if len(f.hops) == 0 {
		f.value = reach.No
	}
	return f
}

// handedOn adds that an on-premises network may pass packets from one VNet to another
// (ASM-ONPREM-TRANSIT).
func (d *definition) handedOn(f found, ways []way, to point) found {
	for _, w := range ways {
		if w.end.kind != reach.OnPremises {
			continue
		}
		on := d.answered(w.end, to)
		if on.value > reach.No {
			f.value = max(f.value, reach.Unknown)
		}
		for _, hops := range on.hops {
			f.hops = append(f.hops, both(w.hops, hops))
		}
	}
	return f
}

// both joins two sets of hops.
func both(a, b string) string {
	all := strings.Fields(a + " " + b)
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

// sent is every way of a packet from a VNet or from clients.
func (d *definition) sent(from point, dst netip.Addr) []way {
	key := point{from.kind, from.name, dst}
	v := d.named(from.name)
	var s *estate.Subnet
	if from.kind == reach.VNet {
		if s = subnetOf(v, from.addr); s != nil {
			key.name += "/" + s.Name
		}
	}
	if ways, ok := d.sendMe[key]; ok {
		return ways
	}
	var ways []way
	if from.kind == reach.VNet {
		ways = d.subnet(packet{dst: dst, start: v}, stand{v, s})
	} else {
		ways = d.fromClients(v, dst)
	}
	ways = distinct(ways)
	d.sendMe[key] = ways
	return ways
}

func distinct(ways []way) []way {
	var out []way
	for _, w := range ways {
		if !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// fromClients follows what clients send to their gateway. Sure are its own VNet and the VNets that
// use it (else ASM-CLIENT-ROUTES), unless the gateway does not exist (ASM-NO-GATEWAY).
func (d *definition) fromClients(v *estate.VNet, dst netip.Addr) []way {
	g := d.gatewayOf(v, estate.VPNGateway)
	if g == nil {
		return drop()
	}
	ways := d.gateway(packet{dst: dst}, g, manner{by: fromPool})
	for i := range ways {
		end := ways[i].end
		near := end.kind == reach.VNet && (end.name == v.Name || d.used(d.named(end.name)) == v)
		if !near || g.Absent() {
			ways[i].doubt = true
		}
	}
	return ways
}

// lastHop is a connection by which something reaches an on-premises network.
type lastHop struct {
	network place
	c       *estate.Connection
}

// answered is what an on-premises network sends to an endpoint: through a connection by which
// something of that location reaches the network (ASM-ONPREM). It takes the one that works best.
func (d *definition) answered(from place, to point) found {
	key := [2]point{{from.kind, from.name, netip.Addr{}}, to}
	if f, ok := d.back[key]; ok {
		return f
	}
	best := surest(d.byConnection(from, to))
	d.back[key] = best
	return best
}

// answers is what an on-premises network sends to an endpoint whose packets passed some firewalls and appliances: what
// passes the same, if anything does.
func (d *definition) answers(from place, to point, passed string) found {
	all := d.byConnection(from, to)
	if same := slices.DeleteFunc(slices.Clone(all), func(f found) bool { return f.hops[0] != passed }); len(same) > 0 {
		return surest(same)
	}
	return surest(all)
}

// byConnection is what an on-premises network may answer, by connection; what comes to nothing is left out.
func (d *definition) byConnection(from place, to point) []found {
	var out []found
	there := d.lastHops(to)
	for i := range d.e.Connections {
		c := &d.e.Connections[i]
		if there[lastHop{from, c}] == reach.No {
			continue
		}
		f := d.comingIn(c, to)
		if f.value = min(f.value, there[lastHop{from, c}]); f.value > reach.No {
			out = append(out, f)
		}
	}
	return out
}

// surest is what works best.
func surest(all []found) found {
	var best found
	for _, f := range all {
		switch {
		case f.value > best.value:
			best = found{value: f.value, hops: slices.Clone(f.hops)}
		case f.value == best.value:
			best.hops = append(best.hops, f.hops...)
		}
	}
	return best
}

// comingIn follows a packet that an on-premises network sends through a connection.
func (d *definition) comingIn(c *estate.Connection, to point) found {
	g := d.gatewayAt(c.Gateway)
	p := packet{dst: to.addr, doubt: c.Pairing.Suspect != ""}
	if c.Kind == estate.ExpressRoute {
		if !d.behindCircuit(d.vnet(g.VNet), to.addr) {
			return found{}
		}
		return arriving(distinct(d.gateway(p, g, manner{by: fromCircuit})), to.place())
	}
	p.tunnels = 1
	switch d.announced(c, to.addr) {
	case reach.No:
		return found{}
	case reach.Unknown:
		p.doubt = true
	}
	return arriving(distinct(d.gateway(p, g, manner{by: fromTunnel, c: c})), to.place())
}

// behindCircuit: a network answers through a circuit only what the VNet there, or one that uses its
// gateway, has, unless a Route Server with branch-to-branch tells it more.
func (d *definition) behindCircuit(v *estate.VNet, a netip.Addr) bool {
	server := d.gatewayOf(v, estate.RouteServer)
	if has(v, a) || server != nil && server.BranchToBranch {
		return true
	}
	for i := range d.e.VNets {
		if s := &d.e.VNets[i]; d.used(s) == v && has(s, a) {
			return true
		}
	}
	return false
}

// announced: a device that speaks BGP sends only to what it was announced.
func (d *definition) announced(c *estate.Connection, a netip.Addr) reach.Value {
	if !c.EnableBGP.Known() {
		return reach.Yes
	}
	v := reach.No
	for _, p := range d.announces(c) {
		if p.prefix.Contains(a) {
			v = max(v, reach.Unknown)
			if p.maybe == "" {
				v = reach.Yes
			}
		}
	}
	return v
}

// lastHops are the connections by which something of a location reaches on-premises networks: yes
// where a packet surely ends there.
func (d *definition) lastHops(x point) map[lastHop]reach.Value {
	if out, ok := d.lasts[x.place()]; ok {
		return out
	}
	out := map[lastHop]reach.Value{}
	for _, from := range d.senders(x.place()) {
		for _, dst := range d.probes {
			ways := d.sent(from, dst)
			for _, w := range ways {
				if w.end.kind == reach.OnPremises {
					at := lastHop{w.end, w.last}
					out[at] = max(out[at], arriving(ways, w.end).value)
				}
			}
		}
	}
	d.lasts[x.place()] = out
	return out
}

// senders are addresses of a location, one of each subnet.
func (d *definition) senders(x place) []point {
	if x.kind == reach.Clients {
		return []point{{kind: x.kind, name: x.name}}
	}
	var out []point
	v := d.named(x.name)
	seen := map[*estate.Subnet]bool{}
	for _, a := range d.probes {
		if s := subnetOf(v, a); has(v, a) && !seen[s] {
			seen[s] = true
			out = append(out, point{x.kind, x.name, a})
		}
	}
	return out
}

// boundaries are the first address of each prefix of an estate and the one after its last: between
// two neighbouring ones all addresses are alike.
func boundaries(e *estate.Estate) []netip.Addr {
	out := []netip.Addr{netip.IPv4Unspecified()}
	add := func(list []estate.Prefix) {
		for _, p := range list {
			out = append(out, p.Addr(), after(p.Prefix))
		}
	}
	for _, v := range e.VNets {
		add(v.Space)
		for _, s := range v.Subnets {
			add([]estate.Prefix{s.Prefix})
			for _, se := range s.ServiceEndpoints {
				add(se.Prefixes)
			}
		}
	}
	for _, s := range e.Sites {
		add(s.Prefixes)
		add(s.Announced)
	}
	for _, g := range e.Gateways {
		add(g.ClientPools)
		for _, p := range g.RoutePeers {
			add(p.Learned)
		}
	}
	for _, p := range e.Peerings {
		add(p.RemoteSpace)
	}
	for _, t := range e.RouteTables {
		for _, r := range t.Routes {
			add([]estate.Prefix{r.Prefix})
		}
	}
	for _, c := range e.Circuits {
		add(c.Learned)
	}
	for _, p := range private {
		out = append(out, p.Addr(), after(p))
	}
	out = slices.DeleteFunc(out, func(a netip.Addr) bool { return !a.IsValid() })
	slices.SortFunc(out, netip.Addr.Compare)
	return slices.Compact(out)
}

// after is the address after a prefix; invalid after the last.
func after(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().As4()
	n := uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
	n += 1 << (32 - p.Bits())
	if n > 0xffffffff {
		return netip.Addr{}
	}
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// places are the locations of an estate.
func (d *definition) places() []place {
	out := []place{{kind: internet}}
	for i := range d.e.VNets {
		v := &d.e.VNets[i]
		out = append(out, place{reach.VNet, v.Name})
		if g := d.gatewayOf(v, estate.VPNGateway); g != nil && len(g.ClientPools) > 0 {
			out = append(out, place{reach.Clients, v.Name})
		}
	}
	for i := range d.e.Connections {
		if at, ok := d.behind(&d.e.Connections[i]); ok && !slices.Contains(out, at) {
			out = append(out, at)
		}
	}
	slices.SortFunc(out, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
	})
	return out
}

// owns reports whether something at an address of a location may send.
func (d *definition) owns(x place, a netip.Addr) bool {
	switch x.kind {
	case reach.VNet:
		return has(d.named(x.name), a)
	case reach.Clients:
		return holds(d.gatewayOf(d.named(x.name), estate.VPNGateway).ClientPools, a)
	}
	return true
}
