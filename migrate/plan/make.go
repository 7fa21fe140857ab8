package plan

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// errNeedsListing says that the mode cannot be planned from classic files.
var errNeedsListing = errors.New("mode arm-live needs a listing of the live network; classic files describe the past")

// Make plans the way of a classic estate to peerings. An error means that there is no plan; a plan
// that fails its own check is returned with the violations in it and in the findings.
func Make(classic *estate.Estate, opts options.Options) (*Plan, diag.List, error) {
	mode, err := modeFor(classic, opts.Mode)
	if err != nil {
		return nil, nil, err
	}
	opts.Mode = mode
	if err := inspectable(&opts, nil); err != nil {
		return nil, nil, err
	}
	if err := complete(classic, mode); err != nil {
		return nil, nil, err
	}
	return planOf(classic, opts, nil)
}

// complete refuses a network without VNets, and a listing that lacks what steps touch.
func complete(e *estate.Estate, mode options.Mode) error {
	if len(e.VNets) == 0 {
		return errors.New("there is no VNet to plan for")
	}
	if missing := unlisted(e); mode == options.ARMLive && len(missing) > 0 {
		return fmt.Errorf("the listing is not complete: a plan touches resources of kinds that no input lists: %s", strings.Join(missing, ", "))
	}
	return nil
}

// planOf plans in a mode that fits, and keeps what an edited plan decides.
func planOf(e *estate.Estate, opts options.Options, k *Kept) (*Plan, diag.List, error) {
	m, err := newMaker(e, opts, k)
	if err == nil {
		err = m.components()
	}
	if err != nil {
		return nil, m.found, err
	}
	m.meetings()
	m.sequence()
	m.finish(e)
	return m.p, m.found, nil
}

// newMaker finds out what there is, and what is wanted of it.
func newMaker(e *estate.Estate, opts options.Options, k *Kept) (*maker, error) {
	if opts.Hub == "" {
		opts.Hub = options.HubAuto
	}
	base, fates, found := baseOf(e)
	m := &maker{opts: opts, classic: e, p: &Plan{Mode: opts.Mode, Inspect: opts.Inspect, Exposure: opts.Exposure, Base: base, Fates: fates}, found: found}
	together(
		func() {
			if k != nil && k.base == base {
				m.p.Before = k.before
				return
			}
			m.p.Before = reach.Compute(base)
		},
		func() { m.g = newGraph(base) },
	)
	m.g.inspect = opts.Inspect
	asks, odd := Asked(m.p.Before, &opts)
	m.p.Asks, m.found = asks, append(m.found, odd...)
	traffic, odd := Flows(m.p.Before, &opts)
	m.p.Traffic, m.found = traffic, append(m.found, odd...)
	var err error
	if k != nil {
		err = m.decide(k)
	}
	m.p.PlannedAsks = m.p.Asks
	m.g.ask(m.p.Asks, m.p.Before)
	return m, err
}

// modeFor is the mode of a plan: the one that follows from the input, or the one that is named and fits
// it. What a listing describes runs, and what a template describes may.
func modeFor(e *estate.Estate, named options.Mode) (options.Mode, error) {
	switch live := len(e.Listings) > 0; {
	case live && (named == "" || named == options.ARMLive):
		return options.ARMLive, nil
	case named == options.ARMLive:
		return "", errNeedsListing
	case named == "":
		return options.AsIfLive, nil
	case live && named == options.Rebuild:
		return "", fmt.Errorf("mode %s builds what classic files describe; a live network has more than an estate knows of, such as firewalls and their rules", named)
	case live:
		return "", fmt.Errorf("mode %s does not fit a live listing, which is planned in mode %s", named, options.ARMLive)
	case e.IsARM() && named == options.ClassicLive:
		return "", fmt.Errorf("mode %s is about classic files, and these are of Resource Manager", named)
	}
	return named, nil
}

// baseOf is the network that a plan starts from: what runs, or the ARM form of a classic one.
func baseOf(e *estate.Estate) (*estate.Estate, []diag.Fate, diag.List) {
	if e.IsARM() {
		return e, nil, nil
	}
	return estate.ToARM(e)
}

type maker struct {
	opts    options.Options
	classic *estate.Estate
	p       *Plan
	found   diag.List
	g       *graph
	drafts  []*draft
	meeting meetings
	choices []laidOut
	spare   netip.Prefix // free for a hub that is drawn for its price only

	kept     *Kept     // of a plan that is made again
	deciding *Decision // about the hub of the component at hand
	refusals
}

