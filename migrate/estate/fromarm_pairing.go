package estate

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// connectLive joins the halves of tunnels of an ARM estate, says of every site what it is, and lists
// what has to be assumed.
//
// Resource Manager names the other end: a Vnet2Vnet connection by the id of the gateway, an IPsec
// connection by the address of its local network gateway. Where no input lists the address of a gateway,
// the halves that are left are paired as those of a classic network are.
// Source: docs/sources.md#pairing.
func connectLive(e *Estate) {
	p := &livePairer{e: e, x: NewIndex(e), owner: map[netip.Addr]ID{}, between: map[ends][]int{}, toward: make([]ID, len(e.Connections))}
	p.addresses()
	p.ends()
	p.join()
	p.doubts()
	if p.blind {
		pair(e)
	}
	p.keys()
	classify(e)
	e.Assumptions = assumeLive(e)
}

type livePairer struct {
	e       *Estate
	x       *Index
	owner   map[netip.Addr]ID // the gateway with a public address
	blind   bool              // nothing tells the address of a VPN gateway
	toward  []ID              // by connection: the gateway that it leads to, zero for a device or for nothing that is known
	between map[ends][]int    // connections by what they join, in order
}

// ends are the gateways that a connection joins, its own first, and how. A Vnet2Vnet connection and an
// IPsec connection do not make a tunnel by themselves that is known to come up.
type ends struct {
	from, to Key
	kind     ConnectionKind
}

// addresses notes whose the public addresses are.
func (p *livePairer) addresses() {
	for i := range p.e.Gateways {
		g := &p.e.Gateways[i]
		if g.Kind != VPNGateway {
			continue
		}
		all := g.ownAddresses()
		for _, a := range all {
			p.owner[a] = g.ID
		}
		p.blind = p.blind || len(all) == 0 && !g.Absent()
	}
}

// ends finds the gateway that each connection leads to.
func (p *livePairer) ends() {
	for i := range p.e.Connections {
		c := &p.e.Connections[i]
		c.Pairing = Pairing{}
		switch c.Kind {
		case Vnet2Vnet: // to a gateway that no input lists it leads outside
			if p.x.Gateway(c.RemoteGateway) != nil {
				p.toward[i] = c.RemoteGateway
			}
		case IPsec:
			p.toward[i] = p.behind(c)
		}
		if to := p.toward[i]; !to.IsZero() {
			at := ends{c.Gateway.Key(), to.Key(), c.Kind}
			p.between[at] = append(p.between[at], i)
		}
	}
}

// behind is the gateway that the site of a connection stands for: that of the VNet that a person says, or
// the one whose address it has.
func (p *livePairer) behind(c *Connection) ID {
	s := p.x.Site(c.Site)
	switch {
	case s == nil:
		return ID{}
	case s.Declared.Kind == DeclaredVNet:
		if g := p.x.Gateway(c.Gateway); g != nil && g.VNet.Same(s.Declared.VNet) {
			return ID{} // its own VNet, which others that use the site lead to
		}
		return p.vpnGatewayOf(s.Declared.VNet)
	case s.Declared.Kind != Undeclared:
		return ID{}
	case !s.AddressOf.IsZero():
		return s.AddressOf
	case !s.Address.IsValid():
		return ID{}
	}
	to := p.owner[s.Address.Addr]
	if to.Same(c.Gateway) {
		return ID{} // the address of its own gateway
	}
	return to
}

func (p *livePairer) vpnGatewayOf(vnet ID) ID {
	for _, g := range p.x.GatewaysOf(vnet) {
		if g.Kind == VPNGateway {
			return g.ID
		}
	}
	return ID{}
}

// join gives every half that leads to a gateway its other half: of several of a kind between two gateways
// the first and the first, the second and the second.
func (p *livePairer) join() {
	for i := range p.e.Connections {
		c := &p.e.Connections[i]
		to := p.toward[i]
		if to.IsZero() {
			p.outward(c)
			continue
		}
		there := p.between[ends{c.Gateway.Key(), to.Key(), c.Kind}]
		back := p.between[ends{to.Key(), c.Gateway.Key(), c.Kind}]
		at := slices.Index(there, i)
		c.Pairing.Confidence = OneSided
		if g := p.x.Gateway(to); g != nil {
			c.Pairing.Toward = g.VNet
		}
		if at < len(back) {
			other := &p.e.Connections[back[at]]
			c.Pairing = Pairing{Confidence: Certain, Partner: other.ID}
			if c.Kind == IPsec {
				p.sayWhy(c)
			}
			if c.Key.Known() && c.Key.Equal(other.Key) {
				c.Pairing.say(SameKey, "")
			}
		}
	}
}

// outward marks a half of which a person says that it leads to no gateway of the estate.
func (p *livePairer) outward(c *Connection) {
	s := p.x.Site(c.Site)
	if s == nil || s.Declared.Kind == Undeclared {
		return
	}
	p.sayWhy(c)
	switch s.Declared.Kind {
	case DeclaredGone:
		c.Pairing.Confidence = OneSided
	case DeclaredVNet: // which has no gateway
		if g := p.x.Gateway(c.Gateway); g == nil || !g.VNet.Same(s.Declared.VNet) {
			c.Pairing.Confidence, c.Pairing.Toward = OneSided, s.Declared.VNet
		}
	}
}

