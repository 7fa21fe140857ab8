package netcfg_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/netcfg"
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
	for _, pattern := range []string{"api/*", "cli-json/*"} {
		for name, src := range corpusFiles(t, pattern) {
			_, found, err := netcfg.Parse(name, src)
			if err == nil || len(found) != 1 || found[0].Rule != "XML-002" || !strings.Contains(found[0].Message+found[0].Hint, " seems to be ") {
				t.Errorf("%s: want one XML-002 that says what it is, got %v", name, found)
			}
		}
	}
}
