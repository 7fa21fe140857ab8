package netcfg_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

const ns = `xmlns="` + netcfg.Namespace + `"`

// in puts parts into a configuration: they begin in line 3, column 1.
func in(parts string) string {
	return "<NetworkConfiguration " + ns + ">\n<VirtualNetworkConfiguration>\n" + parts +
		"\n</VirtualNetworkConfiguration>\n</NetworkConfiguration>\n"
}

// inVNet puts parts into a virtual network that is otherwise complete: they begin in line 6.
func inVNet(parts string) string {
	return in("<VirtualNetworkSites><VirtualNetworkSite name=\"v\" Location=\"West US\">\n" +
		"<AddressSpace><AddressPrefix>10.0.0.0/16</AddressPrefix></AddressSpace>\n\n" + parts +
		"\n</VirtualNetworkSite></VirtualNetworkSites>")
}

// lines prints findings as line:column, severity, rule and message.
func lines(found diag.List) string {
	var b strings.Builder
	for _, f := range found {
		f.Pos.File = ""
		fmt.Fprintf(&b, "%s\n", f.Error())
	}
	return b.String()
}

type parseCase struct {
	name, src string
	stops     bool
	want      string
}

func checkParse(t *testing.T, cases []parseCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f, found, err := netcfg.Parse("x", []byte(c.src))
			want := strings.TrimPrefix(c.want, "\n")
			if d := cmp.Diff(want, lines(found)); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
			checkOutcome(t, f, found, err, c.stops)
		})
	}
}

// checkOutcome holds for every call of Parse.
func checkOutcome(t testingT, f *netcfg.File, found diag.List, err error, stops bool) {
	t.Helper()
	if (err != nil) != stops || (f == nil) != stops {
		t.Errorf("stops: want %v, got file %v and error %v", stops, f != nil, err)
	}
	if err == nil {
		return
	}
	var at diag.Finding
	if !errors.As(err, &at) || at.Severity != diag.Error {
		t.Fatalf("the error is no finding: %v", err)
	}
	for _, f := range found {
		if f.Compare(at) == 0 {
			return
		}
	}
	t.Errorf("the error is not in the list: %v", err)
}

