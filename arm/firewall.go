package arm

// Firewall is the body of an Azure Firewall that stands in a virtual network. Its private address is
// the platform's to choose. Its rules are those of its policy.
type Firewall struct {
	Tier             string // "Basic", "Standard" or "Premium"
	Policy           string // resource id
	IPConfigurations []FirewallIPConfiguration
}

// FirewallIPConfiguration ties a firewall to its subnet, which must be called AzureFirewallSubnet, or
// brings it a further public address.
type FirewallIPConfiguration struct {
	Name            string
	Subnet          string // resource id; of the first only
	PublicIPAddress string // resource id
}

// FirewallPolicy is the body of a firewall policy. Its rules are resources of their own.
type FirewallPolicy struct {
	Tier        string // that of its firewalls, or a lower one
	ThreatIntel string // "Alert", "Deny" or "Off"
}

// RuleCollectionGroup is the body of a group of rules of a firewall policy.
type RuleCollectionGroup struct {
	Priority    int // 100 to 65000, unique in its policy
	Collections []FilterCollection
}

// FilterCollection is a set of network rules with one action.
type FilterCollection struct {
	Name     string
	Priority int    // 100 to 65000, unique in its group
	Action   string // "Allow" or "Deny"
	Rules    []NetworkRule
}

// NetworkRule names packets by addresses and ports. Addresses are CIDR, an address, "*" or a tag;
// ports a number, a range or "*".
type NetworkRule struct {
	Name                  string
	Protocols             []string // "TCP", "UDP", "ICMP" or "Any"
	Sources, Destinations []string
	DestinationPorts      []string
}

func (f *Firewall) emit(e emitter) {
	e.open('{')
	e.key("sku")
	e.open('{')
	e.text("name", "AZFW_VNet")
	e.text("tier", f.Tier)
	e.close('}')
	e.ref("firewallPolicy", f.Policy)
	e.key("ipConfigurations")
	e.open('[')
	for i := range f.IPConfigurations {
		f.IPConfigurations[i].emit(e)
	}
	e.close(']')
	e.close('}')
}

func (c *FirewallIPConfiguration) emit(e emitter) {
	e.open('{')
	e.text("name", c.Name)
	e.key("properties")
	e.open('{')
	e.ref("subnet", c.Subnet)
	e.ref("publicIPAddress", c.PublicIPAddress)
	e.close('}')
	e.close('}')
}

func (p *FirewallPolicy) emit(e emitter) {
	e.open('{')
	e.key("sku")
	e.open('{')
	e.text("tier", p.Tier)
	e.close('}')
	e.text("threatIntelMode", p.ThreatIntel)
	e.close('}')
}

func (g *RuleCollectionGroup) emit(e emitter) {
	e.open('{')
	e.integer("priority", g.Priority)
	e.key("ruleCollections")
	e.open('[')
	for i := range g.Collections {
		g.Collections[i].emit(e)
	}
	e.close(']')
	e.close('}')
}

func (c *FilterCollection) emit(e emitter) {
	e.open('{')
	e.text("ruleCollectionType", "FirewallPolicyFilterRuleCollection")
	e.text("name", c.Name)
	e.integer("priority", c.Priority)
	e.key("action")
	e.open('{')
	e.text("type", c.Action)
	e.close('}')
	e.key("rules")
	e.open('[')
	for i := range c.Rules {
		c.Rules[i].emit(e)
	}
	e.close(']')
	e.close('}')
}

func (r *NetworkRule) emit(e emitter) {
	e.open('{')
	e.text("ruleType", "NetworkRule")
	e.text("name", r.Name)
	e.list("ipProtocols", r.Protocols)
	e.list("sourceAddresses", r.Sources)
	e.list("destinationAddresses", r.Destinations)
	e.list("destinationPorts", r.DestinationPorts)
	e.close('}')
}
