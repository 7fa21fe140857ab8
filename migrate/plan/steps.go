package plan

import (
	"fmt"
	"maps"
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
	minutesWindowU1   = [2]int{15, 45}
)

// sequence collects the steps of a plan.
type sequence struct {
	mode    options.Mode
	g       *graph
	steps   []Step
	windows []Window
	gate    []string // what every first step of a component waits for
	from    int      // first step of the component at hand
}

func (s *sequence) add(step Step) string {
	step.ID = stepID(len(s.steps))
	step.Needs = slices.Compact(slices.Sorted(slices.Values(step.Needs)))
	s.steps = append(s.steps, step)
	return step.ID
}

// start makes the steps that come before all components.
func (s *sequence) start() {
	switch s.mode {
	case options.AsIfLive:
		s.gate = []string{s.add(Step{
			Action: VerifyListing, Because: "the files describe the past; nothing is changed before the live network has been compared with them",
			Impact: Impact{Class: Live},
			Verify: "every VNet, gateway and connection of this plan is in the live listing, with the same address spaces and local network gateways",
			Undo:   "nothing to undo",
		})}
	case options.ClassicLive:
		s.migrate()
	}
}

// migrate makes the steps of the platform's own migration (historic): one per VNet. When both ends
// of a tunnel have been migrated it becomes Vnet2Vnet, which carries the two VNets' spaces only;
// where the sites carried more, the tunnel is made IPsec again at once, with the written prefixes.
func (s *sequence) migrate() {
	done := map[estate.Key]bool{}
	for i := range s.g.e.VNets {
		v := &s.g.e.VNets[i]
		done[v.ID.Key()] = true
		add := &estate.Estate{}
		var flattened []tunnel
		for _, l := range s.g.links[i] {
			if other := &s.g.e.VNets[l.vnet]; !done[other.ID.Key()] {
				continue
			}
			add.Connections = append(add.Connections, s.asMigrated(l.tunnel.a, l.tunnel.b), s.asMigrated(l.tunnel.b, l.tunnel.a))
			if l.tunnel.a.Kind == estate.IPsec {
				flattened = append(flattened, l.tunnel)
			}
		}
		s.gate = []string{s.add(Step{
			Action: MigrateVNet, Object: v.ID, Needs: s.gate,
			Because: "classic VNets cannot be peered with each other: validate, prepare, check, commit",
			Effect:  Effect{Add: add},
			Impact:  Impact{Class: Live, Minutes: minutesMigration, NoReturn: true},
			Verify:  "the VNet and its gateway are listed as ARM resources and every connection is Connected",
			Undo:    "abort is possible until commit; after commit there is no way back to classic",
		})}
		s.restore(flattened)
	}
}

func (s *sequence) restore(flattened []tunnel) {
	needs := s.gate
	for _, t := range flattened {
		s.gate = append(s.gate, s.add(Step{
			Action: RestorePrefixes, Object: t.a.ID, Also: []estate.ID{t.b.ID}, Needs: needs,
			Because: "the migration made it Vnet2Vnet, which drops the prefixes that its sites carried beyond the two VNets",
			Effect:  Effect{Add: &estate.Estate{Connections: []estate.Connection{*t.a, *t.b}}},
			Impact:  Impact{Class: Interrupting, Minutes: minutesConnection},
			Verify:  "connectionStatus is Connected, and the local network gateways carry the written prefixes", Undo: "create the Vnet2Vnet connections again",
		}))
	}
}

func (s *sequence) asMigrated(c, partner *estate.Connection) estate.Connection {
	n := *c
	n.Kind, n.Site, n.RemoteGateway = estate.Vnet2Vnet, estate.ID{}, partner.Gateway
	return n
}

// component makes the steps of one component: build, peer, verify, then take away.
func (s *sequence) component(d *draft) {
	s.from = len(s.steps)
	ready := s.build(d)
	peered := s.peer(d, ready)
	gate := s.verify(d, peered)
	cleared := s.tunnels(d, gate)
	s.gateways(d, gate, cleared)
	s.clean(d)
}

