package estate

import (
	"slices"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// ToARM returns the ARM form of a classic estate, one to one: the same VNets, gateways and
// tunnels, with legal and unique names. Nothing is planned or improved.
//
// A tunnel between two VNets becomes Vnet2Vnet only when both sites equal the other VNet's space:
// such a connection routes exactly that space. Otherwise it becomes IPsec on both ends, with the
// written prefixes and the other gateway's address, because Vnet2Vnet would lose what the sites
// carry beyond it (the platform's own migration did). A half without a partner is not carried on:
// it never was a tunnel.
//
// The fates are those of the leaves that end here. Sources: docs/sources.md#vnet-to-vnet.
func ToARM(classic *Estate) (*Estate, []diag.Fate, diag.List) {
	m := &migration{
		from: classic, x: NewIndex(classic),
		to:       &Estate{Docs: classic.Docs, DNSServers: classic.DNSServers, Assumptions: classic.Assumptions},
		names:    azure.NewNamer(),
		gateways: map[Key]*Gateway{}, sites: map[farEnd]ID{}, vnets: map[Key]ID{}, links: map[Key]string{},
	}
	m.to.VNets = make([]VNet, 0, len(classic.VNets))
	m.to.Mapping = make([]Mapping, 0, len(classic.VNets)+len(classic.Gateways)+len(classic.Connections)+len(classic.Sites))
	m.virtualNetworks()
	m.virtualNetworkGateways()
	m.findTransit()
	m.connections()
	m.unusedSites()
	slices.SortStableFunc(m.to.Sites, func(a, b Site) int { return compareID(a.ID, b.ID) })
	return m.to, m.fates, m.found
}

type migration struct {
	from  *Estate
	x     *Index // of from
	to    *Estate
	names *azure.Namer
	fates []diag.Fate
	found diag.List

	vnets    map[Key]ID       // classic VNet → ARM VNet
	gateways map[Key]*Gateway // classic gateway → ARM gateway, when it can be built
	sites    map[farEnd]ID    // → ARM local network gateway
	links    map[Key]string   // classic connection → key of its link
	// By classic gateway: connections that send through it, that send from it through another, and
	// that lead to on-premises.
	transit, sends, devices map[Key][]*Connection
}

// farEnd is a classic site, seen as the gateway it stands for: the same dummy site may stand for
// several.
type farEnd struct{ site, gateway Key }

func (m *migration) fate(refs []diag.Ref, kind diag.FateKind, why string, targets ...string) {
	for _, r := range refs {
		m.fates = append(m.fates, diag.Fate{Ref: r, Kind: kind, Why: why, Targets: targets})
	}
}

func (m *migration) at(refs []diag.Ref) diag.Pos {
	if len(refs) == 0 {
		return diag.Pos{}
	}
	return m.from.Pos(refs[0])
}

// name makes a legal and unique name of the type and reports when it is not the written one.
func (m *migration) name(typ, written string, refs []diag.Ref) (name, rule string) {
	legal := azure.LegalName(typ, written)
	name = m.names.Unique(typ, legal)
	if legal != written {
		rule = "ARM-002"
		m.found.Add(rule, m.at(refs), "%q is named %q in ARM", written, name)
	}
	if name != legal {
		rule = "ARM-003"
		m.found.Add(rule, m.at(refs), "%q is named %q in ARM, because %q is taken", written, name, legal)
	}
	return name, rule
}

func (m *migration) mapped(from, to ID, rule string) {
	m.to.Mapping = append(m.to.Mapping, Mapping{From: from, To: to, Rule: rule})
}

func (m *migration) virtualNetworks() {
	for i := range m.from.VNets {
		v := m.from.VNets[i]
		from := v.ID
		name, rule := m.name(TypeVNet, v.Name, v.Refs)
		v.ID.Name, v.Model = name, ARM
		v.Subnets = m.subnets(&v)
		m.vnets[from.Key()] = v.ID
		m.mapped(from, v.ID, rule)
		m.to.VNets = append(m.to.VNets, v)
	}
}

// subnets names the subnets of one VNet; the gateway subnet gets the one spelling that works.
func (m *migration) subnets(v *VNet) []Subnet {
	out := slices.Clone(v.Subnets)
	names := azure.NewNamer()
	gateway, has := v.GatewaySubnet()
	if has {
		names.Unique(TypeSubnet, GatewaySubnet)
	}
	for i := range out {
		s := &out[i]
		if has && s.Prefix.Prefix == gateway.Prefix.Prefix && s.Raw == gateway.Raw {
			s.Name = GatewaySubnet
			if s.Raw != GatewaySubnet {
				m.found.Add("ARM-002", m.at(s.Refs), "subnet %q of VNet %q is named %q in ARM: gateways need this spelling", s.Raw, v.Name, GatewaySubnet)
			}
			continue
		}
		legal := azure.LegalName(TypeSubnet, s.Raw)
		s.Name = names.Unique(TypeSubnet, legal)
		switch {
		case s.Name != legal:
			m.found.Add("ARM-003", m.at(s.Refs), "subnet %q of VNet %q is named %q in ARM, because %q is taken", s.Raw, v.Name, s.Name, legal)
		case legal != s.Raw:
			m.found.Add("ARM-002", m.at(s.Refs), "subnet %q of VNet %q is named %q in ARM", s.Raw, v.Name, s.Name)
		}
	}
	return out
}

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
		g.SKU = azure.DefaultExpressRouteGatewaySKU
		if g.Kind == VPNGateway {
			g.SKU = azure.DefaultVPNGatewaySKU
			g.PublicIP = ID{Subscription: from.Subscription, Type: TypePublicIP, Name: m.derived(TypePublicIP, g.VNet.Name, "-gateway-ip")}
		}
		m.to.Gateways = append(m.to.Gateways, g)
		m.gateways[from.Key()] = &m.to.Gateways[len(m.to.Gateways)-1]
		m.mapped(from, g.ID, "")
	}
}

