package options

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// parsed are the findings of a file, a line each, with their hints.
func parsed(t testing.TB, src string) (*Options, string) {
	t.Helper()
	o, found, err := Parse("n.yaml", []byte(src))
	if (err == nil) != (o != nil) {
		t.Fatalf("options %v with error %v", o, err)
	}
	var b strings.Builder
	if err := found.Print(&b); err != nil {
		t.Fatal(err)
	}
	return o, b.String()
}

func TestParseExample(t *testing.T) {
	src, err := os.ReadFile("../../docs/netmigrate.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	o, found := parsed(t, string(src))
	if found != "" {
		t.Fatalf("findings:\n%s", found)
	}
	var got []string
	say := func(format string, args ...any) { got = append(got, fmt.Sprintf(format, args...)) }
	say("%s %s %s", o.Mode, o.Hub, o.KeyVault.Value[len(o.KeyVault.Value)-10:])
	for _, s := range o.Subscriptions {
		say("subscription %s: %s %s %s", s.Name.Value, s.ID.Value, s.Tenant.Value, s.ResourceGroup.Value)
	}
	for _, a := range o.AffinityGroups {
		say("group %s: %s, written %q", a.Name.Value, a.Region.Value, a.Region.Raw)
	}
	for _, g := range o.Gateways {
		say("gateway %s: %s %s %s %s %s %s", g.VNet.Value, g.Address.Value, g.Routing.Value, g.Size.Value, g.SKU.Value, g.State.Value, g.DefaultSite.Value)
		for _, c := range g.RootCertificates {
			say("certificate %s: %s", c.Name.Value, c.Data.Value)
		}
	}
	for _, c := range o.Connections {
		say("connection %s to %s: %s %s %s", c.VNet.Value, c.Site.Value, c.Key.Value, c.State.Value, c.Circuit.Value)
	}
	for _, s := range o.Sites {
		say("site %s: %s %s %s", s.Name.Value, s.Kind(), s.VNet.Value, s.Address.Value)
	}
	for _, c := range o.Circuits {
		say("circuit %s: %d %s %s", c.Name.Value, len(c.ResourceID.Value), c.Authorization.Value, c.VNets[0].Value)
	}
	for _, p := range slices.Concat(o.Required, o.Forbidden, o.Accepted) {
		say("%s with %s: %s, %s until %s", p.Between.Value, p.And.Value, p.Require.Value, p.Reason.Value, p.Expires.Value)
	}
	for _, t := range o.Traffic {
		say("%s to %s: %s GB, %d thousandths", t.From.Value, t.To.Value, t.GB.Value, t.Volume())
	}
	for _, s := range o.Suppressions {
		say("suppress %s: %s until %s", s, s.Reason.Value, s.Expires.Value)
	}
	want := strings.Split(`as-if-live auto kv-network
subscription contoso-prod: 11111111-2222-3333-4444-555555555555 99999999-8888-7777-6666-555555555555 rg-network
group USWest: westus, written "West US"
gateway hub: 40.1.0.10 DynamicRouting HighPerformance VpnGw2AZ Provisioned Office
certificate VpnRoot: MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIB
gateway contoso-prod/branch: 40.1.0.20     
connection hub to Office: hub-office Connected 
connection hub to ER-Site:   ER1
site Office: on-premises  203.0.113.9
site toB: vnet branch 
site toPartner: other-subscription  
site old-site: gone  
circuit ER1: 125 parameter hub
hub with branch: ,  until 
branch with on-premises Office: encryption, payment data until 
*-partner with on-premises Office: , contract of 2019 until 
clients of hub with branch: , agreed with Anna until 2027-01-31
hub to branch: 1200 GB, 1200000 thousandths
branch to on-premises Office: 0.25 GB, 250 thousandths
suppress SITE-007 for "old-site": left by the portal, checked with Anna until 2027-01-31`, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("options (-want +got)\n%s", diff)
	}
}

func TestPositions(t *testing.T) {
	o, found := parsed(t, "\ufeff# é\r\nversion: 1\r\ngateways:\r\n  Zürich: {size: basic, address: \"40.1.0.1\"}\r\nsites:\r\n  'a: b':\r\n    is: |-\r\n      gone\r\n")
	if found != "" {
		t.Fatal(found)
	}
	var got []string
	for _, v := range []Text{o.Gateways[0].VNet, o.Gateways[0].Size, o.Gateways[0].Address, o.Sites[0].Name, o.Sites[0].Is} {
		got = append(got, fmt.Sprintf("%s %s", o.Pos(v), v.Value))
	}
	want := []string{"n.yaml:4:3 Zürich", "n.yaml:4:19 Basic", "n.yaml:4:35 40.1.0.1", "n.yaml:6:3 a: b", "n.yaml:7:9 gone"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("places (-want +got)\n%s", diff)
	}
	if o.Pos(Text{}) != (diag.Pos{File: "n.yaml"}) {
		t.Errorf("nothing is at %s", o.Pos(Text{}))
	}
}

const notCertificate = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ"

func TestParseFindings(t *testing.T) {
	for _, c := range []struct {
		name, src string
		want      []string // "line:col rule: a part of the message or hint"
		schema    bool     // a schema can see it
	}{
		{"empty", "", nil, false},
		{"commented out", "# version: 1\n", nil, false},
		{"begun", "---\nversion: 1\n...\n", nil, false},
		{"unanswered", "version: 1\ngateways:\n  hub: {address: , size: ~}\n  spoke:\nsites:\n", nil, false},
		{"no version", "hub: new", []string{`1:1 OPT-004: the file has no "version"`}, true},
		{"other version", "version: 2", []string{`1:10 OPT-005: "version" is "2", which is not the version of the file`}, true},
		{"not a mapping", "- a", []string{"1:1 OPT-004: the file is a list"}, true},
		{"a word", "plan", []string{"1:1 OPT-004: the file is a single value"}, true},
		{"unknown members", "version: 1\nhubb: x\ngateways: {a: {adress: 1.2.3.4, colour: red}}", []string{
			"2:1 OPT-002: did you mean hub?", "3:16 OPT-002: did you mean address?", `3:33 OPT-002: "a" has no member "colour"`}, true},
		{"twice", "version: 1\nversion: 1\nsites:\n  A: {is: gone}\n  a: {is: gone}\nconnections:\n- {vnet: v, site: s}\n- {vnet: V, site: S}\n", []string{
			`2:1 OPT-003: "version" of the file stands here a second time`, `5:3 OPT-003: n.yaml:4:3: the first one`, `8:10 OPT-003: the connection of "V" to "S"`}, false},
		{"same suppression", "version: 1\nsuppress:\n- {rule: SITE-007, reason: x}\n- {rule: site-007, reason: y}", []string{"4:10 OPT-003: the suppression of SITE-007"}, false},
		{"shapes", "version: [1]\nhub: {a: b}\nsites: [x]\ngateways: {a: 3, b: {rootCertificates: x}}\nconnections: {a: b}\ncircuits: {c: {vnets: v}}\nsuppress: x\n", []string{
			`1:10 OPT-004: "version" is a list`, `2:6 OPT-004: "hub" is a mapping`, "3:8 OPT-004: must be a mapping of names",
			`4:15 OPT-004: "a" is a single value`, `4:40 OPT-004: "rootCertificates" is a single value`, `5:14 OPT-004: "connections" is a mapping`,
			`6:23 OPT-004: "vnets" is a single value`, "7:11 OPT-004: it must be a list"}, true},
		{"bad values", `version: 1
mode: as-if-life
keyVault: kv
subscriptions: {a: {id: 1111, resourceGroup: a/b}}
affinityGroups: {g: West Uz, h: Atlantis}
gateways: {v: {address: 10.0.0.256, routing: dynamik, size: Huge, sku: VpnGw1, state: on}}
connections: [{vnet: v, site: s, state: up}]
sites: {s: {is: onpremises, address: "::1"}}
circuits: {c: {resourceId: er1}}
suppress: [{rule: SITE-7, reason: r}, {rule: XML-001, reason: r}, {rule: SITE-007, reason: r, expires: 2027-02-29}]
`, []string{
			"2:7 OPT-005: did you mean as-if-live?", "3:11 OPT-006: not the resource id of a Key Vault", `4:25 OPT-005: not a GUID`, `4:46 OPT-005: not the name of a resource group`,
			"5:21 OPT-005: did you mean West US?", `5:33 OPT-005: "h" is "Atlantis", which is not a region`,
			"6:25 OPT-005: not an IPv4 address", "6:46 OPT-005: did you mean dynamic?", "6:61 OPT-005: it takes Default, Basic", "6:72 OPT-005: did you mean VpnGw1AZ?", "6:87 OPT-005: it takes provisioned",
			"7:41 OPT-005: not a state of a connection", "8:17 OPT-005: did you mean on-premises?", "8:38 OPT-005: not an IPv4 address",
			"9:28 OPT-005: not the resource id of an ExpressRoute circuit",
			"10:19 OPT-005: did you mean SITE-007?", "10:46 OPT-005: not the id of a rule that can be suppressed", "10:104 OPT-005: not a day such as"}, true},
		{"missing", "version: 1\nconnections: [{vnet: v}]\nsuppress: [{reason: r}]\nsites: {s: {is: vnet}, t: {vnet: v}}", []string{
			`2:15 OPT-004: the entry has no "site"`, `3:12 OPT-004: the entry has no "rule"`, `4:17 OPT-004: site "s" is a vnet, but not which`, `4:34 OPT-005: site "t" has a vnet`}, true},
		{"no reason", "version: 1\nsuppress:\n- rule: SITE-007\n- {rule: SITE-001, reason: }\n- {rule: SITE-002, reason: ' '}", []string{
			`3:3 OPT-010: has no "reason"`, `4:20 OPT-010: has no "reason"`, `5:28 OPT-010: which is not a reason`}, true},
		{"no such circuit", "version: 1\nconnections: [{vnet: v, site: s, circuit: ER2}]\ncircuits: {ER1: {vnets: [v]}}", []string{"2:43 OPT-005: did you mean ER1?"}, false},
		{"pairs", "version: 1\nrequired:\n- {between: a, and: A}\n- {between: '*', and: 'b?'}\n- {between: a, and: b, require: speed}\nforbidden:\n- {between: a, and: b}\n- {between: B, and: A}\naccept:\n- {between: a, and: b}\n- {between: a}\n", []string{
			`3:21 OPT-005: "A" is paired with itself`, `4:23 OPT-005: both stand for many places`, "5:33 OPT-005: it takes encryption", `8:13 OPT-003: the pair of "B" and "A"`, `10:3 OPT-010: has no "reason"`, `11:3 OPT-004: has no "and"`, `11:3 OPT-010: has no "reason"`}, true},
		{"traffic", "version: 1\ntraffic:\n- {from: a, to: b, gb: 10}\n- {from: b, to: a, gb: '0.5'}\n- {from: A, to: B, gb: 0}\n- {from: a, to: A, gb: 1}\n- {from: a, gb: 1}\n", []string{
			`5:10 OPT-003: the traffic from "A" to "B"`, `6:17 OPT-005: "A" sends to itself`, `7:3 OPT-004: has no "to"`}, true},
		{"no amounts of traffic", "version: 1\ntraffic:\n- {from: a, to: b, gb: -1}\n- {from: a, to: c, gb: '.nan'}\n- {from: a, to: d, gb: 1e3}\n- {from: a, to: e, gb: 10000000.001}\n- {from: a, to: f, gb: 0.0001}\n- {from: a, to: 'g*', gb: 1}\n- {from: a, to: h, gb: 1 TB}\n", []string{
			`3:24 OPT-005: "gb" is "-1", which is not a number of GB`, "4:24 OPT-005: not a number of GB", "5:24 OPT-005: not a number of GB", "6:24 OPT-005: not a number of GB", "7:24 OPT-005: not a number of GB", `8:17 OPT-005: "to" is "g*", which is not the name of one place`, "9:24 OPT-005: not a number of GB"}, true},
		{"empty name", "version: 1\nsites: {' ': {is: gone}}", []string{`2:9 OPT-005: a name in "sites" is empty`}, false},
		{"secrets", "version: 1\nconnections:\n- {vnet: v, site: s, key: 'hunter2 hunter2', sharedKey: hunter2, PSK: hunter2}\ngateways: {v: {rootCertificates: {r: " + notCertificate + "hunter2}}}\ncircuits: {c: {authorization: hunter2}}\n", []string{
			"3:27 OPT-006: it is not shown", `3:46 OPT-006: member "sharedKey"`, `3:66 OPT-006: member "PSK"`, "4:38 OPT-006: it is not shown", "5:31 OPT-006: it is not shown"}, true},
		{"tab", "version: 1\ngateways:\n\thub: {address: 1.2.3.4}\n", []string{"3:1 OPT-001: a tab stands where YAML wants spaces"}, false},
		{"anchor", "version: 1\nsites: {a: &x {is: gone}, b: *x}", []string{"2:12 OPT-001: anchors and aliases"}, false},
		{"star", "version: 1\nsuppress:\n- {rule: SITE-007, object: *, reason: r}", []string{"3:28 OPT-001: stands in quotes"}, false},
		{"merge", "version: 1\nsites: {a: {<<: {is: gone}}}", []string{"2:13 OPT-001: merge keys"}, false},
		{"tag", "version: !!int 1", []string{"1:10 OPT-001: tags"}, false},
		{"explicit key", "? version\n: 1", []string{"1:1 OPT-001: keys that begin with ?"}, false},
		{"two documents", "version: 1\n---\nversion: 1\n", []string{"2:1 OPT-001: a second document"}, false},
		{"behind the end", "version: 1\n...\nhub: new\n", []string{"3:1 OPT-001: goes on behind its end"}, false},
		{"unclosed", "version: 1\nsites: {a: {is: gone}\n", []string{"2:8 OPT-001: this is not YAML"}, false},
		{"not UTF-8", "version: 1 # \xff\n", []string{"1:14 OPT-001: a byte that is not UTF-8"}, false},
		{"UTF-16", "v\x00e\x00r\x00", []string{" OPT-001: not text in UTF-8"}, false},
		{"too large", strings.Repeat("#\n", MaxSize/2+1), []string{" OPT-001: more bytes than are read"}, false},
		{"too deep", strings.Repeat("[", 40) + strings.Repeat("]", 40), []string{"1:17 OPT-001: nested deeper"}, false},
		{"dashes", strings.Repeat("- ", 40), []string{"1:33 OPT-001: nested deeper"}, false},
		{"too many keys", strings.Repeat("a:\n", maxKeys+1), []string{"20001:2 OPT-001: more keys than are read"}, false},
		{"complex key", "{[a]: b}", []string{"1:5 OPT-001: this is not YAML"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, text := parsed(t, c.src)
			if strings.Contains(text, "hunter2") {
				t.Errorf("a secret is shown:\n%s", text)
			}
			rest := text
			for _, w := range c.want {
				place, says, _ := strings.Cut(w, ": ")
				place, rule, _ := strings.Cut(place, " ")
				if place != "" {
					place = ":" + place
				}
				head := "n.yaml" + place + ": error " + rule + ": "
				_, after, ok := strings.Cut(rest, head)
				if !ok || !strings.Contains(after, says) {
					t.Errorf("no %q with %q in order in\n%s", head, says, text)
					continue
				}
				rest = after
			}
			if got := strings.Count("\n"+text, "\nn.yaml"); got != len(c.want) {
				t.Errorf("%d findings, want %d:\n%s", got, len(c.want), text)
			}
			testAgainstSchema(t, c.src, len(c.want) == 0, c.schema)
		})
	}
}

// TestLiteralNames holds that what YAML takes for something else is a name where it is one.
func TestLiteralNames(t *testing.T) {
	for _, name := range []string{"null", "~", "yes", "true", "0123", "0x1f", "1.0", "1_000", "2027-01-31", ".inf", ".nan"} {
		o, found := parsed(t, "version: 1\nhub: "+name+"x\nsites: {"+name+": {is: gone}}")
		if found != "" || len(o.Sites) != 1 || o.Sites[0].Name.Value != name {
			t.Errorf("%s: %v %s", name, o, found)
		}
	}
}

func TestLookups(t *testing.T) {
	o, found := parsed(t, `version: 1
subscriptions:
  contoso-prod: {id: 11111111-2222-3333-4444-555555555555}
gateways:
  hub: {size: Basic}
  contoso-prod/hub: {size: Standard}
connections:
- {vnet: other/hub, site: s, key: one}
- {vnet: hub, site: s, key: two}
circuits: {ER1: {vnets: [contoso-prod/Hub]}}
sites: {a/b: {is: gone}}
affinityGroups: {G: westus}
`)
	if found != "" {
		t.Fatal(found)
	}
	for _, c := range []struct{ subscription, want string }{
		{"contoso-prod", "Standard"}, {"in/Contoso-Prod.netcfg", "Standard"}, {`in\contoso-prod.netcfg`, "Standard"}, {"11111111-2222-3333-4444-555555555555", "Standard"},
		{"other.netcfg", "Basic"}, {"", "Basic"},
	} {
		if g, _ := o.Gateway(c.subscription, "HUB"); g.Size.Value != c.want {
			t.Errorf("gateway of %q is %q, want %q", c.subscription, g.Size.Value, c.want)
		}
	}
	if c, _ := o.Connection("x/other.netcfg", "hub", "S"); c.Key.Value != "one" {
		t.Errorf("the qualified name does not win: %v", c)
	}
	if c, _ := o.Connection("y", "hub", "s"); c.Key.Value != "two" {
		t.Errorf("another subscription has %v", c)
	}
	if _, ok := o.CircuitOf("contoso-prod.xml", "hub"); !ok {
		t.Error("no circuit")
	}
	if _, ok := o.CircuitOf("other", "hub"); ok {
		t.Error("a circuit of another subscription")
	}
	if s, ok := o.Site("x", "a/b"); !ok || s.Kind() != Gone {
		t.Error("a name with a slash is not found")
	}
	if s, ok := o.Site("a", "b"); !ok || s.Kind() != Gone {
		t.Error("a qualified site is not found")
	}
	if a, _ := o.AffinityGroup("x", "g"); a.Region.Value != "westus" {
		t.Error("no affinity group")
	}
	if _, ok := o.Gateway("x", ""); ok {
		t.Error("the empty name is found")
	}
	if s, ok := o.Subscription("d/contoso-prod.netcfg"); !ok || !s.ID.Given() {
		t.Error("no subscription")
	}
}

// linesOf are the lines of a file as an editor counts them.
func linesOf(src []byte) []string {
	return strings.Split(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(string(src), "\ufeff")), "\n")
}

