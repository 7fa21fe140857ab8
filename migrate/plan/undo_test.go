package plan_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/fixtures"
	"github.com/netmigrate/netmigrate/fixtures/listing"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// undo changes the undo of the n-th step that has one, where the change takes.
func undo(change func(*plan.Plan, *plan.Undo) bool) func(*plan.Plan, int) bool {
	return eachStep(func(p *plan.Plan, s *plan.Step) bool { return !s.Back.IsZero() && change(p, &s.Back) })
}

// missed reports whether it matters what the undo of a step puts back: a half of a peering may be there as it is, and
// only come up with the other one.
func missed(s *plan.Step) bool { return s.Action != plan.CreatePeering }

// fewer drops the last of a list.
func fewer(ids *[]estate.ID) bool {
	n := len(*ids)
	if n == 0 || (*ids)[n-1].Type == estate.TypePublicIP {
		return false
	}
	*ids = slices.Clone((*ids)[:n-1])
	return true
}

// another names an object of the same kind in place of the first of a list, which another step touches or none.
func another(p *plan.Plan, ids *[]estate.ID) bool {
	for id := range p.Base.Objects() {
		if len(*ids) > 0 && id.Type == (*ids)[0].Type && !slices.ContainsFunc(*ids, id.Same) {
			*ids = slices.Clone(*ids)
			(*ids)[0] = id
			return true
		}
	}
	return false
}

// wayBack undoes all steps from the last to the first. It returns the end of that, and the wave before which nothing
// could be undone any more: 0 when the way leads to the start.
func wayBack(p *plan.Plan) (*estate.Estate, int) {
	last := 0
	for _, s := range p.Steps {
		last = s.Wave
	}
	before := []*estate.Estate{plan.StartOf(p)} // by wave
	for wave := 1; wave <= last; wave++ {
		before = append(before, plan.Apply(before[wave-1], ofWave(p, wave)))
	}
	at := before[last]
	for wave := last; wave > 0; wave-- {
		steps := ofWave(p, wave)
		for _, s := range slices.Backward(steps) {
			if s.Impact.NoReturn && len(s.Back.Restore) == 0 && s.Effect.Add != nil {
				return at, wave
			}
			at = plan.Apply(at, []plan.Step{{Wave: 1, Effect: plan.Effect{Remove: s.Back.Remove, Add: picked(before[wave-1], s.Back.Restore)}}})
		}
	}
	return at, 0
}

func ofWave(p *plan.Plan, wave int) []plan.Step {
	var out []plan.Step
	for _, s := range p.Steps {
		if s.Wave == wave {
			s.Wave = 1
			out = append(out, s)
		}
	}
	return out
}

// picked are some objects of an estate.
func picked(e *estate.Estate, ids []estate.ID) *estate.Estate {
	of := func(id estate.ID) bool { return slices.ContainsFunc(ids, id.Same) }
	return &estate.Estate{
		VNets:          pick(e.VNets, func(v estate.VNet) bool { return of(v.ID) }),
		Sites:          pick(e.Sites, func(s estate.Site) bool { return of(s.ID) }),
		Gateways:       pick(e.Gateways, func(g estate.Gateway) bool { return of(g.ID) }),
		Connections:    pick(e.Connections, func(c estate.Connection) bool { return of(c.ID) }),
		Peerings:       pick(e.Peerings, func(h estate.Peering) bool { return of(h.ID) }),
		SecurityGroups: pick(e.SecurityGroups, func(g estate.SecurityGroup) bool { return of(g.ID) }),
		RouteTables:    pick(e.RouteTables, func(r estate.RouteTable) bool { return of(r.ID) }),
	}
}

func pick[T any](in []T, of func(T) bool) []T {
	return slices.DeleteFunc(slices.Clone(in), func(x T) bool { return !of(x) })
}

// comesBack wants the way back of a plan to end in the network before it, with the same relation.
func comesBack(t reporter, p *plan.Plan) {
	t.Helper()
	end, stuck := wayBack(p)
	if stuck > 0 {
		return // the platform's migration: the steps before it change nothing that could be undone
	}
	start := plan.StartOf(p)
	for _, d := range estate.Differences(start, end, nil) {
		if d.Differs() {
			t.Errorf("%s is %s, %s %s: %v, %v", d.Object(), d.Presence, d.Part, d.Property, d.Old, d.New)
		}
	}
	for v := range reach.Compare(reach.Compute(start), reach.Compute(end), nil) {
		if v.Compromises() || v.Class == reach.Gained {
			t.Errorf("%s to %s is %s", v.From, v.To, v.Class)
		}
	}
}

// TestUndoLeadsBack undoes all steps of the fixtures, in every mode.
func TestUndoLeadsBack(t *testing.T) {
	for _, name := range classicFixtures(t) {
		for _, mode := range options.Modes {
			if mode == options.ARMLive {
				continue
			}
			p, _, err := plan.Make(fixture(t, name), options.Options{Mode: mode})
			if err != nil {
				t.Fatal(name, err)
			}
			t.Run(name+" "+string(mode), func(t *testing.T) { comesBack(t, p) })
		}
		p, _, err := plan.Make(fixture(t, name), options.Options{Transit: options.TransitFirewall})
		if err != nil {
			t.Fatal(name, err)
		}
		t.Run(name+" through a firewall", func(t *testing.T) { comesBack(t, p) })
	}
	for _, name := range fixtures.Live() {
		e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments(name))...)
		p, _, err := plan.Make(e, options.Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		t.Run("live/"+name, func(t *testing.T) { comesBack(t, p) })
	}
}

