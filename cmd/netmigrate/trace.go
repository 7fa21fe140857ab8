package main

import (
	"fmt"
	"io"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/migrate/report"
)

// trace follows a packet between two places, and its answer.
func (s *session) trace(e *estate.Estate, opts *options.Options, from, to string, format report.Format) ([]byte, error) {
	r := reach.Compute(e)
	g := newGazetteer(e, r.Locations(), opts)
	a, err := g.sender(from)
	if err != nil {
		return nil, err
	}
	b, err := g.receiver(to)
	if err != nil {
		return nil, err
	}
	t := g.traced(e, r, a, b)
	if t.From.Kind != reach.VNet && t.To.Location != (reach.Location{}) && t.From.Same(t.To.Location) {
		return nil, usagef("--from and --to are both %s: what happens inside is in no file", t.From.Location)
	}
	return render(func(w io.Writer) error { return report.ReachTrace(w, e, t, format, s.styleOut()) })
}

// traced asks what becomes of a packet and of its answer. Where only an address was asked for, whoever
// the packet is delivered to answers, or else whoever has it.
func (g *gazetteer) traced(e *estate.Estate, r *reach.Relation, a, b place) report.Traced {
	t := report.Traced{From: a.Endpoint, To: b.Endpoint, FromChosen: a.chosen, ToChosen: b.chosen, There: reach.Trace(e, a.Endpoint, b.Endpoint)}
	for _, end := range [2]place{a, b} {
		if site := g.idleSite(end.Location); site != nil {
			t.Notes = append(t.Notes, fmt.Sprintf("No connection refers to site %s, so no tunnel leads there.", site.Name))
		}
	}
	if b.Location == (reach.Location{}) {
		t.Anybody = true
		if who := g.answers(t.There, b); len(who) == 1 {
			t.To.Location = who[0]
		} else {
			t.Several = who
		}
	}
	switch {
	case t.To.Location == (reach.Location{}): // nobody is known to answer, or nobody knows who
		t.Session = min(t.There.Value, reach.Unknown)
	case t.To.Kind == reach.Internet: // it answers what reaches it
		t.Session = t.There.Value
	default:
		back := reach.Trace(e, t.To, t.From)
		t.Back, t.Session = &back, r.Sess(t.From, t.To)
		t.Varies = g.varies(r, t.From.Location, t.To.Location)
	}
	if t.To.Location != (reach.Location{}) && len(t.Notes) == 0 {
		p := reach.Permit(e, t.From, t.To)
		t.Permit = &p
	}
	if t.Session != reach.Yes && t.To.Location != (reach.Location{}) {
		t.Remedies = reach.Remedies(e, t.From, t.To)
	}
	return t
}

// answers are the locations that would answer at an address: those that packets for it are delivered
// to, else those that have it.
func (g *gazetteer) answers(there reach.Answer, b place) []reach.Location {
	var out []reach.Location
	for _, p := range there.Paths {
		if p.Delivered == nil {
			continue
		}
		known := false
		for _, l := range out {
			known = known || l.Same(*p.Delivered)
		}
		if !known {
			out = append(out, *p.Delivered)
		}
	}
	if len(out) == 0 {
		return g.holders(b.Address)
	}
	return out
}

// varies reports whether other addresses of the two locations fare differently.
func (g *gazetteer) varies(r *reach.Relation, a, b reach.Location) bool {
	s := r.Session(a, b)
	if s.Value == reach.No {
		return false
	}
	return !s.Product || len(reach.Without(g.book.Of(a), s.FromPrefixes)) > 0 || len(reach.Without(g.book.Of(b), s.ToPrefixes)) > 0
}