// TestPlaces holds for every value of the example that it stands where the options say.
func TestPlaces(t *testing.T) {
	src, err := os.ReadFile("../../docs/netmigrate.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"\n", "\r\n", "\r"} {
		o, _ := parsed(t, strings.ReplaceAll(string(src), "\n", end))
		lines, seen := linesOf(src), 0
		eachText(reflect.ValueOf(*o), func(v Text) {
			if !v.Given() {
				return
			}
			seen++
			if rest := lines[v.Ref.Line-1][v.Ref.Col-1:]; !strings.HasPrefix(strings.TrimLeft(rest, "'\""), v.Raw) && rest != "|" {
				t.Errorf("%s has %q, not %q", o.Pos(v), rest, v.Raw)
			}
		})
		if seen < 40 {
			t.Errorf("only %d values", seen)
		}
	}
}

func eachText(v reflect.Value, do func(Text)) {
	if text, ok := v.Interface().(Text); ok {
		do(text)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			eachText(v.Field(i), do)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachText(v.Index(i), do)
		}
	}
}

func FuzzParse(f *testing.F) {
	example, err := os.ReadFile("../../docs/netmigrate.example.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range [][]byte{
		example, nil, []byte("version: 1"), []byte("\ufeff\r\nversion: 1\r"), []byte("a: &x [*x]\n<<: *x"), []byte("- - - a\n\t- b"),
		[]byte("version: 1\nsites:\n  \"\\u001b[2J\": {is: gone}\n"), []byte("a: |\n b\n c: 'd''"), []byte("{[a]: b, ? c}"), []byte("%YAML 1.2\n--- !!x\n"),
		[]byte("suppress: [{rule: SITE-007, object: '*', reason: r, expires: 2027-01-31}]"), bytes.Repeat([]byte("[{"), 50), []byte("a: \"\xf0\x9f\""),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		o, found, err := Parse("n.yaml", src)
		if (err == nil) != (o != nil) || err != nil && found.Worst() != diag.Error {
			t.Fatalf("options %v, findings %v, error %v", o, found, err)
		}
		lines := linesOf(src)
		for _, f := range found {
			if f.Pos.Line == 0 {
				continue
			}
			if f.Pos.Line > len(lines) || f.Pos.Col < 1 || f.Pos.Col > len(lines[f.Pos.Line-1])+1 {
				t.Fatalf("%s lies outside of %q", f.Error(), src)
			}
		}
	})
}

func TestCertificateForms(t *testing.T) {
	der := append([]byte{0x30, 0x82}, bytes.Repeat([]byte{7}, 60)...)
	plain := base64.StdEncoding.EncodeToString(der)
	for _, text := range []string{plain, " " + plain[:20] + "\n" + plain[20:], "-----BEGIN CERTIFICATE-----\r\n" + plain + "\r\n-----END CERTIFICATE-----\n"} {
		if got, ok := readCertificate(text); !ok || got != plain {
			t.Errorf("%q is %q, %t", text, got, ok)
		}
	}
	for _, text := range []string{"", "AAAA", "no base64", "-----BEGIN CERTIFICATE-----" + plain, "-----BEGIN PRIVATE KEY-----" + plain + "-----END PRIVATE KEY-----"} {
		if got, ok := readCertificate(text); ok {
			t.Errorf("%q is %q", text, got)
		}
	}
}
