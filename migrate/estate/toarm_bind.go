package estate

import (
	"slices"

	"github.com/netmigrate/netmigrate/netcfg/diag"
)

// bindable is a security group or route table that subnets can be bound to in ARM.
type bindable struct {
	ID
	region       Region
	defaultRoute bool // has a route for every address
}

// place gives a security group or route table a region: its own, or, when nothing says it, that of
// the first VNet with a subnet that is bound to it. The classic service bound within a region only.
// Source: docs/sources.md#security-groups.
func (m *migration) place(own Region, id ID, of func(*Subnet) ID) Region {
	if own.Name != "" || own.Raw != "" || own.AffinityGroup != "" {
		return own
	}
	for i := range m.from.VNets {
		v := &m.from.VNets[i]
		if slices.ContainsFunc(v.Subnets, func(s Subnet) bool { return of(&s).Same(id) }) {
			r := v.Region
			r.Refs = own.Refs // the others are the VNet's
			return r
		}
	}
	return own
}

// bind carries the security group and the route table of a subnet over, or says why not.
func (m *migration) bind(v *VNet, s *Subnet) {
	gateway := compareFold(s.Raw, GatewaySubnet) == 0
	group, why := m.bound(v, s, s.SecurityGroup, "security group", s.SecurityGroupRefs)
	if why == "" && gateway && !group.IsZero() {
		why = "GW-010"
		m.found.Add(why, m.at(s.SecurityGroupRefs), "%s of VNet %q is bound to security group %q, which the platform refuses", GatewaySubnet, v.Name, s.SecurityGroup.Name)
	}
	s.SecurityGroup, s.SecurityGroupRefs = m.settle(group, why, s.SecurityGroupRefs)

	table, why := m.bound(v, s, s.RouteTable, "route table", s.RouteTableRefs)
	if why == "" && gateway && table.defaultRoute {
		why = "GW-010"
		m.found.Add(why, m.at(s.RouteTableRefs), "%s of VNet %q is bound to route table %q, whose default route would cut the gateway off", GatewaySubnet, v.Name, s.RouteTable.Name)
	}
	s.RouteTable, s.RouteTableRefs = m.settle(table, why, s.RouteTableRefs)
}

// settle is the binding that stays: none when there is something against it, and its leaves get
// their fate here.
func (m *migration) settle(to bindable, why string, refs []diag.Ref) (ID, []diag.Ref) {
	switch {
	case why != "":
		m.fate(refs, diag.NeedsPerson, why)
	case to.IsZero():
		m.fate(refs, diag.Dropped, "the subnet is bound to nothing")
	default:
		return to.ID, refs
	}
	return ID{}, nil
}

// bound finds what a subnet is bound to, and what is against it.
func (m *migration) bound(v *VNet, s *Subnet, classic ID, what string, refs []diag.Ref) (to bindable, why string) {
	if classic.IsZero() {
		return bindable{}, ""
	}
	to, ok := m.bindable[classic.Key()]
	switch {
	case !ok:
		m.notSupplied(classic, what, refs)
		return to, "ARM-026"
	case to.region.Name != "" && v.Region.Name != "" && to.region.Name != v.Region.Name:
		m.found.Add("ARM-027", m.at(refs), "subnet %q of VNet %q in %s is bound to %s %q in %s", s.Raw, v.Name, v.Region, what, classic.Name, to.region)
		return to, "ARM-027"
	}
	return to, ""
}

// notSupplied says once that a group or table is known by its name only.
func (m *migration) notSupplied(id ID, what string, refs []diag.Ref) {
	if key := id.Key(); !m.untold[key] {
		m.untold[key] = true
		m.found.Add("ARM-026", m.at(refs), "%s %q is known by its name only; what is in it was not supplied, so it is not built", what, id.Name)
	}
}
