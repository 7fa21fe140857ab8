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

// answering applies the options file to an estate. What a person says counts more than any document; where
// a document says something else there is a finding, and so there is for an answer that cannot count.
type answering struct {
	e            *Estate
	opts         *options.Options
	found        *diag.List
	input        string // what the answers are about: "listing"
	vnets, sites *named
	secrets      []secretOf
	idle         map[diag.Pos]bool // what is reported to count for nothing
	said         map[any]any       // of facts and addresses that an entry settled already, what the input says
}

func newAnswering(e *Estate, opts *options.Options, found *diag.List, input string) answering {
	return answering{e: e, opts: opts, found: found, input: input, idle: map[diag.Pos]bool{}, said: map[any]any{},
		vnets: newNamed(e.VNets, func(v *VNet) ID { return v.ID }),
		sites: newNamed(e.Sites, func(s *Site) ID { return s.ID })}
}

// unused reports an answer that cannot count, once.
func (a *answering) unused(t options.Text, format string, args ...any) {
	if at := a.opts.Pos(t); !a.idle[at] {
		a.idle[at] = true
		a.found.Add(answerUnused, at, format, args...)
	}
}

func (a *answering) overrules(t options.Text, before []diag.Ref, format string, args ...any) {
	f := diag.New(answerContradicts, a.opts.Pos(t), format, args...)
	if len(before) > 0 {
		f = f.See(a.e.Pos(before[0]), "a document says so here")
	}
	*a.found = append(*a.found, f)
}

// fact lets the options file settle a fact.
func (a *answering) fact(known *Fact, t options.Text, what string, of string) {
	if !t.Given() {
		return
	}
	input := asSaid(a, known)
	if input.Known() && !strings.EqualFold(input.Value, t.Value) {
		a.overrules(t, input.Refs, "%s of %q is %s here, and %s in the input", what, of, t.Raw, input.Raw)
	}
	known.Value, known.Raw = t.Value, t.Raw
}

// asSaid is what the input says, whatever an entry that names its object less exactly has made of it.
func asSaid[T any](a *answering, known *T) T {
	if _, settled := a.said[known]; !settled {
		a.said[known] = *known
	}
	return a.said[known].(T)
}

// plainFirst orders entries by how exactly they name their object: what is said of one object counts more than
// what is said of all of its name.
func plainFirst[T any](entries []T, name func(*T) options.Text) []*T {
	out := make([]*T, len(entries))
	for i := range entries {
		out[i] = &entries[i]
	}
	slices.SortStableFunc(out, func(x, y *T) int {
		return cmp.Compare(strings.Count(name(x).Value, "/"), strings.Count(name(y).Value, "/"))
	})
	return out
}

// named finds objects as a person names them: by name, or with the subscription, the resource group or both before it.
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
			id := n.ids[j]
			if o.NamesIn(t, id.Subscription, id.Group, id.Name) {
				at = append(at, j)
			}
		}
	}
	return at
}

// one returns the only object that a value names. A name that the input does not have is reported
// by options.Strangers, a name of several objects here.
func (a *answering) one(n *named, t options.Text) (int, bool) {
	switch at := n.find(a.opts, t); len(at) {
	case 0:
		return 0, false
	case 1:
		return at[0], true
	default:
		path, before := n.ids[at[0]].Path()
		a.unused(t, "%q names %d objects of the input; write the %s before it, as %q", t.Raw, len(at), before, path)
		return 0, false
	}
}

