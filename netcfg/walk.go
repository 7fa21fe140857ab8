package netcfg

import (
	"strings"

	"github.com/antchfx/xmlquery"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// walker fills the File from the tree. It visits every leaf once, in document order, and takes
// the places of the scan one by one: that is what joins the two.
type walker struct {
	*notes
	places    []place
	base      int     // leaves of the document before the first of places
	ordinals  []int32 // of the leaves, where they are not visited in the order of the document; 0 is no leaf
	json      bool    // the tree was made from an export
	sign      bool    // whose attributes have a sign
	next      int
	namespace string         // of the root; it stands for the schema's
	above     *xmlquery.Node // the root's parent
	file      *File
	pathBytes int // of the leaves that keep added

	spaces      slab[AddressSpace]
	texts       slab[Text]
	subnets     slab[Subnet]
	nameRefs    slab[NameRef]
	siteRefs    slab[LocalNetworkSiteRef]
	connections slab[Connection]
}

// slab hands out slices cut from large blocks, because a network has a hundred thousand short ones.
type slab[T any] struct{ free []T }

// make returns an empty slice with room for n.
func (s *slab[T]) make(n int) []T {
	if n == 0 {
		return nil
	}
	if len(s.free) < n {
		s.free = make([]T, max(n, 256))
	}
	room := s.free[:0:n]
	s.free = s.free[n:]
	return room
}

// leaf takes the next place.
func (w *walker) leaf() diag.Ref {
	p := w.places[w.next]
	w.next++
	ref := diag.Ref{Ordinal: int32(w.base + w.next), Line: p.line, Col: p.col}
	if w.ordinals != nil {
		ref.Ordinal = w.ordinals[w.next-1]
	}
	return ref
}

// textLeaf takes the place of a text. In an export the element is its text, and they are one leaf.
func (w *walker) textLeaf() diag.Ref {
	if w.json {
		return diag.Ref{}
	}
	return w.leaf()
}

// tag is an element of the schema as messages call it in the form at hand.
func (w *walker) tag(name string) string {
	if w.json {
		return quoted(name).String()
	}
	return "<" + name + ">"
}

// attribute is an attribute of the schema as messages call it in the form at hand.
func (w *walker) attribute(name string) string {
	if w.json {
		return quoted(memberName(name, w.sign)).String()
	}
	return "attribute " + name
}

func at(r diag.Ref) place { return place{r.Line, r.Col} }

// assigned is an attribute of the schema with its value, as written in the form at hand.
func (w *walker) assigned(name string, a Attr) string {
	if w.json {
		return w.attribute(name) + ": " + quoted(a.Value).String()
	}
	return w.attribute(name) + "=" + quoted(a.Value).String()
}

// attrs reads the attributes of an element. The field of an attribute is nil when the schema does
// not know it.
func (w *walker) attrs(n *xmlquery.Node, allowed []string, field func(name string) *Attr) {
	for i := range n.Attr {
		a := &n.Attr[i]
		ref := w.leaf()
		if isDefaultNamespace(*a) || a.NamespaceURI == "xmlns" {
			w.keep(&w.file.Structure, ref, AttributeLeaf, w.path(n)+"/@"+attrName(a), a.Value)
			continue
		}
		if a.NamespaceURI == "" {
			if to := field(a.Name.Local); to != nil {
				*to = Attr{ref, a.Value}
				continue
			}
		}
		w.keep(&w.file.Unknown, ref, AttributeLeaf, w.path(n)+"/@"+attrName(a), a.Value)
		f := w.add("XML-007", at(ref), "attribute %v=%v of <%v> is not known", named(attrName(a)), private(a.Value), named(n.Data))
		if meant := nearest(a.Name.Local, allowed); meant != "" {
			f.Hint = "write " + meant + ", if that was meant"
		}
	}
}

// noAttrs reads the attributes of an element that has none in the schema.
func (w *walker) noAttrs(n *xmlquery.Node) {
	if len(n.Attr) > 0 {
		w.attrs(n, nil, func(string) *Attr { return nil })
	}
}

func isDefaultNamespace(a xmlquery.Attr) bool { return a.NamespaceURI == "" && a.Name.Local == "xmlns" }

func attrName(a *xmlquery.Attr) string {
	switch {
	case a.NamespaceURI == "xmlns":
		return "xmlns:" + a.Name.Local
	case a.NamespaceURI != "" && a.Name.Space != "":
		return a.Name.Space + ":" + a.Name.Local
	}
	return a.Name.Local
}

// children gives every child element of the schema's namespace to take, which reports false for
// one that it does not know.
func (w *walker) children(n *xmlquery.Node, allowed []string, take func(c *xmlquery.Node) bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == xmlquery.ElementNode {
			if c.NamespaceURI != w.namespace || !take(c) {
				w.unknown(c, allowed)
			}
			continue
		}
		if text := trim(c.Data); text != "" {
			w.strayText(n, text)
		}
	}
}

