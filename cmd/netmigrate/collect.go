package main

import (
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

var collectCommand = command{
	name: "collect", args: "[FILE|DIR…]", title: "a script that lists the live networks and changes nothing",
	about: `Prints a script that lists live networks into a folder of JSON files. It calls az or, in PowerShell,
Az.Accounts: which subscriptions the login sees, and Resource Manager by GET alone. The role Reader
is enough. Each query names what is kept, and no key is among it. The folder appears whole or not
at all. docs/collect.md says what is in it.

It lists the subscriptions of --subscription; or those whose ids the files and their ` + configName + `
name; or, without either, all that the login sees. --group keeps to some resource groups.`,
	options: []option{
		{name: "subscription", value: "ID|NAME", many: true, title: "list this subscription; may be given several times"},
		{name: "group", value: "NAME", many: true, title: "list this resource group; may be given several times"},
		{name: "shell", choices: []string{string(deploy.Bash), string(deploy.PowerShell)}, title: "the language of the script"},
		{name: "folder", value: "NAME", title: "the folder that the script makes, instead of " + defaultListing},
		{name: "output", short: "o", value: "FILE", title: "write a file instead of standard output"},
		{name: "force", title: "replace the file if there is one"},
		configOption, maxSizeOption,
	},
	run: (*session).collect,
}

// defaultListing is the folder that a script makes.
const defaultListing = "listing"

func (s *session) collect(c *cli.Context) (int, error) {
	todo := deploy.Collection{
		Subscriptions: severalOf(c, "subscription"), Groups: severalOf(c, "group"),
		Folder: defaultListing, Tool: program + " " + moduleVersion(),
	}
	for _, g := range todo.Groups {
		if !azure.IsGroupName(g) {
			return exitNot, usagef("--group %q cannot be the name of a resource group", g)
		}
	}
	if c.IsSet("folder") {
		todo.Folder = strings.TrimRight(c.String("folder"), `/\`)
	}
	if slices.Contains([]string{"", ".", ".."}, todo.Folder) {
		return exitNot, usagef("--folder %q is no folder that can be made", c.String("folder"))
	}
	if c.NArg() > 0 || c.IsSet("config") {
		if len(todo.Subscriptions) > 0 {
			return exitNot, usagef("collect: the subscriptions come from --subscription or from files, not from both")
		}
		in, err := s.loadOptions(c)
		if err != nil {
			return exitNot, err
		}
		if in.broken {
			in.found.Sort()
			return exitNot, s.refuse(in, in.found, "looked up")
		}
		if todo.Subscriptions = s.subscriptionsOf(in); len(todo.Subscriptions) == 0 {
			return exitNot, usagef("collect: the files name no subscription by its id; say it with --subscription, or in %s", configName)
		}
	}
	script, err := render(func(w io.Writer) error { return deploy.Collect(w, todo, deploy.Shell(c.String("shell"))) })
	if err != nil {
		return exitNot, err
	}
	return s.writeNew(c, "script", script)
}

// subscriptionsOf are the ids of the subscriptions that the files of a command line and their options
// file name, in order. It says which of the files have none.
func (s *session) subscriptionsOf(in input) []string {
	var ids []string
	for _, sub := range in.options.Subscriptions {
		if sub.ID.Given() {
			ids = append(ids, sub.ID.Value)
		}
	}
	for _, source := range in.sources {
		id := source.ID
		if said, ok := in.options.Subscription(source.Name); ok && said.ID.Given() {
			id = said.ID.Value
		}
		if id == "" {
			s.say("%s: nothing says which subscription this is; it is not listed", diag.Plain(source.Name))
			continue
		}
		ids = append(ids, strings.ToLower(id))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// loadOptions reads the inputs of a command, of which an options file by itself may be all.
func (s *session) loadOptions(c *cli.Context) (input, error) {
	args := c.Args().Slice()
	if slices.ContainsFunc(args, func(arg string) bool { return !isConfig(arg) }) {
		return s.load(c)
	}
	opts, faults := readOptions(c, args)
	return input{options: opts, found: faults, broken: len(faults) > 0}, nil
}
