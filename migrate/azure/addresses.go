package azure

import (
	"net/netip"
	"slices"
)

func prefixes(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

var (
	forbiddenPrefixes = prefixes("127.0.0.0/8", "168.63.129.16/32", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32")
	privatePrefixes   = prefixes("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")
)

// ReservedPerSubnet is how many addresses of each subnet the platform keeps: the first four and
// the last. Source: docs/sources.md#addressing.
const ReservedPerSubnet = 5

// SmallestSubnetBits is the prefix length of the smallest subnet.
// Source: docs/sources.md#addressing.
const SmallestSubnetBits = 29

// ForbiddenPrefixes is what an address space may not touch: loopback, the platform's own address,
// link-local, multicast and broadcast, in address order. Source: docs/sources.md#addressing.
func ForbiddenPrefixes() []netip.Prefix { return slices.Clone(forbiddenPrefixes) }

// PrivateRanges are the private ranges: RFC 1918, and 100.64.0.0/10 of RFC 6598, in address order.
// Source: docs/sources.md#addressing.
func PrivateRanges() []netip.Prefix { return slices.Clone(privatePrefixes) }

// IsPrivate reports whether all of the prefix is private: RFC 1918, or 100.64.0.0/10 of RFC 6598.
// The platform drops packets to these when nothing routes them; any other goes to the Internet.
// Source: docs/sources.md#addressing.
func IsPrivate(p netip.Prefix) bool {
	return slices.ContainsFunc(privatePrefixes, func(private netip.Prefix) bool {
		return private.Bits() <= p.Bits() && private.Contains(p.Addr())
	})
}

// IsPrivateAddr is IsPrivate for one address.
func IsPrivateAddr(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsValid() && IsPrivate(netip.PrefixFrom(a, a.BitLen()))
}

// implausible are ranges in which no VPN device on the Internet has its address.
var implausible = []struct {
	prefix netip.Prefix
	why    string
}{
	{netip.MustParsePrefix("0.0.0.0/8"), "a reserved address"},
	{netip.MustParsePrefix("10.0.0.0/8"), "a private address"},
	{netip.MustParsePrefix("100.64.0.0/10"), "a shared address of carriers, not reachable from the Internet"},
	{netip.MustParsePrefix("127.0.0.0/8"), "a loopback address"},
	{netip.MustParsePrefix("168.63.129.16/32"), "an address of the platform itself"},
	{netip.MustParsePrefix("169.254.0.0/16"), "a link-local address"},
	{netip.MustParsePrefix("172.16.0.0/12"), "a private address"},
	{netip.MustParsePrefix("192.0.0.0/24"), "a reserved address"},
	{netip.MustParsePrefix("192.0.2.0/24"), "a documentation address"},
	{netip.MustParsePrefix("192.88.99.0/24"), "a reserved address"},
	{netip.MustParsePrefix("192.168.0.0/16"), "a private address"},
	{netip.MustParsePrefix("198.18.0.0/15"), "an address for benchmarks"},
	{netip.MustParsePrefix("198.51.100.0/24"), "a documentation address"},
	{netip.MustParsePrefix("203.0.113.0/24"), "a documentation address"},
	{netip.MustParsePrefix("224.0.0.0/4"), "a multicast address"},
	{netip.MustParsePrefix("240.0.0.0/4"), "a reserved address"},
}

// dummies are addresses that published examples put where the real one is not known yet. People
// copied them, so they stand in real files.
var dummies = []netip.Addr{
	netip.MustParseAddr("2.0.0.2"), netip.MustParseAddr("13.68.210.16"),
	netip.MustParseAddr("23.1.1.1"), netip.MustParseAddr("23.2.2.2"),
	netip.MustParseAddr("131.2.3.4"), netip.MustParseAddr("131.4.5.6"),
}

// Placeholder says why an address cannot be the public address of a VPN device, as words that
// complete "it is …"; empty when it can. Source: docs/sources.md#gateway-address.
func Placeholder(a netip.Addr) string {
	a = a.Unmap()
	if !a.Is4() {
		return "not an IPv4 address"
	}
	for _, r := range implausible {
		if r.prefix.Contains(a) {
			return r.why
		}
	}
	o := a.As4()
	step := int(o[1]) - int(o[0])
	even := int(o[2])-int(o[1]) == step && int(o[3])-int(o[2]) == step
	switch {
	case even && step == 0:
		return "a placeholder of repeated numbers"
	case even && (step == 1 || step == -1):
		return "a placeholder of counting numbers"
	case slices.Contains(dummies, a):
		return "a placeholder known from published examples"
	}
	return ""
}
