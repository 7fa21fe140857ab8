package reach

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Step is one decision on the way of a packet.
type Step struct {
	At         Location  // where it was made: a VNet, its gateway, a device in it, or an on-premises network
	Gateway    bool      // by the gateway of At
	Device     estate.ID // by this firewall or appliance; else zero
	Candidates []Candidate
	Route      netip.Prefix // the route that won; invalid when there was none, or where nothing chooses
	Why        string       // what made it win, or why the packet ends here
	Hops       []Hop        // what the packet takes next; none at the end
}

// Candidate is a route that holds the address.
type Candidate struct {
	Prefix  netip.Prefix
	Source  string // local, peering, connected group, service endpoint, gateway, ExpressRoute, Route Server, user or default
	NextHop string
	Won     bool
	Why     string // why it did not win, or what speaks for it
}

// Path is one way of a packet. Where routes compete there are several.
type Path struct {
	Steps       []Step
	Value       Value     // No when it is not delivered to the endpoint asked for
	Delivered   *Location // where it ends, or nil when it is dropped
	Reason      string    // for No: the place and the reason
	Assumptions []string
}

// Answer is what becomes of a packet: yes when it arrives on every way, no when on none.
type Answer struct {
	Value Value
	Paths []Path
	More  int // ways that are not among Paths
}

// maxPaths bounds what one Trace returns: more ways than this tell a person nothing further.
const maxPaths = 64

// Trace follows one packet and says at each place which route won and why. It takes the very steps
// that Compute takes.
func Trace(e *estate.Estate, from, to Endpoint) Answer {
	n, b := compileWith(e)
	w := &walker{n: n, out: &rows{}}
	t := &watcher{w: w, b: b, to: to, asked: n.find(to.Location), dials: -1}
	w.watch = t
	at := n.find(from.Location)
	switch {
	case at < 0:
		t.nowhere(absent(from.Location))
	case from.Kind == OnPremises:
		t.fromNetwork(e, at)
	case from.Kind == Clients:
		t.dials = n.byVNet.find(from.ID)
		w.traceClients(t.dials, to.Address)
	case from.Kind == Internet:
		t.nowhere("the Internet begins nothing that reaches a private network")
	default:
		w.fromAddress(n.classAt(at, from.Address), to.Address)
	}
	t.turn(e, from)
	return t.answer(from.Kind)
}

// answer leaves out the ways that cannot be, unless the others alone would say something else than
// Compute does.
func (t *watcher) answer(from Kind) Answer {
	all := t.ways.with(t.unreal)
	if value := all.value(from); t.ways.value(from) == value {
		return Answer{value, t.ways.paths, t.ways.more}
	}
	return Answer{all.value(from), all.paths, all.more}
}

// fromAddress follows one packet from a class.
func (w *walker) fromAddress(c int32, to netip.Addr) {
	at := &w.n.classes[c]
	w.reset(-1)
	p := packets{node: node{atSubnet, c}, origin: w.n.originOf(at.vnet), path: noPath, visits: -1, step: -1, trust: certain}
	w.one(p, to)
}

// traceClients follows one address from the clients of a gateway.
func (w *walker) traceClients(v int32, to netip.Addr) {
	w.reset(-1)
	vnet := &w.n.vnets[v]
	p := packets{node: node{atGateway, v}, manner: manner{by: fromClients}, origin: -1, visits: -1, step: -1, trust: vnet.dialled(),
		path: w.out.addPath(noPath, pathNode{hop: PointToSite, element: v})}
	w.watch.first = append(w.watch.first, Step{At: w.n.locations[vnet.clients], Why: "clients send to their gateway",
		Hops: []Hop{{PointToSite, vnet.gateway}}})
	w.one(p, to)
}

func (w *walker) one(p packets, to netip.Addr) {
	w.sets = append(w.sets[:0], span{to, to})
	p.set = extent{0, 1}
	w.queue = append(w.queue, p)
	w.run()
}

