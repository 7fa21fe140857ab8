package main

import (
	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/migrate/risk"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

var lintCommand = command{
	name: "lint", args: "FILE|DIR…", title: "findings only",
	about: `Prints what is wrong or remarkable in the files: syntax, schema, references, and what the network
would meet on the way to a hub. The findings are the product, so they go to standard output. A
broken file does not keep the others from being looked at.`,
	options: []option{{name: "format", choices: []string{"text", "json"}, title: "how the findings are printed"}, failOn},
	run:     (*session).lint,
}

func (s *session) lint(c *cli.Context) (int, error) {
	in, err := s.load(c)
	if err != nil {
		return exitNot, err
	}
	s.progress.now("looking at %d files", len(in.files))
	found := append(in.found, lint(in.files, true)...)
	found.Sort()
	product, err := s.findings(found, report.Format(c.String("format")), s.styleOut())
	if err == nil {
		err = s.write(product)
	}
	switch {
	case err != nil, in.broken:
		return exitNot, err
	}
	return s.verdict(found), nil
}

// lint is what is noticed about files that could be parsed; classicRuns: also what the platform's
// own migration would do to the network.
func lint(files []*netcfg.File, classicRuns bool) diag.List {
	if len(files) == 0 {
		return nil
	}
	e, _, found := estate.FromNetcfg(files...)
	return append(found, risks(e, classicRuns)...)
}

func risks(e *estate.Estate, classicRuns bool) diag.List {
	if !classicRuns {
		return risk.Estate(e)
	}
	var migration diag.List
	wait := alongside(func() { migration = risk.Classic(e) })
	found := risk.Estate(e)
	wait()
	return append(found, migration...)
}
