package reach

import (
	"cmp"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// end is what a connection leads to.
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
	end         end
	kind        estate.ConnectionKind
	bgp         bool  // routes are exchanged over it: the session is up
	listed      bool  // an input lists what the circuit or the device announces
	circuit     int32 // number of the circuit in the estate, or -1
	value       Value
	why         reasons
	near        int32 // the VNet of its gateway
	far         int32 // a VNet for toGateway, a location for toOnPrem and toCircuit
	candidates  []int32
	partner     int32 // the other half, or -1
	conn        *estate.Connection
	site        *estate.Site
	dropped     string // for nowhere: why, for Trace
	told        []span // what the device is announced by BGP
	perhapsTold []span
}

// passes reports whether an ARM gateway passes packets into or out of it when they came from
// another tunnel.
func (t *tunnel) passes() bool { return t.kind != estate.Vnet2Vnet || t.bgp }

// connector turns connections into tunnels.
type connector struct {
	n        *network
	e        *estate.Estate
	gateways *registry // the VNets that they stand in
	sites    *registry // numbers in listed
	listed   []*estate.Site
	tunnels  *registry
	circuits circuits
	dangling int // connections of gateways that are in no VNet
}

func (c *connector) connect() {
	c.order()
	c.sites, c.listed = newRegistry(len(c.e.Sites)), make([]*estate.Site, len(c.e.Sites))
	for i := range c.e.Sites {
		c.sites.add(c.e.Sites[i].ID, int32(i))
		c.listed[i] = &c.e.Sites[i]
	}
	c.circuits = circuitsOf(c.e)
	c.addNetworks()
	for i := range c.n.tunnels {
		c.resolve(&c.n.tunnels[i])
	}
}

// order numbers the tunnels: by VNet, then by ID. Connections mostly come in that order.
func (c *connector) order() {
	n, e := c.n, c.e
	type numbered struct{ near, at int32 }
	order := make([]numbered, 0, len(e.Connections))
	for i := range e.Connections {
		if v := c.gatewayVNet(e.Connections[i].Gateway); v >= 0 {
			order = append(order, numbered{v, int32(i)})
		} else {
			c.dangling++
		}
	}
	byID := func(a, b numbered) int {
		if a.near != b.near {
			return cmp.Compare(a.near, b.near)
		}
		return cmp.Or(e.Connections[a.at].ID.Compare(e.Connections[b.at].ID), cmp.Compare(a.at, b.at))
	}
	if !slices.IsSortedFunc(order, byID) {
		slices.SortFunc(order, byID)
	}
	order = slices.CompactFunc(order, func(a, b numbered) bool {
		return a.near == b.near && e.Connections[a.at].ID.Compare(e.Connections[b.at].ID) == 0
	})
	n.tunnels, n.tunnelIDs = make([]tunnel, len(order)), make([]estate.ID, len(order))
	c.tunnels = newRegistry(len(order))
	for i, o := range order {
		n.tunnels[i] = newTunnel(o.near, &e.Connections[o.at])
		n.tunnelIDs[i] = e.Connections[o.at].ID
		c.tunnels.add(n.tunnelIDs[i], int32(i))
		node := &n.vnets[o.near]
		if node.lastTunnel == 0 {
			node.firstTunnel = int32(i)
		}
		node.lastTunnel = int32(i) + 1
	}
}

// gatewayVNet is the number of the VNet that a gateway stands in, or -1.
func (c *connector) gatewayVNet(gateway estate.ID) int32 {
	return max(-1, c.gateways.find(gateway))
}

func newTunnel(near int32, conn *estate.Connection) tunnel {
	return tunnel{near: near, conn: conn, partner: -1, circuit: -1, kind: conn.Kind}
}

func (c *connector) site(id estate.ID) *estate.Site {
	if i := c.sites.find(id); i >= 0 {
		return c.listed[i]
	}
	return nil
}

// networkOf names the on-premises network that a connection leads to, or "".
func (c *connector) networkOf(conn *estate.Connection) string {
	if conn.Kind == estate.Vnet2Vnet || conn.Kind == estate.IPsec && conn.Pairing.Confidence != estate.NotPaired {
		return ""
	}
	if site := c.site(conn.Site); site != nil && site.Behind() != "" {
		return site.Behind()
	}
	if i := c.circuitOf(conn); i >= 0 && conn.Kind == estate.ExpressRoute {
		return c.circuits.behind[i]
	}
	return ""
}

// listedCircuit is a circuit of which an input lists what it learned, or nil.
func (c *connector) listedCircuit(number int32) *estate.Circuit {
	if number < 0 || int(number) >= len(c.e.Circuits) || !c.e.Circuits[number].LearnedKnown {
		return nil
	}
	return &c.e.Circuits[number]
}

