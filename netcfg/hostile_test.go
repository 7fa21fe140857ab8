package netcfg_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// many is how often hostile parts are repeated: what takes more than linear time does not end.
const many = 1_000_000

func TestBounds(t *testing.T) {
	long := strings.Repeat("a", netcfg.MaxValue)
	checkParse(t, []parseCase{
		{"size", strings.Repeat(" ", netcfg.MaxSize+1), true,
			"-: error XML-006: the document has 67108865 bytes; at most 67108864 are read\n"},
		{"depth allowed", in("<Dns>" + strings.Repeat("<x>", netcfg.MaxDepth-3) + strings.Repeat("</x>", netcfg.MaxDepth-3) + "</Dns>"), false,
			"3:6: warning XML-007: <x> is not known inside <Dns>\n"},
		{"depth", strings.Repeat("<a>", many), true,
			"1:193: error XML-025: elements nested more than 64 deep\n"},
		{"elements", in(strings.Repeat("<a/>", netcfg.MaxElements)), true,
			fmt.Sprintf("3:%d: error XML-006: more than 4000000 elements\n", 4*(netcfg.MaxElements-2)+1)},
		{"leaves", in(strings.Repeat("<a"+attributes(64, "a")+"/>", netcfg.MaxLeaves/65+1)), true,
			fmt.Sprintf("3:%d: error XML-006: more than 8000000 elements, attributes and texts\n", leafColumn(netcfg.MaxLeaves-3))},
		{"attributes of an element", in("<a" + attributes(netcfg.MaxAttributes+1, "a") + "/>"), true,
			"3:452: error XML-026: more than 64 attributes in a tag or namespace prefixes in scope\n"},
		{"prefixes in scope", in("<a" + attributes(40, "xmlns:a") + "><b" + attributes(40, "xmlns:b") + "/></a>"), true,
			"3:839: error XML-026: more than 64 attributes in a tag or namespace prefixes in scope\n"},
		{"attribute value allowed", in("<Dns><DnsServers><DnsServer IPAddress='1.1.1.1' name='" + long + "'/></DnsServers></Dns>"), false, ""},
		{"attribute value", in("<Dns><DnsServers><DnsServer IPAddress='1.1.1.1' name='a" + long + "'/></DnsServers></Dns>"), true,
			"3:49: error XML-028: an attribute value of 65537 bytes; at most 65536 are read\n"},
		{"text allowed", inVNet("<Label>" + long + "</Label>"), false, ""},
		{"text", inVNet("<Label>  b" + long + "</Label>"), true,
			"6:10: error XML-028: a text of 65537 bytes; at most 65536 are read\n"},
		{"name", in("<" + strings.Repeat("a", netcfg.MaxName+1) + "/>"), true,
			"3:2: error XML-027: a name of 1025 bytes; at most 1024 are read\n"},
	})
}

// leafColumn is where leaf i stands, from 0, among elements of 64 attributes: 452 bytes each.
func leafColumn(i int) int {
	col := i/65*452 + 1
	if i%65 > 0 {
		col += len("<a ") + (i%65-1)*len(" a00=''")
	}
	return col
}

func attributes(n int, prefix string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " %s%02d=''", prefix, i)
	}
	return b.String()
}

func TestHostile(t *testing.T) {
	tag := strings.Repeat("n", 1000)
	for _, c := range []struct {
		name, src string
		rule      string // of the error, or of the first finding
	}{
		{"billion laughs", "<!DOCTYPE l [<!ENTITY a \"ha\">" + strings.Repeat("<!ENTITY b \"&a;&a;&a;&a;\">", 100) + "]><l>&b;</l>", "XML-005"},
		{"comments", in("<Dns/>" + strings.Repeat("<!---->", many)), ""},
		{"instructions", in("<Dns/>" + strings.Repeat("<?a?>", many)), ""},
		{"CDATA", in("<Dns/>" + strings.Repeat("<![CDATA[]]>", many)), ""},
		{"white space", in(strings.Repeat(" \n", many)), ""},
		{"bare <", in(strings.Repeat("< ", many)), "XML-001"},
		{"bare < in a value", in(`<Dns a="` + strings.Repeat("<", many) + `"/>`), "XML-001"},
		{"bare &", in(`<Dns a="` + strings.Repeat("&", many) + `"/>`), "XML-001"},
		{"references", in(strings.Repeat("&#0000000000", many)), "XML-001"},
		{"long reference", in("&#" + strings.Repeat("0", many) + "65;"), "XML-028"},
		{"quotes not closed", in(strings.Repeat("<a b=\"\n", many)), "XML-001"},
		{"end tags", in(strings.Repeat("</a>", many)), "XML-001"},
		{"end tags of an open element", in(strings.Repeat("<b/>", many/10) + strings.Repeat("</b>", many/10)), "XML-001"},
		{"broken attributes", "<a" + strings.Repeat(" b", many) + ">", "XML-001"},
		{"unclosed tags", in(strings.Repeat("<a", many)), "XML-001"},
		{"undeclared prefixes", in(numbered("<p%d:a/>", many/10)), "XML-001"},
		{"names in other letters", in(numbered("<ö%d/>", many/10)), "XML-007"},
		{"unknown elements", in(strings.Repeat("<a b='c'/>", many/10)), "XML-007"},
		{"deep paths of long names", in(strings.Repeat("<"+tag+">", 60) + strings.Repeat("<"+tag+"/>", 5000) + strings.Repeat("</"+tag+">", 60)), "XML-006"},
		{"the same name", in("<LocalNetworkSites>" + strings.Repeat("<LocalNetworkSite name='s'/>", many/10) + "</LocalNetworkSites>"), "XML-009"},
		{"DTD not closed", "<!DOCTYPE a " + strings.Repeat("<", many), "XML-005"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, found, err := netcfg.Parse("x", []byte(c.src))
			checkOutcome(t, f, found, err, err != nil)
			if len(found) > 3*netcfg.MaxFindings+1 {
				t.Errorf("%d findings", len(found))
			}
			switch at, stops := err.(diag.Finding); {
			case stops && at.Rule != c.rule, !stops && c.rule != "" && found[0].Rule != c.rule, !stops && c.rule == "" && len(found) > 0:
				t.Errorf("want %q, got %v and %v", c.rule, err, lines(found[:min(3, len(found))]))
			}
		})
	}
}

