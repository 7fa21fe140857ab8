package azure

import (
	"fmt"
	"net/netip"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func ExampleLookupRegion() {
	for _, s := range []string{"West Europe", "usgov virginia", "US Gov Virginia", "(Europe) North Europe", "EU West", "Anywhere US"} {
		r, ok := LookupRegion(s)
		fmt.Printf("%s: %q %t\n", s, r.Name, ok)
	}
	// Output:
	// West Europe: "westeurope" true
	// usgov virginia: "usgovvirginia" true
	// US Gov Virginia: "usgovvirginia" true
	// (Europe) North Europe: "northeurope" true
	// EU West: "westeurope" true
	// Anywhere US: "" false
}

func TestRegionsAreSound(t *testing.T) {
	list := Regions()
	if len(list) != 80 {
		t.Errorf("%d regions, want 80", len(list))
	}
	shape := regexp.MustCompile(`^[a-z]+[0-9]?$`)
	clouds := []string{CloudPublic, CloudUSGov, CloudChina, CloudGermany}
	for i, r := range list {
		if i > 0 && list[i-1].Name >= r.Name {
			t.Errorf("%s stands after %s", r.Name, list[i-1].Name)
		}
		if !shape.MatchString(r.Name) || regionKey(r.DisplayName) != r.Name {
			t.Errorf("%q is not the canonical name of %q", r.Name, r.DisplayName)
		}
		if !slices.Contains(clouds, r.Cloud) {
			t.Errorf("%s is in no known cloud: %q", r.Name, r.Cloud)
		}
		if !slices.Contains([]string{"", "1", "2", "3", "US Gov 1"}, r.BillingZone) {
			t.Errorf("%s has billing zone %q", r.Name, r.BillingZone)
		}
		if r.Paired == "" {
			continue
		}
		if pair, ok := LookupRegion(r.Paired); !ok || pair.Name != r.Paired || pair.Cloud != r.Cloud {
			t.Errorf("%s is paired with %q of cloud %q", r.Name, r.Paired, pair.Cloud)
		}
	}
	for _, r := range list {
		for _, s := range []string{r.Name, r.DisplayName, strings.ToUpper(r.DisplayName), strings.ReplaceAll(r.DisplayName, " ", "")} {
			if got, ok := LookupRegion(s); !ok || got != r {
				t.Errorf("LookupRegion(%q) = %v, %t", s, got, ok)
			}
		}
	}
}

func TestRegionTableSaysWhereItComesFrom(t *testing.T) {
	table := regions()
	if table.Source != "docs/sources.md#regions" || !regexp.MustCompile(`^20\d\d-\d\d-\d\d$`).MatchString(table.Date) {
		t.Errorf("source %q, date %q", table.Source, table.Date)
	}
}

func TestRegionAliases(t *testing.T) {
	names := map[string]bool{}
	for _, r := range Regions() {
		names[r.Name] = true
	}
	for alias, name := range regionAliases {
		if !names[name] {
			t.Errorf("alias %q leads to %q, which is no region", alias, name)
		}
		if names[alias] || regionKey(alias) != alias {
			t.Errorf("alias %q is a region itself or not folded", alias)
		}
	}
	for _, s := range []string{"", " ", "()", "(Europe)", "Location1", "$(Location)", "eu", "west europe!", "West Europe, East US"} {
		if r, ok := LookupRegion(s); ok {
			t.Errorf("LookupRegion(%q) = %s", s, r.Name)
		}
	}
	if r, _ := LookupRegion("Germany Central"); !r.Closed {
		t.Error("Germany Central is not known to be closed")
	}
	if r, _ := LookupRegion("West Europe"); r.Closed || !r.Zones || r.Paired != "northeurope" || r.BillingZone != "1" {
		t.Errorf("West Europe is %+v", r)
	}
}

func TestRegionsIsACopy(t *testing.T) {
	Regions()[0].Name = "changed"
	if Regions()[0].Name == "changed" {
		t.Error("a caller can change the table")
	}
}

func TestVPNGatewaySKUs(t *testing.T) {
	def, ok := LookupVPNGatewaySKU(strings.ToLower(DefaultVPNGatewaySKU))
	if !ok || !def.Creatable || !def.BGP || def.Tunnels < MaxClassicTunnelsHighPerformance || def.Mbps < ClassicHighPerformanceMbps || def.Clients < MaxClassicClients {
		t.Errorf("the default size cannot replace every classic gateway: %+v", def)
	}
	seen := map[string]bool{}
	for _, s := range VPNGatewaySKUs() {
		key := fmt.Sprint(s.Name, s.Generation)
		if seen[key] {
			t.Errorf("%s stands twice", key)
		}
		seen[key] = true
		if s.ZoneRedundant != strings.HasSuffix(s.Name, "AZ") || s.Creatable != (s.ZoneRedundant || s.Name == "Basic") {
			t.Errorf("%+v: only AZ sizes and Basic can be created", s)
		}
	}
	if _, ok := LookupVPNGatewaySKU("VpnGw9"); ok {
		t.Error("VpnGw9 is known")
	}
}

func TestVPNGatewaySKUFor(t *testing.T) {
	for _, c := range []struct {
		tunnels, clients, mbps int
		want                   string
	}{
		{0, 0, 0, "VpnGw1AZ"}, {30, 128, 200, "VpnGw1AZ"}, {1, 251, 0, "VpnGw2AZ"},
		{31, 0, 0, "VpnGw4AZ"}, {100, 10000, 10000, "VpnGw5AZ"}, {101, 0, 0, ""}, {0, 0, 10001, ""},
	} {
		got, ok := VPNGatewaySKUFor(c.tunnels, c.clients, c.mbps)
		if got.Name != c.want || ok != (c.want != "") {
			t.Errorf("for %d tunnels, %d clients, %d Mbps: %q, %t; want %q", c.tunnels, c.clients, c.mbps, got.Name, ok, c.want)
		}
	}
}

func TestExpressRouteGatewaySKUs(t *testing.T) {
	i := slices.IndexFunc(ExpressRouteGatewaySKUs(), func(s ExpressRouteGatewaySKU) bool { return s.Name == DefaultExpressRouteGatewaySKU })
	if i < 0 || !ExpressRouteGatewaySKUs()[i].Creatable {
		t.Errorf("the default size %s cannot be created", DefaultExpressRouteGatewaySKU)
	}
}

func ExamplePlaceholder() {
	for _, s := range []string{"40.113.20.7", "1.1.1.1", "10.32.0.0", "203.0.113.9", "131.2.3.4"} {
		fmt.Printf("%s: %q\n", s, Placeholder(netip.MustParseAddr(s)))
	}
	// Output:
	// 40.113.20.7: ""
	// 1.1.1.1: "a placeholder of repeated numbers"
	// 10.32.0.0: "a private address"
	// 203.0.113.9: "a documentation address"
	// 131.2.3.4: "a placeholder known from published examples"
}

func TestPlaceholder(t *testing.T) {
	for _, s := range []string{
		"1.1.1.1", "2.0.0.2", "5.4.3.2", "131.2.3.4", "131.4.5.6", "23.1.1.1", "23.2.2.2", "100.100.100.100",
		"200.200.200.200", "10.10.10.10", "20.20.20.20", "13.68.210.16", "192.168.0.1", "0.0.0.0",
		"0.69.96.5", "10.32.0.0", "172.31.255.255", "100.64.0.1", "127.0.0.1", "169.254.21.1", "168.63.129.16",
		"192.0.2.1", "198.51.100.1", "203.0.113.255", "198.19.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
		"1.2.3.4", "::ffff:10.0.0.1", "2001:db8::1", "::1",
	} {
		if Placeholder(netip.MustParseAddr(s)) == "" {
			t.Errorf("%s passes for a VPN device", s)
		}
	}
	if Placeholder(netip.Addr{}) == "" {
		t.Error("no address passes for a VPN device")
	}
	for _, s := range []string{
		"104.46.51.241", "23.102.1.1", "52.1.2.3", "8.8.4.4", "172.32.0.1", "172.15.255.255", "11.0.0.1", "192.0.1.1",
		"100.63.255.255", "100.128.0.0", "168.63.129.17", "198.20.0.1", "223.255.255.254", "1.2.3.5", "2.4.6.8", "::ffff:52.1.2.3",
	} {
		if why := Placeholder(netip.MustParseAddr(s)); why != "" {
			t.Errorf("%s is taken for %s", s, why)
		}
	}
}

func TestIsPrivate(t *testing.T) {
	for s, want := range map[string]bool{
		"10.0.0.0/8": true, "10.1.0.0/16": true, "8.0.0.0/6": false, "172.16.0.0/12": true, "172.16.0.0/11": false,
		"192.168.0.0/24": true, "192.0.0.0/8": false, "100.64.0.0/10": true, "100.128.0.0/16": false, "52.0.0.0/16": false, "0.0.0.0/0": false, "fd00::/8": false,
	} {
		if got := IsPrivate(netip.MustParsePrefix(s)); got != want {
			t.Errorf("IsPrivate(%s) = %t", s, got)
		}
	}
	if !IsPrivateAddr(netip.MustParseAddr("10.0.0.1")) || !IsPrivateAddr(netip.MustParseAddr("::ffff:10.0.0.1")) ||
		IsPrivateAddr(netip.MustParseAddr("52.0.0.1")) || IsPrivateAddr(netip.Addr{}) || IsPrivate(netip.Prefix{}) {
		t.Error("IsPrivateAddr is wrong")
	}
}

func TestForbiddenPrefixes(t *testing.T) {
	list := ForbiddenPrefixes()
	if !slices.IsSortedFunc(list, func(a, b netip.Prefix) int { return a.Addr().Compare(b.Addr()) }) {
		t.Errorf("out of order: %v", list)
	}
	for _, p := range list {
		if p.Masked() != p || IsPrivate(p) {
			t.Errorf("%s is not canonical, or private", p)
		}
	}
	list[0] = netip.Prefix{}
	if ForbiddenPrefixes()[0] == list[0] {
		t.Error("a caller can change the table")
	}
}

func ExamplePlanHub() {
	for _, s := range PlanHub(netip.MustParsePrefix("10.100.0.0/23")) {
		fmt.Println(s.Prefix, s.Name)
	}
	// Output:
	// 10.100.0.0/26 GatewaySubnet
	// 10.100.0.64/26 AzureFirewallSubnet
	// 10.100.0.128/26 AzureFirewallManagementSubnet
	// 10.100.0.192/26 RouteServerSubnet
	// 10.100.1.0/26 AzureBastionSubnet
	// 10.100.1.64/27 nva-trust
	// 10.100.1.96/27 nva-untrust
	// 10.100.1.128/28 dns-inbound
	// 10.100.1.144/28 dns-outbound
}

func TestPlanHub(t *testing.T) {
	for _, s := range HubSubnets() {
		if s.Bits > s.MinBits || !IsLegalName("subnets", s.Name) {
			t.Errorf("%+v is smaller than it may be, or has an illegal name", s)
		}
	}
	for _, block := range []string{"10.0.0.0/22", "255.255.252.0/22", "10.0.0.0/24", "10.0.0.0/26", "10.0.0.0/8", "0.0.0.0/0"} {
		hub := netip.MustParsePrefix(block)
		plan := PlanHub(hub)
		if hub.Bits() <= HubBits && len(plan) != len(HubSubnets()) {
			t.Errorf("%s: %d of %d subnets fit", block, len(plan), len(HubSubnets()))
		}
		if len(plan) == 0 || plan[0].Name != GatewaySubnet {
			t.Errorf("%s: no gateway subnet", block)
		}
		for i, s := range plan {
			if s.Prefix.Masked() != s.Prefix || s.Prefix.Bits() != s.Bits || !hub.Contains(s.Prefix.Addr()) {
				t.Errorf("%s: %s at %s", block, s.Name, s.Prefix)
			}
			for _, other := range plan[:i] {
				if other.Prefix.Overlaps(s.Prefix) {
					t.Errorf("%s: %s overlaps %s", block, s.Name, other.Name)
				}
			}
		}
	}
	for _, p := range []netip.Prefix{{}, netip.MustParsePrefix("fd00::/48"), netip.MustParsePrefix("10.0.0.1/22"), netip.MustParsePrefix("10.0.0.0/27")} {
		if plan := PlanHub(p); len(plan) > 1 || len(plan) == 1 && plan[0].Name == GatewaySubnet {
			t.Errorf("PlanHub(%s) = %v", p, plan)
		}
	}
}

// TestSourcesExist finds every source named in this package's comments and data in the headings
// of docs/sources.md.
func TestSourcesExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/sources.md")
	if err != nil {
		t.Fatal(err)
	}
	headings := strings.ToLower(strings.ReplaceAll(string(page), " ", "-")) // "## Hub plan" reads "##-hub-plan"
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") {
			continue
		}
		text, err := os.ReadFile(f.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`docs/sources\.md#([a-z-]+)`).FindAllStringSubmatch(string(text), -1) {
			named++
			if !strings.Contains(headings, "\n##-"+m[1]+"\n") {
				t.Errorf("%s: docs/sources.md has no heading %q", f.Name(), m[1])
			}
		}
	}
	if named == 0 {
		t.Error("no file names a source")
	}
}

