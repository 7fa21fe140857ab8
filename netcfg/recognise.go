package netcfg

import (
	"bytes"
)

// Recognise says what form the document has that begins with head, as far as a mebibyte of it tells;
// false means that it is none. It looks at the bytes alone and promises nothing: [Read] may refuse the
// document for what it is. It errs towards no for texts that only speak of a network configuration.
func Recognise(head []byte) (Form, bool) {
	text := bytes.TrimLeft(plainText(head), " \t\r\n")
	if len(text) == 0 {
		return 0, false
	}
	switch text[0] {
	case '{', '[':
		if form, known := recogniseJSON(text); known {
			return form, true
		}
	case '<':
		tag, root := rootTag(text)
		switch {
		case root == rootName:
			return FormConfiguration, true
		case kindOf(root) != nil && !foreign(tag):
			return FormResponse, true
		}
	}
	switch {
	case looksLikeList(text):
		return FormList, true
	case worthReading(text):
		return FormScript, true
	}
	return 0, false
}

// plainText is the text as UTF-8 and without byte order marks. UTF-32 reads like ASCII, roughly,
// without its zero bytes; Read says what is wrong with it.
func plainText(src []byte) []byte {
	if order, _ := utf16Order(src); order != nil {
		src, _ = fromUTF16(src, order)
	} else if utf32(src) {
		src = bytes.TrimPrefix(bytes.TrimPrefix(bytes.ReplaceAll(src, []byte{0}, nil), []byte("\xff\xfe")), []byte("\xfe\xff"))
	}
	for bytes.HasPrefix(src, byteOrderMark) {
		src = src[len(byteOrderMark):]
	}
	return src
}

func recogniseJSON(text []byte) (Form, bool) {
	if bytes.Contains(text, []byte(`"VirtualNetworkConfiguration"`)) {
		return FormExport, true
	}
	_, key, _ := bytes.Cut(text, []byte(`"`))
	key, _, closed := bytes.Cut(key, []byte(`"`))
	if closed && (isURL(string(key)) || bytes.Contains(text, []byte("/services/networking/"))) {
		return FormResponses, true
	}
	return 0, false
}

// foreign reports whether a start tag declares a default namespace that is none of the service's.
func foreign(tag []byte) bool {
	return bytes.Contains(tag, []byte("xmlns=")) && !bytes.Contains(tag, []byte("http://schemas.microsoft.com/windowsazure"))
}

// worthReading reports whether a text seems to hold a network configuration that can be read out of
// it: one in the string literal of a program cannot, and a page that names the element has none.
func worthReading(text []byte) bool {
	m, ok := nextMention(text, 0)
	for ok && m.end {
		m, ok = nextMention(text, m.behind)
	}
	if !ok {
		return false
	}
	tag, rest, closed := bytes.Cut(text[m.at:], []byte(">"))
	return closed && bytes.IndexByte(tag, '\\') < 0 && bytes.Contains(rest, []byte("VirtualNetworkConfiguration"))
}

// rootTag is the start tag of the root element of the XML document that begins with text, up to its
// first '>', and the element's local name; both are empty when there is none.
func rootTag(text []byte) (tag []byte, local string) {
	for {
		text = bytes.TrimLeft(text, " \t\r\n")
		switch {
		case bytes.HasPrefix(text, []byte("<?")):
			text = behind(text, "?>")
		case bytes.HasPrefix(text, []byte("<!--")):
			text = behind(text, "-->")
		case bytes.HasPrefix(text, []byte("<!")):
			text = behindDoctype(text)
		case bytes.HasPrefix(text, []byte("<")):
			tag, _, _ = bytes.Cut(text, []byte(">"))
			name := tag[1:]
			if end := bytes.IndexFunc(name, func(r rune) bool { return r < 0x80 && class[r]&nameByte == 0 }); end >= 0 {
				name = name[:end]
			}
			return tag, string(name[bytes.IndexByte(name, ':')+1:])
		default:
			return nil, ""
		}
	}
}

func behind(text []byte, end string) []byte {
	_, rest, _ := bytes.Cut(text, []byte(end))
	return rest
}

// behindDoctype goes behind a document type declaration and its internal subset.
func behindDoctype(text []byte) []byte {
	if bracket, end := bytes.IndexByte(text, '['), bytes.IndexByte(text, '>'); bracket >= 0 && bracket < end {
		text = behind(text, "]")
	}
	return behind(text, ">")
}
