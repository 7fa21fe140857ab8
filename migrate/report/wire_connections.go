package report

import "net/netip"

// ConnectionsFormat is the version of a WireConnections.
const ConnectionsFormat = "netmigrate.connections/v1"

// WireConnections is what every connection of a network leads to, as JSON. It holds no
// shared key.
type WireConnections struct {
	Format      string         `json:"format" jsonschema:"enum=netmigrate.connections/v1"`
	Summary     map[string]int `json:"summary"` // connections by confidence
	Connections []WireHalf     `json:"connections"`
}

// WireHalf is one directed half of a connection and what it leads to.
type WireHalf struct {
	VNet       WireID             `json:"virtualNetwork"`
	Connection *WireID            `json:"connection,omitempty"` // its own name, which a connection of Resource Manager has
	Site       *WireHalfSite      `json:"site,omitempty"`
	Kind       string             `json:"kind" jsonschema:"enum=IPsec,enum=ExpressRoute,enum=Vnet2Vnet"`
	Confidence string             `json:"confidence" jsonschema:"enum=not paired,enum=one-sided,enum=ambiguous,enum=likely,enum=certain"`
	Partner    *WireHalfEnd       `json:"partner,omitempty"`    // the other half, when there is one
	Toward     *WireID            `json:"toward,omitempty"`     // the virtual network that a one-sided half means
	Network    string             `json:"network,omitempty"`    // the network outside the files
	Candidates []WireHalfEnd      `json:"candidates,omitempty"` // halves it could be, when ambiguous
	Decide     []string           `json:"decide,omitempty"`     // facts that would make the pairing certain
	Suspect    string             `json:"suspect,omitempty"`    // rule that says the tunnel cannot have been up
	State      string             `json:"state,omitempty"`      // what the service said when it was asked
	Evidence   []WireHalfEvidence `json:"evidence,omitempty"`
	At         WirePos            `json:"at"`
}

// WireHalfSite is the local network site that a half uses.
type WireHalfSite struct {
	ID       WireID        `json:"id"`
	Address  WireAddress   `json:"address"`
	Class    string        `json:"class" jsonschema:"enum=unreferenced,enum=on-premises,enum=VNet,enum=transit,enum=unresolved"`
	Declared string        `json:"declared,omitempty" jsonschema:"enum=vnet,enum=on-premises,enum=other-subscription,enum=gone"`
	Carries  []WireCarried `json:"carries,omitempty"`
}

// WireCarried is a part of what a site lists, and whose it is.
type WireCarried struct {
	Prefix netip.Prefix `json:"prefix"`
	What   string       `json:"what" jsonschema:"enum=nothing known,enum=own network,enum=own clients,enum=user's network,enum=VNet behind,enum=clients behind,enum=on-premises behind,enum=on-premises elsewhere"`
	Whose  string       `json:"whose,omitempty"` // the name of the virtual network or the on-premises network
}

// WireHalfEnd names a half by its virtual network, and its own name or its site.
type WireHalfEnd struct {
	VNet       WireID  `json:"virtualNetwork"`
	Connection *WireID `json:"connection,omitempty"`
	Site       *WireID `json:"site,omitempty"`
}

// WireHalfEvidence is one reason for a pairing or against it.
type WireHalfEvidence struct {
	Kind    string `json:"kind"`
	Value   string `json:"value,omitempty"`
	Words   string `json:"words"` // the same for people
	Against bool   `json:"against,omitempty"`
}
