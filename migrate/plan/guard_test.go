package plan_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// closedPairs are the pairs that a plan keeps apart, each with its group.
func closedPairs(p *plan.Plan) []string {
	var out []string
	for _, c := range p.Closed {
		out = append(out, fmt.Sprintf("%s, %s: %s", c.A, c.B, c.Group.Name))
	}
	return out
}

func rulesOf(e *estate.Estate, group string) []string {
	var out []string
	for i := range e.SecurityGroups {
		if g := &e.SecurityGroups[i]; g.ID.Name == group {
			for _, r := range g.Rules {
				out = append(out, strings.Join([]string{r.Direction.Value, r.Priority.Value, r.Access.Value, r.Source.Value, r.Destination.Value}, " "))
			}
		}
	}
	return out
}

// TestNewPairsAreKeptOut is the star with another hub, which three pairs would be joined with anew: two spokes and a datacenter.
func TestNewPairsAreKeptOut(t *testing.T) {
	p, found := asking(t, "star", "hub: website\nexposure: closed\n")
	if len(p.Violations) > 0 || strings.Contains(strings.Join(found, "\n"), "PLAN-025") {
		t.Errorf("%v %v", p.Violations, found)
	}
	want := []string{"VNet claims, VNet website: claims-guard", "VNet policies, VNet website: policies-guard", "VNet website, on-premises Zurich-DC: website-guard"}
	if diff := cmp.Diff(want, closedPairs(p)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	rules := []string{"Inbound 100 Deny 10.103.0.0/16 *", "Inbound 4000 Allow 10.0.0.0/8 *", "Inbound 4001 Allow 100.64.0.0/10 *", "Inbound 4002 Allow 172.16.0.0/12 *", "Inbound 4003 Allow 192.168.0.0/16 *",
		"Outbound 100 Deny * 10.103.0.0/16", "Outbound 4000 Allow * 10.0.0.0/8", "Outbound 4001 Allow * 100.64.0.0/10", "Outbound 4002 Allow * 172.16.0.0/12", "Outbound 4003 Allow * 192.168.0.0/16"}
	if diff := cmp.Diff(rules, rulesOf(p.Target, "claims-guard")); diff != "" {
		t.Errorf("rules of claims (-want +got)\n%s", diff)
	}
	for _, s := range estate.NewIndex(p.Target).VNet(vnetID(p, "claims")).Subnets {
		if s.OfGateways() != s.SecurityGroup.IsZero() {
			t.Errorf("subnet %s of claims has the group %s", s.Name, s.SecurityGroup)
		}
	}
	last := 0 // wave of a step that closes
	for _, s := range p.Steps {
		if s.Action == plan.CloseSubnets {
			last = s.Wave
		}
	}
	for _, s := range p.Steps {
		if (s.Action == plan.CreatePeering || s.Action == plan.CreateConnection) && s.Wave <= last {
			t.Errorf("%s %s is in wave %d, and what is to be kept out of it in wave %d", s.Action, s.Object.Name, s.Wave, last)
		}
	}
	verdicts := 0
	closed := p.Closing()
	for i := range p.Verdicts {
		if v := &p.Verdicts[i]; v.Opens() && closed(v) {
			verdicts++
		}
	}
	if verdicts != 3 {
		t.Errorf("%d verdicts are of closed pairs", verdicts)
	}
}

// publicRanges gives the datacenter of the star public ranges that do not adjoin.
func publicRanges(n int) func(*estate.Estate) {
	return func(e *estate.Estate) {
		for i := range e.Sites {
			if s := &e.Sites[i]; s.Network == "Zurich-DC" {
				s.Prefixes = slices.Clone(s.Prefixes)
				for k := range n {
					p := netip.PrefixFrom(netip.AddrFrom4([4]byte{52, byte(k / 128), byte(2 * k), 0}), 24)
					s.Prefixes = append(s.Prefixes, estate.Prefix{Prefix: p, Raw: p.String()})
				}
			}
		}
	}
}

// What may not be closed is told, and stays a pair that needs a yes.
func TestNotClosed(t *testing.T) {
	for _, c := range []struct {
		name   string
		more   string
		change func(e *estate.Estate)
		closed int
		found  string
	}{
		{"all of it", "", nil, 3, ""},
		{"an accepted pair", "accept:\n  - {between: VNet claims, and: VNet website, reason: printing}\n", nil, 2, ""},
		{"a group of its own", "", func(e *estate.Estate) {
			for i := range e.VNets {
				if v := &e.VNets[i]; v.Name == "website" || v.Name == "claims" {
					own := v.ID
					own.Type, own.Name = estate.TypeNSG, v.Name+"-own"
					e.SecurityGroups = append(e.SecurityGroups, estate.SecurityGroup{ID: own, Name: own.Name, Region: v.Region, RulesKnown: true})
					v.Subnets[slices.IndexFunc(v.Subnets, func(s estate.Subnet) bool { return !s.OfGateways() })].SecurityGroup = own
				}
			}
		}, 1, `VNet claims and VNet website are not kept apart: subnet "app" of VNet claims has a security group of its own`},
		{"a subnet with two ranges", "", func(e *estate.Estate) {
			for i := range e.VNets {
				if v := &e.VNets[i]; v.Name == "claims" {
					s := &v.Subnets[slices.IndexFunc(v.Subnets, func(s estate.Subnet) bool { return !s.OfGateways() })]
					s.MorePrefixes = []estate.Prefix{{Prefix: netip.MustParsePrefix("10.101.200.0/24"), Raw: "10.101.200.0/24"}}
				}
			}
		}, 3, ""},
		{"a subnet that is given over", "", func(e *estate.Estate) {
			for i := range e.VNets {
				if v := &e.VNets[i]; v.Name == "website" {
					v.Subnets[slices.IndexFunc(v.Subnets, func(s estate.Subnet) bool { return !s.OfGateways() })].Delegations = []estate.Fact{{Value: "Microsoft.NetApp/volumes"}}
				}
			}
		}, 2, `VNet website and on-premises Zurich-DC are not kept apart: subnet "Web-Tier" of VNet website is given over to Microsoft.NetApp/volumes`},
		{"a device that tells its ranges", "", func(e *estate.Estate) {
			for i := range e.Sites {
				if s := &e.Sites[i]; s.Network == "Zurich-DC" {
					s.BGP = &estate.BGP{ASN: estate.Fact{Value: "65010"}}
				}
			}
		}, 2, "VNet website and on-premises Zurich-DC are not kept apart: on-premises Zurich-DC tells its ranges by BGP, and no input lists them"},
		{"public ranges", "", publicRanges(2), 3, "VNet claims and on-premises Zurich-DC are not kept apart: some of their addresses reach each other today"},
		{"more public ranges than a group lets in", "", publicRanges(200), 1, `VNet claims and VNet website are not kept apart: "claims" talks with more ranges than a group could let in`},
		{"more ranges than a group keeps out", "", publicRanges(1000), 0, "VNet website and on-premises Zurich-DC are not kept apart: a group for VNet website would need more rules than it may have"},
		{"the platform's subnet", "", func(e *estate.Estate) {
			for i := range e.VNets {
				if v := &e.VNets[i]; v.Name == "website" {
					v.Subnets[slices.IndexFunc(v.Subnets, func(s estate.Subnet) bool { return !s.OfGateways() })].Name = "AzureBastionSubnet"
				}
			}
		}, 2, `VNet website and on-premises Zurich-DC are not kept apart: subnet "AzureBastionSubnet" of VNet website is the platform's own`},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, _, _ := estate.ToARM(fixture(t, "star"))
			if c.change != nil {
				c.change(e)
			}
			p, found, err := plan.Make(e, wanting(t, "hub: website\nexposure: closed\n"+c.more))
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, f := range found {
				if f.Rule == "PLAN-025" {
					said = append(said, f.Message)
				}
			}
			for _, group := range p.Target.SecurityGroups {
				if text := strings.Join(rulesOf(p.Target, group.ID.Name), "\n"); c.name == "public ranges" && group.Name == "claims-guard" && !strings.Contains(text, "Inbound 4005 Allow 52.0.2.0/24 *\nOutbound 100 ") {
					t.Errorf("rules\n%s", text)
				}
			}
			if len(p.Closed) != c.closed || len(p.Violations) > 0 || (c.found == "") != (len(said) == 0) || c.found != "" && !strings.Contains(strings.Join(said, "\n"), c.found) {
				t.Errorf("closed %v, violations %v, said %q", closedPairs(p), p.Violations, said)
			}
		})
	}
}

