package deploy

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Stage is one template of a deployment that may need several: one per subscription and resource
// group, and more where a template would be over a limit. The stages are in an order in which they
// can be deployed; each is a resource group deployment of its own.
// See docs/decisions/0009-stages-are-templates-in-order.md.
type Stage struct {
	Name          string // unique, and legal as the name of a deployment
	Subscription  string // its id or, when the input does not say, the document that described it
	ResourceGroup string // empty when the input does not say
	*Deployment
	Needs []string // the stages that come first
}

// scope is where a template is deployed. The zero scope is everywhere.
type scope struct{ subscription, group string }

func scopeOf(id estate.ID) scope {
	return scope{strings.ToLower(id.Subscription), strings.ToLower(id.Group)}
}

func (s scope) covers(id estate.ID) bool { return s == scope{} || s == scopeOf(id) }

// The levels of objects: an object refers to others of its own scope that come before it, and in
// other scopes to objects of lower levels only, so stages made level by level never need each other
// in a circle.
const (
	levelNetworks    = iota // security groups, route tables, VNets, public addresses, firewall policies
	levelGateways           // local network gateways, rules of firewalls, gateways, firewalls
	levelConnections        // connections
	levelPeerings           // peerings, connected groups
	levels
)

var levelNames = [levels]string{"networks", "gateways", "connections", "peerings"}

// unit is what has to be in one template: an object, the gateways of one VNet, the halves of one
// tunnel.
type unit struct {
	key        string
	level      int
	add        []func(*part)
	resources  int
	parameters int // at most
	ids        []estate.ID
	needs      []estate.ID
}

// Stages writes a converted estate as one template where that is possible, else as several.
func Stages(modern *estate.Estate, opts Options) ([]Stage, diag.List) {
	s := newStager(modern, estate.NewIndex(modern), modern, modern, opts)
	s.split()
	if len(s.places) == 0 || len(s.places) == 1 && s.places[0].resources() <= arm.MaxResources {
		if d, found := Render(modern, nil, opts); arm.Fits(d.Template) {
			st := Stage{Name: "network", Deployment: d}
			if len(s.places) == 1 {
				st.Subscription, st.ResourceGroup = s.destinations.of(s.places[0].id())
			}
			return []Stage{st}, found
		}
	}
	return s.all()
}

func newStager(e *estate.Estate, known *estate.Index, found, target *estate.Estate, opts Options) *stager {
	return &stager{builder: builder{estate.NewIndex(found)}, whole: e, old: known, target: target, opts: opts, names: azure.NewNamer(), of: map[scope]*place{}, stage: map[estate.Key]int{}, lastRules: map[estate.Key]estate.ID{}, destinations: destinationsOf(e)}
}

// stagesBeside writes objects that are new beside those of a network that is there, on the way to a target.
func stagesBeside(add, base, target *estate.Estate, opts Options) ([]Stage, diag.List) {
	both := *base
	both.VNets = slices.Concat(base.VNets, add.VNets)
	both.Sites = slices.Concat(base.Sites, add.Sites)
	both.Gateways = slices.Concat(base.Gateways, add.Gateways)
	both.Connections = slices.Concat(base.Connections, add.Connections)
	s := newStager(add, estate.NewIndex(&both), base, target, opts)
	s.split()
	return s.all()
}

// all makes the stages of all places.
func (s *stager) all() ([]Stage, diag.List) {
	var tied []*place
	for _, p := range s.places {
		if !s.alone(p) {
			tied = append(tied, p)
		}
	}
	for level := range levels {
		for _, p := range tied {
			s.level(p, level)
		}
	}
	s.needs()
	return s.stages, onceEach(s.found)
}

type stager struct {
	builder
	whole  *estate.Estate
	old    *estate.Index
	target *estate.Estate // where routes lead in the end
	opts   Options
	used   map[estate.Key]bool // the sites that get a local network gateway
	places []*place            // in order
	of     map[scope]*place
	names  *azure.Namer

	destinations destinations

	stages []Stage
	units  [][]*unit          // of each stage
	stage  map[estate.Key]int // object → the stage that writes it

	lastRules map[estate.Key]estate.ID // firewall → the last group of its rules

	found diag.List
}

// place is one subscription and group with its units, in the order of their objects.
type place struct {
	subscription, group string
	label               string // for the names of its stages
	units               []*unit
	byKey               map[string]*unit
}

