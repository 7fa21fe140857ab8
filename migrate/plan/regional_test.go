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

// twoRegions are VNets of two regions that reach one office, each by a gateway of its own.
var twoRegions = []string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16 in North Europe", "v3 10.4.0.0/16 in North Europe", "v4 10.5.0.0/16 in East US",
	"v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/16", "v2 > v3 10.4.0.0/16", "v3 > v2 10.3.0.0/16", "v0 > v2 10.3.0.0/16", "v2 > v0 10.1.0.0/16", "v0 > v4 10.5.0.0/16", "v4 > v0 10.1.0.0/16",
	"v0 > office 192.168.1.0/24", "v1 > office 192.168.1.0/24", "v2 > office 192.168.1.0/24", "v3 > office 192.168.1.0/24"}

// hubsIn lists the hubs of a plan and who uses their gateways in the target.
func hubsIn(p *plan.Plan) []string {
	var out []string
	for _, h := range p.Components[0].Hub.Several {
		var users []string
		for _, half := range p.Target.Peerings {
			if half.UseRemoteGateways && half.Remote.Same(h.VNet) {
				users = append(users, half.VNet.Name)
			}
		}
		slices.Sort(users)
		out = append(out, fmt.Sprintf("%s in %s for %s", h.VNet.Name, h.Region, strings.Join(users, " ")))
	}
	return out
}

// TestRegionalHubs gives each region with VNets that reach networks a hub of its own.
func TestRegionalHubs(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  []string
		made  string // gateways
		gone  string
	}{
		{"hubs that are there", twoRegions, []string{"v2 in northeurope for v3", "v0 in westeurope for v1"}, "", "v1-gateway v3-gateway v4-gateway"},
		{"one that is not", []string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16 in North Europe", "v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/16",
			"v2 > v0 10.1.0.0/16 192.168.1.0/24", "v0 > v2 10.3.0.0/16", "v0 > office 192.168.1.0/24", "v1 > office 192.168.1.0/24"},
			[]string{"hub-northeurope in northeurope for v2", "v0 in westeurope for v1"}, "hub-northeurope-gateway", "v1-gateway v2-gateway"},
		{"one that is not, beside a region whose gateway serves itself", []string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16 in North Europe", "v3 10.4.0.0/16 in UK South", "v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/16",
			"v2 > v0 10.1.0.0/16 192.168.1.0/24", "v0 > v2 10.3.0.0/16", "v3 > v0 10.1.0.0/16", "v0 > v3 10.4.0.0/16", "v0 > office 192.168.1.0/24", "v1 > office 192.168.1.0/24", "v3 > plant 192.168.2.0/24"},
			[]string{"hub-northeurope in northeurope for v2", "v0 in westeurope for v1"}, "hub-northeurope-gateway", "v1-gateway v2-gateway"},
		{"no two regions", append(twoRegions[:15:15], "v1 > office 192.168.1.0/24"), nil, "", "v1-gateway v2-gateway v3-gateway v4-gateway"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, opts := spelt("regional", c.lines...).read(t, 0)
			p, found, err := plan.Make(e, *opts)
			if err != nil || len(p.Violations) > 0 {
				t.Fatalf("%v %v", err, found)
			}
			if diff := cmp.Diff(c.want, hubsIn(p)); diff != "" {
				t.Errorf("hubs (-want +got)\n%s\n%s", diff, outline(p))
			}
			var made, gone []string
			base, target := estate.NewIndex(p.Base), estate.NewIndex(p.Target)
			for _, g := range p.Target.Gateways {
				if base.Gateway(g.ID) == nil {
					made = append(made, g.ID.Name)
				}
			}
			for _, g := range p.Base.Gateways {
				if target.Gateway(g.ID) == nil {
					gone = append(gone, g.ID.Name)
				}
			}
			if m, g := strings.Join(made, " "), strings.Join(gone, " "); m != c.made || g != c.gone {
				t.Errorf("made %q, want %q; gone %q, want %q", m, c.made, g, c.gone)
			}
			nothingLeft(t, "the target", p, p.Target, *opts)
		})
	}
}

// Nobody asked, and it is among the candidates; one hub for all has fewer points.
func TestRegionalHubsAreCandidates(t *testing.T) {
	e, opts := spelt("auto", twoRegions...).read(t, 0)
	p, _, err := plan.Make(e, *opts)
	if err != nil {
		t.Fatal(err)
	}
	hub := p.Components[0].Hub
	if hub.Kind != plan.ExistingHub || !slices.ContainsFunc(hub.Candidates, func(c plan.Candidate) bool { return c.Kind == plan.RegionalHubs && c.Refused == "" }) {
		t.Errorf("%+v", hub)
	}
}

// A hub has at most so many peerings: where one for all would have more, each region gets its own.
func TestRegionalHubsWhereOneIsTooSmall(t *testing.T) {
	lines := []string{"v0 10.1.0.0/24", "v1 10.1.1.0/24 in North Europe", "v0 > office 192.168.1.0/24", "v1 > office 192.168.1.0/24", "v0 > v1 10.1.1.0/24", "v1 > v0 10.1.0.0/24"}
	for i := range 520 {
		space, hub, region := fmt.Sprintf("10.%d.%d.0/24", 2+i/250, i%250), "v0", ""
		if i%2 == 1 {
			hub, region = "v1", " in North Europe"
		}
		name := fmt.Sprintf("w%d", i)
		lines = append(lines, name+" "+space+region, name+" > office 192.168.1.0/24", name+" > "+hub+" "+map[string]string{"v0": "10.1.0.0/24", "v1": "10.1.1.0/24"}[hub], hub+" > "+name+" "+space)
	}
	e, opts := spelt("auto", lines...).read(t, 0)
	components, err := plan.LaidOut(e, *opts)
	if err != nil {
		t.Fatal(err)
	}
	if hub := components[0].Hub; hub.Kind != plan.RegionalHubs {
		t.Errorf("%s because %s\n%+v", hub.Kind, hub.Because, hub.Candidates)
	}
}

// Made again from what is read, the hubs are the same; a hub of a region is not exchanged by hand.
func TestRegionalHubsAgain(t *testing.T) {
	e, opts := spelt("regional", twoRegions...).read(t, 0)
	p, _, err := plan.Make(e, *opts)
	if err != nil {
		t.Fatal(err)
	}
	q, found, err := remake(p)
	if err != nil || len(found) > 0 && ofRules(found, "PLAN-019") {
		t.Fatal(err, found)
	}
	if diff := cmp.Diff(outline(p), outline(q)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	p.Components[0].Hub.Several[0].VNet = p.Base.VNets[3].ID
	if _, found, err := remake(p); err == nil || !ofRules(found, "PLAN-019") {
		t.Errorf("another hub by hand: %v %v", err, found)
	}
	p, _, err = plan.Make(e, options.Options{Hub: options.HubNone})
	if err != nil {
		t.Fatal(err)
	}
	p.Components[0].Hub.Kind = plan.RegionalHubs
	if q, found, err = remake(p); err != nil || q.Components[0].Hub.Kind != plan.RegionalHubs {
		t.Errorf("%v %v %+v", err, found, q)
	}
}
