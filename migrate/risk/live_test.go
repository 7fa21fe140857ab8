package risk

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// The rules over a live network have their cases in cmd/netmigrate/testdata/rules, as listings. Here are
// those that no listing shows (what a device announces) and those whose listing would be thousands of lines.

const today = "2026-11-27"

// hubAndOffice is a hub with a spoke that uses its gateway, and a tunnel with BGP to an office.
func hubAndOffice() *estate.Estate {
	vnet := func(name string, prefixes ...string) estate.VNet {
		return estate.VNet{ID: liveID(estate.TypeVNet, name), Name: name, Model: estate.ARM, Space: prefixesOfTexts(prefixes...)}
	}
	half := func(from, to string) estate.Peering {
		id := liveID(estate.TypePeering, from)
		id.Child = "to-" + to
		return estate.Peering{ID: id, VNet: liveID(estate.TypeVNet, from), Remote: liveID(estate.TypeVNet, to), AllowVirtualNetworkAccess: true,
			AllowGatewayTransit: from == "hub", UseRemoteGateways: to == "hub"}
	}
	hub := vnet("hub", "10.0.0.0/22")
	hub.Subnets = []estate.Subnet{{Name: estate.GatewaySubnet, Raw: estate.GatewaySubnet, Prefix: prefixesOfTexts("10.0.0.0/26")[0]}}
	return &estate.Estate{
		VNets:    []estate.VNet{hub, vnet("spoke", "10.1.0.0/16")},
		Peerings: []estate.Peering{half("hub", "spoke"), half("spoke", "hub")},
		Gateways: []estate.Gateway{{ID: liveID(estate.TypeGateway, "vgw-hub"), VNet: hub.ID, SKU: "VpnGw2AZ", ActiveActive: true}},
		Sites: []estate.Site{{ID: liveID(estate.TypeSite, "office"), Name: "office", Network: "office", Address: estate.Address{Addr: netip.MustParseAddr("81.20.30.40"), Raw: "81.20.30.40"},
			BGP: &estate.BGP{ASN: estate.Fact{Value: "65010"}}, AnnouncedKnown: true}},
		Connections: []estate.Connection{{ID: liveID(estate.TypeConnection, "to-office"), Gateway: liveID(estate.TypeGateway, "vgw-hub"),
			Site: liveID(estate.TypeSite, "office"), EnableBGP: estate.Fact{Value: "true"}}},
		Listings: []estate.Listing{{Subscription: "s"}},
	}
}

func liveID(typ, name string) estate.ID {
	return estate.ID{Subscription: "s", Group: "net", Type: typ, Name: name}
}

func prefixesOfTexts(texts ...string) []estate.Prefix {
	var out []estate.Prefix
	for _, text := range texts {
		out = append(out, estate.Prefix{Prefix: netip.MustParsePrefix(text), Raw: text})
	}
	return out
}

// manyPrefixes are n prefixes of 24 bits.
func manyPrefixes(n int) []estate.Prefix {
	var out []estate.Prefix
	for i := range n {
		out = append(out, prefixesOfTexts(fmt.Sprintf("172.%d.%d.0/24", 16+i/256, i%256))...)
	}
	return out
}

