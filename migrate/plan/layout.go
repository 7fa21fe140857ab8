package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/gaissmai/bart"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// layout is one way to lay a component out: which VNets are peered, who uses the hub's gateway,
// what stays on VPN.
type layout struct {
	g       *graph
	members []int
	demand  *demand
	hubbing
	learned

	peers     map[int][]int       // by VNet, both ways
	remote    map[int]bool        // VNets that use their hub's gateway
	outside   map[int]bool        // VNets that share addresses with a spoke of their new hub
	behindHub map[int]served      // by hub
	keep      map[estate.Key]bool // connections that stay, by key
	ways      []way               // what they stay for
	noted     map[*estate.ID]bool // what is in ways, by the first connection
	kept      []KeptPair

	keptPairs [][2]int            // pairs of VNets among kept
	crowded   [][2]int            // those of them whose peering addresses are in the way of
	existing  map[[2]int]bool     // pairs that a peering joins before the plan, a before b
	passage   Passage             // what pairs of spokes pass in the hub; a device stands in a new one
	through   [][2]int            // those that do
	inspected map[int]bool        // gateway users whose packets from and to on-premises networks pass it as well
	blinded   map[int]string      // why those of others do not, where it is asked for
	unrouted  string              // why a pair cannot pass the gateway of a hub, or a tunnel between two
	links     [][2]int            // hubs that tunnels join
	groups    [][]int             // connected groups that join VNets in place of peerings, which peers has all the same
	grouped   map[[2]int]bool     // their pairs, a before b
	ungrouped string              // why there are none
	apart     map[[2]int]string   // pairs that are asked for and cannot be joined, and why
	exposed   int                 // VNet pairs that the hub's peerings join and that were apart before
	guests    []int               // VNets that are peered with their hub for its gateway alone
	spent     map[estate.Key]bool // connections that carry forbidden pairs alone once others use the gateways of hubs
}

// learned is what turned out in earlier rounds of lay, and holds in the next.
type learned struct {
	blocked   map[[2]int]string // pairs that must not be peered, a before b, and why
	stays     map[int]bool      // guests of hubs that keep a gateway of their own
	unled     map[[2]int]bool   // pairs that a gateway leads to each other over a tunnel that goes
	unrelayed map[[2]int]bool   // pairs of which one does not use the gateway that should pass their packets on
	unjoined  map[[2]int]string // hubs that no tunnel is to join, and why
}

func nothingLearned() learned {
	return learned{map[[2]int]string{}, map[int]bool{}, map[[2]int]bool{}, map[[2]int]bool{}, map[[2]int]string{}}
}

// lay builds the layout for a hub. Peerings carry the required pairs; the ones that cannot be
// peered keep their tunnels, and a VNet that keeps a tunnel keeps its gateway and cannot use the
// hub's. That can take the hub's gateway away from further VNets, so it is repeated until nothing
// changes; what was peered with the hub for its gateway alone is then not peered with it.
//
// A gateway prefers a peering to a tunnel, and hands nothing to a peered VNet that does not use
// it. A path through several gateways that has to stay therefore forbids peerings along it.
func lay(g *graph, members []int, d *demand, hubs hubbing, passage Passage) *layout {
	known := nothingLearned()
	(&layout{g: g, learned: known}).barriers()
	for {
		l := newLayout(g, members, d, hubs, passage, known)
		l.keepUncertain()
		l.keepForced()
		l.keepDecided()
		l.gatewayUsers()
		l.peer()
		for l.settle() {
		}
		for !l.leaves() && l.yield() { // who is in the way of another one may leave first
			for l.settle() {
			}
		}
		if leave, lead, part := l.leave(), l.lead(), l.unrelay() || l.unlink(); !l.block() && !leave && !lead && !part {
			l.part()
			l.serve()
			l.spend()
			l.inspect()
			if !l.passage.isDevice() && len(l.through) == 0 {
				l.passage = NoPassage
			}
			l.exposed += l.joins() + l.learnedPairs()
			return l
		}
	}
}

