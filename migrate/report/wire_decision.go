package report

import "github.com/netmigrate/netmigrate/migrate/plan"

// WireDecision is what a person decided about a plan: a hub has component, hub and what it is; a step that is dropped
// or held back has action and object. A hold without an action is about every step that touches the VNet.
type WireDecision struct {
	Kind      string   `json:"kind" jsonschema:"enum=hub,enum=drop,enum=hold"`
	Component *WireID  `json:"component,omitempty"` // its first VNet
	Hub       string   `json:"hub,omitempty" jsonschema:"enum=none,enum=existing,enum=new,enum=regional,enum=several"`
	Passage   string   `json:"passage,omitempty" jsonschema:"enum=firewall,enum=appliances,enum=route-server,enum=gateway,enum=vpn"` // what pairs of spokes pass in the hub
	Grouped   bool     `json:"connectedGroups,omitempty"`                                                                            // they join spokes; without a hub whichever is best
	VNet      *WireID  `json:"virtualNetwork,omitempty"`
	Space     string   `json:"addressSpace,omitempty"` // of a new hub
	Action    string   `json:"action,omitempty"`
	Object    *WireID  `json:"object,omitempty"`
	Also      []WireID `json:"also,omitempty"`            // further objects of the step, or what it is for
	VNets     []WireID `json:"virtualNetworks,omitempty"` // those that it joins; one alone is joined to a new hub
	Nth       int      `json:"nth,omitempty"`             // which of several such steps, from 1
	Wave      int      `json:"wave,omitempty"`            // before which a held step is not done
	Withdrawn bool     `json:"withdrawn,omitempty"`       // it does not count any more

	// The steps were made with it; a decision that somebody writes has none of these.
	Applied   bool `json:"applied,omitempty"`
	AppliedTo int  `json:"appliedWave,omitempty"`
}

func wireDecision(d plan.Decision) WireDecision {
	return WireDecision{
		Kind: string(d.Kind), Component: wireIDIf(d.Component), Hub: string(d.Hub), Passage: string(d.Passage), Grouped: d.Grouped, VNet: wireIDIf(d.VNet), Space: prefixIf(d.Space), Action: string(d.Action),
		Object: wireIDIf(d.Object), Also: several(d.Also, wireID), VNets: several(d.VNets, wireID), Nth: d.Nth, Wave: d.Wave, Withdrawn: d.Withdrawn, Applied: d.Applied, AppliedTo: d.AppliedTo,
	}
}

func (d *unwirer) decision(w WireDecision) plan.Decision {
	return plan.Decision{
		Kind: plan.Deciding(w.Kind), Component: idIf(w.Component), Hub: plan.HubKind(w.Hub), Passage: plan.Passage(w.Passage), Grouped: w.Grouped, VNet: idIf(w.VNet), Space: d.prefixText(w.Space), Action: plan.Action(w.Action),
		Object: idIf(w.Object), Also: ids(w.Also), VNets: ids(w.VNets), Nth: w.Nth, Wave: w.Wave, Withdrawn: w.Withdrawn, Applied: w.Applied, AppliedTo: w.AppliedTo,
	}
}

func wireAsk(a plan.Ask) WireAsk {
	return WireAsk{string(a.Want), wireLocation(a.A), wireLocation(a.B), a.Reason, string(a.Expires)}
}
