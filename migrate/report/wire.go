package report

import "net/netip"

// PlanFormat is the version of a WirePlan. A reader refuses any other; within a version, members
// are only ever added.
const PlanFormat = "netmigrate.plan/v1"

// FindingsFormat is the version of a WireFindings.
const FindingsFormat = "netmigrate.findings/v1"

// WirePlan is a plan as JSON: everything that it holds, apart from the relations, which follow
// from the estates. It holds no shared key, only the names of the parameters for them.
type WirePlan struct {
	Format      string           `json:"format" jsonschema:"enum=netmigrate.plan/v1"`
	Mode        string           `json:"mode" jsonschema:"enum=as-if-live,enum=rebuild,enum=classic-live,enum=arm-live"`
	Summary     WireSummary      `json:"summary"`
	Assumptions []WireAssumption `json:"assumptions"`
	Violations  []WireViolation  `json:"violations"`       // what the check says of the plan; empty when it is sound
	Opened      []WireViolation  `json:"opened,omitempty"` // pairs that may talk on the way, and neither before nor at the end
	Checked     []string         `json:"checked"`          // the states that were checked, in words
	Components  []WireComponent  `json:"components"`
	Steps       []WireStep       `json:"steps"` // in order of waves
	Windows     []WireWindow     `json:"windows"`
	Pairs       []WireAsk        `json:"pairs,omitempty"`                                    // what people ask of pairs of places
	Inspect     string           `json:"inspect,omitempty" jsonschema:"enum=vnets,enum=all"` // what passes the firewall or the appliances of a hub
	// What becomes of pairs that the target newly joins, and those that security groups keep apart.
	Exposure string       `json:"exposure,omitempty" jsonschema:"enum=named,enum=closed"`
	Closed   []WireClosed `json:"closed,omitempty"`
	Traffic  []WireFlow   `json:"traffic,omitempty"` // what passes between places in a month, as far as people told
	// The pairs that the steps were made for; pairs may be edited, these may not.
	PlannedPairs []WireAsk      `json:"plannedPairs,omitempty"`
	Decisions    []WireDecision `json:"decisions,omitempty"` // what people decided about an earlier form of the plan, and what it keeps
	Outcomes     []WireOutcome  `json:"outcomes"`
	Verdicts     []WireVerdict  `json:"verdicts"` // what changes in reach; pairs that stay as they are are left out
	Elements     []WireElement  `json:"elements"` // what became of each classic element
	Coverage     *WireCoverage  `json:"coverage,omitempty"`
	Findings     []WireFinding  `json:"findings"`
	Cost         *WireCost      `json:"cost,omitempty"` // a month, at list price
	Base         WireEstate     `json:"base"`           // before the first step, in ARM form
	Target       WireEffect     `json:"target"`         // after the last step, as what base has to lose and gain
}

// WireClosed is a pair that routes join and a security group keeps apart.
type WireClosed struct {
	A     WireLocation `json:"a"`
	B     WireLocation `json:"b"`
	Group WireID       `json:"securityGroup"`
}

// WireSummary counts what a reader looks for first.
type WireSummary struct {
	VNets         int            `json:"virtualNetworks"`
	Components    int            `json:"components"`
	Steps         int            `json:"steps"`
	Waves         int            `json:"waves"`
	Windows       int            `json:"windows"`
	RequiredPairs int            `json:"requiredPairs"` // pairs of locations that talk before; all of them must after
	Verdicts      map[string]int `json:"verdicts"`      // pairs by class, each once in it
	Violations    int            `json:"violations"`
	Errors        int            `json:"errors"`
	Warnings      int            `json:"warnings"`
	Notes         int            `json:"notes"`
}

// WireID names an object. In a classic estate the group is empty and the subscription is the name
// of the document.
type WireID struct {
	Cloud        string `json:"cloud,omitempty"`
	Tenant       string `json:"tenant,omitempty"`
	Subscription string `json:"subscription,omitempty"`
	Group        string `json:"group,omitempty"`
	Type         string `json:"type"` // the ARM type without its provider: virtualNetworks
	Name         string `json:"name"`
	Child        string `json:"child,omitempty"`
}

