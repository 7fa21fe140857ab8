package plan_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/options"
)

// network is a random classic network as people write it: a network configuration for each subscription, and an
// options file. The service would take each configuration: a site overlaps neither the VNet that uses it nor another
// site of that VNet, and a GatewaySubnet lies in its VNet.
type network struct {
	docs  int
	vnets []*drawnVNet
	sites []*drawnSite

	mode                           options.Mode
	hub, passage, exposure         string
	gateways, connections          []string // entries of the options file
	circuits                       []string
	required, forbidden, permitted []string

	shared, placeholders bool
	has                  map[string]bool // what was drawn, for the tally
}

type drawnVNet struct {
	doc          int
	name, region string
	space        []netip.Prefix
	pool         netip.Prefix
	refs         []drawnRef
}

type drawnRef struct {
	site      *drawnSite
	dedicated bool
}

type drawnSite struct {
	doc           int
	name, address string
	to            int // the VNet that it stands for, or -1
	prefixes      []netip.Prefix
}

// features is all that a network may have. Each must turn up in a hundred of them.
var features = []string{
	"mesh", "chain", "star", "ring", "mixed", "two parts", "twins", // shapes
	"overlap", "several ranges", "several regions", "several subscriptions", "a name twice",
	"one-sided", "partial site", "wrong site", "wrong address", "no addresses", "shared sites", "multi-hop", "whole transit",
	"office", "office with VNets behind it", "clients", "listed clients", "ExpressRoute", "ExpressRoute beside VPN", "named circuit",
	"default site", "gateway not provisioned", "tunnel not connected",
	"as-if-live", "rebuild", "classic-live", "hub auto", "hub new", "hub none", "hub regional", "hub several", "hub by name", "through firewall", "through nva", "inspect all", "through the gateway", "hubs joined by VPN", "through a Route Server", "new pairs closed", "connected groups asked for",
	"asks", "required", "encrypted", "forbidden", "accepted",
}

// one reports whether the one of so many chances came, more often than that: rapid prefers small numbers.
func one(t *rapid.T, of int, what string) bool {
	return rapid.IntRange(0, of-1).Draw(t, what) == of-1
}

func drawNetwork(t *rapid.T) *network {
	n := &network{docs: 1, has: map[string]bool{}}
	shape := rapid.SampledFrom([]string{"mixed", "mesh", "chain", "star", "ring", "two parts", "twins"}).Draw(t, "shape")
	n.has[shape] = true
	least := map[string]int{"mixed": 1, "mesh": 3, "chain": 2, "star": 3, "ring": 4, "two parts": 4, "twins": 6}[shape]
	most := map[string]int{"mixed": 7, "mesh": 5, "chain": 6, "star": 6, "ring": 6, "two parts": 7, "twins": 7}[shape]
	n.drawVNets(t, rapid.IntRange(least, most).Draw(t, "VNets"))
	if shape == "twins" {
		n.makeTwins()
	}
	n.shared = one(t, 5, "shared sites")
	n.placeholders = one(t, 5, "placeholders")
	for _, e := range n.edges(t, shape) {
		n.drawTunnel(t, e[0], e[1])
	}
	if shape == "twins" {
		for v := range len(n.vnets) - 1 {
			n.plainOffice(v, 1+v/n.half())
		}
	}
	for v := range n.vnets {
		n.drawOutside(t, v)
	}
	n.drawBehind(t, shape)
	n.drawOptions(t)
	return n
}

