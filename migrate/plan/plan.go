// Package plan finds the way from a mesh of VPN gateways to peerings, with a hub where one is
// needed: the target, the ordered steps, and the proof that no required connection is lost.
//
// A plan is data. It holds the estate before, the steps with their typed effects, and the
// decisions with their reasons; everything that is printed is a view of it.
package plan

import (
	"net/netip"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Plan is the way from Base to Target.
type Plan struct {
	Mode       options.Mode
	Base       *estate.Estate // the estate before the first step, in ARM form
	Fates      []diag.Fate    // of the input's leaves that ended on the way to Base
	Target     *estate.Estate // the estate after the last
	Components []Component
	Outcomes   []Outcome        // what becomes of every gateway, site and connection of Base
	Steps      []Step           // in order of waves
	Windows    []Window         // declared interruptions
	Asks       []Ask            // what people ask of pairs, in order
	Traffic    []cost.Flow      // what passes between the places of Base, as far as people told, in order
	Decisions  []Decision       // what people decided about an earlier form of it, which it keeps
	Inspect    options.Inspect  // what passes the firewall or the appliances of a hub
	Exposure   options.Exposure // what becomes of pairs that the target newly joins
	Closed     []ClosedPair     // those that security groups keep apart
	// PlannedAsks are those that its steps were made for: a person may have edited Asks since.
	PlannedAsks []Ask

	Before, After *reach.Relation
	Verdicts      []reach.Verdict // Before against After, without what is preserved unchanged

	Assumptions []estate.Assumption
	Violations  []Violation // what Check says of this plan
	Opened      []Violation // what Check says is open for a while only
	Checked     []string    // which states Check walked, in words
}

// Class is the shape of the tunnels of a component.
type Class string

// The classes. Source: docs/design.md#classes.
const (
	Single   Class = "single" // one VNet, no tunnel to another
	Peered   Class = "peered" // several VNets that peerings or connected groups join, and no tunnel
	Pair     Class = "pair"
	Chain    Class = "chain"
	Star     Class = "star"
	FullMesh Class = "full mesh"
	Mixed    Class = "mixed"
)

// Classes lists them.
var Classes = []Class{Single, Peered, Pair, Chain, Star, FullMesh, Mixed}

// Component is a set of VNets that tunnels, peerings or connected groups join, directly or through others.
type Component struct {
	Name    string // of its first VNet
	VNets   []estate.ID
	Class   Class
	Tunnels int // between VNets of the component
	Hub     Hub
	// Kept are the required pairs that stay on VPN, because their peering is not possible.
	Kept []KeptPair
	// Overlaps are those that keep pairs on VPN, and what can be done about them; nil where there are none.
	Overlaps *Overlaps
	// WAN is what a Virtual WAN would be in the place of its target; nil where no tunnel joins its VNets.
	WAN *WAN
	// Transits compares how its VNets could be joined; nil where its candidates have no prices, or no tunnel carries a pair.
	Transits []TransitOption
}

// KeptPair is a required pair that no peering can carry.
type KeptPair struct {
	A, B    string // locations, for people
	Because string
}

// HubKind says what the hub is.
type HubKind string

// The kinds of hub.
const (
	NoHub        HubKind = "none"
	ExistingHub  HubKind = "existing"
	NewHub       HubKind = "new"
	RegionalHubs HubKind = "regional" // one for each region with VNets that reach networks behind gateways
	SeveralHubs  HubKind = "several"  // as many as addresses and limits demand
)

// HubKinds lists them.
var HubKinds = []HubKind{NoHub, ExistingHub, NewHub, RegionalHubs, SeveralHubs}

// Hub is the chosen hub of a component, and how it was chosen.
type Hub struct {
	Kind       HubKind
	VNet       estate.ID
	Because    string
	Asked      bool         // it is one that somebody named
	Candidates []Candidate  // best first; the first is the chosen one, the second the runner-up
	Passage    Passage      // what pairs of spokes pass in it
	Grouped    bool         // connected groups join spokes
	Space      netip.Prefix // of a new hub
	Region     string       // of a new hub
	Several    []PlacedHub  // of the regions, or as many as are demanded, where the kind is so
}

// Blocks are the address spaces of new hubs.
func (h *Hub) Blocks() []netip.Prefix {
	var out []netip.Prefix
	if h.Space.IsValid() {
		out = append(out, h.Space)
	}
	for _, r := range h.Several {
		if r.Space.IsValid() {
			out = append(out, r.Space)
		}
	}
	return out
}

// PlacedHub is one of several hubs, and where it is.
type PlacedHub struct {
	Region string
	VNet   estate.ID
	Space  netip.Prefix // of a new one
}

// VNets are the hub, or the hubs of the regions.
func (h *Hub) VNets() []estate.ID {
	var out []estate.ID
	if !h.VNet.IsZero() {
		out = append(out, h.VNet)
	}
	for _, r := range h.Several {
		out = append(out, r.VNet)
	}
	return out
}

// Candidate is one way to lay the component out.
type Candidate struct {
	Kind    HubKind
	VNet    estate.ID
	Passage Passage // what pairs of spokes pass in it, who are not peered
	Grouped bool    // connected groups join some of them in place of peerings
	Terms   []Term
	Points  int
	Refused string // why it cannot be used, or ""
	// Monthly is what it would cost; nil where that is not asked: of more than a few candidates, and in large components.
	Monthly *Monthly
}

// Term is one part of a candidate's score: fewer points are better.
type Term struct {
	Name   string
	Count  int
	Weight int
}

// What says what becomes of an object.
type What string

// The outcomes.
const (
	Keep   What = "keep"
	Remove What = "remove"
	Create What = "create"
	Change What = "change"
)

// Whats lists them.
var Whats = []What{Keep, Remove, Create, Change}

// Outcome is what becomes of an object, and why.
type Outcome struct {
	Object  estate.ID
	What    What
	Because string
}

// Action is what a step does. Source of the catalogue: docs/design.md#steps.
type Action string

// The actions.
const (
	Export           Action = "export"
	VerifyListing    Action = "verify listing"
	ChangeDevice     Action = "change device"
	MigrateVNet      Action = "migrate classic VNet"
	RestorePrefixes  Action = "restore prefixes"
	CreateVNet       Action = "create VNet"
	CreateFirewall   Action = "create firewall"
	CreateAppliances Action = "create appliances"

	CreateRouteServer Action = "create Route Server"

	CloseSubnets     Action = "close subnets"
	CreateRoutes     Action = "create route tables"
	AssociateRoutes  Action = "associate route table"
	CreateGateway    Action = "create gateway"
	CreateConnection Action = "create connection"
	CreateGroups     Action = "create connected groups"
	CreatePeering    Action = "create peering"
	VerifyReach      Action = "verify reach"
	DeleteTunnel     Action = "delete tunnel"
	DeleteGateway    Action = "delete gateway"
	UseRemoteGateway Action = "use remote gateway"
	CleanUp          Action = "clean up"
)

// Actions lists them.
var Actions = []Action{
	Export, VerifyListing, ChangeDevice, MigrateVNet, RestorePrefixes, CreateVNet, CreateFirewall, CreateRouteServer, CreateAppliances, CloseSubnets, CreateRoutes, AssociateRoutes,
	CreateGateway, CreateConnection, CreateGroups, CreatePeering, VerifyReach, DeleteTunnel, DeleteGateway, UseRemoteGateway, CleanUp,
}

// Step is one thing to do.
type Step struct {
	ID      string
	Wave    int // steps of one wave may be done in any order; the platform takes one write per VNet at a time
	Action  Action
	Object  estate.ID
	Also    []estate.ID // further objects of the same step: the other half of a peering or tunnel
	Because string
	Needs   []string // ids of the steps that come first
	Effect  Effect
	Impact  Impact
	Verify  string // what must be seen before the next step
	Undo    string // how a person takes it back
	Back    Undo   // the same, as data
}

// Effect is what a step changes: the removals take effect at its start, the additions at its end.
// An added object replaces one of the same ID.
type Effect struct {
	Remove []estate.ID
	Add    *estate.Estate
}

// ImpactClass says how a step touches traffic.
type ImpactClass string

// The classes of impact.
const (
	Live         ImpactClass = "live"         // no traffic is touched, or it moves without a gap
	Brief        ImpactClass = "brief"        // seconds to a minute
	Interrupting ImpactClass = "interrupting" // the named pairs are cut
)

// ImpactClasses lists them.
var ImpactClasses = []ImpactClass{Live, Brief, Interrupting}

// Impact is what a step does to traffic, and how long it takes.
type Impact struct {
	Class    ImpactClass
	Minutes  [2]int // shortest and longest duration of the step itself; 0, 0 when it depends on people
	Window   string // id of the declared window it belongs to, or ""
	NoReturn bool   // something does not come back, however it is undone
}

// Window is a declared interruption.
type Window struct {
	ID      string
	Cause   string // U1: gateway to remote gateway; U2: platform migration; U6: routes through a firewall or appliances; U11: peerings that hide each other's ways. Source: docs/design.md#windows
	Because string
	Pairs   [][2]string // locations, for people
	Minutes [2]int
	Steps   []string
}

// Violation is something that Check found wrong with a state of the plan, and with those that follow.
type Violation struct {
	After string // the first state, in words: "wave 3"
	Until string // the last state where it is still so, when that is another one
	Rule  string
	Text  string
}

// When says at which states it is so.
func (v Violation) When() string {
	if v.Until == "" {
		return "after " + v.After
	}
	return "after " + v.After + ", until after " + v.Until
}

// Finding is the violation as a finding at a place: of its own rule where that is about plans, else of
// PLAN-001, whose message names the other one.
func (v Violation) Finding(at diag.Pos) diag.Finding {
	if strings.HasPrefix(v.Rule, "PLAN-") {
		return diag.New(v.Rule, at, "%s: %s", v.When(), v.Text)
	}
	return diag.New("PLAN-001", at, "%s: %s: %s", v.When(), v.Rule, v.Text)
}
