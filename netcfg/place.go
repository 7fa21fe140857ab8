package netcfg

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Place says what a response is about, as far as its URL, or the path of a file that repeats the
// URL, tells. The zero Place says nothing.
// Source: docs/sources.md#service-management.
type Place struct {
	Subscription string // its id, when the URL has one
	Call         Call
	VNet         string // name; "virtual network" of the URL
	Site         string // local network site
	Subnet       string
	Name         string // of an affinity group, security group, route table, reserved address, or peering of a circuit
	Gateway      string // id of a second-generation gateway
	Entity       string // id of what it is connected to
	Key          string // service key of a circuit
	Thumbprint   string // of a root certificate
}

// Call is a call of the Service Management API: what it answers.
type Call uint8

// The calls, by what they answer. NoCall is the zero value.
const (
	NoCall Call = iota
	CallAffinityGroups
	CallAffinityGroup
	CallConfiguration // networking/media: the netcfg itself
	CallVNets
	CallGateway
	CallConnections
	CallSharedKey
	CallIPsecParameters
	CallRootCertificates
	CallRootCertificate
	CallGateways2 // second generation
	CallGateway2
	CallLocalGateways2
	CallConnections2
	CallConnection2
	CallCircuits
	CallCircuitLinks
	CallCircuitPeering
	CallAuthorizedCircuits
	CallSecurityGroups
	CallSecurityGroup
	CallSubnetSecurityGroup
	CallRouteTables
	CallRouteTable
	CallSubnetRouteTable
	CallReservedIPs
	CallOther // a call that says nothing of networks that is used: diagnostics, operations
)

// pattern is the path of a call below the subscription, after "services" where the URL has that. A
// part in braces is a field of Place.
type pattern struct {
	call  Call
	words []string
}

func on(call Call, path string) pattern { return pattern{call, strings.Split(path, "/")} }

// longest is how many parts the longest pattern has; what stands before them is no part of the call.
var longest = len(slices.MaxFunc(patterns, func(a, b pattern) int { return len(a.words) - len(b.words) }).words)

// patterns are tried in order at each part of a path, so a name that is also a word of a call is
// read as that word only where nothing else fits.
// Source: docs/sources.md#service-management.
var patterns = []pattern{
	on(CallAffinityGroups, "affinitygroups"),
	on(CallAffinityGroup, "affinitygroups/{name}"),
	on(CallConfiguration, "networking/media"),
	on(CallVNets, "networking/virtualnetwork"),
	on(CallGateway, "networking/{vnet}/gateway"),
	on(CallConnections, "networking/{vnet}/gateway/connections"),
	on(CallSharedKey, "networking/{vnet}/gateway/connection/{site}/sharedkey"),
	on(CallIPsecParameters, "networking/{vnet}/gateway/connection/{site}/ipsecparameters"),
	on(CallIPsecParameters, "networking/virtualnetworkgateways/{gateway}/connectedentity/{entity}/ipsecparameters"),
	on(CallRootCertificates, "networking/{vnet}/gateway/clientrootcertificates"),
	on(CallRootCertificate, "networking/{vnet}/gateway/clientrootcertificates/{thumbprint}"),
	on(CallOther, "networking/{vnet}/gateway/publicdiagnostics"),
	on(CallOther, "networking/{vnet}/gateway/defaultsites"),
	on(CallOther, "networking/{vnet}/gateway/vpnclientpackage"),
	on(CallOther, "networking/{vnet}/gateway/vpndeviceconfigurationscript"),
	on(CallGateways2, "networking/virtualnetworkgateways"),
	on(CallGateway2, "networking/virtualnetworkgateways/{gateway}"),
	on(CallOther, "networking/virtualnetworkgateways/{gateway}/publicdiagnostics"),
	on(CallGateways2, "networking/{vnet}/virtualnetworkgateways"),
	on(CallLocalGateways2, "networking/localnetworkgateways"),
	on(CallLocalGateways2, "networking/localnetworkgateways/{entity}"),
	on(CallConnections2, "networking/gatewayconnections"),
	on(CallConnection2, "networking/gatewayconnections/virtualnetworkgateway/{gateway}/connectedentity/{entity}"),
	on(CallCircuits, "networking/dedicatedcircuits"),
	on(CallCircuits, "networking/dedicatedcircuits/{key}"),
	on(CallCircuitLinks, "networking/dedicatedcircuits/{key}/vnets"),
	on(CallCircuitLinks, "networking/dedicatedcircuits/{key}/vnets/{vnet}"),
	on(CallCircuitPeering, "networking/dedicatedcircuits/{key}/bgppeerings/{name}"),
	on(CallAuthorizedCircuits, "networking/authorizeddedicatedcircuits"),
	on(CallAuthorizedCircuits, "networking/authorizeddedicatedcircuits/{key}"),
	on(CallSecurityGroups, "networking/networksecuritygroups"),
	on(CallSecurityGroup, "networking/networksecuritygroups/{name}"),
	on(CallSubnetSecurityGroup, "networking/virtualnetwork/{vnet}/subnets/{subnet}/networksecuritygroups"),
	on(CallRouteTables, "networking/routetables"),
	on(CallRouteTable, "networking/routetables/{name}"),
	on(CallSubnetRouteTable, "networking/virtualnetwork/{vnet}/subnets/{subnet}/routetables"),
	on(CallReservedIPs, "networking/reservedips"),
	on(CallReservedIPs, "networking/reservedips/{name}"),
	on(CallOther, "networking/virtualnetwork/{vnet}/migration"),
	on(CallOther, "networking/operation/{name}"),
	on(CallOther, "networking/supporteddevices"),
	on(CallOther, "subscriptions"),
}

