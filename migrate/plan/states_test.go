package plan_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
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
	for _, name := range classicFixtures(t) {
		t.Run(name, func(t *testing.T) {
			p, _, err := plan.Make(fixture(t, name), options.Options{})
			if err != nil {
				t.Fatal(err)
			}
			overlaysAgree(t, p)
		})
	}
}

// classicFixtures are the names of the networks under fixtures that are one network configuration.
func classicFixtures(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("../../fixtures/*/network.netcfg")
	if err != nil || len(paths) < 10 {
		t.Fatalf("only %d networks: %v", len(paths), err)
	}
	names := make([]string, len(paths))
	for i, path := range paths {
		names[i] = filepath.Base(filepath.Dir(path))
	}
	return names
}

// fixture is one of them.
func fixture(t *testing.T, name string) *estate.Estate {
	t.Helper()
	path := "../../fixtures/" + name + "/network.netcfg"
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, _, err := netcfg.Parse(path, src)
	if err != nil {
		t.Fatal(err)
	}
	e, _, _ := estate.FromNetcfg(f)
	return e
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

// The network right after each step of a fixture's plan is a state of the plan, in every mode: a listing of it would
// show no drift, and what may run next has its needs done.
func TestStandingAfter(t *testing.T) {
	check := func(name string, p *plan.Plan) {
		for i, s := range p.Steps {
			e, standing, err := plan.StandingAfter(p, strings.ToLower(s.ID))
			if err != nil {
				t.Fatal(err)
			}
			done := map[string]bool{}
			for _, w := range standing.Steps {
				done[w.ID] = w.Progress == plan.Done
				if done[w.ID] != (w.Wave < s.Wave || w.ID == s.ID) {
					t.Errorf("%s, after %s: %s of wave %d is %v", name, s.ID, w.ID, w.Wave, w.Progress)
				}
				if w.May && (done[w.ID] || slices.ContainsFunc(w.Needs, func(id string) bool {
					return !done[id] && !slices.Contains(w.Confirm, id) && standingOf(standing, id).Progress != plan.Unseen
				})) {
					t.Errorf("%s, after %s: %s may run next", name, s.ID, w.ID)
				}
			}
			if i == len(p.Steps)-1 && len(standing.Lost) > 0 {
				t.Errorf("%s: lost after the last step: %v", name, standing.Lost)
			}
			if p.Mode != options.ClassicLive { // a commit leaves things as they were
				if seen := plan.Locate(p, e); len(seen.Drift)+len(seen.OutOfOrder) > 0 {
					t.Errorf("%s, after %s: drift %v, out of order %v", name, s.ID, seen.Drift, seen.OutOfOrder)
				}
			}
		}
	}
	for _, name := range []string{"star", "two-regions", "half-migrated"} {
		e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments(name))...)
		p, _, err := plan.Make(e, options.Options{})
		if err != nil {
			t.Fatal(err)
		}
		check("live/"+name, p)
	}
	for _, mode := range []options.Mode{options.AsIfLive, options.ClassicLive, options.Rebuild} {
		for _, name := range []string{"star", "chain-multihop", "expressroute"} {
			p, _, err := plan.Make(fixture(t, name), options.Options{Mode: mode})
			if err != nil {
				t.Fatal(err)
			}
			check(name+" "+string(mode), p)
			if p, _, err = plan.Make(fixture(t, name), options.Options{Mode: mode, Transit: options.TransitFirewall}); err != nil {
				t.Fatal(err)
			}
			check(name+" through a firewall, "+string(mode), p)
		}
	}
	if _, _, err := plan.StandingAfter(&plan.Plan{}, "S001"); err == nil {
		t.Error("a plan without steps has none")
	}
}

func standingOf(s *plan.Standing, id string) *plan.StepStanding {
	return &s.Steps[slices.IndexFunc(s.Steps, func(x plan.StepStanding) bool { return x.ID == id })]
}