// watcher writes down what happens to one packet.
type watcher struct {
	w     *walker
	b     *builder
	to    Endpoint
	asked int32 // the location asked for, or -1
	first []Step
	steps []decision
	dials int32 // the VNet that the clients dial who sent the packet, or -1

	ways   ways
	unreal ways // that cannot be
}

// ways are ends of a packet, of which some may be no more than counted.
type ways struct {
	paths       []Path
	more        int
	best, least Value // of all
}

func (w *ways) add(v Value, path func() Path) {
	if len(w.paths)+w.more == 0 {
		w.least = v
	}
	w.best, w.least = max(w.best, v), min(w.least, v)
	if len(w.paths) == maxPaths {
		w.more++
		return
	}
	w.paths = append(w.paths, path())
}

// with are two lists of ways as one.
func (w ways) with(o ways) ways {
	for _, p := range o.paths {
		w.add(p.Value, func() Path { return p })
	}
	if o.more > 0 {
		w.more += o.more
		w.best, w.least = max(w.best, o.best), min(w.least, o.least)
	}
	return w
}

// value is what all ways together say. An on-premises network answers through any connection that
// delivers.
func (w *ways) value(from Kind) Value {
	if from == OnPremises || w.best == w.least {
		return w.best
	}
	return Unknown
}

// decision is an act of one node, and the decision before.
type decision struct {
	before int32
	node
	manner
	act    act
	path   int32 // before it
	why    reasons
	worlds []world // in which it is taken, once somebody asked
}

func (t *watcher) decided(p packets, a act, why reasons) int32 {
	t.steps = append(t.steps, decision{p.step, p.node, p.manner, a, p.path, why, nil})
	return int32(len(t.steps) - 1)
}

// dropped ends a way nowhere.
func (t *watcher) dropped(p packets, why string) {
	last := Step{Why: why}
	last.At, last.Gateway, last.Device = t.place(p.node)
	t.ended(p, No, nil, placeWords(last)+": "+why, func(steps []Step) []Step {
		if p.step < 0 || t.steps[p.step].node != p.node {
			last.Candidates = t.candidates(p.node, p.manner, act{})
		}
		return append(steps, last)
	})
}

// delivered ends a way at a location.
func (t *watcher) delivered(p packets, to int32) {
	n := t.w.n
	at := &n.locations[to]
	p.trust = p.unless(t.dials >= 0 && !n.nearClients(t.dials, to), byClientRoutes)
	value, reason := No, ""
	switch {
	case t.asked == to || t.asked < 0 && t.to.Location == (Location{}):
		value = p.value
	case t.asked < 0:
		reason = fmt.Sprintf("delivered to %s: %s", at, absent(t.to.Location))
	case n.locations[t.asked].Kind == Internet && at.Kind == OnPremises:
		reason = fmt.Sprintf("sent to %s, as forced tunnelling does; whether it goes on to the Internet from there is not known here", at)
	default:
		reason = fmt.Sprintf("delivered to %s, which is routed for the same address", at)
	}
	t.ended(p, value, at, reason, func(steps []Step) []Step { return steps })
}

// absent says why a location is nowhere in the relation.
func absent(l Location) string {
	if l.Kind == OnPremises {
		return fmt.Sprintf("no connection leads to %s", l)
	}
	return fmt.Sprintf("the estate has no %s", l)
}

// ended notes the end of a way, told by its steps and what complete adds to them.
func (t *watcher) ended(p packets, v Value, at *Location, reason string, complete func([]Step) []Step) {
	to := &t.ways
	if !t.possible(p.step) {
		to = &t.unreal
	}
	to.add(v, func() Path {
		return Path{slices.Concat(t.first, complete(t.story(p))), v, at, reason, (p.why | p.split).ids()}
	})
}

// nowhere notes that there is no way at all.
func (t *watcher) nowhere(reason string, steps ...Step) {
	t.ways.add(No, func() Path { return Path{Steps: steps, Reason: reason} })
}