// sayWhy says how the far end of an IPsec connection is known.
func (p *livePairer) sayWhy(c *Connection) {
	switch s := p.x.Site(c.Site); s.Declared.Kind {
	case Undeclared:
		c.Pairing.say(ProvenAddress, s.Address.Raw)
	case DeclaredVNet:
		c.Pairing.say(Declared, s.Declared.VNet.Name)
	default:
		c.Pairing.say(Declared, s.Declared.Kind.String())
	}
}

// keys names the parameter that would hold the key of each tunnel, one for both halves.
func (p *livePairer) keys() {
	taken := map[string]bool{}
	for i := range p.e.Connections {
		c := &p.e.Connections[i]
		if c.Kind == ExpressRoute || c.KeyName != "" {
			continue
		}
		c.KeyName = c.ID.Name
		for n := 2; taken[strings.ToLower(c.KeyName)]; n++ { // another group has one of this name
			c.KeyName = c.ID.Name + "-" + strconv.Itoa(n)
		}
		taken[strings.ToLower(c.KeyName)] = true
		if other := p.x.Connection(c.Pairing.Partner); other != nil {
			other.KeyName = c.KeyName
		}
	}
}

// doubts marks the tunnels that carry nothing: one of their ends is not up, or has no gateway, or the
// two have different keys.
func (p *livePairer) doubts() {
	for i := range p.e.Connections {
		c := &p.e.Connections[i]
		other := p.x.Connection(c.Pairing.Partner)
		down := notConnected(c)
		absent, declared, up := p.absent(c.Gateway), c.DeclaredDown, c.State.Value == StateConnected
		missing := c.Gateway
		if other != nil {
			if !absent {
				missing = other.Gateway
			}
			declared, up = declared || other.DeclaredDown, up || other.State.Value == StateConnected
			down = down || notConnected(other)
			absent = absent || p.absent(other.Gateway)
		}
		switch {
		case declared && up:
			c.Pairing.say(DisputedDown, "")
		case declared:
			c.Pairing.say(DeclaredDown, "")
		}
		switch {
		case absent:
			c.Pairing.Suspect = suspectNoGateway
			c.Pairing.say(SaidNoGateway, p.x.Gateway(missing).VNet.Name)
		case other != nil && c.Key.Known() && other.Key.Known() && !c.Key.Equal(other.Key) && c.State.Value != StateConnected:
			c.Pairing.Suspect = "LINK-008"
			c.Pairing.say(DifferentKey, "")
		case down:
			c.Pairing.Suspect = suspectNotUp
			for _, half := range []*Connection{c, other} {
				if half != nil && notConnected(half) && !half.DeclaredDown && !c.Pairing.Has(SaidNotConnected) {
					c.Pairing.say(SaidNotConnected, half.State.Value)
				}
			}
		case c.State.Value == StateConnected:
			c.Pairing.say(SaidConnected, StateConnected)
		}
	}
}

func notConnected(c *Connection) bool {
	return c.State.Value == StateNotConnected || c.State.Value == StateConnecting
}

func (p *livePairer) absent(gateway ID) bool {
	g := p.x.Gateway(gateway)
	return g != nil && g.Absent()
}

// assumeLive lists what has to be assumed of a network that documents of Resource Manager describe.
func assumeLive(e *Estate) []Assumption {
	a := assumer{}
	x, names := NewIndex(e), NewNames(e)
	live := len(e.Listings) > 0
	for i := range e.VNets {
		if v := &e.VNets[i]; len(v.DNS) > 0 {
			a.of(AsmDNS, names.VNet(v))
		}
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		name := c.ID.Name + names.Whose(TypeConnection, c.ID, c.ID.Name)
		if live && !c.State.Known() {
			a.of(AsmConnected, name)
		}
		if c.Kind == ExpressRoute {
			a.of(AsmCircuit, name)
		}
		if c.Pairing.Confidence == Likely || c.Pairing.Confidence == Ambiguous {
			a.of(AsmPairing, name)
		}
		if s := x.Site(c.Site); s != nil && s.Endpoint.IsZero() && s.Network != "" && c.Pairing.Confidence == NotPaired {
			a.of(AsmOnPremises, s.Network)
		}
	}
	for i := range e.Gateways {
		if g := &e.Gateways[i]; g.Kind == Firewall && len(g.PrivateIPs) > 0 && len(g.PrivateIPs[0].Refs) == 0 {
			a.of(AsmFirewall, g.ID.Name)
		}
	}
	for i := range e.Groups {
		a.of(AsmManager, e.Groups[i].ID.String())
	}
	for _, l := range e.Listings {
		for _, kind := range listedKinds {
			if !slices.Contains(l.Types, kind) {
				a.of(AsmListing, l.Subscription+": "+kind)
			}
		}
	}
	return a.list()
}
