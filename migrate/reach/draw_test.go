package reach_test

import (
	"fmt"
	"math/rand"
	"net/netip"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// addresses are all that drawn estates have: 10.0.0.0/27 for VNets, 10.0.0.32/30 for on-premises
// networks, and public ones.
var addresses = func() []netip.Addr {
	var out []netip.Addr
	for _, p := range []string{"10.0.0.0/27", "10.0.0.32/30", "52.0.0.0/29"} {
		prefix := netip.MustParsePrefix(p)
		for a := prefix.Addr(); prefix.Contains(a); a = a.Next() {
			out = append(out, a)
		}
	}
	return out
}()

// number is a number of a range, all about as likely: rapid's own prefers small ones, so that of a
// list of features the last would hardly ever be drawn.
func number(t *rapid.T, label string, least, most int) int {
	n := most - least + 1
	return least + rapid.Custom(func(t *rapid.T) int {
		v := 0
		for b := 1; b < 4*n; b *= 2 {
			v *= 2
			if rapid.Bool().Draw(t, "bit") {
				v++
			}
		}
		return v % n
	}).Draw(t, label)
}

func pick[T any](t *rapid.T, label string, list ...T) T {
	return list[number(t, label, 0, len(list)-1)]
}

// oneIn is true once in n times; it shrinks to false.
func oneIn(t *rapid.T, n int, label string) bool { return number(t, label, 1, n) == n }

// drawDice are dice for what is too much to draw piece by piece.
func drawDice(t *rapid.T) *rand.Rand { return rand.New(rand.NewSource(rapid.Int64().Draw(t, "seed"))) }

// drawPrefix is a prefix of the universe, or now and then one around it.
func drawPrefix(t *rapid.T) string {
	switch number(t, "range", 0, 9) {
	case 7:
		return pick(t, "wide", "10.0.0.0/8", "10.0.0.0/26", "10.0.0.0/27", "0.0.0.0/0")
	case 8:
		return "10.0.0.32/30"
	case 9:
		return pick(t, "public", "52.0.0.0/29", "52.0.0.0/30", "52.0.0.4/30", "52.0.0.2/31")
	}
	return drawRange(t)
}

func drawRange(t *rapid.T) string {
	a := addresses[number(t, "address", 0, 31)]
	p, _ := a.Prefix(number(t, "bits", 28, 31))
	return p.String()
}

func several(t *rapid.T, draw func(*rapid.T) string, least, most int) string {
	var out []string
	for range number(t, "ranges", least, most) {
		out = append(out, draw(t))
	}
	return strings.Join(out, " ")
}

// drawEstate draws an estate of 2 to 8 VNets of any legality: half of the time a design that works,
// with a few things added and changed, else features at random.
func drawEstate(t *rapid.T) *world {
	w := &world{}
	most := 16
	if rapid.Bool().Draw(t, "designed") {
		pick(t, "design", designs...).draw(t, w)
		most = 2
	} else {
		for i := range number(t, "VNets", 2, 8) {
			drawVNet(t, w, string(rune('A'+i)))
		}
	}
	for range number(t, "features", 0, most) {
		pick(t, "feature", features...).draw(t, w)
	}
	for range number(t, "twists", 0, 4) {
		pick(t, "twist", twists...).draw(t, w)
	}
	onePeering(w)
	return w
}

// feature is something that an estate may have, by a name that shows in a failing draw.
type feature struct {
	name string
	draw func(*rapid.T, *world)
}

func (f feature) String() string { return f.name }

func drawName(t *rapid.T, w *world) string {
	return w.VNets[number(t, "VNet", 0, len(w.VNets)-1)].Name
}

func drawPair(t *rapid.T, w *world) (a, b string, ok bool) {
	a, b = drawName(t, w), drawName(t, w)
	return a, b, a != b
}

func drawVNet(t *rapid.T, w *world, name string) {
	model := pick(t, "model", estate.ARM, estate.ARM, estate.Classic)
	draw := drawRange
	if oneIn(t, 12, "public VNet") {
		draw = drawPrefix
	}
	w.vnet(model, name, several(t, draw, 1, 2))
	for _, s := range []string{estate.GatewaySubnet, "s1", "s2"} {
		if rapid.Bool().Draw(t, s) {
			drawSubnet(t, w, name, s)
		}
	}
}

// drawSubnet adds a subnet where there is room for it.
func drawSubnet(t *rapid.T, w *world, vnet, name string) {
	v := w.at(vnet)
	space := v.Space[number(t, "of", 0, len(v.Space)-1)]
	if space.Bits() == 0 || space.Bits() == 32 {
		return
	}
	bits := min(space.Bits()+number(t, "split", 1, 2), 32)
	a := space.Masked().Addr()
	for range number(t, "part", 0, 1<<(bits-space.Bits())-1) << (32 - bits) {
		a = a.Next()
	}
	p := netip.PrefixFrom(a, bits)
	if slices.ContainsFunc(v.Subnets, func(s estate.Subnet) bool { return s.Name == name || s.Prefix.Overlaps(p) }) {
		return
	}
	w.subnet(vnet, name, p.String())
}

var networks = []string{"HQ", "lab"}

// drawTarget is a prefix that a route may be for: most often the range of a VNet or a part of it.
func drawTarget(t *rapid.T, w *world) string {
	if oneIn(t, 3, "anything") {
		return drawPrefix(t)
	}
	v := w.at(drawName(t, w))
	p := v.Space[number(t, "of", 0, len(v.Space)-1)].Prefix
	if p.Bits() < 31 && rapid.Bool().Draw(t, "part") {
		p = netip.PrefixFrom(p.Addr(), p.Bits()+1)
	}
	return p.String()
}

// features are all that docs/reach.md speaks of.
var features = []feature{
	{"link", func(t *rapid.T, w *world) {
		if a, b, ok := drawPair(t, w); ok {
			w.link(a, several(t, drawPrefix, 1, 3), b, several(t, drawPrefix, 1, 3))
			flaw(t, w)
		}
	}},
	{"exact link", func(t *rapid.T, w *world) {
		if a, b, ok := drawPair(t, w); ok {
			w.link(a, spaceOf(w, b), b, spaceOf(w, a))
			flaw(t, w)
		}
	}},
	{"Vnet2Vnet", func(t *rapid.T, w *world) {
		if a, b, ok := drawPair(t, w); ok {
			w.vnet2vnet(a, b)
			flaw(t, w)
		}
	}},
	{"on-premises", func(t *rapid.T, w *world) {
		c := w.onPrem(drawName(t, w), several(t, drawPrefix, 1, 2), pick(t, "network", networks...))
		if oneIn(t, 6, "suspect") {
			c.Pairing.Suspect = "LINK-002"
		}
	}},
	{"one-sided", func(t *rapid.T, w *world) { w.oneSided(drawName(t, w), several(t, drawPrefix, 1, 2), drawName(t, w)) }},
	{"chain", func(t *rapid.T, w *world) {
		a, b, ok := drawPair(t, w)
		if c := drawName(t, w); ok && c != a && c != b {
			w.link(a, spaceOf(w, b)+" "+spaceOf(w, c), b, spaceOf(w, a))
			w.link(b, spaceOf(w, c), c, spaceOf(w, b)+" "+spaceOf(w, a))
		}
	}},
	{"peering", drawPeering}, {"peering again", drawPeering},
	{"forwarded traffic", func(t *rapid.T, w *world) {
		for i := range w.Peerings {
			w.Peerings[i].AllowForwardedTraffic = true
		}
	}},
	{"group", func(t *rapid.T, w *world) {
		var members []string
		for _, v := range w.VNets {
			if rapid.Bool().Draw(t, "member") {
				members = append(members, v.Name)
			}
		}
		hub := ""
		if rapid.Bool().Draw(t, "with a hub") {
			hub = drawName(t, w)
		}
		w.group(fmt.Sprint("group", len(w.Groups)), hub, members...)
	}},
	{"box", func(t *rapid.T, w *world) { drawBox(t, w) }},
	{"table", drawTable}, {"table again", drawTable},
	{"route to a box", drawSteering}, {"route to a box again", drawSteering},
	{"gateway table", func(t *rapid.T, w *world) {
		v := drawName(t, w)
		w.gateway(v)
		drawSubnet(t, w, v, estate.GatewaySubnet)
		bind(t, w, v, estate.GatewaySubnet)
	}},
	{"Route Server", func(t *rapid.T, w *world) {
		v := drawName(t, w)
		if slices.ContainsFunc(w.Gateways, func(g estate.Gateway) bool { return g.Kind == estate.RouteServer && g.VNet.Name == v }) {
			return
		}
		var boxes []estate.ID
		for range number(t, "peers", 1, 2) {
			if b := drawBox(t, w); b != nil {
				boxes = append(boxes, b.ID)
			}
		}
		rs := w.routeServer(v, rapid.Bool().Draw(t, "branch to branch"))
		for _, b := range boxes {
			w.exchanges(rs, b, several(t, drawPrefix, 1, 2))
			rs.RoutePeers[len(rs.RoutePeers)-1].LearnedKnown = !oneIn(t, 4, "not listed")
		}
	}},
	{"ASN", func(t *rapid.T, w *world) {
		w.asn(drawName(t, w), pick(t, "ASN", "65515", "65001", "65002", "65003", "65004"))
	}},
	{"BGP everywhere", func(t *rapid.T, w *world) {
		for i := range w.VNets {
			if rapid.Bool().Draw(t, "own ASN") && w.VNets[i].Model == estate.ARM {
				w.asn(w.VNets[i].Name, fmt.Sprint(65001+i))
			}
		}
		for i := range w.Connections {
			if w.Connections[i].Kind != estate.ExpressRoute && w.Connections[i].Pairing.Partner.Name != "" && !oneIn(t, 6, "without") {
				w.Connections[i].EnableBGP = exchanging
			} else {
				w.Connections[i].EnableBGP = estate.Fact{}
			}
		}
	}},
	{"BGP device", func(t *rapid.T, w *world) {
		announced := "?"
		if !oneIn(t, 3, "unlisted") {
			announced = several(t, drawPrefix, 1, 3)
		}
		w.speaker(drawName(t, w), pick(t, "network", networks...), pick(t, "ASN", "65010", "65515", "65001"), announced)
	}},
	{"ExpressRoute", func(t *rapid.T, w *world) { drawEdge(t, w) }},
	{"ExpressRoute twice", func(t *rapid.T, w *world) {
		for range 2 {
			drawEdge(t, w)
		}
	}},
	{"linked", drawLinked}, {"linked again", drawLinked},
	{"circuit", func(t *rapid.T, w *world) {
		name := pick(t, "circuit", "c1", "c2")
		if !slices.ContainsFunc(w.Circuits, func(c estate.Circuit) bool { return c.ID.Name == name }) {
			w.learned(name, several(t, drawPrefix, 1, 2))
		}
	}},
	{"clients", func(t *rapid.T, w *world) {
		v := drawName(t, w)
		w.clients(v, several(t, drawPrefix, 1, 2))
		if oneIn(t, 4, "absent") {
			w.absent(v)
		}
	}},
	{"default site", func(t *rapid.T, w *world) {
		v := drawName(t, w)
		w.defaultSite(v, w.onPrem(v, several(t, drawPrefix, 0, 1), pick(t, "network", networks...)))
	}},
	{"service endpoint", func(t *rapid.T, w *world) {
		v := w.at(drawName(t, w))
		if len(v.Subnets) > 0 {
			s := &v.Subnets[number(t, "subnet", 0, len(v.Subnets)-1)]
			s.ServiceEndpoints = []estate.ServiceEndpoint{{Service: "Microsoft.Storage", Prefixes: prefixes(pick(t, "service", "52.0.0.0/30", "52.0.0.4/31", "10.0.0.16/30"))}}
		}
	}},
}

func spaceOf(w *world, vnet string) string {
	var out []string
	for _, p := range w.at(vnet).Space {
		out = append(out, p.Raw)
	}
	return strings.Join(out, " ")
}

// flaw doubts the pair of halves that was added last, now and then.
func flaw(t *rapid.T, w *world) {
	n := len(w.Connections)
	c := &w.Connections[n-1-number(t, "half", 0, 1)]
	switch number(t, "pairing", 0, 9) {
	case 7:
		c.Pairing.Suspect = pick(t, "suspect", "LINK-002", "GW-012")
	case 8:
		if c.Kind != estate.Vnet2Vnet {
			other := w.Connections[number(t, "candidate", 0, n-1)].ID
			c.Pairing = estate.Pairing{Confidence: estate.Ambiguous, Candidates: []estate.ID{other, c.Pairing.Partner}}
		}
	case 9:
		w.bgp(number(t, "BGP", 1, 2))
	}
}

func drawPeering(t *rapid.T, w *world) {
	if a, b, ok := drawPair(t, w); ok {
		w.peer(a, b, pick(t, "uses", b, b, a, ""))
		onePeering(w)
	}
}

// drawBox adds a firewall or an appliance to a subnet; nil where there is no room.
func drawBox(t *rapid.T, w *world) *estate.Gateway {
	v := w.at(drawName(t, w))
	if len(v.Subnets) == 0 {
		return nil
	}
	s := v.Subnets[number(t, "subnet", 0, len(v.Subnets)-1)]
	if s.Name == estate.GatewaySubnet {
		return nil
	}
	for _, g := range w.Gateways {
		if g.VNet.Name == v.Name && listens(&g, s.Prefix.Addr()) {
			return nil // the address is taken
		}
	}
	ips := []string{s.Prefix.Addr().String()}
	if second := s.Prefix.Addr().Next(); s.Prefix.Contains(second) && rapid.Bool().Draw(t, "two addresses") {
		ips = append(ips, second.String())
	}
	b := w.box(pick(t, "kind", estate.Firewall, estate.Appliance), fmt.Sprint("box", len(w.Gateways)), v.Name, s.Name, strings.Join(ips, " "))
	b.NoForwarding = b.Kind == estate.Appliance && oneIn(t, 5, "no forwarding")
	return b
}

// drawTable binds a table of random routes to a subnet.
func drawTable(t *rapid.T, w *world) {
	if v := w.at(drawName(t, w)); len(v.Subnets) > 0 {
		bind(t, w, v.Name, v.Subnets[number(t, "subnet", 0, len(v.Subnets)-1)].Name)
	}
}

func bind(t *rapid.T, w *world, vnet, subnet string) {
	var routes []string
	taken := map[string]bool{}
	for range number(t, "routes", 0, 3) {
		if p := drawTarget(t, w); !taken[p] {
			taken[p] = true
			routes = append(routes, p+" "+drawHop(t, w))
		}
	}
	if oneIn(t, 4, "no propagation") {
		routes = append(routes, "!")
	}
	w.table(fmt.Sprint("table", len(w.RouteTables)), vnet+"/"+subnet, routes...)
	if t := &w.RouteTables[len(w.RouteTables)-1]; len(t.Routes) == 0 {
		t.RoutesKnown = t.NoPropagation // else they are only not listed
	}
}

func drawHop(t *rapid.T, w *world) string {
	hop := pick(t, "hop", "VirtualNetworkGateway", "VirtualNetworkGateway", "Internet", "None", "VnetLocal", "VnetLocal", "box", "box", "box", "any")
	switch hop {
	case "box":
		var ips []string
		for _, g := range w.Gateways {
			for _, ip := range g.PrivateIPs {
				ips = append(ips, ip.Raw)
			}
		}
		if len(ips) > 0 {
			return pick(t, "box", ips...)
		}
		return "None"
	case "any":
		return pick(t, "any", addresses...).String()
	}
	return hop
}

// drawSteering sends two VNets' traffic to each other through a box that both are next to.
func drawSteering(t *rapid.T, w *world) {
	var boxes []estate.Gateway
	for _, g := range w.Gateways {
		if g.Kind.Forwards() {
			boxes = append(boxes, g)
		}
	}
	if len(boxes) == 0 {
		if b := drawBox(t, w); b != nil {
			boxes = append(boxes, *b)
		} else {
			return
		}
	}
	box := pick(t, "box", boxes...)
	ips := box.PrivateIPs
	a, b, _ := drawPair(t, w)
	for _, ends := range [][2]string{{a, b}, {b, a}} {
		if ends[0] != box.VNet.Name && w.peering(ends[0], box.VNet.Name) == nil {
			w.peer(ends[0], box.VNet.Name, pick(t, "uses", "", ends[0]))
			onePeering(w)
			if half := w.peering(ends[0], box.VNet.Name); !oneIn(t, 4, "forwarded off") {
				half.AllowForwardedTraffic = true
			}
		}
		v := w.at(ends[0])
		if len(v.Subnets) == 0 {
			w.subnet(v.Name, "s1", v.Space[0].Raw)
		}
		if oneIn(t, 6, "one way") {
			continue
		}
		hop := pick(t, "address", ips...).Raw
		var routes []string
		for _, p := range w.at(ends[1]).Space {
			if !slices.ContainsFunc(routes, func(r string) bool { return strings.HasPrefix(r, p.Raw+" ") }) {
				routes = append(routes, p.Raw+" "+hop)
			}
		}
		for _, s := range v.Subnets {
			if s.Name != estate.GatewaySubnet && (v.Name != box.VNet.Name || s.Name != box.Subnet) {
				w.table(fmt.Sprint("table", len(w.RouteTables)), v.Name+"/"+s.Name, routes...)
			}
		}
	}
}

// drawEdge connects an ExpressRoute gateway.
func drawEdge(t *rapid.T, w *world) {
	v := drawName(t, w)
	w.edge(v, several(t, drawPrefix, 1, 2), pick(t, "network", networks...), pick(t, "circuit", "c1", "c1", "c2", ""))
	w.expressRoute(v).RemoteVNets = pick(t, "remote VNets", estate.On, estate.On, estate.Unstated, estate.Off)
}

// drawLinked connects an ExpressRoute gateway to a circuit and names no site.
func drawLinked(t *rapid.T, w *world) {
	v := drawName(t, w)
	w.linked(v, pick(t, "circuit", drawnCircuits...))
	w.expressRoute(v).RemoteVNets = pick(t, "remote VNets", estate.On, estate.Unstated, estate.Off, estate.Off)
}

// drawnCircuits have names in common, with each other and with an on-premises network.
var drawnCircuits = []estate.ID{id(estate.TypeCircuit, "c1"), id(estate.TypeCircuit, "c1"), id(estate.TypeCircuit, "c2"),
	circuitOf("s", "g", "c1"), circuitOf("s", "h", "C2"), circuitOf("t", "g", "c1"), circuitOf("t", "", "c2"), circuitOf("s", "g", "hq")}
