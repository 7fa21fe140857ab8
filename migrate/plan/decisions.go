package plan

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// Deciding says what a decision is about.
type Deciding string

// What people decide about a plan. Source: docs/decisions/0021-decisions-are-differences.md.
const (
	ChooseHub Deciding = "hub"  // the hub of a component
	DropStep  Deciding = "drop" // a step that is not done: what it would have changed stays
	HoldStep  Deciding = "hold" // a step that is not done before a wave
)

// Decidings lists them, in the order in which a plan has them.
var Decidings = []Deciding{ChooseHub, DropStep, HoldStep}

// Decision is what a person decided about a plan.
type Decision struct {
	Kind Deciding

	// Of a hub: the first VNet of its component, what it is, and the space of a new one where it was chosen.
	Component estate.ID
	Hub       HubKind // empty: whichever is chosen
	Passage   Passage // of a new one: what pairs of spokes pass
	Grouped   bool    // connected groups join spokes
	VNet      estate.ID
	Space     netip.Prefix

	// Of a step. Without an action every step is meant that touches the VNet Object.
	Action Action
	Object estate.ID
	Also   []estate.ID // further objects of the step, or what it is for
	VNets  []estate.ID // those that it joins; one alone is joined to a new hub
	Nth    int         // which of several such steps, counted from 1; 0 is the first
	Wave   int         // before which a held step is not done

	Withdrawn bool   // it does not count any more
	Applied   bool   // the steps of the plan were made with it
	AppliedTo int    // the wave that they were held back to
	At        string // where it stands in the plan, by its members
}

// String says what was decided.
func (d Decision) String() string {
	switch d.Kind {
	case ChooseHub:
		text := fmt.Sprintf("the hub of the component of %q is %s", d.Component.Name, d.hubName())
		if d.Grouped {
			text += ", and connected groups join its VNets"
		}
		if d.Passage == GatewayPassage {
			text += ", and its gateway passes packets on from VNet to VNet"
		}
		if d.Passage == VPNPassage {
			text += ", and tunnels join it to others"
		}
		return text
	case DropStep:
		return fmt.Sprintf("%s is left out", d.stepName())
	}
	return fmt.Sprintf("%s is not done before wave %d", d.stepName(), d.Wave)
}

// relayed reports whether packets are to pass hubs of any kind.
func (d Decision) relayed() bool { return d.Passage != NoPassage && !d.Passage.isDevice() }

func (d Decision) hubName() string {
	switch {
	case d.Hub == ExistingHub:
		return fmt.Sprintf("VNet %q", d.VNet.Name)
	case d.Hub == NewHub:
		name := "a new VNet"
		if p := passages[d.Passage]; d.Passage.isDevice() {
			name += " with " + p.a
		}
		if d.Space.IsValid() {
			name += fmt.Sprintf(", in %s", d.Space)
		}
		return name
	case d.Hub == RegionalHubs:
		return "one for each region"
	case d.Hub == SeveralHubs:
		return "one of several"
	case d.Hub == "":
		return "whichever is best"
	}
	return "none"
}

func (d Decision) stepName() string {
	var of []string
	for _, id := range d.VNets {
		of = append(of, fmt.Sprintf("%q", id.Name))
	}
	switch {
	case d.Action == "":
		return fmt.Sprintf("every step that touches VNet %q", d.Object.Name)
	case d.Action == CreatePeering && len(of) == 1:
		of = append(of, "a new hub")
	case len(of) == 0 && !d.Object.IsZero():
		of = []string{fmt.Sprintf("%q", d.Object.Name)}
	case len(of) == 0:
		return string(d.Action)
	}
	name := fmt.Sprintf("%s of %s", d.Action, strings.Join(of, " and "))
	if d.Nth > 1 {
		name += fmt.Sprintf(" (number %d)", d.Nth)
	}
	return name
}

// Kept is what the next plan keeps of one that a person edited. Decided makes it.
type Kept struct {
	Mode      options.Mode
	Inspect   options.Inspect  // of the plan; that of the options comes before it
	Exposure  options.Exposure // the same
	Asks      []Ask
	Traffic   []cost.Flow // of the plan; that of the options comes before it
	Decisions []Decision  // those that count
	HubWins   bool        // the hub of the options comes before those of the decisions

	name   string          // how findings call the plan
	base   *estate.Estate  // its network before the first step
	before *reach.Relation // of base
}

// Hubless leaves the choice of every hub to the planner.
func (k *Kept) Hubless() {
	k.Decisions = slices.DeleteFunc(k.Decisions, func(d Decision) bool { return d.Kind == ChooseHub })
}