// story is the way of a packet so far.
func (t *watcher) story(p packets) []Step {
	var out []Step
	path := p.path
	for i := p.step; i >= 0; i = t.steps[i].before {
		d := &t.steps[i]
		s := Step{}
		s.At, s.Gateway, s.Device = t.place(d.node)
		s.Candidates = t.candidates(d.node, d.manner, d.act)
		for _, c := range s.Candidates {
			if c.Won {
				s.Route, s.Why = c.Prefix, c.Why
				break
			}
		}
		if d.why != 0 {
			s.Why = "one of several: " + assumptions[firstBit(d.why)].ID
		}
		s.Hops = t.w.n.publicPath(t.w.out.hopsBetween(d.path, path))
		path = d.path
		out = append(out, s)
	}
	slices.Reverse(out)
	return out
}

// hopsBetween are the hops of a path behind a part of it.
func (r *rows) hopsBetween(from, to int32) []pathNode {
	var out []pathNode
	for ; to != from && to != noPath; to = r.paths[to].before {
		out = append(out, r.paths[to])
	}
	slices.Reverse(out)
	return out
}

func (t *watcher) place(at node) (Location, bool, estate.ID) {
	n := t.w.n
	switch at.kind {
	case atGateway, atCircuit:
		return n.locations[at.at], true, estate.ID{}
	case atDevice:
		d := &n.devices[at.at]
		return n.locations[d.vnet], false, d.id
	}
	return n.locations[n.classes[at.at].vnet], false, estate.ID{}
}

func placeWords(s Step) string {
	switch {
	case s.Gateway:
		return "the gateway of " + s.At.String()
	case !s.Device.IsZero():
		return s.Device.Name + " in " + s.At.String()
	}
	return s.At.String()
}

// turn adds the way by which an on-premises network might hand on a packet that was delivered to
// it.
func (t *watcher) turn(e *estate.Estate, from Endpoint) {
	n := t.w.n
	if from.Kind != VNet || t.asked < 0 || n.locations[t.asked].Kind != VNet {
		return
	}
	for _, p := range t.ways.paths {
		if p.Delivered == nil || p.Delivered.Kind != OnPremises {
			continue
		}
		r := Compute(e)
		network := r.net.find(*p.Delivered)
		source, _ := r.rowsOf(network)
		for _, f := range r.flowsTo(source, t.asked) {
			hops := r.hops(f.path)
			if !holds(f.set.in(r.spans), t.to.Address) {
				continue
			}
			step := Step{At: *p.Delivered, Why: "whether it passes the packet on is unknown", Hops: append([]Hop{{Type: OnPremTransit}}, r.net.publicPath(hops)...)}
			t.ways.add(Unknown, func() Path {
				return Path{Steps: append(slices.Clip(p.Steps), step), Value: Unknown, Delivered: &n.locations[t.asked],
					Assumptions: (f.why | byOnPrem | byOnPremTransit).ids()}
			})
			return
		}
	}
}

// fromNetwork follows a packet of an on-premises network. Its routing is derived, so the relation
// is asked.
func (t *watcher) fromNetwork(e *estate.Estate, at int32) {
	n := t.w.n
	r := Compute(e)
	source, _ := r.rowsOf(at)
	for _, f := range r.flowsOf(source) {
		if !holds(f.set.in(r.spans), t.to.Address) || t.asked >= 0 && f.to != t.asked {
			continue
		}
		step := Step{At: n.locations[at], Why: "it answers through the connection by which it is reached", Hops: r.net.publicPath(r.hops(f.path))}
		t.ways.add(f.value, func() Path { return Path{[]Step{step}, f.value, &n.locations[f.to], "", f.why.ids()} })
	}
	if len(t.ways.paths) == 0 {
		why := fmt.Sprintf("nothing that has %s sends to this network through a connection that could answer", t.to.Address)
		t.nowhere(n.locations[at].String()+": "+why, Step{At: n.locations[at], Why: why})
	}
}
