//go:build linux

package reach_test

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// drawLabEstate draws the estate of a seed. The shapes take turns, so that few seeds show them all.
func drawLabEstate(seed int64) *world {
	d := newPencil(seed)
	switch seed % 5 {
	case 0:
		d.tunnels(estate.Classic)
	case 1:
		d.hubAndSpokes("hub", 0, 2+d.Intn(3))
		d.neighbour("hub")
	case 2:
		d.twoHubs()
	case 3:
		d.tunnels(estate.ARM)
	case 4:
		d.meshOfPeers()
	}
	d.flaws()
	return d.world
}

func pickOne[T any](d *pencil, of ...T) T { return of[d.Intn(len(of))] }

// part is one subnet's range of a VNet.
func (d *pencil) part(name string) string { return d.at(name).Subnets[d.Intn(2)].Prefix.String() }

func (d *pencil) headOffice(vnet, list, network string) {
	c := d.onPrem(vnet, list, network)
	if d.at(vnet).Model == estate.ARM && d.odds(30) {
		d.speakBGP(c, true)
	}
}

// speakBGP turns BGP on for a connection to a device, which says what it announces.
func (d *pencil) speakBGP(c *estate.Connection, known bool) {
	c.EnableBGP = exchanging
	s := &d.Sites[len(d.Sites)-1]
	s.BGP = &estate.BGP{ASN: estate.Fact{Value: "65001"}}
	if s.AnnouncedKnown = known; known {
		s.Announced = append(slices.Clone(s.Prefixes), prefixes("192.168.200.0/24")...)
		if d.odds(50) {
			s.Prefixes = nil
		}
	}
}

// tunnels is VNets joined by tunnels: a chain, a mesh, a star or a tangle.
func (d *pencil) tunnels(model estate.Model) {
	n := 3 + d.Intn(3)
	for i := range n {
		number := i + 1
		if i > 1 && d.odds(12) {
			number = 1 + d.Intn(i) // overlaps another
		}
		d.network(model, fmt.Sprintf("v%d", i), number)
		if model == estate.ARM && d.odds(10) {
			d.at(d.names[i]).Model = estate.Classic
		}
	}
	var pairs [][2]int
	shape := d.Intn(4)
	for i := range n {
		for j := i + 1; j < n; j++ {
			if [...]bool{j == i+1, true, i == 0, d.odds(60)}[shape] {
				pairs = append(pairs, [2]int{i, j})
			}
		}
	}
	office := d.odds(60)
	if office {
		at := d.names[d.Intn(n)]
		d.headOffice(at, "192.168.0.0/16", "HQ")
		if d.odds(30) {
			d.headOffice(d.names[d.Intn(n)], pickOne(d, "192.168.0.0/17", "192.168.128.0/17", "192.168.0.0/16"), pickOne(d, "HQ", "lab"))
		}
	}
	if d.odds(40) {
		d.clients(d.names[d.Intn(n)], fmt.Sprintf("172.16.%d.0/24", 1+d.Intn(n)))
	}
	multi := d.odds(50)
	for _, p := range pairs {
		a, b := d.names[p[0]], d.names[p[1]]
		switch {
		case model == estate.ARM && d.odds(40) && d.at(a).Model == d.at(b).Model:
			d.v2v(a, b, d.odds(50))
		case d.odds(6):
			d.oneSided(a, d.space[b], b)
		default:
			d.link(a, d.beyond(a, b, shape, p, multi), b, d.beyond(b, a, shape, [2]int{p[1], p[0]}, multi))
			if c := len(d.Connections); d.odds(5) {
				d.Connections[c-1-d.Intn(2)].Pairing.Suspect = "LINK-002"
			}
		}
	}
	d.steerings(n, office)
}

// steerings gives some of the VNets route tables, and one gateway a default site.
func (d *pencil) steerings(n int, office bool) {
	if !d.odds(60) {
		return
	}
	at, to := d.names[d.Intn(n)], d.names[d.Intn(n)]
	routes := []string{d.space[to] + " " + pickOne(d, "None", "VirtualNetworkGateway", "Internet", "VnetLocal"), d.part(to) + " " + pickOne(d, "None", "VirtualNetworkGateway")}
	if office {
		routes = append(routes, "192.168.0.0/20 "+pickOne(d, "None", "Internet", "VirtualNetworkGateway"))
	}
	if d.odds(50) {
		routes = append(routes, "0.0.0.0/0 "+pickOne(d, "VirtualNetworkGateway", "Internet", "None"))
		for _, c := range d.Connections {
			if c.Gateway.Name == "g"+at && !c.Site.IsZero() && c.Kind == estate.IPsec && d.odds(60) {
				d.gateway(at).DefaultSite = c.Site
				break
			}
		}
	}
	d.table(at, []string{pickOne(d, "a", "b")}, d.odds(70), routes...)
}

