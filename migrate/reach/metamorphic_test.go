package reach_test

import (
	"cmp"
	"fmt"
	"math/rand"
	"net/netip"
	"slices"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// What is done to an estate here changes nothing that is claimed, so no reference is needed. Where a
// statement has conditions, TestExceptions shows for each that it is needed.

// somePairs are pairs of points of an estate: all of them, or a thousand.
func somePairs(dice *rand.Rand, w *world) [][2]point {
	all := points(newDefinition(&w.Estate))
	var out [][2]point
	if len(all) <= 30 {
		for _, from := range all {
			for _, to := range all {
				out = append(out, [2]point{from, to})
			}
		}
		return out
	}
	for range 1000 {
		out = append(out, [2]point{all[dice.Intn(len(all))], all[dice.Intn(len(all))]})
	}
	return out
}

// sameAnswers holds two estates to the same answers about pairs of points.
func sameAnswers(t *rapid.T, pairs [][2]point, w, x *world, as func(point) point) {
	before, after := reach.Compute(&w.Estate), reach.Compute(&x.Estate)
	for _, p := range pairs {
		from, to, newFrom, newTo := endpoint(p[0]), endpoint(p[1]), endpoint(as(p[0])), endpoint(as(p[1]))
		if a, b := before.Fwd(from, to), after.Fwd(newFrom, newTo); a != b {
			t.Fatalf("fwd from %s to %s: %s, then %s\n%s\n%s", p[0], p[1], a, b, describe(w), describe(x))
		}
		if a, b := before.Sess(from, to), after.Sess(newFrom, newTo); a != b {
			t.Fatalf("sess between %s and %s: %s, then %s\n%s\n%s", p[0], p[1], a, b, describe(w), describe(x))
		}
	}
}

func asItWas(p point) point { return p }

// TestNamesChangeNothing renames everything so that the order stays: the relation is the same to
// the byte.
func TestNamesChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		x := copied(w)
		const mark = "zz_"
		rename(x, func(name string) string { return mark + name })
		if d := diff.Diff(everything(&w.Estate), strings.ReplaceAll(everything(&x.Estate), mark, "")); d != "" {
			t.Fatalf("(-want +got)\n%s\n%s", d, describe(w))
		}
	})
}

// TestOrderChangesNothing shuffles every slice of an estate, at every depth: the relation is the same to the
// byte.
func TestOrderChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		x := copied(w)
		dice := drawDice(t)
		shuffleAll(dice, x)
		if d := diff.Diff(everything(&w.Estate), everything(&x.Estate)); d != "" {
			t.Fatalf("(-want +got)\n%s\n%s\n%s", d, describe(w), describe(x))
		}
		sameAnswers(t, somePairs(dice, w), w, x, asItWas)
	})
}

// TestOrderOfNamesChangesNothing turns the order of all names around. A VNet that could use the gateways
// of several uses the first by name, so that there names matter.
func TestOrderOfNamesChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		for _, v := range w.VNets {
			if len(hubsOf(w, v.Name)) > 1 {
				return
			}
		}
		x := copied(w)
		var all []string
		rename(x, func(name string) string { all = append(all, strings.ToLower(name)); return name })
		slices.Sort(all)
		all = slices.Compact(all)
		turned := func(name string) string {
			i, _ := slices.BinarySearch(all, strings.ToLower(name))
			return fmt.Sprintf("n%03d", len(all)-i)
		}
		rename(x, turned)
		sameAnswers(t, somePairs(drawDice(t), w), w, x, func(p point) point {
			if p.name != "" {
				name, in, _ := strings.Cut(p.name, " (") // of circuits of one name
				p.name = strings.TrimSuffix(turned(name)+" ("+in, " (")
			}
			return p
		})
	})
}

// hubsOf are the VNets whose gateway a VNet could use.
func hubsOf(w *world, spoke string) []string {
	d := newDefinition(&w.Estate)
	v := d.named(spoke)
	var out []string
	for _, half := range d.halves(v) {
		hub := d.vnet(half.Remote)
		if half.UseRemoteGateways && d.half(hub, v).AllowGatewayTransit && (d.hasGateway(hub) || d.gatewayOf(hub, estate.RouteServer) != nil) {
			out = append(out, hub.Name)
		}
	}
	return out
}

