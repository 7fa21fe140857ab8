//go:build linux

package reach_test

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// sketchOf is an estate for people, as far as the lab is built from it.
func sketchOf(e *estate.Estate) string {
	var b strings.Builder
	list := func(ps []estate.Prefix) string {
		var out []netip.Prefix
		for _, p := range ps {
			out = append(out, p.Prefix)
		}
		return fmt.Sprint(out)
	}
	for _, v := range e.VNets {
		fmt.Fprintf(&b, "VNet %s (%s) %s\n", v.Name, [...]string{"classic", "ARM"}[v.Model], list(v.Space))
		for _, s := range v.Subnets {
			fmt.Fprintf(&b, "  subnet %s %s", s.Name, s.Prefix.Prefix)
			if !s.RouteTable.IsZero() {
				fmt.Fprintf(&b, " table %s", s.RouteTable.Name)
			}
			for _, end := range s.ServiceEndpoints {
				fmt.Fprintf(&b, " endpoint %s %s", end.Service, list(end.Prefixes))
			}
			b.WriteByte('\n')
		}
	}
	for _, r := range e.RouteTables {
		fmt.Fprintf(&b, "table %s", r.Name)
		if r.NoPropagation {
			b.WriteString(" without propagation")
		}
		b.WriteByte('\n')
		for _, u := range r.Routes {
			fmt.Fprintf(&b, "  %s %s %s\n", u.Prefix.Prefix, u.NextHop.Value, u.Address.Addr)
		}
	}
	for _, g := range e.Gateways {
		fmt.Fprintf(&b, "%s %s of %s", g.Kind, g.ID.Name, g.VNet.Name)
		if len(g.ClientPools) > 0 {
			fmt.Fprintf(&b, " clients %s", list(g.ClientPools))
		}
		for _, a := range g.PrivateIPs {
			fmt.Fprintf(&b, " at %s in %s", a.Addr, g.Subnet)
		}
		if g.BGP != nil {
			fmt.Fprintf(&b, " ASN %s", g.BGP.ASN.Value)
		}
		fmt.Fprintf(&b, " state %q default site %q\n", g.State.Value, g.DefaultSite.Name)
	}
	for _, c := range e.Connections {
		fmt.Fprintf(&b, "%s %s from %s to %s%s, %s", c.Kind, c.ID.Name, c.Gateway.Name, c.Site.Name, c.RemoteGateway.Name, c.Pairing.Confidence)
		if !c.Pairing.Partner.IsZero() {
			fmt.Fprintf(&b, " with %s", c.Pairing.Partner.Name)
		}
		if c.Pairing.Suspect != "" {
			fmt.Fprintf(&b, " suspect %s", c.Pairing.Suspect)
		}
		if c.EnableBGP.Known() {
			b.WriteString(" BGP")
		}
		b.WriteByte('\n')
	}
	for _, s := range e.Sites {
		fmt.Fprintf(&b, "site %s %s %s%s", s.Name, list(s.Prefixes), s.Endpoint.Name, s.Network)
		if s.AnnouncedKnown {
			fmt.Fprintf(&b, " announces %s", list(s.Announced))
		}
		b.WriteByte('\n')
	}
	for _, p := range e.Peerings {
		fmt.Fprintf(&b, "peering %s → %s:", p.VNet.Name, p.Remote.Name)
		for _, f := range []struct {
			on   bool
			name string
		}{{!p.AllowVirtualNetworkAccess, "no access"}, {p.AllowForwardedTraffic, "forwarded"}, {p.AllowGatewayTransit, "transit"}, {p.UseRemoteGateways, "remote gateways"},
			{p.State != estate.PeeringConnected, "not connected"}, {p.RemoteSpace != nil, "took over " + list(p.RemoteSpace)},
			{p.Partial, fmt.Sprint("partial ", p.LocalSubnets, p.RemoteSubnets)}} {
			if f.on {
				b.WriteString(" " + f.name)
			}
		}
		b.WriteByte('\n')
	}
	for _, g := range e.Groups {
		fmt.Fprintf(&b, "group %s:", g.ID.Name)
		for _, m := range g.Members {
			b.WriteString(" " + m.Name)
		}
		if !g.Hub.IsZero() {
			b.WriteString(" hub " + g.Hub.Name)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
