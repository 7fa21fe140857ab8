package reach

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// PermitValue is how much of all protocols and ports network security groups let through.
type PermitValue uint8

// The values.
const (
	PermitNone    PermitValue = iota // nothing
	PermitUnknown                    // what passes depends on what no input tells
	PermitSome                       // some protocols or ports, and not others
	PermitAll                        // everything
)

// String is the value in lower case.
func (v PermitValue) String() string { return [...]string{"none", "unknown", "some", "all"}[v] }

// Permission is what network security groups let one endpoint begin with another. Answers need no
// rule. It says nothing of routes.
type Permission struct {
	Value PermitValue
	Ports string // what surely passes, in words: "tcp 443, udp any", "all but tcp 22", "any" or "none"
	Doubt string // what may pass beside that, or ""

	Outbound    *PermitSide // at the source's subnet; nil where the source is in no VNet
	Inbound     *PermitSide // at the destination's subnet; nil where the destination is in no VNet
	Assumptions []string

	sure, may flows
}

// Allows says whether packets of a protocol ("tcp", "udp", "icmp", "esp", "ah" or "other") pass. Ports
// count for TCP and UDP only.
func (p *Permission) Allows(protocol string, from, to uint16) Value {
	switch i := protocolNamed(protocol); {
	case i < 0:
		return Unknown
	case p.sure.hold(i, int(from), int(to)):
		return Yes
	case p.may.hold(i, int(from), int(to)):
		return Unknown
	}
	return No
}

// PermitSide is the ruling of one subnet.
type PermitSide struct {
	VNet   Location
	Subnet string       // "" for an address in no subnet
	Group  estate.ID    // zero where there is none, or where no input says anything of groups
	Rules  []PermitRule // those that decide about some protocol or port, in their order
	Why    string
}

// PermitRule is a rule that decides.
type PermitRule struct {
	Name     string
	Priority int
	Default  bool   // one of the rules that every group has
	Allows   bool   // else it denies
	Ports    string // the protocols and ports that it is about
	Perhaps  bool   // whether it is about these addresses, or what it says of them, no input tells
}

// Permit says what network security groups let a source begin with a destination. For many questions
// to one estate use NewPermits.
func Permit(e *estate.Estate, from, to Endpoint) Permission { return NewPermits(e).Between(from, to) }

// Permits answers what the network security groups of one estate let through. It is valid until the
// estate changes. Only one goroutine may use it at a time.
type Permits struct {
	n       *network
	e       *estate.Estate
	b       *builder
	groups  *registry // numbers in rules
	rules   []*ruleBook
	defined bool           // an input says something of groups
	tags    map[int32]*tag // by class
}

// NewPermits prepares an estate's security groups.
func NewPermits(e *estate.Estate) *Permits {
	p := &Permits{e: e, groups: newRegistry(len(e.SecurityGroups)), tags: map[int32]*tag{}}
	p.n, p.b = compileWith(e)
	for i := range e.SecurityGroups {
		g := &e.SecurityGroups[i]
		p.groups.add(g.ID, int32(i))
		p.rules = append(p.rules, newRuleBook(g))
	}
	p.defined = len(e.SecurityGroups) > 0 || slices.ContainsFunc(e.VNets, func(v estate.VNet) bool {
		return slices.ContainsFunc(v.Subnets, func(s estate.Subnet) bool { return !s.SecurityGroup.IsZero() })
	})
	return p
}

// assumed reports whether a VNet's groups are not known because classic documents hold none: then
// every subnet is taken to have the default rules. Source: docs/sources.md#unknowns.
func (p *Permits) assumed(v int32) bool {
	return !p.defined && (!p.n.vnets[v].arm ||
		slices.ContainsFunc(p.e.Assumptions, func(a estate.Assumption) bool { return a.ID == estate.AsmRoutes }))
}

// Between says what the groups let the first endpoint begin with the second.
func (p *Permits) Between(from, to Endpoint) Permission {
	for _, x := range []Endpoint{from, to} {
		if p.n.find(x.Location) < 0 {
			side := &PermitSide{VNet: x.Location, Why: "the estate has no " + x.Location.String()}
			out := Permission{Value: PermitUnknown, Ports: "none", Doubt: "any", may: anything()}
			if x == from {
				out.Outbound = side
			} else {
				out.Inbound = side
			}
			return out
		}
	}
	var out Permission
	var at [2]*ruling
	if from.Kind == VNet {
		at[0] = p.rulingOf(from, outbound, from.Address, to.Address)
	}
	if to.Kind == VNet {
		at[1] = p.rulingOf(to, inbound, from.Address, to.Address)
	}
	out.Value = out.decide(at)
	out.Ports, out.Doubt = out.sure.words(), out.may.words()
	if len(out.may.list()) == 0 {
		out.Doubt = ""
	}
	var why reasons
	for _, r := range at {
		if r == nil {
			continue
		}
		why |= r.assumed
		if out.Doubt != "" {
			why |= r.doubt
		}
	}
	out.Outbound, out.Inbound, out.Assumptions = at[0].told(), at[1].told(), why.ids()
	return out
}

