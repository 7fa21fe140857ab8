package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// byHand is why what a dropped step would have changed stays.
const (
	byHand   = "it " + takenOut
	takenOut = "was taken out of the plan by hand"
)

// decided are the decisions about a plan, as the layout asks for them.
type decided struct {
	apart    map[[2]int]bool     // pairs that are not to be peered, lesser first; a new hub is newHubIndex
	own      map[int]bool        // VNets that keep a gateway of their own
	keep     map[estate.Key]bool // connections that stay
	gateways map[estate.Key]bool // gateways that stay
	unserved map[unserved]bool   // on-premises networks that a hub is not to serve anew
	left     map[estate.Key]bool // what is not cleaned up

	hubs  []Decision
	holds []Decision
}

// unserved is a hub, or anyHub, and the lower-case name of an on-premises network.
type unserved struct {
	hub     int
	network string
}

// anyHub stands for every hub.
const anyHub = -3

// decide takes in what an edited plan keeps. An error means that some of it is refused.
func (m *maker) decide(k *Kept) error {
	d := &decided{apart: map[[2]int]bool{}, own: map[int]bool{}, keep: map[estate.Key]bool{}, gateways: map[estate.Key]bool{}, unserved: map[unserved]bool{}, left: map[estate.Key]bool{}}
	m.g.decided, m.kept = d, k
	m.askAgain()
	m.carryAgain()
	for _, one := range k.Decisions {
		if one.Withdrawn {
			continue
		}
		switch one.Kind {
		case ChooseHub:
			m.decideHub(d, one)
		case DropStep:
			if m.drop(d, one) {
				m.p.Decisions = append(m.p.Decisions, one)
			}
		case HoldStep:
			if m.holdable(one) {
				d.holds = append(d.holds, one) // recorded when there is such a step
			}
		default:
			m.refuse(one.At, "a decision is %q; it can be hub, drop or hold", one.Kind)
		}
	}
	return m.refusals.of(m.kept)
}

// refuse notes a decision that cannot be kept.
func (m *maker) refuse(at, format string, args ...any) {
	m.refusals.add(&m.found, m.kept, at, format, args...)
}

// gone notes a decision about what there is not: in the network of its own plan it is a mistake.
func (m *maker) gone(at, format string, args ...any) {
	if m.p.Base == m.kept.base {
		m.refuse(at, format, args...)
		return
	}
	m.found.Add("PLAN-020", diag.Pos{File: m.kept.name}, "%s: %s", at, fmt.Sprintf(format, args...))
}

// refusals counts decisions that cannot be kept.
type refusals int

// add refuses one (PLAN-019), at its place in an edited plan.
func (r *refusals) add(found *diag.List, k *Kept, at, format string, args ...any) {
	*r++
	found.Add("PLAN-019", diag.Pos{File: k.name}, "%s: %s", at, fmt.Sprintf(format, args...))
}

// of is the error of the decisions that were refused so far.
func (r refusals) of(k *Kept) error {
	if r == 0 {
		return nil
	}
	return fmt.Errorf("%s of %s cannot be kept", plural(int(r), "decision"), cmp.Or(k.name, "the plan"))
}

// askAgain takes the asks of the edited plan, and those of the options beside them. Forbidden counts.
func (m *maker) askAgain() {
	all := slices.Clone(m.p.Asks)
	places := m.p.Before.Locations()
	for i, a := range m.kept.Asks {
		missing := ""
		for _, end := range []reach.Location{a.A, a.B} {
			if missing == "" && !slices.ContainsFunc(places, end.Same) {
				missing = end.String()
			}
		}
		switch {
		case missing != "":
			m.gone(fmt.Sprintf("pairs[%d]", i), "there is no %s", missing)
		case a.Expires != "" && a.Expires < m.opts.Today:
			m.found.Add("OPT-008", diag.Pos{File: m.kept.name}, "pairs[%d]: that %s are %s has expired on %s", i, a, a.Want, a.Expires)
		default:
			all = append(all, a)
		}
	}
	slices.SortStableFunc(all, compareAsks)
	all = slices.CompactFunc(all, func(a, b Ask) bool { return compareAsks(a, b) == 0 })
	forbidden := newAsks(slices.DeleteFunc(slices.Clone(all), func(a Ask) bool { return a.Want != Forbidden }))
	m.p.Asks = slices.DeleteFunc(all, func(a Ask) bool {
		clash := a.Want != Forbidden && forbidden.has(Forbidden, a.A, a.B)
		if clash {
			m.found.Add("PLAN-022", diag.Pos{File: m.kept.name}, "pairs: %s are %s and forbidden as well; forbidden counts", a, a.Want)
		}
		return clash
	})
}

