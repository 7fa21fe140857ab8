package deploy

import (
	"encoding/json"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// quoteBash is a text as one word of a POSIX shell, whatever is in it.
func quoteBash(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// quotePowerShell is a text as one value of PowerShell, which takes typographic quotes for quotes as
// well. Source: docs/sources.md#collect.
func quotePowerShell(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		if strings.ContainsRune("'‘’‚‛", r) {
			b.WriteRune(r)
		}
		b.WriteRune(r)
	}
	b.WriteByte('\'')
	return b.String()
}

// untypable says why no command can be given a text as a value, or nothing. Quotes make every text one word;
// this is about what people would not see, and what az makes something else of. Source: docs/sources.md#commands.
func untypable(s string) string {
	switch {
	case s == "":
		return "it is empty"
	case diag.Plain(s) != s:
		return "it has characters that do not show"
	case strings.ContainsRune(`@'[{`, rune(s[0])), s == "null", s == "??":
		return "az reads it as something other than a name"
	}
	return ""
}

// unnameable is untypable for a part of a resource id.
func unnameable(s string) string {
	switch {
	case strings.ContainsAny(s, `/\#%`), s == ".", s == "..":
		return "it would be more than one part of a resource id"
	case strings.ContainsAny(s, "*?[]"):
		return "it would stand for several resources"
	}
	return untypable(s)
}

// value is a text of a command: what is known of it, and variables for what is not.
type value []piece

// piece is a known text or, when that is empty, a variable.
type piece struct{ text, variable string }

func literal(s string) value { return value{{text: s}} }

// then puts a text behind a value.
func (v value) then(s string) value { return append(v[:len(v):len(v)], piece{text: s}) }

// known is the text of a value without variables.
func (v value) known() (string, bool) {
	var b strings.Builder
	for _, p := range v {
		if p.variable != "" {
			return "", false
		}
		b.WriteString(p.text)
	}
	return b.String(), true
}

// joined is a value whose texts that follow each other are one.
func (v value) joined() value {
	var out value
	for _, p := range v {
		if last := len(out) - 1; last >= 0 && p.variable == "" && out[last].variable == "" {
			out[last].text += p.text
		} else {
			out = append(out, p)
		}
	}
	return out
}

// plain reports whether every text of a value may stand in double quotes of either shell as it is.
func (v value) plain() bool {
	for _, p := range v {
		for i := range len(p.text) {
			if c := p.text[i]; !isWord(c) && c != '.' && c != '/' && c != '-' {
				return false
			}
		}
	}
	return true
}

// jsonText is a value as a text of JSON.
func jsonText(v value) value {
	out := literal(`"`)
	for _, p := range v {
		text, _ := json.Marshal(p.text) // a text always has a form in JSON
		out = append(out, piece{text: string(text[1 : len(text)-1]), variable: p.variable})
	}
	return out.then(`"`)
}

// jsonList is a list of texts of JSON.
func jsonList(all []value) value {
	out := literal("[")
	for i, v := range all {
		if i > 0 {
			out = out.then(",")
		}
		out = append(out, jsonText(v)...)
	}
	return out.then("]")
}

// A body is encoded as a text, in which a variable stands between these: nothing that a command may name has them.
const markOpen, markShut = "\uE000", "\uE001"

// marked is a value as a text of a body.
func (v value) marked() string {
	var b strings.Builder
	for _, p := range v {
		if b.WriteString(p.text); p.variable != "" {
			b.WriteString(markOpen + p.variable + markShut)
		}
	}
	return b.String()
}

// unmarked is the value that an encoded text stands for.
func unmarked(s string) value {
	var out value
	for s != "" {
		text, rest, more := strings.Cut(s, markOpen)
		out = append(out, piece{text: text})
		if !more {
			break
		}
		variable, after, _ := strings.Cut(rest, markShut)
		out, s = append(out, piece{variable: variable}), after
	}
	return out
}

// powershellList is values as an array of PowerShell.
func powershellList(all []value) string {
	words := make([]string, len(all))
	for i, v := range all {
		words[i] = v.powershell()
	}
	return "@(" + strings.Join(words, ", ") + ")"
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// posix is the value as one word of a POSIX shell. A variable that is not set stops the command.
func (v value) posix() string {
	if s, ok := v.known(); ok {
		return quoteBash(s)
	}
	open, shut := "", ""
	if v.plain() {
		open, shut = `"`, `"`
	}
	var b strings.Builder
	b.WriteString(open)
	for _, p := range v.joined() {
		switch {
		case p.variable != "" && open == "":
			b.WriteString(`"${` + p.variable + `:?}"`)
		case p.variable != "":
			b.WriteString(`${` + p.variable + `:?}`)
		case open == "":
			b.WriteString(quoteBash(p.text))
		default:
			b.WriteString(p.text)
		}
	}
	b.WriteString(shut)
	return b.String()
}

// powershell is the value as one argument of PowerShell. A variable that is not set stops the command, and so
// does a session without the functions of the preamble.
func (v value) powershell() string {
	if s, ok := v.known(); ok {
		return quotePowerShell(s)
	}
	if len(v) == 1 {
		return "(Known " + v[0].variable + ")"
	}
	if v.plain() {
		var b strings.Builder
		b.WriteByte('"')
		for _, p := range v {
			if p.variable != "" {
				b.WriteString("$(Known " + p.variable + ")")
			} else {
				b.WriteString(p.text)
			}
		}
		b.WriteByte('"')
		return b.String()
	}
	v = v.joined()
	parts := make([]string, len(v))
	for i, p := range v {
		parts[i] = quotePowerShell(p.text)
		if p.variable != "" {
			parts[i] = "(Known " + p.variable + ")"
		}
	}
	return "(-join (" + strings.Join(parts, ", ") + "))"
}