func (n *network) drawVNets(t *rapid.T, count int) {
	if one(t, 4, "subscriptions") {
		n.docs = rapid.IntRange(2, 3).Draw(t, "subscriptions")
	}
	twins := n.docs > 1 && rapid.Bool().Draw(t, "names per subscription")
	inDoc := make([]int, n.docs)
	for i := range count {
		v := &drawnVNet{doc: i % n.docs, name: fmt.Sprintf("v%d", i), region: "West Europe"}
		if twins {
			v.name = fmt.Sprintf("v%d", inDoc[v.doc])
			n.has["a name twice"] = n.has["a name twice"] || v.doc > 0
		}
		inDoc[v.doc]++
		n.has["several subscriptions"] = n.has["several subscriptions"] || v.doc > 0
		if one(t, 3, "region") {
			v.region = "North Europe"
			n.has["several regions"] = true
		}
		switch {
		case i > 0 && one(t, 10, "overlaps"):
			v.space = prefixesOf(fmt.Sprintf("10.%d.128.0/17", rapid.IntRange(1, i).Draw(t, "with")))
			n.has["overlap"] = true
		case one(t, 10, "ranges"):
			v.space = prefixesOf(fmt.Sprintf("10.%d.0.0/17 10.%d.0.0/20", i+1, 100+i))
			n.has["several ranges"] = true
		default:
			v.space = prefixesOf(fmt.Sprintf("10.%d.0.0/16", i+1))
		}
		n.vnets = append(n.vnets, v)
	}
}

// half is how many VNets of twins have one office: a hub and its spokes, and as many with the addresses of those.
func (n *network) half() int { return (len(n.vnets) + 1) / 2 }

// makeTwins gives VNets the addresses of others: nothing joins those but the last one, which is between them.
func (n *network) makeTwins() {
	for v := n.half(); v < len(n.vnets)-1; v++ {
		n.vnets[v].space = slices.Clone(n.vnets[v-n.half()+1].space)
	}
	n.has["overlap"] = true
}

// plainOffice gives a VNet an office that lists its own range alone.
func (n *network) plainOffice(at, number int) {
	s := &drawnSite{doc: n.vnets[at].doc, name: fmt.Sprintf("office%d-of-n%d", number, at), to: -1, address: fmt.Sprintf("62.140.11.%d", 30+number), prefixes: prefixesOf(fmt.Sprintf("192.168.%d.0/24", number))}
	n.sites = append(n.sites, s)
	n.vnets[at].refs = append(n.vnets[at].refs, drawnRef{site: s})
}

// edges are the pairs of VNets that a shape joins.
func (n *network) edges(t *rapid.T, shape string) [][2]int {
	var out [][2]int
	last := len(n.vnets) - 1
	star := func(from, to int) {
		for v := from + 1; v <= to; v++ {
			out = append(out, [2]int{from, v})
		}
	}
	chain := func(from, to int) {
		for v := from; v < to; v++ {
			out = append(out, [2]int{v, v + 1})
		}
	}
	switch shape {
	case "star":
		star(0, last)
	case "chain":
		chain(0, last)
	case "twins":
		star(0, n.half()-1)
		for v := n.half(); v < last; v++ {
			out = append(out, [2]int{last, v})
		}
		out = append(out, [2]int{0, last})
	case "ring":
		chain(0, last)
		out = append(out, [2]int{0, last})
	case "two parts":
		cut := rapid.IntRange(1, last-1).Draw(t, "cut")
		star(0, cut)
		chain(cut+1, last)
	default:
		for a := range n.vnets {
			for b := a + 1; b <= last; b++ {
				if shape == "mesh" || one(t, 3, "tunnel") {
					out = append(out, [2]int{a, b})
				}
			}
		}
	}
	return out
}

