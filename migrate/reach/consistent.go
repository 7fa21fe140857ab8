package reach

import (
	"cmp"
	"maps"
	"slices"
)

// A route that only may be there is chosen at a VNet and again at its gateway, which offered it. A walk does
// not remember the first choice at the second, which is safe: it only adds ways. A trace leaves out the
// ways on which one route is there and is not.

// world is what has to be so for a decision: a route with this fate is there, or -1, and those with the
// others are not.
type world struct {
	there int32
	gone  []int32
}

// routesAt are the routes that a node has for the address asked for, the shortest prefix first, and
// what they say together.
func (t *watcher) routesAt(at node, m manner) ([]route, state) {
	n := t.w.n
	var routes []route
	switch at.kind {
	case atGateway:
		routes = t.b.gatewayRoutes(at.at, m.by.branch() && !m.handed && n.vnets[at.at].branch)
	case atCircuit:
		routes = t.b.circuitGatewayRoutes(at.at, m.by.branch() && !m.handed && n.vnets[at.at].branch)
	case atDevice:
		routes = t.b.classRoutes(&n.classes[n.devices[at.at].class])
	default:
		routes = t.b.classRoutes(&n.classes[at.at])
	}
	routes = slices.DeleteFunc(routes, func(r route) bool { return !r.prefix.Contains(t.to.Address) })
	slices.SortStableFunc(routes, func(a, b route) int {
		return cmp.Or(cmp.Compare(a.prefix.Bits(), b.prefix.Bits()), cmp.Compare(min(a.maybe, 1), min(b.maybe, 1)), cmp.Compare(a.rank, b.rank), compareActs(a.act, b.act))
	})
	var all state
	for i := 0; i < len(routes); {
		j := i + 1
		for j < len(routes) && routes[j].prefix == routes[i].prefix {
			j++
		}
		all = all.with(routes[i:j])
		i = j
	}
	return routes, all
}

// worlds are those in which a node takes an act.
func (s *state) worlds(taken act) []world {
	if s.system || len(s.maybe) == 0 {
		return []world{{there: -1}} // nothing hangs on what may be there
	}
	won := s.winners()
	var out []world
	var gone, before []int32 // before: those that would win alone
	for rest := slices.Clone(s.maybe); len(rest) > 0; {
		slices.SortStableFunc(rest, func(a, b route) int { return a.compare(&b) })
		best, order := rest[0], -1
		if len(won) > 0 {
			order = best.compare(&won[0])
		}
		if order > 0 {
			break
		}
		var fates []int32
		for i := range rest {
			if rest[i].compare(&best) != 0 {
				continue
			}
			fates = append(fates, rest[i].fate)
			if rest[i].act == taken {
				out = append(out, world{rest[i].fate, gone})
			}
		}
		gone = append(slices.Clip(gone), fates...)
		if order < 0 {
			before = gone
		}
		rest = slices.DeleteFunc(rest, func(r route) bool { return slices.Contains(fates, r.fate) })
	}
	none := len(won) == 0 && taken == act{actDrop, dropNothing}
	if none || slices.ContainsFunc(won, func(r route) bool { return r.act == taken }) {
		out = append(out, world{-1, before})
	}
	return out
}

// possible reports whether all decisions up to one can be taken in one world.
func (t *watcher) possible(step int32) bool {
	var each [][]world
	for i := step; i >= 0; i = t.steps[i].before {
		d := &t.steps[i]
		if d.why == 0 {
			continue // there was one way only
		}
		if d.worlds == nil {
			_, all := t.routesAt(d.node, d.manner)
			d.worlds = all.worlds(d.act)
		}
		each = append(each, d.worlds)
	}
	return together(each, map[int32]bool{})
}

// together reports whether one world of each decision can be so at once, given which fates are there.
func together(each [][]world, known map[int32]bool) bool {
	if len(each) == 0 {
		return true
	}
	for _, w := range each[0] {
		next, ok := maps.Clone(known), true
		note := func(fate int32, there bool) {
			was, decided := next[fate]
			ok = ok && (!decided || was == there)
			next[fate] = there
		}
		if w.there >= 0 {
			note(w.there, true)
		}
		for _, fate := range w.gone {
			note(fate, false)
		}
		if ok && together(each[1:], next) {
			return true
		}
	}
	return false
}
