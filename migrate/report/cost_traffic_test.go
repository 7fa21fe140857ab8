package report

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// meshOfThree is a network of a hub and an app in one region and a lab in another, joined to the hub by tunnels or by
// peerings.
func meshOfThree(peered bool) *estate.Estate {
	e := &estate.Estate{}
	id := func(typ, name string) estate.ID {
		return estate.ID{Subscription: "s", Group: "g", Type: typ, Name: name}
	}
	for _, v := range [][3]string{{"app", "10.1.0.0/16", "westeurope"}, {"hub", "10.0.0.0/16", "westeurope"}, {"lab", "10.2.0.0/16", "northeurope"}} {
		e.VNets = append(e.VNets, estate.VNet{ID: id(estate.TypeVNet, v[0]), Name: v[0], Model: estate.ARM, Region: estate.Region{Name: v[2]}, Space: pfx(v[1])})
		if !peered || v[0] == "hub" {
			e.Gateways = append(e.Gateways, estate.Gateway{ID: id(estate.TypeGateway, v[0]), VNet: id(estate.TypeVNet, v[0]), Kind: estate.VPNGateway, SKU: "VpnGw1AZ", Region: estate.Region{Name: v[2]}})
		}
	}
	for _, ends := range [][2]string{{"hub", "app"}, {"app", "hub"}, {"hub", "lab"}, {"lab", "hub"}} {
		if peered {
			half := id(estate.TypePeering, ends[0])
			half.Child = "to-" + ends[1]
			e.Peerings = append(e.Peerings, estate.Peering{ID: half, VNet: id(estate.TypeVNet, ends[0]), Remote: id(estate.TypeVNet, ends[1]), AllowVirtualNetworkAccess: true})
			continue
		}
		e.Connections = append(e.Connections, estate.Connection{ID: id(estate.TypeConnection, ends[0]+"-"+ends[1]), Kind: estate.Vnet2Vnet, Gateway: id(estate.TypeGateway, ends[0]),
			RemoteGateway: id(estate.TypeGateway, ends[1]), Pairing: estate.Pairing{Confidence: estate.Certain, Partner: id(estate.TypeConnection, ends[1]+"-"+ends[0])}})
	}
	return e
}

func flowOf(e *estate.Estate, from, to int, v options.Volume) cost.Flow {
	return cost.Flow{From: location(e.VNets[from]), To: location(e.VNets[to]), Volume: v}
}

