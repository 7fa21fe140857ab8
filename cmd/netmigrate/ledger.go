package main

import (
	"io"

	"github.com/urfave/cli/v2"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// ledgerOf joins every leaf of the documents with its fate. Fates are sorted by leaf.
func ledgerOf(sources []estate.Source, fates []diag.Fate) []report.LedgerEntry {
	entries := make([]report.LedgerEntry, 0, len(fates))
	next := 0
	for doc, d := range estate.Documents(sources...) {
		for _, leaf := range netcfg.LeavesOf(d) {
			ref := leaf.Ref.In(doc)
			entry := report.LedgerEntry{Pos: ref.Pos(d.Name), Path: leaf.Path, Fate: diag.Fate{Ref: ref}}
			for next < len(fates) && fates[next].Ref.Compare(ref) < 0 {
				next++
			}
			if next < len(fates) && fates[next].Ref == ref {
				entry.Fate = fates[next]
			}
			entries = append(entries, entry)
		}
	}
	return entries
}

// ledger prints the ledger, or writes it to the file that -o names.
func (s *session) ledger(c *cli.Context, entries []report.LedgerEntry) error {
	to, style := c.String("output"), s.styleOut()
	if to != "" {
		style = report.Style{}
	}
	product, err := render(func(w io.Writer) error {
		return report.Ledger(w, entries, report.Format(c.String("format")), style)
	})
	switch {
	case err != nil:
		return err
	case to == "":
		return s.write(product)
	}
	return s.writeOutput(to, c.Args().Slice(), product)
}
