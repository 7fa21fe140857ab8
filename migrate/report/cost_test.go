package report

import (
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
	gateways := func(peerings int, skus ...string) *estate.Estate {
		e := &estate.Estate{Peerings: make([]estate.Peering, peerings)}
		for _, sku := range skus {
			e.Gateways = append(e.Gateways, estate.Gateway{SKU: sku})
		}
		return e
	}
	tests := []struct {
		name          string
		before, after *estate.Estate
		want, not     []string
	}{
		{"nothing", gateways(0), gateways(0), []string{"Nothing of this network costs by the hour."}, []string{"Prices of"}},
		{"two gateways become a peering", gateways(0, "VpnGw1", "VpnGw1"), gateways(2),
			[]string{"VPN gateway VpnGw1  2      277   0       -", "all that is known          285           0.00", "From 14,235 GB a month of it over the new peerings on, the target costs more than today.", "Prices of eastus, uksouth, read 2025-01-15 to 2026-10-07"}, []string{"unknown"}},
		{"nothing is saved", gateways(0, "VpnGw1"), gateways(2, "VpnGw2"), []string{"Prices of"}, []string{"the target costs more"}},
		{"a size without a price goes", gateways(0, "HighPerformance"), gateways(2),
			[]string{"VPN gateway HighPerformance: unknown, because no source here has its price.", "the difference is not known either"}, nil},
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
