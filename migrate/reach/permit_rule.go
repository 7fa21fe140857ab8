package reach

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// direction is which way a rule looks.
type direction uint8

const (
	outbound direction = iota
	inbound
)

// outcome is what becomes of a packet; a set, where that is in doubt.
type outcome uint8

const (
	passes outcome = 1 << iota
	stops
	either = passes | stops
)

// rule is a security rule. What of it cannot be read may be about anything: the rule perhaps decides.
type rule struct {
	name               string
	priority           int
	builtin            bool
	access             outcome
	protocols          protocolSet
	from, to           ranges
	fromPorts, toPorts []interval
	read               bool
}

// match is a rule that is, or with a doubt may be, about two addresses.
type match struct {
	rule   *rule
	access outcome
	doubt  reasons
	asks   bool // whether the far address is in VirtualNetwork matters for it
}

// asks reports whether a rule of a direction says something about the far address's being in
// VirtualNetwork: the last one, that it is not.
func (r *rule) asks(d direction) bool {
	far := [...]ranges{outbound: r.to, inbound: r.from}[d]
	return r.builtin && r.access == stops || slices.ContainsFunc(far, func(x addressRange) bool { return x.kind == virtualNetwork })
}

func (r *rule) told() PermitRule {
	return PermitRule{Name: r.name, Priority: r.priority, Default: r.builtin, Allows: r.access == passes, Ports: r.flows().words()}
}

// The rules that every group has. Source: docs/sources.md#security-groups.
var defaultRules = [...][]*rule{
	outbound: {
		builtin("AllowVnetOutBound", 65000, passes, virtualNetwork, virtualNetwork),
		builtin("AllowInternetOutBound", 65001, passes, anyAddress, internetTag),
		builtin("DenyAllOutBound", 65500, stops, anyAddress, anyAddress),
	},
	inbound: {
		builtin("AllowVnetInBound", 65000, passes, virtualNetwork, virtualNetwork),
		builtin("AllowAzureLoadBalancerInBound", 65001, passes, loadBalancer, anyAddress),
		builtin("DenyAllInBound", 65500, stops, anyAddress, anyAddress),
	},
}

func builtin(name string, priority int, access outcome, from, to rangeKind) *rule {
	return &rule{name: name, priority: priority, builtin: true, access: access, protocols: allProtocols,
		from: ranges{{kind: from}}, to: ranges{{kind: to}}, fromPorts: allPorts, toPorts: allPorts, read: true}
}

// maxRules is how many rules of one direction have a priority of their own. A group with more is no
// group of the platform.
const maxRules = azure.MaxRulePriority - azure.MinRulePriority + 1

// ruleBook is a group's rules, by direction, in the order in which they are asked.
type ruleBook struct {
	known bool
	of    [2][]*rule
}

func newRuleBook(g *estate.SecurityGroup) *ruleBook {
	b := &ruleBook{known: g.RulesKnown && len(g.Rules) <= 2*maxRules}
	if !b.known {
		return b
	}
	for i := range g.Rules {
		r := readRule(&g.Rules[i])
		out := strings.EqualFold(g.Rules[i].Direction.Value, "Outbound")
		in := strings.EqualFold(g.Rules[i].Direction.Value, "Inbound")
		r.read = r.read && (out || in)
		if !in {
			b.of[outbound] = append(b.of[outbound], r)
		}
		if !out {
			b.of[inbound] = append(b.of[inbound], r)
		}
	}
	for d := range b.of {
		slices.SortStableFunc(b.of[d], func(x, y *rule) int {
			return cmp.Or(cmp.Compare(x.priority, y.priority), cmp.Compare(x.name, y.name))
		})
		b.of[d] = append(b.of[d], defaultRules[d]...)
	}
	return b
}

