package plan_test

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

func through(t *testing.T, fixture, more string) *plan.Plan {
	t.Helper()
	p, _ := asking(t, fixture, "transit: firewall\n"+more)
	return p
}

// routesOf lists what a VNet's subnets send to the firewall.
func routesOf(e *estate.Estate, vnet string) []string {
	x, out := estate.NewIndex(e), []string(nil)
	for i := range e.VNets {
		v := &e.VNets[i]
		if v.Name != vnet {
			continue
		}
		for _, s := range v.Subnets {
			t := x.RouteTable(s.RouteTable)
			if t == nil {
				out = append(out, s.Name+": none")
				continue
			}
			for _, r := range t.Routes {
				out = append(out, s.Name+": "+r.Prefix.String()+" to "+r.Address.String())
			}
		}
	}
	return out
}

// TestPassageTransit is the star of which two spokes reach a datacenter through the hub: every pair of VNets passes the
// firewall or the appliances of the new hub afterwards, and the spokes use its gateway.
func TestPassageTransit(t *testing.T) {
	for _, c := range []struct {
		transit options.Transit
		passage plan.Passage
		subnet  string
		address string
		hop     reach.HopType
		made    plan.Action
		assumed string
	}{
		{options.TransitFirewall, plan.FirewallPassage, "AzureFirewallSubnet 10.0.0.64/26", "10.0.0.68", reach.FirewallHop, plan.CreateFirewall, estate.AsmFirewall},
		{options.TransitNVA, plan.AppliancesPassage, "nva-trust 10.0.1.64/27", "10.0.1.68", reach.ApplianceHop, plan.CreateAppliances, estate.AsmAppliances},
	} {
		t.Run(string(c.transit), func(t *testing.T) {
			p, _ := asking(t, "star", "transit: "+string(c.transit)+"\n")
			if len(p.Violations)+len(p.Opened) > 0 {
				t.Errorf("%v %v", p.Violations, p.Opened)
			}
			hub := p.Components[0].Hub
			if hub.Kind != plan.NewHub || hub.Passage != c.passage {
				t.Errorf("hub %+v", hub)
			}
			subnets := estate.NewIndex(p.Target).VNet(hub.VNet).Subnets
			if got := subnets[len(subnets)-1]; got.Name+" "+got.Prefix.String() != c.subnet {
				t.Errorf("it stands in %s %s, want %s", got.Name, got.Prefix, c.subnet)
			}
			want := []string{"GatewaySubnet: none", "Web-Tier: 10.100.0.0/20 to " + c.address, "cms: 10.100.0.0/20 to " + c.address}
			got := routesOf(p.Target, "website")
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("routes of a spoke (-want +got)\n%s", diff)
			}
			for i := range p.Target.Peerings {
				h := &p.Target.Peerings[i]
				if h.VNet.Name != hub.VNet.Name && (h.Remote.Name != hub.VNet.Name || !h.AllowForwardedTraffic) {
					t.Errorf("half of %s to %s, forwarded traffic %v", h.VNet.Name, h.Remote.Name, h.AllowForwardedTraffic)
				}
			}
			passes := 0
			for ends, s := range p.After.Pairs() {
				if ends[0].Kind == reach.VNet && ends[1].Kind == reach.VNet && slices.ContainsFunc(s.Path, func(h reach.Hop) bool { return h.Type == c.hop }) {
					passes++
				}
			}
			if passes != 4 {
				t.Errorf("%d pairs pass it, want 4", passes)
			}
			if w := p.Windows[0]; w.Cause != "U6" || len(w.Pairs) != 4 {
				t.Errorf("window %+v", w)
			}
			made := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == c.made })
			if made < 0 || p.Steps[made].Impact.Class != plan.Live || !strings.Contains(p.Steps[made].Verify, c.address) {
				t.Errorf("the step that makes it: %d", made)
			}
			if !slices.ContainsFunc(p.Assumptions, func(a estate.Assumption) bool { return a.ID == c.assumed && len(a.Subjects) == 1 }) {
				t.Errorf("nothing is assumed of it: %v", p.Assumptions)
			}
			if best := p.Components[0].Transits; !slices.ContainsFunc(best, func(o plan.TransitOption) bool { return o.Taken && o.Kind.Transit() == c.transit }) {
				t.Errorf("what is taken is not told: %+v", best)
			}
		})
	}
}

