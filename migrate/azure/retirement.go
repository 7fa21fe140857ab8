package azure

import "strings"

// Retirement is the end of a gateway size or of a kind of address.
type Retirement struct {
	Day    string // year-month-day; empty where no day was told
	Moving bool   // the platform moves what is left by itself
}

// gatewayRetirements are the VPN gateway sizes that end, and when. Source: docs/sources.md#skus.
var gatewayRetirements = map[string]Retirement{
	"vpngw1":          {Day: "2026-09-30", Moving: true},
	"vpngw2":          {Day: "2026-09-30", Moving: true},
	"vpngw3":          {Day: "2026-09-30", Moving: true},
	"vpngw4":          {Day: "2026-09-30", Moving: true},
	"vpngw5":          {Day: "2026-09-30", Moving: true},
	"standard":        {Day: "2026-06-30"},
	"highperformance": {Day: "2026-06-30"},
}

// VPNGatewayRetirement is the end of a VPN gateway size; false for one that stays.
func VPNGatewayRetirement(sku string) (Retirement, bool) {
	r, ok := gatewayRetirements[strings.ToLower(sku)]
	return r, ok
}

// ExpressRouteGatewayRetirement is the end of an ExpressRoute gateway size; false for one that stays.
// Source: docs/sources.md#skus.
func ExpressRouteGatewayRetirement(sku string) (Retirement, bool) {
	s, ok := LookupExpressRouteGatewaySKU(sku)
	return Retirement{Moving: true}, ok && !s.Creatable
}

// BasicAddressRetirement is the end of Basic public addresses on VPN gateways.
// Source: docs/sources.md#skus.
var BasicAddressRetirement = Retirement{Day: "2026-06-30"}

// ReservedASN says who keeps a BGP number, so that no gateway or device may have it beside Azure's own
// 65515; false for a free one. Source: docs/sources.md#bgp.
func ReservedASN(asn uint32) (by string, reserved bool) {
	switch {
	case asn == 8074, asn == 8075, asn == 12076, asn >= 65517 && asn <= 65520, asn == DefaultGatewayASN:
		return "Azure", true
	case asn == 0, asn == 23456, asn >= 64496 && asn <= 64511, asn >= 65535 && asn <= 65551, asn == 4294967295:
		return "IANA", true
	}
	return "", false
}