// drawTunnel joins two VNets, unless the service would refuse that. Of a one-sided one only a half is there.
func (n *network) drawTunnel(t *rapid.T, a, b int) {
	if overlapping(n.vnets[a].space, n.vnets[b].space) {
		return
	}
	ways := [][2]int{{a, b}, {b, a}}
	for _, way := range ways {
		if !n.free(way[0], n.vnets[way[1]].space, nil) {
			return
		}
	}
	if one(t, 12, "one-sided") {
		i := rapid.IntRange(0, 1).Draw(t, "half")
		ways = ways[i : i+1]
		n.has["one-sided"] = true
	}
	for _, way := range ways {
		v, to := n.vnets[way[0]], n.vnets[way[1]]
		if n.shared {
			if i := slices.IndexFunc(n.sites, func(s *drawnSite) bool { return s.doc == v.doc && s.to == way[1] }); i >= 0 && n.free(way[0], n.sites[i].prefixes, nil) {
				v.refs = append(v.refs, drawnRef{site: n.sites[i]})
				n.has["shared sites"] = true
				continue
			}
		}
		s := &drawnSite{doc: v.doc, name: fmt.Sprintf("n%d-to-n%d", way[0], way[1]), to: way[1], address: fmt.Sprintf("40.90.17.%d", 20+way[1]), prefixes: slices.Clone(to.space)}
		if n.placeholders {
			s.address = "1.1.1.1"
			n.has["no addresses"] = true
		} else if one(t, 20, "address") {
			s.address = fmt.Sprintf("40.90.17.%d", 20+rapid.IntRange(0, len(n.vnets)-1).Draw(t, "of"))
			n.has["wrong address"] = true
		}
		switch rapid.IntRange(0, 15).Draw(t, "site") {
		case 14:
			p := to.space[0]
			s.prefixes[0] = netip.PrefixFrom(p.Addr(), p.Bits()+2)
			n.has["partial site"] = true
		case 15:
			s.prefixes = prefixesOf(fmt.Sprintf("10.%d.0.0/16", 200+8*way[0]+way[1]))
			n.has["wrong site"] = true
		}
		n.sites = append(n.sites, s)
		v.refs = append(v.refs, drawnRef{site: s})
	}
}

// drawOutside gives a VNet clients, offices and circuits.
func (n *network) drawOutside(t *rapid.T, at int) {
	v := n.vnets[at]
	if one(t, 5, "office") {
		n.drawOffice(t, at, rapid.IntRange(1, 3).Draw(t, "number"))
	}
	switch rapid.IntRange(0, 15).Draw(t, "outside") {
	case 11, 12, 13:
		v.pool = netip.MustParsePrefix(fmt.Sprintf("172.20.%d.0/24", at+1))
		n.has["clients"] = true
	case 14, 15:
		k := rapid.IntRange(1, 2).Draw(t, "circuit")
		prefixes := prefixesOf(fmt.Sprintf("172.%d.0.0/16", 22+k))
		if !n.free(at, prefixes, nil) {
			return
		}
		n.has["ExpressRoute"] = true
		n.has["ExpressRoute beside VPN"] = n.has["ExpressRoute beside VPN"] || len(v.refs) > 0
		name := fmt.Sprintf("circuit%d", k)
		i := slices.IndexFunc(n.sites, func(s *drawnSite) bool { return s.doc == v.doc && s.name == name })
		if i < 0 {
			i = len(n.sites)
			n.sites = append(n.sites, &drawnSite{doc: v.doc, name: name, to: -1, prefixes: prefixes})
		}
		v.refs = append(v.refs, drawnRef{n.sites[i], true})
		if rapid.Bool().Draw(t, "named circuit") {
			n.connections = append(n.connections, fmt.Sprintf("{vnet: %s, site: %s, circuit: ER%d}", n.path(at), name, k))
			n.circuits = append(n.circuits, fmt.Sprintf("ER%d", k))
			n.has["named circuit"] = true
		}
	}
}

func (n *network) drawOffice(t *rapid.T, at, number int) {
	prefixes := prefixesOf(fmt.Sprintf("192.168.%d.0/24", number))
	if !n.free(at, prefixes, nil) {
		return
	}
	s := &drawnSite{doc: n.vnets[at].doc, name: fmt.Sprintf("office%d-of-n%d", number, at), to: -1, address: fmt.Sprintf("62.140.11.%d", 30+number), prefixes: prefixes}
	n.has["office"] = true
	for _, other := range n.vnets {
		if one(t, 12, "behind the office") && n.free(at, append(other.space, s.prefixes...), nil) {
			s.prefixes = append(s.prefixes, other.space...)
			n.has["office with VNets behind it"] = true
		}
	}
	n.sites = append(n.sites, s)
	n.vnets[at].refs = append(n.vnets[at].refs, drawnRef{site: s})
	if one(t, 5, "default site") && !slices.ContainsFunc(n.gateways, func(g string) bool { return strings.HasPrefix(g, n.path(at)+":") }) {
		n.gateways = append(n.gateways, fmt.Sprintf("%s: {defaultSite: %s}", n.path(at), s.name))
		n.has["default site"] = true
	}
}

