package main

import (
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

var initCommand = command{
	name: "init", args: "FILE|DIR…", title: "an options file with every open question",
	about: `Prints a ` + configName + ` that asks for everything the files cannot say: regions of affinity groups,
gateways, keys, circuits, what a site stands for. Questions are commented out, each with what is
assumed as long as it is not answered. Answers of an options file beside the input are kept. With -o
the file is written instead; one that is there is replaced only with --force.`,
	options: []option{
		{name: "output", short: "o", value: "FILE", title: "write a file instead of standard output"},
		{name: "force", title: "replace the file if there is one; answers that were read are kept"},
		configOption, maxSizeOption,
	},
	run: (*session).init,
}

func (s *session) init(c *cli.Context) (int, error) {
	in, err := s.load(c)
	if err != nil {
		return exitNot, err
	}
	if err := in.classicOnly("init"); err != nil {
		return exitNot, err
	}
	if in.broken {
		in.found.Sort()
		return exitNot, s.refuse(in, in.found, "asked")
	}
	e, _, _ := estate.FromClassic(in.options, in.sources...)
	product, err := render(func(w io.Writer) error { return report.Questions(w, e, in.options) })
	if err != nil {
		return exitNot, err
	}
	return s.writeNew(c, "options file", product)
}

// writeNew gives out a product: on standard output, or in the file of -o, which --force replaces.
func (s *session) writeNew(c *cli.Context, what string, product []byte) (int, error) {
	path := c.String("output")
	if path == "" {
		return exitDone, s.write(product)
	}
	if _, err := os.Lstat(path); err == nil && !c.Bool("force") {
		return exitNot, fmt.Errorf("%s %q: it exists; --force replaces it", what, path)
	}
	if err := s.folder.writeOne(path, product); err != nil {
		return exitNot, err
	}
	s.say("wrote %s", diag.Plain(path))
	return exitDone, nil
}
