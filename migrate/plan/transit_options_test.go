package plan_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// transitsOf are the compared ways of the first component, each on a line.
func transitsOf(t *testing.T, e *estate.Estate, opts options.Options) []string {
	t.Helper()
	p, _, err := plan.Make(e, opts)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, w := range p.Components[0].Transits {
		line := fmt.Sprintf("%s: %d of %d, %d joined, %s", w.Kind, w.Moved, w.Of, w.Joined, w.Monthly)
		if w.Against != "" {
			line = fmt.Sprintf("%s: %s", w.Kind, w.Against)
		}
		if w.Taken {
			line += ", taken"
		}
		out = append(out, line)
	}
	return append(out, "best: "+string(plan.BestTransit(p.Components[0].Transits)))
}

const (
	noMesh    = "connected groups: no three VNets all reach each other by peerings that may be made at once"
	noRouter  = "the hub's VPN gateway as a router: no two VNets that reach each other would use the gateway of a hub"
	noRegions = "a hub for each region and VPN between them: there are no two regions whose VNets would use the gateway of a hub"
)

// TestTransitOptions holds what is said of each way to join VNets, in networks where one of them or another is not there.
func TestTransitOptions(t *testing.T) {
	classic, _ := spelt("auto", twoRegions...).read(t, 0)
	office := []string{"h 10.0.0.0/16", "a 10.1.0.0/16", "b 10.2.0.0/16", "h > a 10.1.0.0/16", "a > h 10.0.0.0/16", "h > b 10.2.0.0/16", "b > h 10.0.0.0/16", "a > b 10.2.0.0/16", "b > a 10.1.0.0/16",
		"h > office 192.168.1.0/24", "a > office 192.168.1.0/24", "b > office 192.168.1.0/24"}
	joined, _ := spelt("auto", office...).read(t, 0)
	for _, c := range []struct {
		name string
		e    *estate.Estate
		opts options.Options
		want []string
	}{
		{"a mesh", fixture(t, "full-mesh"), options.Options{}, []string{
			"direct peerings: 10 of 10, 0 joined, 157, taken", "connected groups: 10 of 10, 0 joined, 157 and 1 unknown", "Azure Firewall in a hub: 10 of 10, 0 joined, 1,073",
			"appliances in a hub: 10 of 10, 0 joined, 157 and 2 unknown", "appliances and a Route Server: 10 of 10, 4 joined, 161 and 3 unknown", noRouter, noRegions, "best: direct peerings"}},
		{"a mesh in a group", fixture(t, "full-mesh"), options.Options{Transit: options.TransitGroup}, []string{
			"direct peerings: 10 of 10, 0 joined, 157", "connected groups: 10 of 10, 0 joined, 157 and 1 unknown, taken", "Azure Firewall in a hub: 10 of 10, 0 joined, 1,073",
			"appliances in a hub: 10 of 10, 0 joined, 157 and 2 unknown", "appliances and a Route Server: 10 of 10, 4 joined, 161 and 3 unknown", noRouter, noRegions, "best: direct peerings"}},
		{"through a firewall", fixture(t, "star"), options.Options{Transit: options.TransitFirewall}, []string{
			"direct peerings: 4 of 4, 0 joined, 157", noMesh, "Azure Firewall in a hub: 4 of 4, 0 joined, 1,073, taken",
			"appliances in a hub: 4 of 4, 0 joined, 157 and 2 unknown", "appliances and a Route Server: 4 of 4, 8 joined, 161 and 3 unknown", "the hub's VPN gateway as a router: 4 of 4, 0 joined, 157", noRegions, "best: direct peerings"}},
		{"overlaps", fixture(t, "overlap"), options.Options{}, []string{
			"direct peerings: 3 of 4, 0 joined, 314, taken", noMesh, "Azure Firewall in a hub: 2 of 4, 0 joined, 1,387",
			"appliances in a hub: 2 of 4, 0 joined, 471 and 2 unknown", "appliances and a Route Server: no two VNets that reach each other could use the Route Server of a hub: \"bought-shops\" keeps a gateway of its own, beside which a VNet uses no Route Server", noRouter, noRegions, "best: direct peerings"}},
		{"two regions", classic, options.Options{}, []string{
			"direct peerings: 4 of 4, 1 joined, 157, taken", noMesh, "Azure Firewall in a hub: 4 of 4, 0 joined, 1,073",
			"appliances in a hub: 4 of 4, 0 joined, 157 and 2 unknown", "appliances and a Route Server: 4 of 4, 7 joined, 161 and 3 unknown",
			"the hub's VPN gateway as a router: 4 of 4, 1 joined, 157", "a hub for each region and VPN between them: no two VNets that reach each other would use the gateways of two hubs", "best: Azure Firewall in a hub"}},
		{"spokes that use a hub", joined, options.Options{}, []string{
			"direct peerings: 3 of 3, 0 joined, 157, taken", noMesh, "Azure Firewall in a hub: 3 of 3, 0 joined, 1,073",
			"appliances in a hub: 3 of 3, 0 joined, 157 and 2 unknown", "appliances and a Route Server: 3 of 3, 0 joined, 161 and 3 unknown",
			"the hub's VPN gateway as a router: 3 of 3, 0 joined, 157", noRegions, "best: direct peerings"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, transitsOf(t, c.e, c.opts)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestBestTransit holds the order in which ways are preferred.
func TestBestTransit(t *testing.T) {
	way := func(kind plan.TransitKind, moved, joined, unknown int, usd int64, against string) plan.TransitOption {
		w := plan.TransitOption{Kind: kind, Of: 4, Moved: moved, Joined: joined, Against: against}
		w.Monthly = &plan.Monthly{Unknown: unknown}
		for range usd {
			w.Monthly.Known += 1_000_000
		}
		return w
	}
	for _, c := range []struct {
		name string
		all  []plan.TransitOption
		want plan.TransitKind
	}{
		{"most pairs", []plan.TransitOption{way(plan.ByPeerings, 3, 0, 0, 1, ""), way(plan.ByFirewall, 4, 5, 1, 900, "")}, plan.ByFirewall},
		{"fewest joined", []plan.TransitOption{way(plan.ByPeerings, 4, 1, 0, 1, ""), way(plan.ByGroups, 4, 0, 1, 1, "")}, plan.ByGroups},
		{"known to cost less", []plan.TransitOption{way(plan.ByFirewall, 4, 0, 0, 9, ""), way(plan.ByPeerings, 4, 0, 0, 1, "")}, plan.ByPeerings},
		{"what nobody knows costs more", []plan.TransitOption{way(plan.ByGroups, 4, 0, 1, 1, ""), way(plan.ByPeerings, 4, 0, 0, 9, "")}, plan.ByPeerings},
		{"nothing discouraged", []plan.TransitOption{way(plan.ByGateway, 4, 0, 0, 0, ""), way(plan.ByPeerings, 3, 0, 0, 9, "")}, plan.ByPeerings},
		{"only what is possible", []plan.TransitOption{way(plan.ByPeerings, 4, 0, 0, 0, "too many peerings"), way(plan.ByGroups, 3, 0, 0, 9, "")}, plan.ByGroups},
		{"none", []plan.TransitOption{way(plan.ByPeerings, 4, 0, 0, 0, "too many peerings")}, ""},
	} {
		if got := plan.BestTransit(c.all); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
