package estate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func (m *migration) virtualNetworkGateways() {
	m.to.Gateways = make([]Gateway, 0, len(m.from.Gateways)) // pointers into it stay valid
	for i := range m.from.Gateways {
		g := m.from.Gateways[i]
		v := m.x.VNet(g.VNet)
		m.running(&g, v)
		if _, ok := v.GatewaySubnet(); !ok {
			m.noGateway(&g, v)
			continue
		}
		from := g.ID
		g.VNet = m.vnets[g.VNet.Key()]
		g.Region = v.Region
		g.ID = from.sibling(TypeGateway, m.derived(TypeGateway, g.VNet.Name, gatewaySuffix(g.Kind)))
		if g.Kind == ExpressRouteGateway {
			m.shared(v)
		} else {
			g.PublicIP = from.sibling(TypePublicIP, m.derived(TypePublicIP, g.VNet.Name, "-gateway-ip"))
			m.static(&m.from.Gateways[i], v)
		}
		m.to.Gateways = append(m.to.Gateways, g)
		m.gateways[from.Key()] = &m.to.Gateways[len(m.to.Gateways)-1]
		m.mapped(from, g.ID, "")
	}
}

// noGateway reports a gateway that cannot be built, and where its subnet could be.
func (m *migration) noGateway(g *Gateway, v *VNet) {
	m.found.Add("ARM-005", m.at(g.Refs), "the %s gateway of VNet %q cannot be built: the VNet has no subnet named %s", g.Kind, v.Name, GatewaySubnet)
	m.room(v, g.Kind == VPNGateway && len(m.x.GatewaysOf(v.ID)) == 1)
	refs := slices.Clone(g.Refs)
	for _, p := range g.ClientPools {
		refs = append(refs, p.Refs...)
	}
	for _, f := range []Fact{g.State, g.Routing, g.Size, g.Beside} {
		refs = append(refs, f.Refs...)
	}
	refs = append(append(refs, g.Address.Refs...), g.DefaultRefs...)
	for _, c := range g.Certificates {
		refs = slices.Concat(refs, c.Refs, c.Subject.Refs, c.Thumbprint.Refs, c.Data.Refs)
	}
	refs = append(refs, bgpRefs(g.BGP)...)
	m.fate(refs, diag.NeedsPerson, "GW-002")
}

// running reports a gateway that the configuration describes and the service did not run. It is
// built all the same, because the configuration says what was meant; that its tunnels cannot have been
// up is in their pairing.
func (m *migration) running(g *Gateway, v *VNet) {
	if !g.Absent() {
		return
	}
	if n := len(m.x.ConnectionsOf(g.ID)); n > 0 || len(g.ClientPools) > 0 {
		m.found.Add("GW-012", m.at(g.State.Refs), "the %s gateway of VNet %q is %s, so its connections (%d) and clients carried nothing when the service was asked; it is built as written", g.Kind, v.Name, g.State.Value, n)
	}
}

// static reports what changes with a static gateway, and what it never supported.
// Source: docs/sources.md#classic-gateways.
func (m *migration) static(g *Gateway, v *VNet) {
	if !g.static() {
		return
	}
	connections := m.x.ConnectionsOf(g.ID)
	devices := 0
	for _, c := range connections {
		if c.Pairing.Confidence == NotPaired {
			devices++
		}
	}
	var never []string
	if n := len(connections) - devices; n > 0 {
		never = append(never, strconv.Itoa(n)+" to other VNets")
	}
	if len(connections) > 1 {
		never = append(never, strconv.Itoa(len(connections))+" connections in all")
	}
	if len(g.ClientPools) > 0 {
		never = append(never, "point-to-site clients")
	}
	if len(never) > 0 {
		m.found.Add("GW-001", m.at(g.Routing.Refs), "the gateway of VNet %q is static and has what such a gateway never supported: %s", v.Name, strings.Join(never, ", "))
	}
	m.found.Add("GW-011", m.at(g.Routing.Refs), "the gateway of VNet %q is static and becomes route-based; its connection keeps policy-based selectors, by IKEv2, and the device has to follow", v.Name)
}

// shared reports a gateway subnet that is too small for the two gateways it is to hold.
// Source: docs/sources.md#gateway-subnet.
func (m *migration) shared(v *VNet) {
	s, _ := v.GatewaySubnet()
	beside := slices.ContainsFunc(m.x.GatewaysOf(v.ID), func(g *Gateway) bool { return g.Kind == VPNGateway })
	if beside && s.Prefix.Bits() > azure.RecommendedGatewaySubnetBits {
		m.found.Add("ARM-016", m.at(s.Prefix.Refs), "%s %s of VNet %q is smaller than /%d and is to hold a VPN and an ExpressRoute gateway",
			GatewaySubnet, s.Prefix.Prefix, v.Name, azure.RecommendedGatewaySubnetBits)
		m.room(v, false)
	}
}

