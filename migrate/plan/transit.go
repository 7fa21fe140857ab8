package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Transit through a firewall or appliances: each spoke is peered with the hub alone. For every VNet that it reaches its
// subnets have a route to the passage of the hub, and that VNet's have the one back: what keeps state drops what it
// sees in one direction only. A spoke without such a route still reaches nothing through the hub, so that the
// pairs are exactly those of today. What goes to on-premises passes it where that is asked for: see inspect.go.
// Source: docs/design.md#transit.

// firewallTier is what a plan builds. Source: docs/sources.md#hub-plan.
const firewallTier = "Standard"

// minutesRoutes is how long it takes to make route tables, or to put one at a subnet. Source: docs/sources.md#durations.
var minutesRoutes = [2]int{1, 1}

// unroutable says why routes cannot lead the packets of two VNets through the passage, or "".
func (l *layout) unroutable(a, b int) string {
	if l.g.between(Encrypted, a, b) {
		return "the options file wants them encrypted, and what passes " + passages[l.passage].the + " is not"
	}
	for _, v := range [2]int{a, b} {
		bound := l.unboundSubnets
		if l.passage.learns() {
			bound = l.unservedSubnets
		}
		if why := cmp.Or(bound(v), l.translates(l.g.name(v), prefixesOf(l.g.e.VNets[v].Space))); why != "" {
			return why
		}
	}
	for _, v := range [2]int{a, b} {
		if len(l.hubs) > 0 && !isNew(l.hubs[0]) {
			return fmt.Sprintf("%q has %s already, and a plan changes neither the rules there nor the routes that lead to them", l.g.name(l.hubs[0]), passages[l.passage].a)
		}
		if !slices.Contains(l.peers[newHubIndex], v) {
			return fmt.Sprintf("%q is not peered with the hub, where %s to pass them on", l.g.name(v), passages[l.passage].are)
		}
	}
	return ""
}

// translates says which public range a firewall would not pass as it is, or "": it takes the address of a firewall for
// the sender of what goes there. Source: docs/sources.md#firewall-rules.
func (l *layout) translates(whose string, ranges []netip.Prefix) string {
	if l.passage != FirewallPassage {
		return ""
	}
	for _, p := range ranges {
		if p.Addr().Is4() && !azure.IsPrivate(p) {
			return fmt.Sprintf("%q has the public range %s, for which a firewall translates the addresses of senders", whose, p)
		}
	}
	return ""
}

func prefixesOf(of []estate.Prefix) []netip.Prefix {
	out := make([]netip.Prefix, len(of))
	for i, p := range of {
		out[i] = p.Prefix
	}
	return out
}

// unboundSubnets says why the subnets of a VNet cannot be given a route table, or "". What routes lead through has an
// IPv4 address alone.
func (l *layout) unboundSubnets(v int) string {
	vnet, some := &l.g.e.VNets[v], false
	if why := l.notIPv4(v); why != "" {
		return why
	}
	for i := range vnet.Subnets {
		s := &vnet.Subnets[i]
		switch {
		case s.OfGateways():
		case !s.RouteTable.IsZero():
			return fmt.Sprintf("subnet %q of %q has a route table of its own", s.Name, l.g.name(v))
		case slices.ContainsFunc(azure.HubSubnets(), func(h azure.HubSubnet) bool { return h.Fixed && strings.EqualFold(h.Name, s.Name) }):
			return fmt.Sprintf("subnet %q of %q is the platform's own: what its routes may be is not ours to say", s.Name, l.g.name(v))
		default:
			some = true
		}
	}
	if !some {
		return fmt.Sprintf("%q has no subnet that a route table could be for", l.g.name(v))
	}
	return ""
}

// notIPv4 says which range of a VNet a way through IPv4 alone cannot carry, or "".
func (l *layout) notIPv4(v int) string {
	for _, p := range l.g.e.VNets[v].Space {
		if !p.Addr().Is4() {
			return fmt.Sprintf("%q has the range %s, and %s IPv4 alone", l.g.name(v), p, passages[l.passage].pass)
		}
	}
	return ""
}

