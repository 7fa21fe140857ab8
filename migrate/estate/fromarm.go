package estate

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// FromARM reads the meaning of documents of Resource Manager: live listings, or templates with their
// parameters. Sources are taken in the order of their names, and so are the documents of one. Where a
// live listing is among the documents it alone is read: a template says what somebody meant, a listing
// what is.
//
// What several documents say of one resource has to agree; where it does not there is a finding that
// shows both places, and the document that comes first counts. A value that no input determines is
// left unknown, and said. A resource that cannot be used is left out with a finding.
//
// The Refs of the estate number the documents in the order of [ARMDocuments].
// Source: docs/sources.md#listings.
func FromARM(opts *options.Options, sources ...Source) (*Estate, diag.List) {
	r := &armReader{e: &Estate{}, items: map[Key]*armItem{}, vnets: map[Key]int{}, homes: map[string]bool{}}
	if opts != nil {
		r.opts = *opts
	}
	r.read(inOrder(sources))
	r.networks()
	r.gateways()
	r.connections()
	r.filters()
	r.services()
	r.managers()
	r.close()
	r.order()
	r.outside()
	r.coverage()
	connectLive(r.e)
	r.halves()
	return r.e, r.found
}

// ARMDocuments are the documents of Resource Manager of some sources, in the order in which the Refs
// of an estate number them.
func ARMDocuments(sources ...Source) []*arm.Document {
	var all []*arm.Document
	for _, s := range inOrder(sources) {
		all = append(all, s.Resources...)
	}
	return all
}

// armReader turns resources into an estate.
type armReader struct {
	e     *Estate
	opts  options.Options
	found diag.List

	docs   []*arm.Document
	items  map[Key]*armItem
	byType map[string][]*armItem
	live   bool
	notes  map[string]arm.Note // by subscription
	taken  map[string]Fact     // when the listing of a subscription was taken
	homes  map[string]bool     // subscriptions that are seen
	listed map[string]map[string]bool

	vnets      map[Key]int
	unseen     map[Key]outsider // what is referred to and not listed
	addressOf  map[Key]ID       // sites, by the gateway whose address a template gives them
	passed     map[string]passedOver
	halvesSeen map[Key]*armItem // of peerings
	addresses  map[Key]publicIP
}

// armItem is a resource with what it is here.
type armItem struct {
	arm.Item
	id ID
}

// outsider is a resource that something refers to.
type outsider struct {
	id, by ID
	ref    diag.Ref
}

type passedOver struct {
	count int
	ref   diag.Ref
}

// read takes the resources of all documents in.
func (r *armReader) read(sources []Source) {
	r.notes, r.taken = map[string]arm.Note{}, map[string]Fact{}
	r.listed, r.byType = map[string]map[string]bool{}, map[string][]*armItem{}
	r.unseen, r.addressOf, r.passed = map[Key]outsider{}, map[Key]ID{}, map[string]passedOver{}
	r.halvesSeen, r.addresses = map[Key]*armItem{}, map[Key]publicIP{}
	for _, s := range sources {
		r.live = r.live || slices.ContainsFunc(s.Resources, func(d *arm.Document) bool { return d.Form.Live() })
	}
	for _, s := range sources {
		r.source(&s)
	}
	for _, items := range r.byType {
		slices.SortStableFunc(items, func(a, b *armItem) int { return compareID(a.id, b.id) })
	}
}

func (r *armReader) source(s *Source) {
	first := len(r.docs)
	for _, d := range s.Resources {
		r.docs, r.e.Docs = append(r.docs, d), append(r.e.Docs, d.Name)
	}
	own := r.docs[first:]
	home := r.home(s, own, first)
	if !r.live {
		r.templates(s, own, first, home)
		return
	}
	for i, d := range own {
		if !d.Form.Live() {
			continue
		}
		if d.More != "" {
			r.more(own, d)
		}
		r.lists(d, home)
		if n, noted := r.notes[home]; noted && d.Form == arm.FormGraph {
			for _, typ := range n.Types { // a result has rows of all types, and none where there is none
				r.list(home, typ)
			}
		}
		for j := range d.Items {
			it := d.Items[j]
			it.Doc = first + i
			r.item(it, home, d.Form)
		}
	}
}

