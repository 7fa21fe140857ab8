package reach

import (
	"cmp"
	"iter"
	"runtime"
	"slices"
	"sync"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// comparison holds two relations over one set of places.
type comparison struct {
	before, after     *Relation
	places            []place // sorted by location
	ofBefore, ofAfter []int32 // places by location number
	elsewhere         map[int32]*spanIndex
	handedOn          map[int32][]span
	inVNets           []span
	pairs             []pair
	flows             [4][]found // of the pair that is judged: room that the next one uses again
}

// place is a location in both states; a number is -1 where it does not exist.
type place struct {
	Location
	before, after int32
}

// pair is two places, a < b.
type pair struct{ a, b int32 }

func comparePairs(p, q pair) int { return cmp.Or(cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b)) }

// Compare says what becomes of every pair when before is replaced by after. A session counts as
// kept only when it surely works, and as opened already when it perhaps does. m says
// which object of before is which of after; an object it does not name is the one with the same
// ID, an on-premises network the one with the same name. Verdicts come sorted by the pair's
// locations, those about hairpins last.
//
// When two locations became one, the mapping of the first holds and the pairs of the other are lost.
func Compare(before, after *Relation, m []estate.Mapping) iter.Seq[Verdict] {
	return compare(before, after, m, maxListed)
}

func newComparison(before, after *Relation) *comparison {
	return &comparison{before: before, after: after, elsewhere: map[int32]*spanIndex{}, handedOn: map[int32][]span{}}
}

// compare judges pairs that meet at relays one by one unless there are more than most.
func compare(before, after *Relation, m []estate.Mapping, most int) iter.Seq[Verdict] {
	return func(yield func(Verdict) bool) {
		c := newComparison(before, after)
		c.place(m)
		grouped := before.relayed(most)+after.relayed(most) > most
		c.listPairs(!grouped)
		if c.judgePairs(yield) && (!grouped || c.judgeGroups(yield)) {
			c.judgeHairpins(yield)
		}
	}
}

// atOnce is how many pairs a processor judges before their verdicts are yielded.
const atOnce = 2048

// judgePairs gives the verdicts of the pairs listed, in their order. All processors judge, each with
// what it remembers for itself.
func (c *comparison) judgePairs(yield func(Verdict) bool) bool {
	judges := make([]*comparison, runtime.GOMAXPROCS(0))
	for k := range judges {
		own := *c
		own.elsewhere, own.handedOn, own.flows = map[int32]*spanIndex{}, map[int32][]span{}, [4][]found{}
		judges[k] = &own
	}
	found := make([][]Verdict, len(judges)) // by judge, from one round to the next: verdicts are large
	for rest := range slices.Chunk(c.pairs, atOnce*len(judges)) {
		var wait sync.WaitGroup
		for k, j := range judges {
			wait.Go(func() {
				found[k] = found[k][:0]
				for _, p := range rest[k*len(rest)/len(judges) : (k+1)*len(rest)/len(judges)] {
					found[k] = j.judge(found[k], p)
				}
			})
		}
		wait.Wait()
		for _, list := range found {
			for _, v := range list {
				if !yield(v) {
					return false
				}
			}
		}
	}
	return true
}

// place matches the locations of the two states.
func (c *comparison) place(m []estate.Mapping) {
	if len(m) == 0 && shared(c.before.net.locations, c.after.net.locations) {
		c.placeAlike()
		return
	}
	became := newRegistry(len(m))
	for i := range m {
		if m[i].From.Type == estate.TypeVNet {
			became.add(m[i].From, int32(i))
		}
	}
	used := make([]bool, len(c.after.net.locations))
	for i, l := range c.before.net.locations {
		at := l
		if j := int32(-1); l.Kind != OnPremises {
			if j = became.find(l.ID); j >= 0 {
				at.ID = m[j].To
			}
		}
		to := c.after.net.find(at)
		if to >= 0 && used[to] {
			to = -1
		}
		if to >= 0 {
			used[to] = true
		}
		c.places = append(c.places, place{l, int32(i), to})
	}
	for i, l := range c.after.net.locations {
		if !used[i] {
			c.places = append(c.places, place{l, -1, int32(i)})
		}
	}
	c.sortPlaces()
}