func (w *walker) noChildren(n *xmlquery.Node) {
	if n.FirstChild != nil {
		w.children(n, nil, func(*xmlquery.Node) bool { return false })
	}
}

// trim takes the white space of XML off a text, and no other.
func trim(text string) string { return strings.Trim(text, " \t\r\n") }

func (w *walker) strayText(parent *xmlquery.Node, text string) {
	ref := w.leaf()
	w.keep(&w.file.Unknown, ref, TextLeaf, w.path(parent)+"/text()", text)
	w.add("XML-008", at(ref), "text %v stands in <%v>, where only elements belong", private(text), named(parent.Data))
}

// unknown keeps an element with all that it holds, and reports it once.
func (w *walker) unknown(n *xmlquery.Node, allowed []string) {
	f := w.add("XML-007", w.places[w.next], "<%v> is not known inside <%v>", named(n.Data), named(n.Parent.Data))
	if n.NamespaceURI != w.namespace {
		f.Message += ": it is in " + inWords(n.NamespaceURI)
	}
	if meant := nearest(n.Data, allowed); meant != "" && meant != n.Data {
		f.Hint = "write <" + meant + ">, if that was meant"
	}
	w.keepAll(n, w.path(n))
}

func (w *walker) keepAll(n *xmlquery.Node, path string) {
	w.keep(&w.file.Unknown, w.leaf(), ElementLeaf, path, "")
	for i := range n.Attr {
		a := &n.Attr[i]
		to := &w.file.Unknown
		if isDefaultNamespace(*a) || a.NamespaceURI == "xmlns" {
			to = &w.file.Structure
		}
		w.keep(to, w.leaf(), AttributeLeaf, path+"/@"+attrName(a), a.Value)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == xmlquery.ElementNode {
			w.keepAll(c, path+"/"+c.Data)
		} else if text := trim(c.Data); text != "" {
			w.keep(&w.file.Unknown, w.leaf(), TextLeaf, path+"/text()", text)
		}
	}
}

// keep adds a leaf that has no field. Deep nests of long names could make the paths alone fill the
// memory, so they have a bound, the size of a document.
func (w *walker) keep(to *[]Leaf, ref diag.Ref, kind LeafKind, path, value string) {
	if ref.IsZero() { // an element that an export leaves out
		return
	}
	if w.pathBytes += len(path); w.pathBytes > w.bounds.Size {
		if w.pathBytes-len(path) <= w.bounds.Size {
			w.fail("XML-006", at(ref), "too much that the schema does not know: paths of more than %d bytes", w.bounds.Size)
		}
		return
	}
	*to = append(*to, Leaf{Ref: ref, Kind: kind, Path: path, Value: value})
}

// container keeps an element that only holds others.
func (w *walker) container(n *xmlquery.Node) diag.Ref {
	ref := w.leaf()
	w.keep(&w.file.Structure, ref, ElementLeaf, w.path(n), "")
	return ref
}

// path is the element names from the root.
func (w *walker) path(n *xmlquery.Node) string {
	names := make([]string, 0, 12)
	for ; n != w.above; n = n.Parent {
		names = append(names, n.Data)
	}
	var b strings.Builder
	for i := len(names) - 1; i >= 0; i-- {
		b.WriteString(names[i])
		if i > 0 {
			b.WriteByte('/')
		}
	}
	return b.String()
}

// count is how many children have the name.
func count(n *xmlquery.Node, name string) int {
	total := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Data == name && c.Type == xmlquery.ElementNode {
			total++
		}
	}
	return total
}

// again reports an element that stands more than once where it may stand once.
func (w *walker) again(n *xmlquery.Node, first diag.Ref, then string) {
	f := w.add("XML-010", w.places[w.next], "%s stands again inside %s; %s", w.tag(n.Data), w.tag(n.Parent.Data), then)
	*f = f.See(w.pos(at(first)), "the first %s is here", w.tag(n.Data))
}

const (
	readTogether = "its contents are read together with those of the first"
	firstCounts  = "the first one counts"
)
