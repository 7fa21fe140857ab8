package netcfg

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/antchfx/xmlquery"
)

// Answer says what a response tells about what was asked.
type Answer uint8

// The answers.
const (
	Answered   Answer = iota + 1 // it holds what was asked for
	Absent                       // there is none, says the service
	NotKnown                     // something went wrong, so nobody knows
	NoResponse                   // it is a request, which says what somebody wanted
)

// Answer tells data from their absence, and both from not knowing. Only an error that says that
// the thing is not there means absence; every other leaves it open.
// Source: docs/sources.md#service-management.
func (r *Response) Answer() Answer {
	if k := kindOf(r.Kind); k != nil && k.request {
		return NoResponse
	}
	if r.Kind != errorKind {
		return Answered
	}
	message := strings.ToLower(strings.Trim(r.Root.Value("Message"), " ."))
	switch code := r.Root.Value("Code"); {
	case code == "ResourceNotFound", code == "" && r.Status == statuses["notfound"],
		message == "the gateway does not exist", message == "network configuration does not exist":
		return Absent
	}
	return NotKnown
}

// response reads the one response that a document in XML is.
func (n *notes) response(s *scanner, name string) *Document {
	r := newResponseReader(n)
	d := &Document{Name: name, Form: FormResponse, Leaves: len(s.places)}
	answer := r.read(s, 0)
	if answer == nil {
		return nil
	}
	if place, ok := PlaceOf(name); ok {
		r.placed(answer, place)
	}
	d.Responses = []*Response{answer}
	r.leavesTo(d)
	return d
}

// responseReader makes nodes of the tree of a response. It takes places as walker does, for any
// number of trees of one document.
type responseReader struct {
	walker
	scraps File   // the leaves that stand in no node
	parts  []Node // of the elements that are open, the innermost last
}

func newResponseReader(n *notes) *responseReader {
	r := &responseReader{walker: walker{notes: n}}
	r.file = &r.scraps
	return r
}

// leavesTo gives the document the leaves that stand in no node. What is not known could be a key.
func (r *responseReader) leavesTo(d *Document) {
	d.Structure, d.Unknown = r.scraps.Structure, r.scraps.Unknown
	byOrder := func(a, b Leaf) int { return a.Ref.Compare(b.Ref) }
	slices.SortFunc(d.Structure, byOrder)
	slices.SortFunc(d.Unknown, byOrder)
	for i := range d.Unknown {
		d.Unknown[i].Value = ""
	}
}

// read makes a response of a document that was scanned, and whose root is known. Its leaves follow
// the first base leaves of the whole document.
func (r *responseReader) read(s *scanner, base int) *Response {
	tree, err := s.tree()
	if err != nil { // the scan is at least as strict
		r.fail("XML-001", s.places[0], "the document cannot be read: %v", err)
		return nil
	}
	root := s.rootOf(tree)
	if !r.isResponse(root, s.places[0]) {
		return nil
	}
	r.places, r.base, r.next, r.above = s.places, base, 0, root.Parent
	answer := &Response{Kind: root.Data, Root: r.node(root, &kindOf(root.Data).root)}
	r.remark(answer)
	return answer
}

// remark notes what a response is that holds no data.
func (r *responseReader) remark(answer *Response) {
	switch at := at(answer.Root.At()); answer.Answer() {
	case NoResponse:
		r.add("XML-029", at, "<%s> is the body of a request, not an answer; it is not used", answer.Kind)
	case NotKnown:
		r.add("XML-031", at, "the service answered with the error %v in place of data", quoted(answer.Root.Value("Code")))
	}
}

// placed gives a response its place, unless it answers another call.
func (n *notes) placed(answer *Response, place Place) {
	if k := kindOf(answer.Kind); k != nil && !k.fits(place.Call) {
		n.add("XML-030", at(answer.Root.At()), "<%s> does not answer %v; where it comes from is not known", answer.Kind, quoted(place.words()))
		return
	}
	answer.Place = place
}

