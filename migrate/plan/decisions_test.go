package plan_test

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// planOf plans a fixture.
func planOf(t *testing.T, fixture string, opts options.Options) *plan.Plan {
	t.Helper()
	doc, err := os.ReadFile("../../fixtures/" + fixture + "/network.netcfg")
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := plan.Make(read(t, doc), opts)
	if err != nil {
		t.Fatal(err)
	}
	q := own(p)
	q.Components = slices.Clone(p.Components)
	return q
}

// told are the findings about decisions, and the error.
func told(found diag.List, err error) []string {
	var out []string
	for _, f := range found {
		if ofRules(diag.List{f}, "PLAN-019", "PLAN-020", "PLAN-021", "PLAN-022") {
			out = append(out, f.Rule+" "+f.Message)
		}
	}
	if err != nil {
		out = append(out, err.Error())
	}
	return out
}

func without(p *plan.Plan, ids ...string) {
	p.Steps = slices.DeleteFunc(p.Steps, func(s plan.Step) bool { return slices.Contains(ids, s.ID) })
}

func stepOf(p *plan.Plan, id string) *plan.Step {
	return &p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.ID == id })]
}

func vnetID(p *plan.Plan, name string) estate.ID {
	return p.Base.VNets[slices.IndexFunc(p.Base.VNets, func(v estate.VNet) bool { return v.Name == name })].ID
}

// becomes are the outcomes of what has a name with this part, as "keep name: because".
func becomes(p *plan.Plan, part string) []string {
	var out []string
	for _, o := range p.Outcomes {
		if o.Object.Type != estate.TypePeering && strings.Contains(o.Object.Name, part) {
			out = append(out, fmt.Sprintf("%s %s: %s", o.What, o.Object.Name, o.Because))
		}
	}
	return out
}

func decisionsOf(p *plan.Plan) []string {
	var out []string
	for _, d := range p.Decisions {
		out = append(out, d.String())
	}
	return out
}

// wavesAbout are the waves of the steps of some actions that name a VNet.
func wavesAbout(p *plan.Plan, name string, actions ...plan.Action) []int {
	var out []int
	for _, s := range p.Steps {
		if slices.Contains(actions, s.Action) && strings.Contains(fmt.Sprint(s.Object, s.Also), name) {
			out = append(out, s.Wave)
		}
	}
	return out
}

const (
	starJoins    = "analytics-hub-west claims-hub-west hub-west-policies hub-west-website"
	websiteJoins = "analytics-hub-west claims-hub-west claims-website hub-west-policies hub-west-website policies-website"
)

