package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

var shells = []string{"bash", "zsh", "fish", "powershell"}

// completionCommand is a function, because its scripts list all commands and so itself.
func completionCommand() command {
	return command{
		name: "completion", args: "SHELL", title: "a completion script for " + oneOf(shells),
		about: `Prints a script that completes commands, flags, their values and rule ids:

  bash        source <(netmigrate completion bash)
  zsh         source <(netmigrate completion zsh)
  fish        netmigrate completion fish | source
  powershell  netmigrate completion powershell | Out-String | Invoke-Expression`,
		words: func() []string { return shells },
		run:   (*session).completion,
	}
}

func (s *session) completion(c *cli.Context) (int, error) {
	shell := c.Args().First()
	if c.NArg() != 1 || !slices.Contains(shells, shell) {
		return exitNot, usagef("completion takes a shell: %s", oneOf(shells))
	}
	return exitDone, s.write([]byte(completionScript(shell)))
}

func completionScript(shell string) string {
	switch shell {
	case "bash":
		return bashCompletion()
	case "zsh":
		return zshCompletion()
	case "fish":
		return fishCompletion()
	}
	return powershellCompletion()
}

// flagWords are the flags of a command as they are typed.
func (c *command) flagWords() []string {
	flags := []string{"--help"}
	for _, o := range c.all() {
		flags = append(flags, "--"+o.name)
		if o.short != "" {
			flags = append(flags, "-"+o.short)
		}
	}
	return words(flags)
}

// argumentWords are what the arguments of a command may be, or nothing when they are files.
func (c *command) argumentWords() []string {
	if c.words == nil {
		return nil
	}
	return c.words()
}

func topWords() []string {
	return append(commandNames(), "help", "--help", "--version")
}

const bashHead = `# bash completion for netmigrate
_netmigrate() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd= i
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*) ;;
		*) cmd=${COMP_WORDS[i]}; break ;;
		esac
	done
	COMPREPLY=()
	case "$cmd $prev" in
`

func bashCompletion() string {
	var b strings.Builder
	b.WriteString(bashHead)
	reply := func(pattern string, list []string) {
		fmt.Fprintf(&b, "\t\"%s\") COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")); return ;;\n", pattern, strings.Join(list, " "))
	}
	for _, c := range commands() {
		for _, o := range c.all() {
			if o.choices != nil {
				reply(c.name+" --"+o.name, o.choices)
			}
		}
	}
	b.WriteString("\tesac\n\tcase \"$cmd $cur\" in\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "\t\"%s -\"*) COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")); return ;;\n", c.name, strings.Join(c.flagWords(), " "))
	}
	b.WriteString("\tesac\n\tcase $cmd in\n")
	fmt.Fprintf(&b, "\t\"\") COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")) ;;\n", strings.Join(topWords(), " "))
	fmt.Fprintf(&b, "\thelp) COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")) ;;\n", strings.Join(commandNames(), " "))
	for _, c := range commands() {
		if list := c.argumentWords(); list != nil {
			fmt.Fprintf(&b, "\t%s) COMPREPLY=($(compgen -W \"%s\" -- \"$cur\")) ;;\n", c.name, strings.Join(list, " "))
		}
	}
	b.WriteString("\tesac\n}\ncomplete -o default -F _netmigrate netmigrate\n")
	return b.String()
}

func zshCompletion() string {
	var b strings.Builder
	b.WriteString("#compdef netmigrate\n# zsh completion for netmigrate\n_netmigrate() {\n\tlocal -a commands\n\tcommands=(\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "\t\t'%s:%s'\n", c.name, zshText(c.title))
	}
	b.WriteString("\t\t'help:the flags of a command'\n\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n\tfi\n")
	b.WriteString("\tlocal command=${words[2]}\n\tshift words\n\t(( CURRENT-- ))\n\tcase $command in\n\thelp) _describe command commands ;;\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "\t%s)\n\t\t_arguments \\\n", c.name)
		for _, o := range c.all() {
			fmt.Fprintf(&b, "\t\t\t%s \\\n", zshOption(o))
		}
		if list := c.argumentWords(); list != nil {
			fmt.Fprintf(&b, "\t\t\t'*:argument:(%s)' ;;\n", strings.Join(list, " "))
		} else {
			b.WriteString("\t\t\t'*:file:_files' ;;\n")
		}
	}
	b.WriteString("\tesac\n}\ncompdef _netmigrate netmigrate\n")
	return b.String()
}

