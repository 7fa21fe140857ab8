package estate

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// keyReason is why a key ends where it was read.
const keyReason = "a shared key is read only to compare the two ends; the target takes it from a Key Vault"

// nothingInside is the rule for an answer without the one thing that it is asked for.
const nothingInside = "XML-045"

// gatewayOf is the first-generation gateway of a VNet: the one that has its tunnels or clients, or
// else its ExpressRoute gateway. It is nil when the VNet has none.
func (b *builder) gatewayOf(v *VNet) *Gateway {
	var found *Gateway
	for _, i := range b.gateways[v.ID.Key()] {
		g := &b.e.Gateways[i]
		if !g.Beside.Known() && (found == nil || g.Kind == VPNGateway) {
			found = g
		}
	}
	return found
}

// vpnGatewayOf is the VPN gateway of a VNet, of either generation, or nil.
func (b *builder) vpnGatewayOf(v *VNet) *Gateway {
	for _, i := range b.gateways[v.ID.Key()] {
		if g := &b.e.Gateways[i]; g.Kind == VPNGateway {
			return g
		}
	}
	return nil
}

// clientGatewayOf is the gateway of a VNet that clients are connected to, or nil.
func (b *builder) clientGatewayOf(v *VNet) *Gateway {
	if g := b.gatewayOf(v); g != nil {
		return g
	}
	return b.vpnGatewayOf(v)
}

// index finds gateways and connections by what answers name.
func (b *builder) index() {
	b.gateways = make(map[Key][]int, len(b.e.Gateways))
	for i := range b.e.Gateways {
		key := b.e.Gateways[i].VNet.Key()
		b.gateways[key] = append(b.gateways[key], i)
	}
	b.tunnels = make(map[Key]int, len(b.e.Connections))
	for i := range b.e.Connections {
		b.indexConnection(i)
	}
}

// indexConnection finds a connection by its VNet and the name of its site. Of two connections to
// one site it is the VPN one.
func (b *builder) indexConnection(i int) {
	c := &b.e.Connections[i]
	key := tunnelKey(c.ID.Subscription, c.ID.Name, c.Site.Name)
	if _, taken := b.tunnels[key]; !taken || c.Kind == IPsec {
		b.tunnels[key] = i
	}
}

func tunnelKey(subscription, vnet, site string) Key {
	return ID{Subscription: subscription, Type: TypeConnection, Name: vnet, Child: site}.Key()
}

// gatewayAnswer reads what the service said of a first-generation gateway. Of one that is not
// provisioned only that counts: a deleted gateway keeps its address and falls back to static
// routing. Source: docs/sources.md#service-management.
func (b *builder) gatewayAnswer(a answer) {
	root := &a.Root
	v := b.vnetOf(a, root.Value("GatewayId"))
	if v == nil {
		b.homeless(a, "networking/VNET/gateway.xml")
		return
	}
	state := root.Value("State")
	g := b.gatewayOf(v)
	if g == nil && state != GatewayProvisioned {
		b.dropTree(root, "the VNet has no gateway")
		return
	}
	if g == nil {
		g = b.newGateway(v, VPNGateway, b.of(root))
	} else {
		g.Refs = append(g.Refs, b.of(root)...)
	}
	b.identify(v, root.Child("GatewayId"))
	b.gatewayFacts(v, g, root)
}

// gatewayFacts takes over what an answer of either generation says of a gateway.
func (b *builder) gatewayFacts(v *VNet, g *Gateway, n *netcfg.Node) {
	b.setFact(&g.State, b.fact(n.Child("State")), "the state of the gateway of VNet %q", v.Name)
	if n.Value("State") != GatewayProvisioned {
		for _, name := range []string{"GatewayType", "GatewaySize", "VIPAddress", "DefaultSites"} {
			b.dropTree(n.Child(name), "the service keeps stale values of a gateway that is not provisioned")
		}
		return
	}
	b.setFact(&g.Routing, b.fact(n.Child("GatewayType")), "the routing type of the gateway of VNet %q", v.Name)
	b.setFact(&g.Size, b.sizeOf(n.Child("GatewaySize")), "the size of the gateway of VNet %q", v.Name)
	b.setAddress(v, g, n.Child("VIPAddress"))
	b.defaultSites(v, g, n.Child("DefaultSites"))
}

// sizeOf reads a gateway size; Basic is what Default was called later.
func (b *builder) sizeOf(n *netcfg.Node) Fact {
	f := b.fact(n)
	if strings.EqualFold(f.Value, "Basic") {
		f.Value = "Default"
	}
	return f
}

