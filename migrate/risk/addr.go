package risk

import (
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// nearlyFullPercent is how much of a VNet its subnets may take before a hub's subnets may not fit.
// Source: docs/sources.md#hub-plan.
const nearlyFullPercent = 80

// publicPrefixes finds VNets and sites with addresses that are not private (ADDR-008). Ranges that
// a VNet may not have at all are ADDR-011's.
func publicPrefixes(c *network) diag.List {
	var hits []hit
	add := func(what, name string, prefixes []estate.Prefix) { // the name is quoted already
		public := slices.DeleteFunc(slices.Clone(prefixes), func(p estate.Prefix) bool { return azure.IsPrivate(p.Prefix) || forbidden(p.Prefix) })
		if len(public) > 0 {
			plain := make([]netip.Prefix, len(public))
			for i, p := range public {
				plain[i] = p.Prefix
			}
			hits = append(hits, hit{name, diag.New("ADDR-008", c.at(public[0].Refs), "%s of %s %s %s not private",
				listed(plain), what, name, plural(len(public), "is", "are"))})
		}
	}
	for i := range c.VNets {
		add("VNet", c.vnet(&c.VNets[i]), c.VNets[i].Space)
	}
	for i := range c.Sites {
		if s := &c.Sites[i]; len(c.ofSite[s]) > 0 && s.Endpoint.IsZero() { // the VNet behind it is told by itself
			add(c.worded("local network site"), c.site(s), s.Prefixes)
		}
	}
	return told(hits, c.worded("%d VNets and local network sites have addresses that are not private: %s"))
}

func forbidden(p netip.Prefix) bool {
	return slices.ContainsFunc(azure.ForbiddenPrefixes(), func(bad netip.Prefix) bool { return contains(bad, p) })
}

// clientPools finds point-to-site pools that share addresses with their own VNet or with a site
// of their own gateway (ADDR-009).
func clientPools(c *network) diag.List {
	var hits []hit
	for i := range c.Gateways {
		g := &c.Gateways[i]
		v := c.x.VNet(g.VNet)
		if len(g.ClientPools) == 0 || v == nil {
			continue
		}
		others := []neighbour{{"VNet", c.vnet(v), v.Space}}
		for _, h := range c.ofVNet[v] {
			if h.site != nil {
				others = append(others, neighbour{c.worded("local network site"), c.site(h.site), h.site.Prefixes})
			}
		}
		hits = append(hits, poolHits(c.Estate, c.vnet(v), g, others)...)
	}
	return told(hits, "%d point-to-site pools share addresses with a network that they reach: those of %s")
}

// neighbour is something that a pool's clients reach.
type neighbour struct {
	what, name string // the name in quotes
	prefixes   []estate.Prefix
}

func poolHits(e *estate.Estate, vnet string, g *estate.Gateway, others []neighbour) []hit {
	var hits []hit
	for _, other := range others {
		for _, pool := range g.ClientPools {
			q := firstOf(other.prefixes, pool.Prefix)
			if !q.IsValid() {
				continue
			}
			hits = append(hits, hit{vnet, diag.New("ADDR-009", first(e, pool.Refs),
				"point-to-site pool %s of VNet %s overlaps %s of %s %s", pool.Prefix, vnet, q.Prefix, other.what, other.name).
				See(first(e, q.Refs), "%s is here", q.Prefix)})
			break
		}
	}
	return hits
}

// poolsBesidePeers finds pools that share addresses with a VNet that the target peers with their
// gateway's VNet (ADDR-009).
func poolsBesidePeers(t *target) diag.List {
	var hits []hit
	for i := range t.Target.Gateways {
		g := &t.Target.Gateways[i]
		v := t.x.VNet(g.VNet)
		if len(g.ClientPools) == 0 || v == nil {
			continue
		}
		var others []neighbour
		for _, p := range t.x.PeeringsOf(v.ID) {
			if r := t.x.VNet(p.Remote); r != nil {
				others = append(others, neighbour{"VNet", t.vnet(r), r.Space})
			}
		}
		for _, c := range t.x.ConnectionsOf(g.ID) {
			if s := t.x.Site(c.Site); s != nil && t.base.Connection(c.ID) == nil {
				others = append(others, neighbour{t.worded("local network site"), t.site(s), s.Prefixes})
			}
		}
		hits = append(hits, poolHits(t.Target, t.vnet(v), g, others)...)
	}
	return told(hits, "%d point-to-site pools share addresses with a network that they reach in the target: those of %s")
}

// unconnectedOverlaps finds VNets that share addresses and are not joined by a tunnel (ADDR-010).
// VNets inside one range are told together: eleven copies of one network are one cause.
func unconnectedOverlaps(c *network) diag.List {
	var hits []hit
	var open []owned[*estate.VNet]
	var sharing []owned[*estate.VNet]
	tell := func() {
		if len(sharing) > 0 {
			hits = append(hits, c.overlapHit(open[0], sharing))
		}
		sharing = nil
	}
	for _, o := range c.spaces.sorted {
		if len(open) > 0 && !open[0].Contains(o.Addr()) {
			tell()
			open = open[:0]
		}
		for len(open) > 0 && !open[len(open)-1].Contains(o.Addr()) {
			open = open[:len(open)-1]
		}
		if slices.ContainsFunc(open, func(outer owned[*estate.VNet]) bool {
			return outer.owner != o.owner && !c.connected(outer.owner, o.owner)
		}) {
			sharing = append(sharing, o)
		}
		open = append(open, o)
	}
	tell()
	return told(hits, "%d address ranges are shared by VNets that are not connected: of %s")
}

func (c *network) overlapHit(outer owned[*estate.VNet], sharing []owned[*estate.VNet]) hit {
	var names []string
	for _, o := range sharing {
		names = append(names, c.vnet(o.owner)+" ("+o.Prefix.Prefix.String()+")")
	}
	f := diag.New("ADDR-010", c.at(outer.Refs), "VNet %s (%s) shares addresses with %s; they are not all connected", c.vnet(outer.owner), outer.Prefix.Prefix, few(names))
	if len(names) == 1 {
		f.Message = diag.New("ADDR-010", f.Pos, "VNet %s (%s) shares addresses with %s, and no tunnel joins them", c.vnet(outer.owner), outer.Prefix.Prefix, names[0]).Message
	}
	for _, o := range sharing[:min(len(sharing), maxNamed)] {
		f = f.See(c.at(o.Refs), "%s is here", c.vnet(o.owner))
	}
	return hit{c.vnet(outer.owner), f}
}

// nearlyFull finds VNets with a gateway that have little room left for the other subnets of a hub
// (ADDR-012).
func nearlyFull(c *network) diag.List {
	var hits []hit
	for i := range c.VNets {
		v := &c.VNets[i]
		if len(c.x.GatewaysOf(v.ID)) == 0 {
			continue
		}
		var used, all uint64
		for _, s := range v.Subnets {
			for _, p := range append([]estate.Prefix{s.Prefix}, s.MorePrefixes...) {
				used += addresses(p.Prefix)
			}
		}
		for _, p := range v.Space {
			all += addresses(p.Prefix)
		}
		if percent := used * 100 / max(all, 1); percent > nearlyFullPercent {
			hits = append(hits, hit{c.vnet(v), diag.New("ADDR-012", c.at(v.Refs), "subnets fill %d %% of VNet %s (%d of %d addresses)", percent, c.vnet(v), used, all)})
		}
	}
	return told(hits, "subnets fill more than four fifths of %d VNets with a gateway: %s")
}

// addresses is how many IPv4 addresses a prefix has. Those of IPv6 are never short.
func addresses(p netip.Prefix) uint64 {
	if !p.Addr().Is4() {
		return 0
	}
	return 1 << (32 - p.Bits())
}

// premisesHidden finds on-premises prefixes that the gateway of a hub routes and that lie inside a
// VNet peered with the hub (ADDR-003). A prefix that is wider than the VNet still reaches the
// rest of the site: that is SITE-006.
func premisesHidden(t *target) diag.List {
	var hits []hit
	for i := range t.Target.Connections {
		c := &t.Target.Connections[i]
		s, g := t.x.Site(c.Site), t.x.Gateway(c.Gateway)
		if s == nil || g == nil || !s.Endpoint.IsZero() {
			continue
		}
		for _, half := range t.x.PeeringsOf(g.VNet) {
			r := t.x.VNet(half.Remote)
			if r == nil {
				continue
			}
			for _, p := range s.Prefixes {
				if q := firstOf(r.Space, p.Prefix); q.IsValid() && contains(q.Prefix, p.Prefix) {
					hits = append(hits, hit{t.site(s), t.finding("ADDR-003", t.at(p.Refs),
						"prefix %s of local network site %s lies in %s of VNet %s, which is to be peered with %s: the site becomes unreachable there", p.Prefix, t.site(s), q.Prefix, t.vnet(r), t.nameOf(g.VNet)).
						See(t.at(q.Refs), "%s is here", t.vnet(r))})
				}
			}
		}
	}
	return told(hits, "%d on-premises prefixes lie in VNets that are to be peered with the hub that serves them: of sites %s")
}

// hubBlockTaken finds what the block of a planned hub would collide with (ADDR-005). The planner
// chooses free blocks; a plan that a person edited may have another one.
func hubBlockTaken(t *target) diag.List {
	var hits []hit
	for i := range t.Components {
		for n, block := range t.Components[i].Hub.Blocks() {
			for _, k := range t.known() {
				if p := firstOf(k.prefixes, block); p.IsValid() {
					hits = append(hits, hit{k.name, diag.New("ADDR-005", first(t.classic, p.Refs), "block %s for the hub of %q overlaps %s of %s %s",
						block, t.Components[i].Name, p.Prefix, k.what, k.name)})
				}
			}
			for j := range t.Components[:i+1] {
				blocks := t.Components[j].Hub.Blocks()
				if j == i {
					blocks = blocks[:n]
				}
				for _, other := range blocks {
					if other.Overlaps(block) {
						hits = append(hits, hit{quote(t.Components[j].Name), diag.New("ADDR-005", diag.Pos{}, "block %s for the hub of %q overlaps %s for the hub of %q",
							block, t.Components[i].Name, other, t.Components[j].Name)})
					}
				}
			}
		}
	}
	return told(hits, "blocks for new hubs overlap %d objects: %s")
}

// known lists what the estate has of addresses, referenced or not. A site that stands for a VNet
// is told by the VNet.
func (t *target) known() []neighbour {
	var all []neighbour
	e := t.classic
	for i := range e.VNets {
		all = append(all, neighbour{"VNet", t.vnet(&e.VNets[i]), e.VNets[i].Space})
	}
	for i := range e.Sites {
		if s := &e.Sites[i]; s.Endpoint.IsZero() {
			all = append(all, neighbour{t.worded("local network site"), t.site(s), s.Prefixes})
		}
	}
	for i := range e.Gateways {
		all = append(all, neighbour{"the point-to-site pool of VNet", t.nameOf(e.Gateways[i].VNet), e.Gateways[i].ClientPools})
	}
	for i := range e.DNSServers {
		d := &e.DNSServers[i]
		host := netip.PrefixFrom(d.Address.Addr, d.Address.BitLen())
		all = append(all, neighbour{"DNS server", quote(d.Name), []estate.Prefix{{Prefix: host, Raw: d.Address.Raw, Refs: d.Address.Refs}}})
	}
	for _, p := range azure.ForbiddenPrefixes() {
		all = append(all, neighbour{"the forbidden range", quote(p.String()), []estate.Prefix{{Prefix: p, Raw: p.String()}}})
	}
	return all
}

// nameOf names a VNet as it was written.
func (t *target) nameOf(vnet estate.ID) string {
	if v := t.x.VNet(vnet); v != nil {
		return t.vnet(v)
	}
	return t.of(estate.TypeVNet, vnet, vnet.Name)
}
