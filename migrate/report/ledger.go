package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// LedgerEntry is a leaf of the input and what became of it. Path leads to it: element names, then
// /@name for an attribute and /text() for a text. A leaf that nobody spoke for has the zero Kind.
type LedgerEntry struct {
	Pos  diag.Pos
	Path string
	diag.Fate
}

// Ledger writes what became of every leaf of the input: as text, as JSON in the format
// LedgerFormat, or as CSV. It returns ErrFormat for another format, otherwise what w returns.
func Ledger(w io.Writer, entries []LedgerEntry, format Format, s Style) error {
	switch format {
	case JSON:
		return writeJSON(w, WireLedger{LedgerFormat, *wireCoverage(coverageOf(fatesOf(entries))), each(entries, wireLeaf)})
	case CSV:
		return ledgerCSV(w, entries)
	case Text, "":
		return ledgerText(w, entries, s)
	}
	return fmt.Errorf("ledger as %q: %w", format, ErrFormat)
}

func fatesOf(entries []LedgerEntry) []diag.Fate {
	return each(entries, func(e LedgerEntry) diag.Fate { return e.Fate })
}

// ledgerText writes a leaf as findings are written: a line with place, fate and path, and below it,
// indented, why and what it became. Convert has the sums.
func ledgerText(w io.Writer, entries []LedgerEntry, s Style) error {
	var b strings.Builder
	for i := range entries {
		e := &entries[i]
		word := e.Kind.String()
		if s.Color {
			word = painted(word, fateTone(e.Kind))
		}
		fmt.Fprintf(&b, "%s: %s %s\n", diag.Plain(e.Pos.String()), word, diag.Plain(e.Path))
		switch why := diag.Plain(reasonWords(e.Why)); {
		case e.Old != "" || e.New != "":
			fmt.Fprintf(&b, "\t%s is now %s: %s\n", diag.Plain(e.Old), diag.Plain(e.New), why)
		case e.Why != "":
			fmt.Fprintf(&b, "\t%s\n", why)
		}
		for _, target := range e.Targets {
			fmt.Fprintf(&b, "\t-> %s\n", diag.Plain(target))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func fateTone(k diag.FateKind) tone {
	switch k {
	case diag.Converted:
		return good
	case diag.NeedsPerson:
		return warn
	case diag.Changed, diag.Dropped:
		return plain
	}
	return bad
}

// ledgerCSV writes a head and a row for each leaf, as RFC 4180 has it. Every field is in quotes, so that
// no spreadsheet finds a separator of its own in one.
func ledgerCSV(w io.Writer, entries []LedgerEntry) error {
	var b strings.Builder
	csvRow(&b, "file", "line", "column", "path", "fate", "why", "old", "new", "targets")
	for i := range entries {
		e := &entries[i]
		csvRow(&b, e.Pos.File, strconv.Itoa(e.Pos.Line), strconv.Itoa(e.Pos.Col), e.Path, e.Kind.String(), e.Why, e.Old, e.New, strings.Join(e.Targets, " | "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func csvRow(b *strings.Builder, fields ...string) {
	for i, field := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + strings.ReplaceAll(csvText(field), `"`, `""`) + `"`)
	}
	b.WriteString("\r\n")
}

// csvText keeps a spreadsheet from taking a text for a formula: it would where one begins with a sign, also
// behind blanks. Source: docs/sources.md#output-formats.
func csvText(s string) string {
	s = diag.Plain(s)
	if first := strings.TrimLeft(s, " "); first != "" && strings.IndexByte("=+-@", first[0]) >= 0 {
		return "'" + s
	}
	return s
}
