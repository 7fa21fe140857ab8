package estate

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Presence says in which of two estates something is.
type Presence uint8

// Where something is. Untold is a property that only one of the two says anything of: whether it differs
// is unknown.
const (
	OnlyBefore Presence = iota + 1
	OnlyAfter
	Changed
	Untold
)

// String is the word printed in reports.
func (p Presence) String() string {
	switch p {
	case OnlyBefore:
		return "only before"
	case OnlyAfter:
		return "only after"
	case Changed:
		return "changed"
	case Untold:
		return "untold"
	}
	return ""
}

// Aspect tells what somebody configured from what the platform says of its state.
type Aspect uint8

// The aspects. State is what comes and goes by itself: whether a tunnel is up, what was learned by BGP,
// what was provisioned.
const (
	Configuration Aspect = iota
	State
)

// String is the word printed in reports.
func (a Aspect) String() string {
	if a == State {
		return "state"
	}
	return "configuration"
}

// Difference is one way in which an estate differs from another: an object or a part of one that only one
// of them has, or a property.
type Difference struct {
	Presence Presence
	Aspect   Aspect
	// Before and After are the object in either estate. The one that an estate has not is zero.
	Before, After ID
	// Part is what of the object it is about: a subnet, a route or a rule, with its name. It is empty for
	// the object itself.
	Part, PartName string
	Property       string // empty where a whole object or part is in one estate only
	// Old and New are the values. Of a property that is a set they are what only that estate has; of a whole
	// object or part they are what is said of it, as "property: value". Neither is ever a shared key.
	Old, New         []string
	OldRefs, NewRefs []diag.Ref // where the values, or the objects, come from
}

// Object is the object that the difference is about, as the estate before has it if it has it.
func (d *Difference) Object() ID {
	if d.Before.IsZero() {
		return d.After
	}
	return d.Before
}

// Differs reports whether the difference is surely one, in what somebody configured.
func (d *Difference) Differs() bool { return d.Aspect == Configuration && d.Presence != Untold }

// Differences compares two estates. The mapping says which object of a is which object of b, where that
// is not the one with its ID; an object of a may be several of b. Peerings of the same two VNets are one
// and the same, whatever they are called.
//
// The differences are in a defined order: by type, object, part and property. Prefixes and other things
// without an order are compared as sets, name servers as a list. What only one of the estates says is not
// known to differ and is Untold; so is an object of a kind that a live listing does not cover.
//
// Shared keys are compared and never told. What the options file says, what the pairing found and how many
// addresses of a subnet are in use is not compared.
func Differences(a, b *Estate, m []Mapping) []Difference {
	c := &comparison{a: newSide(a), b: newSide(b), to: map[Key][]ID{}, from: map[Key]ID{}}
	for _, x := range m {
		c.to[x.From.Key()] = append(c.to[x.From.Key()], x.To)
		if _, taken := c.from[x.To.Key()]; !taken {
			c.from[x.To.Key()] = x.From
		}
	}
	c.all()
	return c.out
}

// DifferencesOf compares one object of two estates that call it the same.
func DifferencesOf(a, b *Index, id ID) []Difference {
	c := &comparison{a: &side{Index: a, classic: a.estate.classic()}, b: &side{Index: b, classic: b.estate.classic()}}
	switch id.Type {
	case TypeVNet:
		one(c, a.VNet(id), b.VNet(id), c.vnet)
	case TypeSite:
		one(c, a.Site(id), b.Site(id), c.site)
	case TypeGateway, TypeFirewall, TypeInterface, TypeRouteServer:
		one(c, a.Gateway(id), b.Gateway(id), c.gateway)
	case TypeConnection:
		one(c, a.Connection(id), b.Connection(id), c.connection)
	case TypePeering:
		one(c, a.Peering(id), b.Peering(id), c.peering)
	case TypeNSG:
		one(c, a.SecurityGroup(id), b.SecurityGroup(id), c.securityGroup)
	case TypeRouteTable:
		one(c, a.RouteTable(id), b.RouteTable(id), c.routeTable)
	case TypeCircuit:
		one(c, a.Circuit(id), b.Circuit(id), c.circuit)
	}
	return c.out
}

