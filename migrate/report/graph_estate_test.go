package report

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// picture is an estate that is to be drawn.
type picture struct{ estate.Estate }

func pictureID(typ, name string) estate.ID {
	group, name, ok := strings.Cut(name, "/")
	if !ok {
		group, name = "rg", group
	}
	return estate.ID{Subscription: "s", Group: group, Type: typ, Name: name}
}

func (p *picture) vnets(names ...string) *picture {
	for _, name := range names {
		i := byte(len(p.VNets))
		space := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, i, 0, 0}), 16)
		v := estate.VNet{ID: pictureID(estate.TypeVNet, name), Model: estate.ARM, Space: []estate.Prefix{{Prefix: space, Raw: space.String()}}}
		v.Name = v.ID.Name
		p.VNets = append(p.VNets, v)
		p.Gateways = append(p.Gateways, estate.Gateway{ID: pictureID(estate.TypeGateway, name), VNet: v.ID})
	}
	return p
}

func (p *picture) connection(name, from string, kind estate.ConnectionKind) *estate.Connection {
	p.Connections = append(p.Connections, estate.Connection{ID: pictureID(estate.TypeConnection, name), Kind: kind, Gateway: pictureID(estate.TypeGateway, from)})
	return &p.Connections[len(p.Connections)-1]
}

func (p *picture) tunnel(a, b string) *picture {
	there, back := a+"-"+b, b+"-"+a
	p.connection(there, a, estate.Vnet2Vnet).Pairing = estate.Pairing{Confidence: estate.Certain, Partner: pictureID(estate.TypeConnection, back)}
	p.connection(back, b, estate.Vnet2Vnet).Pairing = estate.Pairing{Confidence: estate.Certain, Partner: pictureID(estate.TypeConnection, there)}
	return p
}

func (p *picture) peering(from, to string, uses bool) *picture {
	p.Peerings = append(p.Peerings, estate.Peering{ID: estate.ID{Subscription: "s", Group: "rg", Type: estate.TypePeering, Name: from, Child: "to-" + to},
		VNet: pictureID(estate.TypeVNet, from), Remote: pictureID(estate.TypeVNet, to), UseRemoteGateways: uses})
	return p
}

// lines are what a graph joins, in words.
func (g *Graph) lines() []string {
	var out []string
	for i := range g.edges {
		e := &g.edges[i]
		join := "--"
		if e.arrow {
			join = "->"
		}
		out = append(out, fmt.Sprintf("%s %s %s: %s", g.nodes[e.from].name, join, g.nodes[e.to].name, e.words()))
	}
	slices.Sort(out)
	return out
}

func TestGraphOfEstates(t *testing.T) {
	tests := []struct {
		name  string
		p     *picture
		nodes int
		want  []string
	}{
		{"one line for both halves, of which one is doubted", func() *picture {
			p := new(picture).vnets("a", "b").tunnel("a", "b")
			p.Connections[1].Pairing.Suspect = "LINK-008"
			return p
		}(), 2, []string{"a -- b: VPN tunnel, Vnet2Vnet, not up: a-b, b-a"}},
		{"unlisted VNets of one name are two", new(picture).vnets("a", "b").peering("a", "x/hub", true).peering("b", "y/hub", false), 4,
			[]string{"a -> hub: peering, uses the gateway: a/to-x/hub", "b -- hub: peering: b/to-y/hub"}},
		{"circuits of one name are two, and of none, too", func() *picture {
			p := new(picture).vnets("a", "b", "c", "d")
			p.connection("a-er", "a", estate.ExpressRoute).Circuit = pictureID(estate.TypeCircuit, "x/er")
			p.connection("b-er", "b", estate.ExpressRoute).Circuit = pictureID(estate.TypeCircuit, "y/er")
			p.connection("c-er", "c", estate.ExpressRoute)
			p.connection("d-er", "d", estate.ExpressRoute)
			return p
		}(), 8, []string{"a -- er: ExpressRoute: a-er", "b -- er: ExpressRoute: b-er", "c -- not named: ExpressRoute: c-er", "d -- not named: ExpressRoute: d-er"}},
		{"what is declared gone is no network", func() *picture {
			p := new(picture).vnets("a")
			p.Sites = []estate.Site{{ID: pictureID(estate.TypeSite, "old"), Name: "old", Declared: estate.Declaration{Kind: estate.DeclaredGone}}}
			c := p.connection("a-old", "a", estate.IPsec)
			c.Site, c.Pairing.Confidence = p.Sites[0].ID, estate.OneSided
			return p
		}(), 2, []string{"a -> old: VPN tunnel, IPsec, one-sided: a-old"}},
		{"a half of a peering", new(picture).vnets("a", "b").peering("a", "b", false), 2, []string{"a -- b: peering, one-sided: a/to-b"}},
		{"the gateway of the other end", new(picture).vnets("a", "b").peering("a", "b", false).peering("b", "a", true), 2,
			[]string{"b -> a: peering, uses the gateway: a/to-b, b/to-a"}},
		{"members of a group and its hub", func() *picture {
			p := new(picture).vnets("a", "b", "h")
			p.Groups = []estate.NetworkGroup{{ID: pictureID(estate.TypeNetworkGroup, "g"), Members: []estate.ID{p.VNets[0].ID, p.VNets[1].ID}, Hub: p.VNets[2].ID}}
			return p
		}(), 4, []string{"a -- g: member of a connected group", "b -- g: member of a connected group", "h -- g: member of a connected group"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := NewGraph(&test.p.Estate)
			if len(g.nodes) != test.nodes {
				t.Errorf("%d places, want %d", len(g.nodes), test.nodes)
			}
			if diff := cmp.Diff(test.want, g.lines()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A line that would run under a third box goes around it.
func TestLinesGoAroundBoxes(t *testing.T) {
	p := new(picture).vnets("hub", "a", "b", "c", "d")
	for _, spoke := range []string{"a", "b", "c", "d"} {
		p.tunnel("hub", spoke)
	}
	g := NewGraph(&p.tunnel("b", "d").tunnel("a", "c").Estate)
	boxes, _, _ := g.layout()
	bent := 0
	for i, lane := range g.lanes() {
		b := g.bend(&g.edges[i], boxes, lane)
		if g.blocked(&g.edges[i], boxes, b) {
			t.Errorf("edge %d runs under a box", i)
		}
		from, to := boxes[g.edges[i].from], boxes[g.edges[i].to]
		if straight := (point{(from.x + to.x) / 2, (from.y + to.y) / 2}); b != straight {
			bent++
		}
	}
	if bent != 2 {
		t.Errorf("%d edges are bent, want 2", bent)
	}
}