// TestStrangeSiteChangesNothing adds a site that nothing refers to.
func TestStrangeSiteChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		x := copied(w)
		s := estate.Site{ID: id(estate.TypeSite, pick(t, "name", "aaa", "stranger")), Network: pick(t, "network", "HQ", "nowhere"),
			Prefixes: prefixes(several(t, drawPrefix, 0, 2)), Announced: prefixes(several(t, drawPrefix, 0, 2)), AnnouncedKnown: rapid.Bool().Draw(t, "listed")}
		if rapid.Bool().Draw(t, "of a VNet") {
			s.Endpoint = id(estate.TypeVNet, drawName(t, w))
		}
		if rapid.Bool().Draw(t, "BGP") {
			s.BGP = &estate.BGP{ASN: estate.Fact{Value: "65001"}}
		}
		x.Sites = slices.Insert(x.Sites, number(t, "place", 0, len(x.Sites)), s)
		if d := diff.Diff(everything(&w.Estate), everything(&x.Estate)); d != "" {
			t.Fatalf("(-want +got)\n%s\n%s\n%s", d, describe(w), describe(x))
		}
		sameAnswers(t, somePairs(drawDice(t), w), w, x, asItWas)
	})
}

// halved are the two halves of a prefix.
func halved(p netip.Prefix) []estate.Prefix {
	low := netip.PrefixFrom(p.Masked().Addr(), p.Bits()+1)
	high := netip.PrefixFrom(after(low), p.Bits()+1)
	return prefixes(low.String() + " " + high.String())
}

// split replaces a prefix by its halves wherever it stands, or only at the n-th place when n is not
// negative. Subnets keep theirs. It returns how often the prefix stood somewhere.
func split(w *world, p netip.Prefix, n int) int {
	places := 0
	here := func() bool { places++; return n < 0 || n == places-1 }
	visit(w, func(list *[]estate.Prefix) {
		for i := len(*list) - 1; i >= 0; i-- {
			if (*list)[i].Prefix == p && here() {
				*list = slices.Replace(*list, i, i+1, halved(p)...)
			}
		}
	})
	visit(w, func(list *[]estate.Route) {
		for i := len(*list) - 1; i >= 0; i-- {
			if r := (*list)[i]; r.Prefix.Prefix == p && here() {
				both := []estate.Route{r, r}
				both[0].Prefix, both[1].Prefix = halved(p)[0], halved(p)[1]
				*list = slices.Replace(*list, i, i+1, both...)
			}
		}
	})
	return places
}

// routed are all prefixes that an estate may have routes for. A prefix that stands in two places is there
// twice.
func routed(w *world) []netip.Prefix {
	var out []netip.Prefix
	visit(w, func(list *[]estate.Prefix) {
		for _, p := range *list {
			out = append(out, p.Prefix)
		}
	})
	visit(w, func(r *estate.Route) { out = append(out, r.Prefix.Prefix) })
	return append(out, fixed(w)...)
}

// fixed are the prefixes of routes that cannot be split: the subnets that a partial peering names, what
// a device or a circuit may announce that no input lists, and the default route.
func fixed(w *world) []netip.Prefix {
	out := []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0")}
	for _, p := range w.Peerings {
		if p.Partial {
			for _, s := range w.at(p.Remote.Name).Subnets {
				out = append(out, s.Prefix.Prefix)
			}
		}
	}
	if slices.ContainsFunc(w.Connections, func(c estate.Connection) bool { return c.EnableBGP.Known() || !c.Circuit.IsZero() }) {
		out = append(out, private...)
	}
	return out
}

