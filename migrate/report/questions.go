package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Questions writes an options file for a classic estate. What the file that the options came from
// answers stands in it as it was written; what is still open stands in it as a line to be completed,
// commented out, with the reason for the question and what is assumed until then. Taking the # off
// such a line makes it an answer. It returns what w returns.
func Questions(w io.Writer, e *estate.Estate, o *options.Options) error {
	q := newQuestions(e, o)
	q.head()
	q.subscriptions()
	q.affinityGroups()
	q.gateways()
	q.connections()
	q.sites()
	q.circuits()
	q.suppressions()
	_, err := io.WriteString(w, q.b.String())
	return err
}

type questions struct {
	b strings.Builder
	e *estate.Estate
	o *options.Options

	subscriptionNames []string                          // as the estate has them, in order
	short             map[string]string                 // each under the shortest name that no other has
	named             map[estate.Key]int                // how many objects of the estate have a type and name
	vnet              map[estate.Key]estate.ID          // by gateway
	gateway           map[estate.Key]estate.ID          // by connection
	tunnels           map[estate.Key]bool               // sites that a VPN connection leads to
	places            map[estate.Key]string             // of VNets
	least             map[estate.Key]*estate.Connection // by site: the connection that is paired with the least confidence
}

func newQuestions(e *estate.Estate, o *options.Options) *questions {
	q := &questions{e: e, o: o, short: map[string]string{}, named: map[estate.Key]int{},
		vnet: map[estate.Key]estate.ID{}, gateway: map[estate.Key]estate.ID{}, least: map[estate.Key]*estate.Connection{}, tunnels: map[estate.Key]bool{}, places: map[estate.Key]string{}}
	count := func(id estate.ID) {
		q.named[unscoped(id)]++
		q.subscriptionNames = append(q.subscriptionNames, id.Subscription)
	}
	for i := range e.VNets {
		count(e.VNets[i].ID)
		q.places[e.VNets[i].ID.Key()] = q.place(e.VNets[i].Refs)
	}
	for i := range e.Sites {
		count(e.Sites[i].ID)
	}
	for i := range e.Gateways {
		q.vnet[e.Gateways[i].ID.Key()] = e.Gateways[i].VNet
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		q.gateway[c.ID.Key()] = c.Gateway
		if c.Kind != estate.ExpressRoute {
			q.tunnels[c.Site.Key()] = true
		}
		if l := q.least[c.Site.Key()]; l == nil || c.Pairing.Confidence < l.Pairing.Confidence {
			q.least[c.Site.Key()] = c
		}
	}
	slices.Sort(q.subscriptionNames)
	q.subscriptionNames = slices.Compact(q.subscriptionNames)
	q.shorten()
	return q
}

// unscoped is the key of a type and name, in whatever subscription.
func unscoped(id estate.ID) estate.Key { return estate.ID{Type: id.Type, Name: id.Name}.Key() }

// shorten names each subscription by the last element of its path without extension, or with it, or
// by its path: by the first of these that no other has.
func (q *questions) shorten() {
	forms := func(name string) []string {
		names := options.PathNames(name)
		slices.Reverse(names)
		return slices.DeleteFunc(names, func(n string) bool { return strings.TrimSpace(n) == "" })
	}
	taken := map[string]map[string]bool{} // by a form: the subscriptions that have it
	for _, name := range q.subscriptionNames {
		for _, form := range forms(name) {
			key := strings.ToLower(form)
			if taken[key] == nil {
				taken[key] = map[string]bool{}
			}
			taken[key][name] = true
		}
	}
	for _, name := range q.subscriptionNames {
		q.short[name] = name
		for _, form := range forms(name) {
			if form != "" && len(taken[strings.ToLower(form)]) == 1 {
				q.short[name] = form
				break
			}
		}
	}
}

// say writes a comment; its values must have been made harmless.
func (q *questions) say(format string, args ...any) { fmt.Fprintf(&q.b, "# "+format+"\n", args...) }

// about writes a comment that belongs to the next line.
func (q *questions) about(format string, args ...any) {
	fmt.Fprintf(&q.b, "  # "+format+"\n", args...)
}

// ask writes a line that is an answer when its # is taken off.
func (q *questions) ask(line string) { q.b.WriteString("#  " + line + "\n") }

// answer writes what the options file says already.
func (q *questions) answer(line string) { q.b.WriteString("  " + line + "\n") }

// section begins a part of the file, and says which assumptions it settles.
func (q *questions) section(name, about string, assumptions ...string) {
	q.b.WriteString("\n")
	q.say("%s", about)
	for _, id := range assumptions {
		if a, ok := q.assumption(id); ok {
			q.say("%s: until it is answered, %s", id, assumed(a))
		}
	}
	q.b.WriteString(name + ":\n")
}

