//go:build linux

package reach_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// labExamples hold the lab itself against the words of docs/reach.md: estates so small that what the kernel must say
// can be written down. An end is a VNet and one of its subnets, an on-premises network or the clients of a VNet. The outcome is
// "session", "one way" (it arrives, and no session comes of it), or "no".
var labExamples = []struct {
	name string
	draw func(d *pencil)
	want string
}{
	{"a tunnel, one end without prefixes for the other", func(d *pencil) {
		d.plain(estate.Classic, "A", "B")
		d.link("A", d.space["B"], "B", "10.9.0.0/24")
	}, `
		A.a > B.a one way
		B.a > A.a no`},
	{"a tunnel for a part", func(d *pencil) {
		d.plain(estate.Classic, "A", "B")
		d.link("A", "10.2.0.0/24", "B", d.space["A"])
	}, `
		A.a > B.a session
		A.a > B.b no
		B.b > A.a one way`},
	{"a classic chain of many hops, and an ARM one of Vnet2Vnet", func(d *pencil) {
		d.plain(estate.Classic, "A", "B", "C")
		d.link("A", d.space["B"]+" "+d.space["C"], "B", d.space["A"])
		d.link("B", d.space["C"], "C", d.space["B"]+" "+d.space["A"])
		d.plain(estate.ARM, "D", "E", "F")
		d.v2v("D", "E", false)
		d.v2v("E", "F", false)
	}, `
		A.a > C.a session
		D.a > E.a session
		D.a > F.a no`},
	{"an ARM chain with BGP passes on", func(d *pencil) {
		d.plain(estate.ARM, "A", "B", "C")
		for _, name := range d.names {
			d.speaker(name)
		}
		d.bgp("A", "B")
		d.bgp("B", "C")
	}, `
		A.a > C.a session`},
	{"equal ASNs take no session", func(d *pencil) {
		d.plain(estate.ARM, "A", "B", "C")
		d.bgp("A", "B")
		d.bgp("B", "C")
	}, `
		A.a > B.a session
		A.a > C.a no`},
	{"an ARM chain of IPsec connections passes on what they list", func(d *pencil) {
		d.plain(estate.ARM, "A", "B", "C")
		d.link("A", d.space["B"]+" "+d.space["C"], "B", d.space["A"])
		d.v2v("B", "C", false)
		d.link("C", d.space["A"], "B", "10.9.0.0/24")
	}, `
		A.a > C.a no
		B.a > C.a session
		C.a > A.a one way`},
	{"gateway transit", func(d *pencil) {
		d.plain(estate.ARM, "H", "S", "T")
		d.onPrem("H", "192.168.0.0/24", "HQ")
		d.clients("H", "172.16.0.0/24")
		d.peer("H", "S", "S")
		d.peer("H", "T", "")
	}, `
		S.a > HQ session
		HQ > S.a session
		T.a > HQ no
		HQ > T.a no
		S.a > T.a no
		clients of H > S.a session
		clients of H > T.a no`},
	{"spokes meet at the gateway by a user route, and not without one", func(d *pencil) {
		d.plain(estate.ARM, "H", "S", "T")
		d.gateway("H")
		d.peer("H", "S", "S")
		d.peer("H", "T", "T")
		d.table("S", []string{"a"}, true, "10.0.0.0/8 VirtualNetworkGateway")
		d.table("T", []string{"a"}, true, "10.0.0.0/8 VirtualNetworkGateway")
	}, `
		S.a > T.a session
		S.a > T.b one way
		S.b > T.a no`},
	{"a firewall on both ways", func(d *pencil) { d.hub("10.0.0.0/8 10.1.3.68", "10.0.0.0/8 10.1.3.68") }, `
		S.a > T.a session
		S.a > T.b one way
		S.b > T.a no
		S.a > H.a session`},
	{"a firewall on one way", func(d *pencil) {
		d.hub("10.3.0.0/22 10.1.3.68", "10.9.0.0/24 None")
		d.peer("S", "T", "")
	}, `
		S.a > T.a one way
		T.a > S.a one way
		S.b > T.a session`},
	{"forwarded traffic is not let in", func(d *pencil) {
		d.hub("10.0.0.0/8 10.1.3.68", "10.0.0.0/8 10.1.3.68")
		d.set("T", "H", func(p *estate.Peering) { p.AllowForwardedTraffic = false })
	}, `
		S.a > T.a no
		T.a > S.a one way`},
	{"from the hub's own hosts, it needs no leave", func(d *pencil) {
		d.hub("10.9.0.0/24 None", "10.9.0.0/24 None")
		d.set("T", "H", func(p *estate.Peering) { p.AllowForwardedTraffic = false })
		d.table("H", []string{"a"}, true, "10.3.0.0/22 10.1.3.68")
	}, `
		H.a > T.a one way
		T.a > H.a one way
		H.b > T.a session`},
	{"GatewaySubnet steers only what its routes are as long as", func(d *pencil) {
		d.hub("192.168.0.0/24 10.1.3.68", "192.168.0.0/24 10.1.3.68")
		d.onPrem("H", "192.168.0.0/24", "HQ")
		d.set("S", "H", func(p *estate.Peering) { p.UseRemoteGateways = true })
		d.set("T", "H", func(p *estate.Peering) { p.UseRemoteGateways = true })
		d.set("H", "S", func(p *estate.Peering) { p.AllowGatewayTransit = true })
		d.set("H", "T", func(p *estate.Peering) { p.AllowGatewayTransit = true })
		d.table("H", []string{estate.GatewaySubnet}, true, "10.0.0.0/8 10.1.3.68", "10.2.0.0/22 10.1.3.68")
	}, `
		S.a > HQ session
		HQ > S.a session
		S.b > HQ one way
		T.a > HQ one way
		HQ > T.b session`},
	{"a longer gateway route beats a user route, and a route table can hide it", func(d *pencil) {
		d.plain(estate.ARM, "A", "B")
		d.onPrem("A", "192.168.0.0/24", "HQ")
		d.onPrem("B", "192.168.0.0/24", "lab")
		d.table("A", []string{"a"}, true, "192.168.0.0/16 None")
		d.table("A", []string{"b"}, false, "10.9.0.0/24 None")
		d.table("B", []string{"a"}, true, "192.168.0.0/24 None")
	}, `
		A.a > HQ session
		A.b > HQ no
		B.a > lab no
		B.b > lab session
		HQ > A.b one way`},
	{"a peering hides a longer gateway route, and a user route does not", func(d *pencil) {
		d.plain(estate.ARM, "A", "B")
		d.peer("A", "B", "")
		d.onPrem("A", "10.2.0.0/24", "HQ")
		d.table("A", []string{"b"}, true, "10.2.0.0/24 None")
	}, `
		A.a > B.a session
		A.a > HQ no
		A.b > B.a no
		A.b > B.b session`},
	{"private addresses do not reach the Internet, nor by None anything", func(d *pencil) {
		d.plain(estate.ARM, "A", "B")
		d.peer("A", "B", "")
		d.table("A", []string{"a"}, true, "10.2.0.0/22 Internet")
		d.table("A", []string{"b"}, true, "0.0.0.0/0 None", "10.2.0.0/24 VnetLocal")
	}, `
		A.a > B.a no
		A.b > B.b session
		A.b > B.a no`},
	{"two hubs with firewalls", func(d *pencil) {
		d.plain(estate.ARM, "H", "S", "G", "T")
		for i, hub := range []string{"H", "G"} {
			spoke := []string{"S", "T"}[i]
			address := d.device(hub, 1+2*i, estate.Firewall)
			d.join(hub, spoke, "", 100)
			d.table(spoke, []string{"a"}, true, "10.0.0.0/8 "+address)
		}
		d.join("H", "G", "", 100)
		d.table("H", []string{"AzureFirewallSubnet"}, true, "10.4.0.0/22 10.3.3.68")
		d.table("G", []string{"AzureFirewallSubnet"}, true, "10.2.0.0/22 10.1.3.68")
	}, `
		S.a > T.a session
		S.a > T.b one way
		S.a > G.a one way`},
	{"an appliance whose subnet has the table that names it, and one without forwarding", func(d *pencil) {
		d.hub("10.3.0.0/22 10.1.3.68", "10.2.0.0/22 10.1.3.68")
		d.plain(estate.ARM, "A", "B")
		d.peer("A", "B", "")
		address := d.device("A", 4, estate.Appliance)
		d.Gateways[len(d.Gateways)-1].NoForwarding = true
		d.table("A", []string{"a"}, true, "10.5.0.0/22 "+address)
		d.table("H", []string{"a", "AzureFirewallSubnet"}, true, "10.3.0.0/22 10.1.3.68")
	}, `
		A.a > B.a no
		A.b > B.a session
		S.a > T.a no
		T.a > S.a one way
		H.a > T.a no
		H.b > T.b session`},
	{"a connected group, and an address that two of its members have", func(d *pencil) {
		d.plain(estate.ARM, "A", "B")
		d.network(estate.ARM, "C", 2)
		d.network(estate.ARM, "D", 3)
		d.Groups = append(d.Groups, estate.NetworkGroup{ID: id(estate.TypeNetworkGroup, "g"),
			Members: []estate.ID{id(estate.TypeVNet, "A"), id(estate.TypeVNet, "B"), id(estate.TypeVNet, "C")}, Hub: id(estate.TypeVNet, "D")})
	}, `
		A.a > D.a session
		D.a > A.a session
		A.a > B.a no
		B.a > A.a one way`},
	{"a partial peering", func(d *pencil) {
		d.plain(estate.ARM, "A", "B")
		d.peer("A", "B", "")
		d.partial("A", "B")
	}, `
		A.a > B.a session
		A.b > B.a session
		A.a > B.b no
		B.b > A.a no
		B.a > A.b session`},
	{"overlap: who answers is another", func(d *pencil) {
		d.plain(estate.Classic, "A", "B")
		d.network(estate.Classic, "C", 2)
		d.link("A", d.space["B"], "B", d.space["A"])
		d.link("C", d.space["A"], "A", "10.9.0.0/24")
	}, `
		A.a > B.a session
		A.a > C.a no
		C.a > A.a one way`},
	{"forced tunnelling, classic: only by a user route", func(d *pencil) {
		d.plain(estate.Classic, "A", "B")
		c := d.onPrem("A", "192.168.0.0/24", "HQ")
		d.gateway("A").DefaultSite = c.Site
		c = d.onPrem("B", "192.168.1.0/24", "HQ")
		d.gateway("B").DefaultSite = c.Site
		d.table("A", []string{"a"}, true, "0.0.0.0/0 VirtualNetworkGateway")
	}, `
		A.a > HQ session
		A.a > HQ:192.168.1.0/24 session
		A.b > HQ:192.168.1.0/24 no`},
}

