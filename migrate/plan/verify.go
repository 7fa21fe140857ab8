package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Progress says how far a step is.
type Progress uint8

// How far a step is. Unseen is a step that leaves no trace in the network, such as an export: a step that
// comes after it shows that it was done, or nobody can see it.
const (
	NotDone Progress = iota
	HalfDone
	Done
	Unseen
)

// String is the word printed in reports.
func (p Progress) String() string {
	return [...]string{"not done", "half done", "done", "leaves no trace"}[p]
}

// Standing is where a live network stands in a plan.
type Standing struct {
	Steps      []StepStanding      // in the order of the plan
	LastWave   int                 // all steps up to the end of this wave are done; 0: not even those of the first
	OutOfOrder []string            // steps that are done before one that they need, in words
	Nearest    *estate.Estate      // the state of the plan that the done steps make, with those halves of others that are there
	Drift      []estate.Difference // from Nearest to the live network: changed outside the plan
	Open       []string            // ids of the windows that are open
	Lost       []reach.Verdict     // required pairs that are lost, at risk or misdelivered, outside the open windows
	Excused    []reach.Verdict     // those that an open window declares
}

// StepStanding is a step and how far it is.
type StepStanding struct {
	*Step
	Progress Progress
	There    []estate.ID // of a half-done step: the objects that are as it leaves them
	Missing  []estate.ID // and those that are not
	// May says that the step may run next: what it needs is done, and the live network is ready for it.
	May bool
	// Confirm are the steps before it that leave no trace and that nothing shows to be done.
	Confirm []string
	Blocked []string // why a step may not run although what it needs is done
}

// AtState reports whether the live network is a state of the plan, with no step half done.
func (s *Standing) AtState() bool {
	return len(s.Drift)+len(s.OutOfOrder) == 0 && !slices.ContainsFunc(s.Steps, func(t StepStanding) bool { return t.Progress == HalfDone })
}

// Complete reports whether every step that can be seen is done.
func (s *Standing) Complete() bool {
	return !slices.ContainsFunc(s.Steps, func(t StepStanding) bool { return t.Progress == NotDone || t.Progress == HalfDone })
}

// Locate finds where a live network stands in a plan. It calls its objects as the plan does.
//
// A step is done when everything that it adds is there as added, or as a later step leaves it, and everything
// that it removes is gone. Steps of a wave may be done in any order, so the done ones need not be the first
// ones. Where an object is as no step leaves it, the version of the plan counts that it is nearest to, and the
// rest is Drift. Only configuration counts, not state.
func Locate(p *Plan, live *estate.Estate) *Standing {
	l := newLocator(p, live)
	l.progress()
	l.order()
	l.nearest()
	l.drift()
	l.reach()
	l.next()
	return l.s
}

// StandingAfter is the network right after a step, and where that stands in the plan: the steps of earlier waves are done
// and the step itself, and none of the others.
func StandingAfter(p *Plan, step string) (*estate.Estate, *Standing, error) {
	of := slices.IndexFunc(p.Steps, func(s Step) bool { return strings.EqualFold(s.ID, step) })
	switch {
	case len(p.Steps) == 0:
		return nil, nil, fmt.Errorf("step %q: the plan has no steps", step)
	case of < 0:
		return nil, nil, fmt.Errorf("step %q: the plan has the steps %s to %s", step, p.Steps[0].ID, p.Steps[len(p.Steps)-1].ID)
	}
	var done []Step
	for i, s := range p.Steps {
		if i == of || s.Wave < p.Steps[of].Wave {
			done = append(done, s)
		}
	}
	e := synchronised(Apply(startOf(p), done))
	l := newLocator(p, e)
	for i := range p.Steps {
		l.s.Steps[i].Step = &p.Steps[i]
	}
	for _, s := range done {
		l.s.Steps[l.at[s.ID]].Progress = Done
	}
	l.nearest()
	l.reach()
	l.next()
	return e, l.s, nil
}

