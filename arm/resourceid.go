package arm

import (
	"slices"
	"strings"
)

// knownTypes are the types that the estate knows, in the spelling that Resource Manager documents.
var knownTypes = []string{
	TypeVirtualNetwork, TypeSubnet, TypePeering, TypePublicIPAddress, TypeVirtualNetworkGateway, TypeLocalNetworkGateway,
	TypeConnection, TypeExpressRouteCircuit, TypeSecurityGroup, TypeRouteTable, TypeDeployment,
	TypeRoute, TypeSecurityRule, TypeNetworkInterface, TypeFirewall, TypeRouteServer, TypeRouteServerConfiguration, TypeRouteServerPeer,
	TypeLoadBalancer, TypeNATGateway, TypeNetworkManager, TypeNetworkGroup, TypeStaticMember, TypeConnectivity, TypeCircuitPeering, TypeFirewallPolicy, TypeRuleCollectionGroup,
}

// The types that are read and not written.
const (
	TypeRoute                    = Provider + "routeTables/routes"
	TypeSecurityRule             = Provider + "networkSecurityGroups/securityRules"
	TypeNetworkInterface         = Provider + "networkInterfaces"
	TypeRouteServer              = Provider + "virtualHubs"
	TypeRouteServerConfiguration = Provider + "virtualHubs/ipConfigurations"
	TypeRouteServerPeer          = Provider + "virtualHubs/bgpConnections"
	TypeNATGateway               = Provider + "natGateways"
	TypeNetworkManager           = Provider + "networkManagers"
	TypeNetworkGroup             = Provider + "networkManagers/networkGroups"
	TypeStaticMember             = Provider + "networkManagers/networkGroups/staticMembers"
	TypeConnectivity             = Provider + "networkManagers/connectivityConfigurations"
	TypeCircuitPeering           = Provider + "expressRouteCircuits/peerings"
)

// ResourceName is a resource id in its parts. Type has Resource Manager's spelling where it is known.
type ResourceName struct {
	Subscription, Group string
	Type                string   // Microsoft.Network/virtualNetworks/subnets
	Names               []string // one for each part of the type behind the provider
}

// Name is the last name.
func (n ResourceName) Name() string {
	if len(n.Names) == 0 {
		return ""
	}
	return n.Names[len(n.Names)-1]
}

// IsZero reports whether the id names nothing.
func (n ResourceName) IsZero() bool { return n.Type == "" }

// ID is the resource id.
func (n ResourceName) ID() string {
	var b strings.Builder
	b.WriteString("/subscriptions/" + n.Subscription)
	if n.Group != "" {
		b.WriteString("/resourceGroups/" + n.Group)
	}
	provider, kinds, _ := strings.Cut(n.Type, "/")
	b.WriteString("/providers/" + provider)
	for i, kind := range strings.Split(kinds, "/") {
		if i < len(n.Names) {
			b.WriteString("/" + kind + "/" + n.Names[i])
		}
	}
	return b.String()
}

// Parent is the resource that a child stands under; the zero name for what is no child.
func (n ResourceName) Parent() ResourceName {
	at := strings.LastIndexByte(n.Type, '/')
	if len(n.Names) < 2 || at < 0 {
		return ResourceName{}
	}
	n.Type, n.Names = n.Type[:at], n.Names[:len(n.Names)-1]
	return n
}

// ParseResourceID takes a resource id apart; its words are compared in any letter case. Of an id with
// several providers the last counts: /subscriptions/s/resourceGroups/g/providers/Microsoft.Network/
// virtualNetworks/hub/subnets/a. An empty subscription or group is one that nothing tells.
func ParseResourceID(id string) (ResourceName, bool) {
	var n ResourceName
	rest, ok := strings.CutPrefix(id, "/")
	if !ok {
		return n, false
	}
	if n.Subscription, rest, ok = cutWord(rest, "subscriptions"); !ok {
		return n, false
	}
	if group, behind, has := cutWord(rest, "resourceGroups"); has {
		n.Group, rest = group, behind
	}
	at := lastProviders(rest)
	if at < 0 {
		return n, false
	}
	parts := strings.Split(strings.Trim(rest[at:], "/"), "/")
	if len(parts) < 3 || len(parts)%2 == 0 || slices.Contains(parts, "") {
		return n, false
	}
	kinds := parts[:1:1]
	n.Names = make([]string, 0, len(parts)/2)
	for i := 1; i < len(parts); i += 2 {
		kinds, n.Names = append(kinds, parts[i]), append(n.Names, parts[i+1])
	}
	n.Type = canonicalType(strings.Join(kinds, "/"))
	return n, true
}

// IsGUID reports whether a text is of the form that the ids of subscriptions and tenants have: 32
// hexadecimal digits in five groups.
func IsGUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i, c := range []byte(text) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (c == '-') || !dash && !isHex(c) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// cutWord takes "word/value/" from the front.
func cutWord(text, word string) (value, rest string, ok bool) {
	if len(text) <= len(word) || text[len(word)] != '/' || !strings.EqualFold(text[:len(word)], word) {
		return "", text, false
	}
	value, rest, _ = strings.Cut(text[len(word)+1:], "/")
	return value, rest, true
}

// lastProviders is where the text behind the last "providers/" begins, or -1.
func lastProviders(text string) int {
	const word = "providers/"
	for at := len(text) - len(word); at >= 0; at-- {
		if (at == 0 || text[at-1] == '/') && strings.EqualFold(text[at:at+len(word)], word) {
			return at + len(word)
		}
	}
	return -1
}

// canonicalType is the documented spelling of a type, where it is a known one.
func canonicalType(typ string) string {
	for _, known := range knownTypes {
		if len(known) == len(typ) && strings.EqualFold(known, typ) {
			return known
		}
	}
	return typ
}