// placeAlike matches the locations of two states that have the same ones. They are in order.
func (c *comparison) placeAlike() {
	c.places = make([]place, len(c.before.net.locations))
	c.ofBefore = make([]int32, len(c.places))
	for i, l := range c.before.net.locations {
		c.places[i], c.ofBefore[i] = place{l, int32(i), int32(i)}, int32(i)
	}
	c.ofAfter = c.ofBefore
}

func (c *comparison) sortPlaces() {
	order := make([]int32, len(c.places))
	for i := range c.places {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(i, j int32) int { return c.places[i].Location.Compare(c.places[j].Location) })
	sorted := make([]place, len(order))
	c.ofBefore, c.ofAfter = make([]int32, len(c.before.net.locations)), make([]int32, len(c.after.net.locations))
	for i, j := range order {
		sorted[i] = c.places[j]
		if b := sorted[i].before; b >= 0 {
			c.ofBefore[b] = int32(i)
		}
		if a := sorted[i].after; a >= 0 {
			c.ofAfter[a] = int32(i)
		}
	}
	c.places = sorted
}

// listPairs lists the pairs that are connected in one direction at least, before or after; those
// that meet at relays only where asked for.
func (c *comparison) listPairs(relays bool) {
	add := func(r *Relation, places []int32) {
		for from := range r.net.internet {
			for _, to := range r.listed(from, relays) {
				a, b := places[from], places[to]
				c.pairs = append(c.pairs, pair{min(a, b), max(a, b)})
			}
		}
	}
	add(c.before, c.ofBefore)
	add(c.after, c.ofAfter)
	slices.SortFunc(c.pairs, comparePairs)
	c.pairs = slices.Compact(c.pairs)
}

func (c *comparison) listed(p pair) bool {
	if p.b < p.a {
		p.a, p.b = p.b, p.a
	}
	_, ok := slices.BinarySearchFunc(c.pairs, p, comparePairs)
	return ok
}

// numberIn is the number of a place in one of the relations, or -1.
func (c *comparison) numberIn(r *Relation, at int32) int32 {
	if r == c.before {
		return c.places[at].before
	}
	return c.places[at].after
}

// between lists the flows between two places in one state.
func (c *comparison) between(r *Relation, from, to int32) []found {
	return c.appendBetween(nil, r, from, to)
}

func (c *comparison) appendBetween(out []found, r *Relation, from, to int32) []found {
	i, j := c.numberIn(r, from), c.numberIn(r, to)
	if i < 0 || j < 0 {
		return out
	}
	return r.appendBetween(out, i, j)
}

// flowsOf lists the flows of a pair: there and back before, there and back after. They hold until the next pair.
func (c *comparison) flowsOf(p pair) (thereBefore, backBefore, thereAfter, backAfter []found) {
	for i, r := range [2]*Relation{c.before, c.after} {
		there, back := &c.flows[2*i], &c.flows[2*i+1]
		*there = c.appendBetween((*there)[:0], r, p.a, p.b)
		*back = c.appendBetween((*back)[:0], r, p.b, p.a)
	}
	return c.flows[0], c.flows[1], c.flows[2], c.flows[3]
}

