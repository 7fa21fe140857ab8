package plan_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
	"github.com/netmigrate/netmigrate/netcfg"
)

// world is a random classic network: VNets, tunnels between them, tunnels to devices. Sites are
// per direction, so that each can carry prefixes of its own.
type world struct {
	spaces  []string
	pools   []string // by VNet, empty for none
	tunnels [][2]int
	extra   map[[2]int][]string // by direction: prefixes beyond the other VNet's space
	part    map[[2]int]string   // by direction: what the site lists of the other VNet's space, if not all
	devices [][2]int            // VNet and number of the on-premises network
	regions []string
}

func drawWorld(t *rapid.T) *world {
	n := rapid.IntRange(1, 7).Draw(t, "VNets")
	w := &world{extra: map[[2]int][]string{}, pools: make([]string, n)}
	for i := range n {
		space := fmt.Sprintf("10.%d.0.0/16", i+1)
		if i > 0 && rapid.IntRange(0, 7).Draw(t, "overlaps") == 0 {
			space = fmt.Sprintf("10.%d.128.0/17", rapid.IntRange(1, i).Draw(t, "with"))
		}
		w.spaces = append(w.spaces, space)
		w.regions = append(w.regions, rapid.SampledFrom([]string{"West Europe", "North Europe"}).Draw(t, "region"))
		if rapid.IntRange(0, 5).Draw(t, "clients") == 0 {
			w.pools[i] = fmt.Sprintf("172.20.%d.0/24", i+1)
		}
	}
	for a := range n {
		for b := a + 1; b < n; b++ {
			if !related(w.spaces[a], w.spaces[b]) && w.free(a, w.spaces[b]) && w.free(b, w.spaces[a]) && rapid.IntRange(0, 2).Draw(t, "tunnel") == 0 {
				w.tunnels = append(w.tunnels, [2]int{a, b})
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "device") == 0 {
			w.devices = append(w.devices, [2]int{a, rapid.IntRange(1, 2).Draw(t, "network")})
		}
	}
	for _, l := range w.tunnels {
		for _, way := range [][2]int{l, {l[1], l[0]}} {
			w.drawExtra(t, way)
		}
	}
	return w
}

// drawExtra lets a site list what lies behind the VNet it stands for.
func (w *world) drawExtra(t *rapid.T, way [2]int) {
	behind := []string{"192.168.1.0/24", "192.168.2.0/24"}
	behind = append(behind, w.spaces...)
	for _, p := range behind {
		if !related(p, w.spaces[way[0]]) && !related(p, w.spaces[way[1]]) && w.free(way[0], p) && rapid.IntRange(0, 3).Draw(t, "behind") == 0 {
			w.extra[way] = append(w.extra[way], p)
		}
	}
}

// free reports whether no site of the VNet has the prefix, or a part of it: the service refuses
// sites of one VNet that overlap.
func (w *world) free(v int, p string) bool {
	for _, d := range w.devices {
		if d[0] == v && p == fmt.Sprintf("192.168.%d.0/24", d[1]) {
			return false
		}
	}
	for _, l := range w.tunnels {
		for _, way := range [][2]int{l, {l[1], l[0]}} {
			if way[0] != v {
				continue
			}
			for _, q := range append([]string{w.spaces[way[1]]}, w.extra[way]...) {
				if related(p, q) {
					return false
				}
			}
		}
	}
	return true
}

// related reports whether two of the generator's prefixes overlap: they share their first two
// numbers.
func related(a, b string) bool {
	first := func(s string) string { return strings.Join(strings.SplitN(s, ".", 3)[:2], ".") }
	return strings.HasPrefix(a, "10.") && first(a) == first(b) || a == b
}

// netcfg writes the network, its sites and VNets in an order that seed decides.
func (w *world) netcfg(seed uint64) []byte {
	var sites, vnets []string
	refs := make([][]string, len(w.spaces))
	site := func(name, address string, prefixes ...string) {
		sites = append(sites, fmt.Sprintf(`<LocalNetworkSite name="%s"><AddressSpace>%s</AddressSpace><VPNGatewayAddress>%s</VPNGatewayAddress></LocalNetworkSite>`, name, prefixList(prefixes), address))
	}
	for _, l := range w.tunnels {
		for _, way := range [][2]int{l, {l[1], l[0]}} {
			name := fmt.Sprintf("v%d-to-v%d", way[0], way[1])
			site(name, fmt.Sprintf("40.90.17.%d", 20+way[1]), append([]string{cmp.Or(w.part[way], w.spaces[way[1]])}, w.extra[way]...)...)
			refs[way[0]] = append(refs[way[0]], name)
		}
	}
	for _, d := range w.devices {
		name := fmt.Sprintf("office%d-of-v%d", d[1], d[0])
		site(name, fmt.Sprintf("62.140.11.%d", 30+d[1]), fmt.Sprintf("192.168.%d.0/24", d[1]))
		refs[d[0]] = append(refs[d[0]], name)
	}
	for i, space := range w.spaces {
		vnets = append(vnets, w.vnet(i, space, refs[i]))
	}
	r := rand.New(rand.NewPCG(seed, 1))
	r.Shuffle(len(sites), func(i, j int) { sites[i], sites[j] = sites[j], sites[i] })
	r.Shuffle(len(vnets), func(i, j int) { vnets[i], vnets[j] = vnets[j], vnets[i] })
	return fmt.Appendf(nil, `<NetworkConfiguration xmlns="http://schemas.microsoft.com/ServiceHosting/2011/07/NetworkConfiguration"><VirtualNetworkConfiguration><Dns /><LocalNetworkSites>%s</LocalNetworkSites><VirtualNetworkSites>%s</VirtualNetworkSites></VirtualNetworkConfiguration></NetworkConfiguration>`,
		strings.Join(sites, ""), strings.Join(vnets, ""))
}

func (w *world) vnet(i int, space string, refs []string) string {
	var b strings.Builder
	base, _, _ := strings.Cut(space, ".0/")
	fmt.Fprintf(&b, `<VirtualNetworkSite name="v%d" Location="%s"><AddressSpace>%s</AddressSpace><Subnets><Subnet name="apps"><AddressPrefix>%[4]s.64/26</AddressPrefix></Subnet><Subnet name="GatewaySubnet"><AddressPrefix>%[4]s.0/27</AddressPrefix></Subnet></Subnets>`,
		i, w.regions[i], prefixList([]string{space}), base)
	if len(refs) > 0 || w.pools[i] != "" {
		b.WriteString("<Gateway>")
		if w.pools[i] != "" {
			fmt.Fprintf(&b, "<VPNClientAddressPool>%s</VPNClientAddressPool>", prefixList(w.pools[i:i+1]))
		}
		b.WriteString("<ConnectionsToLocalNetwork>")
		for _, name := range refs {
			fmt.Fprintf(&b, `<LocalNetworkSiteRef name="%s"><Connection type="IPsec" /></LocalNetworkSiteRef>`, name)
		}
		b.WriteString("</ConnectionsToLocalNetwork></Gateway>")
	}
	b.WriteString("</VirtualNetworkSite>")
	return b.String()
}

func prefixList(prefixes []string) string {
	var b strings.Builder
	for _, p := range prefixes {
		fmt.Fprintf(&b, "<AddressPrefix>%s</AddressPrefix>", p)
	}
	return b.String()
}

type failer interface{ Fatalf(string, ...any) }

func read(t failer, src []byte) *estate.Estate {
	f, found, err := netcfg.Parse("random.netcfg", src)
	if err != nil {
		t.Fatalf("parse: %v\n%v\n%s", err, found, src)
	}
	e, _, _ := estate.FromNetcfg(f)
	return e
}

// Whatever the network, the mode and the hub: no required pair is lost in a state that is
// checked, and no state is one that the platform would refuse.
func TestNothingRequiredIsEverLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		src := w.netcfg(1)
		opts := options.Options{
			Mode: rapid.SampledFrom([]options.Mode{options.AsIfLive, options.Rebuild, options.ClassicLive}).Draw(t, "mode"),
			Hub:  rapid.SampledFrom([]options.Hub{options.HubAuto, options.HubAuto, options.HubNew, options.HubNone, "v0"}).Draw(t, "hub"),

			Transit: rapid.SampledFrom([]options.Transit{options.TransitAuto, options.TransitFirewall, options.TransitDirect, options.TransitGroup}).Draw(t, "transit"),
		}
		p, found, err := plan.Make(read(t, src), opts)
		if err != nil {
			if opts.Hub != options.HubAuto && strings.Contains(err.Error(), "cannot be used") {
				t.Skip("a hub that was asked for may be refused")
			}
			t.Fatalf("%v\n%v", err, found)
		}
		for _, v := range p.Violations {
			t.Errorf("after %s: %s %s", v.After, v.Rule, v.Text)
		}
		for _, v := range p.Verdicts {
			if v.Compromises() {
				t.Errorf("target: %s to %s is %s", v.From, v.To, v.Class)
			}
		}
		if t.Failed() {
			t.Logf("%s %s\n%s\n%s", opts.Mode, opts.Hub, src, outline(p))
		}
	})
}