func TestRuleForSegments(t *testing.T) {
	got := []int{ruleFor("virtualNetworks").max, ruleFor("Microsoft.Network/VIRTUALNETWORKS").max, ruleFor("virtualNetworks/subnets").max, ruleFor("routeTables").max, ruleFor("").max}
	if diff := cmp.Diff([]int{64, 64, 80, 80, 80}, got); diff != "" {
		t.Errorf("longest names (-want +got)\n%s", diff)
	}
}

func TestClassicGatewaySizes(t *testing.T) {
	for _, tt := range []struct{ name, vpn, er string }{
		{"Default", "VpnGw1AZ", "ErGw1AZ"},
		{"basic", "VpnGw1AZ", "ErGw1AZ"},
		{"Standard", "VpnGw1AZ", "ErGw1AZ"},
		{"HIGHPERFORMANCE", "VpnGw2AZ", "ErGw2AZ"},
		{"UltraPerformance", "", "ErGw3AZ"},
	} {
		s, ok := LookupClassicGatewaySize(tt.name)
		if !ok || s.VPN != tt.vpn || s.ExpressRoute != tt.er {
			t.Errorf("%s is replaced by %q and %q, want %q and %q", tt.name, s.VPN, s.ExpressRoute, tt.vpn, tt.er)
		}
		if v, ok := LookupVPNGatewaySKU(s.VPN); s.VPN != "" && (!ok || !v.Creatable || v.Tunnels < MaxClassicTunnelsHighPerformance) {
			t.Errorf("%s: %s cannot take its place", tt.name, s.VPN)
		}
		if e, ok := LookupExpressRouteGatewaySKU(s.ExpressRoute); !ok || !e.Creatable {
			t.Errorf("%s: %s cannot be created", tt.name, s.ExpressRoute)
		}
	}
	if _, ok := LookupClassicGatewaySize("None"); ok {
		t.Error("None is a size")
	}
}

