package netcfg_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/netcfg"
)

// exportCases stand below "VirtualNetworkConfiguration", from line 2 on.
var exportCases = []struct {
	name, src string
	want      string
}{
	{"empty", `""`, ""},
	{"empty parts", `{"Dns": "", "LocalNetworkSites": [], "VirtualNetworkSites": {}}`, ""},
	{"no part", `null`, ""},
	{"DNS servers", `{"Dns": {"DnsServers": [{"Name": "a", "IPAddress": "1.1.1.1"},
 {"IPAddress": ""}, ""]}}`, `
3:2: error XML-009: "DnsServer" has no "Name"
3:16: error XML-009: "IPAddress" of "DnsServer" is empty
3:21: error XML-009: "DnsServer" has no "IPAddress"
3:21: error XML-009: "DnsServer" has no "Name"
`},
	{"signs", `{"Dns": {"DnsServers": {"DnsServer": {"@IPAddress": "1.1.1.1"}}}}`, `
2:38: error XML-009: "DnsServer" has no "@name"
`},
	{"unknown members", `{"Dns": {"Zone": {"a": [1, {"b": null}]}},
 "localnetworksites": [], "Tags": ["x"]}`, `
2:18: warning XML-007: "Zone" is not known inside "Dns"
3:23: warning XML-007: "localnetworksites" is not known inside "VirtualNetworkConfiguration"
3:35: warning XML-007: "Tags" is not known inside "VirtualNetworkConfiguration"
`},
	{"text for an object", `{"Dns": "1.1.1.1", "VirtualNetworkSites": ["a"]}`, `
2:9: warning XML-008: text (7 bytes, not shown) stands for "Dns", which holds more than text
2:44: warning XML-008: text "a" stands for "VirtualNetworkSite", which holds more than text
`},
	{"list in a list", `{"VirtualNetworkSites": [[{"Name": "a"}]]}`, `
2:26: warning XML-007: a list inside a list is not known inside "VirtualNetworkSites"
`},
	{"twice", `{"Dns": "", "Dns": {"DnsServers": [{"Name": "a", "Name": "b", "@name": "c", "IPAddress": "1.1.1.1"}]}}`, `
2:20: warning XML-010: "Dns" stands again inside "VirtualNetworkConfiguration"; its contents are read together with those of the first
2:58: warning XML-010: "@name" stands again inside "DnsServer"; the first one counts
2:72: warning XML-010: "@name" stands again inside "DnsServer"; the first one counts
`},
	{"network", `{"VirtualNetworkSites": {"Name": "v", "Location": "West US", "AffinityGroup": "g", "AddressSpace": [""],
 "Subnets": [{"Name": "s", "AddressPrefix": ["10.0.0.0/24", "10.0.1.0/24"]}, {"Name": "S"}],
 "Gateway": {"Profile": "Tiny", "ConnectionsToLocalNetwork": {"Name": "x", "Connection": [{"Type": "ipsec"}, ""]}}}}`, `
2:79: error XML-011: virtual network "v" has AffinityGroup "g" and Location "West US"; the service allows one of them
2:100: error XML-013: "AddressSpace" of "VirtualNetworkSite" "v" holds no address prefix
3:61: warning XML-010: subnet "s" has 2 prefixes; a classic subnet has one
3:78: error XML-009: subnet "S" has no "AddressPrefix"
3:87: error XML-014: subnet "S" has the name of "s" but for letter case
4:25: error XML-011: "Profile": "Tiny" of "Gateway" is none of Small, Medium, Large, ExtraLarge
4:100: error XML-011: "Type": "ipsec" of "Connection" is none of IPsec, Dedicated
4:110: error XML-009: "Connection" has no "Type"
`},
	{"bare prefix", `{"VirtualNetworkSites": [{"Name": "v", "Location": "West US", "AddressSpace": "10.0.0.0/8"}]}`, ""},
	{"several spaces", `{"VirtualNetworkSites": {"VirtualNetworkSite": [{"@name": "v", "@Location": "West US",
 "AddressSpace": [{"AddressPrefix": "10.0.0.0/16"}, {"AddressPrefix": ["10.1.0.0/16"]}]}]}}`, `
3:53: warning XML-010: "AddressSpace" stands again inside "VirtualNetworkSite"; its contents are read together with those of the first
`},
	{"object for a text", `{"LocalNetworkSites": [{"Name": "s", "AddressSpace": ["10.0.0.0/8"], "VPNGatewayAddress": {"Name": "a"}}],
 "VirtualNetworkSites": [{"Name": "v", "Location": "West US", "AddressSpace": ["10.0.0.0/8"], "Gateway": ""}]}`, `
2:100: warning XML-007: "Name" is not known inside "VPNGatewayAddress"
`},
	{"numbers", `{"VirtualNetworkSites": [{"Name": 7, "Location": true, "AddressSpace": [10]}]}`, ""},
	{"sites without a gateway", `{"LocalNetworkSites": [{"Name": "s", "AddressSpace": ["10.0.0.0/8"]}]}`, `
2:1: warning XML-021: the export has local network sites but no gateway at all
`},
	{"GatewaySubnet without a gateway", `{"VirtualNetworkSites": [{"Name": "v", "Location": "West US", "AddressSpace": ["10.0.0.0/8"],
 "Subnets": [{"Name": "gatewaysubnet", "AddressPrefix": "10.0.0.0/27"}]}]}`, `
2:1: warning XML-021: the export has a GatewaySubnet but no gateway at all
`},
}