func (b *builder) setAddress(v *VNet, g *Gateway, n *netcfg.Node) {
	if n == nil || n.Text == "" {
		return
	}
	addr, err := parseAddr(n.Text)
	switch {
	case err != nil:
		b.found.Add("SITE-002", b.pos(n.TextRef), "address %q of the gateway of VNet %q is not an address: %v", n.Text, v.Name, err)
		b.forPerson(n, "SITE-002")
	case !g.Address.IsValid():
		g.Address = Address{Addr: addr, Raw: n.Text, Placeholder: azure.Placeholder(addr), Refs: b.of(n)}
	case g.Address.Addr == addr:
		g.Address.Refs = append(g.Address.Refs, b.of(n)...)
	default:
		b.contradicts(n.TextRef, g.Address.Refs, "the gateway of VNet %q has the address %s here and %s there", v.Name, n.Text, g.Address.Addr)
		b.forPerson(n, contradiction)
	}
}

// defaultSites reads the site that all other traffic is sent to. The service takes one.
func (b *builder) defaultSites(v *VNet, g *Gateway, n *netcfg.Node) {
	if n == nil {
		return
	}
	for i := range n.Nodes {
		name := &n.Nodes[i]
		site, ok := b.sites[b.id(TypeSite, name.Text, "").Key()]
		switch {
		case !ok:
			b.found.Add("SITE-008", b.pos(name.TextRef), "the default site of VNet %q is local network site %q, which no network configuration here defines", v.Name, name.Text)
			b.forPerson(name, "SITE-008")
		case g.DefaultSite.IsZero() || g.DefaultSite.Same(b.e.Sites[site].ID):
			g.DefaultSite = b.e.Sites[site].ID
			g.DefaultRefs = slices.Concat(g.DefaultRefs, b.of(name))
		default:
			b.contradicts(name.TextRef, g.DefaultRefs, "VNet %q has the default site %q here and %q there", v.Name, name.Text, g.DefaultSite.Name)
			b.forPerson(name, contradiction)
		}
	}
}

// newGateway adds a gateway that only the service knows. The pointer is valid until the next one.
func (b *builder) newGateway(v *VNet, kind GatewayKind, refs []diag.Ref) *Gateway {
	b.gateways[v.ID.Key()] = append(b.gateways[v.ID.Key()], len(b.e.Gateways))
	b.e.Gateways = append(b.e.Gateways, Gateway{
		ID: ID{Subscription: v.ID.Subscription, Type: TypeGateway, Name: v.Name, Child: kind.String()}, VNet: v.ID, Kind: kind, Refs: refs})
	return &b.e.Gateways[len(b.e.Gateways)-1]
}

// connectionOf finds the connection of a VNet to a site, or nil.
func (b *builder) connectionOf(vnet ID, site string) *Connection {
	if i, ok := b.tunnels[tunnelKey(vnet.Subscription, vnet.Name, site)]; ok {
		return &b.e.Connections[i]
	}
	return nil
}

// connectionStates reads whether the tunnels of a gateway were up.
func (b *builder) connectionStates(a answer) {
	v := b.vnetOf(a, "")
	if v == nil {
		b.homeless(a, "networking/VNET/gateway/connections.xml")
		return
	}
	for n := range a.Root.All("Connection") {
		site := n.Child("LocalNetworkSiteName")
		if n.Value("LocalNetworkSiteName") == "" {
			continue // a client of the gateway
		}
		c := b.connectionOf(v.ID, site.Text)
		if c == nil {
			b.contradicts(site.TextRef, v.Refs, "the service knows a connection of VNet %q to local network site %q, which the network configuration does not have", v.Name, site.Text)
			b.forPerson(n, contradiction)
			continue
		}
		c.Refs = append(c.Refs, b.of(site)...)
		b.setFact(&c.State, b.fact(n.Child("ConnectivityState")), "the state of the connection of VNet %q to %q", v.Name, c.Site.Name)
	}
}

// tunnel finds the connection that an answer with VNet and site in its place is about.
func (b *builder) tunnel(a answer, file string) *Connection {
	if gateway, ok := b.gatewayIDs[guid{b.sub, strings.ToLower(a.Place.Gateway)}]; ok && a.Place.Gateway != "" {
		if c := b.connectionOf(gateway, b.siteIDs[guid{b.sub, strings.ToLower(a.Place.Entity)}].Name); c != nil {
			return c
		}
	}
	v := b.vnetOf(a, "")
	if v == nil || a.Place.Site == "" {
		b.homeless(a, file)
		return nil
	}
	c := b.connectionOf(v.ID, a.Place.Site)
	if c == nil {
		b.contradicts(a.Root.Ref, v.Refs, "this %s is of the connection of VNet %q to local network site %q, which the network configuration does not have", a.Kind, v.Name, a.Place.Site)
		b.forPerson(&a.Root, contradiction)
	}
	return c
}

