package estate

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Source is what was supplied about one subscription.
type Source struct {
	Name string // of the subscription, as its objects' IDs have it
	// ID is the subscription's GUID, where the documents tell it. What they say of another
	// subscription is then not of this source; such a document stands in several sources.
	ID        string
	Documents []*netcfg.Document
	Resources []*arm.Document // of Resource Manager; FromARM reads them
}

// FromClassic reads the meaning of classic documents. Sources are taken in the order of their
// names, and so are the documents of one, so the result does not depend on the order of arguments.
//
// What several documents say of one object is merged by subscription and name. A network
// configuration wins over an export of the old command line, and both over the service's list of
// virtual networks, in what was configured; the service's answers win in state. Where two of them
// contradict each other there is a finding that shows both places, and the leaf that did not count
// needs a person. Source: docs/sources.md#merging.
//
// The fates are those of the leaves that the estate does not carry on. Findings tell what was
// corrected or could not be understood. An object whose values are unusable is left out, with a
// finding and with the fate "needs a person" for each of its leaves.
func FromClassic(opts *options.Options, sources ...Source) (*Estate, []diag.Fate, diag.List) {
	if opts == nil {
		opts = &options.Options{}
	}
	b := &builder{
		e: &Estate{}, opts: opts, dns: map[Key]int{}, sites: map[Key]int{}, vnets: map[Key]int{},
		framed: map[int]bool{}, besides: map[int]map[diag.Ref]diag.Ref{}, filters: map[Key]int{}, guids: map[guid]int{}, gatewayIDs: map[guid]ID{}, siteIDs: map[guid]ID{},
	}
	all := b.subscriptions(sources)
	for i := range all {
		b.statements(&all[i])
	}
	b.order()
	b.resolve()
	b.index()
	for i := range all {
		b.answers(&all[i])
	}
	b.identified(all)
	b.settled()
	Connect(b.e)
	b.gone()
	b.said.sharedSecrets()
	return b.e, b.fates, b.found
}

// FromNetcfg is FromClassic for network configurations alone; one file is one subscription.
func FromNetcfg(files ...*netcfg.File) (*Estate, []diag.Fate, diag.List) {
	sources := make([]Source, len(files))
	for i, f := range files {
		sources[i] = Source{Name: f.Name, Documents: []*netcfg.Document{
			{Name: f.Name, Form: netcfg.FormConfiguration, Leaves: f.Leaves, File: f}}}
	}
	return FromClassic(nil, sources...)
}

// builder turns documents into an estate. References are kept until every object is known.
type builder struct {
	e     *Estate
	opts  *options.Options
	fates []diag.Fate
	found diag.List
	doc   int
	name  string // of the document at hand
	sub   string // the subscription at hand
	first int32  // leaf of the network configuration at hand: a document may hold several

	dns, sites, vnets map[Key]int // folded subscription and name → index
	pending           []pendingGateway
	arena             []diag.Ref

	// unsaid are the lists of the service's list at hand of which not all is known: cut off or masked.
	unsaid map[diag.Ref]bool

	// beside leads from the text of an element to the element, in the document at hand when it holds
	// a list of VNets; besides has those of all documents.
	beside  map[diag.Ref]diag.Ref
	besides map[int]map[diag.Ref]diag.Ref
	taken   leafSet      // leaves of responses that mean something
	framed  map[int]bool // documents whose leaves outside of statements and answers have their fates

	gateways            map[Key][]int // by VNet
	said                answering     // by the options file
	tunnels             map[Key]int   // connections by VNet and site
	filters             map[Key]int   // security groups and route tables
	guids               map[guid]int  // VNets
	gatewayIDs, siteIDs map[guid]ID   // of the second generation
}

// subscription is a source with numbered documents.
type subscription struct {
	name, id string
	docs     []numbered
	// configured: a network configuration was supplied; listed: the service's list of VNets was.
	configured, listed bool
}

type numbered struct {
	doc   int
	again bool // it stands in an earlier subscription, too
	*netcfg.Document
}

// holds reports whether what stands at a place of a document is of this subscription. What does not
// say of which it is counts once, where the document stands first.
func (s *subscription) holds(d numbered, p netcfg.Place) bool {
	if p.Subscription == "" {
		return !d.again
	}
	return s.id == "" || strings.EqualFold(s.id, p.Subscription)
}

