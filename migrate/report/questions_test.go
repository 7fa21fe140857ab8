package report

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// questioned is an estate with one of everything that is asked about.
func questioned(doc string, names []string) *estate.Estate {
	id := func(typ, name string) estate.ID { return estate.ID{Subscription: doc, Type: typ, Name: name} }
	e := &estate.Estate{Docs: []string{doc}}
	for i, name := range names {
		vnet, gateway, site := id(estate.TypeVNet, name), id(estate.TypeGateway, name), id(estate.TypeSite, name)
		ref := []diag.Ref{{Ordinal: int32(i + 1), Line: int32(i + 1), Col: 1}}
		e.VNets = append(e.VNets, estate.VNet{ID: vnet, Name: name, Region: estate.Region{AffinityGroup: name}, Refs: ref})
		e.Gateways = append(e.Gateways, estate.Gateway{ID: gateway, VNet: vnet, ClientPools: make([]estate.Prefix, 1)},
			estate.Gateway{ID: id(estate.TypeGateway, name+"-er"), VNet: vnet, Kind: estate.ExpressRouteGateway})
		e.Sites = append(e.Sites, estate.Site{ID: site, Name: name, Class: estate.SiteClass(i % 5), Refs: ref})
		c := estate.Connection{ID: id(estate.TypeConnection, name), Gateway: gateway, Site: site, Refs: ref}
		if i > 0 {
			c.Pairing = estate.Pairing{Confidence: estate.Ambiguous, Candidates: []estate.ID{e.Connections[0].ID}}
		}
		e.Connections = append(e.Connections, c)
	}
	return e
}

func ask(t interface{ Fatal(...any) }, e *estate.Estate, o *options.Options) string {
	var b bytes.Buffer
	if err := Questions(&b, e, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func read(t interface{ Fatal(...any) }, text string) *options.Options {
	o, found, err := options.Parse("n.yaml", []byte(text))
	if err != nil || len(found) > 0 {
		t.Fatal(fmt.Sprint(found, err, "\n", text))
	}
	return o
}

// uncomment takes the # off every open question.
func uncomment(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if rest, ok := strings.CutPrefix(line, "#  "); ok {
			lines[i] = "  " + rest
		}
	}
	return strings.Join(lines, "\n")
}

const certificate = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIB"

// complete puts a value into every member that is asked for.
func complete(text string) string {
	text = strings.NewReplacer(
		"{id: , tenant: ,", "{id: 11111111-2222-3333-4444-555555555555, tenant: 11111111-2222-3333-4444-555555555555,", "resourceGroup: }", "resourceGroup: rg}",
		"address: }", "address: 40.1.0.1}", "address: ,", "address: 40.1.0.1,", "size: ,", "size: Standard,", "rootCertificates: {}", "rootCertificates: {root: "+certificate+"}",
		"key: , state: }", "key: a-secret}", "resourceId: ,", "resourceId: /subscriptions/s/resourceGroups/g/providers/Microsoft.Network/expressRouteCircuits/c,",
		"{is: , vnet: }", "{is: vnet, vnet: v}", "{is: , vnet: ,", "{is: vnet, vnet: v,", "#keyVault:", "keyVault: /subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/kv",
	).Replace(text)
	in := ""
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" && line[0] != ' ' && line[0] != '#' {
			in = line
		}
		if in == "affinityGroups:" && strings.HasSuffix(line, ":") && line != in {
			lines[i] += " West US"
		}
	}
	return strings.Join(lines, "\n")
}