// splittable reports whether splitting a prefix in all its places changes nothing:
//
//   - neither half may stand anywhere: it was longer than the prefix and would become as long. A rule
//     for equal length would decide then.
//   - the prefix may not be one that cannot be split everywhere.
//   - where gateways speak BGP, no range of a VNet may lie inside: a gateway announces nothing that
//     overlaps its VNet, and one half would not.
func splittable(w *world, p netip.Prefix) bool {
	if p.Bits() == 0 || p.Bits() == 32 || slices.Contains(fixed(w), p) {
		return false
	}
	all := routed(w)
	for _, half := range halved(p) {
		if slices.Contains(all, half.Prefix) {
			return false
		}
	}
	return !speaksBGP(w) || !slices.ContainsFunc(w.VNets, func(v estate.VNet) bool {
		return slices.ContainsFunc(v.Space, func(r estate.Prefix) bool { return r.Bits() > p.Bits() && p.Overlaps(r.Prefix) })
	})
}

func speaksBGP(w *world) bool {
	return slices.ContainsFunc(w.Connections, func(c estate.Connection) bool { return c.EnableBGP.Known() })
}

// TestSplitPrefixChangesNothing splits a prefix of VNets, sites, pools, tables, devices, circuits and
// Route Servers wherever it stands.
func TestSplitPrefixChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		all := slices.DeleteFunc(distinctPrefixes(w), func(p netip.Prefix) bool { return !splittable(w, p) })
		if len(all) == 0 {
			return
		}
		x := copied(w)
		p := pick(t, "prefix", all...)
		split(x, p, -1)
		if a, b := everything(&w.Estate), everything(&x.Estate); a != b {
			t.Fatalf("split %s: (-want +got)\n%s\n%s", p, diff.Diff(a, b), describe(w))
		}
		sameAnswers(t, somePairs(drawDice(t), w), w, x, asItWas)
	})
}

// TestSplitOnePlaceChangesNothing splits a prefix in one place. Then it may stand nowhere else: where it was as
// long as another it would become longer.
func TestSplitOnePlaceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		all := slices.DeleteFunc(distinctPrefixes(w), func(p netip.Prefix) bool { return !splittable(w, p) || split(copied(w), p, 1000) > 1 })
		if len(all) == 0 {
			return
		}
		x := copied(w)
		p := pick(t, "prefix", all...)
		split(x, p, 0)
		if a, b := everything(&w.Estate), everything(&x.Estate); a != b {
			t.Fatalf("split %s: (-want +got)\n%s\n%s", p, diff.Diff(a, b), describe(w))
		}
		sameAnswers(t, somePairs(drawDice(t), w), w, x, asItWas)
	})
}

func distinctPrefixes(w *world) []netip.Prefix {
	all := routed(w)
	slices.SortFunc(all, func(a, b netip.Prefix) int { return cmp.Or(a.Addr().Compare(b.Addr()), a.Bits()-b.Bits()) })
	return slices.Compact(all)
}

// newPeering adds both halves of a peering that lets everything through and uses no gateway.
func newPeering(w *world, a, b string) {
	w.peer(a, b, "")
	w.forwarded(b, a)
	w.forwarded(a, b)
}

// drawStrangers are two VNets with no half of a peering between them.
func drawStrangers(t *rapid.T, w *world) (a, b string, ok bool) {
	a, b, ok = drawPair(t, w)
	return a, b, ok && w.peering(a, b) == nil && w.peering(b, a) == nil
}

