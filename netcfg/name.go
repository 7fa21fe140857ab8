package netcfg

import (
	"bytes"
	"encoding/xml"
	"strings"
	"unicode/utf8"
)

// badName reports a name that XML, or XML with namespaces, does not allow.
func (s *scanner) badName(name span, at place, element bool) bool {
	text := s.text(name)
	ascii, colons := true, 0
	for _, b := range text {
		if b == ':' {
			colons++
		}
		ascii = ascii && b < utf8.RuneSelf
	}
	bad := colons > 0 && (colons > 1 || text[0] == ':' || text[len(text)-1] == ':' || element && bytes.HasPrefix(text, []byte("xmlns:")))
	if !ascii && !bad {
		bad = !s.isName(string(text))
	}
	if bad {
		s.notes.fail("XML-001", at, "%v is not a name that XML allows", quoted(text))
	}
	return bad
}

// isName asks encoding/xml, which decides about the tree: letters of all scripts have their own
// rules there.
func (s *scanner) isName(name string) bool {
	ok, seen := s.known[name]
	if !seen {
		_, err := xml.NewDecoder(strings.NewReader("<" + name + "/>")).RawToken()
		ok = err == nil
		if s.known == nil {
			s.known = map[string]bool{}
		}
		s.known[name] = ok
	}
	return ok
}

// checkPrefixes reports the namespace prefixes of a tag that are not declared.
func (s *scanner) checkPrefixes(t *tag) {
	if t.alias == "" {
		s.checkPrefix(t.name, t.at)
	}
	first := len(s.places) - len(s.names)
	for i, name := range s.names {
		if first+i >= 0 {
			s.checkPrefix(name, s.places[first+i])
		}
	}
}

func (s *scanner) checkPrefix(name span, at place) {
	p, _ := s.split(name)
	prefix := string(s.text(p))
	if prefix == "" || prefix == "xml" || prefix == "xmlns" || s.bare[prefix] {
		return
	}
	for _, declared := range s.prefixes {
		if string(s.text(declared)) == prefix {
			return
		}
	}
	s.notes.fail("XML-001", at, "namespace prefix %v of %v is not declared", named(prefix), s.label(name)).Hint =
		"declare it with xmlns:" + prefix + "=\"…\" on the root element, or remove it"
	if s.bare == nil {
		s.bare = map[string]bool{}
	}
	s.bare[prefix] = true
}
