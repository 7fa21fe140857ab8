package options

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// suppressible reports whether findings of a rule may be left out. A file that is broken has no
// product whatever is said of it, a fault of the options file cannot excuse itself, and a plan that
// loses a pair is no plan.
func suppressible(r diag.Rule) bool {
	family, _, _ := strings.Cut(r.ID, "-")
	switch {
	case family == "OPT", family == "XML" && r.Severity == diag.Error, r.ID == "PLAN-001":
		return false
	}
	return true
}

// Suppressed is a finding that was left out, and why.
type Suppressed struct {
	diag.Finding
	Reason string
}

// Suppress takes the findings that the file's suppressions cover out of a list. A suppression
// covers a finding of its rule when its object is among what the finding names: a quoted name in
// its message or in that of a related place, or the file it is in, as its path or its last element.
// Case does not matter, * stands for any letters and ? for one.
//
// A suppression that has expired before today covers nothing and is a finding (OPT-008). One that
// covers nothing although the run looks for its rule, which raised tells, is one, too (OPT-009).
func (o *Options) Suppress(found diag.List, today Date, raised func(rule string) bool) (kept diag.List, left []Suppressed) {
	if len(o.Suppressions) == 0 {
		return found, nil
	}
	used := make([]bool, len(o.Suppressions))
	byRule := map[string][]int{}
	for i, s := range o.Suppressions {
		byRule[s.Rule.Value] = append(byRule[s.Rule.Value], i)
	}
	for _, f := range found {
		covered, reason := false, ""
		var objects []string
		for n, i := range byRule[f.Rule] {
			if n == 0 {
				objects = objectsOf(f)
			}
			s := o.Suppressions[i]
			if s.covers(objects) {
				used[i] = true
				if !covered && !s.expired(today) {
					covered, reason = true, s.Reason.Value
				}
			}
		}
		if covered {
			left = append(left, Suppressed{f, reason})
		} else {
			kept = append(kept, f)
		}
	}
	for i, s := range o.Suppressions {
		switch {
		case s.expired(today) && used[i]:
			kept.Add("OPT-008", o.Pos(s.Expires), "the suppression of %s has expired on %s; its findings are printed again", s, s.Expires.Value)
		case !used[i] && raised(s.Rule.Value):
			kept.Add("OPT-009", o.Pos(s.Rule), "the suppression of %s matches no finding", s)
		}
	}
	return kept, left
}

// String names the suppression: its rule and, when it has one, its object.
func (s Suppression) String() string {
	if !s.Object.Given() {
		return s.Rule.Value
	}
	return s.Rule.Value + " for " + strconv.Quote(s.Object.Value)
}

func (s Suppression) expired(today Date) bool { return expired(s.Expires, today) }

func (s Suppression) covers(objects []string) bool {
	return !s.Object.Given() || slices.ContainsFunc(objects, func(o string) bool { return like(s.Object.Value, o) })
}

// objectsOf is what a finding names. Findings quote every name of the input with %q, and nothing
// else, so the message is the list of its objects: a field beside it would say the same twice, and
// could say something else. See docs/decisions/0008-options-findings-have-a-family.md.
func objectsOf(f diag.Finding) []string {
	var objects []string
	file := func(name string) {
		if name != "" {
			objects = append(objects, name, path.Base(name))
		}
	}
	file(f.Pos.File)
	objects = append(objects, quoted(f.Message)...)
	for _, r := range f.Related {
		file(r.Pos.File)
		objects = append(objects, quoted(r.Message)...)
	}
	return objects
}

// quoted are the Go strings in a text.
func quoted(text string) []string {
	var out []string
	for {
		start := strings.IndexByte(text, '"')
		if start < 0 {
			return out
		}
		text = text[start:]
		prefix, err := strconv.QuotedPrefix(text)
		if err != nil {
			text = text[1:]
			continue
		}
		if name, err := strconv.Unquote(prefix); err == nil {
			out = append(out, name)
		}
		text = text[len(prefix):]
	}
}

// like reports whether a name fits a pattern in which * stands for any letters and ? for one. Case
// does not matter. A name with stars and question marks of its own fits itself.
func like(pattern, name string) bool {
	if strings.EqualFold(pattern, name) {
		return true
	}
	p, n := []rune(strings.ToLower(pattern)), []rune(strings.ToLower(name))
	star, mark, i := -1, 0, 0
	for j := 0; j < len(n); {
		switch {
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == n[j]):
			i++
			j++
		case star >= 0:
			i = star + 1
			mark++
			j = mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
