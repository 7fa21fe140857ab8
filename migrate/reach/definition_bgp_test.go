package reach_test

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// announcement is a prefix that a gateway hears over a session.
type announcement struct {
	prefix netip.Prefix
	path   []string // ASNs, the nearest first
	maybe  string   // not "": no input lists what this device announces
}

// asn is a gateway's; one without has 65515.
func asn(g *estate.Gateway) string {
	if g.BGP == nil || !g.BGP.ASN.Known() {
		return "65515"
	}
	return g.BGP.ASN.Value
}

// sessionUp: between two VNet gateways both halves name each other and have BGP and the ASNs differ;
// with a device the connection has BGP.
func (d *definition) sessionUp(c *estate.Connection) bool {
	if far := d.partner(c); far != nil {
		return d.partner(far) == c && c.EnableBGP.Known() && far.EnableBGP.Known() && asn(d.gatewayAt(c.Gateway)) != asn(d.gatewayAt(far.Gateway))
	}
	return c.EnableBGP.Known() && c.Kind != estate.ExpressRoute && d.device(c) != nil
}

// exchange lets all gateways announce, round by round, until nothing changes.
func (d *definition) exchange() {
	for range 100 {
		next := map[*estate.Connection][]announcement{}
		for i := range d.e.Connections {
			c := &d.e.Connections[i]
			for _, a := range d.offered(c) {
				if d.takes(d.gatewayAt(c.Gateway), a) {
					next[c] = append(next[c], a)
				}
			}
		}
		if reflect.DeepEqual(next, d.heard) {
			return
		}
		d.heard = next
	}
	panic("BGP finds no rest")
}

// offered is what the other end of a session announces.
func (d *definition) offered(c *estate.Connection) []announcement {
	if !d.sessionUp(c) {
		return nil
	}
	if far := d.partner(c); far != nil {
		return d.announces(far)
	}
	return d.fromDevice(d.device(c))
}

// fromDevice: what an input lists, else maybe the private ranges (ASM-BGP-LEARNED).
func (d *definition) fromDevice(s *estate.Site) []announcement {
	path := []string{""}
	if s.BGP != nil {
		path[0] = s.BGP.ASN.Value
	}
	var out []announcement
	if s.AnnouncedKnown {
		for _, p := range s.Announced {
			out = append(out, announcement{prefix: p.Prefix, path: path})
		}
		return out
	}
	for _, p := range private {
		out = append(out, announcement{prefix: p, path: path, maybe: "device of " + s.Name})
	}
	return out
}

// takes: nothing that equals or lies inside a range of the gateway's own VNet, and nothing whose path
// has its own ASN.
func (d *definition) takes(g *estate.Gateway, a announcement) bool {
	inside := slices.ContainsFunc(d.vnet(g.VNet).Space, func(r estate.Prefix) bool {
		return r.Bits() <= a.prefix.Bits() && r.Contains(a.prefix.Addr())
	})
	return !inside && !slices.Contains(a.path, asn(g))
}

// announces is what the gateway of a connection announces over it: its VNet's ranges, those of spokes
// that use it, the prefixes of its other connections' sites and the best of what it heard over others,
// but no default route and nothing that overlaps its VNet's ranges.
func (d *definition) announces(c *estate.Connection) []announcement {
	g := d.gatewayAt(c.Gateway)
	v := d.vnet(g.VNet)
	var out, more []announcement
	own := func(list *[]announcement, ranges []estate.Prefix) {
		for _, p := range ranges {
			*list = append(*list, announcement{prefix: p.Prefix, path: []string{asn(g)}})
		}
	}
	own(&out, v.Space)
	for i := range d.e.VNets {
		if s := &d.e.VNets[i]; d.used(s) == v {
			own(&more, s.Space)
		}
	}
	for _, other := range d.connections(g) {
		if s := d.site(other.Site); other != c && s != nil {
			own(&more, s.Prefixes)
		}
	}
	for _, other := range d.connections(g) {
		for _, a := range d.heard[other] {
			if other != c && d.best(g, a) {
				a.path = append([]string{asn(g)}, a.path...)
				more = append(more, a)
			}
		}
	}
	for _, a := range more {
		overlaps := slices.ContainsFunc(v.Space, func(r estate.Prefix) bool { return r.Overlaps(a.prefix) })
		if a.prefix.Bits() > 0 && !overlaps {
			out = append(out, a)
		}
	}
	return unrepeated(out)
}

// best: no shorter path of those that a gateway heard leads to the same prefix. One that may be
// announced hides only longer ones of the same device.
func (d *definition) best(g *estate.Gateway, a announcement) bool {
	for _, c := range d.connections(g) {
		for _, b := range d.heard[c] {
			if b.prefix == a.prefix && len(b.path) < len(a.path) && (b.maybe == "" || b.maybe == a.maybe) {
				return false
			}
		}
	}
	return true
}

// unrepeated leaves each announcement once, and of the same prefix only those that no shorter sure
// path hides.
func unrepeated(all []announcement) []announcement {
	var out []announcement
	seen := map[string]bool{}
	for _, a := range all {
		hidden := slices.ContainsFunc(all, func(b announcement) bool {
			return b.prefix == a.prefix && b.maybe == "" && len(b.path) < len(a.path)
		})
		key := a.prefix.String() + " " + strings.Join(a.path, " ") + " " + a.maybe
		if !hidden && !seen[key] {
			seen[key] = true
			out = append(out, a)
		}
	}
	return out
}