// classic reports whether an estate is one of classic networks alone: what only ARM has is then unknown.
func (e *Estate) classic() bool {
	return len(e.VNets) > 0 && !slices.ContainsFunc(e.VNets, func(v VNet) bool { return v.Model == ARM })
}

// Lists reports whether a live listing covers the objects of a type, so that what is not listed is not
// there. Estates without a listing say nothing of that.
func (e *Estate) Lists(subscription, typ string) bool {
	return slices.ContainsFunc(e.Listings, func(l Listing) bool {
		return strings.EqualFold(l.Subscription, subscription) && slices.Contains(l.Types, typ)
	})
}

// silent reports whether an estate may have an object and not say so.
func (e *Estate) silent(id ID) bool {
	return len(e.Listings) > 0 && !e.Lists(id.Subscription, listed(id.Type))
}

// listed is the type whose listing tells of the objects of a type.
func listed(typ string) string {
	if typ == TypePeering {
		return TypeVNet // peerings stand in their VNets
	}
	return typ
}

// side is one of the two estates.
type side struct {
	*Index
	classic bool
}

func newSide(e *Estate) *side { return &side{NewIndex(e), e.classic()} }

// comparison collects differences.
type comparison struct {
	a, b *side
	to   map[Key][]ID // object of a → of b, by the mapping
	from map[Key]ID   // the other way round
	out  []Difference
}

// name gives the ID in b of an object of a; it is the first where there are several.
func (c *comparison) name(id ID) ID {
	if to := c.to[id.Key()]; len(to) > 0 {
		return to[0]
	}
	return id
}

// same reports whether an object of a is, or became, an object of b.
func (c *comparison) same(a, b ID) bool {
	to := c.to[a.Key()]
	if len(to) == 0 {
		return a.Same(b)
	}
	return slices.ContainsFunc(to, b.Same)
}

// thing is an object or a part of one as a comparison sees it.
type thing struct {
	part, name string // of a part
	raw        string // the name as written
	refs       []diag.Ref
	facets     []facet // the same properties in the same order for all things of a kind
	parts      []thing
	sealed     bool // its parts are not known
}

// facet is a property of a thing.
type facet struct {
	property string
	aspect   Aspect
	told     bool // the estate says it
	list     bool // order has a meaning
	brief    bool // told of a thing that only one estate has
	quiet    bool // the value is that of whoever says nothing, or nobody's choice: not worth a word as Untold
	values   []facetValue
}

// facetValue is one value: what it is compared by, and how it is told.
type facetValue struct {
	key, text string
	refs      []diag.Ref
}

// one compares an object that either estate has, or both.
func one[T any](c *comparison, before, after *T, as func(*side, *T) (ID, thing)) {
	var d Difference
	var was, is thing
	if before != nil {
		d.Before, was = as(c.a, before)
	}
	if after != nil {
		d.After, is = as(c.b, after)
	}
	switch {
	case before != nil && after != nil:
		c.compare(d, was, is)
	case before != nil:
		c.only(d, OnlyBefore, was)
	case after != nil:
		c.only(d, OnlyAfter, is)
	}
}

// compare tells what differs between two things; d says which they are.
func (c *comparison) compare(d Difference, was, is thing) {
	for i := range was.facets {
		c.facet(d, &was.facets[i], &is.facets[i], was.refs, is.refs)
	}
	if was.sealed || is.sealed {
		return
	}
	for k, p := range was.parts {
		d.Part, d.PartName = p.part, p.name
		if q := counterpart(was.parts, k, is.parts); q != nil {
			c.compare(d, p, *q)
		} else {
			c.only(d, OnlyBefore, p)
		}
	}
	for k, q := range is.parts {
		if counterpart(is.parts, k, was.parts) == nil {
			d.Part, d.PartName = q.part, q.name
			c.only(d, OnlyAfter, q)
		}
	}
}

// counterpart finds the k-th part among those of the other estate: the one with its name, of several namesakes the one in
// its place, or, when neither has a namesake, the one that was written with the same name.
func counterpart(own []thing, k int, others []thing) *thing {
	p := &own[k]
	named := func(in []thing, name string) (at []int) {
		for i := range in {
			if in[i].part == p.part && strings.EqualFold(in[i].name, name) {
				at = append(at, i)
			}
		}
		return at
	}
	if all := named(others, p.name); len(all) > 0 {
		if nth := slices.Index(named(own, p.name), k); nth < len(all) {
			return &others[all[nth]]
		}
		return nil
	}
	i := slices.IndexFunc(others, func(q thing) bool {
		return q.part == p.part && p.raw != "" && strings.EqualFold(q.raw, p.raw) && len(named(own, q.name)) == 0
	})
	if i < 0 {
		return nil
	}
	return &others[i]
}

