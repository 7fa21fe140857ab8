package estate

import (
	"cmp"
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
// carry beyond it (the platform's own migration did). So does a tunnel between two clouds, and
// there each end has to be told the other's address: its site has an Endpoint and no AddressOf.
// A half without a partner is not carried on: it never was a tunnel.
//
// What the service or the options said beside the configuration is carried over as well: sizes, the
// default site, IPsec policies, security groups, route tables, circuits. What the platform would
// refuse of it is left out and told, and never bent until it fits.
//
// The fates are those of the leaves that end here. Sources: docs/sources.md#vnet-to-vnet.
func ToARM(classic *Estate) (*Estate, []diag.Fate, diag.List) {
	m := &migration{
		from: classic, x: NewIndex(classic),
		to:       &Estate{Docs: classic.Docs, DNSServers: classic.DNSServers, Subscriptions: classic.Subscriptions, Assumptions: classic.Assumptions},
		names:    azure.NewNamer(),
		gateways: map[Key]*Gateway{}, sites: map[farEnd]ID{}, vnets: map[Key]ID{}, clouds: map[string]string{},
		bindable: map[Key]bindable{}, untold: map[Key]bool{},
	}
	m.to.VNets = make([]VNet, 0, len(classic.VNets))
	m.to.Mapping = make([]Mapping, 0, len(classic.VNets)+len(classic.Gateways)+len(classic.Connections)+len(classic.Sites))
	m.securityGroups()
	m.routeTables()
	m.virtualNetworks()
	m.virtualNetworkGateways()
	m.to.Circuits = classic.Circuits
	m.resolve()
	m.findTransit()
	m.connections()
	m.policies()
	m.exchange()
	m.secrets()
	m.sizes()
	m.defaultSites()
	m.gatewayRoutes()
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

	vnets    map[Key]ID        // classic VNet → ARM VNet
	gateways map[Key]*Gateway  // classic gateway → ARM gateway, when it can be built
	sites    map[farEnd]ID     // → ARM local network gateway
	ends     []end             // by classic connection
	clouds   map[string]string // region → cloud, "" when unknown
	home     string            // the first cloud that is known
	bindable map[Key]bindable  // by classic security group or route table that is carried over
	untold   map[Key]bool      // those that are not, once that has been said
	// By classic gateway: connections that send through it, that send from it through another, and
	// that lead to on-premises.
	transit, sends, devices map[*Gateway][]*end
}

// farEnd is a classic site, seen as the gateway it stands for: the same dummy site may stand for
// several. Each cloud has a local network gateway of its own.
type farEnd struct {
	site    *Site
	gateway *Gateway
	cloud   string
}

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
		m.home = cmp.Or(m.home, m.cloud(&v))
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
		m.bind(v, s)
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

// derived makes a legal, unique name from an object's name and a suffix.
func (m *migration) derived(typ, name, suffix string) string {
	return m.names.Unique(typ, azure.LegalName(typ, name+suffix))
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
		}
	}
	for i := range m.ends {
		if e := &m.ends[i]; e.made >= 0 && e.site != nil {
			key := e.site.ID.Key()
			users[key] = append(users[key], m.to.Connections[e.made].ID.String())
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
	case s.Declared.Kind == DeclaredGone:
		why, prefixes, address = declaredGone, declaredGone, declaredGone
	case s.Class != SiteUnreferenced:
		kind, why, prefixes, address = diag.NeedsPerson, "ARM-005", "ARM-005", "ARM-005"
	}
	m.fate(s.Refs, kind, why, users...)
	for _, p := range s.Prefixes {
		m.fate(p.Refs, kind, prefixes, users...)
	}
	m.fate(s.Address.Refs, kind, address, users...)
	m.fate(bgpRefs(s.BGP), kind, address, users...)
}
