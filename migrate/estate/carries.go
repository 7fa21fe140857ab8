package estate

import (
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// Owner says whose addresses a site carries.
type Owner uint8

// The owners. A site is a next hop and what lies behind it: beside the space of the VNet that it
// stands for it may list that VNet's clients, other VNets and on-premises networks behind it, and
// what nobody has. Source: docs/sources.md#multi-hop.
const (
	NoOwner         Owner = iota // nothing of the input has these addresses
	OwnNetwork                   // the VNet that the site stands for, or the on-premises network of its device
	OwnClients                   // the point-to-site pool of that VNet's gateway
	UserNetwork                  // the VNet that uses the site: it never sends them there
	VNetBehind                   // another VNet
	ClientsBehind                // the point-to-site pool of another VNet's gateway
	PremisesBehind               // an on-premises network that the VNet behind the site is connected to
	PremisesSomehow              // an on-premises network that it is not connected to
)

// String says what is carried.
func (o Owner) String() string {
	return [...]string{"nothing known", "own network", "own clients", "user's network", "VNet behind", "clients behind", "on-premises behind", "on-premises elsewhere"}[o]
}

// Carried is a part of what a site lists, and whose it is.
type Carried struct {
	Prefix netip.Prefix
	Owner  Owner
	VNet   ID     // the VNet, or the one whose gateway the clients dial
	Name   string // of the VNet or on-premises network; "" when there is no owner
}

// maxCarried bounds the parts of one prefix. A prefix that touches more owners is a supernet, and
// says nothing about one of them.
const maxCarried = 64

// Carriage attributes what the sites of an estate list. Make it with NewCarriage; it is valid until
// the estate changes.
type Carriage struct {
	x      *Index
	users  map[Key][]ID // VNets by site
	leads  map[Key][]*Site
	owners bart.Table[[]Carried]
}

// NewCarriage prepares the attribution of an estate whose connections are paired.
func NewCarriage(e *Estate) *Carriage {
	c := &Carriage{x: NewIndex(e), users: map[Key][]ID{}, leads: map[Key][]*Site{}}
	for i := range e.VNets {
		c.own(e.VNets[i].Space, Carried{Owner: VNetBehind, VNet: e.VNets[i].ID, Name: e.VNets[i].Name})
	}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		c.own(g.ClientPools, Carried{Owner: ClientsBehind, VNet: g.VNet, Name: g.VNet.Name})
	}
	for i := range e.Connections {
		g, s := c.x.Gateway(e.Connections[i].Gateway), c.x.Site(e.Connections[i].Site)
		if g == nil || s == nil {
			continue
		}
		c.users[s.ID.Key()] = append(c.users[s.ID.Key()], g.VNet)
		if s.Endpoint.IsZero() && s.Network != "" {
			c.leads[g.VNet.Key()] = append(c.leads[g.VNet.Key()], s)
		}
	}
	for i := range e.Sites {
		if s := &e.Sites[i]; s.Network != "" {
			c.own(s.Prefixes, Carried{Owner: PremisesSomehow, Name: s.Network})
		}
	}
	return c
}

func (c *Carriage) own(prefixes []Prefix, as Carried) {
	for i := range prefixes {
		at, _ := c.owners.Get(prefixes[i].Prefix)
		if !slices.Contains(at, as) {
			c.owners.Insert(prefixes[i].Prefix, append(at, as))
		}
	}
}

// Carries says of each prefix of a site whose addresses it has: one entry for each owner, in the
// order of what matters most, and one for each range that nothing of the input has. Of an
// on-premises site, what no VNet has is its own network.
func (c *Carriage) Carries(s *Site) []Carried {
	var out []Carried
	for i := range s.Prefixes {
		out = append(out, c.prefix(s, s.Prefixes[i].Prefix)...)
	}
	return out
}

func (c *Carriage) prefix(s *Site, p netip.Prefix) []Carried {
	parts := c.parts(s, p)
	var taken []netip.Prefix
	for i := range parts {
		taken = append(taken, parts[i].Prefix)
	}
	as := Carried{Owner: NoOwner}
	if s.Endpoint.IsZero() && s.Network != "" {
		as = Carried{Owner: OwnNetwork, Name: s.Network}
	}
	for _, rest := range outsideOf(p, taken) {
		as.Prefix = rest
		parts = append(parts, as)
	}
	return parts
}

// parts lists who has addresses of a prefix, best first; whoever comes first has them alone.
func (c *Carriage) parts(s *Site, p netip.Prefix) []Carried {
	var all []Carried
	add := func(at netip.Prefix, owners []Carried) bool {
		if at.Bits() < p.Bits() {
			at = p
		}
		for _, o := range owners {
			o.Owner, o.Prefix = c.seenFrom(s, o), at
			if o.Owner != NoOwner {
				all = append(all, o)
			}
		}
		return len(all) <= maxCarried
	}
	for at, owners := range c.owners.Supernets(p) {
		if at != p && !add(at, owners) {
			break
		}
	}
	for at, owners := range c.owners.Subnets(p) {
		if !add(at, owners) {
			break
		}
	}
	slices.SortStableFunc(all, func(a, b Carried) int { return int(a.Owner) - int(b.Owner) })
	var out []Carried
	for _, o := range all {
		if !slices.ContainsFunc(out, func(t Carried) bool {
			return t.Owner < o.Owner && t.Prefix.Bits() <= o.Prefix.Bits() && t.Prefix.Contains(o.Prefix.Addr())
		}) {
			out = append(out, o)
		}
	}
	return out[:min(len(out), maxCarried)]
}

// seenFrom says what an owner is to a site.
func (c *Carriage) seenFrom(s *Site, o Carried) Owner {
	switch o.Owner {
	case VNetBehind:
		switch {
		case o.VNet.Same(s.Endpoint):
			return OwnNetwork
		case slices.ContainsFunc(c.users[s.ID.Key()], o.VNet.Same):
			return UserNetwork
		}
	case ClientsBehind:
		if o.VNet.Same(s.Endpoint) {
			return OwnClients
		}
	case PremisesSomehow:
		switch {
		case s.Endpoint.IsZero() && o.Name == s.Network:
			return NoOwner // its own network is what nobody else has
		case slices.ContainsFunc(c.leads[s.Endpoint.Key()], func(t *Site) bool { return t.Network == o.Name }):
			return PremisesBehind
		}
	}
	return o.Owner
}

// outsideOf is what of p is in none of the taken prefixes.
func outsideOf(p netip.Prefix, taken []netip.Prefix) []netip.Prefix {
	touched := false
	for _, t := range taken {
		if t.Bits() <= p.Bits() && t.Contains(p.Addr()) {
			return nil
		}
		touched = touched || t.Overlaps(p)
	}
	if !touched {
		return []netip.Prefix{p}
	}
	low, high := halvesOf(p)
	return append(outsideOf(low, taken), outsideOf(high, taken)...)
}

// halvesOf splits an IPv4 prefix that is shorter than /32.
func halvesOf(p netip.Prefix) (low, high netip.Prefix) {
	a := p.Addr().As4()
	a[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	return netip.PrefixFrom(p.Addr(), p.Bits()+1), netip.PrefixFrom(netip.AddrFrom4(a), p.Bits()+1)
}