func gatewaySuffix(k GatewayKind) string {
	if k == ExpressRouteGateway {
		return "-er-gateway"
	}
	return "-gateway"
}

// derived makes a legal, unique name from an object's name and a suffix.
func (m *migration) derived(typ, name, suffix string) string {
	return m.names.Unique(typ, azure.LegalName(typ, name+suffix))
}

func (m *migration) connections() {
	made := make(map[Key]int, len(m.from.Connections)) // classic connection → index in m.to
	m.to.Connections = make([]Connection, 0, len(m.from.Connections))
	for i := range m.from.Connections {
		c := &m.from.Connections[i]
		if why, ok := m.cannot(c); !ok {
			m.fate(c.Refs, diag.NeedsPerson, why)
			continue
		}
		made[c.ID.Key()] = len(m.to.Connections)
		n := m.connection(c)
		m.to.Connections = append(m.to.Connections, n)
		m.mapped(c.ID, n.ID, "")
	}
	for i := range m.to.Connections {
		if p := &m.to.Connections[i].Pairing; !p.Partner.IsZero() {
			p.Partner = m.to.Connections[made[p.Partner.Key()]].ID
		}
	}
}

// cannot says why a connection is not carried on: the rule or assumption to settle first.
func (m *migration) cannot(c *Connection) (why string, ok bool) {
	pos := m.at(c.Refs)
	if m.gateways[c.Gateway.Key()] == nil {
		m.found.Add("ARM-005", pos, "connection of VNet %q to %q is not built: the VNet can have no gateway", c.ID.Name, c.Site.Name)
		return "GW-002", false
	}
	if c.Kind == ExpressRoute {
		return "", true
	}
	switch c.Pairing.Confidence {
	case OneSided:
		m.found.Add("ARM-005", pos, "connection of VNet %q to %q is not built: VNet %q has no connection back, so it never was a tunnel", c.ID.Name, c.Site.Name, c.Pairing.Toward.Name)
		return "LINK-001", false
	case Ambiguous:
		m.found.Add("ARM-005", pos, "connection of VNet %q to %q is not built: %d connections could be its other end", c.ID.Name, c.Site.Name, len(c.Pairing.Candidates))
		return "SITE-009", false
	case NotPaired:
		if s := m.x.Site(c.Site); len(s.Prefixes) == 0 {
			m.found.Add("ARM-005", pos, "connection of VNet %q to %q is not built: the site has no usable prefix", c.ID.Name, c.Site.Name)
			return "ADDR-006", false
		}
	default:
		partner := m.x.Connection(c.Pairing.Partner)
		if m.gateways[partner.Gateway.Key()] == nil {
			m.found.Add("ARM-005", pos, "connection of VNet %q to %q is not built: VNet %q can have no gateway", c.ID.Name, c.Site.Name, partner.ID.Name)
			return "GW-002", false
		}
	}
	return "", true
}

