package estate

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/netmigrate/netmigrate/netcfg"
	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// Fixed is one correction that Fix made: where, under which rule, and the value before and after;
// New is empty for what was removed.
type Fixed struct {
	Pos      diag.Pos
	Rule     string
	What     string // the object, in words: `local network site "HQ"`
	Old, New string
}

// Fix returns a network configuration without the faults that have one safe correction, and says
// what it corrected, in order of position. e is the estate of all inputs, f one of them; neither is
// changed. What is not certain stays as it is. Fixing twice is fixing once.
//
//   - A prefix with host bits or leading zeros is written as the network that it is read as (ADDR-006).
//   - A site that nothing in the file refers to is taken out (SITE-007), unless no VNet refers to any
//     site: such a file may have lost its references, and the sites are what is left of them.
//   - Two sites that carry each other's gateway address get their own (SITE-001), when both addresses
//     are known: as those of provisioned gateways, or because all other sites agree on them.
//
// Leaves keep their Refs, so findings about the result point into the document as it was read.
func Fix(e *Estate, subscription string, f *netcfg.File) (*netcfg.File, []Fixed) {
	out := *f
	x := &fixer{file: &out, subscription: subscription}
	x.removeSites()
	x.exchange(swapped(e))
	x.canonical()
	slices.SortStableFunc(x.fixed, func(a, b Fixed) int { return a.Pos.Compare(b.Pos) })
	return &out, x.fixed
}

type fixer struct {
	subscription string
	file         *netcfg.File
	fixed        []Fixed
}

func (x *fixer) note(at diag.Ref, rule, what, before, after string) {
	x.fixed = append(x.fixed, Fixed{at.Pos(x.file.Name), rule, what, before, after})
}

func siteWords(l *netcfg.LocalNetworkSite) string {
	return "local network site " + strconv.Quote(l.Name.Value)
}

// removeSites takes out the sites without a reference. One whose name stands twice stays: a person
// has to say which of the two is meant.
func (x *fixer) removeSites() {
	used, defined := map[string]bool{}, map[string]int{}
	for i := range x.file.VirtualNetworkSites {
		if g := x.file.VirtualNetworkSites[i].Gateway; g != nil {
			for _, c := range g.Connections {
				used[strings.ToLower(c.Name.Value)] = true
			}
		}
	}
	if len(used) == 0 {
		return
	}
	for i := range x.file.LocalNetworkSites {
		defined[strings.ToLower(x.file.LocalNetworkSites[i].Name.Value)]++
	}
	var kept []netcfg.LocalNetworkSite
	for i := range x.file.LocalNetworkSites {
		l := &x.file.LocalNetworkSites[i]
		if key := strings.ToLower(l.Name.Value); key != "" && !used[key] && defined[key] == 1 {
			x.note(l.Ref, "SITE-007", siteWords(l), l.Name.Value, "")
			continue
		}
		kept = append(kept, *l)
	}
	x.file.LocalNetworkSites = kept
}

// exchange gives sites the addresses that are theirs.
func (x *fixer) exchange(own map[Key]netip.Addr) {
	if len(own) == 0 {
		return
	}
	x.file.LocalNetworkSites = slices.Clone(x.file.LocalNetworkSites)
	for i := range x.file.LocalNetworkSites {
		l := &x.file.LocalNetworkSites[i]
		key := ID{Subscription: x.subscription, Type: TypeSite, Name: l.Name.Value}.Key()
		addr, ok := own[key]
		delete(own, key) // of two sites with one name the estate has the first
		if ok && l.VPNGatewayAddress.Value != "" {
			x.note(l.VPNGatewayAddress.TextRef, "SITE-001", "gateway address of "+siteWords(l), l.VPNGatewayAddress.Value, addr.String())
			l.VPNGatewayAddress.Value = addr.String()
		}
	}
}

// canonical writes every prefix as the estate reads it.
func (x *fixer) canonical() {
	x.file.LocalNetworkSites = slices.Clone(x.file.LocalNetworkSites)
	for i := range x.file.LocalNetworkSites {
		l := &x.file.LocalNetworkSites[i]
		l.AddressSpaces = x.spaces(l.AddressSpaces, siteWords(l))
	}
	x.file.VirtualNetworkSites = slices.Clone(x.file.VirtualNetworkSites)
	for i := range x.file.VirtualNetworkSites {
		x.canonicalVNet(&x.file.VirtualNetworkSites[i])
	}
}

