package report

import (
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/arm"
	"github.com/netmigrate/netmigrate/migrate/deploy"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

var update = flag.Bool("update", false, "rewrite the golden files and docs/plan.schema.json")

// golden compares with a file below testdata, or rewrites it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got); -update rewrites it\n%s", path, diff)
	}
}

// sample is everything that a review is made of.
type sample struct {
	plan  *plan.Plan
	found diag.List
	fates []diag.Fate
	diff  *Diff
}

const doc = "corp.netcfg"

func pfx(s ...string) []estate.Prefix {
	var out []estate.Prefix
	for _, p := range s {
		out = append(out, estate.Prefix{Prefix: netip.MustParsePrefix(p), Raw: p})
	}
	return out
}

func refs(line int32) []diag.Ref { return []diag.Ref{{Ordinal: line, Line: line, Col: 7}} }

// makeSample builds a plan by hand: hub and app are joined by a tunnel that a peering replaces, hub
// has on-premises behind it, and lab points at app alone. Every name passes through name, so that
// a test can make all of them hostile.
func makeSample(t testing.TB, name func(string) string) sample {
	t.Helper()
	id := func(typ, n string) estate.ID { return estate.ID{Subscription: name(doc), Type: typ, Name: name(n)} }
	region := estate.Region{Name: "westeurope", Raw: "West Europe"}
	vnet := func(n, space string, line int32) estate.VNet {
		return estate.VNet{ID: id(estate.TypeVNet, n), Name: name(n), Model: estate.ARM, Region: region, Space: pfx(space), Refs: refs(line),
			Subnets: []estate.Subnet{{Name: estate.GatewaySubnet, Raw: estate.GatewaySubnet, Prefix: pfx(space[:len(space)-2] + "27")[0]}}}
	}
	gateway := func(n string, line int32) estate.Gateway {
		return estate.Gateway{ID: id(estate.TypeGateway, n+"-gateway"), VNet: id(estate.TypeVNet, n), SKU: "VpnGw1AZ",
			PublicIP: id(estate.TypePublicIP, n+"-gateway-ip"), Region: region, Refs: refs(line)}
	}
	hub, app, lab := vnet("hub", "10.0.0.0/16", 10), vnet("app", "10.1.0.0/16", 20), vnet("lab", "10.2.0.0/16", 30)
	connection := func(from, to string, line int32) estate.Connection {
		return estate.Connection{ID: id(estate.TypeConnection, from+"-to-"+to), Gateway: id(estate.TypeGateway, from+"-gateway"), KeyName: name(from + "-to-" + to), Refs: refs(line)}
	}
	there, back, out := connection("hub", "app", 12), connection("app", "hub", 22), connection("hub", "HQ", 13)
	for _, half := range [][2]*estate.Connection{{&there, &back}, {&back, &there}} {
		c, other := half[0], half[1]
		c.Kind, c.RemoteGateway = estate.Vnet2Vnet, other.Gateway
		c.Pairing = estate.Pairing{Confidence: estate.Likely, Partner: other.ID, Evidence: []estate.Evidence{
			{Kind: estate.OwnSpace, Value: name("app")}, {Kind: estate.Reciprocal, Value: name("to-hub")}, {Kind: estate.OnlyCandidate}}}
	}
	out.Site = id(estate.TypeSite, "HQ")
	out.Pairing.Evidence = []estate.Evidence{{Kind: estate.PlaceholderAddress, Value: "1.1.1.1"}}
	hq := estate.Site{ID: id(estate.TypeSite, "HQ"), Name: name("HQ"), Region: region, Prefixes: pfx("192.168.0.0/24"), Class: estate.SiteOnPremises, Network: name("HQ"), Refs: refs(40),
		Address: estate.Address{Addr: netip.MustParseAddr("1.1.1.1"), Raw: "1.1.1.1", Placeholder: "a well-known address"}}

	base := &estate.Estate{
		Docs: []string{name(doc)}, VNets: []estate.VNet{app, hub, lab}, Sites: []estate.Site{hq},
		Gateways: []estate.Gateway{gateway("app", 21), gateway("hub", 11)}, Connections: []estate.Connection{back, out, there},
	}
	classic := &estate.Estate{Docs: base.Docs, VNets: base.VNets, Sites: base.Sites, Gateways: base.Gateways, Connections: append([]estate.Connection(nil), base.Connections...)}
	oneSided := connection("lab", "app", 32)
	oneSided.ID.Name, oneSided.ID.Child, oneSided.Site = name("lab"), name("app-site"), id(estate.TypeSite, "app-site")
	oneSided.Pairing = estate.Pairing{Confidence: estate.OneSided, Toward: app.ID, Evidence: []estate.Evidence{{Kind: estate.NoReciprocal, Value: name("app")}}}
	classic.Connections = append(classic.Connections, oneSided)
	for _, o := range []struct {
		id   estate.ID
		rule string
	}{{app.ID, ""}, {hub.ID, "ARM-002"}, {lab.ID, ""}, {hq.ID, ""}, {base.Gateways[0].ID, ""}, {base.Gateways[1].ID, ""}, {back.ID, ""}, {out.ID, ""}, {there.ID, ""}} {
		base.Mapping = append(base.Mapping, estate.Mapping{From: o.id, To: o.id, Rule: o.rule})
	}

	half := func(from, to estate.ID, transit, remote bool) estate.Peering {
		p := estate.ID{Subscription: from.Subscription, Type: estate.TypePeering, Name: from.Name, Child: name("to-" + to.Name)}
		return estate.Peering{ID: p, VNet: from, Remote: to, AllowVirtualNetworkAccess: true, AllowGatewayTransit: transit, UseRemoteGateways: remote}
	}
	toApp, toHub, remote := half(hub.ID, app.ID, true, false), half(app.ID, hub.ID, false, false), half(app.ID, hub.ID, false, true)
	target := &estate.Estate{Docs: base.Docs, VNets: base.VNets, Sites: base.Sites, Gateways: base.Gateways[1:], Connections: base.Connections[1:2],
		Peerings: []estate.Peering{toApp, remote}}

	term := func(n string, count, weight int) plan.Term { return plan.Term{Name: n, Count: count, Weight: weight} }
	live := estate.Assumption{ID: estate.AsmLive, Assumed: "the network runs today in its ARM form", Because: "a classic file describes the past", Settle: "a listing"}
	p := &plan.Plan{
		Mode: options.AsIfLive, Base: base, Target: target,
		Components: []plan.Component{
			{Name: name("app"), VNets: []estate.ID{app.ID, hub.ID}, Class: plan.Pair, Tunnels: 1,
				Hub: plan.Hub{Kind: plan.ExistingHub, VNet: hub.ID, Because: "it holds the gateway that stays", Candidates: []plan.Candidate{
					{Kind: plan.ExistingHub, VNet: hub.ID, Points: 12, Monthly: &plan.Monthly{Known: 156_950_000}, Terms: []plan.Term{term("VPN gateways left", 1, 10), term("peerings", 2, 1)}},
					{Kind: plan.NewHub, Points: 16, Monthly: &plan.Monthly{Known: 156_950_000, Unknown: 2}, Terms: []plan.Term{term("VPN gateways left", 1, 10), term("peerings", 4, 1), term("gateways to build", 1, 2)}},
					{Kind: plan.ExistingHub, VNet: app.ID, Refused: "it shares addresses with " + name("HQ")}}},
				Kept: []plan.KeptPair{{A: "VNet " + name("app"), B: "VNet " + name("lab"), Because: "their addresses overlap"}}},
			{Name: name("lab"), VNets: []estate.ID{lab.ID}, Class: plan.Single, Hub: plan.Hub{Kind: plan.NoHub}},
		},
		Outcomes: []plan.Outcome{
			{Object: base.Gateways[0].ID, What: plan.Remove, Because: "it has no connection left"},
			{Object: base.Gateways[1].ID, What: plan.Keep, Because: "it is the hub's gateway"},
			{Object: back.ID, What: plan.Remove, Because: "a peering carries it"}, {Object: there.ID, What: plan.Remove, Because: "a peering carries it"},
			{Object: out.ID, What: plan.Keep, Because: "it leads to on-premises"}, {Object: hq.ID, What: plan.Keep, Because: "a connection that stays uses it"},
			{Object: toApp.ID, What: plan.Create, Because: "the spoke uses the hub's gateway"}, {Object: toHub.ID, What: plan.Create, Because: "the spoke uses the hub's gateway"},
		},
		Steps: []plan.Step{
			{ID: "S001", Wave: 1, Action: plan.VerifyListing, Because: "the files describe the past", Impact: plan.Impact{Class: plan.Live}, Verify: "everything is in the listing", Undo: "nothing to undo"},
			{ID: "S002", Wave: 2, Action: plan.CreatePeering, Object: toApp.ID, Also: []estate.ID{toHub.ID}, Needs: []string{"S001"}, Because: name("app") + " is a spoke",
				Effect: plan.Effect{Add: &estate.Estate{Peerings: []estate.Peering{toApp, toHub}}}, Impact: plan.Impact{Class: plan.Live, Minutes: [2]int{1, 1}}, Verify: "Connected on both sides", Undo: "delete both halves",
				Back: plan.Undo{Remove: []estate.ID{toApp.ID, toHub.ID}, Minutes: [2]int{1, 1}}},
			{ID: "S003", Wave: 3, Action: plan.DeleteTunnel, Object: there.ID, Also: []estate.ID{back.ID}, Needs: []string{"S002"}, Because: "peering carries it",
				Effect: plan.Effect{Remove: []estate.ID{there.ID, back.ID}}, Impact: plan.Impact{Class: plan.Interrupting, Minutes: [2]int{1, 5}, Window: "W01"}, Verify: "the pair answers", Undo: "create both again",
				Back: plan.Undo{Restore: []estate.ID{there.ID, back.ID}, Minutes: [2]int{5, 10}}},
			{ID: "S004", Wave: 4, Action: plan.DeleteGateway, Object: base.Gateways[0].ID, Needs: []string{"S001", "S002", "S003"}, Because: "it has no connection left",
				Effect: plan.Effect{Remove: []estate.ID{base.Gateways[0].ID}}, Impact: plan.Impact{Class: plan.Interrupting, Minutes: [2]int{10, 30}, Window: "W01"}, Verify: "not listed", Undo: "create it again",
				Back: plan.Undo{Restore: []estate.ID{base.Gateways[0].ID}, Minutes: [2]int{30, 45}}},
			{ID: "S005", Wave: 5, Action: plan.UseRemoteGateway, Object: remote.ID, Needs: []string{"S004"}, Because: "on-premises",
				Effect: plan.Effect{Add: &estate.Estate{Peerings: []estate.Peering{remote}}}, Impact: plan.Impact{Class: plan.Brief, Minutes: [2]int{1, 1}, Window: "W01"}, Verify: "on-premises answers", Undo: "turn the flag off",
				Back: plan.Undo{Restore: []estate.ID{remote.ID}, Minutes: [2]int{1, 1}}},
			{ID: "S006", Wave: 6, Action: plan.CleanUp, Object: base.Gateways[0].PublicIP, Needs: []string{"S005"}, Because: "nothing refers to it",
				Effect: plan.Effect{Remove: []estate.ID{base.Gateways[0].PublicIP}}, Impact: plan.Impact{Class: plan.Live, Minutes: [2]int{1, 10}, NoReturn: true}, Verify: "not listed", Undo: "it does not come back",
				Back: plan.Undo{None: "a deleted public address does not come back"}},
		},
		Windows: []plan.Window{{ID: "W01", Cause: "U1", Because: "the gateway must be gone before the flag is set", Minutes: [2]int{15, 45}, Steps: []string{"S003", "S004", "S005"},
			Pairs: [][2]string{{"VNet " + name("app"), "on-premises " + name("HQ")}}}},
		Before: reach.Compute(base), After: reach.Compute(target),
		Verdicts: []reach.Verdict{
			{Class: reach.PathChanged, Flags: reach.EncLost | reach.CapUp, From: location(app), To: location(hub), Before: sideOf(reach.Yes, reach.IPsecV2V), After: sideOf(reach.Yes, reach.Peering)},
			{Class: reach.Gained, Grade: reach.NewExposure, From: location(app), To: reach.Location{Kind: reach.OnPremises, Name: name("HQ")},
				FromPrefixes: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}, ToPrefixes: []netip.Prefix{netip.MustParsePrefix("192.168.0.0/24")},
				WitnessFrom: netip.MustParseAddr("10.1.0.4"), WitnessTo: netip.MustParseAddr("192.168.0.4"), After: sideOf(reach.Yes, reach.GatewayTransit, reach.IPsecS2S)},
			{Class: reach.UnknownBefore, From: location(app), To: location(lab), Before: sideOf(reach.Unknown, reach.OnPremTransit)},
		},
		Assumptions: []estate.Assumption{live, {ID: estate.AsmKey, Assumed: "both ends have the same key", Because: "keys are not in a netcfg", Settle: "compare them",
			Subjects: []string{name("a"), name("b"), name("c"), name("d"), name("e"), name("f"), name("g"), name("h")}}},
		Checked: []string{"after wave 2", "after wave 3"},
	}
	var found diag.List
	found.Add("SITE-002", diag.Pos{File: name(doc), Line: 40, Col: 7}, "device address %s of site %q cannot be a device's", "1.1.1.1", name("HQ"))
	found = append(found, diag.New("ADDR-010", diag.Pos{File: name(doc), Line: 10, Col: 7}, "%q overlaps %q", name("hub"), name("lab")).See(diag.Pos{File: name(doc), Line: 30, Col: 7}, "%q is here", name("lab")))
	found.Add("PLAN-006", diag.Pos{}, "not checked: the states inside a wave")
	fates := []diag.Fate{
		{Ref: refs(10)[0], Kind: diag.Changed, Why: "ARM-002"}, {Ref: refs(20)[0], Kind: diag.Converted}, {Ref: refs(30)[0], Kind: diag.Converted},
		{Ref: refs(32)[0], Kind: diag.NeedsPerson, Why: "LINK-001"}, {Ref: refs(41)[0], Kind: diag.NeedsPerson, Why: "ARM-010"}, {Ref: refs(42)[0], Kind: diag.NeedsPerson, Why: "ARM-010"},
		{Ref: refs(50)[0], Kind: diag.Dropped, Why: "structure of the document"},
	}
	before, _ := deploy.Render(base, nil, deploy.Options{})
	after, _ := deploy.Render(target, nil, deploy.Options{})
	for i := range after.Template.Resources { // one resource that changes without going
		if r := &after.Template.Resources[i]; r.Type == arm.TypePublicIPAddress {
			r.Zones = []string{"1"}
		}
	}
	d, err := NewDiff(classic, fates, p, before.Template, after.Template)
	if err != nil {
		t.Fatal(err)
	}
	return sample{p, found, fates, d}
}

func location(v estate.VNet) reach.Location {
	return reach.Location{Kind: reach.VNet, ID: v.ID, Name: v.Name}
}

func sideOf(v reach.Value, path ...reach.HopType) reach.Side {
	s := reach.Side{Value: v, There: v, Back: v}
	for _, h := range path {
		s.Path = append(s.Path, reach.Hop{Type: h})
	}
	return s
}

func asIs(s string) string { return s }
