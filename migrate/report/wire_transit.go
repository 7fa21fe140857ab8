package report

import "github.com/netmigrate/netmigrate/migrate/plan"

// WireTransit is one transit option, a way to join the virtual networks of a component, for comparing.
type WireTransit struct {
	Kind    string       `json:"kind" jsonschema:"enum=direct peerings,enum=connected groups,enum=Azure Firewall in a hub,enum=appliances in a hub,enum=appliances and a Route Server,enum=the hub's VPN gateway as a router,enum=a hub for each region and VPN between them"`
	Taken   bool         `json:"taken,omitempty"`
	Moved   int          `json:"pairsOffVpn"`       // of virtual networks
	Of      int          `json:"pairsOnVpn"`        // that tunnels carry today
	Joined  int          `json:"newlyJoined"`       // pairs of virtual networks, or of one and an on-premises network
	Monthly *WireMonthly `json:"monthly,omitempty"` // what goes by the hour, without traffic
	Against string       `json:"against,omitempty"` // what is in its way here
}

func wireTransit(w plan.TransitOption) WireTransit {
	return WireTransit{string(w.Kind), w.Taken, w.Moved, w.Of, w.Joined, wireMonthly(w.Monthly), w.Against}
}

func (d *unwirer) transit(w WireTransit) plan.TransitOption {
	return plan.TransitOption{Kind: oneOf(d, "way to join VNets", w.Kind, plan.TransitKinds), Taken: w.Taken, Moved: w.Moved, Of: w.Of, Joined: w.Joined, Monthly: d.monthly(w.Monthly), Against: w.Against}
}
