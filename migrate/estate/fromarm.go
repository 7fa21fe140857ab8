package estate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// FromARM reads the meaning of documents of Resource Manager: live listings, or templates with their
// parameters. Sources are taken in the order of their names, and so are the documents of one. Where a
// live listing is among the documents it alone is read: a template says what somebody meant, a listing
// what is.
//
// What several documents say of one resource has to agree; where it does not there is a finding that
// shows both places, and the document that comes first counts. What the options file answers counts more;
// an entry that cannot count is reported. A value that no input determines is
// left unknown, and said. A resource that cannot be used is left out with a finding.
//
// The Refs of the estate number its Docs: the documents of the sources, ordered by name.
// Source: docs/sources.md#listings.
func FromARM(opts *options.Options, sources ...Source) (*Estate, diag.List) {
	if opts == nil {
		opts = &options.Options{}
	}
	r := &armReader{e: &Estate{}, opts: opts, items: map[Key]*armItem{}, vnets: map[Key]int{}, homes: map[string]bool{}}
	r.read(inOrder(sources))
	r.networks()
	r.gateways()
	r.connections()
	r.filters()
	r.services()
	r.managers()
	r.close()
	said := r.answered()
	r.order()
	r.outside()
	r.coverage()
	connectLive(r.e)
	said.sharedSecrets()
	r.halves()
	return r.e, r.found
}

// armReader turns resources into an estate.
type armReader struct {
	e     *Estate
	opts  *options.Options
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
	addressOf  map[Key]ID       // the gateway that has a public address
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
	if live := slices.DeleteFunc(slices.Clone(own), func(d *arm.Document) bool { return !d.Form.Live() }); len(live) > 0 &&
		!slices.ContainsFunc(live, func(d *arm.Document) bool { return len(d.Items) > 0 }) {
		r.homes[home] = true // a subscription with nothing in it is one, too
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
			r.item(it, home)
		}
	}
}

// home is the subscription that documents of a source belong to which name none: the one of the note
// beside them, the only one that the others name, the one that the options file names, or the source's name.
func (r *armReader) home(s *Source, docs []*arm.Document, first int) string {
	for i, d := range docs {
		if n := d.Note; d.Form == arm.FormNote && n.Subscription != "" {
			sub := strings.ToLower(n.Subscription)
			r.notes[sub] = n
			if at := d.Root.Member("taken"); !n.Taken.IsZero() {
				r.taken[sub] = Fact{Value: n.Taken.UTC().Format(time.RFC3339), Raw: at.Text(), Refs: []diag.Ref{at.Ref().In(first + i)}}
			}
			known := r.e.subscription(sub)
			known.ID, known.Tenant = sub, cmp.Or(known.Tenant, strings.ToLower(n.Tenant))
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
	if said, ok := r.opts.Subscription(s.Name); ok && only == "" {
		only = said.ID.Value
	}
	return cmp.Or(only, s.Name)
}

// item takes one resource in.
func (r *armReader) item(it arm.Item, home string) {
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
