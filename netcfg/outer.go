package netcfg

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

var byteOrderMark = []byte("\ufeff")

const passExport = "pass the XML file that Get-AzureVNetConfig -ExportToFile wrote"

// open looks at the bytes of a document of any form: size, encoding, byte order marks. It returns a
// scanner that stands behind them, over UTF-8, or nil when there is no text to read.
func open(src []byte, n *notes) *scanner {
	if len(src) > n.bounds.Size {
		n.fail("XML-006", place{}, "the document has %d bytes; at most %d are read", len(src), n.bounds.Size)
		return nil
	}
	if utf32(src) {
		n.fail("XML-012", place{1, 1}, "the document is in UTF-32, which is not read").Hint =
			"save the file as UTF-8, for example in PowerShell: (Get-Content old.netcfg) | Set-Content -Encoding utf8 new.netcfg"
		return nil
	}
	order, marked := utf16Order(src)
	fault := -1
	if order != nil {
		src, fault = fromUTF16(src, order)
	}
	s := over(src, n)
	s.wide = order != nil
	if marks := s.i / len(byteOrderMark); marks > 1 {
		n.add("XML-015", s.here(s.i), "%d byte order marks at the start of the document", marks).Hint = "keep one, or none"
	}
	if s.wide && !marked {
		n.warn("XML-012", place{1, 1}, "the document is in UTF-16 without a byte order mark; it is read as what its first characters say").Hint =
			"save the file as UTF-8, or with a byte order mark"
	}
	if holdsNoText(s) {
		return nil
	}
	if fault >= 0 {
		n.fail("XML-012", s.placeOf(fault), "half of a character: the document is in UTF-16, and a surrogate stands alone here").Hint =
			"export the file again, or save it as UTF-8"
	}
	return s
}

// over is a scanner at the first byte of a text that is no byte order mark.
func over(text []byte, n *notes) *scanner {
	s := &scanner{src: text, notes: n, line: 1, textAt: -1, rootAt: -1}
	for bytes.HasPrefix(text[s.i:], byteOrderMark) {
		s.i += len(byteOrderMark)
	}
	s.firstByte, s.lineStart = s.i, s.i
	return s
}

// placeOf is the place of a byte anywhere in the text.
func (s *scanner) placeOf(i int) place {
	at := scanner{src: s.src, line: 1, i: s.firstByte, lineStart: s.firstByte}
	at.advance(i)
	return at.here(i)
}

// begin reads the XML declaration and reports whether markup follows.
func (s *scanner) begin() bool {
	label := s.xmlDeclaration()
	s.checkUTF8(label)
	return s.opensWithMarkup()
}

// holdsNoText refuses what is empty or binary.
func holdsNoText(s *scanner) bool {
	if len(bytes.TrimLeft(s.src[s.i:], " \t\r\n")) == 0 {
		s.notes.fail("XML-016", place{}, "the document is empty")
		return true
	}
	for _, m := range []struct{ first, name string }{
		{"PK\x03\x04", "a zip archive"}, {"\x1f\x8b", "a gzip archive"}, {"%PDF-", "a PDF document"},
	} {
		if bytes.HasPrefix(s.src, []byte(m.first)) {
			s.notes.fail("XML-016", place{1, 1}, "the document is %s, not text", m.name)
			return true
		}
	}
	if nul := bytes.IndexByte(s.src, 0); nul >= 0 {
		s.advance(nul)
		s.notes.fail("XML-016", s.here(nul), "the document is binary: it has a zero byte")
		return true
	}
	return false
}

// opensWithMarkup reports whether XML follows; if not, it says what seems to follow instead.
func (s *scanner) opensWithMarkup() bool {
	s.space()
	if s.i == len(s.src) {
		s.notes.fail("XML-016", place{}, "the document is empty but for its XML declaration")
		return false
	}
	if bytes.IndexByte(s.src[s.i:], '<') < 0 {
		line, _, _ := bytes.Cut(s.src[s.i:], []byte("\n"))
		s.notes.fail("XML-001", s.here(s.i), "the document is not XML; it begins with %v", privateBytes(bytes.TrimSpace(line))).Hint = passExport
		return false
	}
	return true
}

