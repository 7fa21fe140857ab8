package deploy

import (
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// renderFates says what became of every leaf that an ARM estate carries. Name servers that no
// VNet uses come from the classic estate.
func renderFates(e, classic *estate.Estate) []diag.Fate {
	// About as many leaves as objects of each kind have.
	size := 24*len(e.VNets) + 4*len(e.Gateways) + 4*len(e.Connections) + 8*len(e.Sites) + 4*len(classic.DNSServers)
	w := &fateWriter{x: estate.NewIndex(e), servers: map[estate.Key][]string{}, fates: make([]diag.Fate, 0, size)}
	renamed := map[estate.Key]string{}
	for _, m := range e.Mapping {
		renamed[m.To.Key()] = m.Rule
	}
	for i := range e.SecurityGroups {
		w.securityGroup(&e.SecurityGroups[i], renamed)
	}
	for i := range e.RouteTables {
		w.routeTable(&e.RouteTables[i], renamed)
	}
	for i := range e.VNets {
		w.vnet(&e.VNets[i], renamed)
	}
	for i := range e.Gateways {
		w.gateway(&e.Gateways[i])
	}
	ipsec, linked := map[estate.Key]bool{}, map[estate.Key][]string{}
	for i := range e.Connections {
		c := &e.Connections[i]
		switch c.Kind {
		case estate.IPsec:
			ipsec[c.Site.Key()] = true
		case estate.ExpressRoute:
			if !c.Circuit.IsZero() {
				linked[c.Circuit.Key()] = append(linked[c.Circuit.Key()], c.ID.String())
				linked[c.Site.Key()] = append(linked[c.Site.Key()], c.ID.String())
			}
		}
		w.connection(c)
	}
	for i := range e.Circuits {
		w.circuit(&e.Circuits[i], linked)
	}
	for i := range e.Sites {
		w.site(&e.Sites[i], renamed, ipsec[e.Sites[i].ID.Key()], linked[e.Sites[i].ID.Key()])
	}
	for i := range classic.DNSServers {
		w.server(&classic.DNSServers[i])
	}
	return w.fates
}

type fateWriter struct {
	x       *estate.Index // of the ARM estate
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

// fact says that a value is carried over; in another spelling it is changed.
func (w *fateWriter) fact(f estate.Fact, target string) {
	why := ""
	if f.Raw != f.Value {
		why = "spelled as Resource Manager spells it"
	}
	w.became(f.Refs, why, f.Raw, f.Value, target)
}

func (w *fateWriter) location(r estate.Region, self string) {
	if r.Name == "" {
		w.say(r.Refs, diag.NeedsPerson, estate.AsmRegion, self+" location")
		return
	}
	w.same(r.Refs, "", self+" location")
}

func (w *fateWriter) vnet(v *estate.VNet, renamed map[estate.Key]string) {
	self := v.ID.String()
	own, lists := ownRefs(v.Refs)
	w.became(own, renamed[v.ID.Key()], v.Name, v.ID.Name, self)
	w.same(lists, "", self)
	w.location(v.Region, self)
	w.say(v.GUID.Refs, diag.Dropped, "the new network gets an id of its own")
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
		w.same(s.SecurityGroupRefs, "", property+".properties.networkSecurityGroup")
		w.same(s.RouteTableRefs, "", property+".properties.routeTable")
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

func (w *fateWriter) securityGroup(g *estate.SecurityGroup, renamed map[estate.Key]string) {
	self := g.ID.String()
	w.same(g.Refs, renamed[g.ID.Key()], self)
	w.location(g.Region, self)
	for i := range g.Rules {
		r, property := &g.Rules[i], self+" properties.securityRules["+itoa(i)+"]"
		w.same(r.Refs, "", property)
		w.fact(r.Name, property+".name")
		w.fact(r.Direction, property+".properties.direction")
		w.fact(r.Priority, property+".properties.priority")
		w.fact(r.Access, property+".properties.access")
		w.fact(r.Protocol, property+".properties.protocol")
		w.fact(r.Source, property+".properties.sourceAddressPrefix")
		w.fact(r.SourcePort, property+".properties.sourcePortRange")
		w.fact(r.Destination, property+".properties.destinationAddressPrefix")
		w.fact(r.DestinationPort, property+".properties.destinationPortRange")
	}
}

func (w *fateWriter) routeTable(t *estate.RouteTable, renamed map[estate.Key]string) {
	self := t.ID.String()
	w.same(t.Refs, renamed[t.ID.Key()], self)
	w.location(t.Region, self)
	for i := range t.Routes {
		r, property := &t.Routes[i], self+" properties.routes["+itoa(i)+"]"
		w.same(r.Refs, "", property)
		w.fact(r.Name, property+".name")
		rule := ""
		if r.Prefix.Raw != r.Prefix.Prefix.String() {
			rule = "ADDR-006"
		}
		w.same(r.Prefix.Refs, rule, property+".properties.addressPrefix")
		w.fact(r.NextHop, property+".properties.nextHopType")
		w.same(r.Address.Refs, "", property+".properties.nextHopIpAddress")
	}
}

// whyState is why no state is carried on.
const whyState = "a state is what the service said when it was asked, and nothing that can be configured"

func (w *fateWriter) gateway(g *estate.Gateway) {
	self := g.ID.String()
	w.same(g.Refs, "", self)
	w.prefixes(g.ClientPools, self+" properties.vpnClientConfiguration.vpnClientAddressPool.addressPrefixes")
	w.same(g.Beside.Refs, "", self)
	w.same(g.DefaultRefs, "", self+" properties.gatewayDefaultSite")
	w.existing(g)
	for i := range g.Certificates {
		w.certificate(g, &g.Certificates[i])
	}
	if b := g.BGP; b != nil {
		_, usable := b.Number()
		w.bgp(b, usable, self)
		w.say(b.PeeringAddress.Refs, diag.Dropped, "the new gateway gets an address of its own for BGP")
	}
}

// bgp are the leaves of what an end announces with, less its address.
func (w *fateWriter) bgp(b *estate.BGP, usable bool, self string) {
	property := self + " properties.bgpSettings"
	if !usable {
		for _, refs := range [][]diag.Ref{b.Refs, b.ASN.Refs, b.PeerWeight.Refs} {
			w.say(refs, diag.NeedsPerson, "ARM-029")
		}
		return
	}
	w.same(b.Refs, "", property)
	w.fact(b.ASN, property+".asn")
	if b.Weight() > 0 {
		w.fact(b.PeerWeight, property+".peerWeight")
	} else {
		w.say(b.PeerWeight.Refs, diag.Dropped, "it is the weight that the platform gives by itself")
	}
}

// existing are the leaves about a gateway as it exists. What the service says of one that does not
// exist is left over from an older one.
func (w *fateWriter) existing(g *estate.Gateway) {
	if g.Absent() {
		w.say(g.State.Refs, diag.NeedsPerson, "GW-012", g.ID.String())
		for _, refs := range [][]diag.Ref{g.Routing.Refs, g.Size.Refs, g.Address.Refs} {
			w.say(refs, diag.Dropped, "the gateway does not exist; this is left over from an older one")
		}
		return
	}
	self := g.ID.String()
	w.say(g.State.Refs, diag.Dropped, whyState)
	w.say(g.Address.Refs, diag.Changed, "the new gateway gets a new address", self+" properties.ipConfigurations[0]")
	switch {
	case g.Kind == estate.ExpressRouteGateway:
		w.say(g.Routing.Refs, diag.Dropped, "an ExpressRoute gateway has no routing type")
	case g.Routing.Value == estate.RoutingStatic:
		w.say(g.Routing.Refs, diag.Changed, "GW-011", self+" properties.vpnType")
	default:
		w.say(g.Routing.Refs, diag.Changed, "dynamic routing is called route-based", self+" properties.vpnType")
	}
	w.say(g.Size.Refs, diag.Changed, sizeReason(g), self+" properties.sku")
}

// sizeReason says where the size of a gateway comes from, when the service told its classic size.
func sizeReason(g *estate.Gateway) string {
	s, ok := azure.LookupClassicGatewaySize(g.Size.Value)
	successor := s.VPN
	if g.Kind == estate.ExpressRouteGateway {
		successor = s.ExpressRoute
	}
	switch {
	case !ok || successor == "":
		return "ARM-020"
	case successor != g.SKU:
		return "another size was asked for, or is needed for the tunnels"
	}
	return "ARM-019"
}

func (w *fateWriter) certificate(g *estate.Gateway, c *estate.Certificate) {
	kind, why, targets := diag.Converted, "", []string{g.ID.String() + " properties.vpnClientConfiguration.vpnClientRootCertificates"}
	switch {
	case len(g.ClientPools) == 0:
		kind, why, targets = diag.Dropped, "the gateway has no client pool, so no client can use the certificate", nil
	case c.AppService():
		kind, why, targets = diag.NeedsPerson, "P2S-005", nil
	case certificateFault(c) != "":
		kind, why = diag.NeedsPerson, "ARM-024"
	case !c.Data.Known():
		kind, why = diag.NeedsPerson, "ARM-012"
	}
	for _, refs := range [][]diag.Ref{c.Refs, c.Subject.Refs, c.Thumbprint.Refs, c.Data.Refs} {
		w.say(refs, kind, why, targets...)
	}
}

func (w *fateWriter) connection(c *estate.Connection) {
	self := c.ID.String()
	switch known := w.x.Circuit(c.Circuit); {
	case c.Kind == estate.ExpressRoute && known == nil:
		w.say(c.Refs, diag.NeedsPerson, estate.AsmCircuit, self)
	case c.Kind == estate.ExpressRoute && known.ResourceID == "":
		w.say(c.Refs, diag.NeedsPerson, "ARM-011", self)
	case c.Pairing.Suspect != "":
		w.say(c.Refs, diag.Changed, c.Pairing.Suspect, self)
	default:
		w.same(c.Refs, "", self)
	}
	w.say(c.State.Refs, diag.Dropped, whyState)
	w.say(c.KeyRefs, diag.Changed, "a key is never written; a secure parameter asks for it", self+" properties.sharedKey")
	w.same(c.Vault.Refs, "", self+" properties.sharedKey")
	if g := w.x.Gateway(c.Gateway); c.EnableBGP.Known() && g != nil && estate.Exchanges(c, g, w.x.Site(c.Site)) {
		w.same(c.EnableBGP.Refs, "", self+" properties.enableBgp")
	} else {
		w.say(c.EnableBGP.Refs, diag.NeedsPerson, "ARM-029")
	}
	if p := c.Policy; p != nil {
		property := self + " properties.ipsecPolicies[0]"
		w.same(p.Refs, "ARM-021", property)
		w.fact(p.Encryption, property+".ipsecEncryption")
		w.fact(p.Hash, property+".ipsecIntegrity")
		w.fact(p.PFS, property+".pfsGroup")
		w.fact(p.LifetimeSeconds, property+".saLifeTimeSeconds")
		w.fact(p.Kilobytes, property+".saDataSizeKilobytes")
	}
}

// circuit says what became of a circuit: it stays as it is, and connections name it by its id.
func (w *fateWriter) circuit(c *estate.Circuit, linked map[estate.Key][]string) {
	targets := linked[c.ID.Key()]
	switch {
	case len(targets) == 0:
		w.say(c.Refs, diag.Dropped, "no connection uses this circuit; it stays as it is")
		w.say(c.ServiceKey.Refs, diag.Dropped, "no connection uses this circuit; it stays as it is")
	case c.ResourceID == "":
		w.say(c.Refs, diag.NeedsPerson, "ARM-011", targets...)
		w.say(c.ServiceKey.Refs, diag.NeedsPerson, "ARM-011", targets...)
	default:
		w.say(c.Refs, diag.Changed, "a circuit is referred to by its resource id", targets...)
		w.say(c.ServiceKey.Refs, diag.Changed, "a circuit is referred to by its resource id", targets...)
	}
	for _, f := range []estate.Fact{c.Provider, c.Location, c.Bandwidth, c.SKU} {
		w.say(f.Refs, diag.Dropped, "the circuit stays as it is; nothing of it is written")
	}
	w.say(c.Status.Refs, diag.Dropped, whyState)
}

func (w *fateWriter) site(s *estate.Site, renamed map[estate.Key]string, ipsec bool, circuit []string) {
	if !ipsec {
		if len(circuit) > 0 {
			w.say(s.Refs, diag.Changed, "an ExpressRoute connection names its circuit, and no site", circuit...)
		} else {
			w.say(s.Refs, diag.NeedsPerson, estate.AsmCircuit)
		}
		for _, p := range s.Prefixes {
			w.say(p.Refs, diag.Dropped, "an ExpressRoute connection takes its prefixes from BGP")
		}
		w.say(s.Address.Refs, diag.Dropped, "an ExpressRoute connection has no device address")
		if b := s.BGP; b != nil {
			w.bgp(b, false, "")
			w.say(b.PeeringAddress.Refs, diag.NeedsPerson, "ARM-029")
		}
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
	if b := s.BGP; b != nil {
		w.bgp(b, s.Announces(), self)
		if s.Announces() {
			w.same(b.PeeringAddress.Refs, "", self+" properties.bgpSettings.bgpPeeringAddress")
		} else {
			w.say(b.PeeringAddress.Refs, diag.NeedsPerson, "ARM-029")
		}
	}
}
