package reach

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Endpoint is one address at one location. As the destination of a Trace, the zero Location means
// whoever has the address.
type Endpoint struct {
	Location
	Address netip.Addr
}

// Step is one decision on the way of a packet.
type Step struct {
	At      Location     // where it was made: a VNet, its gateway, or an on-premises network
	Gateway bool         // by the gateway of At, not by a subnet
	Route   netip.Prefix // the route that won; invalid when there was none
	Why     string       // why it won, or why the packet ends here
	Hop     Hop          // what the packet takes next; zero at the end
}

// Path is one way of a packet. Where routes compete there are several.
type Path struct {
	Steps       []Step
	Value       Value     // No when it is not delivered to the endpoint asked for
	Delivered   *Location // where it ends, or nil when it is dropped
	Reason      string    // for No: the place and the reason
	Assumptions []string
}

// maxPaths bounds what one Trace returns: more ways than this tell a person nothing further.
const maxPaths = 64

// Trace follows one packet and says at each place which route won and why.
func Trace(e *estate.Estate, from, to Endpoint) []Path {
	n := compile(e)
	n.build()
	t := &tracer{n: n, e: e, to: to}
	at := n.find(from.Location)
	switch {
	case at < 0:
		t.drop(nil, from.Location, false, "the estate has no such location")
	case from.Kind == OnPremises:
		t.fromNetwork(at)
	case from.Kind == Clients:
		t.fromClients(n.byVNet.find(from.ID))
	case n.find(to.Location) == at && holds(n.vnets[at].space, to.Address):
		t.paths = []Path{{Value: Yes, Delivered: &n.locations[at], Steps: []Step{{At: n.locations[at],
			Route: longest(n.vnets[at].raw, to.Address), Why: "inside the VNet"}}}}
	default:
		t.decide(visit{at: at, by: fromInside, trust: certain})
	}
	return t.paths
}

// tracer collects the paths of one packet.
type tracer struct {
	n     *network
	e     *estate.Estate
	to    Endpoint
	paths []Path
}

// visit is the packet at one node, and how it came there.
type visit struct {
	at     int32
	by     ingress
	steps  []Step
	before []seenAt
	trust
}

// next is the visit after taking a hop; steps are copied, because ways fork.
func (v visit) next(s Step) visit {
	v.steps = append(slices.Clip(v.steps), s)
	return v
}

func (t *tracer) drop(steps []Step, at Location, gateway bool, why string) {
	if len(t.paths) == maxPaths {
		return
	}
	place := at.String()
	if gateway {
		place = "the gateway of " + place
	}
	t.paths = append(t.paths, Path{Steps: append(slices.Clip(steps), Step{At: at, Gateway: gateway, Why: why}),
		Reason: place + ": " + why})
}

func (t *tracer) deliver(v visit, to int32) {
	if len(t.paths) == maxPaths {
		return
	}
	p := Path{Steps: v.steps, Value: v.value, Delivered: &t.n.locations[to], Assumptions: v.why.ids()}
	if asked := t.n.find(t.to.Location); asked >= 0 && asked != to {
		if t.n.locations[to].Kind == OnPremises && t.n.locations[asked].Kind == VNet && t.turns(v, to, asked) {
			return
		}
		p.Value, p.Reason = No, fmt.Sprintf("delivered to %s, which is routed for the same address", t.n.locations[to])
	} else if asked < 0 && t.to.Location != (Location{}) {
		p.Value, p.Reason = No, fmt.Sprintf("delivered to %s: the estate has no %s", t.n.locations[to], t.to.Location)
	}
	t.paths = append(t.paths, p)
}

// turns adds the path by which an on-premises network might hand the packet on.
func (t *tracer) turns(v visit, network, asked int32) bool {
	if v.steps[len(v.steps)-1].Hop.Type != IPsecS2S {
		return false
	}
	r := Compute(t.e)
	for _, f := range r.routed(network, asked) {
		if hops := r.hops(f.path); hops[0].hop == IPsecS2S && holds(f.set.in(r.spans), t.to.Address) {
			v = v.next(Step{At: t.n.locations[network], Why: "whether it passes the packet on is unknown", Hop: Hop{Type: OnPremTransit}})
			v = t.along(v, r, hops)
			t.paths = append(t.paths, Path{Steps: v.steps, Value: Unknown, Delivered: &t.n.locations[asked],
				Assumptions: (v.why | byOnPremTransit).ids()})
			return true
		}
	}
	return false
}

