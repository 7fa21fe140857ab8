package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// planName is the plan in a kit.
const planName = "plan.json"

// mostPlanBytes bounds a plan that is read.
const mostPlanBytes = 1 << 30

var verifyCommand = command{
	name: "verify", args: "KIT|PLAN LISTING…", title: "where the network stands in a plan, and what may run next",
	about: `Holds a network against a plan: which steps have run, the last wave that is complete, what may run
next and what is against it, what was changed outside the plan, and which required pairs are lost.

KIT is the folder of plan -o, PLAN its plan.json. LISTING is the network as it is now: files or
folders, read as one network: a live listing, or classic files, which stand for the network that
convert makes of them and confirm nothing about what runs. An object is that of the plan with its
name, in the subscription of its name where several have one; in a plan of classic files also the
one that joins or holds the same.

A step is known by what it leaves; one that leaves no trace, such as an export or a verification,
has to be confirmed by whoever runs the plan, unless a later step shows it.

exit code: 0 the network is a state of the plan and nothing is lost or in the way of the next
steps; 1 something was changed outside the plan, is in the way or is lost, at or above --fail-on.`,
	options: []option{
		{name: "format", choices: []string{"text", "json", "markdown", "sarif"}, title: "how it is printed; sarif has the findings"},
		configOption, maxSizeOption, dateOption, failOn,
	},
	run: (*session).verify,
}

func (s *session) verify(c *cli.Context) (int, error) {
	args := c.Args().Slice()
	switch {
	case len(args) < 2:
		return exitNot, usagef("verify takes a plan, or the folder of one, and the network as it is now")
	case args[0] == "-" && slices.Contains(args[1:], "-"):
		return exitNot, usagef("verify: only one of the inputs can be standard input")
	}
	p, name, err := s.readPlan(args[0])
	if err != nil {
		return exitNot, err
	}
	s.sayEdited(args[0])
	live, in, found, err := s.loadLive(c, args[1:])
	if err != nil {
		return exitNot, err
	}
	if in.broken {
		return exitNot, s.refuse(in, s.settle(in, found, verifyLooksFor), "verified")
	}
	if err := plan.Usable(p, live, found); err != nil {
		if failed := s.report(s.settle(in, found, verifyLooksFor)); failed != nil {
			return exitNot, failed
		}
		return exitNot, err
	}
	s.progress.now("comparing %d files with the plan", in.count)
	live = plan.Recognise(p, live)
	v := report.NewVerification(name, args[1:], p, live, plan.Locate(p, live))
	found = s.settle(in, append(found, v.Findings()...), verifyLooksFor)
	format := report.Format(c.String("format"))
	return s.handAs(format, found, func(w io.Writer) error { return v.Write(w, format, s.styleOut()) })
}

// verifyLooksFor is what is noticed of the network while it is read, and of where it stands.
func verifyLooksFor(rule string) bool {
	return ofFamily(rule, "XML") || slices.Contains([]string{"PLAN-008", "PLAN-009", "PLAN-010", "PLAN-011", "PLAN-012"}, rule)
}

// loadLive reads the network as it is now, in ARM form; found is what is noticed while it is read. What a
// conversion has to say of it is not asked here.
func (s *session) loadLive(c *cli.Context, args []string) (live *estate.Estate, in input, found diag.List, err error) {
	in, err = s.loadThese(c, args)
	if err != nil || in.broken {
		return nil, in, in.found, err
	}
	live, _, noticed := meaning(in.options, in.sources)
	if !live.IsARM() {
		live, _, _ = estate.ToARM(live)
	}
	return live, in, slices.Concat(in.found, noticed), nil
}

// readPlan reads a plan, or that of a kit.
func (s *session) readPlan(path string) (p *plan.Plan, name string, err error) {
	return s.readPlanBy(path, report.ReadPlan)
}

func (s *session) readPlanBy(path string, read func(io.Reader) (*plan.Plan, error)) (p *plan.Plan, name string, err error) {
	name = filepath.ToSlash(path)
	src := s.stdin
	if path == "-" {
		name = standardInput
	} else {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			path = filepath.Join(path, planName)
			name = filepath.ToSlash(path)
		}
		f, err := os.Open(path)
		if err != nil {
			return nil, name, fmt.Errorf("plan %q: %w", name, errOf(err))
		}
		defer f.Close()
		src = f
	}
	if p, err = read(io.LimitReader(src, mostPlanBytes)); err != nil {
		return nil, name, fmt.Errorf("plan %q: %w", name, err)
	}
	return p, name, nil
}
