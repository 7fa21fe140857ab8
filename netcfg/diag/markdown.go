package diag

import (
	"fmt"
	"strings"
)

//go:generate go test . -run ^TestRulesPage$ -update

// families says what each family of rules is about, in the order of the page.
var families = []struct{ name, about string }{
	{"XML", "syntax and schema of a network configuration"},
	{"ADDR", "address spaces, subnets and prefixes"},
	{"SITE", "local network sites: a next hop and what is behind it"},
	{"LINK", "connections, and whether two halves make one"},
	{"GW", "gateways and their subnet"},
	{"CLS", "what only a classic network has"},
	{"ARM", "what is written into templates"},
	{"PLAN", "target and steps of a plan"},
	{"PEER", "peerings"},
	{"RTE", "route tables and forced tunnelling"},
	{"TRN", "transit between spokes"},
	{"HUB", "the hub"},
	{"SEC", "exposure and encryption"},
	{"ONP", "on-premises networks"},
	{"ER", "ExpressRoute"},
	{"P2S", "point-to-site clients"},
	{"DNS", "name resolution"},
	{"BGP", "routes that are told by BGP"},
	{"LIM", "limits of the platform"},
	{"CST", "what a target costs"},
	{"OPS", "running the migration"},
	{"LST", "live listings and templates as an input"},
	{"OPT", "the options file, netmigrate.yaml"},
}

// Markdown is the reference page of all rules: a table for each family, then a section for each
// rule. It is written to docs/rules.md by this package's test with -update.
func Markdown() string {
	var b strings.Builder
	b.WriteString("# Rules\n\n" +
		"<!-- generated from netcfg/diag; go generate ./netcfg/diag writes it -->\n\n" +
		"Every finding names one of these rules. `netmigrate explain ID` prints one of them. " +
		"An error means that something does not work, is refused, or is lost or opened; a warning asks for a look; a note informs. " +
		"Ids are never reused.\n")
	for _, f := range families {
		fmt.Fprintf(&b, "\n## %s: %s\n\n| id | severity | what is wrong |\n|---|---|---|\n", f.name, f.about)
		for _, r := range ofFamily(f.name) {
			fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.ID, strings.ToLower(r.ID), r.Severity, cell(r.Title))
		}
		for _, r := range ofFamily(f.name) {
			r.section(&b)
		}
	}
	return b.String()
}

// section writes one rule. The heading is the bare id, so that #addr-001 leads to it.
func (r Rule) section(b *strings.Builder) {
	fmt.Fprintf(b, "\n### %s\n\n%s: %s (`%s`, since %s)\n\n", r.ID, sentence(r.Severity.String()), r.Title, r.Name, r.Since)
	fmt.Fprintf(b, "%s.\n\nTo do: %s.\n\n", sentence(r.Why), r.Fix)
	fmt.Fprintf(b, "Source: [%s](%s)\n", r.Source, strings.TrimPrefix(r.Source, "docs/"))
}

// Explain is one rule as text for a terminal; false when the id is not in the catalogue. Letter
// case does not matter.
func Explain(id string) (string, bool) {
	r, ok := Lookup(strings.ToUpper(id))
	if !ok {
		return "", false
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s (%s, since %s)\n\n", r.ID, r.Name, r.Severity, r.Since)
	for _, part := range []struct{ label, text string }{
		{"what", r.Title}, {"why", r.Why}, {"to do", r.Fix}, {"source", r.Source},
	} {
		fmt.Fprintf(&b, "%-8s%s\n", part.label, wrap(part.text, 80, "        "))
	}
	return b.String(), true
}

func ofFamily(name string) []Rule {
	var rules []Rule
	for _, r := range catalogue {
		if strings.HasPrefix(r.ID, name+"-") {
			rules = append(rules, r)
		}
	}
	return rules
}

// cell makes text safe inside a Markdown table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// wrap breaks text at spaces before the given column and indents the further lines.
func wrap(text string, width int, indent string) string {
	var b strings.Builder
	column := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case column+1+len(word) > width-len(indent):
			b.WriteString("\n" + indent)
			column = 0
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}
