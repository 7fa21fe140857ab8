package reach

import (
	"net/netip"
	"slices"

	"go4.org/netipx"
)

// span is a closed range of addresses of one family. A set of addresses is a slice of spans that
// is sorted, disjoint and without two neighbours that touch. Spans, not prefixes, are what the
// engine computes with: a supernet with ten holes is eleven spans but may be eighty prefixes.
//
// The operations append to dst, so that a caller with an arena allocates nothing.
type span struct{ lo, hi netip.Addr }

func spanOf(p netip.Prefix) span { return span{p.Masked().Addr(), netipx.PrefixLastIP(p)} }

func (s span) contains(a netip.Addr) bool { return s.lo.Compare(a) <= 0 && a.Compare(s.hi) <= 0 }

// overlap is the part two spans share, or false.
func (s span) overlap(t span) (span, bool) {
	if s.lo.Less(t.lo) {
		s.lo = t.lo
	}
	if t.hi.Less(s.hi) {
		s.hi = t.hi
	}
	return s, s.lo.Compare(s.hi) <= 0
}

// appendSpan appends a span that does not start before the last one's end, joining them when they
// touch. from is where the set begins in dst.
func appendSpan(dst []span, from int, s span) []span {
	if len(dst) > from && dst[len(dst)-1].hi.Next() == s.lo {
		dst[len(dst)-1].hi = s.hi
		return dst
	}
	return append(dst, s)
}

// setOf is the set of addresses in the prefixes, which may come in any order and overlap.
// Invalid prefixes hold no address.
func setOf(prefixes []netip.Prefix) []span {
	out := make([]span, 0, len(prefixes))
	for _, p := range prefixes {
		if p.IsValid() {
			out = append(out, spanOf(p))
		}
	}
	return tidy(out)
}

// tidy makes a set of spans in any order, in place.
func tidy(spans []span) []span {
	if len(spans) < 2 {
		return spans
	}
	slices.SortFunc(spans, func(a, b span) int { return a.lo.Compare(b.lo) })
	out := spans[:1]
	for _, s := range spans[1:] {
		last := &out[len(out)-1]
		switch {
		case s.lo.Compare(last.hi) <= 0:
			if last.hi.Less(s.hi) {
				last.hi = s.hi
			}
		case last.hi.Next() == s.lo:
			last.hi = s.hi
		default:
			out = append(out, s)
		}
	}
	return out
}

// firstReaching is the index of the first span that ends at or after a.
func firstReaching(set []span, a netip.Addr) int {
	lo, hi := 0, len(set)
	for lo < hi {
		if mid := (lo + hi) / 2; set[mid].hi.Less(a) {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// intersect appends a ∩ b.
func intersect(dst, a, b []span) []span {
	from := len(dst)
	if len(a) == 0 || len(b) == 0 {
		return dst
	}
	if len(b) < len(a) {
		a, b = b, a
	}
	j := 0
	for _, s := range a {
		j += firstReaching(b[j:], s.lo)
		for k := j; k < len(b); k++ {
			part, ok := s.overlap(b[k])
			if !ok {
				break
			}
			dst = appendSpan(dst, from, part)
		}
	}
	return dst
}

// subtract appends a \ b.
func subtract(dst, a, b []span) []span {
	j := 0
	for _, s := range a {
		rest := true
		j += firstReaching(b[j:], s.lo)
		for k := j; k < len(b) && b[k].lo.Compare(s.hi) <= 0; k++ {
			if s.lo.Less(b[k].lo) {
				dst = append(dst, span{s.lo, b[k].lo.Prev()})
			}
			if s.hi.Compare(b[k].hi) <= 0 {
				rest = false
				break
			}
			s.lo = b[k].hi.Next()
		}
		if rest {
			dst = append(dst, s)
		}
	}
	return dst
}

// overlaps reports whether two sets share an address.
func overlaps(a, b []span) bool {
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	if len(b) < len(a) {
		a, b = b, a
	}
	for _, s := range a {
		if j := firstReaching(b, s.lo); j < len(b) && b[j].lo.Compare(s.hi) <= 0 {
			return true
		}
	}
	return false
}

// holds reports whether the set contains the address.
func holds(set []span, a netip.Addr) bool {
	i := firstReaching(set, a)
	return i < len(set) && set[i].contains(a)
}

// within reports whether a is a subset of b.
func within(a, b []span) bool {
	for _, s := range a {
		if i := firstReaching(b, s.lo); i == len(b) || !b[i].contains(s.lo) || b[i].hi.Less(s.hi) {
			return false
		}
	}
	return true
}

// prefixesOf is the set as the fewest prefixes, sorted.
func prefixesOf(set []span) []netip.Prefix {
	if len(set) == 0 {
		return nil
	}
	out := make([]netip.Prefix, 0, len(set))
	for _, s := range set {
		out = netipx.IPRangeFrom(s.lo, s.hi).AppendPrefixes(out)
	}
	return out
}

// witness is an address of the set to show to people: the fifth of its first span, because the
// platform keeps the first four of a subnet, or the first.
func witness(set []span) netip.Addr {
	if len(set) == 0 {
		return netip.Addr{}
	}
	a := set[0].lo
	for range 4 {
		a = a.Next()
	}
	if a.IsValid() && a.Compare(set[0].hi) <= 0 {
		return a
	}
	return set[0].lo
}

// spanIndex finds the spans of many owners that overlap a given one. Owners may overlap.
type spanIndex struct {
	spans []ownedSpan
	maxHi []netip.Addr // the highest end among spans[:i+1]
}

type ownedSpan struct {
	span
	owner int32
}

func newSpanIndex(spans []ownedSpan) *spanIndex {
	slices.SortStableFunc(spans, func(a, b ownedSpan) int { return a.lo.Compare(b.lo) })
	x := &spanIndex{spans: spans, maxHi: make([]netip.Addr, len(spans))}
	for i, s := range spans {
		x.maxHi[i] = s.hi
		if i > 0 && s.hi.Less(x.maxHi[i-1]) {
			x.maxHi[i] = x.maxHi[i-1]
		}
	}
	return x
}

// overlapping calls found for each span that overlaps s until it returns false, and reports
// whether it never did.
func (x *spanIndex) overlapping(s span, found func(ownedSpan) bool) bool {
	end, _ := slices.BinarySearchFunc(x.spans, s.hi, func(o ownedSpan, hi netip.Addr) int {
		if o.lo.Compare(hi) <= 0 {
			return -1
		}
		return 1
	})
	for i := end - 1; i >= 0 && s.lo.Compare(x.maxHi[i]) <= 0; i-- {
		if s.lo.Compare(x.spans[i].hi) <= 0 && !found(x.spans[i]) {
			return false
		}
	}
	return true
}
