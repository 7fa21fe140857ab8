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
	return DefaultBounds().Read(name, src)
}

// Read is [Read] within other bounds.
func (b Bounds) Read(name string, src []byte) (*Document, diag.List, error) {
	n := newNotes(name, b)
	d := read(src, n)
	list, err := n.result()
	if err != nil {
		return nil, list, err
	}
	return d, list, nil
}

// read reads a document; it returns nil, or what is worth nothing, when a finding stops.
func read(src []byte, n *notes) *Document {
	s := open(src, n)
	if s == nil {
		return nil
	}
	switch formOf(s.src[s.i:]) {
	case FormExport:
		return s.json()
	case FormList:
		return list(s.src, n)
	case FormScript:
		return s.script()
	}
	return s.xml(FormConfiguration)
}

// document is one that holds nothing but a network configuration.
func document(form Form, f *File) *Document {
	if f == nil {
		return nil
	}
	return &Document{Name: f.Name, Form: form, Leaves: f.Leaves, File: f}
}

// formOf says how a text is to be read: as JSON (FormExport), as what cmdlets printed (FormList), as a
// text around a network configuration (FormScript), or as XML (FormConfiguration), which says best
// what is wrong with the rest.
func formOf(text []byte) Form {
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) == 0 {
		return FormConfiguration
	}
	switch text[0] {
	case '{':
		return FormExport
	case '[':
		inner := bytes.TrimLeft(text[1:], " \t\r\n")
		if len(inner) == 0 || inner[0] == '{' || !embedded(text) {
			return FormExport
		}
	case '<':
		_, root := rootTag(text)
		if bytes.HasPrefix(text, []byte("<#")) && embedded(text) {
			return FormScript // the comment of a PowerShell file
		}
		if root == "" || root == rootName || bytes.HasPrefix(text, []byte("<!DOCTYPE")) || !embedded(text) {
			return FormConfiguration
		}
	}
	switch {
	case looksLikeList(text):
		return FormList
	case embedded(text):
		return FormScript
	}
	return FormConfiguration
}
