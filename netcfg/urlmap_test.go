package netcfg_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/netcfg"
)

// quote is a text as a string of JSON.
func quote(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

const host = "https://management.core.windows.net/" + subID + "/services/"

var mapCases = []struct {
	name, src string
	want      string
	findings  string
}{
	{"objects", `{
  "` + host + `networking/hub/gateway": {"Verb": "GET", "Response": ` + quote("<?xml version=\"1.0\"?>\r\n<Gateway>\r\n  <State>Provisioned</State>\r\n</Gateway>") + `},
  "` + host + `networking/virtualnetwork": "\ufeff<VirtualNetworkSites\u002F>",
  "` + host + `networking/spoke/gateway": {"StatusCode": 404, "body": null},
  "services/networking/other/gateway": null,
  "` + host + `hostedservices/x?embed-detail=true": {"response": "<HostedService/>"}
}`, `
[` + subID + `/services/networking/hub/gateway]
Gateway
  State: Provisioned
[` + subID + `/services/networking/virtualnetwork]
VirtualNetworkSites
[` + subID + `/services/networking/spoke/gateway] status 404
Error
[networking/other/gateway]
Error
`, `
1:1: note XML-033: answers that say nothing of networks are not read: HostedService (1)
5:40: warning XML-031: the record holds no answer of "services/networking/other/gateway", and does not say that there is none
`},
	{"array", `[{"RequestUri": "/` + subID + `/services/networking/hub/gateway", "RequestMethod": "GET", "ResponseBody": "<Gateway/>", "StatusCode": "200 OK"},
{"Url": "` + host + `networking/hub/gateway/connections", "Body": "<Error><Code>InternalError</Code></Error>", "Status": "InternalServerError"},
{"Url": "` + host + `networking/hub/gateway", "Status": 202}]`, `
[` + subID + `/services/networking/hub/gateway] status 200
Gateway
[` + subID + `/services/networking/hub/gateway/connections] status 500
Error
  Code: InternalError
`, "2:" + fmt.Sprint(len(`{"Url": "`+host+`networking/hub/gateway/connections", "Body": "`)+1) + ": warning XML-031: the service answered with the error \"InternalError\" in place of data\n"},
	{"session", `{"Names": {"a": ["b"]}, "Entries": [{"RequestUri": "/affinitygroups", "ResponseBody": "<AffinityGroups/>", "StatusCode": 200}]}`, `
[affinitygroups] status 200
AffinityGroups
`, ""},
	{"wrong URL", `{"networking/hub/gateway": "<Connections/>", "affinitygroups": "", "networking/media": 5}`, `
[]
Connections
[affinitygroups]
Error
`, `
1:29: warning XML-030: <Connections> does not answer "networking/hub/gateway"; where it comes from is not known
1:64: warning XML-031: the record holds no answer of "affinitygroups", and does not say that there is none
`},
	{"one is broken", `{"networking/hub/gateway": "<Gateway>\n  <State>\u0041</Stat>\n</Gateway>", "networking/spoke/gateway": "<Gateway/>"}`, `
[networking/spoke/gateway]
Gateway
`, `
1:55: error XML-001: end tag </Stat> closes nothing
1:64: error XML-001: end tag </Gateway> while <State> is open
`},
}

func TestResponseMaps(t *testing.T) {
	for _, c := range mapCases {
		t.Run(c.name, func(t *testing.T) {
			d, found := read(t, "dump.json", c.src)
			if got := cmp.Diff(strings.TrimPrefix(c.want, "\n"), summary(d)); got != "" {
				t.Errorf("(-want +got):\n%s", got)
			}
			if got := cmp.Diff(strings.TrimPrefix(c.findings, "\n"), lines(found)); got != "" {
				t.Errorf("findings (-want +got):\n%s", got)
			}
			if d.Form != netcfg.FormResponses {
				t.Errorf("form %v", d.Form)
			}
		})
	}
}

// Places inside a string are those of its bytes in the file, whatever is escaped before them.
func TestPlacesInMap(t *testing.T) {
	src := "\ufeff{\n \"affinitygroups\": \"\\ufeff\\u003cAffinityGroups>\\r\\n\\t<AffinityGroup><Name>\\u00fc\\ud83d\\ude00 \\\"x</Name><Location>here</Location></AffinityGroup></AffinityGroups>\"}"
	d, found := read(t, "x.json", src)
	if len(found) > 0 {
		t.Error(found)
	}
	group := d.Responses[0].Root.Child("AffinityGroup")
	line := strings.Split(src, "\n")[1]
	for _, c := range []struct {
		what, bytes string
		col         int32
	}{
		{"root", `\u003cAffinityGroups`, d.Responses[0].Root.Ref.Col},
		{"group", `<AffinityGroup>`, group.Ref.Col},
		{"name", `<Name>`, group.Child("Name").Ref.Col},
		{"its text", `\u00fc`, group.Child("Name").TextRef.Col},
		{"location", `<Location>`, group.Child("Location").Ref.Col},
		{"its text", `here`, group.Child("Location").TextRef.Col},
	} {
		if got := line[c.col-1:]; !strings.HasPrefix(got, c.bytes) {
			t.Errorf("%s is at %.20q", c.what, got)
		}
	}
	if group.Value("Name") != "ü😀 \"x" {
		t.Errorf("name %q", group.Value("Name"))
	}
}

// A map may hold the configurations of several subscriptions, each with its findings.
func TestConfigurationsInMap(t *testing.T) {
	one := in("<Dns/>")
	two := in("<Dns></Dns><Tag/>")
	src := `{"` + host + `networking/media": ` + quote(one) + `,
"networking/hub/gateway": ` + quote(one) + `,
"/11111111-2222-3333-4444-555555555555/services/networking/media": {"Response": ` + quote(two) + `}}`
	d, found := read(t, "dump.json", src)
	if d.File == nil || len(d.More) != 2 || d.File.Place.Subscription != subID || d.More[1].Place.Subscription[:4] != "1111" ||
		d.More[0].Place != (netcfg.Place{}) {
		t.Errorf("%+v %+v", d.File, d.More)
	}
	at := strings.Index(strings.Split(src, "\n")[2], `\u003cTag`) + 1
	want := `
2:28: warning XML-030: <NetworkConfiguration> does not answer "networking/hub/gateway"; where it comes from is not known
3:` + fmt.Sprint(at) + `: warning XML-007: <Tag> is not known inside <VirtualNetworkConfiguration>
`
	if diff := cmp.Diff(want[1:], lines(found)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSecretsOfMaps(t *testing.T) {
	src := `{"x-header": {"Authorization": "TOPSECRET0"}, "networking/hub/gateway/connection/office/sharedkey": {"Response": "<SharedKey><Value>TOPSECRET1</Value></SharedKey>", "Key": "TOPSECRET2"},
"networking/a/gateway": "TOPSECRET3", "networking/gatewayconnections?sig=TOPSECRET4": null, "networking/localnetworkgateways": "<x>TOPSECRET5"%s}`
	for _, end := range []string{"", ",", `, "TOPSECRET6`} {
		d, found, err := netcfg.Read("x.json", fmt.Appendf(nil, src, end))
		checkSecrets(t, d, found, err)
	}
}

// Whatever is escaped, and however, the text is that of the string and stands where it is written.
func TestEscapesInMap(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		name := strings.Map(func(c rune) rune {
			if c < ' ' || c == '\ufffe' || c == '\uffff' || c == '\ufffd' || unicode.IsSpace(c) {
				return -1
			}
			return c
		}, rapid.String().Draw(r, "name"))
		var text strings.Builder
		if err := xml.EscapeText(&text, []byte(name)); err != nil {
			t.Fatal(err)
		}
		xmlText := "<AffinityGroup>\n<Name>" + text.String() + "</Name><Location>here</Location></AffinityGroup>"
		var src strings.Builder
		src.WriteString("{\"affinitygroups/x\":\r\n\"")
		for _, c := range xmlText {
			if c < ' ' || c == '"' || c == '\\' || rapid.IntRange(0, 3).Draw(r, "escape") == 0 {
				for _, unit := range utf16.Encode([]rune{c}) {
					fmt.Fprintf(&src, rapid.SampledFrom([]string{`\u%04x`, `\u%04X`}).Draw(r, "digits"), unit)
				}
			} else {
				src.WriteRune(c)
			}
		}
		src.WriteString("\"}")
		d, found, err := netcfg.Read("x", []byte(src.String()))
		if err != nil || len(found) > 0 || d.Responses[0].Root.Value("Name") != name {
			r.Fatalf("%q: %v %v", src.String(), found, err)
		}
		checkDocument(r, d, []byte(src.String()))
		here := d.Responses[0].Root.Child("Location").TextRef
		if at := strings.Split(src.String(), "\n")[here.Line-1][here.Col-1:]; at[0] != 'h' && !strings.HasPrefix(at, `\u0068`) {
			r.Errorf("the text is at %q", at)
		}
	})
}