// judge appends the verdicts of one pair: one for each pair of address ranges that fare differently.
func (c *comparison) judge(out []Verdict, p pair) []Verdict {
	thereBefore, backBefore, thereAfter, backAfter := c.flowsOf(p)
	if c.places[p.b].Kind == Internet {
		return append(out, c.judgeEgress(p, thereBefore, thereAfter)...)
	}
	thereBefore, backBefore = c.mixed(c.before, p.a, thereBefore), c.mixed(c.before, p.b, backBefore)
	thereAfter, backAfter = c.mixed(c.after, p.a, thereAfter), c.mixed(c.after, p.b, backAfter)
	sessionBefore := c.before.meet(thereBefore, backBefore)
	sessionAfter := c.after.meet(thereAfter, backAfter)
	if !sessionBefore && !sessionAfter {
		if len(thereAfter) > 0 {
			out = append(out, c.halfOpen(p.a, p.b, thereBefore, thereAfter))
		}
		if len(backAfter) > 0 {
			out = append(out, c.halfOpen(p.b, p.a, backBefore, backAfter))
		}
		return out
	}
	half := !sessionBefore && (len(thereBefore) > 0 || len(backBefore) > 0)
	first := len(out)
	atomsA, atomsB := c.atoms(p.a), c.atoms(p.b)
	for _, x := range atomsA {
		for _, y := range atomsB {
			there, back := [2][]found{x.of(thereBefore, false, y.set), x.of(thereAfter, true, y.set)}, [2][]found{y.of(backBefore, false, x.set), y.of(backAfter, true, x.set)}
			c.eachMeeting(p, there, back, func(there, back *cell) { out = c.judgeCells(out, p, there, back, sessionBefore, half) })
		}
	}
	if len(atomsA)*len(atomsB) > 1 {
		out = append(out[:first], mergeVerdicts(out[first:])...)
	}
	slices.SortStableFunc(out[first:], func(v, w Verdict) int { return cmp.Compare(v.Class, w.Class) })
	return out
}

// eachMeeting calls judge for the cells of what goes there and back, before and after. What an on-premises network
// answers goes back the way it came, if it can: by the firewalls and appliances that the cell of the other side passes.
func (c *comparison) eachMeeting(p pair, there, back [2][]found, judge func(there, back *cell)) {
	overlay := func(flows [2][]found) []cell { return c.overlay(flows[0], flows[1]) }
	answers := func(flows [2][]found, to *cell) []cell {
		return c.overlay(c.before.passing(flows[0], to.passedBefore), c.after.passing(flows[1], to.passedAfter))
	}
	if c.places[p.a].Kind == OnPremises {
		for _, b := range overlay(back) {
			for _, a := range answers(there, &b) {
				judge(&a, &b)
			}
		}
		return
	}
	backs := overlay(back)
	for _, a := range overlay(there) {
		if c.places[p.b].Kind == OnPremises && (len(back[0]) > 1 || len(back[1]) > 1) {
			backs = answers(back, &a)
		}
		for k := range backs {
			judge(&a, &backs[k])
		}
	}
}

// mixed is Relation.mixed for a place.
func (c *comparison) mixed(r *Relation, at int32, flows []found) []found {
	if len(flows) < 2 {
		return flows
	}
	return r.mixed(c.numberIn(r, at), flows)
}

// meet reports whether packets go both ways and some of them pass the same stateful devices.
func (r *Relation) meet(there, back []found) bool {
	if len(there) == 0 || len(back) == 0 {
		return false
	}
	if !r.net.hasDevices() {
		return true
	}
	for i := range there {
		for j := range back {
			if r.symmetric(&there[i], &back[j]) {
				return true
			}
		}
	}
	return false
}

// judgeCells gives the verdicts of a pair of address ranges.
func (c *comparison) judgeCells(out []Verdict, p pair, there, back *cell, connected, half bool) []Verdict {
	before, after := min(there.before.value, back.before.value), min(there.after.value, back.after.value)
	if before > No && !slices.Equal(there.passedBefore, back.passedBefore) {
		before = No
	}
	if after > No && !slices.Equal(there.passedAfter, back.passedAfter) {
		after = No
	}
	v := Verdict{}
	switch {
	case before == No && after == No:
		return out
	case before == Unknown:
		v.Class = UnknownBefore
	case before == Yes && after == Yes:
		v.Class, v.Flags = c.kept(p, there, back)
	case before == Yes:
		return c.judgeBroken(out, p, there, back, after)
	case half && (there.before.value > No || back.before.value > No):
		v.Class, v.Grade = HalfFixed, c.grade(p, connected)
	default:
		v.Class, v.Grade = Gained, c.grade(p, connected)
	}
	return append(out, c.fill(v, p, there, back, there.set, back.set))
}

