package cost_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

func words(b *cost.Bill) string {
	var out []string
	for _, l := range b.Lines {
		amount := l.Amount.String()
		if l.Unknown != "" {
			amount = "unknown: " + l.Unknown
		}
		out = append(out, fmt.Sprintf("%d %s: %s", l.Count, l.What, amount))
	}
	known, unknown := b.Total()
	return strings.Join(append(out, fmt.Sprintf("%s and %d unknown", known, unknown)), "\n")
}

func TestOf(t *testing.T) {
	id := func(typ, name string) estate.ID {
		return estate.ID{Subscription: "s", Group: "g", Type: typ, Name: name}
	}
	gateway := func(kind estate.GatewayKind, sku string) *estate.Estate {
		return &estate.Estate{Gateways: []estate.Gateway{{ID: id(estate.TypeGateway, "g"), Kind: kind, SKU: sku}}}
	}
	busy := gateway(estate.VPNGateway, "VpnGw1AZ")
	for i := range 12 {
		busy.Connections = append(busy.Connections, estate.Connection{ID: id(estate.TypeConnection, fmt.Sprint(i)), Kind: estate.Vnet2Vnet, Gateway: busy.Gateways[0].ID})
	}
	two := gateway(estate.VPNGateway, "VpnGw2AZ")
	two.Gateways[0].ActiveActive = true
	gone := gateway(estate.VPNGateway, "VpnGw2AZ")
	gone.Gateways[0].State.Value = estate.GatewayNotProvisioned
	going := gateway(estate.VPNGateway, "VpnGw2AZ")
	going.Gateways[0].State.Value = estate.GatewayDeprovisioning
	basic := gateway(estate.VPNGateway, "Basic")
	basic.Gateways[0].BasicIP = true
	crowded := gateway(estate.VPNGateway, "BASIC")
	for i := range 12 {
		crowded.Connections = append(crowded.Connections, estate.Connection{ID: id(estate.TypeConnection, fmt.Sprint(i)), Kind: estate.IPsec, Gateway: crowded.Gateways[0].ID})
	}
	shouted := gateway(estate.VPNGateway, "VPNGW1AZ")
	shouted.Gateways = append(shouted.Gateways, estate.Gateway{ID: id(estate.TypeGateway, "h"), Kind: estate.VPNGateway, SKU: "VpnGw1AZ"})
	nat := &estate.Estate{VNets: []estate.VNet{{ID: id(estate.TypeVNet, "v"), Subnets: []estate.Subnet{
		{Name: "a", NATGateway: id(estate.TypeNATGateway, "n")}, {Name: "b", NATGateway: id(estate.TypeNATGateway, "N")}}}}}
	tests := []struct {
		name string
		e    *estate.Estate
		want string
	}{
		{"nothing", &estate.Estate{}, "0.00 and 0 unknown"},
		{"a gateway", gateway(estate.VPNGateway, "VpnGw1AZ"), "1 VPN gateway VpnGw1AZ: 153\n1 public IP address: 3.65\n157 and 0 unknown"},
		{"of two instances", two, "1 VPN gateway VpnGw2AZ: 394\n2 public IP address: 7.30\n402 and 0 unknown"},
		{"that may not exist", gone, "1 gateway that may not exist: unknown: when the service was asked it did not exist\n0.00 and 1 unknown"},
		{"that is being deleted", going, "0.00 and 0 unknown"},
		{"a firewall of unknown tier", gateway(estate.Firewall, ""), "1 public IP address: 3.65\n1 Azure Firewall of unknown tier: unknown: no input tells its tier\n3.65 and 1 unknown"},
		{"of the smallest size", basic, "1 VPN gateway Basic: 26\n1 public IP address, Basic: 2.92\n29 and 0 unknown"},
		{"of a size that nobody tells", gateway(estate.VPNGateway, ""), "1 public IP address: 3.65\n1 VPN gateway of unknown size: unknown: no input tells its size\n3.65 and 1 unknown"},
		{"of a size without a price", gateway(estate.VPNGateway, "HighPerformance"), "1 public IP address: 3.65\n1 VPN gateway HighPerformance: unknown: no source here has its price\n3.65 and 1 unknown"},
		{"of a size that there is not", gateway(estate.VPNGateway, "VpnGw9"), "1 public IP address: 3.65\n1 VPN gateway VpnGw9: unknown: no source has the price of this size\n3.65 and 1 unknown"},
		{"with more tunnels than it includes", busy, "1 VPN gateway VpnGw1AZ: 153\n2 VPN connection beyond the first ten of a gateway: 22\n1 public IP address: 3.65\n179 and 0 unknown"},
		{"of the smallest size, with more than it has", crowded, "1 VPN gateway Basic: 26\n1 public IP address: 3.65\n30 and 0 unknown"},
		{"one size in two letter cases", shouted, "2 VPN gateway VpnGw1AZ: 307\n2 public IP address: 7.30\n314 and 0 unknown"},
		{"a tier in another letter case", gateway(estate.Firewall, "premium"), "1 Azure Firewall Premium: 1,278\n1 public IP address: 3.65\n1,281 and 0 unknown"},
		{"ExpressRoute", gateway(estate.ExpressRouteGateway, "ErGw1AZ"), "1 ExpressRoute gateway ErGw1AZ: 264\n264 and 0 unknown"},
		{"a firewall", gateway(estate.Firewall, "Premium"), "1 Azure Firewall Premium: 1,278\n1 public IP address: 3.65\n1,281 and 0 unknown"},
		{"a Route Server", gateway(estate.RouteServer, ""), "1 public IP address: 3.65\n1 Route Server: unknown: no source here has its price\n3.65 and 1 unknown"},
		{"an appliance", gateway(estate.Appliance, ""), "1 appliance: unknown: the size of the machine is in no input\n0.00 and 1 unknown"},
		{"one NAT gateway of two subnets", nat, "1 NAT gateway: 33\n33 and 0 unknown"},
		{"a circuit and a group", &estate.Estate{Circuits: []estate.Circuit{{}}, Groups: []estate.NetworkGroup{{}}},
			"1 ExpressRoute circuit: unknown: it goes by provider, bandwidth and plan\n1 connected group of a network manager: unknown: the fee goes by subscription or VNet, and no source here has it\n0.00 and 2 unknown"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, words(cost.Of(test.e))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// Every thing of a bill is an object of the estate, or refers to one, and the sum is that of the lines.
func TestBillsOfLiveNetworks(t *testing.T) {
	for _, name := range fixtures.Live() {
		e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments(name))...)
		b := cost.Of(e)
		var sum cost.Amount
		for _, l := range b.Lines {
			sum += l.Amount
			if l.Count < 1 || len(l.Objects) < 1 || (l.Unknown == "") != (l.Amount > 0) {
				t.Errorf("%s: %+v", name, l)
			}
		}
		if known, _ := b.Total(); known != sum || len(b.Lines) == 0 {
			t.Errorf("%s: %d lines, %s, not %s", name, len(b.Lines), known, sum)
		}
	}
}

func TestAmount(t *testing.T) {
	for a, want := range map[cost.Amount]string{0: "0.00", 5_000: "0.01", 3_650_000: "3.65", 9_994_999: "9.99", 9_995_000: "10", 10_000_000: "10", 999_499_999: "999", 999_500_000: "1,000", 1_234_567_000_000: "1,234,567"} {
		if got := a.String(); got != want {
			t.Errorf("%d is %s, want %s", int64(a), got, want)
		}
	}
}

// A decimal is rounded as the text is, and is read back.
func TestDecimal(t *testing.T) {
	for a, want := range map[cost.Amount]string{0: "0.00", 4_999: "0.00", 5_000: "0.01", 156_950_000: "156.95", 9_996_000: "10.00", 1_234_567_000_000: "1234567.00"} {
		got := a.Decimal()
		if back, ok := cost.ParseAmount(got); got != want || !ok || back != (a+5_000)/10_000*10_000 {
			t.Errorf("%d is %s and back %d, want %s", int64(a), got, int64(back), want)
		}
	}
	for _, bad := range []string{"", ".5", "-1", "+1", "1.234", "1e3", "99999999999999999999", "922337203685478", "1 "} {
		if a, ok := cost.ParseAmount(bad); ok {
			t.Errorf("%q is %d", bad, int64(a))
		}
	}
	if a, ok := cost.ParseAmount("5.1"); a != 5_100_000 || !ok {
		t.Errorf("5.1 is %d", int64(a))
	}
}
