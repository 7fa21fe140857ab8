package netcfg_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(everything))
	for _, c := range slices.Concat(syntaxCases, outerCases, rootCases, schemaCases) {
		f.Add([]byte(c.src))
	}
	shipped, err := filepath.Glob("../fixtures/*/*.netcfg")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range shipped {
		src, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) { checkAnything(t, src) })
}

func FuzzResponse(f *testing.F) {
	for _, c := range responseCases {
		f.Add(c.name, []byte(c.src))
	}
	f.Fuzz(func(t *testing.T, name string, src []byte) { checkRead(t, name, src) })
}

func FuzzResponses(f *testing.F) {
	for _, c := range mapCases {
		f.Add([]byte(c.src))
	}
	for _, c := range responseCases {
		f.Add([]byte(`{` + quote(c.name) + `: ` + quote(c.src) + `}`))
	}
	f.Fuzz(func(t *testing.T, src []byte) { checkRead(t, "x.json", src) })
}

func FuzzList(f *testing.F) {
	for _, c := range listCases {
		f.Add([]byte(c.src))
	}
	f.Fuzz(func(t *testing.T, src []byte) { checkRead(t, "x.txt", src) })
}

// checkRead is what holds for every input of Read.
func checkRead(t testingT, name string, src []byte) {
	t.Helper()
	d, found, err := netcfg.Read(name, src)
	if (d == nil) != (err != nil) {
		t.Fatalf("%v with the error %v", d, err)
	}
	for _, f := range found {
		checkInside(t, src, f.Pos)
		for _, r := range f.Related {
			checkInside(t, src, r.Pos)
		}
		if strings.Contains(f.Message, "cannot be read:") {
			t.Errorf("the scan let through what xmlquery refuses: %v", f)
		}
	}
	if d != nil {
		checkDocument(t, d, src)
	}
}

// answerPieces make answers that are almost right, in XML, JSON and lists.
var answerPieces = []string{
	"<Gateway>", "</Gateway>", "<State>", "</State>", "<SharedKey>", "<Value>", "</Value>", "</SharedKey>", "<Error/>", "<LastEvent>", "</LastEvent>",
	" i:nil=\"true\"", "<Description xmlns:i='urn:XMLSchema-instance' i:nil='true'/>", "a", "&lt;", "&#10;", " ", "\n", "\r\n", "<!-- -->", "<![CDATA[x]]>",
	"\\n", "\\u003c", "\\ud83d", "\\ude00", "\\\"", "\ufeff", "ü", "\"", ",", ":", "{", "}", "[", "]", "null", "404", "\"Response\": ", "\"status\": ",
	"\"networking/hub/gateway\": ", "\"networking/media\": ", "\"<Gateway/>\"", "\"<NetworkConfiguration/>\"", "\"<Gateway>\\n<State>\\u00fcx</State></Gateway>\"",
	"State : Provisioned\n", "VIPAddress : 1.2.3.4\n", "DefaultSite : {a, b}\n", "DefaultSite : {a,\n              b}\n", "Value : x\n", "XMLConfiguration : ",
	"<NetworkConfiguration></NetworkConfiguration>\n", "OperationDescription : o\n", "PS> Get-AzureVNetGateway -VNetName 'a b'\n", "Get-AzureVNetConnection x\n",
	"ConnectivityState : c\n", "            more\n", "\n\n", "GatewayName : n\n", "IpAddress : *\n", "AddressSpacePrefixes : {x...}\n",
}

func TestReadAnything(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		src := strings.Join(rapid.SliceOfN(rapid.SampledFrom(answerPieces), 0, 30).Draw(r, "pieces"), "")
		around := rapid.SampledFrom([][2]string{{"", ""}, {"<Gateway>", "</Gateway>"}, {"<SharedKey>", "</SharedKey>"},
			{`{"networking/hub/gateway": "`, `"}`}, {`[{"url": "networking/hub/gateway", `, "}]"}, {"State : x\nVIPAddress : y\n", ""},
			{`{"networking/hub/gateway": "<Gateway><State>`, `</State></Gateway>"}`}}).Draw(r, "around")
		checkRead(r, "networking/hub/gateway.xml", []byte(around[0]+src+around[1]))
	})
}

