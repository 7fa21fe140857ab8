package estate

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// securityGroups carries over the groups whose rules are known. A rule that the platform would
// refuse is left out and told; it is never bent until it fits, because that could open what is
// closed. Source: docs/sources.md#security-groups.
func (m *migration) securityGroups() {
	for i := range m.from.SecurityGroups {
		g := m.from.SecurityGroups[i]
		from := g.ID
		if !g.RulesKnown {
			m.notSupplied(from, "security group", g.Refs)
			m.fate(slices.Concat(g.Refs, g.Region.Refs), diag.NeedsPerson, "ARM-026")
			for i := range g.Rules {
				m.fate(ruleRefs(&g.Rules[i]), diag.NeedsPerson, "ARM-026")
			}
			continue
		}
		name, rule := m.name(TypeNSG, g.Name, g.Refs)
		g.ID = from.sibling(TypeNSG, name)
		g.Region = m.place(g.Region, from, func(s *Subnet) ID { return s.SecurityGroup })
		g.Rules = m.securityRules(&g)
		m.bindable[from.Key()] = bindable{ID: g.ID, region: g.Region}
		m.mapped(from, g.ID, rule)
		m.to.SecurityGroups = append(m.to.SecurityGroups, g)
	}
}

// securityRules are the rules of a group that the platform takes, with legal and unique names.
func (m *migration) securityRules(g *SecurityGroup) []SecurityRule {
	out := make([]SecurityRule, 0, len(g.Rules))
	names := azure.NewNamer()
	holder := map[[2]string]string{} // direction and priority → rule
	for _, r := range g.Rules {
		why := ruleRefusal(&r)
		place := [2]string{r.Direction.Value, r.Priority.Value}
		if first, taken := holder[place]; why == "" && taken {
			why = "rule " + strconv.Quote(first) + " has the same direction and priority"
		}
		if why != "" {
			m.found.Add("SEC-009", m.at(r.Refs), "rule %q of security group %q is left out: %s; it %s", r.Name.Raw, g.Name, why, ruleMeans(&r))
			m.fate(ruleRefs(&r), diag.NeedsPerson, "SEC-009")
			continue
		}
		holder[place] = r.Name.Raw
		r.Name.Value = m.inner(names, "securityRules", r.Name, r.Refs)
		r.Source.Value, r.Destination.Value = canonicalRange(r.Source.Value), canonicalRange(r.Destination.Value)
		out = append(out, r)
	}
	return out
}

// inner makes the legal and unique name of a part of an object.
func (m *migration) inner(names *azure.Namer, typ string, written Fact, refs []diag.Ref) string {
	legal := azure.LegalName(typ, written.Value)
	name := names.Unique(typ, legal)
	switch {
	case name != legal:
		m.found.Add("ARM-003", m.at(refs), "%q is named %q in ARM, because %q is taken", written.Raw, name, legal)
	case legal != written.Raw:
		m.found.Add("ARM-002", m.at(refs), "%q is named %q in ARM", written.Raw, name)
	}
	return name
}

// ruleMeans says what is missed without a rule.
func ruleMeans(r *SecurityRule) string {
	switch r.Access.Value {
	case "Allow":
		return "allows, so traffic stops without it"
	case "Deny":
		return "denies, so traffic passes without it"
	}
	return "may allow or deny"
}

func ruleRefs(r *SecurityRule) []diag.Ref {
	refs := slices.Clone(r.Refs)
	for _, f := range []Fact{r.Name, r.Direction, r.Priority, r.Access, r.Protocol, r.Source, r.SourcePort, r.Destination, r.DestinationPort} {
		refs = append(refs, f.Refs...)
	}
	return refs
}

// ruleRefusal says what the platform would refuse in a rule, or nothing.
// Source: docs/sources.md#security-groups.
func ruleRefusal(r *SecurityRule) string {
	for _, f := range []struct {
		what string
		fact *Fact
		ok   bool
	}{
		{"direction", &r.Direction, oneOf(r.Direction.Value, "Inbound", "Outbound")},
		{"access", &r.Access, oneOf(r.Access.Value, "Allow", "Deny")},
		{"protocol", &r.Protocol, oneOf(r.Protocol.Value, "Tcp", "Udp", "Icmp", "Esp", "Ah", "*")},
		{"priority", &r.Priority, legalPriority(r.Priority.Value)},
		{"source", &r.Source, legalRange(r.Source.Value)},
		{"source port", &r.SourcePort, legalPorts(r.SourcePort.Value)},
		{"destination", &r.Destination, legalRange(r.Destination.Value)},
		{"destination port", &r.DestinationPort, legalPorts(r.DestinationPort.Value)},
	} {
		switch {
		case f.ok:
		case f.fact.Raw == "" && f.fact.Value == "":
			return "it has no " + f.what
		default:
			return "its " + f.what + " cannot be " + strconv.Quote(f.fact.written())
		}
	}
	return ""
}

// written is the text of a fact, or its value where there is none.
func (f *Fact) written() string {
	if f.Raw != "" {
		return f.Raw
	}
	return f.Value
}

func oneOf(value string, legal ...string) bool { return slices.Contains(legal, value) }

func legalPriority(s string) bool {
	n, ok := plainNumber(s, azure.MaxRulePriority)
	return ok && n >= azure.MinRulePriority
}

// plainNumber reads decimal digits without sign or leading zeros, up to most.
func plainNumber(s string, most int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && n >= 0 && n <= most && strconv.Itoa(n) == s
}

// legalPorts takes "*", a port, or a range of ports.
func legalPorts(s string) bool {
	const most = 65535
	if s == "*" {
		return true
	}
	low, high, isRange := strings.Cut(s, "-")
	from, ok := plainNumber(low, most)
	if !isRange {
		return ok
	}
	to, also := plainNumber(high, most)
	return ok && also && from <= to
}

// legalRange takes "*", a tag that classic groups knew, an address or a prefix.
func legalRange(s string) bool {
	if oneOf(s, "*", "VirtualNetwork", "AzureLoadBalancer", "Internet") {
		return true
	}
	if _, err := ParseAddr(s); err == nil {
		return true
	}
	_, err := netip.ParsePrefix(s)
	return err == nil
}

// canonicalRange clears the bits behind a prefix: the same addresses in the form that every part of
// the platform takes.
func canonicalRange(s string) string {
	if p, err := netip.ParsePrefix(s); err == nil {
		return p.Masked().String()
	}
	return s
}
