package plan

import (
	"cmp"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// TransitOption is one way to join the VNets of a component that reach each other by tunnels. All are compared. Source: docs/design.md#transit.
type TransitOption struct {
	Kind    TransitKind
	Taken   bool     // the plan goes it
	Moved   int      // pairs of VNets that it takes off their tunnels
	Of      int      // all pairs of VNets that tunnels carry today
	Joined  int      // pairs of VNets, or of a VNet and an on-premises network, that it joins and that are apart today
	Monthly *Monthly // what goes by the hour, of the VNets and what belongs to them, in its target; nil where something is in its way
	Against string   // what is in its way here; empty: nothing
}

// TransitKind is a way to join VNets.
type TransitKind string

// The kinds. Source: docs/sources.md#transit.
const (
	ByPeerings    TransitKind = "direct peerings"
	ByGroups      TransitKind = "connected groups"
	ByFirewall    TransitKind = "Azure Firewall in a hub"
	ByAppliances  TransitKind = "appliances in a hub"
	ByRouteServer TransitKind = "appliances and a Route Server"
	ByGateway     TransitKind = "the hub's VPN gateway as a router"
	ByHubTunnels  TransitKind = "a hub for each region and VPN between them"
)

// TransitKinds lists them.
var TransitKinds = []TransitKind{ByPeerings, ByGroups, ByFirewall, ByAppliances, ByRouteServer, ByGateway, ByHubTunnels}

// Transit is what asks for it.
func (k TransitKind) Transit() options.Transit {
	for _, way := range passages {
		if way.option == k {
			return way.transit
		}
	}
	return map[TransitKind]options.Transit{ByPeerings: options.TransitDirect, ByGroups: options.TransitGroup}[k]
}

// compareTransits compares the options of every component whose candidates have prices.
func (m *maker) compareTransits() {
	if len(m.choices) == 0 {
		return
	}
	p := &pricing{g: m.g, parts: partsOf(m.g), spare: m.spare}
	for _, c := range m.choices {
		w := &transits{pricing: p, c: c, before: p.alone(c.members), d: c.drawn.demand}
		for _, pair := range w.d.pairs {
			if len(pair.path) > 0 {
				w.of++
			}
		}
		if w.of > 0 {
			c.component.Transits = w.all()
		}
	}
}

// transits compares the options of one component.
type transits struct {
	*pricing
	c      laidOut
	before *estate.Estate
	d      *demand
	of     int // pairs that tunnels carry
}

func (w *transits) all() []TransitOption {
	direct, led := w.direct(), w.led()
	grouped := lay(w.g, w.c.members, w.d, direct.hubbing, NoPassage)
	grouped.form()
	out := []TransitOption{w.laid(ByPeerings, direct)}
	if len(grouped.groups) > 0 {
		out = append(out, w.laid(ByGroups, grouped))
	} else {
		out = append(out, w.not(ByGroups, grouped.ungrouped))
	}
	out = append(out, w.through(led)...)
	out = append(out, w.routed(direct), w.linked())
	taken := ByPeerings
	if way := passages[w.c.drawn.passage]; way != nil {
		taken = way.option
	} else if len(w.c.drawn.groups) > 0 {
		taken = ByGroups
	}
	out[slices.IndexFunc(out, func(o TransitOption) bool { return o.Kind == taken })].Taken = true
	return out
}

// direct is the layout by peerings alone: the one that is taken, or as that one but for what is not peered.
func (w *transits) direct() *layout {
	taken := w.c.drawn.layout
	if taken.passage == NoPassage && len(taken.groups) == 0 {
		return taken
	}
	hubs := taken.hubbing
	if taken.passage.isDevice() {
		hubs = oneHub(noHubIndex)
		if i := slices.IndexFunc(w.c.layouts, func(l *layout) bool { return !l.passage.isDevice() }); i >= 0 {
			hubs = w.c.layouts[i].hubbing
		}
	}
	return lay(w.g, w.c.members, w.d, hubs, NoPassage)
}

// led is the layout by route tables through a firewall or appliances, or nil.
func (w *transits) led() *layout {
	if i := slices.IndexFunc(w.c.layouts, func(l *layout) bool { return l.passage.inspects() }); i >= 0 {
		return w.c.layouts[i]
	}
	return ledThrough(w.g, w.c.members, w.d, NoPassage)
}

// not is an option that something is in the way of.
func (w *transits) not(kind TransitKind, why string) TransitOption {
	return TransitOption{Kind: kind, Of: w.of, Against: why}
}

// laid is an option that a layout stands for.
func (w *transits) laid(kind TransitKind, l *layout) TransitOption {
	if why := l.refused(); why != "" {
		return w.not(kind, why)
	}
	out := TransitOption{Kind: kind, Of: w.of, Joined: l.exposed + l.newNetworks(), Monthly: w.monthly(w.target(l))}
	for _, p := range w.d.pairs {
		onVPN := slices.Contains(l.keptPairs, [2]int{p.a, p.b}) || l.passage == VPNPassage && slices.Contains(l.through, [2]int{p.a, p.b})
		if len(p.path) > 0 && !onVPN {
			out.Moved++
		}
	}
	return out
}

// target is the network of the component after a layout; nil where there is no block for a new hub.
func (w *transits) target(l *layout) *estate.Estate {
	d, ok := w.c.drawn, true
	if l != d.layout {
		d, ok = sketch(l, &Component{}, namesOf(w.before), oneBlock(w.spare))
	}
	if !ok {
		return nil
	}
	effects := []Effect{d.changes()}
	return after(w.before, effects, effects)
}

// monthly is what goes by the hour in a network.
func (w *transits) monthly(e *estate.Estate) *Monthly {
	if e == nil {
		return &Monthly{Unknown: 1}
	}
	known, unknown := cost.Of(e).Total()
	return &Monthly{known, unknown}
}

// through are the options that lead pairs through devices of a hub: the routes are the same, whatever the devices are.
// Beside one that stands no others are thought of.
func (w *transits) through(led *layout) []TransitOption {
	const nothing = "no pair of VNets can be led through a hub: see what the candidate with a firewall or appliances lacks"
	out := make([]TransitOption, 0, len(Passages))
	for _, p := range Passages {
		kind := passages[p].option
		switch {
		case !p.isDevice():
		case p.learns():
			out = append(out, w.served(led))
		case led == nil:
			out = append(out, w.not(kind, nothing))
		case led.passage == p:
			out = append(out, w.laid(kind, led))
		case len(led.hubs) > 0 && !isNew(led.hubs[0]):
			out = append(out, w.not(kind, "the hub has "+passages[led.passage].a+" already"))
		default:
			other := *led
			other.passage = p
			out = append(out, w.laid(kind, &other))
		}
	}
	return out
}

// served is the option by appliances that a Route Server tells of: for those that use it, so that others are led than by
// route tables.
func (w *transits) served(led *layout) TransitOption {
	switch taken := w.c.drawn.layout; {
	case taken.passage.learns():
		led = taken
	case led != nil && len(led.hubs) > 0 && !isNew(led.hubs[0]):
		return w.not(ByRouteServer, "the hub has "+passages[led.passage].a+" already")
	default:
		led = lay(w.g, w.c.members, w.d, oneHub(newHubIndex), RouteServerPassage)
	}
	if len(led.through) == 0 {
		why := "no two VNets that reach each other could use the Route Server of a hub"
		if n := len(led.keptPairs); n > 0 {
			why += ": " + led.kept[len(led.kept)-n].Because
		}
		return w.not(ByRouteServer, why)
	}
	return w.laid(ByRouteServer, led)
}

// routed is the option by the gateway of the hub, to which routes of the spokes' subnets lead.
func (w *transits) routed(direct *layout) TransitOption {
	l := w.c.drawn.layout
	if l.passage != GatewayPassage {
		l = lay(w.g, w.c.members, w.d, direct.hubbing, GatewayPassage)
	}
	if l.passage != GatewayPassage && len(l.hubs) == 1 && !isNew(l.hubs[0]) {
		if other := lay(w.g, w.c.members, w.d, oneHub(newHubIndex), GatewayPassage); other.passage == GatewayPassage {
			l = other
		}
	}
	if l.passage != GatewayPassage {
		return w.not(ByGateway, cmp.Or(l.unrouted, noTwoUsers))
	}
	return w.laid(ByGateway, l)
}

// linked is the option by a hub for each region, whose gateways are joined by tunnels.
func (w *transits) linked() TransitOption {
	l := w.c.drawn.layout
	if l.passage != VPNPassage {
		l = layRegional(w.g, w.c.members, w.d, false, VPNPassage)
	}
	switch {
	case l == nil:
		return w.not(ByHubTunnels, "there are no two regions whose VNets would use the gateway of a hub")
	case l.passage != VPNPassage:
		return w.not(ByHubTunnels, l.unrouted)
	}
	return w.laid(ByHubTunnels, l)
}

// BestTransit is the one that takes most pairs off their tunnels, then joins fewest anew, then costs least, of those that
// have nothing against them; what has a price that nobody knows costs more than what has none. The platform
// discourages a gateway as a router, so that it is never that. It is "" where each has something against it.
func BestTransit(all []TransitOption) TransitKind {
	best := -1
	for i := range all {
		w := &all[i]
		if w.Against != "" || w.Kind == ByGateway { // the platform discourages that
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

func (w *TransitOption) before(o *TransitOption) bool {
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