func newLocator(p *Plan, live *estate.Estate) *locator {
	live = announced(p, live)
	l := &locator{p: p, start: startOf(p), live: live, x: estate.NewIndex(live), at: make(map[string]int, len(p.Steps)),
		s: &Standing{Steps: make([]StepStanding, len(p.Steps))}}
	for i := range p.Steps {
		l.at[p.Steps[i].ID] = i
	}
	l.base = estate.NewIndex(l.start)
	l.timelines()
	return l
}

// everKnown is every object that a plan knows: those before the first step, and those that any step adds.
func everKnown(p *Plan) *estate.Estate {
	steps := slices.Clone(p.Steps)
	for i := range steps {
		steps[i].Effect.Remove = nil
	}
	return Apply(p.Base, steps)
}

type locator struct {
	p     *Plan
	start *estate.Estate
	live  *estate.Estate
	base  *estate.Index // of start
	x     *estate.Index // of live
	s     *Standing
	at    map[string]int // step by id

	objects map[estate.Key]*timeline
	of      [][]touch           // by step: the objects that it changes
	known   map[estate.Key]bool // objects of the plan
	drifted map[estate.Key]bool
}

// timeline is what the steps of a plan make of an object, and which of that it is in the live network.
type timeline struct {
	id       estate.ID
	versions []version // the first is that before all steps
	matches  []int     // versions that the live object is, or is nearest to; all when nothing tells
	part     partly    // of a VNet
	leaving  bool      // it is being deleted
}

// version is an object after a step.
type version struct {
	step    int           // -1 for that before all steps
	present bool          // it exists
	in      *estate.Index // where it is described
}

// touch is a version of an object that a step makes.
type touch struct {
	line *timeline
	n    int // of the version
}

// timelines follows every object that a step changes.
func (l *locator) timelines() {
	l.objects, l.of = map[estate.Key]*timeline{}, make([][]touch, len(l.p.Steps))
	for i := range l.p.Steps {
		f := &l.p.Steps[i].Effect
		added := map[estate.Key]bool{}
		if f.Add != nil {
			in := estate.NewIndex(f.Add)
			for id := range f.Add.Objects() {
				added[id.Key()] = true
				l.touch(i, id, version{i, true, in})
			}
		}
		for _, id := range f.Remove {
			if inEstate(id) && !added[id.Key()] {
				l.touch(i, id, version{step: i})
			}
		}
	}
	for _, t := range l.objects {
		l.match(t)
	}
}

func (l *locator) touch(step int, id estate.ID, v version) {
	t := l.objects[id.Key()]
	if t == nil {
		t = &timeline{id: id, versions: []version{{step: -1, present: has(l.base, id), in: l.base}}}
		l.objects[id.Key()] = t
	}
	t.versions = append(t.versions, v)
	l.of[step] = append(l.of[step], touch{t, len(t.versions) - 1})
}

// has reports whether an estate has an object of one of the kinds that steps change.
func has(x *estate.Index, id estate.ID) bool {
	switch id.Type {
	case estate.TypeVNet:
		return x.VNet(id) != nil
	case estate.TypeSite:
		return x.Site(id) != nil
	case estate.TypeConnection:
		return x.Connection(id) != nil
	case estate.TypePeering:
		return x.Peering(id) != nil
	case estate.TypeNSG:
		return x.SecurityGroup(id) != nil
	case estate.TypeRouteTable:
		return x.RouteTable(id) != nil
	case estate.TypeNetworkGroup:
		return x.NetworkGroup(id) != nil
	case estate.TypeNetworkManager:
		return x.NetworkManager(id) != nil
	}
	return x.Gateway(id) != nil
}

