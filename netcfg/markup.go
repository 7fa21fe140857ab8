package netcfg

import (
	"bytes"
	"strings"
)

// instruction skips a processing instruction; it is no leaf.
func (s *scanner) instruction() {
	at, from := s.here(s.i), s.i
	if target := s.src[s.name(from+2).from:s.i]; bytes.EqualFold(target, []byte("xml")) {
		s.notes.fail("XML-001", at, "an XML declaration that is not at the start of the document").Hint =
			"remove it; if the file is several documents in a row, put each into a file of its own"
	}
	s.skip(from, from+2, "?>", at, "processing instruction")
}

// declaration skips what begins with "<!".
func (s *scanner) declaration() {
	at, from, rest := s.here(s.i), s.i, s.src[s.i:]
	switch {
	case bytes.HasPrefix(rest, []byte("<!--")):
		s.comment(from, at)
	case bytes.HasPrefix(rest, []byte("<![CDATA[")) && len(s.open) > 0:
		s.cdata(from, at)
	default:
		for _, word := range []string{"DOCTYPE", "ENTITY", "ELEMENT", "ATTLIST", "NOTATION"} {
			if len(rest) >= 2+len(word) && strings.EqualFold(string(rest[2:2+len(word)]), word) {
				s.documentType(from, at, word)
				return
			}
		}
		s.bareLess()
	}
}

// skip takes the source from one byte up to the closing word out of the document.
func (s *scanner) skip(from, body int, closing string, at place, what string) {
	n := bytes.Index(s.src[body:], []byte(closing))
	if n < 0 {
		s.notes.fail("XML-001", at, "a %s without its closing %s", what, closing)
		s.advance(len(s.src))
	} else {
		s.advance(body + n + len(closing))
	}
	s.replace(from, s.i, "")
	s.remark(at)
}

// remark counts something that a person wrote and that is no leaf.
func (s *scanner) remark(at place) {
	if s.remarks == 0 {
		s.firstRemark = at
	}
	s.remarks++
}

func (s *scanner) comment(from int, at place) {
	body := from + len("<!--")
	if n := bytes.Index(s.src[body:], []byte("--")); n >= 0 && (body+n+2 == len(s.src) || s.src[body+n+2] != '>') {
		s.advance(body + n)
		s.notes.fail("XML-001", s.here(s.i), "-- inside a comment, which XML does not allow").Hint = "write a single - or other words"
		body = s.i + 1 // "--->" ends the comment all the same
	}
	s.skip(from, body, "-->", at, "comment")
}

// cdata makes a CDATA section a part of the text that it stands in.
func (s *scanner) cdata(from int, at place) {
	body := from + len("<![CDATA[")
	n := bytes.Index(s.src[body:], []byte("]]>"))
	end := body + n
	if n < 0 {
		s.notes.fail("XML-001", at, "a CDATA section without its closing ]]>")
		end = len(s.src)
	}
	s.i = body
	s.space()
	if s.i < end {
		s.beginText(s.i)
	}
	if bad := bytes.IndexFunc(s.src[body:end], func(r rune) bool { return !inXML(r) }); bad >= 0 {
		s.advance(max(s.i, body+bad))
		s.notes.fail("XML-001", s.here(s.i), "a control character in a CDATA section, which XML does not allow").Hint = "remove it"
	}
	s.advance(max(s.i, end))
	s.replace(from, min(end+len("]]>"), len(s.src)), escapedText(s.src[body:end]))
	s.i = min(end+len("]]>"), len(s.src))
}

// escapedText is the content of a CDATA section as text.
func escapedText(raw []byte) string {
	var b strings.Builder
	for _, r := range string(raw) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case !inXML(r):
			b.WriteRune('\ufffd')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// documentType refuses a DTD, and skips it so that the rest is looked at.
func (s *scanner) documentType(from int, at place, word string) {
	s.notes.fail("XML-005", at, "<!%s: documents with a DTD or with entities are refused", strings.ToUpper(word))
	s.dtd = true
	i, depth, quote := from, 0, byte(0)
	for ; i < len(s.src); i++ {
		switch b := s.src[i]; {
		case quote != 0:
			if b == quote {
				quote = 0
			}
		case b == '"' || b == '\'':
			quote = b
		case b == '<':
			depth++
		case b == '>':
			depth--
		}
		if depth == 0 {
			i++
			break
		}
	}
	s.advance(i)
	s.replace(from, s.i, "")
}