// along appends the hops of a flow of the relation.
func (t *tracer) along(v visit, r *Relation, hops []pathNode) visit {
	for _, h := range hops {
		s := Step{Why: "by its prefixes", Gateway: true, Hop: Hop{h.hop, r.net.elementID(h)}}
		switch h.hop {
		case IPsecV2V:
			s.At = t.n.locations[r.net.tunnels[h.element].near]
		case IPsecS2S, CircuitEdge:
			s.At, s.Gateway, s.Why = t.n.locations[r.net.tunnels[h.element].far], false, "answers through the connection that reaches it"
		default:
			s.At = t.n.locations[h.element]
		}
		v = v.next(s)
	}
	return v
}

// fromNetwork follows a packet of an on-premises network. Its routing is derived, so the relation
// is asked.
func (t *tracer) fromNetwork(at int32) {
	r := Compute(t.e)
	asked := t.n.find(t.to.Location)
	for _, f := range r.row(at) {
		if (asked < 0 || f.to == asked) && holds(f.set.in(r.spans), t.to.Address) {
			v := t.along(visit{trust: f.trust}, r, r.hops(f.path))
			t.deliver(v, f.to)
		}
	}
	if len(t.paths) == 0 {
		t.drop(nil, t.n.locations[at], false, fmt.Sprintf("nothing that has %s sends to this network through a tunnel that could answer", t.to.Address))
	}
}

// fromClients follows a packet of the clients of VNet at.
func (t *tracer) fromClients(at int32) {
	n := t.n
	v := visit{at: at, by: fromInside, trust: n.vnets[at].dialled()}.next(Step{At: n.locations[n.vnets[at].clients],
		Why: "clients send through their gateway", Hop: Hop{PointToSite, n.vnets[at].gateway}})
	s, ok := lookup(n.vnets[at].table, t.to.Address)
	switch {
	case ok && s.layer == localRoute:
		t.deliver(v, at)
		return
	case ok && s.layer == peerRoute && s.target >= 0:
		v.trust = v.unless(!n.vnets[at].peers[s.target].uses, byClientRoutes)
	case ok && s.layer == tunnelRoute && s.target >= 0 && n.tunnels[s.target].end == toCircuit:
		t.drop(v.steps, n.locations[at], true, "passes nothing between clients and a circuit")
		return
	default:
		v.trust = v.unless(true, byClientRoutes)
	}
	t.decide(v)
}

// decide applies a node's table.
func (t *tracer) decide(v visit) {
	n := t.n
	here := seenAt{v.at, v.by}
	atGateway := v.by != fromInside
	switch {
	case slices.Contains(v.before, here):
		t.drop(v.steps, n.locations[v.at], atGateway, "the packet was here before: a loop")
		return
	case len(v.before) > maxHops:
		t.drop(v.steps, n.locations[v.at], atGateway, fmt.Sprintf("more than %d tunnels", maxHops))
		return
	}
	v.before = append(slices.Clip(v.before), here)
	node := &n.vnets[v.at]
	s, ok := lookup(node.table, t.to.Address)
	switch {
	case v.by == fromSpoke && ok && s.layer <= poolRoute, v.by != fromSpoke && ok:
		t.take(v, s)
	case v.by == fromInside && node.hub >= 0:
		t.intoHub(v, node)
	case v.by == fromSpoke && ok && s.layer == peerRoute && holds(node.covered, t.to.Address):
		t.betweenSpokes(v, s)
	default:
		t.drop(v.steps, n.locations[v.at], atGateway, fmt.Sprintf("no route holds %s", t.to.Address))
	}
}

func (t *tracer) intoHub(v visit, node *vnetNode) {
	hub := node.hub
	v = v.next(Step{At: t.n.locations[v.at], Why: "no nearer route: the routes of the remote gateway it uses apply",
		Hop: Hop{GatewayTransit, t.n.vnets[hub].gateway}})
	v.at, v.by, v.trust = hub, fromSpoke, v.unless(!node.hubOpen, byNetworkAccess)
	t.decide(v)
}

// betweenSpokes ends a packet that a covering prefix drew to the gateway, for another spoke.
func (t *tracer) betweenSpokes(v visit, s segment) {
	node := &t.n.vnets[v.at]
	for _, w := range t.n.winners(s.best) {
		p := node.peers[w.target]
		if !p.uses {
			t.drop(v.steps, t.n.locations[v.at], true, fmt.Sprintf("%s does not use this gateway, so it has no route back", t.n.locations[p.vnet]))
			continue
		}
		next := v.next(Step{At: t.n.locations[v.at], Gateway: true, Route: longest(t.n.vnets[p.vnet].raw, t.to.Address),
			Why: "whether a gateway passes packets between spokes is unknown", Hop: Hop{GatewayForward, node.gateway}})
		next.trust = trust{Unknown, v.why | bySpokeHairpin}
		t.deliver(next, p.vnet)
	}
}