// build makes what is new: the hub, its gateway, its connections to on-premises.
func (s *sequence) build(d *draft) []string {
	ready := s.gate
	if d.newVNet != nil {
		ready = []string{s.add(Step{
			Action: CreateVNet, Object: d.newVNet.ID, Needs: ready,
			Because: "hub: " + d.component.Hub.Because,
			Effect:  Effect{Add: &estate.Estate{VNets: []estate.VNet{*d.newVNet}}},
			Impact:  Impact{Class: Live, Minutes: minutesVNet},
			Verify:  fmt.Sprintf("the VNet exists with %s", d.component.Hub.Space), Undo: "delete the VNet",
		})}
	}
	if d.newGateway != nil {
		ready = []string{s.add(Step{
			Action: CreateGateway, Object: d.newGateway.ID, Needs: ready,
			Because: "the spokes reach on-premises through the hub's gateway",
			Effect:  Effect{Add: &estate.Estate{Gateways: []estate.Gateway{*d.newGateway}}},
			Impact:  Impact{Class: Live, Minutes: minutesGateway},
			Verify:  "provisioningState is Succeeded", Undo: "delete the gateway",
		})}
	}
	var built []string
	for i := range d.newConns {
		c := &d.newConns[i]
		built = append(built, s.add(Step{
			Action: CreateConnection, Object: c.ID, Needs: ready,
			Because: fmt.Sprintf("the hub has to serve %q; the device there needs a second tunnel, to the hub's address, and routes for the spokes on it", c.Site.Name),
			Effect:  Effect{Add: &estate.Estate{Connections: []estate.Connection{*c}}},
			Impact:  Impact{Class: Live, Minutes: minutesConnection},
			Verify:  "connectionStatus is Connected, and the device still prefers the old tunnel", Undo: "delete the connection",
		}))
	}
	if len(built) > 0 {
		return built
	}
	return ready
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
	made := slices.Clone(ready)
	classes := s.byWay(d, early)
	for i, class := range classes {
		var steps []string
		for _, pair := range class {
			steps = append(steps, s.createPeering(d, pair, ready, ""))
		}
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

// byWay groups peerings by how many VNets the way passes that they replace, most first.
func (s *sequence) byWay(d *draft, peerings [][2]estate.Peering) [][][2]estate.Peering {
	long := map[int][][2]estate.Peering{}
	for _, pair := range peerings {
		n := s.wayLength(d, pair)
		long[n] = append(long[n], pair)
	}
	var out [][][2]estate.Peering
	for _, n := range slices.Backward(slices.Sorted(maps.Keys(long))) {
		out = append(out, long[n])
	}
	return out
}

// wayLength is how many VNets the traffic of a pair passes today; 2 when it goes straight, or not
// at all.
func (s *sequence) wayLength(d *draft, pair [2]estate.Peering) int {
	a, known := s.g.index[pair[0].VNet.Key()]
	b, other := s.g.index[pair[1].VNet.Key()]
	if !known || !other {
		return 2
	}
	i, required := slices.BinarySearchFunc(d.demand.pairs, vnetPair{a: min(a, b), b: max(a, b)}, comparePairs)
	if !required {
		return 2
	}
	_, nodes := d.alongPath(d.demand.pairs[i].path)
	return max(2, len(nodes))
}

func (s *sequence) createPeering(d *draft, pair [2]estate.Peering, needs []string, window string) string {
	because := fmt.Sprintf("%q and %q reach each other today", pair[0].VNet.Name, pair[1].VNet.Name)
	if pair[0].AllowGatewayTransit {
		because = fmt.Sprintf("%q uses the gateway of %q later; transit is allowed from the start, remote gateways stay off", pair[1].VNet.Name, pair[0].VNet.Name)
	} else if d.newVNet != nil && pair[0].VNet.Same(d.hubID) {
		because = fmt.Sprintf("%q is a spoke of the hub", pair[1].VNet.Name)
	}
	impact := Impact{Class: Live, Minutes: minutesPeering, Window: window}
	if window != "" {
		impact.Class = Interrupting
		because += "; the gateways on the way to on-premises would prefer this peering to the tunnel, so it belongs into the window"
	}
	return s.add(Step{
		Action: CreatePeering, Object: pair[0].ID, Also: []estate.ID{pair[1].ID}, Needs: needs,
		Because: because,
		Effect:  Effect{Add: &estate.Estate{Peerings: pair[:]}},
		Impact:  impact,
		Verify:  "peeringState is Connected and peeringSyncLevel is FullyInSync on both sides; effective routes show VNetPeering",
		Undo:    "delete both halves; the tunnel, while it exists, carries the traffic again",
	})
}

func (s *sequence) verify(d *draft, peered []string) []string {
	if len(d.peerings) == 0 || len(d.tunnels)+len(d.onPremises)+len(d.gateways) == 0 {
		return peered
	}
	return []string{s.add(Step{
		Action: VerifyReach, Object: d.component.VNets[0], Needs: peered,
		Because: "nothing is taken away before its replacement carries the traffic",
		Impact:  Impact{Class: Live},
		Verify:  "every required pair answers, and the byte counters of the tunnels to be deleted stand still",
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
	because := "peering carries the traffic of this tunnel"
	if window != "" {
		impact, because = Impact{Class: Interrupting, Minutes: minutesTunnelGone, Window: window}, "its gateway cannot be deleted while it has a connection"
	}
	return s.add(Step{
		Action: DeleteTunnel, Object: t.a.ID, Also: []estate.ID{t.b.ID}, Needs: needs, Because: because,
		Effect: Effect{Remove: []estate.ID{t.a.ID, t.b.ID}}, Impact: impact,
		Verify: "every pair that used it still answers", Undo: "create both connections again with the kept key; both gateways must still exist",
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
	for i, users := range d.windows.groups {
		needs := slices.Clone(before)
		for _, v := range users {
			for _, gw := range own[v] {
				needs = append(needs, cleared[gw.ID.Key()]...)
			}
		}
		before = s.window(d, i, own, needs, cleared)
	}
	for _, gw := range d.gateways {
		if !d.remote[s.g.index[gw.VNet.Key()]] {
			s.deleteGateway(gw, append(slices.Clone(gate), cleared[gw.ID.Key()]...), "")
		}
	}
}

func (s *sequence) deleteGateway(gw *estate.Gateway, needs []string, window string) string {
	impact := Impact{Class: Live, Minutes: minutesGatewayOff, NoReturn: true}
	if window != "" {
		impact.Class, impact.Window = Interrupting, window
	}
	return s.add(Step{
		Action: DeleteGateway, Object: gw.ID, Needs: needs, Because: "it has no connection left",
		Effect: Effect{Remove: []estate.ID{gw.ID}}, Impact: impact,
		Verify: "the gateway is not listed any more, in no resource group",
		Undo:   "create it again: 30 to 45 minutes; its public address is kept as long as the address resource is not deleted",
	})
}

// window takes the VNets of a group from their own gateways to the hub's, back to back: peering
// where it is not there yet, last connections, gateways, flags.
func (s *sequence) window(d *draft, group int, own map[int][]*estate.Gateway, needs []string, cleared map[estate.Key][]string) []string {
	users := d.windows.groups[group]
	w := Window{ID: fmt.Sprintf("W%02d", len(s.windows)+1), Cause: "U1", Minutes: minutesWindowU1}
	var names []string
	for _, v := range users {
		names = append(names, fmt.Sprintf("%q", s.g.e.VNets[v].Name))
		for _, n := range d.demand.networks[v] {
			w.Pairs = append(w.Pairs, [2]string{"VNet " + s.g.e.VNets[v].Name, n.network.String()})
		}
	}
	w.Because = strings.Join(names, ", ") + " cannot use the hub's gateway beside an own one: the gateway must be gone before the flag is set"
	first := len(s.steps)
	for _, take := range []func([]string) []string{
		func(last []string) []string { return s.latePeerings(d, group, last, w.ID) },
		func(last []string) []string { return s.lastConnections(d, group, last, w.ID, cleared) },
		func(last []string) []string {
			var gone []string
			for _, v := range users {
				for _, gw := range own[v] {
					gone = append(gone, s.deleteGateway(gw, last, w.ID))
				}
			}
			return gone
		},
		func(last []string) []string {
			var set []string
			for _, v := range users {
				set = append(set, s.useRemote(d, v, last, w.ID))
			}
			return set
		},
	} {
		if done := take(needs); len(done) > 0 {
			needs = done
		}
	}
	for _, step := range s.steps[first:] {
		w.Steps = append(w.Steps, step.ID)
	}
	s.windows = append(s.windows, w)
	return needs
}

func (s *sequence) latePeerings(d *draft, group int, needs []string, window string) []string {
	var late [][2]estate.Peering
	for _, pair := range d.peerings {
		if s.windowOf(d, pair) == group {
			late = append(late, pair)
		}
	}
	var made []string
	for _, class := range s.byWay(d, late) {
		made = nil
		for _, pair := range class {
			made = append(made, s.createPeering(d, pair, needs, window))
		}
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
			gone = append(gone, s.add(Step{
				Action: DeleteTunnel, Object: c.ID, Needs: needs,
				Because: fmt.Sprintf("%q reaches %q through the hub from here on", s.g.e.VNets[v].Name, c.Site.Name),
				Effect:  Effect{Remove: []estate.ID{c.ID}}, Impact: Impact{Class: Interrupting, Minutes: minutesTunnelGone, Window: window},
				Verify: "the connection is not listed any more", Undo: "create the connection again with the kept key",
			}))
		}
	}
	return gone
}

// useRemote turns the flag on; the peering and the hub's gateway exist by then.
func (s *sequence) useRemote(d *draft, v int, needs []string, window string) string {
	spoke := s.g.e.VNets[v].ID
	i := slices.IndexFunc(d.peerings, func(p [2]estate.Peering) bool { return p[0].VNet.Same(d.hubID) && p[1].VNet.Same(spoke) })
	half := d.peerings[i][1]
	half.UseRemoteGateways = true
	impact := Impact{Class: Brief, Minutes: minutesFlag, Window: window}
	return s.add(Step{
		Action: UseRemoteGateway, Object: half.ID, Needs: needs,
		Because: fmt.Sprintf("%q reaches on-premises through the gateway of %q", spoke.Name, d.hubID.Name),
		Effect:  Effect{Add: &estate.Estate{Peerings: []estate.Peering{half}}}, Impact: impact,
		Verify: "effective routes of the VNet show VirtualNetworkGateway for the on-premises prefixes, and on-premises answers",
		Undo:   "turn the flag off; the VNet is then without on-premises until it has a gateway of its own",
	})
}

// clean removes what nothing refers to any more.
func (s *sequence) clean(d *draft) {
	if len(d.gateways)+len(d.tunnels) == 0 {
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
	names := make([]string, len(gone))
	for i, id := range gone {
		names[i] = id.Name
	}
	s.add(Step{
		Action: CleanUp, Object: gone[0], Also: gone[1:], Needs: needs,
		Because: "nothing refers to " + strings.Join(names, ", ") + " any more",
		Effect:  Effect{Remove: gone},
		Impact:  Impact{Class: Live, Minutes: minutesClean, NoReturn: true},
		Verify:  "the resources are not listed any more", Undo: "create them again; a deleted public address does not come back",
	})
}