// carryAgain takes the traffic of the edited plan where the options tell of none.
func (m *maker) carryAgain() {
	if len(m.opts.Traffic) > 0 || m.opts.UsageFile != "" {
		return
	}
	known := map[reach.Place]bool{}
	for _, l := range m.p.Before.Locations() {
		known[l.Place()] = true
	}
	lost, first, at := 0, "", 0
	for i, f := range m.kept.Traffic {
		missing := ""
		for _, end := range []reach.Location{f.From, f.To} {
			if missing == "" && !known[end.Place()] {
				missing = end.String()
			}
		}
		switch {
		case missing == "":
			m.p.Traffic = append(m.p.Traffic, f)
			continue
		case lost == 0:
			first, at = missing, i
		}
		lost++
	}
	m.p.Traffic = cost.Merge(m.p.Traffic)
	switch {
	case lost == 1:
		m.gone(fmt.Sprintf("traffic[%d]", at), "there is no %s", first)
	case lost > 1:
		m.gone(fmt.Sprintf("traffic[%d]", at), "there is no %s; of %d flows an end is missing", first, lost)
	}
}

// decideHub checks what can be said of a hub before there are components.
func (m *maker) decideHub(d *decided, one Decision) {
	_, known := m.g.index[one.Component.Key()]
	switch {
	case !slices.Contains(HubKinds, one.Hub) && !(one.Hub == "" && (one.Grouped || one.relayed())):
		m.refuse(one.At, "a hub is %q; it can be none, existing, new, regional or several", one.Hub)
	case !one.Passage.known():
		m.refuse(one.At, "what pairs pass in a hub is %q; it can be %s", one.Passage, passageWords())
	case !known:
		m.gone(one.At, "there is no VNet %s", one.Component)
	case one.Hub == ExistingHub && m.g.x.VNet(one.VNet) == nil:
		m.gone(one.At, "there is no VNet %s", one.VNet)
	case one.Space.IsValid() && one.Space.Bits() != azure.HubBits:
		m.refuse(one.At, "a new hub has a block of /%d, and %s is none", azure.HubBits, one.Space)
	case one.Space != one.Space.Masked():
		m.refuse(one.At, "%s has bits of hosts; the block is %s", one.Space, one.Space.Masked())
	default:
		d.hubs = append(d.hubs, one)
	}
}

// reserve takes the spaces of new hubs, so that no other hub gets them.
func (m *maker) reserve(addresses *addressPlan) {
	for _, one := range m.g.decided.hubs {
		if !one.Space.IsValid() {
			continue
		}
		if !addresses.free.ContainsPrefix(one.Space) {
			m.refuse(one.At, "a part of %s is taken, or no private address", one.Space)
			continue
		}
		addresses.remove(one.Space)
	}
}

// wishFor is the hub that people want for a component: what the options say of it or, in a plan that is made again,
// what was decided.
func (m *maker) wishFor(asked wish, members []int) (w wish) {
	w, m.deciding = asked, nil
	mine := asked.hub != options.HubAuto && (asked.vnet < 0 || slices.Contains(members, asked.vnet))
	if mine && (m.kept == nil || m.kept.HubWins) {
		return asked
	}
	for i := range m.g.decided.hubs {
		one := &m.g.decided.hubs[i]
		if slices.Contains(members, m.g.index[one.Component.Key()]) {
			m.deciding = one
		}
	}
	one := m.deciding
	if one == nil {
		return asked
	}
	if one.Hub != "" {
		w.vnet = -1
	}
	if one.Passage != NoPassage && (w.transit == "" || w.transit == options.TransitAuto) { // that of the options comes before
		w.transit = passages[one.Passage].transit
	}
	if one.Grouped && (w.transit == "" || w.transit == options.TransitAuto) {
		w.transit = options.TransitGroup
	}
	switch one.Hub {
	case "":
	case NoHub:
		w.hub = options.HubNone
		if one.Passage != NoPassage {
			w.hub = options.HubAuto // the transit leads nothing
		}
	case RegionalHubs:
		w.hub = options.HubRegional
	case SeveralHubs:
		w.hub = options.HubSeveral
	case NewHub:
		w.hub, w.space = options.HubNew, one.Space
		if one.Passage.isDevice() {
			w.hub = options.HubAuto // the transit wants a new one
		}
	default:
		w.hub, w.vnet = options.Hub(one.VNet.Name), m.g.index[one.VNet.Key()]
	}
	return w
}

