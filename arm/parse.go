package arm

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"golang.org/x/text/encoding/unicode"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Default bounds of a document. They are far above what a tenant's listing needs: 10,000 virtual
// networks with 50,000 peerings and connections are 150 MB and eight million values.
const (
	MaxSize   = 1 << 30 // bytes of a document
	MaxValues = 64 << 20
	MaxDepth  = 128
	MaxText   = 4 << 20 // bytes of one string; a template holds certificates and nested templates as text
)

// Bounds are what a document may have at most. They are enforced while it is read; what exceeds them is
// refused as a whole. A field that is zero or negative stands for the default.
type Bounds struct {
	Size, Values, Depth, Text int
}

func (b Bounds) settled() Bounds {
	settle := func(bound, byDefault int) int {
		if bound <= 0 {
			return byDefault
		}
		return min(bound, byDefault)
	}
	return Bounds{settle(b.Size, MaxSize), settle(b.Values, MaxValues), settle(b.Depth, MaxDepth), settle(b.Text, MaxText)}
}

// parse reads the text of a document into values, or says why it cannot.
func parse(name string, src []byte, bounds Bounds) (Value, diag.List) {
	bounds = bounds.settled()
	p := &parser{name: name, bounds: bounds}
	if len(src) > bounds.Size {
		p.fail("XML-006", 0, "the document has %d bytes; at most %d are read", len(src), bounds.Size)
		return Value{}, p.found
	}
	src, ok := p.asUTF8(src)
	if !ok {
		return Value{}, p.found
	}
	p.t = &tree{source: &source{src: src}, nodes: make([]leaf, 0, len(src)/20+1)}
	p.document()
	if len(p.found) > 0 {
		return Value{}, p.found
	}
	return Value{p.t, 0}, nil
}

type parser struct {
	name   string
	bounds Bounds
	t      *tree
	dec    *jsontext.Decoder
	found  diag.List
}

// fail notes why the document cannot be read, with a byte of it.
func (p *parser) fail(rule string, at int, format string, args ...any) {
	pos := diag.Pos{File: p.name}
	if p.t != nil {
		line, col := p.t.place(int32(at))
		pos.Line, pos.Col = int(line), int(col)
	}
	p.found.Add(rule, pos, format, args...)
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// asUTF8 undoes UTF-16, which is what a redirection in Windows PowerShell writes.
func (p *parser) asUTF8(src []byte) ([]byte, bool) {
	if len(src) >= 2 && (src[0] == 0xff && src[1] == 0xfe || src[0] == 0xfe && src[1] == 0xff) {
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(src)
		if err != nil {
			p.fail("XML-012", 0, "the document is not the UTF-16 that it begins as")
			return nil, false
		}
		src = text
	}
	return bytes.TrimPrefix(src, byteOrderMark), true
}

func (p *parser) document() {
	p.dec = jsontext.NewDecoder(bytes.NewBuffer(p.t.src))
	if err := p.value(0, 0); err != nil {
		p.syntax(err)
		return
	}
	if len(p.found) > 0 {
		return
	}
	if _, err := p.dec.ReadToken(); err != io.EOF {
		p.fail("XML-001", p.next(), "the document is not well-formed JSON: text after its end")
		p.found[0].Hint = "remove what follows the closing bracket"
	}
}

// syntax says what is wrong with the text, and where.
func (p *parser) syntax(err error) {
	at := int(p.dec.InputOffset())
	what := err.Error()
	var s *jsontext.SyntacticError
	if errors.As(err, &s) {
		at, what = int(s.ByteOffset), s.Err.Error()
		if s.JSONPointer != "" {
			what += " at " + quotedText(string(s.JSONPointer))
		}
	}
	rule, hint := "XML-001", "correct it here, or export it again"
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		at, what, hint = len(p.t.src), "it ends too early", "the file seems to be cut off; get the whole of it"
	case strings.Contains(what, "invalid UTF-8"):
		p.fail("XML-012", min(at, len(p.t.src)), "the document is not UTF-8")
		return
	}
	p.fail(rule, min(at, len(p.t.src)), "the document is not well-formed JSON: %s", what)
	p.found[len(p.found)-1].Hint = hint
}

// next is where the next token begins.
func (p *parser) next() int {
	at := int(p.dec.InputOffset())
	for at < len(p.t.src) && strings.IndexByte(" \t\r\n,:", p.t.src[at]) >= 0 {
		at++
	}
	return at
}

// value reads one value with all below it; nameFrom and nameTo are the span of its name.
func (p *parser) value(nameFrom, nameTo int32) error {
	from := p.next()
	token, err := p.dec.ReadToken()
	if err != nil {
		return err
	}
	to := int(p.dec.InputOffset())
	i := len(p.t.nodes)
	if i >= p.bounds.Values {
		p.fail("XML-006", from, "more than %d values", p.bounds.Values)
		return nil
	}
	n := leaf{nameFrom: nameFrom, nameTo: nameTo, from: int32(from), to: int32(to), ordinal: int32(i + 1), at: int32(from)}
	kind := token.Kind()
	switch kind {
	case 'n':
		n.kind = KindNull
	case 't', 'f':
		n.kind = KindBool
	case '0':
		n.kind = KindNumber
	case '"':
		n.kind = KindString
		if to-from > p.bounds.Text {
			p.fail("XML-028", from, "a value of %d bytes; at most %d are read", to-from, p.bounds.Text)
		}
	case '[', '{':
		n.kind = KindList
		if kind == '{' {
			n.kind = KindObject
		}
		if p.dec.StackDepth() > p.bounds.Depth {
			p.fail("XML-025", from, "values nested more than %d deep", p.bounds.Depth)
			return nil
		}
	}
	p.t.nodes = append(p.t.nodes, n)
	if n.kind == KindList || n.kind == KindObject {
		if err := p.inside(n.kind); err != nil {
			return err
		}
	}
	p.t.nodes[i].end = int32(len(p.t.nodes))
	return nil
}

// inside reads what stands in a list or an object, and its end.
func (p *parser) inside(kind Kind) error {
	for len(p.found) == 0 {
		if k := p.dec.PeekKind(); k == ']' || k == '}' {
			_, err := p.dec.ReadToken()
			return err
		}
		var nameFrom, nameTo int32
		if kind == KindObject {
			nameFrom = int32(p.next())
			if _, err := p.dec.ReadToken(); err != nil {
				return err
			}
			nameTo = int32(p.dec.InputOffset())
		}
		if err := p.value(nameFrom, nameTo); err != nil {
			return err
		}
	}
	return nil
}
