package arm_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// read is a document of a text.
func read(t testing.TB, name string, src []byte) *arm.Document {
	t.Helper()
	d, found := arm.Read(name, src, arm.Bounds{})
	if d == nil {
		t.Fatalf("%s: %v", name, found)
	}
	return d
}

func load(t testing.TB, name string) *arm.Document {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, name, src)
}

// show is a value as text: one line for each leaf, with its path.
func show(v arm.Value) string {
	var b strings.Builder
	showAt(&b, "", v)
	return b.String()
}

func showAt(b *strings.Builder, path string, v arm.Value) {
	switch v.Kind() {
	case arm.KindList, arm.KindObject:
		i := 0
		for item := range v.Items() {
			name := "." + item.Name()
			if v.Is(arm.KindList) {
				name = "[" + strconv.Itoa(i) + "]"
			}
			showAt(b, path+name, item)
			i++
		}
		if i == 0 {
			b.WriteString(path + " = empty\n")
		}
	case arm.KindUnknown:
		b.WriteString(path + " ? " + v.Text())
		if of, property, ok := v.Refers(); ok {
			b.WriteString(" -> " + of.ID() + " " + property)
		}
		b.WriteString("\n")
	default:
		mark := ""
		if v.Opaque() {
			mark = " (opaque)"
		}
		b.WriteString(path + " = " + v.Text() + mark + "\n")
	}
}

func texts(found diag.List) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.Error())
	}
	return out
}

// TestEvaluateFixtures: our own templates come out whole, with every value known but secrets, what
// parameters ask for, and the addresses that only the service knows.
func TestEvaluateFixtures(t *testing.T) {
	names, _ := filepath.Glob("../fixtures/*/*template.json")
	if len(names) < 20 {
		t.Fatalf("only %d templates", len(names))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			d := arm.Deployment{Template: load(t, name)}
			if filepath.Base(name) == "template.json" {
				d.Parameters = []*arm.Document{load(t, filepath.Join(filepath.Dir(name), "parameters.json"))}
			}
			items, found := arm.Evaluate([]arm.Deployment{d})
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			template, err := arm.Decode(src)
			if err != nil {
				t.Fatal(err)
			}
			var want, got []string
			for _, r := range template.Resources {
				want = append(want, r.Type+" "+r.Name)
			}
			for _, item := range items {
				got = append(got, item.Type+" "+strings.Join(item.Names, "/"))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, f := range found {
				if f.Rule != "LST-006" {
					t.Error(f)
				}
				t.Log(f)
			}
			for _, item := range items {
				if text := show(item.Body); strings.Contains(text, "= [") || strings.Contains(text, "parameters(") {
					t.Errorf("%s has an expression left:\n%s", item.Name(), text)
				}
			}
		})
	}
}

var _ = bytes.Compare
