package plan_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// wanting reads the members of an options file.
func wanting(t failer, src string) options.Options {
	o, found, err := options.Parse("netmigrate.yaml", []byte("version: 1\n"+src))
	if err != nil || len(found) > 0 {
		t.Fatalf("%v %v", err, found)
	}
	return *o
}

// asking plans a fixture with an options file.
func asking(t *testing.T, fixture, src string) (*plan.Plan, []string) {
	t.Helper()
	doc, err := os.ReadFile("../../fixtures/" + fixture + "/network.netcfg")
	if err != nil {
		t.Fatal(err)
	}
	opts := wanting(t, src)
	opts.Today = "2026-11-27"
	p, found, err := plan.Make(read(t, doc), opts)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, f := range found {
		if strings.HasPrefix(f.Rule, "OPT-") || slices.Contains([]string{"PLAN-001", "PLAN-003", "PLAN-015", "PLAN-016", "PLAN-017", "PLAN-028"}, f.Rule) {
			told = append(told, fmt.Sprintf("%d %s %s", f.Pos.Line, f.Rule, f.Message))
		}
	}
	return p, told
}

// joins lists the pairs of VNets that the target peers, as "a-b".
func joins(p *plan.Plan) []string {
	var out []string
	for i := range p.Target.Peerings {
		if h := &p.Target.Peerings[i]; h.VNet.Name < h.Remote.Name {
			out = append(out, h.VNet.Name+"-"+h.Remote.Name)
		}
	}
	slices.Sort(out)
	return out
}

func TestAsks(t *testing.T) {
	for _, c := range []struct {
		name, fixture, options string
		joined                 string // peered pairs in the target
		told                   []string
	}{
		{"nothing", "star", "", "analytics-hub-west claims-hub-west hub-west-policies hub-west-website", nil},
		{"spokes that do not talk today", "star", "required: [{between: claims, and: policies}]",
			"analytics-hub-west claims-hub-west claims-policies hub-west-policies hub-west-website", nil},
		{"an office that a spoke does not reach today", "star", "required: [{between: website, and: on-premises Zurich-DC}]",
			"analytics-hub-west claims-hub-west hub-west-policies hub-west-website", nil},
		{"encrypted", "star", "required: [{between: website, and: hub-west, require: encryption}]",
			"analytics-hub-west claims-hub-west hub-west-policies",
			[]string{`62 PLAN-003 "website" and "hub-west" stay connected by VPN: the options file wants them encrypted, and a peering does not encrypt`}},
		{"encrypted to an office", "star", "required: [{between: claims, and: Zurich-DC, require: encryption}]",
			"analytics-hub-west hub-west-policies hub-west-website", []string{
				`62 PLAN-003 "claims" and "hub-west" stay connected by VPN: traffic that has to stay on VPN passes both, and a gateway would prefer their peering`}},
		{"encrypted, and apart today", "star", "required: [{between: claims, and: website, require: encryption}]",
			"analytics-hub-west claims-hub-west hub-west-policies hub-west-website", []string{
				"0 PLAN-017 after wave 19: VNet claims and VNet website do not surely reach each other",
				`89 PLAN-017 "claims" and "website" cannot be joined: the options file wants them encrypted, and a peering does not encrypt`}},
		{"forbidden, and joined today", "star", "forbidden: [{between: website, and: hub-west, reason: audit}]",
			"analytics-hub-west claims-hub-west hub-west-policies", nil},
		{"forbidden, and carried by a connection that stays", "star", "hub: hub-west\nforbidden: [{between: hub-west, and: Zurich-DC, reason: audit}]",
			"analytics-hub-west claims-hub-west hub-west-policies hub-west-website", []string{
				"0 PLAN-015 after wave 19: VNet hub-west and on-premises Zurich-DC reach each other, and must not (audit)"}},
		{"forbidden by a hub", "triangle", "hub: new\nforbidden: [{between: '*', and: nowhere}]", "",
			[]string{`3 OPT-011 no place of the network is called "nowhere"`}},
		{"expired", "star", "accept: [{between: claims, and: website, reason: r, expires: 2026-11-26}]",
			"analytics-hub-west claims-hub-west hub-west-policies hub-west-website",
			[]string{`2 OPT-008 that "claims" and "website" may reach each other has expired on 2026-11-26`}},
		{"against each other", "star", "required: [{between: VNet claims, and: website}]\nforbidden: [{between: website, and: claims}]",
			"analytics-hub-west claims-hub-west hub-west-policies hub-west-website",
			[]string{"2 OPT-003 VNet claims and VNet website are required here and forbidden as well; forbidden counts"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, told := asking(t, c.fixture, c.options)
			if c.joined != "" {
				if diff := cmp.Diff(strings.Fields(c.joined), joins(p)); diff != "" {
					t.Errorf("peerings of the target (-want +got)\n%s", diff)
				}
			}
			if diff := cmp.Diff(c.told, told); diff != "" {
				t.Errorf("told (-want +got)\n%s", diff)
			}
		})
	}
}

