package estate

import (
	"slices"
	"strconv"
	"strings"
)

// What a classic file cannot say. Each is an assumption of the estate when it applies, and is
// printed in every report. Source: docs/sources.md#unknowns.
const (
	AsmFirewall      = "ASM-FIREWALL"        // the private address of a firewall that a plan builds
	AsmGuard         = "ASM-GUARD"           // what stands in subnets that get a security group
	AsmInspect       = "ASM-INSPECT"         // what a hub's gateway does for VNets that do not use it yet
	AsmServed        = "ASM-ROUTE-SERVER"    // what the appliances beside a Route Server that a plan builds do
	AsmAppliances    = "ASM-APPLIANCES"      // what the appliances of a hub that a plan builds do
	AsmLive          = "ASM-LIVE"            // the mesh runs today as the file describes it
	AsmGateway       = "ASM-GATEWAY"         // gateways exist, are provisioned and route-based
	AsmSKU           = "ASM-SKU"             // gateway SKU
	AsmAddress       = "ASM-ADDRESS"         // a placeholder was replaced by the real address later
	AsmKey           = "ASM-KEY"             // both ends have the same key
	AsmRegion        = "ASM-REGION"          // region behind an affinity group
	AsmRoutes        = "ASM-ROUTES"          // no route table, network security group or default site has an effect
	AsmOnPremises    = "ASM-ONPREM"          // on-premises devices route back what they are sent
	AsmOnPremTransit = "ASM-ONPREM-TRANSIT"  // an on-premises device forwards between VNets
	AsmExternal      = "ASM-EXTERNAL"        // a site that matches no VNet is on-premises
	AsmCircuit       = "ASM-CIRCUIT"         // ExpressRoute circuit and the prefixes it announces
	AsmCoexistence   = "ASM-COEXISTENCE"     // no VPN tunnel beside ExpressRoute
	AsmCertificates  = "ASM-P2S-CERTIFICATE" // root certificates of point-to-site
	AsmIPsec         = "ASM-IPSEC"           // the first phase of an IPsec policy
	AsmPairing       = "ASM-PAIRING"         // halves joined by inference
	AsmDNS           = "ASM-DNS"             // DNS servers answer from where they are
	AsmListing       = "ASM-LISTING"         // kinds that no input lists are not there
	AsmConnected     = "ASM-CONNECTED"       // connections whose status is not listed are up
	AsmManager       = "ASM-MANAGER"         // connectivity configurations are deployed as written
)

// assume lists what has to be assumed of an estate that classic files describe.
func assume(e *Estate) []Assumption {
	a := assumer{}
	x, names := NewIndex(e), NewNames(e)
	for i := range e.VNets {
		v := &e.VNets[i]
		name := names.VNet(v)
		if v.Region.Name == "" {
			a.of(AsmRegion, v.Region.String())
		}
		if len(v.DNS) > 0 {
			a.of(AsmDNS, name)
		}
		a.of(AsmRoutes, name)
	}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		name := g.VNet.Name + names.Whose(TypeVNet, g.VNet, g.VNet.Name)
		if !g.described() {
			a.of(AsmGateway, name)
		}
		if g.SKU == "" && (g.Absent() || !g.Size.Known()) {
			a.of(AsmSKU, name)
		}
		if len(g.ClientPools) > 0 && !g.Certified() {
			a.of(AsmCertificates, name)
		}
		if g.Kind == ExpressRouteGateway {
			if slices.ContainsFunc(x.ConnectionsOf(g.ID), func(c *Connection) bool { return c.Circuit.IsZero() }) {
				a.of(AsmCircuit, name)
			}
			if !slices.ContainsFunc(x.GatewaysOf(g.VNet), func(o *Gateway) bool { return o.Beside.Known() }) {
				a.of(AsmCoexistence, name)
			}
		}
	}
	vpn, up := map[Key]bool{}, map[Key]bool{}
	for i := range e.Connections {
		c := &e.Connections[i]
		name := c.ID.Name + names.Whose(TypeVNet, c.ID, c.ID.Name) + " to " + c.Site.Name
		if c.Kind == IPsec {
			vpn[c.Site.Key()] = true
			up[c.Site.Key()] = up[c.Site.Key()] || c.State.Value == StateConnected
			if !keySettled(x, c) {
				a.of(AsmKey, name)
			}
			if g := x.Gateway(c.Gateway); g != nil && asksForPolicy(c, g) {
				a.of(AsmIPsec, name)
			}
		}
		if c.Pairing.Confidence == Likely || c.Pairing.Confidence == Ambiguous {
			a.of(AsmPairing, name)
		}
	}
	for i := range e.Sites {
		s := &e.Sites[i]
		name := s.Name + names.Whose(TypeSite, s.ID, s.Name)
		switch {
		case !vpn[s.ID.Key()]:
			continue // unreferenced, or behind a circuit
		case s.Class != SiteUnresolved && s.Endpoint.IsZero():
			a.of(AsmOnPremises, s.Network)
			if s.Declared.Kind == Undeclared {
				a.of(AsmExternal, name)
			}
			if s.Class == SiteTransit {
				a.of(AsmOnPremTransit, name)
			}
		}
		if (s.Address.Placeholder != "" || !s.Address.IsValid()) && !up[s.ID.Key()] {
			a.of(AsmAddress, name)
		}
	}
	out := a.list()
	sayFilters(out, e)
	return out
}

