package plan

import (
	"maps"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/reach"
)

// windows decides what has to happen together. A VNet that reaches on-premises through tunnels
// keeps that way until it uses the hub's gateway. Meanwhile no two VNets on the way may be peered:
// a gateway prefers a peering to a tunnel, and hands nothing to a peered VNet that does not use
// it. The peerings along the way therefore belong into the window of that VNet, with the tunnels;
// and so do the ways of the pairs that such a peering serves, which stay on their tunnels as long.
type windows struct {
	groups  [][]int            // gateway users that go together, in order
	tunnels map[estate.Key]int // half of a tunnel → group
	peering map[[2]int]int     // pair of VNets, lesser first → group
}

func findWindows(l *layout) *windows {
	f := &windowFinder{l: l, leader: map[int]int{}, tunnels: map[estate.Key]int{}, peering: map[[2]int]int{}}
	for _, v := range l.members {
		if l.remote[v] {
			f.leader[v] = v
		}
	}
	for _, v := range l.members {
		if l.remote[v] {
			for _, n := range l.demand.networks[v] {
				f.way(n.way, v)
			}
		}
	}
	f.relayed()
	return f.windows()
}

// windowFinder names a group by one of its users.
type windowFinder struct {
	l       *layout
	leader  map[int]int
	tunnels map[estate.Key]int
	peering map[[2]int]int
}

func (f *windowFinder) find(v int) int {
	if f.leader[v] != v {
		f.leader[v] = f.find(f.leader[v])
	}
	return f.leader[v]
}

func (f *windowFinder) union(v, w int) {
	a, b := f.find(v), f.find(w)
	f.leader[max(a, b)] = min(a, b)
}

// way takes a way, the peerings between the VNets on it and those that would hide it, into the group
// of a user.
func (f *windowFinder) way(w way, user int) {
	keys, nodes := f.l.alongPath(w.path)
	for _, key := range keys {
		if other, ok := f.tunnels[key]; ok {
			f.union(other, user)
		} else {
			f.tunnels[key] = user
		}
	}
	for _, v := range nodes {
		if f.l.remote[v] {
			f.union(v, user) // it gives up its gateway, which this way passes
		}
	}
	for i, a := range nodes {
		for _, b := range nodes[i+1:] {
			f.pair([2]int{a, b}, user)
		}
	}
	for _, r := range w.relays {
		for _, peer := range f.l.hiders(r) {
			f.pair([2]int{min(r.via, peer), max(r.via, peer)}, user)
		}
	}
}

func (f *windowFinder) pair(p [2]int, user int) {
	if !slices.Contains(f.l.peers[p[0]], p[1]) {
		return
	}
	if other, ok := f.peering[p]; ok {
		f.union(other, user)
		return
	}
	f.peering[p] = user
	if i, ok := slices.BinarySearchFunc(f.l.demand.pairs, vnetPair{a: p[0], b: p[1]}, comparePairs); ok {
		f.way(f.l.demand.pairs[i].way, user)
	}
}

func (f *windowFinder) windows() *windows {
	w := &windows{tunnels: f.tunnels, peering: f.peering}
	group := map[int]int{}
	for _, v := range f.l.members {
		if !f.l.remote[v] {
			continue
		}
		first := f.find(v)
		if _, ok := group[first]; !ok {
			group[first] = len(w.groups)
			w.groups = append(w.groups, nil)
		}
		w.groups[group[first]] = append(w.groups[group[first]], v)
	}
	for key, v := range w.tunnels {
		w.tunnels[key] = group[f.find(v)]
	}
	for pair, v := range w.peering {
		w.peering[pair] = group[f.find(v)]
	}
	return w
}

// relayed takes the ways of pairs that gateways pass on into the groups of their ends, which move together; those that pass a
// tunnel between two hubs go with all that do. Two hubs do not move: their pair goes with the users of that tunnel.
func (f *windowFinder) relayed() {
	l := f.l
	first := map[[2]int]int{} // by hubs: a user that passes both
	for _, hubsAlone := range []bool{false, true} {
		for _, p := range l.relayed() {
			link, user := l.hubsOf(p[0], p[1]), p[0]
			if !l.remote[user] {
				user = p[1]
			}
			if !l.remote[user] != hubsAlone {
				continue
			}
			other, known := first[link]
			switch {
			case hubsAlone:
				user = other
			case l.remote[p[0]] && l.remote[p[1]]:
				f.union(p[0], p[1])
			}
			if known && link[0] != link[1] {
				f.union(other, user)
			} else if !known {
				first[link] = user
			}
			if i, ok := slices.BinarySearchFunc(l.demand.pairs, vnetPair{a: p[0], b: p[1]}, comparePairs); ok {
				f.way(l.demand.pairs[i].way, user)
			}
		}
	}
}

// comesAnew reports whether a VNet will enter an on-premises network by the hub's connection and does
// not today.
func (l *layout) comesAnew(v int, network reach.Location) bool {
	return slices.ContainsFunc(l.premises(v), func(n netReach) bool {
		return n.network.Name == network.Name && !slices.ContainsFunc(n.path, func(id estate.ID) bool {
			c := l.g.x.Connection(id)
			return c != nil && c.Pairing.Partner.IsZero() && l.g.vnetOf(c) == l.hubOf(v)
		})
	})
}

// alongPath lists the halves of the tunnels on a way and the VNets that it passes, ascending.
func (l *layout) alongPath(path []estate.ID) (tunnels []estate.Key, nodes []int) {
	seen := map[int]bool{}
	for _, id := range path {
		c := l.g.x.Connection(id)
		seen[l.g.vnetOf(c)] = true
		if partner := l.g.x.Connection(c.Pairing.Partner); partner != nil {
			seen[l.g.vnetOf(partner)] = true
			tunnels = append(tunnels, id.Key(), partner.ID.Key())
		}
	}
	return tunnels, slices.Sorted(maps.Keys(seen))
}

// ofTunnel is the group in whose window a tunnel goes, or -1.
func (w *windows) ofTunnel(t tunnel) int {
	if group, ok := w.tunnels[t.a.ID.Key()]; ok {
		return group
	}
	return -1
}

// ofPeering is the group in whose window two VNets are peered, or -1.
func (w *windows) ofPeering(a, b int) int {
	if group, ok := w.peering[[2]int{min(a, b), max(a, b)}]; ok {
		return group
	}
	return -1
}

// quickest makes the shortest length of each window that of its steps where those of a wave are done at once: gateways of
// several VNets go in the same minutes. The longest stays their sum, for whoever does one after the other.
func quickest(windows []Window, steps []Step) {
	at := make(map[string]int, len(steps)) // step → its place
	for i := range steps {
		at[steps[i].ID] = i
	}
	for i := range windows {
		w := &windows[i]
		longest, least := map[int]int{}, 0 // by wave
		for _, id := range w.Steps {
			s := &steps[at[id]]
			if n := s.Impact.Minutes[0]; n > longest[s.Wave] {
				least += n - longest[s.Wave]
				longest[s.Wave] = n
			}
		}
		if w.Cause == "U1" {
			least = max(least, minutesWindowU1[0])
		}
		w.Minutes[0] = min(w.Minutes[0], least)
	}
}