// certificate gives a certificate that the service listed its data, by its subject, or adds it.
func (a *answering) certificate(g *Gateway, c options.RootCertificate) {
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

// address lets the options file settle an address.
func (a *answering) address(known *Address, t options.Text, what, of string) {
	if !t.Given() {
		return
	}
	addr, err := ParseAddr(t.Value)
	if err != nil {
		return // options.Parse takes addresses only
	}
	input := asSaid(a, known)
	if input.IsValid() && input.Placeholder == "" && input.Addr != addr {
		a.overrules(t, input.Refs, "the address of %s %q is %s here, and %s in the input", what, of, addr, input.Addr)
	}
	known.Addr, known.Placeholder = addr, azure.Placeholder(addr)
}

// declaredKinds are the words of the options file.
var declaredKinds = map[options.SiteKind]DeclaredKind{
	options.OnPremises: DeclaredOnPremises, options.OfVNet: DeclaredVNet,
	options.OtherSubscription: DeclaredElsewhere, options.Gone: DeclaredGone,
}

// site says what sites stand for: all of the name.
func (a *answering) site(said *options.Site) {
	at := a.sites.find(a.opts, said.Name)
	declared := Declaration{Kind: declaredKinds[said.Kind()]}
	if said.VNet.Given() {
		i, ok := a.one(a.vnets, said.VNet)
		if !ok {
			return
		}
		declared.VNet = a.e.VNets[i].ID
	}
	address := said.Address
	if address.Given() && a.devices(at) > 1 {
		path, before := a.sites.ids[at[0]].Path()
		a.unused(address, "%q names local network sites of different devices; write the %s before it, as %q", said.Name.Raw, before, path)
		address = options.Text{}
	}
	x := NewIndex(a.e)
	for _, i := range at {
		s := &a.e.Sites[i]
		if declared.Kind == DeclaredVNet && ownOnly(x, s, declared.VNet) {
			a.unused(said.VNet, "VNet %q alone uses local network site %q, which cannot stand for that VNet", declared.VNet.Name, s.Name)
			continue
		}
		if declared.Kind != Undeclared {
			s.Declared = declared
		}
		a.address(&s.Address, address, "local network site", s.Name)
	}
}

// devices counts the addresses that sites have.
func (a *answering) devices(at []int) int {
	seen := map[netip.Addr]bool{}
	for _, i := range at {
		if s := &a.e.Sites[i]; s.Address.IsValid() && s.Address.Placeholder == "" {
			seen[s.Address.Addr] = true
		}
	}
	return len(seen)
}

// ownOnly reports whether a VNet is the only one whose connections use a site.
func ownOnly(x *Index, s *Site, vnet ID) bool {
	users := x.ConnectionsTo(s.ID)
	return len(users) > 0 && !slices.ContainsFunc(users, func(c *Connection) bool {
		g := x.Gateway(c.Gateway)
		return g == nil || !g.VNet.Same(vnet)
	})
}

// defaultSite says where the default route of a VNet's gateway leads.
func (a *answering) defaultSite(v *VNet, g *Gateway, t options.Text, site ID) {
	if !g.DefaultSite.IsZero() && !g.DefaultSite.Same(site) {
		a.overrules(t, g.DefaultRefs, "the default site of VNet %q is %q here, and %q in the input", v.Name, t.Raw, g.DefaultSite.Name)
	}
	g.DefaultSite = site
}

// subscriptions says what is known of the subscriptions of some names, and reports entries about others.
func (a *answering) subscriptions(names []string) {
	used := map[string]bool{}
	for _, name := range names {
		s, ok := a.opts.Subscription(name)
		if !ok {
			continue
		}
		used[s.Name.Value] = true
		known := a.e.subscription(name)
		for _, told := range []struct {
			what  string
			known *string
			said  options.Text
		}{{"id", &known.ID, s.ID}, {"tenant", &known.Tenant, s.Tenant}} {
			if !told.said.Given() {
				continue
			}
			if *told.known != "" && *told.known != told.said.Value {
				a.overrules(told.said, nil, "subscription %q has the %s %s here, and %s in the input", name, told.what, told.said.Value, *told.known)
			}
			*told.known = told.said.Value
		}
		known.ResourceGroup = s.ResourceGroup.Value
	}
	for _, s := range a.opts.Subscriptions {
		if !used[s.Name.Value] {
			a.unused(s.Name, "no %s is of a subscription %q", a.input, s.Name.Raw)
		}
	}
}

// subscription is what is known of a subscription; it is added when it is new.
func (e *Estate) subscription(name string) *Subscription {
	i := slices.IndexFunc(e.Subscriptions, func(s Subscription) bool { return s.Name == name })
	if i < 0 {
		i = len(e.Subscriptions)
		e.Subscriptions = append(e.Subscriptions, Subscription{Name: name})
	}
	return &e.Subscriptions[i]
}

// strangers reports the names of the options file that the input does not have.
func (a *answering) strangers() {
	known := options.Known{Input: a.input}
	add := func(to *[]options.Object, id ID, name string) {
		*to = append(*to, options.Object{Subscription: id.Subscription, Name: name})
		if id.Group != "" {
			*to = append(*to, options.Object{Subscription: id.Subscription, Name: id.Group + "/" + name})
		}
	}
	for i := range a.e.VNets {
		v := &a.e.VNets[i]
		add(&known.VNets, v.ID, v.Name)
		if group := v.Region.AffinityGroup; group != "" {
			add(&known.AffinityGroups, v.ID, group)
		}
	}
	for i := range a.e.Sites {
		add(&known.Sites, a.e.Sites[i].ID, a.e.Sites[i].Name)
	}
	for i := range a.e.Connections {
		if c := &a.e.Connections[i]; c.ID.Child == "" { // it has a name of its own, which may stand in the place of its site
			known.Connections = append(known.Connections, options.Object{Subscription: c.ID.Subscription, Name: c.ID.Name})
		}
	}
	for _, f := range a.opts.Strangers(known) {
		a.idle[f.Pos] = true
		*a.found = append(*a.found, f)
	}
}

// settle says whether a connection is up, and the name of its key. The words say which it is.
func (a *answering) settle(c *Connection, said *options.Connection, words string) {
	a.fact(&c.State, said.State, "the state of the connection to "+cmp.Or(c.Site.Name, c.ID.Name), said.VNet.Raw)
	c.DeclaredDown = said.State.Value == StateNotConnected
	switch {
	case !said.Key.Given():
	case a.isKey(said.Key.Value):
		a.found.Add(keyShown, a.opts.Pos(said.Key), "%s has a shared key here in place of the name of a secret", words)
	default:
		a.fact(&c.Vault, said.Key, "the name of the key", said.VNet.Raw)
		a.secrets = append(a.secrets, secretOf{c.ID, said.Key, words})
	}
}

// isKey reports whether a word is the shared key of a connection: one of letters and digits could
// also be the name of a secret.
func (a *answering) isKey(word string) bool {
	key := netcfg.NewSecret(word)
	return slices.ContainsFunc(a.e.Connections, func(c Connection) bool { return c.Key.Known() && c.Key.Equal(key) })
}

// secretOf is the name of a secret that the options file gives a connection.
type secretOf struct {
	connection ID
	name       options.Text
	words      string // which connection it is
}

// sharedSecrets reports names that stand for several tunnels. The two halves of one have the same.
func (a *answering) sharedSecrets() {
	x := NewIndex(a.e)
	first := map[string][]secretOf{} // by name, one per tunnel
	for _, s := range a.secrets {
		c := x.Connection(s.connection)
		name := strings.ToLower(s.name.Value)
		if c == nil || slices.ContainsFunc(first[name], func(before secretOf) bool { return maybeHalves(c, x.Connection(before.connection)) }) {
			continue
		}
		first[name] = append(first[name], s)
		if before := first[name][0]; before.connection != s.connection {
			*a.found = append(*a.found, diag.New(sharedSecret, a.opts.Pos(s.name), "%s has the same secret as %s, which is another tunnel",
				s.words, before.words).See(a.opts.Pos(before.name), "the first one is here"))
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