// beyond is what a's site for b lists: b, a part of b, and in an estate of many hops what lies behind b.
func (d *pencil) beyond(a, b string, shape int, p [2]int, multi bool) string {
	list := []string{d.space[b]}
	if d.odds(15) {
		list = []string{d.part(b)}
	}
	if multi && d.odds(85) {
		for i, name := range d.names {
			behind := shape == 0 && (i > p[1]) == (p[1] > p[0]) && i != p[1] && i != p[0] || shape == 2 && p[1] == 0 && i != p[0] && i != 0 || shape > 2 && d.odds(20)
			if behind && d.space[name] != d.space[a] {
				list = append(list, d.space[name])
			}
		}
		for i := range d.Gateways {
			if g := &d.Gateways[i]; g.VNet.Name != a && len(g.ClientPools) > 0 && d.odds(50) {
				list = append(list, g.ClientPools[0].String())
			}
		}
		if d.odds(40) {
			list = append(list, "192.168.0.0/16")
		}
	}
	if d.odds(4) {
		list = append(list, "10.0.0.0/8")
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

// hubAndSpokes is a hub with its spokes; VNet numbers start at first. It gives the names of the spokes and the
// address of the firewall, or "".
func (d *pencil) hubAndSpokes(hub string, first, n int) (spokes []string, firewall string) {
	d.network(estate.ARM, hub, first)
	gateway := d.odds(80)
	if gateway {
		d.gateway(hub)
		if d.odds(70) {
			d.headOffice(hub, pickOne(d, "192.168.0.0/16", "192.168.0.0/16", "192.168.0.0/17 192.168.130.0/24", "192.168.0.0/16 10.0.0.0/8"), "HQ-"+hub)
		}
		if d.odds(30) {
			d.clients(hub, fmt.Sprintf("172.16.%d.0/24", first))
		}
	}
	for i := range n {
		s := fmt.Sprintf("%s-s%d", hub, i+1)
		d.network(estate.ARM, s, first+1+i)
		uses := ""
		if gateway && d.odds(75) {
			uses = s
		}
		d.join(hub, s, uses, 88)
		spokes = append(spokes, s)
	}
	if d.odds(25) {
		d.join(spokes[0], spokes[1%n], "", 50)
		if n == 1 {
			d.Peerings = d.Peerings[:len(d.Peerings)-2]
		}
	}
	if d.odds(75) {
		firewall = d.device(hub, first, pickOne(d, estate.Firewall, estate.Firewall, estate.Appliance))
	}
	d.spokeTables(hub, spokes, firewall, gateway)
	return spokes, firewall
}

// spokeTables steers what the spokes send, and what the hub's gateway sends them.
func (d *pencil) spokeTables(hub string, spokes []string, firewall string, gateway bool) {
	through := firewall
	switch {
	case firewall == "" && gateway && d.odds(60):
		through = "VirtualNetworkGateway"
	case firewall == "":
		return
	}
	all := d.odds(75) // else one spoke only: what comes back passes no firewall
	propagation := d.odds(50)
	how := d.Intn(3)
	steeredIn := pickOne(d, []string{"a"}, []string{"a", "b"}, []string{"a", "b", "c"})
	for i, s := range spokes {
		if !all && i > 0 {
			break
		}
		var routes []string
		switch how {
		case 0:
			routes = append(routes, "10.0.0.0/8 "+through)
		case 1:
			for _, o := range spokes {
				if o != s {
					routes = append(routes, d.space[o]+" "+through)
				}
			}
		case 2:
			routes = append(routes, "0.0.0.0/0 "+through)
		}
		if d.odds(40) {
			routes = append(routes, "192.168.0.0/16 "+through)
		}
		if d.odds(12) {
			routes = append(routes, d.space[hub]+" "+through)
		}
		if d.odds(12) {
			routes = append(routes, d.part(spokes[d.Intn(len(spokes))])+" "+pickOne(d, "None", "Internet", "VnetLocal"))
		}
		if d.odds(8) {
			routes = append(routes, d.space[s]+" "+through)
		}
		if d.odds(15) {
			steeredIn = []string{"b"}
		}
		d.table(s, steeredIn, propagation, routes...)
	}
	if firewall == "" {
		return
	}
	if gateway && d.odds(65) {
		routes := []string{"10.0.0.0/8 " + firewall} // a summary that catches nothing nearer
		for _, s := range spokes {
			if d.odds(85) {
				routes = append(routes, d.space[s]+" "+firewall)
			}
		}
		if d.odds(20) {
			routes = append(routes, d.part(hub)+" "+firewall)
		}
		d.table(hub, []string{estate.GatewaySubnet}, true, routes...)
	}
	if d.odds(30) {
		routes := []string{}
		for _, s := range spokes {
			routes = append(routes, d.space[s]+" "+firewall)
		}
		d.table(hub, []string{"a"}, d.odds(70), routes...)
	}
}

// neighbour joins another VNet to a hub by a tunnel.
func (d *pencil) neighbour(hub string) {
	if !d.odds(50) {
		return
	}
	const number = 20
	d.network(estate.ARM, "other", number)
	var behind []string
	for _, name := range d.names {
		if name != "other" && (name == hub || d.odds(70)) {
			behind = append(behind, d.space[name])
		}
	}
	switch d.Intn(3) {
	case 0:
		d.v2v(hub, "other", false)
	case 1:
		d.v2v(hub, "other", true)
	default:
		list := d.space["other"]
		if d.odds(20) {
			list = d.part("other")
		}
		d.link(hub, list, "other", strings.Join(behind, " "))
	}
	if d.odds(40) {
		d.headOffice("other", "192.168.64.0/18", pickOne(d, "HQ-hub", "lab"))
	}
}

// twoHubs is two hubs, each with a firewall as a rule, joined by a peering or a tunnel.
func (d *pencil) twoHubs() {
	far, farWall := d.hubAndSpokes("east", 1, 1+d.Intn(2))
	near, nearWall := d.hubAndSpokes("west", 11, 1+d.Intn(2))
	list := func(names []string) []string {
		var out []string
		for _, n := range names {
			out = append(out, d.space[n])
		}
		return out
	}
	switch d.Intn(4) {
	case 0, 1:
		d.join("east", "west", "", 90)
		for _, side := range []struct {
			hub, own, other string
			spokes          []string
		}{{"east", farWall, nearWall, near}, {"west", nearWall, farWall, far}} {
			if side.own == "" || side.other == "" || d.odds(10) {
				continue
			}
			var routes []string
			for _, p := range list(side.spokes) {
				routes = append(routes, p+" "+side.other)
			}
			d.table(side.hub, []string{"AzureFirewallSubnet", "nva"}, true, routes...)
		}
	case 2:
		d.v2v("east", "west", d.odds(70))
	case 3:
		d.link("east", strings.Join(append(list(near), d.space["west"]), " "), "west", strings.Join(append(list(far), d.space["east"]), " "))
	}
}

// meshOfPeers is VNets that are peered or in a connected group, some of them with tunnels beside.
func (d *pencil) meshOfPeers() {
	n := 3 + d.Intn(3)
	for i := range n {
		d.network(estate.ARM, fmt.Sprintf("m%d", i), i+1)
	}
	if d.odds(50) {
		g := estate.NetworkGroup{ID: id(estate.TypeNetworkGroup, "mesh")}
		for _, name := range d.names {
			if d.odds(75) {
				g.Members = append(g.Members, id(estate.TypeVNet, name))
			} else if d.odds(50) {
				g.Hub = id(estate.TypeVNet, name)
			}
		}
		d.Groups = append(d.Groups, g)
	}
	for i, a := range d.names {
		for _, b := range d.names[i+1:] {
			switch {
			case d.odds(40):
				d.join(a, b, pickOne(d, "", "", a, b), 70)
				if d.odds(15) {
					d.partial(a, b)
				}
			case d.odds(25):
				d.link(a, d.space[b], b, d.space[a])
			}
		}
	}
	if d.odds(60) {
		d.headOffice(d.names[0], pickOne(d, "192.168.0.0/16", "192.168.0.0/16 198.18.0.0/24"), "HQ")
	}
	if d.odds(30) {
		s := &d.at(d.names[n-1]).Subnets[0]
		s.ServiceEndpoints = []estate.ServiceEndpoint{{Service: "Microsoft.Storage", Prefixes: prefixes(pickOne(d, "20.60.0.0/24", "198.18.0.0/25", "192.168.7.0/24"))}}
	}
	if d.odds(40) {
		at := d.Intn(n)
		address := d.device(d.names[at], at+1, estate.Appliance)
		d.Gateways[len(d.Gateways)-1].NoForwarding = d.odds(15)
		for i, name := range d.names {
			if i != at && d.odds(60) {
				d.table(name, []string{"a"}, d.odds(80), d.space[d.names[d.Intn(n)]]+" "+address, "10.0.0.0/8 "+address)
			}
		}
	}
}

// flaws are what goes wrong in real estates.
func (d *pencil) flaws() {
	for i := range d.Peerings {
		p := &d.Peerings[i]
		switch d.Intn(40) {
		case 0:
			p.State = estate.PeeringInitiated
		case 1:
			p.AllowVirtualNetworkAccess = false
		case 2:
			p.AllowGatewayTransit = false
		case 3:
			if !p.Partial { // taken over before the remote grew, or shrank
				p.RemoteSpace = prefixes(pickOne(d, d.part(p.Remote.Name), strings.Replace(d.space[p.Remote.Name], "/22", "/21", 1)))
			}
		}
	}
	if d.odds(5) && len(d.Gateways) > 0 {
		if g := &d.Gateways[d.Intn(len(d.Gateways))]; g.Kind == estate.VPNGateway && len(g.ClientPools) > 0 {
			g.State.Value = estate.GatewayNotProvisioned
		}
	}
	if d.odds(15) {
		d.linked(d.names[d.Intn(len(d.names))], id(estate.TypeCircuit, "c"))
	}
}
