package estate

import (
	"strings"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The second generation of gateways, sites and connections stood beside the network configuration:
// it held the tunnels of VNets that also had ExpressRoute, which no netcfg shows.
// Source: docs/sources.md#service-management.

// gateways2 reads virtual network gateways. The list has deleted ones, too.
func (b *builder) gateways2(a answer) {
	for _, n := range items(a, "VirtualNetworkGateway") {
		if n.Value("State") != GatewayProvisioned {
			b.dropTree(n, "a second-generation gateway that is not provisioned")
			continue
		}
		v := b.vnetWithID(n.Value("VnetId"))
		if v == nil {
			f := diag.New(unplaced, b.pos(n.Ref), "virtual network gateway %q belongs to a VNet that is not known by its id", n.Value("GatewayName"))
			f.Hint = "supply the list of virtual networks beside it (networking/virtualnetwork.xml): it has the ids"
			b.found = append(b.found, f)
			b.forPerson(n, unplaced)
			continue
		}
		b.gateway2(v, n)
	}
}

func (b *builder) gateway2(v *VNet, n *netcfg.Node) {
	g := b.vpnGatewayOf(v)
	if g == nil {
		g = b.newGateway(v, VPNGateway, nil)
	}
	g.Refs = append(g.Refs, b.of(n)...)
	b.identify(v, n.Child("VnetId"))
	b.setFact(&g.Beside, b.fact(n.Child("GatewayName")), "the name of the gateway of VNet %q", v.Name)
	g.Refs = append(g.Refs, b.of(n.Child("GatewayId"))...)
	if id := n.Value("GatewayId"); id != "" {
		b.gatewayIDs[guid{b.sub, strings.ToLower(id)}] = g.ID
	}
	b.gatewayFacts(v, g, n)
	b.bgp(v, g, n)
}

// sites2 reads local network gateways: sites outside of the network configuration.
func (b *builder) sites2(a answer) {
	for _, n := range items(a, "LocalNetworkGateway") {
		id := n.Value("Id")
		if _, again := b.siteIDs[guid{b.sub, strings.ToLower(id)}]; again && id != "" {
			b.dropTree(n, "the same local network gateway stands in another answer")
			continue
		}
		name := b.freeSiteName(n.Value("GatewayName"))
		s := Site{ID: b.id(TypeSite, name, ""), Name: name, Refs: b.of(n)}
		s.Refs = append(s.Refs, b.of(n.Child("GatewayName"))...)
		s.Refs = append(s.Refs, b.of(n.Child("Id"))...)
		var texts []netcfg.Text
		if space := n.Child("AddressSpace"); space != nil {
			s.Refs = append(s.Refs, b.of(space)...)
			for i := range space.Nodes {
				t := &space.Nodes[i]
				b.take(t.Ref, t.TextRef)
				texts = append(texts, netcfg.Text{Ref: t.Ref, TextRef: t.TextRef, Value: t.Text})
			}
		}
		s.Prefixes = b.prefixes(nil, texts, "local network gateway", name)
		if ip := n.Child("IpAddress"); ip != nil {
			b.take(ip.Ref, ip.TextRef)
			s.Address = b.address(netcfg.Text{Ref: ip.Ref, TextRef: ip.TextRef, Value: ip.Text}, name)
		}
		if settings := n.Child("BgpSettings"); settings != nil {
			b.siteBGP(&s, settings)
		}
		if id != "" {
			b.siteIDs[guid{b.sub, strings.ToLower(id)}] = s.ID
		}
		b.sites[s.ID.Key()] = len(b.e.Sites)
		b.e.Sites = append(b.e.Sites, s)
	}
}

// freeSiteName is the name of a local network gateway, told from a site of the same name.
func (b *builder) freeSiteName(want string) string {
	name := want
	for _, taken := b.sites[b.id(TypeSite, name, "").Key()]; taken; _, taken = b.sites[b.id(TypeSite, name, "").Key()] {
		name += " (local network gateway)"
	}
	return name
}

// connections2 joins gateways and what they are connected to by their ids.
func (b *builder) connections2(a answer) {
	for _, n := range items(a, "GatewayConnection") {
		gateway, known := b.gatewayIDs[guid{b.sub, strings.ToLower(n.Value("VirtualNetworkGatewayId"))}]
		site, hasSite := b.siteIDs[guid{b.sub, strings.ToLower(n.Value("ConnectedEntityId"))}]
		switch {
		case !known:
			b.unjoined(n, "virtual network gateway", "networking/virtualnetworkgateways.xml")
		case n.Value("GatewayConnectionType") == "IPsec" && hasSite:
			b.connection2(gateway, site, n)
		case n.Value("GatewayConnectionType") == "IPsec":
			b.unjoined(n, "local network gateway", "networking/localnetworkgateways.xml")
		default:
			b.otherConnection2(gateway, n)
		}
	}
}

func (b *builder) unjoined(n *netcfg.Node, what, file string) {
	f := diag.New(unplaced, b.pos(n.Ref), "connection %q names a %s by an id that is not known", n.Value("GatewayConnectionName"), what)
	f.Hint = "supply " + file + " beside it"
	b.found = append(b.found, f)
	b.forPerson(n, unplaced)
}

func (b *builder) connection2(gateway, site ID, n *netcfg.Node) {
	c := Connection{
		ID:      ID{Subscription: gateway.Subscription, Type: TypeConnection, Name: gateway.Name, Child: site.Name},
		Gateway: gateway, Kind: IPsec, Site: site, Refs: b.of(n),
	}
	for _, name := range []string{"GatewayConnectionName", "GatewayConnectionType", "ConnectedEntityId", "VirtualNetworkGatewayId"} {
		c.Refs = append(c.Refs, b.of(n.Child(name))...)
	}
	if known := b.connectionOf(gateway, site.Name); known != nil && known.Kind == IPsec {
		known.Refs = append(known.Refs, c.Refs...)
	} else {
		b.e.Connections = append(b.e.Connections, c)
		b.indexConnection(len(b.e.Connections) - 1)
	}
	if on := n.Child("EnableBgp"); on != nil && strings.EqualFold(on.Text, "true") {
		b.setFact(&b.connectionOf(gateway, site.Name).EnableBGP, b.fact(on), "whether the connection to %q exchanges routes", site.Name)
	}
	if key := n.Child("SharedKey"); key != nil && key.Secret.Known() {
		b.keepKey(b.connectionOf(gateway, site.Name), key)
	}
}

// otherConnection2 reads a connection that does not lead to a local network gateway.
func (b *builder) otherConnection2(gateway ID, n *netcfg.Node) {
	switch n.Value("GatewayConnectionType") {
	case "VPNClient":
		b.dropTree(n, "a client of the gateway that was connected")
		return
	case "Dedicated":
		b.dropTree(n, "the network configuration has the ExpressRoute connection")
		return
	}
	b.found.Add(unplaced, b.pos(n.Ref), "connection %q of the gateway of VNet %q is of type %q, which is not carried over",
		n.Value("GatewayConnectionName"), gateway.Name, n.Value("GatewayConnectionType"))
	b.forPerson(n, unplaced)
}