func TestExport(t *testing.T) {
	for _, c := range exportCases {
		t.Run(c.name, func(t *testing.T) {
			src := []byte("\ufeff{\"VirtualNetworkConfiguration\":\n" + c.src + "\n}\n")
			d, found := readForm(t, src)
			if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), lines(found)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if d.Form != netcfg.FormExport || d.Leaves != d.File.Leaves {
				t.Errorf("%v with %d leaves, the file with %d", d.Form, d.Leaves, d.File.Leaves)
			}
			checkLedger(t, d.File)
			checkRoundTrip(t, d.File)
		})
	}
}

func TestExportOfEverything(t *testing.T) {
	want, _, err := netcfg.Parse("x", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(20) {
		src := asExport(want, seed%2 == 1, seed)
		d, _ := readForm(t, src)
		checkJSONLeaves(t, d.File, src)
		if diff := cmp.Diff(want, d.File, meaning); diff != "" {
			t.Errorf("%s\n(-XML +JSON):\n%s", src, diff)
		}
	}
}

// A network configuration and the export made from it are the same but for places.
func TestExportProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFile(t)
		src := asExport(f, rapid.Bool().Draw(t, "sign"), rapid.Uint64().Draw(t, "seed"))
		d, _ := readForm(t, src)
		checkLedger(t, d.File)
		if diff := cmp.Diff(f, d.File, meaning); diff != "" {
			t.Fatalf("%s\n(-drawn +read):\n%s", src, diff)
		}
	})
}

func TestJSONThatIsNoExport(t *testing.T) {
	for _, c := range []struct{ name, src, want, hint string }{
		{"missing comma", "{\n\"VirtualNetworkConfiguration\": {\n  \"Dns\": {}\n  \"LocalNetworkSites\": []\n}}",
			`4:3: error XML-001: the document is not well-formed JSON: a comma is missing before "LocalNetworkSites"`,
			`add a comma in line 3, behind column 11: before "LocalNetworkSites"`},
		{"missing comma in a list", "[\"a\"\n \"b\"]",
			"2:2: error XML-001: the document is not well-formed JSON: a comma is missing before the next string", "add a comma in line 1, behind column 4"},
		{"comma at the end", "{\"a\": [1,\n]}", "2:1: error XML-001: the document is not well-formed JSON: a comma before ']'", "remove the comma in line 1, column 9"},
		{"cut off", "{\"a\": [1,\n", "2:1: error XML-001: the document is not well-formed JSON: it ends too early", "get the whole of it"},
		{"cut off in a string", "{\"a", "1:4: error XML-001: the document is not well-formed JSON: it ends too early", "get the whole of it"},
		{"text behind", "{}\nx", "2:1: error XML-001: the document is not well-formed JSON: text after its end", "remove what follows"},
		{"bare name", "{a: 1}", "1:2: error XML-001: the document is not well-formed JSON: invalid character 'a' looking for beginning of object key string", "correct it here"},
		{"another kind", ` {"resources": []}`, `1:2: error XML-002: the document seems to be JSON of another kind: it has no "VirtualNetworkConfiguration"`, "azure network export"},
		{"a list", `[]`, `1:1: error XML-002: the document seems to be JSON of another kind: it has no "VirtualNetworkConfiguration"`, "azure network export"},
		{"misspelt", `{"virtualnetworkconfiguration": ""}`, `1:1: error XML-002: the document seems to be JSON of another kind: it has no "VirtualNetworkConfiguration"`, `write "VirtualNetworkConfiguration" in place of "virtualnetworkconfiguration"`},
		{"not UTF-8", "{\"a\":\n \"\xff\"}", "2:3: error XML-012: byte 0xff is not UTF-8", "UTF-8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, found, err := netcfg.Parse("x", []byte(c.src))
			checkOutcome(t, f, found, err, true)
			if d := cmp.Diff(c.want+"\n", lines(found)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
			if !strings.Contains(found[0].Hint, c.hint) {
				t.Errorf("want %q in the hint %q", c.hint, found[0].Hint)
			}
		})
	}
}

func TestCorpusOfExports(t *testing.T) {
	want := map[string]string{
		"004": `
21:1: error XML-001: the document is not well-formed JSON: a comma is missing before "DnsServersRef"
`,
		"006": `
29:13: error XML-009: "VirtualNetworkSite" has no "Name"
29:13: error XML-009: virtual network "" has no "AddressSpace"
`,
	}
	for name, src := range corpusFiles(t, "cli-json/*.json") {
		d, found, err := netcfg.Read(name, src)
		if diff := cmp.Diff(strings.TrimPrefix(want[name[:3]], "\n"), lines(found)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if err != nil {
			if name[:3] != "004" || found[0].Hint != `add a comma in line 20, behind column 1: before "DnsServersRef"` {
				t.Errorf("%s: %v, hint %q", name, err, found[0].Hint)
			}
			continue
		}
		checkJSONLeaves(t, d.File, src)
		checkRoundTrip(t, d.File)
	}
}

// The export made from every published document gives what the document gives.
func TestCorpusAsExports(t *testing.T) {
	for name, src := range corpusFiles(t, "netcfg/*.netcfg") {
		f, _, err := netcfg.Parse(name, src)
		if err != nil {
			continue
		}
		for seed := range uint64(4) {
			d, _ := readForm(t, asExport(f, seed%2 == 0, seed))
			if diff := cmp.Diff(f, d.File, meaning); diff != "" {
				t.Errorf("%s (-XML +JSON):\n%s", name, diff)
			}
		}
	}
}