func zshOption(o option) string {
	tail := "[" + zshText(o.title) + "]"
	switch {
	case o.choices != nil:
		tail += ":" + o.name + ":(" + strings.Join(o.choices, " ") + ")"
	case o.value == "DIR":
		tail += ":folder:_files -/"
	case o.value != "":
		tail += ":" + strings.ToLower(o.value) + ":"
	}
	switch {
	case o.many:
		return "'*--" + o.name + tail + "'"
	case o.short == "":
		return "'--" + o.name + tail + "'"
	}
	return fmt.Sprintf("'(-%s --%s)'{-%s,--%s}'%s'", o.short, o.name, o.short, o.name, tail)
}

// zshText keeps a text from being read as the syntax of _arguments and _describe.
func zshText(s string) string {
	return strings.NewReplacer("'", `'\''`, ":", `\:`, "[", `\[`, "]", `\]`).Replace(s)
}

func fishCompletion() string {
	var b strings.Builder
	b.WriteString("# fish completion for netmigrate\n")
	line := func(format string, args ...any) { fmt.Fprintf(&b, "complete -c netmigrate "+format+"\n", args...) }
	for _, c := range commands() {
		line("-n __fish_use_subcommand -f -a %s -d %s", c.name, fishText(c.title))
	}
	line("-n __fish_use_subcommand -f -a help -d %s", fishText("the flags of a command"))
	line("-n __fish_use_subcommand -f -l version -d %s", fishText("version and commit"))
	line("-n '__fish_seen_subcommand_from help' -f -a %s", fishText(strings.Join(commandNames(), " ")))
	for _, c := range commands() {
		in := "-n " + fishText("__fish_seen_subcommand_from "+c.name)
		for _, o := range c.all() {
			text := in + " -l " + o.name
			if o.short != "" {
				text += " -s " + o.short
			}
			switch {
			case o.choices != nil:
				text += " -x -a " + fishText(strings.Join(o.choices, " "))
			case o.takesValue():
				text += " -r"
			}
			line("%s -d %s", text, fishText(o.title))
		}
		if list := c.argumentWords(); list != nil {
			line("%s -f -a %s", in, fishText(strings.Join(list, " ")))
		}
	}
	return b.String()
}

func fishText(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}

const powershellBody = `Register-ArgumentCompleter -Native -CommandName netmigrate -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
    $command = @($before | Where-Object { $_ -notlike '-*' })[0]
    $last = if ($before.Count) { $before[-1] } else { '' }
    if (-not $command) { $list = $top }
    elseif ($values["$command $last"]) { $list = $values["$command $last"] }
    elseif ($wordToComplete -like '-*') { $list = $flags[$command] }
    else { $list = $arguments[$command] }
    $list | Where-Object { $_ -and $_ -like "$wordToComplete*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}.GetNewClosure()
`

func powershellCompletion() string {
	var b strings.Builder
	list := func(in []string) string { return "@('" + strings.Join(in, "', '") + "')" }
	fmt.Fprintf(&b, "# PowerShell completion for netmigrate\n$top = %s\n$values = @{}\n$flags = @{}\n$arguments = @{ 'help' = %s }\n", list(topWords()), list(commandNames()))
	for _, c := range commands() {
		fmt.Fprintf(&b, "$flags['%s'] = %s\n", c.name, list(c.flagWords()))
		if args := c.argumentWords(); args != nil {
			fmt.Fprintf(&b, "$arguments['%s'] = %s\n", c.name, list(args))
		}
		for _, o := range c.all() {
			if o.choices != nil {
				fmt.Fprintf(&b, "$values['%s --%s'] = %s\n", c.name, o.name, list(o.choices))
			}
		}
	}
	b.WriteString(powershellBody)
	return b.String()
}
