package arm

import (
	"math/big"
	"net/netip"
)

// prefix is an argument that must be an address range.
func (c *call) prefix(i int) netip.Prefix {
	p, err := netip.ParsePrefix(c.string(i))
	if err != nil {
		c.fail("%s of a text that is no address range", c.expr.Name)
	}
	return p.Masked()
}

// from is the address that comes n after another; ok is false beyond the last of all.
func from(a netip.Addr, n *big.Int) (netip.Addr, bool) {
	sum := new(big.Int).SetBytes(a.AsSlice())
	sum.Add(sum, n)
	if sum.Sign() < 0 || sum.BitLen() > a.BitLen() {
		return a, false
	}
	b, ok := netip.AddrFromSlice(sum.FillBytes(make([]byte, a.BitLen()/8)))
	return b, ok
}

// size is how many addresses a range has.
func size(p netip.Prefix) *big.Int {
	return new(big.Int).Lsh(big.NewInt(1), uint(p.Addr().BitLen()-p.Bits()))
}

var tooSmall = unknownFor("which addresses of so small a range the service calls usable is not documented")

func parseCIDR(c *call) any {
	p := c.prefix(0)
	last, _ := from(p.Addr(), new(big.Int).Sub(size(p), big.NewInt(1)))
	mask, _ := netip.AddrFromSlice(netmask(p))
	if p.Addr().Is6() {
		return objectOf("network", p.Addr().String(), "netmask", mask.String(),
			"firstUsable", p.Addr().String(), "lastUsable", last.String(), "cidr", int64(p.Bits()))
	}
	if p.Bits() > 30 {
		return tooSmall
	}
	return objectOf("network", p.Addr().String(), "netmask", mask.String(), "broadcast", last.String(),
		"firstUsable", p.Addr().Next().String(), "lastUsable", last.Prev().String(), "cidr", int64(p.Bits()))
}

func netmask(p netip.Prefix) []byte {
	mask := make([]byte, p.Addr().BitLen()/8)
	for i := range p.Bits() {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	return mask
}

// cidrSubnet is the n-th range of a length within another.
func cidrSubnet(c *call) any {
	p, length, n := c.prefix(0), c.int(1), c.int(2)
	if length < int64(p.Bits()) || length > int64(p.Addr().BitLen()) || n < 0 {
		return faultOf("the range %d of length %d in one of length %d", n, length, p.Bits())
	}
	step := new(big.Int).Lsh(big.NewInt(1), uint(int64(p.Addr().BitLen())-length))
	at, ok := from(p.Addr(), step.Mul(step, big.NewInt(n)))
	if !ok || !p.Contains(at) {
		return faultOf("there is no range %d of length %d in one of length %d", n, length, p.Bits())
	}
	return netip.PrefixFrom(at, int(length)).String()
}

// cidrHost is the n-th usable address of a range, counted from 0.
func cidrHost(c *call) any {
	p, n := c.prefix(0), c.int(1)
	if p.Addr().Is4() && p.Bits() > 30 {
		return tooSmall
	}
	usable := size(p)
	if p.Addr().Is4() { // the last is for broadcasts
		usable.Sub(usable, big.NewInt(1))
	}
	host := new(big.Int).Add(big.NewInt(n), big.NewInt(1))
	at, ok := from(p.Addr(), host)
	if n < 0 || !ok || host.Cmp(usable) >= 0 {
		return faultOf("there is no usable address %d in a range of length %d", n, p.Bits())
	}
	return at.String()
}