func (c *comparison) kept(p pair, there, back *cell) (Class, Flags) {
	class := PathChanged
	if sameHopTypes(there.hopsBefore, there.hopsAfter) && sameHopTypes(back.hopsBefore, back.hopsAfter) {
		class = Preserved
	}
	return class, c.flagsOf(p, [2][]pathNode{there.hopsBefore, back.hopsBefore}, [2][]pathNode{there.hopsAfter, back.hopsAfter})
}

func (c *comparison) grade(p pair, connected bool) Grade {
	switch {
	case connected:
		return Wider
	case c.places[p.a].Kind == VNet && c.places[p.b].Kind == VNet:
		return NewPair
	}
	return NewExposure
}

// judgeBroken gives the verdicts of ranges whose sessions do not surely work any more. An
// address that an on-premises network only handed on is not that network's own: its fate is told by the
// pair of its VNet.
func (c *comparison) judgeBroken(out []Verdict, p pair, there, back *cell, after Value) []Verdict {
	to := subtract(nil, there.set, c.handed(p.b))
	from := subtract(nil, back.set, c.handed(p.a))
	if len(to) == 0 || len(from) == 0 {
		return out
	}
	if after == Unknown {
		return append(out, c.fill(Verdict{Class: AtRisk}, p, there, back, to, from))
	}
	if stray, at := c.strays(p.a, p.b, to); there.after.value == No && len(stray) > 0 {
		out = append(out, c.fill(Verdict{Class: Misdelivered, DeliveredTo: at}, p, there, back, stray, from))
		to = subtract(nil, to, stray)
	}
	if stray, at := c.strays(p.b, p.a, from); back.after.value == No && len(stray) > 0 && len(to) > 0 {
		out = append(out, c.fill(Verdict{Class: Misdelivered, DeliveredTo: at}, p, there, back, to, stray))
		from = subtract(nil, from, stray)
	}
	if len(to) == 0 || len(from) == 0 {
		return out
	}
	return append(out, c.fill(Verdict{Class: Lost}, p, there, back, to, from))
}

// handed are the addresses that an on-premises network could hand on to VNets before, or that only a
// default route sent there: a VNet has them, before or after, and no site of the network lists them.
// They are not the network's own. None for another place.
func (c *comparison) handed(at int32) []span {
	if c.places[at].Kind != OnPremises || c.places[at].before < 0 {
		return nil
	}
	if set, ok := c.handedOn[at]; ok {
		return set
	}
	source, _ := c.before.rowsOf(c.places[at].before)
	set := subtract(nil, c.vnets(), c.before.listedAt(c.places[at].before))
	for _, f := range c.before.flowsOf(source) {
		if int(f.to) < len(c.before.net.vnets) {
			set = append(set, f.set.in(c.before.spans)...)
		}
	}
	set = tidy(set)
	c.handedOn[at] = set
	return set
}

// vnets are the addresses of all VNets, before and after.
func (c *comparison) vnets() []span {
	if c.inVNets == nil {
		for _, r := range [2]*Relation{c.before, c.after} {
			for i := range r.net.vnets {
				c.inVNets = append(c.inVNets, r.net.vnets[i].space...)
			}
		}
		c.inVNets = tidy(c.inVNets)
	}
	return c.inVNets
}

// listedAt are the addresses that the sites of a network list, default routes apart.
func (r *Relation) listedAt(network int32) []span {
	var out []span
	r.net.eachTunnel(func(_ int32, t *tunnel) {
		if t.far != network || t.end != toOnPrem && t.end != toCircuit || t.site == nil {
			return
		}
		for _, p := range t.site.Prefixes {
			if p.IsValid() && p.Bits() > 0 {
				out = append(out, spanOf(p.Prefix))
			}
		}
	})
	return tidy(out)
}