// tooManyRoutes says which VNet would need more routes than a table holds, or "".
func (l *layout) tooManyRoutes() string {
	n := map[int]int{}
	if l.passage == VPNPassage {
		return "" // it has no tables
	}
	if l.passage.learns() {
		if n := len(l.announcements()); n > azure.MaxRoutesPerPeer {
			return fmt.Sprintf("the appliances would announce %d prefixes; a Route Server takes %d from each", n, azure.MaxRoutesPerPeer)
		}
		return ""
	}
	for _, p := range l.through {
		n[p[0]] += len(l.leads(p[0], p[1]))
		n[p[1]] += len(l.leads(p[1], p[0]))
	}
	inspected := 0
	for _, v := range l.members {
		n[v] += len(l.beyond(v))
		if l.inspected[v] {
			inspected += len(l.g.e.VNets[v].Space)
		}
		if inspected > azure.MaxRoutesPerTable {
			return fmt.Sprintf("the table of the hub's %s would need more than the %d routes that one holds", estate.GatewaySubnet, azure.MaxRoutesPerTable)
		}
		if n[v] > azure.MaxRoutesPerTable {
			return fmt.Sprintf("%q would need %d routes; a table holds %d", l.g.name(v), n[v], azure.MaxRoutesPerTable)
		}
	}
	return ""
}

// leads are the prefixes that a VNet's route table needs to lead all packets for another one to the passage: its
// ranges, and what gateways offer of them in longer prefixes, which would win. A gateway passes on from spoke to spoke what a
// user's route brings to it; of what a route of its own brings nobody knows.
func (l *layout) leads(from, to int) []netip.Prefix {
	space := l.g.e.VNets[to].Space
	var out, longer []netip.Prefix
	for _, p := range space {
		out = append(out, p.Prefix)
	}
	offered := func(site *estate.Site) {
		for _, p := range site.Prefixes {
			if p.IsValid() && slices.ContainsFunc(space, func(s estate.Prefix) bool { return s.Bits() < p.Bits() && s.Overlaps(p.Prefix) }) {
				longer = append(longer, p.Masked())
			}
		}
	}
	for _, c := range l.g.connections[from] {
		if site := l.g.x.Site(c.Site); site != nil {
			offered(site)
		}
	}
	if hub := l.hubOf(from); l.remote[from] {
		if !isNew(hub) {
			for _, c := range l.g.connections[hub] {
				if site := l.g.x.Site(c.Site); site != nil {
					offered(site)
				}
			}
		}
		for _, n := range l.behindHub[hub].added { // those of the hub's gateway
			if c := l.connectionTo(n); c != nil {
				offered(l.g.x.Site(c.Site))
			}
		}
	}
	slices.SortFunc(longer, netip.Prefix.Compare)
	return append(out, slices.Compact(longer)...)
}

// deviceFor makes what spokes pass in a new hub, in a subnet of its own.
func (d *draft) deviceFor(v *estate.VNet, space netip.Prefix) {
	way := passages[d.passage]
	address := estate.FirstFree(d.subnet(v, space, way.subnet))
	id := func(typ, suffix string) estate.ID {
		return beside(v.ID, typ, d.names.Unique(typ, azure.LegalName(typ, v.ID.Name+suffix)))
	}
	d.device = &estate.Gateway{
		ID: id(way.typ, way.suffix), VNet: v.ID, Kind: way.kind, Region: v.Region, Subnet: way.subnet,
		PrivateIPs: []estate.Address{{Addr: address, Raw: address.String()}},
	}
	switch d.passage {
	case FirewallPassage:
		d.device.SKU, d.device.PublicIP = firewallTier, id(estate.TypePublicIP, way.suffix+"-ip")
	case AppliancesPassage, RouteServerPassage:
		d.device.ActiveActive, d.device.ZoneRedundant = true, true // two machines or more are asked for
	}
	if d.passage.learns() {
		d.serverFor(v, space)
	}
}

