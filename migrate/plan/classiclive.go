package plan

import (
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// migrate makes the steps of the platform's own migration (historic): one per VNet. When both ends
// of a tunnel have been migrated it becomes Vnet2Vnet, which carries the two VNets' spaces only;
// where the sites carried more, the tunnel is made IPsec again at once, with the written prefixes.
// From the commit to the end of that, a window is open.
func (s *sequence) migrate() {
	done := map[estate.Key]bool{}
	for i := range s.g.e.VNets {
		v := &s.g.e.VNets[i]
		done[v.ID.Key()] = true
		add := &estate.Estate{}
		var flattened []tunnel
		for _, l := range s.g.links[i] {
			if other := &s.g.e.VNets[l.vnet]; !done[other.ID.Key()] {
				continue
			}
			add.Connections = append(add.Connections, asMigrated(l.tunnel.a, l.tunnel.b), asMigrated(l.tunnel.b, l.tunnel.a))
			if l.tunnel.a.Kind == estate.IPsec {
				flattened = append(flattened, l.tunnel)
			}
		}
		commit := Step{
			Action: MigrateVNet, Object: v.ID, Needs: s.gate,
			Because: "classic VNets cannot be peered with each other: validate, prepare, check, commit",
			Impact:  Impact{Class: Live, Minutes: minutesMigration},
			Verify:  "the VNet and its gateway are listed as ARM resources and every connection is Connected",
			Undo:    "abort is possible until commit; after commit there is no way back to classic",
		}
		if len(add.Connections) > 0 {
			commit.Effect.Add = add
		}
		if len(flattened) == 0 {
			s.gate = []string{s.add(commit)}
			continue
		}
		s.flattening(v, commit, flattened)
	}
}

// flattening is the commit that makes tunnels lose prefixes, and what gives them back.
func (s *sequence) flattening(v *estate.VNet, commit Step, flattened []tunnel) {
	w := Window{
		ID: s.nextWindow(), Cause: "U2",
		Because: fmt.Sprintf("the commit of %q drops the prefixes that sites carry beyond the VNet they stand for; the window ends when the tunnels are IPsec again", v.Name),
	}
	commit.Impact.Class, commit.Impact.Window = Interrupting, w.ID
	s.gate = []string{s.add(commit)}
	w.Minutes = commit.Impact.Minutes
	needs := s.gate
	for _, t := range flattened {
		s.gate = append(s.gate, s.add(Step{
			Action: RestorePrefixes, Object: t.a.ID, Also: []estate.ID{t.b.ID}, Needs: needs,
			Because: "the migration made it Vnet2Vnet, which drops the prefixes that its sites carried beyond the two VNets",
			Effect:  Effect{Add: &estate.Estate{Connections: []estate.Connection{*t.a, *t.b}}},
			Impact:  Impact{Class: Interrupting, Minutes: minutesConnection, Window: w.ID},
			Verify:  "connectionStatus is Connected, and the local network gateways carry the written prefixes", Undo: "create the Vnet2Vnet connections again",
		}))
		w.Minutes[0] += minutesConnection[0]
		w.Minutes[1] += minutesConnection[1]
	}
	w.Steps = slices.Clone(s.gate)
	s.windows = append(s.windows, w)
}

func asMigrated(c, partner *estate.Connection) estate.Connection {
	n := *c
	n.Kind, n.Site, n.RemoteGateway = estate.Vnet2Vnet, estate.ID{}, partner.Gateway
	return n
}

// declareMigrationLoss finds the pairs that each commit of the platform's migration cuts, and those that are cut while
// only some of the prefixes are restored that it drops, and declares them in its window.
func (m *maker) declareMigrationLoss() {
	var migrating []*Window
	for i := range m.p.Windows {
		w := &m.p.Windows[i]
		if w.Cause != "U2" {
			continue
		}
		migrating = append(migrating, w)
		commit := slices.IndexFunc(m.p.Steps, func(s Step) bool { return s.Action == MigrateVNet && slices.Contains(w.Steps, s.ID) })
		m.declareLoss(w, Apply(m.p.Base, m.p.Steps[:commit+1]))
	}
	if len(migrating) == 0 {
		return
	}
	e, most := m.p.Base, innerMost(m.p.Base, len(migrating))
	for _, wave := range waves(m.p.Steps) {
		var restoring []*Window
		for _, w := range migrating {
			if slices.ContainsFunc(wave, func(s *Step) bool { return s.Action == RestorePrefixes && slices.Contains(w.Steps, s.ID) }) {
				restoring = append(restoring, w)
			}
		}
		if len(restoring) > 0 {
			inside(e, wave, most, func(state *estate.Estate) bool {
				for _, w := range restoring {
					m.declareLoss(w, state)
				}
				return true
			})
		}
		e = after(e, effectsOf(wave), effectsOf(wave))
	}
}

// declareLoss adds the pairs that a state cuts to a window.
func (m *maker) declareLoss(w *Window, state *estate.Estate) {
	for v := range reach.Compare(m.p.Before, reach.Compute(state), nil) {
		cut := v.Compromises() || v.Class == reach.UnknownBefore && v.After.Value == reach.No // it may work today
		if pair := [2]string{v.From.String(), v.To.String()}; cut && !slices.Contains(w.Pairs, pair) {
			w.Pairs = append(w.Pairs, pair)
		}
	}
}
