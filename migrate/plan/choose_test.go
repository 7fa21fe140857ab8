package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// A hub is named by its VNet, with what stands before its name where several have it.
func TestHubByName(t *testing.T) {
	live := func(name string) *estate.Estate {
		e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments(name))...)
		return e
	}
	two := func() *estate.Estate { // two VNets of one name, in two groups
		e := live("triangle")
		to := e.VNets[1].ID
		to.Name, to.Group = e.VNets[0].ID.Name, "rg-other"
		e = e.Renamed([]estate.Mapping{{From: e.VNets[1].ID, To: to}})
		e.VNets[1].Name = to.Name
		return e
	}
	alone := func() *estate.Estate {
		e := live("triangle")
		v := e.VNets[0]
		v.ID.Name, v.Name = "alone", "alone"
		e.VNets = append(e.VNets, v)
		return e
	}
	group := two().VNets[0].ID.Group
	tests := []struct {
		name string
		e    *estate.Estate
		hub  options.Hub
		want string // the group of the hub, or a part of the error
	}{
		{"by its name", live("triangle"), options.Hub(live("triangle").VNets[2].Name), live("triangle").VNets[2].ID.Group},
		{"with its group", two(), options.Hub("RG-OTHER/" + two().VNets[0].Name), "rg-other"},
		{"with its subscription and group", two(), options.Hub(two().VNets[0].ID.Subscription + "/" + group + "/" + two().VNets[0].Name), group},
		{"of several", two(), options.Hub(two().VNets[0].Name), "2 VNets have this name; write the subscription and resource group before it"},
		{"of a VNet that nothing joins", alone(), "alone", "cannot be used: no tunnel joins it to another VNet"},
		{"of nobody", two(), "nobody", "no VNet has this name"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p, _, err := plan.Make(test.e, options.Options{Hub: test.hub})
			switch {
			case err != nil && strings.Contains(err.Error(), test.want):
			case err != nil:
				t.Fatal(err)
			case p.Components[0].Hub.VNet.Group != test.want:
				t.Errorf("the hub is %s of %s, not of %s", p.Components[0].Hub.VNet, p.Components[0].Hub.VNet.Group, test.want)
			}
		})
	}
}

// A hub that was asked for is tried, however few tunnels it has.
func TestHubWithFewTunnels(t *testing.T) {
	spaces := make([]string, 30)
	w := &world{regions: make([]string, len(spaces)), pools: make([]string, len(spaces))}
	for v := range spaces {
		spaces[v] = fmt.Sprintf("10.%d.0.0/16", v)
		w.regions[v] = "West Europe"
		if v > 0 {
			w.tunnels = append(w.tunnels, [2]int{v - 1, v})
		}
	}
	w.spaces = spaces
	p, _, err := plan.Make(read(t, w.netcfg(1)), options.Options{Hub: "v29"})
	if err != nil {
		t.Fatal(err)
	}
	if hub := p.Components[0].Hub; hub.Kind != plan.ExistingHub || hub.VNet.Name != "v29" {
		t.Errorf("the hub is %s %s: %s %v", hub.Kind, hub.VNet, hub.Because, hub.Candidates)
	}
}
