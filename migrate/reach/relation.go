// Package reach answers who can talk to whom: it follows every packet of an estate, as ranges of
// addresses, through address spaces, peerings, gateways and tunnels, and keeps what arrives.
//
// The relation is between locations (a VNet, an on-premises network, the clients of a gateway) and
// prefixes, and has three values. It is about routing alone: network security groups, route
// tables, BGP and appliances are not in this form. In short: docs/design.md#reach. Sources:
// docs/sources.md#routing, #peering, #vnet-to-vnet, #multi-hop, #on-premises, #expressroute and #point-to-site.
//
// What a location can send to does not depend on which of its addresses sends. A pair's sessions
// are therefore a product: the prefixes of B that A can send to, times the prefixes of A that B can
// send to.
package reach

import (
	"cmp"
	"iter"
	"net/netip"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Relation is who can talk to whom in one estate. It does not refer to the estate and never
// changes, so several goroutines may use it.
type Relation struct {
	net      *network
	flows    []flow // by sender, then receiver, then first address
	rows     []extent
	spans    []span
	paths    []pathNode
	hairpins []hairpin
	sender   []flow // flows of the sender at hand, while computing

	hairpinsFrom [][]hairpinEnd // by sender
}

// flow is what one location can send to another by one path.
type flow struct {
	to   int32
	path int32
	set  extent // in spans
	trust
}

// Flow is what one location can send to another by one path.
type Flow struct {
	To          Location
	Prefixes    []netip.Prefix // sorted, as few as possible
	Value       Value          // Yes or Unknown
	Path        []Hop
	Assumptions []string // the ASM ids it rests on
}

// Compute follows every packet of the estate. References that lead nowhere forward nothing.
func Compute(e *estate.Estate) *Relation {
	n := compile(e)
	n.build()
	r := &Relation{net: n, rows: make([]extent, len(n.locations)), paths: make([]pathNode, 0, 2*len(n.tunnels))}
	w := &walker{r: r}
	for v := range n.vnets {
		r.sender = r.sender[:0]
		w.from(int32(v))
		r.closeRow(int32(v))
	}
	r.addClientFlows()
	r.addOnPremFlows()
	r.addHairpins()
	r.sender, n.links = nil, nil
	return r
}

// deliver notes that packets of the sender at hand arrived.
func (r *Relation) deliver(to int32, set []span, t trust, path int32) {
	if len(set) == 0 {
		return
	}
	from := int32(len(r.spans))
	r.spans = append(r.spans, set...)
	r.sender = append(r.sender, flow{to, path, extent{from, int32(len(r.spans))}, t})
}

// closeRow sorts the flows of the sender at hand into the relation.
func (r *Relation) closeRow(from int32) {
	slices.SortStableFunc(r.sender, func(a, b flow) int {
		return cmp.Or(cmp.Compare(a.to, b.to), r.spans[a.set.from].lo.Compare(r.spans[b.set.from].lo))
	})
	start := int32(len(r.flows))
	r.flows = append(r.flows, r.sender...)
	r.rows[from] = extent{start, int32(len(r.flows))}
}

func (r *Relation) row(from int32) []flow { return r.flows[r.rows[from].from:r.rows[from].to] }

// routed are the flows from one location to another, hairpins apart.
func (r *Relation) routed(from, to int32) []flow {
	row := r.row(from)
	i, _ := slices.BinarySearchFunc(row, to, func(f flow, to int32) int { return cmp.Compare(f.to, to) })
	j := i
	for j < len(row) && row[j].to == to {
		j++
	}
	return row[i:j:j]
}

// Locations lists the locations, sorted.
func (r *Relation) Locations() []Location { return slices.Clone(r.net.locations) }

// From yields what a location can send, hairpins included, sorted by receiver and first address.
// It yields nothing for a location that the estate does not have.
func (r *Relation) From(l Location) iter.Seq[Flow] {
	return func(yield func(Flow) bool) {
		from := r.net.find(l)
		if from < 0 {
			return
		}
		for to := range r.receivers(from) {
			for _, f := range r.between(from, to) {
				if !yield(r.public(to, f)) {
					return
				}
			}
		}
	}
}

// Forward lists what a can send to b: one Flow per path. None means no.
func (r *Relation) Forward(a, b Location) []Flow {
	from, to := r.net.find(a), r.net.find(b)
	if from < 0 || to < 0 || from == to {
		return nil
	}
	var out []Flow
	for _, f := range r.between(from, to) {
		out = append(out, r.public(to, f))
	}
	return out
}

// Session is what two locations can hold sessions about. When Value is Yes, the prefixes are those
// that surely talk: every address of From with every address of To. When it is Unknown they are those that may.
type Session struct {
	Value        Value
	FromPrefixes []netip.Prefix // of the first location
	ToPrefixes   []netip.Prefix // of the second
	MayFrom      []netip.Prefix // the same with unknown read as yes
	MayTo        []netip.Prefix
	Path         []Hop // there, by the first prefix
	Back         []Hop
	Several      bool // the prefixes take more than one path, there or back: Forward has them all
	Assumptions  []string
}

// Session is what a and b can hold sessions about.
func (r *Relation) Session(a, b Location) Session {
	from, to := r.net.find(a), r.net.find(b)
	if from < 0 || to < 0 || from == to {
		return Session{}
	}
	return r.session(r.between(from, to), r.between(to, from))
}

// Pairs yields the pairs of locations that have sessions surely or perhaps, each once, the first
// location the lesser, sorted. Pairs that could only meet at a shared hairpin are not among them, because one
// supernet can make a hundred million of those: see Hairpins.
func (r *Relation) Pairs() iter.Seq2[[2]Location, Session] {
	return func(yield func([2]Location, Session) bool) {
		for from := range r.rows {
			row := r.row(int32(from))
			for i, f := range row {
				if i > 0 && row[i-1].to == f.to || f.to <= int32(from) {
					continue
				}
				back := r.between(f.to, int32(from))
				if len(back) == 0 {
					continue
				}
				s := r.session(r.between(int32(from), f.to), back)
				if !yield([2]Location{r.net.locations[from], r.net.locations[f.to]}, s) {
					return
				}
			}
		}
	}
}

// OneWay yields the ordered pairs where the first location can send to the second surely or
// perhaps and nothing comes back, sorted.
func (r *Relation) OneWay() iter.Seq2[Location, Location] {
	return func(yield func(Location, Location) bool) {
		for from := range r.rows {
			row := r.row(int32(from))
			for i, f := range row {
				if i > 0 && row[i-1].to == f.to || len(r.between(f.to, int32(from))) > 0 {
					continue
				}
				if !yield(r.net.locations[from], r.net.locations[f.to]) {
					return
				}
			}
		}
	}
}

func (r *Relation) session(there, back []found) Session {
	s := Session{Value: min(bestOf(there), bestOf(back))}
	if s.Value == No {
		return s
	}
	s.ToPrefixes, s.FromPrefixes = prefixesOf(setWhere(there, s.Value)), prefixesOf(setWhere(back, s.Value))
	s.MayTo, s.MayFrom = prefixesOf(setWhere(there, Unknown)), prefixesOf(setWhere(back, Unknown))
	why := reasons(0)
	for i, way := range [][]found{there, back} {
		first := true
		for _, f := range way {
			if f.value < s.Value {
				continue
			}
			if !first {
				s.Several = true
				break
			}
			path := [2]*[]Hop{&s.Path, &s.Back}[i]
			*path, why, first = r.net.publicPath(r.hopsOf(f)), why|f.why, false
		}
	}
	s.Assumptions = why.ids()
	return s
}

// Assumptions lists what the relation rests on, in a fixed order. Subjects are the connections'
// and locations' names as far as single ones are concerned, sorted.
func (r *Relation) Assumptions() []estate.Assumption {
	var used reasons
	for _, f := range r.flows {
		used |= f.why
	}
	for _, h := range r.hairpins {
		used |= h.why
	}
	subjects := r.subjects()
	for _, t := range r.net.tunnels {
		if t.end == toCircuit || t.why&byCircuit != 0 {
			used |= byCircuit
		}
	}
	var out []estate.Assumption
	for i, a := range assumptions {
		if used&(1<<i) != 0 {
			a.Subjects = subjects[i]
			out = append(out, a)
		}
	}
	return out
}

// subjects names, by assumption, the connections that bring it in, or the place where packets
// would turn.
func (r *Relation) subjects() (out [len(assumptions)][]string) {
	add := func(why reasons, name string) {
		for i := range out {
			if why&(1<<i) != 0 {
				out[i] = append(out[i], name)
			}
		}
	}
	for i, t := range r.net.tunnels {
		add(t.why, r.net.tunnelIDs[i].String())
	}
	for _, h := range r.hairpins {
		add(h.why, r.net.locations[h.via].String())
	}
	for i := range out {
		slices.Sort(out[i])
		out[i] = slices.Compact(out[i])
	}
	return out
}
