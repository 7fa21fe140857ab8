package plan

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Inspection (inspect all): what a VNet sends to networks behind the hub's gateway, and what comes from there, passes the
// firewall or the appliances of the hub as well. The subnets of the VNet have routes to these networks, which come before
// those to a gateway, and no route of a gateway beside them; the GatewaySubnet of the hub has one to each range of the
// VNet. None of that needs the VNet to use the hub's gateway, so that it can still have its own while its packets are led
// over: what U1 cuts for as long as a gateway takes to be deleted is cut for as long as routes take to change.
// Source: docs/decisions/0030-inspection-is-the-bridge.md.

// errNothingInspects says that there is nothing that could inspect.
var errNothingInspects = errors.New("inspect all is about a firewall or appliances: name one with transit firewall or transit nva")

// inspectable refuses an inspection without somebody to do it: what is asked for, or what was decided.
func inspectable(opts *options.Options, k *Kept) error {
	decided := k != nil && slices.ContainsFunc(k.Decisions, func(d Decision) bool { return d.Passage.inspects() })
	if opts.Inspect == options.InspectAll && !passageOf(opts.Transit).inspects() && !decided {
		return errNothingInspects
	}
	return nil
}

// inspects reports whether route tables could lead what goes to on-premises networks to a passage as well.
func (p Passage) inspects() bool { return p.isDevice() && !p.learns() }

// inspect finds the gateway users whose packets from and to on-premises networks are led through the hub's passage. Those
// that move together do so all or none.
func (l *layout) inspect() {
	if l.g.inspect != options.InspectAll || !l.passage.inspects() {
		return
	}
	if len(l.hubs) != 1 || !isNew(l.hubs[0]) {
		for _, v := range l.members {
			if len(l.premises(v)) > 0 && !l.g.usesGateway(v) {
				l.blind(v, "a plan changes neither the rules nor the routes of a hub that is there")
			}
		}
		return
	}
	for _, users := range findWindows(l).groups {
		for _, v := range users {
			l.blind(v, l.uninspected(v))
		}
		if i := slices.IndexFunc(users, func(v int) bool { return l.blinded[v] != "" }); i >= 0 {
			for _, v := range users {
				l.blind(v, fmt.Sprintf("it moves together with %q, which cannot be led through %s", l.g.name(users[i]), passages[l.passage].the))
			}
			continue
		}
		for _, v := range users {
			l.inspected[v] = true
		}
	}
	for _, v := range l.members {
		if !l.remote[v] && len(l.premises(v)) > 0 {
			l.blind(v, "it does not use the gateway of the new hub")
		}
	}
}

// blind notes why a VNet's packets to on-premises networks do not pass, unless that is noted or there is no reason.
func (l *layout) blind(v int, why string) {
	if l.blinded[v] == "" && why != "" {
		l.blinded[v] = why
	}
}

// uninspected says why packets between a VNet and the on-premises networks that it reaches cannot be led through the
// hub's passage, or "".
func (l *layout) uninspected(v int) string {
	if why := l.unboundSubnets(v); why != "" {
		return why
	}
	for _, n := range l.demand.networks[v] {
		if c := l.connectionTo(n.network); c == nil || c.EnableBGP.Known() {
			return fmt.Sprintf("%q learns by BGP where it is, and the hub's gateway tells that of whoever uses it alone", n.network.Name)
		}
		if why := l.translates(n.network.Name, n.prefixes); why != "" {
			return why
		}
	}
	return ""
}

// beyond are the ranges behind the hub's gateway that the route table of an inspected VNet has, each with its network.
func (l *layout) beyond(v int) []networkRange {
	if !l.inspected[v] {
		return nil
	}
	var out []networkRange
	for _, n := range l.demand.networks[v] {
		for _, p := range n.prefixes {
			out = append(out, networkRange{p.Masked(), n.network})
		}
	}
	slices.SortFunc(out, func(a, b networkRange) int { return a.Prefix.Compare(b.Prefix) })
	return slices.CompactFunc(out, func(a, b networkRange) bool { return a.Prefix == b.Prefix })
}