// newLayout is a layout in which nothing is laid out yet.
func newLayout(g *graph, members []int, d *demand, hubs hubbing, passage Passage, known learned) *layout {
	return &layout{g: g, members: members, demand: d, hubbing: hubs, passage: passage, peers: map[int][]int{}, remote: map[int]bool{}, outside: map[int]bool{}, behindHub: map[int]served{}, keep: map[estate.Key]bool{},
		existing: map[[2]int]bool{}, learned: known, apart: map[[2]int]string{}, inspected: map[int]bool{}, blinded: map[int]string{}, grouped: map[[2]int]bool{}, noted: map[*estate.ID]bool{}}
}

// block forbids the peerings that would hide a way that stays, and those between the VNets on it. It
// reports whether there were any.
func (l *layout) block() (news bool) {
	forbid := func(a, b int, why string) {
		if pair := [2]int{min(a, b), max(a, b)}; l.blocked[pair] == "" && !l.existing[pair] && slices.Contains(l.peers[a], b) {
			l.blocked[pair], news = why, true
		}
	}
	for _, w := range l.ways {
		_, nodes := l.alongPath(w.path)
		for i, a := range nodes {
			for _, b := range nodes[i+1:] {
				forbid(a, b, "traffic that has to stay on VPN passes both, and a gateway would prefer their peering")
			}
		}
		for _, r := range w.relays {
			for _, peer := range l.hiders(r) {
				forbid(r.via, peer, fmt.Sprintf("traffic that has to stay on VPN passes the gateway of %q to addresses of %q, and the gateway would prefer their peering", l.g.e.VNets[r.via].Name, l.g.e.VNets[peer].Name))
			}
		}
	}
	return news
}

// hiders lists the VNets whose peering with a relay takes the packets that it passes on: the VNet
// they go to, and peers of the relay that overlap their destination.
func (l *layout) hiders(r relay) []int {
	var out []int
	if r.to >= 0 {
		out = append(out, r.to)
	}
	if l.demand.plain {
		return out
	}
	for _, peer := range l.peers[r.via] {
		if peer >= 0 && peer != r.to && l.takes(&l.g.e.VNets[peer], r) {
			out = append(out, peer)
		}
	}
	return out
}

// takes reports whether a VNet's space overlaps the destination of what a relay passes on.
func (l *layout) takes(v *estate.VNet, r relay) bool {
	if r.to >= 0 {
		return estate.Overlap(v.Space, l.g.e.VNets[r.to].Space)
	}
	return slices.ContainsFunc(v.Space, func(s estate.Prefix) bool { return slices.ContainsFunc(r.beyond, s.Overlaps) })
}

// keepUncertain keeps the tunnels that cannot have worked as written: nothing shows whether
// somebody needs them, so a person decides.
func (l *layout) keepUncertain() {
	for _, v := range l.members {
		for _, c := range l.g.connections[v] {
			if c.Pairing.Suspect != "" {
				l.keepWay(way{path: []estate.ID{c.ID}})
			}
		}
	}
	if len(l.g.e.Listings) == 0 {
		return
	}
	for _, p := range l.demand.open { // it runs, and may carry something
		l.keepWay(p.way)
		for _, k := range l.g.links[p.a] {
			if k.vnet == p.b {
				l.keepWay(way{path: []estate.ID{k.tunnel.a.ID}})
			}
		}
	}
}

// gatewayUsers picks the VNets that reach on-premises and can give up a gateway of their own.
func (l *layout) gatewayUsers() {
	serves, learners := map[int]bool{}, l.learners()
	for _, hub := range l.hubs {
		serves[hub] = isNew(hub) || !l.drawsEverything(hub) && !l.narrow(hub) && !l.g.usesGateway(hub)
	}
	for _, v := range l.members {
		if serves[l.hubOf(v)] && !l.isHub(v) && !l.stays[v] && (len(l.demand.networks[v]) > 0 || learners[v] && !l.unaccounted(v)) && !l.g.usesGateway(v) && !l.leadsAway(v) && !l.translated(v) && !l.ownServices(v) && !l.elsewhere(v) && !l.sealed(v) && l.mayMove(v) && l.admits(v) {
			l.remote[v] = true
		}
	}
}

