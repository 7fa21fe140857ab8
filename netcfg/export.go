package netcfg

import (
	"encoding/xml"
	"slices"
	"strings"

	"github.com/antchfx/xmlquery"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The old command line exported a network configuration as JSON, in two generations: elements are
// members, attributes are members in capitals ("Name") or with a sign before them ("@name"). The newer
// one leaves out the elements of a list and writes the list alone. Both become the tree of elements
// that the walker reads, so one set of rules judges all of them.
// Source: docs/sources.md#netcfg-json

// shape is what the schema says of an element, for a form that leaves parts of the markup out.
type shape struct {
	attrs []string
	parts []string // its child elements
	item  string   // its only kind of child, which the newer generation leaves out
	text  bool     // it holds text
}

var shapes = map[string]shape{
	rootName:                      {parts: rootParts},
	"VirtualNetworkConfiguration": {parts: configurationParts},
	"Dns":                         {parts: []string{"DnsServers"}},
	"DnsServers":                  {item: "DnsServer"},
	"DnsServer":                   {attrs: dnsServerAttrs},
	"LocalNetworkSites":           {item: "LocalNetworkSite"},
	"LocalNetworkSite":            {attrs: nameAttr, parts: siteParts},
	"AddressSpace":                {item: "AddressPrefix"},
	"AddressPrefix":               {text: true},
	"VPNGatewayAddress":           {text: true},
	"VirtualNetworkSites":         {item: "VirtualNetworkSite"},
	"VirtualNetworkSite":          {attrs: vnetAttrs, parts: vnetParts},
	"Label":                       {text: true},
	"Subnets":                     {item: "Subnet"},
	"Subnet":                      {attrs: nameAttr, parts: []string{"AddressPrefix"}},
	"DnsServersRef":               {item: "DnsServerRef"},
	"DnsServerRef":                {attrs: nameAttr},
	"Gateway":                     {attrs: []string{"profile"}, parts: gatewayParts},
	"VPNClientAddressPool":        {item: "AddressPrefix"},
	"ConnectionsToLocalNetwork":   {item: "LocalNetworkSiteRef"},
	"LocalNetworkSiteRef":         {attrs: nameAttr, parts: []string{"Connection"}},
	"Connection":                  {attrs: []string{"type"}},
	"InternetGatewayNetwork":      {attrs: nameAttr},
}

// known are the names of the members that an element may have.
func (s shape) known(sign bool) []string {
	names := slices.Clone(s.parts)
	if s.item != "" {
		names = append(names, s.item)
	}
	for _, a := range s.attrs {
		names = append(names, memberName(a, sign))
	}
	return names
}

// attr is the attribute that a member holds, or "".
func (s shape) attr(m *jsonValue) string {
	if m.kind == jsonArray || m.kind == jsonObject {
		return ""
	}
	for _, a := range s.attrs {
		if m.name == memberName(a, false) || m.name == memberName(a, true) {
			return a
		}
	}
	return ""
}

// memberName is what an attribute is called in the export.
func memberName(attr string, sign bool) string {
	if sign {
		return "@" + attr
	}
	return strings.ToUpper(attr[:1]) + attr[1:]
}

// json reads a document that begins like JSON, from behind the byte order marks.
func (s *scanner) json() *Document {
	if s.checkUTF8(""); s.notes.fatal > 0 {
		return nil
	}
	text := s.src[s.i:]
	form, known := recogniseJSON(text)
	if !known && len(text) > maxBrokenTree {
		s.notes.notExported(&jsonValue{})
		return nil
	}
	bounds := s.notes.bounds
	if form == FormResponses { // a string there is a whole document, which has bounds of its own
		s.notes.bounds.Value = bounds.Size
	}
	root, leaves := readJSON(text, s.notes)
	s.notes.bounds = bounds
	if root == nil {
		return nil
	}
	switch {
	case isResponses(root):
		return responses(root, s.notes)
	case root.member("VirtualNetworkConfiguration") == nil:
		s.notes.notExported(root)
		return nil
	}
	return document(FormExport, exported(root, leaves, s.notes))
}

// notExported refuses JSON that is no export.
func (n *notes) notExported(root *jsonValue) {
	f := n.fail("XML-002", at(root.ref), "the document seems to be JSON of another kind: it has no \"VirtualNetworkConfiguration\"")
	f.Hint = passExport + ", or the JSON file that azure network export wrote"
	for _, m := range root.members {
		if root.kind == jsonObject && similar(m.name, "VirtualNetworkConfiguration") {
			f.Hint = `write "VirtualNetworkConfiguration" in place of ` + quoted(m.name).String()
		}
	}
}

// exported fills a File from an export.
func exported(root *jsonValue, leaves int, n *notes) *File {
	f := &File{Name: n.file, Leaves: leaves}
	e := &export{walker: &walker{notes: n, json: true, file: f}}
	e.sign = signed(root)
	e.element(&xmlquery.Node{Type: xmlquery.DocumentNode}, rootName, root)
	e.document(e.root)
	for _, leaves := range [][]Leaf{f.Structure, f.Unknown} {
		slices.SortFunc(leaves, func(a, b Leaf) int { return a.Ref.Compare(b.Ref) })
	}
	n.checkLinks(f, root)
	return f
}

// signed reports whether the attributes of an export carry a sign: whether any does.
func signed(v *jsonValue) bool {
	for i := range v.members {
		m := &v.members[i]
		if strings.HasPrefix(m.name, "@") || signed(m) {
			return true
		}
	}
	return false
}

// checkLinks reports an export without any gateway although it has what only gateways need: old
// versions lost them.
func (n *notes) checkLinks(f *File, root *jsonValue) {
	sign := ""
	switch {
	case slices.ContainsFunc(f.VirtualNetworkSites, func(v VirtualNetworkSite) bool { return v.Gateway != nil }):
		return
	case len(f.LocalNetworkSites) > 0:
		sign = "local network sites"
	case slices.ContainsFunc(f.VirtualNetworkSites, hasGatewaySubnet):
		sign = "a GatewaySubnet"
	default:
		return
	}
	n.add("XML-021", at(root.member("VirtualNetworkConfiguration").ref), "the export has %s but no gateway at all", sign)
}

func hasGatewaySubnet(v VirtualNetworkSite) bool {
	return slices.ContainsFunc(v.Subnets, func(s Subnet) bool { return strings.EqualFold(s.Name.Value, "GatewaySubnet") })
}

// export builds the tree of an export. Elements that the export leaves out have a place, that of what
// they would hold, but are no leaf.
type export struct {
	*walker
	root *xmlquery.Node
}

// element adds an element, or several when the value is a list of them.
func (e *export) element(parent *xmlquery.Node, name string, v *jsonValue) {
	s := shapes[name]
	switch {
	case v.kind == jsonArray && s.item != "" && !severalOf(v, s.item):
		n := e.open(parent, name, v.ref)
		e.items(n, s.item, v)
	case v.kind == jsonArray:
		e.keep(&e.file.Structure, v.ref, ElementLeaf, e.path(parent)+"/"+name, "")
		e.items(parent, name, v)
	case v.kind == jsonObject && s.lone(v):
		n := e.open(parent, name, noLeaf(v.ref))
		e.element(n, s.item, v)
	case v.kind == jsonObject:
		e.members(e.open(parent, name, v.ref), s, v)
	case v.text == "":
		e.open(parent, name, v.ref)
	case s.text:
		n := e.open(parent, name, v.ref)
		xmlquery.AddChild(n, &xmlquery.Node{Type: xmlquery.TextNode, Data: v.text})
	case shapes[s.item].text:
		n := e.open(parent, name, noLeaf(v.ref))
		e.element(n, s.item, v)
	default:
		e.keep(&e.file.Unknown, v.ref, TextLeaf, e.path(parent)+"/"+name, v.text)
		e.add("XML-008", at(v.ref), "text %v stands for %s, which holds more than text", private(v.text), e.tag(name))
	}
}

// severalOf reports whether a list holds whole containers of that item, and not the items.
func severalOf(list *jsonValue, item string) bool {
	return slices.ContainsFunc(list.members, func(m jsonValue) bool { return m.member(item) != nil })
}

// lone reports whether an object is the one item of a list and not the list.
func (s shape) lone(v *jsonValue) bool {
	if s.item == "" || v.member(s.item) != nil {
		return false
	}
	item := shapes[s.item]
	return slices.ContainsFunc(v.members, func(m jsonValue) bool {
		return item.attr(&m) != "" || slices.Contains(item.parts, m.name)
	})
}

// noLeaf is the place of a Ref, for an element that is not written.
func noLeaf(r diag.Ref) diag.Ref {
	r.Ordinal = 0
	return r
}

// open adds an element whose leaf the walker will take next.
func (e *export) open(parent *xmlquery.Node, name string, ref diag.Ref) *xmlquery.Node {
	n := &xmlquery.Node{Type: xmlquery.ElementNode, Data: name}
	if e.root == nil {
		e.root = n
	}
	xmlquery.AddChild(parent, n)
	e.leafIs(ref)
	return n
}

func (e *export) leafIs(ref diag.Ref) {
	e.places = append(e.places, at(ref))
	e.ordinals = append(e.ordinals, ref.Ordinal)
}

func (e *export) items(parent *xmlquery.Node, name string, list *jsonValue) {
	for i := range list.members {
		if m := &list.members[i]; m.kind == jsonArray {
			e.unlisted(parent, m, "a list inside a list", nil)
		} else {
			e.element(parent, name, m)
		}
	}
}

// members adds the attributes of an element and then its children, which is the order of the walker.
func (e *export) members(n *xmlquery.Node, s shape, v *jsonValue) {
	for i := range v.members {
		if m := &v.members[i]; s.attr(m) != "" {
			e.attr(n, s.attr(m), m)
		}
	}
	for i := range v.members {
		m := &v.members[i]
		switch {
		case s.attr(m) != "":
		case slices.Contains(s.parts, m.name), s.item != "" && m.name == s.item:
			e.element(n, m.name, m)
		default:
			e.unlisted(n, m, quoted(m.name).String(), s.known(e.sign))
		}
	}
}

// attr adds an attribute. One that stands again is kept as unknown.
func (e *export) attr(n *xmlquery.Node, name string, m *jsonValue) {
	if slices.ContainsFunc(n.Attr, func(a xmlquery.Attr) bool { return a.Name.Local == name }) {
		e.add("XML-010", at(m.ref), "%s stands again inside %s; %s", e.attribute(name), e.tag(n.Data), firstCounts)
		e.keep(&e.file.Unknown, m.ref, AttributeLeaf, e.path(n)+"/@"+name, m.text)
		return
	}
	n.Attr = append(n.Attr, xmlquery.Attr{Name: xml.Name{Local: name}, Value: m.text})
	e.leafIs(m.ref)
}

// unlisted keeps a value that the schema does not know, with all that it holds, and reports it once.
func (e *export) unlisted(parent *xmlquery.Node, v *jsonValue, what string, known []string) {
	f := e.add("XML-007", at(v.ref), "%s is not known inside %s", what, e.tag(parent.Data))
	if meant := nearest(v.name, known); meant != "" && v.name != "" {
		f.Hint = "write " + quoted(meant).String() + ", if that was meant"
	}
	e.keepValue(v, e.path(parent)+"/"+v.name)
}

func (e *export) keepValue(v *jsonValue, path string) {
	switch v.kind {
	case jsonArray, jsonObject:
		e.keep(&e.file.Unknown, v.ref, ElementLeaf, path, "")
	default:
		e.keep(&e.file.Unknown, v.ref, TextLeaf, path, v.text)
	}
	for i := range v.members {
		inside := path
		if v.kind == jsonObject {
			inside += "/" + v.members[i].name
		}
		e.keepValue(&v.members[i], inside)
	}
}