// WireComponent is a set of VNets that tunnels connect, and its hub.
type WireComponent struct {
	Name    string         `json:"name"`
	Class   string         `json:"class" jsonschema:"enum=single,enum=peered,enum=pair,enum=chain,enum=star,enum=full mesh,enum=mixed"`
	VNets   []WireID       `json:"virtualNetworks"`
	Tunnels int            `json:"tunnels"`
	Hub     WireHub        `json:"hub"`
	Kept    []WireKeptPair `json:"keptOnVpn,omitempty"`

	Overlaps *WireOverlaps `json:"overlaps,omitempty"` // those that keep pairs on VPN
	// VirtualWAN compares the target with a Virtual WAN, which no plan builds; absent where no tunnel joins the networks.
	VirtualWAN *WireWAN `json:"virtualWan,omitempty"`
	// Transits compares how the networks could be joined; absent of large components, and where no tunnel carries a pair.
	Transits []WireTransit `json:"transitOptions,omitempty"`
}

// WireKeptPair is a required pair that stays on VPN.
type WireKeptPair struct {
	A       string `json:"a"`
	B       string `json:"b"`
	Because string `json:"because"`
}

// WireHub is the chosen hub and how it was chosen.
type WireHub struct {
	Kind       string          `json:"kind" jsonschema:"enum=none,enum=existing,enum=new,enum=regional,enum=several"`
	Passage    string          `json:"passage,omitempty" jsonschema:"enum=firewall,enum=appliances,enum=route-server,enum=gateway,enum=vpn"` // what pairs of spokes pass in it
	Grouped    bool            `json:"connectedGroups,omitempty"`                                                                            // they join spokes
	VNet       *WireID         `json:"virtualNetwork,omitempty"`
	Because    string          `json:"because"`
	Asked      bool            `json:"asked,omitempty"`      // it is one that somebody named
	Candidates []WireCandidate `json:"candidates,omitempty"` // best first
	Space      string          `json:"addressSpace,omitempty"`
	Region     string          `json:"region,omitempty"`
	// The hubs of the regions, where the kind is regional, or several.
	Hubs []WirePlacedHub `json:"hubs,omitempty"`
}

// WirePlacedHub is the hub of the VNets of one region.
type WirePlacedHub struct {
	Region string `json:"region"`
	VNet   WireID `json:"virtualNetwork"`
	Space  string `json:"addressSpace,omitempty"` // of a new one
}

// WireCandidate is one way to lay a component out.
type WireCandidate struct {
	Kind    string     `json:"kind" jsonschema:"enum=none,enum=existing,enum=new,enum=regional,enum=several"`
	Passage string     `json:"passage,omitempty" jsonschema:"enum=firewall,enum=appliances,enum=route-server,enum=gateway,enum=vpn"`
	Grouped bool       `json:"connectedGroups,omitempty"`
	VNet    *WireID    `json:"virtualNetwork,omitempty"`
	Points  int        `json:"points"` // fewer are better
	Terms   []WireTerm `json:"terms,omitempty"`
	Refused string     `json:"refused,omitempty"` // why it cannot be used
	// Monthly is what the VNets of the component would cost a month with it; only the best few are priced.
	Monthly *WireMonthly `json:"monthly,omitempty"`
}

// WireMonthly is an amount in US dollars at list price.
type WireMonthly struct {
	Known   string `json:"known"`   // the sum of what is known, a decimal
	Unknown int    `json:"unknown"` // things and flows whose price is not
}

// WireTerm is one part of a score: count times weight points.
type WireTerm struct {
	Name   string `json:"name"`
	Count  int    `json:"count"`
	Weight int    `json:"weight"`
}