// TestPeeringLosesNothingElsewhere adds a peering, for packets to addresses outside the ranges of both
// VNets.
//
//   - What surely arrived still may: nothing is lost. That is all where something in one of the two is sent
//     to an appliance's address that the other has, too.
//   - Else what surely arrived still surely does.
//   - Where moreover no prefix outside overlaps the ranges, everything is as it was, sessions too. Where one does,
//     the peering hides that prefix, and networks answer through the connections by which they are reached. Then
//     packets from networks are left out above.
//
// Destinations within the ranges are left out, because the peering hides other ways there.
func TestPeeringLosesNothingElsewhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawEstate(t)
		a, b, ok := drawStrangers(t, w)
		if !ok {
			return
		}
		x := copied(w)
		newPeering(x, a, b)
		elsewhere := func(p point) bool { return !has(w.at(a), p.addr) && !has(w.at(b), p.addr) }
		hides, steered := hidesOutside(w, a, b), steeredBetween(w, a, b)
		before, after := reach.Compute(&w.Estate), reach.Compute(&x.Estate)
		for _, p := range somePairs(drawDice(t), w) {
			if !elsewhere(p[1]) || hides && p[0].kind == reach.OnPremises {
				continue
			}
			from, to := endpoint(p[0]), endpoint(p[1])
			was, is := before.Fwd(from, to), after.Fwd(from, to)
			if was == reach.Yes && (is == reach.No || is != was && !steered) || was != is && !steered && !hides {
				t.Fatalf("peering %s with %s: fwd from %s to %s: %s, then %s\n%s", a, b, p[0], p[1], was, is, describe(w))
			}
			if steered || hides || !elsewhere(p[0]) {
				continue
			}
			if was, is := before.Sess(from, to), after.Sess(from, to); was != is {
				t.Fatalf("peering %s with %s: sess between %s and %s: %s, then %s\n%s", a, b, p[0], p[1], was, is, describe(w))
			}
		}
	})
}

// hidesOutside reports whether some prefix outside the VNets overlaps the ranges of one of two VNets:
// peering routes hide those of gateways.
func hidesOutside(w *world, a, b string) bool {
	var all []estate.Prefix
	for _, s := range w.Sites {
		if s.Endpoint.IsZero() {
			all = slices.Concat(all, s.Prefixes, s.Announced)
		}
		if s.BGP != nil && !s.AnnouncedKnown {
			return true
		}
	}
	for _, c := range w.Circuits {
		all = append(all, c.Learned...)
	}
	for _, g := range w.Gateways {
		if !g.DefaultSite.IsZero() {
			return true
		}
	}
	return slices.ContainsFunc(all, func(p estate.Prefix) bool {
		return slices.ContainsFunc(slices.Concat(w.at(a).Space, w.at(b).Space), func(r estate.Prefix) bool { return r.Overlaps(p.Prefix) })
	})
}

// steeredBetween reports whether something in one of two VNets is sent to an address that the other has,
// or hears of an appliance there from a Route Server: a new peering makes it reachable.
func steeredBetween(w *world, a, b string) bool {
	d := newDefinition(&w.Estate)
	both := []string{a, b}
	other := func(v string) *estate.VNet { return d.named(both[1-slices.Index(both, v)]) }
	for _, name := range both {
		v := d.named(name)
		for i := range v.Subnets {
			t := d.table(&v.Subnets[i])
			if t == nil {
				continue
			}
			for _, r := range t.Routes {
				hop := r.Address.Addr
				if r.NextHop.Value == "VirtualAppliance" && (has(other(name), hop) || slices.ContainsFunc(w.Gateways, func(g estate.Gateway) bool {
					return g.Kind.Forwards() && d.vnet(g.VNet) == other(name) && listens(&g, hop)
				})) {
					return true
				}
			}
		}
		for _, r := range d.routeServerRoutes(v) {
			if d.vnet(r.gateway.VNet) == other(name) {
				return true
			}
		}
	}
	return false
}

