package estate

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Became says which object of a classic estate is which of an ARM estate that came out of it, and what
// was lost on the way.
//
// A VNet is found by its name, as written or made legal, and by its address space where that is unique;
// a gateway by its VNet and kind; a connection by the two ends that it joins, whatever it is called; a
// local network site by its name, its device address or its prefixes. Several candidates are none.
//
// What is lost is a VNet, a connection or a default site that is gone, and prefixes that a connection
// carried and carries no more: the platform's own migration made a Vnet2Vnet connection of a tunnel
// whose site listed networks behind the next one. Source: docs/sources.md#multi-hop.
func Became(classic, live *Estate) ([]Mapping, diag.List) {
	m := &succession{classic: classic, live: live, from: NewIndex(classic), to: NewIndex(live), became: map[Key]ID{}, taken: map[Key]bool{}}
	m.vnets()
	m.gateways()
	m.sites()
	m.connections()
	slices.SortStableFunc(m.mapping, func(a, b Mapping) int { return strings.Compare(a.From.Key().String(), b.From.Key().String()) })
	return m.mapping, m.found
}

type succession struct {
	classic, live *Estate
	from, to      *Index
	became        map[Key]ID
	taken         map[Key]bool
	mapping       []Mapping
	found         diag.List
}

func (m *succession) is(from, to ID) {
	m.became[from.Key()], m.taken[to.Key()] = to, true
	m.mapping = append(m.mapping, Mapping{From: from, To: to})
}

func (m *succession) at(refs []diag.Ref) diag.Pos {
	if len(refs) == 0 {
		return diag.Pos{}
	}
	return m.classic.Pos(refs[0])
}

func (m *succession) lost(refs []diag.Ref, format string, args ...any) {
	m.found.Add("LST-013", m.at(refs), format, args...)
}

// vnets matches by one trait after the other; a trait that several have on either side matches none.
func (m *succession) vnets() {
	traits := []func(v *VNet) string{
		func(v *VNet) string { return strings.ToLower(v.Name) + " " + spaceKey(v.Space) },
		func(v *VNet) string { return strings.ToLower(v.Name) },
		func(v *VNet) string { return strings.ToLower(azure.LegalName(TypeVNet, v.Name)) },
		func(v *VNet) string {
			return strings.ToLower(azure.LegalName(TypeVNet, azure.PlainNetworkName(v.Name)))
		},
		func(v *VNet) string { return spaceKey(v.Space) },
	}
	for _, trait := range traits {
		here, there := map[string][]*VNet{}, map[string][]*VNet{}
		for i := range m.classic.VNets {
			if v := &m.classic.VNets[i]; m.became[v.ID.Key()].IsZero() {
				here[trait(v)] = append(here[trait(v)], v)
			}
		}
		for i := range m.live.VNets {
			if v := &m.live.VNets[i]; !m.taken[v.ID.Key()] {
				there[trait(v)] = append(there[trait(v)], v)
			}
		}
		for i := range m.classic.VNets {
			v := &m.classic.VNets[i]
			key := trait(v)
			if key != "" && len(here[key]) == 1 && len(there[key]) == 1 && here[key][0] == v {
				m.is(v.ID, there[key][0].ID)
			}
		}
	}
	for i := range m.classic.VNets {
		if v := &m.classic.VNets[i]; m.became[v.ID.Key()].IsZero() {
			m.lost(v.Refs, "no listed VNet is what VNet %q (%s) was: none has its name or its address space", v.Name, listWords(written(v.Space)))
		}
	}
}

// spaceKey is an address space as text, in order; empty for none.
func spaceKey(space []Prefix) string {
	all := written(space)
	slices.Sort(all)
	return strings.Join(all, " ")
}

func written(prefixes []Prefix) []string {
	out := make([]string, len(prefixes))
	for i := range prefixes {
		out[i] = prefixes[i].Prefix.String()
	}
	return out
}

func (m *succession) gateways() {
	for i := range m.classic.Gateways {
		g := &m.classic.Gateways[i]
		vnet := m.became[g.VNet.Key()]
		if vnet.IsZero() {
			continue // said of the VNet
		}
		now := slices.DeleteFunc(m.to.GatewaysOf(vnet), func(o *Gateway) bool { return o.Kind != g.Kind })
		if len(now) == 0 {
			if n := len(m.from.ConnectionsOf(g.ID)); n > 0 || len(g.ClientPools) > 0 {
				m.lost(g.Refs, "VNet %q had a %s gateway with %s, and has none any more", g.VNet.Name, g.Kind, counted(n, "connection"))
			}
			continue
		}
		m.is(g.ID, now[0].ID)
		if !g.DefaultSite.IsZero() && now[0].DefaultSite.IsZero() {
			m.lost(g.DefaultRefs, "the gateway of VNet %q had default site %q (forced tunnelling), and has none any more", g.VNet.Name, g.DefaultSite.Name)
		}
		if gone := less(g.ClientPools, now[0].ClientPools); len(gone) > 0 {
			m.lost(g.Refs, "point-to-site pool %s of VNet %q is gone", listWords(gone), g.VNet.Name)
		}
	}
}

