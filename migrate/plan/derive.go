package plan

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Decided finds what a person decided in a plan: where it differs from the plan that is made of the same network, and
// what it says of earlier decisions. The name is that of the plan in findings. An error means that a decision cannot
// be kept; the findings say which and why.
func Decided(name string, edited *Plan) (*Kept, diag.List, error) {
	if edited.Base == nil || len(edited.Base.VNets) == 0 {
		return nil, nil, errors.New("there is no VNet to plan for")
	}
	k := &Kept{Mode: edited.Mode, Inspect: edited.Inspect, Exposure: edited.Exposure, Asks: edited.Asks, Traffic: edited.Traffic, name: name, base: edited.Base, before: reach.Compute(edited.Base)}
	d := &deriver{p: edited, kept: k}
	k.Decisions = d.recorded()
	was, err := d.reference(d.original())
	if err != nil {
		return nil, was.found, fmt.Errorf("the plan cannot be made again: %w", err)
	}
	d.was, d.g, d.keys = was, was.g, was.g.keysOf(was.p.Steps)
	d.name()
	d.hubs()
	d.match()
	d.dropped()
	d.held()
	k.Decisions = slices.DeleteFunc(k.Decisions, func(one Decision) bool { return one.Withdrawn })
	return k, d.found, d.refusals.of(d.kept)
}

// Remake plans again what an edited plan describes, or another network in its stead, and keeps what was decided.
// Without an estate it is that of the edited plan.
func Remake(e *estate.Estate, opts options.Options, k *Kept) (*Plan, diag.List, error) {
	opts.Mode, opts.Inspect, opts.Exposure = k.Mode, cmp.Or(opts.Inspect, k.Inspect), cmp.Or(opts.Exposure, k.Exposure)
	if err := inspectable(&opts, k); err != nil {
		return nil, nil, err
	}
	if e == nil {
		return planOf(k.base, opts, k)
	}
	if _, err := modeFor(e, k.Mode); err != nil {
		return nil, nil, err
	}
	if err := complete(e, k.Mode); err != nil {
		return nil, nil, err
	}
	return planOf(e, opts, k)
}

// Base is the network of the edited plan before its first step.
func (k *Kept) Base() *estate.Estate { return k.base }

// deriver compares an edited plan with the one that the planner makes of its network.
type deriver struct {
	p     *Plan
	kept  *Kept
	was   *maker // the plan before it was edited
	g     *graph
	keys  []stepKey // of its steps
	at    []int     // by its steps: where they stand in the edited plan, or -1
	extra []int     // steps of the edited plan that it has not

	found diag.List
	refusals
}

func (d *deriver) refuse(at, format string, args ...any) {
	d.refusals.add(&d.found, d.kept, at, format, args...)
}

func (d *deriver) note(rule, at, format string, args ...any) {
	d.found.Add(rule, diag.Pos{File: d.kept.name}, "%s: %s", at, fmt.Sprintf(format, args...))
}

// recorded are the decisions that the plan has, with their places.
func (d *deriver) recorded() []Decision {
	out := slices.Clone(d.p.Decisions)
	for i := range out {
		out[i].At = fmt.Sprintf("decisions[%d]", i)
	}
	return out
}

// original are the decisions that the plan was made with: those that it has, and the hubs as they were first chosen.
func (d *deriver) original() []Decision {
	out := slices.DeleteFunc(slices.Clone(d.kept.Decisions), func(one Decision) bool { return one.Kind == ChooseHub || !one.Applied })
	for i := range out {
		out[i].Withdrawn = false
		if out[i].Kind == HoldStep {
			out[i].Wave = out[i].AppliedTo
		}
	}
	for i := range d.p.Components {
		c := &d.p.Components[i]
		if len(c.Hub.Candidates) == 0 || len(c.VNets) == 0 {
			continue
		}
		first := &c.Hub.Candidates[0]
		one := Decision{Kind: ChooseHub, Component: c.VNets[0], Hub: first.Kind, Passage: first.Passage, Grouped: first.Grouped, VNet: first.VNet, At: fmt.Sprintf("components[%d].hub.candidates[0]", i)}
		if j := d.hubOf(c); j >= 0 && one.Hub == NewHub {
			one.Space = d.kept.Decisions[j].Space
		}
		out = append(out, one)
	}
	return out
}

