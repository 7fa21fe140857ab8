package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

var explainCommand = command{
	name: "explain", args: "RULE", title: "one rule or assumption: why, remedy, source",
	about: `Prints what a rule (ADDR-001, or its name peers-overlap) or an assumption (ASM-SKU) means, what
follows from it and what to do.`,
	words: explainable,
	run:   (*session).explain,
}

var rulesCommand = command{
	name: "rules", title: "all rules",
	about:   `Prints the table of all rules, or the reference page in Markdown.`,
	options: []option{{name: "format", choices: []string{"text", "markdown"}, title: "a table, or the whole reference page"}},
	run:     (*session).rules,
}

// explainable are the ids that explain knows, in order.
func explainable() []string {
	var ids []string
	for _, r := range diag.Rules() {
		ids = append(ids, r.ID)
	}
	for _, a := range assumptionTexts() {
		ids = append(ids, a.ID)
	}
	return ids
}

// assumptionTexts are the assumptions about what files cannot say, and then those about single flows
// that are not among them.
func assumptionTexts() []estate.Assumption {
	texts := estate.AssumptionTexts()
	for _, a := range reach.AssumptionTexts() {
		if _, known := estate.AssumptionText(a.ID); !known {
			texts = append(texts, a)
		}
	}
	return texts
}

func (s *session) explain(c *cli.Context) (int, error) {
	if c.NArg() != 1 {
		return exitNot, usagef("explain takes one rule or assumption, such as ADDR-001")
	}
	id := c.Args().First()
	if text, ok := explanation(id); ok {
		return exitDone, s.write([]byte(text))
	}
	near := nearest(id, explainable(), 3)
	if len(near) == 0 {
		return exitNot, usagef("no rule is called %q; %s rules lists them", id, program)
	}
	return exitNot, usagef("no rule is called %q; near it: %s", id, strings.Join(near, ", "))
}

// explanation is what is known of a rule, by id or name, or of an assumption.
func explanation(id string) (string, bool) {
	for _, r := range diag.Rules() {
		if strings.EqualFold(r.Name, id) {
			id = r.ID
		}
	}
	if text, ok := diag.Explain(id); ok {
		return text, true
	}
	texts := assumptionTexts()
	i := slices.IndexFunc(texts, func(a estate.Assumption) bool { return strings.EqualFold(a.ID, id) })
	if i < 0 {
		return "", false
	}
	a := texts[i]
	return fmt.Sprintf("%s (assumption)\n\nassumed  %s\nbecause  %s\nsettle   %s\n", a.ID, a.Assumed, a.Because, a.Settle), true
}

func (s *session) rules(c *cli.Context) (int, error) {
	if c.NArg() > 0 {
		return exitNot, usagef("rules takes no arguments; %s explain %s prints one rule", program, c.Args().First())
	}
	if c.String("format") == "markdown" {
		return exitDone, s.write([]byte(diag.Markdown()))
	}
	table, err := render(ruleTable)
	if err != nil {
		return exitNot, err
	}
	return exitDone, s.write(table)
}

func ruleTable(w io.Writer) error {
	for _, r := range diag.Rules() {
		if _, err := fmt.Fprintf(w, "%-9s %-8s %s\n", r.ID, r.Severity, r.Title); err != nil {
			return err
		}
	}
	return nil
}
