package estate

import (
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// leafSet is a set of leaves: per document a bit for every ordinal. What a large subscription was
// answered has millions of leaves, and most of them are in it; a map would take a hundred times the
// memory, and a cache miss for each.
type leafSet struct{ bits [][]uint64 }

// newLeafSet is an empty set over documents in the order of their numbers.
func newLeafSet(documents []*netcfg.Document) leafSet {
	words := func(d *netcfg.Document) int { return d.Leaves/64 + 1 } // ordinals run from 1 to Leaves
	total := 0
	for _, d := range documents {
		total += words(d)
	}
	room := make([]uint64, total)
	s := leafSet{make([][]uint64, len(documents))}
	for i, d := range documents {
		n := words(d)
		s.bits[i], room = room[:n:n], room[n:]
	}
	return s
}

// add puts a leaf into the set.
func (s leafSet) add(r diag.Ref) { s.bits[r.Doc][r.Ordinal/64] |= 1 << (r.Ordinal % 64) }

// has reports whether a leaf is in the set.
func (s leafSet) has(r diag.Ref) bool { return s.bits[r.Doc][r.Ordinal/64]&(1<<(r.Ordinal%64)) != 0 }
