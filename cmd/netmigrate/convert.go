package main

import (
	"fmt"
	"io"
	"regexp"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

var (
	outputOption   = option{name: "output", short: "o", value: "DIR", title: "write a folder instead of standard output, whole or not at all"}
	keyVaultOption = option{name: "key-vault", value: "ID", title: "resource id of the Key Vault that holds the shared keys"}
)

var convertCommand = command{
	name: "convert", args: "FILE|DIR…", title: "classic network to ARM template, one to one",
	about: `Prints one ARM template with everything that the files describe. The findings go to standard
error and end with the count of what was converted, changed, dropped, or needs a person. With -o
the folder holds template.json, parameters.json, findings.txt and findings.json.

Several subscriptions, or more than one template can hold, make several templates: they need -o, and
the folder has stages.json with their order, and a template and parameters for each.

If one of the files is broken, all findings are printed but no template: half a network is none.

With --ledger the product is a list of every element, attribute and text of the input, with its
place, what became of it and why. The formats json and csv are for programs and spreadsheets; -o is
then the name of a file.`,
	options: []option{
		{name: "output", short: "o", value: "DIR|FILE", title: "write a folder, or the file of --ledger, whole or not at all"},
		keyVaultOption,
		{name: "ledger", title: "print what became of every part of the input instead of the template"},
		{name: "format", choices: []string{"text", "json", "csv"}, title: "how the ledger is printed"},
		configOption, maxSizeOption, dateOption, failOn,
	},
	run: (*session).convert,
}

func (s *session) convert(c *cli.Context) (int, error) {
	if !c.Bool("ledger") && c.IsSet("format") {
		return exitNot, usagef("convert: --format goes with --ledger; a template is JSON")
	}
	vault, err := vaultOf(c)
	if err != nil {
		return exitNot, err
	}
	in, err := s.load(c)
	if err != nil {
		return exitNot, err
	}
	if err := in.classicOnly("convert"); err != nil {
		return exitNot, err
	}
	vault = vaultOr(vault, in)
	s.progress.now("converting %d files", in.count)
	out, err := convert(in.sources, in.answers(), vault)
	if err != nil {
		return exitNot, err
	}
	found := s.settle(in, append(in.found, out.found...), convertLooksFor)
	if in.broken {
		return exitNot, s.refuse(in, found, "converted")
	}
	switch dir := c.String("output"); {
	case c.Bool("ledger"):
		err = s.ledger(c, ledgerOf(in.sources, out.fates))
	case dir != "":
		err = s.convertFolder(dir, out, found)
	case len(out.stages) > 1:
		err = usagef("the networks make %d templates; -o DIR writes them, with their order", len(out.stages))
	default:
		err = s.write(out.texts[0].template)
	}
	if err != nil {
		return exitNot, err
	}
	if err := s.convertSummary(found, out.fates); err != nil {
		return exitNot, err
	}
	return s.verdict(found), nil
}

func (s *session) convertFolder(dir string, out converted, found diag.List) error {
	text, err := s.renderFindings(found, report.Text)
	if err != nil {
		return err
	}
	wire, err := s.renderFindings(found, report.JSON)
	if err != nil {
		return err
	}
	files, err := out.files()
	if err != nil {
		return err
	}
	return s.writeFolder(dir, append(files, file{"findings.txt", text}, file{"findings.json", wire}))
}

// files are the templates and parameters, and the order of the stages when there are several.
func (c *converted) files() ([]file, error) {
	if len(c.stages) == 1 {
		return []file{{"template.json", c.texts[0].template}, {"parameters.json", c.texts[0].parameters}}, nil
	}
	var files []file
	names := make([]report.StageFiles, len(c.stages))
	for i, t := range c.texts {
		base := fmt.Sprintf("%02d-%s", i+1, c.stages[i].Name)
		names[i] = report.StageFiles{Template: base + ".template.json", Parameters: base + ".parameters.json"}
		files = append(files, file{names[i].Template, t.template}, file{names[i].Parameters, t.parameters})
	}
	order, err := render(func(w io.Writer) error { return report.Stages(w, c.stages, names) })
	return append(files, file{"stages.json", order}), err
}

// convertSummary puts the findings on standard error, and after them what became of the leaves of
// the input.
func (s *session) convertSummary(found diag.List, fates []diag.Fate) error {
	if err := s.report(found); err != nil {
		return err
	}
	if s.settings.quiet {
		return nil
	}
	return report.Convert(s.stderr, fates, s.styleErr())
}

// vaultID is the shape of the resource id of a Key Vault.
var vaultID = regexp.MustCompile(`(?i)^/subscriptions/[^/\s]+/resourceGroups/[^/\s]+/providers/Microsoft\.KeyVault/vaults/[^/\s]+$`)

// vaultOf reads --key-vault. An empty value is a mistake, most often a variable that is not set.
func vaultOf(c *cli.Context) (deploy.Options, error) {
	id := c.String("key-vault")
	if c.IsSet("key-vault") && !vaultID.MatchString(id) {
		return deploy.Options{}, usagef("--key-vault %q is not the resource id of a vault: /subscriptions/…/resourceGroups/…/providers/Microsoft.KeyVault/vaults/…", id)
	}
	return deploy.Options{KeyVault: id}, nil
}

// vaultOr is the vault of the flag or, without it, that of the options file.
func vaultOr(flag deploy.Options, in input) deploy.Options {
	if flag.KeyVault == "" {
		flag.KeyVault = in.options.KeyVault.Value
	}
	return flag
}
