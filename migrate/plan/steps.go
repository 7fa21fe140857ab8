package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// Durations of a step in minutes, shortest and longest. Source: docs/sources.md#durations.
var (
	minutesVNet       = [2]int{1, 5}
	minutesGateway    = [2]int{30, 45}
	minutesConnection = [2]int{5, 10}
	minutesPeering    = [2]int{1, 1}
	minutesTunnelGone = [2]int{1, 5}
	minutesGatewayOff = [2]int{10, 30}
	minutesFlag       = [2]int{1, 1}
	minutesClean      = [2]int{1, 10}
	minutesMigration  = [2]int{10, 60}
	minutesVerify     = [2]int{1, 5}
	minutesWindowU1   = [2]int{15, 45} // at least
)

// sequence collects the steps of a plan.
type sequence struct {
	mode    options.Mode
	g       *graph
	steps   []Step
	windows []Window
	gate    []string                // what every first step of a component waits for
	grouped []string                // what the first peerings of a component with connected groups wait for as well
	from    int                     // first step of the component at hand
	cleared map[estate.Key][]string // by gateway: the steps that deleted its tunnels, of the components so far
	carrier string                  // what carries the traffic of its tunnels then
}

func (s *sequence) add(step Step) string {
	step.ID = stepID(len(s.steps))
	step.Needs = slices.Compact(slices.Sorted(slices.Values(step.Needs)))
	s.steps = append(s.steps, step)
	return step.ID
}

// start makes the steps that come before all components.
func (s *sequence) start() {
	s.gate = []string{s.add(Step{
		Action: Export, Because: "what the platform does not give back has to be kept before anything changes, and undoing a step relies on it",
		Impact: Impact{Class: Live},
		Verify: "kept in a safe place: the shared keys of all connections, root certificates of point-to-site clients, route tables, network security groups, and the network configuration itself",
		Undo:   "nothing to undo",
	})}
	switch s.mode {
	case options.AsIfLive:
		s.gate = []string{s.add(Step{
			Needs:  s.gate,
			Action: VerifyListing, Because: "the files describe the past; nothing is changed before the live network has been compared with them",
			Impact: Impact{Class: Live},
			Verify: "every VNet, gateway and connection of this plan is in the live listing, with the same address spaces and local network gateways",
			Undo:   "nothing to undo",
		})}
	case options.ClassicLive:
		s.migrate()
	}
}

// component makes the steps of one component: build, tell the devices, peer, verify, then take away.
func (s *sequence) component(d *draft) {
	s.from, s.carrier = len(s.steps), "peering carries"
	if d.device != nil {
		s.carrier = passages[d.passage].carry
	}
	if len(d.groups) > 0 {
		s.carrier = "a connected group or a peering carries"
	}
	ready := s.passage(d, s.build(d, s.guards(d)))
	ready = append(ready, s.devices(d, ready)...)
	peered := s.peer(d, ready)
	gate := s.verify(d, s.associate(d, peered))
	cleared := s.tunnels(d, gate)
	s.cut(d, gate, cleared, false)
	gate = append(slices.Clone(gate), s.late(d, gate, cleared)...)
	s.gateways(d, gate, cleared)
	s.clean(d)
	for gateway, steps := range cleared {
		s.cleared[gateway] = append(s.cleared[gateway], steps...)
	}
}

// peer makes one step per peering, both halves together, but for those that belong into a window.
// Pairs that reach each other through several gateways come first, the longest ways before the
// shorter ones: a gateway on the way prefers a peering of its own, and would keep their packets.
func (s *sequence) peer(d *draft, ready []string) []string {
	var early [][2]estate.Peering
	for _, pair := range d.peerings {
		if s.windowOf(d, pair) < 0 {
			early = append(early, pair)
		}
	}
	if len(d.groups) > 0 {
		ready = slices.Concat(ready, s.grouped)
	}
	made := slices.Clone(ready)
	t := s.turnsOf(d, early)
	classes := t.classes()
	for i, class := range classes {
		steps := s.inTurn(d, t, class, ready, nil)
		made = append(made, steps...)
		if i < len(classes)-1 {
			ready = []string{s.add(Step{
				Action: VerifyReach, Object: d.component.VNets[0], Needs: steps,
				Because: "these pairs were connected through the gateways of others, which prefer their own peerings once they have them",
				Impact:  Impact{Class: Live},
				Verify:  "both sides of every new peering are Connected and the pairs answer",
				Undo:    "nothing to undo",
			})}
		}
	}
	return made
}

