package estate_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func TestPrefixesAsWritten(t *testing.T) {
	tests := []struct{ written, want, rule, words string }{
		{"10.1.0.0/16", "10.1.0.0/16", "", ""},
		{"10.0.8.7/24", "10.0.8.0/24", "ADDR-006", "host bits are set"},
		{"10.0.0.00/25", "10.0.0.0/25", "ADDR-006", "read as decimal"},
		{"192.168.0.032/29", "192.168.0.32/29", "ADDR-006", "read as decimal"},
		{"10.010.0.9/24", "10.10.0.0/24", "ADDR-006", "leading zeros are read as decimal, host bits are set"},
		{"0.0.0.0/0", "0.0.0.0/0", "", ""},
		{"10.0.0.0/8/12", "", "ADDR-006", "two lengths"},
		{"10.1.0.0", "", "ADDR-006", "no length"},
		{"10.1.0/16", "", "ADDR-006", "four numbers"},
		{"10.1.0.256/16", "", "ADDR-006", "0 to 255"},
		{"10.1.0.0/33", "", "ADDR-006", "0 to 32"},
		{"10.1.0.0/+8", "", "ADDR-006", "0 to 32"},
		{"10.1.0.0/", "", "ADDR-006", "0 to 32"},
		{"fd00::/8", "", "ADDR-006", "IPv4 only"},
		{"$(Prefix)", "", "ADDR-006", "no length"},
	}
	for _, tt := range tests {
		t.Run(tt.written, func(t *testing.T) {
			e, found := meaning(t, "site office "+tt.written+" 172.16.0.0/12")
			prefixes := e.Sites[0].Prefixes
			if tt.want == "" {
				if len(prefixes) != 1 {
					t.Errorf("prefixes %v, want the other one alone", prefixes)
				}
			} else if len(prefixes) != 2 || prefixes[0].Prefix.String() != tt.want || prefixes[0].Raw != tt.written {
				t.Errorf("read as %v, want %s with the text kept", prefixes, tt.want)
			}
			if tt.rule == "" {
				if len(found) > 0 {
					t.Errorf("findings: %v", found)
				}
				return
			}
			wantMessage(t, found, tt.rule, tt.written, tt.words)
			if corrected := found[0].Severity == diag.Warning; corrected != (tt.want != "") {
				t.Errorf("severity %s; a corrected prefix is a warning, a lost one an error", found[0].Severity)
			}
		})
	}
}

func TestLeftOut(t *testing.T) {
	tests := []struct {
		name, sketch, rule string
		words              []string
		vnets, connections int // that remain
	}{
		{"undefined site", "vnet A 10.1.0.0/16 -> nowhere", "SITE-008", []string{`"A"`, `"nowhere"`}, 1, 0},
		{"undefined DNS server", "vnet A 10.1.0.0/16 dns:nowhere", "XML-019", []string{`"A"`, `"nowhere"`}, 1, 0},
		{"DNS server without an address", "dns one two\nvnet A 10.1.0.0/16", "ARM-007", []string{`"one"`, `"two"`}, 1, 0},
		{"VNet without a usable prefix", "vnet A 10.1.0.0\nvnet B 10.2.0.0/16", "ADDR-006", []string{`"A"`}, 1, 0},
		{"one site twice", "site office 172.16.0.0/12 @81.2.69.160\nvnet A 10.1.0.0/16 -> office OFFICE", "LINK-004", []string{`"A"`, `"OFFICE"`}, 1, 1},
		{"letter case of a site", "site Office 172.16.0.0/12 @81.2.69.160\nvnet A 10.1.0.0/16 -> office", "XML-020", []string{`"office"`, `"Office"`}, 1, 1},
		{"letter case of a DNS server", "dns DC1 10.1.0.4\nvnet A 10.1.0.0/16 dns:dc1", "XML-020", []string{`"dc1"`, `"DC1"`}, 1, 0},
		{"device address that is none", "site office 172.16.0.0/12 @gateway-address\nvnet A 10.1.0.0/16 -> office", "SITE-002", []string{`"gateway-address"`, `"office"`}, 1, 1},
		{"unusable subnet", "vnet A 10.1.0.0/16 subnet:web=10.1.0.0", "ARM-007", []string{`"web"`, `"A"`}, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, found := meaning(t, tt.sketch)
			wantMessage(t, found, tt.rule, tt.words...)
			if len(e.VNets) != tt.vnets || len(e.Connections) != tt.connections {
				t.Errorf("%d VNets and %d connections, want %d and %d", len(e.VNets), len(e.Connections), tt.vnets, tt.connections)
			}
		})
	}
}

