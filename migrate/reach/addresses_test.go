package reach_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

func TestBook(t *testing.T) {
	w := arm("H", "A").with(spoke("H", "A"), prem("H", "10.0.0.0/14", "HQ"))
	b := reach.NewBook(&w.Estate)
	for _, c := range []struct {
		of   reach.Location
		want string
	}{
		{vnet("A"), "[10.1.0.0/16]"},
		{onPrem("HQ"), fmt.Sprint(reach.Without([]netip.Prefix{netip.MustParsePrefix("10.0.0.0/14")}, append(b.Of(vnet("A")), b.Of(vnet("H"))...)))},
		{onPrem("nowhere"), "[]"},
		{vnet("nothing"), "[]"},
		{reach.Location{Kind: reach.Internet}, "[]"},
	} {
		if got := fmt.Sprint(b.Of(c.of)); got != c.want {
			t.Errorf("%s has %s, want %s", c.of, got, c.want)
		}
	}
}

func TestWitness(t *testing.T) {
	for in, want := range map[string]string{"10.0.0.0/24": "10.0.0.4", "10.0.0.8/31": "10.0.0.8", "fd00::/64": "fd00::4"} {
		if got := reach.Witness([]netip.Prefix{netip.MustParsePrefix(in)}); got.String() != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if reach.Witness(nil).IsValid() {
		t.Error("an address of nothing")
	}
}
