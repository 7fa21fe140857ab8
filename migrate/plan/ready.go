package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// next finds the steps that may run next: what they need is done, and the live network is ready for them.
func (l *locator) next() {
	passable := make([]bool, len(l.p.Steps)) // what comes after it does not wait for it, unless for a word
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		if s.Progress == Done {
			passable[i] = true
			continue
		}
		confirm := map[string]bool{}
		ready := true
		for _, id := range s.Needs {
			need := &l.s.Steps[l.at[id]]
			ready = ready && passable[l.at[id]]
			if need.Progress == Unseen {
				confirm[id] = true
				for _, id := range need.Confirm {
					confirm[id] = true
				}
			}
		}
		if !ready {
			continue
		}
		for _, step := range l.p.Steps[:i] { // in the order of the plan
			if confirm[step.ID] {
				s.Confirm = append(s.Confirm, step.ID)
			}
		}
		if slices.ContainsFunc(l.of[i], func(t touch) bool { return t.line.leaving && !t.line.versions[t.n].present }) {
			continue // the platform is at it
		}
		s.Blocked = l.against(i)
		s.May = len(s.Blocked) == 0
		passable[i] = s.May && s.Progress == Unseen
	}
}

// against says what in the live network is against a step. Sources: docs/sources.md#step-order, #peering.
func (l *locator) against(step int) []string {
	s := &l.p.Steps[step]
	b := &obstacles{l: l}
	if s.Action == VerifyListing && len(l.s.Drift) > 0 {
		b.say("the live network is not what the plan describes: %s", plural(len(l.s.Drift), "difference"))
	}
	b.unlinked(step)
	for _, t := range l.of[step] {
		if l.drifted[t.line.id.Key()] {
			b.say("%s was changed outside the plan", name(t.line.id))
		}
	}
	for _, id := range s.Effect.Remove {
		b.removal(id)
	}
	if add := s.Effect.Add; add != nil {
		for i := range add.VNets {
			b.network(&add.VNets[i])
		}
		for i := range add.Gateways {
			b.gateway(&add.Gateways[i])
		}
		for i := range add.Connections {
			b.connection(&add.Connections[i], add)
		}
		for i := range add.Peerings {
			b.peering(&add.Peerings[i])
		}
		for i := range add.Groups {
			b.group(&add.Groups[i])
		}
	}
	return b.all
}

// obstacles collects what is against a step.
type obstacles struct {
	l   *locator
	all []string
}

func (b *obstacles) say(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(b.all, text) {
		b.all = append(b.all, text)
	}
}

// name names an object in a message: "gateway hub-gateway".
func name(id estate.ID) string {
	word := map[string]string{
		estate.TypeVNet: "VNet", estate.TypeSite: "local network gateway", estate.TypeGateway: "gateway", estate.TypeConnection: "connection", estate.TypePeering: "peering",
		estate.TypeFirewall: "firewall", estate.TypeLoadBalancer: "load balancer", estate.TypeRouteServer: "Route Server", estate.TypeRouteTable: "route table", estate.TypeNetworkGroup: "connected group", estate.TypeNetworkManager: "network manager",
	}[id.Type]
	if word == "" {
		word = id.Type
	}
	text := id.Name
	if id.Child != "" {
		text += "/" + id.Child
	}
	return fmt.Sprintf("%s %q", word, text)
}

// unlinked looks at the peerings that steps before this one have made: each has to carry traffic before
// anything relies on it.
func (b *obstacles) unlinked(step int) {
	seen := map[int]bool{}
	var walk func(i int)
	walk = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		if s := &b.l.p.Steps[i]; i != step && (s.Action == CreatePeering || s.Action == CreateConnection) {
			for _, t := range b.l.of[i] {
				b.linked(t.line.id)
				b.connected(t.line.id)
			}
		}
		for _, id := range b.l.p.Steps[i].Needs {
			walk(b.l.at[id])
		}
	}
	walk(step)
}

// connected wants a connection that an earlier step made to be up, before anything relies on it. A listing that
// does not say whether it is up shows nothing.
func (b *obstacles) connected(id estate.ID) {
	c := b.l.x.Connection(id)
	switch {
	case c == nil || len(b.l.live.Listings) == 0:
	case !c.State.Known():
		b.say("whether %s is up is not in the listing", name(id))
	case c.State.Value != estate.StateConnected:
		b.say("%s is %s", name(id), c.State.Value)
	}
}

