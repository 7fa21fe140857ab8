package estate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// mesh is a random network whose links are known: VNets that do not overlap, each with an address
// of its own, sites that are exactly a VNet's space, and offices.
type mesh struct {
	sketch string
	want   string // as links tells it
}

// drawMesh leaves the sites of each VNet to chance: one for all neighbours, or one for each.
func drawMesh(t *rapid.T) mesh {
	n := rapid.IntRange(2, 8).Draw(t, "VNets")
	var sites, vnets strings.Builder
	refs := make([][]string, n)
	siteOf := make([]map[int]string, n) // by VNet and neighbour
	own := make([]bool, n)              // neighbours have a site each
	for i := range n {
		siteOf[i] = map[int]string{}
		own[i] = rapid.Bool().Draw(t, "a site for each neighbour")
	}
	var want []string
	for i := range n {
		for j := range i {
			if !rapid.Bool().Draw(t, "linked") {
				continue
			}
			for _, d := range [][2]int{{i, j}, {j, i}} {
				name := fmt.Sprintf("site-%d", d[1])
				if own[d[1]] {
					name = fmt.Sprintf("link-%d-%d", d[0], d[1])
				}
				siteOf[d[0]][d[1]] = name
				refs[d[0]] = append(refs[d[0]], name)
			}
			a, b := fmt.Sprintf("V%d/%s", j, siteOf[j][i]), fmt.Sprintf("V%d/%s", i, siteOf[i][j])
			want = append(want, min(a, b)+" = "+max(a, b)+" certain")
		}
	}
	written := map[string]bool{}
	for i := range n {
		for j := range n {
			if name, ok := siteOf[i][j]; ok && !written[name] {
				written[name] = true
				fmt.Fprintf(&sites, "site %s %s @%s\n", name, meshSpace(j), meshAddress(j))
			}
		}
		if rapid.IntRange(0, 3).Draw(t, "office") == 0 {
			name := fmt.Sprintf("office-%d", i)
			fmt.Fprintf(&sites, "site %s 192.168.%d.0/24 @81.2.69.%d\n", name, i, 160+i)
			refs[i] = append(refs[i], name)
			want = append(want, fmt.Sprintf("V%d/%s: %s", i, name, name))
		}
		fmt.Fprintf(&vnets, "vnet V%d %s -> %s\n", i, meshSpace(i), strings.Join(refs[i], " "))
	}
	return mesh{sites.String() + vnets.String(), strings.Join(want, "\n")}
}

func meshSpace(i int) string { return fmt.Sprintf("10.%d.0.0/17 172.16.%d.0/24", i, i) }

func meshAddress(i int) string { return fmt.Sprintf("40.68.%d.%d", 100+i, 20+3*i) }

// Sites that are exact and addresses that are real leave nothing to guess.
func TestPairingOfExactMeshes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawMesh(t)
		e, found := meaning(t, m.sketch)
		if len(found) > 0 {
			t.Fatalf("findings: %v", found)
		}
		got := strings.Join(links(e), "\n")
		want := strings.Split(m.want, "\n")
		slices.Sort(want)
		if got != strings.TrimSpace(strings.Join(want, "\n")) {
			t.Fatalf("of\n%s\nwant\n%s\ngot\n%s", m.sketch, strings.Join(want, "\n"), got)
		}
	})
}

// drawTangle is a network of any kind: overlapping spaces, placeholders, sites of any prefixes.
func drawTangle(t *rapid.T) string {
	prefix := rapid.SampledFrom([]string{"10.1.0.0/16", "10.1.128.0/17", "10.2.0.0/16", "10.3.0.0/16", "10.0.0.0/8", "192.168.0.0/16"})
	address := rapid.SampledFrom([]string{"@1.1.1.1", "@40.68.10.20", "@40.69.30.41", "@40.69.77.12", ""})
	var b strings.Builder
	sites := rapid.IntRange(1, 6).Draw(t, "sites")
	for i := range sites {
		prefixes := rapid.SliceOfNDistinct(prefix, 1, 3, rapid.ID[string]).Draw(t, "prefixes")
		fmt.Fprintf(&b, "site s%d %s %s\n", i, strings.Join(prefixes, " "), address.Draw(t, "address"))
	}
	for i := range rapid.IntRange(1, 6).Draw(t, "VNets") {
		refs := rapid.SliceOfNDistinct(rapid.IntRange(0, sites-1), 0, 4, rapid.ID[int]).Draw(t, "references")
		fmt.Fprintf(&b, "vnet v%d %s", i, prefix.Draw(t, "space"))
		for k, r := range refs {
			if k == 0 {
				b.WriteString(" ->")
			}
			fmt.Fprintf(&b, " s%d", r)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// A pairing is an involution between different VNets, whatever the network is.
func TestPairingIsAnInvolution(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawTangle(t)
		e, _ := meaning(t, text)
		x := estate.NewIndex(e)
		for i := range e.Connections {
			c := &e.Connections[i]
			p := c.Pairing
			if paired := p.Confidence >= estate.Likely; paired != !p.Partner.IsZero() || (p.Confidence == estate.Ambiguous) != (len(p.Candidates) > 0) {
				t.Fatalf("%s: %s with partner %v, candidates %v, in\n%s", half(c.ID), p.Confidence, p.Partner, p.Candidates, text)
			}
			if p.Partner.IsZero() {
				continue
			}
			back := x.Connection(p.Partner)
			if back == nil || !back.Pairing.Partner.Same(c.ID) || back.Gateway.Same(c.Gateway) {
				t.Fatalf("%s has the partner %v, which does not lead back, in\n%s", half(c.ID), p.Partner, text)
			}
		}
	})
}
