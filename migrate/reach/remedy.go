package reach

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Remedy is a change of the estate by which one endpoint would reach another.
type Remedy struct {
	Change      string // in words
	Value       Value  // what a session would be after it
	Assumptions []string
}

// maxRemedies is how many changes are told: more ways than this help nobody to choose.
const maxRemedies = 5

// Remedies lists the smallest changes that would let two endpoints talk, the smallest first. Each has
// been tried: it is made in a copy of the estate, and the packets are followed there and back. None
// means that the endpoints talk surely, or that no single change of the kinds below helps: a flag of
// a peering, a peering, the use of a remote gateway, a route that is in the way, a pair of routes
// through a firewall, the other half of a connection, the prefixes along a chain of tunnels.
func Remedies(e *estate.Estate, from, to Endpoint) []Remedy {
	if from.Kind == OnPremises {
		from, to = to, from
	}
	now, _ := sessionIn(e, from, to)
	if now == Yes {
		return nil
	}
	d := &doctor{e: e, x: estate.NewIndex(e), from: from, to: to}
	d.flags()
	d.peering()
	d.remoteGateway()
	d.routesAway()
	d.throughFirewall()
	d.otherHalf()
	d.chain()
	slices.SortStableFunc(d.tried, func(a, b attempt) int { return cmp.Compare(a.changes, b.changes) })
	var sure, perhaps []Remedy
	for _, t := range d.tried[:min(len(d.tried), maxAttempts)] {
		after := *e
		t.make(&after)
		switch v, why := sessionIn(&after, from, to); {
		case v == Yes:
			sure = append(sure, Remedy{t.text, v, why.ids()})
		case v > now:
			perhaps = append(perhaps, Remedy{t.text, v, why.ids()})
		}
		if len(sure) == maxRemedies {
			break
		}
	}
	if len(sure) == 0 {
		sure = perhaps
	}
	return sure[:min(len(sure), maxRemedies)]
}

// maxAttempts bounds what is tried: on a large estate each takes its time.
const maxAttempts = 40

// sessionIn is what two endpoints can hold sessions about and what that rests on, without the rest of
// the relation where that is not needed.
func sessionIn(e *estate.Estate, a, b Endpoint) (Value, reasons) {
	r := &Relation{net: compile(e)}
	var in, from *Relation
	var there, back []found
	if a.Kind == OnPremises || b.Kind == OnPremises {
		r = Compute(e)
		in, there = r.ways(a, b)
		from, back = r.ways(b, a)
		there, back = r.answering(a, in, there, from, back), r.answering(b, from, back, in, there)
	} else {
		there, in = r.single(a, b)
		back, from = r.single(b, a)
	}
	v := sessionOf(in, there, from, back)
	var why reasons
	for _, f := range slices.Concat(there, back) {
		if f.value >= v {
			why |= f.why
		}
	}
	return v, why
}

// single follows one packet of a VNet or of clients.
func (r *Relation) single(from, to Endpoint) ([]found, *Relation) {
	if from.Kind == Internet {
		from, to = to, from
	}
	at, end := r.net.find(from.Location), r.net.find(to.Location)
	one := &Relation{net: r.net}
	if at < 0 || end < 0 || from.Kind != VNet && from.Kind != Clients || from.Kind == Clients && at == end {
		return nil, one
	}
	w := &walker{n: r.net, out: &one.rows}
	if from.Kind == Clients {
		w.fromClients(r.net.byVNet.find(from.ID))
	} else {
		w.fromAddress(r.net.classAt(at, from.Address), to.Address)
	}
	var out []found
	for _, f := range one.sender {
		if f.to == end && holds(f.set.in(one.spans), to.Address) {
			out = append(out, found{set: f.set.in(one.spans), paths: [3]int32{f.path, noPath, noPath}, trust: f.trust})
		}
	}
	return out, one
}

// doctor collects what could be changed.
type doctor struct {
	e        *estate.Estate
	x        *estate.Index
	from, to Endpoint
	tried    []attempt
}

// attempt is a change. make may replace the slices of the estate it is given, and not write into them.
type attempt struct {
	text    string
	changes int
	make    func(*estate.Estate)
}

func (d *doctor) try(changes int, change func(*estate.Estate), format string, args ...any) {
	d.tried = append(d.tried, attempt{fmt.Sprintf(format, args...), changes, change})
}

// vnets are the VNets of the two endpoints: of clients the one they dial; nil for other places.
func (d *doctor) vnets() (a, b *estate.VNet) { return d.x.VNet(d.from.ID), d.x.VNet(d.to.ID) }

