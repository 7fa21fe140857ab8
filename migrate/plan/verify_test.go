package plan_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// begun draws steps that may be done together: with each step those that it needs.
func begun(t *rapid.T, p *plan.Plan) map[string]bool {
	done := map[string]bool{}
	for i := range p.Steps {
		s := &p.Steps[i]
		if !slices.ContainsFunc(s.Needs, func(id string) bool { return !done[id] }) && rapid.IntRange(0, 4).Draw(t, "step") > 0 {
			done[s.ID] = true
		}
	}
	return done
}

// after is the network after some steps of a plan.
func after(p *plan.Plan, done map[string]bool) *estate.Estate {
	var steps []plan.Step
	for _, s := range p.Steps {
		if done[s.ID] {
			steps = append(steps, s)
		} else {
			steps = append(steps, plan.Step{ID: s.ID, Wave: s.Wave})
		}
	}
	base := p.Base
	if p.Mode == options.Rebuild {
		base = &estate.Estate{Docs: base.Docs}
	}
	return plan.Apply(base, steps)
}

// Whatever steps of a plan have run, in whatever order their needs allow: they are found, and no others.
func TestLocateFindsTheStepsThatRan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mode := rapid.SampledFrom([]options.Mode{options.AsIfLive, options.AsIfLive, options.Rebuild}).Draw(t, "mode")
		transit := rapid.SampledFrom([]options.Transit{"", options.TransitGroup, options.TransitFirewall, options.TransitNVA, options.TransitRouteServer}).Draw(t, "transit")
		p, _, err := plan.Make(read(t, drawWorld(t).netcfg(1)), options.Options{Mode: mode, Transit: transit})
		if err != nil {
			t.Fatal(err)
		}
		done := begun(t, p)
		s := plan.Locate(p, after(p, done))
		for _, step := range s.Steps {
			if step.Progress == plan.Unseen {
				continue
			}
			if want := done[step.ID]; want != (step.Progress == plan.Done) {
				t.Errorf("%s %s %s is %s, and ran: %t", step.ID, step.Action, step.Object, step.Progress, want)
			}
			if step.May && step.Progress == plan.Done {
				t.Errorf("%s is done and may run next", step.ID)
			}
			for _, why := range step.Blocked {
				t.Errorf("%s %s is blocked: %s", step.ID, step.Action, why)
			}
		}
		if len(s.Drift)+len(s.OutOfOrder) > 0 {
			t.Errorf("drift %+v, out of order %v", s.Drift, s.OutOfOrder)
		}
		for _, v := range s.Lost {
			t.Errorf("%s to %s is %s", v.From, v.To, v.Class)
		}
		if t.Failed() {
			t.Logf("%s\nran: %v", outline(p), done)
		}
	})
}

// In every state, some step may run next, until the plan is complete.
func TestSomethingMayAlwaysRunNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		transit := rapid.SampledFrom([]options.Transit{"", options.TransitGroup, options.TransitFirewall, options.TransitNVA, options.TransitRouteServer}).Draw(t, "transit")
		p, _, err := plan.Make(read(t, drawWorld(t).netcfg(1)), options.Options{Transit: transit})
		if err != nil {
			t.Fatal(err)
		}
		done := map[string]bool{}
		for range p.Steps {
			s := plan.Locate(p, after(p, done))
			var next []string
			for _, step := range s.Steps {
				if step.May && !done[step.ID] && !slices.ContainsFunc(step.Needs, func(id string) bool { return !done[id] }) {
					next = append(next, step.ID)
				}
			}
			if len(next) == 0 {
				t.Fatalf("after %v nothing may run next\n%s", done, outline(p))
			}
			done[rapid.SampledFrom(next).Draw(t, "next")] = true
		}
		if s := plan.Locate(p, after(p, done)); !s.Complete() || !s.AtState() {
			t.Error("the plan is not complete after all its steps")
		}
	})
}