var syntaxCases = []parseCase{
	{"clean", in(""), false, ""},
	{"extra end tag", inVNet("</Subnets>"), true, `
6:1: error XML-001: end tag </Subnets> closes nothing
`},
	{"reference closed twice", inVNet("<Gateway><ConnectionsToLocalNetwork>\n <LocalNetworkSiteRef name=\"s\"/>\n</LocalNetworkSiteRef></ConnectionsToLocalNetwork></Gateway>"), true, `
8:1: error XML-001: end tag </LocalNetworkSiteRef> closes nothing
`},
	{"misspelt end tag", inVNet("<Subnets>\n</Subnet>"), true, `
7:1: error XML-001: end tag </Subnet> does not match <Subnets>
`},
	{"missing end tag", in("<Dns>\n  <DnsServers>\n</Dns>"), true, `
5:1: error XML-001: end tag </Dns> while <DnsServers> is open
`},
	{"cut off", "<NetworkConfiguration " + ns + ">\n  <VirtualNetworkConfiguration>\r\n   <Dns>\r\n", true, `
3:8: error XML-001: the document ends inside <Dns>
`},
	{"cut off in a tag", "<NetworkConfiguration " + ns + ">\n <VirtualNetworkConfiguration>\n<Dns", true, `
3:4: error XML-001: the document ends inside <Dns>
3:5: error XML-001: the tag <Dns> has no closing >
`},
	{"tag without closing", in("<Dns\n <DnsServers/></Dns>"), true, `
4:2: error XML-001: the tag <Dns> has no closing >
`},
	{"attribute without value", in(`<Dns><DnsServers><DnsServer name IPAddress="1.1.1.1"/></DnsServers></Dns>`), true, `
3:18: error XML-009: <DnsServer> has no attribute name
3:29: error XML-001: attribute name has no value
`},
	{"attribute without quotes", in(`<Dns><DnsServers><DnsServer name=a IPAddress="1.1.1.1"/></DnsServers></Dns>`), true, `
3:29: error XML-001: the value of attribute name is not in quotes
`},
	{"attribute twice", in(`<Dns><DnsServers><DnsServer name="a&amp;" IPAddress="1.1.1.1" name="b&amp;"/></DnsServers></Dns>`), true, `
3:63: error XML-001: attribute name stands twice in the tag <DnsServer>
`},
	{"quote not closed", in("<Dns><DnsServers><DnsServer name=\"a IPAddress='1.1.1.1'/>\n</DnsServers></Dns>"), true, `
3:18: error XML-009: <DnsServer> has no attribute IPAddress
3:34: error XML-001: the value of attribute name has no closing quote
`},
	{"bare < in a value", in(`<Dns><DnsServers><DnsServer name="a<b" IPAddress="1.1.1.1"/></DnsServers></Dns>`), true, `
3:36: error XML-001: a bare < in an attribute value
`},
	{"doubled quotes", strings.ReplaceAll(in("<Dns/>"), `"`, `""`), true, `
1:31: error XML-001: no space between an attribute and what stands before it
`},
	{"doubled quotes in the declaration", `<?xml version=""1.0""?>` + in(""), true, `
1:15: error XML-001: the XML declaration has doubled quotes
`},
	{"junk in a tag", in(`<Dns "x" />`), true, `
3:6: error XML-001: "\"x\"" has no place in the tag <Dns>
`},
	{"junk in an end tag", in("<Dns></Dns x>"), true, `
3:12: error XML-001: "x" has no place in the end tag </Dns>
`},
	{"end tag without closing", in("<Dns></Dns\n<LocalNetworkSites/>"), true, `
3:6: error XML-001: the end tag </Dns> has no closing >
`},
	{"bare ampersand", in(`<Dns><DnsServers><DnsServer name="a & b" IPAddress="&nbsp;"/></DnsServers></Dns>`), true, `
3:37: error XML-001: "&" is not a reference that XML knows
3:53: error XML-001: "&nbsp;" is not a reference that XML knows
`},
	{"bad character references", inVNet("<Label>&#0;&#xD800;&#x110000;&#;&#x41</Label>"), true, `
6:8: error XML-001: "&#0;" is not a reference that XML knows
6:12: error XML-001: "&#xD800;" is not a reference that XML knows
6:20: error XML-001: "&#x110000;" is not a reference that XML knows
6:30: error XML-001: "&#;" is not a reference that XML knows
6:33: error XML-001: "&#x41" is not a reference that XML knows
`},
	{"bare < in a text", inVNet("<Label>a < b</Label>"), true, `
6:10: error XML-001: a < that begins no tag
`},
	{"control characters", inVNet("<Label>a\x01b\uffffc</Label>"), true, `
6:9: error XML-001: control character U+0001, which XML does not allow
6:11: error XML-001: character U+FFFF, which XML does not allow
`},
	{"]]> in a text", inVNet("<Label>a]]></Label>"), true, `
6:9: error XML-001: ]]> in a text
`},
	{"-- in a comment", in("<!-- a -- b -->"), true, `
3:8: error XML-001: -- inside a comment, which XML does not allow
`},
	{"comment not closed", in("<!-- a"), true, `
3:1: error XML-001: a comment without its closing -->
5:23: error XML-001: the document ends inside <VirtualNetworkConfiguration>
`},
	{"two roots", in("") + in(""), true, `
6:1: error XML-001: a second root element; a document has one, and nothing is read from here on
`},
	{"text before the root", "@'\n<x/>", true, `
1:1: error XML-001: text "@'" before the root element
2:1: error XML-002: the root element is <x> in no namespace, not <NetworkConfiguration>
`},
	{"declaration inside", "<!-- x --><?xml version=\"1.0\"?>" + in(""), true, `
1:11: error XML-001: an XML declaration that is not at the start of the document
`},
	{"XML 1.1", `<?xml version="1.1"?>` + in(""), true, `
1:15: error XML-001: XML version "1.1"; only 1.0 is read
`},
	{"malformed declaration", "<?xml version=1.0?>\n" + in(""), true, `
1:15: error XML-001: the XML declaration is malformed
`},
	{"undeclared prefix", in(`<n:Dns a:x="1"/>`), true, `
3:1: error XML-001: namespace prefix n of n:Dns is not declared
3:1: warning XML-007: <Dns> is not known inside <VirtualNetworkConfiguration>: it is in namespace "undeclared:n"
3:8: error XML-001: namespace prefix a of a:x is not declared
`},
	{"bad names", in(`<a:b:c/><Dns ö:="1"/>`), true, `
3:1: error XML-001: "a:b:c" is not a name that XML allows
3:1: warning XML-007: <_> is not known inside <VirtualNetworkConfiguration>
3:14: error XML-001: "ö:" is not a name that XML allows
`},
	{"CDATA not closed", inVNet("<Label><![CDATA[a</Label>"), true, `
6:8: error XML-001: a CDATA section without its closing ]]>
9:23: error XML-001: the document ends inside <Label>
`},
	{"control character in CDATA", inVNet("<Label><![CDATA[a\n<&>\x02]]></Label>"), true, `
7:4: error XML-001: a control character in a CDATA section, which XML does not allow
`},
	{"end tag with the innermost name", in("<x><x><y></x></x>"), true, `
3:1: warning XML-007: <x> is not known inside <VirtualNetworkConfiguration>
3:10: error XML-001: end tag </x> while <y> is open
`},
	{"end tag cut off", strings.SplitAfter(in("<Dns></Dns"), "</Dns")[0], true, `
3:6: error XML-001: the end tag </Dns> has no closing >
3:10: error XML-001: the document ends inside <VirtualNetworkConfiguration>
`},
	{"equals sign without value", in("<Dns a=/>"), true, `
3:6: error XML-001: the value of attribute a is not in quotes
`},
	{"value cut off", "<NetworkConfiguration a='", true, `
1:1: error XML-009: <NetworkConfiguration> has no <VirtualNetworkConfiguration>
1:23: warning XML-007: attribute a="" of <NetworkConfiguration> is not known
1:25: error XML-001: the document ends inside <NetworkConfiguration>
1:25: error XML-001: the value of attribute a has no closing quote
`},
	{"two bare < in a value", inVNet("<Label x='<<'/>"), true, `
6:8: warning XML-007: attribute x="<<" of <Label> is not known
6:11: error XML-001: a bare < in an attribute value
6:12: error XML-001: a bare < in an attribute value
`},
	{"unknown part of the declaration", `<?xml version="1.0" charset="x"?>` + in(""), true, `
1:29: error XML-001: the XML declaration is malformed
`},
	{"declaration cut off", `<?xml version="1.0" encoding=`, true, `
-: error XML-016: the document is empty but for its XML declaration
1:21: error XML-001: the XML declaration is malformed
`},
	{"long value", inVNet("<Label>" + strings.Repeat("ü", 60) + "\x01</Label>" + strings.Repeat("x", 99) + "ü"), true, `
6:128: error XML-001: control character U+0001, which XML does not allow
6:137: warning XML-008: text (101 bytes, not shown) stands in <VirtualNetworkSite>, where only elements belong
`},
	{"syntax and schema at once", in("<Dns><DnsServer/></Dns>\n<LocalNetworkSites>\n<LocalNetworkSite name=\"s\">&x;<AddressSpace/></LocalNetworkSites>"), true, `
3:6: warning XML-007: <DnsServer> is not known inside <Dns>
5:28: error XML-001: "&x;" is not a reference that XML knows
5:28: warning XML-008: text "&x;" stands in <LocalNetworkSite>, where only elements belong
5:31: error XML-013: <AddressSpace> of <LocalNetworkSite> "s" holds no address prefix
5:46: error XML-001: end tag </LocalNetworkSites> while <LocalNetworkSite> is open
`},
}

