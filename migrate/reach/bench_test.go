package reach_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// space is the range of VNet i: /24s of 10.0.0.0/8, enough for 65,536.
func space(i int) string { return fmt.Sprintf("10.%d.%d.0/24", i>>8, i&255) }

func name(i int) string { return fmt.Sprintf("v%05d", i) }

// fleet is n VNets in meshes of the given size.
func fleet(model estate.Model, n, mesh int, join func(w *world, a, b int)) *world {
	w := &world{}
	for i := range n {
		w.vnet(model, name(i), space(i))
		w.Gateways = append(w.Gateways, estate.Gateway{ID: id(estate.TypeGateway, "g"+name(i)), VNet: id(estate.TypeVNet, name(i))})
	}
	for from := 0; from < n; from += mesh {
		for a := from; a < min(from+mesh, n); a++ {
			for b := a + 1; b < min(from+mesh, n); b++ {
				join(w, a, b)
			}
		}
	}
	return w
}

// tunnelTo adds a connection without looking for the gateway.
func (w *world) tunnelTo(a int, space string, site estate.Site, p estate.Pairing) *estate.Connection {
	w.sites++
	site.Name = fmt.Sprintf("site%06d", w.sites)
	site.ID, site.Prefixes = id(estate.TypeSite, site.Name), prefixes(space)
	w.Sites = append(w.Sites, site)
	w.Connections = append(w.Connections, estate.Connection{ID: id(estate.TypeConnection, name(a)+"-"+site.Name),
		Gateway: id(estate.TypeGateway, "g"+name(a)), Site: site.ID, Pairing: p})
	return &w.Connections[len(w.Connections)-1]
}

func tunnels(w *world, a, b int) {
	w.tunnelTo(a, space(b), estate.Site{Endpoint: id(estate.TypeVNet, name(b))}, estate.Pairing{Confidence: estate.Certain})
	w.tunnelTo(b, space(a), estate.Site{Endpoint: id(estate.TypeVNet, name(a))}, estate.Pairing{Confidence: estate.Certain})
	n := len(w.Connections)
	w.Connections[n-2].Pairing.Partner, w.Connections[n-1].Pairing.Partner = w.Connections[n-1].ID, w.Connections[n-2].ID
}

func peerings(w *world, a, b int) { w.peer(name(a), name(b), "") }

func withHQ(w *world, list string) *world {
	for i := range w.VNets {
		w.tunnelTo(i, list, estate.Site{Network: "HQ"}, estate.Pairing{})
	}
	return w
}

// scale is the estates that the design promises to serve.
var scale = []struct {
	name string
	make func(n int) *world
	size [2]int
	most time.Duration // that the larger one takes on a quiet machine
	same int           // verdicts of the larger one and itself
}{
	{"meshes of 6", func(n int) *world { return withHQ(fleet(estate.Classic, n, 6, tunnels), "192.168.0.0/16") }, [2]int{1000, 10000}, time.Second, 34996},
	{"meshes of 10", func(n int) *world { return withHQ(fleet(estate.Classic, n, 10, tunnels), "192.168.0.0/16") }, [2]int{1000, 10000}, time.Second, 55000},
	{"peered meshes of 10", func(n int) *world { return fleet(estate.ARM, n, 10, peerings) }, [2]int{1000, 10000}, time.Second, 45000},
	{"one mesh", func(n int) *world { return fleet(estate.Classic, n, n, tunnels) }, [2]int{50, 500}, 2 * time.Second, 124750},
	{"supernet, one-sided", func(n int) *world {
		w := fleet(estate.Classic, n, n, func(*world, int, int) {})
		for i := range n {
			w.tunnelTo(i, "10.0.0.0/8", estate.Site{}, estate.Pairing{Confidence: estate.OneSided})
		}
		return w
	}, [2]int{1000, 10000}, time.Second, 0},
	{"supernet at one on-premises", func(n int) *world {
		return withHQ(fleet(estate.Classic, n, 6, tunnels), "10.0.0.0/8")
	}, [2]int{1000, 10000}, 2 * time.Second, 34997},
	{"hubs of 500 spokes", hubs, [2]int{1000, 10000}, 2 * time.Second, 20000},
	{"hubs with firewalls, any to any", firewalls, [2]int{1000, 10000}, 2 * time.Second, 13120},
	{"one connected group", grouped, [2]int{500, 2000}, 2 * time.Second, 1},
}

