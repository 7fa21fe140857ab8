package estate

import (
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func (m *migration) virtualNetworkGateways() {
	m.to.Gateways = make([]Gateway, 0, len(m.from.Gateways)) // pointers into it stay valid
	for i := range m.from.Gateways {
		g := m.from.Gateways[i]
		v := m.x.VNet(g.VNet)
		if _, ok := v.GatewaySubnet(); !ok {
			m.found.Add("ARM-005", m.at(g.Refs), "the %s gateway of VNet %q cannot be built: the VNet has no subnet named %s", g.Kind, v.Name, GatewaySubnet)
			m.fate(g.Refs, diag.NeedsPerson, "GW-002")
			for _, p := range g.ClientPools {
				m.fate(p.Refs, diag.NeedsPerson, "GW-002")
			}
			continue
		}
		from := g.ID
		g.VNet = m.vnets[g.VNet.Key()]
		g.Region = v.Region
		g.ID = ID{Subscription: from.Subscription, Type: TypeGateway, Name: m.derived(TypeGateway, g.VNet.Name, gatewaySuffix(g.Kind))}
		if g.Kind == ExpressRouteGateway {
			g.SKU = azure.DefaultExpressRouteGatewaySKU
			m.shared(v)
		} else { // the size follows from the tunnels
			g.PublicIP = ID{Subscription: from.Subscription, Type: TypePublicIP, Name: m.derived(TypePublicIP, g.VNet.Name, "-gateway-ip")}
		}
		m.to.Gateways = append(m.to.Gateways, g)
		m.gateways[from.Key()] = &m.to.Gateways[len(m.to.Gateways)-1]
		m.mapped(from, g.ID, "")
	}
}

// shared reports a gateway subnet that is too small for the two gateways it is to hold.
// Source: docs/sources.md#gateway-subnet.
func (m *migration) shared(v *VNet) {
	s, _ := v.GatewaySubnet()
	beside := slices.ContainsFunc(m.x.GatewaysOf(v.ID), func(g *Gateway) bool { return g.Kind == VPNGateway })
	if beside && s.Prefix.Bits() > azure.RecommendedGatewaySubnetBits {
		m.found.Add("ARM-016", m.at(s.Prefix.Refs), "%s %s of VNet %q is smaller than /%d and is to hold a VPN and an ExpressRoute gateway",
			GatewaySubnet, s.Prefix.Prefix, v.Name, azure.RecommendedGatewaySubnetBits)
	}
}

// sizes gives every VPN gateway the smallest size that holds its tunnels.
// Source: docs/sources.md#skus.
func (m *migration) sizes() {
	tunnels := map[Key]int{}
	for i := range m.to.Connections {
		if c := &m.to.Connections[i]; c.Kind != ExpressRoute {
			tunnels[c.Gateway.Key()]++
		}
	}
	for i := range m.to.Gateways {
		g := &m.to.Gateways[i]
		if g.Kind != VPNGateway {
			continue
		}
		n := tunnels[g.ID.Key()]
		size, enough := azure.VPNGatewaySKUFor(n, 0, 0)
		if !enough {
			size = mostTunnels()
			m.found.Add("ARM-017", m.at(g.Refs), "gateway %q has %d tunnels; the largest size, %s, holds %d", g.ID.Name, n, size.Name, size.Tunnels)
		} else if size.Name != azure.DefaultVPNGatewaySKU {
			m.found.Add("ARM-018", m.at(g.Refs), "gateway %q has %d tunnels and gets the size %s, which holds %d", g.ID.Name, n, size.Name, size.Tunnels)
		}
		g.SKU = size.Name
	}
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
