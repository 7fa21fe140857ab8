package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// nearest returns at most n of the words that could have been meant, the nearest first: those that
// begin with what was written, or that a few typing errors turn into it. Letter case does not
// matter.
func nearest(written string, words []string, n int) []string {
	type candidate struct {
		word     string
		distance int
	}
	var found []candidate
	for _, w := range words {
		a, b := strings.ToLower(written), strings.ToLower(w)
		d := diag.Distance(a, b)
		if a != "" && strings.HasPrefix(b, a) {
			d = min(d, 1)
		}
		if d <= max(1, len(a)/3) {
			found = append(found, candidate{w, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var out []string
	for _, c := range found[:min(n, len(found))] {
		out = append(out, c.word)
	}
	return out
}
