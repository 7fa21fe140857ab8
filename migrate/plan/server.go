package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Appliances that announce themselves (transit route-server): the hub has a Route Server, to which the appliances announce
// where the VNets are that reach each other, and every VNet that uses it has these as routes. Nobody needs a route table. A
// VNet uses a Route Server as it uses a gateway, so that it gives up its own first, and a pair talks again once both ends
// have: they move together. The platform makes no route of a range of a VNet itself, so that twice as much is announced, and
// every VNet that uses the Route Server gets all of it: who may talk is for the rules of the appliances alone.
// Source: docs/decisions/0033-appliances-announce-what-is-larger.md.

// machinesPlanned is how many machines have an address, and sessions with the Route Server.
const machinesPlanned = 2

// learns reports whether VNets learn what leads to a passage from a Route Server, and need no route tables.
func (p Passage) learns() bool { return p == RouteServerPassage }

// moves reports whether the pairs that pass a passage are apart while their ends move: it is for those that use the hub.
func (p Passage) moves() bool { return p != NoPassage && (!p.isDevice() || p.learns()) }

// learners are the VNets that would use a Route Server for those that they reach.
func (l *layout) learners() map[int]bool {
	if !l.passage.learns() {
		return nil
	}
	out := map[int]bool{}
	for _, p := range l.demand.pairs {
		if len(p.path) > 0 && !l.unrelayed[[2]int{p.a, p.b}] && !l.g.secluded[p.a] && !l.g.secluded[p.b] {
			out[p.a], out[p.b] = true, true
		}
	}
	return out
}

// unlearned says why two VNets cannot learn from a Route Server where the other one is, or "".
func (l *layout) unlearned(a, b int) string {
	if len(l.hubs) == 0 || !isNew(l.hubs[0]) {
		return "" // unroutable says why
	}
	for _, v := range [2]int{a, b} {
		if l.g.secluded[v] {
			return fmt.Sprintf("the options file forbids that %q reaches another VNet, and a Route Server tells all VNets the same", l.g.name(v))
		}
		if why := l.unservedSubnets(v); why != "" {
			return why
		}
		if l.outside[v] {
			return fmt.Sprintf("%q shares addresses with a VNet that uses the hub", l.g.name(v))
		}
	}
	if !l.remote[a] || !l.remote[b] || l.unrelayed[[2]int{a, b}] {
		who := fmt.Sprintf("%q or %q", l.g.name(a), l.g.name(b))
		if l.remote[a] != l.remote[b] {
			who = strconv.Quote(l.g.name(map[bool]int{true: b, false: a}[l.remote[a]]))
		}
		return who + " keeps a gateway of its own, beside which a VNet uses no Route Server"
	}
	for _, v := range [2]int{a, b} {
		for _, p := range l.g.e.VNets[v].Space {
			if why := l.unannounced(v, p.Prefix); why != "" {
				return why
			}
		}
	}
	return ""
}

// unaccounted reports whether a VNet that reaches no network for sure has a connection to one all the same: what it carries
// no input tells, and no hub would take it over.
func (l *layout) unaccounted(v int) bool {
	return slices.ContainsFunc(l.g.connections[v], func(c *estate.Connection) bool {
		return c.Pairing.Partner.IsZero() && !l.g.severed[c.ID.Key()]
	})
}

// unservedSubnets says why the subnets of a VNet may not get what a Route Server tells, or "". It has no IPv6.
func (l *layout) unservedSubnets(v int) string {
	for i := range l.g.e.VNets[v].Subnets {
		if s := &l.g.e.VNets[v].Subnets[i]; !s.OfGateways() && !s.RouteTable.IsZero() {
			return fmt.Sprintf("subnet %q of %q has a route table of its own", s.Name, l.g.name(v))
		}
	}
	return l.notIPv4(v)
}

// announcement is what appliances announce for a range: twice as much.
func announcement(p netip.Prefix) netip.Prefix {
	return netip.PrefixFrom(p.Addr(), p.Bits()-1).Masked()
}

// unannounced says why appliances cannot announce a range of a VNet, or "".
func (l *layout) unannounced(v int, p netip.Prefix) string {
	if p.Bits() == 0 || !azure.IsPrivate(announcement(p)) {
		return fmt.Sprintf("what is announced for %s of %q is twice as large, and has addresses that are not private", p, l.g.name(v))
	}
	all := announcement(p)
	for _, w := range l.members {
		if w != v && l.remote[w] && l.g.secluded[w] && slices.ContainsFunc(l.g.e.VNets[w].Space, func(s estate.Prefix) bool { return all.Overlaps(s.Prefix) }) {
			return fmt.Sprintf("%s is announced for %q, has addresses of %q as well, and the options file forbids that one to another VNet", all, l.g.name(v), l.g.name(w))
		}
		if !l.remote[w] {
			continue
		}
		for _, n := range l.premises(w) {
			if q, ok := l.competes(n, p); ok {
				return fmt.Sprintf("%s is announced for %q, and %q reaches %q by %s", all, l.g.name(v), l.g.name(w), n.network.Name, q)
			}
		}
	}
	return ""
}

