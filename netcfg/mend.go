package netcfg

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// mended is the root element as well-formed text without comments, processing instructions and
// CDATA sections. As long as nothing had to be replaced it is the source itself.
//
// Comments are taken out for xmlquery's sake, too: it walks over all of them that follow one
// element to append the next, so a file of comments would take hours.
type mended struct {
	out     []byte
	copied  int // the source up to here is in out
	touched bool
}

// replace puts other text in place of src[from:to]. Calls go from left to right.
func (s *scanner) replace(from, to int, with string) {
	if s.rootAt < 0 || s.rootEnd > 0 || s.hopeless() {
		return
	}
	if s.out == nil {
		s.out = make([]byte, 0, len(s.src)) // growing step by step would leave several copies behind
	}
	s.out = append(s.out, s.src[s.copied:from]...)
	s.out = append(s.out, with...)
	s.copied = to
	s.touched = true
}

// hopeless reports whether the document is broken and too large to be looked at for more than that,
// so that nobody asks for its mended text.
func (s *scanner) hopeless() bool { return s.notes.fatal > 0 && len(s.src) > maxBrokenTree }

// restore forgets the replacements since m was taken.
func (s *scanner) restore(m mended) { s.mended = m }

func (s *scanner) mendedUpTo(from, to int) []byte {
	if !s.touched {
		return s.src[from:to]
	}
	return append(slices.Clip(s.out), s.src[s.copied:to]...)
}

// document is the text to build the tree from. With undeclared prefixes the root element stands
// inside another one that declares them.
func (s *scanner) document() []byte {
	doc := s.mendedUpTo(s.rootAt, s.rootEnd)
	if len(s.bare) == 0 {
		return doc
	}
	return slices.Concat(s.wrapper(), doc, []byte("</_>"))
}

func (s *scanner) wrapper() []byte {
	b := []byte("<_")
	for _, p := range slices.Sorted(maps.Keys(s.bare)) {
		b = append(b, " xmlns:"+p+`="undeclared:`+p+`"`...)
	}
	return append(b, '>')
}

// spoil reports the first problem of a tag; the further ones are mostly its echo.
func (s *scanner) spoil(at place, format string, args ...any) *diag.Finding {
	if s.spoilt {
		s.notes.discard = diag.Finding{}
		return &s.notes.discard
	}
	s.spoilt = true
	return s.notes.fail("XML-001", at, format, args...)
}

const doubledQuotes = "write one quote on either side of a value; inside the string of a program they were perhaps doubled"

// odd handles a byte of a text or an attribute value that is not plain.
func (s *scanner) odd(text bool) {
	switch b := s.src[s.i]; {
	case b == '&':
		s.reference(text)
		return
	case b == '>':
		if s.i > 1 && s.src[s.i-1] == ']' && s.src[s.i-2] == ']' {
			s.notes.fail("XML-001", s.here(s.i-2), "]]> in a text").Hint = "write ]]&gt;"
		}
		s.replace(s.i, s.i+1, "&gt;") // a comment taken out could have left a ]] before it
	case b == '<':
		s.notes.fail("XML-001", s.here(s.i), "a bare < in an attribute value").Hint = "write &lt;"
		s.replace(s.i, s.i+1, "&lt;")
	case b >= utf8.RuneSelf:
		s.rune(text)
		return
	case b < 0x20:
		s.notes.fail("XML-001", s.here(s.i), "control character U+%04X, which XML does not allow", b).Hint = "remove it"
		s.replace(s.i, s.i+1, "\ufffd")
	}
	if text {
		s.beginText(s.i)
	}
	s.i++
}

func (s *scanner) rune(text bool) {
	if text {
		s.beginText(s.i)
	}
	if !s.oddRunes {
		for s.i < len(s.src) && s.src[s.i] >= utf8.RuneSelf {
			s.i++
		}
		return
	}
	r, size := utf8.DecodeRune(s.src[s.i:])
	switch {
	case r == utf8.RuneError && size == 1: // reported for the whole document
		s.replace(s.i, s.i+1, "\ufffd")
	case r == 0xfffe || r == 0xffff:
		s.notes.fail("XML-001", s.here(s.i), "character %U, which XML does not allow", r).Hint = "remove it"
		s.replace(s.i, s.i+size, "\ufffd")
	}
	s.i += size
}