// components lays out every component and draws its target.
func (m *maker) components() error {
	asked, err := newWish(m.g, &m.opts)
	if err != nil {
		return err
	}
	groups := m.g.components()
	of := make([]int, len(m.p.Base.VNets))
	for i, members := range groups {
		for _, v := range members {
			of[v] = i
		}
	}
	needs := demands(m.g, m.p.Before, of, len(groups))
	m.g.sever(needs)
	m.g.addAsked(m.p.Asks, of, needs)
	findOverlaps(m.g, groups, needs)
	all, err := m.chooseHubs(asked, groups, needs)
	if err != nil {
		return err
	}
	m.reconsider(all)
	names, addresses := namesOf(m.p.Base), newAddressPlan(m.p.Base, m.classic) // the classic estate has unreferenced sites, too
	m.reserve(addresses)
	priced := 0 // VNets
	for i := range all {
		if err := m.drawComponent(&all[i], names, addresses); err != nil {
			return err
		}
		if n := len(all[i].members); n <= mostPricedVNets && priced+n <= mostPricedTotal {
			priced += n
			m.choices = append(m.choices, laidOut{all[i].c, all[i].members, all[i].layouts, m.drafts[i]})
		}
	}
	for _, d := range m.drafts { // after the hubs have their blocks
		if !d.demand.plain {
			d.component.Overlaps = d.overlaps(addresses)
		}
	}
	m.spare = addresses.next()
	m.manage()
	m.guards()
	return m.refusals.of(m.kept)
}

// chooseHubs describes every component, and lays out those that something joins by tunnels, or that somebody asks for.
func (m *maker) chooseHubs(asked wish, groups [][]int, needs []demand) ([]chosen, error) {
	var all []chosen
	m.p.Components = make([]Component, len(groups))
	for i, members := range groups {
		c, want := &m.p.Components[i], m.wishFor(asked, members)
		c.Name, c.Class, c.Tunnels = m.g.name(members[0]), m.g.classify(members), len(m.g.tunnelsOf(members))
		for _, v := range members {
			c.VNets = append(c.VNets, m.p.Base.VNets[v].ID)
		}
		m.unknown(&needs[i])
		if m.unfit(c, members, want) {
			want, m.deciding = asked, nil
		}
		if want.vnet >= 0 && slices.Contains(members, want.vnet) && (c.Class == Single || c.Class == Peered) {
			if hubs := m.g.hubsInUse(members); c.Class == Single || len(hubs) > 0 && !slices.Contains(hubs, want.vnet) {
				err := fmt.Errorf("hub %s cannot be used: no tunnel joins it to another VNet", m.g.name(want.vnet))
				m.found.Add("PLAN-002", m.at(m.p.Base.VNets[want.vnet].ID), "%v", err)
				return nil, m.blame(err)
			}
		}
		if v := members[0]; c.Class == Single && m.opts.Inspect == options.InspectAll && slices.ContainsFunc(needs[i].networks[v], func(n netReach) bool { return n.network.Kind == reach.OnPremises }) && !m.g.usesGateway(v) {
			m.found.Add("PLAN-028", m.at(c.VNets[0]), "what %q sends to on-premises networks, and gets from there, passes no firewall and no appliances: no tunnel joins it to another VNet, so that it has no hub", c.Name)
		}
		if c.Class == Single {
			c.Hub = Hub{Kind: NoHub, Because: "a single VNet needs no peering"}
			continue
		}
		if c.Class == Peered && !slices.ContainsFunc(needs[i].pairs, func(p vnetPair) bool { return p.asked }) {
			c.Hub = m.standingHub(members)
			continue
		}
		one := chosen{c: c, members: members, demand: &needs[i], want: want, deciding: m.deciding}
		if err := m.lays(&one); err != nil {
			m.found.Add("PLAN-002", m.at(c.VNets[0]), "%v", err)
			return nil, m.blame(err)
		}
		all = append(all, one)
	}
	return all, nil
}

