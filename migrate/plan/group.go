package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/azure"
	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Transit by connected groups: of the pairs that would be peered, those of VNets that all reach each other are
// joined by a group of a network manager instead. It joins each member with each and nobody else, so that the pairs
// are exactly those of today. All groups of a plan are one deployment, made before the first peering.
// Source: docs/design.md#transit.

// leastGrouped is how many VNets a group is for: two need one peering.
const leastGrouped = 3

// minutesGroup is how long the deployment of a configuration takes. Source: docs/sources.md#durations.
var minutesGroup = [2]int{5, 20}

// form finds the connected groups of a layout.
func (l *layout) form() {
	if l.ungrouped = l.g.managed(); l.ungrouped != "" {
		return
	}
	m := l.meshes()
	for l.ungrouped = "no three VNets all reach each other by peerings that may be made at once"; ; l.ungrouped = "" {
		members := m.largest()
		for via := l.relayAmong(members); via >= 0; via = l.relayAmong(members) {
			m.leave(via)
			members = m.largest()
		}
		if len(members) < leastGrouped {
			return
		}
		slices.Sort(members)
		l.groups = append(l.groups, members)
		for i, a := range members {
			for _, b := range members[i+1:] {
				l.grouped[[2]int{a, b}] = true
			}
		}
		m.joined(members)
		if len(m.order) == 0 {
			l.ungrouped = ""
			return
		}
	}
}

// managed says why no group can be made: what a network manager does is its owner's, and to deploy something is to take
// away what was deployed.
func (g *graph) managed() string {
	switch {
	case len(g.e.Managers) > 0:
		return fmt.Sprintf("network manager %q is there already, and what it deploys is its owner's to change", g.e.Managers[0].ID.Name)
	case len(g.e.Groups) > 0:
		return fmt.Sprintf("connected group %q is there already, and what joins it is its owner's to change", g.e.Groups[0].ID.Child)
	}
	return ""
}

// findGroups notes the connected groups of an estate by their members.
func (g *graph) findGroups() {
	g.mates = make([][][]int, len(g.e.VNets))
	for i := range g.e.Groups {
		var members []int
		for _, id := range g.e.Groups[i].All() {
			if v, here := g.index[id.Key()]; here {
				members = append(members, v)
			}
		}
		for _, v := range members {
			g.mates[v] = append(g.mates[v], members)
		}
	}
}

// mate finds another VNet of a connected group of one that overlaps some ranges, or -1.
func (g *graph) mate(v int, space []estate.Prefix, but int) int {
	for _, group := range g.mates[v] {
		for _, w := range group {
			if w != v && w != but && estate.Overlap(g.e.VNets[w].Space, space) {
				return w
			}
		}
	}
	return -1
}

// meshes finds VNets that are each to be joined with each.
type meshes struct {
	l     *layout
	order []int                // VNets, those with the most pairs first
	near  map[int]map[int]bool // by VNet: those that a group may join it to
	in    map[int]int          // by VNet: how many groups it is in
}

func (l *layout) meshes() *meshes {
	m := &meshes{l: l, near: map[int]map[int]bool{}, in: map[int]int{}}
	w := findWindows(l)
	for _, p := range l.demand.pairs {
		if !l.spokesPeered(p.a, p.b) || w.ofPeering(p.a, p.b) >= 0 || !l.g.groupable(p.a, p.b) {
			continue
		}
		for _, way := range [2][2]int{{p.a, p.b}, {p.b, p.a}} {
			if m.near[way[0]] == nil {
				m.near[way[0]] = map[int]bool{}
			}
			m.near[way[0]][way[1]] = true
		}
	}
	m.sort()
	return m
}

// spokesPeered reports whether two VNets are peered by the layout, neither as the other's hub.
func (l *layout) spokesPeered(a, b int) bool {
	return !l.viaHub(a, b) && !l.existing[[2]int{min(a, b), max(a, b)}] && slices.Contains(l.peers[a], b)
}

// groupable reports whether one network manager can join two VNets, of which no half of a peering is there.
func (g *graph) groupable(a, b int) bool {
	x, y := g.e.VNets[a].ID, g.e.VNets[b].ID
	return strings.EqualFold(x.Cloud, y.Cloud) && strings.EqualFold(x.Tenant, y.Tenant) && len(g.joined(a, b).halves()) == 0
}

func (m *meshes) sort() {
	m.order = m.order[:0]
	for v, near := range m.near {
		if len(near) >= leastGrouped-1 {
			m.order = append(m.order, v)
		}
	}
	slices.SortFunc(m.order, func(a, b int) int {
		return cmp.Or(cmp.Compare(len(m.near[b]), len(m.near[a])), m.l.g.e.VNets[a].ID.Compare(m.l.g.e.VNets[b].ID), cmp.Compare(a, b))
	})
}

// seeds are from how many VNets largest begins.
const seeds = 20