// standing is what a person is told of a standing.
func standing(s *plan.Standing) string {
	var b strings.Builder
	fmt.Fprintf(&b, "wave %d\n", s.LastWave)
	for _, step := range s.Steps {
		words := []string{step.ID, string(step.Action), step.Object.Name}
		if step.Progress == plan.HalfDone {
			words = append(words, "half done")
		}
		switch {
		case step.May:
			words = append(words, "may run")
			if len(step.Confirm) > 0 {
				words = append(words, "after "+strings.Join(step.Confirm, " "))
			}
		case len(step.Blocked) > 0:
			words = append(words, "blocked: "+strings.Join(step.Blocked, "; "))
		case step.Progress != plan.HalfDone:
			continue
		}
		fmt.Fprintln(&b, strings.Join(words, " "))
	}
	for _, d := range s.Drift {
		fmt.Fprintln(&b, strings.TrimSpace(fmt.Sprintln("drift", d.Presence, d.Object(), d.Part+d.PartName+d.Property)))
	}
	for _, o := range s.OutOfOrder {
		fmt.Fprintln(&b, "order", o)
	}
	for _, v := range s.Lost {
		fmt.Fprintln(&b, v.Class, v.From, v.To)
	}
	if len(s.Open) > 0 {
		fmt.Fprintln(&b, "open", s.Open, len(s.Excused))
	}
	return b.String()
}

