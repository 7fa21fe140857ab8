package plan

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// A sweep finds the VNets that share addresses as comparing each two does.
func TestSharing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := &estate.Estate{}
		var members []int
		for i := range rapid.IntRange(1, 7).Draw(t, "VNets") {
			v := estate.VNet{}
			for range rapid.IntRange(1, 3).Draw(t, "prefixes") {
				bits := rapid.IntRange(8, 12).Draw(t, "bits")
				at := netip.AddrFrom4([4]byte{10, byte(rapid.IntRange(0, 15).Draw(t, "octet") << 4), 0, 0})
				v.Space = append(v.Space, estate.Prefix{Prefix: netip.PrefixFrom(at, bits).Masked()})
			}
			e.VNets, members = append(e.VNets, v), append(members, i)
		}
		var want []int
		for i := range members {
			for j := range members {
				if i != j && estate.Overlap(e.VNets[i].Space, e.VNets[j].Space) {
					want = append(want, i)
					break
				}
			}
		}
		w := &wans{g: &graph{e: e}}
		if got := w.sharing(members); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
	})
}

// Limits, IPv6 and unknown regions, which no fixture has.
func TestWANPointsOfShape(t *testing.T) {
	e := &estate.Estate{VNets: []estate.VNet{{ID: estate.ID{Name: "six"}, Name: "six", Space: []estate.Prefix{{Prefix: netip.MustParsePrefix("fd00::/48")}}}}}
	w := &wans{g: &graph{e: e, names: estate.NewNames(e)}}
	one := &wanOf{members: []int{0}, wan: &WAN{Hubs: []cost.WANHub{
		{Region: "westeurope", VNets: make([]estate.ID, 499), Devices: 1001, Circuits: 9},
		{Region: "affinity group AG", VNets: make([]estate.ID, 498), Devices: 1000, Circuits: 8},
	}}}
	w.points(one)
	var all []string
	for _, p := range one.wan.Points {
		all = append(all, string(p.Mark)+" "+p.Says)
	}
	got := strings.Join(all, "\n")
	for _, want := range []string{
		`D a VNet with IPv6 addresses cannot be connected: "six"`,
		"D one hub in westeurope is too small: it takes 498 VNets, and there are 499\n",
		"D one hub in westeurope is too small: it takes 1000 connections of devices, and there are 1001\n",
		"D one hub in westeurope is too small: it takes 8 circuits, and there are 9\n",
		"E no input tells the region of 1 hub",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Count(got, "too small") != 3 || strings.Contains(got, "gateway") {
		t.Error(got)
	}
}
