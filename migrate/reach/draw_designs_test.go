package reach_test

import (
	"fmt"
	"strings"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// The ranges of the designs: two hubs and four spokes, disjoint.
const (
	drawnH = "10.0.0.0/29"
	drawnK = "10.0.0.16/29"
	drawnO = "10.0.0.32/30"
)

var drawnSpokes = map[string]string{"A": "10.0.0.8/30", "B": "10.0.0.12/30", "C": "10.0.0.24/30", "D": "10.0.0.28/30"}

// designs are estates that work, before something is changed.
var designs = []feature{
	{"mesh with on-premises", func(t *rapid.T, w *world) {
		names := drawSpokes(t, w, pick(t, "model", estate.Classic, estate.ARM))
		for i, a := range names {
			for _, b := range names[i+1:] {
				w.link(a, spaceOf(w, b), b, spaceOf(w, a))
			}
		}
		w.onPrem(names[0], drawnO, "HQ")
	}},
	{"chain", func(t *rapid.T, w *world) {
		names := drawSpokes(t, w, pick(t, "model", estate.Classic, estate.ARM))
		all := func(of []string) string {
			var out []string
			for _, n := range of {
				out = append(out, spaceOf(w, n))
			}
			return strings.Join(out, " ")
		}
		for i := range names[1:] {
			right := all(names[i+1:])
			if rapid.Bool().Draw(t, "network at the end") {
				right += " " + drawnO
			}
			w.link(names[i], right, names[i+1], all(names[:i+1]))
		}
		w.onPrem(names[len(names)-1], drawnO, "HQ")
	}},
	{"hub and spokes", func(t *rapid.T, w *world) {
		drawHub(w, "H", drawnH)
		for _, s := range drawSpokes(t, w, estate.ARM) {
			w.peer("H", s, s)
		}
		w.onPrem("H", drawnO, "HQ")
		if rapid.Bool().Draw(t, "pool") {
			w.clients("H", "52.0.0.0/30")
		}
	}},
	{"hub with firewall", func(t *rapid.T, w *world) {
		drawHub(w, "H", drawnH)
		names := drawSpokes(t, w, estate.ARM)
		w.box(estate.Firewall, "fwH", "H", "fw", "10.0.0.2")
		for _, s := range names {
			w.peer("H", s, s)
			w.forwarded("H", s)
			w.table("to"+s, s+"/s1", steer(t, w, "10.0.0.2", names, s)...)
		}
		w.onPrem("H", drawnO, "HQ")
		if rapid.Bool().Draw(t, "inspected from outside") {
			routes := steer(t, w, "10.0.0.2", names, "")
			if oneIn(t, 3, "default on GatewaySubnet") {
				routes = append(routes, "0.0.0.0/0 10.0.0.2")
			}
			w.table("gw", "H/GatewaySubnet", routes...)
		}
	}},
	{"spokes that meet at the gateway", func(t *rapid.T, w *world) {
		drawHub(w, "H", drawnH)
		names := drawSpokes(t, w, estate.ARM)
		for _, s := range names {
			w.peer("H", s, s)
			w.table("to"+s, s+"/s1", steer(t, w, "VirtualNetworkGateway", names, s)...)
		}
		w.onPrem("H", pick(t, "prefixes", drawnO, "10.0.0.0/26", "10.0.0.0/8"), "HQ")
	}},
	{"two hubs with firewalls", func(t *rapid.T, w *world) {
		drawHub(w, "H", drawnH)
		drawHub(w, "K", drawnK)
		w.box(estate.Firewall, "fwH", "H", "fw", "10.0.0.2")
		w.box(estate.Appliance, "fwK", "K", "fw", "10.0.0.18 10.0.0.19")
		w.peer("H", "K", "")
		w.forwarded("H", "K")
		w.forwarded("K", "H")
		sides := map[string][]string{}
		for i, s := range drawSpokes(t, w, estate.ARM) {
			hub, hop := "H", "10.0.0.2"
			if i%2 == 1 {
				hub, hop = "K", "10.0.0.18"
			}
			sides[hub] = append(sides[hub], s)
			w.peer(hub, s, "")
			w.forwarded(hub, s)
			w.table("to"+s, s+"/s1", "10.0.0.0/8 "+hop)
		}
		w.table("fwH", "H/fw", steer(t, w, "10.0.0.18", sides["K"], "")...)
		w.table("fwK", "K/fw", steer(t, w, "10.0.0.2", sides["H"], "")...)
	}},
	{"group", func(t *rapid.T, w *world) {
		drawHub(w, "H", drawnH)
		names := drawSpokes(t, w, estate.ARM)
		for _, s := range names {
			w.peer("H", s, s)
		}
		w.onPrem("H", drawnO, "HQ")
		w.group("mesh", pick(t, "hub", "", "H"), names...)
	}},
	{"BGP chain", func(t *rapid.T, w *world) {
		names := drawSpokes(t, w, estate.ARM)
		for i, n := range names {
			w.asn(n, fmt.Sprint(65001+i))
			if i > 0 {
				w.vnet2vnet(names[i-1], n)
				w.bgp(2)
			}
		}
		if rapid.Bool().Draw(t, "ring") {
			w.vnet2vnet(names[len(names)-1], names[0])
			w.bgp(2)
		}
		w.speaker(names[len(names)-1], "HQ", "65010", pick(t, "announced", drawnO, "0.0.0.0/0 "+drawnO, "?"))
	}},
	{"two hubs over BGP", func(t *rapid.T, w *world) {
		drawHub(w, "H", drawnH)
		drawHub(w, "K", drawnK)
		for i, s := range drawSpokes(t, w, estate.ARM) {
			hub := []string{"H", "K"}[i%2]
			w.peer(hub, s, s)
		}
		w.asn("H", "65001")
		w.asn("K", pick(t, "ASN", "65002", "65002", "65001"))
		w.vnet2vnet("H", "K")
		w.bgp(2)
		w.speaker("H", "HQ", "65010", pick(t, "announced", drawnO, "?"))
	}},
	{"coexistence", func(t *rapid.T, w *world) {
		drawHub(w, "H", drawnH)
		for _, s := range drawSpokes(t, w, estate.ARM)[1:] {
			w.peer("H", s, s)
		}
		w.edge("H", drawnO, "HQ", pick(t, "circuit", "c1", ""))
		w.edge("A", drawnO, "HQ", pick(t, "circuit", "c1", "c2", ""))
		w.onPrem("H", pick(t, "prefixes", drawnO, "10.0.0.32/31", "52.0.0.0/30"), pick(t, "network", networks...))
		for _, v := range []string{"H", "A"} {
			w.expressRoute(v).RemoteVNets = pick(t, "remote VNets", estate.On, estate.On, estate.Unstated, estate.Off)
		}
		if rapid.Bool().Draw(t, "listed") {
			w.learned("c1", drawnO)
		}
	}},
	{"hub with a circuit", func(t *rapid.T, w *world) {
		drawHub(w, "H", drawnH)
		names := drawSpokes(t, w, estate.ARM)
		for _, s := range names {
			w.peer("H", s, s)
		}
		w.linked("H", pick(t, "circuit", drawnCircuits...))
		if rapid.Bool().Draw(t, "another VNet on it") {
			w.vnet(estate.ARM, "K", drawnK)
			w.linked("K", pick(t, "circuit", drawnCircuits...))
		}
		if rapid.Bool().Draw(t, "a branch") {
			w.onPrem("H", pick(t, "prefixes", drawnO, "10.0.0.0/8", "0.0.0.0/0"), "HQ")
		}
	}},
	{"branches", func(t *rapid.T, w *world) {
		drawHub(w, "H", drawnH)
		names := drawSpokes(t, w, estate.ARM)
		w.edge("H", drawnO, "HQ", "c1")
		w.learned("c1", drawnO)
		w.routeServer("H", rapid.Bool().Draw(t, "branch to branch"))
		w.link("H", spaceOf(w, names[0]), names[0], drawnH+" "+drawnO)
		for _, s := range names[1:] {
			w.peer("H", s, s)
		}
	}},
	{"Route Server", func(t *rapid.T, w *world) {
		drawHub(w, "H", drawnH)
		for _, s := range drawSpokes(t, w, estate.ARM) {
			w.peer("H", s, s)
			w.forwarded("H", s)
		}
		nva := w.box(estate.Appliance, "nva", "H", "fw", "10.0.0.2").ID
		w.exchanges(w.routeServer("H", false), nva, pick(t, "announced", "10.0.0.0/8", "10.0.0.0/26", "0.0.0.0/0 "+drawnO))
		w.onPrem("H", drawnO, "HQ")
		w.table("nva", "H/fw", pick(t, "own routes", drawnO+" VirtualNetworkGateway", "0.0.0.0/0 Internet"), pick(t, "propagation", "!", "10.0.0.0/9 None"))
	}},
	{"forced tunnelling", func(t *rapid.T, w *world) {
		for _, n := range drawSpokes(t, w, pick(t, "model", estate.Classic, estate.ARM)) {
			w.defaultSite(n, w.onPrem(n, drawnO, "HQ"))
			if rapid.Bool().Draw(t, "by a route") {
				w.table("to"+n, n+"/s1", "0.0.0.0/0 VirtualNetworkGateway")
			}
		}
	}},
}

// drawHub adds a VNet with a gateway's, a firewall's and a workload's subnet.
func drawHub(w *world, name, space string) {
	w.vnet(estate.ARM, name, space)
	p := prefixes(space)[0].Addr()
	w.subnet(name, estate.GatewaySubnet, p.String()+"/31")
	w.subnet(name, "fw", p.Next().Next().String()+"/31")
	w.subnet(name, "s1", p.Next().Next().Next().Next().String()+"/30")
}

// drawSpokes adds two to four VNets, each with a subnet.
func drawSpokes(t *rapid.T, w *world, model estate.Model) []string {
	names := []string{"A", "B", "C", "D"}[:number(t, "spokes", 2, 4)]
	for _, n := range names {
		w.vnet(model, n, drawnSpokes[n])
		p := prefixes(drawnSpokes[n])[0].Addr().String()
		w.subnet(n, "s1", p+pick(t, "size", "/30", "/30", "/31"))
	}
	return names
}

// steer are routes for all VNets but one by way of an appliance: one each, or one for all.
func steer(t *rapid.T, w *world, hop string, names []string, but string) []string {
	if but != "" && rapid.Bool().Draw(t, "summary") {
		return []string{"0.0.0.0/0 " + hop}
	}
	var out []string
	for _, n := range names {
		if n != but {
			out = append(out, spaceOf(w, n)+" "+hop)
		}
	}
	return out
}
