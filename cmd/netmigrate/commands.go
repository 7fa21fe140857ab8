package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// commands is the table of commands, in the order of the help text.
func commands() []command {
	return []command{convertCommand, planCommand, checkCommand, lintCommand, connectionsCommand, reachCommand, graphCommand, diffCommand, verifyCommand, initCommand, collectCommand, explainCommand, rulesCommand, completionCommand()}
}

// help prints the help text of one command, or of the program when name is empty.
func (s *session) help(name string) (int, error) {
	if name == "" {
		return exitDone, s.write([]byte(overview()))
	}
	cmd := findCommand(name)
	if cmd == nil {
		return exitNot, usagef("unknown command %q%s", name, didYouMean(name, commandNames()))
	}
	return exitDone, s.write([]byte(cmd.helpText()))
}

func overview() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s turns classic Azure networks into ARM templates and plans their way to hub and spoke.\n\nusage: %s COMMAND [flags] [FILE|DIR…]\n\n", program, program)
	var rows [][2]string
	for _, c := range commands() {
		rows = append(rows, [2]string{c.name + " " + c.args, c.title})
	}
	rows = append(rows, [2]string{"help COMMAND", "the flags of a command"}, [2]string{"--version", "version and commit"})
	columns(&b, rows)
	b.WriteString(`
Inputs are files, folders of them, or - for standard input: network configurations in XML or in the
JSON of the old command line, scripts and pages that hold one, and what the classic service or its
cmdlets answered. They are known by what they hold. A folder is one subscription, and so is a
configuration named by itself. An options file (netmigrate.yaml) beside the input says what it cannot.

Flags may stand before or after the files. The product goes to standard output, findings to standard
error.

exit code: 0 done; 1 done, with findings at or above --fail-on; 2 could not run
`)
	return b.String()
}

func (c *command) helpText() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: %s\n\nusage: %s %s [flags] %s\n\n%s\n\n", program, c.name, c.title, program, c.name, c.args, c.about)
	var rows [][2]string
	for _, o := range c.all() {
		rows = append(rows, [2]string{o.usage(), o.help()})
	}
	columns(&b, rows)
	return b.String()
}

// help is what the help text says of the option.
func (o option) help() string {
	if o.choices == nil {
		return o.title
	}
	return o.title + " (default " + o.choices[0] + ")"
}

// usage is the option as the help text shows it: "-o, --output DIR".
func (o option) usage() string {
	text := "--" + o.name
	if o.short != "" {
		text = "-" + o.short + ", " + text
	}
	switch {
	case o.choices != nil:
		text += " " + strings.Join(o.choices, "|")
	case o.value != "":
		text += " " + o.value
	}
	return text
}

// longestLabel is the longest label that still has its text beside it.
const longestLabel = 28

// columns prints labels and texts in two columns; a long label stands on a line of its own.
func columns(b *strings.Builder, rows [][2]string) {
	long := func(s string) bool { return utf8.RuneCountInString(s) > longestLabel }
	wide := 0
	for _, r := range rows {
		if !long(r[0]) {
			wide = max(wide, utf8.RuneCountInString(r[0]))
		}
	}
	for _, r := range rows {
		label := r[0]
		if long(label) {
			fmt.Fprintf(b, "  %s\n", label)
			label = ""
		}
		fmt.Fprintf(b, "  %-*s  %s\n", wide, label, r[1])
	}
}

// words is a list without repetitions, for completion.
func words(in ...[]string) []string {
	all := slices.Concat(in...)
	slices.Sort(all)
	return slices.Compact(all)
}
