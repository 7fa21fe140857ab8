package netcfg_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

const corpus = "../../shared/corpus"

func corpusFiles(t *testing.T, pattern string) map[string][]byte {
	t.Helper()
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("the corpus of published files is not here: ", err)
	}
	names, err := filepath.Glob(filepath.Join(corpus, pattern))
	if err != nil || len(names) == 0 {
		t.Fatalf("no files for %s: %v", pattern, err)
	}
	files := map[string][]byte{}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = src
	}
	return files
}

// corpusFindings is what the files that are not perfect give, by number; each was read beside
// its file.
var corpusFindings = map[string]string{
	"029": `
2:122: warning XML-003: namespace "http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConf\niguration" has white space in it
`,
	"039": `
1:15: error XML-001: the XML declaration has doubled quotes
2:47: error XML-001: no space between an attribute and what stands before it
`,
	"041": `
5:1: error XML-009: virtual network "" has neither Location nor AffinityGroup
5:21: error XML-009: attribute name of <VirtualNetworkSite> is empty
5:29: error XML-001: "+" has no place in the tag <VirtualNetworkSite>
`,
	"053": `
19:9: error XML-013: <AddressSpace> of <VirtualNetworkSite> "newvnet" holds no address prefix
`,
	"183": `
11:7: warning XML-008: text "…………" stands in <LocalNetworkSites>, where only elements belong
`,
	"197": `
1:23: warning XML-003: namespace "https://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration" has https in place of http
5:20: error XML-009: attribute name of <DnsServer> is empty
5:28: error XML-009: attribute IPAddress of <DnsServer> is empty
9:25: error XML-009: attribute name of <LocalNetworkSite> is empty
17:7: error XML-009: virtual network "" has neither Location nor AffinityGroup
17:27: error XML-009: attribute name of <VirtualNetworkSite> is empty
23:34: error XML-009: attribute name of <LocalNetworkSiteRef> is empty
24:15: warning XML-007: <Connection> is not known inside <ConnectionsToLocalNetwork>
25:13: error XML-001: end tag </LocalNetworkSiteRef> closes nothing
29:25: error XML-009: attribute name of <DnsServerRef> is empty
32:19: error XML-009: attribute name of <Subnet> is empty
`,
}

func TestCorpus(t *testing.T) {
	for name, src := range corpusFiles(t, "netcfg/*.netcfg") {
		f, found, err := netcfg.Parse(name, src)
		if d := cmp.Diff(strings.TrimPrefix(corpusFindings[name[:3]], "\n"), lines(found)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		checkOutcome(t, f, found, err, strings.Contains(corpusFindings[name[:3]], "error XML-001"))
		if err != nil {
			continue
		}
		checkLeaves(t, f, src)
		checkRoundTrip(t, f)
		// what the service itself sent: mark and carriage returns
		if bytes.HasPrefix(src, []byte("\ufeff<?xml")) && bytes.Contains(src, []byte("\r\n")) {
			if d := cmp.Diff(string(src), string(netcfg.Format(f))); d != "" {
				t.Errorf("%s: Format differs from the service (-service +Format):\n%s", name, d)
			}
		}
	}
}

func TestCorpusOfOtherKinds(t *testing.T) {
	for name, src := range corpusFiles(t, "api/*") {
		_, found, err := netcfg.Parse(name, src)
		if err == nil || found[0].Rule != "XML-002" || !strings.Contains(found[0].Message, " is a response ") {
			t.Errorf("%s: want XML-002 that says what it is, got %v", name, found)
		}
	}
}

// corpusResponses is what the answers of the corpus hold: how many documents of each kind, how many
// items in them, and how many of them say that there is none.
const corpusResponses = `
AffinityGroup {documents:2 items:16 absent:0 unknown:0}
AffinityGroups {documents:4 items:43 absent:0 unknown:0}
Connections {documents:2 items:2 absent:0 unknown:0}
CreateAffinityGroup {documents:1 items:3 absent:0 unknown:0}
CreateGatewayConnectionParameters {documents:1 items:7 absent:0 unknown:0}
CreateGatewayParameters {documents:1 items:2 absent:0 unknown:0}
CreateLocalNetworkGatewayParameters {documents:1 items:3 absent:0 unknown:0}
CreateVirtualNetworkGatewayParameters {documents:1 items:3 absent:0 unknown:0}
DefaultSiteList {documents:1 items:1 absent:0 unknown:0}
EffectiveRouteTable {documents:1 items:1 absent:0 unknown:0}
Error {documents:11 items:22 absent:8 unknown:3}
Gateway {documents:6 items:37 absent:0 unknown:0}
GatewayConnection {documents:2 items:12 absent:0 unknown:0}
GatewayConnections {documents:2 items:2 absent:0 unknown:0}
GatewayOperation {documents:4 items:24 absent:0 unknown:0}
GatewayPublicDiagnosticsStatus {documents:2 items:4 absent:0 unknown:0}
IPsecParameters {documents:3 items:13 absent:0 unknown:0}
LocalNetworkGateways {documents:2 items:2 absent:0 unknown:0}
NetworkSecurityGroup {documents:3 items:8 absent:0 unknown:0}
NetworkSecurityGroups {documents:1 items:6 absent:0 unknown:0}
RouteTable {documents:1 items:3 absent:0 unknown:0}
RouteTableAssociation {documents:1 items:0 absent:0 unknown:0}
Subscriptions {documents:1 items:1 absent:0 unknown:0}
UpdateGatewayConnectionParameters {documents:1 items:2 absent:0 unknown:0}
UpdateGatewayParameters {documents:2 items:4 absent:0 unknown:0}
VirtualNetworkGateway {documents:1 items:12 absent:0 unknown:0}
VirtualNetworkGateways {documents:3 items:3 absent:0 unknown:0}
VirtualNetworkSites {documents:11 items:60 absent:0 unknown:0}
VpnClientParameters {documents:1 items:1 absent:0 unknown:0}
`

func TestCorpusOfResponses(t *testing.T) {
	type sum struct{ documents, items, absent, unknown int }
	sums := map[string]*sum{}
	for name, src := range corpusFiles(t, "api/*") {
		d, found, err := netcfg.Read(name, src)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkDocument(t, d, src)
		if len(d.Unknown) > 0 {
			t.Errorf("%s: not known: %v", name, d.Unknown)
		}
		r := d.Responses[0]
		if sums[r.Kind] == nil {
			sums[r.Kind] = &sum{}
		}
		s := sums[r.Kind]
		s.documents++
		s.items += len(r.Root.Nodes)
		want := ""
		switch r.Answer() {
		case netcfg.Absent:
			s.absent++
		case netcfg.NotKnown:
			s.unknown++
			want = "XML-031"
		case netcfg.NoResponse:
			want = "XML-029"
		}
		if got := strings.Join(rules(found), " "); got != want {
			t.Errorf("%s: findings %s, want %s", name, got, want)
		}
	}
	var got strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&got, "%s %+v\n", kind, *sums[kind])
	}
	if d := cmp.Diff(corpusResponses, "\n"+got.String()); d != "" {
		t.Errorf("(-want +got):\n%s\n%s", d, got.String())
	}
}

func rules(found diag.List) []string {
	ids := make([]string, len(found))
	for i := range found {
		ids[i] = found[i].Rule
	}
	return ids
}
