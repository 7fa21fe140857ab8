package risk

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/cost"
	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// triangle is three VNets with a tunnel between each two.
const triangle = `
	site A 40.1.1.1 10.1.0.0/16
	site B 40.1.1.2 10.2.0.0/16
	site C 40.1.1.3 10.3.0.0/16
	vnet A 10.1.0.0/16 to=B,C
	vnet B 10.2.0.0/16 to=A,C
	vnet C 10.3.0.0/16 to=A,B
`

// star is a hub with an on-premises network that A reaches through it and B does not.
const star = `
	site HQ   40.9.9.9 192.168.0.0/16
	site H    40.1.1.1 10.0.0.0/16
	site H-HQ 40.1.1.1 10.0.0.0/16 192.168.0.0/16
	site A    40.1.1.2 10.1.0.0/16
	site B    40.1.1.3 10.2.0.0/16
	vnet H 10.0.0.0/16 to=HQ,A,B
	vnet A 10.1.0.0/16 to=H-HQ
	vnet B 10.2.0.0/16 to=H
`

// scene is a network, the hub that is asked for, and what a person did to the plan.
type scene struct {
	lines string
	hub   options.Hub
	edit  func(*plan.Plan)
}

// planCases hold, for each rule over a plan, a scene that fires, with the messages, and one that
// nearly does.
var planCases = []struct {
	rule, name    string
	fires, silent scene
	want          []string
}{
	{
		rule: "ADDR-003", name: "on-premises inside a spoke",
		fires:  scene{lines: branchOfA("10.2.5.0/24 10.50.0.0/16"), edit: atHub("Branch")},
		silent: scene{lines: branchOfA("10.9.5.0/24 10.50.0.0/16"), edit: atHub("Branch")},
		want:   []string{`prefix 10.2.5.0/24 of local network site "Branch" lies in 10.2.0.0/16 of VNet "B", which is to be peered with "H": the site becomes unreachable there`},
	},
	{
		rule: "ADDR-005", name: "block of a spoke",
		fires:  scene{lines: triangle, hub: options.HubNew, edit: blockAt("10.3.252.0/22")},
		silent: scene{lines: triangle, hub: options.HubNew, edit: blockAt("10.4.0.0/22")},
		want:   []string{`block 10.3.252.0/22 for the hub of "A" overlaps 10.3.0.0/16 of VNet "C"`},
	},
	{
		rule: "ADDR-005", name: "block of a forbidden range",
		fires:  scene{lines: triangle, hub: options.HubNew, edit: blockAt("169.254.0.0/22")},
		silent: scene{lines: triangle, hub: options.HubNew},
		want:   []string{`block 169.254.0.0/22 for the hub of "A" overlaps 169.254.0.0/16 of the forbidden range "169.254.0.0/16"`},
	},
	{
		rule: "ADDR-009", name: "pool of the hub",
		fires:  scene{lines: strings.Replace(branchOfA("172.30.9.0/24"), "to=HQ,", "pool=172.30.9.0/24 to=HQ,", 1), edit: atHub("Branch")},
		silent: scene{lines: strings.Replace(branchOfA("172.30.9.0/24"), "to=HQ,", "pool=172.30.8.0/24 to=HQ,", 1), edit: atHub("Branch")},
		want:   []string{`point-to-site pool 172.30.9.0/24 of VNet "H" overlaps 172.30.9.0/24 of local network site "Branch"`},
	},
	{
		rule: "PEER-007", name: "two files",
		fires:  scene{lines: "site B 40.1.1.2 10.2.0.0/16\n vnet A 10.1.0.0/16 to=B\n file other.netcfg\n site A 40.1.1.1 10.1.0.0/16\n vnet B 10.2.0.0/16 to=A"},
		silent: scene{lines: pair},
		want:   []string{`1 peering joins VNets of corp.netcfg and other.netcfg: "A" with "B"`},
	},
	{
		rule: "TRN-001", name: "a peering left out",
		fires:  scene{lines: triangle, hub: "A", edit: unpeer("B", "C")},
		silent: scene{lines: triangle, hub: "A"},
		want:   []string{`"B" and "C" reach each other today; in the target both are peered with "A" only`},
	},
	{
		rule: "TRN-001", name: "a group",
		fires: scene{lines: triangle + "site E 40.1.1.5 10.5.0.0/16\n site F 40.1.1.6 10.6.0.0/16\n vnet E 10.5.0.0/16 to=F\n vnet F 10.6.0.0/16 to=E", hub: "A",
			edit: both(unpeer("B", "C"), peer("A", "E"), peer("A", "F"), grouped("E", "F"))},
		silent: scene{lines: triangle, hub: "A", edit: grouped()},
		want:   []string{`"B" and "C" reach each other today; in the target both are peered with "A" only; so are 2 pairs like them: "B" with "C", "E" and "F"`},
	},
	{
		rule: "HUB-001", name: "subnets",
		fires:  scene{lines: strings.Replace(star, "to=HQ,", "subnet=GatewaySubnet:10.0.0.0/27 subnet=apps:10.0.1.0/24 to=HQ,", 1)},
		silent: scene{lines: strings.Replace(star, "to=HQ,", "subnet=GatewaySubnet:10.0.0.0/27 subnet=AzureFirewallSubnet:10.0.1.0/26 to=HQ,", 1)},
		want:   []string{`hub "H" also has subnet "apps"`},
	},
	{
		rule: "HUB-001", name: "peerings that join",
		fires:  scene{lines: strings.Replace(chainWithoutHops, "to=B", "subnet=apps:10.1.1.0/24 to=B subnet=GatewaySubnet:10.1.0.0/27", 1), hub: "B", edit: asHub("A", "C")},
		silent: scene{lines: strings.Replace(triangle, "to=B,C", "subnet=apps:10.1.1.0/24 to=B,C subnet=GatewaySubnet:10.1.0.0/27", 1), hub: "A"},
		want:   []string{`hub "A" also has subnet "apps"`},
	},
	{
		rule: "HUB-004", name: "gateway",
		fires:  scene{lines: star, hub: "H"},
		silent: scene{lines: triangle, hub: "A"},
		want:   []string{`"H" becomes the hub of 2 other VNets: it was asked for`},
	},
	{
		rule: "HUB-004", name: "peerings that join",
		fires:  scene{lines: chainWithoutHops, hub: "B", edit: asHub("A", "C")},
		silent: scene{lines: chainWithoutHops, hub: "B"},
		want:   []string{`"A" becomes the hub of 2 other VNets: it was asked for`},
	},
	{
		rule: "SEC-001", name: "one pair",
		fires:  scene{lines: pair},
		silent: scene{lines: "site HQ 40.9.9.9 192.168.0.0/16\n vnet A 10.1.0.0/16 to=HQ"},
		want:   []string{`1 pair loses IPsec encryption on all of its path: "A" with "B"`},
	},
	{
		rule: "SEC-001", name: "a group",
		fires:  scene{lines: pair + "vnet E 10.5.0.0/16\n vnet F 10.6.0.0/16\n", edit: grouped("E", "F")},
		silent: scene{lines: "vnet A 10.1.0.0/16"},
		want:   []string{`3 pairs lose IPsec encryption on all or part of their path: "A" with "B" and 2 more`},
	},
	{
		rule: "SEC-001", name: "several",
		fires:  scene{lines: star},
		silent: scene{lines: "vnet A 10.1.0.0/16"},
		want:   []string{`3 pairs lose IPsec encryption on all or part of their path: "A" with "H", "A" with on-premises network "HQ" and "B" with "H"`},
	},
	{
		rule: "SEC-003", name: "a group",
		fires:  scene{lines: strings.Replace(pair, "10.2.0.0/16", "10.2.0.0/17", 1) + "vnet E 10.5.0.0/16\n vnet F 10.6.0.0/16\n", edit: grouped("E", "F")},
		silent: scene{lines: pair, edit: grouped()},
		want:   []string{`"A" and "B" can reach more of each other from step S003 on than today: 10.1.0.0/16 with 10.2.128.0/17; so do 2 pairs like them: "A" with "B", "E" and "F"`},
	},
	{
		rule: "SEC-003", name: "wider",
		fires:  scene{lines: strings.Replace(pair, "10.2.0.0/16", "10.2.0.0/17", 1)},
		silent: scene{lines: pair},
		want:   []string{`"A" and "B" can reach more of each other from step S003 on than today: 10.1.0.0/16 with 10.2.128.0/17`},
	},
	{
		rule: "SEC-003", name: "a peering too many",
		fires:  scene{lines: chainWithoutHops, hub: "B", edit: peer("A", "C")},
		silent: scene{lines: chainWithoutHops, hub: options.HubNew},
		want:   []string{`"A" (10.1.0.0/16) and "C" (10.3.0.0/16) can reach each other in the target and not today`},
	},
	{
		rule: "P2S-001", name: "gateway removed",
		fires:  scene{lines: strings.Replace(pair, "to=B", "to=B pool=172.20.0.0/24", 1), edit: withoutGateway("A")},
		silent: scene{lines: strings.Replace(pair, "to=B", "to=B pool=172.20.0.0/24", 1)},
		want:   []string{`gateway "A-vnet-gateway" of VNet "A" goes, and clients of pool 172.20.0.0/24 with it`},
	},
	{
		rule: "P2S-002", name: "clients of the hub",
		fires:  scene{lines: strings.Replace(star, "to=HQ,", "pool=172.20.0.0/24 to=HQ,", 1)},
		silent: scene{lines: star},
		want:   []string{`"A" (10.1.0.0/16) and the clients of "H" (172.20.0.0/24) can reach each other from step S010 on and not today`},
	},
	{
		rule: "ONP-001", name: "own tunnel today",
		fires:  scene{lines: strings.Replace(star, "to=H-HQ", "to=H,HQ", 1), hub: "H"},
		silent: scene{lines: star, hub: "H"},
		want:   []string{`the device of "HQ" must learn 10.1.0.0/16 of VNet "A" on the tunnel to "H"`},
	},
	{
		rule: "ONP-001", name: "new hub",
		fires:  scene{lines: star, hub: options.HubNew},
		silent: scene{lines: strings.Replace(star, "to=H-HQ", "to=H", 1)},
		want:   []string{`the device of "HQ" must learn 10.1.0.0/16 and 10.0.0.0/16 of VNets "A" and "H" on the tunnel to "hub-westeurope"`},
	},
	{ // a gateway VpnGw1AZ and its address are 730 × 0.215 = 156.95, and a GB over a peering 0.02
		rule: "CST-001", name: "above break-even",
		fires:  scene{lines: star, hub: "H", edit: sending(5_000)},
		silent: scene{lines: star, hub: "H", edit: sending(3_900)},
		want:   []string{`"A" and "H" are in one region: the 10000 GB a month that they send each other cost 200 US dollars more in the target, and the gateways that go from them 157`},
	},
	{
		rule: "LIM-001", name: "tunnels of a size",
		fires:  scene{lines: branches(10), edit: func(p *plan.Plan) { p.Target.Gateways[0].SKU = "Basic" }},
		silent: scene{lines: branches(10)},
		want:   []string{`gateway "A-vnet-gateway" of VNet "A" has 10 tunnels in the target; size Basic holds 10`},
	},
	{
		rule: "GW-006", name: "sizes of today",
		fires:  scene{lines: sized("HighPerformance"), hub: "H", edit: func(p *plan.Plan) { p.Target.Gateways[0].SKU = "Standard" }},
		silent: scene{lines: sized(""), hub: "H", edit: func(p *plan.Plan) { p.Target.Gateways[0].SKU = "Standard" }},
		want:   []string{`the gateway of VNet "H" takes over the tunnels to on-premises of VNet "A"; they carry up to 400 Mbps today, and size Standard carries 100`},
	},
	{
		rule: "OPS-006", name: "mode",
		fires:  scene{lines: pair},
		silent: scene{lines: pair, edit: func(p *plan.Plan) { p.Mode = options.Rebuild }},
		want:   []string{`the plan assumes that the network of "corp.netcfg" runs today in its Resource Manager form`},
	},
}

