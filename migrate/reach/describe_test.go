package reach_test

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// describe prints an estate for a person: one object per line, only what is set.
func describe(w *world) string {
	var b strings.Builder
	for _, v := range w.VNets {
		fmt.Fprintf(&b, "VNet %s %s %s\n", v.Name, []string{"classic", "ARM"}[v.Model], list(v.Space))
		for _, s := range v.Subnets {
			fmt.Fprintf(&b, "  subnet %s %s", s.Name, s.Prefix)
			if !s.RouteTable.IsZero() {
				fmt.Fprintf(&b, ", table %s", s.RouteTable.Name)
			}
			for _, se := range s.ServiceEndpoints {
				fmt.Fprintf(&b, ", service endpoint %s", list(se.Prefixes))
			}
			b.WriteByte('\n')
		}
	}
	for _, t := range w.RouteTables {
		fmt.Fprintf(&b, "table %s%s\n", t.Name, flags(t.NoPropagation, "without propagation"))
		for _, r := range t.Routes {
			fmt.Fprintf(&b, "  %s %s%s\n", r.Prefix, r.NextHop.Value, flags(r.Address.IsValid(), r.Address.Raw))
		}
	}
	for _, g := range w.Gateways {
		fmt.Fprintf(&b, "%s %s of %s%s%s", g.Kind, g.ID.Name, g.VNet.Name, flags(g.Absent(), "absent", g.NoForwarding, "without forwarding",
			g.BranchToBranch, "branch-to-branch", g.RemoteVNets == estate.On, "takes in remote VNets", g.RemoteVNets == estate.Off, "takes in no remote VNets"),
			flags(len(g.ClientPools) > 0, "pools "+list(g.ClientPools), !g.DefaultSite.IsZero(), "default "+g.DefaultSite.Name, g.Subnet != "", "in subnet "+g.Subnet))
		for _, a := range g.PrivateIPs {
			fmt.Fprintf(&b, " %s", a.Raw)
		}
		if g.BGP != nil {
			fmt.Fprintf(&b, ", ASN %s", g.BGP.ASN.Value)
		}
		for _, p := range g.RoutePeers {
			fmt.Fprintf(&b, ", peer %s announces %s", p.Appliance.Name, list(p.Learned))
		}
		b.WriteByte('\n')
	}
	for _, s := range w.Sites {
		fmt.Fprintf(&b, "site %s %s%s%s", s.Name, list(s.Prefixes), flags(s.Endpoint.IsZero(), "network "+s.Network), flags(!s.Endpoint.IsZero(), "VNet "+s.Endpoint.Name))
		if s.BGP != nil {
			fmt.Fprintf(&b, ", ASN %s", s.BGP.ASN.Value)
		}
		fmt.Fprintf(&b, "%s\n", flags(s.AnnouncedKnown, "announces "+list(s.Announced)))
	}
	for _, c := range w.Connections {
		fmt.Fprintf(&b, "%s %s of %s%s, %s", c.Kind, c.ID.Name, c.Gateway.Name, flags(c.Site.Name != "", "site "+c.Site.Name,
			c.RemoteGateway.Name != "", "to "+c.RemoteGateway.Name, c.EnableBGP.Known(), "BGP", !c.Circuit.IsZero(), "circuit "+c.Circuit.Name), c.Pairing.Confidence)
		fmt.Fprint(&b, flags(c.Pairing.Partner.Name != "", "partner "+c.Pairing.Partner.Name, c.Pairing.Suspect != "", "suspect "+c.Pairing.Suspect))
		for _, half := range c.Pairing.Candidates {
			fmt.Fprintf(&b, ", candidate %s", half.Name)
		}
		b.WriteByte('\n')
	}
	for _, p := range w.Peerings {
		fmt.Fprintf(&b, "peering %s→%s%s", p.VNet.Name, p.Remote.Name, flags(p.State != estate.PeeringConnected, "not connected", !p.AllowVirtualNetworkAccess, "no access",
			p.AllowForwardedTraffic, "forwarded", p.AllowGatewayTransit, "gateway transit", p.UseRemoteGateways, "uses the remote gateway",
			p.RemoteSpace != nil, "remote space "+list(p.RemoteSpace)))
		if p.Partial {
			fmt.Fprintf(&b, ", partial %v to %v", p.LocalSubnets, p.RemoteSubnets)
		}
		b.WriteByte('\n')
	}
	for _, g := range w.Groups {
		fmt.Fprintf(&b, "group %s:", g.ID.Name)
		for _, m := range g.Members {
			fmt.Fprintf(&b, " %s", m.Name)
		}
		fmt.Fprintf(&b, "%s\n", flags(!g.Hub.IsZero(), "hub "+g.Hub.Name))
	}
	for _, c := range w.Circuits {
		fmt.Fprintf(&b, "circuit %s%s\n", c.ID.Name, flags(c.LearnedKnown, "announces "+list(c.Learned)))
	}
	return b.String()
}

// flags prints those texts whose condition holds; conditions and texts take turns.
func flags(pairs ...any) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i].(bool) {
			fmt.Fprintf(&b, ", %s", pairs[i+1])
		}
	}
	return b.String()
}

func list(ranges []estate.Prefix) string {
	var out []string
	for _, p := range ranges {
		out = append(out, p.Prefix.String())
	}
	return "[" + strings.Join(out, " ") + "]"
}

func (p point) String() string {
	switch p.kind {
	case reach.OnPremises:
		return fmt.Sprintf("on-premises %s %s", p.name, p.addr)
	case reach.Clients:
		return fmt.Sprintf("clients of %s %s", p.name, p.addr)
	case internet:
		return fmt.Sprintf("Internet %s", p.addr)
	}
	return fmt.Sprintf("VNet %s %s", p.name, p.addr)
}

// in is a point of a VNet, outside, pool and web are the others.
func in(vnet, a string) point      { return point{reach.VNet, vnet, netip.MustParseAddr(a)} }
func outside(name, a string) point { return point{reach.OnPremises, name, netip.MustParseAddr(a)} }
func pool(vnet, a string) point    { return point{reach.Clients, vnet, netip.MustParseAddr(a)} }
func web(a string) point           { return point{internet, "", netip.MustParseAddr(a)} }
