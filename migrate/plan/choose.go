package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// The weights of a candidate's terms, in points; fewer points are better. A gateway costs every
// month, a window once. Source: docs/decisions/0003-hub-score.md.
const (
	weightGateway   = 10
	weightKept      = 8
	weightExposed   = 4
	weightWindow    = 3
	weightDevice    = 3
	weightBuild     = 2
	weightPassage   = 40
	weightGroup     = 2
	weightPeering   = 1
	weightRegion    = 1
	weightSmall     = 1
	weightIdle      = 1
	maxHubCandidate = 20
)

// termGateways is the name of the term that a hub is mostly chosen by.
const termGateways = "VPN gateways left"

// choose lays a component out for every candidate and takes the one with the fewest points. It returns the layouts of
// the best few as well, that one first.
func choose(g *graph, members []int, d *demand, class Class, want wish) ([]*layout, Hub, error) {
	if want.vnet >= 0 && !slices.Contains(members, want.vnet) {
		want.hub, want.vnet = options.HubAuto, -1 // it names a VNet of another component
	}
	relay, device := NoPassage, NoPassage // what passes packets on, by hubs of any kind and by a new one
	if want.passage().isDevice() {
		device = want.passage()
	} else {
		relay = want.passage()
	}
	regional, split := layRegional(g, members, d, want.hub == options.HubRegional, relay), laySplit(g, members, d, want.hub == options.HubSeveral, relay)
	lacking := ""
	switch {
	case want.hub == options.HubRegional && regional == nil:
		lacking = "there are no two regions whose VNets would use the gateway of a hub; "
	case want.hub == options.HubNew && len(g.tunnelsOf(members)) == 0 && g.hubMade(members) < 0 && len(possibleUsers(g, members, d)) == 0:
		lacking = "no tunnel joins these VNets, and none would use the gateway of a new hub; "
	case want.hub == options.HubSeveral && split == nil:
		lacking = "one hub is enough for all VNets that would use the gateway of one, or a further one would serve a single VNet; "
	}
	if lacking != "" {
		want.hub = options.HubAuto
	}
	candidatesFor := hubCandidates(g, members, d)
	if want.vnet >= 0 && !slices.Contains(candidatesFor, want.vnet) {
		candidatesFor = append(candidatesFor, want.vnet)
	}
	if used := g.hubsInUse(members); len(used) > 0 && want.hub == options.HubAuto {
		candidatesFor = used // there is a hub; another one would take its spokes from it
		if regional, split = regional.among(used), split.among(used); g.abroadInUse(used) {
			regional = nil // they were not divided by regions
		}
		if len(used) > 1 && (regional != nil || split != nil) {
			candidatesFor = nil // nor does one take those of the others
		}
	}
	if made := g.hubMade(members); made >= 0 && want.hub == options.HubNew && lay(g, members, d, oneHub(made), NoPassage).refused() == "" {
		want.vnet, candidatesFor = made, []int{made} // it is there already
	}
	led, standing := ledThrough(g, members, d, device), noHubIndex
	if device != NoPassage && want.hub != options.HubNone {
		standing = g.passageHub(members, device)
	}
	if standing >= 0 && (want.vnet < 0 || want.vnet == standing) {
		want.vnet, candidatesFor, led = standing, []int{standing}, nil // what was asked for is there
	}
	var all []*layout
	for _, hub := range candidatesFor {
		passage := relay
		if hub == standing && hub >= 0 {
			passage = device
		}
		all = append(all, lay(g, members, d, oneHub(hub), passage))
	}
	for _, several := range []*layout{regional, split} {
		if several != nil {
			all = append(all, several)
		}
	}
	groups := want.transit == options.TransitGroup
	if want.transit == "" || want.transit == options.TransitAuto { // by peerings alone there may be no way
		groups = !slices.ContainsFunc(all, func(l *layout) bool { return l.refused() == "" })
	}
	if groups {
		for _, l := range all {
			l.form()
		}
	}
	if led != nil {
		all = append(all, led)
	}
	candidates := make([]Candidate, len(all))
	order := make([]int, len(all))
	for i, l := range all {
		candidates[i], order[i] = l.candidate(), i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		a, b := candidates[i], candidates[j]
		return cmp.Or(
			want.compare(a, b, g),
			cmp.Compare(min(len(a.Refused), 1), min(len(b.Refused), 1)),
			lastPassage(a, b),
			cmp.Compare(a.Points, b.Points), cmp.Compare(kindOrder(a.Kind), kindOrder(b.Kind)), cmp.Compare(i, j))
	})
	if i := slices.IndexFunc(order, func(i int) bool { return all[i] != led }); i > 0 && device == NoPassage {
		order[0], order[i] = order[i], order[0] // a firewall costs every month, and is a device more on the way: a person asks for it
	}
	best := candidates[order[0]]
	hub := Hub{Kind: best.Kind, VNet: best.VNet, Passage: best.Passage, Grouped: best.Grouped}
	for _, i := range order {
		hub.Candidates = append(hub.Candidates, candidates[i])
	}
	if device != NoPassage && led != nil && best.Passage == NoPassage {
		return nil, hub, fmt.Errorf("hub %s cannot be used: transit %s wants a new hub", want.hub, want.transit)
	}
	if best.Refused != "" {
		return nil, hub, fmt.Errorf("hub %s cannot be used: %s", best.Name(), best.Refused)
	}
	var layouts []*layout
	for _, i := range order[:min(len(order), mostPriced)] {
		layouts = append(layouts, all[i])
	}
	hub.Asked, hub.Because = layouts[0].asked(best, want), layouts[0].because(best, class, want)
	if l := layouts[0]; want.transit == options.TransitGroup && l.ungrouped != "" {
		hub.Because += "; no connected group is made: " + l.ungrouped
	}
	if l := layouts[0]; relay != NoPassage && best.Passage == NoPassage && l.unrouted != "" {
		what := "no packets pass the gateway of a hub from VNet to VNet"
		if relay == VPNPassage {
			what = "no hubs are joined by VPN"
		}
		hub.Because += "; " + what + ": " + l.unrouted
	}
	hub.Because = lacking + hub.Because
	if groups && len(layouts[0].groups) > 0 && want.transit != options.TransitGroup {
		hub.Because += fmt.Sprintf("; by peerings alone a VNet would need more than the %d that it may have", azure.MaxPeeringsPerVNet)
	}
	return layouts, hub, nil
}

