package estate

import (
	"slices"
	"strconv"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The next hops of a route, in ARM's words.
const (
	HopGateway   = "VirtualNetworkGateway"
	HopLocal     = "VnetLocal"
	HopInternet  = "Internet"
	HopAppliance = "VirtualAppliance"
	HopNone      = "None"
)

// routeTables carries over the tables whose routes are known.
// Source: docs/sources.md#route-tables.
func (m *migration) routeTables() {
	for i := range m.from.RouteTables {
		t := m.from.RouteTables[i]
		from := t.ID
		if !t.RoutesKnown {
			m.notSupplied(from, "route table", t.Refs)
			m.fate(slices.Concat(t.Refs, t.Region.Refs), diag.NeedsPerson, "ARM-026")
			for i := range t.Routes {
				m.fate(routeRefs(&t.Routes[i]), diag.NeedsPerson, "ARM-026")
			}
			continue
		}
		name, rule := m.name(TypeRouteTable, t.Name, t.Refs)
		t.ID = from.sibling(TypeRouteTable, name)
		t.Region = m.place(t.Region, from, func(s *Subnet) ID { return s.RouteTable })
		t.Routes = m.routes(&t)
		if n := len(t.Routes); n > azure.MaxRoutesPerTable {
			m.found.Add("RTE-005", m.at(t.Refs), "route table %q has %d routes; a table takes %d", t.Name, n, azure.MaxRoutesPerTable)
		}
		m.bindable[from.Key()] = bindable{ID: t.ID, region: t.Region, defaultRoute: slices.ContainsFunc(t.Routes, isDefault)}
		m.mapped(from, t.ID, rule)
		m.to.RouteTables = append(m.to.RouteTables, t)
	}
}

func isDefault(r Route) bool { return r.Prefix.IsValid() && r.Prefix.Bits() == 0 }

// routes are the routes of a table that the platform takes, with legal and unique names.
func (m *migration) routes(t *RouteTable) []Route {
	out := make([]Route, 0, len(t.Routes))
	names := azure.NewNamer()
	holder := map[string]string{} // prefix → route
	for _, r := range t.Routes {
		why := routeRefusal(&r)
		if first, taken := holder[r.Prefix.Prefix.String()]; why == "" && taken {
			why = "route " + strconv.Quote(first) + " has the same prefix"
		}
		if why != "" {
			m.found.Add("RTE-012", m.at(r.Refs), "route %q of route table %q is left out: %s", r.Name.Raw, t.Name, why)
			m.fate(routeRefs(&r), diag.NeedsPerson, "RTE-012")
			continue
		}
		if r.NextHop.Value == HopGateway && !isDefault(r) {
			m.found.Add("RTE-013", m.at(r.Refs), "route %q of route table %q leads %s to the gateway, which the classic service allowed for 0.0.0.0/0 alone; it is carried over as written", r.Name.Raw, t.Name, r.Prefix.Prefix)
		}
		holder[r.Prefix.Prefix.String()] = r.Name.Raw
		r.Name.Value = m.inner(names, "routes", r.Name, r.Refs)
		if r.NextHop.Value != HopAppliance {
			m.fate(r.Address.Refs, diag.Dropped, "only an appliance has an address as next hop")
			r.Address = Address{}
		}
		out = append(out, r)
	}
	return out
}

func routeRefs(r *Route) []diag.Ref {
	return slices.Concat(r.Refs, r.Name.Refs, r.Prefix.Refs, r.NextHop.Refs, r.Address.Refs)
}

// routeRefusal says what the platform would refuse in a route, or nothing.
func routeRefusal(r *Route) string {
	switch {
	case !r.Prefix.IsValid():
		return "its prefix cannot be " + strconv.Quote(r.Prefix.Raw)
	case !oneOf(r.NextHop.Value, HopGateway, HopLocal, HopInternet, HopAppliance, HopNone):
		return "its next hop cannot be " + strconv.Quote(r.NextHop.written())
	case r.NextHop.Value == HopAppliance && !r.Address.IsValid():
		return "its appliance has no usable address"
	}
	return ""
}

// defaultSites carries forced tunnelling over: the site of a gateway's default route becomes the
// local network gateway that stands for it. Source: docs/sources.md#forced-tunnelling.
func (m *migration) defaultSites() {
	for i := range m.from.Gateways {
		from := &m.from.Gateways[i]
		g := m.gateways[from.ID.Key()]
		if g == nil || from.DefaultSite.IsZero() {
			continue
		}
		g.DefaultSite = ID{}
		for j := range m.ends {
			if e := &m.ends[j]; e.made >= 0 && e.gateway == from && e.Kind == IPsec && e.Site.Same(from.DefaultSite) {
				g.DefaultSite = m.to.Connections[e.made].Site
			}
		}
		if g.DefaultSite.IsZero() {
			m.found.Add("RTE-008", m.at(from.DefaultRefs), "the default site %q of the gateway of VNet %q is not carried on: the gateway has no connection to it", from.DefaultSite.Name, m.x.VNet(from.VNet).Name)
			m.fate(g.DefaultRefs, diag.NeedsPerson, "RTE-008")
			g.DefaultRefs = nil
		}
	}
}

// gatewayRoutes looks at default routes that lead to the gateway: without a default site there they
// lead nowhere, and beside ExpressRoute they are not valid.
// Source: docs/sources.md#forced-tunnelling.
func (m *migration) gatewayRoutes() {
	x := NewIndex(m.to)
	for i := range m.to.VNets {
		v := &m.to.VNets[i]
		told := map[Key]bool{}
		for j := range v.Subnets {
			s := &v.Subnets[j]
			if t := x.RouteTable(s.RouteTable); t != nil && !told[t.ID.Key()] {
				told[t.ID.Key()] = true
				m.gatewayRoute(v, s, t, x.GatewaysOf(v.ID))
			}
		}
	}
}

func (m *migration) gatewayRoute(v *VNet, s *Subnet, t *RouteTable, gateways []*Gateway) {
	at := slices.IndexFunc(t.Routes, func(r Route) bool { return r.NextHop.Value == HopGateway })
	if at < 0 {
		return
	}
	var vpn *Gateway
	for _, g := range gateways {
		if g.Kind == ExpressRouteGateway {
			m.found.Add("RTE-007", m.at(s.RouteTableRefs), "route %q of route table %q leads to the gateway of VNet %q, which has ExpressRoute", t.Routes[at].Name.Raw, t.Name, v.Name)
		} else {
			vpn = g
		}
	}
	switch {
	case vpn == nil && len(gateways) == 0:
		m.found.Add("RTE-008", m.at(s.RouteTableRefs), "route %q of route table %q leads to the gateway of VNet %q, which has none", t.Routes[at].Name.Raw, t.Name, v.Name)
	case vpn != nil && vpn.DefaultSite.IsZero() && slices.ContainsFunc(t.Routes, func(r Route) bool { return r.NextHop.Value == HopGateway && isDefault(r) }):
		m.found.Add("RTE-008", m.at(s.RouteTableRefs), "the default route of route table %q leads to the gateway of VNet %q, for which no default site is known", t.Name, v.Name)
	}
}