// TestExceptions shows that the statements of this file would be wrong without their conditions.
func TestExceptions(t *testing.T) {
	tests := []struct {
		name     string
		estate   func() *world
		change   func(*world)
		from, to point
		want     string
	}{
		{"the first hub by name: a VNet that uses two gateways", func() *world {
			w := &world{}
			for i, v := range []string{"A", "B", "S"} {
				w.vnet(estate.ARM, v, fmt.Sprintf("10.%d.0.0/16", i))
			}
			w.onPrem("A", "192.168.0.0/16", "HQ")
			w.gateway("B")
			w.peer("A", "S", "S")
			w.peer("B", "S", "S")
			return w
		}, func(w *world) {
			rename(w, func(name string) string {
				return map[string]string{"A": "Z"}[name] + strings.TrimPrefix(name, "A")
			})
		}, in("S", "10.2.0.4"), outside("HQ", "192.168.0.1"), "yes → no"},

		// The half was longer than the user route and is as long now.
		{"a half that stands in a table", func() *world {
			w := &world{}
			w.vnet(estate.ARM, "A", "10.0.0.0/16")
			w.vnet(estate.ARM, "B", "10.1.0.0/16")
			w.subnet("A", "s", "10.0.0.0/24")
			w.peer("A", "B", "")
			w.peering("A", "B").RemoteSpace = prefixes("10.1.0.0/16 10.1.0.0/17")
			w.table("t", "A/s", "10.1.0.0/16 None")
			return w
		}, func(w *world) { split(w, netip.MustParsePrefix("10.1.0.0/16"), -1) },
			in("A", "10.0.0.4"), in("B", "10.1.0.4"), "yes → no"},

		{"one of two equal prefixes", func() *world {
			w := &world{}
			w.vnet(estate.ARM, "A", "10.0.0.0/16")
			w.vnet(estate.ARM, "B", "10.1.0.0/16")
			w.subnet("A", "s", "10.0.0.0/24")
			w.peer("A", "B", "")
			w.table("t", "A/s", "10.1.0.0/16 None")
			return w
		}, func(w *world) { split(w, netip.MustParsePrefix("10.1.0.0/16"), 0) },
			in("A", "10.0.0.4"), in("B", "10.1.0.4"), "no → yes"},

		// H does not tell K of the site, because the prefix overlaps H's own range; one half does not.
		{"a half beside a speaker's own range", func() *world {
			w := &world{}
			w.vnet(estate.ARM, "H", "10.0.0.0/16")
			w.vnet(estate.ARM, "K", "10.9.0.0/16")
			w.asn("K", "65001")
			w.vnet2vnet("H", "K")
			w.bgp(2)
			w.onPrem("H", "10.0.0.0/14", "HQ")
			return w
		}, func(w *world) { split(w, netip.MustParsePrefix("10.0.0.0/14"), -1) },
			in("K", "10.9.0.4"), outside("HQ", "10.2.0.1"), "no → yes"},

		// The subnet of a partial peering stays whole, and is as long as the half.
		{"a prefix that is a subnet of a partial peering", func() *world {
			w := &world{}
			w.vnet(estate.ARM, "A", "10.0.0.0/16")
			w.vnet(estate.ARM, "B", "10.1.0.0/16")
			w.subnet("A", "s", "10.0.0.0/24")
			w.subnet("B", "s", "10.1.0.0/16")
			w.peer("A", "B", "")
			for i := range w.Peerings {
				w.Peerings[i].Partial, w.Peerings[i].LocalSubnets, w.Peerings[i].RemoteSubnets = true, []string{"s"}, []string{"s"}
			}
			w.vnet(estate.ARM, "C", "10.1.0.0/16")
			w.group("g", "", "A", "C")
			return w
		}, func(w *world) { split(w, netip.MustParsePrefix("10.1.0.0/16"), -1) },
			in("A", "10.0.0.4"), in("C", "10.1.0.4"), "unknown → yes"},

		// B's gateway had the way to A by a tunnel. Now A is a peer that does not use B's gateway.
		{"a peering hides a tunnel", func() *world {
			w := &world{}
			for i, v := range []string{"A", "B", "C"} {
				w.vnet(estate.Classic, v, fmt.Sprintf("10.%d.0.0/16", i))
			}
			w.link("C", "10.1.0.0/16 10.0.0.0/16", "B", "10.2.0.0/16")
			w.link("B", "10.0.0.0/16", "A", "10.1.0.0/16 10.2.0.0/16")
			return w
		}, func(w *world) { newPeering(w, "A", "B") }, in("C", "10.2.0.4"), in("A", "10.0.0.4"), "yes → no"},

		// All that S reaches of HQ is A's range as well. After the peering nothing of S reaches HQ, so HQ
		// does not answer.
		{"a peering hides a site", func() *world {
			w := &world{}
			w.vnet(estate.ARM, "H", "10.0.0.0/16")
			w.vnet(estate.ARM, "S", "10.1.0.0/16")
			w.vnet(estate.ARM, "A", "10.9.0.0/16")
			w.peer("H", "S", "S")
			w.onPrem("H", "10.9.0.0/16", "HQ")
			return w
		}, func(w *world) { newPeering(w, "H", "A") }, outside("HQ", "10.9.0.4"), in("S", "10.1.0.4"), "yes → no"},

		// A's packets go to both appliances with the address: the second one drops them.
		{"a peering brings a second appliance", func() *world {
			w := &world{}
			w.vnet(estate.ARM, "A", "10.0.0.0/16")
			w.subnet("A", "s", "10.0.0.0/24")
			for i, v := range []string{"B", "C"} {
				w.vnet(estate.ARM, v, "10.1.0.0/16")
				w.subnet(v, "fw", "10.1.0.0/24")
				w.box(estate.Appliance, "box"+v, v, "fw", "10.1.0.4").NoForwarding = i == 1
			}
			w.vnet(estate.ARM, "D", "10.3.0.0/16")
			w.peer("A", "B", "")
			w.peer("B", "D", "")
			w.forwarded("B", "A", "D")
			w.table("t", "A/s", "10.3.0.0/16 10.1.0.4")
			return w
		}, func(w *world) { newPeering(w, "A", "C") }, in("A", "10.0.0.4"), in("D", "10.3.0.4"), "yes → unknown"},

		// In a connected group nothing asks for forwarded traffic; a peering does.
		{"a peering without forwarded traffic inside a group", func() *world {
			w := &world{}
			w.vnet(estate.ARM, "A", "10.0.0.0/16")
			w.vnet(estate.ARM, "B", "10.1.0.0/16")
			w.vnet(estate.ARM, "C", "10.2.0.0/16")
			w.subnet("A", "s", "10.0.0.0/24")
			w.subnet("A", "fw", "10.0.1.0/24")
			w.subnet("B", "fw", "10.1.1.0/24")
			w.box(estate.Appliance, "boxA", "A", "fw", "10.0.1.4")
			w.box(estate.Appliance, "boxB", "B", "fw", "10.1.1.4")
			w.group("g", "", "A", "B", "C")
			w.subnet("C", "s", "10.2.0.0/24")
			w.vnet(estate.ARM, "D", "10.3.0.0/16")
			w.peer("B", "D", "")
			w.forwarded("B", "D")
			w.table("c", "C/s", "10.3.0.0/16 10.0.1.4")
			w.table("a", "A/fw", "10.3.0.0/16 10.1.1.4")
			return w
		}, func(w *world) { w.peer("A", "B", "") }, in("C", "10.2.0.4"), in("D", "10.3.0.4"), "yes → unknown"},

		{"a peering that makes a VNet use a gateway", func() *world {
			w := &world{}
			w.vnet(estate.ARM, "H", "10.0.0.0/16")
			w.vnet(estate.ARM, "K", "10.1.0.0/16")
			w.vnet(estate.ARM, "S", "10.2.0.0/16")
			w.onPrem("K", "192.168.0.0/16", "HQ")
			w.gateway("H")
			w.peer("K", "S", "S")
			return w
		}, func(w *world) { w.peer("H", "S", "S") }, in("S", "10.2.0.4"), outside("HQ", "192.168.0.1"), "yes → no"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := tt.estate()
			x := copied(w)
			tt.change(x)
			before, after := reach.Compute(&w.Estate), reach.Compute(&x.Estate)
			d, f := newDefinition(&w.Estate), newDefinition(&x.Estate)
			got := fmt.Sprintf("%s → %s", before.Fwd(endpoint(tt.from), endpoint(tt.to)), after.Fwd(endpoint(tt.from), endpoint(tt.to)))
			if got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if also := fmt.Sprintf("%s → %s", d.fwd(tt.from, tt.to), f.fwd(tt.from, tt.to)); also != tt.want {
				t.Errorf("definition: %s, want %s", also, tt.want)
			}
		})
	}
}
