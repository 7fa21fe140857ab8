package netcfg_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/netcfg"
)

// compact is a network configuration of one line.
const compact = `<NetworkConfiguration ` + ns + `><VirtualNetworkConfiguration><Dns/></VirtualNetworkConfiguration></NetworkConfiguration>`

var scriptCases = []parseCase{
	{"here-string", inScript(in("<x/>"), "'"), false, `
3:1: note XML-023: the network configuration in lines 3 to 7 is read; the rest of the file is not
5:1: warning XML-007: <x> is not known inside <VirtualNetworkConfiguration>
`},
	{"here-string with a declaration", inScript("<?xml version=\"1.0\" encoding=\"utf-16\"?>\n"+in(""), `"`), false, `
4:1: note XML-023: the network configuration in lines 4 to 8 is read; the rest of the file is not
`},
	{"here-string with values", inScript(inVNet(`<Subnets><Subnet name="$($Prefix)-a"><AddressPrefix>$range</AddressPrefix></Subnet></Subnets>`), `"`), false, `
3:1: note XML-023: the network configuration in lines 3 to 11 is read; the rest of the file is not
8:24: note XML-024: the script puts a value in here, and perhaps in more places; what is read is the expression itself
`},
	{"here-string in single quotes with a dollar", inScript(inVNet("<Label>$a ${b}</Label>"), `'`), false, `
3:1: note XML-023: the network configuration in lines 3 to 11 is read; the rest of the file is not
`},
	{"escaped dollar and a price", inScript(inVNet("<Label>`$a 5$ $5</Label>"), `"`), false, `
3:1: note XML-023: the network configuration in lines 3 to 11 is read; the rest of the file is not
`},
	{"an earlier here-string", "@\"\n$x\n\"@\n" + compact, false, `
4:1: note XML-023: the network configuration in lines 4 to 4 is read; the rest of the file is not
`},
	{"dollar outside of a here-string", "It costs $a: " + strings.Replace(compact, "<Dns/>", "<!-- $a -->", 1), false, `
1:14: note XML-023: the network configuration in lines 1 to 1 is read; the rest of the file is not
`},
	{"comment of PowerShell first", "<#\n .SYNOPSIS <a>\n#>\n" + inScript(compact, `"`), false, `
6:1: note XML-023: the network configuration in lines 6 to 6 is read; the rest of the file is not
`},
	{"attribute of PowerShell first", "[CmdletBinding()]\nparam()\n" + inScript(compact, `"`), false, `
5:1: note XML-023: the network configuration in lines 5 to 5 is read; the rest of the file is not
`},
	{"Markdown", "<a name=\"top\"></a>\n# Network\n\nThe `<NetworkConfiguration>` of ours:\n\n```xml\n" + in("") + "```\n\n*é* &c.\n", false, `
7:1: note XML-023: the network configuration in lines 7 to 11 is read; the rest of the file is not
`},
	{"behind letters of two bytes", "\ufeffé: " + strings.Replace(compact, "<Dns/>", "<x/>", 1) + " é", false, `
1:5: note XML-023: the network configuration in lines 1 to 1 is read; the rest of the file is not
1:137: warning XML-007: <x> is not known inside <VirtualNetworkConfiguration>
`},
	{"other text is not UTF-8", "M\xfcller: " + compact, false, `
1:9: note XML-023: the network configuration in lines 1 to 1 is read; the rest of the file is not
`},
	{"inside another document", "<answer>\n" + compact + "\n</answer>\n", false, `
2:1: note XML-023: the network configuration in lines 2 to 2 is read; the rest of the file is not
`},
	{"prefixed", "see <n:NetworkConfiguration xmlns:n=\"" + netcfg.Namespace + "\"><n:VirtualNetworkConfiguration/></n:NetworkConfiguration >.", false, `
1:5: note XML-023: the network configuration in lines 1 to 1 is read; the rest of the file is not
`},
	{"closed at once", "see <NetworkConfiguration " + ns + "/>.", false, `
1:5: error XML-009: <NetworkConfiguration> has no <VirtualNetworkConfiguration>
1:5: note XML-023: the network configuration in lines 1 to 1 is read; the rest of the file is not
`},
	{"two", inScript(compact+"\n"+compact, "'"), true, `
4:1: error XML-022: a second network configuration in the file; it is not known which one counts
`},
	{"two without an end", "a\n<NetworkConfiguration>\n<NetworkConfiguration>", true, `
3:1: error XML-022: a second network configuration in the file; it is not known which one counts
`},
	{"cut off by the end of the here-string", "@'\n<NetworkConfiguration " + ns + ">\n<VirtualNetworkConfiguration>\n'@ | Out-File <x>\n", true, `
2:1: note XML-023: the network configuration in lines 2 to 3 is read; the rest of the file is not
3:29: error XML-001: the document ends inside <VirtualNetworkConfiguration>
`},
	{"broken inside", inScript(in("<Dns>"), "'"), true, `
3:1: note XML-023: the network configuration in lines 3 to 7 is read; the rest of the file is not
6:1: error XML-001: end tag </VirtualNetworkConfiguration> while <Dns> is open
`},
	{"string of a program", "String s = \"" + strings.ReplaceAll(compact, `"`, `\"`) + "\";", true, `
1:41: error XML-001: the network configuration stands in a string of a program, with escapes
`},
	{"parts of a string put together", "x = '<NetworkConfiguration " + ns + "><VirtualNetworkConfiguration name=\"' + name + '\"/></NetworkConfiguration>'", false, `
1:6: note XML-023: the network configuration in lines 1 to 1 is read; the rest of the file is not
1:138: warning XML-007: attribute name=(12 bytes, not shown) of <VirtualNetworkConfiguration> is not known
`},
	{"doubled quotes of a program", "s = @\"" + strings.ReplaceAll(compact, `"`, `""`) + "\"", true, `
1:7: note XML-023: the network configuration in lines 1 to 1 is read; the rest of the file is not
1:37: error XML-001: no space between an attribute and what stands before it
`},
	{"a tag that only begins like one", "<NetworkConfigurations> and <MyNetworkConfiguration>", true, `
1:1: error XML-002: the root element is <NetworkConfigurations> in no namespace, not <NetworkConfiguration>
1:52: error XML-001: the document ends inside <MyNetworkConfiguration>
`},
	{"a document type is refused as such", "<!DOCTYPE a>" + compact, true, `
1:1: error XML-005: <!DOCTYPE: documents with a DTD or with entities are refused
`},
}