// drawComponent turns the layout of a component into objects.
func (m *maker) drawComponent(one *chosen, names *azure.Namer, addresses *addressPlan) error {
	c, l, hub := one.c, one.layouts[0], one.hub
	m.deciding = one.deciding
	c.Hub, c.Kept = hub, l.kept
	c.Hub.Space = one.want.space
	wanted := one.want.transit
	if one := m.deciding; one != nil && one.Passage != NoPassage && passageOf(wanted) == one.Passage && (one.Hub == NewHub && hub.Kind != NewHub || !one.Passage.isDevice() && hub.Passage != one.Passage) {
		m.refuse(one.At, "no pair of VNets can pass %s, with what else was decided", passages[one.Passage].the)
	}
	m.note(c, one.members, one.want)
	for _, k := range l.kept {
		m.found.Add("PLAN-003", m.at(c.VNets[0]), "%q and %q stay connected by VPN: %s", k.A, k.B, k.Because)
	}
	for _, v := range one.members {
		if why := l.blinded[v]; why != "" {
			m.found.Add("PLAN-028", m.at(c.VNets[0]), "what %q sends to on-premises networks, and gets from there, does not pass %s: %s", l.g.name(v), passages[l.passage].the, why)
		}
	}
	d, ok := draw(l, c, names, addresses)
	if !ok {
		err := fmt.Errorf("no free block of /%d for a new hub in 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16", azure.HubBits)
		m.found = append(m.found, diag.New("PLAN-002", m.at(c.VNets[0]), "%v", err).WithHint("name an existing VNet with --hub, or narrow the sites that cover these ranges"))
		return err
	}
	d.later = one.later
	m.drafts = append(m.drafts, d)
	return nil
}

// standingHub is the hub of VNets that peerings join already.
func (m *maker) standingHub(members []int) Hub {
	hubs := m.g.hubsInUse(members)
	if len(hubs) == 0 {
		return Hub{Kind: NoHub, Because: "peerings or connected groups join these VNets already, and none uses the gateway of another"}
	}
	return Hub{Kind: ExistingHub, VNet: m.p.Base.VNets[hubs[0]].ID, Because: "others use its gateway already, and no tunnel joins these VNets"}
}

// givenUp reports a pair that may work today and will not: whether somebody needs it, a person has
// to find out before its way is taken away.
func (m *maker) givenUp(v reach.Verdict) {
	if v.Class != reach.UnknownBefore || v.After.Value != reach.No || v.From.Kind == reach.VNet && v.To.Kind == reach.VNet {
		return
	}
	at := v.From.ID
	if at.IsZero() {
		at = v.To.ID
	}
	at.Type, at.Child = estate.TypeVNet, ""
	others := ""
	if n := v.Count() - 1; n > 0 {
		others = ", and " + plural(n, "pair") + " like them,"
	}
	f := diag.New("PLAN-004", m.at(at), "%s and %s%s may reach each other today, and will not in the target", v.From, v.To, others)
	f.Severity = diag.Error
	m.found = append(m.found, f)
}

// namesOf takes the names of an estate, so that new objects get others.
func namesOf(e *estate.Estate) *azure.Namer {
	n := azure.NewNamer()
	for i := range e.VNets {
		n.Unique(estate.TypeVNet, e.VNets[i].ID.Name)
	}
	for i := range e.Sites {
		n.Unique(estate.TypeSite, e.Sites[i].ID.Name)
	}
	for i := range e.Gateways {
		n.Unique(e.Gateways[i].ID.Type, e.Gateways[i].ID.Name)
		n.Unique(estate.TypePublicIP, e.Gateways[i].PublicIP.Name)
	}
	for i := range e.Connections {
		n.Unique(estate.TypeConnection, e.Connections[i].ID.Name)
	}
	for i := range e.RouteTables {
		n.Unique(estate.TypeRouteTable, e.RouteTables[i].ID.Name)
	}
	for i := range e.SecurityGroups {
		n.Unique(estate.TypeNSG, e.SecurityGroups[i].ID.Name)
	}
	return n
}

func (m *maker) at(vnet estate.ID) diag.Pos {
	if v := m.g.x.VNet(vnet); v != nil && len(v.Refs) > 0 {
		return m.p.Base.Pos(v.Refs[0])
	}
	return diag.Pos{}
}

// sequence orders the steps and builds the target from their effects.
func (m *maker) sequence() {
	together(m.order, func() { m.p.Target = m.target() })
}

func (m *maker) order() {
	s := &sequence{mode: m.opts.Mode, g: m.g, cleared: map[estate.Key][]string{}}
	s.steps = make([]Step, 0, len(m.p.Base.Connections)+2*len(m.p.Base.VNets))
	if m.opts.Mode == options.Rebuild {
		m.rebuild(s)
	} else if len(m.drafts) > 0 {
		s.start()
		s.group(m.drafts)
		for _, d := range slices.Concat(m.draftsWhere(false), m.draftsWhere(true)) {
			s.component(d)
		}
	}
	if !slices.ContainsFunc(s.steps, acts) { // all that is left on VPN stays there
		return
	}
	m.p.Steps, m.p.Windows = schedule(s.steps, s.windows, m.floors(s)), s.windows
	quickest(m.p.Windows, m.p.Steps)
	start := m.g.x
	if m.opts.Mode == options.Rebuild {
		start = estate.NewIndex(startOf(m.p))
	}
	takeBack(start, m.p.Steps)
}