// hubOf finds the recorded decision about the hub of a component, or -1.
func (d *deriver) hubOf(c *Component) int {
	return slices.IndexFunc(d.kept.Decisions, func(one Decision) bool {
		return one.Kind == ChooseHub && slices.ContainsFunc(c.VNets, one.Component.Same)
	})
}

// reference is the plan of the same network for the same asks, with decisions. Nothing of it is checked.
func (d *deriver) reference(with []Decision) (*maker, error) {
	k := *d.kept
	k.Asks, k.Traffic, k.Decisions = d.p.PlannedAsks, nil, with
	m, err := newMaker(k.base, options.Options{Mode: k.Mode, Inspect: k.Inspect, Exposure: k.Exposure}, &k)
	if err == nil {
		err = m.components()
	}
	if err == nil {
		m.order()
	}
	return m, err
}

// hubs compares the hubs with those that were chosen first.
func (d *deriver) hubs() {
	made := map[estate.Key]*Component{}
	for i := range d.was.p.Components {
		c := &d.was.p.Components[i]
		made[c.VNets[0].Key()] = c
	}
	for i := range d.p.Components {
		c, at := &d.p.Components[i], fmt.Sprintf("components[%d].hub", i)
		was := (*Component)(nil)
		if len(c.VNets) > 0 {
			was = made[c.VNets[0].Key()]
		}
		if was == nil {
			d.note("PLAN-022", fmt.Sprintf("components[%d]", i), "the network has no such component; which VNets belong together follows from what joins them")
			continue
		}
		d.hub(c, was, at)
	}
}

// hub compares one hub.
func (d *deriver) hub(c, was *Component, at string) {
	known := d.hubOf(c)
	switch p := c.Hub.Passage; {
	case !p.known():
		d.refuse(at+".passage", "what pairs pass in a hub is %q; it can be %s", p, passageWords())
		return
	case p.isDevice() && c.Hub.Kind != NewHub && !(was.Hub.Passage == p && was.Hub.Kind == c.Hub.Kind):
		d.refuse(at+".passage", "only a new hub gets %s, and this one is %q", passages[p].a, c.Hub.Kind)
		return
	}
	one := Decision{Kind: ChooseHub, Component: was.VNets[0], Hub: c.Hub.Kind, Passage: c.Hub.Passage, Grouped: c.Hub.Grouped, At: at}
	switch c.Hub.Kind {
	case ExistingHub:
		v, why := d.resolve(c.Hub.VNet)
		if why != "" {
			d.refuse(at+".virtualNetwork", "%s", why)
			return
		}
		one.VNet = v
	case RegionalHubs, SeveralHubs:
		if was.Hub.Kind == c.Hub.Kind && !slices.Equal(c.Hub.Several, was.Hub.Several) {
			d.refuse(at+".hubs", "which VNets are the hubs, and in which blocks, is found anew; name one hub for all to choose it")
			return
		}
	case NewHub:
		if s := c.Hub.Space; was.Hub.Kind != NewHub || s != was.Hub.Space {
			one.Space = s
		}
		if known >= 0 && d.kept.Decisions[known].Space.IsValid() && one.Space.IsValid() {
			d.refuse(at+".addressSpace", "it is %s, and %s says %s", one.Space, d.kept.Decisions[known].At, d.kept.Decisions[known].Space)
			return
		}
	}
	if was.Hub.Kind == one.Hub && one.Hub != ExistingHub {
		if v := c.Hub.VNet; d.g.x.VNet(v) != nil {
			d.refuse(at, "the kind is %q, and %q is an existing VNet; write %q", one.Hub, v.Name, ExistingHub)
			return
		}
	}
	switch {
	case one.Hub != was.Hub.Kind || one.Passage != was.Hub.Passage || one.Grouped != was.Hub.Grouped || one.Hub == ExistingHub && !one.VNet.Same(was.Hub.VNet) || one.Space.IsValid():
		if known >= 0 {
			d.kept.Decisions = slices.Delete(d.kept.Decisions, known, known+1)
		}
		d.kept.Decisions = append(d.kept.Decisions, one)
	case known < 0 && c.Hub.Asked:
		d.kept.Decisions = append(d.kept.Decisions, one)
	case known < 0 && (c.Hub.Grouped || one.relayed()): // that was asked for, and not the hub
		one.Hub, one.VNet = "", estate.ID{}
		d.kept.Decisions = append(d.kept.Decisions, one)
	}
}