func TestParseSyntax(t *testing.T) { checkParse(t, syntaxCases) }

func declared(rest string) string { return "<?xml version='1.0'" + rest + "?>" + in("") }

var outerCases = []parseCase{
	{"byte order mark", "\ufeff" + in(""), false, ""},
	{"byte order marks", "\ufeff\ufeff" + in("<x/>"), false, `
1:1: warning XML-015: 2 byte order marks at the start of the document
3:1: warning XML-007: <x> is not known inside <VirtualNetworkConfiguration>
`},
	{"column behind a byte order mark", "\ufeff" + strings.Replace(in(""), "<Net", "<Net a='b' ", 1), true, `
1:1: error XML-002: the root element is <Net> in namespace "http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration", not <NetworkConfiguration>
1:12: error XML-001: attribute workConfiguration has no value
5:1: error XML-001: end tag </NetworkConfiguration> closes nothing
5:23: error XML-001: the document ends inside <Net>
`},
	{"blank lines before the declaration", "\n \r\n<?xml version=\"1.0\"?>" + in(""), false, `
3:1: warning XML-015: white space before the XML declaration
`},
	{"blank lines before the root", "\n\n" + in(""), false, ""},
	{"text after the root", in("") + "  and so on <b>\x01", false, `
6:3: warning XML-015: text (9 bytes, not shown) after the root element; nothing is read from here on
`},
	{"comments outside", "<!-- a -->" + in("") + "<!-- b --><?p i?>\n", false, ""},
	{"UTF-8 label", declared(` encoding="UTF-8" standalone='yes'`), false, ""},
	{"false UTF-16 label", declared(` encoding="utf-16"`), false, `
1:30: warning XML-012: the XML declaration says "utf-16", but the bytes are UTF-8 and are read as such
`},
	{"Latin-1 label, ASCII bytes", declared(` encoding="iso-8859-1"`), false, ""},
	{"Latin-1 label, UTF-8 bytes", `<?xml version="1.0" encoding="iso-8859-1"?>` + inVNet("<Label>ü</Label>"), false, `
1:30: warning XML-012: the XML declaration says "iso-8859-1", but the bytes are UTF-8 and are read as such
`},
	{"Latin-1", `<?xml version="1.0" encoding="windows-1252"?>` + inVNet("<Label>M\xfcller \xfc</Label>"), true, `
6:9: error XML-012: byte 0xfc is not UTF-8; the XML declaration says "windows-1252", and only UTF-8 and UTF-16 are read
`},
	{"UTF-32", "\xff\xfe\x00\x00<\x00\x00\x00", true, `
1:1: error XML-012: the document is in UTF-32, which is not read
`},
	{"empty", "", true, "-: error XML-016: the document is empty\n"},
	{"blank", "\ufeff \r\n", true, "-: error XML-016: the document is empty\n"},
	{"declaration only", `<?xml version="1.0"?>` + "\n", true, "-: error XML-016: the document is empty but for its XML declaration\n"},
	{"comment only", "<!-- x -->\n", true, "2:1: error XML-001: no element in the document\n"},
	{"zero byte", "<a>\n\x00</a>", true, "2:1: error XML-016: the document is binary: it has a zero byte\n"},
	{"archive", "PK\x03\x04...", true, "1:1: error XML-016: the document is a zip archive, not text\n"},
	{"plain text", "\nName : vnet1\nState: Created\n", true, "2:1: error XML-001: the document is not XML; it begins with (12 bytes, not shown)\n"},
	{"DTD", "<!DOCTYPE a [<!ENTITY b \"c>\">]>\n" + in("&b;"), true, "1:1: error XML-005: <!DOCTYPE: documents with a DTD or with entities are refused\n"},
	{"entity declaration", in("<!ENTITY b SYSTEM 'file:///etc/passwd'>"), true, "3:1: error XML-005: <!ENTITY: documents with a DTD or with entities are refused\n"},
}

