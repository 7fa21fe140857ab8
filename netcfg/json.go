package netcfg

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// jsonKind is the kind of a JSON value.
type jsonKind uint8

const (
	jsonNull jsonKind = iota
	jsonBool
	jsonNumber
	jsonString
	jsonArray
	jsonObject
)

// jsonValue is a JSON value with its place. Every value is one leaf; a member is one with its value,
// and the place of both is that of the value.
type jsonValue struct {
	kind    jsonKind
	ref     diag.Ref
	name    string // of a member
	text    string // of a string, a number, true or false
	raw     []byte // of a string: as written, with its quotes
	members []jsonValue
	from    int // the first byte of the value in the source
	to      int // behind its last
}

// member finds a member by its exact name, or returns nil.
func (v *jsonValue) member(name string) *jsonValue {
	for i := range v.members {
		if v.kind == jsonObject && v.members[i].name == name {
			return &v.members[i]
		}
	}
	return nil
}

// jsonReader reads one JSON document with places, within the bounds of a document.
type jsonReader struct {
	notes  *notes
	src    []byte
	dec    *json.Decoder
	leaves int
	at     lines
}

// readJSON reads a document, or notes why it cannot and returns nil. Of a member that stands twice
// both are kept, in order. Leaves are counted from 1.
func readJSON(src []byte, n *notes) (root *jsonValue, leaves int) {
	if !utf8.Valid(src) {
		n.fail("XML-012", place{}, "the document is not UTF-8")
		return nil, 0
	}
	trimmed := bytes.TrimPrefix(src, byteOrderMark)
	r := &jsonReader{notes: n, src: trimmed, dec: json.NewDecoder(bytes.NewReader(trimmed)), at: lines{src: trimmed}}
	r.dec.UseNumber()
	root, err := r.value(0)
	if err == nil {
		if _, more := r.dec.Token(); more != io.EOF {
			err = errors.New("text after the document")
		}
	}
	switch {
	case errors.Is(err, errBound):
		return nil, 0
	case err != nil:
		r.malformed(err)
		return nil, 0
	}
	return root, r.leaves
}

var errBound = errors.New("a bound is exceeded")

func (r *jsonReader) malformed(err error) {
	at := int(r.dec.InputOffset())
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = int(syntax.Offset) - 1
	}
	what := strings.TrimPrefix(err.Error(), "json: ")
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		at, what = len(r.src), "it ends too early"
	}
	r.notes.fail("XML-001", r.at.place(max(0, min(at, len(r.src)))), "the document is not well-formed JSON: %s", what).Hint =
		"correct it here, or export it again"
}

// value reads the next value.
func (r *jsonReader) value(depth int) (*jsonValue, error) {
	from := r.begin()
	token, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	v := &jsonValue{from: from}
	if err := r.leaf(v, depth); err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		err = r.container(v, t, depth)
	case string:
		v.kind, v.text = jsonString, t
	case json.Number:
		v.kind, v.text = jsonNumber, t.String()
	case bool:
		v.kind, v.text = jsonBool, fmt.Sprint(t)
	}
	v.to = int(r.dec.InputOffset())
	if v.kind == jsonString {
		v.raw = r.src[v.from:v.to]
	}
	return v, err
}

// begin is where the next value begins: behind white space and what separates it from the last.
func (r *jsonReader) begin() int {
	at := int(r.dec.InputOffset())
	for at < len(r.src) && strings.IndexByte(" \t\r\n,:", r.src[at]) >= 0 {
		at++
	}
	return at
}

func (r *jsonReader) leaf(v *jsonValue, depth int) error {
	at := r.at.place(v.from)
	r.leaves++
	v.ref = diag.Ref{Ordinal: int32(r.leaves), Line: at.line, Col: at.col}
	switch {
	case r.leaves > MaxLeaves:
		r.notes.fail("XML-006", at, "more than %d values", MaxLeaves)
		return errBound
	case depth > MaxDepth:
		r.notes.fail("XML-006", at, "values nested more than %d deep", MaxDepth)
		return errBound
	}
	return nil
}

func (r *jsonReader) container(v *jsonValue, open json.Delim, depth int) error {
	v.kind = jsonArray
	if open == '{' {
		v.kind = jsonObject
	}
	for r.dec.More() {
		name := ""
		if v.kind == jsonObject {
			key, err := r.dec.Token()
			if err != nil {
				return err
			}
			name, _ = key.(string)
		}
		m, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		m.name = name
		v.members = append(v.members, *m)
	}
	_, err := r.dec.Token()
	return err
}

// lines finds the places of ascending byte offsets.
type lines struct {
	src       []byte
	i         int
	line      int32 // less one
	lineStart int
}

func (l *lines) place(at int) place {
	if at < l.i {
		*l = lines{src: l.src}
	}
	for {
		n := bytes.IndexByte(l.src[l.i:at], '\n')
		if n < 0 {
			break
		}
		l.i += n + 1
		l.line++
		l.lineStart = l.i
	}
	l.i = at
	return place{l.line + 1, int32(at - l.lineStart + 1)}
}
