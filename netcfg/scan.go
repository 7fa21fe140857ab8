package netcfg

import (
	"bytes"
	"fmt"
	"slices"
)

// scanner goes over the bytes of a document once. It takes the place of every leaf in document
// order, enforces the bounds, and mends what is broken (mend.go), so that the text it leaves is
// always well-formed.
type scanner struct {
	src       []byte
	firstByte int  // after byte order marks, which no editor counts as columns
	wide      bool // the document came in UTF-16; src is the same as UTF-8
	i         int  // the next byte
	line      int32
	lineStart int
	notes     *notes

	places   []place
	elements int
	open     []tag
	names    []span          // of the attributes of the tag at hand
	tried    int             // how many there are with those that are broken
	prefixes []span          // declared and in scope
	bare     map[string]bool // prefixes used without a declaration
	known    map[string]bool // names with other letters than ASCII, already looked at

	closesAt int // where the attribute value at hand closes, looked up at a bare '<' in it
	textAt   int // where the text of the run at hand begins, -1 before its first byte

	remarks     int // comments, processing instructions and text after the root
	firstRemark place

	rootAt, rootEnd int    // the root element, once seen; rootAt starts at -1
	rootTag         []byte // its start tag, mended; nil when it is broken in a document too large for that
	rootSpoilt      bool   // it had to be
	spoilt          bool   // the tag at hand has a finding already
	encodingAt      place  // of the encoding in the XML declaration
	oddRunes        bool   // the document has invalid UTF-8, U+FFFE or U+FFFF
	dtd             bool
	refused         bool // a bound or an unreadable rest ended the scan

	mended
}

// span is a piece of the source.
type span struct{ from, to int32 }

// tag is an element that is still open.
type tag struct {
	name     span
	at       place
	alias    string // what the mended text calls it, where the name cannot stand
	prefixes int    // in scope outside of it
}

func (s *scanner) text(p span) []byte { return s.src[p.from:p.to] }

// label is the name of a tag or attribute as messages show it. Inside an element of a key a name that
// does not belong there may be the key: one with a bare < in it, or written in the wrong place.
func (s *scanner) label(name span) fmt.Stringer {
	text := s.text(name)
	if s.inKey() && !belongsToKey(string(text)) {
		return privateBytes(text)
	}
	return named(text)
}

func (s *scanner) inKey() bool {
	return slices.ContainsFunc(s.open, func(t tag) bool { return bytes.HasSuffix(s.text(t.name), []byte(keyElement)) })
}

// here is the place of a byte on the current line.
func (s *scanner) here(i int) place { return place{s.line, int32(i - s.lineStart + 1)} }

// bytes of interest, by where they stand
const (
	inText    = 1 << iota // ends a plain stretch of text
	inValue               // ends a plain stretch of an attribute value
	nameFirst             // may begin a name
	nameByte              // may stand in a name
	white
)

var class = classify()

func classify() (c [256]uint8) {
	for b := range c {
		switch {
		case b == ' ' || b == '\t' || b == '\r' || b == '\n':
			c[b] = white
		case b < 0x20:
			c[b] = inText | inValue
		case b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_' || b == ':':
			c[b] = nameFirst | nameByte
		case b >= '0' && b <= '9' || b == '-' || b == '.':
			c[b] = nameByte
		case b >= 0x80:
			c[b] = nameFirst | nameByte | inText | inValue
		}
	}
	for _, b := range "\n<&" {
		c[b] |= inText | inValue
	}
	c['>'] |= inText
	c['"'] |= inValue
	c['\''] |= inValue
	return c
}

// scan reads the document from behind its XML declaration.
func (s *scanner) scan() {
	s.places = make([]place, 0, s.mostLeaves())
	for s.i < len(s.src) && !s.refused && !s.notes.full() {
		switch {
		case s.src[s.i] == '<':
			s.markup()
		case len(s.open) == 0:
			s.outside()
		default:
			s.content()
		}
	}
	s.finish()
}