// strays is the part of a set, once delivered from a to b, that is now delivered from a to other
// locations with the same addresses, and the first of those.
func (c *comparison) strays(a, b int32, set []span) ([]span, *Location) {
	from := c.places[a].after
	if from < 0 {
		return nil, nil
	}
	index, ok := c.elsewhere[from]
	if !ok {
		var all []ownedSpan
		for _, to := range c.after.listed(from, true) {
			if to == c.after.net.internet {
				continue
			}
			for _, f := range c.after.between(from, to) {
				for _, s := range f.set {
					all = append(all, ownedSpan{s, to})
				}
			}
		}
		index = newSpanIndex(all)
		c.elsewhere[from] = index
	}
	var stray []span
	least := int32(-1)
	for _, s := range set {
		index.overlapping(s, func(o ownedSpan) bool {
			if o.owner != c.places[b].after {
				part, _ := s.overlap(o.span)
				stray = append(stray, part)
				if least < 0 || o.owner < least {
					least = o.owner
				}
			}
			return true
		})
	}
	if least < 0 {
		return nil, nil
	}
	return tidy(stray), &c.after.net.locations[least]
}

// halfOpen is the verdict of a pair with deliveries from a to b only, after.
func (c *comparison) halfOpen(a, b int32, before, after []found) Verdict {
	set := setWhere(after, Unknown)
	v := Verdict{Class: HalfOpen, From: c.places[a].Location, To: c.places[b].Location, ToPrefixes: prefixesOf(set),
		NewLocation: c.places[a].before < 0 || c.places[b].before < 0, WitnessTo: witness(set)}
	v.Before.There, v.After.There = bestOf(before), bestOf(after)
	if len(before) > 0 {
		v.Before.Path, v.Before.Assumptions = c.before.net.publicPath(c.before.hopsOf(before[0])), before[0].why.ids()
	}
	v.After.Path, v.After.Assumptions = c.after.net.publicPath(c.after.hopsOf(after[0])), after[0].why.ids()
	v.WitnessFrom = witness(c.after.space(c.places[a].after))
	if v.After.There > v.Before.There && v.Before.There == No {
		v.Grade = c.grade(pair{a, b}, false)
	}
	return v
}

// space is the addresses of a VNet or of clients; none for an on-premises network, whose own
// addresses nothing states.
func (r *Relation) space(at int32) []span {
	switch l := r.net.locations[at]; l.Kind {
	case VNet:
		return r.net.vnets[at].space
	case Clients:
		return r.net.vnets[r.net.byVNet.find(l.ID)].pool
	}
	return nil
}

// fill completes a verdict with what the cells say.
func (c *comparison) fill(v Verdict, p pair, there, back *cell, to, from []span) Verdict {
	a, b := &c.places[p.a], &c.places[p.b]
	v.From, v.To = a.Location, b.Location
	v.FromPrefixes, v.ToPrefixes = prefixesOf(from), prefixesOf(to)
	v.WitnessFrom, v.WitnessTo = witness(from), witness(to)
	v.NewLocation = a.before < 0 || b.before < 0
	v.Before = Side{c.value(there.before, back.before, there.passedBefore, back.passedBefore), there.before.value, back.before.value,
		c.before.net.publicPath(there.hopsBefore), c.before.net.publicPath(back.hopsBefore), (there.before.why | back.before.why).ids()}
	v.After = Side{c.value(there.after, back.after, there.passedAfter, back.passedAfter), there.after.value, back.after.value,
		c.after.net.publicPath(there.hopsAfter), c.after.net.publicPath(back.hopsAfter), (there.after.why | back.after.why).ids()}
	return v
}

// value is that of a session whose two directions pass these devices.
func (c *comparison) value(there, back trust, passedThere, passedBack []int32) Value {
	if !slices.Equal(passedThere, passedBack) {
		return No
	}
	return min(there.value, back.value)
}
