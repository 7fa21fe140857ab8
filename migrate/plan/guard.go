package plan

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// A target joins pairs that are apart today: a VNet with the hub that it is peered with, or with the networks behind
// the hub's gateway. Where somebody wants these kept out (exposure closed), the subnets of one of the two get a network
// security group before the first peering: it denies both directions to the ranges of the other, and lets in what a
// subnet without a group lets in. See docs/decisions/0029-new-pairs-are-kept-out-by-security-groups.md.

// ClosedPair is a pair that the target joins and that a security group keeps apart all the same.
type ClosedPair struct {
	A, B  reach.Location // the lesser first
	Group estate.ID
}

// minutesGuard is how long it takes to make a security group and to put it at subnets. Source: docs/sources.md#durations.
var minutesGuard = [2]int{1, 2}

// The rules of a guard in one direction: first those that keep out, then those that let in, from a priority on that
// leaves room for as many.
const (
	guardAdmission = 4000
	mostAdmitted   = azure.MaxRulePriority - guardAdmission
	mostKeptOut    = azure.MaxSecurityRules/2 - mostAdmitted
)

// guard is the security group of a VNet, and what it keeps out.
type guard struct {
	group estate.SecurityGroup
	out   []keptOut
}

type keptOut struct {
	place  reach.Location
	ranges []netip.Prefix
}

// guards finds what the target joins anew, and makes the groups that keep it apart.
func (m *maker) guards() {
	if m.opts.Exposure != options.ExposureClosed || len(m.drafts) == 0 {
		return
	}
	target := m.target()
	f := &guarding{m: m, target: target, after: reach.Compute(target), book: reach.NewBook(target), wanted: newAsks(m.p.Asks), apart: map[[2]reach.Place]bool{}, of: map[int]*guard{}}
	seen := map[[2]reach.Place]bool{}
	for v := range reach.Changes(m.p.Before, f.after) {
		if !v.Opens() {
			continue
		}
		for a, b := range v.Pairs() {
			if b.Compare(a) < 0 {
				a, b = b, a
			}
			if key := [2]reach.Place{a.Place(), b.Place()}; !seen[key] && !f.wanted.admit(a, b) && !f.isNew(a) && !f.isNew(b) {
				seen[key] = true
				f.gained = append(f.gained, [2]reach.Location{a, b})
				f.apart[key] = !talks(m.p.Before, [2]reach.Location{a, b})
			}
		}
	}
	slices.SortFunc(f.gained, func(p, q [2]reach.Location) int {
		return cmp.Or(p[0].Compare(q[0]), p[1].Compare(q[1]))
	})
	for _, p := range f.gained {
		if why := f.close(p); why != "" {
			m.found.Add("PLAN-025", diag.Pos{}, "%s and %s are not kept apart: %s", p[0], p[1], why)
		}
	}
	for _, d := range m.drafts {
		for _, v := range d.members {
			g := f.of[v]
			if g == nil {
				continue
			}
			if ranges := f.admitted(v, g); len(ranges) <= mostAdmitted {
				d.guard(v, g, ranges)
				continue
			}
			m.p.Closed = slices.DeleteFunc(m.p.Closed, func(c ClosedPair) bool {
				if c.Group.Same(g.group.ID) {
					m.found.Add("PLAN-025", diag.Pos{}, "%s and %s are not kept apart: %q talks with more ranges than a group could let in", c.A, c.B, m.g.name(v))
				}
				return c.Group.Same(g.group.ID)
			})
		}
	}
}

// guarding finds a guard for every pair that is joined anew.
type guarding struct {
	m      *maker
	target *estate.Estate
	after  *reach.Relation
	book   *reach.Book // of the target
	wanted asks
	gained [][2]reach.Location
	apart  map[[2]reach.Place]bool // those of them that do not talk at all before
	of     map[int]*guard          // by VNet
}

// isNew reports whether a place is a VNet that the plan makes: nothing stands in it that somebody could reach.
func (f *guarding) isNew(l reach.Location) bool {
	return l.Kind == reach.VNet && f.m.g.x.VNet(l.ID) == nil
}

// close has one of the two guarded against the other. It says why neither can be, or "".
func (f *guarding) close(p [2]reach.Location) string {
	if !f.apart[[2]reach.Place{p[0].Place(), p[1].Place()}] {
		return "some of their addresses reach each other today"
	}
	var reasons []string
	for _, ends := range f.turns(p) {
		if ends[0].Kind != reach.VNet && ends[1].Kind == reach.VNet {
			continue // it has no subnets
		}
		v, why := f.guardable(ends[0])
		if why == "" {
			why = f.keepOut(v, ends)
		}
		if why == "" {
			f.m.p.Closed = append(f.m.p.Closed, ClosedPair{A: p[0], B: p[1], Group: f.of[v].group.ID})
			return ""
		}
		if !slices.Contains(reasons, why) {
			reasons = append(reasons, why)
		}
	}
	return strings.Join(reasons, "; ")
}