// sized is the star in which A has a tunnel of its own to the site of the hub, with gateways of a size.
func sized(size string) string {
	return strings.Replace(star, "to=H-HQ", "to=H,HQ", 1) + "gateway H 40.1.1.1 " + size + "\n gateway A 40.1.1.2 " + size + "\n"
}

// branchOfA is the star with a site of A's own.
func branchOfA(prefix string) string {
	return strings.Replace(star, "to=H-HQ", "to=H-HQ,Branch", 1) + "site Branch 40.9.9.8 " + prefix
}

const chainWithoutHops = `
	site A 40.1.1.1 10.1.0.0/16
	site B 40.1.1.2 10.2.0.0/16
	site C 40.1.1.3 10.3.0.0/16
	vnet A 10.1.0.0/16 to=B
	vnet B 10.2.0.0/16 to=A,C
	vnet C 10.3.0.0/16 to=B
`

func blockAt(block string) func(*plan.Plan) {
	return func(p *plan.Plan) { p.Components[0].Hub.Space = netip.MustParsePrefix(block) }
}

// changed gives the plan another target, with the verdicts that go with it.
func changed(p *plan.Plan, change func(*estate.Estate)) {
	target := *p.Target
	change(&target)
	p.Target, p.After, p.Verdicts = &target, reach.Compute(&target), nil
	for v := range reach.Compare(p.Before, p.After, nil) {
		p.Verdicts = append(p.Verdicts, v)
	}
}

