package plan

import (
	"fmt"
	"strings"

	"github.com/netmigrate/netmigrate/migrate/estate"
)

// name finds the objects that decisions name which a person wrote: an id there may lack what stands before the name.
func (d *deriver) name() {
	for i := range d.kept.Decisions {
		one := &d.kept.Decisions[i]
		if one.Applied {
			continue
		}
		ids := []*estate.ID{&one.Component, &one.VNet, &one.Object}
		one.VNets, one.Also = append([]estate.ID(nil), one.VNets...), append([]estate.ID(nil), one.Also...)
		for k := range one.VNets {
			ids = append(ids, &one.VNets[k])
		}
		for k := range one.Also {
			ids = append(ids, &one.Also[k])
		}
		for _, id := range ids {
			if id.IsZero() {
				continue
			}
			found, several := d.named(*id)
			switch {
			case several != "":
				d.refuse(one.At, "%s", several)
			case !found.IsZero():
				*id = found
			}
		}
	}
}

// resolve finds the VNet that an id of the plan names, or says why there is none.
func (d *deriver) resolve(id estate.ID) (vnet estate.ID, why string) {
	if id.Name == "" {
		return id, "it does not say which VNet"
	}
	id.Type = estate.TypeVNet
	switch found, several := d.named(id); {
	case several != "":
		return id, several
	case found.IsZero():
		return id, fmt.Sprintf("there is no VNet %s", id)
	default:
		return found, ""
	}
}

// named finds the one object of the network that an id names, whatever of the id is missing.
func (d *deriver) named(id estate.ID) (found estate.ID, several string) {
	var fitting []estate.ID
	fits := func(part, of string) bool { return part == "" || strings.EqualFold(part, of) }
	for _, o := range idsOf(d.g.e) {
		if o.Same(id) {
			return o, ""
		}
		if o.Type == id.Type && strings.EqualFold(o.Name, id.Name) && strings.EqualFold(o.Child, id.Child) &&
			fits(id.Cloud, o.Cloud) && fits(id.Tenant, o.Tenant) && fits(id.Subscription, o.Subscription) && fits(id.Group, o.Group) {
			fitting = append(fitting, o)
		}
	}
	switch len(fitting) {
	case 0:
		return estate.ID{}, ""
	case 1:
		return fitting[0], ""
	}
	path, before := fitting[0].Path()
	return estate.ID{}, fmt.Sprintf("%d of the %s are called %q; give the %s too, as of %q", len(fitting), id.Type, id.Name, before, path)
}

// idsOf are the objects that steps are about.
func idsOf(e *estate.Estate) []estate.ID {
	var out []estate.ID
	for i := range e.VNets {
		out = append(out, e.VNets[i].ID)
	}
	for i := range e.Gateways {
		out = append(out, e.Gateways[i].ID)
	}
	for i := range e.Connections {
		out = append(out, e.Connections[i].ID)
	}
	for i := range e.Sites {
		out = append(out, e.Sites[i].ID)
	}
	for i := range e.Peerings {
		out = append(out, e.Peerings[i].ID)
	}
	return out
}