// Whatever is asked of a random network: what the plan's own check lets pass is as asked.
func TestAskedIsKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		var required, forbidden []string
		places := []string{"office1-of-v0"}
		for i := range w.spaces {
			places = append(places, fmt.Sprintf("VNet v%d", i))
		}
		asked := map[[2]string]bool{}
		for range rapid.IntRange(1, 4).Draw(t, "asks") {
			a, b := rapid.SampledFrom(places).Draw(t, "a"), rapid.SampledFrom(places).Draw(t, "b")
			if a == b || asked[[2]string{a, b}] || asked[[2]string{b, a}] {
				continue
			}
			asked[[2]string{a, b}] = true
			switch rapid.IntRange(0, 2).Draw(t, "want") {
			case 0:
				required = append(required, fmt.Sprintf("{between: %s, and: %s}", a, b))
			case 1:
				required = append(required, fmt.Sprintf("{between: %s, and: %s, require: encryption}", a, b))
			default:
				forbidden = append(forbidden, fmt.Sprintf("{between: %s, and: %s}", a, b))
			}
		}
		src := fmt.Sprintf("version: 1\nrequired: [%s]\nforbidden: [%s]", strings.Join(required, ", "), strings.Join(forbidden, ", "))
		opts, found, err := options.Parse("netmigrate.yaml", []byte(src))
		if err != nil || len(found) > 0 {
			t.Fatalf("%v %v\n%s", err, found, src)
		}
		p, _, err := plan.Make(read(t, w.netcfg(1)), *opts)
		if err != nil {
			t.Fatalf("%v\n%s", err, src)
		}
		for _, v := range p.Violations {
			if v.Rule != "PLAN-015" && v.Rule != "PLAN-016" && v.Rule != "PLAN-017" {
				t.Errorf("%s: %s %s", v.When(), v.Rule, v.Text)
			}
		}
		for _, a := range p.Asks {
			if slices.ContainsFunc(p.Violations, func(v plan.Violation) bool { return strings.HasPrefix(v.Text, a.String()+" ") }) {
				continue
			}
			s := p.After.Session(a.A, a.B)
			switch {
			case a.Want == plan.Forbidden && s.Value != reach.No:
				t.Errorf("%s reach each other", a)
			case (a.Want == plan.Required || a.Want == plan.Encrypted) && s.Value != reach.Yes:
				t.Errorf("%s do not reach each other", a)
			case a.Want == plan.Encrypted && reach.EncryptionOf(s.Path) != reach.IPsecWhole:
				t.Errorf("%s are not encrypted", a)
			}
		}
		if t.Failed() {
			t.Logf("%s\n%s\n%s", src, w.netcfg(1), outline(p))
		}
	})
}

// TestCheckAsks holds a plan that was made without wishes against some.
func TestCheckAsks(t *testing.T) {
	for _, c := range []struct {
		want plan.Want
		rule string
	}{{plan.Encrypted, "PLAN-016"}, {plan.Forbidden, "PLAN-015"}, {plan.Required, ""}, {plan.Accepted, ""}} {
		p, _ := asking(t, "star", "")
		at := p.Before.Locations()
		find := func(name string) reach.Location {
			return at[slices.IndexFunc(at, func(l reach.Location) bool { return l.Name == name })]
		}
		p.Asks = []plan.Ask{{Want: c.want, A: find("hub-west"), B: find("website")}}
		violations := plan.Check(p).Violations
		rule := ""
		for _, v := range violations {
			rule += v.Rule
		}
		if rule != c.rule {
			t.Errorf("%s: %v, want %q", c.want, violations, c.rule)
		}
	}
}

