// Package reach answers who can talk to whom: it follows every packet of an estate, as ranges of
// addresses, through address spaces, peerings, gateways, tunnels, route tables and appliances, and
// keeps what arrives. docs/reach.md is the definition.
//
// The relation is between locations (a VNet, an on-premises network, the clients of a gateway, the
// Internet) and prefixes, and has three values. Network security groups are asked apart: see
// Permit.
//
// What a VNet's address can send depends on its subnet's route table alone, so the addresses of a
// VNet fall into a few classes, mostly one. Where many sources send to the same gateway, firewall or
// appliance, what becomes of the packets there is computed once: such a place is a relay.
package reach

import (
	"cmp"
	"iter"
	"net/netip"
	"runtime"
	"slices"
	"sync"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Relation is who can talk to whom in one estate. It never changes, so several goroutines may use it,
// and stays valid as long as nobody writes into the estate.
type Relation struct {
	rows
	net    *network
	at     []row // by source: classes, then on-premises networks and clients, then relays
	relays relays
	derived
	overlaid

	turning sync.Once
	turned  []hairpin
}

// hairpins are the places where packets only may turn around, found when first asked for.
func (r *Relation) hairpins() []hairpin {
	r.turning.Do(func() { r.turned = r.findHairpins() })
	return r.turned
}

// Flow is what one location can send to another by one path.
type Flow struct {
	To          Location
	Sources     []netip.Prefix // the sender's addresses that can; nil for all it has
	Prefixes    []netip.Prefix // sorted, as few as possible
	Value       Value          // Yes or Unknown
	Path        []Hop
	Assumptions []string // the ASM ids it rests on
}

// Compute follows every packet of the estate. References that lead nowhere forward nothing.
func Compute(e *estate.Estate) *Relation {
	r := &Relation{net: compile(e)}
	r.estate, r.lineage = e, &lineage{}
	n := r.net
	r.planRelays()
	r.at = make([]row, r.firstRelay()+int32(len(r.relays.keys)))
	r.follow(len(r.relays.keys), func(w *walker, i int) { r.followRelay(w, int32(i)) })
	r.notePassed()
	r.follow(len(n.classes), func(w *walker, i int) { r.followClass(w, int32(i)) })
	r.followClients()
	r.answerOnPrem()
	r.addTransit()
	r.addCloud()
	r.sender, r.handed, r.visited, r.done = nil, nil, nil, nil
	r.lineage.spans = int32(len(r.spans))
	return r
}

// follow computes the rows of some sources on all processors.
func (r *Relation) follow(sources int, one func(w *walker, i int)) {
	workers := min(runtime.GOMAXPROCS(0), (sources+63)/64)
	all := make([]rows, workers)
	var wait sync.WaitGroup
	for k := range workers {
		wait.Go(func() {
			w := &walker{n: r.net, out: &all[k]}
			for i := k * sources / workers; i < (k+1)*sources/workers; i++ {
				one(w, i)
			}
		})
	}
	wait.Wait()
	for k := range all {
		r.join(&all[k], r.at)
	}
}

// followClass computes the row of a class.
func (r *Relation) followClass(w *walker, c int32) {
	if len(r.net.classes[c].set) > 0 { // else nothing is there to send
		w.relays = &r.relays
		w.fromClass(c)
		w.relays = nil
	}
	w.out.close(c)
}

// firstRelay is the number of the first relay's row.
func (r *Relation) firstRelay() int32 {
	return int32(len(r.net.classes) + len(r.net.locations) - len(r.net.vnets))
}

// rowsOf are the numbers of a location's rows: one for each class of a VNet.
func (r *Relation) rowsOf(at int32) (from, to int32) {
	if v := int32(len(r.net.vnets)); at >= v {
		i := int32(len(r.net.classes)) + at - v
		return i, i + 1
	}
	node := &r.net.vnets[at]
	return node.firstClass, node.lastClass
}

func (r *Relation) flowsOf(source int32) []flow {
	return r.flows[r.at[source].flows.from:r.at[source].flows.to]
}

func (r *Relation) handsOf(source int32) []handoff {
	return r.hands[r.at[source].hands.from:r.at[source].hands.to]
}

// flowsTo are the flows of a row to one location, relays apart.
func (r *Relation) flowsTo(source, to int32) []flow {
	all := r.flowsOf(source)
	i, _ := slices.BinarySearchFunc(all, to, func(f flow, to int32) int { return cmp.Compare(f.to, to) })
	j := i
	for j < len(all) && all[j].to == to {
		j++
	}
	return all[i:j:j]
}

// found is a flow on its way out of the relation, its path in pieces.
type found struct {
	source int32 // the row
	set    []span
	paths  [3]int32
	trust
}

// between lists the flows from one location to another; those through relays last.
func (r *Relation) between(from, to int32) []found { return r.appendBetween(nil, from, to) }

func (r *Relation) appendBetween(out []found, from, to int32) []found {
	if from == to {
		return out
	}
	first, last := r.rowsOf(from)
	for source := first; source < last; source++ {
		out = r.collect(out, source, source, to, nil, [3]int32{noPath, noPath, noPath}, 0, certain)
	}
	return out
}

// collect appends what a row sends to a location, of the set if it is limited.
func (r *Relation) collect(out []found, source, at, to int32, limit []span, paths [3]int32, depth int, so trust) []found {
	for _, f := range r.flowsTo(at, to) {
		set := f.set.in(r.spans)
		if depth > 0 {
			if set = intersect(nil, set, limit); len(set) == 0 {
				continue
			}
		}
		paths[depth] = f.path
		out = append(out, found{source, set, paths, f.and(so)})
	}
	if depth == 2 {
		return out
	}
	for _, h := range r.handsOf(at) {
		set := h.set.in(r.spans)
		if depth > 0 {
			set = intersect(nil, set, limit)
		}
		if len(set) == 0 {
			continue
		}
		next := paths
		next[depth], next[depth+1] = h.path, noPath
		out = r.collect(out, source, h.relay, to, set, next, depth+1, h.and(so))
	}
	return out
}

// hopsOf is the path of a flow.
func (r *Relation) hopsOf(f found) []pathNode {
	hops := r.hops(f.paths[0])
	for _, p := range f.paths[1:] {
		hops = append(hops, r.hops(p)...)
	}
	return hops
}

// Locations lists the locations, sorted, but for the Internet.
func (r *Relation) Locations() []Location { return slices.Clone(r.net.locations[:r.net.internet]) }

// From yields what a location can send, sorted by receiver and first address. It yields nothing for
// a location that the estate does not have.
func (r *Relation) From(l Location) iter.Seq[Flow] {
	return func(yield func(Flow) bool) {
		from := r.net.find(l)
		if from < 0 {
			return
		}
		for _, to := range r.receivers(from) {
			for _, f := range r.between(from, to) {
				if !yield(r.public(from, to, f)) {
					return
				}
			}
		}
	}
}

// receivers lists the locations that one can send to, each once, sorted.
func (r *Relation) receivers(from int32) []int32 {
	first, last := r.rowsOf(from)
	var all []int32
	var visit func(source int32, depth int)
	visit = func(source int32, depth int) {
		for _, f := range r.flowsOf(source) {
			all = append(all, f.to)
		}
		if depth < 2 {
			for _, h := range r.handsOf(source) {
				visit(h.relay, depth+1)
			}
		}
	}
	for source := first; source < last; source++ {
		visit(source, 0)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Forward lists what a can send to b: one Flow per path. None means no.
func (r *Relation) Forward(a, b Location) []Flow {
	from, to := r.net.find(a), r.net.find(b)
	if from < 0 || to < 0 || from == to {
		return nil
	}
	var out []Flow
	for _, f := range r.between(from, to) {
		out = append(out, r.public(from, to, f))
	}
	return out
}

func (r *Relation) public(from, to int32, f found) Flow {
	out := Flow{To: r.net.locations[to], Prefixes: prefixesOf(f.set), Value: f.value,
		Path: r.net.publicPath(r.hopsOf(f)), Assumptions: f.why.ids()}
	if first, last := r.rowsOf(from); last-first > 1 {
		out.Sources = prefixesOf(r.net.classes[f.source].set)
	}
	return out
}