// narrow reports whether a connection of a VNet to a device carries some addresses only, or others than it shows: who
// used its gateway as well would not be carried.
func (l *layout) narrow(v int) bool {
	return slices.ContainsFunc(l.g.connections[v], func(c *estate.Connection) bool { return len(c.Selectors) > 0 || c.NAT })
}

// copyable reports whether a connection can be made a second time from what is known of it: a live one may have
// parameters of its own that both ends have to agree on.
func (l *layout) copyable(c *estate.Connection) bool {
	if len(l.g.e.Listings) == 0 {
		return true
	}
	return len(c.Selectors) == 0 && !c.NAT && c.Policy == nil && (!c.Protocol.Known() || strings.EqualFold(c.Protocol.Value, "IKEv2"))
}

// leadsAway reports whether a VNet has a connection to a gateway that is no part of the input, or that has none
// back: what it is for no hub can take over.
func (l *layout) leadsAway(v int) bool {
	return slices.ContainsFunc(l.g.connections[v], func(c *estate.Connection) bool {
		return c.Kind == estate.Vnet2Vnet && c.Pairing.Partner.IsZero()
	})
}

// translated reports whether NAT rules change what a connection of a VNet carries: no other gateway does that.
func (l *layout) translated(v int) bool {
	return slices.ContainsFunc(l.g.connections[v], func(c *estate.Connection) bool { return c.NAT })
}

// drawsEverything reports whether a VNet's gateway offers a default route: whoever used it would
// send there what goes to the Internet today.
func (l *layout) drawsEverything(v int) bool {
	for _, gw := range l.g.gateways[v] {
		if l.g.defaultOf(gw) != nil {
			return true
		}
		for _, c := range l.g.x.ConnectionsOf(gw.ID) {
			if site := l.g.x.Site(c.Site); site != nil && slices.ContainsFunc(site.Prefixes, func(p estate.Prefix) bool { return p.IsValid() && p.Bits() == 0 }) {
				return true
			}
		}
	}
	return false
}

// elsewhere reports whether a VNet reaches a network behind a gateway that the hub's cannot stand in for: the
// clients of another VNet.
func (l *layout) elsewhere(v int) bool {
	hub := l.hubOf(v)
	return slices.ContainsFunc(l.demand.networks[v], func(n netReach) bool {
		return n.network.Kind == reach.Clients && (hub < 0 || !n.network.ID.Same(l.g.e.VNets[hub].ID))
	})
}

// ownServices reports whether a VNet needs its gateway for something the hub does not take over:
// a client pool, ExpressRoute, routes of its subnets that lead to it, a connection of another gateway
// that stays and names it, or nobody knows what. The platform does not delete a gateway that a connection names.
func (l *layout) ownServices(v int) bool {
	if len(l.g.routes[v]) > 0 {
		return true
	}
	for _, gw := range l.g.gateways[v] {
		if len(gw.ClientPools) > 0 || gw.Kind == estate.ExpressRouteGateway || l.g.named[gw.ID.Key()] != nil || l.g.decided.gateways[gw.ID.Key()] ||
			gw.Kind == estate.VPNGateway && len(l.g.x.ConnectionsOf(gw.ID)) == 0 {
			return true
		}
	}
	return false
}

