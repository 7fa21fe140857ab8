package risk

import (
	"cmp"
	"iter"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// owned is a prefix and who has it.
type owned[T any] struct {
	estate.Prefix
	owner T
}

// ranges finds the owners of prefixes inside and around another. Owners may overlap.
type ranges[T any] struct {
	sorted []owned[T] // by address, then the widest first
	exact  map[netip.Prefix][]int
}

func newRanges[T any](all []owned[T]) ranges[T] {
	slices.SortStableFunc(all, func(a, b owned[T]) int { return comparePrefix(a.Prefix.Prefix, b.Prefix.Prefix) })
	r := ranges[T]{sorted: all, exact: make(map[netip.Prefix][]int, len(all))}
	for i := range all {
		p := all[i].Prefix.Prefix
		r.exact[p] = append(r.exact[p], i)
	}
	return r
}

func comparePrefix(p, q netip.Prefix) int {
	return cmp.Or(p.Addr().Compare(q.Addr()), cmp.Compare(p.Bits(), q.Bits()))
}

// spacesOf is the address spaces of an estate's VNets.
func spacesOf(e *estate.Estate) ranges[*estate.VNet] {
	var all []owned[*estate.VNet]
	for i := range e.VNets {
		for _, p := range e.VNets[i].Space {
			all = append(all, owned[*estate.VNet]{p, &e.VNets[i]})
		}
	}
	return newRanges(all)
}

// inside lists what p contains, p itself included. In address order these stand in one row.
func (r *ranges[T]) inside(p netip.Prefix) []owned[T] {
	from, _ := slices.BinarySearchFunc(r.sorted, p, func(o owned[T], p netip.Prefix) int { return comparePrefix(o.Prefix.Prefix, p) })
	last := netipx.PrefixLastIP(p)
	to, _ := slices.BinarySearchFunc(r.sorted, last, func(o owned[T], last netip.Addr) int {
		if o.Addr().Compare(last) <= 0 {
			return -1
		}
		return 1
	})
	return r.sorted[from:max(from, to)]
}

// around yields what contains p and is wider, the widest first. There may be thousands of copies.
func (r *ranges[T]) around(p netip.Prefix) iter.Seq[owned[T]] {
	return func(yield func(owned[T]) bool) {
		for bits := range p.Bits() {
			for _, i := range r.exact[netip.PrefixFrom(p.Addr(), bits).Masked()] {
				if !yield(r.sorted[i]) {
					return
				}
			}
		}
	}
}

// touches reports whether anything shares addresses with p.
func (r *ranges[T]) touches(p netip.Prefix) bool {
	for range r.around(p) {
		return true
	}
	return len(r.inside(p)) > 0
}

// contains reports whether p contains all of q.
func contains(p, q netip.Prefix) bool { return p.Bits() <= q.Bits() && p.Contains(q.Addr()) }

// without is the addresses of the prefixes that are in none of the spaces.
func without(prefixes []estate.Prefix, spaces ...[]estate.Prefix) []netip.Prefix {
	rest := prefixes
	for _, space := range spaces { // most prefixes are exactly a space, and need no set
		rest = slices.DeleteFunc(slices.Clone(rest), func(p estate.Prefix) bool { return estate.Within(p.Prefix, space) })
	}
	if len(rest) == 0 {
		return nil
	}
	var b netipx.IPSetBuilder
	for _, p := range rest {
		b.AddPrefix(p.Prefix)
	}
	for _, space := range spaces {
		for _, p := range space {
			b.RemovePrefix(p.Prefix)
		}
	}
	return prefixesOf(&b)
}

// minus is the addresses of the prefixes that are not in the taken ones.
func minus(prefixes, taken []netip.Prefix) []netip.Prefix {
	var b netipx.IPSetBuilder
	for _, p := range prefixes {
		b.AddPrefix(p)
	}
	for _, p := range taken {
		b.RemovePrefix(p)
	}
	return prefixesOf(&b)
}

func prefixesOf(b *netipx.IPSetBuilder) []netip.Prefix {
	set, err := b.IPSet()
	if err != nil {
		panic(err) // only invalid prefixes can fail, and an estate holds none
	}
	return set.Prefixes()
}

// firstOf is the first of the prefixes that shares addresses with p.
func firstOf(prefixes []estate.Prefix, p netip.Prefix) estate.Prefix {
	i := slices.IndexFunc(prefixes, func(q estate.Prefix) bool { return q.Overlaps(p) })
	if i < 0 {
		return estate.Prefix{}
	}
	return prefixes[i]
}
