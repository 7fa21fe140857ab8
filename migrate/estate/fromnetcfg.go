package estate

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

type pendingGateway struct {
	doc  int
	vnet ID
	from *netcfg.Gateway // nil when the document gives the VNet none
	dns  []netcfg.NameRef
}

// file reads one statement of a configuration: a network configuration, or the service's list of
// VNets in its shape. What was stated before is compared with it.
func (b *builder) file(f *netcfg.File, listed bool) {
	b.first = 0
	if len(f.Structure) > 0 {
		b.first = f.Structure[0].Ref.Ordinal
	}
	for _, leaf := range f.Structure {
		b.fate(leaf.Ref, diag.Dropped, structure)
	}
	for _, leaf := range f.Unknown {
		b.fate(leaf.Ref, diag.NeedsPerson, "XML-007")
	}
	for i := range f.DNSServers {
		b.dnsServer(&f.DNSServers[i], listed)
	}
	for i := range f.LocalNetworkSites {
		b.site(&f.LocalNetworkSites[i], listed)
	}
	seen := make(map[string]bool, len(f.VirtualNetworkSites))
	for i := range f.VirtualNetworkSites {
		v := &f.VirtualNetworkSites[i]
		if key := strings.ToLower(v.Name.Value); seen[key] {
			b.fateAll(vnetRefs(v), diag.NeedsPerson, "XML-014")
		} else {
			seen[key] = true
			b.vnet(v)
		}
	}
}

// structure is why a leaf without a value of its own is dropped.
const structure = "structure of the document, without a value of its own"

func (b *builder) id(typ, name, child string) ID {
	return ID{Subscription: b.sub, Type: typ, Name: name, Child: child}
}

func (b *builder) pos(r diag.Ref) diag.Pos { return r.Pos(b.name) }

func (b *builder) fate(r diag.Ref, kind diag.FateKind, why string) {
	if r.IsZero() {
		return
	}
	b.fates = append(b.fates, diag.Fate{Ref: r.In(b.doc), Kind: kind, Why: why})
	if element, ok := b.beside[r]; ok {
		b.fates = append(b.fates, diag.Fate{Ref: element.In(b.doc), Kind: kind, Why: why})
	}
}

func (b *builder) fateAll(refs []diag.Ref, kind diag.FateKind, why string) {
	for _, r := range refs {
		b.fate(r, kind, why)
	}
}

// refs keeps the present ones of the given Refs. They are cut from large blocks: a network has a
// hundred thousand short lists of them.
func (b *builder) refs(in ...diag.Ref) []diag.Ref {
	if cap(b.arena)-len(b.arena) < 2*len(in) {
		b.arena = make([]diag.Ref, 0, max(8192, 2*len(in)))
	}
	from := len(b.arena)
	for _, r := range in {
		if r.IsZero() {
			continue
		}
		b.arena = append(b.arena, r.In(b.doc))
		if element, ok := b.beside[r]; ok {
			b.arena = append(b.arena, element.In(b.doc))
		}
	}
	return slices.Clip(b.arena[from:])
}

func (b *builder) dnsServer(d *netcfg.DNSServer, listed bool) {
	id := b.id(TypeDNSServer, d.Name.Value, "")
	key := id.Key()
	if i, twice := b.dns[key]; twice {
		if before := &b.e.DNSServers[i]; b.repeated(before.Refs, listed) {
			b.fateAll(dnsRefs(d), diag.NeedsPerson, "XML-014")
		} else {
			b.sameServer(before, d)
		}
		return
	}
	addr, err := parseAddr(d.IPAddress.Value)
	if err != nil {
		b.found.Add("ARM-007", b.pos(d.IPAddress.Ref), "DNS server %q: address %q cannot be used: %v", d.Name.Value, d.IPAddress.Value, err)
		b.fateAll(dnsRefs(d), diag.NeedsPerson, "ARM-007")
		return
	}
	b.dns[key] = len(b.e.DNSServers)
	b.e.DNSServers = append(b.e.DNSServers, DNSServer{
		ID: id, Name: d.Name.Value, Refs: b.refs(d.Ref, d.Name.Ref),
		Address: Address{Addr: addr, Raw: d.IPAddress.Value, Refs: b.refs(d.IPAddress.Ref)},
	})
}

