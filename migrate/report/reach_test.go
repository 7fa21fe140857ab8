package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// crossroads is an ARM estate with all that a view of reach has words for: VNet a reaches b through the
// firewall in hub and is answered past it; branches c and d hang on one on-premises network that lists
// both; e sends its packets for the Internet to nobody; f is peered in part; all of g is routed as a's
// applications are; hub has clients.
func crossroads(name func(string) string) *estate.Estate {
	id := func(typ, n string) estate.ID { return estate.ID{Subscription: name(doc), Type: typ, Name: name(n)} }
	vnet := func(n, space string, subnets ...estate.Subnet) estate.VNet {
		return estate.VNet{ID: id(estate.TypeVNet, n), Name: name(n), Model: estate.ARM, Space: pfx(space), Subnets: subnets}
	}
	subnet := func(n, prefix, table string) estate.Subnet {
		s := estate.Subnet{Name: name(n), Raw: name(n), Prefix: pfx(prefix)[0]}
		if table != "" {
			s.RouteTable = id(estate.TypeRouteTable, table)
		}
		return s
	}
	table := func(n, prefix, hop, address string) estate.RouteTable {
		r := estate.Route{Prefix: pfx(prefix)[0], NextHop: estate.Fact{Value: hop}}
		if address != "" {
			r.Address = estate.Address{Addr: netip.MustParseAddr(address), Raw: address}
		}
		return estate.RouteTable{ID: id(estate.TypeRouteTable, n), Name: name(n), Routes: []estate.Route{r}, RoutesKnown: true}
	}
	e := &estate.Estate{Docs: []string{name(doc)}}
	e.VNets = []estate.VNet{
		vnet("a", "10.1.0.0/16", subnet("apps", "10.1.1.0/24", "through-firewall"), subnet("data", "10.1.2.0/24", "")),
		vnet("b", "10.2.0.0/16", subnet("apps", "10.2.1.0/24", "")),
		vnet("c", "10.3.0.0/16"), vnet("d", "10.4.0.0/16"),
		vnet("e", "10.5.0.0/16", subnet("closed", "10.5.1.0/24", "nowhere")),
		vnet("f", "10.6.0.0/16", subnet("shared", "10.6.1.0/24", ""), subnet("private", "10.6.2.0/24", "")),
		vnet("g", "10.7.0.0/16", subnet("all", "10.7.0.0/16", "through-firewall")),
		vnet("hub", "10.0.0.0/16", subnet("edge", "10.0.1.0/24", "")),
	}
	e.RouteTables = []estate.RouteTable{
		table("nowhere", "0.0.0.0/0", "None", ""), table("through-firewall", "10.2.0.0/16", "VirtualAppliance", "10.0.1.4"),
	}
	gateway := func(v string) estate.Gateway {
		return estate.Gateway{ID: id(estate.TypeGateway, v+"-gateway"), VNet: id(estate.TypeVNet, v)}
	}
	hub := gateway("hub")
	hub.ClientPools = pfx("172.16.0.0/24")
	firewall := estate.Gateway{ID: id(estate.TypeFirewall, "firewall"), VNet: id(estate.TypeVNet, "hub"), Kind: estate.Firewall, Subnet: name("edge"),
		PrivateIPs: []estate.Address{{Addr: netip.MustParseAddr("10.0.1.4"), Raw: "10.0.1.4"}}}
	e.Gateways = []estate.Gateway{firewall, gateway("c"), gateway("d"), hub}
	e.Sites = []estate.Site{{ID: id(estate.TypeSite, "HQ"), Name: name("HQ"), Prefixes: pfx("192.168.0.0/16", "10.3.0.0/16", "10.4.0.0/16"), Class: estate.SiteOnPremises, Network: name("HQ")}}
	for _, v := range []string{"c", "d"} {
		e.Connections = append(e.Connections, estate.Connection{ID: id(estate.TypeConnection, v+"-to-HQ"), Gateway: id(estate.TypeGateway, v+"-gateway"), Site: e.Sites[0].ID})
	}
	for _, pair := range [][2]string{{"a", "b"}, {"a", "hub"}, {"b", "a"}, {"b", "g"}, {"b", "hub"}, {"f", "hub"},
		{"g", "b"}, {"g", "hub"}, {"hub", "a"}, {"hub", "b"}, {"hub", "f"}, {"hub", "g"}} {
		from, to := id(estate.TypeVNet, pair[0]), id(estate.TypeVNet, pair[1])
		p := estate.Peering{ID: estate.ID{Subscription: from.Subscription, Type: estate.TypePeering, Name: from.Name, Child: name("to-" + pair[1])},
			VNet: from, Remote: to, State: estate.PeeringConnected, AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true}
		switch "f" {
		case pair[0]:
			p.Partial, p.LocalSubnets, p.RemoteSubnets = true, []string{name("shared")}, []string{name("edge")}
		case pair[1]:
			p.Partial, p.LocalSubnets, p.RemoteSubnets = true, []string{name("edge")}, []string{name("shared")}
		}
		e.Peerings = append(e.Peerings, p)
	}
	return e
}

