package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

func unified(before, after []string) string {
	var b strings.Builder
	for _, h := range hunks(compareLines(before, after)) {
		fmt.Fprintf(&b, "@@ -%s +%s @@\n", lineRange(h.before, h.removed), lineRange(h.after, h.added))
		for _, e := range h.edits {
			fmt.Fprintf(&b, "%c%s\n", e.mark, e.line)
		}
	}
	return b.String()
}

func TestHunks(t *testing.T) {
	numbers := func(from, to int) (out []string) {
		for i := from; i <= to; i++ {
			out = append(out, fmt.Sprint(i))
		}
		return out
	}
	swap := func(in []string, at ...int) []string {
		out := slices.Clone(in)
		for _, i := range at {
			out[i-1] = "x" + out[i-1]
		}
		return out
	}
	ten, thirty := numbers(1, 10), numbers(1, 30)
	for _, c := range []struct {
		name          string
		before, after []string
		want          string
	}{
		{"equal", ten, ten, ""},
		{"whole gone", []string{"a", "b"}, nil, "@@ -1,2 +0,0 @@\n-a\n-b\n"},
		{"whole new", nil, []string{"a"}, "@@ -0,0 +1 @@\n+a\n"},
		{"first line", ten, swap(ten, 1), "@@ -1,4 +1,4 @@\n-1\n+x1\n 2\n 3\n 4\n"},
		{"last line", ten, swap(ten, 10), "@@ -7,4 +7,4 @@\n 7\n 8\n 9\n-10\n+x10\n"},
		{"contexts touch", thirty, swap(thirty, 10, 17), "@@ -7,14 +7,14 @@\n 7\n 8\n 9\n-10\n+x10\n 11\n 12\n 13\n 14\n 15\n 16\n-17\n+x17\n 18\n 19\n 20\n"},
		{"contexts apart", thirty, swap(thirty, 10, 18),
			"@@ -7,7 +7,7 @@\n 7\n 8\n 9\n-10\n+x10\n 11\n 12\n 13\n@@ -15,7 +15,7 @@\n 15\n 16\n 17\n-18\n+x18\n 19\n 20\n 21\n"},
		{"a line more", ten, slices.Insert(slices.Clone(ten), 5, "new"), "@@ -3,6 +3,7 @@\n 3\n 4\n 5\n+new\n 6\n 7\n 8\n"},
	} {
		if diff := cmp.Diff(c.want, unified(c.before, c.after)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

// TestHunksRebuild holds that before and the hunks make after, with the line numbers of the heads.
func TestHunksRebuild(t *testing.T) {
	line := rapid.SampledFrom([]string{"a", "b", "c", "{", "}", "", "\u00e9"})
	rapid.Check(t, func(t *rapid.T) {
		before, after := rapid.SliceOfN(line, 0, 60).Draw(t, "before"), rapid.SliceOfN(line, 0, 60).Draw(t, "after")
		var made []string
		at := 0
		for _, h := range hunks(compareLines(before, after)) {
			made = append(made, before[at:h.before-1]...)
			at = h.before - 1
			if len(made) != h.after-1 {
				t.Fatalf("the hunk says line %d after, it is %d", h.after, len(made)+1)
			}
			for _, e := range h.edits {
				if e.mark != '+' {
					if before[at] != e.line {
						t.Fatalf("line %d before is %q, the hunk says %q", at+1, before[at], e.line)
					}
					at++
				}
				if e.mark != '-' {
					made = append(made, e.line)
				}
			}
		}
		made = append(made, before[at:]...)
		if !slices.Equal(made, after) {
			t.Fatalf("made %q, want %q", made, after)
		}
	})
}

// TestManyDistinctLines passes the surrogates, which are no runes.
func TestManyDistinctLines(t *testing.T) {
	var before []string
	for i := range 70000 {
		before = append(before, fmt.Sprint(i))
	}
	after := slices.Clone(before)
	after[56000], after[64000] = "x", "y"
	if got := strings.Count(unified(before, after), "\n"); got != 2*(1+8) {
		t.Errorf("%d lines in the diff, want 18", got)
	}
}

func TestPairsByTypeAndName(t *testing.T) {
	res := func(typ, name, location string) arm.Resource {
		return arm.Resource{Type: arm.Provider + typ, Name: name, Location: location}
	}
	before := &arm.Template{Resources: []arm.Resource{res("a", "same", "x"), res("a", "gone", "x"), res("a", "Case", "x"), res("b", "twin", "1"), res("b", "twin", "2")}}
	after := &arm.Template{Resources: []arm.Resource{res("c", "new", "x"), res("b", "twin", "1"), res("b", "twin", "3"), res("a", "case", "y"), res("a", "same", "x")}}
	d, err := NewDiff(&estate.Estate{}, nil, &plan.Plan{Base: &estate.Estate{}}, before, after)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range d.Resources {
		got = append(got, fmt.Sprint(c.Name, " ", c.Before, " ", c.After))
	}
	want := []string{"a/gone true false", "a/Case true true", "b/twin true true", "c/new false true"}
	if diff := cmp.Diff(want, got); diff != "" || d.same != 2 {
		t.Errorf("%d equal (-want +got)\n%s", d.same, diff)
	}
}

// BenchmarkDiff compares the ARM forms of a mesh of n VNets with five connections each, of which
// two go, and prints the whole diff.
func BenchmarkDiff(b *testing.B) {
	for _, n := range []int{1000, 10000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			before, after := mesh(n)
			p := &plan.Plan{Base: &estate.Estate{}}
			for b.Loop() {
				d, err := NewDiff(&estate.Estate{}, nil, p, before, after)
				if err != nil {
					b.Fatal(err)
				}
				if err := d.Unified(io.Discard, Style{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// mesh makes two templates by hand, shaped like those of a large mesh.
func mesh(n int) (before, after *arm.Template) {
	body := func(i, j int) arm.Object {
		var lines arm.Array
		for k := range 12 {
			lines = append(lines, arm.Object{{Name: "id", Value: fmt.Sprintf("[resourceId('Microsoft.Network/things', 'net-%d-%d-%d')]", i, j, k)}})
		}
		return arm.Object{{Name: "provisioned", Value: true}, {Name: "list", Value: lines}}
	}
	before, after = &arm.Template{}, &arm.Template{}
	for i := range n {
		v := arm.Resource{Type: arm.TypeVirtualNetwork, Name: fmt.Sprint("net", i), Location: "westeurope", Properties: body(i, 0)}
		changed := v
		changed.Location = "northeurope"
		before.Resources, after.Resources = append(before.Resources, v), append(after.Resources, changed)
		for j := range 5 {
			c := arm.Resource{Type: arm.TypeConnection, Name: fmt.Sprintf("net%d-%d", i, j), Properties: body(i, j)}
			before.Resources = append(before.Resources, c)
			if j > 1 {
				after.Resources = append(after.Resources, c)
			}
		}
	}
	return before, after
}