// sayFilters puts into AsmRoutes what was read of route tables, default sites and security groups:
// the first two are followed, and the relation does not ask the groups.
func sayFilters(all []Assumption, e *Estate) {
	i := slices.IndexFunc(all, func(a Assumption) bool { return a.ID == AsmRoutes })
	if i < 0 {
		return
	}
	forced := 0
	for i := range e.Gateways {
		if !e.Gateways[i].DefaultSite.IsZero() {
			forced++
		}
	}
	var followed []string
	if n := len(e.RouteTables); n > 0 {
		followed = append(followed, counted(n, "route table"))
	}
	if forced > 0 {
		followed = append(followed, counted(forced, "default site")+" (forced tunnelling)")
	}
	were := func(n int) string {
		if n == 1 {
			return " that was read"
		}
		return " that were read"
	}
	groups := ""
	if n := len(e.SecurityGroups); n > 0 {
		groups = "the " + counted(n, "network security group") + were(n) + " let everything through: reach is about routes"
	}
	switch {
	case followed != nil && groups != "":
		all[i].Assumed = "nothing diverts packets but the " + listWords(followed) + were(len(e.RouteTables)+forced) + "; " + groups
	case followed != nil:
		all[i].Assumed = "nothing diverts packets but the " + listWords(followed) + were(len(e.RouteTables)+forced) + ", and no network security group stops them"
	case groups != "":
		all[i].Assumed = "no route table or default site diverts packets; " + groups
	default:
		return
	}
	all[i].Because = "a netcfg holds no route table, default site or network security group"
	all[i].Settle = "the dumps of all of them, or a live listing"
}

// counted is a number and what it counts.
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}

