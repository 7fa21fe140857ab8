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

// The forms in which a network of classic files can be looked at.
const (
	formClassic = "classic" // as the files say
	formARM     = "arm"     // as convert makes it
)

var reachCommand = command{
	name: "reach", args: "FILE|DIR…", title: "who can talk to whom; --from, --to: one pair, hop by hop",
	about: `Prints who can talk to whom: a matrix of VNets, on-premises networks and client pools, the path of
each pair, the pairs of which only some addresses talk, what goes one way only, where packets may
turn around, and what it rests on. It is about routes; security groups are not reckoned with.

With --from and --to it follows one packet there and its answer back: at each place the routes that
hold the address, the one that won and why, and for a "no" the place and the reason. They take

  NAME, NAME/SUBNET, NAME/ADDRESS  a VNet or an on-premises network; else the fifth address
  clients:NAME                     the point-to-site clients of the gateway of a VNet
  vnet:NAME, on-premises:NAME      where a name alone is ambiguous, or reads like one of these
  ADDRESS                          whoever has it
  internet, internet/ADDRESS       with --to only

Case does not matter. Where VNets of several subscriptions share a name, SUBSCRIPTION/NAME is one of
them. A name may hold slashes: of all ways to read the text, the one with the longest name counts.

The exit code does not depend on the answer.`,
	options: []option{
		{name: "from", value: "PLACE", title: "follow a packet from here"},
		{name: "to", value: "PLACE", title: "to here"},
		{name: "format", choices: []string{"text", "json", "markdown", "csv"}, title: "how it is printed; csv has a row for each way that exists"},
		{name: "form", choices: []string{formClassic, formARM}, title: "the network as the files say, or as convert makes it"},
		configOption, maxSizeOption, dateOption, failOn,
	},
	run: (*session).reach,
}

func (s *session) reach(c *cli.Context) (int, error) {
	format := report.Format(c.String("format"))
	pair := c.IsSet("from") || c.IsSet("to")
	switch {
	case c.IsSet("from") != c.IsSet("to"):
		return exitNot, usagef("reach: --from and --to go together")
	case pair && format == report.CSV:
		return exitNot, usagef("reach: --format csv is about all pairs; it has no --from and --to")
	}
	in, err := s.load(c)
	if err != nil {
		return exitNot, err
	}
	if in.broken {
		found := s.settle(in, append(in.found, lint(in.sources, false, in.answers())...), reachLooksFor)
		return exitNot, s.refuse(in, found, "traced")
	}
	s.progress.now("following the packets of %d files", in.count)
	_, e, found := in.formed(c.String("form"))
	found = s.settle(in, found, reachLooksFor)
	var product []byte
	if pair {
		product, err = s.trace(e, in.options, c.String("from"), c.String("to"), format)
	} else {
		product, err = render(func(w io.Writer) error { return report.Reach(w, e, reach.Compute(e), format, s.styleOut()) })
	}
	return s.hand(product, found, err)
}

// formed is the estate of the input as the files say and in a form, and what was found on the way.
func (in input) formed(form string) (classic, as *estate.Estate, found diag.List) {
	classic, _, noticed := meaning(in.options, in.sources)
	as, found = classic, slices.Concat(in.found, noticed)
	if form == formARM && !classic.IsARM() {
		modern, _, more := estate.ToARM(classic)
		as, found = modern, append(found, more...)
	}
	found.Sort()
	return classic, as, found
}
