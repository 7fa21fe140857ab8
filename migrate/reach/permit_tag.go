package reach

import (
	"fmt"
	"net/netip"
)

// tag is the VirtualNetwork tag of the subnets of a class. Source: docs/sources.md#security-groups.
type tag struct {
	near  []span // the ranges of the VNet, its peers and its groups: none of it is Internet
	parts []tagPart
}

// tagPart is a prefix of the tag.
type tagPart struct {
	prefix netip.Prefix
	doubt  reasons // why it may not be in the tag
	source tagSource
	at     int32 // the VNet that has the range
}

// tagSource is why a prefix is in a tag.
type tagSource uint8

const (
	ofVNet tagSource = iota
	ofPeer
	ofGroup
	ofGateway
	ofServer
	ofUserRoute
)

// tagOf is the tag of a class.
func (p *Permits) tagOf(class int32) *tag {
	t := p.tags[class]
	if t == nil {
		t = p.b.tag(class)
		p.tags[class] = t
	}
	return t
}

// tag lists what the VirtualNetwork tag of a class holds.
func (b *builder) tag(class int32) *tag {
	n := b.n
	c := &n.classes[class]
	node := &n.vnets[c.vnet]
	t := &tag{}
	add := func(source tagSource, at int32, doubt reasons, list ...netip.Prefix) {
		for _, p := range list {
			t.parts = append(t.parts, tagPart{p, doubt, source, at})
			if source <= ofGroup {
				t.near = append(t.near, spanOf(p))
			}
		}
	}
	add(ofVNet, c.vnet, 0, node.raw...)
	for i := range node.peers {
		if p := &node.peers[i]; p.open {
			add(ofPeer, p.vnet, 0, p.raw...)
		}
	}
	for _, g := range node.groups {
		for _, m := range n.groups[g].members {
			if m != c.vnet {
				add(ofGroup, m, 0, n.vnets[m].raw...)
			}
		}
	}
	t.near = tidy(t.near)
	if c.routes >= 0 {
		for i := range b.e.RouteTables[c.routes].Routes {
			r := &b.e.RouteTables[c.routes].Routes[i]
			if r.Prefix.IsValid() && !(c.gateway && r.Prefix.Bits() == 0) {
				add(ofUserRoute, -1, 0, r.Prefix.Masked())
			}
		}
	}
	// The documents do not say whether the tag holds what a table hides; of default routes they say
	// that it might.
	var hidden reasons
	if c.routes >= 0 && b.e.RouteTables[c.routes].NoPropagation && !c.gateway {
		hidden = byRules
	}
	from := n.hubOf(c.vnet)
	learned := func(source tagSource, r *route) {
		doubt := r.maybe | hidden
		if r.prefix.Bits() == 0 {
			doubt |= byRules
		}
		add(source, from, doubt, r.prefix)
	}
	for i := range n.vnets[from].offers {
		learned(ofGateway, &n.vnets[from].offers[i])
	}
	served := b.served(nil, c.vnet)
	for i := range served {
		learned(ofServer, &served[i])
	}
	return t
}

// find is the part that speaks best for an address, or nil.
func (t *tag) find(a netip.Addr) *tagPart {
	var best *tagPart
	for i := range t.parts {
		x := &t.parts[i]
		if !x.prefix.Contains(a) {
			continue
		}
		if x.doubt == 0 {
			return x
		}
		if best == nil {
			best = x
		}
	}
	return best
}

// virtualNetwork says whether an address is in the tag.
func (t *tag) virtualNetwork(a netip.Addr) (Value, reasons) {
	switch x := t.find(a); {
	case x == nil:
		return No, 0
	case x.doubt != 0:
		return Unknown, x.doubt
	}
	return Yes, 0
}

// internet says whether an address is in the tag Internet: the public ones outside the VNet and those
// beside it. Whether what a gateway leads to is outside, the documents do not say.
func (t *tag) internet(a netip.Addr) (Value, reasons) {
	if !holds(public, a) || holds(t.near, a) {
		return No, 0
	}
	for i := range t.parts {
		x := &t.parts[i]
		if (x.source == ofGateway || x.source == ofServer) && x.prefix.Bits() > 0 && x.prefix.Contains(a) {
			return Unknown, x.doubt | byRules
		}
	}
	return Yes, 0
}

// words say of an address whether it is in the tag, and why.
func (t *tag) words(n *network, a netip.Addr) string {
	x := t.find(a)
	if x == nil {
		return fmt.Sprintf("%s is not in VirtualNetwork", a)
	}
	is := "is"
	if x.doubt != 0 {
		is = "may be"
	}
	return fmt.Sprintf("%s %s in VirtualNetwork by %s", a, is, x.words(n))
}

func (x *tagPart) words(n *network) string {
	switch x.source {
	case ofPeer:
		return fmt.Sprintf("%s of the peered %s", x.prefix, n.locations[x.at])
	case ofGroup:
		return fmt.Sprintf("%s of %s in the same connected group", x.prefix, n.locations[x.at])
	case ofGateway:
		return fmt.Sprintf("the route %s of the gateway of %s", x.prefix, n.locations[x.at])
	case ofServer:
		return fmt.Sprintf("the route %s of a Route Server", x.prefix)
	case ofUserRoute:
		return fmt.Sprintf("the user route %s", x.prefix)
	}
	return fmt.Sprintf("%s of %s itself", x.prefix, n.locations[x.at])
}

// Tag is what the VirtualNetwork tag of a subnet surely holds, as the fewest prefixes; "" stands for
// addresses in no subnet.
func (p *Permits) Tag(vnet Location, subnet string) []netip.Prefix {
	return p.tagged(vnet, subnet, false)
}

// MayTag is the same with unknown read as yes.
func (p *Permits) MayTag(vnet Location, subnet string) []netip.Prefix {
	return p.tagged(vnet, subnet, true)
}

func (p *Permits) tagged(vnet Location, subnet string, may bool) []netip.Prefix {
	v := p.n.find(vnet)
	if vnet.Kind != VNet || v < 0 {
		return nil
	}
	var out []netip.Prefix
	t := p.tagOf(p.n.classOf(v, subnet))
	for i := range t.parts {
		if may || t.parts[i].doubt == 0 {
			out = append(out, t.parts[i].prefix)
		}
	}
	return prefixesOf(setOf(out))
}
