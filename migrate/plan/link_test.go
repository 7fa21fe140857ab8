package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// abroad has two regions with a hub, a spoke with tunnels of its own and an office each; the spokes reach each other, and
// each reaches the hub of the other.
var abroad = []string{"wh 10.1.0.0/16", "w1 10.2.0.0/16", "w2 10.3.0.0/16", "nh 10.4.0.0/16 in North Europe", "n5 10.5.0.0/16 in North Europe",
	"wh > w1 10.2.0.0/16", "w1 > wh 10.1.0.0/16", "nh > n5 10.5.0.0/16", "n5 > nh 10.4.0.0/16", "w1 > n5 10.5.0.0/16", "n5 > w1 10.2.0.0/16",
	"w2 > wh 10.1.0.0/16", "wh > w2 10.3.0.0/16", "w3 10.6.0.0/16", "w3 > wh 10.1.0.0/16", "wh > w3 10.6.0.0/16",
	"n6 10.7.0.0/16 in North Europe", "n6 > nh 10.4.0.0/16", "nh > n6 10.7.0.0/16", "n7 10.8.0.0/16 in North Europe", "n7 > nh 10.4.0.0/16", "nh > n7 10.8.0.0/16",
	"wh > office 192.168.2.0/24", "w1 > office 192.168.2.0/24", "w2 > office 192.168.2.0/24", "nh > plant 192.168.4.0/24", "n5 > plant 192.168.4.0/24"}

func joinedByVPN(t *testing.T, hub string, more ...string) *plan.Plan {
	t.Helper()
	var forbidden []string
	if last := len(more) - 1; last >= 0 && strings.HasPrefix(more[last], "{") {
		more, forbidden = more[:last], more[last:]
	}
	n := spelt(hub, slices.Concat(abroad, more)...)
	n.forbidden = forbidden
	e, opts := n.read(t, 0)
	opts.Transit = options.TransitVPN
	p, _, err := plan.Make(e, *opts)
	if err != nil || len(p.Violations) > 0 {
		t.Fatal(err, p)
	}
	return p
}

// TestHubsJoinedByVPN: the spokes of two regions reach each other through both hubs and a tunnel between them, which is
// made in their window and has the ranges that somebody reaches, and no others.
func TestHubsJoinedByVPN(t *testing.T) {
	p := joinedByVPN(t, "auto")
	hub := p.Components[0].Hub
	if hub.Kind != plan.RegionalHubs || hub.Passage != plan.VPNPassage {
		t.Fatalf("hub %+v\n%s", hub, outline(p))
	}
	var links []string
	for i := range p.Steps {
		s := &p.Steps[i]
		if s.Action != plan.CreateConnection || len(s.Also) == 0 {
			continue
		}
		if s.Impact.Window == "" || s.Impact.Class != plan.Live {
			t.Errorf("%s: %+v", s.ID, s.Impact)
		}
		for _, site := range s.Effect.Add.Sites {
			links = append(links, site.Name+": "+prefixTexts(site.Prefixes))
		}
	}
	slices.Sort(links)
	if want := []string{"nh-to-wh: 10.2.0.0/16", "wh-to-nh: 10.5.0.0/16"}; !slices.Equal(links, want) {
		t.Errorf("links %q, want %q\n%s", links, want, outline(p))
	}
	carried := false
	for ends, s := range p.After.Pairs() {
		if ends[0].Name == "n5" && ends[1].Name == "w1" {
			carried = true
			var hops []string
			for _, h := range s.Path {
				hops = append(hops, string(h.Type))
			}
			if s.Value != reach.Yes || !slices.ContainsFunc(s.Path, func(h reach.Hop) bool { return strings.HasSuffix(h.Element.Name, "nh-to-wh") }) {
				t.Errorf("n5 and w1: %s, %q", s.Value, hops)
			}
		}
		if ends[0].Name == "n5" && ends[1].Name == "w2" {
			t.Errorf("n5 and w2 are joined")
		}
	}
	if !carried {
		t.Error("n5 and w1 are apart")
	}
	if len(p.Windows) == 0 || !slices.ContainsFunc(p.Windows, func(w plan.Window) bool {
		return w.Cause == "U1" && slices.ContainsFunc(w.Pairs, func(q [2]string) bool { return slices.Contains(q[:], "VNet n5") && slices.Contains(q[:], "VNet w1") })
	}) {
		t.Errorf("windows %+v", p.Windows)
	}
	again, _, err := plan.Make(p.Target, options.Options{Mode: options.AsIfLive, Transit: options.TransitVPN})
	if err != nil || len(again.Steps) > 0 {
		t.Errorf("at the target: %d steps, %v", len(again.Steps), err)
	}
}

