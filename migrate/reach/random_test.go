package reach_test

import (
	"fmt"
	"math/rand"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// universe is all the addresses of the random estates: few, so that ranges nest, overlap and meet.
var universe = func() []netip.Addr {
	var out []netip.Addr
	for a := netip.MustParseAddr("10.0.0.0"); len(out) < 32; a = a.Next() {
		out = append(out, a)
	}
	return out
}()

func drawPrefixes(t *rapid.T, least, most int) string {
	var out []string
	for range rapid.IntRange(least, most).Draw(t, "prefixes") {
		bits := rapid.IntRange(27, 31).Draw(t, "bits")
		a := universe[rapid.IntRange(0, len(universe)-1).Draw(t, "address")]
		p, _ := a.Prefix(bits)
		out = append(out, p.String())
	}
	return strings.Join(out, " ")
}

// drawWorld draws an estate of any legality: the engine must not care.
func drawWorld(t *rapid.T) *world {
	w := &world{}
	var names []string
	for i := range rapid.IntRange(2, 6).Draw(t, "VNets") {
		name := string(rune('A' + i))
		w.vnet(estate.Model(rapid.IntRange(0, 1).Draw(t, "model")), name, drawPrefixes(t, 1, 2))
		names = append(names, name)
	}
	name := func() string { return rapid.SampledFrom(names).Draw(t, "VNet") }
	for range rapid.IntRange(0, 8).Draw(t, "links") {
		drawLink(t, w, name(), name())
	}
	for range rapid.IntRange(0, 6).Draw(t, "peerings") {
		if a, b := name(), name(); a != b {
			w.peer(a, b, rapid.SampledFrom([]string{a, b, ""}).Draw(t, "uses"))
			p := &w.Peerings[len(w.Peerings)-1-rapid.IntRange(0, 1).Draw(t, "half")]
			switch rapid.IntRange(0, 9).Draw(t, "flaw") {
			case 0:
				p.State = estate.PeeringInitiated
			case 1:
				p.AllowVirtualNetworkAccess = false
			}
		}
	}
	if rapid.IntRange(0, 3).Draw(t, "pool") == 0 {
		v := name()
		w.clients(v, drawPrefixes(t, 1, 1))
		if rapid.IntRange(0, 3).Draw(t, "absent") == 0 {
			w.absent(v)
		}
	}
	onePeering(w)
	return w
}

func drawLink(t *rapid.T, w *world, a, b string) {
	switch rapid.IntRange(0, 9).Draw(t, "link") {
	case 0:
		w.oneSided(a, drawPrefixes(t, 1, 2), b)
	case 1, 2:
		w.onPrem(a, drawPrefixes(t, 1, 2), rapid.SampledFrom([]string{"HQ", "lab"}).Draw(t, "network"))
	case 3, 4:
		if a != b {
			w.vnet2vnet(a, b)
		}
	default:
		if a == b {
			return
		}
		w.link(a, drawPrefixes(t, 1, 3), b, drawPrefixes(t, 1, 3))
		c := &w.Connections[len(w.Connections)-1]
		switch rapid.IntRange(0, 9).Draw(t, "pairing") {
		case 0:
			c.Pairing.Suspect = "LINK-002"
		case 1:
			candidates := []estate.ID{w.Connections[0].ID, c.Pairing.Partner}
			c.Pairing = estate.Pairing{Confidence: estate.Ambiguous, Candidates: candidates}
		}
	}
}

// onePeering keeps the first peering of each pair of VNets, as the platform does.
func onePeering(w *world) {
	seen := map[[2]string]bool{}
	w.Peerings = slices.DeleteFunc(w.Peerings, func(p estate.Peering) bool {
		key := [2]string{p.VNet.Name, p.Remote.Name}
		defer func() { seen[key] = true }()
		return seen[key]
	})
}

// valueAt is what the engine says of one address.
func valueAt(flows []reach.Flow, d netip.Addr) reach.Value {
	best := reach.No
	for _, f := range flows {
		for _, p := range f.Prefixes {
			if p.Contains(d) {
				best = max(best, f.Value)
			}
		}
	}
	return best
}

// TestTraceAgreesWithRelation holds the hop-by-hop story against the relation.
func TestTraceAgreesWithRelation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		r := reach.Compute(&w.Estate)
		all := r.Locations()
		from := rapid.SampledFrom(all).Draw(t, "from")
		to := rapid.SampledFrom(all).Draw(t, "to")
		if from == to || to.Kind == reach.OnPremises && from.Kind == reach.OnPremises {
			return
		}
		for _, d := range universe {
			answer := reach.Trace(&w.Estate, reach.Endpoint{Location: from}, reach.Endpoint{Location: to, Address: d})
			best, paths := answer.Value, answer.Paths
			for _, p := range paths {
				if (p.Value == reach.No) != (p.Reason != "") {
					t.Fatalf("value %s with reason %q", p.Value, p.Reason)
				}
			}
			if want := valueAt(r.Forward(from, to), d); best != want {
				t.Fatalf("%s to %s at %s: trace %s, relation %s\n%+v\n%s", from, to, d, best, want, paths, describe(w))
			}
		}
	})
}