func (b *builder) site(l *netcfg.LocalNetworkSite, listed bool) {
	id := b.id(TypeSite, l.Name.Value, "")
	key := id.Key()
	if i, twice := b.sites[key]; twice {
		if before := &b.e.Sites[i]; b.repeated(before.Refs, listed) {
			b.fateAll(siteRefs(l), diag.NeedsPerson, "XML-014")
		} else {
			b.sameSite(before, l)
		}
		return
	}
	s := Site{ID: id, Name: l.Name.Value, Refs: b.refs(l.Ref, l.Name.Ref)}
	for _, space := range l.AddressSpaces {
		s.Refs = append(s.Refs, b.refs(space.Ref)...)
		s.Prefixes = b.prefixes(s.Prefixes, space.Prefixes, "local network site", l.Name.Value)
	}
	s.Address = b.address(l.VPNGatewayAddress, l.Name.Value)
	b.sites[key] = len(b.e.Sites)
	b.e.Sites = append(b.e.Sites, s)
}

func (b *builder) address(t netcfg.Text, site string) Address {
	if !t.Present() {
		return Address{}
	}
	a := Address{Raw: t.Value, Refs: b.refs(t.Ref, t.TextRef)}
	if t.Value == "" {
		return a
	}
	addr, err := parseAddr(t.Value)
	if err != nil {
		a.Placeholder = "not an IPv4 address"
		b.found.Add("SITE-002", b.pos(t.At()), "gateway address %q of local network site %q is not an address: %v", t.Value, site, err)
		return a
	}
	a.Addr, a.Placeholder = addr, azure.Placeholder(addr)
	return a
}

// prefixes appends the usable prefixes; one that is written twice counts once.
func (b *builder) prefixes(to []Prefix, from []netcfg.Text, what, name string) []Prefix {
	if to == nil && len(from) > 0 {
		to = make([]Prefix, 0, len(from))
	}
	var seen map[netip.Prefix]bool // made for long lists only; most have one entry
	if len(to)+len(from) > 16 {
		seen = make(map[netip.Prefix]bool, len(to)+len(from))
		for i := range to {
			seen[to[i].Prefix] = true
		}
	}
	for _, t := range from {
		p, ok := b.prefix(t, what, name)
		switch {
		case !ok:
		case seen[p.Prefix], seen == nil && slices.ContainsFunc(to, func(q Prefix) bool { return q.Prefix == p.Prefix }):
			b.found.Add("XML-037", b.pos(t.TextRef), "prefix %s stands twice in %s %q", p, what, name)
			b.fateAll(p.Refs, diag.Dropped, "the same prefix stands in this address space before")
		default:
			to = append(to, p)
			if seen != nil {
				seen[p.Prefix] = true
			}
		}
	}
	return to
}

func (b *builder) prefix(t netcfg.Text, what, name string) (Prefix, bool) {
	p, note, err := parsePrefix(t.Value)
	if err != nil {
		b.found.Add("ADDR-006", b.pos(t.At()), "prefix %q of %s %q cannot be used: %v", t.Value, what, name, err)
		b.fateAll([]diag.Ref{t.Ref, t.TextRef}, diag.NeedsPerson, "ADDR-006")
		return Prefix{}, false
	}
	if note != "" {
		f := diag.New("ADDR-006", b.pos(t.At()), "prefix %s of %s %q is read as %s: %s", t.Value, what, name, p, note)
		f.Severity = diag.Warning // it was corrected, and the correction is not a guess
		b.found = append(b.found, f)
	}
	return Prefix{Prefix: p, Raw: t.Value, Refs: b.refs(t.Ref, t.TextRef)}, true
}

