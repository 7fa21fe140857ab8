package netcfg

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/antchfx/xmlquery"
)

// tree is the tree of the document that was scanned.
func (s *scanner) tree() (*xmlquery.Node, error) {
	text := s.document()
	if tree := plainTree(text, len(s.places)); tree != nil {
		return tree, nil
	}
	return libraryTree(text)
}

// readers are what xmlquery reads a text through. It would make one for every text, and most are
// shorter than the reader.
var readers = sync.Pool{New: func() any { return bufio.NewReader(nil) }}

// libraryTree is the tree of any well-formed text.
func libraryTree(text []byte) (*xmlquery.Node, error) {
	r := readers.Get().(*bufio.Reader)
	r.Reset(bytes.NewReader(text))
	tree, err := xmlquery.Parse(r)
	r.Reset(nil) // the text is not kept alive
	readers.Put(r)
	return tree, err
}

// plainTree is what xmlquery.Parse makes of a plain text, less its declaration and the white space
// between elements, or nil for another text. Plain is a well-formed text without comments and the
// like whose elements have no prefix, whose root declares all namespaces, and whose names are ASCII.
// The library takes a reader, a decoder and a copy of what it read for every text, and an estate has
// tens of thousands of them, nearly all plain and short.
//
// The leaves are how many the text has.
func plainTree(text []byte, leaves int) *xmlquery.Node {
	p := &plain{text: text, block: min(leaves+1, 256)}
	doc := p.node(xmlquery.DocumentNode)
	open := doc
	for p.i < len(text) {
		sound := true
		switch {
		case text[p.i] != '<':
			sound = p.content(open)
		case bytes.HasPrefix(text[p.i:], []byte("</")):
			p.i += len("</")
			sound = open != doc && string(p.name()) == open.Data && p.ends()
			open = open.Parent
		case open == doc && doc.FirstChild != nil:
			sound = false
		default:
			open, sound = p.startTag(open)
		}
		if !sound {
			return nil
		}
	}
	if open != doc || doc.FirstChild == nil {
		return nil
	}
	return doc
}

// plainRoot is a plain start tag as encoding/xml reads it at the root, or nil for another.
func plainRoot(tag []byte) *xml.StartElement {
	if !bytes.HasPrefix(tag, []byte("<")) {
		return nil
	}
	p := &plain{text: tag, block: 8}
	doc := p.node(xmlquery.DocumentNode)
	if _, sound := p.startTag(doc); !sound {
		return nil
	}
	n := doc.FirstChild
	root := &xml.StartElement{Name: xml.Name{Space: n.NamespaceURI, Local: n.Data}, Attr: make([]xml.Attr, len(n.Attr))}
	for i, a := range n.Attr {
		root.Attr[i] = xml.Attr{Name: xml.Name{Space: a.NamespaceURI, Local: a.Name.Local}, Value: a.Value}
	}
	return root
}

// plain makes the tree of a plain text.
type plain struct {
	text      []byte
	i         int // the next byte
	namespace string
	prefixes  []prefix // that the root declares

	block int // how many nodes are made at a time
	nodes []xmlquery.Node
	attrs []xmlquery.Attr
}

type prefix struct{ name, namespace string }

func (p *plain) node(kind xmlquery.NodeType) *xmlquery.Node {
	if len(p.nodes) == 0 {
		p.nodes = make([]xmlquery.Node, p.block)
	}
	n := &p.nodes[0]
	p.nodes = p.nodes[1:]
	n.Type = kind
	return n
}

// content reads the text before a tag. That of an element becomes a node; white space alone has no
// meaning anywhere.
func (p *plain) content(open *xmlquery.Node) bool {
	raw := p.text[p.i:]
	if end := bytes.IndexByte(raw, '<'); end >= 0 {
		raw = raw[:end]
	}
	p.i += len(raw)
	if blank(raw) {
		return true
	}
	n := p.node(xmlquery.TextNode)
	sound := false
	n.Data, sound = value(raw)
	xmlquery.AddChild(open, n)
	return sound && open.Type == xmlquery.ElementNode
}

func blank(raw []byte) bool {
	for _, b := range raw {
		if class[b]&white == 0 {
			return false
		}
	}
	return true
}

// startTag reads a start tag inside an element, and returns the element that is open behind it.
func (p *plain) startTag(parent *xmlquery.Node) (open *xmlquery.Node, sound bool) {
	p.i++
	n := p.node(xmlquery.ElementNode)
	if n.Data = nameOf(p.name()); n.Data == "" || strings.Contains(n.Data, ":") {
		return nil, false
	}
	xmlquery.AddChild(parent, n)
	if !p.attributes(n) {
		return nil, false
	}
	n.NamespaceURI = p.namespace
	if p.text[p.i] != '/' {
		return n, p.ends()
	}
	p.i++
	return parent, p.ends()
}

// ends goes behind the end of a tag, and reports whether it is there.
func (p *plain) ends() bool {
	p.space()
	p.i++
	return p.i <= len(p.text) && p.text[p.i-1] == '>'
}

