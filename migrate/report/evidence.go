package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

var evidenceKinds = map[estate.EvidenceKind]struct{ kind, words string }{
	estate.Declared:           {"declared", "the options file says that the site is %q"},
	estate.ProvenAddress:      {"provenAddress", "the service said that the device address %s is that of the other end's gateway"},
	estate.SameKey:            {"sameKey", "both ends, and no other connection, have this shared key"},
	estate.SameAddress:        {"sameAddress", "sites with the device address %s describe one gateway"},
	estate.OwnSpace:           {"ownSpace", "the site lists exactly the address space of VNet %q"},
	estate.CoversSpace:        {"coversSpace", "the site lists the address space of VNet %q and more"},
	estate.PartOfSpace:        {"partOfSpace", "the site lists part of the address space of VNet %q"},
	estate.Reciprocal:         {"reciprocal", "the other end points back with site %q"},
	estate.OnlyCandidate:      {"onlyCandidate", "no other connection fits"},
	estate.OnlyMatching:       {"onlyMatching", "there is one way only to join all connections that fit each other"},
	estate.SiteName:           {"siteName", "site %q is named after the VNet"},
	estate.SaidConnected:      {"saidConnected", "the service said that the connection is up"},
	estate.NoSpace:            {"noSpace", "the site lists nothing of the address space of VNet %q"},
	estate.AgainstAddress:     {"againstAddress", "the device address %s speaks for another gateway"},
	estate.OwnAddress:         {"ownAddress", "the device address %s is that of the gateway that uses the site"},
	estate.StaleAddress:       {"staleAddress", "the device address %s is not the one that the far gateway has, and no other gateway's"},
	estate.OtherAddress:       {"otherAddress", "another site gives one of the two gateways a device address other than %q"},
	estate.DifferentKey:       {"differentKey", "the two ends have different shared keys"},
	estate.SaidNotConnected:   {"saidNotConnected", "the service said %q of the connection"},
	estate.DeclaredDown:       {"declaredDown", "the options file says that it is not connected"},
	estate.DisputedDown:       {"disputedDown", "the options file says that one end is not connected, and the service that the other one is"},
	estate.SaidNoGateway:      {"saidNoGateway", "the service said that VNet %q has no gateway"},
	estate.NoReciprocal:       {"noReciprocal", "VNet %q has no connection back"},
	estate.PlaceholderAddress: {"placeholderAddress", "the device address %q cannot be a device's"},
}

func evidenceKind(k estate.EvidenceKind) string { return evidenceKinds[k].kind }

// evidenceWords is one piece of evidence for a pairing as a clause.
func evidenceWords(e estate.Evidence) string {
	words := evidenceKinds[e.Kind].words
	if !strings.Contains(words, "%") {
		return words
	}
	return fmt.Sprintf(words, e.Value)
}

// pairingWords is the evidence of a pairing as one phrase.
func pairingWords(p *estate.Pairing) string {
	var parts []string
	for _, e := range p.Evidence {
		parts = append(parts, evidenceWords(e))
	}
	if n := len(p.Candidates); n > 0 {
		parts = append(parts, fmt.Sprintf("%d connections could be its other end", n))
	}
	if p.Suspect != "" {
		parts = append(parts, suspectWords(p))
	}
	return strings.Join(parts, "; ")
}

// sitesWords says what the sites of two halves say of the two VNets.
func sitesWords(x *estate.Index, names *estate.Names, c, partner *estate.Connection) string {
	there, back := fitWords(c), fitWords(partner)
	if !c.Site.IsZero() && !partner.Site.IsZero() && there == back && isNamed(c) == isNamed(partner) {
		words := fmt.Sprintf("sites %q and %q list %s of the VNet they stand for", c.Site.Name, partner.Site.Name, there)
		if isNamed(c) {
			words += " and are named after it"
		}
		return words
	}
	return halfWords(x, names, c, partner) + "; " + halfWords(x, names, partner, c)
}

// halfWords says in one clause what a connection's site says of its partner's VNet.
func halfWords(x *estate.Index, names *estate.Names, c, partner *estate.Connection) string {
	from, to := vnetName(x, names, c), vnetName(x, names, partner)
	if c.Site.IsZero() {
		return fmt.Sprintf("%s names the gateway of %s", from, to)
	}
	words := fmt.Sprintf("site %q of %s lists %s of %s", c.Site.Name, from, fitWords(c), to)
	if isNamed(c) {
		words += " and is named after it"
	}
	return words
}

// isNamed reports whether a half's site is named after the VNet that it stands for.
func isNamed(c *estate.Connection) bool {
	return slices.ContainsFunc(c.Pairing.Evidence, func(e estate.Evidence) bool { return e.Kind == estate.SiteName })
}

// fitWords says how a half's site fits the VNet that it stands for.
func fitWords(c *estate.Connection) string {
	fit := ""
	for _, e := range c.Pairing.Evidence {
		switch e.Kind {
		case estate.NoSpace:
			fit = "nothing of the address space"
		case estate.OwnSpace:
			fit = "exactly the address space"
		case estate.CoversSpace:
			fit = "more than the address space"
		case estate.PartOfSpace:
			fit = "part of the address space"
		}
	}
	return fit
}

// vnetName is the VNet of a half in quotes, with its subscription where several have one of that name.
func vnetName(x *estate.Index, names *estate.Names, c *estate.Connection) string {
	id := estate.ID{Subscription: c.ID.Subscription, Name: c.ID.Name}
	if gw := x.Gateway(c.Gateway); gw != nil {
		id = gw.VNet
	}
	return strconv.Quote(id.Name) + names.Whose(estate.TypeVNet, id, id.Name)
}

// sharedWords is the evidence of both halves that is not about one site's prefixes, each once.
func sharedWords(c, partner *estate.Connection) string {
	var parts []string
	for _, half := range []*estate.Connection{c, partner} {
		for _, e := range half.Pairing.Evidence {
			switch e.Kind {
			case estate.OwnSpace, estate.CoversSpace, estate.PartOfSpace, estate.NoSpace, estate.SiteName, estate.Reciprocal:
				continue
			}
			if words := evidenceWords(e); !slices.Contains(parts, words) {
				parts = append(parts, words)
			}
		}
		if p := &half.Pairing; p.Suspect != "" && !slices.Contains(parts, suspectWords(p)) {
			parts = append(parts, suspectWords(p))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, "; ")
}

func suspectWords(p *estate.Pairing) string {
	return "the tunnel " + p.Doubt() + " (" + p.Suspect + ")"
}
