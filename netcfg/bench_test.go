package netcfg_test

import (
	"bytes"
	"testing"

	"github.com/antchfx/xmlquery"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/netcfg"
)

var sizes = []struct {
	name     string
	networks int
}{{"1000x5", 1_000}, {"10000x5", 10_000}}

// BenchmarkXMLQueryFloor is what a tree of the same bytes costs; Parse is to stay within 1.5 times
// of it.
func BenchmarkXMLQueryFloor(b *testing.B) {
	for _, size := range sizes {
		src := fixtures.Mesh(size.networks, 5)
		b.Run(size.name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := xmlquery.Parse(bytes.NewReader(src)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkParse(b *testing.B) {
	for _, size := range sizes {
		src := fixtures.Mesh(size.networks, 5)
		b.Run(size.name, func(b *testing.B) {
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				if _, found, err := netcfg.Parse("mesh.netcfg", src); err != nil || len(found) > 0 {
					b.Fatal(found, err)
				}
			}
		})
	}
}

func BenchmarkFormat(b *testing.B) {
	src := fixtures.Mesh(1_000, 5)
	f, _, err := netcfg.Parse("mesh.netcfg", src)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(src)))
	b.ReportAllocs()
	for b.Loop() {
		netcfg.Format(f)
	}
}
