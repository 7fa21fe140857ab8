// Package cost says what a network costs a month at list price: what runs by the hour, and what passes over it by the
// GB, as far as somebody tells how much that is.
// Prices are dated, in US dollars, and of some region (docs/sources.md#prices): they tell which of two networks is
// cheaper, not what the bill will be. What has no price, or is of a size that nobody told, is unknown and said.
package cost

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Hours is the length of a month. Source: docs/sources.md#prices.
const Hours = 730

// tunnelsIncluded are the connections of a VPN gateway that its price includes. Source: docs/sources.md#prices.
const tunnelsIncluded = 10

// Amount is an amount of money a month, in millionths of a US dollar.
type Amount int64

// String is the amount in whole dollars, and in cents below ten.
func (a Amount) String() string {
	if cents := (a + 5_000) / 10_000; cents < 1000 {
		return fmt.Sprintf("%d.%02d", cents/100, cents%100)
	}
	return Grouped((int64(a) + 500_000) / 1_000_000)
}

// Decimal is the amount in dollars and cents, for a machine: "156.95".
func (a Amount) Decimal() string {
	cents := (a + 5_000) / 10_000
	return fmt.Sprintf("%d.%02d", cents/100, cents%100)
}

// ParseAmount reads what Decimal writes: digits, and up to two decimals.
func ParseAmount(s string) (Amount, bool) {
	whole, cents, _ := strings.Cut(s, ".")
	if whole == "" || len(cents) > 2 || strings.Trim(whole+cents, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+cents+"00"[len(cents):], 10, 64)
	if err != nil || n > math.MaxInt64/10_000 {
		return 0, false
	}
	return Amount(n * 10_000), true
}

