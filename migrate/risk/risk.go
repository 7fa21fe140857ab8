// Package risk looks at a classic estate, and at a plan for it, for what an engineer should know
// before acting: addresses, sites, tunnels, the hub, and what the target opens or no longer
// protects.
//
// Each rule is one function, and estateRules and planRules list them. What the platform would
// refuse is not decided here: estate.Validate says it, of the estate and of a plan's target. What
// shows only while a document is read (ADDR-006, SITE-008, LINK-004 and the XML rules) is reported
// by netcfg.Parse and estate.FromNetcfg.
//
// A rule that fires very often for one cause gives one finding with the count and the first names.
package risk

import (
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Estate returns what the classic estate alone shows, with what estate.Validate says of it, sorted.
func Estate(e *estate.Estate) diag.List {
	found := estate.Validate(e)
	c := newClassic(e)
	for _, rule := range estateRules {
		found = append(found, rule.look(c)...)
	}
	found.Sort()
	return found
}

// Plan returns what only a plan of the estate shows, with what estate.Validate says of the plan's
// target and not of its base, sorted. It repeats nothing of Estate.
func Plan(classic *estate.Estate, p *plan.Plan) diag.List {
	t := newTarget(classic, p)
	found := t.refused()
	for _, rule := range planRules {
		found = append(found, rule.look(t)...)
	}
	found.Sort()
	return found
}

// estateRules are the rules over a classic estate. A function reports no other rule than its own.
var estateRules = []struct {
	id   string
	look func(*classic) diag.List
}{
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
	{"LINK-001", oneSidedLinks},
	{"LINK-003", oneWayMultiHop},
	{"LINK-005", exhaustedTunnels},
	{"LINK-006", tunnelsWithinRegions},
	{"LINK-007", pathsThroughPremises},
	{"GW-003", smallGatewaySubnets},
	{"CLS-001", expressRouteBesideVPN},
	{"CLS-006", transitNetworks},
	{"CLS-007", affinityGroups},
	{"CLS-008", unportableNames},
	{"ONP-003", sharedPremises},
	{"ER-001", unknownCircuits},
	{"ER-004", hiddenSites},
	{"DNS-001", resolversElsewhere},
	{"DNS-002", defaultNames},
	{"LIM-001", classicLimits},
}

// planRules are the rules over a plan.
var planRules = []struct {
	id   string
	look func(*target) diag.List
}{
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