// linked wants a half of a peering to be connected and in sync.
func (b *obstacles) linked(id estate.ID) {
	p := b.l.x.Peering(id)
	switch {
	case p == nil:
	case p.Unstated:
		b.say("whether %s is connected is not in the listing", name(id))
	case p.State != estate.PeeringConnected:
		b.say("%s is %s", name(id), p.State)
	case p.Sync.Known() && !strings.EqualFold(p.Sync.Value, "FullyInSync"):
		b.say("%s is %s: its address spaces have to be synchronised", name(id), p.Sync.Value)
	}
}

// removal says why an object cannot go yet.
func (b *obstacles) removal(id estate.ID) {
	switch id.Type {
	case estate.TypeGateway:
		for i := range b.l.live.Connections {
			if c := &b.l.live.Connections[i]; c.Gateway.Same(id) || c.RemoteGateway.Same(id) {
				b.say("%s still has %s", name(id), name(c.ID))
			}
		}
	case estate.TypeSite:
		for i := range b.l.live.Connections {
			if c := &b.l.live.Connections[i]; c.Site.Same(id) {
				b.say("%s still uses %s", name(c.ID), name(id))
			}
		}
		for i := range b.l.live.Gateways {
			if g := &b.l.live.Gateways[i]; g.DefaultSite.Same(id) {
				b.say("the default route of %s still leads to %s", name(g.ID), name(id))
			}
		}
	}
}

// network says why a VNet cannot be made: somebody else took its addresses. VNets of the plan may share some. One that
// is there gets route tables.
func (b *obstacles) network(v *estate.VNet) {
	if here := b.l.x.VNet(v.ID); here != nil {
		b.ready(v.ID, here.State)
		b.tables(v, here)
		return
	}
	for i := range b.l.live.VNets {
		if o := &b.l.live.VNets[i]; !b.l.known[o.ID.Key()] && estate.Overlap(o.Space, v.Space) {
			b.say("%s has addresses of the new %s", name(o.ID), name(v.ID))
		}
	}
}

// tables says why subnets cannot get the route tables of a step: whatever a table leads to has to be there before.
func (b *obstacles) tables(v, here *estate.VNet) {
	for i := range v.Subnets {
		s := &v.Subnets[i]
		old := subnetOf(here, s.Name)
		switch {
		case old == nil:
			b.say("%s has no subnet %q", name(v.ID), s.Name)
			continue
		case s.RouteTable.IsZero() || old.RouteTable.Same(s.RouteTable):
			continue
		}
		t := b.l.x.RouteTable(s.RouteTable)
		if t == nil {
			b.say("%s is not there", name(s.RouteTable))
			continue
		}
		for j := range t.Routes {
			if r := &t.Routes[j]; r.NextHop.Value == estate.HopAppliance && r.Address.IsValid() {
				b.forwards(t.ID, r.Address)
			}
		}
	}
}

// forwards wants a firewall or an appliance to have the address that a route table leads to.
func (b *obstacles) forwards(table estate.ID, to estate.Address) {
	for i := range b.l.live.Gateways {
		g := &b.l.live.Gateways[i]
		if g.Kind.Forwards() && slices.ContainsFunc(g.PrivateIPs, func(a estate.Address) bool { return a.IsValid() && a.Addr == to.Addr }) {
			b.ready(g.ID, g.State)
			return
		}
	}
	b.say("no firewall, appliance or load balancer has the address %s, to which %s leads", to.Addr, name(table))
}

// gateway says why a gateway or a firewall cannot be made.
func (b *obstacles) gateway(g *estate.Gateway) {
	v := b.l.x.VNet(g.VNet)
	if v == nil {
		b.say("%s is not there", name(g.VNet))
		return
	}
	subnet := estate.GatewaySubnet
	if g.Subnet != "" {
		subnet = g.Subnet
	}
	if subnetOf(v, subnet) == nil {
		b.say("%s has no %s", name(v.ID), subnet)
	}
	b.ready(v.ID, v.State)
	for _, o := range b.l.x.GatewaysOf(g.VNet) {
		if o.Kind == g.Kind && g.Kind != estate.Appliance && !o.ID.Same(g.ID) {
			b.say("%s has %s already", name(v.ID), name(o.ID))
		}
	}
}

