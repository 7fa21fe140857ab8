package risk

import (
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// maxBehind bounds how many owners a prefix may touch to be followed hop by hop. One that
// touches more is a supernet, and SITE-006 tells that.
const maxBehind = 1024

// beyond is what a site lists outside the VNet that it stands for, and where it leads.
type beyond struct {
	site *estate.Site
	via  *estate.VNet // whose gateway would have to pass the packets on
	far  []farEnd
	dead []netip.Prefix // reaches nothing
}

// farEnd is a place behind a VNet that one of the site's users can send to.
type farEnd struct {
	user     *half
	to       reach.Location
	prefixes []netip.Prefix
	answered bool // something comes back
}

// findBeyond follows the prefixes of every site that lists more than its VNet has.
func (c *network) findBeyond() []beyond {
	var out []beyond
	for i := range c.Sites {
		s := &c.Sites[i]
		via := c.standsFor(s)
		if via == nil {
			continue
		}
		known := [][]estate.Prefix{via.Space}
		for _, g := range c.x.GatewaysOf(via.ID) {
			known = append(known, g.ClientPools)
		}
		for _, h := range c.ofSite[s] {
			known = append(known, h.near.Space) // ADDR-003 tells that
		}
		rest := without(s.Prefixes, known...)
		if len(rest) == 0 {
			continue
		}
		b := beyond{site: s, via: via}
		if ends, ok := c.owners(rest); ok {
			b.follow(c, rest, ends)
		}
		out = append(out, b)
	}
	return out
}

// owners lists who has addresses of the prefixes; false when they are too many to follow.
func (c *network) owners(prefixes []netip.Prefix) ([]reach.Location, bool) {
	seen := map[reach.Location]bool{}
	var out []reach.Location
	add := func(l reach.Location) {
		if !seen[l] {
			seen[l] = true
			out = append(out, l)
		}
	}
	for _, p := range prefixes {
		vnets, sites := c.spaces.inside(p), c.outside.inside(p)
		if len(vnets)+len(sites) > maxBehind {
			return nil, false
		}
		for _, o := range vnets {
			add(location(o.owner))
		}
		for _, o := range sites {
			add(reach.Location{Kind: reach.OnPremises, Name: o.owner.Network})
		}
		for o := range c.spaces.around(p) {
			if add(location(o.owner)); len(out) > maxBehind {
				return nil, false
			}
		}
		for o := range c.outside.around(p) {
			if add(reach.Location{Kind: reach.OnPremises, Name: o.owner.Network}); len(out) > maxBehind {
				return nil, false
			}
		}
	}
	return out, true
}

// follow asks the relation where the rest of the prefixes leads, from each user of the site.
func (b *beyond) follow(c *network, rest []netip.Prefix, ends []reach.Location) {
	var delivered []netip.Prefix
	for _, h := range c.ofSite[b.site] {
		for _, to := range ends {
			var got []netip.Prefix
			for _, f := range c.relation().Forward(location(h.near), to) {
				if len(f.Path) > 1 && f.Path[0].Element.Same(h.ID) {
					got = append(got, f.Prefixes...)
				}
			}
			if len(got) > 0 {
				delivered = append(delivered, got...)
				b.far = append(b.far, farEnd{h, to, got, len(c.relation().Forward(to, location(h.near))) > 0})
			}
		}
	}
	b.dead = minus(rest, delivered)
}

// deadPrefixes finds sites with prefixes that reach nothing behind their VNet (SITE-004).
func deadPrefixes(c *network) diag.List {
	var hits []hit
	for _, b := range c.beyond() {
		// What remains of a supernet is not a mistake of its own: SITE-006 tells of the whole.
		dead := slices.DeleteFunc(slices.Clone(b.dead), func(p netip.Prefix) bool {
			return len(c.strictlyInside(firstOf(b.site.Prefixes, p).Prefix)) > 1
		})
		if len(dead) > 0 {
			hits = append(hits, hit{c.site(b.site), c.finding("SITE-004", c.at(firstOf(b.site.Prefixes, dead[0]).Refs),
				"nothing behind VNet %s has %s, which local network site %s lists", c.vnet(b.via), listed(dead), c.site(b.site)).
				See(c.at(b.via.Refs), "%s is here", c.vnet(b.via))})
		}
	}
	return told(hits, c.worded("%d local network sites list prefixes that reach nothing: %s"))
}

// multiHopSites finds sites whose prefixes reach networks behind their VNet (SITE-005).
func multiHopSites(c *network) diag.List {
	var hits []hit
	for _, b := range c.beyond() {
		if len(b.far) == 0 {
			continue
		}
		var ends []string
		for _, f := range b.far {
			if text := c.location(f.to) + " (" + listed(f.prefixes) + ")"; !slices.Contains(ends, text) {
				ends = append(ends, text)
			}
		}
		hits = append(hits, hit{c.site(b.site), c.finding("SITE-005", c.at(firstOf(b.site.Prefixes, b.far[0].prefixes[0]).Refs),
			"local network site %s stands for VNet %s and also leads through it to %s", c.site(b.site), c.vnet(b.via), few(ends)).
			See(c.at(b.via.Refs), "%s is here", c.vnet(b.via))})
	}
	return told(hits, c.worded("%d local network sites also lead to networks behind the VNet they stand for: %s"))
}

// oneWayMultiHop finds multi-hop paths without a way back (LINK-003).
func oneWayMultiHop(c *network) diag.List {
	var hits []hit
	for _, b := range c.beyond() {
		for _, f := range b.far {
			if f.answered {
				continue
			}
			found := diag.New("LINK-003", c.at(f.user.Refs), "%s sends to %s (%s) through %s, but nothing comes back from there",
				c.vnet(f.user.near), c.location(f.to), listed(f.prefixes), c.vnet(b.via))
			if v := c.x.VNet(f.to.ID); v != nil {
				found = found.See(c.at(v.Refs), "%s is here", c.vnet(v))
			}
			hits = append(hits, hit{c.vnet(f.user.near), found})
		}
	}
	return told(hits, "%d multi-hop paths are written in one direction only: from %s")
}

// transitNetworks finds VNets whose gateways pass on what others send each other (CLS-006).
func transitNetworks(c *network) diag.List {
	pairs := map[*estate.VNet][]string{}
	var order []*estate.VNet
	for _, b := range c.beyond() {
		for _, f := range b.far {
			if !f.answered {
				continue
			}
			ends := []string{c.vnet(f.user.near), c.location(f.to)}
			slices.Sort(ends)
			pair := ends[0] + " with " + ends[1]
			if len(pairs[b.via]) == 0 {
				order = append(order, b.via)
			}
			if !slices.Contains(pairs[b.via], pair) {
				pairs[b.via] = append(pairs[b.via], pair)
			}
		}
	}
	var hits []hit
	for _, v := range order {
		hits = append(hits, hit{c.vnet(v), diag.New("CLS-006", c.at(v.Refs), "multi-hop traffic passes VNet %s: %s", c.vnet(v), few(pairs[v]))})
	}
	return told(hits, "multi-hop traffic passes %d VNets: %s")
}

// pathsThroughPremises finds VNets that may reach each other through an on-premises network and in
// no other way (LINK-007), one finding for each such network.
func pathsThroughPremises(c *network) diag.List {
	if !slices.ContainsFunc(c.outside.sorted, func(o owned[*estate.Site]) bool {
		return c.spaces.touches(o.Prefix.Prefix)
	}) {
		return nil // no site lists what a VNet has, so nothing can turn around
	}
	var hits []hit
	for h := range c.relation().Hairpins() {
		if h.Via.Kind != reach.OnPremises {
			continue
		}
		from, to, ok := c.onlyThrough(h)
		if !ok {
			continue
		}
		s := c.relation().Session(from, to)
		conn := c.x.Connection(s.Path[0].Element)
		f := diag.New("LINK-007", c.at(conn.Refs), "%s and %s can reach each other only through %s, if it passes packets on", c.location(from), c.location(to), c.location(h.Via))
		if len(h.Senders) > 2 {
			f.Message += "; it has " + count(len(h.Senders), "VNet") + " that send for others to it"
		}
		hits = append(hits, hit{c.location(h.Via), f})
	}
	return told(hits, "%d on-premises networks may pass packets between VNets: %s")
}

// maxProbes bounds the search for a pair that has no other path than a hairpin.
const maxProbes = 1 << 16

// onlyThrough finds two VNets with no other way to each other than the hairpin.
func (c *network) onlyThrough(h reach.Hairpin) (from, to reach.Location, ok bool) {
	probes := 0
	for _, from := range h.Senders {
		for _, to := range h.Receivers {
			if from.Kind != reach.VNet || to.Kind != reach.VNet || from.Compare(to) >= 0 {
				continue
			}
			if probes++; probes > maxProbes {
				return from, to, false
			}
			s := c.relation().Session(from, to)
			if s.Value == reach.Unknown && turns(s.Path) && turns(s.Back) {
				return from, to, true
			}
		}
	}
	return from, to, false
}

func turns(path []reach.Hop) bool {
	return slices.ContainsFunc(path, func(h reach.Hop) bool { return h.Type == reach.OnPremTransit })
}
