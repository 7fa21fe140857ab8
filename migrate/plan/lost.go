package plan

import (
	"fmt"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/reach"
)

// excuses are what may be down: pairs of locations, by name, and addresses where nothing is.
type excuses struct {
	pairs map[[2]string]bool
	hosts hosts
}

// excuse lets the pairs of a window be down.
func (e *excuses) excuse(w *Window) {
	if e.pairs == nil {
		e.pairs = map[[2]string]bool{}
	}
	for _, pair := range w.Pairs {
		e.pairs[pair] = true
	}
}

// forbid lets the pairs be apart that must not reach each other: that is asked.
func (e *excuses) forbid(all []Ask) {
	for _, a := range all {
		if a.Want == Forbidden {
			if e.pairs == nil {
				e.pairs = map[[2]string]bool{}
			}
			e.pairs[[2]string{a.A.String(), a.B.String()}] = true
		}
	}
}

func (e *excuses) has(a, b reach.Location) bool {
	if len(e.pairs) == 0 {
		return false
	}
	from, to := a.String(), b.String()
	return e.pairs[[2]string{from, to}] || e.pairs[[2]string{to, from}]
}

// mostLostNamed is how many pairs of a group a violation names.
const mostLostNamed = 3

// lost says which pairs of a verdict no longer reach each other without an excuse; "" for none.
func (e *excuses) lost(v reach.Verdict) string {
	if !v.Compromises() || e.hosts.without(v) {
		return ""
	}
	var pairs [][2]reach.Location // the first
	n := 0
	for a, b := range v.Pairs() {
		if e.has(a, b) {
			continue
		}
		if n++; len(pairs) < mostLostNamed {
			pairs = append(pairs, [2]reach.Location{a, b})
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%s no longer reaches %s (%s)", pairs[0][0], pairs[0][1], v.Class)
	}
	return fmt.Sprintf("%s no longer reach each other (%s): %s", plural(n, "pair"), v.Class, fewPairs(pairs, n))
}

// fewPairs names the first of n pairs.
func fewPairs(pairs [][2]reach.Location, n int) string {
	var names []string
	for _, p := range pairs[:min(len(pairs), mostLostNamed)] {
		names = append(names, fmt.Sprintf("%s and %s", p[0], p[1]))
	}
	if n > len(names) {
		names = append(names, fmt.Sprintf("and %d more", n-len(names)))
	}
	return strings.Join(names, ", ")
}