// ledThrough is the layout whose pairs pass what is asked for, or a firewall; it is nil where there is none to lead
// through one. Where one is asked for and no pair can be led, all of them stay as they are.
func ledThrough(g *graph, members []int, d *demand, asked Passage) *layout {
	passage := cmp.Or(asked, FirewallPassage)
	l := lay(g, members, d, oneHub(newHubIndex), passage)
	switch {
	case len(l.through)+len(l.inspected) > 0:
		return l
	case asked != NoPassage && len(l.keptPairs)+len(l.apart) > 0:
		stay := lay(g, members, d, oneHub(noHubIndex), passage)
		stay.excuse(l)
		return stay
	}
	return nil
}

// excuse says of the pairs that stay on VPN why another layout, which has a hub, could not do without them.
func (l *layout) excuse(other *layout) {
	own, others := l.kept[len(l.kept)-len(l.keptPairs):], other.kept[len(other.kept)-len(other.keptPairs):] // behind what is kept for other reasons
	for i, p := range l.keptPairs {
		if k := slices.Index(other.keptPairs, p); k >= 0 {
			own[i].Because = others[k].Because
		}
	}
}

// hubMade is a VNet such as a plan makes for a new hub, or -1: it has no subnet but those of gateways and of a passage
// and no tunnel to another VNet, and peerings join it with others.
func (g *graph) hubMade(members []int) int {
	for _, v := range members {
		subnets := g.e.VNets[v].Subnets
		if len(g.links[v]) == 0 && !slices.ContainsFunc(subnets, func(s estate.Subnet) bool {
			return !s.OfGateways() && !strings.EqualFold(s.Name, azure.RouteServerSubnet) && !slices.ContainsFunc(Passages, func(p Passage) bool { return strings.EqualFold(s.Name, passages[p].subnet) })
		}) &&
			slices.ContainsFunc(g.near[v], func(w int) bool { return g.joined(v, w).complete() }) {
			return v
		}
	}
	return -1
}

