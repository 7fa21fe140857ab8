package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Pairs that a plan says are closed are looked at with the rules of the network security groups of a state: whatever the
// routes let pass, nothing may be begun between the two. And nothing may be cut by the groups that the plan makes.

// closing looks at the closed pairs of a plan.
type closing struct {
	pairs    map[[2]reach.Place]bool
	groups   map[estate.Key]bool           // of the plan's
	verdicts map[string]map[[2]string]bool // by the groups that subnets have in a state: pairs that are open all the same
}

func newClosing(p *Plan) *closing {
	c := &closing{pairs: map[[2]reach.Place]bool{}, groups: map[estate.Key]bool{}, verdicts: map[string]map[[2]string]bool{}}
	for _, one := range p.Closed {
		c.pairs[[2]reach.Place{one.A.Place(), one.B.Place()}] = true
		c.groups[one.Group.Key()] = true
	}
	return c
}

// leaks are the pairs that a state opens although they are to be closed (PLAN-026).
func (c *checker) leaks(s state, opened []opening) []Violation {
	if len(c.closed.pairs) == 0 {
		return nil
	}
	key := bindingsOf(s.Estate)
	known := c.closed.verdicts[key]
	if known == nil {
		known = map[[2]string]bool{}
		c.closed.verdicts[key] = known
	}
	var permits *reach.Permits
	var x *estate.Index
	var out []Violation
	for _, o := range opened {
		p := c.opened.pairs[o.pair]
		if !c.closed.pairs[[2]reach.Place{p[0].Place(), p[1].Place()}] {
			continue
		}
		name := [2]string{p[0].String(), p[1].String()}
		open, asked := known[name]
		if !asked {
			if permits == nil {
				permits, x = reach.NewPermits(s.Estate), estate.NewIndex(s.Estate)
			}
			open = begins(permits, s.Estate, x, p)
			known[name] = open
		}
		if open {
			out = append(out, Violation{After: s.name, Rule: "PLAN-026", Text: fmt.Sprintf("something may begin between %s and %s, which are to be kept apart", p[0], p[1])})
		}
	}
	return out
}

// bindingsOf names the security groups that the subnets of a network have.
func bindingsOf(e *estate.Estate) string {
	var b strings.Builder
	for i := range e.VNets {
		for k := range e.VNets[i].Subnets {
			if g := e.VNets[i].Subnets[k].SecurityGroup; !g.IsZero() {
				fmt.Fprintf(&b, "%d.%d %s;", i, k, g)
			}
		}
	}
	for i := range e.SecurityGroups {
		fmt.Fprintf(&b, "%s %d;", e.SecurityGroups[i].ID, len(e.SecurityGroups[i].Rules))
	}
	return b.String()
}

// begins reports whether something may be begun between two places, in either direction, as far as security groups tell:
// between the first or the last addresses of any of their ranges, or of a part of one that a rule is about.
func begins(permits *reach.Permits, e *estate.Estate, x *estate.Index, p [2]reach.Location) bool {
	for _, a := range cornersOf(e, x, p[0]) {
		for _, b := range cornersOf(e, x, p[1]) {
			for _, way := range [][2]reach.Endpoint{{{Location: p[0], Address: a}, {Location: p[1], Address: b}}, {{Location: p[1], Address: b}, {Location: p[0], Address: a}}} {
				if one := permits.Between(way[0], way[1]); one.Value != reach.PermitNone {
					return true
				}
			}
		}
	}
	return false
}

// cornersOf are the first and the last addresses of the ranges of a place: of a VNet those of its subnets, but for the
// ones of gateways. What is in no subnet is nobody's.
func cornersOf(e *estate.Estate, x *estate.Index, l reach.Location) []netip.Addr {
	ranges := rangesOf(e, x, l)
	if v := x.VNet(l.ID); v != nil && l.Kind == reach.VNet {
		ranges = nil
		for i := range v.Subnets {
			if s := &v.Subnets[i]; !s.OfGateways() && s.Prefix.IsValid() {
				ranges = append(ranges, s.Prefix.Masked())
				for _, more := range s.MorePrefixes {
					ranges = append(ranges, more.Masked())
				}
			}
		}
		if len(ranges) == 0 {
			ranges = rangesOf(e, x, l)
		}
	}
	var out []netip.Addr
	for _, r := range ranges {
		out = append(out, r.Addr(), lastOf(r))
		for _, p := range ruled(e) { // rules that are about a part of it
			if r.Bits() < p.Bits() && r.Contains(p.Addr()) {
				for _, a := range []netip.Addr{p.Addr().Prev(), p.Addr(), lastOf(p), lastOf(p).Next()} {
					if r.Contains(a) {
						out = append(out, a)
					}
				}
			}
		}
	}
	return out
}

// ruled are the prefixes that the rules of a network's security groups name.
func ruled(e *estate.Estate) []netip.Prefix {
	var out []netip.Prefix
	for i := range e.SecurityGroups {
		for _, r := range e.SecurityGroups[i].Rules {
			for _, side := range []string{r.Source.Value, r.Destination.Value} {
				for word := range strings.SplitSeq(side, ",") {
					p, err := netip.ParsePrefix(strings.TrimSpace(word))
					if a, single := netip.ParseAddr(strings.TrimSpace(word)); err != nil && single == nil {
						p, err = netip.PrefixFrom(a, a.BitLen()), nil
					}
					if p = p.Masked(); err == nil && !slices.Contains(out, p) {
						out = append(out, p)
					}
				}
			}
		}
	}
	return out
}

// lastOf is the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := range b {
		if host := (i+1)*8 - p.Bits(); host >= 8 {
			b[i] = 0xff
		} else if host > 0 {
			b[i] |= 1<<host - 1
		}
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// cuts are pairs that talk before and at the end, and of which a security group of the plan lets less begin (PLAN-027).
func (c *checker) cuts(s state) []Violation {
	if len(c.closed.groups) == 0 || !s.last || s.reach == nil {
		return nil
	}
	var out []Violation
	was, is, x, from := reach.NewPermits(c.p.Base), reach.NewPermits(s.Estate), estate.NewIndex(s.Estate), estate.NewIndex(c.p.Base)
	guarded := func(l reach.Location) bool {
		v := x.VNet(l.ID)
		return l.Kind == reach.VNet && v != nil && slices.ContainsFunc(v.Subnets, func(s estate.Subnet) bool { return c.closed.groups[s.SecurityGroup.Key()] })
	}
	for p := range c.before.Pairs() {
		if !guarded(p[0]) && !guarded(p[1]) || !talks(s.reach, p) {
			continue
		}
		if less(was, is, cornersOf(c.p.Base, from, p[0]), cornersOf(c.p.Base, from, p[1]), p) {
			out = append(out, Violation{After: s.name, Rule: "PLAN-027", Text: fmt.Sprintf("security groups let less begin between %s and %s than before", p[0], p[1])})
		}
	}
	return out
}

// less reports whether the groups of a network let less begin between two places than those of the one before.
func less(was, is *reach.Permits, as, bs []netip.Addr, p [2]reach.Location) bool {
	for _, a := range as {
		for _, b := range bs {
			for _, way := range [][2]reach.Endpoint{{{Location: p[0], Address: a}, {Location: p[1], Address: b}}, {{Location: p[1], Address: b}, {Location: p[0], Address: a}}} {
				before, after := was.Between(way[0], way[1]), is.Between(way[0], way[1])
				if after.Value < before.Value && after.Ports != before.Ports {
					return true
				}
			}
		}
	}
	return false
}