// TestOrderAndStrangersChangeNothing shuffles every slice, changes the case of references and adds
// a site that nothing refers to.
func TestOrderAndStrangersChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		want := everything(&w.Estate)
		dice := drawDice(t)
		shuffle(dice, w.VNets)
		shuffle(dice, w.Sites)
		shuffle(dice, w.Gateways)
		shuffle(dice, w.Connections)
		shuffle(dice, w.Peerings)
		for i := range w.Connections {
			w.Connections[i].Gateway.Name = strings.ToUpper(w.Connections[i].Gateway.Name)
			w.Connections[i].Site.Name = strings.ToUpper(w.Connections[i].Site.Name)
		}
		w.Sites = append(w.Sites, estate.Site{ID: id(estate.TypeSite, "stranger"), Network: "nowhere", Prefixes: prefixes("10.0.0.0/27")})
		if diff := cmp.Diff(want, everything(&w.Estate)); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

func shuffle[T any](dice *rand.Rand, s []T) {
	dice.Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
}

// everything prints all that a relation says.
func everything(e *estate.Estate) string {
	r := reach.Compute(e)
	var b strings.Builder
	for _, l := range r.Locations() {
		for f := range r.From(l) {
			fmt.Fprintf(&b, "%s → %s %s %s %v %s\n", l, f.To, f.Prefixes, f.Value, f.Path, f.Assumptions)
		}
	}
	b.WriteString(sessions(r))
	fmt.Fprintln(&b, r.Assumptions())
	for v := range reach.Compare(r, r, nil) {
		fmt.Fprintf(&b, "%+v\n", v)
	}
	return b.String()
}

// TestVerdictsCoverPairsOnce holds the verdicts against the two relations, one pair of addresses
// at a time.
func TestVerdictsCoverPairsOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		x := drawWorld(t)
		if rapid.Bool().Draw(t, "related") {
			x = drawChange(t, w)
		}
		before, after := reach.Compute(&w.Estate), reach.Compute(&x.Estate)
		byPair := map[[2]reach.Location][]reach.Verdict{}
		var turning []reach.Verdict
		for v := range reach.Compare(before, after, nil) {
			key := [2]reach.Location{v.From, v.To}
			if v.Via == nil {
				byPair[key] = append(byPair[key], v)
			} else {
				turning = append(turning, v)
			}
		}
		checkTurning(t, before, after, byPair, turning)
		for key, all := range byPair {
			if all[0].Class == reach.HalfOpen {
				continue
			}
			a, b := key[0], key[1]
			there, back := before.Forward(a, b), before.Forward(b, a)
			thereNow, backNow := after.Forward(a, b), after.Forward(b, a)
			for _, x := range universe {
				for _, y := range universe {
					was := min(valueAt(there, y), valueAt(back, x))
					is := min(valueAt(thereNow, y), valueAt(backNow, x))
					checkPoint(t, all, a, b, x, y, was, is)
				}
			}
		}
	})
}