// competes finds a prefix of the way to a network that an announcement for a range would take packets from, or that would take
// those of the announcement.
func (l *layout) competes(n netReach, p netip.Prefix) (netip.Prefix, bool) {
	all := announcement(p)
	c := l.connectionTo(n.network)
	if c == nil {
		return netip.Prefix{}, false
	}
	for _, q := range l.g.x.Site(c.Site).Prefixes {
		if !q.IsValid() || !q.Overlaps(all) {
			continue
		}
		longer := q.Bits() > all.Bits()
		if longer && q.Overlaps(p) || !longer && slices.ContainsFunc(n.prefixes, all.Overlaps) {
			return q.Prefix, true
		}
	}
	return netip.Prefix{}, false
}

// part takes those from a new hub who use neither its gateway nor its Route Server after all.
func (l *layout) part() {
	if !l.passage.learns() || len(l.hubs) == 0 || !isNew(l.hubs[0]) {
		return
	}
	hub := l.hubs[0]
	l.peers[hub] = slices.DeleteFunc(l.peers[hub], func(v int) bool {
		if l.remote[v] {
			return false
		}
		l.peers[v] = slices.DeleteFunc(l.peers[v], func(w int) bool { return w == hub })
		return true
	})
}

// announcements are the prefixes that the appliances announce, ascending.
func (l *layout) announcements() []netip.Prefix {
	var out []netip.Prefix
	for _, pair := range l.through {
		for _, v := range pair {
			for _, p := range l.g.e.VNets[v].Space {
				out = append(out, announcement(p.Prefix))
			}
		}
	}
	slices.SortFunc(out, netip.Prefix.Compare)
	return slices.Compact(out)
}

// learnedPairs counts the pairs of VNets that announcements join and that are apart today, if in one direction only.
func (l *layout) learnedPairs() (n int) {
	if !l.passage.learns() || len(l.through) == 0 {
		return 0
	}
	all, covered := l.announcements(), map[int]bool{}
	for _, v := range l.members {
		covered[v] = slices.ContainsFunc(l.g.e.VNets[v].Space, func(s estate.Prefix) bool { return slices.ContainsFunc(all, s.Overlaps) })
	}
	through := map[[2]int]bool{}
	for _, p := range l.through {
		through[p] = true
	}
	users := l.users(l.hubs[0])
	for i, a := range users {
		for _, b := range users[i+1:] {
			p := [2]int{min(a, b), max(a, b)}
			if (covered[a] || covered[b]) && !through[p] && !l.required(p[0], p[1]) && !l.g.between(Accepted, p[0], p[1]) {
				n++
			}
		}
	}
	return n
}

// serverFor makes the Route Server of a new hub, with a session for each machine of its appliances.
func (d *draft) serverFor(v *estate.VNet, space netip.Prefix) {
	d.subnet(v, space, azure.RouteServerSubnet)
	id := func(typ, suffix string) estate.ID {
		return beside(v.ID, typ, d.names.Unique(typ, azure.LegalName(typ, v.ID.Name+suffix)))
	}
	d.server = &estate.Gateway{ID: id(estate.TypeRouteServer, "-route-server"), VNet: v.ID, Kind: estate.RouteServer, Region: v.Region, Subnet: azure.RouteServerSubnet,
		PublicIP: id(estate.TypePublicIP, "-route-server-ip")}
	at, asn := d.device.PrivateIPs[0].Addr, d.freeASN()
	for n := range machinesPlanned {
		at = at.Next()
		peer := estate.RoutePeer{Name: "appliance-" + strconv.Itoa(n+1), Address: estate.Address{Addr: at, Raw: at.String()}, Appliance: d.device.ID, ASN: estate.Fact{Value: asn}, LearnedKnown: true}
		for _, p := range d.announcements() {
			peer.Learned = append(peer.Learned, estate.Prefix{Prefix: p, Raw: p.String()})
		}
		d.server.RoutePeers = append(d.server.RoutePeers, peer)
	}
}

// The numbers of 16 bits that anybody may use. Source: docs/sources.md#appliances.
const firstPrivateASN, lastPrivateASN = 64512, 65534

// freeASN is a BGP number that nobody in the network has, and that a Route Server takes.
func (d *draft) freeASN() string {
	used := map[int]bool{}
	note := func(asn estate.Fact) {
		if n, err := strconv.Atoi(asn.Value); err == nil {
			used[n] = true
		}
	}
	for i := range d.g.e.Gateways {
		if b := d.g.e.Gateways[i].BGP; b != nil {
			note(b.ASN)
		}
		for _, p := range d.g.e.Gateways[i].RoutePeers {
			note(p.ASN)
		}
	}
	for i := range d.g.e.Sites {
		if b := d.g.e.Sites[i].BGP; b != nil {
			note(b.ASN)
		}
	}
	for n := firstPrivateASN; n <= lastPrivateASN; n++ {
		if _, reserved := azure.ReservedASN(uint32(n)); !reserved && !used[n] {
			return strconv.Itoa(n)
		}
	}
	return strconv.Itoa(firstPrivateASN) // a number that somebody else has does no harm without a session with them
}