// What a person decides about the plan of the star is kept.
func TestDecisions(t *testing.T) {
	for _, c := range []struct {
		name   string
		edit   func(*plan.Plan)
		kept   []string
		joined string
		about  string   // what has this in its name
		is     []string // becomes this
		told   []string
	}{
		{name: "nothing", edit: func(*plan.Plan) {}, joined: starJoins},
		{name: "texts and times are none", joined: starJoins, edit: func(p *plan.Plan) {
			p.Steps[3].Because, p.Steps[3].Impact.Minutes, p.Steps[4].Needs = "so", [2]int{5, 6}, nil
		}},
		{name: "another hub", edit: func(p *plan.Plan) { p.Components[0].Hub.VNet = vnetID(p, "website") },
			kept: []string{`the hub of the component of "analytics" is VNet "website"`}, joined: websiteJoins},
		{name: "another hub, by its name", edit: func(p *plan.Plan) {
			p.Components[0].Hub.VNet = estate.ID{Type: estate.TypeVNet, Name: "Website"}
		}, kept: []string{`the hub of the component of "analytics" is VNet "website"`}, joined: websiteJoins},
		{name: "no hub", edit: func(p *plan.Plan) {
			p.Components[0].Hub = plan.Hub{Kind: plan.NoHub, Candidates: p.Components[0].Hub.Candidates}
		},
			kept: []string{`the hub of the component of "analytics" is none`}, joined: "analytics-hub-west hub-west-website",
			told: nil},
		{name: "a new hub with a space", edit: func(p *plan.Plan) {
			h := &p.Components[0].Hub
			h.Kind, h.VNet, h.Space = plan.NewHub, estate.ID{}, netip.MustParsePrefix("172.31.4.0/22")
		}, kept: []string{`the hub of the component of "analytics" is a new VNet, in 172.31.4.0/22`},
			joined: "analytics-hub-west analytics-hub-westeurope claims-hub-west claims-hub-westeurope hub-west-hub-westeurope hub-west-policies hub-west-website hub-westeurope-policies hub-westeurope-website"},
		{name: "a peering", edit: func(p *plan.Plan) { without(p, "S003") },
			kept: []string{`create peering of "hub-west" and "analytics" is left out`}, joined: "claims-hub-west hub-west-policies hub-west-website",
			about: "analytics", is: []string{
				"keep analytics-gateway: connections that stay end at it",
				"keep analytics-to-hub-west: a required pair needs it and cannot be peered",
				"keep hub-west-to-analytics: a required pair needs it and cannot be peered"}},
		{name: "a tunnel stays", edit: func(p *plan.Plan) { without(p, "S006") },
			kept: []string{`delete tunnel of "analytics-to-hub-west" is left out`}, joined: starJoins,
			about: "analytics", is: []string{
				"keep analytics-gateway: connections that stay end at it",
				"keep analytics-to-hub-west: that it is deleted was taken out of the plan by hand",
				"keep hub-west-to-analytics: that it is deleted was taken out of the plan by hand"}},
		{name: "a gateway stays", edit: func(p *plan.Plan) { without(p, "S020") },
			kept: []string{`delete gateway of "analytics-gateway" is left out`}, joined: starJoins,
			about: "analytics-gateway", is: []string{"keep analytics-gateway: that it is deleted was taken out of the plan by hand"}},
		{name: "a gateway of a window stays", edit: func(p *plan.Plan) { without(p, "S011") },
			kept: []string{`delete gateway of "claims-gateway" is left out`}, joined: "analytics-hub-west hub-west-policies hub-west-website",
			about: "claims-gateway", is: []string{"keep claims-gateway: that it is deleted was taken out of the plan by hand"}},
		{name: "the gateway of the hub is not used", edit: func(p *plan.Plan) { without(p, "S012") },
			kept: []string{`use remote gateway of "claims" is left out`}, joined: "analytics-hub-west hub-west-policies hub-west-website",
			about: "claims-gateway", is: []string{"keep claims-gateway: connections that stay end at it"}},
		{name: "what is left is not cleaned up", edit: func(p *plan.Plan) { without(p, "S022", "S023") },
			kept: []string{`clean up of "hub-and-Zurich" is left out`}, joined: starJoins},
		{name: "earlier", edit: func(p *plan.Plan) { stepOf(p, "S006").Wave = 2 }, joined: starJoins,
			told: []string{`PLAN-021 steps[5].wave: S006 (delete tunnel of "analytics-to-hub-west") cannot go to wave 2: what comes before it, or a decision, keeps it in wave 5`}},
		{name: "a step of one's own", edit: func(p *plan.Plan) {
			s := p.Steps[19]
			s.ID, s.Object.Name = "S099", "other"
			p.Steps = append(p.Steps, s)
		}, joined: starJoins, told: []string{`PLAN-022 steps[23]: the planner makes no such step (delete gateway of "other"), and it is not kept; what two places need is said in pairs`}},
		{name: "other components", edit: func(p *plan.Plan) { p.Components[0].VNets = p.Components[0].VNets[1:] }, joined: starJoins,
			told: []string{"PLAN-022 components[0]: the network has no such component; which VNets belong together follows from what joins them"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := planOf(t, "star", options.Options{})
			c.edit(p)
			q, found, err := remake(p)
			if diff := cmp.Diff(c.told, told(found, err)); diff != "" || err != nil {
				t.Fatalf("%v (-want +got)\n%s", err, diff)
			}
			if diff := cmp.Diff(c.kept, decisionsOf(q)); diff != "" {
				t.Errorf("decisions (-want +got)\n%s", diff)
			}
			if got := strings.Join(joins(q), " "); got != c.joined {
				t.Errorf("joined: %s, want %s", got, c.joined)
			}
			if c.about != "" {
				if diff := cmp.Diff(c.is, becomes(q, c.about)); diff != "" {
					t.Errorf("outcomes (-want +got)\n%s", diff)
				}
			}
			if len(q.Violations) > 0 {
				t.Errorf("%v", q.Violations)
			}
		})
	}
}

