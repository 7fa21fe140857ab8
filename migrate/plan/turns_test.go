package plan_test

import (
	"cmp"
	"iter"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// ring is VNets with tunnels to their two neighbours. Site prefixes beyond those say which way
// around others are reached.
func ring(spaces []string, extra map[[2]int][]string) *world {
	w := &world{spaces: spaces, pools: make([]string, len(spaces)), regions: slices.Repeat([]string{"West Europe"}, len(spaces)), extra: extra}
	for v := range spaces {
		w.tunnels = append(w.tunnels, [2]int{v, (v + 1) % len(spaces)})
	}
	return w
}

// Networks where peerings meet the ways of others: an order keeps every pair where there is one;
// otherwise a window names the pairs that are apart, and no others.
func TestPeeringsTakeTurns(t *testing.T) {
	five := []string{"10.0.0.0/16", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16"}
	six := append(slices.Clone(five), "10.5.0.0/16")
	rightward := func(more map[[2]int][]string) map[[2]int][]string {
		extra := map[[2]int][]string{
			{0, 1}: {six[2], six[4]}, {1, 2}: {six[4]}, {2, 3}: {six[4], six[0]},
			{3, 4}: {six[0]}, {4, 5}: {six[0], six[2]}, {5, 0}: {six[2]},
		}
		for way, prefixes := range more {
			extra[way] = append(extra[way], prefixes...)
		}
		return extra
	}
	tests := []struct {
		name string
		w    *world
		hub  options.Hub
		want []windowOf
	}{
		{
			// v1 and v2 both reach v4 by v3, and are both answered by v0. The way of v1 and v4
			// passes v2, and that of v2 and v4 passes v1, but on its way back: a peering of v1 and v4
			// takes nothing from packets for v2. So v1 and v4 come first.
			name: "the ways pass each other's ends, in different directions",
			w: ring(five, map[[2]int][]string{
				{1, 2}: {five[4]}, {2, 3}: {five[4]},
				{4, 0}: {five[1], five[2]}, {0, 1}: {five[2]},
			}),
		},
		{
			// The mirror image: with the first number that comes, v0 and v2 would come first.
			name: "the same from the other side",
			w: ring(five, map[[2]int][]string{
				{3, 2}: {five[0]}, {2, 1}: {five[0]},
				{0, 4}: {five[3], five[2]}, {4, 3}: {five[2]},
			}),
		},
		{
			// Packets for the next VNet but one go around the ring to the right. So v0 reaches v2 by v1, and
			// is answered by v3, v4 and v5; it is the same for v2 and v4, and for v4 and v0. Each of the
			// three pairs passes the third VNet.
			name: "a circle of three: each way back passes the third",
			w:    ring(six, rightward(nil)),
			want: []windowOf{{"U11", [2]int{4, 8}, 4, [][2]string{{"VNet v0", "VNet v2"}}}},
		},
		{
			// The same, and v2 reaches an office by v1 and v0: the peerings wait for its window anyway.
			name: "a circle of three in the window of a gateway user",
			w: func() *world {
				w := ring(six, rightward(map[[2]int][]string{{2, 1}: {"192.168.1.0/24"}, {1, 0}: {"192.168.1.0/24"}}))
				w.devices = [][2]int{{0, 1}}
				return w
			}(),
			hub: "v0",
			want: []windowOf{
				{"U1", [2]int{19, 116}, 22, [][2]string{{"VNet v1", "on-premises office1-of-v0"}, {"VNet v2", "on-premises office1-of-v0"}}},
				{"U11", [2]int{4, 8}, 4, [][2]string{{"VNet v0", "VNet v2"}}},
			},
		},
		{
			// v0 reaches one half of v2 itself and the other by v1; v1 the other way round.
			name: "a circle of two: halves of one VNet by each other",
			w: &world{
				spaces: five[:3], pools: make([]string, 3), regions: slices.Repeat([]string{"West Europe"}, 3),
				tunnels: [][2]int{{0, 1}, {0, 2}, {1, 2}},
				part:    map[[2]int]string{{0, 2}: "10.2.0.0/17", {1, 2}: "10.2.128.0/17"},
				extra:   map[[2]int][]string{{0, 1}: {"10.2.128.0/17"}, {1, 0}: {"10.2.0.0/17"}},
			},
			want: []windowOf{{"U11", [2]int{3, 7}, 3, [][2]string{{"VNet v0", "VNet v2"}}}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, _, err := plan.Make(read(t, tt.w.netcfg(1)), options.Options{Hub: cmp.Or(tt.hub, options.HubNone)})
			if err != nil {
				t.Fatal(err)
			}
			if len(p.Components[0].Kept) > 0 {
				t.Errorf("kept on VPN: %v", p.Components[0].Kept)
			}
			if diff := gocmp.Diff(tt.want, windowsOf(p)); diff != "" {
				t.Errorf("windows (-want +got):\n%s", diff)
			}
			for seed := range uint64(30) {
				violations := plan.Check(oneByOne(p, seed)).Violations
				if len(violations) > 0 {
					t.Fatalf("order %d: %v\n%s", seed, violations, outline(p))
				}
			}
			lostInAnyOrder(t, p)
		})
	}
}

// windowOf is what a test wants of a window.
type windowOf struct {
	Cause   string
	Minutes [2]int
	Steps   int
	Pairs   [][2]string
}

func windowsOf(p *plan.Plan) []windowOf {
	var out []windowOf
	for _, w := range p.Windows {
		out = append(out, windowOf{w.Cause, w.Minutes, len(w.Steps), w.Pairs})
	}
	return out
}

// lostInAnyOrder shows that the windows for peerings that hide each other's ways are needed: without
// them a pair is lost, whatever the order of their peerings.
func lostInAnyOrder(t *testing.T, p *plan.Plan) {
	for _, w := range p.Windows {
		if w.Cause != "U11" {
			continue
		}
		var at []int // its peerings
		for i, s := range p.Steps {
			if s.Action == plan.CreatePeering && slices.Contains(w.Steps, s.ID) {
				at = append(at, i)
			}
		}
		for order := range permutations(len(at)) {
			bare := *p
			bare.Windows, bare.Steps = nil, slices.Clone(p.Steps)
			for k, from := range order {
				bare.Steps[at[k]] = p.Steps[at[from]]
				bare.Steps[at[k]].Wave = p.Steps[at[k]].Wave
			}
			if violations := plan.Check(&bare).Violations; len(violations) == 0 {
				t.Errorf("window %s is not needed: order %v keeps every pair", w.ID, order)
			}
		}
	}
}

// permutations yields every order of n numbers.
func permutations(n int) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		var extend func(done []int) bool
		extend = func(done []int) bool {
			if len(done) == n {
				return yield(done)
			}
			for i := range n {
				if !slices.Contains(done, i) && !extend(append(slices.Clone(done), i)) {
					return false
				}
			}
			return true
		}
		extend(nil)
	}
}