// ready wants an object to be provisioned, where the listing says how it is.
func (b *obstacles) ready(id estate.ID, state estate.Fact) {
	said := state.Raw // of Resource Manager, whose states of a gateway are translated
	if said == "" {
		said = state.Value
	}
	if said == "" || slices.ContainsFunc([]string{"Succeeded", estate.GatewayProvisioned}, func(s string) bool { return strings.EqualFold(s, said) }) {
		return
	}
	b.say("%s is %s", name(id), said)
}

// running wants a gateway to be there and provisioned.
func (b *obstacles) running(id estate.ID) {
	if g := b.l.x.Gateway(id); g != nil {
		b.ready(id, g.State)
	} else {
		b.say("%s is not there", name(id))
	}
}

// connection says why a connection cannot be made; its site may come with it.
func (b *obstacles) connection(c *estate.Connection, with *estate.Estate) {
	b.running(c.Gateway)
	if !c.RemoteGateway.IsZero() {
		b.running(c.RemoteGateway)
	}
	brought := slices.ContainsFunc(with.Sites, func(s estate.Site) bool { return s.ID.Same(c.Site) })
	if c.Kind == estate.IPsec && !c.Site.IsZero() && !brought && b.l.x.Site(c.Site) == nil {
		b.say("%s is not there", name(c.Site))
	}
}

// group says why a connected group cannot be deployed: a member is not there, or another network manager would deploy as
// well.
func (b *obstacles) group(g *estate.NetworkGroup) {
	for _, member := range g.All() {
		if v := b.l.x.VNet(member); v == nil {
			b.say("%s is not there", name(member))
		} else {
			b.ready(member, v.State)
		}
	}
	for i := range b.l.live.Managers {
		if m := b.l.live.Managers[i].ID; !m.Same(g.Manager()) {
			b.say("%s is there already", name(m))
		}
	}
}

// peering says why a half of a peering cannot be made or changed.
func (b *obstacles) peering(p *estate.Peering) {
	here, there := b.l.x.VNet(p.VNet), b.l.x.VNet(p.Remote)
	for _, v := range []struct {
		id    estate.ID
		found *estate.VNet
	}{{p.VNet, here}, {p.Remote, there}} {
		if v.found == nil {
			b.say("%s is not there", name(v.id))
		} else {
			b.ready(v.id, v.found.State)
		}
	}
	if here == nil || there == nil {
		return
	}
	if estate.Overlap(here.Space, there.Space) {
		b.say("%s and %s share addresses", name(here.ID), name(there.ID))
	}
	for _, o := range b.l.x.PeeringsOf(p.VNet) {
		if o.Remote.Same(p.Remote) && !o.ID.Same(p.ID) {
			b.say("the two VNets have %s already", name(o.ID))
		}
	}
	if p.UseRemoteGateways {
		b.transit(p)
	}
}

// transit says why a VNet cannot use the gateway of another one yet. The other half may come with this one.
func (b *obstacles) transit(p *estate.Peering) {
	for _, g := range b.l.x.GatewaysOf(p.VNet) {
		b.say("%s still has its own %s", name(p.VNet), name(g.ID))
	}
	running := false
	for _, g := range b.l.x.StandingIn(p.Remote) {
		if !g.Kind.Forwards() {
			running = true
			b.ready(g.ID, g.State)
		}
	}
	if !running {
		b.say("%s has no gateway and no Route Server", name(p.Remote))
	}
	for i := range b.l.p.Target.Gateways {
		if g := &b.l.p.Target.Gateways[i]; g.Kind == estate.RouteServer && g.VNet.Same(p.Remote) && b.l.x.Gateway(g.ID) == nil {
			b.say("%s is not there", name(g.ID))
		}
	}
	for _, back := range b.l.x.PeeringsOf(p.Remote) {
		if back.Remote.Same(p.VNet) && !back.AllowGatewayTransit {
			b.say("%s does not allow gateway transit", name(back.ID))
		}
	}
	for _, o := range b.l.x.PeeringsOf(p.VNet) {
		if o.UseRemoteGateways && !o.ID.Same(p.ID) {
			b.say("%s uses the gateway of another VNet already", name(o.ID))
		}
	}
}
