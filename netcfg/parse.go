package netcfg

import (
	"bytes"
	"encoding/xml"

	"github.com/antchfx/xmlquery"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Parse reads the network configuration of one document in any [Form] that [Read] knows. The name
// appears in positions, and says where the document comes from when it repeats the service's URL.
//
// The list holds everything noticed, in order of position: broken markup, what the schema does not
// know or does not allow, odd outer form. A finding of the schema never stops; a document that
// is not well-formed, has another root or namespace, a DTD, another encoding or more of something
// than the bounds allow has no File. The error is then the first such finding, a [diag.Finding]
// with its position; it is in the list, too. Columns count bytes of the text as UTF-8, also where the
// document is in UTF-16.
func Parse(name string, src []byte) (*File, diag.List, error) {
	return DefaultBounds().Parse(name, src)
}

// Parse is [Parse] within other bounds.
func (b Bounds) Parse(name string, src []byte) (*File, diag.List, error) {
	n := newNotes(name, b)
	d := read(src, n)
	if d != nil && d.File == nil && n.fatal == 0 {
		n.fail("XML-002", place{1, 1}, "the document is a %s, and holds no network configuration", d.Form).Hint = passExport
	}
	list, err := n.result()
	if err != nil {
		return nil, list, err
	}
	return d.File, list, nil
}

// maxBrokenTree is how many bytes of a document are looked at for more than broken markup once
// there is some: a tree takes ten times the bytes, which a document that is refused is not worth.
const maxBrokenTree = 4 << 20

// xml reads a document in XML, from behind the byte order marks.
func (s *scanner) xml(form Form) *Document {
	if !s.begin() {
		return nil
	}
	s.scan()
	if s.refused || s.dtd || s.rootTag == nil || s.notes.full() {
		return nil
	}
	root := s.root()
	switch {
	case root == nil:
		return nil
	case isResponseRoot(root.Name.Local, root.Name.Space):
		return s.notes.response(s, s.notes.file)
	}
	f := s.file(0)
	if where, ok := PlaceOf(s.notes.file); ok && where.Call == CallConfiguration && f != nil {
		f.Place = where
	}
	return document(form, f)
}

// file reads the network configuration that was scanned, or notes why it is none and returns nil.
// Its leaves follow the first base leaves of the document it stands in.
func (s *scanner) file(base int) *File {
	namespace, ok := s.checkRoot()
	if !ok || s.hopeless() {
		return nil
	}
	tree, err := s.tree()
	if err != nil { // the scan is at least as strict
		s.notes.fail("XML-001", place{}, "the document cannot be read: %v", err)
		return nil
	}
	w := &walker{notes: s.notes, places: s.places, base: base, namespace: namespace,
		file: &File{Name: s.notes.file, Leaves: len(s.places)}}
	w.document(s.rootOf(tree))
	if w.file.Remarks = s.remarks; s.remarks > 0 {
		w.file.FirstRemark = s.notes.pos(s.firstRemark)
	}
	return w.file
}

// rootOf is the root element of the tree of document.
func (s *scanner) rootOf(tree *xmlquery.Node) *xmlquery.Node {
	root := firstElement(tree)
	if len(s.bare) > 0 {
		root = firstElement(root)
	}
	return root
}

func firstElement(n *xmlquery.Node) *xmlquery.Node {
	c := n.FirstChild
	for c.Type != xmlquery.ElementNode {
		c = c.NextSibling
	}
	return c
}

// checkRoot reports whether the document is a network configuration, so that a large document of
// another kind is refused at once. It returns the namespace that stands for the schema's in it.
func (s *scanner) checkRoot() (namespace string, ok bool) {
	root := s.root()
	if root == nil {
		return "", false
	}
	name := root.Name
	return name.Space, s.notes.checkRoot(name.Local, name.Space, s.places[0], s.namespaceAt(root), s.rootSpoilt)
}

// root is the start tag of the root element, or nil. It is read by itself, where it is not plain with
// the decoder below xmlquery: a tree for its sake would cost a short document as much as its own does.
func (s *scanner) root() *xml.StartElement {
	text := s.rootTag
	if len(s.bare) > 0 {
		text = append(s.wrapper(), text...)
	} else if root := plainRoot(text); root != nil {
		return root
	}
	decoder := xml.NewDecoder(bytes.NewReader(text))
	token, err := decoder.Token()
	if len(s.bare) > 0 && err == nil { // behind the wrapper
		token, err = decoder.Token()
	}
	root, ok := token.(xml.StartElement)
	if !ok {
		s.notes.fail("XML-001", s.places[0], "the root element cannot be read: %v", err)
		return nil
	}
	return &root
}

// namespaceAt is the place of the root's default namespace declaration, or else of the root.
func (s *scanner) namespaceAt(root *xml.StartElement) place {
	for i, a := range root.Attr {
		if a.Name == (xml.Name{Local: "xmlns"}) {
			return s.places[1+i]
		}
	}
	return s.places[0]
}