// files are the network configurations of a document that are of this subscription.
func (s *subscription) files(d numbered) []*netcfg.File {
	var files []*netcfg.File
	for _, f := range append([]*netcfg.File{d.File}, d.More...) {
		if f != nil && s.holds(d, f.Place) {
			files = append(files, f)
		}
	}
	return files
}

// responses are the answers in a document that are of this subscription.
func (s *subscription) responses(d numbered) iter.Seq[*netcfg.Response] {
	return func(yield func(*netcfg.Response) bool) {
		for _, r := range d.Responses {
			if s.holds(d, r.Place) && !yield(r) {
				return
			}
		}
	}
}

// subscriptions orders the sources and numbers their documents.
func (b *builder) subscriptions(sources []Source) []subscription {
	sources = inOrder(sources)
	documents := inTurn(sources)
	numbers := make(map[*netcfg.Document]int, len(documents))
	b.e.Docs = make([]string, 0, len(documents))
	leaves := 0 // of answers
	for n, d := range documents {
		numbers[d] = n
		b.e.Docs = append(b.e.Docs, d.Name)
		if len(d.Responses) > 0 {
			leaves += d.Leaves
		}
	}
	b.taken = newLeafSet(documents)
	b.fates = make([]diag.Fate, 0, leaves) // most of what the service answers is not carried on
	stood := make(map[*netcfg.Document]bool, len(numbers))
	all := make([]subscription, 0, len(sources))
	for _, source := range sources {
		s := subscription{name: source.Name, id: source.ID, docs: make([]numbered, 0, len(source.Documents))}
		for _, d := range source.Documents {
			s.docs = append(s.docs, numbered{numbers[d], stood[d], d})
			stood[d] = true
		}
		all = append(all, s)
	}
	return all
}

// Documents are the documents of some sources in the order in which the Refs of an estate number
// them, each once.
func Documents(sources ...Source) []*netcfg.Document { return inTurn(inOrder(sources)) }

// inTurn are the documents of sources in order, each once.
func inTurn(sources []Source) []*netcfg.Document {
	count := 0
	for _, s := range sources {
		count += len(s.Documents)
	}
	all, seen := make([]*netcfg.Document, 0, count), make(map[*netcfg.Document]bool, count)
	for _, s := range sources {
		for _, d := range s.Documents {
			if !seen[d] {
				seen[d] = true
				all = append(all, d)
			}
		}
	}
	return all
}

// inOrder orders sources, and the documents of each, by name.
func inOrder(sources []Source) []Source {
	sources = slices.Clone(sources)
	slices.SortStableFunc(sources, func(x, y Source) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(x.ID, y.ID)) })
	for i := range sources {
		sources[i].Documents = slices.Clone(sources[i].Documents)
		slices.SortStableFunc(sources[i].Documents, func(x, y *netcfg.Document) int { return cmp.Compare(x.Name, y.Name) })
		sources[i].Resources = slices.Clone(sources[i].Resources)
		slices.SortStableFunc(sources[i].Resources, func(x, y *arm.Document) int { return cmp.Compare(x.Name, y.Name) })
	}
	return sources
}

// at turns to a document of a subscription.
func (b *builder) at(s *subscription, d numbered) {
	b.sub, b.doc, b.name, b.beside = s.name, d.doc, d.Name, b.besides[d.doc]
}

// statements reads what the documents of one subscription say about its configuration, those that
// count most first.
func (b *builder) statements(s *subscription) {
	inConfiguration, inList := map[Key]bool{}, map[Key]bool{}
	note := func(in map[Key]bool, f *netcfg.File) {
		for i := range f.VirtualNetworkSites {
			in[b.id(TypeVNet, f.VirtualNetworkSites[i].Name.Value, "").Key()] = true
		}
	}
	for _, form := range []netcfg.Form{netcfg.FormConfiguration, netcfg.FormScript, netcfg.FormResponses, netcfg.FormList, netcfg.FormExport} {
		for _, d := range s.docs {
			if d.Form != form {
				continue
			}
			for _, f := range s.files(d) {
				b.at(s, d)
				note(inConfiguration, f)
				b.file(f, false)
				s.configured = true
			}
		}
	}
	for _, d := range s.docs {
		for r := range s.responses(d) {
			if r.Kind == "VirtualNetworkSites" && !isRequest(r) {
				b.at(s, d)
				f := b.listing(&r.Root)
				note(inList, f)
				b.file(f, true)
				s.listed = true
			}
		}
	}
	if s.configured && s.listed {
		b.onlyOnce(s, inConfiguration, inList)
	}
	b.several(s)
}