// Whatever the network: undoing every step leads back.
func TestUndoLeadsBackAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		opts := options.Options{
			Mode:    rapid.SampledFrom([]options.Mode{options.AsIfLive, options.Rebuild}).Draw(t, "mode"),
			Hub:     rapid.SampledFrom([]options.Hub{options.HubAuto, options.HubNew}).Draw(t, "hub"),
			Transit: rapid.SampledFrom([]options.Transit{options.TransitAuto, options.TransitGroup, options.TransitFirewall}).Draw(t, "transit"),
		}
		p, _, err := plan.Make(read(t, drawWorld(t).netcfg(1)), opts)
		if err != nil && opts.Hub == options.HubNew && strings.Contains(err.Error(), "cannot be used") {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		comesBack(t, p)
	})
}

// TestCheckOfUndo breaks the undo of a plan (PLAN-023), and wants to read what is wrong.
func TestCheckOfUndo(t *testing.T) {
	made, _, err := plan.Make(fixture(t, "star"), options.Options{})
	if err != nil {
		t.Fatal(err)
	}
	step := func(p *plan.Plan, a plan.Action) *plan.Step {
		return &p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == a })]
	}
	for _, c := range []struct {
		want   string
		change func(p *plan.Plan)
	}{
		{"", func(*plan.Plan) {}},
		{`after wave 3: step S003 (create peering) is undone without deleting peering "analytics/to-hub-west"`, func(p *plan.Plan) {
			u := &step(p, plan.CreatePeering).Back
			u.Remove = u.Remove[:1]
		}},
		{`after wave 3: step S003 (create peering) does not say how it is undone`, func(p *plan.Plan) { step(p, plan.CreatePeering).Back = plan.Undo{} }},
		{`after wave 5: step S006 (delete tunnel) is undone without putting back connection "hub-west-to-analytics"`, func(p *plan.Plan) {
			u := &step(p, plan.DeleteTunnel).Back
			u.Restore = u.Restore[:1]
		}},
		{`after wave 9: step S012 (use remote gateway) is undone without giving peering "claims/to-hub-west" its useRemoteGateways back`, func(p *plan.Plan) {
			step(p, plan.UseRemoteGateway).Back = plan.Undo{Remove: []estate.ID{}, Restore: []estate.ID{p.Base.VNets[0].ID}}
		}},
		{`after wave 8: step S011 (delete gateway) is undone by deleting VNet "analytics", which gateway "analytics-gateway" still uses`, func(p *plan.Plan) {
			s := step(p, plan.DeleteGateway)
			s.Back.Remove = []estate.ID{p.Base.VNets[0].ID}
		}},
		{`after wave 19: step S023 (clean up) cannot be taken back, and is not marked as a point of no return: a deleted public address does not come back`, func(p *plan.Plan) {
			s := step(p, plan.CleanUp)
			s.Impact.NoReturn, s.Back.None = false, ""
		}},
		{`after wave 19: step S023 (clean up) is marked as a point of no return and does not say why`, func(p *plan.Plan) { step(p, plan.CleanUp).Back.None = "" }},
		{`after wave 8: step S011 (delete gateway) has no way back, and is not marked as a point of no return: it is old`, func(p *plan.Plan) {
			step(p, plan.DeleteGateway).Back.None = "it is old"
		}},
	} {
		p := own(made)
		c.change(p)
		proof := plan.Check(p)
		got := ""
		if len(proof.Violations) > 0 {
			v := proof.Violations[0]
			got = v.When() + ": " + v.Text
			if v.Rule != "PLAN-023" {
				t.Errorf("%s is %s", got, v.Rule)
			}
		}
		if got != c.want {
			t.Errorf("\n got %s\nwant %s", got, c.want)
		}
	}
}

// A gateway with a public address of the Basic size loses it when it is deleted.
func TestBasicAddressDoesNotComeBack(t *testing.T) {
	e, _ := estate.FromARM(nil, listing.Sources(fixtures.LiveDocuments("pair"))...)
	e.Gateways[0].BasicIP = true
	p, _, err := plan.Make(e, options.Options{})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.DeleteGateway && s.Object.Same(e.Gateways[0].ID) })
	s := &p.Steps[i]
	if !s.Impact.NoReturn || !strings.Contains(s.Back.None, "Basic") || !s.Back.Builds() || len(p.Violations) > 0 {
		t.Errorf("%t %+v %v", s.Impact.NoReturn, s.Back, p.Violations)
	}
	s.Impact.NoReturn, s.Back.None = false, ""
	if found := plan.Check(p).Violations; len(found) != 1 || found[0].Rule != "PLAN-023" || !strings.Contains(found[0].Text, "of the Basic size") {
		t.Error(found)
	}
}

// A plan of an older version does not say how it is undone; then that is not checked, and the proof says so.
func TestCheckWithoutUndo(t *testing.T) {
	p, _, err := plan.Make(fixture(t, "star"), options.Options{})
	if err != nil {
		t.Fatal(err)
	}
	says := func(p *plan.Plan) string { return strings.Join(plan.Check(p).Checked, "; ") }
	if text := says(p); !strings.Contains(text, "undone from the last to the first") {
		t.Errorf("checked: %s", text)
	}
	p = own(p)
	for i := range p.Steps {
		p.Steps[i].Back = plan.Undo{}
	}
	if found := plan.Check(p).Violations; len(found) > 0 {
		t.Error(found)
	}
	if text := says(p); !strings.Contains(text, "not the way back: the plan does not say how its steps are undone") {
		t.Errorf("checked: %s", text)
	}
}
