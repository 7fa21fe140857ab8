// Package deploy turns estates into ARM templates: the whole of a converted estate, or what a
// plan adds to a network that exists. What exists already is never written; a template only
// refers to it.
package deploy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Options is what the deployment is told beside the estate.
type Options struct {
	// KeyVault is the resource id of the vault that holds the shared keys. When it is empty, the
	// parameter file leaves the keys out, and whoever deploys is asked for them.
	KeyVault string
}

// Deployment is a template with its parameter file.
type Deployment struct {
	Template   *arm.Template
	Parameters *arm.Parameters
	Existing   []string // what the template refers to and does not contain
}

// Convert turns a classic estate into templates, one to one, and says what became of every leaf of
// the input that the estate carries. One subscription that fits into one template has one stage.
func Convert(classic *estate.Estate, opts Options) ([]Stage, []diag.Fate, diag.List) {
	modern, fates, found := estate.ToARM(classic)
	stages, noticed := Stages(modern, opts)
	return stages, append(fates, renderFates(modern, classic)...), append(found, noticed...)
}

// Converted is one template for a classic estate whose ARM form is there already, whatever the limits
// of a template are: for comparing. The fates and findings of making the ARM form are not among those
// returned.
func Converted(classic, modern *estate.Estate, opts Options) (*Deployment, []diag.Fate, diag.List) {
	d, found := Render(modern, nil, opts)
	if names := subscriptions(classic); len(names) > 1 {
		found.Add("ARM-014", diag.Pos{}, "the template puts the networks of %d subscriptions into one resource group: %s", len(names), strings.Join(names, ", "))
	}
	return d, renderFates(modern, classic), found
}