// drawBehind lets sites list what lies behind the VNet they stand for: other VNets, offices, clients.
func (n *network) drawBehind(t *rapid.T, shape string) {
	if (shape == "chain" || shape == "star") && rapid.Bool().Draw(t, "whole transit") {
		n.transit()
	}
	often := rapid.SampledFrom([]int{0, 6, 12}).Draw(t, "behind")
	if often == 0 {
		return
	}
	for _, s := range n.sites {
		if s.to < 0 {
			continue
		}
		for _, p := range n.behind() {
			if one(t, often, "behind") {
				n.list(s, p)
			}
		}
	}
}

// behind are the ranges that a site may list beside those of its VNet.
func (n *network) behind() []netip.Prefix {
	out := prefixesOf("192.168.1.0/24 192.168.2.0/24 192.168.3.0/24 10.4.0.0/14")
	for _, v := range n.vnets {
		out = append(out, v.space...)
		if v.pool.IsValid() {
			out = append(out, v.pool)
		}
	}
	return out
}

// list adds a range to a site, where the service would take that.
func (n *network) list(s *drawnSite, p netip.Prefix) {
	if overlapping(s.prefixes, []netip.Prefix{p}) {
		return
	}
	for v := range n.vnets {
		if n.uses(v, s) && !n.free(v, []netip.Prefix{p}, s) {
			return
		}
	}
	s.prefixes = append(s.prefixes, p)
	n.has["multi-hop"] = true
	for _, v := range n.vnets {
		n.has["listed clients"] = n.has["listed clients"] || v.pool == p
	}
}

// transit lets every site of a chain or star list all that lies beyond.
func (n *network) transit() {
	n.has["whole transit"] = true
	for at := range n.vnets {
		for _, r := range n.vnets[at].refs {
			seen := map[int]bool{at: true}
			for todo := []int{r.site.to}; len(todo) > 0; todo = todo[1:] {
				v := todo[0]
				if v < 0 || seen[v] {
					continue
				}
				seen[v] = true
				for _, p := range n.vnets[v].space {
					n.list(r.site, p)
				}
				if pool := n.vnets[v].pool; pool.IsValid() {
					n.list(r.site, pool)
				}
				for _, next := range n.vnets[v].refs {
					if todo = append(todo, next.site.to); next.site.to < 0 {
						n.list(r.site, next.site.prefixes[0])
					}
				}
			}
		}
	}
}

func (n *network) uses(v int, s *drawnSite) bool {
	return slices.ContainsFunc(n.vnets[v].refs, func(r drawnRef) bool { return r.site == s })
}

// free reports whether a VNet may have a site with the ranges, beside its others but one.
func (n *network) free(at int, ranges []netip.Prefix, but *drawnSite) bool {
	v := n.vnets[at]
	if overlapping(v.space, ranges) || v.pool.IsValid() && overlapping([]netip.Prefix{v.pool}, ranges) {
		return false
	}
	return !slices.ContainsFunc(v.refs, func(r drawnRef) bool { return r.site != but && overlapping(r.site.prefixes, ranges) })
}

func overlapping(a, b []netip.Prefix) bool {
	return slices.ContainsFunc(a, func(p netip.Prefix) bool { return slices.ContainsFunc(b, p.Overlaps) })
}

func prefixesOf(list string) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range strings.Fields(list) {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

// path names a VNet in the options file, whatever is called the same elsewhere.
func (n *network) path(at int) string { return docName(n.vnets[at].doc) + "/" + n.vnets[at].name }

func docName(doc int) string { return string(rune('a' + doc)) }
