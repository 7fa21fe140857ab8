package estate_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// world is an ARM estate while it is built by hand.
type world struct{ estate.Estate }

func prefixes(texts ...string) []estate.Prefix {
	var out []estate.Prefix
	for _, text := range texts {
		out = append(out, estate.Prefix{Prefix: netip.MustParsePrefix(text), Raw: text})
	}
	return out
}

func vnetID(name string) estate.ID {
	return estate.ID{Subscription: "s", Type: estate.TypeVNet, Name: name}
}

func gatewayID(vnet string) estate.ID {
	return estate.ID{Subscription: "s", Type: estate.TypeGateway, Name: vnet + "-gateway"}
}

func (w *world) vnet(name string, space ...string) *estate.VNet {
	v := estate.VNet{ID: vnetID(name), Name: name, Model: estate.ARM, Region: estate.Region{Name: "westeurope"}, Space: prefixes(space...)}
	w.VNets = append(w.VNets, v)
	return &w.VNets[len(w.VNets)-1]
}

func addSubnet(vnet *estate.VNet, name, prefix string) {
	vnet.Subnets = append(vnet.Subnets, estate.Subnet{Name: name, Raw: name, Prefix: prefixes(prefix)[0]})
}

// gateway gives a VNet a gateway with a connection to each of the sites, which are made as well.
func (w *world) gateway(vnet string, sites ...[]string) {
	w.Gateways = append(w.Gateways, estate.Gateway{ID: gatewayID(vnet), VNet: vnetID(vnet)})
	for i, space := range sites {
		name := fmt.Sprintf("%s-site%d", vnet, i)
		site := estate.ID{Subscription: "s", Type: estate.TypeSite, Name: name}
		w.Sites = append(w.Sites, estate.Site{ID: site, Name: name, Prefixes: prefixes(space...)})
		w.Connections = append(w.Connections, estate.Connection{
			ID: estate.ID{Subscription: "s", Type: estate.TypeConnection, Name: vnet + "-to-" + name}, Gateway: gatewayID(vnet), Site: site})
	}
}

// peer makes both halves of a peering; the first VNet is the hub when there is one.
func (w *world) peer(hub, spoke string, transit, remote bool) {
	half := func(from, to string) estate.Peering {
		id := vnetID(from)
		id.Type, id.Child = estate.TypePeering, "to-"+to
		return estate.Peering{ID: id, VNet: vnetID(from), Remote: vnetID(to), AllowVirtualNetworkAccess: true}
	}
	a, b := half(hub, spoke), half(spoke, hub)
	a.AllowGatewayTransit, b.UseRemoteGateways = transit, remote
	w.Peerings = append(w.Peerings, a, b)
}

// hubAndSpoke is what the platform accepts: a hub with a gateway that a spoke uses.
func hubAndSpoke(w *world) {
	addSubnet(w.vnet("hub", "10.0.0.0/16"), estate.GatewaySubnet, "10.0.0.0/27")
	w.vnet("east", "10.1.0.0/16")
	w.gateway("hub", []string{"192.168.0.0/16"})
	w.peer("hub", "east", true, true)
}

