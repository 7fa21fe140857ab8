package risk

import (
	"strings"
	"time"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// maxListingDays is how old a listing may be before a plan should not be made of it.
const maxListingDays = 30

// oldListings finds listings that were taken long before today (OPS-006), as far as notes beside them say
// when.
func oldListings(l *live) diag.List {
	today, err := time.Parse(time.DateOnly, string(l.today))
	if err != nil {
		return nil // nobody said which day it is
	}
	var hits []hit
	for i := range l.Listings {
		taken, err := time.Parse(time.RFC3339, l.Listings[i].TakenAt.Value)
		if err != nil {
			continue
		}
		if days := int(today.Sub(taken.Truncate(24*time.Hour)).Hours() / 24); days > maxListingDays {
			hits = append(hits, hit{quote(l.Listings[i].Subscription), diag.New("OPS-006", l.at(l.Listings[i].TakenAt.Refs), "the listing of subscription %q was taken on %s, %d days before %s", l.Listings[i].Subscription, taken.Format(time.DateOnly), days, l.today)})
		}
	}
	return told(hits, "the listings of %d subscriptions are more than a month old: %s")
}

// retiringGateways finds gateways whose size, or the size of whose address, ends or has ended (GW-008).
func retiringGateways(l *live) diag.List {
	var hits []hit
	l.eachGateway(func(g *estate.Gateway) {
		retirement, ends := azure.VPNGatewayRetirement(g.SKU)
		if g.Kind == estate.ExpressRouteGateway {
			retirement, ends = azure.ExpressRouteGatewayRetirement(g.SKU)
		}
		var why []string
		if ends {
			why = append(why, "has the size "+g.SKU+", "+l.when(retirement))
		}
		if g.BasicIP && g.Kind == estate.VPNGateway && !strings.EqualFold(g.SKU, "Basic") {
			why = append(why, "has a public address of the size Basic, "+l.when(azure.BasicAddressRetirement))
		}
		if len(why) > 0 {
			hits = append(hits, hit{quote(g.ID.Name), diag.New("GW-008", l.at(g.Refs), "%s %s", l.gatewayName(g), strings.Join(why, ", and "))})
		}
	})
	return told(hits, "%d gateways have a size, or an address of a size, that ends: %s")
}

// when says of an end when it is or was, as a relative clause.
func (l *live) when(r azure.Retirement) string {
	var text string
	switch {
	case r.Day == "":
		text = "which takes no new gateways"
	case l.today != "" && string(l.today) > r.Day:
		text = "which ended on " + r.Day
	default:
		text = "which ends on " + r.Day
	}
	if r.Moving {
		text += " (the platform moves it to one with AZ)"
	}
	return text
}
