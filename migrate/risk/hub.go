package risk

import (
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// peeringsAcrossOwners finds peerings that the plan makes between VNets of different subscriptions
// (PEER-007), one finding for each two of these.
func peeringsAcrossOwners(t *target) diag.List {
	var order [][2]string
	pairs := map[[2]string][]string{}
	at := map[[2]string][2]diag.Pos{}
	done := map[[2]*estate.VNet]bool{}
	for i := range t.Target.Peerings {
		p := &t.Target.Peerings[i]
		a, b := t.x.VNet(p.VNet), t.x.VNet(p.Remote)
		if a == nil || b == nil || t.base.Peering(p.ID) != nil || owner(a.ID) == owner(b.ID) || done[[2]*estate.VNet{b, a}] {
			continue
		}
		done[[2]*estate.VNet{a, b}] = true
		key := [2]string{min(owner(a.ID), owner(b.ID)), max(owner(a.ID), owner(b.ID))}
		if len(pairs[key]) == 0 {
			order, at[key] = append(order, key), [2]diag.Pos{t.at(a.Refs), t.at(b.Refs)}
		}
		pairs[key] = append(pairs[key], t.vnet(a)+" with "+t.vnet(b))
	}
	var hits []hit
	for _, key := range order {
		n := len(pairs[key])
		hits = append(hits, hit{quote(key[0]), diag.New("PEER-007", at[key][0], "%s %s VNets of %s and %s: %s", count(n, "peering"), plural(n, "joins", "join"), key[0], key[1], few(pairs[key])).
			See(at[key][1], "the other VNet is here")})
	}
	return told(hits, "peerings join VNets of %d pairs of subscriptions: %s")
}

// peered reports whether a has a peering half to b.
func (t *target) peered(a, b *estate.VNet) bool {
	return slices.ContainsFunc(t.x.PeeringsOf(a.ID), func(p *estate.Peering) bool { return p.Remote.Same(b.ID) })
}

// smallHubGateways finds gateways of the target that take over tunnels to on-premises and carry less than
// the gateways together that have them today (GW-006). What a tunnel carries no input says; where the size of
// one of these gateways is not known either, nothing is said.
func smallHubGateways(t *target) diag.List {
	var hits []hit
	for i := range t.Target.Gateways {
		g := &t.Target.Gateways[i]
		sku, ok := skuOf(g)
		if g.Kind != estate.VPNGateway || !ok {
			continue
		}
		served := premisesBehind(t.x, g)
		sum, known, names := 0, true, []string(nil)
		for j := range t.Base.Gateways {
			b := &t.Base.Gateways[j]
			goes := t.x.Gateway(b.ID) == nil
			if b.Kind != estate.VPNGateway || !goes && !b.ID.Same(g.ID) || !shareAny(served, premisesBehind(t.base, b)) {
				continue
			}
			mbps := t.mbpsToday(b)
			sum, known = sum+mbps, known && mbps > 0
			if goes {
				names = append(names, t.nameOf(b.VNet))
			}
		}
		if len(names) > 0 && known && sum > sku.Mbps {
			hits = append(hits, hit{t.nameOf(g.VNet), diag.New("GW-006", t.at(g.Refs), "the gateway of VNet %s takes over the tunnels to on-premises of %s %s; they carry up to %d Mbps today, and size %s carries %d",
				t.nameOf(g.VNet), plural(len(names), "VNet", "VNets"), few(names), sum, sku.Name, sku.Mbps)})
		}
	}
	return told(hits, "%d gateways take over more than they carry: of VNets %s")
}

// premisesBehind are the on-premises networks that a gateway has tunnels to.
func premisesBehind(x *estate.Index, g *estate.Gateway) map[string]bool {
	out := map[string]bool{}
	for _, c := range x.ConnectionsOf(g.ID) {
		if s := x.Site(c.Site); c.Kind == estate.IPsec && s != nil && s.Endpoint.IsZero() && s.Network != "" {
			out[s.Network] = true
		}
	}
	return out
}

func shareAny(a, b map[string]bool) bool {
	for name := range b {
		if a[name] {
			return true
		}
	}
	return false
}

// mbpsToday is what a gateway carries today, by the size that an input states; 0 where none does.
func (t *target) mbpsToday(g *estate.Gateway) int {
	if t.classic.IsARM() {
		sku, _ := skuOf(g)
		return sku.Mbps
	}
	switch {
	case g.Size.Value == "HighPerformance":
		return azure.ClassicHighPerformanceMbps
	case g.Size.Known():
		return azure.ClassicGatewayMbps
	}
	return 0
}

// lostTransit finds pairs that are lost because both are peered with one hub and not with each
// other (TRN-001). The planner peers such pairs; a plan that a person edited may not.
func lostTransit(t *target) diag.List {
	var hits []hit
	more := 0 // of groups
	for _, v := range t.Verdicts {
		if v.Class != reach.Lost || v.From.Kind != reach.VNet || v.To.Kind != reach.VNet {
			continue
		}
		n := 0
		for from, to := range v.Pairs() {
			if h, ok := t.withoutTransit(from.ID, to.ID); ok {
				if n++; n == 1 {
					hits = append(hits, h)
				}
			}
		}
		if others := n - 1; others > 0 {
			more += others
			last := &hits[len(hits)-1].finding
			last.Message += "; so " + plural(others, "is ", "are ") + count(others, "pair") + " like them: " + t.group(&v)
		}
	}
	return toldOf(hits, more, "%d pairs that reach each other today are peered with a hub only: %s")
}

// withoutTransit reports whether two VNets are peered with one hub and not with each other.
func (t *target) withoutTransit(from, to estate.ID) (hit, bool) {
	a, b := t.x.VNet(from), t.x.VNet(to)
	if a == nil || b == nil || t.peered(a, b) {
		return hit{}, false
	}
	i := slices.IndexFunc(t.x.PeeringsOf(a.ID), func(p *estate.Peering) bool {
		hub := t.x.VNet(p.Remote)
		return hub != nil && t.peered(b, hub)
	})
	if i < 0 {
		return hit{}, false
	}
	hub := t.nameOf(t.x.PeeringsOf(a.ID)[i].Remote)
	return hit{t.vnet(a) + " with " + t.vnet(b), diag.New("TRN-001", t.at(a.Refs), "%s and %s reach each other today; in the target both are peered with %s only", t.vnet(a), t.vnet(b), hub).
		See(t.at(b.Refs), "%s is here", t.vnet(b))}, true
}

// existingHubs lists the components whose hub is a VNet of the estate, with it. One that keeps no
// more than the peerings of a member is not among them, however it was chosen.
func (t *target) existingHubs(yield func(*plan.Component, *estate.VNet) bool) {
	for i := range t.Components {
		c := &t.Components[i]
		v := t.x.VNet(c.Hub.VNet)
		if c.Hub.Kind == plan.ExistingHub && v != nil && t.actsAsHub(v) && !yield(c, v) {
			return
		}
	}
}

// actsAsHub reports whether others use a VNet's gateway, or are peered with it and do not reach it today.
func (t *target) actsAsHub(hub *estate.VNet) bool {
	return slices.ContainsFunc(t.x.PeeringsOf(hub.ID), func(half *estate.Peering) bool {
		v := t.x.VNet(half.Remote)
		return v != nil && (t.usesGatewayOf(v, hub) || t.Before.Session(location(hub), location(v)).Value == reach.No)
	})
}

// usesGatewayOf reports whether a VNet uses the gateway of a hub.
func (t *target) usesGatewayOf(v, hub *estate.VNet) bool {
	return slices.ContainsFunc(t.x.PeeringsOf(v.ID), func(p *estate.Peering) bool { return p.UseRemoteGateways && p.Remote.Same(hub.ID) })
}

// hubWorkloads finds hubs with subnets that are not a hub's own (HUB-001).
func hubWorkloads(t *target) diag.List {
	own := azure.HubSubnets()
	var hits []hit
	for _, v := range t.existingHubs {
		var names []string
		for _, s := range v.Subnets {
			if !slices.ContainsFunc(own, func(h azure.HubSubnet) bool { return h.Fixed && h.Name == s.Name }) {
				names = append(names, s.Raw)
			}
		}
		if len(names) > 0 {
			hits = append(hits, hit{t.vnet(v), diag.New("HUB-001", t.at(v.Refs), "hub %s also has %s %s", t.vnet(v), plural(len(names), "subnet", "subnets"), quoted(names))})
		}
	}
	return told(hits, "%d hubs also have other subnets: %s")
}

// hubOfMesh tells which VNets of the mesh become hubs (HUB-004).
func hubOfMesh(t *target) diag.List {
	var hits []hit
	for c, v := range t.existingHubs {
		peers := len(t.x.PeeringsOf(v.ID))
		hits = append(hits, hit{t.vnet(v), diag.New("HUB-004", t.at(v.Refs), "%s becomes the hub of %s: %s", t.vnet(v), count(peers, "other VNet"), c.Hub.Because)})
	}
	return told(hits, "%d VNets of the mesh become hubs: %s")
}
