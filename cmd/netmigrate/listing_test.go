package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// TestListingsWithGaps leaves out documents and resources of the live fixtures at random: whatever is
// missing, every stage gets through, and a gateway whose connections may be elsewhere is not planned
// away.
func TestListingsWithGaps(t *testing.T) {
	folders, err := filepath.Glob("../../fixtures/live/*")
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	rounds := 25
	if testing.Short() {
		rounds = 3
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			docs := readListings(t, folder)
			for seed := range rounds {
				withGaps(t, docs, rand.New(rand.NewPCG(7, uint64(seed))))
			}
		})
	}
}

func readListings(t *testing.T, folder string) []*arm.Document {
	t.Helper()
	var docs []*arm.Document
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		d, found := arm.Read(filepath.ToSlash(path), src, arm.Bounds{})
		if d == nil {
			t.Fatal(found)
		}
		docs = append(docs, d)
		return nil
	})
	if err != nil || len(docs) == 0 {
		t.Fatal(len(docs), err)
	}
	return docs
}

func withGaps(t *testing.T, docs []*arm.Document, r *rand.Rand) {
	var kept []*arm.Document
	gaps := r.IntN(6)
	for _, d := range docs {
		if gaps > 0 && r.IntN(8) == 0 {
			gaps--
			continue
		}
		some := *d
		some.Items = nil
		for _, it := range d.Items {
			if r.IntN(12) > 0 {
				some.Items = append(some.Items, it)
			}
		}
		kept = append(kept, &some)
	}
	sources := []estate.Source{{Name: "listing", Resources: kept}}
	e, _, _ := meaning(nil, sources)
	risks(e, false, "")
	reach.Compute(e)
	out, err := makePlan(sources, options.Options{}, deploy.Options{})
	if err != nil {
		return // refused, with a reason
	}
	if _, err := out.kit(); err != nil {
		t.Error(err)
	}
	for _, v := range out.plan.Violations {
		t.Errorf("after %s: %s %s", v.After, v.Rule, strings.TrimSpace(v.Text))
	}
}
