package reach

import (
	"cmp"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Kind is a sort of location.
type Kind uint8

// The kinds of location.
const (
	VNet       Kind = iota // a virtual network
	OnPremises             // a network behind a device outside the estate, or behind a circuit
	Clients                // the point-to-site clients of one VNet's gateway
	Internet               // everything else; it answers and never begins
)

// Location is where an endpoint lives. Because address spaces may overlap, an address alone does
// not say which endpoint is meant: a location and an address do.
type Location struct {
	Kind Kind
	ID   estate.ID // the VNet; for Clients the VNet whose gateway they dial; zero for OnPremises
	Name string    // the VNet's name as written; for OnPremises Site.Network, or that of the circuit: see docs/reach.md
}

// String names the location for people: "VNet hub", "on-premises HQ", "clients of hub".
func (l Location) String() string {
	switch l.Kind {
	case OnPremises:
		return "on-premises " + l.Name
	case Clients:
		return "clients of " + l.Name
	case Internet:
		return "the Internet"
	}
	return "VNet " + l.Name
}

// Place is a location as a key of maps: two of the same place are equal.
type Place struct {
	Kind Kind
	ID   estate.Key // zero of an on-premises network
	Name string     // of an on-premises network, in lower case
}

// Place is where the location is.
func (l Location) Place() Place {
	if l.Kind == OnPremises {
		return Place{Kind: l.Kind, Name: strings.ToLower(l.Name)}
	}
	return Place{Kind: l.Kind, ID: l.ID.Key()}
}

// Same reports whether two locations are the same place, whatever the spelling of their names.
func (l Location) Same(m Location) bool { return l.Compare(m) == 0 }

// Compare orders locations: VNets, then on-premises networks, then clients, each by identity; the
// Internet last.
func (l Location) Compare(m Location) int {
	if l.Kind == m.Kind && l.Kind == OnPremises {
		return cmp.Compare(strings.ToLower(l.Name), strings.ToLower(m.Name))
	}
	return cmp.Or(cmp.Compare(l.Kind, m.Kind), l.ID.Compare(m.ID))
}
