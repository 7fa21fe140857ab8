package plan_test

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"go4.org/netipx"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Property (d): the verdicts about two states of a plan say of every two addresses that talk before or after, in one
// class, what became of them, and nothing of any others. The states are those before and after the plan, and one with
// some of the steps done, as nobody would do them: there things are lost. Addresses are asked one by one; the
// Internet, which only answers, is not among the places.
func TestPropertyVerdictsCoverEveryPairOnce(t *testing.T) {
	seen := newTally(t, "steps", "pairs of addresses", "preserved", "path changed", "lost", "gained", "half open", "unknown before")
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		p, _, _ := n.planned(t, 0)
		seen.network(n)
		seen.plan(p)
		verdictsCover(t, p, func() bool { return rapid.Bool().Draw(t, "done") }, seen)
		if t.Failed() {
			t.Logf("%s%s", n, outline(p))
		}
	})
}

// verdictsCover looks at the states before and after a plan, and at one with the steps that done picks.
func verdictsCover(t interface{ Errorf(string, ...any) }, p *plan.Plan, done func() bool, seen *tally) {
	var some []plan.Step
	for _, s := range p.Steps {
		if s.Effect.Add == nil && len(s.Effect.Remove) == 0 || !done() {
			s.Effect = plan.Effect{}
		}
		some = append(some, s)
	}
	base := p.Base
	if p.Mode == options.Rebuild { // whose steps build what is there: nothing is lost
		base = p.Target
	}
	broken := plan.Apply(base, some)
	torn, on := reach.Compute(broken), newGround(p.Base, p.Target, broken)
	covered(t, "the target", on, p.Before, p.After, seen)
	covered(t, "some steps", on, p.Before, torn, seen)
	covered(t, "from some steps to the target", on, torn, p.After, seen)
}

// covered holds the verdicts about two states against what each says of single addresses.
func covered(t interface{ Errorf(string, ...any) }, what string, on *ground, before, after *reach.Relation, seen *tally) {
	verdicts := map[[2]string][]reach.Verdict{}
	turning := false
	for v := range reach.Compare(before, after, nil) {
		if v.Via != nil {
			turning = true
			continue
		}
		seen.add(v.Class.String(), 1)
		for a, b := range v.Pairs() {
			verdicts[[2]string{key(a), key(b)}] = append(verdicts[[2]string{key(a), key(b)}], v)
		}
	}
	places := append(before.Locations(), after.Locations()...)
	slices.SortFunc(places, reach.Location.Compare)
	places = slices.CompactFunc(places, reach.Location.Same)
	for i, a := range places {
		for _, b := range places[i+1:] {
			there, back := verdicts[[2]string{key(a), key(b)}], verdicts[[2]string{key(b), key(a)}]
			talk := false
			for _, x := range on.points(a) {
				for _, y := range on.points(b) {
					seen.add("pairs of addresses", 1)
					e, f := reach.Endpoint{Location: a, Address: x}, reach.Endpoint{Location: b, Address: y}
					was, is := before.Sess(e, f), after.Sess(e, f)
					talk = talk || was > reach.No || is > reach.No
					var hit []reach.Class
					for _, v := range there {
						if v.Class != reach.HalfOpen && within(v.FromPrefixes, x) && within(v.ToPrefixes, y) {
							hit = append(hit, v.Class)
						}
					}
					if want := classesOf(was, is); len(want) == 0 && len(hit) > 0 || len(want) > 0 && (len(hit) != 1 || !slices.Contains(want, hit[0])) {
						if len(hit) == 0 && was == reach.Yes && (a.Kind == reach.OnPremises && within(on.vnets, x) || b.Kind == reach.OnPremises && within(on.vnets, y)) {
							continue // the network only hands on what is a VNet's: the pair of that VNet tells
						}
						if len(hit) == 0 && turning && len(there) == 0 && was < reach.Yes && is < reach.Yes {
							continue // a verdict about a hairpin tells
						}
						t.Errorf("%s: %s at %s and %s at %s: %s before, %s after, verdicts %v, want one of %v", what, a, x, b, y, was, is, hit, want)
						return
					}
				}
			}
			for _, v := range slices.Concat(there, back) {
				if v.Class == reach.HalfOpen && talk {
					t.Errorf("%s: %s to %s is half open, and talks", what, v.From, v.To)
				}
			}
			if !talk {
				halfOpen(t, what, after, a, b, there)
				halfOpen(t, what, after, b, a, back)
			}
		}
	}
}

