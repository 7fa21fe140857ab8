package main

import (
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// formConversion looks at the first network as the files say, and at the second as convert makes it.
const formConversion = "classic-to-arm"

var diffCommand = command{
	name: "diff", args: "A B", title: "two networks: with --reach, what changes in who can talk to whom",
	about: `Compares two networks, each a file or a folder: what is lost, at risk, misdelivered, newly open or
reached by another path when A is replaced by B, each with the addresses, both paths and one flow to
try. A session counts as kept only when it surely works, and as opened already when it perhaps does.

A VNet of A is the VNet of B with its name, in the subscription of its name where several have one:
the files may be called otherwise. On-premises networks are matched by name.

With --form classic-to-arm and the same input twice it shows what a conversion one to one changes: a
tunnel that cannot have been up as it is written is up when deployed (ARM-013).

exit code: 1 also when something is lost, at risk, misdelivered or newly open (0 with --fail-on
never).`,
	options: []option{
		{name: "reach", title: "compare who can talk to whom (what else differs is not compared yet)"},
		{name: "format", choices: []string{"text", "json", "markdown", "csv"}, title: "how it is printed; csv has a row for each change"},
		{name: "form", choices: []string{formClassic, formARM, formConversion}, title: "both as the files say, both as convert makes them, or one of each"},
		configOption, maxSizeOption, failOn,
	},
	run: (*session).diff,
}

func (s *session) diff(c *cli.Context) (int, error) {
	switch args := c.Args().Slice(); {
	case !c.Bool("reach"):
		return exitNot, usagef("diff: the comparison of configurations is not there yet; --reach compares who can talk to whom")
	case len(args) != 2:
		return exitNot, usagef("diff takes two inputs, a file or a folder each; here are %d", len(args))
	case args[0] == "-" && args[1] == "-":
		return exitNot, usagef("diff: only one of the two can be standard input")
	}
	var sides [2]input
	for i, arg := range c.Args().Slice() {
		in, err := s.loadThese(c, []string{arg})
		if err != nil {
			return exitNot, err
		}
		sides[i] = in
	}
	if sides[0].broken || sides[1].broken {
		both := input{count: sides[0].count + sides[1].count}
		var found diag.List
		for _, in := range sides {
			found = append(append(found, in.found...), lint(in.sources, false, in.answers())...)
		}
		found.Sort()
		return exitNot, s.refuse(both, slices.CompactFunc(found, sameFinding), "compared")
	}
	s.progress.now("comparing %d files", sides[0].count+sides[1].count)
	d, found := compared(sides, [2]string{c.Args().Get(0), c.Args().Get(1)}, c.String("form"))
	product, err := render(func(w io.Writer) error { return d.Write(w, report.Format(c.String("format")), s.styleOut()) })
	code, err := s.hand(product, found, err)
	if err != nil {
		return code, err
	}
	if s.settings.failOn != 0 && (d.Broken() || d.Opened()) {
		return exitFindings, nil
	}
	return code, nil
}

// compared computes both relations and what changes from one to the other.
func compared(sides [2]input, names [2]string, form string) (*report.ReachDiff, diag.List) {
	forms := [2]string{form, form}
	if form == formConversion {
		forms = [2]string{formClassic, formARM}
	}
	var classic, as [2]*estate.Estate
	var found diag.List
	for i, in := range sides {
		var noticed diag.List
		classic[i], as[i], noticed = in.formed(forms[i])
		found = append(found, noticed...)
	}
	found.Sort()
	if form == formConversion {
		as[1] = estate.Deployed(as[1])
		names[0], names[1] = names[0]+" ("+formClassic+")", names[1]+" ("+formARM+")"
	}
	mapping := matched(classic[0], classic[1])
	for i, to := range [2]func(estate.ID) estate.ID{became(as[0]), became(as[1])} {
		for j := range mapping {
			end := &mapping[j].From
			if i == 1 {
				end = &mapping[j].To
			}
			*end = to(*end)
		}
	}
	before, after := reach.Compute(as[0]), reach.Compute(as[1])
	return report.NewReachDiff(names[0], names[1], as[0], as[1], reach.Compare(before, after, mapping)), slices.CompactFunc(found, sameFinding)
}

// sameFinding tells that two inputs are one, or share a document, so that all is found twice.
func sameFinding(a, b diag.Finding) bool {
	return a.Rule == b.Rule && a.Pos == b.Pos && a.Message == b.Message
}

// became finds the ID of a classic VNet in an estate that is classic, or made of it.
func became(e *estate.Estate) func(estate.ID) estate.ID {
	to := map[estate.Key]estate.ID{}
	for _, m := range e.Mapping {
		if m.From.Type == estate.TypeVNet {
			to[m.From.Key()] = m.To
		}
	}
	return func(id estate.ID) estate.ID {
		if now, ok := to[id.Key()]; ok {
			return now
		}
		return id
	}
}

// matched tells which VNet of one estate is which of another: the one of the same name in the
// subscription of the same name, else in the folder or file of the same name, else the only one of the
// name that is left on both sides. The names of subscriptions come from files and mostly differ.
func matched(a, b *estate.Estate) []estate.Mapping {
	var out []estate.Mapping
	last := func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
	left, right := idsOf(a), idsOf(b)
	for _, scope := range []func(estate.ID) string{
		func(id estate.ID) string { return id.Subscription },
		func(id estate.ID) string { return last(id.Subscription) },
		func(estate.ID) string { return "" },
	} {
		there := left.named(scope)
		for key, to := range right.named(scope) {
			if from := there[key]; len(from) == 1 && len(to) == 1 {
				out = append(out, estate.Mapping{From: from[0], To: to[0]})
				delete(left, from[0].Key())
				delete(right, to[0].Key())
			}
		}
	}
	slices.SortFunc(out, func(m, n estate.Mapping) int { return strings.Compare(m.From.Key().String(), n.From.Key().String()) })
	return out
}

// vnetNames are VNets, by ID, with their names as written.
type vnetNames map[estate.Key]*estate.VNet

func idsOf(e *estate.Estate) vnetNames {
	all := vnetNames{}
	for i := range e.VNets {
		all[e.VNets[i].ID.Key()] = &e.VNets[i]
	}
	return all
}

// named lists the VNets by scope and name.
func (n vnetNames) named(scope func(estate.ID) string) map[[2]string][]estate.ID {
	all := map[[2]string][]estate.ID{}
	for _, v := range n {
		key := [2]string{strings.ToLower(scope(v.ID)), strings.ToLower(v.Name)}
		all[key] = append(all[key], v.ID)
	}
	return all
}
