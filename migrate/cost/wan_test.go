package cost_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

func vnets(names string) (out []estate.ID) {
	for _, name := range strings.Fields(names) {
		out = append(out, estate.ID{Type: estate.TypeVNet, Name: name})
	}
	return out
}

func TestOfWAN(t *testing.T) {
	for _, c := range []struct {
		name string
		hubs []cost.WANHub
		want string
	}{
		{"no hub", nil, "0.00 and 0 unknown"},
		{"VNets alone", []cost.WANHub{{Region: "eastus", VNets: vnets("a b")}}, "1 Virtual WAN hub: 183\n183 and 0 unknown"},
		{"two regions, one with devices", []cost.WANHub{{Region: "eastus", Devices: 3}, {Region: "westus"}},
			"2 Virtual WAN hub: 365\n1 Virtual WAN VPN scale unit: 264\n3 Virtual WAN VPN connection: 110\n738 and 0 unknown"},
		{"circuits", []cost.WANHub{{Region: "eastus", Circuits: 2}},
			"1 Virtual WAN hub: 183\n1 Virtual WAN ExpressRoute scale unit: 307\n2 Virtual WAN ExpressRoute connection: 73\n562 and 0 unknown"},
		{"clients", []cost.WANHub{{Region: "eastus", Clients: vnets("a b")}},
			"1 Virtual WAN hub: 183\n1 Virtual WAN point-to-site scale unit: unknown: sources differ about the price of its scale unit, and no input tells how many clients dial in\n183 and 1 unknown"},
		{"a region that nobody tells", []cost.WANHub{{Region: "affinity group x"}}, "1 Virtual WAN hub: 183\n183 and 0 unknown"},
		{"another cloud", []cost.WANHub{{Region: "usgovvirginia", Devices: 1}}, "1 Virtual WAN hub: unknown: no source here has the prices of its cloud\n" +
			"1 Virtual WAN VPN scale unit: unknown: no source here has the prices of its cloud\n1 Virtual WAN VPN connection: unknown: no source here has the prices of its cloud\n0.00 and 3 unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, words(cost.OfWAN(c.hubs, nil))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Amounts of 1,000 GB, as the examples of docs/sources.md#virtual-wan have them.
func TestOfWANTraffic(t *testing.T) {
	hubs := []cost.WANHub{
		{Region: "eastus", VNets: vnets("a b"), Devices: 2, Networks: []string{"HQ", "both"}, Clients: vnets("a")},
		{Region: "northeurope", VNets: vnets("c"), Devices: 1, Networks: []string{"Both"}, Circuits: 1, Edges: []string{"DC"}},
		{Region: "westeurope", VNets: vnets("d"), Devices: 1, Networks: []string{"both"}},
		{Region: "westus", VNets: vnets("e")},
		{Region: "japaneast", VNets: vnets("f")},
		{Region: "affinity group x", VNets: vnets("g")},
		{Region: "chinaeast", VNets: vnets("h")},
	}
	place := func(name string) reach.Location {
		kind, rest, _ := strings.Cut(name, " ")
		switch kind {
		case "on":
			return reach.Location{Kind: reach.OnPremises, Name: rest}
		case "clients":
			return reach.Location{Kind: reach.Clients, ID: vnets(rest)[0], Name: rest}
		}
		return reach.Location{Kind: reach.VNet, ID: vnets(name)[0], Name: name}
	}
	for _, c := range []struct{ from, to, want string }{
		{"a", "b", "40"},             // 0.01 + 0.02 + 0.01
		{"a", "c", "110"},            // 0.01 + 2 × 0.02 + 0.05 + 0.01
		{"a", "e", "80"},             // 0.01 + 2 × 0.02 + 0.02 + 0.01
		{"c", "d", "80"},             // the same within Europe
		{"a", "on HQ", "97"},         // 0.01 + 0.087
		{"on HQ", "b", "10"},         // 0.01
		{"on DC", "a", "80"},         // 0.02 + 0.05 + 0.01
		{"clients a", "b", "10"},     // as from a device
		{"b", "clients a", "97"},     // as to a device
		{"on HQ", "clients a", "87"}, // leaves again
		{"c", "on hq", "167"},        // 0.01 + 0.02 + 0.05 + 0.087
		{"on hq", "on both", "87"},   // by the hub that both have
		{"c", "on both", "97"},       // by its own hub
		{"e", "on both", "it may leave or enter by several hubs"},
		{"c", "on DC", "it passes ExpressRoute, whose price goes by provider and plan"},
		{"on DC", "c", "10"},
		{"a", "f", "no source here has the price between the hubs of these regions"},
		{"a", "g", "the region of a VNet on its way is not known"},
		{"h", "a", "no source here has the prices of its cloud"},
		{"a", "on Mars", "no connection of these VNets leads to one of its ends"},
		{"clients b", "a", "no connection of these VNets leads to one of its ends"},
	} {
		flow := cost.Flow{From: place(c.from), To: place(c.to), Volume: 1000_000}
		p := cost.OfWAN(hubs, []cost.Flow{flow}).Traffic[0]
		got := p.Amount.String()
		if p.Unknown != "" {
			got = p.Unknown
		}
		if got != c.want {
			t.Errorf("%s to %s: %s, want %s: %v", c.from, c.to, got, c.want, p.Charges)
		}
		flow.Volume = options.Volume(0)
		if p := cost.OfWAN(hubs, []cost.Flow{flow}).Traffic[0]; p.Amount != 0 || p.Unknown != "" {
			t.Errorf("nothing costs %s, %q", p.Amount, p.Unknown)
		}
	}
}
