package azure

import "strings"

// Classic security rules and routes spell in their own way what ARM has other words for.
// Source: docs/sources.md#classic-spellings.
var (
	directions = words("Inbound", "Outbound")
	accesses   = words("Allow", "Deny")
	protocols  = words("Tcp", "Udp", "*")
	tags       = map[string]string{
		"virtual_network": "VirtualNetwork", "virtualnetwork": "VirtualNetwork",
		"internet": "Internet", "azure_loadbalancer": "AzureLoadBalancer", "azureloadbalancer": "AzureLoadBalancer",
	}
	nextHops = map[string]string{
		"vpngateway": "VirtualNetworkGateway", "virtualnetworkgateway": "VirtualNetworkGateway", "vnetlocal": "VnetLocal",
		"internet": "Internet", "virtualappliance": "VirtualAppliance", "null": "None", "none": "None",
	}
)

func words(in ...string) map[string]string {
	out := make(map[string]string, len(in))
	for _, w := range in {
		out[strings.ToLower(w)] = w
	}
	return out
}

// respell is a word in ARM's spelling, or as it is when it is not known.
func respell(in map[string]string, written string) string {
	if w, ok := in[strings.ToLower(written)]; ok {
		return w
	}
	return written
}

// RuleDirection is Inbound or Outbound, in ARM's spelling.
func RuleDirection(classic string) string { return respell(directions, classic) }

// RuleAccess is Allow or Deny, in ARM's spelling.
func RuleAccess(classic string) string { return respell(accesses, classic) }

// RuleProtocol is Tcp, Udp or "*", in ARM's spelling.
func RuleProtocol(classic string) string { return respell(protocols, classic) }

// ServiceTag is a source or destination in ARM's spelling; prefixes stay as they are.
func ServiceTag(classic string) string { return respell(tags, classic) }

// NextHopType is the type of a next hop in ARM's spelling.
func NextHopType(classic string) string { return respell(nextHops, classic) }
