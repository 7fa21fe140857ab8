package netcfg

import (
	"crypto/subtle"
	"fmt"
	"io"
	"iter"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Form says in what form a document came. It is recognised by content, never by the file's name.
type Form uint8

// The forms.
const (
	FormConfiguration Form = iota + 1 // a NetworkConfiguration in XML
	FormExport                        // a NetworkConfiguration as the old command line exported it, in JSON
	FormScript                        // a NetworkConfiguration inside a PowerShell here-string or a Markdown block
	FormResponse                      // a response of the Service Management API, in XML
	FormResponses                     // several of them: a JSON object from URL to response
	FormList                          // what a classic cmdlet printed through Format-List
)

// String names the form for people.
func (f Form) String() string {
	switch f {
	case FormConfiguration:
		return "network configuration"
	case FormExport:
		return "network configuration as JSON"
	case FormScript:
		return "network configuration in a script"
	case FormResponse:
		return "response of the classic API"
	case FormResponses:
		return "responses of the classic API"
	case FormList:
		return "output of classic cmdlets"
	}
	return "unknown form"
}

// Document is one classic document as written, in whatever form it came.
type Document struct {
	Name string // as given to Read; it appears in positions only
	Form Form

	// Leaves is how many leaves the whole document has: Refs run from 1 to Leaves. A leaf is an
	// element, an attribute, a text that is not white space, or a JSON value.
	Leaves int

	// File is the network configuration in it, nil when it holds none. Its Refs count the leaves of
	// the whole document.
	File *File

	// More are the further network configurations of a document that holds those of several
	// subscriptions; their Place tells them apart. Refs are counted as in File.
	More []*File

	// Responses are what the service or a cmdlet answered, in document order.
	Responses []*Response

	// Structure holds leaves outside of File that carry no value of their own, Unknown those that
	// are not known where they stand, or stand in something that is not read. Outside of File
	// unknown leaves have no Value: nobody knows whether it is a key.
	Structure, Unknown []Leaf
}

// Response is what the classic API answered about one thing, as written. Where a record of calls
// holds no answer, an Error without elements stands for it; [Response.Answer] says what it means.
type Response struct {
	Kind   string // local name of its root element: "Gateway", "SharedKey", "VirtualNetworkSites"
	Place  Place  // what it is about, as its URL or the path of its file says; often zero
	Status int    // of HTTP, where the document tells; 0 where it does not
	Root   Node
}

// Node is an element of a response, or what stands for one in another form. Attributes are in the
// document's Structure: the responses have none with a meaning but nil.
//
// What only groups other nodes in the service's form and has no counterpart in another form has zero
// Refs there, and so have the parts of a list that is one text ("{a, b}").
type Node struct {
	Name    string
	Ref     diag.Ref // the element
	TextRef diag.Ref // its text; zero when it has none
	Text    string   // without leading and trailing white space; empty for a secret
	Secret  Secret   // in place of Text where the service puts a key
	Nil     bool     // the service says that there is no value (i:nil="true"), or it is masked: not known
	Nodes   []Node
}

// Child is the first child element of that name, or nil.
func (n *Node) Child(name string) *Node {
	if n == nil {
		return nil
	}
	for i := range n.Nodes {
		if n.Nodes[i].Name == name {
			return &n.Nodes[i]
		}
	}
	return nil
}

// Value is the text of the first child element of that name, or "".
func (n *Node) Value(name string) string {
	if c := n.Child(name); c != nil {
		return c.Text
	}
	return ""
}

// All are the child elements of that name, in document order.
func (n *Node) All(name string) iter.Seq[*Node] {
	return func(yield func(*Node) bool) {
		if n == nil {
			return
		}
		for i := range n.Nodes {
			if n.Nodes[i].Name == name && !yield(&n.Nodes[i]) {
				return
			}
		}
	}
}

// At is the Ref of the node, or the first one inside it where it has none of its own.
func (n *Node) At() diag.Ref {
	if n == nil {
		return diag.Ref{}
	}
	at := n.Ref
	for i := 0; at.IsZero() && i < len(n.Nodes); i++ {
		at = n.Nodes[i].At()
	}
	return at
}

// Secret is a shared key, or an address whose signature is one. It is kept to compare the two ends
// of a tunnel and for nothing else: it cannot be printed, encoded or read.
type Secret struct{ value string }

// NewSecret keeps a key.
func NewSecret(value string) Secret { return Secret{value} }

// Known reports whether there is a key.
func (s Secret) Known() bool { return s.value != "" }

// Equal compares two keys in constant time for their length.
func (s Secret) Equal(other Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.value), []byte(other.value)) == 1
}

// String hides the key.
func (s Secret) String() string {
	if s.value == "" {
		return ""
	}
	return "(not shown)"
}

// GoString hides the key.
func (s Secret) GoString() string { return s.String() }

// MarshalText hides the key.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Format hides the key from every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }
