package plan

import (
	"slices"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// partly is a VNet of which some subnets are as a step leaves them and others as they were: a route table comes to one
// subnet after the other.
type partly struct {
	n              int // of the version that the step makes; 0 where no VNet is so
	vnet           estate.VNet
	there, missing []estate.ID // subnets
}

// matchSubnets looks at the route tables of subnets, of which files tell nothing: which version the live VNet is, and
// whether it is a step of whose subnets only some are done.
func (l *locator) matchSubnets(t *timeline) {
	live := l.x.VNet(t.id)
	for n := 1; n < len(t.versions); n++ {
		if !t.versions[n-1].present || !t.versions[n].present {
			continue
		}
		part := partOf(t.versions[n-1].in.VNet(t.id), t.versions[n].in.VNet(t.id), live)
		not := -1
		switch {
		case len(part.there) > 0 && len(part.missing) > 0:
			part.n = n
			t.part, t.matches = part, []int{n - 1, n}
			return
		case len(part.there) > 0:
			not = n - 1
		case len(part.missing) > 0:
			not = n
		}
		if len(t.matches) > 1 {
			t.matches = slices.DeleteFunc(t.matches, func(m int) bool { return m == not })
		}
	}
}

// partOf tells which subnets that are to get another route table have it in the live VNet.
func partOf(before, after, live *estate.VNet) partly {
	part := partly{vnet: *after}
	part.vnet.Subnets = slices.Clone(after.Subnets)
	for i := range part.vnet.Subnets {
		s := &part.vnet.Subnets[i]
		old, now := subnetOf(before, s.Name), subnetOf(live, s.Name)
		if old == nil || now == nil || old.RouteTable.Same(s.RouteTable) {
			continue
		}
		id := after.ID
		id.Type, id.Child = estate.TypeSubnet, s.Name
		switch {
		case now.RouteTable.Same(s.RouteTable):
			part.there = append(part.there, id)
		case now.RouteTable.Same(old.RouteTable):
			part.missing = append(part.missing, id)
			s.RouteTable = old.RouteTable
		}
	}
	return part
}

func subnetOf(v *estate.VNet, name string) *estate.Subnet {
	if i := slices.IndexFunc(v.Subnets, func(s estate.Subnet) bool { return strings.EqualFold(s.Name, name) }); i >= 0 {
		return &v.Subnets[i]
	}
	return nil
}

// begun is the effect of a half-done step as far as it is there.
func (l *locator) begun(step int) Effect {
	s := &l.s.Steps[step]
	out := s.Effect.part(s.There)
	for _, t := range l.of[step] {
		if t.line.part.n == t.n {
			if out.Add == nil {
				out.Add = &estate.Estate{}
			}
			out.Add.VNets = append(out.Add.VNets, t.line.part.vnet)
		}
	}
	return out
}
