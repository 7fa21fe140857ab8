package plan_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg"
)

type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// overlaysAgree follows the states of a plan as Check does, and wants of each what Compute says of it.
func overlaysAgree(t reporter, p *plan.Plan) {
	t.Helper()
	r := p.Before
	for i, e := range plan.States(p) {
		r = r.After(e)
		want := reach.Compute(e)
		if !slices.EqualFunc(want.Locations(), r.Locations(), func(a, b reach.Location) bool { return a == b }) {
			t.Errorf("state %d: locations %v, want %v", i, r.Locations(), want.Locations())
			continue
		}
		for _, l := range want.Locations() {
			if want, got := slices.Collect(want.From(l)), slices.Collect(r.From(l)); !reflect.DeepEqual(want, got) {
				t.Errorf("state %d: from %s\n%v\nwant\n%v", i, l, got, want)
			}
		}
		if want, got := compromising(reach.Compare(p.Before, want, nil)), compromising(reach.Losses(p.Before, r)); !reflect.DeepEqual(want, got) {
			t.Errorf("state %d: losses\n%v\nwant\n%v", i, got, want)
		}
	}
}

func compromising(all func(func(reach.Verdict) bool)) []reach.Verdict {
	var out []reach.Verdict
	for v := range all {
		if v.Compromises() {
			out = append(out, v)
		}
	}
	return out
}

// The states of the plans for all networks under fixtures, each made from the one before.
func TestStatesAreOverlays(t *testing.T) {
	paths, err := filepath.Glob("../../fixtures/*/network.netcfg")
	if err != nil || len(paths) < 5 {
		t.Fatalf("only %d networks: %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(filepath.Dir(path)), func(t *testing.T) {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			f, _, err := netcfg.Parse(path, src)
			if err != nil {
				t.Fatal(err)
			}
			e, _, _ := estate.FromNetcfg(f)
			p, _, err := plan.Make(e, options.Options{})
			if err != nil {
				t.Fatal(err)
			}
			overlaysAgree(t, p)
		})
	}
}

// The same of random networks.
func TestRandomStatesAreOverlays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opts := options.Options{
			Mode: rapid.SampledFrom([]options.Mode{options.AsIfLive, options.ClassicLive}).Draw(t, "mode"),
			Hub:  rapid.SampledFrom([]options.Hub{options.HubAuto, options.HubNew, options.HubNone}).Draw(t, "hub"),
		}
		if p, _, err := plan.Make(read(t, drawWorld(t).netcfg(1)), opts); err == nil {
			overlaysAgree(t, p)
		}
	})
}

// The network right after each step of a fixture's plan is a state of the plan: nothing is drift, and what is done
// is what stands before it.
func TestAt(t *testing.T) {
	for _, name := range []string{"star", "two-regions", "half-migrated"} {
		e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments(name))...)
		p, _, err := plan.Make(e, options.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range p.Steps {
			at, err := plan.At(p, s.ID)
			if err != nil {
				t.Fatal(err)
			}
			standing := plan.Locate(p, at)
			if len(standing.Drift)+len(standing.OutOfOrder) > 0 {
				t.Errorf("%s, after %s: drift %v, out of order %v", name, s.ID, standing.Drift, standing.OutOfOrder)
			}
			for _, w := range standing.Steps {
				if w.Progress == plan.Done && w.Wave > s.Wave || w.Progress != plan.Done && w.Progress != plan.Unseen && (w.Wave < s.Wave || w.ID == s.ID) {
					t.Errorf("%s, after %s: %s of wave %d is %v", name, s.ID, w.ID, w.Wave, w.Progress)
				}
			}
			if i == len(p.Steps)-1 && !standing.Complete() {
				t.Errorf("%s: not complete after the last step", name)
			}
		}
	}
	if _, err := plan.At(&plan.Plan{}, "S001"); err == nil {
		t.Error("a plan without steps has none")
	}
}
