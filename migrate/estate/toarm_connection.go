package estate

import (
	"cmp"
	"strconv"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// end is a classic connection with what it refers to.
type end struct {
	*Connection
	gateway *Gateway // classic
	vnet    *VNet    // classic
	site    *Site    // nil behind a circuit whose site is not defined
	partner *end     // nil when there is none
	arm     *Gateway // nil when the gateway cannot be built
	made    int      // index of the ARM connection, or -1
	key     string   // of the link, once one half is made
}

// resolve follows the references of every connection once.
func (m *migration) resolve() {
	m.ends = make([]end, len(m.from.Connections))
	for i := range m.from.Connections {
		c := &m.from.Connections[i]
		gateway := m.x.Gateway(c.Gateway)
		m.ends[i] = end{
			Connection: c, gateway: gateway, vnet: m.x.VNet(gateway.VNet), site: m.x.Site(c.Site),
			arm: m.gateways[c.Gateway.Key()], made: -1,
		}
		if j, ok := m.x.connection()[c.Pairing.Partner.Key()]; ok && !c.Pairing.Partner.IsZero() {
			m.ends[i].partner = &m.ends[j]
		}
	}
}

func (m *migration) connections() {
	m.to.Connections = make([]Connection, 0, len(m.ends))
	for i := range m.ends {
		e := &m.ends[i]
		if e.Pairing.leadsNowhere() {
			m.leftOut(e)
			continue
		}
		if why, ok := m.cannot(e); !ok {
			m.notBuilt(e, why)
			continue
		}
		n := m.connection(e)
		e.made = len(m.to.Connections)
		m.to.Connections = append(m.to.Connections, n)
		m.mapped(e.ID, n.ID, "")
	}
	for i := range m.ends {
		if e := &m.ends[i]; e.made >= 0 && e.partner != nil {
			m.to.Connections[e.made].Pairing.Partner = m.to.Connections[e.partner.made].ID
		}
	}
}

// notBuilt gives a fate to every leaf of a connection that is not carried on.
func (m *migration) notBuilt(e *end, why string) { m.ended(e, diag.NeedsPerson, why) }

// leftOut is notBuilt for a connection that a person has decided about.
func (m *migration) leftOut(e *end) { m.ended(e, diag.Dropped, declaredGone) }

func (m *migration) ended(e *end, kind diag.FateKind, why string) {
	m.fate(e.Refs, kind, why)
	m.fate(e.State.Refs, diag.Dropped, whyState)
	m.fate(e.KeyRefs, kind, why)
	m.fate(e.Vault.Refs, kind, why)
	m.fate(e.EnableBGP.Refs, kind, why)
	if e.Policy != nil {
		m.fate(policyRefs(e.Policy), kind, why)
	}
}

// whyState is why no state of a gateway, connection or circuit is carried on.
const whyState = "a state is what the service said when it was asked, and nothing that can be configured"

// cannot says why a connection is not carried on: the rule or assumption to settle first.
func (m *migration) cannot(e *end) (why string, ok bool) {
	refuse := func(why, format string, args ...any) (string, bool) {
		m.found.Add("ARM-005", m.at(e.Refs), "connection of VNet %q to %q is not built: "+format, append([]any{e.vnet.Name, e.Site.Name}, args...)...)
		return why, false
	}
	switch {
	case e.arm == nil:
		return refuse("GW-002", "the VNet can have no gateway")
	case e.Kind == ExpressRoute:
		return "", true
	}
	switch e.Pairing.Confidence {
	case OneSided:
		return refuse("LINK-001", "VNet %q has no connection back, so it never was a tunnel", e.Pairing.Toward.Name)
	case Ambiguous:
		return refuse("SITE-009", "%s", candidates(len(e.Pairing.Candidates)))
	case NotPaired:
		if len(e.site.Prefixes) == 0 {
			return refuse("ADDR-006", "the site has no usable prefix")
		}
	default:
		if e.partner.arm == nil {
			return refuse("GW-002", "VNet %q can have no gateway", e.partner.vnet.Name)
		}
	}
	return "", true
}

func candidates(n int) string {
	if n == 1 {
		return "1 connection could be its other end, and that of others as well"
	}
	return strconv.Itoa(n) + " connections could be its other end"
}

func (m *migration) connection(e *end) Connection {
	n := *e.Connection
	n.Gateway = e.arm.ID
	here, there := e.arm.VNet.Name, azure.PlainSiteName(e.Site.Name)
	if e.partner != nil {
		there = e.partner.arm.VNet.Name
	}
	n.ID = e.ID.sibling(TypeConnection, m.derived(TypeConnection, here, "-to-"+there))
	switch {
	case e.Kind == ExpressRoute:
		if e.site != nil { // it stays as the network behind the circuit
			n.Site = m.localNetworkGateway(e)
		}
		return n
	case e.partner != nil && m.exact(e):
		n.Kind, n.Site, n.RemoteGateway = Vnet2Vnet, ID{}, e.partner.arm.ID
	default:
		n.Site = m.localNetworkGateway(e)
		if e.partner != nil && e.partner.key == "" && !m.acrossClouds(e) {
			m.found.Add("ARM-009", m.at(e.Refs), "tunnel of %q with %q stays IPsec with the written prefixes: it carries more, or less, than the two address spaces", here, there)
		}
	}
	if e.Pairing.Suspect != "" && (e.partner == nil || e.partner.key == "") {
		m.found.Add("ARM-013", m.at(e.Refs), "the tunnel of %q with %q %s (%s); deployed, it will be", here, there, e.Pairing.Doubt(), e.Pairing.Suspect)
	}
	// The half that comes first names the shared key for both.
	e.key = n.ID.Name
	if e.partner != nil && e.partner.key != "" {
		e.key = e.partner.key
	}
	n.KeyName = e.key
	return n
}

// exact reports whether both sites of a pair are the other VNet's space and nothing else, and
// nobody else sends through the tunnel: Vnet2Vnet passes nothing on, and stays inside one cloud.
func (m *migration) exact(e *end) bool {
	return !m.acrossClouds(e) && !m.forced(e) && !m.forced(e.partner) && sameSpace(e.site.Prefixes, e.partner.vnet.Space) && sameSpace(e.partner.site.Prefixes, e.vnet.Space) &&
		!m.passed(e) && !m.passed(e.partner)
}

// forced reports whether the gateway of e sends its default route to the site of e: a default site
// is a local network gateway, which Vnet2Vnet has none of.
func (m *migration) forced(e *end) bool {
	return !e.gateway.DefaultSite.IsZero() && e.gateway.DefaultSite.Same(e.Site)
}

// acrossClouds reports whether the two ends of a pair are known to be in different clouds: no
// resource of one can refer to one of the other.
func (m *migration) acrossClouds(e *end) bool {
	here, there := m.cloud(e.vnet), m.cloud(e.partner.vnet)
	return here != there && here != "" && there != ""
}

// cloud is the cloud of a classic VNet, or "" when its region is unknown.
func (m *migration) cloud(v *VNet) string {
	cloud, known := m.clouds[v.Region.Name]
	if !known {
		if r, ok := azure.LookupRegion(v.Region.Name); ok {
			cloud = r.Cloud
		}
		m.clouds[v.Region.Name] = cloud
	}
	return cloud
}

// passed reports whether another network reaches the far end of e through the VNet of e: a VNet
// that lists it behind, or an on-premises network that the far end reaches by a detour.
func (m *migration) passed(e *end) bool {
	for _, in := range m.transit[e.gateway] {
		if in != e.partner && Overlap(in.site.Prefixes, e.partner.vnet.Space) {
			return true
		}
	}
	for _, device := range m.devices[e.gateway] {
		for _, detour := range m.sends[e.partner.gateway] {
			if detour != e.partner && Overlap(detour.site.Prefixes, device.site.Prefixes) {
				return true
			}
		}
	}
	return false
}

// findTransit lists the connections that carry more than the VNet they lead to, by the gateway
// they lead to and by the one they start from, and those to on-premises devices.
func (m *migration) findTransit() {
	m.transit, m.sends, m.devices = map[*Gateway][]*end{}, map[*Gateway][]*end{}, map[*Gateway][]*end{}
	for i := range m.ends {
		e := &m.ends[i]
		switch {
		case e.Kind == IPsec && e.partner == nil:
			m.devices[e.gateway] = append(m.devices[e.gateway], e)
		case e.partner != nil && !covers(e.partner.vnet.Space, e.site.Prefixes):
			m.transit[e.partner.gateway] = append(m.transit[e.partner.gateway], e)
			m.sends[e.gateway] = append(m.sends[e.gateway], e)
		}
	}
}

// localNetworkGateway carries a site over, once per gateway that it stands for.
func (m *migration) localNetworkGateway(e *end) ID {
	key := farEnd{site: e.site, cloud: cmp.Or(m.cloud(e.vnet), m.home)}
	if e.partner != nil {
		key.gateway = e.partner.gateway
	}
	if id, ok := m.sites[key]; ok {
		return id
	}
	s := *e.site
	name, rule := m.name(TypeSite, s.Name, s.Refs)
	s.ID = s.ID.sibling(TypeSite, name)
	s.Region, s.Endpoint = e.arm.Region, ID{}
	if e.partner != nil {
		s.Endpoint = e.partner.arm.VNet
		if !m.acrossClouds(e) {
			s.AddressOf = e.partner.arm.ID
		}
	}
	m.sites[key] = s.ID
	m.to.Sites = append(m.to.Sites, s)
	m.mapped(e.site.ID, s.ID, rule)
	return s.ID
}
