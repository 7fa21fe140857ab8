package estate

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// parsePrefix reads a prefix as the classic service stored it. note says what had to be corrected
// to get a canonical one, in plain words, and is empty when nothing had to be.
func parsePrefix(raw string) (p netip.Prefix, note string, err error) {
	if p, err = netip.ParsePrefix(raw); err != nil {
		if p, err = lenientPrefix(raw); err != nil {
			return netip.Prefix{}, "", err
		}
		note = "leading zeros are read as decimal"
	}
	if !p.Addr().Is4() {
		return netip.Prefix{}, "", errors.New("classic networks are IPv4 only")
	}
	if masked := p.Masked(); masked != p {
		if note != "" {
			note += ", "
		}
		return masked, note + "host bits are set", nil
	}
	return p, note, nil
}

// lenientPrefix accepts what netip does not: octets with leading zeros, read as decimal as the
// people who wrote them meant, never as octal.
func lenientPrefix(raw string) (netip.Prefix, error) {
	address, length, found := strings.Cut(raw, "/")
	switch {
	case !found:
		return netip.Prefix{}, errors.New("it has no length, like /24")
	case strings.Contains(length, "/"):
		return netip.Prefix{}, errors.New("it has two lengths")
	}
	addr, err := lenientAddr(address)
	if err != nil {
		return netip.Prefix{}, err
	}
	bits, err := strconv.Atoi(length)
	if err != nil || bits < 0 || bits > 32 || length[0] == '+' {
		return netip.Prefix{}, errors.New("its length is not a number from 0 to 32")
	}
	return netip.PrefixFrom(addr, bits), nil
}

func lenientAddr(raw string) (netip.Addr, error) {
	parts := strings.Split(raw, ".")
	if len(parts) != 4 {
		return netip.Addr{}, errors.New("it is not an IPv4 address of four numbers")
	}
	var octets [4]byte
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 8)
		if err != nil {
			return netip.Addr{}, errors.New("each of its four numbers must be from 0 to 255")
		}
		octets[i] = byte(n)
	}
	return netip.AddrFrom4(octets), nil
}

// parseAddr reads an address as the classic service stored it.
func parseAddr(raw string) (netip.Addr, error) {
	a, err := ParseAddr(raw)
	if err != nil {
		return lenientAddr(raw)
	}
	return a, nil
}

// ParseAddr reads an address without a zone. A zone names an interface of one machine, and may be any text at all.
func ParseAddr(raw string) (netip.Addr, error) {
	a, err := netip.ParseAddr(raw)
	if err == nil && a.Zone() != "" {
		return netip.Addr{}, fmt.Errorf("address %q has a zone", raw)
	}
	return a, err
}

// Overlap reports whether any prefix of a shares an address with one of b.
func Overlap(a, b []Prefix) bool {
	for i := range a {
		for j := range b {
			if a[i].Overlaps(b[j].Prefix) {
				return true
			}
		}
	}
	return false
}

// overlapping returns the first pair of prefixes, one of each list, that share addresses.
func overlapping(a, b []Prefix) (x, y Prefix, ok bool) {
	for i := range a {
		for j := range b {
			if a[i].Overlaps(b[j].Prefix) {
				return a[i], b[j], true
			}
		}
	}
	return x, y, false
}

// Within reports whether one of the prefixes contains all of p.
func Within(p netip.Prefix, space []Prefix) bool {
	for i := range space {
		if space[i].Bits() <= p.Bits() && space[i].Contains(p.Addr()) {
			return true
		}
	}
	return false
}

// sameSpace reports whether two lists hold the same prefixes, in any order. The lists of a VNet
// and of the site that stands for it are short, so the comparison is by hand.
func sameSpace(a, b []Prefix) bool {
	return subset(a, b) && subset(b, a)
}

func subset(a, b []Prefix) bool {
	for i := range a {
		found := false
		for j := range b {
			if a[i].Prefix == b[j].Prefix {
				found = true
				break
			}
		}
		if !found {
			return false
		}
	}
	return true
}

// covers reports whether every prefix of inner lies within outer.
func covers(outer, inner []Prefix) bool {
	for i := range inner {
		if !Within(inner[i].Prefix, outer) {
			return false
		}
	}
	return true
}
