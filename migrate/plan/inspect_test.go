package plan_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// TestInspected is the star of which two spokes reach a datacenter through the hub: with inspect all their packets pass
// the firewall or the appliances on the way there, and no gateway has to be gone for that.
func TestInspected(t *testing.T) {
	for transit, hop := range map[options.Transit]reach.HopType{options.TransitFirewall: reach.FirewallHop, options.TransitNVA: reach.ApplianceHop} {
		t.Run(string(transit), func(t *testing.T) {
			p, found := asking(t, "star", "transit: "+string(transit)+"\ninspect: all\n")
			if len(p.Violations)+len(p.Opened) > 0 || slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, "PLAN-028") }) {
				t.Fatalf("%v %v %v", p.Violations, p.Opened, found)
			}
			if len(p.Windows) != 1 || p.Windows[0].Cause != "U6" || p.Windows[0].Minutes != [2]int{2, 15} || len(p.Windows[0].Pairs) != 7 {
				t.Errorf("windows %+v", p.Windows)
			}
			x := estate.NewIndex(p.Target)
			for i := range p.Target.RouteTables {
				table := &p.Target.RouteTables[i]
				users := slices.Contains([]string{"claims-routes", "policies-routes", "hub-west-routes"}, table.Name)
				if table.NoPropagation != users {
					t.Errorf("%s takes routes of gateways: %v", table.Name, !table.NoPropagation)
				}
				led := slices.ContainsFunc(table.Routes, func(r estate.Route) bool { return r.Prefix.Prefix == netip.MustParsePrefix("10.16.0.0/12") })
				if led != users {
					t.Errorf("%s leads to the datacenter: %v", table.Name, led)
				}
			}
			hub := x.VNet(p.Components[0].Hub.VNet)
			inward, _ := hub.GatewaySubnet()
			var ranges []string
			for _, r := range x.RouteTable(inward.RouteTable).Routes {
				ranges = append(ranges, r.Prefix.String())
			}
			if diff := cmp.Diff([]string{"10.101.0.0/16", "10.100.0.0/20", "10.102.0.0/16"}, ranges); diff != "" {
				t.Errorf("what the GatewaySubnet leads to it (-want +got)\n%s", diff)
			}
			led := 0
			for ends, s := range p.After.Pairs() {
				if ends[1].Kind != reach.OnPremises || ends[0].Name == hub.Name {
					continue
				}
				led++
				passes := func(way []reach.Hop) bool {
					return slices.ContainsFunc(way, func(h reach.Hop) bool { return h.Type == hop })
				}
				if !passes(s.Path) || !passes(s.Back) {
					t.Errorf("%s and %s: %v, and back %v", ends[0], ends[1], s.Path, s.Back)
				}
			}
			if led != 3 || len(p.Target.RouteTables) != 6 {
				t.Errorf("%d pairs with the datacenter, %d route tables", led, len(p.Target.RouteTables))
			}
			for _, v := range p.Verdicts {
				if v.Class == reach.Gained && v.From.Name != hub.Name && v.To.Name != hub.Name {
					t.Errorf("it opens %s and %s", v.From, v.To)
				}
			}
			open := false // the window is, or was
			for i := range p.Steps {
				s := &p.Steps[i]
				open = open || s.Action == plan.AssociateRoutes
				switch s.Action {
				case plan.DeleteTunnel, plan.DeleteGateway, plan.UseRemoteGateway:
					if !open || s.Impact.Class != plan.Live || s.Impact.Window != "" {
						t.Errorf("%s %s: %+v", s.ID, s.Action, s.Impact)
					}
				}
			}
			if !slices.ContainsFunc(p.Assumptions, func(a estate.Assumption) bool { return a.ID == estate.AsmInspect && len(a.Subjects) == 3 }) {
				t.Errorf("nothing is assumed of it: %v", p.Assumptions)
			}
			again, _, err := plan.Make(p.Target, options.Options{Mode: options.AsIfLive, Transit: transit, Inspect: options.InspectAll})
			if err != nil || len(again.Steps) > 0 {
				t.Errorf("at the target: %d steps, %v", len(again.Steps), err)
			}
		})
	}
}

