package main

import (
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/migrate/risk"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

var lintCommand = command{
	name: "lint", args: "FILE|DIR…", title: "findings only",
	about: `Prints what is wrong or remarkable in the files: syntax, schema, references, and what the network
would meet on the way to a hub. The findings are the product, so they go to standard output. A
broken file does not keep the others from being looked at.

The formats sarif, junit and github are for code scanning, build servers and GitHub workflows. In
junit a finding at or above --fail-on is a failure.

With --fix the product is the file with what has one safe correction corrected: prefixes in
canonical form, sites that nothing refers to taken out, gateway addresses that are known to be
swapped. The corrections and the findings that are left go to standard error. A file is refused
that would lose comments or unknown markup. Several files need -o with a folder.`,
	options: []option{
		{name: "format", choices: []string{"text", "json", "sarif", "junit", "github"}, title: "how the findings are printed"},
		{name: "fix", title: "write the corrected file instead of the findings"},
		{name: "output", short: "o", value: "FILE|DIR", title: "with --fix: write a file, or a folder when there are several"},
		configOption, maxSizeOption, dateOption, failOn,
	},
	run: (*session).lint,
}

func (s *session) lint(c *cli.Context) (int, error) {
	switch fix := c.Bool("fix"); {
	case fix && c.IsSet("format"):
		return exitNot, usagef("lint: --fix writes a network configuration; it has no --format")
	case !fix && c.IsSet("output"):
		return exitNot, usagef("lint: -o goes with --fix; the findings go to standard output")
	}
	in, err := s.load(c)
	if err != nil {
		return exitNot, err
	}
	s.progress.now("looking at %d files", in.count)
	if c.Bool("fix") {
		if err := in.classicOnly("lint --fix"); err != nil {
			return exitNot, err
		}
		return s.fix(c, in)
	}
	found := s.settle(in, append(in.found, lint(in.sources, true, in.answers())...), lintLooksFor)
	product, err := s.lintProduct(in.sources, found, report.Format(c.String("format")))
	if err == nil {
		err = s.write(product)
	}
	switch {
	case err != nil, in.broken:
		return exitNot, err
	}
	return s.verdict(found), nil
}

func (s *session) lintProduct(sources []estate.Source, found diag.List, format report.Format) ([]byte, error) {
	switch format {
	case report.SARIF:
		return render(func(w io.Writer) error { return report.FindingsSARIF(w, found, s.suppressed, moduleVersion()) })
	case report.JUnit:
	default:
		return s.findings(found, format, s.styleOut())
	}
	var names []string
	for _, d := range estate.Documents(sources...) {
		names = append(names, d.Name)
	}
	return render(func(w io.Writer) error { return report.FindingsJUnit(w, found, names, s.settings.failOn) })
}

// lint is what is noticed about documents that could be read; classicRuns: also what the platform's
// own migration would do to the network.
func lint(sources []estate.Source, classicRuns bool, opts *options.Options) diag.List {
	if len(sources) == 0 {
		return nil
	}
	e, _, found := meaning(opts, sources)
	return slices.Concat(found, risks(e, classicRuns, opts.Today))
}

// risks are what the rules say of an estate: in a classic one also of the platform's own migration, where
// that is still to come, and in one of Resource Manager what only its facts show.
func risks(e *estate.Estate, classicRuns bool, day options.Date) diag.List {
	var more diag.List
	wait := alongside(func() {
		switch {
		case e.IsARM():
			more = risk.Live(e, day)
		case classicRuns:
			more = risk.Classic(e)
		}
	})
	found := risk.Estate(e)
	wait()
	return append(found, more...)
}
