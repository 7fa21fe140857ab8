package azure

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Price is a list price in US dollars, good for sizing and not for a bill. Source: docs/sources.md#prices.
type Price struct {
	ID      string `json:"id"`      // "vpn-vpngw1az"
	What    string `json:"what"`    // "VPN gateway VpnGw1AZ"
	Per     string `json:"per"`     // "hour" or "GB"
	USD     string `json:"usd"`     // decimal; empty when no source has it
	Scope   string `json:"scope"`   // the region or billing zone that it was read for
	Date    string `json:"date"`    // year-month-day or year-month; empty when the source has none
	From    string `json:"from"`    // the source, by its word in docs/sources.md#prices
	Derived bool   `json:"derived"` // computed from another currency or a monthly amount
}

// Micros is the price in millionths of a dollar, and whether it is known.
func (p Price) Micros() (int64, bool) {
	if p.USD == "" {
		return 0, false
	}
	whole, fraction, _ := strings.Cut(p.USD, ".")
	n, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", max(0, 6-len(fraction))), 10, 64)
	return n, err == nil
}

//go:embed data/prices.json
var pricesJSON []byte

var prices = sync.OnceValue(func() map[string]Price {
	var table struct{ Prices []Price }
	if err := json.Unmarshal(pricesJSON, &table); err != nil {
		panic("azure: embedded data/prices.json: " + err.Error())
	}
	byID := make(map[string]Price, len(table.Prices))
	for _, p := range table.Prices {
		if _, known := p.Micros(); p.USD != "" && !known {
			panic(fmt.Sprintf("azure: embedded data/prices.json: %s costs %q", p.ID, p.USD))
		}
		byID[p.ID] = p
	}
	return byID
})

// LookupPrice finds a price by its id. A price that no source has is there and not known.
func LookupPrice(id string) (Price, bool) {
	p, ok := prices()[id]
	return p, ok
}

// GatewayPrice is the price of an hour of a VPN or ExpressRoute gateway, by its size.
func GatewayPrice(expressRoute bool, sku string) (Price, bool) {
	kind := "vpn-"
	if expressRoute {
		kind = "er-"
	}
	for _, id := range []string{kind + strings.ToLower(sku), kind + "legacy-" + strings.ToLower(sku)} {
		if p, ok := LookupPrice(id); ok {
			return p, true
		}
	}
	return Price{}, false
}
