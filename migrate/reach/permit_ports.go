package reach

import (
	"slices"
	"strconv"
	"strings"
)

// protocol is what rules tell apart.
type protocol int8

const (
	tcp protocol = iota
	udp
	icmp
	esp
	ah
	otherProtocol
)

var protocols = [...]string{tcp: "tcp", udp: "udp", icmp: "icmp", esp: "esp", ah: "ah", otherProtocol: "other"}

func protocolNamed(s string) protocol {
	return protocol(slices.IndexFunc(protocols[:], func(p string) bool { return strings.EqualFold(p, s) }))
}

// protocolSet has a bit for each protocol.
type protocolSet uint8

const allProtocols = 1<<len(protocols) - 1

func (p protocol) hasPorts() bool { return p == tcp || p == udp }

const lastPort = 65535

// interval is a range of ports, both ends included.
type interval struct{ lo, hi int }

var allPorts = []interval{{0, lastPort}}

func everyPort(list []interval) bool { return len(list) == 1 && list[0] == allPorts[0] }

// tidyPorts sorts and joins.
func tidyPorts(list []interval) []interval {
	slices.SortFunc(list, func(a, b interval) int { return a.lo - b.lo })
	out := list[:1]
	for _, x := range list[1:] {
		if last := &out[len(out)-1]; x.lo <= last.hi+1 {
			last.hi = max(last.hi, x.hi)
		} else {
			out = append(out, x)
		}
	}
	return out
}

// flows is a set of protocols, source ports and destination ports: for each protocol slabs of source
// ports, in order, with the destination ports of each. A protocol without ports has all or none.
type flows struct{ slabs [len(protocols)][]slab }

type slab struct {
	interval // of source ports
	to       []interval
}

// add appends a slab that comes after all that are there.
func (f *flows) add(p protocol, from interval, to []interval) {
	if len(to) == 0 {
		return
	}
	all := f.slabs[p]
	if last := len(all) - 1; last >= 0 && all[last].hi+1 == from.lo && slices.Equal(all[last].to, to) {
		all[last].hi = from.hi
		return
	}
	f.slabs[p] = append(all, slab{from, to})
}

func anything() flows {
	var f flows
	for p := range protocols {
		f.add(protocol(p), allPorts[0], allPorts)
	}
	return f
}

// list is the protocols that have something in the set.
func (f *flows) list() []protocol {
	var out []protocol
	for p := range protocols {
		if len(f.slabs[p]) > 0 {
			out = append(out, protocol(p))
		}
	}
	return out
}

func (f *flows) hold(p protocol, from, to int) bool {
	if !p.hasPorts() {
		return len(f.slabs[p]) > 0
	}
	i := slices.IndexFunc(f.slabs[p], func(s slab) bool { return s.lo <= from && from <= s.hi })
	return i >= 0 && slices.ContainsFunc(f.slabs[p][i].to, func(x interval) bool { return x.lo <= to && to <= x.hi })
}

// but is everything that is not in the set.
func (f *flows) but() flows {
	var out flows
	for p := range protocols {
		at := 0
		for _, s := range f.slabs[p] {
			if at < s.lo {
				out.add(protocol(p), interval{at, s.lo - 1}, allPorts)
			}
			var rest []interval
			next := 0
			for _, x := range s.to {
				if next < x.lo {
					rest = append(rest, interval{next, x.lo - 1})
				}
				next = x.hi + 1
			}
			if next <= lastPort {
				rest = append(rest, interval{next, lastPort})
			}
			out.add(protocol(p), s.interval, rest)
			at = s.hi + 1
		}
		if at <= lastPort {
			out.add(protocol(p), interval{at, lastPort}, allPorts)
		}
	}
	return out
}

// words are the set in short: what is in it, or what is not where that is shorter.
func (f *flows) words() string {
	if len(f.list()) == 0 {
		return "none"
	}
	rest := f.but()
	if len(rest.list()) == 0 {
		return "any"
	}
	in, out := f.listed(), "all but "+rest.listed()
	if len(out) < len(in) {
		return out
	}
	return in
}

func (f *flows) listed() string {
	var out []string
	for p, name := range protocols {
		for _, s := range f.slabs[p] {
			text := name
			if protocol(p).hasPorts() {
				text += portWords(s.to)
				if s.interval != allPorts[0] {
					text += " from" + portWords([]interval{s.interval})
				}
			}
			out = append(out, text)
		}
	}
	return strings.Join(out, ", ")
}