// stepKey names a step by what it does, however it is called and whichever of its objects stands first.
type stepKey struct {
	action Action
	a, b   estate.Key
	nth    int // among those that are equal so far, from 1
}

// keyOf is the key of a step, the first of its kind.
func (g *graph) keyOf(s *Step) stepKey { return g.keyOfDecision(g.decisionOf(s)) }

// keysOf are the keys of steps, in their order.
func (g *graph) keysOf(steps []Step) []stepKey {
	out, count := make([]stepKey, len(steps)), map[stepKey]int{}
	for i := range steps {
		key := g.keyOf(&steps[i])
		count[key]++
		out[i], out[i].nth = key, count[key]
	}
	return out
}

func (g *graph) keyOfDecision(d Decision) stepKey {
	key := stepKey{action: d.Action, a: d.Object.Key(), nth: max(1, d.Nth)}
	switch d.Action {
	case CreatePeering, UseRemoteGateway:
		if len(d.VNets) > 0 {
			key.a = d.VNets[0].Key()
		}
		if len(d.VNets) > 1 {
			key.b = d.VNets[1].Key()
		}
	case DeleteTunnel, RestorePrefixes:
		if len(d.Also) > 0 {
			key.b = d.Also[0].Key()
		}
	default:
		return key
	}
	if key.a.String() > key.b.String() {
		key.a, key.b = key.b, key.a
	}
	return key
}

// decisionOf is a step as a decision names it.
func (g *graph) decisionOf(s *Step) Decision {
	d := Decision{Action: s.Action, Object: s.Object}
	half := addedHalf(s)
	switch {
	case s.Action == CreatePeering && half != nil:
		d.Also = s.Also
		for _, id := range []estate.ID{half.VNet, half.Remote} {
			if _, known := g.index[id.Key()]; known {
				d.VNets = append(d.VNets, id)
			}
		}
	case s.Action == UseRemoteGateway && half != nil:
		d.VNets = []estate.ID{half.VNet}
	case s.Action == CreateConnection && s.Effect.Add != nil && len(s.Effect.Add.Connections) > 0:
		c := &s.Effect.Add.Connections[0]
		if !c.Site.IsZero() {
			d.Also = []estate.ID{c.Site}
		}
		if gw := g.x.Gateway(c.Gateway); gw != nil {
			d.VNets = []estate.ID{gw.VNet}
		}
	case s.Action == DeleteTunnel, s.Action == RestorePrefixes, s.Action == CleanUp:
		d.Also = s.Also
	}
	return d
}

func addedHalf(s *Step) *estate.Peering {
	if s.Effect.Add == nil || len(s.Effect.Add.Peerings) == 0 {
		return nil
	}
	return &s.Effect.Add.Peerings[0]
}

// concerns reports whether a decision is about a step with this key.
func (g *graph) concerns(d Decision, s *Step, key stepKey) bool {
	switch d.Action {
	case "":
		return g.touches(s, d.Object)
	case CleanUp:
		ids := append([]estate.ID{d.Object}, d.Also...)
		return s.Action == CleanUp && slices.ContainsFunc(append([]estate.ID{s.Object}, s.Also...), func(id estate.ID) bool {
			return slices.ContainsFunc(ids, id.Same)
		})
	}
	return g.keyOfDecision(d) == key
}

// touches reports whether a step changes a VNet, its gateway or what joins it.
func (g *graph) touches(s *Step, vnet estate.ID) bool {
	of := func(gateway estate.ID) bool {
		gw := g.x.Gateway(gateway)
		return gw != nil && gw.VNet.Same(vnet)
	}
	switch s.Action {
	case Export, VerifyListing, VerifyReach, ChangeDevice, CleanUp:
		return false
	}
	if s.Object.Same(vnet) {
		return true
	}
	for _, id := range s.Effect.Remove {
		if c := g.x.Connection(id); of(id) || c != nil && of(c.Gateway) {
			return true
		}
	}
	add := s.Effect.Add
	return add != nil && (slices.ContainsFunc(add.Peerings, func(p estate.Peering) bool { return p.VNet.Same(vnet) || p.Remote.Same(vnet) }) ||
		slices.ContainsFunc(add.Gateways, func(gw estate.Gateway) bool { return gw.VNet.Same(vnet) }) ||
		slices.ContainsFunc(add.Connections, func(c estate.Connection) bool { return of(c.Gateway) }))
}
