package plan

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// effects are what the draft adds and removes, all at once: the way to the target, not the order.
func (d *draft) effects() []Effect {
	f := d.changes()
	f.Remove = append(f.Remove, d.superfluous()...)
	return []Effect{f}
}

// changes are the same without the sites and addresses that nothing needs any more.
func (d *draft) changes() Effect {
	add := &estate.Estate{}
	for _, h := range d.ordered() {
		if h.vnet != nil {
			add.VNets = append(add.VNets, *h.vnet)
		}
		if h.table != nil {
			add.RouteTables = append(add.RouteTables, *h.table)
		}
		if h.gateway != nil {
			add.Gateways = append(add.Gateways, *h.gateway)
		}
		add.Connections = append(add.Connections, h.conns...)
	}
	for i := range d.hubLinks {
		add.Sites, add.Connections = append(add.Sites, d.hubLinks[i].sites[:]...), append(add.Connections, d.hubLinks[i].halves[:]...)
	}
	if d.device != nil {
		add.Gateways = append(add.Gateways, *d.device)
	}
	if d.server != nil {
		add.Gateways = append(add.Gateways, *d.server)
	}
	add.RouteTables, add.Groups = append(add.RouteTables, d.tables...), d.groups
	if d.manager != nil {
		add.Managers = []estate.NetworkManager{*d.manager}
	}
	for _, v := range d.members {
		if g := d.guarded[v]; g != nil {
			add.SecurityGroups = append(add.SecurityGroups, g.group)
			add.VNets = append(add.VNets, d.vnet(v))
		}
	}
	for i := range d.routed { // of a VNet that stands twice the last counts
		add.VNets = append(add.VNets, d.bound(i))
	}
	for _, pair := range d.peerings {
		hub, spoke := pair[0], pair[1]
		if v, ok := d.g.index[spoke.VNet.Key()]; ok && hub.AllowGatewayTransit && d.remote[v] && d.hubFor(v).id.Same(hub.VNet) {
			spoke.UseRemoteGateways = true
		}
		add.Peerings = append(add.Peerings, hub, spoke)
	}
	var remove []estate.ID
	for _, t := range d.tunnels {
		remove = append(remove, t.a.ID, t.b.ID)
	}
	for _, c := range slices.Concat(d.onPremises, d.severed) {
		remove = append(remove, c.ID)
	}
	for _, g := range d.gateways {
		remove = append(remove, g.ID)
	}
	return Effect{Remove: remove, Add: add}
}

// outcomes says of every gateway, connection and site of the estate before, and of everything
// new, what becomes of it and why.
func (m *maker) outcomes() []Outcome {
	said := map[estate.Key]Outcome{}
	say := func(id estate.ID, what What, format string, args ...any) {
		said[id.Key()] = Outcome{Object: id, What: what, Because: fmt.Sprintf(format, args...)}
	}
	for _, d := range m.drafts {
		for _, t := range d.tunnels {
			carries := "a peering carries"
			a, b := d.g.vnetOf(t.a), d.g.vnetOf(t.b)
			if slices.Contains(d.through, [2]int{min(a, b), max(a, b)}) || d.device != nil {
				carries = passages[d.passage].carry
			}
			because := fmt.Sprintf(carries+" %q and %q", d.g.x.Gateway(t.a.Gateway).VNet.Name, d.g.x.Gateway(t.b.Gateway).VNet.Name)
			if d.grouped[[2]int{min(a, b), max(a, b)}] {
				because = "a connected group joins them"
			}
			if !d.required(d.g.vnetOf(t.a), d.g.vnetOf(t.b)) {
				because = "no required pair needs it"
			}
			say(t.a.ID, Remove, "%s", because)
			say(t.b.ID, Remove, "%s", because)
		}
		for _, c := range d.onPremises {
			say(c.ID, Remove, "%q is reached through the gateway of %q", c.Site.Name, d.hubFor(d.g.vnetOf(c)).id.Name)
		}
		for _, c := range d.severed {
			say(c.ID, Remove, "what it carries is forbidden, and nothing else needs it")
		}
		for _, g := range d.gateways {
			say(g.ID, Remove, "it has no connection left")
		}
		for _, id := range d.superfluous() {
			say(id, Remove, "nothing refers to it any more")
		}
	}
	hubs := map[estate.Key]bool{}
	for _, d := range m.drafts {
		for _, h := range d.ordered() {
			if !h.gw.IsZero() {
				hubs[h.gw.Key()] = true
			}
		}
	}
	base := m.p.Base
	out := make([]Outcome, 0, len(base.Gateways)+len(base.Connections)+len(base.Sites)+len(m.p.Target.Peerings))
	add := func(id estate.ID, because string) {
		if o, ok := said[id.Key()]; ok {
			out = append(out, o)
			return
		}
		out = append(out, Outcome{Object: id, What: Keep, Because: because})
	}
	for i := range base.Gateways {
		add(base.Gateways[i].ID, m.gatewayStays(&base.Gateways[i], hubs))
	}
	for i := range base.Connections {
		add(base.Connections[i].ID, m.connectionStays(&base.Connections[i]))
	}
	for i := range base.Sites {
		because := "a connection that stays uses it"
		if m.g.decided.left[base.Sites[i].ID.Key()] {
			because = "that it is deleted " + takenOut
		}
		if !slices.ContainsFunc(m.g.connectionsOf(base.Sites[i].ID), func(c *estate.Connection) bool { return c.Kind == estate.IPsec }) {
			because = "it names the network behind a circuit, and is no resource of its own"
		}
		add(base.Sites[i].ID, because)
	}
	return append(out, m.created()...)
}

