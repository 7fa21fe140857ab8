package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// sideWords is a side of a comparison: dollars, pairs of VNets, with branches and between those, encrypted, forbidden.
func sideWords(s plan.WANSide) string {
	pairs := func(t plan.Talking) string {
		if t.Perhaps > 0 {
			return fmt.Sprintf("%d(+%d)", t.Sure, t.Perhaps)
		}
		return fmt.Sprint(t.Sure)
	}
	words := fmt.Sprintf("%s: %s %s %s", s.Monthly.String(), pairs(s.VNets), pairs(s.Branches), pairs(s.Between))
	if s.Encrypted+s.Forbidden > 0 {
		words += fmt.Sprintf(", %d encrypted, %d forbidden", s.Encrypted, s.Forbidden)
	}
	return words
}

func hubWords(w *plan.WAN) string {
	var out []string
	for _, h := range w.Hubs {
		out = append(out, fmt.Sprintf("%s %d/%d/%d/%d %s", h.Region, len(h.VNets), h.Devices, h.Circuits, len(h.Clients), strings.Join(append(slices.Clone(h.Networks), h.Edges...), "+")))
	}
	return strings.Join(out, "; ")
}

func TestWAN(t *testing.T) {
	for _, c := range []struct {
		fixture, options string
		hubs             string
		today, target    string
		instead          string
	}{
		{"pair", "", "affinity group AG-Amsterdam 1/0/0/0 ; affinity group AG-Dublin 1/0/0/0 ", "314: 1 0 0", "0.00: 1 0 0", "365: 1 0 0"},
		{"star", "", "westeurope 4/1/0/0 Zurich-DC; northeurope 1/0/0/0 ", "785: 4 3 0", "157: 4 3 0", "665: 10 5 0"},
		{"two-regions", "", "eastus 3/1/0/0 DC-Newark; westus 2/1/0/0 DC-Sacramento", "785: 10 2 0", "314: 10 2 0", "965: 10 10 1"},
		{"expressroute", "", "northeurope 1/0/0/0 ; westeurope 1/1/1/0 Leeds-Office+London-Circuit", "577: 1 1(+1) 0", "420: 1 1(+1) 0", "1,008: 1 4 1"},
		{"point-to-site", "", "westeurope 2/0/0/1 ; northeurope 1/0/0/0 ", "471: 2 1(+1) 0", "157: 2 2 0", "365 and 1 unknown: 3 3 0"},
		// 1,000 GB over a global peering: 70; over two hubs 0.01 + 2 × 0.02 + 0.02 + 0.01 a GB.
		{"two-regions", "traffic: [{from: east-core, to: west-core, gb: 1000}]", "eastus 3/1/0/0 DC-Newark; westus 2/1/0/0 DC-Sacramento", "820: 10 2 0", "384: 10 2 0", "1,045: 10 10 1"},
		{"star", "required: [{between: website, and: hub-west, require: encryption}, {between: claims, and: Zurich-DC, require: encryption}]\nforbidden: [{between: claims, and: website}, {between: analytics, and: hub-west}]",
			"westeurope 4/1/0/0 Zurich-DC; northeurope 1/0/0/0 ", "785: 4 3 0, 2 encrypted, 1 forbidden", "471: 3(+1) 3 0, 2 encrypted, 0 forbidden", "665: 10 5 0, 0 encrypted, 2 forbidden"},
	} {
		p, _ := asking(t, c.fixture, c.options)
		w := p.Components[0].WAN
		if w == nil {
			t.Fatalf("%s is not compared", c.fixture)
		}
		got := []string{hubWords(w), sideWords(w.Today), sideWords(w.Target), sideWords(w.Instead)}
		if diff := cmp.Diff([]string{c.hubs, c.today, c.target, c.instead}, got); diff != "" {
			t.Errorf("%s, %s (-want +got)\n%s", c.fixture, c.options, diff)
		}
	}
}

