package plan_test

import (
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// What a listing has to be for a plan to be held against it.
func TestUsable(t *testing.T) {
	live := func(change func(*estate.Estate)) *estate.Estate {
		e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments("star"))...)
		if change != nil {
			change(e)
		}
		return e
	}
	taken := func(at string) func(*estate.Estate) {
		return func(e *estate.Estate) { e.Listings[0].TakenAt = estate.Fact{Value: at, Raw: at} }
	}
	p, _, err := plan.Make(live(nil), options.Options{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		live  *estate.Estate
		found diag.List
		want  string // a part of the error, or ""
	}{
		{"the one that the plan was made from", live(nil), nil, ""},
		{"a later one", live(taken("2026-12-01T00:00:00Z")), nil, ""},
		{"one of which nobody says when", live(taken("")), nil, ""},
		{"an earlier one", live(taken("2026-11-19T23:59:59Z")), nil, "was taken at 2026-11-19T23:59:59Z, before the one that the plan was made from (2026-11-20T08:30:00Z): list the network again"},
		{"of another subscription", live(func(e *estate.Estate) { e.Listings[0].Subscription = "other" }), nil, "the plan is about subscription"},
		{"without connections", live(func(e *estate.Estate) { e.Listings[0].Types = []string{estate.TypeVNet} }), nil, "no input lists"},
		{"cut off", live(nil), diag.List{diag.New("LST-002", diag.Pos{}, "cut off")}, "cannot be relied on (LST-002)"},
		{"with a broken value", live(nil), diag.List{diag.New("LST-007", diag.Pos{}, "broken")}, "cannot be relied on (LST-007)"},
		{"classic files", &estate.Estate{}, nil, ""},
	}
	for _, test := range tests {
		err := plan.Usable(p, test.live, test.found)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
	if err := plan.Reliable(diag.List{diag.New("LST-007", diag.Pos{}, "broken")}); err != nil {
		t.Errorf("a plan can be made beside a resource that cannot be used: %v", err)
	}
}
