package main

import (
	"io"
	"os"
	"path/filepath"

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
pair that one names may be down while it is open. What else is in a kit stays as it was; plan --from
makes it anew.

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
	s.sayEdited(args[0])
	s.progress.now("checking %d steps", len(p.Steps))
	p.Before = reach.Compute(p.Base)
	proof := plan.Check(p)
	p.Violations, p.Opened, p.Checked = proof.Violations, proof.Opened, proof.Checked
	found := report.CheckFindings(name, p)
	format := report.Format(c.String("format"))
	return s.handAs(format, found, func(w io.Writer) error { return report.Checked(w, name, p, format, s.styleOut()) })
}

// sayEdited says that the runbook and the templates of a kit are of another plan than the one in it, once a person has
// edited that.
func (s *session) sayEdited(path string) {
	kit := path
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		if kit = filepath.Dir(path); filepath.Base(path) != planName {
			return
		}
	}
	sums, err := readManifest(kit)
	if was := sums[planName]; err == nil && was != "" && was != sumOf(filepath.Join(kit, planName)) {
		s.say("%s was edited after the kit was written: report, runbook and templates there are still those of the plan before; plan --from makes them anew", planName)
	}
}
