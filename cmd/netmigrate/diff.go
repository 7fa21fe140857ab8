package main

import (
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// formConversion looks at the first network as the files say, and at the second as convert makes it.
const formConversion = "classic-to-arm"

var diffCommand = command{
	name: "diff", args: "A B", title: "two networks: their configuration, and who can talk to whom",
	about: `Compares two networks, each a file or a folder: first their configuration, object by object and
property by property, then what is lost, at risk, misdelivered, newly open or reached by another
path when A is replaced by B, each with the addresses, both paths and one flow to try. A session
counts as kept only when it surely works, and as opened already when it perhaps does.

An object of A is the object of B with its name, in the subscription of its name where several
have one: the files may be called otherwise. On-premises networks are matched by name. What only
one of the two says anything of is listed and is no difference, and neither is a state, such as
that of a tunnel.

With --form classic-to-arm and the same input twice it shows what a conversion one to one changes: a
tunnel that cannot have been up as it is written is up when deployed (ARM-013).

exit code: 1 also when the configurations differ, or something is lost, at risk, misdelivered or
newly open (0 with --fail-on never).`,
	options: []option{
		{name: "configuration", title: "compare the configuration only"},
		{name: "reach", title: "compare who can talk to whom only"},
		{name: "format", choices: []string{"text", "json", "markdown", "csv"}, title: "how it is printed; csv needs --configuration or --reach"},
		{name: "form", choices: []string{formClassic, formARM, formConversion}, title: "both as the files say, both as convert makes them, or one of each"},
		configOption, maxSizeOption, failOn,
	},
	run: (*session).diff,
}

func (s *session) diff(c *cli.Context) (int, error) {
	format := report.Format(c.String("format"))
	both := c.Bool("configuration") == c.Bool("reach")
	switch args := c.Args().Slice(); {
	case both && format == report.CSV:
		return exitNot, usagef("diff: --format csv is one table: of --configuration or of --reach")
	case len(args) != 2:
		return exitNot, usagef("diff takes two inputs, a file or a folder each; here are %d", len(args))
	case args[0] == "-" && args[1] == "-":
		return exitNot, usagef("diff: only one of the two can be standard input")
	}
	var sides [2]input
	for i, arg := range c.Args().Slice() {
		in, err := s.loadThese(c, []string{arg})
		if err != nil {
			return exitNot, err
		}
		sides[i] = in
	}
	if sides[0].broken || sides[1].broken {
		all := input{count: sides[0].count + sides[1].count}
		var found diag.List
		for _, in := range sides {
			found = append(append(found, in.found...), lint(in.sources, false, in.answers())...)
		}
		found.Sort()
		return exitNot, s.refuse(all, slices.CompactFunc(found, sameFinding), "compared")
	}
	s.progress.now("comparing %d files", sides[0].count+sides[1].count)
	n, found := formedSides(sides, [2]string{c.Args().Get(0), c.Args().Get(1)}, c.String("form"))
	d := report.NetworkDiff{}
	if both || c.Bool("configuration") {
		d.Config = n.configuration()
	}
	if both || c.Bool("reach") {
		d.Reach = n.reach()
	}
	product, err := render(func(w io.Writer) error {
		if d.Config == nil {
			return d.Reach.Write(w, format, s.styleOut())
		}
		return d.Write(w, format, s.styleOut())
	})
	code, err := s.hand(product, found, err)
	if err != nil {
		return code, err
	}
	if s.settings.failOn != 0 && (d.Config != nil && d.Config.Differs() || d.Reach != nil && (d.Reach.Broken() || d.Reach.Opened())) {
		return exitFindings, nil
	}
	return code, nil
}

// networks are two networks that are compared.
type networks struct {
	names          [2]string
	as             [2]*estate.Estate // in the form that is compared
	objects, vnets []estate.Mapping  // which is which
}

// formedSides makes two inputs into networks, and lists what is found on the way.
func formedSides(sides [2]input, names [2]string, form string) (networks, diag.List) {
	n := networks{names: names}
	forms := [2]string{form, form}
	if form == formConversion {
		forms = [2]string{formClassic, formARM}
		n.names[0], n.names[1] = names[0]+" ("+formClassic+")", names[1]+" ("+formARM+")"
	}
	var found diag.List
	var written [2]*estate.Estate
	for i, in := range sides {
		var noticed diag.List
		written[i], n.as[i], noticed = in.formed(forms[i])
		found = append(found, noticed...)
	}
	if form == formConversion {
		n.as[1] = estate.Deployed(n.as[1])
	}
	var lost diag.List
	n.objects, n.vnets, lost = estate.Counterparts(written, n.as)
	found = append(found, lost...)
	found.Sort()
	return n, slices.CompactFunc(found, sameFinding)
}

// configuration compares the configurations.
func (n *networks) configuration() *report.ConfigDiff {
	return report.NewConfigDiff(n.names[0], n.names[1], n.as[0], n.as[1], n.objects)
}

// reach computes both relations and what changes from one to the other.
func (n *networks) reach() *report.ReachDiff {
	before, after := reach.Compute(n.as[0]), reach.Compute(n.as[1])
	return report.NewReachDiff(n.names[0], n.names[1], n.as[0], n.as[1], reach.Compare(before, after, n.vnets))
}

// sameFinding tells that two inputs are one, or share a document, so that all is found twice.
func sameFinding(a, b diag.Finding) bool {
	return a.Rule == b.Rule && a.Pos == b.Pos && a.Message == b.Message
}