// An interface that forwards, in a VNet that is peered with others, is no hub with appliances.
func TestForwardingMachineIsNoHub(t *testing.T) {
	e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments("half-migrated"))...)
	spoke := e.VNets[slices.IndexFunc(e.VNets, func(v estate.VNet) bool { return v.Name == "risk" })]
	node := spoke.ID
	node.Type, node.Name = estate.TypeInterface, "node"
	e.Gateways = append(e.Gateways, estate.Gateway{ID: node, VNet: spoke.ID, Kind: estate.Appliance, Region: spoke.Region, Subnet: spoke.Subnets[0].Name, PrivateIPs: []estate.Address{{Addr: spoke.Space[0].Addr().Next()}}})
	p, _, err := plan.Make(e, options.Options{Transit: options.TransitNVA})
	if err != nil || len(p.Violations) > 0 {
		t.Fatal(err, p.Violations)
	}
	if hub := p.Components[0].Hub; hub.Kind != plan.NewHub || hub.Passage != plan.AppliancesPassage {
		t.Errorf("hub %s %s %q", hub.Kind, hub.VNet.Name, hub.Passage)
	}
}

// What cannot be led through a firewall stays on VPN, and says why.
func TestUnroutable(t *testing.T) {
	doc, err := os.ReadFile("../../fixtures/triangle/network.netcfg")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		change func(e *estate.Estate, v *estate.VNet)
		want   string
	}{
		{"a table of its own", func(e *estate.Estate, v *estate.VNet) {
			own := v.ID
			own.Type, own.Name = estate.TypeRouteTable, "own"
			e.RouteTables = []estate.RouteTable{{ID: own, RoutesKnown: true}}
			v.Subnets[slices.IndexFunc(v.Subnets, func(s estate.Subnet) bool { return !s.OfGateways() })].RouteTable = own
		}, "has a route table of its own"},
		{"no subnet", func(_ *estate.Estate, v *estate.VNet) {
			v.Subnets = slices.DeleteFunc(slices.Clone(v.Subnets), func(s estate.Subnet) bool { return !s.OfGateways() })
		}, "has no subnet that a route table could be for"},
		{"the platform's own", func(_ *estate.Estate, v *estate.VNet) {
			i := slices.IndexFunc(v.Subnets, func(s estate.Subnet) bool { return !s.OfGateways() })
			v.Subnets[i].Name = "AzureBastionSubnet"
		}, "is the platform's own"},
		{"IPv6", func(_ *estate.Estate, v *estate.VNet) {
			v.Space = append(slices.Clone(v.Space), estate.Prefix{Prefix: netip.MustParsePrefix("fd00:1::/48"), Raw: "fd00:1::/48"})
		}, "IPv4 alone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, transit := range []options.Transit{options.TransitFirewall, options.TransitNVA} {
				e, _, _ := estate.ToARM(read(t, doc))
				i := slices.IndexFunc(e.VNets, func(v estate.VNet) bool { return v.Name == "shop-test" })
				c.change(e, &e.VNets[i])
				p, _, err := plan.Make(e, options.Options{Transit: transit})
				if err != nil {
					t.Fatal(err)
				}
				kept := p.Components[0].Kept
				if len(kept) != 2 || !strings.Contains(kept[0].Because, c.want) || len(p.Violations) > 0 {
					t.Errorf("%s: kept %v, violations %v; want %q", transit, kept, p.Violations, c.want)
				}
			}
		})
	}
}