// subnet gives a new hub one of its planned subnets.
func (d *draft) subnet(v *estate.VNet, space netip.Prefix, name string) netip.Prefix {
	i := slices.IndexFunc(azure.PlanHub(space), func(s azure.PlannedSubnet) bool { return s.Name == name })
	sub := azure.PlanHub(space)[i].Prefix
	v.Subnets = append(v.Subnets, estate.Subnet{Name: name, Raw: name, Prefix: estate.Prefix{Prefix: sub, Raw: sub.String()}})
	return sub
}

// tableOf is a route table for subnets of a VNet, without routes.
func (d *draft) tableOf(v *estate.VNet, suffix string) estate.RouteTable {
	t := estate.RouteTable{Region: v.Region, RoutesKnown: true,
		ID: beside(v.ID, estate.TypeRouteTable, d.names.Unique(estate.TypeRouteTable, azure.LegalName(estate.TypeRouteTable, v.ID.Name+suffix)))}
	t.Name = t.ID.Name
	return t
}

// toPassage is a route that leads packets for a place to the passage.
func (d *draft) toPassage(names *azure.Namer, place string, p netip.Prefix) estate.Route {
	name := names.Unique(estate.TypeRouteTable, azure.LegalName(estate.TypeRouteTable, "to-"+place))
	r := estate.Route{Name: estate.Fact{Value: name}, Prefix: estate.Prefix{Prefix: p, Raw: p.String()}, NextHop: estate.Fact{Value: estate.HopGateway}}
	if d.device != nil {
		r.NextHop, r.Address = estate.Fact{Value: estate.HopAppliance}, d.device.PrivateIPs[0]
	}
	return r
}

// route makes the route tables of the spokes: one for each, with a route for every prefix of every VNet that it
// reaches through the passage, and of every network where it is inspected.
func (d *draft) route() {
	if d.device == nil && d.passage != GatewayPassage || d.passage.learns() {
		return
	}
	far := map[int][]int{}
	for _, p := range d.through {
		far[p[0]], far[p[1]] = append(far[p[0]], p[1]), append(far[p[1]], p[0])
	}
	for _, v := range d.members {
		if len(far[v]) == 0 && !d.inspected[v] {
			continue
		}
		t := d.tableOf(&d.g.e.VNets[v], "-routes")
		t.NoPropagation = d.inspected[v] // routes of a gateway would lead past the passage
		names := azure.NewNamer()
		slices.Sort(far[v])
		for _, w := range far[v] {
			for _, p := range d.leads(v, w) {
				t.Routes = append(t.Routes, d.toPassage(names, d.g.e.VNets[w].ID.Name, p))
			}
		}
		for _, p := range d.beyond(v) {
			if !slices.ContainsFunc(t.Routes, func(r estate.Route) bool { return r.Prefix.Prefix == p.Prefix }) {
				t.Routes = append(t.Routes, d.toPassage(names, p.of.Name, p.Prefix))
			}
		}
		d.tables = append(d.tables, t)
		d.routed = append(d.routed, v)
	}
}

// between says what the tables of all spokes lead.
func (d *draft) between() string {
	switch {
	case len(d.inspected) == 0:
		return "from spoke to spoke"
	case len(d.through) == 0:
		return "from spokes to on-premises networks"
	}
	return "from spoke to spoke, and to on-premises networks,"
}

// led says what a spoke sends through the passage.
func (d *draft) led(v int) string {
	toNetworks := "the on-premises networks that it reaches"
	switch spokes := slices.ContainsFunc(d.through, func(p [2]int) bool { return slices.Contains(p[:], v) }); {
	case d.inspected[v] && spokes:
		return "the VNets and " + toNetworks
	case d.inspected[v]:
		return toNetworks
	}
	return "the VNets that it reaches"
}

// bound is a spoke with the table at each of its subnets.
func (d *draft) bound(i int) estate.VNet {
	v := d.vnet(d.routed[i])
	v.Subnets = slices.Clone(v.Subnets)
	for k := range v.Subnets {
		if !v.Subnets[k].OfGateways() {
			v.Subnets[k].RouteTable = d.tables[i].ID
		}
	}
	return v
}

// passage makes the steps that build the passage and the route tables. Nothing is led to it yet.
func (s *sequence) passage(d *draft, ready []string) []string {
	if d.device == nil {
		return s.tables(d, ready)
	}
	way := passages[d.passage]
	made := s.add(Step{
		Action: way.action, Object: d.device.ID, Needs: ready,
		Because: way.because,
		Effect:  Effect{Add: &estate.Estate{Gateways: []estate.Gateway{*d.device}}},
		Impact:  Impact{Class: Live, Minutes: way.minutes},
		Verify:  fmt.Sprintf(way.verify, d.device.PrivateIPs[0]), Undo: way.undo,
	})
	return append([]string{made}, s.tables(d, ready)...)
}

// tables makes the route tables.
func (s *sequence) tables(d *draft, ready []string) []string {
	if len(d.tables) == 0 {
		return ready
	}
	var ids []estate.ID
	for i := range d.tables {
		ids = append(ids, d.tables[i].ID)
	}
	return []string{s.add(Step{
		Action: CreateRoutes, Object: ids[0], Also: ids[1:], Needs: ready,
		Because: "they lead " + d.between() + " through " + passages[d.passage].the + "; no subnet uses them yet",
		Effect:  Effect{Add: &estate.Estate{RouteTables: d.tables}},
		Impact:  Impact{Class: Live, Minutes: minutesRoutes},
		Verify:  "every table has its routes, and no subnet", Undo: "delete the route tables",
	})}
}

// associate leads the packets of the spokes through the passage, in a window: from the first spoke to the last
// it sees one direction of some pairs only, and drops it; what runs has to begin anew.
func (s *sequence) associate(d *draft, needs []string) []string {
	switch {
	case d.device == nil:
		return s.relay(d, needs)
	case d.passage.learns():
		return s.learn(d, needs)
	}
	way := passages[d.passage]
	needs = []string{s.add(Step{
		Action: VerifyReach, Object: d.component.VNets[0], Needs: needs,
		Because: "the routes name the address of " + way.the + ", and lead over the peerings with the hub",
		Impact:  Impact{Class: Live},
		Verify:  "both sides of every peering with the hub are Connected, " + way.ready + d.waiting(),
		Undo:    "nothing to undo",
	})}
	w := &Window{ID: s.nextWindow(), Cause: "U6", Because: way.keep + " one direction and drop" + way.s + " it, and sessions that run have to begin anew"}
	for _, p := range d.through {
		w.Pairs = append(w.Pairs, [2]string{"VNet " + s.g.name(p[0]), "VNet " + s.g.name(p[1])})
	}
	w.Pairs = append(w.Pairs, d.inspectedPairs()...)
	done := s.prefer(d, needs, w)
	for i := range d.routed {
		v := d.bound(i)
		done = append(done, s.add(Step{
			Action: AssociateRoutes, Object: v.ID, Also: []estate.ID{d.tables[i].ID}, Needs: needs,
			Because: fmt.Sprintf("the subnets of %q send through %s what goes to %s", s.g.name(d.routed[i]), way.the, d.led(d.routed[i])),
			Effect:  Effect{Add: &estate.Estate{VNets: []estate.VNet{v}}},
			Impact:  Impact{Class: Interrupting, Minutes: minutesRoutes, Window: w.ID},
			Verify:  "effective routes of its subnets show VirtualAppliance for every prefix of the table; a subnet that is made later needs the table as well", Undo: "take the route table off the subnets: the tunnels, while they exist, carry the traffic again",
		}))
		w.take(s.last())
	}
	needs = s.verifyWindow(d, done, w.ID, "every pair of this window answers, from both sides, and "+way.log)
	w.take(s.last())
	s.windows = append(s.windows, *w)
	return needs
}