// match finds the versions that the live object is. Where it is none, those count that differ least.
func (l *locator) match(t *timeline) {
	present := has(l.x, t.id)
	if g := l.x.Gateway(t.id); g != nil && t.id.Type == estate.TypeGateway {
		t.leaving = g.State.Value == estate.GatewayDeprovisioning
	}
	least := -1
	for i, v := range t.versions {
		if v.present != present {
			continue
		}
		n := 0
		if present {
			for _, d := range estate.DifferencesOf(v.in, l.x, t.id) {
				// What a half has taken over from the other end is state, and all that shows that it was synchronised.
				if d.Differs() || t.id.Type == estate.TypePeering && d.Presence == estate.Changed {
					n++
				}
			}
		}
		if least < 0 || n < least {
			least, t.matches = n, t.matches[:0]
		}
		if n == least {
			t.matches = append(t.matches, i)
		}
	}
	if least < 0 {
		for i := range t.versions {
			t.matches = append(t.matches, i)
		}
	}
	if t.id.Type == estate.TypeVNet && present {
		l.matchSubnets(t)
	}
}

// shows says what the live object shows of the step that makes a version: that it is done, that it is not, or
// neither.
func (l *locator) shows(t touch) (done, not bool) {
	after, before := 0, 0
	for _, m := range t.line.matches {
		switch {
		case m == t.n || m > t.n && l.needs(t.line.versions[m].step, t.line.versions[t.n].step):
			after++
		case m < t.n:
			before++
		}
	}
	return after == len(t.line.matches), before == len(t.line.matches)
}

// needs reports whether a step comes after another one, directly or through others.
func (l *locator) needs(step, other int) bool {
	seen := map[int]bool{}
	var walk func(i int) bool
	walk = func(i int) bool {
		if i == other {
			return true
		}
		if seen[i] || l.p.Steps[i].Wave <= l.p.Steps[other].Wave {
			return false
		}
		seen[i] = true
		return slices.ContainsFunc(l.p.Steps[i].Needs, func(id string) bool { return walk(l.at[id]) })
	}
	return walk(step)
}

// progress looks at every step by itself, and then lets a later step show what an earlier one does not.
func (l *locator) progress() {
	open := make([]bool, len(l.p.Steps)) // nothing shows whether it is done
	for i := range l.p.Steps {
		s := &l.s.Steps[i]
		s.Step = &l.p.Steps[i]
		for _, t := range l.of[i] {
			done, not := l.shows(t)
			if t.line.leaving && !t.line.versions[t.n].present { // begun
				s.Progress = HalfDone
			}
			switch {
			case done:
				s.There = append(s.There, t.line.id)
			case not:
				s.Missing = append(s.Missing, t.line.id)
			case t.line.part.n == t.n:
				s.There, s.Missing = append(s.There, t.line.part.there...), append(s.Missing, t.line.part.missing...)
			}
		}
		switch {
		case len(l.of[i]) == 0:
			s.Progress, open[i] = Unseen, true
		case s.Progress == HalfDone:
		case len(s.There) > 0 && len(s.Missing) > 0:
			s.Progress = HalfDone
		case len(s.There) > 0:
			s.Progress = Done
		case len(s.Missing) == 0:
			open[i] = true
		}
		if s.Progress != HalfDone {
			s.There, s.Missing = nil, nil
		}
	}
	l.shownByLater(open)
}

// shownByLater lets a step show that those before it were done, of which nothing else shows it. It shows
// nothing where what comes even before those is not done: then it ran out of order.
func (l *locator) shownByLater(open []bool) {
	told := make([]bool, len(open))
	for i := len(l.p.Steps) - 1; i >= 0; i-- {
		if s := &l.s.Steps[i]; s.Progress == Done || s.Progress == HalfDone || told[i] {
			for _, id := range s.Needs {
				told[l.at[id]] = open[l.at[id]]
			}
		}
	}
	for i := range told {
		if s := &l.s.Steps[i]; told[i] && !slices.ContainsFunc(s.Needs, func(id string) bool { return l.s.Steps[l.at[id]].Progress != Done }) {
			s.Progress = Done
		}
	}
}

