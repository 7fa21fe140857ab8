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

// Transit through a firewall: each spoke is peered with the hub alone. For every VNet that it reaches its
// subnets have a route to the firewall of the hub, and that VNet's have the one back: a firewall drops what it
// sees in one direction only. A spoke without such a route still reaches nothing through the hub, so that the
// pairs are exactly those of today. What goes to on-premises does not pass the firewall.
// Source: docs/design.md#transit.

// firewallTier is what a plan builds. Source: docs/sources.md#hub-plan.
const firewallTier = "Standard"

// Durations, shortest and longest. Source: docs/sources.md#durations.
var (
	minutesFirewall = [2]int{5, 15}
	minutesRoutes   = [2]int{1, 1}
)

// unroutable says why routes cannot lead the packets of two VNets through the firewall, or "".
func (l *layout) unroutable(a, b int) string {
	if l.g.between(Encrypted, a, b) {
		return "the options file wants them encrypted, and what passes the firewall is not"
	}
	for _, v := range [2]int{a, b} {
		if why := l.unboundSubnets(v); why != "" {
			return why
		}
		if len(l.hubs) > 0 && !isNew(l.hubs[0]) {
			return fmt.Sprintf("the firewall of %q is there already, and a plan changes neither its rules nor the routes to it", l.g.name(l.hubs[0]))
		}
		if !slices.Contains(l.peers[newHubIndex], v) {
			return fmt.Sprintf("%q is not peered with the hub, whose firewall is to pass them on", l.g.name(v))
		}
	}
	return ""
}

