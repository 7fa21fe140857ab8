package netcfg

import (
	"bytes"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Read reads one classic document of any [Form], recognised by what it holds. The name appears
// only in positions, except that a path which repeats the URL of a call (networking/VNET/gateway.xml)
// says what a response is about.
//
// Findings and error are those of [Parse]. A response among many that cannot be read does not stop:
// its findings are errors, and the others are in the Document.
func Read(name string, src []byte) (*Document, diag.List, error) {
	n := &notes{file: name}
	d := read(src, n)
	found, err := n.result()
	if err != nil {
		return nil, found, err
	}
	return d, found, nil
}

func read(src []byte, n *notes) *Document {
	if len(src) <= MaxSize {
		switch first := bytes.TrimLeft(bytes.TrimPrefix(src, byteOrderMark), " \t\r\n"); {
		case bytes.HasPrefix(first, []byte("{")), bytes.HasPrefix(first, []byte("[")):
			if root, _ := readJSON(src, n); root == nil {
				return nil
			} else if isResponses(root) {
				return responses(root, n)
			}
		case looksLikeList(src):
			return list(src, n)
		}
	}
	s := begin(src, n)
	if s == nil {
		return nil
	}
	s.scan()
	if s.refused || s.dtd || s.rootAt < 0 || n.full() {
		return nil
	}
	if root := s.root(); root != nil && isResponseRoot(root.Data, root.NamespaceURI) {
		return n.response(s, n.file)
	}
	f := s.file(0)
	if f == nil {
		return nil
	}
	if where, ok := PlaceOf(n.file); ok && where.Call == CallConfiguration {
		f.Place = where
	}
	return &Document{Name: n.file, Form: FormConfiguration, Leaves: f.Leaves, File: f}
}
