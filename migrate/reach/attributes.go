package reach

import (
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Attributes are what there is to say of the way from one location to another, the worst over all
// its paths.
type Attributes struct {
	Encryption Encryption
	// Mbps is the least known capacity on the way in megabits per second; 0 when nothing on it has a
	// limit of its own, or none that is known: MbpsUnknown. Shared names the gateways and firewalls that
	// carry the traffic of others as well.
	Mbps        int
	MbpsUnknown bool
	Shared      []estate.ID
	// Passes is how many gateways a packet traverses: two for each tunnel between VNets.
	Passes int
	// SinglePoints are the elements that every path needs.
	SinglePoints []SinglePoint
	Crosses      []Location // the places other than its ends that see the packets
	Detour       bool       // it leaves the regions of its ends
}

// SinglePoint is an element without which there is no way.
type SinglePoint struct {
	ID   estate.ID
	Soft bool // it fails over by itself, in seconds to minutes
}

// Limits of what is on a path, in megabits per second. Source: docs/sources.md#capacity.
const (
	tunnelMbps        = 1250  // one tunnel of an ARM gateway
	classicMbps       = 100   // a classic gateway of unknown size
	classicHigherMbps = 200   // HighPerformance
	firewallMbps      = 30000 // Azure Firewall
)

// Attributes describes the way from one location to another as far as it is the surest there is;
// false when there is none.
func (r *Relation) Attributes(from, to Location) (Attributes, bool) {
	i, j := r.net.find(from), r.net.find(to)
	if i < 0 || j < 0 {
		return Attributes{}, false
	}
	all := r.between(i, j)
	best := bestOf(all)
	if best == No {
		return Attributes{}, false
	}
	var out Attributes
	first := true
	for _, f := range all {
		if f.value < best {
			continue
		}
		a := r.attributes(i, j, r.hopsOf(f), true)
		if first {
			out, first = a, false
			continue
		}
		out.worsen(a)
	}
	return out, true
}

// worsen takes the worse of each.
func (a *Attributes) worsen(b Attributes) {
	a.Encryption = min(a.Encryption, b.Encryption)
	if b.Mbps > 0 && (a.Mbps == 0 || b.Mbps < a.Mbps) {
		a.Mbps = b.Mbps
	}
	a.MbpsUnknown = a.MbpsUnknown || b.MbpsUnknown
	a.Passes = max(a.Passes, b.Passes)
	a.Detour = a.Detour || b.Detour
	a.SinglePoints = slices.DeleteFunc(a.SinglePoints, func(p SinglePoint) bool {
		return !slices.ContainsFunc(b.SinglePoints, func(q SinglePoint) bool { return p.ID.Same(q.ID) })
	})
	for _, id := range b.Shared {
		a.Shared = addID(a.Shared, id)
	}
	for _, l := range b.Crosses {
		if !slices.ContainsFunc(a.Crosses, l.Same) {
			a.Crosses = append(a.Crosses, l)
		}
	}
}

func addID(to []estate.ID, id estate.ID) []estate.ID {
	if id.IsZero() || slices.ContainsFunc(to, id.Same) {
		return to
	}
	return append(to, id)
}

// attributes describes one path; what it shares and needs only where asked for.
func (r *Relation) attributes(from, to int32, hops []pathNode, elements bool) Attributes {
	n := r.net
	a := Attributes{Encryption: n.encryption(from, to, hops), Detour: n.leaves(from, to, hops)}
	limit := func(mbps int) {
		if mbps > 0 && (a.Mbps == 0 || mbps < a.Mbps) {
			a.Mbps = mbps
		}
	}
	cross := func(at int32) {
		if at == from || at == to {
			return
		}
		if l := n.locations[at]; !slices.ContainsFunc(a.Crosses, l.Same) {
			a.Crosses = append(a.Crosses, l)
		}
	}
	share := func(id estate.ID) {
		if elements {
			a.Shared = addID(a.Shared, id)
		}
	}
	need := func(id estate.ID, soft bool) {
		if elements {
			a.single(id, soft)
		}
	}
	gateway := func(v int32, id estate.ID, mbps int, redundant bool) {
		limit(mbps)
		a.MbpsUnknown = a.MbpsUnknown || mbps == 0
		share(id)
		if !redundant {
			need(id, true)
		}
		cross(v)
	}
	for k, h := range hops {
		switch h.hop {
		case IPsecV2V, IPsecS2S:
			t := &n.tunnels[h.element]
			near := &n.vnets[t.near]
			gateway(t.near, near.gatewayID(), near.mbps, near.redundant)
			a.Passes++
			redundant := near.redundant
			if near.arm {
				limit(tunnelMbps)
			}
			if t.end == toGateway {
				far := &n.vnets[t.far]
				gateway(t.far, far.gatewayID(), far.mbps, far.redundant)
				a.Passes++
				redundant = redundant && far.redundant
			}
			if !redundant {
				need(n.tunnelIDs[h.element], false)
			}
		case CircuitEdge:
			near := &n.vnets[n.tunnels[h.element].near]
			gateway(n.tunnels[h.element].near, near.circuit, near.circuitMbps, near.circuitRedundant)
			a.Passes++
			need(n.tunnelIDs[h.element], true)
		case GatewayTransit, GatewayForward, PointToSite:
			v := &n.vnets[h.element]
			gateway(h.element, v.gatewayID(), v.mbps, v.redundant)
			if k == 0 && h.hop == PointToSite || len(hops) == 1 || h.hop == GatewayForward && !n.tunnelled(hops) {
				a.Passes++
			}
		case FirewallHop, ApplianceHop:
			d := &n.devices[h.element]
			share(d.id)
			if d.firewall {
				limit(firewallMbps)
			} else {
				a.MbpsUnknown = true
			}
			if !d.redundant {
				need(d.id, d.firewall)
			}
			cross(d.vnet)
		case OnPremTransit:
			cross(h.element)
		}
	}
	return a
}

// tunnelled reports whether a path has a tunnel or a circuit, whose ends count as passes.
func (n *network) tunnelled(hops []pathNode) bool {
	return slices.ContainsFunc(hops, func(h pathNode) bool { return h.hop == IPsecV2V || h.hop == IPsecS2S || h.hop == CircuitEdge })
}

func (a *Attributes) single(id estate.ID, soft bool) {
	if !id.IsZero() && !slices.ContainsFunc(a.SinglePoints, func(p SinglePoint) bool { return p.ID.Same(id) }) {
		a.SinglePoints = append(a.SinglePoints, SinglePoint{id, soft})
	}
}

// gatewayID is the VPN gateway of a VNet, or what stands in for it.
func (v *vnetNode) gatewayID() estate.ID {
	if !v.vpn.IsZero() {
		return v.vpn
	}
	return v.gateway
}

// encryption is the least of what protects the segments between locations; IPsec on some of them only
// is IPsecInPart.
func (n *network) encryption(from, to int32, hops []pathNode) Encryption {
	least, secret, clear := VNetEncrypted, false, false
	at := from
	segment := func(next int32) {
		clear = true
		if e := n.between(at, next); e < least {
			least = e
		}
		at = next
	}
	for _, h := range hops {
		switch h.hop {
		case IPsecV2V, IPsecS2S, PointToSite:
			secret = true
			at = n.behind(h, at)
		case GatewayTransit:
			if at == h.element { // from the gateway to the spoke
				segment(to)
			} else {
				segment(h.element)
			}
		case Peering, GlobalPeering:
			segment(n.peeringTo[h.element])
		case ConnectedGroup:
			segment(h.element)
		case CircuitEdge, ServiceEndpoint, InternetHop:
			clear, least = true, Clear
			at = n.behind(h, at)
		}
	}
	switch {
	case secret && !clear:
		return IPsecWhole
	case secret:
		return IPsecInPart
	case !clear:
		return Clear
	}
	return least
}

// behind is where a packet is after a tunnel or a circuit.
func (n *network) behind(h pathNode, at int32) int32 {
	switch h.hop {
	case IPsecV2V, IPsecS2S, CircuitEdge:
		t := &n.tunnels[h.element]
		if t.end == toGateway && at == t.near || t.end != toGateway && int(at) < len(n.vnets) {
			return t.far
		}
		return t.near
	case PointToSite:
		return h.element
	}
	return at
}

// between is what protects packets from one VNet to another, both on the platform's network.
func (n *network) between(a, b int32) Encryption {
	if int(a) < len(n.vnets) && int(b) < len(n.vnets) && n.vnets[a].encrypted && n.vnets[b].encrypted {
		return VNetEncrypted
	}
	return Platform
}

// leaves reports whether a path passes a gateway, a firewall or an appliance that is known to stand
// outside the regions of its ends.
func (n *network) leaves(from, to int32, hops []pathNode) bool {
	var regions []string
	for _, at := range [2]int32{from, to} {
		if int(at) < len(n.vnets) {
			regions = append(regions, n.vnets[at].region)
		}
	}
	if slices.Contains(regions, "") {
		return false
	}
	var room [8]int32
	for _, v := range n.passedOn(room[:0], hops) {
		if r := n.vnets[v].region; r != "" && !slices.Contains(regions, r) {
			return true
		}
	}
	return false
}

// passedOn appends the VNets whose gateways, firewalls or appliances a path passes, in order; one may
// come twice.
func (n *network) passedOn(out []int32, hops []pathNode) []int32 {
	for _, h := range hops {
		switch h.hop {
		case GatewayForward, GatewayTransit, PointToSite:
			out = append(out, h.element)
		case IPsecV2V:
			out = append(out, n.tunnels[h.element].near)
			if t := &n.tunnels[h.element]; t.end == toGateway {
				out = append(out, t.far)
			}
		case IPsecS2S, CircuitEdge:
			out = append(out, n.tunnels[h.element].near)
		case FirewallHop, ApplianceHop:
			out = append(out, n.devices[h.element].vnet)
		}
	}
	return out
}

// size notes the capacity of a gateway and whether it survives the loss of an instance.
func (v *vnetNode) size(g *estate.Gateway) {
	redundant := g.ActiveActive || g.ZoneRedundant
	if g.Kind == estate.ExpressRouteGateway {
		v.circuitRedundant = redundant
		if s, ok := azure.LookupExpressRouteGatewaySKU(g.SKU); ok {
			v.circuitMbps = s.Mbps
		}
		return
	}
	v.redundant = redundant
	switch s, ok := azure.LookupVPNGatewaySKU(g.SKU); {
	case v.arm && ok:
		v.mbps = s.Mbps
	case v.arm:
	case g.Size.Value == "HighPerformance":
		v.mbps = classicHigherMbps
	default:
		v.mbps = classicMbps
	}
}

// larger reports whether the capacity of a way is surely larger than that of another.
func (a *Attributes) larger(b *Attributes) bool {
	limited := b.Mbps > 0 || b.MbpsUnknown
	if a.Mbps == 0 && !a.MbpsUnknown {
		return limited // nothing limits it any more
	}
	return !a.MbpsUnknown && !b.MbpsUnknown && b.Mbps > 0 && a.Mbps > b.Mbps
}