// liveCases change hubAndOffice so that a rule fires, and so that it nearly does.
var liveCases = []struct {
	rule, name    string
	fires, silent func(*estate.Estate)
	want          []string
}{
	{
		rule: "BGP-002", name: "one more than a gateway takes",
		fires:  func(e *estate.Estate) { e.Sites[0].Announced = manyPrefixes(azure.MaxBGPRoutes + 1) },
		silent: func(e *estate.Estate) { e.Sites[0].Announced = manyPrefixes(azure.MaxBGPRoutes) },
		want:   []string{`the device of local network gateway "office" announces 4001 prefixes; a session drops at more than 4000`},
	},
	{
		rule: "BGP-004", name: "of a spoke",
		fires:  func(e *estate.Estate) { e.Sites[0].Announced = prefixesOfTexts("10.200.0.0/16", "10.1.0.0/16") },
		silent: func(e *estate.Estate) { e.Sites[0].Announced = prefixesOfTexts("10.200.0.0/16", "10.0.0.0/8") },
		want:   []string{`the device of local network gateway "office" announces 10.1.0.0/16, which VNet "spoke" has: gateway "vgw-hub" of VNet "hub" does not take it`},
	},
	{
		rule: "RTE-004", name: "announced",
		fires:  func(e *estate.Estate) { steer(e, "10.0.0.0/8", "10.200.0.0/16") },
		silent: func(e *estate.Estate) { steer(e, "10.0.0.0/8", "10.0.0.0/8") },
		want:   []string{`route "r0" (10.0.0.0/8) of route table "rt" is shorter than what the gateway of VNet "hub" tells, and the table takes that over: 10.200.0.0/16 of on-premises is reached past 10.0.0.68`},
	},
	{
		rule: "RTE-005", name: "one more than a table takes",
		fires:  func(e *estate.Estate) { table(e, manyPrefixes(azure.MaxRoutesPerTable+1)...) },
		silent: func(e *estate.Estate) { table(e, manyPrefixes(azure.MaxRoutesPerTable)...) },
		want:   []string{`route table "rt" has 401 routes; a table takes 400`},
	},
	{
		rule: "ER-003", name: "the spokes of a hub count",
		fires:  func(e *estate.Estate) { circuit(e); e.VNets[1].Space = manyPrefixes(azure.MaxExpressRoutePrefixes) },
		silent: func(e *estate.Estate) { circuit(e); e.VNets[1].Space = manyPrefixes(azure.MaxExpressRoutePrefixes - 1) },
		want:   []string{`2 VNets tell 1001 ranges to circuit "ams"; it takes 1000`},
	},
	{
		rule: "LIM-001", name: "ranges behind a gateway",
		fires:  func(e *estate.Estate) { e.VNets[1].Space = manyPrefixes(539) },
		silent: func(e *estate.Estate) { e.VNets[1].Space = manyPrefixes(538) },
		want:   []string{`540 ranges of VNets are behind gateway "vgw-hub" of VNet "hub"; it serves 600`},
	},
	{
		rule: "LIM-001", name: "route tables",
		fires:  func(e *estate.Estate) { tables(e, 180) },
		silent: func(e *estate.Estate) { tables(e, 179) },
		want:   []string{`180 route tables in unknown region in subscription "s"; 200 are allowed`},
	},
	{
		rule: "OPS-005", name: "a network group",
		fires: func(e *estate.Estate) {
			e.Groups = []estate.NetworkGroup{{ID: estate.ID{Type: estate.TypeNetworkGroup, Name: "manager", Child: "spokes"}, Members: []estate.ID{e.VNets[1].ID}}}
		},
		silent: func(e *estate.Estate) {
			e.Groups = []estate.NetworkGroup{{ID: estate.ID{Type: estate.TypeNetworkGroup, Name: "manager", Child: "spokes"}}}
		},
		want: []string{`a network manager joins VNets: the 1 member of network group "spokes"`},
	},
	{
		rule: "DNS-001", name: "in the hub of a network group",
		fires:  func(e *estate.Estate) { resolveInHub(e); e.Groups[0].Hub = estate.ID{} },
		silent: resolveInHub,
		want:   []string{`DNS server 10.0.1.4 of VNet "spoke" is in VNet "hub"`},
	},
}

// resolveInHub gives the spoke a tunnel of its own, and a DNS server in the hub, which a network group joins
// it to.
func resolveInHub(e *estate.Estate) {
	hub, spoke := &e.VNets[0], &e.VNets[1]
	e.Peerings = nil
	e.Gateways = append(e.Gateways, estate.Gateway{ID: liveID(estate.TypeGateway, "vgw-spoke"), VNet: spoke.ID})
	e.Groups = []estate.NetworkGroup{{ID: estate.ID{Type: estate.TypeNetworkGroup, Name: "manager", Child: "spokes"}, Members: []estate.ID{spoke.ID}, Hub: hub.ID}}
	spoke.DNS = []estate.DNSServerRef{{Address: netip.MustParseAddr("10.0.1.4")}}
}