// WireStep is one thing to do.
type WireStep struct {
	ID      string     `json:"id"`
	Wave    int        `json:"wave"`
	Action  string     `json:"action" jsonschema:"enum=export,enum=verify listing,enum=change device,enum=migrate classic VNet,enum=restore prefixes,enum=create VNet,enum=create firewall,enum=create Route Server,enum=create appliances,enum=close subnets,enum=create route tables,enum=associate route table,enum=create gateway,enum=create connection,enum=create connected groups,enum=create peering,enum=verify reach,enum=delete tunnel,enum=delete gateway,enum=use remote gateway,enum=clean up"`
	Object  WireID     `json:"object"`
	Also    []WireID   `json:"also,omitempty"` // further objects, or what the step is for: of a changed device the connection
	Because string     `json:"because"`
	Needs   []string   `json:"needs,omitempty"` // steps that come first
	Effect  WireEffect `json:"effect"`
	Impact  WireImpact `json:"impact"`
	Verify  string     `json:"verify"`
	Undo    string     `json:"undo"`
	Back    *WireUndo  `json:"back,omitempty"` // the undo as data; absent of a step that changes nothing, and in plans of older versions
}

// WireUndo is what takes a step back, right after it or once all later steps are undone.
type WireUndo struct {
	Remove  []WireID `json:"remove,omitempty"`  // what the step added; it is deleted
	Restore []WireID `json:"restore,omitempty"` // what the step removed or replaced; it is put back as it was before
	Minutes *[2]int  `json:"minutes,omitempty"` // shortest and longest
	None    string   `json:"none,omitempty"`    // why there is no way back, or none that brings back everything
}

// WireEffect is what a step changes: the removals at its start, the additions at its end. An added
// object replaces one of the same id.
type WireEffect struct {
	Remove []WireID    `json:"remove,omitempty"`
	Add    *WireEstate `json:"add,omitempty"`
}

// WireImpact is what a step does to traffic.
type WireImpact struct {
	Class    string  `json:"class" jsonschema:"enum=live,enum=brief,enum=interrupting"`
	Minutes  *[2]int `json:"minutes,omitempty"` // shortest and longest; absent when it depends on people
	Window   string  `json:"window,omitempty"`
	NoReturn bool    `json:"pointOfNoReturn,omitempty"` // something does not come back, however it is undone
}

// WireWindow is a declared interruption.
type WireWindow struct {
	ID      string      `json:"id"`
	Cause   string      `json:"cause"`
	Because string      `json:"because"`
	Pairs   [][2]string `json:"pairs"`
	Minutes [2]int      `json:"minutes"`
	Steps   []string    `json:"steps"`
}

// WireAsk is what somebody asks of two places.
type WireAsk struct {
	Want   string       `json:"want" jsonschema:"enum=required,enum=encrypted,enum=forbidden,enum=accepted"`
	A      WireLocation `json:"a"`
	B      WireLocation `json:"b"`
	Reason string       `json:"reason,omitempty"`
	// The last day on which it counts.
	Expires string `json:"expires,omitempty" jsonschema:"format=date"`
}

// WireOutcome is what becomes of an object of the base, or of a new one.
type WireOutcome struct {
	Object  WireID `json:"object"`
	What    string `json:"what" jsonschema:"enum=keep,enum=remove,enum=create,enum=change"`
	Because string `json:"because"`
}

// WireViolation is what is wrong with a state of the plan.
type WireViolation struct {
	After string `json:"after"`           // the first state where it is so
	Until string `json:"until,omitempty"` // the last state where it is still so, when that is another one
	Rule  string `json:"rule"`
	Text  string `json:"text"`
}

// WireAssumption is something the input cannot say.
type WireAssumption struct {
	ID       string   `json:"id"`
	Assumed  string   `json:"assumed"`
	Because  string   `json:"because"`
	Settle   string   `json:"settledBy"`
	Subjects []string `json:"subjects,omitempty"`
}

// WireLocation is a VNet, an on-premises network, the clients of a gateway or the Internet.
type WireLocation struct {
	Kind string  `json:"kind" jsonschema:"enum=virtualNetwork,enum=onPremises,enum=clients,enum=internet"`
	ID   *WireID `json:"id,omitempty"` // the VNet; for clients the one whose gateway they dial
	Name string  `json:"name"`         // empty for the Internet
}

