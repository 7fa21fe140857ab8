package estate

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func quoteID(id ID) string { return strconv.Quote(id.String()) }

// id is what a resource id names here. A name without a subscription is of the source at hand.
func (r *armReader) id(n arm.ResourceName) ID {
	id := ID{Subscription: strings.ToLower(n.Subscription), Group: n.Group, Type: strings.TrimPrefix(n.Type, arm.Provider)}
	if len(n.Names) > 0 {
		id.Name, id.Child = n.Names[0], strings.Join(n.Names[1:], "/")
	}
	return id
}

// posIn is the place of a value in a document, or the document where the value has none.
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
	a, err := ParseAddr(raw)
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
