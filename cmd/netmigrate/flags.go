package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// command is one command: what it is called, what it takes, and what it does. The table of them
// drives the flag parser, the help texts and the completion scripts.
type command struct {
	name, args string
	title      string // what it does, in a line
	about      string // more, in lines of at most 100 columns
	options    []option
	words      func() []string // what its arguments may be, when they are not files
	run        func(*session, *cli.Context) (int, error)
}

// option is one flag. An option without a value is a switch; the first of its choices is the
// default.
type option struct {
	name, short string
	value       string // how the help text calls the value, or ""
	choices     []string
	many        bool // it may be given several times
	title       string
}

func (o option) takesValue() bool { return o.value != "" || o.choices != nil }

// flag is the option as the library wants it.
func (o option) flag() cli.Flag {
	var aliases []string
	if o.short != "" {
		aliases = []string{o.short}
	}
	switch {
	case o.choices != nil:
		return &cli.GenericFlag{Name: o.name, Aliases: aliases, Value: &choice{among: o.choices, taken: o.choices[0]}}
	case o.many:
		return &cli.GenericFlag{Name: o.name, Aliases: aliases, Value: &several{}}
	case o.takesValue():
		return &cli.StringFlag{Name: o.name, Aliases: aliases}
	}
	return &cli.BoolFlag{Name: o.name, Aliases: aliases}
}

// choice is the value of an option that takes one of a few words.
type choice struct {
	among []string
	taken string
}

func (c *choice) String() string { return c.taken }

// Set refuses a word that is none of the choices.
func (c *choice) Set(word string) error {
	if !slices.Contains(c.among, word) {
		return fmt.Errorf("it takes %s", oneOf(c.among))
	}
	c.taken = word
	return nil
}

// several is the value of an option that may be given several times: all that was given, in order. The
// library's own list takes a comma for a separator, and names may have one.
type several []string

func (v *several) String() string { return strings.Join(*v, " ") }

// Set adds one; an empty one would be every name or none.
func (v *several) Set(word string) error {
	if word == "" {
		return errors.New("it is empty")
	}
	*v = append(*v, word)
	return nil
}

// severalOf are the values of such an option.
func severalOf(c *cli.Context, name string) []string {
	v, ok := c.Generic(name).(*several)
	if !ok {
		return nil
	}
	return *v
}

// oneOf lists words as a sentence does: "a, b or c".
func oneOf(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// common are the options of every command.
var common = []option{
	{name: "color", choices: []string{"auto", "always", "never"}, title: "colours: on a terminal, always, or never (NO_COLOR is honoured)"},
	{name: "quiet", short: "q", title: "print neither notes nor summaries"},
	{name: "verbose", short: "v", title: "say which files were read and which were passed over"},
}

var failOn = option{name: "fail-on", choices: []string{"error", "warning", "note", "never"}, title: "the lowest severity of a finding that makes the exit code 1"}

func (c *command) all() []option { return slices.Concat(c.options, common) }

func (c *command) flags() []cli.Flag {
	var flags []cli.Flag
	for _, o := range c.all() {
		flags = append(flags, o.flag())
	}
	return flags
}

func findCommand(name string) *command {
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == name })
	if i < 0 {
		return nil
	}
	return &all[i]
}

func commandNames() []string {
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

// findOption finds the option that an argument such as "-o" or "--format=json" names.
func findOption(in []option, argument string) (option, bool) {
	name, _, _ := strings.Cut(strings.TrimLeft(argument, "-"), "=")
	i := slices.IndexFunc(in, func(o option) bool { return o.name == name || o.short == name && name != "" })
	if i < 0 {
		return option{}, false
	}
	return in[i], true
}

// line is a command line, taken apart.
type line struct {
	command       string
	flags, files  []string
	help, version bool
}

// args is the line in the order that the library understands: it takes everything after the first
// file as a file.
func (l line) args() []string {
	return slices.Concat([]string{program, l.command}, l.flags, []string{"--"}, l.files)
}

// arrange takes a command line apart, without the name of the program. Flags may stand anywhere,
// also before the command; everything after "--" is a file, and so is "-".
func arrange(args []string) (line, error) {
	var l line
	known := everyOption()
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--":
			l.files = append(l.files, args[i+1:]...)
			i = len(args)
		case a == "-h", a == "--help", a == "-help":
			l.help = true
		case a == "--version", a == "-version":
			l.version = true
		case a == "-" || !strings.HasPrefix(a, "-"):
			if l.command == "" {
				l.command = a
			} else {
				l.files = append(l.files, a)
			}
		default:
			l.flags = append(l.flags, a)
			o, ok := findOption(known, a)
			if !ok || !o.takesValue() || strings.Contains(a, "=") {
				continue
			}
			if i++; i == len(args) || len(args[i]) > 1 && args[i][0] == '-' {
				return l, usagef("flag %s needs a value", a)
			}
			l.flags = append(l.flags, args[i])
		}
	}
	if l.command == "help" {
		l.help, l.command = true, ""
		if len(l.files) > 0 {
			l.command = l.files[0]
		}
	}
	return l, nil
}

// everyOption lists the options of all commands: a flag of one name takes a value in all of them
// or in none.
func everyOption() []option {
	all := slices.Clone(common)
	for _, c := range commands() {
		all = append(all, c.options...)
	}
	return all
}

// badFlag says in our words what the library found wrong with a flag.
func badFlag(cmd *command, err error) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		var names []string
		for _, o := range cmd.all() {
			names = append(names, "--"+o.name)
		}
		if len(name) > 1 {
			name = "-" + name
		}
		return usagef("%s has no flag -%s%s", cmd.name, name, didYouMean("-"+name, names))
	}
	text = strings.Replace(text, " for flag -", " for flag --", 1)
	return usagef("%s: %s", cmd.name, text)
}

// didYouMean suggests the nearest of some words, or nothing when none is near.
func didYouMean(word string, among []string) string {
	if near := nearest(word, among, 1); len(near) > 0 {
		return fmt.Sprintf("; did you mean %s?", near[0])
	}
	return ""
}