// peer peers hub and spokes first, then the required pairs of spokes. A VNet's peers must be
// disjoint from it and from each other.
func (l *layout) peer() {
	l.standing()
	spokes := map[int]*bart.Lite{} // by new hub
	for _, hub := range l.hubs {
		spokes[hub] = &bart.Lite{}
	}
	for _, v := range l.needyFirst() {
		switch hub := l.hubOf(v); {
		case isNew(hub):
			if l.passage.learns() && !l.remote[v] {
				continue // it would only be open to those that learn
			}
			if l.blocked[[2]int{newHubIndex, v}] != "" || !l.g.disjoint(v, spokes[hub]) {
				delete(l.remote, v) // it stays outside the hub, with what it has
				l.outside[v] = true
				continue
			}
			l.join(v, hub)
		case hub >= 0 && v != hub && (l.remote[v] || l.required(v, hub)):
			if l.existing[[2]int{min(v, hub), max(v, hub)}] {
				continue
			}
			if why := l.refusal(v, hub); why != "" {
				l.refuse(v, hub, why)
				continue
			}
			l.join(v, hub)
			if !l.required(v, hub) {
				l.guests = append(l.guests, v)
				if !l.g.between(Accepted, v, hub) {
					l.exposed++
				}
			}
		}
	}
	l.linkHubs()
	for _, p := range l.demand.pairs {
		if l.viaHub(p.a, p.b) || l.existing[[2]int{p.a, p.b}] || len(p.path) == 0 && !p.asked || l.isLed(&p) {
			continue // what no connection carries is none of the plan's business
		}
		if why := l.refusal(p.a, p.b); why != "" {
			l.refuse(p.a, p.b, why)
			continue
		}
		if l.passage == GatewayPassage && l.relays(p.a, p.b) || l.passage == VPNPassage && !l.unrelayed[[2]int{p.a, p.b}] && l.linked(p.a, p.b) {
			l.through = append(l.through, [2]int{p.a, p.b})
			continue
		}
		if l.passage.isDevice() {
			why := ""
			if l.passage.learns() {
				why = l.unlearned(p.a, p.b)
			}
			if why = cmp.Or(why, l.unroutable(p.a, p.b)); why != "" {
				l.refuse(p.a, p.b, why)
				continue
			}
			l.through = append(l.through, [2]int{p.a, p.b})
			continue
		}
		l.join(p.a, p.b)
	}
}

// standing takes in the peerings that are there: complete ones carry what they carry, and whatever joins
// two VNets counts where their peers have to be disjoint.
func (l *layout) standing() {
	for _, v := range l.members {
		for _, w := range l.g.near[v] {
			if v < w && l.g.joined(v, w).complete() {
				l.existing[[2]int{v, w}] = true
				l.join(v, w)
			}
		}
	}
}

// disjoint takes a VNet's space into the set, unless part of it is there already.
func (g *graph) disjoint(v int, taken *bart.Lite) bool {
	space := g.e.VNets[v].Space
	for _, p := range space {
		if taken.OverlapsPrefix(p.Prefix) {
			return false
		}
	}
	for _, p := range space {
		taken.Insert(p.Prefix)
	}
	return true
}

func (l *layout) join(a, b int) {
	l.peers[a] = append(l.peers[a], b)
	l.peers[b] = append(l.peers[b], a)
}

func (l *layout) required(a, b int) bool {
	i, ok := slices.BinarySearchFunc(l.demand.pairs, vnetPair{a: min(a, b), b: max(a, b)}, comparePairs)
	return ok && !l.isLed(&l.demand.pairs[i])
}

// refusal says why two VNets cannot be peered beside the peerings made so far, or "".
func (l *layout) refusal(a, b int) string {
	if why := l.barred(a, b); why != "" {
		return why
	}
	return l.crowding(a, b)
}

