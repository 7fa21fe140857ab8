package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// The words before a name in --from and --to, and what the options file has for them.
var placeKinds = []struct {
	word string
	kind reach.Kind
	said string
}{{"vnet:", reach.VNet, options.PlaceVNet}, {"on-premises:", reach.OnPremises, options.PlaceOnPremises}, {"clients:", reach.Clients, options.PlaceClients}}

// internetWord is the Internet in --to.
const internetWord = "internet"

// somewhere stands for the public addresses: documents use it and nobody has it.
var somewhere = netip.MustParseAddr("203.0.113.4")

// place is an endpoint that a flag names. Chosen says how its address was chosen, when the flag gives
// none. An address that nobody is known to have has no location.
type place struct {
	reach.Endpoint
	chosen string
}

// gazetteer finds places by what --from and --to say.
type gazetteer struct {
	book   *reach.Book
	vnets  *estate.Index
	at     []reach.Location
	named  *plan.Places
	idle   []estate.Site // that nothing refers to: no tunnel leads there
	shared *estate.Names
}

// newGazetteer has some locations of an estate. What the options call their subscriptions may stand before a name.
func newGazetteer(e *estate.Estate, locations []reach.Location, opts *options.Options) *gazetteer {
	g := &gazetteer{book: reach.NewBook(e), vnets: estate.NewIndex(e), at: locations, named: plan.NewPlaces(locations, opts), shared: estate.NewNames(e)}
	for i := range e.Sites {
		if e.Sites[i].Class == estate.SiteUnreferenced {
			g.idle = append(g.idle, e.Sites[i])
		}
	}
	return g
}

// idleSite is the site of a location that no tunnel leads to, or nil.
func (g *gazetteer) idleSite(l reach.Location) *estate.Site {
	if l.Kind != reach.OnPremises || slices.ContainsFunc(g.at, l.Same) {
		return nil
	}
	i := slices.IndexFunc(g.idle, func(s estate.Site) bool { return strings.EqualFold(s.Name, l.Name) })
	if i < 0 {
		return nil
	}
	return &g.idle[i]
}

// addresses are those that a location is known to have.
func (g *gazetteer) addresses(l reach.Location) []netip.Prefix {
	site := g.idleSite(l)
	if site == nil {
		return g.book.Of(l)
	}
	var all []netip.Prefix
	for _, p := range site.Prefixes {
		if p.IsValid() {
			all = append(all, p.Masked())
		}
	}
	return reach.Without(all, nil)
}

// written is the name of a location without the subscription that several of one name are told by.
func (g *gazetteer) written(l reach.Location) string {
	if v := g.vnets.VNet(l.ID); v != nil {
		return v.Name
	}
	return l.Name
}

// sender is the place that --from names.
func (g *gazetteer) sender(text string) (place, error) {
	if isInternet(text) {
		return place{}, usagef("--from %s: the Internet begins nothing that reaches a private network", internetWord)
	}
	p, err := g.find("--from", text)
	if err != nil || p.Location != (reach.Location{}) {
		return p, err
	}
	switch holders := g.holders(p.Address); len(holders) {
	case 0:
		return p, usagef("--from %s: nothing of the network has this address", p.Address)
	case 1:
		p.Location = holders[0]
		return p, nil
	default:
		var names []string
		for _, l := range holders {
			names = append(names, fmt.Sprintf("%s/%s", g.exact(l), p.Address))
		}
		return p, usagef("--from %s: several have this address: %s", p.Address, someOf(names))
	}
}

// receiver is the place that --to names.
func (g *gazetteer) receiver(text string) (place, error) {
	if !isInternet(text) {
		return g.find("--to", text)
	}
	p := place{Endpoint: reach.Endpoint{Location: reach.Location{Kind: reach.Internet}, Address: somewhere}, chosen: "it stands for the public addresses"}
	if _, address, given := strings.Cut(text, "/"); given {
		a, err := netip.ParseAddr(address)
		if err != nil {
			return p, usagef("--to %q: %q is no address", text, address)
		}
		p.Address, p.chosen = a, ""
	}
	return p, nil
}

