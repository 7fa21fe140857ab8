package reach

import (
	"math/bits"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// The assumptions a flow, or a permission, may rest on. The reports print them; an inventory or an answer settles them.
const (
	AssumeOnPrem        = estate.AsmOnPremises    // the on-premises device routes back through the same tunnel
	AssumeOnPremTransit = estate.AsmOnPremTransit // an on-premises network might pass packets from one VNet to another
	AssumeCircuit       = estate.AsmCircuit       // an ExpressRoute circuit routes what it learns; the file does not say
	AssumePairing       = estate.AsmPairing       // which half is the other end of this one is ambiguous
	AssumeTunnel        = "ASM-TUNNEL"            // as written, this tunnel may never have been up
	AssumeEqualPrefix   = "ASM-EQUAL-PREFIX"      // two connections of one gateway have the same prefix
	AssumeNetworkAccess = "ASM-VNET-ACCESS"       // allowVirtualNetworkAccess is off, which blocks only by default rules
	AssumeSpokeRanges   = "ASM-V2V-SPOKES"        // a Vnet2Vnet connection may or may not carry the remote hub's spokes
	AssumeSpokeHairpin  = "ASM-SPOKE-HAIRPIN"     // a gateway may pass packets between spokes that a supernet draws to it
	AssumeClientRoutes  = "ASM-CLIENT-ROUTES"     // what clients reach beyond their gateway's own VNet
	AssumeNoGateway     = "ASM-NO-GATEWAY"        // the service said that the gateway does not exist
	AssumeForwarded     = "ASM-FORWARDED"         // allowForwardedTraffic is off, which blocks or only changes a tag
	AssumeAppliance     = "ASM-APPLIANCE"         // a route leads to an appliance that no input describes
	AssumeAnnounced     = "ASM-BGP-LEARNED"       // no input lists what a device announces
	AssumeRoutes        = "ASM-ROUTES"            // no input lists the routes of a subnet's table
	AssumeDefaultRules  = "ASM-NSG"               // every subnet has the default rules: of Permit only
	AssumeRules         = "ASM-NSG-RULES"         // what a rule of a security group is about: of Permit only
)

// reasons is a set of assumptions.
type reasons uint32

const (
	byOnPrem reasons = 1 << iota
	byOnPremTransit
	byCircuit
	byPairing
	byTunnel
	byEqualPrefix
	byNetworkAccess
	bySpokeRanges
	bySpokeHairpin
	byClientRoutes
	byNoGateway
	byForwarded
	byAppliance
	byAnnounced
	byRoutes
	byDefaultRules
	byRules
	byCloud // as byCircuit, where the pairs are too many to be listed; the last
)

// assumptions is what there is to say of each reason, in the order of the bits.
var assumptions = [...]estate.Assumption{
	{ID: AssumeOnPrem, Assumed: "the on-premises device routes back through the tunnel that reaches it",
		Because: "on-premises routing is not in the input", Settle: "the device's routes, or a probe from each side"},
	{ID: AssumeOnPremTransit, Assumed: "nothing: whether the on-premises network passes packets from one VNet to another is unknown",
		Because: "on-premises routing is not in the input", Settle: "a probe from VNet to VNet, or the device's routes"},
	{ID: AssumeCircuit, Assumed: "nothing: what an ExpressRoute circuit routes is unknown, between VNets too",
		Because: "a circuit learns its prefixes by BGP, and no input lists them; some do not say which circuit it is", Settle: "the circuit's identity and its route table"},
	{ID: AssumePairing, Assumed: "nothing: the other end of the connection is one of several",
		Because: "the input does not say which VNet a local network site stands for", Settle: "the gateways' public addresses"},
	{ID: AssumeTunnel, Assumed: "nothing: the tunnel may never have been up as written",
		Because: "the input contradicts itself about the connection", Settle: "the connection's state"},
	{ID: AssumeEqualPrefix, Assumed: "nothing: which of two connections with the same prefix carries a packet is unknown",
		Because: "the platform does not define an order", Settle: "the gateway's route table"},
	{ID: AssumeNetworkAccess, Assumed: "nothing: allowVirtualNetworkAccess off blocks only where the default rules apply",
		Because: "it removes the peer from the VirtualNetwork tag and leaves the routes", Settle: "the network security groups"},
	{ID: AssumeSpokeRanges, Assumed: "nothing: a Vnet2Vnet connection may carry the ranges of the remote hub's spokes",
		Because: "the platform documents it for the hub only", Settle: "IPsec connections with explicit prefixes, or BGP"},
	{ID: AssumeSpokeHairpin, Assumed: "nothing: a gateway may pass packets between two spokes when one of its prefixes covers them",
		Because: "the platform does not document it", Settle: "splitting the covering prefix, or a probe from spoke to spoke"},
	{ID: AssumeClientRoutes, Assumed: "nothing: whether point-to-site clients reach beyond their gateway's VNet is unknown",
		Because: "it depends on the clients' routes and on the way back", Settle: "a probe from a client"},
	{ID: AssumeNoGateway, Assumed: "nothing: whether the gateway exists today is unknown",
		Because: "the network has it, and the service said once that it does not exist", Settle: "the gateway's state today"},
	{ID: AssumeForwarded, Assumed: "nothing: allowForwardedTraffic off may drop what an appliance passes on, or only take it from a tag",
		Because: "the platform's documents differ", Settle: "switching it on, or a probe through the appliance"},
	{ID: AssumeAppliance, Assumed: "nothing: where an appliance sends packets is unknown",
		Because: "a route names an address that no input describes", Settle: "the appliance's interface and its subnet"},
	{ID: AssumeAnnounced, Assumed: "nothing: which private ranges a device announces by BGP is unknown",
		Because: "no input lists the routes that the gateway learned", Settle: "the gateway's learned routes"},
	{ID: AssumeRoutes, Assumed: "nothing: what leaves the subnets of a route table is unknown where no input lists its routes",
		Because: "the input has the table's name and not its routes", Settle: "the routes of the table, or the effective routes of an interface in the subnet"},
	{ID: AssumeDefaultRules, Assumed: "every subnet but GatewaySubnet has the default rules of network security groups and no others",
		Because: "no input says anything of network security groups", Settle: "the groups and the subnets that they are bound to"},
	{ID: AssumeRules, Assumed: "nothing: what a network security group lets through is unknown",
		Because: "its rules are not in the input, or hold tags whose addresses are not", Settle: "the effective security rules of an interface in the subnet"},
	{ID: AssumeCircuit, Assumed: "nothing: what an ExpressRoute circuit routes is unknown, between VNets too",
		Because: "a circuit learns its prefixes by BGP, and no input lists them; some do not say which circuit it is", Settle: "the circuit's identity and its route table"},
}

// AssumptionTexts are the assumptions that a flow or a permission may rest on, without subjects.
func AssumptionTexts() []estate.Assumption { return slices.Clone(assumptions[:len(assumptions)-1]) }

// ids lists the assumptions of the set, in the order of the constants.
func (r reasons) ids() []string {
	if r == 0 {
		return nil
	}
	out := make([]string, 0, bits.OnesCount32(uint32(r)))
	for ; r != 0; r &= r - 1 {
		if id := assumptions[bits.TrailingZeros32(uint32(r))].ID; !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}