// Bounds hold in every form, and can be set. A document within other bounds is read.
func TestOtherBounds(t *testing.T) {
	const mega = 1 << 20
	small := netcfg.Bounds{Size: 1 << 12, Depth: 10, Elements: 12, Leaves: 40, Attributes: 2, Name: 30, Value: 70}
	vast := netcfg.Bounds{Size: 256 * mega, Depth: 200_000, Elements: 12_000_000}
	value := strings.Repeat("x", 71)
	for _, c := range []struct {
		name   string
		bounds netcfg.Bounds
		src    string
		rule   string // of the error, "" for none
	}{
		{"zero bounds are the default ones", netcfg.Bounds{}, in(""), ""},
		{"negative ones, too", netcfg.Bounds{Size: -1, Depth: -1}, in(""), ""},
		{"within", small, strings.Replace(in(""), ns, "", 1), ""},
		{"size", small, in(strings.Repeat(" ", 1<<12)), "XML-006"},
		{"depth", small, "<a><b><c><d><e><f><g><h><i><j><k>", "XML-025"},
		{"elements", small, "<a>" + strings.Repeat("<b/>", 12) + "</a>", "XML-006"},
		{"attributes", small, "<a b='' c='' d=''/>", "XML-026"},
		{"name", small, "<" + value + "/>", "XML-027"},
		{"value", small, "<a b='" + value + "'/>", "XML-028"},
		{"JSON: size", small, strings.Repeat(" ", 1<<12) + "{}", "XML-006"},
		{"JSON: depth", small, strings.Repeat("[", 11), "XML-025"},
		{"JSON: values", small, `{"VirtualNetworkConfiguration":[` + strings.Repeat("1,", 40) + "1]}", "XML-006"},
		{"JSON: name", small, `{"` + value + `" : 1}`, "XML-027"},
		{"JSON: string", small, `{"a": "` + value + `"}`, "XML-028"},
		{"JSON: number", small, `{"a": ` + strings.Repeat("1", 71) + `}`, "XML-028"},
		{"script: depth", small, "x <NetworkConfiguration>" + strings.Repeat("<a>", 11) + "</NetworkConfiguration>", "XML-025"},
		{"script: value", small, "x <NetworkConfiguration a='" + value + "'></NetworkConfiguration>", "XML-028"},
		{"ten million elements", vast, in(strings.Repeat("<a/>", 10_000_000)), "XML-006"}, // as leaves
		{"an attribute of 100 MB", vast, in("<Dns a='" + strings.Repeat("x", 100*mega) + "'/>"), "XML-028"},
		{"a JSON string of 100 MB", vast, `{"VirtualNetworkConfiguration": "` + strings.Repeat("x", 100*mega) + `"}`, "XML-028"},
		{"100,000 elements inside each other", netcfg.Bounds{}, strings.Repeat("<a>", 100_000), "XML-025"},
		{"100,000 lists inside each other", netcfg.Bounds{}, strings.Repeat("[", 100_000), "XML-025"},
		{"100,000 elements inside each other, allowed", vast, strings.Repeat("<a>", 100_000) + strings.Repeat("</a>", 100_000), "XML-002"},
		{"the Size is at most what a place can say", netcfg.Bounds{Size: math.MaxInt}, in(""), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, found, err := c.bounds.Parse("x", []byte(c.src))
			checkOutcome(t, f, found, err, c.rule != "")
			if at, _ := err.(diag.Finding); at.Rule != c.rule {
				t.Errorf("want %q, got %v", c.rule, err)
			}
		})
	}
}