// plain adds VNets without route tables.
func (d *pencil) plain(model estate.Model, names ...string) {
	for _, name := range names {
		d.network(model, name, len(d.names)+1)
	}
}

func (d *pencil) bgp(a, b string) {
	d.vnet2vnet(a, b)
	for i := range 2 {
		d.Connections[len(d.Connections)-1-i].EnableBGP = exchanging
	}
}

// hub is a hub H with a firewall at 10.1.3.68 and two spokes, S and T, with a route each in their subnet a.
func (d *pencil) hub(fromS, fromT string) {
	d.plain(estate.ARM, "H", "S", "T")
	d.device("H", 1, estate.Firewall)
	for spoke, r := range map[string]string{"S": fromS, "T": fromT} {
		d.join("H", spoke, "", 100)
		d.table(spoke, []string{"a"}, true, r)
	}
}

func (d *pencil) set(from, to string, change func(*estate.Peering)) {
	for i := range d.Peerings {
		if p := &d.Peerings[i]; p.VNet.Name == from && p.Remote.Name == to {
			change(p)
		}
	}
}

func TestKernelLab(t *testing.T) {
	needKernel(t)
	for _, x := range labExamples {
		t.Run(x.name, func(t *testing.T) {
			d := newPencil(1)
			x.draw(d)
			r := reach.Compute(&d.Estate)
			l, err := compile(&d.Estate, r.Locations())
			if err != nil {
				t.Fatal(err)
			}
			defer l.close()
			if err := l.open(); err != nil {
				t.Fatal(err)
			}
			found, err := l.ask()
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.SplitSeq(strings.TrimSpace(x.want), "\n") {
				from, rest, _ := strings.Cut(strings.TrimSpace(line), " > ")
				to, want := rest, ""
				for _, outcome := range []string{" session", " one way", " no"} {
					if end, ok := strings.CutSuffix(rest, outcome); ok {
						to, want = end, outcome[1:]
					}
				}
				w := trip{}
				w.from, w.a = l.end(t, d, from)
				w.to, w.b = l.end(t, d, to)
				got := "no"
				if sent, _ := outcomes(found[w], (*probe).delivered); sent > 0 {
					got = "one way"
				}
				if held, _ := outcomes(found[w], (*probe).session); held > 0 {
					got = "session"
				}
				if got != want {
					t.Errorf("%s: got %q", strings.TrimSpace(line), got)
					for _, p := range found[w] {
						t.Logf("%s\n\t%s", said(p), l.story(p))
					}
				}
			}
			if t.Failed() {
				t.Log(sketchOf(&d.Estate))
			}
		})
	}
}

// end finds the host that an example means: the first in the subnet, or in the prefix after a colon, or of the location.
func (l *lab) end(t *testing.T, d *pencil, text string) (*spot, netip.Addr) {
	t.Helper()
	name, within, _ := strings.Cut(text, ":")
	at := onPrem(name)
	if pool, ok := strings.CutPrefix(name, "clients of "); ok {
		at = clients(pool)
	} else if v, subnet, ok := strings.Cut(name, "."); ok {
		at = vnet(v)
		for _, s := range d.at(v).Subnets {
			if s.Name == subnet {
				within = s.Prefix.String()
			}
		}
	}
	for _, s := range l.spots {
		for _, a := range s.hosts {
			if s.Same(at) && (within == "" || netip.MustParsePrefix(within).Contains(a)) {
				return s, a
			}
		}
	}
	t.Fatalf("no host %q", text)
	return nil, netip.Addr{}
}
