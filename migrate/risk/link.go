package risk

import (
	"net/netip"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// oneSidedLinks finds connections to a VNet that has none back (LINK-001). Those to what is declared
// gone have been found when the estate was put together (LINK-010).
func oneSidedLinks(c *network) diag.List {
	var hits []hit
	for i := range c.halves {
		h := &c.halves[i]
		if h.Pairing.Confidence != estate.OneSided || h.Kind == estate.Vnet2Vnet { // of those it is LST-012
			continue
		}
		toward := c.x.VNet(h.Pairing.Toward)
		if toward == nil {
			continue
		}
		f := c.finding("LINK-001", c.at(h.Refs), "VNet %s connects to VNet %s by local network site %s, but %s has no connection back", c.vnet(h.near), c.vnet(toward), c.siteID(h.Site), c.vnet(toward)).
			See(c.at(toward.Refs), "%s is here", c.vnet(toward))
		if s := c.unusedFor(h.near, toward); s != nil {
			f = f.See(c.at(s.Refs), c.worded("local network site %s has the address space of %s and nothing refers to it: the reference of %s may have been lost"), c.site(s), c.vnet(h.near), c.vnet(toward))
		}
		hits = append(hits, hit{c.vnet(h.near), f})
	}
	return told(hits, "%d connections between VNets exist on one side only: of %s")
}

// unusedFor is a site in the document of one VNet that is exactly the space of another and that
// nothing refers to. The portal kept only one reference when it edited a VNet with several.
// Source: docs/sources.md#links.
func (c *network) unusedFor(v, in *estate.VNet) *estate.Site {
	for _, p := range v.Space {
		for _, s := range c.unused()[p.Prefix] {
			if s.ID.Subscription == in.ID.Subscription && len(without(s.Prefixes, v.Space)) == 0 && len(without(v.Space, s.Prefixes)) == 0 {
				return s
			}
		}
	}
	return nil
}

// findUnused finds the sites that nothing refers to.
func (c *network) findUnused() map[netip.Prefix][]*estate.Site {
	unused := map[netip.Prefix][]*estate.Site{}
	for i := range c.Sites {
		if s := &c.Sites[i]; len(c.ofSite[s]) == 0 && len(s.Prefixes) > 0 {
			unused[s.Prefixes[0].Prefix] = append(unused[s.Prefixes[0].Prefix], s)
		}
	}
	return unused
}

// exhaustedTunnels finds gateways with as many tunnels as their size holds (LINK-005); where
// nothing tells the size of a classic one, as the smaller ones hold.
func exhaustedTunnels(c *network) diag.List {
	var hits []hit
	for i := range c.VNets {
		v := &c.VNets[i]
		if v.Model == estate.ARM {
			hits = append(hits, c.exhausted(v)...)
			continue
		}
		n := len(c.vpn(v))
		size, most := c.tunnelLimit(v)
		if n < most {
			continue
		}
		f := diag.New("LINK-005", c.at(v.Refs), "the gateway of VNet %s has %d tunnels; sizes Default and Standard hold %d, HighPerformance holds %d",
			c.vnet(v), n, azure.MaxClassicTunnels, azure.MaxClassicTunnelsHighPerformance)
		switch {
		case size != "":
			f.Message = diag.New("LINK-005", f.Pos, "the gateway of VNet %s has %s; %s holds %d", c.vnet(v), count(n, "tunnel"), size, most).Message
		case n > azure.MaxClassicTunnelsHighPerformance:
			f.Message = diag.New("LINK-005", f.Pos, "the gateway of VNet %s has %d tunnels; no classic size holds more than %d", c.vnet(v), n, azure.MaxClassicTunnelsHighPerformance).Message
		}
		hits = append(hits, hit{c.vnet(v), f})
	}
	return told(hits, "the gateways of %d VNets have as many tunnels as their size holds, or more: %s")
}

// exhausted looks at the VPN gateways of a VNet of Resource Manager, which have a size.
func (c *network) exhausted(v *estate.VNet) []hit {
	var hits []hit
	for _, g := range c.x.GatewaysOf(v.ID) {
		sku, ok := azure.LookupVPNGatewaySKU(g.SKU)
		if g.Kind != estate.VPNGateway || !ok || g.Absent() {
			continue
		}
		if n := len(c.x.ConnectionsOf(g.ID)); n >= sku.Tunnels {
			hits = append(hits, hit{c.vnet(v), diag.New("LINK-005", c.at(g.Refs), "gateway %q of VNet %s has %s; size %s holds %d", g.ID.Name, c.vnet(v), count(n, "tunnel"), sku.Name, sku.Tunnels)})
		}
	}
	return hits
}

// tunnelLimit is how many tunnels the gateway of a VNet holds, and what of it says so; "" when
// nothing tells. Source: docs/sources.md#classic.
func (c *network) tunnelLimit(v *estate.VNet) (size string, most int) {
	for _, g := range c.x.GatewaysOf(v.ID) {
		switch {
		case g.Kind != estate.VPNGateway:
		case g.Size.Value == "HighPerformance" || g.Size.Value == "UltraPerformance":
			return "size " + g.Size.Value, azure.MaxClassicTunnelsHighPerformance
		case g.Size.Known():
			return "size " + g.Size.Value, azure.MaxClassicTunnels
		}
	}
	return "", azure.MaxClassicTunnels
}

// tunnelsWithinRegions finds tunnels between VNets of one region (LINK-006), one finding for each
// region. VNets of one affinity group are in one region, whichever it is.
func tunnelsWithinRegions(c *network) diag.List {
	var order []string
	pairs := map[string][]string{}
	at := map[string]diag.Pos{}
	done := map[[2]*estate.VNet]bool{} // its other half has been counted
	for i := range c.halves {
		h := &c.halves[i]
		if h.far == nil || done[[2]*estate.VNet{h.far, h.near}] || !sameRegion(h.near.Region, h.far.Region) {
			continue
		}
		done[[2]*estate.VNet{h.near, h.far}] = true
		region := h.near.Region.String()
		if len(pairs[region]) == 0 {
			order, at[region] = append(order, region), c.at(h.Refs)
		}
		pairs[region] = append(pairs[region], c.vnet(h.near)+" with "+c.vnet(h.far))
	}
	var hits []hit
	for _, region := range order {
		n := len(pairs[region])
		hits = append(hits, hit{region, diag.New("LINK-006", at[region], "%s %s VNets of %s: %s", count(n, "tunnel"), plural(n, "joins", "join"), region, few(pairs[region]))})
	}
	return told(hits, "tunnels join VNets of the same region in %d regions: %s")
}

func sameRegion(a, b estate.Region) bool {
	return a.Name != "" && a.Name == b.Name || a.Name == "" && a.AffinityGroup != "" && a.AffinityGroup == b.AffinityGroup
}

// smallGatewaySubnets finds VNets that could be a hub and have a GatewaySubnet smaller than /27
// (GW-003).
func smallGatewaySubnets(c *network) diag.List {
	var hits []hit
	for i := range c.VNets {
		v := &c.VNets[i]
		if s, ok := v.GatewaySubnet(); ok && s.Prefix.Addr().Is4() && s.Prefix.Bits() > azure.RecommendedGatewaySubnetBits && c.couldBeHub(v) {
			hits = append(hits, hit{c.vnet(v), diag.New("GW-003", c.at(s.Prefix.Refs), "%s %s of VNet %s is smaller than /%d", estate.GatewaySubnet, s.Prefix.Prefix, c.vnet(v), azure.RecommendedGatewaySubnetBits)})
		}
	}
	return told(hits, "the GatewaySubnet of %d VNets that could be a hub is smaller than /27: %s")
}
