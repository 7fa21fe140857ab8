// Package risk looks at a classic estate, and at a plan for it, for what an engineer should know
// before acting: addresses, sites, tunnels, the hub, and what the target opens or no longer
// protects.
//
// Each rule is one function, and estateRules, classicRules and planRules list them. What the
// platform would refuse is not decided here: estate.Validate says it, of the estate and of a plan's
// target. What shows only while a document is read (ADDR-006, SITE-008, LINK-004 and the XML rules)
// is reported by netcfg.Read and estate.FromClassic.
//
// A rule that fires very often for one cause gives one finding with the count and the first names.
package risk

import (
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Estate returns what the estate of classic files shows, whatever is done with it, with what
// estate.Validate says of it, sorted.
func Estate(e *estate.Estate) diag.List {
	return found(estate.Validate(e), newClassic(e), estateRules)
}

// Classic returns what the platform's own migration would do to a classic estate that still runs,
// sorted. It repeats nothing of Estate.
func Classic(e *estate.Estate) diag.List {
	return found(nil, newClassic(e), classicRules)
}

// Plan returns what only a plan of the estate shows, with what estate.Validate says of the plan's
// target and not of its base, sorted. It repeats nothing of Estate and Classic.
func Plan(classic *estate.Estate, p *plan.Plan) diag.List {
	t := newTarget(classic, p)
	return found(t.refused(), t, planRules)
}

// rule is one rule over a view. Its function reports no other rule.
type rule[V any] struct {
	id   string
	look func(V) diag.List
}

func found[V any](known diag.List, view V, rules []rule[V]) diag.List {
	for _, r := range rules {
		known = append(known, r.look(view)...)
	}
	known.Sort()
	return known
}

// estateRules are the rules over what files say, whatever is done with it.
var estateRules = []rule[*classic]{
	{"ADDR-008", publicPrefixes},
	{"ADDR-009", clientPools},
	{"ADDR-010", unconnectedOverlaps},
	{"ADDR-012", nearlyFull},
	{"SITE-001", swappedAddresses},
	{"SITE-002", implausibleAddresses},
	{"SITE-003", narrowSites},
	{"SITE-004", deadPrefixes},
	{"SITE-005", multiHopSites},
	{"SITE-006", supernetSites},
	{"SITE-007", unreferencedSites},
	{"SITE-009", ambiguousEnds},
	{"SITE-010", sitesOfOtherFiles},
	{"SITE-014", addressesInsideSites},
	{"SITE-011", staleAddresses},
	{"SITE-012", contradictedDeclarations},
	{"LINK-001", oneSidedLinks},
	{"LINK-002", disconnected},
	{"LINK-003", oneWayMultiHop},
	{"LINK-005", exhaustedTunnels},
	{"LINK-006", tunnelsWithinRegions},
	{"LINK-007", pathsThroughPremises},
	{"LINK-008", differentKeys},
	{"LINK-009", lostLinks},
	{"GW-003", smallGatewaySubnets},
	{"CLS-007", affinityGroups},
	{"CLS-008", unportableNames},
	{"ONP-003", sharedPremises},
	{"ER-001", unknownCircuits},
	{"ER-004", hiddenSites},
	{"P2S-004", missingPools},
	{"DNS-001", resolversElsewhere},
	{"DNS-002", defaultNames},
	{"LIM-001", classicLimits},
	{"LIM-002", longSites},
	{"LIM-003", manySubnets},
	{"LIM-004", tinySubnets},
	{"SEC-007", otherOwners},
}

// classicRules are the rules over a network that the platform's own migration is still to convert.
var classicRules = []rule[*classic]{
	{"CLS-001", expressRouteBesideVPN},
	{"CLS-006", transitNetworks},
	{"P2S-003", carriedPools},
}

// planRules are the rules over a plan.
var planRules = []rule[*target]{
	{"ADDR-003", premisesHidden},
	{"ADDR-005", hubBlockTaken},
	{"ADDR-009", poolsBesidePeers},
	{"PEER-007", peeringsAcrossOwners},
	{"TRN-001", lostTransit},
	{"HUB-001", hubWorkloads},
	{"HUB-004", hubOfMesh},
	{"SEC-001", lostEncryption},
	{"SEC-003", gainedReach},
	{"P2S-001", removedClientGateways},
	{"P2S-002", gainedClientReach},
	{"ONP-001", devicesToTeach},
	{"LIM-001", targetLimits},
	{"OPS-006", pastInput},
}
