package estate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// policies gives connections their IPsec policy: the one that was set, and for the device of a
// static gateway the one that such gateways had, since policy-based selectors need one. What was
// never set stays unset: the platform then proposes what suits most devices.
// Source: docs/sources.md#ipsec.
func (m *migration) policies() {
	for i := range m.ends {
		e := &m.ends[i]
		if e.made < 0 {
			continue
		}
		c := &m.to.Connections[e.made]
		c.PolicyBased = staticTunnel(e.Connection, e.gateway)
		c.Policy = m.policy(e, c.PolicyBased)
		if c.Policy != nil {
			m.found.Add("ARM-021", m.at(e.Refs), "connection %q takes a whole IPsec policy; its first phase is assumed: %s, %s, %s", c.ID.Name,
				azure.ClassicIKEEncryption, azure.ClassicIKEIntegrity, azure.ClassicDHGroup)
		}
	}
	for i := range m.ends {
		if e := &m.ends[i]; e.made >= 0 && e.partner != nil && e.partner.made > e.made {
			m.agree(e)
		}
	}
}

// staticTunnel reports whether a connection leads from a static gateway to a device.
func staticTunnel(c *Connection, g *Gateway) bool {
	return c.Kind == IPsec && c.Pairing.Confidence == NotPaired && g.static()
}

// static reports whether a gateway that exists is static.
func (g *Gateway) static() bool { return !g.Absent() && g.Routing.Value == RoutingStatic }

// Absent reports whether the service said that there is no such gateway: what it says beside that is
// of an older one, or nothing.
func (g *Gateway) Absent() bool {
	return g.State.Value == GatewayNotProvisioned || g.State.Value == GatewayDeprovisioning
}

// policy is the policy of one half in ARM's words, or nil.
func (m *migration) policy(e *end, static bool) *IPsecPolicy {
	var fallback *IPsecPolicy
	if static {
		fallback = wholePolicy(&IPsecPolicy{})
	}
	switch p := e.Policy; {
	case p == nil:
		return fallback
	case p.isDefault():
		m.fate(policyRefs(p), diag.Dropped, "these are the values of a connection on which nothing was set")
		return fallback
	default:
		if why := policyRefusal(p); why != "" {
			m.found.Add("ARM-022", m.at(p.Refs), "the IPsec policy of connection %q of VNet %q is not carried on: %s; the connection is encrypted with what the platform proposes", e.Site.Name, e.vnet.Name, why)
			m.fate(policyRefs(p), diag.NeedsPerson, "ARM-022")
			return fallback
		}
		if word, _ := azure.PFSGroup(p.PFS.Value); p.PFS.Known() && !slices.Contains(azure.ClassicPFSGroups, word) {
			m.found.Add("ARM-031", m.at(p.PFS.Refs), "the IPsec policy of connection %q of VNet %q has the group %s for its second phase, which the classic service did not offer (%s); it is carried over as written",
				e.Site.Name, e.vnet.Name, word, strings.Join(azure.ClassicPFSGroups, ", "))
		}
		return wholePolicy(p)
	}
}

// agree gives both ends of a tunnel the policy of the end that has one.
func (m *migration) agree(e *end) {
	here, there := &m.to.Connections[e.made], &m.to.Connections[e.partner.made]
	switch a, b := here.Policy, there.Policy; {
	case a == nil && b != nil:
		here.Policy = b.bare()
	case b == nil && a != nil:
		there.Policy = a.bare()
	case a != nil && !a.same(b):
		m.found.Add("ARM-022", m.at(a.Refs), "the ends of the tunnel of %q with %q have different IPsec policies; the tunnel does not come up until they agree", e.vnet.Name, e.partner.vnet.Name)
	}
}

// bare is the policy without its places: those belong to the other end.
func (p *IPsecPolicy) bare() *IPsecPolicy {
	value := func(f Fact) Fact { return Fact{Value: f.Value} }
	return &IPsecPolicy{Encryption: value(p.Encryption), Hash: value(p.Hash), PFS: value(p.PFS),
		LifetimeSeconds: value(p.LifetimeSeconds), Kilobytes: value(p.Kilobytes)}
}