// assumption is what is assumed of this estate, or would be of one that the input says less of.
func (q *questions) assumption(id string) (estate.Assumption, bool) {
	if i := slices.IndexFunc(q.e.Assumptions, func(a estate.Assumption) bool { return a.ID == id }); i >= 0 {
		return q.e.Assumptions[i], true
	}
	return estate.AssumptionText(id)
}

// assumed is what is assumed, as the end of a sentence.
func assumed(a estate.Assumption) string {
	if rest, ok := strings.CutPrefix(a.Assumed, "nothing: "); ok {
		return "nothing is assumed: " + rest
	}
	return "it is assumed that " + a.Assumed
}

func (q *questions) head() {
	q.b.WriteString(`# netmigrate.yaml: what the network files cannot say, and what you decided.
#
# A line that begins with # and two spaces is an open question: complete it and take the # off.
# Every member that is left empty stays open. Shared keys never stand here, only the names of
# secrets in a Key Vault.

version: 1
`)
	if q.o.Mode != "" {
		fmt.Fprintf(&q.b, "mode: %s\n", plainYAML(string(q.o.Mode)))
	}
	if q.o.Hub != "" {
		fmt.Fprintf(&q.b, "hub: %s\n", plainYAML(string(q.o.Hub)))
	}
	switch {
	case q.o.KeyVault.Given():
		fmt.Fprintf(&q.b, "keyVault: %s\n", plainYAML(q.o.KeyVault.Raw))
	case len(q.e.Connections) > 0:
		q.b.WriteString("\n# The resource id of the Key Vault with the shared keys; without it each key is asked for when deployed.\n#keyVault:\n")
	}
}

// pair is a member of an object and its value in YAML; an empty value is an open question.
type pair struct{ name, value string }