// table binds a table to a subnet of the spoke whose routes lead to an appliance.
func table(e *estate.Estate, to ...estate.Prefix) {
	t := estate.RouteTable{ID: liveID(estate.TypeRouteTable, "rt"), Name: "rt", RoutesKnown: true}
	for i, p := range to {
		t.Routes = append(t.Routes, estate.Route{Name: estate.Fact{Value: fmt.Sprint("r", i)}, Prefix: p, NextHop: estate.Fact{Value: estate.HopAppliance},
			Address: estate.Address{Addr: netip.MustParseAddr("10.0.0.68")}})
	}
	e.RouteTables = append(e.RouteTables, t)
	e.VNets[1].Subnets = []estate.Subnet{{Name: "apps", Prefix: prefixesOfTexts("10.1.0.0/24")[0], RouteTable: t.ID}}
}

func steer(e *estate.Estate, to, announced string) {
	table(e, prefixesOfTexts(to)...)
	e.Sites[0].Announced = prefixesOfTexts(announced)
}

func tables(e *estate.Estate, n int) {
	for i := range n {
		e.RouteTables = append(e.RouteTables, estate.RouteTable{ID: liveID(estate.TypeRouteTable, fmt.Sprint("rt-", i)), RoutesKnown: true})
	}
}

// circuit links the hub to a circuit.
func circuit(e *estate.Estate) {
	id := liveID(estate.TypeCircuit, "ams")
	e.Circuits = append(e.Circuits, estate.Circuit{ID: id})
	e.Gateways = append(e.Gateways, estate.Gateway{ID: liveID(estate.TypeGateway, "er-hub"), VNet: e.VNets[0].ID, Kind: estate.ExpressRouteGateway})
	e.Connections = append(e.Connections, estate.Connection{ID: liveID(estate.TypeConnection, "er"), Kind: estate.ExpressRoute, Gateway: liveID(estate.TypeGateway, "er-hub"), Circuit: id})
}

func TestLiveRules(t *testing.T) {
	for _, c := range liveCases {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			told := func(change func(*estate.Estate)) []string {
				e := hubAndOffice()
				change(e)
				return messages(append(Estate(e), Live(e, today)...), c.rule)
			}
			if diff := cmp.Diff(c.want, told(c.fires)); diff != "" {
				t.Errorf("messages (-want +got)\n%s", diff)
			}
			if got := told(c.silent); len(got) > 0 {
				t.Errorf("the near miss fires: %q", got)
			}
		})
	}
}

// TestLiveTable checks that every rule over a live network is catalogued and reports nothing but itself.
func TestLiveTable(t *testing.T) {
	for _, rule := range liveRules {
		if _, ok := diag.Lookup(rule.id); !ok {
			t.Errorf("%s is not in the catalogue", rule.id)
		}
		for _, c := range liveCases {
			e := hubAndOffice()
			c.fires(e)
			for _, f := range rule.look(newLive(e, today)) {
				if f.Rule != rule.id || f.Message == "" || f.Hint == "" {
					t.Errorf("the function of %s gives %+v", rule.id, f)
				}
			}
		}
	}
}

// TestListedWords checks that a live network has the words of Resource Manager, and that no name is touched.
func TestListedWords(t *testing.T) {
	e := hubAndOffice()
	e.Connections = nil
	e.Sites[0].Name = "local network site 7"
	want := []string{`no VNet refers to local network gateway "local network site 7"`}
	if diff := cmp.Diff(want, messages(Estate(e), "SITE-007")); diff != "" {
		t.Errorf("messages (-want +got)\n%s", diff)
	}
}

// TestClassicRulesStaySilent checks that what a network configuration leaves out is not missed in a listing,
// which has it.
func TestClassicRulesStaySilent(t *testing.T) {
	e := hubAndOffice()
	circuit(e)                                // ER-004 asks whether VPN sites are kept elsewhere
	e.Sites[0].Name = "17BE5E2C_office"       // CLS-008 takes that for a name of the old portal
	e.Sites[0].Address = estate.Address{}     // SITE-002 misses an address
	e.Sites[0].FQDN.Value = "vpn.example.com" // and a name is one, too
	for _, rule := range []string{"ER-004", "CLS-008", "SITE-002"} {
		if got := messages(Estate(e), rule); len(got) > 0 {
			t.Errorf("%s: %q", rule, got)
		}
	}
}