func (m *migration) connection(c *Connection) Connection {
	n := *c
	n.Gateway = m.gateways[c.Gateway.Key()].ID
	here := m.vnets[m.x.Gateway(c.Gateway).VNet.Key()]
	there := azure.PlainSiteName(c.Site.Name)
	var remote *Gateway
	if partner := m.x.Connection(c.Pairing.Partner); partner != nil {
		remote = m.gateways[partner.Gateway.Key()]
		there = remote.VNet.Name
	}
	n.ID = ID{Subscription: c.ID.Subscription, Type: TypeConnection, Name: m.derived(TypeConnection, here.Name, "-to-"+there)}
	switch {
	case c.Kind == ExpressRoute:
		m.expressRoute(c, &n)
		return n
	case remote != nil && m.exact(c):
		n.Kind, n.Site, n.RemoteGateway = Vnet2Vnet, ID{}, remote.ID
	default:
		n.Site = m.localNetworkGateway(c, remote)
		if _, second := m.links[c.Pairing.Partner.Key()]; remote != nil && !second {
			m.found.Add("ARM-009", m.at(c.Refs), "tunnel of %q with %q stays IPsec with the written prefixes: its sites are not exactly the two address spaces", here.Name, there)
		}
	}
	if _, second := m.links[c.Pairing.Partner.Key()]; c.Pairing.Suspect != "" && !second {
		m.found.Add("ARM-013", m.at(c.Refs), "the tunnel of %q with %q cannot have been up as written (%s); deployed, it will be", here.Name, there, c.Pairing.Suspect)
	}
	n.KeyName = m.link(c, n.ID.Name)
	return n
}

// exact reports whether both sites of a pair are the other VNet's space and nothing else, and
// nobody else sends through the tunnel: Vnet2Vnet passes nothing on.
func (m *migration) exact(c *Connection) bool {
	partner := m.x.Connection(c.Pairing.Partner)
	return m.standsFor(c, partner) && m.standsFor(partner, c) && !m.passed(c, partner) && !m.passed(partner, c)
}

// passed reports whether another network reaches the far end of c through the VNet of c: a VNet
// that lists it behind, or an on-premises network that the far end reaches by a detour.
func (m *migration) passed(c, partner *Connection) bool {
	far := m.x.VNet(m.x.Gateway(partner.Gateway).VNet).Space
	for _, in := range m.transit[c.Gateway.Key()] {
		if in != partner && Overlap(m.x.Site(in.Site).Prefixes, far) {
			return true
		}
	}
	for _, device := range m.devices[c.Gateway.Key()] {
		for _, detour := range m.sends[partner.Gateway.Key()] {
			if detour != partner && Overlap(m.x.Site(detour.Site).Prefixes, m.x.Site(device.Site).Prefixes) {
				return true
			}
		}
	}
	return false
}