// The target is what the steps make: applying every effect to the estate before gives the same
// relation as the target that was drawn.
func TestStepsEndAtTheTarget(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, _, err := plan.Make(read(t, drawWorld(t).netcfg(1)), options.Options{})
		if err != nil {
			t.Fatal(err)
		}
		end := plan.Apply(p.Base, p.Steps)
		for v := range reach.Compare(p.After, reach.Compute(end), nil) {
			if v.Compromises() || v.Class == reach.Gained {
				t.Errorf("%s to %s is %s after the last step", v.From, v.To, v.Class)
			}
		}
		if got, want := len(end.Peerings), len(p.Target.Peerings); got != want {
			t.Errorf("%d peerings after the last step, %d in the target", got, want)
		}
	})
}

func outline(p *plan.Plan) string {
	var b strings.Builder
	for _, c := range p.Components {
		fmt.Fprintln(&b, c.Name, c.Class, c.Hub.Kind, c.Hub.VNet.Name, c.Hub.Candidates, c.Kept)
	}
	for _, s := range p.Steps {
		fmt.Fprintln(&b, s.Wave, s.ID, s.Action, s.Object, s.Also, s.Because, s.Needs, s.Impact)
	}
	return b.String()
}

// Every connection, gateway and site of the estate before has an outcome, once.
func TestEveryObjectHasAnOutcome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, _, err := plan.Make(read(t, drawWorld(t).netcfg(1)), options.Options{})
		if err != nil {
			t.Fatal(err)
		}
		count := map[estate.Key]int{}
		for _, o := range p.Outcomes {
			count[o.Object.Key()]++
			if o.Because == "" {
				t.Errorf("%s of %s has no reason", o.What, o.Object)
			}
		}
		for i := range p.Base.Gateways {
			if n := count[p.Base.Gateways[i].ID.Key()]; n != 1 {
				t.Errorf("%s has %d outcomes", p.Base.Gateways[i].ID, n)
			}
		}
		for i := range p.Base.Connections {
			if n := count[p.Base.Connections[i].ID.Key()]; n != 1 {
				t.Errorf("%s has %d outcomes", p.Base.Connections[i].ID, n)
			}
		}
		for i := range p.Base.Sites {
			if n := count[p.Base.Sites[i].ID.Key()]; n != 1 {
				t.Errorf("%s has %d outcomes", p.Base.Sites[i].ID, n)
			}
		}
	})
}

