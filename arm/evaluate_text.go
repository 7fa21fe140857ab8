package arm

import (
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// units is how long the service finds a text: it counts UTF-16 code units.
func units(s string) int {
	if isASCII(s) {
		return len(s)
	}
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// cut is a part of a text, in UTF-16 code units.
func cut(s string, from, to int) string {
	if isASCII(s) {
		return s[from:to]
	}
	return string(utf16.Decode(utf16.Encode([]rune(s))[from:to]))
}

// concat joins texts, or lists.
func concat(c *call) any {
	var first *unknown
	lists := 0
	for _, arg := range c.args {
		switch arg := arg.(type) {
		case *unknown:
			if first == nil {
				first = arg
			}
		case list:
			lists++
		}
	}
	switch {
	case lists > 0 && first != nil:
		return c.derived(first)
	case lists > 0:
		out := list{}
		for i := range c.args {
			out = append(out, c.list(i)...)
		}
		return out
	case len(c.args) == 1 && first != nil:
		return first
	}
	return c.glued()
}

// glued joins texts; ends the call when an argument is none.
func (c *call) glued() any {
	for i, arg := range c.args {
		if _, ok := partsOf(arg); !ok {
			c.wrong(i, "a string")
		}
	}
	return glue(c.args...)
}

// format is format(text, …) with the placeholders of .NET: {0}, {1,-8}, {2:D3}.
func format(c *call) any {
	text := c.string(0)
	var out []part
	for {
		at := strings.IndexAny(text, "{}")
		if at < 0 {
			return textOf(append(out, literal(text)))
		}
		out = append(out, literal(text[:at]))
		if at+1 < len(text) && text[at+1] == text[at] {
			out, text = append(out, literal(text[at:at+1])), text[at+2:]
			continue
		}
		end := strings.IndexByte(text, '}')
		if text[at] == '}' || end < 0 {
			return faultOf("a format with a brace that has no other")
		}
		out = append(out, c.placed(text[at+1:end])...)
		text = text[end+1:]
	}
}

// placed is the text of one placeholder: index[,width][:specifier].
func (c *call) placed(placeholder string) []part {
	where, specifier, _ := strings.Cut(placeholder, ":")
	number, width, padded := strings.Cut(where, ",")
	i, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || i < 0 {
		c.fail("a format with the placeholder {%s}", placeholder)
	}
	if i+1 >= len(c.args) {
		c.fail("a format with the placeholder {%d} and %d arguments", i, len(c.args)-1)
	}
	arg := c.args[i+1]
	if _, ok := arg.(string); specifier != "" && !ok {
		arg = c.specified(arg, specifier)
	}
	c.e.spend(cost(arg))
	parts, ok := partsOf(arg)
	if !ok {
		c.known(arg)
		c.stop(unknownFor("how format writes %s is not worked out", kindOf(arg)))
	}
	if !padded {
		return parts
	}
	n, err := strconv.Atoi(strings.TrimSpace(width))
	if err != nil || n < -MaxText || n > MaxText {
		c.fail("a format with the width %q", width)
	}
	c.e.spend(max(n, -n) / textPerWork)
	known, ok := textOf(parts).(string)
	if !ok {
		c.wrong(i+1, "a string")
	}
	return []part{literal(pad(known, n))}
}

// pad fills up to a width: from the left, or from the right when the width is negative.
func pad(text string, width int) string {
	have := units(text)
	if width < 0 {
		return text + strings.Repeat(" ", max(-width-have, 0))
	}
	return strings.Repeat(" ", max(width-have, 0)) + text
}

// specified is a number as a specifier asks: D3, X2 or zeros.
func (c *call) specified(arg any, specifier string) any {
	if u, ok := arg.(*unknown); ok {
		return u
	}
	n, ok := arg.(int64)
	if !ok {
		c.stop(unknownFor("how format writes %s as %q is not worked out", kindOf(arg), specifier))
	}
	digits, base := 0, 10
	if kind := specifier[:1]; strings.Trim(specifier, "0") == "" {
		digits = len(specifier)
	} else {
		precision, err := strconv.Atoi(specifier[1:])
		if specifier[1:] != "" && (err != nil || precision < 0 || precision > 99) || !strings.Contains("dDxX", kind) {
			c.stop(unknownFor("how format writes a number as %q is not worked out", specifier))
		}
		if digits = precision; kind == "x" || kind == "X" {
			base = 16
		}
	}
	if base == 16 && n < 0 {
		c.stop(unknownFor("how format writes a negative number as %q is not worked out", specifier))
	}
	text := strconv.FormatInt(n, base)
	sign := strings.HasPrefix(text, "-")
	text = strings.TrimPrefix(text, "-")
	text = strings.Repeat("0", max(digits-len(text), 0)) + text
	if specifier[0] == 'X' {
		text = strings.ToUpper(text)
	}
	if sign {
		text = "-" + text
	}
	return text
}

func toString(c *call) any {
	switch v := c.args[0].(type) {
	case *unknown:
		return c.derived(v)
	case list, *object:
		c.known(v)
		return string(c.e.encoded(nil, v))
	}
	return c.glued()
}

// letters changes the case of a text.
func (c *call) letters(function string, change func(string) string) any {
	if p, ok := c.args[0].(*partial); ok {
		return p.folded(function, change)
	}
	return change(c.string(0))
}

func substring(c *call) any {
	text := c.string(0)
	length := int64(units(text))
	from, to := c.int(1), length
	if len(c.args) == 3 {
		to = from + c.int(2)
	}
	if from < 0 || to < from || to > length {
		return faultOf("substring from %d to %d of a text of %d", from, to, length)
	}
	return cut(text, int(from), int(to))
}

func replace(c *call) any {
	text, old, by := c.string(0), c.string(1), c.string(2)
	if old == "" {
		return faultOf("replace of nothing")
	}
	if n := strings.Count(text, old); n*len(by) > MaxText {
		panic(spent{})
	}
	return strings.ReplaceAll(text, old, by)
}

func padLeft(c *call) any {
	text := ""
	switch v := c.args[0].(type) {
	case int64:
		text = strconv.FormatInt(v, 10)
	default:
		text = c.string(0)
	}
	fill := " "
	if len(c.args) == 3 {
		if fill = c.string(2); units(fill) != 1 {
			return faultOf("padLeft with a filling of %d characters", units(fill))
		}
	}
	width := c.int(1)
	if width < 0 || width > MaxText {
		return faultOf("padLeft to %d characters", width)
	}
	return strings.Repeat(fill, max(int(width)-units(text), 0)) + text
}

// split cuts at one separator, or at any of several.
func split(c *call) any {
	var separators []string
	switch s := c.args[1].(type) {
	case string:
		separators = []string{s}
	case list:
		for _, item := range s {
			text, ok := item.(string)
			if !ok {
				c.known(item)
				return faultOf("split at %s", kindOf(item))
			}
			separators = append(separators, text)
		}
	default:
		c.wrong(1, "a string or a list")
	}
	for _, s := range separators {
		if s == "" {
			return faultOf("split at nothing")
		}
	}
	if p, ok := c.args[0].(*partial); ok && len(separators) == 1 {
		if pieces, ok := p.split(separators[0]); ok {
			c.e.spend(len(pieces))
			return pieces
		}
	}
	return c.pieces(c.string(0), separators)
}

// pieces cuts a text at the separators; of two that begin at one place the longer one counts.
func (c *call) pieces(text string, separators []string) list {
	c.e.spend(len(separators) * cost(text))
	ahead := make([]int, len(separators)) // where each stands next; it is searched from there on only
	for i := range ahead {
		ahead[i] = -1
	}
	out, from := list{}, 0
	for {
		c.e.spend(1 + len(separators))
		at, length := len(text), 0
		for i, s := range separators {
			if ahead[i] < from {
				ahead[i] = indexFrom(text, s, from)
			}
			if ahead[i] < at || ahead[i] == at && at < len(text) && len(s) > length {
				at, length = ahead[i], len(s)
			}
		}
		out = append(out, text[from:at])
		if length == 0 {
			return out
		}
		from = at + length
	}
}

// indexFrom is where the first what at or behind from begins; the length of the text where there is none.
func indexFrom(text, what string, from int) int {
	if i := strings.Index(text[from:], what); i >= 0 {
		return from + i
	}
	return len(text)
}

func join(c *call) any {
	items := c.list(0)
	var values []any
	for i, item := range items {
		if _, ok := partsOf(item); !ok {
			return faultOf("join of %s", kindOf(item))
		}
		if i > 0 {
			c.e.spend(cost(c.args[1]))
			values = append(values, c.args[1])
		}
		c.e.spend(cost(item))
		values = append(values, item)
	}
	if len(values) == 0 {
		return ""
	}
	joined := glue(values...)
	if joined == nil {
		c.wrong(1, "a string")
	}
	return joined
}

// The letter case does not count in startsWith, endsWith, indexOf and lastIndexOf.

func startsWith(c *call) any {
	if p, ok := c.args[0].(*partial); ok && p.parts[0].hole == nil {
		what := c.string(1)
		if text := p.parts[0].text; hasPrefixFold(text, what) || !hasPrefixFold(what, text) {
			return hasPrefixFold(text, what)
		}
	}
	return hasPrefixFold(c.string(0), c.string(1))
}

func endsWith(c *call) any {
	ends := func(text, what string) bool {
		return len(text) >= len(what) && strings.EqualFold(text[len(text)-len(what):], what)
	}
	if p, ok := c.args[0].(*partial); ok && p.parts[len(p.parts)-1].hole == nil {
		what := c.string(1)
		if text := p.parts[len(p.parts)-1].text; ends(text, what) || !ends(what, text) {
			return ends(text, what)
		}
	}
	return ends(c.string(0), c.string(1))
}

// position is indexOf and lastIndexOf, of a text or a list.
func (c *call) position(last bool) any {
	if items, ok := c.args[0].(list); ok {
		return c.positionIn(items, last)
	}
	text, what := strings.ToLower(c.string(0)), strings.ToLower(c.string(1))
	at := strings.Index(text, what)
	if last {
		at = strings.LastIndex(text, what)
	}
	if at < 0 {
		return int64(-1)
	}
	return int64(units(text[:at]))
}

func (c *call) positionIn(items list, last bool) any {
	found := int64(-1)
	for i, item := range items {
		switch c.e.equal(item, c.args[1]) {
		case maybe:
			return c.truth(maybe, item, c.args[1])
		case yes:
			if found = int64(i); !last {
				return found
			}
		}
	}
	return found
}

func base64Of(c *call) any { return base64.StdEncoding.EncodeToString([]byte(c.string(0))) }

func (c *call) decoded() string {
	text, err := base64.StdEncoding.DecodeString(c.string(0))
	if err != nil || !utf8.Valid(text) {
		c.fail("%s of a text that is no base64 of a text", c.expr.Name)
	}
	return string(text)
}

func base64ToString(c *call) any { return c.decoded() }
func base64ToJSON(c *call) any   { return c.parsed(c.decoded()) }

func uriComponent(c *call) any {
	return strings.ReplaceAll(url.QueryEscape(c.string(0)), "+", "%20")
}

func uriComponentToString(c *call) any {
	text, err := url.PathUnescape(c.string(0))
	if err != nil {
		return faultOf("uriComponentToString of a text with a bad escape")
	}
	return text
}