// unfit refuses a hub that was decided for a component that can have none, or for another one.
func (m *maker) unfit(c *Component, members []int, w wish) bool {
	switch {
	case m.deciding == nil:
		return false
	case w.vnet >= 0 && !slices.Contains(members, w.vnet):
		m.gone(m.deciding.At, "%q is in another component", m.g.name(w.vnet))
	case m.deciding.Hub == NewHub && (c.Class == Single || c.Class == Peered):
		m.gone(m.deciding.At, "no tunnel joins these VNets, so that they need no new hub")
	default:
		return false
	}
	return true
}

// note records the hub of a component that was asked for, in a plan that is made again.
func (m *maker) note(c *Component, members []int, w wish) {
	if m.kept == nil || w.hub == options.HubAuto && !(m.deciding != nil && (c.Hub.Passage != NoPassage || c.Hub.Grouped)) || w.vnet >= 0 && !slices.Contains(members, w.vnet) {
		return
	}
	one := Decision{Kind: ChooseHub, Component: c.VNets[0], Hub: c.Hub.Kind, Passage: c.Hub.Passage, Grouped: c.Hub.Grouped, Space: w.space}
	if w.hub == options.HubAuto && (one.Grouped || one.relayed()) {
		one.Hub = ""
	}
	if one.Hub == ExistingHub {
		one.VNet = c.Hub.VNet
	}
	m.p.Decisions = append(m.p.Decisions, one)
}

// blame puts the decision that a component cannot follow in place of what was found of it.
func (m *maker) blame(err error) error {
	if m.deciding == nil {
		return err
	}
	m.found = slices.DeleteFunc(m.found, func(f diag.Finding) bool { return f.Rule == "PLAN-002" && f.Message == err.Error() })
	m.refuse(m.deciding.At, "%v", err)
	return m.refusals.of(m.kept)
}

// drop takes in that a step is not done. It reports whether there is anything that this keeps.
func (m *maker) drop(d *decided, one Decision) bool {
	switch one.Action {
	case CreatePeering:
		return m.dropPeering(d, one)
	case UseRemoteGateway:
		if v, ok := m.vnetOf(one, one.VNets); ok {
			d.own[v] = true
			return true
		}
	case DeleteTunnel:
		return m.dropDeletion(d, one)
	case DeleteGateway:
		if m.g.x.Gateway(one.Object) != nil {
			d.gateways[one.Object.Key()] = true
			return true
		}
		m.gone(one.At, "there is no %s", one.Object)
	case CreateConnection:
		if site := m.siteOf(one); site != nil {
			hub := anyHub
			if len(one.VNets) > 0 {
				if v, known := m.g.index[one.VNets[0].Key()]; known {
					hub = v
				}
			}
			d.unserved[unserved{hub, strings.ToLower(site.Behind())}] = true
			return true
		}
		m.gone(one.At, "it names no site that there is")
	case CleanUp:
		for _, id := range append([]estate.ID{one.Object}, one.Also...) {
			d.left[id.Key()] = true
		}
		return true
	default:
		m.refuse(one.At, "%s", undroppable(one.Action))
	}
	return false
}

func (m *maker) siteOf(one Decision) *estate.Site {
	for _, id := range one.Also {
		if s := m.g.x.Site(id); s != nil {
			return s
		}
	}
	return nil
}