// passageHub is a VNet with a passage that peerings join with others, or -1. Appliances count behind a load balancer alone:
// many an interface forwards.
func (g *graph) passageHub(members []int, passage Passage) int {
	for i := range g.e.Gateways {
		v, known := g.index[g.e.Gateways[i].VNet.Key()]
		if known && passingOf(&g.e.Gateways[i]).is(passage) && (!passage.learns() || g.hasServer(v)) && len(g.near[v]) > 0 && slices.Contains(members, v) {
			return v
		}
	}
	return -1
}

// wish is the hub that was asked for.
type wish struct {
	hub     options.Hub
	vnet    int // the VNet that it names, or -1
	transit options.Transit
	space   netip.Prefix // of a new one, where it was decided
}

// newWish finds the VNet that a hub names: by its name, or with the subscription, the resource group or both
// before it.
func newWish(g *graph, opts *options.Options) (wish, error) {
	want := wish{hub: opts.Hub, vnet: -1, transit: opts.Transit}
	switch opts.Hub {
	case options.HubAuto, options.HubNew, options.HubNone, options.HubRegional, options.HubSeveral:
		return want, nil
	}
	name := options.Text{Value: string(opts.Hub)}
	find := func(as func(*estate.VNet) string) (named []int) {
		for i := range g.e.VNets {
			if v := &g.e.VNets[i]; opts.NamesIn(name, v.ID.Subscription, v.ID.Group, as(v)) {
				named = append(named, i)
			}
		}
		return named
	}
	named := find(func(v *estate.VNet) string { return v.Name })
	if len(named) == 0 {
		named = find(func(v *estate.VNet) string { return v.ID.Name })
	}
	switch len(named) {
	case 0:
		return want, fmt.Errorf("hub %q: no VNet has this name", opts.Hub)
	case 1:
		want.vnet = named[0]
		return want, nil
	}
	path, before := g.e.VNets[named[0]].ID.Path()
	return want, fmt.Errorf("hub %q: %d VNets have this name; write the %s before it, as %q", opts.Hub, len(named), before, path)
}

// passage is what pairs of spokes are to pass.
func (w wish) passage() Passage { return passageOf(w.transit) }

// lastPassage puts what passes a firewall or appliances after what does not.
func lastPassage(a, b Candidate) int {
	return cmp.Compare(number(a.Passage.isDevice()), number(b.Passage.isDevice()))
}

// compare puts what was asked for first: a passage, which only a new hub gets, before a new hub, and after any other.
func (w wish) compare(a, b Candidate, g *graph) int {
	hub, passage := cmp.Compare(w.rank(a, g), w.rank(b, g)), w.comparePassage(a, b)
	if w.hub == options.HubNew && w.passage().isDevice() {
		return cmp.Or(passage, hub)
	}
	return cmp.Or(hub, passage)
}

// comparePassage puts what passes a firewall or appliances first, where that is asked for.
func (w wish) comparePassage(a, b Candidate) int {
	asked := func(c Candidate) int { return number(w.passage() != NoPassage && c.Passage == w.passage()) }
	return cmp.Compare(asked(b), asked(a))
}

// rank puts what was asked for first.
func (w wish) rank(c Candidate, g *graph) int {
	switch {
	case w.hub == options.HubAuto,
		w.hub == options.HubNew && c.Kind == NewHub, w.hub == options.HubNone && c.Kind == NoHub, w.hub == options.HubRegional && c.Kind == RegionalHubs, w.hub == options.HubSeveral && c.Kind == SeveralHubs,
		w.vnet >= 0 && c.Kind == ExistingHub && c.VNet.Same(g.e.VNets[w.vnet].ID):
		return 0
	}
	return 1
}

func kindOrder(k HubKind) int {
	return slices.Index([]HubKind{ExistingHub, NoHub, RegionalHubs, SeveralHubs, NewHub}, k)
}

// hubCandidates are the VNets with the most tunnels and those that hold gateways for outside
// networks, then no hub and a new one.
func hubCandidates(g *graph, members []int, d *demand) []int {
	byDegree := slices.Clone(members)
	slices.SortStableFunc(byDegree, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(d.networks[b]), len(d.networks[a])), cmp.Compare(len(g.links[b]), len(g.links[a])))
	})
	if len(byDegree) > maxHubCandidate {
		byDegree = byDegree[:maxHubCandidate]
	}
	slices.Sort(byDegree)
	return append(byDegree, noHubIndex, newHubIndex)
}

