package estate

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The rules for answers in the options file.
const (
	answerUnused      = "OPT-011" // what it is about is not there, or not the only one
	answerContradicts = "OPT-012" // a document says something else
	sharedSecret      = "LINK-011"
	keyShown          = "OPT-006" // a key stands where its name should
)

// settled puts the objects that answers added into order, and the engineer's own answers on top.
func (b *builder) settled() {
	e := b.e
	b.answered()
	slices.SortStableFunc(e.Sites, func(x, y Site) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(e.Gateways, func(x, y Gateway) int {
		return cmp.Or(compareID(x.VNet, y.VNet), cmp.Compare(x.Kind, y.Kind))
	})
	slices.SortStableFunc(e.Connections, func(x, y Connection) int {
		return cmp.Or(cmp.Compare(x.ID.Subscription, y.ID.Subscription), compareFold(x.ID.Name, y.ID.Name), compareFold(x.Site.Name, y.Site.Name))
	})
	slices.SortStableFunc(e.SecurityGroups, func(x, y SecurityGroup) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(e.RouteTables, func(x, y RouteTable) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(e.Circuits, func(x, y Circuit) int { return compareID(x.ID, y.ID) })
}

// identified takes over the ids of subscriptions that documents tell.
func (b *builder) identified(all []subscription) {
	for i := range all {
		if all[i].id != "" {
			b.subscription(all[i].name).ID = strings.ToLower(all[i].id)
		}
	}
}

// answered applies the options file. What a person says counts more than any document; where a
// document says something else there is a finding.
func (b *builder) answered() {
	if b.opts.File == "" {
		return
	}
	b.subscriptionAnswers()
	b.regionAnswers()
	vnets := newNamed(b.e.VNets, func(v *VNet) ID { return v.ID })
	sites := newNamed(b.e.Sites, func(s *Site) ID { return s.ID })
	for i := range b.opts.Gateways {
		b.gatewayAnswers(vnets, &b.opts.Gateways[i])
	}
	for i := range b.opts.Sites {
		b.siteAnswers(vnets, sites, &b.opts.Sites[i])
	}
	for i := range b.opts.Circuits {
		b.circuitAnswers(vnets, &b.opts.Circuits[i])
	}
	for i := range b.opts.Connections {
		b.connectionAnswers(vnets, &b.opts.Connections[i])
	}
}

func (b *builder) unused(t options.Text, format string, args ...any) {
	b.found.Add(answerUnused, b.opts.Pos(t), format, args...)
}

func (b *builder) overrules(t options.Text, before []diag.Ref, format string, args ...any) {
	f := diag.New(answerContradicts, b.opts.Pos(t), format, args...)
	if len(before) > 0 {
		f = f.See(b.e.Pos(before[0]), "a document says so here")
	}
	b.found = append(b.found, f)
}

// answer lets the options file settle a fact.
func (b *builder) answer(known *Fact, t options.Text, what string, of string) {
	if !t.Given() {
		return
	}
	if known.Known() && !strings.EqualFold(known.Value, t.Value) {
		b.overrules(t, known.Refs, "%s of %q is %s here, and %s in the input", what, of, t.Raw, known.Raw)
	}
	known.Value, known.Raw = t.Value, t.Raw
}

// named finds objects as a person names them: by name, or by subscription and name.
type named struct {
	ids    []ID
	byName map[string][]int
}

func newNamed[T any](in []T, id func(*T) ID) *named {
	n := &named{byName: map[string][]int{}}
	for i := range in {
		n.ids = append(n.ids, id(&in[i]))
		key := strings.ToLower(n.ids[i].Name)
		n.byName[key] = append(n.byName[key], i)
	}
	return n
}

// find returns the objects that a value of the options file names.
func (n *named) find(o *options.Options, t options.Text) []int {
	name := strings.ToLower(t.Value)
	if at := n.byName[name]; at != nil {
		return at
	}
	var at []int
	for i := range name {
		if name[i] != '/' {
			continue
		}
		for _, j := range n.byName[name[i+1:]] {
			if o.Names(t, n.ids[j].Subscription, n.ids[j].Name) {
				at = append(at, j)
			}
		}
	}
	return at
}

// one returns the only object that a value names. A name that the input does not have is reported
// by options.Strangers, a name of several objects here.
func (b *builder) one(n *named, t options.Text) (int, bool) {
	switch at := n.find(b.opts, t); len(at) {
	case 0:
		return 0, false
	case 1:
		return at[0], true
	default:
		b.unused(t, "%q names %d objects of the input; write the subscription before it, as %q", t.Raw, len(at), n.ids[at[0]].Subscription+"/"+n.ids[at[0]].Name)
		return 0, false
	}
}

func (b *builder) subscriptionAnswers() {
	used := map[string]bool{}
	for _, name := range b.subscriptionNames() {
		s, ok := b.opts.Subscription(name)
		if !ok {
			continue
		}
		used[s.Name.Value] = true
		known := b.subscription(name)
		if known.ID != "" && s.ID.Given() && known.ID != s.ID.Value {
			b.overrules(s.ID, nil, "subscription %q has the id %s here, and %s in the input", name, s.ID.Value, known.ID)
		}
		known.ID = cmp.Or(s.ID.Value, known.ID)
		known.Tenant, known.ResourceGroup = s.Tenant.Value, s.ResourceGroup.Value
	}
	for _, s := range b.opts.Subscriptions {
		if !used[s.Name.Value] {
			b.unused(s.Name, "no folder or file of the input is named %q", s.Name.Raw)
		}
	}
}

// subscription is what is known of a subscription; it is added when it is new.
func (b *builder) subscription(name string) *Subscription {
	i := slices.IndexFunc(b.e.Subscriptions, func(s Subscription) bool { return s.Name == name })
	if i < 0 {
		i = len(b.e.Subscriptions)
		b.e.Subscriptions = append(b.e.Subscriptions, Subscription{Name: name})
	}
	return &b.e.Subscriptions[i]
}

func (b *builder) subscriptionNames() []string {
	var names []string
	for i := range b.e.VNets {
		names = append(names, b.e.VNets[i].ID.Subscription)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (b *builder) regionAnswers() {
	told := map[diag.Ref]bool{} // groups that were compared with the input
	for i := range b.e.VNets {
		v := &b.e.VNets[i]
		if v.Region.AffinityGroup == "" {
			continue
		}
		a, ok := b.opts.AffinityGroup(v.ID.Subscription, v.Region.AffinityGroup)
		if !ok {
			continue
		}
		if v.Region.Name != "" && v.Region.Name != a.Region.Value && !told[a.Name.Ref] {
			b.overrules(a.Region, v.Region.Refs, "affinity group %q is in %s here, and %s in the input", v.Region.AffinityGroup, a.Region.Value, v.Region.Name)
		}
		told[a.Name.Ref] = true
		v.Region.Name, v.Region.Raw = a.Region.Value, a.Region.Raw
	}
}

func (b *builder) gatewayAnswers(vnets *named, a *options.Gateway) {
	i, ok := b.one(vnets, a.VNet)
	if !ok {
		return
	}
	v := &b.e.VNets[i]
	g := b.gatewayOf(v)
	if g == nil {
		g = b.vpnGatewayOf(v)
	}
	if g == nil && a.State.Value != GatewayProvisioned {
		b.unused(a.VNet, "VNet %q has no gateway in the input; say state: provisioned, if there is one", v.Name)
		return
	}
	if g == nil {
		g = b.newGateway(v, VPNGateway, nil)
	}
	b.answer(&g.State, a.State, "the state of the gateway", v.Name)
	b.answer(&g.Routing, a.Routing, "the routing type of the gateway", v.Name)
	size := a.Size
	if size.Value == "Basic" {
		size.Value = "Default" // two names of one size
	}
	b.answer(&g.Size, size, "the size of the gateway", v.Name)
	if a.SKU.Given() {
		g.SKU = a.SKU.Value
	}
	b.addressAnswer(&g.Address, a.Address, "the gateway of VNet", v.Name)
	for _, c := range a.RootCertificates {
		b.certificateAnswer(g, c)
	}
	if a.DefaultSite.Given() {
		b.defaultSiteAnswer(v, g, a.DefaultSite)
	}
}

// certificateAnswer gives a certificate that the service listed its data, by its subject, or adds it.
func (b *builder) certificateAnswer(g *Gateway, c options.RootCertificate) {
	data := Fact{Value: c.Data.Value, Raw: c.Data.Raw}
	for i := range g.Certificates {
		k := &g.Certificates[i]
		if strings.EqualFold(k.Thumbprint.Value, c.Name.Value) || strings.EqualFold(strings.TrimPrefix(k.Subject.Value, "CN="), c.Name.Value) {
			k.Data.Value, k.Data.Raw = data.Value, data.Raw
			return
		}
	}
	g.Certificates = append(g.Certificates, Certificate{Subject: Fact{Value: c.Name.Value, Raw: c.Name.Raw}, Data: data})
}

func (b *builder) defaultSiteAnswer(v *VNet, g *Gateway, t options.Text) {
	i, ok := b.sites[ID{Subscription: v.ID.Subscription, Type: TypeSite, Name: t.Value}.Key()]
	if !ok {
		return
	}
	site := b.e.Sites[i].ID
	if !g.DefaultSite.IsZero() && !g.DefaultSite.Same(site) {
		b.overrules(t, g.DefaultRefs, "the default site of VNet %q is %q here, and %q in the input", v.Name, t.Raw, g.DefaultSite.Name)
	}
	g.DefaultSite = site
}

// addressAnswer lets the options file settle an address.
func (b *builder) addressAnswer(known *Address, t options.Text, what, of string) {
	if !t.Given() {
		return
	}
	addr, err := netip.ParseAddr(t.Value)
	if err != nil {
		return // options.Parse takes addresses only
	}
	if known.IsValid() && known.Placeholder == "" && known.Addr != addr {
		b.overrules(t, known.Refs, "the address of %s %q is %s here, and %s in the input", what, of, addr, known.Addr)
	}
	known.Addr, known.Placeholder = addr, azure.Placeholder(addr)
}

// declaredKinds are the words of the options file.
var declaredKinds = map[options.SiteKind]DeclaredKind{
	options.OnPremises: DeclaredOnPremises, options.OfVNet: DeclaredVNet,
	options.OtherSubscription: DeclaredElsewhere, options.Gone: DeclaredGone,
}

func (b *builder) siteAnswers(vnets, sites *named, a *options.Site) {
	at := sites.find(b.opts, a.Name)
	declared := Declaration{Kind: declaredKinds[a.Kind()]}
	if a.VNet.Given() {
		i, ok := b.one(vnets, a.VNet)
		if !ok {
			return
		}
		declared.VNet = b.e.VNets[i].ID
	}
	for _, i := range at {
		s := &b.e.Sites[i]
		s.Declared = declared
		b.addressAnswer(&s.Address, a.Address, "local network site", s.Name)
	}
}

// circuitNamed is the place of a circuit, by its name or service key, or -1.
func (b *builder) circuitNamed(name string) int {
	return slices.IndexFunc(b.e.Circuits, func(c Circuit) bool {
		return strings.EqualFold(c.ID.Name, name) || strings.EqualFold(c.ServiceKey.Value, name)
	})
}

func (b *builder) circuitAnswers(vnets *named, a *options.Circuit) {
	at := b.circuitNamed(a.Name.Value)
	if at < 0 {
		at = len(b.e.Circuits)
		b.e.Circuits = append(b.e.Circuits, Circuit{ID: ID{Type: TypeCircuit, Name: a.Name.Value}})
	}
	c := &b.e.Circuits[at]
	c.ResourceID, c.Authorization = a.ResourceID.Value, a.Authorization.Given()
	for _, name := range a.VNets {
		if i, ok := b.one(vnets, name); ok {
			b.linkCircuit(c, &b.e.VNets[i])
		}
	}
}

// isKey reports whether a word is the shared key of a connection: one of letters and digits could
// also be the name of a secret.
func (b *builder) isKey(word string) bool {
	key := netcfg.NewSecret(word)
	return slices.ContainsFunc(b.e.Connections, func(c Connection) bool { return c.Key.Known() && c.Key.Equal(key) })
}

// secretOf is the name of a secret that the options file gives a connection.
type secretOf struct {
	connection ID
	name       options.Text
}

// sharedSecrets reports names that stand for several tunnels. The two halves of one have the same.
func (b *builder) sharedSecrets() {
	x := NewIndex(b.e)
	first := map[string][]secretOf{} // by name, one per tunnel
	for _, s := range b.secrets {
		c := x.Connection(s.connection)
		name := strings.ToLower(s.name.Value)
		if c == nil || slices.ContainsFunc(first[name], func(before secretOf) bool { return maybeHalves(c, x.Connection(before.connection)) }) {
			continue
		}
		first[name] = append(first[name], s)
		if before := first[name][0]; before.connection != s.connection {
			b.found = append(b.found, diag.New(sharedSecret, b.opts.Pos(s.name), "the connection of VNet %q to local network site %q has the same secret as that of VNet %q to %q, which is another tunnel",
				c.ID.Name, c.Site.Name, before.connection.Name, before.connection.Child).See(b.opts.Pos(before.name), "the first one is here"))
		}
	}
}

// maybeHalves reports whether two connections are, or could be, the halves of one tunnel.
func maybeHalves(c, d *Connection) bool {
	among := func(c, d *Connection) bool {
		return c.Pairing.Partner.Same(d.ID) || slices.ContainsFunc(c.Pairing.Candidates, d.ID.Same)
	}
	return c.ID.Same(d.ID) || among(c, d) || among(d, c)
}

func (b *builder) connectionAnswers(vnets *named, a *options.Connection) {
	i, ok := b.one(vnets, a.VNet)
	if !ok {
		return
	}
	v := &b.e.VNets[i]
	c := b.connectionOf(v.ID, a.Site.Value)
	if c == nil {
		b.unused(a.Site, "VNet %q has no connection to a local network site %q", v.Name, a.Site.Raw)
		return
	}
	b.answer(&c.State, a.State, "the state of the connection to "+c.Site.Name, v.Name)
	c.DeclaredDown = a.State.Value == StateNotConnected
	if a.Key.Given() && b.isKey(a.Key.Value) {
		b.found.Add(keyShown, b.opts.Pos(a.Key), "the connection of VNet %q to local network site %q has a shared key here in place of the name of a secret", v.Name, c.Site.Name)
	} else {
		b.answer(&c.Vault, a.Key, "the name of the key", v.Name)
		if a.Key.Given() {
			b.secrets = append(b.secrets, secretOf{c.ID, a.Key})
		}
	}
	if a.Circuit.Given() {
		if at := b.circuitNamed(a.Circuit.Value); at >= 0 {
			c.Circuit = b.e.Circuits[at].ID
		} else {
			b.unused(a.Circuit, "no circuit is named %q", a.Circuit.Raw)
		}
	}
}