// What cannot be kept is refused with its place and the reason.
func TestDecisionsRefused(t *testing.T) {
	drop := func(d plan.Decision) func(*plan.Plan) {
		return func(p *plan.Plan) { p.Decisions = append(p.Decisions, d) }
	}
	for _, c := range []struct {
		name, fixture string
		edit          func(*plan.Plan)
		want          []string
	}{
		{"gates", "star", func(p *plan.Plan) { without(p, "S001", "S005") }, []string{
			`PLAN-019 steps: S001 (export of "") is missing: "export" is a gate: nothing after it is safe without it`,
			`PLAN-019 steps: S005 (verify reach of "analytics") is missing: "verify reach" is a gate: nothing after it is safe without it`,
			"2 decisions of plan.json cannot be kept"}},
		{"a hub that there is not", "star", func(p *plan.Plan) { p.Components[0].Hub.VNet.Name = "hub-east" }, []string{
			"PLAN-019 components[0].hub.virtualNetwork: there is no VNet virtualNetworks/hub-east", "1 decision of plan.json cannot be kept"}},
		{"a hub that cannot be used", "star", func(p *plan.Plan) { p.Components[0].Hub.VNet = vnetID(p, "claims") }, []string{
			`PLAN-019 components[0].hub: hub claims cannot be used: its gateway would route the same prefixes to "Zurich-DC" and to "hub-and-Zurich"`, "1 decision of plan.json cannot be kept"}},
		{"a hub of no kind", "star", func(p *plan.Plan) { p.Components[0].Hub.Kind = "firewall" }, []string{
			`PLAN-019 components[0].hub: a hub is "firewall"; it can be none, existing, new, regional or several`, "1 decision of plan.json cannot be kept"}},
		{"a kind that its VNet contradicts", "chain", func(p *plan.Plan) { p.Components[0].Hub.VNet = vnetID(p, "orders") }, []string{
			`PLAN-019 components[0].hub: the kind is "none", and "orders" is an existing VNet; write "existing"`, "1 decision of plan.json cannot be kept"}},
		{"a small space", "star", func(p *plan.Plan) {
			h := &p.Components[0].Hub
			h.Kind, h.VNet, h.Space = plan.NewHub, estate.ID{}, netip.MustParsePrefix("172.31.4.0/28")
		}, []string{"PLAN-019 components[0].hub: a new hub has a block of /22, and 172.31.4.0/28 is none", "1 decision of plan.json cannot be kept"}},
		{"a space that is taken", "star", func(p *plan.Plan) {
			h := &p.Components[0].Hub
			h.Kind, h.VNet, h.Space = plan.NewHub, estate.ID{}, netip.PrefixFrom(p.Base.VNets[0].Space[0].Addr(), 22)
		}, []string{"PLAN-019 components[0].hub: a part of 10.104.0.0/22 is taken, or no private address", "1 decision of plan.json cannot be kept"}},
		{"a space with bits of hosts", "star", func(p *plan.Plan) {
			h := &p.Components[0].Hub
			h.Kind, h.VNet, h.Space = plan.NewHub, estate.ID{}, netip.MustParsePrefix("172.31.4.9/22")
		}, []string{"PLAN-019 components[0].hub: 172.31.4.9/22 has bits of hosts; the block is 172.31.4.0/22", "1 decision of plan.json cannot be kept"}},
		{"too late", "star", func(p *plan.Plan) { stepOf(p, "S008").Wave = 1 << 20 }, []string{
			"PLAN-019 steps[7].wave: a step can be held back to wave 9999, and not to 1048576", "1 decision of plan.json cannot be kept"}},
		{"a word that is none", "star", drop(plan.Decision{Kind: "keep"}), []string{
			`PLAN-019 decisions[0]: a decision is "keep"; it can be hub, drop or hold`, "1 decision of plan.json cannot be kept"}},
		{"a gate, by name", "star", drop(plan.Decision{Kind: plan.DropStep, Action: plan.Export}), []string{
			`PLAN-019 decisions[0]: "export" is a gate: nothing after it is safe without it`, "1 decision of plan.json cannot be kept"}},
		{"a gateway that there is not", "star", drop(plan.Decision{Kind: plan.DropStep, Action: plan.DeleteGateway, Object: estate.ID{Type: estate.TypeGateway, Name: "x"}}), []string{
			"PLAN-019 decisions[0]: there is no virtualNetworkGateways/x", "1 decision of plan.json cannot be kept"}},
		{"a peering of nothing", "star", drop(plan.Decision{Kind: plan.DropStep, Action: plan.CreatePeering}), []string{
			"PLAN-019 decisions[0]: it has to name what it joins in virtualNetworks", "1 decision of plan.json cannot be kept"}},
		{"a VNet that there is not", "star", drop(plan.Decision{Kind: plan.HoldStep, Object: estate.ID{Type: estate.TypeVNet, Name: "x"}, Wave: 4}), []string{
			"PLAN-019 decisions[0]: there is no VNet virtualNetworks/x", "1 decision of plan.json cannot be kept"}},
		{"no wave", "star", func(p *plan.Plan) {
			p.Decisions = []plan.Decision{{Kind: plan.HoldStep, Object: p.Base.VNets[0].ID}}
		}, []string{"PLAN-019 decisions[0]: a step can be held back to waves 1 to 9999, and not to 0", "1 decision of plan.json cannot be kept"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := planOf(t, c.fixture, options.Options{})
			c.edit(p)
			_, found, err := remake(p)
			if diff := cmp.Diff(c.want, told(found, err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A VNet that is held back goes last, and its window stays in one piece.
func TestHeldBack(t *testing.T) {
	p := planOf(t, "star", options.Options{})
	for _, id := range []string{"S008", "S009", "S010", "S011", "S012", "S013"} {
		stepOf(p, id).Wave += 15
	}
	q, found, err := remake(p)
	if err != nil || ofRules(found, "PLAN-019", "PLAN-020", "PLAN-021", "PLAN-022") {
		t.Fatal(err, found)
	}
	want := []string{`create peering of "hub-west" and "claims" is not done before wave 20`}
	if diff := cmp.Diff(want, decisionsOf(q)); diff != "" {
		t.Errorf("decisions (-want +got)\n%s", diff)
	}
	all := []plan.Action{plan.CreatePeering, plan.DeleteTunnel, plan.DeleteGateway, plan.UseRemoteGateway}
	if got := fmt.Sprint(wavesAbout(q, "claims", all...), wavesAbout(q, "policies", all...)); got != "[20 22 23 24] [5 7 8 9]" {
		t.Errorf("waves %s", got)
	}

	// Half of a window is not held back alone.
	p = planOf(t, "star", options.Options{})
	stepOf(p, "S012").Wave = 30
	q, _, err = remake(p)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(wavesAbout(q, "claims", all...)); got != "[26 28 29 30]" {
		t.Errorf("waves %s", got)
	}

	// The whole VNet, as somebody wrote it.
	p = planOf(t, "star", options.Options{})
	p.Decisions = []plan.Decision{{Kind: plan.HoldStep, Object: vnetID(p, "website"), Wave: 12}}
	q, _, err = remake(p)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(wavesAbout(q, "website", all...)); got != "[12 14 26]" {
		t.Errorf("waves %s", got)
	}
}

// Decisions are taken back: in their list, by putting the step in again, or by moving it to the front.
func TestDecisionsTakenBack(t *testing.T) {
	first := planOf(t, "star", options.Options{})
	edited := planOf(t, "star", options.Options{})
	without(edited, "S003")
	stepOf(edited, "S004").Wave = 9
	edited.Components[0].Hub.VNet = vnetID(edited, "website")
	made, _, err := remake(edited)
	if err != nil || len(made.Decisions) != 3 {
		t.Fatal(err, made.Decisions)
	}
	for i := range made.Decisions {
		made.Decisions[i].Withdrawn = true
	}
	q, found, err := remake(made)
	if diff := cmp.Diff(outline(first), outline(q)); diff != "" || err != nil || len(q.Decisions) > 0 {
		t.Errorf("withdrawn: %v %v %v (-want +got)\n%s", err, found, q.Decisions, diff)
	}

	edited = planOf(t, "star", options.Options{})
	without(edited, "S003")
	stepOf(edited, "S004").Wave = 9
	made, _, err = remake(edited)
	if err != nil {
		t.Fatal(err)
	}
	made.Steps = append(slices.Clone(made.Steps), *stepOf(first, "S003"))
	i := slices.IndexFunc(made.Steps, func(s plan.Step) bool { return s.Object.Same(stepOf(first, "S004").Object) })
	made.Steps[i].Wave = 3
	q, found, err = remake(made)
	if diff := cmp.Diff(outline(first), outline(q)); diff != "" || err != nil || len(q.Decisions) > 0 {
		t.Errorf("put back: %v %v %v (-want +got)\n%s", err, found, q.Decisions, diff)
	}
}

// Pairs may be edited: the new plan is made for them.
func TestDecidedPairs(t *testing.T) {
	p := planOf(t, "star", options.Options{})
	at := func(name string) (l []int) {
		for i, l := range p.Before.Locations() {
			if l.Name == name {
				return []int{i}
			}
		}
		return nil
	}
	a, b := p.Before.Locations()[at("claims")[0]], p.Before.Locations()[at("policies")[0]]
	p.Asks = []plan.Ask{{Want: plan.Required, A: a, B: b}}
	q, found, err := remake(p)
	if err != nil || ofRules(found, "PLAN-019", "PLAN-022") || len(q.Decisions) > 0 {
		t.Fatal(err, found, q.Decisions)
	}
	if got := strings.Join(joins(q), " "); !strings.Contains(got, "claims-policies") {
		t.Errorf("joined: %s", got)
	}
	q.Asks = nil
	last, _, err := remake(q)
	if err != nil || len(last.Decisions) > 0 {
		t.Fatal(err, last.Decisions)
	}
	if got := strings.Join(joins(last), " "); got != starJoins {
		t.Errorf("joined: %s", got)
	}
	q.Asks = []plan.Ask{{Want: plan.Required, A: a, B: b}, {Want: plan.Forbidden, A: a, B: b}}
	if _, found, _ = remake(q); !ofRules(found, "PLAN-022") {
		t.Error("a pair is forbidden and required, and nothing says so")
	}
	for today, want := range map[options.Date]int{"2026-11-26": 1, "2026-11-27": 0} {
		q.Asks = []plan.Ask{{Want: plan.Accepted, A: a, B: b, Expires: "2026-11-26"}}
		k, _, err := plan.Decided("plan.json", q)
		if err != nil {
			t.Fatal(err)
		}
		r, found, err := plan.Remake(nil, options.Options{Today: today}, k)
		if err != nil || len(r.Asks) != want || ofRules(found, "OPT-008") != (want == 0) {
			t.Errorf("on %s: %v, asks %v, found %v", today, err, r.Asks, found)
		}
	}
	b.ID.Name = "nowhere"
	q.Asks = []plan.Ask{{Want: plan.Required, A: a, B: b}}
	if _, found, err = remake(q); err == nil || !ofRules(found, "PLAN-019") {
		t.Errorf("%v %v", err, found)
	}
}

// Of another network what is not there is a finding; a hub of the options that is to win wins.
func TestRemakeOfAnotherNetwork(t *testing.T) {
	p := planOf(t, "star", options.Options{})
	without(p, "S003", "S020", "S012")
	stepOf(p, "S008").Wave = 20
	k, _, err := plan.Decided("plan.json", p)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("../../fixtures/chain/network.netcfg")
	if err != nil {
		t.Fatal(err)
	}
	q, found, err := plan.Remake(read(t, doc), options.Options{}, k)
	want := []string{
		"PLAN-020 steps: there is no VNet virtualNetworks/hub-west",
		"PLAN-020 steps: there is no VNet virtualNetworks/claims",
		"PLAN-020 steps: there is no virtualNetworkGateways/analytics-gateway",
		`PLAN-020 steps[6].wave: there is no such step any more: create peering of "hub-west" and "claims" is not done before wave 20`,
	}
	if diff := cmp.Diff(want, told(found, err)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if q == nil || len(q.Steps) == 0 {
		t.Error("there is no plan")
	}

	p = planOf(t, "star", options.Options{})
	p.Components[0].Hub.VNet = vnetID(p, "website")
	if k, _, err = plan.Decided("plan.json", p); err != nil {
		t.Fatal(err)
	}
	k.HubWins = true
	q, _, err = plan.Remake(nil, options.Options{Hub: options.HubNone}, k)
	if err != nil || q.Components[0].Hub.Kind != plan.NoHub {
		t.Fatal(err, q.Components[0].Hub)
	}
	if diff := cmp.Diff([]string{`the hub of the component of "analytics" is none`}, decisionsOf(q)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	k.Hubless()
	if q, _, err = plan.Remake(nil, options.Options{}, k); err != nil || q.Components[0].Hub.VNet.Name != "hub-west" {
		t.Fatal(err, q.Components[0].Hub)
	}
}

// A hub that somebody named on the command line is kept without a word.
func TestHubOfTheFirstRunIsKept(t *testing.T) {
	p := planOf(t, "star", options.Options{Hub: options.HubNew})
	q, found, err := remake(p)
	if err != nil || q.Components[0].Hub.Kind != plan.NewHub || len(told(found, nil)) > 0 {
		t.Fatal(err, found, q.Components[0].Hub)
	}
	if diff := cmp.Diff(outline(p), outline(q)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A plan whose spokes pass a firewall or appliances is one when it is made again, until somebody decides otherwise.
func TestPassageIsKept(t *testing.T) {
	for _, c := range []struct {
		name  string
		edit  func(*plan.Plan)
		wants func(plan.Passage) plan.Passage
		told  []string
	}{
		{"nothing", func(*plan.Plan) {}, same, nil},
		{"held back", func(p *plan.Plan) { stepOf(p, "S015").Wave += 5 }, same, nil},
		{"without", func(p *plan.Plan) { p.Components[0].Hub.Passage = plan.NoPassage }, func(plan.Passage) plan.Passage { return plan.NoPassage }, nil},
		{"the other one", func(p *plan.Plan) { p.Components[0].Hub.Passage = other(p.Components[0].Hub.Passage) }, other, nil},
		{"what there is not", func(p *plan.Plan) { p.Components[0].Hub.Passage = "wall" }, same, []string{
			`PLAN-019 components[0].hub.passage: what pairs pass in a hub is "wall"; it can be firewall, appliances, route-server, gateway or vpn`, "1 decision of plan.json cannot be kept"}},
		{"an existing hub", func(p *plan.Plan) {
			p.Components[0].Hub.Kind, p.Components[0].Hub.VNet = plan.ExistingHub, vnetID(p, "hub-west")
		}, same, []string{
			`PLAN-019 components[0].hub.passage: only a new hub gets A, and this one is "existing"`, "1 decision of plan.json cannot be kept"}},
		{"a route table is not associated", func(p *plan.Plan) {
			without(p, p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.AssociateRoutes })].ID)
		}, same, []string{`PLAN-019 steps: S015 (associate route table of "analytics") is missing: "associate route table" cannot be left out: later steps rest on it`, "1 decision of plan.json cannot be kept"}},
	} {
		for transit, a := range map[options.Transit]string{options.TransitFirewall: "a firewall", options.TransitNVA: "appliances"} {
			t.Run(c.name+" "+string(transit), func(t *testing.T) {
				p := planOf(t, "star", options.Options{Transit: transit})
				want := c.wants(p.Components[0].Hub.Passage)
				c.edit(p)
				var told []string
				for _, s := range c.told {
					told = append(told, strings.Replace(s, "gets A,", "gets "+a+",", 1))
				}
				if q := remadeTwice(t, p, told); q != nil {
					if hub := q.Components[0].Hub; hub.Passage != want || hub.Kind != plan.NewHub {
						t.Errorf("hub %s, passage %q", hub.Kind, hub.Passage)
					}
				}
			})
		}
	}
	for _, passage := range plan.Passages {
		if passage == plan.VPNPassage {
			continue // there are no two hubs
		}
		p := planOf(t, "star", options.Options{})
		p.Components[0].Hub = plan.Hub{Kind: plan.NewHub, Passage: passage, Candidates: p.Components[0].Hub.Candidates}
		q, found, err := remake(p)
		if err != nil || q.Components[0].Hub.Passage != passage || len(q.Violations) > 0 {
			t.Errorf("%s that was decided: %v %v", passage, told(found, err), q)
		}
	}
}

func same(p plan.Passage) plan.Passage { return p }

func other(p plan.Passage) plan.Passage {
	return plan.Passages[1-slices.Index(plan.Passages, p)]
}

// remadeTwice makes an edited plan again, and once more: it wants sound plans, of which the second is the first. It is nil
// where a decision is refused; told is what is said of the decisions.
func remadeTwice(t *testing.T, p *plan.Plan, want []string) *plan.Plan {
	t.Helper()
	q, found, err := remake(p)
	if diff := cmp.Diff(want, told(found, err)); diff != "" {
		t.Fatalf("%v (-want +got)\n%s", err, diff)
	}
	if err != nil {
		return nil
	}
	again, _, err := remake(q)
	if err != nil || outline(again) != outline(q) || len(q.Violations) > 0 {
		t.Errorf("made again it is another plan (%v), or not sound %v\n%s", err, q.Violations, cmp.Diff(outline(q), outline(again)))
	}
	return q
}