// sizes gives every gateway a size: the one that was asked for, the one that takes the place of its
// classic size, or the smallest that holds what hangs on it. Source: docs/sources.md#skus.
func (m *migration) sizes() {
	connections := map[Key]int{}
	for i := range m.to.Connections {
		connections[m.to.Connections[i].Gateway.Key()]++
	}
	for i := range m.to.Gateways {
		g := &m.to.Gateways[i]
		if n := connections[g.ID.Key()]; g.Kind == VPNGateway {
			g.SKU = m.vpnSize(g, n)
		} else {
			g.SKU = m.expressRouteSize(g, n)
		}
	}
}

func (m *migration) vpnSize(g *Gateway, tunnels int) string {
	if g.SKU != "" {
		wish, why := wantedVPNSize(g.SKU, tunnels)
		if why == "" {
			return wish
		}
		m.sizeRefused(g, g.SKU, why)
	}
	least, enough := azure.VPNGatewaySKUFor(tunnels, 0, 0)
	if !enough {
		least = mostTunnels()
		m.found.Add("ARM-017", m.at(g.Refs), "gateway %q has %d tunnels; the largest size, %s, holds %d", g.ID.Name, tunnels, least.Name, least.Tunnels)
		return least.Name
	}
	successor := m.successor(g, func(s azure.ClassicGatewaySize) string { return s.VPN })
	if s, ok := azure.LookupVPNGatewaySKU(successor); ok && s.Tunnels >= tunnels {
		m.sizeReplaced(g, successor)
		return successor
	}
	if least.Name != azure.DefaultVPNGatewaySKU {
		m.found.Add("ARM-018", m.at(g.Refs), "gateway %q has %d tunnels and gets the size %s, which holds %d", g.ID.Name, tunnels, least.Name, least.Tunnels)
	}
	return least.Name
}

// wantedVPNSize checks a size that the options ask for; why says what is against it.
func wantedVPNSize(wish string, tunnels int) (name, why string) {
	s, ok := azure.LookupVPNGatewaySKU(wish)
	switch {
	case !ok:
		return "", "it is no size of a VPN gateway"
	case !s.Creatable:
		return "", "it cannot be created any more"
	case !s.BGP: // Basic
		return "", "it takes no IPsec policy, offers no gateway transit and cannot be changed to another size"
	case s.Tunnels < tunnels:
		return "", "it holds " + strconv.Itoa(s.Tunnels) + " tunnels, and the gateway has " + strconv.Itoa(tunnels)
	}
	return s.Name, ""
}

func (m *migration) expressRouteSize(g *Gateway, circuits int) string {
	if g.SKU != "" {
		s, ok := azure.LookupExpressRouteGatewaySKU(g.SKU)
		switch {
		case !ok:
			m.sizeRefused(g, g.SKU, "it is no size of an ExpressRoute gateway")
		case !s.Creatable:
			m.sizeRefused(g, g.SKU, "it cannot be created any more")
		case s.Mbps == 0:
			m.sizeRefused(g, g.SKU, "it needs bounds for its scale, which only a person can set")
		case s.Circuits < circuits:
			m.sizeRefused(g, g.SKU, "it connects "+strconv.Itoa(s.Circuits)+" circuits, and the gateway has "+strconv.Itoa(circuits))
		default:
			return s.Name
		}
	}
	if successor := m.successor(g, func(s azure.ClassicGatewaySize) string { return s.ExpressRoute }); successor != "" {
		m.sizeReplaced(g, successor)
		return successor
	}
	return azure.DefaultExpressRouteGatewaySKU
}

// successor is the size that takes the place of the classic one, or empty when that is not known.
func (m *migration) successor(g *Gateway, of func(azure.ClassicGatewaySize) string) string {
	if !g.Size.Known() || g.Absent() {
		return ""
	}
	if s, ok := azure.LookupClassicGatewaySize(g.Size.Value); ok && of(s) != "" {
		return of(s)
	}
	m.found.Add("ARM-020", m.at(g.Size.Refs), "%q is no size of a classic %s gateway; gateway %q gets a size by its connections", g.Size.Raw, g.Kind, g.ID.Name)
	return ""
}

func (m *migration) sizeReplaced(g *Gateway, successor string) {
	m.found.Add("ARM-019", m.at(g.Size.Refs), "gateway %q had the size %s and gets %s", g.ID.Name, g.Size.Value, successor)
}

func (m *migration) sizeRefused(g *Gateway, wish, why string) {
	m.found.Add("ARM-020", m.at(g.Refs), "gateway %q cannot have the size %q: %s", g.ID.Name, wish, why)
}

// mostTunnels is the smallest of the sizes that hold the most tunnels.
func mostTunnels() azure.VPNGatewaySKU {
	var most azure.VPNGatewaySKU
	for _, s := range azure.VPNGatewaySKUs() {
		if s.Creatable && s.Tunnels > most.Tunnels {
			most = s
		}
	}
	return most
}

func gatewaySuffix(k GatewayKind) string {
	if k == ExpressRouteGateway {
		return "-er-gateway"
	}
	return "-gateway"
}
