package plan

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// rebuild makes the steps that build the target next to nothing: no traffic runs over any of it
// before it is complete, so nothing has to be kept alive and nothing is taken away.
func (m *maker) rebuild(s *sequence) {
	t := m.target()
	x := estate.NewIndex(t)
	made := map[estate.Key]string{} // object → step
	create := func(action Action, id estate.ID, add *estate.Estate, minutes [2]int, because string, needs ...string) {
		made[id.Key()] = s.add(Step{
			Action: action, Object: id, Needs: present(needs), Because: because, Effect: Effect{Add: add},
			Impact: Impact{Class: Live, Minutes: minutes}, Verify: "provisioningState is Succeeded", Undo: "delete it",
		})
	}
	for i := range t.VNets {
		v := &t.VNets[i]
		create(CreateVNet, v.ID, withBindings(x, t.VNets[i:i+1]), minutesVNet, "part of the network that is built anew")
	}
	servers := map[estate.Key]string{} // by VNet: the step that makes its Route Server
	for i := range t.Gateways {
		if g := &t.Gateways[i]; g.Kind == estate.RouteServer {
			made[g.ID.Key()] = s.createServer(g, present([]string{made[g.VNet.Key()]}))
			servers[g.VNet.Key()] = made[g.ID.Key()]
		}
	}
	for i := range t.Gateways {
		g := &t.Gateways[i]
		if g.Kind == estate.RouteServer {
			continue
		}
		if way := passingOf(g); way != nil {
			if way.is(RouteServerPassage) && servers[g.VNet.Key()] != "" {
				way = passages[RouteServerPassage]
			}
			create(way.action, g.ID, &estate.Estate{Gateways: t.Gateways[i : i+1]}, way.minutes, way.because, made[g.VNet.Key()])
			s.last().Verify, s.last().Undo = fmt.Sprintf(way.verify, g.PrivateIPs[0]), way.undo
			continue
		}
		add := &estate.Estate{Gateways: t.Gateways[i : i+1]}
		if site := x.Site(g.DefaultSite); site != nil { // its connection, which brings it as well, comes later
			add.Sites = []estate.Site{*site}
		}
		create(CreateGateway, g.ID, add, minutesGateway, "the gateway that the target keeps", made[g.VNet.Key()], servers[g.VNet.Key()])
	}
	for i := range t.Connections {
		c := &t.Connections[i]
		add := &estate.Estate{Connections: t.Connections[i : i+1]}
		if site := x.Site(c.Site); site != nil {
			add.Sites = []estate.Site{*site}
		}
		create(CreateConnection, c.ID, add, minutesConnection, "the connection that the target keeps", made[c.Gateway.Key()], made[c.RemoteGateway.Key()])
	}
	m.rebuildGroups(s, t, made)
	m.rebuildPeerings(s, t, x, made)
}

// rebuildGroups makes the connected groups of the target, which the network described has as peerings.
func (m *maker) rebuildGroups(s *sequence, t *estate.Estate, made map[estate.Key]string) {
	from := len(s.steps)
	s.group(m.drafts)
	if from == len(s.steps) {
		return
	}
	s.steps, s.grouped = s.steps[:from+1], nil // nothing runs yet that could be looked at
	step := s.last()
	for i := range step.Effect.Add.Groups {
		for _, member := range step.Effect.Add.Groups[i].Members {
			step.Needs = append(step.Needs, present([]string{made[member.Key()]})...)
		}
	}
	step.Needs = slices.Compact(slices.Sorted(slices.Values(step.Needs)))
}

// withBindings is a VNet with the route tables and security groups that its subnets refer to. Several VNets may
// share one; each brings it, as nothing says which is built first.
func withBindings(x *estate.Index, vnet []estate.VNet) *estate.Estate {
	e := &estate.Estate{VNets: vnet}
	brought := map[estate.Key]bool{}
	for _, s := range vnet[0].Subnets {
		if g := x.SecurityGroup(s.SecurityGroup); g != nil && !brought[g.ID.Key()] {
			brought[g.ID.Key()] = true
			e.SecurityGroups = append(e.SecurityGroups, *g)
		}
		if t := x.RouteTable(s.RouteTable); t != nil && !brought[t.ID.Key()] {
			brought[t.ID.Key()] = true
			e.RouteTables = append(e.RouteTables, *t)
		}
	}
	return e
}

// rebuildPeerings makes one step per peering, with the flags of the end: every gateway is there by
// then, and the half that allows transit is created with the half that uses it.
func (m *maker) rebuildPeerings(s *sequence, t *estate.Estate, x *estate.Index, made map[estate.Key]string) {
	done := map[estate.Key]bool{}
	for i := range t.Peerings {
		p := &t.Peerings[i]
		if done[p.ID.Key()] {
			continue
		}
		step := Step{
			Action: CreatePeering, Object: p.ID, Because: "the two VNets reach each other in the network described",
			Needs:  present([]string{made[p.VNet.Key()], made[p.Remote.Key()]}),
			Impact: Impact{Class: Live, Minutes: minutesPeering}, Verify: "peeringState is Connected on both sides", Undo: "delete both halves",
		}
		add := []estate.Peering{*p}
		for _, back := range x.PeeringsOf(p.Remote) {
			if back.Remote.Same(p.VNet) {
				add = append(add, *back)
				step.Also = []estate.ID{back.ID}
				done[back.ID.Key()] = true
			}
		}
		for _, half := range add {
			if half.UseRemoteGateways {
				for _, g := range x.StandingIn(half.Remote) {
					if !g.Kind.Forwards() {
						step.Needs = append(step.Needs, present([]string{made[g.ID.Key()]})...)
					}
				}
			}
		}
		step.Effect.Add = &estate.Estate{Peerings: add}
		s.add(step)
	}
}

func present(ids []string) []string {
	var out []string
	for _, id := range ids {
		if id != "" {
			out = append(out, id)
		}
	}
	return out
}
