package netcfg_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// inUTF16 is a text as UTF-16, as PowerShell writes it when the mark is the first character.
func inUTF16(text string, order binary.AppendByteOrder) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

// inScript puts a document into a here-string from line 3 on.
func inScript(document, quote string) string {
	return "# upload\n$config = @" + quote + "\n" + document + "\n" + quote + "@\nSet-AzureVNetConfig\n"
}

// exporter writes a network configuration as the old command line did. Where that had a choice,
// or somebody else may have made one, chance decides.
type exporter struct {
	sign   bool // the generation of 2013
	chance *rand.Rand
}

// members is a JSON object whose members may stand twice.
type members []member

type member struct {
	name  string
	value any
}

func (m members) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, one := range m {
		b.WriteByte("{,"[min(i, 1)])
		name, err := json.Marshal(one.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(one.value)
		if err != nil {
			return nil, err
		}
		b.Write(append(append(name, ": "...), value...))
	}
	if len(m) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// asExport is the whole document.
func asExport(f *netcfg.File, sign bool, seed uint64) []byte {
	e := &exporter{sign, rand.New(rand.NewPCG(seed, 0))}
	var parts members
	if len(f.DNSServers) > 0 || e.maybe() {
		parts = append(parts, member{"Dns", e.empty(list(e, "DnsServers", "DnsServer", f.DNSServers, e.dnsServer))})
	}
	parts = append(parts, list(e, "LocalNetworkSites", "LocalNetworkSite", f.LocalNetworkSites, e.site)...)
	parts = append(parts, list(e, "VirtualNetworkSites", "VirtualNetworkSite", f.VirtualNetworkSites, e.vnet)...)
	src, err := json.MarshalIndent(members{{"VirtualNetworkConfiguration", e.shuffled(parts)}}, "", strings.Repeat(" ", int(seed%3)))
	if err != nil {
		panic(err) // strings always encode
	}
	return src
}

func (e *exporter) maybe() bool { return e.chance.IntN(2) == 0 }

// shuffled mixes members of different names; the order of those with one name is kept.
func (e *exporter) shuffled(m members) any {
	e.chance.Shuffle(len(m), func(i, j int) {
		if i, j = min(i, j), max(i, j); j == i+1 && m[i].name != m[j].name {
			m[i], m[j] = m[j], m[i]
		}
	})
	return e.empty(m)
}

// empty is an object, or what stands for one without members.
func (e *exporter) empty(m members) any {
	if len(m) == 0 && e.maybe() {
		return ""
	}
	return m
}

func (e *exporter) attr(name string, a netcfg.Attr) member {
	if e.sign {
		return member{"@" + name, a.Value}
	}
	return member{strings.ToUpper(name[:1]) + name[1:], a.Value}
}

// optionalAttr leaves an empty attribute out.
func (e *exporter) optionalAttr(name string, a netcfg.Attr) members {
	if a.Value == "" {
		return nil
	}
	return members{e.attr(name, a)}
}

// list is a container: with its items alone, or below their name.
func list[T any](e *exporter, container, item string, of []T, write func(*T) any) members {
	if len(of) == 0 {
		return nil
	}
	items := make([]any, len(of))
	for i := range of {
		items[i] = write(&of[i])
	}
	var value any = items
	if len(items) == 1 && items[0] != "" && e.maybe() {
		value = items[0]
	}
	if e.sign {
		value = members{{item, value}}
	}
	return members{{container, value}}
}

func (e *exporter) texts(name string, of []netcfg.Text) members {
	switch {
	case len(of) == 0:
		return nil
	case len(of) == 1 && e.maybe():
		return members{{name, of[0].Value}}
	}
	var values []string
	for _, t := range of {
		values = append(values, t.Value)
	}
	return members{{name, values}}
}

func (e *exporter) spaces(name string, of []netcfg.AddressSpace) (out members) {
	for _, a := range of {
		if len(a.Prefixes) == 0 {
			out = append(out, member{name, ""})
		} else {
			out = append(out, list(e, name, "AddressPrefix", a.Prefixes, func(t *netcfg.Text) any { return t.Value })...)
		}
	}
	return out
}

func (e *exporter) dnsServer(d *netcfg.DNSServer) any {
	return e.shuffled(members{e.attr("name", d.Name), e.attr("IPAddress", d.IPAddress)})
}

func (e *exporter) site(l *netcfg.LocalNetworkSite) any {
	m := append(e.spaces("AddressSpace", l.AddressSpaces), e.attr("name", l.Name))
	if l.VPNGatewayAddress.Present() {
		m = append(m, member{"VPNGatewayAddress", l.VPNGatewayAddress.Value})
	}
	return e.shuffled(m)
}

func (e *exporter) name(r *netcfg.NameRef) any { return members{e.attr("name", r.Name)} }

func (e *exporter) vnet(v *netcfg.VirtualNetworkSite) any {
	m := append(e.spaces("AddressSpace", v.AddressSpaces), e.attr("name", v.Name))
	m = append(m, e.optionalAttr("AffinityGroup", v.AffinityGroup)...)
	m = append(m, e.optionalAttr("Location", v.Location)...)
	m = append(m, list(e, "Subnets", "Subnet", v.Subnets, func(s *netcfg.Subnet) any {
		return e.shuffled(append(e.texts("AddressPrefix", s.Prefixes), e.attr("name", s.Name)))
	})...)
	m = append(m, list(e, "DnsServersRef", "DnsServerRef", v.DNSServers, e.name)...)
	if v.Label.Present() {
		m = append(m, member{"Label", v.Label.Value})
	}
	if v.InternetGatewayNetwork != nil {
		m = append(m, member{"InternetGatewayNetwork", e.name(v.InternetGatewayNetwork)})
	}
	if v.Gateway != nil {
		m = append(m, member{"Gateway", e.gateway(v.Gateway)})
	}
	return e.shuffled(m)
}

func (e *exporter) gateway(g *netcfg.Gateway) any {
	m := e.optionalAttr("profile", g.Profile)
	if g.VPNClientAddressPool != nil {
		m = append(m, e.spaces("VPNClientAddressPool", []netcfg.AddressSpace{*g.VPNClientAddressPool})...)
	}
	m = append(m, list(e, "ConnectionsToLocalNetwork", "LocalNetworkSiteRef", g.Connections, e.siteReference)...)
	return e.shuffled(m)
}

func (e *exporter) siteReference(r *netcfg.LocalNetworkSiteRef) any {
	m := members{e.attr("name", r.Name)}
	var types []any
	for _, c := range r.Connections {
		types = append(types, members{e.attr("type", c.Type)})
	}
	switch {
	case len(types) == 1 && e.maybe():
		m = append(m, member{"Connection", types[0]})
	case len(types) > 0:
		m = append(m, member{"Connection", types})
	}
	return e.shuffled(m)
}

// readForm reads a document that must be sound.
func readForm(t testingT, src []byte) (*netcfg.Document, diag.List) {
	t.Helper()
	d, found, err := netcfg.Read("x", src)
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	return d, found
}

// checkJSONLeaves proves that every JSON value stands in the model once, at the place of its bytes.
func checkJSONLeaves(t *testing.T, f *netcfg.File, src []byte) {
	t.Helper()
	checkLedger(t, f)
	lines := bytes.Split(bytes.TrimPrefix(src, []byte("\ufeff")), []byte("\n"))
	check := func(ref diag.Ref, value string) {
		if ref.IsZero() {
			return
		}
		var got string
		at := lines[ref.Line-1][ref.Col-1:]
		if err := json.NewDecoder(bytes.NewReader(at)).Decode(&got); err != nil || got != value {
			t.Errorf("%d:%d: want %q, got %.30q", ref.Line, ref.Col, value, at)
		}
	}
	for _, v := range f.VirtualNetworkSites {
		check(v.Name.Ref, v.Name.Value)
		for _, s := range v.Subnets {
			check(s.Name.Ref, s.Name.Value)
			for _, p := range s.Prefixes {
				check(p.At(), p.Value)
			}
		}
	}
	for _, l := range f.LocalNetworkSites {
		check(l.VPNGatewayAddress.At(), l.VPNGatewayAddress.Value)
		for _, a := range l.AddressSpaces {
			for _, p := range a.Prefixes {
				check(p.At(), p.Value)
			}
		}
	}
}

func TestUTF16(t *testing.T) {
	want, _, err := netcfg.Parse("x", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(everything, `encoding="utf-8"`, `encoding="UTF-16"`, 1)
	for _, c := range []struct {
		name, text, want string
	}{
		{"with mark", "\ufeff" + text, ""},
		{"with two marks", "\ufeff\ufeff" + text, "1:1: warning XML-015: 2 byte order marks at the start of the document\n"},
		{"without mark", text, "1:1: warning XML-012: the document is in UTF-16 without a byte order mark; it is read as what its first characters say\n"},
		{"declared as UTF-8", "\ufeff" + everything, `1:30: warning XML-012: the XML declaration says "utf-8", but the bytes are UTF-16 and are read as such` + "\n"},
	} {
		for order, a := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
			d, found := readForm(t, inUTF16(c.text, a))
			var outer diag.List
			for _, f := range found {
				if f.Rule == "XML-012" || f.Rule == "XML-015" {
					outer = append(outer, f)
				}
			}
			if diff := cmp.Diff(c.want, lines(outer)); diff != "" {
				t.Errorf("%s, %s endian (-want +got):\n%s", c.name, order, diff)
			}
			if c.name == "declared as UTF-8" {
				if diff := cmp.Diff(want, d.File); diff != "" {
					t.Errorf("%s, %s endian: not what the same text in UTF-8 gives, Refs and all (-want +got):\n%s", c.name, order, diff)
				}
			}
			checkLeaves(t, d.File, []byte(c.text))
		}
	}
}

func TestBrokenUTF16(t *testing.T) {
	label := inUTF16("\ufeff"+inVNet("<Label>ü\U0001f310x</Label>"), binary.LittleEndian)
	half := bytes.Replace(label, []byte("x\x00<\x00/"), []byte("\x00\xd8<\x00/"), 1)
	lone := bytes.Replace(label, []byte("x\x00<\x00/"), []byte("\x00\xdc<\x00/"), 1)
	for _, c := range []struct {
		name string
		src  []byte
		want string
	}{
		{"sound", label, ""},
		{"first half alone", half, "6:14: error XML-012: half of a character: the document is in UTF-16, and a surrogate stands alone here\n"},
		{"second half alone", lone, "6:14: error XML-012: half of a character: the document is in UTF-16, and a surrogate stands alone here\n"},
		{"cut in a character", label[:len(label)-1], "9:24: error XML-012: half of a character: the document is in UTF-16, and a surrogate stands alone here\n" +
			"9:24: warning XML-015: text \"\ufffd\" after the root element; nothing is read from here on\n"},
		{"zero", inUTF16("\ufeff<a>\n\x00</a>", binary.BigEndian), "2:1: error XML-016: the document is binary: it has a zero byte\n"},
		{"nothing", []byte("\xff\xfe"), "-: error XML-016: the document is empty\n"},
		{"text", inUTF16("no configuration", binary.BigEndian), "1:1: error XML-001: the document is not XML; it begins with (16 bytes, not shown)\n" +
			"1:1: warning XML-012: the document is in UTF-16 without a byte order mark; it is read as what its first characters say\n"},
	} {
		_, found, err := netcfg.Read("x", c.src)
		if d := cmp.Diff(c.want, lines(found)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
		if (err != nil) != (c.want != "") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
