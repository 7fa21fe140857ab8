package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

var planCommand = command{
	name: "plan", args: "FILE|DIR…", title: "the way to a hub: target, ordered steps, diff and risks",
	about: `Prints the review of a plan: what was found, the hub and why, the target, the steps in order, what
changes, and the risks. With -o the folder holds plan.json, report.md, runbook.md with the commands
of every step, diff.txt, and template.json with parameters.json: what the plan adds before it takes
anything away.

The mode follows from the input: what a live listing describes runs (arm-live), and what files or
templates describe is assumed to run today in its ARM form (as-if-live). The others are named:
nothing of it runs (rebuild), or a classic network still does (classic-live). For a live network
there is a template for each resource group that something is added to, and stages.json. By the sums
in manifest.json a later run knows whether it may replace the folder.

plan.json may be edited: another hub, steps left out or in a later wave, other pairs. --from reads
what was decided, and plans the rest again: the network of the plan or, with inputs, that of these.
A decision that cannot be kept is refused, with its place in the plan.`,
	options: []option{
		{name: "format", choices: []string{"text", "json", "markdown"}, title: "how the review is printed"},
		{name: "hub", value: "NAME", title: "the hub: a VNet's name, new, none, regional, several or auto"},
		{name: "transit", choices: texts(options.Transits), title: "how VNets are joined: peerings, groups, or what they pass in a hub"},
		{name: "inspect", choices: texts(options.Inspects), title: "what passes a firewall or appliances: vnets, or all with on-premises"},
		{name: "exposure", choices: texts(options.Exposures), title: "pairs that the target newly joins: named, or closed by security groups"},
		{name: "mode", choices: modes(), title: "what the input describes; auto: as it follows from it"},
		fromOption,
		{name: "at", value: "STEP", title: "the network right after this step, and what may run next"},
		outputOption, keyVaultOption, configOption, usageOption, maxSizeOption, dateOption, failOn,
	},
	run: (*session).plan,
}

// modeAuto lets the mode follow from the input.
const modeAuto = "auto"

func modes() []string {
	names := []string{modeAuto}
	for _, m := range options.Modes {
		names = append(names, string(m))
	}
	return names
}

// texts are the values of an option.
func texts[T ~string](of []T) []string {
	names := make([]string, len(of))
	for i, w := range of {
		names[i] = string(w)
	}
	return names
}

func (s *session) plan(c *cli.Context) (int, error) {
	vault, err := vaultOf(c)
	if err != nil {
		return exitNot, err
	}
	if c.IsSet("at") && c.IsSet("output") {
		return exitNot, usagef("plan: --at shows one state, and -o writes the whole plan; use one of them")
	}
	in, from, err := s.planInput(c)
	if err != nil {
		return exitNot, err
	}
	opts := decided(c, in.options)
	vault = vaultOr(vault, in)
	if err := from.fits(opts.Mode); err != nil {
		return exitNot, err
	}
	if in.broken {
		found := s.settle(in, append(in.found, lint(in.sources, opts.Mode == options.ClassicLive, in.answers())...), lintLooksFor)
		return exitNot, s.refuse(in, found, "planned")
	}
	kept, decisions, err := from.decided(c, &opts)
	if in.found = append(in.found, decisions...); err != nil {
		return exitNot, s.noPlan(s.settle(in, in.found, lintLooksFor), err)
	}
	s.progress.now("planning %d files", in.count)
	out, err := makePlanAgain(in.sources, opts, vault, kept)
	out.found = append(in.found, out.found...)
	if err != nil {
		return exitNot, s.noPlan(s.settle(in, out.found, lintLooksFor), err)
	}
	format, dir := report.Format(c.String("format")), c.String("output")
	if c.IsSet("at") {
		out.found = s.settle(in, out.found, planLooksFor)
		return s.at(out, c.String("at"), format)
	}
	if dir != "" {
		err = s.planFolder(dir, in, &out)
	} else {
		out.found = s.settle(in, out.found, planLooksFor)
		err = s.review(out, format)
	}
	if err != nil {
		return exitNot, err
	}
	if dir != "" || format == report.JSON || !s.oneTerminal() {
		if err := s.report(out.found); err != nil {
			return exitNot, err
		}
	}
	return s.verdict(out.found), nil
}

// at prints the network right after a step.
func (s *session) at(out planned, step string, format report.Format) (int, error) {
	e, standing, err := plan.StandingAfter(out.plan, step)
	if err != nil {
		return exitNot, usagef("plan: --at: %v", err)
	}
	product, err := render(func(w io.Writer) error {
		return report.StateAfter(w, strings.ToUpper(step), out.plan, e, standing, format, s.styleOut())
	})
	return s.hand(product, out.found, err)
}

// noPlan prints the findings, and the error unless one of them says the same.
func (s *session) noPlan(found diag.List, err error) error {
	if failed := s.report(found); failed != nil {
		return failed
	}
	if slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Message == err.Error() }) {
		return nil
	}
	return fmt.Errorf("there is no plan: %w", err)
}

// review prints the plan on standard output.
func (s *session) review(out planned, format report.Format) error {
	product, err := renderPlan(out, format, s.styleOut())
	if err != nil {
		return err
	}
	return s.write(product)
}

func renderPlan(out planned, format report.Format, style report.Style) ([]byte, error) {
	return render(func(w io.Writer) error {
		switch format {
		case report.JSON:
			return report.PlanJSON(w, out.plan, out.found, out.diff)
		case report.Markdown:
			return report.PlanMarkdown(w, out.plan, out.found, out.diff)
		}
		return report.Plan(w, out.plan, out.found, out.diff, style)
	})
}

// planFolder writes the kit.
func (s *session) planFolder(dir string, in input, out *planned) error {
	files, err := out.kit()
	if err != nil {
		return err
	}
	out.found = s.settle(in, out.found, planLooksFor)
	wire, err := renderPlan(*out, report.JSON, report.Style{})
	if err != nil {
		return err
	}
	text, err := renderPlan(*out, report.Markdown, report.Style{})
	if err != nil {
		return err
	}
	steps, err := render(func(w io.Writer) error { return report.Runbook(w, out.plan, deploy.CommandsOf(out.plan, out.vault)) })
	if err != nil {
		return err
	}
	changes, err := render(func(w io.Writer) error { return out.diff.Unified(w, report.Style{}) })
	if err != nil {
		return err
	}
	return s.writeFolder(dir, slices.Concat([]file{{"plan.json", wire}, {"report.md", text}, {"runbook.md", steps}}, files, []file{{"diff.txt", changes}}))
}