// testingT is a test, or a property of one.
type testingT interface {
	Helper()
	Errorf(string, ...any)
	Fatalf(string, ...any)
}

// checkAnything is what holds for every input.
func checkAnything(t testingT, src []byte) {
	t.Helper()
	file, found, err := netcfg.Parse("x", src)
	checkOutcome(t, file, found, err, err != nil)
	for _, f := range found {
		checkInside(t, src, f.Pos)
		for _, r := range f.Related {
			checkInside(t, src, r.Pos)
		}
		if strings.Contains(f.Message, "cannot be read") {
			t.Errorf("the scan let through what xmlquery refuses: %v", f)
		}
	}
	if err == nil {
		checkLedger(t, file)
		checkRoundTrip(t, file)
	}
}

func checkInside(t testingT, src []byte, at diag.Pos) {
	t.Helper()
	if at.Line == 0 && at.Col == 0 {
		return // the whole document
	}
	for bytes.HasPrefix(src, []byte("\ufeff")) {
		src = src[len("\ufeff"):]
	}
	lines := bytes.Split(src, []byte("\n"))
	if at.Line < 1 || at.Line > len(lines) || at.Col < 1 || at.Col > len(lines[at.Line-1])+1 {
		t.Errorf("%v is outside the document", at)
	}
}

// pieces make markup that is almost right, which random bytes never are.
var pieces = []string{
	"<", ">", "/", "/>", "</", "\"", "'", "=", " ", "\n", "\r\n", "&", ";", "&lt;", "&#x20;", "&#10;", "&#0;", "]]>", "]]", "--", ":", "!",
	"<!--", "-->", "<![CDATA[", "<?p ", "?>", "<!DOCTYPE", "<?xml version=\"1.0\"?>", "\x01", "\xff", "\ufffe", "ü", "\u00a0", "\ufeff",
	"<Dns>", "</Dns>", "<Dns/>", "<DnsServers>", "</DnsServers>", "<DnsServer name='a' IPAddress='b'/>", "<DnsServer ",
	"<LocalNetworkSites>", "</LocalNetworkSites>", "<LocalNetworkSite name=\"s\">", "</LocalNetworkSite>", "<AddressSpace>", "</AddressSpace>",
	"<AddressPrefix>", "10.0.0.0/8", "</AddressPrefix>", "<VPNGatewayAddress>", "</VPNGatewayAddress>", "<VirtualNetworkSites>", "</VirtualNetworkSites>",
	"<VirtualNetworkSite name='v'>", "</VirtualNetworkSite>", "<Subnets>", "</Subnets>", "<Subnet name='n'>", "</Subnet>", "<Gateway>", "</Gateway>",
	"<ConnectionsToLocalNetwork>", "</ConnectionsToLocalNetwork>", "<LocalNetworkSiteRef name='s'/>", "<LocalNetworkSiteRef name='s'>",
	"</LocalNetworkSiteRef>", "<Connection type='IPsec'/>", "<x:y a:b='c'>", "</x:y>", "<x:y xmlns:x='urn:x'/>", " xmlns='urn:z'", " xmlns:a=''",
	" name=\"n\"", " name='n'", "<Label>", "</Label>", "a", "</NetworkConfiguration>", "</VirtualNetworkConfiguration>", "<xmlns:a/>", "<xml:a/>",
}

func TestParseAnything(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		src := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 40).Draw(r, "pieces"), "")
		if rapid.IntRange(0, 9).Draw(r, "bare") > 0 {
			src = in(src)
		}
		checkAnything(r, []byte(src))
	})
}