// near reports whether a VNet is that of an endpoint.
func (d *doctor) near(id estate.ID) bool {
	return !id.IsZero() && (id.Same(d.from.ID) || id.Same(d.to.ID))
}

// flags tries the flags of the peerings of either end.
func (d *doctor) flags() {
	for i := range d.e.Peerings {
		p := &d.e.Peerings[i]
		if !d.near(p.VNet) && !d.near(p.Remote) {
			continue
		}
		name := fmt.Sprintf("the peering of %q with %q", p.VNet.Name, p.Remote.Name)
		for _, f := range []struct {
			flag string
			at   func(*estate.Peering) *bool
		}{
			{"allowForwardedTraffic", func(p *estate.Peering) *bool { return &p.AllowForwardedTraffic }},
			{"allowVirtualNetworkAccess", func(p *estate.Peering) *bool { return &p.AllowVirtualNetworkAccess }},
		} {
			if !*f.at(p) {
				d.try(1, func(e *estate.Estate) {
					e.Peerings = slices.Clone(e.Peerings)
					*f.at(&e.Peerings[i]) = true
				}, "switch %s on in %s", f.flag, name)
			}
		}
		if p.State != estate.PeeringConnected {
			d.try(1, func(e *estate.Estate) {
				e.Peerings = slices.Clone(e.Peerings)
				e.Peerings[i].State = estate.PeeringConnected
			}, "bring %s to the state Connected: create its other half, or sync it", name)
		}
	}
}

// half is a peering's half between two VNets, or -1.
func (d *doctor) half(a, b estate.ID) int {
	return slices.IndexFunc(d.e.Peerings, func(p estate.Peering) bool { return p.VNet.Same(a) && p.Remote.Same(b) })
}

func newHalf(a, b *estate.VNet) estate.Peering {
	id := a.ID
	id.Type, id.Child = estate.TypePeering, "to-"+b.ID.Name
	return estate.Peering{ID: id, VNet: a.ID, Remote: b.ID, AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true}
}

// peering tries a peering of the two VNets, unless the platform would refuse it: neither may overlap
// the other or a peer of it.
func (d *doctor) peering() {
	a, b := d.vnets()
	if a == nil || b == nil || a == b || estate.Overlap(a.Space, b.Space) || d.clashes(a, b) || d.clashes(b, a) {
		return
	}
	var missing []estate.Peering
	for _, pair := range [2][2]*estate.VNet{{a, b}, {b, a}} {
		if d.half(pair[0].ID, pair[1].ID) < 0 {
			missing = append(missing, newHalf(pair[0], pair[1]))
		}
	}
	what := fmt.Sprintf("peer %q and %q, in both directions", a.Name, b.Name)
	changes := 1 + len(missing)
	switch len(missing) {
	case 0:
		return
	case 1:
		what = fmt.Sprintf("create the other half of the peering of %q and %q, at %q", a.Name, b.Name, missing[0].VNet.Name)
	}
	if a.Model == estate.Classic || b.Model == estate.Classic {
		what += ", once both are in Resource Manager: classic VNets cannot be peered with each other"
		changes += 2
	}
	d.try(changes, func(e *estate.Estate) {
		e.Peerings = append(slices.Clone(e.Peerings), missing...)
		for i := range e.Peerings {
			if p := &e.Peerings[i]; d.near(p.VNet) && d.near(p.Remote) {
				p.State = estate.PeeringConnected
			}
		}
	}, "%s", what)
}

// clashes reports whether a VNet overlaps a peer of another.
func (d *doctor) clashes(v, with *estate.VNet) bool {
	for _, p := range d.x.PeeringsOf(with.ID) {
		if w := d.x.VNet(p.Remote); w != nil && !w.ID.Same(v.ID) && estate.Overlap(v.Space, w.Space) {
			return true
		}
	}
	return false
}

// routed are the virtual network gateways of a VNet, and its Route Servers where asked for.
func (d *doctor) routed(vnet estate.ID, servers bool) []*estate.Gateway {
	return slices.DeleteFunc(slices.Clone(d.x.GatewaysOf(vnet)), func(g *estate.Gateway) bool {
		return g.Kind.Forwards() || g.Kind == estate.RouteServer && !servers
	})
}