// circuitOf is the number of the circuit that a connection is known to be linked to, or -1.
func (c *connector) circuitOf(conn *estate.Connection) int32 {
	if i := c.circuits.find(conn.Circuit); i >= 0 {
		return i
	}
	at := c.gatewayVNet(conn.Gateway)
	if at < 0 {
		return -1
	}
	for i := range c.e.Circuits {
		for _, v := range c.e.Circuits[i].Links {
			if c.n.byVNet.find(v) == at {
				return int32(i)
			}
		}
	}
	return -1
}

// addNetworks makes a location of each on-premises network that a connection leads to. Sites that
// nothing refers to make none.
func (c *connector) addNetworks() {
	named := map[string]string{} // folded to the spelling that sorts first
	leading := map[string]int32{}
	for i := range c.n.tunnels {
		if name := c.networkOf(c.n.tunnels[i].conn); name != "" {
			key := strings.ToLower(name)
			leading[key]++
			old, ok := named[key]
			c.n.spelled = c.n.spelled || ok && name != old
			if !ok || name < old {
				named[key] = name
			}
		}
	}
	keys := make([]string, 0, len(named))
	for key := range named {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	c.n.byNetwork = make(map[string]int32, len(keys))
	c.n.networks = len(keys)
	for _, key := range keys {
		c.n.byNetwork[key] = int32(len(c.n.locations))
		c.n.locations = append(c.n.locations, Location{Kind: OnPremises, Name: named[key]})
		c.n.leading = append(c.n.leading, leading[key])
	}
}

// resolve settles where a tunnel leads and how sure that is.
func (c *connector) resolve(t *tunnel) {
	conn := t.conn
	t.value = Yes
	t.site = c.site(conn.Site)
	if conn.Pairing.Suspect != "" {
		t.value, t.why = Unknown, doubtOf(&conn.Pairing)
	}
	name := c.networkOf(conn)
	switch {
	case conn.Kind == estate.ExpressRoute:
		t.end = toCircuit
		t.circuit = c.circuitOf(conn)
		t.listed = c.listedCircuit(t.circuit) != nil
		if !t.listed {
			t.value, t.why = Unknown, t.why|byCircuit
		}
		if name == "" {
			t.end, t.dropped = nowhere, "neither the circuit nor the network behind it is in the input"
		}
	case name != "":
		t.end, t.why, t.bgp = toOnPrem, t.why|byOnPrem, conn.EnableBGP.Known()
		t.listed = t.site.AnnouncedKnown
	default:
		c.pair(t, &conn.Pairing)
	}
	if conn.Pairing.Has(estate.DeclaredDown) {
		t.end, t.value, t.why, t.dropped = nowhere, Yes, 0, "the options file says that the connection is not up"
	}
	if t.end == toOnPrem || t.end == toCircuit {
		t.far = c.n.byNetwork[strings.ToLower(name)]
	}
}

func (c *connector) pair(t *tunnel, p *estate.Pairing) {
	switch p.Confidence {
	case estate.NotPaired:
		t.dropped = "no other half: the connection is not paired"
	case estate.OneSided:
		t.dropped = "the connection is one-sided: the other end has none back"
	case estate.Ambiguous:
		t.end, t.value, t.why = toSeveral, Unknown, t.why|byPairing
		for _, id := range p.Candidates {
			if half := c.tunnels.find(id); half >= 0 {
				t.candidates = append(t.candidates, c.n.tunnels[half].near)
			}
		}
		slices.Sort(t.candidates)
		t.candidates = slices.Compact(t.candidates)
	default:
		half := c.tunnels.find(p.Partner)
		if half < 0 {
			t.dropped = "the other half of the connection does not exist"
			return
		}
		t.end, t.far, t.partner = toGateway, c.n.tunnels[half].near, half
		other := c.n.tunnels[half].conn
		if other.Pairing.Suspect != "" {
			t.value, t.why = Unknown, t.why|doubtOf(&other.Pairing)
		}
		near, far := &c.n.vnets[t.near], &c.n.vnets[t.far]
		mutual := other.Pairing.Confidence >= estate.Likely && other.Pairing.Partner.Same(t.conn.ID)
		t.bgp = mutual && t.conn.EnableBGP.Known() && other.EnableBGP.Known() && near.asn != far.asn && near.asn != "" && far.asn != ""
	}
}

// doubtOf is why it is unknown whether a suspect tunnel carries anything.
func doubtOf(p *estate.Pairing) reasons {
	if p.NoGateway() {
		return byNoGateway
	}
	return byTunnel
}