// draftsWhere are those that move after others, or the others.
func (m *maker) draftsWhere(later bool) []*draft {
	return slices.DeleteFunc(slices.Clone(m.drafts), func(d *draft) bool { return d.later != later })
}

// acts reports whether a step does something to the network or to a device, and does not only look.
func acts(s Step) bool {
	return s.Action != Export && s.Action != VerifyListing && s.Action != VerifyReach
}

// target is the estate after every step; the estate of a rebuild is the same, built anew.
func (m *maker) target() *estate.Estate {
	var effects []Effect
	for _, d := range m.drafts {
		effects = append(effects, d.effects()...)
	}
	return after(m.p.Base, effects, effects)
}

func (m *maker) finish(classic *estate.Estate) {
	m.p.settleDecisions()
	m.declareMigrationLoss()
	m.p.Assumptions = m.assumptions(classic)
	var c *checker
	together(
		func() { c = check(m.p) },
		func() { m.p.After = reach.Compute(m.p.Target) },
		func() { m.p.Outcomes = m.outcomes(); m.price() },
	)
	m.compareWAN()
	m.compareTransits()
	m.p.Violations, m.p.Opened, m.p.Checked = c.proof.Violations, c.proof.Opened, c.proof.Checked
	idle := newHosts(m.p)
	for v := range reach.Compare(m.p.Before, m.p.After, nil) {
		if v.Compromises() && idle.without(v) || v.Class == reach.Preserved || v.Class == reach.HalfOpen && !v.Opens() {
			continue
		}
		m.p.Verdicts = append(m.p.Verdicts, v)
		m.givenUp(v)
	}
	for _, v := range slices.Concat(m.p.Violations, m.p.Opened) {
		m.found = append(m.found, v.Finding(diag.Pos{}))
	}
	m.hurdles()
	for _, w := range m.p.Windows {
		m.found.Add("PLAN-007", diag.Pos{}, "window %s (%s), %d to %d minutes, for %s: %s", w.ID, w.Cause, w.Minutes[0], w.Minutes[1], plural(len(w.Pairs), "pair"), w.Because)
	}
	switch {
	case len(m.drafts) == 0:
		m.found.Add("PLAN-005", diag.Pos{}, "no two VNets are connected by a tunnel; there is nothing to plan")
	case c.proof.sampled > 0:
		m.found.Add("PLAN-006", diag.Pos{}, "checked: the states after whole waves, and some inside of them; not checked: every order of the steps of a wave")
	}
}

// hurdles says why pairs that are asked for could not be joined.
func (m *maker) hurdles() {
	for _, d := range m.drafts {
		for _, p := range d.demand.pairs {
			if why := d.apart[[2]int{p.a, p.b}]; why != "" {
				m.found.Add("PLAN-017", m.at(m.p.Base.VNets[p.a].ID), "%q and %q cannot be joined: %s", m.g.name(p.a), m.g.name(p.b), why)
			}
		}
	}
}

// assumptions puts what the mode assumes before what the files cannot say.
func (m *maker) assumptions(classic *estate.Estate) []estate.Assumption {
	out := slices.Clone(classic.Assumptions)
	if m.opts.Mode == options.AsIfLive {
		live, _ := estate.AssumptionText(estate.AsmLive)
		out = append([]estate.Assumption{live}, out...)
	}
	assume := func(id string, subjects func(d *draft) []string) {
		assumed, _ := estate.AssumptionText(id)
		for _, d := range m.drafts {
			assumed.Subjects = append(assumed.Subjects, subjects(d)...)
		}
		if len(assumed.Subjects) > 0 {
			out = append(out, assumed)
		}
	}
	assume(estate.AsmGuard, func(d *draft) []string { return d.namesWhere(func(v int) bool { return d.guarded[v] != nil }) })
	assume(estate.AsmInspect, func(d *draft) []string { return d.namesWhere(func(v int) bool { return d.inspected[v] }) })
	for _, p := range Passages {
		assume(passages[p].assumed, func(d *draft) []string {
			if d.passage != p || d.device == nil {
				return nil
			}
			return []string{d.device.ID.Name}
		})
	}
	return out
}

// namesWhere are the names of the members that something holds for.
func (d *draft) namesWhere(holds func(v int) bool) []string {
	var out []string
	for _, v := range d.members {
		if holds(v) {
			out = append(out, d.g.name(v))
		}
	}
	return out
}