// labelLength leaves room in the name of a deployment for what the stage is, and a number.
const labelLength = 40

// title names a place for people: the subscription without what a file has at its end, and the group.
func (p *place) title() string {
	name := p.subscription
	if end := path.Ext(name); end == ".netcfg" || end == ".xml" {
		name = strings.TrimSuffix(name, end)
	}
	switch {
	case p.group != "" && arm.IsGUID(name):
		name = p.group + "-" + name[:8]
	case p.group != "":
		name += "-" + p.group
	}
	return name
}

// id stands for whatever is at the place.
func (p *place) id() estate.ID { return estate.ID{Subscription: p.subscription, Group: p.group} }

func (p *place) resources() int {
	n := 0
	for _, u := range p.units {
		n += u.resources
	}
	return n
}

func (s *stager) place(id estate.ID) *place {
	key := scopeOf(id)
	p := s.of[key]
	if p == nil {
		p = &place{subscription: id.Subscription, group: id.Group, byKey: map[string]*unit{}}
		s.of[key] = p
		s.places = append(s.places, p)
	}
	return p
}

// put adds an object to a unit, which is made with its first object, and returns it.
func (s *stager) put(id estate.ID, level int, key string, parameters int, needs []estate.ID, add func(*part)) *unit {
	p := s.place(id)
	u := p.byKey[key]
	if u == nil {
		u = &unit{key: key, level: level}
		p.byKey[key] = u
		p.units = append(p.units, u)
	}
	u.add, u.ids, u.needs = append(u.add, add), append(u.ids, id), append(u.needs, needs...)
	u.resources, u.parameters = u.resources+1, u.parameters+parameters
	for _, other := range needs {
		if !other.IsZero() && scopeOf(other) != scopeOf(id) {
			u.parameters++
		}
	}
	return u
}

// split puts every object into a unit of its place. Parameters for locations are left out of the
// counts: all objects of a region share one.
func (s *stager) split() {
	e := s.whole
	for i := range e.SecurityGroups {
		g := &e.SecurityGroups[i]
		s.put(g.ID, levelNetworks, g.ID.Key().String(), 0, nil, func(p *part) { p.estate.SecurityGroups = append(p.estate.SecurityGroups, *g) })
	}
	for i := range e.RouteTables {
		t := &e.RouteTables[i]
		s.put(t.ID, levelNetworks, t.ID.Key().String(), 0, nil, func(p *part) { p.estate.RouteTables = append(p.estate.RouteTables, *t) })
	}
	for i := range e.VNets {
		v := &e.VNets[i]
		var needs []estate.ID
		for j := range v.Subnets {
			needs = append(needs, v.Subnets[j].SecurityGroup, v.Subnets[j].RouteTable)
		}
		s.put(v.ID, levelNetworks, v.ID.Key().String(), 0, needs, func(p *part) { p.estate.VNets = append(p.estate.VNets, *v) })
	}
	for i := range e.Gateways {
		if g := &e.Gateways[i]; s.built(g) && !g.PublicIP.IsZero() {
			s.put(g.PublicIP, levelNetworks, g.PublicIP.Key().String(), 0, nil, func(p *part) { p.addresses = append(p.addresses, g) })
		}
	}
	s.used = usedSites(e)
	for i := range e.Sites {
		if site := &e.Sites[i]; s.used[site.ID.Key()] {
			var needs []estate.ID
			if g := s.old.Gateway(site.AddressOf); g != nil {
				needs = append(needs, g.PublicIP)
			}
			asked := 0
			if site.AddressOf.IsZero() && !addressKnown(site) {
				asked = 1
			}
			s.put(site.ID, levelGateways, site.ID.Key().String(), asked, needs, func(p *part) { p.estate.Sites = append(p.estate.Sites, *site) })
		}
	}
	for i := range e.Gateways {
		if g := &e.Gateways[i]; s.ownFirewall(g) {
			s.rules(g)
		}
	}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		if !s.built(g) {
			continue
		}
		asked := 0
		if len(g.ClientPools) > 0 {
			asked = max(1, len(g.Certificates))
		}
		s.put(g.ID, levelGateways, "gateways of "+g.VNet.Key().String(), asked, s.gatewayNeeds(g),
			func(p *part) {
				p.estate.Gateways = append(p.estate.Gateways, *g)
				p.tunnels = append(p.tunnels, s.old.ConnectionsOf(g.ID)...)
			})
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		key, asked := "key "+strings.ToLower(c.KeyName), 1
		if c.Kind == estate.ExpressRoute {
			key, asked = c.ID.Key().String(), 2 // circuit and authorization
		} else if s.place(c.ID).byKey[key] != nil {
			asked = 0 // both halves have one key
		}
		s.put(c.ID, levelConnections, key, asked, []estate.ID{c.Gateway, c.RemoteGateway, c.Site},
			func(p *part) { p.estate.Connections = append(p.estate.Connections, *c) })
	}
	for i := range e.Peerings {
		half := &e.Peerings[i]
		s.put(half.ID, levelPeerings, half.VNet.Key().String(), 0, []estate.ID{half.VNet, half.Remote}, func(p *part) { p.estate.Peerings = append(p.estate.Peerings, *half) })
	}
	s.groups()
	slices.SortStableFunc(s.places, func(a, b *place) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.subscription), strings.ToLower(b.subscription)), cmp.Compare(strings.ToLower(a.group), strings.ToLower(b.group)))
	})
	labels := azure.NewNamer()
	for _, p := range s.places {
		if len(s.places) > 1 {
			title := azure.LegalName("deployments", p.title())
			p.label = labels.Unique("deployments", title[:min(len(title), labelLength)]) + "-"
		}
	}
}

