//go:build linux

package reach_test

import (
	"fmt"
	"math/rand"
	"net/netip"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// pencil draws estates for the kernel: smaller than real ones, and shaped like them, with flaws.
//
// VNet number i has 10.i.0.0/22: subnets a, b and c are its first three /24s, c at times in no subnet; the last /24 has
// GatewaySubnet and, in hubs, the subnet of the firewall at 10.i.3.68. On-premises networks have 192.168.0.0/16 and
// 192.168.0.0/17, clients 172.16.i.0/24.
type pencil struct {
	*world
	*rand.Rand
	names []string // of the VNets
	space map[string]string
}

func newPencil(seed int64) *pencil {
	return &pencil{world: &world{}, Rand: rand.New(rand.NewSource(seed)), space: map[string]string{}}
}

// odds is true about so often, in percent.
func (d *pencil) odds(percent int) bool { return d.Intn(100) < percent }

// network adds VNet number i.
func (d *pencil) network(model estate.Model, name string, i int) {
	d.space[name] = fmt.Sprintf("10.%d.0.0/22", i)
	d.vnet(model, name, d.space[name])
	d.names = append(d.names, name)
	d.subnet(name, "a", fmt.Sprintf("10.%d.0.0/24", i))
	d.subnet(name, "b", fmt.Sprintf("10.%d.1.0/24", i))
	if d.odds(30) {
		d.subnet(name, "c", fmt.Sprintf("10.%d.2.0/24", i))
	}
	d.subnet(name, estate.GatewaySubnet, fmt.Sprintf("10.%d.3.0/27", i))
}

func (d *pencil) at(name string) *estate.VNet {
	i := slices.IndexFunc(d.VNets, func(v estate.VNet) bool { return v.Name == name })
	return &d.VNets[i]
}

func (d *pencil) subnet(vnet, name, prefix string) {
	v := d.at(vnet)
	v.Subnets = append(v.Subnets, estate.Subnet{Name: name, Prefix: prefixes(prefix)[0]})
}

// table gives subnets of a VNet a route table. Routes are "prefix next-hop", or "prefix address".
func (d *pencil) table(vnet string, subnets []string, propagation bool, routes ...string) {
	t := estate.RouteTable{ID: id(estate.TypeRouteTable, "rt-"+vnet+"-"+subnets[0]), RoutesKnown: true, NoPropagation: !propagation}
	t.Name = t.ID.Name
	seen := map[string]bool{}
	for _, text := range routes {
		prefix, hop, _ := strings.Cut(text, " ")
		if seen[prefix] {
			continue
		}
		seen[prefix] = true
		r := estate.Route{Prefix: prefixes(prefix)[0], NextHop: estate.Fact{Value: hop}}
		if a, err := netip.ParseAddr(hop); err == nil {
			r.NextHop.Value, r.Address.Addr = "VirtualAppliance", a
		}
		t.Routes = append(t.Routes, r)
	}
	d.RouteTables = append(d.RouteTables, t)
	for i := range d.at(vnet).Subnets {
		if s := &d.at(vnet).Subnets[i]; slices.Contains(subnets, s.Name) {
			s.RouteTable = t.ID
		}
	}
}

// device puts a firewall or an appliance into VNet number i, and gives its address.
func (d *pencil) device(vnet string, i int, kind estate.GatewayKind) string {
	name, address := "AzureFirewallSubnet", fmt.Sprintf("10.%d.3.68", i)
	if kind == estate.Appliance {
		name = "nva"
	}
	d.subnet(vnet, name, fmt.Sprintf("10.%d.3.64/26", i))
	typ := estate.TypeFirewall
	if kind == estate.Appliance {
		typ = estate.TypeInterface
	}
	d.Gateways = append(d.Gateways, estate.Gateway{ID: id(typ, "fw-"+vnet), VNet: id(estate.TypeVNet, vnet), Kind: kind, Subnet: name,
		PrivateIPs: []estate.Address{{Addr: netip.MustParseAddr(address)}}})
	return address
}

// join peers two VNets; forwarded says how likely each half is to let in what an appliance passes on.
func (d *pencil) join(a, b, uses string, forwarded int) {
	d.peer(a, b, uses)
	for i := range 2 {
		d.Peerings[len(d.Peerings)-1-i].AllowForwardedTraffic = d.odds(forwarded)
	}
}

// v2v joins two gateways by Vnet2Vnet connections, in a part of the cases with BGP.
func (d *pencil) v2v(a, b string, bgp bool) {
	d.vnet2vnet(a, b)
	if !bgp {
		return
	}
	for i := range 2 {
		d.Connections[len(d.Connections)-1-i].EnableBGP = exchanging
	}
	for _, name := range []string{a, b} {
		if d.odds(90) {
			d.speaker(name)
		}
	}
}

// speaker gives a gateway an ASN of its own.
func (d *pencil) speaker(name string) {
	if g := d.gateway(name); g.BGP == nil {
		g.BGP = &estate.BGP{ASN: estate.Fact{Value: fmt.Sprint(65100 + slices.Index(d.names, name))}}
	}
}

// partial makes the peering drawn last one of two subnets of either side.
func (d *pencil) partial(a, b string) {
	for i, ends := range [][2]string{{b, a}, {a, b}} {
		p := &d.Peerings[len(d.Peerings)-1-i]
		p.Partial, p.UseRemoteGateways, p.AllowGatewayTransit = true, false, false
		p.LocalSubnets, p.RemoteSubnets = []string{"a"}, []string{"a"}
		if ends[0] == a {
			p.LocalSubnets = []string{"a", "b"}
		} else {
			p.RemoteSubnets = []string{"a", "b"}
		}
	}
}
