package main

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// TestListingsWithGaps leaves out documents and resources of the live fixtures at random: whatever is
// missing, every stage gets through, and a gateway whose connections may be elsewhere is not planned
// away. Most are refused, but not all.
func TestListingsWithGaps(t *testing.T) {
	rounds := 25
	if testing.Short() {
		rounds = 3
	}
	plans := 0
	for _, name := range fixtures.Live() {
		t.Run(name, func(t *testing.T) {
			var docs []*arm.Document
			for _, s := range listing.Sources(fixtures.LiveDocuments(name)) {
				docs = append(docs, s.Resources...)
			}
			for seed := range rounds {
				if withGaps(t, docs, rand.New(rand.NewPCG(7, uint64(seed)))) {
					plans++
				}
			}
		})
	}
	if plans == 0 {
		t.Error("no plan was made of any")
	}
}

// withGaps reports whether a plan was made.
func withGaps(t *testing.T, docs []*arm.Document, r *rand.Rand) bool {
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
		return false // refused, with a reason
	}
	if _, err := out.kit(); err != nil {
		t.Error(err)
	}
	for _, v := range out.plan.Violations {
		t.Errorf("after %s: %s %s", v.After, v.Rule, strings.TrimSpace(v.Text))
	}
	return true
}