// sites matches the sites of on-premises networks, which are local network gateways in both worlds.
func (m *succession) sites() {
	traits := []func(s *Site) string{
		func(s *Site) string { return strings.ToLower(azure.LegalName(TypeSite, azure.PlainSiteName(s.Name))) },
		func(s *Site) string {
			if !s.Address.IsValid() || s.Address.Placeholder != "" {
				return ""
			}
			return s.Address.Addr.String() + " " + spaceKey(s.Prefixes)
		},
		func(s *Site) string { return spaceKey(s.Prefixes) },
	}
	for _, trait := range traits {
		there := map[string][]*Site{}
		for i := range m.live.Sites {
			if s := &m.live.Sites[i]; !m.taken[s.ID.Key()] && trait(s) != "" {
				there[trait(s)] = append(there[trait(s)], s)
			}
		}
		for i := range m.classic.Sites {
			s := &m.classic.Sites[i]
			if fits := there[trait(s)]; m.became[s.ID.Key()].IsZero() && len(fits) == 1 && !m.taken[fits[0].ID.Key()] {
				m.is(s.ID, fits[0].ID)
			}
		}
	}
}

// connections matches by the ends, and compares what is carried.
func (m *succession) connections() {
	for i := range m.classic.Connections {
		c := &m.classic.Connections[i]
		gateway := m.became[c.Gateway.Key()]
		if gateway.IsZero() || c.Kind == ExpressRoute {
			continue
		}
		site := m.from.Site(c.Site)
		var fits []*Connection
		for _, now := range m.to.ConnectionsOf(gateway) {
			if !m.taken[now.ID.Key()] && m.sameEnd(c, now) {
				fits = append(fits, now)
			}
		}
		if len(fits) == 0 {
			if c.Pairing.Confidence != OneSided {
				m.lost(c.Refs, "VNet %q was connected by local network site %q, and is not any more", c.ID.Name, c.Site.Name)
			}
			continue
		}
		m.is(c.ID, fits[0].ID)
		if site == nil {
			continue
		}
		if gone := less(site.Prefixes, m.carried(fits[0])); len(gone) > 0 {
			m.lost(site.Refs, "connection %q carries %s no more, which local network site %q listed%s", fits[0].ID.Name, listWords(gone), site.Name, m.whose(c, site, gone))
		}
	}
}

// sameEnd reports whether a classic connection and one of today lead to the same place.
func (m *succession) sameEnd(c, now *Connection) bool {
	if far := m.from.Connection(c.Pairing.Partner); far != nil {
		remote := m.became[far.Gateway.Key()]
		if now.Kind == Vnet2Vnet {
			return now.RemoteGateway.Same(remote)
		}
		g := m.to.Gateway(remote)
		s := m.to.Site(now.Site)
		return g != nil && s != nil && (s.Endpoint.Same(g.VNet) || s.AddressOf.Same(remote))
	}
	if now.Kind != IPsec {
		return false
	}
	return m.became[c.Site.Key()].Same(now.Site)
}

// carried is what a connection of today routes.
func (m *succession) carried(c *Connection) []Prefix {
	if c.Kind == Vnet2Vnet {
		if g := m.to.Gateway(c.RemoteGateway); g != nil {
			return m.to.VNet(g.VNet).Space
		}
		return nil
	}
	if s := m.to.Site(c.Site); s != nil {
		return s.Prefixes
	}
	return nil
}

// whose says which networks the lost prefixes of a site are.
func (m *succession) whose(c *Connection, site *Site, gone []string) string {
	var names []string
	for i := range m.classic.VNets {
		v := &m.classic.VNets[i]
		if v.ID.Same(c.ID.sibling(TypeVNet, c.ID.Name)) || v.ID.Same(site.Endpoint) {
			continue
		}
		if len(less(v.Space, site.Prefixes)) == 0 && slices.ContainsFunc(written(v.Space), func(p string) bool { return slices.Contains(gone, p) }) {
			names = append(names, strconv.Quote(v.Name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return fmt.Sprintf(": the way to VNet %s led through %q", listWords(names), site.Endpoint.Name)
}

// less are the ranges of a that b does not hold, as few prefixes as possible.
func less(a, b []Prefix) []string {
	var set netipx.IPSetBuilder
	for i := range a {
		if a[i].IsValid() {
			set.AddPrefix(a[i].Prefix)
		}
	}
	for i := range b {
		if b[i].IsValid() {
			set.RemovePrefix(b[i].Prefix)
		}
	}
	left, err := set.IPSet()
	if err != nil {
		return nil
	}
	var out []string
	for _, p := range left.Prefixes() {
		out = append(out, p.String())
	}
	return out
}
