package netcfg_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func FuzzParse(f *testing.F) {
	f.Add([]byte(everything))
	for _, c := range slices.Concat(syntaxCases, outerCases, rootCases, schemaCases) {
		f.Add([]byte(c.src))
	}
	for _, src := range shippedFixtures(f) {
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
	src = inUTF8(src)
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

func TestReadAnyAnswer(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		src := strings.Join(rapid.SliceOfN(rapid.SampledFrom(answerPieces), 0, 30).Draw(r, "pieces"), "")
		around := rapid.SampledFrom([][2]string{{"", ""}, {"<Gateway>", "</Gateway>"}, {"<SharedKey>", "</SharedKey>"},
			{`{"networking/hub/gateway": "`, `"}`}, {`[{"url": "networking/hub/gateway", `, "}]"}, {"State : x\nVIPAddress : y\n", ""},
			{`{"networking/hub/gateway": "<Gateway><State>`, `</State></Gateway>"}`}}).Draw(r, "around")
		checkRead(r, "networking/hub/gateway.xml", []byte(around[0]+src+around[1]))
	})
}

// FuzzRead begins with the shipped networks in every form.
func FuzzRead(f *testing.F) {
	for i, src := range append(shippedFixtures(f), []byte(everything)) {
		for _, form := range allForms(f, src, uint64(i)) {
			f.Add(form)
		}
	}
	for _, c := range scriptCases {
		f.Add([]byte(c.src))
	}
	for _, c := range exportCases {
		f.Add([]byte(`{"VirtualNetworkConfiguration":` + c.src + `}`))
	}
	f.Fuzz(func(t *testing.T, src []byte) { checkAnything(t, src) })
}

// shippedFixtures are the networks that come with the program.
func shippedFixtures(t testing.TB) [][]byte {
	t.Helper()
	names, err := filepath.Glob("../fixtures/*/*.netcfg")
	if err != nil || len(names) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	var all [][]byte
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, src)
	}
	return all
}

// allForms is one network configuration in every form, that of src first.
func allForms(t testing.TB, src []byte, seed uint64) [][]byte {
	t.Helper()
	file, _, err := netcfg.Parse("x", src)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.TrimPrefix(string(src), "\ufeff")
	return [][]byte{
		src,
		inUTF16("\ufeff"+text, binary.LittleEndian),
		inUTF16(text, binary.BigEndian),
		asExport(file, false, seed),
		asExport(file, true, seed),
		[]byte(inScript(text, "'")),
		[]byte("# Network\n\n```xml\n" + text + "\n```\n"),
		inUTF16("\ufeff"+inScript(text, `"`), binary.LittleEndian),
	}
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
	netcfg.Recognise(src)
	src = inUTF8(src)
	for _, f := range found {
		checkInside(t, src, f.Pos)
		for _, r := range f.Related {
			checkInside(t, src, r.Pos)
		}
		if strings.Contains(f.Message, "cannot be read") {
			t.Errorf("the scan let through what the reader behind it refuses: %v", f)
		}
	}
	if err == nil {
		checkLedger(t, file)
		checkRoundTrip(t, file)
	}
}