// TestOpenedOnTheWay lets two spokes talk for a while (PLAN-018).
func TestOpenedOnTheWay(t *testing.T) {
	p, _ := asking(t, "star", "")
	x := estate.NewIndex(p.Base)
	half := func(from, to string) estate.Peering {
		var a, b estate.ID
		for i := range p.Base.VNets {
			switch v := &p.Base.VNets[i]; v.Name {
			case from:
				a = v.ID
			case to:
				b = v.ID
			}
		}
		id := a
		id.Type, id.Child = estate.TypePeering, "to-"+to
		if x.Peering(id) != nil {
			t.Fatalf("%s is there", id)
		}
		return estate.Peering{ID: id, VNet: a, Remote: b, AllowVirtualNetworkAccess: true, State: estate.PeeringConnected}
	}
	pair := []estate.Peering{half("analytics", "website"), half("website", "analytics")}
	last := len(p.Steps) - 1
	p.Steps[0].Effect.Add = &estate.Estate{Peerings: pair}
	p.Steps[last].Effect.Remove = append(slices.Clone(p.Steps[last].Effect.Remove), pair[0].ID, pair[1].ID)
	want := fmt.Sprintf("after wave 1, until after some steps of wave %d: packets may pass between VNet analytics and VNet website, and do so neither before nor at the end", p.Steps[last].Wave)
	var got []string
	for _, v := range plan.Check(p).Opened {
		if strings.Contains(v.Text, "website") {
			got = append(got, v.When()+": "+v.Text)
		}
	}
	if !slices.Equal(got, []string{want}) {
		t.Errorf("%q, want %q", got, want)
	}
	p.Asks = []plan.Ask{{Want: plan.Accepted, A: reach.Location{Kind: reach.VNet, ID: pair[0].VNet}, B: reach.Location{Kind: reach.VNet, ID: pair[0].Remote}}}
	if opened := plan.Check(p).Opened; slices.ContainsFunc(opened, func(v plan.Violation) bool { return strings.Contains(v.Text, "website") }) {
		t.Errorf("accepted, and %v", opened)
	}
}

// A name that a place has stands for that place alone, though others fit it as a pattern.
func TestExactNamesBeforePatterns(t *testing.T) {
	e := &estate.Estate{}
	gateway := estate.ID{Type: estate.TypeGateway, Name: "g"}
	hub := estate.ID{Subscription: "contoso", Type: estate.TypeVNet, Name: "hub"}
	e.VNets = []estate.VNet{{ID: hub, Name: "hub", Model: estate.ARM}}
	e.Gateways = []estate.Gateway{{ID: gateway, VNet: hub, Kind: estate.VPNGateway}}
	for _, name := range []string{"H*", "HQ", "Hull"} {
		site := estate.ID{Type: estate.TypeSite, Name: name}
		e.Sites = append(e.Sites, estate.Site{ID: site, Name: name, Class: estate.SiteOnPremises, Network: name})
		e.Connections = append(e.Connections, estate.Connection{ID: estate.ID{Type: estate.TypeConnection, Name: name}, Kind: estate.IPsec, Gateway: gateway, Site: site})
	}
	for name, want := range map[string]string{"H*": "H*", "HU*": "Hull", "h?": "H* HQ", "contoso/*": ""} {
		asks, found := plan.Asked(reach.Compute(e), &options.Options{Required: []options.Pair{{Between: options.Text{Value: "contoso/h*"}, And: options.Text{Value: name}}}})
		var got []string
		for _, a := range asks {
			got = append(got, a.B.Name)
		}
		if strings.Join(got, " ") != want || len(found) > 0 {
			t.Errorf("%s: %q, want %q; %v", name, got, want, found)
		}
	}
}