// TestValidate holds, for each rule that Validate owns, an estate that breaks it, with the messages,
// and one that nearly does.
func TestValidate(t *testing.T) {
	for _, c := range []struct {
		rule, name    string
		fires, silent func(*world)
		want          []string
	}{
		{
			rule: "ADDR-001", name: "peers",
			fires: func(w *world) {
				w.vnet("east", "10.1.0.0/16")
				w.vnet("west", "10.2.0.0/16", "10.1.128.0/17")
				w.peer("east", "west", false, false)
			},
			silent: func(w *world) {
				w.vnet("east", "10.1.0.0/17")
				w.vnet("west", "10.2.0.0/16", "10.1.128.0/17")
				w.peer("east", "west", false, false)
			},
			want: []string{
				`prefix 10.1.0.0/16 of "east" overlaps 10.1.128.0/17 of "west"; the two cannot be peered`,
				`prefix 10.1.128.0/17 of "west" overlaps 10.1.0.0/16 of "east"; the two cannot be peered`,
			},
		},
		{
			rule: "ADDR-002", name: "spokes",
			fires: func(w *world) {
				hubAndSpoke(w)
				w.vnet("west", "10.1.9.0/24")
				w.peer("hub", "west", false, false)
			},
			silent: func(w *world) {
				hubAndSpoke(w)
				w.vnet("west", "10.1.9.0/24")
			},
			want: []string{`VNet "hub" is peered with "west" (10.1.9.0/24) and "east" (10.1.0.0/16), which overlap`},
		},
		{
			rule: "ADDR-003", name: "own site",
			fires:  func(w *world) { w.vnet("east", "10.1.0.0/16"); w.gateway("east", []string{"10.0.0.0/8"}) },
			silent: func(w *world) { w.vnet("east", "10.1.0.0/16"); w.gateway("east", []string{"10.2.0.0/15"}) },
			want:   []string{`prefix 10.0.0.0/8 of local network site "east-site0" overlaps 10.1.0.0/16 of VNet "east", which connects to it`},
		},
		{
			rule: "ADDR-004", name: "two sites",
			fires: func(w *world) {
				w.vnet("east", "10.1.0.0/16")
				w.gateway("east", []string{"192.168.0.0/16"}, []string{"192.168.7.0/24"})
			},
			silent: func(w *world) {
				w.vnet("east", "10.1.0.0/16")
				w.gateway("east", []string{"192.168.0.0/16", "192.168.7.0/24"}, []string{"172.16.0.0/12"})
			},
			want: []string{`local network sites "east-site1" (192.168.7.0/24) and "east-site0" (192.168.0.0/16) of VNet "east" overlap`},
		},
		{
			rule: "ADDR-007", name: "subnets and space",
			fires: func(w *world) {
				v := w.vnet("east", "10.1.0.0/16", "10.1.5.0/24")
				addSubnet(v, "apps", "10.1.0.0/24")
				addSubnet(v, "data", "10.1.0.0/25")
				addSubnet(v, "lab", "10.2.0.0/24")
			},
			silent: func(w *world) {
				v := w.vnet("east", "10.1.0.0/16", "10.2.0.0/24")
				addSubnet(v, "apps", "10.1.0.0/24")
				addSubnet(v, "data", "10.1.1.0/25")
				addSubnet(v, "lab", "10.2.0.0/24")
			},
			want: []string{
				`address space of VNet "east" overlaps itself: 10.1.5.0/24 and 10.1.0.0/16`,
				`subnet "lab" (10.2.0.0/24) lies outside the address space of VNet "east"`,
				`subnets of VNet "east" overlap: "data" (10.1.0.0/25) and "apps" (10.1.0.0/24)`,
			},
		},
		{
			rule: "ADDR-011", name: "loopback",
			fires:  func(w *world) { w.vnet("east", "127.1.0.0/16") },
			silent: func(w *world) { w.vnet("east", "126.0.0.0/16") },
			want:   []string{`address space 127.1.0.0/16 of VNet "east" lies in 127.0.0.0/8, which a VNet may not use`},
		},
		{
			rule: "GW-002", name: "no subnet",
			fires: func(w *world) {
				addSubnet(w.vnet("east", "10.1.0.0/16"), "gateways", "10.1.0.0/27")
				w.gateway("east", []string{"192.168.0.0/16"})
			},
			silent: func(w *world) {
				addSubnet(w.vnet("east", "10.1.0.0/16"), "gatewaysubnet", "10.1.0.0/27")
				w.gateway("east", []string{"192.168.0.0/16"})
			},
			want: []string{`VNet "east" has connections or a client pool but no subnet named GatewaySubnet`},
		},
		{
			rule: "GW-004", name: "own gateway",
			fires:  func(w *world) { hubAndSpoke(w); w.gateway("east") },
			silent: hubAndSpoke,
			want:   []string{`VNet "east" has a gateway of its own and cannot use that of "hub"`},
		},
		{
			rule: "PEER-005", name: "no gateway",
			fires:  func(w *world) { hubAndSpoke(w); w.Gateways = nil },
			silent: hubAndSpoke,
			want:   []string{`VNet "east" would use a gateway of "hub", which has none`},
		},
		{
			rule: "PEER-005", name: "no transit",
			fires:  func(w *world) { hubAndSpoke(w); w.Peerings[0].AllowGatewayTransit = false },
			silent: hubAndSpoke,
			want:   []string{`VNet "east" would use the gateway of "hub", whose peering does not allow gateway transit`},
		},
		{
			rule: "PEER-006", name: "two hubs",
			fires: func(w *world) {
				hubAndSpoke(w)
				w.vnet("hub2", "10.9.0.0/16")
				w.gateway("hub2")
				w.peer("hub2", "east", true, true)
			},
			silent: func(w *world) {
				hubAndSpoke(w)
				w.vnet("hub2", "10.9.0.0/16")
				w.gateway("hub2")
				w.peer("hub2", "east", true, false)
			},
			want: []string{`2 peerings of VNet "east" use remote gateways; one may`},
		},
		{
			rule: "PEER-009", name: "two clouds",
			fires:  func(w *world) { hubAndSpoke(w); w.VNets[1].Region.Name = "chinaeast" },
			silent: func(w *world) { hubAndSpoke(w); w.VNets[1].Region.Name = "" },
			want: []string{
				`"east" is in AzureChinaCloud and "hub" in AzurePublic; peering does not cross clouds`,
				`"hub" is in AzurePublic and "east" in AzureChinaCloud; peering does not cross clouds`,
			},
		},
		{
			rule: "HUB-002", name: "peerings",
			fires:  func(w *world) { manySpokes(w, azure.MaxPeeringsPerVNet+1) },
			silent: func(w *world) { manySpokes(w, azure.MaxPeeringsPerVNet) },
			want:   []string{`VNet "hub" would have 501 peerings; 500 are allowed`},
		},
	} {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, refusals(c.fires, c.rule)); diff != "" {
				t.Errorf("messages (-want +got)\n%s", diff)
			}
			if got := refusals(c.silent, c.rule); len(got) > 0 {
				t.Errorf("near miss fires: %q", got)
			}
		})
	}
}

// refusals are the messages of one rule about an estate.
func refusals(build func(*world), rule string) []string {
	w := &world{}
	build(w)
	var out []string
	for _, f := range estate.Validate(&w.Estate) {
		if f.Rule == rule {
			out = append(out, f.Message)
		}
	}
	return out
}

func manySpokes(w *world, n int) {
	w.vnet("hub", "10.0.0.0/16")
	for i := range n {
		name := fmt.Sprintf("spoke%03d", i)
		w.vnet(name, fmt.Sprintf("172.%d.%d.0/24", 16+i/256, i%256))
		w.peer("hub", name, false, false)
	}
}