// readRule understands a rule. One that cannot be ordered comes first, in doubt.
func readRule(s *estate.SecurityRule) *rule {
	r := &rule{name: s.Name.Value, access: either}
	var ok [4]bool
	r.priority, ok[0] = readNumber(s.Priority.Value, azure.MaxRulePriority)
	r.protocols, ok[1] = readProtocol(s.Protocol.Value)
	r.fromPorts, ok[2] = readPorts(s.SourcePort.Value)
	r.toPorts, ok[3] = readPorts(s.DestinationPort.Value)
	r.read = ok == [4]bool{true, true, true, true}
	switch {
	case strings.EqualFold(s.Access.Value, "Allow"):
		r.access = passes
	case strings.EqualFold(s.Access.Value, "Deny"):
		r.access = stops
	}
	if r.name == "" {
		r.name = "rule without a name"
	}
	r.from, r.to = readRanges(s.Source.Value), readRanges(s.Destination.Value)
	return r
}

func readNumber(s string, most int) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	if err != nil || int(n) > most {
		return 0, false
	}
	return int(n), true
}

func readProtocol(s string) (protocolSet, bool) {
	if s == "*" || strings.EqualFold(s, "Any") {
		return allProtocols, true
	}
	if p := protocolNamed(s); p >= 0 && p != otherProtocol {
		return 1 << p, true
	}
	return allProtocols, false
}

// readPorts takes ports, ranges of ports, lists of both with commas, and "*".
func readPorts(s string) ([]interval, bool) {
	var out []interval
	for _, part := range strings.Split(s, ",") {
		part = strings.TrimSpace(part)
		if part == "*" {
			return allPorts, true
		}
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		lo, ok := readNumber(low, lastPort)
		hi, also := readNumber(high, lastPort)
		if !ok || !also || hi < lo {
			return allPorts, false
		}
		out = append(out, interval{lo, hi})
	}
	return tidyPorts(out), true
}

// rangeKind is a sort of source or destination.
type rangeKind uint8

const (
	anyAddress rangeKind = iota
	someAddresses
	virtualNetwork
	internetTag
	loadBalancer
	serviceTag
	unread
)

// ranges are the sources or destinations of a rule.
type ranges []addressRange

type addressRange struct {
	kind rangeKind
	span
}

// hostAddress is what the tag AzureLoadBalancer stands for. Source: docs/sources.md#security-groups.
var hostAddress = netip.MustParseAddr("168.63.129.16")

// readRanges takes "*", addresses, prefixes, ranges of addresses, tags, and lists of them with commas.
func readRanges(s string) ranges {
	var out ranges
	for _, part := range strings.Split(s, ",") {
		out = append(out, readRange(strings.TrimSpace(part)))
	}
	return out
}

func readRange(s string) addressRange {
	if s == "*" || strings.EqualFold(s, "Any") {
		return addressRange{kind: anyAddress}
	}
	if a, err := netip.ParseAddr(s); err == nil {
		return addressRange{someAddresses, span{a, a}}
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		return addressRange{someAddresses, spanOf(p)}
	}
	if r, err := netipx.ParseIPRange(s); err == nil {
		return addressRange{someAddresses, span{r.From(), r.To()}}
	}
	switch azure.ServiceTag(s) {
	case "VirtualNetwork":
		return addressRange{kind: virtualNetwork}
	case "Internet":
		return addressRange{kind: internetTag}
	case "AzureLoadBalancer":
		return addressRange{kind: loadBalancer}
	}
	if s == "" || s[0] < 'A' { // a group of interfaces by its ID, or something that is no tag
		return addressRange{kind: unread}
	}
	return addressRange{kind: serviceTag}
}

// hold says whether an address is among them, as a subnet with the tag sees it, and why that is in
// doubt.
func (l ranges) hold(a netip.Addr, t *tag) (Value, reasons) {
	best, why := No, reasons(0)
	for i := range l {
		v, doubt := l[i].hold(a, t)
		if v == Yes {
			return Yes, 0
		}
		best, why = max(best, v), why|doubt
	}
	return best, why
}

func (r *addressRange) hold(a netip.Addr, t *tag) (Value, reasons) {
	is := func(b bool) (Value, reasons) {
		if b {
			return Yes, 0
		}
		return No, 0
	}
	switch r.kind {
	case anyAddress:
		return Yes, 0
	case someAddresses:
		return is(r.contains(a))
	case virtualNetwork:
		return t.virtualNetwork(a)
	case internetTag:
		return t.internet(a)
	case loadBalancer:
		return is(a == hostAddress)
	case serviceTag:
		if !holds(public, a) {
			return No, 0
		}
	}
	return Unknown, byRules
}
