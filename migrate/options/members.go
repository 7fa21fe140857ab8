package options

// member is one member of an object of the file: the only table that the reader and the published
// schema are made of. T is the object; exactly one of text, texts and certificates says where the
// value goes.
type member[T any] struct {
	name, about string
	form        form // of the value, or of each value in the list or mapping
	required    bool

	text         func(*T) *Text
	texts        func(*T) *[]Text            // a list
	certificates func(*T) *[]RootCertificate // a mapping of name to data
}

// head is what the file says about the run as a whole.
type head struct{ version, mode, hub, transit, inspect, exposure, keyVault Text }

var headMembers = []member[head]{
	{name: "version", about: "the version of this format", form: versions, required: true, text: func(h *head) *Text { return &h.version }},
	{name: "mode", about: "what the input describes, as --mode", form: modes, text: func(h *head) *Text { return &h.mode }},
	{name: "hub", about: "the hub, as --hub: auto, new, none, regional, several, or the name of a VNet", form: hubs, text: func(h *head) *Text { return &h.hub }},
	{name: "transit", about: "how VNets that reach each other are joined, as --transit", form: transits, text: func(h *head) *Text { return &h.transit }},
	{name: "inspect", about: "what passes the firewall or the appliances of a hub, as --inspect", form: inspects, text: func(h *head) *Text { return &h.inspect }},
	{name: "exposure", about: "what becomes of pairs that the target newly joins, as --exposure", form: exposures, text: func(h *head) *Text { return &h.exposure }},
	{name: "keyVault", about: "resource id of the Key Vault that holds the shared keys, as --key-vault", form: vaults, text: func(h *head) *Text { return &h.keyVault }},
}

var subscriptionMembers = []member[Subscription]{
	{name: "id", about: "the id of the subscription", form: guids, text: func(s *Subscription) *Text { return &s.ID }},
	{name: "tenant", about: "the id of its tenant", form: guids, text: func(s *Subscription) *Text { return &s.Tenant }},
	{name: "resourceGroup", about: "the resource group of the converted network", form: groups, text: func(s *Subscription) *Text { return &s.ResourceGroup }},
}

var gatewayMembers = []member[Gateway]{
	{name: "address", about: "its public address", form: addresses, text: func(g *Gateway) *Text { return &g.Address }},
	{name: "routing", about: "its routing type", form: routings, text: func(g *Gateway) *Text { return &g.Routing }},
	{name: "size", about: "its classic size", form: sizes, text: func(g *Gateway) *Text { return &g.Size }},
	{name: "sku", about: "the size wanted in Resource Manager", form: skus, text: func(g *Gateway) *Text { return &g.SKU }},
	{name: "state", about: "whether it exists", form: states, text: func(g *Gateway) *Text { return &g.State }},
	{name: "defaultSite", about: "the site that its default route leads to (forced tunnelling)", form: anyName, text: func(g *Gateway) *Text { return &g.DefaultSite }},
	{name: "rootCertificates", about: "the root certificates of point-to-site clients, by name", form: certificates, certificates: func(g *Gateway) *[]RootCertificate { return &g.RootCertificates }},
}

var connectionMembers = []member[Connection]{
	{name: "vnet", about: "the VNet, or subscription/VNet", form: anyName, required: true, text: func(c *Connection) *Text { return &c.VNet }},
	{name: "site", about: "the local network site", form: anyName, required: true, text: func(c *Connection) *Text { return &c.Site }},
	{name: "key", about: "the name of the secret with the shared key in the Key Vault, never the key", form: keyNames, text: func(c *Connection) *Text { return &c.Key }},
	{name: "state", about: "whether the tunnel is up", form: linkStates, text: func(c *Connection) *Text { return &c.State }},
	{name: "circuit", about: "the circuit of an ExpressRoute connection, one of circuits", form: anyName, text: func(c *Connection) *Text { return &c.Circuit }},
}

var siteMembers = []member[Site]{
	{name: "is", about: "what the site stands for", form: siteKinds, text: func(s *Site) *Text { return &s.Is }},
	{name: "vnet", about: "the VNet that it stands for, or subscription/VNet, when it is a vnet", form: anyName, text: func(s *Site) *Text { return &s.VNet }},
	{name: "address", about: "the public address of its device", form: addresses, text: func(s *Site) *Text { return &s.Address }},
}

