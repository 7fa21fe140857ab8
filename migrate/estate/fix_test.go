package estate_test

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg"
)

func parseFile(t testing.TB, src []byte) *netcfg.File {
	t.Helper()
	f, _, err := netcfg.Parse("x.netcfg", src)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func fixOf(f *netcfg.File) (*netcfg.File, []estate.Fixed) {
	e, _, _ := estate.FromNetcfg(f)
	return estate.Fix(e, f.Name, f)
}

// relationOf is who talks to whom, as text.
func relationOf(f *netcfg.File) string {
	e, _, _ := estate.FromNetcfg(f)
	var b strings.Builder
	for pair, s := range reach.Compute(e).Pairs() {
		fmt.Fprintln(&b, pair[0], pair[1], s.Value, s.FromPrefixes, s.ToPrefixes, s.MayFrom, s.MayTo, s.Assumptions)
	}
	return b.String()
}

// checkFix holds what is true of every file: the input stays, fixing twice is fixing once, and unless
// an address was exchanged nobody reaches more or less.
func checkFix(t rapid.TB, f *netcfg.File) []estate.Fixed {
	before := netcfg.Format(f)
	fixed, done := fixOf(f)
	if !bytes.Equal(before, netcfg.Format(f)) {
		t.Fatal("the input was changed")
	}
	text := netcfg.Format(fixed)
	if (len(done) > 0) == bytes.Equal(before, text) {
		t.Fatalf("%d fixes, but equal texts: %t", len(done), bytes.Equal(before, text))
	}
	back, _, err := netcfg.Parse("x.netcfg", text)
	if err != nil {
		t.Fatal(err)
	}
	again, more := fixOf(back)
	if len(more) > 0 || !bytes.Equal(text, netcfg.Format(again)) {
		t.Fatalf("fixed again: %v\n%s", more, cmp.Diff(string(text), string(netcfg.Format(again))))
	}
	if !slices.ContainsFunc(done, func(d estate.Fixed) bool { return d.Rule == "SITE-001" }) {
		if d := cmp.Diff(relationOf(f), relationOf(back)); d != "" {
			t.Fatalf("relation (-before +after):\n%s", d)
		}
	}
	return done
}

func TestFixOfFixtures(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(fixtureFolder, "*", "*.netcfg"))
	if err != nil || len(paths) < 10 {
		t.Fatal(len(paths), err)
	}
	rules := map[string]int{}
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f := parseFile(t, src)
		for _, d := range checkFix(t, f) {
			rules[d.Rule]++
		}
	}
	if rules["SITE-001"] == 0 || rules["SITE-007"] == 0 {
		t.Errorf("the fixtures show too little: %v", rules)
	}
}

// TestFixProperties draws meshes with some of everything that Fix looks for.
func TestFixProperties(t *testing.T) {
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		for _, d := range checkFix(t, drawFaulty(t)) {
			seen[d.Rule] = true
		}
	})
	for _, rule := range []string{"ADDR-006", "SITE-001", "SITE-007"} {
		if !seen[rule] && !testing.Short() { // few are drawn then
			t.Errorf("no drawn file shows %s", rule)
		}
	}
}

// drawFaulty is a full mesh of VNets, of which some sites carry another's address, some prefixes are
// not canonical, and some sites are not referred to.
func drawFaulty(t *rapid.T) *netcfg.File {
	n := rapid.IntRange(2, 5).Draw(t, "networks")
	confused := rapid.IntRange(-1, n-1).Draw(t, "the VNet whose sites are exchanged")
	spoilt := rapid.IntRange(0, 2).Draw(t, "addresses are wrong in other ways") == 0
	prefix := func(i int) string {
		return rapid.SampledFrom([]string{"10.%d.0.0/16", "10.%d.3.7/16", "010.%d.0.0/16"}).Draw(t, "prefix of "+fmt.Sprint(i))
	}
	text := func(value string) netcfg.Text { return netcfg.Text{Value: value} }
	space := func(i int) []netcfg.AddressSpace {
		return []netcfg.AddressSpace{{Prefixes: []netcfg.Text{text(fmt.Sprintf(prefix(i), i))}}}
	}
	f := &netcfg.File{}
	for i := range n {
		v := netcfg.VirtualNetworkSite{Name: netcfg.Attr{Value: fmt.Sprintf("v%d", i)}, Location: netcfg.Attr{Value: "West Europe"}, AddressSpaces: space(i),
			Subnets: []netcfg.Subnet{{Name: netcfg.Attr{Value: "GatewaySubnet"}, Prefixes: []netcfg.Text{text(fmt.Sprintf("10.%d.255.0/27", i))}}},
			Gateway: &netcfg.Gateway{}}
		for j := range n {
			if i == j {
				continue
			}
			owner := j
			if i == confused && n > 2 {
				switch j {
				case (i + 1) % n:
					owner = (i + 2) % n
				case (i + 2) % n:
					owner = (i + 1) % n
				}
			}
			if spoilt && rapid.IntRange(0, 20).Draw(t, "wrong address") == 0 {
				owner = rapid.IntRange(0, n-1).Draw(t, "whose")
			}
			name := netcfg.Attr{Value: fmt.Sprintf("v%d-to-v%d", i, j)}
			f.LocalNetworkSites = append(f.LocalNetworkSites, netcfg.LocalNetworkSite{Name: name, AddressSpaces: space(j), VPNGatewayAddress: text(fmt.Sprintf("40.9.8.%d", 10+owner))})
			if rapid.IntRange(0, 7).Draw(t, "no reference") > 0 {
				v.Gateway.Connections = append(v.Gateway.Connections, netcfg.LocalNetworkSiteRef{Name: name})
			}
		}
		f.VirtualNetworkSites = append(f.VirtualNetworkSites, v)
	}
	back, _, err := netcfg.Parse("x.netcfg", netcfg.Format(f))
	if err != nil {
		t.Fatal(err)
	}
	return back
}

