package plan_test

import (
	"os"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// TestMonthly holds the price of the chosen candidate against that of the target, and looks at the others.
func TestMonthly(t *testing.T) {
	for _, c := range []struct{ fixture, options string }{
		{"pair", ""}, {"triangle", ""}, {"star", ""}, {"chain", ""}, {"full-mesh", ""}, {"two-regions", ""}, {"two-regions", "hub: new"}, {"star", "hub: none"}, {"point-to-site", ""}, {"expressroute", ""},
		{"two-regions", "traffic: [{from: east-core, to: west-core, gb: 1000}, {from: east-core, to: DC-Newark, gb: 10}, {from: west-core, to: DC-Newark, gb: 10}]"},
	} {
		doc, err := os.ReadFile("../../fixtures/" + c.fixture + "/network.netcfg")
		if err != nil {
			t.Fatal(err)
		}
		p, _, err := plan.Make(read(t, doc), wanting(t, c.options))
		if err != nil {
			t.Fatal(err)
		}
		asked, of := 0, plan.Monthly{}
		for _, part := range p.Components {
			for i, one := range part.Hub.Candidates {
				switch want := i < 3 && one.Refused == ""; {
				case (one.Monthly != nil) != want:
					t.Errorf("%s, %s: candidate %d, %s (%s), has the price %v", c.fixture, c.options, i, one.Name(), one.Refused, one.Monthly)
				case i == 0:
					asked++
					of.Known, of.Unknown = of.Known+one.Monthly.Known, of.Unknown+one.Monthly.Unknown
				}
			}
		}
		known, unknown := cost.Monthly(p.Target, p.After, p.Traffic).Total()
		if asked == len(p.Components) && (of != plan.Monthly{Known: known, Unknown: unknown}) {
			t.Errorf("%s, %s: the chosen candidates cost %s and %d unknown, and the target %s and %d", c.fixture, c.options, of.Known, of.Unknown, known, unknown)
		}
		if asked == 0 {
			t.Errorf("%s: no candidate", c.fixture)
		}
	}
}

// With traffic the candidates differ by what passes: a new hub is one more peering on the way.
func TestMonthlyOfTraffic(t *testing.T) {
	doc, err := os.ReadFile("../../fixtures/two-regions/network.netcfg")
	if err != nil {
		t.Fatal(err)
	}
	prices := func(opts options.Options) map[string]cost.Amount {
		p, _, err := plan.Make(read(t, doc), opts)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]cost.Amount{}
		for _, c := range p.Components[0].Hub.Candidates {
			if c.Monthly != nil {
				out[c.Name()] = c.Monthly.Known
			}
		}
		return out
	}
	without := prices(options.Options{})
	with := prices(wanting(t, "traffic: [{from: east-core, to: west-core, gb: 1000}]"))
	for name, amount := range without {
		// A peering between regions of zone 1: 1000 × (0.035 + 0.035).
		if more := with[name] - amount; more != 70_000_000 {
			t.Errorf("%s: the traffic costs %s", name, more)
		}
	}
	if len(without) != 3 {
		t.Error(without)
	}
}