func (x *fixer) canonicalVNet(v *netcfg.VirtualNetworkSite) {
	what := "VNet " + strconv.Quote(v.Name.Value)
	v.AddressSpaces = x.spaces(v.AddressSpaces, what)
	v.Subnets = slices.Clone(v.Subnets)
	for i := range v.Subnets {
		s := &v.Subnets[i]
		s.Prefixes = x.prefixes(s.Prefixes, "subnet "+strconv.Quote(s.Name.Value)+" of "+what)
	}
	if v.Gateway != nil && v.Gateway.VPNClientAddressPool != nil {
		g, pool := *v.Gateway, *v.Gateway.VPNClientAddressPool
		pool.Prefixes = x.prefixes(pool.Prefixes, "point-to-site pool of "+what)
		g.VPNClientAddressPool, v.Gateway = &pool, &g
	}
}

func (x *fixer) spaces(in []netcfg.AddressSpace, what string) []netcfg.AddressSpace {
	out := slices.Clone(in)
	for i := range out {
		out[i].Prefixes = x.prefixes(out[i].Prefixes, what)
	}
	return out
}

func (x *fixer) prefixes(in []netcfg.Text, what string) []netcfg.Text {
	out := slices.Clone(in)
	for i := range out {
		if p, note, err := parsePrefix(out[i].Value); err == nil && note != "" {
			x.note(out[i].TextRef, "ADDR-006", "prefix of "+what, out[i].Value, p.String())
			out[i].Value = p.String()
		}
	}
	return out
}

// swapped finds the sites of pairs that carry each other's address: the address that each of them
// should have, where both are known.
func swapped(e *Estate) map[Key]netip.Addr {
	suspects := suspectSites(e)
	if len(suspects) == 0 {
		return nil
	}
	own := gatewayAddresses(e, suspects)
	type exchange struct{ has, needs netip.Addr }
	found := map[exchange]bool{}
	needs := map[Key]exchange{}
	for i := range e.Sites {
		s := &e.Sites[i]
		key := s.ID.Key()
		if right := own[s.Endpoint.Key()]; suspects[key] && right.IsValid() && right != s.Address.Addr {
			needs[key] = exchange{s.Address.Addr, right}
			found[needs[key]] = true
		}
	}
	out := map[Key]netip.Addr{}
	for key, x := range needs {
		if found[exchange{x.needs, x.has}] {
			out[key] = x.needs
		}
	}
	return out
}

// suspectSites are the sites whose address speaks for another VNet than their prefixes do.
func suspectSites(e *Estate) map[Key]bool {
	out := map[Key]bool{}
	sites := make(map[Key]*Site, len(e.Sites))
	for i := range e.Sites {
		sites[e.Sites[i].ID.Key()] = &e.Sites[i]
	}
	for i := range e.Connections {
		c := &e.Connections[i]
		if s := sites[c.Site.Key()]; s != nil && c.Pairing.Suspect == "SITE-001" && slices.Contains(c.Pairing.Evidence, Evidence{AgainstAddress, s.Address.Raw}) {
			out[c.Site.Key()] = true
		}
	}
	return out
}

// gatewayAddresses is the address of the VPN gateway of each VNet, as far as it is known: that of a
// provisioned gateway, or else the one that every other site for the VNet has. Where those disagree it is
// the zero address.
func gatewayAddresses(e *Estate, suspects map[Key]bool) map[Key]netip.Addr {
	out := map[Key]netip.Addr{}
	for i := range e.Sites {
		s := &e.Sites[i]
		if s.Endpoint.IsZero() || suspects[s.ID.Key()] || !s.Address.IsValid() || s.Address.Placeholder != "" {
			continue
		}
		key := s.Endpoint.Key()
		if known, ok := out[key]; ok && known != s.Address.Addr {
			out[key] = netip.Addr{}
		} else if !ok {
			out[key] = s.Address.Addr
		}
	}
	for i := range e.Gateways {
		if g := &e.Gateways[i]; g.Kind == VPNGateway && g.State.Value == GatewayProvisioned && g.Address.IsValid() {
			out[g.VNet.Key()] = g.Address.Addr
		}
	}
	return out
}