// A firewall translates the senders of what goes to public ranges: VNets that have some are not led through it. Appliances
// translate nothing.
func TestPublicRangesAreNotLed(t *testing.T) {
	e, _ := spelt("auto", "v0 10.1.0.0/16", "v1 20.2.0.0/16", "v0 > v1 20.2.0.0/16", "v1 > v0 10.1.0.0/16").read(t, 0)
	for transit, kept := range map[options.Transit]int{options.TransitFirewall: 1, options.TransitNVA: 0} {
		p, _, err := plan.Make(e, options.Options{Transit: transit})
		if err != nil || len(p.Components[0].Kept) != kept || kept > 0 && !strings.Contains(p.Components[0].Kept[0].Because, "public range 20.2.0.0/16") {
			t.Errorf("%s: %v %v", transit, err, p.Components[0].Kept)
		}
	}
}

// Where no pair can be led through a firewall that is asked for, all stay as they are.
func TestNothingToLead(t *testing.T) {
	doc, err := os.ReadFile("../../fixtures/triangle/network.netcfg")
	if err != nil {
		t.Fatal(err)
	}
	e, _, _ := estate.ToARM(read(t, doc))
	for i := range e.VNets {
		e.VNets[i].Subnets = slices.DeleteFunc(slices.Clone(e.VNets[i].Subnets), func(s estate.Subnet) bool { return !s.OfGateways() })
	}
	p, _, err := plan.Make(e, options.Options{Transit: options.TransitFirewall})
	if err != nil {
		t.Fatal(err)
	}
	if c := p.Components[0]; len(p.Steps) > 0 || len(c.Kept) != 3 || c.Hub.Kind != plan.NoHub || len(p.Violations) > 0 {
		t.Errorf("%d steps, kept %v, hub %s, violations %v", len(p.Steps), c.Kept, c.Hub.Kind, p.Violations)
	}
}

// A wish that no candidate fits is refused with the reason.
func TestTransitRefused(t *testing.T) {
	doc, err := os.ReadFile("../../fixtures/triangle/network.netcfg")
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = plan.Make(read(t, doc), options.Options{Transit: options.TransitFirewall, Hub: "shop-prod"})
	if want := "hub shop-prod cannot be used: transit firewall wants a new hub"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// A tunnel offers a longer prefix than the range of a VNet: the route table has it too, or its packets would not pass
// the firewall, which sees the answers only and drops them.
func TestLongerPrefixesAreLed(t *testing.T) {
	n := spelt("auto", "v0 10.1.0.0/16", "v1 10.2.0.0/16", "v2 10.3.0.0/17", "v0 > v1 10.2.0.0/16", "v1 > v0 10.1.0.0/16", "v1 > v2 10.3.0.0/19 10.3.64.0/20", "v2 > v1 10.2.0.0/16",
		"v1 > office 192.168.2.0/24", "v0 > v2 10.3.0.0/17", "v2 > v0 10.1.0.0/16")
	n.passage = "transit: firewall\n"
	e, opts := n.read(t, 0)
	p, _, err := plan.Make(e, *opts)
	if err != nil || len(p.Violations) > 0 {
		t.Fatalf("%v %v", err, p.Violations)
	}
	var got []string
	for _, r := range routesOf(p.Target, "v1") {
		if name, to, _ := strings.Cut(r, ": "); name == "work" {
			got = append(got, strings.Fields(to)[0])
		}
	}
	if want := []string{"10.1.0.0/16", "10.3.0.0/17", "10.3.0.0/19", "10.3.64.0/20"}; !slices.Equal(got, want) {
		t.Errorf("v1 has routes to %v, want %v", got, want)
	}
}

// What a window excuses has to be over when it closes, although the step that closes it changes nothing.
func TestWindowsCloseInTheirLastState(t *testing.T) {
	p := through(t, "triangle", "")
	closed := p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.DeleteTunnel })].Wave
	p.Steps = slices.DeleteFunc(p.Steps, func(s plan.Step) bool { return s.Wave >= closed })
	led := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.AssociateRoutes })
	p.Steps[led].Effect = plan.Effect{}
	p.Target = plan.Apply(p.Base, p.Steps)
	found := plan.Check(p).Violations
	if !slices.ContainsFunc(found, func(v plan.Violation) bool { return v.Rule == "PLAN-001" }) {
		t.Errorf("one spoke is never led through the firewall, and the check says %v", found)
	}
}