// groups puts network managers and connected groups into units. A group with its members and its configuration is one.
func (s *stager) groups() {
	e := s.whole
	for i := range e.Managers {
		if m := &e.Managers[i]; s.managed(m) {
			s.put(m.ID, levelNetworks, m.ID.Key().String(), len(m.Scope), nil, func(p *part) { p.estate.Managers = append(p.estate.Managers, *m) })
		}
	}
	for i := range e.Groups {
		if g := &e.Groups[i]; s.formed(g) {
			s.put(g.ID, levelPeerings, g.ID.Key().String(), 0, append([]estate.ID{g.Manager()}, g.Members...), func(p *part) { p.estate.Groups = append(p.estate.Groups, *g) }).resources += 1 + len(g.Members)
		}
	}
}

// gatewayNeeds are what a gateway or a firewall refers to, or waits for.
func (s *stager) gatewayNeeds(g *estate.Gateway) []estate.ID {
	needs := []estate.ID{g.VNet, g.PublicIP, g.DefaultSite}
	if s.ownFirewall(g) {
		needs = append(needs, policyOf(g.ID), s.lastRules[g.ID.Key()])
	}
	return needs
}

// rules puts the policy of a firewall and its rules into units of their own: they may be large.
func (s *stager) rules(g *estate.Gateway) {
	policy := policyOf(g.ID)
	s.put(policy, levelNetworks, policy.Key().String(), 0, nil, func(p *part) { p.policies = append(p.policies, g) })
	groups, before := ruleGroups(s.target, g), policy
	for i := range groups {
		group, id := groups[i], groups[i].id()
		s.put(id, levelGateways, id.Key().String(), 0, []estate.ID{policy, before}, func(p *part) { p.groups = append(p.groups, group) })
		before = id
	}
	s.lastRules[g.ID.Key()] = before
	s.found = append(s.found, tooManyRules(groups)...)
}

// alone makes one stage of a place that refers to no other and fits into a template.
func (s *stager) alone(p *place) bool {
	own := scopeOf(p.id())
	for _, u := range p.units {
		if slices.ContainsFunc(u.needs, func(id estate.ID) bool { return !id.IsZero() && scopeOf(id) != own }) {
			return false
		}
	}
	if p.resources() > arm.MaxResources {
		return false
	}
	d, found := s.render(p, p.units)
	if !arm.Fits(d.Template) {
		return false
	}
	s.keep(p, "network", p.units, d, found)
	return true
}

// level makes the stages of one level of a place: as few as the counts allow, in the order of the
// units.
func (s *stager) level(p *place, level int) {
	const parameters = arm.MaxParameters - 32 // leaves room for locations and ids of other places
	var chunk []*unit
	n, asked := 0, 0
	for _, u := range p.units {
		if u.level != level {
			continue
		}
		if len(chunk) > 0 && (n+u.resources > arm.MaxResources || asked+u.parameters > parameters) {
			s.write(p, level, chunk)
			chunk, n, asked = nil, 0, 0
		}
		chunk, n, asked = append(chunk, u), n+u.resources, asked+u.parameters
	}
	if len(chunk) > 0 {
		s.write(p, level, chunk)
	}
}

