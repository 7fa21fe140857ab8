package plan_test

import (
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// A network that a plan made needs no steps, with the same options: a tunnel that stays is no reason for any, a new hub
// is there, and a hub that was named is one.
func TestTargetsNeedNoSteps(t *testing.T) {
	transit := []string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16", "v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/16 192.168.1.0/24", "v0 > v2 10.3.0.0/16", "v2 > v0 10.1.0.0/16",
		"v0 > office 192.168.1.0/24"}
	overlap := []string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.2.128.0/17", "v0 > v1 10.2.0.0/17", "v1 > v0 10.1.0.0/16", "v0 > v2 10.2.128.0/17", "v2 > v0 10.1.0.0/16"}
	for _, c := range []struct {
		name, hub string
		lines     []string
	}{
		{"a hub", "auto", transit},
		{"a hub by name", "v0", transit},
		{"a hub by name that serves nobody", "v1", transit[:7]},
		{"another hub by name", "v1", transit},
		{"no hub", "none", transit},
		{"a new hub", "new", transit},
		{"a new hub without a gateway", "new", transit[:7]},
		{"tunnels that stay", "auto", overlap},
		{"tunnels that stay beside a new hub", "new", overlap},
		{"a hub by name beside tunnels that stay", "v0", overlap},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, opts := spelt(c.hub, c.lines...).read(t, 0)
			p, _, err := plan.Make(e, *opts)
			if err != nil || len(p.Steps) == 0 {
				t.Fatalf("%v, %v", err, p)
			}
			nothingLeft(t, "the target", p, p.Target, *opts)
		})
	}
	// Where others use a hub's gateway, no other VNet becomes the hub by its name.
	e, opts := spelt("v0", transit...).read(t, 0)
	p, _, err := plan.Make(e, *opts)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = plan.Make(p.Target, options.Options{Hub: "v2"})
	if err == nil || !strings.HasSuffix(err.Error(), "no tunnel joins it to another VNet") {
		t.Errorf("%v", err)
	}
}

// nothingLeft wants no steps of a network that a plan made.
func nothingLeft(t interface{ Errorf(string, ...any) }, what string, p *plan.Plan, e *estate.Estate, opts options.Options) {
	again, found, err := plan.Make(e, opts)
	if err != nil && strings.HasSuffix(err.Error(), "cannot be used: no tunnel joins it to another VNet") {
		opts.Hub = options.HubAuto // nobody needed the tunnels of the hub that was named
		again, found, err = plan.Make(e, opts)
	}
	if err != nil {
		t.Errorf("%s: %v\n%v", what, err, found)
		return
	}
	for _, s := range again.Steps {
		t.Errorf("%s: %s %s %s: %s", what, s.ID, s.Action, s.Object, s.Because)
	}
}
