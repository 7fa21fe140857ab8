package cost

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// regionsByName are the VNets of the worked examples: of zone 1, zone 2, zone 3, another cloud, and of unknown region.
var regionsByName = []struct{ name, region string }{
	{"hub", "westeurope"}, {"near", "westeurope"}, {"north", "northeurope"}, {"sydney", "australiaeast"}, {"sydney2", "australiaeast"}, {"rio", "brazilsouth"}, {"gov", "usgovvirginia"}, {"lost", ""},
}

func idOf(typ, name string) estate.ID {
	return estate.ID{Subscription: "s", Group: "g", Type: typ, Name: name}
}

// workedEstate has a gateway in every VNet, a tunnel and a peering between any two, and a firewall of each tier.
func workedEstate() *estate.Estate {
	e := &estate.Estate{}
	for _, a := range regionsByName {
		e.VNets = append(e.VNets, estate.VNet{ID: idOf(estate.TypeVNet, a.name), Name: a.name, Model: estate.ARM, Region: estate.Region{Name: a.region}})
		e.Gateways = append(e.Gateways, estate.Gateway{ID: idOf(estate.TypeGateway, a.name), VNet: idOf(estate.TypeVNet, a.name), Kind: estate.VPNGateway})
		e.Connections = append(e.Connections, estate.Connection{ID: idOf(estate.TypeConnection, a.name+"-HQ"), Kind: estate.IPsec, Gateway: idOf(estate.TypeGateway, a.name)})
		for _, b := range regionsByName {
			if a == b {
				continue
			}
			half := idOf(estate.TypePeering, a.name)
			half.Child = "to-" + b.name
			e.Peerings = append(e.Peerings, estate.Peering{ID: half, VNet: idOf(estate.TypeVNet, a.name), Remote: idOf(estate.TypeVNet, b.name)})
			e.Connections = append(e.Connections, estate.Connection{ID: idOf(estate.TypeConnection, a.name+"-"+b.name), Kind: estate.IPsec, Gateway: idOf(estate.TypeGateway, a.name),
				Pairing: estate.Pairing{Partner: idOf(estate.TypeConnection, b.name+"-"+a.name)}})
		}
	}
	for _, tier := range []string{"", "Basic", "Standard", "Premium", "Platinum"} {
		e.Gateways = append(e.Gateways, estate.Gateway{ID: idOf(estate.TypeFirewall, "fw"+tier), VNet: idOf(estate.TypeVNet, "hub"), Kind: estate.Firewall, SKU: tier})
	}
	return e
}

// pathOf reads a path: "peer a b" is the half of a, "tunnel a b" the connection of a.
func pathOf(text string) []reach.Hop {
	var path []reach.Hop
	for step := range strings.SplitSeq(text, ", ") {
		w := append(strings.Fields(step), "", "")
		half := idOf(estate.TypePeering, w[1])
		half.Child = "to-" + w[2]
		path = append(path, map[string]reach.Hop{
			"peer": {Type: reach.Peering, Element: half}, "global": {Type: reach.GlobalPeering, Element: half},
			"tunnel": {Type: reach.IPsecV2V, Element: idOf(estate.TypeConnection, w[1]+"-"+w[2])}, "device": {Type: reach.IPsecS2S, Element: idOf(estate.TypeConnection, w[1]+"-HQ")},
			"transit": {Type: reach.GatewayTransit, Element: idOf(estate.TypeGateway, w[1])}, "forward": {Type: reach.GatewayForward, Element: idOf(estate.TypeGateway, w[1])},
			"clients": {Type: reach.PointToSite, Element: idOf(estate.TypeGateway, w[1])}, "firewall": {Type: reach.FirewallHop, Element: idOf(estate.TypeFirewall, "fw"+w[1])},
			"appliance": {Type: reach.ApplianceHop}, "beyond": {Type: reach.OnPremTransit}, "circuit": {Type: reach.CircuitEdge}, "group": {Type: reach.ConnectedGroup}, "internet": {Type: reach.InternetHop},
		}[w[0]])
	}
	return path
}

func placeOf(name string) reach.Location {
	switch {
	case name == "HQ":
		return reach.Location{Kind: reach.OnPremises, Name: name}
	case strings.HasPrefix(name, "clients of "):
		name = strings.TrimPrefix(name, "clients of ")
		return reach.Location{Kind: reach.Clients, ID: idOf(estate.TypeVNet, name), Name: name}
	}
	return reach.Location{Kind: reach.VNet, ID: idOf(estate.TypeVNet, name), Name: name}
}

