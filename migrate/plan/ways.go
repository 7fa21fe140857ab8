package plan

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// Way is one way to join the VNets of a component that reach each other by tunnels. All are compared, and those that a
// transit of the options stands for can be planned. Source: docs/design.md#transit.
type Way struct {
	Kind    WayKind
	Taken   bool     // the plan goes it
	Moved   int      // pairs of VNets that it takes off their tunnels
	Of      int      // all pairs of VNets that tunnels carry today
	Joined  int      // pairs of VNets, or of a VNet and an on-premises network, that it joins and that are apart today
	Monthly *Monthly // what goes by the hour, of the VNets and what belongs to them, in its target; nil where something is in its way
	Against string   // what is in its way here; empty: nothing
}

// WayKind is a way to join VNets.
type WayKind string

// The ways. Source: docs/sources.md#transit.
const (
	ByPeerings    WayKind = "direct peerings"
	ByGroups      WayKind = "connected groups"
	ByFirewall    WayKind = "Azure Firewall in a hub"
	ByAppliances  WayKind = "appliances in a hub"
	ByRouteServer WayKind = "appliances and a Route Server"
	ByGateway     WayKind = "the hub's VPN gateway as a router"
	ByHubTunnels  WayKind = "a hub for each region and VPN with BGP between them"
)

// WayKinds lists them.
var WayKinds = []WayKind{ByPeerings, ByGroups, ByFirewall, ByAppliances, ByRouteServer, ByGateway, ByHubTunnels}

// Transit is what asks for a way, or "" where it is only compared.
func (k WayKind) Transit() options.Transit {
	return map[WayKind]options.Transit{ByPeerings: options.TransitDirect, ByGroups: options.TransitGroup, ByFirewall: options.TransitFirewall}[k]
}

// compareWays compares the ways of every component whose candidates have prices.
func (m *maker) compareWays() {
	if len(m.choices) == 0 {
		return
	}
	p := &pricing{g: m.g, parts: partsOf(m.g), spare: m.spare}
	for _, c := range m.choices {
		w := &ways{pricing: p, c: c, before: p.alone(c.members), d: c.drawn.demand}
		for _, pair := range w.d.pairs {
			if len(pair.path) > 0 {
				w.of++
			}
		}
		if w.of > 0 {
			c.component.Ways = w.all()
		}
	}
}

// ways compares those of one component.
type ways struct {
	*pricing
	c      laidOut
	before *estate.Estate
	d      *demand
	of     int // pairs that tunnels carry
}

func (w *ways) all() []Way {
	hubs := w.c.drawn.hubbing
	if w.c.drawn.firewall {
		hubs = oneHub(noHubIndex)
		if i := slices.IndexFunc(w.c.layouts, func(l *layout) bool { return !l.firewall }); i >= 0 {
			hubs = w.c.layouts[i].hubbing
		}
	}
	lay := func() *layout { return lay(w.g, w.c.members, w.d, hubs, false) }
	direct, grouped := lay(), lay()
	grouped.form()
	led := ledThrough(w.g, w.c.members, w.d, wish{hub: options.HubAuto, vnet: -1})
	stands := w.c.drawn.firewall && w.c.drawn.newFirewall == nil
	if w.c.drawn.firewall {
		led = w.c.drawn.layout
	}
	out := []Way{w.laid(ByPeerings, direct), w.laid(ByGroups, grouped)}
	if len(grouped.groups) == 0 {
		out[1] = Way{Kind: ByGroups, Of: w.of, Against: grouped.ungrouped}
	}
	out = append(out, w.through(led, stands)...)
	out = append(out, w.routed(direct), w.linked())
	taken := ByPeerings
	switch {
	case len(w.c.drawn.groups) > 0:
		taken = ByGroups
	case w.c.drawn.firewall:
		taken = ByFirewall
	}
	out[slices.IndexFunc(out, func(o Way) bool { return o.Kind == taken })].Taken = true
	return out
}

// laid is a way that a layout stands for.
func (w *ways) laid(kind WayKind, l *layout) Way {
	out := Way{Kind: kind, Of: w.of, Joined: l.exposed + l.newNetworks(), Against: l.refused()}
	for _, p := range w.d.pairs {
		if len(p.path) > 0 && !slices.Contains(l.keptPairs, [2]int{p.a, p.b}) {
			out.Moved++
		}
	}
	if out.Against != "" {
		return Way{Kind: kind, Of: w.of, Against: out.Against}
	}
	out.Monthly = w.monthly(l, func(*estate.Estate) {})
	return out
}

// monthly is what goes by the hour in the target of a layout, without or with other things.
func (w *ways) monthly(l *layout, change func(*estate.Estate)) *Monthly {
	d, ok := sketch(l, &Component{}, namesOf(w.before), oneBlock(w.spare))
	if !ok {
		return &Monthly{Unknown: 1}
	}
	effects := []Effect{d.changes()}
	e := after(w.before, effects, effects)
	change(e)
	known, unknown := cost.Of(e).Total()
	return &Monthly{known, unknown}
}

