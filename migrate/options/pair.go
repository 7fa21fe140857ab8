package options

import "strings"

// Pair says what a plan has to do about two places. A place is a VNet, an on-premises network or the clients of
// a VNet; see Options.At. Of one of the two there may be many: a name with * or ?.
type Pair struct {
	Between, And Text
	Require      Text // Encryption, or not given: a connection is enough; of required pairs only
	Reason       Text
	Expires      Text // a Date: the last day on which it counts, or not given: for ever; of accepted pairs only
}

// Encryption is what a required pair can need beside a connection.
const Encryption = "encryption"

// Expired reports whether a pair no longer counts on a day.
func (p Pair) Expired(today Date) bool {
	return p.Expires.Given() && Date(p.Expires.Value) < today
}

// Place is where somebody is, as an estate calls it.
type Place struct {
	Kind                string // "VNet", "on-premises", "clients of"
	Subscription, Group string
	Name                string // of the VNet, or of the on-premises network
}

// At reports whether a name of the file is that of a place: its name, for a VNet with the subscription, the resource
// group or both before it if need be, and its kind before that where it is not clear or means clients: "HQ",
// "on-premises HQ", "VNet contoso-prod/hub", "clients of hub".
func (o *Options) At(t Text, p Place) bool {
	is := func(written string) bool {
		if IsPattern(written) && like(written, p.Name) {
			return true
		}
		return o.NamesIn(Text{Value: written}, p.Subscription, p.Group, p.Name)
	}
	if p.Kind != PlaceClients && is(t.Value) {
		return true
	}
	if n := len(p.Kind); len(t.Value) > n && strings.EqualFold(t.Value[:n], p.Kind) && t.Value[n] == ' ' {
		return is(strings.TrimSpace(t.Value[n:]))
	}
	return false
}

// The kinds of place.
const (
	PlaceVNet       = "VNet"
	PlaceOnPremises = "on-premises"
	PlaceClients    = "clients of"
)

// IsPattern reports whether a name may stand for several.
func IsPattern(name string) bool { return strings.ContainsAny(name, "*?") }
