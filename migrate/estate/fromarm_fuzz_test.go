package estate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/migrate/risk"
)

// between are the documents of a fuzzed listing.
var between = []byte("\n----\n")

// FuzzListing reads any documents, two of them or more, and asks everything of what they say: nothing
// panics or takes long, and every object has a place in a document.
func FuzzListing(f *testing.F) {
	for _, name := range fixtures.Live() {
		var docs [][]byte
		for _, d := range fixtures.LiveDocuments(name) {
			var short bytes.Buffer
			if len(d.Text) > 10 && json.Compact(&short, d.Text) == nil && short.Len() < 8000 { // larger ones take long to make smaller
				docs = append(docs, short.Bytes())
			}
		}
		f.Add(bytes.Join(docs, between))
	}
	paths, _ := filepath.Glob("../../fixtures/templates/*.json")
	for _, path := range paths {
		if src, err := os.ReadFile(path); err == nil && len(src) < 20_000 {
			f.Add(src)
		}
	}
	e := twoListed()
	connectListed(e, "ab", estate.IPsec, 0, 1)
	connectListed(e, "ba", estate.IPsec, 1, 0)
	connectListed(e, "v", estate.Vnet2Vnet, 0, 1)
	f.Add(listing.Documents(e, listing.Options{Form: listing.Graph})[0].Text)
	f.Fuzz(func(t *testing.T, src []byte) {
		start := time.Now()
		s := estate.Source{Name: "listing"}
		for i, text := range bytes.Split(src, between) {
			if d, _ := arm.Read(fmt.Sprintf("%d.json", i), text, arm.Bounds{Values: 50_000}); d != nil {
				s.Resources = append(s.Resources, d)
			}
		}
		e, found := estate.FromARM(nil, s)
		for _, f := range found {
			if f.Pos.File == "" && f.Rule != "LST-008" {
				t.Errorf("%v has no document", f)
			}
		}
		x := estate.NewIndex(e)
		for _, g := range e.Gateways {
			if x.VNet(g.VNet) == nil {
				t.Errorf("gateway %s stands in no VNet", g.ID)
			}
		}
		for _, c := range e.Connections {
			if x.Gateway(c.Gateway) == nil || len(c.Refs) == 0 || c.Kind == estate.IPsec && !c.Site.IsZero() && x.Site(c.Site) == nil {
				t.Errorf("connection %s has no gateway, site or place", c.ID)
			}
		}
		seen := map[estate.Key]bool{}
		for id := range e.Objects() {
			if seen[id.Key()] && id.Type != estate.TypeNetworkGroup {
				t.Errorf("%s is there twice", id)
			}
			seen[id.Key()] = true
		}
		estate.Validate(e)
		r := reach.Compute(e)
		for v := range reach.Compare(r, r, nil) {
			if slices.Contains([]reach.Class{reach.Lost, reach.Gained, reach.AtRisk}, v.Class) {
				t.Errorf("%s with %s is %s compared with itself", v.From, v.To, v.Class)
			}
		}
		risk.Estate(e)
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("took %s", d)
		}
	})
}