// order tells of steps that were done too early, and how many waves are complete.
func (l *locator) order() {
	for i := range l.s.Steps {
		s := &l.s.Steps[i]
		if s.Progress != Done && s.Progress != HalfDone {
			continue
		}
		var early []string
		for _, need := range l.undone(i) {
			early = append(early, fmt.Sprintf("%s (%s)", need.ID, need.Action))
		}
		if len(early) > 0 {
			l.s.OutOfOrder = append(l.s.OutOfOrder, fmt.Sprintf("%s (%s) is %s before %s", s.ID, s.Action, s.Progress, strings.Join(early, ", ")))
		}
	}
	for _, wave := range waves(l.p.Steps) {
		if slices.ContainsFunc(wave, func(s *Step) bool { return l.s.Steps[l.at[s.ID]].Progress != Done }) {
			break
		}
		l.s.LastWave++
	}
}

// undone are the nearest steps before one that are not done, although they could be seen.
func (l *locator) undone(step int) []*StepStanding {
	var out []*StepStanding
	seen := map[int]bool{}
	var walk func(i int)
	walk = func(i int) {
		for _, id := range l.p.Steps[i].Needs {
			need := l.at[id]
			if seen[need] {
				continue
			}
			seen[need] = true
			switch s := &l.s.Steps[need]; s.Progress {
			case NotDone, HalfDone:
				out = append(out, s)
			case Unseen:
				walk(need)
			}
		}
	}
	walk(step)
	return out
}

// nearest makes the state of the plan that the live network is compared with.
func (l *locator) nearest() {
	e := l.start
	for _, wave := range waves(l.p.Steps) {
		var effects []Effect
		for _, step := range wave {
			switch s := &l.s.Steps[l.at[step.ID]]; s.Progress {
			case Done:
				effects = append(effects, step.Effect)
			case HalfDone:
				effects = append(effects, l.begun(l.at[step.ID]))
			}
		}
		e = after(e, effects, effects)
	}
	l.s.Nearest = e
}

// part is the effect on some objects.
func (f Effect) part(ids []estate.ID) Effect {
	keep := map[estate.Key]bool{}
	for _, id := range ids {
		keep[id.Key()] = true
	}
	var out Effect
	for _, id := range f.Remove {
		if keep[id.Key()] {
			out.Remove = append(out.Remove, id)
		}
	}
	if f.Add != nil {
		out.Add = &estate.Estate{
			VNets:       kept(f.Add.VNets, keep, func(v *estate.VNet) estate.ID { return v.ID }),
			Sites:       kept(f.Add.Sites, keep, func(s *estate.Site) estate.ID { return s.ID }),
			Gateways:    kept(f.Add.Gateways, keep, func(g *estate.Gateway) estate.ID { return g.ID }),
			Connections: kept(f.Add.Connections, keep, func(c *estate.Connection) estate.ID { return c.ID }),
			Peerings:    kept(f.Add.Peerings, keep, func(p *estate.Peering) estate.ID { return p.ID }),

			RouteTables:    kept(f.Add.RouteTables, keep, func(t *estate.RouteTable) estate.ID { return t.ID }),
			SecurityGroups: kept(f.Add.SecurityGroups, keep, func(g *estate.SecurityGroup) estate.ID { return g.ID }),
			Groups:         kept(f.Add.Groups, keep, func(g *estate.NetworkGroup) estate.ID { return g.ID }),
			Managers:       kept(f.Add.Managers, keep, func(m *estate.NetworkManager) estate.ID { return m.ID }),
		}
	}
	return out
}

func kept[T any](in []T, keep map[estate.Key]bool, id func(*T) estate.ID) []T {
	var out []T
	for i := range in {
		if keep[id(&in[i]).Key()] {
			out = append(out, in[i])
		}
	}
	return out
}

// drift is what was changed outside the plan: of what the plan knows, and beside it.
func (l *locator) drift() {
	known := map[estate.Key]bool{}
	for id := range l.start.Objects() {
		known[id.Key()] = true
	}
	for key := range l.objects {
		known[key] = true
	}
	l.known, l.drifted = known, map[estate.Key]bool{}
	for _, d := range estate.Differences(l.s.Nearest, l.live, nil) {
		if id := d.Object(); d.Differs() && (known[id.Key()] || l.beside(id, known)) && !l.fitted(d, known) {
			l.s.Drift = append(l.s.Drift, d)
			l.drifted[id.Key()] = true
		}
	}
}

