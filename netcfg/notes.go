package netcfg

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// notes collects the findings of one document, at most MaxFindings of each severity: a hostile
// file has a problem in every byte.
type notes struct {
	file   string
	bounds Bounds

	list  diag.List
	count [diag.Error + 1]int

	fatal       int           // one more than the index of the finding that stops; 0 is none
	hiddenWorst diag.Severity // 0 when nothing is hidden
	hiddenFirst diag.Pos
	discard     diag.Finding
}

// newNotes begins a document of that name.
func newNotes(name string, b Bounds) *notes { return &notes{file: name, bounds: b.settled()} }

// place is a position in the document; the zero place is the whole document.
type place struct{ line, col int32 }

func (n *notes) pos(at place) diag.Pos {
	return diag.Pos{File: n.file, Line: int(at.line), Col: int(at.col)}
}

// add notes a finding with the severity of its rule. The caller may set what is not in the
// message through the result, until the next call.
func (n *notes) add(rule string, at place, format string, args ...any) *diag.Finding {
	r, _ := diag.Lookup(rule)
	return n.addAs(r.Severity, rule, at, format, args...)
}

// warn notes a finding that is milder here than its rule.
func (n *notes) warn(rule string, at place, format string, args ...any) *diag.Finding {
	return n.addAs(diag.Warning, rule, at, format, args...)
}

// fail notes a finding after which there is no File.
func (n *notes) fail(rule string, at place, format string, args ...any) *diag.Finding {
	f := n.add(rule, at, format, args...)
	if n.fatal == 0 {
		n.fatal = len(n.list)
	}
	return f
}

func (n *notes) addAs(s diag.Severity, rule string, at place, format string, args ...any) *diag.Finding {
	if n.count[s] >= MaxFindings {
		if n.hiddenWorst == 0 {
			n.hiddenFirst = n.pos(at)
		}
		n.hiddenWorst = max(n.hiddenWorst, s)
		n.discard = diag.Finding{}
		return &n.discard
	}
	n.count[s]++
	f := diag.New(rule, n.pos(at), format, args...)
	f.Severity = s
	n.list = append(n.list, f)
	return &n.list[len(n.list)-1]
}

// full reports whether errors are only counted from here on, so that work for their sake is lost.
func (n *notes) full() bool { return n.count[diag.Error] >= MaxFindings }

// result is everything noticed, in order, and the finding that stopped.
func (n *notes) result() (diag.List, error) {
	var err error
	if n.fatal > 0 {
		err = n.list[n.fatal-1]
	}
	if n.hiddenWorst > 0 {
		f := diag.New("XML-006", n.hiddenFirst, "further findings are left out from here on: at most %d of a severity are shown", MaxFindings)
		f.Severity = n.hiddenWorst
		f.Hint = "settle the findings shown, then run again"
		n.list = append(n.list, f)
	}
	n.list.Sort()
	return n.list, err
}

// quoted is a value of the input as messages show it: in quotes, escaped and not endless. It is
// worked out only when a message is made.
type quoted string

func (v quoted) String() string {
	const most = 100
	if len(v) <= most {
		return strconv.Quote(string(v))
	}
	cut := most
	for cut > most-utf8.UTFMax && !utf8.RuneStart(v[cut]) {
		cut--
	}
	return fmt.Sprintf("%s… (%d bytes)", strconv.Quote(string(v[:cut])), len(v))
}

// named is the name of a tag or attribute as messages show it: bare where it is harmless.
type named string

func (v named) String() string {
	if len(v) > 100 || strconv.Quote(string(v)) != `"`+string(v)+`"` {
		return quoted(v).String()
	}
	return string(v)
}

// private is text that has no known place, as messages show it: a shared key may have been pasted
// there. Only what is too short for a key, or has no letter and no digit, is shown.
type private string

func (v private) String() string {
	if len(v) > maxShown && strings.ContainsFunc(string(v), isWord) {
		return notShown(len(v))
	}
	return quoted(v).String()
}

// privateBytes is private for a piece of the source, which may be all of it and is not copied.
type privateBytes []byte

func (v privateBytes) String() string {
	if len(v) > maxShown && bytes.ContainsFunc(v, isWord) {
		return notShown(len(v))
	}
	return quoted(v).String()
}

// maxShown is how many bytes of a text without a place are shown: too few for a key.
const maxShown = 5

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func notShown(bytes int) string { return fmt.Sprintf("(%d bytes, not shown)", bytes) }
