package plan_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// edit changes a plan as a person may, and says how.
func edit(t *rapid.T, p *plan.Plan) string {
	step := func() int { return rapid.IntRange(0, len(p.Steps)-1).Draw(t, "step") }
	what := rapid.SampledFrom([]string{"drop", "drop", "hold", "hub", "space", "hold VNet", "earlier"}).Draw(t, "edit")
	switch {
	case what == "hub":
		c := &p.Components[rapid.IntRange(0, len(p.Components)-1).Draw(t, "component")]
		c.Hub.Kind = rapid.SampledFrom([]plan.HubKind{plan.ExistingHub, plan.ExistingHub, plan.NewHub, plan.NoHub}).Draw(t, "kind")
		c.Hub.VNet, c.Hub.Passage = estate.ID{}, plan.NoPassage
		if c.Hub.Kind == plan.NewHub {
			c.Hub.Passage = rapid.SampledFrom(append([]plan.Passage{plan.NoPassage}, plan.Passages...)).Draw(t, "passage")
		}
		if c.Hub.Kind == plan.ExistingHub {
			c.Hub.VNet = rapid.SampledFrom(c.VNets).Draw(t, "hub")
		}
		return fmt.Sprintf("hub of %s: %s %s", c.Name, c.Hub.Kind, c.Hub.VNet.Name)
	case what == "hold VNet":
		v := p.Base.VNets[rapid.IntRange(0, len(p.Base.VNets)-1).Draw(t, "VNet")].ID
		p.Decisions = append(p.Decisions, plan.Decision{Kind: plan.HoldStep, Object: v, Wave: rapid.IntRange(2, 15).Draw(t, "wave")})
	case len(p.Steps) == 0:
	case what == "drop":
		i := step()
		s := p.Steps[i]
		p.Steps = slices.Delete(p.Steps, i, i+1)
		return fmt.Sprintf("drop %s %s %s", s.ID, s.Action, s.Object)
	case what == "hold":
		i := step()
		p.Steps[i].Wave += rapid.IntRange(1, 6).Draw(t, "later")
		return fmt.Sprintf("hold %s %s", p.Steps[i].ID, p.Steps[i].Action)
	case what == "earlier":
		p.Steps[step()].Wave = 1
	}
	return what
}

// same reports whether two steps are about the same.
func sameStep(a, b *plan.Step) bool {
	objects := func(s *plan.Step) []string {
		var out []string
		for _, id := range append([]estate.ID{s.Object}, s.Also...) {
			out = append(out, id.Key().String())
		}
		slices.Sort(out)
		return out
	}
	return a.Action == b.Action && slices.Equal(objects(a), objects(b))
}

// Whatever a person edits: the plan that is made of it is sound and as it was decided, or it says what it cannot
// keep; and it is made of itself again.
func TestEditedPlansAreMadeAgain(t *testing.T) {
	made, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		mode := rapid.SampledFrom([]options.Mode{options.AsIfLive, options.AsIfLive, options.Rebuild, options.ClassicLive}).Draw(t, "mode")
		first, _, err := plan.Make(read(t, w.netcfg(1)), options.Options{Mode: mode, Transit: rapid.SampledFrom([]options.Transit{options.TransitAuto, options.TransitGroup, options.TransitFirewall}).Draw(t, "transit")})
		if err != nil {
			t.Fatal(err)
		}
		edited := own(first)
		edited.Components = slices.Clone(first.Components)
		var edits []string
		for range rapid.IntRange(0, 3).Draw(t, "edits") {
			edits = append(edits, edit(t, edited))
		}
		p, found, err := remake(edited)
		if err != nil {
			refused++
			if !slices.ContainsFunc(found, func(f diag.Finding) bool { return f.Rule == "PLAN-019" }) {
				t.Fatalf("%v, and no finding says why: %v", err, found)
			}
			return
		}
		made++
		for _, v := range p.Violations {
			t.Errorf("after %s: %s %s", v.After, v.Rule, v.Text)
		}
		honours(t, first, edited, p)
		if len(edits) == 0 {
			if diff := cmp.Diff(outline(first), outline(p)); diff != "" {
				t.Errorf("nothing was edited (-want +got)\n%s", diff)
			}
		}
		again, found, err := remake(p)
		if err != nil || ofRules(found, "PLAN-019", "PLAN-021", "PLAN-022") {
			t.Fatalf("%v %v", err, found)
		}
		if diff := cmp.Diff(outline(p), outline(again)) + cmp.Diff(fmt.Sprint(p.Decisions), fmt.Sprint(again.Decisions)); diff != "" {
			t.Errorf("fed back (-want +got)\n%s", diff)
		}
		if t.Failed() {
			t.Logf("%s %q\n%v\n%s\n%s\n%s", mode, edits, p.Decisions, w.netcfg(1), outline(first), outline(p))
		}
	})
	t.Logf("%d made, %d refused", made, refused)
	if made == 0 || refused == 0 {
		t.Error("the edits are all of one kind")
	}
}