// take follows each route of a segment.
func (t *tracer) take(v visit, s segment) {
	doubt := reasons(0)
	if s.target < 0 {
		doubt = t.n.doubt(t.n.winners(s.best), s.layer, v.by)
	}
	v.trust = v.unless(doubt != 0, doubt)
	for _, w := range t.n.winners(s.best) {
		if t.n.usable(s.layer, w, v.by) {
			t.follow(v, s.layer, w.target)
		}
	}
}

func (t *tracer) follow(v visit, l layer, target int32) {
	n := t.n
	node := &n.vnets[v.at]
	step := Step{At: n.locations[v.at], Gateway: v.by != fromInside}
	switch l {
	case localRoute:
		if step.Gateway {
			step.Route, step.Why = longest(node.raw, t.to.Address), "the VNet's own address space comes first"
			v = v.next(step)
		}
		t.deliver(v, v.at)
	case poolRoute:
		step.Route, step.Why, step.Hop = longest(node.pools, t.to.Address), "the clients of this gateway", Hop{PointToSite, node.gateway}
		v.trust = v.and(node.dialled())
		t.deliver(v.next(step), node.clients)
	case peerRoute:
		t.followPeer(v, step, node.peers[target])
	case tunnelRoute:
		t.followTunnel(v, step, target)
	}
}

func (t *tracer) followPeer(v visit, step Step, p peer) {
	n := t.n
	step.Route = longest(n.vnets[p.vnet].raw, t.to.Address)
	step.Why = "a peering beats every gateway route, longer ones too"
	step.Hop = Hop{n.peeringHop(p), n.peerings[p.half]}
	if step.Gateway {
		if !p.uses {
			t.drop(v.steps, step.At, true, fmt.Sprintf("%s does not use this gateway, so it has no route back", n.locations[p.vnet]))
			return
		}
		step.Why, step.Hop = "the peered VNet uses this gateway", Hop{GatewayTransit, n.vnets[v.at].gateway}
	}
	v = v.next(step)
	v.trust = v.unless(!p.open, byNetworkAccess)
	t.deliver(v, p.vnet)
}

func (t *tracer) followTunnel(v visit, step Step, target int32) {
	n := t.n
	tun := &n.tunnels[target]
	var routes []netip.Prefix
	n.links.routesOf(tun, func(p netip.Prefix, _ bool) { routes = append(routes, p.Masked()) })
	step.Gateway = true
	step.Route = longest(routes, t.to.Address)
	step.Why = "the longest prefix among the gateway's connections"
	step.Hop = Hop{tun.hop(), n.tunnelIDs[target]}
	arrived := v.by == fromTunnel || v.by == fromVnet2VN
	switch {
	case tun.end == nowhere:
		t.drop(append(slices.Clip(v.steps), step), step.At, true, tun.dropped)
		return
	case arrived && n.vnets[v.at].arm && (tun.vnet2vnet || v.by == fromVnet2VN):
		t.drop(append(slices.Clip(v.steps), step), step.At, true, "passes nothing into or out of a Vnet2Vnet connection without BGP")
		return
	}
	v = v.next(step)
	v.trust = v.and(trust{tun.value, tun.why})
	switch tun.end {
	case toOnPrem, toCircuit:
		t.deliver(v, tun.far)
	case toSeveral:
		t.followSeveral(v, tun)
	case toGateway:
		v.at, v.by = tun.far, fromTunnel
		if tun.vnet2vnet {
			v.by = fromVnet2VN
		}
		t.decide(v)
	}
}

func (t *tracer) followSeveral(v visit, tun *tunnel) {
	hit := false
	for _, c := range tun.candidates {
		if holds(t.n.vnets[c].space, t.to.Address) {
			hit = true
			t.deliver(v, c)
		}
	}
	if !hit {
		t.drop(v.steps, t.n.locations[v.at], true, "none of the VNets the connection may lead to has the address")
	}
}

// longest is the longest of the prefixes that hold the address, or the zero prefix.
func longest(prefixes []netip.Prefix, a netip.Addr) netip.Prefix {
	var best netip.Prefix
	for _, p := range prefixes {
		if p.Contains(a) && (!best.IsValid() || p.Bits() > best.Bits()) {
			best = p
		}
	}
	return best
}
