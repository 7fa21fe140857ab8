package main

import (
	"slices"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// A tunnel that cannot have been up as it is written is unknown in the ARM form, which is what runs today,
// and up in a deployment of it, to which a conversion is compared.
func TestConversionRepairsTunnels(t *testing.T) {
	all := allFixtures(t)
	swapped := all[slices.IndexFunc(all, func(f fixture) bool { return f.name == "one-sided-swapped" })]
	in := parse(swapped.documents(t), netcfg.DefaultBounds())
	in.options = &options.Options{}
	for form, want := range map[string]reach.Value{formARM: reach.Unknown, formConversion: reach.Yes} {
		both, found := formedSides([2]input{in, in}, [2]string{"a", "b"}, form)
		d := both.reach()
		if !slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == "ARM-013" }) {
			t.Errorf("%s: nothing says that the tunnels are repaired: %v", form, found)
		}
		r, v := reach.Compute(d.EstateAfter), newGazetteer(d.EstateAfter, reach.Compute(d.EstateAfter).Locations(), &options.Options{})
		a, b := v.called("headquarters", []reach.Kind{reach.VNet}), v.called("loyalty", []reach.Kind{reach.VNet})
		if got := r.Session(a[0], b[0]).Value; got != want {
			t.Errorf("%s: the session is %s, not %s", form, got, want)
		}
		told := slices.ContainsFunc(d.Verdicts, func(v reach.Verdict) bool {
			return v.Class == reach.UnknownBefore && v.After.Value == reach.Yes && v.From.Name == "headquarters" && v.To.Name == "loyalty"
		})
		if told != (want == reach.Yes) {
			t.Errorf("%s: that the pair comes up is told: %t", form, told)
		}
	}
}
