package report

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

//go:generate go test . -run ^TestLedgerSchema$ -update

func ledgerSchema(t *testing.T) []byte {
	t.Helper()
	return schemaOf(t, &WireLedger{}, "netmigrate ledger", "The ledger of netmigrate, format "+LedgerFormat+".")
}

func TestLedgerSchema(t *testing.T) {
	golden(t, "../../docs/ledger.schema.json", string(ledgerSchema(t)))
}

// sampleLedger has a leaf of every fate; every name passes through name.
func sampleLedger(name func(string) string) []LedgerEntry {
	at := func(line int) diag.Pos { return diag.Pos{File: name("corp.netcfg"), Line: line, Col: 7} }
	const vnet = "NetworkConfiguration/VirtualNetworkConfiguration/VirtualNetworkSites/VirtualNetworkSite"
	return []LedgerEntry{
		{at(1), "NetworkConfiguration", diag.Fate{Kind: diag.Dropped, Why: "structure of the document"}},
		{at(2), vnet + "/@name", diag.Fate{Kind: diag.Changed, Why: "ARM-002", Old: name("=hub @home"), New: name("hub-home"), Targets: []string{"virtualNetworks/hub-home"}}},
		{at(3), vnet + "/AddressSpace/AddressPrefix/text()", diag.Fate{Kind: diag.Converted, Targets: []string{name("virtualNetworks/hub a[0]"), "b[1]"}}},
		{at(4), vnet + "/@Location", diag.Fate{Kind: diag.NeedsPerson, Why: "ARM-004"}},
		{at(5), name(vnet + "/Tag"), diag.Fate{}},
	}
}

func TestLedger(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"ledger.txt":  func(w io.Writer) error { return Ledger(w, sampleLedger(asIs), Text, Style{}) },
		"ledger.ansi": func(w io.Writer) error { return Ledger(w, sampleLedger(asIs), Text, Style{Color: true}) },
		"ledger.json": func(w io.Writer) error { return Ledger(w, sampleLedger(asIs), JSON, Style{}) },
		"ledger.csv":  func(w io.Writer) error { return Ledger(w, sampleLedger(asIs), CSV, Style{}) },
	} {
		golden(t, "testdata/"+name, print(t, write))
	}
	if err := Ledger(io.Discard, nil, SARIF, Style{}); !errors.Is(err, ErrFormat) {
		t.Errorf("a ledger as SARIF: %v", err)
	}
}

func TestLedgerMatchesItsSchema(t *testing.T) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(ledgerSchema(t)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("ledger.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("ledger.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []func(string) string{asIs, hostile} {
		text := print(t, func(w io.Writer) error { return Ledger(w, sampleLedger(name), JSON, Style{}) })
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Error(err)
		}
		var back WireLedger
		if err := json.Unmarshal([]byte(text), &back); err != nil || back.Coverage.Leaves != 5 || back.Coverage.NoFate != 1 {
			t.Errorf("read back %+v, %v", back.Coverage, err)
		}
	}
}

// TestHostileLedger holds that a spreadsheet reads as many rows and columns as there are, and no
// formula, and that text keeps a line for each leaf.
func TestHostileLedger(t *testing.T) {
	for _, first := range []string{"=", "+", "-", "@", " =", "\t=", "\r="} {
		entries := sampleLedger(func(s string) string { return first + hostile(s) + "\",\"=1+1\r\n" })
		rows, err := csv.NewReader(strings.NewReader(print(t, func(w io.Writer) error { return Ledger(w, entries, CSV, Style{}) }))).ReadAll()
		if err != nil || len(rows) != len(entries)+1 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsAny(strings.TrimSpace(cell)[:1], "=+-@") {
					t.Errorf("%q is a formula", cell)
				}
			}
			if len(row) != 9 {
				t.Errorf("%d columns in %q", len(row), row)
			}
		}
		text := print(t, func(w io.Writer) error { return Ledger(w, entries, Text, Style{}) })
		lines := 0
		for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
			if !strings.HasPrefix(line, "\t") {
				lines++
			}
		}
		if lines != len(entries) || strings.Contains(text, "\x1b") {
			t.Errorf("%d lines:\n%q", lines, text)
		}
	}
}

func TestShares(t *testing.T) {
	for _, c := range []struct {
		parts []int
		want  []string
	}{
		{nil, []string{}},
		{[]int{0, 0, 0}, []string{"0%", "0%", "0%"}},
		{[]int{9, 0, 0}, []string{"100%", "0%", "0%"}},
		{[]int{1, 1, 1}, []string{"33.4%", "33.3%", "33.3%"}},
		{[]int{1, 999_999}, []string{"0.1%", "99.9%"}},
		{[]int{2, 1, 2}, []string{"40.0%", "20.0%", "40.0%"}},
		{[]int{55, 9, 1}, []string{"84.7%", "13.8%", "1.5%"}},
	} {
		if d := cmp.Diff(c.want, shares(c.parts...)); d != "" {
			t.Errorf("%v: %s", c.parts, d)
		}
	}
}
