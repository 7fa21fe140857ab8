package main

import (
	"io"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/migrate/report"
)

var checkCommand = command{
	name: "check", args: "KIT|PLAN", title: "whether a plan that somebody edited is still sound",
	about: `Walks the states of a plan.json, or of that in the folder of plan -o, as plan itself does before it
prints one, and says what is wrong: a pair that is lost outside the declared windows, a state that
the platform would refuse (two peered networks that overlap, a gateway of its own beside a remote
one), a step that cannot run when its turn comes (a gateway is deleted before its connections), and
steps that do not end in the target.

Steps and windows may be edited, left out or moved to other waves. The check trusts the windows: a
pair that one names may be down while it is open.

exit code: 0 sound; 1 not sound; 2 the file is no plan, or its steps do not hang together.`,
	options: []option{
		{name: "format", choices: []string{"text", "json", "markdown", "sarif"}, title: "how it is printed; sarif has the findings"},
		failOn,
	},
	run: (*session).check,
}

func (s *session) check(c *cli.Context) (int, error) {
	args := c.Args().Slice()
	if len(args) != 1 {
		return exitNot, usagef("check takes one plan, or the folder of one; here are %d", len(args))
	}
	p, name, err := s.readPlan(args[0])
	if err != nil {
		return exitNot, err
	}
	s.progress.now("checking %d steps", len(p.Steps))
	p.Before = reach.Compute(p.Base)
	proof := plan.Check(p)
	p.Violations, p.Opened, p.Checked = proof.Violations, proof.Opened, proof.Checked
	found := report.CheckFindings(name, p)
	format := report.Format(c.String("format"))
	return s.handAs(format, found, func(w io.Writer) error { return report.Checked(w, name, p, format, s.styleOut()) })
}