func at(e *estate.Estate, vnet, address string, name func(string) string) reach.Endpoint {
	for i := range e.VNets {
		if v := &e.VNets[i]; v.Name == name(vnet) {
			return reach.Endpoint{Location: location(*v), Address: netip.MustParseAddr(address)}
		}
	}
	return reach.Endpoint{}
}

// tracedPair is the way from an application in a to one in b, and back.
func tracedPair(e *estate.Estate, name func(string) string) Traced {
	from, to := at(e, "a", "10.1.1.4", name), at(e, "b", "10.2.1.4", name)
	back := reach.Trace(e, to, from)
	return Traced{From: from, To: to, FromChosen: name("the fifth of subnet apps"), There: reach.Trace(e, from, to), Back: &back, Varies: true,
		Session: reach.Compute(e).Sess(from, to), Remedies: []reach.Remedy{{Change: name("a route in b by the firewall"), Value: reach.Yes}}}
}

// mended is crossroads with less and with more: what a diff has words for.
func mended(name func(string) string) *estate.Estate {
	e := crossroads(name)
	e.VNets[0].Subnets[0].RouteTable = estate.ID{}
	e.VNets[4].Subnets[0].RouteTable = estate.ID{}
	e.Connections = e.Connections[:1]
	for i := range e.Peerings {
		e.Peerings[i].Partial = false
	}
	return e
}

func reachDiff(name func(string) string, was, is *estate.Estate) *ReachDiff {
	return NewReachDiff(name("old"), name("new"), was, is, reach.Compare(reach.Compute(was), reach.Compute(is), nil))
}

// reachViews are all formats of all views of reach, by the name of their golden file.
func reachViews(t *testing.T, name func(string) string) map[string]string {
	t.Helper()
	e, later := crossroads(name), mended(name)
	out := map[string]string{}
	for format, end := range map[Format]string{Text: "txt", Markdown: "md", JSON: "json", CSV: "csv"} {
		write := func(file string, view func(b *bytes.Buffer) error) {
			var b bytes.Buffer
			if err := view(&b); err != nil {
				t.Fatal(file, err)
			}
			out[file+"."+end] = b.String()
		}
		write("reach", func(b *bytes.Buffer) error { return Reach(b, e, reach.Compute(e), format, Style{}) })
		write("reach-diff", func(b *bytes.Buffer) error { return reachDiff(name, e, later).Write(b, format, Style{}) })
		write("reach-undone", func(b *bytes.Buffer) error { return reachDiff(name, later, e).Write(b, format, Style{}) })
		write("network-diff", func(b *bytes.Buffer) error {
			d := NetworkDiff{Config: NewConfigDiff(name("old"), name("new"), e, later, nil)}
			if format != CSV {
				d.Reach = reachDiff(name, e, later)
			}
			return d.Write(b, format, Style{})
		})
		if format != CSV {
			write("reach-trace", func(b *bytes.Buffer) error { return ReachTrace(b, e, tracedPair(e, name), format, Style{}) })
		}
	}
	return out
}