// TestFixKnowsGateways holds that the addresses of provisioned gateways decide where files cannot.
func TestFixKnowsGateways(t *testing.T) {
	site := func(name, address string, endpoint string) estate.Site {
		return estate.Site{ID: estate.ID{Subscription: "x.netcfg", Type: estate.TypeSite, Name: name}, Name: name, Endpoint: vnetID(endpoint),
			Address: estate.Address{Addr: netip.MustParseAddr(address), Raw: address}}
	}
	gateway := func(vnet, address, state string) estate.Gateway {
		return estate.Gateway{VNet: vnetID(vnet), State: estate.Fact{Value: state}, Address: estate.Address{Addr: netip.MustParseAddr(address), Raw: address}}
	}
	suspect := func(s estate.Site) estate.Connection {
		return estate.Connection{Site: s.ID, Pairing: estate.Pairing{Suspect: "SITE-001", Evidence: []estate.Evidence{{Kind: estate.AgainstAddress, Value: s.Address.Raw}}}}
	}
	a, b := site("to-a", "40.0.0.2", "a"), site("to-b", "40.0.0.1", "b")
	f := &netcfg.File{Name: "x.netcfg"}
	for _, s := range []estate.Site{a, b} {
		f.LocalNetworkSites = append(f.LocalNetworkSites, netcfg.LocalNetworkSite{Name: netcfg.Attr{Value: s.Name}, VPNGatewayAddress: netcfg.Text{Value: s.Address.Raw}})
	}
	for _, c := range []struct {
		name     string
		gateways []estate.Gateway
		want     int
	}{
		{"nothing known", nil, 0},
		{"one known", []estate.Gateway{gateway("a", "40.0.0.1", estate.GatewayProvisioned)}, 0},
		{"both known", []estate.Gateway{gateway("a", "40.0.0.1", estate.GatewayProvisioned), gateway("b", "40.0.0.2", estate.GatewayProvisioned)}, 2},
		{"one deleted", []estate.Gateway{gateway("a", "40.0.0.1", estate.GatewayProvisioned), gateway("b", "40.0.0.2", estate.GatewayNotProvisioned)}, 0},
		{"both right as they are", []estate.Gateway{gateway("a", "40.0.0.2", estate.GatewayProvisioned), gateway("b", "40.0.0.1", estate.GatewayProvisioned)}, 0},
	} {
		e := &estate.Estate{Sites: []estate.Site{a, b}, Gateways: c.gateways, Connections: []estate.Connection{suspect(a), suspect(b)}}
		fixed, done := estate.Fix(e, f.Name, f)
		if len(done) != c.want {
			t.Errorf("%s: %v, want %d fixes", c.name, done, c.want)
		}
		if c.want == 2 && (fixed.LocalNetworkSites[0].VPNGatewayAddress.Value != "40.0.0.1" || fixed.LocalNetworkSites[1].VPNGatewayAddress.Value != "40.0.0.2") {
			t.Errorf("%s: %+v", c.name, fixed.LocalNetworkSites)
		}
	}
}

// TestFixLeaves holds what is not certain enough to be corrected.
func TestFixLeaves(t *testing.T) {
	const head = `<NetworkConfiguration xmlns="` + netcfg.Namespace + `"><VirtualNetworkConfiguration>`
	const tail = `</VirtualNetworkConfiguration></NetworkConfiguration>`
	site := func(name string) string {
		return `<LocalNetworkSite name="` + name + `"><AddressSpace><AddressPrefix>10.2.0.0/16</AddressPrefix></AddressSpace></LocalNetworkSite>`
	}
	vnet := func(refs string) string {
		return `<VirtualNetworkSites><VirtualNetworkSite name="v" Location="West US"><AddressSpace><AddressPrefix>10.1.0.0/16</AddressPrefix></AddressSpace><Gateway><ConnectionsToLocalNetwork>` +
			refs + `</ConnectionsToLocalNetwork></Gateway></VirtualNetworkSite></VirtualNetworkSites>`
	}
	for name, src := range map[string]string{
		"no references at all":      `<LocalNetworkSites>` + site("a") + `</LocalNetworkSites>` + vnet(""),
		"a name that stands twice":  `<LocalNetworkSites>` + site("a") + site("A") + site("b") + `</LocalNetworkSites>` + vnet(`<LocalNetworkSiteRef name="b"/>`),
		"a reference in other case": `<LocalNetworkSites>` + site("a") + `</LocalNetworkSites>` + vnet(`<LocalNetworkSiteRef name="A"/>`),
		"a prefix that is none":     strings.Replace(vnet(`<LocalNetworkSiteRef name="b"/>`), "10.1.0.0/16", "10.1.0.0/16/8", 1),
	} {
		if _, done := fixOf(parseFile(t, []byte(head+src+tail))); len(done) > 0 {
			t.Errorf("%s: %v", name, done)
		}
	}
}
