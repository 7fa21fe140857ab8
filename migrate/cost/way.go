package cost

import (
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// meter prices ways in one estate.
type meter struct{ x *estate.Index }

// The reasons why the price of a way is not known.
const (
	noRegion = "the region of a VNet on its way is not known"
	noCloud  = "no source here has the prices of its cloud"
	noZone   = "no source here has the price of its zone"
	noPlan   = "it passes ExpressRoute, whose price goes by provider and plan"
	noGroup  = "it passes a connected group, and no source here has its price"
	noTier   = "no input tells the tier of a firewall on its way, or no source here has its price"
	noHair   = "it passes from VNet to VNet through the gateway of another, and no source here says whether that is charged"
	noEnd    = "no input tells where a connection on its way ends"
	noPrice  = "no source here has the price of its way"
)

// traveller is a flow on its way.
type traveller struct {
	*meter
	volume  options.Volume
	at      estate.ID // the VNet it is in, or zero outside
	end     reach.Location
	inside  bool // both ends are VNets
	charges []Charge
}

// way is what a volume pays on a path, or why that is not known. Source of the formulas: docs/sources.md#prices.
func (m *meter) way(f Flow, path []reach.Hop) ([]Charge, string) {
	t := &traveller{meter: m, volume: f.Volume, end: f.To, inside: f.From.Kind == reach.VNet && f.To.Kind == reach.VNet}
	if f.From.Kind == reach.VNet {
		t.at = f.From.ID
	}
	for _, h := range path {
		if why := t.hop(h); why != "" {
			return nil, why
		}
	}
	return t.charges, ""
}

func (t *traveller) hop(h reach.Hop) string {
	switch h.Type {
	case reach.Peering, reach.GlobalPeering:
		return t.peering(h.Element)
	case reach.GatewayTransit:
		return t.transit(h.Element)
	case reach.IPsecV2V:
		return t.tunnel(h.Element)
	case reach.IPsecS2S:
		return t.premises(h.Element)
	case reach.PointToSite:
		return t.outside(h.Element)
	case reach.FirewallHop:
		return t.firewall(h.Element)
	case reach.GatewayForward, reach.ApplianceHop, reach.OnPremTransit:
		return "" // the gateway and the machine cost by the hour, and a network of the customer's is none of the bill
	case reach.CircuitEdge:
		return noPlan
	case reach.ConnectedGroup:
		return noGroup
	}
	return noPrice
}

// pay adds charges, each a row of the table of prices.
func (t *traveller) pay(prices ...string) string {
	for _, id := range prices {
		p, _ := azure.LookupPrice(id)
		if _, known := p.Micros(); !known {
			return noZone
		}
		t.charges = append(t.charges, Charge{p, of(t.volume, p)})
	}
	return ""
}

// peering is charged at both ends: out at the sender, in at the receiver.
func (t *traveller) peering(half estate.ID) string {
	p := t.x.Peering(half)
	if p == nil {
		return noEnd
	}
	t.at = p.Remote
	prices, why := peeringPrices(t.x.VNet(p.VNet), t.x.VNet(p.Remote))
	if why != "" {
		return why
	}
	return t.pay(prices...)
}

// transit is the peering between a VNet and the gateway that it uses: free for what goes on-premises or to clients,
// or comes from there.
func (t *traveller) transit(gateway estate.ID) string {
	if t.inside {
		return noHair
	}
	g := t.x.Gateway(gateway)
	switch {
	case g == nil:
		return noEnd
	case !t.at.Same(g.VNet):
		t.at = g.VNet
	case t.end.Kind == reach.VNet:
		t.at = t.end.ID
	}
	return ""
}

// tunnel is one between two VNets.
func (t *traveller) tunnel(connection estate.ID) string {
	near, far := t.ends(connection)
	if near == nil || far == nil {
		return noEnd
	}
	if t.at.Same(far.ID) {
		near, far = far, near
	}
	t.at = far.ID
	prices, why := tunnelPrices(near, far)
	if why != "" {
		return why
	}
	return t.pay(prices...)
}

// ends are the VNets of the two gateways of a connection; nil where no input tells one.
func (t *traveller) ends(connection estate.ID) (near, far *estate.VNet) {
	c := t.x.Connection(connection)
	if c == nil {
		return nil, nil
	}
	vnet := func(gateway estate.ID) *estate.VNet {
		if g := t.x.Gateway(gateway); g != nil {
			return t.x.VNet(g.VNet)
		}
		return nil
	}
	if partner := t.x.Connection(c.Pairing.Partner); partner != nil {
		return vnet(c.Gateway), vnet(partner.Gateway)
	}
	return vnet(c.Gateway), vnet(c.RemoteGateway)
}

// premises is a tunnel to a device: what comes in is free, and what goes out is charged in the gateway's zone.
func (t *traveller) premises(connection estate.ID) string {
	c := t.x.Connection(connection)
	if c == nil {
		return noEnd
	}
	return t.outside(c.Gateway)
}

// outside is a way between a gateway and what is not on the platform.
func (t *traveller) outside(gateway estate.ID) string {
	g := t.x.Gateway(gateway)
	if g == nil {
		return noEnd
	}
	if t.at.IsZero() {
		t.at = g.VNet
		return ""
	}
	t.at = estate.ID{}
	region, why := regionOf(t.x.VNet(g.VNet))
	if why != "" {
		return why
	}
	return t.pay("egress-" + region.BillingZone)
}

// firewall is charged for what it looks at; the peerings to it and from it are hops of their own.
func (t *traveller) firewall(id estate.ID) string {
	g := t.x.Gateway(id)
	if g == nil || g.SKU == "" {
		return noTier
	}
	t.at = g.VNet
	if _, why := regionOf(t.x.VNet(g.VNet)); why != "" {
		return why
	}
	if t.pay("firewall-"+strings.ToLower(g.SKU)+"-gb") != "" {
		return noTier
	}
	return ""
}

// peeringPrices are the rows of the table of prices that a GB from one VNet to the other pays over their peering.
func peeringPrices(from, to *estate.VNet) ([]string, string) {
	a, b, why := regionsOf(from, to)
	switch {
	case why != "":
		return nil, why
	case a.Name == b.Name:
		return []string{"peering-intra-egress", "peering-intra-ingress"}, ""
	}
	return []string{"peering-global-" + a.BillingZone + "-egress", "peering-global-" + b.BillingZone + "-ingress"}, ""
}

// tunnelPrices are those that it pays over a tunnel of their gateways: none within a region, and else that of the sender.
func tunnelPrices(from, to *estate.VNet) ([]string, string) {
	a, b, why := regionsOf(from, to)
	if why != "" || a.Name == b.Name {
		return nil, why
	}
	return []string{"vpn-inter-vnet-" + a.BillingZone}, ""
}

// Dearer is what a GB from one VNet to the other costs more over a peering than over a tunnel of their gateways, and
// whether it passes between regions. It may be less than nothing.
func Dearer(from, to *estate.VNet) (more Amount, global, known bool) {
	peering, why := peeringPrices(from, to)
	tunnel, _ := tunnelPrices(from, to)
	if why != "" {
		return 0, false, false
	}
	sum := func(ids []string) (total Amount) {
		for _, id := range ids {
			p, _ := azure.LookupPrice(id)
			micros, ok := p.Micros()
			known = known && ok
			total += Amount(micros)
		}
		return total
	}
	known = true
	more = sum(peering) - sum(tunnel)
	return more, !OneRegion(from, to), known
}

// OneRegion reports whether two VNets are known to be in the same region.
func OneRegion(a, b *estate.VNet) bool {
	if a == nil || b == nil {
		return false
	}
	one, known := azure.LookupRegion(a.Region.Name)
	other, also := azure.LookupRegion(b.Region.Name)
	return known && also && one.Name == other.Name
}

func regionsOf(from, to *estate.VNet) (a, b azure.Region, why string) {
	if a, why = regionOf(from); why == "" {
		b, why = regionOf(to)
	}
	return a, b, why
}

// regionOf is where a VNet is. The prices here are those of the public cloud.
func regionOf(v *estate.VNet) (azure.Region, string) {
	if v == nil {
		return azure.Region{}, noRegion
	}
	r, known := azure.LookupRegion(v.Region.Name)
	switch {
	case !known:
		return r, noRegion
	case r.Cloud != azure.CloudPublic:
		return r, noCloud
	}
	return r, ""
}