func TestParseOuterForm(t *testing.T) { checkParse(t, outerCases) }

func withNamespace(uri string) string { return strings.Replace(in(""), netcfg.Namespace, uri, 1) }

var rootCases = []parseCase{
	{"no namespace", strings.Replace(in("<Dns/>"), ns, "", 1), false, `
1:1: warning XML-003: <NetworkConfiguration> has no namespace; it is read as if it had the right one
`},
	{"https", withNamespace("https://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration"), false, `
1:23: warning XML-003: namespace "https://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration" has https in place of http
`},
	{"white space and case", withNamespace("http://schemas.microsoft.com/servicehosting/2011/07/Network\n Configuration"), false, `
1:23: warning XML-003: namespace "http://schemas.microsoft.com/servicehosting/2011/07/Network\n Configuration" has white space in it and other letter case
`},
	{"another generation", withNamespace("http://schemas.microsoft.com/ServiceHosting/2012/05/NetworkConfiguration"), true, `
1:23: error XML-004: <NetworkConfiguration> is in the foreign namespace "http://schemas.microsoft.com/ServiceHosting/2012/05/NetworkConfiguration"
`},
	{"Service Management namespace", withNamespace("http://schemas.microsoft.com/windowsazure"), true, `
1:23: error XML-004: <NetworkConfiguration> is in the foreign namespace "http://schemas.microsoft.com/windowsazure"
`},
	{"response", `<Gateway xmlns="http://schemas.microsoft.com/windowsazure"/>`, true, `
1:1: error XML-002: the document is a response of the classic API, and holds no network configuration
`},
	{"other root", "<!-- c -->\n <netcfg/>", true, `
2:2: error XML-002: the root element is <netcfg> in no namespace, not <NetworkConfiguration>
`},
	{"prefixed root", `<n:NetworkConfiguration xmlns:n="` + netcfg.Namespace + `"><n:VirtualNetworkConfiguration><n:Dns/><Dns/></n:VirtualNetworkConfiguration></n:NetworkConfiguration>`, false, `
1:147: warning XML-007: <Dns> is not known inside <VirtualNetworkConfiguration>: it is in no namespace
`},
}