// clientsOf names the VNet of a peering that has point-to-site clients, or "".
func (s *sequence) clientsOf(pair [2]estate.Peering) string {
	for _, half := range pair {
		v, ok := s.g.index[half.VNet.Key()]
		if ok && slices.ContainsFunc(s.g.gateways[v], func(gw *estate.Gateway) bool { return len(gw.ClientPools) > 0 }) {
			return half.VNet.Name
		}
	}
	return ""
}

// inTurn makes the peerings of one length: a pair whose way another one's peering would hide goes
// before that one. It returns the last steps.
func (s *sequence) inTurn(d *draft, t *turns, class []int, needs []string, window *Window) []string {
	made := map[int]string{} // peering → the step after which its pair surely talks
	var all []string
	for _, group := range t.groups(class, nil) {
		wait := slices.Clone(needs)
		for _, j := range group {
			for _, i := range t.first[j] {
				if made[i] != "" {
					wait = append(wait, made[i])
				}
			}
		}
		last := ""
		if len(group) == 1 {
			last = s.createPeering(d, t.pairs[group[0]], wait, window)
		} else {
			last = s.circle(d, t, group, wait, window)
		}
		for _, j := range group {
			made[j] = last
		}
		all = append(all, last)
	}
	return all
}

// circle makes peerings of which each hides the way of another one, one after the other. The pairs
// that no order keeps are apart in a window of its own, which ends with a verification; it may lie
// inside an outer one.
func (s *sequence) circle(d *draft, t *turns, group []int, needs []string, outer *Window) string {
	c := t.unwind(group)
	w := &Window{ID: s.nextWindow(), Cause: "U11", Pairs: s.vnetsOf(t, c.apart)}
	w.Because = fmt.Sprintf("%s hide each other's ways: the gateways on a way prefer a peering of their own to the tunnel, and no order keeps every pair; a pair that is cut works again with its own peering", plural(len(group), "peering"))
	shown := w
	if outer != nil {
		shown = outer
		w.Because += "; this is inside window " + outer.ID
	}
	for k, i := range c.order {
		if k < c.from || k > c.to {
			needs = []string{s.createPeering(d, t.pairs[i], needs, outer)}
			continue
		}
		needs = []string{s.createPeering(d, t.pairs[i], needs, shown)}
		w.take(s.last())
		if k == c.to {
			needs = s.verifyWindow(d, needs, shown.ID, "each pair of window "+w.ID+" answers, from both sides")
			w.take(s.last())
		}
	}
	s.windows = append(s.windows, *w)
	return needs[0]
}

// vnetsOf names the two VNets of each peering.
func (s *sequence) vnetsOf(t *turns, peerings []int) [][2]string {
	out := make([][2]string, len(peerings))
	for k, i := range peerings {
		a, b, _ := s.ends(t.pairs[i])
		out[k] = [2]string{"VNet " + s.g.name(a), "VNet " + s.g.name(b)}
	}
	return out
}

// nextWindow is the id of the window that is declared next.
func (s *sequence) nextWindow() string { return fmt.Sprintf("W%02d", len(s.windows)+1) }

// last is the step made last.
func (s *sequence) last() *Step { return &s.steps[len(s.steps)-1] }

// take takes a step into the window, with its duration.
func (w *Window) take(step *Step) {
	w.Steps = append(w.Steps, step.ID)
	w.Minutes[0] += step.Impact.Minutes[0]
	w.Minutes[1] += step.Impact.Minutes[1]
}