// attributes reads what stands between the name of an element and the end of its tag.
func (p *plain) attributes(n *xmlquery.Node) bool {
	if cap(p.attrs)-len(p.attrs) < 4 {
		p.attrs = make([]xmlquery.Attr, 0, min(4+2*cap(p.attrs), p.block))
	}
	first := len(p.attrs)
	for p.space(); p.i < len(p.text) && p.text[p.i] != '>' && p.text[p.i] != '/'; p.space() {
		a, sound := p.attribute()
		if !sound {
			return false
		}
		p.attrs = append(p.attrs, a)
	}
	n.Attr = p.attrs[first:len(p.attrs):len(p.attrs)]
	if n.Parent.Type == xmlquery.DocumentNode && !p.declared(n.Attr) {
		return false
	}
	for i := range n.Attr {
		if !p.inNamespace(&n.Attr[i], n) {
			return false
		}
	}
	return p.i < len(p.text)
}

// attribute reads an attribute as it stands there: with its prefix for the namespace.
func (p *plain) attribute() (a xmlquery.Attr, sound bool) {
	before, local, prefixed := bytes.Cut(p.name(), []byte(":"))
	if prefixed {
		a.Name = xml.Name{Space: nameOf(before), Local: nameOf(local)}
	} else {
		a.Name.Local = nameOf(before)
	}
	if a.Name.Local == "" || prefixed && a.Name.Space == "" || strings.Contains(a.Name.Local, ":") {
		return a, false
	}
	p.space()
	if p.i == len(p.text) || p.text[p.i] != '=' {
		return a, false
	}
	p.i++
	p.space()
	if p.i == len(p.text) {
		return a, false
	}
	quote := p.text[p.i]
	p.i++
	n := bytes.IndexByte(p.text[p.i:], quote)
	if n < 0 || quote != '"' && quote != '\'' {
		return a, false
	}
	a.Value, sound = value(p.text[p.i : p.i+n])
	p.i += n + 1
	return a, sound
}

// declared takes the namespaces that the root declares. What the library has rules of its own for,
// such as two prefixes for one namespace, is left to it.
func (p *plain) declared(attrs []xmlquery.Attr) bool {
	for _, a := range attrs {
		name := ""
		switch {
		case a.Name.Space == "xmlns":
			name = a.Name.Local
		case a.Name.Space != "" || a.Name.Local != "xmlns":
			continue
		}
		if a.Value == "" || a.Value == "xmlns" || strings.HasPrefix(name, "xml") || strings.HasPrefix(a.Value, "http://www.w3.org/XML/") ||
			slices.ContainsFunc(p.prefixes, func(q prefix) bool { return q.name == name || q.namespace == a.Value }) {
			return false
		}
		if name == "" {
			p.namespace = a.Value
		}
		p.prefixes = append(p.prefixes, prefix{name, a.Value})
	}
	return true
}

// inNamespace gives an attribute of an element the namespace of its prefix.
func (p *plain) inNamespace(a *xmlquery.Attr, n *xmlquery.Node) bool {
	root := n.Parent.Type == xmlquery.DocumentNode
	switch {
	case a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns":
		a.NamespaceURI = a.Name.Space
		return root
	case a.Name.Space == "":
		return true
	}
	i := slices.IndexFunc(p.prefixes, func(q prefix) bool { return q.name == a.Name.Space })
	if i < 0 {
		return false
	}
	a.NamespaceURI = p.prefixes[i].namespace
	return true
}

// name reads the bytes of a name, and goes behind them.
func (p *plain) name() []byte {
	from := p.i
	for p.i < len(p.text) && class[p.text[p.i]]&nameByte != 0 {
		p.i++
	}
	return p.text[from:p.i]
}

func (p *plain) space() {
	for p.i < len(p.text) && class[p.text[p.i]]&white != 0 {
		p.i++
	}
}

// value is a text or an attribute value with its references and line ends resolved.
func value(raw []byte) (string, bool) {
	special := bytes.IndexAny(raw, "&\r")
	if special < 0 {
		return string(raw), true
	}
	out := append(make([]byte, 0, len(raw)), raw[:special]...)
	for i := special; i < len(raw); {
		switch b := raw[i]; {
		case b == '&':
			r, size := decodeReference(raw[i:])
			if size == 0 {
				return "", false
			}
			out = utf8.AppendRune(out, r)
			i += size
		case b == '\r':
			out = append(out, '\n')
			if i++; i < len(raw) && raw[i] == '\n' {
				i++
			}
		default:
			out = append(out, b)
			i++
		}
	}
	return string(out), true
}

// nameOf is a name in ASCII, or "". Those of the schema and of the service are not made again and again.
func nameOf(raw []byte) string {
	if name, ok := knownNames[string(raw)]; ok {
		return name
	}
	if len(raw) == 0 || class[raw[0]]&nameFirst == 0 {
		return ""
	}
	for _, b := range raw {
		if b >= utf8.RuneSelf {
			return ""
		}
	}
	return string(raw)
}

// knownNames are the names that elements and attributes have in what we know.
var knownNames = func() map[string]string {
	known := map[string]string{}
	add := func(names ...string) {
		for _, name := range names {
			known[name] = name
		}
	}
	var inside func(e *element)
	inside = func(e *element) {
		add(e.name)
		for i := range e.parts {
			inside(&e.parts[i])
		}
	}
	for i := range kinds {
		inside(&kinds[i].root)
	}
	add(rootName, "DnsServers", "DnsServer", "LocalNetworkSite", "VirtualNetworkSite", "AddressPrefix", "Subnet", "DnsServerRef",
		"LocalNetworkSiteRef", "Connection", "type", "profile", "nil", "i", "xmlns")
	for _, names := range [][]string{rootParts, configurationParts, dnsServerAttrs, siteParts, vnetAttrs, vnetParts, gatewayParts} {
		add(names...)
	}
	return known
}()