// Whatever a document is cut to, it is read or has a finding: every fixture at every few bytes, and
// its other forms at some. So it is with a zero byte or a byte that is not UTF-8 anywhere.
func TestCutAnywhere(t *testing.T) {
	for i, src := range append(shippedFixtures(t), []byte(everything)) {
		for n := 0; n < len(src); n += 1 + len(src)/500 {
			f, found, err := netcfg.Parse("x", src[:n])
			checkOutcome(t, f, found, err, err != nil)
		}
		for _, form := range allForms(t, src, uint64(i)) {
			for n := 0; n < len(form); n += 1 + len(form)/7 {
				checkAnything(t, form[:n])
				checkAnything(t, slices.Concat(form[:n], []byte{0}, form[n:]))
				checkAnything(t, slices.Concat(form[:n], []byte{0xff}, form[n:]))
			}
		}
	}
}

func numbered(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestFindingsAreBounded(t *testing.T) {
	_, found, err := netcfg.Parse("x", []byte(in("<Dns>"+strings.Repeat("<DnsServer/>\n", 500)+"</Dns><LocalNetworkSites><LocalNetworkSite/></LocalNetworkSites>")))
	if err != nil {
		t.Fatal(err)
	}
	if n := found.Count(diag.Warning); n != netcfg.MaxFindings+1 {
		t.Errorf("%d warnings", n)
	}
	if n := found.Count(diag.Error); n != 2 {
		t.Errorf("%d errors: those of the site stand behind the warnings that are left out", n)
	}
	var last diag.Finding
	for _, f := range found {
		if f.Rule == "XML-006" {
			last = f
		}
	}
	want := diag.Finding{Rule: "XML-006", Severity: diag.Warning, Pos: diag.Pos{File: "x", Line: 203, Col: 1},
		Message: "further findings are left out from here on: at most 200 of a severity are shown",
		Hint:    "settle the findings shown, then run again"}
	if d := cmp.Diff(want, last); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestHostileAnswers(t *testing.T) {
	const short = many / 10
	for _, c := range []struct {
		name, file, src string
		rule            string // of the error, or of the first finding
	}{
		{"depth", "x.xml", "<Gateway>" + strings.Repeat("<a>", many), "XML-025"},
		{"unknown elements", "x.xml", "<Gateway>" + strings.Repeat("<a b='c'/>", short) + "</Gateway>", ""},
		{"deep paths of long names", "x.xml", "<Gateway>" + strings.Repeat("<"+strings.Repeat("n", 1000)+">", 60) +
			strings.Repeat("<a/>", 5000) + strings.Repeat("</"+strings.Repeat("n", 1000)+">", 60) + "</Gateway>", "XML-006"},
		{"entity bomb", "x.xml", "<!DOCTYPE l [<!ENTITY a \"ha\">]><SharedKey>&a;</SharedKey>", "XML-005"},
		{"path of many parts", strings.Repeat("networking/", many) + "hub/gateway", "<Gateway/>", ""},
		{"key of many parts", "x.json", `{"https://` + strings.Repeat("networking/", many) + `hub/gateway": "<Gateway/>"}`, "XML-027"},
		{"many calls", "x.json", "{" + numbered(`"networking/hub%d/gateway": "<Gateway/>",`, short) + `"subscriptions": null}`, "XML-031"},
		{"many broken answers", "x.json", "{" + numbered(`"networking/hub%d/gateway": "<Gateway>",`, short) + `"subscriptions": null}`, "XML-001"},
		{"answers of many other kinds", "x.json", `{"subscriptions": "",` + numbered(`"%[1]d": "<a%[1]d/>",`, short) + `"b": 1}`, "XML-033"},
		{"escapes", "x.json", `{"affinitygroups": "<AffinityGroups>` + strings.Repeat(`\u0020`, many) + strings.Repeat(`\n<a/>`, short) + `</AffinityGroups>"}`, ""},
		{"nested", "x.json", `{"affinitygroups": ` + strings.Repeat("[", many), "XML-025"},
		{"long block", "x.txt", "State : x\nVIPAddress : 1.2.3.4\n" + numbered("a%d : b\n", short), "XML-032"},
		{"many blocks", "x.txt", strings.Repeat("Name : x\n\n", short) + "State : x\nVIPAddress : 1.2.3.4\n", "XML-033"},
		{"long value", "x.txt", "State : x\nVIPAddress : 1.2.3.4\nDefaultSite : {" + strings.Repeat("a,\n               ", short) + "}\n", "XML-032"},
		{"prompts", "x.txt", strings.Repeat("PS> Get-AzureVNetGateway -VNetName 'x\n", short/2) + "State : x\nVIPAddress : 1.2.3.4\n", ""},
		{"too long", "x.txt", "State : x\nVIPAddress : 1.2.3.4\n" + strings.Repeat(" \n", 3<<20), "XML-006"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, found, err := netcfg.Read(c.file, []byte(c.src))
			if d != nil {
				checkDocument(t, d, []byte(c.src))
			}
			if len(found) > 3*netcfg.MaxFindings+1 {
				t.Errorf("%d findings", len(found))
			}
			switch at, stops := err.(diag.Finding); {
			case stops && at.Rule != c.rule, !stops && c.rule != "" && (len(found) == 0 || found[0].Rule != c.rule), !stops && c.rule == "" && len(found) > 0:
				t.Errorf("want %q, got %v and %v", c.rule, err, lines(found[:min(3, len(found))]))
			}
		})
	}
}