// turns are the two ends in the order in which they are tried as the one with the guard: a hub has many to keep out, so
// the other one comes first.
func (f *guarding) turns(p [2]reach.Location) [][2]reach.Location {
	there, back := [2]reach.Location{p[0], p[1]}, [2]reach.Location{p[1], p[0]}
	if v, known := f.m.g.index[p[0].ID.Key()]; known && p[0].Kind == reach.VNet && slices.ContainsFunc(f.m.drafts, func(d *draft) bool { return slices.Contains(d.hubs, v) }) {
		return [][2]reach.Location{back, there}
	}
	return [][2]reach.Location{there, back}
}

// guardable finds a VNet whose subnets can all be given a group, or says why they cannot.
func (f *guarding) guardable(l reach.Location) (int, string) {
	v, known := f.m.g.index[l.ID.Key()]
	if l.Kind != reach.VNet || !known {
		return 0, fmt.Sprintf("%s has no subnets that a security group could be for", l)
	}
	if !slices.ContainsFunc(f.m.drafts, func(d *draft) bool { return slices.Contains(d.members, v) }) {
		return 0, fmt.Sprintf("%s is in no component that is planned", l)
	}
	vnet, some := &f.m.g.e.VNets[v], false
	for i := range vnet.Subnets {
		s := &vnet.Subnets[i]
		switch {
		case s.OfGateways():
		case len(s.Delegations) > 0:
			return 0, fmt.Sprintf("subnet %q of %s is given over to %s, and whether a security group counts there is that one's to say", s.Name, l, s.Delegations[0].Value)
		case !s.SecurityGroup.IsZero():
			return 0, fmt.Sprintf("subnet %q of %s has a security group of its own, whose owner adds the rules", s.Name, l)
		case slices.ContainsFunc(azure.HubSubnets(), func(h azure.HubSubnet) bool { return h.Fixed && strings.EqualFold(h.Name, s.Name) }):
			return 0, fmt.Sprintf("subnet %q of %s is the platform's own, and what group it may have is not ours to say", s.Name, l)
		default:
			some = true
		}
	}
	if !some {
		return 0, fmt.Sprintf("%s has no subnet that a security group could be for", l)
	}
	return v, ""
}

// keepOut adds a place to the guard of a VNet, which is made with the first. It says why that would cut more, or "".
func (f *guarding) keepOut(v int, ends [2]reach.Location) string {
	if why := f.unlisted(ends[1]); why != "" {
		return why
	}
	ranges := f.book.Of(ends[1])
	if len(ranges) == 0 {
		return fmt.Sprintf("the addresses of %s are not known", ends[1])
	}
	for _, l := range f.after.Locations() {
		if l.Same(ends[1]) || !l.Same(ends[0]) && !f.uses(ends[0], l) {
			continue
		}
		for _, p := range f.book.Of(l) {
			if slices.ContainsFunc(ranges, p.Overlaps) {
				return fmt.Sprintf("%s shares addresses with %s, which %s reaches", ends[1], l, ends[0])
			}
		}
	}
	g := f.of[v]
	if g == nil {
		g = &guard{}
	}
	n := len(ranges)
	for _, out := range g.out {
		n += len(out.ranges)
	}
	if n > mostKeptOut {
		return fmt.Sprintf("a group for %s would need more rules than it may have", ends[0])
	}
	if f.of[v] == nil {
		vnet, names := &f.m.g.e.VNets[v], f.m.drafts[0].names
		g.group = estate.SecurityGroup{Region: vnet.Region, RulesKnown: true,
			ID: beside(vnet.ID, estate.TypeNSG, names.Unique(estate.TypeNSG, azure.LegalName(estate.TypeNSG, vnet.ID.Name+"-guard")))}
		g.group.Name = g.group.ID.Name
		f.of[v] = g
	}
	g.out = append(g.out, keptOut{ends[1], ranges})
	return ""
}

// uses reports whether a place goes on to talk with another one.
func (f *guarding) uses(l, other reach.Location) bool {
	a, b := l, other
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	return !f.apart[[2]reach.Place{a.Place(), b.Place()}] && talks(f.after, [2]reach.Location{l, other})
}

