package options

import (
	"slices"
	"strings"
)

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
func (p Pair) Expired(today Date) bool { return expired(p.Expires, today) }

// Place is where somebody is, as an estate calls it.
type Place struct {
	Kind                string // "VNet", "on-premises", "clients of"
	Subscription, Group string
	Name                string // of the VNet, or of the on-premises network
}

// Fit says how a name of the file is that of a place.
type Fit uint8

// The fits. What is called by its name goes before what a pattern fits: a name may have a * of its own.
const (
	NoFit   Fit = iota
	Pattern     // the name is a pattern, and the place fits it
	Exact       // it is the name of the place
)

// At says how a name of the file is that of a place: its name, for a VNet with the subscription, the resource group or
// both before it if need be, and its kind before that where it is not clear or means clients: "HQ", "on-premises HQ",
// "VNet contoso-prod/hub", "clients of hub". In a pattern a * or ? stands for letters of one of these names:
// "contoso-prod/*" are all VNets of the subscription.
func (o *Options) At(t Text, p Place) Fit {
	best := NoFit
	if p.Kind != PlaceClients {
		best = o.fit(t.Value, p)
	}
	if n := len(p.Kind); len(t.Value) > n && strings.EqualFold(t.Value[:n], p.Kind) && t.Value[n] == ' ' {
		best = max(best, o.fit(strings.TrimSpace(t.Value[n:]), p))
	}
	return best
}

func (o *Options) fit(written string, p Place) Fit {
	switch {
	case o.NamesIn(Text{Value: written}, p.Subscription, p.Group, p.Name):
		return Exact
	case IsPattern(written) && (like(written, p.Name) || o.fitsOwned(written, p)):
		return Pattern
	}
	return NoFit
}

// fitsOwned reports whether a pattern with a subscription or group in it fits a place, name by name.
func (o *Options) fitsOwned(pattern string, p Place) bool {
	if p.Subscription == "" || !strings.Contains(pattern, "/") {
		return false
	}
	names := o.qualified(p.Subscription, p.Name)
	if p.Group != "" {
		names = append(names, p.Group+"/"+p.Name)
		names = append(names, o.qualified(p.Subscription, p.Group+"/"+p.Name)...)
	}
	return slices.ContainsFunc(names, func(name string) bool {
		return slices.EqualFunc(strings.Split(pattern, "/"), strings.Split(name, "/"), like)
	})
}

// The kinds of place.
const (
	PlaceVNet       = "VNet"
	PlaceOnPremises = "on-premises"
	PlaceClients    = "clients of"
)

// IsPattern reports whether a name may stand for several.
func IsPattern(name string) bool { return strings.ContainsAny(name, "*?") }
