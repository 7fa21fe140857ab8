package arm_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
)

func BenchmarkEncode(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		t := mesh(n, 5)
		var text bytes.Buffer
		if err := arm.Encode(&text, t); err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("networks=%d", n), func(b *testing.B) {
			b.SetBytes(int64(text.Len()))
			b.ReportAllocs()
			for b.Loop() {
				if err := arm.Encode(io.Discard, t); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkIndent is what the standard library takes for the same text, the values in hand as raw
// JSON already: the measure for BenchmarkEncode.
func BenchmarkIndent(b *testing.B) {
	var text, out bytes.Buffer
	if err := arm.Encode(&text, mesh(1_000, 5)); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		compact, err := json.Marshal(json.RawMessage(text.Bytes()))
		if err != nil {
			b.Fatal(err)
		}
		out.Reset()
		if err := json.Indent(&out, compact, "", "  "); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkResolve(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		b.Run(fmt.Sprintf("mesh/networks=%d", n), func(b *testing.B) { resolveLoop(b, mesh(n, 5)) })
		b.Run(fmt.Sprintf("hub/networks=%d", n), func(b *testing.B) { resolveLoop(b, hub(n)) })
	}
}

func resolveLoop(b *testing.B, t *arm.Template) {
	b.ReportAllocs()
	for b.Loop() {
		if found := arm.Resolve(t); len(found) != 0 {
			b.Fatal(len(found), found[0])
		}
	}
}

func BenchmarkEvaluate(b *testing.B) {
	for _, n := range []int{1_000, 10_000} {
		for name, t := range map[string]*arm.Template{"mesh": mesh(n, 5), "hub": hub(n)} {
			var text bytes.Buffer
			if err := arm.Encode(&text, t); err != nil {
				b.Fatal(err)
			}
			d := read(b, "t.json", text.Bytes())
			b.Run(fmt.Sprintf("%s/networks=%d", name, n), func(b *testing.B) {
				b.SetBytes(int64(text.Len()))
				b.ReportAllocs()
				for b.Loop() {
					if items, found := arm.Evaluate([]arm.Deployment{{Template: d}}); len(items) != len(t.Resources) {
						b.Fatal(len(items), found)
					}
				}
			})
		}
	}
}