// Grouped writes a number with a comma before each three digits.
func Grouped(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// Line is what things of one kind cost together.
type Line struct {
	What    string      // "VPN gateway VpnGw1AZ"
	Objects []estate.ID // what they are, in the order of the estate
	Count   int         // of what is paid for, such as connections beyond the first ten
	Price   azure.Price // of an hour of one; zero when there is none
	Amount  Amount      // of all in a month; 0 when the price is unknown
	Unknown string      // why no amount is known, or ""
}

// Bill is what a network costs a month, by kind, in a defined order.
type Bill struct {
	Lines   []Line
	Traffic []Passage // what passes in it, where somebody told that
}

// Total is the sum of what is known, and how many things and flows are not.
func (b *Bill) Total() (known Amount, unknown int) {
	known, unknown = b.Carried()
	for i := range b.Lines {
		known += b.Lines[i].Amount
		if b.Lines[i].Unknown != "" {
			unknown += b.Lines[i].Count
		}
	}
	return known, unknown
}

// Of is the bill of an estate in ARM form. Peerings cost nothing by the hour; circuits are their provider's.
func Of(e *estate.Estate) *Bill {
	c := &counter{lines: map[string]*Line{}}
	c.gateways(e)
	c.connections(e)
	c.nat(e)
	for i := range e.Groups {
		c.add("connected group of a network manager", e.Groups[i].ID, 1, azure.Price{}, "the fee goes by subscription or VNet, and no source here has it")
	}
	for i := range e.Circuits {
		c.add("ExpressRoute circuit", e.Circuits[i].ID, 1, azure.Price{}, "it goes by provider, bandwidth and plan")
	}
	return c.bill()
}

type counter struct{ lines map[string]*Line }

// add counts some of a thing, at a price or with the reason why there is none.
func (c *counter) add(what string, id estate.ID, count int, price azure.Price, unknown string) {
	l := c.lines[what]
	if l == nil {
		l = &Line{What: what, Price: price, Unknown: unknown}
		c.lines[what] = l
	}
	l.Count += count
	if len(l.Objects) == 0 || !l.Objects[len(l.Objects)-1].Same(id) {
		l.Objects = append(l.Objects, id)
	}
}

// priced counts some of a thing that the table of prices has by an id.
func (c *counter) priced(what string, id estate.ID, count int, price string) {
	p, _ := azure.LookupPrice(price)
	c.add(what, id, count, p, "")
}

func (c *counter) gateways(e *estate.Estate) {
	for i := range e.Gateways {
		g := &e.Gateways[i]
		switch g.State.Value {
		case estate.GatewayDeprovisioning:
			continue
		case estate.GatewayNotProvisioned: // it may be gone, and may have come back since
			c.add("gateway that may not exist", g.ID, 1, azure.Price{}, "when the service was asked it did not exist")
			continue
		}
		switch g.Kind {
		case estate.VPNGateway, estate.ExpressRouteGateway:
			c.gateway(g)
		case estate.Firewall:
			if g.SKU == "" {
				c.add("Azure Firewall of unknown tier", g.ID, 1, azure.Price{}, "no input tells its tier")
			} else {
				p, ok := azure.LookupPrice("firewall-" + strings.ToLower(g.SKU) + "-hour")
				c.add(spelled(p, "Azure Firewall "+g.SKU), g.ID, 1, p, unless(ok, "no source has the price of this tier"))
			}
			c.priced("public IP address", g.ID, 1, "public-ip-standard-static")
		case estate.RouteServer:
			c.priced("Route Server", g.ID, 1, "route-server-hour")
			c.priced("public IP address", g.ID, 1, "public-ip-standard-static")
		case estate.Appliance:
			c.appliance(e, g)
		}
	}
}

// appliance counts a machine, or a load balancer before machines: they are in the same VNet or, of a plan, nowhere yet.
func (c *counter) appliance(e *estate.Estate, g *estate.Gateway) {
	if g.ID.Type != estate.TypeLoadBalancer {
		c.add("appliance", g.ID, 1, azure.Price{}, "the size of the machine is in no input")
		return
	}
	c.add("load balancer", g.ID, 1, azure.Price{}, "no source has its price")
	if !slices.ContainsFunc(e.Gateways, func(o estate.Gateway) bool {
		return o.Kind == estate.Appliance && o.ID.Type != estate.TypeLoadBalancer && o.VNet.Same(g.VNet)
	}) {
		c.add("appliances", g.ID, 1, azure.Price{}, "which machines with which licences they are is in no input")
	}
}

func (c *counter) gateway(g *estate.Gateway) {
	expressRoute := g.Kind == estate.ExpressRouteGateway
	kind := "VPN gateway"
	if expressRoute {
		kind = "ExpressRoute gateway"
	}
	if g.SKU == "" {
		c.add(kind+" of unknown size", g.ID, 1, azure.Price{}, "no input tells its size")
	} else {
		p, ok := azure.GatewayPrice(expressRoute, g.SKU)
		c.add(spelled(p, kind+" "+g.SKU), g.ID, 1, p, unless(ok, "no source has the price of this size"))
	}
	if expressRoute {
		return // its address is the platform's
	}
	addresses := 1 + len(g.MoreAddresses)
	if g.ActiveActive {
		addresses = max(2, addresses)
	}
	if g.BasicIP {
		c.priced("public IP address, Basic", g.ID, addresses, "public-ip-basic-dynamic")
	} else {
		c.priced("public IP address", g.ID, addresses, "public-ip-standard-static")
	}
}

// connections counts those of each VPN gateway that its price does not include.
func (c *counter) connections(e *estate.Estate) {
	of := map[estate.Key]int{}
	for i := range e.Connections {
		if e.Connections[i].Kind != estate.ExpressRoute {
			of[e.Connections[i].Gateway.Key()]++
		}
	}
	for i := range e.Gateways {
		g := &e.Gateways[i]
		if more := of[g.ID.Key()] - tunnelsIncluded; more > 0 && !g.Absent() && !strings.EqualFold(g.SKU, "Basic") {
			c.priced("VPN connection beyond the first ten of a gateway", g.ID, more, "vpn-s2s-connection")
		}
	}
}

func (c *counter) nat(e *estate.Estate) {
	seen := map[estate.Key]bool{}
	for i := range e.VNets {
		for _, s := range e.VNets[i].Subnets {
			if id := s.NATGateway; !id.IsZero() && !seen[id.Key()] {
				seen[id.Key()] = true
				c.priced("NAT gateway", id, 1, "nat-hour")
			}
		}
	}
}

// spelled is what a size is called in the table of prices, or as it is written where it is not there: inputs write it
// in any letter case, and it is one line of the bill.
func spelled(p azure.Price, written string) string {
	what, _, _ := strings.Cut(p.What, ",") // "Azure Firewall Premium, deployment hour"
	return cmp.Or(what, written)
}

func unless(known bool, why string) string {
	if known {
		return ""
	}
	return why
}

// bill adds up: what costs most first, then what is unknown.
func (c *counter) bill() *Bill {
	b := &Bill{}
	for _, l := range c.lines {
		micros, known := l.Price.Micros()
		switch {
		case known:
			l.Amount = Amount(micros * Hours * int64(l.Count))
		case l.Unknown == "":
			l.Unknown = "no source here has its price"
		}
		b.Lines = append(b.Lines, *l)
	}
	slices.SortFunc(b.Lines, func(x, y Line) int { return cmp.Or(cmp.Compare(y.Amount, x.Amount), cmp.Compare(x.What, y.What)) })
	return b
}
