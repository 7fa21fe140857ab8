package deploy_test

import (
	"reflect"

	"github.com/netmigrate/netmigrate/migrate/estate"
	"github.com/netmigrate/netmigrate/migrate/options"
	"github.com/netmigrate/netmigrate/migrate/plan"
)

// objects are those of an estate that steps add, by their ids.
func objects(e *estate.Estate) (ids []estate.ID, of map[estate.Key]any) {
	of = map[estate.Key]any{}
	if e == nil {
		return nil, of
	}
	put := func(id estate.ID, object any) {
		ids = append(ids, id)
		of[id.Key()] = object
	}
	for _, v := range e.VNets {
		put(v.ID, v)
	}
	for _, v := range e.Sites {
		put(v.ID, v)
	}
	for _, v := range e.Gateways {
		put(v.ID, v)
	}
	for _, v := range e.Connections {
		put(v.ID, v)
	}
	for _, v := range e.SecurityGroups {
		put(v.ID, v)
	}
	for _, v := range e.RouteTables {
		put(v.ID, v)
	}
	for _, v := range e.Peerings {
		put(v.ID, v)
	}
	return ids, of
}

// takenBack gives steps that a test makes by hand the undo that a plan would give them.
func takenBack(p *plan.Plan) *plan.Plan {
	now := map[estate.Key]any{}
	if p.Mode != options.Rebuild {
		_, now = objects(p.Base)
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		var back plan.Undo
		for _, id := range s.Effect.Remove {
			if id.Type == estate.TypePublicIP {
				back.None = "a deleted public address does not come back"
				continue
			}
			back.Restore = append(back.Restore, id)
		}
		added, objects := objects(s.Effect.Add)
		for _, id := range added {
			object := objects[id.Key()]
			switch was := now[id.Key()]; {
			case was == nil:
				back.Remove = append(back.Remove, id)
				if g, ok := object.(estate.Gateway); ok && !g.PublicIP.IsZero() {
					back.Remove = append(back.Remove, g.PublicIP)
				}
			case !reflect.DeepEqual(was, object):
				back.Restore = append(back.Restore, id)
			}
		}
		for _, id := range s.Effect.Remove {
			delete(now, id.Key())
		}
		for _, id := range added {
			now[id.Key()] = objects[id.Key()]
		}
		s.Back = back
	}
	return p
}
