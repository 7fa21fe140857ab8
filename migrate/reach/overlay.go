package reach

import (
	"cmp"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// lineage is what a base and all overlays over it share.
type lineage struct {
	generations atomic.Int32
	once        sync.Once
	regular     bool
	spans       int32 // how long the base's arena is: what lies in it is the same everywhere
}

// overlaid is what a relation knows of the one that it was made from.
type overlaid struct {
	estate     *estate.Estate
	lineage    *lineage
	generation int32       // 0 for a base
	continued  atomic.Bool // an overlay wrote behind the arenas of this relation
}

// After is the relation of an estate that a step made from this one's: what Compute answers, at the
// price of what the step touches. Slices that the two estates share are not looked at. Where the
// step changes more than an overlay can follow, everything is computed.
//
// What depends on nothing that changed is shared with this relation, and known to be: see Losses.
func (r *Relation) After(e *estate.Estate) *Relation {
	if o := r.overlay(e); o != nil {
		return o
	}
	return Compute(e)
}

// overlay is After where the changes can be followed, else nil.
func (r *Relation) overlay(e *estate.Estate) *Relation {
	if r.lineage == nil {
		return nil
	}
	r.lineage.once.Do(func() { r.lineage.regular = r.net.regular(r.estate) })
	if !r.lineage.regular {
		return nil
	}
	ch, ok := changesOf(r.estate, e)
	if !ok {
		return nil
	}
	own := r.continued.CompareAndSwap(false, true)
	p, ok := r.net.patched(e, ch, own)
	if !ok || max(len(p.subnets.list), len(p.gates.list)) > len(r.net.vnets)/2 && len(r.net.vnets) > maxChanged {
		return nil
	}
	o := &overlay{Relation: r.continueWith(p.n, e, own), from: r, patch: p}
	o.planRelays()
	o.followRelays()
	o.followClasses()
	o.followClients()
	o.answerNetworks()
	o.addTurns()
	o.sender, o.handed, o.visited, o.done = nil, nil, nil, nil
	return o.Relation
}

// continueWith is a relation with all rows of this one over another network.
func (r *Relation) continueWith(n *network, e *estate.Estate, own bool) *Relation {
	o := &Relation{rows: r.rows, net: n, at: slices.Clone(r.at), relays: r.relays, derived: r.derived}
	o.estate, o.lineage, o.generation = e, r.lineage, r.lineage.generations.Add(1)
	o.relays.keys = slices.Clip(r.relays.keys)
	o.relays.number, o.relays.passed, o.relays.senders = maps.Clone(r.relays.number), maps.Clone(r.relays.passed), maps.Clone(r.relays.senders)
	o.behind, o.handedOn = maps.Clone(r.behind), slices.Clone(r.handedOn)
	if !own {
		o.flows, o.hands, o.spans = slices.Clip(r.flows), slices.Clip(r.hands), slices.Clip(r.spans)
		o.paths, o.seen = slices.Clip(r.paths), slices.Clip(r.seen)
	}
	return o
}

// overlay is a relation in the making: its rows are those of the one before until they are made anew.
type overlay struct {
	*Relation
	from  *Relation
	patch *patch
	again []int32 // classes to follow for another reason than a place that they came to
}

// stale reports whether a row depends on a place that treats packets in another way.
func (o *overlay) stale(r *row, seen []int32) bool {
	return slices.ContainsFunc(seen[r.seen.from:r.seen.to], o.patch.dirty)
}

// follow makes some rows anew. Most turn out to be what they were.
func (o *overlay) follow(sources []int32, one func(w *walker, source int32)) {
	was := make([]row, len(sources))
	for i, s := range sources {
		was[i] = o.at[s]
	}
	o.Relation.follow(len(sources), func(w *walker, i int) { one(w, sources[i]) })
	for i, s := range sources {
		if o.alike(&was[i], &o.at[s]) {
			was[i].seen = o.at[s].seen
			o.at[s] = was[i]
		} else {
			o.at[s].made = o.generation
		}
	}
}

// alike reports whether two rows send and hand over the same, apart from what networks may hand on of it.
func (r *Relation) alike(a, b *row) bool {
	flows := slices.EqualFunc(r.flows[a.flows.from:a.flows.to], r.flows[b.flows.from:b.flows.to], func(f, g flow) bool {
		return f.to == g.to && f.trust == g.trust && samePart(r, r, f.set, g.set, f.path, g.path)
	})
	return flows && slices.EqualFunc(r.hands[a.hands.from:a.hands.to-a.turns], r.hands[b.hands.from:b.hands.to-b.turns], func(f, g handoff) bool {
		return f.relay == g.relay && f.trust == g.trust && samePart(r, r, f.set, g.set, f.path, g.path)
	})
}

// planRelays finds the places that became relays, because several classes send to them now, and those that are
// none any more. A class that sends there follows its packets itself, or no longer does.
func (o *overlay) planRelays() {
	n, senders := o.net, o.relays.senders
	was := map[relayKey]int32{}
	count := func(keys []relayKey, by int32) {
		for _, k := range keys {
			if _, ok := was[k]; !ok {
				was[k] = senders[k]
			}
			if senders[k] += by; senders[k] == 0 {
				delete(senders, k)
			}
		}
	}
	var order []relayKey
	for _, v := range o.patch.rebuilt.list {
		for c := n.vnets[v].firstClass; c < n.vnets[v].lastClass; c++ {
			count(o.from.net.classes[c].sendsTo(nil), -1)
			sends := n.classes[c].sendsTo(nil)
			count(sends, 1)
			order = append(order, sends...)
		}
	}
	turned := map[relayKey]bool{}
	for _, k := range order { // as they come, so that relays have the same numbers every time
		if was[k] < 2 && senders[k] > 1 && !turned[k] {
			turned[k] = true
			o.newRelay(k)
		}
	}
	for k, before := range was {
		if before > 1 && senders[k] < 2 {
			turned[k] = true
			o.endRelay(k)
		}
	}
	if len(turned) == 0 {
		return
	}
	for c := range n.classes {
		if slices.ContainsFunc(n.classes[c].sendsTo(nil), func(k relayKey) bool { return turned[k] }) {
			o.again = append(o.again, int32(c))
		}
	}
}

// newRelay gives a place a row, with the number that it had when it was a relay before.
func (o *overlay) newRelay(k relayKey) {
	if i := slices.Index(o.relays.keys, k); i >= 0 {
		o.relays.number[k] = o.firstRelay() + int32(i)
	} else {
		o.at = append(o.at, row{source: o.addRelay(k)})
	}
	o.at[o.relays.number[k]].made = o.generation
}

// endRelay empties the row of a place.
func (o *overlay) endRelay(k relayKey) {
	i := o.relays.number[k]
	o.at[i] = row{source: i, made: o.generation}
	delete(o.relays.number, k)
	delete(o.relays.passed, i)
}

// followRelays follows the relays of which the way on changed. Where others' firewalls or appliances stand on
// it than before, the classes of the VNets with such things divide their packets in another way.
func (o *overlay) followRelays() {
	var again []int32
	for i, k := range o.relays.keys {
		at := &o.at[o.firstRelay()+int32(i)]
		if _, is := o.relays.number[k]; is && k.kind < atNetwork && (at.made == o.generation || o.stale(at, o.seen)) {
			again = append(again, at.source)
		}
	}
	o.follow(again, func(w *walker, source int32) { o.followRelay(w, source-o.firstRelay()) })
	if !o.net.hasDevices() {
		return
	}
	same := true
	for _, relay := range again {
		passed := o.passedFrom(relay - o.firstRelay())
		same = same && maps.EqualFunc(passed, o.relays.passed[relay], func(a, b []span) bool { return slices.Equal(a, b) })
		o.relays.passed[relay] = passed
	}
	for c := range o.net.classes {
		if !same && len(o.net.classes[c].set) > 0 && o.net.vnets[o.net.classes[c].vnet].hosts {
			o.again = append(o.again, int32(c))
		}
	}
}

// followClasses follows the classes whose packets come to a VNet that treats them in another way.
func (o *overlay) followClasses() {
	again := o.again
	for c := range o.net.classes {
		if len(o.net.classes[c].set) > 0 && o.stale(&o.at[c], o.seen) {
			again = append(again, int32(c))
		}
	}
	slices.Sort(again)
	o.follow(slices.Compact(again), func(w *walker, c int32) {
		o.followClass(w, c)
	})
}

// followClients follows the clients of the gateways for which the same holds.
func (o *overlay) followClients() {
	w := &walker{n: o.net, out: &o.rows}
	for v := range o.net.vnets {
		node := &o.net.vnets[v]
		if node.clients < 0 {
			continue
		}
		if source, _ := o.rowsOf(node.clients); o.stale(&o.at[source], o.seen) {
			w.fromClients(int32(v))
			o.finish(source)
		}
	}
}

// answerNetworks makes the rows of on-premises networks anew as far as other answers come back to a
// location than before.
func (o *overlay) answerNetworks() {
	if o.net.networks == 0 {
		return
	}
	o.answered = o.allAnswers()
	behind := o.changeBehind()
	for i := range o.answered {
		o.answerNetwork(int32(i), behind)
	}
}

// changeBehind follows the gateways that networks answer through, as far as needed, and tells which.
func (o *overlay) changeBehind() map[relayKey]bool {
	keys := o.arrivals()
	changed, needed := map[relayKey]bool{}, make(map[relayKey]bool, len(keys))
	var again []relayKey
	for _, k := range keys {
		needed[k] = true
		if part := o.behind[k]; part == nil || o.stale(&part.at[0], part.seen) {
			again = append(again, k)
			changed[k] = true
		}
	}
	maps.DeleteFunc(o.behind, func(k relayKey, _ *Relation) bool { return !needed[k] })
	o.followBehind(again)
	return changed
}

// answerNetwork makes the row of one network: what comes back to a location is taken from the row before
// unless it reaches the network in another way, or the gateway that delivers the answer changed.
func (o *overlay) answerNetwork(i int32, behind map[relayKey]bool) {
	source, _ := o.rowsOf(int32(len(o.net.vnets)) + i)
	was, is := o.from.answered[i], o.answered[i]
	old := o.flowsOf(source)
	same := true
	var kept []flow // the row so far
	for len(was) > 0 || len(is) > 0 {
		at := firstOf(was, is)
		var before, after []answer
		before, was = ofLocation(was, at)
		after, is = ofLocation(is, at)
		var flows []flow
		flows, old = ofReceiver(old, at)
		if slices.Equal(before, after) && !slices.ContainsFunc(after, func(a answer) bool { return behind[o.arrival(a.tunnel)] }) {
			kept = append(kept, flows...)
			continue
		}
		same = false
		for _, a := range after {
			o.answer(a)
		}
		o.sortSender()
		kept = append(kept, o.sender...)
		o.sender = o.sender[:0]
	}
	if !same {
		o.sender = append(o.sender, kept...)
		o.finish(source)
	}
}

// firstOf is the first location of two lists of answers, not both empty.
func firstOf(a, b []answer) int32 {
	switch {
	case len(a) == 0:
		return b[0].from
	case len(b) == 0:
		return a[0].from
	}
	return min(a[0].from, b[0].from)
}

// ofLocation splits a list of answers behind those of its first location, if that is at.
func ofLocation(all []answer, at int32) (of, rest []answer) {
	i := 0
	for i < len(all) && all[i].from == at {
		i++
	}
	return all[:i], all[i:]
}

// ofReceiver splits sorted flows before and behind those to a location, and forgets the former.
func ofReceiver(all []flow, to int32) (of, rest []flow) {
	i, _ := slices.BinarySearchFunc(all, to, func(f flow, to int32) int { return cmp.Compare(f.to, to) })
	j := i
	for j < len(all) && all[j].to == to {
		j++
	}
	return all[i:j], all[j:]
}

// addTurns lets networks hand on what they could not before, and no longer what they no longer can.
func (o *overlay) addTurns() {
	changed := false
	first := int32(len(o.net.classes))
	for i := range o.handedOn {
		if o.at[first+int32(i)].made == o.generation {
			was := o.handedOn[i]
			o.turnAt(int32(i))
			changed = changed || !slices.Equal(was, o.handedOn[i])
		}
	}
	for source := range int32(len(o.at)) {
		if o.turns(source) && (o.at[source].made == o.generation || changed && o.turnsElsewhere(source)) {
			o.dropTurns(source)
			o.handOn(source)
		}
	}
}

// turnsElsewhere reports whether a row that is not new has to hand on other flows than before.
func (o *overlay) turnsElsewhere(source int32) bool {
	i, turns := 0, o.turnsOf(source)
	for _, f := range o.flowsToNetworks(source) {
		handed := i < len(turns) && turns[i].set == f.set
		if handed {
			i++
		}
		if handed != overlaps(f.set.in(o.spans), o.handedOn[f.to-int32(len(o.net.vnets))]) {
			return true
		}
	}
	return false
}

// turnsOf are those of what a row hands over that networks may hand on.
func (r *Relation) turnsOf(source int32) []handoff {
	all := r.handsOf(source)
	return all[len(all)-int(r.at[source].turns):]
}

// dropTurns leaves them out.
func (o *overlay) dropTurns(source int32) {
	at := &o.at[source]
	at.hands.to -= at.turns
	at.turns, at.made = 0, o.generation
}
