package risk

import (
	"strconv"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// nearPercent is how much of a limit is worth a word before it is reached.
const nearPercent = 90

// near reports whether a count is at, over or nearly at a limit.
func near(n, limit int) bool { return limit > 0 && n*100 >= limit*nearPercent }

// liveLimits counts what a live network has (LIM-001). Tunnels are LINK-005, routes RTE-005, peerings
// beyond the limit HUB-002.
func liveLimits(l *live) diag.List {
	var out diag.List
	type place struct{ subscription, region string }
	var order []place
	vnets, tables := map[place]int{}, map[place]int{}
	at := map[place]diag.Pos{}
	note := func(in map[place]int, id estate.ID, r estate.Region, refs []diag.Ref) {
		p := place{id.Subscription, r.String()}
		if vnets[p]+tables[p] == 0 {
			order, at[p] = append(order, p), l.at(refs)
		}
		in[p]++
	}
	for i := range l.VNets {
		v := &l.VNets[i]
		note(vnets, v.ID, v.Region, v.Refs)
		if n := len(l.x.PeeringsOf(v.ID)); near(n, azure.MaxPeeringsPerVNet) && n <= azure.MaxPeeringsPerVNet {
			out.Add("LIM-001", l.at(v.Refs), "VNet %s has %d peerings; %d are allowed", l.vnet(v), n, azure.MaxPeeringsPerVNet)
		}
	}
	for i := range l.RouteTables {
		note(tables, l.RouteTables[i].ID, l.RouteTables[i].Region, l.RouteTables[i].Refs)
	}
	for _, p := range order {
		if n := vnets[p]; near(n, azure.MaxVNetsPerSubscription) {
			out.Add("LIM-001", at[p], "%d VNets in %s in subscription %q; %d are allowed", n, p.region, p.subscription, azure.MaxVNetsPerSubscription)
		}
		if n := tables[p]; near(n, azure.MaxRouteTables) {
			out.Add("LIM-001", at[p], "%d route tables in %s in subscription %q; %d are allowed", n, p.region, p.subscription, azure.MaxRouteTables)
		}
	}
	l.eachGateway(func(g *estate.Gateway) {
		if g.Kind == estate.VPNGateway {
			out = append(out, l.gatewayLimits(g)...)
		}
	})
	return out
}

// gatewayLimits counts what stands behind a VPN gateway: machines and ranges of its VNet and of those that
// use it.
func (l *live) gatewayLimits(g *estate.Gateway) diag.List {
	var out diag.List
	v := l.x.VNet(g.VNet)
	machines, ranges := 0, 0
	for _, w := range append([]*estate.VNet{v}, l.users(v)...) {
		ranges += len(w.Space)
		for i := range w.Subnets {
			if !w.Subnets[i].OfGateways() {
				machines += w.Subnets[i].InUse
			}
		}
	}
	if sku, ok := skuOf(g); ok && near(machines, sku.Behind) {
		out.Add("LIM-001", l.at(g.Refs), "%d addresses are in use behind %s; size %s is for %d machines", machines, l.gatewayName(g), g.SKU, sku.Behind)
	}
	if near(ranges, azure.MaxGatewayPrefixes) {
		out.Add("LIM-001", l.at(g.Refs), "%d ranges of VNets are behind %s; it serves %d", ranges, l.gatewayName(g), azure.MaxGatewayPrefixes)
	}
	return out
}

// skuOf is the size of a VPN gateway, of its generation where that is known.
func skuOf(g *estate.Gateway) (azure.VPNGatewaySKU, bool) {
	first, ok := azure.LookupVPNGatewaySKU(g.SKU)
	for _, s := range azure.VPNGatewaySKUs() {
		if ok && s.Name == first.Name && g.Generation.Value == "Generation"+strconv.Itoa(s.Generation) {
			return s, true
		}
	}
	return first, ok
}
