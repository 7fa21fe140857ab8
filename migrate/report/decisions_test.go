package report

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg"
)

// TestPlanAgain reads the plan of every fixture from its JSON and plans what it holds: nobody decided anything, and the
// plan is the same.
func TestPlanAgain(t *testing.T) {
	files, err := filepath.Glob("../../fixtures/*/network.netcfg")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		file, _, err := netcfg.Parse(path, src)
		if err != nil {
			t.Fatal(err)
		}
		for _, mode := range []options.Mode{options.AsIfLive, options.Rebuild, options.ClassicLive} {
			e, _, _ := estate.FromNetcfg(file)
			again(t, path+" "+string(mode), e, options.Options{Mode: mode})
		}
		e, _, _ := estate.FromNetcfg(file)
		again(t, path+" with a new hub", e, options.Options{Hub: options.HubNew})
		e, _, _ = estate.FromNetcfg(file)
		again(t, path+" through a firewall", e, options.Options{Transit: options.TransitFirewall})
	}
	for _, name := range fixtures.Live() {
		e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments(name))...)
		again(t, "live "+name, e, options.Options{})
	}
}

func again(t *testing.T, name string, e *estate.Estate, opts options.Options) {
	t.Helper()
	p, _, err := plan.Make(e, opts)
	if err != nil {
		if opts.Hub != "" {
			return // it may be refused
		}
		t.Fatal(name, err)
	}
	var text bytes.Buffer
	if err := PlanJSON(&text, p, nil, nil); err != nil {
		t.Fatal(name, err)
	}
	read, err := ReadEdited(&text)
	if err != nil {
		t.Fatal(name, err)
	}
	k, found, err := plan.Decided("plan.json", read)
	if err != nil || len(found) > 0 {
		t.Fatal(name, found, err)
	}
	q, found, err := plan.Remake(nil, options.Options{}, k)
	if err != nil {
		t.Fatal(name, found, err)
	}
	ignored := cmpopts.IgnoreFields(WirePlan{}, "Assumptions", "Base", "Decisions")
	if diff := cmp.Diff(wirePlan(p, nil, nil), wirePlan(q, nil, nil), ignored, cmpopts.EquateComparable(netip.Prefix{}, netip.Addr{})); diff != "" {
		t.Errorf("%s (-want +got)\n%s", name, diff)
	}
	for _, d := range q.Decisions {
		if d.Kind != plan.ChooseHub || opts.Hub == "" && opts.Transit == "" {
			t.Errorf("%s: nobody decided that %s", name, d)
		}
	}
}