func remake(p *plan.Plan) (*plan.Plan, diag.List, error) {
	k, found, err := plan.Decided("plan.json", p)
	if err != nil {
		return nil, found, err
	}
	q, more, err := plan.Remake(nil, options.Options{}, k)
	return q, append(found, more...), err
}

func ofRules(found diag.List, rules ...string) bool {
	return slices.ContainsFunc(found, func(f diag.Finding) bool { return slices.Contains(rules, f.Rule) })
}

// honours holds a plan against the edits of the one that it was made of.
func honours(t *rapid.T, first, edited, p *plan.Plan) {
	for i := range first.Steps {
		s := &first.Steps[i]
		j := slices.IndexFunc(edited.Steps, func(e plan.Step) bool { return e.ID == s.ID })
		if j < 0 {
			if s.Action != plan.VerifyReach && s.Action != plan.CleanUp && slices.ContainsFunc(p.Steps, func(n plan.Step) bool { return sameStep(&n, s) }) {
				t.Errorf("%s %s was left out, and is there", s.Action, s.Object)
			}
			continue
		}
		e := &edited.Steps[j]
		if e.Wave <= s.Wave || s.Action == plan.VerifyReach || s.Action == plan.CleanUp {
			continue
		}
		for k := range p.Steps {
			if n := &p.Steps[k]; sameStep(n, s) && n.Wave < e.Wave {
				t.Errorf("%s %s was held back to wave %d, and is in wave %d", s.Action, s.Object, e.Wave, n.Wave)
			}
		}
	}
	for i := range edited.Components {
		want, was := &edited.Components[i].Hub, &first.Components[i].Hub
		if want.Kind == was.Kind && want.VNet.Same(was.VNet) {
			continue
		}
		got := &p.Components[i].Hub
		if got.Kind != want.Kind || want.Kind == plan.ExistingHub && !got.VNet.Same(want.VNet) {
			t.Errorf("the hub of %s is %s %s, want %s %s", edited.Components[i].Name, got.Kind, got.VNet.Name, want.Kind, want.VNet.Name)
		}
	}
	for _, d := range edited.Decisions {
		for k := range p.Steps {
			if s := &p.Steps[k]; s.Wave < d.Wave && changes(p, s, d.Object) {
				t.Errorf("%s %s touches %s in wave %d, before wave %d", s.Action, s.Object, d.Object.Name, s.Wave, d.Wave)
			}
		}
	}
}

// changes reports whether a step adds a peering of a VNet, or takes its gateway away.
func changes(p *plan.Plan, s *plan.Step, vnet estate.ID) bool {
	x := estate.NewIndex(p.Base)
	for _, id := range s.Effect.Remove {
		if gw := x.Gateway(id); gw != nil && gw.VNet.Same(vnet) {
			return true
		}
	}
	return s.Effect.Add != nil && slices.ContainsFunc(s.Effect.Add.Peerings, func(h estate.Peering) bool { return h.VNet.Same(vnet) || h.Remote.Same(vnet) })
}
