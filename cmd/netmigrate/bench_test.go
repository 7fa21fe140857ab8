package main

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/antchfx/xmlquery"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/report"
	"github.com/netmigrate/netmigrate/netcfg"
)

// The sizes in virtual networks, each with five connections.
var benchSizes = []int{1_000, 10_000}

func benchmark(b *testing.B, do func(b *testing.B, src []byte)) {
	for _, n := range benchSizes {
		src := fixtures.Mesh(n, 5)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			defer spendMemory()() // as the command does; the floor runs under the same
			b.SetBytes(int64(len(src)))
			b.ReportAllocs()
			for b.Loop() {
				do(b, src)
			}
		})
	}
}

// BenchmarkXMLQuery is the floor: the XML library alone over the same bytes. convert is to stay
// within three times of it, plan within six.
func BenchmarkXMLQuery(b *testing.B) {
	benchmark(b, func(b *testing.B, src []byte) {
		if _, err := xmlquery.Parse(bytes.NewReader(src)); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkParse is reading alone.
func BenchmarkParse(b *testing.B) {
	benchmark(b, func(b *testing.B, src []byte) { inputOf(b, src) })
}

// BenchmarkConvert is everything that convert does between reading its input and writing its
// output, the findings included.
func BenchmarkConvert(b *testing.B) {
	benchmark(b, func(b *testing.B, src []byte) {
		in := inputOf(b, src)
		out, err := convert(in.sources, &options.Options{}, deploy.Options{})
		if err != nil {
			b.Fatal(err)
		}
		found := append(in.found, out.found...)
		found.Sort()
		if err := report.Findings(io.Discard, found, report.Text, report.Style{}); err != nil {
			b.Fatal(err)
		}
		if err := report.Convert(io.Discard, out.fates, report.Style{}); err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkPlan is everything that plan does between reading its input and writing its review as
// text.
func BenchmarkPlan(b *testing.B) {
	benchmark(b, func(b *testing.B, src []byte) {
		in := inputOf(b, src)
		out, err := makePlan(in.sources, options.Options{}, deploy.Options{})
		if err != nil {
			b.Fatal(err)
		}
		out.found = append(in.found, out.found...)
		out.found.Sort()
		if _, err := renderPlan(out, report.Text, report.Style{}); err != nil {
			b.Fatal(err)
		}
	})
}

func inputOf(b *testing.B, src []byte) input {
	in := parse([]document{{name: "mesh.netcfg", src: src}}, netcfg.DefaultBounds())
	if in.broken {
		b.Fatalf("the mesh does not parse: %v", in.found)
	}
	return in
}

// The piles in subscriptions of a hundred virtual networks with five connections each, and what the
// service answered about them: 694 documents per subscription.
var pileSizes = []int{10, 100}

// benchmarkPile measures a stage over a pile of documents. Run it with one core and with two:
//
//	go test -run '^$' -bench Pile -benchtime 2x -count 5 -cpu 1,2 ./cmd/netmigrate
func benchmarkPile(b *testing.B, do func(b *testing.B, docs []document)) {
	for _, n := range pileSizes {
		var docs []document
		size := 0
		for _, d := range fixtures.Pile(n, 100, 5) {
			docs = append(docs, document{name: d.Path, src: d.Text})
			size += len(d.Text)
		}
		b.Run(fmt.Sprintf("%dx100", n), func(b *testing.B) {
			defer spendMemory()()
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				do(b, docs)
			}
		})
	}
}

// BenchmarkPileXMLQuery is the floor of the piles: the XML library alone over every document of
// them, one after the other. Reading and resolving are to stay within twice of it on one core, and
// near half of that on two.
func BenchmarkPileXMLQuery(b *testing.B) {
	benchmarkPile(b, func(b *testing.B, docs []document) {
		for _, d := range docs {
			if _, err := xmlquery.Parse(bytes.NewReader(d.src)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkPileRead reads every document and puts them together by subscription.
func BenchmarkPileRead(b *testing.B) {
	benchmarkPile(b, func(b *testing.B, docs []document) { pileOf(b, docs) })
}

// BenchmarkPileResolve is reading, and the estate of what was read.
func BenchmarkPileResolve(b *testing.B) {
	benchmarkPile(b, func(b *testing.B, docs []document) {
		e, _, _ := estate.FromClassic(&options.Options{}, pileOf(b, docs).sources...)
		if len(e.VNets) == 0 {
			b.Fatal("the estate is empty")
		}
	})
}

func pileOf(b *testing.B, docs []document) input {
	in := parse(docs, netcfg.DefaultBounds())
	if in.broken {
		b.Fatalf("the pile does not parse: %v", in.found)
	}
	return in
}