func TestScript(t *testing.T) { checkParse(t, scriptCases) }

func TestScriptHasTheLeavesOfItsConfiguration(t *testing.T) {
	want, _, err := netcfg.Parse("x", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	script := inScript(everything, `"`)
	for name, src := range map[string][]byte{"UTF-8": []byte(script), "UTF-16": inUTF16("\ufeff"+script, binary.LittleEndian)} {
		d, found := readForm(t, src)
		if d.Form != netcfg.FormScript || found[0].Rule != "XML-023" {
			t.Errorf("%s: %v, %v", name, d.Form, found[0])
		}
		checkLeaves(t, d.File, []byte(script))
		if diff := cmp.Diff(want, d.File, meaning); diff != "" {
			t.Errorf("%s (-alone +in a script):\n%s", name, diff)
		}
	}
}

func TestRecognise(t *testing.T) {
	const windowsAzure = ` xmlns="http://schemas.microsoft.com/windowsazure"`
	for src, want := range map[string]netcfg.Form{
		"": 0, "text": 0, "<": 0, "<a/>": 0, "{}": 0, "[1]": 0,
		compact: netcfg.FormConfiguration, "\ufeff\ufeff\n" + compact: netcfg.FormConfiguration,
		"<NetworkConfiguration/>":      netcfg.FormConfiguration,
		"<NetworkConfiguration":        netcfg.FormConfiguration,
		"<x:NetworkConfiguration a=''": netcfg.FormConfiguration,
		"<?xml version='1.0'?>\n<!-- c --><?p q?>\n<NetworkConfiguration>":                      netcfg.FormConfiguration,
		"<!DOCTYPE a [<!ENTITY b 'c'>]><NetworkConfiguration>":                                  netcfg.FormConfiguration,
		"<!-- never closed <NetworkConfiguration/>":                                             0,
		"<NetworkConfigurations/>":                                                              0,
		string(inUTF16("\ufeff"+compact, binary.LittleEndian)):                                  netcfg.FormConfiguration,
		string(inUTF16(compact, binary.BigEndian)):                                              netcfg.FormConfiguration,
		"<\x00\x00\x00N\x00\x00\x00/\x00\x00\x00":                                               0,
		`{"VirtualNetworkConfiguration": {}}`:                                                   netcfg.FormExport,
		"\ufeff{\n\"a\": 1, \"VirtualNetworkConfiguration\": {}}":                               netcfg.FormExport,
		string(inUTF16(`{"VirtualNetworkConfiguration": ""}`, binary.BigEndian)):                netcfg.FormExport,
		`{"NetworkConfiguration": "<a/>"}`:                                                      0,
		`{"https://management.core.windows.net/1/services/networking/v/gateway": "<Gateway/>"}`: netcfg.FormResponses,
		"<Gateway" + windowsAzure + "/>":                                                        netcfg.FormResponse, "<Gateway/>": netcfg.FormResponse,
		"<Error xmlns='urn:x'/>": 0, "<VirtualNetworkSites" + windowsAzure + ">": netcfg.FormResponse,
		inScript(compact, "'"): netcfg.FormScript, "# page\n" + compact: netcfg.FormScript,
		"<#\n#>\n" + inScript(compact, `"`):                                   netcfg.FormScript,
		"The root is <NetworkConfiguration>.":                                 0,
		"s = \"" + strings.ReplaceAll(compact, `"`, `\"`):                     0,
		"</NetworkConfiguration>" + strings.Repeat("x", 9):                    0,
		string(inUTF16("\ufeff"+inScript(compact, "'"), binary.LittleEndian)): netcfg.FormScript,
	} {
		form, known := netcfg.Recognise([]byte(src))
		if form != want || known != (want != 0) {
			t.Errorf("%q: %v, %v; want %v", src, form, known, want)
		}
	}
}
