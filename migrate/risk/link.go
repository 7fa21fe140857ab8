package risk

import (
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// oneSidedLinks finds connections to a VNet that has none back (LINK-001).
func oneSidedLinks(c *classic) diag.List {
	var hits []hit
	for i := range c.halves {
		h := &c.halves[i]
		toward := c.x.VNet(h.Pairing.Toward)
		if h.Pairing.Confidence != estate.OneSided || toward == nil {
			continue
		}
		hits = append(hits, hit{c.vnet(h.near), diag.New("LINK-001", c.at(h.Refs),
			"VNet %s connects to VNet %s by local network site %s, but %s has no connection back", c.vnet(h.near), c.vnet(toward), c.siteID(h.Site), c.vnet(toward)).
			See(c.at(toward.Refs), "%s is here", c.vnet(toward))})
	}
	return told(hits, "%d connections between VNets exist on one side only: of %s")
}

// exhaustedTunnels finds gateways with as many tunnels as a classic size holds (LINK-005).
func exhaustedTunnels(c *classic) diag.List {
	var hits []hit
	for i := range c.VNets {
		v := &c.VNets[i]
		n := len(c.vpn(v))
		if n < azure.MaxClassicTunnels {
			continue
		}
		f := diag.New("LINK-005", c.at(v.Refs), "the gateway of VNet %s has %d tunnels; sizes Default and Standard hold %d, HighPerformance holds %d",
			c.vnet(v), n, azure.MaxClassicTunnels, azure.MaxClassicTunnelsHighPerformance)
		if n > azure.MaxClassicTunnelsHighPerformance {
			f.Message = diag.New("LINK-005", f.Pos, "the gateway of VNet %s has %d tunnels; no classic size holds more than %d", c.vnet(v), n, azure.MaxClassicTunnelsHighPerformance).Message
		}
		hits = append(hits, hit{c.vnet(v), f})
	}
	return told(hits, "the gateways of %d VNets have as many tunnels as a classic size holds, or more: %s")
}

// tunnelsWithinRegions finds tunnels between VNets of one region (LINK-006), one finding for each
// region. VNets of one affinity group are in one region, whichever it is.
func tunnelsWithinRegions(c *classic) diag.List {
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
func smallGatewaySubnets(c *classic) diag.List {
	var hits []hit
	for i := range c.VNets {
		v := &c.VNets[i]
		if s, ok := v.GatewaySubnet(); ok && s.Prefix.Bits() > azure.RecommendedGatewaySubnetBits && c.couldBeHub(v) {
			hits = append(hits, hit{c.vnet(v), diag.New("GW-003", c.at(s.Prefix.Refs), "%s %s of VNet %s is smaller than /%d", estate.GatewaySubnet, s.Prefix.Prefix, c.vnet(v), azure.RecommendedGatewaySubnetBits)})
		}
	}
	return told(hits, "the GatewaySubnet of %d VNets that could be a hub is smaller than /27: %s")
}