func (p *IPsecPolicy) same(other *IPsecPolicy) bool {
	return p.Encryption.Value == other.Encryption.Value && p.Hash.Value == other.Hash.Value && p.PFS.Value == other.PFS.Value &&
		p.LifetimeSeconds.Value == other.LifetimeSeconds.Value && p.Kilobytes.Value == other.Kilobytes.Value
}

// isDefault reports whether a policy says no more than the service did by itself. The service writes
// 0 and nothing for what was not set, and RequireEncryption for any encryption.
// Source: docs/sources.md#ipsec.
func (p *IPsecPolicy) isDefault() bool {
	return oneOf(p.Encryption.Value, "", "RequireEncryption") && oneOf(p.Hash.Value, "", azure.ClassicSAIntegrity) && oneOf(p.PFS.Value, "", azure.ClassicPFS) &&
		oneOf(p.LifetimeSeconds.Value, "", "0", azure.ClassicSALifetimeSeconds) && oneOf(p.Kilobytes.Value, "", "0", azure.ClassicSAKilobytes)
}

// policyRefusal says what of a policy has no place in ARM, or nothing.
func policyRefusal(p *IPsecPolicy) string {
	switch p = wholePolicy(p); {
	case p.Encryption.Value == "NoEncryption":
		return "it asks for no encryption, which a connection in Resource Manager cannot have"
	case !known(azure.IPsecEncryption, p.Encryption):
		return "its encryption cannot be " + strconv.Quote(p.Encryption.written())
	case !known(azure.IPsecIntegrity, p.Hash):
		return "its hash cannot be " + strconv.Quote(p.Hash.written())
	case !known(azure.PFSGroup, p.PFS):
		return "its group cannot be " + strconv.Quote(p.PFS.written())
	case !atLeast(p.LifetimeSeconds, azure.MinSALifetimeSeconds):
		return "its lifetime cannot be " + p.LifetimeSeconds.written() + " seconds"
	case !atLeast(p.Kilobytes, azure.MinSAKilobytes):
		return "its lifetime cannot be " + p.Kilobytes.written() + " kilobytes"
	}
	return ""
}

func known(words func(string) (string, bool), f Fact) bool {
	_, ok := words(f.Value)
	return ok
}

func atLeast(f Fact, least int) bool {
	const most = 1<<31 - 1 // the property is a 32-bit number
	n, ok := plainNumber(f.Value, most)
	return ok && n >= least
}

// wholePolicy fills in what a policy leaves to the service, and spells the rest as ARM does.
func wholePolicy(p *IPsecPolicy) *IPsecPolicy {
	w := *p
	set := func(f *Fact, unset []string, fallback string, words func(string) (string, bool)) {
		if slices.Contains(unset, f.Value) {
			f.Value = fallback
		} else if word, ok := words(f.Value); ok {
			f.Value = word
		}
	}
	number := func(s string) (string, bool) { return s, true }
	set(&w.Encryption, []string{"", "RequireEncryption"}, azure.ClassicSAEncryption, azure.IPsecEncryption)
	set(&w.Hash, []string{""}, azure.ClassicSAIntegrity, azure.IPsecIntegrity)
	set(&w.PFS, []string{""}, azure.ClassicPFS, azure.PFSGroup)
	set(&w.LifetimeSeconds, []string{"", "0"}, azure.ClassicSALifetimeSeconds, number)
	set(&w.Kilobytes, []string{"", "0"}, azure.ClassicSAKilobytes, number)
	return &w
}

func policyRefs(p *IPsecPolicy) []diag.Ref {
	return slices.Concat(p.Refs, p.Encryption.Refs, p.Hash.Refs, p.PFS.Refs, p.LifetimeSeconds.Refs, p.Kilobytes.Refs)
}

// asksForPolicy reports whether a connection gets a whole policy in ARM, part of which is assumed.
func asksForPolicy(c *Connection, g *Gateway) bool {
	return c.Policy != nil && !c.Policy.isDefault() && policyRefusal(c.Policy) == "" || staticTunnel(c, g)
}