func checkPoint(t *rapid.T, all []reach.Verdict, a, b reach.Location, x, y netip.Addr, was, is reach.Value) {
	var hit []reach.Class
	for _, v := range all {
		if within(v.FromPrefixes, x) && within(v.ToPrefixes, y) {
			hit = append(hit, v.Class)
		}
	}
	var allowed []reach.Class
	switch {
	case was == reach.No && is == reach.No:
	case was == reach.Unknown:
		allowed = []reach.Class{reach.UnknownBefore}
	case was == reach.No:
		allowed = []reach.Class{reach.Gained, reach.HalfFixed}
	case is == reach.Yes:
		allowed = []reach.Class{reach.Preserved, reach.PathChanged}
	case is == reach.Unknown:
		allowed = []reach.Class{reach.AtRisk}
	default:
		allowed = []reach.Class{reach.Lost, reach.Misdelivered}
	}
	handedOn := a.Kind == reach.OnPremises || b.Kind == reach.OnPremises
	if len(hit) == 0 && (len(allowed) == 0 || was == reach.Yes && is < reach.Yes && handedOn) {
		return
	}
	if len(hit) != 1 || !slices.Contains(allowed, hit[0]) {
		t.Fatalf("%s %s ↔ %s %s: %s before, %s after, verdicts %v", a, x, b, y, was, is, hit)
	}
}

func within(list []netip.Prefix, a netip.Addr) bool {
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}

// drawChange is the world with a few things taken away and added, as a step of a plan does.
func drawChange(t *rapid.T, w *world) *world {
	x := &world{Estate: w.Estate, sites: w.sites}
	x.Sites, x.Gateways, x.Connections, x.Peerings = slices.Clone(w.Sites), slices.Clone(w.Gateways), slices.Clone(w.Connections), slices.Clone(w.Peerings)
	name := func() string { return x.VNets[rapid.IntRange(0, len(x.VNets)-1).Draw(t, "VNet")].Name }
	for range rapid.IntRange(0, 2).Draw(t, "removals") {
		if n := len(x.Connections); n > 0 {
			i := rapid.IntRange(0, n-1).Draw(t, "removed")
			x.Connections = slices.Delete(x.Connections, i, i+1)
		}
	}
	for range rapid.IntRange(0, 2).Draw(t, "additions") {
		if len(x.Connections) > 0 {
			drawLink(t, x, name(), name())
		}
		if a, b := name(), name(); a != b {
			x.peer(a, b, rapid.SampledFrom([]string{a, b, ""}).Draw(t, "uses"))
		}
	}
	onePeering(x)
	return x
}

// checkTurning holds the verdicts about hairpins against the pairs that no verdict of their own
// names: each kind is there exactly when one of those pairs calls for it.
func checkTurning(t *rapid.T, before, after *reach.Relation, named map[[2]reach.Location][]reach.Verdict, got []reach.Verdict) {
	var unknown, opened bool
	all := append(before.Locations(), after.Locations()...)
	slices.SortFunc(all, reach.Location.Compare)
	all = slices.CompactFunc(all, reach.Location.Same)
	for i, a := range all {
		for _, b := range all[i+1:] {
			if len(named[[2]reach.Location{a, b}])+len(named[[2]reach.Location{b, a}]) > 0 {
				continue
			}
			was, is := before.Session(a, b).Value, after.Session(a, b).Value
			unknown = unknown || was == reach.Unknown
			opened = opened || was == reach.No && is > reach.No
		}
	}
	var saysUnknown, saysOpened bool
	for _, v := range got {
		saysUnknown = saysUnknown || v.Class == reach.UnknownBefore
		saysOpened = saysOpened || v.Opens()
	}
	if unknown != saysUnknown || opened != saysOpened {
		t.Fatalf("hairpins: unknown before %t, verdict %t; opened %t, verdict %t", unknown, saysUnknown, opened, saysOpened)
	}
}