// only tells of an object or part that one estate has. Where the other may have it unsaid, it is Untold.
func (c *comparison) only(d Difference, where Presence, t thing) {
	d.Presence = where
	var said []string
	for _, f := range t.facets {
		if f.brief && f.told && len(f.values) > 0 {
			said = append(said, f.property+": "+strings.Join(texts(f.values), ", "))
		}
	}
	if where == OnlyBefore {
		d.Old, d.OldRefs = said, t.refs
	} else {
		d.New, d.NewRefs = said, t.refs
	}
	if d.Part == "" && (where == OnlyBefore && c.b.estate.silent(c.name(d.Before)) || where == OnlyAfter && c.a.estate.silent(d.After)) {
		d.Presence = Untold
	}
	c.out = append(c.out, d)
}

// facet tells how a property differs, if it does.
func (c *comparison) facet(d Difference, was, is *facet, wasAt, isAt []diag.Ref) {
	if !was.told && !is.told {
		return
	}
	d.Property, d.Aspect, d.Presence = was.property, was.aspect, Changed
	old, now := was.values, is.values
	switch {
	case !was.told || !is.told:
		if !was.told {
			old = nil
		} else {
			now = nil
		}
		if len(old)+len(now) == 0 || was.quiet || is.quiet {
			return
		}
		d.Presence = Untold
	case was.list:
		if slices.EqualFunc(old, now, func(x, y facetValue) bool { return x.key == y.key }) {
			return
		}
	default:
		old, now = beyond(old, now), beyond(now, old)
		if len(old)+len(now) == 0 {
			return
		}
	}
	d.Old, d.New = texts(old), texts(now)
	d.OldRefs, d.NewRefs = placesOf(old, wasAt), placesOf(now, isAt)
	c.out = append(c.out, d)
}