// firewalls is n ARM VNets in hubs of 250, the hubs in full mesh: every spoke sends everything to the
// firewall of its hub, and every firewall the ranges of other hubs to theirs.
func firewalls(n int) *world {
	const size = 250
	w := &world{}
	hubs := (n + size - 1) / size
	address := func(h int) string { return fmt.Sprintf("10.%d.0.4", h) }
	for h := range hubs {
		hub := fmt.Sprintf("h%03d", h)
		w.vnet(estate.ARM, hub, fmt.Sprintf("10.%d.0.0/24", h))
		w.Gateways = append(w.Gateways, estate.Gateway{ID: id(estate.TypeFirewall, "f"+hub), VNet: id(estate.TypeVNet, hub), Kind: estate.Firewall,
			Subnet: "AzureFirewallSubnet", PrivateIPs: []estate.Address{{Addr: netip.MustParseAddr(address(h))}}})
		divert(w, hub, "AzureFirewallSubnet", fmt.Sprintf("10.%d.0.0/26", h), func(add func(prefix, hop string)) {
			for g := range hubs {
				if g != h {
					add(fmt.Sprintf("10.%d.0.0/16", g), address(g))
				}
			}
		})
		for g := range h {
			w.peer(hub, fmt.Sprintf("h%03d", g), "")
		}
		for s := 1; s < min(size, n-h*size); s++ {
			spoke := fmt.Sprintf("h%03ds%03d", h, s)
			space := fmt.Sprintf("10.%d.%d.0/24", h, s)
			w.vnet(estate.ARM, spoke, space)
			divert(w, spoke, "all", space, func(add func(prefix, hop string)) { add("0.0.0.0/0", address(h)) })
			w.peer(hub, spoke, "")
		}
	}
	for i := range w.Peerings {
		w.Peerings[i].AllowForwardedTraffic = true
	}
	return w
}

// divert gives the last VNet but for peerings a subnet with a route table.
func divert(w *world, vnet, subnet, prefix string, routes func(add func(prefix, hop string))) {
	table := estate.RouteTable{ID: id(estate.TypeRouteTable, "r"+vnet), Name: "r" + vnet, RoutesKnown: true}
	routes(func(prefix, hop string) {
		table.Routes = append(table.Routes, estate.Route{Prefix: prefixes(prefix)[0], NextHop: estate.Fact{Value: "VirtualAppliance"},
			Address: estate.Address{Addr: netip.MustParseAddr(hop)}})
	})
	w.RouteTables = append(w.RouteTables, table)
	v := &w.VNets[len(w.VNets)-1]
	v.Subnets = append(v.Subnets, estate.Subnet{Name: subnet, Prefix: prefixes(prefix)[0], RouteTable: table.ID})
}

// hubs is n ARM VNets, each a spoke of one hub per 500, with a supernet on-premises.
func hubs(n int) *world {
	w := &world{}
	for i := range n {
		w.vnet(estate.ARM, name(i), space(i))
		hub := i / 500 * 500
		if i == hub {
			w.Gateways = append(w.Gateways, estate.Gateway{ID: id(estate.TypeGateway, "g"+name(i)), VNet: id(estate.TypeVNet, name(i))})
			w.tunnelTo(i, "10.0.0.0/8", estate.Site{Network: fmt.Sprint("HQ", hub)}, estate.Pairing{})
			continue
		}
		w.peer(name(hub), name(i), name(i))
	}
	return w
}

func BenchmarkCompute(b *testing.B) {
	for _, s := range scale {
		for _, n := range s.size {
			b.Run(fmt.Sprintf("%s/%d", s.name, n), func(b *testing.B) {
				w := s.make(n)
				b.ReportAllocs()
				for b.Loop() {
					reach.Compute(&w.Estate)
				}
				if n == s.size[1] {
					b.ReportMetric(s.most.Seconds(), "goal-s")
				}
			})
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	for _, s := range scale {
		for _, n := range s.size {
			b.Run(fmt.Sprintf("%s/%d", s.name, n), func(b *testing.B) {
				r := reach.Compute(&s.make(n).Estate)
				b.ReportAllocs()
				for b.Loop() {
					for range reach.Compare(r, r, nil) {
					}
				}
			})
		}
	}
}

// TestScale compares estates of the sizes that benchmarks measure with themselves: what talks is told as so many
// kinds of pairs, and those of a group or of hubs are not counted out pair by pair.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("computes estates of 10,000 VNets")
	}
	for _, s := range scale {
		w := s.make(s.size[1])
		start := time.Now()
		r := reach.Compute(&w.Estate)
		computed := time.Since(start)
		verdicts := 0
		for range reach.Compare(r, r, nil) {
			verdicts++
		}
		t.Logf("%s: computed in %s, compared in %s", s.name, computed, time.Since(start)-computed)
		if verdicts != s.same {
			t.Errorf("%s: %d verdicts, want %d", s.name, verdicts, s.same)
		}
		// A busy machine takes a few times as long; what grows by the square of the size takes a hundred times.
		if took := time.Since(start); took > 20*s.most {
			t.Errorf("%s: took %s, at most %s", s.name, took, 20*s.most)
		}
	}
}

