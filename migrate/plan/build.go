package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// devices has the on-premises devices changed that do not know the gateway users on the hub's tunnel
// yet: a VNet that came to them by a tunnel of its own needs routes there before it moves.
func (s *sequence) devices(d *draft, ready []string) []string {
	var made []string
	for _, hub := range d.hubs {
		for _, network := range d.behindHub[hub].networks {
			if !d.drawn[hub].waitsFor(network) {
				made = append(made, s.device(d, hub, network, ready)...)
			}
		}
	}
	return made
}

// late makes the connections of hubs that had to wait for tunnels to go, and has their devices changed.
func (s *sequence) late(d *draft, gate []string, cleared map[estate.Key][]string) []string {
	var made []string
	for _, hub := range d.hubs {
		h := d.drawn[hub]
		if len(h.late) == 0 {
			continue
		}
		built := s.connections(h, slices.Concat(gate, cleared[h.gw.Key()]), true)
		made = append(made, built...)
		for _, network := range d.behindHub[hub].networks {
			if h.waitsFor(network) {
				made = append(made, s.device(d, hub, network, built)...)
			}
		}
	}
	return made
}

// device has the devices of one network changed.
func (s *sequence) device(d *draft, hub int, network reach.Location, ready []string) []string {
	users, prefixes := s.named(slices.DeleteFunc(d.users(hub), func(v int) bool { return !d.comesAnew(v, network) }))
	if len(users) == 0 {
		return nil
	}
	return []string{s.add(Step{
		Action: ChangeDevice, Object: d.drawn[hub].gw, Also: d.leadingTo(hub, network), Needs: ready,
		Because: fmt.Sprintf("%s will reach %q through the hub's tunnel; the device there has to know %s on it, and prefer the old tunnel until the window", strings.Join(users, ", "), network.Name, strings.Join(prefixes, ", ")),
		Impact:  Impact{Class: Live},
		Verify:  "the device lists the prefixes on the hub's tunnel, in routes and traffic selectors, with the lower preference",
		Undo:    "take the prefixes off the hub's tunnel again",
	})}
}

// leadingTo are the connections of a hub's gateway to an on-premises network: those that are there, and the new ones.
func (d *draft) leadingTo(hub int, network reach.Location) []estate.ID {
	var out []estate.ID
	note := func(c *estate.Connection) {
		if s := d.g.x.Site(c.Site); s != nil && strings.EqualFold(s.Behind(), network.Name) && c.Kind == estate.IPsec {
			out = append(out, c.ID)
		}
	}
	if !isNew(hub) {
		for _, c := range d.g.connections[hub] {
			note(c)
		}
	}
	for i := range d.drawn[hub].conns {
		note(&d.drawn[hub].conns[i])
	}
	return out
}

// named are some VNets for people, and their ranges.
func (s *sequence) named(vnets []int) (names, ranges []string) {
	for _, v := range vnets {
		names = append(names, fmt.Sprintf("%q", s.g.name(v)))
		space := slices.SortedFunc(slices.Values(s.g.e.VNets[v].Space), func(a, b estate.Prefix) int { return a.Addr().Compare(b.Addr()) })
		for _, p := range space {
			ranges = append(ranges, p.Prefix.String())
		}
	}
	return names, ranges
}

// network is a new hub's VNet, with the route table of its GatewaySubnet.
func (h *drawnHub) network() *estate.Estate {
	e := &estate.Estate{VNets: []estate.VNet{*h.vnet}}
	if h.table != nil {
		e.RouteTables = []estate.RouteTable{*h.table}
	}
	return e
}

// build makes what is new: the hubs, their gateways, their connections to on-premises.
func (s *sequence) build(d *draft, gate []string) []string {
	var ready []string
	for _, h := range d.ordered() {
		ready = append(ready, s.buildHub(d, h, gate)...)
	}
	if len(ready) == 0 {
		return gate
	}
	return ready
}

func (s *sequence) buildHub(d *draft, h *drawnHub, ready []string) []string {
	if h.vnet != nil {
		ready = []string{s.add(Step{
			Action: CreateVNet, Object: h.id, Needs: ready,
			Because: "hub: " + d.component.Hub.Because,
			Effect:  Effect{Add: h.network()},
			Impact:  Impact{Class: Live, Minutes: minutesVNet},
			Verify:  fmt.Sprintf("the VNet exists with %s", h.vnet.Space[0]), Undo: "delete the VNet",
		})}
		if h.table != nil {
			s.last().Because += "; the routes of its GatewaySubnet are there before its gateway"
			s.last().Undo = "delete the VNet and its route table"
		}
	}
	if d.server != nil && h.vnet != nil {
		ready = []string{s.createServer(d.server, ready)}
	}
	if h.gateway != nil {
		ready = []string{s.add(Step{
			Action: CreateGateway, Object: h.gateway.ID, Needs: ready,
			Because: "the spokes reach on-premises through the hub's gateway",
			Effect:  Effect{Add: &estate.Estate{Gateways: []estate.Gateway{*h.gateway}}},
			Impact:  Impact{Class: Live, Minutes: minutesGateway},
			Verify:  "provisioningState is Succeeded", Undo: "delete the gateway",
		})}
	}
	if built := s.connections(h, ready, false); len(built) > 0 {
		return built
	}
	return ready
}

// connections makes those of a hub's new connections that wait for tunnels to go, or the others.
func (s *sequence) connections(h *drawnHub, needs []string, late bool) []string {
	var built []string
	for i := range h.conns {
		c := &h.conns[i]
		if slices.ContainsFunc(h.late, c.ID.Same) != late {
			continue
		}
		because := fmt.Sprintf("the hub has to serve %q; the device there needs a second tunnel, to the hub's address, and routes for the spokes on it", c.Site.Name)
		if late {
			because += "; a tunnel that led to the same addresses is gone by now"
		}
		built = append(built, s.add(Step{
			Action: CreateConnection, Object: c.ID, Needs: needs,
			Because: because,
			Effect:  Effect{Add: &estate.Estate{Connections: []estate.Connection{*c}}},
			Impact:  Impact{Class: Live, Minutes: minutesConnection},
			Verify:  "connectionStatus is Connected, and the device still prefers the old tunnel", Undo: "delete the connection",
		}))
	}
	return built
}
