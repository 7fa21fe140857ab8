// Package diag holds what every stage says about its input: positions, references to the
// leaves of a document, findings, fates, and the one catalogue of rules.
//
// It is a leaf: it imports nothing of the project.
package diag

import (
	"cmp"
	"fmt"
)

// Pos is a place in a document. Line and Col start at 1 and Col counts bytes, as an editor that
// is told to go to a byte column does. The zero Line means that the place is the whole document.
type Pos struct {
	File      string
	Line, Col int
}

// String prints file:line:column, or what of it is known.
func (p Pos) String() string {
	switch {
	case p.Line == 0 && p.File == "":
		return "-"
	case p.Line == 0:
		return p.File
	case p.File == "":
		return fmt.Sprintf("%d:%d", p.Line, p.Col)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	return cmp.Or(cmp.Compare(p.File, q.File), cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col))
}

// Ref names one leaf of an as-written document: an element, an attribute or a text. It holds no
// pointer, because a large network has a million of them.
//
// Ordinal counts the leaves of the document in document order and starts at 1, so the zero Ref
// refers to nothing. Doc numbers the documents of one estate; in a single parsed file it is 0.
type Ref struct {
	Doc, Ordinal int32
	Line, Col    int32
}

// IsZero reports whether the Ref refers to nothing.
func (r Ref) IsZero() bool { return r.Ordinal == 0 }

// In returns the Ref as a leaf of document number doc.
func (r Ref) In(doc int) Ref {
	if !r.IsZero() {
		r.Doc = int32(doc)
	}
	return r
}

// Pos is the place of the leaf in the named document.
func (r Ref) Pos(file string) Pos { return Pos{File: file, Line: int(r.Line), Col: int(r.Col)} }

// Compare orders Refs by document and document order.
func (r Ref) Compare(s Ref) int {
	return cmp.Or(cmp.Compare(r.Doc, s.Doc), cmp.Compare(r.Ordinal, s.Ordinal))
}