// remoteGateway tries to let a VNet without a gateway use that of a peer. It can use one only.
func (d *doctor) remoteGateway() {
	for i := range d.e.Peerings {
		p := &d.e.Peerings[i]
		j := d.half(p.Remote, p.VNet)
		if j < 0 || !d.near(p.VNet) || len(d.routed(p.VNet, false)) > 0 || len(d.routed(p.Remote, true)) == 0 || p.UseRemoteGateways && d.e.Peerings[j].AllowGatewayTransit {
			continue
		}
		changes, instead := 2, ""
		for k := range d.e.Peerings {
			if q := &d.e.Peerings[k]; k != i && q.VNet.Same(p.VNet) && q.UseRemoteGateways {
				changes, instead = 6, fmt.Sprintf(" instead of that of %q, and lose what that leads to", q.Remote.Name)
			}
		}
		d.try(changes, func(e *estate.Estate) {
			e.Peerings = slices.Clone(e.Peerings)
			for k := range e.Peerings {
				if q := &e.Peerings[k]; q.VNet.Same(p.VNet) {
					q.UseRemoteGateways = k == i
				}
			}
			e.Peerings[j].AllowGatewayTransit = true
		}, "let %q use the gateway of %q%s: allowGatewayTransit at %q, then useRemoteGateways at %q", p.VNet.Name, p.Remote.Name, instead, p.Remote.Name, p.VNet.Name)
	}
}

// routesAway tries to take away each user route that holds one of the addresses, from the tables that
// subnets have. A route for everything is what people meant most: it comes last.
func (d *doctor) routesAway() {
	bound := map[estate.Key][]string{}
	for i := range d.e.VNets {
		for _, s := range d.e.VNets[i].Subnets {
			if !s.RouteTable.IsZero() {
				bound[s.RouteTable.Key()] = append(bound[s.RouteTable.Key()], fmt.Sprintf("%q of %q", s.Name, d.e.VNets[i].Name))
			}
		}
	}
	for i := range d.e.RouteTables {
		t := &d.e.RouteTables[i]
		subnets := bound[t.ID.Key()]
		if len(subnets) == 0 {
			continue
		}
		of := fmt.Sprintf("route table %q, which subnet %s has", t.Name, subnets[0])
		if n := len(subnets) - 1; n > 0 {
			of = fmt.Sprintf("route table %q, which subnet %s and %d more have", t.Name, subnets[0], n)
		}
		for j := range t.Routes {
			r := &t.Routes[j]
			if !r.Prefix.IsValid() || !r.Prefix.Contains(d.to.Address) && !r.Prefix.Contains(d.from.Address) {
				continue
			}
			changes := 1
			if r.Prefix.Bits() == 0 {
				changes = 6
			}
			d.try(changes, func(e *estate.Estate) {
				e.RouteTables = slices.Clone(e.RouteTables)
				e.RouteTables[i].Routes = slices.Delete(slices.Clone(t.Routes), j, j+1)
			}, "take the route %s to %s out of %s; what it steers today then goes another way", r.Prefix.Prefix, r.NextHop.Value, of)
		}
		if t.NoPropagation {
			d.try(1, func(e *estate.Estate) {
				e.RouteTables = slices.Clone(e.RouteTables)
				e.RouteTables[i].NoPropagation = false
			}, "let gateway routes into the subnets of %s", of)
		}
	}
}

// throughFirewall tries a pair of routes through a firewall or appliance that both VNets are peered
// with.
func (d *doctor) throughFirewall() {
	a, b := d.vnets()
	if a == nil || b == nil || a == b || len(a.Space) == 0 || len(b.Space) == 0 {
		return
	}
	for i := range d.e.Gateways {
		g := &d.e.Gateways[i]
		if !g.Kind.Forwards() || g.NoForwarding || len(g.PrivateIPs) == 0 || !d.peered(a.ID, g.VNet) || !d.peered(b.ID, g.VNet) {
			continue
		}
		hop := g.PrivateIPs[0]
		d.try(4, func(e *estate.Estate) {
			d.steer(e, a, d.from.Address, b.Space, hop)
			d.steer(e, b, d.to.Address, a.Space, hop)
			e.Peerings = slices.Clone(e.Peerings)
			for k := range e.Peerings {
				if p := &e.Peerings[k]; d.near(p.VNet) && p.Remote.Same(g.VNet) {
					p.AllowForwardedTraffic = true
				}
			}
		}, "route %s from %q and %s from %q to %q (%s), with allowForwardedTraffic in both VNets' peerings with %q, and a rule there", prefixList(b.Space), a.Name, prefixList(a.Space), b.Name, g.ID.Name, hop.Addr, g.VNet.Name)
	}
}

