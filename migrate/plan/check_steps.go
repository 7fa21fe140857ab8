package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// refuse notes the steps of a wave that the platform would not run on the estate before it (PLAN-014). Steps
// of a wave may run in any order, so none can count on another one of its wave: what a step removes must not
// be needed by anything that another one removes, what an addition needs must be there, and so must the steps that a step
// names as its needs.
func (c *checker) refuse(e *estate.Estate, wave int, steps []*Step) {
	name := "the start"
	if wave > 1 {
		name = fmt.Sprintf("wave %d", wave-1)
	}
	r := &refusal{x: estate.NewIndex(e), base: c.base, wave: steps}
	for _, s := range steps {
		reasons := r.step(s)
		if i := slices.IndexFunc(s.Needs, func(id string) bool { return c.waveOf[id] >= s.Wave }); i >= 0 {
			reasons = append(reasons, fmt.Sprintf("it needs step %s, which comes in wave %d", s.Needs[i], c.waveOf[s.Needs[i]]))
		}
		for _, why := range reasons {
			c.refused = append(c.refused, Violation{After: name, Rule: "PLAN-014", Text: fmt.Sprintf("step %s (%s) cannot run: %s", s.ID, s.Action, why)})
		}
	}
}

// refusal knows what is there before a wave.
type refusal struct {
	x    *estate.Index
	base *estate.Index // before the first step: what no input tells is in neither
	wave []*Step
}

func (r *refusal) step(s *Step) []string {
	var why []string
	own, gone := map[estate.Key]bool{}, map[estate.Key]bool{}
	for _, id := range s.Effect.Remove {
		gone[id.Key()] = true
	}
	for _, id := range s.Effect.Remove {
		for _, c := range append(r.x.ConnectionsOf(id), r.x.ConnectionsTo(id)...) {
			if !gone[c.ID.Key()] {
				why = append(why, fmt.Sprintf("connection %q uses %s %q, which it deletes", c.ID.Name, id.Type, id.Name))
				break
			}
		}
	}
	add := s.Effect.Add
	if add == nil {
		return why
	}
	for id := range add.Objects() {
		own[id.Key()] = true
	}
	needs := func(what string, id, needed estate.ID, there bool) {
		if !needed.IsZero() && !own[needed.Key()] && (!there || gone[needed.Key()]) {
			why = append(why, fmt.Sprintf("%s %q needs %s %q, which is not there", what, id.Name, needed.Type, needed.Name))
		}
	}
	for i := range add.Connections {
		c := &add.Connections[i]
		needs("connection", c.ID, c.Gateway, r.x.Gateway(c.Gateway) != nil)
		needs("connection", c.ID, c.Site, c.Kind != estate.IPsec || r.x.Site(c.Site) != nil)
		if old := r.x.Connection(c.ID); old == nil { // one that is there may lead to a gateway that no input lists
			needs("connection", c.ID, c.RemoteGateway, r.x.Gateway(c.RemoteGateway) != nil)
		}
	}
	for i := range add.Gateways {
		if g := &add.Gateways[i]; g.Kind == estate.RouteServer && r.x.Gateway(g.ID) == nil && s.Impact.Window == "" {
			for _, beside := range r.gatewaysIn(g.VNet) {
				why = append(why, fmt.Sprintf("it would interrupt gateway %q, which stands in its VNet by then, for about 10 minutes, and no window says so", beside.ID.Name))
			}
		}
		needs("gateway", add.Gateways[i].ID, add.Gateways[i].VNet, r.x.VNet(add.Gateways[i].VNet) != nil)
	}
	for i := range add.VNets {
		v := &add.VNets[i]
		for _, sub := range v.Subnets {
			needs("VNet", v.ID, sub.RouteTable, r.unlisted(v.ID, sub.RouteTable) || r.x.RouteTable(sub.RouteTable) != nil)
			needs("VNet", v.ID, sub.SecurityGroup, r.unlisted(v.ID, sub.SecurityGroup) || r.x.SecurityGroup(sub.SecurityGroup) != nil)
		}
	}
	for i := range add.Peerings {
		p := &add.Peerings[i]
		needs("peering", p.ID, p.VNet, r.x.VNet(p.VNet) != nil)
		if r.x.Peering(p.ID) == nil {
			needs("peering", p.ID, p.Remote, r.x.VNet(p.Remote) != nil)
		}
	}
	for i := range add.Groups {
		g := &add.Groups[i]
		needs("connected group", g.ID, g.Manager(), r.x.NetworkManager(g.Manager()) != nil)
		for _, member := range g.All() {
			needs("connected group", g.ID, member, r.x.VNet(member) != nil)
		}
	}
	return why
}

// gatewaysIn are the virtual network gateways that stand in a VNet before the wave, or that it makes there.
func (r *refusal) gatewaysIn(vnet estate.ID) []*estate.Gateway {
	out := slices.Clone(r.x.GatewaysOf(vnet))
	for _, s := range r.wave {
		if s.Effect.Add == nil {
			continue
		}
		for i := range s.Effect.Add.Gateways {
			if g := &s.Effect.Add.Gateways[i]; g.Kind.Virtual() && g.VNet.Same(vnet) && r.x.Gateway(g.ID) == nil {
				out = append(out, g)
			}
		}
	}
	return out
}

// unlisted reports whether a VNet uses a table or group before the plan that no input lists: nothing builds it, and it is
// there.
func (r *refusal) unlisted(vnet, id estate.ID) bool {
	v := r.base.VNet(vnet)
	return v != nil && r.base.RouteTable(id) == nil && r.base.SecurityGroup(id) == nil &&
		slices.ContainsFunc(v.Subnets, func(s estate.Subnet) bool { return s.RouteTable.Same(id) || s.SecurityGroup.Same(id) })
}

// misses reports what the state at the end of a plan has otherwise than its target (PLAN-013).
func misses(p *Plan, last *estate.Estate) []Violation {
	if p.Target == nil {
		return nil
	}
	is := map[estate.Presence]string{estate.OnlyBefore: "is there", estate.OnlyAfter: "is missing", estate.Changed: "is otherwise"}
	var first string
	seen := map[estate.Key]bool{}
	for _, d := range estate.Differences(last, p.Target, nil) {
		id := d.Object()
		if !d.Differs() || seen[id.Key()] {
			continue
		}
		seen[id.Key()] = true
		if first == "" {
			first = fmt.Sprintf("%s %q %s", id.Type, strings.TrimSuffix(id.Name+"/"+id.Child, "/"), is[d.Presence])
		}
	}
	if len(seen) == 0 {
		return nil
	}
	text := "the steps do not end in the target: " + first
	if more := len(seen) - 1; more > 0 {
		text += ", and so with " + plural(more, "further object")
	}
	return []Violation{{After: "the last wave", Rule: "PLAN-013", Text: text}}
}