// atHub lets the gateway of the first component's hub get a copy of the connection to a site.
func atHub(site string) func(*plan.Plan) {
	return func(p *plan.Plan) {
		changed(p, func(e *estate.Estate) {
			copied := e.Connections[slices.IndexFunc(e.Connections, func(c estate.Connection) bool { return c.Site.Name == site })]
			copied.ID.Name = "hub-to-" + site
			copied.Gateway = estate.NewIndex(e).GatewaysOf(p.Components[0].Hub.VNet)[0].ID
			e.Connections = append(slices.Clone(e.Connections), copied)
		})
	}
}

func vnetID(p *plan.Plan, name string) estate.ID {
	i := slices.IndexFunc(p.Target.VNets, func(v estate.VNet) bool { return v.Name == name })
	return p.Target.VNets[i].ID
}

func unpeer(a, b string) func(*plan.Plan) {
	return func(p *plan.Plan) {
		x, y := vnetID(p, a), vnetID(p, b)
		changed(p, func(e *estate.Estate) {
			e.Peerings = slices.DeleteFunc(slices.Clone(e.Peerings), func(h estate.Peering) bool {
				return h.VNet.Same(x) && h.Remote.Same(y) || h.VNet.Same(y) && h.Remote.Same(x)
			})
		})
	}
}

