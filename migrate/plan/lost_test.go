package plan_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// spokes is a hub with a firewall through which n spokes reach each other: so many pairs that
// they are compared as one group.
func spokes(n int) *estate.Estate {
	id := func(of, name string) estate.ID {
		return estate.ID{Subscription: "s", Group: "g", Type: of, Name: name}
	}
	prefix := func(text string) estate.Prefix {
		return estate.Prefix{Prefix: netip.MustParsePrefix(text), Raw: text}
	}
	firewall := estate.Address{Addr: netip.MustParseAddr("10.0.0.4")}
	e := &estate.Estate{}
	vnet := func(name, space string, subnets ...estate.Subnet) {
		e.VNets = append(e.VNets, estate.VNet{ID: id(estate.TypeVNet, name), Model: estate.ARM, Name: name, Space: []estate.Prefix{prefix(space)}, Subnets: subnets})
	}
	half := func(from, to string) {
		peering := id(estate.TypePeering, from)
		peering.Child = to
		e.Peerings = append(e.Peerings, estate.Peering{ID: peering, VNet: id(estate.TypeVNet, from), Remote: id(estate.TypeVNet, to),
			AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true})
	}
	vnet("hub", "10.0.0.0/24", estate.Subnet{Name: "AzureFirewallSubnet", Prefix: prefix("10.0.0.0/26")})
	e.Gateways = []estate.Gateway{{ID: id(estate.TypeFirewall, "f"), VNet: id(estate.TypeVNet, "hub"), Kind: estate.Firewall, Subnet: "AzureFirewallSubnet",
		PrivateIPs: []estate.Address{firewall}}}
	e.RouteTables = []estate.RouteTable{{ID: id(estate.TypeRouteTable, "r"), Name: "r", RoutesKnown: true,
		Routes: []estate.Route{{Prefix: prefix("10.0.0.0/8"), NextHop: estate.Fact{Value: "VirtualAppliance"}, Address: firewall}}}}
	for i := range n {
		name, space := fmt.Sprintf("s%03d", i), fmt.Sprintf("10.%d.%d.0/24", 1+i/250, i%250)
		vnet(name, space, estate.Subnet{Name: "all", Prefix: prefix(space), RouteTable: e.RouteTables[0].ID})
		half("hub", name)
		half(name, "hub")
	}
	return e
}

// Steps that take the peerings away cut every pair of spokes, and excused are only those that a window
// names.
func TestLostGroupsAreFound(t *testing.T) {
	const n = 400
	base := spokes(n)
	var halves []estate.ID
	for i := range base.Peerings {
		halves = append(halves, base.Peerings[i].ID)
	}
	p := &plan.Plan{Base: base, Steps: []plan.Step{{ID: "1", Wave: 1, Effect: plan.Effect{Remove: halves}},
		{ID: "2", Wave: 2, Effect: plan.Effect{Add: &estate.Estate{Peerings: base.Peerings}}}}}
	lost := func() []string {
		var out []string
		found := plan.Check(p).Violations
		for _, v := range found {
			if v.Rule == "PLAN-001" && !strings.Contains(v.Text, "VNet hub") && !strings.HasPrefix(v.After, "some steps") {
				out = append(out, v.Text)
			}
		}
		return out
	}
	all := lost()
	want := fmt.Sprintf("%d pairs no longer reach each other (lost): VNet s000 and VNet s001, VNet s000 and VNet s002, VNet s000 and VNet s003, and %d more", n*(n-1)/2, n*(n-1)/2-3)
	if len(all) != 1 || all[0] != want {
		t.Errorf("want %s\ngot  %s", want, strings.Join(all, "\n"))
	}
	p.Windows = []plan.Window{{Steps: []string{"1", "2"}, Pairs: [][2]string{{"VNet s000", "VNet s001"}, {"VNet s399", "VNet s000"}}}}
	if all := lost(); len(all) != 1 || !strings.HasPrefix(all[0], fmt.Sprintf("%d pairs no longer reach each other (lost): VNet s000 and VNet s002, ", n*(n-1)/2-2)) {
		t.Errorf("two pairs are excused: %s", strings.Join(all, "\n"))
	}
	for i := range n {
		for j := range i {
			p.Windows[0].Pairs = append(p.Windows[0].Pairs, [2]string{fmt.Sprintf("VNet s%03d", i), fmt.Sprintf("VNet s%03d", j)})
		}
	}
	if all := lost(); len(all) != 0 {
		t.Errorf("all are excused: %s", all)
	}
	p.Windows[0].Pairs = p.Windows[0].Pairs[:len(p.Windows[0].Pairs)-1]
	if all := lost(); len(all) != 1 || all[0] != "VNet s398 no longer reaches VNet s399 (lost)" {
		t.Errorf("all but one are excused: %s", all)
	}
}