// subscriptions lists the documents that VNets come from, in order.
func subscriptions(classic *estate.Estate) []string {
	var names []string
	for i := range classic.VNets {
		names = append(names, classic.VNets[i].ID.Subscription)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Render writes every object of e, and refers to those of existing: their ids are in the template's metadata. Without
// existing, e is a network that was found: what is in its firewalls, appliances and Route Servers no estate knows, and
// they are not written.
func Render(e, existing *estate.Estate, opts Options) (*Deployment, diag.List) {
	if existing == nil {
		return renderFor(e, &estate.Estate{}, e, e, opts)
	}
	return renderFor(e, existing, existing, e, opts)
}

// renderFor is Render for a network that was found, and a target that says where routes lead.
func renderFor(e, existing, found, target *estate.Estate, opts Options) (*Deployment, diag.List) {
	p := part{builder: builder{estate.NewIndex(found)}, estate: e, used: usedSites(e)}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		if p.built(g) {
			p.addresses = append(p.addresses, g)
		}
		if p.ownFirewall(g) {
			p.policies, p.groups = append(p.policies, g), append(p.groups, ruleGroups(target, g)...)
		}
	}
	for i := range e.Connections {
		p.tunnels = append(p.tunnels, &e.Connections[i])
	}
	d, noticed := render(p, estate.NewIndex(existing), opts)
	return d, append(noticed, tooManyRules(p.groups)...)
}

// part is what one template writes of an estate.
type part struct {
	builder
	estate    *estate.Estate       // the objects that are written
	addresses []*estate.Gateway    // the gateways whose public addresses are written
	policies  []*estate.Gateway    // the firewalls whose policies are written
	groups    []ruleGroup          // the rules of firewalls that are written
	tunnels   []*estate.Connection // all connections of the gateways that are written
	used      map[estate.Key]bool  // the sites that get a local network gateway
	scope     scope                // where it is deployed; zero: everything is in one place

	destinations destinations // of the scopes
}

func render(p part, old *estate.Index, opts Options) (*Deployment, diag.List) {
	e := p.estate
	r := &renderer{
		part: p, e: e, x: estate.NewIndex(e), old: old, opts: opts,
		t: &arm.Template{}, values: &arm.Parameters{}, params: map[string]string{}, taken: map[string]bool{},
		writes: map[estate.Key][]string{}, external: map[string]bool{}, keys: map[string]bool{}, ownAddress: map[estate.Key]bool{},
	}
	for _, g := range p.addresses {
		r.ownAddress[g.PublicIP.Key()] = true
	}
	r.t.Resources = make([]arm.Resource, 0, len(e.SecurityGroups)+len(e.RouteTables)+len(e.VNets)+len(p.addresses)+len(p.policies)+len(p.groups)+len(e.Gateways)+len(e.Sites)+len(e.Connections)+len(e.Peerings)+len(e.Managers)+2*len(e.Groups))
	for i := range e.SecurityGroups {
		r.securityGroup(&e.SecurityGroups[i])
	}
	for i := range e.RouteTables {
		r.routeTable(&e.RouteTables[i])
	}
	for i := range e.VNets {
		r.virtualNetwork(&e.VNets[i])
	}
	for _, g := range p.addresses {
		r.publicIPAddress(g)
	}
	for _, g := range p.policies {
		r.firewallPolicy(g)
	}
	for i := range p.groups {
		r.ruleGroup(&p.groups[i])
	}
	for i := range e.Gateways {
		if g := &e.Gateways[i]; p.ownServer(g) { // before the gateways
			r.routeServer(g)
		}
	}
	for i := range e.Gateways {
		switch g := &e.Gateways[i]; {
		case g.Kind.Virtual():
			r.gateway(g)
		case p.ownFirewall(g):
			r.firewall(g)
		case p.ownBalancer(g):
			r.balancer(g)
		}
	}
	for i := range e.Sites {
		if p.used[e.Sites[i].ID.Key()] {
			r.localNetworkGateway(&e.Sites[i])
		}
	}
	for i := range e.Connections {
		r.connection(&e.Connections[i])
	}
	r.peerings()
	for i := range e.Managers {
		if m := &e.Managers[i]; p.managed(m) {
			r.networkManager(m)
		}
	}
	for i := range e.Groups {
		if g := &e.Groups[i]; p.formed(g) {
			r.networkGroup(g)
		}
	}
	if len(e.Gateways) > 0 {
		r.devices()
	}
	r.clouds()
	r.notes()
	return r.finish(), r.found
}

// notes says once what holds for many resources.
func (r *renderer) notes() {
	if keys := len(r.keys); keys > 0 && r.opts.KeyVault == "" {
		have, them := keysHave(keys)
		r.found.Add("ARM-006", diag.Pos{}, "%s no value in the parameter file; the deployment asks for %s", have, them)
	}
	for i := range r.e.VNets {
		for j := range r.e.VNets[i].Subnets {
			if s := &r.e.VNets[i].Subnets[j]; outbound(s) && !s.OfGateways() {
				r.found.Add("ARM-008", r.at(s.Refs), "the subnets keep the default outbound access that classic subnets had (defaultOutboundAccess is true)")
				return
			}
		}
	}
}

// clouds reports VNets of several clouds: a deployment reaches one.
func (r *renderer) clouds() {
	seen := map[string]bool{} // regions
	var names []string
	var first []*estate.VNet // of each cloud
	for i := range r.e.VNets {
		v := &r.e.VNets[i]
		if seen[v.Region.Name] {
			continue
		}
		seen[v.Region.Name] = true
		region, ok := azure.LookupRegion(v.Region.Name)
		if ok && !slices.Contains(names, region.Cloud) {
			names, first = append(names, region.Cloud), append(first, v)
		}
	}
	if len(names) < 2 {
		return
	}
	f := diag.New("ARM-015", r.at(first[0].Refs), "the template spans %d clouds: %s; a deployment cannot", len(names), strings.Join(names, ", "))
	for i, v := range first {
		f = f.See(r.at(v.Refs), "%q is in %s (%s)", v.Name, names[i], displayName(v.Region.Name))
	}
	r.found = append(r.found, f)
}

// renderer collects the resources and parameters of one template.
type renderer struct {
	part
	e        *estate.Estate
	x, old   *estate.Index
	opts     Options
	t        *arm.Template
	values   *arm.Parameters
	params   map[string]string       // what a parameter stands for → its name
	taken    map[string]bool         // folded parameter names
	writes   map[estate.Key][]string // VNet → ids of the last resources that write to it
	external map[string]bool
	keys     map[string]bool // the parameters that hold shared keys
	found    diag.List

	ownAddress map[estate.Key]bool // the public addresses that this template writes
}

func (r *renderer) at(refs []diag.Ref) diag.Pos {
	if len(refs) == 0 {
		return diag.Pos{}
	}
	return r.e.Pos(refs[0])
}

func (r *renderer) add(res arm.Resource) { r.t.Resources = append(r.t.Resources, res) }

func (r *renderer) finish() *Deployment {
	d := &Deployment{Template: r.t, Parameters: r.values}
	for name := range r.external {
		d.Existing = append(d.Existing, name)
	}
	slices.Sort(d.Existing)
	if len(d.Existing) > 0 {
		list := make(arm.Array, len(d.Existing))
		for i, name := range d.Existing {
			list[i] = name
		}
		r.t.Metadata = arm.Object{{Name: arm.MetadataExisting, Value: list}}
	}
	return d
}

// parameter declares a parameter once per thing it stands for and returns the expression for it.
func (r *renderer) parameter(stands, name string, p arm.Parameter) (expr, declared string, isNew bool) {
	if known, ok := r.params[stands]; ok {
		return arm.ParameterRef(known), known, false
	}
	declared = unused(r.taken, parameterName(name))
	r.params[stands] = declared
	p.Name = declared
	r.t.Parameters = append(r.t.Parameters, p)
	return arm.ParameterRef(declared), declared, true
}

// unused makes a name unique, whatever the letter case, and takes it.
func unused(taken map[string]bool, want string) string {
	name := want
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = want + "_" + itoa(n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// parameterName keeps letters, digits and underscores, which every tool takes.
func parameterName(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_':
			return c
		}
		return '_'
	}, s)
}

