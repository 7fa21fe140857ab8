package netcfg_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// meaning compares what Format keeps: values, presence of elements, order; not places, and not the
// leaves outside of the schema. An empty attribute means an absent one.
var meaning = cmp.Options{
	cmpopts.IgnoreFields(netcfg.File{}, "Name", "Leaves", "Structure", "Unknown", "Remarks", "FirstRemark"),
	cmpopts.IgnoreTypes(diag.Ref{}),
	cmp.Transformer("value", func(a netcfg.Attr) string { return a.Value }),
	cmp.Transformer("text", func(t netcfg.Text) [2]any { return [2]any{t.Present(), t.Value} }),
	cmpopts.EquateEmpty(),
}

// checkRoundTrip holds for every model that Parse can give.
func checkRoundTrip(t testingT, f *netcfg.File) {
	t.Helper()
	text := netcfg.Format(f)
	back, found, err := netcfg.Parse("formatted", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, n := range found {
		if n.Rule == "XML-003" || n.Rule == "XML-007" || n.Rule == "XML-008" || n.Rule == "XML-015" {
			t.Fatalf("Format wrote what the service does not: %v", n)
		}
	}
	if d := cmp.Diff(f, back, meaning); d != "" {
		t.Fatalf("(-parsed +formatted and parsed):\n%s", d)
	}
	if again := netcfg.Format(back); !bytes.Equal(text, again) {
		t.Fatalf("not a fixed point:\n%s", cmp.Diff(string(text), string(again)))
	}
}

func TestFormat(t *testing.T) {
	f, _, err := netcfg.Parse("x", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/everything.netcfg"
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(netcfg.Format(f))); d != "" {
		t.Errorf("%s (-want +got):\n%s", golden, d)
	}
	checkRoundTrip(t, f)
}

func TestFormatEmpty(t *testing.T) {
	for name, want := range map[string]struct {
		f    netcfg.File
		part string
	}{
		"nothing":  {netcfg.File{}, "  <VirtualNetworkConfiguration />\r\n</NetworkConfiguration>"},
		"one site": {netcfg.File{LocalNetworkSites: make([]netcfg.LocalNetworkSite, 1)}, "    <Dns />\r\n    <LocalNetworkSites>\r\n      <LocalNetworkSite name=\"\" />\r\n"},
		"bare gateway": {netcfg.File{VirtualNetworkSites: []netcfg.VirtualNetworkSite{{Gateway: &netcfg.Gateway{}}}},
			"      <VirtualNetworkSite name=\"\">\r\n        <Gateway />\r\n"},
	} {
		if got := string(netcfg.Format(&want.f)); !strings.Contains(got, want.part) {
			t.Errorf("%s: want %q in\n%s", name, want.part, got)
		}
	}
}

func TestFormatEscapes(t *testing.T) {
	for value, want := range map[string]string{
		`a"b'c`:          `a&quot;b'c`,
		"<&>":            "&lt;&amp;&gt;",
		"a\r\n\tb":       "a&#xD;&#xA;&#x9;b",
		"\x00\xff\uffff": "\ufffd\ufffd\ufffd",
		"]]>ü\ufffd":     "]]&gt;ü\ufffd",
	} {
		f := &netcfg.File{DNSServers: []netcfg.DNSServer{{Name: netcfg.Attr{Value: value}}}}
		if got := string(netcfg.Format(f)); !strings.Contains(got, `<DnsServer name="`+want+`" `) {
			t.Errorf("%q: want %q in\n%s", value, want, got)
		}
	}
}

// A model is drawn as Parse could give it: present elements have a Ref, texts are trimmed.
func TestFormatProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkRoundTrip(t, drawFile(t)) })
}

var (
	written = diag.Ref{Ordinal: 1}
	letters = []rune("aZ0 -._/:<>&\"'\t\n\r]ü\u00a0\u2028\U0001f310\ufffd")
)

func drawAttr(t *rapid.T) netcfg.Attr {
	return netcfg.Attr{Value: rapid.StringOfN(rapid.SampledFrom(letters), 0, 12, -1).Draw(t, "value")}
}

func drawText(t *rapid.T) netcfg.Text {
	s := rapid.StringOfN(rapid.SampledFrom(letters), 0, 12, -1).Draw(t, "text")
	return netcfg.Text{Ref: written, Value: strings.Trim(s, " \t\r\n")}
}

func draw[T any](t *rapid.T, name string, most int, item func(*rapid.T) T) []T {
	return rapid.SliceOfN(rapid.Custom(item), 0, most).Draw(t, name)
}

func optional[T any](t *rapid.T, item func(*rapid.T) T) *T {
	if !rapid.Bool().Draw(t, "present") {
		return nil
	}
	x := item(t)
	return &x
}

func drawSpace(t *rapid.T) netcfg.AddressSpace {
	return netcfg.AddressSpace{Ref: written, Prefixes: draw(t, "prefixes", 3, drawText)}
}

func drawName(t *rapid.T) netcfg.NameRef { return netcfg.NameRef{Name: drawAttr(t)} }

func drawFile(t *rapid.T) *netcfg.File {
	return &netcfg.File{
		DNSServers: draw(t, "DNS servers", 2, func(t *rapid.T) netcfg.DNSServer {
			return netcfg.DNSServer{Name: drawAttr(t), IPAddress: drawAttr(t)}
		}),
		LocalNetworkSites: draw(t, "sites", 3, func(t *rapid.T) netcfg.LocalNetworkSite {
			l := netcfg.LocalNetworkSite{Name: drawAttr(t), AddressSpaces: draw(t, "spaces", 2, drawSpace)}
			if address := optional(t, drawText); address != nil {
				l.VPNGatewayAddress = *address
			}
			return l
		}),
		VirtualNetworkSites: draw(t, "networks", 3, drawVNet),
	}
}

func drawVNet(t *rapid.T) netcfg.VirtualNetworkSite {
	v := netcfg.VirtualNetworkSite{
		Name: drawAttr(t), AffinityGroup: drawAttr(t), Location: drawAttr(t),
		AddressSpaces: draw(t, "spaces", 2, drawSpace),
		Subnets: draw(t, "subnets", 3, func(t *rapid.T) netcfg.Subnet {
			return netcfg.Subnet{Name: drawAttr(t), Prefixes: draw(t, "prefixes", 2, drawText)}
		}),
		DNSServers:             draw(t, "references", 2, drawName),
		InternetGatewayNetwork: optional(t, drawName),
	}
	if label := optional(t, drawText); label != nil {
		v.Label = *label
	}
	v.Gateway = optional(t, func(t *rapid.T) netcfg.Gateway {
		return netcfg.Gateway{
			Profile:              drawAttr(t),
			VPNClientAddressPool: optional(t, drawSpace),
			Connections: draw(t, "connections", 3, func(t *rapid.T) netcfg.LocalNetworkSiteRef {
				return netcfg.LocalNetworkSiteRef{Name: drawAttr(t), Connections: draw(t, "types", 2, func(t *rapid.T) netcfg.Connection {
					return netcfg.Connection{Type: drawAttr(t)}
				})}
			}),
		}
	})
	return v
}
