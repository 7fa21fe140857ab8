package plan

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// Steps of a wave may run in any order, and one after the other or at once. So inside a wave any set of them may
// be done, and one may be half done. Steps that touch no VNet in common, nor lead packets through the same one, do not
// meet on any way of a packet, and commute: a state of theirs is looked at together with one of each of the other groups. Of a group of up to
// mostTogether steps every set is looked at, of a larger one each step first and each step last.
const mostTogether = 6

// innerBudget bounds the states inside all waves: states times objects in each.
const innerBudget = 300_000

// innerMost is how many states inside each of some waves are looked at: none in the largest networks.
func innerMost(e *estate.Estate, waves int) int {
	size := len(e.VNets) + len(e.Connections) + len(e.Peerings) + len(e.Sites)
	return innerBudget / max(1, size*waves)
}

// inside yields networks inside of a wave that starts with e, at most so many, and tells how many steps are in
// groups of which not every set is among them.
func inside(e *estate.Estate, steps []*Step, limit int, yield func(*estate.Estate) bool) (sampled int) {
	if limit == 0 {
		return len(steps)
	}
	x := estate.NewIndex(e)
	groups := meeting(e, x, steps)
	states := make([][]choice, len(groups)) // by group
	most := 0
	for i, g := range groups {
		states[i] = choices(len(g))
		if len(g) > mostTogether {
			sampled += len(g)
		}
		most = max(most, len(states[i]))
	}
	all := most
	if most > limit {
		most, sampled = limit, len(steps)
	}
	for n := range most {
		var done []Effect
		for i, g := range groups {
			if len(states[i]) == 0 {
				continue
			}
			c := states[i][n*max(1, all/most)%len(states[i])]
			for j, s := range g {
				switch {
				case c.half == j+1:
					done = append(done, halfOf(x, s.Effect))
				case c.done[j]:
					done = append(done, s.Effect)
				}
			}
		}
		if len(done) > 0 && !yield(after(e, done, done)) {
			break
		}
	}
	return sampled
}

// choice is which steps of a group are done; half counts the one that is half done from 1, or is 0.
type choice struct {
	done []bool
	half int
}

// choices are the states of a group of steps, without those where none or all are done.
func choices(n int) []choice {
	var out []choice
	add := func(half int, done func(i int) bool) {
		c := choice{make([]bool, n), half}
		for i := range n {
			c.done[i] = done(i)
		}
		out = append(out, c)
	}
	if n <= mostTogether {
		for set := 1; set < 1<<n-1; set++ {
			add(0, func(i int) bool { return set>>i&1 == 1 })
		}
	} else {
		for first := range n {
			add(0, func(i int) bool { return i == first })
			add(0, func(i int) bool { return i != first })
		}
	}
	for half := range n {
		add(half+1, func(int) bool { return false })
		if n > 1 {
			add(half+1, func(i int) bool { return i != half })
		}
	}
	return out
}

// halfOf is what a step has done when it is interrupted: the first of what it removes, or all of that and nothing of
// what it adds, or the first half of what it adds.
func halfOf(x *estate.Index, f Effect) Effect {
	switch {
	case f.Add != nil && len(f.Add.VNets) == 1 && x.VNet(f.Add.VNets[0].ID) != nil:
		return Effect{Add: &estate.Estate{VNets: []estate.VNet{firstSubnetOf(x.VNet(f.Add.VNets[0].ID), &f.Add.VNets[0])}}}
	case len(f.Remove) > 1:
		return Effect{Remove: f.Remove[:1]}
	case len(f.Remove) > 0 && f.Add != nil:
		return Effect{Remove: f.Remove}
	case f.Add != nil && len(f.Add.Groups) > 0:
		half := *f.Add
		half.Groups = []estate.NetworkGroup{half.Groups[0]}
		half.Groups[0].Members = half.Groups[0].Members[:(len(half.Groups[0].Members)+1)/2]
		return Effect{Add: &half}
	case f.Add != nil && len(f.Add.Peerings) > 1:
		half := *f.Add
		half.Peerings = half.Peerings[:1]
		return Effect{Add: &half}
	}
	return Effect{}
}

// firstSubnetOf is a VNet of which one subnet alone has become what it is to be.
func firstSubnetOf(old, after *estate.VNet) estate.VNet {
	v := *old
	v.Subnets = slices.Clone(old.Subnets)
	for i := range v.Subnets {
		if i < len(after.Subnets) && !v.Subnets[i].RouteTable.Same(after.Subnets[i].RouteTable) {
			v.Subnets[i] = after.Subnets[i]
			break
		}
	}
	return v
}