// candidate scores the layout.
func (l *layout) candidate() Candidate {
	c := Candidate{Kind: NoHub, Passage: l.passage, Grouped: len(l.groups) > 0, Refused: l.refused()}
	switch {
	case len(l.hubs) == 0:
	case l.regional():
		c.Kind = RegionalHubs
	case l.split():
		c.Kind = SeveralHubs
	case isNew(l.hubs[0]):
		c.Kind = NewHub
	default:
		c.Kind, c.VNet = ExistingHub, l.g.e.VNets[l.hubs[0]].ID
	}
	gateways := 0
	for _, hub := range l.hubs {
		if isNew(hub) && l.hubGateway(hub) {
			gateways++
		}
	}
	for _, v := range l.members {
		if l.keepsGateway(v) {
			gateways++
		}
	}
	term := func(name string, count, weight int) {
		if count > 0 {
			c.Terms = append(c.Terms, Term{name, count, weight})
			c.Points += count * weight
		}
	}
	term(termGateways, gateways, weightGateway)
	term("pairs kept on VPN", len(l.kept), weightKept)
	term("pairs newly joined", l.exposed+l.newNetworks(), weightExposed)
	term("interruptions", len(l.remote)-len(l.inspected), weightWindow)
	term("on-premises devices to change", l.each(func(hub int) int { return len(l.behindHub[hub].added) }), weightDevice)
	term("gateways to build", l.each(l.builds), weightBuild)
	if way := passages[l.passage]; l.passage.isDevice() {
		term(way.term, 1, weightPassage)
	} else if way != nil {
		term(way.term, len(l.through), weightPeering)
	}
	term("connected groups", len(l.groups), weightGroup)
	term("peerings", l.peerings(), weightPeering)
	term("gateway users in another region", l.abroad(), weightRegion)
	term("GatewaySubnet smaller than /27", l.each(l.small), weightSmall)
	term("hub that carries nothing", l.each(l.idle), weightIdle)
	return c
}

// each counts something of every hub.
func (l *layout) each(count func(hub int) int) (n int) {
	for _, hub := range l.hubs {
		n += count(hub)
	}
	return n
}

// newNetworks counts the on-premises networks that gateway users reach only through the hub.
func (l *layout) newNetworks() int {
	n := 0
	for _, v := range l.members {
		if l.remote[v] || l.isHub(v) {
			n += len(l.behindHub[l.hubOf(v)].networks) - len(l.premises(v)) - l.accepted(v)
		}
	}
	return n
}

// accepted counts the networks that a VNet reaches only in the target and that somebody accepts.
func (l *layout) accepted(v int) int {
	if len(l.g.asks) == 0 {
		return 0
	}
	n := 0
	for _, network := range l.behindHub[l.hubOf(v)].networks {
		known := slices.ContainsFunc(l.premises(v), func(r netReach) bool { return r.network.Same(network) })
		if !known && l.g.asks.has(Accepted, l.g.locationOf(v), network) {
			n++
		}
	}
	return n
}

func (l *layout) builds(hub int) int {
	if !l.hubGateway(hub) {
		return 0
	}
	if isNew(hub) || !slices.ContainsFunc(l.g.gateways[hub], func(gw *estate.Gateway) bool { return gw.Kind == estate.VPNGateway }) {
		return 1
	}
	return 0
}

func (l *layout) abroad() int {
	return l.each(func(hub int) (n int) {
		region := l.regionOf(hub).String()
		for _, v := range l.users(hub) {
			if l.g.e.VNets[v].Region.String() != region {
				n++
			}
		}
		return n
	})
}

// regionOf is where a hub is: its own, or for a new one that of its users or of most VNets.
func (l *layout) regionOf(hub int) estate.Region {
	if !isNew(hub) {
		return l.g.e.VNets[hub].Region
	}
	return majorityRegion(l.g, l.spokes(hub))
}