func (s *sequence) createPeering(d *draft, pair [2]estate.Peering, needs []string, window *Window) string {
	because := fmt.Sprintf("%q and %q %s", pair[0].VNet.Name, pair[1].VNet.Name, d.why(pair))
	if pair[0].AllowGatewayTransit {
		because = fmt.Sprintf("%q uses the %s of %q later; transit is allowed from the start, remote gateways stay off", pair[1].VNet.Name, d.offers(s.g.index[pair[1].VNet.Key()]), pair[0].VNet.Name)
	} else if d.isNewHub(pair[0].VNet) {
		because = fmt.Sprintf("%q is a spoke of the hub", pair[1].VNet.Name)
	}
	if s.g.mends(pair) {
		because += "; a part of the peering is there, and is completed and synchronised"
		for i, half := range pair {
			if old := s.g.x.Peering(half.ID); old != nil && old.State == estate.PeeringDisconnected {
				because += fmt.Sprintf("; the half of %q is Disconnected: it is deleted first, and both are made anew", pair[i].VNet.Name)
			}
		}
	}
	impact := Impact{Class: Live, Minutes: minutesPeering}
	if owner := s.clientsOf(pair); owner != "" {
		impact.Class = Brief
		because += fmt.Sprintf("; point-to-site clients of %q may be dropped for a moment, and Windows clients need a new profile to reach the peer", owner)
	}
	if window != nil {
		impact.Class, impact.Window = Interrupting, window.ID
		if window.Cause == "U1" {
			because += "; the gateways on the way to on-premises would prefer this peering to the tunnel, so it belongs into the window"
		} else {
			because += "; no order of the peerings of this window keeps every pair on its way, so it belongs into the window"
		}
	}
	undo := "delete both halves; the tunnel, while it exists, carries the traffic again"
	if s.g.mends(pair) {
		undo = "delete the half that was made, and give the other one its flags back; the tunnel, while it exists, carries the traffic again"
	}
	return s.add(Step{
		Action: CreatePeering, Object: pair[0].ID, Also: []estate.ID{pair[1].ID}, Needs: needs,
		Because: because,
		Effect:  Effect{Add: &estate.Estate{Peerings: pair[:]}},
		Impact:  impact,
		Verify:  "peeringState is Connected and peeringSyncLevel is FullyInSync on both sides; effective routes show VNetPeering",
		Undo:    undo,
	})
}

// verify is the gate before anything of the component is taken away; there is none when nothing was
// added yet, or nothing goes.
func (s *sequence) verify(d *draft, peered []string) []string {
	early := slices.ContainsFunc(d.peerings, func(pair [2]estate.Peering) bool { return s.windowOf(d, pair) < 0 })
	if !early || len(d.tunnels)+len(d.onPremises)+len(d.severed)+len(d.gateways) == 0 {
		return peered
	}
	return []string{s.add(Step{
		Action: VerifyReach, Object: d.component.VNets[0], Needs: peered,
		Because: "nothing is taken away before its replacement carries the traffic",
		Impact:  Impact{Class: Live},
		Verify:  "every pair peered so far answers, and the byte counters of the tunnels between them stand still",
		Undo:    "nothing to undo",
	})}
}

// tunnels deletes the tunnels that nobody needs until a window.
func (s *sequence) tunnels(d *draft, gate []string) map[estate.Key][]string {
	cleared := map[estate.Key][]string{}
	for _, t := range d.tunnels {
		if d.windows.ofTunnel(t) >= 0 {
			continue
		}
		id := s.deleteTunnel(t, gate, "")
		clears(cleared, t, id)
	}
	return cleared
}

// clears notes that a step took a tunnel from two gateways.
func clears(cleared map[estate.Key][]string, t tunnel, step string) {
	for _, c := range []*estate.Connection{t.a, t.b} {
		cleared[c.Gateway.Key()] = append(cleared[c.Gateway.Key()], step)
	}
}

