package estate

import (
	"cmp"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// SiteClass says what a local network site is.
type SiteClass uint8

// The classes. A site is a next hop with prefixes behind it, so a site that stands for a VNet may
// also carry what lies behind that VNet: that is Transit.
const (
	SiteUnreferenced SiteClass = iota
	SiteOnPremises             // a network outside this estate
	SiteVNet                   // one VNet of the estate, and nothing else
	SiteUnresolved             // a VNet of the estate, but nothing tells which
	SiteTransit                // a VNet of the estate and ranges behind it, or an on-premises device and VNets behind it
)

// String names the class.
func (c SiteClass) String() string {
	switch c {
	case SiteOnPremises:
		return "on-premises"
	case SiteVNet:
		return "VNet"
	case SiteTransit:
		return "transit"
	case SiteUnresolved:
		return "unresolved"
	}
	return "unreferenced"
}

// Site is a LocalNetworkSite or LocalNetworkGateway: a device and the prefixes reached through it.
type Site struct {
	ID       ID
	Name     string // as written
	Region   Region // ARM only
	Prefixes []Prefix
	Address  Address // invalid when none was written
	// AddressOf is, in an ARM estate, the gateway whose public address this site takes; its own
	// Address is then what the classic file had and is not used.
	AddressOf ID

	FQDN           Fact     // ARM: the name of the device where it has no fixed address
	Unlisted       bool     // ARM: something names it and no input lists it, so nothing else is known of it
	BGP            *BGP     // of the device
	Announced      []Prefix // what the device announces by BGP,
	AnnouncedKnown bool     // where an input lists it

	Declared Declaration // what the options file says it is

	Class SiteClass
	// Endpoint is the VNet whose gateway the device is; zero for a device outside the estate.
	Endpoint ID
	// Network names the on-premises network when Endpoint is zero: sites with the same device
	// address share it.
	Network string
	Refs    []diag.Ref
}

// Declaration is what the engineer says a site is. It is the strongest evidence of all; where the
// service's answers speak against it, that is a finding (SITE-012).
type Declaration struct {
	Kind DeclaredKind
	VNet ID // of DeclaredVNet
}

// DeclaredKind is a word of the options file: what a site is.
type DeclaredKind uint8

// What a site can be declared as.
const (
	Undeclared         DeclaredKind = iota
	DeclaredVNet                    // a VNet of this estate
	DeclaredOnPremises              // a network outside Azure
	DeclaredElsewhere               // a VNet of a subscription that is not part of the input
	DeclaredGone                    // nothing any more
)

// String is the word as the options file has it.
func (k DeclaredKind) String() string {
	switch k {
	case DeclaredVNet:
		return "vnet"
	case DeclaredOnPremises:
		return "on-premises"
	case DeclaredElsewhere:
		return "other-subscription"
	case DeclaredGone:
		return "gone"
	}
	return ""
}

// Behind names the on-premises network that a connection to the site leads to unless another VNet's connection is its
// other half; "" where the device is a VNet's gateway. A site that stands for a VNet to another connection has no
// network by itself, and is named as it is.
func (s *Site) Behind() string {
	if !s.Endpoint.IsZero() || !s.AddressOf.IsZero() {
		return ""
	}
	return cmp.Or(s.Network, s.Name)
}