// match finds the steps of the plan in the edited one: by what they do, of several alike by their ids, else in order.
func (d *deriver) match() {
	d.at = make([]int, len(d.keys))
	ids, open := map[string]int{}, map[stepKey][]int{}
	for i := range d.keys {
		d.at[i] = -1
		ids[d.was.p.Steps[i].ID] = i
	}
	base := func(key stepKey) stepKey { key.nth = 1; return key }
	var rest []int
	for j := range d.p.Steps {
		s := &d.p.Steps[j]
		if i, ok := ids[s.ID]; ok && d.at[i] < 0 && base(d.keys[i]) == d.g.keyOf(s) {
			d.at[i] = j
		} else {
			rest = append(rest, j)
		}
	}
	for i, key := range d.keys {
		if d.at[i] < 0 {
			open[base(key)] = append(open[base(key)], i)
		}
	}
	for _, j := range rest {
		key := d.g.keyOf(&d.p.Steps[j])
		if left := open[key]; len(left) > 0 {
			d.at[left[0]], open[key] = j, left[1:]
			continue
		}
		d.extra = append(d.extra, j)
	}
}

// dropped finds the steps that are left out, and those that are back.
func (d *deriver) dropped() {
	for _, j := range d.extra {
		s := &d.p.Steps[j]
		at, key := fmt.Sprintf("steps[%d]", j), d.g.keyOf(s)
		back := slices.IndexFunc(d.kept.Decisions, func(one Decision) bool {
			return one.Kind == DropStep && one.Applied && d.g.concerns(one, s, key)
		})
		if back >= 0 {
			d.kept.Decisions = slices.Delete(d.kept.Decisions, back, back+1)
			continue
		}
		d.note("PLAN-022", at, "the planner makes no such step (%s of %q), and it is not kept; what two places need is said in pairs", s.Action, s.Object.Name)
	}
	var missing []int
	for i, j := range d.at {
		if j >= 0 {
			continue
		}
		missing = append(missing, i)
		s := &d.was.p.Steps[i]
		switch s.Action {
		case CreatePeering, DeleteTunnel, DeleteGateway, UseRemoteGateway, CreateConnection, CleanUp:
			one := d.g.decisionOf(s)
			one.Kind, one.Nth, one.At = DropStep, d.nth(i), "steps"
			d.kept.Decisions = append(d.kept.Decisions, one)
		}
	}
	if len(missing) > 0 {
		d.needed(missing)
	}
}

func (d *deriver) nth(i int) int {
	if n := d.keys[i].nth; n > 1 {
		return n
	}
	return 0
}

// needed refuses that steps are left out which the plan has all the same without the others.
func (d *deriver) needed(missing []int) {
	with := d.original()
	for _, one := range d.kept.Decisions {
		if one.Kind == DropStep && !one.Withdrawn {
			with = append(with, one)
		}
	}
	m, err := d.reference(with)
	if err != nil { // with the hub as it was; so as it is decided
		m, err = d.reference(slices.DeleteFunc(slices.Clone(d.kept.Decisions), func(one Decision) bool { return one.Withdrawn || one.Kind == HoldStep }))
	}
	if err != nil {
		return // what is in the way is told when the plan is made
	}
	again := map[stepKey]bool{}
	for _, key := range m.g.keysOf(m.p.Steps) {
		again[key] = true
	}
	count := map[stepKey]int{} // of those that are still there in the edited plan
	base := func(key stepKey) stepKey { key.nth = 0; return key }
	for i, j := range d.at {
		if j >= 0 {
			count[base(d.keys[i])]++
		}
	}
	for _, i := range missing {
		key := base(d.keys[i])
		count[key]++
		nth := key
		nth.nth = count[key]
		if again[nth] {
			s := &d.was.p.Steps[i]
			d.refuse("steps", "%s (%s of %q) is missing: %s", s.ID, s.Action, s.Object.Name, undroppable(s.Action))
		}
	}
}