// reference reads an entity or character reference.
func (s *scanner) reference(text bool) {
	r, size := decodeReference(s.src[s.i:])
	if text && !(size > 0 && r < utf8.RuneSelf && class[r]&white != 0) {
		s.beginText(s.i)
	}
	if size > 0 {
		s.i += size
		return
	}
	if !s.dtd {
		s.notes.fail("XML-001", s.here(s.i), "%v is not a reference that XML knows", unknownReference(referenceAt(s.src[s.i:]))).Hint =
			"write &amp; for an ampersand; XML knows &lt; &gt; &amp; &quot; &apos; and numbers such as &#233;"
	}
	s.replace(s.i, s.i+1, "&amp;")
	s.i++
}

// bareLess takes a '<' that begins no markup as text.
func (s *scanner) bareLess() {
	s.notes.fail("XML-001", s.here(s.i), "a < that begins no tag").Hint = "write &lt; if the character itself is meant"
	if len(s.open) > 0 {
		s.beginText(s.i)
	}
	s.replace(s.i, s.i+1, "&lt;")
	s.i++
}

// junk takes what cannot stand in a tag out of it.
func (s *scanner) junk() []byte {
	from := s.i
	for s.i++; s.i < len(s.src); s.i++ {
		if b := s.src[s.i]; class[b]&white != 0 || b == '<' || b == '>' || b == '/' {
			break
		}
	}
	s.replace(from, s.i, " ")
	return s.src[from:s.i]
}

// unquoted reads an attribute value that has no quotes.
func (s *scanner) unquoted(name span, at place) bool {
	s.spoil(at, "the value of attribute %v is not in quotes", s.label(name))
	from := s.i
	for s.i < len(s.src) && class[s.src[s.i]]&white == 0 && bytes.IndexByte([]byte(`<>"'/`), s.src[s.i]) < 0 {
		s.i++
	}
	if s.i == from {
		s.replace(int(name.from), s.i, " ")
		return false
	}
	s.replace(from, s.i, `"`+escaped(s.src[from:s.i])+`"`)
	return true
}

// opening is where an attribute value begins.
type opening struct {
	at        int
	line      int32
	lineStart int
	before    mended
}

// closesSoon reports whether the quote of an attribute value stands before the tag seems to end.
func (s *scanner) closesSoon(quote byte) bool {
	if s.i < s.closesAt {
		return true // the same value, one '<' further
	}
	ahead := s.src[s.i:min(len(s.src), s.i+1024)]
	q := bytes.IndexByte(ahead, quote)
	end := bytes.IndexAny(ahead, ">\n")
	if q < 0 || end >= 0 && end < q {
		return false
	}
	s.closesAt = s.i + q
	return true
}

// unclosed ends an attribute value without a closing quote where the tag seems to end.
func (s *scanner) unclosed(begin opening, name span) {
	s.i, s.line, s.lineStart = begin.at, begin.line, begin.lineStart
	s.restore(begin.before)
	s.spoil(s.here(s.i), "the value of attribute %v has no closing quote", s.label(name))
	end := len(s.src)
	if n := bytes.IndexAny(s.src[s.i:], "<>\n"); n >= 0 {
		end = s.i + n
	}
	if s.src[end-1] == '/' && end-1 > s.i {
		end--
	}
	s.replace(s.i, end, `"`+escaped(s.src[s.i+1:end])+`"`)
	s.i = end
}

// escaped makes raw bytes fit for a text or a value, for a document that is refused anyway.
func escaped(raw []byte) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, raw)
	return b.String()
}

// unknownReference is a reference as a message shows it: numbers and short names, such as those of
// HTML, as they are.
func unknownReference[T ~string | ~[]byte](text T) fmt.Stringer {
	if len(text) <= len("&thetasym;") {
		return quoted(text)
	}
	return private(text)
}