// mostLeaves is at least how many leaves the document has, so that their places never move: for a large
// document growing would leave several copies behind.
func (s *scanner) mostLeaves() int {
	tags, values := bytes.Count(s.src, []byte("<")), bytes.Count(s.src, []byte("="))
	return min(2*tags+values, s.notes.bounds.Leaves)
}

func (s *scanner) markup() {
	next := byte(0)
	if s.i+1 < len(s.src) {
		next = s.src[s.i+1]
	}
	switch {
	case next == '/':
		s.endTag()
	case class[next]&nameFirst != 0:
		s.startTag()
	case next == '!':
		s.declaration()
	case next == '?':
		s.instruction()
	default:
		s.bareLess()
	}
}

// outside skips what stands before or after the root element.
func (s *scanner) outside() {
	s.space()
	if s.i == len(s.src) || s.src[s.i] == '<' {
		return
	}
	end := len(s.src)
	if n := bytes.IndexByte(s.src[s.i:], '<'); n >= 0 {
		end = s.i + n
	}
	words := privateBytes(bytes.TrimSpace(s.src[s.i:end]))
	if s.rootAt >= 0 {
		s.remark(s.here(s.i))
		s.notes.add("XML-015", s.here(s.i), "text %v after the root element; nothing is read from here on", words)
		s.i = len(s.src)
		return
	}
	s.notes.fail("XML-001", s.here(s.i), "text %v before the root element", words).Hint =
		"remove it: a network configuration begins with its XML declaration or with <NetworkConfiguration"
	s.advance(end)
}

// content reads text inside an element, up to the next '<'.
func (s *scanner) content() {
	src, i := s.src, s.i
	for i < len(src) {
		switch b := src[i]; {
		case b == '\n':
			i++
			s.line++
			s.lineStart = i
		case class[b]&white != 0:
			i++
		case b == '<':
			s.i = i
			return
		case class[b]&inText != 0:
			s.i = i
			s.odd(true)
			i = s.i
		default:
			s.beginText(i)
			for i++; i < len(src) && class[src[i]]&(inText|white) == 0; i++ {
			}
		}
	}
	s.i = i
}

func (s *scanner) beginText(i int) {
	if s.textAt < 0 {
		s.textAt = i
		s.leaf(s.here(i))
	}
}

// endText closes the run of text before a tag.
func (s *scanner) endText() {
	if s.textAt >= 0 && s.i-s.textAt > s.notes.bounds.Value {
		s.refuse("XML-028", s.places[len(s.places)-1], "a text of %d bytes; at most %d are read", s.i-s.textAt, s.notes.bounds.Value)
	}
	s.textAt = -1
}

func (s *scanner) leaf(at place) {
	if len(s.places) == s.notes.bounds.Leaves {
		s.refuse("XML-006", at, "more than %d elements, attributes and texts", s.notes.bounds.Leaves)
		return
	}
	s.places = append(s.places, at)
}

func (s *scanner) startTag() {
	s.endText()
	if len(s.open) == 0 && s.rootAt >= 0 {
		f := s.notes.fail("XML-001", s.here(s.i), "a second root element; a document has one, and nothing is read from here on")
		*f = f.See(s.notes.pos(s.places[0]), "the first is here").WithHint("keep one document in the file, or put the second into a file of its own")
		s.i = len(s.src)
		return
	}
	root := len(s.open) == 0
	if root {
		s.rootAt, s.copied = s.i, s.i
	}
	t := tag{at: s.here(s.i), prefixes: len(s.prefixes)}
	t.name = s.name(s.i + 1)
	s.element(&t)
	if s.badName(t.name, t.at, true) {
		t.alias = "_"
		s.replace(int(t.name.from), int(t.name.to), t.alias)
	}
	empty := s.attributes(&t)
	s.checkPrefixes(&t)
	if root {
		s.rootSpoilt = s.spoilt
		if !s.hopeless() {
			s.rootTag = bytes.Clone(s.mendedUpTo(s.rootAt, s.i))
		}
	}
	s.open = append(s.open, t)
	if empty {
		s.pop()
	}
}