// write makes a stage of units, or two of their halves as long as it is over a limit. One unit alone
// stays as it is: the limits that it is over are reported where templates are written.
func (s *stager) write(p *place, level int, units []*unit) {
	d, found := s.render(p, units)
	if len(units) > 1 && !arm.Fits(d.Template) {
		s.write(p, level, units[:len(units)/2])
		s.write(p, level, units[len(units)/2:])
		return
	}
	s.keep(p, levelNames[level], units, d, found)
}

func (s *stager) render(p *place, units []*unit) (*Deployment, diag.List) {
	piece := part{builder: s.builder, estate: &estate.Estate{Docs: s.whole.Docs, Circuits: s.whole.Circuits}, used: s.used,
		scope: scopeOf(p.id()), destinations: s.destinations}
	n := 0
	for _, u := range units {
		n += u.resources
	}
	if units[0].level == levelConnections {
		piece.estate.Connections = make([]estate.Connection, 0, n)
	}
	for _, u := range units {
		for _, add := range u.add {
			add(&piece)
		}
	}
	return render(piece, s.old, s.opts)
}

// keep notes a stage, and which objects it writes.
func (s *stager) keep(p *place, name string, units []*unit, d *Deployment, found diag.List) {
	for _, u := range units {
		for _, id := range u.ids {
			s.stage[id.Key()] = len(s.stages)
		}
	}
	name = s.names.Unique("deployments", azure.LegalName("deployments", p.label+name))
	st := Stage{Name: name, Deployment: d}
	st.Subscription, st.ResourceGroup = s.destinations.of(p.id())
	s.stages = append(s.stages, st)
	s.units = append(s.units, units)
	s.found = append(s.found, found...)
}

// needs names for each stage those that write what it refers to.
func (s *stager) needs() {
	for i := range s.stages {
		before := map[int]bool{}
		for _, u := range s.units[i] {
			for _, id := range u.needs {
				if j, ok := s.stage[id.Key()]; ok && j != i && !id.IsZero() {
					before[j] = true
				}
			}
		}
		for j := range s.stages {
			if before[j] {
				s.stages[i].Needs = append(s.stages[i].Needs, s.stages[j].Name)
			}
		}
	}
}

// onceEach leaves out what another stage has said in the same words of the same place, and says of
// the outbound access of all subnets once.
func onceEach(found diag.List) diag.List {
	type saying struct {
		rule, message string
		pos           diag.Pos
	}
	seen := map[saying]bool{}
	return slices.DeleteFunc(found, func(f diag.Finding) bool {
		s := saying{f.Rule, f.Message, f.Pos}
		if f.Rule == "ARM-008" {
			s.pos = diag.Pos{}
		}
		again := seen[s]
		seen[s] = true
		return again
	})
}

// foreign is the parameter that brings the id of an object in another subscription or group. Its
// default is the whole id, where the input tells both.
func (r *renderer) foreign(id estate.ID) string {
	typ, names := armType(id)
	what := strings.TrimPrefix(typ, arm.Provider)
	p := arm.Parameter{Type: arm.ParamString, Description: "Resource id of " + what + "/" + strings.Join(names, "/") + ", which is in another subscription or resource group."}
	full := ""
	subscription, group := r.destinations.of(id)
	if arm.IsGUID(subscription) && group != "" {
		full = "/subscriptions/" + subscription + "/resourceGroups/" + group + "/providers/" + typ + "/" + strings.Join(names, "/")
		p.Default = full
		r.external[arm.Existing(typ, names...)] = true
	}
	expr, name, isNew := r.parameter("id "+id.Key().String(), "id_"+strings.Join(names, "_"), p)
	switch {
	case !isNew:
	case full != "":
		r.values.Values = append(r.values.Values, arm.ParameterValue{Name: name, Value: full})
	default:
		r.found.Add("ARM-028", diag.Pos{}, "%s/%s is in another subscription or resource group (%s), of which the input does not tell %s; parameter %q asks for its resource id",
			what, strings.Join(names, "/"), id.Subscription, untold(subscription, group), name)
	}
	return expr
}

// untold names what of a destination the input does not say.
func untold(subscription, group string) string {
	switch {
	case arm.IsGUID(subscription):
		return "the resource group"
	case group != "":
		return "the id"
	}
	return "the id and the resource group"
}