// vnetOf is the first VNet of a decision.
func (m *maker) vnetOf(one Decision, in []estate.ID) (int, bool) {
	if len(in) == 0 {
		m.refuse(one.At, "it has to name what it joins in virtualNetworks")
		return 0, false
	}
	v, known := m.g.index[in[0].Key()]
	if !known {
		m.gone(one.At, "there is no VNet %s", in[0])
	}
	return v, known
}

func (m *maker) dropPeering(d *decided, one Decision) bool {
	a, ok := m.vnetOf(one, one.VNets)
	if !ok {
		return false
	}
	b := newHubIndex
	if len(one.VNets) > 1 {
		if b, ok = m.vnetOf(one, one.VNets[1:]); !ok {
			return false
		}
	}
	d.apart[[2]int{min(a, b), max(a, b)}] = true
	return true
}

func (m *maker) dropDeletion(d *decided, one Decision) bool {
	for _, id := range append([]estate.ID{one.Object}, one.Also...) {
		c := m.g.x.Connection(id)
		if c == nil {
			m.gone(one.At, "there is no %s", id)
			return false
		}
		d.keep[id.Key()] = true
		if !c.Pairing.Partner.IsZero() {
			d.keep[c.Pairing.Partner.Key()] = true
		}
	}
	return true
}

// undroppable says why a step of a kind is not left out by itself.
func undroppable(a Action) string {
	switch a {
	case Export, VerifyListing, VerifyReach:
		return fmt.Sprintf("%q is a gate: nothing after it is safe without it", a)
	case ChangeDevice:
		return fmt.Sprintf("%q cannot be left out: the VNets lose their way to the network while its device does not know them; where it does, a look at it is all there is to do", a)
	case CreateVNet, CreateGateway:
		return fmt.Sprintf("%q cannot be left out: others need it; choose another hub instead, or leave out the steps that use it", a)
	}
	return fmt.Sprintf("%q cannot be left out: later steps rest on it", a)
}

// mostHeld is the last wave that a step can be held back to.
const mostHeld = 9999

func (m *maker) holdable(one Decision) bool {
	_, known := m.g.index[one.Object.Key()]
	switch {
	case one.Wave < 1 || one.Wave > mostHeld:
		m.refuse(one.At, "a step can be held back to waves 1 to %d, and not to %d", mostHeld, one.Wave)
	case one.Action == "" && !known:
		m.gone(one.At, "there is no VNet %s", one.Object)
	default:
		return true
	}
	return false
}

// The layout asks these. Of a plan that nobody edited they say no.

// mayMove reports whether nobody decided that a VNet does not use the hub's gateway.
func (l *layout) mayMove(v int) bool {
	d, hub := l.g.decided, l.hubOf(v)
	if isNew(hub) {
		hub = newHubIndex
	}
	if d.own[v] || d.apart[[2]int{min(v, hub), max(v, hub)}] {
		return false
	}
	return len(d.unserved) == 0 || !slices.ContainsFunc(l.premises(v), func(n netReach) bool {
		name := strings.ToLower(n.network.Name)
		if !d.unserved[unserved{anyHub, name}] && !d.unserved[unserved{hub, name}] {
			return false
		}
		return hub < 0 || !slices.ContainsFunc(l.direct(hub), n.network.Same)
	})
}

// keepDecided keeps the connections whose deletion was taken out. Peerings go around them: they carry nothing.
func (l *layout) keepDecided() {
	for _, v := range l.members {
		for _, c := range l.g.connections[v] {
			if l.g.decided.keep[c.ID.Key()] {
				l.keep[c.ID.Key()] = true
			}
		}
	}
}

// spaceOf is the block of a new hub: what was decided, or the next free one.
func (d *draft) spaceOf(addresses *addressPlan) (netip.Prefix, bool) {
	if s := d.component.Hub.Space; s.IsValid() {
		return s, true
	}
	return addresses.take(azure.HubBits)
}

// settleDecisions puts hubs before drops before holds, and says that the steps are made with them.
func (p *Plan) settleDecisions() {
	for i := range p.Decisions {
		d := &p.Decisions[i]
		d.Applied, d.AppliedTo, d.At = true, d.Wave, ""
	}
	slices.SortStableFunc(p.Decisions, func(a, b Decision) int {
		return cmp.Compare(slices.Index(Decidings, a.Kind), slices.Index(Decidings, b.Kind))
	})
}