// home is the subscription that documents of a source belong to which name none: the one of the note
// beside them, the one that the options name, the only one that the others name, or the source's name.
func (r *armReader) home(s *Source, docs []*arm.Document, first int) string {
	for i, d := range docs {
		if n := d.Note; d.Form == arm.FormNote && n.Subscription != "" {
			sub := strings.ToLower(n.Subscription)
			r.notes[sub] = n
			if at := d.Root.Member("taken"); !n.Taken.IsZero() {
				r.taken[sub] = Fact{Value: n.Taken.UTC().Format(time.RFC3339), Raw: at.Text(), Refs: []diag.Ref{at.Ref().In(first + i)}}
			}
			r.subscription(sub, n)
			return sub
		}
	}
	if s.ID != "" {
		return strings.ToLower(s.ID)
	}
	only := ""
	for _, d := range docs {
		for i := range d.Items {
			switch sub := strings.ToLower(d.Items[i].Subscription); {
			case sub == "" || sub == only:
			case only != "":
				return s.Name
			default:
				only = sub
			}
		}
	}
	return cmp.Or(only, s.Name)
}

func (r *armReader) subscription(name string, n arm.Note) {
	if !slices.ContainsFunc(r.e.Subscriptions, func(s Subscription) bool { return s.Name == name }) {
		r.e.Subscriptions = append(r.e.Subscriptions, Subscription{Name: name, ID: name, Tenant: strings.ToLower(n.Tenant)})
	}
}

// more reports a page whose next one is not here. The next page of a list has its name with a number,
// or begins where the link leads; nothing in a page says which it is, so as many pages without an end
// as there are lists of the type are taken for cut off.
func (r *armReader) more(docs []*arm.Document, d *arm.Document) {
	ends, rows := 0, 0
	for _, other := range docs {
		if other.Form != d.Form {
			continue
		}
		if other.Total == d.Total {
			rows += len(other.Items)
		}
		if other.More == "" && other.Lists != "" && strings.EqualFold(other.Lists, d.Lists) && listedOf(other) == listedOf(d) {
			ends++
		}
	}
	if ends == 1 || d.Form == arm.FormGraph && d.Total > 0 && rows >= d.Total {
		return // one of them is the last page, or all rows are here
	}
	r.found.Add("LST-002", d.MoreRef.Pos(d.Name), "the listing is cut off: %s", d.More+" are not here")
}

// listedOf is the subscription that a page lists resources of.
func listedOf(d *arm.Document) string {
	if len(d.Items) == 0 {
		return ""
	}
	return strings.ToLower(d.Items[0].Subscription)
}

// lists notes which types a document lists for a subscription.
func (r *armReader) lists(d *arm.Document, home string) {
	if d.Lists != "" && len(d.Items) == 0 {
		r.list(home, d.Lists)
	}
	for i := range d.Items {
		if typ := d.Items[i].Type; typ != "" {
			r.list(strings.ToLower(cmp.Or(d.Items[i].Subscription, home)), typ)
		}
	}
}

func (r *armReader) list(sub, typ string) {
	if r.listed[sub] == nil {
		r.listed[sub] = map[string]bool{}
	}
	r.listed[sub][strings.TrimPrefix(typ, arm.Provider)] = true
}

// item takes one resource in.
func (r *armReader) item(it arm.Item, home string, form arm.Form) {
	switch {
	case it.Type == "":
		r.found.Add("LST-003", r.posIn(it.Doc, it.Body), "resource %q has no resource id", it.Body.Member("name").Text())
		return
	case it.Maybe != "":
		r.found.Add("LST-006", r.posIn(it.Doc, it.Body), "whether %s is deployed is not known (%s); it is left out", quoteID(r.id(it.ResourceName)), it.Maybe)
		return
	case !strings.HasPrefix(it.Type, arm.Provider):
		r.pass(it)
		return
	}
	if it.Subscription == "" {
		it.Subscription = home
	}
	item := &armItem{Item: it, id: r.id(it.ResourceName)}
	r.homes[item.id.Subscription] = true
	key := item.id.Key()
	if old := r.items[key]; old != nil {
		r.again(old, item)
		return
	}
	r.items[key] = item
	r.byType[item.id.Type] = append(r.byType[item.id.Type], item)
}

