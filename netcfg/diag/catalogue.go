package diag

import (
	"cmp"
	"slices"
)

// catalogue is every rule, ordered by id. Ids are never reused and never renumbered. The rules
// stand in files by what they look at, because a person reads them that way.
var catalogue = byID(
	addressRules, siteRules,
	linkRules, gatewayRules, classicRules,
	peeringRules, hubRules, exposureRules, onPremisesRules, bgpRules, serviceRules, costRules,
	xmlRules, emissionRules, planRules, optionRules, listingRules,
)

func byID(groups ...[]Rule) []Rule {
	all := slices.Concat(groups...)
	slices.SortFunc(all, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	return all
}
