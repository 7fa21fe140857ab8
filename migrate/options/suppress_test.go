package options

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

func TestSuppress(t *testing.T) {
	pos := diag.Pos{File: "in/corp.netcfg", Line: 3, Col: 5}
	unused := diag.New("SITE-007", pos, "site %q is referenced by no VNet", `old "site"`)
	overlap := diag.New("ADDR-001", pos, "prefix %s of %q overlaps", "10.0.0.0/8", "a").See(diag.Pos{File: "in/west.netcfg"}, "%q is here", "B*")
	all := diag.List{unused, overlap}
	for _, c := range []struct {
		suppressions string
		left         int
		more         []string // findings about the suppressions
	}{
		{`{rule: SITE-007, object: 'old "site"', reason: r}`, 1, nil},
		{`{rule: SITE-007, object: OLD*, reason: r}`, 1, nil},
		{`{rule: SITE-007, object: 'old ?site?', reason: r}`, 1, nil},
		{`{rule: SITE-007, object: corp.netcfg, reason: r}`, 1, nil},
		{`{rule: SITE-007, object: in/corp.netcfg, reason: r}`, 1, nil},
		{`{rule: SITE-007, reason: r}`, 1, nil},
		{`{rule: ADDR-001, object: 'b*', reason: r}`, 1, nil},
		{`{rule: ADDR-001, object: west.netcfg, reason: r}`, 1, nil},
		{`{rule: ADDR-001, object: 10.0.0.0/8, reason: r}`, 0, []string{`n.yaml:3:10: warning OPT-009: the suppression of ADDR-001 for "10.0.0.0/8" matches no finding`}},
		{`{rule: SITE-001, reason: r}`, 0, []string{"n.yaml:3:10: warning OPT-009: the suppression of SITE-001 matches no finding"}},
		{`{rule: PLAN-004, reason: r}`, 0, nil}, // the run does not look for it
		{`{rule: SITE-007, reason: r, expires: 2027-01-31}`, 1, nil},
		{`{rule: SITE-007, reason: r, expires: 2027-01-30}`, 0, []string{"n.yaml:3:40: warning OPT-008: the suppression of SITE-007 has expired on 2027-01-30; its findings are printed again"}},
		{`{rule: SITE-001, reason: r, expires: 2027-01-30}`, 0, []string{"n.yaml:3:10: warning OPT-009: the suppression of SITE-001 matches no finding"}},
	} {
		o, found := parsed(t, "version: 1\nsuppress:\n- "+c.suppressions)
		if found != "" {
			t.Fatal(found)
		}
		kept, left := o.Suppress(all, "2027-01-31", func(rule string) bool { return !strings.HasPrefix(rule, "PLAN-") })
		var more []string
		for _, f := range kept[len(all)-len(left):] {
			more = append(more, f.Error())
		}
		if diff := cmp.Diff(c.more, more); diff != "" || len(left) != c.left {
			t.Errorf("%s: %d left out, want %d; findings (-want +got)\n%s", c.suppressions, len(left), c.left, diff)
		}
	}
}

func TestLike(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"", "", true}, {"*", "", true}, {"?", "", false}, {"a*b*c", "aXbbXc", true}, {"a*b*c", "aXbX", false}, {"É?", "éx", true},
		{"[a]*", "[a]b", true}, {"a", "ab", false}, {"*" + strings.Repeat("a*", 30), strings.Repeat("a", 1000) + "b", true}, {"what?", "what?", true},
	} {
		if got := like(c.pattern, c.name); got != c.want {
			t.Errorf("like(%q, %q) = %t", c.pattern, c.name, got)
		}
	}
}

func TestQuoted(t *testing.T) {
	for _, names := range [][]string{nil, {"a"}, {`a"b`, `\`, ""}, {"\x1b[2J", "ü"}} {
		text := "it's 5\" of"
		if len(names) > 0 {
			text = "prefix"
		}
		for _, n := range names {
			text += fmt.Sprintf(" of %q and", n)
		}
		if diff := cmp.Diff(names, quoted(text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", text, diff)
		}
	}
}

func TestDates(t *testing.T) {
	for _, good := range []string{"2027-01-31", "2028-02-29"} {
		if d, ok := ParseDate(good); !ok || string(d) != good {
			t.Errorf("ParseDate(%q) = %q, %t", good, d, ok)
		}
	}
	for _, bad := range []string{"", "2027-02-29", "2027-1-31", "31.01.2027", "2027-01-31T00:00:00Z"} {
		if d, ok := ParseDate(bad); ok || d != "" {
			t.Errorf("ParseDate(%q) = %q, %t", bad, d, ok)
		}
	}
}

func TestStrangers(t *testing.T) {
	o, found := parsed(t, `version: 1
affinityGroups: {USEats: East US, useast: East US}
gateways: {hbu: {size: Basic}, east/hub: {defaultSite: Offic}, west/hub: {size: Basic}}
connections: [{vnet: HUB, site: nowhere}]
sites: {Office: {is: vnet, vnet: hubb}}
circuits: {mine: {vnets: [east/hub, west/x]}}
`)
	if found != "" {
		t.Fatal(found)
	}
	known := Known{Input: "file", VNets: []Object{{"in/east.netcfg", "Hub"}}, Sites: []Object{{"in/east.netcfg", "office"}}, AffinityGroups: []Object{{"in/east.netcfg", "USEast"}}}
	var got []string
	for _, f := range o.Strangers(known) {
		got = append(got, f.Error()[len("n.yaml:"):]+"; "+f.Hint)
	}
	const fix = "correct the name, or remove the entry if the object is gone or the input knows better"
	want := []string{
		`2:18: warning OPT-011: no file knows affinity group "USEats"; did you mean USEast?`,
		`3:12: warning OPT-011: no file knows VNet "hbu"; ` + fix,
		`3:56: warning OPT-011: no file knows local network site "Offic"; did you mean office?`,
		`3:64: warning OPT-011: no file knows VNet "west/hub"; ` + fix,
		`4:33: warning OPT-011: no file knows local network site "nowhere"; ` + fix,
		`5:34: warning OPT-011: no file knows VNet "hubb"; did you mean Hub?`,
		`6:37: warning OPT-011: no file knows VNet "west/x"; ` + fix,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("strangers (-want +got)\n%s", diff)
	}
}

// Of two networks that one file answers questions of, an entry is idle when it counts for neither.
func TestIdle(t *testing.T) {
	o, found := parsed(t, `version: 1
gateways: {a: {size: Basic, sku: VpnGw1AZ}, b: {size: Basic}}
connections: [{vnet: a, site: old}]
sites: {x: {is: gone}}
`)
	if found != "" {
		t.Fatal(found)
	}
	at := func(line, col int, message string) diag.Finding {
		return diag.New("OPT-011", diag.Pos{File: "n.yaml", Line: line, Col: col}, "%s", message)
	}
	live := diag.List{at(2, 22, "no size"), at(3, 31, "no site"), at(2, 45, "no VNet"), diag.New("SITE-001", diag.Pos{}, "another rule")}
	classic := diag.List{at(3, 22, "no VNet"), at(4, 9, "no site")}
	var got []string
	for _, f := range o.Idle(live, classic) {
		got = append(got, fmt.Sprintf("%d:%d %s", f.Pos.Line, f.Pos.Col, f.Message))
	}
	want := []string{"3:31 no site", "0:0 another rule", "3:22 no VNet"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