// sharedKey keeps a key to compare it with that of the other end.
func (b *builder) sharedKey(a answer) {
	c := b.tunnel(a, "networking/VNET/gateway/connection/SITE/sharedkey.xml")
	if c == nil {
		return
	}
	value := a.Root.Child("Value")
	if value == nil || !value.Secret.Known() {
		b.found.Add(nothingInside, b.pos(a.Root.At()), "this answer holds no shared key: the connection of VNet %q to local network site %q is not compared with its other end", c.ID.Name, c.Site.Name)
		return
	}
	b.keepKey(c, value)
}

func (b *builder) keepKey(c *Connection, n *netcfg.Node) {
	if c.Key.Known() && !c.Key.Equal(n.Secret) {
		b.contradicts(n.TextRef, c.KeyRefs, "the connection of VNet %q to local network site %q has another shared key here than there", c.ID.Name, c.Site.Name)
		b.forPerson(n, contradiction)
		return
	}
	c.Key = n.Secret
	c.KeyRefs = append(c.KeyRefs, b.of(n)...)
	b.fateAll([]diag.Ref{n.Ref, n.TextRef}, diag.Dropped, keyReason)
}

// ipsecParameters reads the policy of a connection.
func (b *builder) ipsecParameters(a answer) {
	c := b.tunnel(a, "networking/VNET/gateway/connection/SITE/ipsecparameters.xml")
	if c == nil {
		return
	}
	if c.Policy == nil {
		c.Policy = &IPsecPolicy{}
	}
	p := c.Policy
	p.Refs = append(p.Refs, b.of(&a.Root)...)
	for _, f := range []struct {
		to   *Fact
		name string
	}{
		{&p.Encryption, "EncryptionType"}, {&p.Hash, "HashAlgorithm"}, {&p.PFS, "PfsGroup"},
		{&p.LifetimeSeconds, "SALifeTimeSeconds"}, {&p.Kilobytes, "SADataSizeKilobytes"},
	} {
		b.setFact(f.to, b.fact(a.Root.Child(f.name)), "%s of the connection of VNet %q to %q", f.name, c.ID.Name, c.Site.Name)
	}
}

// rootCertificates reads the list of the certificates that clients are trusted by.
func (b *builder) rootCertificates(a answer) {
	v := b.vnetOf(a, "")
	if v == nil {
		b.homeless(a, "networking/VNET/gateway/clientrootcertificates.xml")
		return
	}
	g := b.clientGatewayOf(v)
	if g == nil {
		b.dropTree(&a.Root, "the VNet has no gateway")
		return
	}
	for n := range a.Root.All("ClientRootCertificate") {
		c := Certificate{Subject: b.fact(n.Child("Subject")), Thumbprint: b.fact(n.Child("Thumbprint")), Refs: b.of(n)}
		if at := certificateAt(g, c.Thumbprint.Value); at >= 0 {
			known := &g.Certificates[at]
			known.Refs = append(known.Refs, c.Refs...)
			b.setFact(&known.Subject, c.Subject, "the subject of a root certificate of VNet %q", v.Name)
			known.Thumbprint.Refs = append(known.Thumbprint.Refs, c.Thumbprint.Refs...)
			continue
		}
		g.Certificates = append(g.Certificates, c)
	}
}

func certificateAt(g *Gateway, thumbprint string) int {
	return slices.IndexFunc(g.Certificates, func(c Certificate) bool {
		return thumbprint != "" && strings.EqualFold(c.Thumbprint.Value, thumbprint)
	})
}

// rootCertificate reads the data of one certificate; its thumbprint is in its place.
func (b *builder) rootCertificate(a answer) {
	v := b.vnetOf(a, "")
	if v == nil || a.Place.Thumbprint == "" {
		b.homeless(a, "networking/VNET/gateway/clientrootcertificates/THUMBPRINT.xml")
		return
	}
	g := b.clientGatewayOf(v)
	if g == nil {
		b.dropTree(&a.Root, "the VNet has no gateway")
		return
	}
	at := certificateAt(g, a.Place.Thumbprint)
	if at < 0 {
		at = len(g.Certificates)
		g.Certificates = append(g.Certificates, Certificate{Thumbprint: Fact{Value: a.Place.Thumbprint, Raw: a.Place.Thumbprint}})
	}
	said := b.fact(&a.Root)
	said.Value = strings.Join(strings.Fields(said.Value), "")
	b.setFact(&g.Certificates[at].Data, said, "the data of root certificate %s of VNet %q", a.Place.Thumbprint, v.Name)
}