// TestQuestionsRead holds of any names: what is printed has no fault, neither as it is, nor without
// the comment marks, nor completed; completed it answers everything that was asked, and is printed
// again as it is read.
func TestQuestionsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.SampledFrom([]string{
			"hub", "a: b", "a #b", "<<", "null", "~", "- x", "*a", "&a", "!x", "%", "@", "{a}", "[", "'", `"`, `\`, "\x1b[2J", "two\nlines", "tab\there", "1", "0x1f", "true", "#", "?", "a,b", "\u202e", "\u2028", "ü", "𝔘", "\U000e0041", " lead", "---", "...", "a:", "|", ">", "=",
		}), rapid.StringN(1, 12, -1)).Filter(func(s string) bool { return strings.TrimSpace(s) != "" && !strings.ContainsRune(s, 0) })
		names := rapid.SliceOfNDistinct(name, 1, 6, strings.ToLower).Draw(t, "names")
		e := questioned(rapid.OneOf(rapid.Just("in/corp.netcfg"), name).Draw(t, "doc"), names)
		text := ask(t, e, &options.Options{})
		if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && diag.Plain(string(r)) != string(r) }) {
			t.Fatalf("something harmful is printed: %q", text)
		}
		if o := read(t, text); len(o.Gateways)+len(o.Sites)+len(o.Connections) > 0 {
			t.Fatal("a question is an answer")
		}
		read(t, uncomment(text))
		answered := read(t, complete(uncomment(text)))
		again := ask(t, e, answered)
		if rest := strings.Count(again, "\n#  "); rest != 1 { // the sample of a suppression
			t.Fatalf("%d questions are open after all were answered:\n%s\nfrom\n%s", rest, again, text)
		}
		if third := ask(t, e, read(t, again)); third != again {
			t.Fatalf("answers do not stay:\n%s\n%s", again, third)
		}
		for _, n := range names {
			if _, ok := answered.Gateway(e.Docs[0], n); !ok {
				t.Fatalf("no answer for %q", n)
			}
		}
	})
}

// TestQuestionsAsked shows the questions of names that are not hostile, and that two files with
// objects of one name are told apart.
func TestQuestionsAsked(t *testing.T) {
	e := questioned("in/east.netcfg", []string{"hub"})
	west := questioned("in/west.netcfg", []string{"hub", "spoke"})
	e.VNets, e.Gateways, e.Sites, e.Connections = append(e.VNets, west.VNets...), append(e.Gateways, west.Gateways...), append(e.Sites, west.Sites...), append(e.Connections, west.Connections...)
	text := ask(t, e, read(t, "version: 1\ngateways: {west/hub: {address: 40.1.0.1}}\nsites: {spoke: {is: gone}}\n"))
	for _, want := range []string{
		"#  east: {id: , tenant: , resourceGroup: }", "#  east/hub: {address: , routing: dynamic, size: , sku: VpnGw1AZ, state: provisioned, rootCertificates: {}}",
		"\n  west/hub: {address: \"40.1.0.1\"}\n  # still open here: routing, size, sku, state, rootCertificates\n", "#  - {vnet: west/hub, site: hub, key: , state: }",
		"\n  spoke: {is: gone}\n", "ASM-REGION",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "#  spoke: {is") || strings.Contains(text, "#  west/hub: {address") {
		t.Errorf("what is answered is asked again:\n%s", text)
	}
}

// TestQuestionsSettled shows that what the documents say of a gateway is not asked.
func TestQuestionsSettled(t *testing.T) {
	e := questioned("in/east.netcfg", []string{"hub"})
	e.Gateways = e.Gateways[:1]
	g := &e.Gateways[0]
	g.Size, g.Routing, g.ClientPools = estate.Fact{Value: "HighPerformance"}, estate.Fact{Value: "DynamicRouting"}, nil
	if text := ask(t, e, &options.Options{}); !strings.Contains(text, "#  hub: {address: , state: provisioned}") {
		t.Errorf("of a gateway of known size and type:\n%s", text)
	}
	g.State, g.Address.Addr = estate.Fact{Value: estate.GatewayProvisioned}, netip.MustParseAddr("40.1.0.1")
	if text := ask(t, e, &options.Options{}); strings.Contains(text, "gateway of VNet") {
		t.Errorf("of a gateway that is known:\n%s", text)
	}
	g.Beside = estate.Fact{Value: "second"}
	e.Gateways = append(e.Gateways, estate.Gateway{ID: estate.ID{Subscription: "in/east.netcfg", Type: estate.TypeGateway, Name: "hub", Child: "er"}, VNet: g.VNet, Kind: estate.ExpressRouteGateway})
	if text := ask(t, e, &options.Options{}); !strings.Contains(text, "#  hub: {size: , sku: ErGw1AZ, state: provisioned}") {
		t.Errorf("of an ExpressRoute gateway with a VPN gateway beside it:\n%s", text)
	}
}

// TestQuestionsKnown asks nothing that the service has said, and calls a circuit what it is called.
func TestQuestionsKnown(t *testing.T) {
	e := questioned("in/net.netcfg", []string{"core", "edge"})
	fact := func(value string) estate.Fact { return estate.Fact{Value: value, Raw: value} }
	known := &e.Gateways[0]
	known.State, known.Routing, known.Size = fact(estate.GatewayProvisioned), fact(estate.RoutingStatic), fact("Default")
	known.Address.Addr, known.ClientPools = netip.MustParseAddr("40.1.0.1"), nil
	half := &e.Gateways[2]
	half.State, half.Routing = fact(estate.GatewayProvisioned), fact(estate.RoutingStatic)
	circuit := estate.ID{Subscription: "in/net.netcfg", Type: estate.TypeCircuit, Name: "london"}
	e.Circuits = append(e.Circuits, estate.Circuit{ID: circuit})
	e.Connections = append(e.Connections, estate.Connection{Gateway: e.Gateways[1].ID, Kind: estate.ExpressRoute, Circuit: circuit})
	text := ask(t, e, &options.Options{})
	for _, want := range []string{
		"#  edge: {address: , size: , sku: VpnGw1AZ, rootCertificates: {}}\n",
		"#  london: {resourceId: , vnets: [core]}\n", "#  circuit of edge: {resourceId: , vnets: [edge]}\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "#  core: {a") {
		t.Errorf("what is known is asked:\n%s", text)
	}
}