// unboundSubnets says why the subnets of a VNet cannot be given a route table, or "". A firewall passes IPv4 alone.
func (l *layout) unboundSubnets(v int) string {
	vnet, some := &l.g.e.VNets[v], false
	for _, p := range vnet.Space {
		if !p.Addr().Is4() {
			return fmt.Sprintf("%q has the range %s, and a firewall passes IPv4 alone", l.g.name(v), p)
		}
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

// tooManyRoutes says which VNet would need more routes than a table holds, or "".
func (l *layout) tooManyRoutes() string {
	n := map[int]int{}
	for _, p := range l.through {
		n[p[0]] += len(l.leads(p[0], p[1]))
		n[p[1]] += len(l.leads(p[1], p[0]))
	}
	for _, v := range l.members {
		if n[v] > azure.MaxRoutesPerTable {
			return fmt.Sprintf("%q would need %d routes; a table holds %d", l.g.name(v), n[v], azure.MaxRoutesPerTable)
		}
	}
	return ""
}

// leads are the prefixes that a VNet's route table needs to lead all packets for another one to the firewall: its
// ranges, and what gateways offer of them in longer prefixes, which would win.
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
	if l.remote[from] {
		for _, n := range l.behindHub[l.hubOf(from)].added { // those of the hub's gateway
			if c := l.connectionTo(n); c != nil {
				offered(l.g.x.Site(c.Site))
			}
		}
	}
	slices.SortFunc(longer, func(a, b netip.Prefix) int {
		return cmp.Or(a.Addr().Compare(b.Addr()), cmp.Compare(a.Bits(), b.Bits()))
	})
	return append(out, slices.Compact(longer)...)
}

// firewallFor makes the firewall of a new hub, in a subnet of its own.
func (d *draft) firewallFor(v *estate.VNet, space netip.Prefix) {
	i := slices.IndexFunc(azure.PlanHub(space), func(s azure.PlannedSubnet) bool { return s.Name == azure.FirewallSubnet })
	sub := azure.PlanHub(space)[i].Prefix
	v.Subnets = append(v.Subnets, estate.Subnet{Name: azure.FirewallSubnet, Raw: azure.FirewallSubnet, Prefix: estate.Prefix{Prefix: sub, Raw: sub.String()}})
	address := estate.FirstFree(sub)
	id := func(typ, suffix string) estate.ID {
		return beside(v.ID, typ, d.names.Unique(typ, azure.LegalName(typ, v.ID.Name+suffix)))
	}
	d.newFirewall = &estate.Gateway{
		ID: id(estate.TypeFirewall, "-firewall"), VNet: v.ID, Kind: estate.Firewall, SKU: firewallTier, Region: v.Region, Subnet: azure.FirewallSubnet,
		PublicIP: id(estate.TypePublicIP, "-firewall-ip"), PrivateIPs: []estate.Address{{Addr: address, Raw: address.String()}},
	}
}

// route makes the route tables of the spokes: one for each, with a route for every prefix of every VNet that it
// reaches through the firewall.
func (d *draft) route() {
	if d.newFirewall == nil {
		return
	}
	far := map[int][]int{}
	for _, p := range d.through {
		far[p[0]], far[p[1]] = append(far[p[0]], p[1]), append(far[p[1]], p[0])
	}
	for _, v := range d.members {
		if len(far[v]) == 0 {
			continue
		}
		vnet := &d.g.e.VNets[v]
		t := estate.RouteTable{Region: vnet.Region, RoutesKnown: true,
			ID: beside(vnet.ID, estate.TypeRouteTable, d.names.Unique(estate.TypeRouteTable, azure.LegalName(estate.TypeRouteTable, vnet.ID.Name+"-routes")))}
		t.Name = t.ID.Name
		names := azure.NewNamer()
		slices.Sort(far[v])
		for _, w := range far[v] {
			for _, p := range d.leads(v, w) {
				name := names.Unique(estate.TypeRouteTable, azure.LegalName(estate.TypeRouteTable, "to-"+d.g.e.VNets[w].ID.Name))
				t.Routes = append(t.Routes, estate.Route{Name: estate.Fact{Value: name}, Prefix: estate.Prefix{Prefix: p, Raw: p.String()},
					NextHop: estate.Fact{Value: estate.HopAppliance}, Address: d.newFirewall.PrivateIPs[0]})
			}
		}
		d.tables = append(d.tables, t)
		d.routed = append(d.routed, v)
	}
}

// bound is a spoke with the table at each of its subnets.
func (d *draft) bound(i int) estate.VNet {
	v := d.g.e.VNets[d.routed[i]]
	v.Subnets = slices.Clone(v.Subnets)
	for k := range v.Subnets {
		if !v.Subnets[k].OfGateways() {
			v.Subnets[k].RouteTable = d.tables[i].ID
		}
	}
	return v
}

// firewall makes the steps that build the firewall and the route tables. Nothing is led to it yet.
func (s *sequence) firewall(d *draft, ready []string) []string {
	if d.newFirewall == nil {
		return ready
	}
	address := d.newFirewall.PrivateIPs[0]
	made := s.add(Step{
		Action: CreateFirewall, Object: d.newFirewall.ID, Needs: ready,
		Because: "packets from spoke to spoke pass it; its rules allow what the routes lead to it, and nothing else",
		Effect:  Effect{Add: &estate.Estate{Gateways: []estate.Gateway{*d.newFirewall}}},
		Impact:  Impact{Class: Live, Minutes: minutesFirewall},
		Verify:  fmt.Sprintf("provisioningState is Succeeded, and its private address is %s: every route names that", address), Undo: "delete the firewall and its policy",
	})
	var ids []estate.ID
	for i := range d.tables {
		ids = append(ids, d.tables[i].ID)
	}
	return []string{made, s.add(Step{
		Action: CreateRoutes, Object: ids[0], Also: ids[1:], Needs: ready,
		Because: "they lead from spoke to spoke through the firewall; no subnet uses them yet",
		Effect:  Effect{Add: &estate.Estate{RouteTables: d.tables}},
		Impact:  Impact{Class: Live, Minutes: minutesRoutes},
		Verify:  "every table has its routes, and no subnet", Undo: "delete the route tables",
	})}
}

// associate leads the packets of the spokes through the firewall, in a window: from the first spoke to the last
// the firewall sees one direction of some pairs only, and drops it; what runs has to begin anew.
func (s *sequence) associate(d *draft, needs []string) []string {
	if d.newFirewall == nil {
		return needs
	}
	needs = []string{s.add(Step{
		Action: VerifyReach, Object: d.component.VNets[0], Needs: needs,
		Because: "the routes name the firewall's address, and lead over the peerings with the hub",
		Impact:  Impact{Class: Live},
		Verify:  "both sides of every peering with the hub are Connected, the firewall's private address is that of the routes, and its rules are there",
		Undo:    "nothing to undo",
	})}
	w := &Window{ID: s.nextWindow(), Cause: "U6", Because: "the firewall keeps state: until the routes of both sides lead through it, it sees one direction and drops it, and sessions that run have to begin anew"}
	for _, p := range d.through {
		w.Pairs = append(w.Pairs, [2]string{"VNet " + s.g.name(p[0]), "VNet " + s.g.name(p[1])})
	}
	var done []string
	for i := range d.routed {
		v := d.bound(i)
		done = append(done, s.add(Step{
			Action: AssociateRoutes, Object: v.ID, Also: []estate.ID{d.tables[i].ID}, Needs: needs,
			Because: fmt.Sprintf("the subnets of %q send through the firewall what goes to the VNets that it reaches", s.g.name(d.routed[i])),
			Effect:  Effect{Add: &estate.Estate{VNets: []estate.VNet{v}}},
			Impact:  Impact{Class: Interrupting, Minutes: minutesRoutes, Window: w.ID},
			Verify:  "effective routes of its subnets show VirtualAppliance for every prefix of the table; a subnet that is made later needs the table as well", Undo: "take the route table off the subnets: the tunnels, while they exist, carry the traffic again",
		}))
		w.take(s.last())
	}
	needs = s.verifyWindow(d, done, w.ID, "every pair of this window answers, from both sides, and the firewall's log shows its packets")
	w.take(s.last())
	s.windows = append(s.windows, *w)
	return needs
}