func portWords(list []interval) string {
	if everyPort(list) {
		return " any"
	}
	var b strings.Builder
	for _, x := range list {
		b.WriteString(" " + strconv.Itoa(x.lo))
		if x.hi > x.lo {
			b.WriteString("-" + strconv.Itoa(x.hi))
		}
	}
	return b.String()
}

// flows are the protocols and ports that a rule is about.
func (r *rule) flows() *flows {
	f := &flows{}
	for p := range protocols {
		if !r.about(protocol(p)) {
			continue
		}
		for _, x := range r.fromPorts {
			f.add(protocol(p), x, r.toPorts)
		}
	}
	return f
}

// about reports whether a rule is about packets of a protocol. One that names ports is about no
// packet without ports. Source: docs/sources.md#security-groups.
func (r *rule) about(p protocol) bool {
	return r.protocols&(1<<p) != 0 && (p.hasPorts() || everyPort(r.fromPorts) && everyPort(r.toPorts))
}

// through adds what of a protocol passes both rulings, and reports whether something surely does not.
func (f *Permission) through(p protocol, at [2]*ruling) (denied bool) {
	fromCuts, toCuts := []int{0, lastPort + 1}, []int{0, lastPort + 1}
	for _, r := range at {
		if r == nil {
			continue
		}
		for i := range r.matches {
			if rule := r.matches[i].rule; rule.about(p) {
				fromCuts, toCuts = cutAt(fromCuts, rule.fromPorts), cutAt(toCuts, rule.toPorts)
			}
		}
	}
	fromCuts, toCuts = tidyCuts(fromCuts), tidyCuts(toCuts)
	var said [2][]outcome
	painter := painter{cuts: toCuts, next: make([]int, len(toCuts))}
	for i := range fromCuts[1:] {
		from := interval{fromCuts[i], fromCuts[i+1] - 1}
		for side, r := range at {
			said[side] = painter.paint(said[side], r, p, from)
		}
		var sure, may []interval
		for c := range toCuts[1:] {
			x := interval{toCuts[c], toCuts[c+1] - 1}
			switch both := said[0][c] | said[1][c]; {
			case said[0][c] == stops || said[1][c] == stops:
				denied = true
			case both == passes:
				sure = appendPorts(sure, x)
			default:
				may = appendPorts(may, x)
			}
		}
		f.sure.add(p, from, sure)
		f.may.add(p, from, may)
	}
	return denied
}

func cutAt(cuts []int, list []interval) []int {
	for _, x := range list {
		cuts = append(cuts, x.lo, x.hi+1)
	}
	return cuts
}

func tidyCuts(cuts []int) []int {
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

func appendPorts(to []interval, x interval) []interval {
	if last := len(to) - 1; last >= 0 && to[last].hi+1 == x.lo {
		to[last].hi = x.hi
		return to
	}
	return append(to, x)
}

// painter lets the rules take turns: each paints the destination ports that none before it surely
// has decided about. With the cells that are decided skipped, every cell is painted once.
type painter struct {
	cuts []int
	next []int // the first cell from here on that is not decided, as far as known
}

func (t *painter) open(c int) int {
	end := c
	for t.next[end] != end {
		end = t.next[end]
	}
	for t.next[c] != end {
		c, t.next[c] = t.next[c], end
	}
	return end
}

// paint is what a ruling says of packets of a protocol from some ports, by cells of destination ports.
func (t *painter) paint(said []outcome, r *ruling, p protocol, from interval) []outcome {
	cells := len(t.cuts) - 1
	said = slices.Grow(said[:0], cells)[:cells]
	for c := range said {
		said[c] = 0
		if r == nil {
			said[c] = passes
		}
	}
	if r == nil {
		return said
	}
	for c := range t.next {
		t.next[c] = c
	}
	var doubt reasons
	for i := range r.matches {
		m := &r.matches[i]
		if !m.rule.about(p) || !slices.ContainsFunc(m.rule.fromPorts, func(x interval) bool { return x.lo <= from.lo && from.hi <= x.hi }) {
			continue
		}
		for _, x := range m.rule.toPorts {
			first, _ := slices.BinarySearch(t.cuts, x.lo)
			last, _ := slices.BinarySearch(t.cuts, x.hi+1)
			for c := t.open(first); c < last; c = t.open(c + 1) {
				said[c] |= m.access
				r.used[i] = true
				if doubt |= m.doubt; m.access == either {
					doubt |= byRules
				}
				if m.doubt == 0 {
					t.next[c] = c + 1
				}
			}
		}
	}
	if slices.Contains(said, either) {
		r.doubt |= doubt
	}
	return said
}
