package reach

import (
	"cmp"
	"encoding/binary"
	"net/netip"
	"slices"
)

// rank orders routes with equal prefixes: the first wins. Source: docs/sources.md#routing.
type rank uint8

const (
	rankService rank = iota // of a service endpoint: wins over all others
	rankUser
	rankCircuit // a gateway route by ExpressRoute
	rankGateway // by VPN, or from a Route Server
	rankLocal
	rankPeer // of a peering or a connected group
	rankDefault
)

// system reports whether a route hides the gateways' routes, however long those are.
func (r rank) system() bool { return r == rankService || r == rankLocal || r == rankPeer }

func (r rank) gateway() bool { return r == rankCircuit || r == rankGateway }

// actKind is what a node does with a packet.
type actKind uint8

const (
	actDrop           actKind = iota // target: why, in dropWords
	actLocal                         // the VNet itself
	actPeer                          // target: position in peers
	actGroup                         // target: a connected group; which member has the address is asked there
	actService                       // a service of the platform
	actInternet                      // out
	actInVNet                        // a user route says that the VNet has it
	actGateway                       // to the VPN gateway whose routes a subnet has; target: its VNet
	actRouter                        // the same, because a user route says so
	actCircuitGateway                // to the ExpressRoute gateway whose routes a subnet has; target: its VNet
	actCircuit                       // target: a tunnel to an ExpressRoute circuit; of its gateway only
	actEdge                          // target: number in edges; of ExpressRoute gateways only
	actDevice                        // target: a firewall or appliance
	actTunnel                        // target: a tunnel; of gateways only
	actPool                          // to the clients; of gateways only
	actSeveral                       // target: number in choices
)

// act is what a node does with a packet.
type act struct {
	kind   actKind
	target int32
}

// choice is several acts of which a packet may take any.
type choice struct {
	acts []act
	why  reasons
}

// route is a route before the choice.
type route struct {
	prefix netip.Prefix
	rank   rank
	length int     // of the AS path; 0 for what BGP did not bring
	maybe  reasons // why it may not be there; such a route hides nothing
	fate   int32   // routes with one fate that may be there stand and fall together
	member int32   // of a connected group: the VNet whose range it is
	act    act
}

// segment is a range of addresses that one node treats alike.
type segment struct {
	span
	act
}

// flatten chooses for every address. Prefixes are nested or disjoint, so one sweep with a stack of
// the open ones suffices. The routes are sorted in place.
func (n *network) flatten(routes []route) []segment {
	slices.SortStableFunc(routes, func(a, b route) int {
		if c := comparePrefixes(a.prefix, b.prefix); c != 0 {
			return c
		}
		return cmp.Or(cmp.Compare(min(a.maybe, 1), min(b.maybe, 1)), cmp.Compare(a.rank, b.rank), compareActs(a.act, b.act))
	})
	f := flattener{out: make([]segment, 0, len(routes)+len(routes)/2)}
	for i := 0; i < len(routes); {
		j := i + 1
		for j < len(routes) && routes[j].prefix == routes[i].prefix {
			j++
		}
		s := spanOf(routes[i].prefix)
		f.closeBefore(s.lo)
		var around *state
		if len(f.open) > 0 {
			around = &f.open[len(f.open)-1].state
		}
		inner := around.with(routes[i:j])
		f.open = append(f.open, frame{s, inner, n.decide(&inner)})
		f.at = s.lo
		i = j
	}
	f.closeBefore(netip.Addr{})
	if len(f.out) < cap(f.out)/2 {
		return slices.Clone(f.out) // ranges that lead to one connected group are one segment
	}
	return f.out
}

// flattener is the state of the sweep: everything before at is settled.
type flattener struct {
	at   netip.Addr
	open []frame // nested, outermost first
	out  []segment
}

type frame struct {
	span
	state
	act act
}

// closeBefore settles all addresses before lo; with the zero address all there are.
func (f *flattener) closeBefore(lo netip.Addr) {
	for len(f.open) > 0 {
		top := &f.open[len(f.open)-1]
		if lo.IsValid() && top.contains(lo) {
			if f.at.Less(lo) {
				f.emit(lo.Prev(), top.act)
			}
			return
		}
		f.emit(top.hi, top.act)
		f.open = f.open[:len(f.open)-1]
	}
}

func (f *flattener) emit(hi netip.Addr, a act) {
	if !f.at.IsValid() || hi.Less(f.at) {
		return // past the last address of the family, or nothing left of this one
	}
	if last := len(f.out) - 1; last >= 0 && f.out[last].act == a && f.out[last].hi.Next() == f.at {
		f.out[last].hi = hi
	} else {
		f.out = append(f.out, segment{span{f.at, hi}, a})
	}
	f.at = hi.Next()
}

// state is what the prefixes around an address say.
type state struct {
	service, plain, gateway []route // the longest of each sort: with one prefix each
	maybe                   []route // all that may be there
	system                  bool    // a route that hides the gateways' is among them
}