func isInternet(text string) bool {
	word, _, _ := strings.Cut(text, "/")
	return strings.EqualFold(word, internetWord)
}

// find reads a text as a place that is not the Internet. A bare address has no location.
func (g *gazetteer) find(flag, text string) (place, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return place{Endpoint: reach.Endpoint{Address: a.Unmap()}}, nil
	}
	kinds := []reach.Kind{reach.VNet, reach.OnPremises}
	name := text
	for _, k := range placeKinds {
		if len(text) >= len(k.word) && strings.EqualFold(text[:len(k.word)], k.word) {
			kinds, name = []reach.Kind{k.kind}, text[len(k.word):]
		}
	}
	// The longest beginning that is a name and that what follows it fits.
	var misfit error
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '/') {
		var fits []place
		for _, l := range g.called(name[:end], kinds) {
			p, err := g.fit(l, name[min(end+1, len(name)):])
			if err == nil {
				fits = append(fits, p)
			} else if misfit == nil {
				misfit = usagef("%s %q: %v", flag, text, err)
			}
		}
		switch {
		case len(fits) == 1:
			return fits[0], nil
		case len(fits) > 1:
			var names []string
			for _, p := range fits {
				names = append(names, g.exact(p.Location)+name[end:])
			}
			return place{}, usagef("%s %q is ambiguous: write %s", flag, text, someOf(names))
		}
	}
	if misfit != nil {
		return place{}, misfit
	}
	if others := g.called(name, []reach.Kind{reach.VNet, reach.OnPremises, reach.Clients}); len(others) > 0 {
		return place{}, usagef("%s %q: no such place; there is %s", flag, text, g.exact(others[0]))
	}
	return place{}, usagef("%s %q: no such place%s", flag, text, g.near(name, kinds))
}

// called are the locations of some kinds that go by a name. A site that nothing refers to is one when
// nothing else has the name.
func (g *gazetteer) called(name string, kinds []reach.Kind) []reach.Location {
	var out []reach.Location
	for _, k := range placeKinds {
		if slices.Contains(kinds, k.kind) {
			out = append(out, g.named.Named(k.said+" "+name)...)
		}
	}
	if out == nil && slices.Contains(kinds, reach.OnPremises) {
		for i := range g.idle {
			if strings.EqualFold(g.idle[i].Name, name) {
				return []reach.Location{{Kind: reach.OnPremises, Name: g.idle[i].Name}}
			}
		}
	}
	return out
}

// fit is a location with what follows its name: nothing, an address, a range or a subnet.
func (g *gazetteer) fit(l reach.Location, rest string) (place, error) {
	p := place{Endpoint: reach.Endpoint{Location: l}}
	has := g.addresses(l)
	if rest == "" {
		p.Address, p.chosen = g.representative(l)
		if !p.Address.IsValid() {
			return p, fmt.Errorf("nothing says which addresses are there; write NAME/ADDRESS")
		}
		return p, nil
	}
	inside := func(q netip.Prefix) bool {
		return l.Kind == reach.OnPremises || len(reach.Without([]netip.Prefix{q}, has)) == 0
	}
	if a, err := netip.ParseAddr(rest); err == nil {
		p.Address = a.Unmap()
		if !inside(netip.PrefixFrom(p.Address, p.Address.BitLen())) {
			return p, fmt.Errorf("%s has %s", l, rangeList(has))
		}
		return p, nil
	}
	if q, err := netip.ParsePrefix(rest); err == nil {
		p.Address, p.chosen = reach.Witness([]netip.Prefix{q.Masked()}), "the fifth of "+q.Masked().String()
		if !inside(q.Masked()) {
			return p, fmt.Errorf("%s has %s", l, rangeList(has))
		}
		return p, nil
	}
	if l.Kind != reach.VNet {
		return p, fmt.Errorf("%q is no address", rest)
	}
	var names []string
	for _, s := range g.subnets(l) {
		if strings.EqualFold(rest, s.Raw) || strings.EqualFold(rest, s.Name) {
			p.Address, p.chosen = reach.Witness([]netip.Prefix{s.Prefix.Prefix}), fmt.Sprintf("the fifth of subnet %q", subnetName(&s))
			return p, nil
		}
		names = append(names, subnetName(&s))
	}
	if len(names) == 0 {
		return p, fmt.Errorf("%s has no subnets", l)
	}
	return p, fmt.Errorf("%s has no subnet %q%s", l, rest, nearOrAll(rest, names))
}

