package netcfg_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// tree prints a node as indented lines "Name: text".
func tree(n *netcfg.Node) string {
	var b strings.Builder
	var print func(n *netcfg.Node, indent string)
	print = func(n *netcfg.Node, indent string) {
		b.WriteString(indent + n.Name)
		if n.Text != "" {
			b.WriteString(": " + n.Text)
		}
		if n.Secret.Known() {
			b.WriteString(": " + n.Secret.String())
		}
		if n.Nil {
			b.WriteString(" (nil)")
		}
		b.WriteString("\n")
		for i := range n.Nodes {
			print(&n.Nodes[i], indent+"  ")
		}
	}
	print(n, "")
	return b.String()
}

// summary prints what a document holds, but for its leaves.
func summary(d *netcfg.Document) string {
	var b strings.Builder
	for _, r := range d.Responses {
		fmt.Fprintf(&b, "[%s]", r.Place.Path())
		if r.Place.Call == netcfg.CallOther {
			b.WriteString(" other call")
		}
		if r.Status != 0 {
			fmt.Fprintf(&b, " status %d", r.Status)
		}
		b.WriteString("\n" + tree(&r.Root))
	}
	return b.String()
}

// checkDocument holds for every document that Read gives: each leaf stands in it once, in the order
// of their places within JSON, within lines and within each piece of XML.
func checkDocument(t testingT, d *netcfg.Document, src []byte) {
	t.Helper()
	lines := strings.Split(strings.TrimLeft(string(src), "\ufeff"), "\n")
	seen := make([]bool, d.Leaves+1)
	refs(reflect.ValueOf(d), func(r diag.Ref, _ string, _ reflect.Value) {
		switch {
		case r.IsZero():
			return
		case int(r.Ordinal) > d.Leaves || r.Ordinal < 1 || seen[r.Ordinal]:
			t.Fatalf("leaf %d of %d stands in the document twice or too much", r.Ordinal, d.Leaves)
		}
		seen[r.Ordinal] = true
		if int(r.Line) > len(lines) || r.Line < 1 || r.Col < 1 || int(r.Col) > len(lines[r.Line-1]) {
			t.Fatalf("leaf %d at %v is outside the document", r.Ordinal, r.Pos(""))
		}
	})
	for i, ok := range seen[1:] {
		if !ok {
			t.Fatalf("leaf %d of %d stands nowhere in the document", i+1, d.Leaves)
		}
	}
	if d.Form == netcfg.FormConfiguration {
		return
	}
	for _, r := range d.Responses {
		checkNodes(t, &r.Root, lines)
	}
}

// checkNodes proves that the bytes at each element begin it: as XML, as XML in JSON, as a property.
// A JSON value may stand for an error.
func checkNodes(t testingT, n *netcfg.Node, lines []string) {
	t.Helper()
	if r := n.Ref; !r.IsZero() {
		at := lines[r.Line-1][r.Col-1:]
		if !slices.ContainsFunc([]string{"<", `\u003c`, `\u003C`, "null", `"`, "{"}, func(s string) bool { return strings.HasPrefix(at, s) }) &&
			!strings.Contains(at, ":") {
			t.Errorf("%v: want an element %s, got %.30q", r.Pos(""), n.Name, at)
		}
	}
	if r := n.TextRef; !r.IsZero() && n.Text != "" {
		at, word := lines[r.Line-1][r.Col-1:], firstWord(n.Text)
		first := at[:min(len(at), len(word))]
		if first != word && !strings.EqualFold(first, word) && !strings.ContainsAny(at[:min(len(at), 4)], `<&{\`) {
			t.Errorf("%v: want the text %q, got %.30q", r.Pos(""), n.Text, at)
		}
	}
	for i := range n.Nodes {
		checkNodes(t, &n.Nodes[i], lines)
	}
}

func read(t *testing.T, name, src string) (*netcfg.Document, diag.List) {
	t.Helper()
	d, found, err := netcfg.Read(name, []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	checkDocument(t, d, []byte(src))
	return d, found
}