// TestHubsNotJoined: what is in the way of a tunnel between hubs is told, and the pairs are peered.
func TestHubsNotJoined(t *testing.T) {
	overlapping := []string{"n8 10.3.0.0/17 in North Europe", "n8 > nh 10.4.0.0/16", "nh > n8 10.3.0.0/17", "n8 > plant 192.168.4.0/24"}
	for _, c := range []struct {
		name, hub string
		more      []string
		want      string
	}{
		{"one hub", "wh", nil, "no two VNets that reach each other would use the gateways of two hubs"},
		{"overlap", "regional", overlapping, `"w2" and "n8" overlap`},
		{"a forbidden pair", "regional", []string{"{between: w2, and: n5, reason: r}"}, "forbids that"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := joinedByVPN(t, c.hub, c.more...)
			hub := p.Components[0].Hub
			if hub.Passage != plan.NoPassage || !strings.Contains(hub.Because, c.want) {
				t.Errorf("hub %s, %q: want %q", hub.Passage, hub.Because, c.want)
			}
		})
	}
}

func prefixTexts(of []estate.Prefix) string {
	var out []string
	for _, p := range of {
		out = append(out, p.Prefix.String())
	}
	return strings.Join(out, " ")
}

// TestRegionsJoinedAtRandom draws two or three regions of the kind that is joined: sound plans, and nothing left at their target.
func TestRegionsJoinedAtRandom(t *testing.T) {
	links, plans := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		regions := []string{"", " in North Europe", " in East US"}[:rapid.IntRange(2, 3).Draw(t, "regions")]
		var vnets, lines []string
		space := func(v int) string { return fmt.Sprintf("10.%d.0.0/16", v+1) }
		tunnel := func(a, b int) {
			lines = append(lines, fmt.Sprintf("%s > %s %s", vnets[a], vnets[b], space(b)), fmt.Sprintf("%s > %s %s", vnets[b], vnets[a], space(a)))
		}
		var hubs []int
		region := []int{}
		for r, in := range regions {
			hub := len(vnets)
			hubs = append(hubs, hub)
			for range rapid.IntRange(2, 4).Draw(t, "VNets") {
				v := len(vnets)
				vnets, region = append(vnets, fmt.Sprintf("v%d", v)), append(region, r)
				lines = append(lines, fmt.Sprintf("v%d %s%s", v, space(v), in))
				if v > hub {
					tunnel(hub, v)
				}
				if v == hub || !one(t, 3, "no office") {
					office := r
					if one(t, 4, "that of another region") {
						office = 0
					}
					lines = append(lines, fmt.Sprintf("%s > office-%c 192.168.%d.0/24", vnets[v], 'a'+office, office))
				}
			}
		}
		for a := range vnets {
			for b := a + 1; b < len(vnets); b++ {
				if region[a] != region[b] && one(t, 4, "across") {
					tunnel(a, b)
				}
			}
		}
		if one(t, 2, "hubs joined today") && !slices.Contains(lines, vnets[hubs[0]]+" > "+vnets[hubs[1]]+" "+space(hubs[1])) {
			tunnel(hubs[0], hubs[1])
		}
		e, opts := spelt("regional", lines...).read(t, 0)
		opts.Transit = options.TransitVPN
		p, _, err := plan.Make(e, *opts)
		if err != nil {
			t.Fatalf("%v\n%q", err, lines)
		}
		if len(p.Violations) > 0 {
			t.Fatalf("%v\n%q\n%s", p.Violations, lines, outline(p))
		}
		opts.Mode = ""
		nothingLeft(t, "the target", p, p.Target, *opts)
		if t.Failed() {
			t.Logf("%q\n%s", lines, outline(p))
		}
		plans++
		for i := range p.Steps {
			if s := &p.Steps[i]; s.Action == plan.CreateConnection && len(s.Also) > 0 {
				links++
			}
		}
	})
	if links*2 < plans {
		t.Errorf("only %d tunnels between hubs in %d plans", links, plans)
	}
}
