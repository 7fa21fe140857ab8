package deploy

import (
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// renderFates says what became of every leaf that an ARM estate carries. Name servers that no
// VNet uses come from the classic estate.
func renderFates(e, classic *estate.Estate) []diag.Fate {
	// About as many leaves as objects of each kind have.
	size := 24*len(e.VNets) + 4*len(e.Gateways) + 4*len(e.Connections) + 8*len(e.Sites) + 4*len(classic.DNSServers)
	w := &fateWriter{servers: map[estate.Key][]string{}, fates: make([]diag.Fate, 0, size)}
	renamed := map[estate.Key]string{}
	for _, m := range e.Mapping {
		renamed[m.To.Key()] = m.Rule
	}
	for i := range e.VNets {
		w.vnet(&e.VNets[i], renamed)
	}
	for i := range e.Gateways {
		w.gateway(&e.Gateways[i])
	}
	ipsec := map[estate.Key]bool{}
	for i := range e.Connections {
		c := &e.Connections[i]
		if c.Kind == estate.IPsec {
			ipsec[c.Site.Key()] = true
		}
		w.connection(c)
	}
	for i := range e.Sites {
		w.site(&e.Sites[i], renamed, ipsec[e.Sites[i].ID.Key()])
	}
	for i := range classic.DNSServers {
		w.server(&classic.DNSServers[i])
	}
	return w.fates
}

type fateWriter struct {
	fates   []diag.Fate
	servers map[estate.Key][]string // DNS server → the properties that hold its address
}

func (w *fateWriter) say(refs []diag.Ref, kind diag.FateKind, why string, targets ...string) {
	for _, r := range refs {
		w.fates = append(w.fates, diag.Fate{Ref: r, Kind: kind, Why: why, Targets: targets})
	}
}

// became says that the leaves are carried over, changed from one value to another when a rule says
// how.
func (w *fateWriter) became(refs []diag.Ref, rule, before, after, target string) {
	from := len(w.fates)
	w.same(refs, rule, target)
	if rule == "" || before == after {
		return
	}
	for i := range w.fates[from:] {
		w.fates[from+i].Old, w.fates[from+i].New = before, after
	}
}

// same says that the leaves are carried over, changed when a rule says how.
func (w *fateWriter) same(refs []diag.Ref, rule string, target string) {
	kind := diag.Converted
	if rule != "" {
		kind = diag.Changed
	}
	w.say(refs, kind, rule, target)
}

func (w *fateWriter) prefixes(in []estate.Prefix, property string) {
	for i := range in {
		rule := ""
		if in[i].Raw != in[i].Prefix.String() {
			rule = "ADDR-006"
		}
		w.became(in[i].Refs, rule, in[i].Raw, in[i].Prefix.String(), property+"["+itoa(i)+"]")
	}
}

// ownRefs parts the Refs of a VNet or a site: its element and its name, which a new name changes, and
// the elements that hold its lists, which it does not.
func ownRefs(refs []diag.Ref) (own, lists []diag.Ref) {
	n := min(2, len(refs))
	return refs[:n], refs[n:]
}

func (w *fateWriter) vnet(v *estate.VNet, renamed map[estate.Key]string) {
	self := v.ID.String()
	own, lists := ownRefs(v.Refs)
	w.became(own, renamed[v.ID.Key()], v.Name, v.ID.Name, self)
	w.same(lists, "", self)
	if v.Region.Name == "" {
		w.say(v.Region.Refs, diag.NeedsPerson, estate.AsmRegion, self+" location")
	} else {
		w.same(v.Region.Refs, "", self+" location")
	}
	w.prefixes(v.Space, self+" properties.addressSpace.addressPrefixes")
	for i := range v.Subnets {
		s := &v.Subnets[i]
		property, rule := self+" properties.subnets["+itoa(i)+"]", ""
		if s.Name != s.Raw {
			rule = "ARM-002"
		}
		w.became(s.Refs, rule, s.Raw, s.Name, property+".name")
		rule = ""
		if s.Prefix.Raw != s.Prefix.Prefix.String() {
			rule = "ADDR-006"
		}
		w.became(s.Prefix.Refs, rule, s.Prefix.Raw, s.Prefix.Prefix.String(), property+".properties.addressPrefix")
	}
	for i, d := range v.DNS {
		property := self + " properties.dhcpOptions.dnsServers[" + itoa(i) + "]"
		w.same(d.Refs, "", property)
		w.servers[d.Server.Key()] = append(w.servers[d.Server.Key()], property)
	}
}

func (w *fateWriter) server(d *estate.DNSServer) {
	targets := w.servers[d.ID.Key()]
	if len(targets) == 0 {
		w.say(d.Refs, diag.Dropped, "no VNet uses this DNS server")
		w.say(d.Address.Refs, diag.Dropped, "no VNet uses this DNS server")
		return
	}
	from := len(w.fates)
	w.say(d.Refs, diag.Changed, "ARM knows DNS servers by address only; the name goes", targets...)
	for i := range w.fates[from:] {
		w.fates[from+i].Old, w.fates[from+i].New = d.Name, d.Address.String()
	}
	w.say(d.Address.Refs, diag.Converted, "", targets...)
}

func (w *fateWriter) gateway(g *estate.Gateway) {
	w.same(g.Refs, "", g.ID.String())
	w.prefixes(g.ClientPools, g.ID.String()+" properties.vpnClientConfiguration.vpnClientAddressPool.addressPrefixes")
}

func (w *fateWriter) connection(c *estate.Connection) {
	switch {
	case c.Kind == estate.ExpressRoute:
		w.say(c.Refs, diag.NeedsPerson, estate.AsmCircuit, c.ID.String())
	case c.Pairing.Suspect != "":
		w.say(c.Refs, diag.Changed, c.Pairing.Suspect, c.ID.String())
	default:
		w.same(c.Refs, "", c.ID.String())
	}
}

func (w *fateWriter) site(s *estate.Site, renamed map[estate.Key]string, ipsec bool) {
	if !ipsec {
		w.say(s.Refs, diag.NeedsPerson, estate.AsmCircuit)
		for _, p := range s.Prefixes {
			w.say(p.Refs, diag.Dropped, "an ExpressRoute connection takes its prefixes from BGP")
		}
		w.say(s.Address.Refs, diag.Dropped, "an ExpressRoute connection has no device address")
		return
	}
	self := s.ID.String()
	own, lists := ownRefs(s.Refs)
	w.became(own, renamed[s.ID.Key()], s.Name, s.ID.Name, self)
	w.same(lists, "", self)
	w.prefixes(s.Prefixes, self+" properties.localNetworkAddressSpace.addressPrefixes")
	address := self + " properties.gatewayIpAddress"
	switch {
	case !s.AddressOf.IsZero():
		w.say(s.Address.Refs, diag.Changed, "the other gateway gets a new address, which the template looks up", address)
	case addressKnown(s):
		w.say(s.Address.Refs, diag.Converted, "", address)
	default:
		w.say(s.Address.Refs, diag.NeedsPerson, "ARM-010", address)
	}
}
