package reach

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// candidates lists the routes that a node has for the address asked for, the best first, and says
// of each why it won or lost. won is what the packet took; zero for nothing.
func (t *watcher) candidates(at node, m manner, won act) []Candidate {
	n := t.w.n
	v := at.at // of the VNet
	switch at.kind {
	case atDevice:
		v = n.devices[at.at].vnet
	case atSubnet:
		v = n.classes[at.at].vnet
	}
	routes, all := t.routesAt(at, m)
	routes = slices.CompactFunc(routes, func(a, b route) bool {
		return a.prefix == b.prefix && a.rank == b.rank && a.act == b.act && a.member == b.member && a.maybe == b.maybe && a.length == b.length
	})
	routes = slices.Clone(routes) // the state refers to the others in their order
	best := all.winners()
	several := slices.ContainsFunc(best, func(r route) bool { return r.act != best[0].act || r.member != best[0].member })
	slices.SortStableFunc(routes, func(a, b route) int {
		return cmp.Or(cmp.Compare(b.prefix.Bits(), a.prefix.Bits()), cmp.Compare(a.rank, b.rank))
	})
	var out []Candidate
	for _, r := range routes {
		taken := slices.ContainsFunc(best, func(b route) bool {
			return b.prefix == r.prefix && b.rank == r.rank && b.act == r.act && b.length == r.length
		})
		c := Candidate{Prefix: r.prefix, Source: sourceWords(r), NextHop: t.nextHop(v, r.act)}
		if r.act.kind == actGroup {
			c.NextHop = n.locations[r.member].String()
		}
		c.Won = r.act == won && (taken || r.maybe != 0 && !all.system && (len(best) == 0 || r.compare(&best[0]) <= 0))
		c.Why = reasonOf(&r, &all, best, taken, several)
		out = append(out, c)
	}
	return out
}

func firstBit(r reasons) int { return bits.TrailingZeros32(uint32(r)) }

// reasonOf says by which rule a route won or lost.
func reasonOf(r *route, all *state, best []route, taken, several bool) string {
	switch {
	case taken && several:
		return "one of several routes that nothing tells apart"
	case taken && r.rank == rankService:
		return "a service endpoint's route wins over all others"
	case taken && all.system && len(all.gateway) > 0 && all.gateway[0].prefix.Bits() > r.prefix.Bits():
		return "gateway routes do not count where the VNet's or a peer's own range holds the address, however long they are"
	case taken && all.plain != nil && all.gateway != nil && !all.system && all.plain[0].prefix == all.gateway[0].prefix && r.rank == rankUser:
		return "of equal prefixes a user route wins"
	case taken && len(all.maybe) > 0 && !all.system && all.maybe[len(all.maybe)-1].prefix.Bits() >= r.prefix.Bits():
		return "it wins if those that may be there are not"
	case taken && r.prefix.Bits() == 0:
		return "no longer prefix holds the address"
	case taken:
		return "the longest prefix"
	case r.maybe != 0 && !all.system && (len(best) == 0 || r.compare(&best[0]) <= 0):
		return "it would win, but whether it is there is unknown: " + assumptions[firstBit(r.maybe)].ID
	case r.rank.gateway() && all.system:
		return "a gateway's route, which does not count beside a range of the VNet or of a peer"
	case len(best) > 0 && r.prefix.Bits() < best[0].prefix.Bits():
		return "a shorter prefix"
	case len(best) > 0 && r.rank > best[0].rank:
		return fmt.Sprintf("of equal prefixes, %s goes before %s", rankWords[best[0].rank], rankWords[r.rank])
	case len(best) > 0 && r.length > best[0].length:
		return "a longer AS path"
	}
	return "does not count"
}

var rankWords = [...]string{"a service endpoint", "a user route", "ExpressRoute", "a gateway's route", "the VNet's own range", "a peer's range", "the default"}

func sourceWords(r route) string {
	switch r.act.kind {
	case actGroup:
		return "connected group"
	case actDevice:
		if r.rank == rankGateway {
			return "Route Server"
		}
	}
	switch r.rank {
	case rankService:
		return "service endpoint"
	case rankUser:
		return "user"
	case rankCircuit:
		return "ExpressRoute"
	case rankLocal:
		return "local"
	case rankPeer:
		return "peering"
	case rankDefault:
		return "default"
	}
	if r.length > 0 {
		return "gateway, by BGP"
	}
	return "gateway"
}

// nextHop names where an act of VNet v leads.
func (t *watcher) nextHop(v int32, a act) string {
	n := t.w.n
	switch a.kind {
	case actDrop:
		return "none: " + dropWords[a.target]
	case actLocal, actInVNet:
		return n.locations[v].String()
	case actPeer:
		return n.locations[n.vnets[v].peers[a.target].vnet].String()
	case actGroup:
		return "the connected group"
	case actService:
		return "the service"
	case actInternet:
		return "the Internet"
	case actCircuitGateway:
		return "the ExpressRoute gateway of " + n.locations[a.target].String()
	case actGateway, actRouter:
		return "the gateway of " + n.locations[a.target].String()
	case actCircuit:
		return "the circuit of " + n.connectionName(a.target)
	case actEdge:
		return n.locations[n.edges[a.target].far].String() + " over the circuit"
	case actDevice:
		return n.deviceName(a.target) + " in " + n.locations[n.devices[a.target].vnet].String()
	case actTunnel:
		return "connection " + n.connectionName(a.target)
	case actPool:
		return n.locations[n.vnets[v].clients].String()
	case actSeveral:
		var all []string
		for _, x := range n.choices[a.target].acts {
			all = append(all, t.nextHop(v, x))
		}
		return strings.Join(all, " or ")
	}
	return ""
}

// connectionName names a connection: a classic one by its VNet and its site.
func (n *network) connectionName(t int32) string {
	id := n.tunnelIDs[t]
	if id.Child != "" {
		return id.Name + "/" + id.Child
	}
	return id.Name
}

// deviceName names a firewall or an appliance for people.
func (n *network) deviceName(d int32) string {
	dev := &n.devices[d]
	if dev.id.IsZero() {
		return "what has " + dev.address[0].String() + ", which no input describes,"
	}
	return dev.id.Name
}