// decide computes what passes both rulings.
func (p *Permission) decide(at [2]*ruling) PermitValue {
	denied := false
	for i := range protocols {
		if p.through(protocol(i), at) {
			denied = true
		}
	}
	sure, may := len(p.sure.list()) > 0, len(p.may.list()) > 0
	switch {
	case !sure && !may:
		return PermitNone
	case sure && !may && !denied:
		return PermitAll
	case may && !(sure && denied):
		return PermitUnknown
	}
	return PermitSome
}

// ruling is what the rules of a subnet say of two addresses.
type ruling struct {
	side    PermitSide
	matches []match // those that may be about the addresses, in their order
	used    []bool  // they decide about something
	assumed reasons
	doubt   reasons // of the matches that leave a doubt
	note    string  // what the VirtualNetwork tag says of the far address
}

// told is the ruling for people.
func (r *ruling) told() *PermitSide {
	if r == nil {
		return nil
	}
	s := r.side
	var words []string
	note := ""
	for i := range r.matches {
		m := &r.matches[i]
		if !r.used[i] || m.rule.name == "" {
			continue
		}
		x := m.rule.told()
		x.Perhaps = m.doubt != 0 || m.access == either
		s.Rules = append(s.Rules, x)
		words = append(words, x.words(m.access, len(words) > 0))
		if m.asks {
			note = r.note
		}
	}
	if note != "" {
		words = append(words, note)
	}
	if s.Why != "" {
		words = slices.Insert(words, 0, s.Why)
	}
	s.Why = strings.Join(words, "; ")
	return &s
}

func (x *PermitRule) words(access outcome, rest bool) string {
	name := x.Name
	if !x.Default {
		name = fmt.Sprintf("%q", name)
	}
	does := map[outcome]string{passes: "allows", stops: "denies", either: "allows or denies"}[access]
	if x.Perhaps {
		does = "perhaps " + does
	}
	what := x.Ports
	if what == "any" {
		what = "everything"
		if rest {
			what = "the rest"
		}
	}
	return fmt.Sprintf("%s (%d) %s %s", name, x.Priority, does, what)
}

// rulingOf asks the subnet of an endpoint.
func (p *Permits) rulingOf(x Endpoint, d direction, from, to netip.Addr) *ruling {
	v := p.n.find(x.Location)
	c, subnet := p.subnetOf(v, x.Address)
	r := &ruling{side: PermitSide{VNet: p.n.locations[v]}}
	if subnet != nil {
		r.side.Subnet = subnet.Name
	}
	var rules []*rule
	switch {
	case p.assumed(v) && (subnet == nil || !subnet.OfGateways()):
		r.side.Why = "no input says anything of network security groups: the default rules"
		r.assumed = byDefaultRules
		rules = defaultRules[d]
	case subnet == nil:
		return r.always(passes, fmt.Sprintf("no subnet holds %s, so nothing filters it", x.Address))
	case subnet.SecurityGroup.IsZero():
		return r.always(passes, fmt.Sprintf("subnet %q has no network security group", subnet.Name))
	default:
		r.side.Group = subnet.SecurityGroup
		g := p.groups.find(subnet.SecurityGroup)
		if g < 0 || !p.rules[g].known {
			r.doubt = byRules
			return r.always(either, fmt.Sprintf("the rules of network security group %q are not known", subnet.SecurityGroup.Name))
		}
		rules = p.rules[g].of[d]
	}
	t := p.tagOf(c)
	for _, rule := range rules {
		a, why := rule.from.hold(from, t)
		b, also := rule.to.hold(to, t)
		if min(a, b) == No {
			continue
		}
		m := match{rule: rule, access: rule.access, doubt: why | also, asks: rule.asks(d)}
		if !rule.read {
			m.doubt |= byRules
		}
		r.matches = append(r.matches, m)
	}
	r.used = make([]bool, len(r.matches))
	r.note = t.words(p.n, [...]netip.Addr{outbound: to, inbound: from}[d])
	return r
}

// always is a ruling that no rule decides.
func (r *ruling) always(access outcome, why string) *ruling {
	r.side.Why = why
	r.matches = []match{{rule: &rule{protocols: allProtocols, fromPorts: allPorts, toPorts: allPorts}, access: access}}
	r.used = []bool{false}
	return r
}

// subnetOf is the class of an address of a VNet and the subnet that holds it, or nil.
func (p *Permits) subnetOf(v int32, a netip.Addr) (class int32, subnet *estate.Subnet) {
	node := &p.n.vnets[v]
	class = node.firstClass
	longest := -1
	for c := node.firstClass; c < node.lastClass; c++ {
		for _, s := range p.n.classes[c].subnets {
			for _, p := range slices.Concat([]estate.Prefix{s.Prefix}, s.MorePrefixes) {
				if p.IsValid() && p.Contains(a) && p.Bits() > longest {
					class, subnet, longest = c, s, p.Bits()
				}
			}
		}
	}
	return class, subnet
}