// v1 is a part of v0's range, and reaches an office by v3 and v2. The gateway of v2 would give the
// answers to v0, once it is peered with it, although v0 is nowhere on that way.
func TestKeptWayForbidsPeeringsThatOverlapItsEnds(t *testing.T) {
	w := &world{
		spaces: []string{"10.1.0.0/16", "10.1.128.0/17", "10.3.0.0/16", "10.4.0.0/16"}, pools: make([]string, 4),
		regions: slices.Repeat([]string{"West Europe"}, 4),
		tunnels: [][2]int{{0, 2}, {1, 3}, {2, 3}}, devices: [][2]int{{2, 1}},
		extra: map[[2]int][]string{{1, 3}: {"192.168.1.0/24"}, {3, 2}: {"192.168.1.0/24"}, {2, 3}: {"10.1.128.0/17"}},
	}
	p, _, err := plan.Make(read(t, w.netcfg(1)), options.Options{Hub: options.HubNone})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range p.Violations {
		t.Errorf("after %s: %s %s", v.After, v.Rule, v.Text)
	}
	want := plan.KeptPair{A: "v0", B: "v2", Because: `traffic that has to stay on VPN passes the gateway of "v2" to addresses of "v0", and the gateway would prefer their peering`}
	if !slices.Contains(p.Components[0].Kept, want) {
		t.Errorf("%v are kept, %v is not", p.Components[0].Kept, want)
	}
}
