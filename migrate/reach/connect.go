package reach

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// connector turns connections into tunnels.
type connector struct {
	n        *network
	e        *estate.Estate
	gateways *registry
	sites    *registry
	tunnels  *registry
}

func (c *connector) connect() {
	c.order()
	c.sites = newRegistry(len(c.e.Sites))
	for i := range c.e.Sites {
		c.sites.add(c.e.Sites[i].ID, int32(i))
	}
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
		}
	}
	byID := func(a, b numbered) int {
		if a.near != b.near {
			return cmp.Compare(a.near, b.near)
		}
		return cmp.Or(compareIDs(e.Connections[a.at].ID, e.Connections[b.at].ID), cmp.Compare(a.at, b.at))
	}
	if !slices.IsSortedFunc(order, byID) {
		slices.SortFunc(order, byID)
	}
	order = slices.CompactFunc(order, func(a, b numbered) bool {
		return a.near == b.near && compareIDs(e.Connections[a.at].ID, e.Connections[b.at].ID) == 0
	})
	n.tunnels, n.tunnelIDs = make([]tunnel, len(order)), make([]estate.ID, len(order))
	c.tunnels = newRegistry(len(order))
	for i, o := range order {
		n.tunnels[i] = tunnel{near: o.near, at: o.at}
		n.tunnelIDs[i] = e.Connections[o.at].ID
		c.tunnels.add(n.tunnelIDs[i], int32(i))
		node := &n.vnets[o.near]
		if node.last == 0 {
			node.first = int32(i)
		}
		node.last = int32(i) + 1
	}
}

// gatewayVNet is the number of the VNet that a gateway stands in, or -1.
func (c *connector) gatewayVNet(gateway estate.ID) int32 {
	if g := c.gateways.find(gateway); g >= 0 {
		return c.n.byVNet.find(c.e.Gateways[g].VNet)
	}
	return -1
}

func (c *connector) site(id estate.ID) *estate.Site {
	if i := c.sites.find(id); i >= 0 {
		return &c.e.Sites[i]
	}
	return nil
}

// networkOf names the on-premises network that a connection leads to, or "".
func (c *connector) networkOf(conn *estate.Connection) string {
	if conn.Kind == estate.Vnet2Vnet || conn.Kind == estate.IPsec && conn.Pairing.Confidence != estate.NotPaired {
		return ""
	}
	site := c.site(conn.Site)
	if site == nil || !site.Endpoint.IsZero() || !site.AddressOf.IsZero() {
		return ""
	}
	return cmp.Or(site.Network, site.Name)
}

// addNetworks makes a location of each on-premises network that a connection leads to. Sites that
// nothing refers to make none.
func (c *connector) addNetworks() {
	named := map[string]string{} // folded to the spelling that sorts first
	for _, t := range c.n.tunnels {
		if name := c.networkOf(&c.e.Connections[t.at]); name != "" {
			key := strings.ToLower(name)
			if old, ok := named[key]; !ok || name < old {
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
	}
}

// resolve settles where a tunnel leads and how sure that is.
func (c *connector) resolve(t *tunnel) {
	conn := &c.e.Connections[t.at]
	t.vnet2vnet = conn.Kind == estate.Vnet2Vnet
	t.value = Yes
	if conn.Pairing.Suspect != "" {
		t.value, t.why = Unknown, doubtOf(&conn.Pairing)
	}
	name := c.networkOf(conn)
	switch {
	case conn.Kind == estate.ExpressRoute:
		t.end, t.value, t.why = toCircuit, Unknown, byCircuit
		if name == "" {
			t.end, t.dropped = nowhere, "the circuit's network is not in the input"
		}
	case name != "":
		t.end, t.why = toOnPrem, t.why|byOnPrem
	default:
		c.pair(t, &conn.Pairing)
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
		t.end, t.far = toGateway, c.n.tunnels[half].near
		if other := &c.e.Connections[c.n.tunnels[half].at].Pairing; other.Suspect != "" {
			t.value, t.why = Unknown, t.why|doubtOf(other)
		}
	}
}

// doubtOf is why it is unknown whether a suspect tunnel carries anything.
func doubtOf(p *estate.Pairing) reasons {
	if p.NoGateway() {
		return byNoGateway
	}
	return byTunnel
}

// routesOf calls add for what a connection routes: its site's prefixes, or the remote VNet's
// address space. Those that only may be there are an ExpressRoute site's, and for Vnet2Vnet the ranges of
// the spokes that use the remote gateway.
func (c *connector) routesOf(t *tunnel, add func(p netip.Prefix, maybe bool)) {
	conn := &c.e.Connections[t.at]
	if !t.vnet2vnet {
		if site := c.site(conn.Site); site != nil {
			for _, p := range site.Prefixes {
				if p.IsValid() {
					add(p.Prefix, conn.Kind == estate.ExpressRoute)
				}
			}
		}
		return
	}
	far := c.gatewayVNet(conn.RemoteGateway)
	if far < 0 {
		return
	}
	for _, p := range c.n.vnets[far].raw {
		add(p, false)
	}
	for _, s := range c.n.vnets[far].spokes {
		if s == t.near {
			continue
		}
		for _, p := range c.n.vnets[s].raw {
			add(p, true)
		}
	}
}