// object is a mapping on one line.
func object(pairs ...pair) string {
	var parts []string
	for _, p := range pairs {
		parts = append(parts, p.name+": "+p.value)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// said are the members that the options file gives.
func said(members ...any) []pair {
	var out []pair
	for i := 0; i < len(members); i += 2 {
		if t := members[i+1].(options.Text); t.Given() {
			out = append(out, pair{members[i].(string), plainYAML(t.Raw)})
		}
	}
	return out
}

// open are the members among some that a first object has not.
func open(given []pair, asked []pair) []pair {
	var out []pair
	for _, a := range asked {
		if !hasMember(given, a.name) {
			out = append(out, a)
		}
	}
	return out
}

func hasMember(in []pair, name string) bool {
	for _, p := range in {
		if p.name == name {
			return true
		}
	}
	return false
}

// remaining names what an answer has left open.
func (q *questions) remaining(asked []pair) {
	if len(asked) == 0 {
		return
	}
	var names []string
	for _, p := range asked {
		names = append(names, p.name)
	}
	q.about("still open here: %s", strings.Join(names, ", "))
}

func (q *questions) subscriptions() {
	q.section("subscriptions", "Which subscription each file describes.")
	for _, s := range q.o.Subscriptions {
		q.answer(plainYAML(s.Name.Raw) + ": " + object(said("id", s.ID, "tenant", s.Tenant, "resourceGroup", s.ResourceGroup)...))
	}
	for _, name := range q.subscriptionNames {
		if _, known := q.o.Subscription(name); !known {
			q.ask(plainYAML(q.short[name]) + ": " + object(pair{"id", ""}, pair{"tenant", ""}, pair{"resourceGroup", ""}))
		}
	}
}

func (q *questions) affinityGroups() {
	q.section("affinityGroups", "In which region each affinity group is: West Europe, East US …", estate.AsmRegion)
	for _, a := range q.o.AffinityGroups {
		q.answer(plainYAML(a.Name.Raw) + ": " + plainYAML(a.Region.Raw))
	}
	asked := map[string]bool{}
	for i := range q.e.VNets {
		v := &q.e.VNets[i]
		group := v.Region.AffinityGroup
		if _, known := q.o.AffinityGroup(v.ID.Subscription, group); known || v.Region.Name != "" || group == "" || asked[strings.ToLower(group)] {
			continue
		}
		asked[strings.ToLower(group)] = true
		q.about("of VNet %q, %s", v.Name, q.place(v.Refs))
		q.ask(plainYAML(group) + ":")
	}
}

func (q *questions) gateways() {
	q.section("gateways", "What each gateway is. A gateway's address also settles which tunnels end on it.",
		estate.AsmGateway, estate.AsmSKU, estate.AsmRoutes, estate.AsmCertificates)
	x := estate.NewIndex(q.e)
	for _, g := range q.o.Gateways {
		members := said("address", g.Address, "routing", g.Routing, "size", g.Size, "sku", g.SKU, "state", g.State, "defaultSite", g.DefaultSite)
		if len(g.RootCertificates) > 0 {
			var data []pair
			for _, c := range g.RootCertificates {
				data = append(data, pair{plainYAML(c.Name.Raw), plainYAML(c.Data.Raw)})
			}
			members = append(members, pair{"rootCertificates", object(data...)})
		}
		q.answer(plainYAML(g.VNet.Raw) + ": " + object(members...))
		for i := range q.e.Gateways {
			if is := &q.e.Gateways[i]; q.o.Names(g.VNet, is.VNet.Subscription, is.VNet.Name) && !second(x, is) {
				q.remaining(open(members, gatewayQuestions(is)))
				break
			}
		}
	}
	asked := map[estate.Key]bool{}
	for i := range q.e.Gateways {
		g := &q.e.Gateways[i]
		if _, known := q.o.Gateway(g.VNet.Subscription, g.VNet.Name); known || asked[g.VNet.Key()] || second(x, g) {
			continue // the VPN gateway of a VNet stands before its ExpressRoute gateway
		}
		asked[g.VNet.Key()] = true
		questions := gatewayQuestions(g)
		if len(questions) == 0 {
			continue
		}
		q.about("%s gateway of VNet %q, %s", g.Kind, g.VNet.Name, q.places[g.VNet.Key()])
		q.ask(plainYAML(q.name(g.VNet)) + ": " + object(questions...))
	}
}

// second reports whether a gateway stands beside the one of its VNet that the options file speaks of.
func second(x *estate.Index, g *estate.Gateway) bool {
	return g.Beside.Known() && slices.ContainsFunc(x.GatewaysOf(g.VNet), func(o *estate.Gateway) bool { return !o.Beside.Known() })
}

// gatewayQuestions are the members that the documents leave open, with what is assumed. A gateway
// that does not exist has neither address nor type, and only its successor's size is open.
func gatewayQuestions(g *estate.Gateway) []pair {
	var asked []pair
	ask := func(open bool, name, assumed string) {
		if open {
			asked = append(asked, pair{name, assumed})
		}
	}
	vpn, exists := g.Kind == estate.VPNGateway, !g.Absent()
	sku := azure.DefaultExpressRouteGatewaySKU
	if vpn {
		sku = azure.DefaultVPNGatewaySKU
	}
	ask(vpn && exists && !g.Address.IsValid(), "address", "")
	ask(vpn && exists && !g.Routing.Known(), "routing", "dynamic")
	ask(exists && !g.Size.Known(), "size", "")
	ask((!exists || !g.Size.Known()) && g.SKU == "", "sku", sku)
	ask(!g.State.Known(), "state", "provisioned")
	ask(len(g.ClientPools) > 0 && !g.Certified(), "rootCertificates", "{}")
	return asked
}

func (q *questions) connections() {
	q.section("connections", "The secret in the Key Vault with the key of each tunnel (both ends of one have the same), its state (connected or not-connected), and the circuit of each ExpressRoute connection.", estate.AsmKey)
	for _, c := range q.o.Connections {
		q.answer("- " + object(said("vnet", c.VNet, "site", c.Site, "key", c.Key, "state", c.State, "circuit", c.Circuit)...))
	}
	for i := range q.e.Connections {
		c := &q.e.Connections[i]
		vnet, ok := q.vnet[c.Gateway.Key()]
		if !ok || c.Site.IsZero() || c.Kind == estate.ExpressRoute {
			continue // a circuit names its VNets itself
		}
		if _, known := q.o.Connection(vnet.Subscription, vnet.Name, c.Site.Name); known {
			continue
		}
		q.about("%s", q.place(c.Refs))
		q.ask("- " + object(pair{"vnet", plainYAML(q.name(vnet))}, pair{"site", plainYAML(c.Site.Name)}, pair{"key", ""}, pair{"state", ""}))
	}
}

func (q *questions) sites() {
	q.section("sites", "What each local network site stands for: on-premises, vnet (then which one), other-subscription, or gone.",
		estate.AsmExternal, estate.AsmPairing, estate.AsmAddress)
	for _, s := range q.o.Sites {
		q.answer(plainYAML(s.Name.Raw) + ": " + object(said("is", s.Is, "vnet", s.VNet, "address", s.Address)...))
	}
	for i := range q.e.Sites {
		s := &q.e.Sites[i]
		if _, known := q.o.Site(s.ID.Subscription, s.Name); known || !q.tunnels[s.ID.Key()] {
			continue
		}
		q.site(s)
	}
}

// site asks about a site where it is not certain what it stands for.
func (q *questions) site(s *estate.Site) {
	name := plainYAML(q.name(s.ID))
	var asked []pair
	switch {
	case s.Class == estate.SiteUnresolved:
		asked = []pair{{"is", ""}, {"vnet", ""}}
	case s.Endpoint.IsZero():
		asked = []pair{{"is", string(options.OnPremises)}}
	case q.confidence(s) != estate.Certain:
		asked = []pair{{"is", "vnet"}, {"vnet", plainYAML(q.name(s.Endpoint))}}
	}
	noAddress := s.Address.Placeholder != "" || !s.Address.IsValid()
	if noAddress && s.Endpoint.IsZero() {
		asked = append(asked, pair{"address", ""})
	}
	if len(asked) == 0 {
		return
	}
	q.about("%s, taken as %s", q.place(s.Refs), s.Class)
	for _, c := range q.candidates(s) {
		q.about("it may stand for VNet %q", c)
	}
	q.ask(name + ": " + object(asked...))
}

// confidence is the least with which a connection to the site is paired.
func (q *questions) confidence(s *estate.Site) estate.Confidence {
	if c := q.least[s.ID.Key()]; c != nil {
		return c.Pairing.Confidence
	}
	return estate.Certain
}

// candidates are the VNets that an ambiguous connection to the site may end in.
func (q *questions) candidates(s *estate.Site) []string {
	c := q.least[s.ID.Key()]
	if c == nil {
		return nil
	}
	var out []string
	for _, half := range c.Pairing.Candidates {
		if vnet, ok := q.vnet[q.gateway[half.Key()].Key()]; ok {
			out = append(out, q.name(vnet))
		}
	}
	return out
}

func (q *questions) circuits() {
	q.section("circuits", "The ExpressRoute circuits, under names of your own; several VNets may share one.", estate.AsmCircuit, estate.AsmCoexistence)
	for _, c := range q.o.Circuits {
		members := said("resourceId", c.ResourceID, "authorization", c.Authorization)
		if len(c.VNets) > 0 {
			var vnets []string
			for _, v := range c.VNets {
				vnets = append(vnets, plainYAML(v.Raw))
			}
			members = append(members, pair{"vnets", "[" + strings.Join(vnets, ", ") + "]"})
		}
		q.answer(plainYAML(c.Name.Raw) + ": " + object(members...))
	}
	for i := range q.e.Gateways {
		g := &q.e.Gateways[i]
		if _, known := q.o.CircuitOf(g.VNet.Subscription, g.VNet.Name); known || g.Kind != estate.ExpressRouteGateway {
			continue
		}
		q.about("VNet %q, %s", g.VNet.Name, q.places[g.VNet.Key()])
		q.ask(plainYAML(q.circuitName(g)) + ": " +
			object(pair{"resourceId", ""}, pair{"vnets", "[" + plainYAML(q.name(g.VNet)) + "]"}))
	}
}

// circuitName is what the circuit of an ExpressRoute gateway is called in an answer: as a document
// calls it, or else after the VNet.
func (q *questions) circuitName(g *estate.Gateway) string {
	for i := range q.e.Connections {
		c := &q.e.Connections[i]
		if !c.Gateway.Same(g.ID) || c.Circuit.IsZero() {
			continue
		}
		return c.Circuit.Name
	}
	return "circuit of " + q.name(g.VNet)
}

func (q *questions) suppressions() {
	q.b.WriteString("\n")
	q.say("Findings that somebody has looked at. The object is a name in the finding or its file.")
	q.b.WriteString("suppress:\n")
	for _, s := range q.o.Suppressions {
		q.answer("- " + object(said("rule", s.Rule, "object", s.Object, "reason", s.Reason, "expires", s.Expires)...))
	}
	q.ask("- " + object(pair{"rule", "SITE-007"}, pair{"object", "name of a site"}, pair{"reason", plainYAML("who decided it, and why")}, pair{"expires", "2027-12-31"}))
}

// place is where something is in the input, for a comment.
func (q *questions) place(refs []diag.Ref) string {
	if len(refs) == 0 {
		return "a place unknown"
	}
	return diag.Plain(q.e.Pos(refs[0]).String())
}

// name is how the options file names a VNet or site: with its subscription where another has one of
// the same name.
func (q *questions) name(id estate.ID) string {
	if q.named[unscoped(id)] > 1 {
		return q.short[id.Subscription] + "/" + id.Name
	}
	return id.Name
}

// plainYAML writes a text as a YAML scalar that reads back as the same text, on one line and
// without anything that a terminal or an editor would act on. What could be anything else than a
// text stands in quotes.
func plainYAML(s string) string {
	if isPlainYAML(s) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case unicode.IsPrint(r) && r != '\ufeff':
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// isPlainYAML reports whether a text needs no quotes in YAML of any version.
func isPlainYAML(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '/'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || strings.IndexByte("_.- ", c) >= 0)) {
			return false
		}
	}
	if s == "" || s[len(s)-1] == ' ' {
		return false
	}
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return false
	}
	return true
}