// location is the parameter that holds a region. A known region is its default; an unknown one
// has none, so that a deployment asks.
func (r *renderer) location(region estate.Region, refs []diag.Ref) string {
	if region.Name != "" {
		expr, name, isNew := r.parameter("location "+region.Name, "location_"+region.Name, arm.Parameter{
			Type: arm.ParamString, Default: region.Name, Description: "Region of what was in " + displayName(region.Name) + "."})
		if isNew {
			r.values.Values = append(r.values.Values, arm.ParameterValue{Name: name, Value: region.Name})
		}
		return expr
	}
	unknown := region.AffinityGroup + region.Raw
	expr, name, isNew := r.parameter("location of "+unknown, "location_"+unknown, arm.Parameter{
		Type: arm.ParamString, Description: arm.Literal("Region of what was in " + region.String() + ".")})
	if isNew {
		if len(region.Refs) > 0 {
			refs = region.Refs
		}
		r.found.Add("ARM-004", r.at(refs), "the region of %s is not known; parameter %q asks for it", region, name)
	}
	return expr
}

func displayName(region string) string {
	if known, ok := azure.LookupRegion(region); ok {
		return known.DisplayName
	}
	return region
}

// id is the expression for an object, and notes it as external when this template does not
// contain it. depends is the same expression, or empty for what is external.
func (r *renderer) id(id estate.ID) (expr, depends string) {
	typ, names := armType(id)
	if !r.scope.covers(id) {
		return r.foreign(id), ""
	}
	expr = arm.ResourceID(typ, names...)
	if r.contains(id) {
		return expr, expr
	}
	r.external[arm.Existing(typ, names...)] = true
	return expr, ""
}

func (r *renderer) contains(id estate.ID) bool {
	switch id.Type {
	case estate.TypeVNet:
		return r.x.VNet(id) != nil
	case estate.TypeGateway, estate.TypeFirewall, estate.TypeRouteServer:
		return r.x.Gateway(id) != nil
	case typePolicy:
		return slices.ContainsFunc(r.policies, func(g *estate.Gateway) bool { return policyOf(g.ID).Same(id) })
	case typeRules:
		return slices.ContainsFunc(r.groups, func(g ruleGroup) bool { return g.id().Same(id) })
	case estate.TypePublicIP:
		return r.ownAddress[id.Key()]
	case estate.TypeSite:
		return r.x.Site(id) != nil
	case estate.TypeConnection:
		return r.x.Connection(id) != nil
	case estate.TypePeering:
		return r.x.Peering(id) != nil
	case estate.TypeNSG:
		return r.x.SecurityGroup(id) != nil
	case estate.TypeRouteTable:
		return r.x.RouteTable(id) != nil
	case estate.TypeNetworkGroup:
		return r.x.NetworkGroup(id) != nil
	case estate.TypeNetworkManager:
		return r.x.NetworkManager(id) != nil
	}
	return false
}

func armType(id estate.ID) (typ string, names []string) {
	if id.Child != "" {
		return arm.Provider + id.Type, []string{id.Name, id.Child}
	}
	return arm.Provider + id.Type, []string{id.Name}
}

// depend lists the non-empty dependencies, each once, in order.
func depend(ids ...string) []string {
	var out []string
	for _, id := range ids {
		if id != "" && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// keySecret is the name of the secret that holds the shared key of a connection.
func keySecret(c *estate.Connection) string {
	return cmp.Or(c.Vault.Value, secretName("vpn-", c.KeyName))
}

// authorizationSecret is that of the secret by which a circuit's owner lets a connection in.
func authorizationSecret(c *estate.Connection) string { return secretName("expressroute-", c.ID.Name) }

// secretName is a legal Key Vault secret name: letters, digits and hyphens, at most 127.
// Source: docs/sources.md#key-vault.
func secretName(prefix, of string) string {
	name := prefix + strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, of)
	return name[:min(len(name), 127)]
}

func keysHave(n int) (have, them string) {
	if n == 1 {
		return "1 shared key has", "it"
	}
	return itoa(n) + " shared keys have", "them"
}

// count says how many things there are: "1 route", "2 routes".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return itoa(n) + " " + noun
}