func TestCostOfTraffic(t *testing.T) {
	const app, hub, lab = 0, 1, 2
	before, after := meshOfThree(false), meshOfThree(true)
	lost := meshOfThree(true)
	lost.VNets[lab].Region.Name = ""
	nowhere := meshOfThree(false)
	nowhere.VNets[lab].Region.Name = ""
	between := func(before, target *estate.Estate, flows ...cost.Flow) string {
		r := &reviewer{p: &plan.Plan{Base: before, Target: target, Traffic: flows}}
		r.cost()
		var b strings.Builder
		if err := writeText(&b, r.out, Style{Width: 400}); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	section := func(target *estate.Estate, flows ...cost.Flow) string { return between(before, target, flows...) }
	for _, c := range []struct {
		name      string
		got       string
		want, not []string
	}{
		// Three VpnGw1AZ and their addresses are 3 × 730 × 0.215 = 470.85, one of each is 156.95.
		{"nothing is told", section(after), []string{"From 8,968 GB a month over the new peerings on"}, []string{"traffic from place to place", "With this traffic"}},
		// 10,000 × 0.02 and 100.5 × 0.035 today, × 0.07 in the target: 200 + 7.035.
		{"less", section(after, flowOf(before, app, hub, 10_000_000), flowOf(before, hub, lab, 100_500)), []string{
			"traffic from place to place  2       3.52  2       207", "all that is known                    474           364",
			"With this traffic the target costs 110 a month less.", "VNet app  VNet hub  10,000  free    200", "VNet hub  VNet lab  100.5   3.52    7.04", "Prices of Global, Zone 1, eastus, uksouth, read"},
			[]string{"over the new peerings on", "100 GB a month"}},
		// 20,000 × 0.02 = 400 is more than the 313.90 that two gateways cost.
		{"more", section(after, flowOf(before, app, hub, 20_000_000)), []string{"With this traffic the target costs 86 a month more."}, nil},
		{"unknown", section(lost, flowOf(before, hub, lab, 1000)), []string{"traffic from place to place  1       0.04  1       unknown", "the difference is not known either",
			"Unknown in the target, because the region of a VNet on its way is not known: VNet hub to VNet lab."}, []string{"With this traffic"}},
		{"unknown in both, for one reason and by two ways", between(nowhere, lost, flowOf(before, hub, lab, 1000)), []string{"traffic from place to place  1       unknown  1       unknown", "the difference is not known either"}, []string{"With this traffic"}},
		{"unknown in both, by one way", between(nowhere, nowhere, flowOf(before, hub, lab, 1000)), []string{"With this traffic the target costs the same."}, []string{"the difference is not known"}},
		{"apart", section(after, flowOf(before, app, lab, 1000)), []string{"traffic from place to place  0       -    0       -", "Does not arrive before and in the target, and costs nothing: VNet app to VNet lab.", "does not arrive  does not arrive"}, nil},
	} {
		for _, want := range c.want {
			if !strings.Contains(c.got, want) {
				t.Errorf("%s: no %q in\n%s", c.name, want, c.got)
			}
		}
		for _, not := range c.not {
			if strings.Contains(c.got, not) {
				t.Errorf("%s: %q in\n%s", c.name, not, c.got)
			}
		}
	}
}

// The table holds the flows that cost most in either network, dearest first, and says how many it leaves out.
func TestDearestPairs(t *testing.T) {
	before := meshOfThree(false)
	p := &plan.Plan{Base: before, Target: meshOfThree(true)}
	for i := range 12 { // 7,000 GB, 2,000 GB, 9,000 GB and so on: every number of thousands from 1 to 12 once
		p.Traffic = append(p.Traffic, flowOf(before, 0, 1, options.Volume(1+(i*7+6)%12)*1_000_000))
	}
	r := &reviewer{p: p}
	r.cost()
	var b strings.Builder
	if err := writeText(&b, r.out, Style{Width: 400}); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range regexp.MustCompile(`VNet app +VNet hub +(\S+) +free`).FindAllStringSubmatch(b.String(), -1) {
		got = append(got, m[1])
	}
	want := []string{"12,000", "11,000", "10,000", "9,000", "8,000", "7,000", "6,000", "5,000", "4,000", "3,000"}
	if diff := cmp.Diff(want, got); diff != "" || !strings.Contains(b.String(), "and 2 more, see plan.json") {
		t.Errorf("(-want +got)\n%s\n%s", diff, b.String())
	}
}

// What passes is read back from plan.json, and so is what it costs.
func TestReadTraffic(t *testing.T) {
	before := meshOfThree(false)
	p := &plan.Plan{Mode: options.AsIfLive, Base: before, Target: meshOfThree(true), Traffic: []cost.Flow{flowOf(before, 0, 1, 1500), flowOf(before, 1, 2, 3*options.MaxVolume)}}
	var first, second bytes.Buffer
	if err := PlanJSON(&first, p, nil, nil); err != nil {
		t.Fatal(err)
	}
	q, err := ReadPlan(bytes.NewReader(first.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p.Traffic, q.Traffic); diff != "" {
		t.Errorf("traffic (-want +got)\n%s", diff)
	}
	if err := PlanJSON(&second, q, nil, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.String(), second.String()); diff != "" {
		t.Errorf("plan.json (-want +got)\n%s", diff)
	}
	for bad, want := range map[string]string{"-1": "is no amount", "1e9": "is no amount", "1000000000001": "is no amount", "": "is no amount", "1000000000000": "adds up to more than 1000000000000 GB"} {
		if _, err := ReadPlan(strings.NewReader(strings.Replace(first.String(), `"gb": "1.5"`, fmt.Sprintf(`"gb": %q`, bad), 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}
