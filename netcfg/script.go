package netcfg

import (
	"bytes"
)

// mention is a start or an end tag of a network configuration in a text of any kind.
type mention struct {
	at, behind int  // its '<', and the first byte behind the name
	end        bool // it is an end tag
}

// nextMention finds the next tag named NetworkConfiguration, with or without a prefix, from byte i.
func nextMention(text []byte, i int) (m mention, ok bool) {
	for {
		n := bytes.Index(text[i:], []byte(rootName))
		if n < 0 {
			return mention{}, false
		}
		from := i + n
		i = from + len(rootName)
		if i < len(text) && class[text[i]]&nameByte != 0 {
			continue
		}
		at := from - 1
		if at >= 0 && text[at] == ':' {
			for at--; at > from-64 && at >= 0 && class[text[at]]&nameByte != 0; at-- {
			}
		}
		m = mention{behind: i}
		if at > 0 && text[at] == '/' {
			m.end = true
			at--
		}
		if at >= 0 && text[at] == '<' {
			m.at = at
			return m, true
		}
	}
}

// embedded reports whether a text holds the start tag of a network configuration.
func embedded(text []byte) bool {
	m, ok := nextMention(text, 0)
	for ok && m.end {
		m, ok = nextMention(text, m.behind)
	}
	return ok
}

// stretch is a network configuration in a text: src[from:to].
type stretch struct {
	from, to int
	whole    bool // it has an end
}

// stretches are the network configurations in a text, at most two. Those that have an end count; a
// text that only names the element has none. Without any of them, start tags alone do: the
// configuration is cut off then.
func stretches(text []byte) []stretch {
	var whole, cut []stretch
	open := -1
	cutAt := func(next int) {
		if open >= 0 && len(cut) < 2 {
			cut = append(cut, stretch{from: open, to: cutOff(text, open, next)})
		}
		open = -1
	}
	for m, ok := nextMention(text, 0); ok && len(whole) < 2; m, ok = nextMention(text, m.behind) {
		end := bytes.IndexByte(text[m.behind:], '>')
		switch {
		case m.end && open >= 0 && end >= 0:
			whole = append(whole, stretch{open, m.behind + end + 1, true})
			open = -1
		case m.end:
		case end > 0 && text[m.behind+end-1] == '/':
			cutAt(m.at)
			whole = append(whole, stretch{m.at, m.behind + end + 1, true})
		default:
			cutAt(m.at)
			open = m.at
		}
	}
	if cutAt(len(text)); len(whole) == 0 {
		return cut
	}
	return whole
}

// cutOff is where a network configuration ends that has no end tag: where the here-string or the
// block around it does, and else at the next one or the end of the text.
func cutOff(text []byte, from, next int) int {
	end := next
	for _, mark := range []string{"\n\"@", "\n'@", "\n```"} {
		if n := bytes.Index(text[from:end], []byte(mark)); n >= 0 {
			end = from + n + 1
		}
	}
	return end
}

// putTogether is what to do with the source of a program that builds a document.
const putTogether = "the text seems to be put together by a program: run the program, and pass the document that it makes"

// script reads the only network configuration in a text of another kind: a PowerShell script, a
// page in Markdown, a ticket. What stands around it has no leaf. Places are those in the file, because
// the rest is blanked out and not cut off.
func (s *scanner) script() *Document {
	n, found := s.notes, stretches(s.src)
	at := found[0]
	first := s.placeOf(at.from)
	if len(found) > 1 {
		f := n.fail("XML-022", s.placeOf(found[1].from), "a second network configuration in the file; it is not known which one counts")
		*f = f.See(n.pos(first), "the first is here")
		return nil
	}
	tag, _, _ := bytes.Cut(s.src[at.from:at.to], []byte(">"))
	if i := bytes.IndexByte(tag, '\\'); i >= 0 {
		n.fail("XML-001", s.placeOf(at.from+i), "the network configuration stands in a string of a program, with escapes").Hint = putTogether
		return nil
	}
	n.add("XML-023", first, "the network configuration in lines %d to %d is read; the rest of the file is not", first.line, s.placeOf(at.to-1).line)
	if i := expression(s.src, at); i >= 0 {
		n.add("XML-024", s.placeOf(i), "the script puts a value in here, and perhaps in more places; what is read is the expression itself")
	}
	return over(blanked(s.src, at.from, at.to, s.firstByte), n).xml(FormScript)
}

// expression finds the first place where PowerShell would put a value into the here-string around
// a network configuration, or returns -1. One in single quotes is taken as it stands.
func expression(src []byte, at stretch) int {
	before := src[max(0, at.from-4096):at.from] // it opens right before the document
	double, single := lastOpening(before, `@"`), lastOpening(before, `@'`)
	if double < 0 || single > double || bytes.Contains(before[double:], []byte("\n\"@")) {
		return -1
	}
	for i := at.from; i+1 < at.to; i++ {
		next := src[i+1]
		if src[i] == '$' && (next == '(' || next == '{' || class[next]&nameFirst != 0) && src[i-1] != '`' {
			return i
		}
	}
	return -1
}

// lastOpening is where the last here-string of that quote opens, which ends a line, or -1.
func lastOpening(text []byte, quote string) int {
	for {
		i := bytes.LastIndex(text, []byte(quote))
		if i < 0 {
			return -1
		}
		line, _, ended := bytes.Cut(text[i+len(quote):], []byte("\n"))
		if (ended || len(text) == i+len(quote)) && len(bytes.TrimSpace(line)) == 0 {
			return i
		}
		text = text[:i]
	}
}

// blanked is a copy of src with spaces in place of all but src[from:to], the line ends, and the
// byte order marks up to first.
func blanked(src []byte, from, to, first int) []byte {
	out := bytes.Clone(src)
	for _, part := range [][]byte{out[first:from], out[to:]} {
		for i, b := range part {
			if b != '\n' {
				part[i] = ' '
			}
		}
	}
	return out
}
