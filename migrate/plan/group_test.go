package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// groupsOf lists the connected groups of a target with their members.
func groupsOf(p *plan.Plan) []string {
	var out []string
	for i := range p.Target.Groups {
		g := &p.Target.Groups[i]
		var members []string
		for _, m := range g.All() {
			members = append(members, m.Name)
		}
		out = append(out, g.ID.Name+"/"+g.ID.Child+": "+strings.Join(members, " "))
	}
	return out
}

// TestGroups holds which VNets a connected group joins, and what is peered beside it.
func TestGroups(t *testing.T) {
	for _, c := range []struct {
		name    string
		more    string
		groups  []string
		peered  []string
		because string // in the words about the hub
	}{
		{"full-mesh", "", []string{"network-manager/cards-mesh: cards payments risk shared-services treasury"}, nil, "connected groups keep exactly"},
		{"full-mesh", "forbidden:\n  - {between: cards, and: risk}\n", []string{"network-manager/cards-mesh: cards payments shared-services treasury"},
			[]string{"payments-risk", "risk-shared-services", "risk-treasury"}, "connected groups and direct peerings keep exactly"},
		{"full-mesh", "required:\n  - {between: cards, and: risk, require: encryption}\n", []string{"network-manager/cards-mesh: cards payments shared-services treasury"},
			[]string{"payments-risk", "risk-shared-services", "risk-treasury"}, ""},
		{"chain", "", nil, []string{"orders-warehouse", "orders-webshop", "suppliers-warehouse"}, "no connected group is made: no three VNets all reach each other"},
		{"pair", "", nil, nil, ""},
	} {
		t.Run(c.name+c.more, func(t *testing.T) {
			p, told := asking(t, c.name, "transit: group\n"+c.more)
			if len(p.Violations)+len(p.Opened) > 0 {
				t.Errorf("%v %v %v", p.Violations, p.Opened, told)
			}
			if diff := cmp.Diff(c.groups, groupsOf(p)); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.peered, joins(p)); c.name != "pair" && diff != "" {
				t.Errorf("peerings (-want +got):\n%s", diff)
			}
			if hub := p.Components[0].Hub; !strings.Contains(hub.Because, c.because) || hub.Grouped != (len(c.groups) > 0) {
				t.Errorf("grouped %v: %s", hub.Grouped, hub.Because)
			}
		})
	}
}

// TestGroupBesideManager holds that nothing is deployed beside what somebody else deploys.
func TestGroupBesideManager(t *testing.T) {
	e := fixture(t, "full-mesh")
	e.Managers = []estate.NetworkManager{{ID: estate.ID{Subscription: e.VNets[0].ID.Subscription, Type: estate.TypeNetworkManager, Name: "theirs"}}}
	modern, _, _ := estate.ToARM(e)
	modern.Managers = e.Managers
	p, _, err := plan.Make(modern, options.Options{Transit: options.TransitGroup})
	if err != nil {
		t.Fatal(err)
	}
	if hub := p.Components[0].Hub; hub.Grouped || len(p.Target.Groups) > 0 || !strings.Contains(hub.Because, `network manager "theirs" is there already`) {
		t.Errorf("%+v", hub)
	}
}