// beyond are the values of a set that another has not.
func beyond(in, other []facetValue) []facetValue {
	has := make(map[string]bool, len(other))
	for _, v := range other {
		has[v.key] = true
	}
	var out []facetValue
	for _, v := range in {
		if !has[v.key] {
			has[v.key] = true // once is enough
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(x, y facetValue) int { return cmp.Compare(x.key, y.key) })
	return out
}

func texts(in []facetValue) []string {
	out := make([]string, len(in))
	for i := range in {
		out[i] = in[i].text
	}
	return out
}

// placesOf are the places of values, or that of the thing where they have none.
func placesOf(in []facetValue, thing []diag.Ref) []diag.Ref {
	var out []diag.Ref
	for _, v := range in {
		if len(v.refs) > 0 {
			out = append(out, v.refs[0])
		}
	}
	if len(out) == 0 && len(thing) > 0 {
		return thing[:1]
	}
	return out
}

// kind compares all objects of a kind.
func kind[T any](c *comparison, before, after []T, id func(*T) ID, as func(*side, *T) (ID, thing)) {
	there := make(map[Key]*T, len(after))
	for i := range after {
		there[id(&after[i]).Key()] = &after[i]
	}
	type pair struct {
		was, is *T
		at      ID
	}
	var pairs []pair
	taken := map[Key]bool{}
	for i := range before {
		was := &before[i]
		from := id(was)
		found := false
		for _, to := range c.targets(from) {
			if is := there[to.Key()]; is != nil {
				pairs, found, taken[to.Key()] = append(pairs, pair{was, is, from}), true, true
			}
		}
		if !found {
			pairs = append(pairs, pair{was, nil, from})
		}
	}
	for i := range after {
		if to := id(&after[i]); !taken[to.Key()] {
			pairs = append(pairs, pair{nil, &after[i], to})
		}
	}
	slices.SortStableFunc(pairs, func(x, y pair) int { return compareObject(x.at, y.at) })
	for _, p := range pairs {
		one(c, p.was, p.is, as)
	}
}

// targets are the IDs that an object of a may have in b.
func (c *comparison) targets(id ID) []ID {
	if to := c.to[id.Key()]; len(to) > 0 {
		return to
	}
	if _, taken := c.from[id.Key()]; taken {
		return nil // its ID belongs to another one there
	}
	return []ID{id}
}

// compareObject orders objects as a reader looks for them: by name, wherever they are.
func compareObject(x, y ID) int {
	return cmp.Or(compareFold(x.Name, y.Name), compareFold(x.Child, y.Child), cmp.Compare(x.Key().String(), y.Key().String()))
}

func (c *comparison) all() {
	a, b := c.a.estate, c.b.estate
	kind(c, a.VNets, b.VNets, func(v *VNet) ID { return v.ID }, c.vnet)
	if len(a.DNSServers) > 0 && len(b.DNSServers) > 0 || c.a.classic && c.b.classic { // ARM has no such objects
		kind(c, a.DNSServers, b.DNSServers, func(d *DNSServer) ID { return d.ID }, c.dnsServer)
	}
	kind(c, a.Sites, b.Sites, func(s *Site) ID { return s.ID }, c.site)
	kind(c, a.Gateways, b.Gateways, func(g *Gateway) ID { return g.ID }, c.gateway)
	kind(c, a.Connections, b.Connections, func(x *Connection) ID { return x.ID }, c.connection)
	c.joinPeerings()
	kind(c, a.Peerings, b.Peerings, func(p *Peering) ID { return p.ID }, c.peering)
	kind(c, a.Groups, b.Groups, func(g *NetworkGroup) ID { return g.ID }, c.group)
	kind(c, a.Managers, b.Managers, func(n *NetworkManager) ID { return n.ID }, c.manager)
	kind(c, a.SecurityGroups, b.SecurityGroups, func(g *SecurityGroup) ID { return g.ID }, c.securityGroup)
	kind(c, a.RouteTables, b.RouteTables, func(t *RouteTable) ID { return t.ID }, c.routeTable)
	kind(c, a.Circuits, b.Circuits, func(x *Circuit) ID { return x.ID }, c.circuit)
}

// joinPeerings maps peerings of a to those of b that lead between the same VNets: the platform has one
// for each direction, so that another name is another name and nothing else.
func (c *comparison) joinPeerings() {
	for i := range c.a.estate.Peerings {
		p := &c.a.estate.Peerings[i]
		if len(c.to[p.ID.Key()]) > 0 || c.b.Peering(p.ID) != nil {
			continue
		}
		for _, q := range c.b.PeeringsOf(c.name(p.VNet)) {
			_, taken := c.from[q.ID.Key()]
			if c.same(p.Remote, q.Remote) && !taken && c.a.Peering(q.ID) == nil {
				c.to[p.ID.Key()], c.from[q.ID.Key()] = []ID{q.ID}, p.ID
				break
			}
		}
	}
}

// Objects yields the ID of every object, by kind and in order.
func (e *Estate) Objects() iter.Seq[ID] {
	return func(yield func(ID) bool) {
		_ = every(e.VNets, func(v *VNet) ID { return v.ID }, yield) &&
			every(e.DNSServers, func(d *DNSServer) ID { return d.ID }, yield) &&
			every(e.Sites, func(s *Site) ID { return s.ID }, yield) &&
			every(e.Gateways, func(g *Gateway) ID { return g.ID }, yield) &&
			every(e.Connections, func(c *Connection) ID { return c.ID }, yield) &&
			every(e.Peerings, func(p *Peering) ID { return p.ID }, yield) &&
			every(e.Groups, func(g *NetworkGroup) ID { return g.ID }, yield) &&
			every(e.Managers, func(n *NetworkManager) ID { return n.ID }, yield) &&
			every(e.SecurityGroups, func(g *SecurityGroup) ID { return g.ID }, yield) &&
			every(e.RouteTables, func(t *RouteTable) ID { return t.ID }, yield) &&
			every(e.Circuits, func(x *Circuit) ID { return x.ID }, yield)
	}
}

func every[T any](in []T, id func(*T) ID, yield func(ID) bool) bool {
	for i := range in {
		if !yield(id(&in[i])) {
			return false
		}
	}
	return true
}
