package main

import (
	"io"

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

func (s *session) ledger(entries []report.LedgerEntry, format report.Format) error {
	product, err := render(func(w io.Writer) error { return report.Ledger(w, entries, format, s.styleOut()) })
	if err != nil {
		return err
	}
	return s.write(product)
}