// beside reports whether an object that the plan does not know is at one that it knows.
func (l *locator) beside(id estate.ID, known map[estate.Key]bool) bool {
	at := func(ids ...estate.ID) bool {
		return slices.ContainsFunc(ids, func(id estate.ID) bool { return known[id.Key()] })
	}
	switch id.Type {
	case estate.TypeVNet:
		return false
	case estate.TypeConnection:
		c := l.x.Connection(id)
		return c != nil && at(c.Gateway, c.RemoteGateway)
	case estate.TypePeering:
		p := l.x.Peering(id)
		return p != nil && at(p.VNet, p.Remote)
	case estate.TypeSite:
		return slices.ContainsFunc(l.live.Connections, func(c estate.Connection) bool { return c.Site.Same(id) && at(c.Gateway) })
	}
	g := l.x.Gateway(id)
	return g != nil && at(g.VNet) && !l.placed(g, known)
}

// placed reports whether an appliance is one that somebody has placed beside a load balancer that the plan knows.
func (l *locator) placed(g *estate.Gateway, known map[estate.Key]bool) bool {
	return g.Kind == estate.Appliance && slices.ContainsFunc(l.balancers(known), func(b *estate.Gateway) bool { return b.VNet.Same(g.VNet) })
}

// balancers are the load balancers before appliances that the plan knows and that are there.
func (l *locator) balancers(known map[estate.Key]bool) []*estate.Gateway {
	var out []*estate.Gateway
	for i := range l.live.Gateways {
		if g := &l.live.Gateways[i]; g.Kind == estate.Appliance && g.ID.Type == estate.TypeLoadBalancer && known[g.ID.Key()] {
			out = append(out, g)
		}
	}
	return out
}

// fitted reports whether a difference is the work of the owner of appliances: further subnets of the VNet that they stand
// in, and what their own subnet is bound to.
func (l *locator) fitted(d estate.Difference, known map[estate.Key]bool) bool {
	return d.Part == "subnet" && slices.ContainsFunc(l.balancers(known), func(b *estate.Gateway) bool {
		return b.VNet.Same(d.Object()) && (d.Presence == estate.OnlyAfter ||
			strings.EqualFold(d.PartName, b.Subnet) && slices.Contains([]string{"networkSecurityGroup", "routeTable", "natGateway", "defaultOutboundAccess"}, d.Property))
	})
}

// reach compares who can talk to whom with the network before. What is built anew carries nothing before it
// is complete.
func (l *locator) reach() {
	if l.p.Mode == options.Rebuild && !l.s.Complete() {
		return
	}
	excused, asked := l.windows(), &excuses{hosts: newHosts(l.p)}
	asked.forbid(l.p.Asks)
	excused.hosts = asked.hosts
	excused.forbid(l.p.Asks)
	before := l.p.Before
	if before == nil {
		before = reach.Compute(l.p.Base)
	}
	for v := range reach.Compare(before, reach.Compute(l.live), nil) {
		switch {
		case !v.Compromises() || asked.lost(v) == "": // somebody wants it so, or nothing is there
		case excused.lost(v) == "":
			l.s.Excused = append(l.s.Excused, v)
		default:
			l.s.Lost = append(l.s.Lost, v)
		}
	}
}

// windows lists the pairs of the windows that are open: some of their steps are begun, and not all are done.
func (l *locator) windows() *excuses {
	excused := &excuses{}
	for i := range l.p.Windows {
		w := &l.p.Windows[i]
		begun, ended := false, true
		for _, id := range w.Steps {
			switch l.s.Steps[l.at[id]].Progress {
			case Done:
				begun = true
			case HalfDone:
				begun, ended = true, false
			case NotDone:
				ended = false
			}
		}
		if begun && !ended {
			l.s.Open = append(l.s.Open, w.ID)
			excused.excuse(w)
		}
	}
	return excused
}