// barred says what is against a peering of two VNets, whatever their addresses, or "".
func (l *layout) barred(a, b int) string {
	if why := l.blocked[[2]int{min(a, b), max(a, b)}]; why != "" {
		return why
	}
	for _, half := range l.g.joined(a, b).halves() {
		if half.Partial {
			return fmt.Sprintf("peering %q joins some subnets of the two only, and cannot be changed in place", half.ID.Child)
		}
	}
	for _, way := range [][2]int{{a, b}, {b, a}} {
		if taken := l.g.foreign[way[0]]; estate.Overlap(taken, l.g.e.VNets[way[1]].Space) {
			return fmt.Sprintf("%q is peered with a VNet that no input lists and that shares addresses with %q", l.g.name(way[0]), l.g.name(way[1]))
		}
	}
	if c, d := l.g.clouds[a], l.g.clouds[b]; c != d && c != "" && d != "" {
		return fmt.Sprintf("%q is in %s and %q in %s, and peering does not cross clouds", l.g.name(a), c, l.g.name(b), d)
	}
	for _, way := range [][2]int{{a, b}, {b, a}} {
		if r, ok := l.g.steered(way[0], way[1]); ok {
			return fmt.Sprintf("a route table sends %s from %q to its gateway, whatever is peered", r, l.g.name(way[0]))
		}
	}
	return ""
}

// crowding says which addresses are in the way of a peering of two VNets, or "".
func (l *layout) crowding(a, b int) string {
	if l.demand.plain {
		return ""
	}
	if estate.Overlap(l.g.e.VNets[a].Space, l.g.e.VNets[b].Space) {
		return fmt.Sprintf("%q and %q overlap", l.g.name(a), l.g.name(b))
	}
	for _, pair := range [][2]int{{a, b}, {b, a}} {
		for _, peer := range l.peers[pair[0]] {
			if isNew(peer) {
				continue
			}
			if p := &l.g.e.VNets[peer]; peer != pair[1] && estate.Overlap(p.Space, l.g.e.VNets[pair[1]].Space) {
				return fmt.Sprintf("%q overlaps %q, which is peered with %q", l.g.name(pair[1]), l.g.name(peer), l.g.name(pair[0]))
			}
		}
		if w := l.g.mate(pair[0], l.g.e.VNets[pair[1]].Space, pair[1]); w >= 0 {
			return fmt.Sprintf("%q overlaps %q, which a connected group joins to %q", l.g.name(pair[1]), l.g.name(w), l.g.name(pair[0]))
		}
		if l.hides(pair[0], pair[1]) {
			return fmt.Sprintf("%q reaches some of the addresses of %q elsewhere, and a peering would come before that", l.g.name(pair[0]), l.g.name(pair[1]))
		}
	}
	return ""
}

// hides reports whether a reaches addresses of b's space at another location: a peering route
// comes before every route to a gateway, even a longer one.
func (l *layout) hides(a, b int) bool {
	space := l.g.e.VNets[b].Space
	return slices.ContainsFunc(l.demand.reached[a], func(r reached) bool {
		return r.vnet != b && slices.ContainsFunc(r.prefixes, func(p netip.Prefix) bool {
			return slices.ContainsFunc(space, func(s estate.Prefix) bool { return s.Overlaps(p) })
		})
	})
}

// refuse keeps the tunnels of a pair that cannot be peered.
func (l *layout) refuse(a, b int, why string) {
	i, ok := slices.BinarySearchFunc(l.demand.pairs, vnetPair{a: min(a, b), b: max(a, b)}, comparePairs)
	if ok && l.demand.pairs[i].asked {
		l.apart[[2]int{min(a, b), max(a, b)}] = why
		if !l.viaHub(a, b) {
			return
		}
	}
	delete(l.remote, a)
	delete(l.remote, b)
	if !ok || l.demand.pairs[i].asked {
		return
	}
	l.keepWay(l.demand.pairs[i].way)
	l.kept = append(l.kept, KeptPair{l.g.name(a), l.g.name(b), why})
	l.keptPairs = append(l.keptPairs, [2]int{min(a, b), max(a, b)})
	if why == l.crowding(a, b) {
		l.crowded = append(l.crowded, [2]int{min(a, b), max(a, b)})
	}
}