// inUTF8 is the text that places count in, where the bytes seem to be UTF-16.
func inUTF8(src []byte) []byte {
	var order binary.ByteOrder
	switch {
	case len(src) < 2 || bytes.HasPrefix(src, []byte("\xff\xfe\x00\x00")):
		return src
	case bytes.HasPrefix(src, []byte("\xff\xfe")) || len(src) > 3 && src[0] != 0 && src[1] == 0 && src[2] != 0 && src[3] == 0:
		order = binary.LittleEndian
	case bytes.HasPrefix(src, []byte("\xfe\xff")) || len(src) > 3 && src[0] == 0 && src[1] != 0 && src[2] == 0 && src[3] != 0:
		order = binary.BigEndian
	default:
		return src
	}
	var units []uint16
	for ; len(src) > 1; src = src[2:] {
		units = append(units, order.Uint16(src))
	}
	return []byte(string(utf16.Decode(units)) + strings.Repeat("\ufffd", len(src)))
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

// scraps make JSON and scripts that are almost right.
var scraps = []string{
	"{", "}", "[", "]", ",", ":", `"`, `\`, " ", "\n", `""`, "null", "true", "1", "-", "1e9", `"a"`, `"10.0.0.0/8"`, "\xff", "\x00", `"\ud800"`,
	`"VirtualNetworkConfiguration":`, `"Dns":`, `"DnsServers":`, `"DnsServer":`, `"LocalNetworkSites":`, `"LocalNetworkSite":`, `"AddressSpace":`,
	`"AddressPrefix":`, `"VPNGatewayAddress":`, `"VirtualNetworkSites":`, `"VirtualNetworkSite":`, `"Subnets":`, `"Subnet":`, `"Gateway":`,
	`"ConnectionsToLocalNetwork":`, `"LocalNetworkSiteRef":`, `"Connection":`, `"Name":`, `"@name":`, `"Type":`, `"Location":`, `"Label":`, `"Tag":`,
	"@\"\n", "@'\n", "\n\"@", "\n'@", "$a", "$(b)", "```", "<#", "#>", "<NetworkConfiguration", "</NetworkConfiguration>", "<a:NetworkConfiguration>",
}

func TestReadAnything(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		src := strings.Join(rapid.SliceOfN(rapid.SampledFrom(scraps), 0, 40).Draw(r, "scraps"), "")
		switch rapid.IntRange(0, 3).Draw(r, "around") {
		case 0:
			src = `{"VirtualNetworkConfiguration": ` + src + "}"
		case 1:
			src = inScript(strings.Join([]string{"<NetworkConfiguration " + ns + ">", src, "</NetworkConfiguration>"}, "\n"), `"`)
		}
		out := []byte(src)
		if rapid.IntRange(0, 4).Draw(r, "wide") == 0 {
			out = inUTF16("\ufeff"+src, binary.LittleEndian)
			out = out[:len(out)-rapid.IntRange(0, 1).Draw(r, "cut")]
		}
		checkAnything(r, out)
	})
}

// jsonParts are sound values, which scraps are hardly ever.
func jsonParts(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kind := rapid.IntRange(0, 6).Draw(t, "kind")
		if depth == 0 {
			kind = min(kind, 3)
		}
		switch kind {
		case 0:
			return nil
		case 1:
			return rapid.SampledFrom([]any{1, true, "", "GatewaySubnet"}).Draw(t, "scalar")
		case 2, 3:
			return rapid.SampledFrom([]string{"a", "10.0.0.0/8", "x y"}).Draw(t, "text")
		case 4:
			return rapid.SliceOfN(jsonParts(depth-1), 0, 3).Draw(t, "list")
		}
		var m members
		for range rapid.IntRange(0, 4).Draw(t, "members") {
			name := rapid.SampledFrom(memberNames).Draw(t, "name")
			m = append(m, member{name, jsonParts(depth-1).Draw(t, "value")})
		}
		return m
	})
}

var memberNames = []string{
	"Dns", "DnsServers", "DnsServer", "LocalNetworkSites", "LocalNetworkSite", "AddressSpace", "AddressPrefix", "VPNGatewayAddress",
	"VirtualNetworkSites", "VirtualNetworkSite", "Subnets", "Subnet", "DnsServersRef", "DnsServerRef", "Gateway", "VPNClientAddressPool",
	"ConnectionsToLocalNetwork", "LocalNetworkSiteRef", "Connection", "InternetGatewayNetwork", "Label", "Name", "@name", "Type", "@type",
	"Profile", "Location", "AffinityGroup", "IPAddress", "Tag", "",
}

// However the values of an export are put together, each stands in the model once.
func TestReadAnyExport(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		src, err := json.Marshal(members{{"VirtualNetworkConfiguration", jsonParts(8).Draw(r, "export")}})
		if err != nil {
			r.Fatal(err)
		}
		readForm(r, src)
		checkAnything(r, src)
	})
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