func TestParseRoot(t *testing.T) { checkParse(t, rootCases) }

func TestRootHints(t *testing.T) {
	for src, want := range map[string]string{
		`<LocalNetworkSites/>`:              "piece of a network configuration",
		`<VirtualNetworkSites ` + ns + `/>`: "piece of a network configuration",
		`<ServiceDefinition/>`:              "cloud service definition",
		`<networkconfiguration/>`:           "write the root element as <NetworkConfiguration>",
		`<html><body/></html>`:              "web page",
		`<x/>`:                              "its root element is <NetworkConfiguration>",
	} {
		_, found, err := netcfg.Parse("x", []byte(src))
		if err == nil || len(found) != 1 || !strings.Contains(found[0].Hint, want) {
			t.Errorf("%s: want a hint with %q, got %v", src, want, found)
		}
	}
}

var schemaCases = []parseCase{
	{"no configuration", "<NetworkConfiguration " + ns + "/>", false, `
1:1: error XML-009: <NetworkConfiguration> has no <VirtualNetworkConfiguration>
`},
	{"unknown parts", in("<Dns zone='x'>\n<DnsServer/><dnsservers/></Dns><Tags a='1'><Tag>x</Tag></Tags>"), false, `
3:6: warning XML-007: attribute zone="x" of <Dns> is not known
4:1: warning XML-007: <DnsServer> is not known inside <Dns>
4:13: warning XML-007: <dnsservers> is not known inside <Dns>
4:32: warning XML-007: <Tags> is not known inside <VirtualNetworkConfiguration>
`},
	{"foreign element and attributes", in("<Dns xmlns:x='urn:x' x:a='1' xml:lang='de'><x:y/></Dns>"), false, `
3:22: warning XML-007: attribute x:a="1" of <Dns> is not known
3:30: warning XML-007: attribute xml:lang="de" of <Dns> is not known
3:44: warning XML-007: <y> is not known inside <Dns>: it is in namespace "urn:x"
`},
	{"stray text", in("\n …\t<Dns/> ,"), false, `
4:2: warning XML-008: text "…" stands in <VirtualNetworkConfiguration>, where only elements belong
4:13: warning XML-008: text "," stands in <VirtualNetworkConfiguration>, where only elements belong
`},
	{"text around a child", inVNet("<Label>a<b/>c</Label>"), false, `
6:9: warning XML-007: <b> is not known inside <Label>
6:13: warning XML-008: text "c" stands in <Label>, where only elements belong
`},
	{"DNS server", in("<Dns><DnsServers>\n<DnsServer/>\n<DnsServer name='' IPAddress=''/></DnsServers></Dns>"), false, `
4:1: error XML-009: <DnsServer> has no attribute IPAddress
4:1: error XML-009: <DnsServer> has no attribute name
5:12: error XML-009: attribute name of <DnsServer> is empty
5:20: error XML-009: attribute IPAddress of <DnsServer> is empty
`},
	{"site", in("<LocalNetworkSites>\n<LocalNetworkSite/>\n<LocalNetworkSite name='s'><VPNGatewayAddress>1.2.3.4</VPNGatewayAddress>\n<VPNGatewayAddress>1.2.3.5</VPNGatewayAddress></LocalNetworkSite></LocalNetworkSites>"), false, `
4:1: error XML-009: <LocalNetworkSite> has no attribute name
4:1: error XML-009: local network site "" has no <AddressSpace>
5:1: error XML-009: local network site "s" has no <AddressSpace>
6:1: warning XML-010: <VPNGatewayAddress> stands again inside <LocalNetworkSite>; the first one counts
`},
	{"address spaces", in("<LocalNetworkSites><LocalNetworkSite name='s'>\n<AddressSpace/>\n<AddressSpace><AddressPrefix> \n</AddressPrefix></AddressSpace>\n" +
		"<AddressSpace><AddressPrefix/><AddressPrefix>10.0.0.0/8</AddressPrefix></AddressSpace></LocalNetworkSite></LocalNetworkSites>"), false, `
4:1: error XML-013: <AddressSpace> of <LocalNetworkSite> "s" holds no address prefix
5:1: warning XML-010: <AddressSpace> stands again inside <LocalNetworkSite>; its contents are read together with those of the first
5:1: error XML-013: <AddressSpace> of <LocalNetworkSite> "s" holds no address prefix
7:1: warning XML-010: <AddressSpace> stands again inside <LocalNetworkSite>; its contents are read together with those of the first
7:15: error XML-009: an <AddressPrefix> of <LocalNetworkSite> "s" is empty
`},
	{"place of a network", in("<VirtualNetworkSites>\n" +
		"<VirtualNetworkSite name='a'/>\n" +
		"<VirtualNetworkSite name='b' AffinityGroup='' Location='West US'><AddressSpace><AddressPrefix>10.0.0.0/8</AddressPrefix></AddressSpace></VirtualNetworkSite>\n" +
		"<VirtualNetworkSite name='c' AffinityGroup='g' Location='West US'><AddressSpace><AddressPrefix>10.0.0.0/8</AddressPrefix></AddressSpace></VirtualNetworkSite>\n" +
		"</VirtualNetworkSites>"), false, `
4:1: error XML-009: virtual network "a" has neither Location nor AffinityGroup
4:1: error XML-009: virtual network "a" has no <AddressSpace>
6:30: error XML-011: virtual network "c" has AffinityGroup "g" and Location "West US"; the service allows one of them
`},
	{"subnets", inVNet("<Subnets>\n<Subnet/>\n<Subnet name='s'><AddressPrefix/></Subnet>\n<Subnet name='t'><AddressPrefix>10.0.0.0/24</AddressPrefix>\n<AddressPrefix>10.0.1.0/24</AddressPrefix></Subnet></Subnets>\n<Subnets/>"), false, `
7:1: error XML-009: <Subnet> has no attribute name
7:1: error XML-009: subnet "" has no <AddressPrefix>
8:18: error XML-009: the <AddressPrefix> of subnet "s" is empty
10:1: warning XML-010: subnet "t" has 2 prefixes; a classic subnet has one
11:1: warning XML-010: <Subnets> stands again inside <VirtualNetworkSite>; its contents are read together with those of the first
`},
	{"gateway", inVNet("<DnsServersRef><DnsServerRef/></DnsServersRef>\n" +
		"<Gateway profile='small'><VPNClientAddressPool/>\n<ConnectionsToLocalNetwork><LocalNetworkSiteRef>\n<Connection/><Connection type='ipsec'/><Connection type='Backend'/></LocalNetworkSiteRef></ConnectionsToLocalNetwork></Gateway>\n" +
		"<Gateway profile=''/><InternetGatewayNetwork name='a'/><InternetGatewayNetwork/>"), false, `
6:16: error XML-009: <DnsServerRef> has no attribute name
7:10: error XML-011: attribute profile="small" of <Gateway> is none of Small, Medium, Large, ExtraLarge
7:26: error XML-013: <VPNClientAddressPool> of <VirtualNetworkSite> "v" holds no address prefix
8:28: error XML-009: <LocalNetworkSiteRef> has no attribute name
9:1: error XML-009: <Connection> has no attribute type
9:26: error XML-011: attribute type="ipsec" of <Connection> is none of IPsec, Dedicated
9:52: error XML-011: attribute type="Backend" of <Connection> is none of IPsec, Dedicated
10:1: warning XML-010: <Gateway> stands again inside <VirtualNetworkSite>; its contents are read together with those of the first
10:10: warning XML-007: attribute profile="" of <Gateway> is not known
10:56: warning XML-010: <InternetGatewayNetwork> stands again inside <VirtualNetworkSite>; the first one counts
`},
	{"parts of what has none", in("<Dns><DnsServers><DnsServer name='d' IPAddress='1.1.1.1' port='53'>\n<a/>text</DnsServer></DnsServers></Dns>"), false, `
3:58: warning XML-007: attribute port="53" of <DnsServer> is not known
4:1: warning XML-007: <a> is not known inside <DnsServer>
4:5: warning XML-008: text "text" stands in <DnsServer>, where only elements belong
`},
	{"unknown attributes", inVNet("<Subnets><Subnet name='s' Name='t'><AddressPrefix>10.0.0.0/24</AddressPrefix></Subnet></Subnets>\n<Gateway><VPNClientAddressPool><AddressPrefix>172.16.0.0/24</AddressPrefix></VPNClientAddressPool>\n<VPNClientAddressPool><AddressPrefix>172.16.1.0/24</AddressPrefix></VPNClientAddressPool>" +
		"<ConnectionsToLocalNetwork><LocalNetworkSiteRef name='x'><Connection type='IPsec' kind='x'/></LocalNetworkSiteRef></ConnectionsToLocalNetwork><Pool/></Gateway>"), false, `
6:27: warning XML-007: attribute Name="t" of <Subnet> is not known
8:1: warning XML-010: <VPNClientAddressPool> stands again inside <Gateway>; its contents are read together with those of the first
8:172: warning XML-007: attribute kind="x" of <Connection> is not known
8:232: warning XML-007: <Pool> is not known inside <Gateway>
`},
	{"nameless", in("<LocalNetworkSites><LocalNetworkSite>\n<AddressSpace/><Tag/></LocalNetworkSite></LocalNetworkSites>\n<VirtualNetworkSites><VirtualNetworkSite Region='x' Location='West US'>\n<AddressSpace/></VirtualNetworkSite></VirtualNetworkSites>"), false, `
3:20: error XML-009: <LocalNetworkSite> has no attribute name
4:1: error XML-013: <AddressSpace> of <LocalNetworkSite> holds no address prefix
4:16: warning XML-007: <Tag> is not known inside <LocalNetworkSite>
5:22: error XML-009: <VirtualNetworkSite> has no attribute name
5:42: warning XML-007: attribute Region="x" of <VirtualNetworkSite> is not known
6:1: error XML-013: <AddressSpace> of <VirtualNetworkSite> holds no address prefix
`},
	{"containers again", in("<Dns/>\n<Dns/>\n<LocalNetworkSites/><LocalNetworkSites/>"), false, `
4:1: warning XML-010: <Dns> stands again inside <VirtualNetworkConfiguration>; its contents are read together with those of the first
5:21: warning XML-010: <LocalNetworkSites> stands again inside <VirtualNetworkConfiguration>; its contents are read together with those of the first
`},
	{"duplicate names", in("<Dns><DnsServers>\n<DnsServer name='a' IPAddress='1.1.1.1'/>\n<DnsServer name='a' IPAddress='1.1.1.1'/>\n<DnsServer name='a' IPAddress='1.1.1.2'/>\n<DnsServer name='A' IPAddress='1.1.1.1'/></DnsServers></Dns>\n" +
		"<LocalNetworkSites><LocalNetworkSite name='a'><AddressSpace><AddressPrefix>10.0.0.0/8</AddressPrefix></AddressSpace></LocalNetworkSite></LocalNetworkSites>"), false, `
5:12: warning XML-014: DNS server "a" is defined twice, with the same content
6:12: error XML-014: DNS server "a" is defined twice, with different content
7:12: error XML-014: DNS server "A" has the name of "a" but for letter case
8:38: warning XML-014: local network site "a" has the name of a DNS server, which the published schema does not allow
`},
	{"duplicate networks", in("<VirtualNetworkSites>\n" + strings.Repeat("<VirtualNetworkSite name='v' Location='West US'><AddressSpace><AddressPrefix>10.0.0.0/8</AddressPrefix></AddressSpace></VirtualNetworkSite>\n", 2) + "</VirtualNetworkSites>"), false, `
5:21: warning XML-014: virtual network "v" is defined twice, with the same content
`},
	{"duplicate subnets", inVNet("<Subnets><Subnet name='s'><AddressPrefix>10.0.0.0/24</AddressPrefix></Subnet>\n<Subnet name='s'><AddressPrefix>10.0.1.0/24</AddressPrefix></Subnet></Subnets>"), false, `
7:9: error XML-014: subnet "s" is defined twice, with different content
`},
}

