package reach

import (
	"iter"
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Session is what two locations can hold sessions about. When Value is Yes, the prefixes are those
// that surely talk; when it is Unknown, those that may.
type Session struct {
	Value        Value
	FromPrefixes []netip.Prefix // of the first location
	ToPrefixes   []netip.Prefix // of the second
	MayFrom      []netip.Prefix // the same with unknown read as yes
	MayTo        []netip.Prefix
	Path         []Hop // there, by the first prefix
	Back         []Hop
	Several      bool // the prefixes take more than one path, there or back: Forward has them all
	// Product says that every address of FromPrefixes talks with every address of ToPrefixes. It is
	// so unless subnets of one VNet have different route tables: see Sessions.
	Product     bool
	Assumptions []string
}

// meeting is a part of a session in which every address of one side talks with every address of
// the other, by one path each way.
type meeting struct {
	from, to    []span
	there, back *found
	trust
}

// meetings lists the sessions of two locations by path. Every stateful device must see both
// directions: where one sees only one, there is none.
func (r *Relation) meetings(a, b int32, there, back []found) []meeting {
	there, back = r.mixed(a, there), r.mixed(b, back)
	var out []meeting
	for i := range there {
		for j := range back {
			x, y := &there[i], &back[j]
			m := meeting{r.sent(a, x, y.set), r.sent(b, y, x.set), x, y, x.and(y.trust)}
			if len(m.from) > 0 && len(m.to) > 0 && r.symmetric(x, y) {
				out = append(out, m)
			}
		}
	}
	return out
}

// mixed puts in doubt, for sessions, what goes several ways that pass different firewalls or appliances:
// each direction takes any of its ways, and no device may see both. What an on-premises network sends
// goes back the way it came.
func (r *Relation) mixed(from int32, flows []found) []found {
	if !r.net.hasDevices() || len(flows) < 2 || r.net.locations[from].Kind == OnPremises {
		return flows
	}
	var out []found
	for i := range flows {
		f := flows[i]
		var other []span
		for j := range flows {
			if g := &flows[j]; g.source == f.source && overlaps(g.set, f.set) && !r.symmetric(&f, g) {
				other = append(other, g.set...)
			}
		}
		if len(other) == 0 {
			out = append(out, f)
			continue
		}
		other = tidy(other)
		if alone := subtract(nil, f.set, other); len(alone) > 0 {
			one := f
			one.set = alone
			out = append(out, one)
		}
		f.set, f.trust = intersect(nil, f.set, other), f.unless(true, byEqualPrefix)
		out = append(out, f)
	}
	return out
}

// sent is the part of a set of addresses of a location that a flow is sent by.
func (r *Relation) sent(at int32, f *found, set []span) []span {
	if int(at) >= len(r.net.vnets) {
		return set
	}
	if node := &r.net.vnets[at]; node.lastClass-node.firstClass == 1 {
		return set
	}
	return intersect(nil, set, r.net.classes[f.source].set)
}

// symmetric reports whether two flows pass the same firewalls and appliances.
func (r *Relation) symmetric(a, b *found) bool {
	if !r.net.hasDevices() {
		return true
	}
	return slices.Equal(r.stateful(a), r.stateful(b))
}

func (n *network) hasDevices() bool { return len(n.devices) > 0 }

// stateful lists the firewalls and appliances on a flow's path, sorted, each once.
func (r *Relation) stateful(f *found) []int32 {
	var out []int32
	for _, p := range f.paths {
		for ; p != noPath; p = r.paths[p].before {
			if h := &r.paths[p]; (h.hop == FirewallHop || h.hop == ApplianceHop) && !r.net.devices[h.element].id.IsZero() {
				out = append(out, h.element)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Session is what a and b can hold sessions about.
func (r *Relation) Session(a, b Location) Session {
	from, to := r.net.find(a), r.net.find(b)
	if from < 0 || to < 0 || from == to {
		return Session{}
	}
	return r.session(from, to, r.between(from, to), r.between(to, from))
}

// Sessions is what a and b can hold sessions about, in parts: in each, every address of one side
// talks with every address of the other, by one path each way.
func (r *Relation) Sessions(a, b Location) []Session {
	from, to := r.net.find(a), r.net.find(b)
	if from < 0 || to < 0 || from == to {
		return nil
	}
	var out []Session
	for _, m := range r.meetings(from, to, r.between(from, to), r.between(to, from)) {
		s := Session{Value: m.value, FromPrefixes: prefixesOf(m.from), ToPrefixes: prefixesOf(m.to), Product: true,
			Path: r.net.publicPath(r.hopsOf(*m.there)), Back: r.net.publicPath(r.hopsOf(*m.back)), Assumptions: m.why.ids()}
		s.MayFrom, s.MayTo = s.FromPrefixes, s.ToPrefixes
		out = append(out, s)
	}
	return out
}

func (r *Relation) session(a, b int32, there, back []found) Session {
	all := r.meetings(a, b, there, back)
	var s Session
	for i := range all {
		s.Value = max(s.Value, all[i].value)
	}
	if s.Value == No {
		return Session{}
	}
	var from, to, mayFrom, mayTo []span
	var why reasons
	var first *meeting
	for i := range all {
		m := &all[i]
		mayFrom, mayTo = append(mayFrom, m.from...), append(mayTo, m.to...)
		if m.value < s.Value {
			continue
		}
		if first == nil {
			first, why = m, m.why
		}
		s.Several = s.Several || m.there != first.there || m.back != first.back
		from, to = append(from, m.from...), append(to, m.to...)
	}
	from, to = tidy(from), tidy(to)
	s.Product = r.product(all, s.Value, from, to)
	s.FromPrefixes, s.ToPrefixes = prefixesOf(from), prefixesOf(to)
	s.MayFrom, s.MayTo = prefixesOf(tidy(mayFrom)), prefixesOf(tidy(mayTo))
	s.Path, s.Back = r.net.publicPath(r.hopsOf(*first.there)), r.net.publicPath(r.hopsOf(*first.back))
	s.Assumptions = why.ids()
	return s
}

// product reports whether the meetings of a value join every address of from with every address
// of to.
func (r *Relation) product(all []meeting, least Value, from, to []span) bool {
	for i := range all {
		if all[i].value < least {
			continue
		}
		var joined []span // with the addresses of from in this meeting
		for j := range all {
			if all[j].value >= least && within(all[i].from, all[j].from) {
				joined = append(joined, all[j].to...)
			}
		}
		if !within(to, tidy(joined)) {
			return false
		}
	}
	return true
}

// Pairs yields the pairs of locations that have sessions surely or perhaps, each once, the first
// location the lesser, sorted. Pairs that could only meet where packets may turn around are not among them, because one
// supernet can make a hundred million of those: see Hairpins.
func (r *Relation) Pairs() iter.Seq2[[2]Location, Session] {
	return func(yield func([2]Location, Session) bool) {
		for from := range r.net.internet {
			for _, to := range r.listed(from, true) {
				if to <= from || to == r.net.internet {
					continue
				}
				back := r.between(to, from)
				if len(back) == 0 {
					continue
				}
				s := r.session(from, to, r.between(from, to), back)
				if s.Value == No {
					continue
				}
				if !yield([2]Location{r.net.locations[from], r.net.locations[to]}, s) {
					return
				}
			}
		}
	}
}

// listed are the locations that one can send to by itself and, where asked for, through relays, but
// for those it could only reach where packets may turn around.
func (r *Relation) listed(from int32, relays bool) []int32 {
	first, last := r.rowsOf(from)
	var all []int32
	for source := first; source < last; source++ {
		for _, f := range r.flowsOf(source) {
			all = append(all, f.to)
		}
		for _, h := range r.handsOf(source) {
			if !relays || h.why&turns != 0 {
				continue
			}
			set := h.set.in(r.spans)
			for _, f := range r.flowsOf(h.relay) {
				if f.why&turns == 0 && f.to != from && overlaps(f.set.in(r.spans), set) {
					all = append(all, f.to)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// OneWay yields the ordered pairs where the first location can send to the second surely or
// perhaps and nothing comes back, sorted. The Internet is not among them.
func (r *Relation) OneWay() iter.Seq2[Location, Location] {
	return func(yield func(Location, Location) bool) {
		for from := range r.net.internet {
			for _, to := range r.listed(from, true) {
				if to == r.net.internet || len(r.between(to, from)) > 0 {
					continue
				}
				if !yield(r.net.locations[from], r.net.locations[to]) {
					return
				}
			}
		}
	}
}

func bestOf(flows []found) Value {
	v := No
	for _, f := range flows {
		v = max(v, f.value)
	}
	return v
}

// setWhere is the set of addresses reached with at least the value.
func setWhere(flows []found, least Value) []span {
	var out []span
	n := 0
	for _, f := range flows {
		if f.value >= least {
			if n++; n == 1 {
				out = f.set
				continue
			}
			out = tidy(append(slices.Clone(out), f.set...))
		}
	}
	return out
}

// Fwd says whether a packet from one endpoint to the other arrives. The Internet answers what
// reaches it.
func (r *Relation) Fwd(from, to Endpoint) Value {
	_, ways := r.ways(from, to)
	return bestOf(ways)
}

// Sess says whether two endpoints can hold a session: packets arrive both ways and pass the same
// firewalls and appliances. Where a direction has several ways that pass different ones, it is unknown.
func (r *Relation) Sess(a, b Endpoint) Value {
	in, there := r.ways(a, b)
	from, back := r.ways(b, a)
	return sessionOf(in, r.answering(a, in, there, from, back), from, r.answering(b, from, back, in, there))
}

// answering are the ways of those by which an on-premises network answers what comes by others: those that pass the same
// firewalls and appliances, if there are any, and of these the surest. What any other place sends goes any of its ways.
func (r *Relation) answering(at Endpoint, of *Relation, ways []found, to *Relation, asked []found) []found {
	if at.Kind != OnPremises || len(ways) < 2 {
		return ways
	}
	var passed [][]int32
	for i := range asked {
		passed = append(passed, to.stateful(&asked[i]))
	}
	ways = of.passing(ways, passed...)
	best := bestOf(ways)
	return slices.DeleteFunc(slices.Clone(ways), func(f found) bool { return f.value < best })
}

// passing are the flows that pass the firewalls and appliances of one of several lists; all of them where there is none.
func (r *Relation) passing(flows []found, passed ...[]int32) []found {
	if len(flows) < 2 || !r.net.hasDevices() {
		return flows
	}
	var out []found
	for i := range flows {
		if own := r.stateful(&flows[i]); slices.ContainsFunc(passed, func(p []int32) bool { return slices.Equal(p, own) }) {
			out = append(out, flows[i])
		}
	}
	if len(out) == 0 {
		return flows
	}
	return out
}

// sessionOf is what two lists of ways, each of its relation, make of a session.
func sessionOf(in *Relation, there []found, from *Relation, back []found) Value {
	met, unlike := false, false
	for i := range there {
		for j := range back {
			same := slices.Equal(in.stateful(&there[i]), from.stateful(&back[j]))
			met, unlike = met || same, unlike || !same
		}
	}
	switch {
	case !met:
		return No
	case unlike:
		return Unknown
	}
	return min(bestOf(there), bestOf(back))
}

// ways are the flows by which a packet from one address to another arrives, and the relation that
// has them.
func (r *Relation) ways(from, to Endpoint) (*Relation, []found) {
	if from.Kind == Internet && to.Kind != OnPremises {
		from, to = to, from
	}
	i, j := r.net.find(from.Location), r.net.find(to.Location)
	if i < 0 || j < 0 {
		return r, nil
	}
	if i == j {
		return r.inside(i, from.Address, to.Address)
	}
	first, last := r.rowsOf(i)
	if from.Kind == VNet {
		first = r.net.classAt(i, from.Address)
		last = first + 1
	}
	var all, out []found
	for source := first; source < last; source++ {
		all = r.collect(all, source, source, j, nil, [3]int32{noPath, noPath, noPath}, 0, certain)
	}
	for _, f := range all {
		if holds(f.set, to.Address) {
			out = append(out, f)
		}
	}
	return r, out
}

// inside follows a packet from one address of a VNet to another. The relation has nothing of that,
// because mostly there is nothing to it.
func (r *Relation) inside(at int32, from, to netip.Addr) (*Relation, []found) {
	if int(at) >= len(r.net.vnets) {
		return r, nil
	}
	one := &Relation{net: r.net}
	w := &walker{n: r.net, out: &one.rows}
	w.fromAddress(r.net.classAt(at, from), to)
	var out []found
	for _, f := range one.sender {
		if f.to == at {
			out = append(out, found{set: f.set.in(one.spans), paths: [3]int32{f.path, noPath, noPath}, trust: f.trust})
		}
	}
	return one, out
}

// Assumptions lists what the relation rests on, in a fixed order. Subjects are the connections'
// and locations' names as far as single ones are concerned, sorted.
func (r *Relation) Assumptions() []estate.Assumption {
	var used reasons
	asked := map[int32]bool{} // relays
	for source := range r.firstRelay() {
		used |= r.restsOn(source, asked)
	}
	hairpins := r.hairpins()
	for _, h := range hairpins {
		used |= h.why
	}
	subjects := r.subjects(hairpins)
	r.net.eachTunnel(func(_ int32, t *tunnel) {
		if t.kind == estate.ExpressRoute && !t.listed {
			used |= byCircuit
		}
	})
	var out []estate.Assumption
	if used&byCloud != 0 {
		used = used&^byCloud | byCircuit
	}
	for i, a := range assumptions {
		if used&(1<<i) != 0 {
			a.Subjects = subjects[i]
			out = append(out, a)
		}
	}
	return out
}

// restsOn is what a row rests on, and the relays that it hands to.
func (r *Relation) restsOn(source int32, asked map[int32]bool) reasons {
	var used reasons
	for _, f := range r.flowsOf(source) {
		used |= f.why
	}
	for _, h := range r.handsOf(source) {
		if h.why&turns != 0 {
			continue // the hairpins tell
		}
		used |= h.why
		if !asked[h.relay] {
			asked[h.relay] = true
			used |= r.restsOn(h.relay, asked) &^ turns
		}
	}
	return used
}

// subjects names, by assumption, the connections that bring it in, or the place where packets
// would turn.
func (r *Relation) subjects(hairpins []hairpin) (out [len(assumptions)][]string) {
	add := func(why reasons, name string) {
		for i := range out {
			if why&(1<<i) != 0 {
				out[i] = append(out[i], name)
			}
		}
	}
	r.net.eachTunnel(func(i int32, t *tunnel) {
		if t.why != 0 {
			add(t.why, r.net.tunnelIDs[i].String())
		}
	})
	for _, h := range hairpins {
		if h.via >= 0 {
			add(h.why, r.net.locations[h.via].String())
		}
	}
	for i := range out {
		slices.Sort(out[i])
		out[i] = slices.Compact(out[i])
	}
	return out
}