// The amounts are worked by hand: 1,000 GB at the prices of migrate/azure/data/prices.json.
func TestWays(t *testing.T) {
	m := &meter{x: estate.NewIndex(workedEstate())}
	for _, c := range []struct{ name, from, to, path, want string }{
		// 1000 × (0.01 out + 0.01 in)
		{"a peering in a region", "hub", "near", "peer hub near", "20"},
		// 1000 × (0.035 + 0.035): both in zone 1
		{"between regions of a zone", "hub", "north", "global hub north", "70"},
		// 1000 × (0.035 out of zone 1 + 0.09 into zone 2)
		{"between zones", "hub", "sydney", "global hub sydney", "125"},
		// 1000 × (0.16 out of zone 3 + 0.09 into zone 2)
		{"between other zones", "rio", "sydney", "global rio sydney", "250"},
		{"a tunnel in a region", "hub", "near", "tunnel hub near", "0.00"},
		// 1000 × 0.035, 0.09 and 0.16: the zone of the sender
		{"a tunnel from zone 1", "hub", "sydney", "tunnel hub sydney", "35"},
		{"a tunnel from zone 2", "sydney", "hub", "tunnel sydney hub", "90"},
		{"a tunnel from zone 3", "rio", "hub", "tunnel rio hub", "160"},
		{"the receiver's connection, where the sender's is not there", "rio", "hub", "tunnel hub rio", "160"},
		// 0 within the region and 35 to the other
		{"two tunnels", "near", "north", "tunnel near hub, forward hub, tunnel hub north", "35"},
		// 1000 × 0.087
		{"to a device", "hub", "HQ", "device hub", "87"},
		{"from a device", "HQ", "hub", "device hub", "0.00"},
		{"through the hub's gateway to a device", "near", "HQ", "transit hub, device hub", "87"},
		{"and back", "HQ", "near", "device hub, transit hub", "0.00"},
		{"to clients", "near", "clients of hub", "transit hub, clients hub", "87"},
		{"from clients", "clients of hub", "near", "clients hub, transit hub", "0.00"},
		// 0 into the platform, 35 between regions by the second tunnel
		{"from a device over a tunnel", "HQ", "north", "device hub, forward hub, tunnel hub north", "35"},
		// 87 out of the first gateway, and in again free
		{"by way of premises", "hub", "north", "device hub, beyond, device north", "87"},
		// 20 + 1000 × 0.016 + 20
		{"through a firewall", "near", "hub", "peer near hub, firewall Standard, peer hub near", "56"},
		// 20 + 1000 × 0.065 + 1000 × (0.035 + 0.09)
		{"through a firewall to another zone", "near", "sydney", "peer near hub, firewall Basic, global hub sydney", "210"},
		{"through a machine", "near", "north", "peer near hub, appliance, global hub north", "90"},
		// two hubs: 20, 16, 70, 16 and 250
		{"through two firewalls", "near", "north", "peer near hub, firewall Premium, global hub north, firewall Standard, global rio sydney", "372"},

		{"the price of the zone", "sydney", "HQ", "device sydney", noZone},
		{"another cloud", "gov", "hub", "global gov hub", noCloud},
		{"a tunnel to another cloud", "gov", "hub", "tunnel gov hub", noCloud},
		{"an unknown region", "lost", "hub", "peer lost hub", noRegion},
		{"a tunnel from an unknown region", "lost", "hub", "tunnel lost hub", noRegion},
		{"to a device from an unknown region", "lost", "HQ", "device lost", noRegion},
		{"a circuit", "hub", "HQ", "circuit", noPlan},
		{"a connected group", "hub", "near", "group", noGroup},
		{"a firewall of unknown tier", "near", "hub", "peer near hub, firewall", noTier},
		{"a firewall without a price", "near", "hub", "peer near hub, firewall Platinum", noTier},
		{"from spoke to spoke by a gateway", "near", "north", "transit hub, forward hub, transit hub", noHair},
		{"a peering that is gone", "hub", "near", "peer hub mars", noEnd},
		{"a tunnel that is gone", "hub", "near", "tunnel hub mars", noEnd},
		{"what nobody thought of", "hub", "near", "internet", noPrice},
	} {
		t.Run(c.name, func(t *testing.T) {
			charges, why := m.way(Flow{placeOf(c.from), placeOf(c.to), 1000 * 1000}, pathOf(c.path))
			got := why
			if why == "" {
				var sum Amount
				for _, one := range charges {
					sum += one.Amount
				}
				got = sum.String()
			}
			if got != c.want {
				t.Errorf("%s, want %s: %v", got, c.want, charges)
			}
		})
	}
}