func TestParseSchema(t *testing.T) { checkParse(t, schemaCases) }

func TestRepairHintOfThePublishedSample(t *testing.T) {
	src := inVNet("<Gateway><ConnectionsToLocalNetwork>\n  <LocalNetworkSiteRef name=\"s\"/>\n    <Connection type=\"IPsec\"/>\n  </LocalNetworkSiteRef></ConnectionsToLocalNetwork></Gateway>")
	_, found, err := netcfg.Parse("x", []byte(src))
	var f diag.Finding
	if !errors.As(err, &f) {
		t.Fatal(found, err)
	}
	want := diag.Finding{
		Rule: "XML-001", Severity: diag.Error, Pos: diag.Pos{File: "x", Line: 9, Col: 3},
		Message: "end tag </LocalNetworkSiteRef> closes nothing",
		Related: []diag.Related{{Pos: diag.Pos{File: "x", Line: 7, Col: 3}, Message: "<LocalNetworkSiteRef …/> has closed itself here"}},
		Hint:    "remove the slash in line 7, column 32: <LocalNetworkSiteRef> is to hold what stands between",
	}
	if d := cmp.Diff(want, f); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestSpellingHints(t *testing.T) {
	_, found, _ := netcfg.Parse("x", []byte(inVNet("<Subnet/><subnets/><Gateway><ConnectionsToLocalNetworks/></Gateway><Tags/>")))
	var hints []string
	for _, f := range found {
		hints = append(hints, f.Hint)
	}
	unknown, _ := diag.Lookup("XML-007")
	want := []string{"write <Subnets>, if that was meant", "write <Subnets>, if that was meant", "write <ConnectionsToLocalNetwork>, if that was meant", unknown.Fix}
	if d := cmp.Diff(want, hints); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
