package main

import (
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

var fromOption = option{name: "from", value: "KIT|PLAN", title: "an edited plan: keep what was decided, plan the rest again"}

// edited is a plan that somebody edited; nil without --from.
type edited struct {
	plan *plan.Plan
	name string
}

// planInput reads what is planned: the inputs, and the plan that --from names.
func (s *session) planInput(c *cli.Context) (input, *edited, error) {
	args := c.Args().Slice()
	if !c.IsSet(fromOption.name) {
		in, err := s.loadThese(c, args)
		return in, nil, err
	}
	path := c.String(fromOption.name)
	if path == "-" && slices.Contains(args, "-") {
		return input{}, nil, usagef("plan: only one of the inputs can be standard input")
	}
	p, name, err := s.readPlanBy(path, report.ReadEdited)
	if err != nil {
		return input{}, nil, err
	}
	in := input{}
	if len(args) > 0 {
		in, err = s.loadThese(c, args)
	} else {
		in, err = told(c, nil) // there is no input that an options file could be beside
		if err == nil {
			s.sayTold(&in)
		}
	}
	return in, &edited{p, name}, err
}

// fits refuses a mode that is not that of the edited plan.
func (e *edited) fits(mode options.Mode) error {
	if e == nil || mode == "" || mode == e.plan.Mode {
		return nil
	}
	return usagef("plan: mode %s is not that of %s, which is %s", mode, diag.Plain(e.name), e.plan.Mode)
}

// decided is what was decided in the edited plan, and over it the flags of this run.
func (e *edited) decided(c *cli.Context, opts *options.Options) (*plan.Kept, diag.List, error) {
	if e == nil {
		return nil, nil, nil
	}
	opts.Mode = e.plan.Mode
	kept, found, err := plan.Decided(e.name, e.plan)
	if err != nil {
		return nil, found, err
	}
	switch {
	case !c.IsSet("hub"):
	case opts.Hub == options.HubAuto:
		kept.Hubless()
	default:
		kept.HubWins = true
	}
	return kept, found, nil
}

// meaningOr is the network that documents describe, or that of an edited plan where there are none.
func meaningOr(kept *plan.Kept, opts *options.Options, sources []estate.Source) (*estate.Estate, []diag.Fate, diag.List) {
	if kept != nil && len(sources) == 0 {
		return kept.Base(), nil, nil
	}
	return meaning(opts, sources)
}

// planWith plans a network, and keeps what was decided.
func planWith(kept *plan.Kept, e *estate.Estate, opts options.Options) (*plan.Plan, diag.List, error) {
	switch {
	case kept == nil:
		return plan.Make(e, opts)
	case e == kept.Base():
		return plan.Remake(nil, opts, kept)
	}
	return plan.Remake(e, opts, kept)
}