func (d *doctor) peered(a, b estate.ID) bool { return d.half(a, b) >= 0 && d.half(b, a) >= 0 }

func prefixList(list []estate.Prefix) string {
	var out []string
	for _, p := range list {
		if p.IsValid() {
			out = append(out, p.Masked().String())
		}
	}
	return strings.Join(out, ", ")
}

// steer gives the subnet of an address routes through a hop.
func (d *doctor) steer(e *estate.Estate, v *estate.VNet, from netip.Addr, to []estate.Prefix, hop estate.Address) {
	var routes []estate.Route
	for _, p := range to {
		routes = append(routes, estate.Route{Prefix: p, NextHop: estate.Fact{Value: nextHopAppliance}, Address: hop})
	}
	e.VNets, e.RouteTables = slices.Clone(e.VNets), slices.Clone(e.RouteTables)
	i := slices.IndexFunc(e.VNets, func(w estate.VNet) bool { return w.ID.Same(v.ID) })
	w := &e.VNets[i]
	w.Subnets = slices.Clone(w.Subnets)
	at := -1
	for j := range w.Subnets {
		if s := &w.Subnets[j]; s.Prefix.IsValid() && s.Prefix.Contains(from) && (at < 0 || s.Prefix.Bits() > w.Subnets[at].Prefix.Bits()) {
			at = j
		}
	}
	if at < 0 {
		w.Subnets = append(w.Subnets, estate.Subnet{Name: "the addresses of " + w.Name, Prefix: estate.Prefix{Prefix: netip.PrefixFrom(from, from.BitLen())}})
		at = len(w.Subnets) - 1
	}
	s := &w.Subnets[at]
	for j := range e.RouteTables {
		if t := &e.RouteTables[j]; !s.RouteTable.IsZero() && t.ID.Same(s.RouteTable) {
			t.Routes = append(slices.Clip(t.Routes), routes...)
			return
		}
	}
	id := v.ID
	id.Type, id.Name, id.Child = estate.TypeRouteTable, "to-"+hop.Addr.String()+"-from-"+v.Name, ""
	s.RouteTable = id
	e.RouteTables = append(e.RouteTables, estate.RouteTable{ID: id, Name: id.Name, RoutesKnown: true, Routes: routes})
}

// otherHalf tries to give a one-sided connection of one VNet to the other its other half.
func (d *doctor) otherHalf() {
	for i := range d.e.Connections {
		c := &d.e.Connections[i]
		g, far := d.x.Gateway(c.Gateway), d.x.VNet(c.Pairing.Toward)
		if c.Pairing.Confidence != estate.OneSided || g == nil || far == nil || !d.near(g.VNet) || !d.near(far.ID) {
			continue
		}
		near := d.x.VNet(g.VNet)
		gateways := slices.DeleteFunc(d.routed(far.ID, false), func(g *estate.Gateway) bool { return g.Kind != estate.VPNGateway })
		if near == nil || len(gateways) == 0 {
			continue
		}
		site := estate.Site{ID: far.ID, Name: "to " + near.Name, Prefixes: near.Space, Class: estate.SiteVNet, Endpoint: near.ID}
		site.ID.Type, site.ID.Name = estate.TypeSite, "to-"+near.Name
		half := estate.Connection{ID: far.ID, Gateway: gateways[0].ID, Site: site.ID, Pairing: estate.Pairing{Confidence: estate.Certain, Partner: c.ID}}
		half.ID.Type, half.ID.Name = estate.TypeConnection, "to-"+near.Name
		d.try(2, func(e *estate.Estate) {
			e.Sites, e.Connections = append(slices.Clone(e.Sites), site), append(slices.Clone(e.Connections), half)
			e.Connections[i].Pairing = estate.Pairing{Confidence: estate.Certain, Partner: half.ID}
		}, "give %q a connection back to %q, with a local network site that lists %s", far.Name, near.Name, prefixList(near.Space))
	}
}