// unlisted says why the addresses behind a device or a circuit may be more than an input lists, or "".
func (f *guarding) unlisted(l reach.Location) string {
	if l.Kind != reach.OnPremises {
		return ""
	}
	sites := 0
	for i := range f.target.Sites {
		s := &f.target.Sites[i]
		if !strings.EqualFold(s.Behind(), l.Name) {
			continue
		}
		sites++
		circuit := slices.ContainsFunc(f.m.g.connectionsOf(s.ID), func(c *estate.Connection) bool { return c.Kind == estate.ExpressRoute })
		if circuit || s.BGP != nil && !s.AnnouncedKnown {
			return fmt.Sprintf("%s tells its ranges by BGP, and no input lists them", l)
		}
	}
	if sites == 0 {
		return fmt.Sprintf("%s is behind a circuit, which tells its ranges by BGP", l)
	}
	return ""
}

// admitted are the ranges that a guard lets in: the private ones, as a subnet without a group does, and others that its VNet
// goes on to talk with. What else there is comes from the Internet, which a subnet without a group lets in as little, unless
// a group of an interface opens it: see AsmGuard. Source: docs/sources.md#security-groups.
func (f *guarding) admitted(v int, g *guard) []netip.Prefix {
	self := f.m.g.locationOf(v)
	var others []netip.Prefix
	for _, l := range f.after.Locations() {
		kept := slices.ContainsFunc(g.out, func(k keptOut) bool { return k.place.Same(l) })
		if kept || !l.Same(self) && !talks(f.after, [2]reach.Location{self, l}) {
			continue
		}
		for _, p := range f.book.Of(l) {
			if !azure.IsPrivate(p) && !slices.Contains(others, p) {
				others = append(others, p)
			}
		}
	}
	slices.SortFunc(others, netip.Prefix.Compare)
	return append(azure.PrivateRanges(), others...)
}

// guard writes the rules of a VNet's guard, and puts it into the target.
func (d *draft) guard(v int, g *guard, admitted []netip.Prefix) {
	names := azure.NewNamer()
	rule := func(name, direction string, priority int, access, from, to string) {
		word := func(s string) estate.Fact { return estate.Fact{Value: s} }
		g.group.Rules = append(g.group.Rules, estate.SecurityRule{Name: word(names.Unique("rules", azure.LegalName("rules", name))), Direction: word(direction), Priority: word(strconv.Itoa(priority)),
			Access: word(access), Protocol: word("*"), Source: word(from), SourcePort: word("*"), Destination: word(to), DestinationPort: word("*")})
	}
	for _, direction := range []string{"Inbound", "Outbound"} {
		from, to := "keep-out-", "from-before"
		ends := func(p netip.Prefix) (string, string) { return p.String(), "*" }
		if direction == "Outbound" {
			from, to, ends = "keep-from-", "to-before", func(p netip.Prefix) (string, string) { return "*", p.String() }
		}
		at := azure.MinRulePriority
		for _, out := range g.out {
			for _, p := range out.ranges {
				source, destination := ends(p)
				rule(from+out.place.Name, direction, at, "Deny", source, destination)
				at++
			}
		}
		for i, p := range admitted {
			source, destination := ends(p)
			rule(to, direction, guardAdmission+i, "Allow", source, destination)
		}
	}
	if d.guarded == nil {
		d.guarded = map[int]*guard{}
	}
	d.guarded[v] = g
}

// vnet is a VNet of the component with its guard, if it has one.
func (d *draft) vnet(v int) estate.VNet {
	vnet := d.g.e.VNets[v]
	if g := d.guarded[v]; g != nil {
		vnet.Subnets = slices.Clone(vnet.Subnets)
		for i := range vnet.Subnets {
			if !vnet.Subnets[i].OfGateways() {
				vnet.Subnets[i].SecurityGroup = g.group.ID
			}
		}
	}
	return vnet
}

// guards makes the steps that give VNets their guards, and returns what comes before all others of the component. Nothing is
// joined yet that they keep out.
func (s *sequence) guards(d *draft) []string {
	var made []string
	for _, v := range d.members {
		g := d.guarded[v]
		if g == nil {
			continue
		}
		vnet := d.vnet(v)
		var places []string
		for _, out := range g.out {
			places = append(places, out.place.String())
		}
		made = append(made, s.add(Step{
			Action: CloseSubnets, Object: vnet.ID, Also: []estate.ID{g.group.ID}, Needs: s.gate,
			Because: fmt.Sprintf("%q will be joined with %s, which it does not reach today and nobody has accepted; its subnets keep them out before that", s.g.name(v), strings.Join(places, ", ")),
			Effect:  Effect{Add: &estate.Estate{SecurityGroups: []estate.SecurityGroup{g.group}, VNets: []estate.VNet{vnet}}},
			Impact:  Impact{Class: Live, Minutes: minutesGuard},
			Verify:  "every subnet but GatewaySubnet has the group, and what is reached today is reached still; a subnet that is made later needs the group as well", Undo: "take the group off the subnets, and delete it",
		}))
	}
	if len(made) == 0 {
		return s.gate
	}
	return made
}
