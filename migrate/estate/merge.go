package estate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The rules for what several documents say of one subscription.
const (
	contradiction = "XML-040" // two documents say different things
	statedOnce    = "XML-041" // a VNet or site is missing where it should be stated, too
	replaces      = "CLS-011" // a network configuration would delete a VNet of the service's list
	gatewayLost   = "XML-042" // a later statement has the connections that an earlier one lost
	sameFolder    = "XML-044" // several network configurations are taken as one subscription
)

// contradicts reports that the leaf at hand says something else than an earlier one.
func (b *builder) contradicts(at diag.Ref, before []diag.Ref, format string, args ...any) {
	f := diag.New(contradiction, b.pos(at), format, args...)
	if len(before) > 0 {
		f = f.See(b.e.Pos(before[0]), "the statement that counts is here")
	}
	b.found = append(b.found, f)
}

// repeated reports whether an object stands in the document at hand already. The service's list
// copies a site into every VNet that refers to it: there that is no repetition.
func (b *builder) repeated(before []diag.Ref, listed bool) bool {
	return !listed && len(before) > 0 && int(before[0].Doc) == b.doc && before[0].Ordinal >= b.first
}

func (b *builder) sameServer(before *DNSServer, d *netcfg.DNSServer) {
	before.Refs = append(before.Refs, b.refs(d.Ref, d.Name.Ref)...)
	if addr, err := parseAddr(d.IPAddress.Value); err == nil && addr == before.Address.Addr {
		before.Address.Refs = append(before.Address.Refs, b.refs(d.IPAddress.Ref)...)
		return
	}
	b.contradicts(d.IPAddress.Ref, before.Address.Refs, "DNS server %q has the address %q here and %s there", d.Name.Value, d.IPAddress.Value, before.Address.Addr)
	b.fate(d.IPAddress.Ref, diag.NeedsPerson, contradiction)
}

func (b *builder) sameSite(before *Site, l *netcfg.LocalNetworkSite) {
	before.Refs = append(before.Refs, b.refs(l.Ref, l.Name.Ref)...)
	var texts []netcfg.Text
	for _, space := range l.AddressSpaces {
		before.Refs = append(before.Refs, b.refs(space.Ref)...)
		texts = append(texts, space.Prefixes...)
	}
	if len(l.AddressSpaces) > 0 { // the output of a cmdlet has only the name
		b.samePrefixes(before.Prefixes, texts, l.Ref, "local network site", l.Name.Value)
	}
	a := l.VPNGatewayAddress
	switch addr, err := parseAddr(a.Value); {
	case !a.Present():
	case before.Address.Refs == nil && !before.Address.IsValid():
		before.Address = b.address(a, l.Name.Value)
	case err == nil && addr == before.Address.Addr, a.Value == before.Address.Raw:
		before.Address.Refs = append(before.Address.Refs, b.refs(a.Ref, a.TextRef)...)
	default:
		b.contradicts(a.At(), before.Address.Refs, "local network site %q has the gateway address %q here and %q there", l.Name.Value, a.Value, before.Address.Raw)
		b.fateAll([]diag.Ref{a.Ref, a.TextRef}, diag.NeedsPerson, contradiction)
	}
}

// samePrefixes compares a list of prefixes with the one that counts.
func (b *builder) samePrefixes(before []Prefix, texts []netcfg.Text, at diag.Ref, what, name string) {
	met := make([]bool, len(before))
	var other []string
	for _, t := range texts {
		p, ok := b.prefix(t, what, name)
		if !ok {
			continue
		}
		i := slices.IndexFunc(before, func(q Prefix) bool { return q.Prefix == p.Prefix })
		if i < 0 {
			other = append(other, p.String())
			b.ended(p.Refs, diag.NeedsPerson, contradiction)
			continue
		}
		met[i] = true
		before[i].Refs = append(before[i].Refs, p.Refs...)
	}
	var lacking []string
	var first []diag.Ref
	for i := range before {
		if first == nil {
			first = before[i].Refs
		}
		if !met[i] {
			lacking = append(lacking, before[i].String())
		}
	}
	if len(other)+len(lacking) == 0 {
		return
	}
	b.contradicts(at, first, "%s %q differs: %s", what, name, difference(other, lacking))
}

// difference says what only one of two lists has.
func difference(here, there []string) string {
	var parts []string
	if len(here) > 0 {
		parts = append(parts, "only here "+strings.Join(here, ", "))
	}
	if len(there) > 0 {
		parts = append(parts, "only there "+strings.Join(there, ", "))
	}
	return strings.Join(parts, "; ")
}