// The steps of a wave are done one after the other in practice, in any order: each state on the way
// is as sound as those that the plan itself is checked for.
func TestStepsOfAWaveInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, _, err := plan.Make(read(t, drawWorld(t).netcfg(1)), options.Options{})
		if err != nil {
			t.Fatal(err)
		}
		slow := oneByOne(p, rapid.Uint64().Draw(t, "order"))
		violations := plan.Check(slow).Violations
		for _, v := range violations {
			t.Errorf("after %s: %s %s", v.After, v.Rule, v.Text)
		}
		if t.Failed() {
			t.Logf("%s\n%s", outline(p), outline(slow))
		}
	})
}

// oneByOne is the plan with a wave for every step: those of one wave in an order that seed decides.
func oneByOne(p *plan.Plan, seed uint64) *plan.Plan {
	r := rand.New(rand.NewPCG(seed, 2))
	slow := *p
	slow.Steps = slices.Clone(p.Steps)
	r.Shuffle(len(slow.Steps), func(i, j int) {
		slow.Steps[i], slow.Steps[j] = slow.Steps[j], slow.Steps[i]
	})
	slices.SortStableFunc(slow.Steps, func(a, b plan.Step) int { return cmp.Compare(a.Wave, b.Wave) })
	for i := range slow.Steps {
		slow.Steps[i].Wave = i + 1
	}
	slow.Windows = slices.Clone(p.Windows)
	for i := range slow.Windows { // nothing is done at once, so none is shorter than its steps one after the other
		slow.Windows[i].Minutes[0] = slow.Windows[i].Minutes[1]
	}
	return &slow
}