// speaking lets a device exchange routes by BGP.
func speaking(device string) func(e *estate.Estate) {
	return func(e *estate.Estate) {
		for i := range e.Connections {
			if c := &e.Connections[i]; strings.Contains(c.Site.Name, device) {
				c.EnableBGP = estate.Fact{Value: "true"}
			}
		}
		for i := range e.Sites {
			if s := &e.Sites[i]; strings.Contains(s.Name, device) {
				s.BGP = &estate.BGP{ASN: estate.Fact{Value: "65010"}}
			}
		}
	}
}

// What cannot be led through the hub has a window of its own, and the plan says why.
func TestUninspected(t *testing.T) {
	lines := []string{"v0 10.1.0.0/16", "v1 10.2.0.0/16", "v0 > v1 10.2.0.0/16"}
	both := []string{"v0 > office 192.168.2.0/24", "v1 > v0 10.1.0.0/16"}
	for _, c := range []struct {
		name   string
		more   []string
		change func(e *estate.Estate)
		want   string
	}{
		{"all of it is led", both, func(*estate.Estate) {}, ""},
		{"BGP", both, speaking("office"), `what "v0" sends to on-premises networks, and gets from there, does not pass the firewall: "v0-to-office" learns by BGP where it is`},
		{"a public range", []string{"v0 > office 203.0.113.0/24", "v1 > v0 10.1.0.0/16"}, func(*estate.Estate) {}, `"v0-to-office" has the public range 203.0.113.0/24, for which a firewall translates`},
		{"they move together", []string{"v0 > office 192.168.2.0/24", "v1 > v0 10.1.0.0/16 192.168.2.0/24", "v1 > branch 192.168.4.0/24"}, speaking("branch"), `"v0" sends to on-premises networks, and gets from there, does not pass the firewall: it moves together with "v1", which cannot be led through the firewall`},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := spelt("new", slices.Concat(lines, c.more)...)
			e, opts := n.read(t, 0)
			e, _, _ = estate.ToARM(e)
			c.change(e)
			opts.Transit, opts.Inspect = options.TransitFirewall, options.InspectAll
			p, found, err := plan.Make(e, *opts)
			if err != nil || len(p.Violations) > 0 {
				t.Fatalf("%v %v", err, p.Violations)
			}
			var told []string
			for _, f := range found {
				if f.Rule == "PLAN-028" {
					told = append(told, f.Message)
				}
			}
			if c.want == "" && len(told) > 0 || c.want != "" && !strings.Contains(strings.Join(told, "\n"), c.want) {
				t.Errorf("%q, want %q\n%s", told, c.want, outline(p))
			}
		})
	}
}

// What is asked for is not left out in silence: where there is no hub, and in a plan that is made again.
func TestInspectIsTold(t *testing.T) {
	e, opts := spelt("auto", "v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/16", "v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/16", "v2 > office 192.168.2.0/24").read(t, 0)
	opts.Transit, opts.Inspect = options.TransitFirewall, options.InspectAll
	_, found, err := plan.Make(e, *opts)
	if err != nil || !slices.ContainsFunc(found, func(f diag.Finding) bool {
		return f.Rule == "PLAN-028" && strings.Contains(f.Message, "no tunnel joins it")
	}) {
		t.Errorf("a single VNet: %v %v", err, found)
	}
	p, _ := asking(t, "star", "")
	k, _, err := plan.Decided("plan.json", p)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = plan.Remake(nil, options.Options{Inspect: options.InspectAll}, k)
	if err == nil || !strings.Contains(err.Error(), "inspect all is about") {
		t.Errorf("a plan without a firewall made again: %v", err)
	}
}

// TestInspectRefused: nobody is there who could look at anything.
func TestInspectRefused(t *testing.T) {
	_, _, err := plan.Make(fixture(t, "star"), options.Options{Inspect: options.InspectAll})
	if err == nil || !strings.Contains(err.Error(), "transit firewall or transit nva") {
		t.Errorf("%v", err)
	}
}