// createServer makes the Route Server of a hub: before its gateway, which one that comes later interrupts.
func (s *sequence) createServer(server *estate.Gateway, needs []string) string {
	return s.add(Step{
		Action: CreateRouteServer, Object: server.ID, Needs: needs,
		Because: "the VNets that use it learn from it where the appliances lead; beside a gateway that is there it would interrupt that one, so that it comes first",
		Effect:  Effect{Add: &estate.Estate{Gateways: []estate.Gateway{*server}}},
		Impact:  Impact{Class: Live, Minutes: minutesServer},
		Verify:  "provisioningState is Succeeded, and it has two addresses: the appliances have a session with each", Undo: "delete the Route Server and its sessions",
	})
}

// minutesServer is how long it takes to make a Route Server, or to delete one. Source: docs/sources.md#durations.
var minutesServer = [2]int{30, 60}

// offers is what a VNet uses of its hub.
func (d *draft) offers(v int) string {
	switch {
	case !d.passage.learns():
		return "gateway"
	case d.reachesNetworks(v):
		return "gateway and Route Server"
	}
	return "Route Server"
}

// learn looks at the sessions before anything rests on them.
func (s *sequence) learn(d *draft, needs []string) []string {
	var all []string
	for _, p := range d.announcements() {
		all = append(all, p.String())
	}
	return []string{s.add(Step{
		Action: VerifyReach, Object: d.component.VNets[0], Needs: needs,
		Because: "the VNets get their routes from the Route Server once they use it, and it has what the appliances announce",
		Impact:  Impact{Class: Live},
		Verify: fmt.Sprintf("both instances of the Route Server have learned %s from each machine, with the next hop %s and nothing else; %s; a test VNet that uses the Route Server answers through the appliances",
			strings.Join(all, ", "), d.device.PrivateIPs[0], passages[d.passage].ready),
		Undo: "nothing to undo",
	})}
}

// announced is a listing with what the appliances of a plan announce in the sessions that the plan has made: no listing tells
// it (ASM-ROUTE-SERVER).
func announced(p *Plan, live *estate.Estate) *estate.Estate {
	planned, there := estate.NewIndex(p.Target), estate.NewIndex(live)
	out := *live
	for i := range live.Gateways {
		made := planned.Gateway(live.Gateways[i].ID)
		if live.Gateways[i].Kind != estate.RouteServer || made == nil {
			continue
		}
		peers := slices.Clone(live.Gateways[i].RoutePeers)
		for k := range peers {
			at := slices.IndexFunc(made.RoutePeers, func(o estate.RoutePeer) bool {
				return o.LearnedKnown && strings.EqualFold(o.Name, peers[k].Name) && o.Address.Addr == peers[k].Address.Addr && o.ASN.Value == peers[k].ASN.Value
			})
			if at >= 0 && there.Gateway(made.RoutePeers[at].Appliance) != nil {
				o := &made.RoutePeers[at]
				peers[k].Appliance, peers[k].Learned, peers[k].LearnedKnown = o.Appliance, o.Learned, true
			}
		}
		if len(out.Gateways) > 0 && &out.Gateways[0] == &live.Gateways[0] {
			out.Gateways = slices.Clone(live.Gateways)
		}
		out.Gateways[i].RoutePeers = peers
	}
	return &out
}

// LedThrough are the pairs of VNets whose packets pass an appliance in the target of a plan, and may: those that reach each
// other before, or that somebody asks for or accepts. Each stands once, the lesser first.
func LedThrough(p *Plan, appliance estate.ID) [][2]estate.ID {
	if p.Before == nil || p.After == nil {
		return nil
	}
	wanted := newAsks(p.Asks)
	var out [][2]estate.ID
	for ends, s := range p.After.Pairs() {
		passes := func(h reach.Hop) bool { return h.Type == reach.ApplianceHop && h.Element.Same(appliance) }
		if ends[0].Kind != reach.VNet || ends[1].Kind != reach.VNet || !slices.ContainsFunc(s.Path, passes) {
			continue
		}
		if p.Before.Session(ends[0], ends[1]).Value == reach.Yes || wanted.admit(ends[0], ends[1]) {
			out = append(out, [2]estate.ID{ends[0].ID, ends[1].ID})
		}
	}
	return out
}

// hasServer reports whether a Route Server stands in a VNet.
func (g *graph) hasServer(v int) bool {
	return slices.ContainsFunc(g.x.StandingIn(g.e.VNets[v].ID), func(o *estate.Gateway) bool { return o.Kind == estate.RouteServer })
}

// reachesNetworks reports whether a VNet reaches something behind a gateway.
func (l *layout) reachesNetworks(v int) bool { return len(l.demand.networks[v]) > 0 }
