package risk

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// halves visits each peering of the estate once: by the half that comes first, with its other half where
// there is one.
func (l *live) halves(visit func(half, back *estate.Peering, v, r *estate.VNet)) {
	for i := range l.Peerings {
		half := &l.Peerings[i]
		v, r, back := l.x.VNet(half.VNet), l.x.VNet(half.Remote), l.back(half)
		if v != nil && r != nil && (back == nil || half.ID.Compare(back.ID) < 0) {
			visit(half, back, v, r)
		}
	}
}

// brokenPeerings finds peerings that carry nothing: of one half only, or with a half that is not connected
// (PEER-001). Whether the half of a VNet that no input lists is there, its state tells.
func brokenPeerings(l *live) diag.List {
	var hits []hit
	add := func(half *estate.Peering, v string, why string) {
		hits = append(hits, hit{v, diag.New("PEER-001", l.at(half.Refs), "peering %q of VNet %s with %s carries nothing: %s", half.ID.Child, v, l.vnetID(half.Remote), why)})
	}
	l.halves(func(half, back *estate.Peering, v, r *estate.VNet) {
		switch {
		case back == nil && half.State == estate.PeeringDisconnected:
			add(half, l.vnet(v), "it is Disconnected, and "+l.vnet(r)+" has no peering back any more")
		case back == nil:
			add(half, l.vnet(v), l.vnet(r)+" has no peering back")
		case half.State != estate.PeeringConnected:
			add(half, l.vnet(v), "it is "+stateOf(half))
		case back.State != estate.PeeringConnected:
			add(back, l.vnet(r), "it is "+stateOf(back))
		}
	})
	for i := range l.Peerings {
		if half := &l.Peerings[i]; l.x.VNet(half.Remote) == nil && half.State != estate.PeeringConnected {
			add(half, l.vnetID(half.VNet), "it is "+stateOf(half))
		}
	}
	return told(hits, "%d peerings carry nothing: of VNets %s")
}

func stateOf(p *estate.Peering) string {
	if p.State == estate.PeeringDisconnected {
		return "Disconnected"
	}
	return "Initiated"
}

const fullyInSync = "FullyInSync"

// stalePeerings finds connected peerings of which a half has not taken over the address space that the
// other VNet has today (PEER-002).
func stalePeerings(l *live) diag.List {
	var hits []hit
	stale := func(p *estate.Peering) bool {
		return p != nil && (p.RemoteSpace != nil && l.x.VNet(p.Remote) != nil || p.Sync.Known() && !strings.EqualFold(p.Sync.Value, fullyInSync))
	}
	l.halves(func(half, back *estate.Peering, v, r *estate.VNet) {
		if half.State != estate.PeeringConnected || back == nil || back.State != estate.PeeringConnected || !stale(half) && !stale(back) {
			return
		}
		at := half
		if !stale(half) || half.RemoteSpace == nil && back.RemoteSpace != nil {
			at, v, r = back, r, v
		}
		why := "its level is " + at.Sync.Value
		if at.RemoteSpace != nil {
			why = "it has " + listed(plainPrefixes(at.RemoteSpace)) + ", and the VNet has " + listed(plainPrefixes(r.Space))
		}
		hits = append(hits, hit{l.vnet(v), diag.New("PEER-002", l.at(firstRefs(at.Sync.Refs, at.Refs)), "peering %q of VNet %s with %s is not in sync: %s", at.ID.Child, l.vnet(v), l.vnet(r), why).
			See(l.at(r.Refs), "%s is here", l.vnet(r))})
	})
	return told(hits, "%d peerings are not in sync with the address spaces of their VNets: of %s")
}

// closedPeerings finds peerings without network access (PEER-003).
func closedPeerings(l *live) diag.List {
	var hits []hit
	for i := range l.Peerings {
		p := &l.Peerings[i]
		if !p.AllowVirtualNetworkAccess {
			hits = append(hits, hit{l.vnetID(p.VNet), diag.New("PEER-003", l.at(p.Refs), "peering %q of VNet %s with %s has allowVirtualNetworkAccess off", p.ID.Child, l.vnetID(p.VNet), l.vnetID(p.Remote))})
		}
	}
	return told(hits, "%d peerings have allowVirtualNetworkAccess off: of VNets %s")
}

// refusedTransit finds VNets whose packets a firewall or appliance of a peer is to pass on, and whose half
// of the peering does not take in what it passes on (PEER-004).
func refusedTransit(l *live) diag.List {
	type pair struct{ vnet, in *estate.VNet }
	done := map[pair]bool{}
	var hits []hit
	tell := func(v *estate.VNet, h nextHop, t *estate.RouteTable, r estate.Route) {
		in := h.VNet
		if in == v || done[pair{v, in}] {
			return
		}
		at := slices.IndexFunc(l.peers(v), func(p joined) bool { return p.VNet == in && !p.half.AllowForwardedTraffic })
		if at < 0 {
			return
		}
		done[pair{v, in}] = true
		half := l.peers(v)[at].half
		hits = append(hits, hit{l.vnet(v), diag.New("PEER-004", l.at(half.Refs), "peering %q of VNet %s with %s has allowForwardedTraffic off, and %s leads through %s there", half.ID.Child, l.vnet(v), l.vnet(in), routeName(t, r), h.name).
			See(l.at(r.Refs), "the route is here")})
	}
	for _, s := range l.steered {
		for _, r := range applianceRoutes(s.table) {
			h, ok := l.nextHop(s.vnet, r.Address.Addr)
			if !ok {
				continue
			}
			if !estate.Within(r.Prefix.Prefix, h.Space) { // what starts there itself is not passed on
				tell(s.vnet, h, s.table, r)
			}
			if r.Prefix.Bits() == 0 {
				continue
			}
			for _, p := range l.peers(h.VNet) {
				if p.VNet != s.vnet && firstOf(p.Space, r.Prefix.Prefix).IsValid() {
					tell(p.VNet, h, s.table, r)
				}
			}
		}
	}
	return told(hits, "%d peerings do not take in what a firewall or appliance passes on: of VNets %s")
}

func routeName(t *estate.RouteTable, r estate.Route) string {
	return "route " + quote(r.Name.Value) + " (" + r.Prefix.Prefix.String() + ") of route table " + quote(t.Name)
}

// applianceName names a firewall or an appliance.
func applianceName(g *estate.Gateway) string {
	switch {
	case g.Kind == estate.Firewall:
		return "firewall " + quote(g.ID.Name)
	case g.ID.Type == estate.TypeLoadBalancer:
		return "load balancer " + quote(g.ID.Name)
	}
	return "the appliance with interface " + quote(g.ID.Name)
}

// managed finds what a network manager has made: it would make it again (OPS-005). It is one cause, and
// so one finding.
func managed(l *live) diag.List {
	var names []string
	var pos diag.Pos
	told := map[string]bool{}
	add := func(name string, refs []diag.Ref) {
		if len(names) == 0 {
			pos = l.at(refs)
		}
		if !told[name] {
			told[name], names = true, append(names, name)
		}
	}
	for i := range l.Peerings {
		if p := &l.Peerings[i]; p.Managed {
			ends := []string{l.vnetID(p.VNet), l.vnetID(p.Remote)}
			slices.Sort(ends)
			add(ends[0]+" with "+ends[1], p.Refs)
		}
	}
	for i := range l.Groups {
		if g := &l.Groups[i]; len(g.Members) > 0 {
			add("the "+count(len(g.Members), "member")+" of network group "+quote(g.ID.Child), g.Refs)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return diag.List{diag.New("OPS-005", pos, "a network manager joins VNets: %s", few(names))}
}