func (b *builder) sameVNet(before *VNet, v *netcfg.VirtualNetworkSite) {
	before.Refs = append(before.Refs, b.refs(v.Ref, v.Name.Ref, v.SubnetsRef, v.DNSServersRefRef)...)
	var texts []netcfg.Text
	at := v.Ref
	for i, space := range v.AddressSpaces {
		if i == 0 {
			at = space.Ref
		}
		before.Refs = append(before.Refs, b.refs(space.Ref)...)
		texts = append(texts, space.Prefixes...)
	}
	b.meaningless(v)
	b.sameRegion(before, v)
	if !slices.ContainsFunc(v.AddressSpaces, func(s netcfg.AddressSpace) bool { return b.unsaid[s.Ref] }) {
		b.samePrefixes(before.Space, texts, at, "address space of VNet", v.Name.Value)
	}
	b.sameSubnets(before, v)
	b.pending = append(b.pending, pendingGateway{b.doc, before.ID, v.Gateway, v.DNSServers})
}

// sameRegion compares the place of a VNet. A location and an affinity group do not contradict each
// other: the group may be there.
func (b *builder) sameRegion(before *VNet, v *netcfg.VirtualNetworkSite) {
	r := b.region(v)
	old := &before.Region
	differ := r.Name != "" && old.Name != "" && r.Name != old.Name ||
		r.AffinityGroup != "" && old.AffinityGroup != "" && !strings.EqualFold(r.AffinityGroup, old.AffinityGroup)
	if differ {
		b.contradicts(v.Ref, old.Refs, "VNet %q is in %s here and in %s there", v.Name.Value, r, *old)
		b.ended(r.Refs, diag.NeedsPerson, contradiction)
		return
	}
	if old.Name == "" && r.Raw != "" {
		old.Name, old.Raw = r.Name, r.Raw
	}
	if old.AffinityGroup == "" {
		old.AffinityGroup = r.AffinityGroup
	}
	old.Refs = append(old.Refs, r.Refs...)
}

func (b *builder) sameSubnets(before *VNet, v *netcfg.VirtualNetworkSite) {
	met := make([]bool, len(before.Subnets))
	whole := *v
	whole.Subnets = b.namedSubnets(before, met, v.Subnets)
	for _, s := range b.subnets(&whole) {
		i := slices.IndexFunc(before.Subnets, func(q Subnet) bool { return compareFold(q.Raw, s.Raw) == 0 })
		switch {
		case i < 0:
			b.missing(s.Refs, before.Refs, "subnet %q (%s) of VNet %q is not there", s.Raw, s.Prefix, v.Name.Value)
			b.ended(slices.Concat(s.Refs, s.Prefix.Refs), diag.NeedsPerson, contradiction)
		case before.Subnets[i].Prefix.Prefix != s.Prefix.Prefix:
			met[i] = true
			old := &before.Subnets[i]
			old.Refs = append(old.Refs, s.Refs...)
			b.missing(s.Prefix.Refs, old.Prefix.Refs, "subnet %q of VNet %q is %s here and %s there", s.Raw, v.Name.Value, s.Prefix, old.Prefix)
			b.ended(s.Prefix.Refs, diag.NeedsPerson, contradiction)
		default:
			met[i] = true
			old := &before.Subnets[i]
			old.Refs = append(old.Refs, s.Refs...)
			old.Prefix.Refs = append(old.Prefix.Refs, s.Prefix.Refs...)
		}
	}
	for i, ok := range met {
		if !ok && !b.unsaid[v.SubnetsRef] {
			b.contradicts(v.Ref, before.Subnets[i].Refs, "subnet %q (%s) of VNet %q is not here", before.Subnets[i].Raw, before.Subnets[i].Prefix, v.Name.Value)
		}
	}
}

// namedSubnets settles the subnets of which only the name is said, and marks them as met where the
// VNet has them. It returns the others.
func (b *builder) namedSubnets(before *VNet, met []bool, subnets []netcfg.Subnet) []netcfg.Subnet {
	var rest []netcfg.Subnet
	for i := range subnets {
		s := &subnets[i]
		at := slices.IndexFunc(before.Subnets, func(q Subnet) bool { return compareFold(q.Raw, s.Name.Value) == 0 })
		if at < 0 || len(s.Prefixes) > 0 {
			rest = append(rest, *s)
			continue
		}
		met[at] = true
		before.Subnets[at].Refs = append(before.Subnets[at].Refs, b.refs(s.Ref, s.Name.Ref)...)
	}
	return rest
}

// missing is contradicts for Refs that name their document already.
func (b *builder) missing(at, before []diag.Ref, format string, args ...any) {
	ref := diag.Ref{}
	if len(at) > 0 {
		ref = at[0]
	}
	b.contradicts(ref, before, format, args...)
}