func (m *maker) gatewayStays(g *estate.Gateway, hubs map[estate.Key]bool) string {
	switch {
	case m.g.decided.gateways[g.ID.Key()]:
		return "that it is deleted " + takenOut
	case !g.Kind.Virtual():
		return "firewalls, appliances and Route Servers are not moved by this plan"
	case g.Kind == estate.ExpressRouteGateway:
		return "ExpressRoute is not moved by this plan"
	case g.Absent():
		return "whether it exists is unknown: the service said " + g.State.Value + "; a person decides"
	case len(g.ClientPools) > 0:
		return "point-to-site clients use it"
	case len(m.g.x.ConnectionsOf(g.ID)) == 0:
		return "no connection of it could be understood; a person decides"
	}
	if c := m.g.named[g.ID.Key()]; c != nil {
		return fmt.Sprintf("connection %q of another gateway leads to it, and whether it works is unknown; a person decides", c.ID.Name)
	}
	switch c := m.g.defaultOf(g); {
	case c != nil:
		return fmt.Sprintf("its default route leads to site %q (forced tunnelling)", c.Site.Name)
	case hubs[g.ID.Key()]:
		return "it is the hub's gateway"
	case len(m.g.routes[m.g.index[g.VNet.Key()]]) > 0:
		return "routes of its VNet's subnets lead to it"
	}
	return "connections that stay end at it"
}

func (m *maker) connectionStays(c *estate.Connection) string {
	switch {
	case m.g.decided.keep[c.ID.Key()]:
		return "that it is deleted " + takenOut
	case c.Kind == estate.ExpressRoute:
		return "ExpressRoute is not moved by this plan"
	case c.Pairing.Has(estate.DeclaredDown):
		return "the options file says that it is not up; a person decides whether it goes"
	case c.Pairing.Suspect != "":
		return "whether the tunnel works is unknown (" + c.Pairing.Suspect + "); a person decides"
	case m.g.defaultOf(m.g.x.Gateway(c.Gateway)) == c:
		return "the default route of its gateway leads there (forced tunnelling)"
	case c.Pairing.Partner.IsZero():
		return "it leads to on-premises"
	}
	return "a required pair needs it and cannot be peered"
}

// created lists what the target has and the base has not.
func (m *maker) created() []Outcome {
	var out []Outcome
	if i := slices.IndexFunc(m.drafts, func(d *draft) bool { return d.manager != nil }); i >= 0 {
		out = append(out, Outcome{m.drafts[i].manager.ID, Create, "it deploys the connected groups"})
	}
	for _, d := range m.drafts {
		for _, h := range d.ordered() {
			if h.vnet != nil {
				out = append(out, Outcome{h.id, Create, "the hub of the component of " + d.component.Name})
			}
			if h.table != nil {
				out = append(out, Outcome{h.table.ID, Create, "it leads what comes from on-premises networks to " + passages[d.passage].the})
			}
			if h.gateway != nil {
				out = append(out, Outcome{h.gateway.ID, Create, "the hub's gateway"})
			}
		}
		if d.device != nil {
			out = append(out, Outcome{d.device.ID, Create, passages[d.passage].outcome})
		}
		if d.server != nil {
			out = append(out, Outcome{d.server.ID, Create, "it tells the VNets that use it where the appliances lead"})
		}
		for _, v := range d.members {
			if g := d.guarded[v]; g != nil {
				out = append(out, Outcome{g.group.ID, Create, fmt.Sprintf("it keeps out of %q what the target would newly join with it", d.g.name(v))})
			}
		}
		for i := range d.tables {
			out = append(out, Outcome{d.tables[i].ID, Create, fmt.Sprintf("it leads what %q sends to %s to %s", d.g.name(d.routed[i]), d.led(d.routed[i]), passages[d.passage].the)})
		}
		for i := range d.groups {
			out = append(out, Outcome{d.groups[i].ID, Create, fmt.Sprintf("it joins %s that all reach each other", plural(len(d.groups[i].Members), "VNet"))})
		}
		for i := range d.hubLinks {
			for k := range d.hubLinks[i].halves {
				out = append(out, Outcome{d.hubLinks[i].sites[k].ID, Create, "what the hub's gateway leads to another hub"}, Outcome{d.hubLinks[i].halves[k].ID, Create, "it joins the hub to another one"})
			}
		}
		for _, h := range d.ordered() {
			for i := range h.conns {
				out = append(out, Outcome{h.conns[i].ID, Create, fmt.Sprintf("the hub serves %q for its spokes", h.conns[i].Site.Name)})
			}
		}
		for _, pair := range d.peerings {
			because := "the two VNets " + d.why(pair)
			switch {
			case pair[0].AllowGatewayTransit:
				because = "the spoke uses the hub's " + d.offers(d.g.index[pair[1].VNet.Key()])
			case d.isNewHub(pair[0].VNet):
				because = "a spoke of the new hub"
			}
			out = append(out, Outcome{pair[0].ID, Create, because}, Outcome{pair[1].ID, Create, because})
		}
	}
	return out
}
