package estate

import (
	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// ConnectionKind is the type of a connection.
type ConnectionKind uint8

// The kinds of connection.
const (
	IPsec ConnectionKind = iota
	Vnet2Vnet
	ExpressRoute // classic: Dedicated
)

// String names the kind as ARM does.
func (k ConnectionKind) String() string {
	switch k {
	case Vnet2Vnet:
		return "Vnet2Vnet"
	case ExpressRoute:
		return "ExpressRoute"
	}
	return "IPsec"
}

// Connection is one directed half: from a gateway to a remote. What it routes is the prefixes of
// its Site, or, for Vnet2Vnet, the address space of the VNet behind RemoteGateway.
type Connection struct {
	ID            ID
	Gateway       ID
	Kind          ConnectionKind
	Site          ID     // IPsec and classic
	RemoteGateway ID     // Vnet2Vnet
	KeyName       string // ARM: the parameter that holds the shared key; both halves of a link share it
	PolicyBased   bool   // ARM: the device has policy-based selectors, because a static gateway wanted them
	Pairing       Pairing
	Refs          []diag.Ref

	State   Fact          // Connected, Connecting, NotConnected: what the service said when it was asked
	Key     netcfg.Secret // read only to compare both ends
	KeyRefs []diag.Ref
	Vault   Fact         // the name of the secret in the Key Vault, from the options file
	Policy  *IPsecPolicy // what was set on this connection
	// DeclaredDown: the options file says that it is not connected, so that it carries nothing.
	DeclaredDown bool
	// EnableBGP is known where the connection exchanges routes; in an ARM estate both ends then allow it.
	EnableBGP Fact
	Circuit   ID // ExpressRoute: the circuit, when something names it

	// ARM only.
	Ingress, Egress Fact     // bytes since the tunnel came up
	Protocol        Fact     // IKEv2, IKEv1
	Selectors       []string // traffic selectors, "local -> remote" in CIDR
	Bypass          bool     // ExpressRoute: FastPath
	NAT             bool     // NAT rules translate what it carries
	Managed         Fact     // provisioningState
}

// The states of a classic connection. Source: docs/sources.md#pairing.
const (
	StateConnected    = "Connected"
	StateConnecting   = "Connecting"
	StateNotConnected = "NotConnected"
)

// IPsecPolicy is what the classic service let one set on a connection. In an ARM estate every field
// is known, in ARM's words.
// Source: docs/sources.md#ipsec.
type IPsecPolicy struct {
	Encryption, Hash, PFS      Fact // AES256, SHA1, PFS1 and so on
	LifetimeSeconds, Kilobytes Fact // decimal numbers
	Refs                       []diag.Ref
}

// Circuit is an ExpressRoute circuit. It is referred to and never created.
type Circuit struct {
	ID         ID // Name is its name; one without is called after its service key
	ServiceKey Fact
	Provider   Fact
	Location   Fact // of the peering
	Bandwidth  Fact // Mbps
	SKU        Fact // Standard, Premium
	Status     Fact
	ResourceID string // in ARM, from the options file
	// Authorization says that a connection needs a key that the owner of the circuit gives out: the
	// circuit is in another subscription. From the options file.
	Authorization bool
	Links         []ID // the VNets linked to it
	// Learned is what the on-premises side announces, and LearnedKnown that an input lists it.
	Learned      []Prefix
	LearnedKnown bool
	Refs         []diag.Ref
}

// Confidence says how sure a pairing is.
type Confidence uint8

// The confidences. NotPaired is for connections to something outside the estate.
const (
	NotPaired Confidence = iota
	OneSided
	Ambiguous
	Likely
	Certain
)

// String is the word printed in reports.
func (c Confidence) String() string {
	switch c {
	case OneSided:
		return "one-sided"
	case Ambiguous:
		return "ambiguous"
	case Likely:
		return "likely"
	case Certain:
		return "certain"
	}
	return "not paired"
}

// Pairing says which half is the other end of this one, how sure that is, and why.
type Pairing struct {
	Confidence Confidence
	Partner    ID     // the other half; zero unless Certain or Likely
	Candidates []ID   // halves it could be, when Ambiguous
	Toward     ID     // the VNet that a OneSided half means; zero when what it means is declared gone
	Suspect    string // rule id of a finding that says the tunnel cannot have been up, or ""
	Evidence   []Evidence
	Decide     []string // facts that would make a Likely or Ambiguous pairing certain, as noun phrases
}

// EvidenceKind is a sort of evidence for a pairing.
type EvidenceKind uint8

// The evidence: first what speaks for a pairing, strongest first, then what speaks against it.
// Source: docs/design.md#pairing.
const (
	Declared      EvidenceKind = iota + 1 // the options file says what the site is
	ProvenAddress                         // the device address is that of the partner's gateway, as the service said
	SameKey                               // both ends, and no other connection, have this shared key
	SameAddress                           // sites with this device address describe one gateway
	OwnSpace                              // the site's prefixes are exactly the partner's address space
	CoversSpace                           // the site's prefixes contain the partner's address space and more
	PartOfSpace                           // the site's prefixes are part of the partner's address space
	Reciprocal                            // the partner has a site that covers this VNet
	OnlyCandidate                         // no other half fits
	OnlyMatching                          // there is one way only to join all the halves that fit each other
	SiteName                              // the site is named like the partner
	SaidConnected                         // the service said that the connection is up, so the far end is real

	NoSpace            // the site's prefixes are none of the partner's address space
	AgainstAddress     // the device address speaks for another gateway
	OwnAddress         // the device address is that of this VNet's own gateway
	StaleAddress       // the device address is not that of the partner's gateway, and of no other
	OtherAddress       // another site gives one of the two gateways another usable device address
	DifferentKey       // the two ends have different shared keys
	SaidNotConnected   // the service said that the connection is not up
	DeclaredDown       // the options file says so
	DisputedDown       // the options file says so of one end, and the service that the other one is up
	SaidNoGateway      // the service said that the VNet has no gateway
	NoReciprocal       // no half of the candidate covers this VNet
	PlaceholderAddress // the device address cannot be a device's
)

// Evidence is one reason, with the value it rests on. It never holds a shared key.
type Evidence struct {
	Kind  EvidenceKind
	Value string
}

// Has reports whether there is evidence of a kind.
func (p *Pairing) Has(kind EvidenceKind) bool {
	for i := range p.Evidence {
		if p.Evidence[i].Kind == kind {
			return true
		}
	}
	return false
}

// The rules that a tunnel can be Suspect by for what the service said, not for what is written.
const (
	suspectNotUp     = "LINK-002" // it was not up
	suspectNoGateway = "GW-012"   // one of its ends had no gateway
)

// NoGateway reports whether a tunnel is Suspect because one of its ends had no gateway.
func (p *Pairing) NoGateway() bool { return p.Suspect == suspectNoGateway }

// Doubt says of a Suspect tunnel what is wrong with it, as a predicate.
func (p *Pairing) Doubt() string {
	switch p.Suspect {
	case suspectNotUp:
		return "is not up"
	case suspectNoGateway:
		return "lacked a gateway when the service was asked"
	}
	return "cannot have been up as written"
}