// meeting puts steps that touch a VNet in common together, in their order. Steps that change nothing are in no group.
func meeting(e *estate.Estate, x *estate.Index, steps []*Step) [][]*Step {
	leads := make([]int, len(steps)) // to an earlier step of the same group, or to itself
	first := func(i int) int {
		for leads[i] != i {
			leads[i] = leads[leads[i]]
			i = leads[i]
		}
		return i
	}
	at := map[estate.Key]int{} // a step that touches a VNet
	idle := make([]bool, len(steps))
	for i, s := range steps {
		leads[i] = i
		places := touched(e, x, s)
		idle[i] = len(places) == 0
		for place := range places {
			if other, known := at[place]; known {
				a, b := first(i), first(other)
				leads[max(a, b)] = min(a, b)
			}
			at[place] = i
		}
	}
	var groups [][]*Step
	number := map[int]int{} // of a group, by its first step
	for i, s := range steps {
		if idle[i] {
			continue
		}
		n, known := number[first(i)]
		if !known {
			n = len(groups)
			number[first(i)], groups = n, append(groups, nil)
		}
		groups[n] = append(groups[n], s)
	}
	return groups
}

// touched are the VNets that a step changes something of.
func touched(e *estate.Estate, x *estate.Index, s *Step) map[estate.Key]bool {
	places := map[estate.Key]bool{}
	vnet := func(id estate.ID) {
		if !id.IsZero() {
			places[id.Key()] = true
		}
	}
	gateway := func(in *estate.Index, id estate.ID) {
		if g := in.Gateway(id); g != nil {
			vnet(g.VNet)
		}
	}
	connection := func(in *estate.Index, c *estate.Connection) {
		for _, end := range []estate.ID{c.Gateway, c.RemoteGateway} {
			gateway(in, end)
			gateway(x, end)
		}
		for _, from := range []*estate.Index{in, x} {
			if site := from.Site(c.Site); site != nil {
				vnet(site.Endpoint)
			}
		}
	}
	for _, id := range s.Effect.Remove {
		switch id.Type {
		case estate.TypeVNet:
			vnet(id)
		case estate.TypePeering:
			if p := x.Peering(id); p != nil {
				vnet(p.VNet)
				vnet(p.Remote)
			}
		case estate.TypeConnection:
			if c := x.Connection(id); c != nil {
				connection(x, c)
			}
		case estate.TypeSite:
			for _, c := range x.ConnectionsTo(id) {
				gateway(x, c.Gateway)
			}
		default:
			gateway(x, id)
		}
	}
	add := s.Effect.Add
	if add == nil {
		return places
	}
	in := estate.NewIndex(add)
	for i := range add.VNets {
		vnet(add.VNets[i].ID)
		for _, through := range leadsThrough(e, x, in, &add.VNets[i]) {
			vnet(through)
		}
	}
	for i := range add.Gateways {
		vnet(add.Gateways[i].VNet)
	}
	for i := range add.RouteTables {
		for j := range e.VNets {
			if slices.ContainsFunc(e.VNets[j].Subnets, func(s estate.Subnet) bool { return s.RouteTable.Same(add.RouteTables[i].ID) }) {
				vnet(e.VNets[j].ID)
			}
		}
	}
	for i := range add.Connections {
		connection(in, &add.Connections[i])
	}
	for i := range add.Peerings {
		vnet(add.Peerings[i].VNet)
		vnet(add.Peerings[i].Remote)
	}
	for i := range add.Groups {
		for _, member := range add.Groups[i].All() {
			vnet(member)
		}
	}
	return places
}

// leadsThrough are the VNets of the firewalls and appliances that routes of a VNet's subnets lead to: what two VNets
// send through one of them meets there.
func leadsThrough(e *estate.Estate, x, in *estate.Index, v *estate.VNet) []estate.ID {
	var out []estate.ID
	for i := range v.Subnets {
		t := cmp.Or(in.RouteTable(v.Subnets[i].RouteTable), x.RouteTable(v.Subnets[i].RouteTable))
		if t == nil {
			continue
		}
		for j := range e.Gateways {
			g := &e.Gateways[j]
			if g.Kind.Forwards() && slices.ContainsFunc(t.Routes, func(r estate.Route) bool {
				return slices.ContainsFunc(g.PrivateIPs, func(a estate.Address) bool { return a.IsValid() && a.Addr == r.Address.Addr })
			}) {
				out = append(out, g.VNet)
			}
		}
	}
	return out
}

// insideWords says how much inside of the waves was looked at.
func insideWords(states, sampled int) string {
	if states+sampled == 0 {
		return ""
	}
	words := plural(states, "state") + " inside of waves"
	if sampled > 0 {
		words += fmt.Sprintf(", where of %s not every order was walked", plural(sampled, "step"))
	}
	return words
}
