package estate

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// classify says of every site what it is: nothing's, a VNet's gateway, an on-premises device, or
// one of these with ranges of others behind it.
func classify(e *Estate) {
	x := NewIndex(e)
	users := make(map[Key][]*Connection, len(e.Sites))
	for i := range e.Connections {
		key := e.Connections[i].Site.Key()
		users[key] = append(users[key], &e.Connections[i])
	}
	spaces := newSpaces(e)
	for i := range e.Sites {
		s := &e.Sites[i]
		used := users[s.ID.Key()]
		s.Class, s.Endpoint, s.Network = SiteUnreferenced, ID{}, ""
		if len(used) == 0 {
			continue
		}
		s.Endpoint = endpointOf(x, s, used)
		s.Class = classOf(x, spaces, s)
		if s.Endpoint.IsZero() && slices.ContainsFunc(used, func(c *Connection) bool { return c.Pairing.Confidence == Ambiguous }) {
			s.Class = SiteUnresolved
		}
	}
	nameNetworks(e)
}

// endpointOf is the VNet that the site is declared to be, or that its paired halves lead to, or that
// a one-sided half plainly means; zero for a device outside the estate. An ambiguous half means a
// VNet, too, but not a known one.
func endpointOf(x *Index, s *Site, used []*Connection) ID {
	if v := x.VNet(s.Declared.VNet); v != nil && s.Declared.Kind == DeclaredVNet {
		return v.ID
	}
	for _, c := range used {
		if !c.Pairing.Partner.IsZero() {
			return x.Gateway(x.Connection(c.Pairing.Partner).Gateway).VNet
		}
	}
	for _, c := range used {
		if !c.Pairing.Toward.IsZero() {
			return c.Pairing.Toward
		}
	}
	return ID{}
}

func classOf(x *Index, spaces *spaces, s *Site) SiteClass {
	if s.Endpoint.IsZero() {
		if slices.ContainsFunc(s.Prefixes, func(p Prefix) bool { return spaces.holds(p.Prefix) }) {
			return SiteTransit
		}
		return SiteOnPremises
	}
	own := slices.Clone(x.VNet(s.Endpoint).Space)
	for _, g := range x.GatewaysOf(s.Endpoint) {
		own = append(own, g.ClientPools...)
	}
	if covers(own, s.Prefixes) {
		return SiteVNet
	}
	return SiteTransit
}

// spaces answers whether a prefix lies within the space of some VNet.
type spaces struct{ byBits [129]map[netip.Addr]bool }

func newSpaces(e *Estate) *spaces {
	s := &spaces{}
	for i := range e.VNets {
		for _, p := range e.VNets[i].Space {
			if s.byBits[p.Bits()] == nil {
				s.byBits[p.Bits()] = map[netip.Addr]bool{}
			}
			s.byBits[p.Bits()][p.Addr()] = true
		}
	}
	return s
}

func (s *spaces) holds(p netip.Prefix) bool {
	for bits := 0; bits <= p.Bits(); bits++ {
		if s.byBits[bits] != nil && s.byBits[bits][netip.PrefixFrom(p.Addr(), bits).Masked().Addr()] {
			return true
		}
	}
	return false
}

// nameNetworks gives every on-premises site the network it leads to: sites with one device
// address share the name of the first of them. Other sites of one name, in whatever letter case, are other
// networks, and have what tells them apart in brackets.
func nameNetworks(e *Estate) {
	taken := map[string]bool{} // folded
	first := map[netip.Addr]string{}
	for i := range e.Sites {
		s := &e.Sites[i]
		if s.Class == SiteUnreferenced || s.Class == SiteUnresolved || !s.Endpoint.IsZero() {
			continue
		}
		real := s.Address.IsValid() && s.Address.Placeholder == ""
		if name, ok := first[s.Address.Addr]; real && ok {
			s.Network = name
			continue
		}
		s.Network = freeName(s, taken)
		taken[strings.ToLower(s.Network)] = true
		if real {
			first[s.Address.Addr] = s.Network
		}
	}
}

// freeName is a name for the network of a site that none has: the site's, with its subscription, its resource group
// or both behind it, or a number.
func freeName(s *Site, taken map[string]bool) string {
	names := []string{s.Name, s.Name + " (" + s.ID.Subscription + ")"}
	if s.ID.Group != "" {
		names = []string{s.Name, s.Name + " (" + s.ID.Group + ")", s.Name + " (" + s.ID.Subscription + "/" + s.ID.Group + ")"}
	}
	for _, name := range names {
		if !taken[strings.ToLower(name)] {
			return name
		}
	}
	for n := 2; ; n++ {
		if name := fmt.Sprintf("%s (%d)", s.Name, n); !taken[strings.ToLower(name)] {
			return name
		}
	}
}