func (b *builder) vnet(v *netcfg.VirtualNetworkSite) {
	n := VNet{ID: b.id(TypeVNet, v.Name.Value, ""), Name: v.Name.Value}
	if i, twice := b.vnets[n.ID.Key()]; twice {
		b.sameVNet(&b.e.VNets[i], v)
		return
	}
	found, fates := len(b.found), len(b.fates)
	for _, space := range v.AddressSpaces {
		n.Space = b.prefixes(n.Space, space.Prefixes, "VNet", v.Name.Value)
	}
	if len(n.Space) == 0 || n.Name == "" {
		if len(b.found) == found {
			b.found.Add("ARM-007", b.pos(v.Ref), "VNet %q is left out: it has no usable %s", v.Name.Value, missingPart(n))
		}
		b.leaveOut(v, fates)
		return
	}
	n.Refs = b.refs(v.Ref, v.Name.Ref)
	for _, space := range v.AddressSpaces {
		n.Refs = append(n.Refs, b.refs(space.Ref)...)
	}
	n.Refs = append(n.Refs, b.refs(v.SubnetsRef, v.DNSServersRefRef)...)
	n.Region = b.region(v)
	n.Subnets = b.subnets(v)
	b.meaningless(v)
	b.vnets[n.ID.Key()] = len(b.e.VNets)
	b.e.VNets = append(b.e.VNets, n)
	b.pending = append(b.pending, pendingGateway{b.doc, n.ID, v.Gateway, v.DNSServers})
}

// meaningless gives a fate to the parts of a VNet that have no counterpart.
func (b *builder) meaningless(v *netcfg.VirtualNetworkSite) {
	b.fateAll([]diag.Ref{v.Label.Ref, v.Label.TextRef}, diag.Dropped, "a label of 2012 has no place in ARM")
	if g := v.InternetGatewayNetwork; g != nil {
		b.found.Add("XML-007", b.pos(g.Ref), "InternetGatewayNetwork %q of VNet %q has no known meaning", g.Name.Value, v.Name.Value)
		b.fateAll([]diag.Ref{g.Ref, g.Name.Ref}, diag.NeedsPerson, "XML-007")
	}
}

func missingPart(n VNet) string {
	if n.Name == "" {
		return "name"
	}
	return "address prefix"
}

// leaveOut gives a person every leaf of a VNet that cannot be read, once: unusable prefixes have
// their fate already, among those from the given one on.
func (b *builder) leaveOut(v *netcfg.VirtualNetworkSite, from int) {
	done := map[diag.Ref]bool{}
	for _, f := range b.fates[from:] {
		done[f.Ref] = true
	}
	for _, r := range vnetRefs(v) {
		if !done[r.In(b.doc)] {
			b.fate(r, diag.NeedsPerson, "ARM-007")
		}
	}
}

func (b *builder) region(v *netcfg.VirtualNetworkSite) Region {
	r := Region{Raw: v.Location.Value, AffinityGroup: v.AffinityGroup.Value, Refs: b.refs(v.Location.Ref, v.AffinityGroup.Ref)}
	if known, ok := azure.LookupRegion(v.Location.Value); ok {
		r.Name = known.Name
	}
	return r
}

func (b *builder) subnets(v *netcfg.VirtualNetworkSite) []Subnet {
	subnets := make([]Subnet, 0, len(v.Subnets))
	for i := range v.Subnets {
		s := &v.Subnets[i]
		sub := Subnet{Name: s.Name.Value, Raw: s.Name.Value}
		for _, t := range s.Prefixes {
			p, ok := b.prefix(t, "subnet", s.Name.Value)
			switch {
			case !ok:
			case sub.Prefix.IsValid():
				b.fateAll(p.Refs, diag.NeedsPerson, "XML-010")
			default:
				sub.Prefix = p
			}
		}
		if !sub.Prefix.IsValid() {
			b.found.Add("ARM-007", b.pos(s.Ref), "subnet %q of VNet %q is left out: it has no usable address prefix", s.Name.Value, v.Name.Value)
			b.fateAll([]diag.Ref{s.Ref, s.Name.Ref}, diag.NeedsPerson, "ARM-007")
			continue
		}
		sub.Refs = b.refs(s.Ref, s.Name.Ref)
		subnets = append(subnets, sub)
	}
	return subnets
}

// order sorts the objects, so that nothing later depends on the order in the documents.
func (b *builder) order() {
	e := b.e
	slices.SortStableFunc(e.VNets, func(x, y VNet) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(e.Sites, func(x, y Site) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(e.DNSServers, func(x, y DNSServer) int { return compareID(x.ID, y.ID) })
	slices.SortStableFunc(b.pending, func(x, y pendingGateway) int { return compareID(x.vnet, y.vnet) })
	for i := range e.Sites {
		b.sites[e.Sites[i].ID.Key()] = i
	}
	for i := range e.DNSServers {
		b.dns[e.DNSServers[i].ID.Key()] = i
	}
	for i := range e.VNets {
		b.vnets[e.VNets[i].ID.Key()] = i
	}
}