// sameConnection joins a reference with the connections that an earlier document gave the VNet. It
// reports false when none of those leads to the site.
func (b *builder) sameConnection(ref *netcfg.LocalNetworkSiteRef, site ID, before []Connection) bool {
	var to []*Connection
	for i := range before {
		if before[i].Site.Same(site) {
			to = append(to, &before[i])
		}
	}
	if len(to) == 0 {
		return false
	}
	to[0].Refs = append(to[0].Refs, b.refs(ref.Ref, ref.Name.Ref)...)
	for _, c := range ref.Connections {
		refs := []diag.Ref{c.Ref, c.Type.Ref}
		kind, ok := connectionKind(c.Type.Value)
		at := slices.IndexFunc(to, func(h *Connection) bool { return h.Kind == kind })
		switch {
		case !ok:
			b.fateAll(refs, diag.NeedsPerson, "XML-011")
		case at < 0:
			b.contradicts(c.Ref, to[0].Refs, "the connection to local network site %q is of type %s here and of type %s there", site.Name, kind, to[0].Kind)
			b.fateAll(refs, diag.NeedsPerson, contradiction)
		default:
			to[at].Refs = append(to[at].Refs, b.refs(refs...)...)
		}
	}
	return true
}

// newConnection reports a connection that only a later document has. It is taken over: old versions
// of the command line lost gateways and sites of networks that they did not mean to touch, and a
// connection more shows in every report, while one less would vanish in silence.
func (b *builder) newConnection(v *VNet, ref *netcfg.LocalNetworkSiteRef, site ID, where standing) {
	if where.gateways > 0 {
		b.contradicts(ref.Ref, v.Refs, "VNet %q connects to local network site %q here and not there", v.Name, site.Name)
		b.found[len(b.found)-1].Hint = "the connection is taken over; remove it from this file if it is gone"
		return
	}
	f := diag.New(gatewayLost, b.pos(ref.Ref), "VNet %q connects to local network site %q here and has no Gateway there; the connection is taken over", v.Name, site.Name)
	if len(v.Refs) > 0 {
		f = f.See(b.e.Pos(v.Refs[0]), "VNet %q is here", v.Name)
	}
	b.found = append(b.found, f)
}

// onlyOnce reports the VNets of a subscription that only the network configuration, or only the
// service's list has: one of the two is older. A configuration without a VNet that is there would, if
// somebody set it, delete it. Source: docs/sources.md#netcfg-schema.
func (b *builder) onlyOnce(s *subscription, inConfiguration, inList map[Key]bool) {
	for i := range b.e.VNets {
		v := &b.e.VNets[i]
		if v.ID.Subscription != s.name {
			continue
		}
		stated, answered := inConfiguration[v.ID.Key()], inList[v.ID.Key()]
		switch {
		case stated && !answered:
			b.found.Add(statedOnce, b.e.Pos(v.Refs[0]), "VNet %q is in the network configuration and not in the service's list", v.Name)
		case answered && !stated:
			b.found.Add(replaces, b.e.Pos(v.Refs[0]), "VNet %q is in the service's list and not in the network configuration, which would delete it when it is set", v.Name)
		}
	}
}

// several reports that more than one network configuration is taken as one subscription: each
// describes all of it, so they are two times of one, or two subscriptions in one folder.
func (b *builder) several(s *subscription) {
	var first *netcfg.File
	for _, d := range s.docs {
		if d.Form == netcfg.FormExport {
			continue
		}
		for _, f := range s.files(d) {
			if first == nil {
				first = f
				continue
			}
			at := func(f *netcfg.File) diag.Pos {
				if len(f.Structure) == 0 {
					return diag.Pos{File: f.Name}
				}
				return f.Structure[0].Ref.Pos(f.Name)
			}
			b.found = append(b.found, diag.New(sameFolder, at(f), "this network configuration and %q are taken as one subscription", first.Name).
				See(at(first), "the other one is here"))
		}
	}
}

// setFact takes a fact over, or compares it with the one that is known.
func (b *builder) setFact(known *Fact, said Fact, format string, args ...any) {
	switch {
	case !said.Known():
		b.ended(said.Refs, diag.Dropped, "the service says nothing here")
	case !known.Known():
		said.Refs = slices.Concat(known.Refs, said.Refs) // what says whose fact it is came before
		*known = said
	case strings.EqualFold(known.Value, said.Value):
		known.Refs = append(known.Refs, said.Refs...)
	default:
		b.missing(said.Refs, known.Refs, "%s is %q here and %q there", fmt.Sprintf(format, args...), said.Value, known.Value)
		b.ended(said.Refs, diag.NeedsPerson, contradiction)
	}
}

// knownRegion is the canonical name of a region as a document spells it, or "".
func knownRegion(written string) string {
	r, _ := azure.LookupRegion(written)
	return r.Name
}
