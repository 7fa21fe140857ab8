package reach_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// grouped is n ARM VNets in one connected group.
func grouped(n int) *world {
	w := &world{}
	g := estate.NetworkGroup{ID: id("networkGroups", "all")}
	for i := range n {
		w.vnet(estate.ARM, name(i), space(i))
		g.Members = append(g.Members, id(estate.TypeVNet, name(i)))
	}
	w.Groups = append(w.Groups, g)
	return w
}

// All members of a group fare alike, whose pairs are judged as one.
func TestConnectedGroupIsOneKindOfPair(t *testing.T) {
	const n = 300
	r := reach.Compute(&grouped(n).Estate)
	pairs, verdicts := 0, 0
	for v := range reach.CompareInGroups(r, r, nil) {
		pairs += v.Count()
		verdicts++
	}
	if pairs != n*(n-1)/2 || verdicts != 1 {
		t.Errorf("%d verdicts about %d pairs", verdicts, pairs)
	}
	flows := r.Forward(vnet(name(0)), vnet(name(7)))
	if len(flows) != 1 || flows[0].Value != reach.Yes || len(flows[0].Path) != 1 || flows[0].Path[0].Type != reach.ConnectedGroup {
		t.Errorf("%+v", flows)
	}
}

// What two members have is dropped, and a trace names both.
func TestTraceIntoConnectedGroup(t *testing.T) {
	w := grouped(3)
	w.VNets[2].Space = append(w.VNets[2].Space, prefixes("10.0.1.128/25")...)
	ask := func(address string) reach.Path {
		a := reach.Trace(&w.Estate, reach.Endpoint{Location: vnet(name(0)), Address: netip.MustParseAddr("10.0.0.4")},
			reach.Endpoint{Location: vnet(name(1)), Address: netip.MustParseAddr(address)})
		if len(a.Paths) != 1 {
			t.Fatalf("%s: %+v", address, a)
		}
		return a.Paths[0]
	}
	var hops []string
	for _, c := range ask("10.0.1.200").Steps[0].Candidates {
		hops = append(hops, c.Prefix.String()+" "+c.Source+" "+c.NextHop)
	}
	want := []string{"10.0.1.128/25 connected group VNet v00002", "10.0.1.0/24 connected group VNet v00001", "0.0.0.0/0 default the Internet"}
	if !slices.Equal(hops, want) {
		t.Errorf("the routes are %q", hops)
	}
	if p := ask("10.0.1.200"); p.Value != reach.No || !strings.Contains(p.Reason, "two members of the connected group have the address") {
		t.Errorf("%s: %s", p.Value, p.Reason)
	}
	if p := ask("10.0.1.4"); p.Value != reach.Yes {
		t.Errorf("%s: %s", p.Value, p.Reason)
	}
}
