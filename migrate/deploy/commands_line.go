package deploy

import (
	"strings"
	"unicode/utf8"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// lineWidth is about how long a line of a command is; what does not fit goes on in the next one.
const lineWidth = 110

// line is a command of one shell, word by word. Values are quoted; everything else is written in this package.
type line struct {
	w     *bookWriter
	shell Shell
	words []string
}

// az begins a command of az about something in the resource group of an object.
func (w *bookWriter) az(verb string, at estate.ID) *line {
	return w.azIn(verb, at).opt("resource-group", w.group(at))
}

// azIn begins a command of az about something in the subscription of an object.
func (w *bookWriter) azIn(verb string, at estate.ID) *line {
	l := &line{w: w, shell: Bash, words: []string{"az " + verb}}
	return l.opt("subscription", w.subscription(at))
}

// ps begins a command of Az about something in the resource group of an object.
func (w *bookWriter) ps(cmdlet string, at estate.ID) *line {
	return w.psIn(cmdlet, at).opt("ResourceGroupName", w.group(at))
}

// psIn begins a command of Az about something in the subscription of an object.
func (w *bookWriter) psIn(cmdlet string, at estate.ID) *line {
	return (&line{w: w, shell: PowerShell, words: []string{cmdlet}}).add("-DefaultProfile (Context " + w.subscription(at).powershell() + ")")
}

// opt adds an option with a value. For az both are one word, so that no value is taken for an option.
func (l *line) opt(name string, v value) *line {
	if l.shell == Bash {
		return l.add("--" + name + "=" + v.posix())
	}
	return l.add("-" + name + " " + v.powershell())
}

// named adds the option for a name.
func (l *line) named(option, name string) *line { return l.opt(option, l.w.name(name)) }

// list adds an option with several values, such as prefixes, none of which begins with a hyphen.
func (l *line) list(name string, values []string) *line {
	if len(values) == 0 {
		return l
	}
	option, quote, between := "--", quoteBash, " "
	if l.shell == PowerShell {
		option, quote, between = "-", quotePowerShell, ", "
	}
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = quote(v)
	}
	return l.add(option + name + " " + strings.Join(quoted, between))
}

// add adds words as they are.
func (l *line) add(words ...string) *line {
	l.words = append(l.words, words...)
	return l
}

// when adds words if something holds.
func (l *line) when(holds bool, words ...string) *line {
	if holds {
		l.add(words...)
	}
	return l
}

// String is the command, over several lines where it is long.
func (l *line) String() string {
	end := " \\\n  "
	if l.shell == PowerShell {
		end = " `\n  "
	}
	var b strings.Builder
	used := 0
	for i, word := range l.words {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case used+1+n > lineWidth:
			b.WriteString(end)
			used = 1
		default:
			b.WriteByte(' ')
		}
		b.WriteString(word)
		used += 1 + n
	}
	return b.String()
}

// wrapped is the command inside of parentheses, on one line.
func (l *line) wrapped() string { return "(" + strings.Join(l.words, " ") + ")" }

func boolWord(on bool) string {
	if on {
		return "true"
	}
	return "false"
}