// A closed pair that an edited plan opens is found, and so is what a group cuts; made again, the plan closes it again.
func TestClosedPairsAreChecked(t *testing.T) {
	closing := func(p *plan.Plan) *plan.Step {
		return &p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Action == plan.CloseSubnets && s.Object.Name == "claims" })]
	}
	for _, c := range []struct {
		name, rule, text string
		change           func(p *plan.Plan)
	}{
		{"a rule less", "PLAN-026", "something may begin between VNet claims and VNet website", func(p *plan.Plan) {
			g := &closing(p).Effect.Add.SecurityGroups[0]
			g.Rules = slices.DeleteFunc(slices.Clone(g.Rules), func(r estate.SecurityRule) bool {
				return r.Access.Value == "Deny" && r.Direction.Value == "Outbound"
			})
		}},
		{"half of the range", "PLAN-026", "something may begin between VNet claims and VNet website", func(p *plan.Plan) {
			g := &closing(p).Effect.Add.SecurityGroups[0]
			g.Rules = slices.Clone(g.Rules)
			g.Rules[0].Source.Value = "10.103.128.0/17"
		}},
		{"a hole in the range", "PLAN-026", "something may begin between VNet claims and VNet website", func(p *plan.Plan) {
			g := &closing(p).Effect.Add.SecurityGroups[0]
			hole := g.Rules[0]
			hole.Access.Value, hole.Priority.Value, hole.Source.Value = "Allow", "99", ""
			for _, s := range estate.NewIndex(p.Base).VNet(vnetID(p, "website")).Subnets {
				if !s.OfGateways() {
					hole.Source.Value = netip.PrefixFrom(s.Prefix.Addr().Next().Next(), 32).String()
				}
			}
			g.Rules = append([]estate.SecurityRule{hole}, g.Rules...)
		}},
		{"some addresses of the range", "PLAN-026", "something may begin between VNet claims and VNet website", func(p *plan.Plan) {
			g := &closing(p).Effect.Add.SecurityGroups[0]
			some := g.Rules[0]
			some.Access.Value, some.Priority.Value = "Allow", "99"
			for _, s := range estate.NewIndex(p.Base).VNet(vnetID(p, "website")).Subnets {
				if first := s.Prefix.Addr().Next().Next(); !s.OfGateways() {
					some.Source.Value = first.String() + "-" + first.Next().Next().String()
				}
			}
			g.Rules = append([]estate.SecurityRule{some}, g.Rules...)
		}},
		{"a pair that talks today", "PLAN-026", "something may begin between VNet claims and VNet hub-west", func(p *plan.Plan) {
			one := p.Closed[0]
			one.B.Name, one.B.ID = "hub-west", vnetID(p, "hub-west")
			p.Closed = append(slices.Clone(p.Closed), one)
		}},
		{"a group that no step makes", "PLAN-026", `no step makes security group "nonsense", which is to keep VNet claims and VNet website apart`, func(p *plan.Plan) {
			p.Closed = slices.Clone(p.Closed)
			p.Closed[0].Group.Name = "nonsense"
		}},
		{"its own subnets are denied", "PLAN-027", "security groups let less begin between VNet claims and VNet claims than before", func(p *plan.Plan) {
			g := &closing(p).Effect.Add.SecurityGroups[0]
			own := g.Rules[0]
			own.Priority.Value, own.Source.Value = "99", "10.101.0.0/16"
			g.Rules = append([]estate.SecurityRule{own}, g.Rules...)
		}},
		{"a port is not denied", "PLAN-026", "something may begin between VNet claims and VNet website", func(p *plan.Plan) {
			g := &closing(p).Effect.Add.SecurityGroups[0]
			g.Rules = slices.Clone(g.Rules)
			g.Rules[0].DestinationPort.Value = "22"
		}},
		{"a later step needs the group", "PLAN-014", `needs networkSecurityGroups "claims-guard", which is not there`, func(p *plan.Plan) {
			add := *closing(p).Effect.Add
			add.SecurityGroups = nil
			closing(p).Effect.Add = &add
		}},
		{"too much is denied", "PLAN-027", "security groups let less begin between VNet claims and VNet hub-west than before", func(p *plan.Plan) {
			g := &closing(p).Effect.Add.SecurityGroups[0]
			g.Rules = slices.Clone(g.Rules)
			g.Rules[0].Source.Value = "10.100.0.0/14"
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, _ := asking(t, "star", "hub: website\nexposure: closed\n")
			q := own(p)
			groups := closing(q).Effect.Add
			groups.SecurityGroups = slices.Clone(groups.SecurityGroups)
			c.change(q)
			q.Target = plan.Apply(q.Base, q.Steps)
			all := plan.Check(q).Violations
			if !slices.ContainsFunc(all, func(v plan.Violation) bool { return v.Rule == c.rule && strings.Contains(v.Text, c.text) }) {
				t.Errorf("%v", all)
			}
		})
	}
	p, _ := asking(t, "star", "hub: website\nexposure: closed\n")
	q, found, err := remake(p)
	if err != nil || !slices.Equal(closedPairs(q), closedPairs(p)) {
		t.Errorf("made again: %v %v, closed %v", err, found, closedPairs(q))
	}
}