// windowOf is the group in whose window a peering is made, or -1.
func (s *sequence) windowOf(d *draft, pair [2]estate.Peering) int {
	a, known := s.g.index[pair[0].VNet.Key()]
	if !known {
		return -1 // a new hub is on nobody's way today
	}
	return d.windows.ofPeering(a, s.g.index[pair[1].VNet.Key()])
}

func (s *sequence) deleteTunnel(t tunnel, needs []string, window string) string {
	impact := Impact{Class: Live, Minutes: minutesTunnelGone}
	because, verify := s.carrier+" the traffic of this tunnel", "every pair that used it still answers"
	if window != "" {
		impact, because = Impact{Class: Interrupting, Minutes: minutesTunnelGone, Window: window}, "its gateway cannot be deleted while it has a connection"
		verify += ", except those that the window interrupts"
	}
	return s.add(Step{
		Action: DeleteTunnel, Object: t.a.ID, Also: []estate.ID{t.b.ID}, Needs: needs, Because: because,
		Effect: Effect{Remove: []estate.ID{t.a.ID, t.b.ID}}, Impact: impact,
		Verify: verify, Undo: "create both connections again with the kept key; both gateways must still exist",
	})
}

// gateways takes the VNets that use the hub's gateway through their windows, one after the other,
// and deletes every other gateway that is left with nothing.
func (s *sequence) gateways(d *draft, gate []string, cleared map[estate.Key][]string) {
	own := map[int][]*estate.Gateway{}
	for _, gw := range d.gateways {
		if v := s.g.index[gw.VNet.Key()]; d.remote[v] {
			own[v] = append(own[v], gw)
		}
	}
	before := gate
	for _, i := range s.windowOrder(d) {
		if d.ahead(i) {
			s.moved(d, i, own, gate, cleared)
			continue
		}
		needs := slices.Clone(before)
		for _, v := range d.windows.groups[i] {
			for _, gw := range own[v] {
				needs = append(needs, cleared[gw.ID.Key()]...)
			}
		}
		before = s.window(d, i, own, needs, cleared)
	}
	s.cut(d, before, cleared, true)
	for _, gw := range d.gateways {
		if !d.remote[s.g.index[gw.VNet.Key()]] {
			s.deleteGateway(gw, append(slices.Clone(before), cleared[gw.ID.Key()]...), "") // it takes long: not inside a window
		}
	}
}

func (s *sequence) deleteGateway(gw *estate.Gateway, needs []string, window string) string {
	impact := Impact{Class: Live, Minutes: minutesGatewayOff}
	if window != "" {
		impact.Class, impact.Window = Interrupting, window
	}
	return s.add(Step{
		Action: DeleteGateway, Object: gw.ID, Needs: needs, Because: "it has no connection left",
		Effect: Effect{Remove: []estate.ID{gw.ID}}, Impact: impact,
		Verify: "the gateway is not listed any more, in no resource group",
		Undo:   "create it again; a Standard public address is kept as long as its resource is not deleted, a Basic or dynamic one is lost",
	})
}

