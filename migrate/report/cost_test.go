package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// costSection is the section of the review of a plan from one estate to another.
func costSection(t *testing.T, before, after *estate.Estate) string {
	t.Helper()
	r := &reviewer{p: &plan.Plan{Base: before, Target: after}}
	r.cost()
	var b strings.Builder
	if err := writeText(&b, r.out, Style{Width: 400}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestCost(t *testing.T) {
	across := func(regions []string, peerings int, skus ...string) *estate.Estate {
		e := &estate.Estate{}
		for i, region := range regions {
			e.VNets = append(e.VNets, estate.VNet{ID: estate.ID{Type: estate.TypeVNet, Name: fmt.Sprint(i)}, Region: estate.Region{Name: region}})
		}
		for i := range peerings { // 0 to 1, 1 to 2, 2 to 3
			e.Peerings = append(e.Peerings, estate.Peering{ID: estate.ID{Type: estate.TypePeering, Name: fmt.Sprint(i)}, VNet: e.VNets[i].ID, Remote: e.VNets[i+1].ID})
		}
		for _, sku := range skus {
			e.Gateways = append(e.Gateways, estate.Gateway{SKU: sku})
		}
		return e
	}
	gateways := func(peerings int, skus ...string) *estate.Estate {
		return across([]string{"westeurope", "westeurope", "northeurope"}, peerings, skus...)
	}
	zones := []string{"westeurope", "australiaeast", "westeurope"}
	more := append([]string{"westeurope"}, zones...)
	tests := []struct {
		name          string
		before, after *estate.Estate
		want, not     []string
	}{
		{"nothing", gateways(0), gateways(0), []string{"Nothing of this network costs by the hour."}, []string{"Prices of"}},
		{"two gateways become a peering", gateways(0, "VpnGw1", "VpnGw1"), gateways(1),
			[]string{"VPN gateway VpnGw1  2       277   0       -", "all that is known           285           0.00", "From 14,235 GB a month over the new peerings on, the target costs more.", "Prices of eastus, uksouth, read 2025-01-15 to 2026-10-07"}, []string{"unknown"}},
		{"in two regions", gateways(0, "VpnGw1", "VpnGw1"), gateways(2), []string{"From 8,134 GB a month over the new peerings on, if all of it passes between regions, and from 14,235 GB if none does, the target costs more."}, nil},
		{"in two zones", across(zones, 0, "VpnGw1", "VpnGw1"), across(zones, 2), []string{"From 3,163 to 8,134 GB a month over the new peerings on, depending on which of them it takes, the target costs more."}, nil},
		{"in two zones and a region", across(more, 0, "VpnGw1", "VpnGw1"), across(more, 3), []string{"From 3,163 to 14,235 GB a month over the new peerings on, depending on which of them it takes, the target costs more."}, nil},
		{"nothing is saved", gateways(0, "VpnGw1"), gateways(2, "VpnGw2"), []string{"Prices of"}, []string{"the target costs more"}},
		{"a size without a price goes", gateways(0, "HighPerformance"), gateways(2),
			[]string{"VPN gateway HighPerformance: unknown, because no source here has its price.", "the difference is not known either"}, []string{"the target costs more"}},
		{"what is unknown stays", gateways(0, "HighPerformance"), gateways(0, "HighPerformance"), []string{"unknown"}, []string{"the difference is not known"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := costSection(t, test.before, test.after)
			for _, want := range test.want {
				if !strings.Contains(got, want) {
					t.Errorf("no %q in\n%s", want, got)
				}
			}
			for _, not := range test.not {
				if strings.Contains(got, not) {
					t.Errorf("%q in\n%s", not, got)
				}
			}
		})
	}
}