// xmlDeclaration reads the declaration, if there is one, and returns the encoding that it names.
func (s *scanner) xmlDeclaration() (encoding string) {
	blank := s.space()
	rest := s.src[s.i:]
	if len(rest) < 6 || !bytes.HasPrefix(rest, []byte("<?xml")) || class[rest[5]]&nameByte != 0 {
		return ""
	}
	if blank {
		s.notes.add("XML-015", s.here(s.i), "white space before the XML declaration").Hint =
			"remove it: the declaration must be the very first thing in a file"
	}
	s.i += len("<?xml")
	for {
		s.space()
		switch {
		case bytes.HasPrefix(s.src[s.i:], []byte("?>")):
			s.i += 2
			return encoding
		case !s.pseudoAttribute(&encoding):
			s.leaveDeclaration()
			return encoding
		}
	}
}

// pseudoAttribute reads one part of the declaration, such as version="1.0".
func (s *scanner) pseudoAttribute(encoding *string) bool {
	at := s.here(s.i)
	name := s.name(s.i)
	s.space()
	rest := s.src[s.i:]
	if name.from == name.to || len(rest) < 2 || rest[0] != '=' {
		s.badDeclaration(at)
		return false
	}
	s.i++
	s.space()
	at, rest = s.here(s.i), s.src[s.i:]
	end := -1
	if len(rest) > 1 && (rest[0] == '"' || rest[0] == '\'') {
		end = bytes.IndexByte(rest[1:min(len(rest), 100)], rest[0])
	}
	if end == 0 && len(rest) > 2 && class[rest[2]]&white == 0 && rest[2] != '?' {
		s.notes.fail("XML-001", at, "the XML declaration has doubled quotes").Hint = doubledQuotes
		return false
	}
	if end < 0 || end+2 < len(rest) && class[rest[end+2]]&white == 0 && rest[end+2] != '?' {
		s.badDeclaration(at)
		return false
	}
	value := string(rest[1 : end+1])
	switch string(s.text(name)) {
	case "version":
		if value != "1.0" {
			s.notes.fail("XML-001", at, "XML version %v; only 1.0 is read", quoted(value)).Hint = `write version="1.0"`
		}
	case "encoding":
		*encoding = value
		s.encodingAt = at
	case "standalone":
	default:
		s.badDeclaration(at)
	}
	s.advance(s.i + end + 2)
	return true
}

func (s *scanner) badDeclaration(at place) {
	s.notes.fail("XML-001", at, "the XML declaration is malformed").Hint =
		`write <?xml version="1.0" encoding="utf-8"?>, or leave it out`
}

// leaveDeclaration goes behind a malformed declaration.
func (s *scanner) leaveDeclaration() {
	rest := s.src[s.i:]
	n := bytes.IndexAny(rest, "<>")
	switch {
	case n < 0:
		n = len(rest)
	case rest[n] == '>':
		n++
	}
	s.advance(s.i + n)
}

// checkUTF8 reports bytes that are not UTF-8 and a declaration that names another encoding.
func (s *scanner) checkUTF8(label string) {
	s.oddRunes = bytes.Contains(s.src, []byte("\uffff")) || bytes.Contains(s.src, []byte("\ufffe"))
	if utf8.Valid(s.src) {
		s.checkLabel(label)
		return
	}
	s.oddRunes = true
	i := 0
	for i < len(s.src) {
		r, size := utf8.DecodeRune(s.src[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
	}
	f := s.notes.fail("XML-012", s.placeOf(i), "byte 0x%02x is not UTF-8", s.src[i])
	if !strings.EqualFold(label, "utf-8") && label != "" {
		f.Message += "; the XML declaration says " + quoted(label).String() + ", and only UTF-8 and UTF-16 are read"
	}
}

// checkLabel reports a declaration that names another encoding than the bytes have, which decide.
func (s *scanner) checkLabel(label string) {
	switch {
	case s.wide && label != "" && !strings.HasPrefix(strings.ToLower(label), "utf-16"):
		s.notes.warn("XML-012", s.encodingAt, "the XML declaration says %v, but the bytes are UTF-16 and are read as such", quoted(label)).Hint =
			`save the file as UTF-8, or write encoding="utf-16"`
	case !s.wide && !compatible(label, s.src):
		s.notes.warn("XML-012", s.encodingAt, "the XML declaration says %v, but the bytes are UTF-8 and are read as such", quoted(label)).Hint =
			`write encoding="utf-8"`
	}
}

// compatible reports whether a document of that label is the same when read as UTF-8.
func compatible(label string, src []byte) bool {
	switch strings.ToLower(label) {
	case "", "utf-8", "utf8":
		return true
	case "us-ascii", "ascii", "iso-8859-1", "windows-1252":
		return bytes.IndexFunc(src, func(r rune) bool { return r >= utf8.RuneSelf && r != '\ufeff' }) < 0
	}
	return false
}