func (r *armReader) pass(it arm.Item) {
	p := r.passed[it.Type]
	if p.count == 0 {
		p.ref = it.Body.Ref().In(it.Doc)
	}
	p.count++
	r.passed[it.Type] = p
}

// secret are members that nothing tells, not even where two documents disagree about them.
var secret = map[string]bool{"sharedkey": true, "authorizationkey": true, "radiusserversecret": true, "servicekey": true}

// again compares a resource with what another document says of it. The one with more in it stays.
func (r *armReader) again(old, item *armItem) {
	if x, y, path := disagreement(old.Body, item.Body); path != "" {
		path = strings.TrimRight(strings.ReplaceAll(path, ".[", "["), ".")
		if slices.ContainsFunc(strings.Split(strings.ToLower(path), "."), func(part string) bool { return secret[part] }) {
			r.found = append(r.found, diag.New("LST-004", r.posIn(item.Doc, y), "two documents contradict each other about %s: %s is another here", quoteID(item.id), path).
				See(r.posIn(old.Doc, x), "than here, which counts"))
			return
		}
		r.found = append(r.found, diag.New("LST-004", r.posIn(item.Doc, y), "two documents contradict each other about %s: %s is %s here", quoteID(item.id), path, said(y)).
			See(r.posIn(old.Doc, x), "and %s here, which counts", said(x)))
		return
	}
	told := func(v arm.Value) bool { return v.Property("connectionStatus").Given() } // a list of connections has none
	switch more := item.Body.Leaves() > old.Body.Leaves(); {
	case told(old.Body) && !told(item.Body):
	case more || told(item.Body) && !told(old.Body):
		old.Item = item.Item
	}
}

// said is a value as a finding prints it.
func said(v arm.Value) string {
	switch v.Kind() {
	case arm.KindList, arm.KindObject:
		return strconv.Itoa(v.Len()) + " values"
	case arm.KindString:
		return strconv.Quote(v.Text())
	}
	return v.Text()
}

func quoteID(id ID) string { return strconv.Quote(id.String()) }

// volatile are members that differ from one minute to the next, or from one command to another.
var volatile = map[string]bool{
	"etag": true, "egressbytestransferred": true, "ingressbytestransferred": true, "resourcegroup": true, "type": true, "kind": true,
	"managedby": true, "plan": true, "identity": true, "tenantid": true, "subscriptionid": true, "extendedlocation": true, "apiversion": true,
	"dependson": true, "comments": true, "properties": true, "tunnelproperties": true, "packetcapturediagnosticstate": true,
}

// disagreement finds the first place at which two descriptions of a resource say different things.
// What one of them leaves out is no disagreement, and neither is whether properties stand in a member
// of that name.
func disagreement(a, b arm.Value) (x, y arm.Value, path string) {
	switch {
	case !a.Given() || !b.Given() || a.Is(arm.KindUnknown) || b.Is(arm.KindUnknown):
		return a, b, ""
	case a.Is(arm.KindObject) && b.Is(arm.KindObject):
		for _, inside := range []arm.Value{a, a.Member("properties")} {
			for m := range inside.Items() {
				name := m.Name()
				if volatile[strings.ToLower(name)] {
					continue
				}
				if x, y, path := disagreement(m, b.Property(name)); path != "" {
					return x, y, strings.TrimSuffix(name+"."+path, ".")
				}
			}
		}
		return a, b, ""
	case a.Is(arm.KindList) && b.Is(arm.KindList):
		if a.Len() != b.Len() {
			return a, b, "."
		}
		for i := range a.Len() {
			if x, y, path := disagreement(a.Item(i), b.Item(i)); path != "" {
				return x, y, "[" + strconv.Itoa(i) + "]." + path
			}
		}
		return a, b, ""
	case a.Kind() == b.Kind() && strings.EqualFold(a.Name(), "name") && strings.EqualFold(ownName(a.Text()), ownName(b.Text())):
		return a, b, "" // a child of a template has the name of its parent before its own
	case a.Kind() != b.Kind(), !strings.EqualFold(a.Text(), b.Text()):
		return a, b, "."
	}
	return a, b, ""
}