// keepWay keeps the connections of a way, with their other halves. It reports whether any was not
// kept before; the way is noted in either case.
func (l *layout) keepWay(w way) (news bool) {
	if len(w.path) == 0 || l.noted[&w.path[0]] {
		return false
	}
	l.noted[&w.path[0]] = true
	l.ways = append(l.ways, w)
	for _, id := range w.path {
		c := l.g.x.Connection(id)
		if c == nil || l.keep[id.Key()] {
			continue
		}
		l.keep[id.Key()], news = true, true
		if !c.Pairing.Partner.IsZero() {
			l.keep[c.Pairing.Partner.Key()] = true
		}
	}
	return news
}

// settle keeps what the VNets need that do not use the hub's gateway, and takes the hub's gateway
// from VNets that keep a tunnel, and from those that would reach less by it, but for what guests of the hub take. It
// reports whether anything changed.
func (l *layout) settle() (changed bool) {
	for _, v := range l.members {
		if l.remote[v] && (l.keepsTunnel(v) || !l.standsIn(v, false)) {
			delete(l.remote, v)
			changed = true
		}
		if l.remote[v] {
			continue
		}
		for _, n := range l.demand.networks[v] {
			if n.spare != nil && !l.isHub(v) {
				continue // it stays only if others need it
			}
			if !l.isHub(v) || !l.ends(v, n) || !l.lists(v, n) { // a part of a network may be reached by another VNet's gateway
				changed = l.keepWay(n.way) || changed
			}
		}
	}
	return changed
}

// yield takes the hub's gateway from the first VNet that would reach less by it because of a guest of the hub: two that are
// in each other's way need not both go without. It reports whether there was one.
func (l *layout) yield() bool {
	i := slices.IndexFunc(l.members, func(v int) bool { return l.remote[v] && !l.standsIn(v, true) })
	if i >= 0 {
		delete(l.remote, l.members[i])
	}
	return i >= 0
}

func (l *layout) keepsTunnel(v int) bool {
	return len(l.keep) > 0 && slices.ContainsFunc(l.g.connections[v], func(c *estate.Connection) bool { return l.keep[c.ID.Key()] })
}

// hubGateway reports whether a hub has a gateway in the target.
func (l *layout) hubGateway(hub int) bool {
	if isNew(hub) {
		return slices.ContainsFunc(l.users(hub), l.reachesNetworks)
	}
	return len(l.behindHub[hub].networks) > 0 || l.joined(hub) || l.ownServices(hub) || l.keepsTunnel(hub)
}

// keepsGateway reports whether a VNet of the component has a VPN gateway in the target.
func (l *layout) keepsGateway(v int) bool {
	if l.isHub(v) {
		return l.hubGateway(v)
	}
	return l.ownServices(v) || l.keepsTunnel(v)
}

func (l *layout) peerings() int {
	n := 0
	for _, peers := range l.peers {
		n += len(peers)
	}
	return n/2 - len(l.existing) - len(l.grouped)
}

// refused says why the layout cannot be used at all, or "".
func (l *layout) refused() string {
	for _, hub := range l.hubs {
		if n := l.peered(hub); isNew(hub) && n > azure.MaxPeeringsPerVNet {
			return fmt.Sprintf("the new hub would need %d peerings; %d are allowed", n, azure.MaxPeeringsPerVNet)
		}
	}
	for _, v := range l.members {
		if n := l.peered(v); n > azure.MaxPeeringsPerVNet {
			return fmt.Sprintf("%q would need %d peerings; %d are allowed", l.g.name(v), n, azure.MaxPeeringsPerVNet)
		}
	}
	for _, hub := range l.hubs {
		if why := l.ambiguous(hub); why != "" {
			return why
		}
	}
	if why := l.tooManyRoutes(); why != "" {
		return why
	}
	for _, hub := range l.hubs {
		if isNew(hub) {
			continue
		}
		if _, ok := l.g.e.VNets[hub].GatewaySubnet(); !ok && len(l.users(hub)) > 0 {
			return fmt.Sprintf("%q has no %s", l.g.e.VNets[hub].Name, estate.GatewaySubnet)
		}
	}
	return ""
}
