package reach_test

import (
	"slices"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// twists change one thing that an estate has.
var twists = []feature{
	{"peering", twistPeering}, {"peering's flags", twistFlags}, {"peering's ranges", twistRemoteSpace}, {"partial peering", twistPartial},
	{"route", twistRoute}, {"route again", twistRoute}, {"table", twistTable},
	{"box", twistBox}, {"gateway", twistGateway}, {"connection", twistConnection}, {"connection again", twistConnection},
	{"model", func(t *rapid.T, w *world) {
		v := w.at(drawName(t, w))
		v.Model = estate.Classic + estate.ARM - v.Model
	}},
	{"another range", func(t *rapid.T, w *world) {
		v := w.at(drawName(t, w))
		v.Space = append(v.Space, prefixes(drawPrefix(t))...)
	}},
}

// one is an element of a list to be changed, or nil.
func one[T any](t *rapid.T, label string, list []T) *T {
	if len(list) == 0 {
		return nil
	}
	return &list[number(t, label, 0, len(list)-1)]
}

func twistPeering(t *rapid.T, w *world) {
	if p := one(t, "half", w.Peerings); p != nil {
		switch number(t, "how", 0, 2) {
		case 0:
			p.AllowVirtualNetworkAccess = !p.AllowVirtualNetworkAccess
		case 1:
			p.State = pick(t, "state", estate.PeeringConnected, estate.PeeringInitiated, estate.PeeringDisconnected)
		case 2:
			i := slices.IndexFunc(w.Peerings, func(q estate.Peering) bool { return q.ID == p.ID })
			w.Peerings = slices.Delete(w.Peerings, i, i+1)
		}
	}
}

func twistFlags(t *rapid.T, w *world) {
	if p := one(t, "half", w.Peerings); p != nil {
		switch number(t, "flag", 0, 3) {
		case 0, 1:
			p.AllowForwardedTraffic = !p.AllowForwardedTraffic
		case 2:
			p.AllowGatewayTransit = !p.AllowGatewayTransit
		case 3:
			p.UseRemoteGateways = !p.UseRemoteGateways
		}
	}
}

// twistRemoteSpace lets a half have taken over too little, too much or something else.
func twistRemoteSpace(t *rapid.T, w *world) {
	if p := one(t, "half", w.Peerings); p != nil {
		p.RemoteSpace = prefixes(several(t, drawRange, 0, 2))
		if rapid.Bool().Draw(t, "grown") {
			p.RemoteSpace = append(p.RemoteSpace, w.at(p.Remote.Name).Space...)
		}
		if p.RemoteSpace == nil {
			p.RemoteSpace = []estate.Prefix{}
		}
	}
}

func twistPartial(t *rapid.T, w *world) {
	p := one(t, "half", w.Peerings)
	if p == nil {
		return
	}
	p.Partial = true
	p.LocalSubnets, p.RemoteSubnets = someSubnets(t, w.at(p.VNet.Name)), someSubnets(t, w.at(p.Remote.Name))
	if back := w.peering(p.Remote.Name, p.VNet.Name); back != nil && !oneIn(t, 4, "one half only") {
		back.Partial, back.LocalSubnets, back.RemoteSubnets = true, p.RemoteSubnets, p.LocalSubnets
	}
}

func someSubnets(t *rapid.T, v *estate.VNet) []string {
	var out []string
	for _, s := range v.Subnets {
		if !oneIn(t, 4, "left out") {
			out = append(out, s.Name)
		}
	}
	return out
}

// twistRoute changes, removes or adds a user route.
func twistRoute(t *rapid.T, w *world) {
	table := one(t, "table", w.RouteTables)
	if table == nil {
		return
	}
	p := drawTarget(t, w)
	if i := slices.IndexFunc(table.Routes, func(r estate.Route) bool { return r.Prefix.Raw == p }); i >= 0 {
		table.Routes = slices.Delete(table.Routes, i, i+1)
	} else if r := one(t, "route", table.Routes); r != nil && rapid.Bool().Draw(t, "instead") {
		r.Prefix = prefixes(p)[0]
		return
	}
	if !oneIn(t, 4, "gone") {
		table.Routes = append(table.Routes, userRoute(p+" "+drawHop(t, w)))
	}
}

// twistTable changes propagation, or what a table is bound to.
func twistTable(t *rapid.T, w *world) {
	table := one(t, "table", w.RouteTables)
	if table == nil {
		return
	}
	if rapid.Bool().Draw(t, "propagation") {
		table.NoPropagation = !table.NoPropagation
		return
	}
	if oneIn(t, 3, "not listed") {
		table.Routes, table.RoutesKnown = nil, false
		return
	}
	if s := one(t, "subnet", w.at(drawName(t, w)).Subnets); s != nil {
		if s.RouteTable = table.ID; oneIn(t, 4, "unbound") {
			s.RouteTable = estate.ID{}
		}
	}
}

func twistBox(t *rapid.T, w *world) {
	var boxes []int
	for i, g := range w.Gateways {
		if g.Kind.Forwards() {
			boxes = append(boxes, i)
		}
	}
	i := one(t, "box", boxes)
	if i == nil {
		return
	}
	if b := &w.Gateways[*i]; rapid.Bool().Draw(t, "undescribed") {
		w.Gateways = slices.Delete(w.Gateways, *i, *i+1)
	} else {
		b.Kind, b.NoForwarding = estate.Appliance, !b.NoForwarding
	}
}

func twistGateway(t *rapid.T, w *world) {
	g := one(t, "gateway", w.Gateways)
	if g == nil {
		return
	}
	switch g.Kind {
	case estate.VPNGateway:
		if rapid.Bool().Draw(t, "absent") {
			g.State.Value = estate.GatewayNotProvisioned
		} else {
			g.BGP = &estate.BGP{ASN: estate.Fact{Value: pick(t, "ASN", "65515", "65001", "65002", "65010")}}
		}
	case estate.ExpressRouteGateway:
		g.RemoteVNets = pick(t, "remote VNets", estate.On, estate.Unstated, estate.Off)
	case estate.RouteServer:
		g.BranchToBranch = !g.BranchToBranch
	}
}

func twistConnection(t *rapid.T, w *world) {
	c := one(t, "connection", w.Connections)
	if c == nil {
		return
	}
	paired := c.Pairing.Partner.Name != ""
	switch number(t, "how", 0, 5) {
	case 0:
		c.Pairing.Suspect = pick(t, "suspect", "LINK-002", "GW-012")
	case 1:
		if !c.EnableBGP.Known() && c.Kind != estate.ExpressRoute && (paired || w.speaks(c)) {
			c.EnableBGP = exchanging
		} else {
			c.EnableBGP = estate.Fact{}
		}
	case 2:
		if paired && c.Kind == estate.IPsec {
			c.Pairing = estate.Pairing{Confidence: estate.Ambiguous, Candidates: []estate.ID{c.Pairing.Partner, one(t, "candidate", w.Connections).ID}}
		}
	case 3:
		if c.Kind == estate.ExpressRoute {
			c.Circuit = pick(t, "circuit", append(drawnCircuits, estate.ID{})...)
			if oneIn(t, 3, "without a site") {
				c.Site = estate.ID{}
			}
		}
	case 4:
		gone := c.ID
		w.Connections = slices.DeleteFunc(w.Connections, func(c estate.Connection) bool { return c.ID == gone })
		for i := range w.Connections {
			if p := &w.Connections[i].Pairing; p.Partner == gone {
				*p = estate.Pairing{Confidence: estate.OneSided}
			}
		}
	case 5:
		for i := range w.Sites {
			if w.Sites[i].ID == c.Site {
				w.Sites[i].Prefixes = append(w.Sites[i].Prefixes, prefixes(drawTarget(t, w))...)
			}
		}
	}
}

// speaks reports whether the device of a connection speaks BGP.
func (w *world) speaks(c *estate.Connection) bool {
	return slices.ContainsFunc(w.Sites, func(s estate.Site) bool { return s.ID == c.Site && s.BGP != nil })
}