// Two VNets of one name are two pairs: the guard of one says nothing of the other.
func TestClosedPairsOfOneName(t *testing.T) {
	p, _ := asking(t, "star", "hub: website\nexposure: closed\n")
	q := own(p)
	rename := func(l *reach.Location) {
		if l.Name == "policies" {
			l.Name = "claims"
		}
	}
	base := *q.Base
	base.VNets = slices.Clone(base.VNets)
	for i := range base.VNets {
		if base.VNets[i].Name == "policies" {
			base.VNets[i].Name = "claims"
		}
	}
	q.Base, q.Before = &base, reach.Compute(&base)
	q.Closed = slices.Clone(p.Closed)
	for i := range q.Closed {
		rename(&q.Closed[i].A)
		rename(&q.Closed[i].B)
	}
	for i := range q.Steps {
		add := q.Steps[i].Effect.Add
		if add == nil || len(add.SecurityGroups) == 0 || add.SecurityGroups[0].ID.Name != "policies-guard" {
			continue
		}
		add.VNets, add.SecurityGroups = slices.Clone(add.VNets), slices.Clone(add.SecurityGroups)
		add.VNets[0].Name = "claims"
		add.SecurityGroups[0].Rules = nil
	}
	q.Target = plan.Apply(q.Base, q.Steps)
	if all := plan.Check(q).Violations; !slices.ContainsFunc(all, func(v plan.Violation) bool { return v.Rule == "PLAN-026" }) {
		t.Errorf("the second of two VNets called claims is open, and the check says %v", all)
	}
}
