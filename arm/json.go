package arm

import (
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonWriter is the sink that writes indented text. Its zero value gathers everything; with a
// writer it hands full buffers on.
type jsonWriter struct {
	w        io.Writer
	buf      []byte
	depth    int
	fresh    bool // nothing stands in the innermost bracket yet
	afterKey bool
	err      error
}

const spaces = "                                                                "

// place puts what separates the next value or key from what stands before it.
func (j *jsonWriter) place() {
	if j.afterKey {
		j.afterKey = false
		return
	}
	if j.depth == 0 {
		return
	}
	if !j.fresh {
		j.buf = append(j.buf, ',')
	}
	j.fresh = false
	j.newline()
}

func (j *jsonWriter) newline() {
	j.buf = append(j.buf, '\n')
	for n := 2 * j.depth; n > 0; n -= len(spaces) {
		j.buf = append(j.buf, spaces[:min(n, len(spaces))]...)
	}
}

func (j *jsonWriter) open(bracket byte) {
	j.place()
	j.buf = append(j.buf, bracket)
	j.depth++
	j.fresh = true
}

func (j *jsonWriter) close(bracket byte) {
	j.depth--
	if !j.fresh {
		j.newline()
	}
	j.fresh = false
	j.buf = append(j.buf, bracket)
}

func (j *jsonWriter) key(name string) {
	j.place()
	j.buf = append(appendQuoted(j.buf, name), ": "...)
	j.afterKey = true
}

func (j *jsonWriter) str(s string) {
	j.place()
	j.buf = appendQuoted(j.buf, s)
}

func (j *jsonWriter) boolean(b bool) {
	if b {
		j.number("true")
	} else {
		j.number("false")
	}
}

func (j *jsonWriter) null() { j.number("null") }

func (j *jsonWriter) number(text string) {
	j.place()
	j.buf = append(j.buf, text...)
}

func (j *jsonWriter) rest() {
	if j.w == nil || len(j.buf) < flushAt || j.err != nil {
		return
	}
	_, j.err = j.w.Write(j.buf)
	j.buf = j.buf[:0]
}

func (j *jsonWriter) fail(err error) {
	if j.err == nil {
		j.err = err
	}
	j.null()
}

// finish ends the text and returns what was not handed on yet.
func (j *jsonWriter) finish() ([]byte, error) {
	if j.err != nil {
		return nil, j.err
	}
	return append(j.buf, '\n'), nil
}

const hexDigits = "0123456789abcdef"

// appendQuoted appends s as a JSON string. Broken UTF-8 becomes U+FFFD; controls, line separators
// and invisible format characters are escaped, so that a template on a terminal stays text.
func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < 0x7f {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = appendEscape(append(dst, s[done:i]...), c)
			i++
			done = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = append(append(dst, s[done:i]...), `\ufffd`...)
			done = i + size
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			dst = append(dst, s[done:i]...)
			if r > 0xFFFF { // as two halves, as JSON wants it
				high, low := utf16.EncodeRune(r)
				dst = appendHex(dst, high)
				r = low
			}
			dst = appendHex(dst, r)
			done = i + size
		}
		i += size
	}
	return append(append(dst, s[done:]...), '"')
}

func appendHex(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&0xF], hexDigits[r>>8&0xF], hexDigits[r>>4&0xF], hexDigits[r&0xF])
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, `\b`...)
	case '\f':
		return append(dst, `\f`...)
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
}