// words is the place as a message shows it: its path, if it has one.
func (p Place) words() string {
	if text := p.Path(); text != "" {
		return text
	}
	return "a call that says nothing of networks"
}

// isResponse tells a response from a piece of a network configuration without its namespace: the
// two have elements of the same name, but the latter's names are attributes.
func (r *responseReader) isResponse(root *xmlquery.Node, where place) bool {
	if root.NamespaceURI != "" {
		return true
	}
	foreign := false
	switch root.Data {
	case "VirtualNetworkSites":
		for c := root.FirstChild; c != nil; c = c.NextSibling {
			foreign = foreign || c.Type == xmlquery.ElementNode && hasAttribute(c, "name")
		}
	case "Gateway":
		foreign = hasAttribute(root, "profile") || count(root, "ConnectionsToLocalNetwork") > 0 || count(root, "VPNClientAddressPool") > 0
	case "data":
		text := strings.Join(strings.Fields(root.InnerText()), "")
		if _, err := base64.StdEncoding.DecodeString(text); err != nil || text == "" {
			r.fail("XML-002", where, "the root element is <data>, but it holds no certificate").Hint =
				"pass the file that Get-AzureVNetConfig -ExportToFile wrote, or a response of the classic Service Management API"
			return false
		}
	}
	if foreign {
		r.fail("XML-002", where, "the root element is <%s> of a network configuration, not <%s>", root.Data, rootName).Hint =
			"put it inside <NetworkConfiguration> with its containers"
	}
	return !foreign
}

func hasAttribute(n *xmlquery.Node, name string) bool {
	for _, a := range n.Attr {
		if a.NamespaceURI == "" && a.Name.Local == name {
			return true
		}
	}
	return false
}

// node reads an element that the table knows, in the order of the leaves. Its name is the table's, so
// that those of the tree are not kept.
func (r *responseReader) node(x *xmlquery.Node, e *element) Node {
	n := Node{Name: e.name, Ref: r.leaf()}
	first := len(r.parts)
	r.attributes(x, &n)
	for c := x.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == xmlquery.ElementNode {
			if part := e.child(c.Data); part != nil {
				r.parts = append(r.parts, r.node(c, part))
			} else {
				r.keepAll(c, r.path(c))
			}
		} else if text := trim(c.Data); text != "" {
			r.text(x, e, &n, text)
		}
	}
	if own := r.parts[first:]; len(own) > 0 {
		n.Nodes = slices.Clone(own) // of their number; to append them one by one would leave many copies behind
		r.parts = r.parts[:first]
	}
	return n
}

// text gives a node its text. A second one, which only an element in between can make, and text
// among elements have no meaning.
func (r *responseReader) text(x *xmlquery.Node, e *element, n *Node, text string) {
	ref := r.leaf()
	switch {
	case !n.TextRef.IsZero() || !e.holdsText():
		r.keep(&r.scraps.Unknown, ref, TextLeaf, r.path(x)+"/text()", "")
	case e.Secret:
		n.TextRef, n.Secret = ref, NewSecret(text)
	default:
		n.TextRef, n.Text = ref, text
	}
}

// attributes keeps the attributes of an element. Those of XML itself and of its schema language say
// nothing of networks, but that an element has no value.
func (r *responseReader) attributes(x *xmlquery.Node, n *Node) {
	for i := range x.Attr {
		a := &x.Attr[i]
		schema := strings.Contains(a.NamespaceURI, "XMLSchema-instance")
		if schema && a.Name.Local == "nil" {
			n.Nil = a.Value == "true" || a.Value == "1"
		}
		to := &r.scraps.Unknown
		if schema || isDefaultNamespace(*a) || a.NamespaceURI == "xmlns" {
			to = &r.scraps.Structure
		}
		r.keep(to, r.leaf(), AttributeLeaf, r.path(x)+"/@"+attrName(a), a.Value)
	}
}
