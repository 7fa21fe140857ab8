package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

// sniffed is how many bytes of a file are looked at to find its root element.
const sniffed = 1 << 20

// sniff reports whether a file may be a network configuration, by its root element. It errs towards
// yes for encodings that the parser refuses, and for files that cannot be read: those are reported
// and not passed over, because half a network is none.
func sniff(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return true
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, sniffed))
	if err != nil {
		return true
	}
	return rootOf(head) == "NetworkConfiguration"
}

// rootOf is the local name of the root element of the document that begins with head, or "".
func rootOf(head []byte) string {
	// Without NUL bytes UTF-16 and UTF-32 read like ASCII, roughly; their marks are two bytes.
	head = bytes.TrimLeftFunc(bytes.ReplaceAll(head, []byte{0}, nil), func(r rune) bool { return r == '\ufeff' || r == utf8.RuneError })
	text := string(head)
	for {
		text = strings.TrimSpace(text)
		switch {
		case strings.HasPrefix(text, "<?"):
			text = behind(text, "?>")
		case strings.HasPrefix(text, "<!--"):
			text = behind(text, "-->")
		case strings.HasPrefix(text, "<!"):
			text = behindDoctype(text)
		case strings.HasPrefix(text, "<"):
			name := text[1:]
			if end := strings.IndexAny(name, " \t\r\n/>"); end >= 0 {
				name = name[:end]
			}
			return name[strings.IndexByte(name, ':')+1:]
		default:
			return ""
		}
	}
}

func behind(text, end string) string {
	_, rest, _ := strings.Cut(text, end)
	return rest
}

// behindDoctype goes behind a document type declaration and its internal subset.
func behindDoctype(text string) string {
	if bracket, end := strings.IndexByte(text, '['), strings.IndexByte(text, '>'); bracket >= 0 && bracket < end {
		text = behind(text, "]")
	}
	return behind(text, ">")
}
