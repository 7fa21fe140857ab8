package risk

import (
	"fmt"
	"testing"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg"
)

var sizes = []int{1000, 10000}

func mesh(tb testing.TB, n int) *estate.Estate {
	tb.Helper()
	f, _, err := netcfg.Parse("mesh.netcfg", fixtures.Mesh(n, 5))
	if err != nil {
		tb.Fatal(err)
	}
	e, _, _ := estate.FromNetcfg(f)
	return e
}

func BenchmarkEstate(b *testing.B) {
	for _, n := range sizes {
		e := mesh(b, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Estate(e)
			}
		})
	}
}

func BenchmarkPlan(b *testing.B) {
	for _, n := range sizes {
		e := mesh(b, n)
		p, _, err := plan.Make(e, options.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				Plan(e, p)
			}
		})
	}
}