func subnetName(s *estate.Subnet) string {
	if s.Raw != "" {
		return s.Raw
	}
	return s.Name
}

func (g *gazetteer) subnets(l reach.Location) []estate.Subnet {
	v := g.vnets.VNet(l.ID)
	if v == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(v.Subnets), func(s estate.Subnet) bool { return !s.Prefix.IsValid() })
}

// representative is an address that stands for a location, and how it was chosen: the fifth of the
// first subnet where machines can be, or of all there is.
func (g *gazetteer) representative(l reach.Location) (netip.Addr, string) {
	if l.Kind == reach.VNet {
		for _, s := range g.subnets(l) {
			if !s.OfGateways() {
				return reach.Witness([]netip.Prefix{s.Prefix.Prefix}), fmt.Sprintf("the fifth of subnet %q", subnetName(&s))
			}
		}
	}
	has := g.addresses(l)
	if len(has) == 0 {
		return netip.Addr{}, ""
	}
	return reach.Witness(has), "the fifth of " + has[0].String()
}

// holders are the locations that are known to have an address.
func (g *gazetteer) holders(a netip.Addr) []reach.Location {
	var out []reach.Location
	for _, l := range g.at {
		if slices.ContainsFunc(g.book.Of(l), func(p netip.Prefix) bool { return p.Contains(a) }) && !slices.ContainsFunc(out, l.Same) {
			out = append(out, l)
		}
	}
	return out
}

// exact is a text that names this location and no other.
func (g *gazetteer) exact(l reach.Location) string {
	name := g.written(l)
	if owner := g.shared.Owner(estate.TypeVNet, l.ID, name); l.Kind != reach.OnPremises && owner != "" {
		name = owner + "/" + name
	}
	for _, k := range placeKinds {
		if k.kind == l.Kind {
			return k.word + name
		}
	}
	return name
}

// near lists names like one that nobody has, or some that there are.
func (g *gazetteer) near(name string, kinds []reach.Kind) string {
	var all []string
	for _, l := range g.at {
		if slices.Contains(kinds, l.Kind) {
			all = append(all, g.written(l))
		}
	}
	if cut := strings.LastIndexByte(name, '/'); cut > 0 && len(nearest(name, all, 1)) == 0 {
		name = name[:cut]
	}
	return nearOrAll(name, all)
}

// nearOrAll lists the nearest of some words, or a few of all.
func nearOrAll(word string, among []string) string {
	const few = 5
	slices.Sort(among)
	among = slices.Compact(among)
	if near := nearest(word, among, 3); len(near) > 0 {
		return "; near it: " + strings.Join(near, ", ")
	}
	if len(among) == 0 {
		return "; there are none"
	}
	text := "; there are " + strings.Join(among[:min(few, len(among))], ", ")
	if more := len(among) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// someOf is a choice of words, and how many more there are.
func someOf(words []string) string {
	const few = 6
	if len(words) > few+1 {
		words = append(words[:few:few], fmt.Sprintf("%d more", len(words)-few))
	}
	return oneOf(words)
}

func rangeList(in []netip.Prefix) string {
	if len(in) == 0 {
		return "no address"
	}
	const few = 6
	var words []string
	for _, p := range in[:min(few, len(in))] {
		words = append(words, p.String())
	}
	if len(in) > few {
		words = append(words, fmt.Sprintf("and %d more", len(in)-few))
	}
	return strings.Join(words, ", ")
}
