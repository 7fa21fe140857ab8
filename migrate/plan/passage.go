package plan

import (
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
)

// Passage is what packets from spoke to spoke pass in a hub.
type Passage string

// The passages. Source: docs/design.md#transit.
const (
	NoPassage          Passage = ""             // spokes are peered with each other
	FirewallPassage    Passage = "firewall"     // an Azure Firewall, which the plan builds with its rules
	AppliancesPassage  Passage = "appliances"   // machines behind a load balancer: that is the plan's, they are somebody's
	RouteServerPassage Passage = "route-server" // the same machines, which announce to a Route Server where the spokes are
	GatewayPassage     Passage = "gateway"      // its VPN gateway, as a router between those that use it
	VPNPassage         Passage = "vpn"          // a tunnel between its gateway and that of another hub
)

// Passages lists those that can be asked for.
var Passages = []Passage{FirewallPassage, AppliancesPassage, RouteServerPassage, GatewayPassage, VPNPassage}

// passing is what the planner knows of a passage.
type passing struct {
	transit options.Transit    // what asks for it
	option  TransitKind        // what it is among the transit options
	term    string             // of a candidate's score
	kind    estate.GatewayKind // of the device, which routes name by its address, with its type; the rest is about devices alone
	typ     string
	subnet  string // that it stands in
	suffix  string // of its name, behind the hub's
	assumed string // the id of what is assumed of it

	a, the, are, pass, carry string // in sentences
	outcome                  string

	action                Action // of the step that makes it
	minutes               [2]int // Source: docs/sources.md#durations
	because, verify, undo string // verify takes its address
	ready                 string // what is looked at before routes lead to it
	keep, s, log          string // of its window: why there is one, and what shows that it is over
}

var passages = map[Passage]*passing{
	FirewallPassage: {
		transit: options.TransitFirewall, option: ByFirewall, term: "firewalls to run", kind: estate.Firewall, typ: estate.TypeFirewall, subnet: azure.FirewallSubnet, suffix: "-firewall", assumed: estate.AsmFirewall,
		a: "a firewall", the: "the firewall", are: "a firewall is", pass: "a firewall passes", carry: "the hub's firewall carries",
		outcome: "it passes the packets that routes lead to it",
		action:  CreateFirewall, minutes: [2]int{5, 15},
		because: "packets pass it that routes lead to it; its rules allow what the routes lead to it, and nothing else",
		verify:  "provisioningState is Succeeded, and its private address is %s: every route names that", undo: "delete the firewall and its policy",
		ready: "the firewall's private address is that of the routes, and its rules are there",
		keep:  "the firewall keeps state: until the routes of both sides lead through it, it sees", s: "s", log: "the firewall's log shows its packets",
	},
	AppliancesPassage: {
		transit: options.TransitNVA, option: ByAppliances, term: "sets of appliances to run", kind: estate.Appliance, typ: estate.TypeLoadBalancer, subnet: azure.ApplianceSubnet, suffix: "-appliances", assumed: estate.AsmAppliances,
		a: "appliances", the: "the appliances", are: "appliances are", pass: "the load balancer before appliances has", carry: "the hub's appliances carry",
		outcome: "it leads packets to the appliances behind it",
		action:  CreateAppliances, minutes: [2]int{30, 480},
		because: "packets pass them that routes lead there; the load balancer before them is the plan's, the machines and their rules are their owner's",
		verify:  "two machines or more that forward are behind the load balancer, its probe reaches them, and its private address is %s: every route names that",
		undo:    "the owner of the machines takes them out of the pool and the subnet; delete the load balancer",
		ready:   "the load balancer's private address is that of the routes, its probe reaches the appliances, and their rules allow what is led to them",
		keep:    "the appliances keep state: until the routes of both sides lead through them, they see", log: "the log of an appliance shows its packets",
	},
	RouteServerPassage: {
		transit: options.TransitRouteServer, option: ByRouteServer, term: "sets of appliances and Route Servers to run", kind: estate.Appliance, typ: estate.TypeLoadBalancer, subnet: azure.ApplianceSubnet, suffix: "-appliances", assumed: estate.AsmServed,
		a: "appliances and a Route Server", the: "the appliances", are: "appliances are", pass: "a Route Server has", carry: "the hub's appliances carry",
		outcome: "it leads packets to the appliances behind it",
		action:  CreateAppliances, minutes: [2]int{30, 480},
		because: "packets pass them that the routes of the Route Server lead there; the load balancer before them is the plan's, the machines, what they announce and their rules are their owner's",
		verify:  "two machines or more that forward are behind the load balancer, its probe reaches them, and its private address is %s: every announcement has that as its next hop",
		undo:    "the owner of the machines takes them out of the pool and the subnet; delete the load balancer",
		ready:   "the load balancer's private address is that next hop, its probe reaches the appliances, and their rules allow what is led to them",
	},
	GatewayPassage: {
		transit: options.TransitGateway, option: ByGateway, term: "pairs that a gateway passes on",
		a: "its gateway as a router", the: "the hub's gateway", are: "a gateway is", pass: "a gateway has", carry: "the hub's gateway carries",
	},
	VPNPassage: {
		transit: options.TransitVPN, option: ByHubTunnels, term: "pairs that a tunnel between hubs carries",
		a: "a tunnel to other hubs", the: "the tunnel between hubs", carry: "the tunnel between their hubs carries",
	},
}

// passageOf is what a way to join VNets leads them through.
func passageOf(t options.Transit) Passage {
	for _, p := range Passages {
		if passages[p].transit == t {
			return p
		}
	}
	return NoPassage
}

// passingOf is the passage that an object of a plan is, or nil.
func passingOf(g *estate.Gateway) *passing {
	for _, p := range Passages {
		if way := passages[p]; way.kind == g.Kind && way.typ == g.ID.Type {
			return way
		}
	}
	return nil
}

// is reports whether an object of a plan is what a passage is.
func (w *passing) is(p Passage) bool {
	return w != nil && passages[p] != nil && w.kind == passages[p].kind && w.typ == passages[p].typ
}

// isDevice reports whether a passage is an object of its own, which a new hub is made for.
func (p Passage) isDevice() bool { return passages[p] != nil && passages[p].typ != "" }

// passageWords are all of them for people.
func passageWords() string {
	words := make([]string, len(Passages))
	for i, p := range Passages {
		words[i] = string(p)
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// known reports whether a passage is none, or one of the list.
func (p Passage) known() bool { return p == NoPassage || passages[p] != nil }