// What is compared is what the rest of the plan says: the sums are those of the bills, and the price of the target that of
// the chosen candidate.
func TestWANAgrees(t *testing.T) {
	check := func(name string, p *plan.Plan) {
		var today, target plan.Monthly
		whole := true
		for _, c := range p.Components {
			if compared := c.Tunnels > 0 && len(c.VNets) > 1; compared != (c.WAN != nil) {
				t.Errorf("%s: %s with %d tunnels has %v", name, c.Name, c.Tunnels, c.WAN)
			}
			if whole = whole && c.WAN != nil; c.WAN == nil {
				continue
			}
			today.Known, today.Unknown = today.Known+c.WAN.Today.Monthly.Known, today.Unknown+c.WAN.Today.Monthly.Unknown
			target.Known, target.Unknown = target.Known+c.WAN.Target.Monthly.Known, target.Unknown+c.WAN.Target.Monthly.Unknown
			if m := c.Hub.Candidates[0].Monthly; m != nil && *m != c.WAN.Target.Monthly {
				t.Errorf("%s: %s costs %s, and as a candidate %s", name, c.Name, c.WAN.Target.Monthly.String(), m)
			}
			n := 0
			for _, h := range c.WAN.Hubs {
				n += len(h.VNets)
			}
			if n != len(c.VNets) || c.WAN.Instead.VNets.Sure < c.WAN.Target.VNets.Sure || c.WAN.Instead.Branches.Sure < c.WAN.Today.Branches.Sure {
				t.Errorf("%s: %s: %d VNets in hubs, %+v", name, c.Name, n, c.WAN)
			}
		}
		for _, s := range []struct {
			got plan.Monthly
			b   *cost.Bill
		}{{today, cost.Monthly(p.Base, p.Before, p.Traffic)}, {target, cost.Monthly(p.Target, p.After, p.Traffic)}} {
			if known, unknown := s.b.Total(); whole && (s.got != plan.Monthly{Known: known, Unknown: unknown}) {
				t.Errorf("%s: %s and not %s and %d unknown", name, s.got.String(), known, unknown)
			}
		}
	}
	for _, f := range []struct{ fixture, options string }{
		{"pair", ""}, {"triangle", ""}, {"star", ""}, {"chain", ""}, {"chain-multihop", ""}, {"full-mesh", ""}, {"overlap", ""}, {"expressroute", ""}, {"point-to-site", ""}, {"one-sided-swapped", ""},
		{"two-regions", "hub: new"}, {"star", "transit: firewall"}, {"two-regions", "traffic: [{from: east-core, to: west-core, gb: 1000}, {from: west-core, to: DC-Sacramento, gb: 10}]"},
	} {
		p, _ := asking(t, f.fixture, f.options)
		check(f.fixture+" "+f.options, p)
	}
	for _, name := range fixtures.Live() {
		e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments(name))...)
		p, _, err := plan.Make(e, options.Options{})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		check("live "+name, p)
	}
}

// What is in the way of a Virtual WAN.
func TestWANPoints(t *testing.T) {
	for _, c := range []struct{ fixture, options, want string }{
		{"star", "", `[D] no VNet with a VPN or ExpressRoute gateway can be connected to a hub, and 5 of 5 have one`},
		{"overlap", "", `[D] VNets that share addresses cannot both be connected, and are counted as if they could: "bought-shops", "shops"`},
		{"star", "", `[E] two tunnels to new addresses at 1 device on-premises`},
		{"point-to-site", "", `[E] new profiles for the clients of 1 gateway`},
		{"star", "forbidden: [{between: claims, and: website}]", `[D] what must not reach each other would`},
		{"star", "required: [{between: website, and: hub-west, require: encryption}]", `[E] what has to be encrypted would not be`},
		{"star", "required: [{between: website, and: hub-west, require: encryption}]", `[V] whether the encryption of VNets holds over a hub`},
	} {
		p, _ := asking(t, c.fixture, c.options)
		var all []string
		for _, point := range p.Components[0].WAN.Points {
			all = append(all, fmt.Sprintf("[%s] %s", point.Mark, point.Says))
		}
		if !slices.ContainsFunc(all, func(s string) bool { return strings.HasPrefix(s, c.want) }) {
			t.Errorf("%s, %s: no %s in\n%s", c.fixture, c.options, c.want, strings.Join(all, "\n"))
		}
	}
}
