package risk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// link is a VNet that is linked to a circuit.
type link struct {
	*estate.VNet
	gateway *estate.Gateway
	conn    *estate.Connection
}

// links lists the VNets that are linked to each circuit, in the order of the circuits' first connections.
func (l *live) links(visit func(circuit estate.ID, of []link)) {
	var order []estate.ID
	of := map[estate.Key][]link{}
	for i := range l.Connections {
		c := &l.Connections[i]
		g := l.x.Gateway(c.Gateway)
		if c.Kind != estate.ExpressRoute || c.Circuit.IsZero() || g == nil || g.Absent() {
			continue
		}
		v := l.x.VNet(g.VNet)
		if v == nil {
			continue
		}
		key := c.Circuit.Key()
		if of[key] == nil {
			order = append(order, c.Circuit)
		}
		of[key] = append(of[key], link{v, g, c})
	}
	for _, id := range order {
		visit(id, of[id.Key()])
	}
}

// edgePaths finds VNets that reach each other over the edge of a circuit and in no other way (ER-002), one
// finding for each circuit. A gateway that is known to take in no other VNet's ranges ends that.
func edgePaths(l *live) diag.List {
	var hits []hit
	l.links(func(circuit estate.ID, of []link) {
		var pairs []string
		sure := true
		for i, a := range of {
			for _, b := range of[i+1:] {
				if a.VNet == b.VNet || a.gateway.RemoteVNets == estate.Off || b.gateway.RemoteVNets == estate.Off ||
					l.reaches(a.VNet, b.VNet) || l.connected(a.VNet, b.VNet) {
					continue
				}
				sure = sure && a.gateway.RemoteVNets == estate.On && b.gateway.RemoteVNets == estate.On
				pairs = append(pairs, l.vnet(a.VNet)+" with "+l.vnet(b.VNet))
			}
		}
		if len(pairs) == 0 {
			return
		}
		may := "reach"
		if !sure {
			may = "may reach"
		}
		hits = append(hits, hit{quote(circuit.Name), diag.New("ER-002", l.at(of[0].conn.Refs), "VNets %s each other over the edge of circuit %q and in no other way: %s", may, circuit.Name, few(pairs))})
	})
	return told(hits, "VNets reach each other over the edges of %d circuits and in no other way: %s")
}

// reaches reports whether a peering or a network group carries packets between two VNets.
func (l *live) reaches(a, b *estate.VNet) bool {
	return slices.ContainsFunc(l.peers(a), func(p joined) bool { return p.VNet == b }) || slices.Contains(l.members(a), b)
}

// manyRanges finds circuits to which VNets tell more ranges than a circuit takes (ER-003).
func manyRanges(l *live) diag.List {
	var hits []hit
	l.links(func(circuit estate.ID, of []link) {
		told := map[*estate.VNet]bool{}
		n := 0
		tell := func(v *estate.VNet) {
			if !told[v] {
				told[v] = true
				for _, p := range v.Space {
					if p.Addr().Is4() {
						n++
					}
				}
			}
		}
		for _, k := range of {
			tell(k.VNet)
			for _, u := range l.users(k.VNet) {
				tell(u)
			}
		}
		if n > azure.MaxExpressRoutePrefixes {
			hits = append(hits, hit{quote(circuit.Name), diag.New("ER-003", l.at(of[0].conn.Refs), "%d VNets tell %d ranges to circuit %q; it takes %d", len(told), n, circuit.Name, azure.MaxExpressRoutePrefixes)})
		}
	})
	return told(hits, "%d circuits are told more ranges than they take: %s")
}

// exhaustedCircuits finds circuits with as many links as their kind holds (ER-005).
func exhaustedCircuits(l *live) diag.List {
	var hits []hit
	l.links(func(id estate.ID, of []link) {
		circuit := l.x.Circuit(id)
		if circuit == nil || !circuit.SKU.Known() {
			return
		}
		mbps, err := strconv.Atoi(circuit.Bandwidth.Value)
		if err != nil && strings.EqualFold(circuit.SKU.Value, "Premium") {
			return // of a port of one's own, and how many links Premium holds goes by the bandwidth
		}
		if most := azure.MaxCircuitLinks(circuit.SKU.Value, mbps); len(of) >= most {
			hits = append(hits, hit{quote(id.Name), diag.New("ER-005", l.at(circuit.Refs), "circuit %q has %d links; %s holds %d", id.Name, len(of), circuit.SKU.Value, most)})
		}
	})
	return told(hits, "%d circuits have as many links as they hold: %s")
}

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
			if !isGatewaySubnet(&w.Subnets[i]) {
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

// maxListingDays is how old a listing may be before a plan should not be made of it.
const maxListingDays = 30

// oldListings finds listings that were taken long before today (OPS-006), as far as notes beside them say
// when.
func oldListings(l *live) diag.List {
	today, err := time.Parse(time.DateOnly, string(l.today))
	if err != nil {
		return nil // nobody said which day it is
	}
	var hits []hit
	for i := range l.Listings {
		taken, err := time.Parse(time.RFC3339, l.Listings[i].TakenAt.Value)
		if err != nil {
			continue
		}
		if days := int(today.Sub(taken.Truncate(24*time.Hour)).Hours() / 24); days > maxListingDays {
			hits = append(hits, hit{quote(l.Listings[i].Subscription), diag.New("OPS-006", l.at(l.Listings[i].TakenAt.Refs), "the listing of subscription %q was taken on %s, %d days before %s", l.Listings[i].Subscription, taken.Format(time.DateOnly), days, l.today)})
		}
	}
	return told(hits, "the listings of %d subscriptions are more than a month old: %s")
}

// joinedTo reports whether a peering or a network group joins a VNet to another of which something holds.
func (c *network) joinedTo(v *estate.VNet, has func(*estate.VNet) bool) bool {
	if slices.ContainsFunc(c.x.PeeringsOf(v.ID), func(p *estate.Peering) bool {
		r := c.x.VNet(p.Remote)
		return r != nil && p.State == estate.PeeringConnected && has(r)
	}) {
		return true
	}
	return slices.ContainsFunc(c.Groups, func(g estate.NetworkGroup) bool {
		in := func(id estate.ID) bool { return id.Same(v.ID) }
		return slices.ContainsFunc(g.Members, in) && slices.ContainsFunc(g.Members, func(id estate.ID) bool {
			m := c.x.VNet(id)
			return m != nil && m != v && has(m)
		})
	})
}
