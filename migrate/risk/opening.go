package risk

import (
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/plan"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// addition is an object that a step makes. A peering half is made twice when it is told later to
// use the remote gateway: that opens more.
type addition struct {
	object     estate.Key
	usesRemote bool
}

// additions finds, for every object that steps make, the first of them in the order of the steps.
func additions(steps []plan.Step) map[addition]int {
	first := map[addition]int{}
	for i := range steps {
		e := steps[i].Effect.Add
		if e == nil {
			continue
		}
		note := func(id estate.ID, usesRemote bool) {
			if _, known := first[addition{id.Key(), usesRemote}]; !known {
				first[addition{id.Key(), usesRemote}] = i
			}
		}
		for j := range e.Peerings {
			note(e.Peerings[j].ID, e.Peerings[j].UseRemoteGateways)
		}
		for j := range e.Connections {
			note(e.Connections[j].ID, false)
		}
	}
	return first
}

// openedBy is the id of the step after which the last element of a verdict's paths exists, or ""
// when no step makes any of them.
func (t *target) openedBy(v *reach.Verdict) string {
	last := -1
	for _, a := range slices.Concat(t.needed(v.After.Path, v.From, v.To), t.needed(v.After.Return, v.To, v.From)) {
		if i, ok := t.made[a]; ok {
			last = max(last, i)
		}
	}
	if last < 0 {
		return ""
	}
	return t.Steps[last].ID
}

// needed lists what a path needs beyond the base: new connections and peering halves, and for the
// way over a gateway the halves by which its ends use it.
func (t *target) needed(path []reach.Hop, from, to reach.Location) []addition {
	var out []addition
	for i, h := range path {
		switch h.Type {
		case reach.GatewayTransit:
			if i == 0 {
				out = t.halfOver(out, from, h.Element)
			}
			if i == len(path)-1 {
				out = t.halfOver(out, to, h.Element)
			}
		case reach.Peering, reach.GlobalPeering:
			_, early := t.made[addition{h.Element.Key(), false}]
			out = append(out, addition{h.Element.Key(), !early})
		case reach.FirewallHop, reach.ApplianceHop: // from a VNet that uses a Route Server beside it
			if g := t.x.Gateway(h.Element); g != nil && slices.ContainsFunc(t.x.StandingIn(g.VNet), func(o *estate.Gateway) bool { return o.Kind == estate.RouteServer }) {
				out = t.halfOver(out, from, h.Element)
			}
		default:
			if t.base.Connection(h.Element) == nil {
				out = append(out, addition{h.Element.Key(), false})
			}
		}
	}
	return out
}

// halfOver adds the peering half by which a VNet uses a gateway.
func (t *target) halfOver(out []addition, l reach.Location, gateway estate.ID) []addition {
	g := t.x.Gateway(gateway)
	if g == nil || l.Kind != reach.VNet {
		return out
	}
	for _, p := range t.x.PeeringsOf(l.ID) {
		if p.UseRemoteGateways && p.Remote.Same(g.VNet) {
			out = append(out, addition{p.ID.Key(), true})
		}
	}
	return out
}
