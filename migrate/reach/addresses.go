package reach

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Book says which addresses each location of an estate has.
type Book struct {
	all    []estate.Prefix // of the VNets and the clients
	vnets  map[estate.Key][]estate.Prefix
	pools  map[estate.Key][]estate.Prefix
	beyond map[string][]netip.Prefix // by on-premises network
}

// NewBook looks at the address spaces, the client pools, and what sites and circuits list.
func NewBook(e *estate.Estate) *Book {
	b := &Book{vnets: map[estate.Key][]estate.Prefix{}, pools: map[estate.Key][]estate.Prefix{}, beyond: map[string][]netip.Prefix{}}
	for i := range e.VNets {
		b.vnets[e.VNets[i].ID.Key()] = e.VNets[i].Space
		b.all = append(b.all, e.VNets[i].Space...)
	}
	for i := range e.Gateways {
		if g := &e.Gateways[i]; len(g.ClientPools) > 0 {
			key := g.VNet.Key()
			b.pools[key] = append(slices.Clip(b.pools[key]), g.ClientPools...)
			b.all = append(b.all, g.ClientPools...)
		}
	}
	b.listBeyond(e)
	return b
}

// listBeyond gathers what lies in on-premises networks: what their sites list, but for the ranges of
// VNets and clients, which a network only hands on, and for a default route.
func (b *Book) listBeyond(e *estate.Estate) {
	network := map[estate.Key]string{} // by site
	add := func(name string, prefixes []estate.Prefix) {
		for _, p := range validPrefixes(prefixes) {
			if p.Bits() > 0 {
				b.beyond[strings.ToLower(name)] = append(b.beyond[strings.ToLower(name)], p)
			}
		}
	}
	for i := range e.Sites {
		s := &e.Sites[i]
		if name := s.Behind(); name != "" {
			network[s.ID.Key()] = name
			add(name, s.Prefixes)
			add(name, s.Announced)
		}
	}
	known := circuitsOf(e)
	for i := range e.Connections {
		c := &e.Connections[i]
		if at := known.find(c.Circuit); c.Kind == estate.ExpressRoute && at >= 0 && int(at) < len(e.Circuits) {
			add(cmp.Or(network[c.Site.Key()], known.behind[at]), e.Circuits[at].Learned)
		}
	}
	owned := setOf(validPrefixes(b.all))
	for name, prefixes := range b.beyond {
		b.beyond[name] = prefixesOf(subtract(nil, setOf(prefixes), owned))
	}
}

// Of lists the addresses of a location: the address space of a VNet, the pool of clients, and of an
// on-premises network what the inputs say lies there. None means that nothing says.
func (b *Book) Of(l Location) []netip.Prefix {
	switch l.Kind {
	case VNet:
		return prefixesOf(setOf(validPrefixes(b.vnets[l.ID.Key()])))
	case Clients:
		return prefixesOf(setOf(validPrefixes(b.pools[l.ID.Key()])))
	case OnPremises:
		return slices.Clone(b.beyond[strings.ToLower(l.Name)])
	}
	return nil
}

// Without lists the addresses of some prefixes that are not in others, as few prefixes.
func Without(all, but []netip.Prefix) []netip.Prefix {
	return prefixesOf(subtract(nil, setOf(all), setOf(but)))
}

// Witness is one address out of some prefixes: the fifth, which is the first that a subnet gives
// away, or the first where there are fewer. It is invalid where there is none.
func Witness(in []netip.Prefix) netip.Addr { return witness(setOf(in)) }
