package risk

import (
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// This file has what the service would not have accepted, or will not, of a file that was edited by
// hand or damaged.

// addressesInsideSites finds referenced sites whose device stands in the network behind it (SITE-014).
// An address that no device can have is SITE-002's.
func addressesInsideSites(c *network) diag.List {
	var hits []hit
	for i := range c.Sites {
		s := &c.Sites[i]
		if len(c.ofSite[s]) == 0 || !s.Address.IsValid() || s.Address.Placeholder != "" {
			continue
		}
		p := firstOf(s.Prefixes, netip.PrefixFrom(s.Address.Addr, s.Address.BitLen()))
		if p.IsValid() {
			hits = append(hits, hit{c.site(s), c.finding("SITE-014", c.addressPos(s), "gateway address %s of local network site %s lies in its own prefix %s", s.Address.Addr, c.site(s), p.Prefix).
				See(c.at(p.Refs), "%s is here", p.Prefix)})
		}
	}
	return told(hits, c.worded("the gateway addresses of %d local network sites lie in their own prefixes: %s"))
}

// longSites finds sites with more prefixes than a local network gateway lists (LIM-002).
func longSites(c *network) diag.List {
	var hits []hit
	for i := range c.Sites {
		s := &c.Sites[i]
		if n := len(s.Prefixes); n > azure.MaxLocalNetworkGatewayPrefixes && len(c.ofSite[s]) > 0 {
			hits = append(hits, hit{c.site(s), c.finding("LIM-002", c.at(s.Refs), "local network site %s lists %d prefixes; %d are allowed", c.site(s), n, azure.MaxLocalNetworkGatewayPrefixes)})
		}
	}
	return told(hits, c.worded("%d local network sites list more prefixes than are allowed: %s"))
}

// manySubnets finds VNets with more subnets than the platform allows (LIM-003).
func manySubnets(c *network) diag.List {
	var hits []hit
	for i := range c.VNets {
		v := &c.VNets[i]
		if n := len(v.Subnets); n > azure.MaxSubnetsPerVNet {
			hits = append(hits, hit{c.vnet(v), diag.New("LIM-003", c.at(v.Refs), "VNet %s has %d subnets; %d are allowed", c.vnet(v), n, azure.MaxSubnetsPerVNet)})
		}
	}
	return told(hits, "%d VNets have more subnets than are allowed: %s")
}

// tinySubnets finds subnets that are smaller than the platform allows (LIM-004).
func tinySubnets(c *network) diag.List {
	var hits []hit
	for i := range c.VNets {
		v := &c.VNets[i]
		for j := range v.Subnets {
			if s := &v.Subnets[j]; s.Prefix.Addr().Is4() && s.Prefix.Bits() > azure.SmallestSubnetBits {
				hits = append(hits, hit{quote(s.Raw), diag.New("LIM-004", c.at(s.Prefix.Refs), "subnet %q of VNet %s has the prefix %s; the smallest is /%d", s.Raw, c.vnet(v), s.Prefix.Prefix, azure.SmallestSubnetBits)})
			}
		}
	}
	return told(hits, "%d subnets are smaller than the platform allows: %s")
}

// otherOwners finds tunnels between VNets of different subscriptions, that is documents (SEC-007), one
// finding for each pair of subscriptions.
func otherOwners(c *network) diag.List {
	type owners struct{ near, far string }
	var order []owners
	pairs := map[owners][]string{}
	at := map[owners]diag.Pos{}
	for i := range c.halves {
		h := &c.halves[i]
		if h.far == nil || h.near.ID.Subscription >= h.far.ID.Subscription {
			continue // the same, or told by the other half
		}
		o := owners{h.near.ID.Subscription, h.far.ID.Subscription}
		if len(pairs[o]) == 0 {
			order, at[o] = append(order, o), c.at(h.Refs)
		}
		ends := []string{c.vnet(h.near), c.vnet(h.far)}
		slices.Sort(ends)
		pairs[o] = append(pairs[o], ends[0]+" with "+ends[1])
	}
	var hits []hit
	for _, o := range order {
		n := len(pairs[o])
		hits = append(hits, hit{quote(o.far), diag.New("SEC-007", at[o], "%s %s VNets of %q and %q: %s", count(n, "tunnel"), plural(n, "joins", "join"), o.near, o.far, few(pairs[o]))})
	}
	return told(hits, "tunnels join %d pairs of subscriptions, with: %s")
}

// carriedPools finds client pools that a tunnel carries because the site at its far end lists them (P2S-003),
// one finding for each pool.
func carriedPools(c *network) diag.List {
	var hits []hit
	c.eachPool(func(v *estate.VNet, g *estate.Gateway) {
		if far := c.beyondTunnels(v, g); len(far) > 0 {
			hits = append(hits, hit{c.vnet(v), diag.New("P2S-003", first(c.Estate, g.ClientPools[0].Refs), "clients of VNet %s (%s) reach VNet%s %s only as long as the tunnel is IPsec with the pool in its site",
				c.vnet(v), g.ClientPools[0].Prefix, plural(len(far), "", "s"), few(far))})
		}
	})
	return told(hits, "tunnels carry the clients of %d VNets only as long as they are IPsec: of %s")
}

// eachPool visits the gateways with point-to-site clients.
func (c *network) eachPool(visit func(*estate.VNet, *estate.Gateway)) {
	for i := range c.Gateways {
		g := &c.Gateways[i]
		if v := c.x.VNet(g.VNet); v != nil && len(g.ClientPools) > 0 {
			visit(v, g)
		}
	}
}

// beyondTunnels names the VNets at the far ends of v's tunnels whose sites list every pool of g.
func (c *network) beyondTunnels(v *estate.VNet, g *estate.Gateway) []string {
	var far []string
	for _, h := range c.ofVNet[v] {
		if h.far != nil && c.carries(h, g.ClientPools) {
			far = append(far, c.vnet(h.far))
		}
	}
	return far
}

// carries reports whether the site at the far end of a paired half lists every pool.
func (c *network) carries(h *half, pools []estate.Prefix) bool {
	back := c.x.Connection(h.Pairing.Partner)
	if back == nil {
		return false
	}
	s := c.x.Site(back.Site)
	return s != nil && !slices.ContainsFunc(pools, func(p estate.Prefix) bool { return !estate.Within(p.Prefix, s.Prefixes) })
}