func peer(a, b string) func(*plan.Plan) {
	return func(p *plan.Plan) {
		x, y := vnetID(p, a), vnetID(p, b)
		changed(p, func(e *estate.Estate) {
			e.Peerings = append(slices.Clone(e.Peerings), halfPeering(x, y), halfPeering(y, x))
		})
	}
}

// asHub peers a VNet with another and calls it the hub.
func asHub(hub, other string) func(*plan.Plan) {
	return func(p *plan.Plan) {
		peer(hub, other)(p)
		p.Components[0].Hub.VNet, p.Components[0].Hub.Kind = vnetID(p, hub), plan.ExistingHub
	}
}

func halfPeering(from, to estate.ID) estate.Peering {
	id := from
	id.Type, id.Child = estate.TypePeering, "to-"+to.Name
	return estate.Peering{ID: id, VNet: from, Remote: to, AllowVirtualNetworkAccess: true}
}

func withoutGateway(vnet string) func(*plan.Plan) {
	return func(p *plan.Plan) {
		of := vnetID(p, vnet)
		changed(p, func(e *estate.Estate) {
			e.Gateways = slices.DeleteFunc(slices.Clone(e.Gateways), func(g estate.Gateway) bool { return g.VNet.Same(of) })
		})
	}
}

// grouped lets each verdict stand for the pairs of From with To and some VNets like it.
func grouped(like ...string) func(*plan.Plan) {
	return func(p *plan.Plan) {
		for i := range p.Verdicts {
			v := &p.Verdicts[i]
			v.Froms, v.Tos = []reach.Location{v.From}, []reach.Location{v.To}
			for _, name := range like {
				v.Tos = append(v.Tos, reach.Location{Kind: reach.VNet, ID: vnetID(p, name), Name: name})
			}
		}
	}
}