func TestReach(t *testing.T) {
	for file, got := range reachViews(t, asIs) {
		golden(t, filepath.Join("testdata", file), got)
	}
	e := &estate.Estate{}
	for _, err := range []error{
		Reach(&bytes.Buffer{}, e, reach.Compute(e), SARIF, Style{}), ReachTrace(&bytes.Buffer{}, e, Traced{}, CSV, Style{}), reachDiff(asIs, e, e).Write(&bytes.Buffer{}, SARIF, Style{}),
		(&NetworkDiff{NewConfigDiff("a", "b", e, e, nil), reachDiff(asIs, e, e)}).Write(&bytes.Buffer{}, CSV, Style{}),
	} {
		if !errors.Is(err, ErrFormat) {
			t.Errorf("an unknown format gives %v", err)
		}
	}
}

// A trace says how many ways it does not show, and which of them JSON has.
func TestTraceOfManyWays(t *testing.T) {
	e := crossroads(asIs)
	traced := tracedPair(e, asIs)
	traced.There.Paths = slices.Repeat(traced.There.Paths[:1], 10)
	for more, want := range map[int][2]string{
		0:  {"The packet may take 10 ways.", "and 4 more ways; --format json has them"},
		90: {"The packet may take 100 ways.", "and 94 more ways; --format json has the first 10"},
	} {
		traced.There.More = more
		var text, js bytes.Buffer
		if err := errors.Join(ReachTrace(&text, e, traced, Text, Style{}), ReachTrace(&js, e, traced, JSON, Style{})); err != nil {
			t.Fatal(err)
		}
		for _, line := range want {
			if !strings.Contains(text.String(), line) {
				t.Errorf("%q is missing in\n%s", line, text.String())
			}
		}
		if got := strings.Contains(js.String(), `"waysNotListed": 90`); got != (more > 0) {
			t.Errorf("%d ways are not listed, and JSON says so: %t", more, got)
		}
	}
}

func reachSchema(t *testing.T) []byte {
	t.Helper()
	return schemaOf(t, &WireReach{}, "netmigrate reach", "What netmigrate reach prints as JSON, format "+ReachFormat+".")
}

func reachDiffSchema(t *testing.T) []byte {
	t.Helper()
	return schemaOf(t, &WireReachDiff{}, "netmigrate diff --reach", "What netmigrate diff --reach prints as JSON, format "+ReachDiffFormat+".")
}

func diffSchema(t *testing.T) []byte {
	t.Helper()
	return schemaOf(t, &WireDiff{}, "netmigrate diff", "What netmigrate diff prints as JSON, with --reach the member reach alone, format "+DiffFormat+".")
}

func TestReachSchema(t *testing.T) {
	golden(t, "../../docs/diff.schema.json", string(diffSchema(t)))
	golden(t, "../../docs/reach.schema.json", string(reachSchema(t)))
	golden(t, "../../docs/reach-diff.schema.json", string(reachDiffSchema(t)))
}

func TestReachMatchesItsSchema(t *testing.T) {
	one, two, three := compiled(t, reachSchema(t)), compiled(t, reachDiffSchema(t)), compiled(t, diffSchema(t))
	for _, name := range []func(string) string{asIs, hostile} {
		all := reachViews(t, name)
		wantSchema(t, one, all["reach.json"])
		wantSchema(t, one, all["reach-trace.json"])
		wantSchema(t, two, all["reach-diff.json"])
		wantSchema(t, three, all["network-diff.json"])
		wantSchema(t, two, all["reach-undone.json"])
	}
	e := office(asIs)
	var b bytes.Buffer
	if err := Reach(&b, e, reach.Compute(e), JSON, Style{}); err != nil {
		t.Fatal(err)
	}
	wantSchema(t, one, b.String())
}

// Names of a file cannot act in any form.
func TestReachOfHostileNames(t *testing.T) {
	for file, text := range reachViews(t, hostile) {
		rest := text
		switch filepath.Ext(file) {
		case ".md":
			for _, line := range strings.Split(text, "\n") {
				if got := acting(line); strings.ContainsAny(got, "<[") || strings.Contains(got, "open a code span") {
					t.Errorf("%s: %q acts in %q", file, got, line)
				}
			}
		case ".csv":
			rest = strings.ReplaceAll(text, "\r\n", "\n")
		}
		if i := strings.IndexFunc(rest, func(r rune) bool { return r != '\n' && diag.Plain(string(r)) != string(r) }); i >= 0 {
			t.Errorf("%s holds %q", file, rest[max(0, i-20):min(len(rest), i+20)])
		}
	}
}

