package risk

import (
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// sharedPremises finds on-premises prefixes that sites of different networks list (ONP-003).
func sharedPremises(c *network) diag.List {
	var hits []hit
	var open []owned[*estate.Site]
	done := map[[2]string]bool{}
	for _, o := range c.outside.sorted {
		for len(open) > 0 && !open[len(open)-1].Contains(o.Addr()) {
			open = open[:len(open)-1]
		}
		if n := len(open); n > 0 {
			outer := open[n-1]
			pair := [2]string{outer.owner.Network, o.owner.Network}
			if pair[0] != pair[1] && !done[pair] && c.byDifferentVNets(outer.owner, o.owner) {
				done[pair] = true
				hits = append(hits, c.sharedHit(outer, o))
			}
		}
		open = append(open, o)
	}
	return told(hits, c.worded("%d on-premises prefixes are behind several devices: of local network sites %s"))
}

// byDifferentVNets reports whether two sites are not used by one and the same VNet alone; what
// that one may not do is ADDR-004.
func (c *network) byDifferentVNets(a, b *estate.Site) bool {
	return slices.ContainsFunc(c.ofSite[a], func(h *half) bool {
		return slices.ContainsFunc(c.ofSite[b], func(k *half) bool { return h.near != k.near })
	})
}

func (c *network) sharedHit(outer, inner owned[*estate.Site]) hit {
	f := c.finding("ONP-003", c.at(inner.Refs), "prefix %s of local network site %s overlaps %s of %s, which is another device: VNet %s uses the one, VNet %s the other",
		inner.Prefix.Prefix, c.site(inner.owner), outer.Prefix.Prefix, c.site(outer.owner), c.vnet(c.ofSite[inner.owner][0].near), c.vnet(c.ofSite[outer.owner][len(c.ofSite[outer.owner])-1].near)).
		See(c.at(outer.Refs), "%s is here", outer.Prefix.Prefix)
	return hit{c.site(inner.owner), f}
}

// unknownCircuits finds Dedicated connections whose circuit no file names (ER-001).
func unknownCircuits(c *network) diag.List {
	var hits []hit
	for i := range c.halves {
		if h := &c.halves[i]; h.Kind == estate.ExpressRoute && h.Circuit.IsZero() {
			f := diag.New("ER-001", c.at(h.Refs), "the Dedicated connection of VNet %s to %s does not name its circuit", c.vnet(h.near), c.siteID(h.Site))
			if c.modern {
				f.Message = diag.New("ER-001", f.Pos, "ExpressRoute connection %q of VNet %s does not name its circuit", h.ID.Name, c.vnet(h.near)).Message
			}
			hits = append(hits, hit{c.vnet(h.near), f})
		}
	}
	return told(hits, "%d ExpressRoute connections do not name their circuit: of VNets %s")
}

// hiddenSites finds VNets with ExpressRoute, whose VPN sites may be kept elsewhere (ER-004).
func hiddenSites(c *network) diag.List {
	if c.modern {
		return nil // there both gateways and their sites are listed alike
	}
	var hits []hit
	for i := range c.Gateways {
		g := &c.Gateways[i]
		v := c.x.VNet(g.VNet)
		if g.Kind == estate.ExpressRouteGateway && v != nil && !c.knownBeside(v) {
			hits = append(hits, hit{c.vnet(v), diag.New("ER-004", c.at(firstRefs(g.Refs, v.Refs)), "VNet %s has ExpressRoute; VPN sites beside it would not be in its network configuration", c.vnet(v))})
		}
	}
	return told(hits, "%d VNets have ExpressRoute, and VPN sites beside it would not be in their network configurations: %s")
}

// knownBeside reports whether the VPN gateway that stands beside the ExpressRoute gateway of a VNet
// was listed, with its sites.
func (c *network) knownBeside(v *estate.VNet) bool {
	return slices.ContainsFunc(c.x.GatewaysOf(v.ID), func(g *estate.Gateway) bool { return g.Beside.Known() })
}

// devicesToTeach finds the on-premises devices that must learn the ranges of VNets that use a hub's
// gateway (ONP-001), one finding for each device and hub. What comes to a device through the hub's
// tunnel today it knows already.
func devicesToTeach(t *target) diag.List {
	users := map[estate.Key][]*estate.VNet{} // by hub
	for i := range t.Target.Peerings {
		if p := &t.Target.Peerings[i]; p.UseRemoteGateways {
			if v := t.x.VNet(p.VNet); v != nil {
				users[p.Remote.Key()] = append(users[p.Remote.Key()], v)
			}
		}
	}
	var hits []hit
	type tunnel struct {
		network string
		hub     estate.Key
	}
	done := map[tunnel]bool{}
	for i := range t.Target.Connections {
		c := &t.Target.Connections[i]
		s, g := t.x.Site(c.Site), t.x.Gateway(c.Gateway)
		if s == nil || g == nil || c.Kind != estate.IPsec || !s.Endpoint.IsZero() {
			continue
		}
		key := tunnel{s.Network, g.VNet.Key()}
		if done[key] {
			continue
		}
		done[key] = true
		var names []string
		var ranges []netip.Prefix
		for _, v := range users[g.VNet.Key()] {
			if t.entersBy(v, s.Network, g.VNet) {
				continue
			}
			names = append(names, t.vnet(v))
			for _, p := range v.Space {
				ranges = append(ranges, p.Prefix)
			}
		}
		if len(names) > 0 {
			hits = append(hits, hit{quote(s.Network), diag.New("ONP-001", t.at(s.Refs), "the device of %q must learn %s of %s %s on the tunnel to %s",
				s.Network, listed(ranges), plural(len(names), "VNet", "VNets"), few(names), t.nameOf(g.VNet))})
		}
	}
	return told(hits, "%d on-premises devices must learn the ranges of VNets behind a hub: those of %s")
}

// entersBy reports whether a VNet's packets enter an on-premises network today by a tunnel of the hub.
func (t *target) entersBy(v *estate.VNet, network string, hub estate.ID) bool {
	return slices.ContainsFunc(t.Before.Forward(location(v), reach.Location{Kind: reach.OnPremises, Name: network}), func(f reach.Flow) bool {
		c := t.base.Connection(f.Path[len(f.Path)-1].Element)
		if c == nil {
			return false
		}
		g := t.base.Gateway(c.Gateway)
		return g != nil && g.VNet.Same(hub)
	})
}