// chain tries to list the ends' ranges in the sites of every tunnel on the shortest chain of tunnels
// between them.
func (d *doctor) chain() {
	hops := d.tunnelsBetween()
	if len(hops) == 0 {
		return
	}
	there, back := d.beyond(d.to), d.beyond(d.from)
	changes, text := 0, []string(nil)
	add := map[estate.Key][]estate.Prefix{}
	note := func(c *estate.Connection, want []estate.Prefix) {
		site := d.x.Site(c.Site)
		if site == nil {
			return
		}
		var missing []estate.Prefix
		for _, p := range want {
			if !estate.Within(p.Prefix, site.Prefixes) {
				missing = append(missing, p)
			}
		}
		if len(missing) == 0 {
			return
		}
		changes++
		add[site.ID.Key()] = append(add[site.ID.Key()], missing...)
		text = append(text, fmt.Sprintf("%s in site %q of %q%s", prefixList(missing), site.Name, c.Gateway.Name, d.others(c)))
	}
	for _, c := range hops {
		note(c, there)
		if partner := d.x.Connection(c.Pairing.Partner); partner != nil {
			note(partner, back)
		}
	}
	if changes == 0 {
		return
	}
	d.try(1+changes, func(e *estate.Estate) {
		e.Sites = slices.Clone(e.Sites)
		for i := range e.Sites {
			if more := add[e.Sites[i].ID.Key()]; more != nil {
				e.Sites[i].Prefixes = append(slices.Clip(e.Sites[i].Prefixes), more...)
			}
		}
	}, "list %s", strings.Join(text, ", "))
}

// others names the other VNets whose connections have the site of one: a change of it is one for them,
// too.
func (d *doctor) others(c *estate.Connection) string {
	var names []string
	for i := range d.e.Connections {
		o := &d.e.Connections[i]
		if g := d.x.Gateway(o.Gateway); g != nil && o.Site.Same(c.Site) && !o.Gateway.Same(c.Gateway) {
			names = append(names, fmt.Sprintf("%q", g.VNet.Name))
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return " (" + strings.Join(slices.Compact(names), ", ") + " has the same site and gets the route as well, unless a site of its own is made)"
}

// beyond is what has to be listed for an endpoint.
func (d *doctor) beyond(at Endpoint) []estate.Prefix {
	switch {
	case at.Kind == VNet:
		if v := d.x.VNet(at.ID); v != nil {
			return v.Space
		}
	case at.Kind == Clients:
		for _, g := range d.x.GatewaysOf(at.ID) {
			if len(g.ClientPools) > 0 {
				return g.ClientPools
			}
		}
	case at.Kind == OnPremises:
		return d.ofNetwork(at)
	}
	return nil
}

// ofNetwork are the prefixes of the sites of a network, if one holds the address.
func (d *doctor) ofNetwork(at Endpoint) []estate.Prefix {
	var out []estate.Prefix
	holds := false
	for i := range d.e.Sites {
		if !strings.EqualFold(d.e.Sites[i].Network, at.Name) {
			continue
		}
		for _, p := range d.e.Sites[i].Prefixes {
			if p.IsValid() && !slices.ContainsFunc(out, func(q estate.Prefix) bool { return q.Prefix == p.Prefix }) {
				out = append(out, p)
				holds = holds || p.Contains(at.Address)
			}
		}
	}
	if !holds {
		return nil
	}
	return out
}

// tunnelsBetween are the connections of the shortest chain of paired tunnels from the VNet of one end
// to that of the other, or to one whose gateway leads to its network; none where there is no chain.
func (d *doctor) tunnelsBetween() []*estate.Connection {
	start, _ := d.vnets()
	if start == nil || len(d.beyond(d.to)) == 0 {
		return nil
	}
	ends := map[estate.Key]bool{d.to.ID.Key(): d.to.Kind != OnPremises}
	if d.to.Kind == OnPremises {
		for i := range d.e.Connections {
			c := &d.e.Connections[i]
			site, g := d.x.Site(c.Site), d.x.Gateway(c.Gateway)
			if site != nil && g != nil && c.Pairing.Confidence == estate.NotPaired && strings.EqualFold(site.Network, d.to.Name) {
				ends[g.VNet.Key()] = true
			}
		}
	}
	type step struct {
		vnet estate.ID
		way  []*estate.Connection
	}
	seen := map[estate.Key]bool{start.ID.Key(): true}
	queue := []step{{start.ID, nil}}
	for i := 0; i < len(queue); i++ {
		if s := queue[i]; ends[s.vnet.Key()] {
			return s.way
		}
		for _, g := range d.x.GatewaysOf(queue[i].vnet) {
			for _, c := range d.x.ConnectionsOf(g.ID) {
				partner := d.x.Connection(c.Pairing.Partner)
				if partner == nil || c.Kind != estate.IPsec {
					continue
				}
				far := d.x.Gateway(partner.Gateway)
				if far == nil || seen[far.VNet.Key()] {
					continue
				}
				seen[far.VNet.Key()] = true
				queue = append(queue, step{far.VNet, append(slices.Clip(queue[i].way), c)})
			}
		}
	}
	return nil
}