// window takes the VNets of a group from their own gateways to the hub's, back to back: peering
// where it is not there yet, verification, last connections, gateways, flags, verification.
func (s *sequence) window(d *draft, group int, own map[int][]*estate.Gateway, needs []string, cleared map[estate.Key][]string) []string {
	users := d.windows.groups[group]
	w := &Window{ID: s.nextWindow(), Cause: "U1"}
	place := len(s.windows)
	s.windows = append(s.windows, *w) // before those that lie inside it
	var names []string
	for _, v := range users {
		names = append(names, fmt.Sprintf("%q", s.g.name(v)))
		for _, n := range d.demand.networks[v] {
			w.Pairs = append(w.Pairs, [2]string{"VNet " + s.g.name(v), n.network.String()})
		}
	}
	together := ""
	for _, p := range d.relayed() {
		if slices.Contains(users, p[0]) || slices.Contains(users, p[1]) || d.linkedIn(group, p) {
			w.Pairs = append(w.Pairs, [2]string{"VNet " + s.g.name(p[0]), "VNet " + s.g.name(p[1])})
			together = "; pairs of VNets talk again once both ends have moved"
		}
	}
	w.Because = strings.Join(names, ", ") + " cannot use the hub's gateway beside an own one: the gateway must be gone before the flag is set" + together
	if d.passage.learns() {
		w.Because = strings.Join(names, ", ") + " cannot use the hub's Route Server beside a gateway of its own: that must be gone before the flag is set" + together
	}
	first := len(s.steps)
	after := func(done []string) {
		if len(done) > 0 {
			needs = done
		}
	}
	late := s.latePeerings(d, group, needs, w)
	after(late)
	if len(late) > 0 {
		after(s.verifyWindow(d, needs, w.ID, "every pair that was peered in this window answers, and the byte counters of the tunnels between them stand still"))
	}
	after(s.lastConnections(d, group, needs, w.ID, cleared))
	var gone, set []string
	for _, v := range users {
		for _, gw := range own[v] {
			gone = append(gone, s.deleteGateway(gw, needs, w.ID))
		}
	}
	after(append(gone, s.join(d, group, needs, w.ID, cleared)...))
	for _, v := range users {
		alone := slices.Concat(needs, cleared[d.hubFor(v).gw.Key()]) // what the hub's other tunnels lead to must not come to its users
		for _, c := range d.announcers(v) {
			alone = slices.Concat(alone, cleared[c.Gateway.Key()], s.cleared[c.Gateway.Key()])
		}
		set = append(set, s.useRemote(d, v, alone, w.ID))
	}
	after(set)
	after(s.verifyWindow(d, needs, w.ID, "each pair of this window answers, from both sides; where a device knew two tunnels, it prefers the hub's now"))
	for i := range s.steps[first:] {
		w.take(&s.steps[first+i])
	}
	w.Minutes = [2]int{max(w.Minutes[0], minutesWindowU1[0]), max(w.Minutes[1], minutesWindowU1[1])}
	s.windows[place] = *w
	return needs
}

func (s *sequence) verifyWindow(d *draft, needs []string, window, what string) []string {
	return []string{s.add(Step{
		Action: VerifyReach, Object: d.component.VNets[0], Needs: needs, Because: "the next step is not begun, and the window not closed, on belief",
		Impact: Impact{Class: Live, Minutes: minutesVerify, Window: window}, Verify: what, Undo: "nothing to undo",
	})}
}

func (s *sequence) latePeerings(d *draft, group int, needs []string, window *Window) []string {
	var late [][2]estate.Peering
	for _, pair := range d.peerings {
		if s.windowOf(d, pair) == group {
			late = append(late, pair)
		}
	}
	t := s.turnsOf(d, late)
	var made []string
	for _, class := range t.classes() {
		made = s.inTurn(d, t, class, needs, window)
		needs = made
	}
	return made
}

// lastConnections deletes the tunnels of a group and its own connections to on-premises.
func (s *sequence) lastConnections(d *draft, group int, needs []string, window string, cleared map[estate.Key][]string) []string {
	var gone []string
	for _, t := range d.tunnels {
		if d.windows.ofTunnel(t) == group {
			id := s.deleteTunnel(t, needs, window)
			gone = append(gone, id)
			clears(cleared, t, id)
		}
	}
	for _, v := range d.windows.groups[group] {
		for _, c := range d.onPremises {
			if s.g.vnetOf(c) != v {
				continue
			}
			because, impact, verify := "from here on", Impact{Class: Interrupting, Minutes: minutesTunnelGone, Window: window}, "the connection is not listed any more"
			if window == "" {
				because, impact.Class = "by now", Live
				verify += fmt.Sprintf(", and %q still answers from %q", c.Site.Name, s.g.name(v))
			}
			gone = append(gone, s.add(Step{
				Action: DeleteTunnel, Object: c.ID, Needs: needs,
				Because: fmt.Sprintf("%q reaches %q through the hub %s", s.g.name(v), c.Site.Name, because),
				Effect:  Effect{Remove: []estate.ID{c.ID}}, Impact: impact,
				Verify: verify, Undo: "create the connection again with the kept key",
			}))
		}
	}
	return gone
}

