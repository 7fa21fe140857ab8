package reach_test

import (
	"net/netip"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// reference answers by definition what one packet does: one address at a
// time, over the estate's own slices, without anything of the engine but its value type. It knows
// no ExpressRoute.
type reference struct {
	e      *estate.Estate
	probes []netip.Addr
}

// outcome is a place a packet may end, the last tunnel it took, and how sure that is.
type outcome struct {
	kind reach.Kind
	name string // VNet, network, or the clients' VNet
	last string // connection, when the kind is OnPremises
	via  reach.Value
}

type place struct {
	kind reach.Kind
	name string
}

func contains(list []estate.Prefix, d netip.Addr) int {
	best := -1
	for _, p := range list {
		if p.Contains(d) {
			best = max(best, p.Bits())
		}
	}
	return best
}

func (r *reference) vnet(name string) *estate.VNet {
	for i := range r.e.VNets {
		if r.e.VNets[i].Name == name {
			return &r.e.VNets[i]
		}
	}
	return nil
}

func (r *reference) gatewayOf(vnet string) *estate.Gateway {
	for i := range r.e.Gateways {
		if r.e.Gateways[i].VNet.Name == vnet {
			return &r.e.Gateways[i]
		}
	}
	return nil
}

func (r *reference) gatewayAt(at estate.ID) *estate.Gateway {
	for i := range r.e.Gateways {
		if r.e.Gateways[i].ID == at {
			return &r.e.Gateways[i]
		}
	}
	return nil
}

func (r *reference) half(from, to string) *estate.Peering {
	for i := range r.e.Peerings {
		p := &r.e.Peerings[i]
		if p.VNet.Name == from && p.Remote.Name == to && p.State == estate.PeeringConnected {
			return p
		}
	}
	return nil
}

func (r *reference) peered(a, b string) bool { return r.half(a, b) != nil && r.half(b, a) != nil }

func (r *reference) open(a, b string) bool {
	return r.half(a, b).AllowVirtualNetworkAccess && r.half(b, a).AllowVirtualNetworkAccess
}

// hubOf is the VNet whose gateway a VNet uses, or "".
func (r *reference) hubOf(vnet string) string {
	if r.gatewayOf(vnet) != nil {
		return ""
	}
	best := ""
	for _, h := range r.e.VNets {
		if r.gatewayOf(h.Name) != nil && r.peered(vnet, h.Name) && r.half(vnet, h.Name).UseRemoteGateways &&
			r.half(h.Name, vnet).AllowGatewayTransit && (best == "" || h.Name < best) {
			best = h.Name
		}
	}
	return best
}

// nearest lists the peers with the longest range that holds d.
func (r *reference) nearest(vnet string, d netip.Addr) []string {
	best, out := -1, []string(nil)
	for _, p := range r.e.VNets {
		if p.Name == vnet || !r.peered(vnet, p.Name) {
			continue
		}
		switch bits := contains(p.Space, d); {
		case bits > best:
			best, out = bits, []string{p.Name}
		case bits == best && bits >= 0:
			out = append(out, p.Name)
		}
	}
	return out
}

func unsure(v reach.Value, doubt bool) reach.Value {
	if doubt {
		return min(v, reach.Unknown)
	}
	return v
}

// send is what becomes of a packet from a VNet.
func (r *reference) send(vnet string, d netip.Addr) []outcome {
	if contains(r.vnet(vnet).Space, d) >= 0 {
		return nil
	}
	if near := r.nearest(vnet, d); len(near) > 0 {
		var out []outcome
		for _, p := range near {
			out = append(out, outcome{reach.VNet, p, "", unsure(reach.Yes, len(near) > 1 || !r.open(vnet, p))})
		}
		return out
	}
	if r.gatewayOf(vnet) != nil {
		return r.gateway(vnet, d, "inside", reach.Yes, nil)
	}
	if hub := r.hubOf(vnet); hub != "" {
		return r.gateway(hub, d, "spoke", unsure(reach.Yes, !r.open(vnet, hub)), nil)
	}
	return nil
}

// gateway is what the gateway of w does with a packet that came by the given way.
func (r *reference) gateway(w string, d netip.Addr, by string, sure reach.Value, seen []string) []outcome {
	for _, s := range seen {
		if s == w+" "+by {
			return nil
		}
	}
	seen = append(append([]string(nil), seen...), w+" "+by)
	if contains(r.vnet(w).Space, d) >= 0 {
		if by == "spoke" {
			return nil
		}
		return []outcome{{reach.VNet, w, "", sure}}
	}
	if near := r.nearest(w, d); len(near) > 0 {
		var out []outcome
		for _, p := range near {
			if r.hubOf(p) == w && (by != "spoke" || len(r.routes(w, d)) > 0) {
				out = append(out, outcome{reach.VNet, p, "", unsure(sure, len(near) > 1 || !r.open(w, p) || by == "spoke")})
			}
		}
		return out
	}
	if contains(r.gatewayOf(w).ClientPools, d) >= 0 {
		return []outcome{{reach.Clients, w, "", unsure(sure, r.gatewayOf(w).Absent())}}
	}
	var out []outcome
	routes := r.routes(w, d)
	for c, certain := range routes {
		out = append(out, r.tunnel(w, c, d, by, unsure(sure, len(routes) > 1 || !certain), seen)...)
	}
	return out
}

// routes are the connections of w's gateway that may take d; true for those that surely route it.
func (r *reference) routes(w string, d netip.Addr) map[*estate.Connection]bool {
	g := r.gatewayOf(w)
	longest := -1
	sure, maybe := map[*estate.Connection]int{}, map[*estate.Connection]int{}
	for i := range r.e.Connections {
		c := &r.e.Connections[i]
		if c.Gateway != g.ID {
			continue
		}
		sure[c], maybe[c] = -1, -1
		if c.Kind == estate.Vnet2Vnet {
			far := r.gatewayAt(c.RemoteGateway).VNet.Name
			sure[c] = contains(r.vnet(far).Space, d)
			for _, s := range r.e.VNets {
				if s.Name != w && r.hubOf(s.Name) == far {
					maybe[c] = max(maybe[c], contains(s.Space, d))
				}
			}
		} else {
			for _, s := range r.e.Sites {
				if s.ID == c.Site {
					sure[c] = contains(s.Prefixes, d)
				}
			}
		}
		longest = max(longest, sure[c])
	}
	out := map[*estate.Connection]bool{}
	for c := range sure {
		switch {
		case sure[c] >= 0 && sure[c] == longest:
			out[c] = true
		case maybe[c] >= 0 && maybe[c] >= longest:
			out[c] = false
		}
	}
	return out
}

func (r *reference) connection(at estate.ID) *estate.Connection {
	for i := range r.e.Connections {
		if r.e.Connections[i].ID == at {
			return &r.e.Connections[i]
		}
	}
	return nil
}

func (r *reference) tunnel(w string, c *estate.Connection, d netip.Addr, by string, sure reach.Value, seen []string) []outcome {
	passing := by == "tunnel" || by == "vnet2vnet"
	if passing && r.vnet(w).Model == estate.ARM && (c.Kind == estate.Vnet2Vnet || by == "vnet2vnet") {
		return nil
	}
	sure = unsure(sure, c.Pairing.Suspect != "")
	switch c.Pairing.Confidence {
	case estate.NotPaired:
		for _, s := range r.e.Sites {
			if s.ID == c.Site && s.Endpoint.IsZero() {
				return []outcome{{reach.OnPremises, s.Network, c.ID.Name, sure}}
			}
		}
	case estate.Ambiguous:
		var out []outcome
		for _, half := range c.Pairing.Candidates {
			at := r.gatewayAt(r.connection(half).Gateway).VNet.Name
			if contains(r.vnet(at).Space, d) >= 0 {
				out = append(out, outcome{reach.VNet, at, "", unsure(sure, true)})
			}
		}
		return out
	case estate.Certain, estate.Likely:
		partner := r.connection(c.Pairing.Partner)
		next := "tunnel"
		if c.Kind == estate.Vnet2Vnet {
			next = "vnet2vnet"
		}
		return r.gateway(r.gatewayAt(partner.Gateway).VNet.Name, d, next, unsure(sure, partner.Pairing.Suspect != ""), seen)
	}
	return nil
}

// forward is what a location can do for an address, by every place it may end.
func (r *reference) forward(from place, d netip.Addr) map[place]reach.Value {
	out := map[place]reach.Value{}
	note := func(at place, v reach.Value) {
		if at != from {
			out[at] = max(out[at], v)
		}
	}
	switch from.kind {
	case reach.VNet:
		for _, o := range r.send(from.name, d) {
			note(place{o.kind, o.name}, o.via)
			if o.kind != reach.OnPremises {
				continue
			}
			for _, v := range r.e.VNets { // an on-premises network may hand it on
				if r.fromNetwork(o.name, place{reach.VNet, v.Name}, d) > reach.No {
					note(place{reach.VNet, v.Name}, reach.Unknown)
				}
			}
		}
	case reach.Clients:
		for _, o := range r.fromClients(from.name, d) {
			note(place{o.kind, o.name}, o.via)
		}
	case reach.OnPremises:
		for _, at := range r.places() {
			if at.kind != reach.OnPremises {
				note(at, r.fromNetwork(from.name, at, d))
			}
		}
	}
	return out
}

// fromClients is what clients of v's gateway can do.
func (r *reference) fromClients(v string, d netip.Addr) []outcome {
	if contains(r.vnet(v).Space, d) >= 0 {
		return []outcome{{reach.VNet, v, "", unsure(reach.Yes, r.gatewayOf(v).Absent())}}
	}
	peers := len(r.nearest(v, d)) > 0
	var out []outcome
	for _, o := range r.send(v, d) {
		if o.kind == reach.Clients {
			continue
		}
		o.via = unsure(o.via, !peers || r.hubOf(o.name) != v || r.gatewayOf(v).Absent())
		out = append(out, o)
	}
	return out
}

// fromNetwork is what an on-premises network can do for an address of x: what x sends to it comes
// back through the same last tunnel.
func (r *reference) fromNetwork(network string, x place, d netip.Addr) reach.Value {
	best := reach.No
	for tunnel, there := range r.lastTunnels(x, network) {
		w := r.gatewayAt(r.connection(id(estate.TypeConnection, tunnel)).Gateway).VNet.Name
		for _, o := range r.gateway(w, d, "tunnel", reach.Yes, nil) {
			if (place{o.kind, o.name}) == x {
				best = max(best, min(there, o.via))
			}
		}
	}
	return best
}

// lastTunnels are the tunnels by which x reaches a network, with the surest value.
func (r *reference) lastTunnels(x place, network string) map[string]reach.Value {
	out := map[string]reach.Value{}
	for _, d := range r.probes {
		var all []outcome
		if x.kind == reach.VNet {
			all = r.send(x.name, d)
		} else {
			all = r.fromClients(x.name, d)
		}
		for _, o := range all {
			if o.kind == reach.OnPremises && o.name == network {
				out[o.last] = max(out[o.last], o.via)
			}
		}
	}
	return out
}

func (r *reference) places() []place {
	var out []place
	networks := map[string]bool{}
	for _, v := range r.e.VNets {
		out = append(out, place{reach.VNet, v.Name})
		if g := r.gatewayOf(v.Name); g != nil && len(g.ClientPools) > 0 {
			out = append(out, place{reach.Clients, v.Name})
		}
	}
	for _, c := range r.e.Connections {
		for _, s := range r.e.Sites {
			if s.ID == c.Site && c.Pairing.Confidence == estate.NotPaired && s.Endpoint.IsZero() && !networks[s.Network] {
				networks[s.Network] = true
				out = append(out, place{reach.OnPremises, s.Network})
			}
		}
	}
	return out
}
