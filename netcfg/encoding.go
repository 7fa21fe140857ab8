package netcfg

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// A document in UTF-16 is made UTF-8 before anything else looks at it, so every column counts bytes
// of the text as UTF-8. This is done here and not by golang.org/x/text/encoding/unicode, which puts
// U+FFFD in place of half a surrogate pair and does not say where.

// utf16Order recognises UTF-16: by its byte order mark, or by zero bytes beside the first two
// characters, because every form begins with ASCII. It returns nil for another encoding.
func utf16Order(src []byte) (order binary.ByteOrder, marked bool) {
	switch {
	case utf32(src) || len(src) < 2:
		return nil, false
	case bytes.HasPrefix(src, []byte("\xff\xfe")):
		return binary.LittleEndian, true
	case bytes.HasPrefix(src, []byte("\xfe\xff")):
		return binary.BigEndian, true
	case len(src) < 4:
		return nil, false
	case src[0] != 0 && src[1] == 0 && src[2] != 0 && src[3] == 0:
		return binary.LittleEndian, false
	case src[0] == 0 && src[1] != 0 && src[2] == 0 && src[3] != 0:
		return binary.BigEndian, false
	}
	return nil, false
}

// utf32 recognises UTF-32, by its byte order mark or by the zero bytes around a first '<' or '{'.
func utf32(src []byte) bool {
	for _, first := range []string{
		"\xff\xfe\x00\x00", "\x00\x00\xfe\xff", "<\x00\x00\x00", "\x00\x00\x00<", "{\x00\x00\x00", "\x00\x00\x00{",
	} {
		if bytes.HasPrefix(src, []byte(first)) {
			return true
		}
	}
	return false
}

// fromUTF16 is UTF-16 as UTF-8. What is half of a surrogate pair becomes U+FFFD, and so does a byte
// left over at the end; fault is where the first of these stands in the text, or -1.
func fromUTF16(src []byte, order binary.ByteOrder) (text []byte, fault int) {
	text, fault = make([]byte, 0, sizeInUTF8(src, order)), -1
	odd := func() {
		if fault < 0 {
			fault = len(text)
		}
		text = utf8.AppendRune(text, utf8.RuneError)
	}
	i := 0
	for ; i+1 < len(src); i += 2 {
		r := rune(order.Uint16(src[i:]))
		if !utf16.IsSurrogate(r) {
			text = utf8.AppendRune(text, r)
			continue
		}
		pair := rune(utf8.RuneError)
		if i+3 < len(src) {
			pair = utf16.DecodeRune(r, rune(order.Uint16(src[i+2:])))
		}
		if pair == utf8.RuneError {
			odd()
			continue
		}
		text = utf8.AppendRune(text, pair)
		i += 2
	}
	if i < len(src) {
		odd()
	}
	return text, fault
}

// sizeInUTF8 is at least how many bytes the text takes as UTF-8.
func sizeInUTF8(src []byte, order binary.ByteOrder) int {
	size := utf8.UTFMax
	for i := 0; i+1 < len(src); i += 2 {
		switch unit := order.Uint16(src[i:]); {
		case unit < 0x80:
			size++
		case unit < 0x800:
			size += 2
		default:
			size += 3
		}
	}
	return size
}
