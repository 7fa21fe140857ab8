package netcfg

import (
	"bytes"
	"slices"
	"strings"
)

// brokenEnd skips an end tag that does not end with its name.
func (s *scanner) brokenEnd(name span, at place) {
	n := bytes.IndexAny(s.src[s.i:], "<>\n")
	if n >= 0 && s.src[s.i+n] == '>' {
		s.notes.fail("XML-001", s.here(s.i), "%v has no place in the end tag </%v>", privateBytes(s.src[s.i:s.i+n]), s.label(name))
		s.i += n + 1
		return
	}
	s.notes.fail("XML-001", at, "the end tag </%v> has no closing >", s.label(name))
	if n < 0 {
		n = len(s.src) - s.i
	}
	s.i += n
}

// wrongEnd settles an end tag that does not close the innermost element.
func (s *scanner) wrongEnd(name span, at place, from int) {
	last := len(s.open) - 1
	k := slices.IndexFunc(s.open, func(t tag) bool { return bytes.Equal(s.text(t.name), s.text(name)) })
	switch {
	case k >= 0:
		for k < last && slices.ContainsFunc(s.open[k+1:], func(t tag) bool { return bytes.Equal(s.text(t.name), s.text(name)) }) {
			k++
		}
		s.closeDownTo(k, name, at, from)
	case last >= 0 && similar(string(s.text(name)), string(s.text(s.open[last].name))) && !s.closesNext(s.open[last]):
		top := s.open[last]
		f := s.notes.fail("XML-001", at, "end tag </%v> does not match <%v>", s.label(name), s.label(top.name))
		*f = f.See(s.notes.pos(top.at), "<%v> begins here", s.label(top.name)).
			WithHint("write </%v>", s.label(top.name))
		s.replace(from, s.i, s.closing(top))
		s.pop()
	default:
		s.closesNothing(name, at, from)
	}
}

// closesNext reports whether the next thing is the end tag of t, so that the one at hand is not meant
// to be it. The published sample of forced tunnelling closes a network twice.
func (s *scanner) closesNext(t tag) bool {
	rest, isEnd := bytes.CutPrefix(bytes.TrimLeft(s.src[s.i:], " \t\r\n"), []byte("</"))
	rest, same := bytes.CutPrefix(rest, s.text(t.name))
	return isEnd && same && len(rest) > 0 && class[rest[0]]&nameByte == 0
}

// closeDownTo closes the elements inside of open element k, and that one.
func (s *scanner) closeDownTo(k int, name span, at place, from int) {
	top := s.open[len(s.open)-1]
	f := s.notes.fail("XML-001", at, "end tag </%v> while <%v> is open", s.label(name), s.label(top.name))
	*f = f.See(s.notes.pos(top.at), "<%v> begins here and is not closed", s.label(top.name)).
		WithHint("write </%v> before </%v> in line %d, column %d, if what <%v> holds is complete",
			s.label(top.name), s.label(name), at.line, at.col, s.label(top.name))
	var all strings.Builder
	for i := len(s.open) - 1; i >= k; i-- {
		all.WriteString(s.closing(s.open[i]))
	}
	s.replace(from, s.i, all.String())
	for len(s.open) > k {
		s.pop()
	}
}

// closesNothing drops an end tag. The published sample of the schema has one: a reference that
// closes itself with a slash and is closed once more after its child.
func (s *scanner) closesNothing(name span, at place, from int) {
	f := s.notes.fail("XML-001", at, "end tag </%v> closes nothing", s.label(name))
	slash, between, ok := s.selfClosed(name, from)
	switch {
	case ok && between:
		*f = f.See(s.notes.pos(slash.tag), "<%v …/> has closed itself here", s.label(name)).
			WithHint("remove the slash in line %d, column %d: <%v> is to hold what stands between", slash.at.line, slash.at.col, s.label(name))
	case ok:
		*f = f.See(s.notes.pos(slash.tag), "<%v …/> has closed itself here", s.label(name)).
			WithHint("remove this end tag")
	case len(s.open) == 0 && s.rootAt >= 0:
		f.Hint = "remove it: the root element has ended"
	case s.closedBefore(name, from):
		*f = f.WithHint("remove it: the end tag right before it has closed <%v>", s.label(name))
	default:
		f.Hint = "remove it, or add the start tag that belongs to it"
	}
	s.replace(from, s.i, "")
}

// closedBefore reports whether the end tag at byte i repeats the one before it.
func (s *scanner) closedBefore(name span, i int) bool {
	before := bytes.TrimRight(s.src[max(0, i-4096):i], " \t\r\n")
	return bytes.HasSuffix(before, slices.Concat([]byte("</"), s.text(name), []byte(">")))
}

// slashed is a tag that closes itself, and its slash.
type slashed struct{ tag, at place }

// selfClosed finds an empty-element tag of that name not far before byte i. It reports whether there
// are further tags between the two.
func (s *scanner) selfClosed(name span, i int) (found slashed, between, ok bool) {
	if s.notes.full() {
		return slashed{}, false, false
	}
	behind := s.src[max(0, i-4096):i]
	n := bytes.LastIndex(behind, slices.Concat([]byte("<"), s.text(name)))
	if n < 0 {
		return slashed{}, false, false
	}
	end := bytes.IndexByte(behind[n:], '>')
	if end < 0 || behind[n+end-1] != '/' {
		return slashed{}, false, false
	}
	at := i - len(behind) + n
	return slashed{s.placeBefore(at), s.placeBefore(at + end - 1)}, bytes.IndexByte(behind[n+end:], '<') >= 0, true
}

// placeBefore is the place of a byte not far before the next one.
func (s *scanner) placeBefore(i int) place {
	line := s.line - int32(bytes.Count(s.src[i:s.i], []byte("\n")))
	return place{line, int32(i - max(s.firstByte, bytes.LastIndexByte(s.src[:i], '\n')+1) + 1)}
}

func (s *scanner) closing(t tag) string {
	if t.alias != "" {
		return "</" + t.alias + ">"
	}
	return "</" + string(s.text(t.name)) + ">"
}

// finish settles the end of the document.
func (s *scanner) finish() {
	if s.refused || s.notes.full() {
		return
	}
	s.endText()
	if s.rootAt < 0 {
		if s.notes.fatal == 0 {
			s.notes.fail("XML-001", s.here(s.i), "no element in the document")
		}
		return
	}
	if len(s.open) == 0 {
		return
	}
	top := s.open[len(s.open)-1]
	f := s.notes.fail("XML-001", s.end(), "the document ends inside <%v>", s.label(top.name))
	for i := len(s.open) - 1; i >= 0; i-- {
		*f = f.See(s.notes.pos(s.open[i].at), "<%v> begins here and is not closed", s.label(s.open[i].name))
		s.replace(s.i, s.i, s.closing(s.open[i]))
	}
	f.Hint = "the file seems to be cut off; get the whole of it"
	for len(s.open) > 0 {
		s.pop()
	}
}

// end is the place of the last byte that is not white space.
func (s *scanner) end() place {
	rest := bytes.TrimRight(s.src, " \t\r\n")
	line := bytes.Count(rest, []byte("\n"))
	return place{int32(line + 1), int32(len(rest) - max(s.firstByte, bytes.LastIndexByte(rest, '\n')+1))}
}