// BenchmarkAfter measures a step of a plan, taken from the state before it, and what its state loses.
func BenchmarkAfter(b *testing.B) {
	for _, s := range scale {
		for _, n := range s.size {
			b.Run(fmt.Sprintf("%s/%d", s.name, n), func(b *testing.B) {
				w := s.make(n)
				base := reach.Compute(&w.Estate)
				base.After(&w.Estate) // the first has to look whether the estate is regular
				for _, step := range steps {
					if x, ok := step.of(w); ok {
						b.Run(step.name, func(b *testing.B) { benchmarkAfter(b, base, x, undone(w, x)) })
					}
				}
			})
		}
	}
}

// chain is how many states a plan of a hundred waves has.
const chain = 200

// benchmarkAfter takes a step and takes it back in turn, each from the state before, and begins anew where a plan ends.
func benchmarkAfter(b *testing.B, base *reach.Relation, x, back *world) {
	b.ReportAllocs()
	r := base
	for i := 0; b.Loop(); i++ {
		if i%chain == 0 {
			r = base
		}
		if i%2 == 0 {
			r = r.After(&x.Estate)
		} else {
			r = r.After(&back.Estate)
		}
	}
	r = base.After(&x.Estate)
	start := time.Now()
	for range reach.Losses(base, r) {
	}
	b.ReportMetric(float64(time.Since(start).Nanoseconds()), "ns/losses")
}

// undone is the estate before a step again. The connections that the step took out come back at the end, where
// steps put what is new.
func undone(w, x *world) *world {
	if len(w.Connections) == len(x.Connections) {
		return w
	}
	y := &world{Estate: w.Estate}
	left := map[estate.ID]bool{}
	for _, c := range x.Connections {
		left[c.ID] = true
	}
	gone := slices.DeleteFunc(slices.Clone(w.Connections), func(c estate.Connection) bool { return left[c.ID] })
	y.Connections = slices.Concat(x.Connections, gone)
	return y
}

// steps are what a plan does, each on an estate that shares all that it does not touch; false where
// there is nothing to be done it to.
var steps = []struct {
	name string
	of   func(w *world) (*world, bool)
}{
	{"peer two", func(w *world) (*world, bool) {
		x := &world{Estate: w.Estate}
		x.Peerings = slices.Clone(w.Peerings)
		a, b := w.VNets[len(w.VNets)-1].Name, w.VNets[len(w.VNets)-2].Name
		if w.peering(a, b) != nil {
			return nil, false
		}
		x.peer(a, b, "")
		return x, true
	}},
	{"two connections less", func(w *world) (*world, bool) {
		x := &world{Estate: w.Estate}
		if len(w.Connections) < 3 {
			return nil, false
		}
		gone := w.Connections[len(w.Connections)/2]
		x.Connections = slices.DeleteFunc(slices.Clone(w.Connections), func(c estate.Connection) bool {
			return c.ID == gone.ID || c.ID == gone.Pairing.Partner
		})
		return x, true
	}},
	{"use a remote gateway", func(w *world) (*world, bool) {
		x := &world{Estate: w.Estate}
		if len(w.Peerings) == 0 {
			return nil, false
		}
		x.Peerings = slices.Clone(w.Peerings)
		half := &x.Peerings[len(x.Peerings)-1]
		half.UseRemoteGateways = !half.UseRemoteGateways
		back := &x.Peerings[len(x.Peerings)-2]
		back.AllowGatewayTransit = half.UseRemoteGateways
		return x, true
	}},
}
