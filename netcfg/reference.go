package netcfg

import (
	"bytes"
	"unicode/utf8"
)

// decodeReference decodes the reference that src begins with; size 0 means that it is none.
func decodeReference(src []byte) (r rune, size int) {
	for _, p := range predefined {
		if bytes.HasPrefix(src, []byte(p.name)) {
			return p.char, len(p.name)
		}
	}
	if !bytes.HasPrefix(src, []byte("&#")) {
		return 0, 0
	}
	i, base := 2, rune(10)
	if i < len(src) && src[i] == 'x' {
		i, base = 3, 16
	}
	first := i
	for ; i < len(src) && r <= utf8.MaxRune; i++ {
		d := digit(src[i])
		if d >= base {
			break
		}
		r = r*base + d
	}
	if i == first || i == len(src) || src[i] != ';' || !inXML(r) {
		return 0, 0
	}
	return r, i + 1
}

var predefined = []struct {
	name string
	char rune
}{{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}}

// digit is the value of a hexadecimal digit, 16 for another byte.
func digit(b byte) rune {
	switch {
	case b >= '0' && b <= '9':
		return rune(b - '0')
	case b >= 'a' && b <= 'f':
		return rune(b - 'a' + 10)
	case b >= 'A' && b <= 'F':
		return rune(b - 'A' + 10)
	}
	return 16
}

// inXML reports whether XML allows the character.
func inXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xd7ff || r >= 0xe000 && r <= 0xfffd ||
		r >= 0x10000 && r <= utf8.MaxRune
}

// referenceAt is what stands at an ampersand, for a message.
func referenceAt(src []byte) []byte {
	i := 1
	for i < len(src) && i < 20 && (class[src[i]]&nameByte != 0 || src[i] == '#') {
		i++
	}
	if i < len(src) && src[i] == ';' {
		i++
	}
	return src[:i]
}
