package netcfg

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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

// jsonReader reads one JSON document with places. The document is known to be sound.
type jsonReader struct {
	src    []byte
	dec    *json.Decoder
	leaves int
	at     lines
}

// readJSON reads a document within the bounds, or notes why it cannot and returns nil. Of a member
// that stands twice both are kept, in order. Leaves are counted from 1.
//
// Bounds and syntax are checked before anything is built, so that what is refused costs no memory.
func readJSON(src []byte, n *notes) (root *jsonValue, leaves int) {
	for bytes.HasPrefix(src, byteOrderMark) {
		src = src[len(byteOrderMark):]
	}
	if !utf8.Valid(src) {
		n.fail("XML-012", place{}, "the document is not UTF-8")
		return nil, 0
	}
	if !checkJSONBounds(src, n) {
		return nil, 0
	}
	if !json.Valid(src) {
		n.malformedJSON(src)
		return nil, 0
	}
	r := &jsonReader{src: src, dec: json.NewDecoder(bytes.NewReader(src)), at: lines{src: src}}
	r.dec.UseNumber()
	root, err := r.value()
	if err != nil { // json.Valid is as strict
		n.fail("XML-001", place{}, "the document cannot be read: %v", err)
		return nil, 0
	}
	return root, r.leaves
}

// checkJSONBounds counts what a document holds without reading it.
func checkJSONBounds(src []byte, n *notes) bool {
	depth, values := 0, 0
	fail := func(rule string, i int, format string, args ...any) bool {
		at := lines{src: src}
		n.fail(rule, at.place(i), format, args...)
		return false
	}
	for i := 0; i < len(src); {
		from := i
		switch b := src[i]; b {
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
			continue
		case ']', '}':
			depth--
			i++
			continue
		case '[', '{':
			i++
			if depth++; depth > n.bounds.Depth {
				return fail("XML-025", from, "values nested more than %d deep", n.bounds.Depth)
			}
		case '"':
			i = behindString(src, i)
			size, named := i-from-2, isNameOfMember(src, i)
			switch {
			case named && size > n.bounds.Name:
				return fail("XML-027", from, "a name of %d bytes; at most %d are read", size, n.bounds.Name)
			case size > n.bounds.Value:
				return fail("XML-028", from, "a value of %d bytes; at most %d are read", size, n.bounds.Value)
			case named:
				continue
			}
		default:
			for i++; i < len(src) && bytes.IndexByte([]byte(" \t\r\n,:[]{}\""), src[i]) < 0; i++ {
			}
			if i-from > n.bounds.Value {
				return fail("XML-028", from, "a value of %d bytes; at most %d are read", i-from, n.bounds.Value)
			}
		}
		if values++; values > n.bounds.Leaves {
			return fail("XML-006", from, "more than %d values", n.bounds.Leaves)
		}
	}
	return true
}

// behindString is where the string that begins at byte i ends, or the end of the text.
func behindString(src []byte, i int) int {
	for i++; i < len(src); i++ {
		switch src[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(src)
}

func isNameOfMember(src []byte, behind int) bool {
	rest := src[behind:]
	for len(rest) > 0 && class[rest[0]]&white != 0 {
		rest = rest[1:]
	}
	return len(rest) > 0 && rest[0] == ':'
}

// malformedJSON says what is wrong with a document, and what to add or to remove where that is plain.
func (n *notes) malformedJSON(src []byte) {
	i, what := len(src), "it ends too early"
	var syntax *json.SyntaxError
	if errors.As(json.Unmarshal(src, new(json.RawMessage)), &syntax) && !strings.HasPrefix(syntax.Error(), "unexpected end") {
		i, what = int(syntax.Offset)-1, syntax.Error()
	}
	at := lines{src: src}
	before := len(bytes.TrimRight(src[:i], " \t\r\n")) - 1
	last := at.place(max(0, before))
	hint := "correct it here, or export it again"
	switch {
	case i == len(src):
		hint = "the file seems to be cut off; get the whole of it"
	case (strings.HasSuffix(what, "after object key:value pair") || strings.HasSuffix(what, "after array element")) &&
		bytes.IndexByte([]byte(`"{[`), src[i]) >= 0:
		next := nextJSON(src, i)
		what = "a comma is missing before " + next
		hint = fmt.Sprintf("add a comma in line %d, behind column %d: before %s", last.line, last.col, next)
	case before >= 0 && src[before] == ',' && (src[i] == '}' || src[i] == ']'):
		what = fmt.Sprintf("a comma before %q", src[i])
		hint = fmt.Sprintf("remove the comma in line %d, column %d", last.line, last.col)
	case strings.HasSuffix(what, "after top-level value"):
		what = "text after its end"
		hint = "remove what follows the closing bracket"
	}
	n.fail("XML-001", at.place(i), "the document is not well-formed JSON: %s", what).Hint = hint
}

// nextJSON is what begins at byte i, for a message: the name of a member, or the bracket.
func nextJSON(src []byte, i int) string {
	if src[i] != '"' {
		return fmt.Sprintf("%q", src[i])
	}
	end := behindString(src, i)
	if !isNameOfMember(src, end) {
		return "the next string"
	}
	return quoted(bytes.Trim(src[i:end], `"`)).String()
}

// value reads the next value.
func (r *jsonReader) value() (*jsonValue, error) {
	from := r.begin()
	token, err := r.dec.Token()
	if err != nil {
		return nil, err
	}
	at := r.at.place(from)
	r.leaves++
	v := &jsonValue{from: from, ref: diag.Ref{Ordinal: int32(r.leaves), Line: at.line, Col: at.col}}
	switch t := token.(type) {
	case json.Delim:
		err = r.container(v, t)
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

func (r *jsonReader) container(v *jsonValue, open json.Delim) error {
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
		m, err := r.value()
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