// largest is a large set of VNets that are each to be joined with each: to find the largest is hard, so each of the VNets
// with the most pairs is taken with whoever goes with all before, and the largest such set wins.
func (m *meshes) largest() []int {
	var best []int
	for _, seed := range m.order[:min(len(m.order), seeds)] {
		members := []int{seed}
		for _, v := range m.order {
			if len(members) < azure.MaxConnectedGroup && v != seed && !slices.ContainsFunc(members, func(w int) bool { return !m.near[v][w] }) {
				members = append(members, v)
			}
		}
		if len(members) > len(best) {
			best = members
		}
	}
	return best
}

// leave takes a VNet out of all groups to come.
func (m *meshes) leave(v int) {
	for w := range m.near[v] {
		delete(m.near[w], v)
	}
	delete(m.near, v)
	m.sort()
}

// joined takes the pairs of a group out, and the VNets that can be in no further one.
func (m *meshes) joined(members []int) {
	for _, v := range members {
		for _, w := range members {
			delete(m.near[v], w)
		}
		if m.in[v]++; m.in[v] == azure.MaxGroupsPerVNet {
			m.leave(v)
		}
	}
	m.sort()
}

// relayAmong finds a member whose gateway passes packets of a pair on to another member, or -1. In a group with that
// one it would keep them, as it would with a peering, before the pair has its own way: a group has no turns.
func (l *layout) relayAmong(members []int) int {
	in := make(map[int]bool, len(members))
	for _, v := range members {
		in[v] = true
	}
	for i := range l.demand.pairs {
		for _, r := range l.demand.pairs[i].relays {
			if in[r.via] && slices.ContainsFunc(l.hiders(r), func(to int) bool { return in[to] }) {
				return r.via
			}
		}
	}
	return -1
}

// peered counts what peerings join to a VNet.
func (l *layout) peered(v int) int {
	n := len(l.peers[v])
	for _, members := range l.groups {
		if slices.Contains(members, v) {
			n -= len(members) - 1
		}
	}
	return n
}

// group makes the connected groups of a draft, as objects.
func (d *draft) group() {
	for _, members := range d.layout.groups {
		ids := make([]estate.ID, len(members))
		for i, v := range members {
			ids[i] = d.g.e.VNets[v].ID
		}
		slices.SortFunc(ids, estate.ID.Compare)
		g := estate.NetworkGroup{ID: d.g.manager(), Members: ids}
		g.ID.Type, g.ID.Child = estate.TypeNetworkGroup, d.names.Unique(estate.TypeNetworkGroup, azure.LegalName(estate.TypeNetworkManager, ids[0].Name+"-mesh"))
		d.groups = append(d.groups, g)
	}
}

// manager is the network manager that a plan makes for its groups: beside the first VNet by name.
func (g *graph) manager() estate.ID {
	first := g.e.VNets[0].ID
	for i := range g.e.VNets {
		if id := g.e.VNets[i].ID; id.Compare(first) < 0 {
			first = id
		}
	}
	return beside(first, estate.TypeNetworkManager, "network-manager")
}

// manage makes the network manager of the drafts that have groups. It manages the subscriptions of their members.
func (m *maker) manage() {
	manager := estate.NetworkManager{}
	for _, d := range m.drafts {
		for i := range d.groups {
			if manager.ID.IsZero() {
				manager.ID, manager.Region = m.g.manager(), m.g.x.VNet(d.groups[i].Members[0]).Region
			}
			for _, id := range d.groups[i].Members {
				if scope := "/subscriptions/" + id.Subscription; !slices.Contains(manager.Scope, scope) {
					manager.Scope = append(manager.Scope, scope)
				}
			}
		}
	}
	if manager.ID.IsZero() {
		return
	}
	slices.Sort(manager.Scope)
	for _, d := range m.drafts {
		if len(d.groups) > 0 {
			d.manager = &manager
		}
	}
}

// group makes the step that deploys the groups of all components, and the look at them.
func (s *sequence) group(drafts []*draft) {
	add := &estate.Estate{}
	for _, d := range drafts {
		if d.manager != nil {
			add.Managers = []estate.NetworkManager{*d.manager}
			add.Groups = append(add.Groups, d.groups...)
		}
	}
	if len(add.Groups) == 0 {
		return
	}
	var also []estate.ID
	for i := range add.Groups[1:] {
		also = append(also, add.Groups[i+1].ID)
	}
	made := s.add(Step{
		Action: CreateGroups, Object: add.Groups[0].ID, Also: append(also, add.Managers[0].ID), Needs: s.gate,
		Because: "the members reach each other today, each with each; the group joins them and nobody else",
		Effect:  Effect{Add: add},
		Impact:  Impact{Class: Live, Minutes: minutesGroup},
		Verify:  "the deployment has the status Deployed in every region, and effective routes of the members show ConnectedGroup",
		Undo:    "deploy no configuration to these regions, then delete the network manager; the tunnels, while they exist, carry the traffic again",
	})
	s.grouped = []string{s.add(Step{
		Action: VerifyReach, Object: add.Groups[0].Members[0], Needs: []string{made},
		Because: "nothing that comes after them is begun before they carry the traffic",
		Impact:  Impact{Class: Live},
		Verify:  "the members of every group answer each other, from both sides, and the byte counters of the tunnels between them stand still",
		Undo:    "nothing to undo",
	})}
}