// findTransit lists the connections that carry more than the VNet they lead to, by the gateway
// they lead to and by the one they start from, and those to on-premises devices.
func (m *migration) findTransit() {
	m.transit, m.sends, m.devices = map[Key][]*Connection{}, map[Key][]*Connection{}, map[Key][]*Connection{}
	for i := range m.from.Connections {
		c := &m.from.Connections[i]
		partner := m.x.Connection(c.Pairing.Partner)
		switch {
		case c.Kind == IPsec && partner == nil:
			m.devices[c.Gateway.Key()] = append(m.devices[c.Gateway.Key()], c)
		case partner != nil && !covers(m.x.VNet(m.x.Gateway(partner.Gateway).VNet).Space, m.x.Site(c.Site).Prefixes):
			m.transit[partner.Gateway.Key()] = append(m.transit[partner.Gateway.Key()], c)
			m.sends[c.Gateway.Key()] = append(m.sends[c.Gateway.Key()], c)
		}
	}
}

func (m *migration) standsFor(c, partner *Connection) bool {
	return sameSpace(m.x.Site(c.Site).Prefixes, m.x.VNet(m.x.Gateway(partner.Gateway).VNet).Space)
}

// link names the shared key: the half that comes first names it for both.
func (m *migration) link(c *Connection, name string) string {
	if key, ok := m.links[c.Pairing.Partner.Key()]; ok && !c.Pairing.Partner.IsZero() {
		return key
	}
	m.links[c.ID.Key()] = name
	return name
}

// localNetworkGateway carries a site over, once per gateway that it stands for.
func (m *migration) localNetworkGateway(c *Connection, remote *Gateway) ID {
	key := farEnd{site: c.Site.Key()}
	if remote != nil {
		key.gateway = remote.ID.Key()
	}
	if id, ok := m.sites[key]; ok {
		return id
	}
	s := *m.x.Site(c.Site)
	from := s.ID
	name, rule := m.name(TypeSite, s.Name, s.Refs)
	s.ID = ID{Subscription: from.Subscription, Type: TypeSite, Name: name}
	s.Region = m.gateways[c.Gateway.Key()].Region
	s.Endpoint = ID{}
	if remote != nil {
		s.AddressOf, s.Endpoint = remote.ID, remote.VNet
	}
	m.sites[key] = s.ID
	m.to.Sites = append(m.to.Sites, s)
	m.mapped(from, s.ID, rule)
	return s.ID
}

// expressRoute keeps the site, when there is one, as the network behind the circuit.
func (m *migration) expressRoute(c, n *Connection) {
	if m.x.Site(c.Site) == nil {
		return
	}
	n.Site = m.localNetworkGateway(c, nil)
}

// unusedSites gives a fate to every site that has no local network gateway in ARM: the sites that
// Vnet2Vnet connections made superfluous, those whose connections were not built, and those that
// nobody refers to.
func (m *migration) unusedSites() {
	kept := map[Key]bool{}
	users := map[Key][]string{}
	for _, x := range m.to.Mapping {
		switch {
		case x.From.Type == TypeSite:
			kept[x.From.Key()] = true
		case x.From.Type == TypeConnection:
			site := m.x.Connection(x.From).Site.Key()
			users[site] = append(users[site], x.To.String())
		}
	}
	for i := range m.from.Sites {
		s := &m.from.Sites[i]
		if key := s.ID.Key(); !kept[key] {
			m.siteFate(s, users[key])
		}
	}
}

func (m *migration) siteFate(s *Site, users []string) {
	kind, why, prefixes, address := diag.Dropped, "SITE-007", "SITE-007", "SITE-007"
	switch {
	case len(users) > 0:
		kind, why = diag.Changed, "the connection names the other gateway in place of the site"
		prefixes = "the connection routes the other VNet's address space, which these prefixes were"
		address = "the connection finds the other gateway's address by itself"
	case s.Class != SiteUnreferenced:
		kind, why, prefixes, address = diag.NeedsPerson, "ARM-005", "ARM-005", "ARM-005"
	}
	m.fate(s.Refs, kind, why, users...)
	for _, p := range s.Prefixes {
		m.fate(p.Refs, kind, prefixes, users...)
	}
	m.fate(s.Address.Refs, kind, address, users...)
}