// field is the field of a part in braces, or nil for a word.
func (p *Place) field(part string) *string {
	switch part {
	case "{vnet}":
		return &p.VNet
	case "{site}":
		return &p.Site
	case "{subnet}":
		return &p.Subnet
	case "{name}":
		return &p.Name
	case "{gateway}":
		return &p.Gateway
	case "{entity}":
		return &p.Entity
	case "{key}":
		return &p.Key
	case "{thumbprint}":
		return &p.Thumbprint
	}
	return nil
}

// PlaceOf reads the URL of a call, with or without its host, or the path of a file that repeats
// the end of one ("dump/networking/VNET/gateway.xml"). Words are compared without regard to letter
// case; names are taken as they are, after percent-decoding. The last GUID among the parts before the
// call is the subscription. It reports false for a path that is no call of ours.
func PlaceOf(text string) (Place, bool) {
	parts, ending := partsOf(text)
	place, from, ok := callIn(parts, ending)
	if ok {
		place.Subscription = lastGUID(parts[:from])
	}
	return place, ok
}

// PlaceFolder is the folder that a file's path repeats the URL of a call in: "dump" for
// "dump/networking/VNET/gateway.xml". A subscription's id that stands before the call belongs to the
// URL only together with "services". It reports false for a path that is no call of ours.
func PlaceFolder(file string) (folder string, ok bool) {
	parts, ending := partsOf(file)
	_, from, ok := callIn(parts, ending)
	if !ok {
		return "", false
	}
	if from > 1 && strings.EqualFold(parts[from-1], "services") && isGUID(parts[from-2]) {
		from -= 2
	}
	return strings.Join(parts[:from], "/"), true
}

// callIn is the first call that ends where the parts do, and where in them it begins.
func callIn(parts []string, ending bool) (place Place, from int, ok bool) {
	first := max(0, len(parts)-longest)
	words := make([]string, 0, longest)
	for i, part := range parts[first:] {
		if ending && first+i == len(parts)-1 {
			part = withoutEnding(part)
		}
		words = append(words, decoded(part))
	}
	for i := range words {
		for _, p := range patterns {
			if place, ok := p.match(words[i:]); ok {
				return place, first + i, true
			}
		}
	}
	return Place{}, 0, false
}

// partsOf cuts a URL or the path of a file. In the path of a file the last part may have an ending.
func partsOf(text string) (parts []string, ending bool) {
	_, rest, isURL := strings.Cut(text, "://")
	if !isURL {
		rest = strings.ReplaceAll(text, `\`, "/")
	}
	rest, _, query := strings.Cut(rest, "?")
	parts = strings.Split(strings.TrimRight(rest, "/"), "/")
	if isURL {
		parts = parts[1:] // the host
	}
	return parts, !isURL && !query
}

// match reads the parts of a path, decoded, as this call.
func (p pattern) match(parts []string) (Place, bool) {
	if len(p.words) != len(parts) {
		return Place{}, false
	}
	place := Place{Call: p.call}
	for i, word := range p.words {
		field := place.field(word)
		switch {
		case field != nil && parts[i] != "" && isText(parts[i]):
			*field = parts[i]
		case field != nil || !strings.EqualFold(parts[i], word):
			return Place{}, false
		}
	}
	return place, true
}

// endings are those of files that hold an answer. A name may have a dot of its own.
var endings = []string{".xml", ".json", ".txt", ".netcfg"}

func withoutEnding(part string) string {
	for _, e := range endings {
		if strings.EqualFold(path.Ext(part), e) {
			return part[:len(part)-len(e)]
		}
	}
	return part
}

// decoded takes percent signs as escapes where that gives a name: the service stored names with a
// percent sign of their own ("vnet%10"), and a file may be named after one.
func decoded(part string) string {
	if name, err := url.PathUnescape(part); err == nil && isText(name) {
		return name
	}
	return part
}

// isText reports whether a name is made of characters that can be seen.
func isText(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, unicode.IsControl)
}

func lastGUID(parts []string) string {
	for i := len(parts) - 1; i >= 0; i-- {
		if isGUID(parts[i]) {
			return parts[i]
		}
	}
	return ""
}

// isGUID reports whether a text is 32 hexadecimal digits in the groups of an identifier.
func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, b := range []byte(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		hex := b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F'
		if dash != (b == '-') || !dash && !hex {
			return false
		}
	}
	return true
}

// Path is the path that PlaceOf reads this place from, relative and with names percent-encoded, so
// that it may be the path of a file. It is empty for the calls that have no use and for a place that
// lacks a name its call needs.
func (p Place) Path() string {
	for _, known := range patterns {
		if known.call != p.Call || p.Call == CallOther {
			continue
		}
		if text, ok := known.fill(p); ok {
			if p.Subscription != "" {
				return encoded(p.Subscription) + "/services/" + text
			}
			return text
		}
	}
	return ""
}

// fill puts the names of a place into a pattern, if the place has these and no others.
func (p pattern) fill(from Place) (string, bool) {
	used := Place{Subscription: from.Subscription, Call: from.Call}
	words := slices.Clone(p.words)
	for i, word := range words {
		if field := from.field(word); field != nil {
			if *field == "" {
				return "", false
			}
			*used.field(word) = *field
			words[i] = encoded(*field)
		}
	}
	return strings.Join(words, "/"), used == from
}

// encoded makes a name one part of a path: without a slash, an ending, or a way out of its folder.
func encoded(name string) string {
	part := url.PathEscape(name)
	if strings.Trim(part, ".") == "" {
		return strings.ReplaceAll(part, ".", "%2E")
	}
	if short := withoutEnding(part); short != part {
		return short + "%2E" + part[len(short)+1:]
	}
	return part
}