func both(edits ...func(*plan.Plan)) func(*plan.Plan) {
	return func(p *plan.Plan) {
		for _, edit := range edits {
			edit(p)
		}
	}
}

func TestPlanRules(t *testing.T) {
	for _, c := range planCases {
		t.Run(c.rule+" "+c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, c.fires.messages(t, c.rule)); diff != "" {
				t.Errorf("messages (-want +got)\n%s", diff)
			}
			if got := c.silent.messages(t, c.rule); len(got) > 0 {
				t.Errorf("near miss fires: %q", got)
			}
		})
	}
}

func (s scene) messages(t *testing.T, rule string) []string {
	hub := s.hub
	if hub == "" {
		hub = options.HubAuto
	}
	e, p := planned(t, s.lines, hub)
	if s.edit != nil {
		s.edit(p)
	}
	return messages(Plan(e, p), rule)
}

// TestRefusedTarget checks that a plan's target is held against the platform's rules, without what
// the base broke before.
func TestRefusedTarget(t *testing.T) {
	overlapping := triangle + "vnet D 10.3.7.0/24\n"
	e, p := planned(t, overlapping, "A")
	if got := messages(Plan(e, p), "ADDR-002"); len(got) > 0 {
		t.Errorf("the planner's own target: %q", got)
	}
	peer("A", "D")(p)
	want := []string{`VNet "A" is peered with "D" (10.3.7.0/24) and "C" (10.3.0.0/16), which overlap`}
	if diff := cmp.Diff(want, messages(Plan(e, p), "ADDR-002")); diff != "" {
		t.Errorf("ADDR-002 (-want +got)\n%s", diff)
	}
	p.Base = p.Target
	if got := messages(Plan(e, p), "ADDR-002"); len(got) > 0 {
		t.Errorf("told again what the base breaks: %q", got)
	}
}

// TestQuietAboutOwnPlans checks the rules that no plan of ours may break.
func TestQuietAboutOwnPlans(t *testing.T) {
	for _, lines := range []string{pair, chain, triangle, star, branchOfA("10.9.0.0/24")} {
		for _, hub := range []options.Hub{options.HubAuto, options.HubNew} {
			e, p := planned(t, lines, hub)
			for _, f := range Plan(e, p) {
				if slices.Contains([]string{"ADDR-005", "TRN-001", "P2S-001", "ADDR-001", "ADDR-002", "GW-004", "PEER-005", "PEER-006"}, f.Rule) {
					t.Errorf("hub %s: %v\n%s", hub, f, lines)
				}
			}
		}
	}
}

// sending lets A and H send each other so many GB a month.
func sending(gb options.Volume) func(*plan.Plan) {
	return func(p *plan.Plan) {
		var ends []reach.Location
		for _, l := range p.Before.Locations() {
			if l.Kind == reach.VNet && (l.Name == "A" || l.Name == "H") {
				ends = append(ends, l)
			}
		}
		p.Traffic = []cost.Flow{{From: ends[0], To: ends[1], Volume: gb * 1000}, {From: ends[1], To: ends[0], Volume: gb * 1000}}
	}
}
