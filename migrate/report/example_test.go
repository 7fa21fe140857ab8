package report_test

import (
	"os"

	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func ExampleFindings() {
	var found diag.List
	found.Add("SITE-007", diag.Pos{File: "corp.netcfg", Line: 41, Col: 9}, "no VNet refers to site %q", "old-office")
	report.Findings(os.Stdout, found, report.Text, report.Style{})
	// Output:
	// corp.netcfg:41:9: warning SITE-007: no VNet refers to site "old-office"
	// 	hint: drop it, or add the connection that should lead to it
	// 1 warning
}

func ExampleConvert() {
	fates := []diag.Fate{
		{Ref: diag.Ref{Ordinal: 1}, Kind: diag.Converted},
		{Ref: diag.Ref{Ordinal: 2}, Kind: diag.Changed, Why: "ARM-002"},
		{Ref: diag.Ref{Ordinal: 3}, Kind: diag.NeedsPerson, Why: "ARM-004"},
	}
	report.Convert(os.Stdout, fates, report.Style{})
	// Output:
	// 3 elements, attributes and texts: 1 converted, 1 changed, 0 dropped, 1 needs a person
	// needs a person:
	//      1  ARM-004: the location of a resource is unknown and became a parameter
	//
	// changed:
	//      1  ARM-002: a name was changed to be legal in Resource Manager
	//
	// 66.7% carried over, 0% dropped on purpose, 33.3% left to a person
}