// A name that is written again means its first definition; the other one waits for a person.
func TestRepeatedNames(t *testing.T) {
	src := sketch(t, `
		dns dc 10.1.0.4
		dns DC 10.1.0.5
		site office 172.16.0.0/12 @81.2.69.160
		site OFFICE 172.31.0.0/16 @81.2.69.161
		vnet A 10.1.0.0/16 -> office
		vnet a 10.2.0.0/16`)
	file, _, err := netcfg.Parse("net", src)
	if err != nil {
		t.Fatal(err)
	}
	e, fates, _ := estate.FromNetcfg(file)
	if len(e.DNSServers) != 1 || len(e.Sites) != 1 || len(e.VNets) != 1 {
		t.Fatalf("%d servers, %d sites, %d VNets, want one of each", len(e.DNSServers), len(e.Sites), len(e.VNets))
	}
	if e.DNSServers[0].Name != "dc" || e.Sites[0].Name != "office" || e.VNets[0].Name != "A" {
		t.Errorf("kept %q, %q and %q, want the first ones", e.DNSServers[0].Name, e.Sites[0].Name, e.VNets[0].Name)
	}
	waiting := 0
	for _, f := range fates {
		if f.Kind == diag.NeedsPerson && f.Why == "XML-014" {
			waiting++
		}
	}
	if want := 3 + 7 + 12; waiting != want {
		t.Errorf("%d leaves wait for a person, want %d: a server, a site, and a VNet with its gateway subnet", waiting, want)
	}
}

func TestDoubledPrefixesCountOnce(t *testing.T) {
	e, found := meaning(t, "site office 10.0.0.0/8 10.0.0.0/9 10.0.0.5/8 10.0.0.0/8")
	var got []string
	for _, p := range e.Sites[0].Prefixes {
		got = append(got, p.Prefix.String())
	}
	if diff := cmp.Diff([]string{"10.0.0.0/8", "10.0.0.0/9"}, got); diff != "" {
		t.Errorf("prefixes (-want +got):\n%s", diff)
	}
	wantMessage(t, found, "ADDR-006", "10.0.0.5/8")
}

// One file is one subscription: names are its own, references stay inside, tunnels cross.
func TestSubscriptions(t *testing.T) {
	west := sketch(t, `
		dns dc 10.1.0.4
		site partner 10.2.0.0/16 @40.69.30.41
		vnet hub 10.1.0.0/16 dns:dc -> partner`)
	east := sketch(t, `
		dns dc 10.2.0.4
		site partner 10.1.0.0/16 @40.68.10.20
		vnet hub 10.2.0.0/16 dns:dc -> partner`)
	e, _, found := estate.FromNetcfg(parse(t, "west", west), parse(t, "east", east))
	if len(found) > 0 {
		t.Errorf("findings: %v", found)
	}
	if diff := cmp.Diff([]string{"east", "west"}, e.Docs); diff != "" {
		t.Fatalf("documents (-want +got):\n%s", diff)
	}
	if len(e.VNets) != 2 || e.VNets[0].ID.Subscription != "east" || e.VNets[1].ID.Subscription != "west" {
		t.Fatalf("VNets %v, want one hub of each subscription", e.VNets)
	}
	if at := e.VNets[1].DNS[0].Address.String(); at != "10.1.0.4" {
		t.Errorf("the hub of west asks %s, want its own server 10.1.0.4", at)
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		if p := c.Pairing; p.Confidence != estate.Certain || p.Partner.Subscription == c.ID.Subscription {
			t.Errorf("the half of %s is %s with a half of %q, want certain with the other subscription's", c.ID.Subscription, p.Confidence, p.Partner.Subscription)
		}
	}
	if pos := e.Pos(e.VNets[1].Refs[0]); pos.File != "west" || pos.Line == 0 {
		t.Errorf("the hub of west stands at %v", pos)
	}
	other, _, _ := estate.FromNetcfg(parse(t, "east", east), parse(t, "west", west))
	if diff := cmp.Diff(e, other, sameMeaning); diff != "" {
		t.Errorf("the order of the files matters (-want +got):\n%s", diff)
	}
}

func TestRegions(t *testing.T) {
	e, _ := meaning(t, "vnet A 10.1.0.0/16 in:West_Europe\nvnet B 10.2.0.0/16 in:westeurope\nvnet C 10.3.0.0/16 in:Location1")
	for i, want := range []string{"westeurope", "westeurope", ""} {
		if got := e.VNets[i].Region.Name; got != want {
			t.Errorf("region of %s is %q, want %q", e.VNets[i].Name, got, want)
		}
	}
	for _, v := range fixture(t, "pair").VNets {
		if v.Region.Name != "" || !strings.HasPrefix(v.Region.String(), "affinity group AG-") {
			t.Errorf("region of %s is %s, want its affinity group", v.Name, v.Region)
		}
	}
}