func majorityRegion(g *graph, members []int) estate.Region {
	count := map[string]int{}
	for _, v := range members {
		count[g.e.VNets[v].Region.String()]++
	}
	var best estate.Region
	for _, v := range members {
		r := g.e.VNets[v].Region
		if n, m := count[r.String()], count[best.String()]; n > m || n == m && r.String() < best.String() {
			best = r
		}
	}
	return best
}

func (l *layout) small(hub int) int {
	if hub < 0 || !l.hubGateway(hub) {
		return 0
	}
	if s, ok := l.g.e.VNets[hub].GatewaySubnet(); ok && s.Prefix.Bits() > azure.RecommendedGatewaySubnetBits {
		return 1
	}
	return 0
}

// idle reports whether a hub is one in name only: it holds no gateway, and spokes are peered
// around it.
func (l *layout) idle(hub int) int {
	if len(l.peers[hub]) == 0 {
		return 1
	}
	if l.hubGateway(hub) || len(l.members) > 2 && l.peerings() == len(l.peers[hub]) && len(l.peers[hub]) == len(l.members)-1 {
		return 0
	}
	return 1
}

// Name is the candidate for people.
func (c Candidate) Name() string {
	switch c.Kind {
	case ExistingHub:
		return c.VNet.Name
	case NewHub:
		if c.Passage != NoPassage {
			return "new hub with " + passages[c.Passage].a
		}
		return "new hub"
	case RegionalHubs:
		return "a hub for each region"
	case SeveralHubs:
		return "several hubs"
	}
	if c.Passage != NoPassage {
		return "no hub, and no pair through " + passages[c.Passage].a
	}
	return "no hub"
}

// asked reports whether a candidate is what somebody asked for.
func (l *layout) asked(c Candidate, want wish) bool {
	return (want.hub != options.HubAuto || l.passage.isDevice() && l.passage == want.passage()) && want.rank(c, l.g) == 0
}

// because says in a sentence why the candidate was chosen.
func (l *layout) because(c Candidate, class Class, want wish) string {
	if l.asked(c, want) {
		return "it was asked for"
	}
	keep := "direct peerings keep"
	switch {
	case len(l.groups) > 0 && l.peerings() == 0:
		keep = "connected groups keep"
	case len(l.groups) > 0:
		keep = "connected groups and direct peerings keep"
	}
	switch {
	case class == Single:
		return "a single VNet needs no peering"
	case c.Kind == NoHub && len(l.members) == 2:
		return "one peering connects two VNets; neither reaches on-premises through the other"
	case c.Kind == NoHub && gatewaysLeft(c) > 0:
		return fmt.Sprintf("%s exactly the pairs that work; %s stay for the networks behind them, and joining those under one hub would cost more points", keep, plural(gatewaysLeft(c), "VPN gateway"))
	case c.Kind == NoHub:
		return "no VNet reaches on-premises or clients through another; " + keep + " exactly the pairs that work"
	case c.Kind == NewHub:
		return fmt.Sprintf("no existing VNet serves %d gateway users with fewer points", len(l.remote))
	case c.Kind == RegionalHubs:
		return fmt.Sprintf("each region has a gateway of its own for its %s", plural(len(l.remote), "gateway user"))
	case c.Kind == SeveralHubs:
		return fmt.Sprintf("one hub cannot have all of its %s: they share addresses, or are more than the %d peerings of a VNet", plural(len(l.remote), "gateway user"), azure.MaxPeeringsPerVNet)
	case len(l.remote) > 0 && len(l.behindHub[l.hubs[0]].networks) == 0:
		return fmt.Sprintf("its gateway serves the clients that %s can reach only through a gateway", plural(len(l.remote), "other VNet"))
	case len(l.remote) > 0:
		return fmt.Sprintf("its gateway serves %s, and %s can use it for that", plural(len(l.behindHub[l.hubs[0]].networks), "on-premises network"), plural(len(l.remote), "other VNet"))
	case l.hubGateway(l.hubs[0]):
		return "it holds a gateway that stays; no other VNet needs it today"
	}
	return "every tunnel already ends at it"
}

func gatewaysLeft(c Candidate) int {
	for _, t := range c.Terms {
		if t.Name == termGateways {
			return t.Count
		}
	}
	return 0
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