var circuitMembers = []member[Circuit]{
	{name: "resourceId", about: "its resource id", form: circuits, text: func(c *Circuit) *Text { return &c.ResourceID }},
	{name: "authorization", about: "asks for its authorization key as a secure parameter, when it belongs to another subscription", form: parameter, text: func(c *Circuit) *Text { return &c.Authorization }},
	{name: "vnets", about: "the VNets linked to it, or subscription/VNet", form: anyName, texts: func(c *Circuit) *[]Text { return &c.VNets }},
}

var (
	betweenMember = member[Pair]{name: "between", about: "a place: a VNet, an on-premises network, or the clients of a VNet (clients of hub); with * and ? for any letters", form: anyName, required: true, text: func(p *Pair) *Text { return &p.Between }}
	andMember     = member[Pair]{name: "and", about: "the other place; only one of the two may have * and ?", form: anyName, required: true, text: func(p *Pair) *Text { return &p.And }}
	reasonMember  = member[Pair]{name: "reason", about: "who decided it and why", form: anyReason, text: func(p *Pair) *Text { return &p.Reason }}

	requiredMembers = []member[Pair]{betweenMember, andMember,
		{name: "require", about: "what they need beside a connection", form: demands, text: func(p *Pair) *Text { return &p.Require }}, reasonMember}
	forbiddenMembers = []member[Pair]{betweenMember, andMember, reasonMember}
	acceptedMembers  = []member[Pair]{betweenMember, andMember,
		{name: "reason", about: "who decided it and why", form: anyReason, required: true, text: func(p *Pair) *Text { return &p.Reason }},
		{name: "expires", about: "the last day on which it counts", form: dates, text: func(p *Pair) *Text { return &p.Expires }}}
)

var suppressionMembers = []member[Suppression]{
	{name: "rule", about: "the id of a rule", form: rules, required: true, text: func(s *Suppression) *Text { return &s.Rule }},
	{name: "object", about: "a name or file that the finding is about, with * and ? for any letters; without it all of the rule", form: anyName, text: func(s *Suppression) *Text { return &s.Object }},
	{name: "reason", about: "who decided it and why", form: anyReason, required: true, text: func(s *Suppression) *Text { return &s.Reason }},
	{name: "expires", about: "the last day on which it counts", form: dates, text: func(s *Suppression) *Text { return &s.Expires }},
}

// sections are the members of the file that hold several objects, in the order of the reference.
var sections = []struct {
	name, about string
	read        func(d *decoder, n node, name string)
}{
	{"subscriptions", "by the file or folder as the command line names it, or its base name", func(d *decoder, n node, name string) {
		named(d, n, name, subscriptionMembers, func(s *Subscription) *Text { return &s.Name }, &d.o.Subscriptions)
	}},
	{"affinityGroups", "the region of each affinity group", (*decoder).affinityGroups},
	{"gateways", "by VNet, or subscription/VNet", func(d *decoder, n node, name string) {
		named(d, n, name, gatewayMembers, func(g *Gateway) *Text { return &g.VNet }, &d.o.Gateways)
	}},
	{"connections", "each by its VNet and site", func(d *decoder, n node, name string) { listed(d, n, name, connectionMembers, &d.o.Connections) }},
	{"sites", "by local network site, or subscription/site", func(d *decoder, n node, name string) {
		named(d, n, name, siteMembers, func(s *Site) *Text { return &s.Name }, &d.o.Sites)
	}},
	{"circuits", "ExpressRoute circuits, by a name of your own", func(d *decoder, n node, name string) {
		named(d, n, name, circuitMembers, func(c *Circuit) *Text { return &c.Name }, &d.o.Circuits)
	}},
	{"required", "pairs of places that have to reach each other, whether they do today or not", func(d *decoder, n node, name string) { listed(d, n, name, requiredMembers, &d.o.Required) }},
	{"forbidden", "pairs that must not reach each other", func(d *decoder, n node, name string) { listed(d, n, name, forbiddenMembers, &d.o.Forbidden) }},
	{"accept", "pairs that may reach each other in the target although they do not today", func(d *decoder, n node, name string) { listed(d, n, name, acceptedMembers, &d.o.Accepted) }},
	{"traffic", "what passes from one place to another in a month, for the cost of a plan", func(d *decoder, n node, name string) { listed(d, n, name, trafficMembers, &d.o.Traffic) }},
	{"suppress", "findings that somebody has looked at", func(d *decoder, n node, name string) { listed(d, n, name, suppressionMembers, &d.o.Suppressions) }},
}
