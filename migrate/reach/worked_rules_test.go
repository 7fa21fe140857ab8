package reach_test

import (
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// ruleExamples hold one sentence of docs/reach.md each.
var ruleExamples = []example{
	// Peerings.
	{"a half that is missing", func() *world { return changed(func(w *world) { w.Peerings = w.Peerings[:1] }) }, between(atA, atB, no)},
	{"a half that is not connected", func() *world { return changed(func(w *world) { w.peering("B", "A").State = estate.PeeringInitiated }) }, between(atA, atB, no)},
	{"access off in one half", func() *world {
		return changed(func(w *world) { w.peering("B", "A").AllowVirtualNetworkAccess = false })
	}, between(atA, atB, unknown)},
	{"a remote space that has not been taken over", func() *world {
		return changed(func(w *world) { w.peering("A", "B").RemoteSpace = prefixes("10.2.0.0/17") })
	}, cases(between(atA, atB, yes), oneWay(in("B", "10.2.200.1"), atA, yes))},
	{"a remote space that is gone", func() *world {
		return changed(func(w *world) { w.peering("A", "B").RemoteSpace = prefixes("10.2.0.0/15") })
	}, cases(between(atA, atB, yes), between(atA, web("10.3.1.1"), no))},
	{"a partial peering", func() *world {
		return changed(func(w *world) {
			for _, v := range []string{"A", "B"} {
				w.subnet(v, "in", ranges[v][:5]+"4.0/24")
				w.subnet(v, "out", ranges[v][:5]+"5.0/24")
			}
			for i := range w.Peerings {
				w.Peerings[i].Partial, w.Peerings[i].LocalSubnets, w.Peerings[i].RemoteSubnets = true, []string{"in"}, []string{"in"}
			}
		})
	}, cases(between(atA, atB, yes), between(in("A", "10.1.5.5"), atB, no), between(atA, in("B", "10.2.5.5"), no), between(atA, in("B", "10.2.9.9"), no))},
	{"two peers with one range", func() *world {
		w := arm("A", "B").with(peer("A", "B"))
		w.vnet(estate.ARM, "B2", rangeB)
		return w.with(peer("A", "B2"))
	}, cases(ways(atA, atB, unknown, yes), ways(atA, in("B2", "10.2.4.4"), unknown, yes))},

	// Connected groups.
	{"a group and its hub", func() *world {
		return arm("H", "A", "B", "C").with(func(w *world) { w.group("g", "H", "A", "B") })
	}, cases(between(atA, atB, yes), between(atA, atH, yes), between(atA, atC, no))},
	{"two members that own the address", func() *world {
		w := arm("A", "B")
		w.vnet(estate.ARM, "B2", "10.2.0.0/20")
		return w.with(func(w *world) { w.group("g", "", "A", "B", "B2") })
	}, cases(oneWay(atB, atA, yes), between(atA, in("B", "10.2.99.1"), yes))},

	// Firewalls and appliances.
	{"forwarded traffic off", func() *world {
		return inspectedStar("H", "A", "B").with(func(w *world) { w.peering("B", "H").AllowForwardedTraffic = false })
	}, cases(ways(atA, atB, unknown, yes), between(atA, atH, yes))},
	{"what starts beside the firewall needs no forwarded traffic", func() *world {
		return inspectedStar("H", "A").with(func(w *world) {
			w.peering("A", "H").AllowForwardedTraffic = false
			w.subnet("H", "s", "10.0.9.0/24")
			w.table("hub", "H/s", rangeA+" 10.0.1.4")
			w.RouteTables[0].Routes[0].Prefix = prefixes("10.0.9.0/24")[0]
		})
	}, between(atA, atH, yes)},
	{"a route on one spoke only", func() *world {
		return inspectedStar("H", "A", "B").with(func(w *world) { w.at("B").Subnets[0].RouteTable = estate.ID{} })
	}, oneWay(atA, atB, yes)},
	{"an appliance without forwarding", func() *world {
		return inspectedStar("H", "A", "B").with(func(w *world) { w.Gateways[0].Kind, w.Gateways[0].NoForwarding = estate.Appliance, true })
	}, between(atA, atB, no)},
	{"an appliance in the subnet that it steers", func() *world {
		return inspectedStar("H", "A", "B").with(func(w *world) { w.table("own", "H/AzureFirewallSubnet A/s", "10.0.0.0/8 10.0.1.4") })
	}, oneWay(atB, atA, yes)},
	{"an appliance that nothing describes", func() *world {
		return inspectedStar("H", "A", "B").with(func(w *world) { w.Gateways = nil })
	}, between(atA, atB, unknown)},
	{"an appliance behind two peerings", func() *world {
		return inspectedStar("H", "A", "B").with(func(w *world) {
			w.vnet(estate.ARM, "C", rangeC)
			w.peer("A", "C", "")
			w.subnet("C", "s", rangeC)
			w.table("far", "C/s", rangeB+" 10.0.1.4")
		})
	}, between(atC, atB, no)},
	{"appliances that send to each other", func() *world {
		return arm("A", "B", "C").with(peer("A", "B"), peer("A", "C"), func(w *world) {
			w.subnet("A", "f1", "10.1.1.0/24")
			w.subnet("A", "f2", "10.1.2.0/24")
			w.subnet("A", "s", "10.1.4.0/24")
			w.box(estate.Appliance, "n1", "A", "f1", "10.1.1.4")
			w.box(estate.Appliance, "n2", "A", "f2", "10.1.2.4 10.1.2.5")
			w.table("t1", "A/f1", rangeB+" 10.1.2.5")
			w.table("t2", "A/f2", rangeB+" 10.1.1.4")
			w.table("ts", "A/s", rangeB+" 10.1.1.4", rangeC+" 10.1.1.4")
			w.forwarded("A", "B", "C")
		})
	}, cases(oneWay(atB, atA, yes), askew(atA, atC))},

	// User routes.
	{"next hops", func() *world {
		return arm("A", "B").with(peer("A", "B"), func(w *world) {
			w.subnet("A", "s", "10.1.4.0/24")
			w.table("t", "A/s", "10.1.7.0/24 None", "10.1.8.0/24 VnetLocal", "10.2.1.0/24 VnetLocal", "10.2.2.0/24 Internet", "52.1.0.0/16 None", "10.2.3.0/24 VirtualNetworkGateway")
		})
	}, cases(oneWay(in("A", "10.1.7.7"), atA, yes), between(atA, in("A", "10.1.8.8"), yes), oneWay(in("B", "10.2.1.1"), atA, yes),
		oneWay(in("B", "10.2.2.2"), atA, yes), between(atA, web("52.1.1.1"), no), between(atA, web("52.2.1.1"), yes), oneWay(in("B", "10.2.3.3"), atA, yes))},
	{"a service endpoint wins over a route", func() *world {
		return arm("A").with(func(w *world) {
			w.subnet("A", "s", "10.1.4.0/24").ServiceEndpoints = []estate.ServiceEndpoint{{Service: "Microsoft.Storage", Prefixes: prefixes("52.1.0.0/16")}}
			w.subnet("A", "t", "10.1.5.0/24")
			w.table("t", "A/s A/t", "52.1.1.0/24 None")
		})
	}, cases(between(atA, web("52.1.1.1"), yes), between(in("A", "10.1.5.5"), web("52.1.1.1"), no))},

	// Gateways.
	{"spokes by a gateway route of one of them", func() *world {
		return gatewayStar().with(func(w *world) { w.at("C").Subnets[0].RouteTable = estate.ID{} })
	}, oneWay(atB, atC, yes)},
	{"forced tunnelling, classic", func() *world { return forced(estate.Classic) },
		cases(between(atA, outside("HQ", "52.1.1.1"), yes), ways(in("A", "10.1.5.5"), outside("HQ", "52.1.1.1"), no, yes), between(in("A", "10.1.5.5"), web("52.1.1.1"), yes))},
	{"forced tunnelling, ARM", func() *world { return forced(estate.ARM) },
		cases(between(atA, outside("HQ", "52.1.1.1"), yes), between(in("A", "10.1.5.5"), outside("HQ", "52.1.1.1"), yes), between(in("A", "10.1.5.5"), web("52.1.1.1"), no))},
	{"ambiguous", func() *world {
		return classic("A", "B", "C").with(direct("A", "B"), direct("A", "C"), func(w *world) {
			w.Connections[0].Pairing = estate.Pairing{Confidence: estate.Ambiguous, Candidates: []estate.ID{w.Connections[1].ID, w.Connections[3].ID}}
		})
	}, ways(atA, atB, unknown, yes)},
	{"equal prefixes that lead to one place", func() *world { return classic("A", "B").with(direct("A", "B"), direct("A", "B")) }, between(atA, atB, yes)},
	{"equal prefixes that do not", func() *world {
		return classic("A", "B", "C").with(direct("A", "B"), link("A", rangeB, "C", rangeA))
	}, ways(atA, atB, unknown, yes)},
	{"on-premises passes on, perhaps", func() *world {
		return classic("A", "B").with(prem("A", rangeO+" "+rangeB, "HQ"), prem("B", rangeO+" "+rangeA, "hq"))
	}, cases(between(atA, atB, unknown), between(atA, outside("HQ", "10.2.4.4"), yes))},

	// BGP.
	{"a device that nothing lists", func() *world { return arm("A").with(func(w *world) { w.speaker("A", "HQ", "65010", "?") }) },
		cases(between(atA, atO, unknown), ways(atA, outside("HQ", "52.1.1.1"), no, unknown))},
	{"a device with the gateway's own ASN", func() *world { return arm("A").with(func(w *world) { w.speaker("A", "HQ", "65515", rangeO) }) }, between(atA, atO, no)},
	{"an announced part of the VNet is not taken", func() *world {
		return arm("A", "B").with(func(w *world) { w.speaker("A", "HQ", "65010", "10.1.4.0/24 10.0.0.0/8") })
	}, between(atA, outside("HQ", "10.2.4.4"), yes)},
	{"a default route is taken and not passed on", func() *world {
		return arm("A", "B").with(func(w *world) {
			w.vnet2vnet("A", "B")
			w.bgp(2)
			w.asn("A", "65001")
			w.speaker("A", "HQ", "65010", "0.0.0.0/0 "+rangeO)
		})
	}, cases(between(atA, outside("HQ", "52.1.1.1"), yes), between(atA, web("52.1.1.1"), no), between(atB, web("52.1.1.1"), yes), between(atB, atO, yes))},

	// Route Server.
	{"a Route Server tells of an appliance", func() *world { return routeServed("52.1.0.0/16") },
		cases(between(atA, web("52.1.1.1"), yes), between(atA, web("52.2.1.1"), yes))},
	{"it makes no route of the ranges of its VNets", func() *world { return servedStar(rangeA + " " + rangeB) }, between(atA, atB, no)},
	{"it makes one of what is larger", func() *world { return servedStar("10.0.0.0/8") }, between(atA, atB, yes)},
	{"it may make one of what no input lists", func() *world {
		return servedStar("").with(func(w *world) { w.Gateways[len(w.Gateways)-1].RoutePeers[0].LearnedKnown = false })
	}, between(atA, atB, unknown)},
	{"it does not take packets from a peering", func() *world { return routeServed("10.1.4.0/24") }, between(atA, atH, yes)},

	// Circuits.
	{"nothing passes from a tunnel into a circuit", func() *world { return branches(false) }, cases(between(atB, atO, no), between(atA, atO, yes))},
	{"but with branch-to-branch", func() *world { return branches(true) }, between(atB, atO, yes)},
	{"a circuit before a tunnel", func() *world {
		return arm("A").with(prem("A", rangeO, "lab"), func(w *world) { w.edge("A", rangeO, "HQ", "c"); w.learned("c", rangeO) })
	}, cases(between(atA, atO, yes), between(atA, outside("lab", "192.168.7.7"), no))},
	{"a circuit that nothing lists beside a tunnel", func() *world {
		return arm("A").with(prem("A", rangeO, "lab"), func(w *world) { w.edge("A", rangeO, "HQ", "c") })
	}, cases(between(atA, atO, unknown), between(atA, outside("lab", "192.168.7.7"), unknown))},
	{"a circuit is a network", func() *world {
		return arm("H", "A", "B").with(spoke("H", "A"), peer("H", "B"), func(w *world) { w.linked("H", circuitOf("s", "g", "c")) })
	}, cases(between(atH, outside("c", "192.168.7.7"), unknown), between(atA, outside("c", "10.99.0.1"), unknown), between(atB, outside("c", "192.168.7.7"), no),
		ways(atH, outside("c", "52.7.7.7"), no, unknown), between(atH, web("52.7.7.7"), yes), between(atH, atA, yes))},
	{"that hides nothing", func() *world {
		return arm("H", "A").with(spoke("H", "A"), prem("H", "192.168.0.0/17", "HQ"), prem("H", "172.16.0.0/12", "lab"), func(w *world) {
			w.linked("H", id(estate.TypeCircuit, "c"))
		})
	}, cases(between(atH, atO, yes), between(atA, atO, yes), ways(atH, outside("c", "192.168.7.7"), no, unknown),
		between(atA, outside("lab", "172.16.3.3"), unknown), between(atA, outside("c", "172.16.3.3"), unknown))},
	{"and that user routes and propagation keep from a subnet", func() *world {
		return arm("A", "B").with(func(w *world) {
			w.linked("A", id(estate.TypeCircuit, "c"))
			w.linked("B", id(estate.TypeCircuit, "c"))
			w.subnet("A", "s", rangeA)
			w.subnet("B", "s", rangeB)
			w.table("t", "A/s", "192.168.0.0/16 None", "0.0.0.0/0 Internet")
			w.table("u", "B/s", "!")
		})
	}, cases(ways(atA, outside("c", "192.168.7.7"), no, unknown), between(atA, outside("c", "10.99.0.1"), unknown), between(atB, outside("c", "10.99.0.1"), no))},
	{"two circuits of one name", func() *world {
		return arm("H", "A", "B").with(func(w *world) {
			w.linked("H", circuitOf("s", "g", "c"))
			w.linked("A", circuitOf("s", "h", "C"))
			w.linked("B", circuitOf("t", "h", "c"))
		})
	}, cases(between(atH, outside("c (g)", "192.168.7.7"), unknown), between(atA, outside("c (s/h)", "192.168.7.7"), unknown),
		between(atB, outside("c (t/h)", "192.168.7.7"), unknown), between(atB, outside("c (s/h)", "192.168.7.7"), no))},
	{"a circuit that VNets share", func() *world {
		return arm("H", "A").with(func(w *world) {
			w.linked("H", id(estate.TypeCircuit, "c"))
			w.linked("A", id(estate.TypeCircuit, "C"))
			w.expressRoute("H").RemoteVNets = estate.Off
		})
	}, cases(between(atH, outside("c", "192.168.7.7"), unknown), between(atA, outside("c", "192.168.7.7"), unknown), between(atH, atA, unknown))},

	// Clients.
	{"clients of a gateway that does not exist", func() *world {
		return arm("A", "B").with(spoke("A", "B"), func(w *world) { w.clients("A", "172.16.0.0/24"); w.absent("A") })
	}, cases(between(pool("A", "172.16.0.7"), atA, unknown), between(pool("A", "172.16.0.7"), atB, unknown), between(atA, atB, yes))},
	{"clients and a circuit", func() *world {
		return arm("A").with(func(w *world) {
			w.clients("A", "172.16.0.0/24")
			w.edge("A", rangeO, "HQ", "c")
			w.learned("c", rangeO)
			w.routeServer("A", true)
		})
	}, cases(between(pool("A", "172.16.0.7"), atO, no), between(pool("A", "172.16.0.7"), atA, yes))},
}

// changed is two peers with one thing changed.
func changed(change func(*world)) *world { return arm("A", "B").with(peer("A", "B"), change) }

// forced is a VNet with a default site, and a default route to the gateway on one of two subnets.
func forced(model estate.Model) *world {
	return worldOf(model, []string{"A"}).with(func(w *world) {
		w.subnet("A", "s", "10.1.4.0/24")
		w.subnet("A", "t", "10.1.5.0/24")
		w.defaultSite("A", w.onPrem("A", rangeO, "HQ"))
		w.table("t", "A/s", "0.0.0.0/0 VirtualNetworkGateway")
	})
}

// routeServed is a hub whose appliance announces prefixes to a Route Server, and a spoke that uses it.
// The appliance has a way of its own to the Internet.
func routeServed(announced string) *world {
	return arm("H", "A").with(spoke("H", "A"), func(w *world) {
		w.subnet("H", "nva", "10.0.1.0/24")
		nva := w.box(estate.Appliance, "nva", "H", "nva", "10.0.1.4").ID
		w.exchanges(w.routeServer("H", false), nva, announced)
		w.table("own", "H/nva", announced+" Internet")
	})
}

// servedStar is a hub whose appliance announces prefixes to a Route Server, and two spokes that use it.
func servedStar(announced string) *world {
	return arm("H", "A", "B").with(spoke("H", "A"), spoke("H", "B"), func(w *world) {
		w.forwarded("H", "A")
		w.forwarded("H", "B")
		w.subnet("H", "nva", "10.0.1.0/24")
		nva := w.box(estate.Appliance, "nva", "H", "nva", "10.0.1.4").ID
		w.exchanges(w.routeServer("H", false), nva, announced)
	})
}

// branches is A with a circuit, and B by a tunnel that lists what lies behind the circuit.
func branches(branchToBranch bool) *world {
	return arm("A", "B").with(link("A", rangeB, "B", rangeA+" "+rangeO), func(w *world) {
		w.edge("A", rangeO, "HQ", "c")
		w.learned("c", rangeO)
		w.routeServer("A", branchToBranch)
	})
}