// element counts a start tag against the bounds.
func (s *scanner) element(t *tag) {
	s.leaf(t.at)
	s.elements++
	switch {
	case s.elements > s.notes.bounds.Elements:
		s.refuse("XML-006", t.at, "more than %d elements", s.notes.bounds.Elements)
	case len(s.open) == s.notes.bounds.Depth:
		s.refuse("XML-025", t.at, "elements nested more than %d deep", s.notes.bounds.Depth)
	}
}

func (s *scanner) pop() {
	last := len(s.open) - 1
	s.prefixes = s.prefixes[:s.open[last].prefixes]
	s.open = s.open[:last]
	if last == 0 {
		s.rootEnd = s.i
	}
}

// attributes reads a start tag from the end of its name and reports whether it is an empty-element
// tag.
func (s *scanner) attributes(t *tag) (empty bool) {
	s.names, s.tried = s.names[:0], 0
	s.spoilt = false
	for !s.refused {
		spaced := s.space()
		if s.i == len(s.src) || s.src[s.i] == '<' {
			s.spoil(s.here(s.i), "the tag <%v> has no closing >", s.label(t.name))
			s.replace(s.i, s.i, ">")
			return false
		}
		switch b := s.src[s.i]; {
		case b == '>':
			s.i++
			return false
		case b == '/' && s.i+1 < len(s.src) && s.src[s.i+1] == '>':
			s.i += 2
			return true
		case class[b]&nameFirst != 0:
			if !spaced {
				s.glued()
			}
			s.attribute(t)
		default:
			s.misplaced(t)
		}
	}
	return false
}

// misplaced reports what cannot stand in a tag. A plus sign there is what the source of a program
// has between the parts of a text.
func (s *scanner) misplaced(t *tag) {
	at, junk := s.here(s.i), s.junk()
	f := s.spoil(at, "%v has no place in the tag <%v>", privateBytes(junk), s.label(t.name))
	if junk[0] == '+' {
		f.Hint = putTogether
	}
}

// glued reports an attribute that follows the value of another without a space.
func (s *scanner) glued() {
	f := s.spoil(s.here(s.i), "no space between an attribute and what stands before it")
	if s.i > 1 && s.src[s.i-1] == s.src[s.i-2] {
		f.Hint = doubledQuotes
	}
	s.replace(s.i, s.i, " ")
}

func (s *scanner) attribute(t *tag) {
	at, before := s.here(s.i), s.mended
	if s.tried++; s.tried > s.notes.bounds.Attributes {
		s.tooMany(at)
		return
	}
	name := s.name(s.i)
	s.space()
	if s.i == len(s.src) || s.src[s.i] != '=' {
		s.spoil(at, "attribute %v has no value", s.label(name))
		s.replace(int(name.from), s.i, " ")
		return
	}
	s.i++
	s.space()
	if !s.value(name, at) {
		return
	}
	if s.repeated(name) {
		s.spoil(at, "attribute %v stands twice in the tag <%v>", s.label(name), s.label(t.name))
		s.restore(before)
		s.replace(int(name.from), s.i, " ")
		return
	}
	if s.badName(name, at, false) {
		s.restore(before)
		s.replace(int(name.from), s.i, " ")
		return
	}
	s.keep(name, at)
}

// keep makes a well-formed attribute a leaf.
func (s *scanner) keep(name span, at place) {
	s.leaf(at)
	s.names = append(s.names, name)
	if prefix, local := s.split(name); string(s.text(prefix)) == "xmlns" {
		s.prefixes = append(s.prefixes, local)
	}
	if len(s.prefixes) > s.notes.bounds.Attributes {
		s.tooMany(at)
	}
}

