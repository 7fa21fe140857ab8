package cost

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// WANHub is a Standard hub of a Virtual WAN: the VNets of its region, and what would end in it from elsewhere.
type WANHub struct {
	Region   string // canonical, or what stands for a region that is not known
	VNets    []estate.ID
	Devices  int         // site-to-site connections
	Networks []string    // on-premises, behind those
	Circuits int         // connections of circuits
	Edges    []string    // on-premises networks behind those
	Clients  []estate.ID // the VNets that clients dial in to today
}

// The reasons why a price of a Virtual WAN is not known.
const (
	noUnit     = "sources differ about the price of its scale unit, and no input tells how many clients dial in"
	noDoor     = "it may leave or enter by several hubs"
	noWay      = "no connection of these VNets leads to one of its ends"
	noDistance = "no source here has the price between the hubs of these regions"
)

// OfWAN is the bill of the hubs of a Virtual WAN with what passes in it: with the routes that it has by itself each
// place reaches each other one. One scale unit is taken for each gateway of a hub. Source: docs/sources.md#virtual-wan.
func OfWAN(hubs []WANHub, flows []Flow) *Bill {
	b := &Bill{}
	count := func(price string, of func(h *WANHub) int) {
		p, _ := azure.LookupPrice(price)
		micros, priced := p.Micros()
		l, foreign := Line{What: p.What, Price: p}, Line{What: p.What, Unknown: noCloud}
		for i := range hubs {
			if r, known := azure.LookupRegion(hubs[i].Region); known && r.Cloud != azure.CloudPublic {
				foreign.Count += of(&hubs[i])
			} else {
				l.Count += of(&hubs[i])
			}
		}
		if l.Amount = Amount(micros * Hours * int64(l.Count)); !priced {
			l.Unknown = noUnit
		}
		for _, one := range []Line{l, foreign} {
			if one.Count > 0 {
				b.Lines = append(b.Lines, one)
			}
		}
	}
	some := func(n int) int { return min(n, 1) }
	count("vwan-hub", func(*WANHub) int { return 1 })
	count("vwan-s2s-unit", func(h *WANHub) int { return some(h.Devices) })
	count("vwan-s2s-connection", func(h *WANHub) int { return h.Devices })
	count("vwan-er-unit", func(h *WANHub) int { return some(h.Circuits) })
	count("vwan-er-connection", func(h *WANHub) int { return h.Circuits })
	count("vwan-p2s-unit", func(h *WANHub) int { return some(len(h.Clients)) })
	for _, f := range flows {
		b.Traffic = append(b.Traffic, wanPassage(hubs, f))
	}
	return b
}

// wanPassage is what a flow costs over the hubs.
func wanPassage(hubs []WANHub, f Flow) Passage {
	p := Passage{Flow: f}
	if f.Volume == 0 {
		return p
	}
	prices, why := wanPrices(hubs, f)
	for _, id := range prices {
		price, _ := azure.LookupPrice(id)
		if _, known := price.Micros(); !known && why == "" {
			why = noZone
		}
		p.Charges = append(p.Charges, Charge{price, of(f.Volume, price)})
	}
	if why != "" {
		return Passage{Flow: f, Unknown: why}
	}
	for _, c := range p.Charges {
		p.Amount += c.Amount
	}
	return p
}

// wanPrices are the rows of the table of prices that a GB pays: at the connection of a VNet what a peering within a
// region costs, at a hub for what it passes on to or from a VNet, between two hubs, and for leaving the platform.
func wanPrices(hubs []WANHub, f Flow) (prices []string, why string) {
	near, far := doors(hubs, f.From), doors(hubs, f.To)
	if len(near) == 0 || len(far) == 0 {
		return nil, noWay
	}
	common := slices.DeleteFunc(slices.Clone(near), func(h int) bool { return !slices.Contains(far, h) })
	switch {
	case len(common) > 0:
		near, far = common[:1], common[:1]
	case len(near) > 1 || len(far) > 1:
		return nil, noDoor
	}
	at, to := &hubs[near[0]], &hubs[far[0]]
	passed := 0 // hubs that process it
	if f.From.Kind == reach.VNet {
		prices = append(prices, "peering-intra-egress")
		passed++
	}
	if f.To.Kind == reach.VNet {
		passed++
	}
	if at == to {
		passed /= 2 // between VNets one hub does once; what goes to premises or comes from there is not processed
	}
	for range passed {
		prices = append(prices, "vwan-gb")
	}
	a, known := azure.LookupRegion(at.Region)
	b, also := azure.LookupRegion(to.Region)
	switch {
	case !known || !also:
		return nil, noRegion
	case a.Cloud != azure.CloudPublic || b.Cloud != azure.CloudPublic:
		return nil, noCloud
	case at != to:
		between := betweenHubs(a, b)
		if between == "" {
			return nil, noDistance
		}
		prices = append(prices, between)
	}
	switch {
	case f.To.Kind == reach.VNet:
		prices = append(prices, "peering-intra-ingress")
	case hasName(to.Edges, f.To.Name) && f.To.Kind == reach.OnPremises:
		return nil, noPlan // a hub prefers a circuit to a tunnel
	default:
		prices = append(prices, "egress-"+b.BillingZone)
	}
	return prices, ""
}

// doors are the hubs that a place is connected to.
func doors(hubs []WANHub, l reach.Location) (out []int) {
	for i := range hubs {
		h, here := &hubs[i], false
		same := func(id estate.ID) bool { return id.Same(l.ID) }
		switch l.Kind {
		case reach.VNet:
			here = slices.ContainsFunc(h.VNets, same)
		case reach.Clients:
			here = slices.ContainsFunc(h.Clients, same)
		case reach.OnPremises:
			here = hasName(h.Networks, l.Name) || hasName(h.Edges, l.Name)
		}
		if here {
			out = append(out, i)
		}
	}
	return out
}

func hasName(in []string, name string) bool {
	return slices.ContainsFunc(in, func(s string) bool { return strings.EqualFold(s, name) })
}

// europe are the geographies of Europe in the table of regions.
var europe = []string{"Europe", "Austria", "Belgium", "Denmark", "France", "Germany", "Italy", "Norway", "Poland", "Spain", "Sweden", "Switzerland", "United Kingdom"}

// betweenHubs is the row of the table of prices for what passes between the hubs of two regions, or "".
func betweenHubs(a, b azure.Region) string {
	american := func(r azure.Region) bool { return r.Geography == "United States" || r.Geography == "Canada" }
	european := func(r azure.Region) bool { return slices.Contains(europe, r.Geography) }
	switch {
	case american(a) && american(b):
		return "vwan-between-america"
	case european(a) && european(b):
		return "vwan-between-europe"
	case american(a) && european(b) || european(a) && american(b):
		return "vwan-between-america-europe"
	}
	return ""
}
