package reach_test

import (
	"slices"
	"testing"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// check is what is to hold of one ordered pair of endpoints.
type check struct {
	from, to  point
	fwd, sess reach.Value
}

// example is a world and what holds in it. The definition and the engine both answer it.
type example struct {
	name   string
	world  func() *world
	checks []check
}

const (
	yes     = reach.Yes
	no      = reach.No
	unknown = reach.Unknown
)

// Endpoints of the worked examples.
var (
	atA = in("A", "10.1.4.4")
	atB = in("B", "10.2.4.4")
	atC = in("C", "10.3.4.4")
	atD = in("D", "10.4.4.4")
	atE = in("E", "10.5.4.4")
	atH = in("H", "10.0.9.9")
	atO = outside("HQ", "192.168.7.7")
)

// between is a pair with the same answer both ways.
func between(a, b point, v reach.Value) []check {
	return []check{{a, b, v, v}, {b, a, v, v}}
}

// ways is a pair by its two directions, which pass the same stateful devices.
func ways(a, b point, there, back reach.Value) []check {
	return []check{{a, b, there, min(there, back)}, {b, a, back, min(there, back)}}
}

// oneWay is a pair of which only the first direction has a way.
func oneWay(a, b point, v reach.Value) []check { return ways(a, b, v, no) }

// askew is a pair with ways in both directions that pass different stateful devices.
func askew(a, b point) []check { return []check{{a, b, yes, no}, {b, a, yes, no}} }

func cases(lists ...[]check) []check { return slices.Concat(lists...) }

var examples = slices.Concat(workedExamples, consequences, ruleExamples)

// workedExamples are E1 to E11 of the domain reference.
var workedExamples = []example{
	{"E1 pair", pair, cases(between(atA, atB, yes), oneWayToWeb(atA))},
	{"E1 target", func() *world { return arm("A", "B").with(peer("A", "B")) }, between(atA, atB, yes)},
	{"E2 triangle", triangle, cases(between(atA, atB, yes), between(atB, atC, yes), between(atA, atC, yes))},
	{"E2 star of peerings", func() *world { return arm("A", "B", "C").with(peer("A", "B"), peer("A", "C")) },
		cases(between(atA, atB, yes), between(atA, atC, yes), between(atB, atC, no))},
	{"E2 (b) firewall in A", func() *world { return inspectedStar("A", "B", "C") }, cases(between(atB, atC, yes), between(atA, atB, yes))},
	{"E2 (c) gateway as next hop", gatewayStar, cases(between(atB, atC, yes), between(atA, atB, yes))},
	{"E2 (d) connected group", func() *world {
		return arm("A", "B", "C").with(peer("A", "B"), peer("A", "C"), func(w *world) { w.group("g", "", "B", "C") })
	}, cases(between(atB, atC, yes), between(atA, atC, yes))},
	{"E3 full mesh of five", func() *world { return classic("A", "B", "C", "D", "E").with(mesh(direct, "A", "B", "C", "D", "E")) },
		cases(between(atA, atE, yes), between(atB, atD, yes), between(atC, atE, yes))},
	{"E3 new hub without transit", func() *world {
		return arm("H", "A", "B", "C", "D", "E").with(peer("H", "A"), peer("H", "B"), peer("H", "C"), peer("H", "D"), peer("H", "E"))
	}, cases(between(atA, atE, no), between(atB, atD, no), between(atH, atE, yes))},
	{"E3 new hub with firewall", func() *world { return inspectedStar("H", "A", "B", "C", "D", "E") },
		cases(between(atA, atE, yes), between(atB, atD, yes), between(atH, atE, yes))},
	{"E4 (i) single-hop prefixes", chainSingle, cases(between(atA, atB, yes), between(atB, atC, yes), between(atA, atC, no))},
	{"E4 (i) gateway transit adds nothing", func() *world {
		return arm("B", "A", "C").with(spoke("B", "A"), spoke("B", "C"), prem("B", rangeO, "HQ"))
	},
		cases(between(atA, atB, yes), between(atA, atC, no))},
	{"E4 (ii) multi-hop", chainMulti, cases(between(atA, atB, yes), between(atB, atC, yes), between(atA, atC, yes))},
	{"E4 (ii) as Vnet2Vnet", func() *world {
		return arm("A", "B", "C").with(func(w *world) { w.vnet2vnet("A", "B"); w.vnet2vnet("B", "C") })
	}, cases(between(atA, atB, yes), between(atB, atC, yes), between(atA, atC, no))},
	{"E4 (ii) as Vnet2Vnet with BGP", func() *world {
		return arm("A", "B", "C").with(func(w *world) {
			w.vnet2vnet("A", "B")
			w.vnet2vnet("B", "C")
			w.bgp(4)
			w.asn("A", "65001")
			w.asn("B", "65002")
			w.asn("C", "65003")
		})
	}, cases(between(atA, atB, yes), between(atA, atC, yes))},
	{"E4 (iii) lopsided", chainLopsided, cases(between(atA, atB, yes), oneWay(atA, atC, yes))},
	{"E4 (iv) partial", chainPartial, cases(between(atA, in("C", "10.3.4.9"), yes), oneWay(in("C", "10.3.5.1"), atA, yes))},
	{"E5 hub with on-premises", hubOnPrem, cases(between(atH, atO, yes), between(atH, atA, yes), between(atA, atO, no), between(atA, atB, no))},
	{"E5 variant", hubOnPremRouted, cases(between(atA, atO, yes), between(atB, atO, no), between(atA, atB, no))},
	{"E5 target", func() *world {
		return arm("H", "A", "B").with(spoke("H", "A"), spoke("H", "B"), prem("H", rangeO, "HQ"))
	},
		cases(between(atA, atO, yes), between(atB, atO, yes), between(atA, atB, no))},
	{"E5 target without useRemoteGateways", func() *world {
		return arm("H", "A", "B").with(spoke("H", "A"), peer("H", "B"), prem("H", rangeO, "HQ"))
	},
		cases(between(atA, atO, yes), between(atB, atO, no), between(atB, atH, yes))},
	{"E6 (a) two hubs with firewalls", func() *world { return twoHubs() }, cases(between(atA, atC, yes), between(atA, atB, yes), between(atA, atH, yes))},
	{"E6 (a) routes that are not mirrored", func() *world {
		return twoHubs().with(func(w *world) { w.at("D").Subnets[0].RouteTable = estate.ID{} })
	}, cases(oneWay(atA, atC, yes), between(atA, atB, yes))},
	{"E6 (b) direct peering", func() *world { return arm("A", "C").with(peer("A", "C")) }, between(atA, atC, yes)},
	{"E6 (c) gateways with BGP", func() *world { return hubsOverBGP("65001", "65002") },
		cases(between(atA, atC, yes), between(atA, atD, yes), between(atH, atC, yes))},
	{"E6 (c) equal ASNs", func() *world { return hubsOverBGP("65001", "65001") },
		cases(between(atH, atD, yes), between(atA, atC, unknown), ways(atA, atD, yes, unknown))},
	{"E7 overlap", overlapping, cases(between(in("A2", "10.1.130.1"), in("B2", "10.9.1.1"), yes),
		between(in("A", "10.1.130.1"), atB, yes), between(in("A2", "10.1.130.1"), atB, no), between(in("A", "10.1.130.1"), in("B2", "10.9.1.1"), no))},
	{"E7 one network that can route only one of them", func() *world {
		w := classic("A").with(prem("A", rangeO, "HQ"))
		w.vnet(estate.Classic, "A2", "10.1.128.0/17")
		return w.with(prem("A2", rangeO, "HQ"))
	}, cases(between(atA, atO, yes), between(in("A2", "10.1.130.1"), atO, yes))},
	{"E8 one-sided", func() *world { return classic("A", "B").with(func(w *world) { w.oneSided("A", rangeB, "B") }) }, between(atA, atB, no)},
	{"E9 circuits that nothing tells of", func() *world { return coexistence("", "", estate.Unstated) },
		cases(between(atH, atO, unknown), between(atA, atO, unknown), between(atH, atA, unknown), between(atH, outside("branch", "172.16.3.3"), yes))},
	{"E9 one circuit", func() *world { return coexistence("c", "c", estate.On).with(func(w *world) { w.learned("c", rangeO) }) },
		cases(between(atH, atO, yes), between(atA, atO, yes), between(atH, atA, yes), between(atA, outside("branch", "172.16.3.3"), no))},
	{"E9 two circuits", func() *world { return coexistence("c", "d", estate.On) }, between(atH, atA, no)},
	{"E9 toggles off", func() *world { return coexistence("c", "c", estate.Off) }, between(atH, atA, no)},
	{"E9 target", func() *world {
		return arm("H", "A").with(spoke("H", "A"), func(w *world) { w.edge("H", rangeO, "HQ", "c"); w.learned("c", rangeO) })
	}, cases(between(atH, atO, yes), between(atA, atO, yes), between(atH, atA, yes))},
	{"E9 no next hop gateway in coexistence", func() *world {
		return arm("H", "A", "B").with(spoke("H", "A"), spoke("H", "B"), prem("H", "172.16.0.0/16", "branch"), func(w *world) {
			w.edge("H", rangeO, "HQ", "c")
			w.subnet("A", "s", rangeA)
			w.table("t", "A/s", rangeB+" VirtualNetworkGateway")
		})
	}, cases(between(atA, atB, no), between(atA, outside("branch", "172.16.3.3"), yes))},
	{"E10 clients only", func() *world { return classic("A").with(func(w *world) { w.clients("A", "172.16.0.0/24") }) },
		between(pool("A", "172.16.0.7"), atA, yes)},
	{"E10 clients at a hub", func() *world {
		return arm("H", "A", "B").with(spoke("H", "A"), peer("H", "B"), prem("H", rangeO, "HQ"), func(w *world) { w.clients("H", "172.16.0.0/24") })
	}, cases(between(pool("H", "172.16.0.7"), atA, yes), between(pool("H", "172.16.0.7"), atH, yes),
		oneWay(pool("H", "172.16.0.7"), atB, unknown), between(pool("H", "172.16.0.7"), atO, unknown))},
	{"E11 supernet that ends at the far gateway", func() *world { return classic("A", "B", "C").with(link("A", "10.2.0.0/15", "B", rangeA)) },
		cases(between(atA, atB, yes), between(atA, atC, no))},
	{"E11 supernet at a hub", func() *world {
		return arm("H", "A", "B").with(spoke("H", "A"), spoke("H", "B"), prem("H", "10.0.0.0/8", "HQ"))
	},
		cases(between(atA, atB, unknown), between(atA, outside("HQ", "10.77.1.1"), yes))},
}

// oneWayToWeb: an address of the Internet answers, one that is private there is dropped.
func oneWayToWeb(a point) []check {
	return cases(between(a, web("52.0.0.1"), yes), between(a, web("10.99.0.1"), no))
}

// inspectedStar is a hub with a firewall, and routes to it on all spokes.
func inspectedStar(hub string, spokes ...string) *world {
	w := arm(append([]string{hub}, spokes...)...)
	base := ranges[hub][:len(ranges[hub])-len("0.0/16")] // "10.1."
	w.subnet(hub, "AzureFirewallSubnet", base+"1.0/24")
	w.box(estate.Firewall, "fw"+hub, hub, "AzureFirewallSubnet", base+"1.4")
	for _, s := range spokes {
		w.peer(hub, s, "")
		w.forwarded(hub, s)
		w.subnet(s, "s", ranges[s])
		w.table("to-"+s, s+"/s", "10.0.0.0/8 "+base+"1.4")
	}
	return w
}

// gatewayStar has B and C meet at A's VPN gateway, by user routes.
func gatewayStar() *world {
	return arm("A", "B", "C").with(spoke("A", "B"), spoke("A", "C"), func(w *world) {
		w.gateway("A")
		for _, s := range [][2]string{{"B", rangeC}, {"C", rangeB}} {
			w.subnet(s[0], "s", ranges[s[0]])
			w.table("to-"+s[0], s[0]+"/s", s[1]+" VirtualNetworkGateway")
		}
	})
}

// twoHubs are H with A and B, and D with C: a firewall in each hub, and mirrored routes.
func twoHubs() *world {
	w := inspectedStar("H", "A", "B")
	w.vnet(estate.ARM, "D", rangeD)
	w.vnet(estate.ARM, "C", rangeC)
	w.subnet("D", "AzureFirewallSubnet", "10.4.1.0/24")
	w.box(estate.Firewall, "fwD", "D", "AzureFirewallSubnet", "10.4.1.4")
	w.peer("D", "C", "")
	w.peer("H", "D", "")
	w.forwarded("D", "C", "H")
	w.forwarded("H", "D")
	w.subnet("C", "s", rangeC)
	w.table("to-C", "C/s", "0.0.0.0/0 10.4.1.4")
	w.table("at-H", "H/AzureFirewallSubnet", rangeC+" 10.4.1.4")
	w.table("at-D", "D/AzureFirewallSubnet", rangeA+" 10.0.1.4", rangeB+" 10.0.1.4")
	return w
}

// hubsOverBGP are H with A, and D with C, joined by a Vnet2Vnet connection with BGP.
func hubsOverBGP(asnH, asnD string) *world {
	return arm("H", "A", "D", "C").with(spoke("H", "A"), spoke("D", "C"), func(w *world) {
		w.vnet2vnet("H", "D")
		w.bgp(2)
		w.asn("H", asnH)
		w.asn("D", asnD)
	})
}

// coexistence has ExpressRoute on H and A, and a branch by VPN on H.
func coexistence(circuitH, circuitA string, toggles estate.Toggle) *world {
	return arm("H", "A").with(prem("H", "172.16.0.0/16", "branch"), func(w *world) {
		w.edge("H", rangeO, "HQ", circuitH)
		w.edge("A", rangeO, "HQ", circuitA)
		w.expressRoute("H").RemoteVNets = toggles
		w.expressRoute("A").RemoteVNets = estate.On
	})
}

// consequences are those of the order of routes, in section 2.3 of the domain reference.
var consequences = []example{
	{"2.3 peering wins over a tunnel", func() *world {
		return arm("A", "B").with(direct("A", "B"), peer("A", "B"), suspectAll)
	}, between(atA, atB, yes)},
	{"2.3 a tunnel alone is in doubt", func() *world { return arm("A", "B").with(direct("A", "B"), suspectAll) }, between(atA, atB, unknown)},
	{"2.3 a shorter user route does not catch a peer", func() *world { return steered("10.0.0.0/8", "A") }, between(atA, atB, yes)},
	{"2.3 nor does a default", func() *world { return steered("0.0.0.0/0", "A") }, between(atA, atB, yes)},
	{"2.3 one of the same length does", func() *world { return steered(rangeB, "A") }, askew(atA, atB)},
	{"2.3 and a longer one", func() *world { return steered("10.2.4.0/24", "A") },
		cases(askew(atA, atB), between(atA, in("B", "10.2.5.5"), yes))},
	{"2.3 a summary on GatewaySubnet does not catch spokes", func() *world { return gatewaySubnetRoutes("10.0.0.0/8") }, askew(atA, atO)},
	{"2.3 one route per spoke does", func() *world { return gatewaySubnetRoutes(rangeA) }, between(atA, atO, yes)},
	{"2.3 a longer BGP route beats the way to the firewall", func() *world { return longerBGP() }, askew(atA, atO)},
	{"2.3 unless propagation is off", func() *world { return longerBGP("!") }, between(atA, atO, yes)},
	{"2.3 without a tunnel, private destinations are dropped", func() *world { return classic("A") },
		cases(between(atA, web("192.168.7.7"), no), between(atA, atO, no))},
	{"2.3 without a tunnel, public ones go to the Internet", func() *world { return classic("A") }, between(atA, web("52.7.7.7"), yes)},
	{"2.3 with the tunnel they do not", func() *world { return classic("A").with(prem("A", "52.7.0.0/16", "HQ")) },
		cases(between(atA, web("52.7.7.7"), no), between(atA, outside("HQ", "52.7.7.7"), yes))},
}

func suspectAll(w *world) {
	for i := range w.Connections {
		w.Connections[i].Pairing.Suspect = "LINK-002"
	}
}

// steered are two peers, and a firewall in A that one of A's subnets is to use for a prefix.
func steered(prefix, vnet string) *world {
	return arm("A", "B").with(peer("A", "B"), func(w *world) {
		w.subnet("A", "fw", "10.1.1.0/24")
		w.subnet("A", "s", "10.1.4.0/24")
		w.subnet("B", "s", "10.2.0.0/16")
		w.box(estate.Firewall, "fw", "A", "fw", "10.1.1.4")
		w.forwarded("A", "B")
		w.table("t", vnet+"/s", prefix+" 10.1.1.4")
	})
}

// gatewaySubnetRoutes is a hub with a firewall that a spoke uses for all, and its gateway for a prefix.
func gatewaySubnetRoutes(prefix string) *world {
	return arm("H", "A").with(spoke("H", "A"), prem("H", rangeO, "HQ"), func(w *world) {
		w.subnet("H", estate.GatewaySubnet, "10.0.0.0/24")
		w.subnet("H", "fw", "10.0.1.0/24")
		w.subnet("A", "s", rangeA)
		w.box(estate.Firewall, "fw", "H", "fw", "10.0.1.4")
		w.forwarded("H", "A")
		w.table("spoke", "A/s", "0.0.0.0/0 10.0.1.4", "!")
		w.table("gateway", "H/GatewaySubnet", prefix+" 10.0.1.4")
	})
}

// longerBGP is a hub whose gateway learns a longer prefix than the spoke's user route has.
func longerBGP(propagation ...string) *world {
	return arm("H", "A").with(spoke("H", "A"), func(w *world) {
		w.speaker("H", "HQ", "65010", "192.168.7.0/24")
		w.subnet("H", estate.GatewaySubnet, "10.0.0.0/24")
		w.subnet("H", "fw", "10.0.1.0/24")
		w.subnet("A", "s", rangeA)
		w.box(estate.Firewall, "fw", "H", "fw", "10.0.1.4")
		w.forwarded("H", "A")
		w.table("spoke", "A/s", append(propagation, rangeO+" 10.0.1.4")...)
		w.table("gateway", "H/GatewaySubnet", rangeA+" 10.0.1.4")
	})
}

func TestDefinitionOnWorkedExamples(t *testing.T) {
	for _, tt := range examples {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.world()
			d := newDefinition(&w.Estate)
			for _, c := range tt.checks {
				if got := d.fwd(c.from, c.to); got != c.fwd {
					t.Errorf("fwd from %s to %s: %s, want %s\n%s", c.from, c.to, got, c.fwd, describe(w))
				}
				if got := d.sess(c.from, c.to); got != c.sess {
					t.Errorf("sess between %s and %s: %s, want %s\n%s", c.from, c.to, got, c.sess, describe(w))
				}
			}
		})
	}
}