func TestIPsecWords(t *testing.T) {
	for _, tt := range []struct {
		of         func(string) (string, bool)
		word, want string
	}{
		{IPsecEncryption, "aes256", "AES256"}, {IPsecEncryption, "NoEncryption", ""}, {IPsecEncryption, "", ""},
		{IPsecIntegrity, "sha1", "SHA1"}, {IPsecIntegrity, "AES256", ""},
		{PFSGroup, "pfs1", "PFS1"}, {PFSGroup, "none", "None"}, {PFSGroup, "PFS9", ""},
	} {
		if got, ok := tt.of(tt.word); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%q is %q, want %q", tt.word, got, tt.want)
		}
	}
}

// Every price says where it is from, and costs something.
func TestPrices(t *testing.T) {
	for id, p := range prices() {
		micros, known := p.Micros()
		switch {
		case p.ID != id || p.What == "" || p.Per != "hour" && p.Per != "GB":
			t.Errorf("%+v", p)
		case !known && (p.USD != "" || p.From != ""), known && (micros <= 0 || micros > 10_000_000 || p.Scope == "" || p.Date == ""):
			t.Errorf("%+v", p)
		case known && p.Per == "GB" && micros%1000 != 0: // a thousandth of a GB costs whole millionths of a dollar
			t.Errorf("%s has more than three decimals", id)
		case known && !slices.Contains([]string{"retail", "infracost", "fallback", "example"}, p.From):
			t.Errorf("%s is from %q", id, p.From)
		}
	}
	for usd, want := range map[string]int64{"0.19": 190_000, "1.25": 1_250_000, "4": 4_000_000, "0.000001": 1} {
		if got, known := (Price{USD: usd}).Micros(); got != want || !known {
			t.Errorf("%s is %d, %t", usd, got, known)
		}
	}
	if _, known := (Price{}).Micros(); known {
		t.Error("no price is known")
	}
	for _, sku := range vpnGatewaySKUs {
		if _, ok := GatewayPrice(false, sku.Name); !ok {
			t.Errorf("no row for VPN gateway %s", sku.Name)
		}
	}
	if p, ok := GatewayPrice(true, "Standard"); !ok || p.ID != "er-legacy-standard" {
		t.Error(p, ok)
	}
}