func (s *scanner) tooMany(at place) {
	s.refuse("XML-026", at, "more than %d attributes in a tag or namespace prefixes in scope", s.notes.bounds.Attributes)
}

func (s *scanner) repeated(name span) bool {
	for _, n := range s.names {
		if n.to-n.from == name.to-name.from && bytes.Equal(s.text(n), s.text(name)) {
			return true
		}
	}
	return false
}

// value reads an attribute value with its quotes. It reports false when there is none at all.
func (s *scanner) value(name span, at place) bool {
	if s.i == len(s.src) || s.src[s.i] != '"' && s.src[s.i] != '\'' {
		return s.unquoted(name, at)
	}
	begin := opening{s.i, s.line, s.lineStart, s.mended}
	quote := s.src[s.i]
	s.i++
	src := s.src
	for s.i < len(src) {
		b := src[s.i]
		switch {
		case class[b]&inValue == 0:
			s.i++
		case b == quote:
			s.i++
			if s.i-begin.at-2 > s.notes.bounds.Value {
				s.refuse("XML-028", at, "an attribute value of %d bytes; at most %d are read", s.i-begin.at-2, s.notes.bounds.Value)
			}
			return true
		case b == '\n':
			s.i++
			s.line++
			s.lineStart = s.i
		case b == '<' && !s.closesSoon(quote):
			s.unclosed(begin, name)
			return true
		default:
			s.odd(false)
		}
	}
	s.unclosed(begin, name)
	return true
}

func (s *scanner) endTag() {
	s.endText()
	at, from := s.here(s.i), s.i
	name := s.name(s.i + 2)
	s.space()
	clean := s.i < len(s.src) && s.src[s.i] == '>'
	if clean {
		s.i++
	} else {
		s.brokenEnd(name, at)
	}
	last := len(s.open) - 1
	if last >= 0 && bytes.Equal(s.text(s.open[last].name), s.text(name)) {
		if alias := s.open[last].alias; alias != "" || !clean {
			s.replace(from, s.i, s.closing(s.open[last]))
		}
		s.pop()
		return
	}
	s.wrongEnd(name, at, from)
}

// name reads the bytes of a name from i, which may be none, and goes behind them.
func (s *scanner) name(i int) span {
	from := i
	for i < len(s.src) && class[s.src[i]]&nameByte != 0 {
		i++
	}
	s.i = i
	if i-from > s.notes.bounds.Name {
		s.refuse("XML-027", s.here(from), "a name of %d bytes; at most %d are read", i-from, s.notes.bounds.Name)
	}
	return span{int32(from), int32(i)}
}

// split cuts a name at its colon; a name without one has an empty prefix.
func (s *scanner) split(name span) (prefix, local span) {
	if n := bytes.IndexByte(s.text(name), ':'); n >= 0 {
		return span{name.from, name.from + int32(n)}, span{name.from + int32(n) + 1, name.to}
	}
	return span{name.from, name.from}, name
}

// space skips white space and reports whether there was any.
func (s *scanner) space() bool {
	from := s.i
	for s.i < len(s.src) && class[s.src[s.i]]&white != 0 {
		s.i++
		if s.src[s.i-1] == '\n' {
			s.line++
			s.lineStart = s.i
		}
	}
	return s.i > from
}

// advance goes to byte i and counts the lines on the way.
func (s *scanner) advance(i int) {
	for {
		n := bytes.IndexByte(s.src[s.i:i], '\n')
		if n < 0 {
			s.i = i
			return
		}
		s.i += n + 1
		s.line++
		s.lineStart = s.i
	}
}

// refuse ends the scan at a bound.
func (s *scanner) refuse(rule string, at place, format string, args ...any) {
	if !s.refused {
		s.notes.fail(rule, at, format, args...)
	}
	s.refused = true
}