// through are the ways that lead pairs through devices of a hub: the routes are the same, whatever the devices are. Beside a
// firewall that stands no others are thought of.
func (w *ways) through(led *layout, stands bool) []Way {
	if led == nil {
		var out []Way
		for _, kind := range []WayKind{ByFirewall, ByAppliances, ByRouteServer} {
			out = append(out, Way{Kind: kind, Of: w.of, Against: "no pair of VNets can be led through a hub: see what the candidate with a firewall lacks"})
		}
		return out
	}
	firewall := w.laid(ByFirewall, led)
	why := firewall.Against
	if stands {
		why = "a firewall is there already"
	}
	if why != "" {
		return []Way{firewall, {Kind: ByAppliances, Of: w.of, Against: why}, {Kind: ByRouteServer, Of: w.of, Against: why}}
	}
	appliances := firewall
	appliances.Kind = ByAppliances
	appliances.Monthly = w.monthly(led, func(e *estate.Estate) {
		e.Gateways = slices.DeleteFunc(slices.Clone(e.Gateways), func(g estate.Gateway) bool { return g.Kind == estate.Firewall })
	})
	appliances.Monthly.Unknown += 2 // machines with their licences, and the load balancer before them
	server := appliances
	server.Kind = ByRouteServer
	server.Monthly = &Monthly{appliances.Monthly.Known, appliances.Monthly.Unknown + 1} // no source has its price
	return []Way{firewall, appliances, server}
}

// routed is the way by the gateway of the hub, to which routes of the spokes' subnets lead.
func (w *ways) routed(l *layout) Way {
	out := w.laid(ByGateway, l)
	if out.Against != "" {
		return out
	}
	out.Moved = 0
	spokes := 0
	for _, p := range w.d.pairs {
		switch {
		case len(p.path) == 0:
		case l.viaHub(p.a, p.b) && !slices.Contains(l.keptPairs, [2]int{p.a, p.b}):
			out.Moved++
		case l.remote[p.a] && l.remote[p.b] && l.hubOf(p.a) == l.hubOf(p.b):
			out.Moved++
			spokes++
		}
	}
	beside := slices.ContainsFunc(l.hubs, func(hub int) bool {
		return !isNew(hub) && slices.ContainsFunc(w.g.gateways[hub], func(gw *estate.Gateway) bool { return gw.Kind == estate.ExpressRouteGateway })
	})
	switch {
	case spokes == 0:
		return Way{Kind: ByGateway, Of: w.of, Against: "no two VNets that reach each other would use the gateway of a hub"}
	case beside:
		return Way{Kind: ByGateway, Of: w.of, Against: "an ExpressRoute gateway stands beside the VPN gateway"}
	}
	return out
}

// linked is the way by a hub for each region, whose gateways are joined by tunnels that exchange routes: whoever uses one
// reaches whoever uses another.
func (w *ways) linked() Way {
	out := Way{Kind: ByHubTunnels, Of: w.of}
	l := layRegional(w.g, w.c.members, w.d)
	if l == nil {
		out.Against = "there are no two regions whose VNets would use the gateway of a hub"
		return out
	}
	if out = w.laid(ByHubTunnels, l); out.Against != "" {
		return out
	}
	for i, hub := range l.hubs {
		for _, other := range l.hubs[i+1:] {
			for _, a := range append(l.users(hub), hub) {
				for _, b := range append(l.users(other), other) {
					if !isNew(a) && !isNew(b) && !l.required(a, b) {
						out.Joined++
					}
				}
				out.Joined += l.unknownTo(a, other)
			}
			for _, b := range append(l.users(other), other) {
				out.Joined += l.unknownTo(b, hub)
			}
		}
	}
	return out
}

// unknownTo counts the networks behind a hub that a VNet does not reach today.
func (l *layout) unknownTo(v, hub int) (n int) {
	if isNew(v) {
		return 0
	}
	for _, network := range l.behindHub[hub].networks {
		if !slices.ContainsFunc(l.premises(v), func(r netReach) bool { return r.network.Same(network) }) {
			n++
		}
	}
	return n
}

// Best is the way that takes most pairs off their tunnels, then joins fewest anew, then costs least, of those that can be
// planned and have nothing against them; what has a price that nobody knows costs more than what has none. It is "" where
// each has something against it.
func Best(all []Way) WayKind {
	best := -1
	for i := range all {
		w := &all[i]
		if w.Against != "" || w.Kind.Transit() == "" {
			continue
		}
		if best < 0 || w.before(&all[best]) {
			best = i
		}
	}
	if best < 0 {
		return ""
	}
	return all[best].Kind
}

func (w *Way) before(o *Way) bool {
	switch {
	case w.Moved != o.Moved:
		return w.Moved > o.Moved
	case w.Joined != o.Joined:
		return w.Joined < o.Joined
	case w.Monthly.Unknown != o.Monthly.Unknown:
		return w.Monthly.Unknown < o.Monthly.Unknown
	}
	return w.Monthly.Known < o.Monthly.Known
}

// Ceiling is what one tunnel carries at most, for the ways that pass a gateway.
func (k WayKind) Ceiling() string {
	switch k {
	case ByGateway:
		return "what the size of the gateway carries, shared with all its tunnels"
	case ByHubTunnels:
		return fmt.Sprintf("%d Mbps for each tunnel", azure.MaxTunnelMbps)
	}
	return ""
}