// with adds the routes of a longer prefix, in their order.
func (s *state) with(same []route) state {
	var out state
	if s != nil {
		out = *s
	}
	for i := 0; i < len(same); {
		j := i + 1
		for j < len(same) && same[j].rank == same[i].rank && min(same[j].maybe, 1) == min(same[i].maybe, 1) {
			j++
		}
		run, of := same[i:j:j], same[i].rank
		switch {
		case same[i].maybe != 0:
			out.maybe = append(slices.Clip(out.maybe), run...)
		case of == rankService:
			out.service = run
		case of.gateway():
			if out.gateway == nil || out.gateway[0].prefix != run[0].prefix {
				out.gateway = shortest(run)
			}
		case out.plain == nil || out.plain[0].prefix != run[0].prefix:
			out.plain = run
		}
		out.system = out.system || of.system() && same[i].maybe == 0
		i = j
	}
	return out
}

// shortest leaves out the routes that BGP brought by a longer path than another.
func shortest(same []route) []route {
	least := 0
	differ := false
	for i := range same {
		if l := same[i].length; l > 0 {
			differ = differ || least > 0 && l != least
			if least == 0 || l < least {
				least = l
			}
		}
	}
	if !differ {
		return same
	}
	var out []route
	for _, r := range same {
		if r.length == 0 || r.length == least {
			out = append(out, r)
		}
	}
	return out
}

// winners are the routes that are taken, if no other may be there.
func (s *state) winners() []route {
	switch {
	case s.service != nil:
		return s.service
	case s.system || s.gateway == nil:
		return s.plain
	case s.plain == nil:
		return s.gateway
	}
	g, p := &s.gateway[0], &s.plain[0]
	if g.prefix.Bits() > p.prefix.Bits() || g.prefix.Bits() == p.prefix.Bits() && g.rank < p.rank {
		return s.gateway
	}
	return s.plain
}

// decide is what a node does with the addresses of a state.
func (n *network) decide(s *state) act {
	won := s.winners()
	if len(won) == 1 && (s.system || len(s.maybe) == 0) {
		return won[0].act
	}
	var c choice
	if !s.system {
		c.acts, c.why = perhaps(s.maybe, won)
	}
	for i := range won {
		c.acts = addAct(c.acts, won[i].act)
	}
	if len(won) == 0 {
		c.acts = addAct(c.acts, act{actDrop, dropNothing})
	}
	if len(c.acts) == 1 {
		return c.acts[0]
	}
	slices.SortFunc(c.acts, compareActs)
	if c.why == 0 {
		c.why = byEqualPrefix
	}
	return act{kind: actSeveral, target: n.choice(c)}
}

// choice is the number of a choice; equal ones have one, so that a hundred prefixes with the same
// competitors go one way together.
func (n *network) choice(c choice) int32 {
	key := c.key()
	i, ok := n.chosen[string(key)]
	if !ok {
		if n.chosen == nil {
			n.chosen = map[string]int32{}
		}
		i = int32(len(n.choices))
		n.chosen[string(key)] = i
		n.choices = append(n.choices, c)
	}
	return i
}

// key is what equal choices have in common.
func (c *choice) key() []byte {
	key := binary.AppendUvarint(nil, uint64(c.why))
	for _, a := range c.acts {
		key = binary.AppendVarint(append(key, byte(a.kind)), int64(a.target))
	}
	return key
}

// numbersOf are the numbers of choices by their keys.
func numbersOf(choices []choice) map[string]int32 {
	out := make(map[string]int32, len(choices))
	for i := range choices {
		out[string(choices[i].key())] = int32(i)
	}
	return out
}

// perhaps are the acts of routes that may be there and would then win, or win together with those
// that won: first the best of them, then what is best when those are not there, and so on.
func perhaps(maybe, won []route) (acts []act, why reasons) {
	rest := slices.Clone(maybe)
	for len(rest) > 0 {
		slices.SortStableFunc(rest, func(a, b route) int { return a.compare(&b) })
		best := rest[0]
		if len(won) > 0 && best.compare(&won[0]) > 0 {
			break
		}
		gone := map[int32]bool{}
		for i := range rest {
			if rest[i].compare(&best) == 0 {
				acts, why = addAct(acts, rest[i].act), why|rest[i].maybe
				gone[rest[i].fate] = true
			}
		}
		rest = slices.DeleteFunc(rest, func(r route) bool { return gone[r.fate] })
	}
	return acts, why
}

// compare orders routes that hold one address: the one that wins first. Of equal rank, a route that
// BGP did not bring and the one with the shortest path go together.
func (r *route) compare(o *route) int {
	if c := cmp.Or(cmp.Compare(o.prefix.Bits(), r.prefix.Bits()), cmp.Compare(r.rank, o.rank)); c != 0 || r.length == 0 || o.length == 0 || r.rank == rankCircuit {
		return c
	}
	return cmp.Compare(r.length, o.length)
}

func compareActs(a, b act) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.target, b.target))
}

func addAct(to []act, a act) []act {
	if slices.Contains(to, a) {
		return to
	}
	return append(to, a)
}

// firstSegment is the index of the first segment that ends at or after a.
func firstSegment(table []segment, a netip.Addr) int {
	lo, hi := 0, len(table)
	for lo < hi {
		if mid := (lo + hi) / 2; table[mid].hi.Less(a) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}
