package plan

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// served are the on-premises networks behind a hub's gateway.
type served struct {
	networks []reach.Location
	added    []reach.Location // those that it did not serve before
}

// serve lists the networks behind each hub's gateway: its own, and those of the VNets that use it.
func (l *layout) serve() {
	for _, hub := range l.hubs {
		own, s := map[string]bool{}, served{}
		if hub >= 0 {
			for _, n := range l.direct(hub) {
				own[n.Name] = true
				s.networks = append(s.networks, n)
			}
		}
		for _, v := range l.users(hub) {
			for _, n := range l.premises(v) {
				if !own[n.network.Name] {
					own[n.network.Name] = true
					s.networks, s.added = append(s.networks, n.network), append(s.added, n.network)
				}
			}
		}
		l.behindHub[hub] = s
	}
}

// premises lists the on-premises networks that a VNet reaches.
func (l *layout) premises(v int) []netReach {
	return slices.DeleteFunc(slices.Clone(l.demand.networks[v]), func(n netReach) bool { return n.network.Kind != reach.OnPremises })
}

// direct lists the on-premises networks that a VNet's own gateway has a connection to.
func (l *layout) direct(v int) []reach.Location {
	var out []reach.Location
	for _, n := range l.premises(v) {
		if l.ends(v, n) {
			out = append(out, n.network)
		}
	}
	return out
}

// ends reports whether the way to a network leaves through a VNet's own gateway.
func (l *layout) ends(v int, n netReach) bool {
	return slices.ContainsFunc(n.path, func(id estate.ID) bool {
		c := l.g.x.Connection(id)
		return c != nil && c.Pairing.Partner.IsZero() && l.g.vnetOf(c) == v
	})
}

// connectionTo finds a connection of the component that ends at an on-premises network.
func (l *layout) connectionTo(n reach.Location) *estate.Connection {
	for _, v := range l.members {
		for _, known := range l.premises(v) {
			if known.network.Name != n.Name {
				continue
			}
			for _, id := range known.path {
				if c := l.g.x.Connection(id); c != nil && c.Pairing.Partner.IsZero() && c.Kind == estate.IPsec && l.copyable(c) {
					return c
				}
			}
		}
	}
	return nil
}

// ambiguous says which two sites would give a hub's gateway two routes for the same addresses,
// or "": its connections of today stay until the new ones carry the traffic, but for tunnels that go before.
func (l *layout) ambiguous(hub int) string {
	var sites, added []*estate.Site
	for _, n := range l.behindHub[hub].added {
		c := l.connectionTo(n)
		if c == nil {
			return fmt.Sprintf("no connection to %q can be copied", n.Name)
		}
		added = append(added, l.g.x.Site(c.Site))
	}
	if hub >= 0 && len(added) > 0 {
		h := &l.g.e.VNets[hub]
		sites = append(sites, &estate.Site{Name: h.Name, Prefixes: h.Space}, &estate.Site{Name: "clients", Prefixes: l.pools(hub)})
		for _, c := range l.g.connections[hub] {
			if s := l.offers(c); s != nil && !(slices.ContainsFunc(added, func(a *estate.Site) bool { return estate.Overlap(a.Prefixes, s.Prefixes) }) && l.goesEarly(c)) {
				sites = append(sites, s)
			}
		}
	}
	for _, s := range added {
		for _, other := range sites {
			if estate.Overlap(s.Prefixes, other.Prefixes) {
				return fmt.Sprintf("its gateway would route the same prefixes to %q and to %q", s.Name, other.Name)
			}
		}
		sites = append(sites, s)
	}
	return ""
}

// offers is what a connection leads to, as a site; nil for one to a circuit.
func (l *layout) offers(c *estate.Connection) *estate.Site {
	if s := l.g.x.Site(c.Site); s != nil && c.Kind == estate.IPsec {
		return s
	}
	if v := l.g.endOf(c); v != nil {
		return &estate.Site{Name: v.Name, Prefixes: v.Space}
	}
	return nil
}

// late reports whether a hub's gateway gets a copy of a connection only after tunnels are gone that lead to the same
// addresses.
func (l *layout) late(hub int, copied *estate.Connection) bool {
	if hub < 0 {
		return false
	}
	prefixes := l.g.x.Site(copied.Site).Prefixes
	return slices.ContainsFunc(l.g.connections[hub], func(c *estate.Connection) bool {
		s := l.offers(c)
		return s != nil && estate.Overlap(s.Prefixes, prefixes) && l.goesEarly(c)
	})
}

// goesEarly reports whether a connection is deleted before the first window: its tunnel carries nothing that needs one.
func (l *layout) goesEarly(c *estate.Connection) bool {
	if c.Pairing.Partner.IsZero() {
		return l.g.severed[c.ID.Key()]
	}
	_, waits := findWindows(l).tunnels[c.ID.Key()]
	return !waits && !l.keep[c.ID.Key()] && !l.keep[c.Pairing.Partner.Key()]
}
