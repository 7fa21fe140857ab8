package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// twins has a VNet hub in two resource groups, a VNet and premises of one name, and names that only letter case tells
// apart from what people write.
func twins() *reach.Relation {
	e := &estate.Estate{}
	for _, v := range [][2]string{{"rg-east", "hub"}, {"rg-west", "hub"}, {"rg", "HQ"}, {"rg", "Zürich"}, {"rg", "a/b"}} {
		id := estate.ID{Subscription: "contoso", Group: v[0], Type: estate.TypeVNet, Name: v[1]}
		e.VNets = append(e.VNets, estate.VNet{ID: id, Name: v[1], Model: estate.ARM})
	}
	gateway := estate.ID{Subscription: "contoso", Group: "rg", Type: estate.TypeGateway, Name: "g"}
	site := estate.ID{Subscription: "contoso", Group: "rg", Type: estate.TypeSite, Name: "HQ"}
	e.Gateways = []estate.Gateway{{ID: gateway, VNet: e.VNets[3].ID, Kind: estate.VPNGateway}}
	e.Sites = []estate.Site{{ID: site, Name: "HQ", Class: estate.SiteOnPremises, Network: "HQ"}}
	e.Connections = []estate.Connection{{ID: estate.ID{Subscription: "contoso", Group: "rg", Type: estate.TypeConnection, Name: "c"}, Kind: estate.IPsec, Gateway: gateway, Site: site}}
	return reach.Compute(e)
}

func TestFlows(t *testing.T) {
	for _, c := range []struct {
		name, csv string
		flows     []string
		told      []string
	}{
		{"nothing", "", nil, nil},
		{"by name", "Zürich,on-premises hq,1\nZÜRICH,on-premises HQ,0.5\non-premises HQ,VNet zürich,2", []string{"VNet Zürich to on-premises HQ: 1.5", "on-premises HQ to VNet Zürich: 2"}, nil},
		{"by more than the name", "rg-east/hub,VNet contoso/rg-west/hub,1\nVNet  contoso/rg-west/HUB,rg/HQ,1\na/b,contoso/a/b,1", []string{"VNet hub (rg-east) to VNet hub (rg-west): 1", "VNet hub (rg-west) to VNet HQ: 1"},
			[]string{`u.csv:4:5 "a/b" and "contoso/a/b" are the same place; what stays inside of it costs nothing`}},
		{"none and several", "hub,Zürich,1\nhub,a/b,1\nmars,HQ,1\nZürich,contoso/hub,1\nclients of Zürich,b,1", nil, []string{
			`u.csv:2:1 2 places are called "hub", such as VNet hub (rg-east); it stands there 2 times`, `u.csv:4:1 no place of the network is called "mars"`, `u.csv:4:6 2 places are called "HQ", such as VNet HQ`,
			`u.csv:5:9 2 places are called "contoso/hub", such as VNet hub (rg-east)`, `u.csv:6:1 no place of the network is called "clients of Zürich"`, `u.csv:6:20 no place of the network is called "b"`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			opts := &options.Options{}
			if found := opts.ReadUsage("u.csv", []byte("from,to,gb\n"+c.csv)); len(found) > 0 {
				t.Fatal(found)
			}
			flows, found := plan.Flows(twins(), opts)
			var got, told []string
			for _, f := range flows {
				got = append(got, fmt.Sprintf("%s to %s: %s", f.From, f.To, f.Volume))
			}
			found.Sort()
			for _, f := range found {
				told = append(told, fmt.Sprintf("%s %s", f.Pos, f.Message))
			}
			if diff := cmp.Diff(c.flows, got); diff != "" {
				t.Errorf("flows (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(c.told, told); diff != "" {
				t.Errorf("findings (-want +got)\n%s", diff)
			}
		})
	}
}

// The names of traffic stand for what they stand for in a pair.
func TestFlowsNameAsPairsDo(t *testing.T) {
	before := twins()
	for _, name := range []string{"hub", "HUB", "rg-east/hub", "contoso/rg-east/hub", "VNet hub", "vnet rg-west/hub", "hub (rg-east)", "hub (rg)", "HQ", "on-premises HQ", "ON-PREMISES  hq", "VNet HQ", "clients of hub", "a/b", "rg/a/b", "VNet a/b", "b", "/b", "zÜrich", " HQ", "HQ ", "x/HQ", "", "VNet", "VNet "} {
		opts := &options.Options{Traffic: []options.Traffic{{From: options.Text{Value: name}, To: options.Text{Value: "VNet Zürich"}, GB: options.Text{Value: "1"}}}}
		opts.Required = []options.Pair{{Between: opts.Traffic[0].From, And: opts.Traffic[0].To}}
		flows, found := plan.Flows(before, opts)
		asks, alike := plan.Asked(before, opts)
		if strings.EqualFold(name, "zürich") {
			continue // a pair of one place is no pair, and traffic is told
		}
		if len(flows) != len(asks) || fmt.Sprint(found) != fmt.Sprint(alike) || len(flows) > 0 && !flows[0].From.Same(asks[0].A) && !flows[0].From.Same(asks[0].B) {
			t.Errorf("%q: %v %v, as a pair %v %v", name, flows, found, asks, alike)
		}
	}
}

func BenchmarkFlows(b *testing.B) {
	e := &estate.Estate{}
	var csv strings.Builder
	csv.WriteString("from,to,gb\n")
	for i := range 10_000 {
		name := fmt.Sprintf("vnet-%d", i)
		e.VNets = append(e.VNets, estate.VNet{ID: estate.ID{Subscription: "s", Group: "g", Type: estate.TypeVNet, Name: name}, Name: name, Model: estate.ARM})
		for j := range 5 {
			fmt.Fprintf(&csv, "%s,g/vnet-%d,%d\n", name, (i+j+1)%10_000, j)
		}
	}
	before, opts := reach.Compute(e), &options.Options{}
	if found := opts.ReadUsage("u.csv", []byte(csv.String())); len(found) > 0 {
		b.Fatal(found[0])
	}
	for b.Loop() {
		if flows, found := plan.Flows(before, opts); len(flows) != 50_000 || len(found) > 0 {
			b.Fatal(len(flows), found)
		}
	}
}