// listWords joins words as a sentence does: "a, b and c".
func listWords(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// keySettled reports whether nothing has to be assumed of a connection's shared key: the keys of both
// ends are known (when they differ, that is LINK-008), or the tunnel was up.
func keySettled(x *Index, c *Connection) bool {
	if !c.Key.Known() {
		return c.State.Value == StateConnected
	}
	partner := x.Connection(c.Pairing.Partner)
	return partner != nil && partner.Key.Known()
}

// described reports whether the service said whether a gateway exists and, where that matters, of
// which type it is.
func (g *Gateway) described() bool {
	return g.Absent() || g.State.Known() && (g.Routing.Known() || g.Kind == ExpressRouteGateway)
}

// Certified reports whether the data of every root certificate of a gateway is there.
func (g *Gateway) Certified() bool {
	return len(g.Certificates) > 0 && !slices.ContainsFunc(g.Certificates, func(c Certificate) bool { return !c.Data.Known() && !c.AppService() })
}

type assumer map[string][]string

func (a assumer) of(id, subject string) {
	if n := len(a[id]); n == 0 || a[id][n-1] != subject {
		a[id] = append(a[id], subject)
	}
}

// list returns the assumptions that apply, in the order of assumptionTexts.
func (a assumer) list() []Assumption {
	var out []Assumption
	for _, text := range assumptionTexts {
		if subjects, ok := a[text.ID]; ok {
			slices.Sort(subjects)
			text.Subjects = slices.Compact(subjects)
			out = append(out, text)
		}
	}
	return out
}

// AssumptionText is the catalogued text of an assumption, without subjects.
func AssumptionText(id string) (Assumption, bool) {
	i := slices.IndexFunc(assumptionTexts, func(a Assumption) bool { return a.ID == id })
	if i < 0 {
		return Assumption{}, false
	}
	return assumptionTexts[i], true
}

// AssumptionTexts are all catalogued assumptions, without subjects.
func AssumptionTexts() []Assumption { return slices.Clone(assumptionTexts) }

var assumptionTexts = []Assumption{
	{ID: AsmLive,
		Assumed: "the network that the files describe runs today in its ARM form: the same VNets, gateways and connections",
		Because: "a classic file describes the past; classic gateways have been retired",
		Settle:  "a listing of the live subscription, verified against this plan before the first step"},
	{ID: AsmFirewall,
		Assumed: "a new Azure Firewall takes the first free address of its subnet, which is the fifth",
		Because: "the routes that lead to it name its private address, and the platform chooses that when it is created",
		Settle:  "the address that it got, before the first route table is associated"},
	{ID: AsmGuard,
		Assumed: "in subnets that a plan gives a security group nothing is reached from the Internet by a group of its own interface, and there is no private endpoint, application gateway or other service that a group does not filter, or that needs rules of its own",
		Because: "interfaces, private endpoints and services are in no input, or not all of them; a subnet's group filters before that of an interface, and its default rules let nothing in from the Internet",
		Settle:  "a look at what stands in these subnets, before the group comes to them"},
	{ID: AsmInspect,
		Assumed: "the gateway of a hub hands to the firewall or the appliances there, by the routes of its GatewaySubnet, what comes for VNets that do not use it yet, and takes what they send back through them",
		Because: "the platform documents these routes for VNets that use the gateway; that they need none of it follows from how routes work, and is experience elsewhere",
		Settle:  "a test VNet with a gateway of its own that is peered with the hub: it answers from on-premises by the hub's tunnel, before the window"},
	{ID: AsmAppliances,
		Assumed: "the appliances of a new hub pass what the route tables lead to them and nothing else, in both directions of a session on one machine, without translating addresses; they answer the probes of their load balancer, which come from 168.63.129.16, at TCP port 22",
		Because: "no input tells which appliances they are; a load balancer is documented to spread TCP and UDP of all ports, and says nothing of other protocols such as ICMP, ESP or GRE",
		Settle:  "what the owner of the appliances says, and a session through them in each direction, before the first route table is associated"},
	{ID: AsmServed,
		Assumed: "the appliances of a new hub announce to both instances of its Route Server what the plan lists, with the address of their load balancer as the next hop, and nothing else; they pass between the VNets of their rules, and nobody else, in both directions of a session on one machine, without translating addresses, and answer the probes of the load balancer at TCP port 22",
		Because: "no input tells which appliances they are; a Route Server makes routes of what is announced, whatever that is, for every VNet that uses it",
		Settle:  "what the owner of the appliances says, the routes that the Route Server has learned, and a session through them in each direction from a test VNet, before the first window"},
	{ID: AsmGateway,
		Assumed: "every VNet with connections or a client pool has a provisioned, route-based (dynamic) gateway",
		Because: "a netcfg says neither whether a gateway was created nor its routing type",
		Settle:  "the gateway's dump (GatewayType, State), or a live listing"},
	{ID: AsmSKU,
		Assumed: "a gateway of the smallest zone-redundant SKU carries the traffic",
		Because: "a netcfg does not name SKUs; classic gateways reached 100 or 200 Mbps",
		Settle:  "the gateway's size, or measured throughput"},
	{ID: AsmAddress,
		Assumed: "the real device address was entered after this file was saved, and the tunnel came up",
		Because: "the file holds no address or a placeholder",
		Settle:  "the address of the device"},
	{ID: AsmKey,
		Assumed: "both ends of the tunnel have the same shared key",
		Because: "keys are not in a netcfg",
		Settle:  "compare the keys at both ends; they are set from a Key Vault secret in the target"},
	{ID: AsmIPsec,
		Assumed: "the first phase (IKE) of the policy is what classic gateways used: AES256, SHA1, DHGroup2; where the policy leaves the encryption open, it is AES256",
		Because: "a classic IPsec policy has no first phase, and a static gateway had no policy of its own",
		Settle:  "the configuration of the device, or of the other gateway"},
	{ID: AsmPairing,
		Assumed: "two connections are the two ends of one tunnel",
		Because: "a netcfg does not say which VNet a local network site stands for",
		Settle:  "the public addresses of the gateways"},
	{ID: AsmRegion,
		Assumed: "nothing: the region is asked for as a template parameter",
		Because: "an affinity group does not tell its region, or the location is not a known one",
		Settle:  "the region of the affinity group"},
	{ID: AsmRoutes,
		Assumed: "no route table, network security group or default site (forced tunnelling) changes what is reachable",
		Because: "they are not in a netcfg",
		Settle:  "their dumps, or a live listing"},
	{ID: AsmOnPremises,
		Assumed: "the device routes back to whatever sends to it through its tunnel, and to nothing else",
		Because: "routing outside Azure is not in any Azure document",
		Settle:  "the device's routes and traffic selectors"},
	{ID: AsmOnPremTransit,
		Assumed: "nothing: whether the device forwards between VNets stays unknown",
		Because: "a site of an on-premises device lists ranges of VNets",
		Settle:  "the device's routes, or a test between the VNets"},
	{ID: AsmExternal,
		Assumed: "the site is an on-premises network",
		Because: "its prefixes match no VNet of the given files, but it may be a VNet of another subscription",
		Settle:  "the files of the other subscriptions"},
	{ID: AsmCircuit,
		Assumed: "the circuit stays as it is and announces the prefixes of its site",
		Because: "ExpressRoute takes prefixes from BGP; a netcfg names neither circuit nor routes",
		Settle:  "the circuit's id and its route table"},
	{ID: AsmCoexistence,
		Assumed: "no site-to-site tunnel exists beside ExpressRoute",
		Because: "such tunnels were kept outside the netcfg",
		Settle:  "the dump of the second-generation gateways and connections"},
	{ID: AsmCertificates,
		Assumed: "nothing: the root certificates are asked for as template parameters",
		Because: "they are not in a netcfg",
		Settle:  "the public data of the root certificates"},
	{ID: AsmDNS,
		Assumed: "each DNS server stays where it is and answers as before",
		Because: "an address does not say where its server runs",
		Settle:  "where each server runs, and which names it answers"},
	{ID: AsmListing,
		Assumed: "there are none of the kinds of resources that no input lists",
		Because: "a list that nobody asked for cannot be told from an empty one",
		Settle:  "a list of every kind, even if it is empty; netmigrate collect prints the commands"},
	{ID: AsmConnected,
		Assumed: "the connection is up",
		Because: "the listing holds no connectionStatus; a list of connections leaves it out",
		Settle:  "az network vpn-connection show of each, as netmigrate collect does"},
	{ID: AsmManager,
		Assumed: "the connectivity configuration is deployed as it is written, to the members that are listed",
		Because: "a listing of configurations does not say which of them is deployed",
		Settle:  "the effective connectivity of each VNet (az network manager list-effective-connectivity-config)"},
}