// No field of a CSV begins as a formula does, and each row has as many fields as the head.
func TestReachCSV(t *testing.T) {
	formula := func(s string) string { return "=" + s + "\",+1\n" }
	for file, text := range reachViews(t, formula) {
		if filepath.Ext(file) != ".csv" {
			continue
		}
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if err != nil || len(rows) < 2 {
			t.Fatalf("%s: %d rows, %v", file, len(rows), err)
		}
		for _, row := range rows {
			for _, field := range row {
				if field != "" && strings.ContainsAny(field[:1], "=+-@") {
					t.Errorf("%s: the field %q is a formula", file, field)
				}
			}
		}
	}
}

// meshOf is a full mesh of peered VNets and one apart.
func meshOf(n int) *estate.Estate {
	e := &estate.Estate{}
	id := func(i int) estate.ID {
		return estate.ID{Subscription: doc, Type: estate.TypeVNet, Name: fmt.Sprintf("net-%03d", i)}
	}
	for i := range n + 1 {
		e.VNets = append(e.VNets, estate.VNet{ID: id(i), Name: id(i).Name, Model: estate.ARM, Space: pfx(fmt.Sprintf("10.%d.%d.0/24", i/256, i%256))})
		for j := range n {
			if i < n && i != j {
				e.Peerings = append(e.Peerings, estate.Peering{ID: estate.ID{Subscription: doc, Type: estate.TypePeering, Name: id(i).Name, Child: id(j).Name},
					VNet: id(i), Remote: id(j), State: estate.PeeringConnected, AllowVirtualNetworkAccess: true})
			}
		}
	}
	return e
}

// A matrix of many locations would not be legible: there is a list instead, cut where it is long.
func TestReachOfMany(t *testing.T) {
	e := meshOf(30)
	var text, table bytes.Buffer
	if err := errors.Join(Reach(&text, e, reach.Compute(e), Text, Style{}), Reach(&table, e, reach.Compute(e), CSV, Style{})); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"--format csv has a row for each that reaches another.", "  VNet net-000\n    reaches  net-001, net-002, ", " and 17 more: peering\n", "  VNet net-030\n    reaches  nobody\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is missing in\n%s", want, text.String())
		}
	}
	if strings.Contains(text.String(), "Matrix") {
		t.Error("there is a matrix")
	}
	if rows := strings.Count(table.String(), "\r\n"); rows != 1+30*29 {
		t.Errorf("the CSV has %d rows, want %d", rows, 1+30*29)
	}
}

// One on-premises network that lists the ranges of many VNets would join them all, perhaps: they are
// counted and not listed.
func TestReachOfManyTurningAround(t *testing.T) {
	const n = 600
	e := &estate.Estate{}
	id := func(typ string, i int) estate.ID {
		return estate.ID{Subscription: doc, Type: typ, Name: fmt.Sprintf("net-%03d", i)}
	}
	hq := estate.Site{ID: estate.ID{Subscription: doc, Type: estate.TypeSite, Name: "HQ"}, Name: "HQ", Prefixes: pfx("10.0.0.0/8"), Class: estate.SiteOnPremises, Network: "HQ"}
	e.Sites = []estate.Site{hq}
	for i := range n {
		e.VNets = append(e.VNets, estate.VNet{ID: id(estate.TypeVNet, i), Name: id("", i).Name, Space: pfx(fmt.Sprintf("10.%d.%d.0/24", i/256, i%256))})
		e.Gateways = append(e.Gateways, estate.Gateway{ID: id(estate.TypeGateway, i), VNet: id(estate.TypeVNet, i)})
		e.Connections = append(e.Connections, estate.Connection{ID: id(estate.TypeConnection, i), Gateway: id(estate.TypeGateway, i), Site: hq.ID})
	}
	var text bytes.Buffer
	if err := Reach(&text, e, reach.Compute(e), Text, Style{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("%d pairs: %d with a session, up to %d more that could only meet where packets may turn", n*(n+1)/2, n, n*(n-1)/2),
		"  on-premises HQ\n    packets of  net-000, net-001, ", fmt.Sprintf("Up to %d pairs", n*(n-1)/2),
	} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is missing in\n%.3000s", want, text.String())
		}
	}
}