// TestGroupSteps holds that one step makes the groups of all components, before every peering and after nothing but the
// gate, and that what it did half is noticed.
func TestGroupSteps(t *testing.T) {
	p, _ := asking(t, "full-mesh", "transit: group\n")
	i := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.CreateGroups })
	made := &p.Steps[i]
	if made.Wave != 3 || made.Impact.Class != plan.Live || !made.Back.Remove[0].Same(p.Target.Groups[0].ID) || !made.Back.Remove[1].Same(p.Target.Managers[0].ID) {
		t.Errorf("%+v", made)
	}
	before := plan.Apply(p.Base, p.Steps[:i])
	if s := plan.Locate(p, before); !s.Steps[i].May || s.Steps[i].Progress != plan.NotDone {
		t.Errorf("before it: %v, may run %v, %v", s.Steps[i].Progress, s.Steps[i].May, s.Steps[i].Blocked)
	}
	half := plan.Apply(p.Base, p.Steps[:i+1])
	half.Groups = nil
	if s := plan.Locate(p, half); s.Steps[i].Progress != plan.HalfDone || len(s.Steps[i].Missing) != 1 || !s.Steps[i].Missing[0].Same(p.Target.Groups[0].ID) {
		t.Errorf("the manager alone: %v, missing %v", s.Steps[i].Progress, s.Steps[i].Missing)
	}
	other := plan.Apply(p.Base, p.Steps[:i])
	other.Managers = []estate.NetworkManager{{ID: estate.ID{Subscription: "else", Type: estate.TypeNetworkManager, Name: "theirs"}}}
	if s := plan.Locate(p, other); s.Steps[i].May || fmt.Sprint(s.Steps[i].Blocked) != `[network manager "theirs" is there already]` {
		t.Errorf("beside another one: may run %v, %v", s.Steps[i].May, s.Steps[i].Blocked)
	}
	done := plan.Apply(p.Base, p.Steps[:i+1])
	if s := plan.Locate(p, done); s.Steps[i].Progress != plan.Done || len(s.Drift) > 0 {
		t.Errorf("done: %v, drift %v", s.Steps[i].Progress, s.Drift)
	}
	done.Groups[0].Members = done.Groups[0].Members[:3]
	if s := plan.Locate(p, done); len(s.Drift) == 0 {
		t.Error("a group without two of its members is no drift")
	}
}

// TestGroupIsKept holds that a plan that is made again joins as it did, and as somebody decided in it.
func TestGroupIsKept(t *testing.T) {
	for _, c := range []struct {
		name    string
		transit options.Transit
		edit    func(*plan.Plan)
		grouped bool
		told    []string
	}{
		{"unchanged", options.TransitGroup, func(*plan.Plan) {}, true, nil},
		{"taken out", options.TransitGroup, func(p *plan.Plan) { p.Components[0].Hub.Grouped = false }, false, nil},
		{"put in", options.TransitAuto, func(p *plan.Plan) { p.Components[0].Hub.Grouped = true }, true, nil},
		{"with another hub", options.TransitGroup, func(p *plan.Plan) {
			p.Components[0].Hub.Kind, p.Components[0].Hub.VNet = plan.ExistingHub, vnetID(p, "shared-services")
		}, true, nil},
		{"its step is dropped", options.TransitGroup, func(p *plan.Plan) {
			without(p, p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.CreateGroups })].ID)
		}, true, []string{`PLAN-019 steps: S003 (create connected groups of "network-manager") is missing: "create connected groups" cannot be left out: later steps rest on it`, "1 decision of plan.json cannot be kept"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := planOf(t, "full-mesh", options.Options{Transit: c.transit})
			c.edit(p)
			if q := remadeTwice(t, p, c.told); q != nil {
				if hub := q.Components[0].Hub; hub.Grouped != c.grouped || hub.Grouped != (len(q.Target.Groups) > 0) {
					t.Errorf("hub %s, grouped %v", hub.Kind, hub.Grouped)
				}
			}
		})
	}
}

// TestGroupsWherePeeringsDoNotDo holds that VNets are joined by groups, unasked, where one would need more peerings than it
// may have.
func TestGroupsWherePeeringsDoNotDo(t *testing.T) {
	space := func(i int) string { return fmt.Sprintf("10.%d.%d.0/24", i/250, i%250) }
	lines := []string{"w0 " + space(0)}
	joined := func(i, j int) {
		lines = append(lines, fmt.Sprintf("w%d > w%d %s", i, j, space(j)), fmt.Sprintf("w%d > w%d %s", j, i, space(i)))
	}
	for i := range 502 {
		lines = append(lines, fmt.Sprintf("w%d %s", i+1, space(i+1)))
		joined(0, i+1)
	}
	joined(1, 2) // two meshes of three, by which w0 has four peerings less
	joined(3, 4)
	e, opts := spelt("auto", lines...).read(t, 0)
	components, err := plan.LaidOut(e, *opts)
	if err != nil {
		t.Fatal(err)
	}
	if hub := components[0].Hub; !hub.Grouped || !strings.Contains(hub.Because, "by peerings alone") || hub.Candidates[0].Refused != "" {
		t.Errorf("grouped %v because %s: %s", hub.Grouped, hub.Because, hub.Candidates[0].Refused)
	}
}
