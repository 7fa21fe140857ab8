package estate

import (
	"net/netip"

	"go4.org/netipx"

	"github.com/netmigrate/netmigrate/migrate/azure"
)

// room says where a gateway subnet could be: at the lowest free block of the recommended size inside
// the VNet's space, or, for a VPN gateway alone, of a smaller size that still takes it.
// Source: docs/sources.md#gateway-subnet.
func (m *migration) room(v *VNet, alone bool) {
	least := azure.RecommendedGatewaySubnetBits
	if alone {
		least = azure.MinGatewaySubnetBits
	}
	free := freeSpace(v)
	for bits := azure.RecommendedGatewaySubnetBits; bits <= least; bits++ {
		if p, ok := lowestFree(free, bits); ok {
			m.found.Add("ARM-025", m.at(v.Refs), "%s is free in VNet %q for a %s", p, v.Name, GatewaySubnet)
			return
		}
	}
	m.found.Add("ARM-025", m.at(v.Refs), "no block of /%d is free in VNet %q for a %s; add a prefix to its address space", azure.RecommendedGatewaySubnetBits, v.Name, GatewaySubnet)
}

// freeSpace is the IPv4 space of a VNet that no subnet takes. The gateway subnet counts as free: it
// would be replaced by what is looked for.
func freeSpace(v *VNet) []netipx.IPRange {
	var b netipx.IPSetBuilder
	for _, p := range v.Space {
		if p.Addr().Is4() {
			b.AddPrefix(p.Prefix)
		}
	}
	gateway, has := v.GatewaySubnet()
	for i := range v.Subnets {
		if s := &v.Subnets[i]; !has || s.Raw != gateway.Raw {
			b.RemovePrefix(s.Prefix.Prefix)
		}
	}
	set, err := b.IPSet()
	if err != nil {
		return nil // a prefix that is none leaves nothing to offer
	}
	return set.Ranges()
}

// lowestFree is the first aligned block of the size inside the ranges.
func lowestFree(ranges []netipx.IPRange, bits int) (netip.Prefix, bool) {
	for _, r := range ranges {
		p := netip.PrefixFrom(r.From(), bits).Masked()
		if p.Addr() != r.From() { // the range starts inside a block: the next one
			next := netipx.PrefixLastIP(p).Next()
			if !next.IsValid() {
				continue
			}
			p = netip.PrefixFrom(next, bits)
		}
		if netipx.PrefixLastIP(p).Compare(r.To()) <= 0 {
			return p, true
		}
	}
	return netip.Prefix{}, false
}
