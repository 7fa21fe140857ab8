package main

import (
	"io"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// ledgerOf joins every leaf of the files with its fate. Fates number the documents in the order of
// their names, as the estate has them, and are sorted by leaf.
func ledgerOf(files []*netcfg.File, fates []diag.Fate) []report.LedgerEntry {
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b *netcfg.File) int { return strings.Compare(a.Name, b.Name) })
	entries := make([]report.LedgerEntry, 0, len(fates))
	next := 0
	for doc, f := range files {
		for _, leaf := range netcfg.LeavesOf(&netcfg.Document{Name: f.Name, Leaves: f.Leaves, File: f}) {
			ref := leaf.Ref.In(doc)
			entry := report.LedgerEntry{Pos: ref.Pos(f.Name), Path: leaf.Path, Fate: diag.Fate{Ref: ref}}
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
