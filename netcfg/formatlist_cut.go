package netcfg

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
)

// block is lines "Name : value" in a row.
type block struct {
	prompt *prompt
	lines  []listLine
}

// listLine is one property of a block, with the lines that its value goes on in.
type listLine struct {
	name          string
	at, valueAt   int // offsets
	values        []string
	colon, number int // column of the colon from 0, number of the line from 0
}

func (b *block) line(name string) *listLine {
	for i := range b.lines {
		if strings.EqualFold(b.lines[i].name, name) {
			return &b.lines[i]
		}
	}
	return nil
}

// prompt is a command as typed.
type prompt struct {
	words    []string
	explicit bool // it stands behind a prompt: what follows is no prose
}

// runs reports whether the command has the cmdlet in it.
func (p *prompt) runs(c *cmdlet) bool {
	return p != nil && slices.ContainsFunc(p.words, func(w string) bool { return strings.EqualFold(w, c.name) })
}

// parameter is the value given to a cmdlet's parameter, or "".
func (p *prompt) parameter(c *cmdlet, name string) string {
	if p == nil {
		return ""
	}
	from := slices.IndexFunc(p.words, func(w string) bool { return strings.EqualFold(w, c.name) })
	if from < 0 {
		return ""
	}
	for i := from + 1; i < len(p.words) && p.words[i] != "|" && p.words[i] != ";"; i++ {
		word := p.words[i]
		given, value, joined := strings.Cut(strings.TrimPrefix(word, "-"), ":")
		if !strings.HasPrefix(word, "-") {
			if i == from+1 && p.explicit && c.first == name {
				return literal(word)
			}
			continue
		}
		switch {
		case !strings.EqualFold(given, name):
			if i+1 < len(p.words) && !joined && !strings.HasPrefix(p.words[i+1], "-") && p.words[i+1] != "|" {
				i++
			}
		case joined && value != "":
			return literal(value)
		case i+1 < len(p.words):
			return literal(p.words[i+1])
		}
	}
	return ""
}

// literal is an argument, or "" where it is a variable or an expression.
func literal(word string) string {
	if strings.HasPrefix(word, "$") || strings.HasPrefix(word, "(") || word == "|" {
		return ""
	}
	return word
}

// looksLikeList reports whether a text holds what a classic cmdlet printed.
func looksLikeList(src []byte) bool {
	first := bytes.TrimLeft(bytes.TrimPrefix(src, byteOrderMark), " \t\r\n")
	if bytes.HasPrefix(first, []byte("<")) || bytes.HasPrefix(first, []byte("{")) {
		return false
	}
	if len(first) > longestLine && bytes.IndexByte(first[:longestLine], '\n') < 0 {
		return false
	}
	blocks, _, _ := cutList(src[:min(len(src), maxList)])
	return len(blocks) > 0
}

// longestLine bounds the first line of a text that may be the output of a cmdlet, so that a long text
// of one line is not copied.
const longestLine = 64 << 10

// maxList bounds the output of cmdlets, in bytes. A block has a few hundred; a longer text is a log.
const maxList = 4 << 20

// maxLines bounds a block, in properties. The longest known has 16.
const maxLines = 64

// cutList cuts a text into blocks. The rest is counted in lines, with the first of them.
func cutList(src []byte) (blocks []block, rest, firstRest int) {
	c := listCutter{src: src, firstRest: -1}
	for at := bomLength(src); at < len(src); c.number++ {
		end := len(src)
		if n := bytes.IndexByte(src[at:], '\n'); n >= 0 {
			end = at + n
		}
		c.take(at, string(bytes.TrimRight(src[at:end], " \t\r")))
		at = end + 1
	}
	c.end()
	return c.blocks, c.rest, c.firstRest
}

func bomLength(src []byte) int {
	n := 0
	for bytes.HasPrefix(src[n:], byteOrderMark) {
		n += len(byteOrderMark)
	}
	return n
}

type listCutter struct {
	src             []byte
	number          int
	blocks          []block
	open            block
	prompt          *prompt
	rest, firstRest int
}

