package netcfg

import (
	"bytes"
	"slices"
	"sort"
	"unicode/utf16"
	"unicode/utf8"
)

// inset is a document inside another one: XML in a string of JSON, or in what a cmdlet printed.
type inset struct {
	text  []byte
	outer func(at int) place // where byte at of text stands in the document around it

	lineStarts []int
}

// scan scans the inset. Places in the scanner and in the findings are those in the document around
// it. It returns nil, with findings that do not stop, when the inset cannot be read.
func (e *inset) scan(n *notes) *scanner {
	own := newNotes(n.file, n.bounds)
	s := open(e.text, own)
	readable := s != nil && s.begin()
	if readable {
		s.scan()
	}
	n.adopt(own, e.place)
	if !readable || s.rootTag == nil || own.fatal > 0 {
		return nil
	}
	for i, p := range s.places {
		s.places[i] = e.place(p)
	}
	s.notes = n
	return s
}

// place is a place of the inset in the document around it.
func (e *inset) place(p place) place {
	if e.lineStarts == nil {
		e.lineStarts = lineStarts(e.text)
	}
	if p.line == 0 {
		return e.outer(0)
	}
	line := min(int(p.line), len(e.lineStarts))
	return e.outer(min(e.lineStarts[line-1]+int(p.col)-1, len(e.text)))
}

// lineStarts are where the lines of a text begin. Byte order marks are no columns.
func lineStarts(text []byte) []int {
	first := 0
	for bytes.HasPrefix(text[first:], byteOrderMark) {
		first += len(byteOrderMark)
	}
	starts := []int{first}
	for i, b := range text {
		if b == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// adopt takes over the findings about a part of the document, with their places. None of them
// stops: the rest of the document is read.
func (n *notes) adopt(part *notes, at func(place) place) {
	for _, f := range part.list {
		to := n.addAs(f.Severity, f.Rule, at(place{int32(f.Pos.Line), int32(f.Pos.Col)}), "%s", f.Message)
		to.Hint = f.Hint
		for _, r := range f.Related {
			*to = to.See(n.pos(at(place{int32(r.Pos.Line), int32(r.Pos.Col)})), "%s", r.Message)
		}
	}
	if part.hiddenWorst > n.hiddenWorst {
		if n.hiddenWorst == 0 {
			n.hiddenFirst = n.pos(at(place{int32(part.hiddenFirst.Line), int32(part.hiddenFirst.Col)}))
		}
		n.hiddenWorst = part.hiddenWorst
	}
}

// jsonInset is the text of a JSON string. A string is on one line, so a place in it is a column.
func jsonInset(v *jsonValue) *inset {
	text, steps := decodeString(v.raw)
	return &inset{text: text, outer: func(at int) place {
		i := sort.Search(len(steps), func(i int) bool { return steps[i].text > at }) - 1
		return place{v.ref.Line, v.ref.Col + int32(min(steps[i].raw+at-steps[i].text, len(v.raw)))}
	}}
}

// step is where text and source of a JSON string drift apart: from here to the next step they have
// equal bytes.
type step struct{ text, raw int }

// decodeString decodes a well-formed JSON string, as encoding/json does.
func decodeString(raw []byte) (text []byte, steps []step) {
	text = make([]byte, 0, len(raw))
	steps = []step{{0, 1}}
	end := len(raw) - 1 // the closing quote
	for i := 1; i < end; {
		plain := bytes.IndexByte(raw[i:end], '\\')
		if plain < 0 {
			plain = end - i
		}
		text = append(text, raw[i:i+plain]...)
		if i += plain; i >= end {
			break
		}
		var size int
		text, size = appendEscape(text, raw[i:end])
		i += size
		steps = append(steps, step{len(text), i})
	}
	return text, slices.Clip(steps)
}

// appendEscape decodes the escape at the start of raw, and the second half of a pair with it.
func appendEscape(text, raw []byte) (_ []byte, size int) {
	const plain, meant = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	if i := bytes.IndexByte([]byte(plain), raw[1]); i >= 0 {
		return append(text, meant[i]), 2
	}
	r := hexRune(raw)
	size = len(`\u0000`)
	if utf16.IsSurrogate(r) {
		pair := utf16.DecodeRune(r, hexRune(raw[size:]))
		if pair != utf8.RuneError {
			size *= 2
		}
		r = pair
	}
	return utf8.AppendRune(text, r), size
}

// hexRune is the rune of a \u escape, or -1 where there is none.
func hexRune(raw []byte) rune {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return -1
	}
	var r rune
	for _, b := range raw[2:6] {
		digit := bytes.IndexByte([]byte("0123456789abcdef"), b|0x20)
		if b >= '0' && b <= '9' {
			digit = int(b - '0')
		}
		r = r<<4 | rune(digit)
	}
	return r
}