// halfOpen wants a verdict about a direction that delivers, of a pair that does not talk.
func halfOpen(t interface{ Errorf(string, ...any) }, what string, after *reach.Relation, from, to reach.Location, verdicts []reach.Verdict) {
	delivers, turns := false, false
	for _, f := range after.Forward(from, to) {
		if slices.ContainsFunc(f.Assumptions, func(id string) bool { return slices.Contains([]string{"ASM-ONPREM-TRANSIT", "ASM-SPOKE-HAIRPIN"}, id) }) {
			turns = true // where packets only may turn around: no verdict tells of one direction
		} else if f.Value > reach.No {
			delivers = true
		}
	}
	told := 0
	for _, v := range verdicts {
		if v.Class == reach.HalfOpen {
			told++
		}
	}
	if told > 1 || delivers && told == 0 || told > 0 && !delivers && !turns {
		t.Errorf("%s: from %s to %s packets arrive: %t, and %d verdicts are half open", what, from, to, delivers, told)
	}
}

// classesOf are the classes that two addresses may be in. Source: docs/reach.md.
func classesOf(was, is reach.Value) []reach.Class {
	switch {
	case was == reach.No && is == reach.No:
		return nil
	case was == reach.Unknown:
		return []reach.Class{reach.UnknownBefore}
	case was == reach.No:
		return []reach.Class{reach.Gained, reach.HalfFixed}
	case is == reach.Yes:
		return []reach.Class{reach.Preserved, reach.PathChanged}
	case is == reach.Unknown:
		return []reach.Class{reach.AtRisk}
	}
	return []reach.Class{reach.Lost, reach.Misdelivered}
}

// ground knows which addresses the places of some networks have.
type ground struct {
	of    map[string][]netip.Prefix
	cuts  []netip.Addr // where a range begins, or ends before
	vnets []netip.Prefix
	all   bool // a default route leads to some network, which then has all the rest
}

func newGround(estates ...*estate.Estate) *ground {
	g := &ground{of: map[string][]netip.Prefix{}}
	add := func(l reach.Location, ranges []estate.Prefix) {
		for _, p := range ranges {
			if p.Bits() > 0 { // a default route is nobody's
				g.of[key(l)] = append(g.of[key(l)], p.Prefix)
				g.cuts = append(g.cuts, p.Addr(), netipx.PrefixLastIP(p.Prefix).Next())
			}
		}
	}
	for _, e := range estates {
		for i := range e.VNets {
			add(reach.Location{Kind: reach.VNet, ID: e.VNets[i].ID}, e.VNets[i].Space)
			for _, p := range e.VNets[i].Space {
				g.vnets = append(g.vnets, p.Prefix)
			}
			for _, s := range e.VNets[i].Subnets { // each may have routes of its own
				if s.Prefix.IsValid() {
					g.cuts = append(g.cuts, s.Prefix.Addr(), netipx.PrefixLastIP(s.Prefix.Prefix).Next())
				}
			}
		}
		for i := range e.Gateways {
			add(reach.Location{Kind: reach.Clients, ID: e.Gateways[i].VNet}, e.Gateways[i].ClientPools)
			g.all = g.all || !e.Gateways[i].DefaultSite.IsZero()
		}
		for i := range e.Sites {
			name := cmp.Or(e.Sites[i].Network, e.Sites[i].Name) // a site may stand for a VNet to one and for a network to another
			add(reach.Location{Kind: reach.OnPremises, Name: name}, e.Sites[i].Prefixes)
		}
	}
	return g
}

// points are addresses of a place: one of each part that the ranges of all places cut out of it.
func (g *ground) points(l reach.Location) []netip.Addr {
	var out []netip.Addr
	if g.all && l.Kind == reach.OnPremises {
		out = append(slices.Clone(g.cuts), netip.MustParseAddr("9.9.9.9"))
	}
	for _, p := range g.of[key(l)] {
		out = append(out, p.Addr())
		for _, a := range g.cuts {
			if p.Contains(a) {
				out = append(out, a)
			}
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return slices.Compact(out)
}

// key tells places apart as the relation does.
func key(l reach.Location) string {
	if l.Kind == reach.OnPremises {
		return "on-premises " + strings.ToLower(l.Name)
	}
	return fmt.Sprintf("%d %s", l.Kind, l.ID.Key())
}

func within(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}