// networkRange is a range of a network.
type networkRange struct {
	netip.Prefix
	of reach.Location
}

// inward makes the route table of the hub's GatewaySubnet, which leads to the passage what comes from on-premises networks
// for the VNets that are inspected.
func (d *draft) inward() {
	if len(d.inspected) == 0 {
		return
	}
	h := d.drawn[d.hubs[0]]
	t := d.tableOf(h.vnet, "-gateway-routes")
	names := azure.NewNamer()
	for _, v := range d.members {
		if d.inspected[v] {
			for _, p := range d.g.e.VNets[v].Space {
				t.Routes = append(t.Routes, d.toPassage(names, d.g.e.VNets[v].ID.Name, p.Prefix))
			}
		}
	}
	h.table = &t
	for i := range h.vnet.Subnets {
		if h.vnet.Subnets[i].OfGateways() {
			h.vnet.Subnets[i].RouteTable = t.ID
		}
	}
}

// inspectedPairs are the VNets that are inspected, each with the networks that it reaches through the passage.
func (d *draft) inspectedPairs() [][2]string {
	var out [][2]string
	for _, v := range d.members {
		if d.inspected[v] {
			for _, n := range d.demand.networks[v] {
				out = append(out, [2]string{"VNet " + d.g.name(v), n.network.String()})
			}
		}
	}
	return out
}

// waiting is what else has to be there before packets from and to on-premises networks are led over, or "".
func (d *draft) waiting() string {
	if len(d.inspected) == 0 {
		return ""
	}
	return "; the hub's tunnels are Connected, their devices know the VNets on them, and a test VNet with a gateway of its own was reached by them through the hub (ASM-INSPECT)"
}

// prefer has the devices of the networks prefer the tunnel of the hub, in the minutes in which the routes of the VNets
// change: what answers by the old tunnel does not pass the firewall or the appliances.
func (s *sequence) prefer(d *draft, needs []string, window *Window) []string {
	if len(d.inspected) == 0 {
		return nil
	}
	hub := d.hubs[0]
	var made []string
	for _, network := range d.behindHub[hub].networks {
		users, prefixes := s.named(slices.DeleteFunc(d.users(hub), func(v int) bool { return !d.inspected[v] || !d.comesAnew(v, network) }))
		if len(users) == 0 {
			continue
		}
		made = append(made, s.add(Step{
			Action: ChangeDevice, Object: d.drawn[hub].gw, Also: d.leadingTo(hub, network), Needs: needs,
			Because: fmt.Sprintf("from here on the device at %q prefers the hub's tunnel for %s of %s; what it sends by the old one does not pass %s", network.Name, strings.Join(prefixes, ", "), strings.Join(users, ", "), passages[d.passage].the),
			Impact:  Impact{Class: Interrupting, Minutes: minutesFlip, Window: window.ID},
			Verify:  "the device's routes show the hub's tunnel for these prefixes",
			Undo:    "the device prefers the old tunnel again",
		}))
		window.take(s.last())
	}
	return made
}

// minutesFlip is how long a device takes to prefer another tunnel. Source: docs/sources.md#durations.
var minutesFlip = [2]int{1, 5}

// moved takes the VNets of a group, whose packets pass the hub by now, from their own gateways to the hub's: nothing
// needs a window any more.
func (s *sequence) moved(d *draft, group int, own map[int][]*estate.Gateway, needs []string, cleared map[estate.Key][]string) {
	if gone := s.lastConnections(d, group, needs, "", cleared); len(gone) > 0 {
		needs = gone
	}
	for _, v := range d.windows.groups[group] {
		alone := slices.Clone(needs)
		for _, gw := range own[v] {
			alone = append(alone, s.deleteGateway(gw, slices.Concat(needs, cleared[gw.ID.Key()]), ""))
		}
		s.useRemote(d, v, alone, "")
	}
}

// ahead reports whether the packets of a group pass the hub before it moves.
func (d *draft) ahead(group int) bool {
	return slices.ContainsFunc(d.windows.groups[group], func(v int) bool { return d.inspected[v] })
}