// useRemote turns the flag on; the peering and the hub's gateway exist by then.
func (s *sequence) useRemote(d *draft, v int, needs []string, window string) string {
	spoke, hub := s.g.e.VNets[v].ID, d.hubFor(v).id
	i := slices.IndexFunc(d.peerings, func(p [2]estate.Peering) bool { return p[0].VNet.Same(hub) && p[1].VNet.Same(spoke) })
	half := d.peerings[i][1]
	half.UseRemoteGateways = true
	step := Step{
		Action: UseRemoteGateway, Object: half.ID, Needs: needs,
		Because: fmt.Sprintf("%q reaches what is behind a gateway through that of %q", spoke.Name, hub.Name),
		Effect:  Effect{Add: &estate.Estate{Peerings: []estate.Peering{half}}}, Impact: Impact{Class: Brief, Minutes: minutesFlag, Window: window},
		Verify: "effective routes of the VNet show VirtualNetworkGateway for the prefixes behind the hub's gateway, and they answer",
		Undo:   "turn the flag off; the VNet is then without on-premises until it has a gateway of its own",
	}
	if d.passage.learns() {
		because := fmt.Sprintf("%q learns from the Route Server of %q what leads to the appliances", spoke.Name, hub.Name)
		verify := fmt.Sprintf("effective routes of the VNet show what is announced, with the next hop %s, and the VNets behind it answer", d.device.PrivateIPs[0])
		step.Undo = "turn the flag off; the VNet is then without those that it reaches until it has a gateway of its own"
		if d.reachesNetworks(v) {
			because = step.Because + ", and learns from the Route Server there what leads to the appliances"
			verify = step.Verify + "; they show what is announced, with the next hop " + d.device.PrivateIPs[0].String()
		}
		step.Because, step.Verify = because, verify
	}
	if d.inspected[v] {
		step.Because = fmt.Sprintf("%q belongs to the gateway of %q from here on, as every spoke of it does; its packets pass %s before and after", spoke.Name, hub.Name, passages[d.passage].the)
		step.Impact.Class = Live
		step.Verify = "effective routes of the VNet still show VirtualAppliance for the prefixes behind the hub's gateway, and they answer"
		step.Undo = "turn the flag off; the route tables lead its packets as before"
	}
	return s.add(step)
}

// clean removes what nothing refers to any more.
func (s *sequence) clean(d *draft) {
	if len(d.gateways)+len(d.tunnels)+len(d.severed) == 0 {
		return
	}
	var needs []string
	for _, step := range s.steps[s.from:] {
		if step.Action == DeleteGateway || step.Action == DeleteTunnel || step.Action == UseRemoteGateway {
			needs = append(needs, step.ID)
		}
	}
	gone := d.superfluous()
	if len(gone) == 0 {
		return
	}
	if len(needs) > 0 {
		needs = []string{s.add(Step{
			Action: VerifyReach, Object: d.component.VNets[0], Needs: needs,
			Because: "after this only what nobody uses is left to delete",
			Impact:  Impact{Class: Live}, Verify: "every required pair of the component answers", Undo: "nothing to undo",
		})}
	}
	names := make([]string, len(gone))
	undo := "create them again"
	for i, id := range gone {
		names[i] = id.Name
		if id.Type == estate.TypePublicIP {
			undo = "create them again; a deleted public address does not come back"
		}
	}
	s.add(Step{
		Action: CleanUp, Object: gone[0], Also: gone[1:], Needs: needs,
		Because: "nothing refers to " + strings.Join(names, ", ") + " any more",
		Effect:  Effect{Remove: gone},
		Impact:  Impact{Class: Live, Minutes: minutesClean},
		Verify:  "the resources are not listed any more", Undo: undo,
	})
}