func TestPassages(t *testing.T) {
	m := &meter{x: estate.NewIndex(workedEstate())}
	way := func(v reach.Value, path string) reach.Flow { return reach.Flow{Value: v, Path: pathOf(path)} }
	near, tunnel := way(reach.Yes, "peer hub near"), way(reach.Yes, "tunnel hub near")
	for _, c := range []struct {
		name   string
		volume options.Volume
		ways   []reach.Flow
		want   string
	}{
		{"one way", 1500, []reach.Flow{near}, "0.03"},
		{"no way", 1500, nil, "apart"},
		{"two of one price", 1500, []reach.Flow{near, near}, "0.03"},
		{"one that may be", 1500, []reach.Flow{near, way(reach.Unknown, "peer hub near")}, "0.03"},
		{"two of two prices", 1500, []reach.Flow{near, tunnel}, "it takes several ways, and they do not cost the same"},
		{"one of them unknown", 1500, []reach.Flow{near, way(reach.Yes, "circuit")}, "it takes several ways, and they do not cost the same"},
		{"perhaps", 1500, []reach.Flow{way(reach.Unknown, "peer hub near")}, "nothing shows whether it arrives"},
		{"nothing", 0, []reach.Flow{way(reach.Yes, "circuit"), tunnel}, "0.00"},
	} {
		p := m.passage(Flow{placeOf("hub"), placeOf("near"), c.volume}, c.ways)
		got := p.Amount.String()
		switch {
		case p.Apart:
			got = "apart"
		case p.Unknown != "":
			got = p.Unknown
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// What passes in two parts costs what it costs as a whole, and nothing costs nothing.
func TestTrafficAdds(t *testing.T) {
	m := &meter{x: estate.NewIndex(workedEstate())}
	paths := []string{"peer hub near", "global hub sydney", "tunnel hub near", "tunnel rio hub", "device hub", "peer near hub, firewall Basic, global hub north"}
	rapid.Check(t, func(t *rapid.T) {
		ways := []reach.Flow{{Value: reach.Yes, Path: pathOf(rapid.SampledFrom(paths).Draw(t, "path"))}}
		cost := func(v options.Volume) Amount {
			p := m.passage(Flow{placeOf("hub"), placeOf("near"), v}, ways)
			if p.Unknown != "" {
				t.Fatal(p.Unknown)
			}
			return p.Amount
		}
		volume := rapid.Int64Range(0, int64(options.MaxVolume))
		a, b := options.Volume(volume.Draw(t, "a")), options.Volume(volume.Draw(t, "b"))
		if whole, parts := cost(a+b), cost(a)+cost(b); whole != parts {
			t.Fatalf("%s GB cost %d, in parts %d", a+b, whole, parts)
		}
		if cost(0) != 0 {
			t.Fatal("nothing costs something")
		}
		x := Flow{placeOf("hub"), placeOf("near"), a}
		y := Flow{placeOf("hub"), placeOf("near"), b}
		if merged := Merge([]Flow{x, y}); len(merged) != 1 || merged[0].Volume != a+b {
			t.Fatal(merged)
		}
	})
}

// The most that plan.json may hold costs what it costs, though its product with a price is over 64 bits.
func TestLargestVolume(t *testing.T) {
	p, _ := azure.LookupPrice("egress-1")
	if got, want := of(options.MaxVolume*100_000+1, p), Amount(87*1_000_000_000_000_000+87); got != want {
		t.Errorf("%d, want %d", got, want)
	}
}

// Two unknown amounts are the same by the same ways alone: one reason may stand for two of them.
func TestComparable(t *testing.T) {
	way := func(path string) []reach.Flow { return []reach.Flow{{Value: reach.Yes, Path: pathOf(path)}} }
	known, tunnel, peering := Passage{Amount: 5}, Passage{Unknown: noRegion, ways: way("tunnel lost hub")}, Passage{Unknown: noRegion, ways: way("peer lost hub")}
	for _, c := range []struct {
		a, b Passage
		want bool
	}{{known, known, true}, {known, Passage{Apart: true}, true}, {known, tunnel, false}, {tunnel, known, false}, {tunnel, tunnel, true}, {tunnel, peering, false}} {
		if got := c.a.Comparable(&c.b); got != c.want {
			t.Errorf("%+v and %+v: %t", c.a, c.b, got)
		}
	}
}

func TestDearer(t *testing.T) {
	x := estate.NewIndex(workedEstate())
	for _, c := range []struct {
		from, to      string
		more          Amount // of a GB, in millionths
		global, known bool
	}{
		{"hub", "near", 20_000, false, true},  // 0.01 + 0.01 over a tunnel that is free
		{"hub", "north", 35_000, true, true},  // 0.035 + 0.035 - 0.035
		{"sydney", "hub", 35_000, true, true}, // 0.09 + 0.035 - 0.09
		{"rio", "sydney", 90_000, true, true}, // 0.16 + 0.09 - 0.16
		{"gov", "hub", 0, false, false},       // of another cloud
		{"lost", "hub", 0, false, false},      // of no region
		{"mars", "hub", 0, false, false},      // not there
	} {
		more, global, known := Dearer(x.VNet(idOf(estate.TypeVNet, c.from)), x.VNet(idOf(estate.TypeVNet, c.to)))
		if more != c.more || global != c.global || known != c.known {
			t.Errorf("%s to %s: %d, %t, %t", c.from, c.to, more, global, known)
		}
	}
}

func TestMerge(t *testing.T) {
	flow := func(from, to string, v options.Volume) Flow { return Flow{placeOf(from), placeOf(to), v} }
	in := []Flow{flow("near", "HQ", 3), flow("hub", "near", 1), flow("HQ", "near", 5), flow("near", "HQ", 4), flow("near", "hub", 2)}
	var got []string
	for _, f := range Merge(in) {
		got = append(got, fmt.Sprintf("%s to %s %d", f.From, f.To, f.Volume))
	}
	want := []string{"VNet hub to VNet near 1", "VNet near to VNet hub 2", "VNet near to on-premises HQ 7", "on-premises HQ to VNet near 5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if in[1].Volume != 1 || in[0].Volume != 3 {
		t.Error("the input is changed")
	}
}