// end closes the block at hand.
func (c *listCutter) end() {
	if len(c.open.lines) == 0 {
		return
	}
	if cmdletOf(&c.open) != nil {
		c.blocks = append(c.blocks, c.open)
	} else {
		c.skip(len(c.open.lines), c.open.lines[0].number)
	}
	c.open = block{}
}

func (c *listCutter) skip(lines, first int) {
	if c.rest == 0 {
		c.firstRest = first
	}
	c.rest += lines
}

// take reads the line that begins at an offset.
func (c *listCutter) take(at int, line string) {
	var last *listLine
	if n := len(c.open.lines); n > 0 {
		last = &c.open.lines[n-1]
	}
	if last != nil && strings.EqualFold(last.name, configurationProperty) && !strings.Contains(last.values[len(last.values)-1], "</"+rootName) {
		last.values = append(last.values, line)
		return
	}
	bare := strings.TrimLeftFunc(line, unicode.IsSpace)
	indent := len(line) - len(bare)
	switch name, value, ok := cutProperty(bare); {
	case bare == "":
		c.end()
	case last != nil && indent > last.colon:
		if len(last.values) == 1 && last.values[0] == "" {
			last.valueAt, last.values = at+indent, nil
		}
		last.values = append(last.values, bare)
	case ok:
		if len(c.open.lines) == maxLines || c.open.line(name) != nil {
			c.end()
		}
		if len(c.open.lines) == 0 {
			c.open.prompt = c.prompt
		}
		c.open.lines = append(c.open.lines, listLine{
			name: name, at: at + indent, valueAt: at + len(line) - len(value), values: []string{value},
			colon: len(line) - len(bare) + strings.IndexByte(bare, ':'), number: c.number})
	default:
		c.end()
		if p := promptOf(bare); p != nil {
			c.prompt = p
		} else if !strings.HasPrefix(bare, "```") && !strings.HasPrefix(bare, "~~~") {
			c.skip(1, c.number)
		}
	}
}

// cutProperty cuts "Name : value". There is always a space before the colon.
func cutProperty(line string) (name, value string, ok bool) {
	end := strings.IndexFunc(line, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_')
	})
	if end <= 0 || line[end] != ' ' {
		return "", "", false
	}
	rest, ok := strings.CutPrefix(strings.TrimLeft(line[end:], " "), ":")
	if !ok || rest != "" && rest[0] != ' ' {
		return "", "", false
	}
	return line[:end], strings.TrimLeftFunc(rest, unicode.IsSpace), true
}

// promptOf reads a line with a prompt, or one that is a command with a name of this family, or
// returns nil.
func promptOf(line string) *prompt {
	command, explicit := line, false
	if rest, ok := strings.CutPrefix(line, "PS"); ok {
		if _, typed, ok := strings.Cut(rest, ">"); ok {
			command, explicit = strings.TrimLeft(typed, "> "), true
		}
	}
	words := commandWords(command)
	if !explicit && !slices.ContainsFunc(words[:min(len(words), 3)], isCmdlet) {
		return nil
	}
	return &prompt{words, explicit}
}

// isCmdlet reports whether a word is a verb, a dash and a name of the classic module.
func isCmdlet(word string) bool {
	verb, noun, ok := strings.Cut(word, "-")
	return ok && slices.Contains([]string{"get", "set", "new", "remove", "resize", "reset"}, strings.ToLower(verb)) &&
		strings.HasPrefix(strings.ToLower(noun), "azure")
}

// commandWords cuts a command at spaces outside of quotes, and takes the quotes off. A pipe is a word.
func commandWords(command string) []string {
	var words []string
	var word []byte
	quote, begun := byte(0), false
	flush := func() {
		if begun {
			words = append(words, string(word))
		}
		word, begun = nil, false
	}
	for _, b := range []byte(command) {
		switch {
		case quote != 0 && b == quote:
			quote = 0
		case quote != 0:
			word = append(word, b)
		case b == '"' || b == '\'':
			quote, begun = b, true
		case b == ' ' || b == '\t':
			flush()
		case b == '|' || b == ';':
			flush()
			words = append(words, string(b))
		default:
			word, begun = append(word, b), true
		}
	}
	flush()
	return words
}
