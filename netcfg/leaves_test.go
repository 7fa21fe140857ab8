package netcfg_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// refs calls visit for every Ref of a model, with the struct that holds it and the field, which is
// that of the parent for an attribute.
func refs(v reflect.Value, visit func(ref diag.Ref, field string, holder reflect.Value)) {
	refsIn(v, "", visit)
}

func refsIn(v reflect.Value, field string, visit func(ref diag.Ref, field string, holder reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			refsIn(v.Elem(), field, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			refsIn(v.Index(i), field, visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if !v.Type().Field(i).IsExported() {
				continue
			}
			if r, ok := v.Field(i).Interface().(diag.Ref); !ok {
				refsIn(v.Field(i), name, visit)
			} else if v.Type() == reflect.TypeFor[netcfg.Attr]() {
				visit(r, field, v)
			} else {
				visit(r, name, v)
			}
		}
	}
}

// checkLeaves proves that every leaf stands in the model once, at the place of its bytes.
func checkLeaves(t *testing.T, f *netcfg.File, src []byte) {
	t.Helper()
	checkLedger(t, f)
	lines := bytes.Split(bytes.ReplaceAll(src, []byte("\ufeff"), nil), []byte("\n"))
	refs(reflect.ValueOf(f), func(r diag.Ref, field string, holder reflect.Value) {
		if r.IsZero() {
			return
		}
		if int(r.Line) > len(lines) || int(r.Col) > len(lines[r.Line-1]) {
			t.Fatalf("%d:%d is outside the document", r.Line, r.Col)
		}
		if at := lines[r.Line-1][r.Col-1:]; !bytes.HasPrefix(at, []byte(begins(field, holder))) {
			t.Errorf("%d:%d: want %q of %s.%s, got %.30q", r.Line, r.Col, begins(field, holder), holder.Type(), field, at)
		}
	})
}

// checkLedger proves that every leaf stands in the model once, and that leaves are counted in the
// order of the document.
func checkLedger(t testingT, f *netcfg.File) {
	t.Helper()
	leaves := make([]diag.Ref, f.Leaves+1)
	refs(reflect.ValueOf(f), func(r diag.Ref, _ string, _ reflect.Value) {
		switch {
		case r.IsZero():
		case int(r.Ordinal) > f.Leaves || !leaves[r.Ordinal].IsZero():
			t.Fatalf("leaf %d of %d stands in the model twice or too much", r.Ordinal, f.Leaves)
		default:
			leaves[r.Ordinal] = r
		}
	})
	for i := 1; i < len(leaves); i++ {
		if leaves[i].IsZero() {
			t.Fatalf("leaf %d of %d stands nowhere in the model", i, f.Leaves)
		}
		if i > 1 && leaves[i-1].Pos("").Compare(leaves[i].Pos("")) >= 0 {
			t.Fatalf("leaf %d at %v follows one at %v", i, leaves[i].Pos(""), leaves[i-1].Pos(""))
		}
	}
}

// begins is what the bytes of a leaf begin with, as far as the model tells.
func begins(field string, holder reflect.Value) string {
	switch x := holder.Interface().(type) {
	case netcfg.Leaf:
		switch {
		case x.Kind == netcfg.ElementLeaf:
			return "<"
		case x.Kind == netcfg.AttributeLeaf:
			return x.Path[strings.LastIndexByte(x.Path, '@')+1:]
		}
		return firstWord(x.Value)
	case netcfg.Text:
		if field == "TextRef" {
			return firstWord(x.Value)
		}
		return "<"
	case netcfg.Attr:
		if field == "Name" || field == "Profile" || field == "Type" {
			return strings.ToLower(field)
		}
		return field
	}
	return "<"
}

// firstWord is what a text surely begins with as written.
func firstWord(s string) string {
	s = s[:min(4, len(s))] // a comment may follow
	if i := strings.IndexAny(s, "&<>\" \r\n\t"); i >= 0 {
		s = s[:i]
	}
	return s
}

// everything uses every element and attribute of the schema and every kind of leaf.
const everything = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n" +
	`<NetworkConfiguration xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns="` + netcfg.Namespace + `">` + "\r\n" + `  <VirtualNetworkConfiguration>
    <!-- the resolvers -->
    <Dns><DnsServers><DnsServer name="d1"
      IPAddress="10.0.0.4" /></DnsServers></Dns>
    <LocalNetworkSites>
      <LocalNetworkSite name="s &amp; t">
        <VPNGatewayAddress>40.1.<!-- no split -->2.3</VPNGatewayAddress>
        <AddressSpace><AddressPrefix> 10.1.0.0/16
        </AddressPrefix><?keep this?><AddressPrefix><![CDATA[ 10.2.0.0/16]]></AddressPrefix></AddressSpace>
      </LocalNetworkSite>
    </LocalNetworkSites>
    <VirtualNetworkSites>
      <VirtualNetworkSite name='v "1"' AffinityGroup="" Location="West US">
        <Label>&#32;one</Label>
        <AddressSpace><AddressPrefix>10.0.0.0/16</AddressPrefix></AddressSpace>
        <AddressSpace><AddressPrefix>10.9.0.0/16</AddressPrefix></AddressSpace>
        <Subnets><Subnet name="GatewaySubnet"><AddressPrefix>10.0.0.0/27</AddressPrefix></Subnet></Subnets>
        <Subnets><Subnet name="apps"><AddressPrefix>10.0.1.0/24</AddressPrefix></Subnet></Subnets>
        <DnsServersRef><DnsServerRef name="d1"/></DnsServersRef>
        <Gateway profile="Small">
          <VPNClientAddressPool><AddressPrefix>172.16.0.0/24</AddressPrefix></VPNClientAddressPool>
          <ConnectionsToLocalNetwork>
            <LocalNetworkSiteRef name="s &amp; t"><Connection type="IPsec"/><Connection type="Dedicated"/></LocalNetworkSiteRef>
          </ConnectionsToLocalNetwork>
        </Gateway>
        <InternetGatewayNetwork name="i"/>
        <Tag key="k">v<Deep xmlns="urn:deep" a="1">w</Deep></Tag> stray
      </VirtualNetworkSite>
    </VirtualNetworkSites>
  </VirtualNetworkConfiguration>
</NetworkConfiguration>
<!-- end -->
`

func TestParseEverything(t *testing.T) {
	f, _, err := netcfg.Parse("x", []byte(everything))
	if err != nil {
		t.Fatal(err)
	}
	checkLeaves(t, f, []byte(everything))
	var got strings.Builder
	refs(reflect.ValueOf(f), func(r diag.Ref, field string, holder reflect.Value) {
		if r.IsZero() {
			return
		}
		value := ""
		if v := holder.FieldByName("Value"); v.IsValid() && field != "Ref" || holder.Type().Name() == "Attr" || holder.Type().Name() == "Leaf" {
			value = " " + fmt.Sprintf("%q", v.String())
		}
		path := ""
		if l, ok := holder.Interface().(netcfg.Leaf); ok {
			path = " " + strings.TrimPrefix(l.Path, "NetworkConfiguration/VirtualNetworkConfiguration/")
		}
		fmt.Fprintf(&got, "%d %d:%d %s.%s%s%s\n", r.Ordinal, r.Line, r.Col, holder.Type().Name(), field, path, value)
	})
	if d := cmp.Diff(wantEverything, "\n"+got.String()); d != "" {
		t.Errorf("(-want +got):\n%s\n%s", d, got.String())
	}
}

func TestLeavesOfMesh(t *testing.T) {
	for name, src := range map[string][]byte{"mesh": fixtures.Mesh(25, 5), "ring": fixtures.Ring(26, 5)} {
		f, found, err := netcfg.Parse(name, src)
		if err != nil || len(found) > 0 {
			t.Fatal(found, err)
		}
		checkLeaves(t, f, src)
		if got := netcfg.Format(f); !bytes.Equal(got, src) {
			t.Errorf("%s: Format gives other bytes than the service's:\n%s", name, cmp.Diff(string(src), string(got)))
		}
	}
}

const wantEverything = `
1 2:1 Leaf.Ref NetworkConfiguration ""
2 2:23 Leaf.Ref NetworkConfiguration/@xmlns:xsd "http://www.w3.org/2001/XMLSchema"
3 2:68 Leaf.Ref NetworkConfiguration/@xmlns "http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration"
4 3:3 Leaf.Ref NetworkConfiguration/VirtualNetworkConfiguration ""
5 5:5 Leaf.Ref Dns ""
6 5:10 Leaf.Ref Dns/DnsServers ""
10 7:5 Leaf.Ref LocalNetworkSites ""
20 14:5 Leaf.Ref VirtualNetworkSites ""
38 20:9 Leaf.Ref VirtualNetworkSites/VirtualNetworkSite/Subnets ""
64 29:29 Leaf.Ref VirtualNetworkSites/VirtualNetworkSite/Tag/Deep/@xmlns "urn:deep"
7 5:22 DNSServer.Ref
8 5:33 Attr.Name "d1"
9 6:7 Attr.IPAddress "10.0.0.4"
11 8:7 LocalNetworkSite.Ref
12 8:25 Attr.Name "s & t"
15 10:9 AddressSpace.Ref
16 10:23 Text.Ref
17 10:39 Text.TextRef "10.1.0.0/16"
18 11:38 Text.Ref
19 11:63 Text.TextRef "10.2.0.0/16"
13 9:9 Text.Ref
14 9:28 Text.TextRef "40.1.2.3"
21 15:7 VirtualNetworkSite.Ref
22 15:27 Attr.Name "v \"1\""
23 15:40 Attr.AffinityGroup ""
24 15:57 Attr.Location "West US"
25 16:9 Text.Ref
26 16:21 Text.TextRef "one"
27 17:9 AddressSpace.Ref
28 17:23 Text.Ref
29 17:38 Text.TextRef "10.0.0.0/16"
30 18:9 AddressSpace.Ref
31 18:23 Text.Ref
32 18:38 Text.TextRef "10.9.0.0/16"
33 19:9 VirtualNetworkSite.SubnetsRef
34 19:18 Subnet.Ref
35 19:26 Attr.Name "GatewaySubnet"
36 19:47 Text.Ref
37 19:62 Text.TextRef "10.0.0.0/27"
39 20:18 Subnet.Ref
40 20:26 Attr.Name "apps"
41 20:38 Text.Ref
42 20:53 Text.TextRef "10.0.1.0/24"
43 21:9 VirtualNetworkSite.DNSServersRefRef
44 21:24 NameRef.Ref
45 21:38 Attr.Name "d1"
46 22:9 Gateway.Ref
47 22:18 Attr.Profile "Small"
48 23:11 AddressSpace.Ref
49 23:33 Text.Ref
50 23:48 Text.TextRef "172.16.0.0/24"
51 24:11 Gateway.ConnectionsRef
52 25:13 LocalNetworkSiteRef.Ref
53 25:34 Attr.Name "s & t"
54 25:51 Connection.Ref
55 25:63 Attr.Type "IPsec"
56 25:77 Connection.Ref
57 25:89 Attr.Type "Dedicated"
58 28:9 NameRef.Ref
59 28:33 Attr.Name "i"
60 29:9 Leaf.Ref VirtualNetworkSites/VirtualNetworkSite/Tag ""
61 29:14 Leaf.Ref VirtualNetworkSites/VirtualNetworkSite/Tag/@key "k"
62 29:22 Leaf.Ref VirtualNetworkSites/VirtualNetworkSite/Tag/text() "v"
63 29:23 Leaf.Ref VirtualNetworkSites/VirtualNetworkSite/Tag/Deep ""
65 29:46 Leaf.Ref VirtualNetworkSites/VirtualNetworkSite/Tag/Deep/@a "1"
66 29:52 Leaf.Ref VirtualNetworkSites/VirtualNetworkSite/Tag/Deep/text() "w"
67 29:67 Leaf.Ref VirtualNetworkSites/VirtualNetworkSite/text() "stray"
`

// TestLeavesOf holds that a list of leaves has each once, in order, with the path that the walk gives
// to those that have no field.
func TestLeavesOf(t *testing.T) {
	for name, src := range map[string][]byte{"everything": []byte(everything), "mesh": fixtures.Mesh(25, 5), "one": []byte(`<NetworkConfiguration/>`)} {
		f, _, err := netcfg.Parse(name, src)
		if err != nil {
			t.Fatal(err)
		}
		all := netcfg.LeavesOf(&netcfg.Document{Name: name, Leaves: f.Leaves, File: f})
		if len(all) != f.Leaves {
			t.Errorf("%s: %d leaves, want %d", name, len(all), f.Leaves)
		}
		for i, leaf := range all {
			if leaf.Ref.Ordinal != int32(i+1) {
				t.Fatalf("%s: leaf %d is number %d", name, i+1, leaf.Ref.Ordinal)
			}
			switch last := leaf.Path[strings.LastIndexByte(leaf.Path, '/')+1:]; leaf.Kind {
			case netcfg.AttributeLeaf:
				if last[0] != '@' {
					t.Errorf("%s: attribute %q", name, leaf.Path)
				}
			case netcfg.TextLeaf:
				if last != "text()" {
					t.Errorf("%s: text %q", name, leaf.Path)
				}
			}
			if leaf.Path != "NetworkConfiguration" && !strings.HasPrefix(leaf.Path, "NetworkConfiguration/") {
				t.Errorf("%s: path %q", name, leaf.Path)
			}
		}
	}
}

// TestLeavesOfResponses holds that a key has no value in the list.
func TestLeavesOfResponses(t *testing.T) {
	at := func(n int32) diag.Ref { return diag.Ref{Ordinal: n} }
	d := &netcfg.Document{Leaves: 4, Structure: []netcfg.Leaf{{Ref: at(2), Kind: netcfg.AttributeLeaf, Path: "SharedKey/@xmlns"}},
		Responses: []*netcfg.Response{{Root: netcfg.Node{Name: "SharedKey", Ref: at(1), Nodes: []netcfg.Node{
			{Name: "Value", Ref: at(3), TextRef: at(4), Secret: netcfg.NewSecret("hush")}}}}}}
	want := "SharedKey SharedKey/@xmlns SharedKey/Value SharedKey/Value/text() "
	var got strings.Builder
	for _, leaf := range netcfg.LeavesOf(d) {
		got.WriteString(leaf.Path + " " + leaf.Value)
	}
	if got.String() != want {
		t.Errorf("%q, want %q", got.String(), want)
	}
}

// TestKeysInWrongPlaces holds that a key which is written where a name belongs is not shown.
func TestKeysInWrongPlaces(t *testing.T) {
	const key = "hushhush"
	for _, inside := range []string{
		`<Value "hushhush">x</Value>`, "<Value hushhush>x</Value>", "<Value hushhush=''>x</Value>", "<Value><hushhush/></Value>", "<hushhush/>",
		"<Value>ab<hushhush</Value>", "<Value>x</hushhush></Value>", "<Value a=hushhush>x</Value>", "<Value><hushhush a='b'>x</hushhush></Value>",
	} {
		d, found, _ := netcfg.Read("networking/v/gateway/connection/s/sharedkey.xml", []byte("<SharedKey>"+inside+"</SharedKey>"))
		text := fmt.Sprint(found)
		if d != nil {
			for _, leaf := range netcfg.LeavesOf(d) {
				text += "\n" + leaf.Path
			}
		}
		if strings.Contains(text, key) {
			t.Errorf("%s: %s", inside, text)
		}
	}
}