func TestDedicatedNeedsNoSite(t *testing.T) {
	e, found := meaning(t, "vnet A 10.1.0.0/16 -> circuit!")
	if len(found) > 0 || len(e.Connections) != 1 || e.Connections[0].Kind != estate.ExpressRoute {
		t.Fatalf("connections %v, findings %v; want one ExpressRoute connection", e.Connections, found)
	}
	if len(e.Gateways) != 1 || e.Gateways[0].Kind != estate.ExpressRouteGateway {
		t.Errorf("gateways %v, want one for ExpressRoute", e.Gateways)
	}
}

// An expected list of ids, so that none appears or vanishes unnoticed.
func TestAssumptions(t *testing.T) {
	tests := map[string][]string{
		"pair":              {"ASM-GATEWAY", "ASM-SKU", "ASM-KEY", "ASM-REGION", "ASM-ROUTES", "ASM-DNS"},
		"star":              {"ASM-GATEWAY", "ASM-SKU", "ASM-KEY", "ASM-ROUTES", "ASM-ONPREM", "ASM-EXTERNAL", "ASM-DNS"},
		"expressroute":      {"ASM-GATEWAY", "ASM-SKU", "ASM-KEY", "ASM-ROUTES", "ASM-ONPREM", "ASM-EXTERNAL", "ASM-CIRCUIT", "ASM-COEXISTENCE", "ASM-DNS"},
		"point-to-site":     {"ASM-GATEWAY", "ASM-SKU", "ASM-KEY", "ASM-ROUTES", "ASM-P2S-CERTIFICATE", "ASM-DNS"},
		"one-sided-swapped": {"ASM-GATEWAY", "ASM-SKU", "ASM-KEY", "ASM-PAIRING", "ASM-ROUTES", "ASM-DNS"},
	}
	for name, want := range tests {
		var got []string
		for _, a := range fixture(t, name).Assumptions {
			got = append(got, a.ID)
			if text, ok := estate.AssumptionText(a.ID); !ok || text.Assumed != a.Assumed || len(a.Subjects) == 0 {
				t.Errorf("%s: %s is not as catalogued, or of nothing", name, a.ID)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: assumptions (-want +got):\n%s", name, diff)
		}
	}
}

// Every leaf of a document is a Ref of the estate or has a fate, never both and never twice.
func TestLedger(t *testing.T) {
	for _, name := range fixtureNames(t) {
		t.Run(name, func(t *testing.T) { wantLedger(t, parse(t, name, fixtureSource(t, name))) })
	}
	for _, tt := range pairingTests {
		t.Run(tt.name, func(t *testing.T) { wantLedger(t, parse(t, "net", sketch(t, tt.sketch))) })
	}
	t.Run("damaged", func(t *testing.T) {
		file, _, err := netcfg.Parse("damaged", damaged)
		if err != nil {
			t.Fatal(err)
		}
		wantLedger(t, file)
	})
}

// damaged has one of each thing that cannot be carried on.
var damaged = []byte(`<?xml version="1.0"?>
<NetworkConfiguration xmlns="` + netcfg.Namespace + `">
  <VirtualNetworkConfiguration>
    <Dns><DnsServers>
      <DnsServer name="dc" IPAddress="10.1.0.4" />
      <DnsServer name="dc" IPAddress="10.1.0.5" />
      <DnsServer name="bad" IPAddress="x" />
    </DnsServers></Dns>
    <LocalNetworkSites>
      <LocalNetworkSite name="office" colour="red"><AddressSpace><AddressPrefix>172.16.0.0/12</AddressPrefix><AddressPrefix /></AddressSpace><VPNGatewayAddress></VPNGatewayAddress></LocalNetworkSite>
      <LocalNetworkSite name="Office"><AddressSpace><AddressPrefix>172.16.0.0/12</AddressPrefix></AddressSpace></LocalNetworkSite>
      <LocalNetworkSite name="empty"><AddressSpace></AddressSpace></LocalNetworkSite>
    </LocalNetworkSites>
    <VirtualNetworkSites>
      <VirtualNetworkSite name="A" Location="West Europe">
        <Label>old</Label>
        <AddressSpace><AddressPrefix>10.1.0.0/16</AddressPrefix><AddressPrefix>10.1.0.0/16</AddressPrefix></AddressSpace>
        <AddressSpace><AddressPrefix>10.2.0.0/16</AddressPrefix></AddressSpace>
        <Subnets>
          <Subnet name="two"><AddressPrefix>10.1.0.0/24</AddressPrefix><AddressPrefix>10.1.1.0/24</AddressPrefix></Subnet>
          <Subnet name="none"><AddressPrefix>x</AddressPrefix></Subnet>
        </Subnets>
        <DnsServersRef><DnsServerRef name="dc" /><DnsServerRef name="DC" /><DnsServerRef name="lost" /></DnsServersRef>
        <Gateway profile="Small">
          <VPNClientAddressPool><AddressPrefix>x</AddressPrefix></VPNClientAddressPool>
          <ConnectionsToLocalNetwork>
            <LocalNetworkSiteRef name="office"><Connection type="IPsec" /><Connection type="IPsec" /><Connection type="Dedicated" /></LocalNetworkSiteRef>
            <LocalNetworkSiteRef name="office"><Connection type="IPsec" /></LocalNetworkSiteRef>
            <LocalNetworkSiteRef name="empty"><Connection type="Tunnel" /></LocalNetworkSiteRef>
            <LocalNetworkSiteRef name="lost"><Connection type="IPsec" /></LocalNetworkSiteRef>
            <LocalNetworkSiteRef name="circuit"><Connection type="Dedicated" /><Connection type="IPsec" /></LocalNetworkSiteRef>
          </ConnectionsToLocalNetwork>
        </Gateway>
        <InternetGatewayNetwork name="office" />
      </VirtualNetworkSite>
      <VirtualNetworkSite name="B" AffinityGroup="AG"><AddressSpace><AddressPrefix>x</AddressPrefix></AddressSpace>
        <Gateway><ConnectionsToLocalNetwork><LocalNetworkSiteRef name="office" /></ConnectionsToLocalNetwork></Gateway></VirtualNetworkSite>
      <VirtualNetworkSite name="C" Location="West Europe"><AddressSpace><AddressPrefix>10.3.0.0/16</AddressPrefix></AddressSpace><Gateway profile="Small"><VPNClientAddressPool><AddressPrefix>x</AddressPrefix></VPNClientAddressPool></Gateway></VirtualNetworkSite>
      <VirtualNetworkSite name="D" Location="West Europe"><AddressSpace><AddressPrefix>10.4.0.0/16</AddressPrefix></AddressSpace><Gateway /></VirtualNetworkSite>
    </VirtualNetworkSites>
  </VirtualNetworkConfiguration>
</NetworkConfiguration>`)

func wantLedger(t *testing.T, file *netcfg.File) {
	t.Helper()
	e, fates, _ := estate.FromNetcfg(file)
	times := make([]int, file.Leaves+1)
	for _, r := range refsOf(e) {
		times[r.Ordinal]++
	}
	for _, f := range fates {
		times[f.Ref.Ordinal]++
		if f.Why == "" || f.Kind == 0 {
			t.Errorf("the fate of leaf %d has no kind or no reason: %+v", f.Ref.Ordinal, f)
		}
	}
	if times[0] != 0 {
		t.Errorf("%d fates or Refs of nothing", times[0])
	}
	for leaf, n := range times[1:] {
		if n != 1 {
			t.Errorf("leaf %d is accounted for %d times", leaf+1, n)
		}
	}
}

// refsOf collects every Ref that an estate holds.
func refsOf(e *estate.Estate) []diag.Ref {
	var out []diag.Ref
	var collect func(v reflect.Value)
	collect = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Slice:
			for i := range v.Len() {
				collect(v.Index(i))
			}
		case reflect.Struct:
			if r, ok := v.Interface().(diag.Ref); ok {
				out = append(out, r)
				return
			}
			for i := range v.NumField() {
				if v.Type().Field(i).IsExported() {
					collect(v.Field(i))
				}
			}
		}
	}
	collect(reflect.ValueOf(*e))
	return out
}

// The ledger holds for every file of the corpus that parses.
func TestLedgerOfCorpus(t *testing.T) {
	paths, _ := filepath.Glob("../../../shared/corpus/netcfg/*.netcfg")
	if len(paths) == 0 {
		t.Skip("no ../shared/corpus beside the repository")
	}
	read := 0
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if file, _, err := netcfg.Parse(filepath.Base(path), src); err == nil {
			read++
			t.Run(filepath.Base(path), func(t *testing.T) { wantLedger(t, file) })
		}
	}
	if read == 0 {
		t.Error("no file of the corpus parses")
	}
}