// heldBy are the waves that decisions hold steps back to, by the id of the step.
func (d *deriver) heldBy(decisions []Decision) map[string]int {
	held := map[string]int{}
	for _, one := range decisions {
		if one.Kind != HoldStep || one.Withdrawn {
			continue
		}
		for i, key := range d.keys {
			if s := &d.was.p.Steps[i]; d.g.concerns(one, s, key) {
				held[s.ID] = max(held[s.ID], one.Wave)
			}
		}
	}
	return held
}

// held finds the steps that stand in a later wave than they would, but for those that follow others there.
func (d *deriver) held() {
	steps, windows := d.was.p.Steps, d.was.p.Windows
	d.lift()
	held := d.heldBy(d.kept.Decisions)
	for {
		wave, lowest := wavesOf(steps, floorsOf(steps, windows, held)), 0
		for i, j := range d.at {
			if d.later(i, j) && d.p.Steps[j].Wave > wave[steps[i].ID] && (lowest == 0 || wave[steps[i].ID] < lowest) {
				lowest = wave[steps[i].ID]
			}
		}
		if lowest == 0 {
			d.earlier(wave)
			return
		}
		for i, j := range d.at {
			if !d.later(i, j) || wave[steps[i].ID] != lowest || d.p.Steps[j].Wave <= lowest {
				continue
			}
			one := d.g.decisionOf(&steps[i])
			one.Kind, one.Nth, one.Wave, one.At = HoldStep, d.nth(i), d.p.Steps[j].Wave, fmt.Sprintf("steps[%d].wave", j)
			if one.Wave > mostHeld {
				d.refuse(one.At, "a step can be held back to wave %d, and not to %d", mostHeld, one.Wave)
				d.p.Steps[j].Wave = mostHeld
				continue
			}
			held[steps[i].ID] = one.Wave
			d.hold(one)
		}
	}
}

// later reports whether a step was moved to a later wave.
func (d *deriver) later(i, j int) bool { return j >= 0 && d.p.Steps[j].Wave > d.was.p.Steps[i].Wave }

// hold records a decision in place of an earlier one about the same step.
func (d *deriver) hold(one Decision) {
	same := func(other Decision) bool {
		return other.Kind == HoldStep && other.Action == one.Action && d.g.keyOfDecision(other) == d.g.keyOfDecision(one)
	}
	if i := slices.IndexFunc(d.kept.Decisions, same); i >= 0 {
		d.kept.Decisions[i] = one
		return
	}
	d.kept.Decisions = append(d.kept.Decisions, one)
}

// lift moves what was held back to where the plan has it now, when that is earlier. What stands there anyway is held
// back no more.
func (d *deriver) lift() {
	steps := d.was.p.Steps
	var lifted, rest []Decision
	var at []int // the steps of those that are lifted
	for _, one := range d.kept.Decisions {
		i := d.lifts(one)
		if i < 0 {
			rest = append(rest, one)
			continue
		}
		one.Wave = d.p.Steps[d.at[i]].Wave
		lifted, at = append(lifted, one), append(at, i)
	}
	if len(lifted) == 0 {
		return
	}
	wave := wavesOf(steps, floorsOf(steps, d.was.p.Windows, d.heldBy(rest)))
	for k, one := range lifted {
		if one.Wave > wave[steps[at[k]].ID] {
			rest = append(rest, one)
		}
	}
	d.kept.Decisions = rest
}

// lifts finds the step that a decision held back and that stands in an earlier wave now, or -1.
func (d *deriver) lifts(one Decision) int {
	if one.Kind != HoldStep || one.Action == "" || !one.Applied || one.Wave != one.AppliedTo {
		return -1
	}
	for i, j := range d.at {
		if s := &d.was.p.Steps[i]; j >= 0 && d.p.Steps[j].Wave < min(one.Wave, s.Wave) && d.g.concerns(one, s, d.keys[i]) {
			return i
		}
	}
	return -1
}

// earlier tells of the steps that cannot go to an earlier wave.
func (d *deriver) earlier(wave map[string]int) {
	for i, j := range d.at {
		s := &d.was.p.Steps[i]
		if j >= 0 && d.p.Steps[j].Wave < min(s.Wave, wave[s.ID]) {
			d.note("PLAN-021", fmt.Sprintf("steps[%d].wave", j), "%s (%s of %q) cannot go to wave %d: what comes before it, or a decision, keeps it in wave %d", s.ID, s.Action, s.Object.Name, d.p.Steps[j].Wave, min(s.Wave, wave[s.ID]))
		}
	}
}