// WireVerdict is what becomes of the sessions of a pair.
type WireVerdict struct {
	Class        string         `json:"class"`
	Flags        []string       `json:"flags,omitempty"`
	Grade        string         `json:"grade,omitempty"`
	From         WireLocation   `json:"from"`
	To           WireLocation   `json:"to"`
	FromPrefixes []netip.Prefix `json:"fromPrefixes,omitempty"`
	ToPrefixes   []netip.Prefix `json:"toPrefixes,omitempty"`
	Before       WireSide       `json:"before"`
	After        WireSide       `json:"after"`
	WitnessFrom  string         `json:"witnessFrom,omitempty"` // one flow to try
	WitnessTo    string         `json:"witnessTo,omitempty"`
	NewLocation  bool           `json:"newLocation,omitempty"`
	DeliveredTo  *WireLocation  `json:"deliveredTo,omitempty"`
	Via          *WireLocation  `json:"via,omitempty"` // the verdict is about all members that meet here
	Members      []WireLocation `json:"members,omitempty"`
	// The verdict is about so many pairs: of one of froms and one of tos, where those are given, but for
	// except. Where froms and tos are the same, it is about them among each other. All else is that of one of the pairs.
	Pairs  int               `json:"pairs,omitempty"`
	Froms  []WireLocation    `json:"froms,omitempty"`
	Tos    []WireLocation    `json:"tos,omitempty"`
	Except [][2]WireLocation `json:"except,omitempty"`
}

// WireSide is a pair in one of the two states.
type WireSide struct {
	Value       string    `json:"value" jsonschema:"enum=yes,enum=no,enum=unknown"`
	There       string    `json:"there" jsonschema:"enum=yes,enum=no,enum=unknown"`
	Back        string    `json:"back" jsonschema:"enum=yes,enum=no,enum=unknown"`
	Path        []WireHop `json:"path,omitempty"`
	Return      []WireHop `json:"return,omitempty"`
	Assumptions []string  `json:"assumptions,omitempty"`
}

// WireHop is one step of a path.
type WireHop struct {
	Type    string  `json:"type"`
	Element *WireID `json:"element,omitempty"`
}

// WireElement is a classic element and what became of it.
type WireElement struct {
	Kind    string       `json:"kind" jsonschema:"enum=VNet,enum=site,enum=connection,enum=gateway"`
	Name    string       `json:"name"`
	At      WirePos      `json:"at"`
	Became  []WireBecame `json:"became,omitempty"`
	Without string       `json:"without,omitempty"` // why nothing came of it: a rule id, or words
}

// WireBecame is an ARM object of the base that an element became, and what the plan does with it.
type WireBecame struct {
	Object  WireID `json:"object"`
	Rule    string `json:"rule,omitempty"` // under which rule it changed on the way
	What    string `json:"what,omitempty"`
	Because string `json:"because,omitempty"`
}

// WirePos is a place in a document; lines and columns start at 1 and columns count bytes.
type WirePos struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// WireFindings is a list of findings as JSON.
type WireFindings struct {
	Format   string `json:"format" jsonschema:"enum=netmigrate.findings/v1"`
	Errors   int    `json:"errors"`
	Warnings int    `json:"warnings"`
	Notes    int    `json:"notes"`
	// Suppressed counts the findings that the options file left out; they are not among Findings.
	Suppressed int           `json:"suppressed,omitempty"`
	Findings   []WireFinding `json:"findings"`
}

// WireFinding is one finding.
type WireFinding struct {
	Rule     string        `json:"rule"`
	Severity string        `json:"severity" jsonschema:"enum=error,enum=warning,enum=note"`
	At       WirePos       `json:"at"`
	Message  string        `json:"message"`
	Related  []WireRelated `json:"related,omitempty"`
	Hint     string        `json:"hint,omitempty"`
}

// WireRelated is a second place of a finding.
type WireRelated struct {
	At      WirePos `json:"at"`
	Message string  `json:"message"`
}