// star is the plan of fixtures/star: a hub with on-premises behind it, and four spokes.
func star(t *testing.T) *plan.Plan {
	t.Helper()
	src, err := os.ReadFile("../../fixtures/star/network.netcfg")
	if err != nil {
		t.Fatal(err)
	}
	p, _, err := plan.Make(read(t, src), options.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// upTo are the steps of a plan before one.
func upTo(p *plan.Plan, step string) map[string]bool {
	done := map[string]bool{}
	for _, s := range p.Steps {
		if s.ID < step {
			done[s.ID] = true
		}
	}
	return done
}

func TestLocate(t *testing.T) {
	p := star(t)
	for name, c := range map[string]struct {
		until  string // the first step that has not run
		change func(e *estate.Estate)
		want   string
	}{
		"nothing has run": {"S001", func(e *estate.Estate) {}, `
wave 0
S001 export  may run
S002 verify listing  may run after S001
S003 create peering hub-west may run after S001 S002
S004 create peering hub-west may run after S001 S002
`},
		"the peerings are made": {"S005", func(e *estate.Estate) {}, `
wave 3
S005 verify reach analytics may run
S006 delete tunnel analytics-to-hub-west may run after S005
S007 delete tunnel hub-west-to-website may run after S005
S008 create peering hub-west may run after S005
`},
		"a half of a peering is made": {"S003", func(e *estate.Estate) {
			e.Peerings = plan.Apply(e, p.Steps[:3]).Peerings[:1]
			e.Peerings[0].State = estate.PeeringInitiated
		}, `
wave 2
S003 create peering hub-west half done may run
S004 create peering hub-west may run
`},
		"a peering is not in sync": {"S005", func(e *estate.Estate) {
			e.Peerings[1].Sync = estate.Fact{Value: "LocalNotInSync"}
		}, `
wave 3
S005 verify reach analytics blocked: peering "analytics/to-hub-west" is LocalNotInSync: its address spaces have to be synchronised
`},
		"a peering has another name": {"S003", func(e *estate.Estate) {
			e.Peerings = slices.Clone(plan.Apply(e, p.Steps[:3]).Peerings)
			for i := range e.Peerings {
				e.Peerings[i].ID.Child = "by-hand"
			}
		}, `
wave 0
S001 export  may run
S002 verify listing  blocked: the live network is not what the plan describes: 2 differences
drift only after virtualNetworks/virtualNetworkPeerings/analytics/by-hand
drift only after virtualNetworks/virtualNetworkPeerings/hub-west/by-hand
`},
		"somebody changed a VNet before the first step": {"S001", func(e *estate.Estate) {
			e.VNets[0].Encryption = true
		}, `
wave 0
S001 export  may run
S002 verify listing  blocked: the live network is not what the plan describes: 1 difference
drift changed virtualNetworks/analytics encryption
`},
		"somebody changed a VNet later": {"S006", func(e *estate.Estate) {
			e.VNets[0].Encryption = true
		}, `
wave 3
S005 verify reach analytics may run
S006 delete tunnel analytics-to-hub-west may run after S005
S007 delete tunnel hub-west-to-website may run after S005
S008 create peering hub-west may run after S005
drift changed virtualNetworks/analytics encryption
`},
		"a VNet that the plan does not know is nobody's matter": {"S001", func(e *estate.Estate) {
			e.VNets = append(e.VNets, estate.VNet{ID: estate.ID{Subscription: "other", Type: estate.TypeVNet, Name: "other"}, Name: "other", Model: estate.ARM})
		}, `
wave 0
S001 export  may run
S002 verify listing  may run after S001
S003 create peering hub-west may run after S001 S002
S004 create peering hub-west may run after S001 S002
`},
		"a gateway that nobody planned": {"S010", func(e *estate.Estate) {
			e.Gateways = append(e.Gateways, estate.Gateway{ID: estate.ID{Subscription: e.VNets[0].ID.Subscription, Type: estate.TypeGateway, Name: "surprise"}, VNet: e.VNets[0].ID, Kind: estate.ExpressRouteGateway})
		}, `
wave 5
S009 verify reach analytics may run
S010 delete tunnel claims-to-hub-west may run after S009
drift only after virtualNetworkGateways/surprise
open [W01] 1
`},
		"a tunnel was deleted too early": {"S003", func(e *estate.Estate) {
			e.Connections = slices.DeleteFunc(e.Connections, func(c estate.Connection) bool { return strings.Contains(c.ID.Name, "analytics") })
		}, `
wave 2
S003 create peering hub-west may run
S004 create peering hub-west may run
order S006 (delete tunnel) is done before S003 (create peering), S004 (create peering)
lost VNet analytics VNet hub-west
`},
		"a connection appeared at a gateway that is to go": {"S020", func(e *estate.Estate) {
			gw := slices.IndexFunc(e.Gateways, func(g estate.Gateway) bool { return g.ID.Name == "analytics-gateway" })
			e.Connections = append(e.Connections, estate.Connection{ID: estate.ID{Subscription: e.VNets[0].ID.Subscription, Type: estate.TypeConnection, Name: "by-hand"}, Gateway: e.Gateways[gw].ID, Site: e.Sites[0].ID})
		}, `
wave 15
S019 verify reach analytics may run
S020 delete gateway analytics-gateway blocked: gateway "analytics-gateway" still has connection "by-hand"
S021 delete gateway website-gateway may run after S019
drift only after connections/by-hand
`},
		"a gateway is being deleted": {"S011", func(e *estate.Estate) {
			gw := slices.IndexFunc(e.Gateways, func(g estate.Gateway) bool { return g.ID.Name == "claims-gateway" })
			e.Gateways[gw].State = estate.Fact{Value: estate.GatewayDeprovisioning}
		}, `
wave 7
S011 delete gateway claims-gateway half done
open [W01] 1
`},
		"the hub's gateway is not ready": {"S012", func(e *estate.Estate) {
			gw := slices.IndexFunc(e.Gateways, func(g estate.Gateway) bool { return g.ID.Name == "hub-west-gateway" })
			e.Gateways[gw].State = estate.Fact{Value: estate.GatewayProvisioning}
		}, `
wave 8
S012 use remote gateway claims blocked: gateway "hub-west-gateway" is Provisioning
open [W01] 1
`},
		"the way to on-premises is gone": {"S006", func(e *estate.Estate) {
			e.Connections = slices.DeleteFunc(e.Connections, func(c estate.Connection) bool { return strings.Contains(c.ID.Name, "Zurich") })
		}, `
wave 3
S005 verify reach analytics may run
S006 delete tunnel analytics-to-hub-west may run after S005
S007 delete tunnel hub-west-to-website may run after S005
S008 create peering hub-west may run after S005
drift only before connections/hub-west-to-Zurich-DC
lost VNet claims on-premises Zurich-DC
lost VNet hub-west on-premises Zurich-DC
lost VNet policies on-premises Zurich-DC
`},
		"the plan is complete": {"S099", func(e *estate.Estate) {}, `
wave 19
`},
	} {
		t.Run(name, func(t *testing.T) {
			live := after(p, upTo(p, c.until))
			own := *live // what is changed below is not shared with the plan
			own.Connections, own.Peerings, own.Gateways, own.VNets, own.Sites = slices.Clone(live.Connections), slices.Clone(live.Peerings), slices.Clone(live.Gateways), slices.Clone(live.VNets), slices.Clone(live.Sites)
			c.change(&own)
			if diff := cmp.Diff(strings.TrimLeft(c.want, "\n"), standing(plan.Locate(p, &own))); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
