package estate_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// The listing of n VNets in meshes of six, as az prints it, made once.
var listings sync.Map

func meshListing(b *testing.B, n int) []fixtures.Document {
	docs, ok := listings.Load(n)
	if !ok {
		docs, _ = listings.LoadOrStore(n, listing.Mesh(n, 5))
	}
	size := 0
	for _, d := range docs.([]fixtures.Document) {
		size += len(d.Text)
	}
	b.SetBytes(int64(size))
	return docs.([]fixtures.Document)
}

var listingSizes = []int{1000, 10000}

// BenchmarkListingAny is the floor: the standard library decodes the same bytes into any.
func BenchmarkListingAny(b *testing.B) {
	for _, n := range listingSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			docs := meshListing(b, n)
			for b.Loop() {
				all := make([]any, len(docs))
				for i, d := range docs {
					if err := json.Unmarshal(d.Text, &all[i]); err != nil {
						b.Fatal(err)
					}
				}
				runtime.KeepAlive(all)
			}
		})
	}
}

// BenchmarkListingRead reads the documents, one after the other.
func BenchmarkListingRead(b *testing.B) {
	for _, n := range listingSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			docs := meshListing(b, n)
			for b.Loop() {
				runtime.KeepAlive(readListing(b, docs))
			}
		})
	}
}

// BenchmarkListingEstate reads them and understands them.
func BenchmarkListingEstate(b *testing.B) {
	for _, n := range listingSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			docs := meshListing(b, n)
			b.ReportAllocs()
			for b.Loop() {
				e, found := estate.FromARM(nil, estate.Source{Name: "listing", Resources: readListing(b, docs)})
				if len(e.VNets) != n || len(found) > 0 {
					b.Fatal(len(e.VNets), found)
				}
			}
		})
	}
}

func readListing(b *testing.B, docs []fixtures.Document) []*arm.Document {
	out := make([]*arm.Document, len(docs))
	for i, d := range docs {
		read, found := arm.Read(d.Path, d.Text, arm.Bounds{})
		if read == nil {
			b.Fatal(found)
		}
		out[i] = read
	}
	return out
}
