package risk

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// gatewayAddress is the public address of a VNet's gateway, where the service said it.
func (c *network) gatewayAddress(v *estate.VNet) (netip.Addr, bool) {
	for _, g := range c.x.GatewaysOf(v.ID) {
		if a, ok := g.KnownAddress(); ok {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// findGatewayOwners finds whose gateway has an address.
func (c *network) findGatewayOwners() map[netip.Addr]*estate.VNet {
	owners := map[netip.Addr]*estate.VNet{}
	for i := range c.Gateways {
		if a, ok := c.Gateways[i].KnownAddress(); ok {
			owners[a] = c.x.VNet(c.Gateways[i].VNet)
		}
	}
	return owners
}

// disconnected finds connections of which the service, or the options file, says that they are not up (LINK-002).
func disconnected(c *network) diag.List {
	var hits []hit
	for i := range c.halves {
		h := &c.halves[i]
		state := h.State.Value
		if state != estate.StateNotConnected && state != estate.StateConnecting {
			continue
		}
		hits = append(hits, hit{c.vnet(h.near), diag.New("LINK-002", c.at(firstRefs(h.State.Refs, h.Refs)),
			"the state of the connection of VNet %s to %s is given as %s", c.vnet(h.near), c.end(h.Connection), state)})
	}
	return told(hits, "%d connections are not up: of VNets %s")
}

// differentKeys finds tunnels whose two ends have different shared keys (LINK-008). The keys are
// compared and never shown.
func differentKeys(c *network) diag.List {
	var hits []hit
	done := map[estate.Key]bool{} // its other half has been told
	for i := range c.halves {
		h := &c.halves[i]
		partner := c.x.Connection(h.Pairing.Partner)
		if partner == nil || done[h.ID.Key()] || !h.Key.Known() || !partner.Key.Known() || h.Key.Equal(partner.Key) {
			continue
		}
		done[partner.ID.Key()] = true
		hits = append(hits, hit{c.vnet(h.near), diag.New("LINK-008", c.at(firstRefs(h.KeyRefs, h.Refs)),
			"the shared key of VNet %s for %s differs from that of VNet %s for %s", c.vnet(h.near), c.end(h.Connection), c.vnet(h.far), strings.TrimPrefix(c.end(partner), c.worded("local network site "))).
			See(c.at(firstRefs(partner.KeyRefs, partner.Refs)), "the other end is here")})
	}
	return told(hits, "%d tunnels have different shared keys at their ends: of VNets %s")
}

// lostLinks finds documents with sites and gateway subnets and no connection at all (LINK-009): old
// command lines wrote such when they created a VNet.
func lostLinks(c *network) diag.List {
	type document struct{ sites, ready, linked int }
	docs := map[string]*document{}
	of := func(id estate.ID) *document {
		if docs[id.Subscription] == nil {
			docs[id.Subscription] = &document{}
		}
		return docs[id.Subscription]
	}
	for i := range c.Sites {
		of(c.Sites[i].ID).sites++
	}
	for i := range c.VNets {
		if _, ok := c.VNets[i].GatewaySubnet(); ok {
			of(c.VNets[i].ID).ready++
		}
	}
	for i := range c.Connections {
		of(c.Connections[i].ID).linked++
	}
	var out diag.List
	for _, name := range c.Docs {
		if d := docs[name]; d != nil && d.sites > 0 && d.ready > 0 && d.linked == 0 {
			out.Add("LINK-009", diag.Pos{File: name}, "%s %s a %s and %s %s defined, but nothing is connected",
				count(d.ready, "VNet"), plural(d.ready, "has", "have"), estate.GatewaySubnet, count(d.sites, "local network site"), plural(d.sites, "is", "are"))
		}
	}
	return out
}

// staleAddresses finds sites with an address that the gateway they stand for does not have
// (SITE-011).
func staleAddresses(c *network) diag.List {
	var hits []hit
	for i := range c.Sites {
		s := &c.Sites[i]
		far := c.x.VNet(s.Endpoint)
		if far == nil || !slices.ContainsFunc(c.ofSite[s], func(h *half) bool {
			return slices.Contains(h.Pairing.Evidence, estate.Evidence{Kind: estate.StaleAddress, Value: s.Address.Raw})
		}) {
			continue
		}
		right, ok := c.gatewayAddress(far)
		if !ok || right == s.Address.Addr {
			continue // the other end's site is the stale one
		}
		hits = append(hits, hit{c.site(s), c.finding("SITE-011", c.addressPos(s), "gateway address %s of local network site %s is not that of VNet %s, whose gateway has %s",
			s.Address.Raw, c.site(s), c.vnet(far), right).
			See(c.at(far.Refs), "%s is here", c.vnet(far)).WithHint("put %s into the site", right)})
	}
	return told(hits, c.worded("%d local network sites carry an address that the gateway they stand for does not have: %s"))
}

// contradictedDeclarations finds sites whose address the service said to be another gateway's than
// the options file says, or whose connection it said to be up although they are declared gone
// (SITE-012).
func contradictedDeclarations(c *network) diag.List {
	var hits []hit
	for i := range c.Sites {
		s := &c.Sites[i]
		if s.Declared.Kind == estate.Undeclared {
			continue
		}
		f := c.finding("SITE-012", c.at(s.Refs), "local network site %s is declared %s", c.site(s), c.declared(s))
		switch owner := c.gatewayOwners()[s.Address.Addr]; {
		case owner != nil && (s.Declared.Kind != estate.DeclaredVNet || !owner.ID.Same(s.Declared.VNet)):
			f.Message += ", but its gateway address " + s.Address.Raw + " is that of VNet " + c.vnet(owner)
		case s.Declared.Kind == estate.DeclaredGone && slices.ContainsFunc(c.ofSite[s], func(h *half) bool { return h.State.Value == estate.StateConnected }):
			f.Message += ", but the service said that a connection to it is up"
		default:
			continue
		}
		hits = append(hits, hit{c.site(s), f.See(c.addressPos(s), "%s is here", c.site(s))})
	}
	return told(hits, c.worded("what %d local network sites are declared to be contradicts the service's answers: %s"))
}

// declared is what a site is declared to be, in words.
func (c *network) declared(s *estate.Site) string {
	if s.Declared.Kind == estate.DeclaredVNet {
		return "to be VNet " + c.of(estate.TypeVNet, s.Declared.VNet, s.Declared.VNet.Name)
	}
	return quote(s.Declared.Kind.String())
}

// missingPools finds sites that stand for a VNet and leave out the point-to-site pool of its
// gateway (P2S-004).
func missingPools(c *network) diag.List {
	var hits []hit
	for i := range c.Sites {
		s := &c.Sites[i]
		far := c.standsFor(s)
		if far == nil {
			continue
		}
		for _, g := range c.x.GatewaysOf(far.ID) {
			if len(g.ClientPools) == 0 {
				continue
			}
			if rest := without(g.ClientPools, s.Prefixes); len(rest) > 0 {
				hits = append(hits, hit{c.site(s), c.finding("P2S-004", c.at(s.Refs), "local network site %s stands for VNet %s, but leaves out %s of its point-to-site pool",
					c.site(s), c.vnet(far), listed(rest)).See(first(c.Estate, g.ClientPools[0].Refs), "the pool is here")})
			}
		}
	}
	return told(hits, c.worded("%d local network sites leave out the point-to-site pool of the VNet they stand for: %s"))
}