// ownName is a name without that of the parent before it.
func ownName(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// id is what a resource id names here. A name without a subscription is of the source at hand.
func (r *armReader) id(n arm.ResourceName) ID {
	id := ID{Subscription: strings.ToLower(n.Subscription), Group: n.Group, Type: strings.TrimPrefix(n.Type, arm.Provider)}
	if len(n.Names) > 0 {
		id.Name, id.Child = n.Names[0], strings.Join(n.Names[1:], "/")
	}
	return id
}

// at is the place of a value of a resource.
func (r *armReader) posIn(doc int, v arm.Value) diag.Pos {
	ref := v.Ref()
	if ref.IsZero() {
		return diag.Pos{File: r.e.Docs[doc]}
	}
	return ref.Pos(r.e.Docs[doc])
}

func (r *armReader) refs(it *armItem, values ...arm.Value) []diag.Ref {
	refs := make([]diag.Ref, 0, len(values))
	for _, v := range values {
		if ref := v.Ref(); !ref.IsZero() {
			refs = append(refs, ref.In(it.Doc))
		}
	}
	return refs
}

// fact is a value as a Fact; an unknown one is none.
func (r *armReader) fact(it *armItem, v arm.Value) Fact {
	if !v.Given() || v.Is(arm.KindUnknown) || v.Is(arm.KindList) || v.Is(arm.KindObject) {
		return Fact{}
	}
	text := v.Text()
	if text == "" {
		return Fact{}
	}
	return Fact{Value: text, Raw: text, Refs: r.refs(it, v)}
}

// word is a fact whose value is one of some words, in their spelling.
func (r *armReader) word(it *armItem, v arm.Value, words ...string) Fact {
	f := r.fact(it, v)
	for _, w := range words {
		if strings.EqualFold(w, f.Raw) {
			f.Value = w
			return f
		}
	}
	if f.Known() {
		r.bad(it, v, "it is none of %s", strings.Join(words, ", "))
	}
	return Fact{}
}

// bad reports a value that cannot be what it stands for.
func (r *armReader) bad(it *armItem, v arm.Value, format string, args ...any) {
	f := diag.New("LST-007", r.posIn(it.Doc, v), "%s of %s is %s: "+format, append([]any{cmp.Or(v.Name(), "a value"), quoteID(it.id), said(v)}, args...)...)
	r.found = append(r.found, f)
}

// prefix reads an address range.
func (r *armReader) prefix(it *armItem, v arm.Value) (Prefix, bool) {
	raw := v.Text()
	if !v.Given() || v.Is(arm.KindUnknown) {
		return Prefix{}, false
	}
	p, err := netip.ParsePrefix(raw)
	if err != nil {
		r.bad(it, v, "it is no address range")
		return Prefix{}, false
	}
	return Prefix{Prefix: p.Masked(), Raw: raw, Refs: r.refs(it, v)}, true
}

// prefixes reads a list of address ranges. The result is nil where no list is given.
func (r *armReader) prefixes(it *armItem, list arm.Value) []Prefix {
	if !list.Is(arm.KindList) {
		if p, ok := r.prefix(it, list); ok && list.Is(arm.KindString) {
			return []Prefix{p}
		}
		return nil
	}
	out := make([]Prefix, 0, list.Len())
	for v := range list.Items() {
		if p, ok := r.prefix(it, v); ok {
			out = append(out, p)
		}
	}
	return out
}

// address reads an IP address; false when none is given.
func (r *armReader) address(it *armItem, v arm.Value) (Address, bool) {
	raw := v.Text()
	if !v.Given() || v.Is(arm.KindUnknown) || raw == "" {
		return Address{}, false
	}
	a, err := netip.ParseAddr(raw)
	if err != nil {
		r.bad(it, v, "it is no IP address")
		return Address{}, false
	}
	return Address{Addr: a.Unmap(), Raw: raw, Refs: r.refs(it, v)}, true
}

// reference reads the id of another resource of one of some types; the zero ID where none is given.
func (r *armReader) reference(it *armItem, v arm.Value, types ...string) ID {
	if v.Is(arm.KindObject) {
		v = v.Member("id")
	}
	if !v.Given() || v.Is(arm.KindUnknown) || v.Text() == "" {
		return ID{}
	}
	n, ok := arm.ParseResourceID(v.Text())
	if !ok {
		r.bad(it, v, "it is no resource id")
		return ID{}
	}
	if n.Subscription == "" {
		n.Subscription = it.id.Subscription
		if n.Group == "" {
			n.Group = it.id.Group
		}
	}
	id := r.id(n)
	if !slices.Contains(types, id.Type) {
		r.bad(it, v, "it names a %s", id.Type)
		return ID{}
	}
	if known := r.items[id.Key()]; known != nil {
		return known.id // in the spelling of the resource itself
	}
	switch id.Type {
	case TypeSubnet: // mostly a part of its VNet
	default:
		if _, ok := r.unseen[id.Key()]; !ok {
			r.unseen[id.Key()] = outsider{id, it.id, v.Ref().In(it.Doc)}
		}
	}
	return id
}

// vnetOf is the VNet of a subnet that something stands in, and the subnet's name.
func (r *armReader) vnetOf(it *armItem, v arm.Value) (vnet ID, subnet string) {
	id := r.reference(it, v, TypeSubnet)
	if id.IsZero() {
		return ID{}, ""
	}
	parent := id.sibling(TypeVNet, id.Name)
	if known := r.items[parent.Key()]; known != nil {
		parent = known.id
	} else if _, ok := r.unseen[parent.Key()]; !ok {
		r.unseen[parent.Key()] = outsider{parent, it.id, v.Ref().In(it.Doc)}
	}
	return parent, id.Child
}

// region is where a resource stands.
func (r *armReader) region(it *armItem) Region {
	v := it.Body.Member("location")
	f := r.fact(it, v)
	if !f.Known() {
		return Region{}
	}
	region := Region{Raw: f.Raw, Refs: f.Refs}
	if known, ok := azure.LookupRegion(f.Raw); ok {
		region.Name = known.Name
	}
	return region
}

// state is the provisioning state of a resource.
func (r *armReader) state(it *armItem) Fact { return r.fact(it, it.Body.Property("provisioningState")) }

// of are the resources of a type, in order.
func (r *armReader) of(typ string) []*armItem { return r.byType[typ] }

// order puts the objects into the order of every estate.
func (r *armReader) order() {
	e := r.e
	slices.SortStableFunc(e.VNets, func(a, b VNet) int { return compareID(a.ID, b.ID) })
	slices.SortStableFunc(e.Sites, func(a, b Site) int { return compareID(a.ID, b.ID) })
	slices.SortStableFunc(e.Gateways, func(a, b Gateway) int { return compareID(a.ID, b.ID) })
	slices.SortStableFunc(e.Connections, func(a, b Connection) int { return compareID(a.ID, b.ID) })
	slices.SortStableFunc(e.Peerings, func(a, b Peering) int { return compareID(a.ID, b.ID) })
	slices.SortStableFunc(e.SecurityGroups, func(a, b SecurityGroup) int { return compareID(a.ID, b.ID) })
	slices.SortStableFunc(e.RouteTables, func(a, b RouteTable) int { return compareID(a.ID, b.ID) })
	slices.SortStableFunc(e.Circuits, func(a, b Circuit) int { return compareID(a.ID, b.ID) })
	slices.SortStableFunc(e.Subscriptions, func(a, b Subscription) int { return cmp.Compare(a.Name, b.Name) })
}
