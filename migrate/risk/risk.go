// Package risk looks at an estate, and at a plan for it, for what an engineer should know
// before acting: addresses, sites, tunnels, the hub, and what the target opens or no longer
// protects.
//
// Each rule is one function, and estateRules, classicRules, liveRules and planRules list them. What the
// platform would refuse is not decided here: estate.Validate says it, of the estate and of a plan's
// target. What shows only while a document is read (ADDR-006, SITE-008, LINK-004 and the XML rules)
// is reported by netcfg.Read, estate.FromClassic and estate.FromARM.
//
// A rule that fires very often for one cause gives one finding with the count and the first names.
package risk

import (
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Estate returns what an estate of either kind shows, whatever is done with it, with what
// estate.Validate says of it, sorted.
func Estate(e *estate.Estate) diag.List {
	return found(estate.Validate(e), newNetwork(e), estateRules)
}

// Classic returns what the platform's own migration would do to a classic estate that still runs,
// sorted. It repeats nothing of Estate.
func Classic(e *estate.Estate) diag.List {
	return found(nil, newNetwork(e), classicRules)
}

// Live returns what only the facts of a network of Resource Manager show: peerings, route tables, sizes,
// BGP. It is sorted and repeats nothing of Estate. Today is the day that ends and ages are seen from; without
// one no listing is old, and nothing has ended.
func Live(e *estate.Estate, today options.Date) diag.List {
	return found(nil, newLive(e, today), liveRules)
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
var estateRules = []rule[*network]{
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
var classicRules = []rule[*network]{
	{"CLS-001", expressRouteBesideVPN},
	{"CLS-006", transitNetworks},
	{"P2S-003", carriedPools},
}

// liveRules are the rules over a network of Resource Manager, whose facts no classic file has.
var liveRules = []rule[*live]{
	{"PEER-001", brokenPeerings},
	{"PEER-002", stalePeerings},
	{"PEER-003", closedPeerings},
	{"PEER-004", refusedTransit},
	{"RTE-001", bypassedByPeering},
	{"RTE-002", missingReturns},
	{"RTE-003", supernetReturns},
	{"RTE-004", bypassedByPropagation},
	{"RTE-005", longTables},
	{"RTE-006", deadHops},
	{"RTE-007", gatewayRoutes},
	{"RTE-009", drawnDefaults},
	{"RTE-010", unmirrored},
	{"RTE-011", equalPaths},
	{"GW-005", basicGateways},
	{"GW-006", smallCircuitGateways},
	{"GW-007", standbyHubs},
	{"GW-008", retiringGateways},
	{"GW-009", ownResolvers},
	{"GW-010", guardedSubnets},
	{"BGP-001", sameNumbers},
	{"BGP-002", manyAnnounced},
	{"BGP-003", boundNumbers},
	{"BGP-004", filteredAnnouncements},
	{"ER-002", edgePaths},
	{"ER-003", manyRanges},
	{"ER-005", exhaustedCircuits},
	{"LIM-001", liveLimits},
	{"OPS-005", managed},
	{"OPS-006", oldListings},
}

// planRules are the rules over a plan.
var planRules = []rule[*target]{
	{"ADDR-003", premisesHidden},
	{"ADDR-005", hubBlockTaken},
	{"ADDR-009", poolsBesidePeers},
	{"PEER-007", peeringsAcrossOwners},
	{"TRN-001", lostTransit},
	{"GW-006", smallHubGateways},
	{"HUB-001", hubWorkloads},
	{"HUB-004", hubOfMesh},
	{"SEC-001", lostEncryption},
	{"SEC-003", gainedReach},
	{"P2S-001", removedClientGateways},
	{"P2S-002", gainedClientReach},
	{"ONP-001", devicesToTeach},
	{"CST-001", chattyPairs},
	{"LIM-001", targetLimits},
	{"OPS-006", pastInput},
}
