package plan

import (
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Pairs that a plan says are closed are looked at with the rules of the network security groups of a state: whatever the
// routes let pass, nothing may be begun between the two. And nothing may be cut by the groups that the plan makes.

// closing looks at the closed pairs of a plan.
type closing struct {
	pairs    map[[2]reach.Place]bool
	groups   map[estate.Key]bool                // that the steps make
	verdicts map[string]map[[2]reach.Place]bool // by the groups that subnets have in a state: pairs that are open all the same
}

func newClosing(p *Plan) *closing {
	c := &closing{pairs: map[[2]reach.Place]bool{}, groups: map[estate.Key]bool{}, verdicts: map[string]map[[2]reach.Place]bool{}}
	for _, one := range p.Closed {
		c.pairs[[2]reach.Place{one.A.Place(), one.B.Place()}] = true
	}
	if len(p.Closed) == 0 && p.Exposure != options.ExposureClosed {
		return c
	}
	there := map[estate.Key]bool{}
	for i := range p.Base.SecurityGroups {
		there[p.Base.SecurityGroups[i].ID.Key()] = true
	}
	for i := range p.Steps {
		if add := p.Steps[i].Effect.Add; add != nil {
			for k := range add.SecurityGroups {
				if key := add.SecurityGroups[k].ID.Key(); !there[key] {
					c.groups[key] = true
				}
			}
		}
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
		known = map[[2]reach.Place]bool{}
		c.closed.verdicts[key] = known
	}
	var look *corners
	var out []Violation
	judge := func(p [2]reach.Location) {
		name := [2]reach.Place{p[0].Place(), p[1].Place()}
		open, asked := known[name]
		if !asked {
			if look == nil {
				look = newCorners(s.Estate)
			}
			open = look.begins(p)
			known[name] = open
		}
		if open {
			out = append(out, Violation{After: s.name, Rule: "PLAN-026", Text: fmt.Sprintf("something may begin between %s and %s, which are to be kept apart", p[0], p[1])})
		}
	}
	told := map[[2]reach.Place]bool{}
	for _, o := range opened {
		p := c.opened.pairs[o.pair]
		if name := [2]reach.Place{p[0].Place(), p[1].Place()}; c.closed.pairs[name] && !told[name] {
			told[name] = true
			judge(p)
		}
	}
	if s.last { // those that a person added, although they talk today
		for _, one := range c.p.Closed {
			if p := [2]reach.Location{one.A, one.B}; !told[[2]reach.Place{one.A.Place(), one.B.Place()}] && talks(s.reach, p) {
				judge(p)
			}
			if !c.closed.groups[one.Group.Key()] {
				out = append(out, Violation{After: s.name, Rule: "PLAN-026", Text: fmt.Sprintf("no step makes security group %q, which is to keep %s and %s apart", one.Group.Name, one.A, one.B)})
			}
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
		g := &e.SecurityGroups[i]
		fmt.Fprintf(&b, "%s %v;", g.ID, g.RulesKnown)
		for k := range g.Rules {
			r := &g.Rules[k]
			for _, f := range []estate.Fact{r.Direction, r.Priority, r.Access, r.Protocol, r.Source, r.SourcePort, r.Destination, r.DestinationPort} {
				fmt.Fprintf(&b, "%q ", f.Value)
			}
		}
	}
	return b.String()
}

// corners are the addresses of a network at which its security groups are asked.
type corners struct {
	*reach.Permits
	x     *estate.Index
	book  *reach.Book
	ruled []netipx.IPRange // that rules name
}

func newCorners(e *estate.Estate) *corners {
	return &corners{reach.NewPermits(e), estate.NewIndex(e), reach.NewBook(e), ruledBy(e)}
}

// begins reports whether something may be begun between two places, in either direction, as far as security groups tell:
// between the first or the last addresses of any of their ranges, or of a part of one that a rule is about.
func (c *corners) begins(p [2]reach.Location) bool {
	for way := range c.ways(p) {
		if one := c.Between(way[0], way[1]); one.Value != reach.PermitNone {
			return true
		}
	}
	return false
}

// ways yields the flows between the corners of two places, in both directions.
func (c *corners) ways(p [2]reach.Location) iter.Seq[[2]reach.Endpoint] {
	return func(yield func([2]reach.Endpoint) bool) {
		bs := c.of(p[1])
		for _, a := range c.of(p[0]) {
			for _, b := range bs {
				from, to := reach.Endpoint{Location: p[0], Address: a}, reach.Endpoint{Location: p[1], Address: b}
				if !yield([2]reach.Endpoint{from, to}) || !yield([2]reach.Endpoint{to, from}) {
					return
				}
			}
		}
	}
}

// of are the corners of a place: of a VNet those of its subnets, but for the ones of gateways. What is in no subnet is
// nobody's.
func (c *corners) of(l reach.Location) []netip.Addr {
	ranges := c.book.Of(l)
	if v := c.x.VNet(l.ID); v != nil && l.Kind == reach.VNet {
		var lived []netip.Prefix
		for i := range v.Subnets {
			if s := &v.Subnets[i]; !s.OfGateways() && s.Prefix.IsValid() {
				lived = append(lived, s.Prefix.Masked())
				for _, more := range s.MorePrefixes {
					lived = append(lived, more.Masked())
				}
			}
		}
		if len(lived) > 0 {
			ranges = lived
		}
	}
	var out []netip.Addr
	for _, r := range ranges {
		all := netipx.RangeOfPrefix(r)
		out = append(out, all.From(), all.To())
		for _, part := range c.ruled {
			if !all.Overlaps(part) {
				continue
			}
			for _, a := range []netip.Addr{part.From().Prev(), part.From(), part.To(), part.To().Next()} {
				if all.Contains(a) {
					out = append(out, a)
				}
			}
		}
	}
	slices.SortFunc(out, netip.Addr.Compare)
	return slices.Compact(out)
}

// ruledBy are the ranges that the rules of a network's security groups name.
func ruledBy(e *estate.Estate) []netipx.IPRange {
	var out []netipx.IPRange
	seen := map[netipx.IPRange]bool{}
	for i := range e.SecurityGroups {
		for _, r := range e.SecurityGroups[i].Rules {
			for _, side := range []string{r.Source.Value, r.Destination.Value} {
				for word := range strings.SplitSeq(side, ",") {
					if one, ok := ruledRange(strings.TrimSpace(word)); ok && !seen[one] {
						seen[one], out = true, append(out, one)
					}
				}
			}
		}
	}
	return out
}

// ruledRange reads a prefix, an address, or two with a hyphen between them.
func ruledRange(word string) (netipx.IPRange, bool) {
	if p, err := netip.ParsePrefix(word); err == nil {
		return netipx.RangeOfPrefix(p), true
	}
	if a, err := netip.ParseAddr(word); err == nil {
		return netipx.IPRangeFrom(a, a), true
	}
	r, err := netipx.ParseIPRange(word)
	return r, err == nil
}

// cuts are pairs that talk before and at the end, and of which a security group of the plan lets less begin (PLAN-027).
func (c *checker) cuts(s state) []Violation {
	if len(c.closed.groups) == 0 || !s.last || s.reach == nil {
		return nil
	}
	var out []Violation
	was, is := newCorners(c.p.Base), newCorners(s.Estate)
	guarded := func(l reach.Location) bool {
		v := is.x.VNet(l.ID)
		return l.Kind == reach.VNet && v != nil && slices.ContainsFunc(v.Subnets, func(s estate.Subnet) bool { return c.closed.groups[s.SecurityGroup.Key()] })
	}
	look := func(p [2]reach.Location) {
		for way := range is.ways(p) {
			before, after := was.Between(way[0], way[1]), is.Between(way[0], way[1])
			if after.Value < before.Value && after.Ports != before.Ports {
				out = append(out, Violation{After: s.name, Rule: "PLAN-027", Text: fmt.Sprintf("security groups let less begin between %s and %s than before", p[0], p[1])})
				return
			}
		}
	}
	for _, l := range c.before.Locations() {
		if guarded(l) {
			look([2]reach.Location{l, l}) // what its subnets have to do with each other
		}
	}
	for p := range c.before.Pairs() {
		if (guarded(p[0]) || guarded(p[1])) && talks(s.reach, p) {
			look(p)
		}
	}
	return out
}
