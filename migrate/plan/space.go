package plan

import (
	"net/netip"

	"go4.org/netipx"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// hubRanges are searched for a new hub's block, in this order.
// Source: docs/sources.md#addressing.
var hubRanges = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
}

// addressPlan hands out blocks that no one of the estate uses.
type addressPlan struct{ free *netipx.IPSet }

// newAddressPlan takes out of the private ranges everything that the estate knows: VNets, the
// prefixes of every site, even of unreferenced ones, client pools, name servers, and what the
// platform forbids.
func newAddressPlan(estates ...*estate.Estate) *addressPlan {
	var b netipx.IPSetBuilder
	for _, r := range hubRanges {
		b.AddPrefix(r)
	}
	for _, e := range estates {
		withoutKnown(&b, e)
	}
	for _, p := range azure.ForbiddenPrefixes() {
		b.RemovePrefix(p)
	}
	free, err := b.IPSet()
	if err != nil {
		// Only invalid prefixes can fail, and an estate holds none.
		panic(err)
	}
	return &addressPlan{free}
}

func withoutKnown(b *netipx.IPSetBuilder, e *estate.Estate) {
	remove := func(prefixes []estate.Prefix) {
		for _, p := range prefixes {
			b.RemovePrefix(p.Prefix)
		}
	}
	for i := range e.VNets {
		remove(e.VNets[i].Space)
	}
	for i := range e.Sites {
		remove(e.Sites[i].Prefixes)
		if a := e.Sites[i].Address.Addr; a.IsValid() {
			b.Remove(a)
		}
	}
	for i := range e.Gateways {
		remove(e.Gateways[i].ClientPools)
	}
	for i := range e.DNSServers {
		b.Remove(e.DNSServers[i].Address.Addr)
	}
}

// take returns the lowest free block of the size, range by range, and takes it.
func (a *addressPlan) take(bits int) (netip.Prefix, bool) {
	for _, r := range hubRanges {
		for _, free := range a.free.Ranges() {
			if !r.Contains(free.From()) {
				continue
			}
			if p, ok := lowestBlock(free, bits); ok {
				a.remove(p)
				return p, true
			}
		}
	}
	return netip.Prefix{}, false
}

func (a *addressPlan) remove(p netip.Prefix) {
	var b netipx.IPSetBuilder
	b.AddSet(a.free)
	b.RemovePrefix(p)
	a.free, _ = b.IPSet()
}

// lowestBlock is the first aligned block of the size inside a range.
func lowestBlock(r netipx.IPRange, bits int) (netip.Prefix, bool) {
	p := netip.PrefixFrom(r.From(), bits).Masked()
	if p.Addr() != r.From() { // the range starts inside a block: the next one
		next := netipx.PrefixLastIP(p).Next()
		if !next.IsValid() {
			return netip.Prefix{}, false
		}
		p = netip.PrefixFrom(next, bits)
	}
	if netipx.PrefixLastIP(p).Compare(r.To()) > 0 {
		return netip.Prefix{}, false
	}
	return p, true
}
