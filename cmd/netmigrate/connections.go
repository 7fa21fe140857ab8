package main

import (
	"io"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/report"
)

var connectionsCommand = command{
	name: "connections", args: "FILE|DIR…", title: "what each connection leads to, how sure that is, and why",
	about: `Prints every connection of the files: the VNet and the local network site, what it ends at, how
sure that is and the evidence, what the site carries beside its owner, and what would settle a
connection that fits several others. A classic file does not say which VNet a site stands for: it
is inferred.`,
	options: []option{
		{name: "format", choices: []string{"text", "json", "markdown"}, title: "how the connections are printed"},
		configOption, maxSizeOption, dateOption, failOn,
	},
	run: (*session).connections,
}

func (s *session) connections(c *cli.Context) (int, error) {
	in, err := s.load(c)
	if err != nil {
		return exitNot, err
	}
	s.progress.now("connecting %d files", in.count)
	if in.broken {
		found := s.settle(in, append(in.found, lint(in.sources, false, in.answers())...), connectionsLooksFor)
		return exitNot, s.refuse(in, found, "connected")
	}
	e, _, noticed := meaning(in.options, in.sources)
	found := s.settle(in, slices.Concat(in.found, noticed, risks(e, false, in.today)), connectionsLooksFor)
	product, err := render(func(w io.Writer) error {
		return report.Connections(w, e, report.Format(c.String("format")), s.styleOut())
	})
	return s.hand(product, found, err)
}
